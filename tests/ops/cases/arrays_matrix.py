"""Cases of diagonals and bands, blocks of space, and running sums and products."""
import numpy as np
from cases import case, error

x = np.arange(24.0).reshape(2, 3, 4) % 7 + 1
wide = np.arange(12.0).reshape(3, 4) % 5 + 1
square = np.arange(9.0).reshape(3, 3) + 1
complex_x = (wide + 1j * wide[::-1]).astype(np.complex64)

# ---- diagonals and bands ----


def band(x, lower, upper):
    """Zeros outside the band."""
    m, n = x.shape[-2:]
    i, j = np.arange(m)[:, None], np.arange(n)
    kept = ((lower < 0) | (i - j <= lower)) & ((upper < 0) | (j - i <= upper))
    return np.where(kept, x, np.zeros((), x.dtype))


for lower, upper in ((1, 0), (0, 1), (-1, 0), (0, -1), (-1, -1), (0, 0), (2, 2), (3, 4), (-5, 1)):
    case("MatrixBandPart", [wide, lower, upper], expect=band, gradient=(lower, upper) in ((1, 0), (-1, 0), (0, 1)))
case("MatrixBandPart", [x, 1, 2], expect=band, dtypes=["float32", "float64", "int32"])
case("MatrixBandPart", [x.transpose(0, 2, 1), np.int64(0), np.int64(-1)], expect=band, dtypes=["float32"])
case("MatrixBandPart", [complex_x, 1, 0], expect=band, dtypes=["complex64", "complex128"])
case("MatrixBandPart", [np.zeros((0, 3, 4)), 1, 1], expect=band, dtypes=["float32"])
case("MatrixBandPart", [np.zeros((2, 3, 0)), 1, 0], expect=band, dtypes=["float32"])
case("MatrixBandPart", [np.arange(4 * 130 * 97.0).reshape(4, 130, 97) % 11 + 1, 7, 20], expect=band, dtypes=["float32"], gradient=False)
error("MatrixBandPart", [wide[0], 1, 1], match="at least 2 dimensions")
error("MatrixBandPart", [wide, 4, 1], match="num_lower is 4; .*at most 3")
error("MatrixBandPart", [wide, 1, 5], match="num_upper is 5; .*at most 4")
error("MatrixBandPart", [wide, [1, 1], 1], match="num_lower must be a scalar")
error("MatrixBandPart", [wide, 1, np.zeros(0, np.int32)], match="num_upper must be a scalar")


def diag(v):
    return np.diag(v.reshape(-1)).reshape(v.shape + v.shape)


case("Diag", [[1.0, 2.0, 3.0]], expect=diag)
case("Diag", [wide[:2, :2]], expect=diag)
case("Diag", [complex_x[0]], expect=diag, dtypes=["complex64", "complex128"])
case("Diag", [np.zeros((2, 0))], expect=diag, dtypes=["float32"])
case("Diag", [np.arange(150.0) + 1], expect=diag, dtypes=["float32"], gradient=False)
error("Diag", [1.0], match="rank 0")
error("Diag", [np.zeros((1,) * 64, np.float32), 1], match="inputs given")

case("DiagPart", [square], expect=np.diag)
case("DiagPart", [np.arange(36.0).reshape(2, 3, 2, 3)], expect=lambda x: np.einsum("ijij->ij", x))
case("DiagPart", [np.zeros((0, 0))], expect=lambda x: np.zeros(0), dtypes=["float32"])
case("DiagPart", [complex_x[:, :3]], expect=np.diag, dtypes=["complex64"])
error("DiagPart", [1.0], match="rank 0; it must be even")
error("DiagPart", [x], match="rank 3; it must be even")
error("DiagPart", [wide], match="dimensions 0 and 1 must be equal")
error("DiagPart", [np.zeros((2, 3, 2, 4), np.float32)], match="dimensions 1 and 3 must be equal")


def matrix_diag(v):
    return v[..., None] * np.eye(v.shape[-1], dtype=v.dtype)


case("MatrixDiag", [[1.0, 2.0, 3.0]], expect=matrix_diag)
case("MatrixDiag", [wide], expect=matrix_diag)
case("MatrixDiag", [complex_x], expect=matrix_diag, dtypes=["complex64", "complex128"])
case("MatrixDiag", [np.zeros((2, 0))], expect=matrix_diag, dtypes=["float32"])
case("MatrixDiag", [np.zeros((0, 2))], expect=matrix_diag, dtypes=["float32"])
error("MatrixDiag", [1.0], match="rank 0")
error("MatrixDiag", [1.0, 2], match="inputs given")


def matrix_diag_part(x):
    return np.diagonal(x, axis1=-2, axis2=-1)


case("MatrixDiagPart", [square], expect=matrix_diag_part)
case("MatrixDiagPart", [x], expect=matrix_diag_part)
case("MatrixDiagPart", [x.transpose(0, 2, 1)], expect=matrix_diag_part, dtypes=["float32", "bool", "complex64"])
case("MatrixDiagPart", [np.zeros((2, 0, 3))], expect=matrix_diag_part, dtypes=["float32"])
case("MatrixDiagPart", [np.zeros((0, 2, 3))], expect=matrix_diag_part, dtypes=["float32"])
error("MatrixDiagPart", [[1.0, 2.0]], match="at least 2 dimensions")
error("MatrixDiagPart", [1.0], match=r"shape \[\]|shape \(\)|scalar")


def set_diag(x, d):
    x = x.copy()
    i = np.arange(d.shape[-1])
    x[..., i, i] = d
    return x


case("MatrixSetDiag", [square, [7.0, 8.0, 9.0]], expect=set_diag)
case("MatrixSetDiag", [x, wide[:2, :3] + 10], expect=set_diag)
case("MatrixSetDiag", [x.transpose(0, 2, 1), wide[:2, :3] + 10], expect=set_diag, dtypes=["float32", "int32", "complex64"])
case("MatrixSetDiag", [np.zeros((2, 3, 0)), np.zeros((2, 0))], expect=set_diag, dtypes=["float32"])
error("MatrixSetDiag", [[1.0, 2.0], [1.0]], match="at least 2 dimensions")
error("MatrixSetDiag", [square, square[0, :2]], match="diagonal has shape")
error("MatrixSetDiag", [x, square[0]], match="not that of the diagonals")
error("MatrixSetDiag", [x, square], match="diagonal has shape")
error("MatrixSetDiag", [square, np.float64(1)], match="diagonal has shape")
error("MatrixSetDiag", [square, [1, 2, 3]], match="int32")

# ---- blocks of space ----

FORMATS = {"NHWC": (0, 1, 2, 3), "NCHW": (0, 2, 3, 1)}  # to NHWC


def through(function, x, block, data_format):
    order = FORMATS[data_format]
    return function(x.transpose(order), block).transpose(np.argsort(order))


def to_depth(x, block):
    n, h, w, c = x.shape
    return x.reshape(n, h // block, block, w // block, block, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // block, w // block, -1)


def to_space(x, block):
    n, h, w, c = x.shape
    return x.reshape(n, h, w, block, block, c // block**2).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * block, w * block, -1)


def space_to_depth(x, block_size, data_format="NHWC"):
    return through(to_depth, x, block_size, data_format)


def depth_to_space(x, block_size, data_format="NHWC"):
    return through(to_space, x, block_size, data_format)


space = np.arange(32.0).reshape(1, 4, 4, 2) % 23
texts = np.array([b"%d" % i for i in range(16)], object)
for name, reference, shapes in (("SpaceToDepth", space_to_depth, ((1, 2, 4, 2), (2, 2, 6, 4))),
                                ("DepthToSpace", depth_to_space, ((1, 1, 2, 8), (2, 12, 1, 2)))):
    for data_format, shape in zip(FORMATS, shapes):
        case(name, [np.arange(float(np.prod(shape))).reshape(shape) % 31], {"block_size": 2, "data_format": data_format}, reference)
    case(name, [np.arange(324.0).reshape(2, 3, 6, 9) % 101], {"block_size": 3}, reference, gradient=False)
    case(name, [np.arange(324.0).reshape(2, 9, 3, 6) % 101], {"block_size": 3, "data_format": "NCHW"}, reference, gradient=False)
    case(name, [texts.reshape(1, 2, 2, 4)], {"block_size": 2}, reference, dtypes=["string"])
    case(name, [np.zeros((0, 4, 4, 4), np.float32)], {"block_size": 2}, np.zeros((0,) + ((2, 2, 16) if name == "SpaceToDepth" else (8, 8, 1))))
    case(name, [np.arange(65536.0).reshape(1, 64, 64, 16) % 97], {"block_size": 4}, reference, dtypes=["float32"], gradient=False)
    for size in (0, 1, -2):
        error(name, [space], {"block_size": size}, match=f"block_size is {size}; it must be at least 2")
    error(name, [space], {"block_size": 2**40}, match="block_size is 1099511627776")
    error(name, [space[0]], {"block_size": 2}, match="rank must be 4")
    error(name, [space], {"block_size": 3}, match="not divided by")
error("SpaceToDepth", [np.zeros((1, 2, 4, 3), np.float32)], {"block_size": 2, "data_format": "NCHW"}, match="dimension 3 .*not divided by 2")
error("DepthToSpace", [space], {"block_size": 2}, match="dimension 3 .*not divided by 4")


def space_to_batch(x, block, paddings):
    n_blocks = len(block)
    x = np.pad(x, [(0, 0)] + [tuple(p) for p in paddings] + [(0, 0)] * (x.ndim - 1 - n_blocks), constant_values=np.zeros((), x.dtype)[()])
    parts = []
    for offsets in np.ndindex(*block):
        parts.append(x[(slice(None),) + tuple(slice(o, None, b) for o, b in zip(offsets, block))])
    return np.concatenate(parts)


def batch_to_space(x, block, crops):
    n_blocks, n = len(block), x.shape[0] // int(np.prod(block))
    y = np.zeros((n,) + tuple(x.shape[1 + i] * block[i] for i in range(n_blocks)) + x.shape[1 + n_blocks:], x.dtype)
    for k, offsets in enumerate(np.ndindex(*block)):
        y[(slice(None),) + tuple(slice(o, None, b) for o, b in zip(offsets, block))] = x[k * n:(k + 1) * n]
    return y[(slice(None),) + tuple(slice(c[0], y.shape[1 + i] - c[1]) for i, c in enumerate(crops))]


planes = np.arange(12.0).reshape(1, 2, 3, 2) % 11
case("SpaceToBatchND", [planes, [2, 2], [[0, 0], [1, 0]]], expect=space_to_batch)
case("SpaceToBatchND", [planes, [2, 2], [0, 0, 1, 0]], expect=lambda x, b, p: space_to_batch(x, b, p.reshape(2, 2)), dtypes=["float32"])
case("SpaceToBatchND", [x, [2], [[0, 1]]], expect=space_to_batch, dtypes=["float32", "int64", "complex64"])
case("SpaceToBatchND", [x, [1, 2], [[1, 2], [1, 1]]], expect=space_to_batch, dtypes=["float32", "bfloat16"])
case("SpaceToBatchND", [np.arange(180.0).reshape(2, 3, 5, 6), [3, 2, 2], [[0, 0], [0, 1], [1, 1]]], expect=space_to_batch, dtypes=["float32"],
     gradient=False)
case("SpaceToBatchND", [texts.reshape(1, 4, 4), np.array([2], np.int64), np.array([[0, 0]], np.int64)], expect=space_to_batch, dtypes=["string"])
case("SpaceToBatchND", [np.zeros((0, 2, 2)), [2, 2], [[0, 0], [0, 0]]], expect=space_to_batch, dtypes=["float32"])
case("SpaceToBatchND", [x, np.zeros(0, np.int32), np.zeros((0, 2), np.int32)], expect=lambda x, b, p: x, dtypes=["float32"])
error("SpaceToBatchND", [planes, [0, 2], [[0, 0], [1, 0]]], match=r"block_shape\[0\] is 0; it must be >= 1")
error("SpaceToBatchND", [planes, [2, -1879048192], [[0, 0], [1, 0]]], match=r"block_shape\[1\] is -1879048192; it must be >= 1")
error("SpaceToBatchND", [planes, np.array([2**40, 2**40]), np.zeros((2, 2), np.int32)], match="product of block_shape overflows")
error("SpaceToBatchND", [planes, 2, [[0, 0]]], match="must be a vector")
error("SpaceToBatchND", [planes, [2, 2], [[0, 0]]], match="1 pairs where 2 are expected")
error("SpaceToBatchND", [planes, [2, 2], [[0, 0], [-1, 0]]], match=r"paddings\[1\] is \(-1, 0\); both must be >= 0")
error("SpaceToBatchND", [planes, [2, 2], [[0, 0], [0, 0]]], match="dimension 2, padded to 3, is not divided")
error("SpaceToBatchND", [planes, [2, 2], np.array([[0, 0], [2**63 - 1, 1]])], match="overflow")
error("SpaceToBatchND", [planes, [2, 2, 2, 2], np.zeros((4, 2), np.int32)], match="more dimensions than block_shape")
error("SpaceToBatchND", [planes, [2, 2], [0, 0, 1]], match="paddings has shape .*a pair for each dimension")
error("SpaceToBatchND", [planes, [2, 2], [[0, 0, 1], [1, 0, 0]]], match="a pair for each dimension")

batches = np.arange(24.0).reshape(4, 2, 3) % 13
case("BatchToSpaceND", [batches, [2, 2], [[0, 1], [1, 0]]], expect=batch_to_space)
case("BatchToSpaceND", [x, [2], [[1, 2]]], expect=batch_to_space, dtypes=["float32", "uint8", "bool"])
case("BatchToSpaceND", [batches, np.array([1, 2], np.int64), np.array([[0, 0], [0, 0]], np.int64)], expect=batch_to_space, dtypes=["float32", "float16"])
case("BatchToSpaceND", [np.arange(144.0).reshape(12, 2, 3, 2), [3, 2, 2], [[1, 1], [0, 1], [2, 0]]], expect=batch_to_space, dtypes=["float32"],
     gradient=False)
case("BatchToSpaceND", [texts.reshape(4, 2, 2), [2, 2], [[0, 0], [1, 1]]], expect=batch_to_space, dtypes=["string"])
case("BatchToSpaceND", [batches, [2], [[4, 0]]], expect=batch_to_space, dtypes=["float32"])
error("BatchToSpaceND", [batches, [0, 2], [[0, 1], [1, 0]]], match=r"block_shape\[0\] is 0; it must be >= 1")
error("BatchToSpaceND", [batches, [3], [[0, 0]]], match="dimension 0 .*not divided by 3")
error("BatchToSpaceND", [batches, [2], [[3, 2]]], match=r"crops\[0\] is \(3, 2\), more than the 4")
error("BatchToSpaceND", [batches, [2], [[-1, 2]]], match="both must be >= 0")
error("BatchToSpaceND", [batches, [2, 2], [[0, 0]]], match="pairs")
error("BatchToSpaceND", [batches, np.array([2**62]), [[0, 0]]], match="overflows")
error("BatchToSpaceND", [batches[0], [2, 2], [[0, 0], [0, 0]]], match="more dimensions")

# ---- running sums and products ----


def scanned(function, start):
    def reference(x, axis, exclusive=False, reverse=False):
        axis = int(np.reshape(axis, ()))
        x = np.flip(x, axis) if reverse else x
        y = function(x, axis=axis, dtype=x.dtype)
        if exclusive:
            first = np.full_like(np.take(x, [0], axis), start) if x.shape[axis] else x
            y = np.concatenate([first, np.take(y, range(x.shape[axis] - 1), axis)], axis) if x.shape[axis] else x
        return np.flip(y, axis) if reverse else y
    return reference


small = np.array([[2.0, -1.0, 3.0], [1.0, 0.0, 2.0]])
for name, reference in (("Cumsum", scanned(np.cumsum, 0)), ("Cumprod", scanned(np.cumprod, 1))):
    for exclusive in (False, True):
        for reverse in (False, True):
            options = {"exclusive": exclusive, "reverse": reverse}
            case(name, [small, 1], options, reference)
            case(name, [small, -2], options, reference)
            case(name, [x, np.int64(1)], options, reference, dtypes=["float64", "int16", "uint64"], gradient=False)
            case(name, [np.cos(np.arange(70.0 * 129)).reshape(70, 129) / 8 + 1, 1], options, reference, gradient=False,
                 dtypes=["float64"], rtol=1e-10)
            case(name, [np.cos(np.arange(130.0 * 70)).reshape(130, 70) / 8 + 1, 0], options, reference, gradient=False,
                 dtypes=["float64"], rtol=1e-10)
            case(name, [np.zeros((2, 0)), 1], options, lambda x, axis, exclusive, reverse: x, dtypes=["float32"])
            case(name, [np.zeros((0, 2)), 1], options, lambda x, axis, exclusive, reverse: x, dtypes=["float32"])
    # Zeros, one and several on a line: the gradient of a product must not divide by them.
    case(name, [[[2.0, 0.0, 3.0, -1.0], [0.0, 1.5, 0.0, 2.0]], 1], {}, reference, dtypes=["float64"])
    case(name, [[5.0], 0], {"exclusive": True}, reference, dtypes=["float32", "float64"])
    case(name, [np.array([2**31 - 1, 2, 3], np.int32), 0], {}, reference, dtypes=["int32"])  # wraps
    error(name, [small, 2], match=r"axis 2 is outside \[-2, 2\)")
    error(name, [small, -3], match=r"axis -3 is outside \[-2, 2\)")
    error(name, [small, [0, 1]], match="axis must be a scalar")
    error(name, [1.0, 0], match="axis 0 is outside")
    error(name, [np.array([True]), 0], match="bool")


def recurrence(x, a, axis, reverse=False):
    x, a = np.moveaxis(x, axis, 0), np.moveaxis(a, axis, 0)
    y = np.zeros_like(x)
    order = range(len(x))[::-1] if reverse else range(len(x))
    last = None
    for i in order:
        y[i] = x[i] if last is None else x[i] + a[i] * y[last]
        last = i
    return np.moveaxis(y, 0, axis)


half = np.array([[0.5, 2.0, -1.0], [1.5, 0.25, 3.0]])
for reverse in (False, True):
    case("SokujiRecurrence", [small, half, 1], {"reverse": reverse}, recurrence)
    case("SokujiRecurrence", [small, half, 0], {"reverse": reverse}, recurrence)
    case("SokujiRecurrence", [x / 8, x[::-1] / 8, 1], {"reverse": reverse}, recurrence, gradient=False)
    case("SokujiRecurrence", [np.zeros((2, 0)), np.zeros((2, 0)), 1], {"reverse": reverse}, recurrence, dtypes=["float32"])
error("SokujiRecurrence", [small, small[0], 0], match="they must be equal")
error("SokujiRecurrence", [small, small[:, :1], 0], match="x has shape")
error("SokujiRecurrence", [small, small, 2], match="axis 2 is outside")
error("SokujiRecurrence", [small, small, [0, 1]], match="axis must be a scalar")
