"""The specs of what is no plain tensor: sparse and ragged tensors, slices, variables, TensorArrays, optionals."""

from sokuji import _core
from sokuji._src.core import conversion, dtypes, shapes
from sokuji._src.core.execute import refuse
from sokuji._src.data import specs
from sokuji._src.graph import tensor_array
from sokuji._src.ops import ragged, sparse_ops


class _Shaped(specs.TypeSpec):
    def __init__(self, shape=None, dtype=dtypes.float32):
        self._shape, self._dtype = shapes.TensorShape(shape), dtypes.as_dtype(dtype)

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)

    def _parts(self):
        return self._shape, self._dtype

    def _compatible(self, other):
        return self._parts()[1:] == other._parts()[1:] and self._shape.is_compatible_with(other._shape)


class SparseTensorSpec(_Shaped):
    """What is known of a sparse tensor."""

    rank = property(lambda self: self._shape.rank)
    value_type = sparse_ops.SparseTensor


class RaggedTensorSpec(_Shaped):
    """What is known of a ragged tensor: its first ragged_rank dimensions behind the outermost vary."""

    def __init__(self, shape=None, dtype=dtypes.float32, ragged_rank=None, row_splits_dtype=dtypes.int64, flat_values_spec=None):
        refuse("tf.RaggedTensorSpec", "leave it out", flat_values_spec=flat_values_spec)
        super().__init__(shape, dtype)
        if ragged_rank is None:
            if self._shape.rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = self._shape.rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError("Argument `ragged_rank` must be an int. Received %r." % (ragged_rank,))
        if self._shape.rank is not None and ragged_rank >= self._shape.rank:
            raise ValueError("Argument `ragged_rank` (%d) must be less than rank (%d)." % (ragged_rank, self._shape.rank))
        self._ragged_rank, self._splits = ragged_rank, dtypes.as_dtype(row_splits_dtype)

    def _part_specs(self):
        """(dtype's number, sizes) of each of its tensors."""
        sizes = [None] if self._shape.rank is None else self._shape.as_list()
        rows = None if sizes[0] is None or not self._ragged_rank else sizes[0] + 1
        splits = [(self._splits._number, (rows if i == 0 else None,)) for i in range(self._ragged_rank)]
        return [(self._dtype._number, (None, *sizes[self._ragged_rank + 1 :]) if self._shape.rank is not None else None), *splits]

    @classmethod
    def from_value(cls, value):
        return cls(value.shape, value.dtype, value.ragged_rank)

    value_type = ragged.RaggedTensor
    ragged_rank = property(lambda self: self._ragged_rank)
    row_splits_dtype = property(lambda self: self._splits)
    flat_values_spec = None

    def _parts(self):
        return self._shape, self._dtype, self._ragged_rank, self._splits


class IndexedSlicesSpec(_Shaped):
    """What is known of a gradient by rows."""

    def __init__(self, shape=None, dtype=dtypes.float32, indices_dtype=dtypes.int64, dense_shape_dtype=None, indices_shape=None):
        super().__init__(shape, dtype)
        self._rest = (dtypes.as_dtype(indices_dtype), None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype),
                      shapes.TensorShape([None] if indices_shape is None else indices_shape))  # fmt: skip

    value_type = conversion.IndexedSlices

    def _parts(self):
        return (self._shape, self._dtype, *self._rest)


class TensorArraySpec(specs.TypeSpec):
    """What is known of a TensorArray."""

    def __init__(self, element_shape=None, dtype=dtypes.float32, dynamic_size=False, infer_shape=True):
        self._all = shapes.TensorShape(element_shape), dtypes.as_dtype(dtype), dynamic_size, infer_shape

    value_type = tensor_array.TensorArray

    def _parts(self):
        return self._all


class VariableSpec(_Shaped):
    """What is known of a variable."""

    def __init__(self, shape, dtype=dtypes.float32, trainable=True, alias_id=None):
        super().__init__(shape, dtype)
        self.trainable, self.alias_id = trainable, alias_id

    def _parts(self):
        return self._shape, self._dtype, self.trainable, self.alias_id

    def __repr__(self):
        return "VariableSpec(shape=%s, dtype=%r, trainable=%r, alias_id=%r)" % (self._shape, *self._parts()[1:])


class OptionalSpec(specs.TypeSpec):
    """What is known of a value that may be missing."""

    def __init__(self, element_spec):
        self.element_spec = element_spec

    def _parts(self):
        return (self.element_spec,)

    def __repr__(self):
        return "OptionalSpec(%r,)" % (self.element_spec,)


specs._SPEC_OF += [
    (_core.VariableBase, lambda v: VariableSpec(v.shape, v.dtype, v.trainable)),
    (ragged.RaggedTensor, lambda v: RaggedTensorSpec(v.shape, v.dtype, v.ragged_rank, v.row_splits.dtype)),
    (sparse_ops.SparseTensor, lambda v: SparseTensorSpec(v.shape, v.dtype)),
    (conversion.IndexedSlices, lambda v: IndexedSlicesSpec([None, *v.values.shape[1:]] if v.dense_shape is None else list(v.dense_shape.numpy()), v.dtype, v.indices.dtype,
                                                           None if v.dense_shape is None else v.dense_shape.dtype, v.indices.shape)),
    (tensor_array.TensorArray, lambda v: TensorArraySpec(v.element_shape, v.dtype)),
]



def _sparse_of_parts(parts):
    sizes = parts[2].shape.as_list()
    return SparseTensorSpec([None] * sizes[0] if sizes and sizes[0] is not None else None, parts[1].dtype)


specs._SPEC_OF_PARTS.update({
    sparse_ops.SparseTensor: _sparse_of_parts,
    ragged.RaggedTensor: lambda parts: RaggedTensorSpec([None] * len(parts) + parts[0].shape.as_list()[1:], parts[0].dtype, len(parts) - 1),
})  # fmt: skip
NAMES = {kind.__name__: kind for kind in (SparseTensorSpec, RaggedTensorSpec, IndexedSlicesSpec, TensorArraySpec, OptionalSpec)}
