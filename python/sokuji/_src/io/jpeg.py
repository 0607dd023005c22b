"""JPEG pictures, through the library Pillow, as TensorFlow reads and writes them: its decoder's quick transform, and smooth chroma, which Pillow does not join, are joined here."""

import io
import struct

import numpy as np

from sokuji._src.core import errors
from sokuji._src.core.execute import invalid

MAGIC = b"\xff\xd8\xff"
OPTIONS = "format quality progressive optimize_size chroma_downsampling density_unit x_density y_density xmp_metadata".split()  # of encode()


class _Missing(NotImplementedError, ImportError):
    pass


def _pillow():
    try:
        from PIL import Image, ImageFile
    except ImportError:
        raise _Missing("not implemented: JPEG pictures without the package Pillow; install it (pip install pillow), or use PNG") from None
    return Image, ImageFile


def _smooth(plane, axis):
    """Twice as many samples: three parts of the nearest and one of the next; (sums, the next's) of each, not yet divided."""
    before = np.concatenate([plane.take([0], axis), plane], axis).take(range(plane.shape[axis]), axis)
    after = np.concatenate([plane, plane.take([-1], axis)], axis).take(range(1, plane.shape[axis] + 1), axis)
    return 3 * plane + before, 3 * plane + after


def _woven(a, b, axis):
    return np.stack([a, b], axis + 1).reshape([n * (2 if i == axis else 1) for i, n in enumerate(a.shape)])


def _upsampled(plane, wide, high):
    """libjpeg's fancy upsampling of a plane with every (2 if wide) column and (2 if high) row."""
    plane = plane.astype(np.int32)
    if wide and high:
        left, right = _smooth(_woven(*_smooth(plane, 0), 0), 1)
        return _woven((left + 8) >> 4, (right + 7) >> 4, 1)
    axis = 1 if wide else 0
    a, b = _smooth(plane, axis)
    return _woven((a + 1) >> 2, (b + 2) >> 2, axis)


def _colours(y, cb, cr):
    """libjpeg's RGB of YCbCr, in sixteen bits of fraction."""
    def fixed(x):
        return int(x * 65536 + 0.5)

    cb, cr, half = cb - 128, cr - 128, 1 << 15
    rgb = (y + ((fixed(1.402) * cr + half) >> 16), y + ((-fixed(0.34414) * cb - fixed(0.71414) * cr + half) >> 16), y + ((fixed(1.772) * cb + half) >> 16))
    return np.clip(np.stack(rgb, -1), 0, 255).astype(np.uint8)


def decode(data, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False, dct_method=""):
    """The pixels (rows, columns, channels)."""
    if channels not in (0, 1, 3):
        raise invalid("channels must be 0, 1, or 3, got %s" % channels)
    if ratio not in (1, 2, 4, 8):
        raise invalid("ratio must be 1, 2, 4, or 8, got %s" % ratio)
    if dct_method not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise invalid("dct_method must be one of {\"\", \"INTEGER_FAST\", \"INTEGER_ACCURATE\"}")
    if dct_method == "INTEGER_ACCURATE" and (not fancy_upscaling or ratio > 1):
        raise NotImplementedError("not implemented: decode_jpeg with INTEGER_ACCURATE and ratio or without fancy_upscaling; use dct_method=''")
    Image, files = _pillow()
    if not data.startswith(MAGIC):
        raise invalid("Unknown image file format. One of JPEG, PNG, GIF, BMP required.")
    before, files.LOAD_TRUNCATED_IMAGES = files.LOAD_TRUNCATED_IMAGES, bool(try_recover_truncated)
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG"])
        if picture.mode not in ("L", "RGB"):
            raise NotImplementedError("not implemented: JPEG pictures of mode %s; use RGB or grey ones" % picture.mode)
        colour, steps = picture.mode == "RGB", [row[1:3] for row in picture.layer]
        quick = dct_method != "INTEGER_ACCURATE"
        if quick or channels == 1:
            _set_up(picture, ratio, colour and channels != 1, int(quick))
        pixels = np.asarray(picture)
    except Image.DecompressionBombError as error:
        raise errors.ResourceExhaustedError(None, None, "JPEG: %s" % error) from None
    except (OSError, SyntaxError, ValueError, LookupError, ArithmeticError, TypeError, struct.error) as error:
        raise invalid("Invalid JPEG data or crop window, data size %d: %s" % (len(data), error)) from None
    finally:
        files.LOAD_TRUNCATED_IMAGES = before
    if pixels.ndim == 2:
        return np.repeat(pixels[..., None], max(channels, 1), 2)
    if not quick:
        return pixels
    return _colours(pixels[..., 0].astype(np.int32), *_chroma(pixels, steps, fancy_upscaling and ratio == 1))


def _set_up(picture, ratio, colour, quick):
    """Pillow's quick decoding, which repeats the chroma's samples, in the file's own colours; or the grey of them."""
    (name, extents, offset, _), kind = picture.tile[0], "YCbCr" if colour else "L"
    picture._size = tuple(-(-n // ratio) for n in picture.size)
    picture._mode, picture.decoderconfig = kind, (ratio, quick)
    picture.tile = [type(picture.tile[0])(name, (0, 0, *picture._size), offset, (kind, ""))]


def _chroma(pixels, steps, fancy):
    """The two planes of colour, smoothly between their samples where asked."""
    wide, high = (steps[0][i] // steps[1][i] for i in (0, 1))
    planes = [pixels[..., i].astype(np.int32) for i in (1, 2)]
    if not fancy or (wide, high) == (1, 1):
        return planes
    if wide > 2 or high > 2 or len({tuple(s) for s in steps[1:]}) > 1:
        raise NotImplementedError("not implemented: JPEG pictures with chroma sampled %d by %d; use PNG" % (wide, high))
    rows, columns = pixels.shape[:2]
    return [_upsampled(p[::high, ::wide], wide == 2, high == 2)[:rows, :columns] for p in planes]


def encode(pixels, format="", quality=95, progressive=False, optimize_size=False, chroma_downsampling=True, density_unit="in", x_density=300, y_density=300,
           xmp_metadata=""):  # fmt: skip
    """The file of uint8 pixels (rows, columns, 1 or 3)."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3:
        raise invalid("image must be a uint8 tensor of 3 dimensions; it is %s of %s" % (pixels.dtype, pixels.shape))
    wanted = {"": (1, 3), "grayscale": (1,), "rgb": (3,)}.get(format)
    if wanted is None or pixels.shape[2] not in wanted:
        raise invalid("format '%s' does not fit %d channels" % (format, pixels.shape[2]))
    if not 0 <= quality <= 100:
        raise invalid("quality must be in [0,100], got %s" % quality)
    if xmp_metadata or density_unit != "in":
        raise NotImplementedError("not implemented: encode_jpeg with xmp_metadata or density_unit='cm'; use their defaults")
    Image, _ = _pillow()
    made = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(made, "JPEG", quality=int(quality), progressive=progressive, optimize=optimize_size,
                                                                            subsampling=2 if chroma_downsampling and pixels.shape[2] == 3 else 0, dpi=(x_density, y_density))  # fmt: skip
    return made.getvalue()
