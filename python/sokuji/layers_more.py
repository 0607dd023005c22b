"""More layers of tf.keras.layers: one-dimensional and global pooling, padding, cropping, noise, normalisation, masking, products."""

import numpy as np

from . import _shapes, activations, array_ops, init_ops, layers, math_ops, nn_ops, random_ops
from ._run import convert, execute, run, sizes
from .layers import Conv2D, _format, _pair, channels_first, channels_last
from .layers_base import InputSpec, Layer


def _one(value):
    return int(value[0] if isinstance(value, (list, tuple)) else value)


# ---- one dimension ----


class Conv1D(Conv2D):
    """Convolution of sequences: (batch, steps, channels)."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        if groups != 1:
            raise NotImplementedError("not implemented: tf.keras.layers.Conv1D with groups")
        self.__dict__["_causal"] = padding == "causal"
        super().__init__(filters, (_one(kernel_size), 1), (_one(strides), 1), "valid" if padding == "causal" else padding, data_format,
                         (_one(dilation_rate), 1), activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)  # fmt: skip

    def _kernel_shape(self, channels):
        return (self.kernel_size[0], channels, self.filters)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(min_ndim=3, max_ndim=3)

    def _convolve(self, inputs):
        if self._causal:
            inputs = array_ops.pad(inputs, [[0, 0], [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0], [0, 0]])
        kernel = run("ExpandDims", self.kernel, convert(1, 3))
        made = execute("Conv2D", [run("ExpandDims", inputs, convert(2, 3)), kernel], {"strides": (1, *self.strides, 1), "padding": self.padding,
                                                                                      "dilations": (1, *self.dilation_rate, 1)})  # fmt: skip
        return execute("Squeeze", [made], {"squeeze_dims": [2]})


class DepthwiseConv2D(Conv2D):
    """A convolution of each channel by itself."""

    def __init__(self, kernel_size, strides=(1, 1), padding="valid", depth_multiplier=1, data_format=None, dilation_rate=(1, 1), activation=None, use_bias=True,
                 depthwise_initializer="glorot_uniform", bias_initializer="zeros", depthwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(1, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, depthwise_initializer, bias_initializer,
                         depthwise_regularizer, bias_regularizer, activity_regularizer, depthwise_constraint, bias_constraint, **kwargs)  # fmt: skip
        self.depth_multiplier = depth_multiplier

    def _kernel_shape(self, channels):
        self.filters = channels * self.depth_multiplier
        return (*self.kernel_size, channels, self.depth_multiplier)

    def _convolve(self, inputs):
        return nn_ops.depthwise_conv2d(inputs, self.kernel, (1, *self.strides, 1), self.padding.upper(), self.dilation_rate)


class _Pooling1D(Layer):
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
    _operation = "MaxPool"


class AveragePooling1D(_Pooling1D):
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
    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.padding, self.data_format = _nested_sides(padding), _format(data_format)

    def call(self, inputs):
        rows = [list(p) for p in self.padding]
        return array_ops.pad(inputs, [[0, 0], *rows, [0, 0]] if self.data_format == "channels_last" else [[0, 0], [0, 0], *rows])


class Cropping1D(Layer):
    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.cropping = _sides(cropping)

    def call(self, inputs):
        return inputs[:, self.cropping[0] : inputs._shape_tuple[1] - self.cropping[1]]


class Cropping2D(Layer):
    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.cropping, self.data_format = _nested_sides(cropping), _format(data_format)

    def call(self, inputs):
        (top, bottom), (left, right) = self.cropping
        if self.data_format == "channels_first":
            _, _, h, w = inputs._shape_tuple
            return inputs[:, :, top : h - bottom, left : w - right]
        _, h, w, _ = inputs._shape_tuple
        return inputs[:, top : h - bottom, left : w - right]


def _repeated(t, axis, n):
    index = np.repeat(np.arange(t._shape_tuple[axis]), n)
    return run("GatherV2", t, convert(index, 9), convert(axis, 3))


class UpSampling1D(Layer):
    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.size = int(size)

    def call(self, inputs):
        return _repeated(inputs, 1, self.size)


class UpSampling2D(Layer):
    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs):
        super().__init__(**kwargs)
        if interpolation not in ("nearest", "bilinear"):
            raise NotImplementedError("not implemented: tf.keras.layers.UpSampling2D with interpolation='%s'; use 'nearest'" % interpolation)
        self.size, self.data_format, self.interpolation = _pair(size), _format(data_format), interpolation

    def call(self, inputs):
        if self.interpolation == "bilinear":
            from .image_ops import resize_half_pixel

            t = channels_last(inputs) if self.data_format == "channels_first" else inputs
            _, h, w, _ = t._shape_tuple
            t = resize_half_pixel(t, (h * self.size[0], w * self.size[1]))
            return channels_first(t) if self.data_format == "channels_first" else t
        first = 1 if self.data_format == "channels_last" else 2
        return _repeated(_repeated(inputs, first, self.size[0]), first + 1, self.size[1])


# ---- noise and normalisation ----


class SpatialDropout1D(layers.Dropout):
    def call(self, inputs, training=None):
        self.noise_shape = (inputs._shape_tuple[0], 1, inputs._shape_tuple[2])
        return super().call(inputs, training)


class SpatialDropout2D(layers.Dropout):
    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(rate, **kwargs)
        self.data_format = _format(data_format)

    def call(self, inputs, training=None):
        n, a, b, c = inputs._shape_tuple
        self.noise_shape = (n, 1, 1, c) if self.data_format == "channels_last" else (n, a, 1, 1)
        return super().call(inputs, training)


class _Noise(Layer):
    def _active(self, training):
        from . import models

        return models.learning_phase() if training is None else training


class GaussianNoise(_Noise):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed, self.supports_masking = stddev, seed, True

    def call(self, inputs, training=None):
        if not self._active(training):
            return array_ops.identity(inputs)
        return inputs + random_ops.random_normal(inputs._shape_tuple, 0.0, self.stddev, inputs.dtype, self.seed)


class GaussianDropout(_Noise):
    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.seed, self.supports_masking = rate, seed, True

    def call(self, inputs, training=None):
        if not self._active(training) or not 0 < self.rate < 1:
            return array_ops.identity(inputs)
        return inputs * random_ops.random_normal(inputs._shape_tuple, 1.0, float(np.sqrt(self.rate / (1.0 - self.rate))), inputs.dtype, self.seed)


class LayerNormalization(Layer):
    """Normalises each example over the given axes."""

    def __init__(self, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones", beta_regularizer=None,
                 gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.center, self.scale, self.supports_masking = axis, epsilon, center, scale, True
        self._given_parts = (gamma_initializer, gamma_regularizer, gamma_constraint, beta_initializer, beta_regularizer, beta_constraint)
        self.gamma = self.beta = None

    def build(self, input_shape):
        shape = _shapes.TensorShape(input_shape).as_list()
        self._axes = [a % len(shape) for a in (self.axis if isinstance(self.axis, (list, tuple)) else [self.axis])]
        size = tuple(shape[a] for a in self._axes)
        gi, gr, gc, bi, br, bc = self._given_parts
        if self.scale:
            self.gamma = self.add_weight("gamma", size, initializer=gi, regularizer=gr, constraint=gc)
        if self.center:
            self.beta = self.add_weight("beta", size, initializer=bi, regularizer=br, constraint=bc)
        self.built = True

    def call(self, inputs):
        axes = convert(self._axes, 3)
        mean = execute("Mean", [inputs, axes], {"keep_dims": True})
        variance = execute("Mean", [run("SquaredDifference", inputs, mean), axes], {"keep_dims": True})
        made = (inputs - mean) * run("Rsqrt", variance + self.epsilon)
        wide = [inputs._shape_tuple[i] if i in self._axes else 1 for i in range(inputs.ndim)]
        if self.gamma is not None:
            made = made * run("Reshape", self.gamma, sizes(wide))
        return made if self.beta is None else made + run("Reshape", self.beta, sizes(wide))


class UnitNormalization(Layer):
    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs):
        return nn_ops.l2_normalize(inputs, self.axis)


class PReLU(Layer):
    """max(0, x) + alpha * min(0, x), with an alpha that is learned."""

    def __init__(self, alpha_initializer="zeros", alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        self._parts, self.shared_axes = (alpha_initializer, alpha_regularizer, alpha_constraint), shared_axes

    def build(self, input_shape):
        shape = _shapes.TensorShape(input_shape).as_list()[1:]
        shared = [self.shared_axes] if isinstance(self.shared_axes, int) else self.shared_axes or []
        for axis in shared:
            shape[axis - 1] = 1
        self.alpha = self.add_weight("alpha", tuple(shape), initializer=self._parts[0], regularizer=self._parts[1], constraint=self._parts[2])
        self.built = True

    def call(self, inputs):
        return run("Relu", inputs) - self.alpha * run("Relu", -inputs)


class ThresholdedReLU(Layer):
    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = float(theta)

    def call(self, inputs):
        return inputs * array_ops.cast(run("Greater", inputs, convert(self.theta, inputs._dtype_number)), inputs.dtype)


class ReLU(Layer):
    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        if (max_value is not None and max_value < 0) or negative_slope is None or negative_slope < 0 or threshold is None or threshold < 0:
            raise ValueError("ReLU: max_value, negative_slope and threshold must not be negative")
        self.max_value, self.negative_slope, self.threshold, self.supports_masking = max_value, negative_slope, threshold, True

    def call(self, inputs):
        if self.threshold:
            on = array_ops.cast(run("Greater", inputs, convert(float(self.threshold), inputs._dtype_number)), inputs.dtype)
            made = inputs * on
        else:
            made = run("Relu", inputs)
        if self.max_value is not None:
            made = run("Minimum", made, convert(float(self.max_value), made._dtype_number))
        return made if not self.negative_slope else made - float(self.negative_slope) * run("Relu", float(self.threshold) - inputs)


class LeakyReLU(Layer):
    def __init__(self, negative_slope=None, alpha=None, **kwargs):
        super().__init__(**kwargs)
        slope = negative_slope if negative_slope is not None else alpha if alpha is not None else 0.3
        if slope < 0:
            raise ValueError("The negative_slope value of a Leaky ReLU layer cannot be negative. Received: %s" % slope)
        self.alpha = self.negative_slope = float(slope)
        self.supports_masking = True

    def call(self, inputs):
        return nn_ops.leaky_relu(inputs, self.alpha)


class ActivityRegularization(Layer):
    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=activations.L1L2(l1, l2), **kwargs)
        self.l1, self.l2 = l1, l2

    def call(self, inputs):
        return array_ops.identity(inputs)


class Rescaling(Layer):
    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset

    def call(self, inputs):
        return array_ops.cast(inputs, "float32") * convert(self.scale, 1) + convert(self.offset, 1)


# ---- masking ----


class Masking(Layer):
    """Steps whose values are all the mask value do not count."""

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value, self.supports_masking = mask_value, True

    def compute_mask(self, inputs, mask=None):
        inputs = convert(inputs, 0)
        return run("Any", run("NotEqual", inputs, convert(self.mask_value, inputs._dtype_number)), convert([-1], 3))

    def call(self, inputs):
        kept = self.compute_mask(inputs)
        return inputs * array_ops.cast(run("ExpandDims", kept, convert(-1, 3)), inputs.dtype)


# ---- products ----


class Dot(Layer):
    """The product of two inputs over an axis of each."""

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        self.axes, self.normalize = axes, normalize

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
            raise ValueError("A `Dot` layer should be called on a list of exactly 2 inputs.")
        a, b = inputs
        axes = [self.axes % a.ndim, self.axes % b.ndim] if isinstance(self.axes, int) else [x % t.ndim for x, t in zip(self.axes, (a, b))]
        if self.normalize:
            a, b = nn_ops.l2_normalize(a, axes[0]), nn_ops.l2_normalize(b, axes[1])
        left = run("Transpose", a, convert([0, *[i for i in range(1, a.ndim) if i != axes[0]], axes[0]], 3))
        right = run("Transpose", b, convert([0, axes[1], *[i for i in range(1, b.ndim) if i != axes[1]]], 3))
        n, free_a, free_b = a._shape_tuple[0], left._shape_tuple[1:-1], right._shape_tuple[2:]
        k = left._shape_tuple[-1]
        made = run("BatchMatMul", run("Reshape", left, sizes([n, int(np.prod(free_a)), k])), run("Reshape", right, sizes([n, k, int(np.prod(free_b))])))
        return run("Reshape", made, sizes([n, *free_a, *free_b] if free_a or free_b else [n, 1]))


def dot(inputs, axes, normalize=False, **kwargs):
    return Dot(axes, normalize, **kwargs)(inputs)


class Identity(Layer):
    def call(self, inputs):
        return array_ops.identity(inputs)


class EinsumDense(Layer):
    """activation(einsum(equation, inputs, kernel) + bias)"""

    def __init__(self, equation, output_shape, activation=None, bias_axes=None, kernel_initializer="glorot_uniform", bias_initializer="zeros", **kwargs):
        super().__init__(**kwargs)
        self.equation, self._wanted, self.bias_axes = equation, (output_shape,) if isinstance(output_shape, int) else tuple(output_shape), bias_axes
        self.activation, self._parts = activations.get(activation), (init_ops.get(kernel_initializer), init_ops.get(bias_initializer))
        self.bias = None
        if "..." in equation:
            raise NotImplementedError("not implemented: tf.keras.layers.EinsumDense with an ellipsis")

    def build(self, input_shape):
        shape = _shapes.TensorShape(input_shape).as_list()
        left, right = self.equation.split("->")
        given, kernel = left.split(",")
        size = dict(zip(given, shape))
        out = [None] * (len(right) - len(self._wanted)) + list(self._wanted)
        for label, d in zip(right, out):
            if d is not None:
                size[label] = d
        self.kernel = self.add_weight("kernel", tuple(size[c] for c in kernel), initializer=self._parts[0])
        if self.bias_axes:
            first = min(right.index(c) for c in self.bias_axes)
            self.bias = self.add_weight("bias", tuple(size[c] if c in self.bias_axes else 1 for c in right[first:]), initializer=self._parts[1])
        self.built = True

    def call(self, inputs):
        made = math_ops.einsum(self.equation, inputs, self.kernel)
        return self.activation(made if self.bias is None else made + self.bias)


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_")}  # fmt: skip
LAYERS.update(dot=dot, MaxPool1D=MaxPooling1D, AvgPool1D=AveragePooling1D, GlobalAvgPool1D=GlobalAveragePooling1D, GlobalMaxPool1D=GlobalMaxPooling1D,
              GlobalAvgPool2D=GlobalAveragePooling2D, GlobalMaxPool2D=GlobalMaxPooling2D, Convolution1D=Conv1D)  # fmt: skip
