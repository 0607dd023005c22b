"""Operations that move elements: shapes, joining, cutting, gathering."""
from rows import op

op("Reshape", "tensor:any shape:ints", "output:any", gradient="reshape", saves_shapes="tensor",
   doc="The same elements under another shape; one dimension may be -1: whatever is left. Shares the input's storage.\n"
       "InvalidArgument when the numbers of elements differ, two dimensions are -1, or -1 stands beside a 0.")
op("BroadcastTo", "input:T shape:ints", "output:T", T="all", gradient="broadcast_to", saves_shapes="input", kernel="broadcast_to",
   doc="The input repeated to the shape that broadcasting gives it. InvalidArgument when it does not broadcast to that shape.")
