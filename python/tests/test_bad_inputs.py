"""
The rows of tests/data/bad_inputs.csv from Python. Calls of operations are those of tests/ops/bad_inputs.py; FORMS adds what only tf.* has. Each
gives its exception, leaves its arguments as they were, and the process lives. A row without a Python form is not listed here.
"""

import copy
import csv
import os
import sys

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "ops"))
import bad_inputs  # noqa: E402

with open(os.path.join(ROOT, "tests", "data", "bad_inputs.csv"), encoding="utf-8", newline="") as _file:
    IDS = {row["id"] for row in csv.DictReader(_file)}
LIMIT = 1 << 30
INVALID = "InvalidArgumentError"
OVERFLOW = "InvalidArgumentError ResourceExhaustedError ValueError"

# (id, expression or statements, names of the exception's class; "" where a result is right, which the expression then checks)
FORMS = [
    ("TFSA-2020-001", "tf.constant('hello', tf.float16)", "TypeError"),
    ("TFSA-2020-001", "tf.constant(['hello'], tf.float16)", "TypeError"),
    ("TFSA-2022-166", "repr(tf.bitcast(tf.constant(np.array([2, 0], np.uint8)), tf.uint8)) != ''", ""),
    ("TFSA-2022-166", "np.array_equal(tf.constant(np.array([2, 0, 1], np.uint8).view(bool)).numpy(), [True, False, True])", ""),
    ("TFSA-2022-146", "tf.broadcast_to(1.0, [0, 2**31, 2**31, 2**31])", INVALID),
    ("TFSA-2022-146", "tf.zeros([0, 2**31, 2**31, 2**31])", INVALID),
    ("TFSA-2021-198", "tf.zeros([2**31, 2**31, 2**31])", INVALID),
    ("TFSA-2021-198", "tf.ones([2**62, 4])", INVALID),
    ("TFSA-2022-015", "tf.fill([2, -3], 1.0)", INVALID),
    ("TFSA-2022-015", "tf.zeros([2, -3])", INVALID),
    ("TFSA-2022-015", "tf.random.normal([-1])", INVALID),
    ("TFSA-2022-015", "tf.reshape(tf.ones([4]), [-2, -2])", INVALID),
    ("TFSA-2022-037", "v = tf.Variable([1.0, 2.0]); v.assign(None)", "ValueError TypeError"),
    ("TFSA-2021-192", "tf.einsum('...i,...j->', tf.ones([2]))", "ValueError InvalidArgumentError NotImplementedError"),
    ("TFSA-2021-192", "tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([4, 2]))", "ValueError InvalidArgumentError"),
    ("TFSA-2021-192", "tf.einsum('ij', tf.ones([2]))", "ValueError InvalidArgumentError NotImplementedError"),
    ("TFSA-2021-144", "tf.searchsorted(tf.ones([3, 2]), tf.ones([2, 2]))", INVALID),
    ("TFSA-2022-097", "tf.searchsorted(tf.ones([2, 0]), tf.ones([2, 3])).numpy().tolist() == [[0, 0, 0]] * 2", ""),
    ("TFSA-2021-039", "tf.linalg.triangular_solve(tf.ones([1, 0]), tf.ones([0, 1]))", INVALID),
    ("TFSA-2021-129", "v = tf.Variable([1.0, 2.0]); v1.scatter_update(v, [0], [1.0] * 5)", "InvalidArgumentError ValueError"),
    ("TFSA-2022-118", "tf.math.bincount([1, 2], weights=[1.0, 2.0, 3.0])", INVALID),
    ("TFSA-2023-007", "tf.math.bincount(1, weights=[1.0, 2.0])", INVALID),
    ("TFSA-2021-171", "tf.math.bincount([-10000000])", INVALID),
    ("TFSA-2022-080", "tf.histogram_fixed_width([1.0, float('nan')], [0.0, 1.0])", INVALID),
    ("TFSA-2022-080", "tf.histogram_fixed_width([1.0], [1.0, 0.0])", INVALID),
    ("TFSA-2022-080", "tf.histogram_fixed_width([1.0], [0.0, 1.0], nbins=-1)", INVALID),
    ("TFSA-2022-132", "v1.random_gamma([2**31, 2**31], [1.0] * 8)", OVERFLOW),
    ("TFSA-2023-009", "tf.random.shuffle(5, seed=-2**62).numpy() == 5", ""),
    ("TFSA-2020-013", "tf.strings.as_string([1.5], fill='h')", INVALID),
    ("TFSA-2020-013", "tf.strings.as_string([1.5], fill='%s%n')", INVALID),
    ("TFSA-2021-106", "tf.strings.substr('abc', [1, -1], 1)", INVALID),
    ("TFSA-2021-106", "tf.strings.substr('abc', 9, 1)", INVALID),
    ("TFSA-2021-102", "tf.io.decode_raw('abcd', tf.int16, fixed_length=4).numpy().tolist() == [25185, 25699]", ""),
    ("TFSA-2021-102", "tf.io.decode_raw('abc', tf.int16)", INVALID),
    ("TFSA-2021-102", "tf.io.decode_raw('abcd', tf.int16, fixed_length=3)", INVALID),
    ("TFSA-2022-152", "tf.reshape(tf.ones([2]), [[1, 2]])", INVALID),
    ("TFSA-2022-152", "tf.nn.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), [1, 1, 1, 1], padding='SOME')", "ValueError InvalidArgumentError"),
    ("TFSA-2022-152", "tf.cast(1, 'no_such_dtype')", "TypeError"),
    ("TFSA-2022-152", "tf.argmax([1.0], output_type=[tf.int32])", "TypeError ValueError"),
    ("TFSA-2021-153", "tf.map_fn(lambda x: tf.map_fn(lambda y: y * 2, x), tf.constant([[1, 2], [3, 4]])).numpy().tolist() == [[2, 4], [6, 8]]", ""),
    ("TFSA-2021-153", "tf.map_fn(lambda x: x, tf.constant(1))", "ValueError"),
    ("TFSA-2020-023", "tf.experimental.dlpack.to_dlpack([1.0])", "TypeError"),
    ("TFSA-2020-024", "tf.experimental.dlpack.to_dlpack(tf.constant(['a']))", "InvalidArgumentError BufferError"),
    ("TFSA-2020-025", "tf.experimental.dlpack.from_dlpack(object())", "TypeError ValueError"),
    ("TFSA-2021-167", "v1.contrib.training.HParams(a=1).parse('a=__import__(\"os\").getpid()')", "ValueError"),
    ("TFSA-2022-060", "v1.contrib.training.HParams(a=[1]).parse('a=[exit()]')", "ValueError"),
    ("TFSA-2021-171", "v1.sparse_to_dense([[-1]], [3], [1])", INVALID),
    ("TFSA-2021-109", "tf.sparse.to_dense(tf.SparseTensor([[773]], [1], [337]))", INVALID),
    ("TFSA-2021-172", "tf.sparse.to_dense(tf.SparseTensor([[0], [1], [2]], [1], [3]))", "InvalidArgumentError ValueError"),
    ("TFSA-2021-056", "tf.SparseTensor(np.zeros((10, 0), np.int64), np.zeros([0], np.float32), [1])", "InvalidArgumentError ValueError"),
    ("TFSA-2022-113", "tf.SparseTensor(1, 2, [])", "InvalidArgumentError ValueError"),
    ("DER-003", "tf.argmax(tf.zeros([2, 0]), 1)", INVALID),
    ("DER-004", "tf.argmax(tf.zeros([2, 3]), 5)", INVALID),
    ("DER-004", "tf.argmin(tf.zeros([2, 3]), -3)", INVALID),
    ("DER-006", "tf.nn.sparse_softmax_cross_entropy_with_logits([7], tf.zeros([1, 3]))", INVALID),
    ("DER-006", "tf.nn.sparse_softmax_cross_entropy_with_logits([-1], tf.zeros([1, 3]))", INVALID),
    ("DER-008", "tf.nn.softmax(tf.zeros([2, 0])).shape == [2, 0]", ""),
    ("DER-009", "np.isnan(tf.nn.softmax([-np.inf, -np.inf]).numpy()).all()", ""),
    ("DER-010", "tf.slice(tf.ones([4]), [3], [2])", INVALID),
    ("DER-011", "tf.ones([4])[9]", "InvalidArgumentError IndexError"),
    ("DER-011", "tf.ones([4])[::0]", INVALID),
    ("DER-011", "tf.ones([4])[0, 0]", "InvalidArgumentError IndexError"),
    ("DER-012", "tf.pad(tf.ones([2]), [[-1, 0]])", INVALID),
    ("DER-013", "tf.gather([1.0, 2.0], [3])", INVALID),
    ("DER-015", "tf.gather_nd([1.0, 2.0], [[0, 0]])", "InvalidArgumentError ValueError"),
    ("DER-016", "tf.scatter_nd([[7]], [1.0], [3])", INVALID),
    ("DER-017", "tf.one_hot([1], -1)", INVALID),
    ("DER-019", "tf.nn.embedding_lookup(tf.ones([2, 2]), [2])", INVALID),
    ("DER-019", "tf.nn.embedding_lookup([], [0])", "ValueError InvalidArgumentError"),
    ("DER-020", "tf.concat([tf.ones([2, 2]), tf.ones([3])], 0)", INVALID),
    ("DER-025", "tf.expand_dims(tf.ones([2]), 5)", INVALID),
    ("DER-025", "tf.squeeze(tf.ones([2]), 0)", INVALID),
    ("DER-027", "tf.cast([np.nan, np.inf, -np.inf, 1e30], tf.int32).numpy() is not None", ""),
    ("DER-028", "tf.constant(1) // tf.constant(0)", INVALID),
    ("DER-028", "tf.constant([5, 3]) % tf.constant([0, 1])", INVALID),
    ("DER-028", "tf.constant(2) ** tf.constant(-1)", INVALID),
    ("DER-032", "tf.nn.dropout(tf.ones([2]), rate=-0.1)", "ValueError InvalidArgumentError"),
    ("DER-032", "tf.nn.dropout(tf.ones([2]), rate=1.5)", "ValueError InvalidArgumentError"),
    ("DER-032", "tf.nn.dropout(tf.ones([2]), rate=float('nan'))", "ValueError InvalidArgumentError"),
    ("DER-032", "v1.nn.dropout(tf.ones([2]), 0.0)", "ValueError InvalidArgumentError"),
    ("DER-033", "tf.random.uniform([2], 5, 5, tf.int32)", INVALID),
    ("DER-033", "tf.random.uniform([2], 5, 3, tf.int32)", INVALID),
    ("DER-033", "tf.random.uniform([2], dtype=tf.int32)", "ValueError"),
    ("DER-034", "tf.random.categorical([[0.0, 1.0]], -1)", INVALID),
    ("DER-034", "tf.random.categorical(tf.zeros([1, 0]), 2)", INVALID),
    ("DER-034", "tf.random.categorical(tf.zeros([2]), 2)", "ValueError InvalidArgumentError"),
    ("DER-035", "tf.random.stateless_normal([2], [1, 2, 3])", INVALID),
    ("DER-035", "tf.random.stateless_uniform([-2], [1, 2])", INVALID),
    ("DER-039", "tf.io.decode_csv('1,2', [[0]])", INVALID),
    ("DER-039", "tf.io.decode_csv('\"1', [[0]])", INVALID),
    ("DER-039", "tf.io.decode_csv('99999999999', [[0]])", INVALID),
    ("DER-039", "tf.io.decode_csv('x', [[0]])", INVALID),
    ("DER-040", "list(tf.data.TextLineDataset('/no/such/file'))", "NotFoundError"),
    ("DER-040", "list(tf.data.TextLineDataset('/tmp'))", "FailedPreconditionError"),
    ("DER-040", "tf.io.read_file('/no/such/file')", "NotFoundError"),
    ("DER-040", "tf.io.read_file('/tmp')", "FailedPreconditionError"),
    ("DER-042", "list(tf.data.Dataset.range(3).batch(0))", "ValueError InvalidArgumentError"),
    ("DER-042", "list(tf.data.Dataset.range(3).shuffle(0))", "ValueError InvalidArgumentError"),
    ("DER-042", "list(tf.data.Dataset.range(3).shuffle(-2))", "ValueError InvalidArgumentError"),
    ("DER-043", "list(tf.data.Dataset.range(3).map(lambda x: 1 // 0))", "ZeroDivisionError"),
    ("DER-044", "t = tf.GradientTape(); t.__enter__(); y = tf.constant(1.0) * 2; t.__exit__(None, None, None); t.gradient(y, tf.constant(1.0)) is None", ""),
    ("DER-044", "x = tf.constant(1.0); t = tf.GradientTape(); t.__enter__(); t.watch(x); y = x * 2; t.__exit__(None, None, None); "
                "t.gradient(y, x); t.gradient(y, x)", "RuntimeError"),
    ("DER-044", "tf.GradientTape().gradient(tf.constant(1.0), [tf.constant(1.0)])", "RuntimeError"),
    ("DER-044", "tf.GradientTape().gradient(1.0, [2.0])", "RuntimeError TypeError AttributeError"),
    ("DER-045", "v = tf.Variable([1.0, 2.0]); v1.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.ones([3]), v)])", "InvalidArgumentError ValueError"),
    ("DER-045", "v = tf.Variable([1.0]); v1.train.AdamOptimizer(0.1).apply_gradients([(tf.constant([1], tf.int32), v)])", "InvalidArgumentError ValueError TypeError"),
    ("DER-045", "v = tf.Variable([1.0, 2.0]); v.assign([1.0, 2.0, 3.0])", "ValueError InvalidArgumentError"),
    ("DER-051", "tf.matmul(None, tf.ones([2, 2]))", "ValueError TypeError"),
    ("DER-051", "tf.matmul(object(), tf.ones([2, 2]))", "ValueError TypeError"),
    ("DER-051", "object.__new__(type(tf.constant(1)))", "TypeError"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def memory_limit():
    """What a test machine has must not decide: everything above 1 GiB is refused."""
    import sokuji

    sokuji._core.set_memory_limit(LIMIT)
    yield
    sokuji._core.set_memory_limit(-1)


def test_every_form_belongs_to_a_row():
    assert {form[0] for form in FORMS} <= IDS


def name_of(error):
    return type(error).__name__


def code_of(error):
    """The status that the call has in tests/ops: tf.errors.InvalidArgumentError is InvalidArgument."""
    name = name_of(error)
    return name[:-5] if name.endswith("Error") and hasattr(error, "error_code") else {"MemoryError": "ResourceExhausted"}.get(name, name)


OPERATIONS = [c for c in bad_inputs.CALLS if c[0] in IDS]


@pytest.mark.parametrize("call", OPERATIONS, ids=["%s-%s-%d" % (c[0], c[2], i) for i, c in enumerate(OPERATIONS)])
def test_operation(call, tf2):
    key, _, operation, inputs, attributes, codes, _, expected, n_outputs = call
    if not tf2._core.has_op(operation):
        pytest.skip("not yet: operation %s" % operation)
    before = copy.deepcopy(inputs)
    attributes = {name: value for name, value in attributes.items()}
    try:
        tensors = [tf2.constant(v) for v in inputs]
        made = tf2._core.execute(operation, tensors, attributes, n_outputs)
        code = "OK"
    except Exception as error:  # noqa: BLE001
        made, code = None, code_of(error)
        # Attributes and inputs that cannot even be said are refused by Python's own classes.
        if code in ("TypeError", "ValueError", "OverflowError") and "InvalidArgument" in codes:
            code = "InvalidArgument"
    assert code in codes, "%s: %s" % (key, operation)
    if expected is not None and made is not None:
        first = made[0] if isinstance(made, list) else made
        np.testing.assert_array_equal(first.numpy(), np.asarray(expected))
    for old, new in zip(before, inputs):
        assert np.array_equal(np.asarray(old), np.asarray(new), equal_nan=np.asarray(old).dtype.kind == "f")
    assert (tf2.constant([1.0]) + 1.0).numpy().tolist() == [2]


@pytest.mark.parametrize("key, text, classes", FORMS, ids=["%s-%d" % (form[0], i) for i, form in enumerate(FORMS)])
def test_form(key, text, classes, tf2):
    import sokuji.v1

    tf2._assemble.set_version(2)
    names = {"tf": tf2, "v1": sokuji.v1, "np": np}
    statements, _, expression = text.rpartition(";")
    exec(statements.replace("; ", "\n"), names)
    if not classes:
        assert eval(expression.strip(), names)
        return
    variable = names["v"].numpy() if "v" in names else None
    with pytest.raises(Exception) as caught:
        eval(expression.strip(), names)
    assert name_of(caught.value) in classes.split(), repr(caught.value)
    assert str(caught.value)
    if variable is not None:
        assert np.array_equal(names["v"].numpy(), variable)
