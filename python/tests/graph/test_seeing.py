"""What a user sees of graphs: the line of a failed operation, what a failed run leaves unchanged, timelines, traces for TensorBoard."""

import gzip
import inspect
import json
import shutil
import subprocess

import pytest

import sokuji as tf
import sokuji.v1 as tf1


def line_of(function, word):
    lines, first = inspect.getsourcelines(function)
    return "%s:%d" % (__file__, first + next(i for i, line in enumerate(lines) if word in line))


@tf.function
def plain(x, n):
    y = x * 2
    return tf.reshape(y, [n])  # here


@tf.function
def calling(x, n):
    return plain(x, n) + 1


@tf.function
def converted(x, n):
    i = 0
    while tf.less(i, n):
        if x[0] > 0:
            x = tf.ensure_shape(tf.reshape(x, [n]), [None])  # here
        i += 1
    return x


@tf.function
def over_rows(x, n):
    return tf.map_fn(lambda e: tf.reduce_sum(tf.reshape(tf.stack([e, e]), [n])), x)  # here


@tf.function
def differentiated(x, n):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.reshape(x, [n]))  # here
    return tape.gradient(y, x) + y


variable = tf.Variable([1.0, 2.0])


@tf.function
def assigned(x, n):
    variable.assign(x)
    variable.assign_add(tf.ones([n]))  # here
    return x


@pytest.mark.parametrize("function, at", [(f, f) for f in (plain, converted, over_rows, differentiated, assigned)] + [(calling, plain)])
def test_errors_name_the_line(function, at):
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        function(tf.constant([1.0, 2.0]), tf.constant(3))
    assert "defined at " + line_of(at.python_function, "# here") + "]" in str(error.value)
    assert str(error.value).count("defined at") == 1
    assert variable.numpy().tolist() == [1, 2]


def test_errors_of_a_dataset_name_the_line():
    def rows(e):
        return tf.reshape(tf.stack([e, e]), [e])  # here

    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        list(tf.data.Dataset.range(3).map(rows))
    assert "defined at " + line_of(rows, "# here") in str(error.value)


def test_a_failed_run_changes_no_variable():
    with tf1.Graph().as_default(), tf1.Session() as session:
        v, w = tf1.get_variable("v", initializer=[1.0, 2.0]), tf1.get_variable("w", initializer=5.0, use_resource=True)
        fresh, x = tf1.get_variable("u", shape=[2]), tf1.placeholder(tf1.float32, [None])
        session.run([v.initializer, w.initializer])

        def after(change, what):
            with tf1.control_dependencies([change]):
                return what()

        def raises(error):
            def function(a):
                raise error

            return lambda: tf1.py_func(function, [x], tf1.float32)

        def bad():
            return tf1.reshape(x, [7])

        def body(i, a):
            with tf1.control_dependencies([tf1.assign_add(v, [1.0, 1.0]), tf1.assign(w, 9.0)]):
                return i + 1, tf1.cond(i > 1, lambda: bad()[:2], lambda: a)

        shapes = [tf1.TensorShape([]), tf1.TensorShape([None])]
        runs = [after(tf1.assign_add(v, [1.0, 1.0]), raises(KeyError("k"))), after(tf1.assign(w, 1.0), raises(KeyboardInterrupt())),
                [tf1.assign_add(v, [1.0, 1.0]), bad()], tf1.while_loop(lambda i, a: i < 3, body, [0, x], shape_invariants=shapes),
                tf1.cond(x[0] > 0, lambda: after(tf1.group(tf1.assign(fresh, [1.0, 1.0]), tf1.scatter_update(v, [0], [100.0])), bad), lambda: tf1.zeros([7]))]  # fmt: skip
        optimizer = tf1.train.AdamOptimizer(0.1)
        runs.append(after(optimizer.minimize(tf1.reduce_sum(v * v * w)), bad))
        session.run(tf1.variables_initializer(optimizer.variables()))
        is_set = tf1.is_variable_initialized(fresh)
        everything = [v, w, is_set, *optimizer.variables()]
        before = [value.tolist() for value in session.run(everything)]
        for fetches in runs:
            with pytest.raises((tf.errors.OpError, KeyboardInterrupt)):
                session.run(fetches, {x: [1.0, 2.0]})
            assert [value.tolist() for value in session.run(everything)] == before


@tf.function
def small(x, w):
    h = tf.nn.relu(tf.matmul(x, w))
    if tf.reduce_sum(h) > 0:
        h = h * 2
    return tf.reduce_mean(h)


def test_a_function_as_text_and_pictures(tmp_path):
    small(tf.ones([4, 3]), tf.ones([3, 2]))
    text = tf.show.text(small)
    assert "MatMul = MatMul(x, w) -> float32[4, 2]\n" in text and "  0| Mul = Mul(captured, " in text
    (tmp_path / "graph.dot").write_text(tf.show.dot(small))
    if shutil.which("dot"):
        made = subprocess.run(["dot", "-Tsvg", str(tmp_path / "graph.dot")], capture_output=True, text=True)
        assert made.returncode == 0 and "MatMul" in made.stdout and not made.stderr


def sane(events):
    """Of one thread: each event lies within another or beside it."""
    spans = sorted((e["ts"], -e["dur"]) for e in events)
    open_ends = []
    for begin, length in spans:
        end = begin - length
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        assert not open_ends or end <= open_ends[-1] + 1e-6
        open_ends.append(end)


def test_a_timeline_of_everything(tmp_path):
    x, w = tf.ones([4, 3]), tf.ones([3, 2])
    with tf.show.timeline(tmp_path / "trace.json"):
        y = x * x
        small(y, w)
        tf.reduce_sum(y)
    events = [e for e in json.loads((tmp_path / "trace.json").read_text())["traceEvents"] if e["ph"] == "X"]
    assert [e["name"] for e in sorted(events, key=lambda e: e["ts"])] == ["Mul", "MatMul", "Relu", "Sum", "Greater", "StatelessIf", "Mul", "Mean", "Sum"]
    assert next(e for e in events if e["name"] == "MatMul")["args"]["shapes"] == [[4, 2]]
    sane(events)


def test_traces_for_tensorboard(tmp_path):
    x, w = tf.ones([4, 3]), tf.ones([3, 2])
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        for name, profiler in (("graph", False), ("both", True)):
            tf.summary.trace_on(graph=True, profiler=profiler, profiler_outdir=str(tmp_path))
            small(x, w)
            tf.summary.trace_export(name, step=1)
        assert tf.summary.graph(small.get_concrete_function(x, w).graph)
    writer.close()
    events = list(tf.compat.v1.train.summary_iterator(next(str(p) for p in tmp_path.glob("events*"))))
    found = {v.tag: (v.metadata.plugin_data.plugin_name, tf.compat.v1.RunMetadata.FromString(v.tensor.string_val[0])) for e in events for v in e.summary.value}
    assert [found[tag][0] for tag in ("graph", "both")] == ["graph_run_metadata_graph", "graph_run_metadata"]
    for _, metadata in found.values():
        assert "MatMul" in [n.node_name for n in metadata.step_stats.dev_stats[0].node_stats]
        graph = metadata.function_graphs[0].pre_optimization_graph
        assert "MatMul" in [n.op for f in graph.library.function for n in f.node_def]
    assert any(e.graph_def for e in events)
    (trace,) = tmp_path.glob("plugins/profile/*/*.trace.json.gz")
    assert "MatMul" in [e.get("name") for e in json.loads(gzip.decompress(trace.read_bytes()))["traceEvents"]]


def test_files_are_read_when_a_function_runs(tmp_path):
    path = str(tmp_path / "file")

    @tf.function
    def read():
        return tf.io.read_file(path)

    for text in (b"one", b"two"):
        tf.io.write_file(path, text)
        assert read().numpy() == text
