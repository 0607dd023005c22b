"""Which operation failed, the class of the error, and what assertions say."""

import tensorflow as tf


def show(name, f):
    try:
        print(name, "->", "no error", f())
    except Exception as error:
        op = getattr(error, "op", None)
        said = str(error).split("\n")[0] if "assertion" in str(error) or name[0] == "=" else ""
        print(name, "->", type(error).__name__, "" if said or op is None else op.name + " " + op.type, said)


s = tf.Session()
x, n = tf.placeholder(tf.float32, [None], name="x"), tf.placeholder(tf.int32, [], name="n")
feeds = {x: [1.0, 2.0, 3.0, 4.0, 5.0], n: 2}


def run(make):
    return s.run(make(), feeds)


def checked(check):
    with tf.control_dependencies([check]):
        return tf.identity(x)


def failing(t):
    return tf.reshape(t, [7], name="bad")


def rows(e, name):
    return tf.reduce_sum(tf.reshape(tf.stack([e, e]), tf.stack([n + 1]), name=name))


show("plain", lambda: run(lambda: failing(x)))
show("cond", lambda: run(lambda: tf.cond(n > 1, lambda: failing(x), lambda: tf.zeros([7]))))
show("nested cond", lambda: run(lambda: tf.cond(n > 1, lambda: tf.cond(n > 0, lambda: failing(x), lambda: tf.ones([7])), lambda: tf.zeros([7]))))
shapes = [tf.TensorShape([]), tf.TensorShape([None])]
show("body", lambda: run(lambda: tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, failing(a)), [tf.constant(0), x], shape_invariants=shapes)))
show("condition", lambda: run(lambda: tf.while_loop(lambda i, a: tf.reduce_all(failing(a) > 0), lambda i, a: (i + 1, a), [tf.constant(0), x])))
show("map_fn", lambda: run(lambda: tf.map_fn(lambda e: rows(e, "inmap"), x)))
show("scan", lambda: run(lambda: tf.scan(lambda a, e: a + rows(e, "inscan"), x)))
show("foldl", lambda: run(lambda: tf.foldl(lambda a, e: a + rows(e, "infold"), x)))
for error in (KeyError("k"), ValueError("v"), NotImplementedError("n"), MemoryError("m"), StopIteration()):

    def fails(a, error=error):
        raise error

    show("py_func", lambda fails=fails: run(lambda: tf.py_func(fails, [x], tf.float32, name="mine")))
show("py_func of another dtype", lambda: run(lambda: tf.py_func(lambda a: a.astype("float64"), [x], tf.float32, name="other")))
show("1", lambda: run(lambda: tf.Assert(n > 5, [n, x])))
show("2", lambda: run(lambda: tf.Assert(n > 5, ["msg", x, tf.constant("str"), n > 3], summarize=2)))
show("3", lambda: run(lambda: tf.Assert(tf.equal(n, 3), [tf.reshape(x, [1, 5]), tf.constant(["a", "b"])])))
show("4", lambda: run(lambda: tf.Assert(n > 5, [tf.constant([0.1, 1e10, 1 / 3.0], tf.float64), tf.constant([0.1, 1 / 3.0, 123456789.0])])))
show("5", lambda: run(lambda: tf.Assert(n > 5, [tf.constant(1.5), 3, "q", [1, 2, 3, 4]])))
show("6", lambda: run(lambda: tf.Assert(n > 5, [tf.reshape(tf.range(12), [2, 2, 3])], summarize=8)))
show("greater", lambda: run(lambda: checked(tf.assert_greater(x, 3.0, message="hey"))))
show("equal", lambda: run(lambda: checked(tf.assert_equal(n, 3))))
show("equal", lambda: run(lambda: checked(tf.assert_equal(n, 3, data=["d", n], summarize=1))))
show("positive", lambda: run(lambda: checked(tf.assert_positive(x - 3))))
show("non_negative", lambda: run(lambda: checked(tf.assert_non_negative(x - 3, message="m"))))
show("less", lambda: run(lambda: checked(tf.assert_less(x, tf.to_float(n), message="m"))))
show("less_equal", lambda: run(lambda: checked(tf.assert_less_equal(x, tf.to_float(n)))))
show("none_equal", lambda: run(lambda: checked(tf.assert_none_equal(x, tf.to_float(n)))))


def again():
    with s:
        with s:
            pass


show("= entered", again)
with open("file.txt", "w") as f:
    f.write("one")
read = tf.read_file("file.txt", name="reader")
print(read.op.type, read.name, tf.matching_files("*.txt").op.type, tf.write_file("a.txt", "a").type)
with open("file.txt", "w") as f:
    f.write("two")
print(tf.Session().run(read))
