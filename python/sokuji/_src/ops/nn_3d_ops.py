"""Convolutions and pooling of volumes, (batch, depth, rows, columns, channels)."""

from sokuji._src.core.execute import execute, ints, same_dtype, sizes, tensor

_FIVE = [1, 1, 1, 1, 1]


def _spread(value):
    """One, three or five numbers as five."""
    values = ints(value)
    return [1, *(values * 3)[:3], 1] if len(values) in (1, 3) else values


def _attributes(strides, padding, data_format, **more):
    return dict(more, strides=_spread(strides), padding=padding.upper(), data_format=data_format or "NDHWC")


def conv3d(input, filter, strides, padding, data_format="NDHWC", dilations=[1, 1, 1, 1, 1], name=None):  # noqa: B006
    """Convolution of volumes (batch, depth, height, width, channels)."""
    return execute("Conv3D", same_dtype([input, filter]), _attributes(strides, padding, data_format, dilations=_spread(dilations or 1)))


def conv3d_2(input, filters, strides, padding, data_format="NDHWC", dilations=None, name=None):
    """Convolution of volumes (batch, depth, height, width, channels)."""
    return conv3d(input, filters, strides, padding, data_format, dilations)


def conv3d_backprop_filter_v2(input, filter_sizes, out_backprop, strides, padding, data_format="NDHWC", dilations=[1, 1, 1, 1, 1], name=None):  # noqa: B006
    """The gradient of conv3d by its filter."""
    t, dy = same_dtype([input, out_backprop])
    return execute("Conv3DBackpropFilterV2", [t, sizes(filter_sizes), dy], _attributes(strides, padding, data_format, dilations=list(dilations)))


def conv3d_transpose(value, filter, output_shape, strides, padding="SAME", data_format="NDHWC", name=None):
    """The gradient of conv3d by its input, as an operation of its own."""
    t, kernel = same_dtype([value, filter])
    return execute("Conv3DBackpropInputV2", [sizes(output_shape), kernel, t], _attributes(strides, padding, data_format, dilations=_FIVE))


def conv3d_transpose_2(input, filters, output_shape, strides, padding="SAME", data_format="NDHWC", dilations=None, name=None):
    """The gradient of conv3d by its input, as an operation of its own."""
    t, kernel = same_dtype([input, filters])
    return execute("Conv3DBackpropInputV2", [sizes(output_shape), kernel, t], _attributes(strides, padding, data_format, dilations=_spread(dilations or 1)))


def max_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """Maxima of windows over volumes (batch, depth, height, width, channels)."""
    return execute("MaxPool3D", [tensor(input)], _attributes(strides, padding, data_format, ksize=_spread(ksize)))


def avg_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    """Means of windows over volumes (batch, depth, height, width, channels)."""
    return execute("AvgPool3D", [tensor(input)], _attributes(strides, padding, data_format, ksize=_spread(ksize)))


_POOLS = {"max_pool3d": max_pool3d, "avg_pool3d": avg_pool3d}
NAMES = {**_POOLS, "conv3d": conv3d, "conv3d_transpose": conv3d_transpose, "conv3d_backprop_filter_v2": conv3d_backprop_filter_v2}
NAMES_2 = {**_POOLS, "conv3d": conv3d_2, "conv3d_transpose": conv3d_transpose_2}
