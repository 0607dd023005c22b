"""Elementwise comparisons and logic: the results are bool, and gradients stop."""
from rows import binary, op, unary

_BROADCAST = ", element by element, broadcast."
for _name, _sign in (("Less", "<"), ("LessEqual", "<="), ("Greater", ">"), ("GreaterEqual", ">=")):
    binary(_name, f"x {_sign} y", f"x {_sign} y" + _BROADCAST, out="bool", numpy=f"x {_sign} y", speed="padded")
for _name, _sign, _else in (("Equal", "==", "false"), ("NotEqual", "!=", "true")):
    binary(_name, {"all": f"x {_sign} y"}, f"x {_sign} y{_BROADCAST} Strings are compared byte by byte.\n"
           f"With incompatible_shape_error = false, shapes that do not broadcast give the scalar {_else}.",
           T="all string", out="bool", rule="equal", kernel="equal", attrs="incompatible_shape_error:bool=True",
           numpy=f"x {_sign} y", speed="padded")
op("ApproximateEqual", "x:T y:T", "z:bool", attrs="tolerance:float=1e-5", T="numbers",
   doc="Whether |x - y| < tolerance, element by element. InvalidArgument when the shapes differ.")

binary("LogicalAnd", "x & y", "x and y" + _BROADCAST, T="bool", numpy="x & y")
binary("LogicalOr", "x | y", "x or y" + _BROADCAST, T="bool", numpy="x | y")
unary("LogicalNot", "!x", "Not x, element by element.", T="bool", numpy="~x")

unary("IsNan", "x != x", "Whether x is NaN, element by element.", out="bool", numpy="np.isnan(x)", speed="padded")
unary("IsInf", "{abs}(x) == ({T})SJ__INFINITY", "Whether x is infinite, element by element.", out="bool", numpy="np.isinf(x)",
      speed="padded")
unary("IsFinite", "{abs}(x) < ({T})SJ__INFINITY", "Whether x is neither infinite nor NaN, element by element.", out="bool",
      numpy="np.isfinite(x)", speed="padded")
