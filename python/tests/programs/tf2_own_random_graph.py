# tf: 2.21
# Stateless gamma, Poisson and binomial numbers, generators; tf.Graph in a program of 2.x; concrete functions' outputs.
import tensorflow as tf


def attempt(label, fn):
    try:
        print(label, fn())
    except Exception as e:
        print(label, "raises", type(e).__name__)


R, seed = tf.random, [1, 2]
print(R.stateless_gamma([2, 2], seed, alpha=[1.0, 3.0]).numpy(), R.stateless_gamma([2, 2], seed, alpha=[[1.0], [3.0]], beta=[2.0, 3.0]).numpy())
print(R.stateless_poisson([3, 2], seed, lam=[4.0, 20.0]).numpy(), R.stateless_poisson([3], seed, lam=4.0, dtype=tf.float64).numpy())
for shape, counts, probs in ([3, 2], [10.0, 100.0], [0.4, 0.7]), ([2, 2], [[10], [20]], [0.4, 0.5]), ([60], 100, 0.99), ([60], 30, 0.4), ([4], 30, 1.0), ([4], 30, 0.0):
    print(R.stateless_binomial(shape, seed, counts=counts, probs=probs).numpy().tolist(), R.stateless_binomial(shape, seed, counts, probs, tf.float32).dtype.name)
g = R.Generator.from_seed(7)
print(g.binomial([3], 10.0, 0.5).numpy(), g.state.numpy(), g.binomial([3, 2], [10.0, 30.0], [0.5, 0.6]).numpy(), g.state.numpy(), g.normal([2]).numpy())
shared = R.Generator.from_state(g.state, "philox")
print(shared.uniform([2]).numpy(), g.uniform([2]).numpy(), shared.state is g.state)
attempt("parameter's shape", lambda: R.stateless_poisson([2], seed, lam=[1.0]))
attempt("gamma's shape", lambda: R.stateless_gamma([2], seed, alpha=[1.0, 3.0, 4.0]))
R.set_seed(5)
drawn = tf.function(lambda: R.uniform([], seed=1))
print(drawn().numpy(), drawn().numpy())
R.set_seed(5)
print(drawn().numpy())

a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
with tf.GradientTape(watch_accessed_variables=False) as tape:
    y = b * a
    tape.watch(a)
print([v.name for v in tape.watched_variables()])
with tf.GradientTape() as tape:
    y = b * a
    print([v.name for v in tape.watched_variables()])
    tape.reset()
    y = b * 2
print([v.name for v in tape.watched_variables()])

with tf.Graph().as_default() as graph:
    c = tf.constant([1.0, 2.0], name="c")
    d = tf.identity(c, name="d")
    e = tf.add(c, d, name="e")
    w = tf.Variable(3.0)
    with tf.name_scope("scope"):
        z = tf.zeros([2])
    print(c, d, e, z, w, tf.executing_eagerly())
    p = tf.compat.v1.placeholder(tf.float32, [None], name="p")
    r = tf.cond(p[0] > 0, lambda: p[0] + 1, lambda: p[0] - 1)
    slope = tf.gradients(e, c)[0]
    with tf.compat.v1.Session() as session:
        session.run(tf.compat.v1.global_variables_initializer())
        print(session.run([e, slope, w]), session.run(r, {p: [3.0]}), session.run(r, {p: [-3.0]}))
print(tf.executing_eagerly(), tf.compat.v1.get_default_graph() is graph)


@tf.function
def two(x, k=2):
    return {"sum": x + k, "both": (x, [x * k])}


concrete = two.get_concrete_function(tf.TensorSpec([None], name="given"))
print(concrete.structured_outputs, [t.name for t in concrete.outputs], [t.name for t in concrete.inputs])
print([op.type for op in concrete.graph.get_operations() if op.type not in ("NoOp", "Const")])
