"""tf.print: values as TensorFlow's StringFormat shows them, to standard error or where it is told."""

import sys

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes


def _number(value, dtype):
    if dtype is dtypes.bool:
        return "1" if value else "0"
    if not dtype.is_floating:
        return str(value)
    if value != value:
        return "nan" if not np.signbit(value) else "-nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    if dtype is dtypes.float64:
        short = "%.15g" % value
        return short if float(short) == value else "%.17g" % value
    short = "%.6g" % value
    return short if np.float32(short) == np.float32(value) else "%.9g" % value


def _element(value, dtype, quoted):
    if dtype is dtypes.string:
        text = value.decode("utf-8", "replace")
        return '"%s"' % text if quoted else text
    if dtype.is_complex:
        part = dtypes.float64 if dtype is dtypes.complex128 else dtypes.float32
        return "(%s,%s)" % (_number(value.real, part), _number(value.imag, part))
    return _number(value, dtype)


def _rows(array, dtype, summarize, depth):
    if array.ndim == 0:
        return _element(array.item(), dtype, depth > 0)
    n = array.shape[0]
    if summarize < 0 or n <= 2 * summarize:
        parts = [_rows(np.asarray(row, array.dtype), dtype, summarize, depth + 1) for row in array]
    else:
        head, tail = (array[:summarize], array[n - summarize :]) if summarize else (array[:0], array[:0])
        parts = [_rows(np.asarray(row, array.dtype), dtype, summarize, depth + 1) for row in head] + ["..."]
        parts += [_rows(np.asarray(row, array.dtype), dtype, summarize, depth + 1) for row in tail]
    between = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (depth + 1)
    return "[" + between.join(parts) + "]"


def _array_of(tensor):
    if tensor.dtype is dtypes.string:
        strings = tensor._strings()
        return np.array(strings + [None], object)[:-1].reshape(tensor._shape_tuple)
    return np.asarray(tensor.numpy())


def tensor_text(tensor, summarize):
    """A tensor with a value as text."""
    if isinstance(tensor, _core.VariableBase):
        tensor = tensor._read()
    return _rows(_array_of(tensor), tensor.dtype, summarize, 0)


def summary(tensor, limit):
    """A tensor's first elements as tf.Print and tf.Assert of 1.x show them."""
    array, words = _array_of(tensor), []
    dtype, limit = tensor.dtype, array.size if limit < 0 else limit

    def add(part):
        if part.ndim == 0 or part.ndim == 1:
            flat = part.reshape(-1)[: limit - len(words)]
            words.extend(flat)
            return " ".join(_element(v.item() if hasattr(v, "item") else v, dtype, False) for v in flat)
        return "".join("[%s]" % add(row) for row in part if len(words) < limit)

    return add(array) + ("..." if array.size > limit else "")


def text(value, summarize, inside=False):
    """A value, a structure of tensors perhaps, as tf.print shows it."""
    if isinstance(value, _core.Handle):
        return tensor_text(value, summarize)
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%r: %s" % (key, text(value[key], summarize, True)) for key in _ordered(value))
    if isinstance(value, (list, tuple)):
        parts = ", ".join(text(item, summarize, True) for item in value)
        if isinstance(value, list):
            return "[%s]" % parts
        if hasattr(value, "_fields"):
            return "%s(%s)" % (type(value).__name__, ", ".join("%s=%s" % (f, text(v, summarize, True)) for f, v in zip(value._fields, value)))
        return "(%s%s)" % (parts, "," if len(value) == 1 else "")
    if isinstance(value, (np.ndarray, np.generic)):
        return _rows(np.asarray(value), dtypes.as_dtype(np.asarray(value).dtype), summarize, 0)
    return repr(value) if inside else str(value)


def _ordered(value):
    try:
        return sorted(value)
    except TypeError:
        return list(value)


def write(line, end, output_stream):
    stream = sys.stderr if output_stream is None else output_stream
    if isinstance(stream, str):
        if stream.startswith("file://"):
            with open(stream[len("file://") :], "a", encoding="utf-8") as file:
                file.write(line + end)
            return
        raise ValueError('Unsupported output stream %r: tf.print takes sys.stdout, sys.stderr, a logging function or "file://" and a path' % stream)
    if hasattr(stream, "write"):
        stream.write(line + end)
        stream.flush()
    elif callable(stream):
        stream(line)
    else:
        raise ValueError("Unsupported output stream %r: tf.print takes sys.stdout, sys.stderr, a logging function or a file" % (stream,))


def print_(*inputs, output_stream=None, summarize=3, sep=" ", end="\n", name=None):
    """tf.print"""
    summarize = 3 if summarize is None else summarize
    write(sep.join(text(value, summarize) for value in inputs), end, output_stream)
