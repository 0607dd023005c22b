# tf: 1.8
# tolerance: 1e-4
# Gradients of operations and of control flow, tapes, functional gradients, functions; printing and shapes.
import re
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
from support.show_1 import outcome
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)

G = tf.GradientTape
x = tf.constant(3.0); v = tfe.Variable(2.0); vec = tf.constant([1.0, 2.0, 3.0])
def tape(f, *xs, **k):
    with G(**k) as t:
        for q in xs: t.watch(q)
        y = f(*xs)
    return t.gradient(y, list(xs))
outcome("basic", lambda: tape(lambda a: a * a, x))
outcome("var", lambda: tape(lambda a: a * v, x))
outcome("vec", lambda: tape(lambda a: a * a, vec))
outcome("unconnected", lambda: tape(lambda a: tf.constant(1.0), x))
outcome("int", lambda: tape(lambda a: tf.cast(a, tf.float32) * 2.0, tf.constant(3)))
outcome("stop", lambda: tape(lambda a: a * tf.stop_gradient(a), x))
outcome("while", lambda: tape(lambda a: tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * a), [0, a])[1], x))
outcome("cond", lambda: tape(lambda a: tf.cond(a > 2, lambda: a * a, lambda: a), x))
outcome("case", lambda: tape(lambda a: tf.case([(a > 5, lambda: a), (a > 2, lambda: a ** 3)], default=lambda: -a), x))
outcome("map_fn", lambda: tape(lambda a: tf.map_fn(lambda q: q * q, a), vec))
outcome("scan", lambda: tape(lambda a: tf.scan(lambda s, q: s * q, a), vec))
outcome("foldl", lambda: tape(lambda a: tf.foldl(lambda s, q: s * q, a), vec))
outcome("foldr", lambda: tape(lambda a: tf.foldr(lambda s, q: s - q, a), vec))
outcome("py loop", lambda: tape(lambda a: sum(a * k for k in range(3)), x))
outcome("ta", lambda: tape(lambda a: tf.TensorArray(tf.float32, 2).write(0, a).write(1, a * a).stack(), x))
outcome("getitem", lambda: tape(lambda a: a[1:] * a[:-1], vec))
outcome("gather", lambda: tape(lambda a: tf.gather(a, [0, 0, 2]), vec))
outcome("where", lambda: tape(lambda a: tf.where(a > 1.5, a * a, a), vec))
outcome("max", lambda: tape(lambda a: tf.reduce_max(a), tf.constant([1.0, 3.0, 3.0])))
outcome("prod0", lambda: tape(lambda a: tf.reduce_prod(a), tf.constant([0.0, 2.0, 3.0])))
outcome("abs0", lambda: tape(tf.abs, tf.constant([0.0, -1.0])))
outcome("relu0", lambda: tape(tf.nn.relu, tf.constant([0.0, -1.0, 1.0])))
outcome("sqrt0", lambda: tape(tf.sqrt, tf.constant([0.0, 4.0])))
outcome("pow0", lambda: tape(lambda a: a ** 2.0, tf.constant([0.0, -1.0])))
outcome("powx", lambda: tape(lambda a: 2.0 ** a, vec))
outcome("log", lambda: tape(tf.log, tf.constant([0.0, 1.0])))
outcome("div", lambda: tape(lambda a, b: a / b, x, tf.constant(0.0)))
outcome("mod", lambda: tape(lambda a: a % 2.0, vec))
outcome("floordiv", lambda: tape(lambda a: a // 2.0, vec))
outcome("round", lambda: tape(tf.round, vec))
outcome("clip", lambda: tape(lambda a: tf.clip_by_value(a, 1.5, 2.5), vec))
outcome("norm", lambda: tape(tf.norm, vec))
outcome("min both", lambda: tape(lambda a: tf.minimum(a, a), vec))
outcome("argmax", lambda: tape(lambda a: tf.argmax(a), vec))
outcome("cumsum", lambda: tape(lambda a: tf.cumsum(a) ** 2, vec))
outcome("sort", lambda: tape(lambda a: tf.nn.top_k(a, 2)[0] ** 2, vec))
outcome("cast", lambda: tape(lambda a: tf.cast(a, tf.float64) ** 2, vec))
outcome("seg", lambda: tape(lambda a: tf.segment_sum(a, [0, 0, 1]) ** 2, vec))
outcome("erf", lambda: tape(lambda a: tf.erf(a) + tf.lgamma(a) + tf.digamma(a), vec))
outcome("softmax", lambda: tape(lambda a: tf.nn.softmax(a) ** 2, vec))
outcome("lsm", lambda: tape(lambda a: tf.nn.log_softmax(a) * vec, vec))
outcome("lse", lambda: tape(tf.reduce_logsumexp, vec))
outcome("mean", lambda: tape(tf.reduce_mean, vec))
outcome("bcast", lambda: tape(lambda a, b: a * b, tf.ones([2, 1]), vec))
outcome("tile", lambda: tape(lambda a: tf.tile(a, [2]) ** 2, vec))
outcome("pad", lambda: tape(lambda a: tf.pad(a, [[1, 1]], "REFLECT") ** 2, vec))
outcome("concat", lambda: tape(lambda a: tf.concat([a, a * a], 0), vec))
outcome("split", lambda: tape(lambda a: tf.split(a, 3)[1] ** 2, vec))
outcome("unstack", lambda: tape(lambda a: tf.unstack(a)[1] ** 2, vec))
outcome("reverse", lambda: tape(lambda a: tf.reverse(a, [0]) * vec, vec))
outcome("one_hot", lambda: tape(lambda a: tf.one_hot([0], 2, a, 0.0), x))
outcome("complex", lambda: tape(lambda a: tf.abs(tf.complex(a, 2.0 * a)), x))
outcome("fft", lambda: tape(lambda a: tf.abs(tf.fft(tf.cast(a, tf.complex64))), vec))
outcome("bool_mask", lambda: tape(lambda a: tf.boolean_mask(a, [True, False, True]) ** 2, vec))
outcome("dyn part", lambda: tape(lambda a: tf.dynamic_partition(a, [0, 1, 0], 2)[0] ** 2, vec))
outcome("stitch", lambda: tape(lambda a: tf.dynamic_stitch([[0, 2], [1]], [a[:2], a[2:]]) ** 2, vec))
outcome("scatter", lambda: tape(lambda a: tf.scatter_nd([[1], [3], [1]], a, [5]) ** 2, vec))
outcome("extract", lambda: tape(lambda a: tf.matrix_band_part(tf.reshape(tf.concat([a, a, a], 0), [3, 3]), 0, 1) ** 2, vec))
def second():
    with G(persistent=True) as t1:
        t1.watch(x)
        with G() as t2:
            t2.watch(x); y = x ** 4
        g = t2.gradient(y, x)
    return [t1.gradient(g, x), t1.gradient(g, x)]
outcome("second", second)
def persist():
    with G(persistent=True) as t:
        t.watch(x); y = x * x; z = y * y
    r = [t.gradient(z, x), t.gradient(y, x), t.gradient(z, y)]
    del t
    return r
outcome("persistent", persist)
def used_twice():
    with G() as t:
        t.watch(x); y = x * x
    return [t.gradient(y, x), t.gradient(y, x)]
outcome("twice", used_twice)
def inside():
    with G() as t:
        t.watch(x); y = x * x
        return t.gradient(y, x)
def og2():
    with G() as t:
        t.watch(x); y = x * x; z = 3.0 * x
    return t.gradient([y, z], [x], output_gradients=[tf.constant(2.0), None])
def watched():
    with G() as t:
        y = v * v; w = tfe.Variable(1.0, trainable=False); y = y * w
    return [[q.numpy() for q in t.watched_variables()], t.gradient(y, [v, w])]
outcome("watched", watched)
def nested_src():
    with G() as t:
        t.watch([x, vec]); y = tf.reduce_sum(x * vec)
    return t.gradient(y, {"a": x, "b": [vec]})
outcome("nested", nested_src)
def stop_rec():
    with G() as t:
        t.watch(x); y = x * x
        with t.stop_recording(): z = y * 100.0
        w = y * z
    return t.gradient(w, x)
def reset():
    with G() as t:
        t.watch(x); y = x * x
        t.reset()
        t.watch(x); y = y + x
    return t.gradient(y, x)
gf = tfe.gradients_function; vgf = tfe.value_and_gradients_function
outcome("gf params", lambda: gf(lambda a, b: a * a * b, params=[1])(2.0, 3.0))
outcome("gf named", lambda: gf(lambda a, b: a * a * b, params=["b"])(2.0, 3.0))
outcome("gf bad", lambda: gf(lambda a: a, params=["q"])(2.0))
outcome("gf idx bad", lambda: gf(lambda a: a, params=[4])(2.0))
outcome("gf dy", lambda: gf(lambda a: a * a)(2.0, dy=5.0))
outcome("gf kw", lambda: gf(lambda a: a * a)(a=2.0))
outcome("gf none", lambda: gf(lambda a: None)(2.0))
outcome("gf const", lambda: gf(lambda a: 3.0)(2.0))
outcome("gf list", lambda: gf(lambda a: a[0] * a[1])([2.0, 3.0]))
outcome("gf of gf", lambda: gf(lambda a: gf(lambda b: b ** 3)(a)[0])(2.0))
outcome("vgf", lambda: vgf(lambda a: a * a)(3.0))
outcome("gf tuple out", lambda: gf(lambda a: (a, a * a))(3.0))
outcome("gf np", lambda: gf(lambda a: tf.reduce_sum(a * a))(np.array([1.0, 2.0], np.float32)))
outcome("ig", lambda: [(g.numpy(), q.name) for g, q in tfe.implicit_gradients(lambda a: v * v * a)(3.0)])
outcome("ivg", lambda: tfe.implicit_value_and_gradients(lambda: v * v)()[0])
outcome("ig none", lambda: tfe.implicit_gradients(lambda: tf.constant(1.0))())
outcome("ig ret none", lambda: tfe.implicit_gradients(lambda: None)())
@tf.custom_gradient
def cg(a):
    return a * 2.0, lambda dy: dy * 100.0
@tf.custom_gradient
def cg2(a, b):
    return [a * b, a + b], lambda d1, d2: (d1 * 10.0 + d2, d2)
outcome("custom2", lambda: tape(lambda a: cg2(a, 2.0 * a)[0], x))
@tf.custom_gradient
def cg3(a):
    return a * v, lambda dy: dy
@tf.custom_gradient
def cg4(a):
    return a, lambda dy: None
outcome("custom none", lambda: tape(cg4, x))
@tf.custom_gradient
def cg5(a):
    return a * 1.0, lambda dy: (dy, dy)
f = tfe.defun(lambda a: a * a * v)
f2 = tfe.defun(lambda a, b=2.0: (a + b, {"k": a * b}))
outcome("defun struct", lambda: f2(x))
outcome("defun err", lambda: tfe.defun(lambda a: tf.matmul(a, a))(x))
outcome("defun none", lambda: tfe.defun(lambda: None)())
outcome("defun py", lambda: tfe.defun(lambda a, n: a * n)(x, 3))
outcome("defun var", lambda: [(g.numpy(), q.numpy()) for g, q in tfe.implicit_gradients(lambda: tfe.defun(lambda: v * v * 3.0)())()])
outcome("jac", lambda: tf.stack([tape(lambda a: tf.gather(a * a, k), vec)[0] for k in range(3)]))
outcome("hess", lambda: gf(lambda a: tf.reduce_sum(gf(lambda b: tf.reduce_sum(b ** 3))(a)[0]))(vec))
outcome("iterate", lambda: tape(lambda a: tf.add_n([q * q for q in tf.unstack(a)]), vec))
outcome("device", lambda: tf.device("/cpu:0").__class__.__name__)
with tf.device("/cpu:0"): print((x + 1).numpy(), (x + 1).device[-5:])
with tf.name_scope("ns") as s: print(s, tfe.Variable(1.0, name="q").name)
with tf.name_scope(None): print(tfe.Variable(1.0, name="q").name)
with tf.control_dependencies([x]): print((x * 2).numpy())
with tf.colocate_with(x): print(x.numpy())
outcome("grad fn", lambda: tf.gradients(x, x))
outcome("hessians", lambda: tf.hessians(x, x))
print(tf.executing_eagerly(), tfe.in_graph_mode() if hasattr(tfe, "in_graph_mode") else "", tf.get_default_graph().__class__.__name__)

rp = lambda t: print(re.sub(r"id=\d+", "id=", repr(t)), "|", t, "|", "{}".format(t) if True else "")
for v in (1, 1.0, 1.5e-8, 123456789.0, 1e20, -0.0, float("nan"), float("inf"), True, "a", 0.1, 1/3, 16777216.0, 2 ** 31 - 1, 1e-5, 12345.678, 100000.0, 1e16, 1e-45):
    rp(tf.constant(v))
for v in ([], [[]], [1, 2], [1.0, 2.5], [1e10, 1.0], [1e-10, 1.0], [0.1, 0.2, 0.30000001], [float("nan"), 1, float("inf")], [True, False], [["a", "b"]], [[1.5, -2], [3, 4e5]], [[[1]], [[2]]], [1e8, 1e-8], [100000.0, 0.001], [-1, 10, 100]):
    rp(tf.constant(v))
for dt in (tf.float16, tf.float64, tf.int8, tf.uint8, tf.int64, tf.complex64, tf.complex128, tf.uint16, tf.bool):
    rp(tf.cast(tf.constant([[0, 1], [2, 3]]), dt))
    rp(tf.cast(tf.constant(1), dt))
rp(tf.constant([1.1, 2.2], tf.float16)); rp(tf.constant(1.1, tf.float64)); rp(tf.constant(1 / 3, tf.float16)); rp(tf.constant([1 / 3, 1e-9], tf.float64))
rp(tf.constant([1.1, 2.2], tf.bfloat16) if False else tf.constant(1))
rp(tf.range(30)); rp(tf.range(1100)); rp(tf.zeros([40, 40])); rp(tf.ones([2, 0])); rp(tf.zeros([0])); rp(tf.zeros([3, 1, 2])); rp(tf.linspace(0.0, 1.0, 7)); rp(tf.reshape(tf.range(2000), [2, 1000]))
rp(tf.fill([30], 1.123456789)); rp(tf.constant(["long string " * 20])); rp(tf.constant(["a"] * 30)); rp(tf.constant(b"\x00\xff")); rp(tf.constant(u"\u00fc"))
v = tfe.Variable([[1.0, 2.0]], name="v")
for q in (v, tfe.Variable(1), tfe.Variable("s", name="str"), tfe.Variable(True), tfe.Variable(tf.zeros([2, 2], tf.float64), trainable=False)):
    print(repr(q)); print(str(q))
with tf.variable_scope("sc"):
    print(tf.get_variable("w", [2], initializer=tf.ones_initializer()))
print([v], (tf.constant(1),) and "", {"a": tf.constant(1).numpy()})
print("%s %r" % (tf.constant(1).numpy(), tf.constant([1.0]).numpy()), "%s" % tf.constant(3), "%d" % tf.constant(3), "%.1f" % tf.constant(2.55), "%5.2f|" % tf.constant(2))
print("{:>8}|{:.2e}|{:,}".format(str(tf.constant(3).numpy()), tf.constant(12345.678), int(tf.constant(1234567))))
outcome("fmt vec", lambda: "{:.1f}".format(tf.constant([1.0])))
outcome("fmt mat d", lambda: "{:d}".format(tf.constant([[1]])))
outcome("fmt d of float", lambda: "{:d}".format(tf.constant(1.0)))
outcome("fmt s", lambda: "{:s}".format(tf.constant("a")))
outcome("fmt s int", lambda: "{:s}".format(tf.constant(1)))
outcome("fmt var", lambda: "{:.2f}".format(v[0, 0]))
outcome("pct f vec", lambda: "%f" % tf.constant([1.0]))
outcome("pct f var", lambda: "%f" % tfe.Variable(1.0))
outcome("pct d f", lambda: "%d" % tf.constant(1.7))
np.set_printoptions(precision=3, suppress=True)
rp(tf.constant([1.23456789, 1e-7])); rp(tf.constant(1.23456789))
np.set_printoptions(threshold=5)
rp(tf.range(10))
np.set_printoptions(precision=8, suppress=False, threshold=1000)
for s in (tf.TensorShape(None), tf.TensorShape([]), tf.TensorShape([1]), tf.TensorShape([None]), tf.TensorShape([None, 2]), tf.TensorShape([2, 3])):
    print(s, repr(s), [s], s.ndims)
D = tf.Dimension
print(D(3), repr(D(3)), D(None), repr(D(None)), [D(2), D(None)], D(3) == 3, D(3) == D(None), D(None) == None, D(3) != None, D(3) + 2, D(7) // 2, D(7) % 4, D(2) * 3, D(5) - 2, D(None) + 1, int(D(4)), [10, 20, 30][D(1)], list(range(D(3))))
outcome("radd", lambda: 2 + D(3))
outcome("rmul", lambda: 2 * D(3))
outcome("rsub", lambda: 5 - D(3))
outcome("truediv", lambda: D(6) / 2)
outcome("div", lambda: D(6).__div__(2))
outcome("rdiv", lambda: 6 // D(2))
outcome("neg", lambda: D(-1))
outcome("str", lambda: D("a"))
outcome("strnum", lambda: D("4"))
outcome("lt", lambda: (D(3) < 4, D(3) <= D(3), D(3) > D(None), D(None) >= 1, D(3) < "4"))
outcome("int none", lambda: int(D(None)))
outcome("merge", lambda: D(3).merge_with(None))
outcome("merge bad", lambda: D(3).merge_with(4))
outcome("compat", lambda: (D(3).is_compatible_with(None), D(3).is_compatible_with(4), D(3).is_convertible_with(3) if hasattr(D(3), "is_convertible_with") else ""))
outcome("bool", lambda: (bool(D(0)), bool(D(None))))
outcome("np", lambda: np.zeros(tf.TensorShape([2, 2])).shape)
outcome("np D", lambda: np.zeros((D(2), 2)).shape)
outcome("range D", lambda: tf.range(D(3)))
outcome("reshape D", lambda: tf.reshape(tf.range(6), [D(2), -1]))
outcome("zeros shape", lambda: tf.zeros(tf.TensorShape([2])))
outcome("zeros D", lambda: tf.zeros([D(2), 1]))
outcome("D * t i", lambda: tf.constant(2) * D(2))
outcome("cast D", lambda: tf.cast(tf.constant([1.0, 2.0]).shape[0], tf.float32))
outcome("t / D.value", lambda: tf.constant(2.0) / tf.constant([1.0, 2.0]).shape[0].value)
TS = tf.TensorShape
outcome("ts ops", lambda: (TS([1, 2]).concatenate([3]), TS([1, 2]).concatenate(None), TS([1]) == TS([1]), TS([None]) == TS([None]), TS([1, 2])[0], TS([1, 2, 3])[1:], TS(None)[0], TS(None)[1:], TS([1, 2]).with_rank(2), TS(None).with_rank(1), TS([2, None]).as_list(), TS([1, 2]).dims, TS([1, 2]).num_elements()))
outcome("ts rank", lambda: TS([1]).with_rank(2))
outcome("ts atleast", lambda: TS([1]).with_rank_at_least(2))
outcome("ts atmost", lambda: TS([1, 2]).with_rank_at_most(1))
outcome("ts merge", lambda: TS([1, None]).merge_with([None, 2]))
outcome("ts merge bad", lambda: TS([1]).merge_with([2]))
outcome("ts len", lambda: len(TS(None)))
outcome("ts iter none", lambda: list(TS(None)))
outcome("ts bool", lambda: (bool(TS([])), bool(TS(None))))
outcome("bs", lambda: (tf.broadcast_static_shape(TS([2, 1]), TS([3])), tf.broadcast_dynamic_shape([2, 1], [3])))
outcome("bs bad", lambda: tf.broadcast_static_shape(TS([2]), TS([3])))
outcome("bds bad", lambda: tf.broadcast_dynamic_shape([2], [3]))
outcome("reduced", lambda: tf.reduce_sum(tf.ones(TS([2, 3])), axis=D(1).value))
outcome("tf.Print", lambda: tf.Print(tf.constant(1.0), [tf.constant([1.0, 2.0])], "msg: "))
outcome("verify", lambda: tf.verify_tensor_all_finite(tf.constant([1.0, float("nan")]), "bad"))
