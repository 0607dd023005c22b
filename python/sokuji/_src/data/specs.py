"""The structures of datasets: tuples, named tuples and dictionaries nest; lists are values. A leaf says its place in the flat element, dtype and shape."""

from collections.abc import Mapping

from sokuji import _core
from sokuji._src.core import dtypes, nest, shapes

_version = 2


def set_version(version):
    global _version
    _version = version


class TypeSpec:
    """What is known of a value: what it consists of is in _parts()."""

    def is_subtype_of(self, other):
        return type(other) is type(self) and self._narrower(other)

    def _narrower(self, other):
        return self == other

    def is_compatible_with(self, spec_or_value):
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(other) is type(self) and self._compatible(other)

    def _compatible(self, other):
        return self == other

    def most_specific_common_supertype(self, others):
        """The narrowest spec that covers this one and the others; None where there is none."""
        made = self
        for other in others:
            if type(other) is not type(self):
                return None
            made = made._wider(other)
            if made is None:
                return None
        return made

    def _wider(self, other):
        return self if self == other else None

    def most_specific_compatible_type(self, other):
        made = self.most_specific_common_supertype([other])
        if made is None:
            raise ValueError("No TypeSpec is compatible with both %s and %s" % (self, other))
        return made

    def __eq__(self, other):
        return type(other) is type(self) and self._parts() == other._parts()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(str(self._parts()))

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join(repr(p) for p in self._parts()))


class TensorSpec(TypeSpec):
    """What is known of a tensor: its shape (None: unknown) and dtype."""

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape, self._dtype, self._name = shapes.TensorShape(shape), dtypes.as_dtype(dtype), name

    shape = property(lambda self: self._shape)
    dtype = property(lambda self: self._dtype)
    name = property(lambda self: self._name)
    value_type = _core.Tensor

    @classmethod
    def from_tensor(cls, tensor, name=None):
        if not isinstance(tensor, _core.Tensor):
            raise ValueError("`tensor` should be a tf.Tensor, but got type %s." % (type(tensor),))
        return cls(tensor.shape, tensor.dtype, name)

    @classmethod
    def from_spec(cls, spec, name=None):
        return cls(spec.shape, spec.dtype, name or spec.name)

    def is_compatible_with(self, spec_or_tensor):
        return (isinstance(spec_or_tensor, (TensorSpec, _core.Handle)) and self._dtype == spec_or_tensor.dtype
                and self._shape.is_compatible_with(spec_or_tensor.shape))  # fmt: skip

    def _narrower(self, other):
        a, b = self._sizes(), other._sizes()
        fits = b is None or (a is not None and len(a) == len(b) and all(n is None or m == n for m, n in zip(a, b)))
        return fits and self._dtype == other._dtype and (not self._name or self._name == other._name)

    def _wider(self, other):
        a, b = self._sizes(), other._sizes()
        if self._dtype != other._dtype:
            return None
        sizes = None if a is None or b is None or len(a) != len(b) else [m if m == n else None for m, n in zip(a, b)]
        return type(self)(sizes, self._dtype, self._name if self._name == other._name else None)

    def cast(self, value, casting_context):
        """The value as a tensor of this spec."""
        tensor = _core.convert(value, self._dtype._number)
        if not self.is_compatible_with(tensor):
            raise TypeError("Can not cast %r to %r" % (value, self))
        return tensor

    def _parts(self):
        return self._sizes(), self._dtype

    def __eq__(self, other):
        return type(other) is type(self) and self._parts() == other._parts() and self._name == other._name

    __hash__ = TypeSpec.__hash__

    def _sizes(self):
        return None if self._shape.ndims is None else tuple(self._shape.as_list())

    def __repr__(self):
        return "TensorSpec(shape=%s, dtype=%r, name=%r)" % (_text(self._sizes()), self._dtype, self._name)


_SPEC_OF = []  # (class, function that gives the spec of an object of it)
_SPEC_OF_PARTS = {}  # class -> function that gives the spec of an object whose tensors have these specs


def type_spec_from_value(value):
    """The spec of a value that is a tensor, or becomes one, or consists of tensors."""
    if isinstance(value, _core.Tensor):
        return TensorSpec.from_tensor(value)
    if hasattr(value, "element_spec"):
        return DatasetSpec(value.element_spec)
    for kind, spec in _SPEC_OF:
        if isinstance(value, kind):
            return spec(value)
    try:
        return TensorSpec.from_tensor(_core.convert(value, 0))
    except (TypeError, ValueError):
        raise TypeError("Could not build a TypeSpec for %r of unsupported type %s." % (value, type(value))) from None


def _text(sizes):
    return "<unknown>" if sizes is None else "(%s%s)" % (", ".join(str(d) for d in sizes), "," if len(sizes) == 1 else "")


class Leaf:
    """One tensor of an element."""

    __slots__ = ("place", "dtype", "shape")

    def __init__(self, place, dtype, shape):
        self.place, self.dtype, self.shape = place, dtype, shape

    def changed(self, **fields):
        made = Leaf(self.place, self.dtype, self.shape)
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def spec(self):
        return TensorSpec(self.shape, self.dtype)


class DatasetSpec(TypeSpec):
    """What is known of a dataset that is itself an element."""

    def __init__(self, element_spec, dataset_shape=()):
        self.element_spec = element_spec

    @staticmethod
    def from_value(value):
        return DatasetSpec(value.element_spec)

    def _parts(self):
        return self.element_spec, shapes.TensorShape([])


def leaf_of(place, tensor):
    return Leaf(place, tensor.dtype, tensor._shape_tuple)


# ---- structures ----


class Composite:
    """Where an element has an object that consists of tensors (SparseTensor, RaggedTensor): its class and what stands for its tensors."""

    def __init__(self, kind, parts):
        self.kind, self.parts = kind, parts


def _parts_of(value):
    """(class, parts) of an object that consists of tensors, else None."""
    if isinstance(value, Composite):
        return value.kind, value.parts
    return (type(value), value._components()) if hasattr(value, "_components") else None


def _composed(kind, parts):
    if all(isinstance(p, _core.Tensor) for p in parts):
        return kind._of_components(parts)
    if any(isinstance(p, TensorSpec) for p in parts):
        return (getattr(kind, "_spec_of", None) or _SPEC_OF_PARTS[kind])(parts)
    return Composite(kind, parts)


def has_composites(layout):
    if isinstance(layout, Mapping):
        return any(has_composites(v) for v in layout.values())
    return isinstance(layout, Composite) or isinstance(layout, tuple) and any(has_composites(v) for v in layout)


def is_nested(value):
    return isinstance(value, (tuple, Mapping))


def flatten(value):
    """As tf.nest does, but a list is one value: tf.data makes a tensor of it."""
    out = []
    map_structure(out.append, value)
    return out


def map_structure(function, value):
    """The structure with function(leaf) in each leaf's place, called in flat order."""
    if isinstance(value, Mapping):
        made = {key: map_structure(function, value[key]) for key in sorted(value)}
        return type(value)((key, made[key]) for key in value)
    if isinstance(value, tuple):
        made = [map_structure(function, item) for item in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    parts = _parts_of(value)
    if parts is not None:
        return _composed(parts[0], [function(p) for p in parts[1]])
    return None if value is None else function(value)


def map_values(function, value):
    """The same, where objects that consist of tensors are leaves."""
    if isinstance(value, Mapping):
        made = {key: map_values(function, value[key]) for key in sorted(value)}
        return type(value)((key, made[key]) for key in value)
    if isinstance(value, tuple):
        made = [map_values(function, item) for item in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    return function(value)


def output_types(layout):
    return map_values(lambda leaf: leaf.parts[-2].dtype if isinstance(leaf, Composite) else leaf.dtype, layout)


def output_shapes(layout):
    def shape(leaf):
        if not isinstance(leaf, Composite):
            return shapes.TensorShape(leaf.shape)
        rank = (leaf.parts[-1].shape or (None,))[0]  # of what says the shape of sparse tensors
        return shapes.TensorShape(None if rank is None else [None] * rank)

    return map_values(shape, layout)


def output_classes(layout):
    return map_values(lambda leaf: leaf.kind if isinstance(leaf, Composite) else _core.Tensor, layout)


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
    if isinstance(a, Composite) or isinstance(b, Composite):
        return isinstance(a, Composite) and isinstance(b, Composite) and a.kind is b.kind and len(a.parts) == len(b.parts)
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
