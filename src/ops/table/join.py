"""Joining tensors and taking them apart."""
from rows import ALL, NUMBERS, op

op("ConcatV2", "values:any*", "output:any", c_name="concat_v2", internal=True, gradient="concat", saves_shapes="values",
   doc="The tensors (all inputs but the last) one after the other along the axis (the last input, an integer). They agree in dtype and in all\n"
       "other dimensions. sj_concat in array_functions.h.")
op("Pack", "values:T*", "output:T", "axis:int", T=ALL, c_name="stack", gradient="stack",
   doc="The n tensors, all of one shape, side by side along the new dimension `axis`, in [-rank-1, rank].")
op("Unpack", "value:T", "output:T*", "num:int axis:int", T=ALL, c_name="unstack", gradient="unstack",
   doc="The slices along the dimension `axis`, which goes: as many outputs as it is long. Those along the first dimension share the storage.")
op("Split", "split_dim:ints=axis value:T", "output:T*", "num_split:int", T=ALL, gradient="split", saves="split_dim",
   doc="As many equal parts along the axis as there are outputs. InvalidArgument when they do not divide the dimension.")
op("SplitV", "value:T size_splits:ints split_dim:ints=axis", "output:T*", "num_split:int", T=ALL, c_name="split_v", gradient="split_v",
   saves="split_dim",
   doc="Parts of the given sizes along the axis, one for each output; one size may be -1: what is left.")
op("AddN", "inputs:T*", "sum:T", T=NUMBERS + ["uint16", "uint32", "uint64"], c_name="add_n", gradient="add_n",
   doc="The sum of the tensors, all of one shape, added in their order.")
op("DynamicPartition", "data:T partitions:int32", "outputs:T*", "num_partitions:int", T=ALL, allocates=True, gradient="dynamic_partition",
   saves="partitions", saves_shapes="data",
   doc="Output p has the rows of data (data.shape[:rank of partitions]) whose number in partitions is p, in their order.")
op("DynamicStitch", "indices_and_data:any*", "merged:any", internal=True, c_name="dynamic_stitch_list", allocates=True,
   rule="dynamic_stitch", kernel="dynamic_stitch", gradient="dynamic_stitch",
   saves="indices_and_data",
   doc="merged[indices[m][i]] = data[m][i]: n tensors of int32 indices, then n of data whose shapes begin with those of the indices. Later ones win.\n"
       "Rows that nobody gives are zeros. sj_dynamic_stitch in array_functions.h.")
