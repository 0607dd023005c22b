"""tf.Graph: the core's graph with TensorFlow's names, scopes, collections and look-ups; which graph is the default; name scopes and control dependencies."""

import contextlib
import re
import sys
import threading
import weakref

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.graph import operation

_OPERATION_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")
_SCOPE_NAME = re.compile(r"^[A-Za-z0-9_.\-/]*$")
_FIRST_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")


class Graph(_core.Graph):
    """Operations written down, to be run by a Session."""

    def __init__(self, outer=None):
        super().__init__(outer)
        self._operations = {}  # by node's index
        self._stack = ""  # the open name scope
        self._collections = {}
        self._more = 0  # operations that TensorFlow has here beyond the core's nodes
        self._controls = []
        self._finalized = False
        self._unfeedable, self._unfetchable, self._sessions, self._branches = set(), set(), weakref.WeakSet(), weakref.WeakSet()
        self._lines = {}
        self._hidden = set()  # nodes that TensorFlow does not have
        self._variables = {}  # the store of get_variable: by name
        self._partitioned = {}  # likewise of those in parts
        self._scopes = None  # the open variable scopes (variables.py)
        self._scope_counts = {}
        self.seed = None
        self._made_variables, self._snapshots = [], {}  # variables; by id of the tensors that they are read as
        self._reads = {}  # nodes that read an element of a TensorArray, which may run once each
        self._override_maps, self._overrides = [], {}  # open ones: (first node, names by type); by node's index
        self._changes = {}  # by node's index: (how, variable) of an assignment
        self._steps = {}  # by node's index: what an optimizer's step is made of
        self._device, self._devices = (), {}  # what is asked for now, outermost first; by node's index
        self._inside = {}  # names of a file's nodes that are within a loop or condition: what that is
        self._colocated = {}  # by node's index: names of the operations it was put beside

    def __bool__(self):
        return True  # an empty one too

    # ---- being the default ----

    @contextlib.contextmanager
    def as_default(self):
        """Operations are added to the graph within the block."""
        in_use()
        with _stack.opened(self):
            yield self

    def finalize(self):
        self._finalized = True
        self._finalize()

    def _unsafe_unfinalize(self):
        self._finalized = False
        self._unfinalize_core()

    finalized = property(lambda self: self._finalized)
    version = property(lambda self: len(self) - len(self._hidden))
    _last_id = property(lambda self: len(self) + self._more)
    building_function = False
    _root = property(lambda self: self)  # the graph that a branch is a part of
    collections = property(lambda self: sorted(self._collections))

    def switch_to_thread_local(self):
        pass

    # ---- names ----

    def unique_name(self, name, mark_as_used=True):
        return self._unique_name(name, bool(mark_as_used))

    def _checked(self, name):
        if not _OPERATION_NAME.match(name):
            raise ValueError("'%s' is not a valid node name" % name)
        return name

    def constant(self, value, name="Const"):
        return super().constant(value, self._checked(name))

    def placeholder(self, dtype, shape, name="Placeholder"):
        return super().placeholder(dtype, shape, self._checked(name))

    def assign(self, how, variable, value, name=None):
        made = super().assign(how, variable, value, name)
        self._changes[made._node.index] = (how, variable)
        return made

    def group(self, nodes, name="group_deps"):
        return super().group(nodes, self._checked(name))

    def get_name_scope(self):
        return self._stack

    @contextlib.contextmanager
    def name_scope(self, name):
        """Names of operations begin with it within the block."""
        if name:
            if not isinstance(name, str):
                raise TypeError("a name scope's name must be a string, not %r" % (name,))
            pattern = _SCOPE_NAME if self._stack else _FIRST_NAME
            if not pattern.match(name):
                raise ValueError("'%s' is not a valid scope name" % name)
        saved = self._stack
        stack = "" if not name else name[:-1] if name.endswith("/") else self.unique_name(name)
        self._scope(stack)
        try:
            yield stack + "/" if stack else ""
        finally:
            self._scope(saved)

    def _scope(self, stack):
        self._stack = stack
        self.set_scope(stack + "/" if stack else None)

    # ---- controls ----

    @contextlib.contextmanager
    def control_dependencies(self, control_inputs):
        """What is added within the block runs after these. None: after nothing."""
        saved = self._controls
        if control_inputs is None:
            now = []
        else:
            now = list(saved)
            for one in control_inputs:
                if not isinstance(one, operation.Operation):
                    one = one.op if isinstance(one, (_core.VariableBase, _core.SymbolicTensor)) else self.as_graph_element(one)
                    one = one.op if isinstance(one, _core.SymbolicTensor) else one
                node = one._node
                if one.graph is not self._root:
                    raise ValueError("Tensor %s is not an element of this graph." % one)
                if node is not None and node._graph is not self:
                    self._wait_outside(node)
                elif node is not None and node not in now:
                    now.append(node)
        self._control(now)
        try:
            yield
        finally:
            self._control(saved)

    def _control(self, nodes):
        self._controls = nodes
        self.set_controls(nodes)

    # ---- operations ----

    def _operation(self, node):
        made = self._operations.get(node.index)
        if made is None:
            made = self._operations[node.index] = operation.Operation(node, self)
        return made

    def get_operations(self):
        return [self._operation(self.node(i)) for i in range(len(self)) if i not in self._hidden]

    def _read(self, variable, name):
        """A reading of the variable; its node is called so, however the scope is called."""
        whole = _core.execute("Identity", [variable], {})
        self._hidden.add(whole._node.index)
        self._more -= 1
        made = whole._node._inputs[0]
        made._node.rename(self.unique_name(name))
        return made

    def get_operation_by_name(self, name):
        if not isinstance(name, str):
            raise TypeError("Operation names are strings (or similar), not %s." % type(name).__name__)
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name):
        if not isinstance(name, str):
            raise TypeError("Tensor names are strings (or similar), not %s." % type(name).__name__)
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The operation or tensor that the object is or names."""
        if not (allow_tensor or allow_operation):
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        what = "Tensor or Operation" if allow_tensor and allow_operation else "Tensor" if allow_tensor else "Operation"
        if hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            return self._by_name(obj, allow_tensor, allow_operation)
        if isinstance(obj, _core.SymbolicTensor) and allow_tensor or isinstance(obj, operation.Operation) and allow_operation:
            if (obj if isinstance(obj, operation.Operation) else obj._node)._graph is not self:
                raise ValueError("%s %s is not an element of this graph." % ("Tensor" if isinstance(obj, _core.Handle) else "Operation", obj))
            return obj
        raise TypeError("Can not convert a %s into a %s." % (type(obj).__name__, what))

    def _find_within(self, name):
        """The node of that name, of a branch or a loop's body too."""
        return self.find(name) or next((node for graph in self._branches for node in map(graph.node, range(len(graph))) if node._name == name), None)

    def _by_name(self, name, allow_tensor, allow_operation):
        if ":" in name and allow_tensor:
            before, _, index = name.partition(":")
            if not index.isdigit():
                raise ValueError("The name %s looks like a Tensor name, but is not a valid one. Tensor names must be of the form \"<op_name>:<output_index>\"." % repr(name))
            found = self.find(before)
            if found is None:
                self._look_inside(before)
                raise KeyError("The name %s refers to a Tensor which does not exist. The operation, %s, does not exist in the graph." % (repr(name), repr(before)))
            outputs = self._operation(found).outputs
            if int(index) >= len(outputs):
                raise KeyError("The name %s refers to a Tensor which does not exist. The operation, %s, exists but only has %d outputs."
                               % (repr(name), repr(before), len(outputs)))  # fmt: skip
            return outputs[int(index)]
        if ":" in name:
            raise ValueError("Name %s appears to refer to a Tensor, not a Operation." % repr(name))
        found = self.find(name)
        if not allow_operation:
            if found is not None:
                raise ValueError("The name %s refers to an Operation, not a Tensor. Tensor names must be of the form \"<op_name>:<output_index>\"." % repr(name))
            raise ValueError("The name %s looks like an (invalid) Operation name, not a Tensor. Tensor names must be of the form \"<op_name>:<output_index>\"." % repr(name))
        if found is None:
            self._look_inside(name)
            raise KeyError("The name %s refers to an Operation not in the graph." % repr(name))
        return self._operation(found)

    def _look_inside(self, name):
        if name in self._inside:
            raise ValueError("Operation '%s' has been marked as not fetchable: it is inside %s of an imported graph; fetch what that gives (Exit, Merge)"
                             % (name, self._inside[name]))  # fmt: skip

    def _note_line(self, first):
        """Where in the user's program the nodes since `first` come from, for errors."""
        n = len(self)
        if n > first:
            line = user_line()
            for i in range(first, n):
                self._lines.setdefault(i, line)
                if self._device and i not in self._devices:
                    self._place(i)

    def _place(self, i):
        """The device of a new node: what inner blocks leave open is the outer ones'."""
        self._devices[i], op = "", self._operation(self.node(i))
        for asked in reversed(self._device):
            if asked is None:
                break
            if isinstance(asked, operation.Operation):
                self._devices[i] = asked.device
                self._colocated.setdefault(i, []).extend(asked.colocation_groups())
            elif callable(asked):
                made = asked(op)
                self._devices[i] = made.to_string() if hasattr(made, "to_string") else made or ""
            else:
                self._devices[i] = merged_device(asked, self._devices[i])

    # ---- feeding and fetching ----

    def is_feedable(self, tensor):
        return tensor not in self._unfeedable

    def is_fetchable(self, tensor_or_op):
        return getattr(tensor_or_op, "op", tensor_or_op) not in self._unfetchable

    def prevent_feeding(self, tensor):
        self._unfeedable.add(tensor)
        self._forget_runs()

    def prevent_fetching(self, op):
        self._unfetchable.add(op)
        self._forget_runs()

    def _forget_runs(self):
        for session in list(self._sessions):
            session._forget()

    # ---- collections ----

    def add_to_collection(self, name, value):
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names, value):
        for name in {names: None} if isinstance(names, str) else dict.fromkeys(names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name):
        return self._collections.setdefault(name, [])

    def get_collection(self, name, scope=None):
        found = self._collections.get(name, [])
        if scope is None:
            return list(found)
        pattern = re.compile(scope)
        return [item for item in found if hasattr(item, "name") and pattern.match(item.name)]

    def get_all_collection_keys(self):
        return [name for name in self._collections if isinstance(name, str)]

    def clear_collection(self, name):
        self._collections.pop(name, None)

    # ---- accepted, and without meaning here ----

    def device(self, device_name_or_function):
        """Only written down: there is one device."""
        if hasattr(device_name_or_function, "to_string"):
            device_name_or_function = device_name_or_function.to_string()
        if isinstance(device_name_or_function, str):
            merged_device("", device_name_or_function)  # ValueError where it is none
        return self._asked(device_name_or_function)

    def colocate_with(self, op, ignore_existing=False):
        op = op if op is None or isinstance(op, operation.Operation) else self.as_graph_element(op)
        return self._asked(getattr(op, "op", op))

    @contextlib.contextmanager
    def _asked(self, device):
        saved = self._device
        self._device = (*saved, device)
        try:
            yield
        finally:
            self._device = saved

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map):
        """Operations of these types made within the block have the gradients registered under these names."""
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        if not all(isinstance(name, str) for pair in op_type_map.items() for name in pair):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        from sokuji._src.graph import gradient_names

        self._override_maps.append((len(self), dict(op_type_map)))
        try:
            yield
        finally:
            gradient_names.mark(self)
            self._override_maps.pop()

    def __reduce__(self):
        raise TypeError("can't pickle Graph objects")


_DEVICE_PARTS = ("job", "replica", "task", "device")


def merged_device(outer, inner):
    """The device of an inner block: what it leaves open is the outer's."""
    parts = {}
    for text in (outer, inner):
        for part in text.split("/"):
            key, _, value = part.partition(":")
            if key.lower() in ("cpu", "gpu", "tpu"):
                parts["device"] = "%s:%s" % (key.upper(), value or "0")
            elif key in _DEVICE_PARTS and value:
                parts[key] = value
            elif part:
                raise ValueError("Unknown attribute: '%s' in '%s'" % (key, text))
    return "".join("/%s:%s" % (key, parts[key]) for key in _DEVICE_PARTS if key in parts)


def user_line():
    """(file, line) of the innermost frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None and (frame.f_globals.get("__name__") or "").startswith(("sokuji.", "contextlib")):
        frame = frame.f_back
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


# ---- which graph is the default ----


class _Stack(threading.local):
    """The graphs opened by as_default on this thread, and under them the thread's global one where graph mode is on."""

    def __init__(self):
        self.graphs = []
        self.is_global_open = False

    @contextlib.contextmanager
    def opened(self, graph):
        self.graphs.append(graph)
        graph.begin()
        try:
            yield graph
        finally:
            graph.end()
            if not self.graphs or self.graphs[-1] is not graph:
                raise AssertionError("Nesting violated for default stack of %s objects" % Graph)
            self.graphs.pop()


_stack = _Stack()
_global = None
_listeners = []  # called when the first graph is made: what makes functions take part in graphs


def in_use():
    """From now on functions look whether a graph is open."""
    while _listeners:
        _listeners.pop()()


def get_default_graph():
    """The graph into which operations go."""
    global _global
    now = _core.graph_now()
    if isinstance(now, Graph):
        return now
    if _stack.graphs:
        return _stack.graphs[-1]
    if _global is None:
        in_use()
        _global = Graph()
    return _global


def reset_default_graph():
    """Begins a new default graph; what was made of the old one is of no use then."""
    global _global
    if _stack.graphs:
        raise AssertionError("Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting and create a new graph.")
    was_open = _stack.is_global_open
    if was_open:
        close_global()
    _global = None
    if was_open:
        open_global()


def open_global():
    """Graph mode: what no with-block takes goes to the global graph of this thread."""
    if not _stack.is_global_open:
        get_default_graph().begin()
        _stack.is_global_open = True


def close_global():
    if _stack.is_global_open:
        _stack.is_global_open = False
        _global.end()


def building():
    """The open tf.Graph, or None: the question of every function that has a face of its own in graphs."""
    now = _core.graph_now()
    return now if isinstance(now, Graph) else None


def executing_eagerly():
    return _core.graph_now() is None


strict_eager = False  # what 1.8 refuses once eager execution is enabled is refused where no graph is open


def refuse(message, kind=RuntimeError):
    """What 1.8 says in eager execution."""
    if strict_eager and building() is None:
        raise kind(message)


@contextlib.contextmanager
def init_scope():
    """Operations within run outside of control dependencies."""
    graph = building()
    if graph is None:
        yield
        return
    with graph.control_dependencies(None):
        yield


# ---- names and controls, as functions of the default graph ----


class name_scope:
    """with tf.name_scope(name, default_name, values): names of operations begin with it."""

    def __init__(self, name, default_name=None, values=None):
        self._name = default_name if name is None else name
        self._given, self._default, self._values = name, default_name, values

    name = property(lambda self: self._name)

    def __enter__(self):
        if self._name is None and self._values is not None:
            raise ValueError("At least one of name (%s) and default_name (%s) must be provided." % (self._given, self._default))
        self._context = get_default_graph().name_scope(self._name)
        return self._context.__enter__()

    def __exit__(self, *exception):
        return self._context.__exit__(*exception)


def control_dependencies(control_inputs):
    if control_inputs is not None and not isinstance(control_inputs, (list, tuple)):
        control_inputs = list(control_inputs)
    return get_default_graph().control_dependencies(control_inputs)


class GraphKeys:
    """The names of the standard collections."""

    def __init__(self, *args, **kwargs):
        pass

    GLOBAL_VARIABLES, LOCAL_VARIABLES, MODEL_VARIABLES, METRIC_VARIABLES = "variables", "local_variables", "model_variables", "metric_variables"
    VARIABLES = "variables"
    TRAINABLE_VARIABLES, MOVING_AVERAGE_VARIABLES = "trainable_variables", "moving_average_variables"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    SUMMARIES, SUMMARY_OP, QUEUE_RUNNERS, TABLE_INITIALIZERS = "summaries", "summary_op", "queue_runners", "table_initializer"
    ASSET_FILEPATHS, BIASES, WEIGHTS, ACTIVATIONS = "asset_filepaths", "biases", "weights", "activations"
    UPDATE_OPS, LOSSES, SAVEABLE_OBJECTS, SAVERS = "update_ops", "losses", "saveable_objects", "savers"
    RESOURCES, LOCAL_RESOURCES, REGULARIZATION_LOSSES = "resources", "local_resources", "regularization_losses"
    INIT_OP, LOCAL_INIT_OP, READY_OP, READY_FOR_LOCAL_INIT_OP = "init_op", "local_init_op", "ready_op", "ready_for_local_init_op"
    GLOBAL_STEP, EVAL_STEP, TRAIN_OP, COND_CONTEXT, WHILE_CONTEXT = "global_step", "eval_step", "train_op", "cond_context", "while_context"
    CONCATENATED_VARIABLES, FEED_DICTS, GLOBAL_STEP_READ = "concatenated_variables", "feed_dicts", "global_step_read_op_cache"


def add_to_collection(name, value):
    """Adds a value to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Adds a value to several collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key, scope=None):
    """A list of a collection's values, of those whose name begins with scope."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key):
    """The collection's list itself."""
    return get_default_graph().get_collection_ref(key)


def failure(error, graph, node, user_error=None):
    """The exception of a failed node with its operation: TensorFlow's class, the node, and the user's line."""
    op = graph._operation(node)
    file, line = graph._lines.get(node.index, ("", 0))
    message = "%s\n\t [[Node: %s]]" % (error.message, op._line())
    origin = "%s:%d" % (file, line) if file else node._origin
    if origin:
        message += ", defined at " + origin
    made = type(error)(op.node_def, op, message) if type(error) is not errors.OpError else error
    return made
