"""tf.keras.metrics: functions of (y_true, y_pred), and the classes of 2.x that gather over calls."""

import inspect

from sokuji._src.core import dtypes, signatures
from sokuji._src.core.execute import convert, invalid, run
from sokuji._src.keras import layers_base
from sokuji._src.keras import losses as keras_losses
from sokuji._src.keras import serialization
from sokuji._src.keras.layers_base import snake_case
from sokuji._src.keras.losses import _ints, _pair, _squeezed, _weighted
from sokuji._src.ops import array_ops


def _is_1():
    from sokuji._src.variables import variables

    return variables._version == 1


def _argmax(t):
    return run("ArgMax", t, convert(-1, 3))


def _floats(t):
    return array_ops.cast(t, dtypes.float32)


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where a prediction is on the label's side of the threshold."""
    from sokuji._src.variables import variables

    y, p = _pair(y_true, y_pred)
    if variables._version == 1:
        return run("Mean", _floats(run("Equal", y, run("Round", p))), convert([-1], 3))
    hit = run("Equal", y, array_ops.cast(run("Greater", p, convert(threshold, p._dtype_number)), p.dtype))
    return _floats(hit)


def categorical_accuracy(y_true, y_pred):
    """1 where the greatest prediction is the label's (one-hot) class."""
    return _floats(run("Equal", _argmax(convert(y_true, 0)), _argmax(convert(y_pred, 0))))


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the greatest prediction is the class of that number."""
    y, p = convert(y_true, 0), convert(y_pred, 0)
    if len(y._shape_tuple) == len(p._shape_tuple) and y._shape_tuple[-1] == 1:
        y = run("Reshape", y, _ints(y._shape_tuple[:-1]))
    elif len(y._shape_tuple) == len(p._shape_tuple):
        y = run("Max", y, convert([-1], 3))  # 1.x
    return _floats(run("Equal", array_ops.cast(y, dtypes.int64), _argmax(p)))


def _in_top(y, p, k):
    from sokuji._src.ops import nn_ops

    return _floats(nn_ops.in_top_k(run("Reshape", p, _ints((-1, p._shape_tuple[-1]))), run("Reshape", y, _ints((-1,))), k))


def _top(y, p, k):
    from sokuji._src.variables import variables

    hits = _in_top(y, convert(p, 1), k)
    return run("Mean", hits, convert([-1], 3)) if variables._version == 1 else hits


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the label's (one-hot) class is among the k greatest predictions."""
    return _top(_argmax(convert(y_true, 0)), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where the class of that number is among the k greatest predictions."""
    if from_sorted_ids:
        raise NotImplementedError("not implemented: sparse_top_k_categorical_accuracy with from_sorted_ids; use scores")
    if convert(y_pred, 0)._dtype_number == dtypes.float64._number:
        raise invalid("in_top_k: the predictions are float64; they must be float32")
    return _top(array_ops.cast(convert(y_true, 0), dtypes.int32), y_pred, k)


# ---- objects ----


_IOU = dict(num_classes=None, dtype="int64", ignore_class=None, sparse_y_pred=True, axis=-1)
_COUNTS = dict(thresholds=None, top_k=None, class_id=None)
_AT = dict(num_thresholds=200, class_id=None)
_OPTIONS = {  # a metric's own options and their defaults, as they stand in its configuration
    "BinaryAccuracy": dict(threshold=0.5), "BinaryCrossentropy": dict(from_logits=False, label_smoothing=0),
    "CategoricalCrossentropy": dict(from_logits=False, label_smoothing=0, axis=-1), "SparseCategoricalCrossentropy": dict(from_logits=False, axis=-1, ignore_class=None),
    "TopKCategoricalAccuracy": dict(k=5), "SparseTopKCategoricalAccuracy": dict(k=5), "Precision": _COUNTS, "Recall": _COUNTS,
    **{name: dict(thresholds=None) for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")},
    "PrecisionAtRecall": dict(_AT, recall=None), "RecallAtPrecision": dict(_AT, precision=None), "SensitivityAtSpecificity": dict(_AT, specificity=None),
    "SpecificityAtSensitivity": dict(_AT, sensitivity=None), "MeanIoU": dict(_IOU, sparse_y_true=True), "IoU": dict(_IOU, sparse_y_true=True, target_class_ids=None),
    "OneHotMeanIoU": dict(_IOU, sparse_y_pred=False), "OneHotIoU": dict(_IOU, sparse_y_pred=False, target_class_ids=None),
    "BinaryIoU": dict(dtype="int64", target_class_ids=[0, 1], threshold=0.5), "FBetaScore": dict(average=None, beta=1.0, threshold=None),
    "F1Score": dict(average=None, threshold=None), "R2Score": dict(class_aggregation="uniform_average", num_regressors=0),
}  # fmt: skip


class Metric(layers_base._Metrics):
    """update_state() changes its variables, result() computes."""

    __signature__ = signatures.OfInit()

    def __new__(cls, *arguments, **keywords):
        made = object.__new__(cls)
        made.__dict__["_arguments"] = (arguments, keywords)
        return made

    def __init__(self, dtype=None, name=None):
        self.__dict__["_weights"] = []
        self.name = name or layers_base.unique_name(snake_case(type(self).__name__), True)
        self._dtype = dtypes.as_dtype(dtype or dtypes.float32)

    dtype = property(lambda self: self._dtype.name)
    variables = property(lambda self: list(self._weights))
    weights = property(lambda self: list(self._weights))
    trainable_variables = property(lambda self: [])
    non_trainable_variables = property(lambda self: list(self._weights))

    def add_variable(self, shape=(), initializer=None, dtype=None, aggregation=None, name=None):
        from sokuji._src.keras import variable as keras_variable
        from sokuji._src.ops import init_ops

        kind = dtypes.as_dtype(dtype or self._dtype)
        initializer = init_ops.get(initializer) or init_ops.Zeros()
        made = keras_variable.make(initializer(list(shape), dtype=kind), trainable=False, name=name or "variable", prefix=self.name)
        self._weights.append(made)
        return made

    def add_weight(self, shape=(), initializer=None, dtype=None, name=None, **keywords):
        if isinstance(shape, str):  # add_weight(name, shape) of earlier versions
            shape, name = (keywords.pop("shape", ()) if name is None else ()), shape
        return self.add_variable(shape, initializer, dtype, None, name)

    def update_state(self, *arguments, **keywords):
        raise NotImplementedError("update_state() of %s" % type(self).__name__)

    def result(self):
        raise NotImplementedError("result() of %s" % type(self).__name__)

    def reset_state(self):
        for v in self._weights:
            v._assign(run("ZerosLike", v))

    def reset_states(self):
        self.reset_state()

    def stateless_update_state(self, metric_variables, *arguments, **keywords):
        from sokuji._src.keras import variable as keras_variable

        return keras_variable.stateless(self.variables, metric_variables, lambda: self.update_state(*arguments, **keywords), lambda _: [v._read() for v in self.variables])

    def stateless_result(self, metric_variables):
        from sokuji._src.keras import variable as keras_variable

        return keras_variable.stateless(self.variables, metric_variables, lambda: convert(self.result(), 0), lambda made: made)

    def stateless_reset_state(self):
        return [run("ZerosLike", v) for v in self.variables]

    def __call__(self, *arguments, **keywords):
        self.update_state(*arguments, **keywords)
        return self.result()

    def get_config(self):
        made, options = {"name": self.name, "dtype": self.dtype}, _OPTIONS.get(type(self).__name__)
        if options and type(self).__module__.startswith("sokuji."):
            order = [name for name in inspect.signature(type(self).__init__).parameters if name != "self"]
            order = [list(options)[-1], "num_thresholds"] if order[0] == "arguments" else order
            given = {**dict(zip(order, self._arguments[0])), **self._arguments[1]}
            for name, usual in options.items():
                value = given.get(name)
                made[name] = usual if value is None else list(value) if isinstance(value, tuple) else value
        return made

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __repr__(self):
        return "<%s name=%s>" % (type(self).__name__, self.name)


def _divided(a, b):
    return run("DivNoNan", a, b)


def _reduced_values(values, weight, dtype, reduce="Mean"):
    """Values and weights of one shape; values are averaged (2.x's Sum adds them) over the axes that the weights do not have."""
    v = array_ops.cast(convert(values, 0), dtype)
    if weight is None:
        return v, None
    w = array_ops.cast(convert(weight, 0), dtype)
    if len(w._shape_tuple) == len(v._shape_tuple) + 1 and w._shape_tuple[-1] == 1:
        w = run("Reshape", w, _ints(w._shape_tuple[:-1]))
    if w._shape_tuple and len(w._shape_tuple) < len(v._shape_tuple):
        v = run(reduce, v, convert(list(range(len(w._shape_tuple), len(v._shape_tuple))), 3))
    return v, run("Mul", w, run("OnesLike", v))


class Mean(Metric):
    """The weighted mean of the values given so far."""

    def __init__(self, name="mean", dtype=None):
        super().__init__(dtype, name)
        self.total = self.add_variable(name="total")
        self.count = self.add_variable(name="count")

    def update_state(self, values, sample_weight=None):
        v, w = _reduced_values(values, sample_weight, self._dtype)
        self.total._assign_add(run("Sum", v if w is None else v * w, None))
        self.count._assign_add(convert(float(v._size), self._dtype._number) if w is None else run("Sum", w, None))

    def result(self):
        return _divided(self.total, self.count)


class Sum(Metric):
    """The weighted sum of the values given so far."""

    def __init__(self, name="sum", dtype=None):
        super().__init__(dtype, name)
        self.total = self.add_variable(name="total")

    def update_state(self, values, sample_weight=None):
        v, w = _reduced_values(values, sample_weight, self._dtype, "Mean" if _is_1() else "Sum")
        self.total._assign_add(run("Sum", v if w is None else v * w, None))

    def result(self):
        return self.total._read()


class MeanMetricWrapper(Mean):
    """The mean of a function of (y_true, y_pred)."""

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        super().__init__(name or getattr(fn, "__name__", None), dtype)
        self._fn, self._fn_kwargs = fn, kwargs

    def get_config(self):
        made = super().get_config()
        return {**made, "fn": serialization.serialize(self._fn), **self._fn_kwargs} if type(self) is MeanMetricWrapper else made

    @classmethod
    def from_config(cls, config):
        return cls(**serialization.revive_parts(config))

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = getattr(y_pred, "_keras_mask", None)
        y, p = convert(y_true, 0), convert(y_pred, 0)
        if not getattr(self._fn, "_keeps_ranks", False) and _is_1():
            y, p = _squeezed(y, p)
        values = self._fn(y, p, **self._fn_kwargs)
        if mask is not None:
            m = array_ops.cast(mask, self._dtype)
            sample_weight = m if sample_weight is None else _weighted(m, sample_weight) * m
        super().update_state(values, sample_weight)


for _fn in (categorical_accuracy, sparse_categorical_accuracy, top_k_categorical_accuracy, sparse_top_k_categorical_accuracy,
            keras_losses.categorical_crossentropy, keras_losses.sparse_categorical_crossentropy):  # fmt: skip
    _fn._keeps_ranks = True


def accuracy(y_true, y_pred):
    """1 where labels and predictions are equal."""
    y, p = _pair(y_true, y_pred)
    return _floats(run("Equal", y, p))


def _wrapper(name, function, options=(), title=None, defaults=None, last=()):
    """A metric around a function, of whose options some come before name and dtype, the last ones after them."""
    places = [*options, "name", "dtype", *last]
    options = (*options, *last)

    def takes(cls):
        known = {"name": title or snake_case(name), "dtype": None, **_OPTIONS.get(name, {}), "from_sorted_ids": False}
        return ", ".join("%s=%r" % (place, known[place]) for place in places)

    def __init__(self, *arguments, **keywords):
        if len(arguments) > len(places):
            raise TypeError("%s takes %d arguments, %d were given" % (name, len(places), len(arguments)))
        given = {**(defaults or {}), **dict(zip(places, arguments)), **keywords}
        own = {key: given.pop(key) for key in options if key in given}
        MeanMetricWrapper.__init__(self, function, given.pop("name", None) or title or snake_case(name), given.pop("dtype", None), **own)
        if given:
            raise TypeError("%s got an unexpected keyword argument '%s'" % (name, next(iter(given))))
        threshold = self._fn_kwargs.get("threshold")
        if threshold is not None and not 0 < threshold <= 2:
            raise ValueError("Invalid value for argument `threshold`. Expected 0 < threshold < 1. Received: threshold=%s" % threshold)

    return type(name, (MeanMetricWrapper,), {"__init__": __init__, "__signature__": signatures.OfInit(takes), "__doc__": function.__doc__, "__module__": __name__})


_L = keras_losses
Accuracy = _wrapper("Accuracy", accuracy)
BinaryAccuracy = _wrapper("BinaryAccuracy", binary_accuracy, last=("threshold",))
CategoricalAccuracy = _wrapper("CategoricalAccuracy", categorical_accuracy)
SparseCategoricalAccuracy = _wrapper("SparseCategoricalAccuracy", sparse_categorical_accuracy)
TopKCategoricalAccuracy = _wrapper("TopKCategoricalAccuracy", top_k_categorical_accuracy, ("k",))
SparseTopKCategoricalAccuracy = _wrapper("SparseTopKCategoricalAccuracy", sparse_top_k_categorical_accuracy, ("k",), last=("from_sorted_ids",))
MeanSquaredError = _wrapper("MeanSquaredError", _L.mean_squared_error)
MeanAbsoluteError = _wrapper("MeanAbsoluteError", _L.mean_absolute_error)
MeanAbsolutePercentageError = _wrapper("MeanAbsolutePercentageError", _L.mean_absolute_percentage_error)
MeanSquaredLogarithmicError = _wrapper("MeanSquaredLogarithmicError", _L.mean_squared_logarithmic_error)
BinaryCrossentropy = _wrapper("BinaryCrossentropy", _L.binary_crossentropy, last=("from_logits", "label_smoothing"))
CategoricalCrossentropy = _wrapper("CategoricalCrossentropy", _L.categorical_crossentropy, last=("from_logits", "label_smoothing", "axis"))
SparseCategoricalCrossentropy = _wrapper("SparseCategoricalCrossentropy", _L.sparse_categorical_crossentropy, last=("from_logits", "ignore_class", "axis"))
KLDivergence = _wrapper("KLDivergence", _L.kullback_leibler_divergence, (), "kl_divergence")
Poisson = _wrapper("Poisson", _L.poisson)
LogCoshError = _wrapper("LogCoshError", _L.logcosh, (), "logcosh")
Hinge = _wrapper("Hinge", _L.hinge)
SquaredHinge = _wrapper("SquaredHinge", _L.squared_hinge)
CategoricalHinge = _wrapper("CategoricalHinge", _L.categorical_hinge)


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angle between labels and predictions."""

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        super().__init__(lambda y, p: -_L.cosine_similarity(y, p, axis), name, dtype)


class RootMeanSquaredError(Mean):
    """The root of the mean squared error so far."""

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = _squeezed(*_pair(y_true, y_pred))
        super().update_state(run("SquaredDifference", p, y), sample_weight)

    def result(self):
        return run("Sqrt", super().result())


FUNCTIONS_1 = {
    "binary_accuracy": binary_accuracy, "categorical_accuracy": categorical_accuracy, "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy, "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
}  # fmt: skip
_ALIASES = {"acc": Accuracy, "accuracy": Accuracy, "mse": MeanSquaredError, "mae": MeanAbsoluteError, "mape": MeanAbsolutePercentageError,
            "msle": MeanSquaredLogarithmicError}  # fmt: skip


def _classes():
    from sokuji._src.keras import metrics_counts as keras_metrics_counts

    found = {**globals(), **vars(keras_metrics_counts)}
    return {n: v for n, v in found.items() if isinstance(v, type) and issubclass(v, Metric) and not n.startswith("_")}


def get(identifier):
    """A metric of a name, a function, a class or an object."""
    if identifier is None or callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    classes = _classes()
    found = serialization.chosen(identifier, classes, "metric")
    if found is not None:
        return found
    if identifier in _ALIASES:
        return _ALIASES[identifier]()
    if identifier in classes:
        return classes[identifier]()
    for name, cls in classes.items():
        if snake_case(name) == identifier:
            return cls()
    known = {**FUNCTIONS_1, **keras_losses.FUNCTIONS_1, **keras_losses._ALIASES_2}
    if identifier in known:
        return known[identifier]
    raise ValueError("Could not interpret metric identifier: %s" % (identifier,))


def names(version):
    if version == 1:
        return {**keras_losses.FUNCTIONS_1, **keras_losses._ALIASES, **FUNCTIONS_1, "get": function_of}
    return {**keras_losses.FUNCTIONS_1, **keras_losses._ALIASES, **keras_losses._ALIASES_2, **FUNCTIONS_1, **_classes(), "get": get}


def function_of(identifier):
    """1.x: metrics are functions."""
    if callable(identifier):
        return identifier
    known = {**keras_losses.FUNCTIONS_1, **keras_losses._ALIASES, **FUNCTIONS_1}
    if identifier in known:
        return known[identifier]
    raise ValueError("Unknown metric function:%s" % (identifier,))
