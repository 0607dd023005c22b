"""Which frames of a traceback are the package's own."""

import os

# Files of the package, and how code of its archive names them (tools/pack-python).
_FOLDERS = (os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep, "sokuji/_src/")


def is_own(filename):
    return filename.startswith(_FOLDERS)
