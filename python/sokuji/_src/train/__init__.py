"""tf.train, tf.losses and tfe.metrics of 1.x, and checkpoints of both versions."""
