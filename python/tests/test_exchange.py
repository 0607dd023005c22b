"""GraphDef, meta graphs and SavedModel: what the real TensorFlow wrote is read (stored files), both read each other's live where it is installed, and damaged
files give errors.
"""

import os
import pathlib
import random
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[1] / "tests/data/exchange"
PEERS = pathlib.Path(os.environ.get("PEERS", "peers"))  # a folder with virtual environments tf18 and tf2


def run(version, program, folder, mode):
    command = [sys.executable, "-m", "sokuji", "--tf", str(version)]
    done = subprocess.run([*command, str(HERE / "exchange" / program), str(folder), mode], cwd="/", capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_peer(version, program, folder, mode):
    python = PEERS / ("tf18" if version == 1 else "tf2") / "bin/python"
    if not python.exists():
        pytest.skip("TensorFlow is not installed (PEERS)")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run([str(python.absolute()), str(HERE / "exchange" / program), str(folder), mode], cwd="/", env=clean, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def words(text):
    return [float(w) if re.fullmatch(r"-?\d+\.?\d*(e-?\d+)?", w) else w for w in re.sub(r"[\[\](),\s]+", " ", text).split()]


def agree(have, want):
    have, want = words(have), words(want)
    assert len(have) == len(want), (have, want)
    for a, b in zip(have, want):
        assert a == b if isinstance(b, str) else a == pytest.approx(b, rel=1e-4, abs=1e-5), (a, b)


def test_a_stored_training_graph_goes_on_as_it_did():
    lines = run(1, "train_graph.py", DATA / "graph18", "read").splitlines()
    assert len(lines) == 29 and all(line.endswith(" ok") for line in lines[:28]), lines


def test_a_stored_saved_model_of_1(tmp_path):
    assert "serving_default" in run(1, "saved_1.py", DATA / "saved18", "read")


def test_a_stored_saved_model_of_2():
    agree(run(2, "saved_2.py", DATA / "saved2", "read"), (DATA / "saved2/read.out").read_text())


@pytest.mark.parametrize("version, program", [(1, "train_graph.py"), (1, "saved_1.py"), (1, "branches.py"), (2, "saved_2.py")])
def test_round_trip(tmp_path, version, program):
    run(version, program, tmp_path, "write")
    out = run(version, program, tmp_path, "read")
    assert "ok" in out or program != "train_graph.py"
    if (PEERS / ("tf18" if version == 1 else "tf2")).exists():
        agree(run_peer(version, program, tmp_path, "read"), out)
        other = tmp_path / "other"
        other.mkdir()
        if program != "branches.py":  # 1.8 writes Switch and Merge
            run_peer(version, program, other, "write")
            agree(run(version, program, other, "read"), run_peer(version, program, other, "read"))


# ---- damaged files ----


def damaged(data, n, seed):
    """The bytes cut off, with bytes changed, taken out, or doubled."""
    draw = random.Random(seed)
    for _ in range(n):
        made, how = bytearray(data), draw.randrange(4)
        at = draw.randrange(len(made))
        if how == 0:
            del made[at:]
        elif how == 1:
            for _ in range(draw.randrange(1, 4)):
                made[draw.randrange(len(made))] = draw.randrange(256)
        elif how == 2:
            del made[at : at + draw.randrange(1, 9)]
        else:
            made[at:at] = made[at : at + draw.randrange(1, 40)]
        yield bytes(made)


def refused_or_read(function):
    try:
        function()
    except (ValueError, TypeError, OSError, KeyError, RuntimeError, NotImplementedError, AssertionError) as error:
        assert str(error) or isinstance(error, NotImplementedError)
    except Exception as error:  # tf.errors
        assert type(error).__module__ == "sokuji.errors", repr(error)


def test_damaged_meta_graphs(tf1):
    data = (DATA / "graph18/m.meta").read_bytes()
    for made in damaged(data, 60, 1):

        def read(made=made):
            meta = tf1.MetaGraphDef.FromString(made)
            with tf1.Graph().as_default():
                tf1.train.import_meta_graph(meta)

        refused_or_read(read)


def test_damaged_texts(tf1):
    from sokuji._src.io import text_format

    whole = tf1.MetaGraphDef.FromString((DATA / "graph18/m.meta").read_bytes()).graph_def
    text = "".join(str(whole).splitlines(True)[:400])
    for made in damaged(text.encode(), 150, 2):
        refused_or_read(lambda made=made: text_format.Parse(made.decode("utf-8", "replace"), tf1.GraphDef()))


@pytest.mark.parametrize("which", ["saved2/m", "saved18/a"])
def test_damaged_saved_models(tf1, tf2, tmp_path, which):
    data = (DATA / which / "saved_model.pb").read_bytes()
    os.symlink(DATA / which / "variables", tmp_path / "variables")
    for made in damaged(data, 25, 3):
        (tmp_path / "saved_model.pb").write_bytes(made)

        def read():
            if which.startswith("saved2"):
                tf2.saved_model.load(str(tmp_path))
            else:
                with tf1.Graph().as_default(), tf1.Session() as session:
                    tf1.saved_model.loader.load(session, ["serve"], str(tmp_path))

        refused_or_read(read)


def test_messages_are_deep_and_large(tf1):
    node = b""
    for _ in range(3000):  # functions' attributes within one another
        node = b"\x52" + _size(len(node)) + node
    refused_or_read(lambda: tf1.AttrValue.FromString(node))
    with pytest.raises(ValueError):
        tf1.GraphDef.FromString(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f")


def _size(n):
    made = b""
    while n > 127:
        made += bytes([n & 127 | 128])
        n >>= 7
    return made + bytes([n])


def test_every_row_has_its_definition():
    from sokuji import _core
    from sokuji._src.exchange import op_defs

    without = {name for name in _core.op_names() if op_defs.find(name) is None}
    assert without >= {"FiniteOrZero", "FusedConv2D", "FusedMatMul", "IsEqual", "IsLess", "LogOrZero", "NotLess", "NotZero", "ProdOthers", "SokujiRecurrence"} and len(without) < 15
    for name in set(_core.op_names()) - without:
        named = [a.name for a in op_defs.find(name).inputs]
        assert _core.inputs_of(name) in ([], named), name
