"""tf.sparse of 2.x: what moves and combines sparse tensors. Where the places of elements decide, NumPy computes them; values go through operations and have gradients."""

import itertools
import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import axis_of, convert, execute, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops, sparse_ops
from sokuji._src.ops.sparse_ops import SparseTensor


def _sparse(value):
    if not isinstance(value, (SparseTensor, sparse_ops.SparseTensorValue)):
        raise TypeError("Input must be a SparseTensor, it is %r" % (value,))
    return SparseTensor.from_value(value)


def _parts(sp):
    """(places, values, shape) with the places and the shape known."""
    sp = _sparse(sp)
    places, shape = np.asarray(sp.indices), tuple(np.asarray(sp.dense_shape).tolist())
    if math.prod(shape) >= 2**63:
        raise invalid("a sparse tensor of shape %s has more elements than 64-bit counts hold" % (shape,))
    if len(places) and ((places < 0) | (places >= np.array(shape))).any():
        raise invalid("an index of the sparse tensor is outside its shape %s" % (shape,))
    return places, sp.values, shape


def _take(values, index):
    return run("GatherV2", values, convert(np.asarray(index, np.int64), 9), convert(0, 3))


def _made(places, values, shape):
    return SparseTensor(np.asarray(places, np.int64).reshape(-1, len(shape)), values, np.array(shape, np.int64))


def _flat(places, shape):
    """The places as numbers in row-major order."""
    return np.ravel_multi_index(tuple(places.T), shape) if len(places) else np.zeros(0, np.int64)


def _unflat(numbers, shape):
    return np.stack(np.unravel_index(numbers, shape), -1) if len(numbers) else np.zeros((0, len(shape)), np.int64)


def reorder(sp_input, name=None):
    """The same with its indices in row-major order."""
    places, values, shape = _parts(sp_input)
    order = np.lexsort(places.T[::-1])
    return _made(places[order], _take(values, order), shape)


def from_dense(tensor, name=None):
    """The elements that are not zero."""
    t = convert(tensor, 0)
    places = np.argwhere(np.asarray(t) != (b"" if t.dtype == dtypes.string else 0))
    return _made(places, run("GatherNd", t, convert(places.astype(np.int64).reshape(-1, t.ndim), 9)), t._shape_tuple)


def _summed(places, values, shape, threshold=None):
    """The places each once, in order, with the sums of their values."""
    flat, back = np.unique(_flat(places, shape), return_inverse=True)
    values = run("UnsortedSegmentSum", values, convert(back.reshape(-1).astype(np.int64), 9), convert(len(flat), 3))
    if threshold is not None:
        kept = np.abs(np.asarray(values)) >= np.asarray(threshold)
        flat, values = flat[kept], _take(values, np.flatnonzero(kept))
    return _made(_unflat(flat, shape), values, shape)


def add(a, b, threshold=0):
    """The sum of two sparse tensors, or of a sparse and a dense one; values of at most threshold in size go."""
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        (pa, va, shape), (pb, vb, other) = _parts(a), _parts(b)
        if shape != other:
            raise invalid("tf.sparse.add: the shapes %s and %s differ" % (shape, other))
        return _summed(np.concatenate([pa, pb]), array_ops.concat([va, vb], 0), shape, threshold)
    sp, dense = (a, b) if isinstance(a, SparseTensor) else (b, a)
    return run("Add", convert(dense, sp.values._dtype_number), _scattered(sp))


def _scattered(sp):
    return run("ScatterNd", sp.indices, sp.values, sp.dense_shape)


def _with(op):
    """sp op dense, where the dense tensor broadcasts to the sparse one."""

    def method(self, other):
        if isinstance(other, SparseTensor):
            raise ValueError("SparseTensor %s SparseTensor is not defined; the other operand is a dense tensor" % op)
        other = convert(other, self.values._dtype_number)
        if other._shape_tuple == ():
            return SparseTensor(self.indices, run(op, self.values, other), self.dense_shape)
        wide = run("BroadcastTo", other, self.dense_shape)
        return SparseTensor(self.indices, run(op, self.values, run("GatherNd", wide, self.indices)), self.dense_shape)

    return method


times, over = _with("Mul"), _with("RealDiv")


def map_values(op, *args, **kwargs):
    """The operation on the values; all sparse arguments have elements at the same places."""
    given = [v for v in (*args, *kwargs.values()) if isinstance(v, SparseTensor)]
    if not given:
        raise ValueError("No SparseTensor in argument list of map_values")
    if any(not np.array_equal(np.asarray(v.indices), np.asarray(given[0].indices)) for v in given[1:]):
        raise invalid("map_values: the sparse arguments have elements at different places")
    plain = lambda v: v.values if isinstance(v, SparseTensor) else v  # noqa: E731
    return given[0].with_values(op(*[plain(v) for v in args], **{k: plain(v) for k, v in kwargs.items()}))


def sparse_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The matrix product of a sparse and a dense matrix."""
    if isinstance(b, SparseTensor):
        if isinstance(sp_a, SparseTensor):
            raise TypeError("sparse_dense_matmul: one argument is sparse and the other dense")
        transposed = sparse_dense_matmul(b, sp_a, not adjoint_b, not adjoint_a)
        return run("Transpose", transposed, convert([1, 0], 3))
    sp_a = _sparse(sp_a)
    b = convert(b, sp_a.values._dtype_number)
    b = run("Transpose", b, convert([1, 0], 3)) if adjoint_b else b
    row, column = (1, 0) if adjoint_a else (0, 1)
    have, want = b._shape_tuple[0], np.asarray(sp_a.dense_shape).tolist()[column] if isinstance(sp_a.dense_shape, _core.EagerTensor) else None
    if None not in (have, want) and have != want:
        raise invalid("sparse_dense_matmul: the inner sizes %s and %s differ" % (want, have))
    parts = run("GatherNd", b, sp_a.indices[:, column : column + 1]) * run("ExpandDims", sp_a.values, convert(1, 3))
    return run("UnsortedSegmentSum", parts, sp_a.indices[:, row], sp_a.dense_shape[row])


# ---- reductions ----


def _axes(axis, rank):
    return list(range(rank)) if axis is None else sorted(axis_of(a, rank) for a in np.ravel(axis).tolist())


def _reduction(kind, op):
    def reduce(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
        """A sparse tensor reduced over axes."""
        sp = _sparse(sp_input)
        if not isinstance(sp.indices, _core.EagerTensor):
            if op != "UnsortedSegmentSum" or output_is_sparse:
                raise NotImplementedError("not implemented: tf.sparse.%s in a graph; use tf.sparse.to_dense" % kind)
            return execute("Sum", [_scattered(sp), axis if axis is None else convert(axis, 3)], {"keep_dims": bool(keepdims)})
        places, values, shape = _parts(sp)
        gone = _axes(axis, len(shape))
        kept = [i for i in range(len(shape)) if i not in gone]
        small = tuple(shape[i] for i in kept)
        numbers, back = np.unique(_flat(places[:, kept], small) if kept else np.zeros(len(places), np.int64), return_inverse=True)
        found = run(op, values, convert(back.reshape(-1).astype(np.int64), 9), convert(len(numbers), 3))
        if keepdims:
            small = tuple(1 if i in gone else shape[i] for i in range(len(shape)))
        if output_is_sparse:
            return _made(_unflat(numbers, small), found, small)
        full = run("ScatterNd", convert(numbers[:, None].astype(np.int64), 9), found, convert([int(np.prod(small, dtype=np.int64))], 9))
        return run("Reshape", full, sizes(list(small)) if small else convert(np.zeros(0, np.int32), 0))

    reduce.__name__ = kind
    return reduce


reduce_sum, reduce_max = _reduction("reduce_sum", "UnsortedSegmentSum"), _reduction("reduce_max", "UnsortedSegmentMax")


def softmax(sp_input, name=None):
    """Over the stored elements of each row of the last dimension."""
    places, values, shape = _parts(sp_input)
    _, row = np.unique(_flat(places[:, :-1], shape[:-1]) if len(shape) > 1 else np.zeros(len(places), np.int64), return_inverse=True)
    row, n = row.reshape(-1), convert(int(row.max()) + 1 if len(row) else 0, 3)
    rows = convert(row.astype(np.int64), 9)
    e = run("Exp", values - _take(run("UnsortedSegmentMax", values, rows, n), row))
    return _made(places, e / _take(run("UnsortedSegmentSum", e, rows, n), row), shape)


# ---- shapes ----


def reshape(sp_input, shape, name=None):
    """The same elements under another shape; one size may be -1."""
    places, values, old = _parts(sp_input)
    wanted = [int(d) for d in np.ravel(np.asarray(shape))]
    n = int(np.prod(old, dtype=np.int64))
    if wanted.count(-1) > 1:
        raise ValueError("At most one dimension can be inferred (-1). Found: %s" % wanted)
    if -1 in wanted:
        rest = int(np.prod([d for d in wanted if d != -1], dtype=np.int64))
        wanted[wanted.index(-1)] = n // rest if rest else 0
    if int(np.prod(wanted, dtype=np.int64)) != n:
        raise (ValueError if -1 not in np.ravel(np.asarray(shape)) else invalid)("Cannot reshape a tensor with %d elements to shape %s" % (n, wanted))
    return _made(_unflat(_flat(places, old), wanted), values, wanted)


def transpose(sp_input, perm=None, name=None):
    """The same with its axes in another order."""
    places, values, shape = _parts(sp_input)
    perm = list(range(len(shape)))[::-1] if perm is None else [int(p) for p in np.ravel(np.asarray(perm))]
    return reorder(_made(places[:, perm], values, [shape[p] for p in perm]))


def slice_(sp_input, start, size, name=None):
    """The part of `size` from `start` on."""
    places, values, shape = _parts(sp_input)
    start, size = (np.ravel(np.asarray(v)).astype(np.int64) for v in (start, size))
    out = np.maximum(np.minimum(np.array(shape), start + size) - start, 0)
    kept = np.flatnonzero(((places >= start) & (places < start + out)).all(1))
    return _made(places[kept] - start, _take(values, kept), out.tolist())


def concat(axis, sp_inputs, expand_nonconcat_dims=False, name=None):
    """Sparse tensors one after the other along an axis."""
    parts = [_parts(sp) for sp in sp_inputs]
    rank = len(parts[0][2])
    axis = axis_of(axis, rank)
    shapes = np.array([p[2] for p in parts])
    others = np.delete(shapes, axis, 1)
    if (others != others[0]).any() and not expand_nonconcat_dims:
        raise invalid("tf.sparse.concat: the shapes %s differ beside the axis %d" % (shapes.tolist(), axis))
    out, at, places = shapes.max(0), 0, []
    for p, _, shape in parts:
        moved = p.copy()
        moved[:, axis] += at
        at += shape[axis]
        places.append(moved)
    out[axis] = at
    return reorder(_made(np.concatenate(places), array_ops.concat([v for _, v, _ in parts], 0), out.tolist()))


def split(sp_input=None, num_split=None, axis=None, name=None):
    """A list of num_split parts along an axis."""
    if num_split is None or axis is None or sp_input is None:
        raise ValueError("tf.sparse.split takes sp_input, num_split and axis")
    shape = _parts(sp_input)[2]
    if np.ndim(axis) or np.ndim(num_split):
        raise invalid("tf.sparse.split: axis and num_split must be scalars; they are %s and %s" % (axis, num_split))
    axis = axis_of(axis, len(shape))
    n, more = divmod(shape[axis], int(num_split))
    made, at = [], 0
    for i in range(int(num_split)):
        start, size = [0] * len(shape), list(shape)
        start[axis], size[axis] = at, n + (i < more)
        at += size[axis]
        made.append(slice_(sp_input, start, size))
    return made


def expand_dims(sp_input, axis=None, name=None):
    """A new axis of size 1."""
    places, values, shape = _parts(sp_input)
    axis = axis_of(-1 if axis is None else axis, len(shape) + 1)
    return _made(np.insert(places, axis, 0, axis=1), values, [*shape[:axis], 1, *shape[axis:]])


def fill_empty_rows(sp_input, default_value, name=None):
    """(the tensor with the default at the beginning of rows without elements, which rows those are)"""
    places, values, shape = _parts(sp_input)
    empty = np.ones(shape[0], bool)
    empty[places[:, 0]] = False
    new = np.zeros((int(empty.sum()), len(shape)), np.int64)
    new[:, 0] = np.flatnonzero(empty)
    default = run("Fill", sizes([len(new)]), convert(default_value, values._dtype_number))
    filled = _made(np.concatenate([places, new]), array_ops.concat([values, default], 0), shape)
    order = np.argsort(np.asarray(filled.indices)[:, 0], kind="stable")
    return _made(np.asarray(filled.indices)[order], _take(filled.values, order), shape), convert(empty, 0)


def retain(sp_input, to_retain):
    """The elements for which to_retain is true."""
    places, values, shape = _parts(sp_input)
    kept = np.flatnonzero(np.asarray(to_retain, bool))
    if np.shape(to_retain) != (len(places),):
        raise ValueError("retain: to_retain is %s for %d elements" % (np.shape(to_retain), len(places)))
    return _made(places[kept], _take(values, kept), shape)


def reset_shape(sp_input, new_shape=None):
    """The same with a larger or the smallest shape."""
    places, values, shape = _parts(sp_input)
    if new_shape is None:
        return _made(places, values, (places.max(0) + 1).tolist() if len(places) else [0] * len(shape))
    new = [int(d) for d in np.ravel(np.asarray(new_shape))]
    if len(new) != len(shape):
        raise ValueError("reset_shape: the new shape %s has another rank than %s" % (new, shape))
    if any(a < b for a, b in zip(new, shape)):
        raise invalid("reset_shape: the new shape %s is smaller than %s" % (new, shape))
    return _made(places, values, new)


# ---- others ----


def _union(op):
    def both(sp_a, sp_b, name=None):
        """Element by element over the places of both, 0 where one has none."""
        (pa, va, shape), (pb, vb, other) = _parts(sp_a), _parts(sp_b)
        if shape != other:
            raise invalid("tf.sparse.%s: the shapes %s and %s differ" % (op.lower(), shape, other))
        fa, fb = _flat(pa, shape), _flat(pb, shape)
        every = np.union1d(fa, fb)
        n = convert([len(every)], 9)
        wide = [run("ScatterNd", convert(np.searchsorted(every, f)[:, None].astype(np.int64), 9), v, n) for f, v in ((fa, va), (fb, vb))]
        return _made(_unflat(every, shape), run(op, *wide), shape)

    return both


def eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """The sparse identity matrix."""
    columns = num_rows if num_columns is None else num_columns
    n = min(int(num_rows), int(columns))
    return _made(np.repeat(np.arange(n)[:, None], 2, 1), array_ops.ones([n], dtype), [int(num_rows), int(columns)])


def to_indicator(sp_input, vocab_size, name=None):
    """A dense boolean tensor: true where the sparse one has a number."""
    places, values, shape = _parts(sp_input)
    if not values.dtype.is_integer:
        raise TypeError("to_indicator: the values must be integers, they are %s" % values.dtype.name)
    numbers = np.asarray(values)
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= vocab_size):
        raise invalid("to_indicator: a value is outside [0, %d)" % vocab_size)
    made = np.zeros((*shape[:-1], int(vocab_size)), bool)
    made[(*places[:, :-1].T, numbers)] = True
    return tensor(made)


def bincount(values, weights=None, axis=0, minlength=None, maxlength=None, binary_output=False, name=None):
    """How often each number is in all (axis 0) or in each row (axis -1)."""
    if axis not in (0, -1):
        raise ValueError("Unsupported value for argument axis=%s. Only 0 and -1 are currently supported." % axis)
    if isinstance(values, SparseTensor):
        places, v, shape = _parts(values)
        numbers, weight = np.asarray(v), None if weights is None else np.asarray(weights.values)
        row = places[:, 0] if len(shape) > 1 and axis == -1 else np.zeros(len(numbers), np.int64)
    else:
        array = np.asarray(tensor(values))
        shape, numbers, weight = array.shape, array.ravel(), None if weights is None else np.asarray(tensor(weights)).ravel()
        row = np.repeat(np.arange(shape[0]), shape[1]) if array.ndim > 1 and axis == -1 else np.zeros(len(numbers), np.int64)
    if len(numbers) and numbers.min() < 0:
        raise invalid("bincount: values holds %d; it must not be negative" % numbers.min())
    width = max(int(numbers.max()) + 1 if len(numbers) else 0, int(minlength or 0))
    if maxlength is not None:
        width, kept = int(maxlength) if width > int(maxlength) else width, numbers < int(maxlength)
        numbers, row, weight = numbers[kept], row[kept], None if weight is None else weight[kept]
    rows = shape[0] if len(shape) > 1 and axis == -1 else 1
    flat, back = np.unique(row * max(width, 1) + numbers, return_inverse=True)
    count = np.bincount(back.reshape(-1), None if binary_output else weight, len(flat))
    count = np.ones(len(flat), np.int64) if binary_output else count.astype(np.int64 if weight is None else weight.dtype)
    if len(shape) > 1 and axis == -1:
        return _made(_unflat(flat, (rows, max(width, 1))), tensor(count), [rows, width])
    return _made(flat[:, None], tensor(count), [width])


def _crossed(inputs):
    """For each row every combination of the inputs' features: sparse, ragged or dense ones."""
    columns = []
    for given in inputs:
        if isinstance(given, SparseTensor):
            places, values, shape = _parts(given)
            rows = [[] for _ in range(shape[0])]
            for place, value in zip(places, np.asarray(values).tolist()):
                rows[place[0]].append(value)
        else:
            rows = given.to_list() if hasattr(given, "to_list") else np.asarray(tensor(given)).tolist()
        columns.append(rows)
    if len({len(c) for c in columns}) != 1:
        raise invalid("cross: the inputs have different numbers of rows")
    return [list(itertools.product(*rows)) for rows in zip(*columns)]


def _joined(group, separator=b"_X_"):
    return separator.join(v if isinstance(v, bytes) else str(v).encode() for v in group)


def cross(inputs, name=None, separator=None):
    """Every combination of the inputs' features, row by row, joined by _X_."""
    separator = b"_X_" if separator is None else separator.encode() if isinstance(separator, str) else separator
    made = [[_joined(group, separator) for group in row] for row in _crossed(inputs)]
    places = [(i, j) for i, row in enumerate(made) for j in range(len(row))]
    return _made(np.array(places, np.int64).reshape(-1, 2), convert([v for row in made for v in row], 7), [len(made), max([len(r) for r in made], default=0)])


def ragged_cross(inputs, name=None):
    """Every combination of the inputs' features (ragged, sparse or dense matrices), row by row, joined by _X_: a ragged tensor."""
    from sokuji._src.ops.ragged import RaggedTensor

    made = [[_joined(group) for group in row] for row in _crossed(inputs)]
    return RaggedTensor.from_row_lengths(convert(np.array([v for row in made for v in row], object), 7), convert([len(row) for row in made], 9))


def mask(a, mask_indices, name=None):
    """Indexed slices without those of mask_indices."""
    from sokuji._src.core.conversion import IndexedSlices

    kept = np.flatnonzero(~np.isin(np.asarray(a.indices), np.asarray(mask_indices)))
    return IndexedSlices(_take(convert(a.values, 0), kept), _take(convert(a.indices, 0), kept), a.dense_shape)


def _segments(op, root=False):
    def reduce(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
        """The rows of data at indices, reduced by segment."""
        rows, ids = run("GatherV2", convert(data, 0), convert(indices, 0), convert(0, 3)), convert(segment_ids, 0)
        known = np.asarray(ids)
        if (np.diff(known) < 0).any() or (len(known) and known[0] < 0):
            raise invalid("segment ids are not sorted and >= 0: %s" % known.tolist())
        n = int(known[-1]) + 1 if len(known) else 0
        if num_segments is not None:
            if int(num_segments) < n:
                raise invalid("segment ids must be < num_segments: %s" % known.tolist())
            n = int(num_segments)
        total = run("UnsortedSegmentSum", rows, ids, convert(n, 3))
        if op == "sum":
            return total
        count = np.maximum(np.bincount(known, minlength=n), 1).astype(np.float64)
        count = (np.sqrt(count) if root else count).reshape(-1, *[1] * (total.ndim - 1))
        return total / array_ops.cast(convert(count, 0), total.dtype)

    return reduce


segment_sum, segment_mean, segment_sqrt_n = _segments("sum"), _segments("mean"), _segments("mean", True)


# ---- embeddings ----


def embedding_lookup_sparse(params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None, allow_fast_lookup=False):
    """The sum, the mean or the sum over the root of the squared weights of each row's embeddings."""
    combiner = combiner or "mean"
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum', got %s" % combiner)
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor, got %s" % type(sp_ids))
    if isinstance(params, (list, tuple)) and len(params) > 1:
        raise NotImplementedError("not implemented: tf.nn.embedding_lookup_sparse of several parts; concatenate them")
    table = params[0] if isinstance(params, (list, tuple)) else params
    rows = run("GatherV2", table, sp_ids.values, convert(0, 3))
    if max_norm is not None:
        from sokuji._src.ops import math_ops

        rows = math_ops.clip_by_norm(rows, max_norm, axes=list(range(1, rows.ndim)))
    ids = np.asarray(sp_ids.indices)[:, 0]
    n, rows_of = convert(int(ids.max()) + 1 if len(ids) else 0, 3), convert(ids, 9)
    weights = array_ops.ones([len(ids)], rows.dtype) if sp_weights is None else array_ops.cast(sp_weights.values, rows.dtype)
    wide = lambda t: run("Reshape", t, sizes([-1] + [1] * (rows.ndim - 1)))  # noqa: E731
    total = run("UnsortedSegmentSum", rows * wide(weights), rows_of, n)
    if combiner == "sum":
        return total
    by = run("UnsortedSegmentSum", weights if combiner == "mean" else weights * weights, rows_of, n)
    return run("DivNoNan", total, wide(by if combiner == "mean" else run("Sqrt", by)) + array_ops.zeros_like(total))


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner="mean", default_id=None, max_norm=None, name=None,
                                 allow_fast_lookup=False):  # fmt: skip
    """Rows without an id, of which negative ones do not count, have the default's embedding, or zeros."""
    kept = np.asarray(sparse_ids.values) >= 0
    if sparse_weights is not None:
        kept &= np.asarray(sparse_weights.values) > 0
        sparse_weights = retain(sparse_weights, kept)
    ids = retain(sparse_ids, kept)
    ids, empty = fill_empty_rows(ids, default_id or 0)
    if sparse_weights is not None:
        sparse_weights = fill_empty_rows(sparse_weights, 1.0)[0]
    made = embedding_lookup_sparse(embedding_weights, ids, sparse_weights, combiner, max_norm)
    if default_id is not None:
        return made
    some = run("Reshape", array_ops.cast(run("LogicalNot", empty), made.dtype), sizes([-1] + [1] * (made.ndim - 1)))
    return made * some


SPARSE_2 = {name: globals()[name] for name in """reorder from_dense add map_values sparse_dense_matmul reduce_sum reduce_max softmax reshape transpose concat
    split expand_dims fill_empty_rows retain reset_shape eye to_indicator bincount cross mask segment_sum segment_mean segment_sqrt_n""".split()}  # fmt: skip
SPARSE_2.update(slice=slice_, maximum=_union("Maximum"), minimum=_union("Minimum"))
NN_2 = {"embedding_lookup_sparse": embedding_lookup_sparse, "safe_embedding_lookup_sparse": safe_embedding_lookup_sparse}
