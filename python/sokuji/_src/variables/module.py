"""tf.Module: variables and submodules are found through the attributes."""

import re

from sokuji import _core
from sokuji._src.variables import trackable
from sokuji._src.variables import variables as variables_module


def _camel_to_snake(name):
    return re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)(?<!_)[A-Z](?=[a-z]))", r"_\1", name).lower()


class _ModuleScope(variables_module.name_scope):
    """The scope of a module, whose name ends in / while entering it stays relative to the scope around."""

    name = property(lambda self: self._given + "/")


class Module(trackable.AutoTrackable):
    """Base of what owns variables: variables, trainable_variables, submodules, a name scope, and being saved by tf.train.Checkpoint."""

    def __init__(self, name=None):
        if name is None:
            name = _camel_to_snake(type(self).__name__)
        elif not re.match(r"^[A-Za-z_]\w*\Z", name):
            raise ValueError("%r is not a valid module name. Module names must be valid Python identifiers (e.g. a valid class name)." % name)
        self.__dict__["_name"] = name

    name = property(lambda self: self._name)
    name_scope = property(lambda self: _ModuleScope(self._name))

    def _found(self, wanted):
        """Objects under the attributes in their names' order, each once; breadth first over submodules."""
        found, seen, queue = [], {id(self)}, [self]
        while queue:
            module = queue.pop(0)
            for _, value in sorted(vars(module).items()):
                for one in _leaves(value):
                    if id(one) in seen:
                        continue
                    if wanted(one) or isinstance(one, Module):
                        seen.add(id(one))
                    if wanted(one):
                        found.append(one)
                    if isinstance(one, Module):
                        queue.append(one)
        return tuple(found)

    @property
    def variables(self):
        return self._found(lambda one: isinstance(one, _core.VariableBase))

    @property
    def trainable_variables(self):
        return self._found(lambda one: isinstance(one, _core.VariableBase) and one.trainable)

    @property
    def non_trainable_variables(self):
        return self._found(lambda one: isinstance(one, _core.VariableBase) and not one.trainable)

    @property
    def submodules(self):
        return self._found(lambda one: isinstance(one, Module))

    @classmethod
    def with_name_scope(cls, method):
        def call(self, *arguments, **keywords):
            with self.name_scope:
                return method(self, *arguments, **keywords)

        call.__name__, call.__doc__ = method.__name__, method.__doc__
        return call


def _leaves(value):
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _leaves(value[key])
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _leaves(one)
    else:
        yield value
