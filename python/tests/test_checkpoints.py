"""Checkpoints: what the real TensorFlow wrote is read (stored files), the two read each other's live where TensorFlow is installed, and restoring in
every order gives the same values.
"""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

DATA = pathlib.Path(__file__).parents[2] / "tests/data/checkpoints"
PEERS = pathlib.Path(os.environ.get("PEERS", "peers"))  # a folder with virtual environments tf18 and tf2, as for the benchmarks
KEY = "/.ATTRIBUTES/VARIABLE_VALUE"


# ---- stored files ----


@pytest.mark.parametrize("folder", ["tf1", "tf2"])
def test_stored_tensors(tf2, folder):
    reader = tf2.train.load_checkpoint(str(DATA / folder / "plain"))
    for name, dtype in reader.get_variable_to_dtype_map().items():
        if name.startswith("numbers/"):
            assert dtype.name == name[8:]
            want = (np.arange(6).reshape(2, 3) * (1 if dtype.name == "bool" else 3) % 7).astype(dtype.as_numpy_dtype)
            np.testing.assert_array_equal(reader.get_tensor(name), want)
    assert reader.get_tensor("text").tolist() == [[b"", b"abc"], [b"\0\xff", b"x" * 300]]
    assert reader.get_tensor("word") == b"hello" and reader.get_tensor("scalar") == 2.5
    assert reader.get_variable_to_shape_map()["ones"] == [1] * 7 + [2]
    assert len(tf2.train.list_variables(str(DATA / folder / "plain"))) == 57


def test_stored_objects_of_1(tf1):
    tfe = tf1.contrib.eager
    w, b, optimizer = tfe.Variable(tf1.zeros([2, 2])), tfe.Variable(tf1.zeros([2])), tf1.train.AdamOptimizer(0.1)
    root = tfe.Checkpoint(w=w, b=b, optimizer=optimizer, step=tfe.Variable(0, dtype=tf1.int64))
    status = root.restore(tf1.train.latest_checkpoint(str(DATA / "tf1")))
    np.testing.assert_allclose(w.numpy(), [[0.9, 2.0], [3.0, 3.9]], rtol=1e-6)
    np.testing.assert_allclose(optimizer.get_slot(b, "m").numpy(), [0.2, -0.2], rtol=1e-6)
    assert root.step.numpy() == 7 and root.save_counter.numpy() == 1
    with pytest.raises(AssertionError):  # Adam's powers come with the first step
        status.assert_consumed()
    optimizer.apply_gradients([(tf1.zeros([2, 2]), w)])
    status.assert_consumed()
    powers = [v.numpy() for v in optimizer.variables() if v.name.startswith("beta")]
    np.testing.assert_allclose(powers, [0.9**3, 0.999**3], rtol=1e-6)


def test_stored_objects_of_2(tf2):
    module = tf2.Module()
    root = tf2.train.Checkpoint(module=module, step=tf2.Variable(0, dtype=tf2.int64))
    status = root.restore(str(DATA / "tf2/objects-1"))
    module.w = tf2.Variable(tf2.zeros([2, 2]))
    module.parts = [tf2.Variable([0.0, 0.0])]
    module.parts.append({"k": tf2.Variable(0.0)})
    assert module.w.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert module.parts[0].numpy().tolist() == [0.5, -0.5] and float(module.parts[1]["k"]) == 3.0
    status.assert_consumed().assert_existing_objects_matched()


# ---- the real TensorFlow ----

_PROGRAM = """
import sys
import numpy as np
import tensorflow as tf
ONE = tf.__version__.startswith("1.")
if ONE:
    import tensorflow.contrib.eager as tfe
    tf.enable_eager_execution()
Variable, Checkpoint = (tfe.Variable, tfe.Checkpoint) if ONE else (tf.Variable, tf.train.Checkpoint)
mode, prefix = sys.argv[1:3]
fill = 1.0 if mode == "write" else 0.0
names = {"f": np.float32([[1, 2]]), "i": np.array(3, np.int64), "s": np.array([b"a", b"longer"], object), "h": np.float16([0.5]), "t": np.array([True, False])}
parts = dict((k, Variable(tf.constant(v if mode == "write" else np.zeros_like(v) if v.dtype != object else np.array([b"", b""], object)))) for k, v in names.items())
model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,)), tf.keras.layers.Dense(1)])
model(tf.ones([1, 3]))
for n, w in enumerate(model.weights):
    w.assign(tf.ones_like(w) * (n + 1.0) * fill)
if ONE:
    optimizer = tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True)
    if mode == "write":
        optimizer.apply_gradients([(tf.ones_like(w), w) for w in model.weights])
    parts["optimizer"] = optimizer
root = Checkpoint(model=model, **parts)
if mode == "write":
    root.save(prefix)
else:
    root.restore(prefix + "-1").assert_consumed()
for k in sorted(names):
    print(k, parts[k].numpy().tolist())
print([np.round(w.numpy().astype(float), 5).tolist() for w in model.weights], root.save_counter.numpy())
if ONE:
    print([np.round(optimizer.get_slot(w, n).numpy().astype(float), 5).tolist() for n in ("rms", "mg", "momentum") for w in model.weights])
"""


def _run(python, arguments, folder):
    done = subprocess.run([*python, *map(str, arguments)], cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-3000:]
    return done.stdout.decode()


@pytest.mark.parametrize("version,peer", [("1", "tf18"), ("2", "tf2")])
def test_live(version, peer, tmp_path):
    real = PEERS / peer / "bin/python"
    if not real.exists():
        pytest.skip("TensorFlow is not installed")
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)
    ours = [sys.executable, "-m", "sokuji", "--tf", version]
    written = [_run(ours, [program, "write", tmp_path / "ours"], tmp_path), _run([str(real)], [program, "write", tmp_path / "theirs"], tmp_path)]
    assert _run([str(real)], [program, "read", tmp_path / "ours"], tmp_path) == written[0]
    assert _run(ours, [program, "read", tmp_path / "theirs"], tmp_path) == written[1]


# ---- restoring, in every order ----


def _model(tf):
    class Model(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.first = tf.keras.layers.Dense(3)
            self.rest = [tf.keras.layers.Dense(2), tf.keras.layers.Dense(1)]

        def call(self, x):
            x = self.first(x)
            for layer in self.rest:
                x = layer(x)
            return x

    return Model()


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("built", [False, True])
def test_models(request, version, built, tmp_path):
    tf = request.getfixturevalue("tf%d" % version)
    x = tf.constant([[1.0, 2.0]])
    Checkpoint = tf.contrib.eager.Checkpoint if version == 1 else tf.train.Checkpoint
    model, fresh = _model(tf), _model(tf)
    want = model(x).numpy()
    path = Checkpoint(model=model).save(str(tmp_path / "ck"))
    if built:
        fresh(x)
    status = Checkpoint(model=fresh).restore(path)
    np.testing.assert_array_equal(fresh(x).numpy(), want)
    status.assert_consumed()


def test_weights_files(tf1, tmp_path):
    x = tf1.constant([[1.0, 2.0]])
    model, fresh = _model(tf1), _model(tf1)
    want = model(x).numpy()
    model.save_weights(str(tmp_path / "w"))
    assert tf1.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "w")
    fresh.load_weights(str(tmp_path / "w"))
    np.testing.assert_array_equal(fresh(x).numpy(), want)


def test_nothing_changes_when_a_value_does_not_fit(tf2, tmp_path):
    path = tf2.train.Checkpoint(a=tf2.Variable([1.0, 2.0]), b=tf2.Variable([1.0, 2.0])).write(str(tmp_path / "x"))
    a, b = tf2.Variable([7.0, 7.0]), tf2.Variable([7.0, 7.0, 7.0])
    with pytest.raises(ValueError, match="shape"):
        tf2.train.Checkpoint(a=a, b=b).restore(path)
    assert a.numpy().tolist() == [7.0, 7.0]


def test_an_optimizer_goes_on_where_it_was(tf1, tmp_path):
    def make():
        return tf1.contrib.eager.Variable([1.0, 2.0]), tf1.train.AdamOptimizer(0.1)

    def step(v, optimizer):
        optimizer.apply_gradients([(v * 2.0, v)])

    v, optimizer = make()
    for _ in range(3):
        step(v, optimizer)
    path = tf1.contrib.eager.Checkpoint(v=v, optimizer=optimizer).save(str(tmp_path / "ck"))
    step(v, optimizer)
    for early in (False, True):
        v2, optimizer2 = make()
        if early:
            step(v2, optimizer2)
        tf1.contrib.eager.Checkpoint(v=v2, optimizer=optimizer2).restore(path)
        step(v2, optimizer2)
        np.testing.assert_array_equal(v2.numpy(), v.numpy())


def test_keeping_the_newest(tf1, tmp_path):
    v = tf1.contrib.eager.Variable(1.0, name="v")
    saver = tf1.train.Saver([v], max_to_keep=2)
    for n in range(4):
        saver.save(None, str(tmp_path / "m"), global_step=n)
    assert sorted(p.name for p in tmp_path.glob("*.index")) == ["m-2.index", "m-3.index"]
    state = tf1.train.get_checkpoint_state(str(tmp_path))
    assert [os.path.basename(p) for p in state.all_model_checkpoint_paths] == ["m-2", "m-3"] == [os.path.basename(p) for p in saver.last_checkpoints]
    v.assign(5.0)
    saver.restore(None, str(tmp_path / "m-2"))
    assert v.numpy() == 1.0
    with pytest.raises(tf1.errors.NotFoundError):
        saver.restore(None, str(tmp_path / "m-0"))
    with pytest.raises(RuntimeError):
        tf1.train.Saver()


def test_restore_on_create(tf1, tmp_path):
    tfe = tf1.contrib.eager
    path = tfe.Saver([tfe.Variable([1.0, 2.0], name="v")]).save(str(tmp_path / "ck"))
    with tfe.restore_variables_on_create(path):
        v = tfe.Variable([0.0, 0.0], name="v")
        with pytest.raises(tf1.errors.NotFoundError):
            tfe.Variable(0.0, name="other")
    assert v.numpy().tolist() == [1.0, 2.0]


def test_damage_is_said(tf2, tmp_path):
    path = tf2.train.Checkpoint(v=tf2.Variable([1.0, 2.0])).write(str(tmp_path / "x"))
    data = tmp_path / "x.data-00000-of-00001"
    content = bytearray(data.read_bytes())
    content[2] ^= 1
    data.write_bytes(content)
    v = tf2.Variable([7.0, 7.0])
    with pytest.raises(tf2.errors.DataLossError):
        tf2.train.Checkpoint(v=v).restore(path)
    assert v.numpy().tolist() == [7.0, 7.0]
    with pytest.raises(tf2.errors.DataLossError):
        from sokuji._src.train import checkpoint_graph

        checkpoint_graph.decode(b"\x0a\x04\x0a\x02\x08\x63")


def test_keras_optimizers_and_iterators(tf2, tmp_path):
    def make():
        model = tf2.keras.Sequential([tf2.keras.layers.Dense(1, input_shape=(2,), kernel_initializer="ones")])
        model.compile(tf2.keras.optimizers.Adam(0.1), "mse")
        return model

    x, y = np.ones([4, 2], np.float32), np.zeros([4, 1], np.float32)
    model, fresh = make(), make()
    model.fit(x, y, epochs=2, verbose=0)
    iterator = iter(tf2.data.Dataset.range(9))
    next(iterator), next(iterator)
    path = tf2.train.Checkpoint(model=model, iterator=iterator).save(str(tmp_path / "ck"))
    model.fit(x, y, verbose=0)
    other = iter(tf2.data.Dataset.range(9))
    status = tf2.train.Checkpoint(model=fresh, iterator=other).restore(path)
    fresh.fit(x, y, verbose=0)
    status.assert_consumed()
    for a, b in zip(model.get_weights(), fresh.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert int(next(other)) == 2
