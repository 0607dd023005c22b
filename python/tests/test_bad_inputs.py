"""
The rows of tests/data/bad_inputs.csv from Python. Calls of operations are those of tests/ops/bad_inputs.py; bad_forms.py adds what only tf.* has. Each
gives its exception, leaves its arguments as they were, and the process lives.
"""

import copy
import csv
import os
import struct
import sys
import zipfile
import zlib

import numpy as np
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "ops"))
import bad_inputs  # noqa: E402
from bad_forms import ABSENT, CONSTANT, ELSEWHERE, FORMS, FUNCTION, WITHOUT  # noqa: E402

with open(os.path.join(ROOT, "tests", "data", "bad_inputs.csv"), encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
IDS = {row["id"] for row in ROWS}
LIMIT = 1 << 30
OPERATIONS = [c for c in bad_inputs.CALLS if c[0] in IDS]


@pytest.fixture(autouse=True)
def memory_limit():
    """What a test machine has must not decide: everything above 1 GiB is refused."""
    import sokuji

    sokuji._core.set_memory_limit(LIMIT)
    yield
    sokuji._core.set_memory_limit(-1)


def test_every_form_belongs_to_a_row():
    assert {form[0] for form in FORMS} | set(ELSEWHERE) <= IDS


def absent_names(row):
    return [name for words, name in ABSENT if words in row["op"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_has_its_error(row, tf2):
    """It is called by a test here or elsewhere, is a name that says that it is missing, or has no Python form."""
    import sokuji.v1

    tf2._assemble.set_version(2)
    if row["id"] in {c[0] for c in OPERATIONS} | {form[0] for form in FORMS} | set(ELSEWHERE) or any(words in row["op"] for words in WITHOUT):
        return
    names = absent_names(row)
    assert names, row
    for name in names:
        with pytest.raises(NotImplementedError, match="not implemented"):
            eval(name, {"tf": tf2, "v1": sokuji.v1})


# What the files of bad_forms.py are.
def stored(folder):
    """A checkpoint."""
    import sokuji as tf

    return tf.train.Checkpoint(v=tf.Variable(1.0)).save(os.path.join(folder, "stored"))


def under_a_writer(folder, call):
    import sokuji as tf

    with tf.summary.create_file_writer(str(folder)).as_default():
        return call()


def broken_record(folder):
    """A file of records whose first length is no length."""
    path = os.path.join(folder, "records")
    with open(path, "wb") as file:
        file.write(b"\xff" * 40)
    return path


def imported(text):
    """A GraphDef in a graph of its own."""
    import sokuji.v1
    from sokuji._src.io import text_format

    with sokuji.v1.Graph().as_default() as graph:
        sokuji.v1.import_graph_def(text_format.Parse(text, sokuji.v1.GraphDef()), name="")
    return graph


def loaded_without_its_operation(folder):
    """A SavedModel whose collections name an operation that its graph lacks."""
    import sokuji.v1 as tf

    with tf.Graph().as_default(), tf.Session() as session:
        builder = tf.saved_model.builder.SavedModelBuilder(os.path.join(folder, "model"))
        builder.add_meta_graph_and_variables(session, ["serve"], main_op=tf.no_op(name="initially"))
        builder.save()
    path = os.path.join(folder, "model", "saved_model.pb")
    with open(path, "rb") as file:
        head, found, tail = file.read().rpartition(b"initially")
    assert found and b"initially" in head
    with open(path, "wb") as file:
        file.write(head + b"initialle" + tail)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ["serve"], os.path.join(folder, "model"))


def chunk(kind, data, sum=None):
    """A chunk of a PNG file, with a wrong sum where one is given."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if sum is None else sum)


def rows(width, height, sum=None):
    return chunk(b"IDAT", zlib.compress((b"\0" + bytes(3 * width)) * height), sum)


def png(chunks, width=2, height=2, depth=8):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)) + chunks + chunk(b"IEND", b"")


def jpeg(part, new):
    """A small picture's file in whose frame header (from its marker on) something is replaced."""
    import sokuji as tf

    data = tf.io.encode_jpeg(np.zeros([8, 8, 3], np.uint8)).numpy()
    head, frame = data[: data.index(b"\xff\xc0")], bytearray(data[data.index(b"\xff\xc0") :])
    frame[part] = new
    return head + bytes(frame)


def hostile_model(folder, old, new):
    """A model's archive whose config.json says something else: what is refused is never called."""
    import sokuji as tf

    path = os.path.join(folder, "model.keras")
    tf.keras.Sequential([tf.keras.layers.Input([2]), tf.keras.layers.Lambda(lambda x: x, name="victim")]).save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts["config.json"]
    parts["config.json"] = parts["config.json"].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return tf.keras.models.load_model(path)


def name_of(error):
    return type(error).__name__


def code_of(error):
    """The status that the call has in tests/ops: tf.errors.InvalidArgumentError is InvalidArgument."""
    name = name_of(error)
    return name[:-5] if name.endswith("Error") and hasattr(error, "error_code") else {"MemoryError": "ResourceExhausted"}.get(name, name)




@pytest.mark.parametrize("call", OPERATIONS, ids=["%s-%s-%d" % (c[0], c[2], i) for i, c in enumerate(OPERATIONS)])
def test_operation(call, tf2):
    key, _, operation, inputs, attributes, codes, _, expected, n_outputs = call
    if not tf2._core.has_op(operation):
        with pytest.raises(Exception, match=operation):
            tf2._core.execute(operation, [], {}, n_outputs)
        return
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
def test_form(key, text, classes, tf2, tmp_path):
    import sokuji.v1

    tf2._assemble.set_version(2)
    names = {"tf": tf2, "v1": sokuji.v1, "np": np, "stored": lambda: stored(tmp_path), "broken_record": lambda: broken_record(tmp_path),
             "under_a_writer": lambda call: under_a_writer(tmp_path, call), "folder": str(tmp_path), "imported": imported, "CONSTANT": CONSTANT,
             "FUNCTION": FUNCTION, "loaded_without_its_operation": lambda: loaded_without_its_operation(tmp_path),
             "png": png, "rows": rows, "chunk": chunk, "jpeg": jpeg, "zlib": zlib, "hostile_model": lambda old, new: hostile_model(tmp_path, old, new)}  # fmt: skip
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


class Own(Exception):
    """An exception that no library knows."""


def fail(*arguments, **keywords):
    raise Own("here")


# Whatever calls the user's function: the exception that it raises comes out, the same object, and what is used afterwards works.
USERS = {
    "gradient": "x = tf.constant(1.0); t = tf.GradientTape(); t.__enter__(); t.watch(x); y = tf.custom_gradient(lambda x: (x * 1.0, fail))(x); t.gradient(y, x)",
    "second gradient": "x = tf.Variable(1.0); a = tf.GradientTape(); a.__enter__(); b = tf.GradientTape(); b.__enter__(); "
                       "g = tf.custom_gradient(lambda dy: (dy * 1.0, fail)); y = tf.square(tf.custom_gradient(lambda x: (x * 1.0, g))(x)); b.__exit__(None, None, None); "
                       "d = b.gradient(y, x); a.__exit__(None, None, None); a.gradient(d, x)",
    "custom function": "tf.custom_gradient(fail)(1.0)",
    "map": "list(tf.data.Dataset.range(3).map(fail))", "filter": "list(tf.data.Dataset.range(3).filter(fail))",
    "behind others": "list(tf.data.Dataset.range(9).map(fail).batch(2).shuffle(3).prefetch(2))",
    "parallel map": "list(tf.data.Dataset.range(9).map(fail, num_parallel_calls=4))",
    "flat_map": "list(tf.data.Dataset.range(3).flat_map(fail))", "interleave": "list(tf.data.Dataset.range(3).interleave(fail, cycle_length=2))",
    "generator": "list(tf.data.Dataset.from_generator(fail, tf.int32))",
    "layer": "L = type('L', (tf.keras.layers.Layer,), {'call': fail}); L()(tf.ones([2]))",
    "build": "L = type('L', (tf.keras.layers.Layer,), {'build': fail, 'call': lambda s, x: x}); L()(tf.ones([2]))",
    "model": "M = type('M', (tf.keras.Model,), {'call': fail}); m = M(); m.compile('sgd', 'mse'); m.fit(np.ones([2, 2]), np.ones([2, 1]), verbose=0)",
    "lambda": "tf.keras.layers.Lambda(fail)(tf.ones([2]))", "activation": "tf.keras.layers.Dense(2, activation=fail)(tf.ones([1, 2]))",
    "initializer": "tf.keras.layers.Dense(2, kernel_initializer=fail)(tf.ones([1, 2]))",
    "loss": "m = tf.keras.Sequential([tf.keras.layers.Dense(1)]); m.compile('sgd', fail); m.fit(np.ones([2, 2]), np.ones([2, 1]), verbose=0)",
    "callback": "m = tf.keras.Sequential([tf.keras.layers.Dense(1)]); m.compile('sgd', 'mse'); "
                "m.fit(np.ones([2, 2]), np.ones([2, 1]), verbose=0, callbacks=[tf.keras.callbacks.LambdaCallback(on_epoch_end=fail)])",
    "cond": "tf.cond(tf.constant(True), fail, fail)", "while_loop": "tf.while_loop(lambda i: True, fail, [0])", "map_fn": "tf.map_fn(fail, tf.range(3))",
    "py_function": "tf.py_function(fail, [1], tf.int32)", "numpy_function": "tf.numpy_function(fail, [1], tf.int32)",
    "array": "tf.constant(type('A', (), {'__array__': fail})())", "index": "tf.ones([3])[type('I', (), {'__index__': fail})():]",
}  # fmt: skip


@pytest.mark.parametrize("name", USERS)
def test_an_exception_of_the_users_comes_out_as_itself(name, tf2):
    statements, _, expression = USERS[name].rpartition("; ")
    names = {"tf": tf2, "np": np, "fail": fail}
    with pytest.raises(Own, match="^Own: here$" if name == "py_function" else "^here$"):  # TensorFlow's error for it is the exception as well
        exec(statements.replace("; ", "\n"), names)
        eval(expression, names)
    v = tf2.Variable(2.0)
    with tf2.GradientTape() as tape:
        y = v * v
    assert float(tape.gradient(y, v)) == 4.0
    assert [int(i) for i in tf2.data.Dataset.range(3).map(lambda i: i + 1)] == [1, 2, 3]
