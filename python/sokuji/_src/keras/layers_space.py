"""Layers that pool, pad, cut and repeat along the axes of space, and the convolutions beside those of layers.py."""

import numpy as np

from sokuji._src.core.execute import check_fits, convert, execute, run
from sokuji._src.keras.layers import Conv2D, _format, _pair, channels_first, channels_last
from sokuji._src.keras.layers_base import InputSpec, Layer
from sokuji._src.ops import array_ops, convolution_ops, nn_ops
from sokuji._src.variables import variables


def _one(value):
    return int(value[0] if isinstance(value, (list, tuple)) else value)


# ---- one dimension ----


class Conv1D(Conv2D):
    """Convolution of sequences: (batch, steps, channels)."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        if variables._version == 1 and padding == "causal":
            raise ValueError("The `padding` argument must be one of \"valid\", \"same\". Received: causal")
        self.__dict__["_causal"] = padding == "causal"
        super().__init__(filters, (_one(kernel_size), 1), (_one(strides), 1), "valid" if padding == "causal" else padding, data_format,
                         (_one(dilation_rate), 1), activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **(kwargs if groups == 1 else {**kwargs, "groups": groups}))  # fmt: skip

    _rank = 1

    def _kernel_shape(self, channels):
        return (self.kernel_size[0], channels // self.groups, self.filters)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=3, max_ndim=3)

    def _convolve(self, inputs):
        if self._causal:
            inputs = array_ops.pad(inputs, [[0, 0], [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0], [0, 0]])
        kernel = run("ExpandDims", self.kernel, convert(1, 3))
        made = convolution_ops.grouped(run("ExpandDims", inputs, convert(2, 3)), kernel, lambda t, k: execute("Conv2D", [t, k], self._window()))
        return execute("Squeeze", [made], {"squeeze_dims": [2]})


class DepthwiseConv2D(Conv2D):
    """A convolution of each channel by itself."""

    def __init__(self, kernel_size, strides=(1, 1), padding="valid", depth_multiplier=1, data_format=None, dilation_rate=(1, 1), activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", bias_initializer="zeros", depthwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(1, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, depthwise_initializer, bias_initializer,
                         depthwise_regularizer, bias_regularizer, activity_regularizer, depthwise_constraint, bias_constraint, **kwargs)  # fmt: skip
        self.depth_multiplier = depth_multiplier

    _kernel_name = "depthwise_kernel"

    def _kernel_shape(self, channels):
        self.filters = channels * self.depth_multiplier
        return (*self.kernel_size, channels, self.depth_multiplier)

    def _convolve(self, inputs):
        return nn_ops.depthwise_conv2d(inputs, self.kernel, (1, *self.strides, 1), self.padding.upper(), self.dilation_rate)


class DepthwiseConv1D(DepthwiseConv2D):
    """A convolution of each channel of a sequence by itself."""

    _rank, _constructor = 1, staticmethod(DepthwiseConv2D.__init__)

    def __init__(self, kernel_size, strides=1, padding="valid", depth_multiplier=1, data_format=None, dilation_rate=1, **kwargs):
        step = _one(strides)
        super().__init__((_one(kernel_size), 1), (step, step), padding, depth_multiplier, data_format, (_one(dilation_rate), 1), **kwargs)

    def _kernel_shape(self, channels):
        made = super()._kernel_shape(channels)
        return (made[0], *made[2:])

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=3, max_ndim=3)

    def _convolve(self, inputs):
        made = nn_ops.depthwise_conv2d(run("ExpandDims", inputs, convert(2, 3)), run("ExpandDims", self.kernel, convert(1, 3)), (1, *self.strides, 1),
                                       self.padding.upper(), self.dilation_rate)  # fmt: skip
        return execute("Squeeze", [made], {"squeeze_dims": [2]})


class _Pooling1D(Layer):
    _rank = 1

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size, self.padding, self.data_format = _one(pool_size), padding, _format(data_format)
        self.strides = self.pool_size if strides is None else _one(strides)

    def call(self, inputs):
        t = channels_last(inputs) if self.data_format == "channels_first" else inputs
        made = execute(self._operation, [run("ExpandDims", t, convert(2, 3))],
                       {"ksize": (1, self.pool_size, 1, 1), "strides": (1, self.strides, 1, 1), "padding": self.padding})  # fmt: skip
        made = execute("Squeeze", [made], {"squeeze_dims": [2]})
        return channels_first(made) if self.data_format == "channels_first" else made


class MaxPooling1D(_Pooling1D):
    """Maxima of windows over steps."""

    _operation = "MaxPool"


class AveragePooling1D(_Pooling1D):
    """Means of windows over steps."""

    _operation = "AvgPool"


def _global(name, operation, rank):
    def __init__(self, data_format=None, keepdims=False, **kwargs):
        Layer.__init__(self, **kwargs)
        self.data_format, self.keepdims = _format(data_format), keepdims
        self.supports_masking = rank == 1 and operation == "Mean"

    def call(self, inputs, mask=None):
        first = 1 if self.data_format == "channels_last" else 2
        axes = convert(list(range(first, first + rank)), 3)
        if mask is not None and operation == "Mean":
            m = run("ExpandDims", array_ops.cast(mask, inputs.dtype), convert(-1, 3))
            return run("Sum", inputs * m, axes) / run("Sum", m, axes)
        return execute(operation, [inputs, axes], {"keep_dims": self.keepdims})

    def compute_mask(self, inputs, mask=None):
        return None

    members = {"__init__": __init__, "call": call, "compute_mask": compute_mask, "__module__": __name__, "__doc__": "%s over all positions." % operation}
    return type(name, (Layer,), members)


GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D = (_global("GlobalAveragePooling%dD" % n, "Mean", n) for n in (1, 2, 3))
GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D = (_global("GlobalMaxPooling%dD" % n, "Max", n) for n in (1, 2, 3))


# ---- sizes ----


def _sides(value):
    return (value, value) if isinstance(value, int) else tuple(int(v) for v in value)


class ZeroPadding1D(Layer):
    """Zeros before and after the steps."""

    _more_config = {"data_format": "channels_last"}

    def __init__(self, padding=1, **kwargs):
        super().__init__(**kwargs)
        self.padding = _sides(padding)

    def call(self, inputs):
        return array_ops.pad(inputs, [[0, 0], list(self.padding), [0, 0]])


def _nested_sides(value):
    """((top, bottom), (left, right)) of a number, a pair or pairs."""
    if isinstance(value, int):
        return ((value, value), (value, value))
    return tuple(_sides(v) for v in value)


class ZeroPadding2D(Layer):
    """Zeros around images."""

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding, self.data_format = _nested_sides(padding), _format(data_format)

    def call(self, inputs):
        rows = [list(p) for p in self.padding]
        return array_ops.pad(inputs, [[0, 0], *rows, [0, 0]] if self.data_format == "channels_last" else [[0, 0], [0, 0], *rows])


def check_cropping(layer, inputs, first, sides):
    """2.x: something is left."""
    if variables._version == 2 and any(before + after >= inputs._shape_tuple[first + i] for i, (before, after) in enumerate(sides)):
        raise ValueError("`cropping` of layer %s must be smaller than the input's sizes. Received: inputs.shape=%s, cropping=%s" % (layer.name, inputs._shape_tuple, sides))


class Cropping1D(Layer):
    """Sequences without their first and last steps."""

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.cropping = _sides(cropping)

    def call(self, inputs):
        check_cropping(self, inputs, 1, [self.cropping])
        return inputs[:, self.cropping[0] : inputs._shape_tuple[1] - self.cropping[1]]


class Cropping2D(Layer):
    """Images without their margins."""

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping, self.data_format = _nested_sides(cropping), _format(data_format)

    def call(self, inputs):
        check_cropping(self, inputs, 1 if self.data_format == "channels_last" else 2, self.cropping)
        (top, bottom), (left, right) = self.cropping
        if self.data_format == "channels_first":
            _, _, h, w = inputs._shape_tuple
            return inputs[:, :, top : h - bottom, left : w - right]
        _, h, w, _ = inputs._shape_tuple
        return inputs[:, top : h - bottom, left : w - right]


def _repeated(t, axis, n):
    check_fits("UpSampling", *t._shape_tuple, n)
    index = np.repeat(np.arange(t._shape_tuple[axis]), n)
    return run("GatherV2", t, convert(index, 9), convert(axis, 3))


class UpSampling1D(Layer):
    """Sequences with each step repeated."""

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.size = int(size)

    def call(self, inputs):
        return _repeated(inputs, 1, self.size)


class UpSampling2D(Layer):
    """Images with each pixel repeated, or between them interpolated."""

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        if interpolation not in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
            raise ValueError("`interpolation` argument should be one of bicubic, bilinear, lanczos3, lanczos5, nearest. Received: %s" % interpolation)
        self.size, self.data_format, self.interpolation = _pair(size), _format(data_format), interpolation

    def call(self, inputs):
        if self.interpolation != "nearest":
            from sokuji._src.ops.image_late_ops import resize
            from sokuji._src.ops.image_ops import resize_half_pixel

            t = channels_last(inputs) if self.data_format == "channels_first" else inputs
            _, h, w, _ = t._shape_tuple
            to = (h * self.size[0], w * self.size[1])
            t = resize_half_pixel(t, to) if self.interpolation == "bilinear" else resize(t, to, self.interpolation)
            return channels_first(t) if self.data_format == "channels_first" else t
        first = 1 if self.data_format == "channels_last" else 2
        return _repeated(_repeated(inputs, first, self.size[0]), first + 1, self.size[1])


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_")}  # fmt: skip
LAYERS.update(MaxPool1D=MaxPooling1D, AvgPool1D=AveragePooling1D, GlobalAvgPool1D=GlobalAveragePooling1D, GlobalMaxPool1D=GlobalMaxPooling1D,
              GlobalAvgPool2D=GlobalAveragePooling2D, GlobalMaxPool2D=GlobalMaxPooling2D, Convolution1D=Conv1D)  # fmt: skip
