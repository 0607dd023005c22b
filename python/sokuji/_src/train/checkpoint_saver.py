"""tf.train.Saver and tfe.Saver: checkpoints by the variables' names, numbering, and the newest few kept."""

import os
import time

import numpy as np

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.train import checkpoint_files, checkpoint_graph
from sokuji._src.train.checkpoint_files import checkpoint_exists, remove_checkpoint, update_checkpoint_state
from sokuji._src.variables import trackable


def step_number(step):
    """The number that a step (integer, tensor, variable) has now."""
    return int(step.numpy()) if isinstance(step, _core.Handle) else int(step)


def _by_name(var_list, in_graph=False):
    """{name: variable or a child with values}, checked as TensorFlow checks them."""
    found, seen = {}, set()
    if in_graph:
        listed = list(var_list.values()) if isinstance(var_list, dict) else list(var_list)
        wrong = [one for one in listed if not isinstance(one, (_core.VariableBase, trackable.Trackable))]
        if wrong:
            raise TypeError("Variable to save is not a Variable: %s" % (wrong[0],))
        names = [one._name for one in listed if isinstance(one, _core.VariableBase)] if not isinstance(var_list, dict) else []
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError("At least two variables have the same name: %s" % twice[0])
    if isinstance(var_list, dict):
        pairs = sorted(var_list.items())
        for name, _ in pairs:
            if not isinstance(name, str):
                raise TypeError("names_to_saveables must be a dict mapping string names to checkpointable operations. Name is not a string: %s" % (name,))
    elif isinstance(var_list, (list, tuple, set)):
        pairs = []
        for one in var_list:
            if isinstance(one, _core.VariableBase):
                pairs.append((one._name, one))
            elif isinstance(one, trackable.Trackable):
                pairs += [(getattr(tensor, "_name", attribute), one) for attribute, (tensor, _) in one._checkpoint_values().items()]
            else:
                raise ValueError("Can only save/restore ResourceVariables when eager execution is enabled, type: %s." % type(one))
    else:
        raise TypeError("Variables to save should be passed in a dict or a list: %s" % (var_list,))
    for name, one in pairs:
        if not isinstance(one, _core.VariableBase):
            raise ValueError("Can only save/restore ResourceVariable eager mode is enabled, type: %s." % type(one))
        if found.get(name, one) is not one:
            raise ValueError("Two different ResourceVariable objects with the same shared_name '%s' were passed to the Saver. This likely means that "
                             "they were created in different Graphs or isolation contexts, and may not be checkpointed together." % name)  # fmt: skip
        if id(one) in seen and found.get(name) is not one:
            raise ValueError("The same saveable will be restored with two names: %s" % name)
        seen.add(id(one))
        found[name] = one
    return found


class Saver:
    """tf.train.Saver. With eager execution the session is None and the variables must be given."""

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0, name=None,
                 restore_sequentially=False, saver_def=None, builder=None, defer_build=False, allow_empty=False, write_version=2,
                 pad_step_number=False, save_relative_paths=False, filename=None):  # fmt: skip
        if defer_build and var_list:
            raise ValueError("If `var_list` is provided then build cannot be deferred. Either set defer_build=False or var_list=None.")
        if var_list is None and _core.graph_now() is not None and saver_def is None:
            var_list = None if defer_build else _all_of_graph(allow_empty)
        elif var_list is None and saver_def is None:
            raise RuntimeError("When eager execution is enabled, `var_list` must specify a list or dict of variables to save")
        if write_version not in (2, None):
            raise NotImplementedError("not implemented: tf.train.Saver with write_version=%r; leave it at 2" % (write_version,))
        if sharded or builder is not None:
            raise NotImplementedError("not implemented: tf.train.Saver with sharded or builder; leave them out")
        self._var_list, self._reshape = var_list, reshape
        self._max_to_keep, self._hours = max_to_keep, keep_checkpoint_every_n_hours
        self._pad, self._relative = pad_step_number, save_relative_paths
        self._next_kept = time.time() + keep_checkpoint_every_n_hours * 3600
        self._last = []  # (path, time) of the checkpoints to keep
        self._allow_empty = allow_empty
        self._options = name, filename, max_to_keep
        self._def = None if saver_def is None else _checked_def(self, saver_def)
        if not defer_build:
            self.build()

    def build(self):
        """Adds the operations that files of the graph name; in eager execution there are none."""
        if self._def is not None or _core.graph_now() is None:
            return
        from sokuji._src.train import saver_nodes

        name, filename, max_to_keep = self._options
        if self._var_list is None:
            self._var_list = _all_of_graph(self._allow_empty)
        found = _by_name(self._var_list or {}, True)
        if not found and not self._allow_empty:
            raise ValueError("No variables to save")
        self._var_list = found
        if found and all(hasattr(v, "_snapshot") for v in found.values()):
            self._def = saver_nodes.build(found, name, filename, self._reshape, max_to_keep, self._hours)

    saver_def = property(lambda self: self._def)

    @property
    def last_checkpoints(self):
        return [path for path, _ in self._last]

    def set_last_checkpoints(self, last_checkpoints):
        self._last = [(path, np.inf) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        self._last = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths):
        self._last = [(path, os.path.getmtime(path + ".index")) for path in checkpoint_paths if checkpoint_exists(path)]

    def as_saver_def(self):
        if self._def is None:
            raise NotImplementedError("not implemented: tf.train.Saver.as_saver_def in eager execution; it describes a graph")
        return self._def

    def to_proto(self, export_scope=None):
        return self.as_saver_def()

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        made = type(saver_def).FromString(saver_def.SerializeToString())
        for key in ("filename_tensor_name", "save_tensor_name", "restore_op_name") if import_scope else ():
            setattr(made, key, import_scope + "/" + getattr(made, key))
        return Saver(saver_def=made)

    def export_meta_graph(self, filename=None, collection_list=None, as_text=False, export_scope=None, clear_devices=False, clear_extraneous_savers=False,
                          strip_default_attrs=False):  # fmt: skip
        return export(filename, saver_def=self.as_saver_def(), collection_list=collection_list, as_text=as_text, export_scope=export_scope,
                      clear_devices=clear_devices)  # fmt: skip

    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix="meta", write_meta_graph=True, write_state=True,
             strip_default_attrs=False):  # fmt: skip
        if sess is None and self._def is not None or sess is not None and not hasattr(sess, "run"):
            raise TypeError("'sess' must be a Session; %s" % (sess,))
        if self._def is None and self._var_list is None:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        tensors = list(self._named().items()) if self._var_list is not None else None
        if tensors == []:
            return None
        if sess is not None:
            global_step = global_step if global_step is None else _step_of(sess, global_step)
            tensors = None if tensors is None else _values_of(sess, tensors)
        path = self._save(tensors, save_path, global_step, latest_filename, write_state, sess)
        if write_meta_graph and sess is not None and self._def is not None:
            with sess.graph.as_default():
                export(path + "." + meta_graph_suffix, saver_def=self._def)
        return path

    def _save(self, tensors, save_path, global_step, latest_filename=None, write_state=True, sess=None):
        latest_filename = latest_filename or "checkpoint"
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        path = os.fspath(save_path)
        if global_step is not None:
            number = step_number(global_step)
            path = "%s-%08d" % (path, number) if self._pad else "%s-%d" % (path, number)
        elif os.path.basename(path) == latest_filename:
            raise ValueError("'latest_filename' collides with 'save_path': '%s' and '%s'" % (latest_filename, path))
        path, folder = checkpoint_files.check_folder(path)
        if tensors is None:
            sess.run(self._def.save_tensor_name, {self._def.filename_tensor_name: path})
        else:
            _core.no_graph_begin()  # what writing needs is no part of a graph that is open
            try:
                _core.checkpoint_write(path, tensors)
            finally:
                _core.no_graph_end()
        if write_state:
            dropped = self._note(path)
            update_checkpoint_state(folder, path, self.last_checkpoints, latest_filename, save_relative_paths=self._relative)
            for old, when in dropped:
                self._drop(old, when)
        return path

    def _note(self, path):
        """Counts the checkpoint as the newest; returns those that are too many."""
        if not self._max_to_keep:
            self._last = [(path, time.time())]
            return []
        self._last = [pair for pair in self._last if pair[0] != path] + [(path, time.time())]
        dropped, self._last = self._last[: -self._max_to_keep], self._last[-self._max_to_keep :]
        return dropped

    def _drop(self, path, when):
        if when > self._next_kept:
            self._next_kept += self._hours * 3600
            return
        remove_checkpoint(path)

    def restore(self, sess, save_path):
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        if self._var_list is None and self._def is not None:
            checkpoint_files.Reader(save_path)
            sess.run(self._def.restore_op_name, {self._def.filename_tensor_name: save_path})
        else:
            restore_by_name(self._named(), save_path, self._reshape, sess)

    def _named(self):
        """The variables by name; with eager execution wrong ones are found when they are used."""
        if isinstance(self._var_list, dict) and self._def is not None:
            return self._var_list
        if not self._var_list and not self._allow_empty:
            raise ValueError("No variables to save")
        return _by_name(self._var_list)


def export(filename=None, **options):
    """Writes a meta graph; set by what knows how (exchange)."""


def _checked_def(saver, saver_def):
    if not hasattr(saver_def, "restore_op_name"):
        raise ValueError("saver_def must be a SaverDef, not %s" % type(saver_def).__name__)
    saver._max_to_keep, saver._hours = saver_def.max_to_keep, saver_def.keep_checkpoint_every_n_hours
    return saver_def


def _all_of_graph(is_deferred):
    """The global variables of the open graph: a list, or a function where it is made later."""
    from sokuji._src.graph import graph as graphs

    found = graphs.get_collection(graphs.GraphKeys.GLOBAL_VARIABLES) + graphs.get_collection(graphs.GraphKeys.SAVEABLE_OBJECTS)
    if not found and not is_deferred:
        raise ValueError("No variables to save")
    return found or None


def _values_of(sess, tensors):
    """What the session holds instead of its graph's variables."""
    names = [name for name, one in tensors if hasattr(one, "_snapshot")]
    values = dict(zip(names, sess.run([one for _, one in tensors if hasattr(one, "_snapshot")]))) if names else {}
    with sess._outside():
        return [(name, _core.convert(values[name], one._dtype_number) if name in values else one) for name, one in tensors]


def _step_of(sess, step):
    return step if isinstance(step, (int, np.integer)) else int(sess.run(step))


def restore_by_name(variables, save_path, reshape=False, sess=None):
    """Reads and checks every value before the first variable changes."""
    if sess is not None:
        with sess._outside():
            return _restore(variables, save_path, reshape, sess)
    _restore(variables, save_path, reshape, sess)


def _restore(variables, save_path, reshape, sess):
    reader = checkpoint_files.Reader(save_path)
    values = []
    for name, variable in variables.items():
        if not reader.has_tensor(name):
            raise errors.NotFoundError(None, None, "Key %s not found in checkpoint" % name)
        value = reader.read(name)
        if reshape and value._size == variable._size and value._shape_tuple != variable._shape_tuple:
            value = _core.execute("Reshape", (value, _core.convert(variable._shape_tuple, 3)), {})
        if hasattr(variable, "_snapshot") and value._shape_tuple != variable._shape_tuple:
            raise errors.InvalidArgumentError(None, None, "Assign requires shapes of both tensors to match. lhs shape= %s rhs shape= %s, of %s"
                                              % (list(variable._shape_tuple), list(value._shape_tuple), name))  # fmt: skip
        checkpoint_graph.check_value(variable, value, name)
        values.append(value)
    for variable, value in zip(variables.values(), values):
        if hasattr(variable, "_snapshot"):
            variable.load(value, sess)
        else:
            variable._assign(value)


class EagerSaver:
    """tfe.Saver."""

    def __init__(self, var_list):
        self._saver = Saver(var_list)

    def save(self, file_prefix, global_step=None):
        return self._saver.save(None, file_prefix, write_meta_graph=False, global_step=global_step)

    def restore(self, file_prefix):
        self._saver.restore(None, file_prefix)


def get_optimizer_variables(optimizer):
    """The variables that an optimizer has made."""
    return optimizer.variables()
