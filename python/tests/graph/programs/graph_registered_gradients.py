"""Gradients registered by name, and maps that ask for them."""

import numpy as np
import tensorflow as tf

np.set_printoptions(precision=4, suppress=True)


def attempt(label, action):
    try:
        print(label, "->", action())
    except Exception as error:
        print(label, "->", type(error).__name__)


def init(session):
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])


def part_0():
    @tf.custom_gradient
    def f(x):
        def grad(dy): return dy * 100
        return x * x, grad
    x = tf.constant([1.0, 2.0]); y = f(x)
    @tf.RegisterGradient("MyId")
    def _g(op, grad): print("grad of", op.type, op.name, len(op.inputs)); return grad * 7
    @tf.RegisterGradient("MySq")
    def _h(op, grad): return grad * op.inputs[0] * 3 + 0 * op.outputs[0]
    with tf.get_default_graph().gradient_override_map({"Identity": "MyId", "Square": "MySq"}): z = tf.identity(x); q = tf.square(x); r = x * 2
    outside = tf.identity(x); rp = tf.gradients(r, x)[0]
    with tf.Session() as s:
        print(s.run([y, tf.gradients(y, x)[0], tf.gradients(z, x)[0], tf.gradients(q, x)[0], rp, tf.gradients(outside, x)[0]]))
        print(z.op.get_attr("_gradient_op_type"))
    attempt("dup", lambda: tf.RegisterGradient("MyId")(_g)); attempt("badmap", lambda: tf.get_default_graph().gradient_override_map([1]).__enter__()); attempt("unknown", lambda: None)
    with tf.get_default_graph().gradient_override_map({"Sin": "Nope"}): sn = tf.sin(x)
    attempt("unregistered", lambda: tf.gradients(sn, x))
    tf.NoGradient; tf.NotDifferentiable("Zzz")
    @tf.RegisterGradient("PyGrad")
    def _pg(op, grad): return grad * 2 * op.inputs[0]
    with tf.get_default_graph().gradient_override_map({"PyFunc": "PyGrad"}): pf = tf.py_func(lambda a: a * a, [x], tf.float32)
    pf.set_shape([2])
    with tf.get_default_graph().gradient_override_map({"Floor": "Identity"}): fl = tf.floor(x * 1.5)
    with tf.Session() as s: print(s.run([pf, tf.gradients(pf, x)[0], fl, tf.gradients(fl, x)[0]]))
    @tf.custom_gradient
    def clip(x, y):
        def grad(a, b): return tf.clip_by_value(a, -1, 1), b * 5
        return (x * 2, y * 3), grad
    a, b = clip(x, x + 1); print([t.shape for t in (a, b)])
    with tf.Session() as s: print(s.run(tf.gradients([a * 10, b], x)))


tf.reset_default_graph()
part_0()
