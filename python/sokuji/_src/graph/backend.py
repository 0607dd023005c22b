"""The graph that AutoGraph's converted code builds on: the backend it asks (autograph/backend.py), over this package's control flow."""

from sokuji import _core
from sokuji._src.autograph import backend
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.data.dataset import Dataset, Iterator
from sokuji._src.graph import control_flow, dataset_loops, func_graph, py_call, tensor_array
from sokuji._src.graph.func_graph import as_tensor


class Backend(backend.Backend):
    """Branches and loops of the graph that is open."""

    def is_symbolic(self, value):
        if isinstance(value, _core.SymbolicTensor):
            return True
        return isinstance(value, _core.Handle) and _core.graph_now() is not None

    def loop_kind(self, value):
        if _core.graph_now() is None:
            return None
        if isinstance(value, _core.Handle):
            return "tensor"
        return "dataset" if isinstance(value, (Dataset, Iterator)) else None

    # ---- values ----

    def tensor(self, value):
        if isinstance(value, tensor_array.TensorArray):
            return value
        if value is None:
            raise ValueError("None is no tensor")
        return as_tensor(value)

    def dtype(self, tensor):
        return tensor.dtype

    def shape(self, tensor):
        return None if isinstance(tensor, tensor_array.TensorArray) else tensor._shape_tuple

    def components(self, value):
        if isinstance(value, tensor_array.TensorArray):
            return [value], lambda parts: parts[0]
        parts = func_graph.signature.composite_of(value)
        return None if parts is None else (parts[0](value), lambda tensors: parts[1](value, tensors))

    def zeros(self, dtype, shape):
        dims = [d or 0 for d in shape or ()]
        return run("Fill", convert(dims, 3) if dims else convert([], 3), tensor_array._zero(dtype))

    def aside(self, function):
        outer = _core.graph_now()
        if outer is None:
            return function()
        graph = func_graph.FuncGraph("aside", outer)
        with graph.as_default():
            return function()

    # ---- control flow ----

    def cond(self, predicate, true_fn, false_fn):
        made = control_flow.build_cond(predicate, lambda: tuple(true_fn()), lambda: tuple(false_fn()))
        return made if isinstance(made, tuple) else ()

    def while_loop(self, test, body, state, shapes, options):
        loop = control_flow.Loop(list(state), list(shapes), options.get("maximum_iterations"))
        return tuple(loop.run(lambda *s: as_tensor(test(*s)), lambda *s: list(body(*s))))

    def dataset_loop(self, source, test, body, state, options):
        return dataset_loops.build(source, test, body, list(state), options)

    def logical_not(self, tensor):
        if tensor.dtype is not dtypes.bool:
            raise TypeError("`not` of a tensor of dtype %s; compare it with something" % tensor.dtype.name)
        return run("LogicalNot", as_tensor(tensor))

    def logical_or(self, a, b):
        return run("LogicalOr", as_tensor(a), as_tensor(b))

    # ---- rows ----

    def range_parts(self, tensor):
        node = tensor._node if isinstance(tensor, _core.SymbolicTensor) else None
        return tuple(node._inputs) if node is not None and node._type == "Range" else None

    def length(self, tensor):
        dims = tensor._shape_tuple
        if dims == ():
            raise ValueError("cannot iterate over a scalar tensor")
        if dims is not None and dims[0] is not None:
            return dims[0]
        return run("StridedSlice", run("Shape", tensor), convert([0], 3), convert([1], 3), convert([1], 3), shrink_axis_mask=1)

    def row(self, tensor, index):
        return run("GatherV2", as_tensor(tensor), index, convert(0, 3))

    # ---- what is called ----

    def builtin(self, name, arguments, keywords):
        function = _BUILTINS.get(name)
        return function(*arguments, **keywords) if function is not None else NotImplemented

    def assert_(self, condition, message):
        py_call.assert_(condition, message)

    def equal(self, a, b):
        return run("Equal", as_tensor(a), as_tensor(b))

    def not_equal(self, a, b):
        return run("NotEqual", as_tensor(a), as_tensor(b))


def _cast(value, dtype):
    value = as_tensor(value)
    if value.dtype is dtypes.string:
        return run("StringToNumber", value, out_type=dtype._number)
    return value if value.dtype is dtype else run("Cast", value, DstT=dtype._number)


def _len(value):
    if isinstance(value, Dataset):
        return value.cardinality()
    if isinstance(value, tensor_array.TensorArray):
        return value.size()
    dims = value._shape_tuple
    if dims == ():
        raise ValueError("len requires a non-scalar tensor, got one of shape ()")
    return dims[0] if dims is not None and dims[0] is not None else Backend().length(value)


def _next(iterator, *default):
    return dataset_loops.next_of(iterator) if isinstance(iterator, Iterator) and not default else NotImplemented


def _enumerate(value, start=0):
    return value.enumerate(start) if isinstance(value, Dataset) else NotImplemented


def _zip(*values):
    return Dataset.zip(tuple(values)) if all(isinstance(v, Dataset) for v in values) else NotImplemented


def _map(function, *values):
    return values[0].map(function) if len(values) == 1 and isinstance(values[0], Dataset) else NotImplemented


def _filter(function, value):
    return value.filter(function) if isinstance(value, Dataset) else NotImplemented


def _sorted(value, key=None, reverse=False):
    if key is not None:
        return NotImplemented
    made = run("TopKV2", as_tensor(value), as_tensor(_len(value)))[0]
    return made if reverse else run("ReverseV2", made, convert([0], 3))


def _range(*limits):
    from sokuji._src.ops import array_ops

    return array_ops.range_(*limits)


def _print(*values, **keywords):
    if keywords:
        return NotImplemented
    return py_call.print_2(*values)


def _abs(value):
    return run("Abs", as_tensor(value))


_BUILTINS = {
    "abs": _abs, "float": lambda value=0: _cast(value, dtypes.float32), "int": lambda value=0, *base: _cast(value, dtypes.int32), "len": _len,
    "range": _range, "print": _print, "sorted": _sorted, "next": _next, "enumerate": _enumerate, "zip": _zip,
    "map": _map, "filter": _filter,
}  # fmt: skip
backend.set_backend(Backend())
