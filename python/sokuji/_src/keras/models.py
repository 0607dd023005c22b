"""Models: Sequential, subclasses of Model, functional models, and tfe.Network."""

import numpy as np

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core import shapes as _shapes
from sokuji._src.core.execute import convert
from sokuji._src.keras import graph as keras_graph
from sokuji._src.keras import at_once, layers_base
from sokuji._src.keras.checkpoints import ModelCheckpoints
from sokuji._src.keras.graph import Graph, InputLayer
from sokuji._src.keras.layers_base import Layer, _Composite, unique_name
from sokuji._src.keras.training import Trainer
from sokuji._src.variables import scopes as outer_scopes
from sokuji._src.variables import variables

_phase = False


def learning_phase():
    """Whether models train now: in a graph of 1.x a symbol, to be given to K.function."""
    if _phase is False and at_once.is_graph() and not at_once.depth:
        global _phase_symbol
        if _phase_symbol is None:
            node = keras_graph.Node(_Phase(), [], (), {})
            _phase_symbol = keras_graph.KerasTensor((), "bool", name="keras_learning_phase", node=node)
        return _phase_symbol
    return _phase


class _Phase:
    name, trainable, built = "keras_learning_phase", True, True


_phase_symbol = None


def set_learning_phase(value):
    """1 for training, 0 for testing."""
    global _phase
    _phase = value


class Model(ModelCheckpoints, Trainer, _Composite, Layer):
    """A layer made of layers. Subclasses set layers as attributes and define call(); Model(inputs, outputs) joins symbols."""

    def __init__(self, *arguments, **keywords):
        inputs = keywords.pop("inputs", arguments[0] if arguments else None)
        outputs = keywords.pop("outputs", arguments[1] if len(arguments) > 1 else None)
        name = keywords.pop("name", arguments[2] if len(arguments) > 2 else None)
        base = "model" if type(self) is Model and variables._version == 1 else "functional" if type(self) in (Model, Functional) else layers_base.snake_case(type(self).__name__)
        super().__init__(name=name or unique_name(base), **keywords)
        self.__dict__["_base_name"] = name or base
        self.inputs, self.outputs, self._graph = None, None, None
        if inputs is not None:
            if outputs is None:
                raise TypeError("a functional Model takes inputs and outputs")
            self._join(inputs, outputs)

    _tracks = True

    def _join(self, inputs, outputs):
        for symbol in nest.flatten((inputs, outputs)):
            if not isinstance(symbol, keras_graph.KerasTensor):
                raise ValueError("All `inputs` and `outputs` values must be KerasTensors. Received: %r" % (symbol,))
        self._graph = Graph(inputs, outputs)
        if type(self) is Model and variables._version == 2:
            self.__class__ = Functional
        self.inputs, self.outputs = self._graph.flat_inputs, self._graph.flat_outputs
        self._sublayers = list(self._graph.layers)
        self.built = True
        self._own_node = node = keras_graph.Node(self, inputs, (), {})
        node.outputs, node.outputs_given = self.outputs, outputs
        self._nodes.append(node)

    operations = property(lambda self: [] if self._graph is None else list(self._graph.operations))
    layers = property(lambda self: list(self._sublayers))
    updates = property(lambda self: [u for layer in self._sublayers for u in layer.updates])
    _input_names = property(lambda self: [s.name for s in self.inputs])

    @property
    def input_names(self):
        if variables._version == 2:
            raise AttributeError("'%s' object has no attribute 'input_names'" % type(self).__name__)
        return self._input_names

    @property
    def output_names(self):
        if self.outputs is None:
            raise AttributeError("the model has no outputs yet")
        if isinstance(self._graph.outputs, dict) and variables._version == 2:
            return [s.node.layer.name for s in self.outputs]
        made, seen = [], {}
        for s in self.outputs:
            name = s.node.layer.name
            seen[name] = seen.get(name, 0) + 1
            made.append(name if seen[name] == 1 else "%s_%d" % (name, seen[name] - 1))
        return made

    def get_layer(self, name=None, index=None):
        if variables._version == 2 and (name is None) == (index is None):
            raise ValueError("Provide either a layer name or layer index at `get_layer`, not both. Received: index=%s and name=%s." % (index, name))
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError("Was asked to retrieve layer at index %d but model only has %d layers." % (index, len(self.layers)))
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError("No such layer: %s. Existing layers are: %s." % (name, [layer.name for layer in self.layers]))

    def _weights_in_order(self):
        if variables._version == 2:
            return self.weights
        return layers_base._distinct(self._trainable_weights + self._non_trainable_weights + [w for layer in self._sublayers for w in layer._weights_in_order()])

    def get_weights(self):
        return [w.numpy() for w in self._weights_in_order()]

    def set_weights(self, weights):
        if variables._version == 2:
            return super().set_weights(weights)
        own, weights = self._weights_in_order(), list(weights)  # 1.x does not mind how many there are
        for variable, value in zip(own, weights):
            if variable._shape_tuple != np.shape(value):
                raise ValueError("Layer weight shape %s not compatible with provided weight shape %s" % (variable._shape_tuple, np.shape(value)))
        for variable, value in zip(own, weights):
            variable.assign(np.asarray(value, variable.dtype.as_numpy_dtype))

    def call(self, inputs, training=None, mask=None):
        if self._graph is None:
            raise NotImplementedError("When subclassing the `Model` class, you should implement a `call` method.")
        return self._graph.run(self._in_order(inputs), lambda layer: _training_for(layer, training))

    def _in_order(self, inputs):
        """The inputs' values, flat, in the order of the symbols; dictionaries go by name."""
        if isinstance(inputs, dict) and not isinstance(self._graph.inputs, dict):
            missing = [n for n in self._input_names if n not in inputs]
            if missing:
                raise ValueError("Missing data for input \"%s\". You passed a data dictionary with keys %s." % (missing[0], list(inputs)))
            flat = [inputs[n] for n in self._input_names]
        else:
            if isinstance(inputs, dict) and set(inputs) >= set(self._graph.inputs):
                inputs = {n: inputs[n] for n in self._graph.inputs}
            flat = nest.flatten(inputs)
        if len(flat) != len(self.inputs):
            raise ValueError("Model %s expects %d inputs, it received %d." % (self.name, len(self.inputs), len(flat)))
        out = []
        for value, symbol in zip(flat, self.inputs):
            value = self._taken(value)
            have, want = value._shape_tuple, symbol._sizes
            if variables._version == 2:
                if len(have) == len(want) - 1 and want[-1] == 1:
                    value = _core.execute("ExpandDims", [value, convert(-1, 3)], {})
                elif len(have) == len(want) + 1 and have[-1] == 1:
                    value = _core.execute("Reshape", [value, convert(list(have[:-1]), 3)], {})
                have = value._shape_tuple
                if len(have) != len(want) or any(w is not None and i > 0 and h != w for i, (h, w) in enumerate(zip(have, want))):
                    raise layers_base.mismatch("Input 0 of layer \"%s\" is incompatible with the layer: expected shape=%s, found shape=%s" % (self.name, want, have))
            out.append(value)
        return out

    def count_params(self):
        if not self.built:
            raise ValueError("You tried to call `count_params` on %s, but the model isn't built. Build it by calling it on some data, or `build(input_shape)`." % self.name)
        return sum(w._size for w in self.weights)

    def build(self, input_shape=None):
        self.built = True

    input_shape = property(lambda self: self._shape_of(self.inputs))
    output_shape = property(lambda self: self._shape_of(self.outputs))
    input = property(lambda self: self._symbol(self._graph.inputs if self._graph else None, "input"))
    output = property(lambda self: self._symbol(self._graph.outputs if self._graph else None, "output"))

    def _symbol(self, given, what):
        if given is None:
            raise AttributeError("The layer %s has never been called and thus has no defined %s." % (self.name, what))
        return given[0] if isinstance(given, list) and len(given) == 1 else given

    def _shape_of(self, symbols):
        if symbols is None:
            raise AttributeError("The layer %s has never been called and thus has no defined output shape." % self.name)
        shapes = [s._sizes for s in symbols]
        return shapes[0] if len(shapes) == 1 else shapes

    def summary(self, line_length=None, positions=None, print_fn=None, expand_nested=False, show_trainable=False, layer_range=None):
        from sokuji._src.keras.summary import summary

        summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    def get_config(self):
        if self._graph is not None:
            return _configs().functional(self) if variables._version == 2 else _json_1().config_of(self)
        if variables._version == 1:
            raise NotImplementedError
        return super().get_config()

    @classmethod
    def from_config(cls, config, custom_objects=None):
        if "input_layers" not in config:
            return cls(**config)
        if variables._version == 1:
            return _json_1().from_config("Model", config, custom_objects)
        with layers_base.serialization.CustomObjectScope(custom_objects or {}):
            return _configs().from_functional(cls, config)

    def to_json(self, **keywords):
        return (_configs() if variables._version == 2 else _json_1()).to_json(self, **keywords)

    def get_build_config(self):
        return {"input_shape": None} if self._graph is not None else super().get_build_config()

    def save(self, filepath, overwrite=True, **keywords):
        from sokuji._src.keras import model_files

        model_files.save_model(self, filepath, overwrite, **keywords)


class Functional(Model):
    """2.x: what Model(inputs, outputs) is."""


def _configs():
    from sokuji._src.keras import model_configs

    return model_configs


def _json_1():
    from sokuji._src.keras import json_1

    return json_1


def _training_for(layer, training):
    if training is None or not isinstance(layer, Layer) or "training" not in layers_base.call_arguments(layer):
        return {}
    return {"training": training}


class Sequential(Model):
    """Layers one after the other."""

    _numbered_from_input = True

    def __init__(self, layers=None, name=None, trainable=True):
        super().__init__(name=name or unique_name("sequential"))
        self.__dict__["_base_name"] = name or "sequential"
        self._input_layer = None
        if layers is not None and not isinstance(layers, (list, tuple)):
            layers = [layers]
        for layer in layers or []:
            self.add(layer)
        if not trainable:
            self.trainable = False

    @property
    def layers(self):
        return list(self._sublayers)

    def add(self, layer, rebuild=True):
        if isinstance(layer, keras_graph.KerasTensor):
            layer = layer.node.layer
        if not isinstance(layer, Layer):
            raise (ValueError if variables._version == 2 else TypeError)("The added layer must be an instance of class Layer. Found: %s" % (layer,))
        if isinstance(layer, InputLayer):
            if self._input_layer is not None or self._sublayers:
                raise ValueError("Sequential model '%s' has already been configured to use input shape; it cannot take another InputLayer." % self.name)
            object.__setattr__(self, "_input_layer", layer)
            return
        if variables._version == 2 and any(one.name == layer.name for one in self._sublayers):
            raise ValueError("All layers added to a Sequential model should have unique names. Name '%s' is already the name of a layer in this model." % layer.name)
        self._sublayers.append(layer)
        if self.outputs is not None:
            try:
                self._extend(layer)
            except BaseException:
                self._sublayers.pop()
                raise
        else:
            self._begin(layer)

    def _begin(self, layer):
        """With a known input shape the model is built at once."""
        first = self._sublayers[0]
        if self._input_layer is None and len(self._sublayers) == 1:
            named = {"name": first.name + "_input"} if variables._version == 1 else {}
            if first._batch_input_shape is not None:
                object.__setattr__(self, "_input_layer", InputLayer(batch_shape=first._batch_input_shape, dtype=first._dtype, **named))
            elif isinstance(first, Model) and first._graph is not None and len(first.inputs) == 1 and variables._version == 1:
                object.__setattr__(self, "_input_layer", InputLayer(batch_shape=first.inputs[0]._sizes, **named))
        if self._input_layer is not None:
            self.inputs = [self._input_layer.output]
            self.outputs = [self._input_layer.output]
            self._extend(layer)

    def _extend(self, layer):
        layers_base.calls.path.append(self.scope_name)
        try:
            made = layer(self.outputs[0])
        finally:
            layers_base.calls.path.pop()
        if isinstance(made, (list, tuple, dict)):
            raise TypeError("All layers in a Sequential model should have a single output tensor. For multi-output layers, use the functional API.")
        self.outputs = [made]
        self._rejoin()

    def _rejoin(self):
        self._graph = Graph(self.inputs[0], self.outputs[0])
        self._own_node = node = keras_graph.Node(self, self.inputs[0], (), {})
        node.outputs, node.outputs_given = self.outputs, self.outputs[0]
        self._nodes = [node]
        self.built = True

    @property
    def input(self):
        return self._first_node("input").inputs_given

    @property
    def output(self):
        return self._first_node("output").outputs_given

    def _first_node(self, what):
        if variables._version == 2 or not self._nodes:
            raise AttributeError("The layer %s has never been called and thus has no defined %s." % (self.name, what))
        return self._nodes[0]

    def pop(self, rebuild=True):
        if not self._sublayers:
            raise TypeError("There are no layers in the model.")
        gone = self._sublayers.pop()
        self.built, self.outputs, self._graph = False, None, None
        if self._input_layer is not None:
            self.outputs = [self._input_layer.output]
            for layer in self._sublayers:
                self.outputs = [layer(self.outputs[0])]
            self._rejoin()
        return gone if variables._version == 2 else None

    def build(self, input_shape=None):
        if input_shape is not None and self._input_layer is None and not isinstance(input_shape, (list, dict)) and all(self._sublayers):
            sizes = tuple(_shapes.TensorShape(input_shape).as_list())
            if not any(d is None for d in sizes[1:]):
                object.__setattr__(self, "_input_layer", InputLayer(batch_shape=(None, *sizes[1:]) if variables._version == 1 else sizes))
                self.inputs = [self._input_layer.output]
                self.outputs = [self._input_layer.output]
                for layer in self._sublayers:
                    self._extend(layer)
        self.built = True

    def _build_now(self, inputs):
        """The first call builds the layers as they run; the symbols follow."""
        self.built = True

    def _call_fully(self, *arguments, **keywords):
        fresh = self._graph is None and self._sublayers and arguments and not keras_graph.has_symbols(arguments)
        if fresh and variables._version == 2 and isinstance(arguments[0], (_core.Handle, np.ndarray)):
            self.build(tuple(np.shape(arguments[0]) if isinstance(arguments[0], np.ndarray) else arguments[0]._shape_tuple))
        if arguments and self._graph is not None and variables._version == 2 and isinstance(arguments[0], (_core.Handle, np.ndarray)):
            arguments = (self._in_order(arguments[0])[0], *arguments[1:])
        return super()._call_fully(*arguments, **keywords)

    call = _core.LayerBase._row_call

    def _call_row(self, inputs, training=None, mask=None):
        for layer in self._sublayers:
            inputs = layer(inputs, training=training) if training is not None and "training" in layers_base.call_arguments(layer) else layer(inputs)
        return inputs

    def get_config(self):
        return _configs().sequential(self) if variables._version == 2 else _json_1().config_of(self)

    def get_build_config(self):
        return None if self.inputs is None else {"input_shape": self.input_shape}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        if variables._version == 1:
            return _json_1().from_config("Sequential", config, custom_objects)
        with layers_base.serialization.CustomObjectScope(custom_objects or {}):
            return _configs().from_sequential(cls, config)


# ---- tfe.Network ----


class Network(_Composite, Layer):
    """tfe.Network: layers are registered with track_layer; their variables are named under the network. Without a name it gets one when it is first called or tracked."""

    def __init__(self, name=None):
        if name is not None and not isinstance(name, str):
            raise ValueError("VariableScopes are not valid Network names.")
        if name is not None and "/" in name:
            raise ValueError("Forward slashes ('/') are not allowed in Network names.")
        super().__init__(name=name or "network")
        self._name, self._given_scope, self._is_named = name, outer_scopes.scope_name(), False

    _tracks = _takes_scope = False

    @property
    def scope_name(self):
        self._finish_name()
        return Layer.scope_name.fget(self)

    @property
    def name(self):
        if self._name is None:
            raise ValueError("The network does not yet have a final name, but a name was requested for it. Networks get a name when they are added to "
                             "another Network via track_layer, or when they are first called/built.")  # fmt: skip
        return self._name

    def _finish_name(self, taken=None):
        """Its own name among the top networks, or among the layers of another."""
        base = self._name or ("sequential" if type(self) is NetworkSequential else layers_base.snake_case(type(self).__name__))
        if taken is not None:
            self._name, self._is_named = self._name or self._free(base, taken), True
        elif not self._is_named:
            prefix = self._given_scope and self._given_scope + "/"
            self._name, self._is_named = prefix + base if self._name else unique_name(prefix + base, True), True

    @staticmethod
    def _free(base, names):
        return next(n for n in (base if k == 0 else "%s_%d" % (base, k) for k in range(len(names) + 1)) if n not in names)

    def track_layer(self, layer):
        if not self.__dict__.get("_ready"):
            raise RuntimeError("Need to call Network.__init__ before adding layers")
        if not isinstance(layer, Layer):
            raise TypeError("Network.track_layer() passed type %s, not a tf.layers.Layer" % type(layer))
        if any(layer is one for one in self._sublayers):
            return layer
        names = {one._name for one in self._sublayers}
        if isinstance(layer, Network):
            layer._finish_name(names)
        elif not layer.built:
            base = layers_base.snake_case(type(layer).__name__)
            if layer._name == base or layer._name.startswith(base + "_"):
                layer._name = self._free(base, names)
        if layer._name in names:
            raise ValueError("Attempt to add two Layers with the name '%s' to the same Network." % layer._name)
        self._sublayers.append(layer)
        if self.built:
            self._give_prefix()
        return layer

    def _give_prefix(self):
        """Variables of layers are named under the network, and a network's in a network under both."""
        for layer in self._sublayers:
            if not layer.built:
                layer._scope_prefix = self.scope_name + "/"
            if isinstance(layer, Network):
                layer._give_prefix()

    def build(self, input_shape):
        self._finish_name()
        self._give_prefix()
        self.built = True

    layers = property(lambda self: list(self._sublayers))
    weights = property(_core.LayerBase._weights_below)

    def get_layer(self, name=None, index=None):
        if (name is None) == (index is None):
            raise ValueError("Exactly one of 'index' or 'name' must be provided")
        return Model.get_layer(self, name, index)


class NetworkSequential(Network):
    """tfe.Sequential: layers and functions, one after the other."""

    def __init__(self, layers_funcs=None, name=None):
        super().__init__(name=name)
        self._steps = []
        for step in layers_funcs or []:
            self.add(step)

    def add(self, layer_func):
        self._steps.append(self.track_layer(layer_func) if isinstance(layer_func, Layer) else layer_func)

    def call(self, inputs, training=None):
        for step in self._steps:
            inputs = step(inputs, training=training) if isinstance(step, Layer) and "training" in layers_base.call_arguments(step) else step(inputs)
        return inputs

def _predict_classes(self, x, batch_size=32, verbose=0):
    proba = self.predict(x, batch_size=batch_size, verbose=verbose)
    return proba.argmax(axis=-1) if proba.shape[-1] > 1 else (proba > 0.5).astype("int32")


def _predict_proba(self, x, batch_size=32, verbose=0):
    return self.predict(x, batch_size=batch_size, verbose=verbose)


def methods_1():
    """What only 1.x's models have."""
    from sokuji._src.keras import generators_1

    generators_1.add(Model)
    Sequential.predict_classes, Sequential.predict_proba = _predict_classes, _predict_proba


at_once.all_at_once(Trainer, "compile fit evaluate predict train_on_batch test_on_batch predict_on_batch")
at_once.all_at_once(Model, "get_weights set_weights save_weights load_weights _join")
at_once.all_at_once(Sequential, "add pop")
at_once.all_at_once(ModelCheckpoints, "save_weights load_weights")
