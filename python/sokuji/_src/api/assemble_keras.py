"""Names of Keras 3 that few programs ask for: keras.ops, keras.tree, keras.config and what stands beside them."""

import os
import sys

from sokuji._src.api.missing import put_off


def _ops(name):
    def load():
        from sokuji._src.keras import ops_core, ops_image, ops_nn, ops_numpy_axes  # noqa: F401

        ops_core.tf.root = sys.modules["sokuji"]
        for held, text in ((ops_core.CORE, "Keras' %s."), (ops_core.NUMPY, "NumPy's %s, of tensors."), (ops_core.NN, "Keras' function %s of tensors."),
                           (ops_core.LINALG, "Keras' function %s of matrices."), (ops_core.IMAGE, "Keras' function %s of images.")):  # fmt: skip
            for word, function in held.items():
                if not function.__doc__ or function.__doc__.startswith("partial("):
                    function.__doc__ = text % word
        parts = {"numpy": ops_core.NUMPY, "nn": ops_core.NN, "linalg": ops_core.LINALG, "image": ops_core.IMAGE}
        return parts[name] if name else {**ops_core.CORE, **ops_core.NUMPY, **ops_core.NN}

    return {"_rest": load}


def _tensor_board():
    from sokuji._src.keras import callbacks
    from sokuji._src.summary import summary

    class TensorBoard(callbacks.Callback):
        """Writes the values of epochs, and of batches where they are wanted, as summaries under train and validation."""

        def __init__(self, log_dir="logs", histogram_freq=0, write_graph=True, write_images=False, write_steps_per_second=False, update_freq="epoch", profile_batch=0,
                     embeddings_freq=0, embeddings_metadata=None):  # fmt: skip
            super().__init__()
            if embeddings_freq:
                raise NotImplementedError("not implemented: tf.keras.callbacks.TensorBoard with embeddings_freq")
            self.log_dir, self.histogram_freq, self.update_freq, self._writers, self._step = str(log_dir), histogram_freq, 1 if update_freq == "batch" else update_freq, {}, 0

        def _writer(self, name):
            if name not in self._writers:
                self._writers[name] = summary.create_file_writer(os.path.join(self.log_dir, name))
            return self._writers[name].as_default()

        def on_train_begin(self, logs=None):
            self._step = 0

        def on_train_batch_end(self, batch, logs=None):
            if self.update_freq != "epoch" and self._step % self.update_freq == 0:
                with self._writer("train"):
                    for name, value in (logs or {}).items():
                        summary.scalar("batch_" + name, value, self._step)
            self._step += 1

        def on_epoch_end(self, epoch, logs=None):
            logs = dict(logs or {})
            logs.setdefault("learning_rate", float(self.model.optimizer.learning_rate))
            for kind, part in (("train", {k: v for k, v in logs.items() if not k.startswith("val_")}), ("validation", {k[4:]: v for k, v in logs.items() if k.startswith("val_")})):
                if part:
                    with self._writer(kind):
                        for name, value in part.items():
                            summary.scalar("epoch_" + name, value, epoch)
            if self.histogram_freq and epoch % self.histogram_freq == 0:
                with self._writer("train"):
                    for layer in self.model.layers:
                        for weight in layer.weights:
                            summary.histogram(weight.path + "/histogram", weight, epoch)

        def on_train_end(self, logs=None):
            for writer in self._writers.values():
                writer.close()
            self._writers = {}

    return TensorBoard


def _images():
    from sokuji._src.keras import callbacks, pictures

    return {**pictures.NAMES, "Progbar": callbacks.Progbar}


def _settings(name):
    def load():
        from sokuji._src.keras import settings

        return {"tree": settings.TREE, "dtype_policies": settings.POLICIES, "config": settings.CONFIG,
                "": {"Variable": settings.Variable, "DTypePolicy": settings.DTypePolicy}}[name]  # fmt: skip

    return load


def _dtypes():
    from sokuji._src.keras import graph, ops_core

    of = ops_core.standardize_dtype

    def is_float_dtype(dtype):
        """Whether the dtype is of floats."""
        return "float" in of(dtype)

    def is_int_dtype(dtype):
        """Whether the dtype is of integers."""
        return "int" in of(dtype)

    def is_keras_tensor(x):
        """Whether x is a model's value that is not known yet."""
        return isinstance(x, graph.KerasTensor)

    return {"result_type": ops_core.result_type, "standardize_dtype": of, **{f.__name__: f for f in (is_float_dtype, is_int_dtype, is_keras_tensor)}}


def _version():
    """The version of Keras whose names these are."""
    return "3.15.1"


def add(spaces):
    put_off(spaces["keras.backend"], "result_type standardize_dtype is_float_dtype is_int_dtype is_keras_tensor", _dtypes)
    for part in ("", "numpy", "nn", "linalg", "image"):
        spaces["keras.ops" + ("." + part if part else "")] = _ops(part)
    for name in ("tree", "dtype_policies", "config"):
        spaces.setdefault("keras." + name, {})["_rest"] = _settings(name)
    own = spaces["keras"]
    put_off(own, "Variable DTypePolicy", _settings(""))
    own.update(Layer=spaces["keras.layers"]["Layer"], Loss=spaces["keras.losses"]["Loss"], Metric=spaces["keras.metrics"]["Metric"], Optimizer=spaces["keras.optimizers"]["Optimizer"],
               Regularizer=spaces["keras.regularizers"]["Regularizer"], Initializer=spaces["keras.initializers"]["Initializer"], InputSpec=spaces["keras.layers"]["InputSpec"],
               name_scope=spaces["keras.backend"]["name_scope"], version=_version)  # fmt: skip
    pictures, folders = "img_to_array array_to_img save_img load_img", "image_dataset_from_directory text_dataset_from_directory"
    for space, names in (("utils", pictures + " " + folders + " Progbar"), ("preprocessing.image", pictures), ("preprocessing", folders)):
        put_off(spaces.setdefault("keras." + space, {}), names, _images)
    del spaces["keras.callbacks"]["TensorBoard"]
    put_off(spaces["keras.callbacks"], "TensorBoard", lambda: {"TensorBoard": _tensor_board()})
