"""Functional and sequential models of 1.8 as JSON and configurations, and back."""

import json

from sokuji._src.keras import models
from sokuji._src.keras.graph import InputLayer, KerasTensor, symbols_of


def _place(symbol):
    """[layer's name, which call of it, which output]"""
    layer = symbol.node.layer
    if isinstance(layer, models.Model) and symbol.node not in layer._nodes[1:]:
        return [layer.name, 0, symbol.index]
    calls = layer._nodes[1:] if isinstance(layer, models.Model) else layer._nodes
    return [layer.name, calls.index(symbol.node), symbol.index]


def config_of(model):
    if isinstance(model, models.Sequential):
        return [{"class_name": type(layer).__name__, "config": config_of(layer) if isinstance(layer, models.Model) else layer.get_config()}
                for layer in model.layers]  # fmt: skip
    used, rows = {id(node) for node in model._graph.nodes}, []
    for layer in model._graph.layers:
        nodes = [[_place(s) + [dict(node.keywords)] for s in symbols_of(node.inputs_given)] for node in layer._nodes
                 if id(node) in used and not isinstance(layer, InputLayer)]  # fmt: skip
        rows.append({"name": layer.name, "class_name": type(layer).__name__, "inbound_nodes": nodes,
                     "config": config_of(layer) if isinstance(layer, models.Model) else layer.get_config()})  # fmt: skip
    return {"name": model.name, "layers": rows, "input_layers": [_place(s) for s in model.inputs], "output_layers": [_place(s) for s in model.outputs]}


def to_json(model, **keywords):
    made = {"class_name": "Sequential" if isinstance(model, models.Sequential) else "Model", "config": config_of(model), "keras_version": "2.1.5-tf",
            "backend": "tensorflow"}  # fmt: skip
    return json.dumps(made, default=lambda value: value.tolist() if hasattr(value, "tolist") else getattr(value, "__name__", str(value)), **keywords)


def from_config(kind, config, custom_objects=None):
    known = {**_known(), **(custom_objects or {})}
    if kind == "Sequential":
        model = models.Sequential()
        for row in config:
            model.add(_layer(row, known, custom_objects))
        return model
    layers, outputs = {row["name"]: _layer(row, known, custom_objects) for row in config["layers"]}, {}
    for row in config["layers"]:
        if row["class_name"] == "InputLayer":
            outputs[row["name"], 0] = [layers[row["name"]].output]
    waiting = [(row["name"], k, node) for row in config["layers"] for k, node in enumerate(row["inbound_nodes"])]
    while waiting:
        ready = [(name, k, node) for name, k, node in waiting if all((s[0], s[1]) in outputs for s in node)]
        if not ready:
            raise ValueError("the model's configuration joins layers to what is not there")
        for name, k, node in ready:
            given = [outputs[s[0], s[1]][s[2]] for s in node]
            made = layers[name](given if len(given) > 1 else given[0], **node[0][3])
            outputs[name, k] = [made] if isinstance(made, KerasTensor) else list(made)
        waiting = [row for row in waiting if row not in ready]
    ends = [[outputs[s[0], s[1]][s[2]] for s in config[key]] for key in ("input_layers", "output_layers")]
    return models.Model(*(end if len(end) > 1 else end[0] for end in ends), name=config["name"])


def _known():
    from sokuji._src.keras.layers import every

    return {**every(), "InputLayer": InputLayer}


def _layer(row, known, custom_objects):
    kind, config = row["class_name"], row["config"]
    if kind in ("Model", "Sequential"):
        return from_config(kind, config, custom_objects)
    if kind == "InputLayer":
        return InputLayer(batch_shape=config["batch_input_shape"], name=config["name"], dtype=config["dtype"])
    return known[kind].from_config(config)


def model_from_json(json_string, custom_objects=None):
    """The model of a JSON text."""
    made = json.loads(json_string)
    return from_config(made["class_name"], made["config"], custom_objects)


def model_from_config(config, custom_objects=None):
    """The model of a configuration."""
    return from_config(config["class_name"], config["config"], custom_objects)


