"""The variable scope that a layer of 1.x opens when it is called first, without a graph: names of its variables, and of those made within, begin with it."""

import contextlib

from sokuji import _core
from sokuji._src.keras import at_once
from sokuji._src.variables import scopes, variables


def is_first(layer):
    """Whether the layer has no scope yet and is called where it gets one."""
    return variables._version == 1 and layer._takes_scope is not None and "_variable_scope" not in layer.__dict__ and not at_once.depth and _core.graph_now() is None


@contextlib.contextmanager
def opened(layer):
    if layer._scope_prefix or not layer._takes_scope:
        captured = scopes.VariableScope(None, layer.scope_name, name_scope=layer.scope_name + "/")
    else:
        given = layer.__dict__.get("_given_scope")
        with scopes.variable_scope(given, default_name=None if given else layer._base_name) as captured:
            pass
    layer.__dict__["_variable_scope"] = captured.name
    with scopes.variable_scope(captured, auxiliary_name_scope=False), scopes.name_scope(captured.original_name_scope):
        yield


def within(layer, function, *arguments):
    """function(*arguments), in the layer's scope where this is its first call."""
    if not is_first(layer):
        return function(*arguments)
    with opened(layer):
        return function(*arguments)
