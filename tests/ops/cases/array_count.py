"""Counting, rolling and the vector product."""
import numpy as np

from cases import case, error

inf, nan = np.inf, np.nan

# ---- Roll ----

x = np.arange(24.0).reshape(2, 3, 4)
for shift, axis in ((1, 0), (-1, 1), (7, 2), (0, 1), (-9, -1)):
    case("Roll", [x, shift, axis], expect=lambda x, shift, axis: np.roll(x, int(shift), int(axis)))
case("Roll", [x, [1, 2, -1], [0, 1, 2]], expect=lambda x, shift, axis: np.roll(x, shift, axis))
case("Roll", [x, [1, 2, -6], [2, 0, 2]], expect=lambda x, shift, axis: np.roll(x, (-5, 2), (2, 0)))
case("Roll", [x, np.array([], np.int64), np.array([], np.int64)], expect=lambda x, *_: x)
case("Roll", [np.zeros((2, 0)), [1, 1], [0, 1]], expect=lambda x, *_: x, gradient=False)
case("Roll", [np.arange(5.0), np.int64(-2**63), 0], expect=lambda x, *_: np.roll(x, -(2**63 % 5)))
case("Roll", [np.arange(70001.0), 12345, 0], expect=lambda x, *_: np.roll(x, 12345), dtypes=["float32"], gradient=False)
case("Roll", [np.array([[b"a", b"bc"], [b"", b"d" * 40]], object), 1, 1], expect=np.array([[b"bc", b"a"], [b"d" * 40, b""]], object))
error("Roll", [np.float32(1), 1, 0], match="input is a scalar")
error("Roll", [x, 1, 3], match=r"axis 3|axis is 3|axis.*3")
error("Roll", [x, [1], [-4]], match="axis")
error("Roll", [x, [1, 2], [0]], match="a shift for each axis")
error("Roll", [x, 1, [0, 1]], match="a shift for each axis")
error("Roll", [x, [[1]], 0], match="shift")
error("Roll", [x, np.float32(1), 0], match="float32")

# ---- Bincount ----


def bincount(arr, size, weights):
    bins = np.zeros(int(size), weights.dtype)
    keep = arr.ravel() < size
    np.add.at(bins, arr.ravel()[keep], weights.ravel()[keep] if weights.size else 1)
    return bins


numbers = np.array([[1, 1, 3], [7, 0, 1]], np.int32)
case("Bincount", [numbers, 5, np.zeros(0)], expect=bincount)
case("Bincount", [numbers, 9, np.array([[2.0, -3, 4], [5, 0.5, 7]])], expect=bincount, dtypes=["float32", "float64"])
case("Bincount", [numbers, 9, np.array([[2, -3, 4], [5, 1, 7]])], expect=bincount, dtypes=["int32", "int64"])
case("Bincount", [np.int32(2), 4, np.array(1.5)], expect=bincount, dtypes=["float32"])
case("Bincount", [np.zeros(0, np.int32), 3, np.zeros(0)], expect=bincount)
case("Bincount", [numbers, 0, np.zeros(0)], expect=bincount)
case("Bincount", [np.zeros(3, np.int32), 1, np.array([2**31 - 1, 1, 0])], expect=np.int32([-2**31]), dtypes=["int32"])
case("Bincount", [np.zeros(30001, np.int32), 1, np.full(30001, 0.1)], expect=np.array([3000.1]), dtypes=["float32"], rtol=1e-6)
error("Bincount", [np.int32([1, -1]), 3, np.zeros(0, np.float32)], match=r"arr\[1\] is -1")
error("Bincount", [numbers, -1, np.zeros(0, np.float32)], match="size is -1")
error("Bincount", [numbers, [3], np.zeros(0, np.float32)], match=r"size has shape \[1\]")
error("Bincount", [numbers, 3, np.zeros(2, np.float32)], match=r"weights has shape \[2\]")
error("Bincount", [np.int32(1), 3, np.zeros(2, np.float32)], match="weights has shape")
error("Bincount", [numbers.astype(np.int64), 3, np.zeros(0, np.float32)], match="arr is int64")
error("Bincount", [numbers, 3, np.zeros(0, np.int8)], match="int8; supported")

# ---- HistogramFixedWidth ----


def histogram(values, value_range, nbins, dtype="int32"):
    place = np.floor((values.ravel() - value_range[0]) / ((value_range[1] - value_range[0]) / nbins))
    return np.bincount(np.clip(place, 0, nbins - 1).astype(int), minlength=int(nbins)).astype(dtype)


values = np.array([[-1.0, 0.0, 1.5], [2.0, 5.0, 15.0]])
case("HistogramFixedWidth", [values, [0.0, 5.0], 5], expect=histogram, dtypes=["float32", "float64"])
case("HistogramFixedWidth", [np.round(values), [0, 5], 3], {"dtype": "int64"}, expect=histogram)
case("HistogramFixedWidth", [np.array([inf, -inf, 0.25]), [0.0, 1.0], 2], expect=np.int32([2, 1]), dtypes=["float32", "float64"])
case("HistogramFixedWidth", [np.array([-2**63, 2**63 - 1, 0, -2**62]), np.array([-2**63, 2**63 - 1]), 2], expect=np.int32([2, 2]), dtypes=["int64"])
case("HistogramFixedWidth", [np.zeros(0), [0.0, 1.0], 2], expect=np.int32([0, 0]), dtypes=["float32"])
f = np.float32
error("HistogramFixedWidth", [f([1, nan]), f([0, 5]), 5], match=r"values\[1\] is NaN")
error("HistogramFixedWidth", [f([1]), f([5, 5]), 5], match="must be below")
error("HistogramFixedWidth", [f([1]), f([0, inf]), 5], match="finite")
error("HistogramFixedWidth", [f([1]), f([nan, 1]), 5], match="must be below")
error("HistogramFixedWidth", [f([1]), f([0, 5]), 0], match="nbins is 0")
error("HistogramFixedWidth", [f([1]), f([0, 5]), [5]], match="nbins has shape")
error("HistogramFixedWidth", [f([1]), f([0, 5, 6]), 5], match="two numbers")
error("HistogramFixedWidth", [f([1]), f([0, 5]), 5], {"dtype": "float32"}, match="dtype is float32")

# ---- Cross ----

a, b = np.array([[1.0, 2, 3], [0.5, -1, 2]]), np.array([[2.0, -1, 1], [4, 1.5, 3]])
case("Cross", [a, b], expect=np.cross, dtypes=["float32", "float64"])
case("Cross", [a[0], b[0]], expect=np.cross, dtypes=["float32", "float64", "int32", "int64", "int16", "int8"])
case("Cross", [np.uint8([200, 3, 9]), np.uint8([7, 250, 11])], expect=np.cross(np.int64([200, 3, 9]), [7, 250, 11]).astype(np.uint8), dtypes=["uint8"])
case("Cross", [np.zeros((0, 3)), np.zeros((0, 3))], expect=np.zeros((0, 3), np.float32), dtypes=["float32"], gradient=False)
error("Cross", [np.zeros((2, 3)), np.zeros((1, 3))], match="must be the same")
error("Cross", [np.zeros((3, 2)), np.zeros((3, 2))], match="last dimension must be 3")
error("Cross", [np.float32(1), np.float32(1)], match="last dimension must be 3")
error("Cross", [np.zeros(3), np.zeros(3, np.float32)], match="float32 where float64")
error("Cross", [np.zeros(3, bool), np.zeros(3, bool)], match="bool; supported")
