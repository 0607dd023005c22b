"""Taking elements by index, putting them by index, and choosing among them."""
from rows import ALL, NUMBERS, op

op("GatherV2", "params:T indices:U axis:ints?", "output:T", "batch_dims:int", T=ALL, U="int32 int64", c_name="gather", gradient="gather",
   saves="indices axis", saves_shapes="params",
   doc="The slices of params along `axis` (default batch_dims) that the indices name: params.shape[:axis] + indices.shape[batch_dims:] +\n"
       "params.shape[axis+1:]. The first batch_dims dimensions of both go together. InvalidArgument when an index is out of range.\n"
       "The gradient for axis 0 stays sparse: rows and their numbers.")
op("OneHot", "indices:U depth:ints on_value:T? off_value:T?", "output:T", "axis:int=-1", T=ALL, U="int32 int64 uint8 int8",
   doc="on_value (default float32 1) where the index along the new dimension `axis` of length depth is indices', off_value (default 0) elsewhere.\n"
       "An index outside [0, depth) gives a row of off_value.")
op("Gather", "params:T indices:U", "output:T", "validate_indices:bool=True", T=ALL, U="int32 int64", c_name="gather_first", internal=True,
   rule="gather", kernel="gather", gradient="gather", saves="indices", saves_shapes="params",
   doc="The slices of params along its first dimension that the indices name. TensorFlow 1's gather; sj_gather does all of it.")

_SLICES = "The last dimension of indices, of length k, names slices of the first k dimensions"
_POLICY = "\nbad_indices_policy: ERROR (default) or IGNORE."
_SUMS = NUMBERS + ["uint16", "uint32", "uint64"]
op("GatherNd", "params:T indices:U", "output:T", "bad_indices_policy:string", T=ALL, U="int32 int64", gradient="gather_nd", saves="indices",
   saves_shapes="params", doc=_SLICES + " of params: indices.shape[:-1] + params.shape[k:]." + _POLICY)
op("ScatterNd", "indices:U updates:T shape:ints", "output:T", "bad_indices_policy:string", T=_SUMS + ["bool"], U="int32 int64",
   gradient="scatter_nd", saves="indices", doc=_SLICES + " of a tensor of zeros of `shape`: updates are added there." + _POLICY)
for _name, _what in (("Update", "put into"), ("Add", "added to"), ("Sub", "subtracted from")):
    op("TensorScatter" + _name, "tensor:T indices:U updates:T", "output:T", "bad_indices_policy:string", T=ALL if _name == "Update" else _SUMS,
       U="int32 int64", rule="tensor_scatter", gradient="tensor_scatter_" + _name.lower(), saves="indices",
       saves_shapes="updates" if _name == "Update" else "",
       doc=_SLICES + f" of a copy of the tensor: updates are {_what} them, in their order." + _POLICY)
op("UnravelIndex", "indices:T dims:ints", "output:T", T="int32 int64",
   doc="The coordinates of flat (row-major) indices in an array of shape dims: (rank) for a scalar index, (rank, n) for a vector.")
