"""Moving blocks of space into depth or batch, and back."""
from rows import ALL, op

op("SpaceToDepth", "input:T", "output:T", "block_size:int! data_format:data_format=NHWC", T=ALL, gradient="space_to_depth",
   doc="Each block of block_size x block_size places becomes one place with as many times the channels.")
op("DepthToSpace", "input:T", "output:T", "block_size:int! data_format:data_format=NHWC", T=ALL, gradient="depth_to_space",
   doc="The inverse of SpaceToDepth.")
op("SpaceToBatchND", "input:T block_shape:ints paddings:ints", "output:T", T=ALL, c_name="space_to_batch", gradient="space_to_batch",
   saves="block_shape paddings",
   doc="The space, padded with zeros, is divided into blocks of block_shape; each place in the block becomes a batch of its own.")
op("BatchToSpaceND", "input:T block_shape:ints crops:ints", "output:T", T=ALL, c_name="batch_to_space", gradient="batch_to_space",
   saves="block_shape crops",
   doc="The inverse of SpaceToBatchND: batches are laid back into the space, whose borders are cropped.")
