# tf: 2.21
# What datasets print as, their kinds' names, and tf.data.experimental's transformations, tables and options.
import numpy as np
import tensorflow as tf
from support.attempt_2 import attempt


D = tf.data.Dataset
def els(ds, n=20):
    return [tf.nest.map_structure(lambda t: t.numpy().tolist() if hasattr(t, "numpy") else t, e) for e in ds.take(n)]
for label, ds in dict(r=D.range(3), b=D.range(3).batch(2), t=D.from_tensor_slices(([1, 2], ["a", "b"])), d=D.from_tensors({"x": 1.0}), m=D.range(3).map(lambda x: x + 1), f=D.range(3).filter(lambda x: x > 1),
    s=D.range(3).shuffle(2), p=D.range(3).prefetch(1), z=D.zip((D.range(2), D.range(2))), c=D.range(2).concatenate(D.range(1)), k=D.range(3).take(1), sk=D.range(3).skip(1), rp=D.range(2).repeat(), ca=D.range(2).cache(),
    fm=D.range(2).flat_map(lambda x: D.range(x)), il=D.range(2).interleave(lambda x: D.range(2)), pb=D.range(2).padded_batch(2), w=D.range(3).window(2), ub=D.range(4).batch(2).unbatch(), en=D.range(2).enumerate(), sc=D.range(2).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s)),
    ge=D.from_generator(lambda: iter([1]), output_signature=tf.TensorSpec([], tf.int32)), sh=D.range(4).shard(2, 0), tw=D.range(3).take_while(lambda x: x < 1), u=D.range(3).unique(), rnd=D.random(seed=1).take(1),
    op=D.range(2).with_options(tf.data.Options()), ae=D.range(2).apply(tf.data.experimental.assert_cardinality(2)), ig=D.range(2).ignore_errors(), rr=D.range(4).batch(2).rebatch(1), sn=D.choose_from_datasets([D.range(2)], D.range(1)), sa=D.sample_from_datasets([D.range(2), D.range(2)], seed=1)).items():
    print(label, ds, ds.element_spec)
    print(label, repr(ds), int(ds.cardinality()), type(ds).__name__)
attempt("group", lambda: els(D.range(7).group_by_window(lambda x: x % 2, lambda k, ds: ds.batch(2), window_size=2)))
attempt("bucket", lambda: els(D.from_generator(lambda: iter([[1], [1, 2], [1, 2, 3], [2]]), output_signature=tf.TensorSpec([None], tf.int32)).bucket_by_sequence_length(lambda x: tf.size(x), [2, 3], [2, 2, 2])))
attempt("reduce", lambda: D.range(4).reduce(np.int64(0), lambda s, x: s + x))
attempt("get_single", lambda: D.range(1).get_single_element())
attempt("get_single2", lambda: D.range(2).get_single_element())
attempt("sparse_batch", lambda: [e.dense_shape.numpy().tolist() for e in D.from_tensor_slices([[1, 2]]).sparse_batch(1, [3])])
attempt("counter", lambda: els(D.counter(2, 3).take(2)))
attempt("as_np", lambda: list(D.range(3).as_numpy_iterator()))
attempt("at", lambda: tf.data.experimental.at(D.range(4), 2))
attempt("options", lambda: D.range(2).options().deterministic)
attempt("ragged", lambda: [e.to_list() for e in D.from_tensor_slices(tf.ragged.constant([[1], [2, 3], []])).batch(2)])
attempt("optional", lambda: iter(D.range(1)).get_next_as_optional().has_value())
attempt("optional2", lambda: tf.experimental.Optional.from_value(3).get_value())
attempt("optional3", lambda: tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32)).get_value())
attempt("parse_example_dataset", lambda: els(D.from_tensors([tf.train.Example(features=tf.train.Features(feature={"a": tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))})).SerializeToString()]).apply(tf.data.experimental.parse_example_dataset({"a": tf.io.FixedLenFeature([], tf.int64)}))))
attempt("dense_to_sparse", lambda: [e.values.numpy().tolist() for e in D.from_tensor_slices([[1, 2]]).apply(tf.data.experimental.dense_to_sparse_batch(1, [3]))])
attempt("dense_to_ragged", lambda: [e.to_list() for e in D.range(3).map(lambda x: tf.range(x)).apply(tf.data.experimental.dense_to_ragged_batch(2))])
attempt("cardinality", lambda: tf.data.experimental.cardinality(D.range(3)).numpy())
attempt("sr", lambda: els(D.range(3).apply(tf.data.experimental.shuffle_and_repeat(2, 1, seed=1))))
attempt("pad_to_cardinality", lambda: els(D.range(2).apply(tf.data.experimental.pad_to_cardinality(3)) if False else D.from_tensor_slices({"a": [1, 2]}).apply(tf.data.experimental.pad_to_cardinality(3))))
attempt("get_next_as_optional", lambda: tf.data.experimental.get_next_as_optional(iter(D.range(1))).get_value())
attempt("table", lambda: tf.data.experimental.table_from_dataset(D.from_tensor_slices((["a", "b"], tf.constant([1, 2], tf.int64))), default_value=-1).lookup(tf.constant(["b", "z"])))
attempt("index table", lambda: tf.data.experimental.index_table_from_dataset(D.from_tensor_slices(["a", "b"])).lookup(tf.constant(["b", "z"])))
attempt("group_by_reducer", lambda: els(D.range(5).apply(tf.data.experimental.group_by_reducer(lambda x: x % 2, tf.data.experimental.Reducer(lambda _: np.int64(0), lambda s, x: s + x, lambda s: s)))))
attempt("len", lambda: (len(D.range(3)), bool(D.range(0))))
attempt("len inf", lambda: len(D.range(3).repeat()))
attempt("len unk", lambda: len(D.range(3).filter(lambda x: True)))
attempt("iter spec", lambda: iter(D.range(3)).element_spec)
attempt("spec", lambda: str(tf.data.DatasetSpec.from_value(D.range(3))))
attempt("in function", lambda: tf.function(lambda ds: ds.reduce(np.int64(0), lambda s, x: s + x))(D.range(4)))
attempt("autotune", lambda: (tf.data.AUTOTUNE, tf.data.INFINITE_CARDINALITY, tf.data.UNKNOWN_CARDINALITY))
attempt("bad map", lambda: els(D.range(2).map(lambda x, y: x)))
attempt("bad batch", lambda: els(D.from_generator(lambda: iter([[1], [1, 2]]), output_signature=tf.TensorSpec([None], tf.int32)).batch(2)))
attempt("zip args", lambda: els(D.zip(D.range(2), D.range(3))))
attempt("batch par", lambda: els(D.range(5).batch(2, drop_remainder=True, num_parallel_calls=2, deterministic=True)))
attempt("map kw", lambda: els(D.range(3).map(lambda x: {"a": x, "b": (x, [x, x])}, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False, name="m")))
attempt("padded", lambda: els(D.from_generator(lambda: iter([[1], [1, 2]]), output_signature=tf.TensorSpec([None], tf.int32)).padded_batch(2, padded_shapes=[4], padding_values=-1)))
attempt("window", lambda: [[els(w) for w in D.range(5).window(3, shift=2, stride=1, drop_remainder=False)]])
