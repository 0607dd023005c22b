"""tf.keras.utils and tf.keras.preprocessing.sequence: labels, padding, seeds, custom objects."""

import numpy as np

from sokuji import _core
from sokuji._src.keras import batches as keras_data
from sokuji._src.keras import graph as keras_graph
from sokuji._src.keras import layers_base, serialization
from sokuji._src.ops import random_ops


def to_categorical(y, num_classes=None, dtype=None):
    """Class numbers as rows with a single 1."""
    y = np.array(y.numpy() if isinstance(y, _core.Handle) else y, dtype="int64")
    shape = y.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = shape[:-1]
    y = y.ravel()
    n = num_classes or int(y.max()) + 1
    made = np.zeros((y.shape[0], n), dtype or np.float64)
    made[np.arange(y.shape[0]), y] = 1
    return made.reshape(shape + (n,))


def normalize(x, axis=-1, order=2):
    """Rows of length 1."""
    x = np.asarray(x)
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis)


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    """Sequences of one length, in an array."""
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    lengths, sample, shape = [], None, ()
    for x in sequences:
        if not hasattr(x, "__len__"):
            raise ValueError("`sequences` must be a list of iterables. Found non-iterable: %s" % (x,))
        lengths.append(len(x))
        if sample is None and len(x):
            sample, shape = x, np.asarray(x).shape[1:]
    if truncating not in ("pre", "post") or padding not in ("pre", "post"):
        raise ValueError("Truncating and padding types are 'pre' and 'post', not \"%s\" and \"%s\"" % (truncating, padding))
    maxlen = max(lengths, default=0) if maxlen is None else maxlen
    is_text = np.issubdtype(np.dtype(dtype) if dtype is not object else np.object_, np.str_)
    if isinstance(value, str) and dtype is not object and not is_text:
        raise ValueError("`dtype` %s is not compatible with `value`'s type: %s. You should set `dtype=object` for variable length strings." % (dtype, type(value)))
    made = np.full((len(lengths), maxlen, *shape), value, dtype=dtype)
    for i, s in enumerate(sequences):
        if not len(s):
            continue
        kept = s[-maxlen:] if truncating == "pre" else s[:maxlen]
        kept = np.asarray(kept, dtype=dtype)
        if kept.shape[1:] != shape:
            raise ValueError("Shape of sample %s of sequence at position %s is different from expected shape %s" % (kept.shape[1:], i, shape))
        if maxlen and padding == "post":
            made[i, : len(kept)] = kept
        elif maxlen:
            made[i, -len(kept) :] = kept
    return made


def set_random_seed(seed):
    """Seeds Python, NumPy and TensorFlow at once."""
    import random

    if not isinstance(seed, int):
        raise ValueError("Expected `seed` argument to be an integer. Received: seed=%s (of type %s)" % (seed, type(seed)))
    random.seed(seed)
    np.random.seed(seed)
    random_ops.set_random_seed(seed)


def clear_session(free_memory=True):
    """Layers' names begin anew."""
    layers_base.reset_names()


def is_keras_tensor(x):
    """Whether it is a symbolic tensor of a functional model."""
    return isinstance(x, keras_graph.KerasTensor)


def count_params(weights):
    return int(sum(w._size for w in weights))


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None, preferred_backend=None):
    """Two datasets, of so many or such a part of the elements."""
    from sokuji._src.data.dataset import Dataset

    if left_size is None and right_size is None:
        raise ValueError("At least one of the `left_size` or `right_size` must be specified. Received: left_size=None and right_size=None")
    for size in (left_size, right_size):
        if isinstance(size, float) and not 0 < size < 1:
            raise ValueError("`left_size` and `right_size`, as fractions, must be between 0 and 1. Received: %s" % size)
    rows = list(dataset) if isinstance(dataset, Dataset) else [tuple(a[i] for a in dataset) if isinstance(dataset, tuple) else dataset[i]
                                                             for i in range(len(dataset[0] if isinstance(dataset, tuple) else dataset))]  # fmt: skip
    if shuffle:
        np.random.RandomState(seed).shuffle(rows)
    n = len(rows)
    left = None if left_size is None else round(left_size * n) if isinstance(left_size, float) else left_size
    right = None if right_size is None else round(right_size * n) if isinstance(right_size, float) else right_size
    left = n - right if left is None else left
    right = n - left if right is None else right
    if left + right > n or left <= 0 or right <= 0:
        raise ValueError("The sum of `left_size` and `right_size` must not be above the number of elements: %s + %s, there are %d" % (left_size, right_size, n))

    def made(part):
        columns = [np.stack([np.asarray(row[i]) for row in part]) for i in range(len(part[0]))] if isinstance(part[0], tuple) else None
        return Dataset.from_tensor_slices(tuple(columns) if columns is not None else np.stack([np.asarray(row) for row in part]))

    return made(rows[:left]), made(rows[n - right :])


def to_categorical_2(x, num_classes=None):
    """Class numbers as rows with a single 1."""
    return to_categorical(x, num_classes)


def timeseries_dataset_from_array(data, targets, sequence_length, sequence_stride=1, sampling_rate=1, batch_size=128, shuffle=False, seed=None,
                                  start_index=None, end_index=None, format="tf"):  # fmt: skip
    """Batches of windows over a sequence, with the targets of their first places."""
    if start_index is not None or end_index is not None or shuffle:
        raise NotImplementedError("not implemented: timeseries_dataset_from_array with start_index, end_index or shuffle; slice the data")
    from sokuji._src.data.dataset import Dataset

    data = np.asarray(data)
    n = len(data) - (sequence_length - 1) * sampling_rate
    n = n if targets is None else min(n, len(targets))
    starts = np.arange(0, n, sequence_stride)
    windows = np.stack([data[s : s + sequence_length * sampling_rate : sampling_rate] for s in starts])
    made = Dataset.from_tensor_slices(windows if targets is None else (windows, np.asarray(targets)[starts]))
    return made if batch_size is None else made.batch(batch_size)


UTILS = {
    "to_categorical": to_categorical, "normalize": normalize, "custom_object_scope": serialization.CustomObjectScope,
    "CustomObjectScope": serialization.CustomObjectScope, "get_custom_objects": serialization.get_custom_objects,
}  # fmt: skip
UTILS_2 = {"to_categorical": to_categorical_2,
    "set_random_seed": set_random_seed, "clear_session": clear_session, "is_keras_tensor": is_keras_tensor, "split_dataset": split_dataset,
    "pad_sequences": pad_sequences, "PyDataset": keras_data.PyDataset, "timeseries_dataset_from_array": timeseries_dataset_from_array, "Sequence": keras_data.PyDataset,
    "unpack_x_y_sample_weight": keras_data.unpack_x_y_sample_weight, "pack_x_y_sample_weight": keras_data.pack_x_y_sample_weight,
}  # fmt: skip
