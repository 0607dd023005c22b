"""tf.layers, tf.contrib.layers and tf.nn.rnn_cell of 1.x, over Keras' layers."""
