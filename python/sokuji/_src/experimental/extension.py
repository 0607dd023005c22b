"""tf.experimental.ExtensionType: classes whose fields are tensors and plain values, immutable, and structures to functions and tf.nest."""

import inspect
import types as _types
import typing
from collections.abc import Mapping

from sokuji import _core
from sokuji._src.core import dtypes, nest, shapes
from sokuji._src.data.specs import TensorSpec
from sokuji._src.experimental import tf
from sokuji._src.graph import signature


class ImmutableDict(Mapping):
    """A dictionary that stays as it is."""

    def __init__(self, *arguments, **keywords):
        self._dict = dict(*arguments, **keywords)

    def __getitem__(self, key):
        return self._dict[key]

    def __iter__(self):
        return iter(self._dict)

    def __len__(self):
        return len(self._dict)

    def __repr__(self):
        return "ImmutableDict(%s)" % self._dict


_PLAIN = (int, float, str, bytes, bool, type(None))


def _title(kind):
    return repr(kind.__name__) if isinstance(kind, type) else str(kind)


def _converted(value, kind, path):
    """The value as the annotation wants it; TypeError where it cannot be."""

    def refuse():
        raise TypeError("%s: expected %s, got %r" % (path, _title(kind), type(value).__name__))

    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is _core.Tensor or kind is tf.Tensor:
        return value if isinstance(value, (_core.Tensor, TensorSpec)) else tf.convert_to_tensor(value)
    if origin in (typing.Union, _types.UnionType):
        for one in inner:
            try:
                return value if one is _core.Tensor and not isinstance(value, _core.Tensor) and isinstance(value, _PLAIN) and len(inner) > 1 and type(value) in inner else _converted(value, one, path)
            except (TypeError, ValueError):
                continue
        refuse()
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            refuse()
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_converted(v, inner[0], "%s[%d]" % (path, i)) for i, v in enumerate(value))
        if len(inner) != len(value):
            refuse()
        return tuple(_converted(v, k, "%s[%d]" % (path, i)) for i, (v, k) in enumerate(zip(value, inner)))
    if origin in (dict, Mapping):
        if not isinstance(value, Mapping):
            refuse()
        return ImmutableDict({_converted(k, inner[0], path + ".key"): _converted(v, inner[1], "%s[%r]" % (path, k)) for k, v in value.items()})
    if kind is None:
        kind = type(None)
    if kind is shapes.TensorShape:
        return shapes.TensorShape(value)
    if kind is dtypes.DType:
        return dtypes.as_dtype(value)
    if not isinstance(kind, type) or not isinstance(value, kind) or (kind in (int, float) and isinstance(value, bool)):
        refuse()
    return value


def _is_supported(kind):
    origin, inner = typing.get_origin(kind), [a for a in typing.get_args(kind) if a is not Ellipsis]
    if origin is not None:
        return origin in (typing.Union, _types.UnionType, tuple, dict, Mapping) and all(map(_is_supported, inner))
    return isinstance(kind, (type, str, typing.ForwardRef)) or kind is None


def _parts(value):
    """The tensors of a field's value, in order."""
    if isinstance(value, (_core.Tensor, TensorSpec)):
        return [value]
    if isinstance(value, ExtensionType):
        return value._composite_parts()
    if isinstance(value, tuple):
        return [p for v in value for p in _parts(v)]
    if isinstance(value, Mapping):
        return [p for key in sorted(value) for p in _parts(value[key])]
    return []


def _with(value, parts):
    """The value with tensors from an iterator in the places of its own."""
    if isinstance(value, (_core.Tensor, TensorSpec)):
        return next(parts)
    if isinstance(value, ExtensionType):
        return value._with_parts(parts)
    if isinstance(value, tuple):
        return tuple(_with(v, parts) for v in value)
    if isinstance(value, Mapping):
        made = {key: _with(value[key], parts) for key in sorted(value)}
        return ImmutableDict({key: made[key] for key in value})
    return value


def _plain(value):
    """What is no tensor in a value: it tells traces apart."""
    if isinstance(value, (_core.Tensor, TensorSpec)):
        return None
    if isinstance(value, ExtensionType):
        return tuple(_plain(getattr(value, name)) for name in value._fields)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return tuple((k, _plain(value[k])) for k in sorted(value)) if isinstance(value, Mapping) else value


def _spec_of(value):
    if isinstance(value, _core.Tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, ExtensionType):
        return value.Spec(**{name: _spec_of(getattr(value, name)) for name in value._fields})
    if isinstance(value, tuple):
        return tuple(map(_spec_of, value))
    return ImmutableDict({k: _spec_of(v) for k, v in value.items()}) if isinstance(value, Mapping) else value


class _Structure:
    """What types and their specs share: fields by name."""

    def _rows(self):
        return ", ".join("%s=%r" % (name, getattr(self, name)) for name in self._fields)

    def __repr__(self):
        return "%s(%s)" % (type(self).__qualname__.rpartition(".<locals>.")[2], self._rows())

    __str__ = __repr__

    def __setattr__(self, name, value):
        if not self.__dict__.get("_is_open"):
            raise AttributeError("Cannot mutate attribute `%s` outside the custom constructor of ExtensionType." % name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        raise AttributeError("Cannot mutate attribute `%s` outside the custom constructor of ExtensionType." % name)


class ExtensionTypeSpec(_Structure):
    """What is known of an extension type's value: Spec(field=…)."""

    _fields = ()

    def __init__(self, *arguments, **keywords):
        bound = self.value_type._signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        self.__dict__.update(bound.arguments)

    def __eq__(self, other):
        return type(self) is type(other) and all(getattr(self, n) == getattr(other, n) for n in self._fields)

    def __hash__(self):
        return hash((type(self), repr(self)))

    def is_compatible_with(self, value):
        other = _spec_of(value) if isinstance(value, ExtensionType) else value
        return type(self) is type(other) and all(_fits(getattr(self, n), getattr(other, n)) for n in self._fields)

    def __getattr__(self, name):
        found = getattr(self.value_type, name, None)
        if isinstance(found, property):
            return found.fget(self)
        raise AttributeError("%r object has no attribute %r" % (type(self).__name__, name))


def _fits(a, b):
    return a.is_compatible_with(b) if hasattr(a, "is_compatible_with") else a == b


class ExtensionType(_Structure):
    """A class of fields, as its annotations say."""

    _fields, __hash__ = (), None

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if cls.__module__ == __name__:
            return
        hints = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, ExtensionType) and base is not ExtensionType:
                hints.update(base.__dict__.get("__annotations__", {}))
        for name, kind in hints.items():
            if name.startswith("_tf_extension_type") or name in ("_fields", "_signature"):
                raise ValueError("The field annotations for %s are invalid. Field %s is reserved." % (cls.__name__, name))
            if not _is_supported(kind):
                raise TypeError("In field %r: Unsupported type annotation %r" % (name, kind))
        cls._fields, cls._kinds = tuple(hints), hints
        keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
        rows, is_keyword = [], False
        for name in hints:
            default = cls.__dict__.get(name, getattr(cls, name, inspect.Parameter.empty))
            is_keyword = is_keyword or default is not inspect.Parameter.empty
            if is_keyword and default is inspect.Parameter.empty:
                raise ValueError("The field annotations for %s are invalid. Field %s without default follows fields with default values." % (cls.__name__, name))
            rows.append(inspect.Parameter(name, keyword, default=default))
        cls._signature = inspect.Signature(rows)
        if "__init__" not in cls.__dict__ and not any("__init__" in b.__dict__ for b in cls.__mro__[1:-1] if b not in (ExtensionType, BatchableExtensionType, _Structure)):
            cls.__signature__ = cls._signature
        cls.Spec = type("Spec", (cls.__dict__.get("Spec", ExtensionTypeSpec), ExtensionTypeSpec) if "Spec" in cls.__dict__ else (ExtensionTypeSpec,),
                        {"value_type": cls, "_fields": cls._fields, "__qualname__": cls.__qualname__.rpartition(".<locals>.")[2] + ".Spec", "__module__": cls.__module__})  # fmt: skip
        if "__eq__" in cls.__dict__ and "__hash__" not in cls.__dict__:
            cls.__hash__ = None
        signature.composite(cls, cls._composite_parts, lambda like, parts: like._with_parts(iter(parts)))
        own = cls.__dict__.get("__init__")
        if own is not None:
            cls.__init__ = _opened(own)

    def __init__(self, *arguments, **keywords):
        bound = self._signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        self.__dict__.update(bound.arguments)
        self._finish()

    def _finish(self):
        held = self.__dict__
        extra = sorted(set(held) - set(self._fields) - {"_is_open"})
        missing = [name for name in self._fields if name not in held and not hasattr(type(self), name)]
        if extra or missing:
            raise AttributeError("unexpected attributes %s, missing attributes %s" % (extra, missing))
        for name, kind in self._kinds.items():
            held[name] = _converted(held.get(name, getattr(type(self), name, None)), kind, name)
        held.pop("_is_open", None)
        if not any(isinstance(p, TensorSpec) for p in self._composite_parts()):
            self.__validate__()

    def __validate__(self):
        """For classes to check what they hold."""

    def __eq__(self, other):
        if type(self) is not type(other):
            return False
        same = []
        for a, b in ((getattr(self, n), getattr(other, n)) for n in self._fields):
            if isinstance(a, ExtensionType):
                same.append(a == b)
            elif _parts(a):
                one, two = _parts(a), _parts(b)
                if len(one) != len(two) or any(x.shape != y.shape or x.dtype is not y.dtype for x, y in zip(one, two)):
                    return False
                same += [tf.reduce_all(x == y) for x, y in zip(one, two)]
            elif a != b:
                return False
        return tf.reduce_all(tf.stack([tf.cast(s, tf.bool) for s in same])) if same else True

    def __ne__(self, other):
        same = self.__eq__(other)
        return tf.logical_not(same) if isinstance(same, _core.Tensor) else not same

    def _composite_parts(self):
        return [p for name in self._fields for p in _parts(getattr(self, name))]

    def _with_parts(self, parts):
        made = object.__new__(type(self))
        made.__dict__.update({name: _with(getattr(self, name), parts) for name in self._fields})
        return made

    _type_spec = property(_spec_of)
    _form = property(_plain)  # for signature.encode


def _opened(own):
    """The constructor that a class writes itself: within it fields are set."""

    def __init__(self, *arguments, **keywords):
        self.__dict__["_is_open"] = True
        own(self, *arguments, **keywords)
        if "_is_open" in self.__dict__:
            self._finish()

    __init__.__signature__ = inspect.signature(own)
    return __init__


class BatchableExtensionType(ExtensionType):
    """One whose tensors have a first dimension in common."""


class ExtensionTypeBatchEncoder:
    """How batches are made of values: field by field."""


def as_dict(value):
    return {name: getattr(value, name) for name in value._fields}


NAMES = {c.__name__: c for c in (ExtensionType, BatchableExtensionType, ExtensionTypeSpec, ExtensionTypeBatchEncoder)}
nest.parts_of = lambda value: value._composite_parts() if isinstance(value, ExtensionType) else None
nest.with_parts = lambda value, parts: value._with_parts(parts)
