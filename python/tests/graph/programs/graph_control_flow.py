# tf: 1.8
# More of cond, while_loop and case: names, variables, nesting, control dependencies, TensorArrays, IndexedSlices, gradients of variables.
import numpy as np
import tensorflow as tf


def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__)
    else:
        print(label, "->", result)


x = tf.placeholder(tf.float32, [], name="x")
v = tf.Variable(3.0, name="v")
r = tf.get_variable("r", [], initializer=tf.constant_initializer(2.0), use_resource=True)
a = tf.cond(x > 0, lambda: v * x, lambda: v + x, name="pick")
b = tf.cond(x > 0, lambda: (r * x, r), lambda: (r + x, x))
print(a.name, [t.name for t in b], type(b).__name__, a.op.type)
loop = tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s * r), [0, x], name="power")
print([t.name for t in loop], loop[1].shape, loop[1].op.type)
in_branch = []


def branch():
    g = tf.get_default_graph()
    in_branch.append((g is x.graph or x.graph is not None, tf.get_variable("made", [2], initializer=tf.ones_initializer())))
    with tf.variable_scope("deep"):
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    tf.add_to_collection("seen", w)
    return tf.reduce_sum(in_branch[0][1] + w) * x


c = tf.cond(x > 1, branch, lambda: x)
print([t.name for t in tf.global_variables()], len(tf.get_collection("seen")))


def doubling(value):
    with tf.control_dependencies([r.assign(value)]):
        return r.read_value() * 2


d = tf.cond(x > 0, lambda: doubling(x), lambda: doubling(-x))
unrun = tf.cond(x > 0, lambda: (r.assign(1000.0), x)[1], lambda: x)
outer_op = r.assign_add(1.0)


def waits():
    with tf.control_dependencies([outer_op]):
        return tf.identity(x)


late = tf.cond(x > 0, waits, lambda: -x)
nested = tf.cond(x > 0, lambda: tf.cond(x > 2, lambda: x * 100, lambda: x * 10), lambda: tf.while_loop(lambda n: n < 3.0, lambda n: n + 2.5, [x]))
ta = tf.cond(x > 0, lambda: tf.stack([x, x]), lambda: tf.zeros([2]))
sl = tf.cond(x > 0, lambda: tf.IndexedSlices(tf.reshape(x, [1, 1]), tf.constant([2]), tf.constant([4, 1])), lambda: tf.IndexedSlices(tf.reshape(-x, [1, 1]), tf.constant([1]), tf.constant([4, 1])))
single = tf.cond(x > 0, lambda: [x], lambda: [-x])
strict = tf.cond(x > 0, lambda: [x], lambda: [-x], strict=True)
print(type(single).__name__, type(strict).__name__, type(sl).__name__)
cased = tf.case({x > 3: lambda: tf.constant("big"), x < -3: lambda: tf.constant("small")}, default=lambda: tf.constant("mid"), exclusive=True)

attempt("while of int to float", lambda: tf.while_loop(lambda i: i < 3, lambda i: i + 1.5, [tf.constant(0)]))
attempt("cond not bool", lambda: tf.cond(x, lambda: x, lambda: x))
attempt("while structure", lambda: tf.while_loop(lambda i, j: i < 3, lambda i, j: [i, [j]], [tf.constant(0), tf.constant(1)]))
attempt("while not callable", lambda: tf.while_loop(3, lambda i: i, [tf.constant(0)]))
attempt("case empty pair", lambda: tf.case([(x > 0, 3)], default=lambda: x))
attempt("case not list", lambda: tf.case(x > 0, default=lambda: x))
attempt("fn1", lambda: tf.cond(x > 0, fn1=lambda: x, fn2=lambda: -x).dtype.name)
with tf.Session() as sess:
    run = sess.run
    run(tf.global_variables_initializer())
    for value in (2.0, -2.0):
        f = {x: value}
        print(run([a, b, loop, c, nested, ta, sl.values, single, strict, cased], f))
    print(run(d, {x: 5.0}), run(r), run(d, {x: -7.0}), run(r))
    print(run(unrun, {x: 1.0}), run(r))
    print(run(late, {x: -1.0}), run(r))
    run(r.initializer)
    g = tf.gradients(a, [v, x])
    print(run(g, {x: 2.0}), run(g, {x: -2.0}))
    g = tf.gradients(loop[1], [r, x])
    print(run(g, {x: 3.0}))
    g = tf.gradients(c, [x, in_branch[0][1]])
    print([None if t is None else run(t, {x: 3.0}).tolist() for t in g])
    print(run(tf.gradients(nested, x), {x: 3.0}))
    # variables assigned in a loop
    n = tf.Variable(0, name="n")
    run(n.initializer)
    count = tf.while_loop(lambda i: i < 5, lambda i: tf.tuple([i + 1], control_inputs=[tf.assign_add(n, 2)])[0], [0])
    print(run(count), run(n))
    swap = tf.while_loop(lambda p, q, k: k < 3, lambda p, q, k: (q, p, k + 1), (x, x * 2, 0))
    print(type(swap).__name__, run(swap, {x: 1.0}))
    lim = tf.while_loop(lambda i, s: i < 10, lambda i, s: [i + 1, s + [tf.to_float(i)]], [0, tf.zeros([1])], maximum_iterations=tf.to_int32(x))
    print(run(lim, {x: 3.0}))
    rnd = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + tf.random_uniform([], seed=3)), [0, 0.0])[1]
    tot = run(rnd)
    print(0 < tot < 3)
    w2 = tf.while_loop(lambda i, m: tf.reduce_sum(m) < 50., lambda i, m: (i + 1, tf.matmul(m, m)), [0, tf.constant([[1., 1.], [0., 2.]])])
    print(run(w2)[1].tolist(), run(tf.gradients(w2[1], [x]) + [x] if False else x, {x: 1.0}))
    outs = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t.write(i, tf.to_float(i) * x)), [0, tf.TensorArray(tf.float32, 3)])[1]
    print(run(outs.stack(), {x: 2.0}).tolist(), run(tf.gradients(tf.reduce_sum(outs.stack()), x), {x: 2.0}))
