"""Arithmetic, reductions, scans, segments, casts and bits one by one: see ops_cases.py. Run with
TensorFlow 1.8.0, then 2.21:

python ops_math.py
"""

import numpy as np
import tensorflow as tf

from ops_cases import FLOATS, V1, Cases

cases = Cases("ops_math")
draw, op, function = cases.draw, cases.op, cases.function

INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
ANY = INTEGERS + (np.float16, np.float32, np.float64)

# Every elementwise function with the interval from which its ordinary arguments come.
UNARY = {
    "Abs": (-3, 3),
    "Acos": (-1, 1),
    "Acosh": (1, 9),
    "Asin": (-1, 1),
    "Asinh": (-9, 9),
    "Atan": (-9, 9),
    "Atanh": (-1, 1),
    "Ceil": (-3, 3),
    "Cos": (-9, 9),
    "Cosh": (-9, 9),
    "Digamma": (-6, 9),
    "Erf": (-4, 4),
    "Erfc": (-4, 9),
    "Exp": (-9, 9),
    "Expm1": (-3, 3),
    "Floor": (-3, 3),
    "Lgamma": (-6, 9),
    "Log": (0, 9),
    "Log1p": (-1, 9),
    "Neg": (-3, 3),
    "Reciprocal": (-3, 3),
    "Rint": (-3, 3),
    "Round": (-3, 3),
    "Rsqrt": (0, 9),
    "Sigmoid": (-9, 9),
    "Sign": (-3, 3),
    "Sin": (-9, 9),
    "Sinh": (-9, 9),
    "Sqrt": (0, 9),
    "Square": (-3, 3),
    "Tan": (-3, 3),
    "Tanh": (-9, 9),
    "IsFinite": (-1, 1),
    "IsInf": (-1, 1),
    "IsNan": (-1, 1),
}
NO_GRADIENT = ("Ceil", "Floor", "Rint", "Round", "IsFinite", "IsInf", "IsNan")


def special(dtype):
    """Infinities, NaN, zeros of both signs, ties for rounding, and numbers at the ends of the
    range.
    """
    info = np.finfo(dtype)
    values = [-np.inf, info.min, -1e4, -100, -3, -2.5, -2, -1.5, -1, -0.5, -info.tiny, -0.0]
    values += [
        0,
        info.tiny,
        info.eps,
        0.5,
        1,
        1.5,
        2,
        2.5,
        3,
        3.5,
        100,
        1e4,
        info.max,
        np.inf,
        np.nan,
    ]
    return np.array(values, dtype)


def unary(dtype):
    for name, (low, high) in sorted(UNARY.items()):
        gradient = () if name in NO_GRADIENT else (0,)
        op(name, draw([16], dtype, low, high), gradient=gradient)
        op(name, special(dtype), gradient=gradient)


def binary(dtype):
    a, b = draw([3, 4], dtype, 0.1, 5), draw([4], dtype, 0.1, 5)
    grid = np.array([-np.inf, -2.5, -1, -0.0, 0, 0.5, 2, np.inf, np.nan], dtype)
    rows = np.repeat(grid, len(grid)), np.tile(grid, len(grid))
    floats = (
        "Add",
        "Sub",
        "Mul",
        "RealDiv",
        "Pow",
        "Maximum",
        "Minimum",
        "SquaredDifference",
        "Atan2",
    )
    for name in floats + ("FloorDiv", "FloorMod", "TruncateMod"):
        gradient = () if name in ("FloorDiv", "TruncateMod") else (0, 1)
        op(name, a, b if name != "Atan2" else a + 1, gradient=gradient)
        op(name, *rows, gradient=gradient)
    for name in (
        ("Less", "LessEqual", "Greater", "GreaterEqual", "Equal", "NotEqual")
        if dtype is np.float32
        else ()
    ):
        op(name, *rows)
    op("ApproximateEqual", a, a + draw([3, 4], dtype, 0, 2e-5), tolerance=1e-5)
    positive = draw([12], dtype, 0.1, 6), draw([12], dtype, 0, 9)
    op("Igamma", *positive)
    op("Igammac", *positive)
    op("Zeta", positive[0] + 1, positive[1] + 1)
    op("Polygamma", draw([8], np.int32, 0, 4).astype(dtype), draw([8], dtype, 0.5, 5))
    op("Betainc", positive[0], positive[1] + dtype(0.1), draw([12], dtype, 0, 1))
    op("Cross", draw([2, 3], dtype), draw([2, 3], dtype), gradient=(0, 1))
    ties = np.array([1, 2, 3, 3], dtype), np.array([1, 3, 2, 3], dtype)
    op("Maximum", *ties, gradient=(0, 1))
    op("Minimum", *ties, gradient=(0, 1))


def products(dtype):
    a, b = draw([3, 5], dtype), draw([5, 4], dtype)
    for first in (False, True):
        for second in (False, True):
            x, y = a.T.copy() if first else a, b.T.copy() if second else b
            op("MatMul", x, y, gradient=(0, 1), transpose_a=first, transpose_b=second)
            x, y = (
                draw([2, 5, 3] if first else [2, 3, 5], dtype),
                draw([2, 4, 5] if second else [2, 5, 4], dtype),
            )
            op("BatchMatMul", x, y, gradient=(0, 1), adj_x=first, adj_y=second)
    op("MatMul", np.zeros((2, 0), dtype), np.zeros((0, 3), dtype), gradient=(0, 1))
    op("MatMul", draw([37, 300], dtype), draw([300, 3], dtype))
    for equation, shapes in [
        ("ij,jk->ik", ([2, 3], [3, 4])),
        ("bij,bjk->bik", ([2, 3, 4], [2, 4, 2])),
        ("i,j->ij", ([3], [4])),
        ("ij->ji", ([2, 3],)),
        ("ijk->j", ([2, 3, 4],)),
        ("ij,ij->", ([2, 3], [2, 3])),
        ("abc,cd,da->b", ([2, 3, 4], [4, 2], [2, 2])),
        ("bhqd,bhkd->bhqk", ([1, 2, 3, 4], [1, 2, 5, 4])),
        ("ij,kj", ([2, 3], [4, 3])),
    ]:
        call = lambda *tensors, equation: tf.einsum(equation, *tensors)  # noqa: E731
        inputs = [draw(shape, dtype) for shape in shapes]
        function("tf.einsum", call, *inputs, gradient=tuple(range(len(shapes))), equation=equation)
    for axes, shapes in [
        (1, ([2, 3], [3, 4])),
        (2, ([2, 3, 4], [3, 4, 2])),
        ([[0, 2], [1, 0]], ([2, 3, 4], [4, 2, 3])),
        (0, ([2], [3])),
        ([[1], [2]], ([2, 3], [2, 2, 3])),
    ]:
        inputs = [draw(shape, dtype) for shape in shapes]
        function("tf.tensordot", tf.tensordot, *inputs, gradient=(0, 1), axes=axes)
    values = [draw([2, 3], dtype) for _ in range(3)]
    op("AddN", values, gradient=(0, 1, 2))


def reductions(dtype):
    x = draw([2, 3, 4], dtype, -2, 2)
    holed = x.copy()
    holed[0, 0, 0], holed[1, 1, 1] = np.nan, np.inf
    ties = draw([3, 5], np.int32, 0, 2).astype(dtype)
    for name in ("Sum", "Mean", "Prod", "Max", "Min"):
        for axes in ([], [0], [1, -1], [0, 1, 2]):
            op(name, x, np.array(axes, np.int32), gradient=(0,), keep_dims=bool(len(axes) % 2))
        op(name, holed, np.array([0], np.int32))
        op(name, ties, np.array([1], np.int32), gradient=(0,))
        for shape, axis in (([0], 0), ([2, 0], 1), ([0, 2], 0), ([0, 2], 1)):
            op(name, np.zeros(shape, dtype), np.array([axis], np.int32))
    zeros = np.array([[0, 2, 3], [0, 0, 4], [1, 2, 3]], dtype)
    op("Prod", zeros, np.array([1], np.int32), gradient=(0,))
    for name in ("ArgMax", "ArgMin"):
        for axis in (0, 1):
            op(name, ties, np.int32(axis))
            op(name, holed[0], np.int32(axis), output_type=tf.int32)
    for name in ("tf.reduce_logsumexp", "tf.norm", "tf.reduce_euclidean_norm"):
        if not hasattr(V1, name[3:]):
            continue
        function(name, getattr(V1, name[3:]), x, gradient=(0,), axis=1)
        function(name, getattr(V1, name[3:]), x, gradient=(0,))
    call = lambda v, ord, axis: tf.norm(v, np.inf if ord == "inf" else ord, axis)  # noqa: E731
    for order in (1, 2, 3, "inf"):
        function("tf.norm", call, x, gradient=(0,), ord=order, axis=-1)
    for name in ("Cumsum", "Cumprod"):
        for exclusive in (False, True):
            for reverse in (False, True):
                for axis in (0, 1, -1):
                    op(name, x, np.int32(axis), gradient=(0,), exclusive=exclusive, reverse=reverse)


def logical():
    x = np.array([[True, False, True], [True, True, True]])
    for name in ("All", "Any"):
        for axes in ([], [0], [1], [0, 1]):
            op(name, x, np.array(axes, np.int32), keep_dims=False)
        op(name, np.zeros((2, 0), bool), np.array([1], np.int32))
    pairs = np.array([True, True, False, False]), np.array([True, False, True, False])
    for name in ("LogicalAnd", "LogicalOr"):
        op(name, *pairs)
    op("LogicalNot", pairs[0])


def segments(dtype):
    x = draw([6, 2], dtype, 0.5, 2)
    for index in (np.int32, np.int64) if dtype is np.float32 else (np.int32,):
        sorted_ids = np.array([0, 0, 2, 2, 2, 5], index)
        for name in ("Sum", "Mean", "Prod", "Max", "Min"):
            op("Segment" + name, x, sorted_ids, gradient=() if name == "Prod" else (0,))
        ids = np.array([3, 0, 0, -1, 3, 1], index)
        for name in ("Sum", "Prod", "Max", "Min"):
            op("UnsortedSegment" + name, x, ids, np.int32(5), gradient=(0,))
        op("UnsortedSegmentSum", x.reshape(3, 2, 2), ids.reshape(3, 2), np.int32(4), gradient=(0,))
    rows, groups = np.array([5, 0, 0, 3], np.int32), np.array([0, 0, 1, 3], np.int32)
    for name in ("Sum", "Mean", "SqrtN"):
        op("SparseSegment" + name, x, rows, groups, gradient=() if name == "Sum" else (0,))
        op("SparseSegment" + name + "WithNumSegments", x, rows, groups, np.int32(6))


def extremes(dtype):
    """Small numbers of both signs where there are any, and the ends of the range."""
    info = np.iinfo(dtype)
    values = [0, 1, 2, 3, 7, 100, info.max - 1, info.max]
    values += [] if info.min == 0 else [-1, -3, -7, info.min]
    return np.array(values, dtype)


def integers():
    for dtype in INTEGERS:
        x = extremes(dtype)[[0, 1, 3, 4] + list(range(7, len(extremes(dtype))))]
        a, b = np.repeat(x, len(x)), np.tile(x, len(x))
        for name in (
            "Add",
            "Sub",
            "Mul",
            "Maximum",
            "Minimum",
            "SquaredDifference",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor",
        ):
            op(name, a, b)
        for name in ("Less", "GreaterEqual", "Equal", "NotEqual"):
            op(name, a, b)
        usable = b != 0
        if (
            np.dtype(dtype).kind == "i"
        ):  # The most negative number divided by -1 traps in some versions.
            usable &= ~((b == np.array(-1, dtype)) & (a == np.iinfo(dtype).min))
        for name in ("FloorDiv", "FloorMod", "TruncateDiv", "TruncateMod", "Div", "Mod", "RealDiv"):
            op(name, a[usable], b[usable])
        for name in ("Invert", "Abs", "Neg", "Sign", "Square", "PopulationCount"):
            op(name, x)
        shifts = np.array([0, 1, 3, np.dtype(dtype).itemsize * 8 - 1], dtype)
        pairs = np.repeat(x, len(shifts)), np.tile(shifts, len(x))
        op("LeftShift", *pairs)
        op("RightShift", *pairs)
        op("Pow", np.array([0, 1, 2, 3, 5, 7], dtype), np.array([0, 5, 3, 4, 2, 1], dtype))
        for name in ("Sum", "Prod", "Max", "Min", "Mean"):
            op(name, np.array([[1, 2, 3], [100, 50, 27]], dtype), np.array([1], np.int32))
            op(name, np.zeros((2, 0), dtype), np.array([1], np.int32))
        op("Cumsum", x, np.int32(0))
        op("ArgMax", x, np.int32(0))
        op("TopKV2", x, np.int32(3))


def casts():
    """Every numeric type to every other: ordinary values, and those that do not fit (TensorFlow
    leaves these to the CPU).
    """
    for source in ANY + (np.bool_,):
        if source is np.bool_:
            x = np.array([False, True])
        elif np.dtype(source).kind in "iu":
            x = extremes(source)
        else:
            big = [1e10, -1e10, 3e9, 1e19, -1e19] if source is not np.float16 else []
            edge = [
                -0.0,
                0.5,
                -0.5,
                0.99,
                1.5,
                -1.5,
                2.5,
                -7.9,
                100.7,
                127.5,
                128,
                -129,
                255.9,
                256,
                300,
                40000,
                -40000,
            ]
            x = np.array(edge + big + [np.nan, np.inf, -np.inf], source)
        for target in ANY + (np.bool_,):
            if target is not source:
                op("Cast", x, DstT=tf.as_dtype(np.dtype(target)))
    for source, target in ((np.float32, tf.int32), (np.float64, tf.uint8)):
        function(
            "tf.saturate_cast",
            V1.saturate_cast,
            np.array([-1e10, -5.7, 3.9, 1e10], source),
            dtype=target.name,
        )
    x = draw([5], np.float32, -2, 2)
    for target in (tf.bfloat16, tf.complex64):
        function(
            "tf.cast_there_and_back",
            lambda v, via: tf.cast(tf.cast(v, via), tf.float32),
            x,
            via=target.name,
        )


def choosing(dtype):
    a, b = draw([3, 2], dtype), draw([3, 2], dtype)
    op("Select", np.array([[True, False], [False, True], [True, True]]), a, b, gradient=(1, 2))
    op("Select", np.array([True, False, True]), a, b, gradient=(1, 2))
    op("Select", np.array(True), a, b, gradient=(1, 2))
    low, high = np.array(-0.5, dtype), np.array(0.5, dtype)
    op("ClipByValue", a, low, high, gradient=(0,))
    function("tf.clip_by_value", tf.clip_by_value, a, low, high, gradient=(0,))
    if dtype is np.float32:
        op("Bucketize", draw([8], dtype, -2, 9), boundaries=[-1.0, 0.0, 2.5, 7.0])
        op("HistogramFixedWidth", draw([20], dtype, -2, 9), np.array([0, 5], dtype), np.int32(4))
    ids = np.array([1, 5, 1, 0, 3], np.int32)
    op("Bincount", ids, np.int32(7), np.zeros(0, dtype))
    op("Bincount", ids, np.int32(4), draw([5], dtype))
    op("Range", np.array(0.5, dtype), np.array(3.1, dtype), np.array(0.3, dtype))
    op("Range", np.array(5, dtype), np.array(-1, dtype), np.array(-2, dtype))
    for n in (1, 2, 7):
        op("LinSpace", np.array(-1.1, dtype), np.array(2.3, dtype), np.int32(n))


def main():
    for dtype in FLOATS:
        unary(dtype)
        binary(dtype)
        products(dtype)
        reductions(dtype)
        segments(dtype)
        choosing(dtype)
    logical()
    integers()
    casts()
    cases.save()


if __name__ == "__main__":
    main()
