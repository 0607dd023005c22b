"""Updates at indices, of tensors and of variables, and means over the segments that numbers name."""

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, invalid, run, sizes, tensor
from sokuji._src.ops.array_ops import _indices_kept


def _scattered(op):
    def scatter(tensor, indices, updates, bad_indices_policy="", name=None):
        """The tensor with updates at indices, added or subtracted."""
        _indices_kept(bad_indices_policy)
        t = convert(tensor, 0)
        return run(op, t, convert(indices, 0), convert(updates, t._dtype_number))

    return scatter


tensor_scatter_nd_add = _scattered("TensorScatterAdd")
tensor_scatter_nd_sub = _scattered("TensorScatterSub")


def tensor_scatter_nd_update(tensor, indices, updates, name=None):
    """The tensor with updates at indices."""
    t = convert(tensor, 0)
    return run("TensorScatterUpdate", t, convert(indices, 0), convert(updates, t._dtype_number))



def _rounds(indices):
    """Positions of index vectors in groups without duplicates, in order."""
    rounds, times = [], {}
    for place, index in enumerate(map(tuple, indices)):
        n = times[index] = times.get(index, 0) + 1
        if n > len(rounds):
            rounds.append([])
        rounds[n - 1].append(place)
    return rounds


def _extreme_of_segments(op, t, index, new, lead, rest):
    """The same where indices are not known yet: each place is a segment."""
    strides = convert(np.append(np.cumprod(lead[:0:-1], dtype=np.int64)[::-1], 1).astype(index.dtype.as_numpy_dtype), 0)
    run("GatherNd", t, index)  # refuses an index that is outside
    ids = run("Reshape", run("Sum", index * strides, convert([-1], 3)), convert([-1], 3))
    n = int(np.prod(lead, dtype=np.int64))
    best = run("UnsortedSegment" + op[:3], run("Reshape", new, sizes((-1,) + rest)), ids, convert(n, ids._dtype_number))
    return run(op, t, run("Reshape", best, sizes(lead + rest)))


def _scattered_extreme(op):
    """The greater or smaller of the old element and all updates of its place; made of gathers and updates, so that gradients pass."""

    def scatter(tensor, indices, updates, bad_indices_policy="", name=None):
        """The tensor with the greater or smaller of its elements and updates at indices."""
        _indices_kept(bad_indices_policy)
        t, index = convert(tensor, 0), convert(indices, 0)
        new = convert(updates, t._dtype_number)
        depth = index._shape_tuple[-1]
        count = int(np.prod(index._shape_tuple[:-1], dtype=np.int64))
        rest = t._shape_tuple[depth:]
        if _core.graph_now() is not None or isinstance(index, _core.SymbolicTensor):
            return _extreme_of_segments(op, t, index, new, t._shape_tuple[:depth], rest)
        index = run("Reshape", index, sizes([count, depth]))
        new = run("Reshape", new, sizes((count,) + rest))
        for places in _rounds(np.asarray(index).tolist()):
            at = convert(places, 3)
            where = run("GatherV2", index, at, convert(0, 3))
            best = run(op, run("GatherNd", t, where), run("GatherV2", new, at, convert(0, 3)))
            t = run("TensorScatterUpdate", t, where, best)
        return t

    return scatter


tensor_scatter_nd_max, tensor_scatter_nd_min = _scattered_extreme("Maximum"), _scattered_extreme("Minimum")


def _scattered_variable(op):
    def scatter(ref, indices, updates, use_locking=True, name=None):
        """Changes the elements of a variable at indices, whose last axis names places."""
        value = ref.read_value()
        ref.assign(run(op, value, convert(indices, 0), convert(updates, value._dtype_number)))
        return ref

    return scatter


scatter_nd_update = _scattered_variable("TensorScatterUpdate")


def _scattered_rows(how):
    def scatter(ref, indices, updates, use_locking=False, name=None):
        """Changes rows of a variable by updates."""
        return ref._scatter(indices, updates, how)

    return scatter


def _quotient(old, new):
    if np.asarray(old).dtype.kind == "f":
        with np.errstate(all="ignore"):
            return old / new
    if np.any(np.asarray(new) == 0):
        raise invalid("scatter_div: an integer is divided by 0")
    down = old // new
    return down + ((down < 0) & (down * new != old))  # toward zero


scatter_mul, scatter_div, scatter_min, scatter_max = (_scattered_rows(how) for how in ("Mul", "Div", "Min", "Max"))


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """Means of the elements of each segment."""
    return _per_count(data, segment_ids, num_segments, lambda count: count)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """Sums of each segment over the root of its size."""
    return _per_count(data, segment_ids, num_segments, lambda count: run("Sqrt", count))


def _per_count(data, segment_ids, num_segments, scale):
    """Sums of segments over a function of how many elements each has (at least one)."""
    d, ids, n = tensor(data), tensor(segment_ids), convert(num_segments, 3)
    ones = np.ones(ids._shape_tuple, d.dtype.as_numpy_dtype)
    count = run("Maximum", run("UnsortedSegmentSum", tensor(ones), ids, n), tensor(ones.dtype.type(1)))
    rest = len(d._shape_tuple) - len(ids._shape_tuple)
    count = run("Reshape", count, sizes(list(count._shape_tuple) + [1] * rest))
    return run("RealDiv", run("UnsortedSegmentSum", d, ids, n), scale(count))


NAMES_1 = {name: globals()[name] for name in """unsorted_segment_mean unsorted_segment_sqrt_n scatter_nd_update scatter_mul scatter_div scatter_min
scatter_max""".split()}  # fmt: skip
NAMES_2 = {"tensor_scatter_nd_add": tensor_scatter_nd_add, "tensor_scatter_nd_sub": tensor_scatter_nd_sub,
           "tensor_scatter_nd_update": tensor_scatter_nd_update, "tensor_scatter_nd_max": tensor_scatter_nd_max,
           "tensor_scatter_nd_min": tensor_scatter_nd_min}  # fmt: skip
MATH_2 = {"unsorted_segment_mean": unsorted_segment_mean, "unsorted_segment_sqrt_n": unsorted_segment_sqrt_n}
