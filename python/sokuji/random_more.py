"""Random numbers beside random_ops: stateless ones, seeds as TensorFlow draws them, and initializers of tf.contrib.layers and of TensorFlow 2."""

import math

from . import _core, _dtypes, init_ops, random_ops
from ._run import convert, execute, ints, number, sizes, tensor


def get_seed(op_seed):
    """The two seeds that an operation with this seed, or none, would get now."""
    return _core.op_seeds(op_seed)


def _stateless(op, shape, seed, dtype):
    return execute(op, [sizes(shape), tensor(seed)], {"dtype": _dtypes.as_dtype(dtype)})


def _scaled(drawn, scale, offset, dtype):
    return drawn * convert(scale, number(dtype)) + convert(offset, number(dtype))


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=_dtypes.float32, name=None, alg="auto_select"):
    return _scaled(_stateless("StatelessRandomNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype=_dtypes.float32, name=None, alg="auto_select"):
    return _scaled(_stateless("StatelessTruncatedNormal", shape, seed, dtype), stddev, mean, dtype)


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=_dtypes.float32, name=None, alg="auto_select"):
    dtype = _dtypes.as_dtype(dtype)
    if dtype.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError("For integer dtype %s, minval and maxval must be both None or both not None" % dtype.name)
        if minval is None:
            return _stateless("StatelessRandomUniformFullInt", shape, seed, dtype)
        return execute("StatelessRandomUniformInt", [sizes(shape), tensor(seed), convert(minval, dtype._number), convert(maxval, dtype._number)], {})
    low, high = convert(minval or 0, dtype._number), convert(1 if maxval is None else maxval, dtype._number)
    return _stateless("StatelessRandomUniform", shape, seed, dtype) * (high - low) + low


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    return random_ops.multinomial(logits, num_samples, seed, None, dtype)


class UniformUnitScaling(init_ops.Initializer):
    """Uniform, scaled by the square root of 3 over the number of inputs."""

    _fields = ("factor", "seed", "dtype")

    def __init__(self, factor=1.0, seed=None, dtype=_dtypes.float32):
        self.factor, self.seed, self.dtype = factor, seed, _dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        inputs = max(1.0, float(math.prod(ints(shape)[:-1])))
        limit = math.sqrt(3 / inputs) * self.factor
        return random_ops.random_uniform(shape, -limit, limit, self.dtype if dtype is None else dtype, self.seed)


def contrib_variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None, dtype=_dtypes.float32):
    """Variance factor / n, n by the mode; the normal is widened to make up for its cut."""
    if not _dtypes.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]" % mode)

    def initializer(shape, dtype=dtype, partition_info=None):
        inward, outward = init_ops._fans(ints(shape))
        n = {"FAN_IN": inward, "FAN_OUT": outward, "FAN_AVG": (inward + outward) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_ops.random_uniform(shape, -limit, limit, dtype, seed)
        return random_ops.truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / n), dtype, seed)

    return initializer


def xavier_initializer(uniform=True, seed=None, dtype=_dtypes.float32):
    return contrib_variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


# ---- TensorFlow 2's initializers: the dtype is said at the call ----


class _Zeros2(init_ops.Zeros):
    def __init__(self):
        super().__init__()


class _Ones2(init_ops.Ones):
    def __init__(self):
        super().__init__()


class _Constant2(init_ops.Constant):
    def __init__(self, value=0, support_partition=False):
        super().__init__(value)


class _RandomUniform2(init_ops.RandomUniform):
    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(minval, maxval, seed)


class _RandomNormal2(init_ops.RandomNormal):
    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean, stddev, seed)


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """There is no GPU."""
    return False


def gpu_device_name():
    """No GPU has no name."""
    return ""


def is_built_with_cuda():
    """This library has no CUDA."""
    return False


NAMES_1 = {"get_seed": get_seed, "uniform_unit_scaling_initializer": UniformUnitScaling}
INITIALIZERS_1 = {"identity": init_ops.Identity, "uniform_unit_scaling": UniformUnitScaling}
CONTRIB_LAYERS = {"variance_scaling_initializer": contrib_variance_scaling_initializer, "xavier_initializer": xavier_initializer}
TEST = {"is_gpu_available": is_gpu_available, "gpu_device_name": gpu_device_name, "is_built_with_cuda": is_built_with_cuda}
NAMES_2 = {"zeros_initializer": _Zeros2, "ones_initializer": _Ones2, "constant_initializer": _Constant2,
           "random_normal_initializer": _RandomNormal2, "random_uniform_initializer": _RandomUniform2}  # fmt: skip
RANDOM_2 = {"stateless_normal": stateless_normal, "stateless_truncated_normal": stateless_truncated_normal, "stateless_uniform": stateless_uniform,
            "categorical": categorical, "gamma": random_ops.random_gamma}  # fmt: skip
