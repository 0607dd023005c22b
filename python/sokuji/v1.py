"""TensorFlow 1.x: `import sokuji.v1 as tf`. Eager only: results are there at once, whether or not enable_eager_execution was called."""

import sys as _sys

from sokuji import _core
from sokuji import _core
from sokuji._src.api import assemble as _assemble
from sokuji._src.api import missing as _missing
from sokuji._src.eager import graph_words as _graph_words

_assemble.set_version(1)
globals().update(_assemble.namespace(1))
__version__ = VERSION = "1.8.0"
GIT_VERSION, COMPILER_VERSION, GRAPH_DEF_VERSION = "sokuji", "sokuji", 26
_eager_enabled = False


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Eager execution is how everything runs here; said twice it is refused, as in TensorFlow."""
    global _eager_enabled
    if _eager_enabled:
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    _eager_enabled = True
    globals().update((name, value) for name, value in _graph_words.REFUSED.items() if name not in globals())


def executing_eagerly():
    return _core.graph_now() is None


contrib.eager.enable_eager_execution = enable_eager_execution  # noqa: F821
contrib.eager.executing_eagerly = contrib.eager.in_eager_mode = executing_eagerly  # noqa: F821
__getattr__ = _missing.getattr_of("")
_sys.modules[__name__].__class__ = _core.Space


def __dir__():
    return sorted(set(_assemble.namespace(1)) | {"__version__", "VERSION", "enable_eager_execution", "executing_eagerly"})
