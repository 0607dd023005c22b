"""Cutting, padding, repeating and reversing."""
from rows import ALL, FIXED_SIZE, NUMBERS, op

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

_PAD_DOC = """{0} around the input: paddings[i] = (before, after) for dimension i; a flat list of pairs is taken too."""
op("Pad", "input:T paddings:ints", "output:T", T=ALL, gradient="pad", saves="paddings", saves_shapes="input",
   doc=_PAD_DOC.format("Zeros (false, empty strings)"))
op("PadV2", "input:T paddings:ints constant_values:T", "output:T", T=ALL, c_name="pad_v2", rule="pad", kernel="pad", gradient="pad",
   saves="paddings", saves_shapes="input", doc=_PAD_DOC.format("The scalar constant_values"))
op("MirrorPad", "input:T paddings:ints", "output:T", "mode:pad_mode!", T=ALL, gradient="mirror_pad", saves="paddings",
   doc=_PAD_DOC.format("The input's mirror image") + "\nREFLECT leaves the border out, SYMMETRIC repeats it; paddings go up to the dimension less 1, or to it.")
op("MirrorPadGrad", "input:T paddings:ints", "output:T", "mode:pad_mode!", T=NUMBERS, gradient="mirror_pad_grad", saves="paddings",
   doc="The gradient of MirrorPad: what was padded is added to where it came from.")
op("Tile", "input:T multiples:ints", "output:T", T=ALL, gradient="tile", saves="multiples", saves_shapes="input",
   doc="The input repeated multiples[i] times along dimension i.")
op("ReverseV2", "tensor:T axis:ints", "output:T", T=ALL, c_name="reverse", gradient="reverse", saves="axis",
   doc="The elements in reverse order along each of the axes. InvalidArgument when an axis is out of range or given twice.")
op("Roll", "input:T shift:ints axis:ints", "output:T", T=ALL, gradient="roll", saves="shift axis",
   doc="The elements moved on by shift[i] places along axis[i]; those that leave at the end come back at the beginning. Shifts of one axis add\n"
       "up. InvalidArgument when there is not a shift for each axis, or an axis is out of range.")
op("ReverseSequence", "input:T seq_lengths:U", "output:T", "seq_dim:int! batch_dim:int", T=ALL, U="int32 int64",
   gradient="reverse_sequence", saves="seq_lengths",
   doc="For index i along batch_dim, the first seq_lengths[i] elements along seq_dim in reverse order, the rest as they are.")
