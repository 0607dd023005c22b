"""map_fn, scan, foldl and foldr where a graph is open or the elements are symbolic: loops over rows, with TensorArrays for what is gathered."""

from sokuji import _core
from sokuji._src.core import conversion, dtypes, errors, nest
from sokuji._src.core.execute import convert, run
from sokuji._src.graph import branch
from sokuji._src.graph.control_flow import Loop, _Opened, _scope
from sokuji._src.graph.func_graph import as_tensor, in_graph
from sokuji._src.graph.tensor_array import TensorArray
from sokuji._src.ops import control_flow as eager


def _elements(fn, elems):
    """The flat tensors and the number of rows: an int where it is known."""
    if not callable(fn):
        raise TypeError("fn must be callable.")
    flat = [_apart(e) for e in nest.flatten(elems)]
    if not flat:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors.")
    for t in flat:
        if t._shape_tuple == ():
            raise ValueError("elements in elems must be 1+ dimensional Tensors, not scalars")
    known = [t._shape_tuple[0] for t in flat if t._shape_tuple is not None and t._shape_tuple[0] is not None]
    if known and any(n != known[0] for n in known):
        raise ValueError("elems must be tensors of one size along the first axis; the shapes are %s" % [t._shape_tuple for t in flat])
    if known:
        return flat, known[0]
    return flat, run("StridedSlice", run("Shape", flat[0]), convert([0], 3), convert([1], 3), convert([1], 3), shrink_axis_mask=1)


def _apart(value):
    """A tensor, of a variable one whose rows' gradients add up to a dense gradient, as TensorFlow's do here."""
    made = as_tensor(value)
    return run("Reshape", made, run("Shape", made)) if isinstance(value, _core.VariableBase) else made


def _row(tensor, i):
    return run("GatherV2", tensor, i, convert(0, 3))


def _at(elems, flat, i):
    return nest.pack_sequence_as(elems, [_row(t, i) for t in flat])


def _typed(value, dtype, what):
    made = as_tensor(value) if isinstance(value, _core.Handle) else convert(value, dtype._number)
    if made.dtype is not dtype:
        raise errors.InvalidArgumentError(None, None, "%s: fn gives %s where %s is expected; say so with dtype=" % (what, made.dtype.name, dtype.name))
    return made


def _graph_of(elems):
    return _Opened(*nest.flatten(elems))


def _specs(signature):
    """The dtypes of what fn gives, of dtypes or TensorSpecs."""
    return [dtypes.as_dtype(getattr(s, "dtype", s)) for s in nest.flatten(signature)]


def _stacked(array, n):
    made = array.stack(is_named=True)
    if isinstance(n, int) and isinstance(made, _core.SymbolicTensor) and made._shape_tuple is not None:
        made._set_shape([n, *made._shape_tuple[1:]])
    return made


def _looped(state, condition, body):
    with _scope("while"):
        return Loop(state, [None] * len(state), None).run(condition, body, False)


def _count(n):
    """TensorFlow 1.8 has n more operations here, most of them of TensorArrays."""
    branch.count(_core.graph_now(), n)


def _map(fn, elems, dtype):
    with _graph_of(elems):
        flat, n = _elements(fn, elems)
        structure = elems if dtype is None else dtype
        wanted = [t.dtype for t in flat] if dtype is None else _specs(dtype)
        arrays = [TensorArray(d, size=n) for d in wanted]

        def body(i, *arrays):
            made = fn(_at(elems, flat, i))
            nest.assert_same_structure(structure, made)
            made = [_typed(v, d, "map_fn") for v, d in zip(nest.flatten(made), wanted)]
            return [i + 1, *[array.write(i, v) for array, v in zip(arrays, made)]]

        _count(13 + 11 * (len(flat) - 1) + 2 * (len(arrays) - 1) - 2 * (not isinstance(n, int)))
        made = _looped([convert(0, 3), *arrays], lambda i, *arrays: i < n, body)
        _count((not isinstance(n, int)) - 4 * len(arrays))
        return nest.pack_sequence_as(structure, [_stacked(array, n) for array in made[1:]])


def map_fn(fn, elems, dtype=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, name=None):
    """fn of each row, stacked."""
    if not in_graph(*nest.flatten(elems)):
        return eager.map_fn(fn, elems, dtype)
    with _graph_of(elems), _scope(name or "map"):
        return _map(fn, elems, dtype)


def map_fn_2(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True, name=None, fn_output_signature=None):
    """fn of each row, stacked."""
    if not in_graph(*nest.flatten(elems)):
        return eager.map_fn_2(fn, elems, dtype, fn_output_signature=fn_output_signature)
    return map_fn(fn, elems, dtype if fn_output_signature is None else fn_output_signature)


def _initial(elems, flat, n, initializer, backward):
    """What the fold begins with, and the place where it goes on."""
    if initializer is not None:
        return nest.map_structure(as_tensor, initializer), 0
    last = n - 1
    return _at(elems, flat, convert(last, 3) if isinstance(last, int) else last) if backward else _at(elems, flat, convert(0, 3)), 1


def _fold(fn, elems, initializer, backward):
    with _graph_of(elems):
        flat, n = _elements(fn, elems)
        value, start = _initial(elems, flat, n, initializer, backward)

        def body(i, *state):
            at = n - 1 - i if backward else i
            made = fn(nest.pack_sequence_as(value, list(state)), _at(elems, flat, at))
            nest.assert_same_structure(value, made)
            return [i + 1, *nest.flatten(made)]

        _count(15 - start)
        made = _looped([convert(start, 3), *nest.flatten(value)], lambda i, *state: i < n, body)
        _count(-2 * backward)
        return nest.pack_sequence_as(value, made[1:])


def _one(fn, elems):
    """1.x folds one tensor, which a list is made into."""
    if conversion._version == 2 or not callable(fn):
        return elems
    return as_tensor(elems) if isinstance(elems, _core.Handle) or not in_graph(*nest.flatten(elems)) else run("Pack", *elems)


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(fn(fn(initializer, first), second), …)."""
    if not in_graph(*nest.flatten(elems), *nest.flatten(initializer)):
        return eager.foldl(fn, elems, initializer)
    elems = _one(fn, elems)
    with _graph_of(elems), _scope(name or "foldl"):
        return _fold(fn, elems, initializer, False)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """fn(fn(fn(initializer, last), last but one), …)."""
    if not in_graph(*nest.flatten(elems), *nest.flatten(initializer)):
        return eager.foldr(fn, elems, initializer)
    elems = _one(fn, elems)
    with _graph_of(elems), _scope(name or "foldr"):
        return _fold(fn, elems, initializer, True)


def scan(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, reverse=False, name=None):
    """Every value of a fold, stacked."""
    if not in_graph(*nest.flatten(elems), *nest.flatten(initializer)):
        return eager.scan(fn, elems, initializer, reverse=reverse)
    with _graph_of(elems), _scope(name or "scan"):
        flat, n = _elements(fn, elems)
        value, start = _initial(elems, flat, n, initializer, reverse)
        first = nest.flatten(value)
        arrays = [TensorArray(t.dtype, size=n) for t in first]
        if start:
            at = convert(0, 3) if not reverse else n - 1
            arrays = [array.write(at, t) for array, t in zip(arrays, first)]

        def body(i, *state):
            at = n - 1 - i if reverse else i
            made = fn(nest.pack_sequence_as(value, list(state[: len(first)])), _at(elems, flat, at))
            nest.assert_same_structure(value, made)
            made = [_typed(v, t.dtype, "scan") for v, t in zip(nest.flatten(made), first)]
            return [i + 1, *made, *[array.write(at, v) for array, v in zip(state[len(first) :], made)]]

        _count(24 + start + 11 * (len(flat) - 1) + 2 * (len(first) - 1))
        made = _looped([convert(start, 3), *first, *arrays], lambda i, *state: i < n, body)
        _count(2 - 4 * len(first) - 6 * start)
        return nest.pack_sequence_as(value, [_stacked(array, n) for array in made[1 + len(first) :]])


def scan_1(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True, name=None):
    """Every value of a fold, stacked."""
    return scan(fn, elems, initializer, name=name)


def vectorized_map(fn, elems, fallback_to_while_loop=True, warn=True):
    """fn of each row, stacked; tensors of one row go with all rows of others."""
    flat = [as_tensor(e) for e in nest.flatten(elems)]
    sizes = {t._shape_tuple[0] for t in flat if t._shape_tuple}
    if not flat or any(t._shape_tuple == () for t in flat):
        raise IndexError("vectorized_map: elems must be tensors with rows, not %r" % (elems,))
    if None in sizes or any(t._shape_tuple is None for t in flat):
        raise NotImplementedError("not implemented: tf.vectorized_map of rows whose number is not known; use tf.map_fn")
    n = max(sizes) if sizes != {0} else 0
    if not sizes <= {n, 1}:
        raise errors.InvalidArgumentError(None, None, "vectorized_map: the numbers of rows differ: %s" % sorted(sizes))
    if n == 0:
        row = fn(nest.pack_sequence_as(elems, [run("Fill", convert(list(t._shape_tuple[1:]), 3), convert(0, t._dtype_number)) for t in flat]))
        return nest.map_structure(lambda t: run("Fill", convert([0, *t._shape_tuple], 3), convert(0, t._dtype_number)), nest.map_structure(as_tensor, row))
    rows = [[_row(t, convert(i if t._shape_tuple[0] != 1 else 0, 3)) for t in flat] for i in range(n)]
    results = [fn(nest.pack_sequence_as(elems, row)) for row in rows]
    columns = zip(*[nest.flatten(r) for r in results])
    return nest.pack_sequence_as(results[0], [run("Pack", *[as_tensor(v) for v in column], axis=0) for column in columns])
