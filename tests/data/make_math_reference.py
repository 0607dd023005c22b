#!/usr/bin/env python3
"""Write tests/data/math_reference.bin, the values that tests/unit/test_math.c compares the elementary functions with.

Values come from mpmath with 200 bits. Arguments are not stored: the test draws them as arguments() does, from splitmix64.
The file, little-endian: for each function its name (16 bytes), the domain (two int32: count, number of arguments; then,
for each argument, float64 low, high and int32 least and greatest exponent), then for float64 and for float32 alike count
values rounded to that type followed by count int8: (exact - rounded) in units of 1/254 of the value's last place.

Usage: python3 tests/data/make_math_reference.py [output]     (needs mpmath; a few minutes)
"""

import math
import pathlib
import struct
import sys

import mpmath as mp

mp.mp.prec = 200
COUNT = 2000
SPECIALS = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, math.inf, -math.inf, math.nan, 2.0**-126, -(2.0**-126)]
MASK = 2**64 - 1


class Splitmix:
    def __init__(self, seed):
        self.state = seed

    def unit(self):
        """A float64 in [0, 1) with 53 random bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53


def to_f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def arguments(domains, single):
    """Specials (for two arguments, all their pairs), then uniform in [low, high] and by random exponent in turns."""
    random = Splitmix(1 + single)
    n = len(domains)
    for i in range(COUNT):
        row = []
        for j, (low, high, least, greatest) in enumerate(domains):
            uniform = low + (high - low) * random.unit()
            exponent = math.floor(least + (greatest - least) * random.unit())
            scaled = math.ldexp(1 + random.unit(), exponent)
            scaled = -scaled if random.unit() < 0.5 and low < 0 else scaled
            x = scaled if i % 2 else uniform
            if i < len(SPECIALS) ** n:
                x = SPECIALS[i // len(SPECIALS) ** j % len(SPECIALS)]
            row.append(to_f32(x) if single else x)
        yield row


def guarded(function, x):
    """The function with C's rules for NaN and signed poles; other domain errors are answered by the rows themselves."""
    if x == 0 and function in (digamma, rsqrt):
        return math.copysign(math.inf, x if function is rsqrt else -x)
    return math.nan if math.isnan(x) else function(mp.mpf(x))


def real_or_nan(function, inside):
    return lambda x: function(x) if inside(x) else math.nan


def log_like(function, pole):
    return lambda x: math.nan if x < pole else -mp.inf if x == pole else function(x)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x)) if abs(x) < 2000 else mp.mpf(0 if x < 0 else 1)


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 500 else x


def finite(function):
    return lambda x: function(x) if mp.isfinite(x) else math.nan


def rsqrt(x):
    return 1 / mp.sqrt(x) if x > 0 else math.nan


def lgamma(x):
    if mp.isinf(x) or (x <= 0 and x == mp.floor(x)):
        return mp.inf
    return mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x)


def digamma(x):
    if x < 0 and (mp.isinf(x) or x == mp.floor(x)):
        return math.nan
    return mp.inf if mp.isinf(x) else mp.digamma(x)


def power(x, y):
    if y == 0 or x == 1:
        return mp.mpf(1)
    if math.isnan(x) or math.isnan(y):
        return math.nan
    try:
        special = math.pow(x, y)
        exotic = x == 0 or math.isinf(x) or math.isinf(y)
    except (ValueError, OverflowError):
        odd = y == math.floor(y) and y % 2 == 1
        special = math.nan if x < 0 and y != math.floor(y) else math.copysign(math.inf, x) if odd else math.inf
        exotic = x == 0 or math.isnan(special)
    return special if exotic else mp.power(mp.mpf(x), mp.mpf(y)).real


def atan2(y, x):
    if math.isnan(x) or math.isnan(y):
        return math.nan
    if 0 in (x, y) or math.isinf(x) or math.isinf(y):
        eighths = round(math.atan2(y, x) * 4 / math.pi)
        return mp.pi * eighths / 4 if eighths else math.copysign(0.0, y)
    return mp.atan2(mp.mpf(y), mp.mpf(x))


def fmod(x, y):
    return math.nan if math.isnan(x) or math.isnan(y) or math.isinf(x) or y == 0 else math.fmod(x, y)


def floormod(x, y):
    rest = fmod(x, y)
    if rest == 0:
        return math.copysign(0.0, y)
    return mp.mpf(rest) + mp.mpf(y) if rest != 0 and math.isfinite(rest) and (rest < 0) != (y < 0) else rest


WIDE = (-4.0, 4.0, -60, 12)
ROWS = {
    "exp": (mp.exp, (-100.0, 90.0, -30, 10)),
    "expm1": (mp.expm1, (-100.0, 90.0, -60, 10)),
    "log": (log_like(mp.log, 0), (0.0, 4.0, -120, 120)),
    "log1p": (log_like(mp.log1p, -1), (-1.0, 4.0, -60, 100)),
    "sqrt": (real_or_nan(mp.sqrt, lambda x: x >= 0), (0.0, 4.0, -120, 120)),
    "rsqrt": (rsqrt, (0.0, 4.0, -120, 120)),
    "sigmoid": (sigmoid, (-80.0, 80.0, -40, 10)),
    "softplus": (softplus, (-80.0, 80.0, -40, 10)),
    "sinh": (mp.sinh, (-80.0, 80.0, -60, 10)),
    "cosh": (mp.cosh, (-80.0, 80.0, -60, 10)),
    "tanh": (mp.tanh, WIDE),
    "asinh": (mp.asinh, (-4.0, 4.0, -60, 120)),
    "acosh": (real_or_nan(mp.acosh, lambda x: x >= 1), (1.0, 4.0, 0, 120)),
    "atanh": (real_or_nan(lambda x: mp.sign(x) * mp.inf if abs(x) == 1 else mp.atanh(x), lambda x: abs(x) <= 1), (-1.0, 1.0, -60, 0)),
    "sin": (finite(mp.sin), (-400.0, 400.0, -60, 127)),
    "cos": (finite(mp.cos), (-400.0, 400.0, -60, 127)),
    "tan": (finite(mp.tan), (-400.0, 400.0, -60, 127)),
    "asin": (real_or_nan(mp.asin, lambda x: abs(x) <= 1), (-1.0, 1.0, -60, 0)),
    "acos": (real_or_nan(mp.acos, lambda x: abs(x) <= 1), (-1.0, 1.0, -60, 0)),
    "atan": (mp.atan, (-4.0, 4.0, -60, 60)),
    "erf": (mp.erf, (-5.0, 5.0, -60, 4)),
    "erfc": (mp.erfc, (-5.0, 9.0, -60, 4)),
    "lgamma": (lgamma, (0.0, 12.0, -60, 60)),
    "digamma": (digamma, (0.0, 12.0, -60, 60)),
    "pow": (power, (0.0, 3.0, -20, 20), (-40.0, 40.0, -20, 5)),
    "atan2": (atan2, (-4.0, 4.0, -40, 40), (-4.0, 4.0, -40, 40)),
    "fmod": (fmod, (-100.0, 100.0, -20, 60), (-3.0, 3.0, -20, 20)),
    "floormod": (floormod, (-100.0, 100.0, -20, 60), (-3.0, 3.0, -20, 20)),
}


def is_zero_with_sign(name, args):
    """Whether f(-0) = -0 is to be expected where the exact value is zero."""
    return args[0] == 0 and math.copysign(1, args[0]) < 0


def rounded(exact, single):
    """The value rounded to its type, and the rest in 1/254 units in the last place."""
    if isinstance(exact, float) and (exact == 0 or math.isnan(exact)):
        return exact, 0
    exact = mp.mpf(exact)
    if exact == 0 or mp.isinf(exact):
        return float(exact), 0
    digits, least, greatest = (24, -126, 128) if single else (53, -1022, 1024)
    exponent = int(mp.floor(mp.log(abs(exact), 2)))
    if abs(exact) < mp.mpf(2) ** exponent:
        exponent -= 1
    if abs(exact) >= mp.mpf(2) ** (exponent + 1):
        exponent += 1
    if exponent < least - 1:
        return float(mp.sign(exact)) * 0.0, 0
    ulp = mp.mpf(2) ** (exponent - digits + 1)
    value = mp.nint(exact / ulp) * ulp
    if abs(value) >= mp.mpf(2) ** greatest:
        return float(mp.sign(exact)) * math.inf, 0
    return float(value), int(mp.nint((exact - value) / ulp * 254))


def write_row(out, name, function, *domains):
    out.write(struct.pack("<16sii", name.encode(), COUNT, len(domains)))
    for domain in domains:
        out.write(struct.pack("<ddii", *domain))
    for single in (False, True):
        values, rests = [], []
        for args in arguments(domains, single):
            exact = guarded(function, *args) if len(args) == 1 else function(*args)
            value, rest = rounded(exact, single)
            if value == 0 and len(args) == 1 and is_zero_with_sign(name, args):
                value = -0.0
            values.append(value)
            rests.append(rest)
        out.write(struct.pack(f"<{COUNT}{'f' if single else 'd'}{COUNT}b", *values, *rests))


def main():
    default = pathlib.Path(__file__).parent / "math_reference.bin"
    with open(sys.argv[1] if len(sys.argv) > 1 else default, "wb") as out:
        for name, (function, *domains) in ROWS.items():
            write_row(out, name, function, *domains)
            print(name, file=sys.stderr)


main()
