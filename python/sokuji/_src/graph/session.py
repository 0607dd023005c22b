"""tf.Session: fetch structures, feeds, and errors that name the operation and the user's line."""

import collections
import contextlib
import re
import threading

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, errors, nest, printing
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation, tensor_array

_UNFED = re.compile("You must feed a value for placeholder tensor '([^']*)'")
_NODES = re.compile(r" \[node '([^']*)' of type .*", re.DOTALL)  # the innermost first
_UNSET = re.compile("reading the variable '([^']*)': it has no value yet")
_expansions = []  # (type, tensors of a value, value of the tensors' values, feeds of a key and a value)


def register_expansion(kind, parts, join, feed=None):
    """How fetches (and feeds) of another type stand for tensors."""
    _expansions.insert(0, (kind, parts, join, feed))


IndexedSlicesValue = collections.namedtuple("IndexedSlicesValue", ("values", "indices", "dense_shape"))


def _slices_parts(slices):
    return [t for t in (slices.values, slices.indices, slices.dense_shape) if t is not None]


register_expansion(conversion.IndexedSlices, _slices_parts, lambda values: IndexedSlicesValue(*(list(values) + [None])[:3]))


class _Fetches:
    """What the fetches ask for: leaves in order, and how a result is put together."""

    def __init__(self, graph, fetches):
        self.graph = graph
        self.tensors, self.targets, self._places = [], [], {}
        self._build = self._of(fetches)
        if any(len(nodes) > 1 for nodes in graph._reads.values()):
            self._check_reads()
        # What is fetched of a variable shares its memory in TensorFlow: beside anything else, it is what the run leaves.
        late = [(t, graph._snapshots.get(id(t))) for t in self.tensors] if len(self.tensors) + len(self.targets) > 1 else ()
        self.late = [(t, variable) for t, variable in late if variable is not None]

    def _check_reads(self):
        """An element of a TensorArray is cleared when it was read."""
        needed, stack = set(), [t._node for t in self.tensors] + list(self.targets)
        while stack:
            node = stack.pop()
            if node not in needed:
                needed.add(node)
                stack += [t._node for t in node._inputs if t is not None] + list(node._controls)
        for (_, place), nodes in self.graph._reads.items():
            if sum(node in needed for node in nodes) > 1:
                raise errors.InvalidArgumentError(None, self.graph._operation(nodes[-1]), tensor_array.TWICE % place)

    def result(self, values):
        return self._build(values)

    def _of(self, fetch):
        if fetch is None:
            raise TypeError("Fetch argument %r has invalid type %r" % (fetch, type(fetch)))
        if isinstance(fetch, (list, tuple)):
            parts = [self._of(one) for one in fetch]
            if isinstance(fetch, tuple) and hasattr(fetch, "_fields"):
                return lambda values, kind=type(fetch): kind(*[part(values) for part in parts])
            return lambda values, kind=list if isinstance(fetch, list) else tuple: kind(part(values) for part in parts)
        if isinstance(fetch, dict):
            rows = [(key, self._of(one)) for key, one in fetch.items()]

            def build(values, kind=type(fetch)):
                made = kind()
                for key, part in rows:
                    made[key] = part(values)
                return made

            return build
        for kind, parts, join, _ in _expansions:
            if isinstance(fetch, kind):
                leaves = [self._leaf(one) for one in parts(fetch)]
                return lambda values: join([leaf(values) for leaf in leaves])
        return self._leaf(fetch)

    def _leaf(self, fetch):
        if isinstance(fetch, _core.EagerTensor):
            value = printing.to_numpy(fetch)
            return lambda values: value
        if isinstance(fetch, _core.VariableBase) and not hasattr(fetch, "_as_graph_element"):
            return lambda values: printing.to_numpy(fetch)
        try:
            fetch = self.graph.as_graph_element(fetch, allow_tensor=True, allow_operation=True)
        except TypeError as error:
            raise TypeError("Fetch argument %r has invalid type %r, must be a string or Tensor. (%s)" % (fetch, type(fetch), error)) from None
        except ValueError as error:
            raise ValueError("Fetch argument %r cannot be interpreted as a Tensor. (%s)" % (fetch, error)) from None
        except KeyError as error:
            raise ValueError("Fetch argument %r cannot be interpreted as a Tensor. (%s)" % (fetch, error)) from None
        if not self.graph.is_fetchable(fetch):
            raise ValueError("Operation %r has been marked as not fetchable." % getattr(fetch, "op", fetch).name)
        if isinstance(fetch, operation.Operation):
            if fetch._node is not None:
                self.targets.append(fetch._node)
            return lambda values: None
        place = self._places.get(id(fetch))
        if place is None:
            place = self._places[id(fetch)] = len(self.tensors)
            self.tensors.append(fetch)
        return lambda values: values[place]


def _as_array(tensor, value):
    """A fed value in the tensor's dtype, as NumPy converts it."""
    dtype = tensor.dtype.as_numpy_dtype
    if isinstance(value, int) and dtype is not np.object_ and not tensor.dtype.is_complex:
        with np.errstate(all="ignore"):
            fits = np.array(value).astype(dtype) == value
        if not fits:
            raise TypeError("Type of feed value %s with type %s is not compatible with Tensor type %s. Try explicitly setting the type of the feed "
                            "tensor to a larger type (e.g. int64)." % (value, type(value), dtype))  # fmt: skip
    if isinstance(value, np.generic):
        return value.astype(dtype) if dtype is np.object_ else np.asarray(np.array(value).astype(dtype))
    return np.asarray(value, dtype=dtype)


def traced(run, graph, options, run_metadata):
    """A run that tells what it did; set by what knows how."""
    return run()


_threads = threading.local()


def _sessions():
    if not hasattr(_threads, "stack"):
        _threads.stack = []
    return _threads.stack


def get_default_session():
    """The session that a with statement opened, or None."""
    stack = _sessions()
    return stack[-1] if stack else None


class DeviceAttributes(collections.namedtuple("_DeviceAttributes", "name device_type memory_limit_bytes")):
    """What a session runs on."""

    def __repr__(self):
        return "_DeviceAttributes(%s, %s, %d)" % self


class BaseSession:
    """Runs a graph's operations and holds its variables' values."""

    def __init__(self, target="", graph=None, config=None):
        if graph is not None and not isinstance(graph, graphs.Graph):
            raise TypeError("graph must be a tf.Graph, but got %s" % type(graph))
        if target is not None and not isinstance(target, (str, bytes)):
            raise TypeError("target must be a string, but got %s" % type(target))
        if target:
            raise NotImplementedError("not implemented: tf.Session(target=%r); sessions run in this process" % (target,))
        if config is not None and type(config).__name__ != "ConfigProto":
            raise TypeError("config must be a tf.ConfigProto, but got %s" % type(config))
        graphs.in_use()
        self._graph = graphs.get_default_graph() if graph is None else graph
        self._session = _core.Session(self._graph)
        self._closed = False
        self._plans = {}
        self._quick = self._session._quick
        self._graph._sessions.add(self)

    graph = property(lambda self: self._graph)
    graph_def = property(lambda self: self._graph.as_graph_def())
    sess_str = property(lambda self: b"")

    def list_devices(self):
        return [DeviceAttributes("/job:localhost/replica:0/task:0/device:CPU:0", "CPU", 268435456)]

    def close(self):
        self._closed = True
        self._session = None
        self._plans = {}
        self._quick = lambda *_: NotImplemented

    @contextlib.contextmanager
    def as_default(self):
        stack = _sessions()
        stack.append(self)
        try:
            yield self
        finally:
            stack.remove(self)

    def _outside(self):
        """Operations within run at once, whatever graph is open."""
        return _running(self)

    # ---- feeds ----

    def _feed_pairs(self, key, value):
        for kind, parts, _, feed in _expansions:
            if isinstance(key, kind) and feed is not None:
                return list(zip(parts(key), feed(value)))
        if isinstance(key, (list, tuple)):
            keys, values = nest.flatten(key), nest.flatten(value)
            if len(keys) != len(values):
                raise ValueError("the key %r has %d tensors, its value has %d" % (key, len(keys), len(values)))
            return list(zip(keys, values))
        return [(key, value)]

    def _feeds(self, feed_dict):
        """{tensor: array} of what is fed."""
        found = {}
        for given, whole in feed_dict.items():
            for key, value in self._feed_pairs(given, whole):
                try:
                    tensor = self._graph.as_graph_element(key, allow_tensor=True, allow_operation=False)
                except Exception as error:
                    raise TypeError("Cannot interpret feed_dict key as Tensor: %s" % (error.args or [error])[0]) from None
                if isinstance(value, _core.Handle) and not isinstance(value, _core.EagerTensor):
                    raise TypeError("The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, lists, "
                                    "numpy ndarrays, or TensorHandles.For reference, the tensor object was %s which was passed to the feed with key %s."
                                    % (value, key))  # fmt: skip
                array = printing.to_numpy(value) if isinstance(value, _core.EagerTensor) else value
                array = _as_array(tensor, array)
                if not tensor.shape.is_compatible_with(np.shape(array)):
                    raise ValueError("Cannot feed value of shape %r for Tensor %r, which has shape %r" % (np.shape(array), tensor.name, str(tensor.shape)))
                if not self._graph.is_feedable(tensor):
                    raise ValueError("Tensor %s may not be fed." % tensor)
                found[tensor] = array
        return found

    # ---- running ----

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """The values of the fetches, in their structure; operations give None."""
        if options is not None or run_metadata is not None:
            return traced(lambda: self.run(fetches, feed_dict), self._graph, options, run_metadata)
        known = self._quick(fetches, feed_dict)
        if known is not NotImplemented:
            return known
        self._check_open()
        if feed_dict is not None and not isinstance(feed_dict, dict):
            raise TypeError("input must be a dictionary: feed_dict is of %r" % type(feed_dict))
        feeds = self._feeds(feed_dict) if feed_dict else {}
        plan = self._fetches(fetches)
        results = self._run(plan, feeds)
        self._learn(fetches, feed_dict or {}, plan)
        return results

    def _forget(self):
        self._plans = {}
        if self._session is not None:
            self._session._forget()

    def _learn(self, fetches, feeds, plan):
        """What the next run with the same fetches and keys may do in C."""
        leaves = fetches if type(fetches) in (list, tuple) else [fetches]
        kinds = (_core.SymbolicTensor, operation.Operation)
        if self._closed or plan.late or any(type(leaf) not in kinds for leaf in leaves) or any(type(key) is not _core.SymbolicTensor for key in feeds):
            return
        if not any(t in feeds or t._dtype_number == 7 for t in plan.tensors):
            places = [-1 if type(leaf) is operation.Operation else plan._places[id(leaf)] for leaf in leaves]
            self._session._learn(fetches, tuple(feeds), plan.tensors, plan.targets, places)

    def _check_open(self):
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if self._graph.version == 0:
            raise RuntimeError("The Session graph is empty.  Add operations to the graph before calling run().")

    def _fetches(self, fetches):
        """The plan of a single tensor or operation is kept."""
        if type(fetches) not in (_core.SymbolicTensor, operation.Operation):
            return _Fetches(self._graph, fetches)
        plan = self._plans.get(fetches)
        if plan is None:
            plan = self._plans[fetches] = _Fetches(self._graph, fetches)
        return plan

    def _run(self, plan, feeds):
        fetched = [t for t in plan.tensors if t not in feeds]
        values = self._tensors(feeds) if feeds else []
        if fetched or plan.targets:
            results = self._execute(list(feeds), values, fetched, plan.targets)
            made = dict(zip(fetched, map(printing.to_numpy, results)))
            if plan.late:
                with _running(self):
                    made.update((t, printing.to_numpy(self._session._variable(variable))) for t, variable in plan.late)
        else:
            made = {}
        made.update(feeds)
        return plan.result([made[t] for t in plan.tensors])

    def _tensors(self, feeds):
        with _running(self):
            return [conversion._from_array(array, 7) if t._dtype_number == 7 else _core.convert(array, t._dtype_number) for t, array in feeds.items()]

    def _execute(self, feeds, values, fetches, targets):
        with _running(self):
            try:
                return self._session._run(feeds, values, fetches, targets)
            except errors.OpError as error:
                unfed = _UNFED.search(error.message or "")
                failed = self._graph.find(unfed.group(1)) if unfed else self._session._failed() if error.op is None else None
                if failed is None:
                    raise
                raised = self._described(error, failed)
        raise raised

    def _described(self, error, node):
        inner = _NODES.search(error.message or "")
        if inner:
            error = type(error)(None, None, error.message[: inner.start()])
            node = self._graph._find_within(inner.group(1)) or node
        if not isinstance(node._graph, graphs.Graph) or node._graph._root is not self._graph:
            return error
        if node._type == "Placeholder":
            output = node._outputs[0]
            shape = output._shape_tuple
            shown = "" if shape is None else " and shape [%s]" % ",".join("?" if d is None else str(d) for d in shape)
            name = {"float32": "float", "float64": "double"}.get(output.dtype.name, output.dtype.name)
            error = errors.InvalidArgumentError(None, None, "You must feed a value for placeholder tensor '%s' with dtype %s%s" % (node._name, name, shown))
        unset = _UNSET.search(error.message or "")
        if unset:
            error = errors.FailedPreconditionError(None, None, "Attempting to use uninitialized value %s" % unset.group(1))
        return graphs.failure(error, node._graph, node)

    def make_callable(self, fetches, feed_list=None, accept_options=False):
        """A function of the values of feed_list that runs the fetches."""
        self._check_open()
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("`feed_list` must be a list or tuple.")
        keys = list(feed_list or ())
        plan = _Fetches(self._graph, fetches)

        def call(*arguments, **options):
            self._check_open()
            if len(arguments) != len(keys):
                raise errors.InvalidArgumentError(None, None, "Expected %d feeds, but %d were given" % (len(keys), len(arguments)))
            return self._run(plan, self._feeds(dict(zip(keys, arguments))))

        return call

    def partial_run_setup(self, fetches, feeds=None):
        raise NotImplementedError("not implemented: tf.Session.partial_run_setup; use run")

    def partial_run(self, handle, fetches, feed_dict=None):
        raise NotImplementedError("not implemented: tf.Session.partial_run; use run")


def running():
    """The session that runs on this thread, or None."""
    return getattr(_threads, "running", None)


@contextlib.contextmanager
def _running(session):
    """No graph is open while another runs: Python functions in it run at once."""
    _core.no_graph_begin()
    before, _threads.running = running(), session
    try:
        yield
    finally:
        _threads.running = before
        _core.no_graph_end()


class Session(BaseSession):
    __doc__ = BaseSession.__doc__

    _entered = None

    def __enter__(self):
        if self._entered is not None:
            raise RuntimeError("Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a session multiple times.")
        self._entered = contextlib.ExitStack()
        self._entered.enter_context(self._graph.as_default())
        return self._entered.enter_context(self.as_default())

    def __exit__(self, *exception):
        entered, self._entered = self._entered, None
        entered.close()
        self.close()

    @staticmethod
    def reset(target, containers=None, config=None):
        raise NotImplementedError("not implemented: tf.Session.reset; make a new session")


class InteractiveSession(BaseSession):
    """A session that is the default from now on."""

    def __init__(self, target="", graph=None, config=None):
        super().__init__(target, graph, config)
        self._explicit = graph
        self._entered = contextlib.ExitStack()
        _sessions().append(self)
        if graph is not None:
            self._entered.enter_context(graph.as_default())

    def close(self):
        super().close()
        stack = _sessions()
        if self in stack:
            stack.remove(self)
        self._entered.close()


def global_step(sess, global_step_tensor):
    """tf.train.global_step: the number that the step is at in the session."""
    return int(sess.run(global_step_tensor))


