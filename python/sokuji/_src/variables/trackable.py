"""What object-based checkpoints follow: objects whose attributes are saved under their names, and values that wait for objects to come.

A restoration that finds no object for a name yet is kept with the parent, and given out when the attribute is set.
"""

import collections

from sokuji import _core

_VARIABLE = _core.VariableBase


class State:
    """What restoring knows of one object; made when it is first needed."""

    __slots__ = ("uid", "deferred", "named")

    def __init__(self):
        self.uid = -1  # of the newest restoration that gave it values
        self.deferred = {}  # name: [(load, node number), ...]
        self.named = {}  # children that are no attributes, by name


def state_of(obj):
    found = obj.__dict__.get("_tracking")
    if found is None:
        found = obj.__dict__["_tracking"] = State()
    return found


def is_trackable(value):
    return isinstance(value, (Trackable, _VARIABLE))


def children(obj):
    """[(name, object), ...] that are saved with obj."""
    return obj._checkpoint_children() if isinstance(obj, Trackable) else []


def named_children(obj):
    found = obj.__dict__.get("_tracking")
    return list(found.named.items()) if found is not None else []


def wrapped(value):
    """Lists, tuples and dicts that hold something to save (or are empty and may come to) as containers that can be followed."""
    kind = type(value)
    if kind is list:
        return List(value) if not value or any(_holds(v) for v in value) else value
    if kind is dict:
        return Dict(value) if not value or any(_holds(v) for v in value.values()) else value
    if kind is collections.OrderedDict and any(_holds(v) for v in value.values()):
        return Dict(value)
    if kind is tuple and any(_holds(v) for v in value):
        return Tuple(value)
    return value


def _holds(value):
    if is_trackable(value):
        return True
    if type(value) in (list, tuple):
        return any(_holds(v) for v in value)
    return type(value) in (dict, collections.OrderedDict) and any(_holds(v) for v in value.values())


def track(obj, name, child):
    """Makes child a dependency of obj under a name of its own, and restores what waited for it."""
    state_of(obj).named[name] = child
    arrived(obj, name, child)
    return child


def arrived(obj, name, child):
    """Gives a new child the values that wait for it, the newest restoration first."""
    found = obj.__dict__.get("_tracking")
    if found is None or name not in found.deferred or not is_trackable(child):
        return
    for load, node in sorted(found.deferred.pop(name), key=lambda pair: -pair[0].uid):
        load.restore(node, child)


def waiting_value(obj, name, shape=None):
    """The newest value that waits for a variable of this name, for restoring while it is made; None when there is none."""
    found = obj.__dict__.get("_tracking")
    positions = found.deferred.get(name) if found is not None else None
    if not positions:
        return None
    load, node = max(positions, key=lambda pair: pair[0].uid)
    return load.simple_value(node, shape)


class Trackable:
    """Base of what can be saved: attributes that are variables, other trackable objects, or containers of them."""

    def __setattr__(self, name, value):
        value = wrapped(value)
        object.__setattr__(self, name, value)
        if "_tracking" in self.__dict__:
            arrived(self, name, value)

    def _checkpoint_children(self):
        found = {n: v for n, v in vars(self).items() if is_trackable(v)}
        found.update(named_children(self))
        return list(found.items())

    def _checkpoint_values(self):
        """{attribute: (tensor, function that takes a restored tensor)} of the object itself, beside its children."""
        return {}


class AutoTrackable(Trackable):
    """tfe.Checkpointable, tf.contrib.checkpoint's and tf.Module's way of being saved."""


class Container(AutoTrackable):
    """One that tells whom it belongs to of each part that it is given."""

    def _belong_to(self, track):
        self.__dict__.setdefault("_tellers", []).append(track)
        for part in self._parts():
            self._tell(part)

    def _tell(self, part):
        for track in self.__dict__.get("_tellers", ()):
            if isinstance(part, Container):
                part._belong_to(track)
            else:
                track(part)


class Group(Trackable):
    """A node between an object and its children that only checkpoints know."""

    members = ()

    def _checkpoint_children(self):
        return list(self.members)


# ---- containers ----


class List(list, Trackable):
    """A list whose elements are saved under their indices."""

    __setattr__ = object.__setattr__

    def __init__(self, values=()):
        list.__init__(self, (wrapped(v) for v in values))

    def _checkpoint_children(self):
        return [(str(i), v) for i, v in enumerate(self) if is_trackable(v)]

    def append(self, value):
        value = wrapped(value)
        list.append(self, value)
        arrived(self, str(len(self) - 1), value)

    def extend(self, values):
        for value in list(values):
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __setitem__(self, key, value):
        list.__setitem__(self, key, wrapped(value) if not isinstance(key, slice) else value)
        if not isinstance(key, slice):
            arrived(self, str(range(len(self))[key]), self[key])

    def __copy__(self):
        return List(self)

    def __reduce__(self):
        return list, (list(self),)

    __hash__ = object.__hash__


class Tuple(tuple, Trackable):
    """A tuple whose elements are saved under their indices."""

    __setattr__ = object.__setattr__

    def __new__(cls, values=()):
        return tuple.__new__(cls, (wrapped(v) for v in values))

    def _checkpoint_children(self):
        return [(str(i), v) for i, v in enumerate(self) if is_trackable(v)]

    def __reduce__(self):
        return tuple, (tuple(self),)

    __hash__ = object.__hash__


class Dict(dict, Trackable):
    """A dict whose values are saved under their keys."""

    __setattr__ = object.__setattr__

    def __init__(self, *values, **named):
        dict.__init__(self)
        self.update(*values, **named)

    def _checkpoint_children(self):
        return [(str(k), v) for k, v in self.items() if is_trackable(v)]

    def __setitem__(self, key, value):
        value = wrapped(value)
        dict.__setitem__(self, key, value)
        arrived(self, str(key), value)

    def update(self, *values, **named):
        for key, value in dict(*values, **named).items():
            self[key] = value

    def setdefault(self, key, value=None):
        if key not in self:
            self[key] = value
        return self[key]

    def __copy__(self):
        return Dict(self)

    def __reduce__(self):
        return dict, (dict(self),)

    __hash__ = object.__hash__
