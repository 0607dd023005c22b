"""
Tests of elementwise rows that the row itself implies: inputs drawn from its `domain`, its NumPy expression evaluated more widely,
every dtype, many shapes; special values; and the errors that every elementwise operation must give.

What a row may say in `test` (the last arguments of unary and binary): numpy (an expression of x, y; None: the family's cases must do), domain
and domain_y (floats), int_domain and int_domain_y, ulp (float32, default 2) and ulp64 (default 2), specials=False (no NaN,
infinities and zeros), gradient=False (kinks everywhere) or step (of the finite differences).
"""
import math

import numpy as np
import sokuji_c as sj
import support
from cases import Case

# One above a vector, a tile and the size from which work is split over threads; odd sizes for the loops' ends.
UNARY_SHAPES = [(), (0,), (1,), (7,), (33,), (1025,), (70001,), (2, 1, 3, 1, 2, 1, 3), (1, 2, 1, 2, 1, 2, 1, 2, 1)]
BINARY_SHAPES = [((), ()), ((0,), (0,)), ((7,), (7,)), ((33,), ()), ((), (33,)), ((1025,), (1025,)), ((3, 1), (1, 4)),
                 ((5, 1), (5, 3)), ((3,), (5, 3)), ((0, 1), (1, 4)), ((2, 1, 3, 1, 2, 1, 3), (1, 2, 3, 1, 1, 2, 3)),
                 ((1, 2, 1, 2, 1, 2, 1, 2, 1), (2, 1, 2, 1, 2, 1, 2, 1, 2)), ((70001,), (70001,)), ((70001,), ()),
                 ((257, 1), (1, 273)), ((257, 273), (273,))]
FEW_UNARY, FEW_BINARY = [(), (0,), (33,), (70001,)], [((), ()), ((33,), (33,)), ((33,), ()), ((), (33,)), ((3, 1), (1, 4)),
                                                         ((70001,), (70001,))]
SPECIALS = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e30, -1e30, 1e-30]


def _over_floats(function):
    return np.vectorize(function, otypes=[np.float64])


def _safe(function, at_bad=math.nan):
    def called(x):
        try:
            return function(float(x))
        except (ValueError, OverflowError):
            return at_bad
    return called


def _digamma(x):
    """The recurrence up to 10, then the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18)."""
    total = 0.0
    while x < 10:
        if x == 0 or (x < 0 and x == math.floor(x)):
            return math.nan
        total -= 1 / x
        x += 1
    s = 1 / (x * x)
    return total + math.log(x) - 0.5 / x - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * 691 / 32760)))))


# What a row's NumPy expression may use beside x, y and np.
NAMES = {"np": np, "math": math, "erf": _over_floats(math.erf), "erfc": _over_floats(math.erfc),
         "lgamma": _over_floats(_safe(math.lgamma, math.inf)), "digamma": _over_floats(_safe(_digamma))}


def is_drawn(row):
    return bool(row["loop"]) and bool(row["test"].get("numpy"))


def reference(row, *inputs):
    names = dict(NAMES, **dict(zip(("x", "y"), inputs)))
    with np.errstate(all="ignore"):
        return np.asarray(eval(row["test"]["numpy"], names))  # pylint: disable=eval-used (the table is the project's own)


# ---- draws ----

def drawn(row, which, rng, dtype, shape):
    test, kind = row["test"], np.dtype(dtype).kind
    low, high = test.get("domain_y" if which == "y" else "domain") or test["domain"]
    if kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if kind in "iu":
        given = test.get("int_domain_y" if which == "y" else "int_domain") or test.get("int_domain")
        first, last = given or (1 if low > 0 else -100, 100)
        info = np.iinfo(dtype)
        return np.asarray(rng.integers(max(first, info.min), min(last, info.max), shape, endpoint=True), dtype)
    return np.asarray(rng.uniform(low, high, shape), dtype)


def expected_of(row, inputs):
    """Integers and bool in their dtype (they wrap), floats in float64."""
    wide = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in inputs]
    return reference(row, *wide)


def check_result(row, got, expected, dtype, what):
    out = row["outputs"][0]["type"]
    assert support.dtype_name(got) == (dtype if out == "T" else out), f"{what}: the output is {got.dtype}"
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    if got.dtype.kind != "f":
        np.testing.assert_array_equal(got, expected.astype(got.dtype), err_msg=what)
        return
    with np.errstate(over="ignore"):
        rounded = expected.astype(got.dtype)
    allowed = row["test"].get("ulp" if got.dtype == np.float32 else "ulp64", 2)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(np.where(finite, 0, got), np.where(finite, 0, rounded), err_msg=what)
    tiny = np.finfo(got.dtype).tiny
    unit = np.spacing(np.maximum(np.abs(np.where(finite, rounded, 1)), tiny)).astype(np.float64)
    error = np.abs(np.where(finite, got.astype(np.float64) - np.where(finite, expected, 0), 0)) / unit
    # A result below the smallest normal number may be flushed to zero.
    error = np.where(finite & (np.abs(np.where(finite, rounded, 1)) < tiny) & (np.abs(got) <= tiny), 0, error)
    worst = int(np.argmax(error)) if error.size else 0
    assert error.size == 0 or error.reshape(-1)[worst] <= allowed + 0.5, \
        f"{what}: {error.reshape(-1)[worst]:.1f} ULP at {worst}: {got.reshape(-1)[worst]!r}, expected {expected.reshape(-1)[worst]!r}"


def check_draws(row, rng):
    is_binary = len(row["inputs"]) == 2
    for number, dtype in enumerate(d for d in row["types"][0] if d in sj.DTYPES and np.dtype(support.sj._NUMPY[sj.DTYPES[d]]).kind in "fiub"
                                   and d != "float16"):
        shapes = (BINARY_SHAPES if is_binary else UNARY_SHAPES) if number == 0 else (FEW_BINARY if is_binary else FEW_UNARY)
        for shape in shapes:
            pair = shape if is_binary else (shape,)
            inputs = [drawn(row, which, rng, dtype, s) for which, s in zip("xy", pair)]
            got = sj.run(row["name"], inputs)[0]
            check_result(row, got, expected_of(row, inputs), dtype, f"{row['name']} {dtype} {pair}")


def check_specials(row):
    """NaN, infinities, signed zeros and large numbers, where the row does not say that NumPy differs from TensorFlow there."""
    if row["test"].get("specials") is False:
        return
    for dtype in (d for d in ("float32", "float64") if d in row["types"][0]):
        values = np.array(SPECIALS, dtype)
        grid = np.meshgrid(values, values) if len(row["inputs"]) == 2 else [values]
        inputs = [np.ascontiguousarray(g) for g in grid]
        got = sj.run(row["name"], inputs)[0]
        check_result(row, got, expected_of(row, inputs), dtype, f"{row['name']} {dtype} on special values")


# ---- cases and errors that follow from the row ----

def _made(row, inputs, **options):
    case = Case(row["name"], inputs, {}, options.pop("expect", None), rtol=None, atol=None, second=True, n_outputs=None,
                check=None, same_bits=True, symbolic=True, outputs=None, **options)
    case.where = "the row itself"
    return case


def add_cases(row, cases):
    """Cases for bits, rules, failures and gradients."""
    if not is_drawn(row):
        return
    rng, test = np.random.default_rng(7), row["test"]
    dtype = "float64" if "float64" in row["types"][0] else row["types"][0][0]
    shapes = [((6,), (6,)), ((2, 1), (1, 3)), ((4, 9), (9,))] if len(row["inputs"]) == 2 else [((7,),), ((2, 3),)]
    for pair in shapes:
        inputs = [drawn(row, which, rng, dtype, s) for which, s in zip("xy", pair)]
        cases.setdefault(row["name"], []).append(_made(row, inputs, expect=None, gradient=test.get("gradient", True),
                                                       dtypes=[dtype], step=test.get("step", 1e-3)))
        cases[row["name"]][-1].expect = expected_of(row, inputs)
        if dtype in ("float32", "float64"):
            cases[row["name"]][-1].rtol = test.get("ulp", 2) * 4 * np.finfo(dtype).eps
    large = [drawn(row, which, rng, dtype, (70001,)) for which in "xy"[:len(row["inputs"])]]
    cases[row["name"]].append(_made(row, large, gradient=False, dtypes=[d for d in row["types"][0] if d in sj.DTYPES
                                                                       and d not in ("string", "float16", "bfloat16")], step=1e-3))
    cases[row["name"]][-1].check = lambda outputs, inputs, attrs: None


def errors(row):
    if not row["loop"] or len(row["inputs"]) != 2:
        return []
    dtype = next(d for d in row["types"][0] if d in sj.DTYPES)
    made = []
    for a, b in (((2,), (3,)), ((2, 3), (3, 3)), ((4, 1, 2), (4, 3, 3))):
        case = Case(row["name"], [np.ones(a, dtype), np.ones(b, dtype)], {}, None, code="InvalidArgument", match="broadcast",
                    n_outputs=None)
        case.where = "the row itself"
        made.append(case)
    return made
