"""Session.run once more with fetches and feed keys that it knows (answered in C): the same values, the same refusals as the first time."""

import threading

import numpy as np
import pytest
import sokuji.v1 as tf


@pytest.fixture
def net():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2])
        n = tf.placeholder(tf.int32, [])
        v = tf.Variable([1.0, 2.0])
        y, s = x * v, n + 1
        step = tf.assign_add(v, [1.0, 1.0])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            yield session, x, n, y, s, step


VALUES = [np.ones((3, 2), np.float32), np.ones((3, 2)), np.ones((2, 3)).T, [[1, 1], [1, 1], [1, 1]], np.ones((3, 2), np.int64), np.ones((3, 2), np.float16)]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values_of_every_kind(net, value):
    session, x, n, y, s, _ = net
    for number in (1, np.int64(1), np.array(1), np.array(1, np.int32)):
        for _ in range(4):
            a, b = session.run([y, s], {x: value, n: number})
            np.testing.assert_array_equal(a, [[1, 2]] * 3)
            assert a.dtype == np.float32 and type(b) is np.int32 and b == 2
            pair = session.run((s, y), {n: number, x: value})
            assert type(pair) is tuple and pair[0] == 2 and pair[1].shape == (3, 2)
    assert not np.shares_memory(a, value) if isinstance(value, np.ndarray) else True


def test_operations_and_no_feeds(net):
    session, x, n, y, s, step = net
    for i in range(4):
        np.testing.assert_array_equal(session.run(step), [2 + i, 3 + i])
    for i in range(4):
        assert session.run(step.op) is None
        assert session.run([step.op, s], {n: i})[1] == i + 1


def test_refusals_stay(net):
    session, x, n, y, s, _ = net
    for _ in range(3):
        session.run(y, {x: VALUES[1]})
        with pytest.raises(ValueError, match="Cannot feed value of shape"):
            session.run(y, {x: np.ones((3, 3))})
        with pytest.raises(ValueError):
            session.run(y, {x: "text"})
        with pytest.raises(tf.errors.InvalidArgumentError, match="must feed a value"):
            session.run(y, {n: 1})
        with pytest.raises(tf.errors.InvalidArgumentError, match="must feed a value"):
            session.run(y)
        with pytest.raises(TypeError, match="cannot be a tf.Tensor"):
            session.run(y, {x: y})
    with pytest.warns(RuntimeWarning):
        assert np.isinf(session.run(y, {x: np.full((1, 2), 1e39)})).all()
    session.close()
    with pytest.raises(RuntimeError, match="closed"):
        session.run(y, {x: VALUES[1]})


def test_python_functions_are_asked_every_time():
    with tf.Graph().as_default():
        x, calls = tf.placeholder(tf.float32, []), []
        y = tf.py_func(lambda v: calls.append(v) or np.float32(v + 1), [x], tf.float32)
        with tf.Session() as session:
            assert [session.run(y, {x: np.float32(i)}) for i in range(4)] == [1, 2, 3, 4]
    assert len(calls) == 4


def test_what_is_forbidden_later_holds(net):
    session, x, n, y, s, step = net
    for _ in range(3):
        session.run([y, s], {x: VALUES[0], n: 1})
        session.run(s, {n: 1})
    session.graph.prevent_fetching(s.op)
    for what in (s, s.op, [y, s], s.name):
        with pytest.raises(ValueError, match="Operation '%s' has been marked as not fetchable." % s.op.name):
            session.run(what, {n: 1, x: VALUES[0]})
    session.graph.prevent_feeding(x)
    with pytest.raises(ValueError, match="may not be fed"):
        session.run(y, {x: VALUES[0]})


def test_arrays_of_every_layout(net):
    session, x, n, *_ = net
    with session.graph.as_default():
        doubled = {kind: tf.placeholder(kind, None) for kind in (tf.float32, tf.float64, tf.int32, tf.int64)}
        doubled = {p: p * 2 for p in doubled.values()}
    room = np.zeros(200, np.uint8)
    for kind in "f4 f8 i4 i8 >f4 >f8 >i4 >i8".split():
        whole = np.arange(12).astype(kind)
        skewed = room[1 : 1 + whole.nbytes].view(kind)
        skewed[:] = whole
        frozen = whole.copy()
        frozen.flags.writeable = False
        for array in (whole, skewed, frozen, whole.reshape(3, 4).T, whole[::-1], whole[:0], whole[3], whole[3:4].reshape(()), np.ma.array(whole)):
            for place, twice in doubled.items():
                for _ in range(3):
                    np.testing.assert_array_equal(session.run(twice, {place: array}), np.asarray(array).astype(place.dtype.as_numpy_dtype) * 2)
    with pytest.raises((TypeError, ValueError)):
        session.run(twice, {place: np.zeros(3, [("a", "i4"), ("b", "f4")])})


def test_threads_that_run_what_others_learn():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, None])
        many = [tf.reduce_sum(tf.matmul(x, x)) + k for k in range(24)]
        session = tf.Session()
        found = []

        def run(first):
            value = np.ones([200, 200], np.float32)
            for i in range(60):
                k = (first * 7 + i // 3) % 24
                found.append(session.run([many[k], many[(k + first) % 24]], {x: value})[0] == 200.0**3 + k)

        threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
        [t.start() for t in threads], [t.join() for t in threads]
        assert len(found) == 240 and all(found)
