"""Random tensors: TensorFlow's numbers for the same seeds."""

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, ints, invalid, number, run, sizes


streams = {}  # of samplers in Python, by their arguments: how far they are


def set_random_seed(seed):
    """The seed of all random operations from now on."""
    _core.set_seed(seed)
    streams.clear()


_in_graph = None  # the module with the forms that these functions have in graphs, once there is one
_seeds_in_graph = None  # gives the two seeds where a graph is open, else None


def op_seeds(seed):
    """The two seeds of an operation where it stands."""
    own = getattr(_core.graph_now(), "op_seeds", None)
    if own is not None:
        return own(seed)
    return (_seeds_in_graph(seed) if _seeds_in_graph is not None else None) or _core.op_seeds(seed)


def _draw(op, inputs, seed, **attributes):
    first, second = op_seeds(seed)
    return execute(op, inputs, {"seed": first, "seed2": second, **attributes})




def _half(draw):
    """float16 numbers are float32 numbers of the same seed, rounded."""

    def wrapped(shape, *arguments, **keywords):
        from sokuji._src.ops.array_ops import cast

        return cast(draw(shape, *arguments, **keywords), dtypes.float16)

    return wrapped


def _widened(t):
    return execute("Cast", [t], {"DstT": 1})


def _rounded(t):
    return execute("Cast", [t], {"DstT": 19})


def _half_uniform(shape, seed):
    """The low ten bits of each drawn integer are the fraction of a number in [1, 2), less 1."""
    import numpy as np

    low, high = -(2**31), 2**31 - 1
    drawn = _draw("RandomUniformInt", [sizes(shape), convert(low, 3), convert(high, 3)], seed)
    bits = (np.asarray(drawn).astype(np.int64) - low).astype(np.uint32) & 0x3FF
    return convert(((15 << 10) | bits).astype(np.uint16).view(np.float16) - np.float16(1), 0)


def _float_dtype(dtype):
    dtype = dtypes.as_dtype(dtype)
    if dtype._number not in (1, 2):
        if dtype.is_integer or dtype.is_bool or dtype is dtypes.string:
            raise TypeError("random numbers cannot be of %s; use tf.float32 and tf.cast" % dtype.name)
        raise NotImplementedError("not implemented: random numbers of %s; use tf.float32 and tf.cast" % dtype.name)
    return dtype._number


def random_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normal numbers, TensorFlow's for a seed."""
    if _in_graph is not None and _in_graph.building() is not None:
        return _in_graph.random_normal(shape, mean, stddev, dtype, seed, name)
    if dtypes.as_dtype(dtype) is dtypes.float16:
        return _half(random_normal)(shape, mean, stddev, dtypes.float32, seed)
    kind = _float_dtype(dtype)
    made = _draw("RandomStandardNormal", [sizes(shape)], seed, dtype=kind)
    return made * convert(stddev, kind) + convert(mean, kind)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Normal numbers within two standard deviations."""
    if _in_graph is not None and _in_graph.building() is not None:
        return _in_graph.truncated_normal(shape, mean, stddev, dtype, seed, name)
    if dtypes.as_dtype(dtype) is dtypes.float16:
        return _half(truncated_normal)(shape, mean, stddev, dtypes.float32, seed)
    kind = _float_dtype(dtype)
    made = _draw("TruncatedNormal", [sizes(shape)], seed, dtype=kind)
    return made * convert(stddev, kind) + convert(mean, kind)


def random_uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Uniform numbers from minval up to before maxval, TensorFlow's for a seed."""
    if _in_graph is not None and _in_graph.building() is not None:
        return _in_graph.random_uniform(shape, minval, maxval, dtype, seed, name)
    dtype = dtypes.as_dtype(dtype)
    if dtype.is_integer:
        if maxval is None:
            raise ValueError("Must specify maxval for integer dtype %r" % dtype)
        return _draw("RandomUniformInt", [sizes(shape), convert(minval, dtype._number), convert(maxval, dtype._number)], seed)
    if dtype is dtypes.float16:
        low, high = convert(minval, 19), convert(1 if maxval is None else maxval, 19)
        drawn, low, high = (_widened(v) for v in (_half_uniform(shape, seed), low, high))
        return _rounded(drawn * (high - low) + low)
    kind = _float_dtype(dtype)
    low = convert(minval, kind)
    high = convert(1 if maxval is None else maxval, kind)
    return _draw("RandomUniform", [sizes(shape)], seed, dtype=kind) * (high - low) + low


def random_shuffle(value, seed=None, name=None):
    """The rows in a random order."""
    return _draw("RandomShuffle", [convert(value, 0)], seed)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """Class numbers (batch, num_samples) drawn by logits (batch, classes)."""
    return _draw("Multinomial", [convert(logits, 0), convert(num_samples, 3)], seed, output_dtype=number(output_dtype) or 9)


def random_gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Gamma-distributed numbers (*shape, *alpha's shape)."""
    kind = _float_dtype(dtype)
    alpha = convert(alpha, kind)
    if beta is None:
        return _draw("RandomGamma", [sizes(shape), alpha], seed)
    beta = convert(beta, kind)
    return _draw("RandomGamma", [sizes(shape), alpha + run("ZerosLike", beta)], seed) / beta


def random_crop(value, size, seed=None, name=None):
    """A part of the given size at a random place."""
    t = convert(value, 0)
    wanted, known = ints(size), t._shape_tuple
    if known is not None and (len(wanted) != len(known) or any(d is not None and w > d for w, d in zip(wanted, known))):
        raise invalid("Need value.shape >= size, got %s %s" % (known, wanted))
    is_vague = known is None or None in known
    room = run("Shape", t) - convert([w - 1 for w in wanted], 3) if is_vague else convert([d - w + 1 for d, w in zip(known, wanted)], 3)
    offset = random_uniform([len(wanted)], 0, 2**31 - 1, dtypes.int32, seed) % room
    return run("Slice", t, offset, convert(wanted, 3))
