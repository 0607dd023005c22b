"""Biases, softmax, cross entropies."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(20)


def draw(*shape):
    return rng.standard_normal(shape)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_softmax(x):
    z = x - x.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def probabilities(*shape):
    return softmax(draw(*shape))


# ---- BiasAdd ----

def bias_add(value, bias, data_format="NHWC"):
    return value + (bias.reshape([-1] + [1] * (value.ndim - 2)) if data_format == "NCHW" else bias)


def bias_add_grad(d, data_format="NHWC"):
    axis = 1 if data_format == "NCHW" else d.ndim - 1
    return d.sum(tuple(i for i in range(d.ndim) if i != axis))


def whole(*shape):
    return np.array(rng.integers(-4, 5, shape), np.float64)


case("BiasAdd", [whole(4, 3), whole(3)], expect=bias_add)
case("BiasAdd", [whole(2, 3, 4, 5), whole(5)], expect=bias_add)
case("BiasAdd", [draw(2, 3, 4, 5), draw(3)], {"data_format": "NCHW"}, expect=bias_add, dtypes=["float32", "float64", "int32"])
case("BiasAdd", [whole(2, 3), whole(3)], {"data_format": "NCHW"}, expect=bias_add)
case("BiasAdd", [draw(70, 700), draw(700)], expect=bias_add, dtypes=["float32", "float64"], gradient=False)
case("BiasAdd", [draw(3, 40, 30, 20), draw(40)], {"data_format": "NCHW"}, expect=bias_add, dtypes=["float32"], gradient=False)
case("BiasAdd", [draw(2, 0, 3), draw(3)], expect=bias_add)
case("BiasAdd", [draw(2, 0), draw(0)], expect=bias_add)
error("BiasAdd", [draw(3), draw(3)], match="rank must be at least 2")
error("BiasAdd", [draw(2, 3), draw(1, 3)], match="must be a vector")
error("BiasAdd", [draw(2, 3), draw(2)], match="3 channels")
error("BiasAdd", [draw(2, 3), draw(3)], {"data_format": 7}, match="neither NHWC nor NCHW")

case("BiasAddGrad", [whole(4, 3)], expect=bias_add_grad)
case("BiasAddGrad", [whole(2, 3, 4, 5)], expect=bias_add_grad)
case("BiasAddGrad", [whole(2, 3, 4, 5)], {"data_format": "NCHW"}, expect=bias_add_grad)
case("BiasAddGrad", [draw(900, 700)], expect=bias_add_grad, dtypes=["float32", "float64"], gradient=False)
case("BiasAddGrad", [draw(3, 40, 30, 20)], {"data_format": "NCHW"}, expect=bias_add_grad, dtypes=["float32"], gradient=False)
case("BiasAddGrad", [draw(0, 3)], expect=bias_add_grad)
error("BiasAddGrad", [draw(3)], match="rank must be at least 2")
error("BiasAddGrad", [draw(3, 3)], {"data_format": -1}, match="neither NHWC nor NCHW")

# ---- Softmax ----

for name, function in (("Softmax", softmax), ("LogSoftmax", log_softmax)):
    case(name, [draw(4, 3)], expect=function)
    case(name, [draw(7)], expect=function)
    case(name, [draw(2, 3, 2, 5) * 30], expect=function, gradient=False)
    case(name, [draw(2, 0, 3)], expect=lambda x: x)
    case(name, [draw(3, 0)], expect=lambda x: x)
    case(name, [draw(33, 17)], expect=function, gradient=False)
    case(name, [draw(3, 1001)], expect=function, gradient=False)
    case(name, [draw(700, 100)], expect=function, gradient=False)
    case(name, [[1000.0, 1001.0]], expect=function)
    error(name, [np.float32(1)], match="scalar")
case("Softmax", [[[-np.inf, -np.inf], [-np.inf, 0.0], [np.inf, 1.0], [np.nan, 1.0]]], expect=[
    [[np.nan, np.nan], [0, 1], [np.nan, np.nan], [np.nan, np.nan]]], gradient=False)


# ---- cross entropies ----

def cross_entropy(features, labels):
    features, labels = np.broadcast_arrays(features, labels)
    return [-(labels * log_softmax(features)).sum(-1), softmax(features) - labels]


def sparse(features, labels):
    return cross_entropy(features, np.eye(features.shape[-1])[labels])


NAME, SPARSE = "SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"
case(NAME, [draw(4, 3), probabilities(4, 3)], expect=cross_entropy)
case(NAME, [draw(16, 3) * 20, probabilities(16, 3)], expect=cross_entropy, gradient=False)
case(NAME, [draw(1, 3), probabilities(4, 3)], expect=cross_entropy, gradient=[1])
case(NAME, [draw(2, 4), probabilities(4)], expect=cross_entropy)
case(NAME, [draw(2, 4), [[0.25]]], expect=cross_entropy, gradient=[0])
case(NAME, [draw(300, 120), probabilities(300, 120)], expect=cross_entropy, gradient=False)
case(NAME, [draw(20, 1003), probabilities(20, 1003)], expect=cross_entropy, gradient=False)
case(NAME, [draw(0, 3), draw(0, 3)], expect=lambda f, l: [np.zeros(0), np.zeros((0, 3))])
error(NAME, [draw(2, 0), draw(2, 0)], match="at least one class")
error(NAME, [draw(2, 3), draw(2, 4)], match="do not broadcast")
error(NAME, [draw(2, 3, 4), draw(2, 3, 4)], match="must be matrices")
error(NAME, [draw(3), draw(3)], match="must be matrices")

case(SPARSE, [draw(4, 3), [0, 2, 1, 2]], expect=sparse)
case(SPARSE, [draw(16, 3) * 20, rng.integers(0, 3, 16)], expect=sparse, gradient=False)
case(SPARSE, [draw(400, 100), rng.integers(0, 100, 400)], expect=sparse, gradient=False)
case(SPARSE, [draw(20, 1003), rng.integers(0, 1003, 20)], expect=sparse, gradient=False)
case(SPARSE, [draw(0, 3), np.zeros(0, np.int64)], expect=lambda f, l: [np.zeros(0), np.zeros((0, 3))])
error(SPARSE, [draw(2, 3), [0, 3]], match=r"labels\[1\] is 3, which is outside the valid range of \[0, 3\)")
error(SPARSE, [draw(2, 3), [-1, 0]], match="is -1")
error(SPARSE, [draw(2, 0), [0, 0]], match="at least one class")
error(SPARSE, [draw(2, 3), [0, 0, 0]], match="differ in the batch")
error(SPARSE, [draw(2, 3), [[0, 0]]], match="must be a vector")
error(SPARSE, [draw(3), [0]], match="must be a matrix")

case("L2Loss", [draw(3, 4)], expect=lambda t: np.sum(t * t) / 2)
case("L2Loss", [draw(0)], expect=lambda t: 0.0)
case("L2Loss", [draw(100001)], expect=lambda t: np.sum(t * t) / 2, gradient=False)
case("L2Loss", [3.0], expect=lambda t: t * t / 2)
