"""Functions of a GraphDef's library, run node by node: at once, or into the graph that is open."""

import contextlib

import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors
from sokuji._src.core.execute import convert, execute
from sokuji._src.core.shapes import TensorShape
from sokuji._src.exchange import arrays, attributes, handlers, op_defs, raising
from sokuji._src.graph import control_flow, python_ops
from sokuji._src.graph import graph as graphs
from sokuji._src.io import tensor_proto


_MOST_DEPTH = 100  # functions that call one another: more calls itself, as far as a reader can tell


class Library:
    """The functions by name."""

    def __init__(self, definitions):
        self._definitions = {f.signature.name: f for f in definitions}
        self._bodies, self.depth = {}, 0

    def add(self, definitions):
        self._definitions.update((f.signature.name, f) for f in definitions)

    def names(self):
        return self._definitions.keys()

    def __contains__(self, name):
        return name in self._definitions

    def body(self, name):
        if name not in self._bodies:
            if name not in self._definitions:
                raise ValueError("the function %s is not in the file's library" % name)
            self._bodies[name] = Body(self, self._definitions[name])
        return self._bodies[name]


class Body:
    """One function: called with tensors (variables where it takes resources), gives tensors."""

    def __init__(self, library, definition):
        self.library, self.definition = library, definition
        self.inputs = [a.name for a in definition.signature.input_arg]
        self.outputs = [definition.ret.get(a.name, "") for a in definition.signature.output_arg]
        nodes = list(definition.node_def)
        if raising.is_needed(nodes):
            nodes = self._raised(nodes)
        self._order = self._sorted(nodes)
        self._by_name = {n.name: n for n in self._order}

    def _raised(self, nodes):
        """1.x's conditions and loops in a function as functional ones."""
        by_name = {n.name: n for n in nodes}

        def flat(reference):
            parts = reference.split(":")
            return "%s:%d" % (parts[0], _place(by_name[parts[0]], parts[1], int(parts[2]))) if len(parts) == 3 and parts[0] in by_name else reference

        for node in nodes:
            node = by_name[node.name] = type(node).FromString(node.SerializeToString())
            node.input[:] = [flat(i) for i in node.input]
        self.outputs = [flat(r) for r in self.outputs]
        made = raising.Raised(by_name.values(), [*self.library.names(), *self.inputs])
        self.library.add(made.functions)
        return made.nodes

    def _sorted(self, all_nodes):
        nodes = {n.name: n for n in all_nodes}
        done, order, open_nodes = set(self.inputs), [], set()
        for root in all_nodes:
            stack = [(root, False)]
            while stack:
                node, ready = stack.pop()
                if ready:
                    open_nodes.discard(node.name)
                    done.add(node.name)
                    order.append(node)
                elif node.name not in done:
                    if node.name in open_nodes:
                        raise ValueError("the function %s goes in a circle at %s" % (self.definition.signature.name, node.name))
                    open_nodes.add(node.name)
                    stack.append((node, True))
                    for reference in node.input:
                        source = reference.lstrip("^").split(":")[0]
                        if source not in done:
                            if source not in nodes:
                                raise ValueError("Node '%s': Unknown input node '%s'" % (node.name, reference))
                            stack.append((nodes[source], False))
        seen = set()
        return [n for n in order if not (n.name in seen or seen.add(n.name))]

    def __call__(self, arguments):
        if len(arguments) != len(self.inputs):
            raise ValueError("the function %s takes %d arguments, it got %d" % (self.definition.signature.name, len(self.inputs), len(arguments)))
        if self.library.depth >= _MOST_DEPTH:
            raise errors.InvalidArgumentError(None, None, "the function %s calls itself without end" % self.definition.signature.name)
        self.library.depth += 1
        try:
            return self._run(arguments)
        finally:
            self.library.depth -= 1

    def _run(self, arguments):
        values, made = {name: [value] for name, value in zip(self.inputs, arguments)}, {}
        graph = graphs.building()
        for node in self._order:
            data = [self._value(values, reference, node) for reference in node.input if not reference.startswith("^")]
            first = 0 if graph is None else len(graph)
            waits = [op for i in node.input if i.startswith("^") for op in made.get(i[1:], ())]
            with handlers.blamed(node), _waiting(graph, waits):
                values[node.name] = _run(self.library, node, data)
            if graph is not None:
                made[node.name] = [graph._operation(graph.node(i)) for i in range(first, len(graph))] or [t.op for t in values[node.name] if isinstance(t, _core.SymbolicTensor)]
                made[node.name] += waits if not values[node.name] else []
        return [self._value(values, reference, None) for reference in self.outputs]

    def _value(self, values, reference, node):
        parts = reference.split(":")
        found = values.get(parts[0])
        if found is None:
            raise ValueError("the function %s names %r, which there is not" % (self.definition.signature.name, reference))
        if len(parts) == 1:
            place = 0
        else:
            source = self._by_name.get(parts[0])
            place = _place(source, parts[1], int(parts[2])) if source is not None and len(parts) == 3 else int(parts[-1])
        if place >= len(found):
            raise ValueError("%r names an output that there is not" % reference)
        return found[place]


def _waiting(graph, operations):
    """In graphs of 1.x a node waits for those that it names; elsewhere effects keep their order."""
    return graph.control_dependencies(operations) if graph is not None and operations else contextlib.nullcontext()


def _place(node, output, index):
    """The number of an output that is named by its argument."""
    definition = op_defs.find(node.op)
    if definition is None or len(definition.outputs) < 2:
        return index
    at = 0
    for argument in definition.outputs:
        if argument.name == output:
            return at + index
        at += node.attr[argument.count].i if argument.count else len(node.attr[argument.type].list.type) if argument.is_list else 1
    raise ValueError("%s has no output %r" % (node.op, output))


def _is_variable(value):
    return isinstance(value, _core.VariableBase)


def _now(value):
    if not _is_variable(value):
        return value
    return handlers.read(value) if hasattr(value, "_now") else value._read()


def _split(values):
    """The places of what a loop carries: neither variables nor handles."""
    return [i for i, v in enumerate(values) if not _is_variable(v) and not arrays.is_handle(v)]


def _filled(values, places, given):
    made = list(values)
    for place, value in zip(places, given):
        made[place] = value
    return made


def _list(made):
    return list(made) if isinstance(made, (list, tuple)) else [] if made is None or isinstance(made, _core.Node) else [made]


def _run(library, node, data):
    way = _WAYS.get(node.op)
    if way is not None:
        return way(library, node, data)
    if node.op in library:
        return library.body(node.op)(data)
    data = [_now(v) for v in data]
    if node.op in arrays.NAMES:
        return arrays.run(node, data)
    if node.op in python_ops.KERNELS:
        known = {key: attributes.value_of(value) for key, value in node.attr.items() if not key.startswith("_")}
        return _list(python_ops.call(node.op, data, known))
    definition = op_defs.find(node.op)
    if not _core.has_op(node.op) and node.op in handlers.HANDLERS and graphs.building() is not None:
        return _list(handlers.HANDLERS[node.op](_Here(), node, graphs.building().unique_name(node.name, False), data))
    if definition is None or not _core.has_op(node.op):
        raise NotImplementedError("not implemented: the operation %s of a function in a file (node '%s')" % (node.op, node.name))
    return handlers.executed(node, definition, data)


class _Here:
    """The open graph to handlers."""

    graph = property(lambda self: graphs.building())


def _const(library, node, data):
    proto = node.attr["value"].tensor
    array = tensor_proto.make_ndarray(proto)
    return [conversion._from_array(array, 7) if proto.dtype == 7 else convert(array, proto.dtype)]


def _condition(library, node, data):
    branches = [library.body(node.attr[key].func.name) for key in ("then_branch", "else_branch")]
    taken = [lambda body=body: tuple(body(data[1:])) for body in branches]
    if node.attr["Tout"].list.type:
        return _list(control_flow.cond_2(_truth(data[0]), *taken))
    dry = [lambda body=body: (body(data[1:]), convert(0, 3))[1] for body in branches]
    control_flow.cond_2(_truth(data[0]), *dry)
    return []


def _truth(value):
    value = _now(value)
    if value.dtype is dtypes.bool:
        return value
    return execute("NotEqual", [value, convert(np.zeros((), value.dtype.as_numpy_dtype), value._dtype_number)], {})


def _case(library, node, data):
    bodies = [library.body(f.name) for f in node.attr["branches"].list.func]
    return _list(control_flow.switch_case(_now(data[0]), [lambda body=body: tuple(body(data[1:])) for body in bodies]))


def _loop(library, node, data):
    test, body = library.body(node.attr["cond"].func.name), library.body(node.attr["body"].func.name)
    carried = len(data) - node.attr["_invariant"].i if "_invariant" in node.attr else len(data)
    places = [p for p in _split(data) if p < carried]
    shapes = attributes.value_of(node.attr["output_shapes"]) if "output_shapes" in node.attr else []
    invariants = [_shape(shapes, place, data) for place in places]
    seen = []

    def round_(*state):
        made = body(_filled(data, places, state))
        seen[:] = [made[p] for p in places]
        return tuple(seen)

    for attempt in range(5):  # loops need not say whose shapes change
        try:
            made = control_flow.while_loop_2(lambda *s: _truth(test(_filled(data, places, s))[0]), round_, [data[p] for p in places], shape_invariants=invariants)
            return _filled(data, places, _list(made))
        except ValueError:
            wider = [_common(shape, value) for shape, value in zip(invariants, seen)]
            if shapes or not seen or [str(w) for w in wider] == [str(i) for i in invariants]:
                raise
            invariants = wider


def _common(shape, value):
    """What two shapes have in common."""
    other = value.shape if isinstance(value, _core.Handle) else shape
    if shape.ndims is None or shape.ndims != other.ndims:
        return TensorShape(None)
    return TensorShape([a if a == b else None for a, b in zip(shape._dims, other._dims)])


def _shape(shapes, place, data):
    return TensorShape(shapes[place] if place < len(shapes) else getattr(data[place], "_shape_tuple", None))


def _called(library, node, data):
    return library.body(node.attr["f"].func.name)(data)


def _assign(how, is_reference=False):
    def way(library, node, data):
        if not _is_variable(data[0]):
            raise ValueError("Node '%s': its first input is no variable" % node.name)
        made = getattr(data[0], how)(_now(data[1]))
        return [made] if is_reference else []

    return way


def _gather(library, node, data):
    batch = node.attr["batch_dims"].i if "batch_dims" in node.attr else 0
    return [execute("GatherV2", [_now(data[0]), data[1], convert(batch, 3)], {"batch_dims": batch})]


def _check(library, node, data):
    from sokuji._src.graph import py_call

    py_call.assert_(_now(data[0]), [_now(v) for v in data[1:]])
    return []


def _regex(library, node, data):
    return [execute("RegexFullMatch", [data[0], convert(node.attr["pattern"].s, 7)], {})]


def _identity(value):
    value = _now(value)
    return execute("Identity", [value], {}) if isinstance(value, _core.Handle) else value  # an array


def _refuse(library, node, data):
    raise NotImplementedError("not implemented: the operation %s of a function in a file (node '%s')" % (node.op, node.name))


_WAYS = {
    "Const": _const, "NoOp": lambda library, node, data: [], "Identity": lambda library, node, data: [_identity(data[0])],
    "IdentityN": lambda library, node, data: [_now(v) for v in data], "ReadVariableOp": lambda library, node, data: [_now(data[0])],
    "DisableCopyOnRead": lambda library, node, data: [], "If": _condition, "StatelessIf": _condition, "While": _loop, "StatelessWhile": _loop,
    "Case": _case, "StatelessCase": _case, "PartitionedCall": _called, "StatefulPartitionedCall": _called, "AssignVariableOp": _assign("assign"),
    "AssignAddVariableOp": _assign("assign_add"), "AssignSubVariableOp": _assign("assign_sub"), "ResourceGather": _gather, "Assert": _check,
    "StaticRegexFullMatch": _regex, "VarIsInitializedOp": lambda library, node, data: [convert(True, 10)],
    "Snapshot": lambda library, node, data: [_now(data[0])], "PreventGradient": lambda library, node, data: [_now(data[0])],
    "Placeholder": _refuse, "Assign": _assign("assign", True), "AssignAdd": _assign("assign_add", True), "AssignSub": _assign("assign_sub", True),
}  # fmt: skip
