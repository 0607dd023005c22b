"""Layers that change images at random while training: flips, rotations, zooms, translations, contrast, brightness, crops. Their numbers are Keras' for a seed."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.keras import random
from sokuji._src.keras.layers import _format
from sokuji._src.keras.layers_base import Layer
from sokuji._src.keras.layers_image import resized
from sokuji._src.ops import array_ops

# ---- TensorFlow's ImageProjectiveTransformV3 ----


def _reflected(c, n):
    low = np.where(c < 2 * n, 2 * n * np.trunc(-c / (2 * n)) + c, c)
    low = np.where(low < -n, low + 2 * n, -low - 1)
    high = c - 2 * n * np.trunc(c / (2 * n))
    high = np.where(high >= n, 2 * n - high - 1, high)
    return np.where(c < 0, low, np.where(c > n - 1, high, c))


def _wrapped(c, n):
    low, high = c + n * (np.trunc(-c / (n - 1)) + 1), c - n * np.trunc(c / (n - 1))
    return np.where(c < 0, low, np.where(c > n - 1, high, c))


def _mapped(c, n, mode):
    if mode == "constant":
        return c
    if n > 1 and mode != "nearest":
        c = (_reflected if mode == "reflect" else _wrapped)(c, n)
    return np.clip(c if n > 1 or mode == "nearest" else c * 0, 0, n - 1)


def projected(images, transforms, interpolation="bilinear", fill_mode="reflect", fill_value=0.0):
    """Arrays (batch, rows, columns, channels) seen through transforms (batch, 8) from places of the result to places of the image."""
    f = np.float32
    n, height, width = images.shape[:3]
    y, x = (v.astype(f) for v in np.mgrid[:height, :width])
    a = transforms.astype(f)[:, :, None, None]
    k = a[:, 6] * x + a[:, 7] * y + f(1)
    xs = _mapped((a[:, 0] * x + a[:, 1] * y + a[:, 2]) / k, width, fill_mode)
    ys = _mapped((a[:, 3] * x + a[:, 4] * y + a[:, 5]) / k, height, fill_mode)
    batch = np.arange(n)[:, None, None]

    def read(row, column):
        is_in = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        found = images[batch, np.clip(row, 0, height - 1).astype(int), np.clip(column, 0, width - 1).astype(int)]
        return np.where(is_in[..., None], found, images.dtype.type(fill_value))

    if interpolation == "nearest":
        return read(*(np.trunc(c + np.copysign(f(0.5), c)) for c in (ys, xs)))
    y0, x0 = np.floor(ys), np.floor(xs)
    dy, dx = (ys - y0)[..., None], (xs - x0)[..., None]
    top, below = ((1 - dx) * read(row, x0) + dx * read(row, x0 + 1) for row in (y0, y0 + 1))
    return ((1 - dy) * top + dy * below).astype(images.dtype)


# ---- layers ----


def _range(name, factor, low, high, one_sided=False, is_open=False):
    """(lower, upper) of a number or a pair."""
    pair = factor if isinstance(factor, (tuple, list)) else None
    values = pair if pair is not None else [factor]
    is_bad = (pair is not None and len(pair) != 2) or not all(isinstance(v, (int, float)) for v in values)
    if is_bad or any(v > high or v < low or (is_open and v <= low) for v in values):
        raise ValueError("The `%s` argument should be a number (or a list of two numbers) in the range %s%s, %s]. Received: %s=%s"
                         % (name, "(" if is_open else "[", float(low), float(high), name, factor))  # fmt: skip
    if pair is not None:
        return tuple(sorted(pair))
    return max(-abs(factor), low if one_sided else -abs(factor)), abs(factor)


class _Random(Layer):
    _takes_lists = True
    def __init__(self, seed=None, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.seed, self.data_format = seed, _format(data_format)
        self.generator = random.SeedGenerator(seed)

    def _drawn(self, shape, low=0.0, high=1.0):
        return random.uniform(shape, low, high, seed=self.generator)

    def call(self, inputs, training=True):
        if isinstance(inputs, dict):
            raise NotImplementedError("not implemented: %s of a dictionary with boxes and masks; give the images" % type(self).__name__)
        if _core.graph_now() is not None:
            shape = None if inputs._shape_tuple is None else self.compute_output_shape(inputs._shape_tuple)
            return _core.py_call(lambda given: [self._batched(given[0], training)], type(self).__name__, True, [inputs],
                                 [(self._kind()._number, shape)])[0]  # fmt: skip
        return self._batched(inputs, training)

    def get_config(self):
        kept = {name: getattr(self, name) for name in ("factor", "value_range", "data_format") if hasattr(self, name)}
        return {**super().get_config(), **kept}

    def _kind(self):
        return dtypes.as_dtype(self._dtype or "float32")

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def _batched(self, inputs, training):
        images = array_ops.cast(inputs, self._kind())
        if not training:
            return images
        rank = images.ndim
        if rank not in (3, 4):
            raise ValueError("Expected the input image to be rank 3 or 4. Received inputs.shape=%s" % (images._shape_tuple,))
        x = run("ExpandDims", images, convert(0, 3)) if rank == 3 else images
        first = self.data_format == "channels_first"
        x = run("Transpose", x, convert([0, 2, 3, 1], 3)) if first else x
        x = self._changed(x)
        x = run("Transpose", x, convert([0, 3, 1, 2], 3)) if first else x
        return run("Squeeze", x, squeeze_dims=[0]) if rank == 3 else x

    def _changed(self, x):
        raise NotImplementedError


class RandomFlip(_Random):
    """Mirrored or not, each side as likely."""

    def __init__(self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs):
        super().__init__(seed, data_format, **kwargs)
        self.mode = mode

    def _changed(self, x):
        is_flipped = run("LessEqual", self._drawn([x._shape_tuple[0], 1, 1, 1]), convert(0.5, 1))
        for name, axis in (("horizontal", 2), ("vertical", 1)):
            if name in self.mode:
                x = run("SelectV2", is_flipped, run("ReverseV2", x, convert([axis], 3)), x)
        return x


class _Projected(_Random):
    def __init__(self, fill_mode, interpolation, seed, fill_value, data_format, **kwargs):
        super().__init__(seed, data_format, **kwargs)
        self.fill_mode, self.interpolation, self.fill_value = fill_mode, interpolation, fill_value
        if fill_mode not in ("reflect", "wrap", "constant", "nearest"):
            raise NotImplementedError("Unknown `fill_mode` %s. Expected of one ('reflect', 'wrap', 'constant', 'nearest')." % fill_mode)
        if interpolation not in ("nearest", "bilinear"):
            raise NotImplementedError("Unknown `interpolation` %s. Expected of one ('nearest', 'bilinear')." % interpolation)

    def _changed(self, x):
        matrix = np.concatenate([np.broadcast_to(np.asarray(c, np.float32), [x._shape_tuple[0], 1]) for c in self._matrix(*x._shape_tuple[:3])], 1)
        return convert(projected(np.asarray(x), matrix, self.interpolation, self.fill_mode, self.fill_value), 0)


class RandomRotation(_Projected):
    """Turned by a share of the circle."""

    def __init__(self, factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None, **kwargs):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = _range("factor", factor, -1, 1, True)

    def _matrix(self, n, height, width):
        angle = np.asarray(self._drawn([n], self.factor[0] * 360.0, self.factor[1] * 360.0))[:, None] * np.float32(np.pi / 180)
        cx, cy = np.float32(0.5 * (width - 1)), np.float32(0.5 * (height - 1))
        cos, sin = np.cos(angle), np.sin(angle)
        return cos, -sin, cx - cx * cos + cy * sin, sin, cos, cy - cx * sin - cy * cos, 0, 0


class RandomZoom(_Projected):
    """Larger or smaller."""

    def __init__(self, height_factor, width_factor=None, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None, **kwargs):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = _range("height_factor", height_factor, -1, 1, is_open=True)
        self._width = None if width_factor is None else _range("width_factor", width_factor, -1, 1, is_open=True)

    def _matrix(self, n, height, width):
        zy = zx = np.asarray(self._drawn([n, 1], 1 + self._height[0], 1 + self._height[1]))
        if self._width is not None:
            zx = np.asarray(self._drawn([n, 1], 1 + self._width[0], 1 + self._width[1]))
        f = np.float32
        return zx, 0, f((width - 1) / 2) * (1 - zx), 0, zy, f((height - 1) / 2) * (1 - zy), 0, 0


class RandomTranslation(_Projected):
    """Moved by a share of the size."""

    def __init__(self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0, data_format=None, **kwargs):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height, self._width = _range("height_factor", height_factor, -1, 1), _range("width_factor", width_factor, -1, 1)

    def _matrix(self, n, height, width):
        dy = np.asarray(self._drawn([n, 1], *self._height)) * height
        dx = np.asarray(self._drawn([n, 1], *self._width)) * width
        return 1, 0, -dx, 0, 1, -dy, 0, 0


class RandomContrast(_Random):
    """Nearer to the mean or farther from it."""

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.factor, self.value_range = _range("factor", factor, 0, 1, True), value_range

    def _changed(self, x):
        factor = self._drawn([x._shape_tuple[0], 1, 1, 1], 1 - self.factor[0], 1 + self.factor[1])
        mean = run("Mean", run("Mean", x, convert([1], 3), keep_dims=True), convert([2], 3), keep_dims=True)
        return _clipped((x - mean) * factor + mean, self.value_range)


def _clipped(x, bounds):
    return run("ClipByValue", x, *(convert(float(v), x._dtype_number) for v in bounds))


class RandomBrightness(_Random):
    """Lighter or darker."""

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        self.factor = _range("factor", factor, -1, 1, True)
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
            raise ValueError("The `value_range` argument should be a list of two numbers. Received: value_range=%s" % (value_range,))
        self.value_range = sorted(value_range)

    def _changed(self, x):
        moved = self._drawn([x._shape_tuple[0], 1, 1, 1], *self.factor) * float(self.value_range[1] - self.value_range[0])
        return _clipped(x + moved, self.value_range)


class RandomCrop(_Random):
    """A part of that size, from anywhere."""

    def __init__(self, height, width, seed=None, data_format=None, **kwargs):
        super().__init__(seed, data_format, **kwargs)
        self.height, self.width = height, width

    def compute_output_shape(self, input_shape, *args, **kwargs):
        made, first = list(input_shape), self.data_format == "channels_first"
        made[-2 if first else -3], made[-1 if first else -2] = self.height, self.width
        return tuple(made)

    def _changed(self, x):
        rows, columns = x._shape_tuple[1:3]
        if rows > self.height and columns > self.width:
            y, left = (int(self._drawn([], 0.0, float(n - size + 1))) for n, size in ((rows, self.height), (columns, self.width)))
        else:
            fit = max(min(rows, int(float(columns * self.height) / self.width)), 1), max(min(columns, int(float(rows * self.width) / self.height)), 1)
            y, left = (rows - fit[0]) // 2, (columns - fit[1]) // 2
        x = x[:, y : y + self.height, left : left + self.width]
        return x if x._shape_tuple[1:3] == (self.height, self.width) else resized(x, self.height, self.width, "bilinear", False, False, 0.0, False)


LAYERS = {c.__name__: c for c in (RandomFlip, RandomRotation, RandomZoom, RandomTranslation, RandomContrast, RandomBrightness, RandomCrop)}
