"""Masking, and layers that are products: Dot, EinsumDense."""

import numpy as np

from sokuji._src.core import shapes
from sokuji._src.core.execute import convert, run, sizes
from sokuji._src.keras import activations
from sokuji._src.keras.layers_base import Layer
from sokuji._src.ops import array_ops, einsum, init_ops, math_ops, nn_ops


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
    """The product of two inputs along axes; of cosine similarity when normalized."""
    return Dot(axes, normalize, **kwargs)(inputs)


class Identity(Layer):
    """The input itself."""

    def call(self, inputs):
        return array_ops.identity(inputs)


class EinsumDense(Layer):
    """activation(einsum(equation, inputs, kernel) + bias)"""

    _more_config = {name: None for name in ("quantization_config", "activity_regularizer", "bias_constraint", "bias_regularizer", "kernel_constraint", "kernel_regularizer")}
    _keeps_activity = True

    def __init__(self, equation, output_shape, activation=None, bias_axes=None, kernel_initializer="glorot_uniform", bias_initializer="zeros", **kwargs):
        super().__init__(**kwargs)
        self.equation, self._wanted, self.bias_axes = equation, (output_shape,) if isinstance(output_shape, int) else tuple(output_shape), bias_axes
        self.activation, self._parts = activations.get(activation), (init_ops.get(kernel_initializer), init_ops.get(bias_initializer))
        self.bias = None

    def build(self, input_shape):
        shape = shapes.TensorShape(input_shape).as_list()
        left, right = self.equation.replace("...", "0").split("->")
        given, kernel = left.split(",")
        rest = "0" * (len(shape) - len(given) + 1)  # sizes that the ellipsis stands for
        given, right = given.replace("0", rest), right.replace("0", rest)
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
        made = (einsum.einsum if "..." in self.equation else math_ops.einsum)(self.equation, inputs, self.kernel)
        return self.activation(made if self.bias is None else made + self.bias)


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_")}  # fmt: skip
LAYERS["dot"] = dot
