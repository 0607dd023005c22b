"""What keeps values between steps: variables, scopes, tf.Module, and what checkpoints follow."""
