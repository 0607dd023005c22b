"""Nested structures: flatten (dictionaries by sorted keys), pack again, map. Lists, tuples, named tuples and mappings nest; all else is a leaf."""

from collections import deque
from collections.abc import KeysView, Mapping, ValuesView

from sokuji import _core


_SEQUENCES = (list, tuple, deque, range, KeysView, ValuesView)


def is_nested(seq):
    """Whether a value is a list, tuple, named tuple or mapping."""
    return isinstance(seq, _SEQUENCES) or isinstance(seq, Mapping)


def _add(value, out):
    if isinstance(value, Mapping):
        for key in sorted(value):
            _add(value[key], out)
    elif isinstance(value, _SEQUENCES):
        for item in value:
            _add(item, out)
    else:
        out.append(value)


parts_of, with_parts = None, None  # of values that consist of tensors, once there are such: their tensors or None, and one like it


def flatten(structure, expand_composites=False):
    """The leaves of a structure, in order."""
    out = []
    _add(structure, out)
    if expand_composites and parts_of is not None:
        return [part for leaf in out for part in (lambda found: [leaf] if found is None else found)(parts_of(leaf))]
    return out


def _joined(structure, flat):
    """Parts put together as the values that the structure has."""
    rest = iter(flat)
    return [next(rest) if parts_of(leaf) is None else with_parts(leaf, rest) for leaf in flatten(structure)]


def _rebuild(structure, leaves):
    if isinstance(structure, Mapping):
        made = {key: _rebuild(structure[key], leaves) for key in sorted(structure)}
        pairs = [(key, made[key]) for key in structure]
        return type(structure)(structure.default_factory, pairs) if hasattr(structure, "default_factory") else type(structure)(pairs)
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*[_rebuild(item, leaves) for item in structure])
    if isinstance(structure, _SEQUENCES):
        made = [_rebuild(item, leaves) for item in structure]
        return tuple(made) if type(structure) is tuple else deque(made) if isinstance(structure, deque) else made
    return next(leaves)


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """A structure like this one with other leaves, in order."""
    if not isinstance(flat_sequence, _SEQUENCES):
        raise TypeError("Attempted to pack value:\n  %r\ninto a structure, but found incompatible type `%s` instead." % (flat_sequence, type(flat_sequence)))
    flat = list(flat_sequence)
    n = len(flatten(structure, expand_composites))
    if n != len(flat):
        raise ValueError("Could not pack sequence. Structure had %d atoms, but flat_sequence had %d items.  Structure: %r, flat_sequence: %r." % (n, len(flat), structure, flat))
    return _rebuild(structure, iter(_joined(structure, flat) if expand_composites and parts_of is not None else flat))


def _types_fit(a, b):
    """Whether two sequences, or two mappings, count as of one type: named tuples of the same names do."""
    return isinstance(a, Mapping) or type(a) is type(b) or (isinstance(a, list) and isinstance(b, list)) or (
        hasattr(a, "_fields") and hasattr(b, "_fields") and type(a).__name__ == type(b).__name__ and a._fields == b._fields)  # fmt: skip


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """TypeError where the types of sequences differ, ValueError where the nesting, lengths or keys do."""
    found = _difference(nest1, nest2, check_types)
    if found is not None:
        a, b, kind, text = nest1, nest2, *found
        raise kind("The two structures don't have the same nested structure.\n\nFirst structure: type=%s str=%s\n\nSecond structure: type=%s str=%s\n\nMore specifically: %s"
                   % (type(a).__name__, a, type(b).__name__, b, text))  # fmt: skip


def _difference(a, b, check_types):
    if is_nested(a) != is_nested(b):
        one, other = (a, b) if is_nested(a) else (b, a)
        return ValueError, 'Substructure "type=%s str=%s" is a sequence, while substructure "type=%s str=%s" is not' % (type(one).__name__, one, type(other).__name__, other)
    if not is_nested(a):
        return None
    if isinstance(a, Mapping) != isinstance(b, Mapping) or (check_types and not _types_fit(a, b)):
        if check_types or isinstance(a, Mapping) != isinstance(b, Mapping):
            return TypeError, ("The two namedtuples don't have the same sequence type. First structure type=%s str=%s has type %s, while second structure type=%s str=%s has type %s"
                               % (type(a).__name__, a, type(a).__name__, type(b).__name__, b, type(b).__name__))  # fmt: skip
    if len(a) != len(b):
        return ValueError, ("The two structures don't have the same number of elements. First structure: type=%s str=%s. Second structure: type=%s str=%s"
                            % (type(a).__name__, a, type(b).__name__, b))  # fmt: skip
    if isinstance(a, Mapping) and set(a) != set(b):
        return ValueError, ("The two dictionaries don't have the same set of keys. First structure has keys type=list str=%s, while second structure has keys type=list str=%s"
                            % (list(a), list(b)))  # fmt: skip
    pairs = [(a[key], b[key]) for key in a] if isinstance(a, Mapping) else zip(a, b)
    return next((found for x, y in pairs if (found := _difference(x, y, check_types)) is not None), None)


def map_structure(func, *structure, **kwargs):
    """A structure of what the function makes of the leaves of one structure, or of several that are alike."""
    if not callable(func):
        raise TypeError("func must be callable, got: %s" % (func,))
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError("Only valid keyword arguments are `check_types` and `expand_composites`, not: `%s`" % "`, `".join(kwargs))
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    made = [func(*leaves) for leaves in zip(*[flatten(s, expand) for s in structure])]
    return _rebuild(structure[0], iter(_joined(structure[0], made) if expand and parts_of is not None else made))


_core.set_hook("flatten", flatten)
_core.set_hook("pack_as", pack_sequence_as)
