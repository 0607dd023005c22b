"""Small parts of TensorFlow that need no operation: tf.compat, HParams, windows, padding of sequences, mode keys, lists of devices."""

import collections
import math

import numpy as np

from . import _conversion, _dtypes
from ._run import tensor


# ---- tf.compat ----


def as_bytes(bytes_or_text, encoding="utf-8"):
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError("Expected binary or unicode string, got %r" % (bytes_or_text,))


def as_text(bytes_or_text, encoding="utf-8"):
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError("Expected binary or unicode string, got %r" % bytes_or_text)


def as_str_any(value):
    return as_text(value) if isinstance(value, bytes) else str(value)


COMPAT = {"as_bytes": as_bytes, "as_text": as_text, "as_str": as_text, "as_str_any": as_str_any, "integral_types": (int, np.integer),
          "real_types": (int, float, np.integer, np.floating), "complex_types": (int, float, complex, np.number),
          "bytes_or_text_types": (bytes, str)}  # fmt: skip


# ---- tf.contrib ----


class HParams:
    """Named values of fixed types: HParams(rate=0.1).rate, parse("rate=0.2")."""

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        if hparam_def is not None:
            raise NotImplementedError("not implemented: HParams(hparam_def=…); give keywords")
        self._types = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        if getattr(self, name, None) is not None:
            raise ValueError("Hyperparameter name is reserved: %s" % name)
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError("Multi-valued hyperparameters cannot be empty: %s" % name)
        self._types[name] = (type(value[0]) if is_list else type(value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name, value):
        kind, is_list = self._types[name]
        if is_list != isinstance(value, (list, tuple)):
            raise ValueError("%s: %s" % (name, "a list is expected" if is_list else "one value is expected"))
        setattr(self, name, [_of_kind(name, kind, v) for v in value] if is_list else _of_kind(name, kind, value))

    def del_hparam(self, name):
        if name in self._types:
            delattr(self, name)
            del self._types[name]

    def parse(self, values):
        """Assigns from "a=1,b=2.5,c=[1,2]"."""
        import re

        rest = re.sub(r"((?:\w+)\s*=\s*(?:\[[^\]]*\]|[^,\[\]=]*))(?:,|$)", "", values).strip()
        if rest:
            raise ValueError("Could not parse hparam assignment: %s" % values)
        for name, many, one in re.findall(r"(\w+)\s*=\s*(?:\[([^\]]*)\]|([^,\[\]=]*))", values):
            if name not in self._types:
                raise ValueError("Unknown hyperparameter: %s" % name)
            kind, is_list = self._types[name]
            setattr(self, name, [_parsed(name, kind, v) for v in many.split(",")] if is_list else _parsed(name, kind, one))
        return self

    def override_from_dict(self, values_dict):
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def values(self):
        return {name: getattr(self, name) for name in self._types}

    def get(self, key, default=None):
        return getattr(self, key) if key in self._types else default

    def to_json(self, indent=None, separators=None, sort_keys=False):
        import json

        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json):
        import json

        return self.override_from_dict(json.loads(values_json))

    def __contains__(self, key):
        return key in self._types

    def __str__(self):
        return str(sorted(self.values().items()))

    def __repr__(self):
        return "HParams(%s)" % ", ".join("%s=%r" % row for row in sorted(self.values().items()))


def _parsed(name, kind, text):
    try:
        if kind is bool:
            return {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}[text]
        return text if kind in (str, type(None)) else kind(text)
    except (KeyError, ValueError):
        raise ValueError("Could not parse hparam of type '%s' with value '%s': %s" % (kind.__name__, text, name)) from None


def _of_kind(name, kind, value):
    if kind is bool and not isinstance(value, bool) or kind is int and isinstance(value, float) or isinstance(value, str) != (kind is str):
        raise ValueError("Could not cast hparam '%s' of type '%s' from value %r" % (name, kind.__name__, value))
    return kind(value)


def _window(a, b, length, periodic, dtype):
    if not _dtypes.as_dtype(dtype).is_floating:
        raise ValueError("dtype must be a floating point type. Found %s" % _dtypes.as_dtype(dtype))
    n, one = int(length), _dtypes.as_dtype(dtype)
    if n == 1:
        return tensor([1.0], one)
    divisor = n if periodic and n % 2 == 0 else n - 1  # TensorFlow treats odd lengths as symmetric either way
    return tensor([a - b * math.cos(2 * math.pi * i / divisor) for i in range(n)], one)


def hann_window(window_length, periodic=True, dtype=_dtypes.float32, name=None):
    return _window(0.5, 0.5, window_length, periodic, dtype)


def hamming_window(window_length, periodic=True, dtype=_dtypes.float32, name=None):
    return _window(0.54, 0.46, window_length, periodic, dtype)


# ---- tf.keras.preprocessing.sequence ----


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """A matrix of the sequences, cut or filled to one length at their start or end."""
    for word, what in ((padding, "Padding"), (truncating, "Truncating")):
        if word not in ("pre", "post"):
            raise ValueError("%s type \"%s\" not understood" % (what, word))
    if not all(hasattr(s, "__len__") for s in sequences):
        raise ValueError("`sequences` must be a list of iterables.")
    maxlen = max((len(s) for s in sequences), default=0) if maxlen is None else maxlen
    rest = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    made = np.full((len(sequences), maxlen) + rest, value, dtype)
    for row, s in zip(made, sequences):
        kept = np.asarray(s[-maxlen:] if truncating == "pre" else s[:maxlen], dtype) if maxlen else []
        if len(kept):
            row[-len(kept) if padding == "pre" else 0 : None if padding == "pre" else len(kept)] = kept
    return made


# ---- tf.estimator, tf.config ----


class ModeKeys:
    TRAIN, EVAL, PREDICT = "train", "eval", "infer"


PhysicalDevice = collections.namedtuple("PhysicalDevice", "name device_type")


def list_physical_devices(device_type=None):
    """The CPU."""
    return [] if device_type not in (None, "CPU") else [PhysicalDevice("/physical_device:CPU:0", "CPU")]


def add(version, names, space):
    space("compat").update(COMPAT)
    space("estimator").setdefault("ModeKeys", ModeKeys)
    space("keras.preprocessing.sequence").setdefault("pad_sequences", pad_sequences)
    if version == 1:
        space("contrib.training").setdefault("HParams", HParams)
        space("contrib.signal").update(hamming_window=hamming_window, hann_window=hann_window)
        return
    space("experimental.dlpack").update(from_dlpack=_conversion.from_dlpack, to_dlpack=_conversion.to_dlpack)
    space("signal").update(hamming_window=hamming_window, hann_window=hann_window)
    space("config").update(list_physical_devices=list_physical_devices)
    space("config.experimental").update(list_physical_devices=list_physical_devices, set_memory_growth=lambda device, enable: None)
