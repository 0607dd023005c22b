"""tf.DType objects, by TensorFlow's numbers, and what may stand for one: names, NumPy and Python types."""

import builtins

import numpy as np

from sokuji import _core

_NAMES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64", 9: "int64", 10: "bool",
    11: "qint8", 12: "quint8", 13: "qint32", 14: "bfloat16", 15: "qint16", 16: "quint16", 17: "uint16", 18: "complex128",
    19: "float16", 20: "resource", 21: "variant", 22: "uint32", 23: "uint64",
}  # fmt: skip
_NUMPY = {
    1: np.float32, 2: np.float64, 3: np.int32, 4: np.uint8, 5: np.int16, 6: np.int8, 7: np.object_, 8: np.complex64, 9: np.int64,
    10: np.bool_, 17: np.uint16, 18: np.complex128, 19: np.float16, 22: np.uint32, 23: np.uint64,
}  # fmt: skip


class DType:
    """The type of a tensor's elements."""

    __slots__ = ("_number", "name", "as_numpy_dtype", "size", "__weakref__")

    def __init__(self, number):
        self._number = number
        self.name = _NAMES[number]
        self.as_numpy_dtype = _NUMPY.get(number)
        self.size = np.dtype(self.as_numpy_dtype).itemsize if number in _NUMPY else 2

    as_datatype_enum = property(lambda self: self._number)
    base_dtype = property(lambda self: self if self.name == _NAMES[self._number] else as_dtype(self._number))
    real_dtype = property(lambda self: {8: float32, 18: float64}.get(self._number, self))
    is_floating = property(lambda self: self._number in (1, 2, 14, 19))
    is_integer = property(lambda self: self._number in (3, 4, 5, 6, 9, 17, 22, 23))
    is_complex = property(lambda self: self._number in (8, 18))
    is_bool = property(lambda self: self._number == 10)
    is_unsigned = property(lambda self: self._number in (4, 17, 22, 23))
    is_quantized = property(lambda self: self._number in (11, 12, 13, 15, 16))
    is_numpy_compatible = property(lambda self: self._number in _NUMPY)

    def _limit(self, which):
        if self.is_floating and self.as_numpy_dtype is not None:
            return getattr(np.finfo(self.as_numpy_dtype), which)
        if self.is_integer:
            return getattr(np.iinfo(self.as_numpy_dtype), which)
        if self.is_bool:
            return which == "max"
        raise TypeError("Cannot find %simum value of %s." % (which, self))

    min = property(lambda self: self._limit("min"))
    max = property(lambda self: self._limit("max"))

    @property
    def limits(self):
        """The range of pictures of the dtype, from 0 on."""
        return 0, True if self.is_bool else 1 if self.is_floating else int(self._limit("max"))

    def is_compatible_with(self, other):
        return self is as_dtype(other)

    def __eq__(self, other):
        if other is None:
            return False
        if isinstance(other, DType):
            return self is other
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return self._number

    def __int__(self):
        return self._number

    def __repr__(self):
        return "tf." + self.name

    def __str__(self):
        return "<dtype: '%s'>" % self.name

    def __reduce__(self):
        return as_dtype, (self.name,)


_BY_NUMBER = {number: DType(number) for number in _NAMES}
_BY_NAME = {dtype.name: dtype for dtype in _BY_NUMBER.values()}
globals().update(_BY_NAME)
_BY_NAME.update(half=_BY_NUMBER[19], float=_BY_NUMBER[1], double=_BY_NUMBER[2])
half, double = _BY_NUMBER[19], _BY_NUMBER[2]
_BY_TYPE = {np.dtype(t): _BY_NUMBER[n] for n, t in _NUMPY.items() if n != 7}
_BY_PYTHON = {float: _BY_NUMBER[1], int: _BY_NUMBER[3], builtins.bool: _BY_NUMBER[10], str: _BY_NUMBER[7], bytes: _BY_NUMBER[7],
              complex: _BY_NUMBER[18], object: _BY_NUMBER[7]}  # fmt: skip
PUBLIC = sorted(set(_NAMES.values()) | {"half", "double"})


def as_dtype(type_value):
    """The DType of a DType, a name, a number, a NumPy dtype or a Python type."""
    if isinstance(type_value, DType):
        return type_value
    found = None
    if isinstance(type_value, str):
        found = _BY_NAME.get(type_value[:-4] if type_value.endswith("_ref") else type_value)
    elif isinstance(type_value, int) and not isinstance(type_value, builtins.bool):
        found = _BY_NUMBER.get(type_value)
    elif isinstance(type_value, type) and type_value in _BY_PYTHON:
        found = _BY_PYTHON[type_value]
    if found is None and type_value is not None:
        try:
            numpy_dtype = np.dtype(type_value)
            found = _BY_NUMBER[7] if numpy_dtype.kind in "SUO" else _BY_TYPE.get(numpy_dtype)
        except TypeError:
            pass
    if found is None:
        raise TypeError("Cannot convert type_value %r to a TensorFlow DType." % (type_value,))
    return found


for _number, _dtype in _BY_NUMBER.items():
    _core.set_dtype(_number, _dtype)
_core.set_hook("as_dtype", lambda value: as_dtype(value)._number)


_references = {}


def reference(number):
    """The dtype of 1.x's variables in graphs: float32_ref."""
    made = _references.get(number)
    if made is None:
        made = _references[number] = DType(number)
        made.name += "_ref"
    return made
