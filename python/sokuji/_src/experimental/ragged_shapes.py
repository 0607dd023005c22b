"""tf.experimental.RowPartition and DynamicRaggedShape: how rows lie in values, and the shapes of ragged tensors."""

import numpy as np

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert
from sokuji._src.experimental import tf
from sokuji._src.ops.ragged import RaggedTensor


def _integers(value, dtype=None):
    t = value if hasattr(value, "_dtype_number") else convert(np.asarray(value, np.int64), 0)
    return np.asarray(t).astype(np.int64), dtypes.as_dtype(dtype) if dtype is not None else t.dtype if hasattr(t, "dtype") and t.dtype.is_integer else dtypes.int64


class RowPartition:
    """Values in rows: row i holds those from row_splits[i] to row_splits[i + 1]."""

    def __init__(self, splits, dtype=dtypes.int64, uniform=None, is_static=True):
        self._splits, self._dtype, self._uniform = np.asarray(splits, np.int64), dtype, uniform

    @classmethod
    def from_row_splits(cls, row_splits, validate=True, dtype=None, dtype_hint=None):
        splits, kind = _integers(row_splits, dtype)
        if splits.ndim != 1 or not len(splits):
            raise ValueError("Shape %s must have rank 1" % (splits.shape,) if splits.ndim != 1 else "row_splits tensor may not be empty.")
        if validate and (splits[0] != 0 or (np.diff(splits) < 0).any()):
            raise tf.errors.InvalidArgumentError(None, None, "Arguments to from_row_splits do not form a valid RowPartition")
        return cls(splits, kind)

    @classmethod
    def from_row_lengths(cls, row_lengths, validate=True, dtype=None, dtype_hint=None):
        lengths, kind = _integers(row_lengths, dtype)
        if validate and (lengths < 0).any():
            raise tf.errors.InvalidArgumentError(None, None, "Arguments to from_row_lengths do not form a valid RowPartition")
        return cls(np.concatenate([[0], np.cumsum(lengths)]), kind)

    @classmethod
    def from_value_rowids(cls, value_rowids, nrows=None, validate=True, dtype=None, dtype_hint=None):
        ids, kind = _integers(value_rowids, dtype)
        n = int(ids[-1]) + 1 if nrows is None and len(ids) else int(nrows or 0)
        if validate and ((np.diff(ids) < 0).any() or (len(ids) and (ids[0] < 0 or ids[-1] >= n))):
            raise tf.errors.InvalidArgumentError(None, None, "Arguments to from_value_rowids do not form a valid RowPartition")
        return cls(np.searchsorted(ids, np.arange(n + 1)), kind)

    @classmethod
    def from_row_starts(cls, row_starts, nvals, validate=True, dtype=None, dtype_hint=None):
        starts, kind = _integers(row_starts, dtype)
        return cls.from_row_splits(np.append(starts, int(nvals)), validate, kind)

    @classmethod
    def from_row_limits(cls, row_limits, validate=True, dtype=None, dtype_hint=None):
        limits, kind = _integers(row_limits, dtype)
        return cls.from_row_splits(np.concatenate([[0], limits]), validate, kind)

    @classmethod
    def from_uniform_row_length(cls, uniform_row_length, nvals=None, nrows=None, validate=True, dtype=None, dtype_hint=None):
        size = int(uniform_row_length)
        if nvals is None and nrows is None:
            raise ValueError("Either (or both) of nvals and nrows must be specified")
        n = int(nrows) if nrows is not None else int(nvals) // size if size else 0
        if nvals is not None and n * size != int(nvals):
            raise tf.errors.InvalidArgumentError(None, None, "nvals is %d; %d rows of %d have %d" % (int(nvals), n, size, n * size))
        return cls(np.arange(n + 1) * size, dtypes.as_dtype(dtype or dtypes.int64), size)

    dtype = property(lambda self: self._dtype)
    static_nrows = property(lambda self: len(self._splits) - 1)
    static_nvals = property(lambda self: None if self._uniform is None else int(self._splits[-1]))
    static_uniform_row_length = property(lambda self: self._uniform)

    def _tensor(self, values):
        return convert(np.asarray(values, self._dtype.as_numpy_dtype), 0)

    def row_splits(self):
        return self._tensor(self._splits)

    def value_rowids(self):
        return self._tensor(np.repeat(np.arange(self.static_nrows), np.diff(self._splits)))

    def nrows(self):
        return self._tensor(self.static_nrows)

    def nvals(self):
        return self._tensor(self._splits[-1])

    def row_starts(self):
        return self._tensor(self._splits[:-1])

    def row_limits(self):
        return self._tensor(self._splits[1:])

    def row_lengths(self):
        return self._tensor(np.diff(self._splits))

    def uniform_row_length(self):
        return None if self._uniform is None else self._tensor(self._uniform)

    def is_uniform(self):
        return self._uniform is not None

    def offsets_in_rows(self):
        return self._tensor(np.arange(self._splits[-1]) - np.repeat(self._splits[:-1], np.diff(self._splits)))

    def with_dtype(self, dtype):
        return RowPartition(self._splits, dtypes.as_dtype(dtype), self._uniform)

    def __repr__(self):
        if self._uniform is not None:
            return "tf.RowPartition(nrows=%d, uniform_row_length=%d)" % (self.static_nrows, self._uniform)
        return "tf.RowPartition(row_splits=%s)" % self._splits


class DynamicRaggedShape:
    """The shape of a ragged tensor: partitions of rows, and the shape of what they hold."""

    def __init__(self, row_partitions, inner_shape, dtype=None, validate=False, static_inner_shape=None):
        self._partitions = tuple(row_partitions)
        inner, kind = _integers(inner_shape)
        self._inner = [int(d) for d in inner]
        self._dtype = dtypes.as_dtype(dtype) if dtype is not None else self._partitions[0].dtype if self._partitions else kind
        if validate and self._partitions and self._inner[0] != int(self._partitions[-1]._splits[-1]):
            raise ValueError("Last row partition does not match inner_shape.")

    @classmethod
    def from_lengths(cls, lengths, num_row_partitions=None, dtype=dtypes.int64):
        """Of sizes, each a number or one for every row."""
        if not isinstance(lengths, (list, tuple)):
            raise ValueError("lengths should be a list: %s" % (lengths,))
        last = max([i for i, n in enumerate(lengths) if not isinstance(n, (int, np.integer))], default=0)
        count = last if num_row_partitions is None else num_row_partitions
        if count < last or (count and count >= len(lengths)):
            raise ValueError("num_row_partitions should be at least %d and less than the rank %d: %d" % (last, len(lengths), count))
        if lengths and not isinstance(lengths[0], (int, np.integer)):
            raise ValueError("The first length must be a number: %s" % (lengths[0],))
        partitions, rows = [], lengths[0] if lengths else 0
        for n in lengths[1 : count + 1]:
            if isinstance(n, (int, np.integer)):
                partitions.append(RowPartition.from_uniform_row_length(n, nrows=rows, dtype=dtype))
            else:
                if len(n) != rows:
                    raise ValueError("lengths %s are for %d rows, of which there are %d" % (n, len(n), rows))
                partitions.append(RowPartition.from_row_lengths(n, dtype=dtype))
            rows = int(partitions[-1]._splits[-1])
        return cls(partitions, [*([rows] if lengths else []), *lengths[count + 1 :]], dtype)

    @classmethod
    def from_row_partitions(cls, row_partitions, dtype=None):
        if not row_partitions:
            raise ValueError("row_partitions cannot be empty")
        return cls(row_partitions, [int(row_partitions[-1]._splits[-1])], dtype)

    @classmethod
    def from_tensor(cls, t, dtype=None):
        if not isinstance(t, RaggedTensor):
            return cls([], list(tf.convert_to_tensor(t).shape), dtype or dtypes.int64)
        return cls([RowPartition.from_row_splits(s, dtype=dtype) for s in t.nested_row_splits], list(t.flat_values.shape), dtype)

    dtype = property(lambda self: self._dtype)
    row_partitions = property(lambda self: self._partitions)
    num_row_partitions = property(lambda self: len(self._partitions))
    inner_rank = property(lambda self: len(self._inner))
    rank = property(lambda self: len(self._inner) + len(self._partitions))
    inner_shape = property(lambda self: convert(np.asarray(self._inner, self._dtype.as_numpy_dtype), 0))
    static_inner_shape = property(lambda self: shapes.TensorShape(self._inner))

    def _first(self):
        return self._partitions[0].static_nrows if self._partitions else self._inner[0]

    def is_uniform(self, axis):
        """Whether all rows of the axis are as long."""
        if not 0 <= axis < self.rank:
            raise IndexError("axis %d of a shape of rank %d" % (axis, self.rank))
        return axis == 0 or axis > len(self._partitions) or self._partitions[axis - 1].is_uniform()

    def static_lengths(self, ragged_lengths=True):
        if not self.rank:
            return []
        made = [self._first()]
        for p in self._partitions:
            made.append(p._uniform if p._uniform is not None else tuple(int(n) for n in np.diff(p._splits)) if ragged_lengths else None)
        return made + self._inner[1:]

    def with_dtype(self, dtype):
        return DynamicRaggedShape([p.with_dtype(dtype) for p in self._partitions], self._inner, dtype)

    def __len__(self):
        return self.rank

    def __getitem__(self, index):
        if isinstance(index, slice):
            if index.step not in (None, 1) or index.start not in (None, 0):
                raise NotImplementedError("not implemented: slices of a DynamicRaggedShape that do not begin at 0")
            stop = range(self.rank)[index].stop
            lengths = self.static_lengths()[:stop]
            return DynamicRaggedShape.from_lengths(lengths, dtype=self._dtype)
        index = index + self.rank if index < 0 else index
        if not self.is_uniform(index):
            raise ValueError("Index %d is not uniform" % index)
        return convert(np.asarray(self.static_lengths()[index], self._dtype.as_numpy_dtype), 0)

    def __eq__(self, other):
        if not isinstance(other, DynamicRaggedShape):
            return False
        return tf.constant(self.static_lengths() == other.static_lengths() and self.num_row_partitions == other.num_row_partitions)

    __hash__ = None

    def __repr__(self):
        return "<DynamicRaggedShape lengths=[%s] num_row_partitions=%d>" % (", ".join(map(str, self.static_lengths())), len(self._partitions))


NAMES = {"RowPartition": RowPartition, "DynamicRaggedShape": DynamicRaggedShape}
