"""What keras.ops stands on: the dtypes that Keras 3 promotes to, functions that join symbols to a model, and the functions over shapes, loops and slices."""

import functools
import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, nest
from sokuji._src.core.execute import convert
from sokuji._src.keras import graph, variable


class _Names:
    """tf: the names of the assembled package, which are asked for when a function runs."""

    def __getattr__(self, name):
        return getattr(self.root, name)


tf = _Names()
CORE, NUMPY, NN, LINALG, IMAGE, STEPS = {}, {}, {}, {}, {}, {}  # the last: by name, what a model's configuration names


_TENSORS = set("x x1 x2 xs a b y inputs kernel target output indices updates values condition images mean variance offset scale operands query key value bias mask array".split())


def op(space):
    """The function goes into a namespace; given symbols, it becomes a step of their model, whose arguments that are no tensors are its configuration."""

    def keep(function):
        name = function.__name__.rstrip("_")
        signature = inspect.signature(function)
        signature = signature.replace(parameters=[p for n, p in signature.parameters.items() if n not in ("name", "other")])

        @functools.wraps(function)
        def call(*arguments, **keywords):
            if not graph.has_symbols((arguments, keywords)):
                return function(*arguments, **keywords)
            bound = signature.bind(*arguments, **keywords)
            bound.apply_defaults()
            given = bound.arguments
            tensors = [n for n, v in given.items() if n in _TENSORS and v is not None and not isinstance(v, str) or graph.has_symbols(v)]
            made = graph.Operation(name, function, config={n: v for n, v in given.items() if n not in tensors})
            first = next(n for n in tensors if graph.has_symbols(given[n]))
            lead = [n for n, m in zip(given, tensors) if n == m]
            if len(lead) != len(tensors) or first != lead[0] and not graph.has_symbols(given[lead[0]]):
                return graph.apply(made, given[lead[0]] if lead else given[first], tuple(given[n] for n in lead[1:]), {n: given[n] for n in tensors if n not in lead and (lead or n != first)})
            return graph.apply(made, given[lead[0]], tuple(given[n] for n in lead[1:]))

        call.__name__ = call.__qualname__ = name
        space[name] = STEPS[name.replace("_", "")] = call
        return call

    return keep


def also(space, **names):
    space.update((new, space[old]) for new, old in names.items())


# ---- dtypes ----

_ABOVE = {"bool": "int", "int": "uint8 int8", "uint8": "int16 uint16", "int8": "int16", "uint16": "int32 uint32", "int16": "int32", "uint32": "int64 uint64", "int32": "int64",
          "uint64": "float", "int64": "float", "float": "bfloat16 float16", "bfloat16": "float32", "float16": "float32", "float32": "float64",
          "float64": "complex64", "complex64": "complex128", "complex128": ""}  # fmt: skip


@functools.lru_cache(None)
def _over(name):
    return frozenset({name}.union(*(_over(n) for n in _ABOVE[name].split())))


def standardize_dtype(dtype):
    """A dtype's name; None is floatx."""
    if dtype is None:
        return "float32"
    if isinstance(dtype, type) and dtype in (int, float, bool, str):
        return {int: "int32", float: "float32", bool: "bool", str: "string"}[dtype]
    try:
        name = dtypes.as_dtype(dtype).name
    except TypeError:
        raise ValueError("Invalid dtype: %s" % (dtype,)) from None
    if name not in _ABOVE and name != "string" or name in ("int", "float"):
        raise ValueError("Invalid dtype: %s" % (dtype,))
    return name


def result_type(*given):
    """The least dtype above all; int and float are Python's numbers, which count least."""
    names = {d.__name__ if d in (int, float) else standardize_dtype(d) for d in given} or {"float32"}
    common = frozenset.intersection(*(_over(n) for n in names))
    made = min(common, key=lambda n: (-len(_over(n)), n))
    return {"int": "int32", "float": "float32"}.get(made, made)


def T(x, dtype=None):
    if isinstance(x, variable.KerasVariable):
        x = x._read()
    if not isinstance(x, _core.Tensor) and not hasattr(x, "_to_tensor"):
        x = convert(x, 0)
    return x if dtype is None or x.dtype.name == dtype else tf.cast(x, dtype)


def name_of(x):
    return type(x) if type(x) in (int, float) else T(x).dtype.name


def both(a, b, *more):
    """The two as tensors of one dtype."""
    kind = result_type(*(name_of(v) for v in (a, b)), *more)
    return (convert(v, dtypes.as_dtype(kind)._number) if type(v) in (int, float) else T(v, kind) for v in (a, b))


def F(x, wide=False):
    """A tensor of floating numbers; some functions take int64 as float64."""
    x = T(x)
    if wide and x.dtype.name == "int64":
        return tf.cast(x, "float64")
    return x if x.dtype.is_floating or x.dtype.is_complex else tf.cast(x, "float32")


def plain(dtype):
    return standardize_dtype(dtype)


def sizes_of(t):
    """The sizes, a tensor where one is not known."""
    known = t._shape_tuple
    if known is not None and None not in known:
        return known
    own = tf.shape(t)
    return tuple(own[i] if d is None else d for i, d in enumerate(known))


# ---- shapes, slices, conversions ----

core = op(CORE)


@core
def cast(x, dtype):
    return T(x, plain(dtype))


@core
def saturate_cast(x, dtype):
    return tf.saturate_cast(T(x), plain(dtype))


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    if isinstance(x, graph.KerasTensor):
        return x
    if dtype is not None and not isinstance(x, (_core.Handle, np.ndarray)) and not hasattr(x, "__array__"):
        return convert(x, dtypes.as_dtype(plain(dtype))._number)
    return T(x, None if dtype is None else plain(dtype))


def convert_to_numpy(x):
    if isinstance(x, graph.KerasTensor):
        x.__array__()
    return np.array(T(x).numpy())


def shape(x):
    return tuple(x.shape) if isinstance(x, graph.KerasTensor) else sizes_of(T(x))


def is_tensor(x):
    return isinstance(x, _core.Tensor)


def dtype(x):
    return standardize_dtype(x.dtype if isinstance(x, graph.KerasTensor) else T(x).dtype)


@core
def stop_gradient(variable):
    return tf.stop_gradient(T(variable))


@core
def scatter(indices, values, shape):
    return tf.scatter_nd(T(indices), T(values), shape)


@core
def scatter_update(inputs, indices, updates, reduction=None):
    given = T(inputs)
    kinds = {None: "update", "add": "add", "max": "max", "min": "min", "sub": "sub"}
    if reduction == "mul":
        return given * tf.tensor_scatter_nd_update(tf.ones_like(given), T(indices), T(updates, given.dtype.name))
    return getattr(tf, "tensor_scatter_nd_" + kinds[reduction])(given, T(indices), T(updates, given.dtype.name))


@core
def slice_(inputs, start_indices, shape):
    return tf.slice(T(inputs), start_indices, shape)


@core
def slice_update(inputs, start_indices, updates):
    given, new = T(inputs), T(updates)
    begin = [int(i) for i in np.asarray(start_indices)]
    places = np.stack(np.meshgrid(*(np.arange(b, b + n) for b, n in zip(begin, new._shape_tuple)), indexing="ij"), -1)
    return tf.tensor_scatter_nd_update(given, tf.constant(places.astype(np.int32)), T(new, given.dtype.name))


@core
def unstack(x, num=None, axis=0):
    return tf.unstack(T(x), num=num, axis=axis)


@core
def get_item(x, key):
    return x[key] if hasattr(x, "__array__") else T(x)[key]


# ---- loops and choices ----


@core
def cond(pred, true_fn, false_fn):
    return tf.cond(T(pred), true_fn, false_fn)


@core
def switch(index, branches, *operands):
    index = tf.clip_by_value(T(index, "int32"), 0, len(branches) - 1)
    return tf.switch_case(index, [functools.partial(b, *operands) for b in branches])


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    alone = not isinstance(loop_vars, (list, tuple))
    given = (loop_vars,) if alone else tuple(loop_vars)

    def step(*values):
        made = body(*values)
        return (made,) if alone else tuple(made)

    made = tf.while_loop(cond, step, tuple(nest.map_structure(T, v) for v in given), maximum_iterations=maximum_iterations)
    return made[0] if alone else type(loop_vars)(made)


def fori_loop(lower, upper, body_fun, init_val):
    return tf.while_loop(lambda i, v: i < upper, lambda i, v: (i + 1, body_fun(i, v)), (T(lower), nest.map_structure(T, init_val)))[1]


def map_(f, xs):
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


def vectorized_map(function, elements):
    return tf.vectorized_map(function, elements)


def vectorize(pyfunc, *, excluded=None, signature=None):
    def each(*given):
        """Over the elements of arguments that are broadcast against each other."""
        parts = [T(g) for g in given]
        flat = functools.reduce(tf.broadcast_static_shape, (p.shape for p in parts)).as_list()
        made = [pyfunc(*row) for row in zip(*(tf.unstack(tf.reshape(tf.broadcast_to(p, flat), [-1])) for p in parts))]
        return tf.reshape(tf.stack([T(m) for m in made]), flat)

    if excluded is not None or signature is not None:
        raise NotImplementedError("not implemented: keras.ops.vectorize with excluded or signature")
    return functools.wraps(pyfunc)(each)


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """(the last carry, what each step gave, stacked)."""
    leaves = [T(x) for x in nest.flatten(xs)] if xs is not None else []
    n = leaves[0]._shape_tuple[0] if leaves else int(length)
    if not callable(f):
        raise TypeError("`f` should be a callable. Received: f=%s" % (f,))
    carry, given = nest.map_structure(T, init), [None] * n
    for i in reversed(range(n)) if reverse else range(n):
        carry, given[i] = f(carry, nest.pack_sequence_as(xs, [x[i] for x in leaves]) if leaves else None)
    return carry, None if not n or given[0] is None else nest.map_structure(lambda *v: tf.stack([T(x) for x in v]), *given)


def associative_scan(f, elems, reverse=False, axis=0):
    """Running results along an axis of a function that may group as it likes."""
    leaves = [T(x) for x in nest.flatten(elems)]
    rows = list(zip(*(tf.unstack(x, axis=axis) for x in leaves)))
    rows = rows[::-1] if reverse else rows
    lift = lambda row: nest.pack_sequence_as(elems, [tf.expand_dims(v, axis) for v in row])  # noqa: E731
    made = [lift(rows[0])] if rows else []
    for row in rows[1:]:
        made.append(f(made[-1], lift(row)))
    made = made[::-1] if reverse else made
    flat = [tf.concat(parts, axis) for parts in zip(*(nest.flatten(m) for m in made))]
    return nest.pack_sequence_as(elems, flat)


def custom_gradient(f):
    """f(*args) gives the value and grad(*args, upstream=…), or grad(upstream)."""

    def wrapped(*arguments, **keywords):
        made, gradient = f(*arguments, **keywords)

        def back(*upstream):
            return gradient(*upstream) if "upstream" not in inspect.signature(gradient).parameters else gradient(upstream=upstream[0])

        return made, back

    return tf.custom_gradient(wrapped)


def jvp(fun, primals, tangents, has_aux=False):
    """What the function gives, and how that changes along the tangents."""
    primals, tangents = ([T(v) for v in given] for given in (primals, tangents))
    with tf.autodiff.ForwardAccumulator(primals, tangents) as forward:
        made = fun(*primals)
    made, rest = (made[0], (made[1],)) if has_aux else (made, ())
    return (made, nest.map_structure(forward.jvp, made), *rest)


for _function in (jvp, convert_to_tensor, convert_to_numpy, shape, is_tensor, dtype, while_loop, fori_loop, vectorized_map, vectorize, scan, associative_scan, custom_gradient):
    CORE[_function.__name__] = _function
CORE["map"] = map_
