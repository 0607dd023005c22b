"""tf.train.Checkpoint of 2.x, tfe.Checkpoint and tfe.CheckpointableSaver of 1.x, what restoring returns, and CheckpointManager."""

import logging
import os
import time
import weakref

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert
from sokuji._src.train import checkpoint_files, checkpoint_graph, checkpoint_saver
from sokuji._src.variables import trackable
from sokuji._src.variables import variables as variables_module

# ---- what restoring returns ----


class _Status:
    def assert_consumed(self):
        raise AssertionError("nothing is being restored")

    def assert_existing_objects_matched(self):
        return self.assert_consumed()

    assert_nontrivial_match = assert_existing_objects_matched

    def expect_partial(self):
        return self

    def run_restore_ops(self, session=None):
        pass

    def initialize_or_restore(self, session=None):
        pass


class CheckpointLoadStatus(_Status):
    """What became of a restoration: the assertions say whether all of it arrived."""

    def __init__(self, load, root):
        self._load, self._root = load, weakref.ref(root)

    def assert_consumed(self):
        """AssertionError unless everything in the checkpoint has been given to an object."""
        load, late = self._load, variables_module._version == 2
        for i, node in enumerate(load.nodes):
            if late and not node.attributes:
                continue
            obj = load.bound.get(i)
            if obj is None:
                raise AssertionError("Unresolved object in checkpoint: %s" % _about(node, i, load.nodes))
            if trackable.state_of(obj).uid < load.uid:
                raise AssertionError("Object not assigned a value from checkpoint: %s" % _about(node, i, load.nodes))
        if load.slots:
            raise AssertionError("Unresolved slot restorations: %s" % (load.slots,))
        if load.unused:
            raise AssertionError("Unused attributes in these objects (the attributes exist in the checkpoint but were not restored): %s" % (load.unused,))
        return self.assert_existing_objects_matched() if late else self

    def assert_existing_objects_matched(self):
        """AssertionError when a variable that the program has got nothing from the checkpoint."""
        for i, obj in self._load.bound.items():
            if self._load.nodes[i].attributes and trackable.state_of(obj).uid < self._load.uid:
                raise AssertionError("Object not assigned a value from checkpoint: %s" % _about(self._load.nodes[i], i, self._load.nodes))
        root, given = self._root(), {id(obj) for obj in self._load.bound.values()}
        unmatched = [obj for obj in (checkpoint_graph.walk(root)[0] if root is not None else [])
                     if id(obj) not in given and (isinstance(obj, _core.VariableBase) or obj._checkpoint_values())]  # fmt: skip
        unmatched = [obj for obj in unmatched if getattr(obj, "_name", "") != "save_counter" or "save_counter" in _names(self._load)]
        if unmatched:
            raise AssertionError("Found %d Python objects that were not bound to checkpointed values, likely due to changes in the Python program. "
                                 "Showing 10 of %d unmatched objects: %s" % (len(unmatched), len(unmatched), unmatched[:10]))  # fmt: skip
        return self

    def assert_nontrivial_match(self):
        if len(self._load.bound) <= 1 and len(self._load.nodes) > 1:
            raise AssertionError("Nothing except the root object matched a checkpointed value.")
        return self


def _names(load):
    return [name for name, _ in load.nodes[0].children]


def _about(node, i, nodes):
    keys = [a.key for a in node.attributes]
    parents = [name for other in nodes for name, child in other.children if child == i]
    return keys[0] if keys else "(%s)" % (parents[0] if parents else "root")


class InitializationOnlyStatus(_Status):
    """Of restoring None."""

    def assert_consumed(self):
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def run_restore_ops(self, session=None):
        raise AssertionError("No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore).")


class NameBasedSaverStatus(_Status):
    """Of a checkpoint that tf.train.Saver wrote: variables are found by their names, once they are asked for."""

    def __init__(self, root, save_path):
        self._root, self._path = root, save_path

    def assert_consumed(self):
        if variables_module._version == 1:
            raise AssertionError("Restoring a name-based checkpoint. No load status is available.")
        known = checkpoint_graph.global_names(self._root)
        lost = [n for n in checkpoint_files.Reader(self._path).get_variable_to_shape_map() if n not in known]
        if lost:
            raise AssertionError("Some objects had attributes which were not restored: %s" % lost)
        return self

    def assert_existing_objects_matched(self):
        return self

    def run_restore_ops(self, session=None):
        known, stored = checkpoint_graph.global_names(self._root), checkpoint_files.Reader(self._path)
        known = {n: v for n, v in known.items() if stored.has_tensor(n) or (variables_module._version == 1 and n != "save_counter")}
        checkpoint_saver.restore_by_name(known, self._path)

    initialize_or_restore = run_restore_ops


# ---- saving and restoring ----


def write(root, path):
    """Writes what the root reaches; returns the prefix."""
    nodes, tensors = checkpoint_graph.serialize(root)
    graph = convert(checkpoint_graph.encode(nodes), 7)
    _core.checkpoint_write(path, [*tensors, (checkpoint_graph.GRAPH_KEY, graph)])
    return path


def read(root, save_path):
    if save_path is None:
        return InitializationOnlyStatus()
    path = os.fspath(save_path)
    reader = checkpoint_files.Reader(path)
    if not reader.has_tensor(checkpoint_graph.GRAPH_KEY):
        return NameBasedSaverStatus(root, path)
    graph = reader.get_tensor(checkpoint_graph.GRAPH_KEY)
    load = checkpoint_graph.Load(reader, checkpoint_graph.decode(graph if isinstance(graph, bytes) else graph.item()))
    load.restore(0, root)
    return CheckpointLoadStatus(load, root)


class _Writer(checkpoint_saver.Saver):
    """The numbering and keeping of tf.train.Saver over a root's objects."""

    def __init__(self):
        self._max_to_keep, self._hours, self._pad, self._relative, self._last = 5, 10000.0, False, False, []
        self._next_kept = time.time() + self._hours * 3600

    def save_root(self, root, prefix, number):
        nodes, tensors = checkpoint_graph.serialize(root)
        graph = convert(checkpoint_graph.encode(nodes), 7)
        return self._save([*tensors, (checkpoint_graph.GRAPH_KEY, graph)], prefix, number)


class CheckpointableSaver:
    """tfe.CheckpointableSaver: saves and restores one object and all that it depends on."""

    def __init__(self, root_checkpointable):
        self._root_given = root_checkpointable
        self._writer = _Writer()

    def _root(self):
        return self._root_given() if isinstance(self._root_given, weakref.ref) else self._root_given

    def save(self, file_prefix, checkpoint_number=None, session=None):
        return self._writer.save_root(self._root(), file_prefix, checkpoint_number)

    def restore(self, save_path):
        return read(self._root(), save_path)


def _made_counter(owner):
    """The save counter, which takes its value from a restoration that came before it."""
    if owner.__dict__.get("_save_counter") is None:
        waiting = trackable.waiting_value(owner, "save_counter")
        saved, variables_module._scopes().names = variables_module._scopes().names, []
        made = variables_module.make(convert(0, 9) if waiting is None else waiting, trainable=False, name="save_counter")
        variables_module._scopes().names = saved
        owner.__dict__["_save_counter"] = made
        trackable.track(owner, "save_counter", made)
    return owner.__dict__["_save_counter"]


class Checkpoint_1(trackable.AutoTrackable):
    """tfe.Checkpoint(name=object, …) and tf.train.Checkpoint of 1.x."""

    def __init__(self, **kwargs):
        for name, value in sorted(kwargs.items()):
            if not trackable.is_trackable(value):
                raise ValueError("`Checkpoint` was expecting an object derived from `CheckpointableBase`, got %s." % (value,))
            setattr(self, name, value)
        self.__dict__["_save_counter"] = None
        self.__dict__["_saver"] = CheckpointableSaver(weakref.ref(self))

    save_counter = property(_made_counter)

    def _checkpoint_children(self):
        return [(n, v) for n, v in super()._checkpoint_children() if n != "_save_counter"]

    def save(self, file_prefix, session=None):
        self.save_counter.assign_add(1)
        return self._saver.save(file_prefix, checkpoint_number=self.save_counter)

    def restore(self, save_path):
        status = self._saver.restore(save_path)
        _made_counter(self)
        return status


Checkpoint_1.__name__ = Checkpoint_1.__qualname__ = "Checkpoint"


class Checkpoint(trackable.AutoTrackable):
    """tf.train.Checkpoint(root=None, name=object, …): writes and reads objects with all that hangs on them."""

    def __init__(self, root=None, **kwargs):
        self.__dict__.update(_save_counter=None, _root_object=None)
        if root is not None:
            self._check("root", root)
            self.__dict__["_root_object"] = root
        for name, value in sorted(kwargs.items()):
            value = trackable.wrapped(value() if isinstance(value, weakref.ref) else value)
            self._check(name, value)
            if root is not None:
                known = dict(trackable.children(root)).get(name)
                if known is not None and known is not value:
                    raise ValueError("Cannot create a Checkpoint with keyword argument %s if root.%s already exists." % (name, name))
                trackable.track(root, name, value)
            setattr(self, name, value)

    @staticmethod
    def _check(name, value):
        if not trackable.is_trackable(value):
            raise ValueError("`Checkpoint` was expecting %s to be a trackable object (an object derived from `Trackable`), got %s. If you believe this "
                             "object should be trackable (i.e. it is part of the TensorFlow Python API and manages state), please open an issue."
                             % (name, value))  # fmt: skip

    def _target(self):
        return self._root_object if self._root_object is not None else self

    def _checkpoint_children(self):
        return [(n, v) for n, v in super()._checkpoint_children() if n not in ("_save_counter", "_root_object")]

    @property
    def save_counter(self):
        if self._save_counter is None:
            self.__dict__["_save_counter"] = _made_counter(self._target())
        return self._save_counter

    def write(self, file_prefix, options=None):
        return write(self._target(), checkpoint_files.check_folder(file_prefix)[0])

    def save(self, file_prefix, options=None):
        self.save_counter.assign_add(1)
        path, folder = checkpoint_files.check_folder("%s-%d" % (os.fspath(file_prefix), int(self.save_counter.numpy())))
        write(self._target(), path)
        checkpoint_files.update_checkpoint_state(folder, path, save_relative_paths=True)
        return path

    def read(self, save_path, options=None):
        if save_path is not None and os.path.isdir(os.fspath(save_path)):
            raise errors.NotFoundError(None, None, "Could not find checkpoint or SavedModel at %s." % save_path)
        return read(self._target(), save_path)

    def restore(self, save_path, options=None):
        status = self.read(save_path)
        self.save_counter  # noqa: B018  (a counter made now takes the stored number)
        return status

    def sync(self):
        pass


# ---- the manager ----


class CheckpointManager:
    """Keeps the newest few checkpoints of a folder."""

    def __init__(self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None, checkpoint_name="ckpt", step_counter=None,
                 checkpoint_interval=None, init_fn=None, last_checkpoint_step=None):  # fmt: skip
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError("Expected a positive integer or `None` for `max_to_keep`, got %d." % max_to_keep)
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed if `checkpoint_interval` is not None.")
        self._checkpoint, self._directory, self._max_to_keep = checkpoint, os.fspath(directory), max_to_keep
        self._hours, self._step_counter, self._interval, self._init = keep_checkpoint_every_n_hours, step_counter, checkpoint_interval, init_fn
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._last_step = last_checkpoint_step
        self._recover()

    def _recover(self):
        state = checkpoint_files.get_checkpoint_state(self._directory)
        self._latest, self._kept, now = None, [], time.time()
        self._last_preserved = now
        if state is None:
            return
        self._latest = state.model_checkpoint_path
        times = state.all_model_checkpoint_timestamps or [now] * len(state.all_model_checkpoint_paths)
        self._kept = list(zip(state.all_model_checkpoint_paths, times))
        self._last_preserved = state.last_preserved_timestamp or now

    directory = property(lambda self: self._directory)
    checkpoint = property(lambda self: self._checkpoint)
    checkpoint_interval = property(lambda self: self._interval)
    latest_checkpoint = property(lambda self: self._latest)
    checkpoints = property(lambda self: [path for path, _ in self._kept])

    def _due(self):
        if self._interval is None:
            return True
        step = checkpoint_saver.step_number(self._step_counter)
        return self._last_step is None or step >= self._last_step + self._interval

    def save(self, checkpoint_number=None, check_interval=True, options=None):
        """The path of the new checkpoint, or None when the interval has not passed."""
        if check_interval and not self._due():
            return None
        if self._step_counter is not None:
            self._last_step = checkpoint_saver.step_number(self._step_counter)
        self._checkpoint.save_counter.assign_add(1)
        number = checkpoint_saver.step_number(self._checkpoint.save_counter if checkpoint_number is None else checkpoint_number)
        path = self._checkpoint.write("%s-%d" % (self._prefix, number))
        self._latest = path
        self._kept = [pair for pair in self._kept if pair[0] != path] + [(path, time.time())]
        self._record()
        self._sweep()
        return path

    def _record(self):
        kept, times = [p for p, _ in self._kept], [t for _, t in self._kept]
        checkpoint_files.update_checkpoint_state(self._directory, self._latest, kept, None, times, self._last_preserved, True)

    def _sweep(self):
        if not self._max_to_keep or len(self._kept) <= self._max_to_keep:
            return
        while len(self._kept) > self._max_to_keep:
            path, when = self._kept.pop(0)
            if self._hours and when - self._hours * 3600 >= self._last_preserved:
                self._last_preserved = when
                continue
            checkpoint_files.remove_checkpoint(path)
        self._record()

    def restore_or_initialize(self):
        """The path restored from, or None after the given function has initialized."""
        if self._latest is not None:
            self._checkpoint.restore(self._latest)
            if self._step_counter is not None:
                self._last_step = checkpoint_saver.step_number(self._step_counter)
            return self._latest
        if self._init is not None:
            self._init()
            logging.getLogger("tensorflow").info("Customized initialization is done through the passed `init_fn`.")
        return None


# ---- variables that take their values where they are made ----


class restore_variables_on_create:
    """tfe.restore_variables_on_create: variables made inside begin with the checkpoint's values, by their names."""

    def __init__(self, save_path, map_func=None):
        if save_path and map_func is not None and not callable(map_func):
            raise ValueError("map_func must be callable.")
        self._path, self._map = save_path, map_func or (lambda name: name)

    def __enter__(self):
        self._before = variables_module._made
        if self._path:
            self._reader, self._given = checkpoint_files.load_checkpoint(self._path), set()
            variables_module._made = self._fill

    def __exit__(self, *exception):
        variables_module._made = self._before

    def _fill(self, variable):
        name = self._map(variable._name)
        if not self._reader.has_tensor(name):
            raise errors.NotFoundError(None, None, "%s not found in checkpoint" % name)
        if name not in self._given:
            value = self._reader.read(name)
            checkpoint_graph.check_value(variable, value, name)
            variable._assign(value)
            self._given.add(name)


# ---- tfe.Network ----


def _stripped(network):
    prefix = network.scope_name + "/"
    return lambda name: name[len(prefix) :] if name.startswith(prefix) else name


def _network_names(network, map_func):
    found = {}
    for variable in network.variables:
        name = map_func(variable._name)
        if found.setdefault(name, variable) is not variable:
            raise ValueError("The default checkpoint variable name mapping strategy for Network '%s' resulted in a naming conflict: both '%s' and '%s' "
                             "are called '%s'. Pass `map_func=lambda n: n` to save and restore under full names."
                             % (network.name, found[name]._name, variable._name, name))  # fmt: skip
    return found


def _network_path(network, save_path):
    return os.path.join(save_path, network.name.replace("/", "_")) if os.path.isdir(save_path) else save_path


def save_network_checkpoint(network, save_path, global_step=None, map_func=None):
    """Saves a network's variables under their names without the network's own."""
    if not network.built:
        raise ValueError("Attempt to save the Network before it was first called. This means variables have not yet been created, so there is "
                         "nothing to save.")  # fmt: skip
    step = global_step if global_step is not None else variables_module.get_global_step()
    names = _network_names(network, map_func or _stripped(network))
    return checkpoint_saver.Saver(names).save(None, _network_path(network, save_path), global_step=step)


def restore_network_checkpoint(network, save_path, map_func=None):
    """Restores a network's variables; those that are not made yet get their values when they are."""
    path, map_func = _network_path(network, save_path), map_func or _stripped(network)
    existing = _network_names(network, map_func)
    if existing:
        checkpoint_saver.restore_by_name(existing, path)
    reader = checkpoint_files.load_checkpoint(path)
    waiting = {name: reader.read(name) for name in reader.get_variable_to_shape_map() if name not in existing}
    if waiting:
        _wait(network, (map_func, waiting))


def _wait(layer, restoration):
    layer.__dict__.setdefault("_waiting_by_name", []).append(restoration)
    for child in getattr(layer, "layers", None) or ():
        _wait(child, restoration)


def value_by_name(layer, full_name):
    """What a network's restoration holds for a variable of the layer; the newest restoration wins, each value is given once."""
    for map_func, waiting in reversed(layer.__dict__.get("_waiting_by_name", ())):
        name = map_func(full_name)
        if name in waiting:
            return waiting.pop(name)
    return None


# ---- Model.save_weights ----


def save_weights(model, filepath, overwrite=True, save_format=None):
    """A checkpoint of the model alone, and the state file beside it."""
    path = os.fspath(filepath)
    if save_format not in (None, "tf", "tensorflow") or (save_format is None and path.endswith((".h5", ".keras", ".hdf5"))):
        raise NotImplementedError("not implemented: tf.keras.Model.save_weights in HDF5; use save_format='tf', or tf.train.Checkpoint(model).save")
    if not model.weights:
        raise ValueError("Unable to save weights: the model has no variables yet; call it on a batch first")
    if not overwrite and checkpoint_files.checkpoint_exists(path):
        raise FileExistsError("%s exists; pass overwrite=True" % path)
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    write(model, path)
    checkpoint_files.update_checkpoint_state(folder, path, [path], save_relative_paths=True)


def load_weights(model, filepath, by_name=False):
    path = os.fspath(filepath)
    if by_name or path.endswith((".h5", ".keras", ".hdf5")):
        raise NotImplementedError("not implemented: tf.keras.Model.load_weights from HDF5 or by name; use a checkpoint in TensorFlow's format")
    status = read(model, path)
    if isinstance(status, NameBasedSaverStatus):
        status.run_restore_ops()
        return status
    status.assert_nontrivial_match()
    return status
