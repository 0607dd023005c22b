"""Hooks of monitored sessions: what is run beside the caller's fetches, and what is done with the results."""

import collections
import os
import time

import numpy as np

from sokuji._src.core import logging
from sokuji._src.exchange import graph_util, meta_graph
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import variables
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.io import messages
from sokuji._src.summary import contrib_summary

_info = logging.NAMES["info"]


class SessionRunArgs(collections.namedtuple("SessionRunArgs", ["fetches", "feed_dict", "options"])):
    """What a hook wants to be run."""

    def __new__(cls, fetches, feed_dict=None, options=None):
        return super().__new__(cls, fetches, feed_dict, options)


SessionRunValues = collections.namedtuple("SessionRunValues", ["results", "options", "run_metadata"])


class SessionRunContext:
    """A run, as hooks see it."""

    def __init__(self, original_args, session):
        self._original_args, self._session, self._stop = original_args, session, False

    original_args = property(lambda self: self._original_args)
    session = property(lambda self: self._session)
    stop_requested = property(lambda self: self._stop)

    def request_stop(self):
        self._stop = True


class SessionRunHook:
    """The base of hooks: does nothing."""

    def begin(self):
        pass

    def after_create_session(self, session, coord):
        pass

    def before_run(self, run_context):
        return None

    def after_run(self, run_context, run_values):
        pass

    def end(self, session):
        pass


class SecondOrStepTimer:
    """Says when so many seconds or steps have gone by."""

    def __init__(self, every_secs=None, every_steps=None):
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs, self._every_steps = every_secs, every_steps
        self.reset()

    def reset(self):
        self._last_triggered_step = self._last_triggered_time = None

    def should_trigger_for_step(self, step):
        if self._last_triggered_step is None:
            return True
        if self._last_triggered_step == step:
            return False
        if self._every_secs is not None and time.time() >= self._last_triggered_time + self._every_secs:
            return True
        return self._every_steps is not None and step >= self._last_triggered_step + self._every_steps

    def update_last_triggered_step(self, step):
        now = time.time()
        elapsed = (None, None) if self._last_triggered_time is None else (now - self._last_triggered_time, step - self._last_triggered_step)
        self._last_triggered_time, self._last_triggered_step = now, step
        return elapsed

    def last_triggered_step(self):
        return self._last_triggered_step


class _OfSteps(SessionRunHook):
    """A hook that needs the global step."""

    def begin(self):
        self._global_step_tensor = variables.get_global_step()
        if self._global_step_tensor is None:
            raise RuntimeError("Global step should be created to use %s." % type(self).__name__)


class LoggingTensorHook(SessionRunHook):
    """Logs tensors every so many steps or seconds, or at the end."""

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False, formatter=None):
        if every_n_iter is None and every_n_secs is None and not at_end:
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        if every_n_iter is not None and every_n_secs is not None:
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError("invalid every_n_iter=%s." % every_n_iter)
        if not isinstance(tensors, dict):
            self._order = list(tensors)
            tensors = {t: t for t in self._order}
        else:
            self._order = sorted(tensors)
        self._tensors, self._formatter, self._at_end = tensors, formatter, at_end
        self._timer = SecondOrStepTimer(every_n_secs, every_n_iter) if every_n_iter or every_n_secs else None

    def begin(self):
        self._iter = 0
        if self._timer is not None:
            self._timer.reset()
        graph = graphs.get_default_graph()
        self._current = {key: graph.as_graph_element(t) for key, t in self._tensors.items()}

    def before_run(self, run_context):
        self._due = self._timer is not None and self._timer.should_trigger_for_step(self._iter)
        return SessionRunArgs(self._current) if self._due else None

    def after_run(self, run_context, run_values):
        if self._due:
            self._log(run_values.results)
        self._iter += 1

    def end(self, session):
        if self._at_end:
            self._log(session.run(self._current))

    def _log(self, values):
        elapsed = self._timer.update_last_triggered_step(self._iter)[0] if self._timer is not None else None
        if self._formatter:
            _info(self._formatter(values))
            return
        shown = ", ".join("%s = %s" % (key if isinstance(key, str) else key.name, values[key]) for key in self._order)
        _info("%s" if elapsed is None else "%s (%.3f sec)", *([shown] if elapsed is None else [shown, elapsed]))


class StopAtStepHook(_OfSteps):
    """Asks to stop at a step, or after so many."""

    def __init__(self, num_steps=None, last_step=None):
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps, self._last_step = num_steps, last_step

    def after_create_session(self, session, coord):
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        if run_values.results + 1 >= self._last_step and run_context.session.run(self._global_step_tensor) >= self._last_step:
            run_context.request_stop()


class CheckpointSaverListener:
    """Told of what a CheckpointSaverHook does."""

    def begin(self):
        pass

    def before_save(self, session, global_step_value):
        pass

    def after_save(self, session, global_step_value):
        pass

    def end(self, session, global_step_value):
        pass


class CheckpointSaverHook(_OfSteps):
    """Saves a checkpoint every so many steps or seconds, and at the end."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename="model.ckpt", scaffold=None, listeners=None,
                 steps_per_run=1):  # fmt: skip
        if steps_per_run != 1:
            raise NotImplementedError("not implemented: tf.train.CheckpointSaverHook with steps_per_run; use save_steps")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        _info("Create CheckpointSaverHook.")
        self._saver, self._scaffold, self._dir = saver, scaffold, checkpoint_dir
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer, self._listeners = SecondOrStepTimer(save_secs, save_steps), listeners or []

    def begin(self):
        self._writer = contrib_summary.FileWriterCache.get(self._dir)
        super().begin()
        for one in self._listeners:
            one.begin()

    def before_run(self, run_context):
        if self._timer.last_triggered_step() is None:
            graph = graphs.get_default_graph()
            graph_util.write_graph(graph.as_graph_def(add_shapes=True), self._dir, "graph.pbtxt")
            self._writer.add_graph(graph)
            self._writer.add_meta_graph(meta_graph.export_meta_graph(graph=graph, saver_def=self._get_saver().saver_def))
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        if self._timer.should_trigger_for_step(run_values.results + 1):
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                self._timer.update_last_triggered_step(step)
                self._save(run_context.session, step)

    def end(self, session):
        step = session.run(self._global_step_tensor)
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for one in self._listeners:
            one.end(session, step)

    def _save(self, session, step):
        _info("Saving checkpoints for %d into %s.", step, self._path)
        for one in self._listeners:
            one.before_save(session, step)
        self._get_saver().save(session, self._path, global_step=int(step))
        log = messages.CLASSES["SessionLog"](status=3, checkpoint_path=self._path)
        self._writer.add_session_log(log, step)
        for one in self._listeners:
            one.after_save(session, step)

    def _get_saver(self):
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        found = graphs.get_collection(GraphKeys.SAVERS)
        if len(found) != 1:
            raise RuntimeError("No items in collection {}. Please add a saver to the collection or provide a saver or scaffold.".format(GraphKeys.SAVERS)
                               if not found else "More than one item in collection {}. Please indicate which one to use by passing it to the constructor."
                               .format(GraphKeys.SAVERS))  # fmt: skip
        self._saver = found[0]
        return self._saver


class StepCounterHook(_OfSteps):
    """Logs and writes steps per second."""

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._writer, self._dir = summary_writer, output_dir

    def begin(self):
        if self._writer is None and self._dir:
            self._writer = contrib_summary.FileWriterCache.get(self._dir)
        super().begin()
        self._tag = self._global_step_tensor.op.name + "/sec"

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
        rate = elapsed_steps / elapsed_time
        if self._writer is not None:
            value = messages.CLASSES["Summary.Value"](tag=self._tag, simple_value=rate)
            self._writer.add_summary(messages.CLASSES["Summary"](value=[value]), global_step)
        _info("%s: %g", self._tag, rate)

    def after_run(self, run_context, run_values):
        if self._timer.should_trigger_for_step(run_values.results + 1):
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                seconds, steps = self._timer.update_last_triggered_step(step)
                if seconds:
                    self._log_and_record(steps, seconds, step)


class NanLossDuringTrainingError(RuntimeError):
    """The loss is NaN."""

    def __str__(self):
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Stops, or fails, where the tensor is NaN."""

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        self._loss, self._fails = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context):
        return SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        if np.isnan(run_values.results):
            if self._fails:
                logging.NAMES["error"]("Model diverged with loss = NaN.")
                raise NanLossDuringTrainingError
            logging.NAMES["warning"]("Model diverged with loss = NaN.")
            run_context.request_stop()


class SummarySaverHook(_OfSteps):
    """Writes summaries every so many steps or seconds."""

    def __init__(self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None, scaffold=None, summary_op=None):
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._op, self._scaffold, self._writer, self._dir = summary_op, scaffold, summary_writer, output_dir
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self):
        if self._writer is None and self._dir:
            self._writer = contrib_summary.FileWriterCache.get(self._dir)
        self._next, self._current = None, False
        super().begin()

    def before_run(self, run_context):
        self._due = self._next is None or self._timer.should_trigger_for_step(self._next)
        asked = {"global_step": self._global_step_tensor}
        op = self._op if self._op is not None else self._scaffold.summary_op
        if self._due and op is not None:
            asked["summary"] = list(op) if isinstance(op, (list, tuple)) else [op]
        return SessionRunArgs(asked)

    def after_run(self, run_context, run_values):
        if self._writer is None:
            return
        stale = run_values.results["global_step"]
        step = run_context.session.run(self._global_step_tensor) if self._next is None or self._due else stale + 1
        if self._next is None:
            self._writer.add_session_log(messages.CLASSES["SessionLog"](status=1), step)
        if self._due:
            self._timer.update_last_triggered_step(step)
            for one in run_values.results.get("summary", ()):
                self._writer.add_summary(one, step)
        self._next = step + 1

    def end(self, session=None):
        if self._writer is not None:
            self._writer.flush()


class GlobalStepWaiterHook(_OfSteps):
    """Waits until the global step is that far."""

    def __init__(self, wait_until_step):
        self._wait, self._began = wait_until_step, False

    def before_run(self, run_context):
        if self._began:
            return None
        self._began = True
        while self._wait > 0 and run_context.session.run(self._global_step_tensor) < self._wait:
            time.sleep(0.5)
        return None


class FinalOpsHook(SessionRunHook):
    """Runs tensors at the end."""

    def __init__(self, final_ops, final_ops_feed_dict=None):
        self._ops, self._feed, self._values = final_ops, final_ops_feed_dict, None

    final_ops_values = property(lambda self: self._values)

    def end(self, session):
        if self._ops is not None:
            self._values = session.run(self._ops, feed_dict=self._feed)


class FeedFnHook(SessionRunHook):
    """Feeds what a function gives."""

    def __init__(self, feed_fn):
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


NAMES = {c.__name__: c for c in (SessionRunArgs, SessionRunValues, SessionRunContext, SessionRunHook, SecondOrStepTimer, LoggingTensorHook, StopAtStepHook,
                                 CheckpointSaverListener, CheckpointSaverHook, StepCounterHook, NanLossDuringTrainingError, NanTensorHook, SummarySaverHook,
                                 GlobalStepWaiterHook, FinalOpsHook, FeedFnHook)}  # fmt: skip
