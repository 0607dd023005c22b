"""Datasets kept in files (cache(file), save and load, in a format of our own: serialized tensors as records) and datasets of random choices."""

import json
import os

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, execute, invalid, run
from sokuji._src.data import passes, specs
from sokuji._src.data.dataset import INFINITE, Dataset, both, same_elements
from sokuji._src.data.specs import Leaf
from sokuji._src.io import messages, records, tensor_proto


def _write(path, rows):
    """Writes each element, a list of tensors, as records: how many tensors, then each; passes the elements on."""
    waiting = path + ".lock"
    with records.TFRecordWriter(waiting) as writer:
        for flat in rows:
            writer.write(str(len(flat)).encode())
            for t in flat:
                writer.write(tensor_proto.make_tensor_proto(t).SerializeToString())
            yield flat
    os.replace(waiting, path)


def _read(path):
    source = records.tf_record_iterator(path)
    for head in source:
        yield [_tensor(next(source)) for _ in range(int(head))]


def _tensor(serialized):
    proto = messages.CLASSES["TensorProto"].FromString(serialized)
    return convert(tensor_proto.make_ndarray(proto), int(proto.dtype))


def cache(dataset, filename):
    """The elements from the file, where there is one; the first whole pass writes it."""
    path = os.fspath(filename) + ".data-00000-of-00001"

    def pass_(source):
        if os.path.exists(path):
            return _read(path)
        return _write(path, source)

    return same_elements(dataset, pass_, dataset._cardinality)


# ---- save and load ----


def _described(layout):
    if isinstance(layout, tuple):
        return {"tuple": [_described(item) for item in layout]}
    if isinstance(layout, specs.Mapping):
        return {"dict": [[key, _described(layout[key])] for key in layout]}
    return [layout.place, layout.dtype.name, None if layout.shape is None else list(layout.shape)]


def _layout_of(given):
    if isinstance(given, dict):
        return tuple(_layout_of(v) for v in given["tuple"]) if "tuple" in given else {key: _layout_of(v) for key, v in given["dict"]}
    return Leaf(given[0], dtypes.as_dtype(given[1]), None if given[2] is None else tuple(given[2]))


def save(dataset, path, compression=None, shard_func=None, checkpoint_args=None):
    """Writes the elements into files in the folder, in Sokuji's own format."""
    if shard_func is not None or checkpoint_args is not None:
        raise NotImplementedError("not implemented: tf.data.Dataset.save with shard_func or checkpoint_args")
    os.makedirs(path, exist_ok=True)
    layout, n = dataset._known(), 0
    leaves = specs.flatten(layout)

    def rows():
        for element in dataset:
            made = [None] * len(leaves)
            for leaf, t in zip(leaves, specs.flatten(element)):
                made[leaf.place] = t
            yield made

    for _ in _write(os.path.join(path, "elements.tfrecord"), rows()):
        n += 1
    with open(os.path.join(path, "layout.json"), "w") as file:
        json.dump({"layout": _described(layout), "elements": n}, file)


def load(path, element_spec=None, compression=None, reader_func=None, wait=False, wait_args=None):
    """The dataset that was saved in the folder."""
    from sokuji._src.core import errors

    if not os.path.exists(os.path.join(path, "layout.json")):
        if not os.path.isdir(path):
            raise errors.NotFoundError(None, None, "Could not find the saved dataset %s" % path)
        raise NotImplementedError("not implemented: tf.data.Dataset.load of what TensorFlow saved in %s; save it with Sokuji" % path)
    with open(os.path.join(path, "layout.json")) as file:
        found = json.load(file)
    layout = _layout_of(found["layout"])
    n = len(specs.flatten(layout))
    made = Dataset((), lambda: _core.Dataset.from_passes(n, lambda: _read(os.path.join(path, "elements.tfrecord")), []), lambda: layout, lambda: found["elements"])
    return made if reader_func is None else reader_func(Dataset.from_tensors(0).map(lambda _: made))


# ---- random ----


def philox(seed, seed2, skipped=0):
    """The numbers of Philox4x32-10 (Salmon et al. 2011) as TensorFlow's generator with two seeds draws them, after so many fours."""
    place = ((seed2 & 0xFFFFFFFFFFFFFFFF) << 64) + skipped
    while True:
        c, k = [(place >> shift) & 0xFFFFFFFF for shift in (0, 32, 64, 96)], [seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF]
        for _ in range(10):
            a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        yield from c
        place += 1


def _seeds(seed):
    first, second = _core.op_seeds(seed)
    first, second = first or 0, second or 0
    return (first, second) if first or second else (0, 2**31 - 1)


def random(seed=None, rerandomize_each_iteration=None, name=None):
    """Numbers below 2**32, as int64."""
    pair = _seeds(seed)

    def pass_():
        for number in philox(*pair):
            yield [convert(number, 9)]

    return Dataset((), lambda: _core.Dataset.from_passes(1, pass_, []), lambda: Leaf(0, dtypes.int64, ()), lambda: INFINITE)


def sample_from_datasets(datasets, weights=None, seed=None, stop_on_empty_dataset=False, rerandomize_each_iteration=None):
    """Elements of datasets that are drawn with the given probabilities."""
    datasets = list(datasets)
    if not datasets:
        raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
    if isinstance(weights, Dataset):
        raise NotImplementedError("not implemented: tf.data.Dataset.sample_from_datasets with a dataset of weights; give numbers")
    if weights is not None and len(np.ravel(np.asarray(weights))) != len(datasets):
        raise ValueError("`weights` must have a number for each dataset: %d numbers for %d datasets" % (len(np.ravel(np.asarray(weights))), len(datasets)))
    if len(datasets) == 1:
        return datasets[0]
    logits = convert([[1.0] * len(datasets)], 1) if weights is None else run("Log", convert([np.ravel(np.asarray(weights)).tolist()], 1))
    drawn = random(seed).batch(2).map(lambda pair: run("Reshape", execute("StatelessMultinomial", [logits, convert(1, 3), pair], {}), convert(np.zeros(0, np.int32), 0)))
    return passes.choose_from_datasets(datasets, drawn, stop_on_empty_dataset)


def sparse_batch(dataset, batch_size, row_shape, name=None):
    """Batches as sparse tensors of the given rows' shape."""
    from sokuji._src.ops.sparse_ops import SparseTensor

    sizes = [int(d) for d in np.ravel(np.asarray(row_shape))]

    def made(*rows):
        places = [[i, *p] for i, row in enumerate(rows) for p in np.argwhere(np.ones(row._shape_tuple, bool)).tolist()]
        return SparseTensor(np.array(places, np.int64).reshape(-1, 1 + len(sizes)), np.concatenate([np.asarray(r).ravel() for r in rows]), [len(rows), *sizes])

    if any(d < 0 for d in sizes):
        raise invalid("sparse_batch: row_shape is %s" % sizes)
    from sokuji._src.data.dataset import Noted, padded

    noted = Noted()

    def pass_(source):
        rows = []
        for flat in source:
            rows.append(flat[0])
            if len(rows) == int(batch_size):
                yield padded(noted.note(made(*rows)), out._pad, out)
                rows = []
        if rows:
            yield padded(noted.note(made(*rows)), out._pad, out)

    out = Dataset((dataset,), lambda core: _core.Dataset.from_passes(out._pad, pass_, [core]), lambda: noted.layout)
    out._loose = True
    return out


Dataset.save, Dataset.load, Dataset.random = save, staticmethod(load), both("random", random, True)
Dataset.sample_from_datasets, Dataset.sparse_batch = both("sample_from_datasets", sample_from_datasets, True), sparse_batch
