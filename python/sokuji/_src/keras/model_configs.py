"""Models of 2.x as configurations and JSON, models of those, and copies of models."""

import json

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.keras import graph as keras_graph
from sokuji._src.keras import models, serialization
from sokuji._src.keras.graph import InputLayer, KerasTensor, Operation, symbols_of

_OPERATIONS = {"add": "Add", "subtract": "Subtract", "multiply": "Multiply", "true_divide": "TrueDivide", "power": "Power", "greater": "Greater", "less": "Less",
               "greater_equal": "GreaterEqual", "less_equal": "LessEqual", "matmul": "Matmul", "negative": "Negative", "absolute": "Absolute",
               "get_item": "GetItem"}  # fmt: skip


def _calls(layer, used=None):
    """The nodes of a layer's calls by index; a functional model's own node is number 0."""
    own = getattr(layer, "_own_node", None)
    calls = [n for n in layer._nodes if n is not own and (used is None or id(n) in used)]
    return [None, *calls] if own is not None and not isinstance(layer, models.Sequential) else calls


def functional(model):
    """What get_config of a functional model gives."""
    graph = model._graph
    used = {id(n) for n in graph.nodes}

    def place(s):
        return [s.node.layer.name, _calls(s.node.layer, used).index(s.node), s.index]

    def plain(s):
        if isinstance(s, KerasTensor):
            return {"class_name": "__keras_tensor__", "config": {"shape": list(s._sizes), "dtype": s._kind, "keras_history": place(s)}}
        return s.numpy().tolist() if isinstance(s, _core.Handle) else s

    def structure(value):
        return keras_graph._replaced(value, {id(s): place(s) for s in symbols_of(value)})

    rows = []
    for layer in graph.operations:
        nodes = []
        for n in _calls(layer, used):
            if n is not None and n.sources:
                given = (n.inputs_given, *n.arguments)
                if isinstance(layer, Operation) and layer.swapped:
                    given = given[::-1]
                if isinstance(layer, Operation) and layer.keras_operation == "GetItem":
                    given = (n.inputs_given, n.arguments[0])
                arguments, keywords = _mapped(plain, list(given)), _mapped(plain, n.keywords)
                nodes.append({"args": serialization.serialize(arguments), "kwargs": serialization.serialize(keywords)})
        rows.append({**serialization.serialize(layer), "name": layer.name, "inbound_nodes": nodes})
    return {"name": model.name, "trainable": model.trainable, "layers": rows, "input_layers": structure(graph.inputs), "output_layers": structure(graph.outputs)}


def _mapped(function, value):
    if isinstance(value, _Place):
        return function(value)
    if isinstance(value, dict):
        return {key: _mapped(function, v) for key, v in value.items()}
    return [_mapped(function, v) for v in value] if isinstance(value, (list, tuple)) else function(value)


def _layer(row):
    """A layer, a model or an operator of a row of a configuration, also of the kind that HDF5 files hold."""
    name = row.get("class_name")
    if name in _OPERATIONS.values() and str(row.get("module", "")).startswith("keras.src.ops"):
        return name
    if str(row.get("module", "")).startswith("keras.src.ops"):
        return _step(name, row["config"])
    return serialization.revive({key: value for key, value in row.items() if key not in ("name", "inbound_nodes")}, "layer")


def _step(name, config):
    """A function of keras.ops with what it was given beside tensors."""
    from sokuji._src.keras import ops_core, ops_image, ops_nn, ops_numpy_axes  # noqa: F401

    found = ops_core.STEPS.get(name.lower())
    if found is None:
        raise NotImplementedError("not implemented: a model with keras.ops' %s" % name)
    rest = {k: v for k, v in config.items() if k != "name"}
    return lambda *arguments, **keywords: found(*arguments, **rest, **keywords)


def from_functional(cls, config):
    layers = {row["name"]: _layer(row) for row in config["layers"]}
    outputs = {}  # (name, number of the call) -> symbols
    waiting = []
    for row in config["layers"]:
        layer, first = layers[row["name"]], 0
        if isinstance(layer, InputLayer):
            outputs[row["name"], 0] = [layer.output]
        elif isinstance(layer, models.Model) and layer._graph is not None and not isinstance(layer, models.Sequential):
            first = 1
        waiting += [(row["name"], first + k, node) for k, node in enumerate(row["inbound_nodes"])]
    while waiting:
        later = []
        for name, k, node in waiting:
            arguments, keywords = _given(node)
            if any((p[0], p[1]) not in outputs for p in _leaves((arguments, keywords))) or (k and (name, k - 1) not in outputs and (name, k - 1) in {w[:2] for w in waiting}):
                later.append((name, k, node))
                continue
            arguments, keywords = (_mapped(lambda v: outputs[v[0], v[1]][v[2]] if isinstance(v, _Place) else v, a) for a in (arguments, keywords))
            made = _call(layers[name], arguments, keywords)
            outputs[name, k] = symbols_of(made)
        if len(later) == len(waiting):
            raise ValueError("Invalid Functional model configuration. The graph of the Functional model either has loops or disconnected nodes. The following nodes "
                             "failed to be resolved: %s" % sorted({w[0] for w in waiting}))  # fmt: skip
        waiting = later

    def ends(value):
        if isinstance(value, (list, tuple)) and len(value) == 3 and isinstance(value[0], str):
            return outputs[value[0], value[1]][value[2]]
        return {key: ends(v) for key, v in value.items()} if isinstance(value, dict) else [ends(v) for v in value]

    inputs, results = ends(config["input_layers"]), ends(config["output_layers"])
    made = cls(inputs=inputs, outputs=results, name=config.get("name"))
    if config.get("trainable") is False:
        made.trainable = False
    return made


class _Place(tuple):
    """(layer's name, number of the call, number of the output)"""


def _leaves(value):
    return [leaf for v in value for leaf in ([v] if isinstance(v, _Place) else _leaves(v))] if isinstance(value, (list, tuple)) else (
        _leaves(list(value.values())) if isinstance(value, dict) else [])  # fmt: skip


def _given(node):
    """(arguments, keywords) of a call, with places for symbols; older files have lists [[name, call, output, keywords], …]."""
    if isinstance(node, list):
        places = [_Place(p[:3]) for p in node]
        keywords = node[0][3] if node and len(node[0]) > 3 else {}
        return [places if len(places) > 1 else places[0]], {k: v for k, v in keywords.items() if v is not None}

    def marked(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            return _Place(value["config"]["keras_history"])
        if isinstance(value, dict) and "class_name" in value:
            return serialization.revive(value)
        return {key: marked(v) for key, v in value.items()} if isinstance(value, dict) else [marked(v) for v in value] if isinstance(value, list) else value

    # What Keras notes of arguments that were not given.
    keywords = {key: value for key, value in node["kwargs"].items() if value is not None and not (key == "training" and value is False)}
    return marked(node["args"]), marked(keywords)


def _call(layer, arguments, keywords):
    if not isinstance(layer, str):
        return layer(*arguments, **keywords)
    a, b = (*arguments, None)[:2]
    if layer == "GetItem":
        key = [tuple(k) if isinstance(k, list) else k for k in b] if isinstance(b, list) else b
        return a[tuple(key) if isinstance(key, list) else key]
    name = {"TrueDivide": "truediv", "Power": "pow", "Subtract": "sub", "Multiply": "mul", "Greater": "gt", "Less": "lt", "GreaterEqual": "ge", "LessEqual": "le",
            "Negative": "neg", "Absolute": "abs"}.get(layer, layer.lower())  # fmt: skip
    if b is None:
        return getattr(a, "__%s__" % name)()
    return getattr(a, "__%s__" % name)(b) if isinstance(a, KerasTensor) else getattr(b, "__r%s__" % name)(a)


# ---- sequential models ----


def sequential(model):
    rows = [serialization.serialize(layer) for layer in ([] if model._input_layer is None else [model._input_layer]) + model._sublayers]
    made = {"name": model.name, "trainable": model.trainable, "dtype": serialization.policy(model.dtype), "layers": rows}
    if model.inputs is not None:
        made["build_input_shape"] = model.input_shape
    return made


def from_sequential(cls, config):
    model = cls(name=config.get("name")) if isinstance(config, dict) else cls()
    rows = config["layers"] if isinstance(config, dict) else config
    for row in rows:
        model.add(_layer(row))
    shape = config.get("build_input_shape") if isinstance(config, dict) else None
    if not model.built and shape:
        model.build(tuple(shape))
    if isinstance(config, dict) and config.get("trainable") is False:
        model.trainable = False
    return model


# ---- JSON and copies ----


def to_json(model, **keywords):
    return json.dumps(serialization.serialize(model), **keywords)


def model_from_json(json_string, custom_objects=None):
    """The model of a JSON text, with weights of its own."""
    return model_from_config(json.loads(json_string), custom_objects)


def model_from_config(config, custom_objects=None):
    with serialization.CustomObjectScope(custom_objects or {}):
        return serialization.revive(config, "model")


def clone_model(model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **keywords):
    """A model of new layers with new weights."""
    if input_tensors is not None or call_function is not None or keywords:
        raise NotImplementedError("not implemented: tf.keras.models.clone_model with input_tensors or call_function; use Model.from_config")
    copied = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))
    if not isinstance(model, models.Model) or (model._graph is None and not isinstance(model, models.Sequential)):
        if clone_function is not None or not isinstance(model, models.Model):
            raise ValueError("`clone_function` is only for Sequential and functional models. Received: %s" % (model,))
        return type(model).from_config(model.get_config())

    def copy(layer):
        if isinstance(layer, models.Model) and (recursive or clone_function is None):
            return clone_model(layer, clone_function=clone_function, recursive=recursive)
        return layer if isinstance(layer, (InputLayer, Operation)) else copied(layer)

    if isinstance(model, models.Sequential):
        first = model._input_layer
        rows = [] if first is None else [InputLayer(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name)]
        return type(model)([*rows, *(copy(layer) for layer in model._sublayers)], name=model.name)
    made, values = {}, {}
    for s in model._graph.flat_inputs:
        values[id(s)] = InputLayer(batch_shape=s._sizes, dtype=s._kind, name=s.node.layer.name).output
    for node in model._graph.nodes:
        if all(id(o) in values for o in node.outputs):
            continue
        layer = made.setdefault(id(node.layer), None) or copy(node.layer)
        made[id(node.layer)] = layer
        given = [keras_graph._replaced(v, values) for v in (node.inputs_given, node.arguments, node.keywords)]
        result = keras_graph.apply(layer, *given) if isinstance(layer, Operation) else layer(given[0], *given[1], **given[2])
        values.update(zip((id(o) for o in node.outputs), nest.flatten(result)))
    return type(model)(*(keras_graph._replaced(v, values) for v in (model._graph.inputs, model._graph.outputs)), name=model.name)


def layer_config(layer):
    """2.x: what a program's own layer without a get_config() was made with."""
    import inspect

    arguments, parameters = layer._given(), inspect.signature(type(layer).__init__).parameters.values()
    rest = next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), None)
    for name, value in arguments.pop(rest, {}).items():
        arguments.setdefault(name, value)
    # Keras keeps the name where the class takes it, or more arguments as kwargs
    keeps = rest == "kwargs" or any(p.name == "name" for p in parameters)
    arguments.pop(next(iter(arguments)), None), arguments.pop("name", None)
    if any(not isinstance(leaf, (str, int, float, bool, type(None))) for leaf in nest.flatten(arguments)):
        raise NotImplementedError("Object %s was created by passing non-serializable argument values in `__init__()`, and therefore the object must override "
                                  "`get_config()` in order to be serializable. Please implement `get_config()`." % type(layer).__name__)  # fmt: skip
    return {**({"name": layer.name} if keeps else {}), **arguments}


def takes_name(layer):
    import inspect

    parameters = inspect.signature(type(layer).__init__).parameters.values()
    return any(p.name == "name" or p.kind is p.VAR_KEYWORD for p in parameters)
