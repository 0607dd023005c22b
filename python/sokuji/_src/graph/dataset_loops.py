"""Loops over datasets in graphs: an iterator lives while the graph runs, and a node that calls Python gives the next element."""

import itertools

from sokuji import _core
from sokuji._src.core import errors, nest
from sokuji._src.core.execute import convert, run
from sokuji._src.data import specs
from sokuji._src.data.dataset import Dataset
from sokuji._src.graph import control_flow, tensor_array
from sokuji._src.graph.func_graph import init_scope

_running, _numbers = {}, itertools.count(1)


def _handle_of(source):
    """The number of an iterator while the graph runs. One that was made while this graph is built begins anew in each run, at its first use."""
    if isinstance(source, Dataset) or not source._in_graph:
        return _begin(source)
    graph = _core.graph_now()
    while graph is not None:
        known = source._handles.get(id(graph))
        if known is not None:
            return known
        if not isinstance(getattr(graph, "outer_graph", None), _core.Graph) or getattr(graph, "is_function", False):
            break
        graph = graph.outer_graph
    if graph is not _core.graph_now():
        raise NotImplementedError("not implemented: an iterator made inside tf.function that is first used in a branch or a loop; loop over the dataset itself")
    made = source._handles[id(graph)] = _begin(source._dataset)
    return made


def next_of(source):
    """next(iterator) in a graph."""
    spec, leaves = _leaves(source)
    has, *flat = _next(_handle_of(source), leaves, True)
    return nest.pack_sequence_as(spec, flat)


def _begin(source):
    needs = getattr(source, "_needs", [])

    def call(values):
        number = next(_numbers)
        made = source._build({id(need): value for need, value in zip(needs, values)}) if hasattr(source, "_build") else source
        _running[number] = iter(made) if isinstance(made, Dataset) else made
        return [convert(number, 9)]

    return _core.py_call(call, "MakeIterator", True, needs, [(9, [])])[0]


def _leaves(source):
    with init_scope():  # a function of the dataset may have to run to be known
        spec = source.element_spec
    leaves = nest.flatten(spec)
    if not all(isinstance(leaf, specs.TensorSpec) for leaf in leaves):
        raise NotImplementedError("not implemented: a for loop inside tf.function over a dataset whose elements are not tensors: %r" % (spec,))
    return spec, leaves


def _next(handle, leaves, must_be=False):
    """[whether there is one, its tensors (of zeros where there is none)]"""

    def call(given):
        number = int(given[0].numpy())
        if number not in _running:
            raise NotImplementedError("not implemented: the gradient of a loop over a dataset inside tf.function; put the GradientTape into the loop")
        try:
            element = next(_running[number])
        except StopIteration:
            if must_be:
                raise errors.OutOfRangeError(None, None, "End of sequence") from None
            del _running[number]
            return [convert(False, 10), *[_nothing(leaf) for leaf in leaves]]
        return [convert(True, 10), *nest.flatten(element)]

    told = [(leaf.dtype._number, None if leaf._sizes() is None else list(leaf._sizes())) for leaf in leaves]
    return _core.py_call(call, "IteratorGetNext", True, [handle], [(10, []), *told])


def _nothing(leaf):
    dims = [d or 0 for d in leaf._sizes() or ()]
    return run("Fill", convert(dims, 3) if dims else convert([], 3), tensor_array._zero(leaf.dtype))


def build(source, test, body, state, options):
    """state becomes body(element, *state) for each element, as long as test(*state)."""
    spec, leaves = _leaves(source)
    handle = _handle_of(source)
    loop = control_flow.Loop([convert(True, 10), *state], [None, *options.get("shapes", [None] * len(state))], options.get("maximum_iterations"))

    def go_on(more, *state):
        return more if test is None else run("LogicalAnd", more, convert(test(*state), 10))

    def round_(more, *state):
        has, *flat = _next(handle, leaves)

        def again():
            return tuple(body(nest.pack_sequence_as(spec, flat), *state))

        made = control_flow.build_cond(has, again, lambda: tuple(state))
        return [has, *(made if isinstance(made, tuple) else ())]

    return tuple(loop.run(go_on, round_)[1:])
