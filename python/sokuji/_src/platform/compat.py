"""tf.compat: text and bytes, and the types of numbers."""

import numpy as np


def as_bytes(bytes_or_text, encoding="utf-8"):
    """A string as bytes."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError("Expected binary or unicode string, got %r" % (bytes_or_text,))


def as_text(bytes_or_text, encoding="utf-8"):
    """Bytes as a string."""
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError("Expected binary or unicode string, got %r" % bytes_or_text)


def as_str_any(value):
    """Anything as a string."""
    return as_text(value) if isinstance(value, bytes) else str(value)


COMPAT = {"as_bytes": as_bytes, "as_text": as_text, "as_str": as_text, "as_str_any": as_str_any, "integral_types": (int, np.integer),
          "real_types": (int, float, np.integer, np.floating), "complex_types": (int, float, complex, np.number),
          "bytes_or_text_types": (bytes, str)}  # fmt: skip
