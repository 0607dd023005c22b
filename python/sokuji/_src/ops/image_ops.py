"""tf.image: resizing, flips, crops, padding, colours. Images are (batch, rows, columns, channels) or one without the batch; gradients go through."""

import functools
import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes
from sokuji._src.core.execute import check_fits, convert, execute, ints, invalid, run, sizes, without_gradient
from sokuji._src.ops import array_ops, random_ops


def _image(value, ranks=(3, 4)):
    t = convert(value, 0)
    if len(t._shape_tuple) not in ranks:
        raise ValueError("'images' must have either 3 or 4 dimensions; it has %d" % len(t._shape_tuple))
    return t


def _batched(function):
    """The function of four dimensions for images of three as well."""

    @functools.wraps(function)
    def both(*arguments, **keywords):
        bound = inspect.signature(function).bind(*arguments, **keywords)
        image, *arguments = bound.args
        keywords = bound.kwargs
        t = _image(image)
        if len(t._shape_tuple) == 4:
            return function(t, *arguments, **keywords)
        made = function(run("ExpandDims", t, convert(0, 3)), *arguments, **keywords)
        return execute("Squeeze", [made], {"squeeze_dims": [0]})

    return both


# ---- resizing ----


class ResizeMethod:
    """How images are resized."""

    def __init__(self, *args, **kwargs):
        raise TypeError("tf.image.ResizeMethod is a list of names")

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = 0, 1, 2, 3


class ResizeMethod_2:
    """How images are resized."""

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = "bilinear", "nearest", "bicubic", "area"
    LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC = "lanczos3", "lanczos5", "gaussian", "mitchellcubic"


def _scale(n, out, align):
    return np.float32(n - 1) / np.float32(out - 1) if align and out > 1 else np.float32(n) / np.float32(out)


def _places(n, out, align, half):
    """Where each output pixel lies among n input pixels, as float32."""
    index, scale = np.arange(out, dtype=np.float32), _scale(n, out, align)
    return (index + np.float32(0.5)) * scale - np.float32(0.5) if half else index * scale


def _linear(n, out, align, half):
    at = _places(n, out, align, half)
    low = np.floor(at)
    if half:
        return np.maximum(low, 0).astype(np.int64), np.minimum(np.ceil(at), n - 1).astype(np.int64), (at - low).astype(np.float32)
    low = low.astype(np.int64)
    return low, np.minimum(low + 1, n - 1), (at - low).astype(np.float32)


def _picked(t, index, axis):
    return run("GatherV2", t, convert(index, 9), convert(axis, 3))


def _check_size(t, size):
    out = ints(size)
    if len(out) != 2 or min(out) <= 0:
        raise (ValueError if len(out) != 2 else invalid)("resize: size must be two positive numbers, it is %s" % out)
    if 0 in t._shape_tuple[1:3]:
        raise invalid("resize: the image is empty: %s" % (t._shape_tuple,))
    check_fits("resize", t._shape_tuple[0], *out, t._shape_tuple[3])
    return out


def _bilinear(t, size, align, half):
    rows, columns = _check_size(t, size)
    t = array_ops.cast(t, dtypes.float32)
    y0, y1, fy = _linear(t._shape_tuple[1], rows, align, half)
    x0, x1, fx = _linear(t._shape_tuple[2], columns, align, half)
    fx, fy = convert(fx.reshape(1, 1, -1, 1), 0), convert(fy.reshape(1, -1, 1, 1), 0)
    top, bottom = _picked(t, y0, 1), _picked(t, y1, 1)
    top, bottom = (_picked(row, x0, 2) + (_picked(row, x1, 2) - _picked(row, x0, 2)) * fx for row in (top, bottom))
    return top + (bottom - top) * fy


def resize_half_pixel(images, size):
    return _bilinear(_image(images, (4,)), size, False, True)


def resize_bilinear(images, size, align_corners=False, name=None):
    """Images of another size, by bilinear interpolation."""
    return _bilinear(_image(images, (4,)), size, align_corners, False)


def _nearest(t, size, align, half):
    index = []
    for n, out in zip(t._shape_tuple[1:3], _check_size(t, size)):
        at = np.arange(out, dtype=np.float32)
        at = (at + np.float32(0.5) if half else at) * _scale(n, out, align)
        index.append(np.minimum(np.floor(at + np.float32(0.5)) if align else np.floor(at), n - 1).astype(np.int64))
    return _picked(_picked(t, index[0], 1), index[1], 2)


def resize_nearest_neighbor(images, size, align_corners=False, name=None):
    """Images of another size, by the nearest pixel."""
    return _nearest(_image(images, (4,)), size, align_corners, False)


def _weighted(t, rows, columns):
    """rows @ image @ columns.T for matrices of weights."""
    n, h, w, c = t._shape_tuple
    t = array_ops.cast(t, dtypes.float32)
    flat = run("Reshape", run("Transpose", t, convert([1, 0, 2, 3], 3)), sizes([h, n * w * c]))
    t = run("Reshape", run("MatMul", convert(rows, 0), flat), sizes([len(rows), n, w, c]))
    flat = run("Reshape", run("Transpose", t, convert([2, 1, 0, 3], 3)), sizes([w, n * len(rows) * c]))
    t = run("Reshape", run("MatMul", convert(columns, 0), flat), sizes([len(columns), n, len(rows), c]))
    return run("Transpose", t, convert([1, 2, 0, 3], 3))


def _cubic_weights(n, out, align, half):
    """Keys' cubic kernel, A = -0.5 with half pixels (and edges left out), else -0.75 and clamped edges, in steps of 1/1024 as TensorFlow has it."""
    a = -0.5 if half else -0.75
    made = np.zeros((out, n), np.float32)
    for i, at in enumerate(_places(n, out, align, half)):
        low = int(np.floor(at))
        x = np.round(float(at - np.float32(low)) * 1024) / 1024

        def near(d):
            return ((a + 2) * d - (a + 3)) * d * d + 1

        def far(d):
            return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a

        weights = [far(x + 1), near(x), near(1 - x), far(2 - x)]
        places = [low - 1, low, low + 1, low + 2]
        if half:
            kept = [w if 0 <= p < n else 0.0 for w, p in zip(weights, places)]
            total = sum(kept)
            weights = [w / total for w in kept] if abs(total) > 1000 * np.finfo(np.float32).tiny else kept
        for w, p in zip(weights, places):
            made[i, min(max(p, 0), n - 1)] += w
    return made


def resize_bicubic(images, size, align_corners=False, name=None):
    """Images of another size, by bicubic interpolation."""
    return _cubic(_image(images, (4,)), size, align_corners, False)


def _cubic(t, size, align, half):
    rows, columns = _check_size(t, size)
    return _weighted(t, _cubic_weights(t._shape_tuple[1], rows, align, half), _cubic_weights(t._shape_tuple[2], columns, align, half))


def _area_weights(n, out, align):
    scale, made = float(_scale(n, out, align)), np.zeros((out, n), np.float32)
    for i in range(out):
        begin, end = i * scale, (i + 1) * scale
        for p in range(int(np.floor(begin)), int(np.ceil(end))):
            part = min(p + 1, end) - max(p, begin)
            made[i, min(p, n - 1)] += part / scale
    return made


def resize_area(images, size, align_corners=False, name=None):
    """Images of another size, by means of areas."""
    t = _image(images, (4,))
    rows, columns = _check_size(t, size)
    return _weighted(t, _area_weights(t._shape_tuple[1], rows, align_corners), _area_weights(t._shape_tuple[2], columns, align_corners))


def resize_images(images, size, method=ResizeMethod.BILINEAR, align_corners=False, preserve_aspect_ratio=False, name=None):
    """1.x: pixels lie at their corners."""
    t = _image(images)
    if preserve_aspect_ratio:
        raise NotImplementedError("not implemented: tf.image.resize_images with preserve_aspect_ratio")
    wanted = ints(size)
    if len(wanted) != 2:
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    if list(t._shape_tuple[-3:-1]) == wanted:
        return array_ops.identity(t) if t.ndim == 3 else images if isinstance(images, _core.Handle) else t
    functions = {0: resize_bilinear, 1: resize_nearest_neighbor, 2: resize_bicubic, 3: resize_area}
    if method not in functions:
        raise ValueError("Resize method is not implemented.")
    return _batched(lambda one: functions[method](one, wanted, align_corners))(t)


def resize(images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, name=None):
    """2.x: pixels lie at their centres."""
    t = _image(images)
    rows, columns = ints(size)
    if preserve_aspect_ratio:
        h, w = t._shape_tuple[-3:-1]
        scale = min(rows / h, columns / w)
        rows, columns = int(round(scale * h)), int(round(scale * w))
    if antialias and (rows < t._shape_tuple[-3] or columns < t._shape_tuple[-2]) and method in ("bilinear", "bicubic"):
        raise NotImplementedError("not implemented: tf.image.resize with antialias")
    functions = {"bilinear": lambda one: _bilinear(one, (rows, columns), False, True), "nearest": lambda one: _nearest(one, (rows, columns), False, True),
                 "bicubic": lambda one: _cubic(one, (rows, columns), False, True), "area": lambda one: resize_area(one, (rows, columns))}  # fmt: skip
    if method not in functions:
        if method in ("lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
            raise NotImplementedError("not implemented: tf.image.resize with method='%s'; use 'bilinear' or 'bicubic'" % method)
        raise ValueError("Resize method is not implemented: %s" % (method,))
    return _batched(functions[method])(t)


# ---- flips and turns ----


def flip_left_right(image):
    """Images mirrored from left to right."""
    t = _image(image)
    return array_ops.reverse(t, [len(t._shape_tuple) - 2])


def flip_up_down(image):
    """Images mirrored from top to bottom."""
    t = _image(image)
    return array_ops.reverse(t, [len(t._shape_tuple) - 3])


def transpose(image, name=None):
    """Height and width of images exchanged."""
    t = _image(image)
    return run("Transpose", t, convert([1, 0, 2] if len(t._shape_tuple) == 3 else [0, 2, 1, 3], 3))


def rot90(image, k=1, name=None):
    """k quarter turns against the clock."""
    t = _image(image)
    k = int(k) % 4
    if k == 0:
        return t
    if k == 2:
        return flip_up_down(flip_left_right(t))
    return flip_up_down(transpose(t)) if k == 1 else transpose(flip_up_down(t))


def _random_flip(image, flip, seed):
    t = _image(image)
    if len(t._shape_tuple) == 3:
        drawn = random_ops.random_uniform([], 0, 1.0, seed=seed)
        if isinstance(drawn, _core.SymbolicTensor):
            return run("SelectV2", drawn < 0.5, flip(t), t)
        return flip(t) if float(drawn) < 0.5 else t
    n = t._shape_tuple[0]
    keep = run("Round", random_ops.random_uniform([n], 0, 1.0, seed=seed))
    keep = run("Reshape", array_ops.cast(keep, t.dtype), sizes([n, 1, 1, 1]))
    return keep * flip(t) + (array_ops.ones_like(keep) - keep) * t


def random_flip_left_right(image, seed=None):
    """Mirrored from left to right, or not."""
    return _random_flip(image, flip_left_right, seed)


def random_flip_up_down(image, seed=None):
    """Mirrored from top to bottom, or not."""
    return _random_flip(image, flip_up_down, seed)


# ---- crops and padding ----


@_batched
def crop_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """The part of images from an offset on."""
    _, h, w, _ = image._shape_tuple
    top, left, rows, columns = (int(v) for v in (offset_height, offset_width, target_height, target_width))
    for ok, text in ((left >= 0, "offset_width must be >= 0."), (top >= 0, "offset_height must be >= 0."), (columns > 0, "target_width must be > 0."),
                     (rows > 0, "target_height must be > 0."), (w >= left + columns, "width must be >= target + offset."),
                     (h >= top + rows, "height must be >= target + offset.")):  # fmt: skip
        if not ok:
            raise ValueError(text)
    return image[:, top : top + rows, left : left + columns]


@_batched
def pad_to_bounding_box(image, offset_height, offset_width, target_height, target_width):
    """Images in a larger black one, at an offset."""
    _, h, w, _ = image._shape_tuple
    top, left, rows, columns = (int(v) for v in (offset_height, offset_width, target_height, target_width))
    below, right = rows - top - h, columns - left - w
    for ok, text in ((top >= 0, "offset_height must be >= 0"), (left >= 0, "offset_width must be >= 0"), (right >= 0, "width must be <= target - offset"),
                     (below >= 0, "height must be <= target - offset")):  # fmt: skip
        if not ok:
            raise ValueError(text)
    return array_ops.pad(image, [[0, 0], [top, below], [left, right], [0, 0]])


@_batched
def resize_image_with_crop_or_pad(image, target_height, target_width):
    """Cut or filled with zeros around the centre."""
    _, h, w, _ = image._shape_tuple
    rows, columns = int(target_height), int(target_width)
    if rows <= 0 or columns <= 0:
        raise ValueError("target_width and target_height must be > 0.")
    t = crop_to_bounding_box(image, max((h - rows) // 2, 0), max((w - columns) // 2, 0), min(rows, h), min(columns, w))
    return pad_to_bounding_box(t, max((rows - h) // 2, 0), max((columns - w) // 2, 0), rows, columns)


@_batched
def central_crop(image, central_fraction):
    """The middle fraction of images."""
    if central_fraction <= 0.0 or central_fraction > 1.0:
        raise ValueError("central_fraction must be within (0, 1]")
    _, h, w, _ = image._shape_tuple
    top, left = int((h - h * central_fraction) / 2), int((w - w * central_fraction) / 2)
    return image[:, top : h - top, left : w - left]


# ---- colours ----


def convert_image_dtype(image, dtype, saturate=False, name=None):
    """Scales so that the largest integer stands for 1.0."""
    t, dtype = convert(image, 0), dtypes.as_dtype(dtype)
    if t.dtype is dtype:
        return array_ops.identity(t)
    if t.dtype.is_integer and dtype.is_integer:
        top_in, top_out = t.dtype.max, dtype.max
        if top_in > top_out:
            scaled = run("FloorDiv", t, convert((top_in + 1) // (top_out + 1), t._dtype_number))
            return array_ops.saturate_cast(scaled, dtype) if saturate else array_ops.cast(scaled, dtype)
        wide = array_ops.saturate_cast(t, dtype) if saturate else array_ops.cast(t, dtype)
        return wide * convert((top_out + 1) // (top_in + 1), dtype._number)
    if t.dtype.is_floating and dtype.is_floating:
        return array_ops.cast(t, dtype)
    if t.dtype.is_integer:
        return array_ops.cast(t, dtype) * convert(1.0 / t.dtype.max, dtype._number)
    scaled = t * convert(float(dtype.max) + 0.5, t._dtype_number)
    return array_ops.saturate_cast(scaled, dtype) if saturate else array_ops.cast(scaled, dtype)


def _as_float(function):
    """The function of float images for those of any dtype."""

    @functools.wraps(function)
    def any_dtype(*arguments, **keywords):
        bound = inspect.signature(function).bind(*arguments, **keywords)
        image, *arguments = bound.args
        keywords = bound.kwargs
        t = convert(image, 0)
        if t.dtype.is_floating:
            return function(t, *arguments, **keywords)
        return convert_image_dtype(function(convert_image_dtype(t, dtypes.float32), *arguments, **keywords), t.dtype, saturate=True)

    return any_dtype


@_as_float
def adjust_brightness(image, delta):
    """delta added to all values."""
    return image + convert(delta, image._dtype_number)


@_as_float
def adjust_contrast(images, contrast_factor):
    """Values moved from each channel's mean by a factor."""
    axes = convert([images.ndim - 3, images.ndim - 2], 3)
    mean = execute("Mean", [images, axes], {"keep_dims": True})
    return (images - mean) * convert(contrast_factor, images._dtype_number) + mean


@_as_float
def adjust_gamma(image, gamma=1, gain=1):
    """gain * image ** gamma"""
    if not isinstance(gamma, _core.Handle) and gamma < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    return convert(float(gain), image._dtype_number) * image ** convert(float(gamma), image._dtype_number)


def rgb_to_grayscale(images, name=None):
    """Red, green and blue as one channel of luminance."""
    t = convert(images, 0)
    flt = t if t.dtype.is_floating else convert_image_dtype(t, dtypes.float32)
    weights = convert(np.array([0.2989, 0.5870, 0.1140], np.float32), 0)
    gray = execute("Sum", [flt * array_ops.cast(weights, flt.dtype), convert([-1], 3)], {"keep_dims": True})
    return gray if t.dtype.is_floating else convert_image_dtype(gray, t.dtype)


def grayscale_to_rgb(images, name=None):
    """One channel as three alike."""
    t = convert(images, 0)
    return array_ops.tile(t, [1] * (t.ndim - 1) + [3])


def rgb_to_hsv(images, name=None):
    """Red, green and blue as hue, saturation and value."""
    t = convert(images, 0)
    if t._shape_tuple[-1:] != (3,):
        raise invalid("rgb_to_hsv: the last dimension must have 3 channels, the shape is %s" % (t._shape_tuple,))
    r, g, b = array_ops.unstack(t, axis=-1)
    top = run("Maximum", run("Maximum", r, g), b)
    spread, zero, one = top - run("Minimum", run("Minimum", r, g), b), run("ZerosLike", top), run("OnesLike", top)
    choose = lambda op, x, y, yes, no: run("Select", run(op, x, y), yes, no)  # noqa: E731
    safe = choose("Greater", spread, zero, spread, one)
    h = choose("Equal", r, top, (g - b) / safe, choose("Equal", g, top, (b - r) / safe + 2.0, (r - g) / safe + 4.0)) / 6.0
    h = choose("Greater", spread, zero, choose("Less", h, zero, h + 1.0, h), zero)
    s = choose("Greater", top, zero, spread / choose("Greater", top, zero, top, one), zero)
    return array_ops.stack([h, s, top], -1)


def hsv_to_rgb(images, name=None):
    """Hue, saturation and value as red, green and blue, all in [0, 1]."""
    return without_gradient("HSVToRGB", _hsv_to_rgb, convert(images, 0))


def _hsv_to_rgb(t):
    x = t.numpy()
    h, s, v = x[..., 0], x[..., 1], x[..., 2]
    parts = [np.clip(np.abs(h * 6 - 3) - 1, 0, 1), np.clip(2 - np.abs(h * 6 - 2), 0, 1), np.clip(2 - np.abs(h * 6 - 4), 0, 1)]
    return convert(np.ascontiguousarray(np.stack([((p - 1) * s + 1) * v for p in parts], -1).astype(x.dtype)), 0)


@_as_float
def adjust_saturation(image, saturation_factor, name=None):
    """Saturation times a factor, of an RGB image."""
    def changed(t):
        hsv = rgb_to_hsv(t).numpy()
        hsv[..., 1] = np.clip(hsv[..., 1] * float(saturation_factor), 0.0, 1.0)
        return _hsv_to_rgb(convert(hsv, 0))

    return without_gradient("AdjustSaturation", changed, image)


def adjust_hue(image, delta, name=None):
    """Hue turned by delta, of an RGB image."""
    if conversion._version == 2 and not -1.0 <= float(delta) <= 1.0:
        raise ValueError("delta must be in the interval [-1, 1]")
    return _hue(image, delta)


@_as_float
def _hue(image, delta):
    def changed(t):
        hsv = rgb_to_hsv(t).numpy()
        hsv[..., 0] = np.mod(hsv[..., 0] + float(delta), 1.0)
        return _hsv_to_rgb(convert(hsv, 0))

    return without_gradient("AdjustHue", changed, image)


def _matrix_colour(images, kernel):
    t = convert(images, 0)
    flat = run("Reshape", t, sizes([-1, 3]))
    return run("Reshape", run("MatMul", flat, array_ops.cast(convert(np.array(kernel, np.float32), 0), t.dtype)), sizes(t._shape_tuple))


_YUV = [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], [0.114, 0.43601035, -0.10001026]]
_FROM_YUV = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]
_YIQ = [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], [0.114, -0.32134392, 0.31119955]]
_FROM_YIQ = [[1, 1, 1], [0.95598634, -0.27201283, -1.10674021], [0.6208248, -0.64720424, 1.70423049]]


def rgb_to_yuv(images):
    """Red, green and blue as Y, U and V."""
    return _matrix_colour(images, _YUV)


def yuv_to_rgb(images):
    """Y, U and V as red, green and blue."""
    return _matrix_colour(images, _FROM_YUV)


def rgb_to_yiq(images):
    """Red, green and blue as Y, I and Q."""
    return _matrix_colour(images, _YIQ)


def yiq_to_rgb(images):
    """Y, I and Q as red, green and blue."""
    return _matrix_colour(images, _FROM_YIQ)


def per_image_standardization(image):
    """Mean 0 and variance 1; flat images are not blown up."""
    t = _image(image)
    t = t if t.dtype.is_floating else array_ops.cast(t, dtypes.float32)
    axes = convert([t.ndim - 3, t.ndim - 2, t.ndim - 1], 3)
    n = float(np.prod(t._shape_tuple[-3:]))
    mean = execute("Mean", [t, axes], {"keep_dims": True})
    variance = execute("Mean", [run("Square", t), axes], {"keep_dims": True}) - run("Square", mean)
    stddev = run("Sqrt", run("Relu", variance))
    return (t - mean) / run("Maximum", stddev, convert(float(np.float32(1.0) / np.sqrt(np.float32(n))), t._dtype_number))


def _random_between(low, high, seed):
    drawn = random_ops.random_uniform([], low, high, seed=seed)
    return drawn if isinstance(drawn, _core.SymbolicTensor) else float(drawn)


def random_brightness(image, max_delta, seed=None):
    """Brightness changed by a random number of at most max_delta."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, _random_between(-max_delta, max_delta, seed))


def _ordered(lower, upper):
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")


def random_contrast(image, lower, upper, seed=None):
    """Contrast changed by a random factor."""
    _ordered(lower, upper)
    return adjust_contrast(image, _random_between(lower, upper, seed))


def random_saturation(image, lower, upper, seed=None):
    """Saturation times a random factor."""
    _ordered(lower, upper)
    return adjust_saturation(image, _random_between(lower, upper, seed))


def random_hue(image, max_delta, seed=None):
    """Hue turned by a random number of at most max_delta."""
    if not 0 <= max_delta <= 0.5:
        raise ValueError("max_delta must be in [0, 0.5].")
    return adjust_hue(image, _random_between(-max_delta, max_delta, seed))


# ---- measures ----


def total_variation(images, name=None):
    """The sum of the differences between neighbouring pixels."""
    t = _image(images)
    a = t.ndim - 3
    key = [slice(None)] * t.ndim
    first, second = list(key), list(key)
    first[a], second[a] = slice(1, None), slice(None, -1)
    rows = run("Abs", t[tuple(first)] - t[tuple(second)])
    first, second = list(key), list(key)
    first[a + 1], second[a + 1] = slice(1, None), slice(None, -1)
    columns = run("Abs", t[tuple(first)] - t[tuple(second)])
    axes = convert([1, 2, 3] if t.ndim == 4 else [0, 1, 2], 3)
    return run("Sum", rows, axes) + run("Sum", columns, axes)


def image_gradients(image):
    """(dy, dx): differences of neighbours, with zeros in the last row and column."""
    t = _image(image, (4,))
    dy = array_ops.pad(t[:, 1:] - t[:, :-1], [[0, 0], [0, 1], [0, 0], [0, 0]])
    dx = array_ops.pad(t[:, :, 1:] - t[:, :, :-1], [[0, 0], [0, 0], [0, 1], [0, 0]])
    return dy, dx


def psnr(a, b, max_val, name=None):
    """The peak signal-to-noise ratio of two images, in decibels."""
    top = convert_image_dtype(convert(max_val, convert(a, 0)._dtype_number), dtypes.float32)
    x, y = (convert_image_dtype(v, dtypes.float32) for v in (a, b))
    mse = run("Mean", run("SquaredDifference", x, y), convert([x.ndim - 3, x.ndim - 2, x.ndim - 1], 3))
    return 20.0 * run("Log", top) / float(np.log(10.0)) - convert(np.float32(10.0 / np.log(10.0)), 0) * run("Log", mse)


def non_max_suppression(boxes, scores, max_output_size, iou_threshold=0.5, name=None, score_threshold=float("-inf")):
    """Indices of the best boxes that do not overlap a better one too much."""
    b, s = np.asarray(convert(boxes, 0).numpy(), np.float64), convert(scores, 0).numpy()
    if b.ndim != 2 or b.shape[1] != 4 or len(b) != len(s):
        raise invalid("non_max_suppression: boxes must be (n, 4) and scores (n,); they are %s and %s" % (b.shape, np.shape(s)))
    if not 0 <= float(iou_threshold) <= 1:
        raise invalid("iou_threshold must be in [0, 1]")
    if int(max_output_size) < 0:
        raise invalid("non_max_suppression: max_output_size must not be negative, it is %d" % int(max_output_size))
    y0, y1 = np.minimum(b[:, 0], b[:, 2]), np.maximum(b[:, 0], b[:, 2])
    x0, x1 = np.minimum(b[:, 1], b[:, 3]), np.maximum(b[:, 1], b[:, 3])
    area, kept = (y1 - y0) * (x1 - x0), []
    for i in np.argsort(-s, kind="stable"):
        if len(kept) >= int(max_output_size) or s[i] <= score_threshold:
            break
        both = [np.maximum(0, min(y1[i], y1[j]) - max(y0[i], y0[j])) * np.maximum(0, min(x1[i], x1[j]) - max(x0[i], x0[j])) for j in kept]
        if all(area[i] <= 0 or area[j] <= 0 or c / (area[i] + area[j] - c) <= iou_threshold for c, j in zip(both, kept)):
            kept.append(i)
    return convert(np.array(kept, np.int32), 0)


def _non_max_suppression_2(boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), name=None):
    """Numbers of boxes, best first, that overlap no better one by more than iou_threshold."""
    return non_max_suppression(boxes, scores, max_output_size, iou_threshold, name, score_threshold)


_BOTH = """flip_left_right flip_up_down rot90 random_flip_left_right random_flip_up_down crop_to_bounding_box pad_to_bounding_box central_crop
convert_image_dtype adjust_brightness adjust_contrast adjust_gamma adjust_saturation adjust_hue rgb_to_grayscale grayscale_to_rgb rgb_to_hsv hsv_to_rgb
rgb_to_yuv yuv_to_rgb rgb_to_yiq yiq_to_rgb per_image_standardization random_brightness random_contrast random_saturation random_hue total_variation
image_gradients psnr non_max_suppression"""


def names(version):
    made = {name: globals()[name] for name in _BOTH.split()}
    if version == 1:
        made.update(ResizeMethod=ResizeMethod, resize_images=resize_images, resize_bilinear=resize_bilinear, resize_nearest_neighbor=resize_nearest_neighbor,
                    resize_bicubic=resize_bicubic, resize_area=resize_area, resize_image_with_crop_or_pad=resize_image_with_crop_or_pad,
                    transpose_image=transpose)  # fmt: skip
    else:
        made.update(ResizeMethod=ResizeMethod_2, resize=resize, resize_with_crop_or_pad=resize_image_with_crop_or_pad, transpose=transpose,
                    random_crop=random_ops.random_crop, non_max_suppression=_non_max_suppression_2)  # fmt: skip
    return made
