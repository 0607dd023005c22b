"""The names of tf.autograph, and `converted`, by which tf.function and what calls users' functions while a graph is built enter."""

import ast
import enum
import functools
import types

from sokuji._src.autograph import conversion, messages
from sokuji._src.autograph.messages import set_verbosity, trace
from sokuji._src.autograph.runtime import runtime, status


class Feature(enum.Enum):
    """tf.autograph.experimental.Feature: conversions that are made only when they are asked for."""

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls):
        return tuple(cls)

    @classmethod
    def all_but(cls, exclude):
        exclude = exclude if isinstance(exclude, (list, tuple, set)) else [exclude]
        return tuple(f for f in cls if f not in exclude and f is not cls.ALL)


_CHANGING = ("ASSERT_STATEMENTS", "BUILTIN_FUNCTIONS", "EQUALITY_OPERATORS", "LISTS")


def features(given):
    """A Feature, several, or None as the set of names that conversion looks at."""
    if given is None:
        return frozenset()
    given = given if isinstance(given, (list, tuple, set, frozenset)) else (given,)
    for feature in given:
        if not isinstance(feature, Feature):
            raise TypeError("optional features must be members of tf.autograph.experimental.Feature, not %r" % (feature,))
    return frozenset(_CHANGING if Feature.ALL in given else (f.name for f in given if f.name in _CHANGING))


# ---- the ways in ----


def converted(function, optional_features=None):
    """What to call instead of a user's function while a graph is built: the same, converted when it is called. Exceptions show the user's frames alone."""
    call = runtime(features(optional_features)).converted_call

    def entry(*args, **kwargs):
        before, status.converting = status.converting, True
        try:
            return call(function, *args, **kwargs)
        except Exception as error:
            error.__traceback__ = messages.without_own_frames(error.__traceback__)
            raise
        finally:
            status.converting = before

    return _named_like(entry, function)


def converted_here(function):
    """What a library calls that is given a user's function: converted inside converted code, else the function itself."""
    return converted(function) if status.converting and callable(function) else function


def _named_like(entry, function):
    inner = function
    while isinstance(inner, functools.partial):
        inner = inner.func
    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        value = getattr(inner, name, None)
        if isinstance(value, str):
            setattr(entry, name, value)
    entry.__wrapped__ = function
    return entry


def do_not_convert(func=None):
    """tf.autograph.experimental.do_not_convert: the function, and what it calls, runs as it is written."""
    if func is None:
        return do_not_convert

    def as_written(*args, **kwargs):
        before, status.converting = status.converting, False
        try:
            return func(*args, **kwargs)
        finally:
            status.converting = before

    made = functools.wraps(func)(as_written) if hasattr(func, "__name__") else _named_like(as_written, func)
    made.autograph_info__ = {"do_not_convert": True}
    return made


UNSPECIFIED = object()


def set_loop_options(parallel_iterations=UNSPECIFIED, swap_memory=UNSPECIFIED, maximum_iterations=UNSPECIFIED, shape_invariants=UNSPECIFIED):
    """tf.autograph.experimental.set_loop_options: the first statement of a loop; conversion takes it out. Without conversion it does nothing."""


# ---- to look at ----


def _python_function(entity):
    """The function to convert of what to_graph and to_code take."""
    entity = getattr(entity, "python_function", entity)
    if isinstance(entity, types.MethodType):
        entity = entity.__func__
    seen = set()
    while getattr(entity, "__wrapped__", None) is not None and getattr(entity, "autograph_info__", None) and id(entity) not in seen:
        seen.add(id(entity))
        entity = entity.__wrapped__
    if not isinstance(entity, types.FunctionType):
        raise messages.ConversionError(
            "converting %r: ValueError: Cannot apply autograph to a function that doesn't expose a __code__ object. If this is a @tf.function, try "
            "passing f.python_function instead." % (entity,)
        )
    return entity


def _refused(function, error):
    if isinstance(error, messages.UnsupportedLanguageElementError):
        return error
    return messages.ConversionError("converting %s: %s: %s" % (function, type(error).__name__, error))


def to_graph(entity, recursive=True, experimental_optional_features=None):
    """tf.autograph.to_graph: the function, converted; recursive: what it calls too. A method's takes its object as the first argument."""
    function = _python_function(entity)
    if conversion.is_artifact(function.__code__):
        return function
    try:
        made = runtime(features(experimental_optional_features), bool(recursive)).convert(function)
    except Exception as error:
        raise _refused(function, error) from error
    made.__name__ = "tf__" + (function.__name__ if function.__name__ != "<lambda>" else "lam")
    made.__qualname__ = function.__qualname__
    made.__doc__, made.__annotations__ = function.__doc__, dict(function.__annotations__)
    made.__dict__.update({k: v for k, v in function.__dict__.items() if k != "__wrapped__"})
    made.__wrapped__ = function
    return made


def to_code(entity, recursive=True, experimental_optional_features=None):
    """tf.autograph.to_code: the converted function as text; `ag__` are AutoGraph's operators."""
    function = _python_function(entity)
    try:
        node = conversion.tree(function, features(experimental_optional_features))
    except Exception as error:
        raise _refused(function, error) from error
    node = ast.fix_missing_locations(node)
    if isinstance(node, ast.Lambda):
        return "tf__lam = %s\n" % ast.unparse(node)
    node.name = "tf__" + node.name
    return ast.unparse(node) + "\n"


EXPERIMENTAL = {"Feature": Feature, "do_not_convert": do_not_convert, "set_loop_options": set_loop_options}
NAMES = {"set_verbosity": set_verbosity, "to_code": to_code, "to_graph": to_graph, "trace": trace}
