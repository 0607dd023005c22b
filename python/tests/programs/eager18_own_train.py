# tf: 1.8
# tolerance: 1e-3
# tf.train's optimizers over several steps with slots, names, decays; Keras losses and metrics by value; models fitted by hand.
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()


def r(x):
    return np.round(np.asarray(x.numpy() if hasattr(x, "numpy") else x, dtype=np.float64), 5).tolist()


T = tf.train
step = tfe.Variable(0, dtype=tf.int64, name="step")
for name, make in (("sgd", lambda: T.GradientDescentOptimizer(0.1)), ("momentum", lambda: T.MomentumOptimizer(0.1, 0.9)), ("nesterov", lambda: T.MomentumOptimizer(0.1, 0.9, use_nesterov=True)),
                   ("adam", lambda: T.AdamOptimizer(0.1)), ("rms", lambda: T.RMSPropOptimizer(0.1, momentum=0.5)), ("centered", lambda: T.RMSPropOptimizer(0.1, centered=True)),
                   ("adagrad", lambda: T.AdagradOptimizer(0.5)), ("adadelta", lambda: T.AdadeltaOptimizer(1.0)), ("ftrl", lambda: T.FtrlOptimizer(0.5, l1_regularization_strength=0.01)),
                   ("proximal", lambda: T.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=0.05)), ("pada", lambda: T.ProximalAdagradOptimizer(0.1, l2_regularization_strength=0.1)),
                   ("adagrad da", lambda: T.AdagradDAOptimizer(0.1, step))):
    try:
        opt = make()
        v, w = tfe.Variable([1.0, -2.0, 3.0], name="v"), tfe.Variable([[0.5], [4.0]], name="w")
        for i in range(4):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(v * v) + tf.reduce_sum(tf.sin(w)) * 3
            opt.apply_gradients(zip(tape.gradient(loss, [v, w]), [v, w]), global_step=step)
        print(name, r(v), r(w), opt.get_slot_names(), [r(opt.get_slot(v, s)) for s in opt.get_slot_names()], len(opt.variables()), opt.get_name())
    except Exception as e:
        print(name, "raises", type(e).__name__)
print(step.numpy())
opt = T.AdamOptimizer(tf.constant(0.1))
x = tfe.Variable(3.0)
opt.minimize(lambda: x * x)
print(r(x), [(None if g is None else r(g), v.name) for g, v in opt.compute_gradients(lambda: x * x * 2)])
for bad in (lambda: opt.minimize(x * x), lambda: opt.apply_gradients([]), lambda: opt.apply_gradients([(None, x)]), lambda: T.AdagradOptimizer(0.1, initial_accumulator_value=-1.0),
            lambda: T.FtrlOptimizer(0.1, learning_rate_power=1.0)):
    try:
        bad()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
table = tfe.Variable(np.ones((4, 2), np.float32))
for make in (lambda: T.GradientDescentOptimizer(0.5), lambda: T.MomentumOptimizer(0.5, 0.9), lambda: T.AdamOptimizer(0.5), lambda: T.AdagradOptimizer(0.5), lambda: T.RMSPropOptimizer(0.5), lambda: T.FtrlOptimizer(0.5), lambda: T.AdadeltaOptimizer(0.5)):
    table.assign(np.ones((4, 2), np.float32))
    opt = make()
    for k in range(2):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 3, 1]) * [[1.0], [2.0], [3.0]])
        opt.apply_gradients([(tape.gradient(loss, table), table)])
    print(type(opt).__name__, r(table))
    s = tf.IndexedSlices(tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([0, 2]), tf.constant([4, 2]))
    opt.apply_gradients([(s, table)])
    print("  slices", r(table))
print([r(T.exponential_decay(0.1, s, 10, 0.5)) for s in (0, 5, 20)], [r(T.piecewise_constant(tf.constant(s), [3, 6], [1.0, 0.5, 0.1])) for s in (1, 3, 4, 7)])
print([r(T.polynomial_decay(0.1, s, 10, 0.01, power=2.0)) for s in (0, 5, 20)], [r(T.cosine_decay(0.1, s, 10)) for s in (0, 5, 20)], [r(T.inverse_time_decay(0.1, s, 2, 0.5, staircase=True)) for s in (1, 5)])
print([r(T.natural_exp_decay(0.1, s, 2, 0.5)) for s in (1, 5)], [r(T.linear_cosine_decay(0.1, s, 10)) for s in (1, 5)], [r(T.cosine_decay_restarts(0.1, s, 3)) for s in (1, 5, 9)])

y, p = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], np.float32), np.array([[0.2, 0.7, 0.1], [0.3, 0.3, 0.4]], np.float32)
for n in ("mse", "mae", "mape", "msle", "hinge", "squared_hinge", "categorical_hinge", "logcosh", "categorical_crossentropy", "binary_crossentropy", "kullback_leibler_divergence", "poisson", "cosine_proximity"):
    try:
        print(n, r(tf.keras.losses.get(n)(tf.constant(y), tf.constant(p))))
    except Exception as e:
        print(n, "raises", type(e).__name__)
print(r(tf.keras.losses.sparse_categorical_crossentropy(tf.constant([[1.0], [0.0]]), tf.constant(p))))
for n in ("binary_accuracy", "categorical_accuracy", "top_k_categorical_accuracy"):
    f = tf.keras.metrics.get(n)
    try:
        print(n, r(f(tf.constant(y), tf.constant(p), k=2) if "top" in n else f(tf.constant(y), tf.constant(p))))
    except Exception as e:
        print(n, "raises", type(e).__name__)
for name in ("relu", "elu", "selu", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid", "linear", "softmax"):
    print(name, r(tf.keras.activations.get(name)(tf.constant([[-3.0, -0.5, 0.0, 2.0]]))))
print(tf.keras.utils.to_categorical([0, 2]).tolist(), r(tf.keras.utils.normalize(np.array([[3.0, 4.0]]))), tf.keras.preprocessing.sequence.pad_sequences([[1], [2, 3, 4]], maxlen=2).tolist())
tf.set_random_seed(8)
for name in ("glorot_uniform", "glorot_normal", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "orthogonal", "identity", "zeros", "ones", "uniform", "normal", "truncated_normal", "random_normal", "random_uniform"):
    try:
        print(name, r(tf.keras.initializers.get(name)([2, 2])))
    except Exception as e:
        print(name, "raises", type(e).__name__)
print(r(tf.keras.regularizers.l1_l2(0.1, 0.2)(tf.constant([1.0, -2.0]))), tf.keras.backend.floatx(), tf.keras.backend.epsilon())
m = tfe.metrics.Mean("m")
for q in ([1.0, 2.0], 3.0):
    m(q)
print(r(m.result()), m.name, [v.name for v in m.variables])
