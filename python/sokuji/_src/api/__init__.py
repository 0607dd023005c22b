"""Which name of tf.* comes from where."""
