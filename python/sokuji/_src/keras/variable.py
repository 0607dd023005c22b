"""Variables of layers, optimizers and metrics: in 2.x they have a short name, a path and a dtype by name; in 1.x they are tfe.Variables."""

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.variables import variables


class KerasVariable(variables.Variable):
    """A variable that belongs to a layer, an optimizer or a metric (2.x)."""

    def __init__(self, value, trainable=True, name=None, path=None, constraint=None, regularizer=None):
        super().__init__(value, trainable=trainable, name=name, constraint=constraint)
        self._short, self._path, self.regularizer, self._trainable = name, path or name, regularizer, trainable

    name = property(lambda self: self._short)
    path = property(lambda self: self._path)
    dtype = property(lambda self: dtypes.as_dtype(self._dtype_number).name)
    value = property(lambda self: self._read())
    ndim = property(lambda self: len(self._shape_tuple))
    shape = property(lambda self: shapes.TensorShape(self._shape_tuple))

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        self._trainable = bool(value)

    def _check(self, value):
        from sokuji._src.ops import array_ops

        return array_ops.cast(_core.convert(value, 0) if not isinstance(value, (int, float, list)) else _core.convert(value, self._dtype_number),
                              dtypes.as_dtype(self._dtype_number))  # fmt: skip

    def __repr__(self):
        return "<Variable path=%s, shape=%s, dtype=%s, value=%s>" % (self._path, self._shape_tuple, self.dtype, self.numpy())

    def __deepcopy__(self, memo):
        made = KerasVariable(self._read(), self._trainable, self._short, self._path, self._constraint, self.regularizer)
        memo[id(self)] = made
        return made


def make(value, trainable=True, name="variable", prefix="", constraint=None, regularizer=None):
    """A variable under a prefix, of the running version's class."""
    saved, variables._scopes().names = variables._scopes().names, []
    try:
        if variables._version == 2:
            return KerasVariable(value, trainable, name, prefix + "/" + name if prefix else name, constraint, regularizer)
        return variables.make(value, trainable=trainable, constraint=constraint, name=prefix + "/" + name if prefix else name)
    finally:
        variables._scopes().names = saved


def stateless(own, values, run, give):
    """What give() makes of run()'s result while the variables have other values; then they have their own again."""
    kept = [v._read() for v in own]
    try:
        for v, value in zip(own, values):
            v._assign(_core.convert(value, v._dtype_number))
        return give(run())
    finally:
        for v, value in zip(own, kept):
            v._assign(value)
