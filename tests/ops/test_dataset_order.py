"""Shuffled orders against TensorFlow's stored ones (tests/reference/dataset_order.py), of 1.8 and 2.21, eager and graph."""
import ctypes
import json
import os
from ctypes import POINTER, byref, c_bool, c_int, c_int64, c_void_p

import numpy as np
import pytest

import sokuji_c

lib = sokuji_c.lib
ANEW, FIRST, SAME, SAME_V1 = range(4)
REFERENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference")

for name, result, arguments in [
        ("sj_dataset_range", c_void_p, (c_int64, c_int64, c_int64)), ("sj_dataset_repeat", c_void_p, (c_void_p, c_int64)),
        ("sj_dataset_shuffle_seeded", c_void_p, (c_void_p, c_int64, c_int64, c_int64, c_int)),
        ("sj_dataset_batch_with", c_void_p, (c_void_p, c_int64, c_void_p)), ("sj_dataset_begin", c_void_p, (c_void_p,)),
        ("sj_iterator_next", c_bool, (c_void_p, POINTER(c_void_p))), ("sj_iterator_free", None, (c_void_p,)),
        ("sj_dataset_free", None, (c_void_p,)), ("sj_set_random_seed", None, (c_int64,)), ("sj_clear_random_seed", None, ()),
        ("sj_dataset_shuffle_with", c_void_p, (c_void_p, c_int64, c_void_p))]:
    getattr(lib, name).restype, getattr(lib, name).argtypes = result, arguments


def cases():
    for version in ("1.8", "2.21"):
        with np.load(os.path.join(REFERENCE, f"dataset_order_{version}.npz")) as stored:
            for key in stored.files:
                if key.endswith("/call"):
                    call = json.loads(stored[key].tobytes())
                    if call["seeds"] and call["pipeline"] != "fused":
                        yield version, call, stored[key[:-4] + "order"]


def passes(dataset, n):
    """The numbers of n iterations, one list each."""
    for _ in range(n):
        iterator, element, found = lib.sj_dataset_begin(dataset), c_void_p(), []
        while lib.sj_iterator_next(iterator, byref(element)):
            data = ctypes.cast(lib.sj_tensor_data(element), POINTER(c_int64))
            found += data[:lib.sj_tensor_size(element)]
        lib.sj_iterator_free(iterator)
        sokuji_c.check(lib.sj_error_code())
        yield found


def mode_of(version, call):
    if not call["reshuffle"]:
        return SAME_V1 if version == "1.8" else SAME
    return ANEW if call["mode"] == "eager" and version != "1.8" else FIRST


@pytest.mark.parametrize("pipeline", ["shuffle", "shuffle_repeat", "repeat_shuffle", "shuffle_twice", "batch"])
def test_orders(pipeline):
    n_checked = 0
    for version, call, order in cases():
        if call["pipeline"] != pipeline:
            continue
        seed, seed2 = call["seeds"]
        if pipeline == "shuffle_twice" and call["seed"] is None:
            continue  # the second shuffle draws another seed
        dataset = lib.sj_dataset_range(0, call["elements"], 1)
        if pipeline == "repeat_shuffle":
            dataset = lib.sj_dataset_repeat(dataset, 3)
        for _ in range(2 if pipeline == "shuffle_twice" else 1):
            dataset = lib.sj_dataset_shuffle_seeded(dataset, call["buffer"], seed, seed2, mode_of(version, call))
        if pipeline == "shuffle_repeat":
            dataset = lib.sj_dataset_repeat(dataset, 3)
        if pipeline == "batch":
            dataset = lib.sj_dataset_batch_with(dataset, call["elements"], None)
        found = list(passes(dataset, len(order)))
        lib.sj_dataset_free(dataset)
        assert found == order.tolist(), (version, call)
        n_checked += 1
    assert n_checked > 5


class ShuffleArguments(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("seed", sokuji_c.IntOption), ("same_order", c_bool)]


def test_seeds_of_the_pleasant_face():
    """The eager cases again, with seeds derived as random.h says."""
    n_checked = 0
    for version, call, order in cases():
        if version == "1.8" or call["pipeline"] != "shuffle" or call["mode"] != "eager":
            continue
        if call["global_seed"] is None:
            lib.sj_clear_random_seed()
        else:
            lib.sj_set_random_seed(call["global_seed"])
        arguments = ShuffleArguments(ctypes.sizeof(ShuffleArguments), same_order=not call["reshuffle"])
        arguments.seed.given, arguments.seed.value = call["seed"] is not None, call["seed"] or 0
        dataset = lib.sj_dataset_shuffle_with(lib.sj_dataset_range(0, call["elements"], 1), call["buffer"], byref(arguments))
        assert list(passes(dataset, len(order))) == order.tolist(), call
        lib.sj_dataset_free(dataset)
        n_checked += 1
    lib.sj_clear_random_seed()
    assert n_checked > 5


def test_without_seeds_orders_differ():
    dataset = lib.sj_dataset_shuffle_with(lib.sj_dataset_range(0, 100, 1), 100, None)
    first, second = passes(dataset, 2)
    lib.sj_dataset_free(dataset)
    assert sorted(first) == sorted(second) == list(range(100)) and first != second
