"""tf.variable_creator_scope, and which name scope is open: seldom asked for."""

import functools
import threading

from sokuji import _core
from sokuji._src.variables import scopes, variables


def get_current_name_scope():
    """The name scopes that are open, joined by /."""
    graph = _core.graph_now()
    return graph.get_name_scope() if hasattr(graph, "get_name_scope") else "/".join(name for name in scopes._state().names if name)


_creators = threading.local()


class variable_creator_scope:
    """with tf.variable_creator_scope(f): variables are made by f(next_creator, **arguments), which calls next_creator with arguments of its choice."""

    def __init__(self, variable_creator):
        self._creator = variable_creator

    def __enter__(self):
        if not hasattr(variables.Variable.__init__, "_plain"):
            variables.Variable.__init__ = _through_creators(variables.Variable.__init__)
        _creators.stack = [*getattr(_creators, "stack", []), self._creator]

    def __exit__(self, *exception):
        _creators.stack = _creators.stack[:-1]


def _through_creators(plain):
    @functools.wraps(plain)
    def __init__(self, *arguments, **keywords):
        stack = getattr(_creators, "stack", [])
        if not stack:
            return plain(self, *arguments, **keywords)

        def create(**given):
            _creators.stack = []
            try:
                plain(self, **given)
            finally:
                _creators.stack = stack
            return self

        made = create
        for creator in stack:
            made = functools.partial(creator, made)
        named = dict(zip(("initial_value", "trainable"), arguments))
        defaults = dict(trainable=True, dtype=None, name=None, constraint=None, validate_shape=True, caching_device=None, shape=None)
        if made(**{"initial_value": None, **defaults, **named, **keywords}) is not self:
            raise NotImplementedError("not implemented: tf.variable_creator_scope with a creator that returns another object; return next_creator(**arguments)")

    __init__._plain = plain
    return __init__


NAMES = {"get_current_name_scope": get_current_name_scope, "variable_creator_scope": variable_creator_scope}
