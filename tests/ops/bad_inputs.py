"""
What tests/data/bad_inputs.csv (published advisories and known malformed calls) means here: for each row the calls that must give the
code named, or the part of the project that does not exist yet. A row that is in neither list fails test_bad_inputs.py.
"""
import numpy as np

CALLS = []  # (id, word of the row's op, operation, inputs, attrs, codes or "OK", match, expected output or None)
COVERED = {}  # id -> where else in the tests the row is checked
BAD = "InvalidArgument"
f32 = np.float32


def bad(key, operation, inputs, attrs=None, code=BAD, match="", op="", n_outputs=None):
    CALLS.append((key, op, operation, inputs, attrs or {}, (code,) if isinstance(code, str) else code, match, None, n_outputs))


def good(key, operation, inputs, attrs=None, expected=None, op="", n_outputs=None):
    CALLS.append((key, op, operation, inputs, attrs or {}, ("OK",), "", expected, n_outputs))


def zeros(*shape):
    return np.zeros(shape, f32)


def ones(*shape):
    return np.ones(shape, f32)


def i32(*values):
    return np.array(values, np.int32)


def i64(*values):
    return np.array(values, np.int64)


# ---- ranges, shapes ----
bad("TFSA-2021-194", "Range", [f32(-1e38), f32(1), f32(1)], op="range")
bad("TFSA-2022-028", "Range", [np.int64(-2**63), np.int64(2**63 - 1), np.int64(1)])
bad("TFSA-2022-141", "Range", [np.int64(1), np.int64(-1), np.int64(-2**63 + 1)], code=(BAD, "OK"))
bad("TFSA-2022-141", "Range", [np.int64(-2**63), np.int64(2**63 - 1), np.int64(1)])
bad("TFSA-2021-003", "OneHot", [i32(1), 3, np.array(b"a", object), np.array(b"b", object)], op="range", code=(BAD, "OK"))
bad("TFSA-2022-146", "BroadcastTo", [f32(1), i64(0, 2**31, 2**31, 2**31)])
bad("TFSA-2022-146", "Reshape", [zeros(0), i64(0, 2**31, 2**31, 2**31)])
bad("TFSA-2022-085", "Reshape", [zeros(0), np.zeros(255, np.int32)], match="254|rank|at most")
bad("TFSA-2021-198", "Fill", [i64(2**31, 2**31, 2**31), f32(1)])
bad("TFSA-2021-198", "BroadcastTo", [f32(1), i64(2**31, 2**31, 2**31)])
bad("TFSA-2022-015", "Fill", [i32(2, -3), f32(1)], match="-3")
bad("TFSA-2022-015", "RandomUniform", [i32(2, -3)], {"dtype": "float32"})
bad("TFSA-2022-015", "Fill", [i64(2**62, 4), f32(1)])
# ---- elementwise ----
bad("TFSA-2021-133", "SqrtGrad", [ones(2), zeros(0)], code=BAD)
bad("TFSA-2022-150", "Mul", [ones(2**16, 1), ones(1, 2**16)], code=("ResourceExhausted", "OK"))
bad("TFSA-2022-153", "Mul", [ones(2**16, 1), ones(1, 2**16)], code=("ResourceExhausted", "OK"))
for _operation in ("FloorDiv", "FloorMod", "TruncateDiv", "Mod"):
    bad("TFSA-2021-110", _operation, [i32(1, 2), i32(1, 0)])
    bad("TFSA-2021-157", _operation, [i32(1, 2), np.int32(0)])
    bad("DER-028", _operation, [i64(5), i64(0)])
good("DER-028", "TruncateDiv", [i32(-2**31), i32(-1)], expected=i32(-2**31))
good("DER-028", "FloorDiv", [i64(-2**63), i64(-1)], expected=i64(-2**63))
good("DER-028", "FloorMod", [i32(-2**31), i32(-1)], expected=i32(0))
bad("DER-028", "Pow", [i32(2), i32(-1)])
good("DER-029", "LeftShift", [i32(1), i32(1)], expected=i32(2))
bad("DER-029", "LeftShift", [i32(1, 1), i32(-1, 40)], code=(BAD, "OK"))
bad("DER-029", "RightShift", [i32(1, 1), i32(-1, 40)], code=(BAD, "OK"))
good("TFSA-2021-078", "Minimum", [zeros(0), ones(1)], expected=zeros(0))
bad("TFSA-2021-078", "Maximum", [zeros(0), ones(3)])
# ---- moving elements ----
bad("TFSA-2021-105", "Transpose", [f32(1), i32(0)])
bad("TFSA-2021-179", "Transpose", [ones(1), i32(-10)])
good("TFSA-2021-045", "ReverseV2", [zeros(0, 3), i32(0)], expected=zeros(0, 3))
bad("TFSA-2022-002", "ReverseSequence", [ones(2, 3), i64(1, 1)], {"seq_dim": -10, "batch_dim": -10})
bad("TFSA-2021-061", "ReverseSequence", [ones(2, 3, 4), i64(1, 1)], {"seq_dim": -2, "batch_dim": 0}, code=(BAD, "OK"))
bad("TFSA-2021-196", "Tile", [ones(1, 1, 1), i32(10**8, 10**8, 10**8)])
bad("TFSA-2022-007", "ConcatV2", [ones(2), ones(2), np.int64(0xb500005b)])
bad("TFSA-2021-173", "SplitV", [zeros(0), i32(-1, -2), np.int32(0)], n_outputs=2)
bad("TFSA-2022-076", "SpaceToBatchND", [ones(1, 2, 2, 1), i32(-1879048192, -1879048192), np.zeros((2, 2), np.int32)])
bad("TFSA-2022-157", "MirrorPadGrad", [ones(1), np.array([[0x77f00000, 0xa000000]], np.int32)], {"mode": "REFLECT"})
bad("TFSA-2021-142", "UnravelIndex", [i32(0), i32(2, 0)])
bad("TFSA-2022-006", "UnravelIndex", [i32(-1), i32(2**20, 2**20)])
bad("TFSA-2022-145", "DynamicStitch", [i32(0, 1), ones(2), ones(2)])
bad("TFSA-2023-018", "DynamicStitch", [i32(-559038737), ones(1)])
bad("DER-010", "Slice", [ones(4), i32(-1), i32(2)])
bad("DER-010", "Slice", [ones(4), i32(1), i32(-2)])
bad("DER-010", "Slice", [ones(4), i32(3), i32(2)])
bad("DER-010", "Slice", [ones(4), i64(2**63 - 1), i64(2**63 - 1)])
bad("DER-011", "StridedSlice", [ones(4), i32(0), i32(4), i32(0)])
bad("DER-011", "StridedSlice", [ones(4), i32(9), i32(10), i32(1)], {"shrink_axis_mask": 1})
bad("DER-011", "StridedSlice", [ones(4), i32(0, 0), i32(4), i32(1)])
bad("DER-011", "StridedSlice", [ones(4), i32(0, 0), i32(4, 4), i32(1, 1)])
bad("DER-012", "Pad", [ones(2, 2), np.zeros((1, 2), np.int32)])
bad("DER-012", "Pad", [ones(2), np.array([[-1, 0]], np.int32)])
bad("DER-012", "Pad", [ones(2), np.array([[2**63 - 1, 2**63 - 1]], np.int64)])
bad("DER-013", "GatherV2", [ones(3), i32(3), 0])
bad("DER-013", "GatherV2", [ones(3), i32(-1), 0])
bad("DER-014", "GatherV2", [ones(3), i32(0), 1])
bad("DER-014", "GatherV2", [ones(3, 2), np.zeros((3, 1), np.int32), 0], {"batch_dims": 1})
bad("DER-014", "GatherV2", [zeros(0, 2), i32(0), 0])
bad("TFSA-2021-127", "GatherV2", [zeros(0, 1), i32(0), 0], {"batch_dims": 1})
bad("TFSA-2021-128", "GatherV2", [ones(3, 2), i32(0), 0], {"batch_dims": 10})
bad("TFSA-2021-129", "TensorScatterUpdate", [np.array([b"a", b"b"], object), np.array([[0]], np.int32), np.array([b"c"] * 5, object)])
bad("TFSA-2021-161", "GatherV2", [ones(3), i32(-5), 0])
bad("TFSA-2021-161", "GatherNd", [ones(3), np.array([[-5]], np.int32)])
bad("TFSA-2021-076", "GatherNd", [zeros(0, 2), np.array([[0]], np.int32)])
bad("TFSA-2022-087", "GatherNd", [ones(3), np.array([[3]], np.int32)])
bad("TFSA-2022-089", "ScatterNd", [np.array([[-1]], np.int32), ones(1), i32(3)])
bad("TFSA-2022-089", "ScatterNd", [np.array([[3]], np.int32), ones(1), i32(3)])
bad("DER-015", "GatherNd", [ones(3), np.zeros((1, 2), np.int32)])
bad("DER-016", "ScatterNd", [np.array([[0]], np.int32), ones(2), i32(3)])
bad("DER-016", "ScatterNd", [np.array([[0]], np.int32), ones(1), i32(-3)])
bad("DER-016", "TensorScatterUpdate", [ones(3), np.array([[7]], np.int32), ones(1)])
bad("DER-017", "OneHot", [i32(1), np.int32(-1), f32(1), f32(0)])
bad("DER-017", "OneHot", [i32(1), i32(2, 2), f32(1), f32(0)])
bad("DER-017", "OneHot", [i32(1), np.int32(3), f32(1), f32(0)], {"axis": 5})
good("DER-018", "OneHot", [i32(-1, 7), np.int32(2), f32(1), f32(0)], expected=zeros(2, 2))
good("TFSA-2021-088", "OneHot", [np.zeros((0, 2), np.int32), np.int32(3), f32(1), f32(0)], expected=zeros(0, 2, 3))
bad("DER-020", "ConcatV2", [ones(2, 2), ones(3), np.int32(0)])
bad("DER-020", "ConcatV2", [ones(2, 2), ones(2, 3), np.int32(0)])
bad("DER-020", "ConcatV2", [f32(1), f32(2), np.int32(0)])
bad("DER-020", "ConcatV2", [np.int32(0)])
bad("DER-021", "Split", [np.int32(0), ones(3)], {"num_split": 2}, n_outputs=2)
bad("DER-021", "Split", [np.int32(0), ones(3)], {"num_split": 0}, n_outputs=0)
bad("DER-021", "SplitV", [ones(3), i32(1, 1), np.int32(0)], n_outputs=2)
bad("TFSA-2021-087", "Split", [np.int32(0), ones(3)], {"num_split": 0}, n_outputs=0)
bad("TFSA-2021-094", "SplitV", [ones(3), i32(1, 2), np.int32(4)], n_outputs=2)
bad("DER-022", "Pack", [ones(2), ones(3)], {})
bad("DER-022", "Pack", [ones(2), ones(2)], {"axis": 5})
bad("DER-022", "Unpack", [ones(2)], {"num": 3}, n_outputs=3)
bad("DER-022", "Unpack", [ones(2)], {"num": 2, "axis": 4}, n_outputs=2)
bad("DER-023", "Reshape", [ones(4), i32(-1, -1)])
bad("DER-023", "Reshape", [ones(4), i32(3)])
bad("DER-023", "Reshape", [zeros(0), i32(-1, 0)])
bad("TFSA-2021-079", "Reshape", [ones(4), i32()])
bad("DER-024", "Transpose", [ones(2, 2), i32(0, 0)])
bad("DER-024", "Transpose", [ones(2, 2), i32(0)])
bad("DER-025", "ExpandDims", [ones(2), np.int32(3)])
bad("TFSA-2021-160", "ExpandDims", [ones(2), np.int32(-100000)])
bad("DER-025", "Squeeze", [ones(2)], {"squeeze_dims": [0]})
bad("DER-025", "Squeeze", [ones(2)], {"squeeze_dims": [3]})
good("TFSA-2021-159", "StridedSlice", [ones(4), i32(0), i32(0), i32(1)], {"ellipsis_mask": 1}, expected=ones(4))
bad("TFSA-2021-075", "SpaceToDepth", [ones(1, 2, 2, 1)], {"block_size": 0})
bad("TFSA-2021-081", "DepthToSpace", [ones(1, 2, 2, 4)], {"block_size": 0})
bad("TFSA-2021-084", "BatchToSpaceND", [ones(4, 1, 1, 1), i32(0, 1), np.zeros((2, 2), np.int32)])
bad("TFSA-2021-085", "SpaceToBatchND", [ones(1, 2, 2, 1), i32(0, 1), np.zeros((2, 2), np.int32)])
bad("DER-019", "GatherV2", [ones(3, 2), i32(5), 0])
bad("TFSA-2021-083", "GatherV2", [zeros(0, 2), i32(0), 0])
# ---- reductions, search ----
bad("DER-003", "ArgMax", [zeros(2, 0), 1])
bad("DER-003", "ArgMin", [zeros(0), 0])
bad("DER-004", "ArgMax", [ones(2), 1])
bad("DER-004", "ArgMin", [ones(2), -2])
bad("TFSA-2021-093", "ArgMax", [ones(2), np.int32(-2**31)])
bad("TFSA-2020-009", "Sum", [ones(2), i32(-2)])
bad("TFSA-2020-009", "ArgMax", [ones(2), -7])
for _operation in ("Sum", "Mean", "Max", "Min", "Prod"):
    bad("DER-026", _operation, [ones(2, 2), i32(2)])
    bad("DER-026", _operation, [ones(2, 2), i32(0, -2)])
good("DER-026", "Sum", [zeros(0), i32(0)], expected=f32(0))
good("DER-026", "Max", [zeros(0), i32(0)], expected=f32(-np.inf))
bad("DER-005", "TopKV2", [ones(3), np.int32(4)], n_outputs=2)
bad("DER-005", "TopKV2", [ones(3), np.int32(-1)], n_outputs=2)
bad("DER-005", "TopKV2", [f32(1), np.int32(1)], n_outputs=2)
bad("TFSA-2019-002", "UnsortedSegmentSum", [ones(3), i32(0, 1, 2), np.int32(2)])
bad("TFSA-2021-200", "SegmentSum", [ones(1), i64(1676240524292489355)], code=(BAD, "ResourceExhausted"))
bad("TFSA-2021-200", "SegmentMax", [ones(1), i64(2**62)], code=(BAD, "ResourceExhausted"))
bad("TFSA-2020-002", "SegmentSum", [ones(2), i32(1, 0)])
bad("TFSA-2020-003", "SegmentSum", [ones(2), i64(0, 2**40)], code="ResourceExhausted")
bad("TFSA-2020-004", "SegmentSum", [ones(2), i32(-1, 0)])
bad("TFSA-2022-017", "Bincount", [i32(1, 2), i32(1), ones(2)])
bad("TFSA-2022-118", "Bincount", [i32(1, 2), np.int32(3), ones(3)])
bad("TFSA-2023-007", "Bincount", [np.int32(1), np.int32(3), ones(2)])
bad("TFSA-2022-080", "HistogramFixedWidth", [np.array([np.nan], f32), np.array([0, 1], f32), np.int32(4)])
bad("TFSA-2021-144", "LowerBound", [ones(3), ones(3)])
for _operation in ("LowerBound", "UpperBound"):
    good("TFSA-2022-097", _operation, [zeros(10, 0), ones(10, 2)], expected=np.zeros((10, 2), np.int32))
    bad("TFSA-2022-097", _operation, [zeros(10, 0), ones(9, 2)])
    bad("TFSA-2022-097", _operation, [zeros(*[1] * 8), ones(*[1] * 8)])
# ---- contractions, linear algebra ----
good("TFSA-2021-044", "MatMul", [ones(2, 2), zeros(0, 2)], {"transpose_a": True, "transpose_b": True}, expected=zeros(2, 0))
bad("TFSA-2021-044", "MatMul", [ones(2, 2), zeros(0, 2)])
good("TFSA-2021-178", "MatMul", [ones(1, 3), zeros(3, 0)], expected=zeros(1, 0))
bad("DER-001", "MatMul", [ones(2, 3), ones(2, 3)], match=r"2,3")
bad("DER-001", "MatMul", [ones(3), ones(3, 2)])
bad("DER-001", "BatchMatMulV2", [ones(2, 2, 3), ones(3, 3, 2)])
good("DER-002", "MatMul", [zeros(2, 0), zeros(0, 3)], expected=zeros(2, 3))
bad("TFSA-2020-008", "MatMul", [ones(2, 3), ones(4, 2)])
bad("TFSA-2020-008", "BatchMatMulV2", [ones(1, 2, 3), ones(1, 4, 2)])
bad("TFSA-2021-154", "MatMul", [ones(2, 3), zeros(2, 0)])
good("TFSA-2021-162", "MatMul", [ones(2, 3), zeros(3, 0)], expected=zeros(2, 0))
bad("TFSA-2021-039", "MatrixTriangularSolve", [zeros(1, 0), zeros(0, 1)])
# ---- network operations ----
_conv = {"strides": [1, 1, 1, 1], "padding": "VALID"}
bad("TFSA-2021-015", "Conv2D", [zeros(0, 0, 0, 0), zeros(0, 0, 0, 0)], _conv)
bad("TFSA-2021-150", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], {"strides": [1, 0, 1, 1], "padding": "VALID"})
bad("TFSA-2021-150", "Conv2D", [ones(1, 2, 2, 1), zeros(1, 1, 0, 1)], _conv)
bad("TFSA-2021-187", "Conv2D", [ones(1, 2, 2, 1), zeros(0, 1, 1, 1)], _conv)
bad("TFSA-2021-187", "DepthwiseConv2dNative", [ones(1, 2, 2, 1), zeros(1, 1, 1, 0)], _conv)
good("TFSA-2022-124", "Conv2D", [zeros(1, 0, 2, 1), ones(1, 1, 1, 1)],
     {"strides": [1, 1, 1, 1], "padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 1, 1, 1, 0, 0]}, expected=zeros(1, 2, 4, 1))
bad("TFSA-2022-001", "MaxPool", [ones(1, 2, 2, 1)], {"ksize": [1, 1, 1, 1], "strides": [1, 0, 0, 1], "padding": "SAME"})
bad("TFSA-2021-013", "Conv2DBackpropFilter", [zeros(0, 0, 1, 0), i32(1, 1, 1, 1), zeros(0, 0, 1, 1)], _conv)
bad("TFSA-2021-027", "Conv2DBackpropFilter", [zeros(0, 0, 0, 0), i32(0, 0, 0, 0), zeros(0, 0, 0, 0)], _conv)
bad("TFSA-2021-028", "Conv2DBackpropFilter", [ones(1, 2, 2, 2), i32(1, 1, 1, 1), ones(1, 1, 1, 1)],
    {"strides": [1, 66, 49, 1], "padding": "VALID"}, code=(BAD, "Unimplemented", "OK"))
bad("TFSA-2021-014", "Conv2DBackpropInput", [i32(1, 1, 5, 1), zeros(0, 1, 5, 0), zeros(1, 1, 1, 0)], _conv)
bad("TFSA-2022-101", "Conv2DBackpropInput", [i32(1, 1), ones(1, 1, 1, 1), f32(1)], _conv)
bad("TFSA-2022-121", "Conv2DBackpropInput", [i32(3, 1, 1, 1), ones(1, 1, 1, 3), zeros(3, 1, 0, 3)], _conv)
bad("TFSA-2022-071", "DepthwiseConv2dNativeBackpropFilter", [ones(1, 2, 2, 1), np.full(13, 1879048192, np.int32), ones(1, 2, 2, 1)], _conv)
bad("GH-tensorflow-95415", "Conv2D", [ones(4, 10), ones(4, 10)], _conv)
bad("GH-tensorflow-89845", "DepthwiseConv2dNativeBackpropInput", [i32(1, 2, 2, 1), ones(1, 1, 1, 1), ones(2, 2)],
    {"strides": [1, 1], "padding": "VALID"})
bad("GH-tensorflow-85258", "DepthwiseConv2dNativeBackpropFilter", [f32(1), i32(1, 1, 1, 1), ones(1, 1, 1, 1)], {"padding": "VALID"})
_volume = {"strides": [1] * 5}
bad("TFSA-2021-006", "Conv3D", [ones(1, 2, 2, 2, 1), zeros(1, 1, 1, 1, 0)], _volume)
bad("TFSA-2021-006", "Conv3D", [zeros(0, 0, 0, 0, 0), zeros(0, 0, 0, 0, 0)], _volume)
bad("TFSA-2021-010", "Conv3DBackpropInputV2", [i32(1, 2, 2, 2, 1), ones(1, 1, 1, 1, 1), ones(1, 3, 2, 2, 1)], _volume)
bad("TFSA-2021-010", "Conv3DBackpropFilterV2", [ones(1, 2, 2, 2, 1), i32(1, 1, 1, 2, 1), ones(1, 2, 2, 2, 1)], _volume)
bad("TFSA-2021-011", "Conv3DBackpropFilterV2", [ones(1, 2, 2, 2, 1), i32(0, 0, 0, 0, 0), zeros(0, 0, 0, 0, 0)], _volume)
bad("TFSA-2021-011", "Conv3DBackpropInputV2", [i32(1, 2, 2, 2, 1), zeros(1, 1, 1, 1, 0), zeros(1, 2, 2, 2, 0)], _volume)
bad("TFSA-2022-070", "Conv3DBackpropFilterV2", [ones(1, 2, 2, 2, 1), np.int32(1), ones(1, 2, 2, 2, 1)], _volume)
_pool3 = {"ksize": [1, 2, 2, 2, 1], "strides": [1] * 5}
bad("TFSA-2021-199", "MaxPool3D", [ones(1, 2, 2, 2, 1)], dict(_pool3, ksize=[1, 2, 2, 0, 1]))
bad("TFSA-2021-199", "AvgPool3D", [ones(1, 2, 2, 2, 1)], dict(_pool3, ksize=[1, 2, 2, -1, 1]))
bad("TFSA-2021-063", "MaxPool3DGradGrad", [ones(1, 2, 2, 2, 1), ones(1, 1, 1, 1, 1), zeros(0, 0, 0, 0, 0)], _pool3)
bad("TFSA-2021-064", "MaxPool3DGradGrad", [ones(11, 2, 2, 2, 1), ones(1, 1, 1, 1, 1), ones(11, 2, 2, 2, 1)], _pool3)
bad("TFSA-2021-065", "AvgPool3DGrad", [i32(2, 2, 2, 2, 3), ones(1, 1, 1, 1, 1)], _pool3)
bad("TFSA-2022-094", "AvgPool3DGrad", [np.full(5, -536870912, np.int32), ones(1, 1, 1, 1, 1)], _pool3)
_pool = {"ksize": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "padding": "VALID"}
bad("TFSA-2022-091", "AvgPool", [ones(1, 2, 2, 1)], dict(_pool, ksize=[1, 2**62, 1, 1]))
bad("TFSA-2022-091", "AvgPool", [ones(1, 2, 2, 1)], dict(_pool, ksize=[1, -1, 1, 1]))
good("TFSA-2022-120", "MaxPool", [ones(1, 1, 1, 1)], _pool, expected=zeros(1, 0, 0, 1))
bad("TFSA-2021-068", "MaxPoolGrad", [ones(1, 2, 2, 1), ones(1, 1, 1, 1), zeros(0, 0, 0, 0)], _pool)
bad("TFSA-2021-148", "MaxPoolGrad", [zeros(3, 0, 0, 2), zeros(3, 0, 0, 2), ones(3, 1, 1, 2)], dict(_pool, ksize=[1, 16, 16, 1]))
bad("TFSA-2021-057", "MaxPoolGradWithArgmax", [ones(1, 2, 2, 1), ones(1, 2, 2, 1), np.zeros((1, 1, 1, 1), np.int64)],
    dict(_pool, ksize=[1, 1, 1, 1]))
good("TFSA-2021-062", "MaxPoolGradWithArgmax", [zeros(0, 2, 2, 1), zeros(0, 1, 1, 1), np.zeros((0, 1, 1, 1), np.int64)], _pool,
     expected=zeros(0, 2, 2, 1))
bad("TFSA-2022-100", "AvgPoolGrad", [np.full(4, -536870912, np.int32), ones(1, 1, 1, 1)], _pool)
bad("TFSA-2023-010", "AvgPoolGrad", [i32(1, 2, 2, 1), ones(16, 16, 16, 16)], _pool)
bad("TFSA-2023-019", "AvgPoolGrad", [i32(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_pool, ksize=[0, 0, 0, 0], strides=[0, 0, 0, 0]))
bad("TFSA-2022-116", "LRNGrad", [ones(1, 1, 1, 1), ones(1, 1, 1, 1), ones(1, 1, 1, 1, 1, 1)])
bad("TFSA-2021-072", "FusedBatchNorm", [ones(1, 1, 1, 6), ones(1), ones(1), ones(1), ones(1)])
bad("DER-031", "FusedBatchNorm", [ones(1, 1, 1, 6), ones(5), ones(6), ones(6), ones(6)])
bad("DER-036", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_conv, dilations=[1, 0, 1, 1]))
bad("DER-036", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_conv, dilations=[1, -1, 1, 1]))
bad("DER-036", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)],
    dict(_conv, padding="EXPLICIT", explicit_paddings=[0, 0, -1, 0, 0, 0, 0, 0]))
bad("DER-036", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_conv, padding="EXPLICIT", explicit_paddings=[0, 0]))
bad("DER-037", "Conv2D", [ones(1, 1, 1, 1), ones(3, 3, 1, 1)], _conv)
good("DER-037", "Conv2D", [ones(1, 1, 1, 1), ones(2, 2, 1, 1)], _conv, expected=zeros(1, 0, 0, 1))
bad("DER-038", "MaxPool", [ones(1, 2, 2, 1)], dict(_pool, strides=[1, 0, 0, 1]))
bad("DER-038", "AvgPool", [ones(2, 2, 1)], _pool)
bad("TFSA-2021-073", "Conv2D", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_conv, strides=[1, 1, 0, 1]))
bad("TFSA-2021-074", "AvgPool", [ones(1, 2, 2, 1)], dict(_pool, strides=[1, 0, 0, 1]))
bad("TFSA-2021-158", "MaxPool", [ones(1, 2, 2, 1)], dict(_pool, ksize=[1, 0, 0, 1]))
bad("TFSA-2021-082", "Conv2D", [ones(1, 2, 2, 1), zeros(1, 1, 0, 1)], _conv)
bad("TFSA-2023-001", "Conv2D", [ones(1, 2, 2, 1), zeros(1, 1, 0, 1)], _conv)
bad("TFSA-2021-089", "DepthwiseConv2dNative", [zeros(1, 2, 2, 0), zeros(1, 1, 0, 1)], _conv)
bad("TFSA-2022-022", "DepthwiseConv2dNative", [ones(1, 2, 2, 1), ones(1, 1, 1, 1)], dict(_conv, strides=[1, 0, 0, 1]))
bad("TFSA-2021-077", "Conv2DBackpropInput", [i32(1, 2, 2, 1), ones(1, 1, 1, 1), ones(1, 2, 2, 1)], dict(_conv, strides=[1, 0, 0, 1]))
for _training in (False, True):
    good("TFSA-2021-043", "FusedBatchNorm", [zeros(1, 2, 2, 0)] + [zeros(0)] * (2 if _training else 4) + [zeros(0)] * (2 if _training else 0),
         {"is_training": _training}, expected=zeros(1, 2, 2, 0))
_of_six = [ones(1, 1, 1, 6), ones(1, 1, 1, 6), ones(6), ones(6), ones(6)]
for _place, _wrong in ((0, ones(1, 1, 2, 6)), (1, ones(1, 1, 1, 5)), (2, ones(5)), (3, ones(7)), (4, zeros(0))):
    for _operation in ("FusedBatchNormGrad", "FusedBatchNormGradV2"):
        bad("TFSA-2021-169", _operation, _of_six[:_place] + [_wrong] + _of_six[_place + 1:])
bad("DER-030", "BiasAdd", [ones(2, 3), ones(2)])
bad("DER-030", "BiasAdd", [ones(2, 3), ones(1, 3)])
bad("DER-030", "BiasAdd", [ones(3), ones(3)])
bad("DER-006", "SparseSoftmaxCrossEntropyWithLogits", [ones(1, 3), i32(3)])
bad("DER-006", "SparseSoftmaxCrossEntropyWithLogits", [ones(1, 3), i32(-1)])
bad("DER-007", "SoftmaxCrossEntropyWithLogits", [ones(2, 3), ones(2, 4)])
bad("DER-007", "SoftmaxCrossEntropyWithLogits", [zeros(2, 0), zeros(2, 0)])
good("DER-008", "Softmax", [zeros(2, 0)], expected=zeros(2, 0))
good("DER-009", "Softmax", [np.full((1, 2), -np.inf, f32)], expected=np.full((1, 2), np.nan, f32))
# ---- random numbers ----
bad("DER-033", "RandomUniformInt", [i32(2), np.int32(3), np.int32(3)])
bad("DER-034", "Multinomial", [ones(1, 3), np.int32(-1)])
bad("DER-034", "Multinomial", [zeros(1, 0), np.int32(2)])
bad("DER-035", "StatelessRandomUniform", [i32(2), i32(1, 2, 3)], {"dtype": "float32"})
bad("DER-035", "StatelessRandomNormal", [i32(-2), i32(1, 2)], {"dtype": "float32"})
bad("TFSA-2022-132", "RandomGamma", [i64(2**31, 2**31), ones(4, 4)])
bad("TFSA-2022-133", "RandomPoissonV2", [np.full(4, 65536, np.int64), ones(1, 1, 1, 1, 2)])
good("TFSA-2023-009", "RandomShuffle", [f32(7)], {"seed": -2**63, "seed2": -2**63}, expected=f32(7))
# ---- conversions ----
good("DER-027", "Cast", [np.array([np.nan, np.inf, -np.inf, 1e30, -1e30], f32)], {"DstT": "int32"})
good("DER-027", "Cast", [np.array([np.nan, 1e30, -1e30, -5.0], f32)], {"DstT": "uint8"})
# ---- strings ----
bad("TFSA-2020-013", "AsString", [f32(1)], {"fill": "h"})
bad("TFSA-2020-013", "AsString", [f32(1)], {"fill": "%n"})
bad("TFSA-2021-106", "Substr", [np.array(b"abc", object), i32(1, -1), np.int32(1)])
good("TFSA-2022-084", "Unique", [np.array([b"a\0b", b"a\0c", b"a", b"a\0b", b"long " * 9, b"long " * 9], object)],
     expected=np.array([b"a\0b", b"a\0c", b"a", b"long " * 9], object))
for _record, _match in ((b"1,2,3", "expected 2 fields but have 3 in record 1"), (b'"1,2', "field 0 in record 1"), (b"1,\0", "record 1 holds a 0 byte"),
                        (b"1,99999999999", "field 1 in record 1")):
    bad("DER-039", "DecodeCSV", [np.array([b"1,2", _record], object), np.zeros(1, f32), i32(0)], match=_match, n_outputs=2)
bad("TFSA-2021-102", "DecodePaddedRaw", [np.array([b"abcd"], object), np.int32(3)], {"out_type": "int16"})
bad("TFSA-2021-041", "UnsortedSegmentJoin", [np.array([b"a"], object), i32(0), i32()])
bad("TFSA-2022-066", "UnsortedSegmentJoin", [np.array([b"a"], object), i32(0), i32(*range(12))])
bad("TFSA-2022-078", "UnsortedSegmentJoin", [np.array([b"a"], object), i32(0), np.int32(-1)])

# Checked elsewhere in the tests: by a test of its own here, or by what every operation goes through.
COVERED.update({
    "DER-051": "test_bad_inputs.py: handles that are NULL, nil, freed", "DER-052": "test_operations.py: allocation failures",
    "DER-044": "test_bad_inputs.py: tapes", "TFSA-2022-046": "test_operations.py: errors (dtypes)",
    "TFSA-2022-037": "test_bad_inputs.py: variables", "TFSA-2022-166": "test_bad_inputs.py: bools",
    "TFSA-2021-192": "test_functions_nn.py: einsum", "TFSA-2022-119": "test_functions_nn.py: matrix_rank", "DER-032": "test_functions_nn.py: dropout",
    "TFSA-2020-014": "unit/test_base_threads.c: ranges of up to 2^63-1",
    "NPY-001": "test_files.py, unit/test_io.c", "NPY-002": "test_files.py: headers", "NPY-003": "test_files.py: headers",
    "NPY-004": "test_files.py: headers", "CVE-2019-6446": "test_files.py: objects",
    "DER-040": "unit/test_dataset.c: lines", "DER-042": "unit/test_dataset.c: arguments and shapes",
    "DER-043": "unit/test_dataset.c: errors and functions that call back", "DER-045": "unit/test_train_optimizers.c: refused",
    "DER-046": "test_files.py: every flipped bit of an npz file, which is what variables are saved in",
    "DER-047": "test_files.py: every failure of a save", "DER-054": "unit/test_base_threads.c: a variable of two threads",
    "TFSA-2022-027": "unit/test_base_file.c", "TFSA-2022-083": "the build: -Wextra has -Wsign-compare",
})

# Rows of parts that do not exist yet, by phrases in the row's op (the first part with one that is found).
NOT_YET = [
    ("TensorFlow Lite import", "tflite"), ("GGUF import", "GGUF"), ("safetensors files", "safetensors"),
    ("images and sound", "image, audio_, mfcc, resize, sobol"),
    ("checkpoints", "checkpoint, restore, save, load_and_remap"),
    ("graphs", "SavedModel, GraphDef, graph, tensor proto, resource handle, shape function, type inference, constant folding, "
               "session-only, switch in eager, attribute / text-proto, function objects, placeholder_with_default"),
    ("Python", "keras, print, numpy, py_function, dlpack, constant / cast, from Python, command-line, map_fn, Variable, variable, "
               "apply_gradients, any long op, any op"),
    ("quantization", "quant, dequant"), ("sparse and ragged tensors", "sparse, ragged, edit_distance"),
    ("data", "data:, data., TFRecord, io., TensorList, TensorArray, queue, staging, unbatch"),
    ("recurrent cells", "LSTM, GRU, lstm, gru"), ("summaries", "summary"), ("CTC", "ctc"), ("strings", "strings., string tensor"),
    ("control flow", "variant"), ("FFT", "fft"), ("linear algebra", "linalg., einsum"),
    ("fractional pooling, dilation", "dilation2d, fractional"),
    ("operations", "candidate, searchsorted, data_format, inplace, parallel_concat, batch_norm, dropout, random, thread pool"),
]
