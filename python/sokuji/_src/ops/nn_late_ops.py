"""tf.nn of 2.x that programs seldom use: dropout by a given seed, averages of losses, and windows that grow, shrink or move over images."""

import numpy as np


from sokuji._src.core.execute import convert, execute, ints, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, convolution_ops, stateless_random_ops


def stateless_dropout(x, rate, seed, rng_alg=None, noise_shape=None, name=None):
    """Zeros where the seed's numbers are below the rate, the rest scaled up."""
    t = tensor(x)
    if not t.dtype.is_floating:
        raise ValueError("x must be a floating point tensor because it is scaled. Received %s" % t.dtype.name)
    if not 0 <= float(rate) < 1:
        raise ValueError("`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate=%s" % rate)
    if float(rate) == 0:
        return t
    shape = t._shape_tuple if noise_shape is None else [n if d is None else d for d, n in zip(noise_shape, t._shape_tuple)]
    drawn = stateless_random_ops.stateless_uniform(list(shape), seed, dtype=t.dtype)
    kept = run("GreaterEqual", drawn, convert(float(rate), t._dtype_number))
    return run("SelectV2", kept, t * convert(1.0 / (1.0 - float(rate)), t._dtype_number), array_ops.zeros_like(t))


def scale_regularization_loss(regularization_loss):
    """The loss over the number of replicas, which is one."""
    return run("Sum", tensor(regularization_loss), None)


def compute_average_loss(per_example_loss, sample_weight=None, global_batch_size=None):
    """The weighted sum of per-example losses over the global batch size."""
    losses = tensor(per_example_loss)
    if losses.ndim == 0:
        raise ValueError("Argument `per_example_loss` must be of rank at least 1")
    n = losses._shape_tuple[0] if global_batch_size is None else int(global_batch_size)
    if n <= 0:
        raise ValueError("Argument `global_batch_size` must be a positive integer. Received: %s" % n)
    if sample_weight is not None:
        losses = losses * convert(sample_weight, losses._dtype_number)
    return run("Sum", losses, None) / convert(float(n), losses._dtype_number)


# ---- windows over images ----


def patches(images, window, strides, rates, padding):
    """(batch, rows, columns, window rows * window columns, channels): what each window sees, with zeros, or the least value, outside."""
    t = tensor(images)
    (kr, kc), (sr, sc), (rr, rc) = window, strides, rates
    wide, pads, out = [(kr - 1) * rr + 1, (kc - 1) * rc + 1], [], []
    for n, k, s in zip(t._shape_tuple[1:3], wide, (sr, sc)):
        if padding.upper() == "SAME":
            m = -(-n // s)
            total = max((m - 1) * s + k - n, 0)
            pads.append([total // 2, total - total // 2])
        else:
            m = -(-(n - k + 1) // s)
            pads.append([0, 0])
        if m <= 0:
            raise invalid("a window of %s does not fit into images of shape %s" % (wide, t._shape_tuple))
        out.append(m)
    rows = (np.arange(out[0]) * sr)[:, None] + np.arange(kr) * rr
    columns = (np.arange(out[1]) * sc)[:, None] + np.arange(kc) * rc
    return t, pads, out, rows, columns


def _windows(t, pads, out, rows, columns, fill):
    n, _, _, c = t._shape_tuple
    if any(map(sum, pads)):
        t = run("PadV2", t, convert([[0, 0], *pads, [0, 0]], 3), convert(fill, t._dtype_number))
    t = run("GatherV2", t, convert(rows.ravel().astype(np.int64), 9), convert(1, 3))
    t = run("GatherV2", t, convert(columns.ravel().astype(np.int64), 9), convert(2, 3))
    t = run("Reshape", t, sizes([n, out[0], rows.shape[1], out[1], columns.shape[1], c]))
    t = run("Transpose", t, convert([0, 1, 3, 2, 4, 5], 3))
    return run("Reshape", t, sizes([n, *out, rows.shape[1] * columns.shape[1], c]))


def extract_patches(images, sizes, strides, rates, padding, name=None):
    """(batch, rows, columns, the values of a window)"""
    size, step, rate = (ints(v) for v in (sizes, strides, rates))
    if any(len(v) != 4 or v[0] != 1 or v[3] != 1 for v in (size, step, rate)):
        raise invalid("extract_patches: sizes, strides and rates are [1, rows, columns, 1]; they are %s, %s, %s" % (size, step, rate))
    found = patches(images, size[1:3], step[1:3], rate[1:3], padding)
    made = _windows(*found, 0)
    return run("Reshape", made, convert([*made._shape_tuple[:3], -1], 3))


def dilation2d(input, filters, strides, padding, data_format, dilations, name=None):
    """The greatest of image plus filter in each window."""
    if data_format != "NHWC":
        raise ValueError("`data_format` values other than 'NHWC' are not supported. Received: data_format=%s" % data_format)
    kernel = tensor(filters)
    kr, kc, c = kernel._shape_tuple
    if not kr or not kc or c != tensor(input)._shape_tuple[-1]:
        raise invalid("dilation2d: filters are %s for images of %s" % (kernel._shape_tuple, tensor(input)._shape_tuple))
    found = patches(input, (kr, kc), ints(strides)[1:3], ints(dilations)[1:3], padding)
    least = float(np.finfo(found[0].dtype.as_numpy_dtype).min) if found[0].dtype.is_floating else int(np.iinfo(found[0].dtype.as_numpy_dtype).min)
    made = _windows(*found, least) + run("Reshape", kernel, sizes([kr * kc, c]))
    return execute("Max", [made, convert([3], 3)], {})


def erosion2d(value, filters, strides, padding, data_format, dilations, name=None):
    """The least of differences of a window and a kernel: erosion of gray images."""
    return -dilation2d(-tensor(value), array_ops.reverse(tensor(filters), [0, 1]), strides, padding, data_format, dilations)


def conv1d_transpose(input, filters, output_shape, strides, padding="SAME", data_format="NWC", dilations=None, name=None):
    """The gradient of conv1d by its input, as an operation of its own."""
    from sokuji._src.ops import nn_ops

    if data_format not in ("NWC", None) or max(ints(dilations or 1)) > 1:
        raise NotImplementedError("not implemented: tf.nn.conv1d_transpose with channels first or dilations")
    t, f = tensor(input), tensor(filters)
    step = ints(strides)
    n, width, c = (ints(output_shape) + [0, 0])[:3]
    made = nn_ops.conv2d_transpose(run("ExpandDims", t, convert(1, 3)), run("ExpandDims", f, convert(0, 3)), [n, 1, width, c], [1, 1, step[len(step) // 2], 1], padding)
    return execute("Squeeze", [made], {"squeeze_dims": [1]})


def conv1d(input, filters, stride, padding, data_format="NWC", dilations=None, name=None):
    """Over the middle axis of three, or the last but one."""
    if data_format not in ("NWC", None):
        raise NotImplementedError("not implemented: tf.nn.conv1d with data_format=%r; use NWC" % (data_format,))
    middle = lambda v: ints(1 if v is None else v)[len(ints(1 if v is None else v)) // 2]  # noqa: E731
    made = convolution_ops.conv2d_2(run("ExpandDims", tensor(input), convert(-3, 3)), run("ExpandDims", tensor(filters), convert(0, 3)),
                                    [1, 1, middle(stride), 1], padding, "NHWC", [1, 1, middle(dilations), 1])  # fmt: skip
    return execute("Squeeze", [made], {"squeeze_dims": [-3]})


NN_2 = {"scale_regularization_loss": scale_regularization_loss, "compute_average_loss": compute_average_loss, "dilation2d": dilation2d, "erosion2d": erosion2d,
        "conv1d_transpose": conv1d_transpose, "conv1d": conv1d}  # fmt: skip
IMAGE_2 = {"extract_patches": extract_patches}
