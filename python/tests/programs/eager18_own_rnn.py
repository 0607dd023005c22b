# tf: 1.8
# tolerance: 1e-3
# tf.nn.rnn_cell by value with constant weights; static_rnn, dynamic_rnn with lengths, bidirectional; seeds of initial weights.
import numpy as np
import tensorflow as tf
tf.enable_eager_execution()
R = tf.nn.rnn_cell


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def fixed(cell, x):
    cell(x, cell.zero_state(x.shape[0].value, tf.float32))
    for k, v in enumerate(cell.variables):
        v.assign((0.5 * np.sin(np.arange(np.prod(v.shape.as_list())) * 0.8 + 0.3 * k)).reshape(v.shape.as_list()).astype(np.float32))
    return cell


def outcome(label, make):
    try:
        print(label, make())
    except Exception as e:
        print(label, "raises", type(e).__name__)


x = tf.constant(np.sin(np.arange(24, dtype=np.float32)).reshape(2, 4, 3))


def flat(s):
    return [r(t) for t in tf.contrib.framework.nest.flatten(s)] if False else [r(t) for t in (s if isinstance(s, tuple) and not hasattr(s, "c") else tuple(s) if hasattr(s, "c") else (s,))]


for name, make in (("rnn", lambda: R.BasicRNNCell(2)), ("gru", lambda: R.GRUCell(2)), ("lstm basic", lambda: R.BasicLSTMCell(2, forget_bias=0.5)),
                   ("lstm", lambda: R.LSTMCell(2)), ("peep", lambda: R.LSTMCell(2, use_peepholes=True, cell_clip=0.3)), ("proj", lambda: R.LSTMCell(3, num_proj=2))):
    cell = fixed(make(), x[:, 0])
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    print(name, r(outputs[0]), flat(state), [v.shape.as_list() for v in cell.variables], cell.state_size, cell.output_size)
    outputs, state = tf.nn.dynamic_rnn(cell, x, sequence_length=[2, 4], dtype=tf.float32)
    print("  lengths", r(outputs[0]), flat(state))
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
    print("  static", len(outputs), r(outputs[-1]))
multi = R.MultiRNNCell([R.BasicRNNCell(2), R.GRUCell(3)])
fixed(multi, x[:, 0])
out, state = multi(x[:, 0], multi.zero_state(2, tf.float32))
print("multi", r(out), [r(s) for s in state], len(multi.variables))
fw, bw = fixed(R.GRUCell(2), x[:, 0]), fixed(R.GRUCell(2), x[:, 0])
(of, ob), (sf, sb) = tf.nn.bidirectional_dynamic_rnn(fw, bw, x, sequence_length=[3, 4], dtype=tf.float32)
print("bi", r(of[0]), r(ob[0]), r(sb))
drop = R.DropoutWrapper(fixed(R.BasicRNNCell(2), x[:, 0]), output_keep_prob=1.0)
print("drop", r(drop(x[:, 0], drop.zero_state(2, tf.float32))[0]))
res = R.ResidualWrapper(fixed(R.BasicRNNCell(3), x[:, 0]))
print("res", r(res(x[:, 0], res.zero_state(2, tf.float32))[0]))
outcome("no dtype", lambda: tf.nn.dynamic_rnn(R.GRUCell(2), x))
tf.set_random_seed(4)
cell = R.BasicLSTMCell(2)
cell(x[:, 0], cell.zero_state(2, tf.float32))
print(r(cell.variables[0][0]), [v.name for v in cell.variables], type(cell.zero_state(1, tf.float32)).__name__)
tf.set_random_seed(4)
for make in (lambda: tf.keras.layers.LSTM(2), lambda: tf.keras.layers.GRU(2), lambda: tf.keras.layers.SimpleRNN(2)):
    layer = make()
    layer(x)
    print([r(w.numpy().ravel()[:3]) for w in layer.weights], [v.name.split("/")[-1] for v in layer.weights])
print(r(tf.contrib.layers.xavier_initializer(seed=1)([2, 3])), r(tf.contrib.layers.variance_scaling_initializer(seed=1)([2, 3])))
print(r(tf.contrib.layers.l2_regularizer(0.5)(tf.constant([1.0, 2.0]))), r(tf.contrib.layers.l1_regularizer(0.5)(tf.constant([1.0, -2.0]))))
with tf.GradientTape() as tape:
    cell = fixed(R.GRUCell(2), x[:, 0])
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    loss = tf.reduce_sum(outputs ** 2)
print([r(tf.reduce_sum(g)) for g in tape.gradient(loss, cell.variables)])
