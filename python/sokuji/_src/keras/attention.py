"""tf.keras.layers of attention: Attention, AdditiveAttention and MultiHeadAttention, with masks, scores and causality."""

import math

import numpy as np

from sokuji._src.core.execute import convert, run
from sokuji._src.keras import layers_base, masks
from sokuji._src.keras import random as keras_random
from sokuji._src.keras.layers_base import Layer
from sokuji._src.keras.layers_products import EinsumDense
from sokuji._src.ops import array_ops, init_ops, math_ops, nn_ops

_FAR = -1e9  # what a masked score becomes: its exponential is 0 beside any other


def _bool(mask):
    mask = convert(mask, 0)
    return mask if mask._dtype_number == 10 else run("Greater", array_ops.cast(mask, "float32"), convert(0.5, 1))


def _causal(rows, columns):
    return convert(np.tril(np.ones((1, rows, columns), bool)), 10)


def _and(a, b):
    return b if a is None else a if b is None else run("LogicalAnd", a, b)


class Attention(Layer):
    """softmax(query key^T) value, of [query, value] or [query, value, key]."""

    def __init__(self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError("Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. Received: score_mode=%s" % score_mode)
        self.use_scale, self.score_mode, self.dropout, self.seed, self.supports_masking = use_scale, score_mode, dropout, seed, True
        self.scale = self.concat_score_weight = None
        if dropout > 0:
            self._generator = keras_random.SeedGenerator(seed)

    def build(self, input_shape):
        self._check(input_shape)
        if self.use_scale:
            self.scale = self.add_weight("scale", (), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight("concat_score_weight", (), initializer="ones")
        self.built = True

    def _check(self, inputs, mask=None):
        name = type(self).__name__
        if not isinstance(inputs, list) or not 2 <= len(inputs) <= 3:
            raise ValueError("%s layer must be called on a list of inputs, namely [query, value] or [query, value, key]. Received: %s." % (name, inputs))
        if mask is not None and (not isinstance(mask, list) or not 2 <= len(mask) <= 3):
            raise ValueError("%s layer mask must be a list, namely [query_mask, value_mask]. Received: mask=%s." % (name, mask))

    def _scores(self, query, key):
        if self.score_mode == "dot":
            scores = run("BatchMatMul", query, math_ops.matrix_transpose(key))
            return scores if self.scale is None else scores * self.scale
        summed = run("ExpandDims", query, convert(-2, 3)) + run("ExpandDims", key, convert(-3, 3))
        return self.concat_score_weight * run("Sum", run("Tanh", summed if self.scale is None else self.scale * summed), convert([-1], 3))

    def call(self, inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False):
        self._check(inputs, mask)
        query, value = inputs[:2]
        scores = self._scores(query, inputs[2] if len(inputs) > 2 else value)
        kept = None if mask is None or mask[1] is None else run("ExpandDims", _bool(mask[1]), convert(-2, 3))
        kept = _and(kept, _causal(*scores._shape_tuple[-2:]) if use_causal_mask else None)
        if kept is not None:
            scores = run("SelectV2", kept, scores, scores + convert(_FAR, scores._dtype_number))
        weights = run("Softmax", scores)
        if training and self.dropout > 0:
            weights = keras_random.dropout(weights, self.dropout, None, self._generator)
        made = run("BatchMatMul", weights, value)
        if mask is not None and mask[0] is not None:
            made = run("SelectV2", run("ExpandDims", _bool(mask[0]), convert(-1, 3)), made, convert(0, made._dtype_number))
        return (made, weights) if return_attention_scores else made

    def compute_mask(self, inputs, mask=None):
        return None if mask is None or mask[0] is None else convert(mask[0], 0)


class AdditiveAttention(Attention):
    """The score is the sum of tanh(query + key), scaled by a weight for each feature."""

    def __init__(self, use_scale=True, dropout=0.0, seed=None, **kwargs):
        super().__init__(use_scale=use_scale, dropout=dropout, seed=seed, **kwargs)

    def build(self, input_shape):
        self._check(input_shape)
        if self.use_scale:
            self.scale = self.add_weight("scale", (int(input_shape[0][-1]),), initializer="glorot_uniform")
        self.built = True

    def _scores(self, query, key):
        bent = run("Tanh", run("ExpandDims", query, convert(-2, 3)) + run("ExpandDims", key, convert(-3, 3)))
        return run("Sum", bent if self.scale is None else self.scale * bent, convert([-1], 3))


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _projection(free, bound, made):
    """The equation of a projection that keeps `free` axes and turns `bound` ones into `made` new ones, and the axes of its bias."""
    kept, gone, new = _LETTERS[:free], _LETTERS[free : free + bound], _LETTERS[free + bound : free + bound + made]
    return "%s,%s->%s" % (kept + gone, gone + new, kept + new), new


class MultiHeadAttention(Layer):
    """Projections of query, key and value for each head, attention of each, and a projection of them all."""

    def __init__(self, num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, flash_attention=None,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, seed=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if any(v is not None for v in (kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint)):
            raise NotImplementedError("not implemented: tf.keras.layers.MultiHeadAttention with regularizers or constraints; use them on layers of your own")
        self._axes = None if attention_axes is None else tuple([attention_axes] if isinstance(attention_axes, int) else attention_axes)
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout, self.use_bias, self.seed, self.supports_masking = dropout, use_bias, seed, True
        self._wanted = None if output_shape is None else (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self._initializers = kernel_initializer, bias_initializer
        self._generator = keras_random.SeedGenerator(seed)

    def get_build_config(self):
        return None  # Keras' has a shape for each input; the first call builds as well

    def _dense(self, name, free, bound, shape, input_shape):
        equation, bias = _projection(free, bound, len(shape))
        kernel_initializer, bias_initializer = (init_ops.get(i) for i in self._initializers)
        layer = EinsumDense(equation, (None,) * (free - 1) + tuple(shape), bias_axes=bias if self.use_bias else None, kernel_initializer=kernel_initializer,
                            bias_initializer=bias_initializer, name=name)  # fmt: skip
        prefix = layers_base.calls.path[-1] if layers_base.calls.path else self.scope_name
        layer._scope_prefix = prefix + "/"
        layers_base.calls.path.append(layer.scope_name)
        try:
            layer.build(tuple(input_shape))
        finally:
            layers_base.calls.path.pop()
        layer._built_done()
        return layer

    def build(self, query_shape, value_shape=None, key_shape=None):
        query_shape = tuple(query_shape)
        value_shape = query_shape if value_shape is None else tuple(value_shape)
        key_shape = value_shape if key_shape is None else tuple(key_shape)
        rank = len(query_shape)
        if self._axes is not None and {a % rank for a in self._axes} != set(range(1, rank - 1)):
            raise NotImplementedError("not implemented: tf.keras.layers.MultiHeadAttention with attention_axes that leave some out; use tf.reshape")
        if value_shape[1:-1] != key_shape[1:-1]:
            raise ValueError("All dimensions of `value` and `key`, except the last one, must be equal. Received: value_shape=%s and key_shape=%s"
                             % (value_shape, key_shape))  # fmt: skip
        query_shape, value_shape, key_shape = ((s[0], None, s[-1]) for s in (query_shape, value_shape, key_shape))
        heads, inner = self.num_heads, self._inner_heads
        self.query_dense = self._dense("query", 2, 1, (heads, self.key_dim), query_shape)
        self.key_dense = self._dense("key", 2, 1, (inner, self.key_dim), key_shape)
        self.value_dense = self._dense("value", 2, 1, (inner, self.value_dim), value_shape)
        self.output_dense = self._dense("attention_output", 2, 2, self._wanted or (query_shape[-1],), (*query_shape[:2], heads, self.value_dim))
        self.built = True

    _inner_heads = property(lambda self: self.num_heads)
    _more_config = {"sliding_window": None, "use_gate": False}

    def get_config(self):
        made = super().get_config()
        made.pop("flash_attention", None)
        return {**made, "value_dim": self.value_dim}

    def _spread(self, t):
        return t

    def __call__(self, query, value=None, key=None, **keywords):
        if value is None:
            raise TypeError("MultiHeadAttention.call() missing 1 required positional argument: 'value'")
        if not self.built:
            self._build_of(query, value, key)
        for name, given in (("value_mask", value), ("key_mask", key)):
            if keywords.get(name) is None and masks.get(given) is not None:
                keywords[name] = masks.get(given)
        return super().__call__(query, value, **({} if key is None else {"key": key}), **keywords)

    def _build_of(self, *given):
        shape = lambda t: getattr(t, "_sizes", None) or tuple(getattr(t, "_shape_tuple", None) or np.shape(t))  # noqa: E731
        prefix = layers_base.calls.path[-1] if layers_base.calls.path else ""
        if prefix and not self._scope_prefix:
            self._scope_prefix = prefix + "/"
        shapes = [shape(t) for t in given if t is not None]
        self._build_shape = shapes
        layers_base.calls.path.append(self.scope_name)
        try:
            self.build(*shapes)
        finally:
            layers_base.calls.path.pop()
        self._built_done()

    def _mask(self, query, value_mask, key_mask, attention_mask, causal, n_keys):
        """Which keys each query sees, (batch, queries, keys) or broadcasting to it; None: all."""
        kept = None
        query_mask = masks.get(query)
        if query_mask is not None:
            kept = run("ExpandDims", _bool(query_mask), convert(-1, 3))
        for one in (value_mask, key_mask):
            if one is not None:
                kept = _and(kept, run("ExpandDims", _bool(one), convert(-2, 3)))
        if causal:
            kept = _and(kept, _causal(query._shape_tuple[1], n_keys))
        return _and(kept, None if attention_mask is None else _bool(attention_mask))

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None, return_attention_scores=False, training=None,
             use_causal_mask=False):  # fmt: skip
        query, value = convert(query, 0), convert(value, 0)
        key = value if key is None else convert(key, 0)
        if len(query._shape_tuple) > 3:
            return self._call_flat(query, value, key, attention_mask, return_attention_scores, training, use_causal_mask)
        kept = self._mask(query, value_mask, key_mask, attention_mask, use_causal_mask, value._shape_tuple[1])
        heads = [run("Transpose", dense(t), convert([0, 2, 1, 3], 3)) for dense, t in ((self.query_dense, query), (self.key_dense, key), (self.value_dense, value))]
        heads[1:] = [self._spread(t) for t in heads[1:]]
        scaled = heads[0] * convert(1.0 / math.sqrt(float(self.key_dim)), heads[0]._dtype_number)
        scores = run("BatchMatMul", scaled, math_ops.matrix_transpose(heads[1]))
        if kept is not None:
            kept = run("ExpandDims", kept, convert(1, 3)) if len(kept._shape_tuple) == 3 else kept
            scores = run("SelectV2", kept, scores, convert(_FAR, scores._dtype_number))
        weights = nn_ops.softmax(scores)
        used = keras_random.dropout(weights, self.dropout, None, self._generator) if training and self.dropout > 0 else weights
        made = self.output_dense(run("Transpose", run("BatchMatMul", used, heads[2]), convert([0, 2, 1, 3], 3)))
        return (made, weights) if return_attention_scores else made

    def _call_flat(self, query, value, key, attention_mask, return_attention_scores, training, use_causal_mask):
        """Several axes are attended to as one; the scores have them all again."""
        if attention_mask is not None or use_causal_mask:
            raise NotImplementedError("not implemented: tf.keras.layers.MultiHeadAttention with masks over several attention axes; use tf.reshape")
        q, v = query._shape_tuple, value._shape_tuple
        flat = [run("Reshape", t, convert([t._shape_tuple[0], int(np.prod(t._shape_tuple[1:-1])), t._shape_tuple[-1]], 3)) for t in (query, value, key)]
        made, weights = self.call(*flat, return_attention_scores=True, training=training)
        made = run("Reshape", made, convert([*q[:-1], made._shape_tuple[-1]], 3))
        weights = run("Reshape", weights, convert([q[0], self.num_heads, *q[1:-1], *v[1:-1]], 3))
        return (made, weights) if return_attention_scores else made

    def compute_output_shape(self, query_shape, value_shape=None, key_shape=None):
        return (*tuple(query_shape)[:-1], *(self._wanted or tuple(query_shape)[-1:]))


class GroupQueryAttention(MultiHeadAttention):
    """Attention in which groups of query heads share a head of keys and values."""

    def __init__(self, head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, flash_attention=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, seed=None, **kwargs):  # fmt: skip
        super().__init__(num_query_heads, head_dim, None, dropout, use_bias, None, None, flash_attention, kernel_initializer, bias_initializer, kernel_regularizer,
                         bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, seed, **kwargs)  # fmt: skip
        self.head_dim, self.num_query_heads, self.num_key_value_heads = head_dim, num_query_heads, num_key_value_heads
        if num_query_heads % num_key_value_heads:
            raise ValueError("`num_query_heads` must be divisible by `num_key_value_heads`. Received: %d and %d" % (num_query_heads, num_key_value_heads))

    _inner_heads = property(lambda self: self.num_key_value_heads)

    def get_config(self):
        made = Layer.get_config(self)
        made.pop("flash_attention", None)
        return made

    def _spread(self, t):
        n = self.num_query_heads // self.num_key_value_heads
        return run("GatherV2", t, convert(np.repeat(np.arange(self.num_key_value_heads), n), 9), convert(1, 3))


GroupedQueryAttention = GroupQueryAttention
LAYERS = {"GroupQueryAttention": GroupQueryAttention, "Attention": Attention, "AdditiveAttention": AdditiveAttention, "MultiHeadAttention": MultiHeadAttention}
