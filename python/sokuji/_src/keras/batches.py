"""What fit, evaluate and predict of 2.x take: arrays, datasets, generators and PyDatasets, as batches (x, y, weights)."""

import numpy as np

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.execute import convert
from sokuji._src.data.dataset import Dataset


class PyDataset:
    """Batches by number: subclasses have __len__ and __getitem__."""

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        pass

    def __getitem__(self, index):
        raise NotImplementedError("__getitem__ of %s" % type(self).__name__)

    def __len__(self):
        return self.num_batches

    def on_epoch_begin(self):
        pass

    def on_epoch_end(self):
        pass


def unpack_x_y_sample_weight(data):
    """(x, y, sample_weight) of a tuple; None for what is missing."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError("Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: %s" % (data,))
    return (*data, *[None] * (3 - len(data)))


def pack_x_y_sample_weight(x, y=None, sample_weight=None):
    """A tuple of what is given, without trailing None."""
    if y is None:
        return x if not isinstance(x, (tuple, list)) else (x,)
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def tensor(value):
    """A batch's array as a tensor: floats as float32."""
    if value is None:
        return None
    if isinstance(value, _core.Handle):
        made = convert(value, 0)
    else:
        array = np.asarray(value)
        made = convert(array.astype(np.float32) if array.dtype.kind == "f" and array.dtype != np.float32 else array, 0)
    return _core.execute("Cast", [made], {"DstT": 1}) if made.dtype.is_floating and made._dtype_number != 1 else made


def _arrays(structure):
    """Leaves that can be sliced."""
    def one(value):
        if isinstance(value, (_core.Handle, np.ndarray)) or value is None:
            return value
        if hasattr(value, "to_numpy"):
            return value.to_numpy()
        return np.asarray(value)

    if isinstance(structure, (list, tuple)) and not any(isinstance(v, (np.ndarray, _core.Handle, list, dict)) for v in structure):
        return np.asarray(structure)
    if isinstance(structure, (list, tuple)) and structure and isinstance(structure[0], list):
        return np.asarray(structure)
    return nest.map_structure(one, structure) if isinstance(structure, (list, tuple, dict)) else one(structure)


def _length(structures):
    sizes = {np.shape(v)[0] if not isinstance(v, _core.Handle) else v._shape_tuple[0] for s in structures for v in nest.flatten(s) if v is not None}
    if len(sizes) > 1:
        raise ValueError("Data cardinality is ambiguous. Make sure all arrays contain the same number of samples: %s" % sorted(sizes))
    if not sizes:
        raise ValueError("there is no data")
    return sizes.pop()


def _take(structure, index):
    def one(value):
        if value is None:
            return None
        if isinstance(value, _core.Handle):
            return tensor(_core.execute("GatherV2", [value, convert(index, 9), convert(0, 3)], {}))
        return tensor(value[index])

    return nest.map_structure(one, structure) if isinstance(structure, (list, tuple, dict)) else one(structure)


def _class_weights(y, weights):
    """One weight per example of y, by its class."""
    if isinstance(y, (dict, list, tuple)):
        raise ValueError("`class_weight` is only supported for Models with a single output.")
    y = np.asarray(y)
    classes = y.argmax(-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), *y.shape[1:-1]) if y.ndim > 1 else y
    out = np.ones(classes.shape, np.float32)
    for key, value in weights.items():
        out[classes == int(key)] = value
    return out


class _Arrays:
    def __init__(self, x, y, weight, batch_size, shuffle, class_weight):
        self._x, self._y, self._w = _arrays(x), None if y is None else _arrays(y), None if weight is None else _arrays(weight)
        self._n = _length([self._x, self._y, self._w])
        if class_weight:
            if weight is not None:
                raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
            self._w = _class_weights(self._y, class_weight)
        self._size, self._shuffle = batch_size or 32, shuffle
        self.steps = -(-self._n // self._size)

    def epoch(self):
        order = np.arange(self._n)
        if self._shuffle == "batch":
            starts = np.random.permutation(np.arange(0, self._n, self._size))
        else:
            if self._shuffle:
                np.random.shuffle(order)
            starts = range(0, self._n, self._size)
        for start in starts:
            index = order[start : start + self._size]
            yield pack_x_y_sample_weight(*[None if v is None else _take(v, index) for v in (self._x, self._y, self._w)])

    def ended(self):
        pass


class _Batches:
    """Batches that come from a dataset or an iterator; with steps, one pass goes on where the last stopped."""

    def __init__(self, source, steps, class_weight):
        self._source, self._class_weight, self._steps, self._open = source, class_weight, steps, None
        self.steps = steps
        if isinstance(source, Dataset):
            n = source._cardinality()
            self.steps = steps or (n if n >= 0 else None)
            if n == -1 and not steps:
                raise ValueError("When passing an infinitely repeating dataset, you must specify the `steps_per_epoch` argument.")
        elif isinstance(source, PyDataset):
            self.steps = steps or len(source)

    def _begin(self):
        if isinstance(self._source, PyDataset):
            return (self._source[i] for i in range(len(self._source)))
        return iter(self._source)

    def epoch(self):
        if isinstance(self._source, PyDataset):
            self._source.on_epoch_begin()
        if self._steps is None:
            for batch in self._begin():
                yield self._as_batch(batch)
            return
        if self._open is None:
            self._open = self._begin()
        for _ in range(self._steps):
            try:
                batch = next(self._open)
            except StopIteration:
                self._open = None
                return
            yield self._as_batch(batch)

    def _as_batch(self, batch):
        x, y, w = unpack_x_y_sample_weight(batch)
        if self._class_weight:
            w = _class_weights(y.numpy() if isinstance(y, _core.Handle) else y, self._class_weight)
        made = [nest.map_structure(tensor, v) if isinstance(v, (list, tuple, dict)) else tensor(v) for v in (x, y, w)]
        return pack_x_y_sample_weight(*made)

    def ended(self):
        if isinstance(self._source, PyDataset):
            self._source.on_epoch_end()


def adapter(x, y, weight, batch_size, steps, shuffle, class_weight):
    """The source of batches for the arguments of fit."""
    if isinstance(x, (list, tuple)) and x and isinstance(x[0], (list, tuple, int, float)):
        raise ValueError("Unrecognized data type: x=%s (of type %s)" % (x, type(x)))
    if isinstance(x, (Dataset, PyDataset)) or (hasattr(x, "__next__") and not isinstance(x, (np.ndarray, _core.Handle))):
        if y is not None:
            raise ValueError("When providing `x` as a tf.data.Dataset or a generator, `y` should not be passed. Instead, the targets should be included as "
                             "part of it.")  # fmt: skip
        if weight is not None:
            raise ValueError("When providing `x` as a tf.data.Dataset or a generator, `sample_weight` should not be passed.")
        return _Batches(x, steps, class_weight)
    return _Steps(_Arrays(x, y, weight, batch_size, shuffle, class_weight), steps)


class _Steps:
    """The first so many batches of each pass."""

    def __init__(self, data, steps):
        self._data, self._most = data, steps
        self.steps = data.steps if steps is None else steps

    def epoch(self):
        for step, batch in enumerate(self._data.epoch()):
            if self._most is not None and step >= self._most:
                return
            yield batch

    def ended(self):
        self._data.ended()


def one_batch(x, y, weight, class_weight):
    if class_weight:
        weight = _class_weights(y, class_weight)

    def one(value):
        if value is None:
            return None
        arrays = _arrays(value)
        return nest.map_structure(tensor, arrays) if isinstance(arrays, (list, tuple, dict)) else tensor(arrays)

    return pack_x_y_sample_weight(*[one(v) for v in (x, y, weight)])


def split(x, y, weight, fraction):
    """((x, y, weights) to train on, those to validate on)."""
    if isinstance(x, (Dataset, PyDataset)) or hasattr(x, "__next__"):
        raise ValueError("Argument `validation_split` is only supported for tensors or NumPy arrays. Found: %s" % type(x))
    if not 0 < fraction < 1:
        raise ValueError("`validation_split` must be between 0 and 1, received: %s" % fraction)
    given = [None if v is None else _arrays(v) for v in (x, y, weight)]
    n = _length(given)
    at = int(np.floor(n * (1.0 - fraction)))
    if at == 0 or at == n:
        raise ValueError("Training data contains %d samples, which is not sufficient to split it into a validation and training set." % n)

    def part(v, first):
        cut = slice(0, at) if first else slice(at, n)
        return None if v is None else nest.map_structure(lambda t: t[cut], v) if isinstance(v, (list, tuple, dict)) else v[cut]

    train, held = [part(v, True) for v in given], [part(v, False) for v in given]
    return train, tuple(v for v in held if v is not None) if held[2] is None else tuple(held)
