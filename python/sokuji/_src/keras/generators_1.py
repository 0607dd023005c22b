"""fit_generator and its like of 1.8, what feeds them, and other words of its models."""

import math

import numpy as np

from sokuji._src.keras import batches, optimizers_1, training_1
from sokuji._src.keras import callbacks as keras_callbacks
from sokuji._src.keras.at_once import at_once


class Sequence(batches.PyDataset):
    """Batches by number: subclasses have __len__ and __getitem__."""

    def __init__(self, *arguments, **keywords):
        pass

    def __len__(self):
        raise NotImplementedError

    def __iter__(self):
        while True:
            for k in range(len(self)):
                yield self[k]


class SequenceEnqueuer:
    """Gives the batches of a Sequence or a generator, in order."""

    def __init__(self, sequence, use_multiprocessing=False, **keywords):
        self._given, self._running = sequence, False

    def start(self, workers=1, max_queue_size=10):
        """Begins to give batches."""
        self._running = True

    def is_running(self):
        """Whether batches are given."""
        return self._running

    def stop(self, timeout=None):
        """Ends giving batches."""
        self._running = False

    def get(self):
        """The batches, one after the other."""
        for batch in self._given:
            if not self._running:
                return
            yield batch


class GeneratorEnqueuer(SequenceEnqueuer):
    """Gives the batches of a generator, in order."""

    def __init__(self, generator, use_multiprocessing=False, wait_time=0.05, seed=None):
        super().__init__(generator)


class OrderedEnqueuer(SequenceEnqueuer):
    """Gives the batches of a Sequence, in order."""

    def __init__(self, sequence, use_multiprocessing=False, shuffle=False):
        super().__init__(sequence)


def _steps(generator, steps, name):
    if steps is not None:
        return steps
    if isinstance(generator, batches.PyDataset):
        return len(generator)
    raise ValueError("`%s=None` is only valid for a generator based on the `keras.utils.Sequence` class. Please specify `%s` or use the `keras.utils.Sequence` class." % (name, name))


def _numbers(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _split(batch, what="output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: "):
    if not hasattr(batch, "__len__") or len(batch) not in (2, 3):
        raise ValueError(what + str(batch))
    return (*batch, None)[:3]


def _epochs_of(generator, shuffle):
    """Batches without end; those of a Sequence are in another order in each epoch where shuffle says so."""
    if not isinstance(generator, batches.PyDataset):
        yield from generator
        return
    while True:
        order = list(range(len(generator)))
        if shuffle:
            np.random.shuffle(order)
        for k in order:
            yield generator[k]
        generator.on_epoch_end()


@at_once
def _fit_generator(self, generator, steps_per_epoch=None, epochs=1, verbose=1, callbacks=None, validation_data=None, validation_steps=None, class_weight=None, max_queue_size=10,
                   workers=1, use_multiprocessing=False, shuffle=True, initial_epoch=0):  # fmt: skip
    """Trains on the batches that a generator or a Sequence gives."""
    training_1._need_compile(self, "fit_generator")
    steps = _steps(generator, steps_per_epoch, "steps_per_epoch")
    by_batches = validation_data is not None and (hasattr(validation_data, "__next__") or isinstance(validation_data, batches.PyDataset))
    if by_batches and validation_steps is None:
        validation_steps = _steps(validation_data, None, "validation_steps")
    names = training_1.metrics_names(self)
    self.history = keras_callbacks.History()
    listeners = [keras_callbacks.BaseLogger(), *(callbacks or []), self.history, *([keras_callbacks.ProgbarLogger("steps")] if verbose else [])]
    params = {"epochs": epochs, "steps": steps, "verbose": verbose, "do_validation": bool(validation_data), "metrics": names + ["val_" + n for n in names]}
    for c in listeners:
        c.set_model(self)
        c.set_params(params)
        c.validation_data = None
    self.stop_training = False
    training_1._tell(listeners, "on_train_begin")
    source = _epochs_of(generator, shuffle)
    for epoch in range(initial_epoch, epochs):
        training_1._tell(listeners, "on_epoch_begin", epoch)
        for k in range(steps):
            x, y, w = _split(next(source))
            size = len(x[0] if isinstance(x, (list, tuple)) else next(iter(x.values())) if isinstance(x, dict) else x)
            logs = {"batch": k, "size": size}
            training_1._tell(listeners, "on_batch_begin", k, logs)
            logs.update(zip(names, _numbers(self.train_on_batch(x, y, sample_weight=w, class_weight=class_weight))))
            training_1._tell(listeners, "on_batch_end", k, logs)
            if self.stop_training:
                break
        logs = {}
        if validation_data is not None:
            values = self.evaluate_generator(validation_data, validation_steps) if by_batches else self.evaluate(*validation_data[:2], verbose=0, sample_weight=(*validation_data, None)[2])
            logs = {"val_" + name: value for name, value in zip(names, _numbers(values))}
        training_1._tell(listeners, "on_epoch_end", epoch, logs)
        if self.stop_training:
            break
    training_1._tell(listeners, "on_train_end")
    return self.history


@at_once
def _evaluate_generator(self, generator, steps=None, max_queue_size=10, workers=1, use_multiprocessing=False):
    """The loss and the metrics over the batches that a generator or a Sequence gives."""
    training_1._need_compile(self, "evaluate_generator")
    source, rows, sizes = _epochs_of(generator, False), [], []
    for _ in range(_steps(generator, steps, "steps")):
        x, y, w = _split(next(source))
        rows.append(_numbers(self.test_on_batch(x, y, sample_weight=w)))
        sizes.append(len(x[0] if isinstance(x, (list, tuple)) else next(iter(x.values())) if isinstance(x, dict) else x))
    values = [float(np.average(column, weights=sizes)) for column in zip(*rows)]
    return values[0] if len(values) == 1 else values


@at_once
def _predict_generator(self, generator, steps=None, max_queue_size=10, workers=1, use_multiprocessing=False, verbose=0):
    """The outputs for the batches that a generator or a Sequence gives."""
    source, rows = _epochs_of(generator, False), []
    for _ in range(_steps(generator, steps, "steps")):
        batch = next(source)
        x = batch[0] if isinstance(batch, tuple) else batch
        made = self.predict_on_batch(x)
        rows.append(made if isinstance(made, (list, tuple)) else [made])
    columns = [np.concatenate(column) for column in zip(*rows)]
    return columns[0] if len(columns) == 1 else columns


def _to_yaml(self, **kwargs):
    """1.x's models as YAML, which needs the module yaml."""
    raise ImportError("Requires yaml module installed.")


def model_from_yaml(yaml_string, custom_objects=None):
    """The model of a YAML text, which needs the module yaml."""
    raise ImportError("Requires yaml module installed.")


class TFOptimizer(optimizers_1.Optimizer):
    """An optimizer of tf.train as one of Keras."""

    def __init__(self, optimizer):
        super().__init__()
        self.optimizer = optimizer

    def apply_gradients(self, pairs):
        pairs = list(pairs)
        self.optimizer.apply_gradients(pairs)
        for _, v in pairs:
            if getattr(v, "constraint", None) is not None:
                v._assign(v.constraint(v._read()))
        self.iterations._assign(self.iterations._read() + 1)

    def get_config(self):
        """Not there: the optimizer has no configuration."""
        raise NotImplementedError

    from_config = get_config


# ---- sequences of words ----


def make_sampling_table(size, sampling_factor=1e-5):
    """How likely a word of each rank is kept: by Zipf's law, frequent words are drawn less."""
    rank = np.arange(size)
    rank[0] = 1
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    f = sampling_factor * inverse
    return np.minimum(1.0, f / np.sqrt(f))


def skipgrams(sequence, vocabulary_size, window_size=4, negative_samples=1.0, shuffle=True, categorical=False, sampling_table=None, seed=None):
    """Pairs of words, with 1 where both stand within a window and 0 where the second one is drawn."""
    import random

    couples, labels = [], []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                couples.append([word, sequence[j]])
                labels.append([0, 1] if categorical else 1)
    if negative_samples > 0:
        words = [c[0] for c in couples]
        random.shuffle(words)
        n = int(len(labels) * negative_samples)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(n)]
        labels += [[1, 0] if categorical else 0] * n
    if shuffle:
        seed = random.randint(0, 10**6) if seed is None else seed
        for rows in (couples, labels):
            random.seed(seed)
            random.shuffle(rows)
    return couples, labels


class TimeseriesGenerator(Sequence):
    """Windows of a series, with the value that comes after each."""

    def __init__(self, data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None, shuffle=False, reverse=False, batch_size=128):
        self.data, self.targets, self.length, self.sampling_rate, self.stride = data, targets, length, sampling_rate, stride
        self.start_index, self.end_index = start_index + length, len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size

    def __len__(self):
        return int(math.ceil((self.end_index - self.start_index) / (self.batch_size * self.stride)))

    def __getitem__(self, index):
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index, size=self.batch_size)
        else:
            i = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(i, min(i + self.batch_size * self.stride, self.end_index), self.stride)
        samples = np.array([self.data[range(row - self.length, row, self.sampling_rate)] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1, ...] if self.reverse else samples), targets


# ---- what is refused ----


def _refused(name, use):
    def function(*arguments, **keywords):
        raise NotImplementedError("not implemented: tf.keras.utils.%s; use %s" % (name, use))

    function.__name__, function.__doc__ = name, "Not implemented; use %s." % use
    return function


class HDF5Matrix:
    """Needs h5py."""

    def __init__(self, datapath, dataset, start=0, end=None, normalizer=None):
        raise ImportError("The use of HDF5Matrix requires HDF5 and h5py installed.")


UTILS = {"Sequence": Sequence, "SequenceEnqueuer": SequenceEnqueuer, "GeneratorEnqueuer": GeneratorEnqueuer, "HDF5Matrix": HDF5Matrix,
         "multi_gpu_model": _refused("multi_gpu_model", "the model itself: there is one device"), "plot_model": _refused("plot_model", "model.summary()"),
         "convert_all_kernels_in_model": _refused("convert_all_kernels_in_model", "set_weights")}  # fmt: skip
SEQUENCES = {"make_sampling_table": make_sampling_table, "skipgrams": skipgrams, "TimeseriesGenerator": TimeseriesGenerator}


def add(model):
    """Gives the class Model its methods."""
    model.fit_generator, model.evaluate_generator, model.predict_generator, model.to_yaml = _fit_generator, _evaluate_generator, _predict_generator, _to_yaml
    for function, name in ((_fit_generator, "fit_generator"), (_evaluate_generator, "evaluate_generator"), (_predict_generator, "predict_generator"), (_to_yaml, "to_yaml")):
        function.__name__ = name
    model.stateful = property(lambda self: any(getattr(layer, "stateful", False) for layer in self.layers))
