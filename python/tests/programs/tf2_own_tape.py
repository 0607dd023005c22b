# tf: 2.21
# Tapes in all their forms, gradients through control flow, custom gradients and forward accumulation.
import numpy as np
import tensorflow as tf
from support.show_2 import S

x = tf.constant(3.0); v = tf.Variable(2.0)
x = tf.constant(3.0); v = tf.Variable(2.0)
def T(fn, *srcs, **kw):
    with tf.GradientTape(**kw) as t:
        t.watch([s for s in srcs if not isinstance(s, tf.Variable)])
        y = fn()
    return t.gradient(y, list(srcs))
S("basic", lambda: T(lambda: x * x * v, x, v))
def g1():
    with tf.GradientTape(watch_accessed_variables=False) as t:
        y = v * 2
    a = t.gradient(y, v), [w.name for w in t.watched_variables()]
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch(v); y = v * 2
    return a, t.gradient(y, v), len(t.watched_variables())
S("not watched", g1)
def g2():
    with tf.GradientTape(persistent=True) as t:
        y = v * v
        with t.stop_recording(): z = v * 3
        w = y + z
    return t.gradient(w, v), t.gradient(z, v), t.gradient(y, v), [q.name for q in t.watched_variables()]
S("stop_recording", g2)
def g3():
    with tf.GradientTape() as t:
        y = v * v
        t.reset()
        z = v * 3
    return t.gradient([y, z], v)
S("reset", g3)
def g4():
    with tf.GradientTape() as t: y = v * v
    t.gradient(y, v); return t.gradient(y, v)
S("twice", g4)
S("unconnected", lambda: unc())
def unc():
    with tf.GradientTape(persistent=True) as t: y = v * 2
    w = tf.Variable([1., 2.])
    return t.gradient(y, w), t.gradient(y, w, unconnected_gradients=tf.UnconnectedGradients.ZERO), t.gradient(y, {"a": v, "b": w}, unconnected_gradients="zero")
S("unconnected bad", lambda: T2("bad"))
def T2(u):
    with tf.GradientTape() as t: y = v * 2
    return t.gradient(y, v, unconnected_gradients=u)
S("output_gradients", lambda: og())
def og():
    w = tf.Variable([1., 2.])
    with tf.GradientTape(persistent=True) as t: y = w * w; z = [w * 2, w * 3]
    return t.gradient(y, w, output_gradients=tf.constant([10., 100.])), t.gradient(z, w, output_gradients=[tf.constant([1., 0.]), None])
S("int source", lambda: T(lambda: tf.cast(tf.constant(3), tf.float32), tf.constant(3)))
S("int target", lambda: T(lambda: tf.cast(x, tf.int32), x))
S("jacobian", lambda: jac())
def jac():
    a = tf.constant([[1., 2.], [3., 4.]])
    with tf.GradientTape(persistent=True) as t:
        t.watch(a); y = tf.matmul(a, a); z = tf.reduce_sum(a ** 2, 1); q = tf.sin(a)
    return t.jacobian(z, a), t.batch_jacobian(q, a), t.jacobian(y, a, experimental_use_pfor=False)[0, 0], t.jacobian(z, a, parallel_iterations=1).shape
S("jac none", lambda: jn())
def jn():
    with tf.GradientTape(persistent=True) as t: y = v * 2
    w = tf.Variable(1.0)
    return t.jacobian(y, w), t.jacobian(y, w, unconnected_gradients="zero"), t.jacobian(y, [v, w])
S("batch_jac shapes", lambda: bj())
def bj():
    a = tf.ones([2, 3])
    with tf.GradientTape() as t:
        t.watch(a); y = tf.reduce_sum(a)
    return t.batch_jacobian(y, a)
S("sparse", lambda: sp())
def sp():
    w = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
    with tf.GradientTape(persistent=True) as t: y = tf.reduce_sum(tf.gather(w, [0, 2, 0]) * 2); z = tf.reduce_sum(tf.nn.embedding_lookup(w, [1])) + tf.reduce_sum(w)
    g = t.gradient(y, w); return g, tf.convert_to_tensor(g), g.dense_shape, tf.convert_to_tensor(t.gradient(z, w)), type(t.gradient(z, w)).__name__
S("second", lambda: sec())
def sec():
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1: y = v ** 3
        g = t1.gradient(y, v)
    return g, t2.gradient(g, v)
S("hessian", lambda: hes())
def hes():
    a = tf.constant([1., 2.])
    with tf.GradientTape() as t2:
        t2.watch(a)
        with tf.GradientTape() as t1:
            t1.watch(a); y = a[0] ** 2 * a[1]
        g = t1.gradient(y, a)
    return t2.jacobian(g, a)
S("while", lambda: T(lambda: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, tf.constant(1.0)])[1], x))
S("f while", lambda: T(lambda: tf.function(lambda b: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * b), [0, tf.constant(1.0)])[1])(x), x))
S("cond", lambda: T(lambda: tf.function(lambda b: tf.cond(b > 0, lambda: b * b, lambda: b))(x), x))
S("switch", lambda: T(lambda: tf.function(lambda b: tf.switch_case(tf.cast(b, tf.int32) - 2, [lambda: b, lambda: b ** 3]))(x), x))
S("map_fn", lambda: T(lambda: tf.function(lambda b: tf.map_fn(lambda e: e * b, tf.constant([1., 2.])))(x), x))
S("scan", lambda: T(lambda: tf.function(lambda b: tf.scan(lambda a, e: a * e + b, tf.constant([1., 2., 3.])))(x), x))
S("foldl", lambda: T(lambda: tf.foldl(lambda a, e: a * e * x, tf.constant([1., 2., 3.])), x))
S("vectorized_map", lambda: T(lambda: tf.vectorized_map(lambda e: e * x, tf.constant([1., 2., 3.])), x))
S("TensorArray", lambda: T(lambda: tf.function(lambda b: tf.TensorArray(tf.float32, 2).write(0, b).write(1, b * b).stack())(x), x))
S("gather_nd", lambda: T(lambda: tf.gather_nd(tf.reshape(x, [1]), [[0], [0]]), x))
S("where nan", lambda: T(lambda: tf.where(x > 10, tf.sqrt(x - 5), x), x))
S("cast", lambda: T(lambda: tf.cast(tf.cast(x, tf.float64), tf.float32) * 2, x))
S("stop_gradient", lambda: T(lambda: x * tf.stop_gradient(x), x))
S("custom", lambda: cust())
def cust():
    @tf.custom_gradient
    def f(a, b):
        def grad(da, db=None, variables=None): return da * 2, None
        return a * b, grad
    try: return T(lambda: f(x, v), x, v)
    except Exception as e: return type(e).__name__
S("custom none", lambda: cust2())
def cust2():
    @tf.custom_gradient
    def f(a):
        return tf.stack([a, a]), lambda up: tf.reduce_sum(up) * 5
    return T(lambda: f(x), x)
S("custom struct", lambda: cust3())
def cust3():
    @tf.custom_gradient
    def f(a):
        def grad(*ups): return ups[0] + 10 * ups[1]
        return (a, a * 2), grad
    return T(lambda: sum(f(x)), x)
S("custom dict", lambda: cust4())
def cust4():
    @tf.custom_gradient
    def f(d):
        def grad(up): return {"a": up * 2, "b": up * 3}
        return d["a"] * d["b"], grad
    return T(lambda: f({"a": x, "b": v * 1}), x, v)
S("fwd", lambda: fw())
def fw():
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as acc:
        y = x ** 3; z = tf.stop_gradient(x)
    return acc.jvp(y), acc.jvp(z), acc.jvp(z, unconnected_gradients="zero"), acc.jvp([y, {"k": y}])
S("fwd over back", lambda: fob())
def fob():
    with tf.autodiff.ForwardAccumulator(v, tf.constant(1.0)) as acc:
        with tf.GradientTape() as t: y = v ** 3
        g = t.gradient(y, v)
    return acc.jvp(g)
S("gradients in function", lambda: tf.function(lambda b: tf.gradients(b * b, b))(x))
S("tf.gradients eager", lambda: tf.gradients(x * x, x))
S("tape in function", lambda: tf.function(lambda b: T(lambda: b * b, b))(x))
S("watch int", lambda: T(lambda: x, tf.constant(1)))
S("watch nonTensor", lambda: wn())
def wn():
    with tf.GradientTape() as t: t.watch(3.0)
S("outside", lambda: outs())
def outs():
    t = tf.GradientTape()
    with t: y = v * 2
    with t: z = v * 3
    return t.gradient(z, v)
S("in context", lambda: inc())
def inc():
    with tf.GradientTape() as t:
        y = v * v
        g = t.gradient(y, v)
    return g
S("in context persistent jac", lambda: inc2())
def inc2():
    with tf.GradientTape(persistent=True) as t:
        y = v * v
        g = t.gradient(y, v)
        h = t.gradient(g, v)
    return g, h
S("assign in tape", lambda: asg())
def asg():
    w = tf.Variable(2.0)
    with tf.GradientTape() as t:
        w.assign_add(x); y = w * w
    return t.gradient(y, w)
S("complex", lambda: T(lambda: tf.math.real(tf.cast(x, tf.complex64) ** 2), x))
S("norm", lambda: T(lambda: tf.norm(tf.stack([x, v])), x, v))
S("clip", lambda: T(lambda: tf.clip_by_value(x, 0., 2.), x))
S("max tie", lambda: T(lambda: tf.maximum(x, x) + tf.reduce_max(tf.stack([x, x])), x))
S("abs0", lambda: T(lambda: tf.abs(x - 3), x))
S("sort", lambda: T(lambda: tf.sort(tf.stack([x, v]))[0] + tf.math.top_k(tf.stack([x, v * 1]), 1).values[0] * 10, x, v))
S("einsum", lambda: T(lambda: tf.einsum("i,j->ij", tf.stack([x, x]), tf.stack([v, v])), x, v))
S("svd", lambda: T(lambda: tf.linalg.svd(tf.reshape(tf.stack([x, v, v, x]), [2, 2]), compute_uv=False), x))
S("recompute", lambda: T(lambda: tf.recompute_grad(lambda a: a * a * v)(x), x, v))
S("gradient list none", lambda: T(lambda: x * 2, x, tf.Variable(1.0)))
S("tape.watch in f", lambda: tf.function(lambda: T(lambda: x * v, x, v))())
S("custom fn variables", lambda: cfv())
def cfv():
    w = tf.Variable(5.0)
    @tf.custom_gradient
    def f(a):
        def grad(up, variables): return up * w, [up * a]
        return a * w, grad
    return T(lambda: f(x), x, w)
