"""keras.ops.image: colours, sizes and patches of batches of pictures."""

import numpy as np

from sokuji._src.keras.ops_core import IMAGE, F, T, op, tf
from sokuji._src.keras.ops_nn import _last, _spread

image = op(IMAGE)


def _pictures(t):
    if len(t._shape_tuple) not in (3, 4):
        raise ValueError("Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received input with shape: images.shape=%s" % (t._shape_tuple,))
    return t


def _places(t, data_format):
    """(the tensor with channels last, what puts them back)"""
    t = _pictures(t)
    if data_format != "channels_first":
        return t, lambda made: made
    first = len(t._shape_tuple) == 3
    order = [1, 2, 0] if first else [0, 2, 3, 1]
    return tf.transpose(t, order), lambda made: tf.transpose(made, [2, 0, 1] if first else [0, 3, 1, 2])


@image
def rgb_to_grayscale(images, data_format=None):
    t, back = _places(T(images), data_format)
    return back(tf.image.rgb_to_grayscale(t))


def _colours(name):
    def function(images, data_format=None):
        t = T(images)
        if not t.dtype.is_floating:
            raise ValueError("Invalid images dtype: expected float dtype. Received: images.dtype=%s" % t.dtype.name)
        t, back = _places(t, data_format)
        return back(getattr(tf.image, name)(t))

    function.__name__ = name
    return image(function)


_colours("rgb_to_hsv")
_colours("hsv_to_rgb")


@image
def resize(images, size, interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format=None):
    if interpolation not in ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"):
        raise ValueError("Invalid value for argument `interpolation`. Expected of one ('bilinear', 'nearest', 'lanczos3', 'lanczos5', 'bicubic', 'area'). Received: interpolation=%s"
                         % interpolation)  # fmt: skip
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `crop_to_aspect_ratio` & `pad_to_aspect_ratio` can be `True`.")
    if len(size) != 2:
        raise ValueError("Expected `size` to be a tuple of 2 integers. Received: size=%s" % (size,))
    t, back = _places(T(images), data_format)
    h, w = t._shape_tuple[-3:-1]
    if crop_to_aspect_ratio:
        high, wide = min(h, int(float(w * size[0]) / size[1])), min(w, int(float(h * size[1]) / size[0]))
        t = tf.image.crop_to_bounding_box(t, int(float(h - high) / 2), int(float(w - wide) / 2), high, wide)
    elif pad_to_aspect_ratio:
        high, wide = max(h, int(float(w * size[0]) / size[1])), max(w, int(float(h * size[1]) / size[0]))
        top, left = int(float(high - h) / 2), int(float(wide - w) / 2)
        around = [[0, 0]] * (len(t._shape_tuple) - 3) + [[top, top], [left, left], [0, 0]]
        t = tf.pad(t, around, constant_values=T(fill_value, t.dtype.name))
    made = tf.image.resize(t, size, method=interpolation, antialias=antialias)
    kind = t.dtype.name
    if made.dtype.name != kind:
        made = tf.saturate_cast(tf.round(made) if "int" in kind else made, kind) if "int" in kind else T(made, kind)
    return back(made)


def _patches(images, size, strides, dilation_rate, padding, data_format, n):
    t, back = _last(T(images), data_format) if len(T(images)._shape_tuple) == n + 2 else _one(T(images), data_format)
    alone = len(t._shape_tuple) == n + 1
    t = tf.expand_dims(t, 0) if alone else t
    size, rates = _spread(size, n), _spread(dilation_rate, n)
    strides = size if strides is None else _spread(strides, n)
    channels = t._shape_tuple[-1]
    count = int(np.prod(size)) * channels
    kernel = tf.constant(np.eye(count).reshape(*size, channels, count).astype(t.dtype.as_numpy_dtype))
    made = tf.nn.convolution(t, kernel, strides, padding.upper(), dilations=rates)
    return back(tf.squeeze(made, [0]) if alone else made)


def _one(t, data_format):
    if data_format != "channels_first":
        return t, lambda made: made
    rank = len(t._shape_tuple)
    return tf.transpose(t, [*range(1, rank), 0]), lambda made: tf.transpose(made, [rank - 1, *range(rank - 1)])


@image
def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    if not isinstance(size, int) and len(size) == 3:
        return _patches(images, size, strides, dilation_rate, padding, data_format, 3)
    return _patches(images, size, strides, dilation_rate, padding, data_format, 2)


@image
def extract_patches_3d(volumes, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    return _patches(volumes, size, strides, dilation_rate, padding, data_format, 3)


def _check_two(what, *given):
    """Of what one axis gets at its ends and keeps, the third follows from two."""
    if given.count(None) != 1:
        raise ValueError("Must specify exactly two of %s." % what)


@image
def pad_images(images, top_padding=None, left_padding=None, bottom_padding=None, right_padding=None, target_height=None, target_width=None, data_format=None):
    t, back = _places(T(images), data_format)
    h, w = t._shape_tuple[-3:-1]
    pairs = []
    for before, after, size, target, what in ((top_padding, bottom_padding, h, target_height, "top_padding, bottom_padding, target_height"),
                                              (left_padding, right_padding, w, target_width, "left_padding, right_padding, target_width")):  # fmt: skip
        _check_two(what, before, after, target)
        before = target - size - after if before is None else before
        after = target - size - before if after is None else after
        if before < 0 or after < 0:
            raise ValueError("%s must be >= 0. Received: %s" % (what, (before, after)))
        pairs.append([before, after])
    return back(tf.pad(t, [[0, 0]] * (len(t._shape_tuple) - 3) + pairs + [[0, 0]]))


@image
def crop_images(images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, target_height=None, target_width=None, data_format=None):
    t, back = _places(T(images), data_format)
    h, w = t._shape_tuple[-3:-1]
    found = []
    for before, after, size, target, what in ((top_cropping, bottom_cropping, h, target_height, "top_cropping, bottom_cropping, target_height"),
                                              (left_cropping, right_cropping, w, target_width, "left_cropping, right_cropping, target_width")):  # fmt: skip
        _check_two(what, before, after, target)
        before = size - target - after if before is None else before
        target = size - before - after if target is None else target
        if before < 0 or target <= 0 or before + target > size:
            raise ValueError("%s do not fit images.shape=%s" % (what, t._shape_tuple))
        found.append((before, target))
    (top, high), (left, wide) = found
    return back(tf.image.crop_to_bounding_box(t, top, left, high, wide))


@image
def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    t, back = _places(F(images), data_format)
    alone = len(t._shape_tuple) == 3
    lines = []
    for n, s in zip(kernel_size, sigma):
        x = np.arange(n) - (n - 1) / 2.0
        line = np.exp(-0.5 * (x / s) ** 2)
        lines.append(line / line.sum())
    kernel = np.outer(*lines)[:, :, None, None] * np.ones((1, 1, t._shape_tuple[-1], 1))
    made = tf.nn.depthwise_conv2d(tf.expand_dims(t, 0) if alone else t, tf.constant(kernel.astype(t.dtype.as_numpy_dtype)), [1, 1, 1, 1], "SAME")
    return back(tf.squeeze(made, [0]) if alone else made)


_FILLS = {"constant": None, "nearest": "edge", "wrap": "wrap", "mirror": "reflect", "reflect": "symmetric"}


@image
def map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    t, places = T(inputs), F(coordinates)
    if fill_mode not in _FILLS:
        raise ValueError("Invalid value for argument `fill_mode`. Expected one of %s. Received: fill_mode=%s" % (set(_FILLS), fill_mode))
    if order not in (0, 1):
        raise ValueError("Invalid value for argument `order`. Expected one of [0, 1]. Received: order=%s" % order)
    if places._shape_tuple[0] != len(t._shape_tuple):
        raise ValueError("First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: %s and coordinate leading dim of %s"
                         % (t._shape_tuple, places._shape_tuple[0]))  # fmt: skip
    made = 0.0
    axes = tf.unstack(places)
    for corner in np.ndindex(*((2,) * len(axes) if order else (1,) * len(axes))):
        weight, index, inside = 1.0, [], True
        for place, size, up in zip(axes, t._shape_tuple, corner):
            low = tf.floor(place) if order else tf.round(place)
            i = low + up
            if order:
                weight = weight * ((place - low) if up else 1.0 - (place - low))
            inside = tf.logical_and(inside, tf.logical_and(i >= 0, i < size)) if fill_mode == "constant" else inside
            index.append(T(_folded(tf.cast(i, "int32"), size, fill_mode), "int32"))
        value = tf.cast(tf.gather_nd(t, tf.stack(index, -1)), places.dtype)
        made = made + weight * (tf.where(inside, value, tf.cast(fill_value, places.dtype)) if fill_mode == "constant" else value)
    return tf.cast(tf.round(made) if not t.dtype.is_floating else made, t.dtype)


def _folded(i, size, fill_mode):
    if fill_mode == "wrap":
        return tf.math.floormod(i, size)
    if fill_mode == "mirror":
        period = max(2 * (size - 1), 1)
        i = tf.math.floormod(i, period)
        return tf.minimum(i, period - i)
    if fill_mode == "reflect":
        i = tf.math.floormod(i, 2 * size)
        return tf.minimum(i, 2 * size - 1 - i)
    return tf.clip_by_value(i, 0, size - 1)


@image
def affine_transform(images, transform, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None):
    """Each picture's point (x, y) is taken from (a0 x + a1 y + a2, b0 x + b1 y + b2)."""
    if interpolation not in ("nearest", "bilinear"):
        raise ValueError("Invalid value for argument `interpolation`. Expected of one ('nearest', 'bilinear'). Received: interpolation=%s" % interpolation)
    t, back = _places(T(images), data_format)
    alone = len(t._shape_tuple) == 3
    rows = np.atleast_2d(T(transform).numpy())
    pictures = [t] if alone else tf.unstack(t)
    made = []
    for picture, (a0, a1, a2, b0, b1, b2, c0, c1) in zip(pictures, rows if len(rows) == len(pictures) else np.repeat(rows, len(pictures), 0)):
        h, w, c = picture._shape_tuple
        y, x = np.meshgrid(np.arange(h), np.arange(w), indexing="ij")
        k = c0 * x + c1 * y + 1.0
        at = np.stack([(b0 * x + b1 * y + b2) / k, (a0 * x + a1 * y + a2) / k]).astype(np.float32)
        made.append(tf.stack([map_coordinates(picture[..., i], tf.constant(at), int(interpolation == "bilinear"), fill_mode, fill_value) for i in range(c)], -1))
    return back(made[0] if alone else tf.stack(made))


@image
def sobel_edges(images, data_format=None):
    t, _ = _places(F(images), data_format)
    return tf.image.sobel_edges(t)


@image
def ssim(image1, image2, max_val=1.0, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03, data_format=None):
    (a, _), (b, _) = (_places(F(v), data_format) for v in (image1, image2))
    return tf.image.ssim(a, b, max_val, filter_size, filter_sigma, k1, k2)
