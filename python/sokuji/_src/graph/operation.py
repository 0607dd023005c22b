"""tf.Operation, and what a symbolic tensor can do: its operation, shape, consumers, eval."""

from sokuji import _core
from sokuji._src.core import conversion, shapes

# The core's types that TensorFlow 1.8 calls otherwise.
_TYPES = {"AddV2": "Add", "SelectV2": "Select", "BatchMatMulV2": "BatchMatMul", "Read": "ReadVariableOp"}

_TYPES_2 = {"Add": "AddV2", "Select": "SelectV2", "BatchMatMul": "BatchMatMulV2", "Read": "ReadVariableOp"}


def _node_def(op):
    """What describes the operation in messages and files; set by what writes those."""
    return None


_KINDS = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}  # as TensorFlow's messages write them


class Operation:
    """A node of a graph."""

    __slots__ = ("_graph", "_node", "_type", "_outputs", "_attributes", "__weakref__")

    def __eq__(self, other):
        return isinstance(other, Operation) and self._node is other._node

    def __hash__(self):
        return id(self._node)

    def __init__(self, node_def, g, inputs=None, output_types=None, control_inputs=None, input_types=None, original_op=None, op_def=None):
        graph, node = g, node_def
        if not isinstance(node, _core.Node):
            raise NotImplementedError("not implemented: tf.Operation of a NodeDef; call the operation's function")
        self._graph, self._node, self._type, self._outputs, self._attributes = graph, node, None, None, None

    graph = property(lambda self: getattr(self._graph, "_root", self._graph))
    name = property(lambda self: self._node._name)
    inputs = property(lambda self: [t for t in self._node._inputs if t is not None])
    outputs = property(lambda self: list(self._node._outputs) if self._outputs is None else self._outputs)

    @property
    def control_inputs(self):
        """What it waits for and none of its inputs already does."""
        waited = [c for t in self._node._inputs if t is not None for c in t._node._controls]
        return [of(c) for c in self._node._controls if not any(c is w for w in waited)]

    device = property(lambda self: getattr(self._graph, "_devices", {}).get(self._node.index, ""))
    node_def = property(lambda self: _node_def(self))
    _id = property(lambda self: self._node.index)
    traceback = property(lambda self: [(*getattr(self._graph, "_lines", {}).get(self._node.index, ("", 0)), "", "")])

    @property
    def type(self):
        if self._type is not None:
            return self._type
        return (_TYPES if conversion._version == 1 else _TYPES_2).get(self._node._type, self._node._type)

    def values(self):
        return tuple(self.outputs)

    def colocation_groups(self):
        return list(dict.fromkeys(getattr(self._graph, "_colocated", {}).get(self._node.index, ()))) or [("loc:@" + self.name).encode()]

    def get_attr(self, name):
        known = _attributes_of(self)
        if name not in known:
            known.update(self._node.attributes())
            known.update(self._attributes or {})
        if name not in known:
            known.update(self._dtypes())
        if name not in known:
            raise ValueError("No attr named '%s' in name: \"%s\"\nop: \"%s\"\n" % (name, self.name, self.type))
        value = known[name]
        return value.encode() if isinstance(value, str) else value

    def _dtypes(self):
        outputs, inputs = self.outputs, self.inputs
        found = {}
        if outputs:
            found["dtype"] = outputs[0].dtype
        if inputs or outputs:
            found["T"] = (inputs or outputs)[0].dtype
        return found

    def run(self, feed_dict=None, session=None):
        """Runs the operation in the session, or the default one."""
        _default_session(session, self.graph, "run").run(self, feed_dict)

    def _add_control_input(self, op):
        self._node.add_control(op._node)

    def _line(self):
        kind = self.outputs[0].dtype.name if self.outputs else ""
        dtype = "dtype=DT_%s" % _KINDS.get(kind, kind.upper()) if kind else ""
        names = [t.name[:-2] if t.name.endswith(":0") else t.name for t in self.inputs] + ["^" + c.name for c in self.control_inputs]
        return "%s = %s[%s](%s)" % (self.name, self.type, dtype, ", ".join(names))

    def __repr__(self):
        return "<tf.Operation '%s' type=%s>" % (self.name, self.type)

    def __str__(self):
        return str(self.node_def)


def _attributes_of(op):
    """All attributes that files have of it, by name."""
    return {}


def _default_session(session, graph, what):
    from sokuji._src.graph import session as sessions

    if session is None:
        session = sessions.get_default_session()
        if session is None:
            raise ValueError("Cannot %s: No default session is registered. Use `with sess.as_default()%s` or pass an explicit session to `%s(session=sess)`"
                             % (*(("evaluate tensor using `eval()`", "") if what == "eval" else ("execute operation using `run()`", ":")), what))  # fmt: skip
        if session.graph is not graph:
            raise ValueError("Cannot use the default session to %s: the %s's graph is different from the session's graph. Pass an explicit session to "
                             "`%s(session=sess)`." % (what, "tensor" if what == "eval" else "operation", what))  # fmt: skip
    elif session.graph is not graph:
        raise ValueError("Cannot use the given session to %s: the %s's graph is different from the session's graph."
                         % (what, "tensor" if what == "eval" else "operation"))  # fmt: skip
    return session


def is_symbolic(value):
    return isinstance(value, _core.SymbolicTensor)


# ---- what symbolic tensors have beside what all tensors have ----


def _graph(self):
    graph = self._node._graph
    return getattr(graph, "_root", graph)


def of(node):
    """The operation of a node."""
    graph = node._graph
    return graph._operation(node) if hasattr(graph, "_operation") else Operation(node, graph)


def _eval(self, feed_dict=None, session=None):
    return _default_session(session, self.graph, "eval").run(self, feed_dict)


def _consumers(self):
    graph = self._node._graph
    return [op for op in graph.get_operations() if any(t is self for t in op._node._inputs)]


def _set_shape(self, shape):
    shape = shapes.as_shape(shape)
    shapes._of_sizes(self._shape_tuple).merge_with(shape)  # ValueError where they contradict
    if shape._dims is not None:
        self._set_shape(list(shape._dims))


def _array(self, dtype=None, copy=None):
    raise NotImplementedError("Cannot convert a symbolic Tensor (%s) to a numpy array." % self.name)


_MEMBERS = {
    "graph": property(_graph), "op": property(lambda self: of(self._node)), "eval": _eval, "consumers": _consumers, "set_shape": _set_shape, "__array__": _array,
    "name": property(lambda self: "%s:%d" % (self._node._name, self._output)), "value_index": property(lambda self: self._output),
    "device": property(lambda self: of(self._node).device),
    "shape": property(lambda self: shapes._of_sizes(self._shape_tuple)), "get_shape": lambda self: shapes._of_sizes(self._shape_tuple),
    "_as_graph_element": lambda self: self,
}  # fmt: skip


def install():
    for name, value in _MEMBERS.items():
        _core.extend_symbolic(name, value)


install()
