"""Arithmetic of complex tensors, which the kernels refuse: NumPy computes values and gradients (those of TensorFlow: conjugates of the holomorphic derivatives)."""

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, with_gradient


def _shrunk(g, shape):
    """The gradient of a broadcast."""
    g = g.sum(tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g
    axes = tuple(i for i, d in enumerate(shape) if d == 1 and g.shape[i] != 1)
    return g.sum(axes, keepdims=True) if axes else g


def _sign(x):
    size = np.abs(x)
    return np.divide(x, size, out=np.zeros_like(x), where=size != 0)


_c = np.conj
# operation -> (value of x, gradient of g, x and the value y)
_UNARY = {
    "Neg": (np.negative, lambda g, x, y: -g), "Square": (np.square, lambda g, x, y: 2 * g * _c(x)), "Exp": (np.exp, lambda g, x, y: g * _c(y)),
    "Log": (np.log, lambda g, x, y: g / _c(x)), "Sqrt": (np.sqrt, lambda g, x, y: g * 0.5 / _c(y)), "Rsqrt": (lambda x: 1 / np.sqrt(x), lambda g, x, y: -0.5 * g * _c(y**3)),
    "Reciprocal": (np.reciprocal, lambda g, x, y: -g * _c(y * y)), "Sin": (np.sin, lambda g, x, y: g * _c(np.cos(x))), "Cos": (np.cos, lambda g, x, y: -g * _c(np.sin(x))),
    "Tan": (np.tan, lambda g, x, y: g * _c(1 + y * y)), "Sinh": (np.sinh, lambda g, x, y: g * _c(np.cosh(x))), "Cosh": (np.cosh, lambda g, x, y: g * _c(np.sinh(x))),
    "Tanh": (np.tanh, lambda g, x, y: g * _c(1 - y * y)), "Sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda g, x, y: g * _c(y * (1 - y))),
    "Abs": (np.abs, lambda g, x, y: g * _sign(x)), "Sign": (_sign, lambda g, x, y: 0 * g), "Log1p": (np.log1p, lambda g, x, y: g / _c(1 + x)),
    "Expm1": (np.expm1, lambda g, x, y: g * _c(y + 1)),
}  # fmt: skip
_BINARY = {
    "Add": (np.add, lambda g, x, y: (g, g)), "AddV2": (np.add, lambda g, x, y: (g, g)), "Sub": (np.subtract, lambda g, x, y: (g, -g)),
    "Mul": (np.multiply, lambda g, x, y: (g * _c(y), g * _c(x))), "RealDiv": (np.divide, lambda g, x, y: (g / _c(y), -g * _c(x / (y * y)))),
    "Div": (np.divide, lambda g, x, y: (g / _c(y), -g * _c(x / (y * y)))),
    "Pow": (np.power, lambda g, x, y: (g * _c(y * x ** (y - 1)), g * _c(np.where(x == 0, 0, np.log(np.where(x == 0, 1, x))) * x**y))),
    "SquaredDifference": (lambda x, y: (x - y) * _c(x - y), lambda g, x, y: (2 * g * (x - y), -2 * g * (x - y))),
}  # fmt: skip


def differentiable(function):
    """function(arrays) gives (value, gradient of an array: a list of arrays)."""

    def inner(*tensors):
        arrays = [np.asarray(t) for t in tensors]
        with np.errstate(all="ignore"):
            value, gradient = function(*arrays)

        def back(g):
            with np.errstate(all="ignore"):
                made = gradient(np.asarray(g))
            return [convert(np.array(v, a.dtype, order="C"), 0) for v, a in zip(made, arrays)]

        return convert(np.array(value, order="C"), 0), (lambda g: back(g)) if len(tensors) > 1 else (lambda g: back(g)[0])

    return with_gradient(inner)


def _unary(op):
    value, slope = _UNARY[op]

    def function(x):
        y = np.asarray(value(x), None if op != "Abs" else x.real.dtype)
        return y, lambda g: [slope(g, x, y)]

    return differentiable(function)


def _binary(op):
    value, slopes = _BINARY[op]

    def function(x, y):
        return np.asarray(value(x, y), np.result_type(x, y)), lambda g: [_shrunk(v, a.shape) for v, a in zip(slopes(g, x, y), (x, y))]

    return differentiable(function)


def _reduction(op, axes, keep):
    def function(x):
        where = tuple(range(x.ndim)) if axes is None else tuple(a % x.ndim for a in axes)
        made = (np.sum if op == "Sum" else np.mean if op == "Mean" else np.prod)(x, where, keepdims=keep)
        n = np.prod([x.shape[a] for a in where]) if op == "Mean" else 1

        def gradient(g):
            wide = g if keep else np.expand_dims(g, where)
            if op == "Prod":
                return [wide * _c(np.prod(x, where, keepdims=True) / x)]
            return [np.broadcast_to(wide / n, x.shape)]

        return np.asarray(made, x.dtype), gradient

    return differentiable(function)


def _turned(a, flag):
    return np.swapaxes(a, -1, -2) if flag == "transpose" else _c(np.swapaxes(a, -1, -2)) if flag == "adjoint" else a


def _product(left, right):
    def function(x, y):
        a, b = _turned(x, left), _turned(y, right)

        def gradient(g):
            ga, gb = g @ _c(np.swapaxes(b, -1, -2)), _c(np.swapaxes(a, -1, -2)) @ g
            return [_shrunk(_turned(ga, left), x.shape), _shrunk(_turned(gb, right), y.shape)]

        return a @ b, gradient

    return differentiable(function)


_made = {}


def _function(op, inputs, flags):
    if op in _UNARY:
        return _made.setdefault(op, _unary(op)), inputs
    if op in _BINARY:
        return _made.setdefault(op, _binary(op)), inputs
    if op in ("Sum", "Mean", "Prod"):
        axes = None if inputs[1] is None else np.ravel(np.asarray(inputs[1])).tolist()
        return _reduction(op, axes, "keep_dims" in flags), inputs[:1]
    if op in ("MatMul", "BatchMatMul", "BatchMatMulV2"):
        sides = [next((kind for kind, names in (("transpose", ("transpose_%s" % side,)), ("adjoint", ("adj_%s" % other,))) if set(names) & set(flags)), None)
                 for side, other in (("a", "x"), ("b", "y"))]  # fmt: skip
        return _product(*sides), inputs
    return None, inputs


def compute(op, inputs, flags):
    """For _core: the result of an operation that refused complex inputs, or NotImplemented."""
    if any(isinstance(t, _core.SymbolicTensor) for t in inputs):
        return NotImplemented
    if op in ("Equal", "NotEqual"):
        x, y = (np.asarray(t) for t in inputs)
        return convert(np.asarray(x == y if op == "Equal" else x != y), 0)
    if op == "AddN":
        total = inputs[0]
        for t in inputs[1:]:
            total = _made.setdefault("Add", _binary("Add"))(total, t)
        return total
    function, given = _function(op, inputs, flags)
    kinds = {t._dtype_number for t in given}
    if function is None or len(kinds) > 1:
        return NotImplemented
    return function(*[t._read() if isinstance(t, _core.VariableBase) else t for t in given])


_core.set_hook("complex", compute)


# ---- parts ----


def part(value, back):
    """A function of one complex tensor's array; back(g, x) is the gradient."""
    return differentiable(lambda x: (value(x), lambda g: [back(g, x)]))


real = part(lambda x: x.real, lambda g, x: g.astype(x.dtype))
imag = part(lambda x: x.imag, lambda g, x: 1j * g)
conj = part(np.conj, lambda g, x: np.conj(g))
angle = part(lambda x: np.angle(x).astype(x.real.dtype), lambda g, x: np.where(x == 0, 0, g * 1j * x / np.where(x == 0, 1, np.abs(x) ** 2)))
together = differentiable(lambda a, b: ((a + 1j * b).astype(np.complex64 if a.dtype == np.float32 else np.complex128), lambda g: [_shrunk(g.real, a.shape), _shrunk(g.imag, b.shape)]))
