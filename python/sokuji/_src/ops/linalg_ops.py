"""Linear algebra that is more than one operation: products of vectors, adjoints, determinants with their sign, matrix exponentials."""

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, invalid, run, same_dtype, sizes, tensor
from sokuji._src.ops import array_ops, math_ops
from sokuji._src.ops.complex_ops import conj


def cross(a, b, name=None):
    """The product of vectors of three, along the last axis."""
    x, y = same_dtype([a, b])
    if x._shape_tuple != y._shape_tuple or x._shape_tuple[-1:] != (3,):
        raise invalid("Cross: a is %s, b is %s; both must have one shape, whose last size is 3" % (x._shape_tuple, y._shape_tuple))
    turn = lambda t, k: run("GatherV2", t, convert([k % 3, (k + 1) % 3, (k + 2) % 3], 3), convert(-1, 3))  # noqa: E731
    return run("Sub", run("Mul", turn(x, 1), turn(y, 2)), run("Mul", turn(x, 2), turn(y, 1)))


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """The product of matrices (…, m, n) and vectors (…, n)."""
    x, y = same_dtype([a, b])
    wide = run("ExpandDims", y, convert(-1, 3))
    op = "MatMul" if len(x._shape_tuple) == 2 else "BatchMatMulV2"
    flags = {"transpose_a": bool(transpose_a or adjoint_a)} if op == "MatMul" else {"adj_x": bool(transpose_a or adjoint_a)}
    return _without_last(_core.execute(op, [x, wide], flags))


def _without_last(t):
    return _core.execute("Squeeze", [t], {"squeeze_dims": [-1]})


def adjoint(matrix, name=None):
    """The conjugate transpose of matrices."""
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


LINALG_1 = {"adjoint": adjoint, "slogdet": slogdet, "expm": expm, "cross": cross, "eye": array_ops.eye, "tensor_diag": math_ops.diag,
            "tensor_diag_part": math_ops.diag_part}  # fmt: skip
LINALG_2 = dict(LINALG_1, matrix_transpose=math_ops.matrix_transpose, matvec=matvec, global_norm=math_ops.global_norm, norm=math_ops.norm_2)
