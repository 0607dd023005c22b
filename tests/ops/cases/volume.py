"""Convolutions and pooling of volumes, against loops over the window's places in float64."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(33)


def draw(*shape):
    return rng.standard_normal(shape)


def geometry(size, window, stride, dilation, padding):
    """Output size and the padding before and after, of one dimension."""
    reach = (window - 1) * dilation + 1
    if padding == "SAME":
        out = -(-size // stride)
        total = max(0, (out - 1) * stride + reach - size)
        return out, (total // 2, total - total // 2)
    return (size - reach) // stride + 1, (0, 0)


def taps(shape, windows, strides, dilations, padding):
    """The padding, the output's sizes and, for each place of the window, (its indices, the slices of the padded volume that it meets)."""
    found = [geometry(shape[1 + i], windows[i], strides[1 + i], dilations[1 + i], padding) for i in range(3)]
    places = []
    for k in np.ndindex(*windows):
        starts = [k[i] * dilations[1 + i] for i in range(3)]
        at = tuple(slice(s, s + (found[i][0] - 1) * strides[1 + i] + 1, strides[1 + i]) for i, s in enumerate(starts))
        places.append((k, (slice(None),) + at))
    return [f[1] for f in found], [f[0] for f in found], places


ONES = [1] * 5


def conv(x, f, strides, padding="VALID", dilations=None):
    pads, out, places = taps(x.shape, f.shape[:3], strides, dilations or ONES, padding)
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    return sum((x[at] @ f[k] for k, at in places), np.zeros((x.shape[0], *out, f.shape[4])))


def conv_by_input(sizes, f, d, strides, padding="VALID", dilations=None):
    pads, _, places = taps(sizes, f.shape[:3], strides, dilations or ONES, padding)
    dx = np.zeros([sizes[0]] + [sizes[1 + i] + sum(pads[i]) for i in range(3)] + [sizes[4]])
    for k, at in places:
        dx[at] += d @ f[k].T
    return dx[(slice(None),) + tuple(slice(pads[i][0], pads[i][0] + sizes[1 + i]) for i in range(3))]


def conv_by_filter(x, sizes, d, strides, padding="VALID", dilations=None):
    pads, _, places = taps(x.shape, list(sizes)[:3], strides, dilations or ONES, padding)
    x, df = np.pad(x, [(0, 0), *pads, (0, 0)]), np.zeros(tuple(sizes))
    for k, at in places:
        df[k] = np.tensordot(x[at], d, ([0, 1, 2, 3], [0, 1, 2, 3]))
    return df


for shape, kernel, attrs in (([2, 3, 4, 3, 2], [2, 2, 1, 2, 3], dict(strides=[1, 1, 1, 1, 1])),
                             ([1, 4, 3, 5, 1], [2, 3, 2, 1, 2], dict(strides=[1, 2, 1, 2, 1], padding="SAME")),
                             ([1, 5, 4, 3, 2], [2, 2, 2, 2, 1], dict(strides=[1, 1, 1, 1, 1], dilations=[1, 3, 2, 1, 1]))):
    x, f = draw(*shape), draw(*kernel)
    d = draw(*conv(x, f, **attrs).shape)
    for dtype in ("float64", "float32"):
        options = dict(dtypes=[dtype], gradient=dtype == "float64")
        case("Conv3D", [x, f], attrs, expect=conv, **options)
        case("Conv3DBackpropInputV2", [shape, f, d], attrs, expect=conv_by_input, **options)
        case("Conv3DBackpropFilterV2", [x, kernel, d], attrs, expect=conv_by_filter, **options)
plain = dict(strides=ONES)
x, f = draw(2, 9, 10, 11, 5), draw(3, 3, 3, 5, 7)  # large enough for several threads
case("Conv3D", [x, f], dict(strides=ONES, padding="SAME"), expect=conv, dtypes=["float32"], gradient=False, symbolic=False, rtol=1e-5, atol=1e-5)
case("Conv3D", [np.zeros((0, 3, 3, 3, 1)), draw(2, 2, 2, 1, 1)], plain, expect=conv, gradient=False)
case("Conv3DBackpropInputV2", [[0, 3, 3, 3, 1], draw(2, 2, 2, 1, 1), np.zeros((0, 2, 2, 2, 1))], plain, expect=conv_by_input, gradient=False)
case("Conv3DBackpropFilterV2", [np.zeros((0, 3, 3, 3, 1)), [2, 2, 2, 1, 1], np.zeros((0, 2, 2, 2, 1))], plain, expect=conv_by_filter, gradient=False)

ones = lambda *shape: np.ones(shape, np.float32)  # noqa: E731
x, f, d = ones(1, 3, 3, 3, 2), ones(2, 2, 2, 2, 1), ones(1, 2, 2, 2, 1)


def each(attrs, match, code="InvalidArgument"):
    attrs = dict(plain, **attrs)
    error("Conv3D", [x, f], attrs, code=code, match=match)
    error("Conv3DBackpropInputV2", [[1, 3, 3, 3, 2], f, d], attrs, code=code, match=match)
    error("Conv3DBackpropFilterV2", [x, [2, 2, 2, 2, 1], d], attrs, code=code, match=match)


each(dict(strides=[1, 1, 1, 1]), "strides has 4 entries")
each(dict(strides=[1, 0, 1, 1, 1]), r"strides\[1\] is 0")
each(dict(strides=[2, 1, 1, 1, 1]), "must be 1 for batch and channels")
each(dict(dilations=[1, 1, -1, 1, 1]), r"dilations\[2\] is -1")
each(dict(padding="EXPLICIT"), "neither VALID nor SAME")
each(dict(data_format="NCDHW"), "not implemented: data_format NCDHW", "Unimplemented")
each(dict(dilations=[1, 9, 1, 1, 1]), "negative output size")
error("Conv3D", [x[0], f], plain, match="input has shape .* its rank must be 5")
error("Conv3D", [x, f[0]], plain, match="filter has shape .* its rank must be 5")
error("Conv3D", [x[..., :1], f], plain, match="the input has 1 channels, the filter is for 2")
error("Conv3D", [x, f[..., :0]], plain, match="zero elements")
error("Conv3D", [np.zeros((0,) * 5, np.float32), np.zeros((0,) * 5, np.float32)], plain, match="zero elements")
error("Conv3DBackpropInputV2", [[1, 3, 3, 2], f, d], plain, match="input_sizes has 4 entries")
error("Conv3DBackpropInputV2", [[1, 3, 3, -3, 2], f, d], plain, match=r"input_sizes\[3\] is -3")
error("Conv3DBackpropInputV2", [np.full(5, 2**40), f, d], plain, match="overflows")
error("Conv3DBackpropInputV2", [[1, 3, 3, 3, 2], f, d[:, :1]], plain, match="out_backprop has shape")
error("Conv3DBackpropFilterV2", [x, 2, d], plain, match="filter_sizes")
error("Conv3DBackpropFilterV2", [x, [2, 2, 2, 2, 1], d[..., :0]], plain, match="out_backprop has shape")

# ---- pooling ----


def windows_of(x, ksize, strides, padding):
    """For each place of the window the padded volume's elements (NaN in the padding)."""
    pads, _, places = taps(x.shape, ksize[1:4], strides, ONES, padding)
    padded = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=np.nan)
    return np.stack([padded[at] for _, at in places]), pads, places, padded.shape


def largest(x, ksize, strides, padding="VALID"):
    return np.nanmax(windows_of(x, ksize, strides, padding)[0], 0)


def mean(x, ksize, strides, padding="VALID"):
    return np.nanmean(windows_of(x, ksize, strides, padding)[0], 0)


def inside(spread, pads, shape):
    return spread[(slice(None),) + tuple(slice(pads[i][0], pads[i][0] + shape[1 + i]) for i in range(3))]


def largest_grad(x, y, d, ksize, strides, padding="VALID"):
    values, pads, places, padded = windows_of(x, ksize, strides, padding)
    first, spread = np.nanargmax(values, 0), np.zeros(padded)
    for n, (_, at) in enumerate(places):
        spread[at] += np.where(first == n, d, 0)
    return inside(spread, pads, x.shape)


def largest_grad_grad(x, y, d, ksize, strides, padding="VALID"):
    first = np.nanargmax(windows_of(x, ksize, strides, padding)[0], 0)
    return np.take_along_axis(np.nan_to_num(windows_of(d, ksize, strides, padding)[0]), first[None], 0)[0]


def mean_grad(sizes, d, ksize, strides, padding="VALID"):
    values, pads, places, padded = windows_of(np.ones(tuple(sizes)), ksize, strides, padding)
    spread = np.zeros(padded)
    for _, at in places:
        spread[at] += d / np.nansum(values, 0)
    return inside(spread, pads, tuple(sizes))


for shape, attrs in (([2, 3, 4, 4, 2], dict(ksize=[1, 2, 2, 2, 1], strides=[1, 1, 2, 2, 1])),
                     ([1, 5, 3, 4, 1], dict(ksize=[1, 3, 2, 3, 1], strides=[1, 2, 1, 2, 1], padding="SAME")),
                     ([1, 2, 2, 2, 3], dict(ksize=[1, 1, 1, 1, 1], strides=ONES))):
    x = rng.permutation(int(np.prod(shape))).reshape(shape) / 8.0
    y = largest(x, **attrs)
    d, again = draw(*y.shape), draw(*shape)
    case("MaxPool3D", [x], attrs, expect=largest)
    case("AvgPool3D", [x], attrs, expect=mean)
    case("MaxPool3DGrad", [x, y, d], attrs, expect=largest_grad, gradient=[2])
    case("MaxPool3DGradGrad", [x, y, again], attrs, expect=largest_grad_grad, gradient=[2])
    case("AvgPool3DGrad", [shape, d], attrs, expect=mean_grad)
_pool = dict(ksize=[1, 2, 2, 2, 1], strides=ONES)
case("MaxPool3D", [np.array([1.0, np.nan, 3, 4, 5, 6, 7, 8]).reshape(1, 2, 2, 2, 1)], _pool, expect=np.full((1, 1, 1, 1, 1), np.nan, np.float32),
     dtypes=["float32"], gradient=False)
case("MaxPool3D", [np.zeros((0, 2, 2, 2, 1))], _pool, expect=np.zeros((0, 1, 1, 1, 1)), dtypes=["float64"], gradient=False)
x, y = ones(1, 3, 3, 3, 2), ones(1, 2, 2, 2, 2)
for name, inputs in (("MaxPool3D", [x]), ("AvgPool3D", [x]), ("MaxPool3DGrad", [x, y, y]), ("MaxPool3DGradGrad", [x, y, x]), ("AvgPool3DGrad", [[1, 3, 3, 3, 2], y])):
    error(name, inputs, dict(_pool, ksize=[1, 2, 2, 0, 1]), match=r"ksize\[3\] is 0")
    error(name, inputs, dict(_pool, ksize=[1, 2, -2, 2, 1]), match=r"ksize\[2\] is -2")
    error(name, inputs, dict(_pool, ksize=[2, 2, 2]), match="ksize has 3 entries")
    error(name, inputs, dict(_pool, strides=[1, 1, 1, 1, 2]), match="must be 1 for batch and channels")
    error(name, inputs, dict(_pool, padding="EXPLICIT"), match="neither VALID nor SAME")
    error(name, inputs, dict(_pool, data_format="NCDHW"), code="Unimplemented", match="NCDHW")
for name in ("MaxPool3D", "AvgPool3D"):
    error(name, [x[0]], _pool, match="its rank must be 5")
for name in ("MaxPool3DGrad", "MaxPool3DGradGrad"):
    error(name, [x, y[:, :1], x], _pool, match="orig_output has shape")
    error(name, [x, y, y[:, :0]], _pool, match="grad has shape")
    error(name, [ones(11, 3, 3, 3, 2), y, y], _pool, match="orig_output has shape")
error("AvgPool3DGrad", [[2, 3, 3, 3, 2], y], _pool, match="grad has shape")
error("AvgPool3DGrad", [np.full(5, -536870912, np.int32), y], _pool, match="must be >= 0")
