"""What 2.x's variables can do beyond assign: parts that are assigned (v[1:3].assign), scatters at rows and at coordinates, and what they refuse."""

import enum
import functools

import numpy as np

from sokuji import _core
from sokuji._src.core.conversion import IndexedSlices
from sokuji._src.core.execute import convert, invalid, run
from sokuji._src.ops import scatter_ops


def _assign_part(variable, key, value, use_locking=False, name=None, read_value=True):
    """Writes the part of a variable that the key names; the value broadcasts to the part's shape."""
    given = convert(value, variable._dtype_number)
    if given._dtype_number != variable._dtype_number:
        raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r" % (variable.dtype.name, given.dtype.name, given))
    size, all_of_it = int(np.prod(variable._shape_tuple, dtype=np.int64)), convert([-1], 3)
    places = convert(np.arange(size, dtype=np.int64).reshape(variable._shape_tuple), 0)[key]
    try:
        wide = run("BroadcastTo", given, run("Shape", places))
    except ValueError:
        raise invalid("assign: a value of the shape %s does not broadcast to the part's shape %s" % (given._shape_tuple, places._shape_tuple)) from None
    new = run("TensorScatterUpdate", run("Reshape", variable._read(), all_of_it), run("Reshape", places, convert([-1, 1], 3)), run("Reshape", wide, all_of_it))
    variable._assign(run("Reshape", new, convert(np.array(variable._shape_tuple, np.int64), 0)))
    return variable._assigned()


def part_of(variable, key):
    """variable[key]: a tensor with an assign of its own."""
    part = _core.VariableBase.__getitem__(variable, key)
    if isinstance(part, (_core.EagerTensor, _core.SymbolicTensor)):
        part.assign = functools.partial(_assign_part, variable, key)
    return part


class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices would be brought together."""

    AUTO, NONE, ON_WRITE, ON_READ = 0, 1, 2, 3


class VariableAggregation(enum.Enum):
    """How they would."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = 0, 1, 2, 3

    __hash__ = enum.Enum.__hash__


def placement(variable, trainable, synchronization, aggregation, name):
    """Notes both, which act on one device through `trainable` alone; gives what that becomes."""
    for word, kind, given in (("synchronization", VariableSynchronization, synchronization), ("aggregation", VariableAggregation, aggregation)):
        if given is not None and not isinstance(given, kind):
            raise ValueError("Invalid variable %s mode: %s for variable: %s" % (word, given, name or "Variable"))
        setattr(variable, word, kind(0) if given is None else given)
    if synchronization is VariableSynchronization.ON_READ:
        return False
    return trainable


_SEGMENTS = {"Min": ("UnsortedSegmentMin", "Minimum"), "Max": ("UnsortedSegmentMax", "Maximum"), "Mul": ("UnsortedSegmentProd", "Mul"), "Div": ("UnsortedSegmentProd", None)}


def scattered(variable, indices, values, how):
    """The variable's value with rows changed; values are one for each index, or one for all."""
    now, rows, row = variable._read(), variable._shape_tuple[0], variable._shape_tuple[1:]
    if indices._shape_tuple is not None and values._shape_tuple not in ((), None) and None not in indices._shape_tuple + values._shape_tuple and values._shape_tuple != indices._shape_tuple + row:
        raise invalid("scatter: updates is %s; it must be the shape of indices and then %s" % (values._shape_tuple, row))
    flat = run("Reshape", indices, convert([-1], 3))
    shape = _core.execute("ConcatV2", [run("Shape", flat), convert(list(row), 3), convert(0, 3)], {}) if row else run("Shape", flat)
    values = run("BroadcastTo", values, shape) if values._shape_tuple == () else run("Reshape", values, shape)
    if how not in _SEGMENTS:
        return run("TensorScatter" + how, now, run("ExpandDims", flat, convert(1, 3)), values)
    of_row, with_row = _SEGMENTS[how]
    run("GatherV2", now, flat, convert(0, 3))  # refuses an index that is outside
    return run(with_row or ("RealDiv" if variable.dtype.is_floating else "TruncateDiv"), now, run(of_row, values, flat, convert(rows, flat._dtype_number)))


def at_rows(how):
    def scatter(self, sparse_delta, use_locking=False, name=None):
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError("sparse_delta is not IndexedSlices: %s" % (sparse_delta,))
        return self._scatter(sparse_delta.indices, sparse_delta.values, how)

    return scatter


def _at_coordinates(op):
    def scatter(self, indices, updates, name=None):
        value = self._read()
        self._assign(run(op, value, convert(indices, 0), convert(updates, value._dtype_number)))
        return self._assigned()

    return scatter


def _extreme_at_coordinates(scatter):
    def method(self, indices, updates, name=None):
        self._assign(scatter(self._read(), indices, updates))
        return self._assigned()

    return method


def _batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
    """Row by row: indices (batch…, n) say where in their own row the updates go."""
    indices = convert(sparse_delta.indices, 0)
    shape = indices._shape_tuple
    places = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), -1)[..., :-1]
    lead = convert(places.astype(indices.dtype.as_numpy_dtype), 0)
    where = _core.execute("ConcatV2", [lead, run("ExpandDims", indices, convert(-1, 3)), convert(-1, 3)], {})
    return self.scatter_nd_update(where, sparse_delta.values)


def _gather_nd(self, indices, name=None):
    return run("GatherNd", self, convert(indices, 0))


def _refuses(symbol, method, plain):
    def operator(self, other):
        raise RuntimeError("`variable %s= value` with `tf.Variable`s is not supported. Use `%s` to modify the variable, or `out = variable %s value` if you need to get "
                           "a new output Tensor." % (symbol, method, plain))  # fmt: skip

    return operator


ROWS = {"scatter_" + how.lower(): at_rows(how) for how in _SEGMENTS}
COORDINATES = {
    "scatter_nd_add": _at_coordinates("TensorScatterAdd"), "scatter_nd_sub": _at_coordinates("TensorScatterSub"),
    "scatter_nd_update": _at_coordinates("TensorScatterUpdate"), "batch_scatter_update": _batch_scatter_update, "gather_nd": _gather_nd,
    "scatter_nd_max": _extreme_at_coordinates(scatter_ops.tensor_scatter_nd_max),
    "scatter_nd_min": _extreme_at_coordinates(scatter_ops.tensor_scatter_nd_min),
}  # fmt: skip
IN_PLACE = {"__iadd__": _refuses("+", "variable.assign_add(value)", "+"), "__isub__": _refuses("-", "variable.assign_sub(value)", "-")}
IN_PLACE.update({"__i%s__" % word: _refuses(symbol, "variable.assign(variable %s value)" % symbol, symbol)
                 for word, symbol in (("mul", "*"), ("truediv", "/"), ("pow", "**"))})  # fmt: skip
