"""What is not there yet says so: NotImplementedError with the name, from modules and from namespaces that stand for modules."""

import _thread
import sys
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


lock = _thread.RLock()  # of names that are being added: another thread waits for all of them
_late = []  # a function that adds what is imported late, until it has done so: when it is interrupted, it begins again the next time


def complete_by(function):
    _late.append(function)


def complete():
    """Adds the names that are imported late; the names that are asked for before cost nothing of that."""
    with lock:
        while _late:
            _late[0]()
            del _late[0]


def _take(own, values):
    """Adds names to a namespace, wherever it is."""
    for key, value in values.items():
        own.setdefault(key, value)
    for top in {"sokuji", "sokuji.v1"} & set(sys.modules):
        found = vars(sys.modules[top])
        for word in own["_prefix"].split(".")[:-1]:
            found = getattr(found.get(word), "__dict__", {})
        if found is own:
            reachable(top, own["_prefix"], own)


def _fill(own):
    """Adds the rest of a namespace, which _rest() gives: {name: value}."""
    with lock:
        rest = own.get("_rest")
        if rest is not None:
            _take(own, rest())
            own.pop("_rest", None)


def space(name):
    """A module made at run time (tf.nn, tf.train) that names what it lacks."""
    made = _core.Space("tensorflow." + name)
    own = vars(made)

    def __getattr__(word):
        if word.startswith("_"):
            raise AttributeError(word)
        later = own.get("_later", {})  # name: function that gives it, and others: what takes long to import
        if word in later:
            _take(own, later[word]())
            return own[word]
        _fill(own)
        if word in own:
            return own[word]
        complete()
        if word in own or word in own.get("_later", {}):
            return getattr(made, word)
        raise missing(own["_prefix"] + word)

    def __dir__():
        complete()
        _fill(own)
        return sorted({n for n in (*own, *own.get("_later", {})) if not n.startswith("_")})

    own.update(_prefix=name + ".", __getattr__=__getattr__, __dir__=__dir__)
    return made


def put_off(held, names, load):
    """Names of a namespace that load() gives when one of them is asked for."""
    held.setdefault("_later", {}).update(dict.fromkeys(names.split(), load))


def home(value):
    """The module that a public function came from."""
    return getattr(value, "_home", None) or getattr(value, "__module__", None) or ""


def reachable(top, prefix, held):
    """Functions that are not found under their own names get the public one, under which they are pickled."""
    for name, value in held.items():
        if type(value) is types.FunctionType and not name.startswith("_"):
            found = sys.modules.get(value.__module__)
            for word in value.__qualname__.split("."):
                found = getattr(found, "__dict__", {}).get(word)
            if found is not value:
                vars(value).setdefault("_home", value.__module__)
                value.__module__, value.__qualname__ = top, prefix + name


def reachable_in(top):
    """The same for all namespaces of a module."""
    rows, seen = [("", sys.modules[top])], set()
    for prefix, space in rows:
        held = dict(vars(space))
        reachable(top, prefix, held)
        rows += [(prefix + name + ".", value) for name, value in held.items() if is_space(value) and id(value) not in seen and not name.startswith("_")]
        seen.update(id(value) for _, value in rows)


def is_space(value):
    return isinstance(value, types.ModuleType) and "_prefix" in vars(value)
