"""tf.keras.applications: networks for images, with weights that begin at random. Each is a line of words a part; pretrained weights are HDF5 files, which are not read.

A word: "64" is a convolution of 64 kernels 1x1, "64@5x3" of 5x3, "/2" after it strides 2 without padding; "a" is an average over 3x3, "m" the largest of 3x3 at
strides of 2; "p+q" is both, joined. "|" parts branches, which are joined.
"""

import numpy as np

from sokuji._src.keras import graph, layers, layers_normalization, layers_products, layers_space, models

_NAMES = {**layers.KERAS}
for _module in (layers_space, layers_normalization, layers_products):
    _NAMES.update(_module.LAYERS)


def _layer(kind, *arguments, **keywords):
    return _NAMES[kind](*arguments, **keywords)


# ---- what goes in and what comes out ----


def _input(include_top, weights, input_tensor, input_shape, size, least):
    if weights == "imagenet":
        raise NotImplementedError("not implemented: weights='imagenet' of tf.keras.applications, an HDF5 file; use weights=None and a checkpoint")
    if weights is not None:
        raise ValueError("The `weights` argument should be either `None` (random initialization) or `imagenet`; files of weights are not read: %r" % (weights,))
    if input_tensor is not None:
        return input_tensor
    shape = tuple(input_shape) if input_shape is not None else (size, size, 3) if include_top else (None, None, 3)
    if len(shape) != 3:
        raise ValueError("`input_shape` must be a tuple of three integers.")
    if include_top and shape != (size, size, 3):
        raise ValueError("When setting `include_top=True`, `input_shape` should be %s." % ((size, size, 3),))
    if any(d is not None and d < least for d in shape[:2]):
        raise ValueError("Input size must be at least %dx%d; got `input_shape=%s`" % (least, least, shape))
    return graph.Input(shape=shape)


def _public(build, name, size, *least):
    """The functions of 1.x and 2.x: build(x, whether the classifier follows) gives what comes before it."""

    def made(version, include_top, weights, input_tensor, input_shape, pooling, classes, activation, name):
        given = _input(include_top, weights, input_tensor, input_shape, size, least[version - 1])
        x = build(given, include_top)
        if include_top:
            x = _layer("GlobalAveragePooling2D", name="avg_pool")(x) if len(x.shape) == 4 else x
            x = _layer("Dense", classes, activation=activation, name="predictions")(x)
        elif pooling in ("avg", "max"):
            x = _layer("GlobalAveragePooling2D" if pooling == "avg" else "GlobalMaxPooling2D")(x)
        return models.Model(given, x, name=name)

    def network_1(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000):
        """The network of that name; weights "imagenet" are not there, None gives random ones."""
        return made(1, include_top, weights, input_tensor, input_shape, pooling, classes, "softmax", name)

    def network_2(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000, classifier_activation="softmax",
                  name=name):  # fmt: skip
        """The network of that name; weights "imagenet" are not there, None gives random ones."""
        return made(2, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)

    return network_1, network_2


def _vgg(counts):
    def build(x, include_top):
        for block, (filters, count) in enumerate(zip((64, 128, 256, 512, 512), counts), 1):
            for i in range(1, count + 1):
                x = _layer("Conv2D", filters, (3, 3), activation="relu", padding="same", name="block%d_conv%d" % (block, i))(x)
            x = _layer("MaxPooling2D", (2, 2), strides=(2, 2), name="block%d_pool" % block)(x)
        if include_top:
            x = _layer("Flatten", name="flatten")(x)
            for i in (1, 2):
                x = _layer("Dense", 4096, activation="relu", name="fc%d" % i)(x)
        return x

    return build


# ---- Inception ----


def _convolved(x, word, padding="same"):
    word, _, strided = word.partition("/")
    filters, _, size = word.partition("@")
    rows, columns = (int(v) for v in (size or "1x1").split("x"))
    x = _layer("Conv2D", int(filters), (rows, columns), strides=(2, 2) if strided else (1, 1), padding="valid" if strided else padding, use_bias=False)(x)
    x = _layer("BatchNormalization", axis=3, scale=False)(x)
    return _layer("Activation", "relu")(x)


def _branch(x, words, name):
    for word in words.split():
        if word == "a":
            x = _layer("AveragePooling2D", (3, 3), strides=(1, 1), padding="same")(x)
        elif word == "m":
            x = _layer("MaxPooling2D", (3, 3), strides=(2, 2))(x)
        elif "+" in word:
            parts = [_convolved(x, part) for part in word.split("+")]
            x = _layer("Concatenate", axis=3, **({} if name is None else {"name": name}))(parts)
        else:
            x = _convolved(x, word)
    return x


_35 = "64 | 48 64@5x5 | 64 96@3x3 96@3x3 | a %d"
_17 = "192 | %d %d@1x7 192@7x1 | %d %d@7x1 %d@1x7 %d@7x1 192@1x7 | a 192"
_8 = "320 | 384 384@1x3+384@3x1 | 448 384@3x3 384@1x3+384@3x1 | a 192"
_MIXED = [_35 % 32, _35 % 64, _35 % 64, "384@3x3/2 | 64 96@3x3 96@3x3/2 | m", *[_17 % ((n,) * 6) for n in (128, 160, 160, 192)],
          "192 320@3x3/2 | 192 192@1x7 192@7x1 192@3x3/2 | m", _8, _8]  # fmt: skip


def _inception(x, include_top):
    x = _convolved(x, "32@3x3/2")
    x = _convolved(x, "32@3x3", "valid")
    x = _branch(x, "64@3x3 m", None)
    x = _convolved(x, "80", "valid")
    x = _convolved(x, "192@3x3", "valid")
    x = _branch(x, "m", None)
    for i, mixed in enumerate(_MIXED):
        parts = [_branch(x, words, "mixed9_%d" % (i - 9) if k == 1 else None) for k, words in enumerate(mixed.split("|"))]
        x = _layer("Concatenate", axis=3, name="mixed%d" % i)(parts)
    return x


# ---- Xception ----


def _named(x, name, axis=-1, **keywords):
    return _layer("BatchNormalization", axis=axis, name=name, **keywords)(x)


def _separable(x, filters, name, before):
    if before:
        x = _layer("Activation", "relu", name=name + "_act")(x)
    x = _layer("SeparableConv2D", filters, (3, 3), padding="same", use_bias=False, name=name)(x)
    return _named(x, name + "_bn")


def _aside(x, filters):
    aside = _layer("Conv2D", filters, (1, 1), strides=(2, 2), padding="same", use_bias=False)(x)
    return _layer("BatchNormalization")(aside)


def _xception(x, include_top):
    for i, (filters, strides) in enumerate(((32, (2, 2)), (64, (1, 1))), 1):
        x = _layer("Conv2D", filters, (3, 3), strides=strides, use_bias=False, name="block1_conv%d" % i)(x)
        x = _layer("Activation", "relu", name="block1_conv%d_act" % i)(_named(x, "block1_conv%d_bn" % i))
    for block, filters in enumerate(((128, 128), (256, 256), (728, 728), *[(728,) * 3] * 8, (728, 1024)), 2):
        is_middle = len(filters) == 3
        aside = x if is_middle else _aside(x, filters[-1])
        for i, n in enumerate(filters, 1):
            x = _separable(x, n, "block%d_sepconv%d" % (block, i), block > 2 or i > 1)
        if not is_middle:
            x = _layer("MaxPooling2D", (3, 3), strides=(2, 2), padding="same", name="block%d_pool" % block)(x)
        x = _layer("Add")([x, aside])
    for i, n in enumerate((1536, 2048), 1):
        x = _layer("Activation", "relu", name="block14_sepconv%d_act" % i)(_separable(x, n, "block14_sepconv%d" % i, False))
    return x


# ---- residual networks and MobileNet, of 2.x ----


def _padded(x, pads, name):
    return _layer("ZeroPadding2D", pads, name=name)(x)


def _scaled(x, name, after=True, kind="relu"):
    x = _named(x, name + "_bn", 3, epsilon=1.001e-5)
    return _layer("Activation", kind, name=name + "_relu")(x) if after else x


def _residual(counts):
    def build(x, include_top):
        x = _layer("Conv2D", 64, 7, strides=2, name="conv1_conv")(_padded(x, ((3, 3), (3, 3)), "conv1_pad"))
        x = _layer("MaxPooling2D", 3, strides=2, name="pool1_pool")(_padded(_scaled(x, "conv1"), ((1, 1), (1, 1)), "pool1_pad"))
        for part, (filters, count) in enumerate(zip((64, 128, 256, 512), counts), 2):
            for block in range(1, count + 1):
                name, stride = "conv%d_block%d" % (part, block), 2 if block == 1 and part > 2 else 1
                aside = x if block > 1 else _scaled(_layer("Conv2D", 4 * filters, 1, strides=stride, name=name + "_0_conv")(x), name + "_0", False)
                x = _scaled(_layer("Conv2D", filters, 1, strides=stride, name=name + "_1_conv")(x), name + "_1")
                x = _scaled(_layer("Conv2D", filters, 3, padding="same", name=name + "_2_conv")(x), name + "_2")
                x = _scaled(_layer("Conv2D", 4 * filters, 1, name=name + "_3_conv")(x), name + "_3", False)
                x = _layer("Activation", "relu", name=name + "_out")(_layer("Add", name=name + "_add")([aside, x]))
        return x

    return build


_MOBILE = "64 128/2 128 256/2 256 512/2 512 512 512 512 512 1024/2 1024"


def _mobile(x, name):
    return _layer("ReLU", 6.0, name=name + "_relu")(_named(x, name + "_bn"))


def mobile_net(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights="imagenet", input_tensor=None, pooling=None, classes=1000,
               classifier_activation="softmax", name=None):  # fmt: skip
    """MobileNet (Howard et al. 2017)."""
    size = input_shape[0] if input_shape is not None and input_shape[0] == input_shape[1] and input_shape[0] in (128, 160, 192, 224) else 224
    if include_top and input_shape is not None:
        size = input_shape[0]
    given = x = _input(include_top, weights, input_tensor, input_shape, size, 32)
    x = _mobile(_layer("Conv2D", int(32 * alpha), (3, 3), padding="same", use_bias=False, strides=(2, 2), name="conv1")(x), "conv1")
    for i, word in enumerate(_MOBILE.split(), 1):
        filters, _, strided = word.partition("/")
        x = _padded(x, ((0, 1), (0, 1)), "conv_pad_%d" % i) if strided else x
        x = _layer("DepthwiseConv2D", (3, 3), padding="valid" if strided else "same", depth_multiplier=depth_multiplier, strides=(2, 2) if strided else (1, 1), use_bias=False,
                   name="conv_dw_%d" % i)(x)  # fmt: skip
        x = _layer("Conv2D", int(int(filters) * alpha), (1, 1), padding="same", use_bias=False, name="conv_pw_%d" % i)(_mobile(x, "conv_dw_%d" % i))
        x = _mobile(x, "conv_pw_%d" % i)
    if include_top:
        x = _layer("Dropout", dropout, name="dropout")(_layer("GlobalAveragePooling2D", keepdims=True)(x))
        x = _layer("Conv2D", classes, (1, 1), padding="same", name="conv_preds")(x)
        x = _layer("Activation", classifier_activation, name="predictions")(_layer("Reshape", (classes,), name="reshape_2")(x))
    elif pooling in ("avg", "max"):
        x = _layer("GlobalAveragePooling2D" if pooling == "avg" else "GlobalMaxPooling2D")(x)
    return models.Model(given, x, name=name or "mobilenet_%0.2f_%s" % (alpha, given.shape[1]))


# ---- colours ----


def _colours(x, mode, data_format):
    """Colours from 0 to 255 as the network was trained on: from -1 to 1, or blue first without the mean colour."""
    if data_format not in (None, "channels_last"):
        raise NotImplementedError("not implemented: preprocess_input with data_format=%r; use channels_last" % (data_format,))
    if isinstance(x, np.ndarray) and not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float32)
    if mode == "tf":
        return x / 127.5 - 1.0
    return x[..., ::-1] - np.array([103.939, 116.779, 123.68], x.dtype if isinstance(x, np.ndarray) else np.float32)


def _preprocess(version, mode):
    if mode == "caffe" and version == 1:

        def preprocess_input(x, data_format=None, mode="caffe"):
            """Pixels in [0, 255] as the network expects them."""
            return _colours(x, mode, data_format)
    elif version == 2:

        def preprocess_input(x, data_format=None):
            """Pixels in [0, 255] as the network expects them."""
            return _colours(x, mode, data_format)
    else:

        def preprocess_input(x):
            """Pixels in [0, 255] as the network expects them."""
            return _colours(x, mode, None)

    return preprocess_input


_NETWORKS = {"vgg16": ("VGG16", "caffe", _vgg((2, 2, 3, 3, 3)), 224, 48, 32), "vgg19": ("VGG19", "caffe", _vgg((2, 2, 4, 4, 4)), 224, 48, 32),
             "inception_v3": ("InceptionV3", "tf", _inception, 299, 139, 75), "xception": ("Xception", "tf", _xception, 299, 71, 71)}  # fmt: skip


_RESIDUAL = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def names(version):
    """{name below tf.keras.applications: its names}"""
    made = {"": {}}
    for space, (name, mode, build, *sizes) in _NETWORKS.items():
        made[""][name] = network = _public(build, space, *sizes)[version - 1]
        made[space] = {name: network, "preprocess_input": _preprocess(version, mode)}
    if version == 2:
        caffe = {"preprocess_input": _preprocess(2, "caffe")}
        nets = {"ResNet%d" % n: _public(_residual(counts), "resnet%d" % n, 224, 197, 32)[1] for n, counts in _RESIDUAL.items()}
        made[""].update(nets, MobileNet=mobile_net)
        made.update(resnet={**nets, **caffe}, resnet50={"ResNet50": nets["ResNet50"], **caffe}, mobilenet={"MobileNet": mobile_net, "preprocess_input": _preprocess(2, "tf")})
    return made
