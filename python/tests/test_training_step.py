"""The training step of the column's convolutional network, from Python and as the C program takes it (the same library through ctypes): losses to
the bit from the same weights and batches, and the memory that a step and an evaluation take."""

import ctypes
import os

import numpy as np
import pytest

import sokuji

IMAGES, STEPS, RELU, SOFTMAX, FLOAT32, INT32 = 32, 4, 1, 2, 1, 3
SHAPES = [(5, 5, 1, 20), (20,), (5, 5, 20, 50), (50,), (20000, 500), (500,), (500, 500), (500,), (500, 10), (10,)]
MIB = 2**20


class Ints(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int64), ("data", ctypes.POINTER(ctypes.c_int64))]


class LayerArgs(ctypes.Structure):
    """The beginning of sj_dense_args and of sj_conv2d_layer_args; the rest is zero."""

    _fields_ = [("size", ctypes.c_size_t), ("activation", ctypes.c_int), ("rest", ctypes.c_int)]


@pytest.fixture(scope="module")
def c():
    library = ctypes.CDLL(os.path.join(os.path.dirname(sokuji._core.__file__), "libsokuji.so.0"))
    for name in ("sj_dense_with", "sj_conv2d_layer_with", "sj_flatten_layer", "sj_sequential_new", "sj_layer_call", "sj_layer_trainable", "sj_tensor_new",
                 "sj_one_hot_with", "sj_softmax_cross_entropy", "sj_mean_with", "sj_adam_new", "sj_tape_begin", "sj_keep"):  # fmt: skip
        getattr(library, name).restype = ctypes.c_void_p
    library.sj_item.restype = ctypes.c_double
    for name in ("sj_memory_in_use", "sj_memory_peak", "sj_scope_begin"):
        getattr(library, name).restype = ctypes.c_int64
    return library


def pointers(*values):
    return (ctypes.c_void_p * len(values))(*values)


def ints(*values):
    return Ints(len(values), (ctypes.c_int64 * len(values))(*values))


def initial_weights():
    random = np.random.RandomState(1)
    return [(random.uniform(-1, 1, s) * np.sqrt(6.0 / (np.prod(s[:-1]) + s[-1]))).astype(np.float32) if len(s) > 1 else np.zeros(s, np.float32) for s in SHAPES]


def batch(step):
    random = np.random.RandomState(100 + step)
    return random.uniform(0, 1, (IMAGES, 28, 28, 1)).astype(np.float32), random.randint(0, 10, IMAGES).astype(np.int32)


class CModel:
    """examples/mnist_cnn.c's model and step."""

    def __init__(self, c):
        self.c = c

        def layer(make, activation, *sizes):
            return make(*[ctypes.c_int64(s) for s in sizes], ctypes.byref(LayerArgs(ctypes.sizeof(LayerArgs), activation)))

        layers = pointers(layer(c.sj_conv2d_layer_with, RELU, 20, 5, 5), layer(c.sj_conv2d_layer_with, RELU, 50, 5, 5), c.sj_flatten_layer(),
                          layer(c.sj_dense_with, RELU, 500), layer(c.sj_dense_with, RELU, 500), layer(c.sj_dense_with, SOFTMAX, 10))  # fmt: skip
        self.model = ctypes.c_void_p(c.sj_sequential_new(6, layers))
        self.adam = ctypes.c_void_p(c.sj_adam_new(ctypes.c_double(0.001)))
        scope = self.scope()
        c.sj_layer_call(self.model, self.tensor(batch(0)[0]), ctypes.c_bool(False))
        self.variables = ctypes.cast(c.sj_layer_trainable(self.model), ctypes.POINTER(ctypes.c_void_p))
        for i, value in enumerate(initial_weights()):
            assert c.sj_assign(ctypes.c_void_p(self.variables[i]), self.tensor(value)) == 0
        c.sj_scope_end(scope)

    def scope(self):
        return ctypes.c_int64(self.c.sj_scope_begin())

    def tensor(self, value):
        kind = FLOAT32 if value.dtype == np.float32 else INT32
        return ctypes.c_void_p(self.c.sj_tensor_new(kind, ints(*value.shape), value.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(value.nbytes)))

    def loss(self, x, y, training):
        c = self.c
        predicted = ctypes.c_void_p(c.sj_layer_call(self.model, self.tensor(x), ctypes.c_bool(training)))
        labels = ctypes.c_void_p(c.sj_one_hot_with(self.tensor(y), ints(10), None))
        return ctypes.c_void_p(c.sj_mean_with(ctypes.c_void_p(c.sj_softmax_cross_entropy(labels, predicted)), None))

    def step(self, x, y):
        c, gradients, scope = self.c, pointers(*[None] * len(SHAPES)), self.scope()
        tape = ctypes.c_void_p(c.sj_tape_begin())
        loss = self.loss(x, y, True)
        assert c.sj_gradient(tape, loss, len(SHAPES), self.variables, gradients) == 0
        assert c.sj_optimizer_apply(self.adam, len(SHAPES), self.variables, gradients) == 0
        value = c.sj_item(loss)
        c.sj_scope_end(scope)
        return value

    def evaluate(self, x, y):
        scope = self.scope()
        value = self.c.sj_item(self.loss(x, y, False))
        self.c.sj_scope_end(scope)
        return value

    def free(self):
        self.c.sj_optimizer_free(self.adam)
        self.c.sj_layer_free(self.model)


class PythonModel:
    """The listing's, under the names of 1.x."""

    def __init__(self, tf):
        k = tf.keras.layers
        self.tf = tf
        self.model = tf.keras.models.Sequential([k.Conv2D(20, (5, 5), activation=tf.nn.relu), k.Conv2D(50, (5, 5), activation=tf.nn.relu), k.Flatten(),
                                                 k.Dense(500, activation=tf.nn.relu), k.Dense(500, activation=tf.nn.relu),
                                                 k.Dense(10, activation=tf.nn.softmax)])  # fmt: skip
        self.adam = tf.train.AdamOptimizer()
        self.model(tf.constant(batch(0)[0]))
        self.model.set_weights(initial_weights())

    def loss(self, x, y):
        tf = self.tf
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(y, depth=10, dtype=tf.float32), logits=self.model(tf.constant(x))))

    def step(self, x, y):
        with self.tf.GradientTape() as tape:
            loss = self.loss(x, y)
        gradients = tape.gradient(loss, self.model.variables)
        self.adam.apply_gradients(zip(gradients, self.model.variables))
        return float(loss)

    def evaluate(self, x, y):
        return float(self.loss(x, y))

    def free(self):
        pass


def most_over(c, work):
    """What the work takes at its most beyond what is in use before it; ballast makes sure that the peak is its own."""
    before, ballast = c.sj_memory_in_use(), []
    c.sj_memory_new.restype = ctypes.c_void_p
    if c.sj_memory_peak() > before:
        ballast.append(ctypes.c_void_p(c.sj_memory_new(ctypes.c_size_t(c.sj_memory_peak() - before))))
    low = c.sj_memory_in_use()
    work()
    taken = c.sj_memory_peak() - low
    for block in ballast:
        c.sj_memory_free(block)
    return taken


def figures(c, model):
    losses = [model.step(*batch(i)) for i in range(STEPS)]
    losses.append(model.evaluate(*batch(STEPS)))
    step = most_over(c, lambda: model.step(*batch(STEPS)))
    evaluation = most_over(c, lambda: model.evaluate(*batch(STEPS)))
    model.free()
    return losses, step, evaluation


@pytest.mark.parametrize("after_a_graph", [False, True])
def test_step_is_that_of_the_c_program(c, tf1, after_a_graph):
    """Also once graphs of 1.x are in use: then tf.nn's functions look whether one is open."""
    if after_a_graph:
        tf1.Session(graph=tf1.Graph()).close()
        assert hasattr(tf1.nn.relu, "__wrapped__")
    losses, step, evaluation = figures(c, CModel(c))
    losses_python, step_python, evaluation_python = figures(c, PythonModel(tf1))
    assert losses_python == losses
    hidden, kernel = [IMAGES * n * 4 for n in (24 * 24 * 20, 20 * 20 * 50)], 20000 * 500 * 4
    assert step < hidden[0] + 2 * hidden[1] + kernel + 5 * MIB
    assert evaluation < hidden[0] + hidden[1] + 5 * MIB
    assert step_python < step + MIB
    assert evaluation_python < evaluation + MIB


def test_layers_give_the_bits_of_their_parts(tf1):
    """Callbacks hear of each operation: then the layers run convolution, bias and activation one by one."""
    x, y = batch(0)
    fused = PythonModel(tf1)
    losses = [fused.step(x, y) for _ in range(2)]
    names = []
    parts = PythonModel(tf1)
    tf1.contrib.eager.add_execution_callback(lambda op, inputs, attributes, outputs, name: names.append(op))
    try:
        assert [parts.step(x, y) for _ in range(2)] == losses
    finally:
        tf1.contrib.eager.clear_execution_callbacks()
    assert names.count("Conv2D") == 4 and names.count("BiasAdd") == 10 and not [n for n in names if n.startswith("Fused")]
    for a, b in zip(fused.model.get_weights(), parts.model.get_weights()):
        np.testing.assert_array_equal(a, b)
