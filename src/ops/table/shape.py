"""Operations on shapes: reshape and its like, questions about shapes, broadcast, transpose, constant tensors of a shape."""
from rows import ALL, FIXED_SIZE, op

op("Reshape", "tensor:any shape:ints", "output:any", gradient="reshape", saves_shapes="tensor",
   doc="The same elements under another shape; one dimension may be -1: whatever is left. Shares the input's storage.\n"
       "InvalidArgument when the numbers of elements differ, two dimensions are -1, or -1 stands beside a 0.")
op("BroadcastTo", "input:T shape:ints", "output:T", T=ALL, gradient="broadcast_to", saves_shapes="input", kernel="broadcast_to",
   doc="The input repeated to the shape that broadcasting gives it. InvalidArgument when it does not broadcast to that shape.")
op("ExpandDims", "input:any dim:ints=axis", "output:any", kernel="none", gradient="reshape", saves_shapes="input",
   doc="The same elements with a dimension of 1 put in at `axis`, in [-rank-1, rank]. Shares the input's storage.")
op("Squeeze", "input:any", "output:any", "squeeze_dims:ints@axis", kernel="none", gradient="reshape", saves_shapes="input",
   doc="The same elements without the dimensions of 1: all of them, or those in `axis`. Shares the input's storage.\n"
       "InvalidArgument when a dimension in `axis` is not 1.")
op("Identity", "input:any", "output:any", rule="identity", kernel="none", gradient={"input": "dy"},
   doc="The input itself, as a new tensor that shares its storage.")
op("StopGradient", "input:any", "output:any", rule="identity", kernel="none",
   doc="The input itself; gradients do not flow through it.")
op("Shape", "input:any", "output:index", "out_type:dtype=int32", of_shape=True, doc="The dimensions, a vector of int32 or int64.")
op("ShapeN", "input:any*", "output:index*", "out_type:dtype=int32", c_name="shape_n", of_shape=True,
   doc="The dimensions of each input: as many vectors of int32 or int64 as there are inputs.")
op("Size", "input:any", "output:index", "out_type:dtype=int32", of_shape=True, doc="The number of elements, a scalar of int32 or int64.")
op("Rank", "input:any", "output:int32", of_shape=True, doc="The number of dimensions, an int32 scalar.")
op("Transpose", "x:T perm:ints?", "y:T", T=ALL, gradient="transpose", saves="perm",
   doc="Dimension i of the result is dimension perm[i] of x; without perm they are reversed.\n"
       "InvalidArgument when perm is no permutation of the dimensions. Negative entries count from the end.")
op("Fill", "dims:ints value:T", "output:T", T=ALL, gradient="fill", doc="A tensor of shape dims, each element the scalar `value`.")
op("ZerosLike", "x:T", "y:T", T=ALL, rule="unary", doc="Zeros (false, empty strings) of x's dtype and shape.")
op("OnesLike", "x:T", "y:T", T=FIXED_SIZE, rule="unary", doc="Ones (true) of x's dtype and shape.")
