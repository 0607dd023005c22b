"""Datasets from files: lines of text, records of one length, CSV; and the functions of tf.contrib.data and tf.data.experimental."""

import collections
import csv
import glob
import gzip
import inspect
import os
import zlib

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors, nest
from sokuji._src.core.execute import convert, invalid, refuse
from sokuji._src.data import dataset, passes
from sokuji._src.data.dataset import INFINITE, UNKNOWN, Dataset, _integer
from sokuji._src.data.specs import Leaf
from sokuji._src.io import records
from sokuji._src.ops import array_ops


def _paths(filenames, what):
    """Names of files as bytes."""
    if isinstance(filenames, Dataset):
        return [name for element in filenames for name in _paths(element, what)]
    t = convert(filenames if not isinstance(filenames, os.PathLike) else os.fspath(filenames), 0)
    if t.dtype is not dtypes.string:
        raise TypeError("%s: `filenames` must be a tensor of `tf.string` type; it is %s" % (what, t.dtype.name))
    value = t.numpy()
    return [value] if isinstance(value, bytes) else [bytes(one) for one in value.ravel().tolist()]


def _open(path, compression):
    from sokuji._src.core import errors

    try:
        raw = open(path, "rb")
    except FileNotFoundError:
        raise errors.NotFoundError(None, None, "%s; No such file or directory" % path.decode("utf-8", "replace")) from None
    except IsADirectoryError:
        raise errors.FailedPreconditionError(None, None, "%s; Is a directory" % path.decode("utf-8", "replace")) from None
    if compression == "GZIP":
        return gzip.open(raw)
    if compression == "ZLIB":
        import io

        with raw:
            return io.BytesIO(zlib.decompress(raw.read()))
    return raw


def _compression(value):
    value = "" if value is None else value.numpy().decode() if isinstance(value, _core.Handle) else value
    if value not in ("", "GZIP", "ZLIB"):
        raise invalid("Unsupported compression_type: %s; use '', 'GZIP' or 'ZLIB'" % value)
    return value


_line = Leaf(0, dtypes.string, ())


class TextLineDataset(Dataset):
    """The lines of files, without their line breaks."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        paths, compression = _paths(filenames, "TextLineDataset"), _compression(compression_type)

        def lines():
            for path in paths:
                with _open(path, compression) as file:
                    for row in file:
                        yield [convert(row.rstrip(b"\n").replace(b"\r", b""), 7)]

        def make():
            return _core.Dataset.from_passes(1, lines, []) if compression else _core.Dataset.text_lines(paths)

        super().__init__((), make, lambda: _line)


class FixedLengthRecordDataset(Dataset):
    """Records of one length from binary files."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None, compression_type=None,
                 num_parallel_reads=None, name=None):  # fmt: skip
        paths, size, compression = _paths(filenames, "FixedLengthRecordDataset"), _integer(record_bytes, "record_bytes"), _compression(compression_type)
        header, footer = int(header_bytes or 0), int(footer_bytes or 0)
        if size < 1:
            raise invalid("`record_bytes` must be > 0, it is %d" % size)

        def records():
            for path in paths:
                with _open(path, compression) as file:
                    data = file.read()
                body = len(data) - header - footer
                if body < 0 or body % size:
                    raise invalid("Excluding the header (%d bytes) and footer (%d bytes), input file %r has body length %d bytes, which is not an exact "
                                  "multiple of the record length (%d bytes)." % (header, footer, path.decode("utf-8", "replace"), body, size))  # fmt: skip
                for start in range(header, header + body, size):
                    yield [convert(data[start : start + size], 7)]

        super().__init__((), lambda: _core.Dataset.from_passes(1, records, []), lambda: _line)


class TFRecordDataset(Dataset):
    """The records of TFRecord files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        paths, compression = _paths(filenames, "TFRecordDataset"), _compression(compression_type)

        def rows():
            for path in paths:
                for record in records.tf_record_iterator(path, compression or None):
                    yield [convert(record, 7)]

        super().__init__((), lambda: _core.Dataset.from_passes(1, rows, []), lambda: _line)


def list_files(file_pattern, shuffle=None, seed=None):
    patterns = [p.decode("utf-8") for p in _paths(file_pattern, "list_files")]
    names = sorted({name for pattern in patterns for name in glob.glob(pattern)})
    if not names:
        raise invalid("No files matched pattern: %s" % ", ".join(patterns))
    made = Dataset.from_tensor_slices(names)
    return made.shuffle(len(names), seed=seed) if shuffle or shuffle is None else made


# ---- CSV ----


def _default_of(value):
    """A record default: a dtype (the field is required) or a value."""
    if isinstance(value, (dtypes.DType, type)):
        return dtypes.as_dtype(value), None
    t = convert(value if isinstance(value, (list, _core.Handle)) else [value], 0)
    return t.dtype, t._strings()[0] if t.dtype is dtypes.string and t._size else t.numpy()[0] if t._size else None


def _field(text, dtype, default, row):
    if text == "":
        if default is None:
            raise invalid("Field %d is required but missing in record!" % row)
        return default
    if dtype is dtypes.string:
        return text.encode("utf-8")
    try:
        return dtype.as_numpy_dtype(int(text) if dtype.is_integer else float(text))
    except (ValueError, OverflowError):
        raise invalid("Field %d in record is not a valid %s: %s" % (row, dtype.name, text)) from None


class CsvDataset(Dataset):
    """The rows of CSV files as tuples of scalars."""

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=",", use_quote_delim=True,
                 na_value="", select_cols=None, exclude_cols=None):  # fmt: skip
        if exclude_cols is not None:
            raise NotImplementedError("not implemented: tf.data.experimental.CsvDataset with exclude_cols; use select_cols")
        paths, compression = _paths(filenames, "CsvDataset"), _compression(compression_type)
        defaults = [_default_of(value) for value in record_defaults]
        if select_cols is not None and len(select_cols) != len(defaults):
            raise ValueError("record_defaults and select_cols must have the same length")

        def rows():
            for path in paths:
                with _open(path, compression) as file:
                    for fields in _csv_rows(file, field_delim, use_quote_delim, header):
                        yield _record(fields, defaults, select_cols, na_value)

        layout = tuple(Leaf(i, dtype, ()) for i, (dtype, _) in enumerate(defaults))
        super().__init__((), lambda: _core.Dataset.from_passes(len(defaults), rows, []), lambda: layout)


def _csv_rows(file, delimiter, use_quotes, header):
    import io

    reader = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""), delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if use_quotes else csv.QUOTE_NONE)
    for number, fields in enumerate(reader):
        if fields and not (header and number == 0):
            yield fields


def _record(fields, defaults, selected, na_value):
    if selected is None and len(fields) != len(defaults):
        raise invalid("Expect %d fields but have %d in record" % (len(defaults), len(fields)))
    if selected is not None:
        if max(selected) >= len(fields):
            raise invalid("Expect at least %d fields but have %d in record" % (max(selected) + 1, len(fields)))
        fields = [fields[i] for i in selected]
    values = [_field("" if text == na_value else text, dtype, default, i) for i, (text, (dtype, default)) in enumerate(zip(fields, defaults))]
    return [convert(value, dtype._number) for value, (dtype, _) in zip(values, defaults)]


def _kind_of(values):
    """The narrowest type that all values of a column fit: int32, int64, float32, float64, string."""
    best = 0
    kinds = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.string]
    for text in values:
        if text == "":
            continue
        try:
            number = int(text)
            rank = 0 if -(2**31) <= number < 2**31 else 1 if -(2**63) <= number < 2**63 else 4
        except ValueError:
            try:
                number = float(text)
                rank = 2 if np.isfinite(np.float32(number)) or not np.isfinite(number) else 3
            except ValueError:
                rank = 4
        best = max(best, rank)
    return kinds[best]


def make_csv_dataset(file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None, select_columns=None, field_delim=",",
                     use_quote_delim=True, na_value="", header=True, num_epochs=None, shuffle=True, shuffle_buffer_size=10000, shuffle_seed=None,
                     prefetch_buffer_size=None, num_parallel_reads=None, sloppy=False, num_rows_for_inference=100, compression_type=None,
                     ignore_errors=False, encoding="utf-8"):  # fmt: skip
    """Batches of CSV rows: dictionaries of columns, or (dictionary, label) with a label_name."""
    refuse("make_csv_dataset", "write the files in UTF-8", encoding=None if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding)
    names = sorted({n for pattern in _paths(file_pattern, "make_csv_dataset") for n in glob.glob(pattern.decode("utf-8"))})
    if not names:
        raise ValueError("No files match %s" % (file_pattern,))
    compression = _compression(compression_type)
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line.")
        with _open(names[0].encode(), compression) as file:
            column_names = next(_csv_rows(file, field_delim, use_quote_delim, False))
    column_names = list(column_names)
    if len(set(column_names)) != len(column_names):
        raise ValueError("Cannot have duplicate column names.")
    selected = None
    if select_columns is not None:
        selected = sorted(c if isinstance(c, int) else column_names.index(c) for c in select_columns)
    kept = column_names if selected is None else [column_names[i] for i in selected]
    if column_defaults is None:
        column_defaults = _inferred(names, compression, field_delim, use_quote_delim, header, na_value, len(column_names), selected, num_rows_for_inference)
    if label_name is not None and label_name not in kept:
        raise ValueError("`label_name` provided must be one of the columns.")
    rows = CsvDataset(names, column_defaults, compression, None, header, field_delim, use_quote_delim, na_value, selected)
    if ignore_errors:
        rows = rows.ignore_errors()
    if shuffle:
        rows = rows.shuffle(shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        rows = rows.repeat(num_epochs)

    def named(*fields):
        features = (dict if dataset._version == 1 else collections.OrderedDict)(zip(kept, fields))
        return features if label_name is None else (features, features.pop(label_name))

    return rows.batch(batch_size, drop_remainder=num_epochs is None).map(named).prefetch(prefetch_buffer_size or 1)


def _inferred(names, compression, delimiter, quotes, header, na_value, n, selected, most):
    columns, rows = [[] for _ in range(n)], 0
    for name in names:
        with _open(name.encode(), compression) as file:
            for fields in _csv_rows(file, delimiter, quotes, header):
                if most is not None and rows >= most:
                    break
                if len(fields) != n:
                    raise ValueError("Problem inferring types: CSV row has different number of fields than expected.")
                for column, text in zip(columns, fields):
                    column.append("" if text == na_value else text)
                rows += 1
    kinds = [_kind_of(column) for column in columns]
    kinds = kinds if selected is None else [kinds[i] for i in selected]
    return [[b""] if kind is dtypes.string else [kind.as_numpy_dtype(0)] for kind in kinds]


# ---- as functions for Dataset.apply ----


def _applied(name):
    """The method as a function of its arguments."""

    def function(*arguments, **keywords):
        inspect.signature(function).bind(*arguments, **keywords)  # wrong arguments are an error here
        return lambda dataset: getattr(dataset, name)(*arguments, **keywords)

    method = inspect.signature(getattr(Dataset, name))
    function.__signature__ = method.replace(parameters=[p for p in list(method.parameters.values())[1:] if p.name != "name"])
    function.__name__, function.__doc__ = name, "Dataset.%s, for Dataset.apply." % name
    return function


def get_structure(dataset_or_iterator):
    """The type specs of its elements."""
    return dataset_or_iterator.element_spec


def dense_to_ragged_batch(batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64):
    """Dataset.ragged_batch, for Dataset.apply."""
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


def batch_and_drop_remainder(batch_size):
    """Dataset.batch without a last smaller one, for Dataset.apply."""
    return lambda dataset: dataset.batch(batch_size, True)


def padded_batch_and_drop_remainder(batch_size, padded_shapes, padding_values=None):
    """Dataset.padded_batch without a last smaller one, for Dataset.apply."""
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes, padding_values, True)


def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False, num_parallel_calls=None):
    """Dataset.map, then Dataset.batch, for Dataset.apply."""
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


def group_by_window(key_func, reduce_func, window_size=None, window_size_func=None):
    """Dataset.group_by_window, for Dataset.apply."""
    return lambda dataset: dataset.group_by_window(key_func, reduce_func, window_size, window_size_func)


def parallel_interleave(map_func, cycle_length, block_length=1, sloppy=False, buffer_output_elements=None, prefetch_input_elements=None):
    """Dataset.interleave, for Dataset.apply; the order is always the sequential one."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


def scan(initial_state, scan_func):
    """scan_func(state, element) gives (new state, element)."""
    return lambda dataset: dataset.scan(initial_state, scan_func)


def _cardinality(dataset):
    """The number of elements; -1 when there is no end, -2 when it is unknown."""
    return dataset.cardinality()


CONTRIB = {
    "batch_and_drop_remainder": batch_and_drop_remainder, "padded_batch_and_drop_remainder": padded_batch_and_drop_remainder, "unbatch": _applied("unbatch"),
    "enumerate_dataset": _applied("enumerate"), "map_and_batch": map_and_batch, "group_by_window": group_by_window, "scan": scan,
    "ignore_errors": _applied("ignore_errors"), "bucket_by_sequence_length": _applied("bucket_by_sequence_length"), "Counter": passes.counter,
    "make_csv_dataset": make_csv_dataset, "parallel_interleave": parallel_interleave, "get_single_element": passes.get_single_element,
}  # fmt: skip
def from_list(elements, name=None):
    """A dataset of the list's elements, which have one structure."""
    if not isinstance(elements, list) or not elements:
        raise ValueError("Input should be a non-empty list. Received: %r" % (elements,))
    flat = [nest.flatten(e) for e in elements]
    return Dataset.from_tensor_slices(nest.pack_sequence_as(elements[0], [array_ops.stack([e[i] for e in flat]) for i in range(len(flat[0]))]))


def at(dataset, index):
    """The element at a place."""
    for element in dataset.skip(int(index)).take(1):
        return element
    raise errors.OutOfRangeError(None, None, "Index out of range [0, %d): %d" % (max(int(dataset.cardinality()), 0), int(index)))


EXPERIMENTAL = {
    "from_list": from_list, "at": at, "unbatch": _applied("unbatch"), "enumerate_dataset": _applied("enumerate"), "map_and_batch": map_and_batch, "group_by_window": group_by_window,
    "scan": scan, "ignore_errors": _applied("ignore_errors"), "bucket_by_sequence_length": _applied("bucket_by_sequence_length"),
    "Counter": passes.counter, "make_csv_dataset": make_csv_dataset, "CsvDataset": CsvDataset, "cardinality": _cardinality,
    "assert_cardinality": passes.assert_cardinality, "take_while": _applied("take_while"), "unique": _applied("unique"),
    "AUTOTUNE": -1, "INFINITE_CARDINALITY": INFINITE, "UNKNOWN_CARDINALITY": UNKNOWN,
    "choose_from_datasets": passes.choose_from, "get_single_element": passes.get_single_element, "group_by_reducer": passes.group_by_reducer,
    "Reducer": passes.Reducer, "dense_to_ragged_batch": dense_to_ragged_batch, "snapshot": _applied("snapshot"),
    "get_structure": get_structure, "parallel_interleave": parallel_interleave,
}  # fmt: skip
