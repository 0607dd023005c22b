"""tfe.metrics: objects that gather a mean or an accuracy over calls."""

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.ops import array_ops
from sokuji._src.variables import trackable, variables


class Metric(trackable.Trackable):
    """build() makes variables, call() updates them, result() computes."""

    def __init__(self, name=None):
        self._built = False
        self._vars = []
        self._name = name or type(self).__name__

    __setattr__ = object.__setattr__
    _checkpoint_children = trackable.named_children
    name = property(lambda self: self._name)
    variables = property(lambda self: list(self._vars))

    def __call__(self, *arguments, **keywords):
        if not self._built:
            self.build(*arguments, **keywords)
            self._built = True
        return self.call(*arguments, **keywords)

    def add_variable(self, name, shape=None, dtype=None, initializer=None):
        value = trackable.waiting_value(self, name, shape or ())
        if value is None:
            value = array_ops.zeros(shape or [], dtype) if initializer is None else initializer(shape or [], dtype=dtype)
        made = variables.ResourceVariable(value, trainable=False, name=self._name + "/" + name)
        self._vars.append(made)
        return trackable.track(self, name, made)

    def init_variables(self):
        """Back to zero."""
        for v in self._vars:
            v.assign(array_ops.zeros_like(v))

    def build(self, *arguments, **keywords):
        pass

    def call(self, *arguments, **keywords):
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self):
        raise NotImplementedError("Metrics must define a result() member function")

    def value(self):
        return self.result()


class Mean(Metric):
    """The weighted mean of all values given."""

    def __init__(self, name=None, dtype=dtypes.float64, use_global_variables=False):
        super().__init__(name)
        self.dtype = dtypes.as_dtype(dtype)

    def build(self, *arguments, **keywords):
        self.numer = self.add_variable("numer", (), self.dtype)
        self.denom = self.add_variable("denom", (), self.dtype)

    def call(self, values, weights=None):
        t = array_ops.cast(convert(values, 0), self.dtype)
        if weights is None:
            self.denom._assign_add(convert(float(t._size), self.dtype._number))
            total = run("Sum", convert(values, 0), None)
            self.numer._assign_add(array_ops.cast(total, self.dtype))
            return total
        w = array_ops.cast(convert(weights, 0), self.dtype)
        self.denom._assign_add(run("Sum", run("Mul", w, array_ops.ones_like(t)) if w._shape_tuple != t._shape_tuple else w, None))
        self.numer._assign_add(run("Sum", t * w, None))
        return values, weights

    def result(self):
        return self.numer / self.denom


class Accuracy(Mean):
    """The weighted fraction of predictions that equal the labels."""

    def __init__(self, name=None, dtype=dtypes.float64):
        super().__init__(name, dtype)

    def build(self, labels, predictions, weights=None):
        super().build()

    def call(self, labels, predictions, weights=None):
        y, p = convert(labels, 0), convert(predictions, 0)
        matches = array_ops.cast(run("Equal", y, p), self.dtype)
        super().call(matches, weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


METRICS = {"Metric": Metric, "Mean": Mean, "Accuracy": Accuracy}
