"""Convolutions, against loops over the filter's places in float64."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(24)


def draw(*shape):
    return rng.standard_normal(shape)


def order(values, data_format):
    """Four numbers in NHWC order."""
    values = list(values) if values is not None and len(values) else [1, 1, 1, 1]
    return [values[0], values[2], values[3], values[1]] if data_format == "NCHW" else values


def geometry(shape, kernel, strides, dilations, padding, explicit):
    """Output sizes and the padding before and after, height and width."""
    out, pads = [], []
    for i in range(2):
        n, s, reach = shape[1 + i], strides[1 + i], (kernel[i] - 1) * dilations[1 + i] + 1
        if padding == "SAME":
            size = -(-n // s)
            total = max(0, (size - 1) * s + reach - n)
            pad = (total // 2, total - total // 2)
        else:
            pad = tuple(explicit[2 * (1 + i):2 * (1 + i) + 2]) if padding == "EXPLICIT" else (0, 0)
            size = (n + sum(pad) - reach) // s + 1
        out.append(size)
        pads.append(pad)
    return out, pads


def places(shape, kernel, strides, dilations, padding, explicit):
    """For each place of the filter: (i, j, the slices of the padded image that it meets)."""
    (oh, ow), _ = geometry(shape, kernel, strides, dilations, padding, explicit)
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            h, w = i * dilations[1], j * dilations[2]
            yield i, j, (slice(None), slice(h, h + (oh - 1) * strides[1] + 1, strides[1]), slice(w, w + (ow - 1) * strides[2] + 1, strides[2]))


class Convolution:
    def __init__(self, depthwise):
        self.depthwise = depthwise

    def setting(self, shape, kernel, strides=None, dilations=None, padding="VALID", data_format="NHWC", explicit_paddings=None):
        explicit = None
        if explicit_paddings:
            pairs = order([explicit_paddings[i:i + 2] for i in (0, 2, 4, 6)], data_format)
            explicit = [v for pair in pairs for v in pair]
        return order(shape, data_format), kernel, order(strides, data_format), order(dilations, data_format), padding, explicit

    def moved(self, x, data_format):
        return np.transpose(x, [0, 2, 3, 1]) if data_format == "NCHW" else x

    def back(self, x, data_format):
        return np.transpose(x, [0, 3, 1, 2]) if data_format == "NCHW" else x

    def padded_shape(self, s):
        pads = geometry(*s)[1]
        return (s[0][0], s[0][1] + sum(pads[0]), s[0][2] + sum(pads[1]), s[0][3]), pads

    def forward(self, x, f, data_format="NHWC", **attrs):
        s = self.setting(x.shape, f.shape, data_format=data_format, **attrs)
        x = self.moved(x, data_format)
        pads, out = geometry(*s)[1], geometry(*s)[0]
        x = np.pad(x, [(0, 0), pads[0], pads[1], (0, 0)])
        depth = f.shape[2] * f.shape[3] if self.depthwise else f.shape[3]
        y = np.zeros((x.shape[0], out[0], out[1], depth))
        for i, j, at in places(*s):
            if self.depthwise:
                y += (x[at][..., None] * f[i, j]).reshape(y.shape)
            else:
                y += x[at] @ f[i, j]
        return self.back(y, data_format)

    def by_input(self, sizes, f, d, data_format="NHWC", **attrs):
        s = self.setting(sizes, f.shape, data_format=data_format, **attrs)
        d = self.moved(d, data_format)
        shape, pads = self.padded_shape(s)
        dx = np.zeros(shape)
        for i, j, at in places(*s):
            if self.depthwise:
                dx[at] += (d.reshape(d.shape[:3] + f.shape[2:]) * f[i, j]).sum(-1)
            else:
                dx[at] += d @ f[i, j].T
        h, w = pads[0][0], pads[1][0]
        return self.back(dx[:, h:h + s[0][1], w:w + s[0][2]], data_format)

    def by_filter(self, x, sizes, d, data_format="NHWC", **attrs):
        s = self.setting(x.shape, list(sizes), data_format=data_format, **attrs)
        x, d = self.moved(x, data_format), self.moved(d, data_format)
        pads = geometry(*s)[1]
        x = np.pad(x, [(0, 0), pads[0], pads[1], (0, 0)])
        df = np.zeros(tuple(sizes))
        for i, j, at in places(*s):
            if self.depthwise:
                df[i, j] = (x[at][..., None] * d.reshape(d.shape[:3] + tuple(sizes)[2:])).sum((0, 1, 2))
            else:
                df[i, j] = np.tensordot(x[at], d, ([0, 1, 2], [0, 1, 2]))
        return df


def nchw(v):
    return [v[0], v[3], v[1], v[2]]


SETTINGS = [  # input (NHWC), filter, attributes
    ([2, 5, 6, 3], [3, 2, 3, 4], {}),
    ([1, 6, 5, 2], [3, 3, 2, 2], dict(strides=[1, 2, 2, 1], padding="SAME")),
    ([2, 7, 8, 1], [3, 3, 1, 3], dict(strides=[1, 2, 1, 1], padding="SAME")),
    ([1, 7, 6, 2], [2, 2, 2, 2], dict(dilations=[1, 2, 3, 1])),
    ([1, 5, 5, 2], [3, 3, 2, 2], dict(dilations=[1, 2, 2, 1], padding="SAME")),
    ([1, 4, 5, 2], [3, 2, 2, 3], dict(padding="EXPLICIT", explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0], strides=[1, 2, 1, 1])),
    ([1, 4, 4, 2], [1, 1, 2, 3], dict(strides=[1, 3, 3, 1])),
    ([2, 5, 4, 2], [3, 2, 2, 3], dict(data_format="NCHW", strides=[1, 1, 2, 1], padding="SAME")),
    ([1, 5, 6, 2], [2, 3, 2, 2], dict(data_format="NCHW", padding="EXPLICIT", explicit_paddings=[0, 0, 0, 0, 1, 0, 0, 2])),
    ([1, 2, 2, 1], [3, 3, 1, 1], {}),
]
OPS = [("Conv2D", Convolution(False), "Conv2DBackpropInput", "Conv2DBackpropFilter"),
       ("DepthwiseConv2dNative", Convolution(True), "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter")]
TOLERANCE = dict(rtol=1e-5, atol=2e-5)

for forward, reference, by_input, by_filter in OPS:
    for shape, kernel, attrs in SETTINGS:
        if attrs.get("data_format") == "NCHW":
            shape = nchw(shape)
        x, f = draw(*shape), draw(*kernel)
        d = draw(*reference.forward(x, f, **attrs).shape)
        for dtype in ("float64", "float32"):
            options = dict(dtypes=[dtype], gradient=dtype == "float64" and x.size > 4, **(TOLERANCE if dtype == "float32" else {}))
            case(forward, [x, f], attrs, expect=reference.forward, **options)
            case(by_input, [shape, f, d], attrs, expect=reference.by_input, **options)
            case(by_filter, [x, kernel, d], attrs, expect=reference.by_filter, **options)
    # Sizes that reach the kernels' tiles, remainders and threads.
    for shape, kernel, attrs in (([3, 28, 28, 1], [5, 5, 1, 20], {}), ([17, 12, 12, 20], [5, 5, 20, 50], {}),
                                 ([2, 20, 19, 33], [3, 3, 33, 17], dict(padding="SAME")),
                                 ([2, 30, 30, 24], [1, 1, 24, 40], dict(strides=[1, 2, 2, 1]))):
        if reference.depthwise:
            kernel = kernel[:3] + [2]
        x, f = draw(*shape), draw(*kernel)
        d = draw(*reference.forward(x, f, **attrs).shape)
        options = dict(dtypes=["float32"], gradient=False, rtol=1e-4, atol=1e-3, symbolic=False)
        case(forward, [x, f], attrs, expect=reference.forward, **options)
        case(by_input, [shape, f, d], attrs, expect=reference.by_input, **options)
        case(by_filter, [x, kernel, d], attrs, expect=reference.by_filter, **options)
    # Empty batches, and outputs made of padding alone.
    empty = dict(gradient=False, symbolic=True)
    case(forward, [np.zeros((0, 4, 4, 1)), draw(2, 2, 1, 1)], expect=reference.forward, **empty)
    case(by_input, [[0, 4, 4, 1], draw(2, 2, 1, 1), np.zeros((0, 3, 3, 1))], expect=reference.by_input, **empty)
    case(by_filter, [np.zeros((0, 4, 4, 1)), [2, 2, 1, 1], np.zeros((0, 3, 3, 1))], expect=reference.by_filter, **empty)
    case(forward, [np.zeros((1, 0, 2, 1)), draw(1, 1, 1, 1)], dict(padding="EXPLICIT", explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0]),
         expect=reference.forward, **empty)
    case(forward, [np.ones((1, 1, 1, 1)), np.ones((2, 2, 1, 1))], expect=[np.zeros((1, 0, 0, 1))], dtypes=["float64"], gradient=False)

x, f, d = np.ones((1, 5, 5, 2), np.float32), np.ones((3, 3, 2, 1), np.float32), np.ones((1, 3, 3, 2), np.float32)
for forward, reference, by_input, by_filter in OPS:
    grad = d if reference.depthwise else d[..., :1]

    def each(attrs, match, code="InvalidArgument"):
        error(forward, [x, f], attrs, code=code, match=match)
        error(by_input, [[1, 5, 5, 2], f, grad], attrs, code=code, match=match)
        error(by_filter, [x, [3, 3, 2, 1], grad], attrs, code=code, match=match)

    each(dict(strides=[1, 0, 1, 1]), r"strides\[1\] is 0")
    each(dict(strides=[1, 1]), "strides has 2 entries")
    each(dict(strides=[2, 1, 1, 1]), "strides must be 1 for batch and channels")
    each(dict(dilations=[1, -1, 1, 1]), r"dilations\[1\] is -1")
    each(dict(padding="EXPLICIT", explicit_paddings=[0, 0, -1, 0, 0, 0, 0, 0]), "is -1; it must be a 32-bit number >= 0")
    each(dict(padding="EXPLICIT", explicit_paddings=[0, 0]), "explicit_paddings has 2 entries")
    each(dict(explicit_paddings=[0] * 8), "the padding is not EXPLICIT")
    each(dict(padding=3), "none of VALID, SAME, EXPLICIT")
    each(dict(dilations=[1, 9, 9, 1]), "negative output size")
    error(forward, [x[0, 0], f[0, 0]], match="rank must be 4")
    error(forward, [x[..., :1], f], match="the input has 1 channels, the filter is for 2")
    error(forward, [np.zeros((0, 0, 0, 0), np.float32), np.zeros((0, 0, 0, 0), np.float32)], match="must not have zero elements")
    error(forward, [x, f[:, :, :, :0]], match="must not have zero elements")
    error(forward, [x[:, :1, :1], f], match="negative output size")
    error(by_input, [[5, 5], f, grad], match="input_sizes has 2 entries")
    error(by_input, [[1, 5, 5, -2], f, grad], match="must be >= 0")
    error(by_input, [[1, 5, 5, 2], f, np.float32(1)], match="out_backprop has shape")
    error(by_input, [[1, 5, 5, 2], f, np.zeros((3, 1, 0, 3), np.float32)], match="out_backprop has shape")
    error(by_input, [[1, 5, 5, 2], np.zeros((0, 1, 5, 0), np.float32), np.zeros((1, 5, 5, 0), np.float32)], match="zero elements")
    error(by_filter, [x, [1879048192] * 13, grad], match="filter_sizes has 13 entries")
    error(by_filter, [x, [1879048192] * 4, grad], match="overflows|channels")
    error(by_filter, [x, [0, 0, 0, 0], grad], match="zero elements")
    error(by_filter, [np.zeros((0, 0, 1, 0), np.float32), [1, 1, 1, 1], np.zeros((0, 0, 1, 1), np.float32)], match="the input has 0 channels")
    error(by_filter, [x, [3, 3, 2, 1], grad[:, :2]], match="out_backprop has shape")

# ---- groups: convolutions of parts of the channels, side by side ----

whole, order_of = OPS[0][1], dict(NHWC=3, NCHW=1)


def parts(x, n, data_format="NHWC"):
    return np.split(x, n, order_of[data_format])


def grouped(x, f, data_format="NHWC", **attrs):
    n = x.shape[order_of[data_format]] // f.shape[2]
    return np.concatenate([whole.forward(a, b, data_format=data_format, **attrs) for a, b in zip(parts(x, n, data_format), np.split(f, n, 3))],
                          order_of[data_format])


def grouped_by_input(sizes, f, d, data_format="NHWC", **attrs):
    n, sizes = sizes[order_of[data_format]] // f.shape[2], list(sizes)
    sizes[order_of[data_format]] //= n
    return np.concatenate([whole.by_input(sizes, b, c, data_format=data_format, **attrs)
                           for b, c in zip(np.split(f, n, 3), parts(d, n, data_format))], order_of[data_format])


def grouped_by_filter(x, sizes, d, data_format="NHWC", **attrs):
    n, sizes = x.shape[order_of[data_format]] // sizes[2], list(sizes)
    sizes[3] //= n
    return np.concatenate([whole.by_filter(a, sizes, c, data_format=data_format, **attrs)
                           for a, c in zip(parts(x, n, data_format), parts(d, n, data_format))], 3)


for shape, kernel, attrs in (([2, 4, 5, 4], [2, 3, 2, 6], {}), ([1, 5, 4, 3], [3, 3, 1, 3], dict(padding="SAME", strides=[1, 2, 2, 1])),
                             ([2, 6, 4, 4], [2, 2, 2, 4], dict(data_format="NCHW", dilations=[1, 1, 2, 1])),
                             ([2, 3, 3, 6], [1, 1, 3, 4], {})):
    shape = nchw(shape) if "data_format" in attrs else shape
    x, f = draw(*shape), draw(*kernel)
    d = draw(*grouped(x, f, **attrs).shape)
    for dtype in ("float64", "float32"):
        options = dict(dtypes=[dtype], gradient=dtype == "float64", **(TOLERANCE if dtype == "float32" else {}))
        case("Conv2D", [x, f], attrs, expect=grouped, **options)
        case("Conv2DBackpropInput", [shape, f, d], attrs, expect=grouped_by_input, **options)
        case("Conv2DBackpropFilter", [x, kernel, d], attrs, expect=grouped_by_filter, **options)
x = np.ones((1, 5, 5, 4), np.float32)
error("Conv2D", [x, np.ones((3, 3, 2, 3), np.float32)], match="3 output channels; 2 groups")
error("Conv2D", [x, np.ones((3, 3, 3, 2), np.float32)], match="the input has 4 channels, the filter is for 3")
error("DepthwiseConv2dNative", [x, np.ones((3, 3, 2, 2), np.float32)], match="the input has 4 channels, the filter is for 2")
error("Conv2DBackpropInput", [[1, 5, 5, 4], np.ones((3, 3, 2, 3), np.float32), np.ones((1, 3, 3, 3), np.float32)], match="2 groups")
error("Conv2DBackpropFilter", [x, [3, 3, 2, 4], np.ones((1, 3, 3, 2), np.float32)], match="out_backprop has shape")

# ---- with bias and relu ----


def fused(x, filter_, bias, relu=False, **attrs):
    result = OPS[0][1].forward(x, filter_, **attrs)
    result = result + (bias[:, None, None] if attrs.get("data_format") == "NCHW" else bias)
    return np.maximum(result, 0) if relu else result


for shape, kernel, attrs in SETTINGS:
    if attrs.get("data_format") == "NCHW":
        shape = nchw(shape)
    x, f = draw(*shape), draw(*kernel)
    bias = np.where(np.arange(kernel[3]) % 2, 99.0, -99.0)  # far from relu's corner
    for relu in (False, True):
        for dtype in ("float64", "float32"):
            options = dict(dtypes=[dtype], gradient=dtype == "float64" and x.size > 4, **(TOLERANCE if dtype == "float32" else {}))
            case("FusedConv2D", [x, f, bias], dict(attrs, relu=relu), expect=fused, **options)
case("FusedConv2D", [draw(3, 28, 28, 1), draw(5, 5, 1, 20), draw(20)], dict(relu=True), expect=fused, dtypes=["float32"], gradient=False,
     rtol=1e-4, atol=1e-3, symbolic=False)
case("FusedConv2D", [draw(17, 12, 12, 20), draw(5, 5, 20, 50), draw(50)], dict(relu=True), expect=fused, dtypes=["float32"], gradient=False,
     rtol=1e-4, atol=1e-3, symbolic=False)
case("FusedConv2D", [np.zeros((0, 4, 4, 1)), draw(2, 2, 1, 1), draw(1)], expect=fused, gradient=False)
case("FusedConv2D", [np.zeros((1, 0, 2, 1)), draw(1, 1, 1, 3), draw(3)], dict(padding="EXPLICIT", explicit_paddings=[0, 0, 1, 1, 1, 1, 0, 0], relu=True),
     expect=fused, gradient=False)
x, f, b = np.ones((1, 5, 5, 2), np.float32), np.ones((3, 3, 2, 4), np.float32), np.ones(4, np.float32)
error("FusedConv2D", [x, f, b[:3]], match="bias has 3 elements; there are 4 channels")
error("FusedConv2D", [x, f, f], match="bias has shape .* must be a vector")
error("FusedConv2D", [x, f, b], dict(strides=[1, 0, 1, 1]), match=r"strides\[1\] is 0")
error("FusedConv2D", [x[0], f, b], match="rank must be 4")
error("FusedConv2D", [x[..., :1], f, b], match="the input has 1 channels, the filter is for 2")
