"""Models: Sequential, subclasses of Model, functional models over symbolic inputs, and tfe.Network."""

import numpy as np

from . import _core, _nest, _shapes, layers_base
from ._run import convert
from .layers_base import Layer, unique_name

_phase = False


def learning_phase():
    return _phase


def set_learning_phase(value):
    global _phase
    _phase = value


class _Symbol:
    """A symbolic input or a layer's output: a shape with None for the batch, and how it came to be."""

    def __init__(self, shape, dtype="float32", layer=None, inputs=(), call=None, index=None):
        self._sizes, self.dtype, self._layer, self._inputs, self._call, self._index = tuple(shape), dtype, layer, inputs, call, index

    shape = property(lambda self: _shapes.TensorShape(self._sizes))

    def get_shape(self):
        return self.shape

    def __array__(self, *arguments, **keywords):
        raise NotImplementedError("a symbolic input has no value; call the model with an array")

    @staticmethod
    def _joined(symbols):
        made = _Symbol((), inputs=tuple(symbols))
        made._is_list = True
        return made

    def _apply(self, layer, arguments, keywords):
        """Runs the layer on zeros of batch 1 to learn its output's shape."""
        sources = self._inputs if getattr(self, "_is_list", False) else (self,)
        probes = [convert(np.zeros([1 if d is None else d for d in s._sizes], s.dtype), 0) for s in sources]
        given = probes if getattr(self, "_is_list", False) else probes[0]
        _core.GradientTape._pause()
        try:
            made = layer(given, *arguments, **keywords)
        finally:
            _core.GradientTape._resume()

        def call(values):
            return layer(list(values) if len(values) > 1 or getattr(self, "_is_list", False) else values[0], *arguments, **keywords)

        flat = _nest.flatten(made)
        symbols = [_Symbol((None, *t._shape_tuple[1:]), t.dtype.name, layer, sources, call, i if len(flat) > 1 else None) for i, t in enumerate(flat)]
        return _nest.pack_sequence_as(made, symbols)


layers_base._SYMBOL = (_Symbol,)


def Input(shape=None, batch_size=None, name=None, dtype=None, sparse=False, tensor=None, batch_shape=None, **kwargs):
    """A symbolic input of a functional model."""
    if sparse or tensor is not None:
        raise NotImplementedError("not implemented: tf.keras.Input with sparse or tensor")
    if shape is None and batch_shape is None:
        raise ValueError("Please provide to Input either a `shape` or a `batch_shape` argument.")
    sizes = tuple(batch_shape) if batch_shape is not None else (batch_size, *shape)
    return _Symbol(sizes, "float32" if dtype is None else dtype if isinstance(dtype, str) else dtype.name)


class Model(Layer):
    """A layer made of layers. Subclasses set layers as attributes and define call(); Model(inputs, outputs) joins symbols."""

    def __init__(self, *arguments, **keywords):
        inputs = keywords.pop("inputs", arguments[0] if arguments else None)
        outputs = keywords.pop("outputs", arguments[1] if len(arguments) > 1 else None)
        name = keywords.pop("name", arguments[2] if len(arguments) > 2 else None)
        self.__dict__["_layers"] = []
        self.__dict__["_own"] = []
        super().__init__(name=name or unique_name("model" if type(self) is Model else layers_base.snake_case(type(self).__name__)), **keywords)
        self.inputs, self.outputs = (None, None) if inputs is None else (_nest.flatten(inputs), _nest.flatten(outputs))
        self._graph = None
        if inputs is not None:
            self._join(inputs, outputs)

    def _join(self, inputs, outputs):
        self._graph = (inputs, outputs)
        order, seen = [], set()

        def visit(symbol):
            if id(symbol) in seen:
                return
            seen.add(id(symbol))
            for source in symbol._inputs:
                visit(source)
            order.append(symbol)

        for symbol in _nest.flatten(outputs):
            visit(symbol)
        self._order = order
        for symbol in order:
            if symbol._layer is not None and not any(symbol._layer is layer for layer in self._layers):
                self._layers.append(symbol._layer)
        self.built = True

    def __setattr__(self, name, value):
        known = self.__dict__.get("_layers")
        if known is None and isinstance(value, (Layer, _core.VariableBase)):
            raise RuntimeError("It looks like you are subclassing `Model` and you forgot to call `super(YourClass, self).__init__()`.")
        for one in value if isinstance(value, list) and name not in ("inputs", "outputs") and not name.startswith("_") else [value]:
            if isinstance(one, Layer) and not any(one is layer for layer in known):
                known.append(one)
            elif isinstance(one, _core.VariableBase) and not any(one is v for v in self._own):
                self._own.append(one)
        object.__setattr__(self, name, value)

    layers = property(lambda self: list(self._layers))

    def get_layer(self, name=None, index=None):
        if index is not None:
            if len(self._layers) <= index:
                raise ValueError("Was asked to retrieve layer at index %d but model only has %d layers." % (index, len(self._layers)))
            return self._layers[index]
        for layer in self._layers:
            if layer.name == name:
                return layer
        raise ValueError("No such layer: %s" % name)

    @property
    def trainable_weights(self):
        if not self.trainable:
            return []
        own = self._trainable_weights + [v for v in self._own if v.trainable]
        return own + [w for layer in self._layers for w in layer.trainable_weights]

    @property
    def non_trainable_weights(self):
        frozen = self._non_trainable_weights + [v for v in self._own if not v.trainable]
        frozen += [w for layer in self._layers for w in layer.non_trainable_weights]
        if not self.trainable:
            frozen = self._trainable_weights + [w for layer in self._layers for w in layer.trainable_weights] + frozen
        return frozen

    @property
    def losses(self):
        return super().losses + [loss for layer in self._layers for loss in layer.losses]

    def call(self, inputs, training=None, mask=None):
        if self._graph is None:
            raise NotImplementedError("When subclassing the `Model` class, you should implement a `call` method.")
        values = dict(zip((id(s) for s in _nest.flatten(self._graph[0])), _nest.flatten(inputs)))
        for symbol in self._order:
            if id(symbol) not in values:
                if symbol._call is None:
                    raise ValueError("Graph disconnected: an input of the model's outputs is not among its inputs.")
                made = symbol._call([values[id(s)] for s in symbol._inputs])
                values[id(symbol)] = made if symbol._index is None else _nest.flatten(made)[symbol._index]
        return _nest.map_structure(lambda s: values[id(s)], self._graph[1])

    def count_params(self):
        if not self.built:
            raise ValueError("You tried to call `count_params` on %s, but the model isn't built." % self.name)
        return sum(w._size for w in self.weights)

    def predict(self, x, batch_size=None, verbose=0, steps=None):
        """The outputs for all of x as an array, computed batch by batch."""
        if steps is not None or not hasattr(x, "__len__") and not isinstance(x, _core.Handle):
            raise NotImplementedError("not implemented: tf.keras.Model.predict with steps or iterators; give an array")
        data = np.asarray(x)
        size = batch_size or 32
        if len(data) == 0:
            raise ValueError("predict needs at least one example")
        rows = [self(convert(np.ascontiguousarray(data[i : i + size]), self._input_dtype(data))).numpy() for i in range(0, len(data), size)]
        return np.concatenate(rows)

    def predict_on_batch(self, x):
        return self(convert(x, self._input_dtype(np.asarray(x)))).numpy()

    @staticmethod
    def _input_dtype(array):
        return 1 if array.dtype == np.float64 else 0

    input_shape = property(lambda self: self._shape_of(self.inputs))
    output_shape = property(lambda self: self._shape_of(self.outputs))

    @staticmethod
    def _shape_of(symbols):
        if symbols is None:
            raise AttributeError("The layer has never been called and thus has no defined output shape.")
        shapes = [s._sizes for s in symbols]
        return shapes[0] if len(shapes) == 1 else shapes

    def _not_yet(self, name):
        raise NotImplementedError("not implemented: tf.keras.Model.%s; use tf.GradientTape and an optimizer of tf.train" % name)

    def compile(self, *arguments, **keywords):
        self._not_yet("compile")

    def fit(self, *arguments, **keywords):
        self._not_yet("fit")

    def evaluate(self, *arguments, **keywords):
        self._not_yet("evaluate")

    def summary(self, *arguments, **keywords):
        self._not_yet("summary")

    def save_weights(self, *arguments, **keywords):
        self._not_yet("save_weights")

    def load_weights(self, *arguments, **keywords):
        self._not_yet("load_weights")


class Sequential(Model):
    """Layers one after the other."""

    def __init__(self, layers=None, name=None):
        super().__init__(name=name or unique_name("sequential"))
        for layer in layers or []:
            self.add(layer)

    def add(self, layer):
        if not isinstance(layer, Layer):
            raise TypeError("The added layer must be an instance of class Layer. Found: %s" % (layer,))
        self._layers.append(layer)
        if self.outputs is not None:
            self.outputs = [layer(self.outputs[0])]
        elif len(self._layers) == 1 and layer._batch_input_shape is not None:
            self.inputs = [Input(batch_shape=layer._batch_input_shape)]
            self.outputs = [layer(self.inputs[0])]
            self.built = True

    def pop(self):
        if not self._layers:
            raise TypeError("There are no layers in the model.")
        self._layers.pop()
        self.outputs = None

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, training=None, mask=None):
        for layer in self._layers:
            inputs = layer(inputs, training=training) if training is not None and _takes_training(layer) else layer(inputs)
        return inputs


def _takes_training(layer):
    return "training" in layer.call.__code__.co_varnames


# ---- tfe.Network ----


class Network(Layer):
    """tfe.Network: layers are registered with track_layer; their variables are named under the network."""

    def __init__(self, name=None):
        if type(self) is Network:
            raise TypeError("Network is abstract: subclass it")
        self.__dict__["_layers"] = []
        super().__init__(name=name or unique_name(layers_base.snake_case(type(self).__name__), True))

    def track_layer(self, layer):
        if not hasattr(self, "_layers"):
            raise RuntimeError("Need to call Network.__init__ before adding layers")
        if not isinstance(layer, (Layer, Network)):
            raise TypeError("Network.track_layer() passed type %s, not a tf.layers.Layer" % type(layer))
        names = {one._name for one in self._layers}
        if not layer.built:
            base = layers_base.snake_case(type(layer).__name__)
            if layer._name == base or layer._name.startswith(base + "_"):
                layer._name = next(n for n in (base if k == 0 else "%s_%d" % (base, k) for k in range(len(names) + 1)) if n not in names)
        if layer._name in names:
            raise ValueError("Attempt to add two Layers with the name '%s' to the same Network." % layer._name)
        layer._scope_prefix = self.scope_name + "/"
        self._layers.append(layer)
        return layer

    def build(self, input_shape):
        self.built = True

    layers = property(lambda self: list(self._layers))
    trainable_weights = property(lambda self: [w for layer in self._layers for w in layer.trainable_weights] if self.trainable else [])
    non_trainable_weights = property(lambda self: [w for layer in self._layers for w in layer.non_trainable_weights])

    @property
    def weights(self):
        return [w for layer in self._layers for w in layer.weights]

    variables = property(lambda self: self.weights)
    get_layer = Model.get_layer


class NetworkSequential(Network):
    """tfe.Sequential: layers and functions, one after the other."""

    def __init__(self, layers_funcs=None, name=None):
        super().__init__(name=name or unique_name("sequential", True))
        self._steps = []
        for step in layers_funcs or []:
            self.add(step)

    def add(self, step):
        self._steps.append(self.track_layer(step) if isinstance(step, Layer) else step)

    def call(self, inputs):
        for step in self._steps:
            inputs = step(inputs)
        return inputs
