"""Gradients where finite differences do not help: at ties, kinks, limits and zeros. The answers are those of TensorFlow 2.21."""
import math

import numpy as np
import pytest

import sokuji_c as sj

nan = math.nan

# operation, attributes, inputs, the gradients of the sum of its outputs (None: not looked at)
KINKS = [
    ("Maximum", {}, [[1.0, nan], [1.0, 1.0]], [[1, 0], [0, 1]]),
    ("Minimum", {}, [[1.0, 2.0], [1.0, 1.0]], [[1, 0], [0, 1]]),
    ("Abs", {}, [[0.0, -2.0]], [[0, -1]]),
    ("Sign", {}, [[0.0, 3.0]], [[0, 0]]),
    ("Relu", {}, [[0.0, -1.0, 1.0]], [[0, 0, 1]]),
    ("Relu6", {}, [[0.0, 6.0, 3.0]], [[0, 0, 1]]),
    ("Elu", {}, [[0.0, -1.0]], [[1, 0.36787945]]),
    ("Selu", {}, [[0.0, -1.0]], [[1.050701, 0.64676857]]),
    ("LeakyRelu", {}, [[0.0, -1.0, 1.0]], [[0.2, 0.2, 1]]),
    ("Softsign", {}, [[1.0, -1.0]], [[0.25, 0.25]]),
    ("ClipByValue", {}, [[1.0, 2.0, 3.0, 1.5, 2.5], 1.5, 2.5], [[0, 1, 0, 1, 1], 1, 1]),
    ("Pow", {}, [[0.0, 0.0, -2.0, 3.0], [1.0, 2.0, 2.0, 2.0]], [[1, 0, -4, 6], [0, 0, 0, 9.88751]]),
    ("Xlogy", {}, [[0.0, 0.0, 1.0], [0.0, 2.0, 2.0]], [[0, 0, 0.6931472], [0, 0, 0.5]]),
    ("DivNoNan", {}, [[1.0, 4.0], [0.0, 2.0]], [[0, 0.5], [0, -1]]),
    ("FloorMod", {}, [[7.0], [2.0]], [[1], [-3]]),
    ("Max", {}, [[1.0, 2.0, 2.0], None], [[0, 0.5, 0.5]]),
    ("Min", {}, [[[1.0, 1.0, 2.0], [3.0, 0.0, 0.0]], [1]], [[[0.5, 0.5, 0], [0, 0.5, 0.5]]]),
    ("Prod", {}, [[1.0, 0.0, 2.0], None], [[0, 2, 0]]),
    ("Prod", {}, [[0.0, 0.0, 2.0], None], [[0, 0, 0]]),
    ("Digamma", {}, [[1.5]], [[0.93480223]]),
    ("Zeta", {}, [[2.5], [1.5]], [None, [-0.76774037]]),
    ("Polygamma", {}, [[1.0], [1.5]], [None, [-0.8287967]]),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", KINKS, ids=lambda case: case[0])
def test_gradient_at_kinks(case, dtype):
    op, attrs, inputs, expected = case
    arrays = [np.asarray(v, np.int32 if isinstance(v, list) and isinstance(v[0], int) else dtype) if v is not None else None for v in inputs]
    floats = [i for i, a in enumerate(arrays) if a is not None and a.dtype.kind == "f"]

    def function(tensors):
        given = list(arrays)
        for i, t in zip(floats, tensors):
            given[i] = t
        return sj.execute(op, given, attrs)

    _, found = sj.gradients(function, [arrays[i] for i in floats])
    for got, answer in zip(found, expected):
        if answer is not None:
            np.testing.assert_allclose(got, answer, rtol=2e-6)


def test_second_derivative_of_powers_at_zero():
    """x^2 has the second derivative 2 at 0, x^3 has 0: no NaN comes from 0 * 0^-1."""
    x, n = np.zeros(2), np.array([2.0, 3.0])
    _, by_inputs, _ = sj.second_gradients(lambda t: sj.execute("Pow", [t[0], n]), [x], [np.ones(2)], [np.ones(2)])
    np.testing.assert_array_equal(by_inputs[0], [2, 0])


def test_second_derivative_of_products_with_zeros():
    """Of x y z by x and y: z, whatever is zero."""
    x = np.array([0.0, 0.0, 5.0])
    _, by_inputs, _ = sj.second_gradients(lambda t: sj.execute("Prod", [t[0], None]), [x], [np.float64(1)], [np.array([1.0, 10.0, 100.0])])
    np.testing.assert_array_equal(by_inputs[0], [10 * 5 + 0, 1 * 5 + 0, 0])
