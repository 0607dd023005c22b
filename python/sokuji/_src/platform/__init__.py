"""What surrounds a program: flags, tf.test, tf.compat, devices."""
