"""Short words for the modules that compose operations: run an operation, convert values, read list arguments."""

import functools
import importlib
import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, shapes

execute = _core.execute
convert = _core.convert
_INT32 = dtypes.int32._number
_is_heard = False  # callbacks are told of every operation


def hear(callback):
    """callback(name, inputs, outputs) after every operation; None: no more."""
    global _is_heard
    _is_heard = callback is not None
    _core.set_hook("executed", callback)


def number(dtype):
    """The dtype's number; 0 of None."""
    return 0 if dtype is None else dtypes.as_dtype(dtype)._number


def tensor(value, dtype=None):
    return convert(value, 0 if dtype is None else dtypes.as_dtype(dtype)._number)


def run(op, *inputs, **attributes):
    return execute(op, inputs, attributes)


def run_fused(op, inputs, attributes):
    """An operation that does several ones' work, to the same bits; None where they must run one by one: it refuses the inputs, or callbacks are told."""
    from sokuji._src.core import errors

    if _is_heard or type(inputs[0]) is not _core.EagerTensor:
        return None
    try:
        return execute(op, inputs, attributes)
    except (errors.InvalidArgumentError, errors.UnimplementedError):
        return None


_custom_gradient = [None]  # where the room of gradients puts its custom_gradient


def with_gradient(function):
    """The function of tensors that gives (value, gradient function), differentiable; tapes are another room's."""
    made = []

    @functools.wraps(function)
    def differentiable(*arguments):
        if not made:
            if _custom_gradient[0] is None:  # nothing of it was asked for yet
                importlib.import_module("sokuji._src.graph.custom_gradient")
            made.append(_custom_gradient[0](function))
        return made[0](*arguments)

    return differentiable


def without_gradient(name, function, *tensors):
    """function(tensors): a tensor or a list, whose gradient is asked for in vain."""

    def refused(*dy):
        raise LookupError("gradient registry has no entry for: %s" % name)

    followed = _core.is_recording() and any(t.dtype.is_floating for t in tensors if isinstance(t, _core.EagerTensor))
    made = function(*tensors)
    if not followed or not any(t.dtype.is_floating for t in (made if isinstance(made, list) else [made])):
        return made
    return with_gradient(lambda *given: (made, refused))(*tensors)


def sizes(shape):
    """A shape argument (numbers, Dimensions, a TensorShape, a tensor) as an integer vector."""
    if isinstance(shape, (int, np.integer)):
        return convert([int(shape)], _INT32)
    if isinstance(shape, shapes.TensorShape):
        return convert(shape.as_list(), _INT32)
    if isinstance(shape, (list, tuple)) and not any(isinstance(d, _core.Handle) for d in shape):
        return convert([int(d) for d in shape], 9 if any(int(d) > 2**31 - 1 for d in shape) else _INT32)
    made = tensor(shape)
    return run("Reshape", made, convert([1], _INT32)) if made._shape_tuple == () else made


def ints(value):
    """A list of int of numbers, a tensor or an array."""
    if isinstance(value, _core.SymbolicTensor):
        known = value._known_value()
        if known is None:
            raise NotImplementedError("not implemented: a tensor whose value only a run of the graph knows where numbers are needed; pass numbers")
        value = known
    if isinstance(value, (_core.Handle, np.ndarray)):
        value = np.asarray(value).ravel().tolist()
    elif isinstance(value, shapes.TensorShape):
        value = value.as_list()
    elif not isinstance(value, (list, tuple, range)):
        value = [value]
    return [int(v) for v in value]


def axis_of(axis, rank, name="axis"):
    """A non-negative axis; InvalidArgumentError outside [-rank, rank)."""
    from sokuji._src.core import errors

    axis = int(axis)
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(None, None, "%s %d is outside [%d, %d)" % (name, axis, -rank, rank))
    return axis % rank


def invalid(message):
    from sokuji._src.core import errors

    return errors.make(errors.InvalidArgumentError, message)


def refuse(name, mend, **given):
    """Arguments that this function does not act on: None and False are what they are without."""
    for argument, value in given.items():
        if value is not None and value is not False:
            raise NotImplementedError("not implemented: %s with %s=%r; %s" % (name, argument, value, mend))


def check_fits(what, *sizes_of):
    """A result of so many elements fits into 64-bit counts and, at four bytes each, into the memory that may be used: said before anything of that size is made."""
    n = math.prod(int(v) for v in sizes_of)
    if n >= 2**63:
        raise invalid("%s: the result has %d elements, more than 64-bit counts hold" % (what, n))
    if n * 4 > _core.memory_limit():
        from sokuji._src.core import errors

        raise errors.ResourceExhaustedError(None, None, "%s: the result has %d elements, more than the memory limit of %d bytes holds" % (what, n, _core.memory_limit()))


def same_dtype(values):
    """All as tensors of the dtype of the first tensor among them."""
    known = next((v for v in values if isinstance(v, _core.Handle)), None)
    made, dtype = [], known._dtype_number if known is not None else 0
    for value in values:
        made.append(convert(value, dtype))
        dtype = dtype or made[0]._dtype_number
    return made
