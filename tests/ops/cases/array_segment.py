"""Cases of the segment reductions."""
import numpy as np
from cases import case, error

data = np.array([[1.0, 5, 2], [3, 1, 4], [2, 7, 1], [5, 2, 6], [4, 3, 9], [1, 6, 3]])
ids = np.array([0, 0, 2, 2, 2, 3])
FOLDS = {"Sum": np.sum, "Prod": np.prod, "Max": np.max, "Min": np.min,
         "Mean": lambda rows, axis: np.mean(rows, axis) if rows.dtype.kind == "f" else np.sum(rows, axis) // len(rows)}


def folded(name, n, empty):
    def expect(x, s, *_):
        total = n if n is not None else int(s.max()) + 1
        rest = x.shape[s.ndim:]
        flat, numbers = x.reshape((-1,) + rest), s.ravel()
        return np.stack([FOLDS[name](flat[numbers == k], axis=0).astype(x.dtype) if (numbers == k).any() else np.full(rest, empty(x.dtype), x.dtype)
                         for k in range(total)])
    return expect


for name in FOLDS:
    op = "Segment" + name
    zero = lambda dtype, name=name: 1 if name == "Prod" else 0  # noqa: E731
    case(op, [data, ids], expect=folded(name, None, zero))
    case(op, [data[:, 0], ids], expect=folded(name, None, zero))
    case(op, [data[:0], ids[:0]], expect=lambda x, s: x)
    error(op, [data, [0, 0, 2, 1, 2, 3]], match="not increasing")
    error(op, [data, [-1, 0, 2, 2, 2, 3]], match="must be >= 0")
    error(op, [data, ids[:5]], match="5 numbers")
    error(op, [data, ids[None]], match="vector")
    error(op, [1.0, [0]], match="scalar")
    error(op, [data, np.array([0, 0, 0, 0, 0, 1676240524292489355])], match="bytes|memory|overflow|size", code="InvalidArgument")

lowest = lambda dtype: np.finfo(dtype).min if np.dtype(dtype).kind == "f" else np.iinfo(dtype).min  # noqa: E731
highest = lambda dtype: np.finfo(dtype).max if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max  # noqa: E731
mixed = np.array([1, 0, 1, -1, 0, 2])
for name, empty in (("Sum", lambda d: 0), ("Prod", lambda d: 1), ("Max", lowest), ("Min", highest)):
    op = "UnsortedSegment" + name
    case(op, [data, mixed, 3], expect=folded(name, 3, empty))
    case(op, [data, [[0, 1, 0], [1, 1, 0], [0, 2, 2], [0, 2, 1], [1, 1, 1], [2, 0, 2]], 3], expect=folded(name, 3, empty),
         gradient=name in ("Sum", "Prod"))  # the extremes have ties
    case(op, [data, [0, 0, 3, 3, 3, 0], 4], expect=folded(name, 4, empty), gradient=name in ("Sum", "Prod"),
         dtypes={"T": ["float64", "int32", "int64", "int8"], "U": ["int32", "int64"]})
    error(op, [data, mixed, 2], match=r"segment_ids\[5\] = 2 is out of range \[0, 2\)")
    error(op, [data, mixed, -1], match="num_segments is -1")
    error(op, [data, mixed, np.zeros(0, np.int32)], match="num_segments must be a scalar")
    error(op, [data, mixed, [3, 3]], match="num_segments must be a scalar")
    error(op, [data, mixed[:4], 3], match="must begin with")
case("SegmentProd", [[2.0, 0.0, 3.0, 0.0, 0.0], [0, 0, 0, 1, 1]], expect=lambda x, s: np.array([0, 0], x.dtype))
case("UnsortedSegmentProd", [[2.0, 0.0, 3.0, 0.0, 0.0], [0, 0, 0, 1, 1], 2], expect=lambda x, s, n: np.array([0, 0], x.dtype))
case("UnsortedSegmentSum", [np.ones((200, 1500)), np.arange(200) % 7, 7], gradient=False, expect=folded("Sum", 7, lambda d: 0),
     dtypes={"T": ["float32"], "U": ["int32"]})
_float_max = np.finfo(np.float32).max
case("UnsortedSegmentMax", [np.float32([1, 2]), [2, 2], 3], expect=np.float32([-_float_max, -_float_max, 2]), gradient=False)
case("UnsortedSegmentMin", [np.float32([1, 2]), [2, 2], 3], expect=np.float32([_float_max, _float_max, 1]), gradient=False)
