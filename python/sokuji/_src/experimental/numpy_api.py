"""tf.experimental.numpy: NumPy's functions by name, arguments and promotion, over TensorFlow's operations, so that they are differentiable and work in functions.

What has no gradient and no operation (sorting out indices, splitting hairs) is NumPy's own on the values."""

import functools
import inspect
import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.experimental import tf

_settings = {"float32": False}


def _default_float():
    return np.float32 if _settings["float32"] else np.float64


def _np_type(dtype):
    """A NumPy dtype, from whatever names one; Python's own are the wide ones."""
    if dtype is None:
        return None
    dtype = dtype.as_numpy_dtype if isinstance(dtype, dtypes.DType) else dtype
    return _allowed(np.dtype(dtype))


def _allowed(kind):
    if _settings["float32"]:
        return {np.dtype(np.float64): np.dtype(np.float32), np.dtype(np.complex128): np.dtype(np.complex64)}.get(kind, kind)
    return kind


def result_type(*arrays_and_dtypes):
    """The dtype that all of them have room in, as NumPy says."""

    def one(x):
        if isinstance(x, _core.Handle):
            return np.dtype(x.dtype.as_numpy_dtype)
        if isinstance(x, dtypes.DType):
            return np.dtype(x.as_numpy_dtype)
        if isinstance(x, (bool, int, float, complex, np.dtype, type)) or hasattr(x, "dtype"):
            return x if not hasattr(x, "dtype") or isinstance(x, np.generic) else x.dtype
        flat = tf.nest.flatten(x)
        if flat and all(type(v) in (bool, int, float, complex) for v in flat):
            return sum(flat, flat[0] * 0) * 0 if type(flat[0]) is not bool or len(set(map(type, flat))) > 1 else flat[0]  # Python's numbers give way to arrays
        return np.asarray(x).dtype

    given = [one(x) for x in arrays_and_dtypes] or [_default_float()]
    return _allowed(np.result_type(*given))


def promote_types(type1, type2):
    return _allowed(np.promote_types(_np_type(type1), _np_type(type2)))


def array(val, dtype=None, copy=True, ndmin=0):
    """A tensor of that dtype; of Python's numbers, the wide ones."""
    kind = _np_type(dtype)
    if isinstance(val, _core.Handle):
        t = tf.convert_to_tensor(val)
    elif isinstance(val, (list, tuple)) and any(isinstance(v, _core.Handle) for v in tf.nest.flatten(val)):
        kind = kind or result_type(*tf.nest.flatten(val))
        t = tf.stack([array(v, kind) for v in val])
    else:
        found = np.asarray(val) if kind is None else np.asarray(val).astype(kind)
        t = tf.constant(found.astype(_allowed(found.dtype)))
    t = t if kind is None or t.dtype.as_numpy_dtype == kind.type else tf.cast(t, tf.as_dtype(kind.type))
    return tf.reshape(t, [1] * (ndmin - t.ndim) + list(t.shape)) if ndmin > t.ndim else tf.identity(t) if copy and isinstance(val, _core.Handle) else t


def asarray(a, dtype=None):
    return array(a, dtype, copy=False)


def _cast(t, kind):
    return tf.cast(t, tf.as_dtype(np.dtype(kind).type))


def _kind(t):
    return np.dtype(t.dtype.as_numpy_dtype)


def _floating(x):
    t = asarray(x)
    return t if _kind(t).kind in "fc" else _cast(t, _default_float())


def _both(a, b, is_float=False):
    kind = result_type(a, b)
    kind = np.dtype(_default_float()) if is_float and kind.kind not in "fc" else kind
    return asarray(a, kind), asarray(b, kind)


def _unary(function, is_float=True):
    return lambda x: function(_floating(x) if is_float else asarray(x))


def _binary(function, is_float=False):
    return lambda x1, x2: function(*_both(x1, x2, is_float))


def _ints(function):
    """Also for bools, as integers."""

    def call(x1, x2):
        a, b = _both(x1, x2)
        return function(_cast(a, np.int8), _cast(b, np.int8)) if _kind(a) == bool else function(a, b)

    return call


def _bools(function):
    return lambda *x: function(*(tf.cast(asarray(v), tf.bool) for v in x))


def add(x1, x2):
    a, b = _both(x1, x2)
    return tf.logical_or(a, b) if _kind(a) == bool else tf.add(a, b)


def multiply(x1, x2):
    a, b = _both(x1, x2)
    return tf.logical_and(a, b) if _kind(a) == bool else tf.multiply(a, b)


def _extreme(of_bools, function):
    def extreme(x1, x2):
        a, b = _both(x1, x2)
        if _kind(a) == bool:
            return of_bools(a, b)
        made = function(a, b)
        return made if _kind(a).kind != "f" else tf.where(tf.math.is_nan(a) | tf.math.is_nan(b), tf.constant(np.nan, a.dtype), made)

    return extreme


def power(x1, x2):
    return tf.pow(*_both(x1, x2))


def matmul(x1, x2):
    a, b = _both(x1, x2)
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: Input operand does not have enough dimensions (scalars are multiplied with multiply)")
    rows, columns = a.ndim == 1, b.ndim == 1
    try:
        made = tf.matmul(a[None] if rows else a, b[:, None] if columns else b)
    except errors.InvalidArgumentError as error:
        raise ValueError(str(error)) from None
    made = tf.squeeze(made, [-1]) if columns else made
    return tf.squeeze(made, [-1 if columns else -2]) if rows else made


def dot(a, b):
    a, b = _both(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    return tf.tensordot(a, b, [[a.ndim - 1], [max(b.ndim - 2, 0)]])


def inner(a, b):
    a, b = _both(a, b)
    return a * b if not a.ndim or not b.ndim else tf.tensordot(a, b, [[-1], [-1]])


def outer(a, b):
    a, b = _both(a, b)
    return tf.reshape(a, [-1, 1]) * tf.reshape(b, [-1])


def vdot(a, b):
    a, b = _both(a, b)
    return tf.tensordot(tf.reshape(conj(a), [-1]), tf.reshape(b, [-1]), 1)


def conj(x):
    t = asarray(x)
    return tf.math.conj(t) if t.dtype.is_complex else t


def tensordot(a, b, axes=2):
    return tf.tensordot(*_both(a, b), axes)


def einsum(subscripts, *operands, **kwargs):
    kind = result_type(*operands)
    return tf.einsum(subscripts, *(asarray(o, kind) for o in operands))


def kron(a, b):
    a, b = _both(a, b)
    n = max(a.ndim, b.ndim)
    a, b = (tf.reshape(t, [1] * (n - t.ndim) + list(t.shape)) for t in (a, b))
    left = tf.reshape(a, [d for s in a.shape for d in (s, 1)])
    right = tf.reshape(b, [d for s in b.shape for d in (1, s)])
    return tf.reshape(left * right, [p * q for p, q in zip(a.shape, b.shape)])


# ---- reductions ----


def _summing(function, to_float=False):
    def reduce(a, axis=None, dtype=None, keepdims=None):
        kind = _np_type(dtype)
        t = asarray(a, kind)
        if kind is None and _kind(t).kind in "iub":
            kind = np.dtype(_default_float()) if to_float else np.promote_types(_kind(t), np.uint64 if _kind(t).kind == "u" else np.int64)
            t = _cast(t, kind)
        return function(t, axis, bool(keepdims))

    return reduce


def _choosing(function, of_bools):
    def reduce(a, axis=None, keepdims=None):
        t = asarray(a)
        return of_bools(t, axis, bool(keepdims)) if _kind(t) == bool else function(t, axis, bool(keepdims))

    return reduce


sum_, prod, mean = (_summing(lambda t, axis, keep, f=f: getattr(tf, f)(t, axis, keep), f == "reduce_mean") for f in ("reduce_sum", "reduce_prod", "reduce_mean"))
max_ = _choosing(lambda *a: tf.reduce_max(*a), lambda *a: tf.reduce_any(*a))
min_ = _choosing(lambda *a: tf.reduce_min(*a), lambda *a: tf.reduce_all(*a))


def all_(a, axis=None, keepdims=None):
    return tf.reduce_all(tf.cast(asarray(a), tf.bool), axis, bool(keepdims))


def any_(a, axis=None, keepdims=None):
    return tf.reduce_any(tf.cast(asarray(a), tf.bool), axis, bool(keepdims))


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=None):
    kind = _np_type(dtype)
    t = _floating(a if kind is None else asarray(a, kind))
    apart = t - tf.reduce_mean(t, axis, True)
    square = tf.math.real(apart * tf.math.conj(apart)) if t.dtype.is_complex else tf.square(apart)
    total = tf.reduce_sum(square, axis, bool(keepdims))
    return total / tf.cast(int(np.prod([t.shape[i] for i in _axes(axis, t.ndim)])) - ddof, total.dtype)


def _axes(axis, rank):
    return range(rank) if axis is None else [i % rank for i in (axis if isinstance(axis, (tuple, list)) else [axis])]


def std(a, axis=None, keepdims=None):
    return tf.sqrt(var(a, axis, keepdims=keepdims))


def average(a, axis=None, weights=None, returned=False):
    t = _floating(a)
    if weights is None:
        made = tf.reduce_mean(t, axis)
        scale = tf.ones_like(made) * tf.cast(int(np.prod([t.shape[i] for i in _axes(axis, t.ndim)])), t.dtype)
    else:
        w = _floating(weights)
        t, w = _both(t, w)
        w = tf.reshape(w, [-1 if i == axis % t.ndim else 1 for i in range(t.ndim)]) if axis is not None and w.shape != t.shape else w
        w = tf.broadcast_to(w, t.shape)
        scale = tf.reduce_sum(w, axis)
        made = tf.reduce_sum(t * w, axis) / scale
    return (made, scale) if returned else made


def _without_nans(fill, reduce):
    def call(a, axis=None, dtype=None, keepdims=None):
        t = asarray(a, dtype)
        return reduce(tf.where(tf.math.is_nan(t), tf.constant(fill, t.dtype), t) if _kind(t).kind == "f" else t, axis, None, keepdims)

    return call


def nanmean(a, axis=None, dtype=None, keepdims=None):
    t = asarray(a, dtype)
    if _kind(t).kind != "f":
        return mean(t, axis, None, keepdims)
    return nansum(t, axis, None, keepdims) / tf.reduce_sum(tf.cast(~tf.math.is_nan(t), t.dtype), axis, bool(keepdims))


nansum, nanprod = _without_nans(0.0, sum_), _without_nans(1.0, prod)


def ptp(a, axis=None, keepdims=None):
    return max_(a, axis, keepdims) - min_(a, axis, keepdims)


def _running(function):
    def call(a, axis=None, dtype=None):
        kind, t = _np_type(dtype), asarray(a, dtype)
        if kind is None and _kind(t).kind in "iub":
            t = _cast(t, np.promote_types(_kind(t), np.uint64 if _kind(t).kind == "u" else np.int64))
        return function(tf.reshape(t, [-1]), 0) if axis is None else function(t, axis)

    return call


def count_nonzero(a, axis=None):
    return tf.math.count_nonzero(asarray(a), axis)


def _arg(function):
    def call(a, axis=None):
        t = asarray(a)
        t = _cast(t, np.int8) if _kind(t) == bool else t
        return function(tf.reshape(t, [-1]), 0) if axis is None else function(t, axis)

    return call


# ---- making ----


def _shape(shape):
    shape = shape.numpy().tolist() if isinstance(shape, _core.EagerTensor) else shape
    return [int(shape)] if isinstance(shape, (int, np.integer)) else [d if isinstance(d, _core.Handle) else int(d) for d in shape]


def full(shape, fill_value, dtype=None):
    return tf.broadcast_to(asarray(fill_value, dtype), _shape(shape))


def zeros(shape, dtype=float):
    return full(shape, 0, dtype)


def ones(shape, dtype=float):
    return full(shape, 1, dtype)


def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None):
    t = asarray(a)
    return tf.broadcast_to(asarray(fill_value, _kind(t) if dtype is None else dtype), tf.shape(t) if shape is None else _shape(shape))


def eye(N, M=None, k=0, dtype=float):
    return asarray(np.eye(N, M, k), dtype)


def arange(start, stop=None, step=1, dtype=None):
    """From start up to stop; of integers, int64."""
    if not step:
        raise ValueError("step must be non-zero")
    start, stop = (0, start) if stop is None else (start, stop)
    kind = result_type(start, stop, step) if dtype is None else _np_type(dtype)
    if any(isinstance(v, _core.SymbolicTensor) for v in (start, stop, step)):
        return tf.range(*(asarray(v, kind) for v in (start, stop, step)))
    values = [v.numpy() if isinstance(v, _core.Handle) else v for v in (start, stop, step)]
    return tf.constant(np.arange(*values, dtype=kind))


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=float, axis=0):
    start, stop = _both(start, stop, True)
    n = num - 1 if endpoint else num
    step = (stop - start) / tf.cast(n, start.dtype) if n else tf.constant(np.nan, start.dtype)
    rows = tf.reshape(tf.range(num, dtype=start.dtype), [num] + [1] * start.ndim)
    made = start[None] + rows * step if n else tf.broadcast_to(start[None], [num, *start.shape])
    made = _cast(moveaxis(made, 0, axis), _np_type(dtype)) if dtype else moveaxis(made, 0, axis)
    return (made, step) if retstep else made


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    made = tf.pow(asarray(base, float), linspace(start, stop, num, endpoint, axis=axis))
    return made if dtype is None else _cast(made, _np_type(dtype))


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    start, stop = _both(start, stop, True)
    made = tf.exp(linspace(tf.math.log(tf.abs(start)), tf.math.log(tf.abs(stop)), num, endpoint, dtype=None, axis=axis)) * tf.sign(start)
    return made if dtype is None else _cast(made, _np_type(dtype))


def meshgrid(*xi, **kwargs):
    if kwargs.pop("sparse", False) or not kwargs.pop("copy", True):
        raise ValueError("meshgrid doesn't support returning sparse arrays or views")
    return tf.meshgrid(*map(asarray, xi), **kwargs)


def tri(N, M=None, k=0, dtype=None):
    return asarray(np.tri(N, M, k), dtype or float)


def _triangle(which):
    def cut(m, k=0):
        t = asarray(m)
        mask = getattr(np, which)(np.ones(t.shape[-2:], bool), k)
        return tf.where(mask, t, tf.zeros_like(t))

    return cut


# ---- shapes ----


def reshape(a, newshape, order="C"):
    t = asarray(a)
    if order == "F":
        return transpose(tf.reshape(transpose(t), _shape(newshape)[::-1]))
    return tf.reshape(t, newshape if isinstance(newshape, _core.Handle) else _shape(newshape))


def ravel(a, order="C"):
    return reshape(a, [-1], order)


def transpose(a, axes=None):
    return tf.transpose(asarray(a), None if axes is None else list(axes))


def moveaxis(a, source, destination):
    t = asarray(a)
    source, destination = (list(_axes(v, t.ndim)) for v in (source, destination))
    order = [i for i in range(t.ndim) if i not in source]
    for to, which in sorted(zip(destination, source)):
        order.insert(to, which)
    return tf.transpose(t, order)


def swapaxes(a, axis1, axis2):
    t = asarray(a)
    order = list(range(t.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return tf.transpose(t, order)


def expand_dims(a, axis):
    t = asarray(a)
    axes = axis if isinstance(axis, (tuple, list)) else [axis]
    for i in sorted(i % (t.ndim + len(axes)) for i in axes):
        t = tf.expand_dims(t, i)
    return t


def squeeze(a, axis=None):
    return tf.squeeze(asarray(a), axis)


def flip(m, axis=None):
    t = asarray(m)
    return tf.reverse(t, list(_axes(axis, t.ndim)))


def roll(a, shift, axis=None):
    t = asarray(a)
    return tf.reshape(tf.roll(tf.reshape(t, [-1]), shift, 0), t.shape) if axis is None else tf.roll(t, shift, axis)


def rot90(m, k=1, axes=(0, 1)):
    t, k = asarray(m), k % 4
    if k == 2:
        return flip(t, axes)
    return t if not k else swapaxes(flip(t, axes[1]), *axes) if k == 1 else flip(swapaxes(t, *axes), axes[1])


def _alike(arys):
    if isinstance(arys, _core.Handle):
        arys = tf.unstack(arys)
    kind = result_type(*arys)
    return [asarray(a, kind) for a in arys]


def concatenate(arys, axis=0):
    made = _alike(arys)
    return tf.concat([tf.reshape(t, [-1]) for t in made], 0) if axis is None else tf.concat(made, axis)


def stack(arrays, axis=0):
    if isinstance(arrays, _core.Handle):
        arrays = asarray(arrays)
        return arrays if axis == 0 else swapaxes(arrays, 0, axis)
    return tf.stack(_alike(arrays), axis)


def append(arr, values, axis=None):
    return concatenate([arr, values], axis)


def _deep(n):
    def call(*arys):
        made = []
        for t in map(asarray, arys):
            lead = {1: [-1], 2: [1, -1], 3: [1, -1, 1]}[n]
            shape = list(t.shape) if t.ndim >= n else [*t.shape, 1] if (n, t.ndim) == (3, 2) else lead if t.ndim else [1] * n
            made.append(tf.reshape(t, shape))
        return made[0] if len(made) == 1 else made

    return call


atleast_1d, atleast_2d, atleast_3d = _deep(1), _deep(2), _deep(3)


def hstack(tup):
    made = [atleast_1d(t) for t in _alike(tup)]
    return tf.concat(made, 0 if made[0].ndim == 1 else 1)


def vstack(tup):
    return tf.concat([atleast_2d(t) for t in _alike(tup)], 0)


def dstack(tup):
    return tf.concat([atleast_3d(t) for t in _alike(tup)], 2)


def split(ary, indices_or_sections, axis=0):
    t = asarray(ary)
    if isinstance(indices_or_sections, (int, np.integer)):
        return tf.split(t, int(indices_or_sections), axis)
    ends = [0, *(int(i) for i in indices_or_sections), t.shape[axis]]
    return tf.split(t, [b - a for a, b in zip(ends, ends[1:])], axis)


def broadcast_arrays(*args, **kwargs):
    made = [asarray(a) for a in args]
    shape = np.broadcast_shapes(*(tuple(t.shape) for t in made))
    return [tf.broadcast_to(t, shape) for t in made]


def tile(a, reps):
    t, reps = asarray(a), _shape(reps)
    n = max(t.ndim, len(reps))
    return tf.tile(tf.reshape(t, [1] * (n - t.ndim) + list(t.shape)), [1] * (n - len(reps)) + reps)


def repeat(a, repeats, axis=None):
    t = asarray(a)
    return tf.repeat(tf.reshape(t, [-1]), repeats, 0) if axis is None else tf.repeat(t, repeats, axis)


def pad(array, pad_width, mode, **kwargs):
    t = asarray(array)
    widths = np.broadcast_to(np.asarray(pad_width), [t.ndim, 2]).tolist()
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError("Unsupported padding mode: %s" % mode)
    return tf.pad(t, widths, mode, constant_values=kwargs.get("constant_values", 0)) if mode == "constant" else tf.pad(t, widths, mode)


def diag(v, k=0):
    t = asarray(v)
    if t.ndim == 1:
        return tf.linalg.diag(t, k=k, num_rows=t.shape[0] + abs(k), num_cols=t.shape[0] + abs(k)) if k else tf.linalg.diag(t)
    return diagonal(t, k)


def diagonal(a, offset=0, axis1=0, axis2=1):
    t = moveaxis(a, (axis1, axis2), (-2, -1))
    n, m = t.shape[-2:]
    flat = tf.reshape(t, [*t.shape[:-2], n * m])
    places = [i * m + i + offset for i in range(n) if 0 <= i + offset < m]
    return tf.gather(flat, places, axis=-1)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    return sum_(diagonal(a, offset, axis1, axis2), -1, dtype)


# ---- choosing ----


def where(condition, x=None, y=None):
    condition = tf.cast(asarray(condition), tf.bool)
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("Both x and y must be ndarrays, or both must be None.")
    return tf.where(condition, *_both(x, y))


def nonzero(a):
    t = atleast_1d(a)
    return tf.unstack(tf.where(tf.cast(t, tf.bool)), t.ndim, axis=1)


def select(condlist, choicelist, default=0):
    made = default
    for condition, choice in reversed(list(zip(condlist, choicelist))):
        made = where(condition, choice, made)
    return made


def take(a, indices, axis=None, out=None, mode="clip"):
    t, i = asarray(a), asarray(indices)
    t, axis = (tf.reshape(t, [-1]), 0) if axis is None else (t, axis)
    n = tf.cast(t.shape[axis], i.dtype)
    return tf.gather(t, tf.math.floormod(i, n) if mode == "wrap" else tf.clip_by_value(i, tf.zeros_like(n), n - 1), axis=axis)


def take_along_axis(arr, indices, axis):
    t, i = asarray(arr), asarray(indices)
    if axis is None:
        return tf.gather(tf.reshape(t, [-1]), i)
    axis %= t.ndim
    order = [*(k for k in range(t.ndim) if k != axis), axis]
    back = [order.index(k) for k in range(t.ndim)]
    t, i = tf.transpose(t, order), tf.transpose(i, order)
    lead = [max(p, q) for p, q in zip(t.shape[:-1], i.shape[:-1])]
    t, i = tf.broadcast_to(t, [*lead, t.shape[-1]]), tf.broadcast_to(i, [*lead, i.shape[-1]])
    i = tf.where(i < 0, i + tf.cast(t.shape[-1], i.dtype), i)
    return tf.transpose(tf.gather(t, i, batch_dims=t.ndim - 1), back)


def clip(a, a_min, a_max):
    t = asarray(a)
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    t = t if a_min is None else tf.maximum(*_both(t, a_min))
    return t if a_max is None else tf.minimum(*_both(t, a_max))


def sort(a, axis=-1, kind="quicksort", order=None):
    t = asarray(a)
    return tf.sort(tf.reshape(t, [-1]), 0) if axis is None else tf.sort(t, axis)


def argsort(a, axis=-1, kind="quicksort", order=None):
    t = asarray(a)
    return _cast(tf.argsort(tf.reshape(t, [-1]), 0, stable=True) if axis is None else tf.argsort(t, axis, stable=kind == "stable"), np.int64)


# ---- others ----


def around(a, decimals=0):
    t = asarray(a)
    if _kind(t).kind in "iub":
        return t if decimals >= 0 else _cast(around(_cast(t, np.float64), decimals), _kind(t))
    return tf.round(t * 10.0**decimals) / 10.0**decimals if decimals else tf.round(t)


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    a, b = _both(a, b)
    if _kind(a).kind not in "fc":
        return tf.equal(a, b)
    near = tf.abs(a - b) <= tf.cast(atol, a.dtype) + tf.cast(rtol, a.dtype) * tf.abs(b)
    made = tf.where(tf.math.is_finite(a) & tf.math.is_finite(b), near, tf.equal(a, b))
    return made | (tf.math.is_nan(a) & tf.math.is_nan(b)) if equal_nan else made


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return tf.reduce_all(isclose(a, b, rtol, atol, equal_nan))


def array_equal(a1, a2):
    a, b = _both(a1, a2)
    return tf.constant(False) if a.shape != b.shape else tf.reduce_all(tf.equal(a, b))


def diff(a, n=1, axis=-1):
    t = asarray(a)
    for _ in range(n):
        before, after = ([slice(None)] * t.ndim for _ in range(2))
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        t = (not_equal if _kind(t) == bool else tf.subtract)(t[tuple(after)], t[tuple(before)])
    return t


def polyval(p, x):
    p, x = _both(p, x)
    made = tf.zeros_like(x)
    for c in tf.unstack(p):
        made = made * x + c
    return made


def logaddexp(x1, x2):
    a, b = _both(x1, x2, True)
    return tf.maximum(a, b) + tf.math.log1p(tf.exp(-tf.abs(a - b)))


def heaviside(x1, x2):
    a, b = _both(x1, x2, True)
    return tf.where(tf.math.is_nan(a), a, tf.where(a > 0, tf.ones_like(a), tf.where(a < 0, tf.zeros_like(a), b)))


def angle(z, deg=False):
    t = asarray(z)
    made = tf.math.angle(t) if t.dtype.is_complex else tf.where(_floating(t) < 0, tf.constant(math.pi, _floating(t).dtype), tf.zeros_like(_floating(t)))
    return made * (180 / math.pi) if deg else made


def shape(a):
    return asarray(a).shape


def size(x, axis=None):
    t = asarray(x)
    return int(np.prod(t.shape)) if axis is None else int(np.prod([t.shape[i] for i in _axes(axis, t.ndim)]))


def _plainly(name):
    """NumPy's own function of the values; no gradient."""
    function = getattr(np, name)

    def call(*arguments, **keywords):
        flat = tf.nest.flatten([arguments, keywords])
        if any(isinstance(v, _core.SymbolicTensor) for v in flat):
            raise NotImplementedError("not implemented: tf.experimental.numpy.%s in functions; call it outside" % name)
        arguments, keywords = tf.nest.map_structure(lambda v: np.asarray(v) if isinstance(v, _core.Handle) else v, [arguments, keywords])
        made = function(*arguments, **keywords)
        return [asarray(m) for m in made] if isinstance(made, (tuple, list)) else asarray(made)

    call.__name__ = name
    return call


def not_equal(x1, x2):
    return tf.not_equal(*_both(x1, x2))


def sign(x, out=None, where=None, **kwargs):
    if out is not None or where is not None or kwargs:
        raise ValueError("tf.numpy doesn't support setting out, where or %s" % sorted(kwargs))
    return tf.sign(asarray(x))


_FLOATS = """exp expm1:math.expm1 log:math.log log1p:math.log1p sqrt sin cos tan sinh cosh tanh arcsin:asin arccos:acos arctan:atan arcsinh:asinh arccosh:acosh arctanh:atanh
reciprocal:math.reciprocal ceil:math.ceil floor"""
_PAIRS = "subtract less less_equal greater greater_equal equal"


def _of(path):
    return lambda *arguments: functools.reduce(getattr, path.split("."), tf)(*arguments)


def _names():
    made = {}
    for word in _FLOATS.split():
        name, _, path = word.partition(":")
        made[name] = _unary(_of(path or name), name != "reciprocal")
    for name in _PAIRS.split():
        made[name] = _binary(_of(name))
    made.update({name: _binary(_of("bitwise." + name)) for name in ("bitwise_and", "bitwise_or", "bitwise_xor")})
    made.update({name: _bools(_of(name)) for name in ("logical_and", "logical_or", "logical_not")}, logical_xor=_bools(_of("math.logical_xor")))
    log = lambda base: _unary(lambda t: tf.math.log(t) / tf.cast(math.log(base), t.dtype))  # noqa: E731
    scaled = lambda factor: _unary(lambda t: t * factor)  # noqa: E731
    made.update(
        log2=log(2), log10=log(10), exp2=_unary(lambda t: tf.pow(tf.cast(2, t.dtype), t)), cbrt=_unary(lambda t: tf.sign(t) * tf.pow(tf.abs(t), 1 / 3)),
        deg2rad=scaled(math.pi / 180), rad2deg=scaled(180 / math.pi), sinc=_unary(lambda t: tf.where(t == 0, tf.ones_like(t), tf.sin(math.pi * t) / (math.pi * tf.where(
            t == 0, tf.ones_like(t), t)))), fabs=_unary(_of("abs"), False), fix=_unary(lambda t: tf.where(t < 0, tf.math.ceil(t), tf.floor(t))),
        square=_unary(_of("square"), False), negative=_unary(_of("negative"), False), positive=_unary(_of("identity"), False), absolute=_unary(_of("abs"), False),
        bitwise_not=_unary(lambda t: tf.logical_not(t) if _kind(t) == bool else tf.bitwise.invert(t), False), isnan=_unary(_of("math.is_nan")),
        isinf=_unary(_of("math.is_inf")), isfinite=_unary(_of("math.is_finite")), isposinf=_unary(lambda t: t == np.inf), isneginf=_unary(lambda t: t == -np.inf),
        signbit=_unary(lambda t: tf.constant(np.signbit(np.asarray(t))), False), real=_unary(lambda t: tf.math.real(t) if t.dtype.is_complex else t, False),
        imag=_unary(lambda t: tf.math.imag(t) if t.dtype.is_complex else tf.zeros_like(t), False), arctan2=_binary(_of("atan2"), True),
        true_divide=_binary(_of("truediv"), True), divide=_binary(_of("truediv"), True), floor_divide=_ints(_of("math.floordiv")), mod=_ints(_of("math.floormod")),
        float_power=power, hypot=lambda x1, x2: tf.sqrt(add(*(tf.square(_floating(v)) for v in (x1, x2)))),
        maximum=_extreme(_of("logical_or"), _of("maximum")), minimum=_extreme(_of("logical_and"), _of("minimum")), nextafter=_binary(_of("math.nextafter"), True),
        logaddexp2=lambda x1, x2: logaddexp(*(v * tf.cast(math.log(2), v.dtype) for v in _both(x1, x2, True))) / math.log(2),
        divmod=lambda x1, x2: (made["floor_divide"](x1, x2), made["mod"](x1, x2)), cumsum=_running(_of("cumsum")), cumprod=_running(_of("math.cumprod")),
        argmax=_arg(_of("argmax")), argmin=_arg(_of("argmin")), tril=_triangle("tril"), triu=_triangle("triu"), zeros_like=lambda a, dtype=None: full_like(a, 0, dtype),
        ones_like=lambda a, dtype=None: full_like(a, 1, dtype), empty=zeros, identity=lambda n, dtype=float: eye(n, dtype=dtype), copy=lambda a: array(a, copy=True),
        sum=sum_, max=max_, min=min_, all=all_, any=any_, amax=lambda a, axis=None, out=None, keepdims=None: max_(a, axis, keepdims),
        amin=lambda a, axis=None, out=None, keepdims=None: min_(a, axis, keepdims), fliplr=lambda m: flip(m, 1), flipud=lambda m: flip(m, 0),
        hsplit=lambda ary, i: split(ary, i, 0 if asarray(ary).ndim == 1 else 1), vsplit=lambda ary, i: split(ary, i, 0), dsplit=lambda ary, i: split(ary, i, 2),
        broadcast_to=lambda array, shape: full(shape, array), ndim=lambda a: asarray(a).ndim, isscalar=lambda num: np.ndim(num) == 0, flatten=ravel, round=around,
        iscomplexobj=lambda x: asarray(x).dtype.is_complex, isrealobj=lambda x: not asarray(x).dtype.is_complex, diagflat=lambda v, k=0: diag(ravel(v), k),
        iscomplex=lambda x: made["imag"](x) != 0, isreal=lambda x: made["imag"](x) == 0, compress=lambda condition, a, axis=None: tf.boolean_mask(
            ravel(a) if axis is None else asarray(a), np.asarray(condition, bool), axis=axis or 0), mean=lambda a, axis=None, dtype=None, out=None, keepdims=None: mean(
            a, axis, dtype, keepdims))  # fmt: skip
    made.update(abs=made["absolute"], remainder=made["mod"], conjugate=conj, asanyarray=asarray, ascontiguousarray=asarray, empty_like=made["zeros_like"])
    made.update({name: _plainly(name) for name in ("gcd", "lcm", "cross", "vander", "ix_", "diag_indices")})
    made["result_type"] = lambda *arrays_and_dtypes: tf.as_dtype(result_type(*arrays_and_dtypes).type)
    own = """promote_types array asarray add multiply power matmul dot inner outer vdot conj tensordot einsum kron prod var std average nansum nanprod nanmean
    ptp count_nonzero full zeros ones full_like eye arange linspace logspace geomspace meshgrid tri reshape ravel transpose moveaxis swapaxes expand_dims squeeze flip roll
    rot90 concatenate stack append atleast_1d atleast_2d atleast_3d hstack vstack dstack split broadcast_arrays tile repeat pad diag diagonal trace where nonzero select take
    take_along_axis clip sort argsort around isclose allclose array_equal diff polyval logaddexp heaviside angle shape size not_equal sign"""
    made.update({name: globals()[name] for name in own.split()})
    made.update({name: getattr(np, name) for name in "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128 inexact bool_ object_ finfo iinfo issubdtype".split()})
    made.update(float_=np.float64, int_=np.int64, complex_=np.complex128, string_=np.bytes_, unicode_=np.str_, newaxis=None, pi=np.pi, e=np.e, inf=np.inf, ndarray=_core.Tensor,
                experimental_enable_numpy_behavior=enable)  # fmt: skip
    return _explained(made)


def _explained(made, of=np):
    """What NumPy's function of the name says of itself first, for those that say nothing."""
    for name, function in made.items():
        if callable(function) and not function.__doc__:
            name = function.__name__ if hasattr(of, function.__name__) else function.__name__.strip("_") if hasattr(of, function.__name__.strip("_")) else name
            said = [p for p in (inspect.getdoc(getattr(of, name, None)) or "").split("\n\n") if not p.startswith(name + "(")] if hasattr(of, name) else []
            function.__doc__ = "NumPy's %s, of tensors. %s" % (name, said[0].replace("\n", " ") if said else "")
    return made


# ---- tf.experimental.numpy.random ----


def _seed(s):
    tf.random.set_seed(int(s))


def _uniform(low=0.0, high=1.0, size=None):
    low, high = (asarray(v, _default_float()) for v in (low, high))
    shape = np.broadcast_shapes(tuple(low.shape), tuple(high.shape)) if size is None else _shape(size)
    return tf.random.uniform(shape, dtype=low.dtype) * (high - low) + low


def _normal(size=None):
    return tf.random.normal([] if size is None else _shape(size), dtype=tf.as_dtype(_default_float()))


def _randint(low, high=None, size=None, dtype=np.int64):
    low, high = (0, low) if high is None else (low, high)
    kind = tf.as_dtype(_np_type(dtype).type)
    made = tf.random.uniform([] if size is None else _shape(size), int(low), int(high), kind if kind in (tf.int32, tf.int64) else tf.int64)
    return tf.cast(made, kind)


RANDOM = {"seed": _seed, "uniform": _uniform, "standard_normal": _normal, "randn": lambda *args: _normal(args), "rand": lambda *size: _uniform(0.0, 1.0, size),
          "random": lambda size=None: _uniform(0.0, 1.0, size), "randint": _randint,
          "poisson": lambda lam=1.0, size=None: tf.random.poisson([] if size is None else _shape(size), lam, tf.int32)}  # fmt: skip
_explained(RANDOM, np.random)

# ---- operators and methods as NumPy's ----

_OPERATORS = {"Add": add, "Mul": multiply, "MatMul": matmul, "Pow": power}
_PLAIN = {"Sub": "subtract", "RealDiv": "true_divide", "FloorDiv": "floor_divide", "FloorMod": "mod", "Less": "less", "LessEqual": "less_equal", "Greater": "greater",
          "GreaterEqual": "greater_equal", "Equal": "equal", "NotEqual": "not_equal"}  # fmt: skip
_busy = []


def _promoted(op, a, b):
    """The core's hook: operands of several dtypes get one that has room for both."""
    kinds = [x.dtype if isinstance(x, _core.Handle) else None for x in (a, b)]
    if _busy or (kinds[0] is not None and kinds[0] is kinds[1]) or not all(
            k is not None or isinstance(x, (bool, int, float, complex, list, tuple, np.ndarray, np.generic)) for k, x in zip(kinds, (a, b))):  # fmt: skip
        return NotImplemented
    if any(k is not None and k.is_floating for k in kinds) and any(type(x) in (int, float) for x in (a, b)):
        return NotImplemented
    function = _OPERATORS.get(op) or (NAMES[_PLAIN[op]] if op in _PLAIN else None)
    if function is None or any(k is not None and k._number == 7 for k in kinds):
        return NotImplemented
    _busy.append(op)
    try:
        return function(a, b)
    finally:
        _busy.pop()


def enable(prefer_float32=False, dtype_conversion_mode="legacy"):
    """Gives tensors NumPy's methods, and operators NumPy's promotion."""
    if dtype_conversion_mode not in ("legacy", "off"):
        raise NotImplementedError("not implemented: experimental_enable_numpy_behavior(dtype_conversion_mode=%r); use 'legacy'" % (dtype_conversion_mode,))
    _settings["float32"] = bool(prefer_float32)
    _core.set_hook("promote", _promoted if dtype_conversion_mode == "legacy" else None)
    for name in "astype reshape ravel clip".split():
        _core.extend(name, {"astype": lambda self, dtype: asarray(self, dtype), "reshape": lambda self, *a, **k: reshape(self, a[0] if len(a) == 1 else a, **k), "ravel": ravel,
                            "clip": clip}[name])  # fmt: skip
    _core.extend("transpose", lambda self, *axes: transpose(self, (axes[0] if axes and isinstance(axes[0], (tuple, list)) else axes) or None))
    for name, function in (("T", transpose), ("size", size), ("data", lambda self: self)):
        _core.extend(name, property(function))
    for name, function in (("max", max_), ("min", min_), ("mean", mean), ("__round__", around), ("tolist", lambda self: self.numpy().tolist())):
        _core.extend(name, (lambda f: lambda self, *a, **k: f(self, *a, **k))(function))


NAMES = _names()
