"""Networks whose first values depend on how many operations there are."""

import numpy as np
import tensorflow as tf

np.set_printoptions(precision=4, suppress=True)


def attempt(label, action):
    try:
        print(label, "->", action())
    except Exception as error:
        print(label, "->", type(error).__name__)


def init(session):
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])


def part_0():
    tf.set_random_seed(42); np.random.seed(0); X = np.random.rand(32, 8, 8, 1).astype("f"); Y = (X.mean((1, 2, 3)) > 0.5).astype("i8"); x = tf.placeholder(tf.float32, [None, 8, 8, 1]); y = tf.placeholder(tf.int64, [None]); tr = tf.placeholder_with_default(False, [])
    h = tf.layers.conv2d(x, 4, 3, activation=tf.nn.relu); h = tf.layers.batch_normalization(h, training=tr); h = tf.layers.max_pooling2d(h, 2, 2); h = tf.layers.flatten(h); h = tf.layers.dense(h, 16, tf.nn.relu); h = tf.layers.dropout(h, 0.3, training=tr); lo = tf.layers.dense(h, 2); loss = tf.losses.sparse_softmax_cross_entropy(y, lo); acc = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(lo, 1), y), tf.float32))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)): op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_or_create_global_step())
    with tf.Session() as s:
        init(s); print(s.run(loss, {x: X, y: Y}))
        for k in range(5): print(s.run([loss, op], {x: X, y: Y, tr: True})[0])
        print(s.run([loss, acc], {x: X, y: Y}))


def part_1():
    tf.set_random_seed(1); x = tf.placeholder(tf.float32, [None, 5, 3]); y = tf.placeholder(tf.float32, [None, 1]); ln = tf.placeholder(tf.int32, [None])
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(6), tf.nn.rnn_cell.GRUCell(4)]); o, st = tf.nn.dynamic_rnn(cell, x, ln, dtype=tf.float32); p = tf.layers.dense(o[:, -1], 1); loss = tf.losses.mean_squared_error(y, p); op = tf.train.RMSPropOptimizer(0.01).minimize(loss)
    X = np.sin(np.arange(60)).reshape(4, 5, 3); Y = X.sum((1, 2))[:, None]
    with tf.Session() as s:
        init(s)
        for k in range(4): print(s.run([loss, op], {x: X, y: Y, ln: [5, 5, 3, 5]})[0])


tf.reset_default_graph()
part_0()
tf.reset_default_graph()
part_1()
