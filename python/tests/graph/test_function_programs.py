"""Stored programs of functions and control flow print what the real TensorFlow printed."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from test_programs import agree, tokens

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("program", sorted((HERE / "programs").glob("function_*.py")), ids=lambda p: p.stem)
def test_program(program, tmp_path):
    version = re.match(r"# tf: (\d)", program.read_text(encoding="utf-8")).group(1)
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", version, str(program)], cwd=tmp_path, capture_output=True, timeout=120, env=dict(os.environ))
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    want = tokens(program.with_suffix(".out").read_text(encoding="utf-8"))
    have = tokens(done.stdout.decode("utf-8", "replace"))
    for place, (a, b) in enumerate(zip(want, have)):
        assert agree(a, b, 1e-4), (want[max(0, place - 5) : place + 1], b)
    assert len(want) == len(have)
