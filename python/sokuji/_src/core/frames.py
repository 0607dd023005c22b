"""Which frames of a traceback are the package's own, and tracebacks without them."""

import os
import types

# Files of the package, and how code of its archive names them (tools/pack-python).
_FOLDERS = (os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep, "sokuji/_src/")


def is_own(filename):
    return filename.startswith(_FOLDERS)


def without_own(traceback):
    """A traceback without the package's frames; None when no other is there."""
    frames = []
    while traceback is not None:
        if not is_own(traceback.tb_frame.f_code.co_filename):
            frames.append(traceback)
        traceback = traceback.tb_next
    made = None
    for one in reversed(frames):
        made = types.TracebackType(made, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return made


def tidy_notebook(ipython):
    """IPython shows tracebacks without the package's frames from now on, the user's line first; with SOKUJI_TRACEBACK=1 it shows them all."""
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    shown = getattr(shell, "InteractiveTB", None)
    if shown is None or os.environ.get("SOKUJI_TRACEBACK") == "1" or hasattr(shown, "_sokuji"):
        return
    plain = shown.structured_traceback

    def structured_traceback(kind, error, traceback=None, *arguments, **keywords):
        return plain(kind, error, without_own(traceback) or traceback, *arguments, **keywords)

    shown.structured_traceback, shown._sokuji = structured_traceback, True
