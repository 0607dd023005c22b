"""Cases of joining tensors and taking them apart."""
import numpy as np
from cases import case, error

x = np.arange(24.0).reshape(2, 3, 4) % 11 - 4
strings = np.array([[b"a", b"bb", b""], [b"d", b"a long one", b"f"]], object)

for axis in (0, 1, -1):
    parts = [np.take(x, range(k), axis) for k in (2, 0, 1)]
    case("ConcatV2", [*parts, np.int32(axis)], expect=lambda *v: np.concatenate(v[:-1], v[-1]))
case("ConcatV2", [x, np.int64(1)], expect=lambda x, a: x)
case("ConcatV2", [strings, strings[:, :1], np.int32(1)], expect=lambda a, b, axis: np.concatenate([a, b], 1))
for dtype in (np.uint8, np.int16, np.float32, np.complex128, np.bool_):
    case("ConcatV2", [x.astype(dtype), x[:, :1].astype(dtype), np.int32(1)], expect=np.concatenate([x, x[:, :1]], 1).astype(dtype), gradient=False)
case("ConcatV2", [np.ones((300, 200)), np.zeros((300, 333)), np.int32(1)], gradient=False, expect=lambda a, b, axis: np.concatenate([a, b], 1))
error("ConcatV2", [x, x, np.int32(3)], match="outside")
error("ConcatV2", [x, x, np.int64(0xb500005b)], match="outside")
error("ConcatV2", [x, x[0], np.int32(0)], match="rank 2")
error("ConcatV2", [x, x[:, :2], np.int32(0)], match="must agree")
error("ConcatV2", [np.float32(1), np.float32(2), np.int32(0)], match="scalar")
error("ConcatV2", [np.int32(0)], match="no values")
error("ConcatV2", [x, x.astype(np.int32), np.int32(0)], match="sj_cast")
error("ConcatV2", [x, x, np.float32(0)], match="int32 or int64")

for axis in (0, 1, -1):
    case("Pack", [x, x + 1, x * 2], {"axis": axis}, expect=lambda *v, axis: np.stack(v, axis))
case("Pack", [3.0, 4.0], expect=lambda *v: np.stack(v))
case("Pack", [strings, strings], {"axis": 1}, expect=lambda *v, axis: np.stack(v, axis), dtypes=["string"])
error("Pack", [x, x[:1]], match="all must be equal")
error("Pack", [x, x], {"axis": 4}, match="outside")
error("Pack", [x, x], {"axis": -5}, match="outside")
error("Pack", [], match="no values")
error("Pack", [x, x.astype(np.int32)], match="int32 where")

for axis in (0, 1, -1):
    case("Unpack", [x], {"axis": axis}, n_outputs=x.shape[axis],
         expect=lambda x, axis: [np.take(x, i, axis) for i in range(x.shape[axis])])
case("Unpack", [strings], {"axis": 1, "num": 3}, n_outputs=3, expect=lambda x, **_: [x[:, i] for i in range(3)], dtypes=["string"])
case("Unpack", [np.arange(3.0)], n_outputs=3, expect=lambda x: list(x))
error("Unpack", [x], n_outputs=3, match="gives 2 outputs, not 3")
error("Unpack", [x], {"num": 3}, n_outputs=2, match="num is 3")
error("Unpack", [x], {"axis": 3}, n_outputs=2, match="outside")
error("Unpack", [1.0], n_outputs=1, match="scalar")

case("Split", [1, x], {"num_split": 3}, n_outputs=3, expect=lambda a, x, num_split: np.split(x, 3, 1))
case("Split", [0, x], n_outputs=2, expect=lambda a, x: np.split(x, 2, 0))
case("Split", [-1, x], n_outputs=2, expect=lambda a, x: np.split(x, 2, -1))
case("Split", [1, strings], n_outputs=3, expect=lambda a, x: np.split(x, 3, 1), dtypes=["string"])
error("Split", [1, x], n_outputs=2, match="not divided by 2")
error("Split", [3, x], n_outputs=2, match="outside")
error("Split", [1, x], {"num_split": 2}, n_outputs=3, match="num_split is 2 but 3")
error("Split", [1, x], n_outputs=0, match="must be > 0")
error("Split", [0, 1.0], n_outputs=1, match="scalar")

case("SplitV", [x, [1, 3], 2], n_outputs=2, expect=lambda x, s, a: np.split(x, [1], 2))
case("SplitV", [x, np.array([1, -1, 0]), 1], n_outputs=3, expect=lambda x, s, a: np.split(x, [1, 3], 1))
case("SplitV", [x, [2, 0], 0], n_outputs=2, expect=lambda x, s, a: np.split(x, [2], 0))
error("SplitV", [x, [1, 4], 2], n_outputs=2, match="add up to 5")
error("SplitV", [x, [-1, -2], 2], n_outputs=2, match="at most once")
error("SplitV", [x, [-1, -1], 2], n_outputs=2, match="at most once")
error("SplitV", [x, np.array([2**62, 2**62]), 2], n_outputs=2, match="overflow")
error("SplitV", [x, [1, 3], 7], n_outputs=2, match="outside")
error("SplitV", [x, [1, 3], 2], n_outputs=3, match="vector of 3")

case("AddN", [x, x * 2, x - 1], expect=lambda a, b, c: a + b + c)
case("AddN", [x], expect=lambda a: a)
case("AddN", [np.ones(70001), np.ones(70001)], gradient=False, expect=lambda a, b: a + b)
error("AddN", [x, x[:1]], match="all must be equal")
error("AddN", [], match="no tensors")
error("AddN", [x, x.astype(np.int32)], match="int32 where")

rows = np.array([1, 0, 2, 1, 1], np.int32)
data = np.arange(10.0).reshape(5, 2) % 7
case("DynamicPartition", [data, rows], n_outputs=3, expect=lambda x, p: [x[p == k] for k in range(3)])
case("DynamicPartition", [x, rows[:3][None].repeat(2, 0)], {"num_partitions": 4}, n_outputs=4,
     expect=lambda x, p, num_partitions: [x[p == k] for k in range(4)])
case("DynamicPartition", [strings[0], rows[:3]], n_outputs=3, expect=lambda x, p: [x[p == k] for k in range(3)], dtypes=["string"])
error("DynamicPartition", [data, rows], n_outputs=2, match=r"partitions\[2\] = 2")
error("DynamicPartition", [data, -rows], n_outputs=3, match="= -1 is not in")
error("DynamicPartition", [data, rows[:4]], n_outputs=3, match="must begin with")
error("DynamicPartition", [data, rows], {"num_partitions": 2}, n_outputs=3, match="num_partitions is 2")


def stitched(*v):
    n = len(v) // 2
    out = np.zeros((1 + max(int(i.max()) for i in v[:n] if i.size),) + v[n].shape[v[0].ndim:], v[n].dtype)
    for i, d in zip(v[:n], v[n:]):
        out[i] = d
    return out


case("DynamicStitch", [np.array([0, 3], np.int32), np.array([[1], [2]], np.int32), data[:2], data[2:4, None]], expect=stitched)
case("DynamicStitch", [np.array([0, 5], np.int32), np.array(2, np.int32), data[:2], data[4]], expect=lambda *v: np.stack(
    [data[0], [0, 0], data[4], [0, 0], [0, 0], data[1]]))
case("DynamicStitch", [np.array([1, 0], np.int32), strings[0, :2]], expect=lambda i, d: d[::-1])
error("DynamicStitch", [np.array([0], np.int32), data[:1], data[:1]], match="as many tensors")
error("DynamicStitch", [np.array([0], np.int32), data[:2]], match="must begin with")
error("DynamicStitch", [np.array([-559038737], np.int32), data[:1]], match="indices must be >= 0")
error("DynamicStitch", [np.array([0], np.int64), data[:1]], match="int64")
error("DynamicStitch", [np.array([0], np.int32), np.array([0], np.int32), data[:1], data[:1, :1]], match="differ from those")
