"""tf.contrib.rnn: cells over others, with normalisation, attention or other gates, and functions over sequences."""

from sokuji._src.contrib.public import called, tf
from sokuji._src.layers import rnn_cells
from sokuji._src.layers.rnn_cells import LSTMStateTuple, RNNCell
from sokuji._src.ops.init_ops import Constant, RandomUniform, Zeros


def _linear(parts, size, bias=True, kernel_initializer=None, bias_initializer=None):
    """parts side by side @ kernel + bias, with variables of the open scope"""
    x = parts[0] if len(parts) == 1 else tf.concat(parts, 1)
    made = tf.matmul(x, tf.get_variable("kernel", [x.shape[1].value, size], x.dtype, kernel_initializer))
    return tf.nn.bias_add(made, tf.get_variable("bias", [size], x.dtype, bias_initializer or Zeros())) if bias else made


class _Cell(RNNCell):
    """A cell whose variables are made by tf.get_variable where it is called."""

    _excess, _n_read = 0, 0

    def __init__(self, reuse=None, name=None):
        super().__init__(name=name)
        self.built, self._reuse = True, reuse

    @property
    def state_size(self):
        return self._sizes[0]

    @property
    def output_size(self):
        return self._sizes[1]


class LayerNormBasicLSTMCell(_Cell):
    """An LSTM whose gates are normalised; dropout on what is added to the memory."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, activation=None, layer_norm=True, norm_gain=1.0, norm_shift=0.0, dropout_keep_prob=1.0,
                 dropout_prob_seed=None, reuse=None):  # fmt: skip
        super().__init__(reuse)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation or (lambda x: tf.tanh(x))
        self._layer_norm, self._gain, self._shift, self._keep, self._seed = layer_norm, norm_gain, norm_shift, dropout_keep_prob, dropout_prob_seed
        self._sizes = LSTMStateTuple(num_units, num_units), num_units

    def _norm(self, x, scope):
        size = x.shape[-1:]
        with tf.variable_scope(scope):
            tf.get_variable("gamma", size, x.dtype, Constant(self._gain))
            tf.get_variable("beta", size, x.dtype, Constant(self._shift))
        return tf.contrib.layers.layer_norm(x, reuse=True, scope=scope)

    def call(self, inputs, state):
        c, h = state
        x = tf.concat([inputs, h], 1)
        gates = tf.matmul(x, tf.get_variable("kernel", [x.shape[-1].value, 4 * self._num_units], x.dtype))
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, tf.get_variable("bias", [4 * self._num_units], x.dtype))
        i, j, f, o = tf.split(gates, 4, 1)
        if self._layer_norm:
            i, j, f, o = (self._norm(t, name) for t, name in ((i, "input"), (j, "transform"), (f, "forget"), (o, "output")))
        g = self._activation(j)
        if not isinstance(self._keep, float) or self._keep < 1:
            g = tf.nn.dropout(g, self._keep, seed=self._seed)
        c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * g
        c = self._norm(c, "state") if self._layer_norm else c
        h = self._activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)


class UGRNNCell(_Cell):
    """One gate between the state and a candidate."""

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=None, reuse=None):
        super().__init__(reuse)
        self._num_units, self._initializer, self._forget_bias, self._activation = num_units, initializer, forget_bias, activation or (lambda x: tf.tanh(x))
        self._sizes = num_units, num_units

    def call(self, inputs, state):
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            g, c = tf.split(_linear([inputs, state], 2 * self._num_units), 2, 1)
        g = tf.sigmoid(g + self._forget_bias)
        made = g * state + (1.0 - g) * self._activation(c)
        return made, made


class CoupledInputForgetGateLSTMCell(_Cell):
    """An LSTM whose input gate is what the forget gate leaves."""

    def __init__(self, num_units, use_peepholes=False, initializer=None, num_proj=None, proj_clip=None, num_unit_shards=1, num_proj_shards=1, forget_bias=1.0,
                 state_is_tuple=True, activation=None, reuse=None, layer_norm=False, norm_gain=1.0, norm_shift=0.0):  # fmt: skip
        super().__init__(reuse)
        if layer_norm or num_unit_shards != 1 or num_proj_shards != 1:
            raise NotImplementedError("not implemented: CoupledInputForgetGateLSTMCell with layer_norm or shards; use tf.contrib.rnn.LayerNormBasicLSTMCell")
        self._num_units, self._peepholes, self._initializer, self._num_proj, self._clip = num_units, use_peepholes, initializer, num_proj, proj_clip
        self._forget_bias, self._is_tuple, self._activation = forget_bias, state_is_tuple, activation or (lambda x: tf.tanh(x))
        size = num_proj or num_units
        self._sizes = LSTMStateTuple(num_units, size) if state_is_tuple else num_units + size, size

    def call(self, inputs, state):
        n, size = self._num_units, self._sizes[1]
        c, h = state if self._is_tuple else (state[:, :n], state[:, n:])
        x = tf.concat([inputs, h], 1)
        made = tf.matmul(x, tf.get_variable("W_0", [x.shape[1].value, 3 * n], x.dtype, self._initializer))
        j, f, o = tf.split(tf.nn.bias_add(made, tf.get_variable("B", [3 * n], x.dtype, Zeros())), 3, 1)
        if self._peepholes:
            f = f + tf.get_variable("W_F_diag", [n], x.dtype, self._initializer) * c
        f = tf.sigmoid(f + self._forget_bias)
        c = f * c + (1 - f) * self._activation(j)
        if self._peepholes:
            o = o + tf.get_variable("W_O_diag", [n], x.dtype, self._initializer) * c
        h = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            h = tf.matmul(h, tf.get_variable("W_P_0", [n, size], x.dtype, self._initializer))
            h = h if self._clip is None else tf.clip_by_value(h, -self._clip, self._clip)
        return h, LSTMStateTuple(c, h) if self._is_tuple else tf.concat([c, h], 1)


class NASCell(_Cell):
    """The cell that a search found (Zoph and Le 2016)."""

    def __init__(self, num_units, num_proj=None, use_biases=False, reuse=None):
        super().__init__(reuse)
        self._num_units, self._num_proj, self._use_biases = num_units, num_proj, use_biases
        size = num_proj or num_units
        self._sizes = LSTMStateTuple(num_units, size), size

    def call(self, inputs, state):
        c_before, m_before = state
        n, size, kind = self._num_units, self._sizes[1], inputs.dtype
        with tf.variable_scope(tf.get_variable_scope(), initializer=None):
            of_m, of_x = tf.get_variable("recurrent_kernel", [size, 8 * n], kind), tf.get_variable("kernel", [inputs.shape[1].value, 8 * n], kind)
            m, x = tf.matmul(m_before, of_m), tf.matmul(inputs, of_x)
            if self._use_biases:
                m = tf.nn.bias_add(m, tf.get_variable("bias", [8 * n], kind, Zeros()))
        m, x = tf.split(m, 8, 1), tf.split(x, 8, 1)
        s, r, t = tf.sigmoid, tf.nn.relu, tf.tanh
        one = [s(x[0] + m[0]), r(x[1] + m[1]), s(x[2] + m[2]), r(x[3] * m[3]), t(x[4] + m[4]), s(x[5] + m[5]), t(x[6] + m[6]), s(x[7] + m[7])]
        two = [t(one[0] * one[1]), t(one[2] + one[3]), t(one[4] * one[5]), s(one[6] + one[7])]
        two[0] = t(two[0] + c_before)
        c = two[0] * two[1]
        h = t(c * t(two[2] + two[3]))
        if self._num_proj is not None:
            h = tf.matmul(h, tf.get_variable("projection_weights", [n, self._num_proj], kind))
        return h, LSTMStateTuple(c, h)


# ---- cells around cells ----


class _Around(_Cell):
    def __init__(self, cell, reuse=None):
        super().__init__(reuse)
        self._cell = cell
        self._sublayers.append(cell)
        self._sizes = cell.state_size, cell.output_size

    def zero_state(self, batch_size, dtype):
        return self._cell.zero_state(batch_size, dtype)


class InputProjectionWrapper(_Around):
    """A cell after a linear layer."""

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, reuse)
        self._num_proj, self._activation = num_proj, activation

    def call(self, inputs, state):
        made = _linear([inputs], self._num_proj)
        return self._cell(self._activation(made) if self._activation else made, state)


class OutputProjectionWrapper(_Around):
    """A cell before a linear layer."""

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError("Parameter output_size must be > 0: %d." % output_size)
        self._activation, self._sizes = activation, (cell.state_size, output_size)

    def call(self, inputs, state):
        output, state = self._cell(inputs, state)
        made = _linear([output], self.output_size)
        return self._activation(made) if self._activation else made, state


class EmbeddingWrapper(_Around):
    """Rows of a table instead of ids."""

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError("Both embedding_classes and embedding_size must be > 0: %d, %d." % (embedding_classes, embedding_size))
        self._shape, self._initializer = [embedding_classes, embedding_size], initializer

    def call(self, inputs, state):
        bound = 3**0.5
        initializer = self._initializer or tf.get_variable_scope().initializer or RandomUniform(-bound, bound)
        kind = (state[0] if isinstance(state, tuple) else state).dtype
        table = tf.get_variable("embedding", self._shape, kind, initializer)
        return self._cell(tf.nn.embedding_lookup(table, tf.reshape(inputs, [-1])), state)


class HighwayWrapper(_Around):
    """A gate between what goes in and what comes out."""

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        super().__init__(cell)
        self._coupled, self._bias = couple_carry_transform_gates, carry_bias_init

    def _call_in(self, graph, inputs, state):
        with tf.variable_scope(tf.get_variable_scope(), reuse=getattr(self, "_graph_scope", None) is not None or None, auxiliary_name_scope=False):
            self._graph_scope = ""  # it has no scope of its own
            return self.call(self._taken(inputs), state)

    def _gate(self, name, inputs, bias):
        size = inputs.shape[1].value
        weight, b = (tf.get_variable("%s_%s" % (name, word), shape, inputs.dtype, i) for word, shape, i in (
            ("w", [size, size], None), ("b", [size], Constant(bias))))  # fmt: skip
        return tf.sigmoid(tf.nn.xw_plus_b(inputs, weight, b))

    def call(self, inputs, state):
        outputs, state = self._cell(inputs, state)
        carry = self._gate("carry", inputs, self._bias)
        transform = 1 - carry if self._coupled else self._gate("transform", inputs, -self._bias)
        return inputs * carry + outputs * transform, state


class AttentionCellWrapper(_Around):
    """A cell that looks at its last outputs."""

    def __init__(self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None, state_is_tuple=True, reuse=None):
        super().__init__(cell, reuse)
        if attn_length <= 0:
            raise ValueError("attn_length should be greater than zero, got %s" % attn_length)
        if not state_is_tuple:
            raise NotImplementedError("not implemented: AttentionCellWrapper with state_is_tuple=False")
        self._length, self._size, self._input_size = attn_length, attn_size or cell.output_size, input_size
        self._vec = attn_vec_size or self._size
        self._sizes = (cell.state_size, self._size, self._size * attn_length), self._size

    def zero_state(self, batch_size, dtype):
        return RNNCell.zero_state(self, batch_size, dtype)

    def call(self, inputs, state):
        state, attns, kept = state
        kept = tf.reshape(kept, [-1, self._length, self._size])
        inputs = _linear([inputs, attns], self._input_size or inputs.shape[1].value)
        output, state = self._cell(inputs, state)
        flat = tf.concat([state[0], state[1]], 1) if isinstance(state, tuple) else state
        attns, kept = self._attention(flat, kept)
        with tf.variable_scope("attn_output_projection"):
            made = _linear([output, attns], self._size)
        kept = tf.concat([kept, tf.expand_dims(made, 1)], 1)
        return made, (state, attns, tf.reshape(kept, [-1, self._size * self._length]))

    def _attention(self, query, states):
        with tf.variable_scope("attention"):
            k = tf.get_variable("attn_w", [1, 1, self._size, self._vec])
            v = tf.get_variable("attn_v", [self._vec])
            features = tf.nn.conv2d(tf.reshape(states, [-1, self._length, 1, self._size]), k, [1, 1, 1, 1], "SAME")
            y = tf.reshape(_linear([query], self._vec), [-1, 1, 1, self._vec])
            a = tf.nn.softmax(tf.reduce_sum(v * tf.tanh(features + y), [2, 3]))
            d = tf.reduce_sum(tf.reshape(a, [-1, self._length, 1, 1]) * tf.reshape(states, [-1, self._length, 1, self._size]), [1, 2])
            return tf.reshape(d, [-1, self._size]), states[:, 1:]


# ---- over sequences ----


def transpose_batch_time(x):
    """(batch, time, …) as (time, batch, …), or back."""
    return tf.transpose(x, [1, 0, *range(2, x.shape.ndims)])


def best_effort_input_batch_size(flat_input):
    """The batch size of inputs, as a number where it is known."""
    return next((t.shape[1].value for t in flat_input if t.shape.ndims and t.shape[1].value is not None), None) or tf.shape(flat_input[0])[1]


def _checked(cells_fw, cells_bw):
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not cells:
            raise ValueError("Must specify at least one fw cell for BidirectionalRNN." if name == "cells_fw" else "Must specify at least one bw cell for BidirectionalRNN.")
        if not isinstance(cells, list):
            raise ValueError("%s must be a list of RNNCells (one per layer)." % name)
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")


def _stacked(run, cells_fw, cells_bw, inputs, states_fw, states_bw, dtype, sequence_length, scope, **others):
    _checked(cells_fw, cells_bw)
    ends = [], []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (fw, bw) in enumerate(zip(cells_fw, cells_bw)):
            with tf.variable_scope("cell_%d" % i):
                inputs, *found = run(fw, bw, inputs, states_fw and states_fw[i], states_bw and states_bw[i], dtype, sequence_length, **others)
            ends[0].append(found[0])
            ends[1].append(found[1])
    return inputs, tuple(ends[0]), tuple(ends[1])


def stack_bidirectional_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None, sequence_length=None, scope=None):
    """Layers of both directions, over a list of steps."""
    return _stacked(lambda *given: tf.nn.static_bidirectional_rnn(given[0], given[1], given[2], *given[3:]), cells_fw, cells_bw, inputs, initial_states_fw,
                    initial_states_bw, dtype, sequence_length, scope)  # fmt: skip


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None, sequence_length=None,
                                    parallel_iterations=None, time_major=False, scope=None):  # fmt: skip
    """Layers of both directions, over (batch, steps, features)."""

    def run(fw, bw, x, state_fw, state_bw, dtype, lengths):
        outputs, ends = tf.nn.bidirectional_dynamic_rnn(fw, bw, x, lengths, state_fw, state_bw, dtype, time_major=time_major)
        return (tf.concat(outputs, 2), *ends)

    return _stacked(run, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, dtype, sequence_length, scope)


NAMES = {c.__name__: c for c in (
    LayerNormBasicLSTMCell, UGRNNCell, CoupledInputForgetGateLSTMCell, NASCell, InputProjectionWrapper, OutputProjectionWrapper, EmbeddingWrapper, HighwayWrapper,
    AttentionCellWrapper, transpose_batch_time, best_effort_input_batch_size, stack_bidirectional_rnn, stack_bidirectional_dynamic_rnn)}  # fmt: skip
NAMES.update({name: called("nn." + name) for name in ("static_rnn", "static_bidirectional_rnn")})
NAMES.update(LayerRNNCell=RNNCell, GRUBlockCell=rnn_cells.GRUCell, GRUBlockCellV2=rnn_cells.GRUCell)
