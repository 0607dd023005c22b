"""Indexed slices: made, taken apart, looked at as dense tensors, given to operations and optimizers; what does not fit is refused."""
import ctypes

import numpy as np
import pytest
import sokuji_c as sj
from test_functions_nn import call, fails

rows, numbers = np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]), np.array([3, 0, 3], np.int32)
dense = np.array([[10.0, 20.0], [0, 0], [0, 0], [101.0, 202.0]])
sj.lib.sj_tensor_is_indexed_slices.restype = ctypes.c_bool
sj.lib.sj_tensor_item.restype = ctypes.c_double


def is_slices(t):
    return sj.lib.sj_tensor_is_indexed_slices(ctypes.c_void_p(t.handle if t is not None else None))


def make(values, indices, shape):
    return call("sj_indexed_slices", sj.tensor(values), sj.tensor(indices), sj._ints(shape))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("index", ["int32", "int64"])
def test_made_and_taken_apart(dtype, index):
    slices = make(rows.astype(dtype), numbers.astype(index), (4, 2))
    assert is_slices(slices) and slices.shape == (4, 2) and slices.dtype == dtype
    np.testing.assert_array_equal(call("sj_indexed_slices_values", slices).numpy(), rows)
    np.testing.assert_array_equal(call("sj_indexed_slices_indices", slices).numpy(), numbers)
    assert call("sj_indexed_slices_indices", slices).dtype == index
    np.testing.assert_array_equal(slices.numpy(), dense)
    items = [sj.lib.sj_tensor_item(ctypes.c_void_p(slices.handle), ctypes.c_int64(i)) for i in range(8)]
    np.testing.assert_array_equal(items, dense.ravel())
    np.testing.assert_array_equal(sj.run("Mul", [slices, np.asarray(2, dtype)])[0], 2 * dense)


def test_nothing_and_no_rows():
    assert not is_slices(sj.tensor(rows)) and not is_slices(None) and not is_slices(sj.nil())
    for n, shape in ((0, (4, 2)), (0, (0, 2)), (2, (4, 0))):
        slices = make(np.zeros((n,) + shape[1:]), np.zeros(n, np.int32), shape)
        np.testing.assert_array_equal(slices.numpy(), np.zeros(shape))
    np.testing.assert_array_equal(make(rows[:, 0], numbers, (5,)).numpy(), [10, 0, 0, 101, 0])


def test_gradients_of_gathers_are_slices():
    x, again = sj.tensor(np.arange(8.0).reshape(4, 2)), np.array([2], np.int32)
    with sj.Tape([x]) as tape:
        parts = [sj.execute("GatherV2", [x, index, None])[0] for index in (numbers, again)]
    found = tape.gradient(parts, [sj.tensor(rows), sj.tensor(rows[:1])], [x])[0]
    assert is_slices(found)
    order = call("sj_indexed_slices_indices", found).numpy()
    assert sorted(order) == [0, 2, 3, 3]
    expected = dense.copy()
    expected[2] = rows[0]
    np.testing.assert_array_equal(found.numpy(), expected)
    text = ctypes.create_string_buffer(200)
    sj.lib.sj_tensor_text(ctypes.c_void_p(found.handle), text, ctypes.c_size_t(200))
    assert text.value.decode() == str(expected)


def test_variables_take_the_dense_form():
    slices = make(rows, numbers, (4, 2))
    variable = sj.Tensor(call("sj_variable_new", slices).handle)
    np.testing.assert_array_equal(sj.run("Identity", [variable])[0], dense)
    assert sj.lib.sj_assign(ctypes.c_void_p(variable.handle), ctypes.c_void_p(make(2 * rows, numbers, (4, 2)).handle)) == 0
    np.testing.assert_array_equal(sj.run("Identity", [variable])[0], 2 * dense)
    with pytest.raises(sj.SokujiError, match="indexed slices; watch"):
        sj.Tape([slices])


def test_what_does_not_fit():
    for values, indices, shape, match in (
            (rows.astype(np.int32), numbers, (4, 2), "values is int32"), (rows, numbers.astype(float), (4, 2), "indices is float64"),
            (rows, numbers, (4, 3), "no rows of the dense shape"), (rows, numbers, (4,), "no rows"), (rows, numbers, (4, 2, 1), "no rows"),
            (np.float64(1), numbers[:1], (), "no rows"), (rows, numbers[:2], (4, 2), "each of the 3 rows"),
            (rows, numbers[:, None], (4, 2), "must be a vector"), (rows, numbers, (3, 2), r"indices\[0\] = 3 is not in \[0, 3\)"),
            (rows, np.int32([0, -1, 0]), (4, 2), r"indices\[1\] = -1"), (rows, numbers, (-4, 2), "is not in"),
            (rows[:0], numbers[:0], (-4, 2), "-4")):
        fails(match, "sj_indexed_slices", sj.tensor(values), sj.tensor(indices), sj._ints(shape))
    fails("NULL", "sj_indexed_slices", None, sj.tensor(numbers), sj._ints((4, 2)))
    fails("NULL", "sj_indexed_slices", sj.tensor(rows), None, sj._ints((4, 2)))
    fails("none", "sj_indexed_slices", sj.tensor(rows), sj.tensor(numbers), sj.Ints(0, None))
    for name in ("sj_indexed_slices_values", "sj_indexed_slices_indices"):
        fails("no indexed slices", name, sj.tensor(rows))
        fails("NULL", name, None)
