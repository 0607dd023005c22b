"""tf.keras of both versions: layers, models, training, and what belongs to them."""
