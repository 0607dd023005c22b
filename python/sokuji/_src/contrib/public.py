"""tf: the names of 1.x as programs have them, looked up when they are used. tf.contrib is written over them as a program would be, so it works in graphs and eagerly."""

import functools
import importlib


class _Names:
    def __getattr__(self, name):
        return getattr(importlib.import_module("sokuji.v1"), name)


tf = _Names()


def relu(x, name=None):
    return tf.nn.relu(x)


def in_graph():
    return not tf.executing_eagerly()


def known(value):
    """The value of a bool or a tensor that is known before a run, else None."""
    return value if value is None or isinstance(value, (bool, int)) else tf.contrib.util.constant_value(value)


def choose(condition, then, otherwise):
    value = known(condition)
    return tf.cond(condition, then, otherwise) if value is None else then() if value else otherwise()


def called(path):
    """The public function of that path, found when it is called."""

    def function(*arguments, **keywords):
        return functools.reduce(getattr, path.split("."), tf)(*arguments, **keywords)

    function.__name__, function.__doc__ = path.rpartition(".")[2], "tf.%s under another name." % path
    return function


def refuse(name, use="tf.layers"):
    """A function that only says that it is not implemented, and what to use."""
    def function(*arguments, **keywords):
        raise NotImplementedError("not implemented: tf.%s; use %s" % (name, use))

    return functools.update_wrapper(function, refuse)
