"""tf.linalg of 2.x: decompositions and what is made of them, diagonals of any place, and tridiagonal systems."""

import collections

import numpy as np

from sokuji._src.core import dtypes, errors, shapes
from sokuji._src.core.execute import convert, execute, invalid, run, same_dtype, sizes, tensor, with_gradient
from sokuji._src.ops import array_ops, linalg_ops, math_ops


def cholesky(input, name=None):
    """2.x: of a matrix that is not positive definite, NaN."""
    t = tensor(input)
    try:
        return run("Cholesky", t)
    except errors.InvalidArgumentError:
        shape = t._shape_tuple
        if len(shape) < 2 or shape[-1] != shape[-2] or not t.dtype.is_floating:
            raise
        made = []
        for matrix in np.asarray(t).reshape(-1, *shape[-2:]):
            try:
                made.append(run("Cholesky", convert(matrix, 0)))
            except errors.InvalidArgumentError:
                made.append(convert(np.full(shape[-2:], np.nan, matrix.dtype), 0))
        return run("Reshape", array_ops.stack(made), sizes(shape))


def _of_arrays(name, function):
    """A function of matrices that NumPy computes; its gradient is not implemented, and says so."""

    @with_gradient
    def inner(t):
        def gradient(dy):
            raise NotImplementedError("not implemented: the gradient of tf.linalg.%s" % name)

        return tensor(function(np.asarray(t))), gradient

    def outer(input, name=None):
        """The function of matrices of that name."""
        t = tensor(input)
        if t.ndim < 2 or t._shape_tuple[-1] != t._shape_tuple[-2]:
            raise invalid("%s: the input must be square matrices; its shape is %s" % (outer.__name__, t._shape_tuple))
        return inner(t) if t.dtype.is_floating else tensor(function(np.asarray(t)))

    outer.__name__ = name
    return outer


def _by_eigenvalues(change):
    """f(A) = V f(w) V^-1, at higher precision; matrices without a full set of eigenvectors are moved a little."""

    def function(a):
        wide = a.astype(np.complex128)
        w, v = np.linalg.eig(wide)
        if np.linalg.cond(v).max() > 1e10:
            n = a.shape[-1]
            w, v = np.linalg.eig(wide + 1e-9 * np.diag(np.arange(n)))
        made = v @ (change(w)[..., None] * np.linalg.inv(v))
        return made.astype(a.dtype) if a.dtype.kind == "c" else made.real.astype(a.dtype)

    return function


sqrtm = _of_arrays("sqrtm", _by_eigenvalues(np.sqrt))
logm = _of_arrays("logm", _by_eigenvalues(np.log))


def eig(tensor, name=None):
    """(eigenvalues, eigenvectors), complex."""
    a = np.asarray(convert(tensor, 0))
    kind = np.complex64 if a.dtype in (np.float32, np.complex64) else np.complex128
    return tuple(convert(v.astype(kind), 0) for v in np.linalg.eig(a))


def eigvals(tensor, name=None):
    """The complex eigenvalues of matrices."""
    return eig(tensor)[0]


# ---- LU ----


def lu(input, output_idx_type=dtypes.int32, name=None):
    """(L and U in one matrix, the rows' permutation)."""
    made = execute("Lu", [tensor(input)], {"output_idx_type": dtypes.as_dtype(output_idx_type)}, 2)
    return collections.namedtuple("Lu", "lu p")(*made)


def _halves(lower_upper):
    t = tensor(lower_upper)
    n = t._shape_tuple[-1]
    one = array_ops.eye(n, dtype=t.dtype)
    return math_ops.matrix_band_part(t, -1, 0) * (1.0 - one) + one, math_ops.matrix_band_part(t, 0, -1)


def _rows(t, perm):
    """The rows in the order of a permutation for each matrix."""
    p = np.asarray(tensor(perm)).astype(np.int64)
    if p.ndim == 1:
        return run("GatherV2", t, convert(p, 9), convert(-2, 3))
    flat = run("Reshape", t, sizes([-1, *t._shape_tuple[-2:]]))
    parts = [run("GatherV2", flat[i], convert(row, 9), convert(0, 3)) for i, row in enumerate(p.reshape(-1, p.shape[-1]))]
    return run("Reshape", array_ops.stack(parts), sizes(t._shape_tuple))


def lu_reconstruct(lower_upper, perm, validate_args=False, name=None):
    """The matrix that LU decomposition gave."""
    lower, upper = _halves(lower_upper)
    return _rows(lower @ upper, np.argsort(np.asarray(tensor(perm)), -1))


def lu_solve(lower_upper, perm, rhs, validate_args=False, name=None):
    """The solution of A x = rhs from A's LU decomposition."""
    t, r = same_dtype([lower_upper, rhs])
    lower, _ = _halves(t)
    y = execute("MatrixTriangularSolve", [lower, _rows(r, perm)], {"lower": True})
    return execute("MatrixTriangularSolve", [t, y], {"lower": False})


def lu_matrix_inverse(lower_upper, perm, validate_args=False, name=None):
    """The inverse of the matrix that LU decomposition gave."""
    t = tensor(lower_upper)
    one = run("BroadcastTo", array_ops.eye(t._shape_tuple[-1], dtype=t.dtype), sizes(t._shape_tuple))
    return lu_solve(t, perm, one)


# ---- of singular values ----


def _singular(a):
    return math_ops.svd(a, compute_uv=False)


def pinv(a, rcond=None, validate_args=False, name=None):
    """The pseudo-inverse, by singular values."""
    t = tensor(a)
    rows, columns = t._shape_tuple[-2:]
    rcond = 10.0 * max(rows, columns) * np.finfo(t.dtype.as_numpy_dtype).eps if rcond is None else rcond
    s, u, v = math_ops.svd(t)
    bound = convert(float(rcond), t._dtype_number) * execute("Max", [s, convert([-1], 3)], {"keep_dims": True})
    large = run("Greater", s, bound)
    turned = run("SelectV2", large, run("Reciprocal", run("SelectV2", large, s, run("OnesLike", s))), run("ZerosLike", s))
    return (v * run("ExpandDims", turned, convert(-2, 3))) @ math_ops.matrix_transpose(u)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """The number of singular values above the tolerance."""
    t = tensor(a)
    s = _singular(t)
    if tol is None:
        eps = np.finfo(t.dtype.as_numpy_dtype).eps
        tol = convert(float(eps * max(t._shape_tuple[-2:])), t._dtype_number) * execute("Max", [s, convert([-1], 3)], {"keep_dims": True})
    return run("Sum", array_ops.cast(run("Greater", s, convert(tol, t._dtype_number)), dtypes.int32), convert([-1], 3))


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    """Norms of tensors, vectors or matrices: 1, 2, inf, "euclidean", "fro" or another order."""
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if is_matrix and ord in (2, 2.0) and not isinstance(ord, str):
        t = convert(tensor, 0)
        places = [int(a) % t.ndim for a in axis]
        order = [i for i in range(t.ndim) if i not in places] + places
        made = run("Max", _singular(run("Transpose", t, convert(order, 3))), convert([-1], 3))
        return made if not keepdims else run("Reshape", made, sizes([1 if i in places else d for i, d in enumerate(t._shape_tuple)]))
    return math_ops.norm(tensor, ord, axis, keepdims)


def normalize(tensor, ord="euclidean", axis=None, name=None):
    """(the tensor over its norm, the norm)"""
    t = convert(tensor, 0)
    size = norm(t, ord, axis, True)
    if axis is None:
        size = run("Reshape", size, sizes([1] * t.ndim))
    return t / size, size


# ---- diagonals ----


def _band(k, padding=0):
    if np.size(k) not in (1, 2) or np.size(padding) != 1:
        raise invalid("k must be one or two numbers, padding_value one; they are %s and %s" % (k, padding))
    low, high = (int(v) for v in (np.ravel(np.asarray(k)) if np.size(k) > 1 else (np.ravel(np.asarray(k))[0],) * 2))
    if low > high:
        raise invalid("k is (%d, %d); the first must not be greater" % (low, high))
    return low, high


def _places(rows, columns, k, align):
    """For each row of diagonals, the highest first, the matrix's place of each element; -1 where there is none."""
    low, high = _band(k)
    if not -rows < low <= high < max(columns, 1) and rows and columns:
        raise invalid("k is (%d, %d), outside a matrix of %d rows and %d columns" % (low, high, rows, columns))
    if align not in ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"):
        raise ValueError("align is %r; it can be 'LEFT_RIGHT', 'RIGHT_LEFT', 'LEFT_LEFT' or 'RIGHT_RIGHT'" % (align,))
    above, below = align.split("_")
    width = max(min(rows + min(d, 0), columns - max(d, 0)) for d in range(low, high + 1))
    made = np.full((high - low + 1, width), -1, np.int64)
    for i, d in enumerate(range(high, low - 1, -1)):
        n = min(rows + min(d, 0), columns - max(d, 0))
        at = 0 if (above if d >= 0 else below) == "LEFT" else width - n
        first = np.arange(n)
        made[i, at : at + n] = (first - min(d, 0)) * columns + first + max(d, 0)
    return made


def _picked(t, lead, index, padding):
    """Elements of the flattened last dimensions; the padding where the index is -1."""
    flat = run("Reshape", t, sizes([*lead, int(np.prod(t._shape_tuple[len(lead) :], dtype=np.int64))]))
    pad = run("Fill", sizes([*lead, 1]), convert(padding, t._dtype_number))
    whole = array_ops.concat([flat, pad], -1)
    n = flat._shape_tuple[-1]
    made = run("GatherV2", whole, convert(np.where(index < 0, n, index).ravel(), 9), convert(-1, 3))
    return run("Reshape", made, sizes([*lead, *index.shape]))


def diag_part(input, name="diag_part", k=0, padding_value=0, align="RIGHT_LEFT"):
    """The k-th diagonals, or a band of them, of matrices."""
    t = tensor(input)
    if t.ndim < 2:
        raise invalid("diag_part: the input must be matrices; its shape is %s" % (t._shape_tuple,))
    _band(k, padding_value)
    index = _places(*t._shape_tuple[-2:], k, align)
    return _picked(t, t._shape_tuple[:-2], index[0] if np.size(k) == 1 or index.shape[0] == 1 else index, padding_value)


def _spread(index, rows, columns):
    """For each place of the matrix the number of the diagonals' element there, or -1."""
    made = np.full(rows * columns, -1, np.int64)
    flat = index.ravel()
    made[flat[flat >= 0]] = np.flatnonzero(flat >= 0)
    return made.reshape(rows, columns)


def diag(diagonal, name="diag", k=0, num_rows=-1, num_cols=-1, padding_value=0, align="RIGHT_LEFT"):
    """Matrices whose k-th diagonals (or a band of them) are given, padding_value elsewhere."""
    t, (low, high) = tensor(diagonal), _band(k)
    if t.ndim < (1 if low == high else 2):
        raise invalid("diag: the diagonal is %s" % (t._shape_tuple,))
    one = low == high
    lead, width = t._shape_tuple[: t.ndim - (1 if one else 2)], t._shape_tuple[-1]
    least_rows, least_columns = width - min(high, 0), width + max(low, 0)
    rows, columns = int(num_rows), int(num_cols)
    if rows == -1 and columns == -1:
        rows = columns = max(least_rows, least_columns)
    rows, columns = least_rows if rows == -1 else rows, least_columns if columns == -1 else columns
    if rows < least_rows or columns < least_columns:
        raise invalid("diag: %d rows and %d columns do not hold diagonals of %d from %d to %d" % (rows, columns, width, low, high))
    index = _places(rows, columns, k, align)
    if index.shape[1] != width or (not one and index.shape[0] != t._shape_tuple[-2]):
        raise invalid("diag: the diagonals are %s, a matrix of %d rows and %d columns has %s" % (t._shape_tuple, rows, columns, index.shape))
    return _picked(t, lead, _spread(index, rows, columns), padding_value)


def set_diag(input, diagonal, name="set_diag", k=0, align="RIGHT_LEFT"):
    """Matrices with other k-th diagonals, or another band of them."""
    t, d = same_dtype([input, diagonal])
    rows, columns = t._shape_tuple[-2:]
    index = _places(rows, columns, k, align)
    lead = t._shape_tuple[:-2]
    wanted = (*lead, *(index.shape[1:] if _band(k)[0] == _band(k)[1] and d.ndim == len(lead) + 1 else index.shape))
    if d._shape_tuple != wanted:
        raise invalid("set_diag: the diagonal is %s; it must be %s" % (d._shape_tuple, wanted))
    where = _spread(index, rows, columns)
    return run("SelectV2", convert(where >= 0, 0), _picked(d, lead, where, 0), t)


# ---- tridiagonal ----


def _tridiagonal(diagonals, diagonals_format):
    if diagonals_format == "matrix":
        return tensor(diagonals)
    if diagonals_format == "sequence":
        parts = [convert(d, 0) for d in diagonals]
        n = parts[1]._shape_tuple[-1]
        upper = parts[0] if parts[0]._shape_tuple[-1] == n - 1 else parts[0][..., :-1]
        lower = parts[2] if parts[2]._shape_tuple[-1] == n - 1 else parts[2][..., 1:]
        parts = [upper, parts[1], lower]
    elif diagonals_format == "compact":
        t = tensor(diagonals)
        if t._shape_tuple[-2] != 3:
            raise ValueError("Expected diagonals of 3 rows. Received: %s" % (t._shape_tuple,))
        parts = [t[..., 0, :-1], t[..., 1, :], t[..., 2, 1:]]
    else:
        raise ValueError("Unrecognized diagonals_format: %s" % diagonals_format)
    return diag(parts[0], k=1) + diag(parts[1]) + diag(parts[2], k=-1) if parts[1]._shape_tuple[-1] > 1 else diag(parts[1])


def tridiagonal_solve(diagonals, rhs, diagonals_format="compact", transpose_rhs=False, conjugate_rhs=False, name=None, partial_pivoting=True, perturb_singular=False):
    """The solution of tridiagonal systems."""
    matrix, r = same_dtype([_tridiagonal(diagonals, diagonals_format), rhs])
    vector = r.ndim == matrix.ndim - 1
    r = run("ExpandDims", r, convert(-1, 3)) if vector else math_ops.matrix_transpose(r) if transpose_rhs else r
    made = run("MatrixSolve", matrix, r)
    return execute("Squeeze", [made], {"squeeze_dims": [-1]}) if vector else math_ops.matrix_transpose(made) if transpose_rhs else made


def tridiagonal_matmul(diagonals, rhs, diagonals_format="compact", name=None):
    """The product of tridiagonal matrices and matrices."""
    matrix, r = same_dtype([_tridiagonal(diagonals, diagonals_format), rhs])
    return matrix @ r


LINALG_2 = {name: globals()[name] for name in """cholesky sqrtm logm eig eigvals lu lu_reconstruct lu_solve lu_matrix_inverse pinv matrix_rank norm normalize
    diag_part diag set_diag tridiagonal_solve tridiagonal_matmul""".split()}  # fmt: skip
