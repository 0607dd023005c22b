"""Reductions over axes."""
from rows import op

_DOC = """{0} over the axes (all when not given): the axes' dimensions go, or stay as 1 with keep_dims.
Negative axes count from the end; InvalidArgument when one is out of range or repeated. float32 is accumulated in float64."""
op("Sum", "input:T reduction_indices:ints?=axis", "output:T", attrs="keep_dims:bool", T="numbers", c_name="sum", rule="reduce",
   kernel="reduce_sum", gradient="sum", saves_shapes="input", saves="reduction_indices", doc=_DOC.format("The sum"))
op("Mean", "input:T reduction_indices:ints?=axis", "output:T", attrs="keep_dims:bool", T="numbers", c_name="mean", rule="reduce",
   kernel="reduce_mean", gradient="mean", saves_shapes="input", saves="reduction_indices", doc=_DOC.format("The mean"))
