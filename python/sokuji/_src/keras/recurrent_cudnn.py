"""CuDNNGRU and CuDNNLSTM of tf.keras 1.x: the same arithmetic as GRU (reset_after) and LSTM with two biases in one weight, here on the CPU."""

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.keras import recurrent
from sokuji._src.ops import array_ops


class _TwoBiases:
    """A cell whose bias is that of the inputs and that of the state, one after the other."""

    _flat = None

    def _bias_shape(self):
        return (2 * self._gates * self.units,)

    @property
    def bias(self):
        return None if self._flat is None else self._joined(run("Reshape", self._flat, convert([2, self._gates * self.units], 3)))

    @bias.setter
    def bias(self, value):
        self._flat = value


class _GRUCell(_TwoBiases, recurrent.GRUCell):
    def __init__(self, units, **keywords):
        super().__init__(units, recurrent_activation="sigmoid", reset_after=True, **keywords)

    def _joined(self, biases):
        return biases


class _Ones:
    """1 for the forget gate of the second bias."""

    def __init__(self, rest, units):
        self._rest, self._units = rest, units

    def __call__(self, shape, dtype=None, partition_info=None):
        u = self._units
        return array_ops.concat([self._rest([5 * u], dtype=dtype), array_ops.ones([u], dtype), self._rest([2 * u], dtype=dtype)], 0)


class _LSTMCell(_TwoBiases, recurrent.LSTMCell):
    def __init__(self, units, **keywords):
        super().__init__(units, recurrent_activation="sigmoid", **keywords)

    def _bias_initializer(self):
        return _Ones(self._parts["bias"][0], self.units) if self.unit_forget_bias else None

    def _joined(self, biases):
        return biases[0] + biases[1]


def _cudnn(kind, mode, otherwise):
    class Described:
        __doc__ = "What a program says of a layer that runs on NVIDIA's devices alone: use %s." % otherwise

        def __init__(self, num_layers, num_units, input_mode="linear_input", direction="unidirectional", dropout=0.0, seed=None, dtype=dtypes.float32, kernel_initializer=None,
                     bias_initializer=None, name=None):  # fmt: skip
            if direction not in ("unidirectional", "bidirectional"):
                raise ValueError("direction %r: it is unidirectional or bidirectional" % (direction,))
            if dtypes.as_dtype(dtype) not in (dtypes.float16, dtypes.float32, dtypes.float64):
                raise ValueError("Only support float16, float32, float64, provided %s" % (dtype,))
            self.num_layers, self.num_units, self.input_mode, self.direction, self.rnn_mode = num_layers, num_units, input_mode, direction, mode
            self.num_dirs, self.built, self._dropout, self._seed, self.name = 1 + (direction == "bidirectional"), False, dropout, seed, name or "cudnn_" + mode

        @property
        def input_size(self):
            raise ValueError("'input_size' is unknown since layer has not been built.")

        def _refused(self, *arguments, **keywords):
            raise NotImplementedError("not implemented: tf.contrib.cudnn_rnn.%s, which needs a GPU; use %s" % (kind, otherwise))

        build = call = __call__ = _refused

    Described.__name__ = Described.__qualname__ = kind
    return Described


LAYERS = {"CuDNNGRU": recurrent._layer("CuDNNGRU", _GRUCell, "A gated recurrent unit as cuDNN computes it."),
          "CuDNNLSTM": recurrent._layer("CuDNNLSTM", _LSTMCell, "A long short-term memory as cuDNN computes it.")}  # fmt: skip
CONTRIB = {kind: _cudnn(kind, mode, otherwise) for kind, mode, otherwise in (
    ("CudnnLSTM", "lstm", "tf.keras.layers.LSTM"), ("CudnnGRU", "gru", "tf.keras.layers.GRU"), ("CudnnRNNTanh", "rnn_tanh", "tf.keras.layers.SimpleRNN"),
    ("CudnnRNNRelu", "rnn_relu", "tf.keras.layers.SimpleRNN"))}  # fmt: skip
