"""Datasets: exceptions come out as themselves, functions run once per element and in order, threads and layouts."""

import gc
import threading
import traceback

import numpy as np
import pytest


class OwnError(Exception):
    pass


def wrong(v):
    if int(v) == 2:
        raise OwnError("here")
    return v


def called(tf, function):
    """A dataset's function that calls Python for each element."""
    return lambda v: tf.py_function(function, [v], tf.int64)


@pytest.mark.parametrize("ahead", [0, 2])
def test_exceptions_come_out_as_themselves_and_the_next_element_follows(tf2, ahead):
    iterator = iter(tf2.data.Dataset.range(5).map(called(tf2, wrong)).prefetch(ahead))
    assert [int(next(iterator)), int(next(iterator))] == [0, 1]
    with pytest.raises(OwnError, match="here") as caught:
        next(iterator)
    assert any(frame.name == "wrong" for frame in traceback.extract_tb(caught.tb))
    assert [int(v) for v in iterator] == [3, 4]


def test_functions_run_once_per_element_and_in_order(tf2):
    seen = []
    dataset = tf2.data.Dataset.range(4).map(called(tf2, lambda v: (seen.append(int(v)), v)[1])).batch(2)
    assert seen == []
    assert [row.numpy().tolist() for row in dataset] == [[0, 1], [2, 3]] and seen == [0, 1, 2, 3]


def test_functions_of_many_tensors(tf2):
    dataset = tf2.data.Dataset.range(3).map(lambda v: tuple(v + k for k in range(40))).batch(2)
    assert [len(row) for row in dataset] == [40, 40]
    rows = list(dataset)
    assert rows[0][39].numpy().tolist() == [39, 40] and len(rows) == 2


def test_reshuffling_below_a_function_and_a_repeat(tf2):
    dataset = tf2.data.Dataset.range(20).shuffle(20, seed=1).flat_map(lambda v: tf2.data.Dataset.from_tensors(v)).repeat(2)
    values = [int(v) for v in dataset]
    assert sorted(values[:20]) == list(range(20)) and sorted(values[20:]) == list(range(20)) and values[:20] != values[20:]


def test_an_order_without_a_seed_is_new_each_time(tf1):
    dataset = tf1.data.Dataset.range(100).shuffle(100)
    first, second = [int(v) for v in dataset], [int(v) for v in dataset]
    assert sorted(first) == sorted(second) and first != second
    dataset = tf1.data.Dataset.range(100).shuffle(100, seed=1)
    assert [int(v) for v in dataset] == [int(v) for v in dataset]


def test_generators_end_with_their_iterator(tf2):
    ended = []

    def generator():
        try:
            yield from range(100)
        finally:
            ended.append(True)

    dataset = tf2.data.Dataset.from_generator(generator, output_signature=tf2.TensorSpec([], tf2.int32))
    iterator = iter(dataset.prefetch(1))
    assert int(next(iterator)) == 0
    del iterator
    gc.collect()
    assert ended == [True]


def test_iterators_in_threads(tf2):
    dataset = tf2.data.Dataset.range(200).map(lambda v: v * 2).shuffle(10, seed=3).prefetch(4)
    want = sorted(2 * k for k in range(200))
    results = []

    def work():
        results.append(sorted(int(v) for v in dataset))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [want] * 4


def test_element_specs(tf2):
    D, S = tf2.data.Dataset, tf2.TensorSpec
    assert D.range(3).element_spec == S([], tf2.int64)
    dataset = D.from_tensor_slices({"a": np.zeros([4, 3], np.float32), "b": ["x"] * 4}).batch(2)
    assert dataset.element_spec == {"a": S([None, 3], tf2.float32), "b": S([None], tf2.string)}
    assert dataset.map(lambda e: (e["a"] * 2, e["b"])).element_spec == (S([None, 3], tf2.float32), S([None], tf2.string))
    assert D.range(5).padded_batch(2, drop_remainder=True).element_spec == S([2], tf2.int64)
    assert [len(D.range(7).batch(3)), len(D.range(7).take(2).repeat(2)), D.range(3).repeat().cardinality().numpy()] == [3, 4, -1]


def test_wrong_arguments_are_refused(tf2):
    D = tf2.data.Dataset
    with pytest.raises(ValueError):
        D.from_tensor_slices(([1, 2], [1, 2, 3]))
    with pytest.raises(tf2.errors.InvalidArgumentError):
        list(D.range(3).batch(0))
    with pytest.raises(TypeError):
        list(D.range(3).flat_map(lambda v: v))
    with pytest.raises(ValueError):
        list(D.range(3).filter(lambda v: v))
    with pytest.raises(tf2.errors.NotFoundError):
        list(tf2.data.TextLineDataset("no such file"))
    with pytest.raises(NotImplementedError, match="rejection_resample"):
        D.range(2).rejection_resample(lambda v: v, [0.5, 0.5])


def test_csv(tf2, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,2.5,x\n3,4.5,\"y,z\"\n")
    dataset = tf2.data.experimental.make_csv_dataset(str(path), 2, label_name="a", num_epochs=1, shuffle=False)
    features, label = next(iter(dataset))
    assert label.numpy().tolist() == [1, 3] and list(features) == ["b", "c"]
    assert features["b"].numpy().tolist() == [2.5, 4.5] and features["c"].numpy().tolist() == [b"x", b"y,z"]
    rows = tf2.data.experimental.CsvDataset(str(path), [tf2.int32, [0.0]], header=True, select_cols=[0, 1])
    assert [(int(a), float(b)) for a, b in rows] == [(1, 2.5), (3, 4.5)]
