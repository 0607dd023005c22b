"""Python functions as nodes of a graph: tf.py_function, tf.numpy_function, tf.py_func, tf.print, and checks that look at values."""

import functools
import inspect

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes, errors, nest
from sokuji._src.core.execute import convert
from sokuji._src.eager import gradients as eager
from sokuji._src.graph import graph as graphs
from sokuji._src.graph import operation, words
from sokuji._src.graph.func_graph import as_tensor, in_graph
from sokuji._src.ops import check_ops, print_ops


def _symbolic(values):
    return in_graph(*values)


def _named(function, fallback):
    return getattr(function, "__name__", fallback) or fallback


_KINDS = ((TypeError, errors.InvalidArgumentError), (ValueError, errors.InvalidArgumentError), (StopIteration, errors.OutOfRangeError),
          (MemoryError, errors.ResourceExhaustedError), (NotImplementedError, errors.UnimplementedError))  # fmt: skip


def error_of(exception):
    """What TensorFlow 1.8 raises for an exception of a Python function in a graph."""
    kind = next((to for of, to in _KINDS if isinstance(exception, of)), errors.UnknownError)
    return kind(None, None, "%s: %s" % (type(exception).__name__, exception))


def _telling(function):
    """The function with TensorFlow's errors for its exceptions."""
    is_then = graphs.building() is not None

    def call(*args):
        try:
            return function(*args)
        except Exception as exception:
            if is_then:
                raise error_of(exception) from exception
            raise errors.of_python(exception) from None

    return functools.wraps(function)(call) if hasattr(function, "__name__") else call


def _appended(name, *node):
    graph = _core.graph_now()
    if name and graph is not None:
        graph.next_name(name)
    return _core.py_call(*node)


def py_function(func=None, inp=None, Tout=None, name=None):
    """func of tensors, run when the graph runs; differentiable, for its operations are recorded then."""
    if not callable(func):
        raise ValueError("Expected func to be callable. Received func=%r of type %s." % (func, type(func)))
    inp = list(inp or [])
    if not _symbolic(inp):
        return eager.py_func_of_tensors(_telling(func), inp, Tout, name)
    is_list, func = isinstance(Tout, (list, tuple)), _telling(func)
    wanted = [dtypes.as_dtype(getattr(t, "dtype", t)) for t in (Tout if is_list else [Tout])]
    known = [getattr(t, "shape", None) for t in (Tout if is_list else [Tout])]

    def call(given):
        results = func(*given)
        if results is None and not wanted:
            return []
        found = list(results) if is_list and isinstance(results, (list, tuple)) else [results]
        return [v if isinstance(v, _core.Tensor) and v.dtype is t else as_tensor(v) if isinstance(v, _core.Handle) else convert(v, t._number)
                for v, t in zip(found, wanted)] + found[len(wanted) :]  # fmt: skip

    made = _appended(name, call, "EagerPyFunc", True, [as_tensor(i) for i in inp],
                         [(t._number, None if s is None or s._dims is None else list(s._dims)) for t, s in zip(wanted, known)])  # fmt: skip
    return made if is_list else made[0]


def py_func_1(func, inp, Tout, name=None):
    """func of tensors, run when the graph runs; differentiable, for its operations are recorded then."""
    return py_function(func, inp, Tout, name)


py_func_1.__name__ = "py_func"


def py_func(func, inp, Tout, stateful=True, name=None):
    """func of arrays, run when the graph runs; not differentiable."""
    inp = list(inp or [])
    if not _symbolic(inp):
        return eager.py_func(func, inp, Tout, stateful, name)
    is_list, func = isinstance(Tout, (list, tuple)), _telling(func)
    wanted = [dtypes.as_dtype(t) for t in (Tout if is_list else [Tout])]

    def call(given):
        _core.GradientTape._pause()
        try:
            results = func(*[np.asarray(t.numpy()) if t.dtype is not dtypes.string else t.numpy() for t in given])
        finally:
            _core.GradientTape._resume()
        found = list(results) if isinstance(results, (list, tuple)) and is_list else [] if results is None and not wanted else [results]
        made = [convert(np.asarray(v), 0) if not isinstance(v, (str, bytes)) else convert(v, 0) for v in found]
        if len(made) != len(wanted):
            raise errors.InvalidArgumentError(None, None, "%s returns %d values, but expects to see %d values." % (_named(func, "py_func"), len(made), len(wanted)))
        for i, (t, dtype) in enumerate(zip(made, wanted)):
            if t.dtype is not dtype:
                raise errors.InvalidArgumentError(None, None, "%d-th value returned by %s is %s, but expects %s"
                                                  % (i, _named(func, "py_func"), t.dtype.name, dtype.name))  # fmt: skip
        return made

    made = _appended(name, call, "PyFunc" if stateful else "PyFuncStateless", stateful, [as_tensor(i) for i in inp], [(t._number, None) for t in wanted])
    if not wanted and graphs.building() is not None:
        return operation.of(graphs.building().node(len(graphs.building()) - 1))
    return made if is_list else made[0]


def numpy_function(func=None, inp=None, Tout=None, stateful=True, name=None):
    """func of arrays, run when the graph runs; not differentiable. Run at once it gives what func gives, of whatever dtype."""
    inp = list(inp or [])
    if not _symbolic(inp):
        made = [convert(v, 0) for v in nest.flatten(func(*[np.array(convert(i, 0)) for i in inp]))]
        return made[0] if len(made) == 1 else made
    return py_func(func, inp, Tout, stateful, name)


def effect(name, function, values):
    """function(values with tensors that have values), for what it does, when the graph runs. The node."""
    tensors = [as_tensor(v) for v in values if isinstance(v, _core.Handle)]

    def call(given):
        rest = iter(given)
        function([next(rest) if isinstance(v, _core.Handle) else v for v in values])
        return []

    _core.py_call(call, name, True, tensors, [])
    graph = _core.graph_now() or tensors[0]._node._graph
    return operation.of(graph.node(len(graph) - 1))


def _deferred(check):
    """A check of values, which a graph makes when it runs."""

    @functools.wraps(check)
    def both(*args, **kwargs):
        flat = nest.flatten([list(args), kwargs])
        if not in_graph(*flat):
            return check(*args, **kwargs)
        is_then, is_rank = graphs.building() is not None, check.__name__.startswith("assert_rank")
        if is_rank and as_tensor(args[0] if args else kwargs["x"])._shape_tuple is not None and not any(isinstance(v, _core.SymbolicTensor) for v in flat[1:]):
            check(*args, **kwargs)
            return words.no_op("static_checks_determined_all_ok") if is_then else None
        if not is_then or check.__name__ == "assert_equal":
            _try_now(check, args, kwargs, flat)
        structure = [list(args), kwargs]

        def run(values):
            again, named = nest.pack_sequence_as(structure, values)
            try:
                check(*again, **named)
            except (errors.InvalidArgumentError, ValueError) as error:
                if not is_then and check.__name__ != "Assert" and check.__name__[7:] not in _SIGNS:
                    raise
                raise errors.InvalidArgumentError(None, None, "assertion failed: " + told(again, named, getattr(error, "message", error))) from None

        told = _assertion(check, args, kwargs, is_then)
        return effect("Assert", run, flat)

    return both


_SIGNS = {"greater": (">", 0), "greater_equal": (">=", 0), "less_equal": ("<=", 0), "less": ("<", 1), "equal": ("==", 1), "none_equal": ("!=", 1),
          "positive": (">", 1), "negative": ("<", 1), "non_negative": (">=", 1), "non_positive": ("<=", 1)}  # fmt: skip


def _assertion(check, args, kwargs, is_then):
    """What tells (positional, named arguments with values, message) as TensorFlow's Assert shows its data."""
    bound, kind = inspect.signature(check), check.__name__[7:]
    places = bound.bind(*args, **kwargs).arguments
    scope = getattr(_core.graph_now(), "_stack", "")
    names = {k: v.name if isinstance(v, (_core.SymbolicTensor, _core.VariableBase)) else "%s/%s:0" % (scope or check.__name__, k) for k, v in places.items() if k in "xy"}

    def told(again, named, message):
        given = bound.bind(*again, **named).arguments
        n, data = given.get("summarize"), given.get("data")
        if data is None and kind not in _SIGNS:
            return "[%s]" % message
        if data is None:
            sign, is_apart = _SIGNS[kind]
            words = "Condition x %s %s did not hold %s:" % (sign, "y" if "y" in given else "0", "for every single element" if kind == "none_equal" and is_then else "element-wise")
            x = "x (%s) = " % names["x"]
            data = [given.get("message") or "", *([words, x] if is_apart or not is_then else [words + x]), given["x"]]
            data += ["y (%s) = " % names["y"], given["y"]] if "y" in given else []
        tensors = [v._read() if isinstance(v, _core.VariableBase) else v if isinstance(v, _core.Tensor) else convert(v, 0) for v in data]
        return " ".join("[%s]" % print_ops.summary(t, 3 if n is None else n) for t in tensors)

    return told


def _told_now(check):
    """A check of dtypes, which is an operation without effect in graphs of 1.x."""

    @functools.wraps(check)
    def both(*args, **kwargs):
        made = check(*args, **kwargs)
        return words.no_op("statically_determined") if made is None and graphs.building() is not None else made

    return both


def _try_now(check, args, kwargs, flat):
    """What is known while the graph is built may already fail."""
    known = []
    for value in flat:
        if isinstance(value, _core.VariableBase):
            return
        if isinstance(value, _core.SymbolicTensor):
            value = value._known_value()
            if value is None:
                return
        known.append(value)
    again, named = nest.pack_sequence_as([list(args), kwargs], known)
    _core.no_graph_begin()
    try:
        check(*again, **named)
    finally:
        _core.no_graph_end()


def assert_(condition, message):
    """InvalidArgumentError with the message, when the graph runs and the condition does not hold."""

    def run(values):
        if not np.all(np.asarray(values[0].numpy())):
            shown = message if isinstance(message, str) else " ".join(str(m) for m in message)
            raise errors.InvalidArgumentError(None, None, "assertion failed: [%s]" % shown)

    return effect("Assert", run, [condition])


def print_2(*inputs, **kwargs):
    """tf.print"""
    flat = nest.flatten(list(inputs))
    if not in_graph(*flat):
        return print_ops.print_(*inputs, **kwargs)
    structure = list(inputs)
    return effect("PrintV2", lambda values: print_ops.print_(*nest.pack_sequence_as(structure, values), **kwargs), flat)


CHECKS = """assert_equal assert_none_equal assert_less assert_less_equal assert_greater assert_greater_equal assert_negative assert_positive
assert_non_negative assert_non_positive assert_near Assert""".split()
_RANKS = "assert_rank assert_rank_at_least assert_rank_in".split()
NAMES_1 = {name: _deferred(check_ops.NAMES_1[name]) for name in CHECKS + _RANKS}
NAMES_1.update((name, _told_now(check_ops.NAMES_1[name])) for name in ("assert_integer", "assert_type"))
DEBUGGING_2 = {name: _deferred(check_ops.DEBUGGING_2[name]) for name in CHECKS if name in check_ops.DEBUGGING_2}
DEBUGGING_2["Assert"] = NAMES_1["Assert"]
