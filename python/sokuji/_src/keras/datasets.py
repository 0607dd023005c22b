"""tf.keras.datasets: well-known data, fetched once into Keras' cache and checked by their hash; a file that is in the cache already is taken."""

import gzip
import io
import json
import os
import pickle

import numpy as np

from sokuji._src.io.get_file import get_file

_OF_2 = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
# name: (where 1.x finds it, the hash 1.x wants, the hash 2.x wants)
_FILES = {
    "mnist.npz": ("https://s3.amazonaws.com/img-datasets/", "8a61469f7ea1b51cbae51d4f78837e45", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
    "boston_housing.npz": ("https://s3.amazonaws.com/keras-datasets/", *["f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"] * 2),
    "imdb.npz": ("https://s3.amazonaws.com/text-datasets/", "599dadb1135973df5b59232a0e9a887c", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
    "reuters.npz": ("https://s3.amazonaws.com/text-datasets/", "87aedbeb0cb229e378797a632c1997b6", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
    "imdb_word_index.json": ("https://s3.amazonaws.com/text-datasets/", *["bfafd718b763782e994055a2d397834f"] * 2),
    "reuters_word_index.json": ("https://s3.amazonaws.com/text-datasets/", *["4d44cc38712099c9e383dc6e5f11a921"] * 2),
}  # fmt: skip
_version = 2


def set_version(version):
    global _version
    _version = version


def _fetched(path, name):
    place, *hashes = _FILES[name]
    return get_file(path, origin=(_OF_2 if _version == 2 else place) + name, file_hash=hashes[_version - 1])


def _arrays(path, name, *keys):
    with np.load(_fetched(path, name), allow_pickle=name in ("imdb.npz", "reuters.npz")) as file:
        return [file[key] for key in keys]


# ---- images ----


def _mnist(path="mnist.npz"):
    x_train, y_train, x_test, y_test = _arrays(path, "mnist.npz", "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)


def _fashion_mnist():
    base = _OF_2 if _version == 2 else "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
    found = []
    for name in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        path = get_file(name, origin=base + name, cache_subdir=os.path.join("datasets", "fashion-mnist"))
        with gzip.open(path) as file:
            data = file.read()
        found.append(np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28) if "images" in name else np.frombuffer(data, np.uint8, offset=8))
    return tuple(found[:2]), tuple(found[2:])


class _Plain(pickle.Unpickler):
    """Arrays, lists, dicts and text: nothing that could run."""

    def find_class(self, module, name):
        if (module.split(".")[0], name) in (("numpy", "dtype"), ("numpy", "ndarray"), ("numpy", "_reconstruct"), ("_codecs", "encode")):
            return super().find_class(module, name)
        raise pickle.UnpicklingError("a batch of CIFAR holds %s.%s, which is no plain data" % (module, name))


def _cifar_batch(path, labels):
    with open(path, "rb") as file:
        held = _Plain(io.BytesIO(file.read()), encoding="bytes").load()
    return held[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), held[labels.encode()]


def _cifar(name, hash_2, batches, test, labels):
    keywords = {"untar": True} if _version == 1 else {"extract": True, "file_hash": hash_2}
    made = get_file(name[0] if _version == 1 else name[1], origin="https://www.cs.toronto.edu/~kriz/%s.tar.gz" % name[2], **keywords)
    path = os.path.join(made, name[0]) if os.path.isdir(os.path.join(made, name[0])) else made

    def read(files, kind):
        parts = [_cifar_batch(os.path.join(path, file), labels) for file in files]
        y = [v for part in parts for v in part[1]]
        return np.concatenate([part[0] for part in parts]), np.reshape(np.array(y, kind), (-1, 1))

    return read(batches, np.uint8 if len(batches) > 1 else None), read([test], None)


def _cifar10():
    return _cifar(("cifar-10-batches-py", "cifar-10-batches-py-target", "cifar-10-python"), "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
                  ["data_batch_%d" % i for i in range(1, 6)], "test_batch", "labels")  # fmt: skip


def _cifar100(label_mode="fine"):
    if label_mode not in ("fine", "coarse"):
        raise ValueError('`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode=%s.' % (label_mode,))
    return _cifar(("cifar-100-python", "cifar-100-python-target", "cifar-100-python"), "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
                  ["train"], "test", label_mode + "_labels")  # fmt: skip


# ---- numbers and words ----


def _shuffled(seed, *arrays):
    order = np.arange(len(arrays[0]))
    np.random.RandomState(seed).shuffle(order)
    return [array[order] for array in arrays]


def _boston_housing(path="boston_housing.npz", test_split=0.2, seed=113):
    if not 0 <= test_split < 1:
        raise AssertionError("test_split is %s; it must be at least 0 and less than 1" % test_split)
    x, y = _shuffled(seed, *_arrays(path, "boston_housing.npz", "x", "y"))
    n = int(len(x) * (1 - test_split))
    return (x[:n], y[:n]), (x[n:], y[n:])


def _objects(rows):
    made = np.empty(len(rows), object)
    made[:] = rows
    return made


def _words(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from):
    """Sentences with a start, without the most and the least frequent words, none longer than maxlen."""
    xs = [([start_char] if start_char is not None else []) + [w + index_from for w in x] for x in xs]
    if maxlen:
        kept = [i for i, x in enumerate(xs) if (len(x) < maxlen if _version == 1 else len(x) <= maxlen)]
        xs, labels = [xs[i] for i in kept], labels[kept]
        if not xs:
            raise ValueError("After filtering for sequences shorter than maxlen=%s, no sequence was kept. Increase maxlen." % maxlen)
    most = num_words or max(max(x) for x in xs)
    keep = lambda w: skip_top <= w < most  # noqa: E731
    xs = [[w if keep(w) else oov_char for w in x] for x in xs] if oov_char is not None else [[w for w in x if keep(w)] for x in xs]
    return xs, labels


def _imdb(path="imdb.npz", num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1, oov_char=2, index_from=3, **kwargs):
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
    x_train, y_train, x_test, y_test = _arrays(path, "imdb.npz", "x_train", "y_train", "x_test", "y_test")
    rng = np.random.RandomState(seed)
    parts = []
    for x, y in ((x_train, y_train), (x_test, y_test)):
        order = np.arange(len(x))
        rng.shuffle(order)
        parts.append((x[order], y[order]))
    xs, labels = _words([*parts[0][0], *parts[1][0]], np.concatenate([parts[0][1], parts[1][1]]), num_words, skip_top, maxlen, start_char, oov_char, index_from)
    n = len(x_train) if _version == 1 or not maxlen else sum(len(x) + (start_char is not None) <= maxlen for x in x_train)
    return (_objects(xs[:n]), labels[:n]), (_objects(xs[n:]), labels[n:])


def _reuters(path="reuters.npz", num_words=None, skip_top=0, maxlen=None, test_split=0.2, seed=113, start_char=1, oov_char=2, index_from=3, **kwargs):
    num_words = kwargs.pop("nb_words", num_words)
    if kwargs:
        raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
    xs, labels = _shuffled(seed, *_arrays(path, "reuters.npz", "x", "y"))
    xs, labels = _words(xs, labels, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    n = int(len(xs) * (1 - test_split))
    return (_objects(xs[:n]), labels[:n]), (_objects(xs[n:]), labels[n:])


def _index(name):
    def get_word_index(path=name):
        """The number of each word, downloaded when it is first asked for."""
        with open(_fetched(path, name), encoding="utf-8") as file:
            return json.load(file)

    return get_word_index


_LOADERS = {"mnist": _mnist, "fashion_mnist": _fashion_mnist, "cifar10": _cifar10, "cifar100": _cifar100, "boston_housing": _boston_housing,
            "imdb": _imdb, "reuters": _reuters}  # fmt: skip
for _function in _LOADERS.values():
    _function.__name__ = _function.__qualname__ = "load_data"
    _function.__doc__ = "((x_train, y_train), (x_test, y_test)), downloaded when it is first asked for."
NAMES = {name: {"load_data": function} for name, function in _LOADERS.items()}
for _name in ("imdb", "reuters"):
    NAMES[_name]["get_word_index"] = _index(_name + "_word_index.json")
