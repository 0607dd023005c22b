"""tf.nn beside nn_ops: convolution and pooling over any number of axes, statistics in parts, activations and losses that are short compositions."""

import math

from . import losses, nn_ops
from ._run import convert, execute, ints, run, same_dtype, sizes, tensor


def swish(features, name=None):
    t = tensor(features)
    return run("Mul", t, run("Sigmoid", t))


def swish_2(features, beta=1.0, name=None):
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
    return run("Relu", nn_ops.xw_plus_b(x, weights, biases))


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """exp(c) - z c, with Stirling's formula for log z! when asked."""
    c, z = same_dtype([log_input, targets])
    if c._shape_tuple != z._shape_tuple:
        raise ValueError("log_input and targets must have the same shape (%s vs %s)" % (c._shape_tuple, z._shape_tuple))
    loss = run("Exp", c) - c * z
    if not compute_full_loss:
        return loss
    number = lambda v: convert(v, c._dtype_number)  # noqa: E731
    stirling = z * run("Log", z) - z + number(0.5) * run("Log", number(2 * math.pi) * z)
    zero = run("ZerosLike", z)
    small = run("LogicalAnd", run("GreaterEqual", z, zero), run("LessEqual", z, run("OnesLike", z)))
    return loss + run("SelectV2", small, zero, stirling)


# ---- statistics ----


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
    return sufficient_statistics(x, axes, shift, keepdims)


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    count, mean_ss, variance_ss = same_dtype([counts, mean_ss, variance_ss])
    divisor = run("Reciprocal", count)
    shifted = mean_ss * divisor
    mean = shifted if shift is None else shifted + convert(shift, count._dtype_number)
    return mean, variance_ss * divisor - run("Square", shifted)


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=False):
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
    return weighted_moments(x, axes, frequency_weights, None, keepdims)


def moments_2(x, axes, shift=None, keepdims=False, name=None):
    return nn_ops.moments(x, axes, shift, name, keepdims)


def batch_norm_with_global_normalization(t, m, v, beta, gamma, variance_epsilon, scale_after_normalization, name=None):
    return nn_ops.batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon)


# ---- convolution and pooling over one or two axes ----


def _spread(value, n, what):
    values = [1] * n if value is None else ints(value)
    values = values * n if len(values) == 1 else values
    if len(values) != n:
        raise ValueError("%s has %d numbers where %d are expected" % (what, len(values), n))
    return values


def _two(t, n):
    """A (batch, width, channels) tensor gets a height of one."""
    return run("ExpandDims", t, convert(1, 3)) if n == 1 else t


def _undo(t, n):
    return execute("Squeeze", [t], {"squeeze_dims": [1]}) if n == 1 else t


def convolution(input, filter, padding, strides=None, dilation_rate=None, name=None, data_format=None):
    """Over one or two axes; three are not implemented."""
    t, f = same_dtype([input, filter])
    n = len(f._shape_tuple) - 2
    if n not in (1, 2) or (data_format or "N").endswith(("CW", "CHW")):
        raise NotImplementedError("not implemented: tf.nn.convolution over %d axes with data_format=%r; use 1 or 2 axes, channels last" % (n, data_format))
    strides, rate = _spread(strides, n, "strides"), _spread(dilation_rate, n, "dilation_rate")
    if max(strides) > 1 and max(rate) > 1:
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    f = run("ExpandDims", f, convert(0, 3)) if n == 1 else f
    ones = [1] * (2 - n)
    made = execute("Conv2D", [_two(t, n), f], {"strides": [1] + ones + strides + [1], "padding": padding, "dilations": [1] + ones + rate + [1]})
    return _undo(made, n)


def convolution_2(input, filters, strides=None, padding="VALID", data_format=None, dilations=None, name=None):
    return convolution(input, filters, padding, strides, dilations, None, data_format)


def _pool(op, input, window, padding, strides, n):
    ones = [1] * (2 - n)
    made = execute(op, [_two(tensor(input), n)], {"ksize": [1] + ones + window + [1], "strides": [1] + ones + strides + [1], "padding": padding})
    return _undo(made, n)


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None):
    """Over one or two axes, without dilation."""
    window = ints(window_shape)
    n, ops = len(window), {"MAX": "MaxPool", "AVG": "AvgPool"}
    if pooling_type not in ops:
        raise ValueError("pooling_type is %r; it can be 'MAX' or 'AVG'" % (pooling_type,))
    if n not in (1, 2) or max(_spread(dilation_rate, n, "dilation_rate")) > 1 or (data_format or "N").endswith(("CW", "CHW")):
        raise NotImplementedError("not implemented: tf.nn.pool over %d axes, with dilation or channels first; use 1 or 2 axes, channels last" % n)
    return _pool(ops[pooling_type], input, window, padding, _spread(strides, n, "strides"), n)


def pool_2(input, window_shape, pooling_type, strides=None, padding="VALID", data_format=None, dilations=None, name=None):
    return pool(input, window_shape, pooling_type, padding, dilations, strides, None, data_format)


def _four(value):
    """One, two or four numbers of a window or stride as four."""
    values = ints(value)
    if len(values) in (1, 2):
        return [1] + (values * 2)[:2] + [1]
    return values


def _pooling_2(op):
    def pooling(input, ksize, strides, padding, data_format="NHWC", name=None):
        if data_format not in (None, "NHWC"):
            raise NotImplementedError("not implemented: pooling with data_format=%r; use NHWC" % (data_format,))
        return execute(op, [tensor(input)], {"ksize": _four(ksize), "strides": _four(strides), "padding": padding})

    return pooling


max_pool_2, avg_pool_2 = _pooling_2("MaxPool"), _pooling_2("AvgPool")


def conv2d_2(input, filters, strides, padding, data_format="NHWC", dilations=None, name=None):
    if data_format not in (None, "NHWC"):
        raise NotImplementedError("not implemented: tf.nn.conv2d with data_format=%r; use NHWC" % (data_format,))
    if not isinstance(padding, str):
        raise NotImplementedError("not implemented: tf.nn.conv2d with explicit paddings; use tf.pad and padding='VALID'")
    rate = [1] * 4 if dilations is None else _four(dilations)
    return execute("Conv2D", same_dtype([input, filters]), {"strides": _four(strides), "padding": padding, "dilations": rate})


def in_top_k_2(targets, predictions, k, name=None):
    return nn_ops.in_top_k(predictions, targets, k)


def embedding_lookup_2(params, ids, max_norm=None, name=None):
    return nn_ops.embedding_lookup(params, ids, "div", None, True, max_norm)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection="losses"):
    """Of the pairwise differences of the errors within each row, summed over rows by weight."""
    p, y = convert(predictions, 1), convert(labels, 1)
    if p._shape_tuple != y._shape_tuple:
        raise ValueError("Shapes %s and %s are incompatible" % (y._shape_tuple, p._shape_tuple))
    d = p - y
    rest = convert(list(range(1, len(d._shape_tuple))), 3)
    w = convert(weights, 1)
    shape = tuple(d._shape_tuple[:1]) + (1,) * (len(d._shape_tuple) - 1)
    n = float(d._size)  # of the whole batch: so TensorFlow 1.8 counts
    keep = {"keep_dims": True}
    squares, total = execute("Sum", [run("Square", d), rest], keep), execute("Sum", [d, rest], keep)
    pairs = max(n - 1.0, 0.0)
    per_row = 2.0 * squares / pairs - 2.0 * run("Square", total) / (n * pairs) if pairs else run("ZerosLike", squares)
    weighted = run("Mul", per_row, run("BroadcastTo", run("Reshape", w, sizes(shape)) if w._size == shape[0] else w, sizes(shape)))
    loss = run("Sum", weighted, None)
    losses.add_loss(loss, loss_collection)
    return loss


NN_1 = {
    "swish": swish, "relu_layer": relu_layer, "log_poisson_loss": log_poisson_loss, "sufficient_statistics": sufficient_statistics,
    "normalize_moments": normalize_moments, "weighted_moments": weighted_moments, "convolution": convolution, "pool": pool,
    "batch_norm_with_global_normalization": batch_norm_with_global_normalization,
}  # fmt: skip
NN_2 = {
    "swish": swish_2, "silu": swish_2, "gelu": gelu, "log_poisson_loss": log_poisson_loss, "sufficient_statistics": sufficient_statistics_2,
    "normalize_moments": normalize_moments, "weighted_moments": weighted_moments_2, "moments": moments_2, "convolution": convolution_2,
    "pool": pool_2, "max_pool": max_pool_2, "avg_pool": avg_pool_2, "max_pool2d": max_pool_2, "avg_pool2d": avg_pool_2, "conv2d": conv2d_2,
    "embedding_lookup": embedding_lookup_2, "relu_layer": relu_layer,
}  # fmt: skip
MATH_2 = {"top_k": nn_ops.top_k, "in_top_k": in_top_k_2}
