"""PNG files, through zlib: every depth and kind of pixels but interlaced ones. Sums are checked, and nothing is unpacked beyond the size that the header tells."""

import struct
import zlib

import numpy as np

from sokuji._src.core.execute import invalid

MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}
_CHUNKS_MOST, _PIXELS_MOST = 100_000, 1 << 29


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode(pixels, compression=-1):
    """The file of an array (rows, columns, 1 to 4 channels) of uint8 or uint16."""
    if pixels.ndim != 3 or pixels.shape[2] not in _KINDS or pixels.dtype not in (np.uint8, np.uint16):
        raise invalid("encode_png: the image must be uint8 or uint16 of shape (rows, columns, 1 to 4); it is %s of %s" % (pixels.dtype, pixels.shape))
    if 0 in pixels.shape:
        raise invalid("encode_png: the image must not be empty; it is of shape %s" % (pixels.shape,))
    height, width, channels = pixels.shape
    rows = pixels.astype(">u2" if pixels.dtype == np.uint16 else np.uint8).reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, _KINDS[channels], 0, 0, 0)
    return MAGIC + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, compression)) + _chunk(b"IEND", b"")


def _chunks(data):
    at, found = len(MAGIC), []
    while at + 12 <= len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if len(data) < at + 12 + size or struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] != zlib.crc32(name + body):
            raise invalid("Invalid PNG data, size %d: a chunk is cut off or its sum is wrong" % len(data))
        found.append((name, body))
        if len(found) > _CHUNKS_MOST:
            raise invalid("Invalid PNG data, size %d: more than %d chunks" % (len(data), _CHUNKS_MOST))
        at += 12 + size
        if name == b"IEND":
            break
    return found


def _predicted(kind, line, before, step):
    """Undoes the prediction of a row's bytes from their left and upper neighbours."""
    for x in range(len(line)):
        left, above, corner = line[x - step] if x >= step else 0, before[x], before[x - step] if x >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above) // 2
        else:
            a, b, c = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
            guess = left if a <= b and a <= c else above if b <= c else corner
        line[x] = (line[x] + guess) & 255


def _rows(raw, height, stride, step):
    """The rows without their filters."""
    if len(raw) < height * (stride + 1):
        raise invalid("Invalid PNG data: the image is cut off")
    rows, before = np.zeros((height, stride), np.uint8), bytearray(stride)
    for y in range(height):
        at = y * (stride + 1)
        kind, line = raw[at], bytearray(raw[at + 1 : at + 1 + stride])
        if kind == 2:
            line = bytearray((np.frombuffer(line, np.uint8) + np.frombuffer(before, np.uint8)).tobytes())
        elif kind in (1, 3, 4):
            _predicted(kind, line, before, step)
        elif kind:
            raise invalid("Invalid PNG data: the filter %d" % kind)
        rows[y], before = line, line
    return rows


def _unpacked(rows, width, depth, channels):
    if depth == 8:
        return rows.reshape(len(rows), width, channels).astype(np.uint16)
    if depth == 16:
        return rows.view(">u2").astype(np.uint16).reshape(len(rows), width, channels)
    bits = np.unpackbits(rows, axis=1).reshape(len(rows), -1, depth)[:, : width * channels]
    return (bits @ (1 << np.arange(depth - 1, -1, -1))).astype(np.uint16).reshape(len(rows), width, channels)


def _header(parts, size):
    head = next((body for name, body in parts if name == b"IHDR"), b"")
    if len(head) != 13:
        raise invalid("Invalid PNG header, data size %d" % size)
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if kind not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or not 0 < width * height < _PIXELS_MOST:
        raise invalid("Invalid PNG header: %d x %d, depth %d, kind %d" % (width, height, depth, kind))
    if interlaced:
        raise NotImplementedError("not implemented: decode_png of an interlaced file; save it without")
    return width, height, depth, kind


def read(data, channels, is_wide, grey):
    """The pixels (rows, columns, channels), uint8 or uint16; grey: the three colours' parts of it, of 32768."""
    if channels not in (0, 1, 3, 4):
        raise invalid("channels must be 0, 1, 3, or 4, got %s" % channels)
    parts = _chunks(data)
    width, height, depth, kind = _header(parts, len(data))
    n = _CHANNELS[kind]
    stride = (width * n * depth + 7) // 8
    try:
        raw = zlib.decompressobj().decompress(b"".join(body for name, body in parts if name == b"IDAT"), height * (stride + 1))
    except zlib.error as error:
        raise invalid("Invalid PNG data, size %d: %s" % (len(data), error)) from None
    pixels = _unpacked(_rows(raw, height, stride, max(1, n * depth // 8)), width, depth, n)
    if kind == 3:
        pixels, depth = _of_palette(pixels, dict(reversed(parts))), 8
    elif depth < 8:
        pixels, depth = pixels * (255 // ((1 << depth) - 1)), 8
    pixels = _with_channels(pixels, channels, 65535 if depth == 16 else 255, grey)
    if is_wide:
        return (pixels if depth == 16 else pixels * 257).astype(np.uint16)
    return (pixels >> 8 if depth == 16 else pixels).astype(np.uint8)


def _of_palette(pixels, parts):
    palette = parts.get(b"PLTE", b"")
    colours = np.frombuffer(palette[: len(palette) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.uint16)
    if pixels.max(initial=0) >= len(colours):
        raise invalid("Invalid PNG data: a colour outside of the palette")
    if b"tRNS" in parts:
        alpha = np.frombuffer(parts[b"tRNS"] + b"\xff" * 256, np.uint8)[: len(colours)].astype(np.uint16)
        colours = np.concatenate([colours, alpha[:, None]], 1)
    return colours[pixels[..., 0]]


def _with_channels(pixels, channels, top, grey):
    have = pixels.shape[-1]
    if channels in (0, have):
        return pixels
    alpha = pixels[..., -1:] if have in (2, 4) else np.full((*pixels.shape[:2], 1), top, np.uint16)
    colour = pixels[..., : have - (have in (2, 4))]
    if channels in (3, 4):
        colour = np.repeat(colour, 3, -1) if colour.shape[-1] == 1 else colour
    elif colour.shape[-1] == 3:
        colour = ((colour.astype(np.int64) @ np.array(grey, np.int64)) >> 15)[..., None].astype(np.uint16)
    return np.concatenate([colour, alpha], -1) if channels == 4 else colour
