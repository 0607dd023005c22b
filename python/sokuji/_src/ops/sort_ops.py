"""Sorting, searching and counting: sort, argsort, searchsorted, the places of extremes, bincount and histograms."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import axis_of, convert, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The indices that sort along the axis; equal values keep their order."""
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError("direction is %r; it can be 'ASCENDING' or 'DESCENDING'" % (direction,))
    array = np.asarray(tensor(values))
    a = axis_of(axis, array.ndim)
    if direction == "ASCENDING":
        order = np.argsort(array, axis=a, kind="stable")
    else:
        n = array.shape[a]
        order = np.flip(n - 1 - np.argsort(np.flip(array, a), axis=a, kind="stable"), a)
    return tensor(order.astype(np.int32))


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """The values in order along the axis."""
    t = tensor(values)
    order = np.asarray(argsort(t, axis, direction))
    a = axis_of(axis, order.ndim)
    grids = list(np.indices(order.shape))
    grids[a] = order
    return array_ops.gather_nd(t, np.stack(grids, axis=-1).astype(np.int32))


def searchsorted(sorted_sequence, values, side="left", out_type=dtypes.int32, name=None):
    """Where each value would be inserted, row by row."""
    if side not in ("left", "right"):
        raise ValueError("side is %r; it can be 'left' or 'right'" % (side,))
    rows, wanted = tensor(sorted_sequence), tensor(values)
    shape = wanted._shape_tuple
    if rows._shape_tuple[:-1] != shape[:-1] or not shape:
        raise invalid("searchsorted: sorted_sequence is %s, values %s; all sizes but the last must be equal" % (rows._shape_tuple, shape))
    lead = int(np.prod(shape[:-1]))
    flat = [run("Reshape", t, convert([lead, t._shape_tuple[-1]], 3)) for t in (rows, wanted)]
    found = _core.execute("LowerBound" if side == "left" else "UpperBound", flat, {"out_type": dtypes.as_dtype(out_type)})
    return run("Reshape", found, sizes(shape))


def arg_max(input, dimension, output_type=dtypes.int64, name=None):
    """The places of the greatest elements along an axis."""
    return _core.execute("ArgMax", [tensor(input), convert(dimension, 3)], {"output_type": dtypes.as_dtype(output_type)})


def arg_min(input, dimension, output_type=dtypes.int64, name=None):
    """The places of the least elements along an axis."""
    return _core.execute("ArgMin", [tensor(input), convert(dimension, 3)], {"output_type": dtypes.as_dtype(output_type)})


def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32):
    """How often, or with which weight together, each number appears."""
    numbers = np.asarray(tensor(arr)).ravel()
    if numbers.size and numbers.min() < 0:
        raise invalid("bincount: arr holds %d; it must not be negative" % numbers.min())
    size = int(numbers.max()) + 1 if numbers.size else 0
    size = max(size, 0 if minlength is None else int(minlength))
    size = size if maxlength is None else min(size, int(maxlength))
    dtype = dtypes.as_dtype(dtype)
    if weights is not None:
        w = tensor(weights)
        if w._shape_tuple != tensor(arr)._shape_tuple:
            raise invalid("bincount: weights is %s, arr %s; their shapes must be equal" % (w._shape_tuple, tensor(arr)._shape_tuple))
        return run("UnsortedSegmentSum", w, tensor(np.where(np.asarray(tensor(arr)) < size, np.asarray(tensor(arr)), -1)), convert(size, 3))
    return tensor(np.bincount(numbers[numbers < size], minlength=size).astype(dtype.as_numpy_dtype))


def bincount_2(arr, weights=None, minlength=None, maxlength=None, dtype=dtypes.int32, name=None, axis=None, binary_output=False):
    """In all, or with axis=-1 in each row; binary_output: whether a number appears."""
    if hasattr(arr, "row_splits"):
        rows = arr.to_list()
        flat = [n for row in rows for n in row]
        if axis != -1:
            return bincount_2(flat, None if weights is None else weights.flat_values, minlength, maxlength, dtype, None, None, binary_output)
        size = max(max(flat, default=-1) + 1, int(minlength or 0))
        size = size if maxlength is None else min(size, int(maxlength))
        held = [None] * len(rows) if weights is None else weights.to_list()
        return array_ops.stack([bincount_2(row, w, size, size, dtype, None, None, binary_output) for row, w in zip(rows, held)])
    numbers = tensor(arr, dtypes.int32 if isinstance(arr, (list, tuple)) else None)
    if not numbers.dtype.is_integer:
        raise invalid("bincount: arr is %s; it must be integers" % numbers.dtype.name)
    if axis not in (None, 0, -1):
        raise ValueError("Unsupported value for argument axis=%s. Only 0 and -1 are currently supported." % axis)
    array = np.asarray(numbers)
    if weights is not None and binary_output:
        raise ValueError("bincount: weights and binary_output exclude each other")
    if array.ndim < 2 or axis != -1:
        made = bincount(array.ravel(), None if weights is None else run("Reshape", tensor(weights), convert([-1], 3)), minlength, maxlength, dtype)
        return array_ops.cast(run("Minimum", made, run("OnesLike", made)), dtype) if binary_output else made
    size = max(int(array.max()) + 1 if array.size else 0, int(minlength or 0))
    size = size if maxlength is None else min(size, int(maxlength))
    rows = [bincount_2(row, None if weights is None else tensor(weights)[i], size, size, dtype, None, None, binary_output) for i, row in enumerate(array)]
    return array_ops.stack(rows)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The bin of each value; what is outside the range goes to the first or last."""
    array = np.asarray(tensor(values))
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise invalid("histogram: values holds NaN")
    low, high = (array.dtype.type(v) for v in np.asarray(tensor(value_range)).tolist())
    if not low < high:
        raise invalid("histogram: value_range is [%g, %g]; its start must be below its end" % (low, high))
    if int(nbins) <= 0:
        raise invalid("histogram: nbins is %d; it must be positive" % int(nbins))
    scaled = np.floor(array.dtype.type(int(nbins)) * ((array - low) / (high - low)))
    scaled = np.clip(scaled, 0, int(nbins) - 1)
    return tensor(scaled.astype(dtypes.as_dtype(dtype).as_numpy_dtype))


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """How many values each bin holds."""
    bins = np.asarray(histogram_fixed_width_bins(values, value_range, nbins)).ravel()
    return tensor(np.bincount(bins, minlength=int(nbins)).astype(dtypes.as_dtype(dtype).as_numpy_dtype))


NAMES_1 = {"arg_max": arg_max, "arg_min": arg_min, "bincount": bincount, "histogram_fixed_width": histogram_fixed_width,
           "histogram_fixed_width_bins": histogram_fixed_width_bins}  # fmt: skip
NAMES_2 = {"sort": sort, "argsort": argsort, "searchsorted": searchsorted, "histogram_fixed_width": histogram_fixed_width,
           "histogram_fixed_width_bins": histogram_fixed_width_bins}  # fmt: skip
MATH_2 = {"bincount": bincount_2}
