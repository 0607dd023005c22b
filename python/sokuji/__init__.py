"""Sokuji: a define-by-run deep-learning library that speaks TensorFlow. `import sokuji as tf` has TensorFlow 2's semantics.

`import sokuji.v1 as tf` has 1.x's; install_as_tensorflow(version) makes `import tensorflow` find either.
"""

import importlib as _importlib
import sys as _sys

from sokuji import _core
from sokuji._src.api import missing as _missing
from sokuji._src.core import errors

for _code, _class in errors.BY_CODE.items():
    _core.set_error(_code, _class)
_core.set_hook("make_error", errors.make)
_sys.modules[__name__ + ".errors"] = errors  # where its classes say that they are

from sokuji._src.api import assemble as _assemble  # noqa: E402

__version__ = "0.1.0"
_assemble.set_version(2)
globals().update(_assemble.namespace(2))
_missing_name = _missing.getattr_of("", globals())
_sys.modules[__name__].__class__ = _core.Space


def __dir__():
    _missing.complete()
    return sorted(set(_assemble.namespace(2)) | {"__version__", "install_as_tensorflow", "strict_modes", "v1"})


def __getattr__(name):
    if name == "v1":
        return _importlib.import_module(".v1", __name__)
    return _missing_name(name)


def strict_modes(strict=True):
    """Whether 1.x's refusals between graphs and eager execution hold (True), or both mix (False, the beginning)."""
    from sokuji._src.api import assemble_graphs

    assemble_graphs.strict_modes(strict)


def install_as_tensorflow(version=2):
    """Makes `import tensorflow`, `tensorflow.keras`, `tensorflow.contrib.eager` … find Sokuji, with the semantics of version 1 or 2."""
    if str(version) not in ("1", "2"):
        raise ValueError("install_as_tensorflow: the version is %r; it must be 1 or 2" % (version,))
    if int(version) == 1:
        module = _importlib.import_module(".v1", __name__)
        _assemble.set_version(1)
    else:
        module = _sys.modules[__name__]
        _missing.complete()
        _assemble.set_version(2)
    _assemble.register(module)
    return module
