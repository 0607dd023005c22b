"""Activations by name or function, and regularizers, as tf.keras takes them."""

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, execute, run
from sokuji._src.ops import array_ops, functions, nn_ops

_table = functions.table(1)
relu, elu, selu, softplus, softsign = (_table["nn." + n] for n in ("relu", "elu", "selu", "softplus", "softsign"))
tanh, sigmoid = _table["tanh"], _table["sigmoid"]


def is_relu(function):
    """The positive part and nothing else: of either version of tf.nn, or by name."""
    return function is relu_2 or _core.is_op(function, "Relu")


def softmax(x, axis=-1):
    """exp(x) over its sum along an axis."""
    return nn_ops.softmax(x, axis)


def linear(x):
    """x"""
    return x


_core.set_hook("linear", linear)


def exponential(x):
    """exp(x)"""
    return run("Exp", convert(x, 0))


def hard_sigmoid(x):
    """A line between 0 and 1 near x = 0: 0 below it and 1 above."""
    from sokuji._src.variables import variables

    x = convert(x, 0)
    if variables._version == 2:
        return run("Relu6", x + 3.0) / 6.0
    return run("ClipByValue", 0.2 * x + 0.5, convert(0.0, x._dtype_number), convert(1.0, x._dtype_number))


def silu(x):
    """x times its sigmoid."""
    x = convert(x, 0)
    return x * run("Sigmoid", x)


def gelu(x, approximate=False):
    """x times the normal distribution's probability of less than x; or that by tanh."""
    x = convert(x, 0)
    if approximate:
        return 0.5 * x * (1.0 + run("Tanh", 0.7978845608028654 * (x + 0.044715 * x**3.0)))
    return 0.5 * x * (1.0 + run("Erf", x / 1.4142135623730951))


def relu6(x):
    """x between 0 and 6."""
    return run("Relu6", convert(x, 0))


def leaky_relu(x, negative_slope=0.2):
    """x where it is positive, negative_slope x elsewhere."""
    return nn_ops.leaky_relu(x, negative_slope)


def mish(x):
    """x tanh(log(1 + exp(x)))"""
    x = convert(x, 0)
    return x * run("Tanh", run("Softplus", x))


def log_softmax(x, axis=-1):
    """The logarithm of softmax along an axis."""
    return nn_ops.log_softmax(convert(x, 0), axis)


def relu_2(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """max(x, 0) in its simplest form; with a threshold and a greatest value, and a slope below the threshold."""
    x = convert(x, 0)
    number = lambda v: convert(float(v), x._dtype_number)  # noqa: E731
    if not negative_slope and not threshold:
        made = run("Relu", x)
    else:
        below = number(negative_slope) * (x - number(threshold))
        made = run("SelectV2", run("Greater", x, number(threshold)), x, below)
    return made if max_value is None else run("Minimum", made, number(max_value))


relu_2.__name__ = "relu"


def celu(x, alpha=1.0):
    """max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)"""
    x = convert(x, 0)
    zero = run("ZerosLike", x)
    return run("Maximum", x, zero) + alpha * run("Expm1", run("Minimum", x, zero) / alpha)


def hard_silu(x):
    """x times its hard sigmoid."""
    x = convert(x, 0)
    return x * hard_sigmoid(x)


def hard_tanh(x):
    """x between -1 and 1, those elsewhere."""
    x = convert(x, 0)
    return run("ClipByValue", x, convert(-1.0, x._dtype_number), convert(1.0, x._dtype_number))


def _outside(x, bound, above, below):
    """`above` over the bound, `below` under minus the bound, 0 between."""
    limit = convert(float(bound), x._dtype_number)
    zero = run("ZerosLike", x)
    return run("SelectV2", run("Greater", x, limit), above, run("SelectV2", run("Less", x, -limit), below, zero))


def soft_shrink(x, threshold=0.5):
    """x moved towards 0 by the threshold, 0 where it is within."""
    x = convert(x, 0)
    return _outside(x, threshold, x - threshold, x + threshold)


def hard_shrink(x, threshold=0.5):
    """x where its size is above the threshold, 0 elsewhere."""
    x = convert(x, 0)
    return _outside(x, threshold, x, x)


def tanh_shrink(x):
    """x - tanh(x)"""
    x = convert(x, 0)
    return x - run("Tanh", x)


def squareplus(x, b=4):
    """(x + sqrt(x² + b)) / 2"""
    x = convert(x, 0)
    return 0.5 * (x + run("Sqrt", run("Square", x) + convert(float(b), x._dtype_number)))


def threshold(x, threshold, default_value):
    """x where it is above the threshold, default_value elsewhere."""
    x = convert(x, 0)
    return run("SelectV2", run("Greater", x, convert(float(threshold), x._dtype_number)), x, convert(float(default_value), x._dtype_number))


def log_sigmoid(x):
    """log(1 / (1 + exp(-x)))"""
    return -run("Softplus", -convert(x, 0))


def elu_2(x, alpha=1.0):
    """x where it is positive, alpha (exp(x) - 1) elsewhere."""
    x = convert(x, 0)
    made = run("Elu", x)
    return made if alpha == 1.0 else run("SelectV2", run("Greater", x, run("ZerosLike", x)), x, convert(float(alpha), x._dtype_number) * made)


elu_2.__name__ = "elu"


def glu(x, axis=-1):
    """The first half along the axis times the sigmoid of the second one."""
    a, b = array_ops.split(convert(x, 0), 2, axis)
    return a * run("Sigmoid", b)


def sparse_plus(x):
    """0 up to -1, x from 1 on, a parabola between."""
    x = convert(x, 0)
    one = run("OnesLike", x)
    middle = run("SelectV2", run("Greater", x, -one), 0.25 * run("Square", x + one), run("ZerosLike", x))
    return run("SelectV2", run("Less", x, one), middle, x)


def sparse_sigmoid(x):
    """A line from 0 at -1 to 1 at 1."""
    x = convert(x, 0)
    one = run("OnesLike", x)
    return 0.5 * (run("ClipByValue", x, convert(-1.0, x._dtype_number), convert(1.0, x._dtype_number)) + one)


def sparsemax(x, axis=-1):
    """The nearest point of the simplex (Martins and Astudillo 2016)."""
    x = convert(x, 0)
    place = axis % x.ndim
    order = convert([i for i in range(x.ndim) if i != place] + [place], 3)
    z = run("Transpose", x, order)
    n = z._shape_tuple[-1]
    ordered = execute("TopKV2", [z, convert(n, 3)], {"sorted": True})[0]
    sums = execute("Cumsum", [ordered, convert(-1, 3)], {})
    k = convert(np.arange(1, n + 1).astype(z.dtype.as_numpy_dtype), 0)
    support = array_ops.cast(run("Greater", 1.0 + k * ordered, sums), z.dtype)
    size = execute("Sum", [support, convert([-1], 3)], {"keep_dims": True})
    tau = (execute("Sum", [ordered * support, convert([-1], 3)], {"keep_dims": True}) - 1.0) / size
    back = convert(np.argsort([i for i in range(x.ndim) if i != place] + [place]).astype(np.int32), 0)
    return run("Transpose", run("Relu", z - tau), back)


MORE_2 = {"glu": glu, "sparse_plus": sparse_plus, "sparse_sigmoid": sparse_sigmoid, "sparsemax": sparsemax,
          "celu": celu, "hard_silu": hard_silu, "hard_swish": hard_silu, "hard_tanh": hard_tanh, "soft_shrink": soft_shrink,
          "hard_shrink": hard_shrink, "tanh_shrink": tanh_shrink, "squareplus": squareplus, "threshold": threshold, "log_sigmoid": log_sigmoid}  # fmt: skip
BY_NAME_2 = {"silu": silu, "swish": silu, "gelu": gelu, "relu6": relu6, "leaky_relu": leaky_relu, "mish": mish, "log_softmax": log_softmax, **MORE_2}
BY_NAME = {
    "relu": relu, "elu": elu, "selu": selu, "softplus": softplus, "softsign": softsign, "tanh": tanh, "sigmoid": sigmoid, "softmax": softmax,
    "linear": linear, "hard_sigmoid": hard_sigmoid, "exponential": exponential,
}  # fmt: skip


def _is_2():
    from sokuji._src.variables import variables

    return variables._version == 2


def get(identifier):
    """None for no activation; a function for a name."""
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if _is_2() and isinstance(identifier, dict):
        from sokuji._src.keras import serialization

        return serialization.revive(identifier, "activation")
    if _is_2() and identifier not in BY_NAME:
        from sokuji._src.keras import serialization

        if identifier in serialization.get_custom_objects():
            return serialization.get_custom_objects()[identifier]
    if identifier in BY_NAME:
        return BY_NAME[identifier]
    if _is_2() and identifier in BY_NAME_2:
        return BY_NAME_2[identifier]
    raise ValueError(("Could not interpret activation function identifier: %s" if _is_2() else "Unknown activation function:%s") % (identifier,))


class Regularizer:
    """What a weight adds to the loss."""

    def __call__(self, x):
        return convert(0.0, 1)

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_config(self):
        raise NotImplementedError("get_config of %s" % type(self).__name__)


def _single(value):
    """What Keras keeps as a tensor of float32."""
    return convert(value, 1).numpy().item() if _is_2() else value


class L1L2(Regularizer):
    """Adds l1 times the sum of the weights' sizes and l2 times that of their squares to the loss."""

    def __init__(self, l1=0.0, l2=0.0):
        self.l1, self.l2 = float(l1 or 0.0), float(l2 or 0.0)

    def __call__(self, x):
        total = 0.0
        if self.l1:
            total = total + self.l1 * run("Sum", run("Abs", x), None)
        if self.l2:
            total = total + self.l2 * run("Sum", run("Square", x), None)
        return convert(total, 0)

    def get_config(self):
        return {"l1": self.l1, "l2": self.l2} if _is_2() else {"l1": float(np.float32(self.l1)), "l2": float(np.float32(self.l2))}


class L1(L1L2):
    """Adds l1 times the sum of the weights' sizes to the loss."""

    def __init__(self, l1=0.01):
        super().__init__(l1=l1)

    def get_config(self):
        return {"l1": _single(self.l1)}


class L2(L1L2):
    """Adds l2 times the sum of the weights' squares to the loss."""

    def __init__(self, l2=0.01):
        super().__init__(l2=l2)

    def get_config(self):
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """The mean of what different rows (or columns), each of length 1, have in common."""

    def __init__(self, factor=0.01, mode="rows"):
        if mode not in ("rows", "columns"):
            raise ValueError("Invalid value for argument `mode`. Expected one of {'rows', 'columns'}. Received: mode=%s" % mode)
        self.factor, self.mode = float(factor), mode

    def __call__(self, x):
        x = convert(x, 0)
        if len(x._shape_tuple) != 2:
            raise ValueError("Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=%s" % (x._shape_tuple,))
        unit = nn_ops.l2_normalize(x, 1 if self.mode == "rows" else 0)
        size = x._shape_tuple[0 if self.mode == "rows" else 1]
        product = execute("MatMul", [unit, unit], {"transpose_b": True} if self.mode == "rows" else {"transpose_a": True})
        apart = product * (1.0 - array_ops.eye(size, dtype=x.dtype))
        return self.factor * 0.5 * run("Sum", run("Abs", apart), None) / (size * (size - 1.0) / 2.0)

    def get_config(self):
        return {"factor": _single(self.factor), "mode": self.mode}


def _named_x(function, name):
    """An activation that calls its tensor x, as tf.keras.activations does."""

    def activation(x):
        return function(x)

    activation.__name__, activation.__doc__ = name, function.__doc__
    return activation


def relu_1(x, alpha=0.0, max_value=None):
    """max(x, 0), with a slope below zero and a greatest value where they are given."""
    return relu_2(x, alpha, max_value)


relu_1.__name__ = "relu"
PUBLIC = {name: _named_x(globals()[name], name) for name in ("selu", "softplus", "softsign")}
PUBLIC["elu"] = elu_2


def deserialize(config, custom_objects=None):
    """The activation of a configuration or a name."""
    from sokuji._src.keras import serialization

    with serialization.CustomObjectScope(custom_objects or {}):
        return get(config)


def l1(l=0.01):  # noqa: E741
    """A regularizer: l1 times the sum of the weights' sizes."""
    return L1L2(l1=l)


def l2(l=0.01):  # noqa: E741
    """A regularizer: l2 times the sum of the weights' squares."""
    return L1L2(l2=l)


def l1_l2(l1=0.01, l2=0.01):
    """A regularizer: l1 times the sum of the weights' sizes and l2 times that of their squares."""
    return L1L2(l1, l2)


def name_of(activation):
    return getattr(activation, "__name__", activation)


def serialize(activation):
    """The name of an activation that Keras has; the configuration of another."""
    from sokuji._src.keras import serialization

    name = name_of(activation)
    if activation is None or BY_NAME.get(name) is activation or (getattr(activation, "__module__", "") or "").startswith("sokuji.") and not hasattr(activation, "get_config"):
        return name
    made = serialization.serialize(activation)
    return made["config"] if name == "<lambda>" else made


_REGULARIZERS = {"l1": L1, "l2": L2, "l1_l2": L1L2, "L1": L1, "L2": L2, "L1L2": L1L2,
                 "OrthogonalRegularizer": OrthogonalRegularizer}


def get_regularizer(identifier):
    """A regularizer of None, a name, a configuration or a callable."""
    if identifier is None or callable(identifier):
        return identifier() if isinstance(identifier, type) else identifier
    from sokuji._src.keras import serialization

    found = serialization.chosen(identifier, _REGULARIZERS, "regularizer")
    if found is not None:
        return found
    if identifier in _REGULARIZERS:
        return globals()[identifier]() if not _is_2() else _REGULARIZERS[identifier]()
    raise ValueError("Could not interpret regularizer identifier: %s" % (identifier,))
