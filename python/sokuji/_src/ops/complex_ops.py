"""Parts of complex numbers, and tensors made of them. NumPy computes; gradients do not pass."""

import numpy as np

from sokuji._src.core.execute import run, same_dtype, tensor


def _keeps(function):
    """A real tensor's real part and conjugate are itself."""

    def part(x, name=None):
        t = tensor(x)
        if t.dtype.is_complex:
            return tensor(np.ascontiguousarray(function(np.asarray(t))))
        if not (t.dtype.is_floating or t.dtype.is_integer):
            raise TypeError("Expected numeric tensor, got dtype %s" % t.dtype)
        return t

    return part


real, conj = _keeps(np.real), _keeps(np.conj)


def real_1(input, name=None):
    return real(input)


def imag(input, name=None):
    t = tensor(input)
    return tensor(np.ascontiguousarray(np.imag(np.asarray(t)))) if t.dtype.is_complex else run("ZerosLike", t)


def angle(input, name=None):
    t = tensor(input)
    if t.dtype.is_complex:
        return tensor(np.angle(np.asarray(t)).astype(t.dtype.real_dtype.as_numpy_dtype))
    return tensor(np.where(np.asarray(t) < 0, np.pi, 0.0).astype(t.dtype.as_numpy_dtype))


def complex_(real, imag, name=None):
    """real + i imag; gradients do not pass."""
    a, b = same_dtype([real, imag])
    if a._dtype_number != b._dtype_number or a._dtype_number not in (1, 2):
        raise TypeError("real and imag have incorrect types: %s %s" % (a.dtype.name, b.dtype.name))
    kind = np.complex64 if a._dtype_number == 1 else np.complex128
    x, y = np.asarray(a), np.asarray(b)
    made = np.empty(np.broadcast(x, y).shape, kind)
    made.real, made.imag = x, y
    return tensor(made)


MATH = {"real": real_1, "imag": imag, "angle": angle, "conj": conj}
