# tf: 1.8
# TensorArrays in graphs: shapes, sizes, what is refused when built and when run, in loops and branches.
import numpy as np
import tensorflow as tf


def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__)
    else:
        print(label, "->", result)


sess = tf.InteractiveSession()
TA = tf.TensorArray
n = tf.placeholder_with_default(3, [])
a = TA(tf.float32, size=n)
b = a.write(0, [1.0, 2.0]).write(1, [3.0, 4.0]).write(2, [5.0, 6.0])
print(b.stack().shape.as_list(), sess.run(b.stack()).tolist(), sess.run(b.size()))
print(sess.run(TA(tf.float32, size=n).unstack(tf.constant([[1.0], [2.0], [3.0]])).read(1)).tolist())
attempt("gather twice", lambda: sess.run(TA(tf.int32, 2).unstack([1, 2]).gather([1, 1])))
attempt("gather twice kept", lambda: sess.run(TA(tf.int32, 2, clear_after_read=False).unstack([1, 2]).gather([1, 1])).tolist())
attempt("unstack too many", lambda: sess.run(TA(tf.int32, 2).unstack([1, 2, 3]).stack()))
attempt("unstack dynamic", lambda: sess.run(TA(tf.int32, 0, dynamic_size=True).unstack([1, 2, 3]).stack()).tolist())
attempt("scatter out of range", lambda: sess.run(TA(tf.int32, 2).scatter([0, 5], [1, 2]).stack()))
attempt("read out of range", lambda: sess.run(TA(tf.int32, 2).unstack([1, 2]).read(2)))
attempt("read negative", lambda: sess.run(TA(tf.int32, 2).unstack([1, 2]).read(-1)))
attempt("write negative", lambda: sess.run(TA(tf.int32, 2).write(-1, 3).flow))
attempt("write at n", lambda: sess.run(TA(tf.float32, size=n).write(n, 1.0).flow))
attempt("stack then read", lambda: (lambda t: sess.run(t.stack()).tolist())(TA(tf.float32, 2).unstack([1.0, 2.0])))
attempt("concat", lambda: sess.run(TA(tf.float32, 2, infer_shape=False).write(0, [1.0]).write(1, [2.0, 3.0]).concat()).tolist())
attempt("split", lambda: sess.run(TA(tf.float32, 3, infer_shape=False).split([1.0, 2.0, 3.0], [1, 0, 2]).read(2)).tolist())
attempt("stack of different", lambda: sess.run(TA(tf.float32, 2, infer_shape=False).write(0, [1.0]).write(1, [2.0, 3.0]).stack()))
attempt("element_shape", lambda: TA(tf.float32, 2, element_shape=[2]).read(0).shape.as_list())
attempt("element_shape refused", lambda: TA(tf.float32, 2, element_shape=[2]).write(0, [1.0]))
attempt("never written", lambda: sess.run(TA(tf.float32, 2, element_shape=[2]).read(0)).tolist())
attempt("stack unwritten", lambda: sess.run(TA(tf.float32, 2, element_shape=[1]).write(0, [5.0]).stack()).tolist())
attempt("strings", lambda: sess.run(TA(tf.string, 2).unstack(["a", "b"]).stack()).tolist())
attempt("identity", lambda: sess.run(TA(tf.float32, 1).write(0, 1.0).identity().read(0)))
attempt("size of dynamic", lambda: sess.run(TA(tf.float32, 1, dynamic_size=True).write(4, 1.0).size()))
_, grown = tf.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t.write(i, tf.fill([2], tf.to_float(i)))), [0, TA(tf.float32, 0, dynamic_size=True)])
print(grown.stack().shape.as_list(), sess.run(grown.stack()).tolist(), sess.run(grown.size()))
picked = tf.cond(n > 2, lambda: TA(tf.float32, 2).unstack([1.0, 2.0]).stack(), lambda: tf.zeros([2]))
print(sess.run(picked).tolist(), sess.run(picked, {n: 1}).tolist())
x = tf.constant([1.0, 2.0, 3.0])
t = TA(tf.float32, 3).unstack(x)
y = t.read(0) * t.read(2)
print(sess.run(tf.gradients(y, x)[0]).tolist(), sess.run(tf.gradients(TA(tf.float32, 3).unstack(x * 2.0).stack(), x)[0]).tolist())
