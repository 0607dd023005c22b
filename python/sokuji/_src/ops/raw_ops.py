"""tf.raw_ops: operations of the table under their own names, and some that are composed; tf.sets: rows as sets."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, tensor
from sokuji._src.ops import functions, op_table
from sokuji._src.ops.sparse_ops import SparseTensor

_ALIASES = {"reduction_indices": "axis", "dimension": "dimension", "squeeze_dims": "axis"}


def _nth_element(input, n, reverse=False, name=None):
    """The n-th smallest (or greatest) element of each row."""
    array = np.sort(np.asarray(tensor(input)), -1)
    if not 0 <= int(n) < array.shape[-1]:
        raise invalid("NthElement: n is %d; the last dimension is %d" % (int(n), array.shape[-1]))
    return tensor(array[..., -1 - int(n)] if reverse else array[..., int(n)])


def _bucketize(input, boundaries, name=None):
    """For each number the bucket that the boundaries say."""
    bounds = np.asarray(boundaries, np.float32)
    if (np.diff(bounds) < 0).any():
        raise invalid("Bucketize: expected sorted boundaries")
    return tensor(np.searchsorted(bounds, np.asarray(tensor(input)), side="right").astype(np.int32))


def _list_diff(x, y, out_idx=dtypes.int32, name=None):
    """(the elements of x that are not in y, their places)."""
    return _core.execute("ListDiff", [tensor(x), tensor(y)], {"out_idx": dtypes.as_dtype(out_idx)}, 2)


_COMPOSED = {"NthElement": _nth_element, "Bucketize": _bucketize, "ListDiff": _list_diff}


def names():
    """{operation: function}; what it takes are the operation's own inputs and attributes."""
    made = {}
    for _, op, groups, parameters in op_table.rows(2):
        if op not in made and _core.has_op(op):
            rows = [(_ALIASES.get(target, target) if target not in (None, "?") else name, target, *rest) for name, target, *rest in parameters]
            made[op] = functions.make(op, op, groups, [functions._parameter(*row) for row in rows])
    return {**made, **_COMPOSED}


# ---- sets ----


def _rows(value):
    if isinstance(value, SparseTensor):
        shape = tuple(np.asarray(value.dense_shape).tolist())[:-1]
        rows = {place: [] for place in np.ndindex(*shape)}
        for place, v in zip(np.asarray(value.indices).tolist(), np.asarray(value.values).tolist()):
            rows[tuple(place[:-1])].append(v)
        return shape, rows, value.values.dtype
    t = tensor(value)
    array = np.asarray(t)
    if array.ndim < 2:
        raise ValueError("tf.sets takes tensors of 2 dimensions and more; it is %s" % (array.shape,))
    return array.shape[:-1], {place: array[place].tolist() for place in np.ndindex(*array.shape[:-1])}, t.dtype


def _difference(a, b, aminusb=True, validate_indices=True):
    """The sets (rows) of a without the elements of b, as a sparse tensor."""
    return _without(a, b) if aminusb else _without(b, a)


def _operation(combine):
    def function(a, b, validate_indices=True):
        """The union or intersection of the sets (rows) of a and b, as a sparse tensor."""
        (shape, left, kind), (other, right, kind_b) = _rows(a), _rows(b)
        if shape != other or kind is not kind_b:
            raise invalid("tf.sets: the inputs are %s of %s and %s of %s" % (kind.name, shape, kind_b.name, other))
        found = [(place, sorted(combine(set(left[place]), set(right[place])))) for place in left]
        places = np.array([[*place, j] for place, row in found for j in range(len(row))], np.int64).reshape(-1, len(shape) + 1)
        width = max([len(row) for _, row in found], default=0)
        return SparseTensor(places, convert([v for _, row in found for v in row], kind._number), np.array([*shape, width], np.int64))

    return function


def _size(a, validate_indices=True):
    """The number of different elements of each row."""
    shape, rows, _ = _rows(a)
    return tensor(np.array([len(set(rows[place])) for place in np.ndindex(*shape)], np.int32).reshape(shape))


_without = _operation(lambda x, y: x - y)
SETS = {"difference": _difference, "intersection": _operation(lambda x, y: x & y), "union": _operation(lambda x, y: x | y), "size": _size}
