# tf: 2.21
"""What gradients of conditions, loops and functions are connected with: None, zero or a number."""

import tensorflow as tf
x = tf.constant(2.0); z = tf.constant(3.0)
def g(f, *xs):
    with tf.GradientTape(persistent=True) as t:
        for a in xs: t.watch(a)
        y = f(*xs)
    r = t.gradient(y, list(xs))
    print([None if a is None else float(a) for a in r])
@tf.function
def f1(x, z): return tf.cond(x > 1, lambda: x * x, lambda: tf.constant(1.0))
@tf.function
def f2(x, z): return tf.cond(x > 5, lambda: x * x, lambda: z * z)
@tf.function
def f3(x, z): return tf.cond(x > 5, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
@tf.function
def f4(x, z):
    return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * z), [0, tf.constant(1.0)])[1]
@tf.function
def f5(x, z):
    i, a, b = tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, a * 2.0, b * x), [0, z, tf.constant(1.0)])
    return a
@tf.function
def f6(x, z):
    i, a, b = tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, a * 2.0, b * x), [0, z, tf.constant(1.0)])
    return b
@tf.function
def f7(x, z):
    i, a = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + 1.0), [0, tf.constant(1.0)])
    return a * 2.0
@tf.function
def f8(x, z):
    a, b = tf.cond(x > 1, lambda: (x * 2.0, z * 3.0), lambda: (z, x))
    return a
@tf.function
def f9(x, z):
    a, b = tf.cond(x > 1, lambda: (x * 2.0, z * 3.0), lambda: (x, z))
    return a
for f in (f1, f2, f3, f4, f5, f6, f7, f8, f9): print(f.python_function.__name__, end=' '); g(f, x, z)
@tf.function
def h(f, x, z):
    y = f(x, z)
    r = tf.gradients(y, [x, z])
    print('in graph', [a is None for a in r])
    return [a for a in r if a is not None]
for f in (f1, f2, f3, f4, f5, f6, f7, f8, f9):
    print(f.python_function.__name__, end=' ')
    print([float(v) for v in tf.function(lambda x, z: h.python_function(f.python_function, x, z))(x, z)])
v = tf.Variable(2.0); w = tf.Variable(5.0)
@tf.function
def k(c): return tf.cond(c, lambda: v * v, lambda: w * 3.0)
@tf.function
def k2(c): return tf.cond(c, lambda: v * v, lambda: tf.constant(1.0))
for f in (k, k2):
  for c in (True, False):
    with tf.GradientTape() as t: y = f(tf.constant(c))
    print([None if a is None else float(a) for a in t.gradient(y, [v, w])])


@tf.function
def parts(x):
    h = x * x
    return h, h * x, x, tf.tanh(tf.exp(h))


for _ in range(4):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        first, second, same, last = parts(x)
    print([None if a is None else float(a) for a in tape.gradient(second, [first, x, same, last])], same is x)
