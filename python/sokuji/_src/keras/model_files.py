"""Models in files: Keras 3's .keras archives and .weights.h5, and whole models and weights in the older HDF5 format of both versions. HDF5 is the library h5py's."""

import datetime
import io
import json
import os
import warnings
import zipfile

import numpy as np

from sokuji._src.keras import layers_base, models, serialization
from sokuji._src.variables import variables

_VERSION = "3.15.1"  # whose format it is


class _Missing(NotImplementedError, ImportError):
    pass


def _h5(source, mode):
    try:
        import h5py
    except ImportError:
        raise _Missing("not implemented: tf.keras models in HDF5 without the package h5py; install it (pip install h5py), or use tf.train.Checkpoint") from None
    return h5py.File(source, mode)


# ---- the state of objects, each under its path ----


def _kind(value):
    """Whether a value has a state of its own: layers, optimizers."""
    return isinstance(value, layers_base.Layer) or hasattr(value, "save_own_variables")


def _children(owner):
    """(attribute, value) in Keras' order: by name, private names last; the layers of Sequential and functional models first."""
    found = dict(vars(owner))
    for kind in type(owner).__mro__:
        if not getattr(kind, "__module__", "").startswith(("sokuji.", "builtins")):
            found.update((n, None) for n, v in vars(kind).items() if isinstance(v, property))
    found.update(getattr(owner, "_saved_as", dict)())
    if isinstance(owner, models.Model):
        found["layers"] = owner.layers
        if owner._graph is not None or isinstance(owner, models.Sequential):
            yield "layers", owner.layers
    for name in sorted(found, key=lambda n: "~" + n if n.startswith("_") else n):
        if name in _SKIPPED:
            continue
        try:
            yield name, found[name] if found[name] is not None else getattr(owner, name)
        except Exception:  # a property that cannot be read yet
            continue


_SKIPPED = {"_sublayers", "_trainable_weights", "_non_trainable_weights", "_losses", "_call_losses", "_updates", "_nodes", "_metrics", "inputs", "outputs", "_graph",
            "_input_layer", "_arguments", "_initial_weights", "_own_node", "history", "_build_shape", "_compile_loss", "_compile_metrics", "_loss_tracker",
            "input_spec", "metrics", "losses", "variables", "weights", "_tracking", "_compile_arguments", "_checkpoint_groups", "_groups", "_traced"}  # fmt: skip


def _walk(owner, path, visit, seen):
    """visit(path, object) for the object and all below, each once."""
    if id(owner) in seen:
        return
    seen[id(owner)] = owner
    visit(path, owner)
    if isinstance(owner, layers_base.Layer):
        for name, value in _children(owner):
            _walk_value(value, (path + "/" if path else "") + name, visit, seen)


def _walk_value(value, path, visit, seen):
    if _kind(value):
        _walk(value, path, visit, seen)
    elif isinstance(value, (list, tuple, dict)):
        used = {}
        for item in value.values() if isinstance(value, dict) else value:
            nested = isinstance(item, (list, tuple, dict))
            if not nested and not _kind(item):
                continue
            name = "container" if nested else layers_base.snake_case(type(item).__name__)
            used[name] = used.get(name, -1) + 1
            _walk_value(item, "%s/%s" % (path, "%s_%d" % (name, used[name]) if used[name] else name), visit, seen)


def _write_state(model, file, assets=None):
    def visit(path, owner):
        store = {}
        owner.save_own_variables(store)
        group = file.require_group((path + "/" if path else "") + "vars")
        if isinstance(getattr(owner, "name", None), str):
            group.attrs["name"] = owner.name
        for key, value in store.items():
            group[key] = np.asarray(value)
        if assets is not None and hasattr(owner, "save_assets"):
            assets(path, owner)

    _walk(model, "", visit, {})


def _read_state(model, file, skip_mismatch=False, assets=None):
    failed = []

    def visit(path, owner):
        place = (path + "/" if path else "") + "vars"
        store = {key: _array(value) for key, value in file[place].items()} if place in file else {}
        try:
            if assets is not None and hasattr(owner, "load_assets"):
                assets(path, owner)
            owner.load_own_variables(store)
        except ValueError as error:
            failed.append((owner, error))

    _walk(model, "", visit, {})
    if failed:
        owner, error = failed[0]
        text = "A total of %d objects could not be loaded. Example error message for object %s:\n\n%s" % (len(failed), owner, error)
        if not skip_mismatch:
            raise ValueError(text)
        warnings.warn(text, stacklevel=3)


def _array(value):
    made = np.asarray(value)
    return made.view(np.bool_) if made.dtype.kind == "V" else made


# ---- .keras ----


def save_model(model, filepath, overwrite=True, include_optimizer=True, zipped=None, save_format=None):
    """Writes a model, its weights and optimizer into a .keras archive or an HDF5 file."""
    path = os.fspath(filepath)
    old = path.endswith((".h5", ".hdf5")) or save_format == "h5" or variables._version == 1
    if variables._version == 2 and save_format and not path.endswith((".h5", ".hdf5", ".keras")):
        raise ValueError("The `save_format` argument is deprecated in Keras 3. Please pass a file path with either `.keras` or `.h5` extension. Received: %s" % save_format)
    if not old and not path.endswith(".keras"):
        raise ValueError("Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras format (recommended) or a `.h5` extension. "
                         "Use `model.export(filepath)` if you want to export a SavedModel. Received: filepath=%s." % path)  # fmt: skip
    if zipped is False:
        raise NotImplementedError("not implemented: tf.keras.Model.save with zipped=False; save to a .keras file")
    _check_overwrite(path, overwrite)
    made = io.BytesIO()
    if old:
        with _h5(made, "w") as file:
            _write_old(model, file, include_optimizer)
    else:
        _write_archive(model, made)
    _put(path, made)


def _check_overwrite(path, overwrite):
    if not overwrite and os.path.exists(path):
        raise FileExistsError("%s exists; pass overwrite=True" % path)


def _put(path, made):
    """The file is whole or not there."""
    with open(path + ".part", "wb") as file:
        file.write(made.getvalue())
    os.replace(path + ".part", path)


def _write_archive(model, target):
    weights, held = io.BytesIO(), []

    def assets(path, owner):
        names = owner.save_assets(None)
        held.extend(("assets/%s/%s" % (path, name), data) for name, data in names.items())

    config = json.dumps(serialization.serialize(model))
    with _h5(weights, "w") as file:
        _write_state(model, file, assets)
    with zipfile.ZipFile(target, "w") as archive:
        now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
        archive.writestr("metadata.json", json.dumps({"keras_version": _VERSION, "date_saved": now}))
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", weights.getvalue())
        for name, data in held:
            archive.writestr(name, data)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """The model of a .keras archive, an HDF5 file or a SavedModel."""
    path = os.fspath(filepath)
    with serialization.CustomObjectScope(custom_objects or {}), serialization.unsafe(not safe_mode):
        if path.endswith((".h5", ".hdf5")) or (variables._version == 1 and os.path.isfile(path)):
            if not os.path.exists(path):
                raise FileNotFoundError("[Errno 2] Unable to open file (unable to open file: name = '%s')" % path)
            with _h5(path, "r") as file:
                return _read_old(file, compile)
        if path.endswith(".keras") and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return _read_archive(archive, compile)
    if path.endswith(".keras"):
        raise ValueError("File not found: filepath=%s. Please ensure the file is an accessible `.keras` zip file." % path)
    raise ValueError("File format not supported: filepath=%s. Keras 3 only supports V3 `.keras` files and legacy H5 format files (`.h5` extension). Note that the legacy "
                     "SavedModel format is not supported by `load_model()` in Keras 3; use tf.saved_model.load." % path)  # fmt: skip


def _read_archive(archive, compile):
    config = json.loads(archive.read("config.json"))
    compiled = config.pop("compile_config", None)
    model = serialization.revive(config, "class")
    if compile and compiled:
        model.compile_from_config(compiled)

    def assets(path, owner):
        prefix = "assets/%s/" % path
        names = {n[len(prefix) :]: archive.read(n) for n in archive.namelist() if n.startswith(prefix)}
        if names:
            owner.load_assets(names)

    with _h5(io.BytesIO(archive.read("model.weights.h5")), "r") as file:
        _read_state(model, file, assets=assets)
    return model


# ---- weights alone ----


def save_weights(model, filepath, overwrite=True):
    """Writes a model's weights into a file."""
    path = os.fspath(filepath)
    if variables._version == 2 and not path.endswith(".weights.h5"):
        raise ValueError("The filename must end in `.weights.h5`. Received: filepath=%s" % path)
    _check_overwrite(path, overwrite)
    made = io.BytesIO()
    with _h5(made, "w") as file:
        if variables._version == 2:
            _write_state(model, file)
        else:
            _write_old_weights(model, file)
    _put(path, made)


def load_weights(model, filepath, skip_mismatch=False, by_name=False):
    """Reads a model's weights from a file."""
    path = os.fspath(filepath)
    if variables._version == 2 and by_name and path.endswith((".weights.h5", ".keras")):
        raise ValueError("`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: %s" % path)
    if not os.path.exists(path):
        raise (FileNotFoundError if variables._version == 2 else OSError)("[Errno 2] Unable to open file (unable to open file: name = '%s')" % path)
    source = path
    if path.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            source = io.BytesIO(archive.read("model.weights.h5"))
    with _h5(source, "r") as file:
        if variables._version == 2 and path.endswith((".weights.h5", ".keras")) and "layer_names" not in file.attrs:
            _read_state(model, file, skip_mismatch)
        else:
            group = file["model_weights"] if "layer_names" not in file.attrs and "model_weights" in file else file
            _read_old_weights(model, group, by_name, skip_mismatch)


# ---- the older format: groups by the layers' names ----


def _own_weights(layer):
    return layer.trainable_weights + layer.non_trainable_weights if variables._version == 2 else layer.weights


def _put_weights(group, weights):
    names = [v.path if variables._version == 2 else v.name for v in weights]
    group.attrs["weight_names"] = [n.encode() for n in names]
    for name, v in zip(names, weights):
        group[name] = v.numpy()


def _names(group, key):
    found = list(group.attrs[key]) if key in group.attrs else []
    k = 0
    while key + str(k) in group.attrs:
        found += list(group.attrs[key + str(k)])
        k += 1
    return [n.decode() if isinstance(n, bytes) else str(n) for n in found]


def _write_old_weights(model, group):
    group.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
    group.attrs["backend"], group.attrs["keras_version"] = "tensorflow", _VERSION if variables._version == 2 else "2.1.5-tf"
    for layer in sorted(model.layers, key=lambda one: one.name) if variables._version == 2 else model.layers:
        _put_weights(group.create_group(layer.name), _own_weights(layer))
    if variables._version == 2:
        _put_weights(group.create_group("top_level_model_weights"), model._trainable_weights + model._non_trainable_weights)


def _read_old_weights(model, group, by_name, skip_mismatch):
    held = [(name, [np.asarray(group[name][n]) for n in _names(group[name], "weight_names")]) for name in _names(group, "layer_names")]
    if by_name:
        pairs = [(layer, values) for name, values in held for layer in model.layers if layer.name == name]
    else:
        held = [(name, values) for name, values in held if values]
        layers = [layer for layer in model.layers if _own_weights(layer)]
        if len(held) != len(layers):
            raise ValueError("Layer count mismatch when loading weights from file. Model expected %d layers, found %d saved layers." % (len(layers), len(held)))
        pairs = [(layer, values) for layer, (_, values) in zip(layers, held)]
    if "top_level_model_weights" in group:
        pairs.append((None, [np.asarray(group["top_level_model_weights"][n]) for n in _names(group["top_level_model_weights"], "weight_names")]))
    todo = []
    for layer, values in pairs:
        own = model._trainable_weights + model._non_trainable_weights if layer is None else _own_weights(layer)
        what = "the model" if layer is None else "layer %s" % layer.name
        if len(own) != len(values):
            if skip_mismatch:
                warnings.warn("Skipping loading of weights for %s due to mismatch in number of weights." % what, stacklevel=4)
                continue
            raise ValueError("Weight count mismatch for %s. It expects %d weight(s). Received %d saved weight(s)" % (what, len(own), len(values)))
        for v, value in zip(own, values):
            if v._shape_tuple != value.shape:
                if skip_mismatch:
                    warnings.warn("Skipping loading weights for %s due to mismatch in shape." % what, stacklevel=4)
                    continue
                raise ValueError("Shape mismatch in %s for weight %s. Weight expects shape %s. Received saved weight with shape %s" % (what, v.name, v._shape_tuple, value.shape))
            todo.append((v, value))
    for v, value in todo:
        v.assign(value)


def _plain_row(config):
    """A layer's row as HDF5 files hold it: without module and registered name."""
    return {key: value for key, value in config.items() if key in ("class_name", "config", "name", "inbound_nodes")}


def _old_config(made):
    made = _plain_row(made)
    if isinstance(made["config"], dict) and "layers" in made["config"]:
        made["config"] = {**made["config"], "layers": [_old_config(row) for row in made["config"]["layers"]]}
    return made


def _write_old(model, file, include_optimizer):
    if variables._version == 2:
        whole = serialization.serialize(model)
        if model._graph is None and not isinstance(model, models.Sequential):
            raise NotImplementedError("Saving the model to HDF5 format requires the model to be a Functional model or a Sequential model. It does not work for subclassed "
                                      "models. Use the native Keras format, a `.keras` file.")  # fmt: skip
        text = json.dumps(_old_config(whole))
    else:
        text = model.to_json()
        whole = json.loads(text)
        text = json.dumps({"class_name": whole["class_name"], "config": whole["config"]})
    file.attrs["model_config"] = text
    file.attrs["backend"], file.attrs["keras_version"] = "tensorflow", _VERSION if variables._version == 2 else "2.1.5-tf"
    _write_old_weights(model, file.create_group("model_weights"))
    if not include_optimizer or not model.compiled or variables._version == 1:
        return
    training = dict(serialization.serialize(model.get_compile_config()))
    optimizer = training.pop("optimizer")
    training["optimizer_config"] = {key: optimizer[key] for key in ("class_name", "config")}
    file.attrs["training_config"] = json.dumps(training)
    group = file.create_group("optimizer_weights")
    _put_weights(group, model.optimizer.variables)


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _read_old(file, compile):
    if "model_config" not in file.attrs:
        raise ValueError("No model config found in the file at %s." % file.filename)
    config = json.loads(_text(file.attrs["model_config"]))
    if variables._version == 1:
        from sokuji._src.keras import json_1

        model = json_1.model_from_config(config)
    else:
        if config["class_name"] in ("Model", "Functional"):
            config = {**config, "module": "keras.src.models.functional", "class_name": "Functional"}
        model = serialization.revive(config, "model")
    _read_old_weights(model, file["model_weights"], False, False)
    if not compile or "training_config" not in file.attrs:
        return model
    training = json.loads(_text(file.attrs["training_config"]))
    given = training.pop("optimizer_config")
    wanted = {name: training[name] for name in ("loss", "loss_weights", "metrics", "weighted_metrics") if training.get(name) is not None}
    model.compile_from_config({"optimizer": given, **wanted})
    if variables._version == 2 and "optimizer_weights" in file:
        group = file["optimizer_weights"]
        model.optimizer.load_own_variables({str(i): np.asarray(group[n]) for i, n in enumerate(_names(group, "weight_names"))})
    return model

