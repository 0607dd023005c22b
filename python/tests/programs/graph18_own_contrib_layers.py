# tf: 1.8
# tf.contrib.layers: variables' names, seeds, arguments by scopes, training.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import slim
layers, framework = tf.contrib.layers, tf.contrib.framework

tf.set_random_seed(7)
x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
with framework.arg_scope([layers.conv2d, layers.fully_connected], weights_regularizer=layers.l2_regularizer(0.01), activation_fn=tf.nn.elu):
    with framework.arg_scope([layers.batch_norm], is_training=True, decay=0.9):
        h = layers.conv2d(x, 4, 3, normalizer_fn=layers.batch_norm, scope="first")
        h = layers.max_pool2d(h, 2)
        h = layers.conv2d(h, 5, [3, 3], stride=2, padding="VALID")
        h = layers.flatten(h)
        h = layers.dropout(h, 0.9, is_training=False)
        h = layers.fully_connected(h, 6)
        logits = layers.linear(h, 2, scope="logits")
print(h.shape, logits.shape)
for v in tf.global_variables():
    print(v.name, v.shape)
print(len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)), len(tf.losses.get_regularization_losses()), [v.op.name for v in framework.get_model_variables()][:3])
labels = tf.constant([0, 1, 1, 0])
loss = tf.losses.sparse_softmax_cross_entropy(labels, logits) + tf.losses.get_regularization_loss()
step = tf.train.get_or_create_global_step()
train = layers.optimize_loss(loss, step, 0.1, "SGD", clip_gradients=1.0, summaries=["loss"])
print([v.op.name for v in framework.get_variables(suffix="weights")], [v.op.name for v in framework.get_variables("first")])
data = np.random.RandomState(0).rand(4, 8, 8, 3).astype(np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for v in tf.trainable_variables()[:3]:
        print(v.op.name, np.round(sess.run(v).ravel()[:4], 5))
    for _ in range(3):
        print("%.4f" % sess.run(train, {x: data}))
    print(np.round(sess.run(tf.global_variables("first/BatchNorm/moving_mean")[0]), 5), sess.run(step))
