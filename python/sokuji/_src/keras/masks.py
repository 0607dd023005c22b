"""Keras' masks: which steps of a sequence count. A tensor's mask is kept beside it, for as long as the tensor lives."""

import weakref

from sokuji import _core

known = {}  # id of a tensor -> (weak reference, mask)


def get(tensor):
    entry = known.get(id(tensor))
    return None if entry is None or entry[0]() is not tensor else entry[1]


def put(tensor, mask):
    if mask is None:
        known.pop(id(tensor), None)
        return
    key = id(tensor)
    known[key] = (weakref.ref(tensor, lambda _: known.pop(key, None)), mask)


_core.set_hook("masks", known)
_core.extend("_keras_mask", property(get, put))
