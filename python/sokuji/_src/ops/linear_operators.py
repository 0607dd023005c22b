"""tf.linalg.LinearOperator and its kinds. Each knows its dense matrix; what a kind shows of its structure (the class of its inverse, adjoint, products) is kept,
while products and solutions are those of the dense matrix."""


import numpy as np

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, execute, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, complex_ops, linalg_late_ops, linalg_ops, math_ops, signal_ops

_HINTS = ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square")


def _held(x, what, dtype=None):
    """A variable as it is, so that the operator follows it; else a tensor of numbers that matrices are made of."""
    if x is None:
        raise ValueError("LinearOperator: %s is None; give a tensor" % what)
    t = x if hasattr(x, "assign") else tensor(x, dtype)
    if not (t.dtype.is_floating or t.dtype.is_complex):
        raise TypeError("Argument %s must have dtype float16, float32, float64, complex64 or complex128. Found: %s" % (what, t.dtype))
    return t


def _need_rank(t, least, what):
    if t.shape.rank is not None and t.shape.rank < least:
        raise ValueError("Argument %s must have at least %d dimensions. Found: %s" % (what, least, t))
    return t


def _adjoint(t):
    return complex_ops.conj(math_ops.matrix_transpose(t))


def _transpose_when(t, flag):
    return _adjoint(t) if flag else t


def _last(op, t):
    return run(op, t, convert([-1], 3))


def _all(values):
    return True if all(v is True for v in values) else None


def _wide(t):
    return run("ExpandDims", t, convert(-1, 3))


def _shaped(t, dims):
    return run("Reshape", t, sizes([int(n) for n in dims]))


def _eye(n, like):
    return math_ops.matrix_diag(array_ops.ones([n], like.dtype))


def _compositions():
    """The kinds made of others, which are of this module's."""
    from sokuji._src.ops import linear_compositions

    return linear_compositions


class LinearOperator:
    """A matrix, or a batch of them, by what it does. Kinds of a program's own give _shape() and _matmul(), or _to_dense()."""

    def __init__(self, dtype, graph_parents=None, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None, parameters=None):
        if is_positive_definite and is_non_singular is False:
            raise ValueError("A positive definite matrix is always non-singular.")
        if is_square is False and (is_non_singular or is_self_adjoint or is_positive_definite):
            raise ValueError("A non-singular, self-adjoint or positive definite matrix is always square.")
        self.dtype, self.name, self.parameters = dtypes.as_dtype(dtype), name or type(self).__name__, parameters or {}
        self.is_non_singular = True if is_positive_definite else is_non_singular
        self.is_self_adjoint, self.is_positive_definite, self._said_square = is_self_adjoint, is_positive_definite, is_square
        self.graph_parents = list(graph_parents or [])

    def _begin(self, given, dtype, **implied):
        """From the arguments of a kind's __init__: its parameters, hints and name; a hint may not deny what the kind implies."""
        given = {key: value for key, value in given.items() if key not in ("self", "__class__")}
        hints = {hint: given.get(hint) for hint in _HINTS}
        for hint, value in implied.items():
            if hints[hint] is not None and value is not None and hints[hint] != value and hint != "is_non_singular":
                raise ValueError("%s: %s is always %s; it was said to be %s" % (type(self).__name__, hint, value, hints[hint]))
            hints[hint] = value if hints[hint] is None else hints[hint]
        LinearOperator.__init__(self, dtype, name=given.get("name"), parameters=given, **hints)
        if self.is_square is False and (self._said_square or self.is_non_singular or self.is_self_adjoint or self.is_positive_definite):
            raise ValueError("The operator was said to be square, non-singular, self-adjoint or positive definite; its shape is %s" % (self.shape,))

    # ---- what kinds give ----

    def _dims(self):
        return self._to_dense().shape.as_list()

    def _shape(self):
        return shapes.TensorShape(self._dims())

    def _to_dense(self):
        if type(self)._matmul is LinearOperator._matmul:
            raise NotImplementedError("not implemented: %s has neither _matmul() nor _to_dense()" % type(self).__name__)
        return self._matmul(_eye(self.domain_dimension, self))

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return _transpose_when(self._to_dense(), adjoint) @ _transpose_when(x, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        a, b = _transpose_when(self._to_dense(), adjoint), _transpose_when(rhs, adjoint_arg)
        lead = np.broadcast_shapes(tuple(a.shape[:-2]), tuple(b.shape[:-2])) if None not in (*a.shape, *b.shape) else None
        if lead is not None and a.shape[:-2] != b.shape[:-2]:
            a, b = (run("BroadcastTo", t, sizes([*lead, *t.shape[-2:]])) for t in (a, b))
        return self._solved(a, b, adjoint)

    def _solved(self, a, b, adjoint):
        return run("MatrixSolve", a, b)

    def _diag_part(self):
        return linalg_late_ops.diag_part(self._to_dense())

    def _trace(self):
        return _last("Sum", self.diag_part())

    def _determinant(self):
        return run("MatrixDeterminant", self._to_dense())

    def _log_abs_determinant(self):
        return linalg_ops.slogdet(self._to_dense())[1]

    def _eigvals(self):
        return math_ops.self_adjoint_eigvals(self._to_dense())

    def _inverse(self):
        return _compositions().LinearOperatorInversion(self)

    def _linop_adjoint(self):
        return _compositions().LinearOperatorAdjoint(self)

    def _cholesky(self):
        return LinearOperatorLowerTriangular(run("Cholesky", self._to_dense()), is_non_singular=True, is_self_adjoint=False, is_square=True)

    # ---- what users ask ----

    shape = property(lambda self: self._shape())
    batch_shape = property(lambda self: self.shape[:-2])
    tensor_rank = property(lambda self: self.shape.rank)
    domain_dimension = property(lambda self: self.shape[-1])
    range_dimension = property(lambda self: self.shape[-2])
    H = property(lambda self: self.adjoint())

    @property
    def is_square(self):
        rows, columns = self.range_dimension, self.domain_dimension
        return self._said_square if rows is None or columns is None else rows == columns

    @property
    def variables(self):
        """The variables that the operator was made of, without repetition."""
        found = []
        for value in self.parameters.values():
            for part in value if isinstance(value, (list, tuple)) else [value]:
                found += part.variables if isinstance(part, LinearOperator) else [part] if hasattr(part, "assign") else []
        return tuple({id(v): v for v in found}.values())

    trainable_variables = property(lambda self: tuple(v for v in self.variables if v.trainable))

    def shape_tensor(self, name="shape_tensor"):
        """The shape, as a tensor."""
        return convert(self.shape.as_list(), 3)

    def batch_shape_tensor(self, name="batch_shape_tensor"):
        """The shape before the matrix, as a tensor."""
        return convert(np.array(self.batch_shape.as_list(), np.int32), 3)

    def tensor_rank_tensor(self, name="tensor_rank_tensor"):
        """The number of dimensions, as a tensor."""
        return convert(self.tensor_rank, 3)

    def domain_dimension_tensor(self, name="domain_dimension_tensor"):
        """The number of columns, as a tensor."""
        return convert(self.domain_dimension, 3)

    def range_dimension_tensor(self, name="range_dimension_tensor"):
        """The number of rows, as a tensor."""
        return convert(self.range_dimension, 3)

    def to_dense(self, name="to_dense"):
        """The matrix by its elements."""
        return self._to_dense()

    def _argument(self, x, what):
        t = convert(x, self.dtype.as_datatype_enum) if not hasattr(x, "dtype") or isinstance(x, np.ndarray) and x.dtype == self.dtype.as_numpy_dtype else tensor(x)
        if t.dtype != self.dtype:
            raise TypeError("Input argument %s has dtype %s; the operator has %s" % (what, t.dtype.name, self.dtype.name))
        return t

    def _check_inner(self, size, of_other, other):
        if None not in (size, of_other) and size != of_other:
            raise ValueError("Operators are incompatible. Expected a dimension of %s; it is %s, in %s" % (size, of_other, other))

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """The product with a matrix, or with another operator: an operator."""
        if isinstance(x, LinearOperator):
            a, b = self.adjoint() if adjoint else self, x.adjoint() if adjoint_arg else x
            self._check_inner(a.domain_dimension, b.range_dimension, "matmul")
            return _compositions().product(a, b)
        x = self._argument(x, "x")
        self._check_inner(self.range_dimension if adjoint else self.domain_dimension, x.shape[-1 if adjoint_arg else -2], "matmul")
        return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    __matmul__ = matmul

    def matvec(self, x, adjoint=False, name="matvec"):
        """The product with a vector."""
        return execute("Squeeze", [self.matmul(_wide(self._argument(x, "x")), adjoint=adjoint)], {"squeeze_dims": [-1]})

    def _may_solve(self):
        if self.is_non_singular is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to be singular.")
        if self.is_square is False:
            raise NotImplementedError("Exact solve not implemented for an operator that is expected to not be square.")

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """The solution X of A X = rhs; of an operator: an operator."""
        self._may_solve()
        if isinstance(rhs, LinearOperator):
            a, b = self.adjoint() if adjoint else self, rhs.adjoint() if adjoint_arg else rhs
            self._check_inner(a.domain_dimension, b.range_dimension, "solve")
            return _compositions().solution(a, b)
        rhs = self._argument(rhs, "rhs")
        self._check_inner(self.range_dimension, rhs.shape[-1 if adjoint_arg else -2], "solve")
        return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """The solution of A x = rhs, of vectors."""
        return execute("Squeeze", [self.solve(_wide(self._argument(rhs, "rhs")), adjoint=adjoint)], {"squeeze_dims": [-1]})

    def _need_square(self, what):
        if self.is_square is False:
            raise NotImplementedError("%s not implemented for an operator that is expected to not be square." % what)

    def determinant(self, name="det"):
        """The determinant."""
        self._need_square("Determinant")
        return self._determinant()

    def log_abs_determinant(self, name="log_abs_det"):
        """The logarithm of the determinant's magnitude."""
        self._need_square("Determinant")
        return self._log_abs_determinant()

    def trace(self, name="trace"):
        """The sum of the diagonal."""
        return self._trace()

    def diag_part(self, name="diag_part"):
        """The diagonal."""
        return self._diag_part()

    def add_to_tensor(self, x, name="add_to_tensor"):
        """The matrix and a tensor, added."""
        return self.to_dense() + self._argument(x, "x")

    def inverse(self, name="inverse"):
        """The inverse, an operator."""
        if self.is_square is False:
            raise ValueError("Cannot take the Inverse: This operator represents a non square matrix.")
        if self.is_non_singular is False:
            raise ValueError("Cannot take the Inverse: This operator represents a singular matrix.")
        return self._inverse()

    def adjoint(self, name="adjoint"):
        """The conjugate transpose, an operator; of a self-adjoint one it itself."""
        return self if self.is_self_adjoint is True else self._linop_adjoint()

    def cholesky(self, name="cholesky"):
        """The lower Cholesky factor, an operator."""
        if not (self.is_positive_definite and self.is_self_adjoint):
            raise ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.")
        return self._cholesky()

    def eigvals(self, name="eigvals"):
        """The eigenvalues of a self-adjoint operator."""
        if not self.is_self_adjoint:
            raise NotImplementedError("Only self-adjoint matrices are supported.")
        return self._eigvals()

    def _magnitudes(self):
        return run("Abs", self._eigvals()) if self.is_self_adjoint else math_ops.svd(self._to_dense(), compute_uv=False)

    def cond(self, name="cond"):
        """The condition number: the largest singular value by the smallest."""
        self._need_square("Condition number")
        s = self._magnitudes()
        return _last("Max", s) / _last("Min", s)

    def assert_non_singular(self, name="assert_non_singular"):
        """Raises InvalidArgumentError unless the condition number is that of an invertible matrix."""
        bound = 0.1 / max(np.finfo(self.dtype.as_numpy_dtype).eps, 1e-30)
        if not (np.asarray(self.cond()) < bound).all():
            raise invalid("Singular matrix up to precision epsilon.")

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """Raises InvalidArgumentError unless the matrix is its conjugate transpose."""
        a = np.asarray(self.to_dense())
        if not np.array_equal(a, np.swapaxes(a, -1, -2).conj()):
            raise invalid("Matrix was not equal to its adjoint.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """Raises InvalidArgumentError unless all eigenvalues are above zero."""
        if not self.is_self_adjoint:
            raise NotImplementedError("assert_positive_definite is not implemented for an operator that is not said to be self-adjoint.")
        if not (np.asarray(self._eigvals()).real > 0).all():
            raise invalid("Operator was not positive definite.")


class LinearOperatorFullMatrix(LinearOperator):
    """A matrix by its elements."""

    def __init__(self, matrix, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorFullMatrix"):
        self.matrix = _need_rank(_held(matrix, "matrix"), 2, "matrix")
        self._begin(locals(), self.matrix.dtype)

    def _to_dense(self):
        return tensor(self.matrix)


class LinearOperatorLowerTriangular(LinearOperator):
    """A matrix with zeros above its diagonal; what is given there is not read."""

    def __init__(self, tril, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorLowerTriangular"):
        self.tril = _need_rank(_held(tril, "tril"), 2, "tril")
        self._begin(locals(), self.tril.dtype, is_square=True)

    def _to_dense(self):
        return math_ops.matrix_band_part(tensor(self.tril), -1, 0)

    def _solved(self, a, b, adjoint):
        return execute("MatrixTriangularSolve", [a, b], {"lower": not adjoint})

    def _determinant(self):
        return _last("Prod", self.diag_part())

    def _log_abs_determinant(self):
        return _last("Sum", run("Log", run("Abs", self.diag_part())))


class _Diagonal(LinearOperator):
    """What is known of matrices with a diagonal alone, _diag_part()."""

    def _dims(self):
        d = self._diag_part().shape.as_list()
        return [*d, d[-1]]

    def _to_dense(self):
        return math_ops.matrix_diag(self._diag_part())

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        d = self._diag_part()
        return _wide(complex_ops.conj(d) if adjoint else d) * _transpose_when(x, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        d = self._diag_part()
        return _transpose_when(rhs, adjoint_arg) / _wide(complex_ops.conj(d) if adjoint else d)

    def _determinant(self):
        return _last("Prod", self._diag_part())

    def _log_abs_determinant(self):
        return _last("Sum", run("Log", run("Abs", self._diag_part())))

    def _eigvals(self):
        return self._diag_part()

    def _magnitudes(self):
        return run("Abs", self._diag_part())

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """Raises InvalidArgumentError unless the diagonal is real."""
        if np.any(np.asarray(self._diag_part()).imag):
            raise invalid("Operator has a diagonal with imaginary parts.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """Raises InvalidArgumentError unless the diagonal is above zero."""
        if not (np.asarray(self._diag_part()).real > 0).all():
            raise invalid("Operator was not positive definite.")

    def assert_non_singular(self, name="assert_non_singular"):
        """Raises InvalidArgumentError where the diagonal is zero."""
        if not np.all(np.asarray(self._diag_part())):
            raise invalid("Singular operator: the diagonal contained zero values.")


class LinearOperatorDiag(_Diagonal):
    """A diagonal matrix, by its diagonal."""

    def __init__(self, diag, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorDiag"):
        self.diag = _need_rank(_held(diag, "diag"), 1, "diag")
        self._begin(locals(), self.diag.dtype, is_self_adjoint=None if self.diag.dtype.is_complex else True, is_square=True)

    def _diag_part(self):
        return tensor(self.diag)

    def _made(self, diag):
        return LinearOperatorDiag(diag, self.is_non_singular, self.is_self_adjoint, self.is_positive_definite, True)

    def _inverse(self):
        return self._made(1.0 / self._diag_part())

    def _linop_adjoint(self):
        return self._made(complex_ops.conj(self._diag_part()))

    def _cholesky(self):
        return LinearOperatorDiag(run("Sqrt", self._diag_part()), is_positive_definite=True, is_square=True)


class _Sized(_Diagonal):
    """Kinds that know a number of rows and a batch's shape."""

    def _size(self, num_rows, batch_shape=None):
        n = int(num_rows)
        if n < 0:
            raise ValueError("Argument num_rows must be non-negative. Found: %s" % n)
        self._n, self._batch = n, () if batch_shape is None else tuple(int(v) for v in np.asarray(batch_shape).reshape(-1))
        return n

    def _diag_part(self):
        return array_ops.ones([*self._batch, self._n], self.dtype)

    def _dims(self):
        return [*self._batch, self._n, self._n]

    def add_to_tensor(self, mat, name="add_to_tensor"):
        """The matrix and a tensor, added."""
        return super().add_to_tensor(mat)


class LinearOperatorIdentity(_Sized):
    """The identity, or a batch of it."""

    def __init__(self, num_rows, batch_shape=None, dtype=None, is_non_singular=True, is_self_adjoint=True, is_positive_definite=True, is_square=True, assert_proper_shapes=False, name="LinearOperatorIdentity"):
        if not (is_self_adjoint and is_non_singular and is_positive_definite):
            raise ValueError("An identity operator is always self-adjoint, non-singular and positive definite.")
        self._size(num_rows, batch_shape)
        self._begin(locals(), dtype or dtypes.float32)

    def _inverse(self):
        return self

    _linop_adjoint = _cholesky = _inverse


class LinearOperatorScaledIdentity(_Sized):
    """A multiple of the identity."""

    def __init__(self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, assert_proper_shapes=False, name="LinearOperatorScaledIdentity"):
        self.multiplier = _held(multiplier, "multiplier")
        self._size(num_rows, self.multiplier.shape.as_list())
        self._begin(locals(), self.multiplier.dtype, is_self_adjoint=None if self.multiplier.dtype.is_complex else True)

    def _diag_part(self):
        return _wide(tensor(self.multiplier)) * array_ops.ones([self._n], self.dtype)

    def _made(self, multiplier):
        return LinearOperatorScaledIdentity(self._n, multiplier, self.is_non_singular, self.is_self_adjoint, self.is_positive_definite)

    def _inverse(self):
        return self._made(1.0 / tensor(self.multiplier))

    def _linop_adjoint(self):
        return self._made(complex_ops.conj(tensor(self.multiplier)))

    def _cholesky(self):
        return self._made(run("Sqrt", tensor(self.multiplier)))


class LinearOperatorZeros(_Sized):
    """A matrix of zeros, which may be other than square."""

    def __init__(self, num_rows, num_columns=None, batch_shape=None, dtype=None, is_non_singular=False, is_self_adjoint=True, is_positive_definite=False, is_square=True, assert_proper_shapes=False, name="LinearOperatorZeros"):
        if is_non_singular or is_positive_definite:
            raise ValueError("A zero operator is never non-singular or positive definite.")
        self._columns = self._size(num_rows, batch_shape) if num_columns is None else int(num_columns)
        self._size(num_rows, batch_shape)
        if self._n != self._columns:
            is_self_adjoint = is_square = False
        self._begin(locals(), dtype or dtypes.float32)

    def _dims(self):
        return [*self._batch, self._n, self._columns]

    def _to_dense(self):
        return array_ops.zeros(self._dims(), self.dtype)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return LinearOperator._matmul(self, x, adjoint, adjoint_arg)

    def _diag_part(self):
        return array_ops.zeros([*self._batch, min(self._n, self._columns)], self.dtype)

    def _linop_adjoint(self):
        return LinearOperatorZeros(self._columns, self._n, self._batch, self.dtype, is_self_adjoint=None, is_square=None)


class LinearOperatorHouseholder(LinearOperator):
    """The reflection I - 2 v v^H / |v|^2, by its axis v."""

    def __init__(self, reflection_axis, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorHouseholder"):
        self.reflection_axis = _need_rank(_held(reflection_axis, "reflection_axis"), 1, "reflection_axis")
        self._begin(locals(), self.reflection_axis.dtype, is_self_adjoint=True, is_positive_definite=False, is_square=True)

    def _to_dense(self):
        v = tensor(self.reflection_axis)
        wide = _wide(v)
        return _eye(v.shape[-1], self) - wide @ _adjoint(wide) * _wide(_wide(2.0 / _last("Sum", v * complex_ops.conj(v))))

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint, adjoint_arg)

    def _determinant(self):
        return _last("Sum", tensor(self.reflection_axis)) * 0.0 - 1.0

    def _log_abs_determinant(self):
        return _last("Sum", tensor(self.reflection_axis)) * 0.0

    def _inverse(self):
        return self

    def _magnitudes(self):
        return run("OnesLike", tensor(self.reflection_axis))

    def _eigvals(self):
        v = tensor(self.reflection_axis)
        return run("OnesLike", v) - 2.0 * array_ops.one_hot(0, v.shape[-1], dtype=self.dtype)


class LinearOperatorPermutation(LinearOperator):
    """The matrix that orders rows as perm says."""

    def __init__(self, perm, dtype=dtypes.float32, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorPermutation"):
        self.perm = _need_rank(perm if hasattr(perm, "assign") else tensor(perm), 1, "perm")
        if not self.perm.dtype.is_integer:
            raise TypeError("Argument perm must have dtype int32 or int64. Found: %s" % self.perm.dtype)
        if not is_square and is_square is not None:
            raise ValueError("A permutation operator is always square.")
        self._begin(locals(), dtype, is_square=True)

    def _to_dense(self):
        return array_ops.one_hot(tensor(self.perm), self.perm.shape[-1], dtype=self.dtype)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, not adjoint, adjoint_arg)


class LinearOperatorToeplitz(LinearOperator):
    """A matrix with the same number along each diagonal, by its first column and row."""

    def __init__(self, col, row, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorToeplitz"):
        self.col, self.row = _need_rank(_held(col, "col"), 1, "col"), _need_rank(_held(row, "row"), 1, "row")
        self._begin(locals(), self.col.dtype, is_square=True)

    def _to_dense(self):
        col, row = tensor(self.col), tensor(self.row)
        n = col.shape[-1]
        line = array_ops.concat([array_ops.reverse_v2(row[..., 1:], [-1]), col], -1)
        return run("GatherV2", line, convert(np.arange(n)[:, None] - np.arange(n) + n - 1, 3), convert(-1, 3))

    def _diag_part(self):
        col = tensor(self.col)
        return col[..., :1] * run("OnesLike", col)


class LinearOperatorTridiag(LinearOperator):
    """A matrix with three diagonals, in any of tf.linalg.tridiagonal_solve's forms."""

    def __init__(self, diagonals, diagonals_format="compact", is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorTridiag"):
        self.diagonals = [_held(d, "diagonals") for d in diagonals] if diagonals_format == "sequence" else _held(diagonals, "diagonals")
        self.diagonals_format = diagonals_format
        self._begin(locals(), (self.diagonals[0] if diagonals_format == "sequence" else self.diagonals).dtype, is_square=True)

    def _to_dense(self):
        return linalg_late_ops._tridiagonal(self.diagonals, self.diagonals_format)


class LinearOperatorLowRankUpdate(LinearOperator):
    """base + u diag(diag_update) v^H."""

    def __init__(self, base_operator, u, diag_update=None, v=None, is_diag_update_positive=None, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorLowRankUpdate"):
        given = locals()
        kind = base_operator.dtype
        self.base_operator, self.u, self.is_diag_update_positive = base_operator, _held(u, "u", kind), True if diag_update is None else is_diag_update_positive
        self.v = self.u if v is None else _held(v, "v", kind)
        self.diag_update = None if diag_update is None else _held(diag_update, "diag_update", kind)
        rank = self.u.shape[-1]
        self.diag_operator = LinearOperatorIdentity(rank, dtype=kind) if diag_update is None else LinearOperatorDiag(self.diag_update, is_positive_definite=is_diag_update_positive)
        same = v is None and base_operator.is_self_adjoint and not kind.is_complex or None
        positive = same and base_operator.is_positive_definite and self.is_diag_update_positive or None
        self._begin(given, kind, is_non_singular=positive, is_self_adjoint=same, is_positive_definite=positive)

    def _dims(self):
        return self.base_operator.shape.as_list()

    def _to_dense(self):
        return self.base_operator.to_dense() + tensor(self.u) @ self.diag_operator.matmul(_adjoint(tensor(self.v)))


class _Circulant(LinearOperator):
    """A matrix that the Fourier transform makes diagonal, by its spectrum."""

    def _circular(self, given):
        self.spectrum = spectrum = _need_rank(_held(given["spectrum"], "spectrum"), self.block_depth, "spectrum")
        self._kind = dtypes.complex128 if self.spectrum.dtype.real_dtype == dtypes.float64 else dtypes.complex64
        self._begin(given, given["input_output_dtype"], is_self_adjoint=None if spectrum.dtype.is_complex else True)

    block_shape = property(lambda self: self.spectrum.shape[-self.block_depth :])

    def _dims(self):
        s = self.spectrum.shape.as_list()
        return [*s[: len(s) - self.block_depth], *[int(np.prod(s[-self.block_depth :]))] * 2]

    def _wide_spectrum(self):
        return array_ops.cast(tensor(self.spectrum), self._kind)

    def convolution_kernel(self, name="convolution_kernel"):
        """The first column, in the block's shape."""
        inverse = (signal_ops.ifft, signal_ops.ifft2d, signal_ops.ifft3d)[self.block_depth - 1]
        return array_ops.cast(inverse(self._wide_spectrum()), self.dtype)

    def _to_dense(self):
        block = tuple(self.block_shape)
        n = int(np.prod(block))
        place = np.stack(np.unravel_index(np.arange(n), block), -1)
        index = np.ravel_multi_index(tuple(np.moveaxis((place[:, None] - place) % block, -1, 0)), block)
        flat = _shaped(self.convolution_kernel(), [*self._dims()[:-2], n])
        return run("GatherV2", flat, convert(index.astype(np.int32), 3), convert(-1, 3))

    def _made(self, spectrum):
        return type(self)(spectrum, self.dtype, self.is_non_singular, self.is_self_adjoint, self.is_positive_definite, True)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._made(1.0 / tensor(self.spectrum))._matmul(rhs, adjoint, adjoint_arg)

    def _inverse(self):
        return self._made(1.0 / tensor(self.spectrum))

    def _linop_adjoint(self):
        return self._made(complex_ops.conj(tensor(self.spectrum)))

    def _flat(self):
        return _shaped(tensor(self.spectrum), self._dims()[:-1])

    def _determinant(self):
        return array_ops.cast(_last("Prod", self._flat()), self.dtype)

    def _log_abs_determinant(self):
        return array_ops.cast(_last("Sum", run("Log", self._absolute())), self.dtype)

    def _absolute(self):
        flat = self._flat()
        return run("Abs", flat) if not flat.dtype.is_complex else run("Sqrt", complex_ops.real_1(flat * complex_ops.conj(flat)))

    def _trace(self):
        return array_ops.cast(_last("Sum", self._flat()), self.dtype)

    def _eigvals(self):
        return array_ops.cast(self._flat(), self.dtype)

    _magnitudes = _absolute

    def assert_self_adjoint(self, name="assert_self_adjoint"):
        """Raises InvalidArgumentError unless the spectrum is real."""
        if np.any(np.abs(np.asarray(tensor(self.spectrum)).imag) > 1e-6):
            raise invalid("Not equal to its adjoint: the spectrum has imaginary parts.")

    def assert_positive_definite(self, name="assert_positive_definite"):
        """Raises InvalidArgumentError unless the spectrum's real part is above zero."""
        if not (np.asarray(tensor(self.spectrum)).real > 0).all():
            raise invalid("Not positive definite: the spectrum's real part is not all above zero.")


class LinearOperatorCirculant(_Circulant):
    """A circulant matrix, by the Fourier transform of its first column."""

    block_depth = 1

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, name="LinearOperatorCirculant"):
        self._circular(locals())


class LinearOperatorCirculant2D(_Circulant):
    """A block circulant matrix with circulant blocks, by its spectrum in two dimensions."""

    block_depth = 2

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, name="LinearOperatorCirculant2D"):
        self._circular(locals())


class LinearOperatorCirculant3D(_Circulant):
    """A block circulant matrix of two levels, by its spectrum in three dimensions."""

    block_depth = 3

    def __init__(self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, name="LinearOperatorCirculant3D"):
        self._circular(locals())
