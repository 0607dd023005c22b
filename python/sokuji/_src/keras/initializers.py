"""tf.keras.initializers: those of init_ops under Keras' names and with its defaults in each version."""

import math

import numpy as np

from sokuji._src.core.execute import convert, execute, run
from sokuji._src.keras import random as keras_random
from sokuji._src.keras import serialization
from sokuji._src.ops import init_ops, math_ops
from sokuji._src.ops.init_ops import Constant, Identity, Initializer, Ones, Orthogonal, RandomNormal, RandomUniform, VarianceScaling, Zeros


class _Seeded:
    """2.x draws stateless numbers from the initializer's seed: a call again gives the same."""

    def _take_seed(self, seed):
        self._given = seed
        self.seed = keras_random.make_default_seed() if seed is None else seed

    def get_config(self):
        seed = self._given if isinstance(self._given, (int, type(None))) else None
        axes = {"input_axes": None, "output_axes": None} if isinstance(self, VarianceScaling) else {}
        return {"seed": seed, **{name: value for name, value in super().get_config().items() if name != "seed"}, **axes}


class KerasRandomUniform(_Seeded, RandomUniform):
    _fields = ("minval", "maxval", "seed")

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(minval, maxval)
        self._take_seed(seed)

    def __call__(self, shape, dtype=None, partition_info=None):
        return keras_random.uniform(shape, self.minval, self.maxval, dtype, self.seed)


class KerasRandomNormal(_Seeded, RandomNormal):
    _fields = ("mean", "stddev", "seed")

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean, stddev)
        self._take_seed(seed)

    def __call__(self, shape, dtype=None, partition_info=None):
        return keras_random.normal(shape, self.mean, self.stddev, dtype, self.seed)


class KerasTruncatedNormal(KerasRandomNormal):
    def __call__(self, shape, dtype=None, partition_info=None):
        return keras_random.truncated_normal(shape, self.mean, self.stddev, dtype, self.seed)


class KerasVarianceScaling(_Seeded, VarianceScaling):
    _fields = ("scale", "mode", "distribution", "seed")

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None, input_axes=None, output_axes=None):
        if input_axes is not None or output_axes is not None:
            raise NotImplementedError("not implemented: tf.keras.initializers.VarianceScaling with input_axes or output_axes")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError("Invalid `mode` argument: %s. Please use one of ['fan_in', 'fan_out', 'fan_avg']" % (mode,))
        super().__init__(scale, mode, "truncated_normal" if distribution == "normal" else distribution)
        self._take_seed(seed)

    def __call__(self, shape, dtype=None, partition_info=None):
        inward, outward = init_ops._fans(shape)
        scale = self.scale / max(1.0, {"fan_in": inward, "fan_out": outward, "fan_avg": (inward + outward) / 2.0}[self.mode])
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * scale)
            return keras_random.uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return keras_random.normal(shape, 0.0, math.sqrt(scale), dtype, self.seed)
        return keras_random.truncated_normal(shape, 0.0, math.sqrt(scale) / 0.87962566103423978, dtype, self.seed)


class KerasOrthogonal(_Seeded, Orthogonal):
    _fields = ("gain", "seed")

    def __init__(self, gain=1.0, seed=None):
        super().__init__(gain)
        self._take_seed(seed)

    def __call__(self, shape, dtype=None, partition_info=None):
        sizes = init_ops.ints(shape)
        if len(sizes) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional. Received: shape=%s of rank %d." % (sizes, len(sizes)))
        rows, columns = int(np.prod(sizes[:-1])), sizes[-1]
        drawn = keras_random.normal((max(rows, columns), min(rows, columns)), dtype=dtype, seed=self.seed)
        q, r = execute("Qr", [drawn], {"full_matrices": False})
        q = q * run("Sign", math_ops.matrix_diag_part(r))
        if rows < columns:
            q = run("Transpose", q, convert([1, 0], 3))
        return float(self.gain) * run("Reshape", q, convert(sizes, 3))


def _scaled(name, scale, mode, distribution):
    def __init__(self, seed=None, input_axes=None, output_axes=None):
        KerasVarianceScaling.__init__(self, scale, mode, distribution, seed, input_axes, output_axes)

    return type(name, (KerasVarianceScaling,), {"__init__": __init__, "__doc__": "%s numbers of variance %g / (%s)." % (distribution, scale, mode), "_fields": ("seed",), "__module__": __name__})


GlorotUniform, GlorotNormal = _scaled("GlorotUniform", 1.0, "fan_avg", "uniform"), _scaled("GlorotNormal", 1.0, "fan_avg", "truncated_normal")
HeUniform, HeNormal = _scaled("HeUniform", 2.0, "fan_in", "uniform"), _scaled("HeNormal", 2.0, "fan_in", "truncated_normal")
LecunUniform, LecunNormal = _scaled("LecunUniform", 1.0, "fan_in", "uniform"), _scaled("LecunNormal", 1.0, "fan_in", "truncated_normal")
for _class, _name in ((KerasRandomUniform, "RandomUniform"), (KerasRandomNormal, "RandomNormal"), (KerasTruncatedNormal, "TruncatedNormal"),
                      (KerasVarianceScaling, "VarianceScaling"), (KerasOrthogonal, "Orthogonal")):  # fmt: skip
    _class.__name__ = _class.__qualname__ = _name
    _class.__doc__ = _class.__mro__[2].__doc__


class KerasIdentity(Identity):
    """Identity matrices times gain."""

    def get_config(self):
        return {} if self.gain == 1.0 else {"gain": self.gain}


KerasIdentity.__name__ = KerasIdentity.__qualname__ = "Identity"
_CLASSES_2 = {"Constant": Constant, "Identity": KerasIdentity, "Ones": Ones, "Zeros": Zeros, "Orthogonal": KerasOrthogonal, "OrthogonalInitializer": KerasOrthogonal,
              "IdentityInitializer": KerasIdentity, "GlorotUniform": GlorotUniform, "GlorotNormal": GlorotNormal, "HeUniform": HeUniform, "HeNormal": HeNormal,
              "LecunUniform": LecunUniform, "LecunNormal": LecunNormal, "RandomUniform": KerasRandomUniform, "RandomNormal": KerasRandomNormal,
              "TruncatedNormal": KerasTruncatedNormal, "VarianceScaling": KerasVarianceScaling}  # fmt: skip
_NAMES_2 = {"constant": Constant, "identity": KerasIdentity, "ones": Ones, "zeros": Zeros, "orthogonal": KerasOrthogonal, "glorot_uniform": GlorotUniform,
            "glorot_normal": GlorotNormal, "he_uniform": HeUniform, "he_normal": HeNormal, "lecun_uniform": LecunUniform, "lecun_normal": LecunNormal,
            "random_uniform": KerasRandomUniform, "uniform": KerasRandomUniform, "random_normal": KerasRandomNormal, "normal": KerasRandomNormal,
            "truncated_normal": KerasTruncatedNormal, "variance_scaling": KerasVarianceScaling, "one": Ones, "zero": Zeros, "eye": KerasIdentity}  # fmt: skip
_MORE_1 = {"uniform": RandomUniform, "normal": RandomNormal, "one": Ones, "zero": Zeros}


NAMES_1 = {**init_ops.BY_NAME, **_MORE_1}


def get(identifier):
    """An initializer of None, a name, a configuration or a callable, with the running version's defaults."""
    from sokuji._src.variables import variables

    if variables._version == 1:
        return _MORE_1[identifier]() if isinstance(identifier, str) and identifier in _MORE_1 else init_ops.get_plain(identifier)
    found = serialization.chosen(identifier, _CLASSES_2, "initializer")
    if found is not None:
        return found
    if isinstance(identifier, str):
        known = {**_NAMES_2, **_CLASSES_2}
        if identifier not in known:
            raise ValueError("Could not interpret initializer identifier: %s" % (identifier,))
        return known[identifier]()
    return init_ops.get_plain(identifier)


init_ops.get_plain, init_ops.get = init_ops.get, get


def names(version):
    if version == 1:
        return {**NAMES_1, "get": get, "Initializer": Initializer}
    return {**_CLASSES_2, **_NAMES_2, "get": get, "Initializer": Initializer, **serialization.names(lambda: {**_NAMES_2, **_CLASSES_2}, "initializer")}
