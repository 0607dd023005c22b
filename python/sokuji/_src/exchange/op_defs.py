"""The operations that graph files may name: their inputs, outputs and attributes, as TensorFlow registers them (1.8's, and 2.x's where 1.8 has none)."""

import functools

# Names: inputs > outputs | other attributes. An argument is name:type, where type is an attribute (N*T: N of them, *T: of a list of types) or #number;
# @ is a reference. An attribute is name:kind=default, kind i b f s t (type) h (shape) n (function) x (tensor), l before it: a list.
_TABLE = r"""
Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Digamma Erf Erfc Exp Expm1 Floor Inv Invert Lgamma Log Log1p Neg OnesLike Reciprocal Rint Round \
Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh ZerosLike Erfinv Ndtri: x:T > y:T
Add AddV2 BitwiseAnd BitwiseOr BitwiseXor Div FloorDiv FloorMod LeftShift Maximum Minimum Mod Mul Pow RealDiv RightShift SquaredDifference Sub \
TruncateDiv TruncateMod DivNoNan MulNoNan Xdivy Xlog1py Xlogy: x:T y:T > z:T
AddN: inputs:N*T > sum:T
AdjustContrastv2: images:#1 contrast_factor:#1 > output:#1
AdjustHue: images:#1 delta:#1 > output:#1
AdjustSaturation: images:#1 scale:#1 > output:#1
All Any: input:#10 reduction_indices:Tidx > output:#10 | keep_dims:b=0 Tidx:t=3
ApplyAdagrad: var:@T accum:@T lr:T grad:T > out:@T | use_locking:b=0
ApplyAdam: var:@T m:@T v:@T beta1_power:T beta2_power:T lr:T beta1:T beta2:T epsilon:T grad:T > out:@T | use_locking:b=0 use_nesterov:b=0
ApplyGradientDescent: var:@T alpha:T delta:T > out:@T | use_locking:b=0
ApplyMomentum: var:@T accum:@T lr:T grad:T momentum:T > out:@T | use_locking:b=0 use_nesterov:b=0
ApplyRMSProp: var:@T ms:@T mom:@T lr:T rho:T momentum:T epsilon:T grad:T > out:@T | use_locking:b=0
ApproximateEqual: x:T y:T > z:#10 | tolerance:f=9.9999997e-06
ArgMax ArgMin: input:T dimension:Tidx > output:output_type | Tidx:t=3 output_type:t=9
AsString: input:T > output:#7 | precision:i=-1 scientific:b=0 shortest:b=0 width:i=-1 fill:s=
Assert: condition:#10 data:*T > | summarize:i=3
Assign: ref:@T value:T > output_ref:@T | validate_shape:b=1 use_locking:b=1
AssignAdd AssignSub: ref:@T value:T > output_ref:@T | use_locking:b=0
AssignAddVariableOp AssignSubVariableOp AssignVariableOp: resource:#20 value:dtype >
Atan2: y:T x:T > z:T
AudioSummary: tag:#7 tensor:#1 > summary:#7 | sample_rate:f max_outputs:i=3
AvgPool: value:T > output:T | ksize:li strides:li padding:s data_format:s=NHWC
AvgPool3D MaxPool3D: input:T > output:T | ksize:li strides:li padding:s data_format:s=NDHWC
AvgPool3DGrad: orig_input_shape:#3 grad:T > output:T | ksize:li strides:li padding:s data_format:s=NDHWC
AvgPoolGrad: orig_input_shape:#3 grad:T > output:T | ksize:li strides:li padding:s data_format:s=NHWC
BatchMatMul: x:T y:T > output:T | adj_x:b=0 adj_y:b=0
BatchToSpaceND: input:T block_shape:Tblock_shape crops:Tcrops > output:T | Tblock_shape:t=3 Tcrops:t=3
Betainc: a:T b:T x:T > z:T
BiasAdd: value:T bias:T > output:T | data_format:s=NHWC
BiasAddGrad: out_backprop:T > output:T | data_format:s=NHWC
Bincount: arr:#3 size:#3 weights:T > bins:T
Bitcast: input:T > output:type
BroadcastArgs: s0:T s1:T > r0:T | T:t=3
BroadcastGradientArgs: s0:T s1:T > r0:T r1:T | T:t=3
Cast: x:SrcT > y:DstT
CheckNumerics: tensor:T > output:T | message:s
Cholesky Identity MatrixDeterminant Snapshot StopGradient MatrixSquareRoot: input:T > output:T
CholeskyGrad: l:T grad:T > output:T
ClipByValue: t:T clip_value_min:T clip_value_max:T > output:T
Complex: real:T imag:T > out:Tout | T:t=1 Tout:t=8
Concat: concat_dim:#3 values:N*T > output:T
ConcatV2: values:N*T axis:Tidx > output:T | Tidx:t=3
Conj: input:T > output:T | T:t=8
ConjugateTranspose Transpose: x:T perm:Tperm > y:T | Tperm:t=3
Const: > output:dtype | value:x
ControlTrigger NoOp: >
Conv2D: input:T filter:T > output:T | strides:li use_cudnn_on_gpu:b=1 padding:s data_format:s=NHWC dilations:li=1,1,1,1
Conv2DBackpropFilter: input:T filter_sizes:#3 out_backprop:T > output:T | strides:li use_cudnn_on_gpu:b=1 padding:s data_format:s=NHWC dilations:li=1,1,1,1
Conv2DBackpropInput: input_sizes:#3 filter:T out_backprop:T > output:T | strides:li use_cudnn_on_gpu:b=1 padding:s data_format:s=NHWC dilations:li=1,1,1,1
Conv3D: input:T filter:T > output:T | strides:li padding:s data_format:s=NDHWC dilations:li=1,1,1,1,1
Conv3DBackpropFilterV2: input:T filter_sizes:#3 out_backprop:T > output:T | strides:li padding:s data_format:s=NDHWC dilations:li=1,1,1,1,1
Conv3DBackpropInputV2: input_sizes:#3 filter:T out_backprop:T > output:T | strides:li padding:s data_format:s=NDHWC dilations:li=1,1,1,1,1
CountUpTo: ref:@T > output:T | limit:i
CropAndResize: image:T boxes:#1 box_ind:#3 crop_size:#3 > crops:#1 | method:s=bilinear extrapolation_value:f=0.0
Cross: a:T b:T > product:T
Cumprod Cumsum: x:T axis:Tidx > out:T | exclusive:b=0 reverse:b=0 Tidx:t=3
DecodeBase64 StringStrip: input:#7 > output:#7
DecodeBmp: contents:#7 > image:#4 | channels:i=0
DecodeCSV: records:#7 record_defaults:*OUT_TYPE > output:*OUT_TYPE | field_delim:s=, use_quote_delim:b=1 na_value:s=
DecodeGif: contents:#7 > image:#4
DecodeJpeg: contents:#7 > image:#4 | channels:i=0 ratio:i=1 fancy_upscaling:b=1 try_recover_truncated:b=0 acceptable_fraction:f=1.0 dct_method:s=
DecodePng: contents:#7 > image:dtype | channels:i=0 dtype:t=4
DecodeRaw: bytes:#7 > output:out_type | little_endian:b=1
DepthToSpace SpaceToDepth: input:T > output:T | block_size:i data_format:s=NHWC
DepthwiseConv2dNative: input:T filter:T > output:T | strides:li padding:s data_format:s=NHWC dilations:li=1,1,1,1
DepthwiseConv2dNativeBackpropFilter: input:T filter_sizes:#3 out_backprop:T > output:T | strides:li padding:s data_format:s=NHWC dilations:li=1,1,1,1
DepthwiseConv2dNativeBackpropInput: input_sizes:#3 filter:T out_backprop:T > output:T | strides:li padding:s data_format:s=NHWC dilations:li=1,1,1,1
DestroyResourceOp: resource:#20 > | ignore_lookup_error:b=1
Diag MatrixDiag: diagonal:T > output:T
DiagPart MatrixDiagPart: input:T > diagonal:T
DynamicPartition: data:T partitions:#3 > outputs:num_partitions*T
DynamicStitch: indices:N*#3 data:N*T > merged:T
Elu Relu Relu6 Selu Softplus Softsign: features:T > activations:T
EluGrad SeluGrad: gradients:T outputs:T > backprops:T
EncodeBase64: input:#7 > output:#7 | pad:b=0
EncodeJpeg: image:#4 > contents:#7 | format:s= quality:i=95 progressive:b=0 optimize_size:b=0 chroma_downsampling:b=1 density_unit:s=in \
x_density:i=300 y_density:i=300 xmp_metadata:s=
EncodePng: image:T > contents:#7 | compression:i=-1 T:t=4
Equal Greater GreaterEqual Less LessEqual NotEqual: x:T y:T > z:#10
ExpandDims: input:T dim:Tdim > output:T | Tdim:t=3
ExtractImagePatches: images:T > patches:T | ksizes:li strides:li rates:li padding:s
Fill: dims:index_type value:T > output:T | index_type:t=3
FusedBatchNorm: x:T scale:T offset:T mean:T variance:T > y:T batch_mean:T batch_variance:T reserve_space_1:T reserve_space_2:T | \
epsilon:f=9.9999997e-05 data_format:s=NHWC is_training:b=1
FusedBatchNormGrad: y_backprop:T x:T scale:T reserve_space_1:T reserve_space_2:T > x_backprop:T scale_backprop:T offset_backprop:T reserve_space_3:T \
reserve_space_4:T | epsilon:f=9.9999997e-05 data_format:s=NHWC is_training:b=1
FusedBatchNormGradV2: y_backprop:T x:T scale:#1 reserve_space_1:U reserve_space_2:U > x_backprop:T scale_backprop:U offset_backprop:U \
reserve_space_3:U reserve_space_4:U | epsilon:f=9.9999997e-05 data_format:s=NHWC is_training:b=1
FusedBatchNormV2: x:T scale:U offset:U mean:U variance:U > y:T batch_mean:U batch_variance:U reserve_space_1:U reserve_space_2:U | \
epsilon:f=9.9999997e-05 data_format:s=NHWC is_training:b=1
Gather: params:Tparams indices:Tindices > output:Tparams | validate_indices:b=1
GatherNd: params:Tparams indices:Tindices > output:Tparams
GatherV2: params:Tparams indices:Tindices axis:Taxis > output:Tparams
HSVToRGB RGBToHSV: images:T > output:T | T:t=1
HistogramFixedWidth: values:T value_range:T nbins:#3 > out:dtype | dtype:t=3
HistogramSummary: tag:#7 values:T > summary:#7 | T:t=1
IdentityN: input:*T > output:*T
If: cond:Tcond input:*Tin > output:*Tout | then_branch:n else_branch:n
Igamma Igammac Polygamma IgammaGradA: a:T x:T > z:T
Imag Real: input:T > output:Tout | T:t=8 Tout:t=1
ImageSummary: tag:#7 tensor:T > summary:#7 | max_images:i=3 T:t=1 bad_color:x=!tensor
InTopK: predictions:#1 targets:T > precision:#10 | k:i T:t=3
InTopKV2: predictions:#1 targets:T k:T > precision:#10 | T:t=3
InvGrad ReciprocalGrad RsqrtGrad SigmoidGrad SqrtGrad TanhGrad: y:T dy:T > z:T
InvertPermutation: x:T > y:T | T:t=3
IsFinite IsInf IsNan: x:T > y:#10
IsVariableInitialized: ref:@dtype > is_initialized:#10
L2Loss: t:T > output:T
LRN: input:T > output:T | depth_radius:i=5 bias:f=1.0 alpha:f=1.0 beta:f=0.5 T:t=1
LRNGrad: input_grads:T input_image:T output_image:T > output:T | depth_radius:i=5 bias:f=1.0 alpha:f=1.0 beta:f=0.5 T:t=1
LinSpace: start:T stop:T num:Tidx > output:T | Tidx:t=3
ListDiff: x:T y:T > out:T idx:out_idx | out_idx:t=3
LogMatrixDeterminant: input:T > sign:T log_abs_determinant:T
LogSoftmax: logits:T > logsoftmax:T
LogicalAnd LogicalOr: x:#10 y:#10 > z:#10
LogicalNot: x:#10 > y:#10
MatMul: a:T b:T > product:T | transpose_a:b=0 transpose_b:b=0
MatrixBandPart: input:T num_lower:Tindex num_upper:Tindex > band:T | Tindex:t=9
MatrixInverse: input:T > output:T | adjoint:b=0
MatrixSetDiag: input:T diagonal:T > output:T
MatrixSolve: matrix:T rhs:T > output:T | adjoint:b=0
MatrixSolveLs: matrix:T rhs:T l2_regularizer:#2 > output:T | fast:b=1
MatrixTriangularSolve: matrix:T rhs:T > output:T | lower:b=1 adjoint:b=0
Max Mean Min Prod Sum EuclideanNorm: input:T reduction_indices:Tidx > output:T | keep_dims:b=0 Tidx:t=3
MaxPool: input:T > output:T | T:t=1 ksize:li strides:li padding:s data_format:s=NHWC
MaxPool3DGrad: orig_input:TInput orig_output:TInput grad:T > output:T | ksize:li strides:li padding:s data_format:s=NDHWC T:t=1 TInput:t=1
MaxPool3DGradGrad: orig_input:T orig_output:T grad:T > output:T | ksize:li strides:li padding:s data_format:s=NDHWC
MaxPoolGrad: orig_input:T orig_output:T grad:T > output:T | ksize:li strides:li padding:s data_format:s=NHWC T:t=1
MaxPoolGradGrad: orig_input:T orig_output:T grad:T > output:T | ksize:li strides:li padding:s data_format:s=NHWC
MaxPoolGradGradWithArgmax MaxPoolGradWithArgmax: input:T grad:T argmax:Targmax > output:T | ksize:li strides:li padding:s
MaxPoolWithArgmax: input:T > output:T argmax:Targmax | ksize:li strides:li Targmax:t=9 padding:s
MergeSummary: inputs:N*#7 > summary:#7
MergeV2Checkpoints: checkpoint_prefixes:#7 destination_prefix:#7 > | delete_old_dirs:b=1
MirrorPad MirrorPadGrad: input:T paddings:Tpaddings > output:T | Tpaddings:t=3 mode:s
Multinomial: logits:T num_samples:#3 > output:output_dtype | seed:i=0 seed2:i=0 output_dtype:t=9
OneHot: indices:TI depth:#3 on_value:T off_value:T > output:T | axis:i=-1 TI:t=9
Pack: values:N*T > output:T | axis:i=0
Pad: input:T paddings:Tpaddings > output:T | Tpaddings:t=3
PadV2: input:T paddings:Tpaddings constant_values:T > output:T | Tpaddings:t=3
Placeholder: > output:dtype | shape:h=?
PlaceholderV2: > output:dtype | shape:h
PlaceholderWithDefault: input:dtype > output:dtype | shape:h
PreventGradient: input:T > output:T | message:s=
Print: input:T data:*U > output:T | message:s= first_n:i=-1 summarize:i=3
PyFunc: input:*Tin > output:*Tout | token:s
Qr: input:T > q:T r:T | full_matrices:b=0
RandomGamma: shape:S alpha:T > output:T | seed:i=0 seed2:i=0
RandomPoissonV2: shape:S rate:R > output:dtype | seed:i=0 seed2:i=0 R:t=2 dtype:t=9
RandomShuffle: value:T > output:T | seed:i=0 seed2:i=0
RandomStandardNormal RandomUniform TruncatedNormal: shape:T > output:dtype | seed:i=0 seed2:i=0
RandomUniformInt: shape:T minval:Tout maxval:Tout > output:Tout | seed:i=0 seed2:i=0
Range: start:Tidx limit:Tidx delta:Tidx > output:Tidx | Tidx:t=3
Rank: input:T > output:#3
ReadFile: filename:#7 > contents:#7
ReadVariableOp: resource:#20 > value:dtype
ReduceJoin: inputs:#7 reduction_indices:#3 > output:#7 | keep_dims:b=0 separator:s=
RegexReplace: input:#7 pattern:#7 rewrite:#7 > output:#7 | replace_global:b=1
Relu6Grad ReluGrad SoftplusGrad SoftsignGrad: gradients:T features:T > backprops:T
Reshape: tensor:T shape:Tshape > output:T | Tshape:t=3
ResizeArea ResizeBicubic ResizeBilinear: images:T size:#3 > resized_images:#1 | align_corners:b=0
ResizeNearestNeighbor: images:T size:#3 > resized_images:T | align_corners:b=0
ResourceApplyAdagrad: var:#20 accum:#20 lr:T grad:T > | use_locking:b=0
ResourceApplyAdam: var:#20 m:#20 v:#20 beta1_power:T beta2_power:T lr:T beta1:T beta2:T epsilon:T grad:T > | use_locking:b=0 use_nesterov:b=0
ResourceApplyGradientDescent: var:#20 alpha:T delta:T > | use_locking:b=0
ResourceApplyMomentum: var:#20 accum:#20 lr:T grad:T momentum:T > | use_locking:b=0 use_nesterov:b=0
ResourceApplyRMSProp: var:#20 ms:#20 mom:#20 lr:T rho:T momentum:T epsilon:T grad:T > | use_locking:b=0
ResourceGather: resource:#20 indices:Tindices > output:dtype | validate_indices:b=1
RestoreV2: prefix:#7 tensor_names:#7 shape_and_slices:#7 > tensors:*dtypes
ReverseSequence: input:T seq_lengths:Tlen > output:T | seq_dim:i batch_dim:i=0 Tlen:t=9
ReverseV2: tensor:T axis:Tidx > output:T | Tidx:t=3
Roll: input:T shift:Tshift axis:Taxis > output:T
SaveV2: prefix:#7 tensor_names:#7 shape_and_slices:#7 tensors:*dtypes >
ScalarSummary: tags:#7 values:T > summary:#7
ScatterAdd ScatterSub: ref:@T indices:Tindices updates:T > output_ref:@T | use_locking:b=0
ScatterNd: indices:Tindices updates:T shape:Tindices > output:T
ScatterUpdate: ref:@T indices:Tindices updates:T > output_ref:@T | use_locking:b=1
SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum: data:T segment_ids:Tindices > output:T
Select SelectV2: condition:#10 t:T e:T > output:T
SelfAdjointEigV2: input:T > e:T v:T | compute_v:b=1
Shape Size: input:T > output:out_type | out_type:t=3
ShapeN: input:N*T > output:N*out_type | out_type:t=3
ShardedFilename: basename:#7 shard:#3 num_shards:#3 > filename:#7
Slice: input:T begin:Index size:Index > output:T
Softmax: logits:T > softmax:T
SoftmaxCrossEntropyWithLogits: features:T labels:T > loss:T backprop:T
SpaceToBatchND: input:T block_shape:Tblock_shape paddings:Tpaddings > output:T | Tblock_shape:t=3 Tpaddings:t=3
SparseSoftmaxCrossEntropyWithLogits: features:T labels:Tlabels > loss:T backprop:T | Tlabels:t=9
SparseTensorDenseMatMul: a_indices:Tindices a_values:T a_shape:#9 b:T > product:T | Tindices:t=9 adjoint_a:b=0 adjoint_b:b=0
SparseToDense: sparse_indices:Tindices output_shape:Tindices sparse_values:T default_value:T > dense:T | validate_indices:b=1
Split: split_dim:#3 value:T > output:num_split*T
SplitV: value:T size_splits:Tlen split_dim:#3 > output:num_split*T | Tlen:t=9
Squeeze: input:T > output:T | squeeze_dims:li=
StridedSlice: input:T begin:Index end:Index strides:Index > output:T | begin_mask:i=0 end_mask:i=0 ellipsis_mask:i=0 new_axis_mask:i=0 shrink_axis_mask:i=0
StridedSliceGrad: shape:Index begin:Index end:Index strides:Index dy:T > output:T | begin_mask:i=0 end_mask:i=0 ellipsis_mask:i=0 new_axis_mask:i=0 \
shrink_axis_mask:i=0
StringJoin: inputs:N*#7 > output:#7 | separator:s=
StringSplit: input:#7 delimiter:#7 > indices:#9 values:#7 shape:#9 | skip_empty:b=1
StringToHashBucketStrong: input:#7 > output:#9 | num_buckets:i key:li
StringToHashBucket: string_tensor:#7 > output:#9 | num_buckets:i
StringToHashBucketFast: input:#7 > output:#9 | num_buckets:i
StringToNumber: string_tensor:#7 > output:out_type | out_type:t=1
Substr: input:#7 pos:T len:T > output:#7
Svd: input:T > s:T u:T v:T | compute_uv:b=1 full_matrices:b=0
TensorSummary: tensor:T > summary:#7 | description:s= labels:ls= display_name:s=
TensorSummaryV2: tag:#7 tensor:T serialized_summary_metadata:#7 > summary:#7
Tile: input:T multiples:Tmultiples > output:T | Tmultiples:t=3
TopKV2: input:T k:#3 > values:T indices:#3 | sorted:b=1
Unique: x:T > y:T idx:out_idx | out_idx:t=3
UniqueWithCounts: x:T > y:T idx:out_idx count:out_idx | out_idx:t=3
Unpack: value:T > output:num*T | axis:i=0
UnravelIndex: indices:Tidx dims:Tidx > output:Tidx | Tidx:t=3
UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum: data:T segment_ids:Tindices num_segments:Tnumsegments > output:T | \
Tnumsegments:t=3
VarHandleOp: > resource:#20 | container:s= shared_name:s= dtype:t shape:h
VarIsInitializedOp: resource:#20 > is_initialized:#10
Variable VariableV2: > ref:@dtype | shape:h container:s= shared_name:s=
Where: input:T > index:#9 | T:t=10
While: input:*T > output:*T | cond:n body:n
WriteFile: filename:#7 contents:#7 >
Zeta: x:T q:T > z:T
BatchMatMulV2: x:T y:T > output:T | adj_x:b=0 adj_y:b=0 grad_x:b=0 grad_y:b=0
BroadcastTo: input:T shape:Tidx > output:T | Tidx:t=3
Einsum: inputs:N*T > output:T | equation:s
Enter RefEnter: data:T > output:T | frame_name:s is_constant:b=0 parallel_iterations:i=10
Exit RefExit NextIteration RefNextIteration: data:T > output:T
FusedBatchNormGradV3: y_backprop:T x:T scale:#1 reserve_space_1:U reserve_space_2:U reserve_space_3:U > x_backprop:T scale_backprop:U \
offset_backprop:U reserve_space_4:U reserve_space_5:U | epsilon:f=9.9999997e-05 data_format:s=NHWC is_training:b=1
FusedBatchNormV3: x:T scale:U offset:U mean:U variance:U > y:T batch_mean:U batch_variance:U reserve_space_1:U reserve_space_2:U reserve_space_3:U | \
epsilon:f=9.9999997e-05 exponential_avg_factor:f=1.0 data_format:s=NHWC is_training:b=1
LeakyRelu: features:T > activations:T | alpha:f=0.2 T:t=1
LeakyReluGrad: gradients:T features:T > backprops:T | alpha:f=0.2 T:t=1
LoopCond: input:#10 > output:#10
LowerBound UpperBound: sorted_inputs:T values:T > output:out_type | out_type:t=3
Lu: input:T > lu:T p:output_idx_type | output_idx_type:t=3
Merge RefMerge: inputs:N*T > output:T value_index:#3
PartitionedCall StatefulPartitionedCall: args:*Tin > output:*Tout | f:n config:s= config_proto:s= executor_type:s=
RegexFullMatch: input:#7 pattern:#7 > output:#10
StatelessIf: cond:Tcond input:*Tin > output:*Tout | then_branch:n else_branch:n output_shapes:lh=
StatelessMultinomial: logits:T num_samples:#3 seed:Tseed > output:output_dtype | Tseed:t=9 output_dtype:t=9
StatelessRandomNormal StatelessRandomUniform StatelessTruncatedNormal: shape:T seed:Tseed > output:dtype | dtype:t=1 T:t=3 Tseed:t=9
StatelessRandomUniformFullInt: shape:T seed:Tseed > output:dtype | dtype:t=23 T:t=3 Tseed:t=9
StatelessRandomUniformInt: shape:T seed:Tseed minval:dtype maxval:dtype > output:dtype | Tseed:t=9
StatelessWhile: input:*T > output:*T | cond:n body:n output_shapes:lh= parallel_iterations:i=10
StaticRegexFullMatch: input:#7 > output:#10 | pattern:s
StaticRegexReplace: input:#7 > output:#7 | pattern:s rewrite:s replace_global:b=1
StringLength: input:#7 > output:#3 | unit:s=BYTE
StringLower StringUpper: input:#7 > output:#7 | encoding:s=
StringSplitV2: input:#7 sep:#7 > indices:#9 values:#7 shape:#9 | maxsplit:i=-1
Switch RefSwitch: data:T pred:#10 > output_false:T output_true:T
TensorArrayConcatV3: handle:#20 flow_in:#1 > value:dtype lengths:#9 | element_shape_except0:h=?
TensorArrayGatherV3: handle:#20 indices:#3 flow_in:#1 > value:dtype | element_shape:h=?
TensorArrayReadV3: handle:#20 index:#3 flow_in:#1 > value:dtype
TensorArrayScatterV3: handle:#20 indices:#3 value:T flow_in:#1 > flow_out:#1
TensorArraySizeV3: handle:#20 flow_in:#1 > size:#3
TensorArraySplitV3: handle:#20 value:T lengths:#9 flow_in:#1 > flow_out:#1
TensorArrayV3: size:#3 > handle:#20 flow:#1 | dtype:t element_shape:h=? dynamic_size:b=0 clear_after_read:b=1 identical_element_shapes:b=0 tensor_array_name:s=
TensorArrayWriteV3: handle:#20 index:#3 value:T flow_in:#1 > flow_out:#1
TensorScatterAdd TensorScatterSub TensorScatterUpdate: tensor:T indices:Tindices updates:T > output:T | bad_indices_policy:s=
"""


class Argument:
    __slots__ = ("name", "is_ref", "count", "type", "is_list", "dtype")

    def __init__(self, text):
        self.name, _, kind = text.partition(":")
        self.is_ref = kind.startswith("@")
        self.count, _, kind = kind.lstrip("@").rpartition("*")
        self.is_list = not self.count and "*" in text
        self.dtype = int(kind[1:]) if kind[0] == "#" else None
        self.type = None if self.dtype else kind

    def types(self):
        """The attributes that it needs, with their kinds."""
        found = [] if self.type is None else [(self.type, "lt" if self.is_list else "t")]
        return found + [(self.count, "i")] if self.count else found


class OpDef:
    """name, inputs and outputs (Arguments), attributes {name: (kind, default text or None)}."""

    def __init__(self, name, text):
        arguments, _, more = text.partition("|")
        inputs, _, outputs = arguments.partition(">")
        self.name = name
        self.inputs, self.outputs = [[Argument(a) for a in side.split()] for side in (inputs, outputs)]
        self.attributes = {key: (kind, None) for a in self.inputs + self.outputs for key, kind in a.types()}
        for one in more.split():
            key, _, kind = one.partition(":")
            kind, given, default = kind.partition("=")
            self.attributes[key] = (kind, default if given else None)


@functools.lru_cache(1)
def _rows():
    rows = {}
    for line in _TABLE.replace("\\\n", "").strip().splitlines():
        names, _, text = line.partition(": ")
        rows.update((name, text) for name in names.split())
    return rows


@functools.lru_cache(None)
def find(name):
    """The OpDef, or None where the operation is not known."""
    text = _rows().get(name)
    return None if text is None else OpDef(name, text)


_KINDS = {"i": int, "b": lambda text: text == "1", "f": float, "s": str.encode, "t": int, "n": str}


def default(kind, text):
    """The value of a default's text."""
    if kind[0] == "l":
        return [_KINDS[kind[1]](part) for part in text.split(",") if part]
    if kind == "h":
        return None if text == "?" else [int(d) for d in text.split(",") if d]
    return _KINDS[kind](text)
