"""sj_tensor_text against NumPy's str() of the same array, on many random arrays; and sj_print's way out."""
import contextlib
import ctypes
from ctypes import c_char_p, c_int64, c_size_t, c_void_p

import numpy as np
import pytest

import sokuji_c as sj

sj._declare("sj_tensor_text", c_int64, c_void_p, c_char_p, c_size_t)
sj._declare("sj_print", None, c_void_p)
OUTPUT = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
sj._declare("sj_set_output", None, OUTPUT, c_void_p)

try:  # the form that NumPy 1.14 to 2.2 give, where a later one is installed
    np.set_printoptions(legacy="2.2")
    np.set_printoptions(legacy=False)
    LEGACY = "2.2"
except (ValueError, TypeError, UserWarning):
    LEGACY = False


def text(value):
    tensor = sj.tensor(value)
    n = sj.lib.sj_tensor_text(tensor.handle, None, 0)
    buffer = ctypes.create_string_buffer(n + 1)
    assert sj.lib.sj_tensor_text(tensor.handle, buffer, n + 1) == n
    return buffer.raw[:n].decode()


def check(array):
    with np.printoptions(legacy=LEGACY):
        expected = str(array[()]) if array.shape == () else str(array)
    assert text(array) == expected, f"{array.dtype} {array.shape}\n{text(array)}\n--- NumPy:\n{expected}"


SHAPES = [(), (1,), (3,), (7,), (26,), (2, 3), (4, 30), (2, 3, 4), (1, 1, 1, 1), (999,), (1001,), (3, 400), (40, 40), (7, 7, 30),
          (0,), (2, 0), (7, 1, 200), (2, 2, 2, 2, 2, 2, 2)]


def float_values(rng, shape, form):
    size = int(np.prod(shape))
    normal = rng.standard_normal(size)
    return {"normal": normal, "whole": np.rint(normal * 50), "large": normal * 1e5, "huge": normal * 10.0 ** rng.integers(-30, 30, size),
            "small": normal * 1e-5, "tenths": np.rint(normal * 10) / 10, "mixed": normal * 10.0 ** rng.integers(-3, 4, size),
            "zeros": np.zeros(size) * normal, "thirds": np.rint(normal * 9) / 3,
            "edge": rng.choice([1e8, 99999999.0, 1e-4, 9.9999e-5, 1000.0, 0.001, 1.0, 1e16, 9999999999999998.0, 0.5], size),
            "special": rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, 100.25], size),
            "infinite": rng.choice([np.inf, np.nan], size)}[form].reshape(shape)


FORMS = ["normal", "whole", "large", "huge", "small", "tenths", "mixed", "zeros", "thirds", "edge", "special", "infinite"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "complex64", "complex128"])
def test_floats(dtype, form):
    rng = np.random.default_rng(abs(hash((dtype, form))) % 2**32)
    for shape in SHAPES:
        for _ in range(8 if np.prod(shape) < 30 else 2):
            with np.errstate(all="ignore"):
                values = float_values(rng, shape, form).astype("float64" if dtype == "complex128" else "float32" if dtype[0] == "c" else dtype)
                if dtype[0] == "c":
                    array = np.empty(shape, dtype)
                    array.real, array.imag = values, float_values(rng, shape, rng.choice(FORMS))
                    values = array
            check(values)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_floats_of_random_bits(dtype):
    rng = np.random.default_rng(5)
    bits = np.dtype(dtype).itemsize
    for n in [1] * 300 + [2] * 300 + [5] * 50:
        with np.errstate(all="ignore"):
            check(np.frombuffer(rng.bytes(bits * n), dtype))
    for exponent in range(-140, 120) if dtype == "float32" else range(-1070, 1020, 3) if dtype == "float64" else range(-24, 15):
        check(np.array([2.0**exponent], dtype))
        check(np.array(2.0**exponent, dtype))


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"])
def test_integers(dtype):
    rng = np.random.default_rng(1)
    for shape in SHAPES:
        for most in (2, 100, 2**62):
            check((rng.integers(-most, most, shape) * (1 if dtype != "bool" else rng.integers(0, 2, shape))).astype(dtype))
    if dtype != "bool":
        check(np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype))


def test_strings():
    rng = np.random.default_rng(2)
    words = [b"", b"a", b"it's", b'say "it\'s"', b'"', b"tab\t\n\r\\", b"\x00\x7f\xff", "即座".encode(), b"long " * 5]
    for shape in SHAPES:
        array = np.empty(shape, object)
        for i in np.ndindex(*shape):
            array[i] = words[rng.integers(len(words))]
        check(array)


def test_short_buffer_and_no_tensor():
    tensor = sj.tensor(np.arange(20))
    buffer = ctypes.create_string_buffer(b"x" * 20)
    assert sj.lib.sj_tensor_text(tensor.handle, buffer, 6) > 6 and buffer.raw[:7] == b"[ 0  \0x"
    assert sj.lib.sj_tensor_text(None, buffer, 20) == 6 and buffer.value == b"<NULL>"


@contextlib.contextmanager
def output_taken():
    taken = []
    function = OUTPUT(lambda _, bytes_, n: taken.append(ctypes.string_at(bytes_, n)))
    sj.lib.sj_set_output(function, None)
    try:
        yield taken
    finally:
        sj.lib.sj_set_output(OUTPUT(), None)


def test_print():
    tensor = sj.tensor(np.array([[1.0, 2.0], [3.0, 4.5]], np.float32))
    with output_taken() as taken:
        sj.lib.sj_print(tensor.handle)
        sj.lib.sj_print(None)
    assert taken == [b"[[1.  2. ]\n [3.  4.5]]\n", b"<NULL>\n"]


def test_failing_allocations():
    tensor, buffer = sj.tensor(np.arange(50.0)), ctypes.create_string_buffer(4000)
    before = sj.memory_in_use()
    for n in range(1, 60):
        sj.memory_fail_at(n, False)
        length = sj.lib.sj_tensor_text(tensor.handle, buffer, 4000)
        sj.memory_fail_at(0, False)
        assert length > 0 or (buffer.value == b"" and sj.lib.sj_error_code() == 8)
        sj.lib.sj_error_clear()
        assert sj.memory_in_use() == before
