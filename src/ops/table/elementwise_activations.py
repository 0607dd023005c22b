"""Activation functions and the gradient operations that TensorFlow registers for them."""
from rows import binary, op, unary

_EACH = ", element by element."
_SCALE, _SCALED_ALPHA = "({T})1.0507009873554805", "({T})1.7580993408473768"


def _activation(name, c, doc, gradient, numpy, domain=(-2.0, 2.0), speed="padded", inputs="features", output="activations", **more):
    unary(name, c, doc + _EACH, gradient=gradient, numpy=numpy, domain=domain, speed=speed, inputs=inputs, output=output, **more)


def _gradient(name, second, c, doc, gradient, numpy, speed="direct", T="floats", **more):
    binary(name, c, doc, T=T, inputs="gradients " + second, output="backprops", gradient=gradient, numpy=numpy, speed=speed,
           domain=(0.2, 2.0), **more)


_activation("Relu", {"uint8": "x", "numbers": "x < 0 ? 0 : x"}, "max(x, 0); NaN stays", "relu_grad(dy, activations)",
            "np.maximum(x, 0)", (0.1, 2.0), speed="direct", T="numbers")
_gradient("ReluGrad", "features", "y > 0 ? x : 0",
          "The gradient of Relu: gradients where features (Relu's input or output) is positive, else 0.",
          ("relu_grad(dy, features)", None), "np.where(y > 0, x, 0)", T="numbers")
_activation("Relu6", {"uint8": "x > 6 ? 6 : x", "numbers": "x < 0 ? 0 : x > 6 ? 6 : x"}, "min(max(x, 0), 6); NaN stays", "relu6_grad(dy, features)",
            "np.clip(x, 0, 6)", (0.1, 5.0), speed="direct", T="numbers")
_gradient("Relu6Grad", "features", "y > 0 && y < 6 ? x : 0",
          "The gradient of Relu6: gradients where features (its input or output) is between 0 and 6, else 0.",
          ("relu6_grad(dy, features)", None), "np.where((y > 0) & (y < 6), x, 0)", T="numbers", speed="padded")
_activation("Elu", "x < 0 ? {expm1}(x) : x", "x, and exp(x) - 1 where x is negative", "elu_grad(dy, activations)",
            "np.where(x < 0, np.expm1(x), x)")
_gradient("EluGrad", "outputs", "y < 0 ? x * (y + 1) : x", "The gradient of Elu from its outputs.",
          ("elu_grad(dy, outputs)", "relu_grad(dy * gradients, -outputs)"), "np.where(y < 0, x * (y + 1), x)",
          speed="padded")
_activation("Selu", f"x < 0 ? {_SCALED_ALPHA} * {{expm1}}(x) : {_SCALE} * x",
            "scale * x, and scale * alpha * (exp(x) - 1) where x is negative (Klambauer et al. 2017)", "selu_grad(dy, activations)",
            "np.where(x < 0, 1.7580993408473768 * np.expm1(x), 1.0507009873554805 * x)")
_gradient("SeluGrad", "outputs", f"y < 0 ? x * (y + {_SCALED_ALPHA}) : x * {_SCALE}", "The gradient of Selu from its outputs.",
          ("selu_grad(dy, outputs)", "relu_grad(dy * gradients, -outputs)"),
          "np.where(y < 0, x * (y + 1.7580993408473768), x * 1.0507009873554805)", speed="padded")
_activation("Sigmoid", "{sigmoid}(x)", "1 / (1 + exp(-x))", "sigmoid_grad(y, dy)", "1 / (1 + np.exp(-x))", inputs="x", output="y")
_activation("Softplus", "{softplus}(x)", "log(1 + exp(x))", "softplus_grad(dy, features)", "np.log1p(np.exp(x))", specials=False)
_gradient("SoftplusGrad", "features", "x * {sigmoid}(y)", "The gradient of Softplus.",
          ("softplus_grad(dy, features)", "sigmoid_grad(sigmoid(features), dy * gradients)"), "x / (1 + np.exp(-y))",
          speed="padded")
_activation("Softsign", "x / (1 + {abs}(x))", "x / (1 + |x|)", "softsign_grad(dy, features)", "x / (1 + np.abs(x))")
_gradient("SoftsignGrad", "features", "x / ((1 + {abs}(y)) * (1 + {abs}(y)))", "The gradient of Softsign.",
          ("softsign_grad(dy, features)", "-(dy * ((backprops + backprops) * sign(features))) / (abs(features) + 1.0)"),
          "x / np.square(1 + np.abs(y))", speed="padded", ulp=4, specials=False)

# The attribute is the second operand of the loop.
_ALPHA = "alpha:float=0.2"
op("LeakyRelu", "features:T", "activations:T", attrs=_ALPHA, T="floats", c_name="leaky_relu", rule="unary", kernel="leaky_relu",
   gradient="leaky_relu", saves="features", loop="binary", c={"floats": "x > 0 ? x : x * y"}, speed="padded",
   doc="x, and alpha * x where x is not positive, element by element.")
op("LeakyReluGrad", "gradients:T features:T", "backprops:T", attrs=_ALPHA, T="floats", gradient="leaky_relu_grad",
   saves="features", doc="The gradient of LeakyRelu: gradients, times alpha where features is not positive. InvalidArgument when the shapes differ.")
