"""tf.keras.constraints: what a variable is made to obey after each step."""

from sokuji._src.core.execute import convert, execute, run
from sokuji._src.keras import serialization


class Constraint:
    """What weights become after each step: a function of them."""

    _fields = ()

    def __call__(self, w):
        return w

    def get_config(self):
        return {name: getattr(self, name) for name in self._fields}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _norms(w, axis):
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    return run("Sqrt", execute("Sum", [run("Square", w), convert([int(a) for a in axes], 3)], {"keep_dims": True}))


class MaxNorm(Constraint):
    """Norms along an axis of at most max_value."""

    _fields = ("max_value", "axis")

    def __init__(self, max_value=2, axis=0):
        self.max_value, self.axis = max_value, axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        kept = run("ClipByValue", norms, convert(0.0, norms._dtype_number), convert(float(self.max_value), norms._dtype_number))
        return w * (kept / (norms + 1e-7))


class NonNeg(Constraint):
    """No negative weights."""

    def __call__(self, w):
        return run("Relu", convert(w, 0))


class UnitNorm(Constraint):
    """Norms of 1 along an axis."""

    _fields = ("axis",)

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        return w / (_norms(w, self.axis) + 1e-7)


class MinMaxNorm(Constraint):
    """Norms along an axis between min_value and max_value."""

    _fields = ("min_value", "max_value", "rate", "axis")

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w):
        norms = _norms(w, self.axis)
        kept = run("ClipByValue", norms, convert(float(self.min_value), norms._dtype_number), convert(float(self.max_value), norms._dtype_number))
        return w * ((self.rate * kept + (1 - self.rate) * norms) / (norms + 1e-7))


_CLASSES = {"MaxNorm": MaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm, "MinMaxNorm": MinMaxNorm}
_NAMES = {"max_norm": MaxNorm, "non_neg": NonNeg, "unit_norm": UnitNorm, "min_max_norm": MinMaxNorm, "maxnorm": MaxNorm, "nonneg": NonNeg,
          "unitnorm": UnitNorm, "minmaxnorm": MinMaxNorm}  # fmt: skip


def get(identifier):
    """A constraint of None, a name, a configuration or a callable."""
    if identifier is None or callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    found = serialization.chosen(identifier, _CLASSES, "constraint")
    if found is not None:
        return found
    known = {**_CLASSES, **_NAMES}
    if identifier in known:
        return known[identifier]()
    raise ValueError("Could not interpret constraint identifier: %s" % (identifier,))


NAMES = {**_CLASSES, "Constraint": Constraint, "max_norm": MaxNorm, "non_neg": NonNeg, "unit_norm": UnitNorm, "min_max_norm": MinMaxNorm, "get": get}
