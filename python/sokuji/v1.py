"""
TensorFlow 1.x: `import sokuji.v1 as tf`. Graphs and eager execution share the process: operations run at once unless a graph is open or an input is a
graph's. A program that is run as TensorFlow 1.x (python -m sokuji --tf 1) has the default graph open until enable_eager_execution.
"""

import sys as _sys

import sokuji as _sokuji

_sokuji._set_version(1)
__version__ = VERSION = "1.8.0"
GIT_VERSION, COMPILER_VERSION, GRAPH_DEF_VERSION = "sokuji", "sokuji", 26
_eager_enabled = False
_begin, _complete, __getattr__ = _sokuji._names(__name__, 1)
_sys.modules[__name__].__class__ = type(_sokuji)


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """From now on operations run at once. Said twice, or after a graph was begun, it is refused, as in TensorFlow."""
    global _eager_enabled
    _begin()
    if _eager_enabled or _graphs.is_begun():
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    _eager_enabled = True
    _graphs.leave()
    _graphs.refuse_as_then()


def executing_eagerly():
    """Whether operations run at once here: no graph is open."""
    _begin()
    return _graphs.graphs.executing_eagerly()


def _graph_mode():
    """The default graph is open, as at the start of a program of 1.x."""
    _begin()
    if not _eager_enabled:
        _graphs.enter()


def __dir__():
    _complete()
    return sorted({name for name in globals() if not name.startswith("_")} | {"__version__"})
