"""Datasets of ragged and sparse tensors' rows, and batches as ragged tensors."""

import itertools

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.data import specs
from sokuji._src.data.dataset import UNKNOWN, Dataset, Noted, _batches, _integer, both, padded
from sokuji._src.data.specs import Leaf
from sokuji._src.ops import array_ops
from sokuji._src.ops.ragged import RaggedTensor
from sokuji._src.ops.sparse_ops import SparseTensor


def _count(value):
    if isinstance(value, RaggedTensor):
        return len(value)
    return int(np.asarray(value.dense_shape)[0]) if isinstance(value, SparseTensor) else convert(value, 0)._shape_tuple[0]


def _row(value, i):
    if isinstance(value, specs.Mapping):
        return type(value)((key, _row(v, i)) for key, v in value.items())
    if isinstance(value, tuple):
        made = [_row(v, i) for v in value]
        return type(value)(*made) if hasattr(value, "_fields") else tuple(made)
    if isinstance(value, SparseTensor):
        kept = np.flatnonzero(np.asarray(value.indices)[:, 0] == i)
        return SparseTensor(np.asarray(value.indices)[kept, 1:], run("GatherV2", value.values, convert(kept, 9), convert(0, 3)), np.asarray(value.dense_shape)[1:])
    return value[i] if isinstance(value, RaggedTensor) else convert(value, 0)[i]


def _leaves(value):
    if isinstance(value, specs.Mapping):
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    return [leaf for v in value for leaf in _leaves(v)] if isinstance(value, tuple) else [value]


def from_slices(tensors):
    """One element for each row of tensors of which some are ragged or sparse."""
    sizes = {_count(leaf) for leaf in _leaves(tensors)}
    if len(sizes) > 1:
        raise ValueError("from_tensor_slices: the tensors have different numbers of rows: %s" % sorted(sizes))
    n, places = sizes.pop(), itertools.count()
    known = specs.map_values(lambda value: _row_layout(value, places), tensors)

    def pass_():
        for i in range(n):
            yield specs.to_tensors(_row(tensors, i))[1]

    width = len(specs.flatten(known))
    made = Dataset((), lambda: _core.Dataset.from_passes(width, pass_, []), lambda: known, lambda: n)
    made._has_ragged_rows = not specs.has_composites(known)
    return made


def _row_layout(value, places):
    def leaf(t, sizes):
        return Leaf(next(places), t.dtype, sizes)

    if isinstance(value, SparseTensor):
        rank = value.indices._shape_tuple[1] - 1
        return specs.Composite(SparseTensor, [leaf(value.indices, (None, rank)), leaf(value.values, (None,)), leaf(value.dense_shape, (rank,))])
    if not isinstance(value, RaggedTensor):
        value = convert(value, 0)
        return leaf(value, value._shape_tuple[1:])
    if value.ragged_rank == 1:
        return leaf(value, (None, *value.values._shape_tuple[1:]))
    parts = value.values._components()
    return specs.Composite(RaggedTensor, [leaf(t, (None, *t._shape_tuple[1:])) for t in parts])


def ragged_batch(dataset, batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64, name=None):
    """Batches in which tensors of sizes that are not known beforehand are ragged."""
    size, drop, noted = _integer(batch_size, "batch_size"), bool(drop_remainder), Noted()
    before = dataset._layout()

    def together(leaf, place, rows):
        parts = [flat[leaf.place] for flat in rows]
        shape = None if before is None else specs.flatten(before)[place].shape
        if parts[0].ndim == 0 or (shape is not None and None not in shape):
            return array_ops.stack(parts)
        return RaggedTensor.from_row_lengths(array_ops.concat(parts, 0), [p._shape_tuple[0] for p in parts])

    def batch_of(rows):
        layout = dataset._layout()
        places = {id(leaf): i for i, leaf in enumerate(specs.flatten(layout))}
        return specs.map_structure(lambda leaf: together(leaf, places[id(leaf)], rows), layout)

    def pass_(source):
        rows = []
        for flat in source:
            rows.append(flat)
            if len(rows) == size:
                yield padded(noted.note(batch_of(rows)), made._pad, made)
                rows = []
        if rows and not drop:
            yield padded(noted.note(batch_of(rows)), made._pad, made)

    made = Dataset((dataset,), lambda core: _core.Dataset.from_passes(made._pad, pass_, [core]), lambda: noted.layout,
                   lambda: _batches(dataset._cardinality(), size, drop) if dataset._cardinality() != UNKNOWN else UNKNOWN)  # fmt: skip
    made._loose = True
    return made


def _together(values):
    """Elements of a batch as one: sparse tensors with a row number in front, ragged ones as rows, others stacked."""
    if isinstance(values[0], SparseTensor):
        places = [np.insert(np.asarray(v.indices), 0, i, 1) for i, v in enumerate(values)]
        shape = np.max([np.asarray(v.dense_shape) for v in values], 0)
        return SparseTensor(np.concatenate(places), array_ops.concat([v.values for v in values], 0), [len(values), *shape])
    if isinstance(values[0], RaggedTensor):
        from sokuji._src.ops import ragged

        return ragged.stack(values)
    return array_ops.stack(values)


def batch(dataset, size, drop):
    """Batches of elements of which some are sparse or ragged."""
    noted = Noted()

    def whole(rows):
        parts = [_leaves(dataset._unpack(flat)) for flat in rows]
        made = iter([_together(list(values)) for values in zip(*parts)])
        return specs.map_values(lambda _: next(made), dataset._unpack(rows[0]))

    def pass_(source):
        rows = []
        for flat in source:
            rows.append(flat)
            if len(rows) == size:
                yield padded(noted.note(whole(rows)), made._pad, made)
                rows = []
        if rows and not drop:
            yield padded(noted.note(whole(rows)), made._pad, made)

    made = Dataset((dataset,), lambda core: _core.Dataset.from_passes(made._pad, pass_, [core]), lambda: noted.layout,
                   lambda: _batches(dataset._cardinality(), size, drop) if dataset._cardinality() >= 0 else dataset._cardinality())  # fmt: skip
    made._loose = True
    return made


Dataset.ragged_batch = both("ragged_batch", ragged_batch)
