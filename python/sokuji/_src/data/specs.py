"""The structures of datasets: tuples, named tuples and dictionaries nest; lists are values. A leaf says its place in the flat element, dtype and shape."""

from collections.abc import Mapping

from sokuji import _core
from sokuji._src.core import dtypes, nest, shapes

_version = 2


def set_version(version):
    global _version
    _version = version


class TensorSpec:
    """What is known of a tensor: its shape (None: unknown) and dtype."""

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape, self._dtype, self._name = shapes.TensorShape(shape), dtypes.as_dtype(dtype), name

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    name = property(lambda self: self._name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        return cls(tensor.shape, tensor.dtype, name)

    from_spec = from_tensor

    def is_compatible_with(self, spec_or_value):
        return self._dtype == spec_or_value.dtype and self._shape.is_compatible_with(spec_or_value.shape)

    def _sizes(self):
        return None if self._shape.ndims is None else tuple(self._shape.as_list())

    def __eq__(self, other):
        return type(other) is type(self) and (self._sizes(), self._dtype) == (other._sizes(), other._dtype)

    def __hash__(self):
        return hash((self._sizes(), self._dtype))

    def __repr__(self):
        return "TensorSpec(shape=%s, dtype=%r, name=%r)" % (_text(self._sizes()), self._dtype, self._name)


def _text(sizes):
    return "<unknown>" if sizes is None else "(%s%s)" % (", ".join(str(d) for d in sizes), "," if len(sizes) == 1 else "")


class Leaf:
    """One tensor of an element. nested: the layout of the datasets that a window's elements are; the tensor then holds the rows of one."""

    __slots__ = ("place", "dtype", "shape", "nested")

    def __init__(self, place, dtype, shape, nested=False):
        self.place, self.dtype, self.shape, self.nested = place, dtype, shape, nested

    def changed(self, **fields):
        made = Leaf(self.place, self.dtype, self.shape, self.nested)
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def spec(self):
        if self.nested:
            return DatasetSpec(self.changed(nested=False).spec())
        return TensorSpec(self.shape, self.dtype)


class DatasetSpec:
    """What is known of a dataset that is itself an element."""

    def __init__(self, element_spec, dataset_shape=()):
        self.element_spec = element_spec

    def __eq__(self, other):
        return isinstance(other, DatasetSpec) and self.element_spec == other.element_spec

    def __hash__(self):
        return hash(str(self.element_spec))

    def __repr__(self):
        return "DatasetSpec(%r, TensorShape([]))" % (self.element_spec,)


class SparseTensorSpec:
    """What is known of a SparseTensor."""

    def __init__(self, shape=None, dtype=dtypes.float32):
        self.shape, self.dtype = shapes.TensorShape(shape), dtypes.as_dtype(dtype)

    def __eq__(self, other):
        return isinstance(other, SparseTensorSpec) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return "SparseTensorSpec(%r, %r)" % (self.shape, self.dtype)


def type_spec_from_value(value):
    """The spec of a tensor, a sparse tensor, a dataset or what converts to a tensor."""
    from sokuji._src.ops.sparse_ops import SparseTensor

    if isinstance(value, SparseTensor):
        return SparseTensorSpec(value.shape, value.dtype)
    if hasattr(value, "element_spec"):
        return DatasetSpec(value.element_spec)
    if hasattr(value, "_type_spec"):
        return value._type_spec
    made = value if isinstance(value, _core.Handle) else _core.convert(value, 0)
    return TensorSpec(made.shape, made.dtype)


def leaf_of(place, tensor):
    return Leaf(place, tensor.dtype, tensor._shape_tuple)


# ---- structures ----


def is_nested(value):
    return isinstance(value, (tuple, Mapping))


def flatten(value):
    """As tf.nest does, but a list is one value: tf.data makes a tensor of it."""
    return nest.flatten(value, (tuple,))


def map_structure(function, value):
    """The structure with function(leaf) in each leaf's place, called in flat order."""
    if isinstance(value, Mapping):
        made = {key: map_structure(function, value[key]) for key in sorted(value)}
        return type(value)((key, made[key]) for key in value)
    if isinstance(value, tuple):
        made = [map_structure(function, item) for item in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    return function(value)


def map_up_to(shallow, function, value, what):
    """function(leaf of shallow, the part of value in its place), flat; value may be deeper."""
    if isinstance(shallow, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(shallow):
            raise ValueError("%s does not have the structure of the dataset's elements: %r" % (what, value))
        return [row for key in sorted(shallow) for row in map_up_to(shallow[key], function, value[key], what)]
    if isinstance(shallow, tuple):
        if not isinstance(value, (tuple, list)) or len(value) != len(shallow):
            raise ValueError("%s does not have the structure of the dataset's elements: %r" % (what, value))
        return [row for a, b in zip(shallow, value) for row in map_up_to(a, function, b, what)]
    return [function(shallow, value)]


def same_structure(a, b):
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and set(a) == set(b) and all(same_structure(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(same_structure(x, y) for x, y in zip(a, b))
    return not is_nested(b)


def shifted(layout, by):
    return map_structure(lambda leaf: leaf.changed(place=leaf.place + by), layout)


def to_tensors(value):
    """The structure's leaves as tensors: (structure of leaves, flat tensors)."""
    tensors = []

    def take(leaf):
        tensors.append(_core.convert(leaf, 0))
        return leaf_of(len(tensors) - 1, tensors[-1])

    return map_structure(take, value), tensors
