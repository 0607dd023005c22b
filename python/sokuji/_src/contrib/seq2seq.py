"""tf.contrib.seq2seq: decoders that a loop runs step by step, what gives them their inputs, attention over a memory, and beam search."""

import collections
import math

import numpy as np

from sokuji._src.contrib.public import tf
from sokuji._src.core import nest
from sokuji._src.layers.rnn_cells import RNNCell


def _is_array(x):
    return hasattr(x, "gather") and hasattr(x, "stack")


def _copied(value, finished, before):
    """The values before where examples are finished."""
    if _is_array(value) or value.shape.ndims == 0:
        return value
    return tf.where(finished, before, value)


def _transposed(x):
    """(steps, batch, …) from (batch, steps, …), and back."""
    n = x.shape.ndims
    if n is None or n < 2:
        return x
    made = tf.transpose(x, [1, 0, *range(2, n)])
    return made


# ---- the loop ----


class Decoder:
    """What dynamic_decode runs: subclasses have batch_size, output_size, output_dtype, initialize, step and finalize."""

    tracks_own_finished = False

    def finalize(self, outputs, final_state, sequence_lengths):
        """Changes what the whole loop gave."""
        raise NotImplementedError


def dynamic_decode(decoder, output_time_major=False, impute_finished=False, maximum_iterations=None, parallel_iterations=32, swap_memory=False, scope=None):
    """Runs a decoder until all examples are finished: (outputs, final state, lengths)."""
    if not isinstance(decoder, Decoder):
        raise TypeError("Expected decoder to be type Decoder, but saw: %s" % type(decoder))
    with tf.variable_scope(scope, "decoder"):
        if maximum_iterations is not None:
            maximum_iterations = tf.convert_to_tensor(maximum_iterations, dtype=tf.int32, name="maximum_iterations")
            if maximum_iterations.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize()
        if maximum_iterations is not None:
            finished = tf.logical_or(finished, 0 >= maximum_iterations)
        lengths = tf.zeros_like(finished, dtype=tf.int32)
        batch = tf.contrib.util.constant_value(tf.convert_to_tensor(decoder.batch_size))
        sizes, kinds = decoder.output_size, decoder.output_dtype

        def full(shape):
            return tf.TensorShape([None if batch is None else int(batch)]).concatenate(shape)

        zeros = nest.map_structure(lambda s, k: tf.zeros(tf.concat([[decoder.batch_size], tf.cast(tf.TensorShape(s).as_list(), tf.int32) if tf.TensorShape(s).ndims else tf.zeros([0], tf.int32)], 0), k),
                                   _plain_sizes(sizes), kinds)  # fmt: skip
        arrays = nest.map_structure(lambda s, k: tf.TensorArray(k, size=0, dynamic_size=True, element_shape=full(s)), _plain_sizes(sizes), kinds)

        def body(time, arrays, state, inputs, finished, lengths):
            outputs, new_state, new_inputs, ended = decoder.step(time, inputs, state)
            after = ended if decoder.tracks_own_finished else tf.logical_or(ended, finished)
            if maximum_iterations is not None:
                after = tf.logical_or(after, time + 1 >= maximum_iterations)
            lengths = tf.where(tf.logical_and(tf.logical_not(finished), after), tf.fill(tf.shape(lengths), time + 1), lengths)
            if impute_finished:
                outputs = nest.map_structure(lambda out, zero: tf.where(finished, zero, out), outputs, zeros)
                new_state = nest.map_structure(lambda new, old: _copied(new, finished, old), new_state, state)
            arrays = nest.map_structure(lambda a, out: a.write(time, out), arrays, outputs)
            return time + 1, arrays, new_state, new_inputs, after, lengths

        done = tf.while_loop(lambda time, a, s, i, finished, n: tf.logical_not(tf.reduce_all(finished)), body, (tf.constant(0), arrays, state, inputs, finished, lengths),
                             parallel_iterations=parallel_iterations, swap_memory=swap_memory)  # fmt: skip
        outputs, final_state, lengths = nest.map_structure(lambda a: a.stack(), done[1]), done[2], done[5]
        try:
            outputs, final_state = decoder.finalize(outputs, final_state, lengths)
        except NotImplementedError:
            pass
        if not output_time_major:
            outputs = nest.map_structure(_transposed, outputs)
    return outputs, final_state, lengths


def _plain_sizes(sizes):
    """Shapes as TensorShape, which are leaves."""
    if hasattr(sizes, "_fields"):
        return type(sizes)(*(_plain_sizes(s) for s in sizes))
    return tf.TensorShape([sizes]) if isinstance(sizes, int) else tf.TensorShape(sizes)


class BasicDecoderOutput(collections.namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """What each step gives."""


class BasicDecoder(Decoder):
    """A cell whose outputs a helper samples from."""

    def __init__(self, cell, helper, initial_state, output_layer=None):
        if not hasattr(cell, "output_size") or not hasattr(cell, "state_size"):
            raise TypeError("cell must be an RNNCell, received: %s" % type(cell))
        if not isinstance(helper, Helper):
            raise TypeError("helper must be a Helper, received: %s" % type(helper))
        if output_layer is not None and not (hasattr(output_layer, "call") and hasattr(output_layer, "weights")):
            raise TypeError("output_layer must be a Layer, received: %s" % type(output_layer))
        self._cell, self._helper, self._initial_state, self._output_layer = cell, helper, initial_state, output_layer

    batch_size = property(lambda self: self._helper.batch_size)

    def _rnn_size(self):
        size = tf.TensorShape(self._cell.output_size)
        if self._output_layer is None:
            return size
        return _after(self._output_layer, size)

    output_size = property(lambda self: BasicDecoderOutput(self._rnn_size(), self._helper.sample_ids_shape))
    output_dtype = property(lambda self: BasicDecoderOutput(nest.flatten(self._initial_state)[0].dtype, self._helper.sample_ids_dtype))

    def initialize(self, name=None):
        """(finished, first inputs, first state)"""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time, inputs, state, name=None):
        """One step: (outputs, next state, next inputs, finished)."""
        outputs, state = self._cell(inputs, state)
        if self._output_layer is not None:
            outputs = self._output_layer(outputs)
        ids = self._helper.sample(time=time, outputs=outputs, state=state)
        finished, inputs, state = self._helper.next_inputs(time=time, outputs=outputs, state=state, sample_ids=ids)
        return BasicDecoderOutput(outputs, ids), state, inputs, finished


def _after(layer, size):
    """The shape of a layer's output for inputs of that shape, without the batch."""
    units = getattr(layer, "units", None)
    if units is not None:
        return tf.TensorShape([*size.as_list()[:-1], units])
    return layer.compute_output_shape(tf.TensorShape([None]).concatenate(size))[1:]


# ---- helpers ----


class Helper:
    """What gives a decoder its inputs: subclasses have batch_size, initialize, sample and next_inputs."""

    sample_ids_shape = property(lambda self: tf.TensorShape([]))
    sample_ids_dtype = property(lambda self: tf.int32)


class CustomHelper(Helper):
    """A helper of three functions."""

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None, sample_ids_dtype=None):
        self._initialize, self._sample, self._next = initialize_fn, sample_fn, next_inputs_fn
        self._batch, self._shape, self._kind = None, tf.TensorShape(sample_ids_shape or []), sample_ids_dtype or tf.int32

    sample_ids_shape = property(lambda self: self._shape)
    sample_ids_dtype = property(lambda self: self._kind)

    @property
    def batch_size(self):
        """How many examples there are, known after initialize()."""
        if self._batch is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch

    def initialize(self, name=None):
        """(finished, first inputs)"""
        finished, inputs = self._initialize()
        if self._batch is None:
            self._batch = tf.size(finished)
        return finished, inputs

    def sample(self, time, outputs, state, name=None):
        """What is drawn from outputs."""
        return self._sample(time=time, outputs=outputs, state=state)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, next state)"""
        return self._next(time=time, outputs=outputs, state=state, sample_ids=sample_ids)


class TrainingHelper(Helper):
    """Gives the inputs of known sequences."""

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with tf.name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = nest.map_structure(tf.convert_to_tensor, inputs)
            inputs = inputs if time_major else nest.map_structure(_transposed, inputs)
            self._length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if self._length.shape.ndims != 1:
                raise ValueError("Expected sequence_length to be a vector, but received shape: %s" % self._length.shape)
            self._inputs, self._zeros = inputs, nest.map_structure(lambda t: tf.zeros_like(t[0]), inputs)
            self._arrays = nest.map_structure(lambda t: tf.TensorArray(t.dtype, size=tf.shape(t)[0], element_shape=t.shape[1:]).unstack(t), inputs)
            self._batch = tf.size(self._length)

    batch_size, inputs, sequence_length = (property(lambda self, n=n: getattr(self, n)) for n in ("_batch", "_inputs", "_length"))

    def initialize(self, name=None):
        """(finished, first inputs)"""
        finished = tf.equal(0, self._length)
        return finished, tf.cond(tf.reduce_all(finished), lambda: self._zeros, lambda: nest.map_structure(lambda a: a.read(0), self._arrays))

    def sample(self, time, outputs, name=None, **unused_kwargs):
        """The likeliest classes."""
        return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

    def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
        """(finished, next inputs, next state)"""
        finished = time + 1 >= self._length
        return finished, tf.cond(tf.reduce_all(finished), lambda: self._zeros, lambda: nest.map_structure(lambda a: a.read(time + 1), self._arrays)), state


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Gives known inputs, and with a probability the embeddings of what was drawn."""

    def __init__(self, inputs, sequence_length, embedding, sampling_probability, time_major=False, seed=None, scheduling_seed=None, name=None):
        self._embed, self._probability, self._seed, self._when = _embedder(embedding), tf.convert_to_tensor(sampling_probability, name="sampling_probability"), seed, scheduling_seed
        if self._probability.shape.ndims not in (0, 1):
            raise ValueError("sampling_probability must be either a scalar or a vector. saw shape: %s" % self._probability.shape)
        super().__init__(inputs, sequence_length, time_major, name)

    def sample(self, time, outputs, state, name=None):
        """Classes drawn; -1 where the known input is taken."""
        drawn = tf.distributions.Bernoulli(probs=self._probability, dtype=tf.bool).sample(self._batch, seed=self._when)
        ids = tf.distributions.Categorical(logits=outputs).sample(seed=self._seed)
        return tf.where(drawn, ids, tf.fill([self._batch], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, next state)"""
        finished, inputs, state = super().next_inputs(time, outputs, state)
        return finished, tf.where(sample_ids > -1, self._embed(tf.maximum(sample_ids, 0)), inputs), state


def _embedder(embedding):
    return embedding if callable(embedding) else lambda ids: tf.nn.embedding_lookup(embedding, ids)


class GreedyEmbeddingHelper(Helper):
    """Feeds back the embeddings of the likeliest classes."""

    def __init__(self, embedding, start_tokens, end_token):
        self._embed = _embedder(embedding)
        self._start, self._end = tf.convert_to_tensor(start_tokens, dtype=tf.int32, name="start_tokens"), tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch, self._inputs = tf.size(start_tokens), self._embed(self._start)

    batch_size = property(lambda self: self._batch)

    def initialize(self, name=None):
        """(finished, first inputs)"""
        return tf.tile([False], [self._batch]), self._inputs

    def _drawn(self, outputs):
        return tf.argmax(outputs, axis=-1, output_type=tf.int32)

    def sample(self, time, outputs, state, name=None):
        """The classes."""
        if not hasattr(outputs, "shape"):
            raise TypeError("Expected outputs to be a single Tensor, got: %s" % type(outputs))
        return self._drawn(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, next state)"""
        finished = tf.equal(sample_ids, self._end)
        return finished, tf.cond(tf.reduce_all(finished), lambda: self._inputs, lambda: self._embed(sample_ids)), state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds back the embeddings of classes that are drawn."""

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._temperature, self._seed = softmax_temperature, seed

    def _drawn(self, outputs):
        logits = outputs if self._temperature is None else outputs / self._temperature
        return tf.distributions.Categorical(logits=logits).sample(seed=self._seed)


class InferenceHelper(Helper):
    """Feeds back what a function draws."""

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn=None):
        self._sample, self._end, self._next, self._kind = sample_fn, end_fn, next_inputs_fn, sample_dtype
        self._shape, self._inputs = tf.TensorShape(sample_shape), tf.convert_to_tensor(start_inputs, name="start_inputs")
        self._batch = tf.shape(start_inputs)[0]

    batch_size = property(lambda self: self._batch)
    sample_ids_shape = property(lambda self: self._shape)
    sample_ids_dtype = property(lambda self: self._kind)
    initialize = GreedyEmbeddingHelper.initialize

    def sample(self, time, outputs, state, name=None):
        """What is drawn."""
        return self._sample(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """(finished, next inputs, next state)"""
        return self._end(sample_ids), sample_ids if self._next is None else self._next(sample_ids), state


# ---- losses and small functions ----


def sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True, softmax_loss_function=None, name=None):
    """Weighted cross entropies of sequences of logits."""
    for given, rank, text in ((logits, 3, "Logits must be a [batch_size x sequence_length x logits] tensor"), (targets, 2, "Targets must be a [batch_size x sequence_length] tensor"),
                              (weights, 2, "Weights must be a [batch_size x sequence_length] tensor")):  # fmt: skip
        if len(given.get_shape()) != rank:
            raise ValueError(text)
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        n = tf.shape(logits)[2]
        flat, labels = tf.reshape(logits, [-1, n]), tf.reshape(targets, [-1])
        if softmax_loss_function is None:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=flat)
        else:
            losses = softmax_loss_function(labels=labels, logits=flat)
        losses *= tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.reduce_sum(losses) / (tf.reduce_sum(weights) + 1e-12)
        losses = tf.reshape(losses, tf.shape(logits)[0:2])
        losses.set_shape(logits.get_shape()[0:2])
        for axis, wanted in ((1, average_across_timesteps), (0, average_across_batch)):
            if wanted:
                return tf.reduce_sum(losses, axis=[axis]) / (tf.reduce_sum(weights, axis=axis) + 1e-12)
        return losses


def hardmax(logits, name=None):
    """One-hot vectors of the greatest logits."""
    depth = logits.shape[-1].value or tf.shape(logits)[-1]
    return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def safe_cumprod(x, *args, **kwargs):
    """Running products by way of logarithms."""
    x = tf.convert_to_tensor(x, name="x")
    return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, np.finfo(x.dtype.as_numpy_dtype).tiny, 1)), *args, **kwargs))


def tile_batch(t, multiplier, name=None):
    """Each example multiplier times."""

    def one(x):
        if x.shape.ndims is None:
            raise ValueError("t must have statically known rank")
        made = tf.tile(tf.expand_dims(x, 1), [1, multiplier] + [1] * (x.shape.ndims - 1))
        made = tf.reshape(made, tf.concat([[tf.shape(x)[0] * multiplier], tf.shape(x)[1:]], 0))
        size = x.shape[0].value
        made.set_shape(tf.TensorShape([None if size is None else size * multiplier]).concatenate(x.shape[1:]))
        return made

    return nest.map_structure(lambda x: one(tf.convert_to_tensor(x)), t)


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """Whole beams, from each step's ids and the beams they come from: (steps, batch, beams)"""

    def follow(ids, parents, lengths, end):
        made = np.full_like(ids, end)
        for b, k in np.ndindex(ids.shape[1:]):
            n, beam = min(ids.shape[0], int(lengths[b])), k
            for t in reversed(range(n)):
                made[t, b, k], beam = ids[t, b, beam], parents[t, b, beam]
            ends = np.flatnonzero(made[:n, b, k] == end)
            if len(ends):
                made[ends[0] :, b, k] = end
        return made

    step_ids = tf.convert_to_tensor(step_ids, dtype=None if hasattr(step_ids, "dtype") else tf.int32)
    given = [step_ids, *(tf.cast(v, step_ids.dtype) for v in (parent_ids, max_sequence_lengths, end_token))]
    made = tf.py_func(follow, given, step_ids.dtype)
    made.set_shape(step_ids.shape)
    return made


# ---- attention ----


class AttentionMechanism:
    """What weighs a memory's places by a query."""


class _Mechanism(AttentionMechanism):
    _query_layer = None

    def __init__(self, num_units, memory, memory_sequence_length, probability_fn, score_mask_value, dtype, name, with_query):
        dtype = tf.float32 if dtype is None else dtype
        self._num_units, self._name = num_units, name
        self._query_layer = tf.layers.Dense(num_units, name="query_layer", use_bias=False, dtype=dtype) if with_query else None
        self.memory_layer = tf.layers.Dense(num_units, name="memory_layer", use_bias=False, dtype=dtype)
        score_mask_value = -math.inf if score_mask_value is None else score_mask_value
        with tf.name_scope(name, "BaseAttentionMechanismInit"):
            memory = tf.convert_to_tensor(memory, name="memory")
            self._mask = None if memory_sequence_length is None else tf.sequence_mask(memory_sequence_length, maxlen=tf.shape(memory)[1])
            self.values = memory
            if self._mask is not None:
                mask = tf.reshape(tf.cast(self._mask, memory.dtype), tf.concat([tf.shape(self._mask), [1] * (memory.shape.ndims - 2)], 0))
                self.values = memory * mask
            self.values.set_shape(memory.shape)
            self.keys = self.memory_layer(self.values)
            self.batch_size = self.keys.shape[0].value or tf.shape(self.keys)[0]
            self.alignments_size = self.keys.shape[1].value or tf.shape(self.keys)[1]
        self._kind, self._chances = dtype, probability_fn or tf.nn.softmax
        self._low = score_mask_value

    query_layer = property(lambda self: self._query_layer)
    state_size = property(lambda self: self.alignments_size)

    def _weights(self, score, state):
        if self._mask is not None:
            score = tf.where(self._mask, score, self._low * tf.ones_like(score))
        return self._chances(score)

    def initial_alignments(self, batch_size, dtype):
        """Zeros."""
        return tf.zeros(tf.stack([batch_size, self.alignments_size]), dtype=dtype) if not isinstance(batch_size, int) or not isinstance(self.alignments_size, int) else tf.zeros(
            [batch_size, self.alignments_size], dtype=dtype)  # fmt: skip

    def initial_state(self, batch_size, dtype):
        """What attention begins with."""
        return self.initial_alignments(batch_size, dtype)


class LuongAttention(_Mechanism):
    """Weighs places by products of keys and the query."""

    def __init__(self, num_units, memory, memory_sequence_length=None, scale=False, probability_fn=None, score_mask_value=None, dtype=None, name="LuongAttention"):
        super().__init__(num_units, memory, memory_sequence_length, probability_fn, score_mask_value, dtype, name, False)
        self._scale = scale

    def __call__(self, query, state):
        with tf.variable_scope(None, "luong_attention", [query]):
            if query.shape[-1].value != self.keys.shape[-1].value:
                raise ValueError("Incompatible or unknown inner dimensions between query and keys. Query (%s) has units: %s. Keys (%s) have units: %s. Perhaps you need to set num_units to the "
                                 "keys' dimension (%s)?" % (query, query.shape[-1], self.keys, self.keys.shape[-1], self.keys.shape[-1]))  # fmt: skip
            score = tf.squeeze(tf.matmul(tf.expand_dims(query, 1), self.keys, transpose_b=True), [1])
            if self._scale:
                score = tf.get_variable("attention_g", dtype=query.dtype, initializer=tf.ones_initializer(), shape=()) * score
            made = self._weights(score, state)
        return made, made


class BahdanauAttention(_Mechanism):
    """Weighs places by a small network of keys and the query."""

    def __init__(self, num_units, memory, memory_sequence_length=None, normalize=False, probability_fn=None, score_mask_value=None, dtype=None, name="BahdanauAttention"):
        super().__init__(num_units, memory, memory_sequence_length, probability_fn, score_mask_value, dtype, name, True)
        self._normalize = normalize

    def __call__(self, query, state):
        with tf.variable_scope(None, "bahdanau_attention", [query]):
            asked, kind = tf.expand_dims(self._query_layer(query), 1), query.dtype
            v = tf.get_variable("attention_v", [self._num_units], dtype=kind)
            if self._normalize:
                g = tf.get_variable("attention_g", dtype=kind, initializer=tf.constant_initializer(math.sqrt(1.0 / self._num_units)), shape=())
                b = tf.get_variable("attention_b", [self._num_units], dtype=kind, initializer=tf.zeros_initializer())
                v = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
                score = tf.reduce_sum(v * tf.tanh(self.keys + asked + b), [2])
            else:
                score = tf.reduce_sum(v * tf.tanh(self.keys + asked), [2])
            made = self._weights(score, state)
        return made, made


class AttentionWrapperState(collections.namedtuple("AttentionWrapperState", ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"))):
    """What an AttentionWrapper keeps from step to step."""

    def clone(self, **kwargs):
        """The state with some parts changed."""
        return self._replace(**kwargs)


class AttentionWrapper(RNNCell):
    """A cell whose inputs have what it attended to beside them."""

    def __init__(self, cell, attention_mechanism, attention_layer_size=None, alignment_history=False, cell_input_fn=None, output_attention=True, initial_cell_state=None, name=None):
        super().__init__(name=name)
        self._many = isinstance(attention_mechanism, (list, tuple))
        self._mechanisms = tuple(attention_mechanism) if self._many else (attention_mechanism,)
        for mechanism in self._mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                text = "attention_mechanism must contain only instances of AttentionMechanism, saw type: %s" if self._many else "attention_mechanism must be an AttentionMechanism or list of multiple AttentionMechanism instances, saw type: %s"
                raise TypeError(text % type(mechanism).__name__)
        self._input_fn = cell_input_fn or (lambda inputs, attention: tf.concat([inputs, attention], -1))
        if not callable(self._input_fn):
            raise TypeError("cell_input_fn must be callable, saw type: %s" % type(cell_input_fn).__name__)
        self._layers_of, sizes = None, [m.values.shape[-1].value for m in self._mechanisms]
        if attention_layer_size is not None:
            sizes = list(attention_layer_size) if isinstance(attention_layer_size, (list, tuple)) else [attention_layer_size]
            if len(sizes) != len(self._mechanisms):
                raise ValueError("If provided, attention_layer_size must contain exactly one integer per attention_mechanism, saw: %d vs %d" % (len(sizes), len(self._mechanisms)))
            self._layers_of = [tf.layers.Dense(size, name="attention_layer", use_bias=False, dtype=m._kind) for size, m in zip(sizes, self._mechanisms)]
        self._size, self._cell, self._keeps_history, self._gives_attention, self._first = sum(sizes), cell, alignment_history, output_attention, initial_cell_state
        self.built = True

    def _items(self, values):
        return tuple(values) if self._many else values[0]

    output_size = property(lambda self: self._size if self._gives_attention else self._cell.output_size)

    @property
    def state_size(self):
        """The sizes of the state."""
        sizes = self._items([m.alignments_size for m in self._mechanisms])
        return AttentionWrapperState(self._cell.state_size, self._size, tf.TensorShape([]), sizes, sizes if self._keeps_history else (), self._items([m.state_size for m in self._mechanisms]))

    def zero_state(self, batch_size, dtype):
        """The state before the first step."""
        with tf.name_scope("AttentionWrapperZeroState"):
            inner = self._cell.zero_state(batch_size, dtype) if self._first is None else self._first
            alignments = self._items([m.initial_alignments(batch_size, dtype) for m in self._mechanisms])
            history = self._items([tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=None) for _ in self._mechanisms]) if self._keeps_history else ()
            return AttentionWrapperState(inner, tf.zeros([batch_size, self._size], dtype), tf.zeros([], dtype=tf.int32), alignments, history,
                                         self._items([m.initial_state(batch_size, dtype) for m in self._mechanisms]))  # fmt: skip

    def call(self, inputs, state):
        if not isinstance(state, AttentionWrapperState):
            raise TypeError("Expected state to be instance of AttentionWrapperState. Received type %s instead." % type(state))
        output, inner = self._cell(self._input_fn(inputs, state.attention), state.cell_state)
        before = state.attention_state if self._many else [state.attention_state]
        histories = (state.alignment_history if self._many else [state.alignment_history]) if self._keeps_history else [()] * len(self._mechanisms)
        parts, alignments, states, kept = [], [], [], []
        for k, mechanism in enumerate(self._mechanisms):
            weights, after = mechanism(output, before[k])
            context = tf.squeeze(tf.matmul(tf.expand_dims(weights, 1), mechanism.values), [1])
            parts.append(context if self._layers_of is None else self._layers_of[k](tf.concat([output, context], 1)))
            alignments.append(weights)
            states.append(after)
            kept.append(histories[k].write(state.time, weights) if self._keeps_history else ())
        attention = tf.concat(parts, 1)
        made = AttentionWrapperState(inner, attention, state.time + 1, self._items(alignments), self._items(kept) if self._keeps_history else (), self._items(states))
        return (attention if self._gives_attention else output), made


# ---- beam search ----


class BeamSearchDecoderState(collections.namedtuple("BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths"))):
    """What beam search keeps from step to step."""


class BeamSearchDecoderOutput(collections.namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))):
    """What each step of beam search gives."""


class FinalBeamSearchDecoderOutput(collections.namedtuple("FinalBeamDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))):
    """The beams, and what the steps gave."""


class BeamSearchDecoder(Decoder):
    """Keeps the best beam_width sequences of each example."""

    tracks_own_finished = True

    def __init__(self, cell, embedding, start_tokens, end_token, initial_state, beam_width, output_layer=None, length_penalty_weight=0.0):
        if output_layer is not None and not (hasattr(output_layer, "call") and hasattr(output_layer, "weights")):
            raise TypeError("output_layer must be a Layer, received: %s" % type(output_layer))
        self._cell, self._output_layer, self._embed, self._penalty, self._width = cell, output_layer, _embedder(embedding), length_penalty_weight, beam_width
        self._start, self._end = tf.convert_to_tensor(start_tokens, dtype=tf.int32, name="start_tokens"), tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._start.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        if self._end.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch = self._start.shape[0].value or tf.size(start_tokens)
        self._state = nest.map_structure(self._split, initial_state)
        self._inputs = self._embed(tf.tile(tf.expand_dims(self._start, 1), [1, beam_width]))

    batch_size = property(lambda self: self._batch)

    @property
    def output_size(self):
        """The shapes of a step's outputs."""
        return BeamSearchDecoderOutput(*[tf.TensorShape([self._width])] * 3)

    output_dtype = property(lambda self: BeamSearchDecoderOutput(nest.flatten(self._state)[0].dtype, tf.int32, tf.int32))

    def _shaped(self, t, sizes, rest):
        made = tf.reshape(t, tf.concat([sizes, tf.shape(t)[rest:]], 0))
        known = [s if isinstance(s, int) else None for s in sizes]
        made.set_shape(tf.TensorShape(known).concatenate(t.shape[rest:]))
        return made

    def _split(self, t):
        if _is_array(t) or t.shape.ndims == 0:
            return t
        return self._shaped(t, [self._batch, self._width], 1)

    def _merged(self, t):
        if _is_array(t) or t.shape.ndims == 0:
            return t
        return self._shaped(t, [self._batch * self._width], 2)

    def initialize(self, name=None):
        """(finished, first inputs, first state)"""
        kind = nest.flatten(self._state)[0].dtype
        finished = tf.zeros([self._batch, self._width], tf.bool)
        chances = tf.one_hot(tf.zeros([self._batch], tf.int32), depth=self._width, on_value=tf.constant(0.0, kind), off_value=tf.constant(-math.inf, kind), dtype=kind)
        return finished, self._inputs, BeamSearchDecoderState(self._state, chances, finished, tf.zeros([self._batch, self._width], tf.int64))

    def _rows(self, t, beams):
        """What belongs to the chosen beams: (batch, width, …)"""
        if _is_array(t) or t.shape.ndims is None or t.shape.ndims < 2:
            return t
        made = tf.gather(tf.reshape(t, tf.concat([[-1], tf.shape(t)[2:]], 0)), tf.reshape(beams + tf.expand_dims(tf.range(self._batch) * self._width, 1), [-1]))
        return self._shaped(made, [self._batch, self._width], 1)

    def step(self, time, inputs, state, name=None):
        """One step: (outputs, next state, next inputs, finished)."""
        outputs, inner = self._cell(nest.map_structure(self._merged, inputs), nest.map_structure(self._merged, state.cell_state))
        if self._output_layer is not None:
            outputs = self._output_layer(outputs)
        logits, inner = self._split(outputs), nest.map_structure(self._split, inner)
        vocabulary = logits.shape[-1].value or tf.shape(logits)[-1]
        only_end = tf.one_hot(self._end, vocabulary, on_value=0.0, off_value=logits.dtype.min, dtype=logits.dtype)
        done = tf.expand_dims(tf.cast(state.finished, logits.dtype), 2)
        chances = tf.expand_dims(state.log_probs, 2) + (1.0 - done) * tf.nn.log_softmax(logits) + done * only_end
        grows = tf.expand_dims(tf.cast(tf.logical_not(state.finished), tf.int64), 2) * tf.one_hot(self._end, vocabulary, on_value=0, off_value=1, dtype=tf.int64)
        scores = self._scores(chances, tf.expand_dims(state.lengths, 2) + grows)
        best, places = tf.nn.top_k(tf.reshape(scores, [self._batch, -1]), k=self._width)
        words, beams = places % vocabulary, places // vocabulary
        flat = tf.reshape(tf.expand_dims(tf.range(self._batch) * (self._width * vocabulary), 1) + places, [-1])
        kept = self._shaped(tf.gather(tf.reshape(chances, [-1]), flat), [self._batch, self._width], 1)
        was = self._rows(state.finished, beams)
        lengths = self._rows(state.lengths, beams) + tf.cast(tf.logical_not(was), tf.int64)
        finished = tf.logical_or(was, tf.equal(words, self._end))
        state = BeamSearchDecoderState(nest.map_structure(lambda t: self._rows(t, beams), inner), kept, finished, lengths)
        inputs = tf.cond(tf.reduce_all(finished), lambda: self._inputs, lambda: self._embed(words))
        return BeamSearchDecoderOutput(best, words, beams), state, inputs, finished

    def _scores(self, chances, lengths):
        if isinstance(self._penalty, (int, float)) and self._penalty == 0.0:
            return chances
        return chances / ((5.0 + tf.cast(lengths, chances.dtype)) / 6.0) ** self._penalty

    def finalize(self, outputs, final_state, sequence_lengths):
        """The beams, and the state after them."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        return FinalBeamSearchDecoderOutput(gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end), outputs), final_state


NAMES = {name: value for name, value in list(globals().items()) if not name.startswith("_") and getattr(value, "__module__", "") == __name__}
