# tf: 2.21
# Ragged tensors: made, indexed, reduced, joined, and within functions.
import numpy as np
import tensorflow as tf
def show(x):
    if isinstance(x, (tf.RaggedTensor,)): return "R%s" % (x.to_list(),)
    if isinstance(x, tf.SparseTensor): return "S%s %s %s" % (x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist())
    if isinstance(x, tf.IndexedSlices): return "I%s %s" % (x.indices.numpy().tolist(), x.values.numpy().tolist())
    if isinstance(x, (tf.Tensor, tf.Variable)):
        try: v = x.numpy()
        except Exception: return "sym %s %s" % (x.shape, x.dtype.name)
        if isinstance(v, bytes): return "%s" % v
        if v.dtype.kind in "fc": v = np.round(v, 4) + 0.0
        return "%s %s%s" % (v.tolist(), x.dtype.name, x.shape.as_list())
    if isinstance(x, np.ndarray): return "np %s %s" % (np.round(x,4).tolist() if x.dtype.kind in "fc" else x.tolist(), x.dtype)
    if isinstance(x, dict): return "{%s}" % ", ".join("%s: %s" % (k, show(v)) for k, v in x.items())
    if isinstance(x, (list, tuple)): return type(x).__name__ + "(" + ", ".join(show(v) for v in x) + ")"
    if isinstance(x, float): return "%.5g" % x
    return repr(x)
def S(label, fn, message=False):
    try: print(label, "|", show(fn()))
    except Exception as e: print(label, "raises", type(e).__name__, str(e).strip().splitlines()[0][:150] if message else "")


r = tf.ragged.constant([[1, 2, 3], [], [4]])
S("props", lambda: (r.shape, r.dtype, r.ragged_rank, r.values, r.row_splits, r.nrows(), r.row_lengths(), r.row_starts(), r.row_limits(), r.value_rowids(), r.flat_values, r.bounding_shape(), r.uniform_row_length))
S("nested", lambda: tf.ragged.constant([[[1], [2, 3]], []]).nested_row_splits)
S("to", lambda: (r.to_tensor(), r.to_tensor(-1), r.to_tensor(shape=[None, 2]), r.to_list(), r.to_sparse(), r.numpy().tolist() if 0 else None))
S("from", lambda: (tf.RaggedTensor.from_row_splits([1, 2, 3], [0, 2, 3]), tf.RaggedTensor.from_row_lengths([1, 2, 3], [1, 0, 2]), tf.RaggedTensor.from_value_rowids([1, 2], [0, 2], nrows=4), tf.RaggedTensor.from_row_starts([1, 2], [0, 1]), tf.RaggedTensor.from_row_limits([1, 2], [1, 2]), tf.RaggedTensor.from_uniform_row_length([1, 2, 3, 4], 2), tf.RaggedTensor.from_nested_row_splits([1, 2], [[0, 1, 2], [0, 1, 2]]), tf.RaggedTensor.from_tensor([[1, 0], [3, 4]]), tf.RaggedTensor.from_tensor([[1, 0], [3, 4]], padding=0), tf.RaggedTensor.from_tensor([[1, 2, 3]], lengths=[2]), tf.RaggedTensor.from_sparse(tf.sparse.from_dense([[1, 2], [3, 0]]))))
S("from bad", lambda: tf.RaggedTensor.from_row_splits([1, 2, 3], [0, 2]))
S("from bad2", lambda: tf.RaggedTensor.from_row_lengths([1, 2, 3], [1, 1]))
S("index", lambda: (r[0], r[1], r[0, 1], r[1:], r[:, 0:1], r[:, -1:], r[0, 1:], r[..., 0:1], r[:, tf.newaxis]))
S("index bad", lambda: r[:, 0])
S("index oob", lambda: r[5])
S("math", lambda: (r + 1, r * r, -r, abs(r - 3), r == 1, r > 2, r + tf.constant([[10], [20], [30]]), tf.square(r), tf.cast(r, tf.float32) / 2, r // 2, r % 2, 2 ** r))
S("math bad", lambda: r + tf.ragged.constant([[1], [2], [3]]))
S("reduce", lambda: (tf.reduce_sum(r), tf.reduce_sum(r, 1), tf.reduce_sum(r, 0), tf.reduce_mean(tf.cast(r, tf.float32), 1), tf.reduce_max(r, 1), tf.reduce_prod(r, 1), tf.reduce_any(r > 2, 1), tf.reduce_sum(r, 1, keepdims=True)))
S("concat", lambda: (tf.concat([r, r], 0), tf.concat([r, r], 1), tf.stack([r, r]), tf.stack([r, r], 1)))
S("tile", lambda: tf.tile(r, [1, 2]))
S("expand", lambda: (tf.expand_dims(r, 0), tf.expand_dims(r, 2), tf.squeeze(tf.expand_dims(r, 0), 0)))
S("gather", lambda: (tf.gather(r, [2, 0]), tf.gather(tf.constant([10, 20, 30, 40, 50]), r), tf.gather(r, tf.ragged.constant([[0], [2, 1]])), tf.gather_nd(r, [[0, 1]])))
S("batch gather", lambda: tf.gather(r, tf.ragged.constant([[0], [], [0]]), batch_dims=1))
S("boolean_mask", lambda: (tf.ragged.boolean_mask(r, r > 1), tf.boolean_mask([1, 2, 3], [True, False, True]), tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]])))
S("where", lambda: (tf.where(r > 1, r, 0), tf.where(r > 1)))
S("map", lambda: (tf.map_fn(tf.reduce_sum, r, fn_output_signature=tf.int32), tf.ragged.map_flat_values(lambda x: x * 2, r), tf.map_fn(lambda x: x + 1, r, fn_output_signature=tf.RaggedTensorSpec([None], tf.int32))))
S("range", lambda: (tf.ragged.range([3, 0, 2]), tf.ragged.range([1, 2], [4, 5]), tf.ragged.range([0], [6], [2])))
S("stack", lambda: (tf.ragged.stack([[1, 2], [3]]), tf.ragged.stack_dynamic_partitions([1, 2, 3], [1, 0, 1], 3), tf.ragged.cross([[["a"]], [["b"]]]) if 0 else None))
S("segments", lambda: (tf.ragged.row_splits_to_segment_ids([0, 2, 3]), tf.ragged.segment_ids_to_row_splits([0, 0, 2])))
S("sort", lambda: (tf.sort(r, axis=-1) if 0 else None, tf.reverse(r, [0]), tf.reverse(r, [1])))
S("one_hot", lambda: tf.one_hot(r, 5).shape)
S("cast", lambda: (tf.cast(r, tf.float32).dtype, r.with_values(r.values * 2), r.with_flat_values([9, 8, 7, 6]), r.merge_dims(0, 1), tf.ragged.constant([[[1], [2, 3]], []]).merge_dims(1, 2)))
S("strings", lambda: (tf.strings.join([tf.ragged.constant([["a"], ["b", "c"]]), "!"]), tf.strings.length(tf.ragged.constant([["a", "bb"]])), tf.strings.upper(tf.ragged.constant([["a", "bb"]]))))
S("numpy", lambda: (r.numpy(),))
S("iter", lambda: [x.numpy().tolist() for x in r])
S("eq", lambda: (r == r, tf.reduce_all(r == r)))
S("spec", lambda: (tf.RaggedTensorSpec([None, None], tf.int32), tf.type_spec_from_value(r), tf.RaggedTensorSpec.from_value(r)))
S("function", lambda: tf.function(lambda x: x + 1)(r))
S("function sum", lambda: tf.function(lambda x: tf.reduce_sum(x, 1))(r))
S("function sig", lambda: tf.function(lambda x: x.row_lengths(), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])(r))
S("gradient", lambda: grd())
def grd():
    v = tf.constant([1., 2., 3.])
    with tf.GradientTape() as t:
        t.watch(v); y = tf.reduce_sum(tf.RaggedTensor.from_row_lengths(v, [1, 2]) ** 2, 1)
    return t.gradient(y, v)
S("grad ragged", lambda: grd2())
def grd2():
    x = tf.ragged.constant([[1., 2.], [3.]])
    with tf.GradientTape() as t:
        t.watch(x.flat_values); y = tf.reduce_sum(x * x)
    return t.gradient(y, x.flat_values)
S("dataset", lambda: [x for x in tf.data.Dataset.from_tensor_slices(r)])
S("ds ragged batch", lambda: list(tf.data.Dataset.range(4).map(lambda i: tf.range(i)).ragged_batch(2)))
S("ds batch", lambda: list(tf.data.Dataset.from_tensor_slices(r).batch(2)))
S("inner_shape", lambda: tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1).shape)
S("inner", lambda: tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], inner_shape=(2,)))
S("bad", lambda: tf.ragged.constant([[1, [2]]]))
S("placeholder", lambda: tf.convert_to_tensor(r))
S("softmax", lambda: tf.nn.softmax(tf.cast(r, tf.float32)) if 0 else None)
S("dropout", lambda: tf.nn.dropout(tf.cast(r, tf.float32), 0.))
S("embedding", lambda: tf.nn.embedding_lookup(tf.constant([[0., 1.]] * 5), r).shape)
S("top", lambda: tf.argmax(r.to_tensor(), 1))
S("assert", lambda: tf.debugging.assert_equal(r.row_lengths(), tf.constant([3, 0, 1], tf.int64)))
S("consistent", lambda: r.consumers() if hasattr(r, "consumers") else None)
S("bucketize", lambda: tf.raw_ops.Bucketize(input=[1., 5.], boundaries=[2.]))
S("add list", lambda: r + [[1, 1, 1], [], [2]])
S("bool", lambda: bool(r))
S("contains", lambda: 1 in [1])
