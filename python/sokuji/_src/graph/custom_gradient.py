"""Gradients of the user's own where a graph is open: what the function computes, and its gradient function, become two graphs that one node runs.

The gradient function is traced with the forward graph as its outer one; what it uses of it becomes outputs of the forward graph.
"""

import functools
import inspect

from sokuji import _core
from sokuji._src.core import nest
from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core import execute as execute_words
from sokuji._src.core.execute import convert, run
from sokuji._src.eager import gradients as eager
from sokuji._src.graph.func_graph import FuncGraph, as_tensor, in_graph

_EFFECTS = frozenset(("EagerPyFunc", "PyFunc", "PrintV2", "Assert", "AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp", "If", "While"))


def custom_gradient(f=None):
    """f returns (value, gradient function); the latter takes output gradients and returns input gradients."""
    if f is None:
        return custom_gradient
    at_once = eager.custom_gradient(f)

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        flat = nest.flatten(list(arguments))
        if not in_graph(*flat):
            return at_once(*arguments, **keywords)
        return _Traced(f, list(arguments), flat, keywords).run()

    return decorated


execute_words._custom_gradient[0] = custom_gradient


def _takes_variables(gradient):
    takes = inspect.signature(gradient).parameters
    return "variables" in takes or any(p.kind is p.VAR_KEYWORD for p in takes.values())


class _Traced:
    """One use of a function with a gradient of its own."""

    def __init__(self, f, arguments, flat, keywords):
        self.inputs = [as_tensor(a) for a in flat]
        outer = _core.graph_now() or next(t._node._graph for t in self.inputs if isinstance(t, _core.SymbolicTensor))
        self.outer = outer
        self.forward(f, arguments, keywords)
        self.backward()

    def forward(self, f, arguments, keywords):
        graph = self.graph = FuncGraph("custom_gradient", self.outer)
        with graph.as_default():
            placed = [graph.add_input((t._dtype_number, t._shape_tuple), "input") for t in self.inputs]
            with eager.GradientTape() as seen:
                self.value, self.gradient = f(*nest.pack_sequence_as(arguments, placed), **keywords)
            self.used = list(seen.watched_variables())
            if self.used and not _takes_variables(self.gradient):
                raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a 'variables' keyword argument.")
            self.values = [as_tensor(v) for v in nest.flatten(self.value)]

    def backward(self):
        graph = FuncGraph("custom_gradient_backward", self.graph)
        with graph.as_default():
            dy = [graph.add_input((t._dtype_number, t._shape_tuple), "gradient") for t in self.values]
            if self.used:
                by_inputs, by_variables = self.gradient(*dy, variables=self.used)
                found = eager._as_list(by_inputs, len(self.inputs)) + list(by_variables)
            else:
                found = eager._as_list(self.gradient(*dy), len(self.inputs))
            found = [g._dense() if isinstance(g, IndexedSlices) else g if g is None else as_tensor(g) for g in found]
        self.is_given = [g is not None for g in found]
        captured = graph.captures()
        self.kept = [outer for outer, _ in captured]
        self.backward_function = _core.ConcreteFunction(graph, [*dy, *[inner for _, inner in captured]], [g for g in found if g is not None])

    def run(self):
        captured = self.graph.captures()
        forward = _core.ConcreteFunction(self.graph, [*self.graph.inputs, *[inner for _, inner in captured]], [*self.values, *self.kept])
        n_inputs, n_values, n_used, backward, is_given = len(self.inputs), len(self.values), len(self.used), self.backward_function, self.is_given

        def call(given):
            made = forward._call_list([*given[:n_inputs], *given[n_inputs + n_used :]])
            outputs, kept = [run("StopGradient", v) for v in made[:n_values]], made[n_values:]

            def gradient(dy):
                dy = [run("ZerosLike", v) if g is None else g for g, v in zip(dy, outputs)]
                found = iter(backward._call_list([*dy, *kept]))
                return [next(found) if is_there else None for is_there in is_given]

            _core.record_gradient(given[: n_inputs + n_used], outputs, gradient)
            return outputs

        nodes = (self.graph.node(i)._type for i in range(len(self.graph)))
        reads = []
        for variable in self.used:
            reads.append(variable._read())
        made = _core.py_call(call, "CustomGradient", any(kind in _EFFECTS for kind in nodes), [*self.inputs, *reads, *[outer for outer, _ in captured]],
                             [(t._dtype_number, t._shape_tuple) for t in self.values])  # fmt: skip
        return nest.pack_sequence_as(self.value, made)


def recompute_grad(f):
    """f, whose intermediate values are computed again when its gradient is asked for."""

    @functools.wraps(f)
    def decorated(*arguments, **keywords):
        @custom_gradient
        def inner(*tensors):
            value = f(*nest.pack_sequence_as(list(arguments), list(tensors)), **keywords)

            def gradient(*dy, variables=None):
                with eager.GradientTape() as tape:
                    again = [run("Identity", convert(t, 0)) for t in tensors]
                    tape.watch(again)
                    made = f(*nest.pack_sequence_as(list(arguments), again), **keywords)
                found = tape.gradient(nest.flatten(made), [*again, *(variables or [])], list(dy))
                return (found[: len(again)], found[len(again) :]) if variables else found

            return value, gradient

        return inner(*nest.flatten(list(arguments)))

    return decorated


def grad_pass_through(f):
    """f with the gradient of the identity."""

    @custom_gradient
    def decorated(*arguments, **keywords):
        def gradient(*dy, variables=None):
            return (dy, [None] * len(variables)) if variables is not None else dy

        return f(*arguments, **keywords), gradient

    return decorated
