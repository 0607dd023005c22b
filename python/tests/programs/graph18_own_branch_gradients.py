# tf: 1.8
# Gradients through branches and loops where something is unused; case and cond refused.
import numpy as np
import tensorflow as tf
def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__, str(e).splitlines()[0][:150])
    else:
        print(label, "->", result)
sess = tf.Session()
x = tf.placeholder(tf.float32, [], name="x")
y = tf.placeholder(tf.float32, [], name="y")
z = tf.constant(2.0)
def show(label, out, ins, feed):
    g = tf.gradients(out, ins)
    print(label, [None if t is None else (t.shape.as_list() if t.shape.ndims is not None else None, t.dtype.name) for t in g])
    print("   ", [None if t is None else sess.run(t, feed).tolist() for t in g])
for v in (1.0, -1.0):
    f = {x: v, y: 3.0}
    show("one branch", tf.cond(x > 0, lambda: y * 2.0, lambda: x * 3.0), [x, y, z], f)
    show("const branch", tf.cond(x > 0, lambda: tf.constant(1.0), lambda: x * 3.0), [x, y], f)
    show("pred only", tf.cond(x > 0, lambda: y, lambda: z), [x, y, z], f)
    show("none", tf.cond(x > 0, lambda: 1.0, lambda: 2.0), [x, y], f)
    show("ints", tf.cond(x > 0, lambda: tf.cast(tf.cast(y, tf.int32), tf.float32), lambda: tf.stop_gradient(x)), [x, y], f)
    a, b = tf.cond(x > 0, lambda: (x, y), lambda: (y, tf.constant(0.0)))
    show("two", a, [x, y], f); show("two b", b, [x, y], f)
    show("nested", tf.cond(x > 0, lambda: tf.cond(y > 1, lambda: x * y, lambda: x), lambda: y * y), [x, y], f)
    show("second", tf.gradients(tf.cond(x > 0, lambda: x ** 3 * y, lambda: y ** 2), [y])[0], [x, y], f)
i, t, u = tf.while_loop(lambda i, t, u: i < 3, lambda i, t, u: (i + 1, t * x, u + 1.0), [0, y, z])
f = {x: 2.0, y: 3.0}
show("while t", t, [x, y, z], f)
show("while u", u, [x, y, z], f)
print(tf.gradients(i, [x, y]))
show("while cond only", tf.while_loop(lambda i, s: s < x, lambda i, s: (i + 1, s + y), [0, 0.0])[1], [x, y], f)
show("while stop", tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.stop_gradient(s) + y), [0, x])[1], [x, y], f)
show("while with cond", tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: s * x, lambda: s + y)), [0, 1.0])[1], [x, y], f)
show("cond with while", tf.cond(x > 0, lambda: tf.while_loop(lambda i, s: i < 2, lambda i, s: (i + 1, s * x), [0, y])[1], lambda: y), [x, y], f)
m = tf.placeholder(tf.float32, [None, 2])
w = tf.Variable(tf.ones([2, 2]))
sess.run(w.initializer)
lo = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.matmul(h, w) * 0.5), [0, m])[1]
show("matmul loop", tf.reduce_sum(lo), [m, w], {m: [[1., 2.], [3., 4.]]})
emb = tf.cond(x > 0, lambda: tf.gather(w, [0]), lambda: w[1:])
g = tf.gradients(emb, w)[0]
both = [(x > 0, lambda: tf.constant(1)), (x > 5, lambda: tf.constant(2))]
c = tf.case(both, default=lambda: tf.constant(0), exclusive=True)
attempt("excl ok", lambda: sess.run(c, {x: 3.0}))
attempt("excl none", lambda: sess.run(c, {x: -9.0}))
c2 = tf.case(both, exclusive=True)
attempt("excl nodef", lambda: sess.run(c2, {x: 3.0}))
attempt("two", lambda: sess.run(c2, {x: 9.0}))
attempt("strict", lambda: sess.run(tf.case({x > 0: lambda: [tf.constant(1)], x < -5: lambda: [tf.constant(2)]}, default=lambda: [tf.constant(0)], exclusive=True, strict=True), {x: 1.}))
attempt("dict not excl", lambda: sess.run(tf.case({x > 0: lambda: tf.constant(1)}, default=lambda: tf.constant(0)), {x: 1.}))
attempt("bad pairs", lambda: tf.case([x > 0, lambda: tf.constant(1)]))
attempt("bad pred", lambda: tf.case([(x, lambda: tf.constant(1))], default=lambda: tf.constant(0)))
attempt("bad fn", lambda: tf.case([(x > 0, 1)], default=lambda: tf.constant(0)))
attempt("bad default", lambda: tf.case([(x > 0, lambda: tf.constant(1))], default=3))
attempt("cond fn1", lambda: tf.cond(x > 0, fn1=lambda: 1, fn2=lambda: 2).dtype.name)
attempt("cond none", lambda: tf.cond(x > 0))
attempt("strict list", lambda: [type(tf.cond(x > 0, lambda: [x], lambda: [y])).__name__, type(tf.cond(x > 0, lambda: [x], lambda: [y], strict=True)).__name__])
attempt("single loop var", lambda: tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [tf.constant(0)]).name)
attempt("parallel 0", lambda: sess.run(tf.while_loop(lambda i: i < 3, lambda i: [i + 1], [tf.constant(0)], parallel_iterations=0)))
attempt("loop names", lambda: [t.name for t in tf.while_loop(lambda i, j: i < 3, lambda i, j: [i + 1, j], [tf.constant(0), z], name="lp")])
attempt("cond name", lambda: tf.cond(x > 0, lambda: x, lambda: y, name="cnd").name)
attempt("case name", lambda: tf.case(both, default=lambda: tf.constant(0), name="cs").name)
