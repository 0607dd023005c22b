"""tf.RaggedTensor: rows of different lengths as their values and the places where rows begin. Structure is computed by NumPy, values by operations with gradients."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import axis_of, convert, execute, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops

_made_first = []  # what is done when the first ragged tensor is made


def _only_int64(dtype):
    if dtypes.as_dtype(dtype) is not dtypes.int64:
        raise NotImplementedError("not implemented: ragged tensors with row_splits_dtype=%s; leave it at int64" % dtypes.as_dtype(dtype).name)


class RaggedTensor:
    """values, a tensor or a ragged tensor, cut into rows at row_splits."""

    __array_priority__ = 200

    def __init__(self, values, row_splits, uniform_row_length=None):
        self._values, self._splits, self._uniform = values, row_splits, uniform_row_length
        while _made_first:
            _made_first.pop()()

    # ---- made ----

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        values = values if isinstance(values, RaggedTensor) else tensor(values)
        splits = convert(row_splits, 9) if not isinstance(row_splits, _core.Handle) else array_ops.cast(row_splits, dtypes.int64)
        if isinstance(splits, _core.EagerTensor):
            known = np.asarray(splits)
            if known.ndim != 1 or not len(known):
                raise ValueError("row_splits must be a vector that is not empty; it is %s" % (known.shape,))
            if known[0] != 0 or (np.diff(known) < 0).any() or known[-1] != _count(values):
                raise invalid("Arguments to from_row_splits do not form a valid RaggedTensor: row_splits %s for %s values" % (known.tolist(), _count(values)))
        return cls(values, splits)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        lengths = np.asarray(tensor(row_lengths)).astype(np.int64)
        if validate and (lengths < 0).any():
            raise invalid("row_lengths must not be negative: %s" % lengths.tolist())
        return cls.from_row_splits(values, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), validate=validate)

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        ids = np.asarray(tensor(value_rowids)).astype(np.int64)
        n = int(nrows) if nrows is not None else int(ids[-1]) + 1 if len(ids) else 0
        if validate and ((np.diff(ids) < 0).any() or (len(ids) and (ids[0] < 0 or ids[-1] >= n))):
            raise invalid("value_rowids must be sorted and in [0, %d): %s" % (n, ids.tolist()))
        return cls.from_row_lengths(values, np.bincount(ids, minlength=n), validate=validate)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        values = values if isinstance(values, RaggedTensor) else tensor(values)
        return cls.from_row_splits(values, np.append(np.asarray(tensor(row_starts)), _count(values)).astype(np.int64), validate=validate)

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        return cls.from_row_splits(values, np.concatenate([[0], np.asarray(tensor(row_limits))]).astype(np.int64), validate=validate)

    @classmethod
    def from_uniform_row_length(cls, values, uniform_row_length, nrows=None, validate=True, name=None):
        values = values if isinstance(values, RaggedTensor) else tensor(values)
        n, length = _count(values), int(uniform_row_length)
        rows = int(nrows) if nrows is not None else n // length if length else 0
        if rows * length != n:
            raise invalid("%d values do not make rows of %d" % (n, length))
        made = cls.from_row_splits(values, np.arange(rows + 1) * length)
        made._uniform = length
        return made

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        made = flat_values
        for splits in reversed(list(nested_row_splits)):
            made = cls.from_row_splits(made, splits, validate=validate)
        return made

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        made = flat_values
        for lengths in reversed(list(nested_row_lengths)):
            made = cls.from_row_lengths(made, lengths, validate=validate)
        return made

    @classmethod
    def from_tensor(cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None, row_splits_dtype=dtypes.int64):
        _only_int64(row_splits_dtype)
        t = convert(tensor, 0)
        if ragged_rank != 1:
            flat = run("Reshape", t, sizes([-1, *t._shape_tuple[ragged_rank:]]))
            inner = cls.from_tensor(flat, lengths, padding)
            for size in reversed(t._shape_tuple[1:ragged_rank]):
                inner = cls.from_uniform_row_length(inner, size)
            return inner
        n, width = t._shape_tuple[:2]
        if lengths is not None:
            kept = np.clip(np.asarray(convert(lengths, 0)).astype(np.int64), 0, width)
        elif padding is not None:
            same = np.asarray(t) == np.asarray(convert(padding, t._dtype_number))
            same = same.reshape(n, width, -1).all(-1)
            kept = width - np.where(same.all(1), width, np.argmin(same[:, ::-1], 1))
        else:
            kept = np.full(n, width)
        places = np.concatenate([i * width + np.arange(k) for i, k in enumerate(kept)] or [np.zeros(0)]).astype(np.int64)
        flat = run("Reshape", t, sizes([n * width, *t._shape_tuple[2:]]))
        return cls.from_row_lengths(run("GatherV2", flat, convert(places, 9), convert(0, 3)), kept)

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=dtypes.int64):
        _only_int64(row_splits_dtype)
        places = np.asarray(st_input.indices)
        if (np.diff(places[:, 0]) < 0).any() or any(places[places[:, 0] == r, 1].tolist() != list(range((places[:, 0] == r).sum())) for r in set(places[:, 0].tolist())):
            raise invalid("SparseTensor is not right-ragged")
        return cls.from_value_rowids(st_input.values, places[:, 0], int(np.asarray(st_input.dense_shape)[0]))

    # ---- what it is ----

    values = property(lambda self: self._values)
    row_splits = property(lambda self: self._splits)
    dtype = property(lambda self: self._values.dtype)
    ragged_rank = property(lambda self: 1 + (self._values.ragged_rank if isinstance(self._values, RaggedTensor) else 0))
    flat_values = property(lambda self: self._values.flat_values if isinstance(self._values, RaggedTensor) else self._values)
    uniform_row_length = property(lambda self: None if self._uniform is None else convert(self._uniform, 9))

    @property
    def nested_row_splits(self):
        return (self._splits, *(self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()))

    @property
    def shape(self):
        inner = list(self._values.shape)[1:] if isinstance(self._values, RaggedTensor) else list(self._values._shape_tuple[1:])
        n = self._splits._shape_tuple[0] if self._splits._shape_tuple else None
        return shapes.TensorShape([None if n is None else n - 1, self._uniform, *inner])

    def get_shape(self):
        return self.shape

    def _cuts(self):
        if not isinstance(self._splits, _core.EagerTensor):
            raise NotImplementedError("not implemented: this operation of a ragged tensor in a graph; use its values and row_splits")
        return np.asarray(self._splits)

    def nrows(self, out_type=None, name=None):
        kind = dtypes.as_dtype(out_type or dtypes.int64)
        return array_ops.cast(run("Size", self._splits), kind) - convert(1, kind._number)

    def row_lengths(self, axis=1, name=None):
        if axis != 1:
            return self.with_values(self._values.row_lengths(axis - 1))
        return self._splits[1:] - self._splits[:-1]

    def nested_row_lengths(self, name=None):
        return (self.row_lengths(), *(self._values.nested_row_lengths() if isinstance(self._values, RaggedTensor) else ()))

    def row_starts(self, name=None):
        return self._splits[:-1]

    def row_limits(self, name=None):
        return self._splits[1:]

    def _ids(self):
        cuts = self._cuts()
        return np.repeat(np.arange(len(cuts) - 1), np.diff(cuts))

    def value_rowids(self, name=None):
        if not isinstance(self._splits, _core.EagerTensor):
            zero, one = convert(0, 9), convert(1, 9)
            places = execute("Range", [zero, self._splits[-1], one], {})
            found = execute("UpperBound", [run("ExpandDims", self._splits, convert(0, 3)), run("ExpandDims", places, convert(0, 3))], {"out_type": dtypes.int64})
            return run("Reshape", found, convert([-1], 3)) - one
        return convert(self._ids().astype(np.int64), 9)

    def nested_value_rowids(self, name=None):
        return (self.value_rowids(), *(self._values.nested_value_rowids() if isinstance(self._values, RaggedTensor) else ()))

    def bounding_shape(self, axis=None, name=None, out_type=None):
        lengths = np.diff(self._cuts())
        inner = np.asarray(self._values.bounding_shape())[1:] if isinstance(self._values, RaggedTensor) else self._values._shape_tuple[1:]
        whole = [len(lengths), int(lengths.max()) if len(lengths) else 0, *[int(d) for d in inner]]
        return convert(whole if axis is None else whole[axis], 9 if out_type is None else dtypes.as_dtype(out_type)._number)

    def with_values(self, new_values):
        return RaggedTensor(new_values if isinstance(new_values, RaggedTensor) else tensor(new_values), self._splits, self._uniform)

    def with_flat_values(self, new_values):
        return self.with_values(self._values.with_flat_values(new_values) if isinstance(self._values, RaggedTensor) else new_values)

    def with_row_splits_dtype(self, dtype):
        _only_int64(dtype)
        return self

    def consumers(self):
        return []

    def _components(self):
        return [self.flat_values, *self.nested_row_splits]

    @classmethod
    def _of_components(cls, parts):
        made = parts[0]
        for splits in reversed(parts[1:]):
            made = cls(made, splits)
        return made

    # ---- to other forms ----

    def to_list(self):
        cuts = self._cuts()
        rows = self._values.to_list() if isinstance(self._values, RaggedTensor) else np.asarray(self._values).tolist()
        return [rows[a:b] for a, b in zip(cuts[:-1], cuts[1:])]

    def numpy(self):
        rows = [np.asarray(row) if not isinstance(row, RaggedTensor) else row.numpy() for row in self]
        if len({np.shape(r) for r in rows}) == 1:
            return np.stack(rows)
        made = np.empty(len(rows), object)
        made[:] = rows
        return made

    def to_tensor(self, default_value=None, name=None, shape=None):
        if isinstance(self._values, RaggedTensor):
            inner = self._values.to_tensor(default_value, None, None if shape is None else [None, *list(shape)[2:]])
            return self.with_values(inner).to_tensor(default_value, None, None if shape is None else [*list(shape)[:2], *inner._shape_tuple[1:]])
        cuts = self._cuts()
        lengths, inner = np.diff(cuts), self._values._shape_tuple[1:]
        given = [None] * (2 + len(inner)) if shape is None else list(shapes.TensorShape(shape).as_list())
        n = len(lengths) if given[0] is None else given[0]
        width = (int(lengths.max()) if len(lengths) else 0) if given[1] is None else given[1]
        column = np.arange(cuts[-1]) - np.repeat(cuts[:-1], lengths)
        ids = self._ids()
        kept = np.flatnonzero((column < width) & (ids < n))
        default = b"" if self.dtype == dtypes.string else 0 if default_value is None else default_value
        default = default if default_value is None else default_value
        full = run("Fill", sizes([n, width, *inner]), convert(default, self._values._dtype_number)) if np.ndim(default) == 0 else array_ops.tile(
            run("Reshape", convert(default, self._values._dtype_number), sizes([1, 1, *inner])), [n, width, *[1] * len(inner)])  # fmt: skip
        if self.dtype == dtypes.string:
            made = np.array(np.asarray(full), object)
            made[ids[kept], column[kept]] = np.asarray(self._values)[kept]
            return convert(made, 7)
        places = np.stack([ids[kept], column[kept]], -1).astype(np.int64)
        return run("TensorScatterUpdate", full, convert(places.reshape(-1, 2), 9), _take(self._values, kept))

    def to_sparse(self, name=None):
        from sokuji._src.ops.sparse_ops import SparseTensor

        places, cuts = self._ids()[:, None], self._cuts()
        places = np.concatenate([places, (np.arange(cuts[-1]) - np.repeat(cuts[:-1], np.diff(cuts)))[:, None]], 1)
        inner = self._values
        if isinstance(inner, RaggedTensor):
            below = np.asarray(inner.to_sparse().indices)
            places = np.concatenate([places[below[:, 0]], below[:, 1:]], 1)
        return SparseTensor(places.astype(np.int64), self.flat_values, np.asarray(self.bounding_shape()))

    def merge_dims(self, outer_axis, inner_axis):
        rank = self.ragged_rank + self.flat_values.ndim
        outer, inner = axis_of(outer_axis, rank), axis_of(inner_axis, rank)
        if outer == inner:
            return self
        if outer == 0:
            inside = self._values if inner == 1 or not isinstance(self._values, RaggedTensor) else self._values.merge_dims(0, inner - 1)
            return inside if isinstance(self._values, RaggedTensor) or inner == 1 else run("Reshape", inside, sizes([-1, *inside._shape_tuple[inner:]]))
        if outer > 1:
            return self.with_values(self._values.merge_dims(outer - 1, inner - 1))
        inside = self._values
        if not isinstance(inside, RaggedTensor):
            inside = RaggedTensor.from_tensor(inside)
        inside = inside if inner == 2 else inside.merge_dims(1, inner - 1)
        return RaggedTensor.from_row_splits(inside.values, inside._cuts()[self._cuts()])

    # ---- parts ----

    def __len__(self):
        return len(self._cuts()) - 1

    def _row(self, i):
        n = len(self)
        if not -n <= i < n:
            raise IndexError("slice index %d of dimension 0 out of bounds." % i)
        a, b = self._cuts()[i % n : i % n + 2]
        return self._values[int(a) : int(b)]

    def __iter__(self):
        return (self._row(i) for i in range(len(self)))

    def _rows(self, index):
        cuts = self._cuts()
        starts, lengths = cuts[:-1][index], np.diff(cuts)[index]
        places = np.concatenate([a + np.arange(n) for a, n in zip(starts, lengths)] or [np.zeros(0)]).astype(np.int64)
        inner = self._values._rows(places) if isinstance(self._values, RaggedTensor) else _take(self._values, places)
        return RaggedTensor.from_row_lengths(inner, lengths)

    def __getitem__(self, key):
        key = key if isinstance(key, tuple) else (key,)
        if any(k is Ellipsis or k is None for k in key):
            return self._placed(key)
        first, rest = key[0], key[1:]
        if isinstance(first, slice):
            made = self if first == slice(None) else self._rows(np.arange(len(self))[_plain_slice(first)])
            if not rest:
                return made
            return made._columns(rest)
        row = self._row(int(first))
        return row if not rest else row[rest[0] if len(rest) == 1 else rest]

    def _placed(self, key):
        """Indexing with ... and new axes."""
        missing = self.ragged_rank + self.flat_values.ndim - sum(k is not None and k is not Ellipsis for k in key)
        wide, whole = [], (slice(None),) * missing
        for k in key:
            wide.extend(whole if k is Ellipsis else (k,))
        kept = [k for k in wide if isinstance(k, (slice, type(None)))]
        made = self[tuple(k for k in wide if k is not None)] if any(k is not None for k in wide) else self
        for axis, k in enumerate(kept):
            made = expand_dims(made, axis) if k is None else made
        return made

    def _columns(self, rest):
        """[:, column, …]"""
        if isinstance(rest[0], slice):
            cuts = self._cuts()
            kept = [np.arange(a, b)[_plain_slice(rest[0])] for a, b in zip(cuts[:-1], cuts[1:])]
            places = np.concatenate(kept or [np.zeros(0)]).astype(np.int64)
            inner = self._values._rows(places) if isinstance(self._values, RaggedTensor) else _take(self._values, places)
            inner = inner if len(rest) == 1 else inner[(slice(None), *rest[1:])]
            return RaggedTensor.from_row_lengths(inner, [len(k) for k in kept])
        if self._uniform is None:
            raise ValueError("Cannot index into an inner ragged dimension.")
        places = self._cuts()[:-1] + int(rest[0]) % self._uniform
        made = self._values._rows(places) if isinstance(self._values, RaggedTensor) else _take(self._values, places)
        return made if len(rest) == 1 else made[(slice(None), *rest[1:])]

    def __repr__(self):
        if not isinstance(self._splits, _core.EagerTensor):
            return "tf.RaggedTensor(values=%s, row_splits=%s)" % (self._values, self._splits)
        return "<tf.RaggedTensor %s>" % (self.to_list(),)

    __str__ = __repr__

    def _to_tensor(self, dtype):
        raise ValueError("A ragged tensor does not convert to a tensor: %r; use to_tensor()" % (self,))

    def __bool__(self):
        raise TypeError("RaggedTensor may not be used as a boolean.")


def _plain_slice(s):
    return slice(*(None if v is None else int(v) for v in (s.start, s.stop, s.step)))


def _count(values):
    return len(values) if isinstance(values, RaggedTensor) else values._shape_tuple[0]


def _take(values, index):
    return run("GatherV2", values, convert(np.asarray(index, np.int64), 9), convert(0, 3))


# ---- tf.ragged ----


def constant(pylist, dtype=None, ragged_rank=None, inner_shape=None, name=None, row_splits_dtype=dtypes.int64):
    """A ragged tensor of nested lists."""
    _only_int64(row_splits_dtype)

    def depth(value):
        if not isinstance(value, (list, tuple, np.ndarray)) or isinstance(value, np.ndarray) and value.ndim == 0:
            return 0
        below = {depth(v) for v in value}
        some = below - {0} if 0 in below and len(below) > 1 else below
        if 0 in below and len(below) > 1:
            raise ValueError("all scalar values must have the same nesting depth")
        return 1 + max(some, default=0)

    levels = depth(pylist)
    if levels == 0:
        if ragged_rank:
            raise ValueError("Invalid pylist=%r: incompatible with ragged_rank=%s" % (pylist, ragged_rank))
        return convert(pylist, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
    rank = max(levels - 1, 0) if ragged_rank is None else ragged_rank
    if inner_shape is not None and ragged_rank is None:
        rank = levels - 1 - len(inner_shape)
    if rank >= levels and rank > 0 and np.size(np.array(pylist, object)):
        raise ValueError("Invalid pylist=%r: incompatible with ragged_rank=%s" % (pylist, ragged_rank))
    lengths, flat = [], pylist
    for _ in range(rank):
        lengths.append([len(row) for row in flat])
        flat = [item for row in flat for item in row]
    number = 0 if dtype is None else dtypes.as_dtype(dtype)._number
    values = convert(flat, number) if len(flat) else run("Reshape", convert([], number or 1), sizes([0, *(inner_shape or ())]))
    return RaggedTensor.from_nested_row_lengths(values, lengths)


def range_(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=dtypes.int64):
    """Ragged rows of numbers from starts up to before limits."""
    _only_int64(row_splits_dtype)
    if limits is None:
        starts, limits = 0, starts
    given = np.broadcast_arrays(*(np.asarray(tensor(v)) for v in (starts, limits, deltas)))
    if (given[2] == 0).any():
        raise invalid("Requires delta != 0")
    kind = given[1].dtype if dtype is None else dtypes.as_dtype(dtype).as_numpy_dtype
    rows = [np.arange(a, b, d).astype(kind) for a, b, d in zip(*(np.atleast_1d(g) for g in given))]
    return RaggedTensor.from_row_lengths(np.concatenate(rows or [np.zeros(0, kind)]).astype(kind), [len(r) for r in rows])


def _ragged(value):
    if isinstance(value, RaggedTensor):
        return value
    t = tensor(value)
    return RaggedTensor.from_tensor(t)


def concat(values, axis, name=None):
    values = [v if isinstance(v, RaggedTensor) else tensor(v) for v in values]
    rank = max(v.ragged_rank + v.flat_values.ndim if isinstance(v, RaggedTensor) else v.ndim for v in values)
    axis = axis_of(axis, rank)
    if rank == 1:
        return array_ops.concat(values, 0)
    rows = [_ragged(v) for v in values]
    if axis == 0:
        deep = max(r.ragged_rank for r in rows)
        inner = concat([r.values for r in rows], 0) if deep > 1 else array_ops.concat([r.values for r in rows], 0)
        return RaggedTensor.from_row_lengths(inner, np.concatenate([np.diff(r._cuts()) for r in rows]))
    if len({len(r) for r in rows}) > 1:
        raise invalid("tf.concat: the inputs have different numbers of rows")
    if axis > 1:
        return rows[0].with_values(concat([r.values for r in rows], axis - 1))
    whole, n = concat(rows, 0), len(rows[0])
    order = np.arange(n * len(rows)).reshape(len(rows), n).T.ravel()
    return RaggedTensor.from_row_lengths(whole._rows(order).values, sum(np.diff(r._cuts()) for r in rows))


def stack(values, axis=0, name=None):
    """Tensors and ragged tensors as rows of a new axis."""
    values = [v if isinstance(v, RaggedTensor) else tensor(v) for v in (values if isinstance(values, (list, tuple)) else [values])]
    if axis == 0:
        if any(isinstance(v, RaggedTensor) for v in values) or values[0].ndim > 1:
            return RaggedTensor.from_row_lengths(concat([_ragged(v) for v in values], 0), [_count(v) for v in values])
        if values[0].ndim == 0:
            return array_ops.stack(values)
        return RaggedTensor.from_row_lengths(array_ops.concat(values, 0), [_count(v) for v in values])
    if axis != 1:
        raise NotImplementedError("not implemented: tf.ragged.stack with axis=%s" % axis)
    return concat([expand_dims(v, 1) for v in values], 1)


def map_flat_values(op, *args, **kwargs):
    """The operation on the values; ragged arguments have the same rows."""
    given = [v for v in (*args, *kwargs.values()) if isinstance(v, RaggedTensor)]
    if not given:
        return op(*args, **kwargs)
    for other in given[1:]:
        if len(other.nested_row_splits) != len(given[0].nested_row_splits) or any(
                not np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(other.nested_row_splits, given[0].nested_row_splits)):  # fmt: skip
            raise invalid("Inputs must have identical ragged splits")
    plain = lambda v: v.flat_values if isinstance(v, RaggedTensor) else v  # noqa: E731
    return given[0].with_flat_values(op(*[plain(v) for v in args], **{k: plain(v) for k, v in kwargs.items()}))


def boolean_mask(data, mask, name=None):
    """The elements where the mask is true, row by row."""
    if not isinstance(mask, RaggedTensor):
        kept = np.asarray(tensor(mask))
        if kept.ndim == 1:
            rows = np.flatnonzero(kept)
            return data._rows(rows) if isinstance(data, RaggedTensor) else _take(tensor(data), rows)
        mask = RaggedTensor.from_tensor(kept)
    data = _ragged(data)
    if not np.array_equal(data._cuts(), mask._cuts()):
        raise invalid("boolean_mask: the mask's rows are not those of the data")
    if isinstance(mask.values, RaggedTensor):
        return data.with_values(boolean_mask(data.values, mask.values))
    kept = np.asarray(mask.values)
    inner = boolean_mask(data.values, kept)
    return RaggedTensor.from_row_lengths(inner, np.bincount(data._ids()[kept], minlength=len(data)))


def _kind_as(given, out_type):
    """The number of the dtype that is asked for, else the given tensor's, else int64's."""
    return dtypes.as_dtype(out_type)._number if out_type is not None else given._dtype_number if isinstance(given, _core.Handle) else 9


def row_splits_to_segment_ids(splits, name=None, out_type=None):
    """For each value the number of its row."""
    cuts = np.asarray(tensor(splits))
    return convert(np.repeat(np.arange(len(cuts) - 1), np.diff(cuts)), _kind_as(splits, out_type))


def segment_ids_to_row_splits(segment_ids, num_segments=None, out_type=None, name=None):
    """Where rows begin, and the end, from sorted row numbers."""
    ids = np.asarray(tensor(segment_ids))
    return convert(np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=int(num_segments or 0)))]), _kind_as(segment_ids, out_type))


def expand_dims(value, axis, name=None):
    if not isinstance(value, RaggedTensor):
        return array_ops.expand_dims(value, axis)
    rank = value.ragged_rank + value.flat_values.ndim
    axis = axis_of(axis, rank + 1)
    if axis == 0:
        return RaggedTensor.from_uniform_row_length(value, len(value), 1)
    if axis == 1:
        return RaggedTensor.from_uniform_row_length(value, 1)
    return value.with_values(expand_dims(value.values, axis - 1))


def gather(params, indices, axis=None, batch_dims=0, **keywords):
    if batch_dims == 1 and axis in (None, 1) and isinstance(params, RaggedTensor):
        return _gather_in_rows(params, indices)
    if axis not in (None, 0) or batch_dims:
        raise NotImplementedError("not implemented: tf.gather of ragged tensors with an axis or batch_dims")
    if isinstance(indices, RaggedTensor):
        return indices.with_values(gather(params, indices.values))
    if not isinstance(params, RaggedTensor):
        return run("GatherV2", params, convert(indices, 0), convert(0, 3))
    index = np.asarray(tensor(indices)).astype(np.int64)
    if index.size and (index.min() < 0 or index.max() >= len(params)):
        raise invalid("tf.gather: an index is outside [0, %d)" % len(params))
    if index.ndim == 0:
        return params[int(index)]
    made = params._rows(index.ravel())
    for size in index.shape[:0:-1]:
        made = RaggedTensor.from_uniform_row_length(made, size)
    return made


def _gather_in_rows(params, indices):
    index = _ragged(indices)
    flat, rows = np.asarray(index.values).astype(np.int64), index._ids()
    if (flat < 0).any() or (flat >= np.diff(params._cuts())[rows]).any():
        raise invalid("tf.gather: an index is outside of its row")
    return index.with_values(gather(params.values, params._cuts()[rows] + flat))


def reverse(value, axis, name=None):
    for a in np.ravel(np.asarray(tensor(axis))):
        value = _reversed(value, axis_of(int(a), value.ragged_rank + value.flat_values.ndim))
    return value


def _reversed(rt, axis):
    if not isinstance(rt, RaggedTensor):
        return array_ops.reverse(rt, [axis])
    if axis > 1:
        return rt.with_values(_reversed(rt.values, axis - 1))
    if axis == 0:
        return rt._rows(np.arange(len(rt))[::-1])
    cuts = rt._cuts()
    return rt.with_values(gather(rt.values, cuts[:-1][rt._ids()] + cuts[1:][rt._ids()] - 1 - np.arange(cuts[-1])))


def stack_dynamic_partitions(data, partitions, num_partitions, name=None):
    """Row i: the elements whose partition is i, in their order."""
    ids = np.asarray(tensor(partitions)).ravel()
    n = int(num_partitions)
    if ids.size and (ids.min() < 0 or ids.max() >= n):
        raise invalid("partitions must be in [0, %d): %s" % (n, ids.tolist()))
    data = data if isinstance(data, RaggedTensor) else tensor(data)
    return RaggedTensor.from_row_lengths(gather(data, np.argsort(ids, kind="stable")), np.bincount(ids, minlength=n))


def squeeze(input, axis=None, name=None):
    axis = [axis] if isinstance(axis, int) else axis
    if axis is None:
        raise ValueError("Ragged.squeeze must have an axis argument.")
    for a in sorted((axis_of(int(a), input.ragged_rank + input.flat_values.ndim) for a in axis), reverse=True):
        input = _squeezed(input, a)
    return input


def _squeezed(rt, axis):
    if not isinstance(rt, RaggedTensor):
        return array_ops.squeeze(rt, [axis])
    if axis > 1:
        return rt.with_values(_squeezed(rt.values, axis - 1))
    if len(rt) != 1 if axis == 0 else (np.diff(rt._cuts()) != 1).any():
        raise invalid("Can not squeeze dim[%d]: it is not 1" % axis)
    return rt.values


def gather_nd(params, indices, **keywords):
    index = np.asarray(tensor(indices))
    if index.ndim != 2:
        raise NotImplementedError("not implemented: tf.gather_nd of a ragged tensor with indices of shape %s" % (index.shape,))
    if index.shape[1] == 1:
        return gather(params, index[:, 0])
    cuts = params._cuts()
    places = cuts[index[:, 0]] + index[:, 1]
    if (index[:, 1] < 0).any() or (places >= cuts[index[:, 0] + 1]).any():
        raise invalid("tf.gather_nd: an index is outside its row")
    if index.shape[1] == 2:
        return gather(params.values, places)
    inner = np.concatenate([places[:, None], index[:, 2:]], 1)
    return gather_nd(params.values, inner) if isinstance(params.values, RaggedTensor) else run("GatherNd", params.values, convert(inner.astype(np.int64), 9))


def tile(value, multiples, name=None):
    by = np.asarray(tensor(multiples)).tolist()
    if any(m != 1 for m in by[2:]):
        raise NotImplementedError("not implemented: tf.tile of a ragged tensor over inner dimensions")
    made = concat([value] * by[1], 1) if by[1] != 1 else value
    return concat([made] * by[0], 0) if by[0] != 1 else made


# ---- reductions ----

_SEGMENTS = {"reduce_sum": "UnsortedSegmentSum", "reduce_prod": "UnsortedSegmentProd", "reduce_max": "UnsortedSegmentMax", "reduce_min": "UnsortedSegmentMin"}


def _segments(kind, values, ids, n):
    ids, n = convert(np.asarray(ids, np.int64), 9), convert(int(n), 3)
    if kind == "reduce_mean":
        total = run("UnsortedSegmentSum", values, ids, n)
        count = np.bincount(np.asarray(ids), minlength=int(np.asarray(n))).astype(np.float64)
        return total / array_ops.cast(convert(count.reshape(-1, *[1] * (total.ndim - 1)), 0), total.dtype)
    if kind in ("reduce_any", "reduce_all"):
        whole = run("UnsortedSegmentMax" if kind == "reduce_any" else "UnsortedSegmentMin", array_ops.cast(values, dtypes.int32), ids, n)
        return run("Greater", whole, convert(0, 3))
    return run(_SEGMENTS[kind], values, ids, n)


def _segments_in_graph(kind, rt):
    """A reduction of rows whose lengths are not known yet."""
    if isinstance(rt.values, RaggedTensor):
        raise NotImplementedError("not implemented: tf.%s of a deeply ragged tensor in a graph" % kind)
    ids, n, values = rt.value_rowids(), rt.nrows(dtypes.int32), rt.values
    if kind == "reduce_mean":
        lengths = array_ops.cast(rt.row_lengths(), values.dtype)
        return run("UnsortedSegmentSum", values, ids, n) / run("Reshape", lengths, sizes([-1, *[1] * (values.ndim - 1)]))
    if kind in ("reduce_any", "reduce_all"):
        whole = run("UnsortedSegmentMax" if kind == "reduce_any" else "UnsortedSegmentMin", array_ops.cast(values, dtypes.int32), ids, n)
        return run("Greater", whole, convert(0, 3))
    return run(_SEGMENTS[kind], values, ids, n)


def reduction(kind, plain):
    """A reduction of ragged tensors beside that of tensors."""

    def reduce(rt, axis=None, keepdims=None):
        rank = rt.ragged_rank + rt.flat_values.ndim
        if axis is None:
            made = plain(rt.flat_values, None)
            return run("Reshape", made, sizes([1] * rank)) if keepdims else made
        axes = [int(a) for a in np.ravel(np.asarray(axis))]
        axes = sorted({axis_of(a, rank) for a in axes}, reverse=True)
        for a in axes:
            rt = one(rt, a) if isinstance(rt, RaggedTensor) else plain(rt, a)
        for a in reversed(axes if keepdims else ()):
            rt = expand_dims(rt, a)
        return rt

    def one(rt, axis):
        if axis == 1 and not isinstance(rt.row_splits, _core.EagerTensor):
            return _segments_in_graph(kind, rt)
        cuts, values = rt._cuts(), rt.values
        if axis > 1:
            return rt.with_values(one(values, axis - 1) if isinstance(values, RaggedTensor) else plain(values, axis - 1))
        lengths, ids = np.diff(cuts), rt._ids()
        column = np.arange(cuts[-1]) - np.repeat(cuts[:-1], lengths)
        key, n = (ids, len(lengths)) if axis == 1 else (column, int(lengths.max()) if len(lengths) else 0)
        if not isinstance(values, RaggedTensor):
            return _segments(kind, values, key, n)
        inner = values._cuts()
        if isinstance(values.values, RaggedTensor):
            raise NotImplementedError("not implemented: tf.%s over an outer axis of a deeply ragged tensor" % kind)
        outer, place = key[values._ids()], np.arange(inner[-1]) - np.repeat(inner[:-1], np.diff(inner))
        width = int(place.max()) + 1 if len(place) else 0
        flat, back = np.unique(outer * max(width, 1) + place, return_inverse=True)
        made = _segments(kind, values.values, back.reshape(-1), len(flat))
        return RaggedTensor.from_row_lengths(made, np.bincount(flat // max(width, 1), minlength=n))

    return reduce


# ---- element by element ----


def _matched(a, b):
    """Both as flat values, with the ragged tensor that has their rows."""
    if isinstance(a, RaggedTensor) and isinstance(b, RaggedTensor):
        if a.ragged_rank != b.ragged_rank or any(not np.array_equal(np.asarray(x), np.asarray(y)) for x, y in zip(a.nested_row_splits, b.nested_row_splits)):
            raise invalid("Unable to broadcast: dimension size mismatch in the rows of %s and %s" % (a.shape, b.shape))
        return a.flat_values, b.flat_values, a
    rt, other = (a, b) if isinstance(a, RaggedTensor) else (b, a)
    other = convert(other, rt.flat_values._dtype_number)
    spread = other
    if other.ndim:
        if rt.ragged_rank != 1:
            raise NotImplementedError("not implemented: broadcasting of tensors with deeply ragged tensors")
        spread = _spread(rt, other)
    return (rt.flat_values, spread, rt) if rt is a else (spread, rt.flat_values, rt)


def _spread(rt, other):
    """A tensor's elements for each of the ragged tensor's values."""
    rank, cuts = 1 + rt.values.ndim, rt._cuts()
    shape = (1,) * (rank - other.ndim) + tuple(other._shape_tuple)
    other = run("Reshape", other, sizes(list(shape)))
    lengths, ids = np.diff(cuts), rt._ids()
    if shape[0] not in (1, len(lengths)) or (shape[1] != 1 and (lengths != shape[1]).any()):
        raise invalid("Unable to broadcast: a tensor of shape %s with the rows %s" % (shape, lengths.tolist()))
    row = ids if shape[0] != 1 else np.zeros_like(ids)
    column = np.arange(cuts[-1]) - np.repeat(cuts[:-1], lengths) if shape[1] != 1 else np.zeros_like(ids)
    return run("GatherNd", other, convert(np.stack([row, column], -1).astype(np.int64).reshape(-1, 2), 9))


def binary(op):
    def both(x, y, *rest, **keywords):
        a, b, rt = _matched(x, y)
        return rt.with_flat_values(op(a, b))

    return both


def _operators():
    import operator as o

    for name in "add sub mul truediv floordiv mod pow lt le gt ge and_ or_ xor".split():
        function, word = getattr(o, name), name.rstrip("_")
        setattr(RaggedTensor, "__%s__" % word, lambda self, other, f=function: binary(f)(self, other))
        if name not in ("lt", "le", "gt", "ge"):
            setattr(RaggedTensor, "__r%s__" % word, lambda self, other, f=function: binary(f)(other, self))
    plain = lambda v: v is None or isinstance(v, (str, type)) or hasattr(v, "value_type")  # noqa: E731
    RaggedTensor.__eq__ = lambda self, other: False if plain(other) else binary(o.eq)(self, other)
    RaggedTensor.__ne__ = lambda self, other: True if plain(other) else binary(o.ne)(self, other)
    RaggedTensor.__hash__ = object.__hash__
    RaggedTensor.__neg__ = lambda self: self.with_flat_values(-self.flat_values)
    RaggedTensor.__abs__ = lambda self: self.with_flat_values(abs(self.flat_values))
    RaggedTensor.__invert__ = lambda self: self.with_flat_values(~self.flat_values)


_operators()
RAGGED = {"stack_dynamic_partitions": stack_dynamic_partitions, "constant": constant, "range": range_, "stack": stack, "map_flat_values": map_flat_values, "boolean_mask": boolean_mask,
          "row_splits_to_segment_ids": row_splits_to_segment_ids, "segment_ids_to_row_splits": segment_ids_to_row_splits}  # fmt: skip

