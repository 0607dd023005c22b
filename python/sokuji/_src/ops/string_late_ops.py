"""tf.strings of 2.x: pieces as ragged tensors, characters of texts, n-grams, formats, hashes; and tf.lookup's tables."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import convert, invalid, refuse, run, sizes, tensor
from sokuji._src.ops import print_ops, string_hashes, string_ops
from sokuji._src.ops.ragged import RaggedTensor


def _ragged_of(rows, shape, dtype):
    """For each element of a tensor a row: a tensor for a scalar, else a ragged tensor."""
    if shape == ():
        return convert(rows[0], dtype._number) if rows[0] else run("Reshape", convert([], dtype._number), sizes([0]))
    flat = [item for row in rows for item in row]
    values = convert(flat, dtype._number) if flat else run("Reshape", convert([], dtype._number), sizes([0]))
    made = RaggedTensor.from_row_lengths(values, [len(row) for row in rows])
    for size in reversed(shape[1:]):
        made = RaggedTensor.from_uniform_row_length(made, size)
    return made


def _each(input, function, dtype=dtypes.string):
    if isinstance(input, RaggedTensor):
        return input.with_flat_values(_each(input.flat_values, function, dtype))
    t = tensor(input)
    if t.dtype != dtypes.string:
        raise invalid("a string tensor is expected, not %s" % t.dtype.name)
    return _ragged_of([function(item) for item in t._strings()], t._shape_tuple, dtype)


def split(input, sep=None, maxsplit=-1, name=None):
    """The words of strings, as ragged rows."""
    by = None if sep in (None, "", b"") else sep if isinstance(sep, bytes) else sep.encode()
    rest = lambda parts: parts + [b""] if by is None and 0 < maxsplit == len(parts) else parts  # noqa: E731  (what is left, even if empty)
    return _each(input, lambda item: rest(item.split(by, maxsplit)))


def bytes_split(input, name=None):
    """The bytes of strings, as ragged rows."""
    return _each(input, lambda item: [item[i : i + 1] for i in range(len(item))])


# ---- characters ----

_ENCODINGS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}


def _encoding(name, what="encoding"):
    known = {**_ENCODINGS, "UTF8": "utf-8", "UTF-16": "utf-16", "US-ASCII": "ascii", "ISO-8859-1": "latin-1", "LATIN1": "latin-1"}
    if name not in known:
        try:
            import codecs

            return codecs.lookup(name).name
        except LookupError:
            raise invalid("Could not create converter for input encoding: %s" % name) from None
    return known[name]


def _text(item, encoding, how, replacement):
    if how not in ("replace", "ignore", "strict"):
        raise ValueError("errors is %r; it can be 'replace', 'ignore' or 'strict'" % (how,))
    try:
        return item.decode(encoding, "strict")
    except UnicodeDecodeError:
        if how == "strict":
            raise invalid("Invalid formatting on input string") from None
        text = item.decode(encoding, how)
        return text.replace("\ufffd", chr(replacement)) if how == "replace" else text


def unicode_decode(input, input_encoding, errors="replace", replacement_char=65533, replace_control_characters=False, name=None):
    """Code points of strings, as ragged rows."""
    refuse("tf.strings.unicode_decode", "call tf.strings.regex_replace", replace_control_characters=replace_control_characters)
    encoding = _encoding(input_encoding)
    return _each(input, lambda item: [ord(c) for c in _text(item, encoding, errors, replacement_char)], dtypes.int32)


def _starts(item, encoding, how, replacement):
    text, at, made = _text(item, encoding, how, replacement), 0, []
    for c in text:
        made.append(at)
        at += len(c.encode(encoding)) if c != chr(replacement) or encoding != "utf-8" or item[at : at + 3] == c.encode() else 1
    return made


def unicode_decode_with_offsets(input, input_encoding, errors="replace", replacement_char=65533, replace_control_characters=False, name=None):
    """(code points, the bytes at which each begins), as ragged rows."""
    encoding = _encoding(input_encoding)
    return (unicode_decode(input, input_encoding, errors, replacement_char, replace_control_characters),
            _each(input, lambda item: _starts(item, encoding, errors, replacement_char), dtypes.int64))  # fmt: skip


def unicode_split(input, input_encoding, errors="replace", replacement_char=65533, name=None):
    """The characters of strings, as ragged rows."""
    encoding = _encoding(input_encoding)
    return _each(input, lambda item: [c.encode(encoding) for c in _text(item, encoding, errors, replacement_char)])


def unicode_split_with_offsets(input, input_encoding, errors="replace", replacement_char=65533, name=None):
    """(characters, the bytes at which each begins), as ragged rows."""
    encoding = _encoding(input_encoding)
    return unicode_split(input, input_encoding, errors, replacement_char), _each(input, lambda item: _starts(item, encoding, errors, replacement_char), dtypes.int64)


def _encoded(points, encoding, how, replacement):
    out = []
    for p in points:
        if not 0 <= p < 0x110000 or 0xD800 <= p < 0xE000:
            if how == "strict":
                raise invalid("Code point is out of range for Unicode, or a noncharacter: %d" % p)
            if how == "ignore":
                continue
            p = replacement
        out.append(chr(p))
    return "".join(out).encode(encoding)


def unicode_encode(input, output_encoding, errors="replace", replacement_char=65533, name=None):
    """Strings of code points."""
    if output_encoding not in _ENCODINGS:
        raise ValueError("output_encoding must be one of UTF-8, UTF-16-BE, UTF-32-BE; it is %r" % (output_encoding,))
    encode = lambda row: _encoded(row, _ENCODINGS[output_encoding], errors, replacement_char)  # noqa: E731
    if isinstance(input, RaggedTensor):
        if input.ragged_rank > 1:
            return input.with_values(unicode_encode(input.values, output_encoding, errors, replacement_char))
        return convert([encode(row) for row in input.to_list()], 7)
    points = np.asarray(tensor(input))
    made = [encode(row.tolist()) for row in points.reshape(-1, points.shape[-1])]
    return run("Reshape", convert(made, 7), sizes(points.shape[:-1]) if points.ndim > 1 else convert(np.zeros(0, np.int32), 0))


def unicode_transcode(input, input_encoding, output_encoding, errors="replace", replacement_char=65533, replace_control_characters=False, name=None):
    """Strings in another encoding."""
    source, to = _encoding(input_encoding), _ENCODINGS.get(output_encoding)
    if to is None:
        raise ValueError("output_encoding must be one of UTF-8, UTF-16-BE, UTF-32-BE; it is %r" % (output_encoding,))

    def one(item):
        text = _text(item, source, errors, replacement_char)
        if replace_control_characters:
            text = "".join(chr(replacement_char) if ord(c) < 32 and c not in "\t\n\r" else c for c in text)
        return text.encode(to)

    return string_ops._each(one, input)


_SCRIPTS = {"LATIN": 25, "GREEK": 14, "CYRILLIC": 8, "ARMENIAN": 3, "HEBREW": 19, "ARABIC": 2, "DEVANAGARI": 10, "BENGALI": 4, "THAI": 38, "GEORGIAN": 12,
            "HANGUL": 18, "HIRAGANA": 20, "KATAKANA": 22, "CJK": 17, "TAMIL": 35, "TELUGU": 36}  # fmt: skip


def unicode_script(input, name=None):
    """The number of the script of each code point."""
    import unicodedata

    def one(point):
        if not 0 <= point < 0x110000:
            return -1
        c = chr(point)
        if not c.isalpha():
            return 0 if unicodedata.category(c) != "Cn" else 103
        words = unicodedata.name(c, "").split(" ")
        if words[0] not in _SCRIPTS:
            raise NotImplementedError("not implemented: tf.strings.unicode_script of %r" % c)
        return _SCRIPTS[words[0]]

    t = tensor(input)
    return convert(np.array([one(p) for p in np.asarray(t).ravel().tolist()], np.int32).reshape(t._shape_tuple), 0)


def substr(input, pos, len, unit="BYTE", name=None):
    """len characters (or bytes) of each string from pos on."""
    if unit == "BYTE" and tensor(input)._shape_tuple == tensor(pos)._shape_tuple or tensor(pos)._shape_tuple == () and unit == "BYTE":
        return run("Substr", tensor(input), tensor(pos), tensor(len))
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise ValueError("unit is %r; it can be 'BYTE' or 'UTF8_CHAR'" % (unit,))
    t = tensor(input)
    if tensor(pos)._shape_tuple != tensor(len)._shape_tuple:
        raise invalid("pos and len must have the same shape, got: %s and %s" % (tensor(pos)._shape_tuple, tensor(len)._shape_tuple))
    items, at, n = np.broadcast_arrays(np.array(t._strings() + [None], object)[:-1].reshape(t._shape_tuple), np.asarray(tensor(pos)), np.asarray(tensor(len)))
    made = []
    for item, a, k in zip(items.ravel().tolist(), at.ravel().tolist(), n.ravel().tolist()):
        text = item.decode("utf-8" if unit == "UTF8_CHAR" else "latin-1", "replace")
        if not -text.__len__() <= a <= text.__len__():
            raise invalid("pos %d out of range for string %r" % (a, item))
        begin = a if a >= 0 else a + text.__len__()
        made.append(text[begin : begin + k].encode("utf-8" if unit == "UTF8_CHAR" else "latin-1"))
    return run("Reshape", convert(made, 7), sizes(items.shape) if items.shape else convert(np.zeros(0, np.int32), 0))


# ---- made of strings ----


def _grams(row, widths, separator, pads, padding_width, preserve):
    made = []
    for n in widths:
        k = (n - 1 if padding_width is None or padding_width < 0 else min(padding_width, n - 1)) if pads else 0
        items = [pads[0]] * k + row + [pads[1]] * k if pads else row
        grams = [separator.join(items[i : i + n]) for i in range(len(items) - n + 1)]
        made += grams if grams or not preserve or not row else [separator.join(items)]
    return made


def ngrams(data, ngram_width, separator=" ", pad_values=None, padding_width=None, preserve_short_sequences=False, name=None):
    """Neighbouring strings joined, ngram_width of them at a time."""
    widths = [int(n) for n in (ngram_width if isinstance(ngram_width, (list, tuple)) else [ngram_width])]
    if not widths or min(widths) < 1:
        raise ValueError("All ngram_widths must be greater than 0. Received: ngram_width=%s" % (ngram_width,))
    as_bytes = lambda v: v if isinstance(v, bytes) else v.encode()  # noqa: E731
    pads = None if pad_values is None else [as_bytes(v) for v in (pad_values if isinstance(pad_values, (list, tuple)) else (pad_values, pad_values))]
    more = widths, as_bytes(separator), pads, padding_width, preserve_short_sequences
    if isinstance(data, RaggedTensor):
        rows = [_grams(row, *more) for row in data.to_list()]
        return _ragged_of(rows, (len(rows),), dtypes.string)
    t = tensor(data)
    if t.ndim == 1:
        return _ragged_of([_grams(t._strings(), *more)], (), dtypes.string)
    items = t._strings()
    width = t._shape_tuple[-1]
    rows = [_grams(items[i : i + width], *more) for i in range(0, len(items), width)]
    made = _ragged_of(rows, t._shape_tuple[:-1], dtypes.string)
    return made.to_tensor(b"") if isinstance(made, RaggedTensor) else made


def format_(template, inputs, placeholder="{}", summarize=3, name=None):
    """The template with tensors in place of each placeholder."""
    inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    parts = template.split(placeholder)
    if len(parts) - 1 != len(inputs):
        raise ValueError("%d placeholder(s) in template does not match %d tensor(s) provided as input" % (len(parts) - 1, len(inputs)))
    shown = [print_ops.tensor_text(tensor(v), summarize) for v in inputs]
    return convert("".join(a + b for a, b in zip(parts, shown + [""])), 7)


def unsorted_segment_join(inputs, segment_ids, num_segments, separator="", name=None):
    """The strings of each segment put together."""
    items, ids, n = tensor(inputs)._strings(), np.asarray(tensor(segment_ids)).ravel().tolist(), int(num_segments)
    rows = [[] for _ in range(n)]
    for item, k in zip(items, ids):
        if k >= n:
            raise invalid("unsorted_segment_join: the id %d is outside [0, %d)" % (k, n))
        if k >= 0:
            rows[k].append(item)
    by = separator if isinstance(separator, bytes) else separator.encode()
    return convert([by.join(row) for row in rows], 7)


# ---- hashes ----


def _buckets(function):
    def to_bucket(input, num_buckets, name=None):
        """The bucket of each string, by a hash."""
        if int(num_buckets) <= 0:
            raise invalid("num_buckets is %d; it must be positive" % int(num_buckets))
        if isinstance(input, RaggedTensor):
            return input.with_flat_values(to_bucket(input.flat_values, num_buckets))
        return string_ops._each(lambda item: function(item) % int(num_buckets), input, dtypes.int64)

    return to_bucket


to_hash_bucket, to_hash_bucket_fast = _buckets(string_hashes.hash64), _buckets(string_hashes.fingerprint)


def to_hash_bucket_strong(input, num_buckets, key, name=None):
    """Bucket numbers by SipHash with a key of two numbers."""
    if len(key) != 2:
        raise invalid("Key must have 2 elements; it has %d" % len(key))
    return _buckets(lambda item: string_hashes.siphash([int(k) for k in key], item))(input, num_buckets)


# ---- tables ----


class KeyValueTensorInitializer:
    """What a table begins with: keys and values."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self.keys, self.values = tensor(keys, key_dtype), tensor(values, value_dtype)
        if self.keys._shape_tuple != self.values._shape_tuple:
            raise invalid("the keys are %s, the values %s" % (self.keys._shape_tuple, self.values._shape_tuple))

    key_dtype = property(lambda self: self.keys.dtype)
    value_dtype = property(lambda self: self.values.dtype)


class TextFileIndex:
    """What of a line of a text file a table takes."""

    WHOLE_LINE, LINE_NUMBER = -2, -1


class TextFileInitializer(KeyValueTensorInitializer):
    """Keys and values from the lines of a file."""

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter="\t", name=None, value_index_offset=0):
        with open(filename, "rb") as file:
            lines = file.read().split(b"\n")
        lines = lines[:-1] if lines and lines[-1] == b"" else lines
        lines = lines if vocab_size is None else lines[:vocab_size]

        def column(index, dtype):
            kind = dtypes.as_dtype(dtype)
            if index == TextFileIndex.LINE_NUMBER:
                return convert(list(range(value_index_offset, value_index_offset + len(lines))), kind._number)
            items = lines if index == TextFileIndex.WHOLE_LINE else [line.split(delimiter.encode())[index] for line in lines]
            return convert(items if kind == dtypes.string else [int(v) if kind.is_integer else float(v) for v in items], kind._number)

        super().__init__(column(key_index, key_dtype), column(value_index, value_dtype))


class StaticHashTable:
    """Values by their keys; the default for what is not there."""

    def __init__(self, initializer, default_value, name=None, experimental_is_anonymous=False):
        self._initializer, self.name = initializer, name or "hash_table"
        self._default = convert(default_value, initializer.value_dtype._number)
        self._held = {}
        for key, value in zip(_items(initializer.keys), _items(initializer.values)):
            if self._held.get(key, value) != value:
                raise errors.FailedPreconditionError(None, None, "HashTable has different value for same key. Key %r has %r and trying to add value %r" % (key, self._held[key], value))
            self._held[key] = value

    key_dtype = property(lambda self: self._initializer.key_dtype)
    value_dtype = property(lambda self: self._initializer.value_dtype)
    default_value = property(lambda self: self._default)
    resource_handle = property(lambda self: self)

    def size(self, name=None):
        return convert(len(self._held), 9)

    def _rows(self, values):
        """The values of keys: numbers, strings or, where the default is a vector, vectors."""
        return np.asarray(values).reshape(-1, *self._default._shape_tuple).tolist() if self._default.ndim else _items(values)

    def _shaped(self, made, t):
        flat = convert(np.array(made, self.value_dtype.as_numpy_dtype).reshape(-1, *self._default._shape_tuple), self.value_dtype._number) if self._default.ndim else convert(made, self.value_dtype._number)
        whole = (*t._shape_tuple, *self._default._shape_tuple)
        return run("Reshape", flat, sizes(whole) if whole else convert(np.zeros(0, np.int32), 0))

    def _found(self, keys):
        default = self._rows(self._default)[0]
        t = tensor(keys)
        if t.dtype != self.key_dtype:
            raise TypeError("Dtype of argument `keys` must be %s, received: %s" % (self.key_dtype.name, t.dtype.name))
        return self._shaped([self._held.get(key, default) for key in _items(t)], t)

    def lookup(self, keys, name=None):
        if isinstance(keys, RaggedTensor):
            return keys.with_flat_values(self.lookup(keys.flat_values))
        if hasattr(keys, "dense_shape"):
            return keys.with_values(self.lookup(keys.values))
        if isinstance(keys, _core.SymbolicTensor):
            return _core.py_call(lambda tensors: [self._found(tensors[0])], "LookupTableFind", True, [keys], [(self.value_dtype._number, (*keys._shape_tuple, *self._default._shape_tuple))])[0]
        return self._found(keys)

    __getitem__ = lookup

    def export(self, name=None):
        return convert(list(self._held), self.key_dtype._number), convert(list(self._held.values()), self.value_dtype._number)


def _items(t):
    return t._strings() if t.dtype == dtypes.string else np.asarray(t).ravel().tolist()


class MutableHashTable(StaticHashTable):
    """A table from keys to values that may change."""

    def __init__(self, key_dtype, value_dtype, default_value, name="MutableHashTable", checkpoint=True, experimental_is_anonymous=False):
        self._kinds = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        self._default, self._held, self.name = convert(default_value, self._kinds[1]._number), {}, name

    key_dtype = property(lambda self: self._kinds[0])
    value_dtype = property(lambda self: self._kinds[1])

    def insert(self, keys, values, name=None):
        k, v = convert(keys, self._kinds[0]._number), convert(values, self._kinds[1]._number)
        if (*k._shape_tuple, *self._default._shape_tuple) != v._shape_tuple:
            raise invalid("the keys are %s, the values %s" % (k._shape_tuple, v._shape_tuple))
        self._held.update(zip(_items(k), self._rows(v)))

    def remove(self, keys, name=None):
        for key in _items(convert(keys, self._kinds[0]._number)):
            self._held.pop(key, None)

    erase = remove

    def lookup(self, keys, dynamic_default_values=None, name=None):
        """The values of keys; for those that are not there the table's default, or the given values, one for all or one for each key."""
        if dynamic_default_values is None:
            return super().lookup(keys if hasattr(keys, "dtype") else convert(keys, self._kinds[0]._number))
        t = convert(keys, self._kinds[0]._number)
        given = self._rows(convert(dynamic_default_values, self._kinds[1]._number))
        if len(given) not in (1, t._size):
            raise invalid("lookup: there are %d dynamic_default_values for %d keys; one or one for each is wanted" % (len(given), t._size))
        return self._shaped([self._held.get(key, default) for key, default in zip(_items(t), given if len(given) == t._size else given * t._size)], t)

    __getitem__ = lookup


class DenseHashTable(MutableHashTable):
    """A table from keys to values that may change; two keys are reserved."""

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, deleted_key, initial_num_buckets=None, name="MutableDenseHashTable", checkpoint=True,
                 experimental_is_anonymous=False):  # fmt: skip
        super().__init__(key_dtype, value_dtype, default_value, name)
        self._refused = {_items(convert(k, self._kinds[0]._number))[0] for k in (empty_key, deleted_key)}

    def insert(self, keys, values, name=None):
        if self._refused & set(_items(convert(keys, self._kinds[0]._number))):
            raise invalid("Using the empty_key or deleted_key as a table key is not allowed")
        super().insert(keys, values)


def MutableDenseHashTable_1(key_dtype, value_dtype, default_value, empty_key, initial_num_buckets=None, name="MutableDenseHashTable", checkpoint=True):
    """1.x's, which forgets nothing and so has no deleted key."""
    return DenseHashTable(key_dtype, value_dtype, default_value, empty_key, empty_key, name=name)


class StaticVocabularyTable:
    """Numbers of a vocabulary's words; others by their hash in the buckets after it."""

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None, experimental_is_anonymous=False):
        if int(num_oov_buckets) <= 0:
            raise ValueError("num_oov_buckets must be greater than 0; use StaticHashTable instead.")
        if initializer is not None and initializer.value_dtype != dtypes.int64:
            raise TypeError("Invalid `value_dtype`, expected %r but got %r." % (dtypes.int64, initializer.value_dtype))
        self._table = None if initializer is None else StaticHashTable(initializer, -1)
        self._n = int(num_oov_buckets)
        self._key = dtypes.as_dtype(lookup_key_dtype) if lookup_key_dtype is not None else dtypes.string if initializer is None else initializer.key_dtype

    key_dtype, value_dtype = property(lambda self: self._key), property(lambda self: dtypes.int64)

    def size(self, name=None):
        return convert((0 if self._table is None else len(self._table._held)) + self._n, 9)

    def lookup(self, keys, name=None):
        if isinstance(keys, RaggedTensor):
            return keys.with_flat_values(self.lookup(keys.flat_values))
        t, known = tensor(keys), {} if self._table is None else self._table._held
        bucket = lambda key: len(known) + string_hashes.fingerprint(key if isinstance(key, bytes) else str(key).encode()) % self._n  # noqa: E731
        made = [known[key] if key in known else bucket(key) for key in _items(t)]
        return run("Reshape", convert(made, 9), sizes(t._shape_tuple) if t.ndim else convert(np.zeros(0, np.int32), 0))

    __getitem__ = lookup


# ---- bytes ----


def decode_compressed(bytes, compression_type="", name=None):
    """Strings inflated ("ZLIB", "GZIP")."""
    import zlib

    kinds = {"": None, "ZLIB": 15, "GZIP": 31}
    if compression_type not in kinds:
        raise ValueError("compression_type is %r; it can be '', 'ZLIB' or 'GZIP'" % (compression_type,))

    def one(item):
        try:
            return item if compression_type == "" else zlib.decompress(item, kinds[compression_type])
        except zlib.error as error:
            raise errors.DataLossError(None, None, "decode_compressed: %s" % error) from None

    return string_ops._each(one, bytes)


def decode_json_example(json_examples, name=None):
    """Serialized Examples of their JSON forms: numbers one by one, as TensorFlow's converter writes them."""
    import base64
    import json
    import struct

    def varint(n):
        n &= 2**64 - 1
        made = b""
        while n > 127:
            made, n = made + bytes([n & 127 | 128]), n >> 7
        return made + bytes([n])

    field = lambda number, body: bytes([number << 3 | 2]) + varint(len(body)) + body  # noqa: E731
    lists = {"bytesList": (1, lambda v: field(1, base64.b64decode(v))), "floatList": (2, lambda v: b"\x0d" + struct.pack("<f", float(v))),
             "int64List": (3, lambda v: b"\x08" + varint(int(v)))}  # fmt: skip
    lists.update({name: lists[kind] for name, kind in (("bytes_list", "bytesList"), ("float_list", "floatList"), ("int64_list", "int64List"))})

    def one(item):
        try:
            features = json.loads(item)["features"]["feature"]
            made = b""
            for key, value in features.items():
                ((kind, held),) = value.items()
                number, take = lists[kind]
                feature = field(number, b"".join(take(v) for v in held.get("value", [])))
                made += field(1, field(1, key.encode()) + field(2, feature))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise invalid("Error while parsing JSON: %s" % error) from None
        return field(1, made)

    return string_ops._each(one, json_examples)


def _cased(op, change):
    def function(input, encoding="", name=None):
        """Strings in the case of that name; encoding "utf-8" for more than ASCII."""
        if encoding not in ("", "utf-8"):
            raise ValueError("encoding is %r; it can be '' or 'utf-8'" % (encoding,))
        if encoding == "":
            return getattr(string_ops, op)(input)
        return string_ops._each(lambda item: change(item.decode("utf-8", "replace")).encode(), input)

    function.__name__ = op
    return function


STRINGS_2 = {name: globals()[name] for name in """split bytes_split unicode_decode unicode_decode_with_offsets unicode_split unicode_split_with_offsets unicode_encode
    unicode_transcode unicode_script substr ngrams unsorted_segment_join to_hash_bucket to_hash_bucket_fast to_hash_bucket_strong""".split()}  # fmt: skip
STRINGS_2.update(format=format_, lower=_cased("lower", str.lower), upper=_cased("upper", str.upper))
LOOKUP = {name: globals()[name] for name in "KeyValueTensorInitializer TextFileIndex TextFileInitializer StaticHashTable StaticVocabularyTable".split()}
LOOKUP_EXPERIMENTAL = {"MutableHashTable": MutableHashTable, "DenseHashTable": DenseHashTable}
IO_2 = {"decode_compressed": decode_compressed, "decode_json_example": decode_json_example}
