"""What becomes a tensor and how: constant, convert_to_tensor, IndexedSlices, and the methods of tensors that are written in Python."""

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, nest, printing, shapes

_version = 2
_functions = []  # registered conversion functions: (priority, order, base type, function)


def set_version(version):
    global _version
    _version = version


class IndexedSlices:
    """Rows and the numbers of the rows they stand for."""

    def __init__(self, values, indices, dense_shape=None):
        self.values, self.indices, self.dense_shape = values, indices, dense_shape

    dtype = property(lambda self: self.values.dtype)
    device = property(lambda self: self.values.device)

    @property
    def shape(self):
        sizes = self._sizes()
        return None if sizes is None else shapes.TensorShape(sizes)

    def _sizes(self):
        whole = self.dense_shape
        whole = whole._known_value() if isinstance(whole, _core.SymbolicTensor) else whole
        return None if whole is None else [int(d) for d in whole.numpy()]

    def _dense(self):
        sizes = self._sizes()
        if sizes is None:
            raise ValueError("IndexedSlices without a dense_shape do not convert to a tensor")
        rows = _core.convert(sizes[:1], 3)[0]
        return _core.execute("UnsortedSegmentSum", [self.values, self.indices, rows], {})

    def __neg__(self):
        return IndexedSlices(-self.values, self.indices, self.dense_shape)

    def __repr__(self):
        more = "" if self.dense_shape is None else ", dense_shape=%s" % (self.dense_shape,)
        return "IndexedSlices(indices=%s, values=%s%s)" % (self.indices, self.values, more)


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """conversion_func(value, dtype, name, as_ref) makes tensors of the base type's objects from now on; lower priorities are asked first."""
    _functions.append((priority, len(_functions), base_type, conversion_func))
    _functions.sort(key=lambda row: row[:2])


def _pack(value, dtype):
    """A list with tensors in it: every element converted to their dtype, then stacked."""
    if not dtype:
        tensors = [leaf for leaf in nest.flatten(value) if isinstance(leaf, _core.Handle)]
        dtype = tensors[0]._dtype_number if tensors else 0
    rows = [_core.convert(item, dtype) for item in value]
    if not rows:
        return _core.convert([], dtype)
    if len({row._shape_tuple for row in rows}) > 1:
        from sokuji._src.core import errors

        raise errors.InvalidArgumentError(None, None, "Shapes of all inputs must match: %s" % [r._shape_tuple for r in rows])
    wide = [_core.execute("ExpandDims", [row, 0], {}) for row in rows]
    return _core.execute("ConcatV2", wide + [_core.convert(0, 3)], {}) if len(wide) > 1 else wide[0]


def _convert(value, dtype):
    """For _core: a tensor of what it does not know itself."""
    for _, _, base_type, function in _functions:
        if isinstance(value, base_type):
            made = function(value, dtype=dtypes.as_dtype(dtype) if dtype else None, name=None, as_ref=False)
            if made is not NotImplemented:
                return made
    if isinstance(value, IndexedSlices):
        return value._dense()
    if isinstance(value, shapes.TensorShape):
        return _core.convert(value.as_list(), dtype or 3)
    if isinstance(value, shapes.Dimension):
        return _core.convert(int(value), dtype or 3)
    if isinstance(value, dtypes.DType) and _version == 1:
        return _core.convert(int(value), 3)
    if isinstance(value, (list, tuple)):
        leaves = nest.flatten(value)
        if any(isinstance(leaf, (_core.Handle, IndexedSlices)) for leaf in leaves):
            return _pack(value, dtype)
        if any(leaf is None for leaf in leaves):
            raise ValueError("None values not supported.")
        value = nest.map_structure(lambda leaf: int(leaf) if isinstance(leaf, shapes.Dimension) else leaf, value)
        if _version == 1 and all(isinstance(leaf, (int, float, bool, np.generic, np.ndarray)) for leaf in leaves):
            value = nest.map_structure(lambda leaf: leaf.tolist() if isinstance(leaf, (np.generic, np.ndarray)) else leaf, value)
            return _core.convert(_lists(value), dtype)
        if _version == 2 and not dtype and leaves:
            return _numbers_2(value, leaves)
    elif isinstance(value, range):
        return _core.convert(list(value), dtype)
    elif hasattr(value, "_to_tensor"):
        return value._to_tensor(dtype)
    elif not hasattr(value, "__array__") and not hasattr(value, "__array_interface__") and not hasattr(value, "__len__"):
        raise _refused(value)
    return _from_array(value, dtype)


def _numbers_2(value, leaves):
    """NumPy's integers in a list are Python's; its floats keep their dtype unless a Python number comes first."""
    try:
        array = np.asarray(value)
    except ValueError:
        return _from_array(value, 0)
    if array.dtype.kind in "iu":
        return _core.convert(array.tolist(), 0)
    if array.dtype.kind == "f" and type(leaves[0]) in (int, float):
        return _from_array(array, 1)
    return _from_array(array, 0)


def _lists(value):
    return [_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def _refused(value):
    text = "Attempt to convert a value (%r) with an unsupported type (%s) to a Tensor." % (value, type(value))
    return ValueError(text)


def _from_array(value, dtype):
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError("can't convert %s to a tensor: %s" % (type(value).__name__, error)) from None
    if array.dtype.kind == "U":
        array = np.char.encode(array, "utf-8")
    if array.dtype.kind == "S":
        return _core.convert(array.tolist(), 7)
    if array.dtype.kind == "O":
        flat = array.ravel().tolist()
        if not all(isinstance(item, (str, bytes)) for item in flat):
            raise _refused(value)
        made = _core.convert(flat, 7)
        return _core.execute("Reshape", [made, list(array.shape) if array.ndim else _core.convert([], 3)], {})
    if array.dtype not in dtypes._BY_TYPE:
        native = array.dtype.newbyteorder("=")
        if native not in dtypes._BY_TYPE:
            raise _refused(value)
        array = array.astype(native)
    made = np.require(array, requirements="C")
    return _core.convert(made if made.ndim == array.ndim else made.reshape(array.shape), dtype)


def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """A tensor of a Python value, an array or a list of tensors; a tensor is itself."""
    preferred = preferred_dtype if preferred_dtype is not None else dtype_hint
    if type(value) is _core.EagerTensor:
        if dtype is not None and _version == 2 and value.dtype != dtype:
            raise ValueError("Tensor conversion requested dtype %s for Tensor with dtype %s: %r"
                             % (dtypes.as_dtype(dtype).name, value.dtype.name, value))  # fmt: skip
        return value
    if dtype is not None and isinstance(value, _core.VariableBase) and value.dtype.base_dtype != dtype:
        raise ValueError("Incompatible type conversion requested to type '%s' for variable of type '%s' (%r)" % (dtypes.as_dtype(dtype).name, value.dtype.name, value))
    if dtype is None and preferred is not None:
        try:
            return _core.convert(value, dtypes.as_dtype(preferred)._number)
        except (TypeError, ValueError):
            pass
    return _converted(value, dtype)


def convert_to_tensor_2(value, dtype=None, dtype_hint=None, name=None):
    """A tensor of a Python value, an array or a list of tensors; a tensor is itself."""
    return convert_to_tensor(value, dtype, name, dtype_hint)


def _converted(value, dtype):
    """2.x: of whole numbers that int32 does not hold it takes the low bits, and infinity for what float32 does not hold, when that dtype is asked for."""
    number = 0 if dtype is None else dtypes.as_dtype(dtype)._number
    if number not in (1, 3) or _version == 1:
        return _core.convert(value, number)
    try:
        return _core.convert(value, number)
    except ValueError:
        wide = _core.convert(value, 2 if number == 1 else 0)
        if wide._dtype_number not in (2, 9):
            raise
        return _core.execute("Cast", [wide], {"DstT": number})


_scalars = {}  # under 1.x equal Python numbers are one tensor, as in TensorFlow


def _scalar_1(value, dtype):
    key = (value, type(value), None if dtype is None else dtypes.as_dtype(dtype)._number, str(value))
    made = _scalars.get(key)
    if made is None:
        if len(_scalars) >= 1024:
            _scalars.clear()
        made = _scalars[key] = _core.convert(value, key[2] or 0)
    return made


def constant_1(value, dtype=None, shape=None, name="Const", verify_shape=False):
    """A tensor of the value; with a shape, one value fills it, unless verify_shape."""
    if shape is None and _version == 1 and type(value) in (int, float):
        return _scalar_1(value, dtype)
    t = _converted(value, dtype)
    if dtype is not None and isinstance(value, _core.Handle) and t.dtype != dtype:
        raise TypeError("a tensor of dtype %s is no constant of dtype %s; use tf.cast" % (t.dtype.name, dtypes.as_dtype(dtype).name))
    if shape is None:
        return t
    wanted = shapes.as_shape(shape)
    if verify_shape and t._shape_tuple != wanted._dims:
        raise TypeError("Expected Tensor's shape: %s, got %s." % (wanted, t._shape_tuple))
    if t._size == wanted.num_elements():
        return t if t._shape_tuple == wanted._dims else _core.execute("Reshape", [t, _sizes(wanted)], {})
    if t._size != 1:
        raise TypeError("Eager execution of tf.constant with unsupported shape (value has %d elements, shape is %s with %d elements)."
                        % (t._size, wanted, wanted.num_elements()))  # fmt: skip
    return _core.execute("Fill", [_sizes(wanted), _core.execute("Reshape", [t, _core.convert([], 3)], {})], {})


def constant_2(value, dtype=None, shape=None, name="Const"):
    """A tensor of the value; with a shape, one value fills it."""
    return constant_1(value, dtype, shape, name)


def _sizes(shape):
    return _core.convert(shape.as_list(), 3)


# ---- methods of tensors and variables ----


def _array(self, dtype=None, copy=None):
    """A copy, or with copy=False the tensor's own memory, read-only; ValueError where that is impossible."""
    if copy is False:
        if self._dtype_number in (7, 14) or (dtype is not None and np.dtype(dtype) != self.dtype.as_numpy_dtype):
            raise ValueError("Unable to avoid copy while creating an array as requested.")
        return np.asarray(memoryview(self))
    array = np.asarray(printing.to_numpy(self))
    return array if dtype is None else array.astype(dtype, copy=False)


def _format(self, spec):
    return format(printing.to_numpy(self), spec)


def _set_shape(self, shape):
    if not self.get_shape().is_compatible_with(shape):
        raise ValueError("Tensor's shape %s is not compatible with supplied shape %s" % (self.shape, shape))


def _of_graphs(name):
    raise NotImplementedError("%s() is not supported for eager tensors; the value is there: use numpy()" % name)


def _meaningless(name):
    def get(self):
        raise AttributeError("Tensor.%s is meaningless when eager execution is enabled." % name)

    return property(get)


class _Reference:
    """tensor.ref(): a hashable stand-in that compares by identity."""

    def __init__(self, of):
        self._of = of

    def deref(self):
        return self._of

    def __eq__(self, other):
        return isinstance(other, _Reference) and self._of is other._of

    def __hash__(self):
        return id(self._of)

    def __repr__(self):
        return "<Reference wrapping %r>" % (self._of,)


def _deepcopy(self, memo):
    return self if _version == 1 else _core.execute("Identity", [self], {})


def _reduce(self):
    return _restore, (printing.to_numpy(self), self.dtype.name)


def _restore(value, dtype):
    return _core.convert(value, dtypes.as_dtype(dtype)._number)


def _dlpack(self, *, stream=None, max_version=None, dl_device=None, copy=None):
    if dl_device not in (None, (1, 0)):
        raise BufferError("tensors are on the CPU, device (1, 0), not on %s" % (dl_device,))
    versioned = max_version is not None and tuple(max_version) >= (1, 0) and not copy
    return _core.to_dlpack(self, versioned)


def from_dlpack(dlcapsule):
    """A tensor of a DLPack capsule, or of an object that gives one; the elements are copied."""
    if hasattr(dlcapsule, "__dlpack__"):
        try:
            dlcapsule = dlcapsule.__dlpack__(max_version=(1, 0))
        except TypeError:
            dlcapsule = dlcapsule.__dlpack__()
    return _core.from_dlpack(dlcapsule)


def to_dlpack(tf_tensor):
    """A DLPack capsule of a copy, which its taker may write to."""
    if not isinstance(tf_tensor, _core.Tensor):
        raise TypeError("The argument to `to_dlpack` must be a TF tensor, not Python object")
    return _core.to_dlpack(tf_tensor, False)


_METHODS = {
    "__dlpack__": _dlpack, "__dlpack_device__": lambda self: (1, 0),
    "__array__": _array, "__array_priority__": 100, "__format__": _format, "__copy__": lambda self: self, "__deepcopy__": _deepcopy,
    "__reduce__": _reduce, "get_shape": lambda self: self.shape, "set_shape": _set_shape, "cpu": lambda self: self,
    "device": property(lambda self: "/job:localhost/replica:0/task:0/device:CPU:0"), "eval": lambda self, feed_dict=None, session=None: _of_graphs("eval"),
    "consumers": lambda self: _of_graphs("consumers"), "ref": lambda self: _Reference(self), "experimental_ref": lambda self: _Reference(self),
}  # fmt: skip


def _install():
    for name, value in _METHODS.items():
        _core.extend(name, value)
    for name in ("graph", "op", "value_index"):
        _core.extend(name, _meaningless(name))
    _core.set_hook("convert", _convert)
    _core.set_hook("slices", IndexedSlices)


_install()
