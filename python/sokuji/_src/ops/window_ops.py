"""Windows of signals: Hann and Hamming."""

import math

from sokuji._src.core import dtypes
from sokuji._src.core.execute import tensor


def _window(a, b, length, periodic, dtype):
    if not dtypes.as_dtype(dtype).is_floating:
        raise ValueError("dtype must be a floating point type. Found %s" % dtypes.as_dtype(dtype))
    n, one = int(length), dtypes.as_dtype(dtype)
    if n == 1:
        return tensor([1.0], one)
    divisor = n if periodic and n % 2 == 0 else n - 1  # TensorFlow treats odd lengths as symmetric either way
    return tensor([a - b * math.cos(2 * math.pi * i / divisor) for i in range(n)], one)


def hann_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """Hann's window."""
    return _window(0.5, 0.5, window_length, periodic, dtype)


def hamming_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """Hamming's window."""
    return _window(0.54, 0.46, window_length, periodic, dtype)


WINDOWS = {"hamming_window": hamming_window, "hann_window": hann_window}
