"""Functions on arrays beside those of array_ops: blocks of space, padding sizes, sorting, repeating, rolling, scattering, and decoding of bytes."""

import numpy as np

from . import _conversion, _core, _dtypes, array_ops
from ._run import axis_of, convert, ints, invalid, run, sizes, tensor


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """(paddings, crops) that make the shape a multiple of the blocks."""
    shape, block = np.array(ints(input_shape), np.int64), np.array(ints(block_shape), np.int64)
    base = np.zeros((len(block), 2), np.int64) if base_paddings is None else np.asarray(tensor(base_paddings)).reshape(len(block), 2)
    full = shape + base[:, 0] + base[:, 1]
    extra = (block - full % block) % block
    paddings = np.stack([base[:, 0], base[:, 1] + extra], axis=1)
    crops = np.stack([np.zeros_like(extra), extra], axis=1)
    return tensor(paddings.astype(np.int32)), tensor(crops.astype(np.int32))


def space_to_batch_nd(input, block_shape, paddings, name=None):
    return run("SpaceToBatchND", tensor(input), sizes(block_shape), tensor(paddings, None if len(np.shape(paddings)) == 2 else _dtypes.int32))


def space_to_batch(input, paddings, block_size, name=None):
    return space_to_batch_nd(input, [block_size, block_size], paddings)


def batch_to_space_nd(input, block_shape, crops, name=None):
    return run("BatchToSpaceND", tensor(input), sizes(block_shape), tensor(crops))


def batch_to_space(input, crops, block_size, name=None):
    return batch_to_space_nd(input, [block_size, block_size], crops)


def space_to_batch_2(input, block_shape, paddings, name=None):
    return space_to_batch_nd(input, block_shape, paddings)


def batch_to_space_2(input, block_shape, crops, name=None):
    return batch_to_space_nd(input, block_shape, crops)


def unravel_index(indices, dims, name=None):
    return run("UnravelIndex", tensor(indices), tensor(dims))


def guarantee_const(input, name=None):
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
            left, right = array_ops.split(t, [n - amount % n, amount % n], a)
            t = array_ops.concat([right, left], a)
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
    return run("GatherV2", t, tensor(np.repeat(np.arange(len(counts), dtype=np.int32), counts)), convert(a, 3))


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


def searchsorted(sorted_sequence, values, side="left", out_type=_dtypes.int32, name=None):
    """Where each value would be inserted, row by row."""
    if side not in ("left", "right"):
        raise ValueError("side is %r; it can be 'left' or 'right'" % (side,))
    rows, wanted = tensor(sorted_sequence), tensor(values)
    shape = wanted._shape_tuple
    if rows._shape_tuple[:-1] != shape[:-1] or not shape:
        raise invalid("searchsorted: sorted_sequence is %s, values %s; all sizes but the last must be equal" % (rows._shape_tuple, shape))
    lead = int(np.prod(shape[:-1]))
    flat = [run("Reshape", t, convert([lead, t._shape_tuple[-1]], 3)) for t in (rows, wanted)]
    found = _core.execute("LowerBound" if side == "left" else "UpperBound", flat, {"out_type": _dtypes.as_dtype(out_type)})
    return run("Reshape", found, sizes(shape))


def _scattered(op):
    def scatter(tensor, indices, updates, name=None):
        t = convert(tensor, 0)
        return run(op, t, convert(indices, 0), convert(updates, t._dtype_number))

    return scatter


tensor_scatter_nd_add = _scattered("TensorScatterAdd")
tensor_scatter_nd_sub = _scattered("TensorScatterSub")
tensor_scatter_nd_update = _scattered("TensorScatterUpdate")


def _scattered_variable(op):
    def scatter(ref, indices, updates, use_locking=True, name=None):
        value = ref.read_value()
        ref.assign(run(op, value, convert(indices, 0), convert(updates, value._dtype_number)))
        return ref

    return scatter


scatter_nd_update = _scattered_variable("TensorScatterUpdate")


def _scattered_rows(how):
    def scatter(ref, indices, updates, use_locking=False, name=None):
        return ref._scatter(indices, updates, how)

    return scatter


scatter_mul, scatter_div = _scattered_rows(lambda old, new: old * new), _scattered_rows(lambda old, new: old / new)
scatter_min, scatter_max = _scattered_rows(np.minimum), _scattered_rows(np.maximum)


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    return _per_count(data, segment_ids, num_segments, lambda count: count)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    return _per_count(data, segment_ids, num_segments, lambda count: run("Sqrt", count))


def _per_count(data, segment_ids, num_segments, scale):
    """Sums of segments over a function of how many elements each has (at least one)."""
    d, ids, n = tensor(data), tensor(segment_ids), convert(num_segments, 3)
    ones = np.ones(ids._shape_tuple, d.dtype.as_numpy_dtype)
    count = run("Maximum", run("UnsortedSegmentSum", tensor(ones), ids, n), tensor(ones.dtype.type(1)))
    rest = len(d._shape_tuple) - len(ids._shape_tuple)
    count = run("Reshape", count, sizes(list(count._shape_tuple) + [1] * rest))
    return run("RealDiv", run("UnsortedSegmentSum", d, ids, n), scale(count))


def bincount(arr, weights=None, minlength=None, maxlength=None, dtype=_dtypes.int32):
    """How often, or with which weight together, each number appears."""
    numbers = np.asarray(tensor(arr)).ravel()
    if numbers.size and numbers.min() < 0:
        raise invalid("bincount: arr holds %d; it must not be negative" % numbers.min())
    size = int(numbers.max()) + 1 if numbers.size else 0
    size = max(size, 0 if minlength is None else int(minlength))
    size = size if maxlength is None else min(size, int(maxlength))
    dtype = _dtypes.as_dtype(dtype)
    if weights is not None:
        w = tensor(weights)
        if w._shape_tuple != tensor(arr)._shape_tuple:
            raise invalid("bincount: weights is %s, arr %s; their shapes must be equal" % (w._shape_tuple, tensor(arr)._shape_tuple))
        return run("UnsortedSegmentSum", w, tensor(np.where(np.asarray(tensor(arr)) < size, np.asarray(tensor(arr)), -1)), convert(size, 3))
    return tensor(np.bincount(numbers[numbers < size], minlength=size).astype(dtype.as_numpy_dtype))


def bincount_2(arr, weights=None, minlength=None, maxlength=None, dtype=_dtypes.int32, name=None, axis=None, binary_output=False):
    if axis is not None or binary_output:
        raise NotImplementedError("not implemented: bincount with axis or binary_output; use it row by row")
    return bincount(arr, weights, minlength, maxlength, dtype)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=_dtypes.int32, name=None):
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
    return tensor(scaled.astype(_dtypes.as_dtype(dtype).as_numpy_dtype))


def histogram_fixed_width(values, value_range, nbins=100, dtype=_dtypes.int32, name=None):
    """How many values each bin holds."""
    bins = np.asarray(histogram_fixed_width_bins(values, value_range, nbins)).ravel()
    return tensor(np.bincount(bins, minlength=int(nbins)).astype(_dtypes.as_dtype(dtype).as_numpy_dtype))


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    return value if isinstance(value, _conversion.IndexedSlices) else _conversion.convert_to_tensor(value, dtype)




def arg_max(input, dimension, output_type=_dtypes.int64, name=None):
    return _core.execute("ArgMax", [tensor(input), convert(dimension, 3)], {"output_type": _dtypes.as_dtype(output_type)})


def arg_min(input, dimension, output_type=_dtypes.int64, name=None):
    return _core.execute("ArgMin", [tensor(input), convert(dimension, 3)], {"output_type": _dtypes.as_dtype(output_type)})


def lin_space(start, stop, num, name=None):
    return array_ops.linspace(start, stop, num)


def reverse_v2(tensor, axis, name=None):
    return array_ops.reverse(tensor, axis)


def extract_image_patches(images, ksizes, strides, rates, padding, name=None):
    """Windows of the images (batch, y, x, channels), each flattened into the last axis."""
    t = tensor(images)
    if len(t._shape_tuple) != 4 or any(len(v) != 4 or v[0] != 1 or v[3] != 1 for v in (ksizes, strides, rates)):
        raise invalid("ExtractImagePatches: images has four dimensions; ksizes, strides and rates are [1, y, x, 1]")
    if padding not in ("SAME", "VALID"):
        raise ValueError("padding is %r; it can be 'SAME' or 'VALID'" % (padding,))
    starts, counts, paddings = [], [], [[0, 0]]
    for n, k, s, r in zip(t._shape_tuple[1:3], ksizes[1:3], strides[1:3], rates[1:3]):
        reach = (k - 1) * r + 1
        count = -(-n // s) if padding == "SAME" else max(0, (n - reach) // s + 1)
        missing = max(0, (count - 1) * s + reach - n) if padding == "SAME" else 0
        paddings.append([missing // 2, missing - missing // 2])
        counts.append(count)
        starts.append([i * r for i in range(k)])
    t = array_ops.pad(t, paddings + [[0, 0]])
    sy, sx = strides[1:3]
    parts = [t[:, y : y + (counts[0] - 1) * sy + 1 : sy, x : x + (counts[1] - 1) * sx + 1 : sx, :] for y in starts[0] for x in starts[1]]
    return array_ops.concat(parts, -1)


NAMES_1 = {name: globals()[name] for name in """required_space_to_batch_paddings space_to_batch_nd space_to_batch batch_to_space_nd batch_to_space
unravel_index guarantee_const unsorted_segment_mean unsorted_segment_sqrt_n bincount histogram_fixed_width histogram_fixed_width_bins
convert_to_tensor_or_indexed_slices arg_max arg_min lin_space reverse_v2 extract_image_patches
scatter_nd_update scatter_mul scatter_div scatter_min scatter_max""".split()}  # fmt: skip
NAMES_2 = {
    "required_space_to_batch_paddings": required_space_to_batch_paddings, "space_to_batch": space_to_batch_2, "space_to_batch_nd": space_to_batch_nd, "batch_to_space": batch_to_space_2, "unravel_index": unravel_index,
    "guarantee_const": guarantee_const, "roll": roll, "repeat": repeat, "sort": sort, "argsort": argsort, "searchsorted": searchsorted,
    "histogram_fixed_width": histogram_fixed_width, "histogram_fixed_width_bins": histogram_fixed_width_bins,
    "tensor_scatter_nd_add": tensor_scatter_nd_add, "tensor_scatter_nd_sub": tensor_scatter_nd_sub,
    "tensor_scatter_nd_update": tensor_scatter_nd_update,
}  # fmt: skip
MATH_2 = {"unsorted_segment_mean": unsorted_segment_mean, "unsorted_segment_sqrt_n": unsorted_segment_sqrt_n, "bincount": bincount_2,
          "invert_permutation": array_ops.invert_permutation}  # fmt: skip
