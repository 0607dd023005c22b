# tf: 2.21
# Candidate samplers and the losses over them.
import numpy as np
import tensorflow as tf

tf.random.set_seed(9)
true = tf.constant([[1, 4], [0, 9], [3, 3]], tf.int64)
rng = np.random.RandomState(0)
w, b = tf.Variable(rng.randn(10, 3).astype(np.float32)), tf.constant(rng.randn(10).astype(np.float32))
x = tf.constant(rng.randn(3, 3).astype(np.float32))
for f in (tf.random.uniform_candidate_sampler, tf.random.log_uniform_candidate_sampler, tf.random.learned_unigram_candidate_sampler):
    for unique in (True, False):
        s, t, e = f(true, 2, 5, unique, 12, seed=4)
        print(s.numpy(), np.round(t, 5).tolist(), np.round(e, 5))
s = tf.random.fixed_unigram_candidate_sampler(true, 2, 4, True, 10, unigrams=[1.0] * 4 + [3.0] * 6, seed=2)
print([np.round(v, 4).tolist() for v in s])
print([v.numpy().tolist()[:3] for v in tf.random.all_candidate_sampler(true, 2, 10, True)])
print([v.numpy().tolist() for v in tf.nn.compute_accidental_hits(true, tf.constant([3, 4, 0], tf.int64), 2)][:2])
with tf.GradientTape() as tape:
    loss = tf.nn.nce_loss(w, b, true, x, 4, 10, num_true=2, sampled_values=s)
print(np.round(loss, 4), np.round(tf.convert_to_tensor(tape.gradient(loss, w)), 3).sum(0))
for remove in (True, False):
    print(np.round(tf.nn.sampled_softmax_loss(w, b, true[:, :1], x, 5, 10, seed=8, remove_accidental_hits=remove), 4))


@tf.function
def inside(rows):
    return tf.nn.sampled_softmax_loss(w, b, true[:, :1], rows, 10, 10, num_true=1, sampled_values=tf.random.all_candidate_sampler(true[:, :1], 1, 10, True))


print(np.round(inside(x), 4))
