"""Evenly spaced numbers."""
from rows import FLOATS, op

op("Range", "start:T limit:T delta:T", "output:T", T=FLOATS + ["int32", "int64", "int8", "int16", "uint16", "uint32", "uint64"],
   doc="start, start + delta, … up to and without limit: three scalars. InvalidArgument when delta is 0 or leads away from limit.")
op("LinSpace", "start:T stop:T num:ints", "output:T", T=FLOATS, c_name="linspace",
   doc="num evenly spaced numbers from start to stop, both included.")
