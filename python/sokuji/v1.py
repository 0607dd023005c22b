"""
TensorFlow 1.x: `import sokuji.v1 as tf`. Graphs and eager execution share the process: operations run at once unless a graph is open or an input is a
graph's. A program that is run as TensorFlow 1.x (python -m sokuji --tf 1) has the default graph open until enable_eager_execution.
"""

import sys as _sys

from sokuji import _core
from sokuji._src.api import assemble as _assemble
from sokuji._src.api import assemble_graphs as _graphs
from sokuji._src.api import missing as _missing

_assemble.set_version(1)
globals().update(_assemble.namespace(1))
__version__ = VERSION = "1.8.0"
GIT_VERSION, COMPILER_VERSION, GRAPH_DEF_VERSION = "sokuji", "sokuji", 26
_eager_enabled = False
_graphs.begin()


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """From now on operations run at once. Said twice, or after a graph was begun, it is refused, as in TensorFlow."""
    global _eager_enabled
    if _eager_enabled or _graphs.is_begun():
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    _eager_enabled = True
    _graphs.leave()
    _graphs.refuse_as_then()


def executing_eagerly():
    return _graphs.graphs.executing_eagerly()


def _graph_mode():
    """The default graph is open, as at the start of a program of 1.x."""
    if not _eager_enabled:
        _graphs.enter()


contrib.eager.enable_eager_execution = enable_eager_execution  # noqa: F821
contrib.eager.executing_eagerly = contrib.eager.in_eager_mode = executing_eagerly  # noqa: F821
__getattr__ = _missing.getattr_of("", globals())
_sys.modules[__name__].__class__ = _core.Space


def __dir__():
    return sorted(set(_assemble.namespace(1)) | {"__version__", "VERSION", "enable_eager_execution", "executing_eagerly"})
