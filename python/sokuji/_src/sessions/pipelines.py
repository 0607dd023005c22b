"""Input pipelines of 1.x: threads that fill queues, producers of file names and slices, and batches of what they give."""

import contextlib
import threading
import weakref

from sokuji import _core
from sokuji._src.core import errors, logging
from sokuji._src.graph import as_then, words
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import session as sessions
from sokuji._src.graph import variables
from sokuji._src.graph.graph import GraphKeys
from sokuji._src.sessions import queues


def tf():
    """The names of 1.x, which look whether a graph is open."""
    import importlib

    return importlib.import_module("sokuji.v1")


class QueueRunner:
    """Threads that run the enqueue operations of a queue until it is closed."""

    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None, queue_closed_exception_types=None, queue_runner_def=None, import_scope=None):
        if queue_runner_def is not None:
            raise NotImplementedError("not implemented: tf.train.QueueRunner(queue_runner_def=…); give queue and enqueue_ops")
        if not queue or not enqueue_ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        self._queue, self._enqueue_ops = queue, list(enqueue_ops)
        kinds = (errors.OutOfRangeError,) if queue_closed_exception_types is None else queue_closed_exception_types
        if not isinstance(kinds, tuple) or not kinds or not all(issubclass(k, errors.OpError) for k in kinds):
            raise TypeError("queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: %s" % (kinds,))
        self._kinds = kinds
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        self._lock, self._runs, self._raised = threading.Lock(), weakref.WeakKeyDictionary(), []

    queue = property(lambda self: self._queue)
    enqueue_ops = property(lambda self: self._enqueue_ops)
    close_op = property(lambda self: self._close_op)
    cancel_op = property(lambda self: self._cancel_op)
    queue_closed_exception_types = property(lambda self: self._kinds)
    exceptions_raised = property(lambda self: self._raised)
    name = property(lambda self: self._queue.name)

    def _run(self, sess, enqueue_op, coord=None):
        is_counted = True
        try:
            while not (coord and coord.should_stop()):
                try:
                    sess.run(enqueue_op)
                except self._kinds:
                    is_counted = False
                    if self._left(sess) == 0:
                        with contextlib.suppress(Exception):
                            sess.run(self._close_op)
                    return
        except Exception as error:
            if sess._closed:
                return
            if coord:
                coord.request_stop(error)
                return
            logging.NAMES["error"]("Exception in QueueRunner: %s", str(error))
            self._raised.append(error)
        finally:
            if is_counted:
                self._left(sess)

    def _left(self, sess):
        with self._lock:
            self._runs[sess] -= 1
            return self._runs[sess]

    def _close_on_stop(self, sess, cancel_op, coord):
        coord.wait_for_stop()
        with contextlib.suppress(Exception):
            sess.run(cancel_op)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """The threads for the session, none where they run already."""
        with self._lock:
            if self._runs.get(sess, 0) > 0:
                return []
            self._runs[sess] = len(self._enqueue_ops)
            self._raised = []
        made = [threading.Thread(target=self._run, args=(sess, op, coord), name="QueueRunnerThread-%s-%s" % (self.name, op.name)) for op in self._enqueue_ops]
        if coord:
            made.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord), name="QueueRunnerThread-%s-close_on_stop" % self.name))
        for thread in made:
            if coord:
                coord.register_thread(thread)
            thread.daemon = True if daemon else thread.daemon
            if start:
                thread.start()
        return made


def add_queue_runner(qr, collection=GraphKeys.QUEUE_RUNNERS):
    """Adds a queue runner to a collection."""
    graphs.add_to_collection(collection, qr)


def start_queue_runners(sess=None, coord=None, daemon=True, start=True, collection=GraphKeys.QUEUE_RUNNERS):
    """Starts the threads of all queue runners of the session's graph."""
    sess = sessions.get_default_session() if sess is None else sess
    if sess is None and graphs.building() is None:
        raise RuntimeError("Queues are not compatible with eager execution.")
    if sess is None:
        raise ValueError("Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or pass an explicit session to "
                         "tf.start_queue_runners(sess=sess)")  # fmt: skip
    if not isinstance(sess, sessions.BaseSession):
        if type(sess).__name__ in ("MonitoredSession", "SingularMonitoredSession"):
            return []
        raise TypeError("sess must be a `tf.Session` object. Given class: %s" % type(sess))
    with sess.graph.as_default():
        return [t for qr in graphs.get_collection(collection) for t in qr.create_threads(sess, coord=coord, daemon=daemon, start=start)]


# ---- producers ----


def _graph_only(kind=RuntimeError):
    if graphs.building() is None:
        raise kind("Input pipelines based on Queues are not supported when eager execution is enabled. Please use tf.data to ingest data into your model instead.")


def limit_epochs(tensor, num_epochs=None, name=None):
    """The tensor so many times; OutOfRangeError after that. It counts in a local variable."""
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError("num_epochs must be > 0 not %d." % num_epochs)
    with graphs.name_scope(name, "limit_epochs", [tensor]) as scope:
        zero = words.constant(0, tf().int64)
        epochs = tf().Variable(zero, name="epochs", trainable=False, collections=[GraphKeys.LOCAL_VARIABLES])
        with graphs.control_dependencies([variables.count_up_to(epochs, num_epochs)]):
            return words.identity(tensor, name=scope)


def input_producer(input_tensor, element_shape=None, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, summary_name=None, name=None, cancel_op=None):
    """A queue of the rows, again and again."""
    _graph_only()
    with graphs.name_scope(name, "input_producer", [input_tensor]):
        t = words.convert_to_tensor(input_tensor, name="input_tensor")
        shape = t.shape[1:].merge_with(element_shape) if element_shape is not None else t.shape[1:]
        if not shape.is_fully_defined():
            raise ValueError("Either `input_tensor` must have a fully defined shape or `element_shape` must be specified")
        t = tf().random_shuffle(t, seed=seed) if shuffle else t
        t = limit_epochs(t, num_epochs)
        queue = queues.FIFOQueue(capacity, [t.dtype.base_dtype], [shape], shared_name=shared_name, name=name)
        add_queue_runner(QueueRunner(queue, [queue.enqueue_many([t])], cancel_op=cancel_op))
        if summary_name is not None:
            _summary(summary_name, tf().to_float(queue.size()) * (1.0 / capacity))
        return queue


def _summary(name, value):
    tf().summary.scalar(name, value)


def string_input_producer(string_tensor, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None, cancel_op=None):
    """A queue of the strings: names of files, most often."""
    _graph_only()
    message = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, _core.Handle) and not len(string_tensor):
        raise ValueError(message)
    with graphs.name_scope(name, "input_producer", [string_tensor]) as scope:
        t = words.convert_to_tensor(string_tensor, tf().string)
        with graphs.control_dependencies([tf().Assert(tf().greater(as_then.size(t), 0), [message])]):
            t = words.identity(t)
        return input_producer(t, [], num_epochs, shuffle, seed, capacity, shared_name, "fraction_of_%d_full" % capacity, scope, cancel_op)


def range_input_producer(limit, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """A queue of the numbers below the limit."""
    with graphs.name_scope(name, "input_producer", [limit]) as scope:
        return input_producer(tf().range(limit), [], num_epochs, shuffle, seed, capacity, shared_name, "fraction_of_%d_full" % capacity, scope)


def slice_input_producer(tensor_list, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """One row of each tensor at a time."""
    _graph_only()
    with graphs.name_scope(name, "input_producer", tensor_list):
        parts = [words.convert_to_tensor(t) for t in tensor_list]
        if not parts:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        queue = range_input_producer(as_then.shape(parts[0])[0], num_epochs, shuffle, seed, capacity, shared_name)
        index = queue.dequeue()
        return [tf().gather(t, index) for t in parts]


def match_filenames_once(pattern, name=None):
    """The names of the files that match, looked up once, in a local variable."""
    with graphs.name_scope(name, "matching_filenames", [pattern]) as scope:
        return tf().Variable(tf().matching_files(pattern), trainable=False, validate_shape=False, name=scope[:-1].rpartition("/")[2],
                             collections=[GraphKeys.LOCAL_VARIABLES])  # fmt: skip


# ---- batches ----


def _layout(tensors):
    """(a list of tensors, function that puts results in the given form)"""
    if isinstance(tensors, dict):
        keys = sorted(tensors)
        return [tensors[k] for k in keys], lambda found: dict(zip(keys, found))
    if isinstance(tensors, (list, tuple)):
        return list(tensors), list
    return [tensors], lambda found: found[0]


def _kept(keep_input, enqueue_many):
    t = words.convert_to_tensor(keep_input, tf().bool)
    if t.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and t.shape.ndims == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if t.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return t


def _queue(lists, shapes, enqueue_many, make):
    types = [t.dtype.base_dtype for t in lists[0]]
    for other in lists[1:]:
        if [t.dtype.base_dtype for t in other] != types:
            raise TypeError("Expected types to be consistent: %s vs. %s." % (types, [t.dtype.base_dtype for t in other]))
    if shapes is None:
        for t in (t for row in lists for t in row):
            if t.shape.ndims is None:
                raise ValueError("Cannot infer Tensor's rank: %s" % t)
        cut = (lambda s: s[1:]) if enqueue_many else (lambda s: s)
        shapes = [cut(t.shape) for t in lists[0]]
        for other in lists[1:]:
            shapes = [_common(a, cut(b.shape)) for a, b in zip(shapes, other)]
    return make(types, shapes)


def _common(a, b):
    if a.ndims is None or a.ndims != b.ndims:
        return tf().TensorShape(None)
    return tf().TensorShape([x if x == y else None for x, y in zip(a.as_list(), b.as_list())])


def _enqueued(queue, parts, enqueue_many, keep):
    put = queue.enqueue_many if enqueue_many else queue.enqueue
    known = keep._known_value() if isinstance(keep, _core.SymbolicTensor) else keep
    if keep.shape.ndims == 1:
        return put([tf().boolean_mask(t, keep) for t in parts])
    if known is not None and bool(known.numpy()):
        return put(parts)

    def then():
        put(parts)
        return words.constant(True)

    return tf().cond(keep, then, lambda: words.constant(False)).op


def _batched(default, given, many, batch_size, capacity, keep_input, threads, enqueue_many, shapes, smaller, make, name, filled):
    _graph_only(ValueError)
    if many:
        lists = [_layout(t) for t in given]
        if not lists:
            raise ValueError("Expected at least one tensor in batch().")
    else:
        lists = [_layout(given)]
    form = lists[0][1]
    with graphs.name_scope(name, default, [t for row, _ in lists for t in row]) as scope:
        lists = [[words.convert_to_tensor(t) for t in row] for row, _ in lists]
        if not all(lists):
            raise ValueError("Expected at least one tensor in batch().")
        keep = _kept(keep_input, enqueue_many)
        queue = _queue(lists, shapes, enqueue_many, make)
        rows = lists if many else lists * threads
        add_queue_runner(QueueRunner(queue, [_enqueued(queue, row, enqueue_many, keep) for row in rows] if many else
                                     [_enqueued(queue, lists[0], enqueue_many, keep)] * threads))  # fmt: skip
        filled(queue)
        found = (queue.dequeue_up_to if smaller else queue.dequeue_many)(batch_size, name=scope)
        return form(found if isinstance(found, (list, tuple)) else [found])


def _plain(default, given, many, batch_size, keep_input, threads, capacity, enqueue_many, shapes, dynamic_pad, smaller, shared_name, name):
    kind = queues.PaddingFIFOQueue if dynamic_pad else queues.FIFOQueue
    return _batched(default, given, many, batch_size, capacity, keep_input, threads, enqueue_many, shapes, smaller,
                    lambda types, shapes: kind(capacity, types, shapes, shared_name=shared_name), name,
                    lambda queue: _summary("fraction_of_%d_full" % capacity, tf().to_float(queue.size()) * (1.0 / capacity)))  # fmt: skip


def _shuffled(default, given, many, batch_size, capacity, kept, keep_input, threads, seed, enqueue_many, shapes, smaller, shared_name, name):
    if capacity <= kept:
        raise ValueError("capacity %d must be bigger than min_after_dequeue %d." % (capacity, kept))
    return _batched(default, given, many, batch_size, capacity, keep_input, threads, enqueue_many, shapes, smaller,
                    lambda types, shapes: queues.RandomShuffleQueue(capacity, kept, types, shapes, seed=seed, shared_name=shared_name), name,
                    lambda queue: _summary("fraction_over_%d_of_%d_full" % (kept, capacity - kept),
                                           tf().to_float(tf().maximum(0, queue.size() - kept)) * (1.0 / (capacity - kept))))  # fmt: skip


def batch(tensors, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of what the tensors are from run to run."""
    return _plain("batch", tensors, False, batch_size, True, num_threads, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name)


def maybe_batch(tensors, keep_input, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
                shared_name=None, name=None):  # fmt: skip
    """tf.train.batch of the inputs for which keep_input holds."""
    return _plain("batch", tensors, False, batch_size, keep_input, num_threads, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name)


def batch_join(tensors_list, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of several sources, with a thread for each."""
    return _plain("batch_join", tensors_list, True, batch_size, True, 1, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name)


def maybe_batch_join(tensors_list, keep_input, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
                     shared_name=None, name=None):  # fmt: skip
    """tf.train.batch_join of the inputs for which keep_input holds."""
    return _plain("batch_join", tensors_list, True, batch_size, keep_input, 1, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name)


def shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=1, seed=None, enqueue_many=False, shapes=None, allow_smaller_final_batch=False,
                  shared_name=None, name=None):  # fmt: skip
    """Batches in random order."""
    return _shuffled("shuffle_batch", tensors, False, batch_size, capacity, min_after_dequeue, True, num_threads, seed, enqueue_many, shapes, allow_smaller_final_batch,
                     shared_name, name)  # fmt: skip


def maybe_shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads=1, seed=None, enqueue_many=False, shapes=None,
                        allow_smaller_final_batch=False, shared_name=None, name=None):  # fmt: skip
    """tf.train.shuffle_batch of the inputs for which keep_input holds."""
    return _shuffled("shuffle_batch", tensors, False, batch_size, capacity, min_after_dequeue, keep_input, num_threads, seed, enqueue_many, shapes,
                     allow_smaller_final_batch, shared_name, name)  # fmt: skip


def shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=None, enqueue_many=False, shapes=None, allow_smaller_final_batch=False,
                       shared_name=None, name=None):  # fmt: skip
    """Batches in a random order of several lists of tensors."""
    return _shuffled("shuffle_batch_join", tensors_list, True, batch_size, capacity, min_after_dequeue, True, 1, seed, enqueue_many, shapes, allow_smaller_final_batch,
                     shared_name, name)  # fmt: skip


def maybe_shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed=None, enqueue_many=False, shapes=None,
                             allow_smaller_final_batch=False, shared_name=None, name=None):  # fmt: skip
    """tf.train.shuffle_batch_join of the inputs for which keep_input holds."""
    return _shuffled("shuffle_batch_join", tensors_list, True, batch_size, capacity, min_after_dequeue, keep_input, 1, seed, enqueue_many, shapes,
                     allow_smaller_final_batch, shared_name, name)  # fmt: skip


TRAIN = {f.__name__: f for f in (
    QueueRunner, add_queue_runner, start_queue_runners, limit_epochs, input_producer, string_input_producer, range_input_producer, slice_input_producer, match_filenames_once,
    batch, maybe_batch, batch_join, maybe_batch_join, shuffle_batch, maybe_shuffle_batch, shuffle_batch_join, maybe_shuffle_batch_join)}  # fmt: skip
