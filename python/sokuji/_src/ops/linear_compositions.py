"""The kinds of tf.linalg.LinearOperator that are made of others: inverses, adjoints, compositions, products of Kronecker, blocks; and what kind a product or a
solution of two operators is."""

import functools
import operator

import numpy as np

from sokuji._src.core.execute import convert, execute, run, sizes, tensor
from sokuji._src.ops import array_ops, complex_ops, linear_operators
from sokuji._src.ops.linear_operators import (LinearOperator, LinearOperatorDiag, LinearOperatorFullMatrix, LinearOperatorIdentity, LinearOperatorLowerTriangular, LinearOperatorScaledIdentity, LinearOperatorZeros, _Circulant, _HINTS, _adjoint, _all, _shaped, _transpose_when, _wide)


class _Around(LinearOperator):
    """Kinds made of one other operator."""

    def _around(self, given, suffix):
        inner = self.operator = given["operator"]
        given["name"] = given["name"] or inner.name + suffix
        for hint in _HINTS:
            said, known = given[hint], getattr(inner, hint)
            if said is not None and known is not None and said != known:
                raise ValueError("The operator says that %s is %s; it was said to be %s" % (hint, known, said))
        self._begin(given, inner.dtype, **{hint: getattr(inner, hint) for hint in _HINTS if given[hint] is None})


class LinearOperatorInversion(_Around):
    """The inverse of an operator."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None):
        if is_non_singular is False or operator.is_non_singular is False:
            raise ValueError("The operator to invert must be non-singular.")
        self._around(locals(), "_inv")
        self.is_non_singular = True if self.is_non_singular is None else self.is_non_singular

    def _dims(self):
        return self.operator.shape.as_list()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.solve(x, adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(rhs, adjoint, adjoint_arg)

    def _determinant(self):
        return 1.0 / self.operator.determinant()

    def _log_abs_determinant(self):
        return -self.operator.log_abs_determinant()

    def _inverse(self):
        return self.operator


class LinearOperatorAdjoint(_Around):
    """The conjugate transpose of an operator."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None):
        self._around(locals(), "_adjoint")

    def _dims(self):
        *lead, rows, columns = self.operator.shape.as_list()
        return [*lead, columns, rows]

    def _to_dense(self):
        return _adjoint(self.operator.to_dense())

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(x, not adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.solve(rhs, not adjoint, adjoint_arg)

    def _determinant(self):
        return complex_ops.conj(self.operator.determinant())

    def _log_abs_determinant(self):
        return self.operator.log_abs_determinant()

    def _linop_adjoint(self):
        return self.operator


class _Several(LinearOperator):
    """Kinds made of a list of operators."""

    def _several(self, given, mark, implied):
        self.operators = list(given["operators"])
        if not self.operators:
            raise ValueError("Expected a non-empty list of operators. Found: %s" % self.operators)
        kinds = sorted({o.dtype.name for o in self.operators})
        if len(kinds) > 1:
            raise TypeError("Expected all operators to have the same dtype. Found: %s" % kinds)
        given["operators"] = self.operators
        given["name"] = given["name"] or mark.join(o.name for o in self.operators)
        hints = {hint: _all(getattr(o, hint) for o in self.operators) for hint in implied}
        self._begin(given, kinds[0], **{hint: value for hint, value in hints.items() if value})

    def _mapped(self, function):
        """The same kind of what function makes of each operator."""
        return type(self)([function(o) for o in self.operators], self.is_non_singular, self.is_self_adjoint, self.is_positive_definite, self.is_square)

    def _linop_adjoint(self):
        return self._mapped(LinearOperator.adjoint)

    def _inverse(self):
        return self._mapped(LinearOperator.inverse)

    def _cholesky(self):
        return type(self)([o.cholesky() for o in self.operators], is_non_singular=True)

    def _batch_dims(self):
        return list(np.broadcast_shapes(*(tuple(o.batch_shape) for o in self.operators)))


class LinearOperatorComposition(_Several):
    """The product of operators."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None):
        self._several(locals(), "_o_", ("is_non_singular",))

    def _dims(self):
        return [*self._batch_dims(), self.operators[0].shape[-2], self.operators[-1].shape[-1]]

    def _to_dense(self):
        *rest, last = self.operators
        made = last.to_dense()
        for o in reversed(rest):
            made = o.matmul(made)
        return made

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        made = _transpose_when(x, adjoint_arg)
        for o in self.operators if adjoint else reversed(self.operators):
            made = o.matmul(made, adjoint)
        return made

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        made = _transpose_when(rhs, adjoint_arg)
        for o in reversed(self.operators) if adjoint else self.operators:
            made = o.solve(made, adjoint)
        return made

    def _determinant(self):
        return functools.reduce(operator.mul, (o.determinant() for o in self.operators))

    def _log_abs_determinant(self):
        return functools.reduce(operator.add, (o.log_abs_determinant() for o in self.operators))

    def _linop_adjoint(self):
        return LinearOperatorAdjoint(self)

    def _inverse(self):
        return LinearOperatorInversion(self)

    _cholesky = LinearOperator._cholesky


class LinearOperatorKronecker(_Several):
    """The Kronecker product of operators."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name=None):
        self._several(locals(), "_x_", _HINTS[:3])

    def _dims(self):
        return [*self._batch_dims(), *(int(np.prod([o.shape[i] for o in self.operators])) for i in (-2, -1))]

    def _to_dense(self):
        def turned(a, b):
            a = array_ops.expand_dims(array_ops.expand_dims(a, -1), -3)
            b = array_ops.expand_dims(array_ops.expand_dims(b, -2), -4)
            made = a * b
            return _shaped(made, [*made.shape[:-4], made.shape[-4] * made.shape[-3], made.shape[-2] * made.shape[-1]])

        return functools.reduce(turned, (o.to_dense() for o in self.operators))

    def _powers(self):
        size = self.shape[-1]
        return [(o, size // o.shape[-1]) for o in self.operators]

    def _determinant(self):
        return functools.reduce(operator.mul, (run("Pow", d, convert(float(n), d._dtype_number)) for d, n in ((o.determinant(), n) for o, n in self._powers())))

    def _log_abs_determinant(self):
        return functools.reduce(operator.add, (o.log_abs_determinant() * float(n) for o, n in self._powers()))

    def _trace(self):
        return functools.reduce(operator.mul, (o.trace() for o in self.operators))


class _Blocks(_Several):
    """Kinds whose matrix is divided into rows of blocks; a list of parts may stand for a matrix."""

    def _rows_of(self, x, axis, dims):
        if isinstance(x, (list, tuple)):
            return [self._argument(part, "x") for part in x], True
        return array_ops.split(self._argument(x, "x"), dims, axis), False

    def _whole(self, method, x, adjoint, adjoint_arg, dims):
        if not isinstance(x, (list, tuple)):
            return getattr(LinearOperator, method)(self, x, adjoint, adjoint_arg)
        parts = [_transpose_when(self._argument(part, "x"), adjoint_arg) for part in x]
        if len(parts) != len(dims):
            raise ValueError("Expected %d blocks. Received: %d" % (len(dims), len(parts)))
        lead = np.broadcast_shapes(*(tuple(part.shape[:-2]) for part in parts))
        whole = array_ops.concat([run("BroadcastTo", part, sizes([*lead, *part.shape[-2:]])) for part in parts], -2)
        made = getattr(LinearOperator, method)(self, whole, adjoint)
        return array_ops.split(made, self._block_dims(-1 if adjoint or method == "solve" else -2), -2)

    def matmul(self, x, adjoint=False, adjoint_arg=False, name="matmul"):
        """The product with a matrix, with a list of its blocks, or with another operator."""
        return self._whole("matmul", x, adjoint, adjoint_arg, self._block_dims(-2 if adjoint else -1))

    def solve(self, rhs, adjoint=False, adjoint_arg=False, name="solve"):
        """The solution X of A X = rhs, of a matrix, a list of its blocks, or an operator."""
        return self._whole("solve", rhs, adjoint, adjoint_arg, self._block_dims(-2))

    def _vectors(self, method, x, adjoint):
        if not isinstance(x, (list, tuple)):
            return getattr(LinearOperator, method + "vec")(self, x, adjoint)
        made = getattr(self, {"mat": "matmul"}.get(method, method))([_wide(self._argument(part, "x")) for part in x], adjoint)
        return [execute("Squeeze", [part], {"squeeze_dims": [-1]}) for part in made]

    def matvec(self, x, adjoint=False, name="matvec"):
        """The product with a vector or with a list of its blocks."""
        return self._vectors("mat", x, adjoint)

    def solvevec(self, rhs, adjoint=False, name="solve"):
        """The solution of A x = rhs, of a vector or a list of its blocks."""
        return self._vectors("solve", rhs, adjoint)

    def _joined(self, rows):
        """One matrix of rows of blocks; None is a block of zeros."""
        lead, widths = self._batch_dims(), self._block_dims(-1)
        made = []
        for height, row in zip(self._block_dims(-2), rows):
            blocks = [array_ops.zeros([*lead, height, w], self.dtype) if b is None else run("BroadcastTo", b, sizes([*lead, height, w])) for b, w in zip(row, widths)]
            made.append(array_ops.concat(blocks, -1))
        return array_ops.concat(made, -2)

    def _dims(self):
        return [*self._batch_dims(), sum(self._block_dims(-2)), sum(self._block_dims(-1))]


class LinearOperatorBlockDiag(_Blocks):
    """Operators along the diagonal of a matrix of zeros."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=True, name=None):
        self._several(locals(), "_ds_", _HINTS[:3])

    def _block_dims(self, axis):
        return [o.shape[axis] for o in self.operators]

    def _to_dense(self):
        return self._joined([[o.to_dense() if i == j else None for j in range(len(self.operators))] for i, o in enumerate(self.operators)])

    def _determinant(self):
        return functools.reduce(operator.mul, (o.determinant() for o in self.operators))

    def _log_abs_determinant(self):
        return functools.reduce(operator.add, (o.log_abs_determinant() for o in self.operators))

    def _eigvals(self):
        return array_ops.concat([o.eigvals() for o in self.operators], -1)


class LinearOperatorBlockLowerTriangular(_Blocks):
    """Operators in the blocks on and below the diagonal: a list of rows, each one longer than the one before."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None, name="LinearOperatorBlockLowerTriangular"):
        self._table = [list(row) for row in operators]
        if [len(row) for row in self._table] != list(range(1, len(self._table) + 1)):
            raise ValueError("The i-th row of operators must have i + 1 of them. Found: %s" % [len(row) for row in self._table])
        self._several({**locals(), "operators": [o for row in self._table for o in row]}, "", ())
        self.operators = self._table
        self.parameters["operators"] = self._table

    def _batch_dims(self):
        return list(np.broadcast_shapes(*(tuple(o.batch_shape) for row in self._table for o in row)))

    def _block_dims(self, axis):
        return [row[-1].shape[axis] for row in self._table]

    def _to_dense(self):
        return self._joined([[o.to_dense() for o in row] + [None] * (len(self._table) - len(row)) for row in self._table])

    def _determinant(self):
        return functools.reduce(operator.mul, (row[-1].determinant() for row in self._table))

    def _log_abs_determinant(self):
        return functools.reduce(operator.add, (row[-1].log_abs_determinant() for row in self._table))

    def _inverse(self):
        dense, rows, top = LinearOperatorInversion(self).to_dense(), [], 0
        heights = self._block_dims(-2)
        for i, height in enumerate(heights):
            starts = np.cumsum([0, *heights])
            rows.append([self._table[i][i].inverse() if i == j else LinearOperatorFullMatrix(dense[..., top : top + height, starts[j] : starts[j + 1]]) for j in range(i + 1)])
            top += height
        return LinearOperatorBlockLowerTriangular(rows, is_non_singular=True)

    def _linop_adjoint(self):
        return LinearOperatorAdjoint(self)


def _zeros(a, b):
    return LinearOperatorZeros(a.shape[-2], b.shape[-1], dtype=a.dtype)


def _like_diagonal(a, b, change):
    """Where change of two diagonals is a diagonal of the more special kind, that; else None."""
    kinds = (LinearOperatorDiag, LinearOperatorScaledIdentity)
    if isinstance(a, kinds) and isinstance(b, kinds):
        if isinstance(a, kinds[1]) and isinstance(b, kinds[1]):
            return LinearOperatorScaledIdentity(a._n, change(tensor(a.multiplier), tensor(b.multiplier)))
        return LinearOperatorDiag(change(a.diag_part(), b.diag_part()))
    return None


def product(a, b):
    """a b, as an operator of the most special kind that it is seen to be."""
    if isinstance(a, LinearOperatorZeros) or isinstance(b, LinearOperatorZeros):
        return _zeros(a, b)
    if isinstance(a, LinearOperatorIdentity):
        return b
    if isinstance(b, LinearOperatorIdentity):
        return a
    made = _like_diagonal(a, b, operator.mul)
    if made is not None:
        return made
    triangular, diagonal = LinearOperatorLowerTriangular, LinearOperatorDiag
    if isinstance(a, diagonal) and isinstance(b, triangular):
        return triangular(_wide(a.diag_part()) * b.to_dense())
    if isinstance(a, triangular) and isinstance(b, diagonal):
        return triangular(a.to_dense() * run("ExpandDims", b.diag_part(), convert(-2, 3)))
    if type(a) is type(b) and isinstance(a, _Circulant):
        return type(a)(tensor(a.spectrum) * tensor(b.spectrum), a.dtype)
    if isinstance(a, LinearOperatorBlockDiag) and isinstance(b, LinearOperatorBlockDiag) and a._block_dims(-1) == b._block_dims(-2):
        return LinearOperatorBlockDiag([product(x, y) for x, y in zip(a.operators, b.operators)])
    return LinearOperatorComposition([a, b])


def solution(a, b):
    """The inverse of a, times b, as an operator."""
    if isinstance(a, LinearOperatorIdentity):
        return b
    if isinstance(b, LinearOperatorIdentity):
        return a.inverse()
    made = _like_diagonal(a, b, lambda x, y: y / x)
    if made is not None:
        return made
    if isinstance(a, LinearOperatorDiag) and isinstance(b, LinearOperatorLowerTriangular):
        return LinearOperatorLowerTriangular(b.to_dense() / _wide(a.diag_part()))
    if isinstance(a, LinearOperatorInversion):
        return product(a.operator, b)
    return LinearOperatorComposition([LinearOperatorInversion(a), b])


NAMES = {name: value for name, value in {**vars(linear_operators), **globals()}.items() if name.startswith("LinearOperator")}
