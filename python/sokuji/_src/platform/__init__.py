"""What surrounds a program: flags, tf.test, tf.compat, devices. Those that the first name does not import may lie in the archive."""

import os

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__path__[0])), "packed.zip", "platform"))
