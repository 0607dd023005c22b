"""tf.errors: one exception class a status code, as TensorFlow has them."""

from sokuji import _core

OK = 0
_NAMES = (
    "Cancelled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted "
    "FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated"
).split()


class OpError(Exception):
    """An operation failed; message says why, error_code is TensorFlow's number."""

    __module__ = "sokuji.errors"  # under which tracebacks and pickles name the exceptions

    def __init__(self, node_def, op, message, error_code, *args):
        super().__init__(message)
        self.node_def, self.op, self.message, self.error_code = node_def, op, message, error_code

    def __str__(self):
        return self.message

    def __reduce__(self):
        return type(self), (None, None, self.message)


def _define(name, code):
    if name == "Unknown":  # which also stands for codes that there is no class for

        def __init__(self, node_def, op, message, *args, error_code=code):
            OpError.__init__(self, node_def, op, message, *args[:1] or (error_code,))
    else:

        def __init__(self, node_def, op, message, *args):
            OpError.__init__(self, node_def, op, message, code)

    return type(name + "Error", (OpError,), {"__init__": __init__, "__module__": OpError.__module__})


def _all():
    import re

    namespace = globals()
    for code, name in enumerate(_NAMES, 1):
        class_name = "CancelledError" if name == "Cancelled" else name + "Error"
        namespace[class_name] = _define(name, code)
        namespace[re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()] = code


_all()
BY_CODE = {code: globals()[name + "Error"] for code, name in enumerate(_NAMES, 1)}


def exception_type_from_error_code(error_code):
    return BY_CODE[error_code]


def error_code_from_exception_type(cls):
    return next((code for code, kind in BY_CODE.items() if kind is cls), 2)


class raise_exception_on_not_ok_status:
    """with raise_exception_on_not_ok_status() as status: what fails within raises by itself here."""

    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


class OperatorNotAllowedInGraphError(TypeError):
    """Python wants the value of a tensor of a graph."""

    __module__ = "sokuji.errors"


class InaccessibleTensorError(ValueError):
    """A tensor of a graph is used where it has no value: outside of its branch, loop or function."""

    __module__ = "sokuji.errors"


version = 2


_IN_PYTHON = {"sj_cast": "tf.cast", "sj_stack": "tf.stack", "sj_conv2d": "tf.nn.conv2d", "sj_where_values": "tf.where", "sj_reshape": "tf.reshape"}


def make(error_class, message):
    if "sj_" in message:  # the library's mends name its functions
        for name, here in _IN_PYTHON.items():
            message = message.replace(name, here)
    if "belongs to another graph" in message:
        return ValueError(message) if version == 1 else InaccessibleTensorError(message)
    if error_class is FailedPreconditionError and "is finalized" in message:  # noqa: F821
        if version == 1 or getattr(_core.graph_now(), "finalized", False):
            return RuntimeError("Graph is finalized and cannot be modified.")
        return TypeError("out of scope: " + message)
    if error_class is InvalidArgumentError and _core.graph_now() is not None:  # noqa: F821
        return ValueError(message) if version == 1 and not getattr(_core.graph_now(), "is_function", False) else at_build(message)
    return error_class(None, None, message)


_MIXED = r"(\w+): (\w+)(?:\[\d+\])? is (\w+) where (\w+) is expected"
_REFUSED = r"(\w+): (\w+)(?:\[\d+\])? is (\w+); supported are (.*)"
_TITLES = {"Add": "AddV2", "BatchMatMul": "BatchMatMulV2"}
_at_build = {}


def at_build(message):
    """What cannot be built is a TypeError or a ValueError in TensorFlow, whatever it is when it runs; here it is both."""
    import re

    mixed, refused = re.match(_MIXED, message), re.match(_REFUSED, message)
    kind = TypeError if mixed or refused else ValueError
    if mixed and version == 1 and mixed.group(1) in ("Add", "Sub", "Mul", "RealDiv", "FloorDiv", "FloorMod", "Pow", "Less", "LessEqual", "Greater", "GreaterEqual"):
        kind, message = ValueError, "Tensor conversion requested dtype %s for Tensor with dtype %s" % mixed.group(4, 3)  # an operator's
    elif mixed:
        op, name, is_now, wanted = mixed.groups()
        message = "Input '%s' of '%s' Op has type %s that does not match type %s of argument '%s'." % (name, _TITLES.get(op, op), is_now, wanted, "x" if name == "y" else "a")
    elif refused:
        message = "Value passed to parameter '%s' has DataType %s not in list of allowed values: %s" % refused.group(2, 3, 4)
    if kind not in _at_build:
        _at_build[kind] = type(kind.__name__, (InvalidArgumentError, kind), {"__module__": "builtins"})  # noqa: F821
    return _at_build[kind](None, None, message)


def of_python(error):
    """What TensorFlow raises for an exception of a Python function that an operation calls; it is that exception as well, and has its traceback."""
    if isinstance(error, OpError):
        kind = UnknownError  # noqa: F821
    else:
        kinds = ((NotImplementedError, "Unimplemented"), (MemoryError, "ResourceExhausted"), ((TypeError, ValueError), "InvalidArgument"), (StopIteration, "OutOfRange"))
        kind = globals()[next((name for of, name in kinds if isinstance(error, of)), "Unknown") + "Error"]
    message = "%s: %s" % (type(error).__name__, error)
    try:
        made = type(kind.__name__, (kind, type(error)), {"__module__": kind.__module__})(None, None, message)
    except TypeError:
        made = kind(None, None, message)
    return made.with_traceback(error.__traceback__)


def from_os(error, path):
    """The exception of a failed system call on a file."""
    import errno

    path = path.decode() if isinstance(path, bytes) else path
    by_number = {errno.ENOENT: "NotFound", errno.ENOTDIR: "NotFound", errno.EEXIST: "AlreadyExists", errno.EACCES: "PermissionDenied",
                 errno.EPERM: "PermissionDenied", errno.EROFS: "PermissionDenied", errno.EISDIR: "FailedPrecondition",
                 errno.ENOTEMPTY: "FailedPrecondition", errno.ENOSPC: "ResourceExhausted"}  # fmt: skip
    kind = globals()[by_number.get(error.errno, "Unknown") + "Error"]
    return kind(None, None, "%s; %s" % (path, error.strerror or error))


def __dir__():
    codes = [name for name, value in globals().items() if type(value) is int and name.isupper()]
    return sorted(codes + ["OpError", "exception_type_from_error_code", "error_code_from_exception_type", "raise_exception_on_not_ok_status"]
                  + [kind.__name__ for kind in BY_CODE.values()])  # fmt: skip
