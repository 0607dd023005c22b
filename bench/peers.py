"""The benchmarks' work on other libraries: peers.py NAME, run by the Python of the peer's own environment; prints JSON lines.

NAME: tf18-eager, tf18-graph, tf2-eager, tf2-function, torch-eager or jax-jit. The work is that of bench/cnn.c, bench/dispatch.c and
examples/iris_lowlevel.c; each library's defaults, and its layers where it has such.
"""
from __future__ import print_function

import json
import resource
import sys
import time

import numpy as np

IMAGES, BATCH, STEPS, IRIS_ROWS = 8000, 1000, 5, 112
CNN_SHAPES = [(5, 5, 1, 20), (5, 5, 20, 50), (20000, 500), (500, 500), (500, 10)]
IRIS_SIZES = [(4, 20), (20, 20), (20, 3)]
random = np.random.RandomState(1)


def show(workload, name, unit, values):
    values = sorted(values)
    print(json.dumps({"workload": workload, "name": name, "unit": unit, "median": values[len(values) // 2], "low": values[0],
                      "high": values[-1]}))
    sys.stdout.flush()


def seconds(function, *arguments):
    begin = time.time()
    function(*arguments)
    return time.time() - begin


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def cnn_weights():
    weights = []
    for shape in CNN_SHAPES:
        limit = np.sqrt(6.0 / (np.prod(shape[:-2]) * (shape[-2] + shape[-1])))
        weights += [random.uniform(-limit, limit, shape).astype(np.float32), np.zeros(shape[-1], np.float32)]
    return weights


def iris_weights():
    weights = []
    for shape in IRIS_SIZES:
        weights += [random.normal(0, 0.1, shape).astype(np.float32), np.full(shape[1], 0.1, np.float32)]
    return weights


def measure_cnn(train_step, evaluate):
    order = random.permutation(IMAGES)
    train_step(order[:BATCH])
    show("cnn", "training step of 1,000 images", "s", [seconds(train_step, order[:BATCH]) for _ in range(STEPS)])
    show("cnn", "peak memory of training", "MiB", [peak_mib()])
    evaluate()
    show("cnn", "evaluation of 8,000 images at once", "s", [seconds(evaluate) for _ in range(2)])
    show("cnn", "peak memory", "MiB", [peak_mib()])


def measure_iris(train_step, evaluate, epochs=40):
    def run(n):
        for _ in range(n):
            order = random.permutation(IRIS_ROWS)
            for i in range(0, IRIS_ROWS, 16):
                train_step(order[i:i + 16])
            evaluate()
    run(10)
    show("iris", "iris_lowlevel epoch", "epochs/s", [epochs / seconds(run, epochs) for _ in range(3)])


def measure_operation(name, function, calls=2000):
    def run():
        for _ in range(calls):
            function()
    run()
    show("dispatch", name, "ns", [seconds(run) / calls * 1e9 for _ in range(5)])


def images():
    return random.uniform(0, 1, (IMAGES, 28, 28, 1)).astype(np.float32), random.randint(0, 10, IMAGES).astype(np.int32)


def flowers():
    return random.uniform(0, 7, (IRIS_ROWS, 4)).astype(np.float32), random.randint(0, 3, IRIS_ROWS).astype(np.int32)


# ---- TensorFlow ----

def tf_cnn(tf, x, w):
    for i in (0, 2):
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w[i], strides=[1, 1, 1, 1], padding="VALID"), w[i + 1]))
    x = tf.reshape(x, [-1, 20000])
    x = tf.nn.relu(tf.matmul(tf.nn.relu(tf.matmul(x, w[4]) + w[5]), w[6]) + w[7])
    return tf.nn.softmax(tf.matmul(x, w[8]) + w[9])


def tf_layers(tf):
    """The column's model, built; its variables."""
    k, relu = tf.keras.layers, tf.nn.relu
    model = tf.keras.models.Sequential([k.Conv2D(20, (5, 5), activation=relu), k.Conv2D(50, (5, 5), activation=relu), k.Flatten(),
                                        k.Dense(500, activation=relu), k.Dense(500, activation=relu), k.Dense(10, activation=tf.nn.softmax)])
    model(tf.zeros([1, 28, 28, 1]))
    return model, model.variables


def tf_iris(tf, x, w):
    h = tf.nn.relu(tf.matmul(x, w[0]) + w[1])
    h = tf.nn.relu(tf.matmul(h, w[2]) + w[3])
    return tf.matmul(h, w[4]) + w[5]


def tf_loss(tf, predicted, y, classes):
    cross_entropy = getattr(tf.nn, "softmax_cross_entropy_with_logits_v2", tf.nn.softmax_cross_entropy_with_logits)
    return tf.reduce_mean(cross_entropy(labels=tf.one_hot(y, classes), logits=predicted))


def tf_eager(version, wrap):
    import tensorflow as tf
    if version == 1:
        import tensorflow.contrib.eager as tfe
        tf.enable_eager_execution()
        variable, make_adam = tfe.Variable, tf.train.AdamOptimizer
    else:
        variable, make_adam = tf.Variable, tf.keras.optimizers.Adam
    wrap = wrap(tf)

    def steps(model, w, data, classes):
        adam = make_adam()
        if hasattr(adam, "build"):
            adam.build(w)
        x, y = [tf.convert_to_tensor(a) for a in data]

        def train_step(rows):
            with tf.GradientTape() as tape:
                loss = tf_loss(tf, model(tf.gather(x, rows)), tf.gather(y, rows), classes)
            adam.apply_gradients(zip(tape.gradient(loss, w), w))

        def evaluate():
            return tf_loss(tf, model(x), y, classes)
        train_step, evaluate = wrap(train_step), wrap(evaluate)
        return (lambda rows: train_step(tf.convert_to_tensor(rows.astype(np.int64)))), (lambda: float(evaluate()))

    if wrap(len) is len:
        a = tf.constant([[1., 2.], [3., 4.]])
        with tf.GradientTape() as tape:
            tape.watch(a)
            measure_operation("matmul 2x2 with tape", lambda: tf.matmul(a, a), calls=500)
    w = [variable(a) for a in iris_weights()]
    measure_iris(*steps(lambda x: tf_iris(tf, x, w), w, flowers(), 3))
    model, weights = tf_layers(tf)
    measure_cnn(*steps(model, weights, images(), 10))


def tf18_graph():
    import tensorflow as tf

    def steps(model, weights, data, classes):
        x_all, y_all = data
        w = [tf.Variable(a) for a in weights]
        x, y = tf.placeholder(tf.float32, [None] + list(x_all.shape[1:])), tf.placeholder(tf.int32, [None])
        loss = tf_loss(tf, model(tf, x, w), y, classes)
        minimize = tf.train.AdamOptimizer().minimize(loss)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        return (lambda rows: session.run(minimize, {x: x_all[rows], y: y_all[rows]}),
                lambda: session.run(loss, {x: x_all, y: y_all}))
    measure_iris(*steps(tf_iris, iris_weights(), flowers(), 3))
    measure_cnn(*steps(tf_cnn, cnn_weights(), images(), 10))


# ---- PyTorch, JAX ----

def torch_eager():
    import torch
    from torch import nn

    def steps(model, data, classes):
        x, y = [torch.from_numpy(a) for a in data]
        y, adam = y.long(), torch.optim.Adam(model.parameters())

        def loss_of(a, b):
            return nn.functional.cross_entropy(model(a), nn.functional.one_hot(b, classes).float())

        def train_step(rows):
            rows = torch.from_numpy(rows)
            adam.zero_grad()
            loss_of(x[rows], y[rows]).backward()
            adam.step()

        def evaluate():
            with torch.no_grad():
                return loss_of(x, y).item()
        return train_step, evaluate
    a = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
    measure_operation("matmul 2x2 with tape", lambda: torch.matmul(a, a))
    measure_operation("add of scalars with tape", lambda: torch.add(a, a))
    measure_iris(*steps(nn.Sequential(nn.Linear(4, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 3)), flowers(), 3))
    x, y = images()
    network = nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.Flatten(), nn.Linear(20000, 500),
                            nn.ReLU(), nn.Linear(500, 500), nn.ReLU(), nn.Linear(500, 10), nn.Softmax(1))
    measure_cnn(*steps(network, (np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y), 10))


def jax_jit():
    import jax
    import jax.numpy as jnp
    import optax

    def iris_model(w, x):
        h = jax.nn.relu(x @ w[0] + w[1])
        return jax.nn.relu(h @ w[2] + w[3]) @ w[4] + w[5]

    def cnn_model(w, x):
        for i in (0, 2):
            x = jax.lax.conv_general_dilated(x, w[i], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = jax.nn.relu(x + w[i + 1])
        x = x.reshape(len(x), -1)
        return jax.nn.softmax(jax.nn.relu(jax.nn.relu(x @ w[4] + w[5]) @ w[6] + w[7]) @ w[8] + w[9])

    def steps(model, weights, data, classes):
        adam = optax.adam(1e-3)
        w = [jnp.asarray(a) for a in weights]
        state = [(w, adam.init(w))]
        x, y = [jnp.asarray(a) for a in data]

        def loss_of(p, a, b):
            return optax.softmax_cross_entropy(model(p, a), jax.nn.one_hot(b, classes)).mean()

        @jax.jit
        def update(both, rows):
            p, moments = both
            changes, moments = adam.update(jax.grad(loss_of)(p, x[rows], y[rows]), moments, p)
            return optax.apply_updates(p, changes), moments
        evaluate = jax.jit(lambda p: loss_of(p, x, y))

        def train_step(rows):
            state[0] = jax.block_until_ready(update(state[0], rows))
        return train_step, lambda: float(evaluate(state[0][0]))
    measure_iris(*steps(iris_model, iris_weights(), flowers(), 3))
    measure_cnn(*steps(cnn_model, cnn_weights(), images(), 10))


NAMES = {"tf18-eager": lambda: tf_eager(1, lambda tf: lambda f: f), "tf18-graph": tf18_graph,
         "tf2-eager": lambda: tf_eager(2, lambda tf: lambda f: f), "tf2-function": lambda: tf_eager(2, lambda tf: tf.function),
         "torch-eager": torch_eager, "jax-jit": jax_jit}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in NAMES:
        sys.exit(__doc__)
    NAMES[sys.argv[1]]()
