"""Running sums and products."""
from rows import NUMBERS, op

_T = NUMBERS + ["uint16", "uint32", "uint64"]
_DOC = """The {0} of the elements up to and with each one along the axis; `exclusive`: without it; `reverse`: from the end."""
op("Cumsum", "x:T axis:ints", "out:T", "exclusive:bool reverse:bool", T=_T, rule="scan", gradient="cumsum", saves="axis", doc=_DOC.format("sum"))
op("Cumprod", "x:T axis:ints", "out:T", "exclusive:bool reverse:bool", T=_T, rule="scan", gradient="cumprod", saves="x axis",
   doc=_DOC.format("product"))
op("SokujiRecurrence", "x:T a:T axis:ints", "out:T", "reverse:bool", T="floats", c_name="recurrence", internal=True, gradient="recurrence",
   saves="a axis", saves_outputs="out",
   doc="out[i] = x[i] + a[i] * out[i - 1] along the axis; `reverse`: from the end, with out[i + 1]. What the gradient of Cumprod is made of.")
