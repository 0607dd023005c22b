"""Functions that make, join, split and move tensors, where TensorFlow's signature is more than one operation's."""


import math

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, shapes
from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core.execute import axis_of, check_fits, convert, execute, ints, invalid, number, run, same_dtype, sizes, tensor
from sokuji._src.ops import functions

newaxis = None
_in_graph = None  # the module with the forms that these functions have in graphs, once there is one


def _scalar(value, dtype):
    return convert(value, number(dtype))


def ones(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of ones."""
    if _in_graph is not None and _in_graph.building() is not None:
        return _in_graph.ones(shape, dtype, name)
    return run("Fill", sizes(shape), _scalar(True if dtype == dtypes.bool else 1, dtype))


def _zero(dtype):
    return _scalar("" if dtype is dtypes.string else False if dtype is dtypes.bool else 0, dtype)


def zeros(shape, dtype=dtypes.float32, name=None, layout=None):
    """A tensor of zeros (empty strings, false)."""
    if _in_graph is not None and _in_graph.building() is not None:
        return _in_graph.zeros(shape, dtype, name)
    dtype = dtypes.as_dtype(dtype)
    return run("Fill", sizes(shape), _zero(dtype))


def _like(op, value, dtype):
    t = tensor(value)
    if t._shape_tuple is None or None in t._shape_tuple:
        wanted = t.dtype if dtype is None else dtypes.as_dtype(dtype)
        return (zeros if op == "ZerosLike" else ones)(run("Shape", t), wanted) if wanted is not t.dtype or t._dtype_number == 7 else run(op, t)
    if dtype is not None and dtypes.as_dtype(dtype) is not t.dtype:
        return (zeros if op == "ZerosLike" else ones)(t._shape_tuple, dtype)
    return zeros(t._shape_tuple, t.dtype) if t._dtype_number == 7 else run(op, t)


def zeros_like(tensor, dtype=None, name=None, optimize=True):
    """Zeros of the tensor's shape."""
    return _like("ZerosLike", tensor, dtype)


def ones_like(tensor, dtype=None, name=None, optimize=True):
    """Ones of the tensor's shape."""
    return _like("OnesLike", tensor, dtype)


def zeros_like_2(input, dtype=None, name=None, layout=None):
    """Zeros of the tensor's shape."""
    return _like("ZerosLike", input, dtype)


def ones_like_2(input, dtype=None, name=None, layout=None):
    """Ones of the tensor's shape."""
    return _like("OnesLike", input, dtype)


def identity(input, name=None):
    """The same tensor anew."""
    graph = None if name is None else _core.graph_now()
    if graph is not None:
        graph.next_name(name)
    return run("Identity", tensor(input)) if not isinstance(input, _core.VariableBase) else input._read()


def identity_1(input, name=None):
    """1.x, eagerly: the tensor itself when it is on the device already."""
    return tensor(input)


@_core.quick
def cast(x, dtype, name=None):
    """x as another dtype; floats to integers towards zero."""
    t = tensor(x)
    wanted = dtypes.as_dtype(dtype)
    if t.dtype is wanted:
        return t
    return execute("Cast", [t], {"DstT": wanted._number})


def saturate_cast(value, dtype, name=None):
    """x as another dtype, after values outside its range became its bounds."""
    t, wanted = tensor(value), dtypes.as_dtype(dtype)
    if t.dtype.is_floating or t.dtype.min < wanted.min:
        t = run("Maximum", t, convert(wanted.min, t._dtype_number))
    if t.dtype.is_floating or t.dtype.max > wanted.max:
        t = run("Minimum", t, convert(wanted.max, t._dtype_number))
    return cast(t, wanted)


def to_float(x, name="ToFloat"):
    """x as float32."""
    return cast(x, dtypes.float32)


def to_double(x, name="ToDouble"):
    """x as float64."""
    return cast(x, dtypes.float64)


def to_int32(x, name="ToInt32"):
    """x as int32."""
    return cast(x, dtypes.int32)


def to_int64(x, name="ToInt64"):
    """x as int64."""
    return cast(x, dtypes.int64)


def expand_dims_2(input, axis, name=None):
    """A new axis of size 1, counted from the end when negative."""
    return run("ExpandDims", tensor(input), convert(axis, 3))


def expand_dims(input, axis=None, name=None, dim=None):
    """A new axis of size 1, counted from the end when negative."""
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return run("ExpandDims", tensor(input), convert(axis, 3))


def concat(values, axis, name="concat"):
    """Tensors one after the other along an axis; their other sizes must agree."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        return identity(values[0])
    return execute("ConcatV2", [*same_dtype(values), convert(axis, 3)], {})


def stack(values, axis=0, name="stack"):
    """Tensors of one shape as rows of a new axis."""
    values = list(values)
    if axis == 0 and values and not any(isinstance(value, _core.Handle) for value in values):
        try:
            return convert(values, 0)
        except (TypeError, ValueError):  # lists that hold tensors
            pass
    made = same_dtype(values)
    if not made:
        raise ValueError("tf.stack needs at least one tensor")
    if len({t._shape_tuple for t in made}) > 1:
        raise invalid("Shapes of all inputs must match: %s" % [t._shape_tuple for t in made])
    rank = len(made[0]._shape_tuple) + 1
    if not -rank <= axis < rank:
        raise ValueError("axis = %d not in [%d, %d)" % (axis, -rank, rank))
    axis = convert(axis % rank, 3)
    wide = [run("ExpandDims", t, axis) for t in made]
    return wide[0] if len(wide) == 1 else execute("ConcatV2", [*wide, axis], {})


def parallel_stack(values, name="parallel_stack"):
    """Tensors of one shape as rows of a new first axis."""
    return stack(values)


def unstack(value, num=None, axis=0, name="unstack"):
    """A list of the slices along an axis."""
    t = tensor(value)
    rank = len(t._shape_tuple)
    if not -rank <= axis < rank:
        raise ValueError("axis = %d not in [%d, %d)" % (axis, -rank, rank))
    axis %= rank
    if num is not None and num != t._shape_tuple[axis]:
        raise invalid("unstack: num is %d, but the axis has %d elements" % (num, t._shape_tuple[axis]))
    key = (slice(None),) * axis
    return [t[key + (i,)] for i in range(t._shape_tuple[axis])]


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """Parts along an axis: a number of equal ones, or of the sizes given."""
    t = tensor(value)
    axis = axis_of(axis, len(t._shape_tuple))
    total = t._shape_tuple[axis]
    if isinstance(num_or_size_splits, (int, np.integer)) or (
        isinstance(num_or_size_splits, _core.Handle) and num_or_size_splits._shape_tuple == ()
    ):
        n = int(num_or_size_splits)
        if n <= 0 or total % n:
            raise invalid("split: %d elements do not divide into %d parts" % (total, n))
        parts = [total // n] * n
    else:
        parts = ints(num_or_size_splits)
        if parts.count(-1) == 1:
            parts[parts.index(-1)] = total - sum(parts) - 1
        if sum(parts) != total or min(parts) < 0:
            raise invalid("split: the sizes %s do not add up to %d" % (parts, total))
    out, start = [], 0
    key = (slice(None),) * axis
    for n in parts:
        out.append(t[key + (slice(start, start + n),)])
        start += n
    return out


def tile(input, multiples, name=None):
    """Copies side by side, multiples along each axis."""
    t = tensor(input)
    if isinstance(multiples, _core.SymbolicTensor) and multiples._known_value() is None:
        return run("Tile", t, multiples)
    if isinstance(multiples, (list, tuple)) and any(isinstance(m, _core.SymbolicTensor) for m in multiples):
        return run("Tile", t, convert(multiples, 3))
    times = ints(multiples)
    shape = t._shape_tuple
    if shape is None or None in shape:
        return run("Tile", t, convert(times, 3))
    if len(times) != len(shape) or min(times, default=0) < 0:
        raise invalid("tile: multiples %s for the shape %s" % (times, shape))
    between, wide, last = [], [], []
    for n, d in zip(times, shape):
        between += [1, d]
        wide += [n, d]
        last.append(n * d)
    return run("Reshape", run("BroadcastTo", run("Reshape", t, sizes(between)), sizes(wide)), sizes(last))


def _pad_constant(t, paddings, value):
    for axis, (before, after) in enumerate(paddings):
        parts = []
        for n in (before, None, after):
            shape = list(t._shape_tuple)
            shape[axis] = n
            if n is None:
                parts.append(t)
            elif n > 0:
                parts.append(run("Fill", sizes(shape), value))
        t = concat(parts, axis)
    return t


def pad(tensor, paddings, mode="CONSTANT", name=None, constant_values=0):
    """Margins, paddings (rank, 2) wide: constant, or mirrored ("REFLECT", "SYMMETRIC")."""
    t = convert(tensor, 0)
    rows = np.asarray(convert(paddings, 0)).tolist()
    if len(rows) != len(t._shape_tuple) or any(len(row) != 2 or min(row) < 0 for row in rows):
        raise invalid("pad: paddings %s for the shape %s" % (rows, t._shape_tuple))
    mode = mode.upper()
    if mode == "CONSTANT":
        return _pad_constant(t, rows, convert(constant_values, t._dtype_number))
    if mode not in ("REFLECT", "SYMMETRIC"):
        raise ValueError("Unknown padding mode: %s" % mode)
    for n, (before, after) in zip(t._shape_tuple, rows):
        if max(before, after) > n - (mode == "REFLECT"):
            raise invalid("pad: paddings %d and %d need at least as many elements, there are %d" % (before, after, n))
    return execute("MirrorPad", [t, convert(rows, 3)], {"mode": mode}) if rows else t


def pad_2(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    """Margins, paddings (rank, 2) wide: constant, or mirrored ("REFLECT", "SYMMETRIC")."""
    return pad(tensor, paddings, mode, name, constant_values)


def reverse(tensor, axis, name=None):
    """Backwards along axes."""
    t = convert(tensor, 0)
    a = convert(axis, 0)
    if a._shape_tuple == ():
        raise invalid("reverse: axis must be a vector, it is a scalar")
    key = [slice(None)] * len(t._shape_tuple)
    for one in ints(a):
        one = axis_of(one, len(key))
        if key[one] != slice(None):
            raise invalid("reverse: axis %d is given twice" % one)
        key[one] = slice(None, None, -1)
    return t[tuple(key)] if key else t


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """The first seq_lengths elements of each row backwards."""
    t = tensor(input)
    seq_axis = seq_dim if seq_axis is None else seq_axis
    batch_axis = (batch_dim if batch_axis is None else batch_axis) or 0
    order = [batch_axis, seq_axis] + [i for i in range(len(t._shape_tuple)) if i not in (batch_axis, seq_axis)]
    moved = run("Transpose", t, convert(order, 3))
    rows, n = moved._shape_tuple[:2]
    lengths = ints(seq_lengths)
    if len(lengths) != rows or any(not 0 <= k <= n for k in lengths):
        raise invalid("reverse_sequence: %d lengths, each at most %d, are expected" % (rows, n))
    index = [i * n + (k - 1 - j if j < k else j) for i, k in enumerate(lengths) for j in range(n)]
    flat = run("Reshape", moved, sizes((rows * n,) + moved._shape_tuple[2:]))
    back = run("Reshape", run("GatherV2", flat, convert(index, 3), convert(0, 3)), sizes(moved._shape_tuple))
    return run("Transpose", back, convert(list(np.argsort(order)), 3))


@_core.quick
def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """A new axis of size depth: on_value where the index is, off_value elsewhere."""
    wanted = number(dtype)
    if not wanted and on_value is not None and off_value is not None:
        kinds = [convert(value, 0).dtype for value in (on_value, off_value)]
        if kinds[0] is not kinds[1]:
            raise TypeError("dtype %r of on_value does not match dtype %r of off_value" % tuple(kinds))
    for value in (on_value, off_value):
        if not wanted and value is not None:
            wanted = convert(value, 0)._dtype_number
    if wanted in (7, 10) and (on_value is None or off_value is None):
        raise TypeError("one_hot: dtype %s needs both on_value and off_value" % dtypes.as_dtype(wanted).name)
    wanted = wanted or 1
    on = convert((wanted == 10 or 1) if on_value is None else on_value, wanted)
    off = convert((0 if wanted != 10 else False) if off_value is None else off_value, wanted)
    return execute("OneHot", [convert(indices, 0), convert(depth, 3), on, off], {"axis": -1 if axis is None else axis})


def where(condition, x=None, y=None, name=None):
    """Elements of x where the condition holds, of y elsewhere; without x and y the places (n, rank) where it does."""
    c = convert(condition, 10 if not isinstance(condition, (_core.Handle, np.ndarray)) and x is not None else 0)
    if x is None and y is None:
        return run("Where", c)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return execute("Select", [c, *same_dtype([x, y])], {})


def where_2(condition, x=None, y=None, name=None):
    """Elements of x where the condition holds, of y elsewhere; without x and y the places (n, rank) where it does."""
    if x is None or y is None:
        return where(condition, x, y)
    return execute("SelectV2", [convert(condition, 0), *same_dtype([x, y])], {})


def strided_slice(input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0, var=None,
                  name=None):  # fmt: skip
    """A slice from begin up to before end in steps of strides, with masks as of Python's slices."""
    if var is not None:
        raise NotImplementedError("not implemented: tf.strided_slice with var; use var[...].assign")
    first, last = convert(begin, 0), convert(end, 0)
    steps = ones_like(first) if strides is None else convert(strides, 0)
    return execute("StridedSlice", [convert(input_, 0), first, last, steps],
                   {"begin_mask": begin_mask, "end_mask": end_mask, "ellipsis_mask": ellipsis_mask, "new_axis_mask": new_axis_mask,
                    "shrink_axis_mask": shrink_axis_mask})  # fmt: skip


def is_tensor(x):
    """Whether it is a tensor, a variable or a sparse tensor."""
    return isinstance(x, (_core.Handle, IndexedSlices))


def gather_nd(params, indices, name=None):
    """Elements or slices of params at the places that the last axis of indices names."""
    return run("GatherNd", convert(params, 0), convert(indices, 0))


def _indices_kept(policy):
    """What is to become of indices outside the bounds: an error, as it is unless another policy is asked for."""
    if policy not in ("", "DEFAULT", "ERROR"):
        raise NotImplementedError("not implemented: bad_indices_policy=%r; use 'ERROR'" % (policy,))


def gather_nd_2(params, indices, batch_dims=0, name=None, bad_indices_policy=""):
    """With batch_dims, each row of the batch has indices of its own: they get the row's own coordinates in front."""
    _indices_kept(bad_indices_policy)
    t, index = convert(params, 0), convert(indices, 0)
    n = int(batch_dims)
    if n == 0:
        return run("GatherNd", t, index)
    rows = t._shape_tuple[:n]
    if n < 0 or n >= len(index._shape_tuple) or index._shape_tuple[:n] != rows:
        raise ValueError("batch_dims = %d for params %s and indices %s: the batch must agree" % (n, t._shape_tuple, index._shape_tuple))
    own = np.stack(np.meshgrid(*[np.arange(r) for r in rows], indexing="ij"), -1).astype(index.dtype.as_numpy_dtype)
    lead = index._shape_tuple[n:-1]
    own = np.broadcast_to(own.reshape(rows + (1,) * len(lead) + (n,)), rows + lead + (n,))
    return run("GatherNd", t, concat([convert(np.ascontiguousarray(own), 0), index], -1))


def ensure_shape(x, shape, name=None):
    """The tensor, after a check that its shape fits; InvalidArgumentError where it does not."""
    t = tensor(x)
    if not shapes.as_shape(shape).is_compatible_with(shapes.TensorShape(t._shape_tuple)):
        raise invalid("ensure_shape: Shape of tensor %s is not compatible with expected shape %s." % (list(t._shape_tuple), shapes.as_shape(shape)))
    return t


def scatter_nd(indices, updates, shape, name=None):
    """Zeros of the shape, with updates added at indices."""
    return run("ScatterNd", convert(indices, 0), convert(updates, 0), convert(shape, 0))


def scatter_nd_2(indices, updates, shape, bad_indices_policy="", name=None):
    """Zeros of the shape, with updates added at indices."""
    _indices_kept(bad_indices_policy)
    return scatter_nd(indices, updates, shape)


def boolean_mask(tensor, mask, name="boolean_mask", axis=None):
    """The rows (from an axis on) for which the mask is true."""
    t, m = convert(tensor, 0), convert(mask, 0)
    rank = len(m._shape_tuple)
    axis = 0 if axis is None else axis % len(t._shape_tuple)
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    if isinstance(m, _core.SymbolicTensor) or isinstance(t, _core.SymbolicTensor):
        return _symbolic_mask(t, m, rank, axis)
    if t._shape_tuple[axis : axis + rank] != m._shape_tuple:
        raise ValueError("Shapes %s and %s are incompatible" % (t._shape_tuple[axis : axis + rank], m._shape_tuple))
    flat = run("Reshape", t, sizes(t._shape_tuple[:axis] + (m._size,) + t._shape_tuple[axis + rank :]))
    index = np.flatnonzero(np.asarray(m).ravel())
    return run("GatherV2", flat, convert(index, 9), convert(axis, 3))


def _complex_numbers(op, inputs, flags):
    """The arithmetic of complex tensors, imported when it is first needed."""
    from sokuji._src.ops import complex_arithmetic

    return complex_arithmetic.compute(op, inputs, flags)


_core.set_hook("complex", _complex_numbers)
_reshape = functions.table(2)["reshape"]


def reshape_2(tensor, shape, name=None):
    """2.x: beside a size of 0 a -1 is what the sizes that are not 0 leave."""
    try:
        return _reshape(tensor, shape)
    except errors.InvalidArgumentError:
        t = convert(tensor, 0)
        wanted = [] if isinstance(shape, _core.SymbolicTensor) else np.ravel(shape).tolist()
        have = [d for d in t._shape_tuple if d]
        if 0 not in wanted or wanted.count(-1) != 1 or len(have) == t.ndim:
            raise
        wanted[wanted.index(-1)] = math.prod(have) // math.prod(d for d in wanted if d > 0)
        return run("Reshape", t, sizes(wanted))


def _symbolic_mask(t, m, rank, axis):
    """The rows where the mask holds, whose number only a run knows."""
    if rank > 1:
        shape = run("Shape", t)
        before, after = shape[:axis], shape[axis + rank :]
        t = run("Reshape", t, run("ConcatV2", before, convert([-1], 3), after, convert(0, 3)))
        m = run("Reshape", m, convert([-1], 3))
    return run("GatherV2", t, run("Reshape", run("Where", m), convert([-1], 3)), convert(axis, 3))


def boolean_mask_2(tensor, mask, axis=None, name="boolean_mask"):
    """The rows (from an axis on) for which the mask is true."""
    return boolean_mask(tensor, mask, name, axis)


def range_(start, limit=None, delta=1, dtype=None, name="range"):
    """Numbers from start up to before limit, delta apart."""
    if limit is None:
        start, limit = 0, start
    if dtype is not None:
        parts = [convert(v, number(dtype)) for v in (start, limit, delta)]
    else:
        parts = [convert(v, 0) for v in (start, limit, delta)]
        order = [3, 9, 1, 2]
        best = max((p._dtype_number for p in parts), key=lambda n: order.index(n) if n in order else 9)
        parts = [cast(p, best) for p in parts]
    if any(isinstance(p, _core.SymbolicTensor) for p in parts) or _core.graph_now() is not None:
        return run("Range", *parts)
    first, last, step = [p.numpy() for p in parts]
    if step == 0 or (step > 0 and first > last) or (step < 0 and first < last):
        raise invalid("range: no step of %s leads from %s to %s" % (step, first, last))
    if parts[0].dtype.is_floating:
        n = int(np.ceil((last - first) / step))
        values = [first + step * k for k in range(n)]
    else:
        values = np.arange(int(first), int(last), int(step))
    return convert(np.asarray(values, parts[0].dtype.as_numpy_dtype), 0)


def linspace(start, stop, num, name=None, axis=0):
    """num evenly spaced values from start to stop, both included."""
    first, last = convert(start, 0), convert(stop, 0)
    from sokuji._src.core.conversion import _version

    n = int(num)
    if n == 0 and _version == 2 and not first._shape_tuple:
        return convert(np.zeros(0, first.dtype.as_numpy_dtype), 0)
    if n <= 0:
        raise invalid("linspace: num must be positive, it is %d" % n)
    if first._shape_tuple or last._shape_tuple:
        return _linspace_along(first, last, n, axis)
    kind = first.dtype.as_numpy_dtype
    step = (last.numpy() - first.numpy()) / kind(n - 1) if n > 1 else kind(0)
    return convert(np.array([first.numpy() + step * kind(k) for k in range(n)], kind), 0)


def _linspace_along(first, last, n, axis):
    """Between each element of two tensors, along a new axis; gradients pass."""
    if not (first.dtype.is_floating and first._dtype_number == last._dtype_number):
        raise NotImplementedError("not implemented: tf.linspace between tensors of %s and %s; use tf.cast to one floating dtype" % (first.dtype.name, last.dtype.name))
    shape = np.broadcast_shapes(first._shape_tuple, last._shape_tuple)
    first, last = (run("BroadcastTo", t, sizes(shape)) for t in (first, last))
    step = (last - first) / convert(float(max(n - 1, 1)), first._dtype_number)
    middle = [first + step * convert(float(k), first._dtype_number) for k in range(1, n - 1)]
    return stack([first, *middle, last] if n > 1 else [first], axis)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """Identity matrices (…, num_rows, num_columns)."""
    columns = num_rows if num_columns is None else num_columns
    if min(int(num_rows), int(columns)) < 0:
        raise invalid("Dimension %d must be >= 0" % min(int(num_rows), int(columns)))
    made = np.eye(int(num_rows), int(columns), dtype=dtypes.as_dtype(dtype).as_numpy_dtype)
    if batch_shape is not None:
        made = np.broadcast_to(made, tuple(ints(batch_shape)) + made.shape)
    return convert(np.ascontiguousarray(made), 0)


def meshgrid(*args, **kwargs):
    """Coordinate arrays of all combinations of vectors' elements."""
    indexing = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError("'%s' is an invalid keyword argument for this function" % next(iter(kwargs)))
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    vectors = [run("Reshape", convert(a, 0), convert([-1], 3)) for a in args]
    n = len(vectors)
    places = list(range(n))
    if indexing == "xy" and n > 1:
        places[0], places[1] = 1, 0
    shape = [0] * n
    for v, place in zip(vectors, places):
        shape[place] = v._size
    out = []
    for v, place in zip(vectors, places):
        own = [1] * n
        own[place] = v._size
        out.append(run("BroadcastTo", run("Reshape", v, sizes(own)), sizes(shape)))
    return out


def sequence_mask(lengths, maxlen=None, dtype=dtypes.bool, name=None):
    """Booleans (…, maxlen): true in the first lengths places."""
    t = convert(lengths, 0)
    maxlen = int(np.max(t.numpy(), initial=0)) if maxlen is None else int(maxlen)
    if maxlen < 0:
        raise invalid("SequenceMask: maxlen must not be negative, it is %d" % maxlen)
    row = convert(np.arange(maxlen), t._dtype_number)
    return cast(run("Less", row, run("ExpandDims", t, convert(-1, 3))), dtype)


def shape_n(input, out_type=dtypes.int32, name=None):
    """The shapes of several tensors."""
    return [execute("Shape", [convert(one, 0)], {"out_type": dtypes.as_dtype(out_type)._number}) for one in input]


def _broadcast_unknown(a, b):
    """Of shapes with unknown sizes: a known size over 1 wins, an unknown one stays unknown beside 1."""
    out, n = [], max(len(a), len(b))
    for x, y in zip([1] * (n - len(a)) + a, [1] * (n - len(b)) + b):
        if x == 1 or y == 1:
            out.append(y if x == 1 else x)
        elif None not in (x, y) and x != y:
            raise ValueError("Incompatible shapes for broadcasting: %s and %s" % (tuple(a), tuple(b)))
        else:
            out.append(y if x is None else x)
    return shapes.TensorShape(out)


def broadcast_static_shape(shape_x, shape_y):
    """The TensorShape that two shapes broadcast to; ValueError where they do not."""
    a, b = (shapes.as_shape(s) for s in (shape_x, shape_y))
    if a.rank is None or b.rank is None:
        return shapes.TensorShape(None)
    a, b = a.as_list(), b.as_list()
    if None in a or None in b:
        return _broadcast_unknown(a, b)
    return shapes.TensorShape(np.broadcast_shapes(tuple(a), tuple(b)))


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape, as a tensor, that two shape tensors broadcast to."""
    try:
        return convert(list(np.broadcast_shapes(tuple(ints(shape_x)), tuple(ints(shape_y)))), 3)
    except ValueError as error:
        raise invalid("broadcast_dynamic_shape: %s" % error) from None


def unravel_index(indices, dims, name=None):
    """Coordinates (rank, n) of flat indices in a tensor of shape dims."""
    return run("UnravelIndex", tensor(indices), tensor(dims))


def guarantee_const(input, name=None):
    """The input; a promise that it never changes."""
    return run("Identity", tensor(input))


def roll(input, shift, axis, name=None):
    """The elements moved along the axes; what leaves at an end comes in at the other."""
    t = tensor(input)
    shifts, axes = ints(shift), ints(axis)
    if len(shifts) != len(axes):
        raise invalid("roll: shift has %d numbers, axis %d" % (len(shifts), len(axes)))
    for amount, a in zip(shifts, axes):
        a = axis_of(a, len(t._shape_tuple))
        n = t._shape_tuple[a]
        if n and amount % n:
            left, right = split(t, [n - amount % n, amount % n], a)
            t = concat([right, left], a)
    return run("Identity", t) if t is input else t


def repeat(input, repeats, axis=None, name=None):
    """Each element, or each slice along the axis, so many times."""
    t = tensor(input)
    if axis is None:
        t, axis = run("Reshape", t, convert([-1], 3)), 0
    a = axis_of(axis, len(t._shape_tuple))
    counts = np.broadcast_to(np.asarray(tensor(repeats)), (t._shape_tuple[a],))
    if counts.size and counts.min() < 0:
        raise invalid("repeat: repeats holds %d; it must not be negative" % counts.min())
    check_fits("repeat", *t._shape_tuple[:a], int(counts.sum(dtype=object)) if counts.size else 0, *t._shape_tuple[a + 1 :])
    return run("GatherV2", t, tensor(np.repeat(np.arange(len(counts), dtype=np.int32), counts)), convert(a, 3))


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """A tensor, or the indexed slices that are given."""
    return value if isinstance(value, IndexedSlices) else conversion.convert_to_tensor(value, dtype)


def lin_space(start, stop, num, name=None):
    """num evenly spaced values from start to stop."""
    return linspace(start, stop, num)


def reverse_v2(tensor, axis, name=None):
    """Backwards along axes."""
    return reverse(tensor, axis)


def to_complex64(x, name="ToComplex64"):
    """x as complex64."""
    return cast(x, dtypes.complex64)


def to_complex128(x, name="ToComplex128"):
    """x as complex128."""
    return cast(x, dtypes.complex128)


def to_bfloat16(x, name="ToBFloat16"):
    """x as bfloat16."""
    return cast(x, dtypes.bfloat16)


def _waits(value):
    """Whether only a run of the graph knows an index."""
    return isinstance(value, _core.SymbolicTensor) or (isinstance(value, _core.VariableBase) and _core.graph_now() is not None)


def _symbolic_index(tensor, parts):
    """tensor[parts], some of which are scalar tensors of a graph."""
    begin, end, stride, masks = [], [], [], dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for k, part in enumerate(parts):
        first, last, step = 0, 0, 1
        if isinstance(part, slice):
            first, last, step = part.start, part.stop, 1 if part.step is None else part.step
            masks["begin_mask"] |= (first is None) << k
            masks["end_mask"] |= (last is None) << k
        elif part is Ellipsis or part is None:
            masks["ellipsis_mask" if part is Ellipsis else "new_axis_mask"] |= 1 << k
        else:
            masks["shrink_axis_mask"] |= 1 << k
            first, last = part, part + 1
            masks["end_mask"] |= (isinstance(part, int) and part == -1) << k
        for row, value in ((begin, first), (end, last), (stride, step)):
            row.append(0 if value is None else value)
    dtype = next((v._dtype_number for row in (begin, end, stride) for v in row if isinstance(v, _core.Handle)), 3)
    vectors = [run("Pack", *[cast(convert(v, 0 if isinstance(v, _core.Handle) else dtype), dtype) for v in row]) for row in (begin, end, stride)]
    return execute("StridedSlice", [tensor, *vectors], masks)


def _index_other(tensor, key):
    """Keys that are no integers and slices: a boolean mask (2.x), or refused as TensorFlow refuses them."""
    if isinstance(key, _core.SymbolicTensor) and key.dtype is dtypes.bool:
        return boolean_mask(tensor, key)
    if conversion._version == 2 and isinstance(key, (_core.EagerTensor, np.ndarray)) and np.asarray(key).dtype == bool:
        return boolean_mask(tensor, key)
    parts = key if isinstance(key, (tuple, list)) else [key]
    if any(_waits(v) for part in parts for v in ((part.start, part.stop, part.step) if isinstance(part, slice) else (part,))):
        return _symbolic_index(tensor, parts)
    if conversion._version == 1 and any(isinstance(part, (float, bool, np.ndarray, _core.Handle)) for part in parts):
        raise errors.InvalidArgumentError(None, None, "StridedSlice: an index is %s where an integer is expected" % type(parts[0]).__name__)
    if any(isinstance(part, bool) for part in parts):
        raise ValueError("a bool is no index of a tensor")
    raise TypeError("Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar integer tensors are valid indices, "
                    "got %r" % (key,))  # fmt: skip


_core.set_hook("index_other", _index_other)
