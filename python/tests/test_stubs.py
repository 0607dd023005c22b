"""The type stubs, by mypy and by pyright where they are installed: programs pass, a wrong argument does not."""

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import sokuji

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
GOOD = {
    "readme": re.search(r"```python\n(.*?)```", README, re.DOTALL)[1],
    "tensors": "import sokuji as tf\nx = tf.constant([1.0, 2.0])\ny: tf.Tensor = tf.add(x, 1.0) ** 2 / x - (3.0 @ x if False else x)\nprint(y > 1, -y, y[0], len(y), float(y[0]), [v for v in y])\n",
    "version 1": "import sokuji.v1 as tf\nx = tf.nn.softmax(tf.nn.relu(tf.constant([1.0])))\nprint(tf.matmul(x, x, transpose_a=True).shape, tf.contrib.eager.Variable)\n",
}
WRONG = "import sokuji as tf\nx = tf.constant([[1.0]])\ntf.matmul(x, x, transpose_q=True)\n"


def mypy(path):
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    return [sys.executable, "-m", "mypy", "--ignore-missing-imports", "--cache-dir", os.devnull, str(path)]


def pyright(path):
    if shutil.which("pyright") is None:
        pytest.skip("pyright is not installed")
    (path.parent / "pyrightconfig.json").write_text('{"extraPaths": ["%s"]}' % pathlib.Path(sokuji.__file__).parents[1])
    return ["pyright", "-p", str(path.parent), str(path)]


def checked(command, tmp_path, text):
    program = tmp_path / "program.py"
    program.write_text(text, encoding="utf-8")
    place = str(pathlib.Path(sokuji.__file__).parents[1])
    return subprocess.run(command(program), env=dict(os.environ, MYPYPATH=place), cwd=tmp_path, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("command", [mypy, pyright])
@pytest.mark.parametrize("name", GOOD)
def test_programs_pass(tmp_path, command, name):
    done = checked(command, tmp_path, GOOD[name])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [mypy, pyright])
def test_a_wrong_argument_is_found(tmp_path, command):
    done = checked(command, tmp_path, WRONG)
    assert done.returncode != 0 and "transpose_q" in done.stdout


@pytest.mark.parametrize("name", ["__init__.pyi", "v1.pyi", "py.typed"])
def test_the_stubs_are_installed(name):
    assert (pathlib.Path(sokuji.__file__).parent / name).exists()
