"""tf.compat.v1 of TensorFlow 2: the names of 1.x over 2.x's semantics, and the words that switch between them."""

import importlib
import importlib.machinery
import sys

from sokuji._src.api import missing


def _set_version(version):
    sys.modules["sokuji"]._set_version(version)


def _nothing(*arguments, **keywords):
    """A switch that is on already."""


def _disable_eager_execution():
    from sokuji._src.api import assemble_graphs

    assemble_graphs.enter()


def _disable_v2_behavior():
    _set_version(1)
    _disable_eager_execution()


def _enable_v2_behavior():
    from sokuji._src.api import assemble_graphs

    assemble_graphs.leave()
    _set_version(2)


_SWITCHES = {
    "disable_eager_execution": _disable_eager_execution, "disable_v2_behavior": _disable_v2_behavior, "enable_v2_behavior": _enable_v2_behavior,
    "enable_eager_execution": _nothing, **dict.fromkeys(("enable_resource_variables", "enable_control_flow_v2", "enable_v2_tensorshape", "enable_tensor_equality"), _nothing),
    "control_flow_v2_enabled": lambda: True, "resource_variables_enabled": lambda: True,
}  # fmt: skip


def load():
    """The module of 1.x's names, which a program of 2.x may ask for."""
    whole = sys.modules.get("sokuji.v1")
    if whole is None:
        missing.complete()
        try:
            whole = importlib.import_module("sokuji.v1")
            whole._begin()
        finally:
            _set_version(2)
        from sokuji._src.graph import function

        vars(whole).update(_SWITCHES, executing_eagerly=function.executing_eagerly)
    return whole


class Finder:
    """Finds `import tensorflow.compat.v1`, and the names under it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "tensorflow.compat.v1" and not name.startswith("tensorflow.compat.v1."):
            return None
        return importlib.machinery.ModuleSpec(name, Finder, is_package=True)

    @staticmethod
    def create_module(spec):
        made = load()
        for word in spec.name.split(".")[3:]:
            made = getattr(made, word)
        return made

    @staticmethod
    def exec_module(module):
        pass


