"""tf.experimental.dispatch_for_api and its like: functions of tf.* look whether an argument is of a type that a program has taken over."""

import functools
import inspect
import sys
import types as _types
import typing

from sokuji import _core
from sokuji._src.experimental import tf

_UNARY = """abs acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh exp expm1 log log1p sqrt rsqrt square sign negative reciprocal ceil floor round rint erf
erfc erfinv ndtri digamma lgamma sigmoid log_sigmoid is_nan is_inf is_finite logical_not softplus softsign relu relu6 elu selu leaky_relu gelu swish silu cast
identity zeros_like ones_like bitcast check_numerics stop_gradient clip_by_value conj real imag angle invert to_number as_string strip upper lower length substr
regex_replace regex_full_match to_hash_bucket to_hash_bucket_fast encode_base64 decode_base64 decode_raw saturate_cast nextafter convert_image_dtype"""
_BINARY = """add subtract multiply divide truediv floordiv floormod mod pow maximum minimum equal not_equal less less_equal greater greater_equal logical_and
logical_or logical_xor squared_difference divide_no_nan multiply_no_nan atan2 xdivy xlogy xlog1py polygamma zeta igamma igammac bitwise_and bitwise_or bitwise_xor left_shift
right_shift complex scalar_mul"""
_rows = []  # (kind, what it looks for, function): the newest first
_wrapped = {}  # id of a function of tf.*: the one that looks
_done = set()


def _spaces():
    seen, rest = set(), [vars(sys.modules["sokuji"])]
    while rest:
        space = rest.pop()
        if id(space) not in seen:
            seen.add(id(space))
            yield space
            rest += [vars(v) for v in list(space.values()) if isinstance(v, _types.ModuleType) and "_prefix" in vars(v)]


def _is_of(value, kind):
    if kind is inspect.Parameter.empty:
        return None
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, _types.UnionType):
        return any(_is_of(value, k) for k in inner)
    if origin in (list, tuple):
        return isinstance(value, (list, tuple)) and bool(value) and all(_is_of(v, inner[0]) for v in value)
    if kind is tf.Tensor:
        return isinstance(value, _core.Tensor)
    return isinstance(value, kind)


def _parameters(api):
    try:
        return list(inspect.signature(api).parameters)
    except (TypeError, ValueError):
        return []


def _looking(api, name):
    parameters = _parameters(api)

    @functools.wraps(api)
    def function(*arguments, **keywords):
        named = dict(zip(parameters, arguments))
        named.update(keywords)
        for kind, wanted, call in _rows:
            if kind is function and any(all(key in named and _is_of(named[key], t) for key, t in row.items()) for row in wanted):
                made = call(*arguments, **keywords)
            elif kind == "unary" and function._is_unary and arguments and _is_of(arguments[0], wanted[0]) and not _are_plain(arguments[:1]):
                made = call(functools.partial(_rest, function, arguments[1:], keywords), arguments[0])
            elif kind == "binary" and function._is_binary and len(arguments) > 1 and _is_of(arguments[0], wanted[0]) and _is_of(arguments[1], wanted[1]) and not _are_plain(arguments[:2]):
                made = call(functools.partial(_rest, function, arguments[2:], keywords), arguments[0], arguments[1])
            else:
                continue
            if made is not NotImplemented:
                return made
        return api(*arguments, **keywords)

    function._api, function._is_unary, function._is_binary = api, name in _UNARY.split(), name in _BINARY.split()
    return function


def _rest(function, more, keywords, *values):
    return function(*values, *more, **keywords)


def _are_plain(values):
    return all(isinstance(v, _core.Tensor) for v in values)


def _take(wanted):
    """Puts looking functions in place of those that wanted(name, function) names."""
    for space in _spaces():
        for name, value in list(space.items()):
            if callable(value) and not isinstance(value, type) and not name.startswith("_") and not hasattr(value, "_api") and wanted(name, value):
                space[name] = _wrapped.setdefault(id(value), _looking(value, name))


def dispatch_for_api(api, *signatures):
    """The decorated function is called instead of the one of tf.*, where arguments are of the types."""
    function = api if hasattr(api, "_api") else _wrapped.get(id(api))
    if function is None:
        _take(lambda name, value: value is api)
        function = _wrapped.get(id(api))
    if function is None:
        raise ValueError("%s does not support dispatch." % (api,))
    parameters = _parameters(function._api)

    def decorator(call):
        mine = [p for p in _parameters(call) if p != "name"]
        known = [p for p in parameters if p != "name"]
        if parameters and mine != known[: len(mine)]:
            raise ValueError("Dispatch function's signature (%s) does not match API's signature (%s)." % (", ".join(_parameters(call)), ", ".join(parameters)))
        rows = [{parameters[k] if isinstance(k, int) else k: t for k, t in row.items()} for row in signatures]
        if not rows:
            given = {k: t for k, t in typing.get_type_hints(call).items() if k in parameters}
            if not given:
                raise ValueError("must provide at least one signature, or annotate the function: dispatch_for_api(%s)" % getattr(api, "__name__", api))
            rows = [given]
        for row in rows:
            for key in row:
                if key not in parameters:
                    raise ValueError("signature includes annotation for unknown parameter %r." % key)
        _rows.insert(0, (function, rows, call))
        return call

    return decorator


def _elementwise(kind, names, *wanted):
    if kind not in _done:
        _done.add(kind)
        chosen = set(names.split())
        _take(lambda name, value: name in chosen)

    def decorator(call):
        if any(row[0] == kind and row[1] == wanted for row in _rows):
            raise ValueError("A %s elementwise dispatch handler (%s) has already been registered for %s." % (kind, next(r[2] for r in _rows if r[:2] == (kind, wanted)), wanted))
        _rows.insert(0, (kind, wanted, call))
        return call

    return decorator


def dispatch_for_unary_elementwise_apis(x_type):
    """The decorated function(api, x) is called for all functions of one tensor, element by element."""
    return _elementwise("unary", _UNARY, x_type)


def dispatch_for_binary_elementwise_apis(x_type, y_type):
    """The decorated function(api, x, y) is called for all functions of two."""
    return _elementwise("binary", _BINARY, x_type, y_type)


def unregister_dispatch_for(dispatch_target):
    """The function is not called any more."""
    kept = [row for row in _rows if row[2] is not dispatch_target]
    if len(kept) == len(_rows):
        raise ValueError("Function %s was not registered using a `@dispatch_for_*` decorator." % (dispatch_target,))
    _rows[:] = kept


NAMES = {f.__name__: f for f in (dispatch_for_api, dispatch_for_unary_elementwise_apis, dispatch_for_binary_elementwise_apis, unregister_dispatch_for)}
