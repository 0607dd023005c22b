"""Five Adam steps of the convolutional network on MNIST (softmax in model and loss). Run with
TensorFlow 1.8.0 (Python 3.6):

    python cnn_steps.py MNIST_FOLDER

MNIST_FOLDER holds t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz; pixels are divided by
255. Kernels begin as reference.hashed_uniform(number, shape, limit), number 0 to 4 in order of the
layers, limit = sqrt(6 / (fan_in + fan_out)) as float32 (stored); biases begin at zero. Ten million
weights are so described by five numbers.
"""

import gzip
import os
import sys

import numpy as np
import tensorflow as tf

import reference

STEPS, BATCH, SAMPLES = 5, 1000, 40
SHAPES = [(5, 5, 1, 20), (5, 5, 20, 50), (20000, 500), (500, 500), (500, 10)]


def load_mnist(folder):
    with gzip.open(os.path.join(folder, "t10k-images-idx3-ubyte.gz")) as f:
        x = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)
    with gzip.open(os.path.join(folder, "t10k-labels-idx1-ubyte.gz")) as f:
        y = np.frombuffer(f.read(), np.uint8, offset=8)
    return x.astype(np.float32) / 255, y.astype(np.int32)


def limits():
    fans = [np.prod(shape[:-2]) * (shape[-2] + shape[-1]) for shape in SHAPES]
    return np.array([np.sqrt(6 / fan) for fan in fans], np.float32)


def make_model():
    layers = tf.keras.layers
    model = tf.keras.models.Sequential(
        [
            layers.Conv2D(20, (5, 5), activation=tf.nn.relu, input_shape=(28, 28, 1)),
            layers.Conv2D(50, (5, 5), activation=tf.nn.relu),
            layers.Flatten(),
            layers.Dense(500, activation=tf.nn.relu),
            layers.Dense(500, activation=tf.nn.relu),
            layers.Dense(10, activation=tf.nn.softmax),
        ]
    )
    weights = []
    for number, (shape, limit) in enumerate(zip(SHAPES, limits())):
        weights.append(reference.hashed_uniform(number, shape, limit))
        weights.append(np.zeros(shape[-1], np.float32))
    model.set_weights(weights)
    return model


def loss_of(model, x, y):
    wanted = tf.one_hot(y, depth=10, dtype=tf.float32)
    return tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=wanted, logits=model(x))
    )


def sample_indices():
    """SAMPLES fixed element numbers of every kernel."""
    draw = np.random.RandomState(6)
    return np.stack([np.sort(draw.randint(0, np.prod(s), SAMPLES)) for s in SHAPES]).astype(
        np.int64
    )


def main(folder):
    tf.enable_eager_execution()
    x, y = load_mnist(folder)
    order = np.random.RandomState(5).permutation(len(x)).astype(np.int32)
    batches = order[: STEPS * BATCH].reshape(STEPS, BATCH)
    model, indices = make_model(), sample_indices()
    first = tf.constant(x[batches[0, :10]])
    arrays = {"limits": limits(), "batches": batches, "sample_indices": indices}
    arrays["initial_outputs"] = model(first).numpy()
    arrays["initial_samples"] = samples(model, indices)
    adam, losses = tf.train.AdamOptimizer(), []
    for step, rows in enumerate(batches):
        with tf.GradientTape() as tape:
            loss = loss_of(model, tf.constant(x[rows]), tf.constant(y[rows]))
        gradients = tape.gradient(loss, model.variables)
        if step == 0:
            arrays.update(first_gradients(gradients, indices))
        adam.apply_gradients(zip(gradients, model.variables))
        losses.append(loss.numpy())
        print(step, loss.numpy())
    arrays["losses"] = np.array(losses)
    arrays["final_samples"] = samples(model, indices)
    for i, bias in enumerate(model.get_weights()[1::2]):
        arrays[f"final_bias/{i}"] = bias
    arrays["final_outputs"] = model(first).numpy()
    reference.save("cnn_steps", arrays)


def samples(model, indices):
    """(5, SAMPLES): the sampled elements of each kernel."""
    kernels = model.get_weights()[0::2]
    return np.stack([k.ravel()[rows] for k, rows in zip(kernels, indices)])


def first_gradients(gradients, indices):
    """The first step's kernel gradients at the sampled elements, and the bias gradients whole."""
    values = [g.numpy() for g in gradients]
    kernels = [g.ravel()[rows] for g, rows in zip(values[0::2], indices)]
    arrays = {"first_gradient_samples": np.stack(kernels)}
    for i, bias in enumerate(values[1::2]):
        arrays[f"first_bias_gradient/{i}"] = bias
    return arrays


if __name__ == "__main__":
    main(sys.argv[1])
