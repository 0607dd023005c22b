"""
Programs that end in the midst of their work (tests/programs/early_return.c) end well. Built with the address sanitizer they also say whether
something leaked.
"""
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("SOKUJI_BUILD", os.path.join(ROOT, "build", "release"))


@pytest.mark.parametrize("place", ["scope", "exit", "thread", "thread-exit", "gradient", "error"])
def test_early_return(place):
    result = subprocess.run([os.path.join(BUILD, "tests", "programs", "early_return"), place], capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
