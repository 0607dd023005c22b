"""Names of Keras 3 that few programs ask for: keras.ops, keras.tree, keras.config and what stands beside them."""

import sys


def _ops(name):
    def load():
        from sokuji._src.keras import ops_core, ops_image, ops_nn, ops_numpy  # noqa: F401

        ops_core.tf.root = sys.modules["sokuji"]
        for held, text in ((ops_core.CORE, "Keras' %s."), (ops_core.NUMPY, "NumPy's %s, of tensors."), (ops_core.NN, "Keras' function %s of tensors."),
                           (ops_core.LINALG, "Keras' function %s of matrices."), (ops_core.IMAGE, "Keras' function %s of images.")):  # fmt: skip
            for word, function in held.items():
                if not function.__doc__ or function.__doc__.startswith("partial("):
                    function.__doc__ = text % word
        parts = {"numpy": ops_core.NUMPY, "nn": ops_core.NN, "linalg": ops_core.LINALG, "image": ops_core.IMAGE}
        return parts[name] if name else {**ops_core.CORE, **ops_core.NUMPY, **ops_core.NN}

    return {"_rest": load}


def add(spaces):
    for part in ("", "numpy", "nn", "linalg", "image"):
        spaces["keras.ops" + ("." + part if part else "")] = _ops(part)
