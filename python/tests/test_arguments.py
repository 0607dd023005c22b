"""Arguments that are taken act, or are refused by name."""

import threading

import numpy as np
import pytest


def unit_norm(w):
    return w * 0.0 + 1.0


@pytest.mark.parametrize("make, names", [
    (lambda l: l.BatchNormalization(beta_constraint=unit_norm, gamma_constraint=unit_norm), ("beta", "gamma")),
    (lambda l: l.SeparableConv2D(2, 2, depthwise_constraint=unit_norm, pointwise_constraint=unit_norm, bias_constraint=unit_norm),
     ("depthwise_kernel", "pointwise_kernel", "bias")),
])  # fmt: skip
def test_constraints_hold_after_a_step(tf2, make, names):
    layer = make(tf2.keras.layers)
    optimizer = tf2.keras.optimizers.SGD(0.1)
    with tf2.GradientTape() as tape:
        loss = tf2.reduce_sum(layer(tf2.random.normal([2, 4, 4, 3]), training=True) ** 2.0)
    optimizer.apply_gradients(zip(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables))
    for name in names:
        np.testing.assert_array_equal(getattr(layer, name).numpy(), np.ones(getattr(layer, name).shape))


def test_layers_of_1_pass_constraints_on(tf1):
    layer = tf1.layers.BatchNormalization(gamma_constraint=unit_norm)
    layer(tf1.ones([2, 3]), training=True)
    assert layer.gamma.constraint is unit_norm


def test_verify_shape(tf1):
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf1.constant([1.0, 2.0], shape=[2, 1], verify_shape=True)
    assert tf1.constant([[1.0], [2.0]], shape=[2, 1], verify_shape=True).shape.as_list() == [2, 1]
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf1.make_tensor_proto([1.0, 2.0], shape=[3], verify_shape=True)


def test_variables_by_place(tf1, tf2):
    assert tf2.Variable(1.0, False, True, None, "weight").name == "weight:0"
    with pytest.raises(TypeError, match="at most"):
        tf2.Variable(1.0, *range(20))
    with pytest.raises(NotImplementedError, match="variable_def"):
        tf2.Variable(1.0, variable_def=object())


def test_variables_by_place_in_graphs(tf1):
    with tf1.Graph().as_default():
        assert tf1.Variable(1.0, False, None, True, None, "weight", None, tf1.float64).op.name == "weight"
        tf1.Variable(2.0, name="bias")
        assert [v.op.name for v in tf1.contrib.framework.get_variables(suffix="bias")] == ["bias"]


def test_print_a_few_times_only(tf1, capsys):
    for _ in range(3):
        tf1.Print(tf1.constant(1.0), [tf1.constant(2.0)], "twice ", first_n=2)
    assert capsys.readouterr().err == "twice [2]\n" * 2


def test_a_sequential_that_is_not_trained(tf2):
    model = tf2.keras.Sequential([tf2.keras.layers.Dense(1)], trainable=False)
    model.build((None, 2))
    assert model.trainable_variables == [] and len(model.variables) == 2


@pytest.mark.parametrize("call", [
    lambda tf: tf.keras.layers.Lambda(abs, mask=lambda x, m: m),
    lambda tf: tf.RaggedTensorSpec([None, None], flat_values_spec=tf.TensorSpec([None])),
    lambda tf: tf.keras.losses.sparse_categorical_crossentropy([0, 1], [[0.5, 0.5], [0.5, 0.5]], axis=0),
    lambda tf: tf.strings.unicode_decode(["a"], "UTF-8", replace_control_characters=True),
    lambda tf: tf.linalg.matrix_transpose(tf.constant([[1j]]), conjugate=True),
])  # fmt: skip
def test_refused_by_name(tf2, call):
    with pytest.raises(NotImplementedError, match="not implemented"):
        call(tf2)


def test_refused_by_name_in_1(tf1):
    with pytest.raises(NotImplementedError, match="outputs_collections"):
        tf1.contrib.layers.fully_connected(tf1.ones([1, 2]), 3, outputs_collections="x")
    with pytest.raises(NotImplementedError, match="write_version"):
        tf1.train.Saver([tf1.contrib.eager.Variable(1.0)], write_version=1)


def test_dtypes_of_ragged_sizes(tf2):
    ragged = tf2.ragged.constant([[1], [2, 3]])
    assert ragged.bounding_shape().dtype is tf2.int64 and ragged.bounding_shape(out_type=tf2.int32).dtype is tf2.int32
    assert tf2.ragged.row_splits_to_segment_ids(tf2.constant([0, 2, 3])).dtype is tf2.int32
    assert tf2.ragged.segment_ids_to_row_splits([0, 0, 1], out_type=tf2.int32).dtype is tf2.int32
    assert tf2.size(ragged, out_type=tf2.int64).dtype is tf2.int64
    with pytest.raises(NotImplementedError, match="row_splits_dtype=int32"):
        tf2.ragged.constant([[1]], row_splits_dtype=tf2.int32)


def test_keywords_that_nobody_knows(tf2):
    with pytest.raises(TypeError):
        tf2.keras.optimizers.SGD().apply_gradients([(1.0, tf2.Variable(1.0))], foo=1)
    with pytest.raises(TypeError):
        tf2.keras.metrics.OneHotMeanIoU(2, foo=3)
    with pytest.raises(ValueError, match="Unrecognized keyword"):
        tf2.keras.random.SeedGenerator(1, foo=3)


def test_threads_have_their_own_training_flag(tf2):
    """A call with training=True that waits does not make another thread's inference drop anything."""
    inside, go_on, seen = threading.Event(), threading.Event(), []

    class Waits(tf2.keras.layers.Layer):
        def call(self, x, training=None):
            inside.set()
            go_on.wait(10)
            return x

    dropout = tf2.keras.layers.Dropout(0.9)
    one = threading.Thread(target=lambda: Waits()(tf2.ones([1]), training=True))
    one.start()
    inside.wait(10)
    other = threading.Thread(target=lambda: seen.append(dropout(tf2.ones([64])).numpy()))
    other.start()
    other.join()
    go_on.set()
    one.join()
    np.testing.assert_array_equal(seen[0], np.ones(64))


# Each has the class that the real TensorFlow's error has (1.8's with eager execution, 2.21's).
@pytest.mark.parametrize("version, text, kind", [
    (1, "tf.matmul([[1]], [[1.5]])", "InvalidArgumentError"),
    (1, "tf.matmul([[1.5]], [[1]])", "InvalidArgumentError"),
    (2, "tf.matmul([[1]], [[1.5]])", "InvalidArgumentError"),
    (1, "tf.tensordot([[1]], [[1.5]], 1)", "InvalidArgumentError"),
    (1, "tf.tensordot([[1.0]], [[1.0]], 3)", "ValueError"),
    (1, "tf.add_n([[1], [1.5]])", "InvalidArgumentError"),
    (1, "tf.one_hot([1], 3, on_value=1, off_value=0.5)", "TypeError"),
    (1, "tf.TensorArray(tf.int32, 1).write(0, 1.5)", "InvalidArgumentError"),
    (1, "tf.SparseTensor([[0]], [1, 2], [3])", "ValueError"),
    (2, "tf.sparse.SparseTensor([[0]], [1, 2], [3])", "ValueError"),
    (1, "tf.sequence_mask([1], -1)", "InvalidArgumentError"),
    (2, "tf.sequence_mask([1], -1)", "InvalidArgumentError"),
    (2, "tf.eye(-1)", "InvalidArgumentError"),
    (2, "tf.linalg.band_part([1.0], 0, 0)", "InvalidArgumentError"),
    (1, "tf.linalg.diag_part([1.0])", "InvalidArgumentError"),
    (2, "tf.TensorShape('a')", "TypeError"),
    (2, "tf.case([])", "ValueError"),
    (2, "tf.data.Dataset.range(3).map(5)", "ValueError"),
    (1, "tf.data.Dataset.range(3).map(5)", "TypeError"),
    (2, "tf.data.Dataset.range(3).batch(0)", "InvalidArgumentError"),
    (2, "tf.py_function(5, [1], tf.int32)", "ValueError"),
])  # fmt: skip
def test_classes_of_errors(tf1, tf2, version, text, kind):
    tf2._assemble.set_version(version)
    with pytest.raises(Exception) as caught:
        eval(text, {"tf": tf1 if version == 1 else tf2})
    assert type(caught.value).__name__ == kind, caught.value


def test_lists_of_numbers_are_stacked_as_one_list(tf1, tf2):
    for version, tf in ((1, tf1), (2, tf2)):
        tf2._assemble.set_version(version)
        made = tf.stack([1, 1.5])
        assert made.dtype is tf.float32 and made.numpy().tolist() == [1.0, 1.5]
    assert tf2.linspace(0.0, 1.0, 0).shape == [0] and tf2.as_string([1]).numpy().tolist() == [b"1"]
