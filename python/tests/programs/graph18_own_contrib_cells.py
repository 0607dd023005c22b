# tf: 1.8
# Cells of tf.contrib.rnn and layers of tf.contrib.layers by value, with all weights set.
import numpy as np
import tensorflow as tf
rnn, layers = tf.contrib.rnn, tf.contrib.layers
rng = np.random.RandomState(0)
_SEEDS_ELSEWHERE = ("norm lstm off", "coupled", "in", "highway", "attention")
data = rng.randn(2, 3, 4).astype(np.float32)


def fill(sess):
    for v in tf.global_variables():
        values = np.sin(np.arange(v.shape.num_elements()) * 0.7 + len(v.op.name)).reshape(v.shape.as_list()) * 0.4
        sess.run(v.assign(values)) if not v.op.name.endswith("moving_variance") else sess.run(v.assign(values * 0.1 + 1))


def show(name, make):
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        x = tf.constant(data)
        made = make(x)
        made = made if isinstance(made, (list, tuple)) else [made]
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            first = [round(float(np.sum(sess.run(v))), 4) for v in tf.trainable_variables()]
            fill(sess)
            print(name, [v.op.name for v in tf.global_variables()], [v.shape.as_list() for v in tf.global_variables()])
            print(first if name not in _SEEDS_ELSEWHERE else "")
            for m in made:
                value = sess.run(m)
                print(np.shape(value), np.round(np.ravel(value)[:6], 4))


def run(cell):
    return lambda x: tf.contrib.framework.nest.flatten(tf.nn.dynamic_rnn(cell(), x, dtype=tf.float32))


show("norm lstm", run(lambda: rnn.LayerNormBasicLSTMCell(3)))
show("norm lstm off", run(lambda: rnn.LayerNormBasicLSTMCell(3, layer_norm=False, forget_bias=0.5)))
show("ugrnn", run(lambda: rnn.UGRNNCell(3)))
show("coupled", run(lambda: rnn.CoupledInputForgetGateLSTMCell(3, use_peepholes=True, num_proj=2, proj_clip=0.1)))
show("nas", run(lambda: rnn.NASCell(3, use_biases=True)))
show("out", run(lambda: rnn.OutputProjectionWrapper(rnn.GRUCell(3), 2)))
show("in", run(lambda: rnn.InputProjectionWrapper(rnn.GRUCell(3), 2)))
show("highway", run(lambda: rnn.HighwayWrapper(rnn.GRUCell(4))))
show("attention", run(lambda: rnn.AttentionCellWrapper(rnn.BasicLSTMCell(3), 2)))
show("static", lambda x: rnn.static_rnn(rnn.BasicLSTMCell(3), tf.unstack(x, axis=1), dtype=tf.float32)[0])
show("static both", lambda x: rnn.static_bidirectional_rnn(rnn.GRUCell(3), rnn.GRUCell(3), tf.unstack(x, axis=1), dtype=tf.float32)[0])
show("stacked", lambda x: rnn.stack_bidirectional_dynamic_rnn([rnn.GRUCell(3), rnn.GRUCell(2)], [rnn.GRUCell(3), rnn.GRUCell(2)], x, dtype=tf.float32)[0])
show("embedding", lambda x: rnn.EmbeddingWrapper(rnn.GRUCell(3), 5, 4)(tf.constant([[1], [3]]), tf.ones([2, 3])))
show("layer norm", lambda x: layers.layer_norm(x))
show("layer norm axes", lambda x: layers.layer_norm(x, begin_norm_axis=2, begin_params_axis=1))
show("unit norm", lambda x: layers.unit_norm(x, 2))
show("maxout", lambda x: layers.maxout(x, 2))
show("conv 1", lambda x: layers.conv2d(x, 2, 3, rate=2))
image = lambda x: tf.reshape(tf.tile(x, [1, 4, 3]), [2, 6, 6, 4])
show("transpose", lambda x: layers.conv2d_transpose(image(x), 2, 3, 2))
show("separable", lambda x: layers.separable_conv2d(image(x), 3, [3, 2], 2, stride=2, normalizer_fn=layers.batch_norm))
show("depthwise", lambda x: layers.separable_conv2d(image(x), None, 3, 2))
show("pools", lambda x: [layers.max_pool2d(image(x), 3, padding="SAME"), layers.avg_pool2d(image(x), [2, 3], 1)])
show("group", lambda x: layers.group_norm(image(x), 2))
show("instance", lambda x: layers.instance_norm(image(x)))
show("bn", lambda x: layers.batch_norm(image(x), updates_collections=None, scale=True, is_training=False))
show("bn 2", lambda x: layers.batch_norm(x[:, 0], activation_fn=tf.nn.relu))
show("bn 3", lambda x: layers.batch_norm(x, is_training=tf.placeholder_with_default(True, [])))
show("bias", lambda x: layers.bias_add(x, tf.nn.relu))
show("repeat", lambda x: layers.repeat(image(x), 2, layers.conv2d, 3, 3))
show("stack", lambda x: layers.stack(x[:, 0], layers.fully_connected, [3, 2], activation_fn=tf.nn.tanh, scope="fc"))
show("embed", lambda x: layers.embed_sequence(tf.constant([[1, 2], [0, 4]]), 5, 3))
show("bow", lambda x: layers.bow_encoder(tf.constant([[1, 2], [0, 4]]), 5, 3))
show("one hot", lambda x: layers.one_hot_encoding(tf.constant([1, 2]), 4, 2.0, -1.0))
show("softmax", lambda x: layers.softmax(x))
