# tf: 1.8
"""What gradients of conditions and loops are connected with in a graph."""
import tensorflow as tf
def show(y, xs, feed):
    r = tf.gradients(y, xs)
    with tf.Session() as s:
        print([None if a is None else s.run(a, feed) for a in r])
x = tf.placeholder(tf.float32, []); z = tf.placeholder(tf.float32, [])
feed = {x: 2.0, z: 3.0}
show(tf.cond(x > 1, lambda: x * x, lambda: tf.constant(1.0)), [x, z], feed)
show(tf.cond(x > 5, lambda: x * x, lambda: z * z), [x, z], feed)
show(tf.cond(x > 5, lambda: tf.constant(1.0), lambda: tf.constant(2.0)), [x, z], feed)
show(tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * z), [0, tf.constant(1.0)])[1], [x, z], feed)
a, b = tf.cond(x > 1, lambda: (x * 2.0, z * 3.0), lambda: (x, z))
show(a, [x, z], feed)
w = tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, a * 2.0, b * x), [0, z, tf.constant(1.0)])
show(w[1], [x, z], feed); show(w[2], [x, z], feed)
show(tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + 1.0), [0, tf.constant(1.0)])[1] * 2.0, [x, z], feed)
