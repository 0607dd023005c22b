"""Initializers: callables (shape, dtype) -> tensor, with TensorFlow's formulas and numbers."""

import math

import numpy as np

from . import _dtypes, array_ops, random_ops
from ._run import convert, execute, ints, run, sizes


class Initializer:
    """What gives a variable its first value."""

    _fields = ()

    def get_config(self):
        config = {name: getattr(self, name) for name in self._fields}
        if "dtype" in config:
            config["dtype"] = config["dtype"].name
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _kind(dtype):
    return _dtypes.as_dtype(dtype)


class Zeros(Initializer):
    _fields = ("dtype",)

    def __init__(self, dtype=_dtypes.float32):
        self.dtype = _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.zeros(shape, self.dtype if dtype is None else dtype)


class Ones(Initializer):
    _fields = ("dtype",)

    def __init__(self, dtype=_dtypes.float32):
        self.dtype = _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return array_ops.ones(shape, self.dtype if dtype is None else dtype)


class Constant(Initializer):
    _fields = ("value", "dtype", "verify_shape")

    def __init__(self, value=0, dtype=_dtypes.float32, verify_shape=False):
        if not isinstance(value, (int, float, bool, np.generic, list, tuple, np.ndarray)):
            raise TypeError("Invalid type for initial value: %s (expected Python scalar, list or tuple of values, or numpy.ndarray)." % type(value))
        self.value, self.dtype, self.verify_shape = value, _kind(dtype), verify_shape

    def __call__(self, shape, dtype=None, partition_info=None, verify_shape=None):
        from ._conversion import constant_1

        return constant_1(self.value, self.dtype if dtype is None else dtype, shape)


class _Random(Initializer):
    def _dtype(self, dtype):
        return self.dtype if dtype is None else _kind(dtype)


class RandomUniform(_Random):
    _fields = ("minval", "maxval", "seed", "dtype")

    def __init__(self, minval=0, maxval=None, seed=None, dtype=_dtypes.float32):
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_uniform(shape, self.minval, self.maxval, self._dtype(dtype), self.seed)


class RandomNormal(_Random):
    _fields = ("mean", "stddev", "seed", "dtype")

    def __init__(self, mean=0.0, stddev=1.0, seed=None, dtype=_dtypes.float32):
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        return random_ops.random_normal(shape, self.mean, self.stddev, self._dtype(dtype), self.seed)


class TruncatedNormal(RandomNormal):
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

    def __init__(self, scale=1.0, mode="fan_in", distribution="normal", seed=None, dtype=_dtypes.float32):
        if scale <= 0.0:
            raise ValueError("`scale` must be positive float.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError("Invalid `mode` argument:", mode)
        if distribution.lower() not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError("Invalid `distribution` argument:", distribution)
        self.scale, self.mode, self.distribution, self.seed, self.dtype = scale, mode, distribution.lower(), seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        inward, outward = _fans(shape)
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
    _fields = ("gain", "seed", "dtype")

    def __init__(self, gain=1.0, seed=None, dtype=_dtypes.float32):
        self.gain, self.seed, self.dtype = gain, seed, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        shape = ints(shape)
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        drawn = random_ops.random_normal(tall, dtype=self._dtype(dtype), seed=self.seed)
        q, r = execute("Qr", [drawn], {"full_matrices": False})
        from .math_ops import matrix_diag_part

        q = q * run("Sign", matrix_diag_part(r))
        if rows < columns:
            q = run("Transpose", q, convert([1, 0], 3))
        return run("Reshape", q, sizes(shape)) * self.gain


class Identity(Initializer):
    _fields = ("gain", "dtype")

    def __init__(self, gain=1.0, dtype=_dtypes.float32):
        self.gain, self.dtype = gain, _kind(dtype)

    def __call__(self, shape, dtype=None, partition_info=None):
        shape = ints(shape)
        if len(shape) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        return array_ops.eye(*shape, dtype=self.dtype if dtype is None else dtype) * self.gain


class GlorotUniform(VarianceScaling):
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=_dtypes.float32):
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


class GlorotNormal(VarianceScaling):
    _fields = ("seed", "dtype")

    def __init__(self, seed=None, dtype=_dtypes.float32):
        super().__init__(1.0, "fan_avg", "normal", seed, dtype)


def glorot_uniform_initializer(seed=None, dtype=_dtypes.float32):
    return VarianceScaling(1.0, "fan_avg", "uniform", seed, dtype)


def glorot_normal_initializer(seed=None, dtype=_dtypes.float32):
    return VarianceScaling(1.0, "fan_avg", "normal", seed, dtype)


def _scaled(scale, mode, distribution):
    def make(seed=None):
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
