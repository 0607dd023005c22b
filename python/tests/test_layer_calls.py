"""The quick calls of layers: call() of a layer's own, and layers without end."""

import numpy as np
import pytest


@pytest.fixture(params=[1, 2])
def tf(request):
    return request.getfixturevalue("tf%d" % request.param)


def test_a_call_of_the_layers_own_holds(tf):
    x = tf.ones([3, 4])
    dense = tf.keras.layers.Dense(2, use_bias=True)
    model = tf.keras.Sequential([dense, tf.keras.layers.Dense(1)])
    for _ in range(3):
        before = model(x)
    own, inner, calls = model.call, dense.call, []

    def counted(inputs, **keywords):
        calls.append(inputs)
        return own(inputs, **keywords) + 1.0

    model.call = counted
    for n in range(1, 4):
        np.testing.assert_allclose(model(x), np.asarray(before) + 1, rtol=1e-6)
        assert len(calls) == n
    del model.call
    np.testing.assert_array_equal(model(x), before)
    dense.call = lambda inputs: inner(inputs) * 0.0
    np.testing.assert_array_equal(model(x), np.zeros([3, 1]))
    np.testing.assert_array_equal(dense(x), np.zeros([3, 2]))
    del dense.call
    np.testing.assert_array_equal(model(x), before)


def test_layers_without_end(tf1):
    x = tf1.ones([2, 4])
    model = tf1.keras.Sequential([tf1.keras.layers.Dense(4)])
    for _ in range(3):
        model(x)
    model._sublayers.append(model)
    with pytest.raises(RecursionError):
        model(x)
