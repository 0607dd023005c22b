"""Strings: splitting, base64, raw bytes, regular expressions, and the few file functions that read and write one tensor."""

import re

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, invalid, run, sizes, tensor
from sokuji._src.ops import math_ops, sparse_ops


def _each(function, value, dtype=dtypes.string):
    """The function of every element (bytes), in a tensor of the same shape."""
    t = tensor(value, dtypes.string)
    if t.dtype != dtypes.string:
        raise invalid("a string tensor is expected, not %s" % t.dtype.name)
    made = tensor([function(item) for item in t._strings()] or [], dtype)
    return run("Reshape", made, sizes(t._shape_tuple))


def encode_base64(input, pad=False, name=None):
    """The web-safe alphabet, without padding unless asked for."""

    def one(item):
        from base64 import urlsafe_b64encode

        text = urlsafe_b64encode(item)
        return text if pad else text.rstrip(b"=")

    return _each(one, input)


def decode_base64(input, name=None):
    """The bytes of web-safe base64 strings."""
    def one(item):
        stripped = item.rstrip(b"=")
        if not re.fullmatch(rb"[A-Za-z0-9_-]*", stripped) or len(stripped) % 4 == 1:
            raise invalid("DecodeBase64: %r is no web-safe base64" % item[:40])
        from base64 import urlsafe_b64decode

        return urlsafe_b64decode(stripped + b"=" * (-len(stripped) % 4))

    return _each(one, input)


def _decode_raw(bytes, out_type, little_endian):
    t, dtype = tensor(bytes), dtypes.as_dtype(out_type)
    if t.dtype != dtypes.string:
        raise invalid("DecodeRaw: bytes is %s where string is expected" % t.dtype.name)
    items, size = t._strings(), dtype.size
    lengths = {len(item) for item in items}
    if len(lengths) > 1:
        raise invalid("DecodeRaw: the strings differ in length: %s" % sorted(lengths))
    length = lengths.pop() if lengths else 0
    if length % size:
        raise invalid("DecodeRaw: a string has %d bytes, no multiple of %d, the size of %s" % (length, size, dtype.name))
    array = np.frombuffer(b"".join(items), np.dtype(dtype.as_numpy_dtype).newbyteorder("<" if little_endian else ">"))
    return tensor(array.astype(dtype.as_numpy_dtype).reshape(t._shape_tuple + (length // size,)))


def decode_raw(bytes, out_type, little_endian=True, name=None):
    """The bytes of every string as numbers, along a new last axis."""
    return _decode_raw(bytes, out_type, little_endian)


def decode_raw_2(input_bytes, out_type, little_endian=True, fixed_length=None, name=None):
    """The bytes of every string as numbers, along a new last axis."""
    if fixed_length is not None:
        input_bytes = _each(lambda item: item[:fixed_length].ljust(fixed_length, b"\0"), input_bytes)
    return _decode_raw(input_bytes, out_type, little_endian)


def _rewritten(rewrite, found):
    """A function of a match: RE2's \\1 is the group, nothing where there is none."""
    parts = re.split(rb"\\(\d|\\)", rewrite)
    group = lambda match, part: part if part == b"\\" else int(part) <= found.groups and match[int(part)] or b""  # noqa: E731
    return lambda match: b"".join(part if i % 2 == 0 else group(match, part) for i, part in enumerate(parts))


_POSIX = {b"alnum": b"0-9A-Za-z", b"alpha": b"A-Za-z", b"ascii": b"\\x00-\\x7f", b"blank": b"\\t ", b"cntrl": b"\\x00-\\x1f\\x7f", b"digit": b"0-9", b"graph": b"!-~",
          b"lower": b"a-z", b"print": b" -~", b"punct": b"!-/:-@\\[-`{-~", b"space": b"\\t\\n\\v\\f\\r ", b"upper": b"A-Z", b"word": b"0-9A-Za-z_", b"xdigit": b"0-9A-Fa-f"}  # fmt: skip


def _pattern(pattern):
    text = pattern if isinstance(pattern, bytes) else pattern.encode() if isinstance(pattern, str) else tensor(pattern).numpy()
    try:
        return re.compile(re.sub(rb"\[:([a-z]+):\]", lambda m: _POSIX.get(m[1], m[0]), text))
    except re.error as error:
        raise invalid("Invalid pattern: %r, error: %s" % (text, error)) from None


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    """Matches of the pattern replaced. The pattern is Python's, whose common part with RE2 is what programs use."""
    found = _pattern(pattern)
    new = _rewritten(rewrite if isinstance(rewrite, bytes) else rewrite.encode() if isinstance(rewrite, str) else tensor(rewrite).numpy(), found)
    return _each(lambda item: found.sub(new, item, count=0 if replace_global else 1), input)


def regex_full_match(input, pattern, name=None):
    """Whether the whole string matches the pattern."""
    found = _pattern(pattern)
    return _each(lambda item: found.fullmatch(item) is not None, input, dtypes.bool)


def string_split(source, delimiter=" ", skip_empty=True):
    """A SparseTensor of the pieces: each byte of the delimiter splits, an empty one splits into bytes."""
    t = tensor(source, dtypes.string)
    if len(t._shape_tuple) != 1:
        raise invalid("StringSplit: source is %s; it must have one dimension" % (t._shape_tuple,))
    by = delimiter if isinstance(delimiter, (bytes, str)) else tensor(delimiter).numpy()
    if isinstance(by, np.ndarray):
        raise invalid("StringSplit: delimiter must be a scalar, its shape is %s" % (by.shape,))
    by = by.encode() if isinstance(by, str) else by
    rows = []
    for item in t._strings():
        pieces = [item[i : i + 1] for i in range(len(item))] if not by else re.split(b"[" + re.escape(by) + b"]", item)
        rows.append([piece for piece in pieces if piece or not skip_empty])
    return _ragged_rows(rows)


def _ragged_rows(rows):
    places = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    values = [piece for row in rows for piece in row]
    return sparse_ops.SparseTensor(np.array(places, np.int64).reshape(-1, 2), tensor(values, dtypes.string),
                               np.array([len(rows), max((len(row) for row in rows), default=0)], np.int64))  # fmt: skip


def read_file(filename, name=None):
    """The whole file as one string."""
    from sokuji._src.core import errors

    path = tensor(filename).numpy()
    try:
        with open(path, "rb") as file:
            return tensor(file.read(), dtypes.string)
    except FileNotFoundError:
        raise errors.NotFoundError(None, None, "%s; No such file or directory" % path.decode("utf-8", "replace")) from None
    except OSError as error:
        raise errors.FailedPreconditionError(None, None, "%s; %s" % (path.decode("utf-8", "replace"), error.strerror)) from None


def write_file(filename, contents, name=None):
    """Makes the folders on the way, and the file anew."""
    import os

    path = tensor(filename).numpy()
    os.makedirs(os.path.dirname(path) or b".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(tensor(contents).numpy())


def matching_files(pattern, name=None):
    """The files that match, sorted."""
    import glob

    patterns = np.asarray(tensor(pattern).numpy(), object).ravel().tolist()
    return tensor(sorted({path for one in patterns for path in glob.glob(one)}), dtypes.string)


def _strip(input, name=None):
    """Strings without white space at their ends."""
    return run("StringStrip", tensor(input))


def length_2(input, unit="BYTE", name=None):
    """The strings' lengths, in bytes or characters."""
    return execute("StringLength", [tensor(input)], {"unit": unit})


def lower(input, encoding="", name=None):
    return execute("StringLower", [tensor(input)], {"encoding": encoding})


def upper(input, encoding="", name=None):
    return execute("StringUpper", [tensor(input)], {"encoding": encoding})


def to_number(input, out_type=dtypes.float32, name=None):
    """Numbers of strings; InvalidArgumentError where one is none."""
    return execute("StringToNumber", [tensor(input)], {"out_type": dtypes.as_dtype(out_type)})


def join(inputs, separator="", name=None):
    """Strings of several tensors put together, elementwise."""
    return math_ops.string_join(inputs, separator)


def reduce_join(inputs, axis=None, keep_dims=False, separator="", name=None, reduction_indices=None):
    """Without an axis all are joined, the last axis first."""
    t = tensor(inputs)
    axes = reduction_indices if axis is None else axis
    axes = list(range(len(t._shape_tuple)))[::-1] if axes is None else axes
    return execute("ReduceJoin", [t, tensor(axes, dtypes.int32)], {"keep_dims": bool(keep_dims), "separator": separator})


def reduce_join_2(inputs, axis=None, keepdims=False, separator="", name=None):
    """Strings put together over axes."""
    t = tensor(inputs)
    axes = list(range(len(t._shape_tuple)))[::-1] if axis is None else axis
    if t._shape_tuple == (0,):
        return convert([""] if keepdims else "", 7)
    return execute("ReduceJoin", [t, tensor(axes, dtypes.int32)], {"keep_dims": bool(keepdims), "separator": separator})


def substr_2(input, pos, len, unit="BYTE", name=None):
    if unit != "BYTE":
        raise NotImplementedError("not implemented: tf.strings.substr with unit=%r; use BYTE" % (unit,))
    return run("Substr", tensor(input), tensor(pos), tensor(len))


def as_string_2(input, precision=-1, scientific=False, shortest=False, width=-1, fill="", name=None):
    """Numbers as strings."""
    return execute("AsString", [tensor(input)], {"precision": precision, "scientific": scientific, "shortest": shortest, "width": width, "fill": fill})


NAMES_1 = {
    "encode_base64": encode_base64, "decode_base64": decode_base64, "decode_raw": decode_raw, "regex_replace": regex_replace,
    "string_split": string_split, "read_file": read_file, "write_file": write_file, "matching_files": matching_files, "reduce_join": reduce_join,
    **sparse_ops.NAMES_1,
}  # fmt: skip
STRINGS_2 = {
    "regex_replace": regex_replace, "regex_full_match": regex_full_match, "strip": _strip, "length": length_2, "lower": lower, "upper": upper,
    "to_number": to_number, "join": join, "reduce_join": reduce_join_2, "substr": substr_2, "as_string": as_string_2,
}  # fmt: skip
IO_2 = {"encode_base64": encode_base64, "decode_base64": decode_base64, "decode_raw": decode_raw_2, "read_file": read_file, "write_file": write_file,
        "matching_files": matching_files, "decode_csv": math_ops.decode_csv_2}  # fmt: skip
