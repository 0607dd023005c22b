# tf: 1.8
# tolerance: 1e-3
# Layers of tf.keras and tf.layers by value with fixed weights: recurrent, one-dimensional, padding, merging, wrappers.
import numpy as np
import tensorflow as tf
tf.enable_eager_execution()
K = tf.keras.layers


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def fixed(layer, x):
    layer(x)
    layer.set_weights([(0.5 * np.sin(np.arange(w.size) * 0.8 + 0.3 * k)).reshape(w.shape) for k, w in enumerate(layer.get_weights())])
    return layer


def show(label, make, x):
    try:
        layer = make()
        fixed(layer, x)
        out = layer(x)
        outs = out if isinstance(out, (list, tuple)) else [out]
        print(label, [tuple(o.shape.as_list()) for o in outs], [r(tf.reshape(o, [-1])[:5].numpy()) for o in outs], [w.shape.as_list() for w in layer.weights])
    except Exception as e:
        print(label, "raises", type(e).__name__)


x = tf.constant(np.sin(np.arange(24, dtype=np.float32)).reshape(2, 4, 3))
show("simple", lambda: K.SimpleRNN(2), x)
show("simple seq", lambda: K.SimpleRNN(2, return_sequences=True, go_backwards=True), x)
show("lstm", lambda: K.LSTM(2), x)
show("lstm state", lambda: K.LSTM(2, return_sequences=True, return_state=True), x)
show("gru", lambda: K.GRU(3, return_sequences=True), x)
show("gru relu", lambda: K.GRU(2, activation="relu", recurrent_activation="sigmoid", use_bias=False), x)
show("bidirectional", lambda: K.Bidirectional(K.LSTM(2, return_sequences=True)), x)
show("bi sum", lambda: K.Bidirectional(K.GRU(2), merge_mode="sum"), x)
show("time distributed", lambda: K.TimeDistributed(K.Dense(2)), x)
show("conv1d", lambda: K.Conv1D(2, 2), x)
show("conv1d same", lambda: K.Conv1D(2, 3, strides=2, padding="same", activation="relu"), x)
show("maxpool1d", lambda: K.MaxPooling1D(2), x)
show("avgpool1d", lambda: K.AveragePooling1D(3, 1, "same"), x)
show("gmax1d", lambda: K.GlobalMaxPooling1D(), x)
show("gavg1d", lambda: K.GlobalAveragePooling1D(), x)
show("zeropad1d", lambda: K.ZeroPadding1D((1, 2)), x)
show("crop1d", lambda: K.Cropping1D((1, 1)), x)
show("up1d", lambda: K.UpSampling1D(2), x)
show("permute", lambda: K.Permute((2, 1)), x)
show("repeat", lambda: K.RepeatVector(3), x[:, 0])
show("reshape", lambda: K.Reshape((6, 2)), x)
show("reshape -1", lambda: K.Reshape((-1, 6)), x)
show("flatten", lambda: K.Flatten(), x)
show("prelu", lambda: K.PReLU(), x)
show("leaky", lambda: K.LeakyReLU(0.2), x)
show("elu", lambda: K.ELU(0.5), x)
show("thresholded", lambda: K.ThresholdedReLU(0.5), x)
show("softmax", lambda: K.Softmax(), x)
show("masking", lambda: K.Masking(0.0), x)
show("lambda", lambda: K.Lambda(lambda t: t * 2 + 1), x)
show("dense 3d", lambda: K.Dense(2, activation="softmax"), x)
show("spatial", lambda: K.SpatialDropout1D(0.5), x)
show("noise", lambda: K.GaussianNoise(0.5), x)
image = tf.constant(np.cos(np.arange(96, dtype=np.float32)).reshape(2, 4, 4, 3))
show("conv2d", lambda: K.Conv2D(2, (2, 3), strides=(1, 2), padding="same", use_bias=False), image)
show("transpose", lambda: K.Conv2DTranspose(2, 3, strides=2, padding="same"), image)
show("transpose valid", lambda: K.Conv2DTranspose(1, 2, strides=1), image)
show("zeropad", lambda: K.ZeroPadding2D(((1, 0), (2, 1))), image)
show("crop", lambda: K.Cropping2D(((1, 0), (0, 1))), image)
show("up", lambda: K.UpSampling2D((2, 1)), image)
show("gavg", lambda: K.GlobalAveragePooling2D(), image)
show("gmax", lambda: K.GlobalMaxPooling2D(), image)
show("bn", lambda: K.BatchNormalization(scale=False), image)
show("embedding", lambda: K.Embedding(5, 3), tf.constant([[1, 2], [4, 0]]))
for name in ("Add", "Multiply", "Average", "Maximum", "Concatenate", "Dot"):
    try:
        layer = getattr(K, name)(axes=1) if name == "Dot" else getattr(K, name)()
        print(name, r(layer([x[:, 0], x[:, 1]])))
    except Exception as e:
        print(name, "raises", type(e).__name__)
print([type(l).__name__ for l in (K.Dense(1), K.Activation("relu"))], K.Dense(1).name.rsplit("_", 1)[0], K.MaxPooling2D().name.rsplit("_", 1)[0])
L = tf.layers
half = tf.constant_initializer(0.3)
try:
    print("fn", r(L.conv1d(x, 1, 2, kernel_initializer=half)[0]), r(L.max_pooling1d(x, 2, 2)[0, 0]))
except Exception as e:
    print("fn raises", type(e).__name__)
d = tf.layers.Dense(3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1), kernel_initializer=half)
d(x[:, 0])
print([round(float(l), 5) for l in d.losses], d.count_params(), d.dtype, d.trainable)
seq = tf.keras.Sequential([K.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)), K.MaxPooling2D(), K.Flatten(), K.Dropout(0.5), K.Dense(10, activation="softmax")], name="net")
seq.summary()
a = K.Input((4,), name="a")
h1 = K.Dense(3, name="h1")(a)
h2 = K.Dense(3, name="h2")(a)
o = K.Add(name="sum")([h1, h2])
m = tf.keras.Model(a, K.Dense(2, name="out")(o), name="two")
m.summary()
print([l.name for l in m.layers], m.input_shape, m.output_shape, [v.name for v in m.variables])
print(m.get_config.__name__, m.get_layer("sum").name, m.input_names, m.output_names)
