"""Operators on symbolic tensors: TensorFlow's names for their nodes (add, mul, strided_slice) and for the constants they take (add/y)."""

import numpy as np

from sokuji import _core
from sokuji._src.core import errors
from sokuji._src.core.execute import convert, execute
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.variables import checked

_NAMES = {"Add": "add", "Sub": "sub", "Mul": "mul", "RealDiv": "truediv", "FloorDiv": "floordiv", "FloorMod": "mod", "Pow": "pow", "MatMul": "matmul",
          "LogicalAnd": "and", "LogicalOr": "or", "NotEqual": "LogicalXor"}  # fmt: skip
_UNARY = {"Neg", "Abs", "LogicalNot", "Invert"}
_COMPARISONS = {"Less", "LessEqual", "Greater", "GreaterEqual"}
_QUOTIENT = {3: 2, 9: 2, 22: 2, 23: 2, 4: 1, 5: 1, 6: 1, 17: 1}  # integers are divided as floats


def operator(op, a, b):
    """The hook of the core."""
    graph = graphs.building()
    if graph is None and _core.graph_now() is None:
        graph = (a if type(a) is _core.SymbolicTensor else b)._node._graph
        if isinstance(graph, graphs.Graph):
            with graphs._stack.opened(graph):
                return operator(op, a, b)
    if graph is None or op not in _NAMES and op not in _UNARY and op not in _COMPARISONS and op != "StridedSlice":
        return NotImplemented
    first = len(graph)
    if op == "StridedSlice":
        made = _slice(graph, a, b)
    elif op in _UNARY:
        graph.next_name(op)
        made = execute(op, [a], {})
    else:
        made = _binary(graph, op, a, b)
    graph._note_line(first)
    return made


def _binary(graph, op, a, b):
    if not isinstance(a, _core.Handle) and not _converts(a) or not isinstance(b, _core.Handle) and not _converts(b):
        return NotImplemented
    full = graph.unique_name(_NAMES.get(op, op))
    number = (a if isinstance(a, _core.SymbolicTensor) else b)._dtype_number
    tensors = [_operand(graph, value, number, full + "/" + which) for value, which in ((a, "x"), (b, "y"))]
    if op == "RealDiv" and number in _QUOTIENT and tensors[0]._dtype_number == tensors[1]._dtype_number:
        for place in (0, 1):
            graph.next_name(full + "/Cast%s/" % ("" if place == 0 else "_1"))
            tensors[place] = execute("Cast", [tensors[place]], {"DstT": _QUOTIENT[number]})
    if op == "Add" and number == 7:
        op = "StringJoin"
    elif op == "MatMul" and any(len(t._shape_tuple or ()) > 2 for t in tensors):
        op = "BatchMatMul"
    graph.next_name(full + "/")
    try:
        return execute(op, tensors, {})
    except errors.InvalidArgumentError as error:
        raise ValueError(error.message) from None
    finally:
        graph.next_name(None)


def _converts(value):
    return isinstance(value, (int, float, complex, str, bytes, list, tuple, np.ndarray, np.generic)) or hasattr(value, "_to_tensor") or value is None \
        or not hasattr(type(value), "__radd__")  # fmt: skip


def _operand(graph, value, number, name):
    if hasattr(value, "_now"):
        return value._now()
    if isinstance(value, _core.SymbolicTensor):
        return value
    if value is None:
        raise ValueError("None values not supported.")
    made = checked(value, number)
    return graph.constant(made, name + "/") if isinstance(made, _core.EagerTensor) else made


def _slice(graph, tensor, key):
    if isinstance(key, (str, bytes)):
        raise TypeError("Bad slice index %s of type %s" % (key, type(key)))
    full = graph.unique_name("strided_slice")
    stack = graph._stack
    graph._scope(full)
    try:
        made = _by_tensors(graph, tensor, key) if _has_tensors(key) else _core.index(tensor, key)
    finally:
        graph._scope(stack)
    node = made._node
    if node._graph is graph and graph.find(full) is None and node._type == "StridedSlice":
        node.rename(full)
    return made


def _parts(key):
    for part in key if isinstance(key, (tuple, list)) else (key,):
        yield from (part.start, part.stop, part.step) if isinstance(part, slice) else (part,)


def _has_tensors(key):
    return any(isinstance(p, _core.SymbolicTensor) and p._known_value() is None or hasattr(p, "_now") for p in _parts(key))


def _by_tensors(graph, tensor, key):
    """tensor[key] where the key has tensors of the graph in it: begin, end and strides are stacked."""
    begin, end, strides, masks = [], [], [], dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for k, part in enumerate(key if isinstance(key, (tuple, list)) else (key,)):
        if isinstance(part, slice):
            begin.append(0 if part.start is None else part.start)
            end.append(0 if part.stop is None else part.stop)
            strides.append(1 if part.step is None else part.step)
            masks["begin_mask"] |= (part.start is None) << k
            masks["end_mask"] |= (part.stop is None) << k
        elif part is Ellipsis or part is None:
            begin.append(0)
            end.append(0)
            strides.append(1)
            masks["ellipsis_mask" if part is Ellipsis else "new_axis_mask"] |= 1 << k
        else:
            begin.append(part)
            end.append(part + 1)
            strides.append(1)
            masks["shrink_axis_mask"] |= 1 << k
            if isinstance(part, int) and part == -1:
                masks["end_mask"] |= 1 << k
    number = 9 if any(getattr(v, "_dtype_number", 3) == 9 for v in begin + end + strides) else 3
    return execute("StridedSlice", [tensor, *(_stack(v, number) for v in (begin, end, strides))], masks)


def _stack(values, number):
    if not any(isinstance(v, _core.Handle) for v in values):
        return convert([int(v) for v in values], number)
    rows = [execute("Reshape", [v._now() if hasattr(v, "_now") else convert(v, number), convert([1], 3)], {}) for v in values]
    rows = [r if r._dtype_number == number else execute("Cast", [r], {"DstT": number}) for r in rows]
    return execute("ConcatV2", rows + [convert(0, 3)], {}) if len(rows) > 1 else rows[0]

