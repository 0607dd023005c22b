"""Which name of tf.* comes from where. Those that the first name does not import may lie in the archive."""

import os

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__path__[0])), "packed.zip", "api"))
