"""Convolution and pooling over one to three axes, with 2.x's short forms of windows and strides."""

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, ints, invalid, run, same_dtype, tensor
from sokuji._src.ops import array_ops, nn_3d_ops


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
    """Over one, two or three axes."""
    t, f = same_dtype([input, filter])
    n = len(f._shape_tuple) - 2
    if n not in (1, 2, 3) or (data_format or "N").startswith("NC"):
        raise NotImplementedError("not implemented: tf.nn.convolution over %d axes with data_format=%r; use 1 to 3 axes, channels last" % (n, data_format))
    strides, rate = _spread(strides, n, "strides"), _spread(dilation_rate, n, "dilation_rate")
    if max(strides) > 1 and max(rate) > 1:
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    if n == 3:
        return nn_3d_ops.conv3d(t, f, strides, padding, dilations=rate)
    f = run("ExpandDims", f, convert(0, 3)) if n == 1 else f
    ones = [1] * (2 - n)
    made = execute("Conv2D", [_two(t, n), f], {"strides": [1] + ones + strides + [1], "padding": padding, "dilations": [1] + ones + rate + [1]})
    return _undo(made, n)


def convolution_2(input, filters, strides=None, padding="VALID", data_format=None, dilations=None, name=None):
    """Convolution over one, two or three axes, with strides or dilations."""
    return convolution(input, filters, padding, strides, dilations, None, data_format)


def _pool(op, input, window, padding, strides, n):
    ones = [1] * (2 - n)
    made = execute(op, [_two(tensor(input), n)], {"ksize": [1] + ones + window + [1], "strides": [1] + ones + strides + [1], "padding": padding})
    return _undo(made, n)


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None):
    """Over one, two or three axes, without dilation."""
    window = ints(window_shape)
    n, ops = len(window), {"MAX": "MaxPool", "AVG": "AvgPool"}
    if pooling_type not in ops:
        raise ValueError("pooling_type is %r; it can be 'MAX' or 'AVG'" % (pooling_type,))
    if n not in (1, 2, 3) or max(_spread(dilation_rate, n, "dilation_rate")) > 1 or (data_format or "N").startswith("NC"):
        raise NotImplementedError("not implemented: tf.nn.pool over %d axes, with dilation or channels first; use 1 to 3 axes, channels last" % n)
    if n == 3:
        return getattr(nn_3d_ops, pooling_type.lower() + "_pool3d")(input, window, _spread(strides, n, "strides"), padding)
    return _pool(ops[pooling_type], input, window, padding, _spread(strides, n, "strides"), n)


def pool_2(input, window_shape, pooling_type, strides=None, padding="VALID", data_format=None, dilations=None, name=None):
    """Maxima ("MAX") or means ("AVG") of windows over one, two or three axes."""
    return pool(input, window_shape, pooling_type, padding, dilations, strides, None, data_format)


def _four(value):
    """One, two or four numbers of a window or stride as four."""
    values = ints(value)
    if len(values) in (1, 2):
        return [1] + (values * 2)[:2] + [1]
    return values


def _pooling_2(op, usual="NHWC"):
    def pooling(input, ksize, strides, padding, data_format=usual, name=None):
        """Maxima or means of windows over images (batch, height, width, channels)."""
        if data_format not in (None, "NHWC"):
            raise NotImplementedError("not implemented: pooling with data_format=%r; use NHWC" % (data_format,))
        t = tensor(input)
        if not isinstance(padding, str):
            if op == "AvgPool":
                raise ValueError("tf.nn.avg_pool takes padding 'SAME' or 'VALID'; it is %s" % (padding,))
            t, padding = _padded(t, padding, float(np.finfo(t.dtype.as_numpy_dtype).min) if t.dtype.is_floating else t.dtype.min)
        return execute(op, [t], {"ksize": _four(ksize), "strides": _four(strides), "padding": padding})

    return pooling


max_pool_2, avg_pool_2 = _pooling_2("MaxPool", None), _pooling_2("AvgPool", None)
max_pool2d, avg_pool2d = _pooling_2("MaxPool"), _pooling_2("AvgPool")


def conv2d_2(input, filters, strides, padding, data_format="NHWC", dilations=None, name=None):
    """Convolution of images (batch, height, width, channels) with filters (height, width, channels, filters)."""
    if data_format not in (None, "NHWC"):
        raise NotImplementedError("not implemented: tf.nn.conv2d with data_format=%r; use NHWC" % (data_format,))
    t, kernel = same_dtype([input, filters])
    t, padding = _padded(t, padding)
    rate = [1] * 4 if dilations is None else _four(dilations)
    attributes = {"strides": _four(strides), "padding": padding, "dilations": rate}
    return grouped(t, kernel, lambda a, b: execute("Conv2D", [a, b], attributes))


def grouped(t, kernel, convolve):
    """The convolution of each group of channels with its own filters, where the kernel takes fewer channels than there are."""
    channels, taken, filters = t._shape_tuple[-1:], kernel._shape_tuple[-2:-1], kernel._shape_tuple[-1:]
    if channels == taken or not channels or not taken or None in (*channels, *taken) or not taken[0] or channels[0] % taken[0]:
        return convolve(t, kernel)
    n = channels[0] // taken[0]
    if filters[0] % n:
        raise invalid("convolution: %d groups of channels and %d filters, which they do not divide" % (n, filters[0]))
    return array_ops.concat([convolve(a, b) for a, b in zip(array_ops.split(t, n, -1), array_ops.split(kernel, n, -1))], -1)


def _padded(t, padding, fill=0):
    """(tensor, padding): explicit pairs of numbers are zeros, or the fill, around the tensor."""
    if isinstance(padding, str):
        return t, padding
    pairs = [[int(n) for n in pair] for pair in padding]
    if len(pairs) != 4 or any(pairs[0]) or any(pairs[3]):
        raise ValueError("explicit paddings are four pairs, of which the batch's and the channels' are 0; they are %s" % (pairs,))
    return run("PadV2", t, convert(pairs, 3), convert(fill, t._dtype_number)), "VALID"


def max_pool_with_argmax_2(input, ksize, strides, padding, data_format="NHWC", output_dtype=dtypes.int64, include_batch_in_index=False, name=None):
    """(maxima of windows, their flat places)."""
    if data_format not in (None, "NHWC"):
        raise ValueError("Invalid data_format for `max_pool_with_argmax`: %r" % (data_format,))
    return execute("MaxPoolWithArgmax", [tensor(input)],
                   {"ksize": _four(ksize), "strides": _four(strides), "padding": padding, "Targmax": dtypes.as_dtype(output_dtype),
                    "include_batch_in_index": bool(include_batch_in_index)})  # fmt: skip


def _pooling_1d(op):
    def pooling(input, ksize, strides, padding, data_format="NWC", name=None):
        """Maxima or means of windows over steps (batch, steps, channels)."""
        if data_format != "NWC":
            raise NotImplementedError("not implemented: one-dimensional pooling with data_format=%r; use NWC" % (data_format,))
        size, step = (ints(v) for v in (ksize, strides))
        size, step = ([1, 1, (v if len(v) == 1 else v[1:2])[0], 1] for v in (size, step))
        made = execute(op, [run("ExpandDims", tensor(input), convert(1, 3))], {"ksize": size, "strides": step, "padding": padding})
        return execute("Squeeze", [made], {"squeeze_dims": [1]})

    return pooling


max_pool1d, avg_pool1d = _pooling_1d("MaxPool"), _pooling_1d("AvgPool")


NN_1 = {"convolution": convolution, "pool": pool}
NN_2 = {"convolution": convolution_2, "pool": pool_2, "max_pool": max_pool_2, "avg_pool": avg_pool_2, "max_pool2d": max_pool2d,
        "avg_pool2d": avg_pool2d, "conv2d": conv2d_2, "max_pool1d": max_pool1d, "avg_pool1d": avg_pool1d, "max_pool_with_argmax": max_pool_with_argmax_2}  # fmt: skip
