"""How Sokuji's Python side is made. Programs import sokuji or sokuji.v1; what lies here moves without notice. In an installed package
the parts that few programs need lie in packed.zip."""

import os

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "packed.zip"))
