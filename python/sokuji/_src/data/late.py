"""Names of tf.data.experimental that few programs ask for, of transformations that there are: parsing, padding to a number of elements, tables from datasets."""

import collections
import enum

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert
from sokuji._src.data import parsing, passes
from sokuji._src.data.dataset import Dataset, Optional  # noqa: F401

_FAST = collections.namedtuple("HasherSpec", "hasher key")("fasthash", None)


def parse_example_dataset(features, num_parallel_calls=1, deterministic=None):
    """A transformation: batches of serialized tf.train.Example messages to dictionaries of their features."""
    parsing._features(features)
    return lambda dataset: dataset.map(lambda row: parsing.PUBLIC["parse_example"](row, features))


def make_batched_features_dataset(file_pattern, batch_size, features, reader=None, label_key=None, reader_args=None, num_epochs=None, shuffle=True, shuffle_buffer_size=10000,
                                  shuffle_seed=None, prefetch_buffer_size=None, reader_num_threads=None, parser_num_threads=None, sloppy_ordering=False, drop_final_batch=False):  # fmt: skip
    """Batches of the features of the examples in files, with the label beside them where label_key names it."""
    from sokuji._src.data import sources

    files = Dataset.list_files(file_pattern, shuffle, shuffle_seed)
    made = files.interleave(lambda name: (reader or sources.TFRecordDataset)(name, *(reader_args or [])), cycle_length=reader_num_threads or 1)
    if shuffle:
        made = made.shuffle(shuffle_buffer_size, shuffle_seed)
    made = made.repeat(num_epochs).batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    made = made.apply(parse_example_dataset(features))
    if label_key:
        if label_key not in features:
            raise ValueError("The `label_key` provided (%r) must be one of the `features` keys: %s." % (label_key, list(features)))
        made = made.map(lambda row: ({k: v for k, v in row.items() if k != label_key}, row[label_key]))
    return made


def dense_to_sparse_batch(batch_size, row_shape):
    """A transformation: batches as sparse tensors, of elements of the same rank."""
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """A transformation: shuffle(), then repeat()."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def pad_to_cardinality(cardinality, mask_key="valid"):
    """A transformation of dictionaries: elements of zeros follow until there are as many as said; the mask tells them apart."""

    def apply(dataset):
        spec = dataset.element_spec
        if not isinstance(spec, dict):
            raise ValueError("`pad_to_cardinality` requires its input dataset to be a dictionary.")
        have = int(dataset.cardinality())
        if have < 0:
            raise ValueError("`pad_to_cardinality` requires the cardinality of the dataset to be known.")
        if have > cardinality:
            raise ValueError("The dataset has %d elements, more than the %d to pad to." % (have, cardinality))
        empty = {k: convert(np.zeros(s.shape.as_list(), s.dtype.as_numpy_dtype), s.dtype.as_datatype_enum) for k, s in spec.items()}
        marked = dataset.map(lambda row: {**row, mask_key: convert(True, 10)})
        return marked.concatenate(Dataset.from_tensors({**empty, mask_key: convert(False, 10)}).repeat(cardinality - have))

    return apply


def get_next_as_optional(iterator):
    """An iterator's next element as an Optional."""
    return iterator.get_next_as_optional()


def table_from_dataset(dataset=None, num_oov_buckets=0, vocab_size=None, default_value=None, hasher_spec=_FAST, key_dtype=dtypes.string, name=None):
    """A lookup table of a dataset's pairs (key, value)."""
    from sokuji._src.ops import string_late_ops

    pairs = list(dataset.take(vocab_size) if vocab_size else dataset)
    if not pairs or not isinstance(pairs[0], tuple) or len(pairs[0]) != 2:
        raise ValueError("`dataset` must have elements (key, value); its elements are %s" % (dataset.element_spec,))
    keys, values = (np.array([part.numpy() for part in side], object if side[0].dtype == dtypes.string else None) for side in zip(*pairs))
    initializer = string_late_ops.KeyValueTensorInitializer(convert(keys, pairs[0][0]._dtype_number), convert(values, pairs[0][1]._dtype_number))
    if num_oov_buckets:
        return string_late_ops.StaticVocabularyTable(initializer, num_oov_buckets)
    return string_late_ops.StaticHashTable(initializer, -1 if default_value is None else default_value)


def index_table_from_dataset(dataset=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=_FAST, key_dtype=dtypes.string, name=None):
    """A lookup table of a dataset's elements, whose values are their places."""
    return table_from_dataset(dataset.enumerate().map(lambda i, v: (v, i)), num_oov_buckets, vocab_size, default_value)


def prefetch_to_device(device, buffer_size=None):
    """A transformation: prefetch(); there is one device."""
    return lambda dataset: dataset.prefetch(-1 if buffer_size is None else buffer_size)


def copy_to_device(target_device, source_device="/cpu:0"):
    """A transformation that leaves elements where they are; there is one device."""
    return lambda dataset: dataset.prefetch(1)


class TFRecordWriter:
    """Writes the elements of a dataset of strings to one file of records."""

    def __init__(self, filename, compression_type=None):
        self._file, self._options = filename, compression_type

    def write(self, dataset):
        """Writes all elements."""
        from sokuji._src.io import records

        if not isinstance(dataset, Dataset):
            raise TypeError("`dataset` must be a tf.data.Dataset object. Got %s" % type(dataset))
        if getattr(dataset.element_spec, "dtype", None) != dtypes.string or dataset.element_spec.shape.rank != 0:
            raise TypeError("`dataset` must produce scalar `DT_STRING` tensors; its elements are %s" % (dataset.element_spec,))
        with records.TFRecordWriter(self._file, self._options) as writer:
            for row in dataset:
                writer.write(row.numpy())


class AutoShardPolicy(enum.IntEnum):
    """How a dataset is divided among workers; there is one."""

    OFF, AUTO, FILE, DATA, HINT = -1, 0, 1, 2, 3


class ExternalStatePolicy(enum.Enum):
    """What happens to state outside a dataset when it is written."""

    WARN, IGNORE, FAIL = 0, 1, 2


class AutotuneAlgorithm(enum.Enum):
    """How sizes of buffers are chosen; it changes speed alone."""

    DEFAULT, HILL_CLIMB, GRADIENT_DESCENT, MAX_PARALLELISM, STAGE_BASED = 0, 1, 2, 3, 4


def enable_debug_mode():
    """Without effect: the functions of datasets run as Python already."""


NAMES = {name: globals()[name] for name in """parse_example_dataset make_batched_features_dataset dense_to_sparse_batch shuffle_and_repeat pad_to_cardinality get_next_as_optional
    table_from_dataset index_table_from_dataset prefetch_to_device copy_to_device TFRecordWriter AutoShardPolicy ExternalStatePolicy AutotuneAlgorithm Optional
    enable_debug_mode""".split()}  # fmt: skip
NAMES["SHARD_HINT"] = -1
for _name, _group in (("AutotuneOptions", "autotune"), ("ThreadingOptions", "threading"), ("DistributeOptions", "experimental_distribute"), ("OptimizationOptions", "experimental_optimization"),
                      ("ServiceOptions", "experimental_service")):  # fmt: skip
    NAMES[_name] = type(_name, (passes.Options,), {"__init__": lambda self, _group=_group: passes.Options.__init__(self, passes._GROUPS[_group]), "__doc__": "Options of datasets: speed, not results."})
