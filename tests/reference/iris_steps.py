"""A hundred Adam steps of the 4-20-20-3 network on iris, eager. Run with TensorFlow 1.8.0 (Python
3.6):

    python iris_steps.py IRIS_FOLDER

IRIS_FOLDER holds iris_training.csv and iris_test.csv, which are joined in this order (150 rows).
The initial weights are truncated normals of deviation 0.1 drawn after tf.set_random_seed(1), so
they also check the random numbers.
"""

import os
import sys

import numpy as np
import tensorflow as tf

import reference

tfe = tf.contrib.eager
STEPS, BATCH = 100, 16
SIZES = (4, 20, 20, 3)


def load_iris(folder):
    names = ("iris_training.csv", "iris_test.csv")
    tables = [np.loadtxt(os.path.join(folder, n), delimiter=",", skiprows=1) for n in names]
    rows = np.concatenate(tables)
    return rows[:, :4].astype(np.float32), rows[:, 4].astype(np.int32)


def initial_weights():
    weights = []
    for n_in, n_out in zip(SIZES, SIZES[1:]):
        weights.append(tfe.Variable(tf.truncated_normal([n_in, n_out], stddev=0.1)))
        weights.append(tfe.Variable(tf.constant(0.1, shape=[n_out])))
    return weights


def logits(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
    hidden = tf.nn.relu(tf.matmul(hidden, w2) + b2)
    return tf.matmul(hidden, w3) + b3


def loss_of(weights, x, y):
    wanted = tf.one_hot(y, depth=3, dtype=tf.float32)
    predicted = logits(weights, x)
    return tf.reduce_mean(
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=wanted, logits=predicted)
    )


def main(folder):
    tf.enable_eager_execution()
    tf.set_random_seed(1)
    x, y = load_iris(folder)
    batches = np.random.RandomState(3).randint(0, len(x), (STEPS, BATCH)).astype(np.int32)
    weights = initial_weights()
    arrays = {"batches": batches, "x": x, "y": y}
    for i, w in enumerate(weights):
        arrays[f"initial/{i}"] = w.numpy()
    arrays["initial_logits"] = logits(weights, tf.constant(x)).numpy()
    adam = tf.train.AdamOptimizer()
    losses = []
    for step, rows in enumerate(batches):
        with tf.GradientTape() as tape:
            loss = loss_of(weights, tf.constant(x[rows]), tf.constant(y[rows]))
        gradients = tape.gradient(loss, weights)
        if step == 0:
            for i, g in enumerate(gradients):
                arrays[f"first_gradient/{i}"] = g.numpy()
        adam.apply_gradients(zip(gradients, weights))
        losses.append(loss.numpy())
    for i, w in enumerate(weights):
        arrays[f"final/{i}"] = w.numpy()
    arrays["losses"] = np.array(losses)
    arrays["final_logits"] = logits(weights, tf.constant(x)).numpy()
    reference.save("iris_steps", arrays)


if __name__ == "__main__":
    main(sys.argv[1])
