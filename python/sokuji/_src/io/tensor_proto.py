"""TensorProto: tensors inside messages, to and from arrays."""

import math

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import check_fits, invalid
from sokuji._src.io import messages

_VALUES = {1: "float_val", 2: "double_val", 3: "int_val", 4: "int_val", 5: "int_val", 6: "int_val", 7: "string_val", 9: "int64_val",
           10: "bool_val", 17: "int_val", 22: "uint32_val", 23: "uint64_val"}  # fmt: skip


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """tf.make_tensor_proto: numbers as their bytes, strings one by one; a single number by itself."""
    if allow_broadcast and verify_shape:
        raise ValueError("make_tensor_proto: verify_shape and allow_broadcast are not both allowed")
    t = _core.convert(values, 0 if dtype is None else dtypes.as_dtype(dtype)._number)
    sizes = list(t._shape_tuple) if shape is None else [int(d) for d in shape]
    if verify_shape and sizes != list(t._shape_tuple):
        raise TypeError("Expected Tensor's shape: %s, got %s." % (tuple(sizes), t._shape_tuple))
    if any(d < 0 for d in sizes) or t._size > math.prod(sizes) or not t._size and math.prod(sizes):
        raise ValueError("Too many elements provided. Needed at most %d, but received %d" % (math.prod(sizes), t._size))
    proto = messages.CLASSES["TensorProto"](dtype=t._dtype_number)
    proto.tensor_shape.SetInParent()
    for size in sizes:
        proto.tensor_shape.dim.append(messages.CLASSES["TensorShapeProto.Dim"](size=size))
    array = np.asarray(t.numpy())
    if t._dtype_number == 7:
        proto.string_val.extend(array.ravel().tolist())
    elif array.size == 1 and t._dtype_number in _VALUES:
        getattr(proto, _VALUES[t._dtype_number]).append(array.ravel()[0].item())
    elif array.size == math.prod(sizes):
        proto._set(proto._field("tensor_content"), array.tobytes())
    else:  # the last value stands for those that are left out
        getattr(proto, _VALUES[t._dtype_number]).extend(array.ravel().tolist())
    return proto


def make_ndarray(tensor):
    """tf.make_ndarray: the array that a TensorProto holds."""
    dtype = dtypes.as_dtype(int(tensor.dtype))
    shape = [d.size for d in tensor.tensor_shape.dim]
    if any(d < 0 for d in shape):
        raise invalid("make_ndarray: the shape %s has a negative size" % shape)
    check_fits("make_ndarray", *shape)
    n = math.prod(shape)
    if dtype._number == 7:
        values = list(tensor.string_val)
        values += values[-1:] * (n - len(values))
        return np.array(values + [None], dtype=object)[:-1].reshape(shape)
    kind = dtype.as_numpy_dtype
    if tensor.tensor_content:
        if len(tensor.tensor_content) != n * np.dtype(kind).itemsize:
            raise invalid("make_ndarray: %d bytes do not fill the shape %s of %s" % (len(tensor.tensor_content), shape, dtype.name))
        return np.frombuffer(tensor.tensor_content, dtype=kind).copy().reshape(shape)
    if dtype._number == 19:
        found = np.array(tensor.half_val, np.uint16).view(np.float16)
    elif dtype._number in (8, 18):
        parts = tensor.scomplex_val if dtype._number == 8 else tensor.dcomplex_val
        found = np.array(parts[0::2], kind) + 1j * np.array(parts[1::2], kind)
    elif dtype._number in _VALUES:
        found = np.array(getattr(tensor, _VALUES[dtype._number]), dtype=kind)
    else:
        raise TypeError("Unsupported tensor type: %s" % dtype.name)
    if len(found) == 0:
        found = np.zeros(1, kind)
    return np.concatenate([found, np.repeat(found[-1:], max(0, n - len(found)))])[:n].astype(kind).reshape(shape)
