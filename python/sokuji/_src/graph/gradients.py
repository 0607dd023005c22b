"""tf.gradients and tf.hessians in a graph."""

from sokuji import _core
from sokuji._src.core import conversion
from sokuji._src.core.execute import run
from sokuji._src.eager import gradients as eager
from sokuji._src.graph import gradient_names
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import variables
from sokuji._src.graph.variables import GraphVariable


def _list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def symbolic(value):
    """The value as a tensor of the open graph, a tf.Graph or a function's."""
    if graphs.building() is not None or isinstance(value, _core.SymbolicTensor):
        return variables.symbolic(value)
    return run("Identity", value if isinstance(value, _core.Handle) else _core.convert(value, 0))


def _target(y):
    if isinstance(y, conversion.IndexedSlices):
        return y._dense()
    return symbolic(y)


def _source(x, graph):
    """What the gradient is asked for: of a variable all its readings."""
    if isinstance(x, conversion.IndexedSlices):
        return x.values
    return x if isinstance(x, _core.VariableBase) else symbolic(x)


def gradients(ys, xs, grad_ys=None, name="gradients", colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None,
              stop_gradients=None):  # fmt: skip
    """The gradient of the sum of ys by each x; None where no y depends on it."""
    ys, xs = _list(ys), _list(xs)
    grads = [None] * len(ys) if grad_ys is None else _list(grad_ys)
    if len(grads) != len(ys):
        raise ValueError("Passed %d grad_ys for %d ys" % (len(grads), len(ys)))
    graph = _graph_of(ys + xs)
    first = len(graph)
    with _opened(graph), graph.name_scope(name or "gradients"):
        targets = [_target(y) for y in ys]
        weights = [None if g is None else _weight(g, y) for g, y in zip(grads, targets)]
        kept = [i for i, y in enumerate(targets) if _differentiable(y, grads[i])]
        stops = [symbolic(s) if not isinstance(s, _core.VariableBase) else s._now() for s in _list(stop_gradients or [])]
        sources = [_source(x, graph) for x in xs]
        missing = _without_gradient(targets)
        if missing is not None:
            raise LookupError("No gradient defined for operation '%s' (op type: %s)" % (missing._name, missing._type))
        if not kept:
            found = [None] * len(sources)
        else:
            reached = _reached(graph, [targets[i] for i in kept])
            found = _run(graph, [targets[i] for i in kept], [weights[i] for i in kept], sources, stops)
            if reached is not None:
                found = [None if isinstance(x, _core.SymbolicTensor) and _key(x) not in reached else g for x, g in zip(sources, found)]
    graph._note_line(first)
    return found


def _key(t):
    return id(t._node._graph), t._node.index, t._output


def _reached(graph, targets):
    """Keys of the tensors that the targets depend on through floating ones, looking into branches and loops; None where there are none to look into."""
    parts = getattr(graph, "_parts", None)
    if not parts or graph._root is not graph:
        return None
    seen = set()
    _walk(targets, seen)
    return seen


def _walk(stack, seen):
    stack = list(stack)
    while stack:
        t = stack.pop()
        if not isinstance(t, _core.SymbolicTensor) or _key(t) in seen or not t.dtype.is_floating or t._node._type == "StopGradient":
            continue
        seen.add(_key(t))
        inputs = t._node._inputs
        parts = getattr(t._node._graph, "_parts", {}).get(t._node.index)
        if parts is None:
            stack += [i for i in inputs if i is not None]
        elif parts[2] is None:
            for branch in parts[:2]:
                _walk([branch.outputs[t._output]], seen)
                stack += _taken_from_outside(branch, seen)
        else:
            stack += _of_loop(parts[1], t._output, inputs, seen)


def _taken_from_outside(branch, seen):
    return [outer for outer, inner in branch.captures() if _key(inner) in seen]


def _of_loop(body, place, inputs, seen):
    """What a loop's result depends on: first values of the variables that it is made of, and what its body takes from outside."""
    if body.has_arrays:
        return [i for i in inputs if i is not None]
    needed, rest = {place}, [place]
    while rest:
        _walk([body.outputs[rest.pop()]], seen)
        rest = [i for i, t in enumerate(body.inputs) if i not in needed and _key(t) in seen]
        needed.update(rest)
    return [inputs[i] for i in needed] + _taken_from_outside(body, seen)


def gradients_2(ys, xs, grad_ys=None, name="gradients", gate_gradients=False, aggregation_method=None, stop_gradients=None, unconnected_gradients="none"):
    """The gradient of the sum of ys by each x, within tf.function or a tf.Graph; None, or zeros, where no y depends on it."""
    graph = _core.graph_now()
    if graph is None:
        return eager.gradients(ys, xs)
    if isinstance(graph, graphs.Graph):
        found = gradients(ys, xs, grad_ys, name, stop_gradients=stop_gradients)
    else:
        found = _in_function(graph, _list(ys), _list(xs), grad_ys, stop_gradients)
    return eager._unconnected(unconnected_gradients, found, _list(xs))


def _in_function(graph, ys, xs, grad_ys, stop_gradients):
    targets = [_target(y) for y in ys]
    weights = [None] * len(ys) if grad_ys is None else _list(grad_ys)
    if len(weights) != len(ys):
        raise ValueError("Passed %d grad_ys for %d ys" % (len(weights), len(ys)))
    weights = [None if g is None else _weight(g, y) for g, y in zip(weights, targets)]
    kept = [i for i, y in enumerate(targets) if _differentiable(y, weights[i])]
    stops = [symbolic(s) for s in _list(stop_gradients or [])]
    sources = [_source(x, graph) for x in xs]
    return _run(graph, [targets[i] for i in kept], [weights[i] for i in kept], sources, stops) if kept else [None] * len(xs)


def _weight(g, y):
    g = symbolic(g)
    if g.dtype is not y.dtype:
        raise TypeError("Gradient type %s generated for tensor %s does not match its type %s." % (g.dtype.name, y, y.dtype.name))
    return g


def _differentiable(y, grad):
    if not (y.dtype.is_floating or y.dtype.is_complex):
        if y.dtype.is_integer or y.dtype.is_bool:
            return False
        raise TypeError("gradients: a target is %s; it must be floating or complex" % y.dtype.name)
    return True


def _run(graph, targets, weights, sources, stops):
    places = [i for i, x in enumerate(sources) if x.dtype.base_dtype.is_floating]
    weights = weights if any(w is not None for w in weights) else None
    made = gradient_names.find(graph, targets, weights, [sources[i] for i in places], stops) if places else []
    found = [None] * len(sources)
    for i, g in zip(places, made):
        if isinstance(g, conversion.IndexedSlices) and isinstance(g.dense_shape, _core.EagerTensor):
            g.dense_shape = symbolic(g.dense_shape)
        found[i] = _mixed(g) if isinstance(sources[i], _core.VariableBase) and isinstance(g, _core.SymbolicTensor) else g
    return found


def _mixed(gradient):
    """A sum with slices of rows in it is slices of all rows, as TensorFlow adds them up."""
    leaves, stack = [], [gradient]
    while stack:
        node = stack.pop()._node
        if node._type in ("Add", "AddV2", "AddN"):
            stack += node._inputs[::-1]
        else:
            leaves.append(node)
    if len(leaves) < 2 or not any(node._type == "UnsortedSegmentSum" for node in leaves):
        return gradient
    parts = [node._inputs[:2] if node._type == "UnsortedSegmentSum" else
             [node._outputs[0], symbolic(_core.convert(list(range(gradient._shape_tuple[0])), 3))] for node in leaves]  # fmt: skip
    number = max(indices._dtype_number for _, indices in parts)
    indices = [i if i._dtype_number == number else _core.execute("Cast", [i], {"DstT": number}) for _, i in parts]
    values, indices = (_core.execute("ConcatV2", [*each, _core.convert(0, 3)], {}) for each in ([v for v, _ in parts], indices))
    made = conversion.IndexedSlices(values, indices, _core.convert(list(gradient._shape_tuple), 3))
    made._whole = gradient  # for optimizers
    return made


_UNDIFFERENTIABLE = {"bincount"}


def _without_gradient(targets):
    """An operation that they depend on and that TensorFlow has no gradient for."""
    found, seen, stack = [], set(), [t._node for t in targets if isinstance(t, _core.SymbolicTensor)]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            found += [node] if node._type in _UNDIFFERENTIABLE else []
            stack += [t._node for t in node._inputs if t is not None]
    return found[0] if found else None


def _graph_of(values):
    for value in values:
        if isinstance(value, (_core.SymbolicTensor, GraphVariable)) and isinstance(value.graph, graphs.Graph):
            now = graphs.building()
            return now if now is not None and now._root is value.graph else value.graph
    return graphs.get_default_graph()


def _opened(graph):
    return graphs._stack.opened(graph) if graphs.building() is not graph else _Nothing()


class _Nothing:
    def __enter__(self):
        return None

    def __exit__(self, *exception):
        pass


def hessians(ys, xs, name="hessians", colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None):
    """The matrix of second derivatives of sum(ys) by each vector."""
    graphs.refuse("tf.gradients not supported when eager execution is enabled. Use tf.contrib.eager.GradientTape instead.")
    return _hessians(ys, xs, gradients)


def hessians_2(ys, xs, gate_gradients=False, aggregation_method=None, name="hessians"):
    """The matrix of second derivatives of sum(ys) by each tensor."""
    return _hessians(ys, xs, gradients_2)


def _hessians(ys, xs, gradients):
    made = []
    for x in _list(xs):
        sizes = x._shape_tuple
        if sizes is None or None in sizes:
            raise NotImplementedError("not implemented: tf.hessians of a tensor whose shape is not known")
        (first,) = gradients(ys, x)
        n = 1
        for d in sizes:
            n *= d
        flat = run("Reshape", first, _core.convert([n], 3))
        rows = [gradients(flat[i], x)[0] for i in range(n)]
        rows = [run("ZerosLike", symbolic(x)) if r is None else r for r in rows]
        wide = [run("ExpandDims", r, _core.convert(0, 3)) for r in rows]
        stacked = _core.execute("ConcatV2", wide + [_core.convert(0, 3)], {}) if n > 1 else wide[0]
        made.append(run("Reshape", stacked, _core.convert(list(sizes) + list(sizes), 3)))
    return made
