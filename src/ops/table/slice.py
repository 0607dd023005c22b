"""Cutting, padding, repeating and reversing."""
from rows import ALL, FIXED_SIZE, op

_MASKS = "begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int"

op("Slice", "input:T begin:ints size:ints", "output:T", T=ALL, gradient="slice", saves_shapes="input", saves="begin",
   doc="The block of `size` elements from `begin` on, one number a dimension; a size of -1: all that follow.\n"
       "Shares the input's storage where the block is one run of elements.")
op("StridedSlice", "input:T begin:ints end:ints strides:ints", "output:T", _MASKS, T=ALL, gradient="strided_slice", saves_shapes="input",
   saves="begin end strides",
   doc="Python's x[begin:end:stride, …]. Bit i of a mask speaks of entry i: begin_mask and end_mask: the entry is not given; ellipsis_mask:\n"
       "it is `…`; new_axis_mask: it is a new dimension of 1; shrink_axis_mask: it is an index, and its dimension goes.\n"
       "Shares the input's storage where the result is one run of elements.")
op("StridedSliceGrad", "shape:ints begin:ints end:ints strides:ints dy:T", "output:T", _MASKS, T=FIXED_SIZE, gradient="strided_slice_grad",
   saves="begin end strides",
   doc="Zeros of `shape` with dy in the places that StridedSlice would take: its gradient.")
