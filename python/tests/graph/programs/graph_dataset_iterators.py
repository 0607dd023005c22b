# tf: 1.8
# More of tf.data in graphs: placeholders and variables in functions, datasets of files, nested datasets, batches, handles in two sessions, errors.
import collections
import numpy as np
import tensorflow as tf

D = tf.data.Dataset


def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__)
    else:
        print(label, "->", result)


def drain(sess, fetch, feed=None):
    rows = []
    while True:
        try:
            got = sess.run(fetch, feed)
        except tf.errors.OutOfRangeError:
            return rows
        rows.append(tf.contrib.framework.nest.map_structure(lambda t: t.tolist() if hasattr(t, "tolist") else t, got))


features = tf.placeholder(tf.float32, [None, 2])
labels = tf.placeholder(tf.int32, [None])
size = tf.placeholder_with_default(tf.constant(2, tf.int64), [])
scale = tf.Variable(10.0, name="scale")
ds = D.from_tensor_slices((features, labels))
print(ds.output_shapes, ds.output_types)
ds = ds.map(lambda f, l: {"f": f * scale, "l": l + 1}).batch(size)
print(sorted(ds.output_shapes.items()), ds.output_shapes["f"].ndims)
it = ds.make_initializable_iterator()
nxt = it.get_next()
print(nxt["f"].shape.as_list(), nxt["l"].dtype.name, it.initializer.name.split("/")[0], it.output_types["l"].name)
Point = collections.namedtuple("Point", "x y")
points = D.from_tensor_slices(Point([1, 2, 3], [4.0, 5.0, 6.0]))
print(type(points.output_types).__name__)
pt = points.map(lambda p: Point(p.x * 2, p.y) if hasattr(p, "x") else None).make_one_shot_iterator() if False else points.make_one_shot_iterator()
with open("lines.txt", "w") as f:
    f.write("one\ntwo\n\nfour\n")
with tf.python_io.TFRecordWriter("data.tfrecord") as w:
    for i in range(3):
        w.write(("record %d" % i).encode())
name = tf.placeholder(tf.string, [None])
text = tf.data.TextLineDataset(name).filter(lambda l: tf.not_equal(l, "")).map(lambda l: tf.string_join([l, "!"])).make_initializable_iterator()
line = text.get_next()
records = tf.data.TFRecordDataset("data.tfrecord").map(lambda r: tf.substr(r, 7, 1)).repeat(2)
record = records.make_one_shot_iterator().get_next()
print(record.shape.as_list(), record.dtype.name, line.dtype.name)
cond_map = D.range(5).map(lambda v: tf.cond(v > 2, lambda: v * 10, lambda: -v)).make_one_shot_iterator().get_next()
loop_map = D.range(4).map(lambda v: tf.while_loop(lambda s: s < 10, lambda s: s + v + 1, [v])).make_one_shot_iterator().get_next()
random = D.range(3).map(lambda v: tf.random_uniform([], seed=5)).make_initializable_iterator()
rnd = random.get_next()
windowed = D.range(6).apply(tf.contrib.data.sliding_window_batch(3, 1)).make_one_shot_iterator().get_next() if hasattr(tf.contrib.data, "sliding_window_batch") and False else None
mab = D.range(5).apply(tf.contrib.data.map_and_batch(lambda v: v * v, 2)).make_one_shot_iterator().get_next()
sr = D.range(4).shuffle(4, seed=1).repeat(2).batch(4).make_initializable_iterator()
order = sr.get_next()
cached = D.range(3).cache().repeat(2).make_one_shot_iterator().get_next()
zipped = D.zip({"a": D.range(3), "b": (D.range(5), D.range(3).map(tf.to_float))}).make_one_shot_iterator().get_next()
gen = D.from_generator(lambda: iter([(1, "a"), (2, "b")]), (tf.int64, tf.string)).make_one_shot_iterator().get_next()
bad_gen = D.from_generator(lambda: (1 // (i - 1) for i in range(3)), tf.int64).make_one_shot_iterator().get_next()
nested = D.range(1, 3).flat_map(lambda v: D.from_tensors(v * 10).concatenate(D.range(v))).make_one_shot_iterator().get_next()
outer_const = tf.constant([5, 6], tf.int64)
captured = D.range(2).map(lambda v: outer_const + v).make_one_shot_iterator().get_next()
attempt("one shot of random", lambda: D.from_tensors(tf.random_uniform([2])).make_one_shot_iterator())
attempt("filter not bool", lambda: D.range(3).filter(lambda v: v))
attempt("flat_map not dataset", lambda: D.range(3).flat_map(lambda v: v))
attempt("iterate", lambda: [v for v in D.range(3)])
attempt("one shot initializer", lambda: D.range(3).make_one_shot_iterator().initializer)
attempt("structure initializer", lambda: tf.data.Iterator.from_structure(tf.int64).initializer)
attempt("initializer types", lambda: tf.data.Iterator.from_structure(tf.int32).make_initializer(D.range(3)))
attempt("initializer shapes", lambda: tf.data.Iterator.from_structure(tf.int64, tf.TensorShape([2])).make_initializer(D.range(3)))
attempt("zip list", lambda: D.zip([D.range(3)]))
attempt("concatenate types", lambda: D.range(3).concatenate(D.from_tensors(1.0)))
handle = tf.placeholder(tf.string, [])
fed = tf.data.Iterator.from_string_handle(handle, tf.int64, tf.TensorShape([])).get_next()
h1 = D.range(100, 103).make_one_shot_iterator().string_handle()
print(fed.shape.as_list(), h1.dtype.name, fed.op.type)
with tf.Session() as sess:
    run = sess.run
    run(scale.initializer)
    feed = {features: [[1, 2], [3, 4], [5, 6]], labels: [0, 1, 2]}
    run(it.initializer, feed)
    print(drain(sess, nxt))
    run(scale.assign(2.0))
    feed[size] = 3
    run(it.initializer, feed)
    print(run(nxt))
    attempt("end", lambda: run(nxt))
    attempt("end again", lambda: run(nxt))
    run(text.initializer, {name: ["lines.txt", "lines.txt"]})
    print(drain(sess, line))
    print(drain(sess, record), drain(sess, cond_map), drain(sess, loop_map))
    run(random.initializer)
    print(np.round(drain(sess, rnd), 4).tolist())
    print(drain(sess, mab), drain(sess, cached))
    run(sr.initializer)
    first = drain(sess, order)
    run(sr.initializer)
    print(first, first == drain(sess, order))
    print(drain(sess, zipped), drain(sess, gen))
    attempt("generator fails", lambda: drain(sess, bad_gen))
    print(drain(sess, nested), drain(sess, captured), drain(sess, pt.get_next()))
    handle1 = run(h1)
    print(run(fed, {handle: handle1}), run(fed, {handle: handle1}))
    attempt("no such handle", lambda: run(fed, {handle: "nothing"}))
    e = D.range(2).map(lambda v: tf.Print(v, [v]) if False else v / 0 if False else tf.div(tf.constant(4, tf.int64), v)).make_one_shot_iterator().get_next()
    attempt("division in map", lambda: run(e))
with tf.Session() as sess:
    attempt("uninitialized in another session", lambda: sess.run(nxt))
    print(sess.run(record))
with tf.Graph().as_default(), tf.Session() as sess:
    tf.set_random_seed(3)
    a = D.range(6).shuffle(6).make_one_shot_iterator().get_next()
    print(sorted(drain(sess, a)))
    b = D.range(8).shuffle(8, seed=11).batch(4).make_one_shot_iterator().get_next()
    print(drain(sess, b))
