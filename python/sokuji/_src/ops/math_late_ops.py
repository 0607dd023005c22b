"""tf.math of 2.x that programs seldom use: modified Bessel functions, inverses of error functions, neighbours of floats."""

import math

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, run, same_dtype, tensor, with_gradient


def _real(x):
    t = tensor(x)
    return t if t.dtype.is_floating else convert(np.asarray(t, np.float32), 0)


def _scaled_i(n, x):
    """exp(-|x|) I_n(x) by the trapezoidal rule for its integral over a period, which converges geometrically."""
    x = np.asarray(x, np.float64)
    top = float(np.abs(x).max()) if x.size else 0.0
    points = 64 + int(12 * math.sqrt(top + 1.0))
    t = (np.arange(points) + 0.5) * (math.pi / points)
    return (np.exp(np.abs(x)[..., None] * (np.cos(t) - 1.0)) * np.cos(n * t)).mean(-1) * (np.sign(x) ** n if n else 1.0)


def _scaled_k(n, x):
    """exp(x) K_n(x): the integral of exp(-x (cosh t - 1)) cosh(n t) over t > 0, by the trapezoidal rule."""
    x = np.asarray(x, np.float64)
    t = np.arange(0.5, 2000) * 0.01
    with np.errstate(over="ignore", invalid="ignore"):
        made = (np.exp(-x[..., None] * (np.cosh(t) - 1.0)) * np.cosh(n * t)).sum(-1) * 0.01
    return np.where(x > 0, made, np.where(x == 0, np.inf, np.nan))


def _computed(name, value, slope):
    """A function of floats by NumPy; slope(x) is its derivative, of operations."""

    @with_gradient
    def inner(t):
        with np.errstate(all="ignore"):
            made = tensor(np.asarray(value(np.asarray(t, np.float64)), t.dtype.as_numpy_dtype))
        return made, lambda dy: dy * slope(t)

    def function(x, name=None):
        """The function of that name, elementwise."""
        return inner(_real(x))

    function.__name__ = name
    return function


def _sign(t):
    return run("Sign", t)


bessel_i0 = _computed("bessel_i0", lambda x: _scaled_i(0, x) * np.exp(np.abs(x)), lambda t: bessel_i1(t))
bessel_i0e = _computed("bessel_i0e", lambda x: _scaled_i(0, x), lambda t: bessel_i1e(t) - _sign(t) * bessel_i0e(t))
bessel_i1 = _computed("bessel_i1", lambda x: _scaled_i(1, x) * np.exp(np.abs(x)), lambda t: bessel_i0(t) - run("DivNoNan", bessel_i1(t), t))
bessel_i1e = _computed("bessel_i1e", lambda x: _scaled_i(1, x), lambda t: bessel_i0e(t) - bessel_i1e(t) * (_sign(t) + run("DivNoNan", run("OnesLike", t), t)))
bessel_k0 = _computed("bessel_k0", lambda x: _scaled_k(0, x) * np.exp(-x), lambda t: -bessel_k1(t))
bessel_k0e = _computed("bessel_k0e", lambda x: _scaled_k(0, x), lambda t: bessel_k0e(t) - bessel_k1e(t))
bessel_k1 = _computed("bessel_k1", lambda x: _scaled_k(1, x) * np.exp(-x), lambda t: -bessel_k0(t) - bessel_k1(t) / t)
bessel_k1e = _computed("bessel_k1e", lambda x: _scaled_k(1, x), lambda t: bessel_k1e(t) * (1.0 - 1.0 / t) - bessel_k0e(t))


def _dawson(x):
    """Rybicki's sum for Dawson's integral (Numerical Recipes 6.10), with a step that is exact to doubles."""
    h = 0.2
    n0 = 2 * np.round(0.5 * x / h)
    odd = np.arange(1, 61, 2)
    rest = x - n0 * h
    near = np.exp(-((rest[..., None] - odd * h) ** 2)) / (n0[..., None] + odd) + np.exp(-((rest[..., None] + odd * h) ** 2)) / (n0[..., None] - odd)
    return near.sum(-1) / math.sqrt(math.pi)


dawsn = _computed("dawsn", _dawson, lambda t: 1.0 - 2.0 * t * dawsn(t))


def erfcinv(x, name=None):
    """The inverse of the complementary error function."""
    t = _real(x)
    return run("Ndtri", t * convert(0.5, t._dtype_number)) * convert(-math.sqrt(0.5), t._dtype_number)


def nextafter(x1, x2, name=None):
    """The next number after x1 towards x2."""
    a, b = same_dtype([x1, x2])
    return tensor(np.nextafter(np.asarray(a), np.asarray(b)))


_BESSEL = {"bessel_i0": bessel_i0, "bessel_i0e": bessel_i0e, "bessel_i1": bessel_i1, "bessel_i1e": bessel_i1e}
MATH_2 = {**_BESSEL, "erfcinv": erfcinv, "nextafter": nextafter}
SPECIAL_2 = {**_BESSEL, "bessel_k0": bessel_k0, "bessel_k0e": bessel_k0e, "bessel_k1": bessel_k1, "bessel_k1e": bessel_k1e, "dawsn": dawsn}
FROM_ROOT = "acos acosh asin asinh atan atan2 atanh cosh sinh".split()
FROM_NN = "softmax log_softmax softplus softsign".split()

# degree, polynomial and first numbers of each dimension after the first (Joe and Kuo 2008)
_SOBOL = ((1, 0, 1), (2, 1, 1, 3), (3, 1, 1, 3, 1), (3, 2, 1, 1, 1), (4, 1, 1, 1, 3, 3), (4, 4, 1, 3, 5, 13), (5, 2, 1, 1, 5, 5, 17), (5, 4, 1, 1, 5, 5, 5), (5, 7, 1, 1, 7, 11, 19))


def _directions(dimension):
    """32 numbers of 32 bits."""
    if dimension == 0:
        return [1 << (31 - i) for i in range(32)]
    s, a, *m = _SOBOL[dimension - 1]
    made = [m[i] << (31 - i) for i in range(s)]
    for i in range(s, 32):
        v = made[i - s] ^ (made[i - s] >> s)
        for k in range(1, s):
            v ^= ((a >> (s - 1 - k)) & 1) * made[i - k]
        made.append(v)
    return made


def sobol_sample(dim, num_results, skip=0, dtype=dtypes.float32, name=None):
    """Points of the Sobol sequence, after its first, zero."""
    if np.ndim(dim) or np.ndim(num_results) or np.ndim(skip):
        raise invalid("sobol_sample: dim, num_results and skip must be scalars; they are %s, %s, %s" % (dim, num_results, skip))
    if int(num_results) < 0 or int(skip) < 0:
        raise invalid("sobol_sample: num_results is %s, skip %s; they must not be negative" % (num_results, skip))
    if not 1 <= int(dim) <= len(_SOBOL) + 1:
        raise NotImplementedError("not implemented: tf.math.sobol_sample of %d dimensions; up to %d" % (int(dim), len(_SOBOL) + 1))
    made = np.zeros((int(num_results), int(dim)))
    for d in range(int(dim)):
        numbers = _directions(d)
        for row in range(int(num_results)):
            index = row + 1 + int(skip)
            gray, x = index ^ (index >> 1), 0
            for bit in range(32):
                x ^= numbers[bit] * ((gray >> bit) & 1)
            made[row, d] = x / 2.0**32
    return tensor(made, dtypes.float32 if dtype is None else dtype)


MATH_2["sobol_sample"] = sobol_sample
