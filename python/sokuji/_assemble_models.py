"""The names of datasets and models: tf.data, tf.contrib.data, and tf.keras."""

from . import (
    _specs, activations, contrib_layers, data, data_passes, data_sources, image_ops, keras_callbacks, keras_constraints, keras_graph, keras_initializers, keras_losses, keras_metrics,
    keras_optimizers, keras_random, keras_recurrent, keras_schedules, keras_utils, layers, layers_1_more, layers_3d,
    layers_more, losses_more, models,
    nn_3d, optimizers_more, rnn_cells,
)  # fmt: skip


def set_version(version):
    for module in (_specs, data):
        module.set_version(version)


def _data(version, names, spaces):
    tfdata = {name: getattr(data_sources, name) for name in ("TextLineDataset", "FixedLengthRecordDataset", "TFRecordDataset")}
    tfdata.update(Dataset=data.Dataset, Iterator=data.Iterator)
    spaces["data"] = tfdata
    if version == 1:
        spaces["contrib.data"] = data_sources.CONTRIB
        spaces.setdefault("contrib.eager", {})["Iterator"] = data.Iterator
        return
    tfdata.update(AUTOTUNE=-1, INFINITE_CARDINALITY=data.INFINITE, UNKNOWN_CARDINALITY=data.UNKNOWN, Options=data_passes.Options,
                  DatasetSpec=_specs.DatasetSpec)  # fmt: skip
    spaces["data.experimental"] = data_sources.EXPERIMENTAL
    names.setdefault("TensorSpec", _specs.TensorSpec)


def _keras(version, spaces):
    tops = {"Sequential": models.Sequential, "Model": models.Model, "Input": keras_graph.Input}
    spaces.setdefault("keras", {}).update(tops)
    spaces["keras.models"] = {"Sequential": models.Sequential, "Model": models.Model}
    spaces["keras.layers"] = {**layers.KERAS, **layers_more.LAYERS, **layers_3d.LAYERS, **keras_recurrent.LAYERS, "Input": keras_graph.Input, "InputLayer": keras_graph.InputLayer}
    spaces["keras.initializers"] = keras_initializers.names(version)
    spaces["keras.losses"] = keras_losses.names(version)
    spaces["keras.metrics"] = keras_metrics.names(version)
    spaces["keras.callbacks"] = keras_callbacks.NAMES
    spaces["keras.constraints"] = keras_constraints.NAMES
    spaces.setdefault("keras.utils", {}).update(keras_utils.UTILS)
    spaces["keras.preprocessing.sequence"] = {"pad_sequences": keras_utils.pad_sequences}
    spaces.setdefault("keras.backend", {}).update(clear_session=keras_utils.clear_session, floatx=lambda: "float32", epsilon=lambda: 1e-7)
    spaces.setdefault("keras.regularizers", {}).update(Regularizer=activations.Regularizer, get=activations.get_regularizer)
    if version == 1:
        spaces["keras.optimizers"] = keras_optimizers.names_1()
        return
    spaces["keras.utils"].update(keras_utils.UTILS_2)
    spaces["keras.optimizers"] = keras_optimizers.names()
    spaces["keras.optimizers.schedules"] = keras_schedules.NAMES
    spaces["keras"].update(KerasTensor=keras_graph.KerasTensor)
    spaces["keras.regularizers"].update(L1=activations.L1, L2=activations.L2)
    spaces["keras.random"] = keras_random.NAMES
    spaces.setdefault("keras.activations", {}).update(activations.BY_NAME_2)
    spaces["losses"], spaces["metrics"], spaces["optimizers"] = spaces["keras.losses"], spaces["keras.metrics"], spaces["keras.optimizers"]
    spaces["initializers"] = spaces["keras.initializers"]


def add(version, names, spaces):
    _data(version, names, spaces)
    _keras(version, spaces)
    spaces["image"] = image_ops.names(version)
    spaces["nn"].update(nn_3d.NAMES if version == 1 else nn_3d.NAMES_2)
    if version == 1:
        spaces.setdefault("losses", {}).update(losses_more.LOSSES)
        spaces["nn.rnn_cell"] = spaces["contrib.rnn"] = rnn_cells.CELLS
        spaces["nn"].update(rnn_cells.FUNCTIONS)
        spaces["train"].update(optimizers_more.OPTIMIZERS)
        spaces["layers"].update(layers_1_more.LAYERS)
        spaces["contrib.layers"] = contrib_layers.LAYERS
