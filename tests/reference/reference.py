"""What the scripts of this folder share: storing arrays, JSON as bytes, and weights any language can
repeat.

Only NumPy is needed. Every stored array has a plain dtype (floats, integers, bool); text is UTF-8
JSON in a uint8 array, under a key whose last word says so ("attributes", "op", "strings", ...).
"""

import json
import os

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))


def save(name, arrays):
    """Writes the dict of arrays to NAME.npz beside the scripts, uncompressed, and says how large it
    is.
    """
    path = os.path.join(FOLDER, name + ".npz")
    stored = {}
    for key in sorted(arrays):
        array = np.asarray(arrays[key])
        if array.dtype.kind not in "fiubc":
            raise TypeError(f"{key}: dtype {array.dtype} cannot be stored")
        stored[key] = array
    np.savez(path, **stored)
    print("%s: %d arrays, %d bytes" % (path, len(stored), os.path.getsize(path)))


def without_known(arrays, older):
    """The cases ("case<N>/...", with a call) which the file OLDER.npz lacks or answers otherwise,
    and all other arrays.
    """
    with np.load(os.path.join(FOLDER, older + ".npz")) as stored:
        known = {bytes(case["call"].tobytes()): case for case in cases_of(dict(stored)).values()}
    kept = {key: value for key, value in arrays.items() if not key.startswith("case")}
    for name, case in cases_of(arrays).items():
        before = known.get(bytes(case["call"].tobytes()))
        if before is None or not all(k in before and alike(before[k], case[k]) for k in case):
            kept.update((name + "/" + k, v) for k, v in case.items())
    return kept


def cases_of(arrays):
    """{"case0": {"call": ..., "out": ...}, ...}."""
    found = {}
    for key, value in arrays.items():
        name, _, part = key.partition("/")
        if name.startswith("case"):
            found.setdefault(name, {})[part] = value
    return found


def alike(a, b):
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-6, atol=1e-6, equal_nan=True)


def text(value):
    """A JSON-able value as a uint8 array."""
    return np.frombuffer(
        json.dumps(value, sort_keys=True, allow_nan=False).encode("utf-8"), np.uint8
    )


def splitmix64(index):
    """The 64-bit SplitMix hash of uint64 indices (Steele, Lea and Flood, 2014), seed 0, element by
    element.
    """
    with np.errstate(over="ignore"):
        z = (np.asarray(index, np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def hashed_uniform(number, shape, limit):
    """Array number NUMBER of a model: element i is ((z >> 40) - 2^23) * 2^-23 * limit, z = splitmix64(number * 2^32 + i).

    Everything before the last multiplication is exact in float32, so one rounding decides each value.
    """
    count = int(np.prod(shape))
    index = np.arange(count, dtype=np.uint64) + np.uint64(number << 32)
    centred = (splitmix64(index) >> np.uint64(40)).astype(np.int64) - (1 << 23)
    unit = centred.astype(np.float32) * np.float32(2.0**-23)
    return (unit * np.float32(limit)).reshape(shape)
