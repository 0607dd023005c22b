"""Stored programs print what the real TensorFlow printed."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan)")


def tokens(text):
    """Words and numbers in reading order; brackets, commas and line breaks only separate."""
    found, position = [], 0
    text = re.sub(r"[\[\](),\s]+", " ", text)
    for match in NUMBER.finditer(text):
        found += text[position : match.start()].split()
        found.append(float(match.group()))
        position = match.end()
    return found + text[position:].split()


def agree(a, b, tolerance):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b) or abs(a - b) <= 1e-6 + tolerance * abs(a)
    return a == b


def check_program(program, folder, version, tolerance=1e-4):
    """Runs it in the folder; its output must be what TensorFlow printed, which lies beside it."""
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", version, str(program)], cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    want = tokens(program.with_suffix(".out").read_text(encoding="utf-8"))
    have = tokens(done.stdout.decode("utf-8", "replace"))
    for place, (a, b) in enumerate(zip(want, have)):
        assert agree(a, b, tolerance), (want[max(0, place - 5) : place + 1], b)
    assert len(want) == len(have)


# What a program imports beside NumPy.
NEEDS = {"keras_save_load": "h5py", "keras_vae_train_step": "h5py", "keras_own_files": "h5py", "keras_own_training": "h5py", "tf2_image_ops": "PIL", "eager18_own_pictures": "PIL", "eager18_own_jpeg": "PIL"}


@pytest.mark.parametrize("program", sorted((HERE / "programs").glob("*.py")), ids=lambda p: p.stem)
def test_program(program, tmp_path):
    if program.stem in NEEDS:
        pytest.importorskip(NEEDS[program.stem])
    head = program.read_text(encoding="utf-8").splitlines()[:2]
    version = re.match(r"# tf: (\d)", head[0]).group(1)
    if np.lib.NumpyVersion(np.__version__) < "2.0.0" and re.search(r"\bnp\.(\w+\(|True_|False_)", program.with_suffix(".out").read_text(encoding="utf-8")):
        pytest.skip("was printed with NumPy 2, whose scalars say what they are")
    stated = re.match(r"# tolerance: (\S+)", head[1])
    check_program(program, tmp_path, version, float(stated.group(1)) if stated else 1e-4)


@pytest.mark.parametrize("listing", sorted((HERE / "listings").glob("*_iris.py")), ids=lambda p: p.stem)
def test_listing(listing, tmp_path):
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", str(listing)], cwd=tmp_path, capture_output=True, timeout=120)
    out = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert "eager" not in listing.name or out.startswith("TensorFlow version: 1.8.0\nEager execution: True\n")
    losses = [float(x) for x in re.findall(r"train/loss:\s+([\d.]+)", out)]
    assert len(losses) == 6 and losses[-1] < losses[0], losses


def test_official_listing_prints_what_tensorflow_printed(tmp_path):
    """With seeds the losses are TensorFlow 1.8's own; the file is found in Keras' cache."""
    cache = tmp_path / ".keras" / "datasets"
    cache.mkdir(parents=True)
    shutil.copy(HERE.parents[1] / "data" / "iris" / "iris_training.csv", cache)
    text = (HERE / "listings" / "02_eager_official.py").read_text()
    for old, new in (("eager_execution()", "eager_execution(); tf.set_random_seed(11)"), ("buffer_size=1000", "buffer_size=1000, seed=4"),
                     ("num_epochs = 201", "num_epochs = 21"), ("epoch % 50", "epoch % 10")):  # fmt: skip
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "listing.py").write_text(text)
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", "listing.py"], cwd=tmp_path, capture_output=True, timeout=120,
                          env={**os.environ, "HOME": str(tmp_path)})  # fmt: skip
    assert done.stdout.decode().splitlines()[2:] == [
        "Epoch 000: Loss: 1.536, Accuracy: 35.000%", "Epoch 010: Loss: 1.048, Accuracy: 51.667%", "Epoch 020: Loss: 0.884, Accuracy: 69.167%",
    ], done.stderr.decode()  # fmt: skip


def test_traceback_shows_the_users_lines(tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text("import tensorflow as tf\ntf.matmul(tf.ones([2, 3]), tf.ones([2, 3]))\n")
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "2", str(program)], capture_output=True, timeout=60)
    lines = done.stderr.decode().strip().splitlines()
    assert done.returncode == 1
    assert "wrong.py" in lines[1] and "line 2" in lines[1]
    assert lines[-1].startswith("sokuji.errors.InvalidArgumentError: MatMul")
    assert len([line for line in lines if line.startswith("  File")]) == 1


def test_missing_symbols_name_themselves(tf1, tf2):
    for module, name in ((tf1, "MonitoredSession"), (tf2, "lite"), (tf2.keras.layers, "Nothing")):
        with pytest.raises(NotImplementedError, match=name):
            getattr(module, name)
    with pytest.raises(NotImplementedError):
        tf2.nn.no_such_thing(1)
