"""tf.contrib.summary: scalars, histograms, images and tensors into event files, while training eagerly; and tf.summary.FileWriter."""

import re
import threading

import numpy as np

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert
from sokuji._src.io import messages, tensor_proto
from sokuji._src.summary import event_files
from sokuji._src.variables import variables

_Value = messages.CLASSES["Summary.Value"]
_state = threading.local()


def _now():
    if not hasattr(_state, "writer"):
        _state.writer, _state.record = None, False
    return _state


# ---- writers ----


class SummaryWriter:
    """What create_file_writer returns; without a folder it does nothing."""

    def __init__(self, file):
        self._file = file

    def set_as_default(self):
        _now().writer = self._file

    def as_default(self):
        return _WriterScope(self)

    def flush(self):
        if self._file is not None:
            self._file.flush()

    def close(self):
        if self._file is not None:
            self._file.close()


class _WriterScope:
    def __init__(self, writer):
        self._writer = writer

    def __enter__(self):
        self._before = _now().writer
        if self._writer._file is not None:
            _now().writer = self._writer._file
        return self._writer

    def __exit__(self, *exception):
        if self._writer._file is not None:
            self._writer._file.flush()
        _now().writer = self._before


def _number(value):
    return value.numpy() if isinstance(value, _core.Handle) else value


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
    """A writer of an event file in the folder."""
    if logdir is None:
        return SummaryWriter(None)
    suffix = _number(filename_suffix)
    suffix = suffix.decode() if isinstance(suffix, bytes) else suffix
    logdir = _number(logdir)
    logdir = logdir.decode() if isinstance(logdir, bytes) else logdir
    return SummaryWriter(event_files.EventFile(logdir, ".v2" if suffix is None else suffix, 10 if max_queue is None else int(_number(max_queue)),
                                               120000 if flush_millis is None else int(_number(flush_millis))))  # fmt: skip


def create_db_writer(db_uri, experiment_name=None, run_name=None, user_name=None, name=None):
    """A writer into a database, which is missing."""
    raise NotImplementedError("not implemented: tf.contrib.summary.create_db_writer; use create_file_writer")


def flush(writer=None, name=None):
    """Writes out what the writer holds."""
    file = getattr(writer, "_file", writer) if writer is not None else _now().writer
    if file is not None:
        file.flush()


# ---- whether ----


class _Recording:
    def __init__(self, value):
        self._value = value

    def __enter__(self):
        self._before, _now().record = _now().record, self._value

    def __exit__(self, *exception):
        _now().record = self._before


def always_record_summaries():
    """A context in which summaries are written."""
    return _Recording(True)


def never_record_summaries():
    """A context in which summaries are not written."""
    return _Recording(False)


class record_summaries_every_n_global_steps(_Recording):
    """Records when the global step is a multiple of n at the time the block is entered, as TensorFlow 1.8 has it."""

    def __init__(self, n, global_step=None):
        super().__init__(None)
        self._n, self._step = n, global_step

    def __enter__(self):
        step = variables.get_or_create_global_step() if self._step is None else self._step
        self._value = int(_number(step)) % self._n == 0
        super().__enter__()


def should_record_summaries():
    """Whether summaries are written here."""
    return bool(_number(_now().record))


# ---- what ----


def _clean(name):
    return re.sub(r"[^-/\w\.]", "_", name).lstrip("/")


def tag_of(name, family=None):
    scopes = [n for n in variables._scopes().names if n]
    parts = [_clean(family)] * 2 if family else []
    return "/".join([*parts[:1], *scopes, *parts[1:], _clean(name)])


def _step_of(step):
    return int(_number(variables.get_or_create_global_step() if step is None else step))


def _write(name, family, step, make):
    file = _now().writer
    if file is None:
        return None
    if not should_record_summaries():
        return convert(False, 10)
    file.value(_step_of(step), make(tag_of(name, family)))
    return convert(True, 10)


def _scalar_value(tensor, tag):
    value = convert(tensor, 0)
    if value._dtype_number in (7, 8, 10, 18):
        raise errors.InvalidArgumentError(None, None, "scalar summary '%s': a real number is needed, not %s" % (tag, value.dtype.name))
    if value._shape_tuple != ():
        raise errors.InvalidArgumentError(None, None, "scalar summary '%s': a scalar is needed, not shape %s" % (tag, list(value._shape_tuple)))
    return float(np.float32(value.numpy()))


def scalar(name, tensor, family=None, step=None):
    """Writes a number."""
    return _write(name, family, step, lambda tag: _Value(tag=tag, simple_value=_scalar_value(tensor, tag)))


def histogram(name, tensor, family=None, step=None):
    """Writes the distribution of values."""
    return _write(name, family, step, lambda tag: _Value(tag=tag, histo=event_files.histogram(convert(tensor, 0).numpy(), tag)))


def image(name, tensor, bad_color=None, max_images=3, family=None, step=None):
    """Writes images."""
    color = (255, 0, 0, 255) if bad_color is None else np.asarray(_number(bad_color))
    return _write(name, family, step, lambda tag: event_files.image_values(tag, convert(tensor, 0).numpy(), int(_number(max_images)), color))


def audio(name, tensor, sample_rate, max_outputs, family=None, step=None):
    """Writes sounds."""
    raise NotImplementedError("not implemented: tf.contrib.summary.audio; write the samples with tf.contrib.summary.generic")


def generic(name, tensor, metadata=None, family=None, step=None):
    """Writes any tensor."""
    given = {}
    if metadata is not None:
        data = metadata if isinstance(metadata, bytes) else _number(metadata) if isinstance(metadata, _core.Handle) else metadata.SerializeToString()
        given["metadata"] = messages.CLASSES["SummaryMetadata"].FromString(data)
    return _write(name, family, step, lambda tag: _Value(tag=tag, tensor=tensor_proto.make_tensor_proto(tensor), **given))


def import_event(tensor, name=None):
    """Writes a serialized event."""
    file = _now().writer
    if file is not None:
        file.write(event_files.Event.FromString(_number(tensor)))


def graph(param, step=None, name=None):
    """Writes a graph."""
    raise NotImplementedError("not implemented: tf.contrib.summary.graph; there is no graph with eager execution")


def initialize(graph=None, session=None):
    """Graphs only: initializes writers."""


def all_summary_ops():
    """Graphs only: all operations that write summaries."""
    return None


def summary_writer_initializer_op():
    """Graphs only: the operations that initialize writers."""
    raise RuntimeError("tf.contrib.summary.summary_writer_initializer_op is only supported in graph mode.")


def eval_dir(model_dir, name=None):
    """The folder in which evaluation writes."""
    return model_dir + "/" + ("eval" if not name else "eval_" + name)


CONTRIB = {
    name: globals()[name] for name in """SummaryWriter create_file_writer create_db_writer flush always_record_summaries never_record_summaries
record_summaries_every_n_global_steps should_record_summaries scalar histogram image audio generic import_event graph initialize all_summary_ops eval_dir
summary_writer_initializer_op""".split()
}  # fmt: skip
CONTRIB["create_summary_file_writer"] = create_file_writer


# ---- tf.summary.FileWriter ----


def meta_graph_of(graph):
    """The MetaGraphDef of a graph; set by what makes those."""


class FileWriter:
    """Writes summaries and events to a file of a folder."""

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None, filename_suffix=None, session=None):
        self._logdir, self._options = logdir, (filename_suffix or "", max_queue, flush_secs * 1000)
        self._file = event_files.EventFile(logdir, *self._options)
        self._tags = set()
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)
            if hasattr(graph, "as_graph_def"):
                self.add_meta_graph(meta_graph_of(graph))

    def get_logdir(self):
        return self._logdir

    def add_summary(self, summary, global_step=None):
        if isinstance(summary, _core.Handle):
            summary = summary.numpy()
        if isinstance(summary, bytes):
            summary = event_files.Summary.FromString(summary)
        self.add_event(event_files.Event(wall_time=event_files.time.time(), summary=summary), global_step)

    def add_event(self, event, global_step=None):
        if global_step is not None:
            event.step = int(_number(global_step))
        self._file.write(event)

    def add_graph(self, graph, global_step=None, graph_def=None):
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if hasattr(graph, "as_graph_def"):
            graph_def = graph.as_graph_def(add_shapes=True)
        elif graph is not None:
            graph_def = graph
        if not hasattr(graph_def, "node"):
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`" if graph_def is not None else
                            "The argument 'graph' must be provided")  # fmt: skip
        self._event(global_step, graph_def=graph_def.SerializeToString())

    def _event(self, global_step, **what):
        self.add_event(event_files.Event(wall_time=event_files.time.time(), **what), global_step)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        if not hasattr(meta_graph_def, "graph_def"):
            raise TypeError("meta_graph_def must be type MetaGraphDef, saw type: %s" % type(meta_graph_def))
        self._event(global_step, meta_graph_def=meta_graph_def.SerializeToString())

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        if tag in self._tags:
            raise ValueError("The provided tag was already used for this event type")
        self._tags.add(tag)
        self._event(global_step, tagged_run_metadata=messages.CLASSES["TaggedRunMetadata"](tag=tag, run_metadata=run_metadata.SerializeToString()))

    def add_session_log(self, session_log, global_step=None):
        self.add_event(event_files.Event(wall_time=event_files.time.time(), session_log=session_log), global_step)

    def flush(self):
        self._file.flush()

    def close(self):
        self._file.close()

    def reopen(self):
        self._file = event_files.EventFile(self._logdir, *self._options)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class FileWriterCache:
    """One FileWriter a folder."""

    _cache = {}

    @classmethod
    def get(cls, logdir):
        return cls._cache.setdefault(logdir, None) or cls._cache.__setitem__(logdir, FileWriter(logdir)) or cls._cache[logdir]

    @classmethod
    def clear(cls):
        cls._cache.clear()
