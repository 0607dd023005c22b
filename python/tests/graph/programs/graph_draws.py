# tf: 1.8
# Random numbers drawn in branches and loops: the same in the gradient, from the beginning in each session; dropout that a placeholder turns on.
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [8], name="x")
on = tf.placeholder_with_default(False, [], name="on")
tf.set_random_seed(5)
drop = tf.layers.dropout(x, 0.5, training=on, seed=3)
grad = tf.gradients(drop, x)[0]
loop = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.nn.dropout(s, 0.8, seed=7)), [0, x])[1]
loop_grad = tf.gradients(loop, x)[0]
noise = tf.map_fn(lambda v: v * tf.random_uniform([], seed=2), x)
noise_grad = tf.gradients(noise, x)[0]
w = tf.Variable(np.ones(8, np.float32), name="w")
train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(tf.layers.dropout(w * x, 0.5, training=on, seed=9)))
ones = np.ones(8, np.float32)
for again in range(2):
    with tf.Session() as sess:
        run = sess.run
        run(w.initializer)
        print(run([drop, grad], {x: ones}))
        for _ in range(2):
            a, b = run([drop, grad], {x: ones, on: True})
            print(a.tolist(), np.array_equal(a, b))
        g = run(grad, {x: ones, on: True})
        print(g.tolist())
        a, b = run([loop, loop_grad], {x: ones})
        print(np.round(a, 4).tolist(), np.allclose(a, b))
        a, b = run([noise, noise_grad], {x: ones})
        print(np.round(a, 4).tolist(), np.allclose(a, b))
        for _ in range(2):
            run(train, {x: ones, on: True})
            print(np.round(run(w), 4).tolist())
