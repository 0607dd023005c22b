"""
Every example runs to its end without arguments and without a word on the error output. Where examples/expected/NAME.txt exists, it
is what the example prints, to the letter.
"""
import glob
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SOKUJI_BUILD", os.path.join(ROOT, "build", "release"))
PROGRAMS = sorted(p for p in glob.glob(os.path.join(BUILD, "examples", "*")) if os.path.isfile(p) and os.access(p, os.X_OK))


def test_every_example_was_built():
    built = {os.path.basename(p) for p in PROGRAMS}
    for source in glob.glob(os.path.join(ROOT, "examples", "*.c")):
        with open(source, encoding="utf-8") as file:
            text = file.read()
        is_optional = "<sokuji/plot.h>" in text or "<sokuji/gzip.h>" in text
        assert is_optional or os.path.basename(source)[:-2] in built, f"{source} was not built"


@pytest.mark.parametrize("program", PROGRAMS, ids=os.path.basename)
def test_example_runs(program, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "ASAN_OPTIONS")}
    os.symlink(os.path.join(ROOT, "data"), tmp_path / "data")
    # One epoch of the large network will do here, or none under a sanitizer; test_curves.py runs all five.
    arguments = ["--epochs", "0" if os.environ.get("SOKUJI_SANITIZE") else "1"] if os.path.basename(program) == "mnist_cnn" else []
    result = subprocess.run([program] + arguments, cwd=tmp_path, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=600)
    assert result.returncode == 0, (result.stdout + result.stderr)[-3000:].decode("utf-8", "replace")
    assert result.stderr == b"", result.stderr[-3000:].decode("utf-8", "replace")
    expected = os.path.join(ROOT, "examples", "expected", os.path.basename(program) + ".txt")
    if os.path.exists(expected):
        with open(expected, "rb") as file:
            assert result.stdout == file.read()
