"""
The graph of a branch or of a loop's body within a tf.Graph of 1.x. It shares the outer one's names, collections, variables and seeds; what its results do not
need is not run, as in TensorFlow 1.8.
"""

import contextlib

from sokuji import _core
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.func_graph import FuncGraph

_SHARED = """_made_variables _partitioned _override_maps _overrides _device _collections _variables _scopes _scope_counts _finalized _unfeedable _unfetchable
_sessions seed _more _stack""".split()


class Branch(graphs.Graph, FuncGraph):
    """Operations that run when a condition or a loop of the outer graph says so."""

    def __init__(self, name, outer):
        _core.Graph.__init__(self, outer)
        self.name, self.outer_graph, self._root = name, outer, outer._root
        self.inputs, self.outputs, self.given, self.creates, self.is_function = [], [], [], None, False
        self._operations, self._lines, self._hidden, self._controls = {}, {}, set(), []
        self._changes, self._steps, self._devices = {}, {}, {}
        self._device, self._devices, self._colocated = outer._device, {}, {}
        self.waits = []  # operations of outer graphs that something within was told to wait for
        self.set_lazy()
        self._root._branches.add(self)
        self._scope(self._stack)

    building_function, _root = False, None
    version = property(lambda self: self._root.version)
    _last_id = property(lambda self: self.outer_graph._last_id + len(self))

    def as_default(self):
        return _opened(self)

    def _unique_name(self, name, take=True):
        return self._root._unique_name(name, take)

    def _scope(self, stack):
        self._root._scope(stack)
        self.set_scope(stack + "/" if stack else None)

    def finalize(self):
        self._root.finalize()

    def get_operations(self):
        return self._root.get_operations()

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        return self._root.as_graph_element(obj, allow_tensor, allow_operation)

    def _by_name(self, name, allow_tensor, allow_operation):
        return self._root._by_name(name, allow_tensor, allow_operation)

    def control_dependencies(self, control_inputs):
        return graphs.Graph.control_dependencies(self, control_inputs) if control_inputs is not None else self._outside()

    @contextlib.contextmanager
    def _outside(self):
        """What is made within is made in the tf.Graph itself."""
        with _opened(self._root), graphs.Graph.control_dependencies(self._root, None):
            yield

    def _wait_outside(self, node):
        if self.outer_graph is not node._graph and isinstance(self.outer_graph, Branch):
            self.outer_graph._wait_outside(node)
        elif node not in self.waits:
            self.waits.append(node)

    def true(self, *operations):
        """A tensor that is there when the operations are done."""
        with self.control_dependencies(operations):
            return _core.execute("Identity", [self.constant(_core.convert(True, 10))], {})


def _shared(name):
    return property(lambda self: getattr(self._root, name), lambda self, value: setattr(self._root, name, value))


for _name in _SHARED:
    setattr(Branch, _name, _shared(_name))


@contextlib.contextmanager
def _opened(graph):
    graph.begin()
    try:
        yield graph
    finally:
        graph.end()


def begun(name):
    """A graph for a branch or a body within the one that is open."""
    outer = _core.graph_now()
    return Branch(name, outer) if isinstance(outer, graphs.Graph) else FuncGraph(name, outer)


@contextlib.contextmanager
def waiting(*inner):
    """Around the node that runs these graphs: it waits for what they were told to wait for."""
    outer = _core.graph_now()
    waits = [node for graph in inner for node in getattr(graph, "waits", ())]
    if not waits:
        yield
        return
    before = outer._controls
    outer._control(before + [node for node in waits if node not in before])
    try:
        yield
    finally:
        outer._control(before)


def count(graph, n):
    """TensorFlow has n more operations here: branches and loops are in the graph itself there, with operations that switch and merge. Seeds depend on it."""
    if isinstance(graph, graphs.Graph):
        graph._more += n


def results_named(tensors, kind):
    """One operation for each result, as TensorFlow has them (cond/Merge, while/Exit_1)."""
    graph = graphs.building()
    if graph is None or not tensors:
        return tensors
    graph._hidden.add(tensors[0]._node.index)
    graph._more -= 1
    made = []
    for tensor in tensors:
        graph.next_name(kind)
        made.append(_core.execute("Identity", [tensor], {}))
        graph._operation(made[-1]._node)._type = kind
    return made
