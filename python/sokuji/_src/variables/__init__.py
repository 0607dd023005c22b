"""What keeps values between steps: variables, scopes, tf.Module, and what checkpoints follow."""

import os

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__path__[0])), "packed.zip", "variables"))
