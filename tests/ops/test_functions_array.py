"""Functions that move elements and are made of several operations: zeros, eye, masks, grids, lookups, repeat; against NumPy."""
import ctypes

import numpy as np
import pytest
import sokuji_c as sj
from test_functions_nn import call, check_gradient, fails, tensors

x = np.arange(24.0).reshape(2, 3, 4) % 7 - 3


def i64(value):
    return ctypes.c_int64(value)


def listed(name, arrays, *rest):
    given = tensors(arrays)
    return call(name, i64(len(given)), sj.handles(given), *rest)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "int64", "bool", "float16", "complex64"])
def test_zeros_ones_and_eye(dtype):
    number = ctypes.c_int(sj.DTYPES[dtype])
    for shape in ((), (3,), (2, 0), (2, 3)):
        np.testing.assert_array_equal(call("sj_zeros", number, sj._ints(shape)).numpy(), np.zeros(shape, dtype))
        np.testing.assert_array_equal(call("sj_ones", number, sj._ints(shape)).numpy(), np.ones(shape, dtype))
    for rows, columns in ((3, -1), (2, 4), (4, 2), (0, 3)):
        expected = np.eye(rows, columns if columns >= 0 else rows, dtype=dtype)
        np.testing.assert_array_equal(call("sj_eye", number, i64(rows), i64(columns)).numpy(), expected)


def test_zeros_of_strings_and_errors():
    assert list(call("sj_zeros", ctypes.c_int(7), sj._ints((2,))).numpy()) == [b"", b""]
    fails(">= 0", "sj_zeros", ctypes.c_int(1), sj._ints((2, -1)))
    fails("overflow", "sj_eye", ctypes.c_int(1), i64(2**63 - 1), i64(-1))
    fails("resource", "sj_ones", ctypes.c_int(20), sj._ints((2,)))
    np.testing.assert_array_equal(call("sj_range_i64", i64(3), i64(7)).numpy(), [3, 4, 5, 6])
    assert call("sj_range_i64", i64(3), i64(-7)).shape == (0,)


def test_concat():
    for axis in (0, 1, -1):
        np.testing.assert_array_equal(listed("sj_concat", [x, x + 1], i64(axis)).numpy(), np.concatenate([x, x + 1], axis))
    many = [np.full((1, 2), k, np.float32) for k in range(70)]
    np.testing.assert_array_equal(listed("sj_concat", many, i64(0)).numpy(), np.concatenate(many))
    fails("no values", "sj_concat", i64(0), None, i64(0))
    fails("NULL", "sj_concat", i64(2), None, i64(0))
    fails("must agree", "sj_concat", i64(2), sj.handles(keep := tensors([x, x[:, :1]])), i64(0))
    assert keep


def test_dynamic_stitch():
    places, rows = tensors([np.int32([0, 2]), np.int32([1])]), tensors([x[0, :2], x[1, :1]])
    found = call("sj_dynamic_stitch", i64(2), sj.handles(places), sj.handles(rows)).numpy()
    np.testing.assert_array_equal(found, [x[0, 0], x[1, 0], x[0, 1]])


def test_flatten():
    for first in range(4):
        shape = x.shape[:first] + (-1,)
        np.testing.assert_array_equal(call("sj_flatten", sj.tensor(x), i64(first)).numpy(), x.reshape(shape))
    fails("first is 4", "sj_flatten", sj.tensor(x), i64(4))
    fails("NULL", "sj_flatten", None, i64(0))


def test_boolean_mask():
    for mask, axis in ((x[:, :, 0] > 0, 0), (x[0] > 0, 1), (np.array([True, False, True]), -2), (x > 0, 0), (x > 9, 0)):
        at = axis % 3
        expected = np.moveaxis(np.moveaxis(x, range(at, at + mask.ndim), range(mask.ndim))[mask], 0, at)
        np.testing.assert_array_equal(call("sj_boolean_mask", sj.tensor(x), sj.tensor(mask), i64(axis)).numpy(), expected)
    check_gradient(lambda t: call("sj_boolean_mask", t[0], sj.tensor(x[0] > 0), i64(1)), [x])
    fails("do not begin with", "sj_boolean_mask", sj.tensor(x), sj.tensor(x[0] > 0), i64(0))
    fails("must be bool", "sj_boolean_mask", sj.tensor(x), sj.tensor(x), i64(0))
    fails("outside", "sj_boolean_mask", sj.tensor(x), sj.tensor(x > 0), i64(3))


def test_sequence_mask():
    lengths = np.array([[1, 3], [0, 2]], np.int32)
    for dtype in (np.int32, np.int64):
        for longest in (-1, 2, 5, 0):
            n = 3 if longest < 0 else longest
            found = call("sj_sequence_mask", sj.tensor(lengths.astype(dtype)), i64(longest)).numpy()
            np.testing.assert_array_equal(found, np.arange(n) < lengths[..., None])
    fails("int32 or int64", "sj_sequence_mask", sj.tensor(x), i64(2))


@pytest.mark.parametrize("xy", [True, False])
def test_meshgrid(xy):
    vectors = [np.float32([1, 2, 3]), np.int32([4, 5]), np.float64(6)]
    for n in (1, 2, 3):
        given, results = tensors(vectors[:n]), (ctypes.c_void_p * n)()
        scope = sj.lib.sj_scope_begin()
        assert sj.lib.sj_meshgrid(i64(n), sj.handles(given), ctypes.c_bool(xy), results) == 0
        found = [sj.Tensor(sj._keep(r)).numpy() for r in results]
        sj.lib.sj_scope_end(scope)
        for a, b in zip(found, np.meshgrid(*vectors[:n], indexing="xy" if xy else "ij")):
            np.testing.assert_array_equal(a, b)


def test_embedding_lookup():
    table, ids = np.arange(21.0).reshape(7, 3), np.array([[4, 0, 6], [3, 4, 1]], np.int32)
    for n in (1, 2, 3):
        parts = [table[k::n] for k in range(n)]
        np.testing.assert_array_equal(listed("sj_embedding_lookup", parts, sj.tensor(ids)).numpy(), table[ids])
        check_gradient(lambda t, n=n: call("sj_embedding_lookup", i64(n), sj.handles(t), sj.tensor(ids)), parts)
    for bad in (7, -1):
        for n in (1, 2):
            given = tensors([table[k::n] for k in range(n)])
            fails("is not in", "sj_embedding_lookup", i64(n), sj.handles(given), sj.tensor(np.int32([bad])))
    fails("list of 0", "sj_embedding_lookup", i64(0), None, sj.tensor(ids))


def test_repeat():
    for axis in (0, 1, -1):
        for count in (0, 1, 3):
            np.testing.assert_array_equal(call("sj_repeat", sj.tensor(x), i64(count), i64(axis)).numpy(), np.repeat(x, count, axis))
    check_gradient(lambda t: call("sj_repeat", t[0], i64(3), i64(1)), [x])
    fails("outside", "sj_repeat", sj.tensor(x), i64(1), i64(3))
    fails("count is -1", "sj_repeat", sj.tensor(x), i64(-1), i64(0))
    fails("overflow", "sj_repeat", sj.tensor(x), i64(2**62), i64(0))


def test_errors_of_grids_and_masks():
    results = (ctypes.c_void_p * 2)()
    for n, values in ((0, None), (2, None), (1, [x])):
        assert sj.lib.sj_meshgrid(i64(n), sj.handles(tensors(values)) if values else None, ctypes.c_bool(True), results) == 3
        assert not results[0]
        sj.lib.sj_error_clear()
    fails("list of", "sj_dynamic_stitch", i64(1), None, None)
    fails("rank|shape", "sj_dynamic_stitch", i64(1), sj.handles(keep := tensors([np.int32([0, 1])])), sj.handles(rows := tensors([x[0, :1]])))
    assert keep and rows
