"""Programs of TensorFlow 1.x with graphs, run as such; programs/graph_*.out is what TensorFlow 1.8.0 printed for them."""

import os
import re
import subprocess
import sys

import pytest

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|inf|nan)")


def parts(text):
    """Words and numbers; white space and brackets only part them."""
    found, at = [], 0
    text = re.sub(r"[\[\](),\s]+", " ", text)
    for match in NUMBER.finditer(text):
        found += text[at : match.start()].split() + [float(match.group())]
        at = match.end()
    return found + text[at:].split()


@pytest.mark.parametrize("name", sorted(n[:-3] for n in os.listdir(FOLDER) if re.fullmatch(r"graph_.*\.py", n)))
def test_prints_what_tensorflow_prints(name, tmp_path):
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", os.path.join(FOLDER, name + ".py")], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with open(os.path.join(FOLDER, name + ".out"), encoding="utf-8") as f:
        wanted = parts(f.read())
    have = parts(done.stdout)
    assert [type(p) for p in have] == [type(p) for p in wanted], done.stdout
    for a, b in zip(wanted, have):
        assert a == b if isinstance(a, str) else b == pytest.approx(a, rel=1e-4, abs=1e-5, nan_ok=True), (a, b)
