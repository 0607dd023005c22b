"""Elementwise functions, operators, broadcasting, casts and conversions against NumPy, on examples that hypothesis draws."""

import math
import operator

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import ALL, FLOATS, INTS, agree, arrays, elements, examples, shapes, wide

import sokuji as tf

NUMBERS = (*FLOATS, *INTS)
SIGNED = (*FLOATS, "int32", "int64")


def of_floats(function):
    return np.vectorize(function, otypes=[np.float64])


# name: (function of float64 or of the integers, dtypes, lowest and highest argument, units in the last place)
UNARY = {
    "abs": (np.abs, SIGNED, -8, 8, 0), "negative": (np.negative, SIGNED, -8, 8, 0), "sign": (np.sign, SIGNED, -8, 8, 0),
    "square": (np.square, NUMBERS[:4], -8, 8, 0), "sqrt": (np.sqrt, FLOATS, 0, 100, 1), "math.rsqrt": (lambda x: 1 / np.sqrt(x), FLOATS, 0.01, 100, 2),
    "math.reciprocal": (lambda x: 1 / x, FLOATS, 0.01, 100, 1), "exp": (np.exp, FLOATS, -30, 30, 1), "math.expm1": (np.expm1, FLOATS, -8, 8, 2),
    "math.log": (np.log, FLOATS, 0.001, 1000, 1), "math.log1p": (np.log1p, FLOATS, -0.5, 100, 2), "sin": (np.sin, FLOATS, -30, 30, 2),
    "cos": (np.cos, FLOATS, -30, 30, 2), "tan": (np.tan, FLOATS, -1.5, 1.5, 3), "asin": (np.arcsin, FLOATS, -1, 1, 2), "acos": (np.arccos, FLOATS, -1, 1, 2),
    "atan": (np.arctan, FLOATS, -50, 50, 2), "sinh": (np.sinh, FLOATS, -8, 8, 2), "cosh": (np.cosh, FLOATS, -8, 8, 2), "tanh": (np.tanh, FLOATS, -10, 10, 1),
    "asinh": (np.arcsinh, FLOATS, -50, 50, 2), "acosh": (np.arccosh, FLOATS, 1, 50, 2), "atanh": (np.arctanh, FLOATS, -0.99, 0.99, 2),
    "floor": (np.floor, FLOATS, -50, 50, 0), "math.ceil": (np.ceil, FLOATS, -50, 50, 0), "round": (np.round, FLOATS, -50, 50, 0), "math.rint": (np.rint, FLOATS, -50, 50, 0),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), FLOATS, -30, 30, 2), "math.erf": (of_floats(math.erf), FLOATS, -5, 5, 2),
    "math.erfc": (of_floats(math.erfc), FLOATS, -5, 5, 3), "math.lgamma": (of_floats(math.lgamma), ("float32",), 2.5, 50, 2),
    "math.is_nan": (np.isnan, FLOATS, -8, 8, 0), "math.is_inf": (np.isinf, FLOATS, -8, 8, 0), "math.is_finite": (np.isfinite, FLOATS, -8, 8, 0),
    "logical_not": (np.logical_not, ("bool",), 0, 1, 0), "bitwise.invert": (np.invert, INTS, -100, 100, 0), "zeros_like": (np.zeros_like, ALL, -8, 8, 0),
    "ones_like": (np.ones_like, ALL, -8, 8, 0), "identity": (np.array, ALL, -8, 8, 0), "nn.relu": (lambda x: np.maximum(x, 0), NUMBERS, -8, 8, 0),
    "nn.relu6": (lambda x: np.clip(x, 0, 6), FLOATS, -8, 8, 0), "nn.elu": (lambda x: np.where(x > 0, x, np.expm1(x)), FLOATS, -8, 8, 2),
    "nn.softplus": (lambda x: np.logaddexp(x, 0), FLOATS, -20, 20, 3), "nn.softsign": (lambda x: x / (1 + np.abs(x)), FLOATS, -20, 20, 2),
    "math.log_sigmoid": (lambda x: -np.logaddexp(-x, 0), FLOATS, -20, 20, 3),
}  # fmt: skip
ANY = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e30, -1e30)
SPECIAL = ("abs", "negative", "sqrt", "exp", "math.log", "math.log1p", "math.expm1", "tanh", "floor", "math.ceil", "math.is_nan", "math.is_inf", "math.is_finite", "atan",
           "sinh", "cosh", "square", "asin", "math.erf")  # fmt: skip


def named(name):
    return operator.attrgetter(name)(tf)


@pytest.mark.parametrize("name", UNARY)
@given(data=st.data())
@examples(24)
def test_unary(name, data):
    function, dtypes, low, high, ulp = UNARY[name]
    dtype = data.draw(st.sampled_from(dtypes))
    x = data.draw(arrays(dtype, shapes(), low, high))
    with np.errstate(all="ignore"):
        want = function(wide(x))
    agree(named(name)(x), want, "bool" if want.dtype == bool else dtype, ulp)


@pytest.mark.parametrize("name", SPECIAL)
def test_unary_of_special_values(name):
    for dtype in FLOATS:
        x = np.array(ANY, dtype)
        with np.errstate(all="ignore"):
            want = UNARY[name][0](wide(x))
        agree(named(name)(x), want, "bool" if want.dtype == bool else dtype, 2)


# ---- two operands ----

BINARY = {
    "add": (np.add, NUMBERS, -100, 100, 0), "subtract": (np.subtract, NUMBERS, -100, 100, 0), "multiply": (np.multiply, NUMBERS, -100, 100, 0),
    "math.squared_difference": (lambda x, y: np.square(x - y), FLOATS, -100, 100, 2), "maximum": (np.maximum, NUMBERS, -100, 100, 0),
    "minimum": (np.minimum, NUMBERS, -100, 100, 0), "realdiv": (np.divide, FLOATS, 0.5, 100, 0), "math.floordiv": (np.floor_divide, NUMBERS, 1, 100, 0),
    "math.floormod": (np.mod, NUMBERS, 1, 100, 2), "truncatediv": (lambda x, y: x // y, INTS, 1, 100, 0), "truncatemod": (np.fmod, NUMBERS, 1, 100, 2),
    "pow": (np.power, FLOATS, 0.25, 4, 2), "atan2": (np.arctan2, FLOATS, 0.25, 8, 2), "math.xlogy": (lambda x, y: x * np.log(y), FLOATS, 0.25, 8, 3),
    "math.xdivy": (np.divide, FLOATS, 0.25, 8, 1), "math.divide_no_nan": (lambda x, y: np.where(y == 0, 0, x / np.where(y == 0, 1, y)), FLOATS, -2, 2, 0),
    "equal": (np.equal, ALL, 0, 3, 0), "not_equal": (np.not_equal, ALL, 0, 3, 0), "less": (np.less, NUMBERS, 0, 3, 0), "less_equal": (np.less_equal, NUMBERS, 0, 3, 0),
    "greater": (np.greater, NUMBERS, 0, 3, 0), "greater_equal": (np.greater_equal, NUMBERS, 0, 3, 0), "logical_and": (np.logical_and, ("bool",), 0, 1, 0),
    "logical_or": (np.logical_or, ("bool",), 0, 1, 0), "logical_xor": (np.logical_xor, ("bool",), 0, 1, 0), "bitwise.bitwise_and": (np.bitwise_and, INTS, -99, 99, 0),
    "bitwise.bitwise_or": (np.bitwise_or, INTS, -99, 99, 0), "bitwise.bitwise_xor": (np.bitwise_xor, INTS, -99, 99, 0),
    "bitwise.left_shift": (np.left_shift, INTS, 0, 7, 0), "bitwise.right_shift": (np.right_shift, INTS, 0, 7, 0),
}  # fmt: skip


def pair(data, dtype, low, high, sides=5):
    both = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=sides))
    return [data.draw(arrays(dtype, shape, low, high)) for shape in both.input_shapes], both.result_shape


@pytest.mark.parametrize("name", BINARY)
@given(data=st.data())
@examples(24)
def test_binary(name, data):
    function, dtypes, low, high, ulp = BINARY[name]
    dtype = data.draw(st.sampled_from(dtypes))
    (x, y), shape = pair(data, dtype, low, high)
    with np.errstate(all="ignore"):
        want = np.asarray(function(wide(x), wide(y)))
    got = named(name)(x, y)
    assert tuple(got.shape) == shape
    agree(got, want, "bool" if want.dtype == bool else dtype, ulp)


OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod, "<": operator.lt, "<=": operator.le,
             ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "/": operator.truediv, "**": operator.pow}  # fmt: skip


@pytest.mark.parametrize("sign", OPERATORS)
@given(data=st.data())
@examples(40)
def test_operators(sign, data):
    """Tensor and tensor, array, Python number or variable, on either side."""
    function = OPERATORS[sign]
    dtype = data.draw(st.sampled_from(FLOATS if sign == "/" else ("float32", "float64", "int32", "int64")))
    low, high = (1, 4) if sign in ("//", "%", "**", "/") else (-9, 9)
    (x, y), _ = pair(data, dtype, low, high, 3)
    form = data.draw(st.sampled_from(["tensors", "array right", "array left", "number right", "number left", "variable"]))
    if form.startswith("number"):
        y = data.draw(elements(dtype, low, high))
    left, right = (y, x) if form == "number left" else (x, y)
    with np.errstate(all="ignore"):
        want = np.asarray(function(wide(np.asarray(left, dtype)), wide(np.asarray(right, dtype))))
    if form == "variable":
        left = tf.Variable(left)
    elif form in ("tensors", "array right", "number right"):
        left = tf.constant(left)
    if form in ("tensors", "array left", "number left"):
        right = tf.constant(right)
    agree(function(left, right), want, "bool" if want.dtype == bool else dtype, 2)


@given(data=st.data(), dtype=st.sampled_from(SIGNED))
@examples(60)
def test_in_place_operators_and_assignments(data, dtype):
    """Variables keep their identity, tensors do not change."""
    x = data.draw(arrays(dtype, shapes(most=3)))
    y = data.draw(arrays(dtype, x.shape))
    v, t = tf.Variable(x), tf.constant(x)
    old, read = t, v.read_value()
    t += y
    agree(t, x + y, dtype, 0)
    agree(old, x, dtype, 0)
    agree(v.assign_add(y), x + y, dtype, 0)
    agree(v.assign_sub(x), x + y - x, dtype, 0)
    agree(v.assign(y), y, dtype, 0)
    agree(read, x, dtype, 0)


@given(data=st.data())
@examples(60)
def test_where_and_clip(data):
    dtype = data.draw(st.sampled_from(NUMBERS))
    three = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, min_side=0, max_side=4)).input_shapes
    condition, x, y = data.draw(arrays("bool", three[0])), data.draw(arrays(dtype, three[1])), data.draw(arrays(dtype, three[2]))
    agree(tf.where(condition, x, y), np.where(condition, x, y), dtype, 0)
    low, high = sorted((data.draw(elements(dtype)), data.draw(elements(dtype))))
    agree(tf.clip_by_value(x, low, high), np.clip(x, low, high), dtype, 0)
    positions = tf.where(condition)
    assert positions.dtype == tf.int64
    if condition.ndim:
        np.testing.assert_array_equal(positions.numpy(), np.argwhere(condition))


@given(data=st.data())
@examples(100)
def test_shapes_that_do_not_broadcast_are_refused(data):
    x, y = data.draw(arrays("float32", shapes(1, 3, 4, 1))), data.draw(arrays("float32", shapes(1, 3, 4, 1)))
    try:
        want = x + y
    except ValueError:
        with pytest.raises(tf.errors.InvalidArgumentError, match="broadcast"):
            tf.add(x, y)
    else:
        agree(tf.add(x, y), want, "float32", 0)
    agree(tf.add(x, 1.0), x + 1, "float32", 0)


# ---- casts and conversions ----

CAST = (*ALL, "int8", "int16", "uint16", "uint32", "uint64", "float16")


@given(data=st.data())
@examples(150)
def test_casts(data):
    """Of values that both can hold; a float loses its fraction."""
    source, target = data.draw(st.sampled_from(CAST)), data.draw(st.sampled_from(CAST))
    signed = np.dtype(source).kind in "if" and np.dtype(target).kind in "if"
    x = data.draw(hnp.arrays(source, shapes(), elements=elements(source, -100 if signed else 0, 100)))
    want = x.astype(target)
    agree(tf.cast(x, target), want, target, 0)
    agree(tf.cast(tf.Variable(x), target), want, target, 0)


def laid_out(data, array):
    """The same values in another layout of memory."""
    how = data.draw(st.sampled_from(["as it is", "fortran", "transposed", "reversed", "steps", "big endian", "read only", "offset"]))
    if how == "fortran" and array.ndim:
        return np.asfortranarray(array)
    if how == "transposed" and array.ndim:
        return np.ascontiguousarray(array.T).T
    if how == "reversed" and array.ndim:
        return np.ascontiguousarray(array[::-1])[::-1]
    if how == "steps" and array.ndim:
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if how == "big endian":
        return array.astype(array.dtype.newbyteorder(">"))
    if how == "read only":
        array = array.copy()
        array.flags.writeable = False
    if how == "offset":
        return np.frombuffer(b"\0" * 8 + array.tobytes(), array.dtype, offset=8).reshape(array.shape)
    return array


@given(data=st.data(), dtype=st.sampled_from(CAST))
@examples(150)
def test_arrays_there_and_back(data, dtype):
    x = data.draw(arrays(dtype, shapes(most=5), 0, 100))
    given_array = laid_out(data, x)
    t = tf.constant(given_array)
    agree(t, x, dtype, 0)
    np.testing.assert_array_equal(given_array, x)
    np.testing.assert_array_equal(np.asarray(t), x)
    assert tuple(t.shape) == x.shape and t.dtype.name == dtype and tf.convert_to_tensor(t) is t
    agree(tf.Variable(given_array), x, dtype, 0)
    back = t.numpy()
    if x.size and x.ndim:
        back[...] = 0
        agree(t, x, dtype, 0)


@given(data=st.data(), dtype=st.sampled_from(["float32", "float64", "int32", "int64", "bool"]))
@examples(80)
def test_nested_lists_and_python_numbers(data, dtype):
    x = data.draw(arrays(dtype, shapes(most=4, side=4, smallest=1)))
    t = tf.constant(x.tolist(), dtype)
    agree(t, x, dtype, 0)
    assert np.asarray(t).tolist() == x.tolist() == t.numpy().tolist()
    for value in x.reshape(-1)[:3]:
        scalar = tf.constant(value)
        assert float(scalar) == float(value) and int(scalar) == int(value) and bool(scalar) == bool(value) and scalar.dtype.name == dtype
    if x.ndim:
        assert len(t) == len(x) and [np.asarray(row).tolist() for row in t] == x.tolist()


@given(data=st.data())
@examples(60)
def test_tensors_among_python_numbers_are_packed(data):
    rows = data.draw(st.lists(st.lists(st.floats(-8, 8, width=32), min_size=3, max_size=3), min_size=1, max_size=4))
    mixed = [tf.constant(row) if data.draw(st.booleans()) else row for row in rows]
    agree(tf.convert_to_tensor(mixed), np.array(rows, np.float32), "float32", 0)


@given(data=st.data(), dtype=st.sampled_from([*FLOATS, "int32", "int64", "uint8", "bool"]))
@examples(40)
def test_dlpack_shares_with_numpy(data, dtype):
    x = data.draw(arrays(dtype, shapes(most=3)))
    t = tf.constant(x)
    np.testing.assert_array_equal(np.from_dlpack(t), x)
    agree(tf.experimental.dlpack.from_dlpack(np.array(x)), x, dtype, 0)
