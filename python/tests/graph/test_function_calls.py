"""What a tf.function's call finds again, says of itself and does with variables: beside what the stored programs compare with TensorFlow."""

import copy
import gc
import threading
import weakref

import numpy as np
import pytest

import sokuji as tf


def counted(**keywords):
    log = []

    @tf.function(**keywords)
    def f(x, y=1, *rest, flag=False, **named):
        log.append(1)
        return {"sum": x + tf.cast(y, x.dtype), "rest": [tf.identity(r) for r in rest], "flag": flag, "nothing": None}

    return f, log


@pytest.mark.parametrize("call", [
    lambda f: f(tf.constant([1.0, 2.0])), lambda f: f(tf.constant(1.0), 2), lambda f: f(tf.constant(1.0), y=tf.constant(2.0)),
    lambda f: f(tf.constant(1.0), 2, tf.constant([3]), tf.constant([4])), lambda f: f(tf.constant(1.0), flag=True, z=tf.constant(0)),
    lambda f: f(tf.constant(1.0), flag=True, z={"b": tf.constant(1), "a": (tf.constant(2.0), [None, "word", 2.5, b"bytes"])}),
    lambda f: f(tf.zeros([1, 1, 1, 1, 1, 1, 1])), lambda f: f(np.float32(1)), lambda f: f(tf.Variable(2.0)),
])  # fmt: skip
def test_a_call_seen_before_is_not_traced_again(call):
    f, log = counted()
    first = call(f)
    again = [call(f) for _ in range(3)]
    assert len(log) == 1 == f.experimental_get_tracing_count()
    for made in again:
        tf.nest.map_structure(lambda a, b: np.testing.assert_array_equal(np.asarray(a), np.asarray(b)) if isinstance(a, tf.Tensor) else None, first, made)


def test_what_differs_is_traced_again():
    f, log = counted()
    x = tf.constant(1.0)
    for arguments, keywords in [((x,), {}), ((x, 2), {}), ((x, 2.0), {}), ((x, True), {}), ((x,), {"flag": True}), ((tf.constant([1.0]),), {}), ((tf.constant(1),), {})]:
        f(*arguments, **keywords), f(*arguments, **keywords)
    assert len(log) == 5  # numbers that are equal are the same, as in TensorFlow


def test_dictionaries_in_another_order_are_the_same():
    g = tf.function(lambda d: d["a"] - d["b"])
    one, two = tf.constant(1.0), tf.constant(5.0)
    assert float(g({"a": one, "b": two})) == -4 == float(g({"b": two, "a": one})) and g.experimental_get_tracing_count() == 1


def test_a_mutated_list_is_looked_at_again():
    g = tf.function(lambda values: tf.add_n(values))
    values = [tf.constant(1.0)]
    assert float(g(values)) == 1
    values.append(tf.constant(2.0))
    assert float(g(values)) == 3 and float(g(values)) == 3


def test_variables_share_a_trace_and_keep_apart():
    @tf.function
    def step(v, d):
        v.assign_add(d)
        return v * 2.0

    a, b = tf.Variable(1.0), tf.Variable(10.0)
    assert [float(step(v, tf.constant(1.0))) for v in (a, b, b, a)] == [4, 22, 24, 6]
    assert (float(a), float(b), step.experimental_get_tracing_count()) == (3, 12, 1)
    with tf.GradientTape() as tape:
        y = step(b, tf.constant(0.0)) ** 2
    assert float(tape.gradient(y, b)) == 2 * 24 * 2


def test_same_variables_twice_are_a_trace_of_their_own():
    g = tf.function(lambda v, w: v + 10.0 * w)
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    assert (float(g(a, b)), float(g(a, a)), float(g(b, a)), g.experimental_get_tracing_count()) == (21, 11, 12, 2)


def test_tapes_know_the_variables_read_inside():
    w = tf.Variable(3.0)
    g = tf.function(lambda x: x * w)
    g(tf.constant(1.0))
    with tf.GradientTape() as tape:
        y = g(tf.constant(2.0))
    assert tape.watched_variables() == (w,) and float(tape.gradient(y, w)) == 2


def test_methods_are_of_their_object_and_do_not_keep_it():
    class Thing:
        def __init__(self, k):
            self.k = k

        @tf.function
        def times(self, x):
            return x * self.k

    things = [Thing(float(k)) for k in range(7)]
    for _ in range(3):
        assert [float(t.times(tf.constant(2.0))) for t in things] == [2.0 * k for k in range(7)]
    assert things[3].times is things[3].times and things[3].times.experimental_get_tracing_count() == 1
    gone = weakref.ref(things.pop())
    gc.collect()
    assert gone() is None


def test_functions_of_methods_go_with_their_object():
    class Thing:
        def __init__(self, k):
            self.k = k

        @tf.function
        def times(self, x):
            return x * self.k

    thing = Thing(2.0)
    thing.times(tf.constant(1.0)), thing.times(tf.constant(1.0))
    function = weakref.ref(thing.times)
    del thing
    gc.collect()
    assert function() is None


def test_keywords_in_any_order():
    one, two = tf.constant(1.0), tf.constant(10.0)
    f = tf.function(lambda *, b, a: a - b)
    g = tf.function(lambda x, *, z=None, y: x + 10 * y + (0 if z is None else 100 * z))
    h = tf.function(lambda x, *rest, scale=1.0, **named: x * scale + 10 * named["c"] + 100 * named["a"])
    k = tf.function(lambda *, b, a: a["v"] - b["v"])
    for _ in range(3):
        assert float(f(b=one, a=two)) == 9 == float(f(a=two, b=one))
        assert float(g(one, z=tf.constant(3.0), y=tf.constant(2.0))) == 321
        assert float(h(one, c=tf.constant(2.0), a=tf.constant(3.0))) == 321 == float(h(one, a=tf.constant(3.0), scale=tf.constant(1.0), c=tf.constant(2.0)))
        assert float(k(b={"v": one}, a={"v": two})) == 9
    assert [f.experimental_get_tracing_count(), g.experimental_get_tracing_count()] == [1, 1]
    assert [t.name for t in f.get_concrete_function(b=one, a=two).inputs] == ["a:0", "b:0"]


def test_one_tensor_under_two_keywords_does_not_fix_their_order():
    f = tf.function(lambda a, b: a - b)
    one, five = tf.constant(1.0), tf.constant(5.0)
    assert float(f(b=one, a=one)) == 0
    for _ in range(3):
        assert float(f(b=one, a=five)) == 4 == float(f(a=five, b=one))


def test_keys_whose_comparison_is_pythons():
    class Key:
        def __init__(self, n):
            self.n = n

        def __hash__(self):
            return hash("a")

        def __lt__(self, other):
            return self.n < other.n

        def __eq__(self, other):
            for _ in range(9):
                f({"a": tf.zeros([_ + 2])})  # other calls push the one that is looked for out
            return isinstance(other, Key) and self.n == other.n

    f = tf.function(lambda d: sum(tf.reduce_sum(v) for v in d.values()))
    for keys in (["a"], [1, 2], [Key(1)], [Key(1), Key(2)]):
        for _ in range(3):
            assert float(f({key: tf.constant([2.0, 3.0]) for key in keys})) == 5 * len(keys)


def test_a_variable_under_a_tape_is_one_call():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    f = tf.function(lambda v, x: v * x)
    others = [tf.ones([n]) for n in range(1, 8)]
    for x in others:
        f(v, x)
    for _ in range(20):
        with tf.GradientTape() as tape:
            y = f(v, tf.constant(5.0))
        assert float(tape.gradient(y, v)) == 5
    assert float(f(w, tf.constant(5.0))) == 15 and f.experimental_get_tracing_count() == 8


def test_copies_of_functions():
    f = tf.function(lambda x: x + 1.0)
    for made in (copy.copy(f), copy.deepcopy(f)):
        assert made is not f and float(made(tf.constant(1.0))) == 2


def test_a_list_that_another_thread_empties():
    f = tf.function(lambda values: tf.reduce_sum(tf.matmul(values[0], values[0])))
    over = threading.Event()
    values = [tf.ones([300, 300])]

    def change():
        while not over.is_set():
            values[0] = tf.ones([300, 300])

    thread = threading.Thread(target=change)
    thread.start()
    try:
        assert {float(f(values)) for _ in range(100)} == {300.0**3}
    finally:
        over.set()
        thread.join()


def test_explain_retracing():
    f, _ = counted()
    f(tf.constant(1.0)), f(tf.constant([1.0])), f(tf.constant(1)), f(tf.constant(1.0), 2)
    lines = f.explain_retracing().splitlines()
    assert lines[0] == "f was traced 4 times." and len(lines) == 5
    assert "x is a float32 tensor of shape (1,), where it was a float32 tensor of shape (); reduce_retracing=True" in lines[2]
    assert "x is a int32 tensor" in lines[3] and "cast it before the call" in lines[3]
    assert "y is the Python value 2, where it was the Python value 1; each Python value has a trace of its own" in lines[4]


def test_unknown_sizes_in_functions_of_several_operations():
    w = tf.Variable(np.arange(8, dtype=np.float32).reshape(4, 2))

    @tf.function(input_signature=[tf.TensorSpec([None, None, 4]), tf.TensorSpec([None, 3])])
    def f(x, y):
        n = tf.shape(x)[0]
        wide = tf.reshape(x, [n, -1, 2, 2])
        assert wide.shape.as_list() == [None, None, 2, 2] and tf.zeros([n, 5]).shape.as_list() == [None, 5]
        return tf.einsum("btd,dh->bth", x, w), tf.tensordot(y, tf.ones([3, 2]), 1), tf.linalg.diag_part(tf.matmul(y, y, transpose_b=True))

    with tf.GradientTape() as tape:
        a, b, c = f(tf.ones([2, 3, 4]), tf.ones([5, 3]))
        loss = tf.reduce_sum(a)
    np.testing.assert_array_equal(tape.gradient(loss, w), np.full((4, 2), 6.0))
    assert a.shape == (2, 3, 2) and b.shape == (5, 2) and c.numpy().tolist() == [3.0] * 5


def test_an_optimizer_of_1_x_steps_in_a_function():
    def train(decorate):
        v, optimizer = tf.Variable([1.0, -2.0]), tf.keras.optimizers.Adam(0.1)

        @decorate
        def step(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum((v - x) ** 2)
            optimizer.apply_gradients([(tape.gradient(loss, v), v)])

        for _ in range(5):
            step(tf.constant([3.0, 4.0]))
        return v.numpy()

    np.testing.assert_array_equal(train(tf.function), train(lambda f: f))
