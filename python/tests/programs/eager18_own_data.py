# tf: 1.8
# Datasets: contrib functions, files, CSV, grouping, scanning, iterators' properties, errors.
import collections
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
D = tf.data.Dataset
C = tf.contrib.data


def plain(e):
    if isinstance(e, dict):
        return {k: plain(e[k]) for k in sorted(e)}
    if isinstance(e, (list, tuple)):
        return tuple(plain(q) for q in e)
    v = e.numpy()
    return v if isinstance(v, bytes) else v.tolist()


def rows(label, make):
    try:
        print(label, [plain(e) for e in make()])
    except Exception as e:
        print(label, "raises", type(e).__name__)


rows("group", lambda: D.range(10).apply(C.group_by_window(lambda x: x % 3, lambda k, d: d.batch(2), 2)))
rows("group all", lambda: D.range(7).apply(C.group_by_window(lambda x: x % 2, lambda k, d: d.batch(10), 10)))
rows("map and batch", lambda: D.range(5).apply(C.map_and_batch(lambda x: x * 2, 2)))
rows("ignore", lambda: D.from_tensor_slices([1.0, 0.0, 2.0]).map(lambda v: tf.check_numerics(1.0 / v, "x")).apply(C.ignore_errors()))
rows("unbatch tuple", lambda: D.from_tensors(([1, 2], ["a", "b"])).apply(C.unbatch()))
rows("enumerate tuple", lambda: D.from_tensor_slices(([1, 2], [3, 4])).apply(C.enumerate_dataset()))
rows("interleave uneven", lambda: D.range(1, 5).interleave(lambda v: D.range(v), cycle_length=3, block_length=2))
rows("flat strings", lambda: D.from_tensor_slices(["a b", "c"]).flat_map(lambda s: D.from_tensor_slices(tf.string_split([s]).values)))
rows("nested zip", lambda: D.zip((D.range(2), (D.range(3), D.range(4)))))
rows("zip dict", lambda: D.zip({"a": D.range(2), "b": D.range(5, 9)}))
rows("batch dict", lambda: D.from_tensor_slices({"a": [1, 2, 3], "b": [[1.0], [2.0], [3.0]]}).batch(2))
rows("map to dict", lambda: D.range(2).map(lambda x: {"x": x, "y": (x, x + 1)}))
rows("map to list", lambda: D.range(2).map(lambda x: [x, x + 1]))
rows("filter dict", lambda: D.from_tensor_slices({"a": [1, 2, 3]}).filter(lambda d: d["a"] > 1))
rows("repeat 0", lambda: D.range(2).repeat(0))
rows("skip all", lambda: D.range(3).skip(-1))
rows("take -1", lambda: D.range(3).take(-1))
rows("shard", lambda: D.range(10).shard(4, 3))
rows("range neg", lambda: D.range(5, 0, -2))
rows("range none", lambda: D.range(3, 3))
rows("py_func", lambda: D.range(3).map(lambda x: tf.py_func(lambda v: v * v, [x], tf.int64)))
rows("shuffle batch", lambda: D.range(12).shuffle(5, seed=7).batch(4))
rows("shuffle take", lambda: D.range(12).shuffle(12, seed=7).take(4).repeat(2))
tf.set_random_seed(3)
rows("graph seed", lambda: D.range(6).shuffle(6))
rows("shuffle two", lambda: D.range(6).shuffle(6, seed=1).shuffle(6, seed=2))
rows("padded str", lambda: D.from_tensor_slices(["a", "b c"]).map(lambda s: tf.string_split([s]).values).padded_batch(2, [None], "?"))
rows("batch zero", lambda: D.range(3).batch(0))
rows("gen dict", lambda: D.from_generator(lambda: iter([{"a": 1, "b": [1.0]}]), {"a": tf.int32, "b": tf.float32}, {"a": [], "b": [1]}))
rows("gen scalar", lambda: D.from_generator(lambda: range(3), tf.int64))
rows("gen bad type", lambda: D.from_generator(lambda: iter(["x"]), tf.int32))
rows("gen bad shape", lambda: D.from_generator(lambda: iter([[1, 2]]), tf.int32, [3]))
rows("gen arrays", lambda: D.from_generator(lambda: (np.ones((2, 2)) * k for k in range(2)), tf.float32, [2, 2]))
with open("a.bin", "wb") as f:
    f.write(b"HEAD" + bytes(range(12)) + b"F")
rows("fixed", lambda: tf.data.FixedLengthRecordDataset("a.bin", 4, header_bytes=4, footer_bytes=1).map(lambda s: tf.decode_raw(s, tf.uint8)))
for k in range(3):
    with open("part%d.txt" % k, "w") as f:
        f.write("line %d\r\nlast %d" % (k, k))
rows("lines", lambda: tf.data.TextLineDataset(["part0.txt", "part1.txt"]))
rows("missing file", lambda: tf.data.TextLineDataset("nothing.txt"))
with open("t.csv", "w") as f:
    f.write("x,y,label\n1,2.5,a\n3,4.5,b\n5,6.5,c\n")
rows("csv", lambda: tf.data.TextLineDataset("t.csv").skip(1).map(lambda l: tf.decode_csv(l, [[0], [0.0], [""]])).batch(2))
rows("make csv", lambda: C.make_csv_dataset("t.csv", 2, label_name="label", num_epochs=1, shuffle=False))
d = D.from_tensor_slices((np.zeros((4, 2)), {"k": ["a"] * 4}))
print(d.output_types, d.output_shapes)
print(d.batch(2).output_shapes, D.range(3).map(lambda x: tf.cast(x, tf.float32)).output_types, D.range(3).batch(2).output_shapes)
it = tfe.Iterator(d)
print(it.output_types, it.output_shapes)
it = D.range(1).make_one_shot_iterator()
print(it.get_next().numpy())
for f in (lambda: it.get_next(), lambda: next(it), lambda: D.range(3).make_initializable_iterator(), lambda: D.zip([D.range(2)]), lambda: D.range(2).concatenate(D.from_tensors("a")),
          lambda: D.range(2).apply(lambda d: 3), lambda: D.from_tensor_slices([[1, 2], [3]]), lambda: list(tfe.Iterator(D.range(2).flat_map(lambda x: x))),
          lambda: D.range(3).shard(2, 2), lambda: D.from_generator(3, tf.int32), lambda: list(tfe.Iterator(D.range(3).filter(lambda x: x)))):
    try:
        print(f())
    except Exception as e:
        print("raises", type(e).__name__)
Point = collections.namedtuple("Point", "x y")
p = next(tfe.Iterator(D.from_tensor_slices(Point([1, 2], [3, 4]))))
print(type(p).__name__, p.x.numpy(), p.y.numpy())
total = 0
for i, x in enumerate(D.range(100).shuffle(10).prefetch(3)):
    total += int(x)
print(total, i)
