"""Checkpoints as files: reading by name, the state file that names the newest one, and TensorFlow's functions over both."""

import os
import re
import time

from sokuji import _core
from sokuji._src.core import dtypes, errors, logging
from sokuji._src.variables import variables as variables_module


class Reader:
    """tf.train.NewCheckpointReader: the tensors of a checkpoint by name."""

    def __init__(self, filepattern):
        prefix = os.fspath(filepattern)
        prefix = prefix.decode() if isinstance(prefix, bytes) else prefix
        if variables_module._version == 1 and os.path.isdir(prefix):
            raise errors.DataLossError(None, None, "Unable to open table file %s: Failed precondition: %s; Is a directory: perhaps your file is in a "
                                       "different file format and you need to use a different restore operator?" % (prefix, prefix))  # fmt: skip
        try:
            self._checkpoint = _core.Checkpoint(prefix)
        except errors.NotFoundError:
            raise errors.NotFoundError(None, None, "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for %s" % prefix) from None
        self._entries = {name: (dtype, shape) for name, dtype, shape in self._checkpoint.entries()}

    def read(self, name):
        """The tensor itself."""
        return self._checkpoint.read(name)

    def get_tensor(self, tensor_str):
        name = tensor_str.decode() if isinstance(tensor_str, bytes) else tensor_str
        return self._checkpoint.read(name).numpy()

    def has_tensor(self, tensor_str):
        return tensor_str in self._entries

    def get_variable_to_shape_map(self):
        return {name: list(shape) for name, (_, shape) in self._entries.items()}

    def get_variable_to_dtype_map(self):
        return {name: dtypes.as_dtype(dtype) for name, (dtype, _) in self._entries.items()}

    def debug_string(self):
        return "".join("%s (%s) %s\n" % (name, self.get_variable_to_dtype_map()[name].name.upper(), list(shape))
                       for name, (_, shape) in self._entries.items()).encode()  # fmt: skip


def NewCheckpointReader(filepattern):
    """Reads a checkpoint's tensors by their names."""
    return Reader(filepattern)


# ---- the state file ----


class CheckpointState:
    """What the file `checkpoint` says."""

    def __init__(self, model_checkpoint_path="", all_model_checkpoint_paths=(), all_model_checkpoint_timestamps=(), last_preserved_timestamp=0.0):
        self.model_checkpoint_path = model_checkpoint_path
        self.all_model_checkpoint_paths = list(all_model_checkpoint_paths)
        self.all_model_checkpoint_timestamps = list(all_model_checkpoint_timestamps)
        self.last_preserved_timestamp = last_preserved_timestamp

    def __str__(self):
        lines = ['model_checkpoint_path: "%s"' % _quoted(self.model_checkpoint_path)]
        lines += ['all_model_checkpoint_paths: "%s"' % _quoted(path) for path in self.all_model_checkpoint_paths]
        lines += ["all_model_checkpoint_timestamps: %r" % float(t) for t in self.all_model_checkpoint_timestamps]
        if self.last_preserved_timestamp:
            lines.append("last_preserved_timestamp: %r" % float(self.last_preserved_timestamp))
        return "\n".join(lines) + "\n"

    __repr__ = __str__


def _quoted(text):
    return "".join(c if 32 <= b < 127 and c not in '"\\' else "\\%03o" % b for b in text.encode() for c in (chr(b),))


def _unquoted(text):
    raw = re.sub(rb"\\([0-7]{1,3}|.)", lambda m: bytes([int(m[1], 8) & 255]) if m[1].isdigit() else {b"n": b"\n", b"t": b"\t"}.get(m[1], m[1]), text.encode())
    return raw.decode("utf-8", "surrogateescape")


_LINE = re.compile(r'\s*(\w+)\s*:\s*(?:"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|([-+\w.]+))\s*')


def parse_state(text):
    """ValueError when the text is not what the file may say."""
    state, at = CheckpointState(), 0
    while at < len(text.rstrip()):
        match = _LINE.match(text, at)
        if match is None:
            raise ValueError("the state file is damaged at character %d" % at)
        name, double, single, number = match.groups()
        value = _unquoted(double if double is not None else single or "") if number is None else float(number)
        if name == "model_checkpoint_path":
            state.model_checkpoint_path = value
        elif name == "all_model_checkpoint_paths":
            state.all_model_checkpoint_paths.append(value)
        elif name == "all_model_checkpoint_timestamps":
            state.all_model_checkpoint_timestamps.append(value)
        elif name == "last_preserved_timestamp":
            state.last_preserved_timestamp = value
        at = match.end()
    return state


def write_whole(path, text):
    """Replaces a small file whole or not at all."""
    temporary = "%s.tmp%d-%d" % (path, os.getpid(), time.monotonic_ns())
    try:
        with open(temporary, "wb") as f:
            f.write(text.encode("utf-8", "surrogateescape"))
            f.flush()
            os.fsync(f.fileno())
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def generate_checkpoint_state_proto(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, all_model_checkpoint_timestamps=None,
                                    last_preserved_timestamp=None):  # fmt: skip
    """Paths as the state file keeps them: relative ones are relative to its folder."""
    paths = list(all_model_checkpoint_paths or [])
    if model_checkpoint_path not in paths:
        paths.append(model_checkpoint_path)
    if not os.path.isabs(save_dir):
        paths = [path if os.path.isabs(path) else os.path.relpath(path, save_dir or ".") for path in paths]
        if not os.path.isabs(model_checkpoint_path):
            model_checkpoint_path = os.path.relpath(model_checkpoint_path, save_dir or ".")
    return CheckpointState(model_checkpoint_path, paths, all_model_checkpoint_timestamps or (), last_preserved_timestamp or 0.0)


def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
                            all_model_checkpoint_timestamps=None, last_preserved_timestamp=None, save_relative_paths=False):  # fmt: skip
    """Writes the state file."""
    relative = (lambda p: os.path.relpath(p, save_dir) if os.path.isabs(p) else p) if save_relative_paths else (lambda p: p)
    state = generate_checkpoint_state_proto(save_dir, relative(model_checkpoint_path), [relative(p) for p in all_model_checkpoint_paths or []],
                                            all_model_checkpoint_timestamps, last_preserved_timestamp)  # fmt: skip
    path = os.path.join(save_dir, latest_filename or "checkpoint")
    if path == state.model_checkpoint_path:
        raise RuntimeError("Save path '%s' conflicts with path used for checkpoint state.  Please use a different save path." % model_checkpoint_path)
    write_whole(path, str(state))


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """What the state file of a folder says, with paths that can be opened; None when there is none."""
    checkpoint_dir = os.fspath(checkpoint_dir)
    path = os.path.join(checkpoint_dir, latest_filename or "checkpoint")
    if not os.path.isfile(path):
        return None
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            state = parse_state(f.read())
    except (OSError, ValueError) as e:
        logging.NAMES["warning"]("%s: %s", type(e).__name__, e)
        logging.NAMES["warning"]("%s: Checkpoint ignored", path)
        return None
    if not state.model_checkpoint_path:
        raise ValueError("Invalid checkpoint state loaded from %s" % checkpoint_dir)
    state.model_checkpoint_path = os.path.join(checkpoint_dir, state.model_checkpoint_path)
    state.all_model_checkpoint_paths = [os.path.join(checkpoint_dir, p) for p in state.all_model_checkpoint_paths]
    return state


def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint of that prefix."""
    return os.path.isfile(checkpoint_prefix + ".index")


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The prefix of the newest checkpoint that a folder's state file names and that exists; else None."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is not None and state.model_checkpoint_path:
        if checkpoint_exists(state.model_checkpoint_path):
            return state.model_checkpoint_path
        logging.NAMES["error"]("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def get_checkpoint_mtimes(checkpoint_prefixes):
    """When the checkpoints were written, in seconds."""
    return [os.path.getmtime(p + ".index") for p in checkpoint_prefixes if checkpoint_exists(p)]


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=None, meta_graph_suffix="meta"):
    """Deletes the files of a checkpoint; what is not there is no error."""
    folder, base = os.path.split(checkpoint_prefix)
    pattern = re.compile(re.escape(base) + r"\.(index|%s|data-\d{5}-of-\d{5})\Z" % re.escape(meta_graph_suffix))
    for name in os.listdir(folder or ".") if os.path.isdir(folder or ".") else []:
        if pattern.match(name):
            os.remove(os.path.join(folder, name))


# ---- reading by name ----


def load_checkpoint(ckpt_dir_or_file):
    """A reader of a checkpoint, or of the newest one of a folder."""
    path = os.fspath(ckpt_dir_or_file)
    if os.path.isdir(path):
        newest = latest_checkpoint(path)
        if newest is None:
            raise ValueError("Couldn't find 'checkpoint' file or checkpoints in given directory %s" % path)
        path = newest
    return Reader(path)


def load_variable(ckpt_dir_or_file, name):
    """A variable's value as an array; in 1.x a trailing ":0" is left out."""
    if not isinstance(name, str):
        raise TypeError("a variable's name is a string, not %s" % type(name).__name__)
    if name.endswith(":0"):
        name = name[:-2]
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)


def list_variables(ckpt_dir_or_file):
    """[(name, shape), ...] in the names' order."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """New checkpoints of a folder as they appear."""
    seen = None
    while True:
        begun = time.time()
        while True:
            newest = latest_checkpoint(checkpoint_dir)
            if newest is not None and newest != seen:
                break
            if timeout is not None and time.time() - begun > timeout:
                newest = None
                break
            time.sleep(min(1.0, timeout or 1.0))
        if newest is None:
            if timeout_fn is None or timeout_fn():
                return
            continue
        seen = newest
        yield newest
        time.sleep(max(0.0, min_interval_secs - (time.time() - begun)))


def check_folder(prefix):
    """Makes the folder of a prefix. 1.x refuses a bare file name."""
    prefix = os.fspath(prefix)
    folder, base = os.path.split(prefix)
    if not base or (variables_module._version == 1 and not folder):
        raise ValueError("Parent directory of %s doesn't exist, can't save." % (prefix if variables_module._version == 2 else re.sub(r"-\d+$", "", prefix)))
    if folder:
        os.makedirs(folder, exist_ok=True)
    return prefix, folder
