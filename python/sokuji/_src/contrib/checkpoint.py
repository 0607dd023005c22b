"""tf.contrib.checkpoint: a list and a mapping whose parts are saved, under their numbers and keys."""

import collections.abc

from sokuji._src.variables.trackable import Container, is_trackable


class _Container(Container):
    def _keep(self, name, value):
        if not is_trackable(value) and not isinstance(value, (list, dict)):
            raise ValueError("Only checkpointable objects (variables, layers, …) can be kept here, not %r" % (value,))
        setattr(self, name, value)
        self._tell(getattr(self, name))

    def _all(self, name):
        return [v for part in self._parts() for v in getattr(part, name, [part] if hasattr(part, "assign") and name in ("weights", "variables", "trainable_weights", "trainable_variables") else [])]

    layers = property(lambda self: [part for part in self._parts() if hasattr(part, "weights")])
    weights = variables = property(lambda self: self._all("weights"))
    trainable_weights = trainable_variables = property(lambda self: self._all("trainable_weights"))
    non_trainable_weights = property(lambda self: self._all("non_trainable_weights"))
    losses = property(lambda self: self._all("losses"))


class List(_Container, collections.abc.Sequence):
    """A list that is only appended to."""

    def __init__(self, *args, **kwargs):
        self._count = 0
        self.extend(list(*args, **kwargs))

    def _parts(self):
        return [getattr(self, str(i)) for i in range(self._count)]

    def append(self, value):
        self._keep(str(self._count), value)
        self._count += 1

    def extend(self, values):
        for value in values:
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __add__(self, other):
        return List(self._parts() + list(other))

    def copy(self):
        return List(self._parts())

    def __getitem__(self, key):
        return self._parts()[key]

    def __len__(self):
        return self._count

    def __eq__(self, other):
        return self._parts() == (other._parts() if isinstance(other, List) else other)

    __hash__ = object.__hash__

    def __repr__(self):
        return "List(%s)" % self._parts()


class Mapping(_Container, collections.abc.Mapping):
    """A mapping whose keys are set once."""

    def __init__(self, *args, **kwargs):
        self._names = ()
        self.update(*args, **kwargs)

    def _parts(self):
        return [getattr(self, name) for name in self._names]

    def update(self, *args, **kwargs):
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError("Mapping accepts only string keys, but got a key %r." % (key,))
        if key in self._names:
            raise ValueError("Mappings are an append-only data structure. Tried to overwrite the key '%s'" % key)
        self._keep(key, value)
        self._names += (key,)

    def __getitem__(self, key):
        if key not in self._names:
            raise KeyError(key)
        return getattr(self, key)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __repr__(self):
        return "Mapping(%s)" % dict(self)


NAMES = {"List": List, "Mapping": Mapping}
