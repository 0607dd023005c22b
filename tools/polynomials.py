#!/usr/bin/env python3
"""Derive the polynomials of src/cpu/math_polynomials.h and print that header.

Method: Remez's exchange in 200-bit arithmetic (mpmath). The polynomial p minimises max |w(x) (f(x) - p(x))| over the
interval; w turns the error of the polynomial into the relative error of the function that it serves. The degree is the
smallest whose error is below the row's target. Coefficients are then rounded to float64, or float32 (so leading coefficients that
must be exact, such as the 1 of sin r = r + r^3 p, are kept outside of the polynomial), and the error is measured again
with the rounded ones; it is printed above each function.

Usage: python3 tools/polynomials.py > src/cpu/math_polynomials.h     (needs mpmath; about a minute with gmpy2)
"""

import struct
import sys

import mpmath as mp

mp.mp.prec = 200
IN_HALVES = {"exp_tail"}  # what else there is to do does not fill the time that one chain takes
GRID_POINTS = 1200
LN2_HALF = mp.log(2) / 2 * (1 + mp.mpf(2) ** -20)
PI_4 = mp.pi / 4 * (1 + mp.mpf(2) ** -20)
LOG_Z = (3 - 2 * mp.sqrt(2)) ** 2 * (1 + mp.mpf(2) ** -20)
ATAN_Z = (mp.sqrt(2) - 1) ** 2 * (1 + mp.mpf(2) ** -20)


def near_zero(function, series):
    """The function, or its series where cancellation would eat the precision."""
    return lambda x: series(x) if abs(x) < mp.mpf(2) ** -30 else function(x)


def erfcx(a):
    if a > 40:
        return sum(mp.fac2(2 * i - 1) * (-1) ** i / (2 * a * a) ** i for i in range(12)) / (a * mp.sqrt(mp.pi))
    return mp.exp(a * a) * mp.erfc(a)


def root_of_digamma():
    return mp.findroot(mp.digamma, mp.mpf("1.4616321449683623"))


def stirling_tail(z):
    """(ln gamma(x) - ((x - 1/2) ln x - x + ln(2 pi)/2)) x, in z = 1/x^2."""
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    return (mp.loggamma(x) - ((x - 0.5) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)) * x


def digamma_tail(z):
    """(ln x - 1/(2x) - digamma(x)) x^2, in z = 1/x^2."""
    if z == 0:
        return mp.mpf(1) / 12
    x = 1 / mp.sqrt(z)
    return (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) * x * x


def series_of(terms):
    return lambda x: sum(c * x**i for i, c in enumerate(terms))


def odd_tail(function, first):
    """(f(s) - s first) / s^3 in z = s^2, for an odd function f."""

    def tail(z):
        s = mp.sqrt(z)
        return (function(s) - first * s) / (z * s)

    return tail


def rows():
    """(name, what it is, f, low, high, weight, target as a power of two)"""
    q = mp.mpf
    exp_q = near_zero(lambda r: mp.expm1(r) / r, series_of([1, q(1) / 2, q(1) / 6]))
    exp_terms = series_of([1 / mp.factorial(i + 3) for i in range(12)])
    exp_tail = lambda r: (mp.expm1(r) - r - r * r / 2) / r**3 if abs(r) > q(2) ** -12 else exp_terms(r)
    small = lambda f, terms: (lambda z: f(z) if z > q(2) ** -24 else series_of(terms)(z))
    twice = near_zero(lambda r: mp.expm1(2 * r) / r, series_of([2, 2, q(4) / 3]))
    tanh_tail = small(odd_tail(mp.tanh, 1), [q(-1) / 3, q(2) / 15, q(-17) / 315, q(62) / 2835])
    coth_tail = lambda z: (mp.sqrt(z) * mp.coth(mp.sqrt(z) / 2) - 2) / z if z > q(2) ** -24 else series_of([q(1) / 6, q(-1) / 360])(z)
    log_tail = small(odd_tail(lambda s: 2 * mp.atanh(s), 2), [q(2) / (2 * i + 3) for i in range(6)])
    pow_tail = lambda z: (log_tail(z) - q(2) / 3) / z if z > q(2) ** -24 else series_of([q(2) / (2 * i + 5) for i in range(6)])(z)
    sin_tail = small(odd_tail(mp.sin, 1), [(-1) ** (i + 1) / mp.factorial(2 * i + 3) for i in range(6)])
    cos_tail = small(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, [(-1) ** i / mp.factorial(2 * i + 4) for i in range(6)])
    atan_tail = small(odd_tail(mp.atan, 1), [q((-1) ** (i + 1)) / (2 * i + 3) for i in range(6)])
    asin_terms = [mp.factorial(2 * i) / (4**i * mp.factorial(i) ** 2 * (2 * i + 1)) for i in range(1, 8)]
    asin_tail = small(odd_tail(mp.asin, 1), asin_terms)
    erf_terms = [2 / mp.sqrt(mp.pi) * (-1) ** i / (mp.factorial(i) * (2 * i + 1)) for i in range(8)]
    erf_ratio = lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) if z > 0 else erf_terms[0]
    erf_tail = small(lambda z: (erf_ratio(z) - erf_terms[0] - erf_terms[1] * z) / z**2, erf_terms[2:])
    erf_exponent = near_zero(lambda a: -mp.log(mp.erfc(a)) / a, lambda a: 2 / mp.sqrt(mp.pi) + 2 * a / mp.pi)
    erfc_k = 4
    erfc_value = lambda t: erfcx(erfc_k * (1 + t) / (1 - t)) * (1 + 2 * erfc_k * (1 + t) / (1 - t))
    erf_middle = lambda t: q(9) / 4 * (1 + t) / (1 - t)
    root = root_of_digamma()
    digamma_near = lambda y: mp.digamma(y + q(1.5)) / (y + q(1.5) - root) if abs(y + 1.5 - root) > 1e-20 else mp.polygamma(1, root)
    lgamma_near = near_zero(lambda t: mp.loggamma(2 + t) / t, lambda t: 1 - mp.euler + t * (mp.zeta(2) - 1) / 2)
    return [
        ("exp_short", "(exp(r) - 1) / r, |r| <= ln(2)/2", exp_q, -LN2_HALF, LN2_HALF, lambda r: 1 / exp_q(r), 31.5),
        ("exp_tail_f32", "(exp(r) - 1 - r - r^2/2) / r^3, |r| <= ln(2)/2", exp_tail, -LN2_HALF, LN2_HALF, lambda r: abs(r) ** 3, 27),
        ("exp_tail", "(exp(r) - 1 - r - r^2/2) / r^3, |r| <= ln(2)/2", exp_tail, -LN2_HALF, LN2_HALF, lambda r: r * r, 58),
        ("exp_fma", "(exp(r) - 1) / r, |r| <= ln(2)/2", exp_q, -LN2_HALF, LN2_HALF, lambda r: (abs(r) + q(1) / 128) / (1 + r * exp_q(r)), 30),
        ("exp_twice_fma", "(exp(2r) - 1) / r, |r| <= ln(2)/4", twice, -LN2_HALF / 2, LN2_HALF / 2, lambda r: (abs(r) + q(1) / 256) * mp.exp(-2 * r), 33),
        ("tanh_near_fma", "(tanh(s) - s) / s^3 in z = s^2, |s| <= 0.6", tanh_tail, 0, q("0.36"), lambda z: z, 28),
        ("coth_short", "(r coth(r/2) - 2) / z in z = r^2, |r| <= ln(2)/2", coth_tail, 0, LN2_HALF**2, lambda z: z / 2, 32),
        ("log_short", "(2 atanh(s) - 2 s) / s^3 in z = s^2, |s| <= 3 - 2 sqrt(2)", log_tail, 0, LOG_Z, lambda z: z / 2, 33),
        ("log_tail", "(2 atanh(s) - 2 s) / s^3 in z = s^2, |s| <= 3 - 2 sqrt(2)", log_tail, 0, LOG_Z, lambda z: z / 2, 58),
        ("pow_tail", "(2 atanh(s) - 2 s - 2/3 s^3) / s^5 in z = s^2, |s| <= 3 - 2 sqrt(2)", pow_tail, 0, LOG_Z, lambda z: z * z / 2, 70),
        ("sin_short", "(sin(r) - r) / r^3 in z = r^2, |r| <= pi/4", sin_tail, 0, PI_4**2, lambda z: z, 32),
        ("sin_tail", "(sin(r) - r) / r^3 in z = r^2, |r| <= pi/4", sin_tail, 0, PI_4**2, lambda z: z, 58),
        ("cos_short", "(cos(r) - 1 + r^2/2) / r^4 in z = r^2, |r| <= pi/4", cos_tail, 0, PI_4**2, lambda z: z * z, 32),
        ("cos_tail", "(cos(r) - 1 + r^2/2) / r^4 in z = r^2, |r| <= pi/4", cos_tail, 0, PI_4**2, lambda z: z * z, 58),
        ("atan_short", "(atan(t) - t) / t^3 in z = t^2, |t| <= sqrt(2) - 1", atan_tail, 0, ATAN_Z, lambda z: z, 32),
        ("atan_tail", "(atan(t) - t) / t^3 in z = t^2, |t| <= sqrt(2) - 1", atan_tail, 0, ATAN_Z, lambda z: z, 58),
        ("asin_short", "(asin(s) - s) / s^3 in z = s^2, |s| <= 1/2", asin_tail, 0, q(1) / 4, lambda z: z, 32),
        ("asin_tail", "(asin(s) - s) / s^3 in z = s^2, |s| <= 1/2", asin_tail, 0, q(1) / 4, lambda z: z, 58),
        ("erf_exponent_short", "-ln(1 - erf(a)) / a, 0 <= a <= 4", erf_exponent, 0, 4, lambda a: a * mp.erfc(a) / mp.erf(a) if a > 1e-9 else mp.sqrt(mp.pi) / 2, 30),
        ("erf_near", "(erf(a)/a - 2/sqrt(pi) (1 - z/3)) / z^2 in z = a^2, 0 <= a <= 9/8", erf_tail, 0, q(81) / 64, lambda z: z * z / erf_ratio(z), 60),
        ("erf_far", "ln(exp(a^2) erfc(a)) in t = (a - 9/4)/(a + 9/4), 9/8 <= a <= 6", lambda t: mp.log(erfcx(erf_middle(t))), q(-1) / 3 - q(1) / 1000, q("0.455"), lambda t: mp.erfc(erf_middle(t)), 58),
        ("erfcx_short", "(1 + 2a) exp(a^2) erfc(a) in t = (a - 4)/(a + 4), 0 <= a <= 11", erfc_value, -1, q(7) / 15, lambda t: 1 / erfc_value(t), 31.5),
        ("erfcx", "(1 + 2a) exp(a^2) erfc(a) in t = (a - 4)/(a + 4), 0 <= a <= 28", erfc_value, -1, q(24) / 32, lambda t: 1 / erfc_value(t), 56),
        ("lgamma_near", "ln(gamma(2 + t)) / t, |t| <= 1/2", lgamma_near, q(-1) / 2, q(1) / 2, lambda t: 1 / lgamma_near(t), 57),
        ("lgamma_far", "(ln(gamma(x)) - (x - 1/2) ln(x) + x - ln(2 pi)/2) x in z = 1/x^2, x >= 8", stirling_tail, 0, q(1) / 64, lambda z: q(1) / 64, 57),
        ("digamma_near", "digamma(1.5 + y) / (1.5 + y - root), |y| <= 1/2", digamma_near, q(-1) / 2, q(1) / 2, lambda y: 1 / digamma_near(y), 57),
        ("digamma_far", "(ln(x) - 1/(2x) - digamma(x)) x^2 in z = 1/x^2, x >= 10", digamma_tail, 0, q(1) / 100, lambda z: q(1) / 100, 58),
    ]


def horner(coefficients, x):
    value = mp.mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def remez(values, weights, grid, degree):
    """Coefficients of the best polynomial of that degree on the grid, by exchanging one extremum a sign change."""
    n = degree + 2
    picks = sorted({int((len(grid) - 1) * i / (n - 1)) for i in range(n)})
    coefficients, error = None, None
    for _ in range(30):
        system = mp.matrix(n, n)
        right = mp.matrix(n, 1)
        for row, index in enumerate(picks):
            power = mp.mpf(1)
            for column in range(degree + 1):
                system[row, column] = power
                power *= grid[index]
            system[row, degree + 1] = (-1) ** row / weights[index]
            right[row] = values[index]
        solution = mp.lu_solve(system, right)
        coefficients = [solution[i] for i in range(degree + 1)]
        errors = [w * (v - horner(coefficients, x)) for v, w, x in zip(values, weights, grid)]
        error = max(abs(e) for e in errors)
        if error <= abs(solution[degree + 1]) * 1.01:
            break
        picks = exchange(errors, n)
    return coefficients, error


def exchange(errors, n):
    """Indices of n alternating extrema of the error, the largest kept."""
    runs = []
    for index, e in enumerate(errors):
        if runs and (e >= 0) == (errors[runs[-1]] >= 0):
            if abs(e) > abs(errors[runs[-1]]):
                runs[-1] = index
        else:
            runs.append(index)
    while len(runs) > n:
        if len(runs) - n == 1:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        else:
            i = min(range(len(runs) - 1), key=lambda j: max(abs(errors[runs[j]]), abs(errors[runs[j + 1]])))
            del runs[i : i + 2]
    if len(runs) < n:
        raise RuntimeError("the error does not alternate often enough")
    return runs


def to_type(c, name):
    """c rounded to float32 where the name says so, else to float64."""
    return struct.unpack("<f", struct.pack("<f", float(c)))[0] if name.endswith(("_f32", "_fma")) else float(c)


def fit(row):
    name, what, function, low, high, weight, target = row
    low, high = mp.mpf(low), mp.mpf(high)
    tiny = mp.mpf(2) ** -60
    grid = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (GRID_POINTS - 1)) for i in range(GRID_POINTS)]
    values = [function(x) for x in grid]
    weights = [weight(x) + tiny for x in grid]
    for degree in range(1, 40):
        coefficients, error = remez(values, weights, grid, degree)
        if error < mp.mpf(2) ** -target:
            break
    rounded = [mp.mpf(to_type(c, name)) for c in coefficients]
    measured = max(abs(w * (v - horner(rounded, x))) for v, w, x in zip(values, weights, grid))
    print(f"{name}: degree {degree}, 2^{float(mp.log(measured, 2)):.1f}", file=sys.stderr)
    return name, what, rounded, measured


def print_function(name, what, coefficients, measured):
    print(f"\n/* {what}; weighted error 2^{float(mp.log(measured, 2)):.1f}. */")
    kind, suffix = ("float", "f") if name.endswith(("_f32", "_fma")) else ("double", "")
    print(f"static SJ_ALWAYS_INLINE {kind} sj__poly_{name}({kind} x)\n{{")
    if name not in IN_HALVES:
        print_horner(kind, suffix, "p", "x", coefficients, name.endswith("_fma"))
        print("\treturn p;\n}")
        return
    print(f"\t{kind} z = x * x;")
    print_horner(kind, suffix, "odd", "z", coefficients[1::2])
    print_horner(kind, suffix, "even", "z", coefficients[0::2])
    print("\treturn odd * x + even;\n}")


def print_horner(kind, suffix, p, x, coefficients, is_fused=False):
    print(f"\t{kind} {p} = {float(coefficients[-1]).hex()}{suffix};")
    for c in reversed(coefficients[:-1]):
        value = float(c)
        if is_fused:
            print(f"\t{p} = sj__fmaf({p}, {x}, {value.hex()}{suffix});")
            continue
        print(f"\t{p} = {p} * {x} {'-' if value < 0 else '+'} {abs(value).hex()}{suffix};")


HEAD = """/* Polynomials of the elementary functions, in Horner's form, a long one in two halves side by side. Printed by
tools/polynomials.py, which says how they are derived; not edited by hand. Constants are those of least weighted error,
rounded to the function's type. */
#ifndef SOKUJI_CPU_MATH_POLYNOMIALS_H
#define SOKUJI_CPU_MATH_POLYNOMIALS_H

#include "cpu/math_bits.h\""""


def main():
    print(HEAD)
    wanted = sys.argv[1:]
    for row in rows():
        if not wanted or row[0] in wanted:
            print_function(*fit(row))
    print("\n#endif")


if __name__ == "__main__":
    main()
