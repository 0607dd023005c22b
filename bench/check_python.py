"""What check.py counts of the Python face: check_python.py WORK ROUNDS."""

import os
import sys

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # no threads that wait for work, and are counted

import numpy as np
import sokuji.v1 as tf

tf.enable_eager_execution()
m, x, v = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant(np.arange(10, dtype=np.float32)), tf.contrib.eager.Variable([[1.0, 2.0], [3.0, 4.0]])
layer, adam = tf.keras.layers.Dense(3, activation=tf.nn.relu), tf.train.AdamOptimizer()
rows, labels = tf.constant(np.ones((16, 4), np.float32)), tf.constant([0, 1, 2, 0] * 4)


def matmul_with_tape():
    with tf.GradientTape():
        for _ in range(100):
            tf.matmul(m, v)


def gradient():
    for _ in range(10):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x + x
        tape.gradient(y, x)


def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.one_hot(labels, 3), logits=layer(rows)))
    adam.apply_gradients(zip(tape.gradient(loss, layer.variables), layer.variables))


for _ in range(int(sys.argv[2])):
    globals()[sys.argv[1]]()
