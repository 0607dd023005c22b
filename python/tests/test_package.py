"""The wheel in a virtual environment outside the repository: what it holds, how large it is, its command, and what importing it costs."""

import glob
import os
import pathlib
import subprocess
import sys
import time
import venv

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ.get("SOKUJI_BUILD") or os.environ.get("BUILD") or ROOT / "build" / "release").resolve()
MOST_BYTES = 6 << 20
# What `import sokuji` may load beyond NumPy: the proxy for its time, which no shared machine keeps.
MOST_MODULES = 64

pytestmark = pytest.mark.skipif(bool(os.environ.get("SOKUJI_SANITIZE")), reason="a sanitized library is larger and slower")


def outside(command, folder):
    """Runs without anything of the repository in sight."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SOKUJI"))}
    return subprocess.run([str(word) for word in command], cwd=folder, env=clean, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """(its Python, its site-packages): the package as pip puts it there, and this interpreter's NumPy."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-build-isolation", "--no-deps", "-w", str(folder), str(ROOT),
                    f"--config-settings=cmake.define.SOKUJI_BUILD={BUILD}", f"--config-settings=build-dir={BUILD}/python-{sys.implementation.cache_tag}"],
                   check=True, timeout=600)  # fmt: skip
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    (wheel,) = glob.glob(str(folder / "*.whl"))
    done = outside([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps", wheel], folder)
    assert done.returncode == 0, done.stderr
    site = pathlib.Path(subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True).stdout.strip())
    (site / "numpy_from_outside.pth").write_text(str(pathlib.Path(np.__file__).parents[1]))
    return python, site


def test_size_with_bytecode(environment):
    python, site = environment
    subprocess.run([python, "-m", "compileall", "-q", site / "sokuji"], check=True)
    sizes = {path: path.stat().st_size for path in (site / "sokuji").rglob("*") if path.is_file()}
    assert sum(sizes.values()) <= MOST_BYTES, sorted((size, str(path)) for path, size in sizes.items())[-10:]
    assert len([path for path in sizes if path.suffix == ".so" or ".so." in path.name]) == 2


@pytest.mark.parametrize("command", ["sokuji run", "sokuji", "python -m sokuji"])
def test_the_command_runs_a_program(environment, tmp_path, command):
    (tmp_path / "program.py").write_text("import sys\nimport tensorflow as tf\nprint(tf.reduce_sum(tf.ones([2, 3])).numpy(), sys.argv[1:])\n")
    bin_folder = environment[0].parent
    words = command.split()
    done = outside([bin_folder / words[0], *words[1:], "program.py", "a", "--b"], tmp_path)
    assert done.returncode == 0 and done.stdout == "6.0 ['a', '--b']\n", done.stderr


def test_the_package_is_the_installed_one(environment, tmp_path):
    done = outside([environment[0], "-c", "import sokuji; print(sokuji.__file__); import sokuji.v1; print(sokuji.matmul.__doc__)"], tmp_path)
    assert done.returncode == 0 and done.stdout.startswith(str(environment[1])) and "product" in done.stdout, done.stderr


def test_import_is_light(environment, tmp_path):
    python = environment[0]
    count = "import numpy, sys; before = set(sys.modules); import sokuji; print(len(set(sys.modules) - before), sorted(set(sys.modules) - before))"
    done = outside([python, "-c", count], tmp_path)
    number, _, names = done.stdout.partition(" ")
    assert int(number) <= MOST_MODULES, names

    def seconds(code):
        begin = time.perf_counter()
        outside([python, "-c", code], tmp_path)
        return time.perf_counter() - begin

    # 15 ms beyond NumPy on a machine of its own; many times that here, so that only a blunder fails.
    beyond = min(seconds("import numpy, sokuji") for _ in range(3)) - min(seconds("import numpy") for _ in range(3))
    assert beyond < (0.015 if os.environ.get("SOKUJI_QUIET_MACHINE") else 2.0)


def test_what_is_imported_late_is_there(environment, tmp_path):
    """dir() names it before it is loaded, and so does completion."""
    code = "import sokuji as tf; assert {'keras', 'data', 'image', 'summary', 'train', 'nn', 'linalg'} <= set(dir(tf)); assert 'Dense' in dir(tf.keras.layers); " \
           "assert tf.keras.layers.Dense(2) and tf.data.Dataset and tf.image.resize and tf.summary.scalar and tf.train.Checkpoint; " \
           "assert not any(name.startswith('_') and not name.startswith('__') for name in dir(tf)); print('ok')"  # fmt: skip
    done = outside([environment[0], "-c", code], tmp_path)
    assert done.stdout == "ok\n", done.stderr
