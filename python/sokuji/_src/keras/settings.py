"""keras.config, dtype policies, keras.Variable and keras.tree of Keras 3."""

from sokuji._src.core import dtypes, nest
from sokuji._src.core.execute import convert
from sokuji._src.keras import backend, layers_base, mixed_precision, variable
from sokuji._src.ops import init_ops

# ---- dtypes ----


DTypePolicy = mixed_precision.Policy


def policy_of(identifier=None):
    """The policy of a name, a config, or itself."""
    if isinstance(identifier, DTypePolicy):
        return identifier
    return DTypePolicy(identifier["config"]["name"] if isinstance(identifier, dict) else identifier)


def serialize(policy):
    """The policy as a config."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": policy.get_config(), "registered_name": None}


POLICIES = {"DTypePolicy": DTypePolicy, "get": policy_of, "deserialize": policy_of, "FloatDTypePolicy": DTypePolicy, "serialize": serialize}

# ---- settings ----

_switches = {"interactive_logging": True, "traceback_filtering": True, "flash_attention": None, "max_epochs": None, "max_steps_per_epoch": None}


def _config():
    made = {name: getattr(backend, name) for name in "backend floatx set_floatx epsilon set_epsilon image_data_format set_image_data_format".split()}
    for name in ("interactive_logging", "traceback_filtering", "flash_attention"):
        made["enable_" + name] = lambda name=name: _switches.update({name: True})
        made["disable_" + name] = lambda name=name: _switches.update({name: False})
        made["is_%s_enabled" % name] = lambda name=name: _switches[name]
    for name in ("max_epochs", "max_steps_per_epoch"):
        made[name] = lambda name=name: _switches[name]
        made["set_" + name] = lambda value, name=name: _switches.update({name: value})
    made["is_nnx_enabled"] = lambda: False
    for name, function in made.items():
        if not function.__doc__:
            verb, _, rest = name.partition("_")
            function.__doc__ = {"enable": "Turns %s on.", "disable": "Turns %s off.", "is": "Whether %s.", "set": "Sets %s."}.get(verb, "The value of %s.") % (
                rest.replace("_enabled", " is enabled") if verb in ("enable", "disable", "is", "set") else name).replace("_", " ")  # fmt: skip
    return {**made, "dtype_policy": mixed_precision.NAMES["global_policy"], "set_dtype_policy": mixed_precision.set_global_policy}


CONFIG = _config()


class _AnyVariable(type(variable.KerasVariable)):
    def __instancecheck__(cls, value):
        return isinstance(value, variable.KerasVariable)


class Variable(variable.KerasVariable, metaclass=_AnyVariable):
    """keras.Variable: of a value, or of an initializer and a shape."""

    def __init__(self, initializer, shape=None, dtype=None, trainable=True, autocast=True, aggregation="none", synchronization="auto", name=None, **kwargs):
        if callable(initializer):
            if shape is None:
                raise ValueError("When creating a Variable from an initializer, the `shape` argument should be specified. Received: initializer=%s and shape=%s"
                                 % (initializer, shape))  # fmt: skip
            kind = dtypes.as_dtype(dtype or "float32")
            value = init_ops.get(initializer)(list(shape), dtype=kind)
        elif isinstance(initializer, str) and shape is not None:
            kind = dtypes.as_dtype(dtype or "float32")
            value = init_ops.get(initializer)(list(shape), dtype=kind)
        else:
            value = convert(initializer, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
        name = name or layers_base.unique_name("variable", True)
        prefix = layers_base.calls.path[-1] + "/" if layers_base.calls.path else ""
        super().__init__(value, trainable, name, prefix + name)


# ---- structures ----


def flatten(structure):
    """The structure's leaves."""
    return nest.flatten(structure)


def pack_sequence_as(structure, flat_sequence):
    """The leaves in the form of the structure."""
    return nest.pack_sequence_as(structure, flat_sequence)


def flatten_with_path(structure):
    """(path, leaf) of every leaf of the structure."""
    return _paths(structure, ())


def _paths(value, path):
    if isinstance(value, dict):
        return [row for key in sorted(value) for row in _paths(value[key], (*path, key))]
    if nest.is_nested(value):
        return [row for i, item in enumerate(value) for row in _paths(item, (*path, i))]
    return [(path, value)]


def map_structure(func, *structures, none_is_leaf=True):
    """The function over the leaves of structures that are alike."""
    if not structures:
        raise ValueError("`map_structure` must be called with at least one structure")
    return nest.map_structure(func if none_is_leaf else lambda *v: None if v[0] is None else func(*v), *structures)


def map_structure_up_to(shallow_structure, func, *structures):
    """The function over what stands at the leaves of the shallow structure."""
    if not nest.is_nested(shallow_structure):
        return func(*structures)
    if isinstance(shallow_structure, dict):
        return type(shallow_structure)((k, map_structure_up_to(v, func, *(s[k] for s in structures))) for k, v in shallow_structure.items())
    rows = [map_structure_up_to(v, func, *(s[i] for s in structures)) for i, v in enumerate(shallow_structure)]
    return type(shallow_structure)(*rows) if hasattr(shallow_structure, "_fields") else type(shallow_structure)(rows)


def traverse(func, structure, top_down=True):
    """The structure with what func gives in the place of each part for which it gives something."""
    if top_down:
        made = func(structure)
        if made is not None:
            return None if made is MAP_TO_NONE else made
    if isinstance(structure, dict):
        structure = type(structure)((k, traverse(func, v, top_down)) for k, v in structure.items())
    elif nest.is_nested(structure):
        rows = [traverse(func, v, top_down) for v in structure]
        structure = type(structure)(*rows) if hasattr(structure, "_fields") else type(structure)(rows)
    if top_down:
        return structure
    made = func(structure)
    return structure if made is None else None if made is MAP_TO_NONE else made


class MAP_TO_NONE:
    """What traverse()'s function gives for None."""


def lists_to_tuples(structure):
    """The structure with tuples for its lists."""
    return traverse(lambda v: tuple(traverse(lambda w: None, [lists_to_tuples(i) for i in v])) if isinstance(v, list) else None, structure)


def map_shape_structure(func, structure):
    """Tuples of sizes are leaves."""
    def is_shape(v):
        return isinstance(v, (list, tuple)) and all(isinstance(d, (int, type(None))) for d in v)

    return traverse(lambda v: func(v) if is_shape(v) else None, structure)


def assert_same_structure(a, b, check_types=None):
    """An error unless the structures are alike."""
    return nest.assert_same_structure(a, b)


def assert_same_paths(a, b):
    """An error unless the structures have leaves at the same paths."""
    one, other = ({path for path, _ in _paths(v, ())} for v in (a, b))
    if one != other:
        raise ValueError("`a` and `b` don't have the same paths. a: %s b: %s" % (a, b))


TREE = {"flatten": flatten, "is_nested": nest.is_nested, "pack_sequence_as": pack_sequence_as}
TREE.update({f.__name__: f for f in (flatten_with_path, map_structure, map_structure_up_to, traverse, MAP_TO_NONE, lists_to_tuples, map_shape_structure, assert_same_structure,
                                     assert_same_paths)})  # fmt: skip
