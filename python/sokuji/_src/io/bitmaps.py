"""BMP and GIF pictures, read: uncompressed BMP of 8, 24 and 32 bits, GIF with every frame, palette and interlacing."""

import struct

import numpy as np

from sokuji._src.core.execute import invalid

BMP, GIF = b"BM", b"GIF8"


def read_bmp(data, channels=0):
    """(height, width, channels) as uint8; the file's rows lead upwards unless its height is negative."""
    if not data.startswith(BMP) or len(data) < 32:
        raise invalid("decode_bmp: the contents are no BMP file; they begin with %r" % data[:4])
    start, (width, height), bits = struct.unpack("<I", data[10:14])[0], struct.unpack("<ii", data[18:26]), struct.unpack("<H", data[28:30])[0]
    have = bits // 8
    if channels not in (0, 1, 3, 4) or have not in (1, 3, 4) or channels and channels != have:
        raise invalid("decode_bmp: channels attribute %d does not match bits per pixel from file %d" % (channels, bits))
    row = (have * width + 3) // 4 * 4
    if width <= 0 or height == 0 or start + row * abs(height) > len(data):
        raise invalid("decode_bmp: incomplete BMP content, %d bytes for %d x %d pixels from byte %d" % (len(data), abs(height), width, start))
    picture = np.frombuffer(data, np.uint8, row * abs(height), start).reshape(abs(height), row)[:, : have * width].reshape(abs(height), width, have)
    picture = picture[::-1] if height > 0 else picture
    return np.ascontiguousarray(picture if have == 1 else picture[..., [2, 1, 0, 3][:have]])


def _codes(data, at):
    """The numbers of an LZW stream in sub-blocks, and where it ends: (indices, position)."""
    least, at = data[at], at + 1
    parts = []
    while data[at]:
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += data[at] + 1
    stream = int.from_bytes(b"".join(parts), "little")
    n_bits, clear, place = 8 * sum(map(len, parts)), 1 << least, 0
    made, table, width, last = bytearray(), [], least + 1, None
    while place + width <= n_bits:
        code = stream >> place & ((1 << width) - 1)
        place += width
        if code == clear or last is None and not table:
            table, width, last = [bytes([i]) for i in range(clear)] + [b"", b""], least + 1, None
            if code == clear:
                continue
        if code == clear + 1:
            break
        if code > len(table) or code == len(table) and last is None:
            raise invalid("decode_gif: the picture's data are damaged")
        entry = table[code] if code < len(table) else last + last[:1]
        made += entry
        if last is not None and len(table) < 4096:
            table.append(last + entry[:1])
        if len(table) == 1 << width and width < 12:
            width += 1
        last = entry
    return made, at + 1


def read_gif(data):
    """(frames, height, width, 3) as uint8; what a frame leaves out stays as it was."""
    if not data.startswith(GIF):
        raise invalid("decode_gif: the contents are no GIF file; they begin with %r" % data[:4])
    try:
        return _frames(data)
    except (IndexError, struct.error, ValueError):
        raise invalid("decode_gif: the file of %d bytes ends too early or is damaged" % len(data)) from None


def _palette(data, at, flags):
    n = 2 << (flags & 7) if flags & 0x80 else 0
    return np.frombuffer(data, np.uint8, 3 * n, at).reshape(n, 3), at + 3 * n


def _count(data, at):
    """The number of frames, without decoding them."""
    n = 0
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            at += 2
        else:
            n, at = n + 1, _palette(data, at + 10, data[at + 9])[1] + 1
        while data[at]:
            at += data[at] + 1
        at += 1
    return n


def _frames(data):
    width, height, flags = struct.unpack("<HHB", data[6:11])
    common, at = _palette(data, 13, flags)
    if 3 * width * height * data.count(b",") > 2**31 and 3 * width * height * _count(data, at) > 2**31:
        raise invalid("decode_gif: %d frames of %d x %d need more than 2 GiB" % (_count(data, at), width, height))
    canvas, frames, clear = np.zeros((height, width, 3), np.uint8), [], None
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                clear = data[at + 6] if data[at + 3] & 1 else None
            at += 2
            while data[at]:
                at += data[at] + 1
            at += 1
            continue
        left, top, w, h, flags = struct.unpack("<HHHHB", data[at + 1 : at + 10])
        own, at = _palette(data, at + 10, flags)
        indices, at = _codes(data, at)
        indices = np.frombuffer(bytes(indices), np.uint8)[: w * h].reshape(h, w)
        if flags & 0x40:
            order = np.concatenate([np.arange(first, h, step) for first, step in ((0, 8), (4, 8), (2, 4), (1, 2))])
            indices = indices[np.argsort(order)]
        colours = (own if len(own) else common)[indices]
        region = canvas[top : top + h, left : left + w]
        region[...] = colours if clear is None else np.where((indices == clear)[..., None], region, colours)
        frames.append(canvas.copy())
        clear = None
    if not frames:
        raise ValueError
    return np.stack(frames)
