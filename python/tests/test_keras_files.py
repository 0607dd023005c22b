"""Keras models and pictures in files: those that the real Keras 3 and TensorFlow wrote, stored and, where PEERS names a folder with its environment, live and both ways."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[1] / "tests" / "data" / "keras"
PROGRAM = HERE / "exchange" / "keras_models.py"
PEER = pathlib.Path(os.environ.get("PEERS", "/nowhere")) / "tf2" / "bin" / "python"


def run(command, folder):
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=300, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(word, folder, where):
    return run([sys.executable, "-m", "sokuji", "--tf", "2", PROGRAM, word, folder], where)


def test_stored_models(tmp_path):
    pytest.importorskip("h5py")
    assert ours("check", DATA, tmp_path).split() == ["mha.h5", "True", "nest.keras", "True", "stack.keras", "True", "text.keras", "True"]


@pytest.mark.skipif(not PEER.exists(), reason="the real Keras is not there")
def test_both_ways(tmp_path):
    pytest.importorskip("h5py")
    ours("make", tmp_path / "ours", tmp_path)
    assert "False" not in run([PEER, PROGRAM, "check", tmp_path / "ours"], tmp_path)
    run([PEER, PROGRAM, "make", tmp_path / "theirs"], tmp_path)
    made = ours("check", tmp_path / "theirs", tmp_path)
    assert "False" not in made and len(made.splitlines()) == 21


def test_what_does_not_fit_changes_nothing(tf2, tmp_path):
    pytest.importorskip("h5py")
    keras = tf2.keras
    small, large = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(n)]) for n in (3, 4))
    path = str(tmp_path / "w.weights.h5")
    large.save_weights(path)
    before = small.get_weights()
    with pytest.raises(ValueError, match="shape"):
        small.load_weights(path)
    assert all(np.array_equal(a, b) for a, b in zip(before, small.get_weights()))
    with pytest.raises(FileExistsError):
        large.save_weights(path, overwrite=False)


def test_pictures(tf2):
    pytest.importorskip("PIL")
    for row in json.loads((DATA / "jpeg.json").read_text()):
        data, want = bytes.fromhex(row["file"]), np.array(row["pixels"], np.uint8)
        np.testing.assert_array_equal(tf2.io.decode_jpeg(data, **row["options"]).numpy(), want)
    y, x = np.mgrid[:20, :27]
    image = np.stack([(x * 7 + y * k * 3) % 256 for k in range(3)], -1).astype(np.uint8)
    assert tf2.io.encode_jpeg(image, quality=80).numpy().startswith(b"\xff\xd8\xff\xe0")
    for bad in (dict(ratio=3), dict(channels=4), dict(dct_method="QUICK")):
        with pytest.raises(tf2.errors.InvalidArgumentError):
            tf2.io.decode_jpeg(data, **bad)
