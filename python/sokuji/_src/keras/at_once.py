"""Keras where a graph of 1.x is open: models are symbols over layers that run at once, so what trains and runs them does so outside of the graph."""

import collections
import functools

from sokuji import _core
from sokuji._src.variables import variables

depth = 0  # of calls that were made while a graph was open
_scopes = collections.Counter()


def is_graph():
    """Whether a tf.Graph of 1.x is open, or was when Keras was called."""
    return depth > 0 or variables._version == 1 and hasattr(_core.graph_now(), "name_scope")


def scope_of(name):
    """A variable scope's name that no layer had: dense, dense_1."""
    _scopes[name] += 1
    return name if _scopes[name] == 1 else "%s_%d" % (name, _scopes[name] - 1)


def at_once(function):
    """The function, whose operations run at once where a graph of 1.x is open."""

    @functools.wraps(function)
    def run(*arguments, **keywords):
        global depth
        if variables._version != 1 or not hasattr(_core.graph_now(), "name_scope"):
            return function(*arguments, **keywords)
        _core.no_graph_begin()
        depth += 1
        try:
            return function(*arguments, **keywords)
        finally:
            depth -= 1
            _core.no_graph_end()

    return run


def all_at_once(kind, names):
    for name in names.split():
        if name in vars(kind):
            setattr(kind, name, at_once(vars(kind)[name]))
