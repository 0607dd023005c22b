"""Queues of 1.x: elements wait in each session for itself, and runs wait for them. tf.FIFOQueue, RandomShuffleQueue, PaddingFIFOQueue, PriorityQueue."""

import collections
import heapq
import itertools
import threading
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, shapes
from sokuji._src.core.execute import convert
from sokuji._src.data.stored import philox
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import python_ops, session, words


def _array(tensor):
    """Strings as bytes, which NumPy's own strings would cut."""
    return np.asarray(tensor.numpy(), object if tensor._dtype_number == 7 else None)


def _tensor(array, dtype):
    if dtype is dtypes.string:
        return conversion._from_array(np.asarray(array, object), 7)
    return convert(np.asarray(array, dtype.as_numpy_dtype), dtype._number)


class State:
    """The elements of a queue in one session. Runs that put and runs that take stand in line, each with its kind."""

    def __init__(self, queue):
        self.queue, self.held, self.is_closed, self.cancelled = queue, queue._container(), False, 0
        self.change, self.putting, self.taking = threading.Condition(threading.RLock()), threading.Lock(), threading.Lock()
        self.session = None

    @property
    def _title(self):
        return "%s '%s'" % (type(self.queue).__name__, self.queue._id)

    def _in_line(self, lock, what):
        while not lock.acquire(timeout=0.2):
            self._check_open(what)
        return lock

    def _check_open(self, what):
        if self.session is not None and self.session._closed:
            raise errors.CancelledError(None, None, "%s operation was cancelled" % what)

    def _wait(self, what):
        self.change.wait(0.2)
        self._check_open(what)

    def put(self, elements):
        lock, cancelled = self._in_line(self.putting, "Enqueue"), self.cancelled
        try:
            with self.change:
                for element in elements:
                    while len(self.held) >= self.queue._capacity and not self.is_closed and self.cancelled == cancelled:
                        self._wait("Enqueue")
                    if self.cancelled != cancelled:
                        raise errors.CancelledError(None, None, "Enqueue operation was cancelled")
                    if self.is_closed:
                        raise errors.CancelledError(None, None, "%s is closed." % self._title)
                    self.held.add(element)
                    self.change.notify_all()
        finally:
            lock.release()

    def take(self, n, is_least=False):
        """n elements; when no more will come, what there is of them (is_least) or OutOfRangeError."""
        lock, got = self._in_line(self.taking, "Dequeue"), []
        try:
            with self.change:
                while len(got) < n:
                    if len(self.held) > (0 if self.is_closed else self.queue._kept):
                        got.append(self.held.take())
                        self.change.notify_all()
                    elif self.is_closed:
                        if is_least and got:
                            break
                        size = len(self.held) + len(got)
                        raise errors.OutOfRangeError(None, None, "%s is closed and has insufficient elements (requested %d, current size %d)" % (self._title, n, size))
                    else:
                        self._wait("Dequeue")
                return got
        except BaseException:
            with self.change:
                self.held.give_back(got)
            raise
        finally:
            lock.release()

    def close(self, cancel):
        if cancel:
            with self.change:
                self.cancelled += 1
                self.is_closed = True
                self.change.notify_all()
            return
        lock = self._in_line(self.putting, "Close")
        try:
            with self.change:
                self.is_closed = True
                self.change.notify_all()
        finally:
            lock.release()


class _InOrder(collections.deque):
    add, take = collections.deque.append, collections.deque.popleft

    def give_back(self, elements):
        self.extendleft(reversed(elements))


class _Shuffled(list):
    """The element drawn leaves, and the last takes its place, as TensorFlow has it."""

    def __init__(self, seeds):
        super().__init__()
        self._numbers = philox(*(seeds if any(seeds) else np.random.SeedSequence().generate_state(2).tolist()))

    add = list.append

    def take(self):
        place = next(self._numbers) % len(self)
        self[place], found = self[-1], self[place]
        self.pop()
        return found

    def give_back(self, elements):
        self.extend(elements)


class _Priorities(list):
    def __init__(self):
        super().__init__()
        self._count = itertools.count()

    def add(self, element):
        heapq.heappush(self, (int(element[0]), next(self._count), element))

    def take(self):
        return heapq.heappop(self)[2]

    def give_back(self, elements):
        for element in elements:
            self.add(element)


def _state(attributes):
    queue, now = attributes["queue"], session.running()
    with queue._lock:
        state = queue._states.get(now) if now is not None else queue._eager
        if state is None:
            state = State(queue)
            if now is None:
                queue._eager = state
            else:
                queue._states[now] = state
                state.session = weakref.proxy(now)
        return state


def _outputs(attributes, inputs):
    """Of one element, or of so many as the attributes say."""
    queue, first = attributes["queue"], (attributes["n"],) if "n" in attributes else ()
    return [(t._number, None if s._dims is None else (*first, *s.as_list())) for t, s in zip(queue._dtypes, queue._shapes)]


python_ops.kernel("Queue", [(7, ())], True)(lambda attributes: [convert(b"queue", 7)])


@python_ops.kernel("QueueEnqueueV2", [], True)
def _enqueue(attributes, *parts):
    arrays = [_array(t) for t in parts]
    attributes["queue"]._check(arrays, 0)
    _state(attributes).put([arrays])
    return []


@python_ops.kernel("QueueEnqueueManyV2", [], True)
def _enqueue_many(attributes, *parts):
    arrays = [_array(t) for t in parts]
    if len({len(a) for a in arrays}) > 1:
        raise errors.InvalidArgumentError(None, None, "All input tensors must have the same size in the 0th dimension. Component 0 has %d, another %s"
                                          % (len(arrays[0]), sorted({len(a) for a in arrays[1:]})))  # fmt: skip
    attributes["queue"]._check(arrays, 1)
    _state(attributes).put([[a[k] for a in arrays] for k in range(len(arrays[0]))])
    return []


@python_ops.kernel("QueueDequeueV2", _outputs, True)
def _dequeue(attributes):
    queue = attributes["queue"]
    return [_tensor(a, t) for a, t in zip(_state(attributes).take(1)[0], queue._dtypes)]


@python_ops.kernel("QueueDequeueManyV2", _outputs, True)
def _dequeue_many(attributes, count):
    return _several(attributes, int(count.numpy()), False)


@python_ops.kernel("QueueDequeueUpToV2", _outputs, True)
def _dequeue_up_to(attributes, count):
    return _several(attributes, int(count.numpy()), True)


def _several(attributes, n, is_least):
    queue = attributes["queue"]
    if any(s._dims is None for s in queue._shapes):
        raise errors.InvalidArgumentError(None, None, "%s's DequeueMany and DequeueUpTo require the components to have specified shapes." % type(queue).__name__)
    if n < 0:
        raise errors.InvalidArgumentError(None, None, "%s '%s' requested %d < 0 elements" % (type(queue).__name__, queue._id, n))
    rows = _state(attributes).take(n, is_least)
    made = []
    for i, (t, shape) in enumerate(zip(queue._dtypes, queue._shapes)):
        part = [row[i] for row in rows]
        if not rows:
            part = np.zeros([0, *(d or 0 for d in shape.as_list())], t.as_numpy_dtype)
        elif queue._pads:
            part = _padded(part, t)
        elif t is dtypes.string:
            whole = np.empty([len(part), *np.shape(part[0])], object)
            for k, one in enumerate(part):
                whole[k] = np.asarray(one, object)[()]
            part = whole
        else:
            part = np.stack(part)
        made.append(_tensor(part, t))
    return made


def _padded(parts, dtype):
    whole = np.full([len(parts), *np.max([np.shape(p) for p in parts], axis=0).astype(int)], b"" if dtype is dtypes.string else 0, dtype.as_numpy_dtype)
    for k, part in enumerate(parts):
        whole[(k, *(slice(d) for d in np.shape(part)))] = np.asarray(part, object)[()] if dtype is dtypes.string else part
    return whole


@python_ops.kernel("QueueSizeV2", [(3, ())], True)
def _size(attributes):
    return [convert(len(_state(attributes).held), 3)]


@python_ops.kernel("QueueIsClosedV2", [(10, ())], True)
def _is_closed(attributes):
    return [convert(_state(attributes).is_closed, 10)]


@python_ops.kernel("QueueCloseV2", [], True)
def _close(attributes):
    _state(attributes).close(attributes["cancel"])
    return []


class QueueBase:
    """What all queues share. Operations of a graph: they wait when they run."""

    _kept, _pads, _container, _count = 0, False, staticmethod(_InOrder), itertools.count()

    def __init__(self, dtypes_, shapes_, names, shared_name, name, default, capacity):
        self._dtypes = [dtypes.as_dtype(t) for t in (dtypes_ if isinstance(dtypes_, (list, tuple)) else [dtypes_])]
        if shapes_ is not None:
            whole = shapes_ if isinstance(shapes_, (list, tuple)) and len(shapes_) and not isinstance(shapes_[0], (int, np.integer, shapes.Dimension)) else [shapes_]
            whole = [[]] * len(self._dtypes) if isinstance(shapes_, (list, tuple)) and not len(shapes_) else whole
            if len(whole) != len(self._dtypes):
                raise ValueError("Queue shapes must have the same length as dtypes, received len(shapes)=%d, len(dtypes)=%d" % (len(whole), len(self._dtypes)))
            self._shapes = [shapes.as_shape(s) for s in whole]
        else:
            self._shapes = [shapes.TensorShape(None) for _ in self._dtypes]
        if names:
            names = [names] if isinstance(names, str) else list(names)
            if len(names) != len(self._dtypes):
                raise ValueError("List of names must have the same length as the list of dtypes: received len(names)=%d,len(dtypes)=%d" % (len(names), len(self._dtypes)))
        self._names, self._capacity = names or None, capacity if capacity and capacity > 0 else 2**31
        self._states, self._eager, self._lock = weakref.WeakKeyDictionary(), None, threading.Lock()
        if graphs.building() is None:
            raise RuntimeError("Queues are not supported when using eager execution. Instead, please use tf.data to get data into your model.")
        made = python_ops.call("Queue", [], {"queue": self}, name or default)
        self._queue_ref, self._name = made, made.op.name.split("/")[-1]
        made.op._type = type(self).__name__ + "V2"
        self._id = shared_name or "_%d_%s" % (next(QueueBase._count), made.op.name)

    queue_ref = property(lambda self: self._queue_ref)
    name = property(lambda self: self._queue_ref.op.name)
    dtypes = property(lambda self: self._dtypes)
    shapes = property(lambda self: self._shapes)
    names = property(lambda self: self._names)

    @staticmethod
    def from_list(index, queues):
        raise NotImplementedError("not implemented: tf.QueueBase.from_list; choose with tf.case between what the queues give")

    def _check(self, arrays, skip):
        for i, (array, shape) in enumerate(zip(arrays, self._shapes)):
            if not shape.is_compatible_with(np.shape(array)[skip:]):
                raise errors.InvalidArgumentError(None, None, "Shape mismatch in tuple component %d. Expected %s, got [%s]" % (
                    i, "[%s]" % ",".join("?" if d is None else str(d) for d in shape.as_list()), ",".join(map(str, np.shape(array)[skip:]))))  # fmt: skip

    def _parts(self, vals):
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError("Keys in dictionary to enqueue do not match names of Queue.  Dictionary: (%s), Queue: (%s)" % (sorted(vals), sorted(self._names)))
            vals = [vals[key] for key in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        vals = list(vals) if isinstance(vals, (list, tuple)) else [vals]
        if len(vals) != len(self._dtypes):
            raise ValueError("%d components are enqueued; the queue has %d" % (len(vals), len(self._dtypes)))
        return [words.convert_to_tensor(v, t, name="component_%d" % i) for i, (v, t) in enumerate(zip(vals, self._dtypes))]

    def enqueue(self, vals, name=None):
        """An operation that puts one element in, and waits for room."""
        with graphs.name_scope(name, "%s_enqueue" % self._name) as scope:
            parts = self._parts(vals)
            for t, shape in zip(parts, self._shapes):
                t.shape.assert_is_compatible_with(shape)
            return python_ops.call("QueueEnqueueV2", parts, {"queue": self}, scope)

    def enqueue_many(self, vals, name=None):
        """An operation that puts in the rows of the tensors."""
        with graphs.name_scope(name, "%s_EnqueueMany" % self._name) as scope:
            parts = self._parts(vals)
            for t, shape in zip(parts, self._shapes):
                t.shape.with_rank_at_least(1)[1:].assert_is_compatible_with(shape)
            return python_ops.call("QueueEnqueueManyV2", parts, {"queue": self}, scope)

    def _given(self, found):
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        if self._names:
            return dict(zip(self._names, found))
        return found[0] if len(found) == 1 else found

    def dequeue(self, name=None):
        """One element, when there is one."""
        return self._given(python_ops.call("QueueDequeueV2", [], {"queue": self}, name or "%s_Dequeue" % self._name))

    def _many(self, kind, default, n, name):
        count = n if isinstance(n, _core.Handle) else int(n)
        known = None if isinstance(n, _core.Handle) or default == "DequeueUpTo" else count
        row = {"queue": self, "n": known}
        return self._given(python_ops.call(kind, [count], row, name or "%s_%s" % (self._name, default), (3,)))

    def dequeue_many(self, n, name=None):
        """n elements, as rows, when there are so many."""
        return self._many("QueueDequeueManyV2", "DequeueMany", n, name)

    def dequeue_up_to(self, n, name=None):
        """n elements, or the rest of a closed queue."""
        return self._many("QueueDequeueUpToV2", "DequeueUpTo", n, name)

    def close(self, cancel_pending_enqueues=False, name=None):
        return python_ops.call("QueueCloseV2", [], {"queue": self, "cancel": cancel_pending_enqueues}, name or "%s_Close" % self._name)

    def is_closed(self, name=None):
        return python_ops.call("QueueIsClosedV2", [], {"queue": self}, name or "%s_Is_Closed" % self._name)

    def size(self, name=None):
        return python_ops.call("QueueSizeV2", [], {"queue": self}, name or "%s_Size" % self._name)


class FIFOQueue(QueueBase):
    """First in, first out."""

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None, name="fifo_queue"):
        super().__init__(dtypes, shapes, names, shared_name, name, "fifo_queue", capacity)


class RandomShuffleQueue(QueueBase):
    """In random order; so many stay, while it is open, to choose from."""

    def __init__(self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None, shared_name=None, name="random_shuffle_queue"):
        self._kept = min_after_dequeue
        seeds = [s or 0 for s in words.get_seed(seed)]
        self._container = lambda: _Shuffled(seeds)
        super().__init__(dtypes, shapes, names, shared_name, name, "random_shuffle_queue", capacity)


class PaddingFIFOQueue(QueueBase):
    """Elements of several sizes, padded with zeros where they are taken together."""

    _pads = True

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name="padding_fifo_queue"):
        super().__init__(dtypes, shapes, names, shared_name, name, "padding_fifo_queue", capacity)
        if any(s._dims is None for s in self._shapes):
            raise ValueError("PaddingFIFOQueue: the rank of each shape must be known: %s" % [str(s) for s in self._shapes])


class PriorityQueue(QueueBase):
    """The element with the smallest number first; the number is the first component."""

    _container = staticmethod(_Priorities)

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None, name="priority_queue"):
        types = types if isinstance(types, (list, tuple)) else [types]
        whole = None if shapes is None else [(), *(shapes if len(types) > 1 or (shapes and isinstance(shapes[0], (list, tuple))) else [shapes])]
        super().__init__([dtypes.int64, *types], whole, names, shared_name, name, "priority_queue", capacity)


NAMES = {c.__name__: c for c in (QueueBase, FIFOQueue, RandomShuffleQueue, PaddingFIFOQueue, PriorityQueue)}
