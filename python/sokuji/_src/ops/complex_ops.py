"""Parts of complex numbers, and tensors made of them, with gradients."""

import numpy as np

from sokuji._src.core.execute import run, same_dtype, tensor


def _keeps(function):
    """A real tensor's real part and conjugate are itself."""

    def part(x, name=None):
        """The conjugate; of real numbers they themselves."""
        t = tensor(x)
        if t.dtype.is_complex:
            return _late(function)(t)
        if not (t.dtype.is_floating or t.dtype.is_integer):
            raise TypeError("Expected numeric tensor, got dtype %s" % t.dtype)
        return t

    return part


def _late(name):
    from sokuji._src.ops import complex_arithmetic

    return getattr(complex_arithmetic, name)


real, conj = _keeps("real"), _keeps("conj")


def real_1(input, name=None):
    """The real parts."""
    return real(input)


def imag(input, name=None):
    """The imaginary parts."""
    t = tensor(input)
    return _late("imag")(t) if t.dtype.is_complex else run("ZerosLike", t)


def angle(input, name=None):
    """The argument of complex numbers, in radians."""
    t = tensor(input)
    if t.dtype.is_complex:
        return _late("angle")(t)
    return tensor(np.where(np.asarray(t) < 0, np.pi, 0.0).astype(t.dtype.as_numpy_dtype))


def complex_(real, imag, name=None):
    """real + i imag"""
    a, b = same_dtype([real, imag])
    if a._dtype_number != b._dtype_number or a._dtype_number not in (1, 2):
        raise TypeError("real and imag have incorrect types: %s %s" % (a.dtype.name, b.dtype.name))
    return _late("together")(a, b)


MATH = {"real": real_1, "imag": imag, "angle": angle, "conj": conj}
