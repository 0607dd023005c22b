"""What a run, a function or an eager region did, with times; graphs as text and DOT."""

import contextlib
import json
import os
import time

from sokuji import _core
from sokuji._src.core import execute
from sokuji._src.exchange import attributes
from sokuji._src.graph import operation
from sokuji._src.io import graph_messages

C = graph_messages.CLASSES
_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


class Event:
    """One operation that ran."""

    __slots__ = ("name", "type", "inputs", "outputs", "begin", "end", "graph")

    def __init__(self, name, kind, inputs, outputs, begin, end, graph=None):
        self.name, self.type, self.inputs, self.outputs, self.begin, self.end, self.graph = name, kind, inputs, outputs, begin, end, graph


def _of_node(node, begin, end):
    op = operation.of(node)
    return Event(node._name, op.type, [t._node._name for t in node._inputs if t is not None], [(t._dtype_number, t._shape_tuple) for t in node._outputs], begin, end, node._graph)


_recorders = []  # (events, whether eager ones are among them), of the blocks that are open


def _tell(event, is_eager):
    for events, wants_eager in _recorders:
        if wants_eager or not is_eager:
            events.append(event)


def _heard(name, inputs, outputs, *more):
    begin, end = _core.run_times()
    tensors = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    if not any(isinstance(t, _core.SymbolicTensor) for t in tensors):
        told = [(t._dtype_number, t._shape_tuple) for t in tensors if isinstance(t, _core.Tensor)]
        _tell(Event("%s_%d" % (name, len(_recorders[-1][0])), name, [], told, begin, end), True)


def _ran(node, begin, end):
    _tell(_of_node(node, begin, end), False)


def _listen():
    _core.observe(_ran if _recorders else None)
    execute.hear(_heard if any(eager for _, eager in _recorders) else None)


@contextlib.contextmanager
def recorded(eager=False):
    """The events of what runs on this thread within the block."""
    one = [], eager
    _recorders.append(one)
    _listen()
    try:
        yield one[0]
    finally:
        _recorders[:] = [other for other in _recorders if other is not one]
        _listen()


# ---- RunMetadata ----


def _stats(event, start):
    micros = lambda ns: (ns - start) // 1000  # noqa: E731
    length = max(1, (event.end - event.begin) // 1000)
    made = C["NodeExecStats"](node_name=event.name, all_start_micros=_clock_start(start) + micros(event.begin), op_end_rel_micros=length, all_end_rel_micros=length + 1,
                              timeline_label="%s = %s(%s)" % (event.name, event.type, ", ".join(event.inputs)))  # fmt: skip
    for slot, (number, sizes) in enumerate(event.outputs):
        made.output.add(slot=slot, tensor_description=C["TensorDescription"](dtype=number, shape=attributes.shape_proto(sizes)))
    return made


def _clock_start(start):
    return (time.time_ns() - (time.monotonic_ns() - start)) // 1000


def fill(run_metadata, events, graph=None):
    """A RunMetadata of the events."""
    device = C["DeviceStepStats"](device=_DEVICE)
    start = events[0].begin if events else 0
    device.node_stats.extend([_stats(e, start) for e in events])
    run_metadata.Clear()
    run_metadata.step_stats.dev_stats.append(device)
    if graph is not None:
        run_metadata.partition_graphs.append(graph.as_graph_def())


def traced(run, graph, options, run_metadata):
    """A session's run with what it is asked to tell."""
    for what, value, kind in (("options", options, "RunOptions"), ("run_metadata", run_metadata, "RunMetadata")):
        if value is not None and not isinstance(value, C[kind]):
            raise AttributeError("'%s' object is no tf.%s, which %s must be" % (type(value).__name__, kind, what))
    if run_metadata is None or options is None or not (options.trace_level or options.output_partition_graphs):
        return run()
    with recorded() as events:
        made = run()
    fill(run_metadata, events if options.trace_level else [], graph if options.output_partition_graphs else None)
    return made


# ---- Chrome traces ----


def chrome_trace(rows):
    """JSON of [(name, type, arguments, begin, length in microseconds)]."""
    events = [{"ph": "M", "name": "process_name", "pid": 0, "args": {"name": _DEVICE + " Compute"}}]
    first = min((row[3] for row in rows), default=0)
    for name, kind, arguments, begin, length in rows:
        events.append({"ph": "X", "cat": "Op", "name": kind, "pid": 0, "tid": 0, "ts": begin - first, "dur": length, "args": {"name": name, "op": kind, **arguments}})
    return json.dumps({"traceEvents": events}, indent=1)


class Timeline:
    """tensorflow.python.client.timeline.Timeline: the Chrome trace of a RunMetadata's step_stats."""

    def __init__(self, step_stats, graph=None):
        self._stats = step_stats

    def generate_chrome_trace_format(self, show_dataflow=True, show_memory=False):
        rows = []
        for device in self._stats.dev_stats:
            for node in device.node_stats:
                name, _, rest = node.timeline_label.partition(" = ")
                kind, _, inputs = rest.partition("(")
                given = {"input%d" % i: text for i, text in enumerate(t for t in inputs.rstrip(")").split(", ") if t)}
                given["shapes"] = [attributes.sizes_of(o.tensor_description.shape) for o in node.output]
                rows.append((name, kind, given, node.all_start_micros, node.op_end_rel_micros))
        return chrome_trace(rows)


@contextlib.contextmanager
def timeline(path):
    """Writes the Chrome trace of what runs within the block: eagerly, in sessions and in functions."""
    with recorded(eager=True) as events:
        yield
    rows = [(e.name, e.type, {"shapes": [s for _, s in e.outputs]}, e.begin / 1000, (e.end - e.begin) / 1000) for e in events]
    with open(os.fspath(path), "w", encoding="utf-8") as f:
        f.write(chrome_trace(rows))


# ---- graphs ----


def _graph(what):
    if hasattr(what, "get_concrete_function"):
        traces = list(what._traces) or [what.get_concrete_function()]
        if len(traces) > 1:
            raise ValueError("%s has %d traces; give one of them, get_concrete_function(…)" % (what.name, len(traces)))
        what = traces[0]
    return getattr(what, "graph", what)


def _operations(graph):
    return [operation.of(graph.node(i)) for i in range(len(graph)) if i not in getattr(graph, "_hidden", ())]


def _shown(t):
    sizes = t._shape_tuple
    return "%s[%s]" % (t.dtype.name, "?" if sizes is None else ", ".join("?" if d is None else str(d) for d in sizes))


def text(what):
    """A line for each operation of a tf.Graph, a tf.function's only trace, or a concrete function."""
    lines = []
    for op in _operations(_graph(what)):
        inputs = [t._node._name + (":%d" % t._output if t._output else "") for t in op._node._inputs if t is not None] + ["^" + c._name for c in op._node._controls]
        lines.append("%s = %s(%s) -> %s" % (op.name, op.type, ", ".join(inputs), ", ".join(map(_shown, op._node._outputs)) or "()"))
        for k, part in enumerate(getattr(op._node._graph, "_parts", {}).get(op._node.index, ())[:2]):
            lines += ["  %d| %s" % (k, line) for line in text(part).splitlines()]
    return "\n".join(lines) + "\n"


def dot(what):
    """The graph in Graphviz' language."""
    quoted = lambda name: json.dumps(name)  # noqa: E731
    lines = ["digraph {", "  node [shape=box, fontname=Helvetica];"]
    for op in _operations(_graph(what)):
        lines.append("  %s [label=%s];" % (quoted(op.name), quoted("%s\n%s" % (op.name, op.type))))
        for t in op._node._inputs:
            if t is not None:
                lines.append("  %s -> %s [label=%s];" % (quoted(t._node._name), quoted(op.name), quoted(_shown(t))))
        lines += ["  %s -> %s [style=dashed];" % (quoted(c._name), quoted(op.name)) for c in op._node._controls]
    return "\n".join([*lines, "}"]) + "\n"


def graph_def(what):
    """The GraphDef of a graph, or of what a function was traced into."""
    from sokuji._src.exchange import function_writer, writer

    graph = _graph(what)
    if hasattr(graph, "as_graph_def"):
        return graph.as_graph_def(add_shapes=True)
    made, library = C["GraphDef"](), function_writer.Library()
    name = library.add(getattr(graph, "name", "function"), graph, list(graph.inputs), function_writer.variables_of(graph), list(graph.outputs))
    made.library.function.extend(library.definitions)
    made.node.add(name=name, op=name)
    made.versions.producer = writer.PRODUCER
    return made


def events(what, logdir):
    """Writes the graph for TensorBoard; gives the file's path."""
    from sokuji._src.summary import event_files

    file = event_files.EventFile(logdir)
    file.write(event_files.Event(wall_time=time.time(), graph_def=graph_def(what).SerializeToString()))
    file.close()
    return file.path


def graph(graph_data):
    """Writes a tf.Graph, a function's graph or a GraphDef for TensorBoard, with the default writer of tf.summary; whether it did."""
    from sokuji._src.summary import event_files, summary

    wanted = bool(summary.should_record_summaries()) and summary._now().writer._file is not None
    if wanted:
        made = graph_data if isinstance(graph_data, C["GraphDef"]) else graph_def(graph_data)
        summary._now().writer._file.write(event_files.Event(wall_time=time.time(), graph_def=made.SerializeToString()))
    return execute.convert(wanted, 10)
