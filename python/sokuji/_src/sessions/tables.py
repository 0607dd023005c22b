"""tf.contrib.lookup: tables from keys to values, filled by their init operation, in each session for itself; eagerly at once."""

import collections
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors
from sokuji._src.core.execute import convert
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
        self._inputs = [self.keys, self.values]
        self.key_dtype, self.value_dtype = self.keys.dtype, self.values.dtype


def _array(tensor):
    return np.asarray(tensor.numpy(), object if tensor._dtype_number == 7 else None)


def _of(array, dtype):
    return conversion._from_array(np.asarray(array, object), 7) if dtype is dtypes.string else convert(np.asarray(array, dtype.as_numpy_dtype), dtype._number)


@python_ops.kernel("InitializeTableV2", [], True)
def _fill(attributes, *given):
    table = attributes["table"]
    if table._rows_of_sessions.get(session.running()) is not None:
        raise errors.FailedPreconditionError(None, None, "Table already initialized.")
    given = [_array(t).ravel().tolist() for t in given]
    keys, values = attributes["pairs"](given[0][0].decode()) if len(given) == 1 else given
    if len(keys) != len(values):
        raise errors.InvalidArgumentError(None, None, "Number of elements of keys and values differ: %d, %d" % (len(keys), len(values)))
    rows = {}
    for key, value in zip(keys, values):
        if rows.setdefault(key, value) != value:
            raise errors.FailedPreconditionError(None, None, "HashTable has different value for same key. Key %s has %s and trying to add value %s" % (key, rows[key], value))
    table._rows_of_sessions[session.running()] = rows
    return []


def _told(attributes, inputs):
    table, known = attributes["table"], inputs[0]._shape_tuple
    return [(table.value_dtype._number, None if known is None else (*known, *np.shape(table._default)))]


@python_ops.kernel("LookupTableFindV2", _told, True)
def _find(attributes, keys):
    table, array = attributes["table"], _array(keys)
    rows = table._rows()
    made = [table._value(rows, k) for k in array.ravel().tolist()]
    sizes = array.shape + np.shape(table._default)
    if len(sizes) > array.ndim:
        return [_of(np.array(made).reshape(sizes), table.value_dtype)]
    return [_of(np.array(made + [None], object)[:-1].reshape(sizes), table.value_dtype)]


@python_ops.kernel("LookupTableSizeV2", [(9, ())], True)
def _size(attributes):
    return [convert(len(attributes["table"]._rows()) + attributes["table"]._buckets, 9)]


def _looked_up(table, operation, keys, name):
    """The values of keys, which may be a sparse tensor's."""
    if isinstance(keys, SparseTensor):
        return SparseTensor(keys.indices, _looked_up(table, operation, keys.values, name), keys.dense_shape)
    keys = words.convert_to_tensor(keys)
    if keys.dtype is not table.key_dtype:
        raise TypeError("Signature mismatch. Keys must be dtype %s, got %s." % (table.key_dtype, keys.dtype))
    return python_ops.call(operation, [keys], {"table": table}, name)


class HashTable:
    """A table that is filled once in a session."""

    def __init__(self, initializer, default_value, shared_name=None, name=None, buckets=0, hasher=None):
        graph = graphs.get_default_graph()
        self._rows_of_sessions = {None: None} if graphs.building() is None else weakref.WeakKeyDictionary()
        self.key_dtype, self.value_dtype = initializer.key_dtype, initializer.value_dtype
        if not isinstance(default_value, _core.Handle):
            words.convert_to_tensor(default_value, self.value_dtype)
        self._default, self._buckets, self._hasher = _plain(default_value), buckets, hasher
        self.name = graph.unique_name(name or "hash_table")
        self._init = python_ops.call("InitializeTableV2", initializer._inputs, {"table": self, "pairs": getattr(initializer, "_pairs", None)}, initializer._scope)
        if graphs.building() is not None:
            graph.add_to_collection(GraphKeys.TABLE_INITIALIZERS, self._init)

    init = initializer = property(lambda self: self._init)
    default_value = property(lambda self: words.convert_to_tensor(self._default, self.value_dtype))

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
        return len(rows) + _hashed(text, self._buckets, self._hasher)

    def size(self, name=None):
        return python_ops.call("LookupTableSizeV2", [], {"table": self}, name)

    def lookup(self, keys, name=None):
        return _looked_up(self, "LookupTableFindV2", keys, name or self.name + "_Lookup")


def _hashed(text, n, hasher):
    from sokuji._src.ops import string_hashes

    return (string_hashes.siphash(hasher.key, text) if isinstance(hasher, StrongHashSpec) else string_hashes.fingerprint(text)) % n


HasherSpec = collections.namedtuple("HasherSpec", "hasher key")
FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A hash that depends on a key of two numbers."""
    __slots__ = ()

    def __new__(cls, key):
        if len(key) != 2:
            raise ValueError("key must have size 2, got %s." % len(key))
        if not all(isinstance(k, int) for k in key):
            raise TypeError("Invalid key %s. Must be unsigned integer values." % (key,))
        return super().__new__(cls, "stronghash", tuple(key))


class IdTableWithHashBuckets:
    """A table's ids; what is not in it has its hash's bucket after them."""

    def __init__(self, table, num_oov_buckets, hasher_spec=FastHashSpec, name=None, key_dtype=None):
        if table is None and not num_oov_buckets:
            raise ValueError("oov_buckets must be > 0 if no table is supplied.")
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError("hasher_spec must be of type HasherSpec, got %s" % (hasher_spec,))
        self._table, self._buckets, self._hasher = table, num_oov_buckets, hasher_spec
        self.key_dtype = dtypes.as_dtype(key_dtype) if key_dtype is not None else dtypes.string if table is None else table.key_dtype
        self.value_dtype, self.name = dtypes.int64, name or "hash_bucket"

    init = initializer = property(lambda self: None if self._table is None else self._table.init)

    def size(self, name=None):
        return convert(self._buckets, 9) if self._table is None else self._table.size() + self._buckets

    def lookup(self, keys, name=None):
        return _looked_up(self, "IdTableFind", keys, name)


@python_ops.kernel("IdTableFind", lambda attributes, inputs: [(9, inputs[0]._shape_tuple)], True)
def _find_id(attributes, keys):
    table, array = attributes["table"], _array(keys)
    rows = {} if table._table is None else table._table._rows()
    text = lambda key: key if isinstance(key, bytes) else str(key).encode()  # noqa: E731
    made = [rows[k] if k in rows else len(rows) + _hashed(text(k), table._buckets, table._hasher) if table._buckets else -1 for k in array.ravel().tolist()]
    return [convert(np.array(made, np.int64).reshape(array.shape), 9)]


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, dtype=dtypes.string, name=None):
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
        return HashTable(KeyValueTensorInitializer(keys, values), default_value, name="hash_table", buckets=num_oov_buckets, hasher=hasher_spec)


def _lines(path):
    with open(path, "rb") as f:
        return f.read().splitlines()


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=FastHashSpec, key_dtype=dtypes.string, name=None):
    """A table from the lines of a file to their numbers."""
    if not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if num_oov_buckets < 0:
        raise ValueError("num_oov_buckets must be greater or equal than 0, got %d." % num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError("vocab_size must be greater than 0, got %d." % vocab_size)
    with graphs.get_default_graph().name_scope(name or "string_to_index"):
        read = TextFileInitializer(vocabulary_file, key_dtype, -2, dtypes.int64, -1, vocab_size)
        return HashTable(read, default_value, name="hash_table", buckets=num_oov_buckets, hasher=hasher_spec)


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
    if not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError("vocab_size must be greater than 0, got %d." % vocab_size)
    with graphs.get_default_graph().name_scope(name or "index_to_string"):
        return HashTable(TextFileInitializer(vocabulary_file, dtypes.int64, -1, dtypes.string, -2, vocab_size), default_value)


def tables_initializer(name="init_all_tables"):
    return words.group(*graphs.get_collection(GraphKeys.TABLE_INITIALIZERS), name=name)


@python_ops.kernel("LookupTableInsertV2", [], True)
def _insert(attributes, keys, values):
    table, keys, values = attributes["table"], _array(keys), _array(values)
    if values.shape != keys.shape + np.shape(table._default):
        raise errors.InvalidArgumentError(None, None, "Expected shape %s for value, got %s" % (keys.shape + np.shape(table._default), values.shape))
    keys = keys.ravel().tolist()
    if table._empty in keys:
        raise errors.InvalidArgumentError(None, None, "Using the empty_key as a table key is not allowed")
    table._rows().update(zip(keys, values.reshape((len(keys),) + values.shape[values.ndim - np.ndim(table._default) :]).tolist()))
    return []


def _whole(attributes, inputs):
    table = attributes["table"]
    return [(table.key_dtype._number, (None,)), (table.value_dtype._number, (None, *np.shape(table._default)))]


@python_ops.kernel("LookupTableExportV2", _whole, True)
def _export(attributes):
    table = attributes["table"]
    rows = table._rows()
    keys, values = list(rows), np.array(list(rows.values()), object if table.value_dtype is dtypes.string else None)
    return [_of(keys, table.key_dtype), _of(values.reshape((len(keys), *np.shape(table._default))), table.value_dtype)]


class _MutableHashTable(HashTable):
    """A table that operations write."""

    def __init__(self, key_dtype, value_dtype, default_value, shared_name=None, name="MutableHashTable", checkpoint=True):
        self.key_dtype, self.value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        self._default = _plain(default_value)
        self._rows_of_sessions, self._buckets, self._empty = weakref.WeakKeyDictionary(), 0, None
        self.name = graphs.get_default_graph().unique_name(name)

    def _rows(self):
        return self._rows_of_sessions.setdefault(session.running(), {})

    def insert(self, keys, values, name=None):
        keys, values = words.convert_to_tensor(keys, self.key_dtype), words.convert_to_tensor(values, self.value_dtype)
        return python_ops.call("LookupTableInsertV2", [keys, values], {"table": self}, name or self.name + "_lookup_table_insert")

    def export(self, name=None):
        return python_ops.call("LookupTableExportV2", [], {"table": self}, name or self.name + "_lookup_table_export_values")


class _MutableDenseHashTable(_MutableHashTable):
    """One with a key that stands for no key."""

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, initial_num_buckets=None, shared_name=None, name="MutableDenseHashTable",
                 checkpoint=True):  # fmt: skip
        super().__init__(key_dtype, value_dtype, default_value, shared_name, name)
        self._empty = _plain(empty_key)


def _plain(value):
    """A default or key as Python has it."""
    if isinstance(value, _core.SymbolicTensor):
        value = value._known_value()
    value = _array(value) if isinstance(value, _core.Handle) else np.asarray(value)
    made = value.tolist()
    return made.encode() if isinstance(made, str) else made


def _late(name, in_graph):
    """A class of eager tables, another in graphs."""

    def make(*arguments, **keywords):
        from sokuji._src.ops import string_late_ops

        if graphs.building() is not None:
            return in_graph(*arguments, **keywords)
        for key in ("shared_name", "use_node_name_sharing"):
            keywords.pop(key, None)
        return getattr(string_late_ops, name)(*arguments, **keywords)

    make.__name__, make.__doc__ = name, "A table that changes: keys and values are inserted and looked up."
    return make


def _file_columns(kind, key_index, value_index, key_dtype, value_dtype):
    """An initializer of lines and their numbers."""

    def make(filename, key_column_index=key_index, value_column_index=value_index, vocab_size=None, delimiter="\t", name=None, key_dtype=key_dtype):
        return TextFileInitializer(filename, key_dtype, key_column_index, value_dtype, value_column_index, vocab_size, delimiter, name)

    make.__name__, make.__doc__ = kind, "A table's contents: the lines of a file and their numbers, or two columns."
    return make


class TextFileIndex:
    """What stands for a file's whole line, and for its number."""
    WHOLE_LINE, LINE_NUMBER = -2, -1


class TextFileInitializer(KeyValueTensorInitializer):
    """Keys and values from the columns of a file's lines."""

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter="\t", name=None):
        key_dtype, value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        for what, index, dtype in (("key", key_index, key_dtype), ("value", value_index, value_dtype)):
            if index < -2:
                raise ValueError("Invalid %s index %s." % (what, index))
            if index == -1 and dtype is not dtypes.int64:
                raise ValueError("Signature mismatch. %ss must be dtype %s, got %s." % (what.capitalize(), dtypes.int64, dtype))
            if index == -2 and not (dtype is dtypes.string or what == "key" and dtype.is_integer):
                raise ValueError("Signature mismatch. %ss must be %s, got %s." % (what.capitalize(), "integer or string" if what == "key" else "dtype string", dtype))
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError("Invalid vocab_size %s." % vocab_size)
        self._indices, self._size, self._delimiter = (key_index, value_index), vocab_size, delimiter.encode()
        self.key_dtype, self.value_dtype = key_dtype, value_dtype
        if graphs.building() is None:
            super().__init__(*self._pairs(filename), key_dtype, value_dtype, name or "text_file_init")
            return
        with graphs.get_default_graph().name_scope(name or "text_file_init") as self._scope:
            self._inputs = [words.convert_to_tensor(filename, dtypes.string, name="asset_filepath")]

    def _pairs(self, path):
        """Keys and values; a graph reads the file when the table is initialized."""
        try:
            lines = _lines(path)
        except OSError:
            raise errors.NotFoundError(None, None, "%s; No such file or directory" % path) from None
        if self._size is not None and len(lines) < self._size:
            raise errors.InvalidArgumentError(None, None, "Invalid vocab_size in %s: expected %d but got %d" % (path, self._size, len(lines)))
        return [self._column(lines[: self._size], index, kind, path) for index, kind in zip(self._indices, (self.key_dtype, self.value_dtype))]

    def _column(self, lines, index, kind, path):
        if index == TextFileIndex.LINE_NUMBER:
            return list(range(len(lines)))
        try:
            parts = [line if index == -2 else line.split(self._delimiter)[index] for line in lines]
            return parts if kind is dtypes.string else [(int if kind.is_integer else float)(v) for v in parts]
        except (IndexError, ValueError) as error:
            raise errors.InvalidArgumentError(None, None, "Invalid number of columns or value in %s: %s" % (path, error)) from None


def string_to_index(tensor, mapping, default_value=-1, name=None):
    """The place of each string in the mapping."""
    return index_table_from_tensor(mapping, default_value=default_value).lookup(tensor)


def index_to_string(tensor, mapping, default_value="UNK", name=None):
    """The string at each place of the mapping."""
    return index_to_string_table_from_tensor(mapping, default_value).lookup(tensor)


NAMES = {f.__name__: f for f in (HashTable, KeyValueTensorInitializer, index_table_from_tensor, index_table_from_file, index_to_string_table_from_tensor,
                                 index_to_string_table_from_file, IdTableWithHashBuckets, HasherSpec, StrongHashSpec, TextFileIndex, TextFileInitializer,
                                 string_to_index, index_to_string)}  # fmt: skip
NAMES.update(FastHashSpec=FastHashSpec, MutableHashTable=_late("MutableHashTable", _MutableHashTable), MutableDenseHashTable=_late("MutableDenseHashTable_1", _MutableDenseHashTable),
             TextFileIdTableInitializer=_file_columns("TextFileIdTableInitializer", -2, -1, dtypes.string, dtypes.int64),
             TextFileStringTableInitializer=_file_columns("TextFileStringTableInitializer", -1, -2, dtypes.int64, dtypes.string))  # fmt: skip
