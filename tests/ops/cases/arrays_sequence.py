"""Cases of sequences, searching and sorting, one-hot vectors, and indices."""
import numpy as np
from cases import case, error
from sokuji_c import bfloat16, to_bfloat16

x = np.arange(24.0).reshape(2, 3, 4) * 7 % 11
inf, nan = np.inf, np.nan
strings = np.array([b"b", b"", b"a long one, too long to be kept inside", b"b", b"", b"c"], object)

# ---- evenly spaced numbers ----


def counted(start, limit, delta):
    n = max(0, int(np.ceil((float(limit) - float(start)) / float(delta))))
    return float(start) + np.arange(n) * float(delta)


for start, limit, delta in ((0, 5, 1), (3, 18, 4), (2, 2, 1), (7, 100, 93), (7, 100, 92), (1, 2, 100)):
    case("Range", [float(start), float(limit), float(delta)], expect=counted)
signed = ["float32", "float64", "int32", "int64", "int8", "int16"]
case("Range", [10.0, -3.0, -2.0], expect=counted, dtypes=signed)
case("Range", [-100.0, 100.0, 50.0], expect=counted, dtypes=signed)
case("Range", [0.5, 2.0, 0.25], expect=counted, dtypes=["float32", "float64"])
case("Range", [0.0, 1.0, 0.3], expect=counted, dtypes=["float32", "float64"])
case("Range", [0.0, 3000.0, 1.0], expect=counted, dtypes=["float32", "int16", "uint32"])
case("Range", [np.int64(-2**63), np.int64(2**63 - 1), np.int64(2**62)], expect=np.array([-2**63, -2**62, 0, 2**62], np.int64))
case("Range", [np.int64(2**63 - 1), np.int64(-2**63), np.int64(-2**63)], expect=np.array([2**63 - 1, -1], np.int64))
case("Range", [np.int64(1), np.int64(0), np.int64(-2**63)], expect=np.array([1], np.int64))
case("Range", [np.int8(-128), np.int8(127), np.int8(100)], expect=np.array([-128, -28, 72], np.int8))
case("Range", [np.uint64(2**63), np.uint64(2**64 - 1), np.uint64(2**62)], expect=np.array([2**63, 3 * 2**62], np.uint64))
error("Range", [0, 5, 0], match="delta is 0")
error("Range", [0.0, 5.0, 0.0], match="delta is 0")
error("Range", [np.uint64(0), np.uint64(5), np.uint64(0)], match="delta is 0")
error("Range", [0, 5, -1], match="delta -1 leads away: from start 0 to limit 5")
error("Range", [5.0, 0.0, 1.0], match="leads away")
error("Range", [np.uint64(2**64 - 1), np.uint64(5), np.uint64(1)], match="leads away")
error("Range", [[0, 1], 5, 1], match="start .*must be a scalar")
error("Range", [0, 5, [1]], match="delta .*must be a scalar")
error("Range", [np.float32(-1e38), np.float32(1), np.float32(1)], match="does not fit int64")
error("Range", [np.float64(0), np.float64(nan), np.float64(1)], match="does not fit int64|not a number|NaN")
error("Range", [np.float64(0), np.float64(inf), np.float64(1)], match="does not fit int64")
error("Range", [np.int64(-2**63), np.int64(2**63 - 1), np.int64(1)], match="size overflow")
error("Range", [np.uint64(0), np.uint64(2**64 - 1), np.uint64(1)], match="size overflow")
error("Range", [0, 5.0, 1], match="float32")

case("LinSpace", [1.0, 2.0, 5], expect=np.linspace)
case("LinSpace", [1.0, 2.0, 1], expect=np.linspace)
case("LinSpace", [3.0, -4.0, 2], expect=np.linspace)
case("LinSpace", [-1.0, 1.0, np.int64(1000)], expect=np.linspace)
case("LinSpace", [2.5, 2.5, 4], expect=np.linspace)
case("LinSpace", [0.1, 0.7, 7], check=lambda y, inputs, attrs: np.testing.assert_equal((y[0][0], y[0][-1]), (inputs[0], inputs[1])))  # the ends exactly
error("LinSpace", [0.0, 1.0, 0], match="num is 0; it must be > 0")
error("LinSpace", [0.0, 1.0, -3], match="num is -3; it must be > 0")
error("LinSpace", [[0.0], 1.0, 3], match="start has shape .*must be a scalar")
error("LinSpace", [0.0, [1.0], 3], match="stop has shape .*must be a scalar")
error("LinSpace", [0.0, 1.0, [3, 3]], match="num must be a scalar")
error("LinSpace", [0, 1, 3], match="int32")

# ---- extremes ----

for name, reference in (("ArgMax", np.argmax), ("ArgMin", np.argmin)):
    def at(x, axis=None, output_type=None, f=reference):
        return f(x, int(np.reshape(0 if axis is None else axis, ())))
    for axis in (0, 1, 2, -1, -3):
        case(name, [x, axis], expect=at)
    case(name, [x, None], expect=at, dtypes=["float32"])
    case(name, [x, [1]], {"output_type": np.int32}, at, dtypes=["float32", "uint8"])
    case(name, [[1.0, 3.0, 0.0, 3.0, 0.0], 0], expect=at)  # among equal ones the first
    case(name, [np.zeros((5, 3)), 0], expect=at)
    case(name, [np.zeros((3, 0)), 0], expect=at, dtypes=["float32"])
    case(name, [np.sin(np.arange(300.0 * 201)).reshape(300, 201), 0], expect=at, dtypes=["float32", "float64"])
    case(name, [np.arange(1000.0 * 130).reshape(1000, 130) * 31 % 1021, 1], expect=at, dtypes=["float32", "int32"])
    case(name, [np.array([-2**31, 2**31 - 1, 0, -2**31, 2**31 - 1], np.int32), 0], expect=at, dtypes=["int32"])
    case(name, [np.array([2**64 - 1, 0, 2**63, 0, 2**64 - 1], np.uint64), 0], expect=at, dtypes=["uint64"])
    for t in ("float32", "float64", "float16", "bfloat16"):
        case(name, [np.array([nan, 1.0, nan, -2.0, 5.0]), 0], expect=np.int64(4 if name == "ArgMax" else 3), dtypes=[t])
        case(name, [np.array([1.0, -inf, inf, nan]), 0], expect=np.int64(2 if name == "ArgMax" else 1), dtypes=[t])
        case(name, [np.array([-inf, inf])[::1 if name == "ArgMin" else -1], 0], expect=np.int64(0), dtypes=[t])
    for t in (np.float32, np.float64, np.float16):  # the greatest finite number still differs from infinity
        low = np.array([-inf, np.finfo(t).min, -inf], t) * (1 if name == "ArgMax" else -1)
        case(name, [low, 0], expect=np.int64(1), dtypes=[np.dtype(t).name])
    error(name, [x, 3], match="3 is outside")
    error(name, [x, -4], match="-4 is outside")
    error(name, [x, [0, 1]], match="must be a scalar")
    error(name, [1.0, 0], match="scalar")
    error(name, [np.zeros((3, 0), np.float32), 1], match="reduction axis 1 is empty")
    error(name, [x, 0], {"output_type": np.float32}, match="output_type is float32; it must be int32 or int64")
    error(name, [np.zeros(2, np.complex64), 0], match="complex64")


def best(x, k, sorted=True, index_type=None):  # NaN comes last, among equal ones the lower index first
    key = np.where(np.isnan(x), -inf, x) if x.dtype.kind == "f" else x
    reverse = np.argsort(key[..., ::-1], axis=-1, kind="stable")[..., ::-1]
    indices = (x.shape[-1] - 1 - reverse)[..., :int(np.reshape(k, ()))]
    return [np.take_along_axis(x, indices, -1), indices]


distinct = np.array([[4.0, 1.0, 3.0, 9.0], [2.0, 8.0, 7.0, 5.0]])
case("TopKV2", [distinct, 2], expect=best)
case("TopKV2", [distinct, 4], {"sorted": False}, best, dtypes=["float32"])
case("TopKV2", [distinct, np.int64(3)], {"index_type": np.int64}, best, dtypes=["float32", "int16"])
case("TopKV2", [distinct, 0], expect=best, gradient=False)
case("TopKV2", [x % 4, 3], expect=best, gradient=False)
case("TopKV2", [np.zeros((0, 3)), 2], expect=best, dtypes=["float32"], gradient=False)
case("TopKV2", [np.zeros((2, 3, 0)), 0], expect=best, dtypes=["float32"], gradient=False)
case("TopKV2", [[nan, 1.0, inf, -1.0, nan, 3.0], 5], dtypes=["float32"], gradient=False,
     expect=[np.array([inf, 3, 1, -1, nan]), np.array([2, 5, 1, 3, 0])])
case("TopKV2", [np.array([0.0, -0.0, 0.0]), 3], expect=[np.zeros(3), np.arange(3)], dtypes=["float32", "float64"], gradient=False)
case("TopKV2", [np.array([2**31 - 1, -2**31, 0, -1], np.int32), 4], expect=best, dtypes=["int32"])
case("TopKV2", [np.array([2**63 - 1, -2**63, 0, -1], np.int64), 4], expect=best, dtypes=["int64"])
case("TopKV2", [np.array([2**64 - 1, 0, 2**63, 2**63 - 1], np.uint64), 4], expect=best, dtypes=["uint64"])
case("TopKV2", [np.arange(40.0 * 1500).reshape(40, 1500) * 37 % 4001, 17], expect=best, dtypes=["float32", "int32"], gradient=False)
case("TopKV2", [np.arange(3000.0) * 7 % 50, 3000], expect=best, dtypes=["float64"], gradient=False)
error("TopKV2", [distinct, -1], match="k is -1; it must be >= 0")
error("TopKV2", [distinct, 5], match="k is 5, the last dimension of the input only 4")
error("TopKV2", [1.0, 0], match="the input is a scalar")
error("TopKV2", [distinct, [1, 2]], match="k must be a scalar")
error("TopKV2", [distinct, 1], {"index_type": np.int16}, match="index_type is int16")
error("TopKV2", [np.zeros(3, np.complex64), 1], match="complex64")

scores = np.array([[0.1, 0.5, 0.3, 0.2], [0.4, 0.4, 0.1, 0.0], [1.0, nan, 0.0, 0.5], [1.0, 2.0, inf, 0.0], [3.0, 2.0, 1.0, 0.0]], np.float32)


def in_top(predictions, targets, k):
    result = []
    for row, t in zip(predictions, targets):
        inside = 0 <= t < len(row) and np.isfinite(row).all()
        result.append(bool(inside and (row > row[t]).sum() < int(np.reshape(k, ()))))
    return np.array(result, bool)


for k in (0, 1, 2, 3, 4, 9, -1):
    for targets in ([1, 1, 0, 0, 3], [2, 0, 2, 1, 1], [-1, 4, 3, 2, 0]):
        case("InTopKV2", [scores, targets, np.int64(k) if k == 3 else k], expect=in_top)
        case("InTopK", [scores, targets], {"k": k}, in_top)
for name, more, attrs in (("InTopKV2", [1], {}), ("InTopK", [], {"k": 1})):
    error(name, [scores[0], [1]] + more, attrs, match=r"it must be \(batch, classes\)")
    error(name, [scores, [[1]] * 5] + more, attrs, match="targets has shape .*must be a vector")
    error(name, [scores, [1, 2]] + more, attrs, match="predictions has 5 rows, targets 2 numbers")
    error(name, [scores.astype(np.float64), [1] * 5] + more, attrs, match="float64")
error("InTopKV2", [scores, [1] * 5, [1, 2]], match="k must be a scalar")

# ---- what is different ----


def unique(x, out_idx=None, counts=False):
    first, idx = [], []
    for i, v in enumerate(x):
        at = [k for k, j in enumerate(first) if x[j] == v]
        idx.append(at[0] if at else len(first))
        if not at:
            first.append(i)
    return [x[first], np.array(idx, np.int64)] + ([np.bincount(idx, minlength=len(first))[:len(first)]] if counts else [])


for name, counts in (("Unique", False), ("UniqueWithCounts", True)):
    def reference(x, out_idx=None, counts=counts):
        return unique(x, counts=counts)
    case(name, [[3.0, 1.0, 3.0, 0.0, 1.0, 7.0, 3.0]], expect=reference)
    case(name, [[3.0, 1.0, 3.0, 0.0, 1.0]], {"out_idx": np.int64}, reference, dtypes=["float32", "int64", "bool"])
    case(name, [strings], expect=reference, dtypes=["string"])
    case(name, [np.zeros(0)], expect=[np.zeros(0), np.zeros(0), np.zeros(0)][:2 + counts], dtypes=["float32"])
    case(name, [np.array([nan, 1, nan, -0.0, 0.0])], expect=reference, dtypes=["float32", "float64", "float16", "bfloat16"])
    case(name, [np.arange(3000.0) * 31 % 257], expect=reference, dtypes=["float32", "int16"])
    case(name, [np.arange(2000) * 2**40], expect=reference, dtypes=["int64"])
    error(name, [x[0]], match="x has shape .*must be a vector")
    error(name, [1.0], match="must be a vector")
    error(name, [[1.0]], {"out_idx": np.float32}, match="out_idx is float32; it must be int32 or int64")
    error(name, [np.zeros(2, np.complex64)], match="complex64")


def difference(x, y, out_idx=None):
    places = np.array([i for i, v in enumerate(x) if not any(v == w for w in y)], np.int64)
    return [x[places], places]


case("ListDiff", [[1.0, 2.0, 3.0, 2.0, 5.0, 6.0], [3.0, 5.0, 9.0, 3.0]], expect=difference)
case("ListDiff", [[1.0, 2.0, 1.0], [2.0]], {"out_idx": np.int64}, difference, dtypes=["float32", "int8"])
case("ListDiff", [[1.0, 2.0], np.zeros(0)], expect=difference, dtypes=["float32"])
case("ListDiff", [np.zeros(0), [1.0]], expect=difference, dtypes=["float32"])
case("ListDiff", [[1.0, 2.0], [2.0, 1.0]], expect=difference)
case("ListDiff", [strings, np.array([b"b", b"x"], object)], expect=difference, dtypes=["string"])
case("ListDiff", [np.array([nan, 0.0, -0.0, 1.0]), np.array([nan, -0.0])], expect=difference, dtypes=["float32", "float64", "float16", "bfloat16"])
case("ListDiff", [np.arange(2000.0) * 3 % 1001, np.arange(300.0) * 2], expect=difference, dtypes=["float32", "int32"])
error("ListDiff", [x[0], x[0, 0]], match="x has shape .*must be a vector")
error("ListDiff", [x[0, 0], x[0]], match="y has shape .*must be a vector")
error("ListDiff", [[1.0], [1.0]], {"out_idx": np.bool_}, match="out_idx is bool")
error("ListDiff", [[1.0], [1]], match="int32")

case("InvertPermutation", [[3, 4, 0, 2, 1]], expect=np.argsort)
case("InvertPermutation", [[0]], expect=np.argsort)
case("InvertPermutation", [np.zeros(0, np.int32)], expect=lambda x: x)
case("InvertPermutation", [np.random.default_rng(1).permutation(5000)], expect=np.argsort)
error("InvertPermutation", [[0, 3, 1]], match=r"x\[1\] = 3 is not in \[0, 3\)")
error("InvertPermutation", [[0, -1, 1]], match=r"x\[1\] = -1 is not in")
error("InvertPermutation", [[0, 1, 0]], match="0 is duplicated")
error("InvertPermutation", [[[0, 1]]], match="must be a vector")
error("InvertPermutation", [0], match="must be a vector")
error("InvertPermutation", [[0.0]], match="float32")

rows = np.array([[0.0, 1.0, 1.0, 3.0, 7.0], [2.0, 2.0, 2.0, 4.0, 5.0]])
sought = np.array([[1.0, 0.0, 9.0, 2.0], [2.0, 6.0, 1.0, 4.0]])
for name, side in (("LowerBound", "left"), ("UpperBound", "right")):
    def bound(sorted_inputs, values, out_type=None, side=side):
        found = [np.searchsorted(a, v, side) for a, v in zip(sorted_inputs, values)]
        return np.array(found, np.int64).reshape(values.shape)
    case(name, [rows, sought], expect=bound)
    case(name, [rows, sought], {"out_type": np.int64}, bound, dtypes=["float32", "uint16"])
    case(name, [rows, np.zeros((2, 0))], expect=bound, dtypes=["float32"])
    case(name, [np.zeros((2, 0)), sought], expect=np.zeros((2, 4)), dtypes=["float32"])
    case(name, [np.zeros((0, 3)), np.zeros((0, 4))], expect=np.zeros((0, 4)), dtypes=["float32"])
    case(name, [np.array([[-inf, -1, -0.0, 0.0, inf]]), np.array([[-inf, 0.0, -0.0, inf, 1e30, -1e30]])], expect=bound,
         dtypes=["float32", "float64"])
    case(name, [np.array([[-2**63, -1, 0, 2**63 - 1]]), np.array([[2**63 - 1, -2**63, -2]])], expect=bound, dtypes=["int64"])
    case(name, [np.array([[0, 1, 2**63, 2**64 - 1]], np.uint64), np.array([[2**63, 2**64 - 1, 2]], np.uint64)], expect=bound, dtypes=["uint64"])
    case(name, [np.sort(np.arange(3 * 400.0).reshape(3, 400) * 7 % 101), np.arange(3 * 300.0).reshape(3, 300) * 11 % 103], expect=bound,
         dtypes=["float32", "int32"])
    error(name, [rows[0], sought], match="sorted_inputs has shape .*rank must be 2")
    error(name, [rows, sought[0]], match="values has shape .*rank must be 2")
    error(name, [rows, sought[:1]], match="sorted_inputs has 2 rows, values 1")
    error(name, [rows, sought], {"out_type": np.float32}, match="out_type is float32")
    error(name, [rows, sought.astype(np.int32)], match="int32")
    error(name, [np.zeros((1,) * 8), sought], match="rank must be 2")

# ---- one-hot vectors and indices ----


def one_hot(indices, depth, on=None, off=None, axis=-1):
    depth = int(np.reshape(depth, ()))
    hot = np.equal(indices[..., None].astype(np.int64), np.arange(depth))
    y = np.where(hot, 1.0 if on is None else on, 0.0 if off is None else off)
    return np.moveaxis(y, -1, axis)


case("OneHot", [[0, 2, 1], 3, 5.0, 2.0], expect=one_hot)
case("OneHot", [[0, 2, 1], 3, None, None], expect=one_hot)
case("OneHot", [[0, 2, 1], 4, 7.0, None], expect=one_hot, dtypes=["float32", "int32", "bool", "complex64"])
case("OneHot", [[0, 2, 1], 4, None, 3.0], expect=one_hot, dtypes=["float32", "int32", "complex128"])
for axis in (-1, 0, 1, 2):
    case("OneHot", [[[0, 1, 5], [2, 0, 1]], np.int64(3), 1.0, 0.0], {"axis": axis}, one_hot, dtypes=["float32", "uint8"])
case("OneHot", [1, 3, 1.0, 0.0], expect=one_hot, dtypes=["float32"])
case("OneHot", [np.zeros((0, 2), np.int32), 3, 1.0, 0.0], expect=lambda *a: np.zeros((0, 2, 3)), dtypes={"T": ["float32"]})
case("OneHot", [[1, 2], 0, 1.0, 0.0], expect=lambda *a: np.zeros((2, 0)), dtypes={"T": ["float32"]})
case("OneHot", [np.array([-1, 3, 2**31 - 1, -2**31, 1], np.int32), 3, 1.0, 9.0], expect=one_hot, dtypes={"T": ["float32"], "U": ["int32"]})
case("OneHot", [np.array([2**32 + 1, -2**63, 1], np.int64), 3, 1.0, 9.0], expect=one_hot, dtypes={"T": ["float32"], "U": ["int64"]})
case("OneHot", [np.array([-1, 1], np.int8), 300, 1.0, 9.0], expect=one_hot, dtypes={"T": ["float32"], "U": ["int8"]})
case("OneHot", [np.array([255, 1], np.uint8), 300, 1.0, 9.0], expect=one_hot, dtypes={"T": ["float32"], "U": ["uint8"]})
case("OneHot", [[1, 0, 7], 2, b"on", b"off"], dtypes={"T": ["string"]}, expect=np.array([[b"off", b"on"], [b"on", b"off"], [b"off", b"off"]], object))
case("OneHot", [np.arange(500) % 70, 64, 1.0, 0.0], expect=one_hot, dtypes={"T": ["float32"]})
error("OneHot", [[0], -1, 1.0, 0.0], match="depth is -1; it must be >= 0")
error("OneHot", [[0], [2, 3], 1.0, 0.0], match="depth must be a scalar")
error("OneHot", [[0], 2, 1.0, 0.0], {"axis": 2}, match=r"axis 2 is outside \[-1, 1\]")
error("OneHot", [[0], 2, 1.0, 0.0], {"axis": -2}, match="axis -2 is outside")
error("OneHot", [[0], 2, [1.0, 2.0], 0.0], match="on_value")
error("OneHot", [[0], 2, 1.0, [0.0, 1.0]], match="off_value")
error("OneHot", [[0], 2, 1.0, 0], match="int32")
error("OneHot", [[0.0], 2, 1.0, 0.0], match="float32")
error("OneHot", [[0, 1, 2, 3], np.int64(2**62), 1.0, 0.0], match="overflow|large|elements|bytes")


def unravel(indices, dims):
    return np.array(np.unravel_index(indices.astype(np.int64), tuple(dims.tolist())))


case("UnravelIndex", [[22, 41, 37, 0], [7, 6]], expect=unravel)
case("UnravelIndex", [1621, [6, 7, 8, 9]], expect=unravel)
case("UnravelIndex", [[5, 3], np.array([6], np.int64)], expect=unravel)
case("UnravelIndex", [np.zeros(0, np.int32), [2, 3]], expect=lambda i, d: np.zeros((2, 0)))
case("UnravelIndex", [np.array([2**40 - 1, 2**39 + 5]), np.array([2**20, 2**20])], expect=unravel, dtypes=["int64"])
error("UnravelIndex", [[1], [2, 0, 3]], match=r"dims\[1\] is 0; dims must be > 0")
error("UnravelIndex", [[1], [2**20, 2**20]], match="product of dims .*overflows")
error("UnravelIndex", [[1], np.array([2**40, 2**40])], match="product of dims .*overflows")
error("UnravelIndex", [[0, -1], [2, 3]], match=r"indices\[1\] = -1 is out of range \[0, 6\)")
error("UnravelIndex", [[6], [2, 3]], match=r"indices\[0\] = 6 is out of range \[0, 6\)")
error("UnravelIndex", [[[1]], [2, 3]], match="indices has shape .*scalar or a vector")
error("UnravelIndex", [[1], 6], match="dims")
error("UnravelIndex", [[1], [2, -3]], match="-3; it must be >= 0")

case("Where", [[[1.0, 0.0, 3.0], [0.0, 0.0, 2.0]]], expect=np.argwhere)
case("Where", [x % 3], expect=np.argwhere)
case("Where", [np.zeros((2, 3))], expect=np.argwhere, dtypes=["float32", "bool"])
case("Where", [np.zeros((2, 0, 3))], expect=np.argwhere, dtypes=["float32"])
case("Where", [1.0], expect=np.zeros((1, 0)), dtypes=["float32", "bool"])
case("Where", [0.0], expect=np.zeros((0, 0)), dtypes=["float32", "bool"])
case("Where", [np.array([nan, -0.0, 0.0, 1e-30, -inf])], expect=lambda x: np.array([[0], [3], [4]]), dtypes=["float32", "float64"])
case("Where", [np.array([0, 1j, 1, -0.0j], np.complex64)], expect=lambda x: np.array([[1], [2]]), dtypes=["complex64", "complex128"])
case("Where", [to_bfloat16(np.array([0, -0.0, 2], np.float32))], expect=np.array([[2]]))
case("Where", [np.array([0, 256, 2**32], np.int64)], expect=np.array([[1], [2]]), dtypes=["int64"])
case("Where", [np.arange(300.0 * 70).reshape(300, 70) % 5], expect=np.argwhere, dtypes=["float32", "bool"])
error("Where", [strings], match="string")
error("Where", [x], n_outputs=2, match="2 outputs asked for")
