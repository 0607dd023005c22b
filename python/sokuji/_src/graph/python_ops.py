"""Operations that are TensorFlow's by name and attributes and written in Python: nodes of a graph, or done at once where none is open."""

from sokuji import _core
from sokuji._src.core.execute import convert, without_gradient
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import words
from sokuji._src.graph.variables import GraphVariable, symbolic

KERNELS = {}  # type: (function(attributes, *tensors) -> tensors, function(attributes, inputs) -> [(dtype number, shape)], stateful)


def kernel(name, outputs, stateful=False):
    """Registers a function(attributes, *eager tensors) that gives a list of tensors."""

    def add(function):
        KERNELS[name] = function, outputs if callable(outputs) else lambda attributes, inputs: outputs, stateful
        return function

    return add


def call(kind, inputs, attributes=None, name=None, dtypes=()):
    """The outputs (or the operation, where there are none) of a node of that type."""
    function, outputs, stateful = KERNELS[kind]
    attributes = attributes or {}
    graph = graphs.building()
    if graph is None:
        graph = next((t._node._graph for t in inputs if type(t) is _core.SymbolicTensor and isinstance(t._node._graph, graphs.Graph)), None)
        if graph is not None and _core.graph_now() is None:
            with graphs._stack.opened(graph):
                return call(kind, inputs, attributes, name, dtypes)
    numbers = list(dtypes) + [0] * (len(inputs) - len(dtypes))
    if graph is None:
        tensors = [t._read() if isinstance(t, _core.VariableBase) else convert(t, n) for t, n in zip(inputs, numbers)]
        if _core.graph_now() is None:
            return _plain(without_gradient(kind, lambda *given: function(attributes, *given), *tensors))
        return _plain(_core.py_call(lambda given: function(attributes, *given), kind, stateful, tensors, outputs(attributes, tensors)))
    first = len(graph)
    full = name[:-1] if name and name.endswith("/") else graph.unique_name(name or kind)
    tensors = [_input(graph, t, n, full) for t, n in zip(inputs, numbers)]
    graph.next_name(full + "/")
    try:
        made = _core.py_call(lambda given: function(attributes, *given), kind, stateful, tensors, outputs(attributes, tensors))
    finally:
        graph.next_name(None)
    op = graph._operation(made[0]._node if made else graph.node(len(graph) - 1))
    op._attributes, op._type = attributes, kind
    graph._note_line(first)
    return _plain(made) if made else op


def _input(graph, value, number, full):
    if isinstance(value, GraphVariable):
        return value._now()
    made = value if isinstance(value, _core.Handle) else words.convert_to_tensor(value, number or None)
    return symbolic(made, None, full + "/input/")


def _plain(made):
    return made[0] if len(made) == 1 else made
