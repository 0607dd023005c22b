"""
tf.data in graphs. A dataset made while a graph is open is a recipe: which method of which dataset, with which tensors of the graph. An iterator's
initializer of 1.x (or a loop or a dataset's function) computes those tensors and follows the recipe with eager datasets; what iterators stand at belongs to the session.
"""

import itertools

from sokuji import _core
from sokuji._src.core import dtypes, errors, shapes, signatures
from sokuji._src.core.execute import convert
from sokuji._src.data import dataset as eager
from sokuji._src.data import passes, sources, specs
from sokuji._src.data.specs import Leaf, map_structure
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation, py_call, session
from sokuji._src.graph.dataset_functions import Bound, Traced, traced  # noqa: F401  (traced: asked for by data)
from sokuji._src.graph.variables import GraphVariable, kept, symbolic
from sokuji._src.ops import random_ops
from sokuji._src.ops.sparse_ops import SparseTensor

_FUNCTIONS = {"map": 0, "filter": 0, "flat_map": 0, "interleave": 0, "scan": 1, "take_while": 0}  # where the function stands
# Operations that TensorFlow 1.8 has for a dataset when it is made, and (where it is not one) when an iterator is initialized.
_COUNTS = {"range": 3, "repeat": 1, "skip": 1, "take": 1, "batch": 1, "padded_batch": 3, "prefetch": 1, "cache": 1, "interleave": 2, "from_generator": 1, "shard": 5,
           "TextLineDataset": 3, "TFRecordDataset": 3, "FixedLengthRecordDataset": 5, "enumerate": 3, "list_files": 11}  # fmt: skip
_VARIANTS = {"shard": 4, "enumerate": 2, "from_generator": 2, "list_files": 9}
_LATER_1 = ("bucket_by_sequence_length",)


def _example(value):
    """A value for what only a run knows, to learn what elements look like."""
    return convert([1] * 0 if value._shape_tuple is None else _ones(value._shape_tuple), value._dtype_number) if value._dtype_number != 7 else \
        convert("0", 7)  # fmt: skip


def _ones(sizes):
    return [_ones(sizes[1:]) for _ in range(sizes[0] or 1)] if sizes else 1


def _swap(value, change):
    """Nested arguments with their leaves changed."""
    if isinstance(value, (list, tuple)):
        made = [_swap(v, change) for v in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    if isinstance(value, dict):
        return type(value)((key, _swap(v, change)) for key, v in value.items())
    if isinstance(value, SparseTensor):
        parts = value._components()
        made = [change(p) for p in parts]
        return value if all(a is b or a is None for a, b in zip(made, parts)) else SparseTensor(*made)
    return change(value)


class GraphDataset(eager.Dataset):
    """A dataset of a graph: how an eager one is made when its tensors have values."""

    def __init__(self, method, arguments, keywords, parent=None):
        graph = graphs.building() or _Uncounted
        self._needs, self._parent, self._method, self._traced, self._seeds = [], parent, method, None, None
        place = _FUNCTIONS.get(method) if parent is not None else None
        if method == "shuffle":
            graph._more += 1
            seed = arguments[1] if len(arguments) > 1 else keywords.get("seed")
            self._seeds = random_ops.op_seeds(None if seed is None else int(seed))
            graph._more += 2 if seed is None and getattr(graph, "seed", None) is None else 9
        graph._more += _COUNTS.get(method, 0) + (method == "map" and len(arguments) + ("num_parallel_calls" in keywords) > 1)
        if method in ("from_tensors", "from_tensor_slices"):
            leaves = specs.flatten(arguments[0] if arguments else list(keywords.values())[0])
            graph._more += sum(not isinstance(leaf, _core.SymbolicTensor) for leaf in leaves)
        if place is not None:
            arguments = list(arguments)
            name = "predicate" if method in ("filter", "take_while") else "scan_func" if method == "scan" else "map_func"
            function = arguments.pop(place) if len(arguments) > place else keywords.pop(name)
            layout = parent._layout()
            self._traced = self._trace(method, function, layout, arguments)
            arguments.insert(place, self._traced)
        if method == "scan":
            arguments[0] = map_structure(kept, arguments[0])
        self._arguments, self._keywords = _swap(list(arguments), _read), _swap(keywords, _read)
        parts = [parent] if parent is not None else []
        _swap([self._arguments, self._keywords], lambda v: parts.append(v) if isinstance(v, (GraphDataset, _core.SymbolicTensor, Traced)) else None)
        self._reads = False
        self._variants = _VARIANTS.get(method, 1) + sum(part._variants for part in parts if isinstance(part, GraphDataset))
        for part in parts:
            self._reads |= getattr(part, "_reads", False) or isinstance(part, Traced) and part.reads
            for need in [part] if isinstance(part, _core.SymbolicTensor) else part.needs if isinstance(part, Traced) else getattr(part, "_needs", ()):
                if not any(need is n for n in self._needs):
                    self._needs.append(need)
        example = self._build({id(need): _example(need) for need in self._needs}, False)
        super().__init__(example._inputs, example._make_core, self._layout_of(example), example._count)

    def _trace(self, method, function, layout, arguments):
        if method == "scan":
            state, flat = specs.to_tensors(map_structure(kept, arguments[0]))
            traced = Traced(function, (state, specs.shifted(layout, len(flat))), "scan_func")
            if not isinstance(traced.layout, tuple) or len(traced.layout) != 2:
                raise TypeError("The scan function must return a pair comprising the new state and the output value.")
            return traced
        traced = Traced(function, layout, "predicate" if method in ("filter", "take_while") else "map_func")
        if method in ("filter", "take_while"):
            Bound(traced, []).check_truth()
        if method in ("flat_map", "interleave"):
            Bound(traced, []).check_dataset()
        return traced

    def _layout_of(self, example):
        if self._method == "map":
            return lambda: self._traced.layout
        if self._method in ("flat_map", "interleave"):
            return lambda: self._traced.layout.kind.layout
        if self._method == "_from_recipe":
            return lambda: self._arguments[0].layout
        if self._method == "scan":
            return lambda: specs.shifted(self._traced.layout[1], -min(leaf.place for leaf in specs.flatten(self._traced.layout[1])))
        if self._method in ("from_tensors", "from_tensor_slices") and self._needs and not specs.has_composites(example._layout()):
            made = self._of_tensors()
            return lambda: made
        return example._layout

    def _of_tensors(self):
        """The layout of tensors whose sizes may be unknown."""
        rows = itertools.count()

        def leaf(value):
            t = value if isinstance(value, _core.Handle) else convert(value, 0)
            sizes = t._shape_tuple
            return Leaf(next(rows), t.dtype, sizes if self._method == "from_tensors" or sizes is None else sizes[1:])

        return map_structure(leaf, (self._arguments or list(self._keywords.values()))[0])

    def _build(self, env, is_run=True):
        """The eager dataset, where the tensors that it needs have these values."""

        def value(leaf):
            if isinstance(leaf, _core.SymbolicTensor):
                return env[id(leaf)]
            if isinstance(leaf, GraphDataset):
                return leaf._build(env, is_run)
            return leaf.bound(env) if isinstance(leaf, Traced) else leaf

        parent = self._parent._build(env, is_run) if isinstance(self._parent, GraphDataset) else self._parent
        if self._method == "_from_recipe" and not is_run:
            return eager.Dataset((), None, self._layout_of(None))
        if parent is not None and self._method == "prefetch" and is_run:
            return parent  # functions run on the thread that runs the session
        _core.no_graph_begin()
        eager.given_seeds = self._seeds
        try:
            arguments, keywords = _swap(self._arguments, value), _swap(self._keywords, value)
            made = (_source(self._method) if parent is None else getattr(parent, self._method))(*arguments, **keywords)
        finally:
            eager.given_seeds = None
            _core.no_graph_end()
        if not is_run:
            made._layout = self._layout_of(made)
        return made

    # ---- iterators ----

    def __iter__(self):
        if isinstance(_core.graph_now(), graphs.Graph) or _core.graph_now() is None:
            raise RuntimeError("dataset.__iter__() is only supported when eager execution is enabled.")
        made = object.__new__(eager.Iterator)
        made._dataset, made._in_graph, made._handles = self, True, {}
        return made

    def make_one_shot_iterator(self):
        return GraphIterator(self, is_one_shot=True)

    def make_initializable_iterator(self, shared_name=None):
        return GraphIterator(self)


def _read(value):
    return value._now() if isinstance(value, GraphVariable) else value._read() if isinstance(value, _core.VariableBase) else value


class _Uncounted:
    """What stands for the graph where operations have no numbers."""

    _more = 0


def _source(name):
    return recipe_made if name == "_from_recipe" else _classes.get(name) or getattr(eager.Dataset, name)


def recipe_made(recipe, *values):
    return recipe.make(values)


def from_recipe(recipe, tensors):
    return GraphDataset("_from_recipe", (recipe, *tensors), {})


def of_graph(name, arguments, keywords, is_source):
    """A method of a dataset, or what makes one, while a graph is open."""
    if name == "reduce":
        return reduce(*arguments, **keywords)
    if is_source:
        return GraphDataset(name, arguments, keywords)
    if name in _LATER_1 and graphs.building() is not None:
        return passes._later(name)()
    with _opened(arguments[0]):
        return GraphDataset(name, arguments[1:], keywords, arguments[0])


def reduce(dataset, initial_state, reduce_func, name=None):
    layout, state = specs.to_tensors(initial_state)
    elements = specs.shifted(dataset._layout(), len(state))
    while True:
        traced = Traced(reduce_func, (layout, elements), "reduce_func")
        eager.check_state(layout, traced.layout)
        rows = iter(specs.flatten(traced.layout))
        wide = map_structure(lambda leaf: eager._common(leaf, next(rows)), layout)
        if all(a.shape == b.shape for a, b in zip(specs.flatten(wide), specs.flatten(layout))):
            break
        layout = wide
    needs = [*getattr(dataset, "_needs", ()), *traced.needs]

    def call(values):
        env = {id(need): value for need, value in zip(needs, values[len(state) :])}
        given = map_structure(lambda leaf: values[leaf.place], layout)
        source = dataset._build(env) if isinstance(dataset, GraphDataset) else dataset
        return specs.flatten(source.reduce(given, traced.bound(env)))

    told = [(leaf.dtype._number, None if leaf.shape is None else list(leaf.shape)) for leaf in specs.flatten(layout)]
    made = _core.py_call(call, "ReduceDataset", True, [*state, *needs], told)
    return map_structure(lambda leaf: made[leaf.place], layout)


class _opened:
    """The default graph open, where none is."""

    def __init__(self, dataset):
        self._context = graphs.get_default_graph().as_default() if _core.graph_now() is None else None

    def __enter__(self):
        return self._context and self._context.__enter__()

    def __exit__(self, *exception):
        return self._context and self._context.__exit__(*exception)


def _by_value(dataset):
    """What a one-shot dataset needs of the graph, which nothing may feed and no session holds."""
    if dataset._reads:
        raise ValueError("Failed to create a one-shot iterator for a dataset: its functions read variables. Use make_initializable_iterator()")
    seen, stack = set(), [t._node for t in dataset._needs]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node._type in ("Placeholder", "ReadVariableOp") or node._type.startswith(("Random", "Truncated", "PyFunc", "Iterator", "Assign")):
            raise ValueError("Failed to create a one-shot iterator for a dataset: Cannot capture a %s (name:%s) by value. Use make_initializable_iterator()"
                             % ("placeholder" if node._type == "Placeholder" else "stateful node", node._name))  # fmt: skip
        stack += [t._node for t in node._inputs if t is not None]


_numbers = itertools.count(1)


class GraphIterator:
    """Gives a dataset's elements, one in each run that needs it."""

    def __init__(self, dataset, is_one_shot=False, layout=None, handle=None):
        if is_one_shot:
            _by_value(dataset)
        self._dataset, self._is_one_shot, self._handle = dataset, is_one_shot, handle
        self._shape = layout if layout is not None else dataset._layout()
        self._number = b"sokuji iterator %d" % next(_numbers)
        self._graph = graphs.get_default_graph()
        self._graph._more += 2  # itself and its string handle
        with _opened(None):
            self._start = None if is_one_shot or dataset is None else self._initializing(dataset, "MakeIterator")

    # ---- what a session holds ----

    def _held(self):
        running = session.running()
        if not hasattr(running, "_iterators"):
            running._iterators = {}
        if self._number not in running._iterators and self._is_one_shot:
            values = _core.Session(self._graph)._run([], [], self._dataset._needs, []) if self._dataset._needs else []
            running._iterators[self._number] = self._begun(self._dataset, values)
        return running._iterators

    @staticmethod
    def _begun(dataset, values):
        return iter(dataset._build({id(need): value for need, value in zip(dataset._needs, values)}))

    def _initializing(self, dataset, name):
        def begin(values):
            self._held()[self._number] = self._begun(dataset, values)
            return []

        _core.py_call(_errors(begin), name, True, dataset._needs, [])
        graph = graphs.building()
        graph._more += dataset._variants
        return operation.of(graph.node(len(graph) - 1))

    @property
    def initializer(self):
        if self._start is None:
            raise ValueError("Iterator does not have an initializer.")
        return self._start

    def make_initializer(self, dataset, name=None):
        """An operation that begins to go through the dataset."""
        mine, given = specs.flatten(self._shape), specs.flatten(dataset._layout())
        if specs.is_nested(self._shape) != specs.is_nested(dataset._layout()) or len(mine) != len(given):
            raise ValueError("The two structures don't have the same nested structure: %r and %r" % (self.output_types, dataset.output_types))
        if not specs.same_structure(self._shape, dataset._layout()) or any(a.dtype is not b.dtype for a, b in zip(mine, given)):
            raise TypeError("Expected output types %r but got dataset with output types %r." % (self.output_types, dataset.output_types))
        for a, b in zip(mine, given):
            if not shapes.TensorShape(a.shape).is_compatible_with(b.shape):
                raise TypeError("Expected output shapes compatible with %r but got dataset with output shapes %r." % (self.output_shapes, dataset.output_shapes))
        with _opened(None):
            return self._initializing(dataset, name or "MakeIterator")

    def string_handle(self, name=None):
        """A string that stands for the iterator, to be fed."""

        def handle(none):
            _known[self._number] = self
            return [convert(self._number, 7)]

        with _opened(None):
            graphs.building()._more -= name is None  # which TensorFlow has from the beginning
            return _core.py_call(handle, name or "IteratorToStringHandle", True, [], [(7, ())])[0]

    def get_next(self, name=None):
        """The next element; OutOfRangeError when there is none."""
        leaves = specs.flatten(self._shape)

        def call(given):
            source = self if self._handle is None else _known.get(given[0].numpy())
            if source is None:
                raise errors.InvalidArgumentError(None, None, "no iterator has the handle %r" % (given[0].numpy(),))
            held = source._held()
            if source._number not in held:
                raise errors.FailedPreconditionError(None, None, "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
                                                     "initializer operation for this iterator before getting the next element.")  # fmt: skip
            try:
                element = next(held[source._number])
            except StopIteration:
                raise errors.OutOfRangeError(None, None, "End of sequence") from None
            flat = specs.flatten(element)
            for leaf, t in zip(leaves, flat):
                if t.dtype is not leaf.dtype or not shapes.TensorShape(leaf.shape).is_compatible_with(t._shape_tuple):
                    raise errors.InvalidArgumentError(None, None, "an iterator of %s %s gave %s %s"
                                                      % (leaf.dtype.name, leaf.shape, t.dtype.name, t._shape_tuple))  # fmt: skip
            return flat

        told = [(leaf.dtype._number, None if leaf.shape is None else list(leaf.shape)) for leaf in leaves]
        with _opened(None):
            graph = graphs.building()
            first = len(graph)
            graph.next_name(name or "IteratorGetNext")
            made = _core.py_call(_errors(call), "IteratorGetNext", True, [] if self._handle is None else [self._handle], told)
            graph._note_line(first)
        return map_structure(lambda leaf, rows=iter(made): next(rows), self._shape)

    output_types = property(lambda self: specs.output_types(self._shape))
    output_shapes = property(lambda self: specs.output_shapes(self._shape))
    output_classes = property(lambda self: specs.output_classes(self._shape))


_known = {}  # iterators whose string handle was asked for


def _errors(function):
    """Exceptions of the user's Python are TensorFlow's errors."""

    def call(values):
        try:
            return function(values)
        except errors.OpError:
            raise
        except Exception as exception:
            raise py_call.error_of(exception) from exception

    return call


def _layout_of(types, given):
    rows = itertools.count()
    types = map_structure(dtypes.as_dtype, types)
    sizes = [None] * len(specs.flatten(types)) if given is None else specs.map_up_to(types, lambda _, s: shapes.as_shape(s)._dims, given, "output_shapes")
    return map_structure(lambda dtype: Leaf(next(rows), dtype, sizes.pop(0)), types)


def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
    """An iterator of elements of that structure; make_initializer() says over what."""
    return GraphIterator(None, layout=_layout_of(output_types, output_shapes))


def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
    """The iterator whose handle is fed."""
    with _opened(None):
        handle = symbolic(string_handle, dtypes.string)
        if handle._shape_tuple not in (None, ()):
            raise ValueError("the string handle of an iterator is a scalar, not of shape %s" % (handle.shape,))
        return GraphIterator(None, layout=_layout_of(output_types, output_shapes), handle=handle)


# ---- taking part ----

_classes = {}  # what makes datasets of files


def _new(kind):
    def __new__(cls, *arguments, **keywords):
        return object.__new__(cls) if cls is not kind or _core.graph_now() is None else GraphDataset(kind.__name__, arguments, keywords)

    return __new__


def take_part():
    """From the first graph on datasets look whether one is open."""
    if _classes:
        return
    for kind in (sources.TextLineDataset, sources.FixedLengthRecordDataset, sources.TFRecordDataset, sources.CsvDataset):
        _classes[kind.__name__] = kind
        kind.__new__, kind.__signature__ = staticmethod(_new(kind)), signatures.OfInit()
    eager.Iterator.from_structure, eager.Iterator.from_string_handle = staticmethod(from_structure), staticmethod(from_string_handle)
