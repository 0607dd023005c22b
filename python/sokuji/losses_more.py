"""tf.losses.mean_pairwise_squared_error of 1.x."""

from ._run import convert, execute, run
from .array_ops import cast, ones_like, zeros_like
from .losses import _check_weights, _pair, _safe_div, _sum, add_loss


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection="losses"):
    """The mean of the squared differences of all pairs of errors of an example."""
    y, p = _pair(labels, predictions)
    w = cast(convert(weights, 0), "float32")
    _check_weights(w, y)
    diffs = p - y
    axes = convert(list(range(1, diffs.ndim)), 3)
    if not w._shape_tuple and float(w) != 0:
        present = convert(float(diffs._size), 1)  # TensorFlow 1.8's eager mode counts the whole batch here
    else:
        everywhere = ones_like(diffs) * w
        present = execute("Sum", [cast(run("NotEqual", everywhere, zeros_like(everywhere)), "float32"), axes], {"keep_dims": True})
    squares = execute("Sum", [run("Square", diffs), axes], {"keep_dims": True})
    total = execute("Sum", [diffs, axes], {"keep_dims": True})
    value = _sum((2.0 * _safe_div(squares, present - 1.0) - 2.0 * _safe_div(run("Square", total), present * (present - 1.0))) * w)
    value = run("Select", run("Greater", _sum(present), convert(0.0, 1)), value, zeros_like(value))
    add_loss(value, loss_collection)
    return value


LOSSES = {"mean_pairwise_squared_error": mean_pairwise_squared_error}
