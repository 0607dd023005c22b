"""Counting elements, and the vector product."""
from rows import NUMBERS, op

op("Bincount", "arr:int32 size:int32 weights:T", "bins:T", T="int32 int64 float32 float64",
   doc="bins[v], for v in 0 … size-1: how often arr holds v, or the sum of the weights in those places; weights has arr's shape, or is empty.\n"
       "Numbers from size on are left out. InvalidArgument when arr holds a negative number or size is no scalar of 0 or more.")
op("HistogramFixedWidth", "values:T value_range:T nbins:int32", "out:index", "dtype:dtype=int32", T="int32 int64 float32 float64",
   doc="How many values fall into each of nbins intervals of one width from value_range[0] to value_range[1]; values below go into the\n"
       "first, others from above into the last. InvalidArgument when a value is NaN, the range is empty or nbins not above 0.")
op("Cross", "a:T b:T", "product:T", T=NUMBERS + ["uint16", "uint32", "uint64"], gradient="cross", saves="a b",
   doc="The vector products along the last dimension, which is 3, of two tensors of one shape.")
