"""Sets and partitions: unique elements, differences, permutations, rows dealt out by number and put together again."""

import collections

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, number, run, same_dtype, sizes
from sokuji._src.ops import array_ops

Unique = collections.namedtuple("Unique", "y idx")
UniqueWithCounts = collections.namedtuple("UniqueWithCounts", "y idx count")


def _unique(x):
    t = convert(x, 0)
    if len(t._shape_tuple) != 1:
        raise invalid("unique expects a 1D vector.")
    values = t.numpy().tolist() if t._dtype_number != 7 else list(t._strings())
    places, first, index = {}, [], []
    for i, v in enumerate(values):
        if v not in places:
            places[v] = len(first)
            first.append(i)
        index.append(places[v])
    return run("GatherV2", t, convert(np.array(first, np.int64), 9), convert(0, 3)), index, len(first)


def unique(x, out_idx=dtypes.int32, name=None):
    """(the different elements, in order of their first places, and for each element which it is)."""
    y, index, _ = _unique(x)
    return Unique(y, convert(np.array(index, np.int64), number(out_idx)))


def unique_with_counts(x, out_idx=dtypes.int32, name=None):
    """unique, and how often each element comes."""
    y, index, n = _unique(x)
    counts = np.bincount(index, minlength=n) if index else np.zeros(0, np.int64)
    return UniqueWithCounts(y, *[convert(np.asarray(v, np.int64), number(out_idx)) for v in (index, counts)])


ListDiff = collections.namedtuple("ListDiff", "out idx")


def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """(the elements of x that are not in y, their places)."""
    a, b = same_dtype([x, y])
    known = set(np.asarray(b).tolist())
    index = [i for i, v in enumerate(np.asarray(a).tolist()) if v not in known]
    return ListDiff(run("GatherV2", a, convert(np.array(index, np.int64), 9), convert(0, 3)), convert(np.array(index, np.int64), number(index_dtype)))


def invert_permutation(x, name=None):
    """The inverse of a permutation of 0 … n - 1."""
    t = convert(x, 0)
    values = t.numpy()
    if sorted(values.tolist()) != list(range(t._size)):
        raise invalid("invert_permutation: %s is no permutation" % values.tolist())
    return convert(np.argsort(values).astype(values.dtype), 0)


def dynamic_partition(data, partitions, num_partitions, name=None):
    """num_partitions tensors of the rows of data that partitions assigns to each."""
    t, p = convert(data, 0), convert(partitions, 0)
    which = p.numpy()
    if which.size and not (0 <= which.min() and which.max() < num_partitions):
        raise invalid("dynamic_partition: a partition is outside [0, %d)" % num_partitions)
    return [array_ops.boolean_mask(t, which == k) for k in range(num_partitions)]


def dynamic_stitch(indices, data, name=None):
    """One tensor of the rows of data, at the places that indices names."""
    index = [np.asarray(convert(i, 0)) for i in indices]
    tensors = same_dtype(list(data))
    rest = tensors[0]._shape_tuple[index[0].ndim :]
    flat = np.concatenate([i.ravel() for i in index])
    rows = array_ops.concat([run("Reshape", t, sizes((i.size,) + rest)) for t, i in zip(tensors, index)], 0)
    source = np.zeros(int(flat.max()) + 1 if flat.size else 0, np.int64)
    source[flat] = np.arange(flat.size)
    return run("GatherV2", rows, convert(source, 9), convert(0, 3))


NAMES = {name: globals()[name] for name in """unique unique_with_counts setdiff1d invert_permutation dynamic_partition
dynamic_stitch""".split()}  # fmt: skip
