"""Pictures in files: PNG and JPEG are written and read, BMP and GIF read."""

import struct

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, run, tensor
from sokuji._src.io import bitmaps, jpeg, png

_GREY = (6968, 23434, 2366)  # of red, green and blue, as 2.x's libpng has them


def _bytes(contents):
    t = tensor(contents)
    if t.dtype != dtypes.string or t._shape_tuple != ():
        raise invalid("contents must be a scalar string; it is %s of shape %s" % (t.dtype.name, t._shape_tuple))
    return t.numpy()


def encode_png(image, compression=-1, name=None):
    """The bytes of a PNG file of an image (height, width, channels), uint8 or uint16."""
    return convert(png.encode(np.asarray(tensor(image)), compression), 7)


def decode_png(contents, channels=0, dtype=dtypes.uint8, name=None):
    """A PNG picture as uint8 or uint16 (height, width, channels)."""
    data, wanted = _bytes(contents), dtypes.as_dtype(dtype)
    if wanted not in (dtypes.uint8, dtypes.uint16):
        raise invalid("decode_png: dtype must be uint8 or uint16, it is %s" % wanted.name)
    if not data.startswith(png.MAGIC):
        if data.startswith(jpeg.MAGIC):
            return convert(jpeg.decode(data, channels), 0)
        if data.startswith(bitmaps.GIF):
            return _first_frame(data)
        if data.startswith(bitmaps.BMP):
            return decode_bmp(data, channels)
        raise invalid("Unknown image file format. One of JPEG, PNG, GIF, BMP required.")
    return convert(png.read(data, channels, wanted == dtypes.uint16, _GREY), 0)


def _first_frame(data):
    frames = bitmaps.read_gif(data)
    if len(frames) > 1:
        raise invalid("Got %d frames, but animated gifs can only be decoded by tf.io.decode_gif or tf.io.decode_image" % len(frames))
    return convert(frames[0], 0)


def decode_bmp(contents, channels=0, name=None):
    """A BMP picture as uint8 (height, width, channels)."""
    return convert(bitmaps.read_bmp(_bytes(contents), channels), 0)


def decode_gif(contents, name=None):
    """A GIF picture's frames as uint8 (frames, height, width, 3)."""
    data = _bytes(contents)
    return convert(bitmaps.read_gif(data), 0) if data.startswith(b"GIF") else run("ExpandDims", decode_png(data), convert(0, 3))


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    """A picture as a tensor (height, width, channels), or (frames, …) of an animation."""
    wanted, data = dtypes.as_dtype(dtype), _bytes(contents)
    if data.startswith(bitmaps.GIF):
        frames = bitmaps.read_gif(data)
        made = convert(frames if expand_animations else frames[0], 0)
        if wanted == dtypes.uint16:
            made = convert(np.asarray(made).astype(np.uint16) * 257, 0)
    else:
        made = decode_png(contents, channels or 0, dtypes.uint16 if wanted == dtypes.uint16 else dtypes.uint8)
    if wanted in (dtypes.uint8, dtypes.uint16):
        return made
    if not wanted.is_floating:
        raise invalid("decode_image: dtype must be uint8, uint16 or floating, it is %s" % wanted.name)
    return convert(np.asarray(made).astype(wanted.as_numpy_dtype) * wanted.as_numpy_dtype(1.0 / 255.0), 0)


def is_jpeg(contents, name=None):
    """Whether the bytes begin as a JPEG file does."""
    return convert(_bytes(contents)[:3] == b"\xff\xd8\xff", 0)


def extract_jpeg_shape(contents, output_type=dtypes.int32, name=None):
    """[height, width, channels] of a JPEG picture, without decoding it."""
    data, at = _bytes(contents), 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind, n = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            h, w, c = struct.unpack(">HHB", data[at + 5 : at + 10])
            return convert([h, w, c], dtypes.as_dtype(output_type)._number)
        at += 2 + n
    raise invalid("Invalid JPEG data, size %d" % len(data))


def encode_jpeg(image, format="", quality=95, progressive=False, optimize_size=False, chroma_downsampling=True, density_unit="in", x_density=300, y_density=300,
                xmp_metadata="", name=None):  # fmt: skip
    """The bytes of a JPEG file of an image (height, width, channels), uint8."""
    return convert(jpeg.encode(np.asarray(tensor(image)), format, quality, progressive, optimize_size, chroma_downsampling, density_unit, x_density, y_density, xmp_metadata), 7)


def decode_jpeg(contents, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False, acceptable_fraction=1, dct_method="", name=None):
    """A JPEG picture as uint8 (height, width, channels)."""
    data = _bytes(contents)
    if data.startswith((png.MAGIC, bitmaps.GIF)):
        return decode_png(contents, channels)
    return convert(np.ascontiguousarray(jpeg.decode(data, channels, ratio, fancy_upscaling, try_recover_truncated or acceptable_fraction < 1, dct_method)), 0)


def decode_and_crop_jpeg(contents, crop_window, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False, acceptable_fraction=1, dct_method="", name=None):
    """The window (y, x, height, width) of a JPEG picture."""
    y, x, h, w = (int(n) for n in np.asarray(tensor(crop_window)))
    made = np.asarray(decode_jpeg(contents, channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method))
    if min(y, x) < 0 or min(h, w) <= 0 or y + h > made.shape[0] or x + w > made.shape[1]:
        raise invalid("Invalid JPEG data or crop window: %s of %s" % ([y, x, h, w], made.shape))
    return convert(np.ascontiguousarray(made[y : y + h, x : x + w]), 0)


IO_2 = {"decode_bmp": decode_bmp, "decode_gif": decode_gif, "encode_jpeg": encode_jpeg, "decode_jpeg": decode_jpeg, "decode_and_crop_jpeg": decode_and_crop_jpeg,
        "encode_png": encode_png, "decode_png": decode_png, "decode_image": decode_image, "is_jpeg": is_jpeg, "extract_jpeg_shape": extract_jpeg_shape}  # fmt: skip
