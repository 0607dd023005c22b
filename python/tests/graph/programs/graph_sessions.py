# Sessions: structures of fetches, feeds, what is refused, values by session, names, counters.
import collections
import numpy as np
import tensorflow as tf


def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__, getattr(getattr(e, "op", None), "name", ""))
    else:
        print(label, "->", result)


Pair = collections.namedtuple("Pair", "a b")
x = tf.placeholder(tf.float32, [None, 2], name="x")
scale = tf.constant(3.0, name="scale")
y = tf.multiply(x, scale, name="y")
total = tf.reduce_sum(y, name="total")
v = tf.Variable([1.0, 2.0], name="v")
count = tf.Variable(0, name="count", trainable=False)
print([t.name for t in (y, total, v, y + 1.0, y * 2.0, -y, y[0], y - x, y / 2.0, 1.0 - y)])
print([op.name for op in tf.get_default_graph().get_operations()][:14])
print(x, total, v)
with tf.name_scope("outer"):
    with tf.name_scope("inner"):
        print(tf.square(y).name, tf.square(y).name, tf.add(y, 1.0, name="sum").name)
one, two = tf.Session(), tf.Session()
for session in (one, two):
    session.run(tf.global_variables_initializer())
one.run(v.assign([5.0, 6.0]))
print(one.run(v).tolist(), two.run(v).tolist())
feed = {x: [[1, 2], [3, 4]]}
print(one.run({"t": total, "n": [y, (scale,)]}, feed))
print(one.run(Pair(total, "scale:0"), feed), one.run([tf.no_op(), total], feed))
print(one.run(total, {y: [[1.0, 2.0]]}), one.run(total, {"x:0": np.zeros((0, 2))}), one.run(y, {x: [[1, 1]], scale: 10}))
attempt("missing", lambda: one.run(total))
attempt("wrong shape", lambda: one.run(total, {x: [1.0]}))
attempt("unknown", lambda: one.run("nothing:0"))
attempt("truth", lambda: bool(total))
attempt("iterate", lambda: list(y))
attempt("shapes", lambda: y + tf.ones([3, 3]))
attempt("dtypes", lambda: y + tf.constant(1))
attempt("assign shape", lambda: v.assign([1.0]))
late = tf.Variable(1.0, name="late")
try:
    one.run(late)
except tf.errors.FailedPreconditionError as e:
    print("Attempting to use uninitialized value late" in e.message)
attempt("not there", lambda: tf.get_default_graph().get_tensor_by_name("nothing:0"))
with tf.control_dependencies([count.assign_add(1)]):
    after = tf.identity(total)
for _ in range(3):
    one.run(after, feed)
print(one.run(count), two.run(count))
with two.as_default():
    print(total.eval(feed), count.eval())
    v.assign_add([1.0, 1.0]).op.run()
print(two.run(v).tolist())
call = one.make_callable([total, y], [x])
print([r.tolist() for r in call([[2.0, 2.0]])])
one.close()
attempt("closed", lambda: one.run(total, feed))
tf.reset_default_graph()
print(len(tf.get_default_graph().get_operations()), tf.constant(1.0).name)
