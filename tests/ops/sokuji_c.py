"""A ctypes binding over the public C headers, for tests: run an operation by name on NumPy arrays, ask tapes for gradients.

The library is the one that SOKUJI_LIBRARY names (else build/release/libsokuji_testing.so). Everything is done through
sj_execute and the table that execute.h shows, so a new operation needs nothing here. Strings are object arrays of bytes;
bfloat16 is the structured dtype `bfloat16`. The hooks of tests/hooks/testing.h are at the end.
"""
import contextlib
import ctypes
import json
import os
from ctypes import POINTER, Structure, byref, c_bool, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_void_p

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.environ.get("SOKUJI_LIBRARY") or os.path.join(HERE, "..", "..", "build", "release", "libsokuji_testing.so")
lib = ctypes.CDLL(os.path.abspath(LIBRARY))

CODES = {1: "Cancelled", 2: "Unknown", 3: "InvalidArgument", 4: "DeadlineExceeded", 5: "NotFound", 6: "AlreadyExists",
         7: "PermissionDenied", 8: "ResourceExhausted", 9: "FailedPrecondition", 10: "Aborted", 11: "OutOfRange",
         12: "Unimplemented", 13: "Internal", 14: "Unavailable", 15: "DataLoss", 16: "Unauthenticated"}
bfloat16 = np.dtype([("bfloat16", "<u2")])
DTYPES = {"float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8, "int64": 9,
          "bool": 10, "bfloat16": 14, "uint16": 17, "complex128": 18, "float16": 19, "uint32": 22, "uint64": 23}
_NUMPY = {number: (bfloat16 if name == "bfloat16" else np.dtype(object if name == "string" else name))
          for name, number in DTYPES.items()}
_NUMBER = {dtype: number for number, dtype in _NUMPY.items()}
BOOL, INT, FLOAT, INTS, DTYPE, ENUM, STRING, INT_OPTION, FLOAT_OPTION, BOOL_OPTION = range(10)


class SokujiError(Exception):
    """A call failed: `code` is TensorFlow's name of the code ("InvalidArgument"), `message` the library's."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


# ---- the C declarations ----

class Ints(Structure):
    _fields_ = [("count", c_int64), ("data", POINTER(c_int64))]


class IntOption(Structure):
    _fields_ = [("given", c_bool), ("value", c_int64)]


class FloatOption(Structure):
    _fields_ = [("given", c_bool), ("value", c_double)]


class BoolOption(Structure):
    _fields_ = [("given", c_bool), ("value", c_bool)]


class Attribute(Structure):
    _fields_ = [("name", c_char_p), ("kind", c_int), ("offset", c_size_t), ("default", c_double), ("names", POINTER(c_char_p))]


class Scope(Structure):
    _fields_ = [("mark", c_int64)]


def _declare(name, result, *arguments):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments
    return function


_find = _declare("sj_op_find", c_void_p, c_char_p)
_declare("sj_op_input_count", c_int, c_void_p)
_declare("sj_op_output_count", c_int, c_void_p)
_declare("sj_op_input_name", c_char_p, c_void_p, c_int)
_declare("sj_op_args_size", c_size_t, c_void_p)
_declare("sj_op_attribute_count", c_int, c_void_p)
_declare("sj_op_attribute", POINTER(Attribute), c_void_p, c_int)
_execute = _declare("sj_execute", c_int, c_void_p, c_void_p, c_int, POINTER(c_void_p), c_int, POINTER(c_void_p))
_declare("sj_tensor_new", c_void_p, c_int, Ints, c_void_p, c_size_t)
_declare("sj_strings_new", c_void_p, Ints, POINTER(c_char_p), POINTER(c_size_t), c_int64)
_declare("sj_tensor_is_valid", c_bool, c_void_p)
_declare("sj_tensor_dtype", c_int, c_void_p)
_declare("sj_tensor_rank", c_int, c_void_p)
_declare("sj_tensor_dims", POINTER(c_int64), c_void_p)
_declare("sj_tensor_size", c_int64, c_void_p)
_declare("sj_tensor_data", c_void_p, c_void_p)
_declare("sj_tensor_string", c_void_p, c_void_p, c_int64, POINTER(c_size_t))
_nil = _declare("sj_nil", c_void_p)
_keep = _declare("sj_keep", c_void_p, c_void_p)
_free = _declare("sj_free", None, c_void_p)
_declare("sj_scope_begin", Scope)
_declare("sj_scope_end", None, Scope)
_declare("sj_ok", c_bool)
_declare("sj_error_code", c_int)
_message = _declare("sj_error_message", c_char_p)
_declare("sj_error_clear", None)
_declare("sj_tape_begin", c_void_p)
_declare("sj_tape_begin_persistent", c_void_p)
_declare("sj_tape_watch", c_int, c_void_p, c_void_p)
_declare("sj_tape_end", None, c_void_p)
_declare("sj_tape_free", None, c_void_p)
_declare("sj_gradient_of", c_int, c_void_p, c_int, POINTER(c_void_p), POINTER(c_void_p), c_int, POINTER(c_void_p),
         POINTER(c_void_p))


def check(status):
    """Raises SokujiError for a status other than OK; nothing sticks afterwards."""
    if status != 0:
        message = _message().decode("utf-8", "replace")
        lib.sj_error_clear()
        raise SokujiError(CODES.get(status, str(status)), message)


def last_message():
    return _message().decode("utf-8", "replace")


def _stuck():
    check(lib.sj_error_code())


# ---- tensors ----

class Tensor:
    """An own reference to a C tensor; released with the object. Read it with .numpy()."""
    __slots__ = ("handle",)

    def __init__(self, handle):
        self.handle = handle

    def __del__(self):
        if self.handle:
            _free(self.handle)

    @property
    def dtype(self):
        return _NUMPY[lib.sj_tensor_dtype(self.handle)]

    @property
    def shape(self):
        rank = lib.sj_tensor_rank(self.handle)
        return tuple(lib.sj_tensor_dims(self.handle)[:rank]) if rank > 0 else ()

    def numpy(self):
        shape, dtype = self.shape, self.dtype
        if dtype == object:
            return self._strings(shape)
        array = np.empty(shape, dtype)
        data = lib.sj_tensor_data(self.handle)
        if array.nbytes and not data:  # a sparse gradient: rows and their numbers; operations see its dense form
            return execute("Identity", [self])[0].numpy()
        if array.nbytes:
            ctypes.memmove(array.ctypes.data, data, array.nbytes)
        return array

    def _strings(self, shape):
        array, length = np.empty(shape, object), c_size_t()
        flat = array.reshape(-1)
        for i in range(flat.size):
            flat[i] = ctypes.string_at(lib.sj_tensor_string(self.handle, i, byref(length)), length.value)
        return array


def nil():
    """What a failed operation of the pleasant face returns."""
    return Tensor(_nil())


def _ints(values):
    """A list that is given even when it is empty. Keeps its array alive through ctypes."""
    return Ints(len(values), (c_int64 * max(1, len(values)))(*values))


def as_array(value, is_list=False):
    """NumPy arrays as they are; Python numbers as TensorFlow takes them (int32, float32, strings as bytes)."""
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
    else:
        array = np.asarray(value)
        if array.dtype == np.int64:
            small = array.size == 0 or (array.min() >= -2**31 and array.max() < 2**31)
            array = array.astype(np.int32) if small else array
        elif array.dtype == np.float64:
            array = array.astype(np.int32 if is_list and array.size == 0 else np.float32)
    if array.dtype.kind in "SUO":
        encoded = [v.encode() if isinstance(v, str) else bytes(v) for v in array.reshape(-1).tolist()]
        array = np.array(encoded + [None], object)[:-1].reshape(array.shape)
    return array


def tensor(value, is_list=False):
    """A Tensor with a copy of the value (a Tensor is given back as it is, None too)."""
    if value is None or isinstance(value, Tensor):
        return value
    array = as_array(value, is_list)
    shape = _ints(array.shape)
    if array.dtype == object:
        items = array.reshape(-1).tolist()
        texts, lengths = (c_char_p * max(1, len(items)))(*items), (c_size_t * max(1, len(items)))(*[len(v) for v in items])
        make = lambda: lib.sj_strings_new(shape, texts, lengths, len(items))  # noqa: E731
    else:
        data = np.require(array, requirements="C")
        make = lambda: lib.sj_tensor_new(_NUMBER[array.dtype], shape, data.ctypes.data, data.nbytes)  # noqa: E731
    scope = lib.sj_scope_begin()
    handle = _keep(make())
    lib.sj_scope_end(scope)
    _stuck()
    return Tensor(handle)


def to_bfloat16(array):
    """float32 rounded to the nearest bfloat16 (ties to even)."""
    bits = np.asarray(array, np.float32).view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    rounded = np.where(np.isnan(array), np.uint16(0x7FC0), rounded)
    return rounded.astype("<u2").view(bfloat16)


def from_bfloat16(array):
    return (array["bfloat16"].astype(np.uint32) << 16).view(np.float32)


# ---- operations ----

class Op:
    """A row of the table, as execute.h shows it."""
    _known = {}

    def __new__(cls, name):
        if name not in cls._known:
            handle = _find(name.encode())
            if not handle:
                raise KeyError(f"there is no operation {name}")
            self = cls._known[name] = super().__new__(cls)
            self.name, self.handle = name, handle
            self.n_inputs, self.n_outputs = lib.sj_op_input_count(handle), lib.sj_op_output_count(handle)
            self.args_size = lib.sj_op_args_size(handle)
            rows = (lib.sj_op_attribute(handle, i).contents for i in range(lib.sj_op_attribute_count(handle)))
            self.attributes = {row.name.decode(): row for row in rows}
        return cls._known[name]

    def arguments(self, attrs):
        """The argument struct filled with `attrs`, or None where there are none; with what it points to kept alive."""
        if not attrs:
            return None
        buffer = ctypes.create_string_buffer(max(self.args_size, 8))
        buffer.kept = []
        c_size_t.from_buffer(buffer).value = self.args_size
        for name, value in attrs.items():
            if name not in self.attributes:
                raise KeyError(f"{self.name} has no attribute {name}; it has {sorted(self.attributes)}")
            if value is not None:
                self._fill(buffer, self.attributes[name], value)
        return buffer

    def _fill(self, buffer, row, value):
        at = lambda kind: kind.from_buffer(buffer, row.offset)  # noqa: E731
        if row.kind == BOOL:
            at(c_bool).value = value
        elif row.kind == INT:
            at(c_int64).value = value
        elif row.kind == FLOAT:
            at(c_double).value = value
        elif row.kind == DTYPE:
            at(c_int).value = dtype_number(value)
        elif row.kind == ENUM:
            at(c_int).value = enum_number(row, value)
        elif row.kind == INTS:
            buffer.kept.append((c_int64 * max(1, len(value)))(*value))
            field = at(Ints)
            field.count, field.data = len(value), ctypes.cast(buffer.kept[-1], POINTER(c_int64))
        elif row.kind == STRING:
            buffer.kept.append(ctypes.create_string_buffer(value if isinstance(value, bytes) else value.encode()))
            at(c_void_p).value = ctypes.addressof(buffer.kept[-1])
        else:
            option = at({INT_OPTION: IntOption, FLOAT_OPTION: FloatOption, BOOL_OPTION: BoolOption}[row.kind])
            option.given, option.value = True, value


def dtype_number(value):
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return DTYPES[value]
    return _NUMBER[np.dtype(value)]


def enum_number(row, value):
    if isinstance(value, int):
        return value
    names = []
    while row.names[len(names)]:
        names.append(row.names[len(names)].decode())
    return names.index(value)


def handles(tensors):
    return (c_void_p * max(1, len(tensors)))(*[t.handle if t is not None else None for t in tensors])


def outputs_of(op, attrs, inputs, n_outputs):
    """How many outputs to ask for: the row's, or what the caller says (needed where their number varies)."""
    if n_outputs is not None:
        return n_outputs
    if op.n_outputs < 0:
        raise TypeError(f"{op.name} has any number of outputs: say n_outputs")
    return op.n_outputs


def execute(op_name, inputs, attrs=None, n_outputs=None):
    """Runs an operation; inputs are Tensors, arrays, numbers or None; the result is a list of Tensors."""
    op = Op(op_name)
    ports = rows().get(op_name, {}).get("inputs", [])
    tensors = [tensor(v, is_list=bool(ports) and ports[min(i, len(ports) - 1)]["list"]) for i, v in enumerate(inputs)]
    n = outputs_of(op, attrs, tensors, n_outputs)
    results, args = (c_void_p * max(1, n))(), op.arguments(attrs)
    check(_execute(op.handle, args, len(tensors), handles(tensors), n, results))
    return [Tensor(results[k]) for k in range(n)]


def execute_raw(op, args, n_inputs, input_handles, n_outputs, results):
    """sj_execute itself, on prepared arrays: makes no tensors of its own (for failure tests). Returns the status."""
    return _execute(op.handle, args, n_inputs, input_handles, n_outputs, results)


def run(op_name, inputs, attrs=None, n_outputs=None):
    """Runs an operation on arrays and returns its outputs as a list of arrays."""
    return [t.numpy() for t in execute(op_name, inputs, attrs, n_outputs)]


_rows = None


def rows():
    """The operation table by name, from operations.json beside the library (or SOKUJI_OPERATIONS)."""
    global _rows
    if _rows is None:
        path = os.environ.get("SOKUJI_OPERATIONS") or os.path.join(os.path.dirname(os.path.abspath(LIBRARY)), "generated",
                                                                  "operations.json")
        with open(path, encoding="utf-8") as file:
            _rows = {row["name"]: row for row in json.load(file)}
    return _rows


# ---- tapes ----

class Tape:
    """A C tape that watches `tensors`: with Tape(tensors) as tape: y = f(…); then tape.gradient([y], [weights], sources)."""

    def __init__(self, tensors, persistent=False):
        self.persistent, self.used_up = persistent, False
        self.tape = lib.sj_tape_begin_persistent() if persistent else lib.sj_tape_begin()
        _stuck()
        for t in tensors:
            check(lib.sj_tape_watch(self.tape, t.handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.used_up:
            lib.sj_tape_end(self.tape)

    def __del__(self):
        if getattr(self, "tape", None) and not self.used_up:
            lib.sj_tape_free(self.tape)

    def gradient(self, targets, weights, sources):
        """The gradients of sum(weight * target), one Tensor (or None) per source. Weights may be None."""
        results = (c_void_p * max(1, len(sources)))()
        scope = lib.sj_scope_begin()
        status = lib.sj_gradient_of(self.tape, len(targets), handles(targets), handles(weights), len(sources),
                                    handles(sources), results)
        self.used_up = not self.persistent
        kept = [Tensor(_keep(r)) if r and status == 0 else None for r in results[:len(sources)]]
        lib.sj_scope_end(scope)
        check(status)
        return kept


def _as_list(result):
    return list(result) if isinstance(result, (list, tuple)) else [result]


def gradients(function, inputs, weights=None):
    """function: a list of Tensors -> Tensor or list. Returns (outputs, gradients of sum(weight * output)) as arrays."""
    tensors = [tensor(v) for v in inputs]
    with Tape(tensors) as tape:
        outputs = _as_list(function(tensors))
    weights = [tensor(w) for w in weights] if weights is not None else [None] * len(outputs)
    found = tape.gradient(outputs, weights, tensors)
    return [t.numpy() for t in outputs], [g.numpy() if g is not None else None for g in found]


def second_gradients(function, inputs, weights, directions):
    """
    With g = the gradients of sum(weight * output): the gradients of sum(direction * g), by the inputs and by the weights.
    Returns (g, by inputs, by weights); None stands for "does not depend". The outer tape records the inner backward walk.
    """
    tensors, weight_tensors = [tensor(v) for v in inputs], [tensor(w) for w in weights]
    with Tape(tensors + weight_tensors) as outer:
        with Tape(tensors) as inner:
            outputs = _as_list(function(tensors))
        first = inner.gradient(outputs, weight_tensors, tensors)
    chosen = [(g, tensor(d)) for g, d in zip(first, directions) if g is not None]
    if chosen:
        found = outer.gradient([g for g, _ in chosen], [d for _, d in chosen], tensors + weight_tensors)
    else:
        found = [None] * (len(tensors) + len(weight_tensors))
    found = [g.numpy() if g is not None else None for g in found]
    return [g.numpy() if g is not None else None for g in first], found[:len(tensors)], found[len(tensors):]


# ---- the hooks of tests/hooks/testing.h ----

class TestInput(Structure):
    __test__ = False
    _fields_ = [("tensor", c_void_p), ("is_symbolic", c_int32), ("rank", c_int32), ("dims", POINTER(c_int64))]


class TestShape(Structure):
    __test__ = False
    _fields_ = [("is_said", c_int32), ("dtype", c_int32), ("rank", c_int32), ("dims", c_int64 * 254)]


if hasattr(lib, "sj__test_infer"):
    _declare("sj__test_infer", c_int, c_void_p, c_void_p, c_int, POINTER(TestInput), c_int, POINTER(TestShape))
    memory_fail_at = _declare("sj__test_memory_fail_at", None, c_int64, c_bool)
    memory_count = _declare("sj__test_memory_count", c_int64)
    memory_in_use = _declare("sj__test_memory_in_use", c_int64)
    memory_set_limit = _declare("sj__test_memory_set_limit", None, c_int64)
    file_fail_at = _declare("sj__test_file_fail_at", None, c_int64, c_int, c_bool)
    file_count = _declare("sj__test_file_count", c_int64)
    set_isa = _declare("sj__test_set_isa", c_int, c_int)
    set_threads = _declare("sj__test_set_threads", None, c_int)
    tape_records = _declare("sj__test_tape_records", c_int64)
    scope_tensors = _declare("sj__test_scope_tensors", c_int64)
    free_handles = _declare("sj__test_free_handles", c_int64)


def state():
    """What a failed call must leave as it was: bytes in use, records of the thread's tapes, tensors of its scopes, pooled handles."""
    return memory_in_use(), tape_records(), scope_tensors(), free_handles()


def infer(op_name, inputs, attrs=None, n_outputs=None, masks=None):
    """
    Runs the rule alone. masks[i] None: input i is wholly known; else a list of dimensions with -1 for unknown, or -1 for an
    unknown rank, and the value is unknown. Returns per output (dtype, dims) with dims None for an unknown rank, or None
    where the rule said nothing.
    """
    op = Op(op_name)
    tensors = [tensor(v) for v in inputs]
    n = outputs_of(op, attrs, tensors, n_outputs)
    given, kept = (TestInput * max(1, len(tensors)))(), []
    for i, t in enumerate(tensors):
        mask = masks[i] if masks is not None else None
        given[i].tensor = t.handle if t is not None else None
        if mask is not None:
            dims = [] if isinstance(mask, int) else list(mask)
            kept.append((c_int64 * max(1, len(dims)))(*dims))
            given[i].is_symbolic, given[i].rank, given[i].dims = 1, -1 if isinstance(mask, int) else len(dims), kept[-1]
    shapes = (TestShape * max(1, n))()
    check(lib.sj__test_infer(op.handle, op.arguments(attrs), len(tensors), given, n, shapes))
    return [(_NUMPY[s.dtype], list(s.dims[:s.rank]) if s.rank >= 0 else None) if s.is_said else None for s in shapes[:n]]


@contextlib.contextmanager
def isa(number):
    """Runs a block with an instruction set; yields the one really used."""
    used = set_isa(number)
    try:
        yield used
    finally:
        set_isa(2)


@contextlib.contextmanager
def threads(n):
    set_threads(n)
    try:
        yield
    finally:
        set_threads(0)
