"""Programs whose output the real TensorFlow 2.21 printed (programs/); those that need tf.function wait for it."""

import pathlib
import subprocess
import sys

import pytest
import sokuji
from test_programs import agree, tokens

WAITING = {  # what the graph does not do yet; a row goes when its program agrees
    "autograph_branches_and_loops": "iterating over a symbolic tensor in Python has to be an error",
    "autograph_datasets": "loops over data sets in a graph",
    "autograph_expressions": "iterating over a symbolic tensor in Python has to be an error; conditions that are not bool; sorted",
}
PROGRAMS = pathlib.Path(__file__).parent / "programs"


@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("*.py")), ids=lambda p: p.stem)
def test_program(program, tmp_path, request):
    if program.stem in WAITING:
        request.applymarker(pytest.mark.xfail(reason=WAITING[program.stem], strict=False))
    text = program.read_text(encoding="utf-8")
    if "tf.function" in text and not hasattr(sokuji, "function"):
        pytest.skip("there is no tf.function yet")
    done = subprocess.run([sys.executable, "-m", "sokuji", "--tf", "2", str(program)], cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    want = tokens(program.with_suffix(".out").read_text(encoding="utf-8"))
    have = tokens(done.stdout.decode("utf-8", "replace"))
    for place, (a, b) in enumerate(zip(want, have)):
        assert agree(a, b, 1e-4), (want[max(0, place - 5) : place + 1], b)
    assert len(want) == len(have)
