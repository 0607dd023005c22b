"""What tells one trace of a function from another: tensors by dtype and shape, variables by identity, other values by equality, structures by their types.

A structure of arguments becomes a hashable form and a flat list of its tensors (or of the TensorSpecs that stand for some).
"""

import weakref
from collections.abc import Mapping

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core.execute import convert
from sokuji._src.data.specs import TensorSpec
from sokuji._src.ops.ragged import RaggedTensor
from sokuji._src.ops.sparse_ops import SparseTensor

_PLAIN = frozenset((int, float, bool, str, bytes, complex, type(None)))


class _Mark:
    def __repr__(self):
        return "tensor"


TENSOR = _Mark()
_core.TracedBase._set_mark(TENSOR)


class Weak:
    """An object that is equal to those that it is equal to, as long as it lives."""

    __slots__ = ("ref", "_hash")

    def __init__(self, value):
        try:
            self._hash = hash(value)
        except TypeError:
            raise TypeError("%r (%s) could not be represented through the generic tracing type: it is neither a tensor nor hashable; pass a tensor, a Python "
                            "number, a string, a structure of these, or a hashable object" % (value, type(value).__name__)) from None  # fmt: skip
        try:
            self.ref = weakref.ref(value)
        except TypeError:
            self.ref = lambda: value

    def __hash__(self):
        return self._hash

    def __eq__(self, other):
        if not isinstance(other, Weak) or self._hash != other._hash:
            return False
        mine, others = self.ref(), other.ref()
        return mine is not None and (mine is others or bool(mine == others))

    def __repr__(self):
        return repr(self.ref())


class Same:
    """An object that is equal to itself alone, as long as it lives."""

    __slots__ = ("ref", "_id")

    def __init__(self, value):
        self.ref, self._id = weakref.ref(value), id(value)

    def __hash__(self):
        return self._id

    def __eq__(self, other):
        return isinstance(other, Same) and self._id == other._id and self.ref() is not None and self.ref() is other.ref()

    def __repr__(self):
        return repr(self.ref())


# ---- objects that consist of tensors ----



def _sparse_of(parts):
    """A SparseTensor of tensors, or of the specs that stand for them."""
    if not any(isinstance(part, TensorSpec) for part in parts):
        return SparseTensor(*parts)
    made = object.__new__(SparseTensor)
    made._indices, made._values, made._dense_shape = parts
    return made


_COMPOSITES = {
    IndexedSlices: (lambda v: [v.values, v.indices] + ([] if v.dense_shape is None else [v.dense_shape]), lambda like, parts: IndexedSlices(*parts)),
    SparseTensor: (lambda v: [v.indices, v.values, v.dense_shape], lambda like, parts: _sparse_of(parts)),
}


_COMPOSITES[RaggedTensor] = lambda v: v._components(), lambda like, parts: RaggedTensor._of_components(parts)


def composite(kind, parts, make):
    """Objects of a class consist of parts(object), tensors; make(object, tensors) is one like it."""
    _COMPOSITES[kind] = parts, make


def composite_of(value):
    """(parts, make) of an object that consists of tensors, else None."""
    return _COMPOSITES.get(type(value))


# ---- arguments ----


class Leaves(list):
    """The tensors of a call's arguments, and the variables, which a trace tells apart by dtype, shape and sameness only."""

    def __init__(self):
        self.variables = []


def is_leaf(value):
    return isinstance(value, (_core.Tensor, TensorSpec))


def encode(value, leaves):
    """The hashable form of a structure; its tensors are appended to leaves."""
    kind = type(value)
    if kind is _core.EagerTensor or isinstance(value, (_core.Tensor, TensorSpec)):
        leaves.append(value)
        return TENSOR
    if kind in _PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        head = kind if hasattr(value, "_fields") else list if isinstance(value, list) else tuple
        return (head, *[encode(item, leaves) for item in value])
    if isinstance(value, Mapping):
        keys = sorted(value)
        return (dict, tuple(keys), *[encode(value[key], leaves) for key in keys])
    if isinstance(value, (np.ndarray, np.generic)):
        leaves.append(convert(value, 0))
        return TENSOR
    if isinstance(value, _core.VariableBase):
        variables = getattr(leaves, "variables", None)
        if variables is None:
            return Same(value)
        variables.append(value)
        alias = next(i for i, v in enumerate(variables) if v is value)
        return ("variable", value._dtype_number, value._shape_tuple, value.trainable, alias)
    parts = _COMPOSITES.get(kind)
    if parts is not None:
        return (kind, getattr(value, "_form", None), *[encode(part, leaves) for part in parts[0](value)])
    if hasattr(kind, "__tf_tracing_type__"):
        return value.__tf_tracing_type__(None)
    return Weak(value)


def replaced(value, leaves):
    """The structure with tensors from an iterator in the places of its own, in the order of encode."""
    kind = type(value)
    if kind is _core.EagerTensor or isinstance(value, (_core.Tensor, TensorSpec, np.ndarray, np.generic)):
        return next(leaves)
    if kind in _PLAIN:
        return value
    if isinstance(value, (list, tuple)):
        made = [replaced(item, leaves) for item in value]
        return kind(*made) if hasattr(value, "_fields") else made if isinstance(value, list) else tuple(made)
    if isinstance(value, Mapping):
        made = {key: replaced(value[key], leaves) for key in sorted(value)}
        return _like_mapping(value, made)
    parts = _COMPOSITES.get(kind)
    if parts is not None:
        return parts[1](value, [replaced(part, leaves) for part in parts[0](value)])
    return value


def _like_mapping(like, made):
    pairs = [(key, made[key]) for key in like]
    if hasattr(like, "default_factory"):
        return type(like)(like.default_factory, pairs)
    return dict(pairs) if type(like) is dict else type(like)(pairs)


def spec_of(leaf):
    """(dtype's number, shape) of a tensor or a TensorSpec."""
    if isinstance(leaf, TensorSpec):
        return leaf.dtype._number, leaf._sizes()
    return leaf._dtype_number, leaf._shape_tuple


def as_spec(spec, name=None):
    return TensorSpec(shapes.TensorShape(spec[1]), dtypes.as_dtype(spec[0]), name)


def covers(wide, narrow):
    """Whether all tensors of one spec are ones of another."""
    if wide[0] != narrow[0]:
        return False
    a, b = wide[1], narrow[1]
    if a is None or a == b:
        return True
    return b is not None and len(a) == len(b) and all(x is None or x == y for x, y in zip(a, b))


def widened(one, other):
    """The spec that covers two, None where their dtypes differ."""
    if one[0] != other[0]:
        return None
    a, b = one[1], other[1]
    if a is None or b is None or len(a) != len(b):
        return one[0], None
    return one[0], tuple(x if x == y else None for x, y in zip(a, b))


class Traces:
    """Traces by structure and specs."""

    def __init__(self):
        self._by_structure = {}

    def __len__(self):
        return sum(len(group) for group in self._by_structure.values())

    def __iter__(self):
        return (found for group in self._by_structure.values() for found in group.values())

    def put(self, structure, specs, made):
        self._by_structure.setdefault(structure, {})[specs] = made

    def find(self, structure, specs):
        """The trace for the specs, or else the narrowest one that covers them."""
        group = self._by_structure.get(structure)
        if group is None:
            return None
        found = group.get(specs)
        if found is not None:
            return found
        best = None
        for wide, made in group.items():
            if all(covers(w, n) for w, n in zip(wide, specs)) and (best is None or all(covers(b, w) for b, w in zip(best[0], wide))):
                best = wide, made
        return None if best is None else best[1]

    def relaxed(self, structure, specs):
        """Specs that cover these and those of earlier traces of the same structure, where dtypes agree."""
        for other in self._by_structure.get(structure, {}):
            wide = [widened(a, b) for a, b in zip(specs, other)]
            if None not in wide:
                specs = tuple(wide)
        return specs
