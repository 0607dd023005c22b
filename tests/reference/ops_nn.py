"""Operations of neural networks one by one: see ops_cases.py. Run with TensorFlow 1.8.0, then with
2.21:

python ops_nn.py
"""

import numpy as np
import tensorflow as tf

from ops_cases import FLOATS, V1, Cases

cases = Cases("ops_nn")
draw, op, function = cases.draw, cases.op, cases.function

# (input, filter, strides, dilations)
CONVOLUTIONS = [
    ([2, 5, 6, 3], [3, 3, 3, 4], (1, 1), (1, 1)),
    ([1, 7, 7, 2], [3, 2, 2, 3], (2, 2), (1, 1)),
    ([1, 8, 7, 1], [1, 1, 1, 5], (1, 1), (1, 1)),
    ([2, 6, 6, 2], [2, 4, 2, 2], (2, 1), (1, 1)),
    ([1, 9, 8, 2], [3, 3, 2, 3], (1, 1), (2, 2)),
    ([1, 10, 9, 1], [2, 3, 1, 2], (1, 1), (3, 1)),
    ([1, 5, 5, 1], [5, 5, 1, 2], (1, 1), (1, 1)),
    ([1, 4, 4, 2], [2, 2, 2, 2], (3, 3), (1, 1)),
    ([1, 7, 8, 16], [5, 5, 16, 6], (1, 1), (1, 1)),
]


def output_shape(shape, kernel, strides, dilations, padding, depth):
    sizes = []
    for n, k, s, d in zip(shape[1:3], kernel[:2], strides, dilations):
        n -= 0 if padding == "SAME" else (k - 1) * d
        sizes.append((n + s - 1) // s)
    return [shape[0]] + sizes + [depth]


def convolution(dtype):
    for shape, kernel, strides, dilations in (
        CONVOLUTIONS if dtype is np.float32 else CONVOLUTIONS[:5]
    ):
        for padding in ("VALID", "SAME"):
            options = {
                "strides": [1] + list(strides) + [1],
                "dilations": [1] + list(dilations) + [1],
            }
            options["padding"] = padding
            made = output_shape(shape, kernel, strides, dilations, padding, kernel[3])
            op("Conv2D", draw(shape, dtype), draw(kernel, dtype), **options)
            sizes = np.array(shape, np.int32), np.array(kernel, np.int32)
            op("Conv2DBackpropInput", sizes[0], draw(kernel, dtype), draw(made, dtype), **options)
            op("Conv2DBackpropFilter", draw(shape, dtype), sizes[1], draw(made, dtype), **options)


def depthwise(dtype):
    for shape, kernel, strides, dilations in CONVOLUTIONS[:8]:
        for padding in ("VALID", "SAME"):
            if strides[0] != strides[1] or dilations != (1, 1):  # The kernels know neither.
                continue
            options = {
                "strides": [1] + list(strides) + [1],
                "dilations": [1] + list(dilations) + [1],
            }
            options["padding"] = padding
            made = output_shape(shape, kernel, strides, dilations, padding, kernel[2] * kernel[3])
            op("DepthwiseConv2dNative", draw(shape, dtype), draw(kernel, dtype), **options)
            sizes = np.array(shape, np.int32), np.array(kernel, np.int32)
            name = "DepthwiseConv2dNativeBackprop"
            op(name + "Input", sizes[0], draw(kernel, dtype), draw(made, dtype), **options)
            op(name + "Filter", draw(shape, dtype), sizes[1], draw(made, dtype), **options)


def composed_convolutions(dtype):
    x, depth = draw([1, 7, 6, 2], dtype), draw([3, 3, 2, 2], dtype)
    point = draw([1, 1, 4, 3], dtype)
    for padding in ("VALID", "SAME"):
        options = {"strides": [1, 1, 1, 1], "padding": padding}
        function(
            "tf.nn.separable_conv2d",
            V1.nn.separable_conv2d,
            x,
            depth,
            point,
            gradient=(0, 1, 2),
            **options,
        )
        function(
            "tf.nn.atrous_conv2d",
            V1.nn.atrous_conv2d,
            x,
            depth,
            gradient=(0, 1),
            rate=2,
            padding=padding,
        )
        transposed = draw([3, 3, 3, 2], dtype)
        sizes = [1, 15, 13, 3] if padding == "VALID" else [1, 14, 12, 3]
        options = {"output_shape": sizes, "strides": [1, 2, 2, 1], "padding": padding}
        function(
            "tf.nn.conv2d_transpose",
            V1.nn.conv2d_transpose,
            x,
            transposed,
            gradient=(0, 1),
            **options,
        )
        op(
            "Conv3D",
            draw([1, 4, 5, 4, 2], dtype),
            draw([2, 3, 2, 2, 3], dtype),
            gradient=(0, 1),
            strides=[1, 1, 2, 1, 1],
            padding=padding,
        )
        options = {"strides": [1, 1, 1, 1], "padding": padding, "rate": [2, 2]}
        name = "tf.nn.depthwise_conv2d"
        function(
            name, V1.nn.depthwise_conv2d, x, draw([2, 2, 2, 2], dtype), gradient=(0, 1), **options
        )
        options = {"stride": 2, "padding": padding}
        function(
            "tf.nn.conv1d",
            V1.nn.conv1d,
            draw([2, 7, 3], dtype),
            draw([3, 3, 2], dtype),
            gradient=(0, 1),
            **options,
        )
        options = {"strides": [1, 1, 1, 1], "rates": [1, 1, 1, 1], "padding": padding}
        op("Dilation2D", x, draw([3, 3, 2], dtype), gradient=(0, 1), **options)


def pooling(dtype):
    for shape, window, strides in [
        ([2, 6, 6, 3], (2, 2), (2, 2)),
        ([1, 7, 5, 2], (3, 2), (2, 1)),
        ([1, 5, 5, 1], (3, 3), (1, 1)),
        ([1, 4, 4, 2], (1, 1), (2, 2)),
    ]:
        for padding in ("VALID", "SAME"):
            options = {
                "ksize": [1] + list(window) + [1],
                "strides": [1] + list(strides) + [1],
                "padding": padding,
            }
            op("MaxPool", draw(shape, dtype), gradient=(0,), **options)
            op("AvgPool", draw(shape, dtype), gradient=(0,), **options)
            if dtype is np.float32:
                ties = draw(shape, np.int32, -1, 1).astype(dtype)
                op("MaxPool", ties, gradient=(0,), **options)
                op("MaxPoolWithArgmax", draw(shape, dtype), **options)
    options = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 1, 2, 1]}
    for padding in ("VALID", "SAME"):
        for name in ("MaxPool3D", "AvgPool3D"):
            op(name, draw([1, 4, 3, 5, 2], dtype), gradient=(0,), padding=padding, **options)
    special = np.array([np.nan, 1, 2, -np.inf, -np.inf, -np.inf, np.inf, 0], dtype).reshape(
        1, 1, 8, 1
    )
    op("MaxPool", special, ksize=[1, 1, 2, 1], strides=[1, 1, 2, 1], padding="VALID")


def normalization(dtype):
    x = draw([2, 3, 4, 6], dtype, -2, 2)
    if dtype is np.float32:
        op("LRN", x, gradient=(0,))
        op("LRN", x, gradient=(0,), depth_radius=2, bias=2.0, alpha=0.3, beta=0.75)
        op("LRN", x, gradient=(0,), depth_radius=1, bias=1.0, alpha=0.5, beta=0.5)
        op("LRNGrad", draw([2, 3, 4, 6], dtype), x, draw([2, 3, 4, 6], dtype, 0, 1), depth_radius=2)
        scale, offset = draw([6], dtype, 0.5, 2), draw([6], dtype)
        mean, variance = draw([6], dtype), draw([6], dtype, 0.1, 2)
        empty = np.zeros(0, dtype)
        for epsilon in (1e-3, 0.1):
            op(
                "FusedBatchNorm",
                x,
                scale,
                offset,
                empty,
                empty,
                gradient=(0, 1, 2),
                epsilon=epsilon,
            )
            options = {"epsilon": epsilon, "is_training": False}
            op("FusedBatchNorm", x, scale, offset, mean, variance, gradient=(0, 1, 2), **options)
            op(
                "FusedBatchNormV2",
                x,
                scale,
                offset,
                empty,
                empty,
                gradient=(0, 1, 2),
                epsilon=epsilon,
            )
    for axes in ([0, 1, 2], [0], [1, 2], [-1], []):
        for keep in (False, True):
            function("tf.nn.moments", V1.nn.moments, x, gradient=(0,), axes=axes, keep_dims=keep)
    for axis in (0, -1, 2):
        function("tf.nn.l2_normalize", tf.nn.l2_normalize, x, gradient=(0,), axis=axis)
    zeros = np.zeros((2, 3), dtype)
    function("tf.nn.l2_normalize", tf.nn.l2_normalize, zeros, gradient=(0,), axis=1, epsilon=1e-6)
    mean, variance = draw([6], dtype), draw([6], dtype, 0.1, 2)
    scale, offset = draw([6], dtype, 0.5, 2), draw([6, 1, 1], dtype).ravel()
    normalize = tf.nn.batch_normalization
    inputs = (x, mean, variance, offset, scale)
    function(
        "tf.nn.batch_normalization",
        normalize,
        *inputs,
        gradient=(0, 1, 2, 3, 4),
        variance_epsilon=1e-3,
    )


def activations(dtype):
    tiny = np.finfo(dtype).tiny
    x = np.array(
        [
            -np.inf,
            -1e4,
            -100,
            -20,
            -5.5,
            -2,
            -1,
            -0.5,
            -1e-3,
            -tiny,
            -0.0,
            0,
            tiny,
            1e-3,
            0.5,
            1,
            2,
            3,
            5.9,
            6,
            6.1,
            20,
            100,
            1e4,
        ]
        + [np.inf, np.nan],
        dtype,
    )
    for name in ("Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign", "Sigmoid", "Tanh"):
        op(name, x, gradient=(0,))
    for slope in (0.2, 0.0, 1.5):
        function("tf.nn.leaky_relu", tf.nn.leaky_relu, x, gradient=(0,), alpha=slope)
    function("tf.nn.crelu", V1.nn.crelu, draw([3, 4], dtype), gradient=(0,))
    op("BiasAdd", draw([2, 3, 4, 5], dtype), draw([5], dtype), gradient=(0, 1))
    op("BiasAddGrad", draw([2, 3, 4, 5], dtype))
    op("BiasAdd", draw([3, 5], dtype), draw([5], dtype), gradient=(0, 1))
    op("L2Loss", draw([3, 4], dtype), gradient=(0,))


def logits(dtype):
    """Ordinary rows, rows far apart, and rows with infinities."""
    far = np.array([[1000, 0, -1000], [-1e4, -1e4, -1e4], [88, 89, 90], [0, 0, 0]], dtype)
    infinite = np.array(
        [[np.inf, 0, 1], [-np.inf, 0, 1], [-np.inf, -np.inf, -np.inf], [np.nan, 0, 1]], dtype
    )
    return [draw([4, 3], dtype, -3, 3), far, infinite]


def softmaxes(dtype):
    for x in logits(dtype):
        op("Softmax", x, gradient=(0,))
        op("LogSoftmax", x, gradient=(0,))
        labels = np.array([[0, 1, 0], [0.5, 0.25, 0.25], [0, 0, 0], [1, 1, 1]], dtype)
        op("SoftmaxCrossEntropyWithLogits", x, labels, gradient=(0,))
        op(
            "SparseSoftmaxCrossEntropyWithLogits",
            x,
            np.array([0, 2, 1, 1], np.int32),
            gradient=(0,),
        )
        both = V1.nn.softmax_cross_entropy_with_logits_v2
        named = lambda z, t: both(labels=t, logits=z)  # noqa: E731
        function("tf.nn.softmax_cross_entropy_with_logits_v2", named, x, labels, gradient=(0, 1))
        sigmoid = lambda z, t: tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)  # noqa: E731
        function("tf.nn.sigmoid_cross_entropy_with_logits", sigmoid, x, labels, gradient=(0, 1))
        for weight in (0.5, 3.0):
            weighted = lambda z, t, pos_weight: tf.nn.weighted_cross_entropy_with_logits(
                t, z, pos_weight
            )  # noqa: E731
            name = "tf.nn.weighted_cross_entropy_with_logits"
            function(name, weighted, x, labels, gradient=(0, 1), pos_weight=weight)
        function("tf.nn.softmax", V1.nn.softmax, x, gradient=(0,), axis=0)
        function("tf.nn.log_softmax", V1.nn.log_softmax, x, gradient=(0,), axis=0)
        function("tf.reduce_logsumexp", V1.reduce_logsumexp, x, gradient=(0,), axis=1)
    poisson = lambda z, t, full: tf.nn.log_poisson_loss(t, z, compute_full_loss=full)  # noqa: E731
    for full in (False, True):
        name = "tf.nn.log_poisson_loss"
        function(name, poisson, draw([6], dtype), draw([6], dtype, 0, 4), gradient=(0,), full=full)


def top(dtype):
    x = np.array(
        [[1, 3, 3, 2, 0], [5, 4, 5, 4, 5], [-1, -2, -3, -4, -5], [0.5, 0.5, 0.5, 0.5, 0.5]], dtype
    )
    for k in (0, 1, 2, 5):
        for ordered in (True, False):
            op("TopKV2", x, np.int32(k), sorted=ordered)
        if dtype is np.float32 and k:
            op("InTopK", x, np.array([1, 3, 4, 4], np.int32), k=k)
            op("InTopKV2", x, np.array([2, 1, 0, 4], np.int64), np.int64(k))
    special = np.array([[np.nan, 1, 2], [np.inf, 1, np.inf], [-np.inf, 1, 2]], dtype)
    op("TopKV2", special, np.int32(2))
    if dtype is np.float32:
        op("InTopK", special, np.array([1, 0, 2], np.int32), k=1)
    op("TopKV2", draw([2, 3, 7], dtype), np.int32(3), gradient=(0,))


def images():
    x = draw([1, 4, 5, 2], np.float32, 0, 9)
    for size in ([8, 10], [3, 2], [4, 5], [7, 1]):
        for corners in (False, True):
            for name in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
                gradient = () if name == "ResizeArea" else (0,)
                op(name, x, np.array(size, np.int32), gradient=gradient, align_corners=corners)
    boxes = np.array([[0, 0, 1, 1], [0.2, 0.1, 0.7, 0.9], [-0.2, 0.5, 1.3, 0.4]], np.float32)
    sizes = np.zeros(3, np.int32), np.array([3, 4], np.int32)
    op("CropAndResize", x, boxes, *sizes, gradient=(0, 1), extrapolation_value=-1.0)
    colours = draw([2, 3, 3], np.float32, 0, 1)
    op("RGBToHSV", colours)
    op("HSVToRGB", colours)
    op("AdjustContrastv2", draw([3, 4, 3], np.float32, 0, 1), np.float32(1.7))
    boxes = draw([6, 4], np.float32, 0, 1)
    op("NonMaxSuppressionV2", boxes, draw([6], np.float32, 0, 1), np.int32(4), np.float32(0.4))


def main():
    for dtype in FLOATS:
        convolution(dtype)
        depthwise(dtype)
        composed_convolutions(dtype)
        pooling(dtype)
        normalization(dtype)
        activations(dtype)
        softmaxes(dtype)
        top(dtype)
    images()
    cases.save()


if __name__ == "__main__":
    main()
