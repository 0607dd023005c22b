"""Layers that leave each value at its place: noise, normalisation, activations with weights, rescaling."""

import numpy as np

from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, execute, run, sizes
from sokuji._src.keras import activations, layers
from sokuji._src.keras import random as keras_random
from sokuji._src.keras.layers import _format
from sokuji._src.keras.layers_base import Layer
from sokuji._src.ops import array_ops, nn_ops, random_ops
from sokuji._src.variables import variables


def _without(config, name):
    config.pop(name, None)
    return config


def _spatial_config(self):
    made = layers.Dropout.get_config(self)
    if variables._version == 1:
        return made
    made.update(dtype=self.dtype, seed=self.seed)
    return {name: made[name] for name in ("rate", "seed", "name", "dtype", "data_format") if name in made}


class SpatialDropout1D(layers.Dropout):
    """Drops whole channels of sequences."""

    get_config = _spatial_config

    def call(self, inputs, training=None):
        self.noise_shape = (inputs._shape_tuple[0], 1, inputs._shape_tuple[2])
        return super().call(inputs, training)


class SpatialDropout2D(layers.Dropout):
    """Drops whole channels of images."""

    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(rate, **kwargs)
        self.data_format = _format(data_format)

    get_config = _spatial_config

    def call(self, inputs, training=None):
        n, a, b, c = inputs._shape_tuple
        self.noise_shape = (n, 1, 1, c) if self.data_format == "channels_last" else (n, a, 1, 1)
        return super().call(inputs, training)


class _Noise(Layer):
    def _active(self, training):
        from sokuji._src.keras import models

        return models.learning_phase() if training is None else training

    def _normal(self, inputs, mean, stddev):
        """2.x: numbers from a seed generator of the layer's own."""
        if variables._version == 1:
            return random_ops.random_normal(inputs._shape_tuple, mean, stddev, inputs.dtype, self.seed)
        return keras_random.normal(inputs._shape_tuple, mean, stddev, inputs.dtype, self._seeds())

    def _seeds(self):
        if "_generator" not in vars(self):
            self._generator = keras_random.SeedGenerator(self.seed)
        return self._generator

    def _uniform(self, shape):
        return random_ops.random_uniform(shape, seed=self.seed) if variables._version == 1 else keras_random.uniform(shape, seed=self._seeds())


class GaussianNoise(_Noise):
    """In training adds normal numbers of the standard deviation."""

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed, self.supports_masking = stddev, seed, True

    def call(self, inputs, training=None):
        if not self._active(training):
            return array_ops.identity(inputs)
        return inputs + self._normal(inputs, 0.0, self.stddev)


class GaussianDropout(_Noise):
    """In training multiplies by normal numbers around 1 of variance rate / (1 - rate)."""

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.seed, self.supports_masking = rate, seed, True

    def call(self, inputs, training=None):
        if not self._active(training) or not 0 < self.rate < 1:
            return array_ops.identity(inputs)
        return inputs * self._normal(inputs, 1.0, float(np.sqrt(self.rate / (1.0 - self.rate))))


class AlphaDropout(_Noise):
    """Dropout that keeps the mean and the variance of what SELU gives."""

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError("Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate=%s" % rate)
        self.rate, self.seed, self.noise_shape, self.supports_masking = rate, seed, noise_shape, True

    def call(self, inputs, training=None):
        if not self._active(training) or self.rate <= 0:
            return array_ops.identity(inputs)
        least = -1.6732632423543772 * 1.0507009873554805
        shape = inputs._shape_tuple if self.noise_shape is None else [d if n is None else n for n, d in zip(self.noise_shape, inputs._shape_tuple)]
        kept = array_ops.cast(run("GreaterEqual", self._uniform(shape), convert(float(self.rate), 1)), inputs.dtype)
        a = ((1 - self.rate) * (1 + self.rate * least**2)) ** -0.5
        return a * (inputs * kept + least * (1 - kept)) - a * least * self.rate

    def get_config(self):
        return _without(super().get_config(), "noise_shape")


class LayerNormalization(Layer):
    """Normalises each example over the given axes."""

    _more_config = {"rms_scaling": False}

    def __init__(self, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones", beta_regularizer=None,
                 gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.center, self.scale, self.supports_masking = axis, epsilon, center, scale, True
        self._given_parts = (gamma_initializer, gamma_regularizer, gamma_constraint, beta_initializer, beta_regularizer, beta_constraint)
        self.gamma = self.beta = None

    def build(self, input_shape):
        shape = shapes.TensorShape(input_shape).as_list()
        self._axes = [a % len(shape) for a in (self.axis if isinstance(self.axis, (list, tuple)) else [self.axis])]
        size = tuple(shape[a] for a in self._axes)
        gi, gr, gc, bi, br, bc = self._given_parts
        if self.scale:
            self.gamma = self.add_weight("gamma", size, initializer=gi, regularizer=gr, constraint=gc)
        if self.center:
            self.beta = self.add_weight("beta", size, initializer=bi, regularizer=br, constraint=bc)
        self.built = True

    def call(self, inputs):
        if inputs.dtype in (dtypes.float16, dtypes.bfloat16):  # computed as float32, as Keras does
            return array_ops.cast(self._normalized(array_ops.cast(inputs, dtypes.float32)), inputs.dtype)
        return self._normalized(inputs)

    def _normalized(self, inputs):
        axes = convert(self._axes, 3)
        mean = execute("Mean", [inputs, axes], {"keep_dims": True})
        variance = execute("Mean", [run("SquaredDifference", inputs, mean), axes], {"keep_dims": True})
        made = (inputs - mean) * run("Rsqrt", variance + self.epsilon)
        wide = [inputs._shape_tuple[i] if i in self._axes else 1 for i in range(inputs.ndim)]
        own = lambda v: array_ops.cast(run("Reshape", v, sizes(wide)), inputs.dtype)  # noqa: E731
        if self.gamma is not None:
            made = made * own(self.gamma)
        return made if self.beta is None else made + own(self.beta)


class GroupNormalization(Layer):
    """Normalises each example over groups of channels and all positions."""

    def __init__(self, groups=32, axis=-1, epsilon=1e-3, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones", beta_regularizer=None,
                 gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.groups, self.axis, self.epsilon, self.center, self.scale, self.supports_masking = groups, axis, epsilon, center, scale, True
        self._given_parts = (gamma_initializer, gamma_regularizer, gamma_constraint, beta_initializer, beta_regularizer, beta_constraint)
        self.gamma = self.beta = None

    def build(self, input_shape):
        n = input_shape[self.axis]
        if n is None:
            raise ValueError("Axis %d of input tensor should have a defined dimension but the layer received an input with shape %s." % (self.axis, input_shape))
        if self.groups == -1:
            self.groups = n
        if n < self.groups or n % self.groups:
            raise ValueError("Number of groups (%d) must be a divisor of the number of channels (%d)." % (self.groups, n))
        gi, gr, gc, bi, br, bc = self._given_parts
        if self.scale:
            self.gamma = self.add_weight("gamma", (n,), initializer=gi, regularizer=gr, constraint=gc)
        if self.center:
            self.beta = self.add_weight("beta", (n,), initializer=bi, regularizer=br, constraint=bc)
        self.built = True

    def call(self, inputs):
        shape, place = list(inputs._shape_tuple), self.axis % inputs.ndim
        n = shape[place] // self.groups
        t = run("Reshape", inputs, sizes(shape[:place] + [self.groups, n] + shape[place + 1 :]))
        axes = convert([i for i in range(1, t.ndim) if i != place], 3)
        mean = execute("Mean", [t, axes], {"keep_dims": True})
        variance = execute("Mean", [run("SquaredDifference", t, mean), axes], {"keep_dims": True})
        made = run("Reshape", (t - mean) * run("Rsqrt", variance + self.epsilon), sizes(shape))
        wide = sizes([shape[i] if i == place else 1 for i in range(len(shape))])
        made = made if self.gamma is None else made * run("Reshape", self.gamma, wide)
        return made if self.beta is None else made + run("Reshape", self.beta, wide)


class RMSNormalization(Layer):
    """inputs over the root of their mean square, times a learned scale."""

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.epsilon = axis, epsilon

    def build(self, input_shape):
        self._axes = [a % len(input_shape) for a in (self.axis if isinstance(self.axis, (list, tuple)) else [self.axis])]
        self.scale = self.add_weight("scale", tuple(input_shape[a] for a in self._axes), initializer="ones")
        self.built = True

    def call(self, inputs):
        square = execute("Mean", [run("Square", inputs), convert(self._axes, 3)], {"keep_dims": True})
        wide = sizes([inputs._shape_tuple[i] if i in self._axes else 1 for i in range(inputs.ndim)])
        return inputs * run("Rsqrt", square + self.epsilon) * run("Reshape", self.scale, wide)


class Normalization(Layer):
    """(inputs - mean) / sqrt(variance), with the mean and the variance given, or learned by adapt."""

    _takes_lists = True

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        if (mean is None) != (variance is None):
            raise ValueError("When setting values directly, both `mean` and `variance` must be set. Received: mean=%s and variance=%s" % (mean, variance))
        self.axis = () if axis is None else tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
        self.invert, self.input_mean, self.input_variance, self.mean, self.variance = invert, mean, variance, None, None

    def get_config(self):
        config = super().get_config()
        for name in ("mean", "variance"):  # last, as Keras has them
            config[name] = config.pop(name)
        return config

    def build(self, input_shape):
        rank = len(input_shape)
        kept = sorted(a % rank for a in self.axis)
        self._axes = [i for i in range(rank) if i not in kept]
        self._wide = [input_shape[i] if i in kept else 1 for i in range(rank)]
        size = tuple(input_shape[i] for i in kept)
        if self.input_mean is not None:
            self._settle(*(np.broadcast_to(np.asarray(v, np.float32), size) for v in (self.input_mean, self.input_variance)))
        else:
            self.adapt_mean = self.add_weight("mean", size, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight("variance", size, initializer="ones", trainable=False)
            self.count = self.add_weight("count", (), dtype="int32", initializer="zeros", trainable=False)
            self._settle(self.adapt_mean.numpy(), self.adapt_variance.numpy())
        self.built = True

    def _settle(self, mean, variance):
        self.mean, self.variance = (convert(np.reshape(v, self._wide).astype(np.float32), 0) for v in (mean, variance))

    def adapt(self, data):
        """Learns the mean and the variance of an array, or of a dataset's batches."""
        if self.input_mean is not None:
            raise ValueError("Cannot `adapt` a Normalization layer that is initialized with static `mean` and `variance`.")
        if isinstance(data, (np.ndarray, list, tuple)) or hasattr(data, "_shape_tuple"):
            batches = [np.asarray(data, np.float64)]
        else:
            batches = [np.asarray(batch, np.float64) for batch in data]
        if not self.built:
            self.build((None, *batches[0].shape[1:]))
        axes, n = tuple(self._axes), 0
        total, square = 0.0, 0.0
        for batch in batches:
            n += int(np.prod([batch.shape[i] for i in axes]))
            total, square = total + batch.sum(axes), square + (batch * batch).sum(axes)
        mean = total / n
        variance = np.maximum(square / n - mean * mean, 0.0) if len(batches) > 1 else batches[0].var(axes)
        self.adapt_mean.assign(mean.astype(np.float32))
        self.adapt_variance.assign(variance.astype(np.float32))
        self._settle(mean, variance)

    def finalize_state(self):
        if self.input_mean is None and self.built:
            self._settle(self.adapt_mean.numpy(), self.adapt_variance.numpy())

    def load_own_variables(self, *arguments):
        super().load_own_variables(*arguments)
        self.finalize_state()

    def set_weights(self, weights):
        super().set_weights(weights)
        self.finalize_state()

    def call(self, inputs):
        inputs = array_ops.cast(inputs, self._dtype or "float32")
        deviation = run("Maximum", run("Sqrt", self.variance), convert(1e-7, self.variance._dtype_number))
        return self.mean + inputs * deviation if self.invert else (inputs - self.mean) / deviation


class UnitNormalization(Layer):
    """x over its Euclidean norm along an axis."""

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
        shape = shapes.TensorShape(input_shape).as_list()[1:]
        shared = [self.shared_axes] if isinstance(self.shared_axes, int) else self.shared_axes or []
        for axis in shared:
            shape[axis - 1] = 1
        self.alpha = self.add_weight("alpha", tuple(shape), initializer=self._parts[0], regularizer=self._parts[1], constraint=self._parts[2])
        self.built = True

    def call(self, inputs):
        return run("Relu", inputs) - self.alpha * run("Relu", -inputs)


class ThresholdedReLU(Layer):
    """x where it is above theta, 0 elsewhere."""

    def __init__(self, theta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.theta = float(theta)

    def call(self, inputs):
        return inputs * array_ops.cast(run("Greater", inputs, convert(self.theta, inputs._dtype_number)), inputs.dtype)


class ReLU(Layer):
    """max(x, 0), with a greatest value, a slope and a threshold where they are given."""

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
    """x where it is positive, a fraction of it elsewhere."""

    def __init__(self, negative_slope=None, alpha=None, **kwargs):
        super().__init__(**kwargs)
        slope = negative_slope if negative_slope is not None else alpha if alpha is not None else 0.3
        if slope < 0:
            raise ValueError("The negative_slope value of a Leaky ReLU layer cannot be negative. Received: %s" % slope)
        self.alpha = self.negative_slope = float(slope)
        self.supports_masking = True

    def get_config(self):
        return _without(super().get_config(), "alpha") if variables._version == 2 else super().get_config()

    def call(self, inputs):
        return nn_ops.leaky_relu(inputs, self.alpha)


class ActivityRegularization(Layer):
    """Adds l1 times the input's sizes and l2 times its squares to the loss."""

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=activations.L1L2(l1, l2), **kwargs)
        self.l1, self.l2 = l1, l2

    def get_config(self):
        return _without(super().get_config(), "activity_regularizer")

    def call(self, inputs):
        return array_ops.identity(inputs)


class Rescaling(Layer):
    """x * scale + offset"""

    _takes_lists = True

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset

    def call(self, inputs):
        return array_ops.cast(inputs, "float32") * convert(self.scale, 1) + convert(self.offset, 1)


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_")}  # fmt: skip
