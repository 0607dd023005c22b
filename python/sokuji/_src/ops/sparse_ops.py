"""SparseTensor: coordinates, values and the dense shape; and the way to dense tensors and back."""

import collections

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, invalid, run, sizes, tensor

SparseTensorValue = collections.namedtuple("SparseTensorValue", "indices values dense_shape")


def _later(name):
    from sokuji._src.ops import sparse_ops_2

    return getattr(sparse_ops_2, name)


_in_graph = None  # makes nodes of the parts where a graph is open
made_first = []  # what the first sparse tensor does: functions look for them from then on


class SparseTensor:
    """A tensor most of whose elements are not stored."""

    def __init__(self, indices, values, dense_shape):
        if _in_graph is not None:
            indices, values, dense_shape = _in_graph(indices, values, dense_shape)
        while made_first:
            made_first.pop()()
        self._indices, self._values, self._dense_shape = convert(indices, 9), tensor(values), convert(dense_shape, 9)
        if len(self._indices._shape_tuple) != 2 or len(self._dense_shape._shape_tuple) != 1:
            raise ValueError("indices must be a matrix and dense_shape a vector; they are %s and %s"
                             % (self._indices._shape_tuple, self._dense_shape._shape_tuple))  # fmt: skip
        if self._indices._shape_tuple[1] != self._dense_shape._shape_tuple[0]:
            raise ValueError("indices has %d columns, dense_shape %d sizes" % (self._indices._shape_tuple[1], self._dense_shape._shape_tuple[0]))

        rows = self._indices._shape_tuple[0], (self._values._shape_tuple or (None,))[0]
        if None not in rows and rows[0] != rows[1]:
            raise ValueError("Dimensions %d and %d are not compatible: indices has as many rows as there are values" % rows)

    indices = property(lambda self: self._indices)
    values = property(lambda self: self._values)
    dense_shape = property(lambda self: self._dense_shape)
    dtype = property(lambda self: self._values.dtype)
    op = property(lambda self: self._values.op)
    graph = property(lambda self: self._values.graph)

    @property
    def shape(self):
        whole = self._dense_shape
        known = whole._known_value() if isinstance(whole, _core.SymbolicTensor) else whole
        if known is not None:
            return shapes.TensorShape([None if n < 0 else int(n) for n in known.numpy()])
        rank = (whole._shape_tuple or (None,))[0]
        return shapes.TensorShape(None if rank is None else [None] * rank)

    def get_shape(self):
        return self.shape

    @classmethod
    def from_value(cls, sparse_tensor_value):
        v = sparse_tensor_value
        return v if isinstance(v, cls) else cls(v.indices, v.values, v.dense_shape)

    def __mul__(self, other):
        return _later("times")(self, other)

    def __truediv__(self, other):
        return _later("over")(self, other)

    def _components(self):
        return [self._indices, self._values, self._dense_shape]

    @classmethod
    def _of_components(cls, parts):
        return cls(*parts)

    def with_values(self, new_values):
        return SparseTensor(self._indices, new_values, self._dense_shape)

    def __repr__(self):
        return "SparseTensor(indices=%s, values=%s, dense_shape=%s)" % (self._indices, self._values, self._dense_shape)


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """The values at their places, the default elsewhere."""
    indices, values = tensor(sparse_indices), tensor(sparse_values)
    shape = tuple(int(n) for n in np.asarray(tensor(output_shape)).ravel())
    places = np.asarray(indices).astype(np.int64)
    places = places.reshape(-1, 1) if places.ndim < 2 else places
    if places.shape[1] != len(shape):
        raise invalid("SparseToDense: indices have %d numbers each, output_shape %d" % (places.shape[1], len(shape)))
    if places.size and ((places < 0) | (places >= np.array(shape))).any():
        raise invalid("SparseToDense: an index is outside the shape %s" % (shape,))
    if validate_indices and len(places) > 1 and 0 not in shape:
        steps = np.diff(np.ravel_multi_index(tuple(places.T), shape))
        if (steps <= 0).any():
            raise invalid("SparseToDense: indices[%d] is %s" % (int(np.argmax(steps <= 0)) + 1, "repeated" if (steps == 0).any() else "out of order"))
    default = convert(default_value, values._dtype_number)
    full = run("Fill", sizes(shape), default)
    if values._shape_tuple == ():
        values = run("Fill", sizes([len(places)]), values)
    if values.dtype == dtypes.string:
        made = np.array(full._strings(), object).reshape(shape)
        made[tuple(places.T)] = values._strings()
        return tensor(made)
    return run("TensorScatterUpdate", full, tensor(places), values)


def sparse_tensor_to_dense(sp_input, default_value=0, validate_indices=True, name=None):
    """The dense tensor, default_value where the sparse one has no element."""
    if not isinstance(sp_input, (SparseTensor, SparseTensorValue)):
        raise TypeError("Input must be a SparseTensor.")
    if tensor(sp_input.values).dtype == dtypes.string and default_value == 0:
        default_value = ""
    return sparse_to_dense(sp_input.indices, sp_input.dense_shape, sp_input.values, default_value, validate_indices)


def to_dense_2(sp_input, default_value=None, validate_indices=True, name=None):
    """The dense tensor, default_value where the sparse one has no element."""
    return sparse_tensor_to_dense(sp_input, 0 if default_value is None else default_value)


def from_dense(tensor, name=None):
    """The elements that are not zero."""
    array = np.asarray(convert(tensor, 0))
    places = np.argwhere(array)
    return SparseTensor(places.astype(np.int64).reshape(-1, array.ndim), array[tuple(places.T)], np.array(array.shape, np.int64))


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """A tensor, or the sparse tensor that is given."""
    from sokuji._src.core import conversion

    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype is not None and value.dtype != dtype:
            raise RuntimeError("Sparse dtype: requested = %s, actual = %s" % (dtypes.as_dtype(dtype).name, value.dtype.name))
        return value
    return conversion.convert_to_tensor(value, dtype)


NAMES_1 = {
    "SparseTensor": SparseTensor, "SparseTensorValue": SparseTensorValue, "sparse_to_dense": sparse_to_dense,
    "sparse_tensor_to_dense": sparse_tensor_to_dense, "convert_to_tensor_or_sparse_tensor": convert_to_tensor_or_sparse_tensor,
}  # fmt: skip
NAMES_2 = {"SparseTensor": SparseTensor}
SPARSE_2 = {"SparseTensor": SparseTensor, "to_dense": to_dense_2, "from_dense": from_dense}
