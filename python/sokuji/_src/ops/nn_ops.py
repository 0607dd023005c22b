"""tf.nn beyond single operations: softmax along axes, cross entropies, normalisation, dropout, convolutions made of others."""

import collections
import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import axis_of, convert, execute, ints, invalid, run, same_dtype, sizes, tensor
from sokuji._src.ops import array_ops, math_ops, partition_ops, random_ops


def _along_last(op, logits, axis):
    t = convert(logits, 0)
    rank = len(t._shape_tuple)
    axis = -1 if axis is None else axis
    if axis == -1 or axis == rank - 1:
        return run(op, t)
    order = list(range(rank))
    place = axis_of(axis, rank)
    order[place], order[-1] = order[-1], order[place]
    order = convert(order, 3)
    return run("Transpose", run(op, run("Transpose", t, order)), order)


def softmax(logits, axis=None, name=None, dim=None):
    """exp(logits) over its sum along an axis."""
    return _along_last("Softmax", logits, dim if axis is None else axis)


def log_softmax(logits, axis=None, name=None, dim=None):
    """The logarithm of softmax along an axis."""
    return _along_last("LogSoftmax", logits, dim if axis is None else axis)


def leaky_relu(features, alpha=0.2, name=None):
    """x where it is positive, alpha x elsewhere."""
    t = convert(features, 0)
    if t.dtype.is_integer:
        t = array_ops.cast(t, "float32")
    if isinstance(alpha, _core.Handle):
        return run("Maximum", alpha * t, t)
    return execute("LeakyRelu", [t], {"alpha": alpha})


def crelu_2(features, axis=-1, name=None):
    """The positive parts of x and of -x, along an axis."""
    return crelu(features, name, axis)


def crelu(features, name=None, axis=-1):
    """The positive parts of x and of -x, along an axis."""
    t = convert(features, 0)
    return run("Relu", array_ops.concat([t, -t], axis))


def _named(what, sentinel, labels, logits):
    if sentinel is not None:
        raise ValueError("Only call `%s` with named arguments (labels=..., logits=..., ...)" % what)
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def _soft_cross_entropy(labels, logits, dim):
    z = convert(logits, 0)
    y = convert(labels, z._dtype_number)
    if y._dtype_number != z._dtype_number:
        y = array_ops.cast(y, z.dtype)
    shape = z._shape_tuple
    if len(shape) == 2 and dim in (-1, 1):
        return execute("SoftmaxCrossEntropyWithLogits", [z, y], {})[0]
    if dim not in (-1, len(shape) - 1):
        order = [i for i in range(len(shape)) if i != axis_of(dim, len(shape))] + [axis_of(dim, len(shape))]
        z, y = (run("Transpose", t, convert(order, 3)) for t in (z, y))
        shape = z._shape_tuple
    vague = None in shape
    flat = run("Pack", convert(-1, 3), run("Shape", z)[-1]) if shape[-1] is None else sizes([-1 if vague else int(np.prod(shape[:-1], dtype=np.int64)), shape[-1]])
    loss = execute("SoftmaxCrossEntropyWithLogits", [run("Reshape", z, flat), run("Reshape", y, flat)], {})[0]
    return run("Reshape", loss, run("Shape", z)[:-1] if vague else sizes(shape[:-1]))


@_core.quick
def softmax_cross_entropy_with_logits_v2(_sentinel=None, labels=None, logits=None, dim=-1, name=None):
    """The cross entropy of labels (batch, classes) with softmax(logits), with gradients by both."""
    _named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    return _soft_cross_entropy(labels, logits, dim)


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None):
    """The cross entropy of labels (batch, classes) with softmax(logits); no gradient by the labels."""
    _named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    return _soft_cross_entropy(run("StopGradient", convert(labels, 0)), logits, dim)


@_core.quick
def softmax_cross_entropy_2(labels, logits, axis=-1, name=None):
    """The cross entropy of labels with softmax(logits) along an axis."""
    return _soft_cross_entropy(labels, logits, axis)


def _sparse_cross_entropy(labels, logits):
    z, y = convert(logits, 0), convert(labels, 0)
    shape = z._shape_tuple
    if not shape:
        raise ValueError("Logits cannot be scalars - received shape ().")
    if len(y._shape_tuple) != len(shape) - 1:
        raise ValueError("Rank mismatch: Rank of labels (received %d) should equal rank of logits minus 1 (received %d)."
                         % (len(y._shape_tuple), len(shape)))  # fmt: skip
    if y._shape_tuple != shape[:-1] and shapes.differ(y._shape_tuple, shape[:-1]):
        raise ValueError("Shape mismatch: The shape of labels (received %s) should equal the shape of logits except for the last dimension (received %s)."
                         % (y._shape_tuple, shape))  # fmt: skip
    if len(shape) == 2:
        return execute("SparseSoftmaxCrossEntropyWithLogits", [z, y], {})[0]
    flat = run("Reshape", z, sizes([-1, shape[-1]]))
    loss = execute("SparseSoftmaxCrossEntropyWithLogits", [flat, run("Reshape", y, convert([-1], 3))], {})[0]
    return run("Reshape", loss, run("Shape", y) if None in shape else sizes(shape[:-1]))


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy of class numbers (batch,) with softmax(logits (batch, classes))."""
    _named("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    return _sparse_cross_entropy(labels, logits)


def sparse_softmax_cross_entropy_2(labels, logits, name=None):
    """The cross entropy of class numbers (batch,) with softmax(logits (batch, classes))."""
    return _sparse_cross_entropy(labels, logits)


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy of labels with sigmoid(logits), elementwise, without overflow."""
    _named("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    return sigmoid_cross_entropy_2(labels, logits)


def sigmoid_cross_entropy_2(labels=None, logits=None, name=None):
    """The cross entropy of labels with sigmoid(logits), elementwise, without overflow."""
    _named("sigmoid_cross_entropy_with_logits", None, labels, logits)
    x, z = same_dtype([logits, labels])
    if x._shape_tuple != z._shape_tuple and shapes.differ(x._shape_tuple, z._shape_tuple):
        raise ValueError("logits and labels must have the same shape (%s vs %s)" % (x._shape_tuple, z._shape_tuple))
    return _stable_sigmoid(x, z)


def _stable_sigmoid(x, z):
    """max(x, 0) - x z + log(1 + exp(-|x|)), with TensorFlow's gradient at 0."""
    zero = run("ZerosLike", x)
    positive = run("GreaterEqual", x, zero)
    return run("Select", positive, x, zero) - x * z + run("Log1p", run("Exp", run("Select", positive, -x, x)))


def weighted_cross_entropy_with_logits(targets, logits, pos_weight, name=None):
    """The cross entropy of labels with sigmoid(logits), positives weighed by pos_weight."""
    x, z = same_dtype([logits, targets])
    if x._shape_tuple != z._shape_tuple and shapes.differ(x._shape_tuple, z._shape_tuple):
        raise ValueError("logits and targets must have the same shape (%s vs %s)" % (x._shape_tuple, z._shape_tuple))
    weight = 1 + (pos_weight - 1) * z
    return (1 - z) * x + weight * (run("Log1p", run("Exp", -run("Abs", x))) + run("Relu", -x))


def weighted_cross_entropy_2(labels, logits, pos_weight, name=None):
    """The cross entropy of labels with sigmoid(logits), positives weighed by pos_weight."""
    return weighted_cross_entropy_with_logits(labels, logits, pos_weight)


def moments(x, axes, shift=None, name=None, keep_dims=False):
    """(mean, variance) over axes."""
    t = convert(x, 0)
    axis = convert(list(axes), 3)
    mean = execute("Mean", [t, axis], {"keep_dims": True})
    variance = execute("Mean", [run("SquaredDifference", t, run("StopGradient", mean)), axis], {"keep_dims": True})
    if keep_dims:
        return mean, variance
    rest = sizes([d for i, d in enumerate(t._shape_tuple) if i not in {a % len(t._shape_tuple) for a in axes}])
    return run("Reshape", mean, rest), run("Reshape", variance, rest)


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """scale (x - mean) / sqrt(variance + variance_epsilon) + offset"""
    t = convert(x, 0)
    factor = run("Rsqrt", convert(variance, t._dtype_number) + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    shift = -mean * factor if offset is None else offset - mean * factor
    return t * factor + shift


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC", is_training=True, name=None):
    """(normalised images, mean, variance) of (batch, height, width, channels)."""
    t = convert(x, 0)
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    empty = convert([], 1)
    rest = [convert(v, 1) for v in (scale, offset)] + [empty if v is None else convert(v, 1) for v in (mean, variance)]
    made = execute("FusedBatchNorm", [t, *rest], {"epsilon": max(epsilon, 1.001e-5), "data_format": data_format, "is_training": bool(is_training)})
    return made[0], made[1], made[2]


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """x over its Euclidean norm along axes."""
    t = convert(x, 0)
    axis = dim if axis is None else axis
    total = execute("Sum", [run("Square", t), None if axis is None else convert(axis, 3)], {"keep_dims": True})
    return t * run("Rsqrt", run("Maximum", total, convert(epsilon, t._dtype_number)))


def zero_fraction(value, name=None):
    """The fraction of elements that are zero."""
    t = convert(value, 0)
    return run("Mean", array_ops.cast(run("Equal", t, array_ops.zeros([], t.dtype)), "float32"), None)


def dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Zeros at random, the rest scaled up so that the expected sum stays."""
    if array_ops._in_graph is not None and array_ops._in_graph.building() is not None:
        return array_ops._in_graph.dropout(x, keep_prob, noise_shape, seed, name)
    t = convert(x, 0)
    if not t.dtype.is_floating:
        raise ValueError("x has to be a floating point tensor since it's going to be scaled. Got a %s tensor instead." % t.dtype)
    if isinstance(keep_prob, (int, float)):
        if not 0 < keep_prob <= 1:
            raise ValueError("keep_prob must be a scalar tensor or a float in the range (0, 1], got %g" % keep_prob)
        if keep_prob == 1:
            return t
    keep = convert(keep_prob, t._dtype_number)
    shape = t._shape_tuple if noise_shape is None else [t._shape_tuple[i] if d is None else d for i, d in enumerate(noise_shape)]
    drawn = keep + random_ops.random_uniform(shape, dtype=t.dtype, seed=seed)
    return run("RealDiv", t, keep) * run("Floor", drawn)


def dropout_2(x, rate, noise_shape=None, seed=None, name=None):
    """Zeros at random, the rest scaled up so that the expected sum stays."""
    return general_dropout(x, rate, lambda shape, dtype: random_ops.random_uniform(shape, dtype=dtype, seed=seed), noise_shape)


def general_dropout(x, rate, uniform_sampler, noise_shape=None, name=None):
    """x with the elements where the sampler draws less than the rate set to 0, the others scaled up."""
    t = convert(x, 0)
    if not t.dtype.is_floating:
        raise ValueError("`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype=%s" % (t.dtype,))
    scale = None
    if isinstance(rate, (int, float)):
        if not 0 <= rate < 1:
            raise ValueError("`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=%s" % (rate,))
        if rate == 0:
            return t
        scale = convert(1.0 / (1.0 - rate), t._dtype_number)
    rate = convert(rate, t._dtype_number)
    if scale is None:
        scale = convert(1.0, t._dtype_number) / (convert(1.0, t._dtype_number) - rate)
    shape = t._shape_tuple
    if noise_shape is not None:
        shape = noise_shape if shape is None or isinstance(noise_shape, _core.Handle) else [shape[i] if d is None else d for i, d in enumerate(noise_shape)]
    elif shape is None or None in shape:
        shape = run("Shape", t)
    keep = array_ops.cast(run("GreaterEqual", uniform_sampler(shape, t.dtype), rate), t.dtype)
    return t * scale * keep


def embedding_lookup(params, ids, partition_strategy="mod", name=None, validate_indices=True, max_norm=None):
    """Rows of params by ids, of at most max_norm."""
    tables = list(params) if isinstance(params, (list, tuple)) or type(params).__name__ == "PartitionedVariable" else [params]
    if not tables:
        raise ValueError("Need at least one param")
    ids = convert(ids, 0)
    if len(tables) == 1:
        rows = run("GatherV2", tables[0], ids, convert(0, 3))
    elif partition_strategy == "div":
        rows = run("GatherV2", array_ops.concat(tables, 0), ids, convert(0, 3))
    elif partition_strategy != "mod":
        raise ValueError("Unrecognized partition strategy: %s" % partition_strategy)
    else:
        n = convert(len(tables), ids._dtype_number)
        starts = convert(np.cumsum([0] + [np.shape(t)[0] if isinstance(t, np.ndarray) else t._shape_tuple[0] for t in tables[:-1]]), ids._dtype_number)
        places = run("AddV2", run("GatherV2", starts, run("FloorMod", ids, n), convert(0, 3)), run("FloorDiv", ids, n))
        rows = run("GatherV2", array_ops.concat(tables, 0), places, convert(0, 3))
    if max_norm is None:
        return rows
    axes = list(range(len(ids._shape_tuple), len(rows._shape_tuple)))
    return math_ops.clip_by_norm(rows, max_norm, axes)


TopK = collections.namedtuple("TopKV2", "values indices")


def top_k(input, k=1, sorted=True, name=None):
    """(values, indices) of the k greatest elements of the last axis, in falling order."""
    return TopK(*execute("TopKV2", (convert(input, 0), convert(int(k), 3)), {"sorted": bool(sorted)}, 2))


def top_k_2(input, k=1, sorted=True, index_type=dtypes.int32, name=None):
    """(values, indices) of the k greatest elements of the last axis, in falling order."""
    values, indices = top_k(input, k, sorted)
    kind = dtypes.as_dtype(index_type)
    if kind.name not in ("int16", "int32", "int64"):
        raise invalid("top_k: index_type is %s; it must be int16, int32 or int64" % kind.name)
    return TopK(values, indices if kind.name == "int32" else array_ops.cast(indices, kind))


def in_top_k(predictions, targets, k, name=None):
    """Whether targets (batch,) are among the k greatest of predictions (batch, classes)."""
    p, t = np.asarray(convert(predictions, 0)), np.asarray(convert(targets, 0))
    at = p[np.arange(len(t)), np.clip(t, 0, p.shape[1] - 1)]
    ahead = (p > at[:, None]).sum(axis=1)
    known = (t >= 0) & (t < p.shape[1]) & np.isfinite(at) & np.isfinite(p).all(axis=1)
    return convert((ahead < int(k)) & known, 10)


def xw_plus_b(x, weights, biases, name=None):
    """x @ weights + biases"""
    return run("BiasAdd", run("MatMul", convert(x, 0), weights), convert(biases, convert(x, 0)._dtype_number))


def conv1d(value, filters, stride, padding, use_cudnn_on_gpu=None, data_format=None, name=None):
    """Convolution of (batch, steps, channels) with filters (size, channels, filters)."""
    if data_format not in (None, "NHWC", "NWC"):
        raise NotImplementedError("not implemented: tf.nn.conv1d with data_format='%s'; use 'NWC'" % data_format)
    t, f = same_dtype([value, filters])
    one = convert(1, 3)
    made = execute("Conv2D", [run("ExpandDims", t, one), run("ExpandDims", f, convert(0, 3))],
                   {"strides": [1, 1, stride, 1], "padding": padding})  # fmt: skip
    return execute("Squeeze", [made], {"squeeze_dims": [1]})


def atrous_conv2d(value, filters, rate, padding, name=None):
    """Convolution with holes of rate - 1 in its filter."""
    return execute("Conv2D", same_dtype([value, filters]), {"strides": [1] * 4, "padding": padding, "dilations": [1, rate, rate, 1]})


def conv2d_transpose(value, filter, output_shape, strides, padding="SAME", data_format="NHWC", name=None):
    """The gradient of conv2d by its input, as an operation of its own, whose result has output_shape."""
    t, f = same_dtype([value, filter])
    strides = [1, strides, strides, 1] if isinstance(strides, int) else list(strides)
    return execute("Conv2DBackpropInput", [sizes(output_shape), f, t], {"strides": strides, "padding": padding, "data_format": data_format})


def conv2d_transpose_2(input, filters, output_shape, strides, padding="SAME", data_format="NHWC", dilations=None, name=None):
    """The gradient of conv2d by its input, as an operation of its own, whose result has output_shape."""
    given = dilations if isinstance(dilations, (list, tuple)) else [1 if dilations is None else dilations]
    if any(int(d) != 1 for d in given):
        raise NotImplementedError("not implemented: tf.nn.conv2d_transpose with dilations; use dilations of 1")
    if isinstance(strides, (list, tuple)) and len(strides) < 4:
        two = list(strides) * (3 - len(strides))
        strides = [1, *two, 1] if data_format == "NHWC" else [1, 1, *two]
    return conv2d_transpose(input, filters, output_shape, strides, padding, data_format)


def depthwise_conv2d_2(input, filter, strides, padding, data_format=None, dilations=None, name=None):
    """Convolution of each channel with filters of its own (height, width, channels, multiplier)."""
    return depthwise_conv2d(input, filter, strides, padding, dilations, None, data_format)


def separable_conv2d_2(input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None, name=None):
    """Convolution of each channel, then of all at each place."""
    return separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, dilations, None, data_format)


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None):
    """Convolution of each channel with filters of its own (height, width, channels, multiplier)."""
    rate = [1, 1] if rate is None else list(rate)
    dilations = [1, *rate, 1] if data_format in (None, "NHWC") else [1, 1, *rate]
    return execute("DepthwiseConv2dNative", same_dtype([input, filter]),
                   {"strides": strides, "padding": padding, "dilations": dilations, "data_format": data_format or "NHWC"})  # fmt: skip


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None, data_format=None):
    """Convolution of each channel, then of all at each place."""
    deep = depthwise_conv2d(input, depthwise_filter, strides, padding, rate, None, data_format)
    return execute("Conv2D", [deep, convert(pointwise_filter, deep._dtype_number)],
                   {"strides": [1] * 4, "padding": "VALID", "data_format": data_format or "NHWC"})  # fmt: skip


def softmax_2(logits, axis=None, name=None):
    """exp(logits) over its sum along an axis, the last one by default."""
    return softmax(logits, axis)


def log_softmax_2(logits, axis=None, name=None):
    """The logarithm of softmax along an axis, the last one by default."""
    return log_softmax(logits, axis)


# ---- activations and losses ----


def swish(features, name=None):
    """x times its sigmoid."""
    t = tensor(features)
    return run("Mul", t, run("Sigmoid", t))


def swish_2(features, beta=1.0, name=None):
    """x times the sigmoid of beta x."""
    t = tensor(features)
    return run("Mul", t, run("Sigmoid", run("Mul", convert(beta, t._dtype_number), t)))


def gelu(features, approximate=False, name=None):
    """x times the normal distribution's probability of less than x; or that by tanh."""
    t = tensor(features)
    number = lambda v: convert(v, t._dtype_number)  # noqa: E731
    if approximate:
        inner = number(math.sqrt(2 / math.pi)) * (t + number(0.044715) * t * t * t)
        return number(0.5) * t * (number(1.0) + run("Tanh", inner))
    return number(0.5) * t * (number(1.0) + run("Erf", t / number(math.sqrt(2.0))))


def relu_layer(x, weights, biases, name=None):
    """relu(x @ weights + biases)"""
    return run("Relu", xw_plus_b(x, weights, biases))


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """exp(c) - z c, with Stirling's formula for log z! when asked."""
    c, z = same_dtype([log_input, targets])
    if c._shape_tuple != z._shape_tuple and shapes.differ(c._shape_tuple, z._shape_tuple):
        raise ValueError("log_input and targets must have the same shape (%s vs %s)" % (c._shape_tuple, z._shape_tuple))
    loss = run("Exp", c) - c * z
    if not compute_full_loss:
        return loss
    number = lambda v: convert(v, c._dtype_number)  # noqa: E731
    stirling = z * run("Log", z) - z + number(0.5) * run("Log", number(2 * math.pi) * z)
    zero = run("ZerosLike", z)
    small = run("LogicalAnd", run("GreaterEqual", z, zero), run("LessEqual", z, run("OnesLike", z)))
    return loss + run("SelectV2", small, zero, stirling)


# ---- statistics in parts ----


def sufficient_statistics(x, axes, shift=None, keep_dims=False, name=None):
    """(count, sum, sum of squares, shift), of the values less the shift."""
    t = tensor(x)
    axes = [a % len(t._shape_tuple) for a in ints(axes)]
    count = convert(float(math.prod(t._shape_tuple[a] for a in axes)), t._dtype_number)
    if shift is not None:
        shift = convert(shift, t._dtype_number)
    total = t if shift is None else t - shift
    squares = run("Square", t) if shift is None else run("SquaredDifference", t, shift)
    reduce = lambda v: execute("Sum", [v, convert(axes, 3)], {"keep_dims": bool(keep_dims)})  # noqa: E731
    return count, reduce(total), reduce(squares), shift


def sufficient_statistics_2(x, axes, shift=None, keepdims=False, name=None):
    """(count, sum, sum of squares, shift), of the values less the shift."""
    return sufficient_statistics(x, axes, shift, keepdims)


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """(mean, variance) of counts, sums and sums of squares."""
    count, mean_ss, variance_ss = same_dtype([counts, mean_ss, variance_ss])
    divisor = run("Reciprocal", count)
    shifted = mean_ss * divisor
    mean = shifted if shift is None else shifted + convert(shift, count._dtype_number)
    return mean, variance_ss * divisor - run("Square", shifted)


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=False):
    """(mean, variance) over axes, weighed by frequency_weights."""
    t, w = same_dtype([x, frequency_weights])
    axis = convert([a % len(t._shape_tuple) for a in ints(axes)], 3)
    reduce = lambda v: execute("Sum", [v, axis], {"keep_dims": True})  # noqa: E731
    weights = reduce(w + run("ZerosLike", t))
    mean = reduce(w * t) / weights
    variance = reduce(w * run("SquaredDifference", t, mean)) / weights
    if keep_dims:
        return mean, variance
    left = [n for i, n in enumerate(t._shape_tuple) if i not in {a % len(t._shape_tuple) for a in ints(axes)}]
    return run("Reshape", mean, sizes(left)), run("Reshape", variance, sizes(left))


def weighted_moments_2(x, axes, frequency_weights, keepdims=False, name=None):
    """(mean, variance) over axes, weighed by frequency_weights."""
    return weighted_moments(x, axes, frequency_weights, None, keepdims)


def moments_2(x, axes, shift=None, keepdims=False, name=None):
    """(mean, variance) over axes."""
    return moments(x, axes, shift, name, keepdims)


def batch_norm_with_global_normalization(t, m, v, beta, gamma, variance_epsilon, scale_after_normalization, name=None):
    """batch_normalization with a switch for the scale."""
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon)


def in_top_k_2(targets, predictions, k, name=None):
    """Whether targets (batch,) are among the k greatest of predictions (batch, classes)."""
    return in_top_k(predictions, targets, k)


def embedding_lookup_2(params, ids, max_norm=None, name=None):
    """Rows of params by ids, of at most max_norm."""
    return embedding_lookup(params, ids, "div", None, True, max_norm)


NAMES_1 = {
    "swish": swish, "relu_layer": relu_layer, "log_poisson_loss": log_poisson_loss, "sufficient_statistics": sufficient_statistics,
    "normalize_moments": normalize_moments, "weighted_moments": weighted_moments,
    "batch_norm_with_global_normalization": batch_norm_with_global_normalization,
}  # fmt: skip
NAMES_2 = {
    "swish": swish_2, "silu": swish_2, "gelu": gelu, "log_poisson_loss": log_poisson_loss, "sufficient_statistics": sufficient_statistics_2,
    "normalize_moments": normalize_moments, "weighted_moments": weighted_moments_2, "moments": moments_2,
    "embedding_lookup": embedding_lookup_2, "relu_layer": relu_layer, "crelu": crelu_2, "top_k": top_k_2, "in_top_k": in_top_k_2,
    "sigmoid_cross_entropy_with_logits": sigmoid_cross_entropy_2, "conv2d_transpose": conv2d_transpose_2, "depthwise_conv2d": depthwise_conv2d_2,
    "separable_conv2d": separable_conv2d_2,
}  # fmt: skip
MATH_2 = {"top_k": top_k_2, "in_top_k": in_top_k_2, "zero_fraction": zero_fraction}
