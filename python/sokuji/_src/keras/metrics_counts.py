"""Metrics that count hits at thresholds or in a confusion matrix: precision, recall, AUC, IoU and their kin."""

import functools

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, signatures
from sokuji._src.core.execute import convert, invalid
from sokuji._src.keras import layers_base
from sokuji._src.keras.metrics import Metric
from sokuji._src.ops import array_ops


def _array(value):
    return None if value is None else np.asarray(convert(value, 0).numpy(), np.float64)


def _thresholds(given, default):
    given = default if given is None else given
    values = [float(t) for t in (given if isinstance(given, (list, tuple)) else [given])]
    if any(not 0 <= t <= 1 for t in values):
        raise ValueError("Threshold values must be in [0, 1]. Received: %s" % (given,))
    return values


class _Counts(Metric):
    """Weighted counts of true and false positives and negatives at each threshold."""

    def __init__(self, thresholds, name, dtype, top_k=None, class_id=None):
        super().__init__(dtype, name)
        self._is_list = isinstance(thresholds, (list, tuple))
        self.thresholds, self.top_k, self.class_id = _thresholds(thresholds, 0.5), top_k, class_id
        self._counts = {}

    def _variable(self, key, name):
        self._counts[key] = self.add_variable(shape=(len(self.thresholds),), name=name)
        return self._counts[key]

    def _selected(self, y, p):
        if self.top_k is not None:
            kth = -np.sort(-p, axis=-1)[..., self.top_k - 1 : self.top_k]
            p = np.where(p >= kth, p, -np.inf)
        if self.class_id is not None:
            y, p = y[..., self.class_id], p[..., self.class_id]
        return y, p

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p, w = _array(y_true), _array(y_pred), _array(sample_weight)
        if y.shape != p.shape:
            y, p = y.reshape(p.shape) if y.size == p.size else y, p
        if y.shape != p.shape:
            raise ValueError("Shapes %s and %s are incompatible" % (y.shape, p.shape))
        y, p = self._selected(y, p)
        w = np.ones_like(y) if w is None else np.broadcast_to(w.reshape(w.shape + (1,) * (y.ndim - w.ndim)) if w.ndim < y.ndim else w.reshape(y.shape), y.shape)
        y = y != 0
        for i, t in enumerate(self.thresholds):
            positive = p > (t if self.top_k is None or np.isfinite(t) else -np.inf) if self.top_k is None or self._thresholds_given else np.isfinite(p)
            found = {"tp": w[y & positive].sum(), "fp": w[~y & positive].sum(), "fn": w[y & ~positive].sum(), "tn": w[~y & ~positive].sum()}
            for key, variable in self._counts.items():
                now = variable.numpy()
                now[i] += found[key]
                variable._assign(convert(now, 0))

    _thresholds_given = True

    def _shaped(self, values):
        values = np.asarray(values, self._dtype.as_numpy_dtype)
        return convert(values if len(self.thresholds) > 1 else values[0], 0)

    def _now(self, key):
        return np.asarray(self._counts[key].numpy(), np.float64)


def _count(name, key, variable):
    def __init__(self, thresholds=None, name=None, dtype=None):
        _Counts.__init__(self, thresholds, name or layers_base.unique_name(title), dtype)
        self.accumulator = self._variable(key, "accumulator")

    def result(self):
        return self._shaped(self._now(key))

    title = variable
    return type(name, (_Counts,), {"__init__": __init__, "__doc__": "The weighted number of %s, at thresholds." % variable.replace("_", " "), "result": result, "__module__": __name__})


TruePositives = _count("TruePositives", "tp", "true_positives")
FalsePositives = _count("FalsePositives", "fp", "false_positives")
TrueNegatives = _count("TrueNegatives", "tn", "true_negatives")
FalseNegatives = _count("FalseNegatives", "fn", "false_negatives")


def _ratio(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


class Precision(_Counts):
    """True positives over all predicted positives, at thresholds or among the top k."""

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(thresholds, name or layers_base.unique_name("precision"), dtype, top_k, class_id)
        self._thresholds_given = thresholds is not None or top_k is None
        self.true_positives, self.false_positives = self._variable("tp", "true_positives"), self._variable("fp", "false_positives")

    def result(self):
        return self._shaped(_ratio(self._now("tp"), self._now("tp") + self._now("fp")))


class Recall(_Counts):
    """True positives over all positives, at thresholds or among the top k."""

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None):
        super().__init__(thresholds, name or layers_base.unique_name("recall"), dtype, top_k, class_id)
        self._thresholds_given = thresholds is not None or top_k is None
        self.true_positives, self.false_negatives = self._variable("tp", "true_positives"), self._variable("fn", "false_negatives")

    def result(self):
        return self._shaped(_ratio(self._now("tp"), self._now("tp") + self._now("fn")))


class AUC(_Counts):
    """The area under the ROC or precision-recall curve at num_thresholds thresholds."""

    def __init__(self, num_thresholds=200, curve="ROC", summation_method="interpolation", name=None, dtype=None, thresholds=None, multi_label=False,
                 num_labels=None, label_weights=None, from_logits=False):  # fmt: skip
        if curve not in ("ROC", "PR"):
            raise ValueError("Invalid `curve` argument value %r. Expected one of: ['ROC', 'PR']" % (curve,))
        if summation_method not in ("interpolation", "majoring", "minoring"):
            raise ValueError("Invalid `summation_method` argument value %r." % (summation_method,))
        inner = [k / (num_thresholds - 1) for k in range(1, num_thresholds - 1)] if thresholds is None else sorted(thresholds)
        super().__init__(0.5, name or layers_base.unique_name("auc"), dtype)
        self.thresholds = [-1e-7, *inner, 1.0 + 1e-7]
        self._curve, self._method, self._logits = curve, summation_method, from_logits
        self.multi_label, self.num_labels, self._per_label = multi_label, num_labels, []
        self.label_weights = None if label_weights is None else np.asarray(label_weights, np.float64)
        self._given = {"num_thresholds": num_thresholds, "curve": curve, "summation_method": summation_method, "multi_label": multi_label,
                       "num_labels": num_labels, "label_weights": label_weights, "from_logits": from_logits}  # fmt: skip
        if thresholds is not None:
            self._given["thresholds"] = inner
        for key, title in (("tp", "true_positives"), ("fp", "false_positives"), ("tn", "true_negatives"), ("fn", "false_negatives")):
            self._variable(key, title)

    def update_state(self, y_true, y_pred, sample_weight=None):
        p = convert(y_pred, 0)
        if self._logits:
            p = 1.0 / (1.0 + np.exp(-_array(p)))
        values = _array(p)
        if values.size and (values.min() < 0 or values.max() > 1):
            raise invalid("AUC: predictions must be in [0, 1]")
        if self.multi_label:
            return self._update_labels(_array(y_true), values, sample_weight)
        if self.label_weights is not None:
            weights = np.broadcast_to(self.label_weights, values.shape)
            sample_weight = weights if sample_weight is None else weights * _array(sample_weight).reshape(-1, *[1] * (values.ndim - 1))
        super().update_state(y_true, values, sample_weight)

    def _update_labels(self, y, p, sample_weight):
        """One AUC for each label; the result is their mean."""
        if y.ndim != 2 or (self.num_labels is not None and y.shape[1] != self.num_labels):
            raise ValueError("AUC of several labels takes (examples, %s) values; they are %s" % (self.num_labels or "labels", y.shape))
        if not self._per_label:
            inner = {k: v for k, v in self._given.items() if k not in ("multi_label", "num_labels", "label_weights", "from_logits")}
            self._per_label = [AUC(**inner) for _ in range(y.shape[1])]
        for i, one in enumerate(self._per_label):
            one.update_state(y[:, i], p[:, i], sample_weight)

    def reset_state(self):
        super().reset_state()
        for one in self._per_label:
            one.reset_state()

    def get_config(self):
        return {**Metric.get_config(self), **self._given}

    def result(self):
        if self._per_label:
            return convert(float(np.average([float(one.result()) for one in self._per_label], weights=self.label_weights)), 1)
        tp, tn, fp, fn = (self._now(key) for key in ("tp", "tn", "fp", "fn"))
        if self._curve == "PR" and self._method == "interpolation":
            return convert(float(self._interpolated(tp, fp, fn)), 1)
        recall = _ratio(tp, tp + fn)
        x, y = (_ratio(fp, fp + tn), recall) if self._curve == "ROC" else (recall, _ratio(tp, tp + fp))
        heights = {"interpolation": (y[:-1] + y[1:]) / 2.0, "minoring": np.minimum(y[:-1], y[1:]), "majoring": np.maximum(y[:-1], y[1:])}[self._method]
        return convert(float(((x[:-1] - x[1:]) * heights).sum()), 1)

    def _interpolated(self, tp, fp, fn):
        dtp = tp[:-1] - tp[1:]
        p = tp + fp
        dp = p[:-1] - p[1:]
        slope = _ratio(dtp, np.maximum(dp, 0))
        intercept = tp[1:] - slope * p[1:]
        safe = np.where((p[:-1] > 0) & (p[1:] > 0), _ratio(p[:-1], np.maximum(p[1:], 0)), 1.0)
        return _ratio(slope * (dtp + intercept * np.log(safe)), np.maximum(tp[1:] + fn[1:], 0)).sum()


def _greatest_under(name, bound, constrained, dependent):
    """A metric: the greatest `dependent` among the thresholds where `constrained` is at least the bound."""

    takes = "%s, num_thresholds=200, class_id=None, name=None, dtype=None" % bound

    def __init__(self, *arguments, **keywords):
        given = signatures.of(takes).bind(*arguments, **keywords)
        given.apply_defaults()
        self.value, num_thresholds, class_id, name, dtype = given.args
        if not 0 <= self.value <= 1:
            raise ValueError("Argument `%s` must be in the range [0, 1]. Received: %s" % (bound, self.value))
        if num_thresholds <= 0:
            raise ValueError("Argument `num_thresholds` must be an integer > 0. Received: num_thresholds=%s" % num_thresholds)
        inner = [k / (num_thresholds - 1) for k in range(1, num_thresholds - 1)] if num_thresholds > 1 else []
        _Counts.__init__(self, [0.5], name or layers_base.unique_name(title), dtype, None, class_id)
        self.thresholds = [0.0, *inner, 1.0] if num_thresholds > 1 else [0.5]
        setattr(self, bound, self.value)
        for key, words in (("tp", "true_positives"), ("fp", "false_positives"), ("tn", "true_negatives"), ("fn", "false_negatives")):
            self._variable(key, words)

    def result(self):
        tp, tn, fp, fn = (self._now(key) for key in ("tp", "tn", "fp", "fn"))
        known = {"sensitivity": _ratio(tp, tp + fn), "specificity": _ratio(tn, tn + fp), "precision": _ratio(tp, tp + fp)}
        where = known[constrained] >= self.value
        return convert(float(known[dependent][where].max()) if where.any() else 0.0, 1)

    title = layers_base.snake_case(name)
    return type(name, (_Counts,), {"__init__": __init__, "__signature__": signatures.OfInit(lambda cls: takes), "__doc__": "The greatest %s where the %s is at least a bound." % (dependent, bound), "result": result, "__module__": __name__})


SensitivityAtSpecificity = _greatest_under("SensitivityAtSpecificity", "specificity", "specificity", "sensitivity")
SpecificityAtSensitivity = _greatest_under("SpecificityAtSensitivity", "sensitivity", "sensitivity", "specificity")
PrecisionAtRecall = _greatest_under("PrecisionAtRecall", "recall", "sensitivity", "precision")
RecallAtPrecision = _greatest_under("RecallAtPrecision", "precision", "precision", "sensitivity")


class MeanIoU(Metric):
    """The mean over the classes of intersection over union."""

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True, axis=-1):
        if ignore_class is not None or axis != -1:
            raise NotImplementedError("not implemented: tf.keras.metrics.MeanIoU with ignore_class or axis")
        super().__init__(dtype, name or layers_base.unique_name("mean_io_u"))
        self.num_classes, self._sparse = num_classes, (sparse_y_true, sparse_y_pred)
        self.total_cm = self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = (_array(v) if sparse else _array(v).argmax(-1) for v, sparse in zip((y_true, y_pred), self._sparse))
        y, p = y.astype(np.int64).ravel(), p.astype(np.int64).ravel()
        if 1 in (y.size, p.size):
            y, p = np.broadcast_arrays(y, p)
        if y.shape != p.shape:
            raise invalid("MeanIoU: y_true has %d labels, y_pred has %d" % (y.size, p.size))
        if y.size and not (0 <= min(y.min(), p.min()) and max(y.max(), p.max()) < self.num_classes):
            raise invalid("MeanIoU: a label is outside [0, %d)" % self.num_classes)
        now = self.total_cm.numpy()
        np.add.at(now, (y, p), 1 if sample_weight is None else _array(sample_weight).ravel().astype(np.int64))
        self.total_cm._assign(convert(now, 0))

    def _each(self):
        cm = np.asarray(self.total_cm.numpy(), np.float64)
        both, either = np.diag(cm), cm.sum(0) + cm.sum(1) - np.diag(cm)
        return both, either

    def result(self):
        both, either = self._each()
        return convert(float((both[either > 0] / either[either > 0]).mean()) if (either > 0).any() else 0.0, 1)


class IoU(MeanIoU):
    """The mean intersection over union of some classes."""

    def __init__(self, num_classes, target_class_ids, name=None, dtype=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True, axis=-1):
        super().__init__(num_classes, name or layers_base.unique_name("io_u"), dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)
        self.target_class_ids = list(target_class_ids)

    def result(self):
        both, either = (v[self.target_class_ids] for v in self._each())
        return convert(float((both[either > 0] / either[either > 0]).mean()) if (either > 0).any() else 0.0, 1)


class OneHotMeanIoU(MeanIoU):
    """MeanIoU of one-hot labels and of scores."""

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1):
        super().__init__(num_classes, name or layers_base.unique_name("one_hot_mean_io_u"), dtype, ignore_class, False, sparse_y_pred, axis)


class BinaryIoU(IoU):
    """The intersection over the union of predictions above a threshold and labels."""

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(2, target_class_ids, name or layers_base.unique_name("binary_io_u"), dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_true, (_array(y_pred) >= self.threshold).astype(np.int64), sample_weight)


class OneHotIoU(IoU):
    """IoU of one-hot labels and of scores."""

    def __init__(self, num_classes, target_class_ids, name=None, dtype=None, ignore_class=None, sparse_y_pred=False, axis=-1):
        super().__init__(num_classes, target_class_ids, name or layers_base.unique_name("one_hot_io_u"), dtype, ignore_class=ignore_class, sparse_y_true=False, sparse_y_pred=sparse_y_pred, axis=axis)


class R2Score(Metric):
    """1 less the squared errors over the squared deviations from the mean, for each output or together."""

    def __init__(self, class_aggregation="uniform_average", num_regressors=0, name="r2_score", dtype=None):
        super().__init__(dtype, name)
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError("Invalid value for argument `class_aggregation`. Received: class_aggregation=%s" % (class_aggregation,))
        if num_regressors < 0:
            raise ValueError("Invalid value for argument `num_regressors`. Expected a value >= 0. Received: num_regressors=%s" % num_regressors)
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.reset_state()

    def reset_state(self):
        self._sums, self.num_samples = np.zeros((3, 1)), 0

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = _array(y_true), _array(y_pred)
        if y.ndim != 2 or y.shape != p.shape:
            raise ValueError("R2Score expects 2D inputs with shape (batch_size, output_dim). Received input shapes: %s and %s" % (p.shape, y.shape))
        w = np.ones((len(y), 1)) if sample_weight is None else _array(sample_weight).reshape(len(y), -1)
        self._sums = self._sums + np.stack([(w * y).sum(0), (w * y * y).sum(0), (w * (y - p) ** 2).sum(0)])
        self.num_samples += y.size
        self._count = (0 if self.num_samples == y.size else self._count) + np.broadcast_to(w, y.shape).sum(0)

    def result(self):
        if not self.num_samples:
            return convert(0.0, 1)
        total, squares, errors = self._sums
        spread = squares - total * (total / self._count)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = 1 - errors / spread
        scores = np.where(np.isinf(scores), 0.0, scores)
        if self.class_aggregation == "uniform_average":
            scores = scores.mean()
        elif self.class_aggregation:
            scores = (scores * spread).sum() / spread.sum()
        if self.num_regressors:
            if self.num_regressors >= self.num_samples - 1:
                raise ValueError("R2Score: num_regressors is %d with %d samples; it must be less than samples - 1" % (self.num_regressors, self.num_samples))
            scores = 1 - (1 - scores) * (self.num_samples - 1) / (self.num_samples - self.num_regressors - 1)
        return array_ops.cast(convert(np.asarray(scores), 0), dtypes.float32)


class FBetaScore(Metric):
    """The weighted harmonic mean of precision and recall, per class or averaged."""

    def __init__(self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None):
        super().__init__(dtype, name)
        if not isinstance(beta, float):
            raise ValueError("Invalid `beta` argument value. It should be a Python float. Received: beta=%s" % (beta,))
        if beta <= 0:
            raise ValueError("Invalid `beta` argument value. It should be > 0. Received: beta=%s" % beta)
        if threshold is not None and (not isinstance(threshold, float) or not 0 < threshold <= 1):
            raise ValueError("Invalid `threshold` argument value. It should be a Python float with 0 < threshold <= 1. Received: threshold=%s" % (threshold,))
        self.beta = beta
        if average not in (None, "micro", "macro", "weighted"):
            raise ValueError("Invalid `average` argument value. Received: %s" % (average,))
        self.average, self.threshold, self._sums = average, threshold, np.zeros((4, 1))

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = _array(y_true), _array(y_pred)
        p = (p > self.threshold) if self.threshold is not None else (p == p.max(-1, keepdims=True)) & (abs(p) > 1e-12)
        y, p = y.astype(np.float64), p.astype(np.float64)
        w = np.ones_like(y) if sample_weight is None else np.broadcast_to(_array(sample_weight)[:, None], y.shape)
        axis = None if self.average == "micro" else 0
        found = [(w * v).sum(axis) for v in (y * p, (1 - y) * p, y * (1 - p), y)]
        self._sums = self._sums + np.array(found).reshape(4, -1)

    def reset_state(self):
        self._sums = np.zeros((4, 1))

    def result(self):
        tp, fp, fn, support = self._sums
        precision, recall = tp / (tp + fp + 1e-7), tp / (tp + fn + 1e-7)
        square = self.beta**2
        f1 = (1 + square) * precision * recall / (square * precision + recall + 1e-7)
        if self.average == "weighted":
            f1 = (f1 * support / (support.sum() + 1e-7)).sum()
        elif self.average is not None:
            f1 = f1.mean()
        return array_ops.cast(convert(np.asarray(f1), 0), dtypes.float32)


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, per class or averaged."""

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average, 1.0, threshold, name, dtype)


def _correlation(title, score):
    """A metric: the mean over the examples of a correlation of their values along the axis."""

    def __init__(self, name=title, dtype=None, axis=-1):
        Metric.__init__(self, dtype, name)
        self.axis, self._total = axis, np.zeros(2)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = _array(y_true), _array(y_pred)
        found = score(y, p, self.axis)
        w = np.ones_like(found) if sample_weight is None else np.broadcast_to(_array(sample_weight), found.shape)
        self._total = self._total + [(found * w).sum(), w.sum()]

    def reset_state(self):
        self._total = np.zeros(2)

    def result(self):
        return convert(float(_ratio(*self._total)), 1)

    members = {"__init__": __init__, "update_state": update_state, "reset_state": reset_state, "result": result, "__module__": __name__}
    members["__doc__"] = "The weighted mean %s of labels and predictions along an axis." % title.replace("_", " ")
    return type("".join(word.capitalize() for word in title.split("_")), (Metric,), members)


def _centred(y, p, axis):
    y, p = y - y.mean(axis, keepdims=True), p - p.mean(axis, keepdims=True)
    return (y * p).sum(axis), (y * y).sum(axis), (p * p).sum(axis)


def _pearson(y, p, axis):
    both, a, b = _centred(y, p, axis)
    with np.errstate(divide="ignore", invalid="ignore"):
        return both / np.sqrt(a * b)


def _concordance(y, p, axis):
    both, a, b = (v / y.shape[axis] for v in _centred(y, p, axis))
    return 2 * both / (a + b + (y.mean(axis) - p.mean(axis)) ** 2 + 1e-7)


PearsonCorrelation, ConcordanceCorrelation = _correlation("pearson_correlation", _pearson), _correlation("concordance_correlation", _concordance)


def _at_run(own, gives):
    """Within a function that is traced, what counts with NumPy does so when the function runs."""

    @functools.wraps(own)
    def call(self, *given, **named):
        if _core.graph_now() is None:
            return own(self, *given, **named)
        from sokuji._src.graph import py_call

        if gives:
            return py_call.py_function(lambda: own(self), [], self._dtype)
        names = ("y_true", "y_pred", "sample_weight")
        named.update(zip(names, given))
        names = [n for n in names if named.get(n) is not None]
        return py_call.effect(own.__name__, lambda values: own(self, **dict(zip(names, values))), [convert(named[n], 0) for n in names])

    return call


for _kind in [v for v in list(globals().values()) if isinstance(v, type) and issubclass(v, Metric) and v.__module__ == __name__]:
    for _name in ("update_state", "result"):
        if _name in vars(_kind):
            setattr(_kind, _name, _at_run(vars(_kind)[_name], _name == "result"))
