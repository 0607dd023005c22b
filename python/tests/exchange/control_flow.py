"""Loops and conditions that the real TensorFlow writes as Enter, Switch, Merge and their like. ARCHIVE write|read [NAME...]; written by 1.8 and by 2.21."""
import io, json, sys, zipfile
import numpy as np, tensorflow as tf
if tf.__version__ >= "2":
    tf = tf.compat.v1
    tf.disable_v2_behavior(), tf.disable_control_flow_v2()
CASES = {}
FEEDS = [(p, x) for p in (True, False) for x in ([0.25, 0.5], [1.5, 2.0])]


def case(function):
    CASES[function.__name__] = function


def loop(n, body, state, shapes=None):
    return tf.while_loop(lambda i, *_: i < n, lambda i, a: (i + 1, body(i, a)), [tf.constant(0), state], shapes)[1]


@case
def plain(x, p):
    i, a = tf.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, a * 2.0 + tf.reduce_sum(x)), [tf.constant(0), tf.constant(1.0)])
    y, z = tf.cond(p, lambda: (x * 2.0, x + 1.0), lambda: (x - 1.0, x * x))
    return {"i": i, "a": a, "y": y, "z": z}


@case
def nested(x, p):
    s = tf.reduce_sum(x)
    return {"cl": loop(6, lambda i, a: tf.cond(tf.equal(i % 2, 0), lambda: a + x, lambda: a * 1.5), x), "lc": tf.cond(p, lambda: loop(3, lambda i, a: a + x, x * 2.0), lambda: x),
            "ll": loop(4, lambda i, a: loop(i + 1, lambda j, b: b + x * tf.cast(i, tf.float32), a), x),
            "cc": tf.cond(p, lambda: tf.cond(s > 1.0, lambda: x * 3.0, lambda: x - s), lambda: tf.cond(s > 2.0, lambda: x + 10.0, lambda: tf.square(x)))}


@case
def cases(x, p):
    s = tf.reduce_sum(x)
    return {"y": tf.case([(s > 3.0, lambda: x * 2.0), (s > 1.0, lambda: x * 3.0)], default=lambda: x * 4.0),
            "z": tf.case([(s > 3.0, lambda: x), (p, lambda: -x)], default=lambda: x * 4.0)}


@case
def mapped(x, p):
    return {"m": tf.map_fn(lambda v: v * v + 1.0, x), "s": tf.scan(lambda a, v: a + v, x), "f": tf.foldl(lambda a, v: a * 0.5 + v, x), "r": tf.foldr(lambda a, v: a * 0.5 + v, x)}


@case
def rnn(x, p):
    out, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(3), tf.reshape(tf.concat([x] * 12, 0), [2, 6, 2]), sequence_length=[6, 3], dtype=tf.float32)
    return {"o": out, "c": state.c, "h": state.h}


@case
def gradients(x, p):
    y = tf.cond(p, lambda: x * x, lambda: tf.sin(x))
    z = tf.cond(p, lambda: tf.cond(y[0] > 0.5, lambda: y * x, lambda: y + x), lambda: y)
    r = tf.cond(p, lambda: x * tf.random_uniform([2], seed=3), lambda: x)
    return {"z": z, "g": tf.gradients(z, x)[0], "r": r, "rg": tf.gradients(r, x)[0]}


@case
def variables(x, p):
    w, r = tf.get_variable("w", initializer=[1.0, 2.0], use_resource=False), tf.get_variable("r", initializer=3.0, use_resource=True)
    y = tf.cond(p, lambda: tf.assign_add(w, x) * 1.0, lambda: w * r)
    return {"y": y, "u": tf.while_loop(lambda i: i < 3, lambda i: (i + tf.cast(r, tf.int32) - 2,), [tf.constant(0)])}


@case
def growing(x, p):
    return {"a": loop(3, lambda i, a: tf.concat([a, a], 0), x, [tf.TensorShape([]), tf.TensorShape([None])])}


@case
def effects(x, p):
    w, v = [tf.get_variable(n, initializer=[0.0, 0.0], use_resource=False) for n in "wv"]

    def body(i, a):
        with tf.control_dependencies([tf.assert_less(i, 10)]):
            with tf.control_dependencies([tf.assign_add(w, x)]):
                return tf.identity(a) + 1.0

    with tf.control_dependencies([tf.cond(p, lambda: tf.group(tf.assign_add(v, x)), lambda: tf.no_op())]):
        after = v.read_value()
    a = loop(3, body, x)
    with tf.control_dependencies([a]):
        return {"a": a, "w": w.read_value(), "v": after}


@case
def arrays(x, p):
    made = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
    made = tf.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t.write(i, x * tf.cast(i, tf.float32))), [tf.constant(0), made])[1]
    return {"s": made.stack(), "c": made.concat(), "n": made.size(), "u": tf.TensorArray(tf.float32, size=2).unstack(x).read(1)}


@case
def switched(x, p):
    from tensorflow.python.ops import control_flow_ops as c
    other, this = c.switch(x, p)
    return {"m": c.merge([other * 2.0, this + 1.0])[0]}


@case
def loop_gradients(x, p):
    a = loop(4, lambda i, a: a * x, x)
    return {"a": a, "g": tf.gradients(a, x)[0]}


def written(name):
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        x, p = tf.placeholder(tf.float32, [2], name="x"), tf.placeholder(tf.bool, [], name="p")
        keys = sorted(k for k, v in CASES[name](x, p).items() if tf.identity(v, name="out_" + k) is not None)
        tf.global_variables_initializer()
        return graph.as_graph_def(), [run(graph, k, feed).tolist() for k in keys for feed in FEEDS], keys


def run(graph, key, feed):
    with tf.Session(graph=graph) as session:
        session.run("init")
        return np.asarray(session.run("out_%s:0" % key, {"p:0": feed[0], "x:0": feed[1]}))


def compared(definition, values, keys):
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        tf.import_graph_def(definition, name="")
        for i, (key, feed) in enumerate((k, f) for k in keys for f in FEEDS):
            try:
                np.testing.assert_allclose(run(graph, key, feed), values[i], 1e-5, 1e-6)
            except tf.errors.UnimplementedError as error:
                print(key, error.message.splitlines()[0])


def main(archive, mode, *names):
    if mode == "write":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for name in names or CASES:
                if name != "rnn" or tf.__version__ < "1.9":
                    definition, values, keys = written(name)
                    out.writestr(zipfile.ZipInfo(name + ".pb"), definition.SerializeToString(), zipfile.ZIP_DEFLATED)
                    out.writestr(zipfile.ZipInfo(name + ".json"), json.dumps([values, keys]), zipfile.ZIP_DEFLATED)
        return
    with zipfile.ZipFile(archive) as stored:
        for name in names or [n[:-3] for n in stored.namelist() if n.endswith(".pb")]:
            compared(tf.GraphDef.FromString(stored.read(name + ".pb")), *json.loads(stored.read(name + ".json").decode()))
            print(name, "ok")


main(*sys.argv[1:])
