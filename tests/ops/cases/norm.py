"""Batch and local response normalisation."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(23)
EPSILON = float(np.float32(1e-4))  # the default, as TensorFlow has it


def draw(*shape):
    return rng.standard_normal(shape)


def axes_of(x, data_format):
    channel = 1 if data_format == "NCHW" else x.ndim - 1
    return tuple(i for i in range(x.ndim) if i != channel), [-1 if i == channel else 1 for i in range(x.ndim)]


def batch_norm(x, scale, offset, mean, variance, epsilon=EPSILON, exponential_avg_factor=1.0, data_format="NHWC", is_training=True, third=False):
    axes, shape = axes_of(x, data_format)
    f, n = exponential_avg_factor, x.size / max(1, x.shape[1 if data_format == "NCHW" else -1])
    m, v = (x.mean(axes), x.var(axes)) if is_training else (mean, variance)
    y = (x - m.reshape(shape)) / np.sqrt(v.reshape(shape) + epsilon) * scale.reshape(shape) + offset.reshape(shape)
    outputs = [y, m, v, m, v]
    if is_training:
        unbiased = v * n / max(1, n - 1)
        outputs[1:3] = [m, unbiased] if f == 1 else [(1 - f) * mean + f * m, (1 - f) * variance + f * unbiased]
    return outputs + [np.zeros(())] * third


def batch_norm_grad(d, x, scale, mean, variance, unused=None, epsilon=EPSILON, data_format="NHWC", is_training=True):
    axes, shape = axes_of(x, data_format)
    r = 1 / np.sqrt(variance + epsilon)
    s = (x - mean.reshape(shape)) * r.reshape(shape)
    db, dg = d.sum(axes), (d * s).sum(axes)
    inner = d - (d.mean(axes).reshape(shape) + s * (d * s).mean(axes).reshape(shape)) * is_training
    return [inner * (scale * r).reshape(shape), dg, db, np.zeros(0), np.zeros(0)]


def third(*inputs, **attrs):
    return batch_norm(*inputs, **attrs, third=True)


E = 1e-3
SETTINGS = [
    ([3, 4, 2, 3], dict(epsilon=E)),
    ([2, 3, 2, 4], dict(epsilon=E, data_format="NCHW")),
    ([5, 3], dict(epsilon=E)),
    ([4, 3], dict(epsilon=E, data_format="NCHW")),
    ([2, 3, 2, 3], dict(epsilon=E, is_training=False)),
    ([2, 3, 2, 2], dict(epsilon=E, is_training=False, data_format="NCHW")),
]
for name, expect in (("FusedBatchNorm", batch_norm), ("FusedBatchNormV2", batch_norm), ("FusedBatchNormV3", third)):
    for shape, attrs in SETTINGS:
        c = shape[1] if "data_format" in attrs else shape[-1]
        vectors = [draw(c), draw(c), draw(c), draw(c) ** 2 + 0.5]
        case(name, [draw(*shape)] + vectors, attrs, expect=expect, dtypes={"T": ["float64"], "U": ["float64"]}, outputs=[0, 1, 2, 3, 4])
        case(name, [draw(*shape)] + vectors, attrs, expect=expect, dtypes={"T": ["float32"], "U": ["float32"]}, gradient=False, rtol=1e-4, atol=1e-5)
    vectors = [draw(4), draw(4), draw(4), draw(4) ** 2]
    F64 = {"T": ["float64"], "U": ["float64"]}
    case(name, [draw(2, 3, 2, 4)] + vectors, dict(exponential_avg_factor=0.25, epsilon=E), expect=expect, dtypes=F64, outputs=[0, 1, 2, 3, 4])
    case(name, [draw(2, 3, 2, 4)] + vectors[:2] + [np.zeros(0), np.zeros(0)], expect=expect, dtypes=F64, gradient=False)
    case(name, [draw(2, 3, 2, 0)] + [np.zeros(0)] * 4, expect=expect, dtypes=F64, gradient=False)
    large = rng.standard_normal((8, 30, 30, 40)) * 3 + 100
    case(name, [large, draw(40), draw(40), draw(40), draw(40)], expect=expect, dtypes=F64, gradient=False, rtol=1e-10, atol=1e-10)
    case(name, [np.transpose(large, [0, 3, 1, 2]), draw(40), draw(40), draw(40), draw(40)], dict(data_format="NCHW"), expect=expect,
         dtypes=F64, gradient=False, rtol=1e-10, atol=1e-10)
    one = np.ones(3, np.float32)
    image = np.ones((2, 2, 2, 3), np.float32)
    error(name, [np.ones((2, 2, 2, 6), np.float32)] + [np.ones(1, np.float32)] * 4, match="scale has 1 elements, but there are 6 channels")
    error(name, [image, one, one, one[:2], one], match="mean has 2 elements")
    error(name, [image, one, one, one[:0], one[:0]], dict(is_training=False), match="mean has 0 elements")
    error(name, [image[0, 0, 0], one, one, one, one], match="rank must be at least 2")
    error(name, [image, one, one[None], one, one], match="offset has shape")
    error(name, [image, one, one, one, one], dict(epsilon=-1.0), match="epsilon is -1")
    error(name, [image, one, one, one, one], dict(data_format=5), match="data_format 5")

for name in ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"):
    rest = [draw(3)] if name.endswith("V3") else []
    for shape, attrs in SETTINGS:
        c = shape[1] if "data_format" in attrs else shape[-1]
        vectors = [draw(c), draw(c), draw(c) ** 2 + 0.5] + rest
        indices = [0, 1, 2, 3, 4]
        case(name, [draw(*shape), draw(*shape)] + vectors, attrs, expect=batch_norm_grad, dtypes={"T": ["float64"], "U": ["float64"]},
             outputs=[0, 1, 2], gradient=indices)
        case(name, [draw(*shape), draw(*shape)] + vectors, attrs, expect=batch_norm_grad, dtypes={"T": ["float32"], "U": ["float32"]},
             gradient=False, rtol=1e-4, atol=1e-5)
    case(name, [large, large * large, draw(40), draw(40), draw(40) ** 2] + rest, expect=batch_norm_grad, dtypes=F64, gradient=False, rtol=1e-10)
    rest = [one] if rest else []
    error(name, [image, image[:1], one, one, one] + rest, match="y_backprop has shape")
    error(name, [image, image, one[:2], one, one] + rest, match="scale has 2 elements")
    error(name, [image, image, one, one, one[:1]] + rest, match="reserve_space_2 has 1 elements")
    error(name, [image, image, one, one, one] + rest, dict(epsilon=float("nan")), match="epsilon is")


def window(values, radius):
    c = values.shape[-1]
    band = (np.abs(np.arange(c)[:, None] - np.arange(c)) <= radius) * 1.0
    return values @ band


def lrn(x, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5):
    return x * (bias + alpha * window(x * x, depth_radius)) ** -beta


def lrn_grad(d, x, y, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5):
    n = bias + alpha * window(x * x, depth_radius)
    return d * n ** -beta - 2 * alpha * beta * x * window(d * y / n, depth_radius)


for attrs in ({}, dict(depth_radius=1, bias=2.0, alpha=0.5, beta=0.75), dict(depth_radius=0)):
    case("LRN", [draw(2, 2, 1, 5)], attrs, expect=lrn)
    case("LRNGrad", [draw(2, 1, 2, 5), draw(2, 1, 2, 5), draw(2, 1, 2, 5)], attrs, expect=lrn_grad)
case("LRN", [draw(3, 40, 30, 7)], expect=lrn, gradient=False)
case("LRN", [draw(1, 2, 3, 0)], expect=lambda x: x)
error("LRN", [draw(2, 3)], match="rank must be 4")
error("LRN", [draw(1, 2, 3, 4)], dict(depth_radius=-1), match="depth_radius is -1")
error("LRNGrad", [draw(1, 2, 3, 4), draw(1, 2, 3, 4), draw(1, 1, 1, 1, 1, 1)], match="output_image has shape")
error("LRNGrad", [draw(1, 2, 3, 4), draw(1, 2, 3, 5), draw(1, 2, 3, 4)], match="must be the same")
error("LRNGrad", [draw(1, 2, 3, 4), draw(1, 2, 3, 4), draw(1, 2, 3, 4)], dict(depth_radius=-1), match="depth_radius")
