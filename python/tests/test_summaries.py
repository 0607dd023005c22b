"""Event files: TensorBoard's own reader (where it is installed) and the reader here find what was written; 1.8's numbers; records; tf.gfile; flags."""

import glob
import gzip
import os
import subprocess
import sys
import zlib

import numpy as np
import pytest


def _events(folder):
    """Events as TensorBoard's reader gives them."""
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    (path,) = glob.glob(os.path.join(folder, "events.out.tfevents.*"))
    return list(loader.LegacyEventFileLoader(path).Load())


def _pixels(png):
    """A PNG without filters, decoded by hand."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    at = png.index(b"IDAT")
    rows = zlib.decompress(png[at + 4 : at + 4 + int.from_bytes(png[at - 4 : at], "big")])
    return np.frombuffer(rows, np.uint8).reshape(height, -1)[:, 1:].reshape(height, width, -1)


def _write_1(tf1, folder):
    summary = tf1.contrib.summary
    writer = summary.create_file_writer(folder)
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar("loss", 1.5, step=3)
        summary.histogram("h", [1.0, 2.0, 2.0, -3.0, 0.0, 1e-13, 1e30], step=3)
        summary.image("im", tf1.constant(np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)), step=4)
        summary.generic("g", tf1.constant([[1, 2]]), step=5)
        with summary.never_record_summaries():
            summary.scalar("no", 1.0, step=3)
        with tf1.name_scope("scope"):
            summary.scalar("with space", 2.0, step=6)
    with writer.as_default():
        assert not summary.scalar("undecided", 1.0)


def test_contrib_summary_is_read_by_tensorboard(tf1, tmp_path):
    _write_1(tf1, str(tmp_path))
    events = [e for e in _events(str(tmp_path)) if e.HasField("summary")]
    values = {v.tag: (e.step, v) for e in events for v in e.summary.value}
    assert set(values) == {"loss", "h", "im/image/0", "g", "scope/with_space"}
    assert values["loss"][0] == 3 and values["loss"][1].simple_value == 1.5
    histo = values["h"][1].histo  # as TensorFlow 1.8 wrote for the same numbers
    assert (histo.min, histo.max, histo.num) == (-3.0, 1.0000000150474662e30, 7.0)
    np.testing.assert_allclose(histo.bucket_limit, [-3.1665833053880363, -2.8787120958073054, 0.0, 1e-12, 0.917246389039776, 1.0089710279437536,
                                                    1.9661990955585713, 2.1628190051144287, 9.920775621859783e19, 1.7976931348623157e308])  # fmt: skip
    assert list(histo.bucket) == [0, 1, 0, 2, 0, 1, 0, 2, 0, 1]
    image = values["im/image/0"][1].image
    assert (image.height, image.width, image.colorspace) == (3, 3, 1)
    assert _pixels(image.encoded_image_string).ravel().tolist() == [0, 31, 63, 95, 127, 159, 191, 223, 255]
    assert values["g"][1].tensor.tensor_content == b"\1\0\0\0\2\0\0\0"


def test_contrib_summary_is_read_here(tf1, tmp_path):
    _write_1(tf1, str(tmp_path))
    (path,) = glob.glob(str(tmp_path / "events*"))
    events = list(tf1.train.summary_iterator(path))
    assert events[0].file_version == "brain.Event:2" and events[0].WhichOneof("what") == "file_version"
    tensors = [v.tensor for e in events for v in e.summary.value if v.HasField("tensor")]
    assert tf1.make_ndarray(tensors[0]).tolist() == [[1, 2]]
    with pytest.raises(tf1.errors.InvalidArgumentError, match="Nan"), tf1.contrib.summary.create_file_writer(str(tmp_path / "b")).as_default():
        with tf1.contrib.summary.always_record_summaries():
            tf1.contrib.summary.histogram("h", [np.nan])


def test_summary_2(tf2, tmp_path):
    writer = tf2.summary.create_file_writer(str(tmp_path))
    with writer.as_default(step=7):
        assert bool(tf2.summary.scalar("loss", 0.5, description="falls"))
        tf2.summary.histogram("h", [1.0, 2.0, 3.0, 5.0], buckets=4)
        tf2.summary.image("im", np.full([2, 2, 3, 1], 0.5, np.float32), max_outputs=1, step=8)
        tf2.summary.text("t", "hello")
        with tf2.summary.record_if(False):
            assert not tf2.summary.scalar("no", 1.0)
    assert tf2.summary.scalar("nowhere", 1.0, step=1) is False
    with writer.as_default(), pytest.raises(ValueError, match="No step"):
        tf2.summary.scalar("x", 1.0)
    writer.close()
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator").EventAccumulator(str(tmp_path))
    accumulator.Reload()
    assert sorted(accumulator.Tags()["tensors"]) == ["h", "im", "loss", "t"]
    tensor_util = pytest.importorskip("tensorboard.util.tensor_util")
    found = {tag: accumulator.Tensors(tag)[0] for tag in ("h", "im", "loss", "t")}
    arrays = {tag: tensor_util.make_ndarray(event.tensor_proto) for tag, event in found.items()}
    assert found["loss"].step == 7 and arrays["loss"] == 0.5 and found["im"].step == 8
    assert arrays["h"].tolist() == [[1, 2, 1], [2, 3, 1], [3, 4, 1], [4, 5, 1]]
    assert arrays["im"][:2].tolist() == [b"3", b"2"] and len(arrays["im"]) == 3
    assert _pixels(arrays["im"][2]).ravel().tolist() == [127] * 6
    metadata = accumulator.SummaryMetadata("loss")
    assert metadata.plugin_data.plugin_name == "scalars" and metadata.summary_description == "falls"


def test_file_writer(tf1, tmp_path):
    with tf1.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(tf1.Summary(value=[tf1.Summary.Value(tag="manual", simple_value=0.5)]), 10)
    events = _events(str(tmp_path))
    assert events[1].step == 10 and events[1].summary.value[0].simple_value == 0.5


@pytest.mark.parametrize("kind", ["", "ZLIB", "GZIP"])
def test_records(tf1, tmp_path, kind):
    path = str(tmp_path / "r")
    options = tf1.python_io.TFRecordOptions({"": 0, "ZLIB": 1, "GZIP": 2}[kind])
    with tf1.python_io.TFRecordWriter(path, options) as writer:
        for record in (b"", b"one", b"x" * 5000):
            writer.write(record)
    assert list(tf1.python_io.tf_record_iterator(path, options)) == [b"", b"one", b"x" * 5000]
    dataset = tf1.contrib.eager.Iterator(tf1.data.TFRecordDataset([path, path], kind))
    assert [t.numpy() for t in dataset] == [b"", b"one", b"x" * 5000] * 2
    content = bytearray({"": bytes, "ZLIB": zlib.decompress, "GZIP": gzip.decompress}[kind](open(path, "rb").read()))
    content[20] ^= 1
    open(path, "wb").write({"": bytes, "ZLIB": zlib.compress, "GZIP": gzip.compress}[kind](bytes(content)))
    with pytest.raises(tf1.errors.DataLossError):
        list(tf1.python_io.tf_record_iterator(path, options))


def test_messages(tf1):
    example = tf1.train.Example(features=tf1.train.Features(feature={
        "a": tf1.train.Feature(int64_list=tf1.train.Int64List(value=[1, -2])), "b": tf1.train.Feature(bytes_list=tf1.train.BytesList(value=[b"x"])),
        "c": tf1.train.Feature(float_list=tf1.train.FloatList(value=[0.5]))}))  # fmt: skip
    again = tf1.train.Example.FromString(example.SerializeToString())
    assert again == example and again.features.feature["a"].int64_list.value == [1, -2]
    assert again.features.feature["b"].WhichOneof("kind") == "bytes_list"
    with pytest.raises(TypeError):
        tf1.train.BytesList(value=["text"])
    with pytest.raises(ValueError):
        tf1.Summary.Value().HasField("nothing")


# ---- files, flags, tests ----


def test_gfile(tf1, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = tf1.gfile
    files.MakeDirs("a/b")
    with files.GFile("a/x", "w") as f:
        f.write("one\ntwo")
    with files.GFile("a/x") as f:
        assert (f.readline(), f.tell(), f.read(2), f.size()) == ("one\n", 4, "tw", 7)
    with pytest.raises(tf1.errors.AlreadyExistsError):
        files.Copy("a/x", "a/x")
    with pytest.raises(tf1.errors.NotFoundError):
        files.GFile("none").read()
    with pytest.raises(tf1.errors.PermissionDeniedError):
        files.GFile("a/x", "w").read()
    assert files.Glob("a/*") == ["a/b", "a/x"] and [d for d, _, _ in files.Walk("a")] == ["a", "a/b"]
    files.DeleteRecursively("a")
    assert not files.Exists("a")


_FLAGS = """
import tensorflow as tf
tf.flags.DEFINE_integer("n", 3, "how many")
tf.flags.DEFINE_boolean("loud", False, "whether")
FLAGS = tf.flags.FLAGS
def main(argv):
    print(FLAGS.n, FLAGS.loud, argv[1:])
if __name__ == "__main__":
    tf.app.run()
"""


def test_flags(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(_FLAGS)

    def run(*arguments):
        return subprocess.run([sys.executable, "-m", "sokuji", "--tf", "1", str(program), *arguments], capture_output=True, timeout=60, text=True)

    assert run("--n=5", "--loud", "rest").stdout == "5 True ['rest']\n"
    assert run("--n", "0x10", "--noloud", "--other=1").stdout == "16 False ['--other=1']\n"
    wrong = run("--n=five")
    assert wrong.returncode == 1 and "flag --n=five" in wrong.stderr
    assert "how many" in run("--help").stdout


def test_testcase(tf1):
    case = tf1.test.TestCase()
    case.assertAllClose(tf1.constant([1.0, 2.0]), [1.0, 2.0000001])
    case.assertAllClose({"a": [1.0]}, {"a": np.ones(1)})
    for wrong in (lambda: case.assertAllClose([1.0, 2.0], [1.0, 2.1]), lambda: case.assertAllEqual([1, 2], [1, 2, 3]),
                  lambda: case.assertNear(1.0, 2.0, 0.1)):  # fmt: skip
        with pytest.raises(AssertionError):
            wrong()
    with case.assertRaisesOpError("MatMul"):
        tf1.matmul(tf1.ones([2, 3]), tf1.ones([2, 3]))


def test_get_file(tf2, tmp_path):
    (tmp_path / "source").write_bytes(b"hello")
    origin, cache = (tmp_path / "source").as_uri(), str(tmp_path / "cache")
    md5 = "5d41402abc4b2a76b9719d911017c592"
    path = tf2.keras.utils.get_file("f", origin, cache_dir=cache, md5_hash=md5)
    assert open(path, "rb").read() == b"hello"
    (tmp_path / "source").unlink()
    assert tf2.keras.utils.get_file("f", origin, cache_dir=cache, md5_hash=md5) == path
    with pytest.raises(Exception, match="without"):
        tf2.keras.utils.get_file("other", origin, cache_dir=cache)


def test_scopes(tf1):
    tfe = tf1.contrib.eager
    with tf1.variable_scope("s", initializer=tf1.ones_initializer()) as scope:
        assert tf1.get_variable("w", [2]).numpy().tolist() == [1.0, 1.0]
        with tf1.variable_scope("t", dtype=tf1.float64):
            assert tf1.get_variable("w", [1]).name == "s/t/w:0" and tf1.get_variable("w", [1]).dtype is tf1.float64
            with tf1.variable_scope(scope):
                assert tf1.get_variable("w", [1]).name == "s/w:0" and tfe.Variable(1.0, name="v").name == "s/t/s/v:0"
    template = tf1.make_template("scoped", lambda x: tf1.get_variable("w", [1], initializer=tf1.ones_initializer()) * x)
    template(1.0).numpy(), template(2.0)
    assert [v.name for v in template.variables] == ["scoped/w:0"]
    store = tfe.EagerVariableStore()
    with store.as_default():
        first = tf1.get_variable("shared", [1])
        assert tf1.get_variable("shared", [1]) is first
        with pytest.raises(ValueError, match="share"):
            tf1.get_variable("shared", [2])
