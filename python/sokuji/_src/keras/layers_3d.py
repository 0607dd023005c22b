"""Layers of volumes, (batch, depth, rows, columns, channels), and the one-dimensional kin of two-dimensional convolutions."""

from sokuji._src.core import shapes
from sokuji._src.core.execute import convert, execute, run, sizes
from sokuji._src.keras.layers import Conv2D, Conv2DTranspose, SeparableConv2D, _format, _last, _pair, channels_first, channels_last, enlarged
from sokuji._src.keras.layers_base import InputSpec, Layer
from sokuji._src.keras.layers_space import Conv1D, _one, _repeated, check_cropping
from sokuji._src.ops import array_ops, convolution_ops, nn_3d_ops, nn_ops


def _three(value):
    return _pair(value, 3)


class Conv3D(Conv2D):
    """Convolution of volumes."""

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid", data_format=None, dilation_rate=(1, 1, 1), activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(filters, _three(kernel_size), _three(strides), padding, data_format, _three(dilation_rate), activation, use_bias, kernel_initializer,
                         bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, **kwargs)  # fmt: skip

    _rank = 3

    def _check_arguments(self):
        self.kernel_size, self.strides, self.dilation_rate = tuple(self.kernel_size), tuple(self.strides), tuple(self.dilation_rate)
        super()._check_arguments()

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=5, max_ndim=5)

    def _images(self, inputs):
        step, rate = (1, *self.strides, 1), (1, *self.dilation_rate, 1)
        made = convolution_ops.grouped(inputs, self.kernel, lambda t, k: nn_3d_ops.conv3d(t, k, step, self.padding.upper(), dilations=rate))
        made = made if self.bias is None else made + self.bias
        return self.activation(made)


class Conv3DTranspose(Conv3D):
    """The gradient of a convolution of volumes, as a layer."""

    _constructor = staticmethod(Conv3D.__init__)

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding="valid", *arguments, output_padding=None, **keywords):
        super().__init__(filters, kernel_size, strides, padding, *arguments, **keywords)
        self.output_padding = output_padding
        if max(self.dilation_rate) > 1:
            raise NotImplementedError("not implemented: tf.keras.layers.Conv3DTranspose with dilation_rate")

    def _kernel_shape(self, channels):
        return (*self.kernel_size, self.filters, channels)

    def _images(self, inputs):
        shape = inputs._shape_tuple
        out = [shape[0], *enlarged(self, shape[1:4]), self.filters]
        made = execute("Conv3DBackpropInputV2", [sizes(out), self.kernel, inputs], {"strides": (1, *self.strides, 1), "padding": self.padding.upper()})
        return self.activation(made if self.bias is None else made + self.bias)


class _Pooling3D(Layer):
    def __init__(self, pool_size=(2, 2, 2), strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size, self.padding, self.data_format = _three(pool_size), padding, _format(data_format)
        self.strides = self.pool_size if strides is None else _three(strides)

    def call(self, inputs):
        t = channels_last(inputs) if self.data_format == "channels_first" else inputs
        made = type(self)._pool(t, (1, *self.pool_size, 1), (1, *self.strides, 1), self.padding.upper())
        return channels_first(made) if self.data_format == "channels_first" else made


class MaxPooling3D(_Pooling3D):
    """Maxima of windows over volumes."""

    _pool = staticmethod(nn_3d_ops.max_pool3d)


class AveragePooling3D(_Pooling3D):
    """Means of windows over volumes."""

    _pool = staticmethod(nn_3d_ops.avg_pool3d)


def _sides(value):
    return tuple((v, v) if isinstance(v, int) else tuple(v) for v in (_three(value) if isinstance(value, int) else value))


class ZeroPadding3D(Layer):
    """Zeros around volumes."""

    def __init__(self, padding=(1, 1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding, self.data_format = _sides(padding), _format(data_format)

    def call(self, inputs):
        rows = [list(p) for p in self.padding]
        return array_ops.pad(inputs, [[0, 0], *rows, [0, 0]] if self.data_format == "channels_last" else [[0, 0], [0, 0], *rows])


class Cropping3D(Layer):
    """Volumes without their margins."""

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping, self.data_format = _sides(cropping), _format(data_format)

    def call(self, inputs):
        first = 1 if self.data_format == "channels_last" else 2
        check_cropping(self, inputs, first, self.cropping)
        key = [slice(None)] * 5
        for k, (before, after) in enumerate(self.cropping):
            key[first + k] = slice(before, inputs._shape_tuple[first + k] - after)
        return inputs[tuple(key)]


class UpSampling3D(Layer):
    """Volumes with each element repeated."""

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.size, self.data_format = _three(size), _format(data_format)

    def call(self, inputs):
        first = 1 if self.data_format == "channels_last" else 2
        for k, n in enumerate(self.size):
            inputs = _repeated(inputs, first + k, n)
        return inputs


class SeparableConv1D(SeparableConv2D):
    """A convolution of each channel of a sequence by itself, then a mixing of the channels."""

    _rank = 1

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, depth_multiplier=1, activation=None,
                 use_bias=True, depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 pointwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(filters, (_one(kernel_size), 1), (_one(strides),) * 2, padding, data_format, (_one(dilation_rate), 1), depth_multiplier, activation,
                         use_bias, depthwise_initializer, pointwise_initializer, bias_initializer, depthwise_regularizer, pointwise_regularizer,
                         bias_regularizer, activity_regularizer, depthwise_constraint, pointwise_constraint, bias_constraint, **kwargs)  # fmt: skip

    def build(self, input_shape):
        channels, n = shapes.TensorShape(input_shape).as_list()[self._channel_axis], self.kernel_size[0]
        self.depthwise_kernel = self.add_weight("depthwise_kernel", (n, channels, self.depth_multiplier), initializer=self.depthwise_initializer,
                                                regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint)  # fmt: skip
        self.pointwise_kernel = self.add_weight("pointwise_kernel", (1, channels * self.depth_multiplier, self.filters), initializer=self.pointwise_initializer,
                                                regularizer=self.pointwise_regularizer, constraint=self.pointwise_constraint)  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight("bias", (self.filters,), initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.built = True

    def _convolve(self, inputs):
        made = nn_ops.separable_conv2d(run("ExpandDims", inputs, convert(2, 3)), run("ExpandDims", self.depthwise_kernel, convert(1, 3)),
                                       run("ExpandDims", self.pointwise_kernel, convert(0, 3)), (1, *self.strides, 1), self.padding.upper(),
                                       self.dilation_rate)  # fmt: skip
        return execute("Squeeze", [made], {"squeeze_dims": [2]})


class Conv1DTranspose(Conv2DTranspose):
    """The gradient of a convolution of sequences, as a layer."""

    _constructor = staticmethod(Conv1D.__init__)

    def __init__(self, filters, kernel_size, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1, activation=None, **kwargs):
        super().__init__(filters, (_one(kernel_size), 1), (_one(strides), 1), padding, data_format=data_format, dilation_rate=(_one(dilation_rate), 1),
                         activation=activation, output_padding=None if output_padding is None else (_one(output_padding), 0), **kwargs)  # fmt: skip

    _rank = 1

    def _kernel_shape(self, channels):
        return (self.kernel_size[0], self.filters, channels)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=3, max_ndim=3)

    def _convolve(self, inputs):
        n, steps, _ = inputs._shape_tuple
        s, (out, _) = self.strides[0], enlarged(self, (steps, 1))
        made = nn_ops.conv2d_transpose(run("ExpandDims", inputs, convert(2, 3)), run("ExpandDims", self.kernel, convert(1, 3)), [n, out, 1, self.filters],
                                       [1, s, 1, 1], self.padding)  # fmt: skip
        return execute("Squeeze", [made], {"squeeze_dims": [2]})


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_")}  # fmt: skip
LAYERS.update(MaxPool3D=MaxPooling3D, AvgPool3D=AveragePooling3D, Convolution3D=Conv3D)
