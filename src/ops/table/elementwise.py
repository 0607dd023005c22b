"""Elementwise arithmetic of two operands. Integers wrap. Gradients are expressions over the ports' names and dy."""
from rows import binary, op, unary

_BROADCAST = ", element by element, broadcast."
_INTS_DIVIDE = "\nInvalidArgument when an integer divisor is 0; the lowest integer divided by -1 wraps."

_ADD = {"floats": "x + y", "ints": "(uint64_t)x + (uint64_t)y"}
binary("Add", _ADD, "x + y" + _BROADCAST, gradient=("dy", "dy"), numpy="x + y")
binary("AddV2", _ADD, "x + y" + _BROADCAST + " What the operator + of TensorFlow 2 is.", gradient=("dy", "dy"), numpy="x + y",
       same_loop="Add", c_name="add_v2")
binary("Sub", {"floats": "x - y", "ints": "(uint64_t)x - (uint64_t)y"}, "x - y" + _BROADCAST, gradient=("dy", "-dy"), numpy="x - y")
binary("Mul", {"floats": "x * y", "ints": "(uint64_t)x * (uint64_t)y"}, "x * y" + _BROADCAST, gradient=("dy * y", "dy * x"),
       numpy="x * y")
binary("SquaredDifference", {"floats": "(x - y) * (x - y)", "ints": "((uint64_t)x - (uint64_t)y) * ((uint64_t)x - (uint64_t)y)"},
       "(x - y)^2" + _BROADCAST, T="floats int32 int64", gradient=("dy * (x - y + (x - y))", "-(dy * (x - y + (x - y)))"),
       numpy="np.square(x - y)")

# ---- division ----

_DIVIDED = ("dy / y", "-(dy * z) / y")
binary("RealDiv", "x / y", "x / y of floating numbers" + _BROADCAST, T="floats", c_name="div", gradient=_DIVIDED, numpy="x / y",
       domain_y=(1.0, 2.9))
binary("Div", {"floats": "x / y", "ints": "{truncdiv}(x, y)"},
       "x / y as Python 2 divides" + _BROADCAST + " Integers are rounded toward zero." + _INTS_DIVIDE, c_name="truncating_div",
       kernel="binary_division", gradient=("dy / y", "-(dy * (x / y)) / y"), numpy="x / y", domain_y=(1.0, 2.9), speed="once")
binary("TruncateDiv", {"floats": "{trunc}(x / y)", "ints": "{truncdiv}(x, y)"},
       "x / y rounded toward zero" + _BROADCAST + _INTS_DIVIDE, kernel="binary_division", numpy="np.trunc(x / y)", domain_y=(1.0, 2.9),
       speed="once")
binary("FloorDiv", "{floordiv}(x, y)", "x / y rounded down, Python's //" + _BROADCAST + _INTS_DIVIDE, kernel="binary_division",
       numpy="np.floor(x / y)", domain_y=(1.0, 2.9), speed="padded", specials=False)
binary("FloorMod", "{floormod}(x, y)", "x - floordiv(x, y) * y, Python's %: the sign is the divisor's" + _BROADCAST + _INTS_DIVIDE,
       kernel="binary_division", gradient=("dy", "-(dy * floor_div(x, y))"), numpy="np.mod(x, y)", domain_y=(1.0, 2.9), speed="once")
_FMOD = {"floats": "{fmod}(x, y)", "ints": "{truncmod}(x, y)"}
_TRUNCATED = ("dy", "-(dy * truncate_div(x, y))")
binary("TruncateMod", _FMOD, "The remainder of the division rounded toward zero, C's %: the sign is the dividend's" + _BROADCAST
       + _INTS_DIVIDE, kernel="binary_division", gradient=_TRUNCATED, numpy="np.fmod(x, y)", domain_y=(1.0, 2.9), speed="once")
binary("Mod", _FMOD, "The same as TruncateMod." + _INTS_DIVIDE, kernel="binary_division", gradient=_TRUNCATED, numpy="np.fmod(x, y)",
       domain_y=(1.0, 2.9), same_loop="TruncateMod")
binary("DivNoNan", "y == 0 ? 0 : x / y", "x / y, and 0 where y is 0" + _BROADCAST, T="floats", speed="padded",
       gradient=("div_no_nan(dy, y)", "-(dy * div_no_nan(z, y))"), numpy="np.where(y == 0, 0, x / np.where(y == 0, 1, y))",
       domain_y=(1.0, 2.9))
binary("MulNoNan", "y == 0 ? 0 : x * y", "x * y, and 0 where y is 0, whatever x is" + _BROADCAST, T="floats", speed="padded",
       gradient=("mul_no_nan(dy, y)", "mul_no_nan(x, dy)"), numpy="np.where(y == 0, 0, x * y)")

# ---- powers and what uses logarithms ----

binary("Pow", "{pow}(x, y)", "x to the y" + _BROADCAST + " Integers wrap.\n"
       "InvalidArgument when an exponent of integers is negative. The gradient for y is dy * z * 0 where x <= 0.",
       T="floats int32 int64 int16 int8", kernel="binary_power", speed="padded",
       gradient=("dy * y * pow(x, y - 1.0)", "dy * z * log_or_zero(x)"), numpy="np.power(x, y)", domain=(0.5, 2.0))
binary("Atan2", "{atan2}(x, y)", "The angle of the point (x, y), in (-pi, pi]" + _BROADCAST, T="floats", inputs="y x", speed="padded",
       gradient=("dy * (x / (x * x + y * y))", "-(dy * (y / (x * x + y * y)))"), numpy="np.arctan2(x, y)", domain=(0.5, 2.0))
binary("Xdivy", "x == 0 ? 0 : x / y", "x / y, and 0 where x is 0, even if y is" + _BROADCAST, T="floats", speed="padded",
       gradient=("dy * xdivy(not_zero(x), y)", "-(dy * xdivy(x, y * y))"), numpy="np.where(x == 0, 0, x / y)", domain_y=(1.0, 2.9))
binary("Xlogy", "x == 0 ? 0 : x * {log}(y)", "x log(y), and 0 where x is 0, even if y is" + _BROADCAST, T="floats", speed="padded",
       gradient=("dy * xlogy(not_zero(x), y)", "dy * xdivy(x, y)"), numpy="np.where(x == 0, 0, x * np.log(y))", domain_y=(1.0, 2.9))
binary("Xlog1py", "x == 0 ? 0 : x * {log1p}(y)", "x log(1 + y), and 0 where x is 0, even if y is -1" + _BROADCAST, T="floats",
       speed="padded", gradient=("dy * xlog1py(not_zero(x), y)", "dy * xdivy(x, y + 1.0)"),
       numpy="np.where(x == 0, 0, x * np.log1p(y))", domain_y=(1.0, 2.9))

# ---- the larger and the smaller ----

binary("Maximum", {"floats": "x >= y ? x : x != x ? x : y", "ints": "x > y ? x : y"},
       "The larger of x and y" + _BROADCAST + " NaN where either is. The gradient goes to x where both are equal.",
       gradient=("relu_grad(dy, not_less(x, y))", "relu_grad(dy, 1.0 - not_less(x, y))"), numpy="np.maximum(x, y)")
binary("Minimum", {"floats": "x <= y ? x : x != x ? x : y", "ints": "x < y ? x : y"},
       "The smaller of x and y" + _BROADCAST + " NaN where either is. The gradient goes to x where both are equal.",
       gradient=("relu_grad(dy, not_less(y, x))", "relu_grad(dy, 1.0 - not_less(y, x))"), numpy="np.minimum(x, y)")
binary("NotLess", "x >= y", "1 where x >= y, else 0, in the operands' dtype" + _BROADCAST, T="floats", internal=True, numpy="(x >= y) * 1.0",
       speed="padded")
binary("IsEqual", "x == y", "1 where x == y, else 0, in the operands' dtype" + _BROADCAST, T="floats", internal=True,
       numpy="(x == y) * 1.0", speed="padded")
binary("IsLess", "x < y", "1 where x < y, else 0, in the operands' dtype" + _BROADCAST, T="floats", internal=True, numpy="(x < y) * 1.0",
       speed="padded")
op("ClipByValue", "t:T clip_value_min:T clip_value_max:T", "output:T", T="numbers", gradient="clip_by_value",
   saves="t clip_value_min clip_value_max",
   doc="t, raised to clip_value_min where it is below and lowered to clip_value_max where it is above; NaN stays.\n"
       "InvalidArgument when the limits do not broadcast to t's shape. Where the limits cross, the result is clip_value_min.")

# ---- bits ----

_BITS = dict(T="ints")
binary("BitwiseAnd", "x & y", "The bits that x and y both have" + _BROADCAST, numpy="x & y", **_BITS)
binary("BitwiseOr", "x | y", "The bits that x or y has" + _BROADCAST, numpy="x | y", **_BITS)
binary("BitwiseXor", "x ^ y", "The bits that one of x and y has" + _BROADCAST, numpy="x ^ y", **_BITS)
unary("Invert", "~x", "The bits of x turned, element by element.", numpy="~x", **_BITS)
_COUNT = "sj__shift_count(y, sizeof(x))"
binary("LeftShift", f"(uint64_t)x << {_COUNT}", "x shifted left by y bits" + _BROADCAST
       + "\ny is taken as 0 where it is negative and as the number of bits less one where it is larger.", numpy="x << y",
       int_domain_y=(0, 7), **_BITS)
binary("RightShift", f"x >> {_COUNT}", "x shifted right by y bits, the sign kept" + _BROADCAST
       + "\ny is taken as 0 where it is negative and as the number of bits less one where it is larger.", numpy="x >> y",
       int_domain_y=(0, 7), **_BITS)
