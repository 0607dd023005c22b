"""What is not there yet says so: NotImplementedError with the name, from modules and from namespaces that stand for modules."""

import types

from sokuji import _core

_NEAREST = {
    "Session": "run the operations directly; results are there at once",
    "placeholder": "pass tensors as function arguments",
    "function": "call the Python function directly",
    "contrib.eager.defun": "call the Python function directly",
    "estimator": "tf.keras.Model.fit",
}


class MissingName(NotImplementedError, AttributeError):
    """So that hasattr() and getattr() with a default work as with any module."""

    __module__ = "sokuji"  # as which tracebacks show it


def missing(name):
    use = _NEAREST.get(name, "an operation that is there, or NumPy through .numpy()")
    return MissingName("not implemented: tf.%s; use %s" % (name, use))


_late = []  # a function that adds what is imported late, until it has done so: when it is interrupted, it begins again the next time


def complete_by(function):
    _late.append(function)


def complete():
    """Adds the names that are imported late; the names that are asked for before cost nothing of that."""
    for function in list(_late):
        function()
        _late.clear()


def getattr_of(prefix, own=None):
    """A module's __getattr__; own: its names."""

    def __getattr__(name):
        if name.startswith("_"):
            raise AttributeError(name)
        complete()
        if own is not None and name in own:
            return own[name]
        raise missing(prefix + name)

    return __getattr__


def space(name):
    """A module made at run time (tf.nn, tf.train) that names what it lacks."""
    made = _core.Space("tensorflow." + name)
    own = vars(made)

    def __getattr__(word):
        if word.startswith("_"):
            raise AttributeError(word)
        later = own.get("_later")  # (names, function that gives them): what takes long to import
        if later is not None and word in later[0]:
            own.update(later[1]())
            return own[word]
        complete()
        if word in own or word in own.get("_later", ((),))[0]:
            return getattr(made, word)
        raise missing(own["_prefix"] + word)

    def __dir__():
        complete()
        later = own.get("_later", ((), None))[0]
        return sorted({n for n in (*own, *later) if not n.startswith("_")})

    own.update(_prefix=name + ".", __getattr__=__getattr__, __dir__=__dir__)
    return made


def is_space(value):
    return isinstance(value, types.ModuleType) and "_prefix" in vars(value)
