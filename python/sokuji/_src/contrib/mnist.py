"""tensorflow.examples.tutorials.mnist: the handwritten digits as arrays (input_data.read_data_sets), and the tutorial's model."""

import collections
import gzip
import os

import numpy as np

from sokuji._src.core import dtypes
from sokuji._src.graph.words import get_seed
from sokuji._src.io import get_file

Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])
SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
_FILES = "train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz".split()


def _numbers(data, magic, name):
    """The array of an IDX file of bytes."""
    head = 4 * (1 + (magic & 255))
    sizes = np.frombuffer(data[: min(head, len(data) // 4 * 4)], ">u4")
    if len(data) < head or sizes[0] != magic:
        raise ValueError("Invalid magic number %d in MNIST %s file: %s" % (sizes[0] if len(sizes) else 0, "image" if magic == 2051 else "label", name))
    values = np.frombuffer(data[head:], np.uint8)
    if values.size < np.prod(sizes[1:], dtype=np.int64):
        raise ValueError("%s: %d bytes where %s are announced" % (name, values.size, "x".join(map(str, sizes[1:]))))
    return values[: np.prod(sizes[1:], dtype=np.int64)].reshape(sizes[1:])


def extract_images(f):
    """[images, rows, columns, 1] as uint8 of a gzipped IDX file object."""
    return _numbers(gzip.GzipFile(fileobj=f).read(), 2051, getattr(f, "name", "file"))[..., None]


def extract_labels(f, one_hot=False, num_classes=10):
    """[labels] as uint8, or [labels, num_classes] with a one in each row."""
    labels = _numbers(gzip.GzipFile(fileobj=f).read(), 2049, getattr(f, "name", "file"))
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense, num_classes):
    return (np.ravel(labels_dense)[:, None] == np.arange(num_classes)).astype(np.float64)


def maybe_download(filename, work_directory, source_url):
    """The file's path in the folder, fetched if it is not there."""
    os.makedirs(work_directory, exist_ok=True)
    path = os.path.join(work_directory, filename)
    return path if os.path.exists(path) else get_file.get_file(filename, source_url, cache_dir=work_directory, cache_subdir="")


class DataSet:
    """Images as float32 rows between 0 and 1 (or uint8), their labels, and batches of them in an order shuffled anew each epoch."""

    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, seed=None):
        dtype = dtypes.as_dtype(dtype)
        if dtype not in (dtypes.uint8, dtypes.float32):
            raise TypeError("Invalid image dtype %r, expected uint8 or float32" % dtype)
        np.random.seed(get_seed(None)[0] if seed is None else seed)
        self.one_hot, self._fake, self._index, self._epochs_completed = one_hot, fake_data, 0, 0
        if fake_data:
            self._num_examples, self._images, self._labels = 10000, None, None
            return
        if len(images) != len(labels):
            raise ValueError("images.shape: %s labels.shape: %s" % (images.shape, labels.shape))
        if reshape:
            images = images.reshape(len(images), -1)
        self._images = images.astype(np.float32) * np.float32(1.0 / 255.0) if dtype == dtypes.float32 else images
        self._labels, self._num_examples = labels, len(images)

    images = property(lambda self: self._images)
    labels = property(lambda self: self._labels)
    num_examples = property(lambda self: self._num_examples)
    epochs_completed = property(lambda self: self._epochs_completed)

    def _shuffle(self):
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """(images, labels) of the next batch_size examples; what an epoch leaves over begins the batch that the next one completes."""
        if self._fake or fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        self._index = end = start + batch_size
        if end <= self._num_examples:
            return self._images[start:end], self._labels[start:end]
        self._epochs_completed += 1
        images, labels = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        self._index = batch_size - len(images)
        return np.concatenate((images, self._images[: self._index])), np.concatenate((labels, self._labels[: self._index]))


def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, validation_size=5000, seed=None, source_url=SOURCE_URL):
    """Datasets of the digits' four files in the folder train_dir, downloaded if they are not there."""
    if fake_data:
        return Datasets(*(DataSet([], [], True, one_hot, dtype, seed=seed) for _ in range(3)))
    paths = [maybe_download(name, train_dir, (source_url or SOURCE_URL) + name) for name in _FILES]
    arrays = []
    for k, path in enumerate(paths):
        with open(path, "rb") as f:
            arrays.append(extract_labels(f, one_hot) if k % 2 else extract_images(f))
    images, labels, test_images, test_labels = arrays
    if not 0 <= validation_size <= len(images):
        raise ValueError("Validation size should be between 0 and %d. Received: %d." % (len(images), validation_size))
    n, options = validation_size, dict(one_hot=one_hot, dtype=dtype, reshape=reshape, seed=seed)
    return Datasets(train=DataSet(images[n:], labels[n:], **options), validation=DataSet(images[:n], labels[:n], **options),
                    test=DataSet(test_images, test_labels, **options))  # fmt: skip


def load_mnist(train_dir="MNIST-data"):
    return read_data_sets(train_dir)


_INPUT_DATA = {"read_data_sets": read_data_sets, "load_mnist": load_mnist, "maybe_download": maybe_download, "DataSet": DataSet, "Datasets": Datasets,
               "extract_images": extract_images, "extract_labels": extract_labels, "dense_to_one_hot": dense_to_one_hot}  # fmt: skip
_HERE = "tensorflow.examples.tutorials.mnist"
MODULES = {_HERE: {"__path__": []}, _HERE + ".input_data": _INPUT_DATA}
