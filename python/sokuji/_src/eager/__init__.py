"""tfe: gradient functions, callbacks, execution modes."""

import os

__path__.append(os.path.join(os.path.dirname(os.path.abspath(__path__[0])), "packed.zip", "eager"))
