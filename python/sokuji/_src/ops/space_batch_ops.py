"""Blocks and windows of space: space_to_batch and back, the paddings they need, patches of images."""

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import ints, invalid, run, sizes, tensor
from sokuji._src.ops import array_ops


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
    """Padded, then cut into blocks of which each place goes to a batch of its own."""
    return run("SpaceToBatchND", tensor(input), sizes(block_shape), tensor(paddings, None if len(np.shape(paddings)) == 2 else dtypes.int32))


def space_to_batch(input, paddings, block_size, name=None):
    """Images padded, then cut into blocks of which each pixel goes to a batch of its own."""
    return space_to_batch_nd(input, [block_size, block_size], paddings)


def batch_to_space_nd(input, block_shape, crops, name=None):
    """Blocks of the batch put back side by side, then cropped."""
    return run("BatchToSpaceND", tensor(input), sizes(block_shape), tensor(crops))


def batch_to_space(input, crops, block_size, name=None):
    """Blocks of the batch put back side by side into images, then cropped."""
    return batch_to_space_nd(input, [block_size, block_size], crops)


def space_to_batch_2(input, block_shape, paddings, name=None):
    """Images padded, then cut into blocks of which each pixel goes to a batch of its own."""
    return space_to_batch_nd(input, block_shape, paddings)


def batch_to_space_2(input, block_shape, crops, name=None):
    """Blocks of the batch put back side by side into images, then cropped."""
    return batch_to_space_nd(input, block_shape, crops)


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
extract_image_patches""".split()}  # fmt: skip
NAMES_2 = {"required_space_to_batch_paddings": required_space_to_batch_paddings, "space_to_batch": space_to_batch_2,
           "space_to_batch_nd": space_to_batch_nd, "batch_to_space": batch_to_space_2}  # fmt: skip
