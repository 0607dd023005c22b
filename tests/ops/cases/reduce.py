"""Cases of the reductions: every pattern of axes, long and wide sums, empty inputs, NaN, ties and zeros."""
import math

import numpy as np
from cases import case, error

nan, inf = math.nan, math.inf
_rng = np.random.default_rng(3)
x = np.array([[[3.0, -1, 2, 5], [4, 0, -2, 1], [7, -3, 6, -4]], [[-5, 8, 9, -6], [10, -7, 11, 12], [13, -8, 14, -9]]])  # (2, 3, 4), no ties
_INEXACT = dict(rtol=1e-6)


def _axes(axis, rank):
    return tuple(range(rank)) if axis is None else tuple(int(a) for a in np.atleast_1d(axis))


def _numpy(function, **more):
    def expected(input, axis=None, keep_dims=False):
        return function(input, axis=_axes(axis, np.ndim(input)), keepdims=keep_dims, **more)
    return expected


def _norm(x, axis, keepdims):
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


_ALL_AXES = [None, 0, 1, [-1], [0, 1], [1, 2], [0, 2], [2, 0], [0, 1, 2], []]
_FUNCTIONS = {"Sum": np.sum, "Mean": np.mean, "Prod": np.prod, "Max": np.max, "Min": np.min, "EuclideanNorm": _norm}
for _name, _function in _FUNCTIONS.items():
    _floats = dict(dtypes=["float32", "float64"]) if _name in ("Mean", "EuclideanNorm") else {}
    _small = x / 4 if _name == "Prod" else x
    for _axis in _ALL_AXES:
        _list = None if _axis is None else np.array(_axis, np.int32)
        case(_name, [_small, _list], expect=_numpy(_function), dtypes=["float32", "float64"], rtol=1e-5, second=_name != "Prod" or _axis in (None, 1, [0, 2]),
             gradient=(_name, _axis) != ("EuclideanNorm", []))
    case(_name, [x, np.array([1])], {"keep_dims": True}, expect=_numpy(_function), **_floats)
    case(_name, [x, None], {"keep_dims": True}, expect=_numpy(_function), dtypes=["float64"])
    case(_name, [np.float64(2.5), None], expect=_numpy(_function), dtypes=["float32", "float64"])
    case(_name, [np.zeros((0, 3)), np.array([1])], expect=_numpy(_function) if _name not in ("Max", "Min") else lambda x, a: np.zeros(0), **_floats)
    error(_name, [x, np.array([3])], match=r"axis 3 is outside \[-3, 3\) for rank 3")
    error(_name, [x, np.array([-4])], match="axis -4 is outside")
    error(_name, [x, np.array([0, -3])], match="axis -3 is given twice")
    error(_name, [x, np.array([[0]])], match=r"reduction_indices has shape \[1,1\]; it must be a vector or a scalar")
    error(_name, [x, np.array([0.5])], match="reduction_indices is float64")
    error(_name, [np.array([b"a"], object), None], match="string; supported are")

# Rows, columns, both, the middle and the outside; lengths around lanes, tiles (512), groups (64) and pieces (65536).
_SHAPES = [((17,), None), ((31,), None), ((33,), None), ((65,), None), ((65536,), None), ((70001,), None), ((200003,), None), ((5, 7), 1), ((130, 10), 1), ((130, 10), 0), ((1000, 3), 0),
           ((300, 33), 0), ((3, 1500), 0), ((7, 600), 0), ((70001, 2), 0), ((200, 513), 0), ((2, 70001), 1), ((3, 70, 40), 1), ((3, 70, 40), [0, 2]),
           ((2, 3, 40000), [0, 2]), ((40, 3, 5, 7), [0, 2]), ((40, 3, 5, 7), [1, 3]), ((3000, 4, 16), [0, 1]), ((1, 1, 9), [0, 1])]
for _shape, _axis in _SHAPES:
    _big = _rng.standard_normal(_shape)
    _list = None if _axis is None else np.array(_axis, np.int32)
    for _name in ("Sum", "Mean", "Max", "EuclideanNorm"):
        case(_name, [_big, _list], expect=_numpy(_FUNCTIONS[_name]), dtypes=["float32", "float64"], gradient=False, rtol=1e-5 if _name == "Sum" else 1e-6,
             atol=1e-4 if _name == "Sum" else 1e-6, symbolic=False)
    for _name in ("Sum", "Min"):
        case(_name, [np.asarray(_big * 40).astype(np.int64), _list], expect=_numpy(_FUNCTIONS[_name]), dtypes=["int32", "int64"], gradient=False, symbolic=False)
    case("Prod", [1 + _big * 1e-3, _list], expect=_numpy(np.prod), dtypes=["float32", "float64"], gradient=False, rtol=2e-6, symbolic=False)

# The sum of float32 is exact to its last place, whatever the length.
_ones = np.full(3000001, 0.1, np.float32)
case("Sum", [_ones, None], expect=np.float32(np.sum(_ones.astype(np.float64))), dtypes=["float32"], rtol=6e-8, gradient=False, symbolic=False)

# ---- nothing, NaN, infinities ----

_empty = np.zeros((2, 0))
for _name, _value in (("Sum", 0.0), ("Mean", nan), ("Prod", 1.0), ("Max", -inf), ("Min", inf), ("EuclideanNorm", 0.0)):
    case(_name, [_empty, np.array([1])], expect=np.full(2, _value), dtypes=["float32", "float64"], gradient=False)
    case(_name, [_empty, None], expect=np.array(_value), dtypes=["float32", "float64"], gradient=False)
for _dtype in ("int32", "int64", "uint8", "int8", "int16"):
    _info = np.iinfo(_dtype)
    for _name, _value in (("Sum", 0), ("Mean", 0), ("Prod", 1), ("Max", _info.min), ("Min", _info.max)):
        case(_name, [np.zeros(0, _dtype), None], expect=np.array(_value, _dtype), dtypes=[_dtype])
for _name in ("Max", "Min"):
    for _input, _axis in (([1.0, nan, 2.0], 0), ([nan, 1.0], None), ([[1.0, nan], [3.0, 4.0]], 0), ([[1.0, nan], [3.0, 4.0]], 1),
                          ([5.0] * 50 + [nan] + [7.0] * 60, None)):
        case(_name, [_input, _axis], expect=_numpy(_FUNCTIONS[_name]), dtypes=["float32", "float64"], gradient=False)

# ---- integers ----

case("Sum", [np.array([2147483647, 1], np.int32), None], expect=np.array(-2147483648, np.int32), dtypes=["int32"])
case("Mean", [np.array([-1, -2, -4], np.int32), None], expect=np.array(-2, np.int32), dtypes=["int32"])
case("Mean", [np.full(300, 255, np.uint8), None], expect=np.array(255, np.uint8), dtypes=["uint8"])
case("Prod", [np.array([200, 2], np.uint8), None], expect=np.array(144, np.uint8), dtypes=["uint8"])
case("EuclideanNorm", [np.array([3, 4, 5], np.int32), None], expect=np.array(7, np.int32), dtypes=["int32"])

# ---- gradients at ties and zeros: finite differences do not see them, definitions do ----

case("Prod", [np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5], [1.0, 2.0, -1.0]]), np.array([1])], expect=_numpy(np.prod), dtypes=["float64"])
case("Prod", [np.array([0.0, 2.0, 0.0]), None], expect=_numpy(np.prod), dtypes=["float64"])

# ---- bool ----

b = np.array([[True, False, True], [True, True, True], [False, False, False]])
for _name, _function in (("Any", np.any), ("All", np.all)):
    for _axis in (None, 0, [1], [0, 1], []):
        case(_name, [b, None if _axis is None else np.array(_axis, np.int32)], expect=_numpy(_function))
    case(_name, [b, np.array([-1])], {"keep_dims": True}, expect=_numpy(_function))
    case(_name, [np.zeros((2, 0), bool), np.array([1])], expect=np.full(2, _name == "All"))
    case(_name, [np.zeros(0, bool), None], expect=np.array(_name == "All"))
    case(_name, [np.arange(70001) % 70000 == 69999, None], expect=_numpy(_function))
    error(_name, [b, np.array([2])], match=r"axis 2 is outside")
    error(_name, [b, np.array([1, 1])], match="given twice")
    error(_name, [np.array([1]), None], match="int64 where bool is expected")

# ---- what Prod's gradients are made of ----


def _others(axis, *tensors):
    """By its definition: the sum over all ways to take each direction at one place, of the products over the other places."""
    x, directions = tensors[0], tensors[1:]
    axes = _axes(axis, x.ndim)
    order = [a for a in range(x.ndim) if a not in axes] + list(axes)
    lines = [np.transpose(t, order).reshape(-1, int(np.prod([x.shape[a] for a in axes]))) for t in tensors]
    out = np.zeros(lines[0].shape)
    for r, k in np.ndindex(*out.shape):
        for places in np.ndindex(*[out.shape[1]] * len(directions)):
            if k in places or len(set(places)) < len(places):
                continue
            rest = [j for j in range(out.shape[1]) if j != k and j not in places]
            out[r, k] += np.prod([lines[1 + d][r, p] for d, p in enumerate(places)]) * np.prod(lines[0][r, rest])
    shape = [x.shape[a] for a in order]
    return np.transpose(out.reshape(shape), np.argsort(order))


_p = _rng.uniform(0.5, 1.5, (2, 3, 2))
_p[0, 1, 0] = 0
for _n in (1, 2, 3):
    _tensors = [_p] + [_rng.uniform(-1, 1, _p.shape) for _ in range(_n - 1)]
    for _axis in (np.array([1]), np.array([0, 2]), None):
        case("ProdOthers", [_axis] + _tensors, expect=_others, dtypes=["float64", "float32"], second=_n == 1)
error("ProdOthers", [np.array([1]), _p, _p[0]], match="tensors 0 and 1 have shapes")
error("ProdOthers", [np.array([3]), _p], match="axis 3 is outside")
