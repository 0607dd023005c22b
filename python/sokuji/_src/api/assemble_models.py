"""The names of datasets and models: tf.data, tf.contrib.data, and tf.keras."""

import functools

from sokuji import _core
from sokuji._src.api import assemble_keras
from sokuji._src.contrib import names as contrib
from sokuji._src.data import dataset as data
from sokuji._src.data import composites  # noqa: F401  (Dataset.ragged_batch)
from sokuji._src.data import parsing, passes, sources, specs, stored
from sokuji._src.keras import activations, applications, attention, datasets, layers, layers_3d, layers_image, layers_lookup, layers_more, layers_normalization, layers_products, layers_random, layers_space, model_configs, model_files, models, recurrent_cudnn, text
from sokuji._src.keras import backend as keras_backend
from sokuji._src.keras import configs_1, generators_1
from sokuji._src.keras import callbacks as keras_callbacks
from sokuji._src.keras import constraints as keras_constraints
from sokuji._src.keras import graph as keras_graph
from sokuji._src.keras import json_1
from sokuji._src.keras import initializers as keras_initializers
from sokuji._src.keras import losses as keras_losses
from sokuji._src.keras import metrics as keras_metrics
from sokuji._src.keras import optimizers as keras_optimizers
from sokuji._src.keras import random as keras_random
from sokuji._src.keras import recurrent as keras_recurrent
from sokuji._src.keras import schedules as keras_schedules
from sokuji._src.keras import serialization
from sokuji._src.keras import utils as keras_utils
from sokuji._src.layers import contrib_layers, rnn_cells, sequences_and_volumes
from sokuji._src.ops import image_ops, nn_3d_ops
from sokuji._src.train import adagrad_da


def _graph_side():
    from sokuji._src.graph import datasets as graph_datasets

    graph_datasets.take_part()
    return graph_datasets


data.graph_side = _graph_side


_PARSED = ("parse_example", "parse_single_example", "parse_tensor", "serialize_tensor", "parse_single_sequence_example",
           "read_file", "matching_files", "write_file")  # fmt: skip


def _in_functions(names):
    """The functions that parse, which are nodes where a function is being traced."""

    def both(name, plain):
        @functools.wraps(plain)
        def call(*arguments, **keywords):
            if _core.graph_now() is None:
                return plain(*arguments, **keywords)
            from sokuji._src.graph import parse_nodes

            return getattr(parse_nodes, name)(*arguments, **keywords)

        return call

    return {name: both(name, value) if name in _PARSED else value for name, value in names.items()}


def set_version(version):
    for module in (specs, data, datasets):
        module.set_version(version)


def _data(version, names, spaces):
    tfdata = {name: getattr(sources, name) for name in ("TextLineDataset", "FixedLengthRecordDataset", "TFRecordDataset")}
    tfdata.update(Dataset=data.Dataset, Iterator=data.Iterator)
    spaces["data"] = tfdata
    parsing.PUBLIC.update(_in_functions(parsing.NAMES_1 if version == 1 else parsing.NAMES))
    (names if version == 1 else spaces.setdefault("io", {})).update(parsing.PUBLIC)
    if version == 1:
        spaces["contrib.data"] = sources.CONTRIB
        tfdata.update(get_output_types=passes.output_types, get_output_shapes=passes.output_shapes, get_output_classes=passes.output_classes)
        spaces.setdefault("contrib.eager", {})["Iterator"] = data.Iterator
        return
    tfdata.update(AUTOTUNE=-1, INFINITE_CARDINALITY=data.INFINITE, UNKNOWN_CARDINALITY=data.UNKNOWN, Options=passes.Options,
                  DatasetSpec=specs.DatasetSpec)  # fmt: skip
    spaces["data.experimental"] = dict(sources.EXPERIMENTAL, save=stored.save, load=stored.load, RandomDataset=stored.random, sample_from_datasets=stored.sample_from_datasets)
    spaces.setdefault("experimental", {})["Optional"] = data.Optional
    names.setdefault("TensorSpec", specs.TensorSpec)


def _keras(version, spaces):
    tops = {"Sequential": models.Sequential, "Model": models.Model, "Input": keras_graph.Input}
    spaces.setdefault("keras", {}).update(tops)
    spaces["keras.models"] = {"Sequential": models.Sequential, "Model": models.Model}
    if version == 1:
        models.methods_1()
        spaces["keras.models"].update(model_from_json=json_1.model_from_json, model_from_config=json_1.model_from_config, save_model=model_files.save_model,
                                      load_model=model_files.load_model)  # fmt: skip
    spaces["keras.layers"] = dict(layers.KERAS, Input=keras_graph.Input, InputLayer=keras_graph.InputLayer)
    for module in (layers_space, layers_normalization, layers_products, layers_3d, keras_recurrent, recurrent_cudnn, layers_more):
        spaces["keras.layers"].update(module.LAYERS)
    spaces["keras.initializers"] = keras_initializers.names(version)
    spaces["keras.losses"] = keras_losses.names(version)
    spaces["keras.metrics"] = keras_metrics.names(version)
    spaces["keras.callbacks"] = dict(keras_callbacks.NAMES)
    spaces["keras.constraints"] = dict(keras_constraints.NAMES)
    spaces.setdefault("keras.utils", {}).update(keras_utils.UTILS)
    spaces["keras.preprocessing.sequence"] = {"pad_sequences": keras_utils.pad_sequences}
    spaces["keras.backend"] = keras_backend.names(version)
    spaces.setdefault("keras.regularizers", {}).update(Regularizer=activations.Regularizer, get=activations.get_regularizer)
    spaces["keras.preprocessing.text"] = text.names(version)
    spaces.update(("keras.datasets." + name, dict(held)) for name, held in datasets.NAMES.items())
    for name, held in applications.names(version).items():
        spaces["keras.applications" + ("." if name else "") + name] = held
    if version == 1:
        spaces["keras.optimizers"] = keras_optimizers.names_1()
        spaces.setdefault("keras.activations", {}).update(activations.PUBLIC, relu=activations.relu_1)
        configs_1.add(spaces)
        spaces["keras.utils"].update(generators_1.UTILS, Progbar=keras_callbacks.Progbar)
        spaces["keras.preprocessing.sequence"].update(generators_1.SEQUENCES)
        spaces["keras.models"].update(model_from_yaml=generators_1.model_from_yaml)

        return
    spaces["keras.utils"].update(keras_utils.UTILS_2)
    spaces.setdefault("keras.preprocessing", {})["timeseries_dataset_from_array"] = keras_utils.timeseries_dataset_from_array
    spaces["keras.optimizers"] = keras_optimizers.names()
    spaces["keras.optimizers.schedules"] = keras_schedules.NAMES
    spaces["keras"].update(KerasTensor=keras_graph.KerasTensor)
    for module in (attention, layers_lookup, layers_image):
        spaces["keras.layers"].update(module.LAYERS)
    spaces["keras.layers"].update(layers_more.LAYERS_2)
    own = spaces["keras.layers"]
    own.update(Convolution1DTranspose=own["Conv1DTranspose"], Convolution3DTranspose=own["Conv3DTranspose"], GlobalAvgPool3D=own["GlobalAveragePooling3D"],
               GlobalMaxPool3D=own["GlobalMaxPooling3D"], SeparableConvolution1D=own["SeparableConv1D"])  # fmt: skip
    spaces["keras.regularizers"].update(L1=activations.L1, L2=activations.L2, OrthogonalRegularizer=activations.OrthogonalRegularizer,
                                        l1=activations.L1, l2=activations.L2, l1_l2=activations.L1L2)  # fmt: skip
    spaces["keras.layers"].update(layers_random.LAYERS)
    spaces["keras.random"] = keras_random.NAMES
    _serializers(spaces)
    spaces.setdefault("keras.activations", {}).update(activations.BY_NAME_2, **activations.PUBLIC, relu=activations.relu_2)
    spaces["losses"], spaces["metrics"], spaces["optimizers"] = spaces["keras.losses"], spaces["keras.metrics"], spaces["keras.optimizers"]
    spaces["initializers"] = spaces["keras.initializers"]
    assemble_keras.add(spaces)


def _serializers(spaces):
    """serialize and deserialize of each kind, and what programs register their own classes with."""
    for name in "layers losses metrics optimizers optimizers.schedules regularizers constraints".split():
        space = spaces.setdefault("keras." + name, {})
        made = serialization.names(lambda own=space: {k: v for k, v in own.items() if isinstance(v, type)}, name[:-1])
        space.update({key: value for key, value in made.items() if key not in space})
    spaces["keras.activations"].update(serialize=activations.serialize, deserialize=activations.deserialize)
    whole = serialization.deserializer(lambda: {k: v for n in ("layers", "initializers", "losses", "metrics", "optimizers", "regularizers", "constraints")
                                                for k, v in spaces["keras." + n].items() if isinstance(v, type)}, "class")  # fmt: skip
    models.Model.export = _export
    serialization.find = lambda module, name: _find(spaces, module, name)
    spaces["keras.models"].update(model_from_json=model_configs.model_from_json, clone_model=model_configs.clone_model, save_model=model_files.save_model,
                                  load_model=model_files.load_model)  # fmt: skip
    spaces.setdefault("keras.saving", {}).update(save_model=model_files.save_model, load_model=model_files.load_model, save_weights=model_files.save_weights,
                                                 load_weights=model_files.load_weights)  # fmt: skip
    spaces.setdefault("keras.config", {})["enable_unsafe_deserialization"] = serialization.enable_unsafe_deserialization
    shared = dict(get_custom_objects=serialization.get_custom_objects, serialize_keras_object=serialization.serialize, deserialize_keras_object=whole, register_keras_serializable=serialization.register_keras_serializable,
                  get_registered_name=serialization.get_registered_name, get_registered_object=serialization.get_registered_object,
                  CustomObjectScope=serialization.CustomObjectScope, custom_object_scope=serialization.CustomObjectScope)  # fmt: skip
    spaces["keras.utils"].update(shared)
    spaces.setdefault("keras.saving", {}).update(shared)


def _export(model, filepath, format="tf_saved_model", verbose=None, input_signature=None, **kwargs):
    """Writes the model as a SavedModel."""
    from sokuji._src.api import assemble_saved

    return assemble_saved.export(model, filepath, format, verbose, input_signature, **kwargs)


def _find(spaces, module, name):
    """Keras' class or function of that name; where the module is not known, the first that has it."""
    if name in ("Functional", "Model", "Sequential"):
        return models.Sequential if name == "Sequential" else models.Model
    places = [module] if module in spaces else ["keras." + n for n in "layers initializers losses metrics optimizers regularizers constraints activations".split()]
    return next((spaces[place][name] for place in places if name in spaces.get(place, {})), None)


def add(version, names, spaces):
    _data(version, names, spaces)
    _keras(version, spaces)
    spaces["image"] = image_ops.names(version)
    spaces["nn"].update(nn_3d_ops.NAMES if version == 1 else nn_3d_ops.NAMES_2)
    if version == 1:
        spaces["nn.rnn_cell"], spaces["contrib.rnn"] = rnn_cells.CELLS, dict(rnn_cells.CELLS, LSTMBlockCell=rnn_cells.LSTMBlockCell)
        for name in ("contrib.cudnn_rnn", "contrib.cudnn_rnn.python.layers.cudnn_rnn"):
            spaces[name] = dict(recurrent_cudnn.CONTRIB)
        spaces["nn"].update(rnn_cells.FUNCTIONS)
        spaces["train"].update(adagrad_da.OPTIMIZERS)
        spaces["layers"].update(sequences_and_volumes.LAYERS)
        spaces["contrib.layers"] = contrib_layers.LAYERS
        contrib.add(spaces)
