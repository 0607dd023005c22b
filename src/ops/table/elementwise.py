"""Elementwise operations: one line each. Integers wrap."""
from rows import binary, unary

binary("Add", {"floats": "x + y", "ints": "(uint64_t)x + (uint64_t)y"}, "x + y, element by element, broadcast.",
       gradient=("dy", "dy"), numpy="x + y")
binary("Sub", {"floats": "x - y", "ints": "(uint64_t)x - (uint64_t)y"}, "x - y, element by element, broadcast.",
       gradient=("dy", "-dy"), numpy="x - y")
binary("Mul", {"floats": "x * y", "ints": "(uint64_t)x * (uint64_t)y"}, "x * y, element by element, broadcast.",
       gradient=("dy * y", "dy * x"), numpy="x * y")
binary("RealDiv", "x / y", "x / y of floating numbers, element by element, broadcast.", T="floats", c_name="div",
       gradient=("dy / y", "-dy * (x / y) / y"), numpy="x / y", domain_y=(0.5, 2.0))
unary("Neg", {"floats": "-x", "ints": "0 - (uint64_t)x"}, "-x, element by element.", T="numbers", gradient="-dy", numpy="-x")
unary("Square", {"floats": "x * x", "ints": "(uint64_t)x * (uint64_t)x"}, "x * x, element by element.", T="numbers",
      gradient="dy * (2.0 * x)", numpy="x * x")
unary("Exp", "{exp}(x)", "e to the x, element by element.", gradient="dy * y", numpy="np.exp(x)")
unary("Tanh", "{tanh}(x)", "The hyperbolic tangent, element by element.", gradient="dy * (1.0 - y * y)", numpy="np.tanh(x)")
unary("Relu", "x > 0 ? x : (x != x ? x : 0)", "max(x, 0), element by element; NaN stays.", T="numbers", gradient="relu_grad(dy, y)",
      numpy="np.maximum(x, 0)", domain=(0.1, 2.0))
binary("ReluGrad", "y > 0 ? x : 0", "The gradient of Relu: x (the gradient above) where y (Relu's input or output) is positive, else 0.",
       T="numbers", gradient=("relu_grad(dy, y)", None), numpy="np.where(y > 0, x, 0)")
