"""The operators under the name that converted code calls them by (`ag__`), an object for each set of optional features; and the rule what a call converts.

A function of the user's is converted when it is called, once for each code object. What belongs to Python, NumPy or Sokuji runs as it is, as do classes,
generators, functions without source and those that do_not_convert marks.
"""

import functools
import os
import sys
import threading
import types

from sokuji._src.core.frames import is_own
from sokuji._src.autograph import backend as _backend
from sokuji._src.autograph import conversion, loops, messages, operators
from sokuji._src.autograph.names import RUNTIME

_LIBRARIES = frozenset(
    "numpy scipy pandas matplotlib PIL six absl mock psutil pytest _pytest pluggy ipdb IPython ipykernel keras tensorflow tensorflow_probability sokuji".split()
) | frozenset(n for n in sys.stdlib_module_names if n != "__main__")  # fmt: skip
_BUILTINS = {abs, float, int, len, range, sorted, enumerate, zip, map, filter, any, all, next}
_NOT_A_FUNCTION = 0x2A0  # co_flags of generators, coroutines and asynchronous generators
AS_IS = object()  # in a cache: the code runs as it is written


class _Status(threading.local):
    converting = False  # inside converted code, and not below do_not_convert


status = _Status()


def is_library(function):
    """Whether a function belongs to a library whose code needs no conversion."""
    module = function.__globals__.get("__name__") or ""
    root = module.partition(".")[0]
    if root == "sokuji":
        return is_own(function.__code__.co_filename)
    if root in _LIBRARIES:
        return module == "__main__" or not _shadows(function.__code__.co_filename)
    return False


def _shadows(filename):
    """A user's file may have the name of a library's module: only those of the installation count."""
    return filename.startswith(os.getcwd() + os.sep) and "site-packages" not in filename and not filename.startswith(sys.prefix + os.sep)


class Runtime:
    """What `ag__` is."""

    if_stmt = staticmethod(operators.if_stmt)
    if_exp = staticmethod(operators.if_exp)
    and_ = staticmethod(operators.and_)
    or_ = staticmethod(operators.or_)
    not_ = staticmethod(operators.not_)
    none_of = staticmethod(operators.none_of)
    returned = staticmethod(operators.returned)
    compare = staticmethod(operators.compare)
    eq = staticmethod(operators.eq)
    not_eq = staticmethod(operators.not_eq)
    assert_stmt = staticmethod(operators.assert_stmt)
    locals_ = staticmethod(operators.locals_)
    new_list = staticmethod(operators.new_list)
    list_append = staticmethod(operators.list_append)
    list_pop = staticmethod(operators.list_pop)
    while_stmt = staticmethod(loops.while_stmt)
    for_stmt = staticmethod(loops.for_stmt)
    loop_options = staticmethod(loops.loop_options)

    def __init__(self, features, recursive):
        self.features = features
        self.cache = conversion.Cache()
        self.cell = types.CellType(self)
        self._lock = threading.RLock()
        self.converted_call = self._caller() if recursive else self.call_as_it_is

    def __repr__(self):
        return "<AutoGraph's operators, as %s>" % RUNTIME

    # ---- one code object ----

    def entry(self, function):
        """The Converted of a function, or AS_IS."""
        code = function.__code__
        found = self.cache.get(id(code))
        if found is not None:
            return found
        with self._lock:
            found = self.cache.get(id(code))
            return found if found is not None else self.cache.put(code, self._decide(function))

    def _decide(self, function):
        code = function.__code__
        if code.co_flags & _NOT_A_FUNCTION or conversion.is_artifact(code) or is_library(function):
            return AS_IS
        try:
            return conversion.convert(function, self.features, self.cell)
        except messages.InaccessibleSourceCodeError as error:
            if messages.interactive():
                messages.cannot_convert(function, error)
            else:
                messages.note(1, "%s runs as it is: %s", function, error)
        except Exception as error:
            messages.cannot_convert(function, error)
        return AS_IS

    def convert(self, function):
        """A converted function; the exceptions say why there is none."""
        with self._lock:
            found = self.cache.get(id(function.__code__))
            if found is None or found is AS_IS:
                found = self.cache.put(function.__code__, conversion.convert(function, self.features, self.cell))
        return found.function(function)

    # ---- calls ----

    def _caller(self):
        get, entry = self.cache.get, self.entry
        function_type, method_type, builtin_type = types.FunctionType, types.MethodType, types.BuiltinFunctionType

        def converted_call(function, /, *args, **kwargs):
            """function(*args, **kwargs), converted where it is the user's."""
            kind = type(function)
            if kind is function_type:
                found = get(id(function.__code__)) or entry(function)
                if found is not AS_IS:
                    function = found.function(function)
                return function(*args, **kwargs)
            if kind is method_type:
                inner = function.__func__
                if type(inner) is function_type:
                    found = get(id(inner.__code__)) or entry(inner)
                    if found is not AS_IS:
                        return found.function(inner)(function.__self__, *args, **kwargs)
                return function(*args, **kwargs)
            if kind is builtin_type or kind is type:
                if function in _BUILTINS:
                    return self.builtin(function, args, kwargs)
                if function is print and "BUILTIN_FUNCTIONS" in self.features:
                    return self.builtin(function, args, kwargs)
                return function(*args, **kwargs)
            if kind is functools.partial:
                return converted_call(function.func, *function.args, *args, **{**function.keywords, **kwargs})
            inner = getattr(kind, "__call__", None)
            if type(inner) is function_type and not isinstance(function, type):
                found = get(id(inner.__code__)) or entry(inner)
                if found is not AS_IS:
                    return found.function(inner)(function, *args, **kwargs)
            return function(*args, **kwargs)

        return converted_call

    def call_as_it_is(self, function, /, *args, **kwargs):
        """function(*args, **kwargs), where what is called is not to be converted."""
        if type(function) in (types.BuiltinFunctionType, type) and function in _BUILTINS:
            return self.builtin(function, args, kwargs)
        return function(*args, **kwargs)

    @staticmethod
    def builtin(function, args, kwargs):
        """A builtin that means something for tensors or datasets too."""
        graph = _backend.current()
        for value in args:
            if graph.is_symbolic(value) or graph.loop_kind(value) is not None:
                made = graph.builtin(function.__name__, args, kwargs)
                if made is not NotImplemented:
                    return made
                break
        return function(*args, **kwargs)


_runtimes = {}


def runtime(features=frozenset(), recursive=True):
    """The Runtime of a set of optional features."""
    found = _runtimes.get((features, recursive))
    if found is None:
        found = _runtimes.setdefault((features, recursive), Runtime(features, recursive))
    return found
