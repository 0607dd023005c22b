"""tf.data: datasets, their transformations and their files."""
