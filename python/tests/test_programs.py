"""Stored programs print what the real TensorFlow printed."""

import pathlib
import re
import subprocess
import sys

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


@pytest.mark.parametrize("program", sorted((HERE / "programs").glob("*.py")), ids=lambda p: p.stem)
def test_program(program, tmp_path):
    head = program.read_text(encoding="utf-8").splitlines()[:2]
    version = re.match(r"# tf: (\d)", head[0]).group(1)
    stated = re.match(r"# tolerance: (\S+)", head[1])
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", version, str(program)], cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    want = tokens(program.with_suffix(".out").read_text(encoding="utf-8"))
    have = tokens(done.stdout.decode("utf-8", "replace"))
    for place, (a, b) in enumerate(zip(want, have)):
        assert agree(a, b, float(stated.group(1)) if stated else 1e-4), (want[max(0, place - 5) : place + 1], b)
    assert len(want) == len(have)


@pytest.mark.parametrize("listing", sorted((HERE / "listings").glob("*_iris.py")), ids=lambda p: p.stem)
def test_listing(listing, tmp_path):
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", str(listing)], cwd=tmp_path, capture_output=True, timeout=120)
    out = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert out.startswith("TensorFlow version: 1.8.0\nEager execution: True\n")
    losses = [float(x) for x in re.findall(r"train/loss:\s+([\d.]+)", out)]
    assert len(losses) == 6 and losses[-1] < losses[0], losses


def test_traceback_shows_the_users_lines(tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text("import tensorflow as tf\ntf.matmul(tf.ones([2, 3]), tf.ones([2, 3]))\n")
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "2", str(program)], capture_output=True, timeout=60)
    lines = done.stderr.decode().strip().splitlines()
    assert done.returncode == 1
    assert "wrong.py" in lines[1] and "line 2" in lines[1]
    assert lines[-1].startswith("sokuji.errors.InvalidArgumentError: MatMul") and len(lines) <= 4


def test_missing_symbols_name_themselves(tf1, tf2):
    for module, name in ((tf1, "Session"), (tf2, "function"), (tf1.estimator, "Estimator"), (tf2.keras.layers, "MultiHeadAttention")):
        with pytest.raises(NotImplementedError, match=name):
            getattr(module, name)
    with pytest.raises(NotImplementedError):
        tf2.nn.no_such_thing(1)
