"""Layers that change images: resizing and the crop in the middle."""

from sokuji._src.core import dtypes
from sokuji._src.core.execute import run
from sokuji._src.keras.layers import _format, channels_first, channels_last
from sokuji._src.keras.layers_base import Layer
from sokuji._src.ops import array_ops, image_late_ops


def _fitted(height, width, rows, columns, largest):
    """The box of the wanted proportions: the largest within the image, or the smallest around it."""
    pick = (lambda n, m: max(min(n, m), 1)) if largest else max
    return pick(height, int(float(width * rows) / columns)), pick(width, int(float(height * columns) / rows))


def resized(t, rows, columns, interpolation, crop, pad, fill_value, antialias):
    """(…, rows, columns, channels) of images with the channels last."""
    height, width = t._shape_tuple[-3:-1]
    if crop:
        h, w = _fitted(height, width, rows, columns, True)
        y, x = (height - h) // 2, (width - w) // 2
        t = t[..., y : y + h, x : x + w, :]
    elif pad:
        h, w = _fitted(height, width, rows, columns, False)
        y, x = (h - height) // 2, (w - width) // 2
        t = array_ops.pad(t, [[0, 0]] * (t.ndim - 3) + [[y, y], [x, x], [0, 0]], constant_values=fill_value)
    return image_late_ops.resize(t, [rows, columns], interpolation, antialias=antialias)


class Resizing(Layer):
    """Images in another size."""

    _takes_lists = True

    def __init__(self, height, width, interpolation="bilinear", crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0,
                 antialias=False, data_format=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        if interpolation not in ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic"):
            raise ValueError("Invalid value for argument `interpolation`. Received: interpolation=%s" % interpolation)
        if fill_mode != "constant" or (crop_to_aspect_ratio and pad_to_aspect_ratio):
            raise ValueError("Only `fill_mode='constant'` is supported, and only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.")
        self.height, self.width, self.interpolation, self.data_format, self.fill_value, self.antialias = height, width, interpolation, _format(data_format), fill_value, antialias
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = crop_to_aspect_ratio, pad_to_aspect_ratio

    def call(self, inputs):
        if inputs.ndim not in (3, 4):
            raise ValueError("Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input with shape: %s" % (inputs._shape_tuple,))
        first = self.data_format == "channels_first"
        t = channels_last(inputs) if first else inputs
        made = resized(t, self.height, self.width, self.interpolation, self.crop_to_aspect_ratio, self.pad_to_aspect_ratio, self.fill_value, self.antialias)
        if made.dtype != inputs.dtype:
            if inputs.dtype.is_integer:
                made = run("Round", made)
            made = array_ops.cast(made, inputs.dtype)
        return channels_first(made) if first else made


class CenterCrop(Layer):
    """The middle of images; smaller ones are first made larger."""

    _takes_lists = True

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.height, self.width, self.data_format = height, width, _format(data_format)

    def call(self, inputs):
        first = self.data_format == "channels_first"
        t = array_ops.cast(channels_last(inputs) if first else inputs, self._dtype or dtypes.float32)
        y, x = t._shape_tuple[-3] - self.height, t._shape_tuple[-2] - self.width
        if y >= 0 and x >= 0:
            made = t[..., y // 2 : y // 2 + self.height, x // 2 : x // 2 + self.width, :]
        else:
            made = resized(t, self.height, self.width, "bilinear", True, False, 0.0, False)
        return channels_first(made) if first else made


LAYERS = {"Resizing": Resizing, "CenterCrop": CenterCrop}
