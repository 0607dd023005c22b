"""tf.contrib.lookup: tables from keys to values, filled by their init operation, in each session for itself."""

import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors
from sokuji._src.core.execute import convert, execute
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, session, words
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.ops.sparse_ops import SparseTensor


class KeyValueTensorInitializer:
    """What a table begins with: keys and values."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        with graphs.get_default_graph().name_scope(name or "key_value_init") as scope:
            self.keys = words.convert_to_tensor(keys, key_dtype, name="keys")
            self.values = words.convert_to_tensor(values, value_dtype, name="values")
            self._scope = scope
        self.key_dtype, self.value_dtype = self.keys.dtype, self.values.dtype


def _array(tensor):
    return np.asarray(tensor.numpy(), object if tensor._dtype_number == 7 else None)


def _of(array, dtype):
    return conversion._from_array(np.asarray(array, object), 7) if dtype is dtypes.string else convert(np.asarray(array, dtype.as_numpy_dtype), dtype._number)


@python_ops.kernel("InitializeTableV2", [], True)
def _fill(attributes, keys, values):
    table = attributes["table"]
    keys, values = _array(keys).ravel().tolist(), _array(values).ravel().tolist()
    if len(keys) != len(values):
        raise errors.InvalidArgumentError(None, None, "Number of elements of keys and values differ: %d, %d" % (len(keys), len(values)))
    rows = {}
    for key, value in zip(keys, values):
        if rows.setdefault(key, value) != value:
            raise errors.FailedPreconditionError(None, None, "HashTable has different value for same key. Key %s has %s and trying to add value %s" % (key, rows[key], value))
    table._rows_of_sessions[session.running()] = rows
    return []


@python_ops.kernel("LookupTableFindV2", lambda attributes, inputs: [(attributes["table"].value_dtype._number, inputs[0]._shape_tuple)], True)
def _find(attributes, keys):
    table, array = attributes["table"], _array(keys)
    rows = table._rows()
    found = np.array([table._value(rows, k) for k in array.ravel().tolist()] + [None], object)[:-1].reshape(array.shape)
    return [_of(found, table.value_dtype)]


@python_ops.kernel("LookupTableSizeV2", [(9, ())], True)
def _size(attributes):
    return [convert(len(attributes["table"]._rows()) + attributes["table"]._buckets, 9)]


class HashTable:
    """A table that is filled once in a session."""

    def __init__(self, initializer, default_value, shared_name=None, name=None, buckets=0, offset=0):
        graph = graphs.get_default_graph()
        self._rows_of_sessions = weakref.WeakKeyDictionary()
        self.key_dtype, self.value_dtype = initializer.key_dtype, initializer.value_dtype
        self._default, self._buckets, self._offset = default_value, buckets, offset
        self.name = graph.unique_name(name or "hash_table")
        self._init = python_ops.call("InitializeTableV2", [initializer.keys, initializer.values], {"table": self}, initializer._scope + "table_init")
        graph.add_to_collection(GraphKeys.TABLE_INITIALIZERS, self._init)

    init = initializer = property(lambda self: self._init)

    def _rows(self):
        rows = self._rows_of_sessions.get(session.running())
        if rows is None:
            raise errors.FailedPreconditionError(None, None, "Table not initialized.")
        return rows

    def _value(self, rows, key):
        if key in rows:
            return rows[key]
        if not self._buckets:
            return self._default
        text = key if isinstance(key, bytes) else str(key).encode()
        bucket = execute("StringToHashBucketFast", [convert(text, 7)], {"num_buckets": self._buckets}) if _core.has_op("StringToHashBucketFast") else _hashed(text, self._buckets)
        return self._offset + int(bucket)

    def size(self, name=None):
        return python_ops.call("LookupTableSizeV2", [], {"table": self}, name)

    def lookup(self, keys, name=None):
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, self.lookup(keys.values), keys.dense_shape)
        keys = words.convert_to_tensor(keys)
        if keys.dtype is not self.key_dtype:
            raise TypeError("Signature mismatch. Keys must be dtype %s, got %s." % (self.key_dtype, keys.dtype))
        return python_ops.call("LookupTableFindV2", [keys], {"table": self}, name or self.name + "_Lookup")


def _hashed(text, n):
    from sokuji._src.ops import string_ops

    return string_ops.string_to_hash_bucket_fast(text, n)


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=None, dtype=dtypes.string, name=None):
    """A table from strings to their places in the tensor."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    if num_oov_buckets < 0:
        raise ValueError("num_oov_buckets must be greater or equal than 0, got %d." % num_oov_buckets)
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype is dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    keys = words.convert_to_tensor(mapping)
    if keys.dtype.is_integer != dtype.is_integer:
        raise ValueError("Expected %s, got %s." % ("integer" if dtype.is_integer else "non-integer", keys.dtype))
    with graphs.get_default_graph().name_scope(name or "string_to_index"):
        n = keys._shape_tuple[0]
        values = words.constant(np.arange(n, dtype=np.int64))
        return HashTable(KeyValueTensorInitializer(keys, values), default_value, name="hash_table", buckets=num_oov_buckets, offset=n)


def _lines(path):
    with open(path, "rb") as f:
        return f.read().splitlines()


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=None, key_dtype=dtypes.string, name=None):
    """A table from the lines of a file to their numbers."""
    if not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    lines = _lines(vocabulary_file)[:vocab_size]
    keys = lines if dtypes.as_dtype(key_dtype) is dtypes.string else [int(v) for v in lines]
    return index_table_from_tensor(keys, num_oov_buckets, default_value, hasher_spec, key_dtype, name)


def index_to_string_table_from_tensor(mapping, default_value="UNK", name=None):
    """A table from numbers to the strings of a tensor."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    with graphs.get_default_graph().name_scope(name or "index_to_string"):
        values = words.convert_to_tensor(mapping, dtypes.string)
        keys = words.constant(np.arange(values._shape_tuple[0], dtype=np.int64))
        return HashTable(KeyValueTensorInitializer(keys, values), default_value)


def index_to_string_table_from_file(vocabulary_file, vocab_size=None, default_value="UNK", name=None):
    """A table from numbers to the lines of a file."""
    return index_to_string_table_from_tensor(_lines(vocabulary_file)[:vocab_size], default_value, name)


def tables_initializer(name="init_all_tables"):
    return words.group(*graphs.get_collection(GraphKeys.TABLE_INITIALIZERS), name=name)


NAMES = {f.__name__: f for f in (HashTable, KeyValueTensorInitializer, index_table_from_tensor, index_table_from_file, index_to_string_table_from_tensor,
                                 index_to_string_table_from_file)}  # fmt: skip
