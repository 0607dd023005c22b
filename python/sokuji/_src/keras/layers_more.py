"""Layers that few programs use: recurrent convolutions, kernels of norm 1, pooling to a given size, embeddings that go both ways."""

from sokuji._src.core import nest, shapes
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.keras import layers, layers_base, layers_normalization, recurrent
from sokuji._src.keras.layers import _format
from sokuji._src.keras.layers_base import InputSpec, Layer
from sokuji._src.ops import array_ops, convolution_ops, init_ops, nn_3d_ops, nn_ops


def _spread(value, n):
    return (value,) * n if isinstance(value, int) else tuple(value)


class _ConvLSTMCell(recurrent.LSTMCell):
    """A step of an LSTM whose products are convolutions over `rank` places."""

    _gates = 4

    def __init__(self, rank, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, activation="tanh", recurrent_activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True, *arguments, **kwargs):  # fmt: skip
        super().__init__(filters, activation, recurrent_activation, use_bias, unit_forget_bias, kernel_initializer=kernel_initializer,
                         recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer, **kwargs)  # fmt: skip
        if self.recurrent_dropout:
            raise NotImplementedError("not implemented: ConvLSTM layers with recurrent_dropout; use dropout")
        self.rank, self.filters, self.padding, self.data_format = rank, self.units, padding.lower(), _format(data_format)
        self.kernel_size, self.strides, self.dilation_rate = (_spread(v, rank) for v in (kernel_size, strides, dilation_rate))

    def build(self, input_shape):
        width = shapes.TensorShape(input_shape).as_list()[-1 if self.data_format == "channels_last" else 1]
        self.kernel = self._weight("kernel", (*self.kernel_size, width, self.filters * 4))
        self.recurrent_kernel = self._weight("recurrent_kernel", (*self.kernel_size, self.filters, self.filters * 4))
        if self.use_bias:
            self.bias = self._weight("bias", self._bias_shape(), self._bias_initializer())
        self.built = True

    def _convolved(self, t, kernel, strides, padding, rates):
        if self.rank == 3:
            return nn_3d_ops.conv3d(t, kernel, (1, *strides, 1), padding.upper(), dilations=(1, *rates, 1))
        if self.rank == 1:
            t, kernel, strides, rates = run("ExpandDims", t, convert(1, 3)), run("ExpandDims", kernel, convert(0, 3)), (1, *strides), (1, *rates)
        made = convolution_ops.grouped(t, kernel, lambda a, k: execute("Conv2D", [a, k], {"strides": (1, *strides, 1), "padding": padding, "dilations": (1, *rates, 1)}))
        return execute("Squeeze", [made], {"squeeze_dims": [1]}) if self.rank == 1 else made

    def given(self, inputs):
        return self._biased(self._convolved(inputs, self.kernel._read(), self.strides, self.padding, self.dilation_rate))

    def call(self, inputs, states, training=None):
        inputs, h = self._dropped(inputs, states[0])
        z = self.given(inputs) + self._convolved(h, self.recurrent_kernel._read(), (1,) * self.rank, "same", (1,) * self.rank)
        i, f, g, o = array_ops.split(z, 4, axis=-1)
        c = self.recurrent_activation(f) * states[1] + self.recurrent_activation(i) * self.activation(g)
        out = self.recurrent_activation(o) * self.activation(c)
        return out, [out, c]


def _conv_lstm(rank):
    own = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")

    def __init__(self, filters, kernel_size, *arguments, **keywords):
        outer = {key: keywords.pop(key) for key in (*own, *layers_base._KEYWORDS) if key in keywords}
        recurrent.RNN.__init__(self, _ConvLSTMCell(rank, filters, kernel_size, *arguments, name="conv_lstm_cell" if layers_base.variables._version == 2 else "conv_lst_m%dd_cell" % rank, **keywords), **outer)
        self.input_spec = InputSpec(ndim=rank + 3)

    def _first_states(self, inputs, initial_state):
        if initial_state is None and (not self.stateful or self.states is None):
            zero = self.cell.given(inputs[:, 0])[..., : self.cell.filters] * 0.0
            return [zero, zero]
        return recurrent.RNN._first_states(self, inputs, initial_state)

    def call(self, inputs, initial_state=None, mask=None, training=None):
        first = self.cell.data_format == "channels_first"
        turn = lambda t, lead, back: run("Transpose", t, convert(  # noqa: E731
            [*range(lead), t.ndim - 1, *range(lead, t.ndim - 1)] if back else [*range(lead), *range(lead + 1, t.ndim), lead], 3))  # fmt: skip
        if first:
            inputs, initial_state = turn(inputs, 2, False), None if initial_state is None else [turn(convert(s, 0), 1, False) for s in initial_state]
        made = recurrent.RNN.call(self, inputs, initial_state, mask, training)
        return nest.map_structure(lambda t: turn(t, t.ndim - rank - 1, True), made) if first else made

    def get_config(self):
        made = Layer.get_config(self)
        cell = self.cell
        made.update({key: getattr(self, key) for key in own if key[:4] != "zero" or layers_base.variables._version == 2})
        made.update(filters=cell.filters, kernel_size=cell.kernel_size, strides=cell.strides, padding=cell.padding, data_format=cell.data_format, dilation_rate=cell.dilation_rate)
        made.update({key: value for key, value in cell.get_config().items() if key not in made and key != "units"})
        if layers_base.variables._version == 1:
            made.pop("rank", None)
        return {**made, "unit_forget_bias": cell.unit_forget_bias, "activity_regularizer": None}

    members = {"__init__": __init__, "call": call, "_first_states": _first_states, "get_config": get_config, "__module__": __name__,
               "__doc__": "A long short-term memory of %d-dimensional places." % rank}  # fmt: skip
    return type("ConvLSTM%dD" % rank, (recurrent.RNN,), members)


ConvLSTM1D, ConvLSTM2D, ConvLSTM3D = (_conv_lstm(n) for n in (1, 2, 3))


class SpectralNormalization(recurrent.Wrapper):
    """In training the wrapped layer's kernel is divided by its greatest singular value, which power iterations estimate."""

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        if power_iterations <= 0:
            raise ValueError("`power_iterations` should be greater than zero. Received: `power_iterations=%s`" % power_iterations)
        self.power_iterations = power_iterations

    def build(self, input_shape):
        recurrent._build(self.layer, input_shape, self.scope_name)
        kernel = getattr(self.layer, "kernel", None)
        self.kernel = kernel if kernel is not None else getattr(self.layer, "embeddings", None)
        if self.kernel is None:
            raise ValueError("%s object has no attribute 'kernel' nor 'embeddings'" % type(self.layer).__name__)
        self.vector_u = self.add_weight("vector_u", (1, self.kernel._shape_tuple[-1]), initializer=init_ops.get("truncated_normal"), trainable=False)
        self.built = True

    def call(self, inputs, training=False):
        if training:
            w = run("Reshape", self.kernel._read(), convert([-1, self.kernel._shape_tuple[-1]], 3))
            one = lambda t: run("Mul", t, run("Rsqrt", run("Maximum", run("Sum", t * t, None), convert(1e-14, 1))))  # noqa: E731
            u = self.vector_u._read()
            for _ in range(self.power_iterations):
                v = one(u @ run("Transpose", w, convert([1, 0], 3)))
                u = one(v @ w)
            u, v = run("StopGradient", u), run("StopGradient", v)
            sigma = run("Sum", (v @ w) * u, None)
            self.vector_u._assign(u)
            self.kernel._assign(self.kernel._read() / sigma)
        return self.layer(inputs)


class SpatialDropout3D(layers_normalization.SpatialDropout2D):
    """Drops whole channels of volumes."""

    def call(self, inputs, training=None):
        n, *_, c = inputs._shape_tuple
        self.noise_shape = (n, 1, 1, 1, c) if self.data_format == "channels_last" else (n, inputs._shape_tuple[1], 1, 1, 1)
        return layers.Dropout.call(self, inputs, training)


def _adaptive(name, operation, rank):
    def __init__(self, output_size, data_format=None, **kwargs):
        Layer.__init__(self, **kwargs)
        self.output_size, self.data_format = _spread(output_size, rank), _format(data_format)
        if len(self.output_size) != rank or min(self.output_size) <= 0:
            raise ValueError("`output_size` must be %d positive integers. Received: %s" % (rank, output_size))
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs):
        for axis, size in enumerate(self.output_size, 1 if self.data_format == "channels_last" else 2):
            n = inputs._shape_tuple[axis]
            part = lambda i: inputs[(slice(None),) * axis + (slice(i * n // size, -(-(i + 1) * n // size)),)]  # noqa: B023, E731
            inputs = array_ops.concat([execute(operation, [part(i), convert([axis], 3)], {"keep_dims": True}) for i in range(size)], axis)
        return inputs

    def get_config(self):
        return {**Layer.get_config(self), "output_size": self.output_size, "data_format": self.data_format}

    members = {"__init__": __init__, "call": call, "get_config": get_config, "__module__": __name__, "__doc__": "%s over as many parts as are wanted." % operation}
    return type("%s%dD" % (name, rank), (Layer,), members)


class ReversibleEmbedding(layers.Embedding):
    """An embedding that also gives the logits of its entries: layer(x, reverse=True)."""

    def __init__(self, input_dim, output_dim, tie_weights=True, embeddings_initializer="uniform", embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False,
                 reverse_dtype=None, logit_soft_cap=None, **kwargs):  # fmt: skip
        super().__init__(input_dim, output_dim, embeddings_initializer, embeddings_regularizer=embeddings_regularizer, embeddings_constraint=embeddings_constraint,
                         mask_zero=mask_zero, **kwargs)  # fmt: skip
        self.tie_weights, self.logit_soft_cap = tie_weights, logit_soft_cap

    def build(self, input_shape=None):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight("reverse_embeddings", (self.output_dim, self.input_dim), initializer=init_ops.get("glorot_uniform"))

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        made = inputs @ run("Transpose", self.embeddings._read(), convert([1, 0], 3)) if self.tie_weights else inputs @ self.reverse_embeddings
        return made if self.logit_soft_cap is None else run("Tanh", made / self.logit_soft_cap) * self.logit_soft_cap


LAYERS = {"ConvLSTM2D": ConvLSTM2D}
LAYERS_2 = dict(ConvLSTM1D=ConvLSTM1D, ConvLSTM3D=ConvLSTM3D, SpectralNormalization=SpectralNormalization, SpatialDropout3D=SpatialDropout3D,
                ReversibleEmbedding=ReversibleEmbedding)  # fmt: skip
for _rank in (1, 2, 3):
    for _name, _operation in (("AdaptiveAveragePooling", "Mean"), ("AdaptiveMaxPooling", "Max")):
        LAYERS_2["%s%dD" % (_name, _rank)] = _adaptive(_name, _operation, _rank)
