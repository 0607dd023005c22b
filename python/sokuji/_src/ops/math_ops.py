"""Mathematics that is more than one operation: divisions, norms, cumulative sums, contractions, clipping."""

import collections

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import axis_of, convert, execute, ints, invalid, number, refuse, run, same_dtype, sizes, tensor
from sokuji._src.ops import array_ops
from sokuji._src.ops.array_ops import cast


def _floating_for_division(x, y):
    a, b = same_dtype([x, y])
    if a._dtype_number != b._dtype_number:
        raise TypeError("x and y must have the same dtype, got %s != %s" % (a.dtype, b.dtype))
    return a, b


def truediv_1(x, y, name=None):
    """x / y; integers become floats before."""
    return truediv(convert(x, 0), convert(y, 0))


def divide_1(x, y, name=None):
    """x / y, as Python's operator has it."""
    return x / y


def truediv(x, y, name=None):
    """x / y; integers become floats before."""
    a, b = _floating_for_division(x, y)
    return a / b


def divide(x, y, name=None):
    """x / y, as Python's operator has it."""
    return convert(x, 0) / y


def div(x, y, name=None):
    """x / y; of integers rounded towards zero."""
    a, b = _floating_for_division(x, y)
    return run("RealDiv" if a.dtype.is_floating or a.dtype.is_complex else "FloorDiv", a, b)


def round(x, name=None):
    """The nearest integer; halves go to the even one."""
    t = convert(x, 0)
    return t if t.dtype.is_integer else run("Round", t)


def logical_xor(x, y, name="LogicalXor"):
    """Whether one of x and y is true, and one alone."""
    a, b = convert(x, 10), convert(y, 10)
    if a._dtype_number != 10 or b._dtype_number != 10:
        return run("LogicalAnd", a, b)
    return run("NotEqual", a, b)


def log_sigmoid(x, name=None):
    """log(1 / (1 + exp(-x)))"""
    return -run("Softplus", -convert(x, 0))


def add_n(inputs, name=None):
    """The sum of tensors of one shape and dtype."""
    from sokuji._src.core.conversion import _version

    if _version == 2 and not hasattr(inputs, "__iter__"):
        raise TypeError("inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape")
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError("inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape")
    tensors = [tensor(value) for value in inputs]
    if len({t.dtype for t in tensors}) > 1:
        raise invalid("add_n: the dtypes differ: %s" % [t.dtype.name for t in tensors])
    if len({t._shape_tuple for t in tensors}) > 1:
        raise invalid("add_n: the shapes differ: %s" % [t._shape_tuple for t in tensors])
    if len(tensors) > 1 and any(isinstance(t, _core.SymbolicTensor) for t in tensors):
        return run("AddN", *tensors)
    total = tensors[0] if len(tensors) > 1 else array_ops.identity(tensors[0])
    for t in tensors[1:]:
        total = run("Add", total, t)
    return total


def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    """The sum of tensors of one shape."""
    return add_n(inputs)


def _axes(axis, rank):
    return list(range(rank)) if axis is None else [axis_of(a, rank) for a in ints(axis)]


def _reduce(op, t, axis, keep):
    return execute(op, [t, None if axis is None else convert(ints(axis), 3)], {"keep_dims": bool(keep)})


def _first(*values):
    return next((v for v in values if v is not None), None)


def reduce_logsumexp(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
    """log(sum(exp(x))) over axes, without overflow."""
    t, axis, keep = convert(input_tensor, 0), _first(axis, reduction_indices), bool(_first(keepdims, keep_dims))
    top = run("StopGradient", _reduce("Max", t, axis, True))
    top = run("Select", run("IsFinite", top), top, run("ZerosLike", top))
    total = run("Log", _reduce("Sum", run("Exp", t - top), axis, True)) + top
    return total if keep else run("Reshape", total, sizes([d for i, d in enumerate(t._shape_tuple) if i not in _axes(axis, len(t._shape_tuple))]))


def count_nonzero(input_tensor, axis=None, keepdims=None, dtype=dtypes.int64, name=None, reduction_indices=None, keep_dims=None):
    """How many elements are not zero, over axes."""
    t, axis = convert(input_tensor, 0), _first(axis, reduction_indices)
    nonzero = cast(run("NotEqual", t, array_ops.zeros([], t.dtype)), dtypes.int64)
    return cast(_reduce("Sum", nonzero, axis, _first(keepdims, keep_dims)), dtype)


def norm(tensor, ord="euclidean", axis=None, keepdims=None, name=None, keep_dims=None):
    """The norm of a tensor, or along axes: 1, 2, inf, "euclidean", "fro" or another order."""
    if keepdims is not None and keep_dims is not None:
        raise ValueError("Cannot specify both 'keep_dims' and 'keepdims'")
    t, keep = convert(tensor, 0), _first(keepdims, keep_dims)
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    if isinstance(axis, (list, tuple)) and len(axis) not in (1, 2):
        raise ValueError("'axis' must be None, an integer, or a tuple of 2 unique integers")
    if ord in ("euclidean", "fro", 2, 2.0):
        if ord != "euclidean" and ord != "fro" and is_matrix:
            raise ValueError("'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, np.inf], got 2")
        if ord == "fro" and not is_matrix:
            raise ValueError("'fro' needs two axes")
        return run("Sqrt", _reduce("Sum", run("Square", t), axis, keep))
    if isinstance(ord, str) or ord <= 0:
        raise ValueError("'ord' must be a supported norm: 'euclidean', 'fro', or a positive number")
    if is_matrix:
        if ord not in (1, np.inf):
            raise ValueError("'ord' must be 'euclidean', 'fro', 1 or np.inf for matrices")
        rank = len(t._shape_tuple)
        down, along = ([axis_of(a, rank)] for a in (axis if ord == 1 else reversed(axis)))
        made = _reduce("Max", _reduce("Sum", run("Abs", t), down, True), along, True)
        return made if keep else execute("Squeeze", [made], {"squeeze_dims": down + along})
    if ord == np.inf:
        return _reduce("Max", run("Abs", t), axis, keep)
    if ord == 1:
        return _reduce("Sum", run("Abs", t), axis, keep)
    return _reduce("Sum", run("Abs", t) ** ord, axis, keep) ** (1.0 / ord)


def _cumulate(x, axis, exclusive, reverse, total, neutral):
    t = convert(x, 0)
    axis = axis_of(axis, len(t._shape_tuple))
    rows = array_ops.unstack(t, axis=axis)
    if not rows:
        return array_ops.identity(t)
    rows = rows[::-1] if reverse else rows
    out = [neutral(rows[0])] if exclusive else [rows[0]]
    for k in range(1, len(rows)):
        out.append(total(out[-1], rows[k - 1] if exclusive else rows[k]))
    return array_ops.stack(out[::-1] if reverse else out, axis)


def cumsum(x, axis=0, exclusive=False, reverse=False, name=None):
    """Sums of the elements up to each, along an axis."""
    return _cumulate(x, axis, exclusive, reverse, lambda a, b: a + b, array_ops.zeros_like)


def cumprod(x, axis=0, exclusive=False, reverse=False, name=None):
    """Products of the elements up to each, along an axis."""
    return _cumulate(x, axis, exclusive, reverse, lambda a, b: a * b, array_ops.ones_like)


def tensordot(a, b, axes, name=None):
    """Sums of products over axes of a and axes of b."""
    a, b = tensor(a), tensor(b)
    ra, rb = len(a._shape_tuple), len(b._shape_tuple)
    if isinstance(axes, (int, np.integer)):
        if axes < 0:
            raise ValueError("'axes' must be at least 0; it is %d" % axes)
        if axes > min(ra, rb):
            raise ValueError("`axes` must not be larger than the number of dimensions; it is %d, the tensors have %d and %d" % (axes, ra, rb))
        axes_a, axes_b = list(range(ra - axes, ra)), list(range(axes))
    else:
        axes_a, axes_b = [[axis_of(k, r) for k in ints(v)] for v, r in zip(axes, (ra, rb))]
        if len(axes_a) != len(axes_b):
            raise ValueError("Different number of contraction axes 'a' and 'b', %d != %d." % (len(axes_a), len(axes_b)))
    free_a, free_b = [i for i in range(ra) if i not in axes_a], [i for i in range(rb) if i not in axes_b]
    size = int(np.prod([a._shape_tuple[i] for i in axes_a], dtype=np.int64))
    out = [a._shape_tuple[i] for i in free_a] + [b._shape_tuple[i] for i in free_b]
    left = run("Reshape", run("Transpose", a, convert(free_a + axes_a, 3)), sizes([int(np.prod([a._shape_tuple[i] for i in free_a])), size]))
    right = run("Reshape", run("Transpose", b, convert(axes_b + free_b, 3)), sizes([size, int(np.prod([b._shape_tuple[i] for i in free_b]))]))
    return run("Reshape", run("MatMul", left, right), sizes(out))


def _einsum_two(a, la, b, lb, keep):
    """Labels la and lb contracted to those in keep, in the order: shared and kept, of a, of b."""
    both = [c for c in la if c in lb and c in keep]
    summed = [c for c in la if c in lb and c not in keep]
    own_a, own_b = [c for c in la if c not in lb and c in keep], [c for c in lb if c not in la and c in keep]
    a, la = _einsum_sum(a, la, set(both + summed + own_a))
    b, lb = _einsum_sum(b, lb, set(both + summed + own_b))
    n = {**dict(zip(la, a._shape_tuple)), **dict(zip(lb, b._shape_tuple))}
    count = lambda labels: int(np.prod([n[c] for c in labels], dtype=np.int64))  # noqa: E731
    a = run("Reshape", run("Transpose", a, convert([la.index(c) for c in both + own_a + summed], 3)), sizes([count(both), count(own_a), count(summed)]))
    b = run("Reshape", run("Transpose", b, convert([lb.index(c) for c in both + summed + own_b], 3)), sizes([count(both), count(summed), count(own_b)]))
    labels = both + own_a + own_b
    return run("Reshape", run("BatchMatMul", a, b), sizes([n[c] for c in labels])), labels


def _einsum_sum(t, labels, keep):
    drop = [i for i, c in enumerate(labels) if c not in keep]
    if drop:
        t = run("Sum", t, convert(drop, 3))
    return t, [c for c in labels if c in keep]


def einsum(equation, *inputs, **kwargs):
    """Sums of products of tensors, as the equation of index letters says."""
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError("invalid keyword arguments for this function: %s" % ", ".join(kwargs))
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = [list(t) for t in left.split(",")]
    if "." in equation or any(len(set(t)) != len(t) for t in terms) or any(not (c.isascii() and c.isalpha()) for t in terms for c in t):
        raise NotImplementedError("not implemented: tf.einsum of '%s'; use letters, each once in a term" % equation)
    tensors = same_dtype(list(inputs))
    if len(tensors) != len(terms) or any(len(t) != len(x._shape_tuple) for t, x in zip(terms, tensors)):
        raise ValueError("the equation '%s' does not fit the inputs' ranks" % equation)
    every = [c for t in terms for c in t]
    out = list(right) if arrow else sorted(c for c in set(every) if every.count(c) == 1)
    result, labels = tensors[0], terms[0]
    for k in range(1, len(terms)):
        result, labels = _einsum_two(result, labels, tensors[k], terms[k], set(out).union(*terms[k + 1 :]))
    result, labels = _einsum_sum(result, labels, set(out))
    return run("Transpose", result, convert([labels.index(c) for c in out], 3)) if out else result


def trace(x, name=None):
    """The sums of matrices' diagonals."""
    return run("Sum", matrix_diag_part(x), convert([-1], 3))


def _matrices(t):
    if len(t._shape_tuple) < 2:
        raise invalid("input must be at least 2-dim, received shape: %s" % list(t._shape_tuple))
    return t


def matrix_diag_part(input, name=None):
    """The diagonals of matrices."""
    t = _matrices(convert(input, 0))
    rows, columns = t._shape_tuple[-2:]
    n = min(rows, columns)
    flat = run("Reshape", t, sizes(t._shape_tuple[:-2] + (rows * columns,)))
    return run("GatherV2", flat, convert([i * (columns + 1) for i in range(n)], 3), convert(-1, 3))


def diag_part(input, name=None):
    """The diagonal of a tensor of even rank."""
    t = convert(input, 0)
    half = len(t._shape_tuple) // 2
    if len(t._shape_tuple) % 2 or t._shape_tuple[:half] != t._shape_tuple[half:]:
        raise invalid("diag_part: %s is no square of a shape" % (t._shape_tuple,))
    n = int(np.prod(t._shape_tuple[:half], dtype=np.int64))
    return run("Reshape", matrix_diag_part(run("Reshape", t, sizes([n, n]))), sizes(t._shape_tuple[:half]))


def _mask(rows, columns, keep, dtype):
    return convert(np.array([[keep(i, j) for j in range(columns)] for i in range(rows)]).reshape(rows, columns), dtype)


def matrix_diag(diagonal, name=None):
    """Matrices with vectors on their diagonals."""
    t = convert(diagonal, 0)
    if not t._shape_tuple:
        raise invalid("matrix_diag: the diagonal is a scalar; it must have at least one dimension")
    n = t._shape_tuple[-1]
    return run("Mul", run("ExpandDims", t, convert(-1, 3)), cast(array_ops.eye(n), t.dtype))


def diag(diagonal, name=None):
    """A tensor with the elements on its diagonal, of twice the rank."""
    t = convert(diagonal, 0)
    flat = run("Reshape", t, sizes([t._size]))
    return run("Reshape", matrix_diag(flat), sizes(t._shape_tuple * 2))


def matrix_set_diag(input, diagonal, name=None):
    """Matrices with other diagonals."""
    t, d = same_dtype([input, diagonal])
    rows, columns = t._shape_tuple[-2:]
    n = min(rows, columns)
    if d._shape_tuple != t._shape_tuple[:-2] + (n,):
        raise invalid("matrix_set_diag: diagonal is %s" % (d._shape_tuple,))
    wide = array_ops.pad(matrix_diag(d), [[0, 0]] * (len(t._shape_tuple) - 2) + [[0, rows - n], [0, columns - n]])
    mask = run("BroadcastTo", _mask(rows, columns, lambda i, j: i == j, 10), sizes(t._shape_tuple))
    return run("Select", mask, wide, t)


def matrix_band_part(input, num_lower, num_upper, name=None):
    """Matrices with zeros outside num_lower and num_upper diagonals; -1 keeps all."""
    return run("MatrixBandPart", convert(input, 0), convert(num_lower, 9), convert(num_upper, 9))


def matrix_transpose(a, name="matrix_transpose", conjugate=False):
    """The last two axes exchanged."""
    t = convert(a, 0)
    refuse("matrix_transpose", "call tf.math.conj", conjugate=conjugate and t.dtype.is_complex)
    n = len(t._shape_tuple)
    if n < 2:
        raise ValueError("Argument 'a' should be a (batch) matrix, with rank >= 2. Found: %s" % (t._shape_tuple,))
    return run("Transpose", t, convert(list(range(n - 2)) + [n - 1, n - 2], 3))


Qr = collections.namedtuple("Qr", "q r")


def qr(input, full_matrices=False, name=None):
    """(Q, R) of matrices."""
    return Qr(*execute("Qr", [input], {"full_matrices": full_matrices}))


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """(singular values, U, V) of matrices."""
    s, u, v = execute("Svd", [tensor], {"compute_uv": compute_uv, "full_matrices": full_matrices})
    return (s, u, v) if compute_uv else s


def self_adjoint_eig(tensor, name=None):
    """(eigenvalues in rising order, eigenvectors as columns) of symmetric matrices."""
    return tuple(execute("SelfAdjointEigV2", [tensor], {}))


def self_adjoint_eigvals(tensor, name=None):
    """The eigenvalues of symmetric matrices, in rising order."""
    return execute("SelfAdjointEigV2", [tensor], {"compute_v": False})[0]


def matrix_solve_ls(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """Least-squares solutions of A x = rhs, regularized by l2_regularizer."""
    return execute("MatrixSolveLs", [*same_dtype([matrix, rhs]), convert(l2_regularizer, 2)], {"fast": fast})


def cholesky_solve(chol, rhs, name=None):
    """The solution of A x = rhs from A's Cholesky factor."""
    c, r = same_dtype([chol, rhs])
    y = execute("MatrixTriangularSolve", [c, r], {"lower": True})
    return execute("MatrixTriangularSolve", [c, y], {"lower": True, "adjoint": True})


def logdet(matrix, name=None):
    """The logarithm of the determinant of positive definite matrices."""
    return 2.0 * run("Sum", run("Log", matrix_diag_part(run("Cholesky", convert(matrix, 0)))), convert([-1], 3))


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """The tensor, scaled down where its norm (along axes) is above clip_norm."""
    t = convert(t, 0)
    bound = convert(clip_norm, t._dtype_number)
    length2 = _reduce("Sum", run("Square", t), axes, True)
    positive = run("Greater", length2, array_ops.zeros_like(length2))
    length = run("Select", positive, run("Sqrt", run("Select", positive, length2, array_ops.ones_like(length2))), length2)
    return t * bound / run("Maximum", length, bound)


def clip_by_average_norm(t, clip_norm, name=None):
    """The tensor, scaled down where its norm per element is above clip_norm."""
    t = convert(t, 0)
    n = float(t._size)
    length = run("Sqrt", run("Sum", run("Square", t), None)) / n
    return t * clip_norm * run("Minimum", 1.0 / length, convert(1.0, t._dtype_number) / clip_norm)


def clip_by_value_1(t, clip_value_min, clip_value_max, name=None):
    """1.x: the bounds are scalars or of t's shape."""
    t = convert(t, 0)
    low, high = (convert(v, t._dtype_number) for v in (clip_value_min, clip_value_max))
    if any(v._shape_tuple not in ((), t._shape_tuple) for v in (low, high)):
        raise invalid("clip_by_value: the bounds must be scalars or of the shape %s" % (t._shape_tuple,))
    return run("ClipByValue", t, low, high)


def _values(item):
    from sokuji._src.core.conversion import IndexedSlices

    return item.values if isinstance(item, IndexedSlices) else convert(item, 0)


def _checked(t_list):
    if not isinstance(t_list, (list, tuple)):
        raise TypeError("t_list should be a sequence")
    return list(t_list)


def global_norm(t_list, name=None):
    """The square root of the sum of all tensors' squares."""
    halves = [run("L2Loss", _values(t)) for t in _checked(t_list) if t is not None]
    return run("Sqrt", add_n(halves) * 2.0) if halves else None


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """(the tensors scaled down so that their common norm is at most clip_norm, that norm before)."""
    from sokuji._src.core.conversion import IndexedSlices

    items = _checked(t_list)
    length = global_norm(items) if use_norm is None else convert(use_norm, 0)
    if length is None:
        return items, None
    one = convert(1.0, length._dtype_number)
    scale = clip_norm * run("Minimum", one / length, one / clip_norm)
    out = []
    for t in items:
        scaled = None if t is None else _values(t) * scale
        out.append(IndexedSlices(scaled, t.indices, t.dense_shape) if isinstance(t, IndexedSlices) else scaled)
    return out, length


def confusion_matrix(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None, weights=None):
    """How often each label (row) was predicted as each class (column)."""
    labels, predictions = (np.asarray(convert(v, 0)).astype(np.int64) for v in (labels, predictions))
    n = int(max(labels.max(initial=-1), predictions.max(initial=-1))) + 1 if num_classes is None else int(num_classes)
    if labels.size and (min(labels.min(), predictions.min()) < 0 or max(labels.max(), predictions.max()) >= n):
        raise invalid("confusion_matrix: a label or prediction is outside [0, %d)" % n)
    out = np.zeros((n, n), dtypes.as_dtype(dtype).as_numpy_dtype)
    np.add.at(out, (labels, predictions), 1 if weights is None else np.asarray(convert(weights, 0)))
    return convert(out, number(dtype))


def matmul_any(a, b):
    return run("MatMul" if len(a._shape_tuple) == 2 else "BatchMatMul", a, b)


def scalar_mul(scalar, x, name=None):
    """A scalar times a tensor or indexed slices."""
    from sokuji._src.core.conversion import IndexedSlices

    factor = convert(scalar, convert(x.values if isinstance(x, IndexedSlices) else x, 0)._dtype_number)
    if factor._shape_tuple:
        raise ValueError("Only scalar multiply works, got shape %s" % (factor._shape_tuple,))
    return IndexedSlices(x.values * factor, x.indices, x.dense_shape) if isinstance(x, IndexedSlices) else factor * x


def string_join(inputs, separator="", name=None):
    """Strings of several tensors put together, elementwise."""
    return execute("StringJoin", [convert(i, 7) for i in inputs], {"separator": separator})


def decode_csv(records, record_defaults, field_delim=",", use_quote_delim=True, name=None, na_value=""):
    """The columns of CSV lines, as tensors of the defaults' dtypes."""
    defaults = [convert(d, 0) for d in record_defaults]
    flat = [d if d._shape_tuple != () else d for d in defaults]
    return execute("DecodeCSV", [convert(records, 7), *flat],
                   {"field_delim": field_delim, "use_quote_delim": use_quote_delim, "na_value": na_value}, len(flat))  # fmt: skip


def decode_csv_2(records, record_defaults, field_delim=",", use_quote_delim=True, na_value="", select_cols=None, name=None):
    """The columns of CSV lines; select_cols names those that are wanted, in rising order, to which the defaults then belong."""
    if select_cols is None:
        return decode_csv(records, record_defaults, field_delim, use_quote_delim, None, na_value)
    wanted = [int(c) for c in select_cols]
    if wanted != sorted(set(wanted)) or wanted and wanted[0] < 0:
        raise ValueError("decode_csv: select_cols is %s; it must be strictly increasing and not negative" % (wanted,))
    if len(wanted) != len(record_defaults):
        raise ValueError("decode_csv: select_cols has %d columns, record_defaults %d; they must agree" % (len(wanted), len(record_defaults)))
    import csv
    import io

    lines, quoting = convert(records, 7), csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
    texts, out = np.asarray(lines.numpy(), object), []
    for n, text in enumerate(texts.ravel().tolist()):
        row = next(csv.reader([text.decode(errors="surrogateescape")], delimiter=field_delim, quoting=quoting), [])
        if wanted and wanted[-1] >= len(row):
            raise invalid("decode_csv: Expect %d fields but have %d in record %d" % (len(wanted), sum(c < len(row) for c in wanted), n))
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=field_delim, quoting=quoting, lineterminator="").writerow([row[c] for c in wanted])
        out.append(buffer.getvalue().encode(errors="surrogateescape"))
    return decode_csv(convert(np.array(out + [None], object)[:-1].reshape(texts.shape), 7), record_defaults, field_delim, use_quote_delim, None, na_value)


# ---- statistics, polynomials, and the forms of 2.x ----


def lbeta_2(x, name=None):
    """The logarithm of the Beta function of the last axis."""
    return lbeta(x)


def lbeta(x, name="lbeta"):
    """The logarithm of the Beta function of the last axis."""
    t = tensor(x)
    last = convert([-1], 3)
    return run("Sub", run("Sum", run("Lgamma", t), last), run("Lgamma", run("Sum", t, last)))


def floor_div(x, y, name=None):
    """x / y rounded down."""
    return run("FloorDiv", *same_dtype([x, y]))


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
    return None if axis is None else convert(sorted({a % rank for a in _axes(axis, rank)}), 3)


def reduce_variance(input_tensor, axis=None, keepdims=False, name=None):
    """The variance over axes."""
    t = tensor(input_tensor)
    if t.dtype.is_complex:
        array = np.asarray(t)
        made = array.var(None if axis is None else tuple(_axes(axis, array.ndim)), keepdims=bool(keepdims))
        return tensor(np.asarray(made, t.dtype.real_dtype.as_numpy_dtype))
    if not t.dtype.is_floating:
        raise TypeError("Input must be either real or complex. Received integer type %s." % t.dtype)
    axes = _axis(axis, len(t._shape_tuple))
    mean = execute("Mean", [t, axes], {"keep_dims": True})
    return execute("Mean", [run("Square", run("Sub", t, mean)), axes], {"keep_dims": bool(keepdims)})


def reduce_std(input_tensor, axis=None, keepdims=False, name=None):
    """The standard deviation over axes."""
    return run("Sqrt", reduce_variance(input_tensor, axis, keepdims))


def reduce_logsumexp_2(input_tensor, axis=None, keepdims=False, name=None):
    """log(sum(exp(x))) over axes, without overflow."""
    return reduce_logsumexp(input_tensor, axis, keepdims)


def count_nonzero_2(input, axis=None, keepdims=None, dtype=dtypes.int64, name=None):
    """How many elements are not zero, over axes."""
    return count_nonzero(input, axis, keepdims, dtype)


def norm_2(tensor, ord="euclidean", axis=None, keepdims=None, name=None):
    """The norm of a tensor, or along axes: 1, 2, inf, "euclidean", "fro" or another order."""
    return norm(tensor, ord, axis, keepdims)


def confusion_matrix_2(labels, predictions, num_classes=None, weights=None, dtype=dtypes.int32, name=None):
    """How often each label (row) was predicted as each class (column)."""
    return confusion_matrix(labels, predictions, num_classes, dtype, None, weights)


def timestamp(name=None):
    """Seconds since 1970, float64."""
    import time

    return tensor(time.time(), dtypes.float64)


def cumulative_logsumexp(x, axis=0, exclusive=False, reverse=False, name=None):
    """The logarithm of the running sum of exponentials."""
    t = tensor(x)
    rank = len(t._shape_tuple)
    axis = axis_of(int(axis), rank)
    parts = array_ops.unstack(t, axis=axis)
    if reverse:
        parts.reverse()
    total, out = run("Fill", run("Shape", parts[0]), convert(-np.inf, t._dtype_number)) if parts else None, []
    for part in parts:
        if exclusive:
            out.append(total)
        total = part if not out and not exclusive else reduce_logsumexp(array_ops.stack([total, part]), 0)
        if not exclusive:
            out.append(total)
    if reverse:
        out.reverse()
    return array_ops.stack(out, axis) if out else t


def reciprocal_no_nan(x, name=None):
    """1 / x; 0 where x is 0."""
    t = tensor(x)
    return run("DivNoNan", run("OnesLike", t), t)


NAMES_1 = {"lbeta": lbeta, "floor_div": floor_div, "timestamp": timestamp}
MATH_2 = {
    "lbeta": lbeta_2, "polyval": polyval, "reduce_std": reduce_std, "reduce_variance": reduce_variance, "reduce_logsumexp": reduce_logsumexp_2,
    "count_nonzero": count_nonzero_2, "confusion_matrix": confusion_matrix_2, "logical_xor": logical_xor, "scalar_mul": scalar_mul,
    "accumulate_n": accumulate_n, "floordiv": floor_div, "cumulative_logsumexp": cumulative_logsumexp, "reciprocal_no_nan": reciprocal_no_nan,
}  # fmt: skip
