"""What a Saver adds to a graph: operations that write and read checkpoints, as files of graphs name them; variables that begin with a checkpoint's values."""

import os

import numpy as np

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, variables, words
from sokuji._src.io import graph_messages
from sokuji._src.train import checkpoint_files

SaverDef = graph_messages.CLASSES["SaverDef"]


def _texts(tensor):
    return [name.decode("utf-8", "surrogateescape") for name in np.asarray(tensor.numpy(), object).ravel()]


@python_ops.kernel("SaveV2", [], True)
def _save(attributes, prefix, names, slices, *tensors):
    if any(_texts(slices)):
        raise NotImplementedError("not implemented: SaveV2 of slices; save whole variables")
    path = _texts(prefix)[0]
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    _core.checkpoint_write(path, list(zip(_texts(names), tensors)))
    return []


@python_ops.kernel("RestoreV2", lambda attributes, inputs: [(int(getattr(d, "_number", d)), None) for d in attributes["dtypes"]], True)
def _restore(attributes, prefix, names, slices):
    if any(_texts(slices)):
        raise NotImplementedError("not implemented: RestoreV2 of slices; restore whole variables")
    reader, made = checkpoint_files.Reader(_texts(prefix)[0]), []
    for name, dtype in zip(_texts(names), attributes["dtypes"]):
        if not reader.has_tensor(name):
            raise errors.NotFoundError(None, None, "Key %s not found in checkpoint" % name)
        made.append(reader.read(name))
        if made[-1]._dtype_number != int(getattr(dtype, "_number", dtype)):
            raise errors.InvalidArgumentError(None, None, "Expected dtype %s of %s in the checkpoint, got %s" % (dtype, name, made[-1].dtype.name))
    return made


@python_ops.kernel("MergeV2Checkpoints", [], True)
def _merge(attributes, prefixes, destination):
    whole = {}
    for prefix in _texts(prefixes):
        reader = checkpoint_files.Reader(prefix)
        whole.update({name: reader.read(name) for name in reader.get_variable_to_shape_map()})
    _core.checkpoint_write(_texts(destination)[0], list(whole.items()))
    for prefix in _texts(prefixes) if attributes.get("delete_old_dirs", True) else ():
        checkpoint_files.remove_checkpoint(prefix)
    return []


@python_ops.kernel("ShardedFilename", [(7, ())])
def _sharded(attributes, base, shard, shards):
    return [convert("%s-%05d-of-%05d" % (_texts(base)[0], int(shard), int(shards)), 7)]


def _named(name, texts):
    return words.constant(texts, 7, name=name)


def _pair(name, texts):
    return [_named(name + "/tensor_names", texts), _named(name + "/shape_and_slices", [""] * len(texts))]


def build(found, name=None, filename=None, reshape=False, max_to_keep=5, hours=10000.0):
    """The operations for {name: variable}; the SaverDef that names them."""
    graph = graphs.get_default_graph()
    first = len(graph)
    pairs = sorted(found.items())
    types = [v.dtype.base_dtype for _, v in pairs]
    with graph.name_scope(name or "save"):
        file = words.constant(filename or "model", 7, name="Const")
        names = [key for key, _ in pairs]
        saved = python_ops.call("SaveV2", [file, *_pair("SaveV2", names), *[v._snapshot for _, v in pairs]], {"dtypes": types})
        with graph.control_dependencies([saved]):
            control = words.identity(file, "control_dependency")
        restored = python_ops.call("RestoreV2", [file, *_pair("RestoreV2", names)], {"dtypes": types})
        restored = restored if isinstance(restored, list) else [restored]
        changes = [_assign(graph, v, value, reshape) for (_, v), value in zip(pairs, restored)]
        done = words.group(*changes, name="restore_all")
    graph._note_line(first)
    return SaverDef(filename_tensor_name=file.name, save_tensor_name=control.name, restore_op_name=done.name, max_to_keep=max_to_keep or 0,
                    keep_checkpoint_every_n_hours=hours, version=2)  # fmt: skip


def _assign(graph, variable, value, reshape):
    if reshape:
        value = run("Reshape", value, words.constant(list(variable._shape_tuple), 3, name="Reshape/shape"))
    if variable._resource:
        value = words.identity(value, "Identity")
    made = graph.assign(0, variable, value, "AssignVariableOp" if variable._resource else "Assign")
    made.op._type = "AssignVariableOp" if variable._resource else "Assign"
    return made.op


# ---- variables that begin with a checkpoint's values ----


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """tf.train.init_from_checkpoint: the initializers of the variables read the checkpoint."""
    reader = checkpoint_files.load_checkpoint(ckpt_dir_or_file)
    path = os.fspath(ckpt_dir_or_file)
    path = checkpoint_files.latest_checkpoint(path) if os.path.isdir(path) else path
    shapes = reader.get_variable_to_shape_map()
    for stored, current in sorted(assignment_map.items(), key=lambda pair: pair[0]):
        if isinstance(current, variables.GraphVariable) or isinstance(current, list) and all(isinstance(v, variables.GraphVariable) for v in current):
            if isinstance(current, list) and len(current) != 1:
                raise NotImplementedError("not implemented: tf.train.init_from_checkpoint of parts of a variable; give whole variables")
            _begin_with(reader, path, shapes, stored, current[0] if isinstance(current, list) else current)
        elif stored.endswith("/") or str(current).endswith("/"):
            if not (stored.endswith("/") and current.endswith("/")):
                raise ValueError("Assignment map with scope only name {} should map to scope only {}. Should be 'scope/': 'other_scope/'.".format(
                    *((current, stored) if stored.endswith("/") else (stored, current))))  # fmt: skip
            _scope(reader, path, shapes, stored, current)
        else:
            found = graphs.get_default_graph()._variables.get(current)
            if found is None:
                raise ValueError("Assignment map %s: the variable %s is not in the variable store" % (assignment_map, current))
            _begin_with(reader, path, shapes, stored, found)


def _scope(reader, path, shapes, stored, current):
    scope, own = current.rstrip("/"), stored.rstrip("/")
    for name, variable in list(graphs.get_default_graph()._variables.items()):
        if scope and not name.startswith(scope + "/"):
            continue
        full = (own + "/" if own else "") + (name[len(scope) + 1 :] if scope else name)
        if full not in shapes:
            raise ValueError("Tensor %s (%s in %s) is not found in %s checkpoint" % (full, name, current, path))
        _begin_with(reader, path, shapes, full, variable)


def _begin_with(reader, path, shapes, stored, variable):
    if stored not in shapes:
        raise ValueError("Tensor %s is not found in %s checkpoint %s" % (stored, path, shapes))
    if list(variable._shape_tuple) != shapes[stored]:
        raise ValueError("Shape of variable %s (%s) doesn't match with shape of tensor %s (%s) from checkpoint reader."
                         % (variable.name, variable.shape, stored, shapes[stored]))  # fmt: skip
    graph = variable.graph
    with graph.name_scope(None), graphs.init_scope():
        value = python_ops.call("RestoreV2", [_named("checkpoint_initializer/prefix", path), *_pair("checkpoint_initializer", [stored])],
                                {"dtypes": [variable.dtype.base_dtype]}, "checkpoint_initializer")  # fmt: skip
        variable._initializer = _assign(graph, variable, value, False)
