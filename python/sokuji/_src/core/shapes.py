"""tf.TensorShape and tf.Dimension. Under 1.x a shape's elements are Dimensions, under 2.x int or None."""

from sokuji import _core

_version = 2


def set_version(version):
    global _version
    _version = version


class Dimension:
    """A size that may be unknown; arithmetic with the unknown is unknown."""

    __slots__ = ("_value",)

    def __init__(self, value):
        if value is None:
            self._value = None
            return
        if isinstance(value, Dimension):
            self._value = value._value
            return
        self._value = int(value)
        if not isinstance(value, (bytes, str)) and self._value != value:
            raise ValueError("Ambiguous dimension: %s" % (value,))
        if self._value < 0:
            raise ValueError("Dimension %d must be >= 0" % self._value)

    value = property(lambda self: self._value)

    def _with(self, other, how):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return how(self._value, other._value)

    def _made(self, other, how):
        answer = self._with(other, how)
        return answer if answer is NotImplemented else Dimension(answer)

    def __eq__(self, other):
        return self._with(other, lambda a, b: a == b)

    def __ne__(self, other):
        return self._with(other, lambda a, b: a != b)

    def __lt__(self, other):
        return self._with(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._with(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._with(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._with(other, lambda a, b: a >= b)

    def __add__(self, other):
        return self._made(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other):
        return self._made(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._made(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._made(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __floordiv__(self, other):
        return self._made(other, lambda a, b: a // b)

    __div__ = __floordiv__

    def __rfloordiv__(self, other):
        return self._made(other, lambda a, b: b // a)

    def __mod__(self, other):
        return self._made(other, lambda a, b: a % b)

    def __int__(self):
        if self._value is None:
            raise TypeError("__int__ returned non-int (type NoneType)")
        return self._value

    def __index__(self):
        return int(self)

    def __hash__(self):
        return hash(self._value)

    def __repr__(self):
        return "Dimension(%s)" % self._value

    def __str__(self):
        return "?" if self._value is None else str(self._value)

    def is_compatible_with(self, other):
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other):
        if not self.is_compatible_with(other):
            raise ValueError("Dimensions %s and %s are not compatible" % (self, other))

    def merge_with(self, other):
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)


def as_dimension(value):
    return value if isinstance(value, Dimension) else Dimension(value)


def _size(value):
    """An int or None of what may be a dimension."""
    if value is None or type(value) is int:
        if value is not None and value < 0:
            raise ValueError("Dimension %d must be >= 0" % value)
        return value
    return as_dimension(value)._value


class TensorShape:
    """A shape, whose rank and sizes may be unknown."""

    __slots__ = ("_dims",)

    def __init__(self, dims):
        if dims is None:
            self._dims = None
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif isinstance(dims, (str, bytes)):
            raise TypeError("A string has ambiguous TensorShape, please wrap in a list or convert to an int: %s" % dims)
        else:
            try:
                sizes = iter(dims)
            except TypeError:
                sizes = iter([dims])
            self._dims = tuple(_size(d) for d in sizes)

    dims = property(lambda self: None if self._dims is None else [self._element(d) for d in self._dims])
    ndims = property(lambda self: None if self._dims is None else len(self._dims))
    rank = ndims

    @staticmethod
    def _element(size):
        if _version != 1:
            return size
        made = Dimension.__new__(Dimension)
        made._value = size
        return made

    def as_list(self):
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def num_elements(self):
        if not self.is_fully_defined():
            return None
        n = 1
        for d in self._dims:
            n *= d
        return n

    def is_fully_defined(self):
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self):
        if not self.is_fully_defined():
            raise ValueError("Shape %s is not fully defined" % (self,))

    def is_compatible_with(self, other):
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(a is None or b is None or a == b for a, b in zip(self._dims, other._dims))

    def assert_is_compatible_with(self, other):
        if not self.is_compatible_with(other):
            raise ValueError("Shapes %s and %s are incompatible" % (self, other))

    def merge_with(self, other):
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return other if self._dims is None else self
        self.assert_is_compatible_with(other)
        return TensorShape([b if a is None else a for a, b in zip(self._dims, other._dims)])

    def concatenate(self, other):
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape(self._dims + other._dims)

    def with_rank(self, rank):
        if self._dims is None:
            return TensorShape([None] * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank):
        if self._dims is not None and len(self._dims) < rank:
            raise ValueError("Shape %s must have rank at least %d" % (self, rank))
        return self

    def with_rank_at_most(self, rank):
        if self._dims is not None and len(self._dims) > rank:
            raise ValueError("Shape %s must have rank at most %d" % (self, rank))
        return self

    def assert_has_rank(self, rank):
        if self._dims is not None and len(self._dims) != rank:
            raise ValueError("Shape %s must have rank %d" % (self, rank))

    def assert_same_rank(self, other):
        other = as_shape(other)
        if None not in (self._dims, other._dims) and len(self._dims) != len(other._dims):
            raise ValueError("Shapes %s and %s must have the same rank" % (self, other))

    def __len__(self):
        if self._dims is None:
            raise ValueError("Cannot take the length of Shape with unknown rank.")
        return len(self._dims)

    def __iter__(self):
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([self._element(d) for d in self._dims])

    def __getitem__(self, key):
        if self._dims is not None:
            return TensorShape(self._dims[key]) if isinstance(key, slice) else self._element(self._dims[key])
        return TensorShape(None) if isinstance(key, slice) else self._element(None)

    def __bool__(self):
        return self._dims is not None

    def __eq__(self, other):
        try:
            dims = as_shape(other)._dims
            if _version == 1 and dims is not None and None in dims and other is not self:
                return False  # as 1.8 has it: unknown sizes are equal to nothing
            return self._dims == dims
        except (TypeError, ValueError):
            return NotImplemented

    def __hash__(self):
        return hash(self._dims)

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def __str__(self):
        if self._dims is None:
            return "<unknown>"
        words = [("?" if _version == 1 else "None") if d is None else str(d) for d in self._dims]
        return "(%s%s)" % (", ".join(words), "," if len(words) == 1 else "")

    def __repr__(self):
        if self._dims is None:
            return "TensorShape(None)"
        return "TensorShape([%s])" % ", ".join(repr(self._element(d)) for d in self._dims)

    def __reduce__(self):
        return TensorShape, (self._dims,)


def differ(a, b):
    """Whether two tuples of sizes, where None is unknown (a size, or all of them), cannot be one shape."""
    return None not in (a, b) and (len(a) != len(b) or any(m != n and None not in (m, n) for m, n in zip(a, b)))


def as_shape(value):
    return value if isinstance(value, TensorShape) else TensorShape(value)


def _of_sizes(sizes):
    shape = TensorShape.__new__(TensorShape)
    shape._dims = sizes
    return shape


_core.set_hook("shape", _of_sizes)
