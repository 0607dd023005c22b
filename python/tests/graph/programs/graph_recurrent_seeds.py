"""Where random numbers are drawn in recurrent networks: seeds depend on how many operations there are."""

import numpy as np
import tensorflow as tf

np.set_printoptions(precision=4, suppress=True)


r = tf.nn.rnn_cell
C = dict(basic=lambda: r.BasicRNNCell(3), gru=lambda: r.GRUCell(3), blstm=lambda: r.BasicLSTMCell(3), lstm=lambda: r.LSTMCell(3), peep=lambda: r.LSTMCell(3, use_peepholes=True), proj=lambda: r.LSTMCell(3, num_proj=2), multi=lambda: r.MultiRNNCell([r.BasicLSTMCell(3), r.BasicLSTMCell(3)]), mg=lambda: r.MultiRNNCell([r.GRUCell(3), r.GRUCell(2)]))
def go(label, f):
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [None, 4, 2]); y = tf.placeholder(tf.float32, [5, 4, 2]); z = tf.placeholder(tf.float32, [None, None, 2]); n = tf.placeholder(tf.int32, [None]); xs = [tf.placeholder(tf.float32, [None, 2]) for _ in range(3)]
    tf.set_random_seed(3); g = tf.get_default_graph(); a = g._last_id
    try: f(x, y, z, n, xs)
    except Exception as e: print(label, type(e).__name__, str(e)[:80]); return
    print("seed", label, [[o.get_attr("seed2") for o in g.get_operations() if o.type in ("RandomUniform","RandomStandardNormal","TruncatedNormal")]], g._last_id-a)
def every():
    for c in sorted(C):
        go(c + " cell", lambda x, y, z, n, xs: C[c]()(xs[0], C[c]().zero_state(4, tf.float32)) if False else C[c]().zero_state(4, tf.float32))
        go(c + " zero dyn", lambda x, y, z, n, xs: C[c]().zero_state(tf.shape(xs[0])[0], tf.float32))
        go(c + " static", lambda x, y, z, n, xs: tf.nn.static_rnn(C[c](), xs, dtype=tf.float32))
        go(c + " dyn None", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), x, dtype=tf.float32))
        go(c + " dyn 5", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), y, dtype=tf.float32))
        go(c + " dyn z", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), z, dtype=tf.float32))
        go(c + " dyn None seq", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), x, sequence_length=n, dtype=tf.float32))
        go(c + " dyn 5 seq", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), y, sequence_length=n, dtype=tf.float32))
        go(c + " dyn tm", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), y, dtype=tf.float32, time_major=True))
        go(c + " dyn init", lambda x, y, z, n, xs: tf.nn.dynamic_rnn(C[c](), y, initial_state=C[c]().zero_state(5, tf.float32)))
    go("bi", lambda x, y, z, n, xs: tf.nn.bidirectional_dynamic_rnn(r.GRUCell(3), r.GRUCell(3), x, dtype=tf.float32))
    go("bi seq", lambda x, y, z, n, xs: tf.nn.bidirectional_dynamic_rnn(r.GRUCell(3), r.GRUCell(3), x, n, dtype=tf.float32))
every()
