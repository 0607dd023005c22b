"""Functions of 1.8 written in its own operations, so that names, and the count that seeds depend on, are its own: fills, random numbers, dropout."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes
from sokuji._src.core.execute import convert, execute, sizes
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import words
from sokuji._src.graph.variables import symbolic

building = graphs.building


def op(which, inputs, name=None, **attributes):
    """One node of that name (its operation's where None is given)."""
    graph = graphs.building()
    graph.next_name(name or which)
    try:
        return execute(which, inputs, attributes)
    finally:
        graph.next_name(None)


def _shape(shape):
    """The shape as a constant called so; a tensor is itself."""
    if isinstance(shape, _core.SymbolicTensor):
        return shape
    if isinstance(shape, (list, tuple)) and any(isinstance(d, _core.SymbolicTensor) for d in shape):
        return stack([d if isinstance(d, _core.SymbolicTensor) else int(d) for d in shape], name="shape")
    return symbolic(sizes(shape), None, "shape")


def stack(values, axis=0, name="stack"):
    number = next((v._dtype_number for v in values if isinstance(v, _core.Handle)), 0)
    return op("Pack", [v if isinstance(v, _core.SymbolicTensor) else symbolic(convert(v, number)) for v in values], name, axis=axis)


def _filled(value, shape, dtype, name):
    graph = graphs.building()
    kind = dtypes.as_dtype(dtype)
    wanted = shapes.as_shape(shape) if not isinstance(shape, _core.Handle) else None
    if isinstance(shape, _core.EagerTensor):
        wanted = shapes.TensorShape(shape.numpy().tolist())
    first = len(graph)
    if wanted is not None and wanted.is_fully_defined() and wanted.num_elements() < 1000:
        made = words.constant(value, kind, list(wanted._dims), name=name)
    else:
        with graph.name_scope(name) as scope:
            made = op("Fill", [_shape(shape), symbolic(convert(value, kind._number), None, "Const")], scope)
    graph._note_line(first)
    return made


def zeros(shape, dtype=dtypes.float32, name=None):
    kind = dtypes.as_dtype(dtype)
    return _filled(False if kind is dtypes.bool else "" if kind is dtypes.string else 0, _whole(shape), kind, name or "zeros")


def ones(shape, dtype=dtypes.float32, name=None):
    kind = dtypes.as_dtype(dtype)
    return _filled(True if kind is dtypes.bool else 1, _whole(shape), kind, name or "ones")


def _whole(shape):
    """A shape without unknown sizes, or a tensor; lists with tensors in them are stacked."""
    if isinstance(shape, (list, tuple)) and any(isinstance(d, _core.SymbolicTensor) for d in shape):
        return stack(list(shape))
    if not isinstance(shape, _core.Handle) and not shapes.as_shape(shape).is_fully_defined():
        raise ValueError("Cannot convert a partially known TensorShape to a Tensor: %s" % shapes.as_shape(shape))
    return shape


def _scaled(which, default):
    def draw(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
        graph, kind = graphs.building(), dtypes.as_dtype(dtype)
        with graph.name_scope(name or default) as scope:
            size = _shape(shape)
            middle, width = symbolic(mean, kind, "mean"), symbolic(stddev, kind, "stddev")
            first, second = words.seeds(seed)
            drawn = op(which, [size], dtype=kind._number, seed=first, seed2=second)
            return op("Add", [op("Mul", [drawn, width], "mul"), middle], scope)

    draw.__name__ = default
    return draw


random_normal = _scaled("RandomStandardNormal", "random_normal")
truncated_normal = _scaled("TruncatedNormal", "truncated_normal")


def random_uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    graph, kind = graphs.building(), dtypes.as_dtype(dtype)
    if maxval is None:
        if kind.is_integer:
            raise ValueError("Must specify maxval for integer dtype %r" % kind)
        maxval = 1
    with graph.name_scope(name or "random_uniform") as scope:
        size = _shape(shape)
        low, high = symbolic(minval, kind, "min"), symbolic(maxval, kind, "max")
        first, second = words.seeds(seed)
        if kind.is_integer:
            return op("RandomUniformInt", [size, low, high], scope, seed=first, seed2=second)
        drawn = op("RandomUniform", [size], dtype=kind._number, seed=first, seed2=second)
        wide = op("Mul", [drawn, op("Sub", [high, low], "sub")], "mul")
        return op("Add", [wide, low], scope)


def shape_of(t, name="Shape"):
    """The static shape as a constant where it is known, else the operation."""
    known = t._shape_tuple
    if known is None or None in known:
        return op("Shape", [t], name)
    return symbolic(convert(list(known), 3), None, name)


def _static(name, fits, value, which):
    """What the static shape tells is a constant."""

    def function(input, name=None, out_type=dtypes.int32):
        input = symbolic(input)
        graph, known, kind = graphs.building(), input._shape_tuple, dtypes.as_dtype(out_type)
        first = len(graph)
        with graph.name_scope(name or which) as scope:
            if fits(known):
                made = words.constant(value(known), kind, name=scope)
            else:
                made = op(which, [input], scope, **({} if which == "Rank" else {"out_type": kind._number}))
        graph._note_line(first)
        return made

    function.__name__ = name
    return function


def _is_whole(sizes):
    return sizes is not None and None not in sizes


shape = _static("shape", _is_whole, list, "Shape")
size = _static("size", _is_whole, lambda sizes: int(np.prod(sizes, dtype=np.int64)), "Size")
rank = _static("rank", lambda sizes: sizes is not None, len, "Rank")


def dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    graph = graphs.building()
    with graph.name_scope(name or "dropout"):
        x = symbolic(x, None, "x")
        if not x.dtype.is_floating:
            raise ValueError("x has to be a floating point tensor since it's going to be scaled. Got a %s tensor instead." % x.dtype)
        if isinstance(keep_prob, (int, float)) and not 0 < keep_prob <= 1:
            raise ValueError("keep_prob must be a scalar tensor or a float in the range (0, 1], got %g" % keep_prob)
        if isinstance(keep_prob, (int, float)) and keep_prob == 1:
            return x
        keep = symbolic(keep_prob, x.dtype, "keep_prob")
        known = keep._known_value()
        if known is not None and float(known.numpy()) == 1.0:
            return x
        size = shape_of(x) if noise_shape is None else _shape(noise_shape)
        drawn = op("Add", [keep, random_uniform(size, dtype=x.dtype, seed=seed)], "add")
        mask = op("Floor", [drawn])
        made = op("Mul", [op("RealDiv", [x, keep], "div"), mask], "mul")
        if x._shape_tuple is not None:
            made.set_shape(list(x._shape_tuple))
        return made
