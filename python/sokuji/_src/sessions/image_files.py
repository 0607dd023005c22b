"""tf.image's functions of files (PNG through zlib), boxes and patches of images."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, execute
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, words
from sokuji._src.io import bitmaps, jpeg, pictures, png


def _invalid(message, *values):
    raise errors.InvalidArgumentError(None, None, message % values)


# ---- PNG ----

_GREY = (9798, 19235, 3735)  # of red, green and blue, as 1.8's libpng has them


def read_png(data, channels=0, is_wide=False):
    if not data.startswith(png.MAGIC):
        _invalid("Expected image (JPEG, PNG, or GIF), got unknown format starting with %r", data[:8].decode("latin1"))
    return png.read(data, channels, is_wide, _GREY)


def _bytes(tensor):
    return np.asarray(tensor.numpy(), object).ravel()[0]


@python_ops.kernel("EncodePng", [(7, ())])
def _encode(attributes, image):
    return [convert(png.encode(image.numpy()), 7)]


def _image_outputs(attributes, inputs):
    return [(attributes["dtype"] if isinstance(attributes.get("dtype"), int) else 4, (None, None, attributes.get("channels") or None))]


@python_ops.kernel("DecodePng", _image_outputs)
def _decode(attributes, contents):
    return [convert(read_png(_bytes(contents), attributes.get("channels", 0), attributes.get("dtype") == 17), attributes.get("dtype", 4))]


@python_ops.kernel("DecodeImage", lambda attributes, inputs: [(4, None)])
def _decode_any(attributes, contents):
    data = _bytes(contents)
    if data.startswith(jpeg.MAGIC):
        return [convert(np.ascontiguousarray(jpeg.decode(data, attributes.get("channels", 0))), 4)]
    if data.startswith(bitmaps.GIF):
        return [convert(bitmaps.read_gif(data), 4)]
    if data.startswith(bitmaps.BMP):
        return [convert(bitmaps.read_bmp(data, attributes.get("channels", 0)), 4)]
    return [convert(read_png(data, attributes.get("channels", 0)), 4)]


_JPEG = ("ratio", "fancy_upscaling", "try_recover_truncated", "dct_method")


def _jpeg_options(attributes, names):
    return {n: attributes[n].decode() if isinstance(attributes[n], bytes) else attributes[n] for n in names if n in attributes}


@python_ops.kernel("EncodeJpeg", [(7, ())])
def _encode_jpeg(attributes, image):
    return [convert(jpeg.encode(image.numpy(), **_jpeg_options(attributes, jpeg.OPTIONS)), 7)]


@python_ops.kernel("DecodeJpeg", _image_outputs)
def _decode_jpeg(attributes, contents):
    data = _bytes(contents)
    if not data.startswith(jpeg.MAGIC):
        return [convert(read_png(data, attributes.get("channels", 0)), 4)]
    return [convert(np.ascontiguousarray(jpeg.decode(data, attributes.get("channels", 0), **_jpeg_options(attributes, _JPEG))), 4)]


def encode_jpeg(image, format="", quality=95, progressive=False, optimize_size=False, chroma_downsampling=True, density_unit="in", x_density=300, y_density=300,
                xmp_metadata="", name=None):  # fmt: skip
    """The bytes of a JPEG file of an image."""
    given = {n: value for n, value in locals().items() if n in jpeg.OPTIONS}
    return python_ops.call("EncodeJpeg", [image], given, name, [4])


def decode_jpeg(contents, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False, acceptable_fraction=1, dct_method="", name=None):
    """A JPEG picture as uint8 (height, width, channels)."""
    given = dict(channels=channels, ratio=ratio, fancy_upscaling=fancy_upscaling, try_recover_truncated=try_recover_truncated, acceptable_fraction=float(acceptable_fraction),
                 dct_method=dct_method)  # fmt: skip
    return python_ops.call("DecodeJpeg", [contents], given, name, [7])


@python_ops.kernel("ExtractJpegShape", [(3, (3,))])
def _jpeg_shape(attributes, contents):
    return [pictures.extract_jpeg_shape(convert(_bytes(contents), 7))]


def extract_jpeg_shape(contents, output_type=dtypes.int32, name=None):
    """[height, width, channels] of a JPEG picture."""
    return python_ops.call("ExtractJpegShape", [contents], {}, name, [7])


@python_ops.kernel("DecodeBmp", _image_outputs)
def _decode_bmp(attributes, contents):
    return [convert(bitmaps.read_bmp(_bytes(contents), attributes.get("channels", 0)), 4)]


@python_ops.kernel("DecodeGif", [(4, (None, None, None, 3))])
def _decode_gif(attributes, contents):
    return [convert(bitmaps.read_gif(_bytes(contents)), 4)]


def decode_bmp(contents, channels=0, name=None):
    """A BMP picture as uint8 (height, width, channels)."""
    return python_ops.call("DecodeBmp", [contents], {"channels": channels}, name, [7])


def decode_gif(contents, name=None):
    """A GIF picture's frames as uint8 (frames, height, width, 3)."""
    return python_ops.call("DecodeGif", [contents], {}, name, [7])


def encode_png(image, compression=-1, name=None):
    """The bytes of a PNG file of an image."""
    image = words.convert_to_tensor(image)
    if image.dtype not in (dtypes.uint8, dtypes.uint16):
        raise TypeError("Value passed to parameter 'image' has DataType %s not in list of allowed values: uint8, uint16" % image.dtype.name)
    return python_ops.call("EncodePng", [image], {"compression": compression, "T": image.dtype}, name)


def decode_png(contents, channels=0, dtype=dtypes.uint8, name=None):
    """A PNG picture as uint8 or uint16 (height, width, channels)."""
    return python_ops.call("DecodePng", [contents], {"channels": channels, "dtype": dtypes.as_dtype(dtype)._number}, name, [7])


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """A picture of any known format as a tensor (height, width, channels)."""
    made = python_ops.call("DecodeImage", [contents], {"channels": channels or 0}, name, [7])
    if dtypes.as_dtype(dtype) is dtypes.uint8:
        return made
    return execute("Mul", [execute("Cast", [made], {"DstT": dtypes.as_dtype(dtype)._number}), convert(1 / 255.0, dtypes.as_dtype(dtype)._number)], {})


def _refused(name, use):
    def function(*arguments, **keywords):
        """Is missing: raises NotImplementedError."""
        raise NotImplementedError("not implemented: tf.image.%s; use %s" % (name, use))

    function.__name__ = name
    return function


def is_jpeg(contents, name=None):
    """Whether the bytes begin as a JPEG file does."""
    return execute("Equal", [execute("Substr", [words.convert_to_tensor(contents), convert(0, 3), convert(3, 3)], {}), convert(b"\xff\xd8\xff", 7)], {})


# ---- boxes ----


@python_ops.kernel("CropAndResize", lambda attributes, inputs: [(1, [inputs[1]._shape_tuple[0] if inputs[1]._shape_tuple else None, *attributes["size"],
                                                                    inputs[0]._shape_tuple[3] if inputs[0]._shape_tuple else None])])  # fmt: skip
def _crop(attributes, image, boxes, indices):
    images, boxes, rows = image.numpy().astype(np.float32), boxes.numpy(), indices.numpy()
    (high, wide), (n, h, w, c) = attributes["size"], images.shape
    if ((rows < 0) | (rows >= n)).any():
        _invalid("box_index has values outside [0, batch_size)")
    out = np.full((len(boxes), high, wide, c), attributes["extrapolation_value"], np.float32)
    for b, (y1, x1, y2, x2) in enumerate(boxes.astype(np.float32)):
        for i in range(high):
            y = y1 * (h - 1) + i * (y2 - y1) * (h - 1) / (high - 1) if high > 1 else 0.5 * (y1 + y2) * (h - 1)
            if not 0 <= y <= h - 1:
                continue
            for j in range(wide):
                x = x1 * (w - 1) + j * (x2 - x1) * (w - 1) / (wide - 1) if wide > 1 else 0.5 * (x1 + x2) * (w - 1)
                if not 0 <= x <= w - 1:
                    continue
                if attributes.get("method") in ("nearest", b"nearest"):
                    out[b, i, j] = images[rows[b], int(np.floor(y + 0.5)), int(np.floor(x + 0.5))]
                    continue
                t, l = int(np.floor(y)), int(np.floor(x))  # noqa: E741
                u, r, fy, fx = int(np.ceil(y)), int(np.ceil(x)), np.float32(y - t), np.float32(x - l)
                top = images[rows[b], t, l] + (images[rows[b], t, r] - images[rows[b], t, l]) * fx
                bottom = images[rows[b], u, l] + (images[rows[b], u, r] - images[rows[b], u, l]) * fx
                out[b, i, j] = top + (bottom - top) * fy
    return [convert(out, 1)]


def crop_and_resize(image, boxes, box_ind=None, crop_size=None, method="bilinear", extrapolation_value=0, name=None, box_indices=None):
    """Boxes cut out of images and resized to crop_size."""
    given = (image, boxes, box_ind if box_indices is None else box_indices)
    if graphs.building() is None and not any(isinstance(v, _core.SymbolicTensor) for v in given):
        from sokuji._src.ops import image_late_ops

        if method not in ("bilinear", b"bilinear"):
            raise errors.InvalidArgumentError(None, None, "method must be 'bilinear': %s" % method)
        return image_late_ops.crop_and_resize(*given, crop_size, method, extrapolation_value)
    size = words.convert_to_tensor(crop_size)
    known = size if isinstance(size, _core.EagerTensor) else size._known_value()
    if known is None:
        raise NotImplementedError("not implemented: tf.image.crop_and_resize to a size that only a run knows")
    options = {"size": [int(d) for d in known.numpy()], "method": method, "extrapolation_value": float(extrapolation_value)}
    return python_ops.call("CropAndResize", list(given), options, name, [0, 1, 3])


_COLOURS = np.array([[1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1], [0.5, 0, 0, 1], [0, 0, 0.5, 1],
                     [0, 1, 1, 1], [1, 0, 1, 1]], np.float32)  # fmt: skip


@python_ops.kernel("DrawBoundingBoxes", lambda attributes, inputs: [(inputs[0]._dtype_number, inputs[0]._shape_tuple)])
def _draw(attributes, images, boxes):
    out, boxes = images.numpy().copy(), boxes.numpy()
    _, h, w, c = out.shape
    for image, rows in zip(out, boxes):
        for k, (y1, x1, y2, x2) in enumerate(rows):
            colour = np.ones(c) if c == 1 else _COLOURS[k % len(_COLOURS)][:c]
            top, bottom, left, right = (int(np.float32(v) * np.float32(s - 1)) for v, s in ((y1, h), (y2, h), (x1, w), (x2, w)))
            if top > bottom or left > right or top >= h or bottom < 0 or left >= w or right < 0:
                continue
            rows_in, columns_in = slice(max(top, 0), min(bottom, h - 1) + 1), slice(max(left, 0), min(right, w - 1) + 1)
            if top >= 0:
                image[top, columns_in] = colour
            if bottom < h:
                image[bottom, columns_in] = colour
            if left >= 0:
                image[rows_in, left] = colour
            if right < w:
                image[rows_in, right] = colour
    return [convert(out, images._dtype_number)]


def draw_bounding_boxes(images, boxes, name=None):
    """Images with the outlines of boxes, which are fractions of the size."""
    return python_ops.call("DrawBoundingBoxes", [images, boxes], {}, name, [0, 1])


NAMES = {f.__name__: f for f in (encode_png, decode_png, decode_image, crop_and_resize, draw_bounding_boxes, is_jpeg, encode_jpeg,
                                 decode_jpeg, extract_jpeg_shape, decode_bmp, decode_gif)}  # fmt: skip
NAMES["decode_and_crop_jpeg"] = _refused("decode_and_crop_jpeg", "PNG files")
