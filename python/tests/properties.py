"""
What the property tests (test_properties_*.py) share: how many examples, drawn arrays, and comparison with what NumPy computes in float64. Examples are the same in
every run; SOKUJI_EXAMPLES=1000 looks further, with examples of its own in each run.
"""

import os

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

GIVEN = os.environ.get("SOKUJI_EXAMPLES")
FLOATS, INTS = ("float32", "float64"), ("int32", "int64", "uint8")
ALL = (*FLOATS, *INTS, "bool")
TINY = {np.dtype(d): float(np.finfo(d).tiny) for d in ("float16", *FLOATS)}


def examples(n):
    """The decorator of a property that takes n examples; each draw is quick, so no time is a failure."""
    quick = 3 if os.environ.get("SOKUJI_SANITIZE") else 1
    return settings(max_examples=int(GIVEN) if GIVEN else max(1, n // quick), derandomize=not GIVEN, database=None, deadline=None,
                    suppress_health_check=list(HealthCheck))  # fmt: skip


def shapes(least=0, most=4, side=5, smallest=0):
    return hnp.array_shapes(min_dims=least, max_dims=most, min_side=smallest, max_side=side)


def elements(dtype, low=-8.0, high=8.0):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind in "iu":
        return st.integers(max(int(np.ceil(low)), np.iinfo(dtype).min), min(int(high), np.iinfo(dtype).max))
    width = dtype.itemsize * 8
    drawn = st.floats(float(np.array(low, dtype)), float(np.array(high, dtype)), width=width, allow_subnormal=False)
    return drawn.map(lambda value: value if abs(value) > 1e-6 else 0.0)  # squares of smaller ones are below the smallest normal number


def arrays(dtype, shape, low=-8.0, high=8.0):
    return hnp.arrays(dtype, shape, elements=elements(dtype, low, high))


def wide(array):
    """Floats in float64; integers stay, since they wrap around."""
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def agree(got, want, dtype=None, ulp=2, scale=None):
    """
    The tensor has the dtype, the shape, and the values to within ulp units in the last place; scale (default: the value itself) is what a unit is of.
    Results below the smallest normal number may be 0.
    """
    have, want = got.numpy(), np.asarray(want)
    have = np.asarray(have)
    assert dtype is None or have.dtype == np.dtype(dtype), "dtype %s, not %s" % (have.dtype, dtype)
    assert have.shape == want.shape, "shape %s, not %s" % (have.shape, want.shape)
    if have.dtype.kind != "f":
        np.testing.assert_array_equal(have, want if want.dtype.kind == have.dtype.kind else want.astype(have.dtype))
        return
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        rounded = want.astype(have.dtype)
        finite = np.isfinite(rounded)
        np.testing.assert_array_equal(have[~finite], rounded[~finite])
        size = np.asarray(np.maximum(np.abs(rounded if scale is None else np.asarray(scale)), TINY[have.dtype]), have.dtype)
        allowed = (ulp + 0.5) * np.broadcast_to(np.spacing(size).astype(np.float64), want.shape)
        wrong = finite & ~(np.abs(have.astype(np.float64) - want) <= np.maximum(allowed, np.where(np.abs(rounded) < TINY[have.dtype], TINY[have.dtype], 0)))
    assert not wrong.any(), "%r, not %r" % (have[wrong][:4], want[wrong][:4])
