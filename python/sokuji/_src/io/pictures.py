"""Pictures in files: PNG is written and read, of JPEG the header; other formats are not implemented and say so."""

import struct
import zlib

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, tensor
from sokuji._src.io import jpeg

_MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def _bytes(contents):
    t = tensor(contents)
    if t.dtype != dtypes.string or t._shape_tuple != ():
        raise invalid("contents must be a scalar string; it is %s of shape %s" % (t.dtype.name, t._shape_tuple))
    return t.numpy()


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode_png(image, compression=-1, name=None):
    t = tensor(image)
    array = np.asarray(t)
    if array.ndim != 3 or array.shape[2] not in _TYPES or array.dtype not in (np.uint8, np.uint16):
        raise invalid("encode_png: the image must be uint8 or uint16 of shape (rows, columns, 1 to 4); it is %s of %s" % (t.dtype.name, array.shape))
    h, w, c = array.shape
    rows = array.astype(">u2" if array.dtype == np.uint16 else np.uint8).reshape(h, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", w, h, 8 * array.dtype.itemsize, _TYPES[c], 0, 0, 0)
    return convert(_MAGIC + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, compression)) + _chunk(b"IEND", b""), 7)


def _unfiltered(raw, h, stride, step):
    """Undoes PNG's prediction of bytes from their left and upper neighbours."""
    made, at, above = np.zeros((h, stride), np.uint8), 0, bytearray(stride)
    for y in range(h):
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + stride])
        at += 1 + stride
        if len(row) != stride or kind > 4:
            raise invalid("PNG: the data end early or are damaged")
        for i in range(stride) if kind else ():
            left, up, corner = row[i - step] if i >= step else 0, above[i], above[i - step] if i >= step else 0
            if kind == 4:
                p = left + up - corner
                near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            else:
                near = left if kind == 1 else up if kind == 2 else (left + up) // 2
            row[i] = (row[i] + near) & 255
        made[y], above = row, row
    return made


def _read_png(data):
    """(pixels, bits a sample)"""
    at, parts, head, palette, clear = 8, [], None, None, None
    try:
        while at < len(data):
            (n,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
            body = data[at + 8 : at + 8 + n]
            if kind == b"IHDR":
                head = struct.unpack(">IIBBBBB", body)
            elif kind == b"PLTE":
                palette = np.frombuffer(body, np.uint8).reshape(-1, 3)
            elif kind == b"tRNS":
                clear = body
            elif kind == b"IDAT":
                parts.append(body)
            at += 12 + n
        w, h, bits, kind, _, _, interlaced = head
        if interlaced or bits < 8:
            raise NotImplementedError("not implemented: PNG with interlacing or %d bits" % bits)
        c = _CHANNELS[kind]
        rows = _unfiltered(zlib.decompress(b"".join(parts)), h, w * c * bits // 8, c * bits // 8)
    except (struct.error, zlib.error, TypeError, KeyError, IndexError) as error:
        raise invalid("Invalid PNG data, size %d: %s" % (len(data), error)) from None
    pixels = rows.reshape(h, w, c) if bits == 8 else rows.view(">u2").astype(np.uint16).reshape(h, w, c)
    if kind == 3:
        alpha = np.frombuffer((clear or b"") + b"\xff" * 256, np.uint8)[: len(palette)]
        pixels = (palette if clear is None else np.concatenate([palette, alpha[:, None]], 1))[pixels[..., 0]]
    return pixels


def _with_channels(pixels, channels):
    have, most = pixels.shape[2], np.iinfo(pixels.dtype).max
    if channels in (0, have):
        return pixels
    colour, alpha = (pixels[..., :3], pixels[..., 3:]) if have > 2 else (pixels[..., :1], pixels[..., 1:])
    if channels < 3 and colour.shape[2] == 3:
        r, g, b = (colour[..., i].astype(np.int64) for i in range(3))
        colour = ((6968 * r + 23434 * g + 2366 * b) >> 15).astype(pixels.dtype)[..., None]
    elif channels > 2 and colour.shape[2] == 1:
        colour = np.repeat(colour, 3, 2)
    if channels in (2, 4):
        colour = np.concatenate([colour, alpha if alpha.shape[2] else np.full((*colour.shape[:2], 1), most, pixels.dtype)], 2)
    return colour


def decode_png(contents, channels=0, dtype=dtypes.uint8, name=None):
    data, wanted = _bytes(contents), dtypes.as_dtype(dtype)
    if channels not in (0, 1, 2, 3, 4):
        raise invalid("channels must be 0, 1, 2, 3 or 4; it is %s" % channels)
    if wanted not in (dtypes.uint8, dtypes.uint16):
        raise invalid("decode_png: dtype must be uint8 or uint16, it is %s" % wanted.name)
    if not data.startswith(_MAGIC):
        if data.startswith(jpeg.MAGIC):
            return convert(jpeg.decode(data, channels), 0)
        if data[:3] == b"GIF" or data[:2] == b"BM":
            raise NotImplementedError("not implemented: reading GIF and BMP pictures; use PNG or JPEG")
        raise invalid("Unknown image file format. One of JPEG, PNG, GIF, BMP required.")
    pixels = _with_channels(_read_png(data), channels)
    if pixels.dtype == np.uint16 and wanted == dtypes.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype == np.uint8 and wanted == dtypes.uint16:
        pixels = pixels.astype(np.uint16) * 257
    return convert(np.ascontiguousarray(pixels), 0)


def decode_image(contents, channels=None, dtype=dtypes.uint8, name=None, expand_animations=True):
    wanted = dtypes.as_dtype(dtype)
    made = decode_png(contents, channels or 0, dtypes.uint16 if wanted == dtypes.uint16 else dtypes.uint8)
    if wanted in (dtypes.uint8, dtypes.uint16):
        return made
    if not wanted.is_floating:
        raise invalid("decode_image: dtype must be uint8, uint16 or floating, it is %s" % wanted.name)
    return convert(np.asarray(made).astype(wanted.as_numpy_dtype) * wanted.as_numpy_dtype(1.0 / 255.0), 0)


def is_jpeg(contents, name=None):
    return convert(_bytes(contents)[:3] == b"\xff\xd8\xff", 0)


def extract_jpeg_shape(contents, output_type=dtypes.int32, name=None):
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
    return convert(jpeg.encode(np.asarray(tensor(image)), format, quality, progressive, optimize_size, chroma_downsampling, density_unit, x_density, y_density, xmp_metadata), 7)


def decode_jpeg(contents, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False, acceptable_fraction=1, dct_method="", name=None):
    data = _bytes(contents)
    if data.startswith(_MAGIC):
        return decode_png(contents, channels)
    return convert(np.ascontiguousarray(jpeg.decode(data, channels, ratio, fancy_upscaling, try_recover_truncated or acceptable_fraction < 1, dct_method)), 0)


def decode_and_crop_jpeg(contents, crop_window, *arguments, **keywords):
    y, x, h, w = (int(n) for n in np.asarray(tensor(crop_window)))
    made = np.asarray(decode_jpeg(contents, *arguments, **keywords))
    if min(y, x) < 0 or min(h, w) <= 0 or y + h > made.shape[0] or x + w > made.shape[1]:
        raise invalid("Invalid JPEG data or crop window: %s of %s" % ([y, x, h, w], made.shape))
    return convert(np.ascontiguousarray(made[y : y + h, x : x + w]), 0)


IO_2 = {"encode_jpeg": encode_jpeg, "decode_jpeg": decode_jpeg, "decode_and_crop_jpeg": decode_and_crop_jpeg,
        "encode_png": encode_png, "decode_png": decode_png, "decode_image": decode_image, "is_jpeg": is_jpeg, "extract_jpeg_shape": extract_jpeg_shape}  # fmt: skip
