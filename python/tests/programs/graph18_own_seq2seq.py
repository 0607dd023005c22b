# tf: 1.8
# tf.contrib.seq2seq: helpers, decoding, attention, losses, beam search.
import functools
import numpy as np
import tensorflow as tf
from support.attempt_1 import attempt, r
s2s = tf.contrib.seq2seq
rnn = tf.nn.rnn_cell

attempt = functools.partial(attempt, most=120)


init = tf.constant_initializer(0.3)
np.random.seed(0)
vocab, dim, units, batch, steps = 5, 3, 4, 2, 4
inputs = tf.constant(np.sin(np.arange(batch * steps * dim)).reshape(batch, steps, dim), tf.float32)
lengths = tf.constant([4, 2])
emb = tf.constant(np.cos(np.arange(vocab * dim)).reshape(vocab, dim), tf.float32)
with tf.variable_scope('a', initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=3)):
    cell = rnn.GRUCell(units)
    helper = s2s.TrainingHelper(inputs, lengths)
    print(helper.batch_size.shape, helper.sample_ids_shape, helper.sample_ids_dtype)
    proj = tf.layers.Dense(vocab, use_bias=False, name='proj')
    dec = s2s.BasicDecoder(cell, helper, cell.zero_state(batch, tf.float32), output_layer=proj)
    print(dec.output_size, dec.output_dtype)
    out, state, lens = s2s.dynamic_decode(dec)
    print(type(out).__name__, out.rnn_output.shape, out.sample_id.shape, state.shape, lens.shape, out._fields)
    outT, _, _ = s2s.dynamic_decode(s2s.BasicDecoder(cell, helper, cell.zero_state(batch, tf.float32), output_layer=proj), output_time_major=True, impute_finished=True, maximum_iterations=3, scope='decoder')
    print(outT.rnn_output.shape)
    greedy = s2s.GreedyEmbeddingHelper(emb, tf.fill([batch], 1), 2)
    g_out, g_state, g_lens = s2s.dynamic_decode(s2s.BasicDecoder(cell, greedy, cell.zero_state(batch, tf.float32), output_layer=proj), maximum_iterations=6, scope='decoder')
    samp = s2s.SampleEmbeddingHelper(emb, tf.fill([batch], 1), 2, seed=5)
    s_out, _, s_lens = s2s.dynamic_decode(s2s.BasicDecoder(cell, samp, cell.zero_state(batch, tf.float32), output_layer=proj), maximum_iterations=6, scope='decoder')
    print([v.name for v in tf.trainable_variables()])
with tf.variable_scope('b', initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=3)):
    memory = tf.constant(np.cos(np.arange(batch * 3 * 6)).reshape(batch, 3, 6), tf.float32)
    rows = []
    for k, mech in enumerate([s2s.LuongAttention(units, memory, [3, 2]), s2s.LuongAttention(units, memory, scale=True, name='scaled'), s2s.BahdanauAttention(units, memory, [3, 1]), s2s.BahdanauAttention(units, memory, normalize=True, name='normed')]):
        print(type(mech).__name__, mech.alignments_size, mech.values.shape, mech.keys.shape, mech.batch_size)
        with tf.variable_scope('w%d' % k):
            att = s2s.AttentionWrapper(rnn.LSTMCell(units), mech, attention_layer_size=3 if k % 2 else None, alignment_history=k == 0, output_attention=k != 1)
            print(att.output_size, att.state_size)
            st = att.zero_state(batch, tf.float32)
            print(type(st).__name__, st._fields)
            o, new = att(inputs[:, 0], st)
            print(o.shape, new.attention.shape, new.time.shape, new.alignments.shape)
            o2, f2, l2 = s2s.dynamic_decode(s2s.BasicDecoder(att, s2s.TrainingHelper(inputs, lengths), st))
            rows.append([o, new.alignments, new.attention, o2.rnn_output, f2.alignments, l2])
    print([v.name for v in tf.trainable_variables()][3:])
logits = tf.constant(np.sin(np.arange(2 * 3 * 4)).reshape(2, 3, 4), tf.float32)
targets = tf.constant([[1, 2, 3], [0, 1, 0]])
weights = tf.constant([[1., 1., 0.], [1., 0.5, 1.]])
losses = [s2s.sequence_loss(logits, targets, weights), s2s.sequence_loss(logits, targets, weights, average_across_timesteps=False), s2s.sequence_loss(logits, targets, weights, average_across_batch=False), s2s.sequence_loss(logits, targets, weights, average_across_timesteps=False, average_across_batch=False)]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    o, st, l = sess.run([out, state, lens])
    print(r(o.rnn_output), o.sample_id.tolist(), r(st), l.tolist())
    o = sess.run(outT)
    print(r(o.rnn_output), o.sample_id.tolist())
    o, l = sess.run([g_out, g_lens])
    print(r(o.rnn_output), o.sample_id.tolist(), l.tolist())
    o, l = sess.run([s_out, s_lens])
    print(r(o.rnn_output)[0][0], o.sample_id.shape[0], l.shape)
    for row in rows:
        print([r(v) for v in sess.run(row)])
    print([r(v) for v in sess.run(losses)])
    print(r(sess.run(s2s.tile_batch(tf.constant([[1., 2.], [3., 4.]]), 2))), r(sess.run(s2s.hardmax(tf.constant([[1., 3.], [3., 1.]])))), r(sess.run(s2s.safe_cumprod(tf.constant([[.5, .2, .1]])))))
attempt('types', lambda: s2s.BasicDecoder(cell, 3, None))
attempt('layer', lambda: s2s.BasicDecoder(cell, helper, None, output_layer=3))
attempt('dec', lambda: s2s.dynamic_decode(3))
attempt('rank', lambda: s2s.sequence_loss(logits[0], targets, weights))
attempt('lengths', lambda: s2s.TrainingHelper(inputs, [[1, 2]]))
attempt('greedy', lambda: s2s.GreedyEmbeddingHelper(emb, 1, 2))
attempt('mech', lambda: s2s.AttentionWrapper(rnn.LSTMCell(2), 3))
with tf.variable_scope('c', initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=3)):
    cell = rnn.GRUCell(units)
    proj = tf.layers.Dense(vocab, name='p')
    bs = s2s.BeamSearchDecoder(cell, emb, tf.fill([batch], 1), 2, s2s.tile_batch(tf.constant(np.sin(np.arange(8.)).reshape(2, 4), tf.float32), 3), 3, output_layer=proj, length_penalty_weight=0.5)
    print(bs.output_size, bs.output_dtype)
    f, fs, fl = s2s.dynamic_decode(bs, maximum_iterations=5)
    print(type(f).__name__, type(fs).__name__, f.predicted_ids.shape, f.beam_search_decoder_output._fields, fs._fields)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    a, b, c = sess.run([f, fs, fl])
    print(a.predicted_ids.tolist(), r(a.beam_search_decoder_output.scores), a.beam_search_decoder_output.parent_ids.tolist())
    print(r(b.log_probs), b.finished.tolist(), b.lengths.tolist(), c.tolist())
    print(sess.run(s2s.gather_tree(tf.constant([[[2, 3]], [[4, 5]], [[6, 7]]]), tf.constant([[[0, 0]], [[0, 1]], [[1, 0]]]), tf.constant([3]), tf.constant(9))).tolist())
helper2 = s2s.CustomHelper(lambda: (tf.fill([2], False), tf.zeros([2, 3])), lambda time, outputs, state: tf.cast(tf.argmax(outputs, -1), tf.int32), lambda time, outputs, state, sample_ids: (sample_ids > 100, tf.zeros([2, 3]), state))
inf = s2s.InferenceHelper(lambda o: o, [3], tf.float32, tf.ones([2, 3]), lambda s: tf.reduce_sum(s, -1) > 100.)
with tf.variable_scope('d', initializer=init):
    cell = rnn.BasicRNNCell(3)
    h, _, hl = s2s.dynamic_decode(s2s.BasicDecoder(cell, helper2, cell.zero_state(2, tf.float32)), maximum_iterations=2)
    i, _, il = s2s.dynamic_decode(s2s.BasicDecoder(cell, inf, cell.zero_state(2, tf.float32)), maximum_iterations=3)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    a, b, c, d = sess.run([h, hl, i, il])
    print(r(a.rnn_output), a.sample_id.tolist(), b.tolist(), r(c.sample_id), d.tolist())
