"""Keras' configurations of objects, {"module", "class_name", "config", "registered_name"}, and the objects of configurations."""

import base64
import builtins
import marshal
import types

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes

_registered = {}  # name -> class or function: by register_keras_serializable, and while a scope of custom objects lasts
_names = {}  # class or function -> the name it is registered under
_safe = True  # whether functions stored as code are refused
find = None  # set by api: (module, name) -> Keras' object of that name; all modules where the module is None


def _module(kind):
    """keras.initializers, keras.layers, …: where Keras has a class of ours; None of a program's own."""
    own = getattr(kind, "__module__", "")
    if not own.startswith("sokuji."):
        return None
    word = own.rsplit(".", 1)[1]
    for part, name in (("init", ".initializers"), ("activations", ".regularizers"), ("constraints", ".constraints"), ("losses", ".losses"), ("metrics", ".metrics"),
                       ("optimizers", ".optimizers"), ("schedules", ".optimizers.schedules"), ("models", "")):  # fmt: skip
        if part in word:
            return "keras" + name
    return "keras.layers"


def policy(name):
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def code_of(function):
    """[code, defaults, what it closes over], as Keras stores functions without a name."""
    closure = function.__closure__
    return [base64.encodebytes(marshal.dumps(function.__code__)).decode(), function.__defaults__, closure and [c.cell_contents for c in closure]]


def function_of(code, defaults=None, closure=None):
    if _safe:
        raise ValueError("Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code execution and thus it is disallowed by "
                         "default. If you trust the source of the artifact, you can override this error by passing `safe_mode=False` to the loading function.")  # fmt: skip
    if isinstance(code, (list, tuple)):
        code, defaults, closure = code
    try:
        made = marshal.loads(base64.decodebytes(code.encode()))
    except (ValueError, TypeError, EOFError) as error:
        raise ValueError("the function's code was written by another version of Python: %s" % error) from None
    names = {"__builtins__": builtins, **{n: v for n, v in _registered.items() if n.isidentifier()}}
    return types.FunctionType(made, names, made.co_name, defaults and tuple(defaults), closure and tuple(types.CellType(c) for c in closure))


def _special(name, **config):
    return {"class_name": "__%s__" % name, "config": config}


def serialize(value):
    """The configuration of an object, a structure or a plain value."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(serialize(v) for v in value) if type(value) in (list, tuple) else [serialize(v) for v in value]
    if isinstance(value, dict):
        return {key: serialize(v) for key, v in value.items()}
    if isinstance(value, bytes):
        return _special("bytes", value=value.decode())
    if isinstance(value, slice):
        return _special("slice", **{name: serialize(getattr(value, name)) for name in ("start", "stop", "step")})
    if value is Ellipsis:
        return _special("ellipsis")
    if isinstance(value, (np.ndarray, np.generic)):
        return _special("numpy", value=value.tolist(), dtype=value.dtype.name) if value.ndim else value.item()
    if isinstance(value, _core.Handle) and not isinstance(value, _core.VariableBase):
        return _special("tensor", value=value.numpy().tolist(), dtype=value.dtype.name)
    if isinstance(value, dtypes.DType):
        return value.name
    if isinstance(value, shapes.TensorShape):
        return value.as_list()
    return _special("lambda", value=code_of(value)) if getattr(value, "__name__", "") == "<lambda>" else _of_object(value)


def _of_object(value):
    if not hasattr(value, "get_config") or isinstance(value, type):
        if not hasattr(value, "__name__"):
            raise TypeError("Cannot serialize object %s of type %s. To be serializable, a class must implement the `get_config()` method." % (value, type(value)))
        return {"module": "builtins", "class_name": "function", "config": get_registered_name(value), "registered_name": "function"}
    kind, config = type(value), value.get_config()
    if not isinstance(config, dict):
        raise TypeError("The `get_config()` method of %s should return a dict. It returned: %s" % (value, config))
    module, name, registered = _module(kind), kind.__name__, None
    if getattr(value, "keras_operation", None):
        module, name, registered = "keras.src.ops.numpy", value.keras_operation, value.keras_operation
    elif module is None:
        registered = get_registered_name(kind)
    elif name in ("Model", "Functional"):
        module, name = "keras", "Model"
        if value._graph is not None:
            module, name, registered = "keras.src.models.functional", "Functional", "Functional"
    made = {"module": module, "class_name": name, "config": serialize(config), "registered_name": registered}
    for key in ("build_config", "compile_config"):
        more = getattr(value, "get_" + key, lambda: None)()
        if more is not None:
            made[key] = serialize(more)
    return made


def _kind_of(config, what):
    """The class or function that a configuration names."""
    name, module, registered = config["class_name"], config.get("module"), config.get("registered_name")
    if name == "function":
        name, registered = config["config"], config["config"]
        module = None if module == "builtins" else module
    found = _registered.get(registered) or _registered.get(name) or next((v for n, v in _registered.items() if n.endswith(">" + name)), None)
    if found is None and ("module" not in config or config["module"] is not None):
        found = find(module, name)
    if found is None:
        raise TypeError("Could not locate %s '%s'. Make sure custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`. "
                        "Full object config: %s" % (what, name, config))  # fmt: skip
    return found


_SPECIAL = {"__tensor__": lambda c: _core.convert(np.array(c["value"], c["dtype"]), 0), "__numpy__": lambda c: np.array(c["value"], c["dtype"]),
            "__bytes__": lambda c: c["value"].encode(), "__ellipsis__": lambda c: ..., "__slice__": lambda c: slice(*(revive(c[n]) for n in ("start", "stop", "step"))),
            "__lambda__": lambda c: function_of(*c["value"]) if "value" in c else function_of(**c)}  # fmt: skip


def revive(config, what="class"):
    """What a configuration or a structure with configurations in it stands for."""
    if isinstance(config, (list, tuple)):
        return [revive(c) for c in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: revive(value) for key, value in config.items()}
    name, given = config["class_name"], config["config"]
    if name in _SPECIAL:
        return _SPECIAL[name](given)
    if name == "DTypePolicy":
        return given["name"]
    kind = _kind_of(config, "function" if name == "function" else what)
    if name == "function" or not isinstance(kind, type):
        return kind
    made = kind() if given is None else kind.from_config(dict(given)) if hasattr(kind, "from_config") else kind(**given)
    if config.get("build_config") and not getattr(made, "built", True):
        made.build_from_config(config["build_config"])
    if config.get("compile_config"):
        made.compile_from_config(config["compile_config"])
    return made


def chosen(identifier, classes, what):
    """The object of a configuration or of a program's own name; None where the identifier is neither."""
    if isinstance(identifier, str):
        found = _registered.get(identifier)
        return found() if isinstance(found, type) else found
    if not isinstance(identifier, dict):
        return None
    if "module" not in identifier and identifier.get("class_name") in classes:
        return classes[identifier["class_name"]](**identifier["config"])
    return revive(identifier, what)


def revive_parts(config):
    """A layer's configuration with the objects in it made; those of older files, without modules, are left to the constructors."""

    def one(value):
        if isinstance(value, dict) and ("module" in value or value.get("class_name") == "__lambda__"):
            return revive(value)
        return [one(v) for v in value] if isinstance(value, list) and value and isinstance(value[0], dict) else value

    return {name: one(value) for name, value in config.items()}


def deserializer(known, what):
    """deserialize(config, custom_objects, safe_mode) over the classes that known() gives, and over all."""

    def deserialize(config, custom_objects=None, safe_mode=True, **kwargs):
        """The object of a configuration or a name."""
        with CustomObjectScope(custom_objects or {}), unsafe(not safe_mode):
            if isinstance(config, str):
                found = _registered.get(config) or known().get(config)
                if found is None:
                    raise ValueError("Unknown %s: '%s'. Please ensure you are using a `keras.saving.custom_object_scope` and that this object is included in the scope." % (what, config))
                return found() if isinstance(found, type) else found
            if isinstance(config, dict) and "module" not in config and config.get("class_name") in known():
                kind, given = known()[config["class_name"]], config["config"]
                return kind() if given is None else kind.from_config(given) if hasattr(kind, "from_config") else kind(**given)
            return revive(config, what)

    return deserialize


class unsafe:
    """Lets functions that are stored as code be read, where asked."""

    def __init__(self, asked):
        self._asked = asked

    def __enter__(self):
        global _safe
        self._before, _safe = _safe, _safe and not self._asked

    def __exit__(self, *_):
        global _safe
        _safe = self._before


def enable_unsafe_deserialization():
    """From now on models may hold Python lambdas that loading runs."""
    global _safe
    _safe = False


def register_keras_serializable(package="Custom", name=None):
    """Lets configurations of a program's own class or function be read again."""

    def decorator(value):
        if isinstance(value, type) and not hasattr(value, "get_config"):
            raise ValueError("Cannot register a class that does not have a get_config() method.")
        _names[value] = "%s>%s" % (package, name or value.__name__)
        _registered[_names[value]] = value
        return value

    return decorator


def get_registered_name(obj):
    """The name under which a class or function was registered."""
    return _names.get(obj) or getattr(obj, "__name__", obj)


def get_registered_object(name, custom_objects=None, module_objects=None):
    """What was registered under the name, or None."""
    return _registered.get(name) or (custom_objects or {}).get(name) or (module_objects or {}).get(name)


class CustomObjectScope:
    """Names that configurations may use, for as long as it lasts."""

    def __init__(self, *objects):
        self._given = {name: value for one in objects for name, value in one.items()}

    def __enter__(self):
        self._before = dict(_registered)
        _registered.update(self._given)
        return self

    def __exit__(self, *_):
        _registered.clear()
        _registered.update(self._before)


def get_custom_objects():
    """The dictionary of names that configurations may use."""
    return _registered


def dtype_name(dtype):
    """The dtype that a layer's argument means: a name, a dtype, or a policy or its configuration."""
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    name = getattr(dtype, "variable_dtype", dtype)
    if isinstance(name, str) and name.startswith("mixed_"):
        raise NotImplementedError("not implemented: the dtype policy %s; use 'float32' or 'float64'" % name)
    return dtypes.as_dtype(name)


def names(known, what):
    def serialized(value):
        """The configuration of an object."""
        return serialize(value)

    serialized.__name__ = "serialize"
    return {"serialize": serialized, "deserialize": deserializer(known, what)}
