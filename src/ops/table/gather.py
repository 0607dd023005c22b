"""Taking elements by index, putting them by index, and choosing among them."""
from rows import ALL, op

op("GatherV2", "params:T indices:U axis:ints?", "output:T", "batch_dims:int", T=ALL, U="int32 int64", c_name="gather", gradient="gather",
   saves="indices axis", saves_shapes="params",
   doc="The slices of params along `axis` (default batch_dims) that the indices name: params.shape[:axis] + indices.shape[batch_dims:] +\n"
       "params.shape[axis+1:]. The first batch_dims dimensions of both go together. InvalidArgument when an index is out of range.\n"
       "The gradient for axis 0 stays sparse: rows and their numbers.")
op("OneHot", "indices:U depth:ints on_value:T? off_value:T?", "output:T", "axis:int=-1", T=ALL, U="int32 int64 uint8 int8",
   doc="on_value (default float32 1) where the index along the new dimension `axis` of length depth is indices', off_value (default 0) elsewhere.\n"
       "An index outside [0, depth) gives a row of off_value.")
