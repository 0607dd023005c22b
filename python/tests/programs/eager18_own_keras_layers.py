# tf: 1.8
# tolerance: 1e-4
# Layers of tf.keras and tf.layers, initializers, models.
import re
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)


def show(r):
    if isinstance(r, tf.SparseTensor):
        return "sparse %s %s %s" % (show(r.indices), show(r.values), show(r.dense_shape))
    if isinstance(r, tf.IndexedSlices):
        return "slices %s %s" % (show(r.values), show(r.indices))
    if isinstance(r, tuple) and hasattr(r, "_fields"):
        return type(r).__name__ + "(" + ", ".join("%s=%s" % (f, show(getattr(r, f))) for f in r._fields) + ")"
    if isinstance(r, (list, tuple)):
        return "[" + ", ".join(show(q) for q in r) + "]"
    if isinstance(r, dict):
        return "{" + ", ".join("%s: %s" % (k, show(r[k])) for k in sorted(r)) + "}"
    if isinstance(r, (tf.Tensor, tfe.Variable)) or hasattr(r, "numpy"):
        a = r.numpy()
        if isinstance(a, np.ndarray) and a.dtype.kind == "f":
            a = np.round(a.astype(np.float64), 5) + 0.0
        return "%s %s %s" % (r.dtype.name, tuple(r.shape.as_list()), a.tolist() if hasattr(a, "tolist") else a)
    if isinstance(r, np.ndarray):
        return "ndarray %s %s %s" % (r.dtype, r.shape, r.tolist())
    return "%s %s" % (type(r).__name__, r)


def outcome(label, make):
    try:
        print(label, show(make()))
    except Exception as e:
        print(label, "raises", type(e).__name__)


tf.set_random_seed(7)
x = tf.constant(np.arange(12, dtype=np.float32).reshape(2, 3, 2) / 10); im = tf.constant(np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2) / 10)
K = tf.keras.layers; O = "ones"
def lay(name, make, inp=None, **kw):
    def run():
        l = make()
        y = l(x if inp is None else inp, **kw)
        return [y, [(w.name, w.shape.as_list()) for w in l.weights], l.name, [w.name for w in l.trainable_weights]]
    outcome(name, run)
lay("dense", lambda: K.Dense(2, kernel_initializer=O))
lay("dense act", lambda: K.Dense(2, "relu", use_bias=False, kernel_initializer=O))
lay("lstm", lambda: K.LSTM(2, kernel_initializer=O, recurrent_initializer=O))
lay("lstm seq", lambda: K.LSTM(2, kernel_initializer=O, recurrent_initializer=O, return_sequences=True, unit_forget_bias=False, recurrent_activation="sigmoid"))
lay("lstm state", lambda: K.LSTM(2, kernel_initializer=O, recurrent_initializer=O, return_state=True))
lay("lstm impl2", lambda: K.LSTM(2, kernel_initializer=O, recurrent_initializer=O, implementation=2))
lay("lstm back", lambda: K.LSTM(2, kernel_initializer=O, recurrent_initializer=O, go_backwards=True, return_sequences=True))
lay("gru", lambda: K.GRU(2, kernel_initializer=O, recurrent_initializer=O))
lay("gru after", lambda: K.GRU(2, kernel_initializer=O, recurrent_initializer=O, reset_after=True))
lay("simple", lambda: K.SimpleRNN(2, kernel_initializer=O, recurrent_initializer=O))
lay("simple seq unroll", lambda: K.SimpleRNN(2, kernel_initializer=O, recurrent_initializer=O, return_sequences=True, unroll=True))
lay("rnn cell", lambda: K.RNN(K.GRUCell(2, kernel_initializer=O, recurrent_initializer=O)))
lay("rnn cells", lambda: K.RNN([K.LSTMCell(2, kernel_initializer=O, recurrent_initializer=O), K.LSTMCell(1, kernel_initializer=O, recurrent_initializer=O)]))
lay("stacked", lambda: K.RNN(K.StackedRNNCells([K.SimpleRNNCell(2, kernel_initializer=O, recurrent_initializer=O)]), return_sequences=True))
lay("bidi", lambda: K.Bidirectional(K.SimpleRNN(2, kernel_initializer=O, recurrent_initializer=O)))
lay("bidi sum", lambda: K.Bidirectional(K.LSTM(2, kernel_initializer=O, recurrent_initializer=O, return_sequences=True), merge_mode="sum"))
lay("bidi none", lambda: K.Bidirectional(K.LSTM(2, kernel_initializer=O, recurrent_initializer=O), merge_mode=None))
lay("bidi bad", lambda: K.Bidirectional(K.LSTM(2), merge_mode="q"))
lay("td", lambda: K.TimeDistributed(K.Dense(1, kernel_initializer=O)))
lay("conv1d", lambda: K.Conv1D(2, 2, kernel_initializer=O, padding="same"))
lay("conv1d causal", lambda: K.Conv1D(2, 2, kernel_initializer=O, padding="causal", dilation_rate=2))
lay("conv2dt", lambda: K.Conv2DTranspose(1, 2, strides=2, kernel_initializer=O, padding="same"), im)
lay("sepconv", lambda: K.SeparableConv2D(1, 2, depthwise_initializer=O, pointwise_initializer=O), im)
lay("sepconv1", lambda: K.SeparableConv1D(1, 2, depthwise_initializer=O, pointwise_initializer=O))
lay("maxp", lambda: K.MaxPooling2D(2, 1, "same"), im)
lay("avgp1", lambda: K.AveragePooling1D(2, 1))
lay("gap", lambda: K.GlobalAveragePooling2D(), im)
lay("gmp1", lambda: K.GlobalMaxPooling1D())
lay("flatten", lambda: K.Flatten())
lay("reshape", lambda: K.Reshape((2, -1)))
lay("permute", lambda: K.Permute((2, 1)))
lay("repeat", lambda: K.RepeatVector(2), x[:, 0])
lay("emb", lambda: K.Embedding(5, 2, embeddings_initializer=O), tf.constant([[1, 4]]))
lay("emb mask", lambda: K.Embedding(5, 2, embeddings_initializer=O, mask_zero=True, input_length=2), tf.constant([[1, 0]]))
lay("masking", lambda: K.Masking(0.0))
lay("bn", lambda: K.BatchNormalization())
lay("bn train", lambda: K.BatchNormalization(momentum=0.5, scale=False), None, training=True)
lay("drop", lambda: K.Dropout(0.5))
lay("drop train", lambda: K.Dropout(0.5, seed=3), None, training=True)
lay("sdrop", lambda: K.SpatialDropout1D(0.5))
lay("gauss", lambda: K.GaussianNoise(0.5))
lay("adrop", lambda: K.AlphaDropout(0.5))
lay("act", lambda: K.Activation("softplus"))
for a in ("elu", "selu", "softsign", "hard_sigmoid", "linear", "softmax", "sigmoid", "tanh", "relu"):
    lay("act " + a, lambda: K.Activation(a))
lay("act bad", lambda: K.Activation("q"))
lay("leaky", lambda: K.LeakyReLU(0.2), x - 0.5)
lay("prelu", lambda: K.PReLU("ones"), x - 0.5)
lay("elu", lambda: K.ELU(0.5), x - 0.5)
lay("thresh", lambda: K.ThresholdedReLU(0.5))
lay("softmax", lambda: K.Softmax(axis=1))
lay("zpad", lambda: K.ZeroPadding2D(((1, 0), (0, 1))), im[..., :1])
lay("zpad1", lambda: K.ZeroPadding1D(1))
lay("crop", lambda: K.Cropping2D(1), im)
lay("up", lambda: K.UpSampling2D((1, 2)), im[..., :1])
lay("up1", lambda: K.UpSampling1D(2))
lay("lambda", lambda: K.Lambda(lambda t: t * 2))
lay("add", lambda: K.Add(), [x, x])
lay("mul", lambda: K.Multiply(), [x, x])
lay("avg", lambda: K.Average(), [x, x])
lay("max", lambda: K.Maximum(), [x, -x])
lay("dot", lambda: K.Dot(axes=2, normalize=True), [x, x])
lay("add one", lambda: K.Add(), [x])
lay("add t", lambda: K.Add(), x)
lay("dense str", lambda: K.Dense("2"))
lay("dense bad act", lambda: K.Dense(2, activation="foo"))
lay("dense bad init", lambda: K.Dense(2, kernel_initializer="foo"))
lay("dense kw", lambda: K.Dense(2, foo=1))
lay("dense rank", lambda: K.Dense(2), tf.constant(1.0))
lay("conv rank", lambda: K.Conv2D(1, 2), x)
lay("lstm rank", lambda: K.LSTM(1), im)
lay("conv pad", lambda: K.Conv2D(1, 2, padding="foo"), im)
def reg():
    l = K.Dense(2, kernel_initializer=O, kernel_regularizer=tf.keras.regularizers.l1_l2(0.1, 0.2), bias_regularizer="l2", activity_regularizer=tf.keras.regularizers.l2(0.1))
    l(x)
    return [l.losses, l.get_config()["units"], l.count_params(), l.trainable, l.dtype]
T = tf.layers
lay("tl dense", lambda: T.Dense(2, kernel_initializer=tf.ones_initializer(), name="my"))
lay("tl conv", lambda: T.Conv2D(1, 2, kernel_initializer=tf.ones_initializer(), activation=tf.nn.relu), im)
lay("tl bn", lambda: T.BatchNormalization(), None, training=True)
lay("tl drop", lambda: T.Dropout(0.5))
lay("tl flat", lambda: T.Flatten())
lay("tl mp", lambda: T.MaxPooling2D(2, 2), im)
lay("tl sep", lambda: T.SeparableConv2D(1, 2, depthwise_initializer=tf.ones_initializer(), pointwise_initializer=tf.ones_initializer()), im)
outcome("f dense", lambda: tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1)))
outcome("f dense constraint", lambda: tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), kernel_constraint=lambda w: w / 2))
outcome("f conv1d", lambda: tf.layers.conv1d(x, 2, 2, kernel_initializer=tf.ones_initializer()))
outcome("f conv3d", lambda: tf.layers.conv3d(tf.ones([1, 3, 3, 3, 1]), 1, 2, kernel_initializer=tf.ones_initializer()))
outcome("f bn", lambda: tf.layers.batch_normalization(x, training=True, renorm=False, center=False))
outcome("f pool", lambda: [tf.layers.average_pooling2d(im, 2, 2), tf.layers.max_pooling1d(x, 2, 1)])
outcome("f pool bad", lambda: tf.layers.max_pooling2d(x, 2, 1))
I = tf.keras.initializers
for n in ("zeros", "ones", "glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "identity", "orthogonal", "random_normal", "random_uniform", "truncated_normal", "uniform", "normal", "foo"):
    outcome("init " + n, lambda: I.get(n)([2, 2]).shape)
for n, m in (("gu", lambda: tf.glorot_uniform_initializer(seed=1)), ("gn", lambda: tf.glorot_normal_initializer(seed=1)), ("he", lambda: tf.keras.initializers.he_normal(seed=1)), ("heu", lambda: tf.keras.initializers.he_uniform(seed=1)), ("vs", lambda: tf.variance_scaling_initializer(2.0, "fan_avg", "uniform", seed=1)), ("orth", lambda: tf.orthogonal_initializer(seed=1)),
             ("ru", lambda: tf.random_uniform_initializer(-1, 1, seed=1)), ("rn", lambda: tf.random_normal_initializer(1.0, 2.0, seed=1)), ("tn", lambda: tf.truncated_normal_initializer(seed=1)), ("uu", lambda: tf.uniform_unit_scaling_initializer(seed=1)), ("id", lambda: tf.initializers.identity(2.0)), ("const", lambda: tf.constant_initializer([1.0, 2.0, 3.0, 4.0])), ("xav", lambda: tf.contrib.layers.xavier_initializer(seed=1)), ("lu", lambda: tf.keras.initializers.lecun_uniform(seed=1)), ("vi", lambda: tf.contrib.layers.variance_scaling_initializer(seed=1))):
    outcome("initv " + n, lambda: m()([2, 2]))
outcome("const few", lambda: tf.constant_initializer([1.0, 2.0])([3]))
outcome("const many", lambda: tf.constant_initializer([1.0, 2.0, 3.0])([2]))
outcome("vs bad", lambda: tf.variance_scaling_initializer(-1.0))
outcome("vs bad mode", lambda: tf.variance_scaling_initializer(mode="q"))
outcome("id rect", lambda: tf.initializers.identity()([2, 3]))
outcome("id 1d", lambda: tf.initializers.identity()([2]))
outcome("ru int", lambda: tf.random_uniform_initializer(0, 5, seed=1, dtype=tf.int32)([3]))
class MyModel(tf.keras.Model):
    def __init__(self):
        super(MyModel, self).__init__()
        self.d1 = tf.keras.layers.Dense(3, activation="relu", kernel_initializer=O)
        self.d2 = tf.keras.layers.Dense(1, kernel_initializer=O)
    def call(self, inputs):
        return self.d2(self.d1(inputs))
m = MyModel()
m = MyModel(); m.compile(tf.train.GradientDescentOptimizer(0.01), "mse", metrics=["mae"])
X, Y = np.arange(16, dtype=np.float32).reshape(8, 2) / 10, np.arange(8, dtype=np.float32).reshape(8, 1)
h = m.fit(X, Y, epochs=3, batch_size=4, verbose=0, shuffle=False, validation_split=0.25)
outcome("fit", lambda: {k: [round(float(q), 4) for q in v] for k, v in h.history.items()})
outcome("eval", lambda: [round(float(v), 4) for v in m.evaluate(X, Y, verbose=0)])
outcome("pred", lambda: np.round(m.predict(X[:2]), 4).tolist())
outcome("tob", lambda: [round(float(v), 4) for v in m.train_on_batch(X, Y)])
outcome("toe", lambda: [round(float(v), 4) for v in m.test_on_batch(X, Y)])
outcome("names", lambda: m.metrics_names)
s = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(2,), kernel_initializer=O), tf.keras.layers.Dropout(0.1), tf.keras.layers.Dense(1, kernel_initializer=O)])
inp = tf.keras.Input((2,)); o = tf.keras.layers.Dense(2, kernel_initializer=O)(inp); f = tf.keras.Model(inp, [o, tf.keras.layers.add([o, inp])])
outcome("not compiled", lambda: MyModel().fit(X, Y))
outcome("bad loss", lambda: m.compile("sgd", "foo"))
outcome("bad opt", lambda: m.compile("foo", "mse"))
outcome("keras opt", lambda: m.compile(tf.keras.optimizers.SGD(0.1), "mse"))

fns = {"normal": lambda **k: tf.random_normal([2, 2], 1.0, 2.0, **k), "uniform": lambda **k: tf.random_uniform([3], **k), "uniform i": lambda **k: tf.random_uniform([4], 3, 9, tf.int32, **k), "uniform i64": lambda **k: tf.random_uniform([4], 0, 2 ** 40, tf.int64, **k), "trunc": lambda **k: tf.truncated_normal([3], **k), "f64": lambda **k: tf.random_normal([2], dtype=tf.float64, **k), "uf64": lambda **k: tf.random_uniform([2], dtype=tf.float64, **k), "tf64": lambda **k: tf.truncated_normal([2], dtype=tf.float64, **k), "half": lambda **k: tf.random_normal([3], dtype=tf.float16, **k),
       "shuffle": lambda **k: tf.random_shuffle([1, 2, 3, 4, 5], **k), "shuffle2": lambda **k: tf.random_shuffle([[1, 2], [3, 4], [5, 6]], **k), "multi": lambda **k: tf.multinomial([[0.1, 0.5, 0.3]], 6, **k), "multi i32": lambda **k: tf.multinomial([[0.1, 0.5, 0.3]], 6, output_dtype=tf.int32, **k), "gamma": lambda **k: tf.random_gamma([3], [0.5, 2.0], **k), "gamma b": lambda **k: tf.random_gamma([2], 3.0, beta=[1.0, 2.0], **k), "poisson": lambda **k: tf.random_poisson([1.0, 10.0], [3], **k),
       "crop": lambda **k: tf.random_crop(tf.range(12), [3], **k), "dropout": lambda **k: tf.nn.dropout(tf.ones([8]), 0.5, **k), "cdf": lambda **k: tf.contrib.layers.xavier_initializer(**k)([2, 2]), "dropout ns": lambda **k: tf.nn.dropout(tf.ones([3, 4]), 0.5, noise_shape=[3, 1], **k)}
for name in sorted(fns):
    tf.set_random_seed(5)
    outcome(name + " op seed", lambda: [fns[name](seed=3), fns[name](seed=3)])
    tf.set_random_seed(5)
    outcome(name + " graph", lambda: [fns[name](), fns[name]()])
    tf.set_random_seed(5)
    outcome(name + " again", lambda: fns[name]())
tf.set_random_seed(9)
outcome("mix", lambda: [tf.random_normal([1]), tf.random_uniform([1]), tf.random_normal([1])])
outcome("shape t", lambda: tf.random_normal(tf.constant([2]), seed=1))
outcome("scalar", lambda: tf.random_uniform([], seed=1))
outcome("int no max", lambda: tf.random_uniform([2], dtype=tf.int32))
outcome("min>max", lambda: tf.random_uniform([2], 5, 3, dtype=tf.int32))
outcome("neg shape", lambda: tf.random_normal([-1]))
outcome("tensor range", lambda: tf.random_uniform([2], minval=tf.constant(1.0), maxval=tf.constant([2.0, 3.0]), seed=1))
outcome("multi bad", lambda: tf.multinomial([0.1, 0.2], 3))
outcome("multi n", lambda: tf.multinomial([[0.1, 0.2]], -1))
outcome("stateless", lambda: [tf.contrib.stateless.stateless_random_normal([2], [1, 2]), tf.contrib.stateless.stateless_random_uniform([2], [1, 2]), tf.contrib.stateless.stateless_truncated_normal([2], [1, 2])])
outcome("stateless mult", lambda: tf.contrib.stateless.stateless_multinomial([[0.1, 0.5]], 4, [1, 2]) if hasattr(tf.contrib.stateless, "stateless_multinomial") else "no")
tf.set_random_seed(2)
outcome("np seed", lambda: tf.random_normal([2], seed=np.int64(3)))
