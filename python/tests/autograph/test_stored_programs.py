"""Programs whose output the real TensorFlow 2.21 printed (programs/)."""

import pathlib

import pytest
from test_programs import check_program

PROGRAMS = pathlib.Path(__file__).parent / "programs"


@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("*.py")), ids=lambda p: p.stem)
def test_program(program, tmp_path):
    check_program(program, tmp_path, "2")
