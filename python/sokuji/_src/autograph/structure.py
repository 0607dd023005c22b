"""Lists, tuples, named tuples and dicts of values: taken apart into leaves and put together again, to carry variables through a graph."""


def children(value):
    """(keys, values) of a structure, None of a leaf."""
    if isinstance(value, dict):
        try:
            keys = sorted(value)
        except TypeError:
            keys = list(value)
        return keys, [value[k] for k in keys]
    if isinstance(value, (list, tuple)):
        return None, list(value)
    return None


def flatten(value, components, leaves):
    """Appends the leaves; `components` of a leaf gives the tensors an object consists of, or None."""
    inside = children(value)
    if inside is None:
        inside = components(value)
        if inside is None:
            leaves.append(value)
            return leaves
        leaves.extend(inside[0])
        return leaves
    for child in inside[1]:
        flatten(child, components, leaves)
    return leaves


def pack(like, leaves, components):
    """A structure like another with leaves from an iterator."""
    inside = children(like)
    if inside is None:
        parts = components(like)
        return next(leaves) if parts is None else parts[1]([next(leaves) for _ in parts[0]])
    made = [pack(child, leaves, components) for child in inside[1]]
    if isinstance(like, dict):
        pairs = dict(zip(inside[0], made))
        ordered = {k: pairs[k] for k in like}
        return ordered if type(like) is dict else _like_dict(like, ordered)
    if hasattr(like, "_fields"):
        return type(like)(*made)
    return made if type(like) is list else type(like)(made)


def _like_dict(like, pairs):
    if hasattr(like, "default_factory"):
        return type(like)(like.default_factory, pairs)
    return type(like)(pairs)


def difference(first, second):
    """Why two structures differ, None where they do not."""
    a, b = children(first), children(second)
    if a is None and b is None:
        return None
    head = (
        "The two structures don't have the same nested structure.\n\nFirst structure: type=%s str=%s\n\nSecond structure: type=%s str=%s\n\nMore specifically: "
        % (type(first).__name__, first, type(second).__name__, second)
    )
    if a is None or b is None:
        sequence, other = ("First", "second") if b is None else ("Second", "first")
        return head + "the %s one is a sequence, while the %s one is not" % (sequence.lower(), other)
    if isinstance(first, dict) != isinstance(second, dict) or isinstance(first, list) != isinstance(second, list):
        return head + "The two structures don't have the same sequence type"
    if a[0] != b[0]:
        return head + "The two dictionaries don't have the same set of keys. First structure has keys %s, while second structure has keys %s" % (a[0], b[0])
    if len(a[1]) != len(b[1]):
        return head + "The two structures don't have the same number of elements: %d and %d" % (len(a[1]), len(b[1]))
    return next((d for d in map(difference, a[1], b[1]) if d is not None), None)
