"""tf.contrib.metrics: the older names and order of arguments of tf.metrics."""

from sokuji._src.contrib.public import called, tf

_ALIASES = """accuracy auc precision recall false_negatives false_positives true_negatives true_positives mean_absolute_error mean_iou mean_squared_error
root_mean_squared_error precision_at_thresholds recall_at_thresholds sensitivity_at_specificity specificity_at_sensitivity false_negatives_at_thresholds
false_positives_at_thresholds true_negatives_at_thresholds true_positives_at_thresholds"""
_MORE = {"mean_iou": ("num_classes",), "sensitivity_at_specificity": ("specificity",), "specificity_at_sensitivity": ("sensitivity",), "mean_relative_error": ("normalizer",),
         "mean_cosine_distance": ("dim",), "sparse_precision_at_k": ("k", "class_id"), "sparse_recall_at_k": ("k", "class_id"), "sparse_average_precision_at_k": ("k",)}  # fmt: skip
_LAST = ("weights", "metrics_collections", "updates_collections", "name")


def _turned(name, to=None):
    order = ("predictions", "labels", *_MORE.get(to or name, ("thresholds",) if name.endswith("thresholds") else ()), *_LAST)

    def streaming(*arguments, **keywords):
        keywords.update(zip(order, arguments))
        return getattr(tf.metrics, to or name)(**keywords)

    streaming.__name__, streaming.__doc__ = "streaming_" + name, "tf.metrics.%s of predictions and labels: (value, update)." % (to or name)
    return streaming


def accuracy(predictions, labels, weights=None, name=None):
    """The share of predictions that are the labels."""
    if not (labels.dtype.is_integer or labels.dtype in (tf.bool, tf.string)):
        raise ValueError("Labels should have bool, integer, or string dtype, not %r" % labels.dtype)
    if not labels.dtype.is_compatible_with(predictions.dtype):
        raise ValueError("Dtypes of predictions and labels should match. Given: predictions (%r) and labels (%r)" % (predictions.dtype, labels.dtype))
    right = tf.to_float(tf.equal(predictions, labels))
    if weights is None:
        return tf.reduce_mean(right)
    weights = tf.to_float(weights)
    return tf.reduce_sum(right * weights) / tf.reduce_sum(weights)


def aggregate_metrics(*value_update_tuples):
    """(values, updates)"""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples):
    """({name: value}, {name: update})"""
    return {name: pair[0] for name, pair in names_to_tuples.items()}, {name: pair[1] for name, pair in names_to_tuples.items()}


def count(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How many values there were, or the sum of their weights."""
    with tf.variable_scope(name, "count", (values, weights)):
        total = tf.get_local_variable("count", [], tf.float32, tf.zeros_initializer())
        many = tf.to_float(tf.size(values)) if weights is None else tf.reduce_sum(tf.to_float(weights) * tf.ones_like(tf.to_float(values)))
        value, update = tf.identity(total), tf.assign_add(total, many, name="update_op")
        for keys, held in ((metrics_collections, value), (updates_collections, update)):
            if keys:
                tf.add_to_collections(keys, held)
        return value, update


def confusion_matrix(labels, predictions, num_classes=None, dtype=None, name=None, weights=None):
    """How often each label was taken for each class."""
    return tf.confusion_matrix(labels, predictions, num_classes, dtype or tf.int32, name, weights)


NAMES = {f.__name__: f for f in (accuracy, aggregate_metrics, aggregate_metric_map, count)}
NAMES.update({"streaming_" + name: _turned(name) for name in [*_ALIASES.split(), "mean_relative_error", "mean_cosine_distance", "sparse_average_precision_at_k"]})
NAMES.update(streaming_recall_at_k=_turned("sparse_recall_at_k", "recall_at_k"), streaming_sparse_recall_at_k=_turned("sparse_recall_at_k", "recall_at_k"),
             streaming_sparse_precision_at_k=_turned("sparse_precision_at_k"), streaming_mean=called("metrics.mean"),
             streaming_mean_tensor=called("metrics.mean_tensor"), streaming_percentage_less=called("metrics.percentage_below"), confusion_matrix=confusion_matrix)  # fmt: skip
