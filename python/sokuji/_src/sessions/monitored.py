"""Monitored sessions: a session with hooks, that begins from a checkpoint and finalizes its graph."""

import contextlib
import os
import time

from sokuji._src.core import errors, logging
from sokuji._src.exchange import meta_graph
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import session as sessions
from sokuji._src.graph import variables, words
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.io.graph_messages import CLASSES
from sokuji._src.sessions import coordinator, hooks, pipelines, summary_ops
from sokuji._src.train import checkpoint_files, checkpoint_saver

USE_DEFAULT = object()
_info = logging.NAMES["info"]


def get_saver_or_default():
    """The graph's saver, made where there is none; None where there is nothing to save."""
    found = graphs.get_collection(GraphKeys.SAVERS)
    if len(found) > 1:
        raise RuntimeError("More than one item in collection {}. Please indicate which one to use by passing it to the constructor.".format(GraphKeys.SAVERS))
    if found:
        return found[0]
    made = checkpoint_saver.Saver(sharded=False, allow_empty=True)
    graphs.add_to_collection(GraphKeys.SAVERS, made)
    return made


class Scaffold:
    """The operations with which a session begins."""

    def __init__(self, init_op=None, init_feed_dict=None, init_fn=None, ready_op=None, ready_for_local_init_op=None, local_init_op=None, summary_op=None,
                 saver=None, copy_from_scaffold=None):  # fmt: skip
        other = copy_from_scaffold
        pick = lambda value, name: value if value is not None or other is None else getattr(other, name)  # noqa: E731
        init_fn = pick(init_fn, "_user_init_fn")
        self._user_init_fn = init_fn
        self._init_fn = (lambda sess: init_fn(self, sess)) if init_fn else None
        self._init_op, self._ready_op = pick(init_op, "_init_op"), pick(ready_op, "_ready_op")
        self._local_init_op, self._ready_for_local_init_op = pick(local_init_op, "_local_init_op"), pick(ready_for_local_init_op, "_ready_for_local_init_op")
        self._summary_op, self._saver, self._init_feed_dict = pick(summary_op, "_summary_op"), pick(saver, "_saver"), pick(init_feed_dict, "_init_feed_dict")

    init_fn = property(lambda self: self._init_fn)
    init_op = property(lambda self: self._init_op)
    ready_op = property(lambda self: self._ready_op)
    ready_for_local_init_op = property(lambda self: self._ready_for_local_init_op)
    local_init_op = property(lambda self: self._local_init_op)
    summary_op = property(lambda self: self._summary_op)
    saver = property(lambda self: self._saver)
    init_feed_dict = property(lambda self: self._init_feed_dict)

    def finalize(self):
        """Makes what is missing, and finalizes the graph."""
        if self._init_op is None:
            self._init_op = Scaffold.get_or_default("init_op", GraphKeys.INIT_OP, lambda: words.group(variables.global_variables_initializer()))
        if self._ready_op is None:
            self._ready_op = Scaffold.get_or_default("ready_op", GraphKeys.READY_OP, variables.report_uninitialized_variables)
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = Scaffold.get_or_default("ready_for_local_init_op", GraphKeys.READY_FOR_LOCAL_INIT_OP, _global_unready)
        if self._local_init_op is None:
            self._local_init_op = Scaffold.get_or_default("local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op)
        if self._summary_op is None:
            self._summary_op = Scaffold.get_or_default("summary_op", GraphKeys.SUMMARY_OP, summary_ops.merge_all)
        if self._saver is None:
            self._saver = get_saver_or_default()
        self._saver.build()
        graphs.get_default_graph().finalize()
        _info("Graph was finalized.")
        return self

    @staticmethod
    def get_or_default(arg_name, collection_key, default_constructor):
        found = graphs.get_collection(collection_key)
        if len(found) > 1:
            raise RuntimeError("More than one items in the collection %s. Please indicate which one to use by passing it to the tf.Scaffold's constructor as:  "
                               "tf.Scaffold(%s=item to use)" % (collection_key, arg_name))  # fmt: skip
        if found:
            return found[0]
        made = default_constructor()
        if made is not None:
            graphs.add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op():
        tables = graphs.get_collection(GraphKeys.TABLE_INITIALIZERS)
        return words.group(variables.local_variables_initializer(), *tables)


def _global_unready():
    return variables.report_uninitialized_variables(variables.global_variables())


# ---- beginning ----


class SessionManager:
    """Sessions that begin from a checkpoint, or with an init operation."""

    def __init__(self, local_init_op=None, ready_op=None, ready_for_local_init_op=None, graph=None, recovery_wait_secs=30):
        self._local_init_op, self._ready_op, self._ready_for_local = local_init_op, ready_op, ready_for_local_init_op
        self._graph = graphs.get_default_graph() if graph is None else graph
        self._wait = recovery_wait_secs

    def _restore(self, master, saver, checkpoint_dir, checkpoint_filename_with_path, config):
        session = sessions.Session(master, graph=self._graph, config=config)
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        if not saver or not (checkpoint_dir or checkpoint_filename_with_path):
            return session, False
        if checkpoint_filename_with_path:
            saver.restore(session, checkpoint_filename_with_path)
            return session, True
        state = checkpoint_files.get_checkpoint_state(checkpoint_dir)
        if state is None or not state.model_checkpoint_path:
            return session, False
        saver.restore(session, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return session, True

    def prepare_session(self, master, init_op=None, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None, wait_for_checkpoint=False,
                        max_wait_secs=7200, config=None, init_feed_dict=None, init_fn=None):  # fmt: skip
        session, is_loaded = self._restore(master, saver, checkpoint_dir, checkpoint_filename_with_path, config)
        if not is_loaded:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given")
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(session)
        done, message = self._local(session)
        if not done:
            raise RuntimeError("Init operations did not make model ready for local_init.  Init op: %s, init fn: %s, error: %s"
                               % (getattr(init_op, "name", init_op), init_fn, message))  # fmt: skip
        ready, message = self._is_ready(session, self._ready_op, "Model not ready")
        if not ready:
            raise RuntimeError("Init operations did not make model ready.  Init op: %s, init fn: %s, local_init_op: %s, error: %s"
                               % (getattr(init_op, "name", init_op), init_fn, getattr(self._local_init_op, "name", self._local_init_op), message))  # fmt: skip
        return session

    def recover_session(self, master, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None, wait_for_checkpoint=False, max_wait_secs=7200,
                        config=None):  # fmt: skip
        session, is_loaded = self._restore(master, saver, checkpoint_dir, checkpoint_filename_with_path, config)
        done, _ = self._local(session)
        if not is_loaded:
            return session, False
        return session, done and self._is_ready(session, self._ready_op, "Model not ready")[0]

    def wait_for_session(self, master, config=None, max_wait_secs=float("Inf")):
        end = time.time() + (max_wait_secs or float("Inf"))
        while True:
            session = sessions.Session(master, graph=self._graph, config=config)
            if self._local(session)[0] and self._is_ready(session, self._ready_op, "Model not ready")[0]:
                return session
            if time.time() + self._wait > end:
                raise errors.DeadlineExceededError(None, None, "Session was not ready after waiting %d secs." % max_wait_secs)
            time.sleep(self._wait)

    def _local(self, session):
        if self._local_init_op is None:
            return True, None
        ready, message = self._is_ready(session, self._ready_for_local, "Model not ready for local init")
        if ready:
            _info("Running local_init_op.")
            session.run(self._local_init_op)
            _info("Done running local_init_op.")
        return ready, message

    def _is_ready(self, session, op, message):
        if op is None:
            return True, None
        try:
            value = session.run(op)
        except errors.FailedPreconditionError as error:
            return False, str(error)
        if value is None or len(value) == 0:
            return True, None
        return False, "Variables not initialized: " + ", ".join(name.decode() for name in value)


class SessionCreator:
    """Makes sessions."""

    def create_session(self):
        raise NotImplementedError("create_session is not implemented for {}.".format(self))


class ChiefSessionCreator(SessionCreator):
    """Makes a session and initializes it, from a checkpoint where there is one."""

    def __init__(self, scaffold=None, master="", config=None, checkpoint_dir=None, checkpoint_filename_with_path=None):
        self._scaffold, self._master, self._config = scaffold or Scaffold(), master, config
        self._dir, self._file, self._manager = checkpoint_dir, checkpoint_filename_with_path, None

    def _get_manager(self):
        if self._manager is None:
            s = self._scaffold
            self._manager = SessionManager(local_init_op=s.local_init_op, ready_op=s.ready_op, ready_for_local_init_op=s.ready_for_local_init_op,
                                           graph=graphs.get_default_graph())  # fmt: skip
        return self._manager

    def create_session(self):
        s = self._scaffold.finalize()
        return self._get_manager().prepare_session(self._master, saver=s.saver, checkpoint_dir=self._dir, checkpoint_filename_with_path=self._file,
                                                   init_op=s.init_op, config=self._config, init_feed_dict=s.init_feed_dict, init_fn=s.init_fn)  # fmt: skip


class WorkerSessionCreator(ChiefSessionCreator):
    """Makes a session whose variables others initialize."""

    def __init__(self, scaffold=None, master="", config=None, max_wait_secs=30 * 60):
        super().__init__(scaffold, master, config)
        self._max_wait = max_wait_secs

    def create_session(self):
        self._scaffold.finalize()
        return self._get_manager().wait_for_session(self._master, config=self._config, max_wait_secs=self._max_wait)


# ---- running ----


class _Creator(SessionCreator):
    """The session and its coordinator."""

    def __init__(self, creator, its_hooks, grace):
        self._creator, self._hooks, self._grace = creator, its_hooks, grace
        self.tf_sess = self.coord = None

    def create_session(self):
        self.tf_sess = self._creator.create_session()
        self.coord = coordinator.Coordinator(clean_stop_exception_types=[])
        pipelines.start_queue_runners(self.tf_sess, self.coord)
        for hook in self._hooks:
            hook.after_create_session(self.tf_sess, self.coord)
        return self.tf_sess


class StepContext:
    """What run_step_fn's function is given."""

    def __init__(self, session, run_with_hooks_fn):
        self._session, self._run = session, run_with_hooks_fn

    session = property(lambda self: self._session)

    def run_with_hooks(self, *args, **kwargs):
        return self._run(*args, **kwargs)

    def request_stop(self):
        raise StopIteration("step_fn has requested the iterations to stop.")


class _MonitoredSession:
    def __init__(self, session_creator, hooks, should_recover, stop_grace_period_secs=120):
        self._graph_was_finalized = graphs.get_default_graph().finalized
        self._hooks, self._should_recover = list(hooks or []), should_recover
        for hook in self._hooks:
            hook.begin()
        self._coordinated_creator = _Creator(session_creator or ChiefSessionCreator(), self._hooks, stop_grace_period_secs)
        self._stopped = False
        self._sess = self._created()

    def _created(self):
        while True:
            try:
                return self._coordinated_creator.create_session()
            except (errors.AbortedError, errors.UnavailableError):
                if not self._should_recover:
                    raise

    graph = property(lambda self: None if self._coordinated_creator.tf_sess is None else self._coordinated_creator.tf_sess.graph)

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        while True:
            if self._sess is None:
                raise AttributeError("'NoneType' object has no attribute 'run': the session is closed")
            try:
                return self._run(fetches, feed_dict, options, run_metadata)
            except (errors.AbortedError, errors.UnavailableError):
                if not self._should_recover:
                    raise
                self._sess = self._created()

    def _run(self, fetches, feed_dict, options, run_metadata):
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        session, asked = self._sess, {"caller": fetches}
        context = hooks.SessionRunContext(hooks.SessionRunArgs(fetches, feed_dict), session)
        feeds = dict(feed_dict) if feed_dict else {}
        fed_by_hooks = []
        for hook in self._hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                asked[hook] = request.fetches
            if request.feed_dict:
                self._add_feeds(feeds, fed_by_hooks, feed_dict, request.feed_dict)
        results = session.run(asked, feed_dict=feeds or None, options=options, run_metadata=run_metadata)
        if self._hooks:
            options, run_metadata = options or CLASSES["RunOptions"](), run_metadata or CLASSES["RunMetadata"]()
        for hook in self._hooks:
            hook.after_run(context, hooks.SessionRunValues(results.get(hook), options, run_metadata))
        self._stopped = self._stopped or context.stop_requested
        return results["caller"]

    @staticmethod
    def _add_feeds(feeds, fed_by_hooks, given, more):
        for tensor, value in more.items():
            if any(tensor is t for t in fed_by_hooks):
                raise RuntimeError("Same tensor is fed by two hooks.")
            if given and any(tensor is t for t in given):
                raise RuntimeError("Same tensor is fed by a SessionRunHook and user.")
            fed_by_hooks.append(tensor)
            feeds[tensor] = value

    def run_step_fn(self, step_fn):
        """Calls step_fn with a StepContext."""
        import inspect

        arguments = list(inspect.signature(step_fn).parameters)
        if arguments not in (["step_context"], ["self", "step_context"]):
            raise ValueError("`step_fn` may either have one `step_context` argument, or two arguments `self` and `step_context`. Got %s instead." % arguments)
        try:
            return step_fn(StepContext(self._sess, self.run))
        except StopIteration:
            self._stopped = True

    def should_stop(self):
        return self._sess is None or self._stopped or self._coordinated_creator.coord.should_stop()

    def __enter__(self):
        return self

    def __exit__(self, exception_type, exception_value, traceback):
        if exception_type in (errors.OutOfRangeError, StopIteration):
            exception_type = None
        self._close_internal(exception_type)
        return exception_type is None

    def close(self):
        self._close_internal()

    def _close_internal(self, exception_type=None):
        try:
            if not exception_type and self._sess is not None:
                for hook in self._hooks:
                    hook.end(self._coordinated_creator.tf_sess)
        finally:
            session, self._sess = self._sess, None
            try:
                if session is None:
                    raise RuntimeError("Session is already closed.")
                coord = self._coordinated_creator.coord
                coord.request_stop()
                coord.join(stop_grace_period_secs=self._coordinated_creator._grace, ignore_live_threads=True)
                session.close()
            finally:
                self._coordinated_creator.tf_sess = None
                if not self._graph_was_finalized:
                    graphs.get_default_graph()._unsafe_unfinalize()

    def _is_closed(self):
        return self._coordinated_creator.tf_sess is None


class MonitoredSession(_MonitoredSession):
    """A session with hooks, that begins anew where it was aborted."""

    StepContext = StepContext

    def __init__(self, session_creator=None, hooks=None, stop_grace_period_secs=120):
        super().__init__(session_creator, hooks, True, stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A session with hooks."""

    def __init__(self, hooks=None, scaffold=None, master="", config=None, checkpoint_dir=None, stop_grace_period_secs=120,
                 checkpoint_filename_with_path=None):  # fmt: skip
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(creator, hooks, False, stop_grace_period_secs)

    def raw_session(self):
        return self._coordinated_creator.tf_sess


def MonitoredTrainingSession(master="", is_chief=True, checkpoint_dir=None, scaffold=None, hooks=None, chief_only_hooks=None,
                             save_checkpoint_secs=USE_DEFAULT, save_summaries_steps=USE_DEFAULT, save_summaries_secs=USE_DEFAULT, config=None,
                             stop_grace_period_secs=120, log_step_count_steps=100, max_wait_secs=7200, save_checkpoint_steps=USE_DEFAULT):  # fmt: skip
    """A MonitoredSession that saves checkpoints and summaries."""
    from sokuji._src.sessions import hooks as kinds

    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    save_summaries_secs = None if save_summaries_secs is USE_DEFAULT else save_summaries_secs
    save_summaries_steps = None if save_summaries_steps is USE_DEFAULT else save_summaries_steps
    if save_checkpoint_secs is USE_DEFAULT and save_checkpoint_steps is USE_DEFAULT:
        save_checkpoint_secs, save_checkpoint_steps = 600, None
    save_checkpoint_secs = None if save_checkpoint_secs is USE_DEFAULT else save_checkpoint_secs
    save_checkpoint_steps = None if save_checkpoint_steps is USE_DEFAULT else save_checkpoint_steps
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator = WorkerSessionCreator(scaffold, master, config, max_wait_secs)
        return MonitoredSession(creator, hooks, stop_grace_period_secs)
    every = list(chief_only_hooks or [])
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    if checkpoint_dir:
        if log_step_count_steps and log_step_count_steps > 0:
            every.append(kinds.StepCounterHook(output_dir=checkpoint_dir, every_n_steps=log_step_count_steps))
        if (save_summaries_steps or 0) > 0 or (save_summaries_secs or 0) > 0:
            every.append(kinds.SummarySaverHook(scaffold=scaffold, save_steps=save_summaries_steps, save_secs=save_summaries_secs, output_dir=checkpoint_dir))
        if (save_checkpoint_secs or 0) > 0 or (save_checkpoint_steps or 0) > 0:
            every.append(kinds.CheckpointSaverHook(checkpoint_dir, save_steps=save_checkpoint_steps, save_secs=save_checkpoint_secs, scaffold=scaffold))
    return MonitoredSession(creator, every + list(hooks or []), stop_grace_period_secs)


# ---- Supervisor ----


class Supervisor:
    """What programs had before monitored sessions."""

    USE_DEFAULT = 0

    def __init__(self, graph=None, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT, is_chief=True, init_op=USE_DEFAULT, init_feed_dict=None,
                 local_init_op=USE_DEFAULT, logdir=None, summary_op=USE_DEFAULT, saver=USE_DEFAULT, global_step=USE_DEFAULT, save_summaries_secs=120,
                 save_model_secs=600, recovery_wait_secs=30, stop_grace_secs=120, checkpoint_basename="model.ckpt", session_manager=None,
                 summary_writer=USE_DEFAULT, init_fn=None):  # fmt: skip
        self._graph = graphs.get_default_graph() if graph is None else graph
        given = lambda value, make: make() if isinstance(value, int) and value == 0 else value  # noqa: E731
        with self._graph.as_default():
            self._ready_op = given(ready_op, variables.report_uninitialized_variables)
            self._ready_for_local = given(ready_for_local_init_op, lambda: None)
            self._init_op = given(init_op, variables.global_variables_initializer)
            self._local_init_op = given(local_init_op, Scaffold.default_local_init_op)
            self._summary_op = given(summary_op, summary_ops.merge_all)
            self._saver = given(saver, get_saver_or_default)
            self._global_step = given(global_step, variables.get_global_step)
        self._init_feed_dict, self._init_fn, self._logdir, self._grace = init_feed_dict, init_fn, logdir, stop_grace_secs
        self._save_summaries_secs, self._save_model_secs = save_summaries_secs, save_model_secs
        self._save_path = os.path.join(logdir, checkpoint_basename) if logdir else None
        make_writer = lambda: hooks.contrib_summary.FileWriter(logdir) if logdir else None  # noqa: E731
        self._writer = given(summary_writer, make_writer)
        self._manager = session_manager or SessionManager(self._local_init_op, self._ready_op, self._ready_for_local, self._graph, recovery_wait_secs)
        self._coord = coordinator.Coordinator()
        self._graph.finalize()

    coord = property(lambda self: self._coord)
    init_op = property(lambda self: self._init_op)
    init_feed_dict = property(lambda self: self._init_feed_dict)
    ready_op = property(lambda self: self._ready_op)
    summary_op = property(lambda self: self._summary_op)
    summary_writer = property(lambda self: self._writer)
    saver = property(lambda self: self._saver)
    global_step = property(lambda self: self._global_step)
    save_path = property(lambda self: self._save_path)
    session_manager = property(lambda self: self._manager)
    is_chief = property(lambda self: True)
    save_model_secs = property(lambda self: self._save_model_secs)
    save_summaries_secs = property(lambda self: self._save_summaries_secs)

    def prepare_or_wait_for_session(self, master="", config=None, wait_for_checkpoint=False, max_wait_secs=7200, start_standard_services=True):
        self._coord.clear_stop()
        session = self._manager.prepare_session(master, init_op=self._init_op, saver=self._saver, checkpoint_dir=self._logdir, config=config,
                                                init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)  # fmt: skip
        if self._writer is not None:
            self._writer.add_graph(self._graph)
            self._writer.add_meta_graph(meta_graph.export_meta_graph(graph=self._graph, saver_def=self._saver.saver_def if self._saver else None))
        if start_standard_services:
            self.start_standard_services(session)
            self.start_queue_runners(session)
        return session

    PrepareSession = prepare_or_wait_for_session

    def start_standard_services(self, sess):
        if self._logdir is None:
            return []
        if self._writer is not None and self._global_step is not None:
            self._writer.add_session_log(hooks.messages.CLASSES["SessionLog"](status=1), sess.run(self._global_step))
        threads = []
        if self._summary_op is not None and self._save_summaries_secs:
            threads.append(coordinator.LooperThread(self._coord, self._save_summaries_secs, target=self._summarize, args=(sess,)))
        if self._saver is not None and self._save_model_secs:
            threads.append(coordinator.LooperThread(self._coord, self._save_model_secs, target=self._checkpoint, args=(sess,)))
        for thread in threads:
            thread.start()
        return threads

    def _summarize(self, sess):
        self.summary_computed(sess, sess.run(self._summary_op))

    def _checkpoint(self, sess):
        self._saver.save(sess, self._save_path, global_step=self._global_step)

    def start_queue_runners(self, sess, queue_runners=None):
        """Starts the threads of the runners, by default of all of the graph."""
        found = self._graph.get_collection(GraphKeys.QUEUE_RUNNERS) if queue_runners is None else queue_runners
        return [t for qr in found for t in qr.create_threads(sess, coord=self._coord, daemon=True, start=True)]

    StartQueueRunners = start_queue_runners

    @contextlib.contextmanager
    def managed_session(self, master="", config=None, start_standard_services=True, close_summary_writer=True):
        try:
            session = self.prepare_or_wait_for_session(master, config, start_standard_services=start_standard_services)
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                with contextlib.suppress(Exception):
                    session.close()

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        made = coordinator.LooperThread(self._coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        made.start()
        return made

    Loop = loop

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        self._coord.request_stop()
        try:
            self._coord.join(threads, stop_grace_period_secs=self._grace, ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._writer is not None:
                self._writer.add_session_log(hooks.messages.CLASSES["SessionLog"](status=2))
                self._writer.close()

    Stop = stop

    def request_stop(self, ex=None):
        self._coord.request_stop(ex=ex)

    RequestStop = request_stop

    def should_stop(self):
        return self._coord.should_stop()

    ShouldStop = should_stop

    def stop_on_exception(self):
        return self._coord.stop_on_exception()

    def wait_for_stop(self):
        self._coord.wait_for_stop()

    def summary_computed(self, sess, summary, global_step=None):
        if self._writer is None:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._global_step is not None:
            global_step = sess.run(self._global_step)
        self._writer.add_summary(summary, global_step)

    SummaryComputed = summary_computed


def basic_train_loop(supervisor, train_step_fn, args=None, kwargs=None, master=""):
    """Calls the function until the supervisor stops."""
    with supervisor.managed_session(master) as session:
        while not supervisor.should_stop():
            train_step_fn(session, *(args or ()), **(kwargs or {}))


NAMES = dict(hooks.NAMES, **pipelines.TRAIN, Coordinator=coordinator.Coordinator, LooperThread=coordinator.LooperThread, basic_train_loop=basic_train_loop)
NAMES.update({c.__name__: c for c in (Scaffold, SessionManager, SessionCreator, ChiefSessionCreator, WorkerSessionCreator, MonitoredSession,
                                      SingularMonitoredSession, MonitoredTrainingSession, Supervisor)})  # fmt: skip
