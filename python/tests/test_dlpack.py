"""DLPack both ways, and the buffer protocol, against NumPy and, where they are installed, PyTorch and JAX."""

import gc
import sys

import numpy as np
import pytest

DTYPES = ["float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0, 3)])
def test_numpy_takes_tensors(tf2, dtype, shape):
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(dtype)
    t = tf2.constant(array)
    taken = np.from_dlpack(t)
    assert taken.dtype == array.dtype and taken.shape == shape and np.array_equal(taken, array)
    del t
    gc.collect()
    assert np.array_equal(taken, array)


def test_takers_of_version_1_share_the_memory_and_may_not_write(tf2):
    t = tf2.constant([1.0, 2.0])
    taken = np.from_dlpack(t)
    if int(np.__version__.split(".")[0]) >= 2 and tuple(map(int, np.__version__.split(".")[:2])) >= (2, 1):
        assert not taken.flags.writeable
        assert taken.__array_interface__["data"][0] == np.asarray(memoryview(t)).__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_of_numpy_arrays(tf2, dtype):
    whole = np.arange(24).reshape(2, 3, 4).astype(dtype)
    for array in (whole, whole.T, whole[::-1, :, ::2], whole[:, :0], np.array(whole[0, 0, 0])):
        t = tf2.experimental.dlpack.from_dlpack(array.__dlpack__())
        assert t.dtype.name == dtype and np.array_equal(t.numpy(), array)


def test_capsules_are_taken_once_and_freed_untaken(tf2):
    dlpack = tf2.experimental.dlpack
    t = tf2.constant([1.0, 2.0])
    capsule = dlpack.to_dlpack(t)
    assert dlpack.from_dlpack(capsule).numpy().tolist() == [1, 2]
    with pytest.raises(ValueError):
        dlpack.from_dlpack(capsule)
    with pytest.raises(ValueError):
        dlpack.from_dlpack(3)
    with pytest.raises(TypeError):
        dlpack.to_dlpack(np.ones(2))
    with pytest.raises(BufferError):
        dlpack.to_dlpack(tf2.constant("a"))
    for _ in range(1000):
        dlpack.to_dlpack(t)
        t.__dlpack__(max_version=(1, 0))
    gc.collect()


def test_a_variable_gives_its_value_now(tf2):
    v = tf2.Variable([1.0, 2.0])
    taken = np.from_dlpack(v)
    v.assign([5.0, 6.0])
    assert taken.tolist() == [1, 2]


def test_buffers_share_memory_read_only(tf2):
    t = tf2.constant(np.arange(6, dtype=np.int16).reshape(2, 3))
    view = memoryview(t)
    assert view.readonly and view.shape == (2, 3) and view.format == "h" and view.c_contiguous and view.nbytes == 12
    before = sys.getrefcount(t)
    views = [memoryview(t) for _ in range(10)]
    del views
    assert sys.getrefcount(t) == before
    with pytest.raises((BufferError, TypeError)):
        np.frombuffer(t, np.int16)[0] = 1 if np.frombuffer(t, np.int16).flags.writeable else memoryview(t).__setitem__((0, 0), 1)


def test_array_protocol(tf2):
    t = tf2.constant([1.5, 2.5])
    assert t.__array__().dtype == np.float32 and t.__array__(np.float64).dtype == np.float64
    assert t.__array__(copy=True).flags.writeable
    mine = t.__array__(dtype=np.int32, copy=True)
    mine[0] = 9
    assert t.numpy().tolist() == [1.5, 2.5]
    assert np.array(t, copy=True).tolist() == [1.5, 2.5]
    assert np.asarray(t, dtype=object).dtype == object
    with pytest.raises(ValueError):
        t.__array__(np.float64, copy=False)
    assert not t.__array__(copy=False).flags.writeable


def test_pytorch_takes_and_gives(tf2):
    torch = pytest.importorskip("torch")
    t = tf2.constant([[1.0, 2.0]])
    taken = torch.from_dlpack(t)
    taken[0, 0] = 9
    assert t.numpy().tolist() == [[1, 2]]
    assert tf2.experimental.dlpack.from_dlpack(taken).numpy().tolist() == [[9, 2]]
