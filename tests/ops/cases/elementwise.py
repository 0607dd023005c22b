"""Cases of the elementwise operations beyond what their rows imply: attributes, strings, signs, limits, special functions."""
import math

import numpy as np
from cases import case, error

nan, inf = math.nan, math.inf

# ---- activations with an attribute ----

x = np.array([-2.0, -0.5, 0.25, 3.0])
case("LeakyRelu", [x], expect=lambda features: np.where(features > 0, features, 0.2 * features))
case("LeakyRelu", [x], {"alpha": 1.5}, expect=lambda features, alpha: np.where(features > 0, features, alpha * features))
case("LeakyRelu", [np.linspace(-1, 1, 70001)], {"alpha": 0.5}, expect=lambda features, alpha: np.where(features > 0, features, alpha * features),
     gradient=False)
case("LeakyRelu", [[nan, 0.0, inf, -inf]], expect=np.array([nan, 0.0, inf, -inf]), gradient=False)
error("LeakyRelu", [np.array([1, 2])], match="int64; supported are float32, float64")
error("LeakyRelu", [b"x"], match="string; supported are")
case("LeakyReluGrad", [x[::-1].copy(), x], {"alpha": 0.1}, expect=lambda dy, x, alpha: np.where(x > 0, dy, alpha * dy), gradient=[0])
case("LeakyReluGrad", [np.linspace(-3, 3, 40000), np.linspace(-1, 1, 40000)], expect=lambda dy, x: np.where(x > 0, dy, 0.2 * dy), gradient=False)
error("LeakyReluGrad", [x, x[:2]], match=r"shape \[4\] and features has shape \[2\]")
error("LeakyReluGrad", [x, x.astype(np.float32)], match="float32 where float64 is expected")

# ---- limits ----

t = np.array([[-3.0, -1.0, 0.5], [1.5, 2.0, 7.0]])


def _clip(t, low, high):
    return np.maximum(np.minimum(t, high), low)


case("ClipByValue", [t, -2.0, 3.0], expect=_clip)
case("ClipByValue", [t, np.array([-4.0, 0.0, 1.0]), np.array([[1.0], [5.0]])], expect=_clip)
case("ClipByValue", [np.linspace(-9, 9, 70001), -2.0, 3.0], expect=_clip, gradient=False)
case("ClipByValue", [[nan, 1.0, 9.0], 4.0, 2.0], expect=np.array([nan, 4.0, 4.0]), gradient=False)
case("ClipByValue", [np.zeros((0, 3)), 1.0, 2.0], expect=_clip)
error("ClipByValue", [t, np.zeros((4, 2, 3)), np.array(1.0)], match=r"clip_value_min has shape \[4,2,3\], which does not broadcast to t's shape")
error("ClipByValue", [t, np.array(1.0), np.zeros(2)], match="do not broadcast")
error("ClipByValue", [t, np.array(1.0), np.float32(2)], match="clip_value_max is float32 where float64 is expected")
error("ClipByValue", [np.zeros((1, 3)), np.array(0.0), np.zeros((2, 3))], match="clip_value_max")
error("ClipByValue", [np.array(True), True, True], match="bool; supported are")

# ---- comparisons ----

case("ApproximateEqual", [[1.0, 1.0, nan, inf], [1.001, 1.1, nan, inf]], {"tolerance": 0.01}, expect=np.array([True, False, False, False]))
case("ApproximateEqual", [[1.0, 1.0], [1.000001, 1.0001]], expect=np.array([True, False]), dtypes=["float32", "float64"])
case("ApproximateEqual", [[1, 5, 200], [2, 3, 200]], {"tolerance": 1.5}, expect=np.array([True, False, True]), dtypes=["int32", "int64", "uint8", "int16"])
error("ApproximateEqual", [[1.0, 2.0], [1.0]], match=r"x has shape \[2\] and y has shape \[1\]")
error("ApproximateEqual", [np.float32(1), np.float64(1)], match="float64 where float32 is expected")

_words = np.array([b"a", b"", b"bc", b"bcd"], object)
case("Equal", [_words, np.array([b"a", b"x", b"bc", b"bce"], object)], expect=np.array([True, False, True, False]), dtypes=["string"])
case("NotEqual", [_words, np.array(b"bc", object)], expect=np.array([True, True, False, True]), dtypes=["string"])
case("Equal", [_words.reshape(4, 1), _words], expect=np.eye(4, dtype=bool), dtypes=["string"])
case("Equal", [[1.0, 2.0], [1.0, 2.0, 3.0]], {"incompatible_shape_error": False}, expect=False, symbolic=False)
case("NotEqual", [[1.0, 2.0], [1.0, 2.0, 3.0]], {"incompatible_shape_error": False}, expect=True, symbolic=False)
case("Equal", [[1.0, nan], [1.0, nan]], {"incompatible_shape_error": False}, expect=np.array([True, False]), dtypes=["float32", "float64"])
case("Equal", [np.array([True, False]), np.array([[True], [False]])], expect=np.eye(2, dtype=bool), dtypes=["bool"])
error("Equal", [_words, np.array([b"a", b"b"], object)], match="do not broadcast")
error("Less", [np.array(True), np.array(False)], match="bool; supported are")
error("LogicalAnd", [np.array([1]), np.array([1])], match="supported are bool")
error("IsNan", [np.array([1])], match="int64; supported are float32, float64")

# ---- integers: signs, wrapping, refusals ----

_a, _b = np.array([7, -7, 7, -7, 6, 0]), np.array([2, 2, -2, -2, -3, 5])
_SIGNED = ["int32", "int64", "int16", "int8"]
for _name, _answers in (("Div", [3, -3, -3, 3, -2, 0]), ("TruncateDiv", [3, -3, -3, 3, -2, 0]), ("FloorDiv", [3, -4, -4, 3, -2, 0]),
                        ("FloorMod", [1, 1, -1, -1, 0, 0]), ("TruncateMod", [1, -1, 1, -1, 0, 0]), ("Mod", [1, -1, 1, -1, 0, 0])):
    case(_name, [_a, _b], expect=np.array(_answers), dtypes=_SIGNED)
    for _dtype in ("int8", "int32", "int64"):
        _low = np.array([np.iinfo(_dtype).min], _dtype)
        case(_name, [_low, np.array([-1], _dtype)], expect=_low if _name.endswith("Div") else np.zeros(1, _dtype), dtypes=[_dtype])
    error(_name, [np.array([1, 2]), np.array([3, 0])], match=r"division by zero: y\[1\] is 0")
    error(_name, [np.array([1.0]), np.array([2])], match="int64 where float64 is expected")
case("FloorDiv", [[5.0, -5.0, 1.0, -0.5], [0.0, 3.0, 0.1, 2.0]], expect=np.array([inf, -2.0, 10.0, -1.0]), dtypes=["float32"])
case("FloorMod", [[5.0, -5.0, 5.0, -5.0, 1.0, -1.0], [3.0, 3.0, -3.0, -3.0, inf, inf]], expect=np.array([2.0, 1.0, -1.0, -2.0, 1.0, inf]),
     dtypes=["float32", "float64"], gradient=False)
case("Add", [np.array([2147483647], np.int32), np.array([1], np.int32)], expect=np.array([-2147483648], np.int32), dtypes=["int32"])
case("Mul", [np.array([-128, 100], np.int8), np.array([-1, 3], np.int8)], expect=np.array([-128, 44], np.int8), dtypes=["int8"])
case("Abs", [np.array([-128, -5], np.int8)], expect=np.array([-128, 5], np.int8), dtypes=["int8"])
case("Pow", [[2, -3, 7, 0, 10], [10, 3, 0, 0, 2]], expect=np.array([1024, -27, 1, 1, 100]), dtypes=["int32", "int64", "int16"])
case("Pow", [np.array([3], np.int32), np.array([40], np.int32)], expect=np.array([3**40 % 2**32], np.int32), dtypes=["int32"])


def _zero_signs(outputs, inputs, attrs):
    """A remainder of 0 has the divisor's sign, as in Python, NumPy and TensorFlow 1.8."""
    assert not outputs[0].any() and (np.signbit(outputs[0]) == np.signbit(inputs[1])).all(), outputs


case("FloorMod", [np.array([6.0, -6.0, 6.0, -6.0, 0.0, -0.0, 0.0, -0.0] * 5), np.array([3.0, 3.0, -3.0, -3.0] * 10)], check=_zero_signs,
     dtypes=["float32", "float64"], gradient=False)
error("Pow", [np.array([2, 2]), np.array([1, -1])], match=r"negative integer powers are not allowed: y\[1\] is -1")
error("Pow", [np.array([2], np.uint8), np.array([1], np.uint8)], match="uint8; supported are")
case("LeftShift", [[1, -1, 5, 1], [-1, 40, 31, 100]], expect=np.array([1, -2**31, -2**31, -2**31]), dtypes=["int32"])
case("RightShift", [[1, -1, -5, -8], [-1, 40, 31, 2]], expect=np.array([1, -1, -1, -2]), dtypes=["int32"])
case("RightShift", [np.array([1, 255, 5, 8], np.uint8), np.array([1, 8, 7, 100], np.uint8)], expect=np.array([0, 1, 0, 0]), dtypes=["uint8"])
error("LeftShift", [np.array([1.0]), np.array([1.0])], match="float64; supported are int32")
error("RightShift", [np.zeros(2, np.int32), np.zeros(2, np.int64)], match="int64 where int32 is expected")

# ---- gradients at kinks, as TensorFlow has them, are in test_kinks.py ----

case("Pow", [np.array([0.0, 0.5, 2.0]), np.array([2.0, 3.0, 1.5])], expect=lambda x, y: x**y, gradient=[0], second=False, dtypes=["float64"],
     step=1e-4)

# ---- special functions: sums of their definitions, the tails by Euler and Maclaurin ----


def _zeta(x, q, n=2000):
    terms = [(q + k) ** -x for k in range(n)]
    w = q + n
    return math.fsum(terms) + w ** (1 - x) / (x - 1) + 0.5 * w**-x + x * w ** (-x - 1) / 12


def _polygamma(n, x):
    return (-1) ** (n + 1) * math.factorial(int(n)) * _zeta(n + 1, x)


_x, _q = np.array([2.0, 3.5, 1.5, 6.0, 30.0, 4.0]), np.array([1.0, 0.25, 8.0, 2.5, 12.0, 3.0])
case("Zeta", [_x, _q], expect=np.vectorize(_zeta), gradient=[1])
case("Zeta", [[1.0, 0.5, 2.0, 3.0, 2.5], [1.0, 1.0, 0.0, -1.0, -1.5]], expect=np.array([inf, nan, inf, inf, nan]), gradient=False)
case("Zeta", [[2.0, 3.0], [-1.5, -2.25]], expect=np.array([_zeta(2, 0.5) + 1.5**-2 + 0.5**-2, _zeta(3, 0.75) - 2.25**-3 - 1.25**-3 - 0.25**-3]),
     gradient=False)
case("Polygamma", [np.array([1.0, 2.0, 3.0, 5.0, 1.0]), np.array([0.3, 1.5, 4.0, 0.75, 20.0])], expect=np.vectorize(_polygamma), gradient=[1])
case("Polygamma", [[1.5, -1.0, 1.0, 1.0], [1.5, 1.0, 0.0, -2.0]], expect=np.array([nan, nan, inf, inf]), gradient=False)
case("Polygamma", [[0.0], [1.0]], expect=np.array([-0.57721566490153286]), gradient=False)
for _name in ("Zeta", "Polygamma"):
    error(_name, [np.zeros(2), np.zeros(3)], match="do not broadcast")
    error(_name, [np.zeros(2), np.zeros(2, np.float32)], match="float32 where float64 is expected")
case("Lgamma", [[0.0, -1.0, -inf, inf, -2.5]], expect=np.array([inf, inf, inf, inf, -0.056243716497674054]), gradient=False)
case("Digamma", [[0.0, -1.0, inf, -2.5]], expect=np.array([nan, nan, inf, 1.1031566406452432]), gradient=False)

# ---- incomplete gamma and beta functions: their integrals by Gauss and Legendre's rule; more, of TensorFlow, in test_reference.py ----

_nodes, _weights = np.polynomial.legendre.leggauss(60)


def _integral(f, end):
    """Over [0, end] of f(t) that is smooth but for a power of t at 0: by the substitution t = end u^8."""
    u = 0.5 * (_nodes + 1)
    return 0.5 * math.fsum(_weights * np.array([f(end * v**8) * 8 * end * v**7 for v in u]))


def _igamma(a, x):
    return _integral(lambda t: math.exp((a - 1) * math.log(t) - t - math.lgamma(a)), x)


def _betainc(a, b, x):
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return _integral(lambda t: math.exp((a - 1) * math.log(t) + (b - 1) * math.log1p(-t) + scale), x)


_a, _x = np.array([0.5, 1.0, 2.5, 4.0, 0.75, 6.0]), np.array([0.25, 1.5, 1.0, 6.0, 2.0, 3.5])
case("Igamma", [_a, _x], expect=np.vectorize(_igamma), rtol=1e-5, second=False)
case("Igamma", [_a, _x], expect=np.vectorize(_igamma), rtol=1e-5, gradient=[1])
case("Igamma", [_a, _x], expect=np.vectorize(_igamma), dtypes=["float64"], rtol=1e-12, gradient=False)
case("Igammac", [_a, _x], expect=lambda a, x: 1 - np.vectorize(_igamma)(a, x), rtol=1e-5, second=False)
case("Igammac", [_a, _x], expect=lambda a, x: 1 - np.vectorize(_igamma)(a, x), rtol=1e-5, gradient=[1])
case("Igamma", [_a[:, None], _x[None, :3]], expect=np.vectorize(_igamma), rtol=1e-5, second=False)
case("Igamma", [[0.0, -1.0, 1.0, inf, inf, 2.0, 1.0, nan], [1.0, 1.0, 0.0, 1.0, inf, inf, -1.0, 1.0]],
     expect=np.array([nan, nan, 0, 0, nan, 1, nan, nan]), gradient=False)
case("Igammac", [[0.0, -1.0, 1.0, inf, inf, 2.0, 1.0, nan, 0.0], [1.0, 1.0, 0.0, 1.0, inf, inf, -1.0, 1.0, 0.0]],
     expect=np.array([nan, nan, 1, 1, nan, 0, nan, nan, nan]), gradient=False)
# Far from and near to a, where a is great: the normal distribution and its first correction.
case("Igamma", [np.array([1e10, 1e10, 1e10, 1e12]), np.array([1e10, 9e9, 1.1e10, 1e12 + 1e6])],
     expect=np.array([0.5 + 1 / (3 * math.sqrt(2 * math.pi * 1e10)), 0, 1, 0.8413447460685429]), rtol=1e-6, dtypes=["float64"], gradient=False)


def _slope(a, x):
    h = 1e-3
    return (8 * (_igamma(a + h, x) - _igamma(a - h, x)) - (_igamma(a + 2 * h, x) - _igamma(a - 2 * h, x))) / (12 * h)


case("IgammaGradA", [_a, _x], expect=np.vectorize(_slope), rtol=1e-6, atol=1e-7, gradient=[1])
case("IgammaGradA", [[0.0, 1.0, 2.0], [1.0, 0.0, inf]], expect=np.array([nan, 0, 0]), gradient=False)
for _name in ("Igamma", "Igammac", "IgammaGradA"):
    error(_name, [np.zeros(2), np.zeros(3)], match="do not broadcast")
    error(_name, [np.zeros((2, 3)), np.zeros((3, 3))], match="do not broadcast")
    error(_name, [np.zeros(2), np.zeros(2, np.float32)], match="float32 where float64 is expected")
    error(_name, [np.zeros(2, np.int32), np.zeros(2, np.int32)], match="int32; supported are")
    error(_name, [np.zeros(2, np.int8), np.zeros(2, np.int8)], match="int8; supported are")

_b, _p = np.array([0.5, 2.0, 1.0, 3.0, 1.5, 2.5]), np.array([0.25, 0.4, 0.3, 0.6, 0.1, 0.5])
case("Betainc", [_a, _b, _p], expect=np.vectorize(_betainc), rtol=1e-5, gradient=[2])
case("Betainc", [_a, _b, _p], expect=np.vectorize(_betainc), rtol=1e-12, dtypes=["float64"], gradient=False)
case("Betainc", [2.0, _b.reshape(2, 3), 0.25], expect=np.vectorize(_betainc), rtol=1e-5, gradient=[2])
case("Betainc", [2.5, 0.5, _p], expect=np.vectorize(_betainc), rtol=1e-5, gradient=[2])
case("Betainc", [[0.0, 1.0, 1.0, 1.0, 2.0, 2.0, -1.0, inf, nan], [1.0, 0.0, 1.0, 1.0, 3.0, 3.0, 1.0, 1.0, 1.0],
                 [0.5, 0.5, 0.0, 1.0, -0.1, 1.1, 0.5, 0.5, 0.5]], expect=np.array([nan, nan, 0, 1, nan, nan, nan, nan, nan]), gradient=False)
error("Betainc", [np.ones(2), np.ones(1), np.ones(2)], match=r"b has shape \[1\] and another input \[2\]")
error("Betainc", [np.ones(2), np.ones(2), np.ones(3)], match=r"x has shape \[3\]")
error("Betainc", [np.ones((2, 1)), np.ones((1, 2)), np.ones((2, 2))], match="must be the same, or scalars")
error("Betainc", [np.float64(1), np.ones((2, 1)), np.ones((2, 2))], match="must be the same, or scalars")
error("Betainc", [np.ones(2), np.ones(2), np.ones(2, np.float32)], match="x is float32 where float64")
error("Betainc", [np.ones(2, np.int32)] * 3, match="int32; supported are")

# ---- inverses: what they undo ----

case("Erfinv", [[-0.999, -0.5, -1e-3, 0.0, 0.25, 0.6, 0.99]], check=lambda outputs, inputs, attrs: np.testing.assert_allclose(
    np.vectorize(math.erf)(outputs[0].astype(float)), inputs[0].astype(float), rtol=1e-5 if outputs[0].dtype == np.float32 else 1e-14, atol=1e-14), gradient=False)
case("Erfinv", [[-0.9, -0.5, 0.0, 0.25, 0.8]], check=lambda outputs, inputs, attrs: None)
case("Erfinv", [[1.0, -1.0, 1.5, -2.0, nan, inf, 0.0, 1e-30]], expect=np.array([inf, -inf, nan, nan, nan, nan, 0, 8.862269254527580e-31]), gradient=False)
case("Ndtri", [[1e-3, 0.025, 0.5, 0.6, 0.975, 0.9999]], check=lambda outputs, inputs, attrs: np.testing.assert_allclose(
    0.5 * np.vectorize(math.erfc)(-outputs[0].astype(float) / math.sqrt(2)), inputs[0].astype(float), rtol=1e-5 if outputs[0].dtype == np.float32 else 1e-14), gradient=False)
case("Ndtri", [[0.1, 0.3, 0.5, 0.6, 0.9]], check=lambda outputs, inputs, attrs: None)
case("Ndtri", [[0.0, 1.0, -0.5, 2.0, nan, 0.5]], expect=np.array([-inf, inf, nan, nan, nan, 0]), gradient=False)
case("Ndtri", [[1e-300, 1e-16]], expect=np.array([-37.0470962993612, -8.222082216130435]), dtypes=["float64"], gradient=False)
for _name in ("Erfinv", "Ndtri"):
    error(_name, [np.zeros(2, np.int32)], match="int32; supported are")
    error(_name, [np.zeros(2, bool)], match="bool; supported are")
    error(_name, [np.zeros(2, np.complex64)], match="complex64; supported are")
    error(_name, [np.zeros(2, np.int8)], match="int8; supported are")
    error(_name, [], match="0 inputs given")

# ---- floats of 16 bits, which are computed as float32 and rounded ----

_halves = np.array([[0.5, -1.5], [2.0, 0.25]])
for _name, _function in (("Add", np.add), ("Mul", np.multiply), ("Maximum", np.maximum), ("RealDiv", np.divide)):
    case(_name, [_halves, _halves[::-1].copy()], expect=_function, dtypes=["float16", "bfloat16"], gradient=False)
for _name, _function in (("Exp", np.exp), ("Tanh", np.tanh), ("Relu", lambda x: np.maximum(x, 0)), ("Neg", np.negative)):
    case(_name, [_halves], expect=_function, dtypes=["float16", "bfloat16"], gradient=False)
case("MatMul", [_halves, _halves], expect=np.matmul, dtypes=["float16", "bfloat16"], gradient=False)
case("AddN", [_halves] * 18, expect=lambda *parts: sum(parts), dtypes=["float16"], gradient=False)
error("Add", [np.zeros(2, np.float16), np.zeros(2, np.float32)], match="float32 where float16 is expected")
error("Add", [np.zeros(2, np.float32), np.zeros(2, np.float16)], match="float16 where float32 is expected")
