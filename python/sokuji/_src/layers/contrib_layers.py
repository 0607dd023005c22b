"""Initializers and regularizers of tf.contrib.layers, and the eager side of its layers (the others are in the room contrib)."""

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, refuse, run
from sokuji._src.graph import composed
from sokuji._src.layers import layers
from sokuji._src.ops import array_ops
from sokuji._src.ops.init_ops import contrib_variance_scaling_initializer, xavier_initializer


def _scale(scale):
    if isinstance(scale, int) or scale < 0:
        raise ValueError("scale cannot be an integer or less than 0 on a regularizer: %s" % scale)
    return scale


def l1_regularizer(scale, scope=None):
    """A function: scale times the sum of the weights' sizes."""
    _scale(scale)
    if scale == 0.0:
        return lambda weights, name=None: None
    return composed.of_several(lambda weights: scale * run("Sum", run("Abs", convert(weights, 0)), None), scope or "l1_regularizer")


def l2_regularizer(scale, scope=None):
    """A function: scale times half the sum of the weights' squares."""
    _scale(scale)
    if scale == 0.0:
        return lambda weights, name=None: None
    return composed.of_several(lambda weights: scale * run("L2Loss", convert(weights, 0)), scope or "l2_regularizer")


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """A function: scale_l1 times the sum of sizes and scale_l2 times half that of squares."""
    first, second = l1_regularizer(scale_l1), l2_regularizer(scale_l2)
    return composed.of_several(lambda weights: first(weights) + second(weights), scope or "l1_l2_regularizer")


def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Rows with a single 1."""
    refuse("tf.contrib.layers.one_hot_encoding", "call tf.add_to_collection", outputs_collections=outputs_collections)
    t = convert(labels, 0)
    t = array_ops.cast(t, dtypes.int64) if t.dtype is dtypes.int32 else t
    return array_ops.one_hot(t, num_classes, on_value, off_value)


def _relu(x):
    return run("Relu", x)


def fully_connected(inputs, num_outputs, activation_fn=_relu, normalizer_fn=None, normalizer_params=None, weights_initializer=None, weights_regularizer=None,
                    biases_initializer="zeros", biases_regularizer=None, reuse=None, variables_collections=None, outputs_collections=None, trainable=True,
                    scope=None):  # fmt: skip
    """activation(inputs @ weights + biases), with new variables at each call."""
    refuse("tf.contrib.layers.fully_connected", "add them to collections with tf.add_to_collection", variables_collections=variables_collections,
           outputs_collections=outputs_collections)  # fmt: skip
    if reuse:
        raise NotImplementedError("not implemented: tf.contrib.layers.fully_connected with reuse=True; keep a tf.layers.Dense")
    layer = layers.Dense(num_outputs, None, normalizer_fn is None and biases_initializer is not None, weights_initializer or xavier_initializer(),
                           None if biases_initializer is None else biases_initializer, weights_regularizer, biases_regularizer, trainable=trainable,
                           name=scope or "fully_connected")  # fmt: skip
    made = layer(inputs)
    made = made if normalizer_fn is None else normalizer_fn(made, **(normalizer_params or {}))
    return made if activation_fn is None else activation_fn(made)


LAYERS = {"variance_scaling_initializer": contrib_variance_scaling_initializer, "xavier_initializer": xavier_initializer,
          "xavier_initializer_conv2d": xavier_initializer, "l1_regularizer": l1_regularizer, "l2_regularizer": l2_regularizer,
          "l1_l2_regularizer": l1_l2_regularizer}  # fmt: skip
