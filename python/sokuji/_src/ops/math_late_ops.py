"""tf.math of 2.x that programs seldom use: Bessel functions and other special ones, inverses of error functions, neighbours of floats."""

import math

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, run, same_dtype, tensor, with_gradient


def _real(x):
    t = tensor(x)
    return t if t.dtype.is_floating else convert(np.asarray(t, np.float32), 0)


def _scaled_i(n, x):
    """exp(-|x|) I_n(x) by the trapezoidal rule for its integral over a period, which converges geometrically."""
    given, x = np.asarray(x, np.float64), np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(np.abs(x).max()) if x.size else 0.0
    points = 64 + int(12 * math.sqrt(top + 1.0))
    t = (np.arange(points) + 0.5) * (math.pi / points)
    made = (np.exp(np.abs(x)[..., None] * (np.cos(t) - 1.0)) * np.cos(n * t)).mean(-1) * (np.sign(x) ** n if n else 1.0)
    return np.where(np.isfinite(given), made, np.where(np.isnan(given), given, 0.0))


def _scaled_k(n, x):
    """exp(x) K_n(x): the integral of exp(-x (cosh t - 1)) cosh(n t) over t > 0, by the trapezoidal rule."""
    x = np.asarray(x, np.float64)
    t = np.arange(0.5, 2000) * 0.01
    with np.errstate(over="ignore", invalid="ignore"):
        made = (np.exp(-x[..., None] * (np.cosh(t) - 1.0)) * np.cosh(n * t)).sum(-1) * 0.01
    return np.where(x <= 0, np.inf, made)


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
    return np.where(np.isinf(x), 0.0, near.sum(-1) / math.sqrt(math.pi))


dawsn = _computed("dawsn", _dawson, lambda t: 1.0 - 2.0 * t * dawsn(t))

_NEAR = 25.0  # below it Bessel functions are integrals over a period, above it Hankel's asymptotic series


def _j_near(orders, x):
    """J_n(x) for |x| < 26 by the trapezoidal rule for Bessel's integral."""
    t = (np.arange(256) + 0.5) * (math.pi / 256)
    turn = x[..., None] * np.sin(t)
    return {n: np.cos(n * t - turn).mean(-1) for n in orders}


def _far(n, x):
    """(J_n(x), Y_n(x)) for large x: Abramowitz and Stegun 9.2.5 to 9.2.10."""
    term, parts = np.ones_like(x), [np.ones_like(x), np.zeros_like(x)]
    for k in range(1, 30):
        term = term * ((4 * n * n - (2 * k - 1) ** 2) / (8.0 * k)) / x
        parts[k % 2] = parts[k % 2] + (-1) ** (k // 2) * term
    turn, size = x - (n / 2 + 0.25) * math.pi, np.sqrt(2 / (math.pi * x))
    return size * (parts[0] * np.cos(turn) - parts[1] * np.sin(turn)), size * (parts[0] * np.sin(turn) + parts[1] * np.cos(turn))


def _bessel_j(n, x):
    size = np.abs(x)
    near = _j_near([n], np.minimum(size, _NEAR))[n]
    return np.where(size <= _NEAR, near, _far(n, np.maximum(size, _NEAR))[0]) * (np.sign(x) if n else 1.0) + 0.0 * x


def _bessel_y(n, x):
    """By Neumann's series of J (Abramowitz and Stegun 9.1.88 and its derivative) near zero."""
    low = np.clip(x, 1e-300, _NEAR)
    j = _j_near(range(n, 100, 2), low)
    turned = np.log(low / 2) + np.euler_gamma - n
    if n:
        rest = (-2 / low * _j_near([0], low)[0] + 2 * turned * j[1] - 2 * sum((-1) ** k * (2 * k + 1) / (k * (k + 1)) * j[2 * k + 1] for k in range(1, 49))) / math.pi
    else:
        rest = (2 * turned * j[0] - 4 * sum((-1) ** k / k * j[2 * k] for k in range(1, 49))) / math.pi
    return np.where(x > _NEAR, _far(n, np.maximum(x, _NEAR))[1], np.where(x > 0, rest, -np.inf)) + 0.0 * x


bessel_j0 = _computed("bessel_j0", lambda x: _bessel_j(0, x), lambda t: -bessel_j1(t))
bessel_j1 = _computed("bessel_j1", lambda x: _bessel_j(1, x), lambda t: run("SelectV2", run("Equal", t, run("ZerosLike", t)), run("OnesLike", t) * 0.5, bessel_j0(t) - run("DivNoNan", bessel_j1(t), t)))
bessel_y0 = _computed("bessel_y0", lambda x: _bessel_y(0, x), lambda t: -bessel_y1(t))
bessel_y1 = _computed("bessel_y1", lambda x: _bessel_y(1, x), lambda t: bessel_y0(t) - bessel_y1(t) / t)


def _expint(x):
    """Ei(x) of x > 0: its power series, above 40 its asymptotic one."""
    low, high = np.clip(x, 0, 40), np.maximum(x, 40)
    term, near, far, step = np.ones_like(x), np.zeros_like(x), np.ones_like(x), np.ones_like(x)
    for k in range(1, 130):
        term = term * low / k
        near = near + term / k
        if k < 40:
            step = step * k / high
            far = far + step
    return np.where(x < 0, np.nan, np.where(x <= 40, near + np.log(low) + np.euler_gamma, np.exp(x) / x * far))


def _spence(x):
    """Li2(1 - x), brought to where its series converges fast."""
    outside, inner = x > 1, np.where(x > 1, 1 / x, x)
    swapped = inner < 0.5
    z = np.where(swapped, inner, 1 - inner)
    made = sum(z**k / k**2 for k in range(1, 60))
    made = np.where(swapped, math.pi**2 / 6 - np.where(inner > 0, np.log(inner) * np.log1p(-inner), 0.0) - made, made)
    return np.where(x < 0, np.nan, np.where(outside, -made - 0.5 * np.log(x) ** 2, made)) + 0.0 * x


def _fresnel(is_sine):
    """The integral of cos or sin(pi t^2 / 2) from 0 to x: by Gauss and Legendre, above 6 by the asymptotic series of its auxiliary functions."""

    def value(x):
        size = np.minimum(np.abs(x), 1e8)
        places, weights = np.polynomial.legendre.leggauss(120)
        t = (places + 1) * 0.5 * np.minimum(size, 6.0)[..., None]
        wave = np.sin if is_sine else np.cos
        near = (wave(0.5 * math.pi * t * t) * weights).sum(-1) * 0.5 * np.minimum(size, 6.0)
        high = np.maximum(size, 6.0)
        z, f, g, term = math.pi * high * high, 0.0, 0.0, 1.0
        for k in range(16):  # (2k - 1)!! / z^k, by turns of f and of g
            f, g = (f + (-1) ** (k // 2) * term, g) if k % 2 == 0 else (f, g + (-1) ** (k // 2) * term)
            term = term * (2 * k + 1) / z
        turn = 0.5 * math.pi * np.fmod(high * high, 4.0)
        ends = -f * np.cos(turn) - g * np.sin(turn) if is_sine else f * np.sin(turn) - g * np.cos(turn)
        return np.sign(x) * np.where(size <= 6.0, near, 0.5 + ends / (math.pi * high)) + 0.0 * np.where(np.isnan(x), x, 0.0)

    return value


def _half_square(t):
    return t * t * (0.5 * math.pi)


expint = _computed("expint", _expint, lambda t: run("Exp", t) / t)
spence = _computed("spence", _spence, lambda t: run("SelectV2", run("Equal", t, run("OnesLike", t)), -run("OnesLike", t), run("Log", t) / (1.0 - t)))
fresnel_cos = _computed("fresnel_cos", _fresnel(False), lambda t: run("Cos", _half_square(t)))
fresnel_sin = _computed("fresnel_sin", _fresnel(True), lambda t: run("Sin", _half_square(t)))


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
SPECIAL_2 = {**_BESSEL, "bessel_k0": bessel_k0, "bessel_k0e": bessel_k0e, "bessel_k1": bessel_k1, "bessel_k1e": bessel_k1e, "dawsn": dawsn,
             **{name: globals()[name] for name in "bessel_j0 bessel_j1 bessel_y0 bessel_y1 expint spence fresnel_cos fresnel_sin".split()}}  # fmt: skip
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
