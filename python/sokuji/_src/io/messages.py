"""Protocol buffer messages as Python classes, described by one line each: what programs read from event files and put into records."""

import struct

from sokuji._src.core import dtypes
from sokuji._src.io import wire

# name: fields as "name number kind"; kind: i (integer), t (a tensor's type), b (bool), d (double), f (float), s (text), y (bytes), or a message's name;
# a star repeats, m<kind> is a map from text (ms: to text). Fields with the same word in brackets exclude one another.
_TABLE = """
_Pairs: key 1 s, value 2 s
_Pairi: key 1 s, value 2 i
Summary.Image: height 1 i, width 2 i, colorspace 3 i, encoded_image_string 4 y
Summary.Audio: sample_rate 1 f, num_channels 2 i, length_frames 3 i, encoded_audio_string 4 y, content_type 5 s
SummaryMetadata.PluginData: plugin_name 1 s, content 2 y
SummaryMetadata: plugin_data 1 SummaryMetadata.PluginData, display_name 2 s, summary_description 3 s, data_class 4 i
HistogramProto: min 1 d, max 2 d, num 3 d, sum 4 d, sum_squares 5 d, bucket_limit 6 *d, bucket 7 *d
TensorShapeProto.Dim: size 1 i, name 2 s
TensorShapeProto: dim 2 *TensorShapeProto.Dim, unknown_rank 3 b
TensorProto: dtype 1 t, tensor_shape 2 TensorShapeProto, version_number 3 i, tensor_content 4 y, half_val 13 *i, float_val 5 *f, double_val 6 *d, \
int_val 7 *i, string_val 8 *y, scomplex_val 9 *f, int64_val 10 *i, bool_val 11 *b, dcomplex_val 12 *d, uint32_val 16 *i, uint64_val 17 *i
Summary.Value: node_name 7 s, tag 1 s, metadata 9 SummaryMetadata, simple_value 2 f[value], obsolete_old_style_histogram 3 y[value], \
image 4 Summary.Image[value], histo 5 HistogramProto[value], audio 6 Summary.Audio[value], tensor 8 TensorProto[value]
Summary: value 1 *Summary.Value
SessionLog: status 1 i, checkpoint_path 2 s, msg 3 s
LogMessage: level 1 i, message 2 s
TaggedRunMetadata: tag 1 s, run_metadata 2 y
Event: wall_time 1 d, step 2 i, file_version 3 s[what], graph_def 4 y[what], summary 5 Summary[what], log_message 6 LogMessage[what], \
session_log 7 SessionLog[what], tagged_run_metadata 8 TaggedRunMetadata[what], meta_graph_def 9 y[what]
BytesList: value 1 *y
FloatList: value 1 *f
Int64List: value 1 *i
Feature: bytes_list 1 BytesList[kind], float_list 2 FloatList[kind], int64_list 3 Int64List[kind]
Features: feature 1 mFeature
FeatureList: feature 1 *Feature
FeatureLists: feature_list 1 mFeatureList
Example: features 1 Features
SequenceExample: context 1 Features, feature_lists 2 FeatureLists
"""

_DEFAULTS = {"i": 0, "t": 0, "b": False, "d": 0.0, "f": 0.0, "s": "", "y": b""}


class _Field:
    def __init__(self, text):
        self.name, number, kind = text.split()
        kind, _, self.group = kind.rstrip("]").partition("[")
        self.number = int(number)
        self.repeated, self.mapped = kind[0] == "*", kind[0] == "m" and kind[1:] != ""
        self.kind = kind.lstrip("*") if not self.mapped else kind[1:]
        self.is_message = self.kind not in _DEFAULTS
        self.value = _Field("value 2 %s[value]" % self.kind) if self.mapped else None


class DecodeError(ValueError):
    """The bytes or the text are no message."""


class Repeated(list):
    """A repeated field; add() appends a new message."""

    def __init__(self, field, owner, values=()):
        super().__init__(_checked(field, v) for v in values)
        self._field, self._owner = field, owner

    def add(self, **keywords):
        super().append(CLASSES[self._field.kind](**keywords))
        self._owner._attach()
        return self[-1]

    def append(self, value):
        super().append(_checked(self._field, value))
        self._owner._attach()

    def extend(self, values):
        super().extend([_checked(self._field, v) for v in values])
        self._owner._attach()

    MergeFrom = extend

    def __reduce__(self):
        return list, (list(self),)


class Mapped(dict):
    """A map field; a key that is missing is made when it is asked for, as messages do."""

    def __init__(self, field, owner, values=()):
        super().__init__(values)
        self._field, self._owner = field, owner

    def __missing__(self, key):
        self[key] = CLASSES[self._field.kind]() if self._field.is_message else _DEFAULTS[self._field.kind]
        self._owner._attach()
        return self[key]

    def get_or_create(self, key):
        return self[key]


class Message:
    """The base of all messages."""

    _fields, _numbers = {}, {}

    def __init__(self, *args, **kwargs):
        if args:
            raise TypeError("No positional arguments allowed")
        object.__setattr__(self, "_values", {})
        for name, value in kwargs.items():
            if value is not None:
                self._set(self._field(name), value)

    @classmethod
    def _field(cls, name):
        if name not in cls._fields:
            raise AttributeError("'%s' object has no attribute '%s'" % (cls.__name__, name))
        return cls._fields[name]

    def __getattr__(self, name):
        field = self._field(name)
        if field.name not in self._values:
            if field.repeated or field.mapped:
                self._values[name] = (Repeated if field.repeated else Mapped)(field, self)
            elif field.is_message:
                made = CLASSES[field.kind]()
                object.__setattr__(made, "_owner", (self, field))
                return made
            else:
                return _DEFAULTS[field.kind]
        return self._values[name]

    def __setattr__(self, name, value):
        field = self._field(name)
        if field.is_message or field.repeated:
            raise AttributeError('Assignment not allowed to %s field "%s" in protocol message object.' % ("repeated" if field.repeated else "message", name))
        self._set(field, value)

    def _set(self, field, value):
        if field.repeated:
            value = Repeated(field, self, value)
        elif field.mapped:
            value = Mapped(field, self, value)
        else:
            value = _checked(field, value)
        if field.group:
            for other in self._fields.values():
                if other.group == field.group and other is not field:
                    self._values.pop(other.name, None)
        self._values[field.name] = value
        self._attach()

    def _attach(self):
        """A message that was only looked at becomes part of its owner once something is set in it."""
        owner = self.__dict__.pop("_owner", None)
        if owner is not None:
            owner[0]._set(owner[1], self)

    def SetInParent(self):
        self._attach()

    def HasField(self, name):
        field = self._fields.get(name)
        if field is None or field.repeated:
            raise ValueError('Protocol message %s has no singular "%s" field.' % (type(self).__name__, name))
        return name in self._values

    def WhichOneof(self, group):
        return next((f.name for f in self._fields.values() if f.group == group and f.name in self._values), None)

    def ClearField(self, name):
        self._values.pop(self._field(name).name, None)

    def Clear(self):
        self._values.clear()

    def IsInitialized(self):
        return True

    def ListFields(self):
        """(a described field, value) of what is set."""
        fields = [f for f in sorted(self._fields.values(), key=lambda f: f.number) if self._values.get(f.name) not in (None, [], {})]
        return [(f, self._values[f.name]) for f in fields if f.repeated or f.mapped or f.group or f.is_message or self._values[f.name]]

    def CopyFrom(self, other):
        if type(other) is not type(self):
            raise TypeError("Parameter to MergeFrom() must be instance of same class: expected %s got %s." % (type(self).__name__, type(other).__name__))
        if other is not self:
            self.ParseFromString(other.SerializeToString())
            self._attach()

    def MergeFrom(self, other):
        self.MergeFromString(other.SerializeToString())
        self._attach()

    def __eq__(self, other):
        return type(self) is type(other) and self.SerializeToString() == other.SerializeToString()

    __hash__ = None

    def SerializeToString(self, deterministic=True):
        return b"".join(_encode(f, self._values[f.name]) for f in sorted(self._fields.values(), key=lambda f: f.number) if f.name in self._values)

    def ByteSize(self):
        return len(self.SerializeToString())

    def ParseFromString(self, data):
        self._values.clear()
        return self.MergeFromString(data)

    def MergeFromString(self, data):
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("a message is parsed from bytes, not %s" % type(data).__name__)
        try:
            self._parse(bytes(data), 0)
        except DecodeError:
            raise
        except (ValueError, struct.error, OverflowError) as error:
            raise DecodeError("Error parsing message %s: %s" % (type(self).__name__, error)) from None
        return len(data)

    def _parse(self, data, depth):
        if depth > 100:
            raise ValueError("messages lie too deep in one another")
        for number, value in wire.fields(data):
            field = self._numbers.get(number)
            if field is not None:
                if isinstance(value, bytes) != (field.is_message or field.kind in "sydf") and not (field.repeated and isinstance(value, bytes)):
                    raise ValueError("the field %s is of another kind" % field.name)
                _decode(self, field, value, depth + 1)

    @classmethod
    def FromString(cls, data):
        made = cls()
        made.ParseFromString(data)
        return made

    def __str__(self):
        return "".join(line + "\n" for line in _lines(self))

    __repr__ = __str__

    def __reduce__(self):
        return type(self).FromString, (self.SerializeToString(),)


def _checked(field, value):
    if field.is_message:
        if isinstance(value, dict):
            value = CLASSES[field.kind](**value)
        if not isinstance(value, CLASSES[field.kind]):
            raise TypeError("Parameter to initialize message field must be dict or instance of same class: expected %s got %s." % (field.kind, type(value)))
        return value
    if field.kind == "s":
        if not isinstance(value, (str, bytes)):
            raise TypeError("%r has type %s, but expected one of: bytes, str" % (value, type(value).__name__))
        return value.decode("utf-8") if isinstance(value, bytes) else value
    if field.kind == "y":
        if not isinstance(value, bytes):
            raise TypeError("%r has type %s, but expected one of: bytes" % (value, type(value).__name__))
        return value
    if isinstance(value, (str, bytes)):
        if field.kind == "t" and value in _TYPES:
            return _TYPES[value]
        raise TypeError("%r has type %s, but expected one of: int, float" % (value, type(value).__name__))
    if field.kind in "itb":
        value = int(value) if isinstance(value, dtypes.DType) else value
        if field.kind != "b" and int(value) != value:
            raise TypeError("%r has type %s, but expected one of: int" % (value, type(value).__name__))
        return bool(value) if field.kind == "b" else int(value)
    return float(value) if field.kind == "d" else struct.unpack("<f", struct.pack("<f", value))[0]


def _encode_one(field, value):
    if field.is_message:
        return wire.data(field.number, value.SerializeToString())
    if field.kind in "sy":
        return wire.data(field.number, value)
    if field.kind in "df":
        return (wire.double if field.kind == "d" else wire.float32)(field.number, value)
    return wire.varint(field.number << 3) + wire.varint(int(value))


def _encode(field, value):
    if field.mapped:
        whole = [wire.data(1, k) + _encode_one(field.value, value[k]) for k in sorted(value)]
        return b"".join(wire.data(field.number, one) for one in whole)
    if not field.repeated:
        return _encode_one(field, value) if field.group or field.is_message or value else b""
    if field.is_message or field.kind in "sy":
        return b"".join(_encode_one(field, v) for v in value)
    if not value:
        return b""
    packed = struct.pack("<%d%s" % (len(value), field.kind), *value) if field.kind in "df" else b"".join(wire.varint(int(v)) for v in value)
    return wire.data(field.number, packed)


def _scalar(field, value):
    if field.kind in "df":
        return struct.unpack("<" + field.kind, value)[0]
    return bool(value) if field.kind == "b" else wire.signed(value)


def _unpacked(field, value):
    if not isinstance(value, bytes):
        return [_scalar(field, value)]
    if field.kind in "df":
        size = 8 if field.kind == "d" else 4
        return list(struct.unpack("<%d%s" % (len(value) // size, field.kind), value))
    at, found = 0, []
    while at < len(value):
        number, at = wire.read_varint(value, at)
        found.append(_scalar(field, number))
    return found


def _parsed(kind, value, depth):
    made = CLASSES[kind]()
    made._parse(value, depth)
    return made


def _decode(message, field, value, depth):
    if field.mapped:
        pair = dict(wire.fields(value))
        made = CLASSES["_Pair" + field.kind]() if not field.is_message else None
        if made is not None:
            made._parse(value, depth)
            dict.__setitem__(getattr(message, field.name), made.key, made.value)
        else:
            if not all(isinstance(part, bytes) for part in (pair.get(1, b""), pair.get(2, b""))):
                raise ValueError("an entry of the map %s is of another kind" % field.name)
            key = pair.get(1, b"").decode("utf-8", "replace")
            dict.__setitem__(getattr(message, field.name), key, _parsed(field.kind, pair.get(2, b""), depth))
    elif field.is_message:
        if field.repeated:
            list.append(getattr(message, field.name), _parsed(field.kind, value, depth))
        elif field.name in message._values:
            message._values[field.name]._parse(value, depth)
        else:
            message._set(field, _parsed(field.kind, value, depth))
    elif field.kind in "sy":
        made = value.decode("utf-8", "replace") if field.kind == "s" else value
        if field.repeated:
            list.append(getattr(message, field.name), made)
        else:
            message._set(field, made)
    elif field.repeated:
        list.extend(getattr(message, field.name), _unpacked(field, value))
    else:
        message._set(field, _scalar(field, value))


def _quoted(value):
    value = value.encode() if isinstance(value, str) else value
    special = {10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 39: "\\'", 92: "\\\\"}
    return '"' + "".join(special.get(b) or (chr(b) if 32 <= b < 127 else "\\%03o" % b) for b in value) + '"'


def _text_of(field, value):
    if field.kind in "sy":
        return _quoted(value)
    if field.kind == "t":
        return type_name(value)
    if field.kind == "b":
        return "true" if value else "false"
    return repr(value)


def _lines(message):
    for field in message._fields.values():
        if field.name not in message._values:
            continue
        value = message._values[field.name]
        if field.mapped:
            for key in sorted(value):
                if field.is_message:
                    inside = ["  value {", *("    " + line for line in _lines(value[key])), "  }"]
                else:
                    inside = ["  value: " + _text_of(field, value[key])]
                yield from [field.name + " {", "  key: " + _quoted(key), *inside, "}"]
            continue
        for one in value if field.repeated else [value]:
            if field.is_message:
                yield from [field.name + " {", *("  " + line for line in _lines(one)), "}"]
            elif field.repeated or field.group or one:
                yield field.name + ": " + _text_of(field, one)


def type_name(number):
    """A tensor's type as messages write it: DT_FLOAT; DT_FLOAT_REF from 100 on."""
    low = number % 100
    name = {0: "INVALID", 1: "FLOAT", 2: "DOUBLE", 19: "HALF"}.get(low) or (dtypes._NAMES[low].upper() if low in dtypes._NAMES else None)
    return str(number) if name is None else "DT_" + name + ("_REF" if number > 100 else "")


_TYPES = {type_name(n): n for base in (0, 100) for n in range(base, base + 24)}
CLASSES = {}


def make(table):
    """Adds the classes of a table."""
    for line in table.strip().replace("\\\n", "").splitlines():
        name, _, rest = line.partition(":")
        fields = [_Field(text.strip()) for text in rest.split(",") if text.strip()]
        CLASSES[name] = type(name.rpartition(".")[2], (Message,), {"__doc__": "TensorFlow's message %s: its fields are attributes." % name, "_fields": {f.name: f for f in fields}, "_numbers": {f.number: f for f in fields}})
    for name, made in CLASSES.items():
        owner, _, short = name.rpartition(".")
        if owner:
            setattr(CLASSES[owner], short, made)


make(_TABLE)
for _kind, _words in (("SessionLog", "STATUS_UNSPECIFIED START STOP CHECKPOINT"), ("LogMessage", "UNKNOWN DEBUGGING")):
    for _number, _word in enumerate(_words.split()):
        setattr(CLASSES[_kind], _word, _number)
for _number, _word in ((20, "INFO"), (30, "WARN"), (40, "ERROR"), (50, "FATAL")):
    setattr(CLASSES["LogMessage"], _word, _number)
