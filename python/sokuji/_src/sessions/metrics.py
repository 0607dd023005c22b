"""tf.metrics: what is gathered over batches in local variables; each gives (value, update operation)."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors, shapes
from sokuji._src.core.execute import convert, execute
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import scopes, words
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import GraphVariable, symbolic

_EPSILON = 1e-7


class _Metric:
    """The scope of a metric: its variables, nodes with names, collections."""

    def __init__(self, name, default, metrics_collections=None, updates_collections=None):
        if graphs.building() is None:
            raise RuntimeError("tf.metrics.%s is not supported when eager execution is enabled." % default)
        self.graph, self._collections = graphs.building(), (metrics_collections, updates_collections)
        self._scope = scopes.variable_scope(name, default)

    def __enter__(self):
        self.name = self._scope.__enter__().original_name_scope
        return self

    def __exit__(self, *exception):
        return self._scope.__exit__(*exception)

    def variable(self, name, shape=(), number=1):
        dtype = dtypes.as_dtype(number).as_numpy_dtype
        return GraphVariable(lambda: symbolic(convert(np.zeros(shape, dtype), number), None, "zeros"), trainable=False, name=name,
                             collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES])  # fmt: skip

    def add(self, variable, change, name="AssignAdd"):
        made = self.graph.assign(1, variable, change, name)
        made.op._type = "AssignAdd"
        return made

    def node(self, name, function, inputs, shape=(), number=1):
        """A node that NumPy computes."""
        inputs = [t._now() if isinstance(t, GraphVariable) else t for t in inputs]
        dtype = dtypes.as_dtype(number).as_numpy_dtype

        def run(tensors):
            with np.errstate(all="ignore"):
                return [convert(np.asarray(function(*[t.numpy() for t in tensors]), dtype), number)]

        self.graph.next_name(name)
        try:
            return _core.py_call(run, "Metric", False, inputs, [(number, None if shape is None else list(shape))])[0]
        finally:
            self.graph.next_name(None)

    def results(self, value, update):
        for names, one in zip(self._collections, (value, update)):
            if names:
                self.graph.add_to_collections(names, one)
        return value, update


def _tensor(value, dtype=None):
    value = value._now() if isinstance(value, GraphVariable) else value if isinstance(value, _core.SymbolicTensor) else words.convert_to_tensor(value)
    return value if dtype is None or value.dtype is dtype else execute("Cast", [value], {"DstT": dtype._number})


def _squeezed(predictions, labels, weights=None):
    """Without the last dimension of 1 that only one of them has; shapes must agree then."""
    predictions, labels = _tensor(predictions), None if labels is None else _tensor(labels)
    if labels is not None:
        p, t = predictions._shape_tuple, labels._shape_tuple
        if p is not None and t is not None and abs(len(p) - len(t)) == 1:
            if len(p) > len(t) and p[-1] in (1, None):
                predictions = execute("Squeeze", [predictions], {"squeeze_dims": [-1]})
            elif len(t) > len(p) and t[-1] in (1, None):
                labels = execute("Squeeze", [labels], {"squeeze_dims": [-1]})
        if not shapes._of_sizes(predictions._shape_tuple).is_compatible_with(shapes._of_sizes(labels._shape_tuple)):
            raise ValueError("Shapes %s and %s are incompatible" % (predictions.shape, labels.shape))
    if weights is not None:
        weights = _tensor(weights, dtypes.float32)
        w, p = weights._shape_tuple, predictions._shape_tuple
        if w and p and len(w) == len(p) + 1 and w[-1] in (1, None):
            weights = execute("Squeeze", [weights], {"squeeze_dims": [-1]})
        elif w and p and len(w) == len(p) - 1:
            weights = execute("ExpandDims", [weights, convert(-1, 3)], {})
        w = weights._shape_tuple
        if w and p and (len(w) != len(p) or any(a not in (1, None) and b is not None and a != b for a, b in zip(w, p))):
            raise ValueError("weights can not be broadcast to values. values shape: %s. weights shape: %s" % (predictions.shape, weights.shape))
    return predictions, labels, weights


def _wide(weights, shape):
    try:
        return np.broadcast_to(weights, shape)
    except ValueError:
        raise errors.InvalidArgumentError(None, None, "weights can not be broadcast to values. weights.shape= %s values.shape= %s"
                                          % (list(np.shape(weights)), list(shape))) from None  # fmt: skip


def _ratio(a, b):
    return np.where(b > 0, a / np.where(b > 0, b, 1), np.zeros_like(a))


def _averaged(m, values, weights, shape, names):
    """Sum and count in two variables; their ratio."""
    total, count = m.variable(names[0], shape), m.variable(names[1], shape)
    whole = values._shape_tuple if shape else ()
    rows = None if shape else ()
    sums = (lambda v: v.sum(dtype=np.float32)) if rows == () else (lambda v: v)
    if weights is None:
        added = m.node("sum", lambda v: sums(v), [values], whole)
        counted = m.node("count_of", lambda v: sums(np.ones(v.shape, np.float32)), [values], whole)
    else:
        added = m.node("sum", lambda v, w: sums(v * _wide(w, v.shape)), [values, weights], whole)
        counted = m.node("count_of", lambda v, w: sums(_wide(w, v.shape).astype(np.float32)), [values, weights], whole)
    total_after = m.add(total, added)
    with m.graph.control_dependencies([values]):
        count_after = m.add(count, counted, "AssignAdd_1")
    value = m.node("value", _ratio, [total, count], shape)
    return m.results(value, m.node("update_op", _ratio, [total_after, count_after], shape))


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the weighted mean."""
    with _Metric(name, "mean", metrics_collections, updates_collections) as m:
        values, _, weights = _squeezed(_tensor(values, dtypes.float32), None, weights)
        return _averaged(m, values, weights, (), ("total", "count"))


def mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): elementwise means."""
    with _Metric(name, "mean", metrics_collections, updates_collections) as m:
        values, _, weights = _squeezed(_tensor(values, dtypes.float32), None, weights)
        return _averaged(m, values, weights, tuple(values._shape_tuple), ("total_tensor", "count_tensor"))


def accuracy(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the fraction of predictions that equal the labels."""
    if graphs.building() is None:
        raise RuntimeError("tf.metrics.accuracy is not supported when eager execution is enabled.")
    predictions, labels, weights = _squeezed(predictions, labels, weights)
    correct = execute("Equal", [_tensor(predictions, labels.dtype), labels], {})
    return mean(_tensor(correct, dtypes.float32), weights, metrics_collections, updates_collections, name or "accuracy")


def _of_errors(default, compute):
    def metric(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(value, update): the weighted mean of errors."""
        predictions, labels, weights = _squeezed(_tensor(predictions, dtypes.float32), _tensor(labels, dtypes.float32), weights)
        return mean(compute(labels, predictions), weights, metrics_collections, updates_collections, name or default)

    metric.__name__ = default
    return metric


mean_absolute_error = _of_errors("mean_absolute_error", lambda a, b: abs(b - a))
mean_squared_error = _of_errors("mean_squared_error", lambda a, b: execute("Square", [b - a], {}))


def root_mean_squared_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the root of the mean squared error."""
    value, update = mean_squared_error(labels, predictions, weights, None, None, name or "root_mean_squared_error")
    m = _Metric(name, "root_mean_squared_error", metrics_collections, updates_collections)
    return m.results(execute("Sqrt", [value], {}), execute("Sqrt", [update], {}))


def mean_relative_error(labels, predictions, normalizer, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the mean of |error| / normalizer."""
    predictions, labels, weights = _squeezed(_tensor(predictions, dtypes.float32), _tensor(labels, dtypes.float32), weights)
    predictions, normalizer, _ = _squeezed(predictions, _tensor(normalizer, dtypes.float32))
    zero = execute("ZerosLike", [labels], {})
    error = execute("Select", [execute("Equal", [normalizer, symbolic(0.0, dtypes.float32)], {}), zero, abs(labels - predictions) / normalizer], {})
    return mean(error, weights, metrics_collections, updates_collections, name or "mean_relative_error")


def mean_cosine_distance(labels, predictions, dim, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): 1 less the mean cosine."""
    predictions, labels, weights = _squeezed(_tensor(predictions, dtypes.float32), _tensor(labels, dtypes.float32), weights)
    diffs = execute("Sum", [predictions * labels, symbolic(convert([dim], 3))], {"keep_dims": True})
    value, update = mean(diffs, weights, None, None, name or "mean_cosine_distance")
    m = _Metric(name, "mean_cosine_distance", metrics_collections, updates_collections)
    return m.results(1.0 - value, 1.0 - update)


def percentage_below(values, threshold, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the fraction of values below the threshold."""
    below = execute("Less", [_tensor(values), symbolic(threshold, _tensor(values).dtype)], {})
    return mean(_tensor(below, dtypes.float32), weights, metrics_collections, updates_collections, name or "percentage_below_threshold")


# ---- counts ----

_COUNTS = {"true_positives": (True, True), "false_positives": (False, True), "false_negatives": (True, False), "true_negatives": (False, False)}


def _count(m, which, labels, predictions, weights):
    """The variable of how many, and its update."""
    wanted, said = _COUNTS[which]
    predictions, labels, weights = _squeezed(_tensor(predictions, dtypes.bool), _tensor(labels, dtypes.bool), weights)
    count = m.variable("count")

    def number(l, p, *w):
        hits = ((l == wanted) & (p == said)).astype(np.float32)
        return (hits * _wide(w[0], hits.shape) if w else hits).sum(dtype=np.float32)

    return count, m.add(count, m.node("counted", number, [labels, predictions] + ([weights] if weights is not None else [])))


def _counter(which):
    def metric(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(value, update): the weighted number of such predictions."""
        with _Metric(name, which, metrics_collections, updates_collections) as m:
            count, update = _count(m, which, labels, predictions, weights)
            return m.results(words.identity(count), update)

    metric.__name__ = which
    return metric


true_positives, false_positives, false_negatives, true_negatives = map(_counter, _COUNTS)


def _of_two(default, others):
    def metric(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(value, update): precision or recall of booleans."""
        with _Metric(name, default, metrics_collections, updates_collections) as m:
            rows = []
            for which in others:
                with _Metric(None, which) as inner:
                    rows.append(_count(inner, which, labels, predictions, weights))
            value = m.node("value", lambda a, b: _ratio(a, a + b), [count for count, _ in rows])
            return m.results(value, m.node("update_op", lambda a, b: _ratio(a, a + b), [update for _, update in rows]))

    metric.__name__ = default
    return metric


precision = _of_two("precision", ("true_positives", "false_positives"))
recall = _of_two("recall", ("true_positives", "false_negatives"))

# ---- at thresholds ----

_LETTERS = {"tp": "true_positives", "fn": "false_negatives", "tn": "true_negatives", "fp": "false_positives"}


def _at_thresholds(m, labels, predictions, thresholds, weights, letters):
    """{letters: variable}, {letters: update}."""
    predictions, labels, weights = _squeezed(_tensor(predictions, dtypes.float32), _tensor(labels, dtypes.bool), weights)
    limits = np.asarray(thresholds, np.float32)[:, None]
    found, updates = {}, {}
    for letter in letters:
        wanted, said = _COUNTS[_LETTERS[letter]]

        def number(l, p, *w, wanted=wanted, said=said):
            if ((p < 0) | (p > 1)).any():
                raise errors.InvalidArgumentError(None, None, "predictions must be in [0, 1]")
            heavy = _wide(w[0], p.shape).ravel() if w else np.ones(p.size, np.float32)
            hits = ((p.ravel()[None] > limits) == said) & (l.ravel()[None] == wanted)
            return (hits * heavy).sum(1, dtype=np.float32)

        found[letter] = m.variable(_LETTERS[letter], (len(limits),))
        counted = m.node("counted_" + letter, number, [labels, predictions] + ([weights] if weights is not None else []), (len(limits),))
        updates[letter] = m.add(found[letter], counted)
    return found, updates


def _thresholds(n):
    return [0.0 - _EPSILON, *[(i + 1) / (n - 1) for i in range(n - 2)], 1.0 + _EPSILON]


def _pair(m, found, updates, letters, compute, names=("value", "update_op"), shape=()):
    made = [m.node(name, compute, [rows[x] for x in letters], shape) for name, rows in zip(names, (found, updates))]
    return m.results(*made)


def auc(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None, curve="ROC", name=None,
        summation_method="trapezoidal"):  # fmt: skip
    """(value, update): the area under the ROC or precision-recall curve."""
    if curve not in ("ROC", "PR"):
        raise ValueError("curve must be either ROC or PR, %s unknown" % curve)
    with _Metric(name, "auc", metrics_collections, updates_collections) as m:
        found, updates = _at_thresholds(m, labels, predictions, _thresholds(num_thresholds), weights, ("tp", "fn", "tn", "fp"))
        if summation_method not in ("trapezoidal", "minoring", "majoring"):
            raise ValueError("Invalid summation_method: %s" % summation_method)

        def area(tp, fn, tn, fp, e=np.float32(1e-6)):
            recall = (tp + e) / (tp + fn + e)
            x, y = (fp / (fp + tn + e), recall) if curve == "ROC" else (recall, (tp + e) / (tp + fp + e))
            a, b = y[:-1], y[1:]
            heights = (a + b) / 2 if summation_method == "trapezoidal" else np.minimum(a, b) if summation_method == "minoring" else np.maximum(a, b)
            return ((x[:-1] - x[1:]) * heights).sum(dtype=np.float32)

        return _pair(m, found, updates, ("tp", "fn", "tn", "fp"), area)


def _of_thresholds(default, letters, names):
    def metric(labels, predictions, thresholds, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(values, update): precision or recall at thresholds."""
        with _Metric(name, default, metrics_collections, updates_collections) as m:
            found, updates = _at_thresholds(m, labels, predictions, thresholds, weights, letters)
            return _pair(m, found, updates, letters, lambda a, b: a / (np.float32(_EPSILON) + a + b), names, (len(thresholds),))

    metric.__name__ = default
    return metric


precision_at_thresholds = _of_thresholds("precision_at_thresholds", ("tp", "fp"), ("precision_value", "precision_update_op"))
recall_at_thresholds = _of_thresholds("recall_at_thresholds", ("tp", "fn"), ("recall_value", "recall_update_op"))


def _counts_at_thresholds(letter):
    def metric(labels, predictions, thresholds, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(values, update): the weighted numbers of such predictions at thresholds."""
        with _Metric(name, _LETTERS[letter], metrics_collections, updates_collections) as m:
            found, updates = _at_thresholds(m, labels, predictions, thresholds, weights, (letter,))
            return m.results(found[letter]._snapshot, updates[letter])

    return metric


def _given_another(default, parameter, condition, answer):
    def metric(labels, predictions, limit, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None, name=None):
        if limit < 0 or limit > 1:
            raise ValueError("`%s` must be in the range [0, 1]." % parameter)
        with _Metric(name, default, metrics_collections, updates_collections) as m:
            found, updates = _at_thresholds(m, labels, predictions, _thresholds(num_thresholds), weights, ("tp", "fn", "tn", "fp"))

            def compute(tp, fn, tn, fp, e=np.float32(_EPSILON)):
                place = condition(dict(tp=tp, fn=fn, tn=tn, fp=fp), e, np.float32(limit))
                a, b = answer
                rows = dict(tp=tp, fn=fn, tn=tn, fp=fp)
                return rows[a][place] / (rows[a][place] + rows[b][place] + e)

            return _pair(m, found, updates, ("tp", "fn", "tn", "fp"), compute)

    metric.__name__ = default
    return metric


_sensitivity = _given_another("sensitivity_at_specificity", "specificity", lambda c, e, s: np.argmin(abs(c["tn"] / (c["tn"] + c["fp"] + e) - s)), ("tp", "fn"))


def sensitivity_at_specificity(labels, predictions, specificity, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the greatest sensitivity at that specificity."""
    return _sensitivity(labels, predictions, specificity, weights, num_thresholds, metrics_collections, updates_collections, name)


def _best_sensitivity(c, e, wanted):
    values = c["tp"] / (c["tp"] + c["fn"] + e)
    off = values - wanted
    return np.argmin(np.abs(off)) if (off < 0).all() else len(values) - 1 - np.argmin(np.where(off >= 0, off, np.inf)[::-1])


_specificity = _given_another("specificity_at_sensitivity", "sensitivity", _best_sensitivity, ("tn", "fp"))


def specificity_at_sensitivity(labels, predictions, sensitivity, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the greatest specificity at that sensitivity."""
    return _specificity(labels, predictions, sensitivity, weights, num_thresholds, metrics_collections, updates_collections, name)


# ---- classes ----


def _classes(labels, predictions, n):
    for what, values in (("labels", labels), ("predictions", predictions)):
        if (values < 0).any():
            raise errors.InvalidArgumentError(None, None, "`%s` contains negative values" % what)
        if (values >= n).any():
            raise errors.InvalidArgumentError(None, None, "`%s` out of bound: %d with %d classes" % (what, values.max(), n))


def _flat(t, p, *w):
    return t.ravel().astype(np.int64), p.ravel().astype(np.int64), _wide(w[0], p.shape).ravel() if w else np.ones(p.size, np.float32)


def mean_iou(labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the mean over classes of intersection over union."""
    with _Metric(name, "mean_iou", metrics_collections, updates_collections) as m:
        predictions, labels, weights = _squeezed(predictions, labels, weights)
        matrix = m.variable("total_confusion_matrix", (num_classes, num_classes), 2)

        def confusion(*given):
            t, p, w = _flat(*given)
            _classes(t, p, num_classes)
            made = np.zeros((num_classes, num_classes))
            np.add.at(made, (t, p), w)
            return made

        def value(c):
            c = c.astype(np.float32)
            union = c.sum(0) + c.sum(1) - np.diag(c)
            valid = (union != 0).sum()
            return (np.diag(c) / np.where(union > 0, union, 1)).sum(dtype=np.float32) / valid if valid else 0.0

        given = [labels, predictions] + ([weights] if weights is not None else [])
        update = m.add(matrix, m.node("confusion_matrix", confusion, given, (num_classes, num_classes), 2))
        return m.results(m.node("Select_1", value, [matrix]), update)


def mean_per_class_accuracy(labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the mean over classes of their accuracies."""
    with _Metric(name, "mean_accuracy", metrics_collections, updates_collections) as m:
        predictions, labels, weights = _squeezed(predictions, labels, weights)
        total, count = m.variable("total", (num_classes,)), m.variable("count", (num_classes,))

        def counted(right_only):
            def run(*given):
                t, p, w = _flat(*given)
                _classes(t, np.zeros(1), num_classes)
                made = np.zeros(num_classes, np.float32)
                np.add.at(made, t, ((t == p) if right_only else np.ones(t.shape)) * (w if right_only or len(given) > 2 else 1.0))
                return made

            return run

        given = [labels, predictions] + ([weights] if weights is not None else [])
        rows = [m.add(v, m.node("counted", counted(k == 1), given, (num_classes,))) for k, v in enumerate((total, count))]
        value = m.node("mean_accuracy", lambda n, c: _ratio(c, n).mean(dtype=np.float32), [total, count])
        return m.results(value, m.node("update_op", lambda n, c: _ratio(c, n), rows, (num_classes,)))


# ---- the best k ----


def _rows_at_k(labels, top, class_id):
    """For each row the set of labels and the best k."""
    top = top.reshape(-1, top.shape[-1])
    labels = labels.reshape(len(top), -1)
    keep = (lambda row: row) if class_id is None else (lambda row: row[row == class_id])
    return [(set(keep(t).tolist()) - {-1}, keep(p).tolist()) for t, p in zip(labels, top)]


def _name_at_k(name, k, class_id):
    return "%s_at_%d" % (name, k) if class_id is None else "%s_at_%d_class%d" % (name, k, class_id)


def _top(predictions, k):
    return execute("TopKV2", [_tensor(predictions), convert(k, 3)], {"sorted": True})[1]


def _at_top_k(kind, second, missed):
    def top_metric(labels, predictions_idx, k=None, class_id=None, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(value, update): precision or recall of given top predictions."""
        labels, top = _tensor(labels, dtypes.int64), _tensor(predictions_idx, dtypes.int64)
        default = _name_at_k(kind, k or top._shape_tuple[-1], class_id)
        k = k or top._shape_tuple[-1]
        with _Metric(name, default, metrics_collections, updates_collections) as m:
            names = [_name_at_k(n, k, class_id) for n in ("true_positive", second)]
            found = [m.variable(n, (), 2) for n in names]

            def number(which):
                def run(t, p, *w):
                    rows = _rows_at_k(t, p, class_id)
                    heavy = _wide(w[0].reshape(-1) if w and w[0].ndim else w[0] if w else 1.0, (len(rows),))
                    return sum(float(h) * which(a, b) for h, (a, b) in zip(heavy, rows))

                return run

            given = [labels, top] + ([_tensor(weights, dtypes.float32)] if weights is not None else [])
            counts = [m.node(n, number(f), given, (), 2) for n, f in zip(names, (lambda a, b: len(a & set(b)), missed))]
            updates = [m.add(v, c) for v, c in zip(found, counts)]
            divided = lambda a, b: np.float64(a) / (a + b)  # noqa: E731
            return m.results(m.node(m.name, divided, found, (), 2), m.node("update", divided, updates, (), 2))

    def metric(labels, predictions, k, class_id=None, weights=None, metrics_collections=None, updates_collections=None, name=None):
        """(value, update): precision or recall of the k greatest predictions."""
        return top_metric(labels, _top(predictions, k), k, class_id, weights, metrics_collections, updates_collections, name)

    return metric, top_metric


recall_at_k, recall_at_top_k = _at_top_k("recall", "false_negative", lambda a, b: len(a - set(b)))
precision_at_k, precision_at_top_k = _at_top_k("precision", "false_positive", lambda a, b: sum(1 for p in b if p not in a))
sparse_precision_at_k = precision_at_k


def average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """(value, update): the mean of precisions up to k."""
    labels, top = _tensor(labels, dtypes.int64), _tensor(_top(predictions, k), dtypes.int64)
    with _Metric(name, _name_at_k("average_precision", k, None), metrics_collections, updates_collections) as m:

        def precisions(t, p, *w):
            made = []
            for wanted, said in _rows_at_k(t, p, None):
                hits, total = 0, 0.0
                for place, one in enumerate(said):
                    if one in wanted:
                        hits += 1
                        total += hits / (place + 1)
                made.append(total / min(k, len(wanted)) if wanted else 0.0)
            heavy = _wide(w[0].reshape(-1) if w and w[0].ndim else w[0] if w else 1.0, (len(made),))
            return [float(np.sum(heavy)), float(np.dot(heavy, made))]

        given = [labels, top] + ([_tensor(weights, dtypes.float32)] if weights is not None else [])
        both = m.node("average_precision", precisions, given, (2,), 2)
        largest, total = m.variable("max", (), 2), m.variable("total", (), 2)
        updates = [m.add(v, both[i]) for i, v in enumerate((largest, total))]
        value = m.node("mean/Merge", lambda n, t: t / n if n else 0.0, [largest, total], (), 2)
        return m.results(value, m.node("Merge", lambda n, t: t / n if n else 0.0, updates, (), 2))


sparse_average_precision_at_k = average_precision_at_k
NAMES = {n: f for n, f in list(globals().items()) if callable(f) and not n.startswith("_") and getattr(f, "__module__", "") == __name__}
NAMES.update({_LETTERS[x] + "_at_thresholds": _counts_at_thresholds(x) for x in _LETTERS})
