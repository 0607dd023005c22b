"""Cases of running sums and products, of diagonals and bands, and of blocks of space."""
import numpy as np
from cases import case, error

x = np.arange(24.0).reshape(2, 3, 4) % 7 - 3


def scan(fold, start):
    def expect(x, axis, exclusive=False, reverse=False):
        axis = int(np.ravel(axis)[0])
        y = np.flip(x, axis) if reverse else x
        if exclusive:
            y = np.delete(np.insert(y, 0, start, axis), -1, axis)
        y = fold(y, axis, dtype=x.dtype)
        return np.flip(y, axis) if reverse else y
    return expect


for op, fold, start in (("Cumsum", np.cumsum, 0), ("Cumprod", np.cumprod, 1)):
    for axis in (0, 1, -1):
        for attrs in ({}, {"exclusive": True}, {"reverse": True}, {"exclusive": True, "reverse": True}):
            case(op, [x[:, :, :3], axis], attrs, expect=scan(fold, start))
    case(op, [x[:0], 1], expect=lambda x, a: x)
    case(op, [(np.arange(3000) % 2).reshape(30, 100), 1], expect=scan(fold, start), gradient=False)
    error(op, [x, 3], match="outside")
    error(op, [x, -4], match="outside")
    error(op, [x, [0, 1]], match="must be a scalar")
    error(op, [1.0, 0], match="outside")


def recurrence(x, a, axis, reverse=False):
    axis = int(np.ravel(axis)[0])
    x, a = np.moveaxis(x, axis, 0), np.moveaxis(a, axis, 0)
    y, last = np.zeros_like(x), np.zeros_like(x[0])
    for i in range(len(x))[::-1 if reverse else 1]:
        last = y[i] = x[i] + a[i] * last
    return np.moveaxis(y, 0, axis)


for reverse in (False, True):
    case("SokujiRecurrence", [x, x[::-1] * 0.5, 1], {"reverse": reverse}, expect=recurrence)
    case("SokujiRecurrence", [x, x[::-1] * 0.5, -1], {"reverse": reverse}, expect=recurrence)
error("SokujiRecurrence", [x, x[:1], 1], match="must be equal")
error("SokujiRecurrence", [x, x, 3], match="outside")
error("SokujiRecurrence", [x, x, [0, 1]], match="scalar")

case("Diag", [[1.0, 2.0, 3.0]], expect=np.diag)
case("Diag", [x[0, :2, :2]], expect=lambda d: np.diag(d.ravel()).reshape(2, 2, 2, 2))
error("Diag", [1.0], match="rank 0")
error("Diag", [np.array([True])], match="bool; supported are")
case("DiagPart", [x[0, :3, :3]], expect=np.diag)
case("DiagPart", [np.arange(36.0).reshape(2, 3, 2, 3)], expect=lambda t: np.diag(t.reshape(6, 6)).reshape(2, 3))
error("DiagPart", [x], match="rank 3")
error("DiagPart", [x[0]], match="must be equal")
error("DiagPart", [1.0], match="rank 0")


case("MatrixDiag", [x], expect=lambda d: np.where(np.eye(4, dtype=bool), d[..., None], d.dtype.type(0)))
case("MatrixDiag", [np.zeros((2, 0))], expect=lambda d: np.zeros((2, 0, 0)))
error("MatrixDiag", [1.0], match="rank 0")
error("MatrixDiag", [x], n_outputs=2, match="outputs asked")
case("MatrixDiagPart", [x], expect=lambda m: np.diagonal(m, 0, -2, -1))
case("MatrixDiagPart", [x.transpose(0, 2, 1)], expect=lambda m: np.diagonal(m, 0, -2, -1))
error("MatrixDiagPart", [x[0, 0]], match="at least 2")
error("MatrixDiagPart", [x], n_outputs=2, match="outputs asked")


def set_diag(m, d):
    m = m.copy()
    i = np.arange(d.shape[-1])
    m[..., i, i] = d
    return m


case("MatrixSetDiag", [x, x[:, :, 1] + 1], expect=set_diag)
case("MatrixSetDiag", [x.transpose(0, 2, 1), x[:, :, 1]], expect=set_diag)
error("MatrixSetDiag", [x, x[:, :2, 1]], match="not that of the diagonals")
error("MatrixSetDiag", [x[0, 0], x[0, 0]], match="at least 2")
error("MatrixSetDiag", [x, x], match="not that of the diagonals")


def band(m, lower, upper):
    rows, columns = np.arange(m.shape[-2])[:, None], np.arange(m.shape[-1])
    lower, upper = int(np.ravel(lower)[0]), int(np.ravel(upper)[0])
    inside = ((lower < 0) | (rows - columns <= lower)) & ((upper < 0) | (columns - rows <= upper))
    return np.where(inside, m, m.dtype.type(0))


for lower, upper in ((0, 0), (1, 0), (-1, 1), (0, -1), (3, 4), (-1, -1)):
    case("MatrixBandPart", [x, lower, upper], expect=band)
error("MatrixBandPart", [x, 4, 0], match="num_lower is 4")
error("MatrixBandPart", [x, 0, 5], match="num_upper is 5")
error("MatrixBandPart", [x[0, 0], 0, 0], match="at least 2")
error("MatrixBandPart", [x, [0, 1], 0], match="scalar")


def space_to_depth(x, block_size, data_format="NHWC"):
    k = block_size
    if data_format == "NCHW":
        n, c, h, w = x.shape
        return x.reshape(n, c, h // k, k, w // k, k).transpose(0, 3, 5, 1, 2, 4).reshape(n, c * k * k, h // k, w // k)
    n, h, w, c = x.shape
    return x.reshape(n, h // k, k, w // k, k, c).transpose(0, 1, 3, 2, 4, 5).reshape(n, h // k, w // k, c * k * k)


def depth_to_space(x, block_size, data_format="NHWC"):
    k = block_size
    if data_format == "NCHW":
        n, c, h, w = x.shape
        return x.reshape(n, k, k, c // k // k, h, w).transpose(0, 3, 4, 1, 5, 2).reshape(n, c // k // k, h * k, w * k)
    n, h, w, c = x.shape
    return x.reshape(n, h, w, k, k, c // k // k).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * k, w * k, c // k // k)


image = np.arange(96.0).reshape(2, 4, 6, 2) % 13
deep = np.arange(72.0).reshape(2, 3, 1, 12) % 13
for attrs in ({"block_size": 2}, {"block_size": 2, "data_format": "NCHW"}):
    case("SpaceToDepth", [image if len(attrs) == 1 else image.transpose(0, 3, 1, 2)], attrs, expect=space_to_depth)
    case("DepthToSpace", [deep if len(attrs) == 1 else deep.transpose(0, 3, 1, 2)], attrs, expect=depth_to_space)
error("SpaceToDepth", [image], {"block_size": 0}, match="at least 2")
error("SpaceToDepth", [image], {"block_size": 4}, match="not divided by 4")
error("SpaceToDepth", [image[0]], {"block_size": 2}, match="rank must be 4")
error("DepthToSpace", [deep], {"block_size": 0}, match="at least 2")
error("DepthToSpace", [image], {"block_size": 2}, match="not divided by 4")
error("DepthToSpace", [image[0]], {"block_size": 2}, match="rank must be 4")


def space_to_batch(x, block, paddings):
    m = len(block)
    x = np.pad(x, [[0, 0], *paddings.tolist(), *[[0, 0]] * (x.ndim - 1 - m)])
    shape, order = [x.shape[0]], []
    for i in range(m):
        shape += [x.shape[i + 1] // block[i], block[i]]
    rest = x.shape[m + 1:]
    x = x.reshape(*shape, *rest)
    order = [2 * i + 2 for i in range(m)] + [0] + [2 * i + 1 for i in range(m)] + list(range(2 * m + 1, x.ndim))
    return x.transpose(order).reshape(-1, *shape[1::2], *rest)


def batch_to_space(x, block, crops):
    m, n = len(block), x.shape[0] // int(np.prod(block))
    rest = x.shape[m + 1:]
    x = x.reshape(*block, n, *x.shape[1:])
    order = [m]
    for i in range(m):
        order += [m + 1 + i, i]
    x = x.transpose(order + list(range(2 * m + 1, x.ndim)))
    x = x.reshape(n, *[x.shape[2 * i + 1] * block[i] for i in range(m)], *rest)
    return x[(slice(None), *[slice(a, x.shape[i + 1] - b) for i, (a, b) in enumerate(crops)])]


case("SpaceToBatchND", [image, [2, 3], [[0, 0], [0, 0]]], expect=space_to_batch)
case("SpaceToBatchND", [image, [2, 3], [[1, 3], [2, 1]]], expect=space_to_batch)
case("SpaceToBatchND", [image, [3], [[5, 0]]], expect=space_to_batch)
case("SpaceToBatchND", [x[:, 0], np.zeros(0, np.int32), np.zeros((0, 2), np.int32)], expect=lambda x, b, p: x)
error("SpaceToBatchND", [image, [2, 4], [[0, 0], [0, 0]]], match="not divided by the block")
error("SpaceToBatchND", [image, [0, 2], [[0, 0], [0, 0]]], match="must be >= 1")
error("SpaceToBatchND", [image, [-1879048192, 2], [[0, 0], [0, 0]]], match="must be >= 1")
error("SpaceToBatchND", [image, np.array([2**40, 2**40]), [[0, 0], [0, 0]]], match="overflow")
error("SpaceToBatchND", [image, [2, 2], [[0, 0]]], match="1 pairs where 2")
error("SpaceToBatchND", [image[:, 0, 0, 0], [2], [[0, 0]]], match="more dimensions")
stacked = np.arange(96.0).reshape(12, 2, 2, 2) % 13
case("BatchToSpaceND", [stacked, [2, 3], [[0, 0], [0, 0]]], expect=batch_to_space)
case("BatchToSpaceND", [stacked, [2, 3], [[1, 0], [2, 3]]], expect=batch_to_space)
case("BatchToSpaceND", [stacked, [3], [[0, 4]]], expect=batch_to_space)
error("BatchToSpaceND", [stacked, [2, 5], [[0, 0], [0, 0]]], match="not divided by 10")
error("BatchToSpaceND", [stacked, [2, 3], [[5, 0], [0, 0]]], match="more than the 4")
error("BatchToSpaceND", [stacked, [0, 3], [[0, 0], [0, 0]]], match="must be >= 1")
error("BatchToSpaceND", [stacked, [2, 3], [[0, -1], [0, 0]]], match=">= 0")
