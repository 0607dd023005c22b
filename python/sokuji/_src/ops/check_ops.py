"""tf.assert_* and tf.debugging.*: each looks at values that are there, so it raises at once, with the values that differ; else it is None."""

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes
from sokuji._src.core.execute import invalid, same_dtype, tensor


def _text(message, what):
    return "%s %s" % (message, what) if message else what


def _few(array):
    flat = np.asarray(array).ravel()
    return "%s%s" % (flat[:8].tolist(), " …" if flat.size > 8 else "")


def _differences(sign, u, v, good, n):
    """The lines of what TensorFlow says of values that do not compare."""
    n = 10**9 if n < 0 else n
    lines = ["Condition x %s y did not hold." % sign]
    if n and u.shape == v.shape and u.shape:
        where = np.argwhere(~good)[:n]
        lines += ["Indices of first %d different values:" % len(where), str(where)]
        lines += ["Corresponding x values:", str(u[~good][:n]), "Corresponding y values:", str(v[~good][:n])]
    for name, array in (("x", u), ("y", v)) if n else ():
        lines += ["First %d elements of %s:" % (min(array.size, n), name), str(array.ravel()[:n])]
    return lines


def _compare(name, holds, sign):
    def check(x, y, data=None, summarize=None, message=None, name=None):
        a, b = same_dtype([x, y])
        u, v = np.asarray(a), np.asarray(b)
        try:
            good = holds(u, v)
        except ValueError:
            raise invalid("shapes %s and %s do not broadcast" % (u.shape, v.shape)) from None
        if not np.all(good):
            if conversion._version == 2:
                raise invalid("\n".join(([str(message)] if message is not None else []) + _differences(sign, u, v, good, 3 if summarize is None else summarize)))
            raise invalid(_text(message, "Condition x %s y did not hold element-wise: x = %s, y = %s" % (sign, _few(u), _few(v))))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = "InvalidArgumentError unless x %s y everywhere." % sign
    return check


assert_equal = _compare("assert_equal", lambda u, v: u == v, "==")
assert_none_equal = _compare("assert_none_equal", lambda u, v: u != v, "!=")
assert_less = _compare("assert_less", lambda u, v: u < v, "<")
assert_less_equal = _compare("assert_less_equal", lambda u, v: u <= v, "<=")
assert_greater = _compare("assert_greater", lambda u, v: u > v, ">")
assert_greater_equal = _compare("assert_greater_equal", lambda u, v: u >= v, ">=")


def _against_zero(name, holds, sign):
    def check(x, data=None, summarize=None, message=None, name=None):
        value = np.asarray(tensor(x))
        if not np.all(holds(value)):
            between = (" ", "\n")[conversion._version - 1]
            raise invalid(between.join(([message] if message else []) + ["Condition x %s 0 did not hold element-wise:" % sign, "x = %s" % _few(value)]))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = "InvalidArgumentError unless x %s 0 everywhere." % sign
    return check


assert_negative = _against_zero("assert_negative", lambda v: v < 0, "<")
assert_positive = _against_zero("assert_positive", lambda v: v > 0, ">")
assert_non_negative = _against_zero("assert_non_negative", lambda v: v >= 0, ">=")
assert_non_positive = _against_zero("assert_non_positive", lambda v: v <= 0, "<=")


def assert_near(x, y, rtol=None, atol=None, data=None, summarize=None, message=None, name=None):
    """InvalidArgumentError unless |x - y| <= atol + rtol |y|; both are ten times the dtype's epsilon when not given."""
    a, b = same_dtype([x, y])
    ten = 10 * np.finfo(a.dtype.as_numpy_dtype).eps
    rtol, atol = ten if rtol is None else float(rtol), ten if atol is None else float(atol)
    u, v = np.asarray(a), np.asarray(b)
    if not np.all(np.abs(u - v) <= atol + rtol * np.abs(v)):
        raise invalid(_text(message, "x and y are not equal to tolerance rtol = %g, atol = %g: x = %s, y = %s" % (rtol, atol, _few(u), _few(v))))


def assert_near_2(x, y, rtol=None, atol=None, message=None, summarize=None, name=None):
    """InvalidArgumentError unless |x - y| <= atol + rtol |y| everywhere."""
    return assert_near(x, y, rtol, atol, None, summarize, message)


def assert_integer(x, message=None, name=None):
    """TypeError unless the tensor is of an integer dtype."""
    t = tensor(x)
    if not t.dtype.is_integer:
        raise TypeError(_text(message, "Expected \"x\" to be integer type. Found: %s" % t.dtype))


def assert_type(tensor, tf_type, message=None, name=None):
    """TypeError unless the tensor is of the dtype."""
    if tensor.dtype != tf_type:
        raise TypeError(_text(message, "tensor must be of type %s, it is %s" % (dtypes.as_dtype(tf_type), tensor.dtype)))


def _rank_of(rank):
    value = np.asarray(tensor(rank, None if isinstance(rank, _core.Handle) else dtypes.int32))
    if value.ndim:
        raise ValueError("Rank must be a scalar.")
    if value.dtype.kind not in "iu":
        raise TypeError("Rank must be an integer.")
    return int(value)


def assert_rank(x, rank, data=None, summarize=None, message=None, name=None):
    """ValueError unless the tensor has this number of axes."""
    wanted, has = _rank_of(rank), len(tensor(x)._shape_tuple)
    if has != wanted:
        raise ValueError(_text(message, "Shape %s must have rank %d" % (tensor(x)._shape_tuple, wanted)))


def assert_rank_at_least(x, rank, data=None, summarize=None, message=None, name=None):
    """ValueError unless the tensor has at least this number of axes."""
    wanted, has = _rank_of(rank), len(tensor(x)._shape_tuple)
    if has < wanted:
        raise ValueError(_text(message, "Shape %s must have rank at least %d" % (tensor(x)._shape_tuple, wanted)))


def assert_rank_in(x, ranks, data=None, summarize=None, message=None, name=None):
    """ValueError unless the number of axes is among the ranks."""
    wanted, has = [_rank_of(rank) for rank in ranks], len(tensor(x)._shape_tuple)
    if has not in wanted:
        raise ValueError(_text(message, "Shape %s must have rank in %s" % (tensor(x)._shape_tuple, wanted)))


def _ranked(x, message, text, wanted, holds):
    shape = tensor(x)._shape_tuple
    if not holds(len(shape), wanted):
        raise ValueError("%sTensor  must have rank %s.  Received rank %d, shape %s" % (message + " " if message else "", text % (wanted,), len(shape), shape))


def assert_integer_2(x, message=None, name=None):
    """TypeError unless the tensor is of an integer dtype."""
    t = tensor(x)
    if not t.dtype.is_integer:
        raise TypeError(_text(message, "Expected \"x\" to be integer type.  Found: tensor of dtype %s" % t.dtype))


def assert_type_2(tensor, tf_type, message=None, name=None):
    """TypeError unless the tensor is of the dtype."""
    tensor = tensor if hasattr(tensor, "dtype") else conversion.convert_to_tensor(tensor)
    if tensor.dtype != tf_type:
        raise TypeError("%stensor must be of type %r; got %r" % (message + " " if message else "", dtypes.as_dtype(tf_type), tensor.dtype))


def assert_all_finite(x, message, name=None):
    """The tensor, or InvalidArgumentError where it has NaN or infinities."""
    return verify_tensor_all_finite(x, message)


def assert_rank_2(x, rank, message=None, name=None):
    """ValueError unless the tensor has this number of axes."""
    _ranked(x, message, "%s", _rank_of(rank), lambda has, wanted: has == wanted)


def assert_rank_at_least_2(x, rank, message=None, name=None):
    """ValueError unless the tensor has at least this number of axes."""
    _ranked(x, message, "at least %s", _rank_of(rank), lambda has, wanted: has >= wanted)


def assert_rank_in_2(x, ranks, message=None, name=None):
    """ValueError unless the number of axes is among the ranks."""
    _ranked(x, message, "in %s", tuple(_rank_of(rank) for rank in ranks), lambda has, wanted: has in wanted)


def assert_scalar_2(tensor, message=None, name=None):
    """ValueError unless it is a scalar."""
    try:
        assert_scalar(tensor)
    except ValueError as error:
        raise ValueError("%s%s" % (message or "", error)) from None


def assert_scalar(tensor, name=None):
    """The tensor, or ValueError unless it is a scalar."""
    from sokuji._src.core import conversion

    t = conversion.convert_to_tensor(tensor)
    if t._shape_tuple != ():
        raise ValueError("Expected scalar shape, saw shape: %s." % (t._shape_tuple,))
    return t


def assert_same_float_dtype(tensors=None, dtype=None):
    """The dtype that all share, which must be a floating one."""
    for t in tensors or []:
        if dtype is not None and t.dtype != dtype:
            raise ValueError("Expected %s, got %s of type '%s'." % (dtypes.as_dtype(dtype).name, t, t.dtype.name))
        dtype = t.dtype
    dtype = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError("Expected floating point type, got %s." % (dtype,))
    return dtype


def assert_proper_iterable(values):
    """TypeError for tensors, arrays and strings, whose iteration is seldom meant."""
    unproper = (_core.Handle, np.ndarray, bytes, str)
    if isinstance(values, unproper):
        raise TypeError("Expected argument \"values\" to be a \"proper\" iterable.  Found: %s" % type(values))
    if not hasattr(values, "__iter__"):
        raise TypeError("Expected argument \"values\" to be iterable.  Found: %s" % type(values))


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """[(tensor, (2, "n", None)), …]: sizes agree with the numbers, and one letter stands for one size everywhere."""
    sizes = {}
    for x, wanted in shapes.items() if isinstance(shapes, dict) else shapes:
        has, wanted = tensor(x)._shape_tuple, (wanted,) if isinstance(wanted, (int, str)) else tuple(wanted)
        if wanted[:1] in (("...",), (Ellipsis,)):
            wanted = (None,) * (len(has) - len(wanted) + 1) + wanted[1:]
        if len(has) != len(wanted):
            raise ValueError(_text(message, "shape %s has %d dimensions, %s has %d" % (has, len(has), wanted, len(wanted))))
        for size, name in zip(has, wanted):
            expected = sizes.setdefault(name, size) if isinstance(name, str) and name != "." else name
            if expected not in (None, ".", size):
                raise ValueError(_text(message, "shape %s is not %s with %s" % (has, wanted, sizes)))


def Assert(condition, data, summarize=None, name=None):  # noqa: N802
    """InvalidArgumentError with the data, unless the condition is true."""
    if not np.all(np.asarray(condition)):
        raise invalid("Expected '%s' to be true. Summarized data: %s" % (condition, "\n".join(str(np.asarray(tensor(d)).tolist()) for d in data)))


def is_numeric_tensor(tensor):
    """Whether it is a tensor of numbers."""
    return isinstance(tensor, _core.Handle) and (tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_complex)


def _pairs(x):
    value = np.asarray(tensor(x)).ravel()
    return value[1:], value[:-1]


def is_non_decreasing(x, name=None):
    """Whether no element is smaller than the one before it."""
    later, earlier = _pairs(x)
    return tensor(bool(np.all(later >= earlier)))


def is_strictly_increasing(x, name=None):
    """Whether each element is greater than the one before it."""
    later, earlier = _pairs(x)
    return tensor(bool(np.all(later > earlier)))


def verify_tensor_all_finite(t, msg, name=None):
    """The tensor, or InvalidArgumentError with msg where it has NaN or infinities."""
    return _core.execute("CheckNumerics", [tensor(t)], {"message": msg})


_BOTH = """assert_equal assert_none_equal assert_less assert_less_equal assert_greater assert_greater_equal assert_negative assert_positive
assert_non_negative assert_non_positive assert_near assert_integer assert_type assert_rank assert_rank_at_least assert_rank_in assert_scalar
assert_same_float_dtype assert_proper_iterable Assert is_non_decreasing is_strictly_increasing""".split()
NAMES_1 = {name: globals()[name] for name in _BOTH + ["is_numeric_tensor", "verify_tensor_all_finite"]}


def _reordered(check, unary):
    """2.x puts the message first and has no data."""
    if unary:

        def function(x, message=None, summarize=None, name=None):
            return check(x, None, summarize, message)

    elif check is assert_none_equal:  # alone in this order

        def function(x, y, summarize=None, message=None, name=None):
            return check(x, y, None, summarize, message)

    else:

        def function(x, y, message=None, summarize=None, name=None):
            return check(x, y, None, summarize, message)

    function.__name__, function.__doc__ = check.__name__, check.__doc__
    return function


DEBUGGING_2 = {name: globals()[name] for name in _BOTH[11:20]}
DEBUGGING_2.update({name: _reordered(globals()[name], i >= 6) for i, name in enumerate(_BOTH[:10])})
DEBUGGING_2.update(assert_near=assert_near_2, assert_shapes=assert_shapes, assert_rank=assert_rank_2, assert_rank_at_least=assert_rank_at_least_2,
                   assert_rank_in=assert_rank_in_2, assert_integer=assert_integer_2, assert_type=assert_type_2, assert_all_finite=assert_all_finite, is_numeric_tensor=is_numeric_tensor, assert_scalar=assert_scalar_2)  # fmt: skip
del DEBUGGING_2["Assert"]
