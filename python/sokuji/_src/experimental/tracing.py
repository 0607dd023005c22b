"""tf.profiler.experimental and tf.summary.trace_on: what runs is written down with times, as a trace for TensorBoard and Chrome, or as run metadata."""

import collections
import contextlib
import gzip
import os
import socket
import tempfile
import time

from sokuji._src.core import errors, logging
from sokuji._src.experimental import tf
from sokuji._src.io import graph_messages, messages
from sokuji._src.sessions import profile

_running, _tracing = [], []
ProfilerOptions = collections.namedtuple("ProfilerOptions", "host_tracer_level python_tracer_level device_tracer_level delay_ms", defaults=(2, 0, 1, None))


def start(logdir, options=None):
    """Begins to write down what runs on this thread."""
    if _running:
        raise errors.AlreadyExistsError(None, None, "Another profiler is running.")
    handle, path = tempfile.mkstemp(suffix=".json")
    os.close(handle)
    block = profile.timeline(path)
    block.__enter__()
    _running.append((os.fspath(logdir), path, block))


def stop(save=True):
    """Ends that; the trace lies in logdir/plugins/profile."""
    if not _running:
        raise errors.UnavailableError(None, None, "Cannot export profiling results. No profiler is running.")
    logdir, path, block = _running.pop()
    block.__exit__(None, None, None)
    if save and logdir:
        folder = os.path.join(logdir, "plugins", "profile", time.strftime("%Y_%m_%d_%H_%M_%S"))
        os.makedirs(folder, exist_ok=True)
        with open(path, "rb") as file, gzip.open(os.path.join(folder, socket.gethostname() + ".trace.json.gz"), "wb") as out:
            out.write(file.read())
    os.unlink(path)


class Profile:
    """with Profile(logdir): from start to stop"""

    def __init__(self, logdir, options=None):
        self._logdir, self._options = logdir, options

    def __enter__(self):
        start(self._logdir, self._options)

    def __exit__(self, *exception):
        stop()


@contextlib.contextmanager
def Trace(name, **kwargs):  # noqa: N802 (a class in TensorFlow)
    """A named part; operations show what runs in it."""
    yield


def trace_on(graph=True, profiler=False, profiler_outdir=None):
    """Begins to note what runs, for trace_export."""
    if _tracing:
        logging.NAMES["warning"]("Trace already enabled")
        return
    if profiler:
        start(profiler_outdir or "")
    block = profile.recorded(eager=True) if graph else None
    _tracing.append((block, block and block.__enter__(), profiler or ""))


def trace_off():
    """Ends that, and forgets it."""
    if _tracing:
        block, _, profiler = _tracing.pop()
        if block is not None:
            block.__exit__(None, None, None)
        if profiler and _running:
            stop(save=bool(_running[0][0]))


def trace_export(name, step=None, profiler_outdir=None):
    """Writes what ran, as run metadata of that name, with the default writer."""
    if not _tracing:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    if step is None and tf.summary.experimental.get_step() is None:
        raise ValueError("No step set. Please specify one either through the `step` argument or through tf.summary.experimental.set_step()")
    _, events, profiler = _tracing[-1]
    if profiler and profiler_outdir and _running:
        _running[0] = (os.fspath(profiler_outdir), *_running[0][1:])
    if events is not None:
        metadata = graph_messages.CLASSES["RunMetadata"]()
        graphs = dict.fromkeys(e.graph for e in events if getattr(e.graph, "is_function", False))
        made = [profile.graph_def(graph) for graph in graphs]
        profile.fill(metadata, list(events))
        metadata.partition_graphs.extend(made)
        metadata.function_graphs.extend([graph_messages.CLASSES["RunMetadata.FunctionGraphs"](pre_optimization_graph=one, partition_graphs=[one]) for one in made])
        kind = "graph_run_metadata" if profiler else "graph_run_metadata_graph"
        plugin = messages.CLASSES["SummaryMetadata"](plugin_data=messages.CLASSES["SummaryMetadata.PluginData"](plugin_name=kind, content=b"1"))
        tf.summary.write(name, tf.constant(metadata.SerializeToString()), step=step, metadata=plugin)
    trace_off()


PROFILER = {"start": start, "stop": stop, "Profile": Profile, "Trace": Trace, "ProfilerOptions": ProfilerOptions}
SUMMARY = {"graph": profile.graph, "trace_on": trace_on, "trace_off": trace_off, "trace_export": trace_export}
