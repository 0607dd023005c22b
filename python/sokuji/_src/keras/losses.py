"""tf.keras.losses: functions of (y_true, y_pred), one loss per example, and the classes of 2.x with their reductions."""

import inspect

import numpy as np

from sokuji._src.core import dtypes, nest, signatures
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.keras import serialization
from sokuji._src.keras.layers_base import snake_case, unique_name
from sokuji._src.ops import array_ops, math_ops, nn_ops

EPSILON = 1e-7


def _pair(y_true, y_pred):
    """Both as tensors of the predictions' dtype, of one rank when one of them has a last size of 1."""
    p = convert(y_pred, 0)
    if not p.dtype.is_floating:
        p = array_ops.cast(p, dtypes.float32)
    y = array_ops.cast(convert(y_true, 0), p.dtype)
    return (y, p) if _dtypes_version() == 1 else _same_rank(y, p)


def _same_rank(y, p):
    """2.x: a last size of 1 too many goes, or, beside a vector, the vector gets one."""
    a, b = y._shape_tuple, p._shape_tuple
    if len(a) == len(b) + 1 and a[-1] == 1:
        return (y, run("ExpandDims", p, convert(-1, 3))) if len(b) == 1 else (run("Reshape", y, _ints(a[:-1])), p)
    if len(b) == len(a) + 1 and b[-1] == 1:
        return (run("ExpandDims", y, convert(-1, 3)), p) if len(a) == 1 else (y, run("Reshape", p, _ints(b[:-1])))
    return y, p


def _squeezed(y, p):
    a, b = y._shape_tuple, p._shape_tuple
    if len(a) == len(b) + 1 and a[-1] == 1:
        return run("Reshape", y, _ints(a[:-1])), p
    if len(b) == len(a) + 1 and b[-1] == 1:
        return y, run("Reshape", p, _ints(b[:-1]))
    return y, p


def _ints(values):
    return convert(list(values), 3) if len(values) else convert(np.zeros(0, np.int32), 0)


def _mean(t, axis=-1):
    return run("Mean", t, convert([axis], 3)) if t._shape_tuple else t


def _sum(t, axis=-1, keep=False):
    return execute("Sum", [t, convert([axis], 3)], {"keep_dims": keep})


def _clip(t, low, high):
    return run("ClipByValue", t, convert(low, t._dtype_number), convert(high, t._dtype_number))


def mean_squared_error(y_true, y_pred):
    """The mean over the last axis of the squared errors."""
    y, p = _pair(y_true, y_pred)
    return _mean(run("SquaredDifference", p, y))


def mean_absolute_error(y_true, y_pred):
    """The mean over the last axis of the errors' sizes."""
    y, p = _pair(y_true, y_pred)
    return _mean(run("Abs", p - y))


def mean_absolute_percentage_error(y_true, y_pred):
    """The mean over the last axis of the errors' sizes in percent of the labels."""
    y, p = _pair(y_true, y_pred)
    return 100.0 * _mean(run("Abs", (y - p) / run("Maximum", run("Abs", y), convert(EPSILON, y._dtype_number))))


def mean_squared_logarithmic_error(y_true, y_pred):
    """The mean over the last axis of the squared differences of log(1 + value)."""
    y, p = _pair(y_true, y_pred)
    low = convert(EPSILON, p._dtype_number)
    return _mean(run("SquaredDifference", run("Log", run("Maximum", p, low) + 1.0), run("Log", run("Maximum", y, low) + 1.0)))


def _signs(y):
    """Labels 0 and 1 as -1 and 1 (2.x)."""
    if _dtypes_version() == 1:
        return y
    values = y.numpy()
    return 2.0 * y - 1.0 if np.isin(values, (0, 1)).all() else y


def _dtypes_version():
    from sokuji._src.variables import variables

    return variables._version


def hinge(y_true, y_pred):
    """The mean of max(0, 1 - y_true y_pred); labels are -1 and 1, or 0 and 1."""
    y, p = _pair(y_true, y_pred)
    return _mean(run("Relu", 1.0 - _signs(y) * p))


def squared_hinge(y_true, y_pred):
    """The mean of max(0, 1 - y_true y_pred) squared."""
    y, p = _pair(y_true, y_pred)
    return _mean(run("Square", run("Relu", 1.0 - _signs(y) * p)))


def categorical_hinge(y_true, y_pred):
    """max(0, 1 + the greatest wrong score - the right one)"""
    y, p = _pair(y_true, y_pred)
    positive = _sum(y * p)
    negative = run("Max", (1.0 - y) * p, convert([-1], 3))
    return run("Relu", negative - positive + 1.0)


def logcosh(y_true, y_pred):
    """The mean of log(cosh(y_pred - y_true))."""
    y, p = _pair(y_true, y_pred)
    x = p - y
    return _mean(x + run("Softplus", -2.0 * x) - float(np.log(2.0)))


def kullback_leibler_divergence(y_true, y_pred):
    """The sum of y_true log(y_true / y_pred)."""
    y, p = _pair(y_true, y_pred)
    y, p = _clip(y, EPSILON, 1.0), _clip(p, EPSILON, 1.0)
    return _sum(y * run("Log", y / p))


def poisson(y_true, y_pred):
    """The mean of y_pred - y_true log(y_pred)."""
    y, p = _pair(y_true, y_pred)
    return _mean(p - y * run("Log", p + EPSILON))


def cosine_proximity(y_true, y_pred):
    """Minus the cosine of the angle between labels and predictions."""
    return cosine_similarity(y_true, y_pred)


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between labels and predictions, along an axis."""
    y, p = _pair(y_true, y_pred)
    return -_sum(nn_ops.l2_normalize(y, axis) * nn_ops.l2_normalize(p, axis), axis)


def huber(y_true, y_pred, delta=1.0):
    """Half the squared error up to delta, linear beyond."""
    y, p = _pair(y_true, y_pred)
    error = run("Abs", p - y)
    inside = run("LessEqual", error, convert(delta, error._dtype_number))
    return _mean(run("Select", inside, 0.5 * run("Square", error), delta * error - 0.5 * delta * delta))


def _smoothed(y, smoothing, classes):
    return y if not smoothing else y * (1.0 - smoothing) + smoothing / classes


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """The cross entropy of distributions along an axis: one number per example."""
    y, p = _pair(y_true, y_pred)
    if len(y._shape_tuple) != len(p._shape_tuple):
        raise ValueError("categorical_crossentropy expects y_true and y_pred of the same shape; they are %s and %s"
                         % (y._shape_tuple, p._shape_tuple))  # fmt: skip
    if y._shape_tuple != p._shape_tuple:
        raise ValueError("Arguments `target` and `output` must have the same shape; they are %s and %s" % (y._shape_tuple, p._shape_tuple))
    y = _smoothed(y, label_smoothing, float(p._shape_tuple[axis]))
    if from_logits:
        return -_sum(y * nn_ops.log_softmax(p, axis), axis)
    p = _clip(p / _sum(p, axis, True), EPSILON, 1.0 - EPSILON)
    return -_sum(y * run("Log", p), axis)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """The cross entropy of distributions over the last axis with class numbers."""
    p = convert(y_pred, 0)
    if not p.dtype.is_floating:
        p = array_ops.cast(p, dtypes.float32)
    if axis not in (-1, len(p._shape_tuple) - 1):
        raise NotImplementedError("not implemented: sparse_categorical_crossentropy with axis=%s; transpose so that the classes are last" % (axis,))
    y = array_ops.cast(convert(y_true, 0), dtypes.int64)
    if len(y._shape_tuple) == len(p._shape_tuple) and y._shape_tuple[-1] == 1:
        y = run("Reshape", y, _ints(y._shape_tuple[:-1]))
    if not from_logits:
        p = run("Log", _clip(p, EPSILON, 1.0 - EPSILON) if _dtypes_version() == 1 else _clip(p / _sum(p, -1, True), EPSILON, 1.0 - EPSILON))
    kept = None
    if ignore_class is not None:
        kept = run("NotEqual", y, convert(ignore_class, 9))
        y = run("Select", kept, y, run("ZerosLike", y))
    rows = run("Reshape", p, _ints((-1, p._shape_tuple[-1])))
    loss = nn_ops.sparse_softmax_cross_entropy_2(run("Reshape", y, _ints((-1,))), rows)
    loss = run("Reshape", loss, _ints(y._shape_tuple))
    if kept is not None:
        loss = loss * array_ops.cast(kept, loss.dtype)
        loss._keras_mask = kept
    return loss


def _bce(y, p, from_logits):
    if from_logits:
        return nn_ops.sigmoid_cross_entropy_with_logits(labels=y, logits=p)
    p = _clip(p, EPSILON, 1.0 - EPSILON)
    if _dtypes_version() == 1:
        return nn_ops.sigmoid_cross_entropy_with_logits(labels=y, logits=run("Log", p / (1.0 - p)))
    return -(y * run("Log", p) + (1.0 - y) * run("Log", 1.0 - p))


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """The cross entropy of labels 0 and 1 with probabilities (or logits), averaged over an axis."""
    y, p = _pair(y_true, y_pred)
    return _mean(_bce(_smoothed(y, label_smoothing, 2.0), p, from_logits), axis)


def binary_focal_crossentropy(y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1):
    """The binary cross entropy, weighed by how wrong the prediction is."""
    y, p = _pair(y_true, y_pred)
    y = _smoothed(y, label_smoothing, 2.0)
    if from_logits:
        p = run("Sigmoid", p)
    loss = _bce(y, p, False)
    right = y * p + (1.0 - y) * (1.0 - p)
    loss = (1.0 - right) ** float(gamma) * loss
    if apply_class_balancing:
        loss = (y * alpha + (1.0 - y) * (1.0 - alpha)) * loss
    return _mean(loss, axis)


def categorical_focal_crossentropy(y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1):
    """The categorical cross entropy, weighed by how wrong the prediction is."""
    y, p = _pair(y_true, y_pred)
    y = _smoothed(y, label_smoothing, float(p._shape_tuple[axis]))
    p = nn_ops.softmax(p, axis) if from_logits else p
    p = _clip(p / _sum(p, axis, True), EPSILON, 1.0 - EPSILON)
    return _sum(alpha * (1.0 - p) ** float(gamma) * -(y * run("Log", p)), axis)


# ---- classes ----

_REDUCTIONS = ("sum_over_batch_size", "sum", "none", None, "mean", "mean_with_sample_weight")


class Loss:
    """A loss with a reduction: call(y_true, y_pred) gives one number per example."""

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        if reduction not in _REDUCTIONS:
            raise ValueError("Invalid value for argument `reduction`. Expected one of %s. Received: reduction=%s" % (_REDUCTIONS, reduction))
        self.name = name or unique_name(snake_case(type(self).__name__), True)
        self.reduction = reduction
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype)

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = getattr(y_pred, "_keras_mask", None)
        kind = self._dtype or dtypes.float32
        if isinstance(y_true, (list, tuple)) or isinstance(y_pred, (list, tuple)):
            nest.assert_same_structure(y_true, y_pred)
        y, p = (v if v is None else convert(v, 0) for v in (y_true, y_pred))
        p = array_ops.cast(p, kind)
        losses = convert(self.call(y, p), 0)
        mask = losses._keras_mask if losses._keras_mask is not None else mask
        return reduced(array_ops.cast(losses, kind), sample_weight, mask, self.reduction)

    def call(self, y_true, y_pred):
        raise NotImplementedError("call() of %s" % type(self).__name__)

    def get_config(self):
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _weighted(losses, weight):
    """The weights, of the losses' rank."""
    w = array_ops.cast(convert(weight, 0), losses.dtype)
    have, want = len(w._shape_tuple), len(losses._shape_tuple)
    if have == want + 1 and w._shape_tuple[-1] == 1 and want != 1:
        return run("Reshape", w, _ints(w._shape_tuple[:-1]))
    while have and have < want:
        w = run("ExpandDims", w, convert(-1, 3))
        have += 1
    return w


def reduced(losses, weight, mask, reduction):
    """One number (or the losses) of weighted losses; what a mask leaves out does not count."""
    if mask is not None:
        m = _weighted(losses, array_ops.cast(convert(mask, 0), losses.dtype))
        total, valid = float(np.prod(m._shape_tuple)), run("Sum", m, None)
        if reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight", "auto"):
            m = m * (total / run("Maximum", valid, convert(1e-12, valid._dtype_number))) if reduction != "mean_with_sample_weight" else m
        weight = m if weight is None else _weighted(losses, weight) * m
    if weight is not None:
        w = _weighted(losses, weight)
        if w._shape_tuple and len(w._shape_tuple) > len(losses._shape_tuple):
            losses = run("Reshape", losses, _ints((*losses._shape_tuple, 1)))
        losses = losses * w
    if reduction in ("none", None) or losses._shape_tuple == (0,):
        return losses
    total = run("Sum", losses, None)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        return total / run("Sum", run("Mul", w, run("OnesLike", losses)), None)
    return total / float(losses._size) if losses._size else total


def dice(y_true, y_pred, axis=None):
    """1 less twice the overlap over the sum of both."""
    y, p = _pair(y_true, y_pred)
    axes = None if axis is None else convert(list(axis) if isinstance(axis, (list, tuple)) else [axis], 3)
    overlap = run("Sum", y * p, axes)
    return 1.0 - 2.0 * overlap / (run("Sum", y, axes) + run("Sum", p, axes) + EPSILON)


def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """1 less the overlap over itself and weighted false positives and negatives."""
    y, p = _pair(y_true, y_pred)
    axes = None if axis is None else convert(list(axis) if isinstance(axis, (list, tuple)) else [axis], 3)
    overlap = run("Sum", y * p, axes)
    over, under = run("Sum", y * (1.0 - p), axes), run("Sum", (1.0 - y) * p, axes)  # which is which as Keras has it
    return 1.0 - overlap / (overlap + over * alpha + under * beta + EPSILON)


def _class_of(name, function, options=(), places=None):
    """A Loss class around a function whose keyword options it takes, with all else in the order of the places."""
    places = places or [*options, "reduction", "name", "dtype"]
    title = lambda: "huber_loss" if name == "Huber" and _dtypes_version() == 2 else snake_case(name)  # noqa: E731

    def takes(cls):
        known = {"reduction": "sum_over_batch_size", "name": title(), "dtype": None}
        known.update((p.name, p.default) for p in inspect.signature(function).parameters.values())
        return ", ".join("%s=%r" % (place, known[place]) for place in places)

    def __init__(self, *arguments, **keywords):
        if len(arguments) > len(places):
            raise TypeError("%s takes %d arguments, %d were given" % (name, len(places), len(arguments)))
        given = dict(zip(places, arguments))
        if twice := [key for key in given if key in keywords]:
            raise TypeError("%s got multiple values for argument '%s'" % (name, twice[0]))
        own = {key: {**given, **keywords}.pop(key) for key in options if key in given or key in keywords}
        rest = {key: value for key, value in {**given, **keywords}.items() if key not in options}
        unknown = [key for key in rest if key not in ("reduction", "name", "dtype")]
        if unknown:
            raise TypeError("%s got an unexpected keyword argument '%s'" % (name, unknown[0]))
        rest.setdefault("name", title())
        Loss.__init__(self, **rest)
        self._options = own

    def call(self, y_true, y_pred):
        if name not in ("SparseCategoricalCrossentropy", "CategoricalCrossentropy"):
            y_true, y_pred = _squeezed(y_true, y_pred) if _dtypes_version() == 1 else _same_rank(y_true, y_pred)
        return function(y_true, y_pred, **self._options)

    def get_config(self):
        plain = inspect.signature(function).parameters
        return {**Loss.get_config(self), **({} if name in ("Huber", "CosineSimilarity") else {n: self._options.get(n, plain[n].default) for n in options if (name, n) != ("SparseCategoricalCrossentropy", "axis")})}

    return type(name, (Loss,), {"__init__": __init__, "__signature__": signatures.OfInit(takes), "call": call, "get_config": get_config, "__doc__": function.__doc__, "__module__": __name__})


_logits = ("from_logits", "label_smoothing", "axis")
MeanSquaredError = _class_of("MeanSquaredError", mean_squared_error)
MeanAbsoluteError = _class_of("MeanAbsoluteError", mean_absolute_error)
MeanAbsolutePercentageError = _class_of("MeanAbsolutePercentageError", mean_absolute_percentage_error)
MeanSquaredLogarithmicError = _class_of("MeanSquaredLogarithmicError", mean_squared_logarithmic_error)
BinaryCrossentropy = _class_of("BinaryCrossentropy", binary_crossentropy, _logits)
CategoricalCrossentropy = _class_of("CategoricalCrossentropy", categorical_crossentropy, _logits)
SparseCategoricalCrossentropy = _class_of("SparseCategoricalCrossentropy", sparse_categorical_crossentropy, ("from_logits", "ignore_class", "axis"),
                                          ("from_logits", "ignore_class", "reduction", "axis", "name", "dtype"))  # fmt: skip
BinaryFocalCrossentropy = _class_of("BinaryFocalCrossentropy", binary_focal_crossentropy,
                                    ("apply_class_balancing", "alpha", "gamma", "from_logits", "label_smoothing", "axis"))  # fmt: skip
CategoricalFocalCrossentropy = _class_of("CategoricalFocalCrossentropy", categorical_focal_crossentropy,
                                         ("alpha", "gamma", "from_logits", "label_smoothing", "axis"))  # fmt: skip
Hinge = _class_of("Hinge", hinge)
SquaredHinge = _class_of("SquaredHinge", squared_hinge)
CategoricalHinge = _class_of("CategoricalHinge", categorical_hinge)
KLDivergence = _class_of("KLDivergence", kullback_leibler_divergence)
Poisson = _class_of("Poisson", poisson)
LogCosh = _class_of("LogCosh", logcosh)
Huber = _class_of("Huber", huber, ("delta",))
Dice = _class_of("Dice", dice, ("axis",), ("reduction", "name", "axis", "dtype"))
Tversky = _class_of("Tversky", tversky, ("alpha", "beta", "axis"), ("alpha", "beta", "reduction", "name", "axis", "dtype"))
_Cosine = _class_of("CosineSimilarity", cosine_similarity, ("axis",))


class CosineSimilarity(_Cosine):
    """Minus the cosine of the angle between labels and predictions."""

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity", dtype=None):
        super().__init__(axis, reduction, name, dtype)


def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80, margin=0.4):
    """Embeddings of one label are to be alike, those of others not."""
    p = convert(y_pred, 0)
    y = run("Reshape", convert(y_true, 0), _ints((-1, 1)))
    other = p if ref_embeddings is None else convert(ref_embeddings, 0)
    labels = run("Reshape", y if ref_labels is None else convert(ref_labels, y._dtype_number), _ints((1, -1)))
    zero = convert(0.0, p._dtype_number)
    distance = run("Maximum", 1.0 - p @ run("Transpose", other, convert([1, 0], 3)), zero)
    same = run("Equal", y, labels)
    differ = run("LogicalNot", same)
    if remove_diagonal:
        same = run("LogicalAnd", same, convert(~np.eye(*same._shape_tuple, dtype=bool), 0))

    def part(mask, weight, scaled):
        weight = run("Maximum", weight * array_ops.cast(mask, p.dtype), zero)
        return run("SelectV2", mask, weight * scaled, convert(-np.inf, p._dtype_number))

    rows = [part(same, distance + margin, (margin - distance) * -float(gamma)), part(differ, 1 + margin - distance, (1 - margin - distance) * float(gamma))]
    made = run("Softplus", sum(math_ops.reduce_logsumexp(row, 1) for row in rows))
    made._keras_mask = run("Greater", made, zero)
    return made


def categorical_generalized_cross_entropy(y_true, y_pred, q=0.5):
    """(1 - p ** q) / q, of the probability p of the label."""
    p = convert(y_pred, 0)
    y = array_ops.one_hot(array_ops.cast(convert(y_true, 0), dtypes.int32), p._shape_tuple[-1], dtype=p.dtype)
    return (1.0 - _sum(p * y) ** float(q)) / float(q)


def ctc(y_true, y_pred):
    """Connectionist temporal classification of label numbers and logits; class 0 is the blank."""
    from sokuji._src.ops import ctc_ops

    p, y = convert(y_pred, 0), array_ops.cast(convert(y_true, 0), dtypes.int32)
    if len(p._shape_tuple) != 3 or len(y._shape_tuple) != 2:
        raise ValueError("Targets `y_true` must have rank 2 and logits `y_pred` rank 3. Received: y_true.shape=%s, y_pred.shape=%s" % (y._shape_tuple, p._shape_tuple))
    n = p._shape_tuple[0]
    return ctc_ops.NN_2["ctc_loss"](y, p, convert([y._shape_tuple[1]] * n, 3), convert([p._shape_tuple[1]] * n, 3), False, blank_index=0)


Circle = _class_of("Circle", circle, ("gamma", "margin", "remove_diagonal"))
CategoricalGeneralizedCrossEntropy = _class_of("CategoricalGeneralizedCrossEntropy", categorical_generalized_cross_entropy, ("q",))
CTC = _class_of("CTC", ctc)

FUNCTIONS_1 = {
    "mean_squared_error": mean_squared_error, "mean_absolute_error": mean_absolute_error, "mean_absolute_percentage_error":
    mean_absolute_percentage_error, "mean_squared_logarithmic_error": mean_squared_logarithmic_error, "squared_hinge": squared_hinge, "hinge": hinge,
    "categorical_hinge": categorical_hinge, "logcosh": logcosh, "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy, "binary_crossentropy": binary_crossentropy,
    "kullback_leibler_divergence": kullback_leibler_divergence, "poisson": poisson, "cosine_proximity": cosine_proximity,
}  # fmt: skip
_ALIASES = {
    "mse": mean_squared_error, "MSE": mean_squared_error, "mae": mean_absolute_error, "MAE": mean_absolute_error,
    "mape": mean_absolute_percentage_error, "MAPE": mean_absolute_percentage_error, "msle": mean_squared_logarithmic_error,
    "MSLE": mean_squared_logarithmic_error, "kld": kullback_leibler_divergence, "KLD": kullback_leibler_divergence, "cosine": cosine_proximity,
}  # fmt: skip
_ALIASES_2 = {"kl_divergence": kullback_leibler_divergence, "bce": binary_crossentropy, "log_cosh": logcosh, "huber": huber,
              "cosine_similarity": cosine_similarity, "binary_focal_crossentropy": binary_focal_crossentropy,
              "categorical_focal_crossentropy": categorical_focal_crossentropy, "dice": dice, "tversky": tversky,
              "circle": circle, "categorical_generalized_cross_entropy": categorical_generalized_cross_entropy, "ctc": ctc}  # fmt: skip
_CLASSES = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Loss) and not name.startswith("_")}


def get(identifier):
    """A loss of None, a name, a function or an object."""
    if identifier is None or callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    found = serialization.chosen(identifier, _CLASSES, "loss")
    if found is not None:
        return found
    known = {**FUNCTIONS_1, **_ALIASES}
    if _dtypes_version() == 2:
        known.update(_ALIASES_2)
        known.update({name: cls for name, cls in _CLASSES.items() if name != "Loss"})
        del known["logcosh"]
    if isinstance(identifier, str) and identifier in known:
        return known[identifier]() if isinstance(known[identifier], type) else known[identifier]
    raise ValueError(("Unknown loss function:%s" if _dtypes_version() == 1 else "Could not interpret loss identifier: %s") % (identifier,))


def names(version):
    made = {**FUNCTIONS_1, **_ALIASES, "get": get}
    if version == 2:
        made.update(_ALIASES_2)
        made.update(_CLASSES)
    return made
