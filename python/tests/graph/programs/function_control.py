# tf: 2.21
# cond, case, switch_case, while_loop, map_fn, scan, folds and TensorArray in functions, with gradients inside and outside.
import tensorflow as tf


def tidy(x):
    return tf.nest.map_structure(lambda t: t.numpy().tolist() if hasattr(t, "numpy") else t, x)


def attempt(label, fn):
    try:
        print(label, tidy(fn()))
    except Exception as e:
        print(label, "raises", type(e).__name__)


f, e = tf.function, tf.constant([1, 2, 3])
v = tf.Variable(2.0)
x = tf.Variable([1.0, 2.0, 3.0])
attempt("cond", lambda: [f(lambda a: tf.cond(a > 2, lambda: [a, (a * 2, None)], lambda: [a - 1, (a, None)]))(tf.constant(n)) for n in (1, 5)])
attempt("cond, python bool", lambda: f(lambda a: tf.cond(True, lambda: a, lambda: a))(e))
attempt("cond, dtypes", lambda: f(lambda a: tf.cond(a > 2, lambda: 1, lambda: 2.5))(tf.constant(1)))
attempt("cond, structures", lambda: f(lambda a: tf.cond(a > 2, lambda: (1, 2), lambda: 3))(tf.constant(1)))
attempt("switch", lambda: [f(lambda i: tf.switch_case(i, [lambda: 1, lambda: 20, lambda: 300]))(tf.constant(n)) for n in (-1, 0, 1, 2, 7)])
attempt("case", lambda: [f(lambda i: tf.case([(i > 3, lambda: 1), (i > 1, lambda: 20)], default=lambda: 5))(tf.constant(n)) for n in (0, 2, 4)])
attempt("case, none", lambda: f(lambda i: tf.case([(i > 3, lambda: 1), (i > 2, lambda: 20)]))(tf.constant(2)))
attempt("while", lambda: f(lambda n: tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), [tf.constant(0), tf.constant(0)]))(tf.constant(5)))
attempt("while, nested state", lambda: f(lambda n: tf.while_loop(lambda s: s["i"] < n, lambda s: [{"i": s["i"] + 1, "p": [s["p"][0] * 2]}], [{"i": 0, "p": [1.5]}]))(tf.constant(3)))
attempt("while, limit", lambda: f(lambda n: tf.while_loop(lambda i: True, lambda i: [i + n], [tf.constant(0)], maximum_iterations=4))(tf.constant(5)))
attempt("while, limit of the graph", lambda: f(lambda n: tf.while_loop(lambda i: True, lambda i: [i + 1], [tf.constant(0)], maximum_iterations=n))(tf.constant(6)))
attempt("while, grows", lambda: f(lambda n: tf.while_loop(lambda a: tf.size(a) < n, lambda a: [tf.concat([a, a], 0)], [tf.constant([1])]))(tf.constant(5)))
attempt("while, invariant", lambda: f(lambda n: tf.while_loop(lambda a: tf.size(a) < n, lambda a: [tf.concat([a, a], 0)], [tf.constant([1])], shape_invariants=[tf.TensorShape([None])]))(tf.constant(5)))
attempt("while, dtype", lambda: f(lambda n: tf.while_loop(lambda i: i < n, lambda i: [tf.cast(i, tf.float32)], [tf.constant(0)]))(tf.constant(5)))
attempt("map", lambda: f(lambda e: tf.map_fn(lambda t: t * 10, e))(e))
attempt("map pairs", lambda: f(lambda e: tf.map_fn(lambda p: p[0] * p[1], (e, e), fn_output_signature=tf.int32))(e))
attempt("map dicts", lambda: f(lambda e: tf.map_fn(lambda t: {"sq": t * t, "neg": -t}, e, fn_output_signature={"sq": tf.int32, "neg": tf.int32}))(e))
attempt("map rows", lambda: f(lambda e: tf.map_fn(tf.reduce_sum, e))(tf.constant([[1, 2], [3, 4]])))
unknown = f(lambda e: tf.map_fn(lambda t: t * 10, e), input_signature=[tf.TensorSpec([None, None], tf.int32)])
attempt("map unknown", lambda: unknown(tf.constant([[1, 2], [3, 4]])))
attempt("scan", lambda: f(lambda e: tf.scan(lambda a, t: a + t, e))(e))
attempt("scan from", lambda: f(lambda e: tf.scan(lambda a, t: a * t, e, initializer=tf.constant(10)))(e))
attempt("scan reverse", lambda: f(lambda e: tf.scan(lambda a, t: a - t, e, reverse=True))(e))
attempt("scan two", lambda: f(lambda n: tf.scan(lambda a, _: (a[1], a[0] + a[1]), tf.range(n), initializer=(tf.constant(0), tf.constant(1))))(tf.constant(5)))
attempt("folds", lambda: f(lambda e: [tf.foldl(lambda a, t: 2 * a + t, e), tf.foldr(lambda a, t: 2 * a + t, e), tf.foldl(lambda a, t: a + t, e, initializer=100)])(e))


@f
def fibonacci(n):
    out = tf.TensorArray(tf.int32, size=n, clear_after_read=False)
    for i in tf.range(n):
        if i < 2:
            out = out.write(i, i)
        else:
            out = out.write(i, out.read(i - 1) + out.read(i - 2))
    return out.stack()


@f
def dynamic(n):
    out = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    for i in tf.range(n):
        out = out.write(i, tf.cast(i, tf.float32) * x)
    return out.stack(), out.size(), out.gather([1])


attempt("fibonacci", lambda: [fibonacci(10), fibonacci(tf.constant(7))])
attempt("dynamic", lambda: dynamic(tf.constant(3)))
attempt("unstack", lambda: f(lambda e: [tf.TensorArray(tf.int32, 3).unstack(e).read(i) for i in (2, 0)])(e))


def outside(fn, *sources):
    with tf.GradientTape(persistent=True) as second:
        with tf.GradientTape() as tape:
            y = fn()
        first = tape.gradient(y, list(sources))
    return [first, [None if g is None else second.gradient(g, s) for g, s in zip(first, sources)]]


def inside(fn, *sources):
    @f
    def both():
        with tf.GradientTape() as second:
            with tf.GradientTape() as tape:
                y = fn()
            first = tape.gradient(y, list(sources))
            total = tf.add_n([tf.reduce_sum(g) for g in first])
        return [first, second.gradient(total, list(sources))]

    return both()


def power(n):
    return tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a * v), [0, tf.constant(1.0)])[1]


def branch():
    return tf.cond(v > 1.0, lambda: v * v * tf.reduce_sum(x * x), lambda: v)


def mapped():
    return tf.reduce_sum(tf.map_fn(lambda t: t**3 * v, x) + tf.scan(lambda a, t: a * t, x))


for name, fn, sources in [("power", lambda: power(4), [v]), ("branch", branch, [v, x]), ("mapped", mapped, [x, v])]:
    attempt(name + " outside", lambda: outside(f(fn), *sources)[0])
    attempt(name + " inside", lambda: inside(fn, *sources))


@f
def newton(a):
    def body(g, i):
        return 0.5 * (g + a / g), i + 1

    return tf.while_loop(lambda g, i: tf.abs(g * g - a) > 1e-4, body, [a, 0], maximum_iterations=20)


with tf.GradientTape() as tape:
    root, count = newton(v)
attempt("newton", lambda: [round(float(root), 4), count, round(float(tape.gradient(root, v)), 4)])


@tf.custom_gradient
def clipped(t):
    s = tf.tanh(t) * v

    def grad(dy, variables=None):
        return dy * s * 10.0, [dy * 3.0]

    return s, grad


attempt("custom", lambda: [round(float(g), 4) for g in inside(lambda: clipped(x[0]) * 2.0, v)[0]])
attempt("custom outside", lambda: [round(float(g), 4) for g in outside(f(lambda: clipped(x[0]) * 2.0), v)[0]])
attempt("py_function", lambda: f(lambda t: tf.py_function(lambda u: u * u.numpy(), [t], tf.int32))(tf.constant(4)))
attempt("numpy_function", lambda: f(lambda t: tf.numpy_function(lambda u: u + u, [t], tf.int32))(e))
attempt("assert", lambda: f(lambda t: (tf.debugging.assert_equal(t, 3), t)[1])(tf.constant(2)))
attempt("indices", lambda: f(lambda t, i: [t[i], t[i:], t[:, 0], t[-1], t[i, 0]])(tf.constant([[1, 2], [3, 4]]), tf.constant(1)))
attempt("negative index", lambda: f(lambda t, i: [t[i], t[i, 1]])(tf.constant([[1, 2], [3, 4]]), tf.constant(-1)))
attempt("mask", lambda: f(lambda t: t[t > 1])(e))
