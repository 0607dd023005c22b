"""A training step inside tf.function is the same step, to the bit, as outside; random numbers are drawn anew by each call."""

import numpy as np
import pytest

import sokuji as tf

L, O = tf.keras.layers, tf.keras.optimizers
X = np.random.RandomState(0).rand(8, 3).astype("f")
Y = np.random.RandomState(1).rand(8, 1).astype("f")
DENSE = [lambda: L.Dense(4, activation="relu"), lambda: L.Dense(1)]
OPTIMIZERS = {
    "sgd": lambda: O.SGD(0.1), "momentum": lambda: O.SGD(0.1, momentum=0.9, nesterov=True), "adam": lambda: O.Adam(0.05), "rmsprop": lambda: O.RMSprop(0.01),
    "decay": lambda: O.Adam(O.schedules.ExponentialDecay(0.1, 2, 0.5)), "clip": lambda: O.Adam(0.05, clipnorm=0.1), "adagrad": lambda: O.Adagrad(0.05),
    "averages": lambda: O.Adam(0.05, use_ema=True, ema_overwrite_frequency=2),
}  # fmt: skip
LAYERS = {
    "normalization": [lambda: L.Dense(4), lambda: L.BatchNormalization(), lambda: L.LayerNormalization(), lambda: L.Dense(1)],
    "lstm": [lambda: L.Reshape((3, 1)), lambda: L.LSTM(4), lambda: L.Dense(1)],
    "convolution": [lambda: L.Reshape((3, 1)), lambda: L.Conv1D(4, 2), lambda: L.Flatten(), lambda: L.Dense(1)],
}


def losses(optimizer, layers, is_function):
    model, optimizer = tf.keras.Sequential([make() for make in layers]), optimizer()
    x, y = tf.constant(X), tf.constant(Y)
    loss_of = tf.keras.losses.MeanSquaredError()
    model(x)
    for i, v in enumerate(model.trainable_variables):
        v.assign(np.random.RandomState(i).rand(*v.shape).astype("f") - 0.5)

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    step = tf.function(step) if is_function else step
    found = [float(step(x, y)) for _ in range(4)]
    return found + [int(optimizer.iterations.numpy())] + [w.numpy().tolist() for w in model.weights]


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_optimizer(name):
    assert losses(OPTIMIZERS[name], DENSE, True) == losses(OPTIMIZERS[name], DENSE, False)


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_layers(name):
    assert losses(OPTIMIZERS["sgd"], LAYERS[name], True) == losses(OPTIMIZERS["sgd"], LAYERS[name], False)


@pytest.mark.parametrize("make", [
    lambda: tf.random.normal([8]), lambda: tf.random.shuffle(tf.range(100)), lambda: tf.nn.dropout(tf.ones([50]), 0.5), lambda: tf.random.uniform([8]),
])  # fmt: skip
def test_each_call_draws_anew(make):
    function = tf.function(make)
    assert (function().numpy() != function().numpy()).any()


def test_dropout_layer_draws_anew():
    layer = L.Dropout(0.5)
    function = tf.function(lambda x: layer(x, training=True))
    assert (function(tf.ones([50])).numpy() != function(tf.ones([50])).numpy()).any()


def test_values_of_variables_are_not_taken_while_tracing():
    v = tf.Variable(1.0)
    for use in (lambda: v.numpy(), lambda: np.asarray(v), lambda: memoryview(v)):
        with pytest.raises((NotImplementedError, TypeError, BufferError)):
            tf.function(lambda use=use: use(), autograph=False)()
