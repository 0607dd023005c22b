"""Mathematics beside math_ops: parts of complex numbers, statistics of reductions, products of vectors, matrix exponentials, polynomials."""

import numpy as np

from . import _core, _dtypes, array_ops, math_ops
from ._run import convert, run, same_dtype, sizes, tensor


def _keeps(function):
    """A real tensor's real part and conjugate are itself."""

    def part(x, name=None):
        t = tensor(x)
        if t.dtype.is_complex:
            return tensor(np.ascontiguousarray(function(np.asarray(t))))
        if not (t.dtype.is_floating or t.dtype.is_integer):
            raise TypeError("Expected numeric tensor, got dtype %s" % t.dtype)
        return t

    return part


real, conj = _keeps(np.real), _keeps(np.conj)


def real_1(input, name=None):
    return real(input)


def imag(input, name=None):
    t = tensor(input)
    return tensor(np.ascontiguousarray(np.imag(np.asarray(t)))) if t.dtype.is_complex else run("ZerosLike", t)


def angle(input, name=None):
    t = tensor(input)
    if t.dtype.is_complex:
        return tensor(np.angle(np.asarray(t)).astype(t.dtype.real_dtype.as_numpy_dtype))
    return tensor(np.where(np.asarray(t) < 0, np.pi, 0.0).astype(t.dtype.as_numpy_dtype))


def complex_(real, imag, name=None):
    """real + i imag; gradients do not pass."""
    a, b = same_dtype([real, imag])
    if a._dtype_number != b._dtype_number or a._dtype_number not in (1, 2):
        raise TypeError("real and imag have incorrect types: %s %s" % (a.dtype.name, b.dtype.name))
    kind = np.complex64 if a._dtype_number == 1 else np.complex128
    x, y = np.asarray(a), np.asarray(b)
    made = np.empty(np.broadcast(x, y).shape, kind)
    made.real, made.imag = x, y
    return tensor(made)


def lbeta(x, name="lbeta"):
    """The logarithm of the Beta function of the last axis."""
    t = tensor(x)
    last = convert([-1], 3)
    return run("Sub", run("Sum", run("Lgamma", t), last), run("Lgamma", run("Sum", t, last)))


def floor_div(x, y, name=None):
    return run("FloorDiv", *same_dtype([x, y]))


def cross(a, b, name=None):
    """The product of vectors of three, along the last axis."""
    x, y = same_dtype([a, b])
    if x._shape_tuple != y._shape_tuple or x._shape_tuple[-1:] != (3,):
        from ._run import invalid

        raise invalid("Cross: a is %s, b is %s; both must have one shape, whose last size is 3" % (x._shape_tuple, y._shape_tuple))
    turn = lambda t, k: run("GatherV2", t, convert([k % 3, (k + 1) % 3, (k + 2) % 3], 3), convert(-1, 3))  # noqa: E731
    return run("Sub", run("Mul", turn(x, 1), turn(y, 2)), run("Mul", turn(x, 2), turn(y, 1)))


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    x, y = same_dtype([a, b])
    wide = run("ExpandDims", y, convert(-1, 3))
    op = "MatMul" if len(x._shape_tuple) == 2 else "BatchMatMulV2"
    flags = {"transpose_a": bool(transpose_a or adjoint_a)} if op == "MatMul" else {"adj_x": bool(transpose_a or adjoint_a)}
    return _without_last(_core.execute(op, [x, wide], flags))


def _without_last(t):
    return _core.execute("Squeeze", [t], {"squeeze_dims": [-1]})


def polyval(coeffs, x, name=None):
    """The polynomial of the coefficients, the highest power first."""
    if not isinstance(coeffs, list):
        raise ValueError("Argument coeffs must be list type found %s." % type(coeffs))
    t = tensor(x)
    if not coeffs:
        return run("ZerosLike", t)
    value = tensor(coeffs[0])
    for c in coeffs[1:]:
        value = run("Add", *same_dtype([c, run("Mul", value, t)]))
    return value


def _axis(axis, rank):
    return None if axis is None else convert(sorted({a % rank for a in math_ops._axes(axis, rank)}), 3)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    t = tensor(input_tensor)
    if not t.dtype.is_floating:
        raise TypeError("Input must be either real or complex. Received integer type %s." % t.dtype)
    axes = _axis(axis, len(t._shape_tuple))
    mean = _core.execute("Mean", [t, axes], {"keep_dims": True})
    return _core.execute("Mean", [run("Square", run("Sub", t, mean)), axes], {"keep_dims": bool(keepdims)})


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    return run("Sqrt", reduce_variance(input_tensor, axis, keepdims))


def reduce_logsumexp_2(input_tensor, axis=None, keepdims=False, name=None):
    return math_ops.reduce_logsumexp(input_tensor, axis, keepdims)


def count_nonzero_2(input, axis=None, keepdims=None, dtype=_dtypes.int64, name=None):
    return math_ops.count_nonzero(input, axis, keepdims, dtype)


def norm_2(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    return math_ops.norm(tensor, ord, axis, keepdims)


def confusion_matrix_2(labels, predictions, num_classes=None, weights=None, dtype=_dtypes.int32, name=None):
    return math_ops.confusion_matrix(labels, predictions, num_classes, dtype, None, weights)


def adjoint(matrix, name=None):
    return math_ops.matrix_transpose(conj(matrix))


def slogdet(input, name=None):
    """(sign, logarithm of the magnitude) of the determinant."""
    import collections

    pair = _core.execute("LogMatrixDeterminant", [tensor(input)], {}, 2)
    return collections.namedtuple("LogMatrixDeterminant", "sign log_abs_determinant")(*pair)


_PADE = (64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0, 10559470521600.0,
         670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0)  # fmt: skip


def expm(input, name=None):
    """The exponential of square matrices: scaling and squaring with the Padé approximant of degree 13 (Higham 2005)."""
    a = tensor(input)
    n = a._shape_tuple[-1]
    flat = run("Reshape", a, sizes([-1, n, n]))
    one = tensor(np.eye(n, dtype=a.dtype.as_numpy_dtype))
    top = np.abs(np.asarray(flat)).sum(-2).max() if flat._size else 0.0
    squarings = max(0, int(np.ceil(np.log2(top / 5.371920351148152)))) if top > 5.371920351148152 else 0
    number = lambda v: tensor(v, a.dtype)  # noqa: E731
    flat = run("Mul", flat, number(0.5**squarings))
    times = lambda x, y: run("BatchMatMul", x, y)  # noqa: E731
    a2 = times(flat, flat)
    a4, a6 = times(a2, a2), None
    a6 = times(a4, a2)
    b = [number(v) for v in _PADE]
    u = times(flat, times(a6, b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    v = times(a6, b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    result = run("MatrixSolve", v - u, u + v)
    for _ in range(squarings):
        result = times(result, result)
    return run("Reshape", result, sizes(a._shape_tuple))


def to_complex64(x, name="ToComplex64"):
    return array_ops.cast(x, _dtypes.complex64)


def to_complex128(x, name="ToComplex128"):
    return array_ops.cast(x, _dtypes.complex128)


def to_bfloat16(x, name="ToBFloat16"):
    return array_ops.cast(x, _dtypes.bfloat16)


def timestamp(name=None):
    """Seconds since 1970, float64."""
    import time

    return tensor(time.time(), _dtypes.float64)


NAMES_1 = {
    "real": real_1, "imag": imag, "angle": angle, "conj": conj, "complex": complex_, "lbeta": lbeta, "floor_div": floor_div, "cross": cross,
    "to_complex64": to_complex64, "to_complex128": to_complex128, "to_bfloat16": to_bfloat16, "timestamp": timestamp,
}  # fmt: skip
LINALG_1 = {"adjoint": adjoint, "slogdet": slogdet, "expm": expm, "cross": cross, "eye": array_ops.eye, "tensor_diag": math_ops.diag,
            "tensor_diag_part": math_ops.diag_part}  # fmt: skip
MATH_2 = {
    "real": real_1, "imag": imag, "angle": angle, "conj": conj, "lbeta": lbeta, "polyval": polyval, "reduce_std": reduce_std,
    "reduce_variance": reduce_variance, "reduce_logsumexp": reduce_logsumexp_2, "count_nonzero": count_nonzero_2,
    "confusion_matrix": confusion_matrix_2, "logical_xor": math_ops.logical_xor, "scalar_mul": math_ops.scalar_mul,
    "accumulate_n": math_ops.accumulate_n, "zero_fraction": None,
}  # fmt: skip
LINALG_2 = dict(LINALG_1, matrix_transpose=math_ops.matrix_transpose, matvec=matvec, global_norm=math_ops.global_norm, l2_normalize=None, norm=norm_2)
