"""How Sokuji's Python side is made. Programs import sokuji or sokuji.v1; what lies here moves without notice. In an installed package
the parts that few programs need lie in packed.zip. Whatever of it is imported first, the core knows its exceptions, dtypes and shapes from then on."""

import os
import sys

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "packed.zip"))

from sokuji import _core  # noqa: E402
from sokuji._src.core import errors  # noqa: E402

for _code, _class in errors.BY_CODE.items():
    _core.set_error(_code, _class)
_core.set_hook("make_error", errors.make)
sys.modules["sokuji.errors"] = errors  # where its classes say that they are

from sokuji._src.api import assemble  # noqa: E402, F401

if "IPython" in sys.modules:
    from sokuji._src.core import frames

    frames.tidy_notebook(sys.modules["IPython"])
