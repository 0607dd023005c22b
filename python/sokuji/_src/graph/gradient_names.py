"""Gradients by name: tf.RegisterGradient, and what Graph.gradient_override_map asks for: the gradient of a part of the graph is taken by the user's function.

Such operations cut the graph: gradients go to their outputs first, from the last one on, and from what the function makes of them on to their inputs."""

from sokuji import _core
from sokuji._src.core.conversion import IndexedSlices

_registered = {"Identity": lambda op, *grads: grads[0] if len(grads) == 1 else grads}


class RegisterGradient:
    """Decorator of a function of (operation, gradients of its outputs) that gives the gradients of its inputs."""

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f):
        _register(self._op_type, f)
        return f


def _register(name, f):
    if name in _registered or name in ("PyFunc", "While", "If") or _core.inputs_of(name) is not None:
        raise KeyError("Registering two gradient with name '%s' !" % name)
    _registered[name] = f


def no_gradient(op_type):
    """Says that operations of the type have no gradient."""
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


def mark(graph):
    """Notes for the nodes made in open override maps whose gradient they have."""
    for first, names in reversed(graph._override_maps):
        for i in range(first, len(graph)):
            op = graph._operation(graph.node(i)) if i not in graph._overrides else None
            if op is not None and op.type in names:
                graph._overrides[i] = names[op.type]
                op._attributes = dict(op._attributes or {}, _gradient_op_type=names[op.type])


def _cuts(graph, targets):
    """The marked operations that the targets depend on, last first."""
    if graph._override_maps:
        mark(graph)
    found, seen, stack = {}, set(), [t._node for t in targets]
    while stack and graph._overrides:
        node = stack.pop()
        if node.index not in seen:
            seen.add(node.index)
            if node.index in graph._overrides:
                found[node.index] = graph._operation(node)
            stack += [t._node for t in node._inputs if t is not None]
    return [found[i] for i in sorted(found, reverse=True)]


def _sum(a, b):
    if a is None or b is None:
        return b if a is None else a
    a, b = (g._dense() if isinstance(g, IndexedSlices) else g for g in (a, b))
    return _core.execute("AddV2", [a, b], {})


def _function(graph, op):
    name = graph._overrides[op._node.index]
    if name not in _registered and _core.inputs_of(name) is not None:
        raise NotImplementedError("not implemented: the gradient of %s for operations of another type (%s); use tf.RegisterGradient" % (name, op.type))
    if _registered.get(name) is None:
        raise LookupError("No gradient defined for operation '%s' (op type: %s)" % (op.name, op.type))
    return _registered[name]


def find(graph, targets, weights, sources, stops):
    """graph.gradients(…), with the gradients that are asked for by name."""
    cuts = _cuts(graph, targets) if getattr(graph, "_overrides", None) or getattr(graph, "_override_maps", None) else []
    if not cuts:
        return graph.gradients(targets, weights, sources, stops)
    functions = [_function(graph, op) for op in cuts]
    outputs = [t for op in cuts for t in op.outputs]
    wanted, stopped = list(sources) + outputs, list(stops) + outputs
    found = graph.gradients(targets, weights, wanted, stopped)
    of_outputs = dict(zip(map(id, outputs), range(len(sources), len(wanted))))
    for op, function in zip(cuts, functions):
        if any(op._node is s._node for s in stops):
            continue
        given = [found[of_outputs[id(t)]] for t in op.outputs]
        if all(g is None for g in given):
            continue
        given = [_core.execute("ZerosLike", [t], {}) if g is None else g._dense() if isinstance(g, IndexedSlices) else g for g, t in zip(given, op.outputs)]
        made = function(op, *given)
        made = list(made) if isinstance(made, (list, tuple)) else [made]
        inputs = op.inputs
        if len(made) != len(inputs):
            raise ValueError("Num gradients %d generated for op %s do not match num inputs %d" % (len(made), op.node_def, len(inputs)))
        pairs = [(t, g) for t, g in zip(inputs, made) if g is not None and t.dtype.is_floating]
        if pairs:
            more = graph.gradients([t for t, _ in pairs], [_tensor(g) for _, g in pairs], wanted, stopped)
            found = [_sum(a, b) for a, b in zip(found, more)]
    return found[: len(sources)]


def _tensor(g):
    return g._dense() if isinstance(g, IndexedSlices) else _core.execute("Identity", [_core.convert(g, 0)], {}) if not isinstance(g, _core.SymbolicTensor) else g
