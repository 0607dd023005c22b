"""keras.ops of numbers, as NumPy names them, with Keras 3's dtypes."""

import builtins
import math

import numpy as np

from sokuji._src.core import nest
from sokuji._src.keras import graph
from sokuji._src.keras.ops_core import F, NUMPY, T, also, both, convert_to_tensor, name_of, op, plain, result_type, sizes_of, tf

number = op(NUMPY)


def _made(name, function):
    function.__name__ = name
    return number(function)


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


# ---- over axes ----


def _axes(axis):
    return list(axis) if isinstance(axis, (list, tuple)) else axis


def _whole(t, function):
    """Small integers are added as greater ones."""
    name = t.dtype.name
    if name in ("uint8", "uint16", "uint32"):
        return T(function(T(t, "int64")), "uint32")
    return function(T(t, "int32" if name in ("bool", "int8", "int16") else name))


@number
def sum_(x, axis=None, keepdims=False):
    return _whole(T(x), lambda t: tf.reduce_sum(t, _axes(axis), keepdims))


@number
def prod(x, axis=None, keepdims=False, dtype=None):
    function = lambda t: tf.reduce_prod(t, _axes(axis), keepdims)  # noqa: E731
    return _whole(T(x), function) if dtype is None else function(T(x, plain(dtype)))


@number
def mean(x, axis=None, keepdims=False):
    return tf.reduce_mean(F(x), _axes(axis), keepdims)


@number
def var(x, axis=None, keepdims=False):
    return tf.math.reduce_variance(F(x), _axes(axis), keepdims)


@number
def std(x, axis=None, keepdims=False):
    return tf.math.reduce_std(F(x), _axes(axis), keepdims)


def _extreme(name):
    def function(x, axis=None, keepdims=False, initial=None):
        t = T(x)
        truth = t.dtype.name == "bool"
        made = getattr(tf, "reduce_" + name)(T(t, "int32") if truth else t, _axes(axis), keepdims)
        made = made if initial is None else getattr(tf, name + "imum")(made, T(initial, made.dtype.name))
        return T(made, "bool") if truth else made

    return function


_made("max", _extreme("max"))
_made("min", _extreme("min"))


@number
def amax(x, axis=None, keepdims=False):
    return NUMPY["max"](x, axis, keepdims)


@number
def amin(x, axis=None, keepdims=False):
    return NUMPY["min"](x, axis, keepdims)


@number
def ptp(x, axis=None, keepdims=False):
    return amax(x, axis, keepdims) - amin(x, axis, keepdims)


@number
def all_(x, axis=None, keepdims=False):
    return tf.reduce_all(T(x, "bool"), _axes(axis), keepdims)


@number
def any_(x, axis=None, keepdims=False):
    return tf.reduce_any(T(x, "bool"), _axes(axis), keepdims)


@number
def count_nonzero(x, axis=None):
    return tf.math.count_nonzero(T(x), _axes(axis), dtype="int32")


@number
def average(x, axis=None, weights=None):
    t = F(x)
    if weights is None:
        return tf.reduce_mean(t, _axes(axis))
    t, w = both(t, weights, float)
    if len(w._shape_tuple) == 1 and len(t._shape_tuple) > 1:
        w = tf.reshape(w, [-1 if i == axis % len(t._shape_tuple) else 1 for i in range(len(t._shape_tuple))])
    return tf.math.divide_no_nan(tf.reduce_sum(t * w, _axes(axis)), tf.reduce_sum(w * tf.ones_like(t), _axes(axis)))


def _place(name):
    def function(x, axis=None, keepdims=False):
        t = T(x)
        t = T(t, "int32") if t.dtype.name == "bool" else t
        made = getattr(tf, name)(tf.reshape(t, [-1]) if axis is None else t, 0 if axis is None else axis, output_type="int32")
        if keepdims:
            made = tf.reshape(made, [1] * len(t._shape_tuple)) if axis is None else tf.expand_dims(made, axis)
        return made

    return function


_made("argmax", _place("argmax"))
_made("argmin", _place("argmin"))


def _ignoring(name, fill):
    def function(x, axis=None, keepdims=False):
        t = T(x)
        if not t.dtype.is_floating:
            return NUMPY[name](t, axis, keepdims)
        nans = tf.math.is_nan(t)
        made = NUMPY[name](tf.where(nans, tf.constant(fill, t.dtype), t), axis, keepdims)
        if name in ("max", "min"):
            return tf.where(tf.reduce_all(nans, _axes(axis), keepdims), tf.constant(np.nan, t.dtype), made)
        return tf.where(tf.reduce_all(nans, _axes(axis), keepdims), -1, made) if name.startswith("arg") else made

    return function


for _name, _fill in (("sum", 0.0), ("prod", 1.0), ("max", -np.inf), ("min", np.inf), ("argmax", -np.inf), ("argmin", np.inf)):
    _made("nan" + _name, _ignoring(_name, _fill))


@number
def nanmean(x, axis=None, keepdims=False):
    t = F(x)
    there = tf.cast(tf.logical_not(tf.math.is_nan(t)), t.dtype)
    return NUMPY["nansum"](t, axis, keepdims) / tf.reduce_sum(there, _axes(axis), keepdims)


@number
def nanvar(x, axis=None, keepdims=False):
    t = F(x)
    return nanmean(tf.square(t - nanmean(t, axis, True)), axis, keepdims)


@number
def nanstd(x, axis=None, keepdims=False):
    return tf.sqrt(nanvar(x, axis, keepdims))


def _running(name):
    def function(x, axis=None, dtype=None):
        t = T(x) if dtype is None else T(x, plain(dtype))
        t = T(t, "int32") if t.dtype.name == "bool" else t
        return getattr(tf, name)(tf.reshape(t, [-1]) if axis is None else t, 0 if axis is None else axis)

    def ignoring(x, axis=None, dtype=None):
        t = T(x)
        fill = float(name == "cumprod")
        return function(tf.where(tf.math.is_nan(t), tf.constant(fill, t.dtype), t) if t.dtype.is_floating else t, axis, dtype)

    _made("nan" + name, ignoring)
    return _made(name, function)


_running("cumsum")
_running("cumprod")


def _together(t, axis):
    """The axes moved behind the others and made one; (the tensor, how many sizes come before, the sizes that keepdims gives)."""
    rank = len(t._shape_tuple)
    over = sorted(a % rank for a in (range(rank) if axis is None else [axis] if isinstance(axis, int) else axis))
    rest = [i for i in range(rank) if i not in over]
    sizes = sizes_of(t)
    return tf.reshape(tf.transpose(t, rest + over), [sizes[i] for i in rest] + [-1]), [1 if i in over else sizes[i] for i in range(rank)]


def _quantile(t, q, axis, method, keepdims, ignore=False):
    t, sizes = _together(F(t), axis)
    kind, q = t.dtype, F(q)
    q = tf.cast(q, kind)
    nans = tf.math.is_nan(t)
    rows = tf.sort(tf.where(nans, tf.constant(np.inf, kind), t), axis=-1)
    n = tf.reduce_sum(tf.cast(tf.logical_not(nans), kind), -1, keepdims=True) if ignore else tf.cast(sizes_of(rows)[-1], kind)
    place = tf.reshape(q, [-1]) * (n - 1.0)
    low, high = tf.floor(place), tf.math.ceil(place)
    place = {"lower": low, "higher": high, "nearest": tf.round(place), "midpoint": place, "linear": place}.get(method)
    if place is None:
        raise ValueError("Invalid `method`: %s. Must be one of linear, lower, higher, midpoint, nearest" % method)
    share = 0.5 * (high - low) if method == "midpoint" else place - tf.floor(place)
    at = lambda i: _at(rows, tf.cast(i, "int32"))  # noqa: E731
    below, above = at(tf.floor(place) if method in ("nearest", "lower", "higher") else low), at(high)
    made = below if method in ("nearest", "lower", "higher") else tf.where(tf.equal(share, 0), below, below + (above - below) * share)
    empty = tf.equal(n, 0) if ignore else tf.reduce_any(nans, -1, keepdims=True)
    made = tf.where(empty, tf.constant(np.nan, kind), made)
    rank = len(made._shape_tuple)
    made = tf.transpose(made, [rank - 1, *range(rank - 1)])
    return tf.reshape(made, list(q._shape_tuple) + (sizes if keepdims else list(sizes_of(made)[1:])))


def _at(rows, places):
    """Of each row the numbers at places, which are the row's own or all rows'."""
    rank = len(rows._shape_tuple)
    if len(places._shape_tuple) == 1:
        return tf.gather(rows, tf.maximum(places, 0), axis=-1)
    return tf.gather(rows, tf.maximum(places, 0), axis=rank - 1, batch_dims=rank - 1)


@number
def quantile(x, q, axis=None, method="linear", keepdims=False):
    return _quantile(T(x), q, axis, method, keepdims)


@number
def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    return _quantile(T(x), q, axis, method, keepdims, True)


@number
def percentile(x, q, axis=None, method="linear", keepdims=False):
    return _quantile(T(x), F(q) / 100.0, axis, method, keepdims)


@number
def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    return _quantile(T(x), F(q) / 100.0, axis, method, keepdims, True)


@number
def median(x, axis=None, keepdims=False):
    return _quantile(T(x), 0.5, axis, "linear", keepdims)


@number
def nanmedian(x, axis=None, keepdims=False):
    return _quantile(T(x), 0.5, axis, "linear", keepdims, True)


@number
def diff(a, n=1, axis=-1):
    t = T(a)
    size = lambda t: sizes_of(t)[axis]  # noqa: E731
    for _ in range(n):
        t = take(t, range(1, size(t)), axis) - take(t, range(size(t) - 1), axis)
    return t


@number
def trapezoid(y, x=None, dx=1.0, axis=-1):
    t = F(y)
    n = sizes_of(t)[axis]
    pairs = (take(t, range(1, n), axis) + take(t, range(n - 1), axis)) / 2.0
    step = dx if x is None else diff(F(x), axis=axis)
    return tf.reduce_sum(pairs * T(step, t.dtype.name), axis)


@number
def sort(x, axis=-1):
    t = T(x)
    t = tf.reshape(t, [-1]) if axis is None else t
    return T(tf.sort(T(t, "int32"), axis=axis), "bool") if t.dtype.name == "bool" else tf.sort(t, axis=-1 if axis is None else axis)


@number
def argsort(x, axis=-1):
    t = T(x)
    t = T(t, "int32") if t.dtype.name == "bool" else t
    return tf.argsort(tf.reshape(t, [-1]) if axis is None else t, axis=-1 if axis is None else axis, stable=True)


@number
def argpartition(x, kth, axis=-1):
    return argsort(x, axis)


@number
def searchsorted(sorted_sequence, values, side="left"):
    if np.ndim(sorted_sequence) != 1 if not hasattr(sorted_sequence, "_shape_tuple") else len(sorted_sequence._shape_tuple) != 1:
        raise ValueError("`searchsorted` only supports 1-D sorted sequences. You can use `keras.ops.vectorized_map` to extend it to N-D sequences. Received: sorted_sequence.shape=%s"
                         % (np.shape(sorted_sequence),))  # fmt: skip
    a, b = both(sorted_sequence, values)
    return tf.reshape(tf.searchsorted(a, tf.reshape(b, [-1]), side=side, out_type="int32"), sizes_of(b))


@number
def digitize(x, bins):
    t = T(x)
    return tf.reshape(tf.searchsorted(F(bins), tf.reshape(F(t), [-1]), side="right", out_type="int32"), sizes_of(t))


@number
def bincount(x, weights=None, minlength=0, sparse=False):
    t = T(x, "int32")
    most = tf.maximum(tf.reduce_max(t) + 1, minlength)
    w = tf.ones_like(t) if weights is None else T(weights)
    rows = tf.one_hot(t, most, dtype=w.dtype) * tf.expand_dims(w, -1)
    return tf.reduce_sum(rows, -2)


@number
def histogram(x, bins=10, range=None):
    if not isinstance(bins, int) or bins <= 0:
        raise ValueError("Argument `bins` should be a non-negative integer. Received: bins=%s" % (bins,))
    t = tf.reshape(F(x), [-1])
    low, high = (tf.reduce_min(t), tf.reduce_max(t)) if range is None else (T(float(v), t.dtype.name) for v in range)
    counts = np.histogram(t.numpy(), bins, (float(low), float(high)))
    return tf.constant(counts[0].astype(np.float32)), tf.constant(counts[1].astype(t.dtype.as_numpy_dtype))


@number
def unique(x, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, size=None, fill_value=None):
    t = T(x)
    made = np.unique(t.numpy(), return_index=True, return_inverse=True, return_counts=True, axis=axis)
    found = [made[0]] + [part.astype(np.int32) for part, wanted in zip(made[1:], (return_index, return_inverse, return_counts)) if wanted]
    if size is not None:
        rest = size - len(made[0])
        found[0] = made[0][:size] if rest <= 0 else np.concatenate([made[0], np.full((rest, *made[0].shape[1:]), made[0].min() if fill_value is None else fill_value, made[0].dtype)])
    found = tuple(tf.constant(f) for f in found)
    return found[0] if len(found) == 1 else found


# ---- shapes ----


@number
def reshape(x, newshape):
    return tf.reshape(T(x), [newshape] if isinstance(newshape, int) else newshape)


@number
def ravel(x):
    return tf.reshape(T(x), [-1])


@number
def transpose(x, axes=None):
    return tf.transpose(T(x), axes)


@number
def swapaxes(x, axis1, axis2):
    t = T(x)
    order = list(range(len(t._shape_tuple)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return tf.transpose(t, order)


@number
def moveaxis(x, source, destination):
    t = T(x)
    rank = len(t._shape_tuple)
    one = lambda v: [int(a) % rank for a in ([v] if isinstance(v, int) else v)]  # noqa: E731
    source, destination = one(source), one(destination)
    order = [i for i in range(rank) if i not in source]
    for to, frm in sorted(zip(destination, source)):
        order.insert(to, frm)
    return tf.transpose(t, order)


@number
def expand_dims(x, axis):
    t = T(x)
    rank = len(t._shape_tuple) + (len(axis) if isinstance(axis, (list, tuple)) else 1)
    for a in sorted(v % rank for v in axis) if isinstance(axis, (list, tuple)) else [axis]:
        t = tf.expand_dims(t, a)
    return t


@number
def squeeze(x, axis=None):
    t = T(x)
    for a in [] if axis is None else [axis] if isinstance(axis, int) else axis:
        if t._shape_tuple[a] not in (1, None):
            raise ValueError("Cannot squeeze axis=%s, because the dimension is not 1. x.shape=%s" % (a, t._shape_tuple))
    return tf.squeeze(t, axis=_axes(axis))


@number
def broadcast_to(x, shape):
    return tf.broadcast_to(T(x), shape)


@number
def concatenate(xs, axis=0):
    kind = result_type(*(name_of(x) for x in xs))
    return tf.concat([T(x, kind) for x in xs], axis)


@number
def stack(x, axis=0):
    parts = list(x) if isinstance(x, (list, tuple)) else tf.unstack(T(x))
    kind = result_type(*(name_of(p) for p in parts))
    return tf.stack([T(p, kind) for p in parts], axis)


def _joined(name, rank, axis):
    def function(xs):
        def grow(x):
            t = T(x)
            if name == "dstack" and len(t._shape_tuple) <= 2:
                return tf.expand_dims(tf.reshape(t, [1, -1]) if len(t._shape_tuple) < 2 else t, -1)
            if name == "vstack" and len(t._shape_tuple) == 1:
                return t
            return tf.reshape(t, [1] * (rank - len(t._shape_tuple)) + list(sizes_of(t))) if len(t._shape_tuple) < rank else t

        parts = [grow(x) for x in xs]
        return concatenate(parts, axis=0 if name == "hstack" and len(parts[0]._shape_tuple) == 1 else axis)

    return _made(name, function)


_joined("vstack", 2, 0)
_joined("hstack", 1, 1)
_joined("dstack", 3, 2)


@number
def append(x1, x2, axis=None):
    a, b = both(x1, x2)
    return tf.concat([tf.reshape(a, [-1]), tf.reshape(b, [-1])], 0) if axis is None else tf.concat([a, b], axis)


@number
def split(x, indices_or_sections, axis=0):
    t = T(x)
    if isinstance(indices_or_sections, int):
        return tf.split(t, indices_or_sections, axis=axis)
    return _cut(t, [int(i) for i in np.asarray(indices_or_sections)], axis)


def _cut(t, places, axis):
    n = t._shape_tuple[axis]
    ends = [0] + [builtins.min(p if p >= 0 else p + n, n) for p in places] + [n]
    return [take(t, range(a, builtins.max(a, b)), axis) if a < b else tf.zeros([0 if i == axis % len(t._shape_tuple) else d for i, d in enumerate(sizes_of(t))], t.dtype)
            for a, b in zip(ends, ends[1:])]  # fmt: skip


@number
def array_split(x, indices_or_sections, axis=0):
    t = T(x)
    if not isinstance(indices_or_sections, int):
        return split(t, indices_or_sections, axis)
    each, more = divmod(t._shape_tuple[axis], indices_or_sections)
    return _cut(t, np.cumsum([each + (i < more) for i in range(indices_or_sections)])[:-1].tolist(), axis)


def _split_along(name, axis):
    def function(x, indices_or_sections):
        t = T(x)
        return split(t, indices_or_sections, 0 if name == "hsplit" and len(t._shape_tuple) == 1 else axis)

    return _made(name, function)


_split_along("vsplit", 0)
_split_along("hsplit", 1)
_split_along("dsplit", 2)


@number
def repeat(x, repeats, axis=None):
    t = T(x)
    return tf.repeat(tf.reshape(t, [-1]) if axis is None else t, repeats, axis=0 if axis is None else axis)


@number
def tile(x, repeats):
    t = T(x)
    repeats = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = builtins.max(len(repeats), len(t._shape_tuple))
    return tf.tile(tf.reshape(t, [1] * (rank - len(t._shape_tuple)) + list(sizes_of(t))), [1] * (rank - len(repeats)) + repeats)


@number
def roll(x, shift, axis=None):
    t = T(x)
    return tf.reshape(tf.roll(tf.reshape(t, [-1]), shift, 0), sizes_of(t)) if axis is None else tf.roll(t, shift, axis)


@number
def flip(x, axis=None):
    t = T(x)
    return tf.reverse(t, list(range(len(t._shape_tuple))) if axis is None else [axis] if isinstance(axis, int) else list(axis))


@number
def flipud(x):
    return flip(x, 0)


@number
def fliplr(x):
    return flip(x, 1)


@number
def rot90(array, k=1, axes=(0, 1)):
    t = T(array)
    if len(t._shape_tuple) < 2:
        raise ValueError("Input array must have at least 2 dimensions. Received: array.ndim=%d" % len(t._shape_tuple))
    if len(axes) != 2 or axes[0] == axes[1]:
        raise ValueError("Invalid axes: %s. Axes must be a tuple of two different dimensions." % (axes,))
    for _ in range(k % 4):
        t = swapaxes(flip(t, axes[1]), *axes)
    return t


@number
def pad(x, pad_width, mode="constant", constant_values=None):
    t = T(x)
    if constant_values is not None and mode != "constant":
        raise ValueError("Argument `constant_values` can only be provided when `mode == 'constant'`. Received: mode=%s" % mode)
    width = [[pad_width] * 2] if isinstance(pad_width, int) else [pad_width] if isinstance(pad_width[0], int) else [list(w) for w in pad_width]
    width = width * len(t._shape_tuple) if len(width) == 1 else width
    if mode in ("constant", "reflect", "symmetric"):
        return tf.pad(t, width, mode.upper(), **({"constant_values": T(constant_values or 0, t.dtype.name)} if mode == "constant" else {}))
    for axis, (before, after) in enumerate(width):
        places = np.pad(np.arange(t._shape_tuple[axis]), (before, after), mode)
        t = tf.gather(t, places.astype(np.int32), axis=axis)
    return t


@number
def take(x, indices, axis=None):
    t = T(x)
    t = tf.reshape(t, [-1]) if axis is None else t
    axis = 0 if axis is None else axis
    i = T(np.asarray(indices, np.int32) if isinstance(indices, range) else indices)
    i = T(i, "int32") if i.dtype.name not in ("int32", "int64") else i
    return tf.gather(t, tf.where(i < 0, i + T(sizes_of(t)[axis], i.dtype.name), i), axis=axis)


@number
def take_along_axis(x, indices, axis=None):
    t, i = T(x), T(indices)
    if axis is None:
        return take(tf.reshape(t, [-1]), tf.reshape(i, [-1]))
    i = T(i, "int32") if i.dtype.name != "int64" else i
    rank = len(t._shape_tuple)
    axis %= rank
    order = [a for a in range(rank) if a != axis] + [axis]
    t, i = tf.transpose(t, order), tf.transpose(i, order)
    lead = [builtins.max(a, b) for a, b in zip(t._shape_tuple[:-1], i._shape_tuple[:-1])]
    t, i = tf.broadcast_to(t, lead + [t._shape_tuple[-1]]), tf.broadcast_to(i, lead + [i._shape_tuple[-1]])
    i = tf.where(i < 0, i + T(t._shape_tuple[-1], i.dtype.name), i)
    return tf.transpose(tf.gather(t, i, axis=rank - 1, batch_dims=rank - 1), np.argsort(order).tolist())


@number
def where(condition, x1=None, x2=None):
    if (x1 is None) != (x2 is None):
        raise ValueError("`x1` and `x2` either both should be `None` or both should have non-None value.")
    if x1 is None:
        return nonzero(condition)
    return tf.where(T(condition, "bool"), *both(x1, x2))


@number
def select(condlist, choicelist, default=0):
    made = T(default)
    for c, v in reversed(list(zip(condlist, choicelist))):
        made = where(c, v, made)
    return made


@number
def nonzero(x):
    return list(tf.unstack(tf.cast(tf.where(T(x, "bool")), "int32"), axis=1))


@number
def unravel_index(indices, shape):
    i = T(indices)
    return tuple(T(part, i.dtype.name) for part in np.unravel_index(i.numpy() % int(np.prod(shape)), shape))


# ---- matrices ----


@number
def matmul(x1, x2):
    a, b = both(x1, x2)
    if a.dtype.name == "bool" or a.dtype.name in ("int8", "uint8", "int16", "uint16"):
        return T(matmul(T(a, "int32"), T(b, "int32")), a.dtype.name)
    ra, rb = len(a._shape_tuple), len(b._shape_tuple)
    if ra == 1 and rb == 1:
        return tf.tensordot(a, b, 1)
    if rb == 1:
        return tf.squeeze(tf.matmul(a, tf.expand_dims(b, -1)), [-1])
    return tf.squeeze(tf.matmul(tf.expand_dims(a, 0), b), [-2]) if ra == 1 else tf.tensordot(a, b, 1) if rb == 2 and ra > 2 else tf.matmul(a, b)


@number
def dot(x1, x2):
    a, b = both(x1, x2)
    ra, rb = len(a._shape_tuple), len(b._shape_tuple)
    return a * b if 0 in (ra, rb) else tf.tensordot(a, b, [[-1], [-1 if rb == 1 else -2]])


@number
def tensordot(x1, x2, axes=2):
    return tf.tensordot(*both(x1, x2), axes)


@number
def inner(x1, x2):
    a, b = both(x1, x2)
    return a * b if 0 in (len(a._shape_tuple), len(b._shape_tuple)) else tf.tensordot(a, b, [[-1], [-1]])


@number
def outer(x1, x2):
    a, b = both(x1, x2)
    return multiply(tf.reshape(a, [-1, 1]), tf.reshape(b, [-1]))


@number
def vdot(x1, x2):
    a, b = both(x1, x2)
    return tf.reduce_sum(tf.reshape(a, [-1]) * tf.reshape(b, [-1]))


@number
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    a, b = both(x1, x2)
    axisa, axisb, axisc = (axis,) * 3 if axis is not None else (axisa, axisb, axisc)
    a, b = (tf.unstack(moveaxis(t, i, -1), axis=-1) for t, i in ((a, axisa), (b, axisb)))
    if len(a) == len(b) == 2:
        return a[0] * b[1] - a[1] * b[0]
    a, b = (v + [tf.zeros_like(v[0])] if len(v) == 2 else v for v in (a, b))
    return moveaxis(tf.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], -1), -1, axisc)


@number
def kron(x1, x2):
    a, b = both(x1, x2)
    rank = builtins.max(len(a._shape_tuple), len(b._shape_tuple))
    (sa, sb) = ([1] * (rank - len(t._shape_tuple)) + list(sizes_of(t)) for t in (a, b))
    wide = tf.reshape(a, [n for d in sa for n in (d, 1)]) * tf.reshape(b, [n for d in sb for n in (1, d)])
    return tf.reshape(wide, [m * n for m, n in zip(sa, sb)])


def einsum(subscripts, *operands, **kwargs):
    return _einsum(list(operands), subscripts=subscripts)


def _einsum_of(operands, subscripts):
    kind = result_type(*(name_of(x) for x in operands))
    return T(tf.einsum(subscripts, *(T(x, kind) for x in operands)), kind)


_einsum_of.__name__ = "einsum"
_einsum = number(_einsum_of)
NUMPY["einsum"] = einsum


@number
def trace(x, offset=0, axis1=0, axis2=1):
    return _whole(diagonal(x, offset, axis1, axis2), lambda t: tf.reduce_sum(t, -1))


@number
def diagonal(x, offset=0, axis1=0, axis2=1):
    t = T(x)
    t = moveaxis(t, (axis1, axis2), (-2, -1))
    h, w = t._shape_tuple[-2:]
    n = builtins.max(builtins.min(h + builtins.min(offset, 0), w - builtins.max(offset, 0)), 0)
    first = offset if offset >= 0 else -offset * w
    return tf.gather(tf.reshape(t, list(sizes_of(t)[:-2]) + [h * w]), (first + np.arange(n) * (w + 1)).astype(np.int32), axis=-1)


@number
def diag(x, k=0):
    t = T(x)
    if len(t._shape_tuple) != 1:
        return diagonal(t, k)
    n = t._shape_tuple[0] + abs(k)
    i = np.arange(t._shape_tuple[0])
    return tf.scatter_nd(tf.constant(np.stack([i + builtins.max(-k, 0), i + builtins.max(k, 0)], 1).astype(np.int32)), t, [n, n])


@number
def diagflat(x, k=0):
    return diag(tf.reshape(T(x), [-1]), k)


@number
def tril(x, k=0):
    return _kept(x, k, np.tril)


@number
def triu(x, k=0):
    return _kept(x, k, np.triu)


def _kept(x, k, part):
    t = T(x)
    return tf.where(tf.constant(part(np.ones(t._shape_tuple[-2:], bool), k)), t, tf.zeros_like(t))


@number
def vander(x, N=None, increasing=False):
    t = T(x)
    if len(t._shape_tuple) != 1:
        raise ValueError("Input tensor must be 1-D. Received: x.shape=%s" % (t._shape_tuple,))
    kind = t.dtype.name
    powers = tf.range(t._shape_tuple[0] if N is None else N)
    made = tf.pow(tf.expand_dims(F(t), -1), tf.cast(powers if increasing else tf.reverse(powers, [0]), F(t).dtype))
    return T(made, kind)


@number
def corrcoef(x):
    t = F(x, True)
    t = tf.reshape(t, [1, -1]) if len(t._shape_tuple) == 1 else t
    t = t - tf.reduce_mean(t, -1, keepdims=True)
    c = tf.matmul(t, t, transpose_b=True)
    d = tf.sqrt(tf.linalg.diag_part(c))
    c = tf.clip_by_value(c / tf.expand_dims(d, -1) / d, -1.0, 1.0)
    return tf.squeeze(c)


@number
def correlate(x1, x2, mode="valid"):
    a, b = both(x1, x2, *(() if result_type(name_of(x1), name_of(x2)) != "int64" else ("float64",)))
    a, b = (v if v.dtype.is_floating else tf.cast(v, "float32") for v in (a, b))
    n, m = a._shape_tuple[0], b._shape_tuple[0]
    if mode != "valid":
        a = tf.pad(a, [[m - 1, m - 1]])
    elif n < m:
        return tf.reverse(correlate(b, a, mode), [0])
    made = tf.reshape(tf.nn.conv1d(tf.reshape(a, [1, -1, 1]), tf.reshape(b, [-1, 1, 1]), 1, "VALID"), [-1])
    if mode == "same":
        long, short = builtins.max(n, m), builtins.min(n, m)
        first = (short - 1) // 2 if n >= m else short // 2
        made = made[first : first + long]
    return made


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


@number
def rearrange(tensor, pattern, **axes_lengths):
    """einops' words: 'b (h w) c -> b h w c'."""
    t = T(tensor)
    left, right = (_parts(side) for side in pattern.split("->"))
    sizes = dict(axes_lengths)
    for group, n in zip(left, sizes_of(t)):
        free = [w for w in group if w not in sizes]
        if len(free) > 1:
            raise ValueError("The sizes of %s in %r are not known; give all but one" % (free, pattern))
        known = math.prod(sizes[w] for w in group if w in sizes)
        sizes.update((w, n // known) for w in free)
    names = [w for group in left for w in group]
    t = tf.transpose(tf.reshape(t, [sizes[w] for w in names]), [names.index(w) for group in right for w in group])
    return tf.reshape(t, [math.prod(sizes[w] for w in group) for group in right])


def _parts(side):
    made, open_ = [], False
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word in "()":
            open_ = word == "("
            made += [[]] if open_ else []
        elif open_:
            made[-1].append(word)
        else:
            made.append([word])
    return made


del nest
