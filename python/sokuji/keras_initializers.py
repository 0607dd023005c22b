"""tf.keras.initializers: those of init_ops under Keras' names and with its defaults in each version."""

from . import init_ops
from .init_ops import Constant, Identity, Initializer, Ones, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, Zeros


def _scaled(name, scale, mode, distribution):
    def __init__(self, seed=None):
        VarianceScaling.__init__(self, scale, mode, distribution, seed)

    return type(name, (VarianceScaling,), {"__init__": __init__, "_fields": ("seed",), "__module__": __name__})


GlorotUniform, GlorotNormal = _scaled("GlorotUniform", 1.0, "fan_avg", "uniform"), _scaled("GlorotNormal", 1.0, "fan_avg", "truncated_normal")
HeUniform, HeNormal = _scaled("HeUniform", 2.0, "fan_in", "uniform"), _scaled("HeNormal", 2.0, "fan_in", "truncated_normal")
LecunUniform, LecunNormal = _scaled("LecunUniform", 1.0, "fan_in", "uniform"), _scaled("LecunNormal", 1.0, "fan_in", "truncated_normal")


class KerasRandomUniform(RandomUniform):
    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(minval, maxval, seed)


class KerasRandomNormal(RandomNormal):
    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean, stddev, seed)


class KerasTruncatedNormal(TruncatedNormal):
    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(mean, stddev, seed)


class KerasVarianceScaling(VarianceScaling):
    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None):
        super().__init__(scale, mode, distribution, seed)


for _class, _name in ((KerasRandomUniform, "RandomUniform"), (KerasRandomNormal, "RandomNormal"), (KerasTruncatedNormal, "TruncatedNormal"),
                      (KerasVarianceScaling, "VarianceScaling")):  # fmt: skip
    _class.__name__ = _class.__qualname__ = _name

_CLASSES_2 = {"Constant": Constant, "Identity": Identity, "Ones": Ones, "Zeros": Zeros, "Orthogonal": Orthogonal, "OrthogonalInitializer": Orthogonal,
              "IdentityInitializer": Identity, "GlorotUniform": GlorotUniform, "GlorotNormal": GlorotNormal, "HeUniform": HeUniform, "HeNormal": HeNormal,
              "LecunUniform": LecunUniform, "LecunNormal": LecunNormal, "RandomUniform": KerasRandomUniform, "RandomNormal": KerasRandomNormal,
              "TruncatedNormal": KerasTruncatedNormal, "VarianceScaling": KerasVarianceScaling}  # fmt: skip
_NAMES_2 = {"constant": Constant, "identity": Identity, "ones": Ones, "zeros": Zeros, "orthogonal": Orthogonal, "glorot_uniform": GlorotUniform,
            "glorot_normal": GlorotNormal, "he_uniform": HeUniform, "he_normal": HeNormal, "lecun_uniform": LecunUniform, "lecun_normal": LecunNormal,
            "random_uniform": KerasRandomUniform, "uniform": KerasRandomUniform, "random_normal": KerasRandomNormal, "normal": KerasRandomNormal,
            "truncated_normal": KerasTruncatedNormal, "variance_scaling": KerasVarianceScaling, "one": Ones, "zero": Zeros, "eye": Identity}  # fmt: skip
_MORE_1 = {"uniform": RandomUniform, "normal": RandomNormal, "one": Ones, "zero": Zeros}


def get(identifier):
    """An initializer of None, a name, a configuration or a callable, with the running version's defaults."""
    from . import variables

    if variables._version == 1:
        return _MORE_1[identifier]() if isinstance(identifier, str) and identifier in _MORE_1 else init_ops.get_plain(identifier)
    if isinstance(identifier, dict):
        return _CLASSES_2[identifier["class_name"]](**identifier["config"])
    if isinstance(identifier, str):
        known = {**_NAMES_2, **_CLASSES_2}
        if identifier not in known:
            raise ValueError("Could not interpret initializer identifier: %s" % (identifier,))
        return known[identifier]()
    return init_ops.get_plain(identifier)


init_ops.get_plain, init_ops.get = init_ops.get, get


def names(version):
    if version == 1:
        return {**init_ops.BY_NAME, **_MORE_1, "get": get, "Initializer": Initializer}
    return {**_CLASSES_2, **_NAMES_2, "get": get, "Initializer": Initializer}
