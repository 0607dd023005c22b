"""In a notebook: tracebacks show the user's lines alone, values print, progress is shown; IPython itself only where nbclient is installed."""

import importlib.util
import os
import sys
import traceback
import types

import pytest


def fake(shown):
    shell = types.SimpleNamespace(InteractiveTB=types.SimpleNamespace(structured_traceback=lambda kind, error, tb=None, **keywords: shown.append(traceback.extract_tb(tb))))
    return types.SimpleNamespace(get_ipython=lambda: shell), shell


def test_only_the_users_frames_are_shown(tf2, monkeypatch):
    from sokuji._src.core import frames

    monkeypatch.delenv("SOKUJI_TRACEBACK", raising=False)
    shown = []
    ipython, shell = fake(shown)
    frames.tidy_notebook(ipython)
    frames.tidy_notebook(ipython)

    @tf2.function
    def product(x):
        return tf2.matmul(x, tf2.ones([3, 1]))

    try:
        product(tf2.ones([2, 2]))
    except Exception as error:
        shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__, tb_offset=1)
    assert [frame.filename for frame in shown[0]] == [__file__, __file__] and "tf2.matmul" in shown[0][1].line


def test_all_frames_when_asked(tf2, monkeypatch):
    from sokuji._src.core import frames

    monkeypatch.setenv("SOKUJI_TRACEBACK", "1")
    ipython, shell = fake([])
    plain = shell.InteractiveTB.structured_traceback
    frames.tidy_notebook(ipython)
    assert shell.InteractiveTB.structured_traceback is plain


CELLS = [
    "import sokuji as tf\nx = tf.constant([[1.0, 2.0]])\nx",
    "def f(a):\n    return tf.matmul(a, a)\nf(x)",
    "m = tf.keras.Sequential([tf.keras.layers.Dense(1)]); m.compile('sgd', 'mse')\nh = m.fit(tf.ones([64, 2]), tf.ones([64, 1]), epochs=1)",
    "assert {'nn', 'keras', 'matmul'} <= set(dir(tf)) and not [n for n in dir(tf) if n.startswith('_') and not n.startswith('__')]",
]


@pytest.mark.skipif(importlib.util.find_spec("nbclient") is None or importlib.util.find_spec("ipykernel") is None, reason="nbclient and ipykernel are not installed")
def test_a_notebook(monkeypatch):
    import nbclient
    import nbformat
    import sokuji

    monkeypatch.setenv("PYTHONPATH", os.path.dirname(os.path.dirname(sokuji.__file__)))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS], metadata={"kernelspec": {"name": "python3", "display_name": sys.executable}})
    nbclient.NotebookClient(book, kernel_name="python3", allow_errors=True, timeout=120).execute()
    value, error, progress, names = (cell.outputs for cell in book.cells)
    assert value[0].data["text/plain"].startswith("<tf.Tensor: shape=(1, 2)")
    assert error[0].ename == "InvalidArgumentError" and "sokuji/_src" not in "".join(error[0].traceback)
    assert "loss" in "".join(part.text for part in progress if part.output_type == "stream")
    assert not names
