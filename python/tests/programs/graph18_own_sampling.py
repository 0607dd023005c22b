# tf: 1.8
# Candidate samplers with seeds, the losses over them, and tf.nn.raw_rnn.
import numpy as np
import tensorflow as tf

tf.set_random_seed(9)
true = tf.constant([[1, 4], [0, 9], [3, 3]], tf.int64)
made = [tf.nn.uniform_candidate_sampler(true, 2, 5, True, 12), tf.nn.uniform_candidate_sampler(true, 2, 5, False, 16, seed=3),
        tf.nn.log_uniform_candidate_sampler(true, 2, 6, True, 10, seed=2), tf.nn.log_uniform_candidate_sampler(true, 2, 6, False, 20),
        tf.nn.learned_unigram_candidate_sampler(true, 2, 4, True, 10, seed=1),
        tf.nn.fixed_unigram_candidate_sampler(true, 2, 5, False, 10, unigrams=[1, 5, 2, 4, 3, 1, 1, 7, 2, 2], distortion=0.75, seed=4),
        tf.nn.all_candidate_sampler(true, 2, 10, True)]
hits = tf.nn.compute_accidental_hits(true, tf.constant([3, 4, 3, 0], tf.int64), 2)
rng = np.random.RandomState(0)
w, b = tf.constant(rng.randn(10, 3).astype(np.float32)), tf.constant(rng.randn(10).astype(np.float32))
x = tf.constant(rng.randn(3, 3).astype(np.float32))
losses = [tf.nn.nce_loss(w, b, true, x, 4, 10, num_true=2), tf.nn.nce_loss(w, b, true[:, :1], x, 4, 10, remove_accidental_hits=True),
          tf.nn.sampled_softmax_loss(w, b, true[:, :1], x, 5, 10, seed=8), tf.nn.sampled_softmax_loss(w, b, true, x, 6, 10, num_true=2, sampled_values=made[2]),
          tf.nn.sampled_softmax_loss([w[:5], w[5:]], b, true[:, 1:], x, 3, 10, partition_strategy="div", remove_accidental_hits=False)]
grads = tf.gradients(losses[0], [x, b])
with tf.Session() as sess:
    for m in made:
        print(m[0].shape, m[1].shape, m[2].shape)
        for _ in range(2):
            s, t, e = sess.run(m)
            print(s, np.round(t, 5).tolist(), np.round(e, 5))
    print(sess.run(hits))
    for loss in losses:
        print(loss.shape, np.round(sess.run(loss), 5))
    print([np.round(g, 4) if isinstance(g, np.ndarray) else np.round(g.values, 4) for g in sess.run(grads)][0])

data = tf.constant(np.arange(12, dtype=np.float32).reshape(3, 2, 2) / 10)
lengths = tf.constant([2, 3])
cell = tf.nn.rnn_cell.BasicRNNCell(2)
rows = tf.TensorArray(tf.float32, 3).unstack(data)


def loop(time, output, state, loop_state):
    state = cell.zero_state(2, tf.float32) if output is None else state
    loop_state = tf.constant(1.0) if output is None else loop_state * 2.0
    done = time >= lengths
    row = tf.cond(tf.reduce_all(done), lambda: tf.zeros([2, 2]), lambda: rows.read(time))
    return done, row, state, output, loop_state


outputs, state, last = tf.nn.raw_rnn(cell, loop)
stacked = outputs.stack()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for v in tf.trainable_variables():
        print(v.op.name, v.shape)
        sess.run(v.assign(tf.ones(v.shape) * 0.3))
    for value in sess.run([stacked, state, last]):
        print(np.round(value, 4).tolist())
