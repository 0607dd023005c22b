"""Functions of 1.x that programs seldom use: quantized steps, distances of edits, dilated windows, partitioners, and words that have no meaning here."""

import contextlib

import numpy as np

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, execute, ints, invalid, number, refuse, run, same_dtype, sizes, tensor
from sokuji._src.ops import array_ops, ctc_ops, math_ops, nn_late_ops, random_ops, space_batch_ops

# ---- steps between two bounds ----


def _steps(low, high, num_bits, narrow_range):
    """(lowest, highest, step): the bounds moved so that zero is a step, as TensorFlow's kernels compute in float32."""
    if not 2 <= num_bits <= 16:
        raise invalid("num_bits is %s; it must be between 2 and 16" % num_bits)
    first, last, low, high = np.float32(1 if narrow_range else 0), np.float32(2**num_bits - 1), np.float32(low), np.float32(high)
    if low == 0 and high == 0:
        return np.float32(0), np.float32(0), np.float32(0)
    step = (high - low) / (last - first)
    zero = first - low / step
    zero = first if zero < first else last if zero > last else np.float32(np.floor(zero + np.float32(0.5)))
    return (first - zero) * step, (last - zero) * step, step


def _quantized(x, steps):
    """x at the nearest step; the gradient passes between the bounds."""
    low, high, step = (convert(s, x._dtype_number) for s in steps)
    if not float(step):
        return array_ops.zeros_like(x)
    inside = run("Minimum", run("Maximum", x, low), high)
    nearest = run("Floor", (inside - low) * convert(np.float32(1) / np.float32(float(step)), x._dtype_number) + 0.5) * step + low
    return inside + run("StopGradient", nearest - inside)


def _passes(gradients, inputs, steps):
    low, high, _ = (convert(s, 1) for s in steps)
    g, x = convert(gradients, 1), convert(inputs, 1)
    zero = array_ops.zeros_like(g)
    below, above = run("Less", x, low), run("Greater", x, high)
    return run("Select", run("LogicalOr", below, above), zero, g), run("Select", below, g, zero), run("Select", above, g, zero)


def fake_quant_with_min_max_args(inputs, min=-6, max=6, num_bits=8, narrow_range=False, name=None):
    """Floats as after quantization to num_bits between min and max."""
    return _quantized(convert(inputs, 1), _steps(min, max, num_bits, narrow_range))


def fake_quant_with_min_max_args_gradient(gradients, inputs, min=-6, max=6, num_bits=8, narrow_range=False, name=None):
    """Gradients that pass where the input is between min and max."""
    return _passes(gradients, inputs, _steps(min, max, num_bits, narrow_range))[0]


def fake_quant_with_min_max_vars(inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """Floats as after quantization to num_bits between tensors min and max."""
    return _quantized(convert(inputs, 1), _steps(float(tensor(min)), float(tensor(max)), num_bits, narrow_range))


def fake_quant_with_min_max_vars_gradient(gradients, inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """Its gradients, by the input, min and max."""
    parts = _passes(gradients, inputs, _steps(float(tensor(min)), float(tensor(max)), num_bits, narrow_range))
    return [parts[0]] + [run("Sum", p, convert(list(range(len(p._shape_tuple))), 3)) for p in parts[1:]]


def _channels(values, min, max, num_bits, narrow_range):
    """Each channel of each tensor with its steps."""
    split = [array_ops.unstack(convert(v, 1), axis=-1) for v in values]
    bounds = zip(np.asarray(convert(min, 1)), np.asarray(convert(max, 1)))
    return zip(*split, [_steps(low, high, num_bits, narrow_range) for low, high in bounds])


def fake_quant_with_min_max_vars_per_channel(inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """Floats as after quantization, with bounds for each channel."""
    return array_ops.stack([_quantized(x, steps) for x, steps in _channels([inputs], min, max, num_bits, narrow_range)], -1)


def fake_quant_with_min_max_vars_per_channel_gradient(gradients, inputs, min, max, num_bits=8, narrow_range=False, name=None):
    """Its gradients, by the input, min and max."""
    parts = [_passes(g, x, steps) for g, x, steps in _channels([gradients, inputs], min, max, num_bits, narrow_range)]
    total = lambda k: array_ops.stack([math_ops._reduce("Sum", p[k], None, False) for p in parts])  # noqa: E731
    return [array_ops.stack([p[0] for p in parts], -1), total(1), total(2)]


# ---- numbers, texts ----


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    """The result's shape is `shape` followed by lam's."""
    rate = tensor(lam)
    return random_ops._draw("RandomPoissonV2", [sizes(shape), rate], seed, dtype=number(dtype))


def _edits(a, b):
    """Levenshtein's distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    """How many letters must change, come or go, for each sequence along the last axis; by the truth's length when normalized."""
    groups = []
    for sparse in (hypothesis, truth):
        places, values = np.asarray(sparse.indices), tensor(sparse.values)
        values = values._strings() if values.dtype == dtypes.string else np.asarray(values).tolist()
        found = {}
        for place, value in zip(map(tuple, places.tolist()), values):
            found.setdefault(place[:-1], []).append(value)
        groups.append(found)
    size = np.maximum(*(np.asarray(s.dense_shape)[:-1] for s in (hypothesis, truth))).tolist()
    made = np.zeros(size, np.float32)
    for place in np.ndindex(*size):
        a, b = (g.get(place, []) for g in groups)
        edits = _edits(a, b)
        made[place] = edits if not normalize else edits / len(b) if b else (np.inf if edits else 0)
    return tensor(made)


# ---- windows ----


def dilation2d(input, filter, strides, rates, padding, name=None):
    """The greatest of sums of a window and a kernel (height, width, channels): dilation of gray images."""
    return nn_late_ops.dilation2d(input, filter, strides, padding, "NHWC", rates)


def erosion2d(value, kernel, strides, rates, padding, name=None):
    """The least of differences of a window and a kernel: erosion of gray images."""
    return nn_late_ops.erosion2d(value, kernel, strides, padding, "NHWC", rates)


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The transposed convolution with holes in its filter."""
    t, f = same_dtype([value, filters])
    return execute("Conv2DBackpropInput", [sizes(output_shape), f, t], {"strides": [1] * 4, "padding": padding, "dilations": [1, rate, rate, 1]})


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    """op(input, how many spatial axes, padding) on the input's parts that lie dilation_rate apart."""
    refuse("tf.nn.with_space_to_batch", "transpose to NHWC", data_format=None if data_format in ("NHWC", "NWC", "NDHWC") else data_format)
    t, rate = tensor(input), ints(dilation_rate)
    if all(r == 1 for r in rate):
        return op(t, len(rate), padding)
    if padding == "SAME":
        window = ints(filter_shape)[: len(rate)]
        base = [[(k - 1) * r // 2, (k - 1) * r - (k - 1) * r // 2] for k, r in zip(window, rate)]
    else:
        base = [[0, 0] for _ in rate]
    axes = list(range(1, len(rate) + 1)) if spatial_dims is None else list(spatial_dims)
    if axes != list(range(1, len(rate) + 1)):
        raise NotImplementedError("not implemented: tf.nn.with_space_to_batch with spatial_dims=%s; transpose so that they follow the batch" % (axes,))
    paddings, crops = space_batch_ops.required_space_to_batch_paddings([t._shape_tuple[a] for a in axes], rate, base)
    made = op(space_batch_ops.space_to_batch_nd(t, rate, paddings), len(rate), "VALID")
    return space_batch_ops.batch_to_space_nd(made, rate, crops)


# ---- partitioners: how many parts a variable would have along each axis ----


def _along(axis, rank, n):
    return [n if i == axis % rank else 1 for i in range(rank)]


def fixed_size_partitioner(num_shards, axis=0):
    """A partitioner of num_shards parts along an axis."""
    def partitioner(shape, **unused):
        rank = shapes.as_shape(shape).ndims
        return _along(axis, rank, min(num_shards, shapes.as_shape(shape).as_list()[axis]))

    return partitioner


def _element_size(dtype, bytes_per_string_element):
    return bytes_per_string_element if dtypes.as_dtype(dtype) == dtypes.string else dtypes.as_dtype(dtype).size


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16, max_shards=None):
    """A partitioner by the greatest size of a part, in bytes."""
    if max_shard_bytes < 1 or bytes_per_string_element < 1 or (max_shards is not None and max_shards < 1):
        raise ValueError("max_shard_bytes, bytes_per_string_element and max_shards must be positive integers")

    def partitioner(shape, dtype):
        dims = shapes.as_shape(shape).as_list()
        slice_bytes = int(np.prod(dims)) // dims[axis] * _element_size(dtype, bytes_per_string_element)
        n = -(-dims[axis] // max(1, max_shard_bytes // slice_bytes))
        return _along(axis, len(dims), n if max_shards is None else min(n, max_shards))

    return partitioner


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10, bytes_per_string_element=16):
    """A partitioner by the least size of a part."""
    if max_partitions < 1 or min_slice_size < 1:
        raise ValueError("max_partitions and min_slice_size must be >= 1")

    def partitioner(shape, dtype):
        dims = shapes.as_shape(shape).as_list()
        n_bytes = int(np.prod(dims)) * _element_size(dtype, bytes_per_string_element)
        return _along(axis, len(dims), max(1, min(n_bytes // min_slice_size, dims[axis], max_partitions)))

    return partitioner


def no_regularizer(_):
    """None: a scope without a regularizer."""
    return None


# ---- places, which are all the one CPU ----


class AggregationMethod:
    """How gradients are added up: always by AddN."""

    def __init__(self, *args, **kwargs):
        pass

    ADD_N = DEFAULT = 0
    EXPERIMENTAL_TREE, EXPERIMENTAL_ACCUMULATE_N = 1, 2


@contextlib.contextmanager
def container(container_name):
    """A context without effect: resources have no containers."""
    yield container_name


@contextlib.contextmanager
def colocate_with(op, ignore_existing=False):
    """A context without effect: there is one device."""
    yield


class DeviceSpec:
    """The parts of a device's name."""

    _PARTS = ("job", "replica", "task", "device_type", "device_index")

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self.job, self.replica, self.task = job, replica, task
        self.device_type = device_type.upper() if device_type in ("cpu", "gpu") else device_type
        self.device_index = device_index

    def parse_from_string(self, spec):
        made = DeviceSpec.from_string(spec)
        self.__dict__.update(made.__dict__)
        return self

    @classmethod
    def from_string(cls, spec):
        made = cls()
        for part in filter(None, (spec or "").split("/")):
            words = part.split(":")
            if words[0] in ("job", "replica", "task"):
                setattr(made, words[0], words[1] if words[0] == "job" else int(words[1]))
                continue
            words = words[1:] if words[0] == "device" else words
            made.device_type = words[0].upper() if words[0] in ("cpu", "gpu") else words[0]
            if len(words) > 1 and words[1] != "*":
                made.device_index = int(words[1])
        return made

    def merge_from(self, dev):
        for part in self._PARTS:
            if getattr(dev, part) is not None:
                setattr(self, part, getattr(dev, part))

    def to_string(self):
        made = "".join("/%s:%s" % (part, getattr(self, part)) for part in self._PARTS[:3] if getattr(self, part) is not None)
        return made if self.device_type is None else made + "/device:%s:%s" % (self.device_type, "*" if self.device_index is None else self.device_index)


# ---- sequences' losses ----


def ctc_loss(labels, inputs, sequence_length, preprocess_collapse_repeated=False, ctc_merge_repeated=True, ignore_longer_outputs_than_inputs=False,
             time_major=True):  # fmt: skip
    """Minus the log probability of sparse labels for each row."""
    return ctc_ops.ctc_loss_1(labels, inputs, sequence_length, preprocess_collapse_repeated, ctc_merge_repeated, ignore_longer_outputs_than_inputs, time_major)


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True):
    """([sparse labels], scores (batch, 1)): the best class at each step, without repeats and blanks."""
    return ctc_ops.ctc_greedy_decoder(inputs, sequence_length, merge_repeated)


def _without_repeats(sparse):
    """Each row without symbols that follow themselves."""
    rows = [[] for _ in range(int(np.asarray(sparse.dense_shape)[0]))]
    for (row, _), value in zip(np.asarray(sparse.indices).tolist(), np.asarray(sparse.values).tolist()):
        if not rows[row] or rows[row][-1] != value:
            rows[row].append(value)
    return ctc_ops._decoded(rows)


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """([sparse labels], log probabilities) of the top_paths best label sequences."""
    found, scores = ctc_ops.ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths)
    x = np.asarray(tensor(inputs), np.float64)
    totals = np.log(np.exp(x - x.max(-1, keepdims=True)).sum(-1))  # of which 1.x's scores do not take account
    more = [[totals[:n, i].sum()] for i, n in enumerate(np.asarray(sequence_length).tolist())]
    return [_without_repeats(sp) for sp in found] if merge_repeated else found, scores + np.array(more, np.float32)


def _scattered(method):
    def scatter(ref, indices, updates, use_locking=False, name=None):
        """Changes the elements of a variable at indices, whose last axis names places."""
        return getattr(ref, method)(indices, updates)

    return scatter


NAMES = {name: globals()[name] for name in """fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars
    fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel fake_quant_with_min_max_vars_per_channel_gradient random_poisson
    edit_distance fixed_size_partitioner variable_axis_size_partitioner min_max_variable_partitioner no_regularizer AggregationMethod container colocate_with
    DeviceSpec""".split()}  # fmt: skip
NAMES.update(scatter_nd_add=_scattered("scatter_nd_add"), scatter_nd_sub=_scattered("scatter_nd_sub"))
NN = {"dilation2d": dilation2d, "erosion2d": erosion2d, "atrous_conv2d_transpose": atrous_conv2d_transpose, "with_space_to_batch": with_space_to_batch,
      "ctc_loss": ctc_loss, "ctc_greedy_decoder": ctc_greedy_decoder, "ctc_beam_search_decoder": ctc_beam_search_decoder}  # fmt: skip
