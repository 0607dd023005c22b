"""Transformations of tf.data that are a Python generator for each pass over the inputs: interleave, padding with a value, windows, grouping, generators."""

import itertools

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core import shapes as _shapes
from sokuji._src.core.execute import convert, invalid
from sokuji._src.data import specs
from sokuji._src.data.dataset import (
    INFINITE, Dataset, Iterator, Noted, Recipe, _batches, _common, _integer, _loosened, both, check_state, padded, same_elements
)  # fmt: skip
from sokuji._src.data.specs import Leaf, map_structure
from sokuji._src.ops import array_ops

# ---- from Python generators ----


def _signature(output_types, output_shapes, output_signature):
    """The layout that is promised."""
    places = itertools.count()
    if output_signature is not None:
        if output_types is not None or output_shapes is not None:
            raise TypeError("The `output_signature` argument can not be used together with `output_types` or `output_shapes`")
        return specs.map_values(lambda spec: _promised(spec, places), _tuples(output_signature))
    if output_types is None:
        raise TypeError("Either `output_signature` or `output_types` must be specified")
    types = _tuples(output_types)
    shapes = [None] * len(specs.flatten(types))
    if output_shapes is not None:
        shapes = specs.map_up_to(types, lambda _, shape: _sizes(shape), output_shapes, "output_shapes")
    return map_structure(lambda dtype: Leaf(next(places), dtypes.as_dtype(dtype), shapes.pop(0)), types)


def _promised(spec, places):
    if hasattr(spec, "_sizes"):
        return Leaf(next(places), spec.dtype, spec._sizes())
    if not hasattr(spec, "_part_specs"):
        raise NotImplementedError("not implemented: %r in the output_signature of from_generator" % (spec,))
    return specs.Composite(spec.value_type, [Leaf(next(places), dtypes.as_dtype(n), sizes) for n, sizes in spec._part_specs()])


def _tuples(value):
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _sizes(shape):
    made = _shapes.TensorShape(shape)
    return None if made.ndims is None else tuple(made.as_list())


def _yielded(leaf, value):
    """A value of a generator as the tensor that was promised (of an object that consists of tensors, these)."""
    if isinstance(leaf, specs.Composite):
        return [_yielded(one, part) for one, part in zip(leaf.parts, value._components())]
    if isinstance(value, _core.Handle):
        made = value
    elif leaf.dtype is dtypes.string:
        made = convert(value, 7)
    else:
        try:
            made = convert(np.asarray(value, leaf.dtype.as_numpy_dtype), 0)
        except (TypeError, ValueError) as error:
            raise invalid("`generator` yielded an element that could not be converted to the expected type. The expected type was %s, but the "
                          "yielded element was %r: %s" % (leaf.dtype.name, value, error)) from None  # fmt: skip
    if made.dtype is not leaf.dtype:
        raise invalid("`generator` yielded an element of type %s where type %s is expected." % (made.dtype.name, leaf.dtype.name))
    if leaf.shape is not None and not _shapes.TensorShape(leaf.shape).is_compatible_with(made._shape_tuple):
        raise invalid("`generator` yielded an element of shape %s where an element of shape %s was expected." % (made._shape_tuple, leaf.shape))
    return made


def _raised(error):
    """2.x: a generator's error as TensorFlow reports it, which is the error that it was as well."""
    from sokuji._src.core import errors
    from sokuji._src.data import dataset

    if dataset._version == 1 or isinstance(error, errors.OpError):
        return error
    return errors.of_python(error)


def from_generator(generator, output_types, output_shapes, args, output_signature):
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    layout = _signature(output_types, output_shapes, output_signature)
    given = [convert(a, 0) for a in args or ()]

    def pass_():
        made = iter(generator(*[a.numpy() for a in given]))
        while True:
            try:
                value = next(made)
            except StopIteration:
                return
            except Exception as error:
                raise _raised(error) from error
            try:
                made_now = specs.map_up_to(layout, _yielded, value, "`generator` yielded an element that")
                yield [part for one in made_now for part in (one if isinstance(one, list) else [one])]
            except (TypeError, ValueError) as error:
                raise invalid(str(error)) from None

    n = len(specs.flatten(layout))
    return Dataset((), lambda: _core.Dataset.from_passes(n, pass_, []), lambda: layout)


# ---- datasets of datasets ----


class _Inner:
    """What is known of the datasets that a function returns."""

    def __init__(self, name):
        self.layout, self._name = None, name

    def begin(self, made):
        if not isinstance(made, Dataset):
            raise TypeError("`map_func` must return a `Dataset` object; that of %s returned %r" % (self._name, made))
        return made, Iterator(made)

    def next(self, pair):
        """The flat tensors of the next element, None at the end."""
        dataset, iterator = pair
        try:
            flat = iterator._flat()
        except StopIteration:
            return None
        layout = dataset._layout()
        if self.layout is None:
            self.layout = layout
        elif layout is not self.layout:
            rows = iter(specs.flatten(layout))
            self.layout = map_structure(lambda leaf: _common(leaf, next(rows)), self.layout)
        return list(flat)


def _interleaved(source, function, inner, cycle, block):
    """TensorFlow's order: `block` elements from each of `cycle` datasets in turn; an ended one is replaced when its turn comes again."""
    slots, at, taken, more = [None] * cycle, 0, 0, True
    while more or any(slots):
        if slots[at] is not None:
            flat = inner.next(slots[at])
            if flat is not None:
                taken += 1
                if taken == block:
                    at, taken = (at + 1) % cycle, 0
                yield flat
                continue
            slots[at] = None
            at, taken = (at + 1) % cycle, 0
        elif more:
            given = next(source, None)
            more = given is not None
            if more:
                slots[at] = inner.begin(function(*given))
        else:
            at, taken = (at + 1) % cycle, 0


def interleave(dataset, map_func, cycle, block, name):
    if cycle < 1 or block < 1:
        raise invalid("%s: cycle_length and block_length must be at least 1, they are %d and %d" % (name, cycle, block))
    inner, bound = _Inner(name), dataset._traced(map_func, "map_func")

    def function(*flat):
        return bound.run(list(flat)) if bound is not None else dataset._call(map_func, flat)

    def pass_(source):
        return (padded(flat, made._pad, made) for flat in _interleaved(source, function, inner, cycle, 2**62 if name == "flat_map" else block))

    def make(core):
        return _core.Dataset.from_passes(made._pad, pass_, [core])

    if bound is not None:
        made = dataset._with(bound, make, bound.check_dataset())
    else:
        made = Dataset((dataset,), make, lambda: inner.layout)
        made._loose = True
    return made


def _grouped(dataset, key_of, size_of, reduced, layout, streams=()):
    """Windows of elements of one key each, reduced(key, window) in place of each; layout: None where it is not known before."""
    inner = _Inner("group_by_window")

    def of(key, rows):
        window = Dataset((), lambda: _core.Dataset.from_passes(len(rows[0]), lambda: iter(rows), []), dataset._layout, lambda: len(rows))
        window._loose = dataset._loose
        pair = inner.begin(reduced(key, window))
        while (flat := inner.next(pair)) is not None:
            yield padded(flat, made._pad, made)

    def pass_(source):
        groups, sizes = {}, {}
        for flat in source:
            key = key_of(flat)
            if key not in groups:
                groups[key], sizes[key] = [], size_of(key)
                if sizes[key] <= 0:
                    raise invalid("Window size must be greater than zero, but got %d." % sizes[key])
            groups[key].append(flat)
            if len(groups[key]) == sizes[key]:
                yield from of(key, groups.pop(key))
        for key in sorted(groups):
            yield from of(key, groups[key])

    made = Dataset((dataset,), lambda core: _core.Dataset.from_passes(made._pad, pass_, [core]), lambda: inner.layout if layout is None else layout)
    if layout is None:
        made._loose = True
    else:
        made._pad = len(specs.flatten(layout))
        made._streams += [b.core for b in streams if b.draws]
    return made


def group_by_window(dataset, key_func, reduce_func, window_size=None, window_size_func=None, name=None):
    """Elements of one key in windows, each reduced to a dataset: key_func(element), reduce_func(key, window)."""
    if (window_size is None) == (window_size_func is None):
        raise ValueError("Either the `window_size` argument or the `window_size_func` argument must be specified.")
    key_leaf, waiting = Leaf(0, dtypes.int64, ()), []
    bound, reduced, size = dataset._traced(key_func, "key_func"), None, None
    if bound is not None:
        bound.check_key()
        window = specs.Composite(Recipe(dataset._layout(), lambda _: waiting[-1]), [Leaf(1, dtypes.int64, ())])
        reduced = dataset._trace(reduce_func, (key_leaf, window), "reduce_func")
    if reduced is not None and window_size_func is not None:
        size = dataset._trace(window_size_func, key_leaf, "window_size_func")
    if reduced is None or (window_size_func is not None and size is None):
        sized = window_size_func or (lambda key: window_size)
        return _grouped(dataset, lambda flat: int(dataset._call(key_func, flat)), lambda key: int(sized(convert(key, 9))),
                        lambda key, window: reduce_func(convert(key, 9), window), None)  # fmt: skip

    def reduce(key, window):
        waiting.append(window)
        try:
            made = reduced.run([convert(key, 9), convert(0, 9)])
            made._built()
            return made
        finally:
            waiting.pop()

    layout = reduced.check_dataset()
    return _grouped(dataset, lambda flat: int(bound.run_flat(list(flat))[0]),
                    (lambda key: int(size.run_flat([convert(key, 9)])[0])) if size is not None else lambda key: int(window_size),
                    reduce, layout, [bound, reduced])  # fmt: skip


def bucket_by_sequence_length(dataset, element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None, padding_values=None,
                              pad_to_bucket_boundary=False, no_padding=False, drop_remainder=False, name=None):  # fmt: skip
    """Batches of elements of similar length, padded to the longest of each or to their bucket's end."""
    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
    bound = dataset._traced(element_length_func, "element_length_func")

    def key_of(flat):
        length = int(bound.run_flat(list(flat))[0] if bound is not None else dataset._call(element_length_func, flat))
        return sum(length >= b for b in bucket_boundaries)

    def reduced(key, window):
        size, shapes = bucket_batch_sizes[key], padded_shapes
        if pad_to_bucket_boundary and key == len(bucket_boundaries):
            raise invalid("When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries).")
        if pad_to_bucket_boundary:
            shapes = map_structure(lambda leaf: [bucket_boundaries[key] - 1 if d is None else d for d in leaf.shape], window._layout())
        return window.batch(size, drop_remainder) if no_padding else window.padded_batch(size, shapes, padding_values, drop_remainder)

    layout = None
    if bound is not None:
        layout = map_structure(lambda leaf: leaf.changed(shape=leaf.shape and (None, *([None] * len(leaf.shape[1:]) if pad_to_bucket_boundary else leaf.shape[1:]))),
                               reduced(0, dataset)._layout())  # fmt: skip
    return _grouped(dataset, key_of, lambda key: bucket_batch_sizes[key], reduced, layout, [bound] if bound else [])


def choose_from(datasets, choice_dataset, stop_on_empty_dataset=False):
    """Elements of the datasets, each from the one whose number choice_dataset gives."""
    return choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=True):
    """Elements of the datasets, each from the one whose number choice_dataset gives."""
    datasets = list(datasets)

    def pass_(choices, *sources):
        ended = set()
        for choice, *_ in choices:
            k = int(choice)
            if not 0 <= k < len(sources):
                raise invalid("choose_from_datasets: %d is outside [0, %d)" % (k, len(sources)))
            flat = next(sources[k], None)
            if flat is not None:
                yield flat
            elif stop_on_empty_dataset:
                return
            else:
                ended.add(k)
                if len(ended) == len(sources):
                    return

    def layout():
        return next((d._layout() for d in datasets if d._layout() is not None), None)

    return Dataset((choice_dataset, *datasets), lambda choice, *cores: _core.Dataset.from_passes(cores[0].components, pass_, [choice, *cores]), layout)


# ---- batches ----


def _fill(leaf, value):
    if value is None:
        return b"" if leaf.dtype is dtypes.string else False if leaf.dtype is dtypes.bool else 0
    t = convert(value, 0)
    if isinstance(value, (_core.Handle, np.ndarray, np.generic)) and t.dtype is not leaf.dtype:
        raise TypeError("Padding value type (%r) does not match output type (%r)" % (t.dtype, leaf.dtype))
    return convert(value, leaf.dtype._number).numpy() if leaf.dtype is not dtypes.string else t.numpy()


def _wanted(leaf, shape, rank):
    sizes = [-1 if d is None else int(d) for d in (np.asarray(shape).tolist() if isinstance(shape, _core.Handle) else _shapes.TensorShape(shape).as_list()
             if not isinstance(shape, (list, tuple)) else shape)]  # fmt: skip
    if len(sizes) != rank:
        raise ValueError("The padded shape %s is not compatible with the corresponding input component shape %s." % (tuple(sizes), leaf.shape))
    return sizes


def _padded_one(leaf, tensors, wanted, value):
    """The tensors of one component, stacked."""
    from sokuji._src.core import errors

    shapes = [t._shape_tuple for t in tensors]
    if len({len(s) for s in shapes}) > 1:
        raise invalid("padded_batch: elements of different ranks: %s" % shapes)
    wanted = [-1] * len(shapes[0]) if wanted is None else _wanted(leaf, wanted, len(shapes[0]))
    sizes = [max(s[i] for s in shapes) if d < 0 else d for i, d in enumerate(wanted)]
    if any(have > size for s in shapes for have, size in zip(s, sizes)):
        raise errors.DataLossError(None, None, "Attempted to pad to a smaller size than the input element: %s into %s" % (shapes, sizes))
    is_text = leaf.dtype is dtypes.string
    out = np.full([len(tensors), *sizes], _fill(leaf, value), object if is_text else leaf.dtype.as_numpy_dtype)
    for k, t in enumerate(tensors):
        out[(k, *[slice(0, d) for d in t._shape_tuple])] = t.numpy()
    return convert(out, 7 if is_text else 0)


def padded_batch(dataset, size, padded_shapes, padding_values, drop):
    """Batches of tensors filled up to one shape."""
    def layout():
        inner = dataset._layout()
        if inner is None:
            return None
        shapes = specs.map_up_to(inner, lambda leaf, s: s, padded_shapes, "padded_shapes") if padded_shapes is not None else [None] * len(specs.flatten(inner))

        def one(leaf):
            given = shapes.pop(0)
            rank = None if leaf.shape is None else len(leaf.shape)
            sizes = [-1] * (rank or 0) if given is None else _wanted(leaf, given, len(given) if rank is None and hasattr(given, "__len__") else rank)
            if given is None and rank is None:
                return leaf.changed(shape=None)
            return leaf.changed(shape=(size if drop else None, *[None if d < 0 else d for d in sizes]))

        return map_structure(one, inner)

    def pass_(source):
        while rows := list(itertools.islice(source, size)):
            if len(rows) < size and drop:
                return
            inner, made = dataset._layout(), list(rows[0])
            leaves = specs.flatten(inner)
            shapes, values = [None] * len(leaves), [padding_values] * len(leaves)
            if padded_shapes is not None:
                shapes = specs.map_up_to(inner, lambda leaf, s: s, padded_shapes, "padded_shapes")
            if specs.is_nested(padding_values):
                values = specs.map_up_to(inner, lambda leaf, v: v, padding_values, "padding_values")
            for leaf, shape, value in zip(leaves, shapes, values):
                made[leaf.place] = _padded_one(leaf, [row[leaf.place] for row in rows], shape, value)
            yield made

    if dataset._layout() is not None:
        layout()  # wrong shapes are refused at once
    known = specs.flatten(padded_shapes) if padded_shapes is not None else []
    plain = padding_values is None and all(isinstance(s, (list, tuple)) and all(d in (None, -1) for d in s) for s in _rows(known))
    if plain and padded_shapes is None:
        return Dataset((dataset,), lambda core: core.batch(size, drop, True), layout, lambda: _batches(dataset._cardinality(), size, drop))
    return Dataset((dataset,), lambda core: _core.Dataset.from_passes(core.components, pass_, [core]), layout,
                   lambda: _batches(dataset._cardinality(), size, drop))  # fmt: skip


def _rows(value):
    return value if isinstance(value, list) else [value]


def unbatch(dataset, name=None):
    """Each element's rows as elements of their own."""
    def layout():
        inner = dataset._layout()
        return None if inner is None else map_structure(lambda leaf: leaf.changed(shape=None if leaf.shape is None else leaf.shape[1:]), inner)

    def pass_(source):
        for flat in source:
            leaves = specs.flatten(dataset._layout())
            sizes = {flat[leaf.place]._shape_tuple[:1] for leaf in leaves}
            if () in sizes:
                raise ValueError("Cannot unbatch an element with scalar components.")
            if len(sizes) > 1:
                raise invalid("unbatch: the components' first sizes differ: %s" % sorted(s[0] for s in sizes))
            for k in range(sizes.pop()[0]):
                made = list(flat)
                for leaf in leaves:
                    made[leaf.place] = flat[leaf.place][k]
                yield made

    return Dataset((dataset,), lambda core: _core.Dataset.from_passes(core.components, pass_, [core]), layout)


def rebatch(dataset, batch_size, drop_remainder=False, name=None):
    """The same rows in batches of another size."""
    if isinstance(batch_size, (int, np.integer)):
        return unbatch(dataset).batch(batch_size, drop_remainder)
    whole, sizes = unbatch(dataset), [int(n) for n in np.ravel(np.asarray(batch_size))]

    def pass_(source):
        for n in itertools.cycle(sizes):
            rows = list(itertools.islice(source, n))
            if not rows or (drop_remainder and len(rows) < n):
                return
            yield [array_ops.stack(part) for part in zip(*rows)]

    layout = map_structure(lambda leaf: leaf.changed(shape=leaf.shape if leaf.shape is None else (None, *leaf.shape)), whole._known())
    return Dataset((whole,), lambda core: _core.Dataset.from_passes(core.components, pass_, [core]), lambda: layout)


class Reducer:
    """tf.data.experimental.Reducer"""

    def __init__(self, init_func, reduce_func, finalize_func):
        self.init_func, self.reduce_func, self.finalize_func = init_func, reduce_func, finalize_func


def group_by_reducer(key_func, reducer):
    """For each key, in the order in which keys first come, what the reducer makes of its elements."""

    def window(key, rows):
        state = rows.reduce(reducer.init_func(key), reducer.reduce_func)
        return Dataset.from_tensors(reducer.finalize_func(state))

    return lambda dataset: group_by_window(dataset, key_func, window, 2**62)


def snapshot(dataset, path, compression="AUTO", reader_func=None, shard_func=None, name=None):
    """Keeps the elements in a file of the folder, from which later runs read them."""
    import os

    if reader_func is not None or shard_func is not None:
        raise NotImplementedError("not implemented: tf.data.Dataset.snapshot with reader_func or shard_func; use it without")
    os.makedirs(path, exist_ok=True)
    return dataset.cache(os.path.join(path, "snapshot"))


def output_types(value):
    """The dtypes of a dataset's or iterator's elements."""
    return value.output_types


def output_shapes(value):
    """The shapes of a dataset's or iterator's elements."""
    return value.output_shapes


def output_classes(value):
    """The classes of a dataset's or iterator's elements."""
    return value.output_classes


def window(dataset, size, shift=None, stride=1, drop_remainder=False, name=None):
    """Windows of elements; each is a dataset itself."""
    size, stride = _integer(size, "size"), _integer(stride, "stride")
    shift = size if shift is None else _integer(shift, "shift")
    if min(size, shift, stride) < 1:
        raise invalid("window: size, shift and stride must be greater than zero, they are %d, %d and %d" % (size, shift, stride))

    def of(leaf):
        inner = leaf.changed(place=0)
        rows = leaf.changed(shape=None if leaf.shape is None else (None, *leaf.shape))
        return specs.Composite(Recipe(inner, lambda tensors: Dataset.from_tensor_slices(tensors[0])), [rows])

    def layout():
        inner = dataset._layout()
        return None if inner is None else map_structure(of, inner)

    made_layout = layout()

    def pass_(source):
        kept, ended = [], False
        while True:
            while not ended and len(kept) < (size - 1) * stride + 1:
                flat = next(source, None)
                ended = flat is None
                if not ended:
                    kept.append(flat)
            rows = kept[: (size - 1) * stride + 1 : stride]
            if not rows or (drop_remainder and len(rows) < size):
                return
            yield [array_ops.stack([row[i] for row in rows]) for i in range(len(rows[0]))]
            drop = shift - len(kept)
            kept = kept[shift:]
            for _ in range(max(drop, 0)):
                ended = ended or next(source, None) is None

    def cardinality():
        n = dataset._cardinality()
        return n if n < 0 else max(0, (n - (size - 1) * stride + shift - 1) // shift) if drop_remainder else -(-n // shift)

    return Dataset((dataset,), lambda core: _core.Dataset.from_passes(core.components, pass_, [core]), lambda: made_layout or layout(), cardinality)


# ---- element by element ----


def scan(dataset, initial_state, scan_func, name=None):
    """scan_func(state, element) gives (new state, new element)."""
    first_layout, first = specs.to_tensors(initial_state)

    def state_of(made):
        if not isinstance(made, tuple) or len(made) != 2:
            raise TypeError("The scan function must return a pair comprising the new state and the output value.")
        return made[0]

    _, bound = dataset._stepping(scan_func, "scan_func", first_layout, state_of)
    if bound is not None:
        n = len(first)

        def steps(source):
            state = first
            for flat in source:
                values = bound.run_flat([*state, *flat])
                state = values[:n]
                yield values[n:]

        layout = specs.shifted(bound.layout[1], -n)
        width = len(specs.flatten(layout))
        return dataset._with(bound, lambda core: _core.Dataset.from_passes(width, steps, [core]), layout, dataset._cardinality)
    noted = Noted()

    def pass_(source):
        state = first
        for flat in source:
            given = map_structure(lambda leaf, now=state: now[leaf.place], first_layout)
            made_state, output = scan_func(given, dataset._unpack(flat))
            layout, state = specs.to_tensors(made_state)
            check_state(first_layout, layout)
            yield padded(noted.note(output), made._pad, made)

    made = Dataset((dataset,), lambda core: _core.Dataset.from_passes(made._pad, pass_, [core]),
                   lambda: _loosened(noted.layout, dataset._layout() or ()), dataset._cardinality)  # fmt: skip
    made._loose = True
    return made


def take_while(dataset, predicate, name=None):
    """Elements up to the first for which the predicate is false."""
    bound = dataset._predicate(predicate)
    if bound is None:
        return same_elements(dataset, lambda source: itertools.takewhile(lambda flat: bool(dataset._call(predicate, flat)), source))
    return dataset._with(bound, lambda core: _core.Dataset.from_passes(core.components, lambda source: itertools.takewhile(
        lambda flat: bool(bound.run_flat(list(flat))[0]), source), [core]), dataset._layout())  # fmt: skip


def unique(dataset, name=None):
    """Each element when it first comes."""
    def pass_(source):
        seen = set()
        for flat in source:
            value = flat[0].numpy()
            key = value if isinstance(value, bytes) else np.asarray(value).tobytes()
            if key not in seen:
                seen.add(key)
                yield flat

    return same_elements(dataset, pass_)


def ignore_errors(dataset, log_warning=False, name=None):
    """Leaves out elements whose computation raises."""
    def pass_(source):
        while True:
            try:
                flat = next(source)
            except StopIteration:
                return
            except Exception:
                continue
            yield flat

    return same_elements(dataset, pass_)


def assert_cardinality(expected_cardinality):
    """A transformation, for Dataset.apply, that raises FailedPreconditionError where the number of elements is another one."""
    from sokuji._src.core import errors

    def apply(dataset):
        def pass_(source):
            n = 0
            for n, flat in enumerate(source, 1):
                if n > expected_cardinality:
                    break
                yield flat
            if n != expected_cardinality:
                raise errors.FailedPreconditionError(None, None, "Input dataset was expected_cardinality to contain %d elements but contained %s." % (expected_cardinality, n))

        return made(dataset, pass_)

    def made(dataset, pass_):
        return same_elements(dataset, pass_, lambda: expected_cardinality)

    made = both("assert_cardinality", made)
    return apply


def get_single_element(dataset, name=None):
    """The only element; InvalidArgumentError where there is none or a second one."""
    iterator = iter(dataset)
    try:
        element = next(iterator)
    except StopIteration:
        raise invalid("Dataset was empty.") from None
    if next(iterator, None) is not None:
        raise invalid("Dataset had more than one element.")
    return element


def counter(start=0, step=1, dtype=dtypes.int64, name=None):
    """start, start + step, … without end."""
    made = Dataset((), lambda: _core.Dataset.range(start, 2**63 - 1 if step > 0 else -(2**63), step), lambda: Leaf(0, dtypes.int64, ()), lambda: INFINITE)
    dtype = dtypes.as_dtype(dtype)
    return made if dtype is dtypes.int64 else made.map(lambda v: array_ops.cast(v, dtype))


def _later(name):
    def method(*arguments, **keywords):
        raise NotImplementedError("not implemented: tf.data.Dataset.%s; use the transformations that are there" % name)

    return method


_GROUPS = {
    "autotune": "autotune_algorithm cpu_budget enabled initial_parallelism min_parallelism ram_budget",
    "threading": "max_intra_op_parallelism private_threadpool_size",
    "experimental_distribute": "auto_shard_policy num_devices",
    "experimental_service": "pinned",
    "experimental_optimization": "apply_default_optimizations filter_fusion filter_parallelization inject_prefetch map_and_batch_fusion map_and_filter_fusion "
    "map_fusion map_parallelization noop_elimination parallel_batch seq_interleave_prefetch shuffle_and_repeat_fusion",
}


class Options:
    """tf.data.Options: what is said here changes speed, not results."""

    _names = ("dataset_name deterministic experimental_deterministic experimental_external_state_policy experimental_slack experimental_symbolic_checkpoint "
              "experimental_threading experimental_warm_start framework_type").split()  # fmt: skip

    def __init__(self, names=None):
        for name in self._names if names is None else names.split():
            self.__dict__[name] = None
        for name, inner in _GROUPS.items() if names is None else ():
            self.__dict__[name] = Options(inner)

    def __setattr__(self, name, value):
        if name not in self.__dict__:
            raise AttributeError("Cannot set the property %s on %s." % (name, type(self).__name__))
        self.__dict__[name] = value

    def __eq__(self, other):
        return isinstance(other, Options) and vars(self) == vars(other)

    __hash__ = None

    def merge(self, options):
        """These options with those of the other that are set."""
        made = Options()
        for source in (self, options):
            for name, value in vars(source).items():
                if isinstance(value, Options):
                    made.__dict__[name].__dict__.update((k, v) for k, v in vars(value).items() if v is not None)
                elif value is not None:
                    made.__dict__[name] = value
        return made


def _with_options(self, options, name=None):
    made = same_elements(self, lambda source: source, self._cardinality)
    made._options = options
    return made


for _name, _function in (("unbatch", unbatch), ("rebatch", rebatch), ("window", window), ("scan", scan), ("take_while", take_while), ("unique", unique),
                         ("ignore_errors", ignore_errors), ("get_single_element", get_single_element), ("group_by_window", group_by_window),
                         ("bucket_by_sequence_length", bucket_by_sequence_length), ("with_options", _with_options), ("snapshot", snapshot)):  # fmt: skip
    setattr(Dataset, _name, both(_name, _function))
Dataset.options = lambda self: getattr(self, "_options", None) or Options()
Dataset.choose_from_datasets, Dataset.counter = both("choose_from_datasets", choose_from_datasets, True), both("counter", counter, True)
for _name in ("rejection_resample", "fingerprint", "from_sparse_tensor_slices"):
    setattr(Dataset, _name, staticmethod(_later(_name)))
