"""Sokuji: a define-by-run deep-learning library that speaks TensorFlow. `import sokuji as tf` has TensorFlow 2's semantics.

`import sokuji.v1 as tf` has 1.x's; install_as_tensorflow(version) makes `import tensorflow` find either. Names are imported when the first is asked for.
"""

import importlib as _importlib
import sys as _sys

from sokuji import _core

__version__ = "0.1.0"
_version = 2  # whose semantics hold when the first name is asked for
_sys.modules[__name__].__class__ = _core.Space


def _set_version(version):
    global _version
    _version = version
    _core.set_version(version)
    if "assemble" in vars(_sys.modules.get("sokuji._src.api", _core)):
        _sys.modules["sokuji._src.api.assemble"].set_version(version)


_set_version(2)


def _names(module, version):
    """(begin, complete, __getattr__) of a module: the names of operations come with the first name that is asked for, all others with the first that is not among those."""
    own = vars(_sys.modules[module])

    def begin():
        if "_filled" not in own:
            from sokuji._src.api import assemble

            assemble.fill(own, version)

    def complete():
        begin()
        own["_missing"].complete()

    def __getattr__(name):
        if name.startswith("_") and name != "__all__":
            raise AttributeError("module %r has no attribute %r" % (module, name))
        begin()
        if name not in own:
            complete()
        if name == "__all__":
            return [word for word in own if not word.startswith("_") and word != "v1"]
        if name not in own:
            raise own["_missing"].missing(name)
        return own[name]

    return begin, complete, __getattr__


_begin, _complete, _getattr = _names(__name__, 2)


def __dir__():
    _complete()
    return sorted({name for name in globals() if not name.startswith("_")} | {"__version__", "v1"})


def __getattr__(name):
    if name in ("v1", "show"):
        return _importlib.import_module("." + name, __name__)
    if name == "_assemble":
        return _importlib.import_module("._src.api.assemble", __name__)
    return _getattr(name)


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
        module._begin()
    else:
        module = _sys.modules[__name__]
        _complete()
    _set_version(int(version))
    module._assemble.register(module)
    return module
