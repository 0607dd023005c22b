"""Every operation survives random arguments (random_arguments.py, which runs in processes of its own and is restarted where one dies)."""
import os
import subprocess
import sys

import pytest
import sokuji_c as sj

NAMES = sorted(sj.rows())
CALLS = os.environ.get("SOKUJI_RANDOM_CALLS", "60")
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "random_arguments.py")


@pytest.fixture(scope="module")
def complaints():
    """{operation: what went wrong}"""
    found, left = {}, list(NAMES)
    while left:
        result = subprocess.run([sys.executable, PROGRAM, CALLS, *left], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                errors="replace", timeout=1500)
        begun = None
        for line in result.stdout.splitlines():
            word, _, rest = line.partition(" ")
            if word == "begin":
                begun = rest
                left.remove(rest)
            elif word == "end":
                begun = None
            elif word == "wrong":
                found.setdefault(rest.split(":")[0], "")
                found[rest.split(":")[0]] += rest + "\n"
        if begun is not None:
            found[begun] = f"the process ended with {result.returncode}\n" + result.stderr[-3000:]
        elif result.returncode != 0:
            found[left[0] if left else NAMES[0]] = result.stderr[-3000:]
            break
    return found


@pytest.mark.parametrize("name", NAMES)
def test_random_arguments(name, complaints):
    assert name not in complaints, complaints[name]
