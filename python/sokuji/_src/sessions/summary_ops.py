"""tf.summary of 1.x: operations that give summaries as bytes."""

import re
import struct

import numpy as np

from sokuji import _core
from sokuji._src.core import errors, logging
from sokuji._src.core.execute import convert
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, words
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.graph.variables import GraphVariable
from sokuji._src.io import messages, tensor_proto
from sokuji._src.summary import event_files

C = messages.CLASSES
Summary, Value = C["Summary"], C["Summary.Value"]


def _text(tensor):
    value = np.asarray(tensor.numpy(), object).ravel()
    return value[0].decode("utf-8", "replace")


def _bytes(values):
    return [convert(Summary(value=values).SerializeToString(), 7)]


_SCALAR = [(7, ())]


@python_ops.kernel("ScalarSummary", _SCALAR)
def _scalar(attributes, tags, values):
    if tags._shape_tuple != values._shape_tuple:
        raise errors.InvalidArgumentError(None, None, "tags and values not the same shape: %s != %s (tag '%s')"
                                          % (list(tags._shape_tuple), list(values._shape_tuple), _text(tags)))  # fmt: skip
    names = np.asarray(tags.numpy(), object).ravel()
    return _bytes([Value(tag=n.decode(), simple_value=float(np.float32(v))) for n, v in zip(names, values.numpy().ravel())])


@python_ops.kernel("HistogramSummary", _SCALAR)
def _histogram(attributes, tag, values):
    return _bytes([Value(tag=_text(tag), histo=event_files.histogram(values.numpy(), _text(tag)))])


@python_ops.kernel("ImageSummary", _SCALAR)
def _image(attributes, tag, tensor):
    color = attributes.get("bad_color")
    color = (255, 0, 0, 255) if color is None else tensor_proto.make_ndarray(color) if hasattr(color, "tensor_shape") else color
    return _bytes(event_files.image_values(_text(tag), tensor.numpy(), attributes.get("max_images", 3), color))


@python_ops.kernel("AudioSummaryV2", _SCALAR)
def _audio(attributes, tag, tensor, rate):
    sounds, n, rate = tensor.numpy(), attributes.get("max_outputs", 3), float(rate.numpy())
    if sounds.ndim not in (2, 3):
        raise errors.InvalidArgumentError(None, None, "Tensor must be 3-D or 2-D, got: %s" % list(sounds.shape))
    made = []
    for i, sound in enumerate(sounds[:n]):
        sound = sound.reshape(len(sound), -1)
        name = "%s/audio" % _text(tag) if n == 1 else "%s/audio/%d" % (_text(tag), i)
        made.append(Value(tag=name, audio=C["Summary.Audio"](sample_rate=rate, num_channels=sound.shape[1], length_frames=len(sound),
                                                             encoded_audio_string=_wav(sound, int(rate)), content_type="audio/wav")))  # fmt: skip
    return _bytes(made)


def _wav(sound, rate):
    data = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    channels = sound.shape[1]
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVE" + head + b"data" + struct.pack("<I", len(data)) + data


@python_ops.kernel("TensorSummaryV2", _SCALAR)
def _tensor(attributes, tag, tensor, metadata):
    return _bytes([Value(tag=_text(tag), tensor=tensor_proto.make_tensor_proto(tensor), metadata=C["SummaryMetadata"].FromString(metadata.numpy()))])


@python_ops.kernel("MergeSummary", _SCALAR)
def _merge(attributes, *summaries):
    values, seen = [], set()
    for one in summaries:
        for data in np.asarray(one.numpy(), object).ravel():
            values += Summary.FromString(data).value
    for value in values:
        if value.tag in seen:
            raise errors.InvalidArgumentError(None, None, "Duplicate tag %s found in summary inputs" % value.tag)
        seen.add(value.tag)
    return _bytes(values)


# ---- functions ----


class _Scope:
    """The node's name and the tag."""

    def __init__(self, name, family):
        cleaned = re.sub(r"[^-/\w\.]", "_", name).lstrip("/")
        if cleaned != name:
            logging.NAMES["info"]("Summary name %s is illegal; using %s instead.", name, cleaned)
        family = None if family is None else re.sub(r"[^-/\w\.]", "_", family).lstrip("/")
        graph = graphs.get_default_graph()
        self._context = graph.name_scope(cleaned if family is None else "%s/%s" % (family, cleaned))
        self._family = family

    def __enter__(self):
        scope = self._context.__enter__()
        return scope, scope[:-1] if self._family is None else "%s/%s" % (self._family, scope[:-1])

    def __exit__(self, *exception):
        return self._context.__exit__(*exception)


def _value(tensor, name):
    if isinstance(tensor, GraphVariable):
        return tensor._now()
    return tensor if isinstance(tensor, _core.SymbolicTensor) else words.convert_to_tensor(tensor, name=name)


def _made(kind, inputs, attributes, scope, collections):
    made = python_ops.call(kind, inputs, attributes, scope)
    graphs.get_default_graph().add_to_collections([GraphKeys.SUMMARIES] if collections is None else collections, made)
    return made


def scalar(name, tensor, collections=None, family=None):
    """A node: a number as a serialized summary."""
    with _Scope(name, family) as (scope, tag):
        tags, value = words.constant(tag, name="tags"), _value(tensor, "values")
        _numbers(value, "ScalarSummary")
        return _made("ScalarSummary", [tags, value], {"T": value.dtype}, scope, collections)


def _numbers(value, kind):
    if value._dtype_number in (7, 8, 10, 18):
        raise TypeError("Value passed to parameter 'values' of %s has DataType %s not in list of allowed values" % (kind, value.dtype.name))


def histogram(name, values, collections=None, family=None):
    """A node: the distribution of values as a serialized summary."""
    with _Scope(name, family) as (scope, tag):
        tag, value = words.constant(tag, name="tag"), _value(values, "values")
        _numbers(value, "HistogramSummary")
        return _made("HistogramSummary", [tag, value], {"T": value.dtype}, scope, collections)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """A node: images as serialized summaries."""
    with _Scope(name, family) as (scope, tag):
        tag, value = words.constant(tag, name="tag"), _value(tensor, "tensor")
        color = tensor_proto.make_tensor_proto(np.array([255, 0, 0, 255], np.uint8))
        return _made("ImageSummary", [tag, value], {"T": value.dtype, "max_images": max_outputs, "bad_color": color}, scope, collections)


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """A node: sounds as serialized summaries."""
    with _Scope(name, family) as (scope, tag):
        rate = words.convert_to_tensor(sample_rate, 1, name="sample_rate")
        tag, value = words.constant(tag, name="tag"), _value(tensor, "tensor")
        return _made("AudioSummaryV2", [tag, value, rate], {"max_outputs": max_outputs}, scope, collections)


def tensor_summary(name, tensor, summary_description=None, collections=None, summary_metadata=None, family=None, display_name=None):
    """A node: a tensor as a serialized summary."""
    metadata = C["SummaryMetadata"]() if summary_metadata is None else summary_metadata
    if display_name is not None:
        metadata.display_name = display_name
    if summary_description is not None:
        metadata.summary_description = summary_description
    with _Scope(name, family) as (scope, tag):
        value = _value(tensor, "tensor")
        tag, data = words.constant(tag, name="tag"), words.constant(metadata.SerializeToString(), 7, name="serialized_summary_metadata")
        return _made("TensorSummaryV2", [tag, value, data], {"T": value.dtype}, scope, collections)


def text(name, tensor, collections=None):
    """A node: strings as a serialized summary."""
    value = _value(tensor, "Const")
    if value._dtype_number != 7:
        raise ValueError("Expected tensor %s to have dtype string, got %s" % (value.name, value.dtype))
    metadata = C["SummaryMetadata"](plugin_data=C["SummaryMetadata.PluginData"](plugin_name="text"))
    return tensor_summary(name, value, summary_metadata=metadata, collections=collections)


def merge(inputs, collections=None, name=None):
    """A node: several summaries as one."""
    inputs = list(inputs)
    if not inputs:
        raise ValueError("Must have at least one input to merge of summaries")
    with graphs.get_default_graph().name_scope(name or "Merge"):
        return _made("MergeSummary", inputs, {"N": len(inputs)}, name, [] if collections is None else collections)


def merge_all(key=GraphKeys.SUMMARIES, scope=None):
    """A node: all summaries of a collection as one; None where there are none."""
    found = graphs.get_collection(key, scope)
    return merge(found) if found else None


def get_summary_description(node_def):
    if node_def.op != "TensorSummary":
        raise ValueError("Can't get_summary_description on %s" % node_def.op)
    return C["SummaryDescription"](type_hint=node_def.attr["description"].s.decode())


NAMES = {f.__name__: f for f in (scalar, histogram, image, audio, tensor_summary, text, merge, merge_all)}
