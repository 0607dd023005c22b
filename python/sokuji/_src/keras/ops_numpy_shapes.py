"""keras.ops of shapes, places and matrices."""

import builtins
import math

import numpy as np

from sokuji._src.keras.ops_core import F, NUMPY, T, both, name_of, result_type, sizes_of, tf
from sokuji._src.keras.ops_numpy import _axes, _made, multiply, number


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
    return NUMPY["sum"](diagonal(x, offset, axis1, axis2), -1)


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
