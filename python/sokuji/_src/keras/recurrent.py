"""Recurrent layers of tf.keras: cells, the loop over steps with masks and states, Bidirectional and TimeDistributed."""


from sokuji._src.core import nest, shapes
from sokuji._src.core.execute import convert, invalid, run, sizes
from sokuji._src.keras import activations, layers_base, scopes_1
from sokuji._src.keras.layers_base import InputSpec, Layer
from sokuji._src.ops import array_ops, init_ops, nn_ops
from sokuji._src.variables import variables


def _plain_1():
    from sokuji._src.keras import configs_1

    return configs_1.plain


def _default_gate():
    return "hard_sigmoid" if variables._version == 1 else "sigmoid"


class _Cell(Layer):
    """One step of a recurrent layer: call(inputs, states) gives (output, new states)."""

    _gates = 1

    def __init__(self, units, activation="tanh", use_bias=True, kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal",
                 bias_initializer="zeros", kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        if int(units) <= 0:
            raise ValueError("Received an invalid value for argument `units`, expected a positive integer, got %s." % units)
        self.units, self.use_bias, self.seed = int(units), use_bias, seed
        self.activation = activations.get(activation)
        self._parts = {"kernel": (init_ops.get(kernel_initializer), kernel_regularizer, kernel_constraint),
                       "recurrent_kernel": (init_ops.get(recurrent_initializer), recurrent_regularizer, recurrent_constraint),
                       "bias": (init_ops.get(bias_initializer), bias_regularizer, bias_constraint)}  # fmt: skip
        self.dropout, self.recurrent_dropout = min(1.0, max(0.0, dropout)), min(1.0, max(0.0, recurrent_dropout))
        self.bias = None

    state_size = property(lambda self: self.units)
    output_size = property(lambda self: self.units)

    def get_config(self):
        made = Layer.get_config(self)
        plain = layers_base._plain_value if variables._version == 2 else _plain_1()
        made.update(units=self.units, activation=plain(self.activation, "activation"), use_bias=self.use_bias)
        for name, (initializer, regularizer, constraint) in self._parts.items():
            word = name.replace("_kernel", "")
            made.update({word + "_initializer": plain(initializer, "_initializer"), word + "_regularizer": plain(regularizer, "_regularizer"),
                         word + "_constraint": plain(constraint, "_constraint")})  # fmt: skip
        made.update(dropout=self.dropout, recurrent_dropout=self.recurrent_dropout, **({"seed": self.seed} if variables._version == 2 else {}))
        if hasattr(self, "recurrent_activation"):
            made["recurrent_activation"] = plain(self.recurrent_activation, "activation")
        if hasattr(self, "reset_after") and variables._version == 2:
            made["reset_after"] = bool(self.reset_after)
        return made

    def _weight(self, name, shape, initializer=None):
        first, regularizer, constraint = self._parts[name]
        return self.add_weight(name, shape, initializer=initializer or first, regularizer=regularizer, constraint=constraint)

    def build(self, input_shape):
        width = shapes.TensorShape(input_shape).as_list()[-1]
        self.kernel = self._weight("kernel", (width, self.units * self._gates))
        self.recurrent_kernel = self._weight("recurrent_kernel", (self.units, self.units * self._gates))
        if self.use_bias:
            self.bias = self._weight("bias", self._bias_shape(), self._bias_initializer())
        self.built = True

    def _bias_shape(self):
        return (self.units * self._gates,)

    def _bias_initializer(self):
        return None

    def begin(self, inputs, training):
        """Draws the dropout masks of a sequence."""
        self._drop = self._drop_state = None
        if training and self.dropout > 0:
            self._drop = nn_ops.dropout(array_ops.ones_like(inputs), 1.0 - self.dropout, None, self.seed)
        if training and self.recurrent_dropout > 0:
            ones = array_ops.ones([inputs._shape_tuple[0], self.units], inputs.dtype)
            self._drop_state = nn_ops.dropout(ones, 1.0 - self.recurrent_dropout, None, self.seed)

    _drop = _drop_state = None

    def _dropped(self, inputs, state):
        return (inputs if self._drop is None else inputs * self._drop), (state if self._drop_state is None else state * self._drop_state)

    def _biased(self, t, bias=None):
        bias = self.bias if bias is None else bias
        return t if bias is None else run("BiasAdd", t, bias)

    def get_initial_state(self, batch_size=None, inputs=None, dtype="float32"):
        n = inputs._shape_tuple[0] if inputs is not None else batch_size
        state = self.state_size if isinstance(self.state_size, (list, tuple)) else [self.state_size]
        return [array_ops.zeros([n, d], dtype) for d in state]


class SimpleRNNCell(_Cell):
    """One step: activation(inputs @ kernel + state @ recurrent_kernel + bias)."""

    def call(self, inputs, states, training=None):
        inputs, h = self._dropped(inputs, states[0])
        out = self.activation(self._biased(inputs @ self.kernel) + h @ self.recurrent_kernel)
        return out, [out]


class GRUCell(_Cell):
    """One step of a gated recurrent unit: (inputs, states) to (output, new states)."""

    _gates = 3

    def __init__(self, units, activation="tanh", recurrent_activation=None, use_bias=True, reset_after=None, **kwargs):
        super().__init__(units, activation, use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation or _default_gate())
        self.reset_after = variables._version == 2 if reset_after is None else reset_after

    def _bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def call(self, inputs, states, training=None):
        inputs, h = self._dropped(inputs, states[0])
        u = self.units
        outer, inner = (self.bias[0], self.bias[1]) if self.reset_after and self.bias is not None else (self.bias, None)
        x = inputs @ self.kernel
        x = x if outer is None else run("BiasAdd", x, outer)
        if self.reset_after:
            r = h @ self.recurrent_kernel
            r = r if inner is None else run("BiasAdd", r, inner)
            update = self.recurrent_activation(x[:, :u] + r[:, :u])
            reset = self.recurrent_activation(x[:, u : 2 * u] + r[:, u : 2 * u])
            candidate = self.activation(x[:, 2 * u :] + reset * r[:, 2 * u :])
        else:
            r = h @ self.recurrent_kernel[:, : 2 * u]
            update = self.recurrent_activation(x[:, :u] + r[:, :u])
            reset = self.recurrent_activation(x[:, u : 2 * u] + r[:, u:])
            candidate = self.activation(x[:, 2 * u :] + (reset * h) @ self.recurrent_kernel[:, 2 * u :])
        out = update * states[0] + (1.0 - update) * candidate
        return out, [out]


class _ForgetOnes(init_ops.Initializer):
    """The bias of an LSTM: 1 for the forget gate."""

    def __init__(self, rest, units):
        self._rest, self._units = rest, units

    def __call__(self, shape, dtype=None, partition_info=None):
        u = self._units
        return array_ops.concat([self._rest([u], dtype=dtype), array_ops.ones([u], dtype), self._rest([2 * u], dtype=dtype)], 0)


class LSTMCell(_Cell):
    """One step of a long short-term memory: (inputs, states) to (output, new states)."""

    _gates = 4

    def __init__(self, units, activation="tanh", recurrent_activation=None, use_bias=True, unit_forget_bias=True, **kwargs):
        super().__init__(units, activation, use_bias, **kwargs)
        self.recurrent_activation, self.unit_forget_bias = activations.get(recurrent_activation or _default_gate()), unit_forget_bias

    state_size = property(lambda self: [self.units, self.units])

    def _bias_initializer(self):
        return _ForgetOnes(self._parts["bias"][0], self.units) if self.unit_forget_bias else None

    def call(self, inputs, states, training=None):
        inputs, h = self._dropped(inputs, states[0])
        z = self._biased(inputs @ self.kernel + h @ self.recurrent_kernel)
        u = self.units
        i, f, g, o = z[:, :u], z[:, u : 2 * u], z[:, 2 * u : 3 * u], z[:, 3 * u :]
        c = self.recurrent_activation(f) * states[1] + self.recurrent_activation(i) * self.activation(g)
        out = self.recurrent_activation(o) * self.activation(c)
        return out, [out, c]


class StackedRNNCells(Layer):
    """Cells one over another."""

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        self.cells = list(cells)
        for cell in self.cells:
            self._track(cell)

    def get_config(self):
        made = super().get_config()
        if variables._version == 1:
            made["cells"] = [{"class_name": type(cell).__name__, "config": cell.get_config()} for cell in self.cells]
        return made

    state_size = property(lambda self: [cell.state_size for cell in self.cells] if variables._version == 2 else [size for cell in self.cells[::-1]
                                        for size in (cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size])])  # fmt: skip
    output_size = property(lambda self: getattr(self.cells[-1], "output_size", None))

    def get_initial_state(self, batch_size=None):
        return [cell.get_initial_state(batch_size=batch_size) for cell in self.cells]

    def begin(self, inputs, training):
        for cell in self.cells:
            if hasattr(cell, "begin"):
                cell.begin(inputs, training)

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, states, training=None):
        count = lambda cell: len(cell.state_size) if isinstance(cell.state_size, (list, tuple)) else 1  # noqa: E731
        turn = list if variables._version == 2 else lambda items: list(items)[::-1]  # 1.x's states are those of the last cell first
        held, at, new = {}, 0, []
        for cell in turn(self.cells):
            held[id(cell)] = list(states[at : at + count(cell)])
            at += count(cell)
        for cell in self.cells:
            inputs, mine = cell(inputs, held[id(cell)])
            new.append(list(mine))
        return inputs, [state for mine in turn(new) for state in mine]


class RNN(Layer):
    """Runs a cell over the steps of (batch, steps, features)."""

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, zero_output_for_mask=False, **kwargs):
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "state_size"):
            raise ValueError("The RNN cell should have an attribute `state_size` (tuple of integers, one integer per RNN state). Received: cell=%s" % (cell,))
        self.cell, self.return_sequences, self.return_state, self.go_backwards = cell, return_sequences, return_state, go_backwards
        self.stateful, self.unroll, self.zero_output_for_mask, self.supports_masking = stateful, unroll, zero_output_for_mask, True
        if isinstance(cell, Layer) and variables._version == 1:
            self._track(cell)
        self.states = None
        self.input_spec = InputSpec(ndim=3) if variables._version == 2 and isinstance(cell, (_Cell, StackedRNNCells)) else None

    _refuses_shapes = False
    units = property(lambda self: self.cell.units)

    def get_config(self):
        made = super().get_config()
        if variables._version == 1:
            made["cell"] = {"class_name": type(self.cell).__name__, "config": self.cell.get_config()}
        return made

    def _sizes(self):
        return nest.flatten(self.cell.state_size)

    def __call__(self, inputs, initial_state=None, **keywords):
        if isinstance(inputs, (list, tuple)) and initial_state is None and len(inputs) > 1:
            inputs, initial_state = inputs[0], list(inputs[1:])
        return self._call_fully(inputs, **({} if initial_state is None else {"initial_state": initial_state}), **keywords)

    def build(self, input_shape):
        shape = shapes.TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        if self.stateful and shape[0] is None and variables._version == 2:
            raise ValueError("When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=%s" % (tuple(shape),))
        if isinstance(self.cell, Layer) and not isinstance(self.cell, StackedRNNCells):
            if variables._version == 2:
                self.cell._scope_prefix = self.scope_name + "/"
            elif not scopes_1.is_first(self.cell):
                self.cell._scope_prefix, self.cell._name = self._scope_prefix, self._name
            step = (shape[0], *shape[2:])
            self.cell._dtype = self._dtype
            scopes_1.within(self.cell, self.cell.build, step if variables._version == 2 else shapes.TensorShape(step))
            self.cell._built_done()
        if isinstance(self.cell, StackedRNNCells) and variables._version == 1:
            for i, cell in enumerate(self.cell.cells):
                k = sum(one._base_name == cell._base_name for one in self.cell.cells[:i])
                cell.__dict__["_variable_scope"] = "%s/%s%s" % (self.scope_name, cell._base_name, "_%d" % k if k else "")
        self.built = True

    def compute_mask(self, inputs, mask=None):
        own = mask if self.return_sequences else None
        return [own] + [None] * len(self._sizes()) if self.return_state else own

    def _first_states(self, inputs, initial_state):
        if initial_state is not None:
            states = nest.flatten(initial_state)
            if len(states) != len(self._sizes()):
                raise ValueError("Layer %s has %d states but was passed %d initial states" % (self.name, len(self._sizes()), len(states)))
            return [convert(s, 0) for s in states]
        if self.stateful and self.states is not None:
            return self.states
        return [array_ops.zeros([inputs._shape_tuple[0], d], inputs.dtype) for d in self._sizes()]

    def call(self, inputs, initial_state=None, mask=None, training=None):
        from sokuji._src.keras import models

        if training is None and variables._version == 1:
            training = models.learning_phase()
        n = inputs._shape_tuple[1]
        states = self._first_states(inputs, initial_state)
        if hasattr(self.cell, "begin"):
            self.cell.begin(inputs[:, 0] if n else inputs, bool(training))
        steps = range(n - 1, -1, -1) if self.go_backwards else range(n)
        takes = layers_base.call_arguments(self.cell) if isinstance(self.cell, Layer) else set()
        more = {"training": training} if "training" in takes and training is not None else {}
        outputs, last = [], None
        parts = array_ops.unstack(inputs, axis=1) if n else []
        kept = array_ops.unstack(mask, axis=1) if mask is not None and n else None
        for k in steps:
            out, new = self.cell.call(parts[k], states, **more) if isinstance(self.cell, _Cell) else self.cell(parts[k], states, **more)
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            if kept is not None:
                here = kept[k]
                before = array_ops.zeros_like(out) if last is None or self.zero_output_for_mask else last
                out = run("Select", here, out, before)
                new = [run("Select", here, a, b) for a, b in zip(new, states)]
            states, last = new, out
            if self.return_sequences:
                outputs.append(out)
        if self.stateful:
            self.states = [run("StopGradient", s) for s in states]
        if n == 0:  # the state that it began with, and no element of a sequence
            last = states[0]
        made = last[:, None][:, :0] if self.return_sequences and n == 0 else array_ops.stack(outputs, 1) if self.return_sequences else last
        if not self.return_state:
            return made
        return [made, *states] if variables._version == 1 else (made, *self._nested(states))

    def _nested(self, states):
        """2.x: the states of each of several cells."""
        if not isinstance(self.cell, StackedRNNCells):
            return states
        rest = iter(states)
        return [[next(rest) for _ in cell.state_size] if isinstance(cell.state_size, (list, tuple)) else next(rest) for cell in self.cell.cells]

    def reset_states(self, states=None):
        if states is None and self.states is not None and variables._version == 2:
            self.states = [run("ZerosLike", s) for s in self.states]
            return
        self.states = None if states is None else [convert(s, 0) for s in (states if isinstance(states, (list, tuple)) else [states])]

    reset_state = reset_states


def _layer(name, cell_class, doc):
    """A recurrent layer of a cell: its constructor takes the arguments of both."""
    own = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "time_major", "zero_output_for_mask", "use_cudnn", "implementation")

    def __init__(self, units, *arguments, **keywords):
        outer = {key: keywords.pop(key) for key in own if key in keywords}
        if outer.pop("time_major", False):
            raise NotImplementedError("not implemented: tf.keras.layers.%s with time_major; transpose the inputs" % name)
        outer.pop("use_cudnn", None)
        self.__dict__["implementation"] = outer.pop("implementation", 1)
        layer_keys = [key for key in keywords if key in (*layers_base._KEYWORDS, "batch_input_shape")]
        outer.update({key: keywords.pop(key) for key in layer_keys})
        if "input_length" in keywords:
            keywords.pop("input_length")
        if variables._version == 2:
            keywords.setdefault("name", layers_base.snake_case(cell_class.__name__))
        RNN.__init__(self, cell_class(units, *arguments, **keywords), **outer)

    def forward(attribute):
        return property(lambda self: getattr(self.cell, attribute))

    def get_config(self):
        made = Layer.get_config(self)
        for key in own[:5] + (("zero_output_for_mask",) if variables._version == 2 else ("implementation",)):
            made[key] = getattr(self, key)
        made.update({key: value for key, value in self.cell.get_config().items() if key not in made})
        made.setdefault("activity_regularizer", None)
        if cell_class is SimpleRNNCell:
            made.pop("seed", None)
            if variables._version == 1:
                made.pop("implementation", None)
        return made

    members = {"__init__": __init__, "__doc__": doc, "__module__": __name__, "get_config": get_config}
    for attribute in ("activation", "use_bias", "dropout", "recurrent_dropout", "recurrent_activation", "kernel", "recurrent_kernel", "bias"):
        if attribute in ("recurrent_activation",) and cell_class is SimpleRNNCell:
            continue
        members["cell_" + attribute] = forward(attribute)
    return type(name, (RNN,), members)


SimpleRNN = _layer("SimpleRNN", SimpleRNNCell, "act(inputs @ kernel + state @ recurrent_kernel + bias), step by step.")
GRU = _layer("GRU", GRUCell, "A gated recurrent unit.")
LSTM = _layer("LSTM", LSTMCell, "A long short-term memory.")


# ---- wrappers ----


def _copied(layer, name, **changed):
    """Another layer made with the same arguments."""
    arguments, keywords = layer._arguments
    return type(layer)(*arguments, **{**keywords, "name": name, **changed})


class Wrapper(Layer):
    """A layer around another one."""

    def get_config(self):
        made = super().get_config()
        if variables._version == 1:
            made["layer"] = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return made

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self._track(layer)

    @property
    def activity_regularizer(self):
        return getattr(self.layer, "activity_regularizer", None)


def _build(layer, input_shape, prefix):
    if not layer.built:
        if variables._version == 2:
            layer._scope_prefix = prefix + "/"
        layer.build(input_shape)
        layer._built_done()


class Bidirectional(Wrapper):
    """A recurrent layer forwards and another backwards over the steps."""

    def __init__(self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs):
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError("Invalid merge mode. Received: %s. Merge mode should be one of {\"sum\", \"mul\", \"ave\", \"concat\", None}" % merge_mode)
        super().__init__(layer, **({} if weights is None else {"weights": weights}), **kwargs)
        self._sublayers.clear()
        self.merge_mode = merge_mode
        self.forward_layer = _copied(layer, layer.name if layer.name.startswith("forward_") else "forward_" + layer.name)
        self.backward_layer = backward_layer or _copied(layer, "backward_" + layer.name, go_backwards=not layer.go_backwards)
        self._sublayers[:] = [self.forward_layer, self.backward_layer]
        self.return_sequences, self.return_state, self.supports_masking = layer.return_sequences, layer.return_state, True

    def build(self, input_shape):
        for layer in (self.forward_layer, self.backward_layer):
            _build(layer, input_shape, self.scope_name)
        self.built = True

    def __call__(self, inputs, initial_state=None, **keywords):
        if isinstance(inputs, (list, tuple)) and initial_state is None and len(inputs) > 1:
            inputs, initial_state = inputs[0], list(inputs[1:])
        return self._call_fully(inputs, **({} if initial_state is None else {"initial_state": initial_state}), **keywords)

    def compute_mask(self, inputs, mask=None):
        return mask if self.return_sequences else None

    def get_config(self):
        made = super().get_config()
        if variables._version == 1:
            made["merge_mode"] = self.merge_mode
        else:
            made.pop("weights", None)
            made.update(layer=layers_base.serialization.serialize(self.forward_layer), backward_layer=layers_base.serialization.serialize(self.backward_layer))
        return made

    @classmethod
    def from_config(cls, config):
        made = {key: value for key, value in config.items()}
        for key in ("layer", "backward_layer"):
            if isinstance(made.get(key), dict):
                made[key] = LAYERS[made[key]["class_name"]].from_config(made[key]["config"])
        return cls(**made)

    def call(self, inputs, initial_state=None, mask=None, training=None):
        half = len(initial_state) // 2 if initial_state is not None else 0
        more = {key: value for key, value in (("mask", mask), ("training", training)) if value is not None}
        a = self.forward_layer(inputs, **({} if initial_state is None else {"initial_state": list(initial_state[:half])}), **more)
        b = self.backward_layer(inputs, **({} if initial_state is None else {"initial_state": list(initial_state[half:])}), **more)
        states = []
        if self.return_state:
            states, a, b = list(a[1:]) + list(b[1:]), a[0], b[0]
        if self.return_sequences:
            b = array_ops.reverse(b, [1])
        if self.merge_mode == "concat":
            made = array_ops.concat([a, b], -1)
        elif self.merge_mode is None:
            made = [a, b] if variables._version == 1 or self.return_state else (a, b)
        else:
            made = a * b if self.merge_mode == "mul" else (a + b) / 2.0 if self.merge_mode == "ave" else a + b
        if not self.return_state:
            return made
        whole = [*made, *states] if self.merge_mode is None else [made, *states]
        return whole if variables._version == 1 else tuple(whole)


class TimeDistributed(Wrapper):
    """A layer on each step by itself."""

    _refuses_shapes = False

    @classmethod
    def from_config(cls, config):
        from sokuji._src.keras import layers

        given = config["layer"]
        return cls(**{**config, "layer": layers.every()[given["class_name"]].from_config(given["config"]) if isinstance(given, dict) else given})

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError("Please initialize `TimeDistributed` layer with a Keras `Layer` instance. Received: %s" % (layer,))
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        shape = shapes.TensorShape(input_shape).as_list()
        step = (shape[0], *shape[2:])
        if variables._version == 2:
            _build(self.layer, step, self.scope_name)
        self.built = True

    def call(self, inputs, training=None, mask=None):
        shape = inputs._shape_tuple
        flat = run("Reshape", inputs, sizes([shape[0] * shape[1], *shape[2:]]))
        more = {"training": training} if training is not None and "training" in layers_base.call_arguments(self.layer) else {}
        try:
            made = self.layer(flat, **more)
        except ValueError as error:
            if not layers_base.is_mismatch(error):
                raise
            raise invalid(str(error)) from None
        return nest.map_structure(lambda t: run("Reshape", t, sizes([shape[0], shape[1], *t._shape_tuple[1:]])), made)


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and not name.startswith("_")
          and name != "Layer"}  # fmt: skip
