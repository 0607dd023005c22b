"""A small graph to try AutoGraph on: symbolic tensors of NumPy values, branches and loops that are traced once and run afterwards.

A graph is a list of nodes; a node computes its value from those before it. Inner graphs see outer ones; the other way round is an error, as in TensorFlow.
"""

import contextlib
import operator

import numpy as np

from sokuji._src.autograph import backend, structure

_graphs = []


class Graph:
    def __init__(self, outer=None):
        self.outer, self.nodes = outer, []

    def sees(self, other):
        return other is self or self.outer is not None and self.outer.sees(other)

    def run(self, values):
        for node in self.nodes:
            if node not in values:
                values[node] = node.compute(values)
        return values


@contextlib.contextmanager
def opened(graph):
    _graphs.append(graph)
    try:
        yield graph
    finally:
        _graphs.pop()


class Inaccessible(TypeError):
    """A tensor of a graph that cannot be seen from here."""


class NotAllowed(TypeError):
    """Python's use of a symbolic tensor."""


class Tensor:
    def __init__(self, dtype, shape, compute=None, inputs=()):
        self.dtype, self.shape, self.compute, self.graph = np.dtype(dtype), shape, compute, _graphs[-1]
        for t in inputs:
            if not self.graph.sees(t.graph):
                raise Inaccessible("the tensor cannot be accessed from here")
        if compute is not None:
            self.graph.nodes.append(self)

    __hash__ = object.__hash__

    def __bool__(self):
        raise NotAllowed("Using a symbolic tensor as a Python bool is not allowed")

    def __iter__(self):
        raise NotAllowed("Iterating over a symbolic tensor is not allowed")

    def __len__(self):
        raise TypeError("len is not well defined for a symbolic tensor")

    def __neg__(self):
        return op(operator.neg, self)

    def __abs__(self):
        return op(abs, self)

    def __invert__(self):
        return op(np.logical_not, self)

    def __getitem__(self, index):
        index = constant(index)
        return Tensor(self.dtype, self.shape[1:] if self.shape else None, lambda v: v[self][v[index]], (self, index))


def _dunder(function, dtype=None):
    return lambda self, other: NotImplemented if _stranger(other) else op(function, self, other, dtype=dtype)


def _stranger(other):
    return not isinstance(other, (Tensor, bool, int, float, str, np.generic, np.ndarray, list))


for _name in "add sub mul floordiv mod truediv pow".split():
    _f = getattr(operator, _name)
    setattr(Tensor, "__%s__" % _name, _dunder(_f))
    setattr(Tensor, "__r%s__" % _name, (lambda f: _dunder(lambda a, b: f(b, a)))(_f))
for _name in "lt le gt ge eq ne".split():
    setattr(Tensor, "__%s__" % _name, _dunder(getattr(operator, _name), bool))


def constant(value, dtype=None):
    if isinstance(value, Tensor):
        if not _graphs[-1].sees(value.graph):
            raise Inaccessible("the tensor cannot be accessed from here")
        return value
    if value is None or not isinstance(value, (bool, int, float, str, np.generic, np.ndarray, list)):
        raise TypeError("Cannot convert %r to a tensor" % (value,))
    if dtype is None:
        dtype = {bool: bool, int: np.int32, float: np.float32}.get(type(value))
    made = np.asarray(value, dtype)
    return Tensor(made.dtype, made.shape, lambda v: made)


def op(function, *inputs, dtype=None, shape=Ellipsis):
    known = next((i.dtype for i in inputs if isinstance(i, Tensor)), None)
    inputs = [constant(i, known if not isinstance(i, Tensor) else None) for i in inputs]
    if len({i.dtype for i in inputs}) > 1:
        raise TypeError("dtypes differ: %s" % ", ".join(i.dtype.name for i in inputs))
    if shape is Ellipsis:
        shape = max((i.shape if i.shape is not None else () for i in inputs), key=len) if all(i.shape is not None for i in inputs) else None
    result = dtype or inputs[0].dtype

    def compute(values):
        return np.asarray(function(*(values[i] for i in inputs)), result)

    return Tensor(result, shape, compute, inputs)


def cast(value, dtype):
    value = constant(value)
    return Tensor(dtype, value.shape, lambda v: v[value].astype(dtype), (value,))


def concat(values):
    values = [constant(v) for v in values]
    sizes = [v.shape[0] for v in values]
    return Tensor(values[0].dtype, (None if None in sizes else sum(sizes), *values[0].shape[1:]), lambda v: np.concatenate([v[x] for x in values]), values)


def range_(*limits):
    if len(limits) == 1:
        limits = (0, *limits)
    if len(limits) == 2:
        limits = (*limits, 1)
    limits = [constant(v) for v in limits]
    made = Tensor(limits[0].dtype, (None,), lambda v: np.arange(*(v[x] for x in limits), dtype=limits[0].dtype), limits)
    made.parts = limits
    return made


class Dataset:
    """Numbers to run over."""

    def __init__(self, values):
        self.values = values


class Growing:
    """A list of numbers that lives in the graph, packed in one tensor."""

    def __init__(self, flat):
        self.flat = flat

    def append(self, value):
        grown = concat([self.flat, Tensor(value.dtype, (1,), lambda v: v[value].reshape(1), (value,))])
        grown.shape = (None,)
        return Growing(grown)

    def pop(self):
        flat = self.flat
        rest = Tensor(flat.dtype, (None,), lambda v: v[flat][:-1], (flat,))
        return Growing(rest), Tensor(flat.dtype, (), lambda v: v[flat][-1], (flat,))


class Backend(backend.Backend):
    def __init__(self):
        self.printed, self.conds, self.whiles, self.options = [], 0, 0, []

    def is_symbolic(self, value):
        return isinstance(value, Tensor)

    def loop_kind(self, value):
        return "tensor" if isinstance(value, Tensor) else "dataset" if isinstance(value, Dataset) and _graphs else None

    def tensor(self, value):
        return constant(value)

    def dtype(self, tensor):
        return tensor.dtype

    def shape(self, tensor):
        return tensor.shape

    def components(self, value):
        return ([value.flat], lambda flat: Growing(flat[0])) if isinstance(value, Growing) else None

    def zeros(self, dtype, shape):
        sizes = tuple(s or 0 for s in shape or ())
        return Tensor(dtype, shape, lambda v: np.zeros(sizes, dtype))

    def aside(self, function):
        if not _graphs:
            return function()
        with opened(Graph(_graphs[-1])):
            return function()

    def cond(self, predicate, true_fn, false_fn):
        if predicate.dtype != bool:
            raise TypeError("the condition has dtype %s" % predicate.dtype)
        self.conds += 1
        graphs, results = [], []
        for function in (true_fn, false_fn):
            with opened(Graph(_graphs[-1])) as graph:
                graphs.append(graph)
                results.append([constant(t) for t in function()])
        which = Tensor(np.int32, (), lambda v: 0 if v[predicate] else 1, (predicate,))

        def branch(v):
            inner = graphs[v[which]].run(dict(v))
            return tuple(inner[t] for t in results[v[which]])

        return self.parts(branch, [(a.dtype, a.shape if a.shape == b.shape else None) for a, b in zip(*results)])

    def parts(self, compute, specs):
        whole = Tensor(object, (), compute)
        return tuple(Tensor(d, s, lambda v, i=i: v[whole][i], (whole,)) for i, (d, s) in enumerate(specs))

    def _inside(self, state, shapes, function, *more):
        with opened(Graph(_graphs[-1])) as graph:
            inputs = [Tensor(t.dtype, t.shape if s is None else None if s is ... else s, None) for t, s in zip(state, shapes)]
            made = function(*more, *inputs)
            made = [constant(t) for t in (made if isinstance(made, tuple) else (made,))]
        return graph, inputs, made

    def while_loop(self, test, body, state, shapes, options):
        self.whiles += 1
        self.options.append((shapes, options))
        state = [constant(t) for t in state]
        test_graph, test_in, test_out = self._inside(state, shapes, test)
        graph, inputs, made = self._inside(state, shapes, body)
        most = options.get("maximum_iterations")

        def compute(v):
            now, rounds = [v[t] for t in state], 0
            while test_graph.run({**v, **dict(zip(test_in, now))})[test_out[0]] and (most is None or rounds < most):
                inner = graph.run({**v, **dict(zip(inputs, now))})
                now, rounds = [inner[t] for t in made], rounds + 1
            return now

        return self.parts(compute, [(t.dtype, t.shape if s is None else None if s is ... else s) for t, s in zip(state, shapes)])

    def dataset_loop(self, source, test, body, state, options):
        shapes = options["shapes"]
        element = Tensor(np.int32, (), None)
        graph, inputs, made = self._inside(state, shapes, body, element)
        element.graph = graph
        tested = self._inside(state, shapes, test) if test is not None else None

        def compute(v):
            now = [v[t] for t in state]
            for item in source.values:
                if tested is not None and not tested[0].run({**v, **dict(zip(tested[1], now))})[tested[2][0]]:
                    break
                inner = graph.run({**v, **dict(zip(inputs, now)), element: np.int32(item)})
                now = [inner[t] for t in made]
            return now

        return self.parts(compute, [(t.dtype, t.shape) for t in state])

    def logical_not(self, tensor):
        if tensor.dtype != bool:
            raise TypeError("not of dtype %s" % tensor.dtype)
        return op(np.logical_not, tensor)

    def logical_or(self, a, b):
        return op(np.logical_or, a, b)

    def range_parts(self, tensor):
        return getattr(tensor, "parts", None)

    def length(self, tensor):
        if tensor.shape == ():
            raise ValueError("len requires a non-scalar tensor")
        if tensor.shape is not None and tensor.shape[0] is not None:
            return tensor.shape[0]
        return Tensor(np.int32, (), lambda v: np.int32(len(v[tensor])), (tensor,))

    def builtin(self, name, arguments, keywords):
        if name == "len":
            return self.length(arguments[0])
        if name == "range":
            return range_(*arguments)
        if name in ("int", "float"):
            return cast(arguments[0], np.int32 if name == "int" else np.float32)
        if name == "print":
            self.print(arguments)
            return None
        return NotImplemented

    def print(self, arguments):
        shown = [constant(a) for a in arguments]
        Tensor(object, (), lambda v: self.printed.append([v[t].tolist() for t in shown]), shown)

    def assert_(self, condition, message):
        condition = constant(condition)

        def check(v):
            if not v[condition]:
                raise AssertionError(message)

        Tensor(object, (), check, (condition,))

    def new_list(self, elements):
        if not _graphs:
            return None
        return Growing(Tensor(np.int32, (None,), lambda v: np.zeros(0, np.int32)))


@contextlib.contextmanager
def installed():
    made = Backend()
    before = backend.set_backend(made)
    try:
        yield made
    finally:
        backend.set_backend(before)


def run(function, *arguments):
    """Traces a converted function with symbolic arguments, then runs the graph; strings and None go in as they are."""
    values = {}
    with opened(Graph()) as graph:
        inputs = []
        for argument in arguments:
            if isinstance(argument, (int, float, bool, list)):
                array = np.asarray(argument, {bool: bool, int: np.int32, float: np.float32}.get(type(argument)))
                array = array.astype(np.int32) if array.dtype == np.int64 else array.astype(np.float32) if array.dtype == np.float64 else array
                placeholder = Tensor(array.dtype, array.shape, None)
                values[placeholder] = array
                inputs.append(placeholder)
            else:
                inputs.append(argument)
        made = function(*inputs)
        known = Backend().components
        leaves = structure.flatten(made, known, [])
        for leaf in leaves:
            if isinstance(leaf, Tensor) and leaf.graph is not graph:
                raise Inaccessible("a tensor of an inner graph came out")
        graph.run(values)
    return (
        structure.pack(made, iter([values[t].tolist() if isinstance(t, Tensor) else t for t in leaves]), lambda value: None)
        if not isinstance(made, Growing)
        else values[leaves[0]].tolist()
    )
