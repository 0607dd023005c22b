"""The functions of tf.* that are one operation under a TensorFlow signature, a row each:

    [version] name | operation | groups | parameters

version 1 or 2: only under that TensorFlow. groups: a letter per input; inputs of one letter share a dtype, b is bool, i a list
of integers, ? any dtype of its own. A parameter that is called otherwise than the input or attribute it fills says so (axis>reduction_indices); after ! it
is accepted and has no meaning here; after ? it is refused unless it is false.
"""

import ast
import functools

ROWS = """
abs | Abs | T | x, name!=None
acos | Acos | T | x, name!=None
acosh | Acosh | T | x, name!=None
asin | Asin | T | x, name!=None
asinh | Asinh | T | x, name!=None
atan | Atan | T | x, name!=None
atanh | Atanh | T | x, name!=None
1 ceil | Ceil | T | x, name!=None
2 math.ceil | Ceil | T | x, name!=None
cos | Cos | T | x, name!=None
cosh | Cosh | T | x, name!=None
1 digamma | Digamma | T | x, name!=None
2 math.digamma | Digamma | T | x, name!=None
1 erf | Erf | T | x, name!=None
2 math.erf | Erf | T | x, name!=None
1 erfc | Erfc | T | x, name!=None
2 math.erfc | Erfc | T | x, name!=None
exp | Exp | T | x, name!=None
1 expm1 | Expm1 | T | x, name!=None
2 math.expm1 | Expm1 | T | x, name!=None
floor | Floor | T | x, name!=None
1 is_finite | IsFinite | T | x, name!=None
2 math.is_finite | IsFinite | T | x, name!=None
1 is_inf | IsInf | T | x, name!=None
2 math.is_inf | IsInf | T | x, name!=None
1 is_nan | IsNan | T | x, name!=None
2 math.is_nan | IsNan | T | x, name!=None
1 lgamma | Lgamma | T | x, name!=None
2 math.lgamma | Lgamma | T | x, name!=None
1 log | Log | T | x, name!=None
2 math.log | Log | T | x, name!=None
1 log1p | Log1p | T | x, name!=None
2 math.log1p | Log1p | T | x, name!=None
logical_not | LogicalNot | b | x, name!=None
negative | Neg | T | x, name!=None
1 reciprocal | Reciprocal | T | x, name!=None
2 math.reciprocal | Reciprocal | T | x, name!=None
1 rint | Rint | T | x, name!=None
2 math.rint | Rint | T | x, name!=None
1 rsqrt | Rsqrt | T | x, name!=None
2 math.rsqrt | Rsqrt | T | x, name!=None
sigmoid | Sigmoid | T | x, name!=None
sign | Sign | T | x, name!=None
sin | Sin | T | x, name!=None
sinh | Sinh | T | x, name!=None
sqrt | Sqrt | T | x, name!=None
square | Square | T | x, name!=None
tan | Tan | T | x, name!=None
tanh | Tanh | T | x, name!=None
add | Add | TT | x, y, name!=None
subtract | Sub | TT | x, y, name!=None
multiply | Mul | TT | x, y, name!=None
maximum | Maximum | TT | x, y, name!=None
minimum | Minimum | TT | x, y, name!=None
pow | Pow | TT | x, y, name!=None
1 floormod | FloorMod | TT | x, y, name!=None
1 mod | FloorMod | TT | x, y, name!=None
2 math.floormod | FloorMod | TT | x, y, name!=None
1 floordiv | FloorDiv | TT | x, y, name!=None
realdiv | RealDiv | TT | x, y, name!=None
truncatediv | TruncateDiv | TT | x, y, name!=None
truncatemod | TruncateMod | TT | x, y, name!=None
1 squared_difference | SquaredDifference | TT | x, y, name!=None
2 math.squared_difference | SquaredDifference | TT | x, y, name!=None
atan2 | Atan2 | TT | y, x, name!=None
equal | Equal | TT | x, y, name!=None
not_equal | NotEqual | TT | x, y, name!=None
less | Less | TT | x, y, name!=None
less_equal | LessEqual | TT | x, y, name!=None
greater | Greater | TT | x, y, name!=None
greater_equal | GreaterEqual | TT | x, y, name!=None
logical_and | LogicalAnd | bb | x, y, name!=None
logical_or | LogicalOr | bb | x, y, name!=None
1 zeta | Zeta | TT | x, q, name!=None
2 math.zeta | Zeta | TT | x, q, name!=None
1 polygamma | Polygamma | TT | a, x, name!=None
2 math.polygamma | Polygamma | TT | a, x, name!=None
1 betainc | Betainc | TTT | a, b, x, name!=None
2 math.betainc | Betainc | TTT | a, b, x, name!=None
1 igamma | Igamma | TT | a, x, name!=None
2 math.igamma | Igamma | TT | a, x, name!=None
1 igammac | Igammac | TT | a, x, name!=None
2 math.igammac | Igammac | TT | a, x, name!=None
2 math.erfinv | Erfinv | T | x, name!=None
2 math.ndtri | Ndtri | T | x, name!=None
2 math.xdivy | Xdivy | TT | x, y, name!=None
2 math.xlogy | Xlogy | TT | x, y, name!=None
2 math.xlog1py | Xlog1py | TT | x, y, name!=None
2 math.divide_no_nan | DivNoNan | TT | x, y, name!=None
2 math.multiply_no_nan | MulNoNan | TT | x, y, name!=None
bitwise.bitwise_and | BitwiseAnd | TT | x, y, name!=None
bitwise.bitwise_or | BitwiseOr | TT | x, y, name!=None
bitwise.bitwise_xor | BitwiseXor | TT | x, y, name!=None
bitwise.invert | Invert | T | x, name!=None
bitwise.left_shift | LeftShift | TT | x, y, name!=None
bitwise.right_shift | RightShift | TT | x, y, name!=None
1 approximate_equal | ApproximateEqual | TT | x, y, tolerance=1e-05, name!=None
2 math.approximate_equal | ApproximateEqual | TT | x, y, tolerance=1e-05, name!=None
1 reduce_sum | Sum | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_sum | Sum | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_mean | Mean | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_mean | Mean | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_max | Max | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_max | Max | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_min | Min | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_min | Min | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_prod | Prod | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_prod | Prod | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_all | All | bi | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_all | All | bi | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 reduce_any | Any | bi | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=None, name!=None, reduction_indices=None, keep_dims=None
2 reduce_any | Any | bi | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
2 math.reduce_euclidean_norm | EuclideanNorm | Ti | input_tensor>input, axis>reduction_indices=None, keepdims>keep_dims=False, name!=None
1 argmax | ArgMax | Ti | input, axis>dimension=None, name!=None, dimension=None, output_type='int64'
2 argmax | ArgMax | Ti | input, axis>dimension=None, output_type='int64', name!=None
1 argmin | ArgMin | Ti | input, axis>dimension=None, name!=None, dimension=None, output_type='int64'
2 argmin | ArgMin | Ti | input, axis>dimension=None, output_type='int64', name!=None
reshape | Reshape | ?i | tensor, shape, name!=None
1 squeeze | Squeeze | ? | input, axis>squeeze_dims=None, name!=None, squeeze_dims=None
2 squeeze | Squeeze | ? | input, axis>squeeze_dims=None, name!=None
1 transpose | Transpose | Ti | a>x, perm=None, name!='transpose', conjugate?=False
2 transpose | Transpose | Ti | a>x, perm=None, conjugate?=False, name!='transpose'
1 shape | Shape | ? | input, name!=None, out_type='int32'
2 shape | Shape | ? | input, out_type=None, name!=None
rank | Rank | ? | input, name!=None
1 size | Size | ? | input, name!=None, out_type='int32'
2 size | Size | ? | input, out_type=None, name!=None
1 fill | Fill | iT | dims, value, name!=None
2 fill | Fill | iT | dims, value, name!=None, layout!=None
stop_gradient | StopGradient | ? | input, name!=None
1 gather | GatherV2 | TUi | params, indices, validate_indices!=None, name!=None, axis=0
2 gather | GatherV2 | TUi | params, indices, validate_indices!=None, axis=None, batch_dims=0, name!=None
slice | Slice | Tii | input_>input, begin, size, name!=None
2 broadcast_to | BroadcastTo | Ti | input, shape, name!=None
bitcast | Bitcast | T | input, type, name!=None
1 check_numerics | CheckNumerics | T | tensor, message, name!=None
2 debugging.check_numerics | CheckNumerics | T | tensor, message, name!=None
1 segment_sum | SegmentSum | TU | data, segment_ids, name!=None
1 segment_mean | SegmentMean | TU | data, segment_ids, name!=None
1 segment_max | SegmentMax | TU | data, segment_ids, name!=None
1 segment_min | SegmentMin | TU | data, segment_ids, name!=None
1 segment_prod | SegmentProd | TU | data, segment_ids, name!=None
2 math.segment_sum | SegmentSum | TU | data, segment_ids, name!=None
2 math.segment_mean | SegmentMean | TU | data, segment_ids, name!=None
2 math.segment_max | SegmentMax | TU | data, segment_ids, name!=None
2 math.segment_min | SegmentMin | TU | data, segment_ids, name!=None
2 math.segment_prod | SegmentProd | TU | data, segment_ids, name!=None
1 unsorted_segment_sum | UnsortedSegmentSum | TUi | data, segment_ids, num_segments, name!=None
1 unsorted_segment_max | UnsortedSegmentMax | TUi | data, segment_ids, num_segments, name!=None
1 unsorted_segment_min | UnsortedSegmentMin | TUi | data, segment_ids, num_segments, name!=None
1 unsorted_segment_prod | UnsortedSegmentProd | TUi | data, segment_ids, num_segments, name!=None
2 math.unsorted_segment_sum | UnsortedSegmentSum | TUi | data, segment_ids, num_segments, name!=None
2 math.unsorted_segment_max | UnsortedSegmentMax | TUi | data, segment_ids, num_segments, name!=None
2 math.unsorted_segment_min | UnsortedSegmentMin | TUi | data, segment_ids, num_segments, name!=None
2 math.unsorted_segment_prod | UnsortedSegmentProd | TUi | data, segment_ids, num_segments, name!=None
1 matmul | MatMul | ?? | a, b, transpose_a=False, transpose_b=False, adjoint_a>transpose_a=False, adjoint_b>transpose_b=False, a_is_sparse!=False, b_is_sparse!=False, name!=None
2 matmul | MatMul | ?? | a, b, transpose_a=False, transpose_b=False, adjoint_a>transpose_a=False, adjoint_b>transpose_b=False, a_is_sparse!=False, b_is_sparse!=False, output_type?=None, grad_a!=False, grad_b!=False, name!=None
2 linalg.matmul | MatMul | ?? | a, b, transpose_a=False, transpose_b=False, adjoint_a>transpose_a=False, adjoint_b>transpose_b=False, a_is_sparse!=False, b_is_sparse!=False, output_type?=None, grad_a!=False, grad_b!=False, name!=None
nn.relu | Relu | T | features, name!=None
nn.relu6 | Relu6 | T | features, name!=None
nn.elu | Elu | T | features, name!=None
nn.selu | Selu | T | features, name!=None
nn.softplus | Softplus | T | features, name!=None
nn.softsign | Softsign | T | features, name!=None
1 nn.conv2d | Conv2D | TT | input, filter, strides, padding, use_cudnn_on_gpu!=True, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
2 nn.conv2d | Conv2D | TT | input, filters>filter, strides, padding, data_format='NHWC', dilations=None, name!=None
1 nn.depthwise_conv2d_native | DepthwiseConv2dNative | TT | input, filter, strides, padding, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
1 nn.max_pool | MaxPool | T | value>input, ksize, strides, padding, data_format='NHWC', name!=None
2 nn.max_pool | MaxPool | T | input, ksize, strides, padding, data_format=None, name!=None
1 nn.avg_pool | AvgPool | T | value, ksize, strides, padding, data_format='NHWC', name!=None
2 nn.avg_pool | AvgPool | T | input>value, ksize, strides, padding, data_format=None, name!=None
1 nn.max_pool_with_argmax | MaxPoolWithArgmax | T | input, ksize, strides, padding, Targmax='int64', name!=None
2 nn.max_pool_with_argmax | MaxPoolWithArgmax | T | input, ksize, strides, padding, data_format!='NHWC', output_dtype>Targmax='int64', include_batch_in_index=False, name!=None
nn.bias_add | BiasAdd | TT | value, bias, data_format=None, name!=None
nn.lrn | LRN | T | input, depth_radius=5, bias=1, alpha=1, beta=0.5, name!=None
nn.local_response_normalization | LRN | T | input, depth_radius=5, bias=1, alpha=1, beta=0.5, name!=None
nn.l2_loss | L2Loss | T | t, name!=None
nn.sigmoid | Sigmoid | T | x, name!=None
nn.tanh | Tanh | T | x, name!=None
2 clip_by_value | ClipByValue | TTT | t, clip_value_min, clip_value_max, name!=None
1 matrix_inverse | MatrixInverse | T | input, adjoint=False, name!=None
linalg.inv | MatrixInverse | T | input, adjoint=False, name!=None
1 matrix_determinant | MatrixDeterminant | T | input, name!=None
linalg.det | MatrixDeterminant | T | input, name!=None
1 cholesky | Cholesky | T | input, name!=None
linalg.cholesky | Cholesky | T | input, name!=None
1 matrix_solve | MatrixSolve | TT | matrix, rhs, adjoint=False, name!=None
linalg.solve | MatrixSolve | TT | matrix, rhs, adjoint=False, name!=None
1 matrix_triangular_solve | MatrixTriangularSolve | TT | matrix, rhs, lower=True, adjoint=False, name!=None
linalg.triangular_solve | MatrixTriangularSolve | TT | matrix, rhs, lower=True, adjoint=False, name!=None
1 space_to_depth | SpaceToDepth | T | input, block_size, name!=None, data_format='NHWC'
2 nn.space_to_depth | SpaceToDepth | T | input, block_size, data_format='NHWC', name!=None
1 depth_to_space | DepthToSpace | T | input, block_size, name!=None, data_format='NHWC'
2 nn.depth_to_space | DepthToSpace | T | input, block_size, data_format='NHWC', name!=None
1 nn.conv2d_backprop_input | Conv2DBackpropInput | iTT | input_sizes, filter, out_backprop, strides, padding, use_cudnn_on_gpu!=True, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
1 nn.conv2d_backprop_filter | Conv2DBackpropFilter | TiT | input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu!=True, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
1 nn.depthwise_conv2d_native_backprop_input | DepthwiseConv2dNativeBackpropInput | iTT | input_sizes, filter, out_backprop, strides, padding, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
1 nn.depthwise_conv2d_native_backprop_filter | DepthwiseConv2dNativeBackpropFilter | TiT | input, filter_sizes, out_backprop, strides, padding, data_format='NHWC', dilations=[1, 1, 1, 1], name!=None
1 string_to_number | StringToNumber | s | string_tensor, out_type='float32', name!=None
1 string_to_hash_bucket | StringToHashBucket | s | string_tensor, num_buckets, name!=None
1 string_to_hash_bucket_fast | StringToHashBucketFast | s | input, num_buckets, name!=None
1 string_to_hash_bucket_strong | StringToHashBucketStrong | s | input, num_buckets, key, name!=None
2 strings.to_hash_bucket | StringToHashBucket | s | input>string_tensor, num_buckets, name!=None
2 strings.to_hash_bucket_fast | StringToHashBucketFast | s | input, num_buckets, name!=None
2 strings.to_hash_bucket_strong | StringToHashBucketStrong | s | input, num_buckets, key, name!=None
1 substr | Substr | sii | input, pos, len, name!=None
1 as_string | AsString | T | input, precision=-1, scientific=False, shortest=False, width=-1, fill='', name!=None
"""


_OFTEN = {"": None, "None": None, "False": False, "True": True, "'NHWC'": "NHWC"}


@functools.lru_cache(None)
def _parameter(text):
    """(name, what it fills or None, default, whether there is one)"""
    head, equals, default = text.strip().partition("=")
    value = _OFTEN[default] if default in _OFTEN else ast.literal_eval(default)
    if head.endswith(("!", "?")):
        return head[:-1], "?" if head.endswith("?") else None, value, bool(equals)
    name, _, target = head.partition(">")
    return name, target or name, value, bool(equals)


def _parameters(text):
    if "[" not in text:
        return [_parameter(part) for part in text.split(",")]
    out, depth, start = [], 0, 0
    for i, c in enumerate(text + ","):
        depth += (c in "[(") - (c in "])")
        if c == "," and depth == 0:
            out.append(_parameter(text[start:i]))
            start = i + 1
    return out


def rows(version):
    """(dotted name, operation, groups, parameters) of that TensorFlow's rows."""
    other = "1 " if version == 2 else "2 "
    for row in ROWS.strip().splitlines():
        if row.startswith(other):
            continue
        name, op, groups, parameters = row.split(" | ")
        name = name[2:] if name[1] == " " else name
        yield name, op, groups, _parameters(parameters)
