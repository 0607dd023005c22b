"""Keras' configurations of objects, {"module", "class_name", "config", "registered_name"}, and the objects of configurations."""

from sokuji._src.core import dtypes

_registered = {}  # name -> class or function, by register_keras_serializable


def _module(value):
    """keras.initializers, keras.layers, …: where Keras has an object of ours; None of a program's own."""
    own = type(value).__module__
    if not own.startswith("sokuji."):
        return None
    word = own.rsplit(".", 1)[1]
    for part, name in (("init", "initializers"), ("activations", "regularizers"), ("constraints", "constraints"), ("losses", "losses"), ("metrics", "metrics"),
                       ("optimizers", "optimizers"), ("schedules", "optimizers.schedules")):  # fmt: skip
        if part in word:
            return "keras." + name
    return "keras.layers"


def policy(name):
    return {"module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None}


def serialize(value):
    """The configuration of an object; of a function its name."""
    if value is None or isinstance(value, (str, int, float, bool, dict)):
        return value
    if not hasattr(value, "get_config"):
        return getattr(value, "__name__", value)
    module, kind = _module(value), type(value)
    made = {"module": module or kind.__module__, "class_name": kind.__name__, "config": value.get_config()}
    if module is None:
        made = {"module": None, "class_name": kind.__name__, "config": made["config"]}
    return {**made, "registered_name": None if module else getattr(kind, "_registered_name", kind.__name__)}


def deserializer(known, what):
    """deserialize(config, custom_objects) over the classes that known() gives."""

    def deserialize(config, custom_objects=None):
        if isinstance(config, str):
            config = {"class_name": config, "config": None}
        classes = {**known(), **_registered, **(custom_objects or {})}
        kind = classes.get(config.get("registered_name")) or classes.get(config["class_name"])
        if kind is None:
            raise TypeError("Could not locate %s '%s'. Make sure custom classes and functions are decorated with `@keras.saving.register_keras_serializable()`."
                            % (what, config["class_name"]))  # fmt: skip
        given = config["config"]
        if not isinstance(kind, type):
            return kind
        return kind() if given is None else kind.from_config(given) if hasattr(kind, "from_config") else kind(**given)

    return deserialize


def register_keras_serializable(package="Custom", name=None):
    """Lets configurations of a program's own class or function be read again."""

    def decorator(value):
        if isinstance(value, type):
            if not hasattr(value, "get_config"):
                raise ValueError("Cannot register a class that does not have a get_config() method.")
            value._registered_name = "%s>%s" % (package, name or value.__name__)
            _registered[value._registered_name] = value
        _registered.setdefault(name or value.__name__, value)
        return value

    return decorator


def get_registered_name(value):
    return getattr(value, "_registered_name", getattr(value, "__name__", value))


def get_registered_object(name, custom_objects=None, module_objects=None):
    return (custom_objects or {}).get(name) or _registered.get(name) or (module_objects or {}).get(name)


class CustomObjectScope:
    """Names that configurations may use, for as long as it lasts."""

    def __init__(self, custom_objects):
        self._given = custom_objects

    def __enter__(self):
        self._before = dict(_registered)
        _registered.update(self._given)
        return self

    def __exit__(self, *_):
        _registered.clear()
        _registered.update(self._before)


def dtype_name(dtype):
    """The dtype that a layer's argument means: a name, a dtype, or a policy or its configuration."""
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    name = getattr(dtype, "variable_dtype", dtype)
    if isinstance(name, str) and name.startswith("mixed_"):
        raise NotImplementedError("not implemented: the dtype policy %s; use 'float32' or 'float64'" % name)
    return dtypes.as_dtype(name)


def names(known, what):
    return {"serialize": lambda value: serialize(value), "deserialize": deserializer(known, what)}
