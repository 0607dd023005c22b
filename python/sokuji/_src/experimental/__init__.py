"""Names of tf.experimental: NumPy's functions over tensors, extension types, dispatch. They are written over the public names of 2.x."""

import importlib


class _Names:
    def __getattr__(self, name):
        return getattr(importlib.import_module("sokuji"), name)


tf = _Names()
