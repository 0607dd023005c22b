"""Elementwise functions of one number, and the gradient operations that TensorFlow registers for them."""
from rows import binary, op, unary

_EACH = ", element by element."


def _function(name, c, doc, gradient, numpy, domain=(-2.0, 2.0), speed="padded", **more):
    unary(name, c, doc + _EACH, gradient=gradient, numpy=numpy, domain=domain, speed=speed, **more)


# ---- arithmetic ----

_SIGNED = "signed"
unary("Abs", {"floats": "{abs}(x)", "ints": "x < 0 ? 0 - (uint64_t)x : (uint64_t)x"}, "|x|" + _EACH + " The lowest integer stays.",
      T=_SIGNED, gradient="dy * sign(x)", numpy="np.abs(x)", domain=(0.1, 2.0))
unary("Neg", {"floats": "-x", "ints": "0 - (uint64_t)x"}, "-x" + _EACH, T="numbers", gradient="-dy", numpy="-x")
unary("Sign", {"floats": "x != x ? x : (x > 0) - (x < 0)", "ints": "(x > 0) - (x < 0)"}, "-1, 0 or 1; NaN stays" + _EACH, T=_SIGNED,
      gradient="relu_grad(dy, 0.0)", numpy="np.sign(x)", domain=(0.1, 2.0))
unary("Square", {"floats": "x * x", "ints": "(uint64_t)x * (uint64_t)x"}, "x * x" + _EACH, T="numbers", gradient="dy * (x + x)",
      numpy="x * x")
_function("Sqrt", "{sqrt}(x)", "The square root", "sqrt_grad(y, dy)", "np.sqrt(x)", (0.1, 2.0), speed="direct")
_function("Rsqrt", "{rsqrt}(x)", "1 / sqrt(x)", "rsqrt_grad(y, dy)", "1 / np.sqrt(x)", (0.1, 2.0))
_function("Reciprocal", "1 / x", "1 / x", "reciprocal_grad(y, dy)", "1 / x", (0.5, 2.0), speed="direct")
_function("Inv", "1 / x", "1 / x, the older name of Reciprocal", "reciprocal_grad(y, dy)", "1 / x", (0.5, 2.0), same_loop="Reciprocal")

# ---- rounding: gradients stop ----

_function("Ceil", "{ceil}(x)", "x rounded up", None, "np.ceil(x)")
_function("Floor", "{floor}(x)", "x rounded down", None, "np.floor(x)")
_function("Rint", "{rint}(x)", "x rounded to the nearest integer, halves to the even one", None, "np.rint(x)")
_function("Round", {"floats": "{rint}(x)", "ints": "x"}, "x rounded to the nearest integer, halves to the even one", None, "np.rint(x)",
          T=_SIGNED)

# ---- exponentials and logarithms ----

_function("Exp", "{exp}(x)", "e to the x", "dy * y", "np.exp(x)")
_function("Expm1", "{expm1}(x)", "e to the x, less 1; precise near 0", "dy * exp(x)", "np.expm1(x)")
_function("Log", "{log}(x)", "The natural logarithm", "dy / x", "np.log(x)", (0.1, 2.0))
_function("Log1p", "{log1p}(x)", "log(1 + x); precise near 0", "dy / (x + 1.0)", "np.log1p(x)", (-0.5, 2.0))
_function("LogOrZero", "x > 0 ? {log}(x) : 0", "log(x), and 0 where x is not positive", "relu_grad(div_no_nan(dy, x), x)",
          "np.where(x > 0, np.log(x), 0)", (0.1, 2.0), internal=True)
_function("FiniteOrZero", "x - x == 0 ? x : 0", "x where it is finite, else 0; gradients stop", None, "np.where(np.isfinite(x), x, 0)",
          internal=True)
_function("NotZero", "x != 0", "1 where x is not 0, else 0", None, "(x != 0) * 1.0", internal=True)

# ---- circular and hyperbolic functions ----

_function("Sin", "", "The sine", "dy * cos(x)", "np.sin(x)", block="sin")
_function("Cos", "", "The cosine", "-(dy * sin(x))", "np.cos(x)", block="cos")
_function("Tan", "", "The tangent", "dy * (y * y + 1.0)", "np.tan(x)", (-1.0, 1.0), block="tan")
_function("Asin", "{asin}(x)", "The arc sine", "dy * rsqrt(1.0 - x * x)", "np.arcsin(x)", (-0.8, 0.8))
_function("Acos", "{acos}(x)", "The arc cosine", "-(dy * rsqrt(1.0 - x * x))", "np.arccos(x)", (-0.8, 0.8))
_function("Atan", "{atan}(x)", "The arc tangent", "dy / (x * x + 1.0)", "np.arctan(x)")
_function("Sinh", "{sinh}(x)", "The hyperbolic sine", "dy * cosh(x)", "np.sinh(x)")
_function("Cosh", "{cosh}(x)", "The hyperbolic cosine", "dy * sinh(x)", "np.cosh(x)")
_function("Tanh", "{tanh}(x)", "The hyperbolic tangent", "tanh_grad(y, dy)", "np.tanh(x)")
_function("Asinh", "{asinh}(x)", "The inverse hyperbolic sine", "dy * rsqrt(x * x + 1.0)", "np.arcsinh(x)")
_function("Acosh", "{acosh}(x)", "The inverse hyperbolic cosine", "dy / sinh(y)", "np.arccosh(x)", (1.2, 3.0))
_function("Atanh", "{atanh}(x)", "The inverse hyperbolic tangent", "dy / (1.0 - x * x)", "np.arctanh(x)", (-0.8, 0.8))

# ---- special functions ----

_function("Erf", "{erf}(x)", "The error function", "dy * (1.1283791670955126 * exp(-(x * x)))", "erf(x)")
_function("Erfc", "{erfc}(x)", "1 - erf(x)", "-(dy * (1.1283791670955126 * exp(-(x * x))))", "erfc(x)", ulp64=6)
_function("Lgamma", "{lgamma}(x)", "The logarithm of |gamma(x)|", "dy * digamma(x)", "lgamma(x)", (2.2, 4.0), speed="once",
          ulp64=128)
_function("Digamma", "x == 0 ? ({T})SJ__NAN : {digamma}(x)", "The derivative of lgamma", "dy * polygamma(1.0, x)", "digamma(x)", (2.2, 4.0),
          speed="once", ulp64=128)
binary("Polygamma", "{polygamma}(x, y)", "The a-th derivative of digamma at x; NaN where a is negative or no integer" + _EACH, T="floats",
       inputs="a x", gradient=(None, "dy * polygamma(a + 1.0, x)"), numpy=None, speed="once")
binary("Zeta", "{zeta}(x, y)", "Hurwitz's zeta function: the sum of (q + k)^-x over k >= 0" + _EACH, T="floats", inputs="x q",
       gradient=(None, "-(dy * (x * zeta(x + 1.0, q)))"), numpy=None, speed="once")

_DENSITY = "exp(xlogy(a - 1.0, x) - (x + lgamma(a)))"
binary("Igamma", "{igamma}(x, y)", "The lower regularised incomplete gamma function P(a, x); NaN where a or x is negative" + _EACH, T="floats",
       inputs="a x", gradient=("dy * igamma_grad_a(a, x)", "dy * " + _DENSITY), numpy=None, speed="once")
binary("Igammac", "{igammac}(x, y)", "The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x)" + _EACH, T="floats",
       inputs="a x", gradient=("-(dy * igamma_grad_a(a, x))", "-(dy * " + _DENSITY + ")"), numpy=None, speed="once")
binary("IgammaGradA", "{igamma_slope}(x, y)", "The derivative of Igamma by a" + _EACH, T="floats", inputs="a x",
       gradient=("missing()", "dy * (" + _DENSITY + " * (log(x) - digamma(a)))"), numpy=None, speed="once")
op("Betainc", "a:T b:T x:T", "z:T", T="floats", c_name="betainc", broadcasts=True,
   gradient={"x": "dy * exp(xlogy(a - 1.0, x) + xlog1py(b - 1.0, -x) + (lgamma(a + b) - (lgamma(a) + lgamma(b))))"},
   doc="The regularised incomplete beta function I_x(a, b), element by element: the inputs are of one shape, or scalars. NaN where a or b is not\n"
       "above 0 or x not in [0, 1]. As in TensorFlow, gradients flow to x alone.")
_function("Erfinv", "{erfinv}(x)", "The inverse of Erf", "dy * (0.886226925452758 * exp(y * y))", None, speed="once")
_function("Ndtri", "{ndtri}(x)", "The quantile of the standard normal distribution: where its distribution function is x",
          "dy * (2.5066282746310002 * exp(0.5 * (y * y)))", None, speed="once")

# ---- gradient operations ----


def _gradient(name, inputs, c, doc, gradient, numpy, domain=(0.2, 0.8), speed="direct", T="floats", output="z", **more):
    binary(name, c, doc, T=T, inputs=inputs, output=output, gradient=gradient, numpy=numpy, domain=domain, speed=speed,
           specials=False, ulp=4, ulp64=4, **more)


def _zero(c):
    """Zero where dy is, as TensorFlow 2 has it: see sj_set_zero_gradients."""
    return "(y == 0) & sj__zero_gradients ? 0 : " + c


_gradient("SqrtGrad", "y dy", _zero("y * ({T})0.5 / x"), "The gradient of Sqrt: dy / (2 y), y its result.",
          ("-(dy * z) / y", "sqrt_grad(y, dy)"), "y * 0.5 / x")
_gradient("RsqrtGrad", "y dy", _zero("y * ({T})-0.5 * (x * x * x)"), "The gradient of Rsqrt: -dy y^3 / 2, y its result.",
          ("dy * (-1.5 * (dy_ * (y * y)))", "rsqrt_grad(y, dy)"), "y * -0.5 * x**3", speed="padded")
_gradient("ReciprocalGrad", "y dy", _zero("-y * (x * x)"), "The gradient of Reciprocal: -dy y^2, y its result.",
          ("dy * (-2.0 * (dy_ * y))", "reciprocal_grad(y, dy)"), "-y * x * x", speed="padded")
_gradient("InvGrad", "y dy", _zero("-y * (x * x)"), "The gradient of Inv: -dy y^2, y its result.",
          ("dy * (-2.0 * (dy_ * y))", "reciprocal_grad(y, dy)"), "-y * x * x", same_loop="ReciprocalGrad")
_gradient("TanhGrad", "y dy", "y * (1 - x * x)", "The gradient of Tanh: dy (1 - y^2), y its result.",
          ("dy * (-2.0 * (dy_ * y))", "tanh_grad(y, dy)"), "y * (1 - x * x)")
_gradient("SigmoidGrad", "y dy", "y * (x * (1 - x))", "The gradient of Sigmoid: dy y (1 - y), y its result.",
          ("dy * (dy_ * (1.0 - (y + y)))", "sigmoid_grad(y, dy)"), "y * x * (1 - x)")
