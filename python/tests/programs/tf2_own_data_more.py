# tf: 2.21
# Datasets: windows, buckets, choices, iterators, cardinalities and errors.
import numpy as np
import tensorflow as tf
from support.show_2 import S, show

D = tf.data.Dataset
L = lambda d: [show(x) for x in d]
S("window", lambda: [[int(x) for x in w] for w in D.range(7).window(3, shift=2, stride=1, drop_remainder=True)])
S("window flat", lambda: L(D.range(6).window(3, 1).flat_map(lambda w: w.batch(3))))
S("group_by_window", lambda: L(D.range(10).group_by_window(lambda x: x % 3, lambda k, d: d.batch(4), window_size=4)))
S("group_by size fn", lambda: L(D.range(10).group_by_window(lambda x: x % 2, lambda k, d: d.batch(10), window_size_func=lambda k: k + 2)))
S("bucket", lambda: L(D.from_generator(lambda: ([1] * n for n in [1, 5, 2, 6, 3, 7]), output_signature=tf.TensorSpec([None], tf.int32)).bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2])))
S("bucket drop", lambda: L(D.from_generator(lambda: ([1] * n for n in [1, 5, 2, 6, 3, 7]), output_signature=tf.TensorSpec([None], tf.int32)).bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2], drop_remainder=True, pad_to_bucket_boundary=False, padding_values=-1)))
S("scan", lambda: L(D.range(5).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s * 10 + x))))
S("unique", lambda: L(D.from_tensor_slices([1, 2, 1, 3, 2]).unique()))
S("take_while", lambda: L(D.range(9).take_while(lambda x: x < 4)))
S("interleave", lambda: L(D.range(3).interleave(lambda x: D.from_tensors(x).repeat(4), cycle_length=2, block_length=2)))
S("choose", lambda: L(D.choose_from_datasets([D.range(3), D.range(10, 13)], D.from_tensor_slices(tf.constant([0, 1, 1, 0, 0, 0], tf.int64)))))
S("choose stop", lambda: L(D.choose_from_datasets([D.range(1), D.range(10, 13)], D.from_tensor_slices(tf.constant([0, 0, 1], tf.int64)), stop_on_empty_dataset=False)))
S("counter", lambda: (L(D.counter().take(2)), L(D.counter(5, 3).take(2)), D.counter().cardinality()))
S("cache", lambda: (L(D.range(3).cache("c1")), L(D.range(3).cache())))
S("cardinality", lambda: (D.range(5).cardinality(), D.range(5).repeat().cardinality(), D.range(5).filter(lambda x: x > 1).cardinality(), D.range(5).batch(2).cardinality(), D.range(5).batch(2, True).cardinality(), D.range(5).take(9).cardinality(), D.range(5).skip(2).cardinality(), D.range(4).concatenate(D.range(2)).cardinality(), D.zip((D.range(4), D.range(2))).cardinality(), D.range(3).flat_map(lambda x: D.range(x)).cardinality(), tf.data.INFINITE_CARDINALITY, tf.data.UNKNOWN_CARDINALITY))
S("apply card", lambda: L(D.range(3).apply(tf.data.experimental.assert_cardinality(3))))
S("assert card bad", lambda: L(D.range(3).apply(tf.data.experimental.assert_cardinality(4))))
S("len", lambda: len(D.range(5)))
S("len inf", lambda: len(D.range(5).repeat()))
S("bool", lambda: bool(D.range(0)))
S("get_single", lambda: (D.from_tensors(5).get_single_element(), ))
S("get_single bad", lambda: D.range(2).get_single_element())
S("enumerate", lambda: L(D.from_tensor_slices(["a", "b"]).enumerate(start=5)))
S("padded", lambda: L(D.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(2)))
S("padded opts", lambda: L(D.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(2, padded_shapes=[5], padding_values=tf.constant(-1, tf.int64), drop_remainder=True)))
S("padded bad", lambda: L(D.range(1, 4).map(lambda x: tf.fill([x], x)).padded_batch(2, padded_shapes=[1])))
S("unbatch", lambda: (L(D.range(4).batch(2).unbatch()), L(D.range(4).batch(3).rebatch(2))))
S("rebatch list", lambda: L(D.range(8).batch(4).rebatch([1, 3])))
S("reduce", lambda: (D.range(5).reduce(np.int64(0), lambda a, b: a + b), D.range(3).reduce((0., 0), lambda s, x: (s[0] + 1., s[1] + 1))))
S("shard", lambda: L(D.range(7).shard(3, 1)))
S("shard bad", lambda: L(D.range(7).shard(3, 3)))
S("batch errors", lambda: L(D.range(3).batch(0)))
S("from_gen", lambda: L(D.from_generator(lambda: iter([(1, [2., 3.]), (4, [5.])]), output_signature=(tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.float32)))))
S("from_gen args", lambda: L(D.from_generator(lambda n: range(n), args=(3,), output_signature=tf.TensorSpec([], tf.int32))))
S("from_gen bad", lambda: L(D.from_generator(lambda: iter(["a"]), output_signature=tf.TensorSpec([], tf.int32))))
S("from_gen shape", lambda: L(D.from_generator(lambda: iter([[1, 2]]), output_signature=tf.TensorSpec([], tf.int32))))
S("from_gen types", lambda: L(D.from_generator(lambda: iter([1, 2]), output_types=tf.int64)))
S("from_gen raise", lambda: L(D.from_generator(lambda: (1 // 0 for _ in range(1)), output_signature=tf.TensorSpec([], tf.int32))))
S("spec", lambda: (D.range(3).element_spec, D.from_tensor_slices({"a": [1.], "b": ["x"]}).batch(2).element_spec, D.from_tensors((1, [2])).element_spec, D.range(3).window(2).element_spec))
S("map py", lambda: L(D.range(3).map(lambda x: tf.py_function(lambda v: v.numpy() * 2, [x], tf.int64))))
S("map multi", lambda: L(D.from_tensor_slices(([1, 2], [3, 4])).map(lambda a, b: {"s": a + b, "l": [a, b]})))
S("map namedtuple", lambda: L(D.range(2).map(lambda x: __import__("collections").namedtuple("P", "a b")(x, x + 1))))
S("map error", lambda: L(D.from_tensor_slices([1, 0]).map(lambda x: 10 // x)))
S("ignore_errors", lambda: L(D.from_tensor_slices([1., 0.]).map(lambda x: tf.debugging.check_numerics(1. / x, "")).ignore_errors()))
S("filter", lambda: L(D.range(6).filter(lambda x: x % 2 == 0)))
S("filter bad", lambda: L(D.range(6).filter(lambda x: x)))
S("zip", lambda: L(D.zip(D.range(2), D.range(5, 9))))
S("zip dict", lambda: L(D.zip({"a": D.range(2), "b": D.range(5, 9)})))
S("concat bad", lambda: L(D.range(2).concatenate(D.from_tensors("a"))))
S("repeat", lambda: L(D.range(2).repeat(2)))
S("prefetch", lambda: L(D.range(2).prefetch(tf.data.AUTOTUNE)))
S("options", lambda: opt())
def opt():
    o = tf.data.Options(); o.deterministic = False; o.experimental_optimization.map_fusion = True
    o.threading.private_threadpool_size = 2
    d = D.range(2).with_options(o); return d.options().deterministic, L(d)
S("iterator", lambda: itr())
def itr():
    i = iter(D.range(2)); a = next(i), i.get_next(), i.get_next_as_optional().has_value()
    try: next(i)
    except StopIteration: a += ("stop",)
    try: i.get_next()
    except Exception as e: a += (type(e).__name__,)
    return a, i.element_spec
S("optional", lambda: opti())
def opti():
    o = tf.experimental.Optional.from_value(5); e = tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32))
    return o.has_value(), o.get_value(), e.has_value()
S("as_numpy", lambda: [x for x in D.range(2).as_numpy_iterator()])
def svl():
    D.range(3).save("saved"); return L(D.load("saved"))
S("list_files", lambda: lf())
def lf():
    for n in "ba": tf.io.write_file("d/%s.txt" % n, n + "\n" + n * 2)
    return L(D.list_files("d/*.txt", shuffle=False)), L(tf.data.TextLineDataset(["d/a.txt", "d/b.txt"]))
S("fixed", lambda: fx())
def fx():
    tf.io.write_file("f.bin", "HEADabcdefTT"); return L(tf.data.FixedLengthRecordDataset("f.bin", 3, header_bytes=4, footer_bytes=2))
S("csv", lambda: csv())
def csv():
    tf.io.write_file("q.csv", "a,b\n1,x\n2,y\n"); return L(tf.data.experimental.CsvDataset("q.csv", [tf.int32, tf.string], header=True)), [{k: show(v) for k, v in e.items()} for e in tf.data.experimental.make_csv_dataset("q.csv", 2, shuffle=False, num_epochs=1)]
S("sparse", lambda: L(D.from_tensor_slices(tf.sparse.from_dense([[1, 0], [0, 2]]))))
S("dense_to_ragged", lambda: L(D.range(3).map(lambda x: tf.range(x)).apply(tf.data.experimental.dense_to_ragged_batch(2))))
S("in function", lambda: tf.function(lambda: D.range(5).reduce(tf.constant(0, tf.int64), lambda a, b: a + b))())
S("from_list", lambda: L(D.from_list([(1, "a"), (2, "b")])) if hasattr(D, "from_list") else L(tf.data.experimental.from_list([(1, "a"), (2, "b")])))
S("bad slices", lambda: D.from_tensor_slices(([1, 2], [3])))
S("scalar slices", lambda: D.from_tensor_slices(5))
S("range", lambda: (L(D.range(5, 0, -2)), L(D.range(2, output_type=tf.int32))))
S("name", lambda: L(D.range(2, name="x").map(lambda x: x, name="m")))
S("map assert", lambda: L(D.range(3).map(lambda x: x + 1, num_parallel_calls=2, deterministic=False)))
