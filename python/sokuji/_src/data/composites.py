"""Datasets of ragged and sparse tensors' rows, and batches as ragged tensors."""

import numpy as np

from sokuji import _core
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
    n, noted = sizes.pop(), Noted()
    known = None
    if isinstance(tensors, RaggedTensor) and tensors.ragged_rank == 1:
        known = Leaf(0, tensors.dtype, (None, *tensors.values._shape_tuple[1:]))

    def pass_():
        for i in range(n):
            yield padded(noted.note(_row(tensors, i)), made._pad, made)

    made = Dataset((), lambda: _core.Dataset.from_passes(made._pad, pass_, []), lambda: known or noted.layout, lambda: n)
    if known is not None:
        made._pad = 1
    made._has_ragged_rows, made._loose = known is not None, known is None
    return made


def ragged_batch(dataset, batch_size, drop_remainder=False, row_splits_dtype=None, name=None):
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


Dataset.ragged_batch = both("ragged_batch", ragged_batch)
