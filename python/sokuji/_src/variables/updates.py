"""What 2.x's variables can do beyond assign: parts that are assigned (v[1:3].assign), scatters at rows and at coordinates, and what they refuse."""

import functools

import numpy as np

from sokuji import _core
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


def _at_rows(how):
    def scatter(self, sparse_delta, use_locking=False, name=None):
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
    raise NotImplementedError("not implemented: tf.Variable.batch_scatter_update; use scatter_nd_update")


def _gather_nd(self, indices, name=None):
    return run("GatherNd", self, convert(indices, 0))


def _refuses(symbol, method, plain):
    def operator(self, other):
        raise RuntimeError("`variable %s= value` with `tf.Variable`s is not supported. Use `%s` to modify the variable, or `out = variable %s value` if you need to get "
                           "a new output Tensor." % (symbol, method, plain))  # fmt: skip

    return operator


ROWS = {"scatter_min": _at_rows(np.minimum), "scatter_max": _at_rows(np.maximum), "scatter_mul": _at_rows(lambda old, new: old * new),
        "scatter_div": _at_rows(lambda old, new: old / new)}  # fmt: skip
COORDINATES = {
    "scatter_nd_add": _at_coordinates("TensorScatterAdd"), "scatter_nd_sub": _at_coordinates("TensorScatterSub"),
    "scatter_nd_update": _at_coordinates("TensorScatterUpdate"), "batch_scatter_update": _batch_scatter_update, "gather_nd": _gather_nd,
    "scatter_nd_max": _extreme_at_coordinates(scatter_ops.tensor_scatter_nd_max),
    "scatter_nd_min": _extreme_at_coordinates(scatter_ops.tensor_scatter_nd_min),
}  # fmt: skip
IN_PLACE = {"__iadd__": _refuses("+", "variable.assign_add(value)", "+"), "__isub__": _refuses("-", "variable.assign_sub(value)", "-")}
IN_PLACE.update({"__i%s__" % word: _refuses(symbol, "variable.assign(variable %s value)" % symbol, symbol)
                 for word, symbol in (("mul", "*"), ("truediv", "/"), ("pow", "**"))})  # fmt: skip
