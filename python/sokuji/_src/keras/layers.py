"""The layers of tf.keras.layers. tf.layers' are the same classes with that module's argument defaults (layers_1.py)."""

import numpy as np

from sokuji import _core
from sokuji._src.core import shapes
from sokuji._src.core.execute import convert, execute, refuse, run, run_fused, sizes
from sokuji._src.keras import activations, at_once, serialization
from sokuji._src.keras import random as keras_random
from sokuji._src.keras.layers_base import InputSpec, Layer
from sokuji._src.ops import array_ops, convolution_ops, init_ops, math_ops, nn_ops
from sokuji._src.variables import variables


def _pair(value, n=2):
    return (value,) * n if isinstance(value, int) else tuple(int(v) for v in value)


def _last(shape):
    size = shapes.TensorShape(shape).as_list()[-1]
    if size is None:
        raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
    return size


def _format(data_format):
    made = "channels_last" if data_format is None else data_format.lower()
    if made not in ("channels_last", "channels_first"):
        raise ValueError("The `data_format` argument must be one of \"channels_first\", \"channels_last\". Received: %s" % data_format)
    return made


def channels_last(t):
    """(batch, channels, …) to (batch, …, channels)"""
    return run("Transpose", t, convert([0, *range(2, t.ndim), 1], 3))


def channels_first(t):
    return run("Transpose", t, convert([0, t.ndim - 1, *range(1, t.ndim - 1)], 3))


def _fused(op, layer, inputs, rank, attributes):
    """Inputs by the layer's kernel, plus its bias, and its activation: in one operation, as the C layers do; None where that does not go."""
    if inputs.ndim != rank:
        return None
    activation = layer.activation
    relu = activations.is_relu(activation)
    outputs = run_fused(op, [inputs, layer.kernel, layer.bias], {**attributes, "relu": relu})
    return outputs if outputs is None or relu or activation is activations.linear else activation(outputs)


class Dense(Layer):
    """activation(inputs @ kernel + bias)"""

    _more_config = {"quantization_config": None}

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if int(units) <= 0:
            raise ValueError("Received an invalid value for `units`, expected a positive integer. Received: units=%s" % units)
        self.units, self.use_bias, self.supports_masking = int(units), use_bias, True
        self.activation = activations.get(activation)
        self.kernel_initializer, self.bias_initializer = init_ops.get(kernel_initializer), init_ops.get(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = (activations.get_regularizer(r) for r in (kernel_regularizer, bias_regularizer))
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.bias = None

    def build(self, input_shape):
        if variables._version == 2 and input_shape is not None and len(input_shape) < 2:
            raise ValueError("Input 0 with name 'None' of layer '%s' is incompatible with the layer: expected min_ndim=2, found ndim=%d. Full shape received: %s"
                             % (self.name, len(input_shape), tuple(input_shape)))  # fmt: skip
        self.kernel = self.add_weight("kernel", (_last(input_shape), self.units), initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight("bias", (self.units,), initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2, axes={-1: _last(input_shape)})
        self.built = True

    call = _core.LayerBase._dense_call

    def _call_any(self, inputs):
        if self.bias is not None:
            outputs = _fused("FusedMatMul", self, inputs, 2, {})
            if outputs is not None:
                return outputs
        if inputs.ndim == 2:
            outputs = inputs @ self.kernel
        else:
            outputs = math_ops.tensordot(inputs, self.kernel, [[inputs.ndim - 1], [0]])
        if self.bias is not None:
            outputs = run("BiasAdd", outputs, self.bias)
        return outputs if self.activation is activations.linear else self.activation(outputs)


class Conv2D(Layer):
    """Convolution of images: (batch, rows, columns, channels)."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1), activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        self.__dict__["groups"] = int(kwargs.pop("groups", 1))
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.data_format = _format(data_format)
        self.filters, self.kernel_size, self.strides = int(filters), _pair(kernel_size), _pair(strides)
        self.padding, self.dilation_rate, self.use_bias = padding.lower(), _pair(dilation_rate), use_bias
        if self.padding not in ("valid", "same"):
            raise ValueError("The `padding` argument must be one of \"valid\", \"same\". Received: %s" % padding)
        self.activation = activations.get(activation)
        self.kernel_initializer, self.bias_initializer = init_ops.get(kernel_initializer), init_ops.get(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = (activations.get_regularizer(r) for r in (kernel_regularizer, bias_regularizer))
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.bias = None
        if variables._version == 2:
            self._check_arguments()
        elif type(self) is Conv2D and not len(self.kernel_size) == len(self.strides) == len(self.dilation_rate) == 2:
            name = next(n for n in ("kernel_size", "strides", "dilation_rate") if len(getattr(self, n)) != 2)
            raise ValueError("The `%s` argument must be a tuple of 2 integers. Received: %s" % (name, getattr(self, name)))

    _rank, _kernel_name = 2, "kernel"

    def _check_arguments(self):
        groups, filters = self.groups, self.filters
        if filters is not None and filters <= 0 or groups <= 0 or (filters is not None and filters % groups):
            raise ValueError("Invalid value for argument `filters` or `groups`: both must be positive and `groups` divide `filters`. Received: %s and %s" % (filters, groups))
        for name in ("kernel_size", "strides", "dilation_rate"):
            given = getattr(self, name)
            if len(given) != max(self._rank, 2) or min(given) <= 0:
                raise ValueError("The `%s` argument must be %d positive integers. Received: %s" % (name, self._rank, given))
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides=%s and dilation_rate=%s" % (self.strides, self.dilation_rate))

    def get_config(self):
        made = super().get_config()
        if variables._version == 2:
            kind = type(self).__name__
            if "Transpose" in kind:
                made.pop("groups", None)
            made.update({"output_padding": self.output_padding} if "Transpose" in kind else {} if kind.startswith(("Depth", "Separable")) else {"groups": self.groups})
        return made

    def _kernel_shape(self, channels):
        return (*self.kernel_size, channels // self.groups, self.filters)

    def build(self, input_shape):
        if variables._version == 2 and len(input_shape) != self._rank + 2:
            raise ValueError("Layer %s takes inputs of %d dimensions. Received: input_shape=%s" % (self.name, self._rank + 2, tuple(input_shape)))
        channels = _last(input_shape) if self.data_format == "channels_last" else shapes.TensorShape(input_shape).as_list()[1]
        if channels % self.groups:
            raise ValueError("The number of input channels must be evenly divisible by the number of groups. Received: groups=%d, input channels=%d" % (self.groups, channels))
        self.kernel = self.add_weight(self._kernel_name if variables._version == 1 else "kernel", self._kernel_shape(channels), initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight("bias", (self.filters,), initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.input_spec = InputSpec(min_ndim=4, max_ndim=4, axes={self._channel_axis: channels})
        self.built = True

    _channel_axis = property(lambda self: -1 if self.data_format == "channels_last" else 1)

    def _window(self):
        return {"strides": (1, *self.strides, 1), "padding": self.padding, "dilations": (1, *self.dilation_rate, 1)}

    def _convolve(self, inputs):
        return convolution_ops.grouped(inputs, self.kernel, lambda t, kernel: execute("Conv2D", [t, kernel], self._window()))

    def call(self, inputs):
        if self.data_format == "channels_first":
            return channels_first(self._images(channels_last(inputs)))
        return self._images(inputs)

    def _images(self, inputs):
        if self.bias is not None and self.groups == 1 and type(self)._convolve is Conv2D._convolve:
            outputs = _fused("FusedConv2D", self, inputs, 4, self._window())
            if outputs is not None:
                return outputs
        outputs = self._convolve(inputs)
        if self.bias is not None:
            outputs = run("BiasAdd", outputs, self.bias)
        return outputs if self.activation is activations.linear else self.activation(outputs)


def enlarged(layer, given):
    """The sizes that a transposed convolution makes of the given ones."""
    out = layer.output_padding
    out = [None] * len(given) if out is None else _pair(out, len(given))
    if layer.padding == "same":
        return [d * s if p is None else (d - 1) * s + k - 2 * (k // 2) + p for d, s, k, p in zip(given, layer.strides, layer.kernel_size, out)]
    return [d * s + max(k - s, 0) if p is None else (d - 1) * s + k + p for d, s, k, p in zip(given, layer.strides, layer.kernel_size, out)]


class Conv2DTranspose(Conv2D):
    """The gradient of a convolution, as a layer: enlarges images."""

    _constructor = staticmethod(Conv2D.__init__)

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", *arguments, output_padding=None, **keywords):
        super().__init__(filters, kernel_size, strides, padding, *arguments, **keywords)
        self.output_padding = output_padding
        if max(self.dilation_rate) > 1:
            raise NotImplementedError("not implemented: tf.keras.layers.%s with dilation_rate" % type(self).__name__)

    def _kernel_shape(self, channels):
        return (*self.kernel_size, self.filters, channels)

    def _convolve(self, inputs):
        n, rows, columns, _ = inputs._shape_tuple
        return nn_ops.conv2d_transpose(inputs, self.kernel, [n, *enlarged(self, (rows, columns)), self.filters], [1, *self.strides, 1], self.padding)


class SeparableConv2D(Conv2D):
    """A convolution of each channel by itself, then one of 1x1 that mixes them."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1), depth_multiplier=1,
                 activation=None, use_bias=True, depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs):  # fmt: skip
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, None, bias_initializer,
                         bias_regularizer=bias_regularizer, activity_regularizer=activity_regularizer, bias_constraint=bias_constraint, **kwargs)  # fmt: skip
        self.depthwise_constraint, self.pointwise_constraint = depthwise_constraint, pointwise_constraint
        # tf.keras of 1.8 takes it and has one filter for each channel nevertheless
        self.depth_multiplier = 1 if variables._version == 1 and type(self) is SeparableConv2D else depth_multiplier
        self.depthwise_initializer, self.pointwise_initializer = init_ops.get(depthwise_initializer), init_ops.get(pointwise_initializer)
        self.depthwise_regularizer, self.pointwise_regularizer = (activations.get_regularizer(r) for r in (depthwise_regularizer, pointwise_regularizer))

    def build(self, input_shape):
        channels = shapes.TensorShape(input_shape).as_list()[self._channel_axis]
        self.depthwise_kernel = self.add_weight("depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier),
                                                initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
                                                constraint=self.depthwise_constraint)  # fmt: skip
        self.pointwise_kernel = self.add_weight("pointwise_kernel", (1, 1, channels * self.depth_multiplier, self.filters),
                                                initializer=self.pointwise_initializer, regularizer=self.pointwise_regularizer,
                                                constraint=self.pointwise_constraint)  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight("bias", (self.filters,), initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.built = True

    def _convolve(self, inputs):
        return nn_ops.separable_conv2d(inputs, self.depthwise_kernel, self.pointwise_kernel, (1, *self.strides, 1), self.padding.upper(),
                                       self.dilation_rate)  # fmt: skip


class _Pooling2D(Layer):
    _operation = None

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = _format(data_format)
        self.pool_size = _pair(pool_size)
        self.strides = self.pool_size if strides is None else _pair(strides)
        self.padding = padding

    def call(self, inputs):
        if self.data_format == "channels_first":
            return channels_first(self._pooled(channels_last(inputs)))
        return self._pooled(inputs)

    def _pooled(self, inputs):
        return execute(self._operation, [inputs], {"ksize": (1, *self.pool_size, 1), "strides": (1, *self.strides, 1), "padding": self.padding})


class MaxPooling2D(_Pooling2D):
    """Maxima of windows over images."""

    _operation = "MaxPool"


class AveragePooling2D(_Pooling2D):
    """Means of windows over images."""

    _operation = "AvgPool"


class Flatten(Layer):
    """(batch, …) to (batch, the product of the rest)"""

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = _format(data_format)

    def call(self, inputs):
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = channels_last(inputs)
        shape = inputs._shape_tuple
        return run("Reshape", inputs, sizes([shape[0], int(np.prod(shape[1:], dtype=np.int64))]))


class Reshape(Layer):
    """The same elements under another shape, the batch aside."""

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, inputs):
        return run("Reshape", inputs, sizes((inputs._shape_tuple[0], *self.target_shape)))


class Permute(Layer):
    """The axes, but the batch, in another order; counted from 1."""

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)

    def call(self, inputs):
        return run("Transpose", inputs, convert([0, *self.dims], 3))


class RepeatVector(Layer):
    """(batch, n) to (batch, times, n)."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n

    def call(self, inputs):
        return array_ops.tile(array_ops.expand_dims(inputs, 1), [1, self.n, 1])


class Activation(Layer):
    """A function, or one of tf.keras.activations by name, of the input."""

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs):
        return self.activation(inputs)


class ELU(Layer):
    """x where it is positive, alpha (exp(x) - 1) elsewhere."""

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, inputs):
        made = run("Elu", inputs)
        return made if self.alpha == 1.0 else run("Select", run("Greater", inputs, array_ops.zeros_like(inputs)), made, self.alpha * made)


class Softmax(Layer):
    """exp(x) over its sum along an axis."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.supports_masking = axis, True

    def call(self, inputs, mask=None):
        if mask is not None:
            inputs = inputs + (1.0 - array_ops.cast(mask, inputs.dtype)) * -3.4028235e38 / 2.0
        return nn_ops.softmax(inputs, self.axis)


class Lambda(Layer):
    """Any function of the input."""

    _refuses_shapes = False

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        refuse("tf.keras.layers.Lambda", "subclass Layer and write compute_mask", mask=mask)
        self.function, self.arguments = function, arguments or {}

    def call(self, inputs):
        return self.function(inputs, **self.arguments)

    def get_config(self):
        made = super().get_config()
        if variables._version == 2:
            own = self.function
            lambda_ = getattr(own, "__name__", "") == "<lambda>"
            made["function"] = {"class_name": "__lambda__", "config": dict(zip(("code", "defaults", "closure"), serialization.code_of(own)))} if lambda_ else (
                serialization.serialize(own))  # fmt: skip
            made.update(arguments=self.arguments)
            del made["output_shape"], made["mask"]
        return made


class Dropout(Layer):
    """Sets a part of the inputs to 0 while training and scales the rest."""

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        if variables._version == 2 and not 0 <= rate <= 1:
            raise ValueError("Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=%s" % rate)
        self.rate, self.noise_shape, self.seed, self.supports_masking = min(1.0, max(0.0, rate)), noise_shape, seed, True
        self._generator = keras_random.SeedGenerator(seed) if variables._version == 2 and rate > 0 else None

    def call(self, inputs, training=None):
        from sokuji._src.keras import models

        if training is None:
            training = models.learning_phase()
        if not training or not 0.0 < self.rate < 1.0:
            return array_ops.identity(inputs) if self.rate < 1.0 or not training else array_ops.zeros_like(inputs)
        if self._generator is not None:
            return keras_random.dropout(inputs, self.rate, self.noise_shape, self._generator)
        return nn_ops.dropout(inputs, 1.0 - self.rate, self.noise_shape, self.seed)


def _masked_moments(inputs, axes, mask):
    """Mean and variance of what the mask keeps."""
    m = array_ops.cast(mask, inputs.dtype)
    while m.ndim < inputs.ndim:
        m = run("ExpandDims", m, convert(-1, 3))
    m = run("Mul", m, array_ops.ones_like(inputs))
    where = convert(axes, 3)
    n = execute("Sum", [m, where], {"keep_dims": True}) + 1e-7
    mean = execute("Sum", [inputs * m, where], {"keep_dims": True}) / n
    variance = execute("Sum", [run("Square", inputs - mean) * m, where], {"keep_dims": True}) / n
    return (execute("Squeeze", [t], {"squeeze_dims": axes}) for t in (mean, variance))


class BatchNormalization(Layer):
    """Normalises over all axes but one; keeps moving averages for inference."""

    _more_config = {"renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99, "synchronized": False}

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones",
                 moving_mean_initializer="zeros", moving_variance_initializer="ones", beta_regularizer=None, gamma_regularizer=None,
                 beta_constraint=None, gamma_constraint=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.axis, self.momentum, self.epsilon, self.center, self.scale, self.supports_masking = axis, momentum, epsilon, center, scale, True
        self._initializers = [init_ops.get(i) for i in (gamma_initializer, beta_initializer, moving_mean_initializer, moving_variance_initializer)]
        self._regularizers = [activations.get_regularizer(r) for r in (gamma_regularizer, beta_regularizer)]
        self.gamma_constraint, self.beta_constraint = gamma_constraint, beta_constraint

    def build(self, input_shape):
        shape = shapes.TensorShape(input_shape).as_list()
        if variables._version == 2:
            shape[self.axis]
            self.input_spec = InputSpec(ndim=len(shape), axes={self.axis: shape[self.axis]})
        self._place = self.axis % len(shape)
        size = (shape[self._place],)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight("gamma", size, initializer=self._initializers[0], regularizer=self._regularizers[0],
                                         constraint=self.gamma_constraint)  # fmt: skip
        if self.center:
            self.beta = self.add_weight("beta", size, initializer=self._initializers[1], regularizer=self._regularizers[1],
                                        constraint=self.beta_constraint)  # fmt: skip
        self.moving_mean = self.add_weight("moving_mean", size, initializer=self._initializers[2], trainable=False)
        self.moving_variance = self.add_weight("moving_variance", size, initializer=self._initializers[3], trainable=False)
        self.built = True

    @property
    def updates(self):
        """In graphs of 1.x: what a step of training changes beside the weights."""
        return [self.moving_mean, self.moving_variance] if self.built and at_once.is_graph() else []

    def _moved(self, variable, value):
        variable._assign_sub((variable._read() - value) * (1.0 - self.momentum))

    def call(self, inputs, training=None, mask=None):
        from sokuji._src.keras import models

        if training is None:
            training = models.learning_phase()
        if variables._version == 2 and not self.trainable:
            training = False  # a frozen layer only infers
        rank = inputs.ndim
        fused = variables._version == 1 and self._place == rank - 1 == 3 and inputs._dtype_number == 1
        if fused and self.scale and self.center:
            return self._fused(inputs, bool(training))
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            axes = [i for i in range(rank) if i != self._place]
            mean, variance = nn_ops.moments(inputs, axes) if mask is None or variables._version == 1 else _masked_moments(inputs, axes, mask)
            self._moved(self.moving_mean, mean)
            self._moved(self.moving_variance, variance)
        wide = [None if v is None else self._wide(v, rank) for v in (mean, variance, self.beta, self.gamma)]
        return nn_ops.batch_normalization(inputs, *wide, self.epsilon)

    def _fused(self, inputs, training):
        given = (None, None) if training else (self.moving_mean, self.moving_variance)
        outputs, mean, variance = nn_ops.fused_batch_norm(inputs, self.gamma, self.beta, *given, epsilon=self.epsilon, is_training=training)
        if training:
            self._moved(self.moving_mean, mean)
            self._moved(self.moving_variance, variance)
        return outputs

    def _wide(self, v, rank):
        if self._place == rank - 1:
            return v
        shape = [1] * rank
        shape[self._place] = v._size
        return run("Reshape", v, sizes(shape))


def _uniform():
    """What "uniform" means: [0, 1) in 1.x, [-0.05, 0.05) in 2.x."""
    from sokuji._src.core.conversion import _version

    return init_ops.RandomUniform() if _version == 1 else init_ops.RandomUniform(-0.05, 0.05)


class Embedding(Layer):
    """Rows of a table, by number."""

    _refuses_shapes = False
    _more_config, _keeps_activity = {"quantization_config": None}, True

    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform", embeddings_regularizer=None, activity_regularizer=None,
                 embeddings_constraint=None, mask_zero=False, input_length=None, **kwargs):  # fmt: skip
        if "input_shape" not in kwargs and input_length is not None:
            kwargs["input_shape"] = (input_length,)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.input_dim, self.output_dim, self.mask_zero, self.input_length = input_dim, output_dim, mask_zero, input_length
        named = isinstance(embeddings_initializer, str) and embeddings_initializer == "uniform"
        self.embeddings_initializer = _uniform() if named else init_ops.get(embeddings_initializer)
        self.embeddings_regularizer, self.embeddings_constraint = activations.get_regularizer(embeddings_regularizer), embeddings_constraint

    def build(self, input_shape):
        self.embeddings = self.add_weight("embeddings", (self.input_dim, self.output_dim), "float32", self.embeddings_initializer,
                                          self.embeddings_regularizer, constraint=self.embeddings_constraint)  # fmt: skip
        self.built = True

    def compute_mask(self, inputs, mask=None):
        inputs = convert(inputs, 0)
        return run("NotEqual", inputs, array_ops.zeros_like(inputs)) if self.mask_zero else None

    def call(self, inputs):
        ids = inputs if inputs.dtype.is_integer else array_ops.cast(inputs, "int32")
        return run("GatherV2", self.embeddings, ids, convert(0, 3))

    def get_config(self):
        made = super().get_config()
        if variables._version == 2:
            made.pop("input_length", None)
        return made


# ---- of several inputs ----


def _same_rank(inputs):
    """2.x: inputs of fewer dimensions get new ones after the batch's."""
    most = max(t.ndim for t in inputs)
    if variables._version == 1 or all(t.ndim == most for t in inputs):
        return inputs
    return [run("Reshape", t, sizes([t._shape_tuple[0], *[1] * (most - t.ndim), *t._shape_tuple[1:]])) for t in inputs]


def _shown(shape):
    return "(%s%s)" % (", ".join(map(str, shape)), "," * (len(shape) == 1))


def _check_merged(name, inputs):
    """What may be merged: a list of inputs of one batch size whose other sizes broadcast."""
    if variables._version == 1 and isinstance(inputs, (list, tuple)) and len(inputs) < 2:
        raise ValueError("A merge layer should be called on a list of at least 2 inputs. Got %d inputs." % len(inputs))
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError("A merge layer should be called on a list of inputs. Received: %s" % (inputs,))
    if name == "Subtract" and len(inputs) != 2:
        raise ValueError("A `Subtract` layer should be called on exactly 2 inputs. Received: %d" % len(inputs))
    if variables._version == 1:
        first = tuple(inputs[0]._shape_tuple[1:])
        for t in inputs[1:]:
            other = tuple(t._shape_tuple[1:])
            if any(a != b and 1 not in (a, b) and None not in (a, b) for a, b in zip(first[::-1], other[::-1])):
                raise ValueError("Operands could not be broadcast together with shapes %s %s" % (_shown(first), _shown(other)))
            first = other if len(other) > len(first) else first
        return
    given = [tuple(t._shape_tuple) for t in inputs]
    if len({s[0] for s in given if s and s[0] is not None}) > 1:
        raise ValueError("Cannot merge tensors with different batch sizes. Received tensors with shapes %s" % given)
    for place in range(1, max(len(s) for s in given)):
        if len({s[-place] for s in given if len(s) > place and s[-place] not in (1, None)}) > 1:
            raise ValueError("Inputs have incompatible shapes. Received shapes %s" % [s[1:] for s in given])


def _merging(name, combine):
    def call(self, inputs):
        _check_merged(name, inputs)
        return combine(_same_rank(list(inputs)))

    def compute_mask(self, inputs, mask=None):
        known = [m for m in mask if m is not None] if isinstance(mask, (list, tuple)) else []
        made = known[0] if known else None
        for m in known[1:]:
            made = run("LogicalAnd", made, m)
        return made

    return type(name, (Layer,), {"call": call, "compute_mask": compute_mask, "supports_masking": True, "__doc__": "The %s of its inputs, element by element." % name.lower(), "__module__": __name__})


def _fold(operation):
    def combine(inputs):
        total = inputs[0]
        for t in inputs[1:]:
            total = run(operation, total, t)
        return total

    return combine


Add, Multiply, Maximum, Minimum = (_merging(n, _fold(op)) for n, op in (("Add", "Add"), ("Multiply", "Mul"), ("Maximum", "Maximum"), ("Minimum", "Minimum")))
Subtract = _merging("Subtract", _fold("Sub"))
Average = _merging("Average", lambda inputs: _fold("Add")(inputs) / len(inputs))


class Concatenate(Layer):
    """A list of inputs, one after the other along an axis."""

    supports_masking = True

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def compute_mask(self, inputs, mask=None):
        if not isinstance(mask, (list, tuple)) or all(m is None for m in mask):
            return None
        parts = []
        for t, m in zip(inputs, mask):
            m = array_ops.ones_like(t, "bool") if m is None else m
            parts.append(run("ExpandDims", m, convert(-1, 3)) if m.ndim < t.ndim else m)
        made = array_ops.concat(parts, self.axis)
        return run("All", made, convert([-1], 3))

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ValueError("A `Concatenate` layer should be called on a list of at least 1 input. Received: %s" % (inputs,))
        if variables._version == 1:
            given, n = [tuple(t._shape_tuple) for t in inputs], inputs[0].ndim
            if len({s[: self.axis % n] + s[self.axis % n + 1 :] for s in given}) > 1:
                raise ValueError("A `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got inputs shapes: %s" % [(None, *s[1:]) for s in given])
        return array_ops.concat(list(inputs), self.axis)


def _function_of(cls):
    def function(inputs, **kwargs):
        """The layer of that name, called with a list of inputs."""
        return cls(**kwargs)(inputs)

    return function


add, multiply, maximum, minimum, subtract, average = (_function_of(c) for c in (Add, Multiply, Maximum, Minimum, Subtract, Average))


def concatenate(inputs, axis=-1, **kwargs):
    """A list of inputs, one after the other along an axis."""
    return Concatenate(axis, **kwargs)(inputs)


MaxPool2D, AvgPool2D, Convolution2D, Convolution2DTranspose, SeparableConvolution2D = MaxPooling2D, AveragePooling2D, Conv2D, Conv2DTranspose, SeparableConv2D


def every():
    """The layers' classes by name."""
    from sokuji._src.keras.layers_3d import LAYERS as volumes
    from sokuji._src.keras.layers_image import LAYERS as images
    from sokuji._src.keras.layers_lookup import LAYERS as lookups
    from sokuji._src.keras.layers_more import LAYERS as more
    from sokuji._src.keras.layers_more import LAYERS_2 as more_2
    from sokuji._src.keras.layers_normalization import LAYERS as normalization
    from sokuji._src.keras.layers_products import LAYERS as products
    from sokuji._src.keras.layers_space import LAYERS as space
    from sokuji._src.keras.recurrent import LAYERS as recurrent

    found = {**KERAS, **space, **normalization, **products, **volumes, **recurrent, **images, **lookups, **more, **more_2}
    return {name: value for name, value in found.items() if isinstance(value, type)}


KERAS = {name: value for name, value in list(globals().items())
         if isinstance(value, type) and issubclass(value, Layer) and not name.startswith("_")}  # fmt: skip
KERAS.update(InputSpec=InputSpec, add=add, multiply=multiply, maximum=maximum, minimum=minimum, subtract=subtract, average=average, concatenate=concatenate)
