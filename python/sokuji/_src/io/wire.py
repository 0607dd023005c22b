"""Protocol buffers' wire format in both directions, for the few messages of checkpoints and event files, without the protobuf package."""

import struct


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    """An integer or bool field; 0 is left out, as proto3 does."""
    return varint(field << 3) + varint(int(value)) if value else b""


def data(field, value):
    """Bytes, a string or an embedded message."""
    value = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def float32(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


def doubles(field, values):
    """A packed repeated field; nothing when empty."""
    values = list(values)
    return data(field, struct.pack("<%dd" % len(values), *values)) if values else b""


def read_varint(buffer, at):
    value = shift = 0
    while True:
        if at >= len(buffer) or shift > 63:
            raise ValueError("a number in the message is cut off or too long")
        byte = buffer[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value & (1 << 64) - 1, at


def fields(buffer):
    """(field number, value) pairs: integers for numbers, bytes for everything else. ValueError when the bytes are no message."""
    at, found = 0, []
    while at < len(buffer):
        tag, at = read_varint(buffer, at)
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(buffer, at)
        else:
            size, at = read_varint(buffer, at) if kind == 2 else ({1: 8, 5: 4}.get(kind), at)
            if size is None or at + size > len(buffer) or tag >> 3 == 0:
                raise ValueError("the bytes are no message")
            value, at = bytes(buffer[at : at + size]), at + size
        found.append((tag >> 3, value))
    return found


def signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value
