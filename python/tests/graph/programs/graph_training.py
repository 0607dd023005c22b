# Graphs of TensorFlow 1.8: placeholders, variables, initial values by seeds, optimizers, decays, control dependencies.
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(3)
data = rng.normal(0, 1, (60, 4)).astype(np.float32)
target = np.stack([data[:, 0] - data[:, 2], data[:, 1] * 0.5 + 1.0], 1).astype(np.float32)


def network(x):
    with tf.variable_scope("first"):
        w = tf.get_variable("w", [4, 6])
        b = tf.get_variable("b", [6], initializer=tf.zeros_initializer())
        hidden = tf.nn.relu(tf.matmul(x, w) + b)
    with tf.variable_scope("second"):
        w = tf.get_variable("w", [6, 2], initializer=tf.truncated_normal_initializer(stddev=0.3))
        b = tf.get_variable("b", [2], initializer=tf.constant_initializer(0.1))
        return tf.matmul(hidden, w) + b


makers = [
    ("sgd", lambda rate: tf.train.GradientDescentOptimizer(rate)),
    ("momentum", lambda rate: tf.train.MomentumOptimizer(rate, 0.9)),
    ("adam", lambda rate: tf.train.AdamOptimizer(rate)),
    ("adagrad", lambda rate: tf.train.AdagradOptimizer(rate)),
    ("rmsprop", lambda rate: tf.train.RMSPropOptimizer(rate)),
]
for name, make in makers:
    with tf.Graph().as_default():
        tf.set_random_seed(5)
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        y = tf.placeholder(tf.float32, [None, 2], name="y")
        out = network(x)
        loss = tf.reduce_mean(tf.square(out - y), name="loss")
        step = tf.train.get_or_create_global_step()
        rate = tf.train.exponential_decay(0.05, step, 5, 0.9)
        optimizer = make(rate)
        pairs = optimizer.compute_gradients(loss)
        clipped = [(tf.clip_by_value(g, -0.5, 0.5), v) for g, v in pairs]
        train = optimizer.apply_gradients(clipped, global_step=step)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            print(name, np.round(sess.run("first/w:0")[0, :3], 5).tolist(), np.round(sess.run("second/w:0")[0], 5).tolist())
            for i in range(12):
                rows = np.arange(i * 10, i * 10 + 10) % 60
                _, value, r = sess.run([train, loss, rate], {x: data[rows], "y:0": target[rows]})
                if i % 4 == 3:
                    print(i, np.round(value, 5), np.round(r, 6), sess.run(step))
        print([v.name for v in tf.global_variables()])

with tf.Graph().as_default() as graph:
    tf.set_random_seed(9)
    x = tf.placeholder(tf.float32, [None, 4])
    h = tf.layers.dense(x, 5, activation=tf.nn.tanh)
    h = tf.nn.dropout(h, 0.8)
    logits = tf.layers.dense(h, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(tf.constant([0, 1, 2, 0]), logits)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    print([v.name for v in tf.trainable_variables()])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            print(np.round(sess.run([loss, train], {x: data[:4]})[0], 5))
        print(np.round(sess.run(logits, {x: data[:2]}), 4).shape)
