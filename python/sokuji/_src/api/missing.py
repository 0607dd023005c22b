"""What is not there yet says so: NotImplementedError with the name, from modules and from namespaces that stand for modules."""

import types

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


def getattr_of(prefix):
    """A module's __getattr__."""

    def __getattr__(name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise missing(prefix + name)

    return __getattr__


class Namespace(types.ModuleType):
    """A module made at run time (tf.nn, tf.train) that names what it lacks."""

    def __init__(self, name, contents=(), register_as=()):
        super().__init__("tensorflow." + name)
        self.__dict__["_prefix"] = name + "."
        self.__dict__.update(contents)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        later = self.__dict__.get("_later")  # (names, function that gives them): what takes long to import
        if later is not None and name in later[0]:
            self.__dict__.update(later[1]())
            return self.__dict__[name]
        raise missing(self.__dict__["_prefix"] + name)

    def __dir__(self):
        later = self.__dict__.get("_later", ((), None))[0]
        return sorted({n for n in (*self.__dict__, *later) if not n.startswith("_")})


