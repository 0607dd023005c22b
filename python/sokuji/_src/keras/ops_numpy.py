"""keras.ops of numbers one by one and of tensors made anew, as NumPy names them, with Keras 3's dtypes; `ops_numpy_axes.py` and `ops_numpy_shapes.py` go on."""

import math

import numpy as np

from sokuji._src.keras import graph
from sokuji._src.keras.ops_core import F, NUMPY, T, also, both, convert_to_tensor, name_of, op, plain, result_type, tf

number = op(NUMPY)


def _made(name, function):
    function.__name__ = name
    return number(function)


def _axes(axis):
    return list(axis) if isinstance(axis, (list, tuple)) else axis


def _rows():
    """The functions that are one operation: of any numbers, of floating ones, of two."""
    for name in ("exp log:math.log sqrt sin cos tan sinh cosh tanh arcsin:asin arccos:acos arctan:atan arcsinh:asinh arccosh:acosh arctanh:atanh expm1:math.expm1 log1p:math.log1p "
                 "reciprocal:math.reciprocal").split():  # fmt: skip
        name, _, other = name.partition(":")
        _made(name, lambda x, other=other or name: _call(other, F(x)))
    for name in ("add subtract multiply maximum minimum power:pow floor_divide:math.floordiv mod:math.floormod").split():
        name, _, other = name.partition(":")
        _made(name, lambda x1, x2, other=other or name: _call(other, *_of_numbers(x1, x2, other)))
    for name in "greater greater_equal less less_equal equal not_equal".split():
        _made(name, lambda x1, x2, name=name: _call(name, *both(x1, x2)))
    for name in "logical_and logical_or logical_xor".split():
        _made(name, lambda x1, x2, name=name: _call(name, T(x1, "bool"), T(x2, "bool")))
    for name in "bitwise_and bitwise_or bitwise_xor bitwise_left_shift:left_shift bitwise_right_shift:right_shift".split():
        name, _, other = name.partition(":")
        _made(name, lambda x, y, other=other or name: _call("bitwise." + other, *both(x, y)))


def _of_numbers(a, b, name):
    """Truths count as int32 where they are divided."""
    a, b = both(a, b)
    return (T(a, "int32"), T(b, "int32")) if a.dtype.name == "bool" and ("floor" in name or name == "pow") else (a, b)


def _call(path, *arguments, **keywords):
    found = tf
    for word in path.split("."):
        found = getattr(found, word)
    return found(*arguments, **keywords)


@number
def negative(x):
    return tf.negative(T(x))


@number
def square(x):
    t = T(x)
    t = T(t, "int32") if t.dtype.name == "bool" else t
    return t * t


@number
def absolute(x):
    t = T(x)
    return t if t.dtype.name[0] in "ub" and t.dtype.name != "bfloat16" else tf.abs(t)


@number
def i0(x):
    return tf.math.bessel_i0(F(x, True))


_rows()
add, multiply, square, absolute, exp, log, power = (NUMPY[n] for n in "add multiply square absolute exp log power".split())
_add, _multiply, _maximum, _minimum = (NUMPY[n].__wrapped__ for n in "add multiply maximum minimum".split())


def _truths(name, arithmetic):
    """Two truths are joined as such."""

    def function(x1, x2):
        a, b = both(x1, x2)
        return getattr(tf, name)(a, b) if a.dtype.name == "bool" else arithmetic(a, b)

    return function


for _name, _joined, _plain in (("add", "logical_or", _add), ("multiply", "logical_and", _multiply), ("maximum", "logical_or", _maximum), ("minimum", "logical_and", _minimum)):
    _made(_name, _truths(_joined, _plain))
maximum, minimum = NUMPY["maximum"], NUMPY["minimum"]


@number
def bitwise_invert(x):
    return tf.bitwise.invert(T(x))


@number
def divide(x1, x2):
    a, b = both(x1, x2, float)
    return a / b


@number
def divide_no_nan(x1, x2):
    return tf.math.divide_no_nan(*both(x1, x2, float))


@number
def logical_not(x):
    return tf.logical_not(T(x, "bool"))


@number
def sign(x):
    t = T(x)
    return T(tf.sign(T(t, "int32")), t.dtype.name) if t.dtype.name in ("uint8", "uint16", "uint32", "bool") else tf.sign(t)


def _floating_only(name):
    def function(x):
        t = T(x)
        return tf.cast(t, "float32") if not t.dtype.is_floating else getattr(tf.math, name)(t)

    return function


for _name in ("ceil", "floor"):
    _made(_name, _floating_only(_name))


@number
def trunc(x):
    t = T(x)
    return t if not t.dtype.is_floating else tf.where(t < 0, tf.math.ceil(t), tf.floor(t))


@number
def round_(x, decimals=0):
    t = T(x)
    if not t.dtype.is_floating:
        return t if decimals >= 0 else T(tf.round(tf.cast(t, "float32") * 10.0**decimals) / 10.0**decimals, t.dtype.name)
    return tf.round(t) if decimals == 0 else tf.round(t * 10.0**decimals) / 10.0**decimals


@number
def log2(x):
    return tf.math.log(F(x)) / math.log(2.0)


@number
def log10(x):
    return tf.math.log(F(x)) / math.log(10.0)


@number
def exp2(x):
    x = F(x)
    return tf.pow(tf.constant(2.0, x.dtype), x)


@number
def cbrt(x):
    x = F(x, True)
    return tf.sign(x) * tf.pow(tf.abs(x), 1.0 / 3.0)


@number
def deg2rad(x):
    return F(x, True) * (math.pi / 180.0)


@number
def rad2deg(x):
    return F(x, True) * (180.0 / math.pi)


@number
def sinc(x):
    x = F(x) * math.pi
    safe = tf.where(tf.equal(x, 0), tf.ones_like(x), x)
    return tf.where(tf.equal(x, 0), tf.ones_like(x), tf.sin(safe) / safe)


@number
def fabs(x):
    return tf.abs(F(x))


@number
def arctan2(x1, x2):
    return tf.atan2(*both(x1, x2, float))


def _wide(x1, x2):
    a, b = both(x1, x2)
    return F(a, True), F(b, True)


@number
def hypot(x1, x2):
    a, b = _wide(x1, x2)
    return tf.sqrt(a * a + b * b)


@number
def logaddexp(x1, x2):
    a, b = both(x1, x2, float)
    return tf.maximum(a, b) + tf.math.log1p(tf.exp(-tf.abs(a - b)))


@number
def logaddexp2(x1, x2):
    a, b = both(x1, x2, float)
    return tf.maximum(a, b) + tf.math.log1p(tf.pow(tf.constant(2.0, a.dtype), -tf.abs(a - b))) / math.log(2.0)


@number
def ldexp(x1, x2):
    a, b = F(x1), T(x2)
    if not b.dtype.is_integer:
        raise TypeError("ldexp exponent must be an integer type. Received: x2 dtype=%s" % b.dtype.name)
    return a * tf.pow(tf.constant(2.0, a.dtype), T(b, a.dtype.name))


@number
def heaviside(x1, x2):
    a, b = _wide(x1, x2)
    return tf.where(a < 0, tf.zeros_like(a), tf.where(a > 0, tf.ones_like(a), b))


@number
def fmod(x1, x2):
    return tf.truncatemod(*both(x1, x2))


def _without_nans(name):
    def function(x1, x2):
        a, b = both(x1, x2)
        if not a.dtype.is_floating:
            return NUMPY[name](a, b)
        return tf.where(tf.math.is_nan(a), b, tf.where(tf.math.is_nan(b), a, getattr(tf, name)(a, b)))

    return function


_made("fmax", _without_nans("maximum"))
_made("fmin", _without_nans("minimum"))


@number
def gcd(x1, x2):
    a, b = both(x1, x2)
    if not a.dtype.is_integer:
        raise TypeError("Arguments to gcd must be integers, got %s" % a.dtype.name)
    a, b = tf.abs(a) + tf.zeros_like(b), tf.abs(b) + tf.zeros_like(a)
    return tf.while_loop(lambda a, b: tf.reduce_any(b != 0), lambda a, b: (tf.where(b != 0, b, a), tf.where(b != 0, tf.math.floormod(a, tf.where(b != 0, b, tf.ones_like(b))), b)), (a, b))[0]


@number
def lcm(x1, x2):
    a, b = both(x1, x2)
    common = gcd(a, b)
    return tf.where(tf.equal(common, 0), common, tf.math.floordiv(tf.abs(a * b), tf.where(tf.equal(common, 0), tf.ones_like(common), common)))


@number
def nextafter(x1, x2):
    a, b = both(x1, x2, float)
    return T(tf.math.nextafter(a, b), a.dtype.name)


@number
def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    t = T(x)
    if not t.dtype.is_floating:
        return t
    most = np.finfo(t.dtype.as_numpy_dtype)
    fill = lambda v: tf.fill(tf.shape(t), tf.constant(float(v), t.dtype))  # noqa: E731
    t = tf.where(tf.math.is_nan(t), fill(nan), t)
    return tf.where(tf.math.is_inf(t), tf.where(t > 0, fill(most.max if posinf is None else posinf), fill(most.min if neginf is None else neginf)), t)


@number
def clip(x, x_min, x_max):
    t = T(x)
    t = T(t, "int32") if t.dtype.name == "bool" else t
    low, high = (T(v) if v is not None else v for v in (x_min, x_max))
    t = t if low is None else tf.maximum(t, T(low, t.dtype.name))
    return t if high is None else tf.minimum(t, T(high, t.dtype.name))


# ---- what numbers are ----


def _is(name, of_integers, function):
    def test(x):
        t = T(x)
        if name == "signbit" and t.dtype.is_integer:
            return t < 0
        return function(t) if t.dtype.is_floating else tf.fill(tf.shape(t), of_integers)

    return _made(name, test)


_is("isnan", False, lambda t: tf.math.is_nan(t))
_is("isinf", False, lambda t: tf.math.is_inf(t))
_is("isfinite", True, lambda t: tf.math.is_finite(t))
_is("isposinf", False, lambda t: tf.equal(t, np.inf))
_is("isneginf", False, lambda t: tf.equal(t, -np.inf))
_is("signbit", False, lambda t: tf.logical_or(t < 0, tf.logical_and(tf.equal(t, 0), 1.0 / t < 0)))


@number
def isreal(x):
    t = T(x)
    return tf.equal(tf.math.imag(t), 0) if t.dtype.is_complex else tf.fill(tf.shape(t), True)


@number
def isclose(x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False):
    a, b = both(x1, x2)
    if not a.dtype.is_floating:
        a, b = (tf.cast(v, "float32") for v in (a, b))
    near = tf.logical_or(tf.equal(a, b), tf.logical_and(tf.math.is_finite(b), tf.abs(a - b) <= atol + rtol * tf.abs(b)))
    return tf.logical_or(near, tf.logical_and(tf.math.is_nan(a), tf.math.is_nan(b))) if equal_nan else near


@number
def allclose(x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False):
    return tf.reduce_all(isclose(x1, x2, rtol, atol, equal_nan))


@number
def isin(x1, x2, assume_unique=False, invert=False):
    a, b = both(x1, x2)
    made = tf.reduce_any(tf.equal(tf.expand_dims(a, -1), tf.reshape(b, [-1])), -1)
    return tf.logical_not(made) if invert else made


# ---- made anew ----


def _creator(function):
    NUMPY[function.__name__] = function
    return function


@_creator
def array(x, dtype=None):
    return convert_to_tensor(x, dtype)


@_creator
def zeros(shape, dtype=None):
    return tf.zeros(shape, plain(dtype))


@_creator
def ones(shape, dtype=None):
    return tf.ones(shape, plain(dtype))


@_creator
def empty(shape, dtype=None):
    return tf.zeros(shape, plain(dtype))


@_creator
def full(shape, fill_value, dtype=None):
    return tf.broadcast_to(convert_to_tensor(fill_value, plain(dtype)), shape)


def _like(name):
    def function(x, dtype=None):
        t = T(x)
        return getattr(tf, name)(t, t.dtype.name if dtype is None else plain(dtype))

    return function


_made("zeros_like", _like("zeros_like"))
_made("ones_like", _like("ones_like"))
_made("empty_like", _like("zeros_like"))


@number
def full_like(x, fill_value, dtype=None):
    t = T(x)
    return tf.broadcast_to(T(fill_value, t.dtype.name if dtype is None else plain(dtype)), tf.shape(t))


@_creator
def arange(start, stop=None, step=None, dtype=None):
    step = 1 if step is None else step
    start, stop = (0, start) if stop is None else (start, stop)
    kind = plain(dtype) if dtype is not None else result_type(*(name_of(v) for v in (start, stop, step)))
    wide = kind if kind in ("int32", "int64", "float32", "float64") else "float32" if "float" in kind else "int32"
    return T(tf.range(*(T(v, wide) for v in (start, stop, step))), kind)


def _spaced(name, function):
    def spaced(start, stop, num=50, endpoint=True, dtype=None, axis=0, **more):
        kinds = [name_of(v) for v in (start, stop)]
        kind = plain(dtype) if dtype is not None else result_type(*kinds, float)
        value = [np.asarray(T(v).numpy(), np.float64) for v in (start, stop)]
        return T(tf.constant(np.asarray(function(*value, num, endpoint=endpoint, axis=axis, **more))), kind)

    return spaced


_spaced_log, _spaced_even = _spaced("logspace", np.logspace), _spaced("linspace", np.linspace)


@number
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    made = _spaced_even(start, stop, num, endpoint, dtype, axis)
    if not retstep:
        return made
    a, b = both(start, stop, float)
    return made, (b - a) / float(num - 1 if endpoint else num)


@number
def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    return _spaced_log(start, stop, num, endpoint, dtype, axis, base=base)


@number
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    return _spaced("geomspace", np.geomspace)(start, stop, num, endpoint, dtype, axis)


@_creator
def eye(N, M=None, k=0, dtype=None):
    return tf.constant(np.eye(N, M, k).astype(tf.as_dtype(plain(dtype)).as_numpy_dtype))


@_creator
def identity(n, dtype=None):
    return eye(n, dtype=dtype)


@_creator
def tri(N, M=None, k=0, dtype=None):
    return tf.constant(np.tri(N, M, k).astype(tf.as_dtype(plain(dtype)).as_numpy_dtype))


def meshgrid(*x, indexing="xy"):
    return _meshgrid(list(x), indexing=indexing)


def _mesh(x, indexing="xy"):
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij', but received: %s" % indexing)
    return list(tf.meshgrid(*(T(v) for v in x), indexing=indexing))


_mesh.__name__ = "meshgrid"
_meshgrid = number(_mesh)
NUMPY["meshgrid"] = meshgrid


def _window(name, function):
    def window(x):
        n = int(T(x).numpy())
        return tf.constant(function(n).astype(np.float32))

    return _made(name, window)


for _name in "bartlett blackman hamming hanning".split():
    _window(_name, getattr(np, _name))


@number
def kaiser(x, beta):
    return tf.constant(np.kaiser(int(T(x).numpy()), float(beta)).astype(np.float32))


@number
def copy(x):
    return tf.identity(T(x))


@number
def real(x):
    t = T(x)
    return tf.math.real(t) if t.dtype.is_complex else t


@number
def imag(x):
    t = T(x)
    return tf.math.imag(t) if t.dtype.is_complex else tf.zeros_like(t)


@number
def conjugate(x):
    t = T(x)
    return tf.math.conj(t) if t.dtype.is_complex else t


@number
def angle(x):
    return tf.math.angle(F(x))


@number
def view(x, dtype=None):
    return T(x) if dtype is None else tf.bitcast(T(x), plain(dtype))


def ndim(x):
    return len(x.shape) if isinstance(x, graph.KerasTensor) else len(T(x)._shape_tuple)


def size(x):
    if isinstance(x, graph.KerasTensor):
        return None if None in x.shape else math.prod(x.shape)
    return tf.size(T(x))


NUMPY.update(ndim=ndim, size=size)
also(NUMPY, abs="absolute", true_divide="divide", conj="conjugate", left_shift="bitwise_left_shift", right_shift="bitwise_right_shift", bitwise_not="bitwise_invert")
