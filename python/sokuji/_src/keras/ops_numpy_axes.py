"""keras.ops over axes: sums, extremes, running values, quantiles, orders and counts."""

import numpy as np

from sokuji._src.keras.ops_core import F, NUMPY, T, both, plain, sizes_of, tf
from sokuji._src.keras.ops_numpy import _axes, _made, number
from sokuji._src.keras.ops_numpy_shapes import take


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
