# tf: 1.8
# tolerance: 1e-4
# Optimizers with their slots, decays, moving averages, clipping and losses.
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
from support.show_1 import outcome
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)

tf.set_random_seed(1)
for make in (lambda: tf.train.GradientDescentOptimizer(0.1), lambda: tf.train.MomentumOptimizer(0.1, 0.9), lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), lambda: tf.train.AdamOptimizer(0.1),
             lambda: tf.train.RMSPropOptimizer(0.1), lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True), lambda: tf.train.AdagradOptimizer(0.1), lambda: tf.train.AdadeltaOptimizer(1.0),
             lambda: tf.train.FtrlOptimizer(0.1), lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01), lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.01, 0.01), lambda: tf.train.ProximalAdagradOptimizer(0.1)):
    v, e = tfe.Variable([1.0, 2.0], name="v"), tfe.Variable([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]], name="e")
    o = make()
    for step in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(v ** 2) + tf.reduce_sum(tf.gather(e, [0, 2, 0]) ** 2)
        g = tape.gradient(loss, [v, e])
        o.apply_gradients(zip(g, [v, e]))
    print(type(o).__name__, o.get_name(), o.get_slot_names(), [(n, s.name, s.shape.as_list()) for n in o.get_slot_names() for s in [o.get_slot(v, n)]])
    print(np.round(v.numpy(), 5).tolist(), np.round(e.numpy(), 5).tolist(), sorted(q.name for q in o.variables()))
def f(*a, **k):
    return tf.train.GradientDescentOptimizer(0.1).minimize(*a, **k)
v = tfe.Variable(3.0)
outcome("minimize tensor", lambda: f(v * v))
outcome("minimize fn", lambda: f(lambda: v * v))
print(v.numpy())
gs = tf.train.get_or_create_global_step()
outcome("minimize gs", lambda: f(lambda: v * v, global_step=gs))
print(gs.numpy(), gs.name, gs.dtype)
outcome("minimize var_list", lambda: f(lambda: v * v, var_list=[v]))
outcome("minimize none", lambda: f(lambda: tf.constant(1.0), var_list=[v]))
outcome("apply empty", lambda: tf.train.AdamOptimizer().apply_gradients([]))
outcome("apply none", lambda: tf.train.AdamOptimizer().apply_gradients([(None, v)]))
outcome("compute tensor", lambda: tf.train.GradientDescentOptimizer(0.1).compute_gradients(v * v))
print(v.numpy())
outcome("name bad", lambda: tf.train.Optimizer(False, None))
ema = tf.train.ExponentialMovingAverage(0.9)
outcome("ema avg", lambda: ema.average(v))
ema2 = tf.train.ExponentialMovingAverage(0.9, num_updates=3, zero_debias=False)
for name, make in (("exp", lambda s: tf.train.exponential_decay(0.1, s, 3, 0.5)), ("exp st", lambda s: tf.train.exponential_decay(0.1, s, 3, 0.5, staircase=True)), ("pw", lambda s: tf.train.piecewise_constant(s, [2, 4], [1.0, 0.5, 0.1])),
                   ("poly", lambda s: tf.train.polynomial_decay(0.1, s, 5, 0.01, 2.0)), ("polyc", lambda s: tf.train.polynomial_decay(0.1, s, 2, 0.01, cycle=True)), ("nat", lambda s: tf.train.natural_exp_decay(0.1, s, 3, 0.5)), ("inv", lambda s: tf.train.inverse_time_decay(0.1, s, 3, 0.5)),
                   ("cos", lambda s: tf.train.cosine_decay(0.1, s, 5, 0.1)), ("cosr", lambda s: tf.train.cosine_decay_restarts(0.1, s, 2)), ("lincos", lambda s: tf.train.linear_cosine_decay(0.1, s, 5)), ("noisy", lambda s: tf.train.noisy_linear_cosine_decay(0.1, s, 5))):
    outcome(name, lambda: [make(tf.constant(k))() if callable(make(tf.constant(k))) else make(tf.constant(k)) for k in range(0, 7, 2)] if name != "noisy" else "skip")
outcome("exp none", lambda: tf.train.exponential_decay(0.1, None, 3, 0.5))
outcome("pw len", lambda: tf.train.piecewise_constant(tf.constant(1), [2, 4], [1.0, 0.5]))
outcome("pw dtype", lambda: tf.train.piecewise_constant(tf.constant(1), [2.0, 4.0], [1.0, 0.5, 0.1]))
c = tf.constant([[3.0, 4.0], [0.5, 0.0]])
outcome("clip norm", lambda: [tf.clip_by_norm(c, 1.0), tf.clip_by_norm(c, 1.0, axes=[1]), tf.clip_by_average_norm(c, 1.0), tf.clip_by_value(c, [[1.0], [0.0]], 2.0)])
outcome("clip global t", lambda: tf.clip_by_global_norm(c, 1.0))
L = tf.losses; y = tf.constant([[1.0, 0.0], [0.0, 1.0]]); p = tf.constant([[0.8, 0.3], [0.4, 0.9]]); w = tf.constant([[1.0], [0.5]])
R = L.Reduction
for name, fn in (("mse", L.mean_squared_error), ("abs", L.absolute_difference), ("huber", L.huber_loss), ("log", L.log_loss), ("hinge", L.hinge_loss), ("sig", lambda a, b, **k: L.sigmoid_cross_entropy(a, b, **k)), ("sm", lambda a, b, **k: L.softmax_cross_entropy(a, b, **k)),
                 ("cos", lambda a, b, **k: L.cosine_distance(a, b, axis=1, **k)), ("mpse", lambda a, b, **k: L.mean_pairwise_squared_error(a, b, **{q: z for q, z in k.items() if q != "reduction"})), ("ssm", lambda a, b, **k: L.sparse_softmax_cross_entropy(tf.constant([0, 1]), b, **k))):
    outcome(name, lambda: fn(y, p))
    for r in (R.NONE, R.SUM, R.MEAN, R.SUM_OVER_BATCH_SIZE, R.SUM_BY_NONZERO_WEIGHTS, R.SUM_OVER_NONZERO_WEIGHTS):
        outcome(name + " " + r, lambda: fn(y, p, reduction=r))
    outcome(name + " w0", lambda: fn(y, p, weights=0.5))
    outcome(name + " w", lambda: fn(y, p, weights=[[1.0], [0.5]] if name not in ("sm", "ssm") else [1.0, 0.5]))
    outcome(name + " w zero", lambda: fn(y, p, weights=[[0.0], [0.5]] if name not in ("sm", "ssm") else [0.0, 0.5]))
    outcome(name + " w bad", lambda: fn(y, p, weights=[1.0, 2.0, 3.0]))
    outcome(name + " none", lambda: fn(None, p))
    outcome(name + " shape", lambda: fn(y, p[:1]))
    outcome(name + " bad reduction", lambda: fn(y, p, reduction="x"))
outcome("smooth", lambda: [L.softmax_cross_entropy(y, p, label_smoothing=0.1), L.sigmoid_cross_entropy(y, p, label_smoothing=0.2)])
outcome("cos dim", lambda: L.cosine_distance(y, p, dim=1))
outcome("cos no axis", lambda: L.cosine_distance(y, p))
outcome("compute_weighted", lambda: L.compute_weighted_loss(p, weights=w))
outcome("get_losses", lambda: L.get_losses())
outcome("get_total", lambda: L.get_total_loss())
outcome("add_loss", lambda: L.add_loss(tf.constant(1.0)))
outcome("get_reg", lambda: L.get_regularization_losses())
outcome("red", lambda: (R.all(), R.validate("mean")))
for n, fn in (("sig", tf.nn.sigmoid_cross_entropy_with_logits), ("sm", tf.nn.softmax_cross_entropy_with_logits), ("sm2", tf.nn.softmax_cross_entropy_with_logits_v2)):
    outcome(n, lambda: fn(labels=y, logits=p))
    outcome(n + " pos", lambda: fn(y, p))
    outcome(n + " none", lambda: fn(labels=y))
outcome("wce", lambda: tf.nn.weighted_cross_entropy_with_logits(y, p, 2.0))
outcome("logpoisson", lambda: tf.nn.log_poisson_loss(y, p, compute_full_loss=True))
outcome("l2", lambda: tf.nn.l2_loss(p))
outcome("nce", lambda: tf.nn.nce_loss(tf.ones([5, 2]), tf.zeros([5]), tf.constant([[0], [1]], tf.int64), p, 2, 5, sampled_values=(tf.constant([1, 3], tf.int64), tf.ones([2, 1]), tf.ones([2]))))
outcome("sampled", lambda: tf.nn.sampled_softmax_loss(tf.ones([5, 2]), tf.zeros([5]), tf.constant([[0], [1]], tf.int64), p, 2, 5, sampled_values=(tf.constant([1, 3], tf.int64), tf.ones([2, 1]), tf.ones([2]))))
outcome("kld", lambda: tf.keras.losses.kullback_leibler_divergence(y, p))
outcome("xw", lambda: tf.nn.xw_plus_b(p, y, [1.0, 2.0]))
outcome("relu_layer", lambda: tf.nn.relu_layer(p, y, [1.0, 2.0]))
