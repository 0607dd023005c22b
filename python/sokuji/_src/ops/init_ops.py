"""Initializers: callables (shape, dtype) -> tensor, with TensorFlow's formulas and numbers."""

import math

import numpy as np

from sokuji._src.core import conversion, dtypes
from sokuji._src.core.execute import convert, execute, ints, run, sizes
from sokuji._src.ops import array_ops, random_ops


class Initializer:
    """What gives a variable its first value."""

    _fields = ()

    def get_config(self):
        config = {name: getattr(self, name) for name in self._fields}
        if "dtype" in config:
            config["dtype"] = config["dtype"].name
            if conversion._version == 2:  # Keras 3 keeps no dtype with an initializer
                config.pop("dtype")
            config.pop("verify_shape", None)
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _kind(dtype):
    return dtypes.as_dtype(dtype)


class Zeros(Initializer):
    """Zeros."""

    _fields = ("dtype",)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.zeros(shape, self.dtype if dtype is None else dtype)


class Ones(Initializer):
    """Ones."""

    _fields = ("dtype",)

    def __init__(self, dtype=dtypes.float32):
        self.dtype = _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.ones(shape, self.dtype if dtype is None else dtype)


class Constant(Initializer):
    """The value, or the values, everywhere."""

    _fields = ("value", "dtype", "verify_shape")

    def __init__(self, value=0, dtype=dtypes.float32, verify_shape=False):
        if not isinstance(value, (int, float, bool, np.generic, list, tuple, np.ndarray)):
            raise TypeError("Invalid type for initial value: %s (expected Python scalar, list or tuple of values, or numpy.ndarray)." % type(value))
        self.value, self.dtype, self.verify_shape = value, _kind(dtype), verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        verify = self.verify_shape if verify_shape is None else verify_shape
        if array_ops._in_graph is not None and array_ops._in_graph.building() is not None:
            return array_ops._in_graph.words.constant(self.value, self.dtype if dtype is None else dtype, shape, verify_shape=verify)
        from sokuji._src.core.conversion import constant_1

        return constant_1(self.value, self.dtype if dtype is None else dtype, shape, verify_shape=verify)


class _Random(Initializer):
    def _dtype(self, dtype):
        return self.dtype if dtype is None else _kind(dtype)


class RandomUniform(_Random):
    """Uniform numbers."""

    _fields = ("minval", "maxval", "seed", "dtype")

    def __init__(self, minval=0, maxval=None, seed=None, dtype=dtypes.float32):
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_uniform(shape, self.minval, self.maxval, self._dtype(dtype), self.seed)


class RandomNormal(_Random):
    """Normal numbers."""

    _fields = ("mean", "stddev", "seed", "dtype")

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=dtypes.float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


class TruncatedNormal(RandomNormal):
    """Normal numbers within two standard deviations."""

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.truncated_normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


def _fans(shape):
    shape = ints(shape)
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = int(np.prod(shape[:-2]))
    return shape[-2] * field, shape[-1] * field


class VarianceScaling(_Random):
    """Variance scale / n, where n is the fan in, fan out or their mean. 1.x's truncated normal is not widened to make up for its cut."""

    _fields = ("scale", "mode", "distribution", "seed", "dtype")

    def __init__(self, scale=1.0, mode="fan_in", distribution="normal", seed=None, dtype=dtypes.float32):
        if scale <= 0.0:
            raise ValueError("`scale` must be positive float.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError("Invalid `mode` argument:", mode)
        if distribution.lower() not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError("Invalid `distribution` argument:", distribution)
        self.scale, self.mode, self.distribution, self.seed, self.dtype = scale, mode, distribution.lower(), seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        inward, outward = _fans(shape if partition_info is None else partition_info.full_shape)
        n = {"fan_in": inward, "fan_out": outward, "fan_avg": (inward + outward) / 2.0}[self.mode]
        scale = self.scale / max(1.0, n)
        kind = self._dtype(dtype)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * scale)
            return random_ops.random_uniform(shape, -limit, limit, kind, self.seed)
        if self.distribution == "untruncated_normal":
            return random_ops.random_normal(shape, 0.0, math.sqrt(scale), kind, self.seed)
        stddev = math.sqrt(scale) / (0.87962566103423978 if self.distribution == "truncated_normal" else 1.0)
        return random_ops.truncated_normal(shape, 0.0, stddev, kind, self.seed)


class Orthogonal(_Random):
    """An orthogonal matrix times gain."""

    _fields = ("gain", "seed", "dtype")

    def __init__(self, gain=1.0, seed=None, dtype=dtypes.float32):
        self.gain, self.seed, self.dtype = gain, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        shape = ints(shape)
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        drawn = random_ops.random_normal(tall, dtype=self._dtype(dtype), seed=self.seed)
        q, r = execute("Qr", [drawn], {"full_matrices": False})
        q = q * run("Sign", run("MatrixDiagPart", r))
        if rows < columns:
            q = run("Transpose", q, convert([1, 0], 3))
        return run("Reshape", q, sizes(shape)) * self.gain


class Identity(Initializer):
    """Identity matrices times gain."""

    _fields = ("gain", "dtype")

    def __init__(self, gain=1.0, dtype=dtypes.float32):
        self.gain, self.dtype = gain, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        shape = ints(shape)
        if len(shape) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        return array_ops.eye(*shape, dtype=self.dtype if dtype is None else dtype) * self.gain


class GlorotUniform(VarianceScaling):
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


class GlorotNormal(VarianceScaling):
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=dtypes.float32):
        super().__init__(1.0, "fan_avg", "normal", seed, dtype)


def glorot_uniform_initializer(seed=None, dtype=dtypes.float32):
    """Uniform numbers within sqrt(6 / (fan in + fan out))."""
    return VarianceScaling(1.0, "fan_avg", "uniform", seed, dtype)


def glorot_normal_initializer(seed=None, dtype=dtypes.float32):
    """Truncated normal numbers of variance 2 / (fan in + fan out)."""
    return VarianceScaling(1.0, "fan_avg", "normal", seed, dtype)


def _scaled(scale, mode, distribution):
    def make(seed=None):
        """An initializer of variance in proportion to 1 / fan in."""
        return VarianceScaling(scale, mode, distribution, seed)

    return make


lecun_normal, lecun_uniform = _scaled(1.0, "fan_in", "normal"), _scaled(1.0, "fan_in", "uniform")
he_normal, he_uniform = _scaled(2.0, "fan_in", "normal"), _scaled(2.0, "fan_in", "uniform")

BY_NAME = {
    "zeros": Zeros, "ones": Ones, "constant": Constant, "random_uniform": RandomUniform, "random_normal": RandomNormal,
    "truncated_normal": TruncatedNormal, "orthogonal": Orthogonal, "identity": Identity, "glorot_uniform": glorot_uniform_initializer,
    "glorot_normal": glorot_normal_initializer, "lecun_normal": lecun_normal, "lecun_uniform": lecun_uniform, "he_normal": he_normal,
    "he_uniform": he_uniform, "variance_scaling": VarianceScaling,
}  # fmt: skip
for _class in (Zeros, Ones, Constant, RandomUniform, RandomNormal, TruncatedNormal, Orthogonal, Identity, VarianceScaling):
    BY_NAME[_class.__name__] = _class
    BY_NAME[_class.__name__.lower()] = _class


def get(identifier):
    """An initializer of None, a name, a config or a callable."""
    if identifier is None or callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    if isinstance(identifier, dict):
        return BY_NAME[identifier["class_name"]](**identifier["config"])
    if isinstance(identifier, str) and identifier in BY_NAME:
        return BY_NAME[identifier]()
    raise ValueError("Could not interpret initializer identifier: %s" % (identifier,))


# ---- of 1.x and of tf.contrib.layers ----


class UniformUnitScaling(Initializer):
    """Uniform, scaled by the square root of 3 over the number of inputs."""

    _fields = ("factor", "seed", "dtype")

    def __init__(self, factor=1.0, seed=None, dtype=dtypes.float32):
        self.factor, self.seed, self.dtype = factor, seed, dtypes.as_dtype(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        inputs = max(1.0, float(math.prod(ints(shape)[:-1])))
        limit = math.sqrt(3 / inputs) * self.factor
        return random_ops.random_uniform(shape, -limit, limit, self.dtype if dtype is None else dtype, self.seed)


def contrib_variance_scaling_initializer(factor=2.0, mode="FAN_IN", uniform=False, seed=None, dtype=dtypes.float32):
    """Variance factor / n, n by the mode; the normal is widened to make up for its cut."""
    if not dtypes.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]" % mode)

    def initializer(shape, dtype=dtype, partition_info=None):
        inward, outward = _fans(ints(shape))
        n = {"FAN_IN": inward, "FAN_OUT": outward, "FAN_AVG": (inward + outward) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_ops.random_uniform(shape, -limit, limit, dtype, seed)
        return random_ops.truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / n), dtype, seed)

    return initializer


def xavier_initializer(uniform=True, seed=None, dtype=dtypes.float32):
    """Glorot's initializer, uniform or normal."""
    return contrib_variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


# ---- TensorFlow 2's initializers: the dtype is said at the call ----


class _Zeros2(Zeros):
    """Zeros."""

    def __init__(self):
        super().__init__()


class _Ones2(Ones):
    """Ones."""

    def __init__(self):
        super().__init__()


class _Constant2(Constant):
    """The value, or the values, everywhere."""

    def __init__(self, value=0, support_partition=False):
        super().__init__(value)


class _RandomUniform2(RandomUniform):
    """Uniform numbers."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(minval, maxval, seed)


class _RandomNormal2(RandomNormal):
    """Normal numbers."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean, stddev, seed)


NAMES_1 = {"uniform_unit_scaling_initializer": UniformUnitScaling}
INITIALIZERS_1 = {"identity": Identity, "uniform_unit_scaling": UniformUnitScaling}
NAMES_2 = {"zeros_initializer": _Zeros2, "ones_initializer": _Ones2, "constant_initializer": _Constant2,
           "random_normal_initializer": _RandomNormal2, "random_uniform_initializer": _RandomUniform2}  # fmt: skip
