"""tf.losses of 1.x: weighted losses with a reduction, the newest of which are collected for get_losses."""

from sokuji import _core
from sokuji._src.core import shapes
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.graph import graph as graphs
from sokuji._src.ops import array_ops, math_ops, nn_ops


class Reduction:
    """How a loss's elements become one number."""

    NONE, SUM, MEAN = "none", "weighted_sum", "weighted_mean"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    SUM_BY_NONZERO_WEIGHTS = SUM_OVER_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"

    @classmethod
    def all(cls):
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS, cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key):
        if key not in cls.all():
            raise ValueError("Invalid ReductionKey %s." % key)




MOST_COLLECTED = 1024  # TensorFlow keeps every loss for ever
_collected, _dropped = [], False


def add_loss(loss, loss_collection="losses"):
    """Puts a loss into the collection, which holds the newest 1024 at most."""
    global _dropped
    if loss_collection is not None and _core.graph_now() is not None:
        graphs.add_to_collection(loss_collection, loss)
    elif loss_collection is not None:
        if len(_collected) >= MOST_COLLECTED:
            del _collected[: MOST_COLLECTED // 2]
            _dropped = True
        _collected.append((loss_collection, loss))


def get_losses(scope=None, loss_collection="losses"):
    """The losses computed so far."""
    if _core.graph_now() is not None:
        return graphs.get_collection(loss_collection, scope)
    if _dropped:
        raise NotImplementedError("not implemented: tf.losses.get_losses after more than %d losses; keep the losses in a list" % MOST_COLLECTED)
    return [loss for name, loss in _collected if name == loss_collection]


def get_regularization_losses(scope=None):
    """The regularization losses."""
    return get_losses(scope, "regularization_losses")


def get_regularization_loss(scope=None, name="total_regularization_loss"):
    """The sum of the regularization losses."""
    losses = get_regularization_losses(scope)
    return math_ops.add_n(losses) if losses else convert(0.0, 1)


def get_total_loss(add_regularization_losses=True, name="total_loss"):
    """The sum of all losses, regularization included."""
    losses = get_losses() + (get_regularization_losses() if add_regularization_losses else [])
    return math_ops.add_n(losses)


def _sum(t):
    return run("Sum", t, None)


def _safe_div(a, b):
    positive = run("Greater", b, array_ops.zeros_like(b))
    return run("Select", positive, run("RealDiv", a, run("Select", positive, b, array_ops.ones_like(b))), array_ops.zeros_like(a))


def _check_weights(weights, losses):
    w, shape = weights._shape_tuple, losses._shape_tuple
    if w and (len(w) != len(shape) or any(a not in (1, b) and None not in (a, b) for a, b in zip(w, shape))):
        raise ValueError("weights can not be broadcast to values. values.shape=%s. weights.shape=%s." % (shape, w))


def compute_weighted_loss(losses, weights=1.0, scope=None, loss_collection="losses", reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """Losses times weights, reduced, and added to a collection."""
    Reduction.validate(reduction)
    losses = convert(losses, 0)
    given = losses.dtype
    losses, weights = array_ops.cast(losses, "float32"), array_ops.cast(convert(weights, 0), "float32")
    _check_weights(weights, losses)
    loss = losses * weights
    if reduction != Reduction.NONE:
        loss = _reduced(_sum(loss), losses, weights, reduction)
    loss = array_ops.cast(loss, given)
    add_loss(loss, loss_collection)
    return loss


def _reduced(total, losses, weights, reduction):
    if reduction == Reduction.SUM:
        return total
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _safe_div(total, convert(float(losses._size), 1))
    everywhere = array_ops.ones_like(losses) * weights
    if reduction == Reduction.MEAN:
        return _safe_div(total, _sum(everywhere))
    nonzero = run("NotEqual", everywhere, array_ops.zeros_like(everywhere))
    return _safe_div(total, _sum(array_ops.cast(nonzero, "float32")))


def _pair(labels, predictions, what="predictions"):
    if labels is None:
        raise ValueError("labels must not be None.")
    if predictions is None:
        raise ValueError("%s must not be None." % what)
    y, p = array_ops.cast(convert(labels, 0), "float32"), array_ops.cast(convert(predictions, 0), "float32")
    if y._shape_tuple != p._shape_tuple and shapes.differ(y._shape_tuple, p._shape_tuple):
        raise ValueError("Shapes %s and %s are incompatible" % (shapes.as_shape(p._shape_tuple), shapes.as_shape(y._shape_tuple)))
    return y, p


_BY = Reduction.SUM_BY_NONZERO_WEIGHTS


def absolute_difference(labels, predictions, weights=1.0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of |labels - predictions|."""
    y, p = _pair(labels, predictions)
    return compute_weighted_loss(run("Abs", p - y), weights, scope, loss_collection, reduction)


def mean_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of squared errors."""
    y, p = _pair(labels, predictions)
    return compute_weighted_loss(run("SquaredDifference", p, y), weights, scope, loss_collection, reduction)


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None, loss_collection="losses", reduction=_BY):
    """Half the squared error up to delta, linear beyond."""
    y, p = _pair(labels, predictions)
    error = run("Abs", p - y)
    quadratic = run("Minimum", error, convert(delta, 1))
    return compute_weighted_loss(0.5 * quadratic * quadratic + delta * (error - quadratic), weights, scope, loss_collection, reduction)


def log_loss(labels, predictions, weights=1.0, epsilon=1e-07, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of -labels log(predictions) - (1 - labels) log(1 - predictions)."""
    y, p = _pair(labels, predictions)
    losses = -(y * run("Log", p + epsilon)) - (1 - y) * run("Log", 1 - p + epsilon)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of max(0, 1 - labels logits), labels 0 and 1."""
    y, p = _pair(labels, logits, "logits")
    return compute_weighted_loss(run("Relu", 1 - (2 * y - 1) * p), weights, scope, loss_collection, reduction)


def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None, loss_collection="losses", reduction=_BY, dim=None):
    """1 less the cosine of unit vectors along an axis."""
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    y, p = _pair(labels, predictions)
    from sokuji._src.core.execute import execute

    losses = 1 - execute("Sum", [p * y, convert([axis], 3)], {"keep_dims": True})
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def _smoothed(labels, smoothing, classes):
    return labels * (1.0 - smoothing) + smoothing / classes if smoothing > 0 else labels


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0, label_smoothing=0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of sigmoid cross entropies."""
    if logits is None or multi_class_labels is None:
        raise ValueError("logits and multi_class_labels must not be None.")
    z = convert(logits, 0)
    y = array_ops.cast(convert(multi_class_labels, 0), z.dtype)
    losses = nn_ops.sigmoid_cross_entropy_with_logits(labels=_smoothed(y, label_smoothing, 2.0), logits=z)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(onehot_labels, logits, weights=1.0, label_smoothing=0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of softmax cross entropies with one-hot labels."""
    if logits is None or onehot_labels is None:
        raise ValueError("logits and onehot_labels must not be None.")
    z = convert(logits, 0)
    y = array_ops.cast(convert(onehot_labels, 0), z.dtype)
    if y._shape_tuple != z._shape_tuple and shapes.differ(y._shape_tuple, z._shape_tuple):
        raise ValueError("Shapes %s and %s are incompatible" % (z._shape_tuple, y._shape_tuple))
    y = run("StopGradient", _smoothed(y, label_smoothing, float(z._shape_tuple[-1])))
    losses = nn_ops.softmax_cross_entropy_with_logits_v2(labels=y, logits=z)
    return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None, loss_collection="losses", reduction=_BY):
    """The weighted mean of softmax cross entropies with class numbers."""
    if logits is None or labels is None:
        raise ValueError("logits and labels must not be None.")
    z, y = convert(logits, 0), convert(labels, 0)
    w = convert(weights, 0)
    if len(y._shape_tuple) == len(z._shape_tuple) and y._shape_tuple[-1] == 1:
        y = run("Reshape", y, convert(list(y._shape_tuple[:-1]), 3))
    if len(w._shape_tuple) == len(y._shape_tuple) + 1 and w._shape_tuple[-1] == 1:
        w = run("Reshape", w, convert(list(w._shape_tuple[:-1]), 3))
    losses = nn_ops.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z)
    return compute_weighted_loss(losses, w, scope, loss_collection, reduction)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection="losses"):
    """The mean of the squared differences of all pairs of errors of an example."""
    y, p = _pair(labels, predictions)
    w = array_ops.cast(convert(weights, 0), "float32")
    _check_weights(w, y)
    diffs = p - y
    axes = convert(list(range(1, diffs.ndim)), 3)
    if _core.graph_now() is None and not w._shape_tuple and float(w) != 0:
        present = convert(float(diffs._size), 1)  # TensorFlow 1.8's eager mode counts the whole batch here
    else:
        everywhere = array_ops.ones_like(diffs) * w
        present = execute("Sum", [array_ops.cast(run("NotEqual", everywhere, array_ops.zeros_like(everywhere)), "float32"), axes], {"keep_dims": True})
    squares = execute("Sum", [run("Square", diffs), axes], {"keep_dims": True})
    total = execute("Sum", [diffs, axes], {"keep_dims": True})
    value = _sum((2.0 * _safe_div(squares, present - 1.0) - 2.0 * _safe_div(run("Square", total), present * (present - 1.0))) * w)
    value = run("Select", run("Greater", _sum(present), convert(0.0, 1)), value, array_ops.zeros_like(value))
    add_loss(value, loss_collection)
    return value


LOSSES = {name: value for name, value in list(globals().items())
          if name.endswith(("_loss", "_error", "_entropy", "_difference", "_distance")) and callable(value)}  # fmt: skip
LOSSES.update(Reduction=Reduction)
