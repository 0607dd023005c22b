"""Slicing, gathering, moving and rearranging one by one: see ops_cases.py. Run with TensorFlow 1.8.0,
then with 2.21:

python ops_array.py
"""

import numpy as np
import tensorflow as tf

from ops_cases import V1, Cases

cases = Cases("ops_array")
draw, op, function = cases.draw, cases.op, cases.function


def int32(*values):
    return np.array(values, np.int32)


def counting(*shape, dtype=np.float32):
    return np.arange(1, np.prod(shape) + 1).astype(dtype).reshape(shape)


def slices():
    x = counting(4, 3, 5)
    for begin, end, strides, masks in [
        ([0, 0, 0], [4, 3, 5], [1, 1, 1], {}),
        ([1, 0, 2], [3, 2, 4], [1, 1, 1], {}),
        ([0, 0, 0], [4, 3, 5], [2, 1, 3], {}),
        ([-1, -1, -1], [-5, -4, -6], [-1, -2, -3], {}),
        ([3, 2, 1], [0, 0, 5], [-1, -1, 2], {"begin_mask": 4, "end_mask": 1}),
        ([1, 1, 1], [2, 2, 2], [1, 1, 1], {"begin_mask": 7, "end_mask": 7}),
        ([1, 2, 3], [2, 3, 4], [1, 1, 1], {"shrink_axis_mask": 5}),
        ([-1, -2, -3], [0, 0, 0], [1, 1, 1], {"shrink_axis_mask": 7}),
        ([0, 1], [0, 3], [1, 1], {"ellipsis_mask": 1}),
        ([1, 0, 2], [2, 0, 3], [1, 1, 1], {"ellipsis_mask": 2, "shrink_axis_mask": 4}),
        (
            [0, 0, 1, 0],
            [0, 0, 3, 0],
            [1, 1, 1, 1],
            {"new_axis_mask": 2, "begin_mask": 1, "end_mask": 1, "ellipsis_mask": 8},
        ),
        ([0, 1], [0, 2], [1, 1], {"new_axis_mask": 1}),
        ([2], [3], [1], {}),
        ([5, -9, 9], [9, 9, -9], [1, 1, -1], {}),
        ([3, 0, 0], [1, 3, 5], [1, 1, 1], {}),
        (
            [0, 0, 0],
            [0, 0, 0],
            [1, 1, 1],
            {"ellipsis_mask": 1, "new_axis_mask": 2, "shrink_axis_mask": 4},
        ),
    ]:
        op("StridedSlice", x, int32(*begin), int32(*end), int32(*strides), gradient=(0,), **masks)
    grad = counting(2, 2)
    op("StridedSliceGrad", int32(3, 4), int32(0, 1), int32(3, 4), int32(2, 2), grad)
    op("Slice", x, int32(1, 0, 2), int32(2, -1, 3), gradient=(0,))
    op("Slice", x, int32(4, 0, 0), int32(0, 3, 5))


def gathering():
    x = counting(4, 3)
    op("Gather", x, int32(3, 0, 3, 1), gradient=(0,))
    op("Gather", x, np.array([[1, 1], [2, 0]], np.int64), gradient=(0,))
    op("GatherV2", x, int32(2, 0, 2), np.int32(1), gradient=(0,))
    op(
        "GatherV2",
        counting(2, 4, 3),
        np.array([[1, 3], [0, 0]], np.int32),
        np.int32(1),
        gradient=(0,),
    )
    op("GatherV2", counting(2, 4, 3), np.int32(2), np.int32(-1), gradient=(0,))
    for indices in ([[0, 1], [3, 2], [0, 1]], [[2], [0]], [[[1, 1]], [[2, 0]]]):
        op("GatherNd", x, np.array(indices, np.int32), gradient=(0,))
    updates = counting(4, 2)
    op("ScatterNd", int32([4], [1], [4], [0]), updates, int32(6, 2), gradient=(1,))
    op(
        "ScatterNd",
        np.array([[0, 1], [2, 2], [0, 1]], np.int64),
        counting(3),
        np.array([3, 3], np.int64),
    )
    op(
        "ScatterNd",
        np.array([[[0], [1]], [[0], [3]]], np.int32),
        counting(2, 2, 2),
        int32(4, 2),
        gradient=(1,),
    )
    op("ScatterNdNonAliasingAdd", counting(4, 2), int32([1], [1]), counting(2, 2), gradient=(0, 2))
    data = [counting(2, 2), counting(3, 2) * 10]
    op("DynamicStitch", [int32(0, 3), int32(2, 3, 1)], data)
    op("DynamicPartition", counting(6, 2), int32(1, 0, 2, 1, 0, 0), num_partitions=4, gradient=(0,))
    call = V1.boolean_mask
    function("tf.boolean_mask", call, counting(3, 2), np.array([True, False, True]), gradient=(0,))
    table = [counting(3, 2), counting(2, 2) * 10]
    for strategy in ("mod", "div"):
        call = lambda a, b, ids, strategy: V1.nn.embedding_lookup(
            [a, b], ids, partition_strategy=strategy
        )  # noqa: E731
        function(
            "tf.nn.embedding_lookup",
            call,
            *table,
            int32(4, 0, 1, 2),
            gradient=(0, 1),
            strategy=strategy,
        )
    op("Where", np.array([[True, False, True], [False, True, False]]))
    op("Where", np.array([0.0, np.nan, -0.0, 2], np.float32))
    op(
        "SparseToDense",
        np.array([[0, 1], [2, 0]], np.int32),
        int32(3, 2),
        counting(2),
        np.float32(-1),
    )
    call = lambda ids, depth, axis: tf.one_hot(ids, depth, axis=axis)  # noqa: E731
    ids = np.array([[0, 2], [-1, 5]], np.int32)
    for axis in (-1, 0, 1, 2):
        op("OneHot", ids, np.int32(4), np.float32(2), np.float32(-3), axis=axis)
        function("tf.one_hot", call, ids, depth=3, axis=axis)
    op("OneHot", ids.astype(np.int64), np.int32(3), True, False, axis=-1)
    op("OneHot", np.uint8([1, 0]), np.int32(0), np.float64(1), np.float64(0), axis=-1)


def shapes():
    x = counting(2, 3, 4)
    for axes in ([2, 0, 1], [0, 2, 1], [0, 1, 2], [2, 1, 0]):
        op("Transpose", x, int32(*axes), gradient=(0,))
    op("ConcatV2", [counting(2, 1, 3), counting(2, 2, 3)], np.int32(1), gradient=(0, 1))
    op("ConcatV2", [counting(2, 0), counting(2, 2)], np.int32(-1), gradient=(0, 1))
    op("Concat", np.int32(0), [counting(1, 3), counting(2, 3)])
    for axis in (0, 1, -1):
        op("Pack", [counting(2, 3), counting(2, 3) * 2], axis=axis, gradient=(0, 1))
        op("Unpack", x, num=x.shape[axis], axis=axis, gradient=(0,))
    op("Split", np.int32(2), x, num_split=2, gradient=(1,))
    op("SplitV", x, int32(1, -1, 1), np.int32(2), num_split=3, gradient=(0,))
    op("Tile", counting(2, 3), int32(2, 3), gradient=(0,))
    op("Tile", counting(2, 3), int32(0, 1))
    op("Pad", counting(2, 3), int32([1, 2], [0, 3]), gradient=(0,))
    op("PadV2", counting(2, 3), int32([1, 0], [2, 1]), np.float32(-7), gradient=(0,))
    for mode in ("REFLECT", "SYMMETRIC"):
        op("MirrorPad", counting(3, 4), int32([1, 2], [2, 1]), mode=mode, gradient=(0,))
        op("MirrorPad", counting(2, 3, 2), int32([1, 1], [0, 2], [1, 0]), mode=mode, gradient=(0,))
        op("MirrorPadGrad", counting(5, 6), int32([1, 1], [2, 1]), mode=mode)
    op("ReverseV2", x, int32(0, 2), gradient=(0,))
    op("ReverseV2", x, int32(-1), gradient=(0,))
    for batch_dim, seq_dim, lengths in ((0, 1, [3, 1]), (0, 2, [2, 4]), (2, 1, [0, 1, 2, 3])):
        op(
            "ReverseSequence",
            x,
            np.array(lengths, np.int64),
            batch_dim=batch_dim,
            seq_dim=seq_dim,
            gradient=(0,),
        )
    op("ExpandDims", x, np.int32(-2), gradient=(0,))
    op("Squeeze", counting(1, 2, 1, 3), gradient=(0,))
    op("Squeeze", counting(1, 2, 1, 3), squeeze_dims=[-2], gradient=(0,))
    op("BroadcastArgs", int32(3, 1, 5), int32(4, 1))
    op("BroadcastGradientArgs", int32(2, 3, 1), int32(3, 4))
    op("InvertPermutation", int32(3, 0, 2, 1))
    op("Bitcast", np.array([1.0, -2.5], np.float32), type=tf.int32)
    op("Bitcast", np.array([1.0, -2.5], np.float64), type=tf.uint8)
    op("Bitcast", np.arange(8, dtype=np.uint8).reshape(2, 4), type=tf.float32)
    op("Shape", x)
    op("ShapeN", [x, counting(2)], out_type=tf.int64)
    op("Fill", int32(2, 3), np.float64(1.5))


def spaces():
    x = counting(1, 4, 6, 2)
    for size in (2,):
        op("SpaceToDepth", x, block_size=size, gradient=(0,))
        op("DepthToSpace", counting(2, 2, 3, 8), block_size=size, gradient=(0,))
    op("SpaceToBatchND", x, int32(2, 3), int32([0, 0], [0, 0]), gradient=(0,))
    op("SpaceToBatchND", counting(2, 3, 5, 1), int32(2, 2), int32([1, 0], [2, 1]), gradient=(0,))
    op("BatchToSpaceND", counting(4, 2, 3, 1), int32(2, 2), int32([0, 0], [1, 0]), gradient=(0,))
    for padding in ("VALID", "SAME"):
        options = {
            "ksizes": [1, 2, 3, 1],
            "strides": [1, 2, 1, 1],
            "rates": [1, 1, 2, 1],
            "padding": padding,
        }
        op("ExtractImagePatches", x, **options)


def matrices():
    x = counting(2, 3, 4)
    for lower, upper in ((0, 0), (-1, 0), (0, -1), (1, 1), (2, 0), (-1, 1)):
        op("MatrixBandPart", x, np.int64(lower), np.int64(upper), gradient=(0,))
    op("MatrixDiag", counting(2, 3), gradient=(0,))
    op("MatrixDiagPart", x, gradient=(0,))
    op("MatrixSetDiag", x, -counting(2, 3), gradient=(0, 1))
    op("Diag", counting(2, 2), gradient=(0,))
    op("DiagPart", counting(2, 3, 2, 3), gradient=(0,))
    op("DiagPart", counting(3, 3), gradient=(0,))
    function(
        "tf.eye",
        lambda n, **options: tf.eye(n, **options),
        np.int32(2),
        num_columns=3,
        batch_shape=[2],
    )
    for maxlen in (None, 2, 6):
        call = lambda n, maxlen: tf.sequence_mask(n, maxlen)  # noqa: E731
        function("tf.sequence_mask", call, np.array([[1, 3], [0, 5]], np.int32), maxlen=maxlen)
    call = lambda n, dtype: tf.sequence_mask(n, dtype=tf.as_dtype(dtype))  # noqa: E731
    function("tf.sequence_mask", call, int32(1, 3, 0), dtype="float32")
    for indexing in ("xy", "ij"):
        call = lambda *v, indexing: tf.meshgrid(*v, indexing=indexing)  # noqa: E731
        function(
            "tf.meshgrid", call, counting(2), counting(3) * 10, counting(2) * 100, indexing=indexing
        )


def sets():
    x = np.array([3, 1, 3, 7, 1, 1], np.int32)
    for dtype in (np.int32, np.int64, np.float32):
        op("Unique", x.astype(dtype))
        op("UniqueWithCounts", x.astype(dtype), out_idx=tf.int64)
        op("ListDiff", x.astype(dtype), np.array([1, 9], dtype))
    op("UniqueV2", np.array([[1, 0], [2, 2], [1, 0]], np.int32), np.array([0], np.int64))
    op("Unique", np.array(["b", "a", "b"], object))
    op("Unique", np.array([np.nan, 1, np.nan, -0.0, 0.0], np.float32))
    op(
        "EditDistance",
        *sparse([[0, 0], [0, 1], [1, 0]], [1, 2, 3], [2, 2]),
        *sparse([[0, 0], [1, 0], [1, 1]], [2, 3, 4], [2, 2]),
    )


def sparse(indices, values, shape):
    return np.array(indices, np.int64), np.array(values, np.int64), np.array(shape, np.int64)


def newer():
    """Operations that 1.8 has not, or not by this name."""
    x = counting(3, 4)
    op("Roll", x, int32(1, -2), int32(0, 1), gradient=(0,))
    op("BroadcastTo", counting(3, 1), int32(2, 3, 4), gradient=(0,))
    op("TensorScatterUpdate", x, int32([2], [0]), -counting(2, 4), gradient=(0, 2))
    op("TensorScatterAdd", x, int32([0, 1], [0, 1]), -counting(2), gradient=(0, 2))
    op("TensorScatterMax", x, int32([0, 1], [2, 3]), counting(2) * 6, gradient=(0, 2))
    op("UnravelIndex", int32(5, 0, 11), int32(3, 4))
    op("LowerBound", np.array([[1, 3, 3, 5]], np.float32), np.array([[0, 3, 4, 9]], np.float32))
    op("UpperBound", np.array([[1, 3, 3, 5]], np.float32), np.array([[0, 3, 4, 9]], np.float32))
    for low, high in ((0, 0), (-1, 1), (1, 2)):
        diagonal = counting(2, high - low + 1, 3) if high > low else counting(2, 3)
        op("MatrixDiagV3", diagonal, int32(low, high), np.int32(-1), np.int32(-1), np.float32(-9))
        op("MatrixDiagPartV3", counting(2, 3, 4), int32(low, high), np.float32(-9), gradient=(0,))
    op("SelectV2", np.array([[True], [False]]), counting(3), np.float32(-1), gradient=(1, 2))
    op(
        "TensorStridedSliceUpdate",
        x,
        int32(0, 1),
        int32(3, 4),
        int32(2, 2),
        -counting(2, 2),
        gradient=(0, 4),
    )
    op("SegmentSumV2", counting(4, 2), int32(0, 0, 2, 2), np.int32(5))
    call = lambda p, i, batch_dims: tf.gather(p, i, batch_dims=batch_dims)  # noqa: E731
    function(
        "tf.gather", call, counting(2, 3, 2), int32([2, 0], [1, 1]), gradient=(0,), batch_dims=1
    )
    op(
        "DivNoNan",
        np.array([1, 0, -2], np.float32),
        np.array([0, 0, 4], np.float32),
        gradient=(0, 1),
    )
    op("MulNoNan", np.array([1, np.nan, np.inf], np.float32), np.array([2, 0, 0], np.float32))
    op("Xlogy", np.array([0, 0, 2], np.float32), np.array([0, 3, 4], np.float32), gradient=(0, 1))
    op(
        "Xlog1py",
        np.array([0, 0, 2], np.float32),
        np.array([-1, 3, 4], np.float32),
        gradient=(0, 1),
    )
    op("NextAfter", np.array([0, 1, -1], np.float32), np.array([1, 0, -1], np.float32))
    op("Ndtri", np.array([0, 0.01, 0.5, 0.9, 1], np.float32), gradient=(0,))
    op("Erfinv", np.array([-1, -0.5, 0, 0.3, 1], np.float32), gradient=(0,))
    op("BesselI0e", np.array([-3, 0, 0.5, 9], np.float32), gradient=(0,))
    op("CumulativeLogsumexp", counting(2, 3), np.int32(1), gradient=(0,))
    op("BatchMatMulV2", counting(2, 1, 2, 3), counting(4, 3, 2), gradient=(0, 1))


def main():
    slices()
    gathering()
    shapes()
    spaces()
    matrices()
    sets()
    newer()
    cases.save()


if __name__ == "__main__":
    main()
