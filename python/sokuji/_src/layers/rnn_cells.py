"""tf.nn.rnn_cell of 1.x, and the functions that run a cell over a sequence: static_rnn, dynamic_rnn, bidirectional_dynamic_rnn."""

import collections
import functools
from contextlib import nullcontext as _nothing

import numpy as np

from sokuji import _core
from sokuji._src.core import nest, shapes
from sokuji._src.core.execute import convert, run
from sokuji._src.keras import scopes_1
from sokuji._src.keras.layers_base import Layer, snake_case
from sokuji._src.ops import array_ops, init_ops, nn_ops
from sokuji._src.variables import scopes

LSTMStateTuple = collections.namedtuple("LSTMStateTuple", ("c", "h"))


def _tanh(x):
    return run("Tanh", x)


def _sigmoid(x):
    return run("Sigmoid", x)


def _in_graph():
    """What cells do in graphs, where a tf.Graph is open."""
    if _core.graph_now() is None:
        return None
    from sokuji._src.layers import rnn_in_graph

    return rnn_in_graph if rnn_in_graph.building() is not None else None


class RNNCell(Layer):
    """One step: cell(inputs, state) gives (output, new state)."""

    _names_from_zero, _in_store = False, True
    _excess = _n_read = 0  # how many operations a call has more than 1.8's, beside readings of variables; how many of those

    def __init__(self, trainable=True, name=None, dtype=None, activity_regularizer=None, **kwargs):
        super().__init__(trainable=trainable, name=name, dtype=dtype, activity_regularizer=activity_regularizer, **kwargs)

    def __call__(self, inputs, state, scope=None):
        graph = _in_graph()
        if graph is not None:
            return self._call_in(graph, inputs, state)
        if self.built and not scopes_1.is_first(self):
            return self.call(self._taken(inputs), state)
        return scopes_1.within(self, self._first, self._taken(inputs), state)

    def _first(self, inputs, state):
        if not self.built:
            self._build_now(inputs)
        return self.call(inputs, state)

    def _call_in(self, graph, inputs, state):
        inputs = self._taken(inputs)
        if getattr(self, "_graph_scope", None) is not None:
            with graph.building().name_scope(self._graph_scope.original_name_scope), graph.scopes.variable_scope(self._graph_scope, reuse=True, auxiliary_name_scope=False):
                return graph.step(self, inputs, state)
        with graph.cell_scope(self, snake_case(type(self).__name__)) as self._graph_scope:
            if not self.built:
                self._dtype = self._dtype or inputs.dtype
                self.build(shapes.TensorShape(inputs._shape_tuple))
            return graph.step(self, inputs, state)

    def zero_state(self, batch_size, dtype):
        """Zeros in the structure of state_size."""
        graph = _in_graph()
        if graph is not None:
            return nest.map_structure(lambda d: graph.zeros(batch_size, d, dtype), self.state_size)
        n = int(batch_size)
        return nest.map_structure(lambda d: array_ops.zeros([n, *shapes.TensorShape(d).as_list()], dtype), self.state_size)

    def _weight(self, name, shape, initializer=None):
        graph = _in_graph()
        return self.add_variable(name, shape, initializer=initializer) if graph is None else graph.weight(self, name, shape, initializer)


def _width(input_shape):
    width = shapes.TensorShape(input_shape).as_list()[-1]
    if width is None:
        raise ValueError("Expected inputs.shape[-1] to be known, saw shape: %s" % (input_shape,))
    return width


def _linear(parts, kernel, bias):
    return run("BiasAdd", run("MatMul", array_ops.concat(parts, 1), kernel), bias)


class BasicRNNCell(RNNCell):
    """One step: activation([inputs, state] @ kernel + bias)."""

    _n_read = 2

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._num_units, self._activation = num_units, activation or _tanh

    state_size = output_size = property(lambda self: self._num_units)

    def build(self, input_shape):
        self._kernel = self._weight("kernel", [_width(input_shape) + self._num_units, self._num_units])
        self._bias = self._weight("bias", [self._num_units], init_ops.Zeros())
        self.built = True

    def call(self, inputs, state):
        made = self._activation(_linear([inputs, state], self._kernel, self._bias))
        return made, made


class GRUCell(RNNCell):
    """One step of a gated recurrent unit: (inputs, state) to (output, new state)."""

    _excess, _n_read = 5, 4

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._num_units, self._activation = num_units, activation or _tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    state_size = output_size = property(lambda self: self._num_units)

    def build(self, input_shape):
        n, width = self._num_units, _width(input_shape)
        self._gate_kernel = self._weight("gates/kernel", [width + n, 2 * n], self._kernel_initializer)
        self._gate_bias = self._weight("gates/bias", [2 * n], self._bias_initializer or init_ops.Ones())
        self._candidate_kernel = self._weight("candidate/kernel", [width + n, n], self._kernel_initializer)
        self._candidate_bias = self._weight("candidate/bias", [n], self._bias_initializer or init_ops.Zeros())
        self.built = True

    def call(self, inputs, state):
        gates = _sigmoid(_linear([inputs, state], self._gate_kernel, self._gate_bias))
        reset, update = gates[:, : self._num_units], gates[:, self._num_units :]
        candidate = self._activation(_linear([inputs, reset * state], self._candidate_kernel, self._candidate_bias))
        made = update * state + (1 - update) * candidate
        return made, made


class BasicLSTMCell(RNNCell):
    """One step of a long short-term memory: (inputs, (c, h)) to (h, (c, h))."""

    _excess, _n_read = 13, 2

    def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self._num_units, self._forget_bias, self._state_is_tuple, self._activation = num_units, forget_bias, state_is_tuple, activation or _tanh

    output_size = property(lambda self: self._num_units)

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self._num_units) if self._state_is_tuple else 2 * self._num_units

    def build(self, input_shape):
        self._kernel = self._weight("kernel", [_width(input_shape) + self._num_units, 4 * self._num_units])
        self._bias = self._weight("bias", [4 * self._num_units], init_ops.Zeros())
        self.built = True

    def call(self, inputs, state):
        c, h = state if self._state_is_tuple else array_ops.split(state, 2, 1)
        i, j, f, o = array_ops.split(_linear([inputs, h], self._kernel, self._bias), 4, 1)
        c = c * _sigmoid(f + self._forget_bias) + _sigmoid(i) * self._activation(j)
        h = self._activation(c) * _sigmoid(o)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else array_ops.concat([c, h], 1)


class LSTMCell(RNNCell):
    """With peepholes, clipping and a projection, where they are asked for."""

    _gates = "fio"  # in which order peepholes are made
    _excess, _n_read = 13, property(lambda self: 2 + (self._num_proj is not None))

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None, num_unit_shards=None,
                 num_proj_shards=None, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None, dtype=None):  # fmt: skip
        super().__init__(name=name, dtype=dtype)
        self._num_units, self._use_peepholes, self._cell_clip, self._initializer = num_units, use_peepholes, cell_clip, initializer
        self._num_proj, self._proj_clip, self._forget_bias, self._state_is_tuple = num_proj, proj_clip, forget_bias, state_is_tuple
        self._activation = activation or _tanh

    output_size = property(lambda self: self._num_proj or self._num_units)

    @property
    def state_size(self):
        return LSTMStateTuple(self._num_units, self.output_size) if self._state_is_tuple else self._num_units + self.output_size

    def build(self, input_shape):
        n = self._num_units
        self._kernel = self._weight("kernel", [_width(input_shape) + self.output_size, 4 * n], self._initializer)
        self._bias = self._weight("bias", [4 * n], init_ops.Zeros())
        if self._use_peepholes:
            peeps = {gate: self._weight("w_%s_diag" % gate, [n], self._initializer) for gate in self._gates}
            self._peep_f, self._peep_i, self._peep_o = (peeps[gate] for gate in "fio")
        if self._num_proj is not None:
            self._projection = self._weight("projection/kernel", [n, self._num_proj], self._initializer)
        self.built = True

    def _clip(self, t, bound):
        return run("ClipByValue", t, convert(-bound, t._dtype_number), convert(bound, t._dtype_number))

    def call(self, inputs, state):
        n = self._num_units
        c, h = state if self._state_is_tuple else (state[:, :n], state[:, n:])
        i, j, f, o = array_ops.split(_linear([inputs, h], self._kernel, self._bias), 4, 1)
        if self._use_peepholes:
            i, f = i + self._peep_i * c, f + self._forget_bias + self._peep_f * c
        else:
            f = f + self._forget_bias
        c = _sigmoid(f) * c + _sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            c = self._clip(c, self._cell_clip)
        h = _sigmoid(o + self._peep_o * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            h = run("MatMul", h, self._projection)
            h = h if self._proj_clip is None else self._clip(h, self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else array_ops.concat([c, h], 1)


class LSTMBlockCell(LSTMCell):
    """LSTMCell with the arguments of 1.x's fused cell."""

    _gates = "ifo"

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, reuse=None, name="lstm_cell"):
        clip = cell_clip if cell_clip is not None and cell_clip > 0 else None
        super().__init__(num_units, use_peephole, clip, forget_bias=forget_bias, reuse=reuse, name=name)


class _Wrapper(RNNCell):
    _takes_scope = None
    def __init__(self, cell, name=None):
        super().__init__(name=name)
        self._cell = cell
        self._sublayers.append(cell)
        self.built = True

    def _call_in(self, graph, inputs, state):
        self._graph_scope = ""  # it has no scope of its own
        return self.call(self._taken(inputs), state)

    state_size = property(lambda self: self._cell.state_size)
    output_size = property(lambda self: self._cell.output_size)

    def zero_state(self, batch_size, dtype):
        return self._cell.zero_state(batch_size, dtype)


class DropoutWrapper(_Wrapper):
    """Dropout on what goes in, what comes out and what is kept."""

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0, variational_recurrent=False, input_size=None, dtype=None,
                 seed=None, dropout_state_filter_visitor=None):  # fmt: skip
        if variational_recurrent or dropout_state_filter_visitor is not None:
            raise NotImplementedError("not implemented: tf.nn.rnn_cell.DropoutWrapper with variational_recurrent or a filter")
        for what, value in (("input_keep_prob", input_keep_prob), ("state_keep_prob", state_keep_prob), ("output_keep_prob", output_keep_prob)):
            if not isinstance(value, _core.Handle) and not 0 <= value <= 1:
                raise ValueError("Parameter %s must be between 0 and 1: %s" % (what, value))
        super().__init__(cell)
        self._keep, self._seed = (input_keep_prob, state_keep_prob, output_keep_prob), seed

    def _drop(self, t, keep):
        return t if not isinstance(keep, _core.Handle) and keep >= 1 else nn_ops.dropout(t, keep, None, self._seed)

    def call(self, inputs, state):
        output, new = self._cell(self._drop(inputs, self._keep[0]), state)
        if isinstance(new, LSTMStateTuple):
            new = LSTMStateTuple(new.c, self._drop(new.h, self._keep[1]))
        else:
            new = nest.map_structure(lambda t: self._drop(t, self._keep[1]), new)
        return self._drop(output, self._keep[2]), new


class ResidualWrapper(_Wrapper):
    """A cell whose inputs are added to its outputs."""

    def __init__(self, cell, residual_fn=None):
        super().__init__(cell)
        self._residual = residual_fn or (lambda inputs, outputs: inputs + outputs)

    def call(self, inputs, state):
        output, new = self._cell(inputs, state)
        return self._residual(inputs, output), new


class DeviceWrapper(_Wrapper):
    """A cell on a device, of which there is one."""

    def __init__(self, cell, device):
        super().__init__(cell)

    def call(self, inputs, state):
        return self._cell(inputs, state)


class MultiRNNCell(RNNCell):
    """Cells one over another."""

    def __init__(self, cells, state_is_tuple=True):
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, (list, tuple)):
            raise TypeError("cells must be a list or tuple, but saw: %s." % (cells,))
        if not state_is_tuple:
            raise NotImplementedError("not implemented: tf.nn.rnn_cell.MultiRNNCell with state_is_tuple=False")
        self._cells = list(cells)
        self._sublayers.extend(self._cells)
        self.built = True

    state_size = property(lambda self: tuple(cell.state_size for cell in self._cells))
    output_size = property(lambda self: self._cells[-1].output_size)

    def zero_state(self, batch_size, dtype):
        return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)

    @property
    def trainable_weights(self):
        return [w for cell in self._cells for w in cell.trainable_weights]

    weights = trainable_weights

    def call(self, inputs, state):
        new = []
        graph = _in_graph()
        for k, (cell, mine) in enumerate(zip(self._cells, state)):
            with graph.scopes.variable_scope("cell_%d" % k) if graph else _nothing() if cell.built else scopes.variable_scope("cell_%d" % k):
                inputs, made = cell(inputs, mine)
            new.append(made)
        return inputs, tuple(new)


# ---- over sequences ----


def _first_state(cell, n, initial_state, dtype):
    if initial_state is not None:
        return initial_state
    if dtype is None:
        raise ValueError("If there is no initial_state, you must give a dtype.")
    return cell.zero_state(n, dtype)


def _steps(cell, inputs, state, lengths):
    """Outputs of all steps and the last state; past its length an example gives zeros and keeps its state."""
    outputs = []
    for k, x in enumerate(inputs):
        output, new = cell(x, state)
        if lengths is not None:
            on = convert(lengths > k, 0)
            output = run("Select", on, output, array_ops.zeros_like(output))
            kept = [run("Select", on, a, b) for a, b in zip(nest.flatten(new), nest.flatten(state))]
            new = nest.pack_sequence_as(new, kept)
        outputs.append(output)
        state = new
    return outputs, state


def _lengths(sequence_length):
    return None if sequence_length is None else np.asarray(convert(sequence_length, 0).numpy())


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """(outputs, last state) of a cell over a list of inputs, one for each step."""
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    inputs = [convert(x, 0) for x in inputs]
    with scopes.variable_scope(scope or "rnn"):
        return _steps(cell, inputs, _first_state(cell, inputs[0]._shape_tuple[0], initial_state, dtype), _lengths(sequence_length))


def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None, parallel_iterations=None, swap_memory=False, time_major=False, scope=None):
    """(outputs, state) of a cell over (batch, steps, features)."""
    t = convert(inputs, 0)
    axis = 0 if time_major else 1
    state = _first_state(cell, t._shape_tuple[1 - axis], initial_state, dtype)
    with scopes.variable_scope(scope or "rnn"):
        outputs, state = _steps(cell, array_ops.unstack(t, axis=axis), state, _lengths(sequence_length))
    return array_ops.stack(outputs, axis), state


def static_bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None, dtype=None, sequence_length=None, scope=None):
    """(outputs of both directions side by side, last state forwards, last state backwards)"""

    def turned(parts):
        if sequence_length is None:
            return list(parts)[::-1]
        return array_ops.unstack(array_ops.reverse_sequence(array_ops.stack(parts), sequence_length, seq_axis=0, batch_axis=1))

    with scopes.variable_scope(scope or "bidirectional_rnn"):
        forwards, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, "fw")
        backwards, state_bw = static_rnn(cell_bw, turned(inputs), initial_state_bw, dtype, sequence_length, "bw")
    return [array_ops.concat([a, b], 1) for a, b in zip(forwards, turned(backwards))], state_fw, state_bw


def _turned(t, lengths, time_major):
    axis = 0 if time_major else 1
    if lengths is None:
        return array_ops.reverse(t, [axis])
    return array_ops.reverse_sequence(t, convert(lengths, 0), seq_axis=axis, batch_axis=1 - axis)


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None, initial_state_fw=None, initial_state_bw=None, dtype=None,
                              parallel_iterations=None, swap_memory=False, time_major=False, scope=None):  # fmt: skip
    """((outputs forwards, outputs backwards), (state forwards, state backwards))"""
    t, lengths = convert(inputs, 0), _lengths(sequence_length)
    with scopes.variable_scope(scope or "bidirectional_rnn"):
        forwards, state_fw = dynamic_rnn(cell_fw, t, lengths, initial_state_fw, dtype, time_major=time_major, scope="fw")
        backwards, state_bw = dynamic_rnn(cell_bw, _turned(t, lengths, time_major), lengths, initial_state_bw, dtype, time_major=time_major, scope="bw")
    return (forwards, _turned(backwards, lengths, time_major)), (state_fw, state_bw)


CELLS = {c.__name__: c for c in (RNNCell, BasicRNNCell, GRUCell, BasicLSTMCell, LSTMCell, DropoutWrapper, ResidualWrapper, DeviceWrapper, MultiRNNCell,
                                 LSTMStateTuple)}  # fmt: skip


def _raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """A loop of steps whose inputs and states loop_fn gives: (TensorArray of outputs, last state, last loop_state)."""


_raw_rnn.__name__ = "raw_rnn"


def _either(name, eager):
    def function(*arguments, **keywords):
        graph = _in_graph()
        if graph is None and eager is None:
            raise NotImplementedError("not implemented: tf.nn.%s outside of graphs" % name)
        return (eager if graph is None else graph.FUNCTIONS[name])(*arguments, **keywords)

    return functools.update_wrapper(function, eager or _raw_rnn)


FUNCTIONS = {"static_rnn": static_rnn, "static_bidirectional_rnn": static_bidirectional_rnn, "dynamic_rnn": dynamic_rnn, "bidirectional_dynamic_rnn": bidirectional_dynamic_rnn}
FUNCTIONS = {name: _either(name, FUNCTIONS.get(name)) for name in (*FUNCTIONS, "raw_rnn")}
