"""tfe.metrics: objects that gather a mean or an accuracy over calls."""

import functools
import re

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run, same_dtype
from sokuji._src.ops import array_ops, init_ops
from sokuji._src.variables import scopes, trackable, variables

summary = [None]  # what writes a result's summary


def _whole(build):
    """A class' build(): what it has made is whole when the outermost one ends."""

    @functools.wraps(build)
    def wrapper(self, *arguments, **keywords):
        if self._building:
            return build(self, *arguments, **keywords)
        self._building = True
        try:
            build(self, *arguments, **keywords)
        finally:
            self._building = False
        self._built = True

    return wrapper


class Metric(trackable.Trackable):
    """build() makes variables, call() updates them, result() computes."""

    def __init__(self, name=None, use_global_variables=False):
        self._built, self._vars, self._initial = False, [], []
        self._name = name or type(self).__name__
        scope = scopes.scope_name()
        self._prefix = (scope and scope + "/") + re.sub("[^A-Za-z0-9.]", "_", self._name) + "/"
        self._building = False

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if "build" in vars(cls):
            cls.build = _whole(vars(cls)["build"])

    __setattr__ = object.__setattr__
    _checkpoint_children = trackable.named_children
    name = property(lambda self: self._name)
    variables = property(lambda self: self._vars)

    def __call__(self, *arguments, **keywords):
        if not self._built:
            self.build(*arguments, **keywords)
        return self.call(*arguments, **keywords)

    def add_variable(self, name, shape=None, dtype=None, initializer=None):
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        value = trackable.waiting_value(self, name, shape or ())
        if value is None:
            value = scopes._initial(self._prefix + name, shape, dtype, initializer)
        made = variables.ResourceVariable(value, trainable=False, name=self._prefix + name)
        self._vars.append(made)
        self._initial.append(made._read())
        return trackable.track(self, name, made)

    def init_variables(self):
        """Back to their beginning."""
        for v, value in zip(self._vars, self._initial):
            v.assign(value)

    def build(self, *arguments, **keywords):
        raise NotImplementedError("Metrics must define a build() member function")

    def call(self, *arguments, **keywords):
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self):
        raise NotImplementedError("Metrics must define a result() member function")

    def value(self):
        """Eagerly what gives the result."""
        return self.result

    def aggregate(self, metrics):
        """Adds other metrics' variables."""
        for m in metrics:
            if type(self) is not type(m):
                raise TypeError("All metrics must be the same type, '%s' != '%s'." % (type(self), type(m)))
        for i, v in enumerate(self._vars):
            if any(m._vars[i].name != v.name for m in metrics):
                raise ValueError("All metrics must have variables in the same order.")
            for m in metrics:
                v.assign_add(m._vars[i])


class Mean(Metric):
    """The weighted mean of all values given."""

    def __init__(self, name=None, dtype=dtypes.float64, use_global_variables=False):
        super().__init__(name, use_global_variables)
        self.dtype = dtypes.as_dtype(dtype)

    def build(self, *arguments, **keywords):
        self.numer = self.add_variable("numer", (), self.dtype, init_ops.Zeros)
        self.denom = self.add_variable("denom", (), self.dtype, init_ops.Zeros)

    def call(self, values, weights=None):
        """What was given, the values as their sum, or weighted."""
        t = convert(values, 0)
        if weights is None:
            self.denom._assign_add(convert(float(t._size), self.dtype._number))
            total = run("Sum", t, None)
            self.numer._assign_add(array_ops.cast(total, self.dtype))
            return total
        w = array_ops.cast(convert(weights, 0), self.dtype)
        self.denom._assign_add(run("Sum", w, None))
        t = array_ops.cast(t, self.dtype) * w
        self.numer._assign_add(run("Sum", t, None))
        return t, w

    def result(self):
        t = self.numer / self.denom
        if summary[0] is not None:
            summary[0](self.name, t)
        return t


class Accuracy(Mean):
    """The weighted fraction of predictions that equal the labels."""

    def __init__(self, name=None, dtype=dtypes.float64):
        super().__init__(name, dtype)

    def call(self, labels, predictions, weights=None):
        matches = array_ops.cast(run("Equal", *same_dtype([labels, predictions])), dtypes.float64)
        super().call(matches, weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


METRICS = {"Metric": Metric, "Mean": Mean, "Accuracy": Accuracy}
