"""tf.layers of 1.x: the layers of layers.py under that module's signatures, and the functions that make one and call it."""

import inspect

from sokuji import _core
from sokuji._src.keras import layers
from sokuji._src.keras.layers_base import Layer
from sokuji._src.layers import in_graph
from sokuji._src.ops import init_ops


class _Named:
    """Under tf.layers a layer's name is the name of its variable scope."""

    _names_from_zero, _in_store = False, True

    def _call_fully(self, *arguments, **keywords):
        if _core.graph_now() is not None:
            if in_graph.building() is not None and type(self).__module__.startswith("sokuji._src.layers.") and type(self).__name__ in in_graph._OF:
                return in_graph.call(self, arguments, keywords)
        return super()._call_fully(*arguments, **keywords)


def _zeros():
    return init_ops.Zeros()


class Dense(_Named, layers.Dense):
    __doc__ = layers.Dense.__doc__

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=_zeros(), kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(units, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable=trainable, name=name, **kwargs)  # fmt: skip


class Conv2D(_Named, layers.Conv2D):
    __doc__ = layers.Conv2D.__doc__

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format="channels_last", dilation_rate=(1, 1), activation=None,
                 use_bias=True, kernel_initializer=None, bias_initializer=_zeros(), kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, kernel_initializer,
                         bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                         trainable=trainable, name=name, **kwargs)  # fmt: skip


class Conv2DTranspose(_Named, layers.Conv2DTranspose):
    __doc__ = layers.Conv2DTranspose.__doc__

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format="channels_last", activation=None, use_bias=True,
                 kernel_initializer=None, bias_initializer=_zeros(), kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, (1, 1), activation, use_bias, kernel_initializer, bias_initializer,
                         kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint,
                         trainable=trainable, name=name, **kwargs)  # fmt: skip


class SeparableConv2D(_Named, layers.SeparableConv2D):
    __doc__ = layers.SeparableConv2D.__doc__

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format="channels_last", dilation_rate=(1, 1),
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer=None, pointwise_initializer=None,
                 bias_initializer=_zeros(), depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, trainable=True,
                 name=None, **kwargs):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier, activation, use_bias,
                         depthwise_initializer, pointwise_initializer, bias_initializer, depthwise_regularizer, pointwise_regularizer,
                         bias_regularizer, activity_regularizer, depthwise_constraint, pointwise_constraint, bias_constraint,
                         trainable=trainable, name=name, **kwargs)  # fmt: skip


class MaxPooling2D(_Named, layers.MaxPooling2D):
    """Maxima of windows over images."""

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None, **kwargs):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


class AveragePooling2D(_Named, layers.AveragePooling2D):
    """Means of windows over images."""

    def __init__(self, pool_size, strides, padding="valid", data_format="channels_last", name=None, **kwargs):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


class Flatten(_Named, layers.Flatten):
    """(batch, …) to (batch, the product of the rest)"""


class Dropout(_Named, layers.Dropout):
    """In training zeros with probability rate, the rest scaled up."""

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(rate, noise_shape, seed, name=name, **kwargs)

    def call(self, inputs, training=False):
        return super().call(inputs, training)


class BatchNormalization(_Named, layers.BatchNormalization):
    """Normalises over all axes but one, by the batch's mean and variance in training, by moving averages otherwise."""

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=_zeros(), gamma_initializer=init_ops.Ones(),
                 moving_mean_initializer=_zeros(), moving_variance_initializer=init_ops.Ones(), beta_regularizer=None, gamma_regularizer=None,
                 beta_constraint=None, gamma_constraint=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None,
                 trainable=True, virtual_batch_size=None, adjustment=None, name=None, **kwargs):  # fmt: skip
        if renorm or virtual_batch_size is not None or adjustment is not None:
            raise NotImplementedError("not implemented: tf.layers.BatchNormalization with renorm, virtual_batch_size or adjustment")
        super().__init__(axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer,
                         moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, trainable=trainable, name=name, **kwargs)  # fmt: skip

    def call(self, inputs, training=False, mask=None):
        return super().call(inputs, training)


def _takes(cls, name):
    """The parameters of a function of tf.layers."""
    if name in in_graph.FUNCTIONS:
        return inspect.signature(in_graph.FUNCTIONS[name])
    own = [p for p in inspect.signature(cls.__init__).parameters.values() if p.name != "self" and p.kind is not p.VAR_KEYWORD]
    extra = inspect.signature(lambda inputs, reuse=None: 0).parameters
    return inspect.Signature([extra["inputs"], *own, extra["reuse"]])


def _function(cls, name, is_trained=False):
    takes = _takes(cls, name)

    def function(*arguments, **keywords):
        given = takes.bind(*arguments, **keywords).arguments
        inputs = given.pop("inputs")
        given.pop("reuse", None)  # an open EagerVariableStore shares variables by their names
        training = {"training": given.pop("training", False)} if is_trained else {}
        layer = cls(**given)
        layer._given_scope = given.get("name")  # the scope itself, not a name to be made unique
        return layer(inputs, **training)

    function.__name__, function.__doc__, function.__signature__ = name, cls.__doc__, takes
    return function


LAYERS = {
    "Layer": Layer, "Dense": Dense, "Conv2D": Conv2D, "Conv2DTranspose": Conv2DTranspose, "SeparableConv2D": SeparableConv2D,
    "MaxPooling2D": MaxPooling2D, "AveragePooling2D": AveragePooling2D, "Flatten": Flatten, "Dropout": Dropout,
    "BatchNormalization": BatchNormalization, "InputSpec": layers.InputSpec, "dense": _function(Dense, "dense"), "conv2d": _function(Conv2D, "conv2d"),
    "conv2d_transpose": _function(Conv2DTranspose, "conv2d_transpose"), "separable_conv2d": _function(SeparableConv2D, "separable_conv2d"), "max_pooling2d": _function(MaxPooling2D, "max_pooling2d"),
    "average_pooling2d": _function(AveragePooling2D, "average_pooling2d"), "flatten": _function(Flatten, "flatten"), "dropout": _function(Dropout, "dropout", True),
    "batch_normalization": _function(BatchNormalization, "batch_normalization", True),
}  # fmt: skip
