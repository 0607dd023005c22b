"""Nested structures: flatten (dictionaries by sorted keys), pack again, map. Lists, tuples, named tuples and mappings nest; all else is a leaf."""

from collections.abc import Mapping

from sokuji import _core


def is_nested(value):
    return isinstance(value, (list, tuple, Mapping))


def _add(value, sequences, out):
    if isinstance(value, Mapping):
        for key in sorted(value):
            _add(value[key], sequences, out)
    elif isinstance(value, sequences):
        for item in value:
            _add(item, sequences, out)
    else:
        out.append(value)


def flatten(value, sequences=(list, tuple)):
    out = []
    _add(value, sequences, out)
    return out


def _rebuild(structure, leaves):
    if isinstance(structure, Mapping):
        made = {key: _rebuild(structure[key], leaves) for key in sorted(structure)}
        return type(structure)((key, made[key]) for key in structure)
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*[_rebuild(item, leaves) for item in structure])
    if isinstance(structure, (list, tuple)):
        made = [_rebuild(item, leaves) for item in structure]
        return made if isinstance(structure, list) else tuple(made)
    return next(leaves)


def pack_sequence_as(structure, flat):
    flat = list(flat)
    n = len(flatten(structure))
    if n != len(flat):
        raise ValueError("the structure has %d leaves, but %d values were given" % (n, len(flat)))
    return _rebuild(structure, iter(flat))


def assert_same_structure(a, b, check_types=True, expand_composites=False):
    if is_nested(a) != is_nested(b):
        raise ValueError("The two structures don't have the same nested structure: %r and %r" % (a, b))
    if not is_nested(a):
        return
    if isinstance(a, Mapping) != isinstance(b, Mapping):
        raise TypeError("The two structures don't have the same types: %s and %s" % (type(a), type(b)))
    if check_types and not isinstance(a, Mapping) and type(a) is not type(b):
        raise TypeError("The two structures don't have the same sequence type: %s and %s" % (type(a), type(b)))
    if len(a) != len(b) or (isinstance(a, Mapping) and set(a) != set(b)):
        raise ValueError("The two structures don't have the same number of elements: %r and %r" % (a, b))
    for key in a if isinstance(a, Mapping) else range(len(a)):
        assert_same_structure(a[key], b[key], check_types)


def map_structure(func, *structure, check_types=True, expand_composites=False):
    function, structures = func, structure
    for other in structures[1:]:
        assert_same_structure(structures[0], other, check_types)
    return pack_sequence_as(structures[0], [function(*leaves) for leaves in zip(*[flatten(s) for s in structures])])


_core.set_hook("flatten", flatten)
_core.set_hook("pack_as", pack_sequence_as)
