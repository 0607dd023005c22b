"""tf.data.Dataset over the library's datasets. A Dataset says how it is made of its inputs; the library's is made when it is first iterated.

Functions are traced once into graphs, which then run without the interpreter. Where one cannot be traced, it is called for each element: how many tensors it
returns is known only when it has run. Until then its elements are taken to have PAD tensors, the unused ones being one shared scalar, and the layout
(specs.py) of the function's first result says which of them are real. Such a dataset, and what is made of it, is `loose`.
"""

import atexit
import builtins
import functools
import weakref

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, invalid, run
from sokuji._src.data import specs
from sokuji._src.data.specs import Leaf, map_structure
from sokuji._src.variables import trackable

PAD = 16  # tensors of an element whose layout is not known yet
INFINITE, UNKNOWN = -1, -2
_version = 2
_generation = 0  # counted up when some function turned out to need more than its pad
given_seeds = None  # what a graph chose for the dataset that is being made
graph_side = None  # gives the module that traces functions and has datasets of graphs
_live = weakref.WeakSet()
_dummy = _core.convert(0, 3)
_range = builtins.range


def set_version(version):
    global _version
    _version = version


class _Wider(Exception):
    """A function returned more tensors than its pad; its dataset has noted how many."""


@atexit.register
def _close():
    for iterator in list(_live):
        iterator._close()


def padded(tensors, width, dataset):
    if len(tensors) > width:
        global _generation
        dataset._pad = len(tensors)
        _generation += 1
        raise _Wider()
    return tensors if len(tensors) == width else [*tensors, *[_dummy] * (width - len(tensors))]


def _integer(value, what):
    return int(value) if not isinstance(value, (_core.Handle, np.ndarray)) else int(np.asarray(value))


_POSITION = b"sokuji iterator 1: "


class Iterator(trackable.Trackable):
    """Goes through a dataset once."""

    __setattr__ = object.__setattr__

    def __init__(self, dataset):
        self._dataset, self._started, self._taken = dataset, False, 0
        self._in_graph, self._handles = _core.graph_now() is not None, {}  # whether a function that is being traced made it
        for stream in dataset._streams:
            stream._restart()
        self._core = iter(dataset._built())
        self._ended = False
        _live.add(self)

    def _close(self):
        self._core.close()

    def __iter__(self):
        return self

    def _flat(self):
        if _core.graph_now() is not None:
            raise NotImplementedError("not implemented: an element of a dataset taken while a graph is built; loop over the dataset with AutoGraph, or outside")
        while True:
            try:
                flat = next(self._core)
            except _Wider:
                if self._started:
                    raise RuntimeError("a dataset's function returned more tensors than before") from None
                self._core = iter(self._dataset._built())
                continue
            self._started = True
            self._taken += 1
            return flat

    def _checkpoint_children(self):
        return []

    def _checkpoint_values(self):
        """Where the iterator is, as the number of elements that it gave."""
        return {"ITERATOR": (_core.convert(_POSITION + b"%d" % self._taken, 7), self._go_to)}

    def _go_to(self, position):
        text = position.numpy()
        if not text.startswith(_POSITION):
            raise NotImplementedError("not implemented: restoring a position that TensorFlow's own iterator wrote; make a new iterator")
        self._core, self._taken, self._ended = iter(self._dataset._built()), 0, False
        for _ in builtins.range(int(text[len(_POSITION) :])):
            self._flat()

    def __next__(self):
        flat = self._flat()
        return self._dataset._unpack(flat)

    def next(self):
        return self.__next__()

    def get_next(self, name=None):
        from sokuji._src.core import errors

        try:
            return self.__next__()
        except StopIteration:
            raise errors.OutOfRangeError(None, None, "End of sequence") from None

    def get_next_as_optional(self):
        try:
            return Optional(self.__next__(), True)
        except StopIteration:
            return Optional(None, False)

    output_types = property(lambda self: self._dataset.output_types)
    output_shapes = property(lambda self: self._dataset.output_shapes)
    output_classes = property(lambda self: self._dataset.output_classes)
    element_spec = property(lambda self: self._dataset.element_spec)


class Optional:
    """A value that may be missing."""

    def __init__(self, value, has):
        self._value, self._has = value, has

    @staticmethod
    def from_value(value):
        layout, flat = specs.to_tensors(value)
        return Optional(map_structure(lambda leaf: flat[leaf.place], layout), True)

    @staticmethod
    def empty(element_spec):
        made = Optional(None, False)
        made._spec = element_spec
        return made

    element_spec = property(lambda self: self._spec if not self._has and hasattr(self, "_spec") else map_structure(specs.type_spec_from_value, self._value))

    def has_value(self, name=None):
        return convert(self._has, 10)

    def get_value(self, name=None):
        from sokuji._src.core import errors

        if not self._has:
            raise errors.InvalidArgumentError(None, None, "The given optional does not have a value.")
        return self._value


class Dataset:
    """Elements one after another: tensors, or structures (tuples, dictionaries) of tensors."""

    def __init__(self, inputs, make, layout, cardinality=None):
        """make(cores of the inputs) gives the library's dataset, layout() its elements' layout or None while unknown."""
        self._inputs, self._make_core, self._layout, self._count = inputs, make, layout, cardinality
        self._pad, self._made, self._kind = PAD, None, None
        self._loose = any(i._loose for i in inputs)
        self._streams = [s for i in inputs for s in i._streams]  # traced functions that draw random numbers

    def _built(self):
        if self._made is None or self._made[0] != _generation:
            core = self._make_core(*[i._built() for i in self._inputs])
            self._made = (_generation, core)
        return self._made[1]

    def _unpack(self, flat):
        return map_structure(lambda leaf: flat[leaf.place], self._layout())

    def _known(self):
        """The layout; when only a function can tell, the first element is made."""
        if self._layout() is None:
            iterator = Iterator(self)
            try:
                iterator._flat()
            except StopIteration:
                pass
            iterator._close()
        if self._layout() is None:
            raise NotImplementedError("not implemented: the element_spec of a dataset without elements")
        return self._layout()

    # ---- what elements are ----

    output_types = property(lambda self: specs.output_types(self._known()))
    output_shapes = property(lambda self: specs.output_shapes(self._known()))
    output_classes = property(lambda self: specs.output_classes(self._known()))
    element_spec = property(lambda self: map_structure(lambda leaf: leaf.spec(), self._known()))

    def __repr__(self):
        kind = self._kind or type(self).__name__
        if self._layout() is None:
            return "<%s>" % kind
        if _version == 2:
            return "<%s element_spec=%r>" % (kind, self.element_spec)
        return ("<%s shapes: %s, types: %s>" % (kind, map_structure(str, self.output_shapes), self.output_types)).replace("'", "")

    def _cardinality(self):
        return UNKNOWN if self._count is None else self._count()

    def cardinality(self, name=None):
        """The number of elements; -1 when there is no end, -2 when it is unknown."""
        return convert(self._cardinality(), 9)

    def __len__(self):
        if _version == 1:
            raise TypeError("object of type '%s' has no len()" % type(self).__name__)
        n = self._cardinality()
        if n < 0:
            raise TypeError("The dataset is infinite." if n == INFINITE else "The dataset length is unknown.")
        return n

    def __bool__(self):
        return True

    # ---- going through ----

    def __iter__(self):
        return Iterator(self)

    def make_one_shot_iterator(self):
        """An iterator over the elements."""
        return Iterator(self)

    def make_initializable_iterator(self, shared_name=None):
        """Graphs only: an iterator that a session initializes."""
        raise RuntimeError("dataset.make_initializable_iterator is not supported when eager execution is enabled.")

    def as_numpy_iterator(self):
        """The elements as NumPy arrays."""
        for element in self:
            yield map_structure(lambda t: NumpyDataset(t) if isinstance(t, Dataset) else t.numpy(), element)

    # ---- sources ----

    @staticmethod
    def from_tensors(tensors, name=None):
        """One element: the tensors."""
        layout, flat = specs.to_tensors(tensors)
        return Dataset((), lambda: _core.Dataset.from_tensors(flat), lambda: layout, lambda: 1)

    @staticmethod
    def from_tensor_slices(tensors, name=None):
        """An element for each row of the tensors' first axis, which must have one size."""
        layout, flat = specs.to_tensors(tensors)
        if specs.has_composites(layout):
            from sokuji._src.data import composites

            return composites.from_slices(tensors)
        sizes = []
        for t in flat:
            if not t._shape_tuple:
                raise (IndexError if _version == 1 else ValueError)("from_tensor_slices: a scalar has no slices; wrap it in a list")
            sizes.append(t._shape_tuple[0])
        if len(set(sizes)) > 1:
            raise ValueError("Dimensions %d and %d are not compatible: all tensors must have the same first size"
                             % (sizes[0], next(n for n in sizes if n != sizes[0])))  # fmt: skip
        layout = map_structure(lambda leaf: leaf.changed(shape=leaf.shape[1:]), layout)
        return Dataset((), lambda: _core.Dataset.from_slices(flat), lambda: layout, lambda: sizes[0])

    @staticmethod
    def from_generator(generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None):
        """The elements that generator(*args) yields."""
        from sokuji._src.data import passes as data_passes

        return data_passes.from_generator(generator, output_types, output_shapes, args, output_signature)

    @staticmethod
    def range(*args, **kwargs):
        """Whole numbers from start up to before stop."""
        kind = dtypes.as_dtype(kwargs.pop("output_type", dtypes.int64))
        kwargs.pop("name", None)
        if kwargs or not 1 <= len(args) <= 3:
            raise ValueError("Invalid arguments to range: %r %r; give (stop), (start, stop) or (start, stop, step)" % (args, kwargs))
        bounds = [_integer(a, "range") for a in args]
        start, stop = (0, bounds[0]) if len(bounds) == 1 else bounds[:2]
        step = bounds[2] if len(bounds) == 3 else 1
        made = Dataset((), lambda: _core.Dataset.range(start, stop, step), lambda: Leaf(0, dtypes.int64, ()), lambda: len(_range(start, stop, step)))
        return made if kind is dtypes.int64 else made.map(lambda v: run("Cast", v, DstT=kind._number))

    @staticmethod
    def zip(*args, datasets=None, name=None):
        """Elements of the datasets side by side."""
        datasets = args[0] if len(args) == 1 and datasets is None else args if datasets is None else datasets
        if isinstance(datasets, list):
            if _version == 1:
                raise TypeError("The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects. Nested structures do not support "
                                "Python lists; please use a tuple instead.")  # fmt: skip
            datasets = tuple(datasets)
        flat = specs.flatten(datasets)
        if not all(isinstance(d, Dataset) for d in flat):
            raise TypeError("The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects.")

        def layout():
            parts, start, out = [d._layout() for d in flat], 0, []
            if any(p is None for p in parts):
                return None
            for d, part in zip(flat, parts):
                out.append(specs.shifted(part, start))
                start += d._built().components if d._loose else len(specs.flatten(part))
            return map_structure(lambda _, rows=iter(out): next(rows), datasets)

        return Dataset(tuple(flat), lambda *cores: _core.Dataset.zip(list(cores)), layout, lambda: _least([d._cardinality() for d in flat]))

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None, name=None):
        """Names of files that match the patterns."""
        from sokuji._src.data import sources

        return sources.list_files(file_pattern, shuffle, seed)

    # ---- functions ----

    def _call(self, function, flat):
        element = self._unpack(flat)
        return function(*element) if type(element) is tuple else function(element)

    def _traced(self, function, name, *before):
        """The function of an element (after values with these layouts) as a graph; None where it can only be called."""
        if hasattr(function, "run_flat"):
            return function
        layout = self._layout()
        if self._loose or layout is None:
            return None
        n = len(specs.flatten(before))
        return self._trace(function, (*before, specs.shifted(layout, n)) if before else layout, name)

    def _trace(self, function, layout, name):
        try:
            return graph_side().traced(function, layout, name)
        except (NotImplementedError, TypeError) as error:  # what is composed in Python needs values
            if not str(error).startswith("not implemented") and not (_version == 1 and "has no value before the graph runs" in str(error)):
                raise
            return None

    def _with(self, bound, make, layout, cardinality=None):
        """What a traced function makes of this dataset."""
        made = Dataset((self,), make, lambda: layout, cardinality)
        made._pad = len(specs.flatten(layout))
        if bound.draws:
            made._streams.append(bound.core)
        return made

    def map(self, map_func, num_parallel_calls=None, deterministic=None, synchronous=None, use_unbounded_threadpool=False, name=None):
        """map_func of each element."""
        if not callable(map_func) and not hasattr(map_func, "run_flat"):  # traced before
            raise (TypeError if _version == 1 else ValueError)("`map_func` must be a callable. Received %r" % (map_func,))
        bound = self._traced(map_func, "map_func")
        if bound is None:
            return _mapped(self, lambda *flat: self._call(map_func, flat), self._cardinality)
        return self._with(bound, lambda core: core.map_traced(bound.core, bound.given), bound.layout, self._cardinality)

    def _predicate(self, predicate):
        bound = self._traced(predicate, "predicate")
        if bound is not None:
            bound.check_truth()
        return bound

    def filter(self, predicate, name=None):
        """The elements for which the predicate is true."""
        bound = self._predicate(predicate)
        if bound is not None:
            return self._with(bound, lambda core: core.filter_traced(bound.core, bound.given), self._layout())

        def passes(*flat):
            made = convert(self._call(predicate, flat), 0)
            if made._dtype_number != 10 or made._shape_tuple != ():
                raise ValueError("`predicate` must return a scalar boolean tensor.")
            return bool(made)

        return Dataset((self,), lambda core: core.filter(passes), self._layout)

    def flat_map(self, map_func, name=None):
        """The elements of the datasets that map_func makes of each element, one after the other."""
        from sokuji._src.data import passes as data_passes

        return data_passes.interleave(self, map_func, 1, 1, "flat_map")

    def interleave(self, map_func, cycle_length=None, block_length=None, num_parallel_calls=None, deterministic=None, name=None):
        """The elements of the datasets that map_func makes, block_length of each of cycle_length at a time in turn."""
        from sokuji._src.data import passes as data_passes

        if cycle_length is None:
            cycle_length = 16
        return data_passes.interleave(self, map_func, _integer(cycle_length, "cycle_length"), _integer(block_length or 1, "block_length"), "interleave")

    def apply(self, transformation_func):
        """transformation_func(this dataset), which must be a dataset."""
        made = transformation_func(self)
        if not isinstance(made, Dataset):
            raise TypeError("`transformation_func` must return a Dataset.")
        return made

    def reduce(self, initial_state, reduce_func, name=None):
        """The last state of reduce_func(state, element), begun with initial_state."""
        layout, state = specs.to_tensors(initial_state)
        _, bound = self._stepping(reduce_func, "reduce_func", layout, lambda made: made)
        if bound is not None:
            iterator = Iterator(self)
            try:
                while True:
                    state = bound.run_flat([*state, *iterator._flat()])
            except StopIteration:
                return map_structure(lambda leaf: state[leaf.place], layout)
        for element in self:
            given = map_structure(lambda leaf, now=state: now[leaf.place], layout)
            made, state_now = specs.to_tensors(reduce_func(given, element))
            check_state(layout, made)
            state = state_now
        return map_structure(lambda leaf: state[leaf.place], layout)

    def _stepping(self, function, name, layout, state_of):
        """(the state's layout, as narrow as it can be through all steps; the traced function of the state and an element, or None)."""
        if hasattr(function, "run_flat"):
            return layout, function
        while True:
            bound = self._traced(function, name, layout)
            if bound is None:
                return layout, None
            made = state_of(bound.layout)
            check_state(layout, made)
            rows = iter(specs.flatten(made))
            wide = map_structure(lambda leaf: _common(leaf, next(rows)), layout)
            if all(a.shape == b.shape for a, b in zip(specs.flatten(wide), specs.flatten(layout))):
                return layout, bound
            layout = wide

    # ---- order ----

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True, name=None):
        """Elements in an order drawn from a buffer of buffer_size, which is TensorFlow's for a seed."""
        size = _integer(buffer_size, "buffer_size")
        first, second = given_seeds or _core.op_seeds(None if seed is None else _integer(seed, "seed"))
        if reshuffle_each_iteration or reshuffle_each_iteration is None:
            # In 1.x a seeded order begins alike each time; without a seed each time has its own.
            mode = 1 if _version == 1 and (first or second) else 0
        else:
            mode = 3 if _version == 1 else 2
        return Dataset((self,), lambda core: core.shuffle(size, first, second, mode), self._layout, self._cardinality)

    def repeat(self, count=None, name=None):
        """The elements count times over, or for ever."""
        n = -1 if count is None else _integer(count, "count")

        def cardinality():
            inner = self._cardinality()
            if n == 0 or inner == 0:
                return 0
            return INFINITE if n < 0 or inner == INFINITE else inner if inner < 0 else inner * n

        return Dataset((self,), lambda core: core.repeat(n), self._layout, cardinality)

    def skip(self, count, name=None):
        """All but the first count elements."""
        n = _integer(count, "count")

        def cardinality():
            inner = self._cardinality()
            return inner if inner < 0 else max(0, inner - max(n, 0)) if n >= 0 else 0

        return Dataset((self,), lambda core: core.skip(n) if n >= 0 else core.take(0), self._layout, cardinality)

    def take(self, count, name=None):
        """The first count elements."""
        n = _integer(count, "count")

        def cardinality():
            inner = self._cardinality()
            return inner if n < 0 or inner == UNKNOWN and n > 0 else n if inner == INFINITE else min(inner, n) if n > 0 else 0

        return Dataset((self,), lambda core: core.take(n), self._layout, cardinality)

    def concatenate(self, dataset, name=None):
        """The elements of this dataset, then those of the other."""
        first, second = self._layout(), dataset._layout()
        if first is not None and second is not None:
            if not specs.same_structure(first, second) or [x.dtype for x in specs.flatten(first)] != [x.dtype for x in specs.flatten(second)]:
                raise TypeError("Two datasets to concatenate have different types: %s and %s" % (self.output_types, dataset.output_types))

        def layout():
            a, b = self._layout(), dataset._layout()
            return b if a is None else a if b is None else specs.map_structure(lambda leaf, rows=iter(specs.flatten(b)): _common(leaf, next(rows)), a)

        def make(a, b):
            n = max(a.components, b.components)
            return _widened(a, n).concatenate(_widened(b, n))

        return Dataset((self, dataset), make, layout, lambda: _sum([self._cardinality(), dataset._cardinality()]))

    def enumerate(self, start=0, name=None):
        """Pairs (number, element), from start on."""
        n = _integer(start, "start")

        def layout():
            inner = self._layout()
            return None if inner is None else (Leaf(0, dtypes.int64, ()), specs.shifted(inner, 1))

        return Dataset((self,), lambda core: core.enumerate(n), layout, self._cardinality)

    def shard(self, num_shards, index, name=None):
        """Every num_shards-th element, from index on."""
        n, k = _integer(num_shards, "num_shards"), _integer(index, "index")
        if n < 1:
            raise (ValueError if _version == 1 else invalid)("num_shards must be >= 1; got: %s" % n)
        if not 0 <= k < n:
            raise (ValueError if _version == 1 else invalid)("index must be in [0, num_shards); got: %s" % k)

        def pass_(source):
            return (flat for i, flat in builtins.enumerate(source) if i % n == k)

        def cardinality():
            inner = self._cardinality()
            return inner if inner < 0 else len(_range(k, inner, n))

        return same_elements(self, pass_, cardinality)

    # ---- batches ----

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None):
        """Elements in batches: tensors of (batch_size, …), the last one smaller unless drop_remainder."""
        size, drop = _integer(batch_size, "batch_size"), bool(drop_remainder)
        if size <= 0 and _version == 2:
            raise invalid("Batch size must be greater than zero, it is %d" % size)
        if getattr(self, "_has_ragged_rows", False):
            return self.ragged_batch(size, drop)
        if specs.has_composites(self._layout()):
            from sokuji._src.data import composites

            return composites.batch(self, size, drop)

        def layout():
            inner = self._layout()
            lead = size if drop else None
            return None if inner is None else map_structure(lambda leaf: leaf.changed(shape=None if leaf.shape is None else (lead, *leaf.shape)), inner)

        return Dataset((self,), lambda core: core.batch(size, drop, False), layout, lambda: _batches(self._cardinality(), size, drop))

    def padded_batch(self, batch_size, padded_shapes=None, padding_values=None, drop_remainder=False, name=None):
        """Batches of tensors filled up to padded_shapes with padding_values."""
        from sokuji._src.data import passes as data_passes

        return data_passes.padded_batch(self, _integer(batch_size, "batch_size"), padded_shapes, padding_values, bool(drop_remainder))

    def cache(self, filename="", name=None):
        """Keeps the elements of the first pass, in memory or in a file, for those that follow."""
        if filename != "":
            from sokuji._src.data import stored

            return stored.cache(self, filename)
        return Dataset((self,), lambda core: core.cache(), self._layout, self._cardinality)

    def prefetch(self, buffer_size, name=None):
        """Makes up to buffer_size elements ahead, in a thread."""
        n = _integer(buffer_size, "buffer_size")
        n = 2 if n == -1 else n
        return Dataset((self,), lambda core: core.prefetch(n) if n > 0 else core, self._layout, self._cardinality)


class NumpyDataset:
    """A window's dataset as as_numpy_iterator gives it."""

    def __init__(self, dataset):
        self._dataset = dataset

    def __iter__(self):
        return self._dataset.as_numpy_iterator()


class Recipe:
    """Datasets that are elements: make(tensors) gives the one that an element's tensors stand for, `layout` is that of its own elements."""

    def __init__(self, layout, make):
        self.layout, self.make = layout, make

    def _of_components(self, tensors):
        made = graph_side().from_recipe(self, tensors) if _core.graph_now() is not None else self.make(tensors)
        made._kind = made._kind or "_VariantDataset"
        return made

    def _spec_of(self, parts):
        return specs.DatasetSpec(map_structure(lambda leaf: leaf.spec(), self.layout))


def check_state(layout, made):
    if not specs.same_structure(made, layout):
        raise TypeError("The structure of the new state does not match that of the initial state: %r" % (made,))
    new, old = [[leaf.dtype for leaf in specs.flatten(part)] for part in (made, layout)]
    if new != old:
        raise TypeError("The element types for the new state must match the initial state. Expected %s; got %s." % (old, new))


def _common(a, b):
    """The leaf that both fit."""
    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
        return a.changed(shape=None)
    return a.changed(shape=tuple(x if x == y else None for x, y in zip(a.shape, b.shape)))


def _least(counts):
    known = [c for c in counts if c >= 0]
    return UNKNOWN if UNKNOWN in counts else min(known) if known else INFINITE


def _sum(counts):
    return INFINITE if INFINITE in counts else UNKNOWN if UNKNOWN in counts else sum(counts)


def _batches(n, size, drop):
    return n if n < 0 else n // size if drop else -(-n // size)


def _widened(core, n):
    return core if core.components == n else core.map(n, lambda *flat: [*flat, *[_dummy] * (n - len(flat))])


def same_elements(dataset, pass_, cardinality=None):
    """A dataset with a pass's elements, which are laid out as those of its input."""
    return Dataset((dataset,), lambda core: _core.Dataset.from_passes(core.components, pass_, [core]), dataset._layout, cardinality)


class Noted:
    """The layout of a function's results, noted at the first and checked afterwards."""

    def __init__(self):
        self.layout = None

    def note(self, value):
        """The flat tensors of a result."""
        if isinstance(value, list):
            value = tuple(value)
        elif value is None:
            raise TypeError("Unsupported return value from function passed to Dataset.map(): None.")
        layout, flat = specs.to_tensors(value)
        if self.layout is None:
            self.layout = layout
        else:
            self._check(layout)
        return flat

    def _check(self, layout):
        if not specs.same_structure(layout, self.layout):
            raise TypeError("a dataset's function returned another structure than before: %r" % (layout,))
        for new, old in zip(specs.flatten(layout), specs.flatten(self.layout)):
            if new.dtype is not old.dtype:
                raise TypeError("a dataset's function returned %s, before it was %s" % (new.dtype.name, old.dtype.name))
            if new.shape != old.shape:
                old.shape = _common(old, new).shape


def _loosened(noted, input_layout):
    """A first size that came from an unknown one is unknown as well."""
    sizes = [leaf.shape for leaf in specs.flatten(input_layout) if leaf.shape]
    if noted is None or not any(shape[0] is None for shape in sizes):
        return noted
    return map_structure(lambda leaf: leaf.changed(shape=(None, *leaf.shape[1:])) if leaf.shape else leaf, noted)


def _mapped(dataset, function, cardinality=None):
    noted = Noted()

    def make(core):
        def call(*flat):
            return padded(noted.note(function(*flat)), made._pad, made)

        return core.map(made._pad, call)

    def layout():
        return None if noted.layout is None else _loosened(noted.layout, dataset._layout() or ())

    made = Dataset((dataset,), make, layout, cardinality)
    made._loose = True
    return made


# ---- in graphs ----

_TITLES = {"from_tensors": "Tensor", "from_tensor_slices": "TensorSlice", "from_generator": "FlatMap", "enumerate": "Zip", "list_files": "Shuffle", "with_options": "Options",
           "ragged_batch": "Batch", "bucket_by_sequence_length": "GroupByWindow", "choose_from_datasets": "DirectedInterleave", "sample_from_datasets": "DirectedInterleave", "counter": "Scan"}  # fmt: skip


@functools.lru_cache(None)
def _named(kind):
    """The class of a kind of datasets, by its name alone."""
    return type(kind, (Dataset,), {"__module__": Dataset.__module__, "_by_name": True})


def both(name, original, is_source=False):
    """A method (or a function that makes datasets), which gives a recipe where a graph is open."""
    title = _TITLES.get(name) or "".join(word.capitalize() for word in name.split("_"))

    @functools.wraps(original)
    def call(*arguments, **keywords):
        if _core.graph_now() is not None and graph_side is not None:
            made = graph_side().of_graph(name, arguments, keywords, is_source)
            if made is NotImplemented:
                made = original(*arguments, **keywords)
        else:
            made = original(*arguments, **keywords)
        if isinstance(made, Dataset):
            is_parallel = name in ("map", "interleave", "batch") and keywords.get("num_parallel_calls") is not None
            made._kind = ("_" if _version == 2 and name != "cache" else "") + ("Parallel" if is_parallel else "") + title + "Dataset"
            if type(made) is Dataset or "_by_name" in vars(type(made)):
                made.__class__ = _named(made._kind)
        return made

    return staticmethod(call) if is_source else call


SOURCES = "from_tensors from_tensor_slices from_generator range zip list_files".split()
for _name in SOURCES:
    setattr(Dataset, _name, both(_name, getattr(Dataset, _name), True))
for _name in "map filter flat_map interleave reduce shuffle repeat skip take concatenate enumerate shard batch padded_batch cache prefetch".split():
    setattr(Dataset, _name, both(_name, getattr(Dataset, _name)))
