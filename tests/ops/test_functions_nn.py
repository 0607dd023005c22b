"""Functions made of several operations: losses, normalising, dropout, convolutions, einsum, tensordot, trace; against NumPy."""
import ctypes

import numpy as np
import pytest
import sokuji_c as sj
import support

rng = np.random.default_rng(26)


def draw(*shape):
    return rng.standard_normal(shape)


def call(name, *arguments):
    """A function of the pleasant face: Tensors and C values in, a Tensor out; an error that sticks is raised."""
    function = getattr(sj.lib, name)
    function.restype, function.argtypes = ctypes.c_void_p, None
    scope = sj.lib.sj_scope_begin()
    result = function(*[ctypes.c_void_p(a.handle) if isinstance(a, sj.Tensor) else a for a in arguments])
    kept = sj.Tensor(sj._keep(result)) if result and sj.lib.sj_tensor_is_valid(ctypes.c_void_p(result)) else None
    sj.lib.sj_scope_end(scope)
    sj._stuck()
    return kept


def tensors(arrays):
    return [sj.tensor(np.asarray(a)) for a in arrays]


def check_gradient(function, arrays):
    """First gradients of sum(weight * function) along a random direction, by differences."""
    weight = np.asarray(draw(*function(tensors(arrays)).shape))
    _, found = sj.gradients(lambda t: function(t), [np.asarray(a) for a in arrays], [weight])
    value = lambda moved: support.dot([weight], [function(tensors(moved)).numpy()])  # noqa: E731
    for k, x in enumerate(arrays):
        directions = [None] * len(arrays)
        directions[k] = np.asarray(draw(*np.shape(x)))
        expected, scale = support.derivative(value, [np.asarray(a) for a in arrays], directions, 1e-3)
        assert abs(support.dot([found[k]], [directions[k]]) - expected) <= 1e-6 * abs(expected) + 1e-8 + 4e-15 * scale


def fails(match, name, *arguments):
    with pytest.raises(sj.SokujiError, match=match) as raised:
        call(name, *arguments)
    assert raised.value.code == "InvalidArgument"


# ---- einsum ----

def einsum(equation, operands):
    return call("sj_einsum", ctypes.c_char_p(equation.encode()), ctypes.c_int64(len(operands)), sj.handles(operands))


EQUATIONS = [
    ("ij,jk->ik", (3, 4), (4, 5)), ("ij,kj->ik", (3, 4), (5, 4)), ("ij,jk", (3, 4), (4, 5)), ("ji,jk->ik", (4, 3), (4, 5)),
    ("ba,cb", (3, 4), (5, 3)), ("ij->ji", (3, 4)), ("ij->", (3, 4)), ("ii->i", (4, 4)), ("ii", (4, 4)), ("iij->ij", (3, 3, 2)),
    ("iji->j", (3, 2, 3)), ("iijj->ij", (3, 3, 2, 2)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("bij,bkj->bik", (2, 3, 4), (2, 5, 4)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)), ("bhqk,bhkd->bqhd", (2, 3, 4, 6), (2, 3, 6, 5)),
    ("...ij,...jk->...ik", (2, 3, 4), (4, 5)), ("...ij,...jk->...ik", (2, 1, 3, 4), (7, 4, 5)), ("...i,i->...", (2, 3, 4), (4,)),
    ("i,j->ij", (3,), (4,)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ijk,ijk->", (2, 3, 4), (2, 3, 4)), ("i,i->i", (3,), (3,)),
    ("ij,k->ijk", (2, 3), (4,)), ("ij,ij->i", (3, 4), (3, 4)), (",ij->ij", (), (2, 3)), ("abc,cd,efd->abef", (2, 3, 4), (4, 5), (6, 2, 5)),
    ("i...->...", (3, 4, 5)), ("...a,...a", (2, 3), (1, 3)), ("ab,b->ba", (3, 4), (4,)), ("a,b,ab->", (3,), (4,), (3, 4)),
    ("ij,jk->ik", (3, 0), (0, 5)), ("b i j , b j -> b i", (2, 3, 4), (2, 4)), ("...->...", (2, 3)), ("ij...,jk...->ik...", (3, 4, 2), (4, 5, 2)),
]


@pytest.mark.parametrize("setting", EQUATIONS, ids=lambda s: s[0])
def test_einsum(setting):
    equation, arrays = setting[0], [np.asarray(draw(*shape)) for shape in setting[1:]]
    expected = np.einsum(equation.replace(" ", ""), *arrays)
    got = einsum(equation, tensors(arrays)).numpy()
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-12)
    check_gradient(lambda t: einsum(equation, t), arrays)


def test_einsum_of_integers():
    a, b = np.arange(6, dtype=np.int32).reshape(2, 3), np.arange(12, dtype=np.int32).reshape(3, 4)
    np.testing.assert_array_equal(einsum("ij,jk->ik", tensors([a, b])).numpy(), a @ b)


@pytest.mark.parametrize("equation, shapes, match", [
    ("ij,jk->iz", [(2, 3), (3, 2)], "no input has"), ("ij,jk->ii", [(2, 3), (3, 2)], "twice in the result"),
    ("ij,jk", [(2, 3)], "one term for each input"), ("ij", [(2, 3), (2, 3)], "one term for each input"), ("i$", [(2, 3)], "character"),
    ("ij,jk", [(2, 3), (4, 2)], "label j is 3 and 4"), ("i..j", [(2, 3)], "no ellipsis"), ("......", [(2, 3)], "two ellipses"),
    ("ij->ij->", [(2, 3)], "goes on"), ("ij-", [(2, 3)], "no arrow"), ("ijk", [(2, 3)], "3 labels"), ("...ijk", [(2, 3)], "and an ellipsis"),
    ("...,...", [(2, 3), (4, 3)], "do not broadcast"), ("", [(2,)], "0 labels"), ("a" * 300, [(2,)], "labels"),
    ("...ij->ij", [(2, 3, 4)], "ellipsis that the result lacks")])
def test_einsum_errors(equation, shapes, match):
    operands = tensors([draw(*s) for s in shapes])
    with pytest.raises(sj.SokujiError, match=match):
        einsum(equation, operands)


# ---- tensordot, matrices ----

@pytest.mark.parametrize("axes", [([1, 2], [1, 0]), ([2], [0]), ([], []), ([-1, -2], [0, 1])])
def test_tensordot(axes):
    a, b = draw(2, 3, 4), draw(4, 3, 5)
    function = lambda t: call("sj_tensordot", *t, sj._ints(axes[0]), sj._ints(axes[1]))  # noqa: E731
    expected = np.tensordot(a, b, axes if axes[0] else 0)
    got = function(tensors([a, b])).numpy()
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-12)
    check_gradient(function, [a, b])


def test_tensordot_errors():
    a, b = tensors([draw(2, 3), draw(3, 2)])
    fails("go in pairs", "sj_tensordot", a, b, sj._ints([0]), sj._ints([]))
    fails("differ in size", "sj_tensordot", a, b, sj._ints([0]), sj._ints([0]))
    fails("out of range or repeated", "sj_tensordot", a, b, sj._ints([2]), sj._ints([0]))
    fails("out of range or repeated", "sj_tensordot", a, b, sj._ints([1, -1]), sj._ints([0, 0]))
    fails("b is NULL", "sj_tensordot", a, None, sj._ints([0]), sj._ints([0]))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 5), (5, 3), (1, 1), (2, 0, 3)])
def test_trace_and_transpose(shape):
    x = draw(*shape)
    np.testing.assert_allclose(call("sj_trace", sj.tensor(x)).numpy(), np.trace(x, axis1=-2, axis2=-1), rtol=1e-12)
    np.testing.assert_array_equal(call("sj_matrix_transpose", sj.tensor(x)).numpy(), np.swapaxes(x, -1, -2))
    fails("rank must be at least 2", "sj_trace", sj.tensor(draw(3)))


def test_matrix_rank():
    rank = lambda x, tolerance=-1.0: call("sj_matrix_rank", sj.tensor(x), ctypes.c_double(tolerance)).numpy()  # noqa: E731
    x = draw(4, 6, 3) @ draw(4, 3, 5)
    np.testing.assert_array_equal(rank(x), [3, 3, 3, 3])
    np.testing.assert_array_equal(rank(x.astype(np.float32)), np.linalg.matrix_rank(x.astype(np.float32), tol=1e-4))
    for shape in ((0, 1, 1), (2, 0, 3), (3, 3)):  # no matrices, no elements, zeros
        np.testing.assert_array_equal(rank(np.zeros(shape)), np.zeros(shape[:-2], np.int32))
    assert rank(np.diag([3.0, 2.0, 1.0]), 1.5) == 2 and rank(np.eye(7)).dtype == np.int32
    fails("rank must be at least 2", "sj_matrix_rank", sj.tensor(draw(3)), ctypes.c_double(0))
    fails("supported are", "sj_matrix_rank", sj.tensor(np.eye(3, dtype=np.int32)), ctypes.c_double(0))
    fails("a is NULL", "sj_matrix_rank", None, ctypes.c_double(0))


def test_confusion_matrix():
    def confusion(labels, predictions, n=-1, weights=None):
        return call("sj_confusion_matrix", sj.tensor(labels), sj.tensor(predictions), ctypes.c_int64(n), sj.tensor(weights)).numpy()
    # TensorFlow's own example, and what 1.8 answers.
    expected = np.zeros((5, 5), np.int32)
    expected[1, 2] = expected[2, 2] = expected[4, 4] = 1
    np.testing.assert_array_equal(confusion(np.int32([1, 2, 4]), np.int64([2, 2, 4])), expected)
    np.testing.assert_array_equal(confusion(np.int32([1, 1]), np.int32([0, 0]), 3, np.float32([0.5, 2])), [[0, 0, 0], [2.5, 0, 0], [0, 0, 0]])
    assert confusion(np.zeros(0, np.int32), np.zeros(0, np.int32)).shape == (0, 0)
    check_gradient(lambda t: call("sj_confusion_matrix", sj.tensor(np.int32([1, 0, 1])), sj.tensor(np.int32([0, 1, 0])), ctypes.c_int64(2), t[0]),
                   [draw(3)])
    good, any_number = sj.tensor(np.int32([0, 1])), ctypes.c_int64(-1)
    for bad, match in ((np.int32([0, -1]), r"predictions\[1\] is -1"), (np.int32([0]), "of one length"), (np.int32([[0, 1]]), "of one length"),
                       (np.float32([0, 1]), "predictions is float32")):
        fails(match, "sj_confusion_matrix", good, sj.tensor(bad), any_number, None)
    fails(r"labels\[1\] is 1; it must be in \[0, 1\)", "sj_confusion_matrix", good, good, ctypes.c_int64(1), None)
    fails("weights has shape", "sj_confusion_matrix", good, good, any_number, sj.tensor(np.float32([1])))
    fails("labels is NULL", "sj_confusion_matrix", None, good, any_number, None)


# ---- losses ----

def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 3, 4), (2, 0, 3)])
def test_softmax_cross_entropies(shape):
    logits, labels = draw(*shape), softmax(draw(*shape))
    classes = np.asarray(rng.integers(0, shape[-1], shape[:-1]))
    got = call("sj_softmax_cross_entropy", *tensors([labels, logits])).numpy()
    np.testing.assert_allclose(got, -(labels * np.log(softmax(logits))).sum(-1), rtol=1e-11)
    got = call("sj_sparse_softmax_cross_entropy", *tensors([classes, logits])).numpy()
    np.testing.assert_allclose(got, -np.log(np.take_along_axis(softmax(logits), classes[..., None], -1))[..., 0], rtol=1e-11)
    check_gradient(lambda t: call("sj_softmax_cross_entropy", *t), [labels, logits])


def test_loss_errors():
    fails("of one shape", "sj_softmax_cross_entropy", *tensors([draw(2, 3), draw(3, 2)]))
    fails("scalar", "sj_softmax_cross_entropy", *tensors([draw(), draw()]))
    fails("without its last axis", "sj_sparse_softmax_cross_entropy", *tensors([np.zeros((2, 1), int), draw(2, 3)]))
    fails("outside the valid range", "sj_sparse_softmax_cross_entropy", *tensors([np.array([3, 0]), draw(2, 3)]))
    fails("of one shape", "sj_sigmoid_cross_entropy", *tensors([draw(2), draw(3)]))


def sigmoid_cross_entropy(labels, logits, weight=1.0):
    soft = np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return weight * labels * soft + (1 - labels) * (logits + soft)


def test_sigmoid_cross_entropies():
    logits, labels, weight = draw(3, 4) * 20, rng.random((3, 4)), np.array(1.7)
    got = call("sj_sigmoid_cross_entropy", *tensors([labels, logits])).numpy()
    np.testing.assert_allclose(got, sigmoid_cross_entropy(labels, logits), rtol=1e-10)
    got = call("sj_weighted_cross_entropy", *tensors([labels, logits, weight])).numpy()
    np.testing.assert_allclose(got, sigmoid_cross_entropy(labels, logits, weight), rtol=1e-10)
    check_gradient(lambda t: call("sj_weighted_cross_entropy", *t), [labels, draw(3, 4), weight])


def test_sigmoid_cross_entropy_at_its_kink():
    """At logits 0 the pieces have kinks that cancel; for certain examples nothing is lost."""
    labels, zero = np.array([0, 0.25, 1.0]), np.zeros(3)
    _, found = sj.gradients(lambda t: call("sj_sigmoid_cross_entropy", *t), [labels, zero])
    np.testing.assert_allclose(found[1], 0.5 - labels)
    _, found = sj.gradients(lambda t: call("sj_weighted_cross_entropy", *t), [labels, zero, np.array(2.0)])
    np.testing.assert_allclose(found[1], 1 - labels - (1 + labels) / 2)
    got = call("sj_sigmoid_cross_entropy", *tensors([np.array([1.0, 0.0]), np.array([40.0, -40.0])])).numpy()
    np.testing.assert_allclose(got, np.exp([-40.0, -40.0]), rtol=1e-10)


# ---- normalising, dropout, convolutions ----

def test_batch_normalization():
    arrays = [draw(3, 4), draw(4), draw(4) ** 2 + 0.5, draw(4), draw(4)]
    x, mean, variance, offset, scale = arrays
    function = lambda t: call("sj_batch_normalization", *t, ctypes.c_double(1e-3))  # noqa: E731
    np.testing.assert_allclose(function(tensors(arrays)).numpy(), (x - mean) / np.sqrt(variance + 1e-3) * scale + offset, rtol=1e-9)
    plain = call("sj_batch_normalization", *tensors(arrays[:3]), None, None, ctypes.c_double(1e-3)).numpy()
    np.testing.assert_allclose(plain, (x - mean) / np.sqrt(variance + 1e-3), rtol=1e-9)
    check_gradient(function, arrays)


def test_l2_normalize():
    x = draw(3, 4)
    np.testing.assert_allclose(call("sj_l2_normalize_with", sj.tensor(x), None).numpy(), x / np.sqrt((x * x).sum()), rtol=1e-11)
    np.testing.assert_array_equal(call("sj_l2_normalize_with", sj.tensor(x * 0), None).numpy(), x * 0)
    check_gradient(lambda t: call("sj_l2_normalize_with", *t, None), [x])


def test_dropout():
    x = sj.tensor(np.ones((200, 100)))
    y = call("sj_dropout_with", x, ctypes.c_double(0.25), None).numpy()
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3])
    assert abs((y == 0).mean() - 0.25) < 0.02
    np.testing.assert_array_equal(call("sj_dropout_with", x, ctypes.c_double(0), None).numpy(), np.ones((200, 100)))
    for rate in (-0.1, 1.0, float("nan")):
        fails("must be in", "sj_dropout_with", x, ctypes.c_double(rate), None)
    fails("must be floating", "sj_dropout_with", sj.tensor(np.ones(3, np.int32)), ctypes.c_double(0.5), None)


def test_convolutions_of_convolutions():
    x, depthwise, pointwise = draw(1, 5, 5, 2), draw(3, 3, 2, 2), draw(1, 1, 4, 3)
    wide = sj.run("DepthwiseConv2dNative", [x, depthwise])[0]
    got = call("sj_separable_conv2d_with", *tensors([x, depthwise, pointwise]), None).numpy()
    np.testing.assert_allclose(got, wide @ pointwise[0, 0], rtol=1e-11, atol=1e-12)
    value, filter_ = draw(1, 3, 3, 2), draw(2, 2, 4, 2)
    got = call("sj_conv2d_transpose_with", *tensors([value, filter_]), sj._ints([1, 4, 4, 4]), None).numpy()
    expected = np.zeros((1, 4, 4, 4))
    for i in range(2):
        for j in range(2):
            expected[:, i:i + 3, j:j + 3] += value @ filter_[i, j].T
    np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-12)
