"""Cases of searching and sorting, and of evenly spaced numbers."""
import numpy as np
from cases import case, error
from sokuji_c import bfloat16, to_bfloat16

x = np.array([[3.0, 1, 7, 7, 2], [5, 9, 0, 4, 9]])
cube = np.arange(60.0).reshape(3, 4, 5) * 7 % 11

for op, arg in (("ArgMax", np.argmax), ("ArgMin", np.argmin)):
    case(op, [x, 1], expect=lambda x, a, arg=arg: arg(x, 1), dtypes={"T": ["float32", "float64", "int32", "uint8", "int16", "uint64", "float16"]})
    case(op, [cube, -2], {"output_type": np.int32}, expect=lambda x, a, output_type, arg=arg: arg(x, 1).astype(np.int32))
    case(op, [cube, None], expect=lambda x, a, arg=arg: arg(x, 0))
    case(op, [np.array([np.nan, 1.0, np.nan, 2.0, -3.0], np.float32), 0], expect=np.int64(3 if op == "ArgMax" else 4))
    # What TensorFlow 1.8 and 2.21 say of NaN beside the infinity that nothing beats: the first place.
    worst = -np.inf if op == "ArgMax" else np.inf
    for values in ([np.nan, worst], [worst, np.nan], [np.nan, np.nan], [worst, worst, np.nan], [np.nan] * 3 + [worst] * 20):
        case(op, [np.array(values), 0], expect=np.int64(0), dtypes=["float32", "float64"])
    case(op, [np.full(3, np.nan, np.float32), 0], expect=np.int64(0))
    case(op, [np.zeros((0, 3), np.float32), 1], expect=np.zeros(0, np.int64))
    case(op, [to_bfloat16(np.float32([1, -4, 3])), 0], expect=np.int64(2 if op == "ArgMax" else 1))
    error(op, [x, 2], match="outside")
    error(op, [np.zeros((0, 3), np.float32), 0], match="axis 0 is empty")
    error(op, [1.0, 0], match="scalar")
    error(op, [x, 0], {"output_type": np.float32}, match="int32 or int64")
    error(op, [x, [0, 1]], match="must be a scalar")


def top(x, k, **_):
    k = int(np.ravel(k)[0])
    order = np.argsort(-x.astype(np.float64), -1, kind="stable")[..., :k].astype(np.int32)
    return [np.take_along_axis(x, order, -1), order]


distinct = np.array([[3.0, 1, 7, 6, 2], [5, 9, 0, 4, 8]])
case("TopKV2", [distinct, 3], expect=top, outputs=[0])
case("TopKV2", [x, 5], expect=top, gradient=False)
case("TopKV2", [cube - 5, 2], expect=top, gradient=False, dtypes=["float32", "float64", "int32", "int64", "int8", "float16"])
case("TopKV2", [x, 0], expect=top, gradient=False)
case("TopKV2", [x, 2], {"sorted": False, "index_type": np.int64}, expect=lambda x, k, **_: [top(x, k)[0], top(x, k)[1].astype(np.int64)],
     gradient=False)
case("TopKV2", [np.array([np.nan, -np.inf, 3, -0.0, 0.0], np.float32), 5],
     expect=[np.array([3, -0.0, 0.0, -np.inf, np.nan], np.float32), np.array([2, 3, 4, 1, 0], np.int32)], gradient=False)
case("TopKV2", [np.arange(40000).reshape(40, 1000) * 7919 % 1009, 7], expect=top, gradient=False, dtypes=["float32"])
error("TopKV2", [x, 6], match="k is 6")
error("TopKV2", [x, -1], match="k is -1")
error("TopKV2", [1.0, 0], match="scalar")
error("TopKV2", [x, [1, 2]], match="k must be a scalar")
error("TopKV2", [x, 1], {"index_type": np.float32}, match="int32 or int64")

scores = np.array([[0.1, 0.8, 0.3], [0.5, 0.5, 0.2], [0.3, np.inf, 0.4], [0.1, 0.2, 0.3]], np.float32)
for op, attrs, k in (("InTopK", {"k": 1}, []), ("InTopKV2", {}, [1])):
    case(op, [scores, np.array([1, 1, 0, 5]), *k], attrs, expect=np.array([True, True, False, False]))
    error(op, [scores, np.array([1, 1]), *k], attrs, match="2 numbers")
    error(op, [scores[0], np.array([1]), *k], attrs, match="batch, classes")
    error(op, [scores, np.array([[1]]), *k], attrs, match="vector")
case("InTopKV2", [scores, np.array([2, 2, 0, 0]), 2], expect=np.array([True, False, False, False]))
error("InTopKV2", [scores, np.array([1, 1, 1, 1]), [1, 2]], match="k must be a scalar")


def unique(x, **_):
    different, first, numbers, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return different[order], rank[numbers].astype(np.int32), counts[order].astype(np.int32)


letters = np.array([b"b", b"", b"a", b"b", b""], object)
for op, n in (("Unique", 2), ("UniqueWithCounts", 3)):
    case(op, [np.array([3, 1, 3, 2, 1, 9, 3])], expect=lambda x, n=n: list(unique(x)[:n]), gradient=False,
         dtypes=["float32", "float64", "int32", "int64", "uint8", "int16", "float16"])
    case(op, [letters], expect=[v for v in (np.array([b"b", b"", b"a"], object), np.int32([0, 1, 2, 0, 1]), np.int32([2, 2, 1]))][:n], dtypes=["string"])
    case(op, [np.array([0.0, -0.0, np.nan, np.nan, 1], np.float32)], gradient=False,
         expect=[np.array([0, np.nan, np.nan, 1], np.float32), np.int32([0, 0, 1, 2, 3]), np.int32([2, 1, 1, 1])][:n])
    case(op, [np.zeros(0, np.int32)], expect=[np.zeros(0, np.int32)] * n)
    case(op, [np.arange(5000) * 7 % 1013], {"out_idx": np.int64}, gradient=False, dtypes=["int64"],
         expect=lambda x, out_idx, n=n: [v.astype(np.int64) for v in unique(x)[:n]])
    error(op, [x], match="vector")
    error(op, [x[0]], {"out_idx": np.float32}, match="int32 or int64")
    error(op, [x[0]], {"out_idx": np.uint8}, match="uint8")
case("InvertPermutation", [[2, 0, 3, 1]], expect=lambda x: np.argsort(x).astype(x.dtype))
error("InvertPermutation", [[2, 0, 2, 1]], match="2 is duplicated")
error("InvertPermutation", [[2, 0, 4, 1]], match="is not in")
error("InvertPermutation", [[[0]]], match="vector")
case("ListDiff", [[1, 2, 3, 2, 4], [2, 4, 7]], expect=lambda x, y: [x[[0, 2]], np.int32([0, 2])], gradient=False,
     dtypes=["int32", "int64", "float32", "uint8"])
case("ListDiff", [letters, letters[1:3]], expect=[letters[[0, 3]], np.int32([0, 3])])
error("ListDiff", [[[1]], [2]], match="x has shape")
error("ListDiff", [[1], [[2]]], match="y has shape")
error("ListDiff", [[1], [2]], {"out_idx": np.float32}, match="int32 or int64")
rising = np.sort(cube.reshape(3, 20), 1)
for op, side in (("LowerBound", "left"), ("UpperBound", "right")):
    case(op, [rising, cube[:, :, 0]], gradient=False, dtypes=["float32", "float64", "int32", "uint8", "float16"],
         expect=lambda s, v, side=side: np.stack([np.searchsorted(a, b, side) for a, b in zip(s, v)]).astype(np.int32))
    case(op, [np.zeros((3, 0), np.float32), np.ones((3, 2), np.float32)], expect=np.zeros((3, 2), np.int32))
    error(op, [rising[0], cube[:, :, 0]], match="rank must be 2")
    error(op, [rising, cube[:2, :, 0]], match="3 rows")
    error(op, [rising, cube[:, :, 0]], {"out_type": np.float32}, match="int32 or int64")

case("Range", [3, 18, 4], expect=np.int32([3, 7, 11, 15]))
case("Range", [5.0, -1.0, -2.0], expect=np.float32([5, 3, 1]), gradient=False)
case("Range", [np.int64(0), np.int64(0), np.int64(5)], expect=np.zeros(0, np.int64))
case("Range", [np.float64(0), np.float64(1), np.float64(0.25)], expect=np.float64([0, 0.25, 0.5, 0.75]), gradient=False)
case("Range", [np.uint64(2**63), np.uint64(2**63 + 5), np.uint64(2)], expect=np.array([2**63, 2**63 + 2, 2**63 + 4], np.uint64))
case("Range", [np.int8(-100), np.int8(100), np.int8(60)], expect=np.int8([-100, -40, 20, 80]))
error("Range", [0, 5, 0], match="delta is 0")
error("Range", [0, 5, -1], match="leads away")
error("Range", [[0], 5, 1], match="start has shape")
error("Range", [np.int64(-2**63), np.int64(2**63 - 1), np.int64(1)], match="overflow")
error("Range", [np.int64(2**63 - 1), np.int64(5), np.int64(1)], match="leads away")
error("Range", [np.float32(-1e38), np.float32(1), np.float32(1)], match="does not fit int64")
error("Range", [np.float32(np.nan), np.float32(1), np.float32(1)], match="does not fit int64")
case("LinSpace", [1.0, 4.0, 4], expect=lambda a, b, n: np.linspace(1, 4, 4), gradient=False)
case("LinSpace", [1.0, 4.0, 1], expect=lambda a, b, n: np.array([1.0]), gradient=False)
case("LinSpace", [-0.3, 0.7, 11], expect=lambda a, b, n: np.linspace(a, b, 11), gradient=False)
error("LinSpace", [1.0, 4.0, 0], match="num is 0")
error("LinSpace", [1.0, 4.0, -2], match="num is -2")
error("LinSpace", [[1.0], [4.0], 3], match="start has shape")
error("LinSpace", [1.0, [4.0], 3], match="stop has shape")
