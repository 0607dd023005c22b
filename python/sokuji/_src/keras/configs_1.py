"""Configurations of 1.8: what layers' get_config gives and from_config takes, and get, serialize and deserialize of each kind of object."""

import base64
import inspect
import marshal
import sys
import types

import numpy as np

from sokuji._src.keras import activations, constraints, initializers, serialization

# What 1.8 leaves out of a layer's configuration, and arguments that it does not have.
_LEFT_OUT = {"AlphaDropout": "noise_shape seed", "GaussianDropout": "seed", "GaussianNoise": "seed", "Conv1D": "data_format groups", "Conv2D": "groups", "Conv3D": "groups",
             "MaxPooling1D": "data_format", "AveragePooling1D": "data_format", "LocallyConnected1D": "data_format implementation", "LocallyConnected2D": "implementation",
             "UpSampling2D": "interpolation", "SeparableConv1D": "depth_multiplier", "SeparableConv2D": "depth_multiplier", "Flatten": "data_format", "Embedding": "sparse", "LeakyReLU": "negative_slope", "SpatialDropout2D": "data_format",
             "SpatialDropout3D": "data_format", "GlobalMaxPooling1D": "data_format keepdims", "GlobalAveragePooling1D": "data_format keepdims",
             "BatchNormalization": "renorm renorm_clipping renorm_momentum fused virtual_batch_size adjustment synchronized"}  # fmt: skip
_NOWHERE = {"keepdims", "zero_output_for_mask", "input_length", "weights", "mask", "backward_layer", "cell", "layer", "output_padding", "groups", "use_cudnn", "seed_generator"}


def plain(value, name):
    """A constructor's argument for a configuration."""
    if name.endswith("_initializer"):
        value = initializers.get(value)
    elif name.endswith("_regularizer"):
        value = activations.get_regularizer(value)
    elif name.endswith("_constraint"):
        value = constraints.get(value)
    elif name.endswith("activation"):
        value = activations.get(value)
    return serialize(value) if value is not None and (hasattr(value, "get_config") or callable(value)) else value


def arguments(layer, given):
    """The arguments of a layer's constructor, as 1.8 notes them."""
    kind = type(layer).__name__
    left_out = _LEFT_OUT.get(kind, "").split()
    made = {}
    for name in inspect.signature(layer._constructor or type(layer).__init__).parameters:
        if name in ("self", "kwargs", "keywords", "arguments", "trainable", "name", "dtype") or name not in given or name in left_out:
            continue
        if name in _NOWHERE and not (name == "input_length" and kind == "Embedding"):
            continue
        own = getattr(layer, name, None) if name in _KEPT else None
        made[name] = bool(given[name]) if name == "reset_after" else plain(given[name] if own is None else own, name)
        if getattr(layer, "_rank", 2) == 1 and name in _KEPT and isinstance(made[name], tuple):
            made[name] = made[name][:1]
    if kind == "BatchNormalization" and isinstance(made.get("axis"), int):
        rank = len(layer._build_shape) if layer.__dict__.get("_build_shape") is not None else 0
        made["axis"] = [made["axis"] + rank if made["axis"] < 0 and rank else made["axis"]] if layer.built else made["axis"]
    if kind.endswith("Transpose"):
        made.pop("dilation_rate", None)
    if kind.endswith("Pooling1D") and "pool_size" in made:
        made.update({key: (made[key],) for key in ("pool_size", "strides") if isinstance(made[key], int)})
    if kind == "Embedding" and layer.dtype is None:
        made["dtype"] = "float32"
    if kind == "LeakyReLU":
        made["alpha"] = float(np.float32(0.3 if made.get("alpha") is None else made["alpha"]))
    if kind.startswith("SpatialDropout"):
        made.update(rate=layer.rate, noise_shape=None, seed=layer.seed)
    if kind == "Lambda":
        made.update(_function(layer.function), arguments=layer.arguments, output_shape_type="raw")
        made.setdefault("output_shape", None)
    return made


_KEPT = {"data_format", "padding", "strides", "pool_size", "kernel_size", "dilation_rate", "cropping", "size", "l1", "l2"}


def _function(function):
    if getattr(function, "__name__", "") != "<lambda>":
        return {"function": function.__name__, "function_type": "function"}
    return {"function": tuple(serialization.code_of(function)), "function_type": "lambda"}


def revived(config, custom_objects=None):
    """The arguments of a layer's constructor, with the layers within it made."""
    made = dict(config)
    if "cells" in made:
        made["cells"] = [layer_of(row, custom_objects) for row in made["cells"]]
    for key in ("layer", "cell"):
        if isinstance(made.get(key), dict):
            made[key] = layer_of(made[key], custom_objects)
    if "function_type" in made:
        kind, function = made.pop("function_type"), made["function"]
        made.pop("output_shape_type", None)
        if kind == "lambda":
            code, defaults, closure = function
            code = marshal.loads(base64.decodebytes(code.encode()))
            tf = sys.modules["sokuji.v1"]
            space = {"tf": tf, "K": tf.keras.backend, "__builtins__": __builtins__, **(custom_objects or {})}
            made["function"] = types.FunctionType(code, space, code.co_name, defaults and tuple(defaults), closure and tuple(types.CellType(c) for c in closure))
        else:
            made["function"] = {**serialization.get_custom_objects(), **(custom_objects or {})}[function]
    return made


def layer_of(row, custom_objects=None):
    """The layer of {"class_name", "config"}."""
    from sokuji._src.keras import layers

    known = {**layers.every(), **serialization.get_custom_objects(), **(custom_objects or {})}
    if row["class_name"] not in known:
        raise ValueError("Unknown layer: " + row["class_name"])
    return known[row["class_name"]].from_config(row["config"])


# ---- of every kind ----


def serialize(instance):
    """The configuration of an object, or a function's name."""
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": type(instance).__name__, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return instance.__name__
    raise ValueError("Cannot serialize", instance)


def deserialize(identifier, module_objects=None, custom_objects=None, printable_module_name="object"):
    """The object of a configuration, or the function of a name."""
    known = {**(module_objects or {}), **serialization.get_custom_objects(), **(custom_objects or {})}
    if isinstance(identifier, dict):
        if "class_name" not in identifier or "config" not in identifier:
            raise ValueError("Improper config format: " + str(identifier))
        name = identifier["class_name"]
        if known.get(name) is None:
            raise ValueError("Unknown %s: %s" % (printable_module_name, name))
        kind = known[name]
        return kind.from_config(identifier["config"]) if hasattr(kind, "from_config") else kind(**identifier["config"])
    if isinstance(identifier, str):
        if known.get(identifier) is None:
            raise ValueError("Unknown %s:%s" % (printable_module_name, identifier))
        return known[identifier]
    raise ValueError("Could not interpret serialized " + printable_module_name + ": " + str(identifier))


def names(space, what, is_class=True, joined=True, takes_none=True):
    """get, serialize and deserialize over a namespace; a name stands for a class's object where is_class."""

    def deserialize_(config, custom_objects=None):
        """The object of a configuration or a name."""
        return deserialize(config, space, custom_objects, what)

    def serialize_(value):
        """The configuration of an object, or a function's name."""
        return serialize(value)

    def get(identifier):
        """The object of None, a name, a configuration or the object itself."""
        if identifier is None and takes_none is not False:
            return None if takes_none is True else takes_none
        if isinstance(identifier, dict) or isinstance(identifier, str):
            return deserialize_({"class_name": identifier, "config": {}} if is_class and isinstance(identifier, str) else identifier)
        if callable(identifier) or hasattr(identifier, "get_config"):
            return identifier
        raise ValueError("Could not interpret %s identifier: %s" % (what, identifier)) if joined else ValueError("Could not interpret %s identifier:" % what, identifier)

    deserialize_.__name__, serialize_.__name__ = "deserialize", "serialize"
    return {"get": get, "serialize": serialize_, "deserialize": deserialize_}


def add(spaces):
    """The three functions in each namespace of tf.keras."""
    for name, what, settings in (("initializers", "initializer", {"takes_none": False}), ("regularizers", "regularizer", {"joined": False}), ("constraints", "constraint", {}),
                                 ("activations", "activation function", {"is_class": False, "joined": False, "takes_none": activations.linear}),
                                 ("losses", "loss function", {"is_class": False, "joined": False}), ("metrics", "metric function", {"is_class": False})):  # fmt: skip
        space = spaces["keras." + name]
        made = names(space, what, **settings)
        if name == "initializers":
            made["get"] = _first(initializers.get, made["get"])
        space.update(made)
    own = spaces["keras.optimizers"]
    own.update({k: v for k, v in names(own, "optimizer", joined=False).items() if k != "get"})
    spaces["keras.utils"].update(serialize_keras_object=serialize, deserialize_keras_object=deserialize)


def _first(known, otherwise):
    def get(identifier):
        """The initializer of a name, a configuration or a callable."""
        return known(identifier) if isinstance(identifier, str) and identifier in initializers.NAMES_1 else otherwise(identifier)

    return get
