"""Functions of 1.8 that are one operation there and several, or nameless, in eager execution: in graphs they are the operation, under its name."""

import functools

from sokuji import _core
from sokuji._src.core import dtypes, errors
from sokuji._src.core.execute import execute
from sokuji._src.graph import as_then, composed, images
from sokuji._src.graph import graph as graphs
from sokuji._src.graph.variables import GraphVariable, checked, symbolic
from sokuji._src.ops import functions, op_table, partition_ops

# As in ops/op_table.py.
_ROWS = """
tile | Tile | Ti | input, multiples, name!=None
reverse | ReverseV2 | Ti | tensor, axis, name!=None
reverse_v2 | ReverseV2 | Ti | tensor, axis, name!=None
cumsum | Cumsum | Ti | x, axis=0, exclusive=False, reverse=False, name!=None
cumprod | Cumprod | Ti | x, axis=0, exclusive=False, reverse=False, name!=None
diag | Diag | T | diagonal, name!=None
diag_part | DiagPart | T | input, name!=None
matrix_diag | MatrixDiag | T | diagonal, name!=None
matrix_diag_part | MatrixDiagPart | T | input, name!=None
matrix_set_diag | MatrixSetDiag | TT | input, diagonal, name!=None
matrix_band_part | MatrixBandPart | Tii | input, num_lower, num_upper, name!=None
invert_permutation | InvertPermutation | T | x, name!=None
cross | Cross | TT | a, b, name!=None
lin_space | LinSpace | TTi | start, stop, num, name!=None
linspace | LinSpace | TTi | start, stop, num, name!=None
scatter_nd | ScatterNd | iTi | indices, updates, shape, name!=None
"""


def _split(value, num_or_size_splits, axis=0, num=None, name="split"):
    value = symbolic(value)
    if isinstance(num_or_size_splits, int):
        graphs.building().constant(_core.convert(num_or_size_splits, 3), "Const")
        return _several("Split", [(axis, 3, "split_dim"), value], num_or_size_splits, name or "split")
    sizes = symbolic(num_or_size_splits, None, "Const")
    known = sizes._shape_tuple
    num = known[0] if num is None and known else num
    if num is None:
        raise ValueError("Cannot infer num from shape %s" % sizes)
    return _several("SplitV", [value, sizes, (axis, 3, "split_dim")], num, name or "split")


def _unstack(value, num=None, axis=0, name="unstack"):
    value = symbolic(value)
    sizes = value._shape_tuple
    if num is None:
        if sizes is None:
            raise ValueError("Cannot infer num from shape %s" % value.shape)
        if not -len(sizes) <= axis < len(sizes):
            raise ValueError("axis = %d not in [%d, %d)" % (axis, -len(sizes), len(sizes)))
        num = sizes[axis]
    if num is None:
        raise ValueError("Cannot infer num from shape %s" % value.shape)
    return _several("Unpack", [value], num, name or "unstack", axis=axis)


def _several(op, inputs, n, name, **attributes):
    """The outputs of one operation; inputs (value, dtype, name) become constants under it."""
    graph = graphs.building()
    full = graph.unique_name(name) if not name.endswith("/") else name[:-1]
    tensors = [symbolic(i[0], i[1], full + "/" + i[2] + "/") if isinstance(i, tuple) else i for i in inputs]
    graph.next_name(full + "/")
    try:
        made = _core.execute(op, tensors, attributes, n)
    finally:
        graph.next_name(None)
    return list(made) if isinstance(made, (list, tuple)) else [made]


def _stack(values, axis=0, name="stack"):
    return as_then.stack(values, axis, name or "stack")


def _add_n(inputs, name=None):
    values = [symbolic(t) for t in inputs] if isinstance(inputs, (list, tuple)) else []
    if not values:
        raise ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if len({t.dtype for t in values}) > 1:
        raise TypeError("Tensors in list passed to 'inputs' of 'AddN' Op have types %s that don't all match." % [t.dtype for t in values])
    return values[0] if len(values) == 1 and not name else as_then.op("AddN", values, name)


def _pad(tensor, paddings, mode="CONSTANT", name=None, constant_values=0):
    tensor, mode = symbolic(tensor), mode.upper()
    if mode not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
        raise ValueError("Unknown padding mode: %s" % mode)
    graph, is_zero = graphs.building(), not isinstance(constant_values, _core.Handle) and constant_values == 0
    which = "MirrorPad" if mode != "CONSTANT" else "Pad" if is_zero else "PadV2"
    full = graph.unique_name(name or which)
    inputs = [tensor, symbolic(paddings, None if isinstance(paddings, _core.Handle) else dtypes.int32, full + "/paddings/")]
    if which == "PadV2":
        inputs.append(symbolic(constant_values, tensor.dtype, full + "/constant_values/"))
    return as_then.op(which, inputs, full + "/", **({"mode": mode} if which == "MirrorPad" else {}))


def _moments(x, axes, shift=None, name=None, keep_dims=False):
    graph = graphs.building()
    with graph.name_scope(name or "moments"):
        x, axes = symbolic(x), checked(list(axes), 3)
        mean = as_then.op("Mean", [x, graph.constant(axes, "mean/reduction_indices")], "mean", keep_dims=True)
        apart = as_then.op("SquaredDifference", [x, as_then.op("StopGradient", [mean])])
        variance = as_then.op("Mean", [apart, graph.constant(axes, "variance/reduction_indices")], "variance", keep_dims=True)
        if not keep_dims:
            mean, variance = (as_then.op("Squeeze", [t], squeeze_dims=axes.numpy().tolist()) for t in (mean, variance))
    return mean, variance


def _where(condition, x=None, y=None, name=None):
    if x is not None or y is not None:
        raise NotImplementedError
    return as_then.op("Where", [symbolic(condition, dtypes.bool)], name)


def _like(value, default, node):
    def function(tensor, dtype=None, name=None, optimize=True):
        tensor = symbolic(tensor)
        kind = tensor.dtype if dtype is None else dtypes.as_dtype(dtype)
        if value == 0 and not as_then._is_whole(tensor._shape_tuple):
            return as_then.op(node, [tensor if kind is tensor.dtype else execute("Cast", [tensor], {"DstT": kind._number})], name or default)
        if value == 0:
            return as_then.zeros(list(tensor._shape_tuple), kind, name or default)
        with graphs.building().name_scope(name or default) as scope:
            size, one = as_then.shape_of(tensor), symbolic(_core.convert(True if kind.is_bool else 1, kind._number))
            made = as_then.op("Fill", [size, one], scope)
        if tensor._shape_tuple is not None:
            made.set_shape(list(tensor._shape_tuple))
        return made

    return function


def _unique(op, kind):
    def function(x, out_idx=dtypes.int32, name=None):
        n = len(kind._fields)
        return kind(*_several(op, [symbolic(x)], n, name or op, out_idx=dtypes.as_dtype(out_idx)._number))

    return function


def _string_join(inputs, separator="", name=None):
    return as_then.op("StringJoin", [symbolic(i, dtypes.string) for i in inputs], name, separator=separator)


def _dynamic_partition(data, partitions, num_partitions, name=None):
    return _several("DynamicPartition", [symbolic(data), symbolic(partitions, dtypes.int32)], num_partitions, name or "DynamicPartition")


def _scoped(which, default, result=None):
    """A random operation in a scope of its own."""

    def draw(graph, name, inputs, seed, **attributes):
        with graph.name_scope(name or default):
            first, second = as_then.words.seeds(seed)
            tensors = [symbolic(value, dtype, called) for value, dtype, called in inputs]
            return as_then.op(which, tensors, result, seed=first, seed2=second, **attributes)

    return draw


_multinomial_node, _poisson_node = _scoped("Multinomial", "multinomial"), _scoped("RandomPoissonV2", "random_poisson")


def _multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    kind = dtypes.as_dtype(output_dtype or dtypes.int64)
    return _multinomial_node(graphs.building(), name, [(logits, None, "logits"), (num_samples, dtypes.int32, "num_samples")], seed, output_dtype=kind._number)


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    kind = dtypes.as_dtype(dtype)
    inputs = [(shape if isinstance(shape, _core.Handle) else as_then.sizes(shape), None, "shape"), (lam, None, "lam")]
    return _poisson_node(graphs.building(), name, inputs, seed, dtype=kind._number)


def _random_gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    graph, kind = graphs.building(), dtypes.as_dtype(dtype)
    with graph.name_scope(name or "random_gamma"):
        size = as_then._shape(shape)
        alpha, beta = symbolic(alpha, kind, "alpha"), symbolic(1.0 if beta is None else beta, kind, "beta")
        wide = alpha + execute("ZerosLike", [beta], {})
        first, second = as_then.words.seeds(seed)
        drawn = as_then.op("RandomGamma", [size, wide], seed=first, seed2=second)
        return as_then.op("Maximum", [symbolic(_core.convert(_tiny(kind), kind._number)), as_then.op("RealDiv", [drawn, beta], "truediv")])


def _tiny(kind):
    import numpy as np

    return float(np.finfo(kind.as_numpy_dtype).tiny)


_WRITTEN = {"split": _split, "unstack": _unstack, "stack": _stack, "add_n": _add_n, "pad": _pad, "nn.moments": _moments, "string_join": _string_join,
            "dynamic_partition": _dynamic_partition, "multinomial": _multinomial, "random_poisson": random_poisson, "random_gamma": _random_gamma,
            "where": _where, "unique": _unique("Unique", partition_ops.Unique),
            "unique_with_counts": _unique("UniqueWithCounts", partition_ops.UniqueWithCounts), "zeros_like": _like(0, "zeros_like", "ZerosLike"), "ones_like": _like(1, "ones_like", "OnesLike")}  # fmt: skip
_NEEDS_VALUE = (NotImplementedError, AttributeError, BufferError, errors.UnimplementedError)


def _either(eager, in_graph):
    """in_graph where a graph is open or an argument is of one; what it cannot do is left to the general way."""
    general = composed.of_several(eager, composed.NAMES.get(eager.__name__)) if eager is not None else None

    @functools.wraps(in_graph if eager is None else eager)
    def function(*arguments, **keywords):
        graph = graphs.building()
        if graph is None:
            graph = composed.of_arguments(arguments, keywords)
            if graph is None:
                return eager(*arguments, **keywords)
            with graphs._stack.opened(graph):
                return function(*arguments, **keywords)
        first = len(graph)
        try:
            made = in_graph(*composed._read(arguments), **{key: composed._read(value) for key, value in keywords.items()})
        except errors.InvalidArgumentError as error:
            raise composed.at_build(error) from None
        except _NEEDS_VALUE:
            if general is None or isinstance(arguments[:1], GraphVariable):
                raise
            return general(*arguments, **keywords)
        graph._note_line(first)
        return made

    return function


def table(find):
    """{dotted name: function}; find gives what eager execution has, or None."""
    made = {}
    for row in _ROWS.strip().splitlines():
        name, op, groups, text = [part.strip() for part in row.split("|")]
        parameters = op_table._parameters(text)
        one = functions.make(name, op, groups, parameters)
        made[name] = _either(find(name), composed.of_table(one, op, groups, parameters))
    made.update((name, _either(find(name), function)) for name, function in _WRITTEN.items())
    made.update(images.functions(_either))
    return made
