"""Layers and recurrent cells by value, with gradients. Run with TensorFlow 1.8.0 (Python 3.6), then
with 2.21 (Python 3.12):

    python layers.py

case<N>/call tells {layer, config, training}: a class of tf.keras.layers (of tf.nn.rnn_cell where
its name begins so, with the state as further inputs and outputs), built with that configuration.
in<k> the inputs, weight<k> the weights in the order of get_weights(), out<k> the outputs, dout0 the
gradient given for output 0, din<k> and dweight<k> what comes back (where there is any), after<k> a
weight which the call itself changed. Of 2.21 only the cases are kept that 1.8 lacks or answers
otherwise.
"""

import numpy as np
import tensorflow as tf

import reference

OLD = tf.__version__.startswith("1.")
ERRORS = (
    tf.errors.OpError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
)


def draw(shape, number, low=-1.0, high=1.0):
    source = np.random.RandomState(number * 97 + len(shape) * 13 + int(sum(shape)))
    return source.uniform(low, high, shape).astype(np.float32)


def layer_cases():
    """Yields layer, config, shapes of the inputs, training (None: not passed)."""
    for activation in (
        None,
        "relu",
        "tanh",
        "sigmoid",
        "softmax",
        "elu",
        "selu",
        "softplus",
        "softsign",
        "hard_sigmoid",
    ):
        yield "Dense", {"units": 3, "activation": activation}, [[2, 4]], None
    yield "Dense", {"units": 3, "use_bias": False}, [[2, 3, 4]], None
    yield from convolution_cases()
    yield from pooling_cases()
    for training in (True, False):
        for shape in ([4, 3], [2, 3, 4, 3]):
            yield "BatchNormalization", {}, [shape], training
        config = {"momentum": 0.7, "epsilon": 0.1, "scale": False}
        yield "BatchNormalization", config, [[4, 3]], training
        yield "BatchNormalization", {"center": False, "axis": 1}, [[2, 3, 4]], training
        yield "Dropout", {"rate": 0.0}, [[2, 3]], training
    yield from recurrent_cases()
    yield from small_cases()
    yield "LayerNormalization", {}, [[2, 3, 4]], None
    yield "LayerNormalization", {"axis": [1, 2], "epsilon": 0.1}, [[2, 3, 4]], None
    yield "GroupNormalization", {"groups": 2}, [[2, 3, 4]], None
    yield "UnitNormalization", {}, [[2, 3]], None
    yield "MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [[2, 3, 4], [2, 5, 4]], None
    yield "Attention", {}, [([2, 3, 4], [2, 5, 4])], None


def convolution_cases():
    for padding in ("valid", "same"):
        for options in (
            {},
            {"strides": (2, 1)},
            {"strides": 2},
            {"dilation_rate": 2},
            {"activation": "relu"},
        ):
            config = dict(options, filters=3, kernel_size=(3, 2), padding=padding)
            yield "Conv2D", config, [[1, 6, 7, 2]], None
        yield (
            "Conv1D",
            {"filters": 3, "kernel_size": 3, "strides": 2, "padding": padding},
            [[2, 7, 2]],
            None,
        )
        yield (
            "Conv3D",
            {"filters": 2, "kernel_size": 2, "padding": padding},
            [[1, 3, 4, 3, 2]],
            None,
        )
        config = {"filters": 2, "kernel_size": 3, "strides": 2, "padding": padding}
        yield "Conv2DTranspose", config, [[1, 3, 4, 3]], None
        config = {"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "padding": padding}
        yield "SeparableConv2D", config, [[1, 5, 5, 2]], None
        yield (
            "DepthwiseConv2D",
            {"kernel_size": 3, "depth_multiplier": 2, "padding": padding},
            [[1, 5, 5, 2]],
            None,
        )
    yield (
        "Conv1D",
        {"filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 2},
        [[1, 6, 2]],
        None,
    )


def pooling_cases():
    for padding in ("valid", "same"):
        for kind in ("MaxPooling", "AveragePooling"):
            yield kind + "1D", {"pool_size": 2, "padding": padding}, [[2, 5, 3]], None
            config = {"pool_size": (3, 2), "strides": (2, 1), "padding": padding}
            yield kind + "2D", config, [[1, 6, 5, 2]], None
            yield (
                kind + "3D",
                {"pool_size": 2, "strides": 2, "padding": padding},
                [[1, 3, 4, 5, 2]],
                None,
            )
    for kind in ("GlobalMaxPooling", "GlobalAveragePooling"):
        yield kind + "1D", {}, [[2, 4, 3]], None
        yield kind + "2D", {}, [[2, 3, 4, 2]], None


def recurrent_cases():
    for kind in ("SimpleRNN", "LSTM", "GRU"):
        cell = kind + "Cell"
        states = [[2, 4]] * (2 if kind == "LSTM" else 1)
        yield cell, {"units": 4}, [[2, 3], states], None
        yield cell, {"units": 4, "use_bias": False}, [[2, 3], states], None
        if kind != "SimpleRNN":
            yield cell, {"units": 4, "recurrent_activation": "sigmoid"}, [[2, 3], states], None
        yield kind, {"units": 4}, [[2, 5, 3]], None
        yield kind, {"units": 4, "return_sequences": True, "go_backwards": True}, [[2, 5, 3]], None
    yield "GRUCell", {"units": 4, "reset_after": False}, [[2, 3], [[2, 4]]], None
    yield (
        "LSTMCell",
        {"units": 4, "recurrent_activation": "hard_sigmoid"},
        [[2, 3], [[2, 4], [2, 4]]],
        None,
    )
    yield "GRUCell", {"units": 4, "recurrent_activation": "hard_sigmoid"}, [[2, 3], [[2, 4]]], None
    yield "rnn_cell.BasicRNNCell", {"num_units": 4}, [[2, 3], [2, 4]], None
    yield "rnn_cell.GRUCell", {"num_units": 4}, [[2, 3], [2, 4]], None
    for bias in (1.0, 0.0):
        yield (
            "rnn_cell.BasicLSTMCell",
            {"num_units": 4, "forget_bias": bias},
            [[2, 3], ([2, 4], [2, 4])],
            None,
        )
    for options in (
        {},
        {"use_peepholes": True},
        {"cell_clip": 0.3},
        {"num_proj": 3},
        {"num_proj": 3, "proj_clip": 0.2, "use_peepholes": True, "forget_bias": 0.5},
    ):
        state = ([2, 4], [2, options.get("num_proj", 4)])
        yield "rnn_cell.LSTMCell", dict(options, num_units=4), [[2, 3], state], None


def small_cases():
    yield (
        "Embedding",
        {"input_dim": 6, "output_dim": 3},
        [np.array([[0, 5, 2], [5, 5, 1]], np.int32)],
        None,
    )
    yield "Flatten", {}, [[2, 3, 4]], None
    yield "Reshape", {"target_shape": (4, -1)}, [[2, 3, 4]], None
    yield "Permute", {"dims": (2, 1)}, [[2, 3, 4]], None
    yield "RepeatVector", {"n": 3}, [[2, 4]], None
    yield "UpSampling1D", {"size": 2}, [[2, 3, 2]], None
    yield "UpSampling2D", {"size": (2, 3)}, [[1, 2, 3, 2]], None
    yield "ZeroPadding2D", {"padding": ((1, 2), (0, 3))}, [[1, 2, 3, 2]], None
    yield "Cropping2D", {"cropping": ((1, 0), (1, 1))}, [[1, 4, 5, 2]], None
    yield "LeakyReLU", {}, [[3, 4]], None
    yield "PReLU", {}, [[3, 4]], None
    yield "ELU", {"alpha": 0.5}, [[3, 4]], None
    yield "ThresholdedReLU", {"theta": 0.3}, [[3, 4]], None
    yield "Softmax", {"axis": 1}, [[2, 3, 4]], None
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        yield kind, {}, [([2, 3], [2, 3])], None
    yield "Dot", {"axes": 1}, [([2, 3], [2, 3])], None
    yield "Dot", {"axes": (1, 2), "normalize": True}, [([2, 3, 4], [2, 5, 3])], None


def filled(shapes, number):
    """Constants in place of shapes, nested as they are (a list of lists or a tuple holds several)."""
    if isinstance(shapes, np.ndarray):
        return tf.constant(shapes)
    if isinstance(shapes, list) and all(isinstance(n, int) for n in shapes):
        return tf.constant(draw(shapes, number))
    return [filled(s, number + 1 + i) for i, s in enumerate(shapes)]


def flat(nested):
    if isinstance(nested, (list, tuple)):
        return [leaf for part in nested for leaf in flat(part)]
    return [nested]


def arguments_of(name, shapes, number):
    """Positional and named arguments of the call."""
    found = [filled(shape, number + i) for i, shape in enumerate(shapes)]
    if name in ("rnn_cell.BasicLSTMCell", "rnn_cell.LSTMCell"):
        found[1] = tf.nn.rnn_cell.LSTMStateTuple(*found[1])
    if name.endswith("Cell") and not name.startswith("rnn_cell"):
        return found[:1], {"states": found[1]}
    return found, {}


def make_layer(name, config):
    if name.startswith("rnn_cell."):
        return getattr(tf.nn.rnn_cell, name[len("rnn_cell.") :])(**config)
    return getattr(tf.keras.layers, name)(**config)


def set_fixed_weights(layer, number):
    """Small fixed numbers; those of a moving variance positive."""
    values = []
    for i, variable in enumerate(layer.weights):
        shape = [int(n) for n in variable.shape]
        positive = "variance" in variable.name
        values.append(draw(shape, number + 31 + i, *((0.5, 1.5) if positive else (-0.7, 0.7))))
    if values:
        for variable, value in zip(layer.weights, values):
            variable.assign(value)
    return values


def run_case(arrays, number, name, config, shapes, training):
    key = f"case{number}/"
    layer, (arguments, options) = make_layer(name, config), arguments_of(name, shapes, number)
    inputs = flat(arguments) + flat(list(options.values()))
    if training is not None:
        options["training"] = training
    layer(*arguments, **options)
    before = set_fixed_weights(layer, number)
    with tf.GradientTape() as tape:
        for x in inputs:
            if x.dtype.is_floating:
                tape.watch(x)
        outputs = flat(layer(*arguments, **options))
    dout = draw([int(n) for n in outputs[0].shape], number + 77)
    weights, given = list(layer.weights), tf.constant(dout)
    found = tape.gradient(outputs[0], inputs + weights, output_gradients=[given] if OLD else given)
    arrays[key + "call"] = reference.text({"layer": name, "config": config, "training": training})
    arrays[key + "dout0"] = dout
    for part, values in (
        ("in", inputs),
        ("out", outputs),
        ("din", found[: len(inputs)]),
        ("dweight", found[len(inputs) :]),
    ):
        for k, value in enumerate(values):
            if value is not None:
                arrays[f"{key}{part}{k}"] = tf.convert_to_tensor(value).numpy()
    for k, (value, variable) in enumerate(zip(before, weights)):
        arrays[f"{key}weight{k}"] = value
        if not np.array_equal(value, variable.numpy()):
            arrays[f"{key}after{k}"] = variable.numpy()


def main():
    if OLD:
        tf.enable_eager_execution()
    arrays = {}
    for number, (name, config, shapes, training) in enumerate(layer_cases()):
        try:
            run_case(arrays, number, name, config, shapes, training)
        except ERRORS as error:
            print(
                "case%d %s %s fails: %s"
                % (number, name, config, str(error).replace("\n", " ")[:150])
            )
    if not OLD:
        arrays = reference.without_known(arrays, "layers_1.8")
    reference.save("layers_" + ".".join(tf.__version__.split(".")[:2]), arrays)


if __name__ == "__main__":
    main()
