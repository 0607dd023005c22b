"""Initializers against the values of TensorFlow 1.8 (tests/reference/initializers_1.8.npz)."""
import ctypes
import json
import os

import numpy as np
import pytest

import sokuji_c as sj

PATH = os.path.join(os.path.dirname(__file__), "..", "reference", "initializers_1.8.npz")
CONSTANT, UNIFORM, NORMAL, TRUNCATED, SCALING, ORTHOGONAL, IDENTITY = range(1, 8)
FANS = {"fan_in": 0, "fan_out": 1, "fan_avg": 2}
SCALED = {"glorot": (1.0, 2), "he": (2.0, 0), "lecun": (1.0, 0)}


class Initializer(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("a", ctypes.c_double), ("b", ctypes.c_double), ("mode", ctypes.c_int),
                ("uniform", ctypes.c_bool), ("has_seed", ctypes.c_bool), ("seed", ctypes.c_int64)]


sj._declare("sj_initialize", ctypes.c_void_p, Initializer, ctypes.c_int, sj.Ints)
sj._declare("sj_set_random_seed", None, ctypes.c_int64)


def initialize(initializer, shape, dtype="float32"):
    scope = sj.lib.sj_scope_begin()
    result = sj.Tensor(sj._keep(sj.lib.sj_initialize(initializer, sj.DTYPES[dtype], sj._ints(shape))))
    sj.lib.sj_scope_end(scope)
    sj._stuck()
    return result.numpy()


def of_call(name, options):
    seed = options["seed"]
    tail = (seed is not None, seed or 0)
    first, _, second = name.partition("_")
    if first in SCALED:
        return Initializer(SCALING, SCALED[first][0], 0, SCALED[first][1], second == "uniform", *tail)
    if name == "variance_scaling":
        return Initializer(SCALING, options["scale"], 0, FANS[options["mode"]], options["distribution"] == "uniform", *tail)
    if name == "orthogonal":
        return Initializer(ORTHOGONAL, options.get("gain", 1.0), 0, 0, False, *tail)
    if name == "random_uniform":
        return Initializer(UNIFORM, options["minval"], options["maxval"], 0, False, *tail)
    return Initializer(NORMAL if name == "random_normal" else TRUNCATED, options["mean"], options["stddev"], 0, False, *tail)


def test_all_of_tensorflow():
    data, count = np.load(PATH), 0
    for key in data.files:
        if key.endswith("/call"):
            call = json.loads(data[key].tobytes().decode())
            sj.lib.sj_set_random_seed(call["global_seed"])
            values, expected = initialize(of_call(call["initializer"], call["options"]), call["shape"]), data[key[:-4] + "out"]
            exact = "uniform" in call["initializer"] or call["options"].get("distribution") == "uniform"
            tolerance = 0 if exact else 4e-6 if call["initializer"] == "orthogonal" else 1e-6
            np.testing.assert_allclose(values, expected, rtol=tolerance / 10, atol=tolerance, err_msg=str(call))
            count += 1
    assert count > 100


def test_constants_and_identity():
    assert (initialize(Initializer(CONSTANT, 2.5), [2, 3]) == 2.5).all()
    assert initialize(Initializer(CONSTANT, 7), [], "int32") == 7
    np.testing.assert_array_equal(initialize(Initializer(IDENTITY, 2.0), [2, 3], "float64"), 2 * np.eye(2, 3))
    q = initialize(Initializer(ORTHOGONAL, 1.0), [40, 100], "float64")
    np.testing.assert_allclose(q @ q.T, np.eye(40), atol=1e-14)
    assert initialize(Initializer(0), [3, 0]).shape == (3, 0)
    assert initialize(Initializer(ORTHOGONAL, 1.0), [3, 0]).shape == (3, 0)


@pytest.mark.parametrize("initializer, shape, dtype, match", [
    (Initializer(ORTHOGONAL, 1.0), [3], "float32", "rank 2"), (Initializer(IDENTITY, 1.0), [3, 3, 3], "float32", "rank 2"),
    (Initializer(SCALING, 0.0), [3, 3], "float32", "scale"), (Initializer(SCALING, 1.0, 0, 9), [3, 3], "float32", "mode"),
    (Initializer(NORMAL, 0, 1), [3, -3], "float32", "-3"), (Initializer(NORMAL, 0, 1), [3], "int32", "int32"),
    (Initializer(99), [3], "float32", "99"), (Initializer(ORTHOGONAL, 1.0), [2**40, 2**40], "float32", "overflows"),
    (Initializer(NORMAL, 0, 1), [2**40, 2**40], "float32", "large|overflow|memory|elements"),
    (Initializer(CONSTANT, 0.5), [3], "int32", "int32")])
def test_refused(initializer, shape, dtype, match):
    with pytest.raises(sj.SokujiError, match=match):
        initialize(initializer, shape, dtype)
