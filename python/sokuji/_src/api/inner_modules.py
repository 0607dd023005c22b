"""Modules inside TensorFlow that programs import all the same (tensorflow.python.client.timeline, …_pb2, google.protobuf.text_format), as far as they are here."""

import importlib
import importlib.machinery
import sys
import types

from sokuji._src.api.missing import missing

_PARENTS = """tensorflow.core tensorflow.core.framework tensorflow.core.protobuf tensorflow.core.util tensorflow.core.example tensorflow.examples
tensorflow.examples.tutorials google google.protobuf""".split()
_INSIDE = ("tensorflow.python.", "tensorflow.contrib.", "tensorflow.examples.", "tensorflow.core.", "google.protobuf.")


def _module(name):
    return importlib.import_module("sokuji._src." + name)


def _contents(name):
    """What the module holds; None: there is no such one."""
    if name in _PARENTS:
        return {"__path__": []}
    if name == "tensorflow.python.client.timeline":
        return {"Timeline": _module("sessions.profile").Timeline}
    if name == "tensorflow.python.framework.graph_util":
        return dict(_module("exchange.graph_util").NAMES)
    if name == "google.protobuf.text_format":
        found = _module("io.text_format")
        return {word: getattr(found, word) for word in ("Merge", "Parse", "MessageToString", "ParseError")}
    if name.startswith("tensorflow.examples.tutorials.mnist"):
        return dict(_module("contrib.mnist").MODULES.get(name, {})) or None
    if name.startswith("tensorflow.core.") and name.endswith("_pb2"):
        return {word: kind for word, kind in _module("io.graph_messages").CLASSES.items() if "." not in word}
    paths = _module("contrib.paths")
    return paths.contents(name, missing) if paths.is_here(name) else None


class _Loader:
    def create_module(self, spec):
        made = types.ModuleType(spec.name)
        vars(made).update(_contents(spec.name))
        return made

    def exec_module(self, module):
        pass


class Finder:
    """Asked before the ordinary ones."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if not (name in _PARENTS or name == "tensorflow.python" or name.startswith(_INSIDE)):
            return None
        held = _contents(name)
        return None if held is None else importlib.machinery.ModuleSpec(name, _Loader(), is_package="__path__" in held)


def install():
    """Where a program is run as TensorFlow's: messages are this package's, so the functions over them are too."""
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
