"""Pooling, against loops over windows."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(21)
WINDOW = [1, 2, 2, 1]


def spread(*shape):
    """Numbers far enough apart for finite differences of maxima."""
    return rng.permutation(int(np.prod(shape))).reshape(shape) * 0.25 - 5.0


def windows(shape, ksize, strides, padding, explicit_paddings=None):
    """The output's height and width, and of each output pixel the slice of input pixels (NHWC)."""
    spans = []
    for axis in (1, 2):
        n, k, s = shape[axis], ksize[axis], strides[axis]
        if padding == "SAME":
            out = -(-n // s)
            before = max(0, (out - 1) * s + k - n) // 2
        else:
            before, after = explicit_paddings[2 * axis:2 * axis + 2] if padding == "EXPLICIT" else (0, 0)
            out = (n + before + after - k) // s + 1
        spans.append([(max(0, o * s - before), min(n, o * s - before + k)) for o in range(out)])
    return spans


def layout(function):
    """Lets a function of NHWC arrays take NCHW ones."""
    def wrapped(*inputs, ksize, strides, padding="VALID", data_format="NHWC", explicit_paddings=None):
        if data_format == "NHWC":
            return function(*inputs, windows=lambda shape: windows(shape, ksize, strides, padding, explicit_paddings))
        order = lambda v: [v[0], v[2], v[3], v[1]]  # noqa: E731
        moved = [np.transpose(x, [0, 2, 3, 1]) if x.ndim == 4 else np.array(order(list(x))) for x in inputs]
        result = function(*moved, windows=lambda shape: windows(shape, order(ksize), order(strides), padding, None))
        return np.transpose(result, [0, 3, 1, 2])
    return wrapped


def pooled(x, function, windows):
    heights, widths = windows(x.shape)
    y = np.zeros((x.shape[0], len(heights), len(widths), x.shape[3]), x.dtype)
    for i, (h0, h1) in enumerate(heights):
        for j, (w0, w1) in enumerate(widths):
            y[:, i, j] = function(x[:, h0:h1, w0:w1])
    return y


@layout
def max_pool(x, windows):
    return pooled(x, lambda v: v.max((1, 2)), windows)


@layout
def avg_pool(x, windows):
    return pooled(x, lambda v: v.mean((1, 2)), windows)


def first_places(x, h0, h1, w0, w1):
    """For each image and channel the pixel of the first maximum of a window."""
    flat = x[:, h0:h1, w0:w1].reshape(x.shape[0], (h1 - h0) * (w1 - w0), x.shape[3])
    flat = flat.argmax(1) if flat.size else np.zeros((x.shape[0], x.shape[3]), int)
    return h0 + flat // (w1 - w0), w0 + flat % (w1 - w0)


@layout
def max_pool_grad(x, y, d, windows):
    dx = np.zeros_like(x)
    images, channels = np.arange(x.shape[0])[:, None], np.arange(x.shape[3])[None]
    for i, (h0, h1) in enumerate(windows(x.shape)[0]):
        for j, (w0, w1) in enumerate(windows(x.shape)[1]):
            h, w = first_places(x, h0, h1, w0, w1)
            dx[images, h, w, channels] += d[:, i, j]
    return dx


@layout
def max_pool_grad_grad(x, y, d, windows):
    out = np.zeros_like(y)
    images, channels = np.arange(x.shape[0])[:, None], np.arange(x.shape[3])[None]
    for i, (h0, h1) in enumerate(windows(x.shape)[0]):
        for j, (w0, w1) in enumerate(windows(x.shape)[1]):
            h, w = first_places(x, h0, h1, w0, w1)
            out[:, i, j] = d[images, h, w, channels]
    return out


@layout
def avg_pool_grad(shape, d, windows):
    dx = np.zeros(tuple(shape), d.dtype)
    for i, (h0, h1) in enumerate(windows(shape)[0]):
        for j, (w0, w1) in enumerate(windows(shape)[1]):
            dx[:, h0:h1, w0:w1] += d[:, i:i + 1, j:j + 1] / ((h1 - h0) * (w1 - w0))
    return dx


CASES = [
    ([2, 4, 6, 3], dict(ksize=WINDOW, strides=WINDOW)),
    ([1, 5, 5, 2], dict(ksize=WINDOW, strides=WINDOW, padding="SAME")),
    ([2, 5, 6, 2], dict(ksize=[1, 3, 2, 1], strides=[1, 2, 1, 1], padding="SAME")),
    ([1, 6, 5, 3], dict(ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1])),
    ([1, 4, 4, 1], dict(ksize=[1, 1, 1, 1], strides=[1, 2, 3, 1])),
    ([2, 3, 4, 6], dict(ksize=[1, 1, 2, 2], strides=[1, 1, 2, 2], data_format="NCHW")),
    ([1, 2, 5, 5], dict(ksize=[1, 1, 3, 3], strides=[1, 1, 2, 2], padding="SAME", data_format="NCHW")),
]
EXPLICIT = ([2, 4, 5, 2], dict(ksize=[1, 3, 2, 1], strides=[1, 2, 2, 1], padding="EXPLICIT", explicit_paddings=[0, 0, 2, 1, 1, 0, 0, 0]))


def number(values):
    return int(np.prod(values))


def out_shape(function, shape, attrs):
    return function(np.zeros(shape), **attrs).shape


for shape, attrs in CASES + [EXPLICIT]:
    x, y = spread(*shape), max_pool(np.zeros(shape), **attrs)
    case("MaxPool", [x], attrs, expect=max_pool, dtypes=["float32", "float64"])
    case("MaxPoolGrad", [x, max_pool(x, **attrs), spread(*y.shape)], attrs, expect=max_pool_grad, dtypes=["float32", "float64"], gradient=[2])
    case("MaxPoolGradGrad", [x, max_pool(x, **attrs), spread(*shape)], attrs, expect=max_pool_grad_grad, dtypes=["float32", "float64"],
         gradient=[2])
    if attrs.get("padding") != "EXPLICIT":
        case("AvgPool", [x], attrs, expect=avg_pool)
        case("AvgPoolGrad", [shape, spread(*y.shape)], attrs, expect=avg_pool_grad)

SMALL = dict(ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1])
whole = rng.integers(0, 100, (2, 4, 5, 3)).astype(np.float64)
case("MaxPool", [whole], SMALL, expect=max_pool, gradient=False)
case("MaxPoolGrad", [whole, max_pool(whole, **SMALL), np.ones((2, 3, 4, 3))], SMALL, expect=max_pool_grad, gradient=False)
case("MaxPoolGrad", [np.ones((1, 4, 4, 2)), np.ones((1, 2, 2, 2)), spread(1, 2, 2, 2)], dict(ksize=WINDOW, strides=WINDOW),
     expect=max_pool_grad, dtypes=["float32"], gradient=False)
case("MaxPoolGradGrad", [whole, max_pool(whole, **SMALL), whole], SMALL, expect=max_pool_grad_grad, gradient=False)
LARGE = dict(ksize=WINDOW, strides=WINDOW)
large = rng.standard_normal((3, 48, 40, 150))
case("MaxPool", [large], LARGE, expect=max_pool, dtypes=["float32", "float64"], gradient=False)
case("MaxPoolGrad", [large, max_pool(large, **LARGE), rng.standard_normal((3, 24, 20, 150))], LARGE, expect=max_pool_grad,
     dtypes=["float32"], gradient=False)
case("AvgPool", [large], LARGE, expect=avg_pool, gradient=False)
case("MaxPool", [np.zeros((0, 4, 4, 2))], LARGE, expect=max_pool, dtypes=["float32"])
case("MaxPool", [np.zeros((1, 1, 1, 1))], LARGE, expect=[np.zeros((1, 0, 0, 1), np.float32)], dtypes=["float32"])
case("AvgPool", [np.zeros((1, 4, 4, 0))], LARGE, expect=avg_pool)
case("AvgPoolGrad", [[0, 4, 4, 2], np.zeros((0, 2, 2, 2))], LARGE, expect=avg_pool_grad)
case("MaxPool", [np.array([[[[np.nan], [1.0]], [[3.0], [2.0]]]], np.float32)], LARGE, expect=[np.array([[[[np.nan]]]])], gradient=False)
case("MaxPoolGrad", [np.zeros((0, 4, 4, 2)), np.zeros((0, 2, 2, 2)), np.zeros((0, 2, 2, 2))], LARGE, expect=max_pool_grad, dtypes=["float32"])

image = np.ones((1, 4, 4, 2), np.float32)
small = np.ones((1, 2, 2, 2), np.float32)


def attribute_errors(op, inputs):
    error(op, inputs, dict(ksize=[1, 2, 2], strides=WINDOW), match="ksize has 3 entries")
    error(op, inputs, dict(ksize=[1, 0, 2, 1], strides=WINDOW), match=r"ksize\[1\] is 0")
    error(op, inputs, dict(ksize=[1, 10**12, 2, 1], strides=WINDOW), match="positive 32-bit")
    error(op, inputs, dict(ksize=[1, -2, 2, 1], strides=WINDOW), match=r"ksize\[1\] is -2")
    error(op, inputs, dict(ksize=[1, 2, 2, 2], strides=WINDOW), code="Unimplemented", match="batch or channels")
    error(op, inputs, dict(ksize=WINDOW, strides=[1, 0, 2, 1]), match=r"strides\[1\] is 0")
    error(op, inputs, dict(ksize=WINDOW, strides=[1, 2, 2]), match="strides has 3 entries")
    error(op, inputs, dict(ksize=WINDOW, strides=[1, 2, 2, 2]), match="1 for batch and channels")
    error(op, inputs, dict(ksize=[1, 7, 2, 1], strides=[1, 1, 1, 1]), match="negative output size")


attribute_errors("MaxPool", [image])
attribute_errors("MaxPoolGrad", [image, small, small])
attribute_errors("MaxPoolGradGrad", [image, small, image])
attribute_errors("AvgPool", [image])
attribute_errors("AvgPoolGrad", [[1, 4, 4, 2], small])
error("MaxPool", [np.ones((4, 4, 2), np.float32)], LARGE, match="its rank must be 4")
error("MaxPool", [image], dict(LARGE, padding="EXPLICIT", explicit_paddings=[0, 0, 2, 0, 0, 0, 0, 0]), match="less than the window's 2")
error("MaxPool", [image], dict(LARGE, padding="EXPLICIT", explicit_paddings=[0, 0]), match="must have 8")
error("MaxPool", [image], dict(LARGE, padding=9), match="none of VALID")
error("MaxPoolGrad", [image, small, np.ones((0, 2, 2, 2), np.float32)], LARGE, match="grad has shape")
error("MaxPoolGrad", [image, image, small], LARGE, match="orig_output has shape")
error("MaxPoolGrad", [np.ones((3, 0, 0, 2), np.float32), small, small], dict(ksize=[1, 16, 16, 1], strides=WINDOW), match="negative output")
error("MaxPoolGradGrad", [image, small, small], LARGE, match="grad has shape")
error("MaxPoolGradGrad", [np.ones((11, 4, 4, 2), np.float32), small, image], LARGE, match="orig_output has shape")
error("AvgPool", [image], dict(LARGE, padding="EXPLICIT"), match="explicit_paddings has 0 entries")
error("AvgPoolGrad", [[-536870912] * 4, small], LARGE, match="must be >= 0")
error("AvgPoolGrad", [[1, 4, 4], small], LARGE, match="must have 4")
error("AvgPoolGrad", [[1, 4, 4, 2], np.ones((16, 16, 16, 16), np.float32)], LARGE, match="grad has shape")


# ---- with places ----

def argmax(x, ksize, strides, padding="VALID", include_batch_in_index=False, Targmax=None):
    def places(v, h0, h1, w0, w1):
        h, w = first_places(v, h0, h1, w0, w1)
        found = (h * x.shape[2] + w) * x.shape[3] + np.arange(x.shape[3])[None]
        return found + include_batch_in_index * np.arange(x.shape[0])[:, None] * number(x.shape[1:])
    heights, widths = windows(x.shape, ksize, strides, padding)
    out = [[places(x, *h, *w) for w in widths] for h in heights]
    return np.transpose(np.array(out), [2, 0, 1, 3])


def with_argmax(x, **attrs):
    plain = {k: v for k, v in attrs.items() if k not in ("Targmax", "include_batch_in_index")}
    return [max_pool(x, **plain), argmax(x, **attrs)]


def grad_with_argmax(x, d, places, ksize, strides, padding="VALID", include_batch_in_index=False):
    dx = np.zeros_like(x)
    flat = dx.reshape(-1) if include_batch_in_index else dx.reshape(x.shape[0], -1)
    for i in range(x.shape[0]):
        np.add.at(flat if include_batch_in_index else flat[i], places[i], d[i])
    return dx


def grad_grad_with_argmax(x, d, places, ksize, strides, padding="VALID", include_batch_in_index=False):
    flat = d.reshape(-1) if include_batch_in_index else d.reshape(x.shape[0], -1)
    return np.stack([(flat if include_batch_in_index else flat[i])[places[i]] for i in range(x.shape[0])])


P = "MaxPoolWithArgmax"
for shape, attrs in CASES[:4]:
    for in_batch in (False, True):
        attrs = dict(attrs, include_batch_in_index=in_batch)
        x = spread(*shape)
        y, places = with_argmax(x, **attrs)
        case(P, [x], attrs, expect=with_argmax, dtypes=["float32", "float64"])
        case("MaxPoolGradWithArgmax", [x, spread(*y.shape), places], attrs, expect=grad_with_argmax, dtypes=["float64", "int8"])
        case("MaxPoolGradGradWithArgmax", [x, spread(*shape), places], attrs, expect=grad_grad_with_argmax, dtypes=["float32", "float64"])
case(P, [whole], dict(SMALL, Targmax="int32"), check=lambda outputs, inputs, attrs: np.testing.assert_equal(outputs[1].dtype, np.int32),
     gradient=False)
error(P, [image], dict(LARGE, Targmax="float32"), match="must be int32 or int64")
error(P, [image[0]], LARGE, match="rank must be 4")
error(P, [image], dict(LARGE, padding="EXPLICIT"), match="explicit_paddings has 0 entries")
places = np.zeros((1, 2, 2, 2), np.int64)
error("MaxPoolGradWithArgmax", [image, small, np.zeros((1, 1, 1, 1), np.int64)], LARGE, match="argmax has shape")
error("MaxPoolGradWithArgmax", [image, small, places + 32], LARGE, match="outside its image of 32 elements")
error("MaxPoolGradWithArgmax", [image, small, places - 1], LARGE, match="is -1")
error("MaxPoolGradWithArgmax", [image, image, places], LARGE, match="grad has shape")
error("MaxPoolGradGradWithArgmax", [image, small, places], LARGE, match="grad has shape")
error("MaxPoolGradGradWithArgmax", [image, image, places + 32], LARGE, match="outside its image")
case("MaxPoolGradWithArgmax", [np.zeros((0, 4, 4, 2)), np.zeros((0, 2, 2, 2)), np.zeros((0, 2, 2, 2), np.int64)], LARGE,
     expect=[np.zeros((0, 4, 4, 2))])
