"""What makes nodes by itself: placeholders, constants, identity, groups; and seeds of random operations in a graph."""

import _thread
import numpy as np

from sokuji import _core
from sokuji._src.core import conversion, dtypes, nest, shapes
from sokuji._src.core.execute import execute, run
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation
from sokuji._src.graph.variables import GraphVariable, checked, kept, symbolic

_LARGEST_SEED = 2**31 - 1
_DEFAULT_GRAPH_SEED = 87654321


def _static(shape):
    """A shape argument; a tensor must hold integers that are known."""
    if not isinstance(shape, _core.Handle):
        return shapes.as_shape(shape)
    if shape._dtype_number not in (3, 9):
        raise TypeError("shape must be int32 or int64, not %s" % shape.dtype.name)
    known = shape if isinstance(shape, _core.EagerTensor) else shape._known_value()
    if known is None:
        raise ValueError("the shape of a placeholder must be known, not %s" % (shape,))
    return shapes.TensorShape([None if d < 0 else int(d) for d in known.numpy().ravel()])


def placeholder(dtype, shape=None, name=None):
    """A tensor whose value is fed."""
    graphs.refuse("tf.placeholder() is not compatible with eager execution.")
    graph = graphs.get_default_graph()
    first = len(graph)
    wanted = _static(shape)
    sizes = wanted._dims
    made = graph.placeholder(dtypes.as_dtype(dtype)._number, None if sizes is None else list(sizes), name or "Placeholder")
    graph._operation(made._node)._attributes = {"shape": wanted}
    graph._note_line(first)
    return made


def placeholder_with_default(input, shape, name=None):
    """A tensor that has a value and may be fed another; its shape is the one given."""
    if graphs.strict_eager and graphs.building() is None:
        return _core.convert(input, 0)
    graph = graphs.get_default_graph()
    first = len(graph)
    with graph.as_default() if graphs.building() is not graph else _nothing():
        full = graph.unique_name(name or "PlaceholderWithDefault")
        value = symbolic(input, None, full + "/input/")
        wanted = _static(shape)
        if not shapes._of_sizes(value._shape_tuple).is_compatible_with(wanted):
            raise ValueError("placeholder_with_default: the shape of the value, %s, does not fit %s" % (value.shape, wanted))
        sizes = None if wanted._dims is None else list(wanted._dims)
        graph.next_name(full + "/")
        (made,) = _core.py_call(_same, "PlaceholderWithDefault", False, [value], [(value._dtype_number, sizes)])
    graph._note_line(first)
    return made


def _same(tensors):
    return tensors


class _nothing:
    def __enter__(self):
        return None

    def __exit__(self, *exception):
        pass


def _filled(value, dtype, shape, verify_shape):
    """1.x's constant: fewer values than the shape has places repeat the last."""
    number = 0 if dtype is None else dtypes.as_dtype(dtype)._number
    if isinstance(value, (list, tuple)) and not any(isinstance(leaf, _core.Handle) for leaf in nest.flatten(value)) or isinstance(value, np.ndarray):
        _check_list(value)
    if isinstance(value, (np.ndarray, np.generic)):
        with _unrecorded():  # a cast of what is given is no operation of the graph
            made = checked(value, number)
    else:
        made = checked(value, number)
    if shape is None:
        return made
    wanted = shapes.as_shape(shape)
    if not wanted.is_fully_defined():
        raise ValueError("the shape of a constant must be known, not %s" % wanted)
    if made._shape_tuple == wanted._dims:
        return made
    if verify_shape:
        raise TypeError("Expected Tensor's shape: %s, got %s." % (wanted._dims, made._shape_tuple))
    n, have = wanted.num_elements(), made._size
    if have > max(n, 1):
        raise ValueError("Too many elements provided. Needed at most %d, but received %d" % (n, have))
    flat = list(made.numpy().ravel()[:n]) if made._dtype_number == 7 else made.numpy().ravel()[:n]
    have = min(have, n)
    if have < n:
        if made._size == 0:
            raise ValueError("a constant of shape %s needs at least one value" % wanted)
        flat = list(flat) + [flat[-1]] * (n - have) if made._dtype_number == 7 else np.concatenate([flat, np.repeat(flat[-1:], n - have)])
    made = _core.convert(flat, made._dtype_number)
    with _unrecorded():
        return _core.execute("Reshape", [made, _core.convert(list(wanted._dims), 3)], {})


class _unrecorded:
    """Operations within run at once, whatever is open."""

    def __enter__(self):
        _core.no_graph_begin()

    def __exit__(self, *exception):
        _core.no_graph_end()


def _check_list(value):
    if isinstance(value, np.ndarray):
        return
    lengths = {len(v) for v in value if isinstance(v, (list, tuple))}
    if len(lengths) > 1:
        raise ValueError("Argument must be a dense tensor: %r - got rows of different lengths" % (value,))


def constant(value, dtype=None, shape=None, name="Const", verify_shape=False):
    """A tensor of the value, in the open graph as a node."""
    graph = graphs.building()
    if graph is None:
        return conversion.constant_1(value, dtype, shape, name, verify_shape)
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, (_core.SymbolicTensor, GraphVariable)):
        raise TypeError("List of Tensors when single Tensor expected" if False else "a tensor is no value of a constant: %r" % (value,))
    first = len(graph)
    made = graph.constant(_filled(value, dtype, shape, verify_shape), name or "Const")
    graph._note_line(first)
    return made


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None):
    graph = graphs.building()
    if graph is None:
        return conversion.convert_to_tensor(value, dtype, name, preferred_dtype)
    if isinstance(value, GraphVariable):
        value = value._now()
    if isinstance(value, _core.SymbolicTensor):
        if dtype is not None and value.dtype is not dtypes.as_dtype(dtype):
            raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r" % (dtypes.as_dtype(dtype).name, value.dtype.name, str(value)))
        return value
    if value is None:
        raise ValueError("None values not supported.")
    first = len(graph)
    made = conversion.convert_to_tensor(kept(value) if dtype is None else value, dtype, None, preferred_dtype)
    if isinstance(made, _core.EagerTensor):
        made = graph.constant(made, name or "Const")
    graph._note_line(first)
    return made


def identity(input, name=None):
    graph = graphs.building()
    if graph is None:
        from sokuji._src.ops import array_ops

        return array_ops.identity_1(input, name)
    first = len(graph)
    full = graph.unique_name(name or "Identity") if not (name or "").endswith("/") else name[:-1]
    value = input._now() if isinstance(input, GraphVariable) else symbolic(input, None, full + "/input/")
    graph.next_name(full + "/")
    made = run("Identity", value)
    graph._note_line(first)
    return made


def sparse_parts(indices, values, dense_shape):
    """The parts of a sparse tensor as nodes under its name, where a graph is open."""
    graph = graphs.building()
    if graph is None:
        return indices, values, dense_shape
    with graph.name_scope("SparseTensor"):
        return symbolic(indices, None if isinstance(indices, _core.Handle) else dtypes.int64, "indices"), symbolic(values, None, "values"), symbolic(
            dense_shape, None if isinstance(dense_shape, _core.Handle) else dtypes.int64, "dense_shape")


def no_op(name=None):
    graph = graphs.building()
    if graph is None and not graphs._stack.graphs:
        return None
    graph = graphs.get_default_graph()
    first = len(graph)
    made = graph._operation(graph.group([], name or "NoOp"))
    graph._note_line(first)
    return made


def _operations_of(inputs):
    found = []
    for one in inputs:
        if isinstance(one, (list, tuple, dict)):
            found += _operations_of(nest.flatten(one))
        elif isinstance(one, operation.Operation):
            found.append(one)
        elif isinstance(one, (_core.SymbolicTensor, GraphVariable)):
            found.append(one.op)
        elif isinstance(one, conversion.IndexedSlices):
            found.append(one.values.op)
        elif one is not None and not isinstance(one, _core.Handle):
            raise TypeError("Expected tf.group() expected Tensor arguments not '%s' with type '%s'" % (one, type(one)))
    return found


def group(*inputs, **kwargs):
    """An operation that is done when all inputs are."""
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs))
    found = _operations_of(inputs)
    if not found and graphs.building() is None:
        return None
    graph = graphs.get_default_graph()
    if found and graph._root is not found[0].graph:
        graph = found[0].graph
    first = len(graph)
    nodes = []
    for op in found:
        if op._graph is not graph:
            graph._wait_outside(op._node)
        elif op._node not in nodes:
            nodes.append(op._node)
    made = graph._operation(graph.group(nodes, name or "group_deps"))
    graph._note_line(first)
    return made


def tuple_(tensors, name=None, control_inputs=None):
    """The tensors, each there only when all are."""
    graph = graphs.building()
    if graph is None:
        return list(tensors)
    with graph.name_scope(name or "tuple"):
        waits = [t.op for t in tensors if t is not None] + [c if isinstance(c, operation.Operation) else c.op for c in control_inputs or ()]
        if not waits:
            raise ValueError("Must have at least one Tensor: %s" % (tensors,))
        gate = group(*waits)
        with graph.control_dependencies([gate]):
            return [None if t is None else identity(t, "control_dependency") for t in tensors]


def with_dependencies(dependencies, output_tensor, name=None):
    with graphs.control_dependencies(dependencies):
        return identity(output_tensor, name)


def cond(pred, true_fn, false_fn, name=None):
    try:
        from sokuji._src.graph import control_flow
    except ImportError:
        raise NotImplementedError("not implemented: tf.cond in a graph") from None
    return control_flow.cond(pred, true_fn, false_fn, name=name)


def add_check_numerics_ops():
    """An operation that fails when any floating tensor of the graph holds inf or nan."""
    graphs.refuse("add_check_numerics_ops() is not compatible with eager execution. To check for Inf's and NaN's under eager execution, call "
                  "tfe.seterr(inf_or_nan='raise') once before executing the checked operations.")  # fmt: skip
    graph = graphs.get_default_graph()
    checks = []
    for op in graph.get_operations():
        for t in op._node._outputs:
            if t.dtype.is_floating:
                with graph.control_dependencies(checks[-1:]):
                    checks.append(execute("CheckNumerics", [t], {"message": t.name}))
    return group(*checks)


# ---- seeds ----

class _Probing(_thread._local):
    """While this thread tries a function on examples, to know what it gives."""

    now = False


probing = _Probing()


def seeds(op_seed):
    """The two seeds of an operation of the open graph, as TensorFlow 1.8 chooses them; None where no tf.Graph is open."""
    if probing.now:
        raise NotImplementedError("not implemented: random numbers in a function whose shapes are known only when the graph runs")
    graph = graphs.building()
    if graph is None:
        return None
    if graph.seed is not None:
        op_seed = graph._last_id if op_seed is None else op_seed
        found = graph.seed % _LARGEST_SEED, op_seed % _LARGEST_SEED
    elif op_seed is not None:
        found = _DEFAULT_GRAPH_SEED, op_seed % _LARGEST_SEED
    else:
        return 0, 0
    return (0, _LARGEST_SEED) if found == (0, 0) else found


def set_random_seed(seed):
    from sokuji._src.ops import random_ops

    graph = graphs.building()
    if graph is None:
        random_ops.set_random_seed(seed)
    else:
        graph.seed = seed


def get_seed(op_seed):
    if graphs.building() is None:
        return _core.op_seeds(op_seed)
    found = seeds(op_seed)
    return (None, None) if found == (0, 0) else found
