"""The functions of tf.data as graphs: traced once for the elements' layout, then run for each element without Python."""

from sokuji import _core
from sokuji._src.core import conversion, dtypes
from sokuji._src.core.execute import convert, run
from sokuji._src.data import specs
from sokuji._src.data.dataset import Dataset, Recipe
from sokuji._src.data.specs import Leaf, map_structure
from sokuji._src.graph import func_graph
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.func_graph import FuncGraph
from sokuji._src.graph.variables import symbolic

_DRAWS = ("Random", "Truncated", "Multinomial", "ParameterizedTruncated")
_ANSWERS = "Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return type is %r."


class _GraphOfThen(graphs.Graph):
    """The graph of a dataset's function in a tf.Graph of 1.x."""

    def __init__(self, outer):
        super().__init__(outer)
        self.seed = outer.seed


def _opened(name):
    outer = _core.graph_now()
    if isinstance(outer, graphs.Graph):
        graph = _GraphOfThen(outer)
        return graph, graphs._stack.opened(graph)
    graph = FuncGraph("Dataset_" + name, outer)
    graph.is_function = True
    return graph, graph.as_default()


def _converted(function):
    if conversion._version == 1:
        return function
    from sokuji._src.autograph import api
    from sokuji._src.graph import backend  # noqa: F401

    return api.converted(function)


class Traced:
    """A function as a graph. The tensors of outer graphs that it `needs` are given when it is bound."""

    def __init__(self, function, layout, name):
        graph, opened = _opened(name)
        with opened:
            leaves = sorted(specs.flatten(layout), key=lambda leaf: leaf.place)
            inputs = [graph.placeholder(leaf.dtype._number, None if leaf.shape is None else list(leaf.shape), "arg%d" % i) for i, leaf in enumerate(leaves)]
            if isinstance(graph, FuncGraph):
                graph.inputs, graph.given = list(inputs), [None] * len(inputs)
            element = map_structure(lambda leaf: inputs[leaf.place], layout)
            call = _converted(function)
            outputs = self._taken(call(*element) if type(layout) is tuple else call(element))
        captures = graph.captures()
        self.needs = [outer for outer, _ in captures]
        types = [graph.node(i)._type for i in range(len(graph))]
        self.reads, self.draws = "ReadVariableOp" in types, any(t.startswith(_DRAWS) for t in types)
        self.core = _core.ConcreteFunction(graph, inputs + [inside for _, inside in captures], outputs)

    def _taken(self, made):
        if isinstance(made, list):
            made = tuple(made)
        elif made is None:
            raise (AttributeError if conversion._version == 1 else TypeError)("Unsupported return value from function passed to Dataset.map(): None.")
        outputs = []

        def take(leaf):
            if isinstance(leaf, Dataset):
                return self._recipe(leaf, take)
            if isinstance(leaf, list) and leaf and all(isinstance(v, specs.Mapping) for v in leaf):
                raise TypeError("Unsupported return value from function passed to Dataset.map(): %r." % (leaf,))
            try:
                t = symbolic(leaf) if isinstance(_core.graph_now(), graphs.Graph) else func_graph.as_tensor(leaf)
            except (TypeError, ValueError) as error:
                raise TypeError("Unsupported return value from function passed to Dataset.map(): %r. (%s)" % (leaf, error)) from None
            outputs.append(t)
            return Leaf(len(outputs) - 1, t.dtype, t._shape_tuple)

        self.layout = map_structure(take, made)
        return [t if isinstance(t, _core.SymbolicTensor) and t._node._graph is _core.graph_now() else run("Identity", t) for t in outputs]

    @staticmethod
    def _recipe(made, take):
        if made._layout() is None:
            raise NotImplementedError("not implemented: a dataset of unknown elements inside a dataset's function")
        needs = getattr(made, "_needs", ())

        def make(values):
            return made._build({id(need): value for need, value in zip(needs, values)}) if hasattr(made, "_build") else made

        return specs.Composite(Recipe(made._layout(), make), [take(need) for need in needs or (convert(0, 3),)])

    def bound(self, env):
        return Bound(self, [env[id(need)] for need in self.needs])


class Bound:
    """A traced function with the values of what it needs."""

    def __init__(self, traced, given):
        self.core, self.layout, self.draws, self.given = traced.core, traced.layout, traced.draws, given

    def run_flat(self, flat):
        return self.core._call_list(flat + self.given)

    def run(self, flat):
        values = self.run_flat(flat)
        return map_structure(lambda leaf: values[leaf.place], self.layout)

    def _is_scalar(self, dtype):
        return isinstance(self.layout, Leaf) and self.layout.dtype is dtype and self.layout.shape in (None, ())

    def check_truth(self):
        if not self._is_scalar(dtypes.bool):
            raise (TypeError if conversion._version == 1 and not isinstance(self.layout, Leaf) else ValueError)(
                _ANSWERS % (map_structure(lambda leaf: leaf.spec(), self.layout),))  # fmt: skip

    def check_key(self):
        if not self._is_scalar(dtypes.int64):
            raise ValueError("Invalid `key_func`. Expected `key_func` to return a scalar tf.int64 tensor, but instead `key_func` has output types %r."
                             % (map_structure(lambda leaf: leaf.dtype, self.layout),))  # fmt: skip

    def check_dataset(self):
        """The layout of the elements of the dataset that the function returns."""
        kind = getattr(self.layout, "kind", None)
        if not isinstance(kind, Recipe):
            raise TypeError("Invalid `map_func`. `map_func` must return a `Dataset` object. Got %r." % (map_structure(lambda leaf: leaf.spec(), self.layout),))
        return kind.layout


def traced(function, layout, name):
    return Traced(function, layout, name).bound({})
