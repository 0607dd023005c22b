"""numpy(), str and repr of tensors and variables, as TensorFlow prints them."""

import numpy as np

from sokuji import _core

_version = 2
_SCALARS = {1: np.float32, 2: np.float64, 3: np.int32, 9: np.int64, 10: np.bool_}


def set_version(version):
    global _version
    _version = version


def to_numpy(tensor):
    """A copy as an array; a NumPy scalar of a scalar; bytes of a string scalar."""
    if tensor._dtype_number == 7:
        shape = tensor._shape_tuple
        strings = tensor._strings()
        if not shape:
            return strings[0]
        array = np.empty(len(strings), dtype=object)
        array[:] = strings
        return array.reshape(shape)
    if isinstance(tensor, _core.SymbolicTensor) or (isinstance(tensor, _core.VariableBase) and _core.graph_now() is not None):
        from sokuji._src.core import errors

        raise errors.OperatorNotAllowedInGraphError(
            "Using a symbolic `tf.Tensor` as a Python value is not allowed: it has one only when the graph runs. Use @tf.function with AutoGraph, or tf.cond."
        )
    if tensor._dtype_number == 14:
        raise NotImplementedError("not implemented: numpy() of bfloat16; use tf.cast(x, tf.float32)")
    array = np.array(memoryview(tensor))
    return array[()] if array.ndim == 0 else array


def _value_text(tensor):
    return str(to_numpy(tensor)) if tensor._dtype_number in _PRINTABLE else "<unprintable>"


_PRINTABLE = frozenset(n for n in range(1, 24) if n not in (11, 12, 13, 14, 15, 16, 20, 21))


def _shape_text(tensor):
    sizes = tensor._shape_tuple
    return "(%s%s)" % (", ".join(map(str, sizes)), "," if len(sizes) == 1 else "")


def _array_text(tensor):
    value = to_numpy(tensor)
    if isinstance(value, np.generic):
        return str(value) if not isinstance(value, np.bool_) else str(bool(value))
    return repr(value)


def _symbolic(tensor, form):
    from sokuji._src.core import shapes

    return form % (tensor.name, shapes._of_sizes(tensor._shape_tuple), tensor.dtype.name)


def text(tensor):
    if isinstance(tensor, _core.SymbolicTensor):
        return _symbolic(tensor, 'Tensor("%s", shape=%s, dtype=%s)' if tensor._shape_tuple is not None else 'Tensor("%s"%.0s, dtype=%s)')
    if isinstance(tensor, _core.VariableBase):
        return representation(tensor)
    value = _value_text(tensor)
    if "\n" in value:
        value = "\n" + value
    elif tensor._dtype_number == 7 and not tensor._shape_tuple:
        value = repr(to_numpy(tensor))
    return "tf.Tensor(%s, shape=%s, dtype=%s)" % (value, _shape_text(tensor), tensor.dtype.name)


def representation(tensor):
    if isinstance(tensor, _core.SymbolicTensor):
        return _symbolic(tensor, "<tf.Tensor '%s' shape=%s dtype=%s>")
    if isinstance(tensor, _core.VariableBase) and _core.graph_now() is not None:
        return "<tf.Variable '%s' shape=%s dtype=%s>" % (tensor.name, _shape_text(tensor), tensor.dtype.name)
    values = _array_text(tensor)
    newline = "\n" if "\n" in values else ""
    if isinstance(tensor, _core.VariableBase):
        kind = "tf.Variable"
        head = "'%s' shape=%s dtype=%s" % (tensor.name, _shape_text(tensor), tensor.dtype.name)
    else:
        kind = "tf.Tensor:"
        head = "shape=%s, dtype=%s" % (_shape_text(tensor), tensor.dtype.name)
        if _version == 1:
            head = "id=%d, %s" % (id(tensor), head)
    return "<%s %s, numpy=%s%s>" % (kind, head, newline, values)


_core.set_hook("numpy", to_numpy)
_core.set_hook("text", text)
_core.set_hook("representation", representation)
