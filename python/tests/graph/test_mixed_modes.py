"""Graphs and eager execution in one process, without a switch; and what a strict program of 1.x is refused."""

import subprocess
import sys

import numpy as np
import pytest


@pytest.fixture
def tf():
    import sokuji
    import sokuji.v1

    sokuji._assemble.set_version(1)
    yield sokuji.v1
    sokuji.v1.reset_default_graph()
    sokuji._assemble.set_version(2)


def test_eager_values_and_placeholders_meet(tf):
    eager = tf.constant([1.0, 2.0]) + 1.0
    x = tf.placeholder(tf.float32, [2], name="x")
    y = x * eager
    assert np.array_equal(eager.numpy(), [2, 3])
    with tf.Session() as session:
        assert session.run(y, {x: [10, 20]}).tolist() == [20, 60]
    assert (eager * 2.0).numpy().tolist() == [4, 6]


def test_a_graph_is_open_only_in_its_block(tf):
    assert tf.executing_eagerly()
    with tf.Graph().as_default() as graph:
        assert not tf.executing_eagerly()
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
        step = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(v * v))
        init = tf.global_variables_initializer()
    assert tf.executing_eagerly()
    assert tf.constant(2.0).numpy() == 2.0
    with tf.Session(graph=graph) as session:
        session.run(init)
        session.run(step)
        assert session.run(v).tolist() == [0, 0]


def test_variables_of_eager_execution_are_the_same_in_a_graph(tf):
    w = tf.contrib.eager.Variable([1.0, 2.0])
    x = tf.placeholder(tf.float32, [2])
    session = tf.Session()
    total = tf.reduce_sum(x * w)
    assert session.run(total, {x: [1, 1]}) == 3
    w.assign([5.0, 5.0])
    assert session.run(total, {x: [1, 1]}) == 10


def test_both_versions_in_one_process(tf):
    import sokuji as tf2

    with tf.Graph().as_default():
        y = tf.reduce_sum(tf.constant([1.0, 2.0]))
        with tf.Session() as session:
            assert session.run(y) == 3
    tf2._assemble.set_version(2)
    assert float(tf2.reduce_sum(tf2.constant([1.0, 2.0]))) == 3


def test_failures_name_the_node_and_the_line(tf):
    x = tf.placeholder(tf.float32, name="number")
    checked = tf.check_numerics(x, "bad", name="checked")
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError) as info:
        session.run(checked, {x: float("nan")})
    assert info.value.op is checked.op
    lines = info.value.message.splitlines()
    assert len(lines) == 2 and "checked" in lines[1] and "test_mixed_modes.py" in lines[1]


def test_random_numbers_are_not_drawn_where_seeds_could_not_hold(tf):
    """A function that a node would call later must not draw numbers: it says so."""
    from sokuji._src.graph import composed
    from sokuji._src.ops import random_ops

    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32)
        with pytest.raises((NotImplementedError, TypeError, ValueError, AttributeError)):
            composed.attempt(lambda t: random_ops.random_uniform(t.numpy().shape), (x,), {})


def test_random_crops_of_unknown_shapes(tf):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32)
        crops = {session.run(tf.random_crop(x, [1, 1], seed=i), {x: [[1.0, 2.0], [3.0, 4.0]]}).item() for i in range(8)}
        assert len(crops) > 1 and crops <= {1.0, 2.0, 3.0, 4.0}


PROGRAM = """
import tensorflow as tf
tf.enable_eager_execution()
try:
    tf.placeholder(tf.float32)
    print("made")
except RuntimeError as error:
    print("refused", error)
"""


@pytest.mark.parametrize("options, wanted", [([], "refused tf.placeholder() is not compatible with eager execution."), (["--mix"], "made")])
def test_strict_as_tensorflow(options, wanted, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", *options, str(path)], capture_output=True, text=True)
    assert done.stdout.strip() == wanted, done.stderr


def test_a_failed_loop_changes_no_variable(tf):
    with tf.Graph().as_default(), tf.Session() as session:
        v, x = tf.Variable(1.0), tf.placeholder(tf.float32, [])

        def body(i):
            with tf.control_dependencies([tf.assign_add(v, 1.0)]):
                return i + tf.cast(tf.check_numerics(tf.log(x - tf.cast(i, tf.float32)), "bad") * 0 + 1, tf.int32)

        last = tf.while_loop(lambda i: i < 5, body, [0])
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(last, {x: 3.0})
            assert session.run(v) == 1.0
        assert session.run(last, {x: 9.0}) == 5 and session.run(v) == 6.0
