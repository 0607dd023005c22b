"""Convolutions and pooling of volumes, (batch, depth, rows, columns, channels), as sums and extremes of the library's two-dimensional ones."""

from sokuji._src.core.execute import convert, execute, ints, run, sizes
from sokuji._src.ops import array_ops


def _depth(t, window, stride, padding):
    """The volume padded in depth as TensorFlow pads, and the number of outputs."""
    n = t._shape_tuple[1]
    if padding == "VALID":
        return t, (0, 0), max(0, -(-(n - window + 1) // stride))
    out = -(-n // stride)
    total = max((out - 1) * stride + window - n, 0)
    return t, (total // 2, total - total // 2), out


def _checked(value, what, padding, data_format):
    five = ints(value)
    if len(five) in (1, 3):
        five = [1, *(five * 3)[:3], 1]
    if len(five) != 5 or five[0] != 1 or five[4] != 1:
        raise ValueError("%s must be five numbers with 1 for the batch and the channels; they are %s" % (what, five))
    if data_format not in (None, "NDHWC"):
        raise NotImplementedError("not implemented: volumes in %s; transpose to NDHWC" % data_format)
    if padding.upper() not in ("SAME", "VALID"):
        raise ValueError("padding must be 'SAME' or 'VALID', it is %r" % padding)
    return five


def _slice(t, k, stride, out):
    """The out slices of depth k, k + stride, … as one batch of images."""
    n, _, h, w, c = t._shape_tuple
    part = t[:, k : k + stride * (out - 1) + 1 : stride]
    return run("Reshape", part, sizes([n * out, h, w, c]))


def _volume(t, n, out):
    return run("Reshape", t, sizes([n, out, *t._shape_tuple[1:]]))


def conv3d_2(input, filters, strides, padding, data_format="NDHWC", dilations=None, name=None):
    return conv3d(input, filters, strides, padding, data_format, dilations or [1])


def conv3d(input, filter, strides, padding, data_format="NDHWC", dilations=[1, 1, 1, 1, 1], name=None):  # noqa: B006
    t, kernel = convert(input, 0), convert(filter, 0)
    steps = _checked(strides, "strides", padding, data_format)
    if any(d != 1 for d in ints(dilations or [1])):
        raise NotImplementedError("not implemented: tf.nn.conv3d with dilations")
    if kernel._shape_tuple[3] != t._shape_tuple[4]:
        from sokuji._src.core.execute import invalid

        raise invalid("Conv3D: input depth must be equal to filter depth: %s and %s" % (t._shape_tuple, kernel._shape_tuple))
    depth, padding = kernel._shape_tuple[0], padding.upper()
    t, around, out = _depth(t, depth, steps[1], padding)
    if any(around):
        t = array_ops.pad(t, [[0, 0], list(around), [0, 0], [0, 0], [0, 0]])
    total = None
    for k in range(depth):
        one = execute("Conv2D", [_slice(t, k, steps[1], out), kernel[k]], {"strides": (1, steps[2], steps[3], 1), "padding": padding})
        total = one if total is None else total + one
    return _volume(total, t._shape_tuple[0], out)


def max_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    t, window, steps = convert(input, 0), _checked(ksize, "ksize", padding, data_format), _checked(strides, "strides", padding, data_format)
    padding = padding.upper()
    flat = execute("MaxPool", [_slice(t, 0, 1, t._shape_tuple[1])], {"ksize": (1, window[2], window[3], 1), "strides": (1, steps[2], steps[3], 1),
                                                                     "padding": padding})  # fmt: skip
    t = _volume(flat, t._shape_tuple[0], t._shape_tuple[1])
    n, depth = t._shape_tuple[:2]
    _, around, out = _depth(t, window[1], steps[1], padding)
    made = []
    for k in range(out):
        first = max(k * steps[1] - around[0], 0)
        last = min(k * steps[1] - around[0] + window[1], depth)
        made.append(run("Max", t[:, first:last], convert([1], 3)))
    return array_ops.stack(made, 1)


def avg_pool3d(input, ksize, strides, padding, data_format="NDHWC", name=None):
    t, window, steps = convert(input, 0), _checked(ksize, "ksize", padding, data_format), _checked(strides, "strides", padding, data_format)
    padding = padding.upper()
    flat = execute("AvgPool", [_slice(t, 0, 1, t._shape_tuple[1])], {"ksize": (1, window[2], window[3], 1), "strides": (1, steps[2], steps[3], 1),
                                                                     "padding": padding})  # fmt: skip
    t = _volume(flat, t._shape_tuple[0], t._shape_tuple[1])
    depth = t._shape_tuple[1]
    _, around, out = _depth(t, window[1], steps[1], padding)
    made = []
    for k in range(out):
        first = max(k * steps[1] - around[0], 0)
        last = min(k * steps[1] - around[0] + window[1], depth)
        made.append(run("Mean", t[:, first:last], convert([1], 3)))
    return array_ops.stack(made, 1)


NAMES = {"conv3d": conv3d, "max_pool3d": max_pool3d, "avg_pool3d": avg_pool3d}
NAMES_2 = {**NAMES, "conv3d": conv3d_2}
