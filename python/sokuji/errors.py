"""tf.errors, where pickled exceptions look for their classes. Importing sokuji._src puts the module itself in this one's place."""

import sokuji._src  # noqa: F401
