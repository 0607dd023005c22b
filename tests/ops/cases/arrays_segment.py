"""Cases of segment reductions, of sums of tensors, and of the dynamic ones."""
import numpy as np
from cases import case, error

data = np.array([[1.0, 2.0], [3.0, -4.0], [5.0, 6.0], [0.5, 7.0], [2.0, -3.0]])
whole = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [8.0, 7.0], [10.0, 9.0]])


def folded(fold, empty, data, ids, n):
    rows, flat = data.reshape((ids.size,) + data.shape[ids.ndim:]), ids.reshape(-1)
    y = np.empty((n,) + rows.shape[1:], data.dtype)
    for s in range(n):
        y[s] = fold(rows[flat == s]) if (flat == s).any() else empty(data.dtype)
    return y


def mean(rows):
    total = rows.sum(0, dtype=rows.dtype)
    return total // len(rows) if rows.dtype.kind in "iu" else total / len(rows)  # of integers: all positive here


FOLDS = {"Sum": lambda r: r.sum(0, dtype=r.dtype), "Mean": mean, "Max": lambda r: r.max(0), "Min": lambda r: r.min(0),
         "Prod": lambda r: r.prod(0, dtype=r.dtype)}


for what, fold in FOLDS.items():
    name, empty = "Segment" + what, 1 if what == "Prod" else 0

    def sorted_reference(data, ids, fold=fold, empty=empty):
        return folded(fold, lambda dtype: empty, data, ids, int(ids[-1]) + 1 if ids.size else 0)
    case(name, [whole, [0, 0, 1, 1, 2]], expect=sorted_reference)
    case(name, [whole, [1, 1, 1, 4, 4]], expect=sorted_reference)  # numbers that no row has
    case(name, [data, [0, 1, 1, 1, 3]], expect=sorted_reference, dtypes=["float32", "float64"])
    case(name, [whole[:, 0], [0, 0, 2, 2, 2]], expect=sorted_reference, dtypes=["float64", "int32", "uint16"])
    case(name, [whole.reshape(5, 1, 2), [0, 0, 0, 0, 0]], expect=sorted_reference, dtypes=["float32", "int64"])
    case(name, [np.zeros((0, 2)), np.zeros(0, np.int32)], expect=lambda d, i: np.zeros((0, 2)), dtypes=["float32"])
    case(name, [np.zeros((3, 0)), [0, 1, 1]], expect=lambda d, i: np.zeros((2, 0)), dtypes=["float32"])
    case(name, [np.cos(np.arange(40 * 2100.0)).reshape(40, 2100), np.arange(40) // 3 * 2], expect=sorted_reference, gradient=False,
         dtypes=["float32", "float64"])
    error(name, [whole, [0, 1, 0, 2, 2]], match=r"not increasing: segment_ids\[2\] = 0 follows 1")
    error(name, [whole, [-1, 0, 0, 1, 1]], match=r"segment_ids\[0\] = -1; segment ids must be >= 0")
    error(name, [whole, [0, 0, 1]], match="segment_ids has 3 numbers, data .*5 rows")
    error(name, [whole, [[0, 0, 1, 1, 2]]], match="segment_ids has shape .*must be a vector")
    error(name, [1.0, [0]], match="data is a scalar")
    error(name, [whole, 0], match="must be a vector")
    error(name, [whole, np.array([0, 0, 1, 1, 1676240524292489355])], match="overflow|large|elements|bytes")
    error(name, [whole, np.array([0, 0, 1, 1, 2**63 - 1])], match="too great")
    error(name, [whole, [0.0, 0.0, 1.0, 1.0, 2.0]], match="float32")

# Zeros, one and several in a segment: the gradient of a product must not divide by them, nor must its own gradient.
for name, more in (("SegmentProd", []), ("UnsortedSegmentProd", [3])):
    case(name, [[2.0, 0.0, 3.0, 0.0, 5.0, 0.0, 4.0], [0, 0, 0, 1, 1, 1, 2]] + more, dtypes=["float64"],
         expect=lambda *a: np.array([0.0, 0.0, 4.0]))
    case(name, [[0.0, 2.0, 0.0, 3.0, 0.0, 0.0, 0.0], [0, 0, 0, 0, 1, 1, 1]] + more[:1], dtypes=["float64"],
         expect=np.array([0.0, 0.0] + [1.0] * len(more)))
    case(name, [[[0.0, 2.0], [0.0, 0.0], [3.0, 1.5]], [0, 0, 0]] + more[:1], dtypes=["float64"],
         expect=np.array([[0.0, 0.0]] + [[1.0, 1.0]] * 2 * len(more)))
# Equal extremes share the gradient; finite differences cannot say so, only the values are compared.
for name, more in (("SegmentMax", []), ("UnsortedSegmentMax", [2])):
    case(name, [[2.0, 2.0, 1.0, 3.0], [0, 0, 1, 1]] + more, expect=lambda *a: np.array([2.0, 3.0]), gradient=False)

for what in ("Sum", "Max", "Min", "Prod"):
    name, fold = "UnsortedSegment" + what, FOLDS[what]

    def gap(dtype, what=what):
        if what in ("Sum", "Prod"):
            return 1 if what == "Prod" else 0
        limits = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
        return limits.min if what == "Max" else limits.max

    def reference(data, ids, n, fold=fold, gap=gap):
        return folded(fold, gap, data, ids, int(np.reshape(n, ())))
    case(name, [whole, [2, 0, 2, 1, 0], 3], expect=reference)
    case(name, [data, [0, 1, 1, -1, 0], np.int64(2)], expect=reference, dtypes=["float64"])
    case(name, [whole, [2, -1, 2, 0, -7], 4], expect=reference, gradient=False, dtypes=["float64", "int8", "int32", "int64", "uint8", "uint64"])
    case(name, [whole, [[0, 1], [0, 0], [1, 1], [0, 1], [1, 0]], 2], expect=reference)
    case(name, [3.0, 1, 2], expect=reference, gradient=False, dtypes=["float64", "int32"])
    case(name, [np.arange(12.0).reshape(2, 3, 2) + 1, [[0, 1, 0], [1, 1, 0]], 2], expect=reference, dtypes=["float64", "int64"])
    case(name, [np.zeros((0, 2)), np.zeros(0, np.int32), 2], expect=reference, gradient=False, dtypes=["float64"])
    case(name, [whole, [-1] * 5, 0], expect=reference, gradient=False, dtypes=["float64"])
    case(name, [np.cos(np.arange(40 * 2100.0)).reshape(40, 2100), np.arange(40) * 7 % 5, 5], expect=reference, gradient=False,
         dtypes=["float32", "float64"])
    error(name, [whole, [0, 1, 3, 2, 1], 3], match=r"segment_ids\[2\] = 3 is out of range \[0, 3\)")
    error(name, [whole, [0] * 5, -1], match="num_segments is -1; it must be >= 0")
    error(name, [whole, [0] * 5, [1, 2]], match="num_segments must be a scalar")
    error(name, [whole, [0] * 5, np.zeros(0, np.int32)], match="num_segments must be a scalar")
    error(name, [whole, [0, 1], 2], match="must begin with the shape of segment_ids")
    error(name, [whole, np.zeros((5, 2, 1), np.int32), 2], match="must begin with the shape of segment_ids")
    error(name, [1.0, [0], 2], match="must begin with the shape of segment_ids")
    error(name, [whole, [0] * 5, np.int64(2**62)], match="overflow|large|elements|bytes")
    error(name, [whole, [0.0] * 5, 2], match="float32")
# float32 gaps: the lowest and the highest number of the dtype.
case("UnsortedSegmentMax", [np.ones(2, np.float32), [1, 1], 2], expect=np.array([np.finfo(np.float32).min, 1], np.float32), gradient=False)
case("UnsortedSegmentMin", [np.ones(2, np.float32), [1, 1], 2], expect=np.array([np.finfo(np.float32).max, 1], np.float32), gradient=False)

# ---- sums of tensors ----

case("AddN", [whole, whole[::-1], whole * 2], expect=lambda *a: sum(a))
case("AddN", [data], expect=lambda x: x, dtypes=["float32", "float64"])
case("AddN", [3.0, 4.0], expect=lambda *a: sum(a))
case("AddN", [np.zeros((0, 2)), np.zeros((0, 2))], expect=lambda *a: sum(a), dtypes=["float32"])
case("AddN", [np.arange(100003.0) % 91, np.arange(100003.0) % 17, np.ones(100003)], expect=lambda *a: sum(a), gradient=False,
     dtypes=["float32", "int8", "uint16"])
case("AddN", [np.array([2**31 - 1], np.int32), np.array([1], np.int32)], expect=np.array([-2**31], np.int32))
case("AddN", [np.array([200, 3], np.uint8), np.array([100, 3], np.uint8)], expect=np.array([44, 6], np.uint8))
error("AddN", [], match="no tensors to add|inputs given")
error("AddN", [whole, whole[0]], match="tensor 1 has shape")
error("AddN", [whole, whole, whole[:, :1]], match="tensor 2 has shape")
error("AddN", [np.ones(2, np.float32), np.ones(2, np.int32)], match="int32")
error("AddN", [np.array([True]), np.array([True])], match="bool")

# ---- the dynamic ones ----

texts = np.array([b"a", b"", b"a long one, too long to be kept inside", b"d", b"e"], object)


def partition(data, partitions, num_partitions):
    return [data[partitions == p] for p in range(num_partitions)]


case("DynamicPartition", [whole, [0, 1, 0, 2, 1]], {"num_partitions": 3}, partition, n_outputs=3)
case("DynamicPartition", [whole[:, 0], [0, 0, 3, 0, 3]], {"num_partitions": 4}, partition, n_outputs=4, dtypes=["float64", "bool", "complex64"])
case("DynamicPartition", [whole, [[0, 1], [1, 1], [0, 0], [1, 0], [0, 1]]], {"num_partitions": 2}, partition, n_outputs=2)
case("DynamicPartition", [whole, 1], {"num_partitions": 2}, lambda d, p, num_partitions: [np.zeros((0, 5, 2)), d[None]], n_outputs=2)
case("DynamicPartition", [texts, [1, 1, 0, 1, 0]], {"num_partitions": 2}, partition, n_outputs=2, dtypes=["string"])
case("DynamicPartition", [np.zeros((0, 3)), np.zeros(0, np.int32)], {"num_partitions": 2}, partition, n_outputs=2, dtypes=["float32"])
case("DynamicPartition", [np.arange(5000.0) % 120, np.arange(5000, dtype=np.int32) * 7 % 5], {"num_partitions": 5}, partition, n_outputs=5, gradient=False,
     dtypes=["float32", "uint8"])
error("DynamicPartition", [whole, [0, 1, 0, 2, 1]], {"num_partitions": 2}, n_outputs=2, match=r"partitions\[3\] = 2 is not in \[0, 2\)")
error("DynamicPartition", [whole, [0, -1, 0, 1, 1]], {"num_partitions": 2}, n_outputs=2, match=r"partitions\[1\] = -1 is not in")
error("DynamicPartition", [whole, [0, 1, 0]], {"num_partitions": 2}, n_outputs=2, match="must begin with the shape of partitions")
error("DynamicPartition", [1.0, [0]], {"num_partitions": 2}, n_outputs=2, match="must begin with the shape of partitions")
error("DynamicPartition", [whole, [0] * 5], {"num_partitions": 3}, n_outputs=2, match="num_partitions is 3 and 2 outputs")
error("DynamicPartition", [whole, [0] * 5], {"num_partitions": -1}, n_outputs=1, match="num_partitions is -1")
error("DynamicPartition", [whole, np.zeros(5, np.int64)], {"num_partitions": 2}, n_outputs=2, match="int64")


def stitch(*values):
    n = len(values) // 2
    rows = {}
    for indices, part in zip(values[:n], values[n:]):
        for at in np.ndindex(*indices.shape):
            rows[int(indices[at])] = part[at]
    tail = values[n].shape[values[0].ndim:]
    empty = b"" if values[n].dtype == object else 0
    y = np.full((max(rows, default=-1) + 1,) + tail, empty, values[n].dtype)
    for k, row in rows.items():
        y[k] = row
    return y


case("DynamicStitch", [[0, 2], [3, 1], whole[:2], whole[2:4]], expect=stitch)
case("DynamicStitch", [[0, 2, 4], [[3, 1], [0, 4]], whole[:3], np.arange(8.0).reshape(2, 2, 2) + 20], expect=stitch)  # later ones win
case("DynamicStitch", [1, [0, 5], whole[0, 0], whole[:2, 0]], expect=stitch)  # rows that nobody gives
case("DynamicStitch", [[0, 1, 0, 0], whole[:4]], expect=stitch)
case("DynamicStitch", [np.zeros(0, np.int32), np.zeros((0, 3), np.float32)], expect=stitch, gradient=False)
case("DynamicStitch", [[1, 1, 3], [0], texts[:3], texts[3:4]], expect=stitch)
for dtype in (np.float64, np.int8, np.int64, np.bool_, np.complex64, np.complex128, np.float16):
    case("DynamicStitch", [[2, 0], [1], whole[:2].astype(dtype), whole[2:3].astype(dtype)], expect=stitch, gradient=False)
case("DynamicStitch", [np.arange(300, dtype=np.int32) * 7 % 300, np.arange(900.0, dtype=np.float32).reshape(300, 3)], expect=stitch, gradient=False)
error("DynamicStitch", [[0, 1], whole[:2], whole[2:4]], match="3 inputs given; as many tensors of indices as of data")
error("DynamicStitch", [], match="0 inputs given")
error("DynamicStitch", [np.array([0, -559038737], np.int32), whole[:2]], match=r"indices\[0\]\[1\] = -559038737; indices must be >= 0")
error("DynamicStitch", [[0, 1], whole], match=r"data\[0\] .*must begin with the shape of indices\[0\]")
error("DynamicStitch", [[0, 1], [2], whole[:2], np.ones((1, 3))], match=r"float64|rows of data\[1\]")
error("DynamicStitch", [[0, 1], [2], whole[:2].astype(np.float32), np.ones((1, 3), np.float32)], match=r"rows of data\[1\] .*differ")
error("DynamicStitch", [[0], [2], np.ones((1, 3), np.float32), np.ones((1,), np.float32)], match=r"rows of data\[1\] .*differ")
error("DynamicStitch", [np.zeros(2, np.int64), whole[:2]], match=r"indices\[0\] is int64")
error("DynamicStitch", [[0.0, 1.0], whole[:2]], match=r"indices\[0\] is float32")
error("DynamicStitch", [[0, 1], [2], np.ones(2, np.float32), np.ones(1, np.int32)], match=r"data\[1\] is int32")
