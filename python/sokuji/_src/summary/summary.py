"""tf.summary of 2.x: create_file_writer, scalar, histogram, image, text and write, in the formats of TensorBoard's plugins."""

import threading

import numpy as np

from sokuji import _core
from sokuji._src.core.execute import convert, invalid
from sokuji._src.io import messages, png, tensor_proto
from sokuji._src.summary import event_files
from sokuji._src.variables import variables

_Value, _Metadata = messages.CLASSES["Summary.Value"], messages.CLASSES["SummaryMetadata"]
_state = threading.local()
SCALAR, TENSOR, BLOB = 1, 2, 3  # classes of data


def _now():
    if not hasattr(_state, "writer"):
        _state.writer, _state.step, _state.record = None, None, True
    return _state


def _number(value):
    return value.numpy() if isinstance(value, _core.Handle) else value


# ---- writers ----


class SummaryWriter:
    """Writes to an event file; as_default() makes it the one that the functions here write to."""

    def __init__(self, file):
        self._file, self._closed = file, False

    def as_default(self, step=None):
        return _WriterScope(self, step)

    def set_as_default(self, step=None):
        self.as_default(step).__enter__()

    def init(self):
        pass

    def flush(self):
        if self._file is not None and not self._closed:
            self._file.flush()

    def close(self):
        if self._file is not None:
            self._file.close()
        self._closed = True


class _WriterScope:
    def __init__(self, writer, step):
        self._writer, self._step = writer, step

    def __enter__(self):
        state = _now()
        if self._writer._closed:
            raise RuntimeError("SummaryWriter is already closed")
        self._before = (state.writer, state.step)
        state.writer = self._writer
        if self._step is not None:
            state.step = self._step
        return self._writer

    def __exit__(self, *exception):
        self._writer.flush()
        _now().writer, _now().step = self._before


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None, experimental_trackable=False, experimental_mesh=None):
    """A writer of an event file in the folder."""
    most, millis = 10 if max_queue is None else int(_number(max_queue)), 120000 if flush_millis is None else int(_number(flush_millis))
    return SummaryWriter(event_files.EventFile(logdir, filename_suffix or ".v2", most, millis, with_process=True))


def create_noop_writer():
    """A writer that writes nothing."""
    return SummaryWriter(None)


def flush(writer=None, name=None):
    """Writes out what the writer holds."""
    writer = _now().writer if writer is None else writer
    if writer is not None:
        writer.flush()


# ---- whether, and at which step ----


class record_if:
    """with tf.summary.record_if(condition): the condition (bool, tensor, callable) decides what is written."""

    def __init__(self, condition):
        self._condition = condition

    def __enter__(self):
        self._before, _now().record = _now().record, self._condition

    def __exit__(self, *exception):
        _now().record = self._before


def should_record_summaries():
    """Whether there is a writer that records here."""
    if _now().writer is None:
        return False
    record = _now().record
    return bool(_number(record() if callable(record) else record))


def get_step():
    """The step that summaries have by default."""
    return _now().step


def set_step(step):
    """Sets the step that summaries have by default."""
    _now().step = step


class summary_scope:
    """The tag of a summary's name in the open name scopes."""

    def __init__(self, name, default_name="summary", values=None):
        self._name = name or default_name

    def __enter__(self):
        scopes = [n for n in variables._scopes().names if n]
        tag = "/".join([*scopes, self._name])
        self._scope = variables.name_scope(self._name)
        return tag, self._scope.__enter__()

    def __exit__(self, *exception):
        self._scope.__exit__(*exception)


def write(tag, tensor, step=None, metadata=None, name=None):
    """Writes a tensor under a tag; False when nothing is to be recorded."""
    if not should_record_summaries():
        return convert(False, 10) if _now().writer is not None else False
    step = _now().step if step is None else step
    if step is None:
        raise ValueError("No step set. Please specify one either through the `step` argument or through tf.summary.experimental.set_step()")
    given = {}
    if metadata is not None:
        given["metadata"] = metadata if isinstance(metadata, messages.Message) else _Metadata.FromString(metadata.SerializeToString())
    if _now().writer._file is None:
        return convert(False, 10)
    value = tensor_proto.make_tensor_proto(tensor() if callable(tensor) else tensor)
    _now().writer._file.value(int(_number(step)), _Value(tag=tag, tensor=value, **given))
    return convert(True, 10)


def _write(name, default, step, plugin, description, kind, make):
    with summary_scope(name, default) as (tag, _):
        metadata = _Metadata(plugin_data=messages.CLASSES["SummaryMetadata.PluginData"](plugin_name=plugin), summary_description=description or "",
                             data_class=kind)  # fmt: skip
        return write(tag, make, step, metadata)


# ---- what ----


def scalar(name, data, step=None, description=None):
    """Writes a number."""
    value = convert(data, 0)
    if value._shape_tuple != ():
        raise ValueError("Expected scalar shape, saw shape: %s." % (value._shape_tuple,))
    return _write(name, "scalar_summary", step, "scalars", description, SCALAR, lambda: convert(np.float32(value.numpy()), 1))


def buckets(data, count=30):
    """(left edge, right edge, count) of `count` buckets of one width from the smallest to the largest value."""
    values = np.asarray(data, dtype=np.float64).ravel()
    if count <= 0 or values.size == 0:
        return np.zeros((max(count, 0), 3))
    low, high = values.min(), values.max()
    if low == high:
        return np.stack([np.full(count, high), np.full(count, high), np.r_[np.zeros(count - 1), values.size]], axis=1)
    width = (high - low) / count
    index = np.minimum(np.floor((values - low) / width).astype(np.int64), count - 1)
    edges = np.linspace(low, high, count + 1)
    return np.stack([edges[:-1], edges[1:], np.bincount(index, minlength=count).astype(np.float64)], axis=1)


def histogram(name, data, step=None, buckets=None, description=None):
    """Writes the distribution of values."""
    count = 30 if buckets is None else int(_number(buckets))
    make = globals()["buckets"]
    return _write(name, "histogram_summary", step, "histograms", description, TENSOR, lambda: make(convert(data, 0).numpy(), count))


def _image_strings(data, most):
    images = np.asarray(_number(data))
    if images.ndim != 4:
        raise invalid("tf.summary.image: a batch of shape (k, height, width, channels) is needed, not shape %s" % list(images.shape))
    if images.dtype.kind == "f":
        images = np.clip(np.trunc(images.astype(np.float64) * 255.5), 0, 255).astype(np.uint8)
    elif images.dtype != np.uint16:
        images = images.astype(np.uint8)
    return [str(images.shape[2]).encode(), str(images.shape[1]).encode(), *(png.encode(image) for image in images[:most])]


def image(name, data, step=None, max_outputs=3, description=None):
    """Writes images (k, height, width, channels)."""
    return _write(name, "image_summary", step, "images", description, BLOB, lambda: convert(_image_strings(data, int(_number(max_outputs))), 7))


def text(name, data, step=None, description=None):
    """Writes strings."""
    value = convert(data, 0)
    if value._dtype_number != 7:
        raise TypeError("tf.summary.text: strings are needed, not %s" % value.dtype.name)
    return _write(name, "text_summary", step, "text", description, TENSOR, lambda: value)


def audio(name, data, sample_rate, step=None, max_outputs=3, encoding=None, description=None):
    """Writes sounds (k, frames, channels)."""
    raise NotImplementedError("not implemented: tf.summary.audio; write the samples with tf.summary.write")


NAMES = {name: globals()[name] for name in "SummaryWriter create_file_writer create_noop_writer flush record_if should_record_summaries write scalar "
         "histogram image text audio".split()}  # fmt: skip
EXPERIMENTAL = {"get_step": get_step, "set_step": set_step, "summary_scope": summary_scope}
