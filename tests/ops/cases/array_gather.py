"""Cases of taking and putting elements by index, and of choosing."""
import numpy as np
from cases import case, error

p = np.arange(60.0).reshape(5, 3, 4) % 13 - 5
words = np.array([b"a", b"bb", b"", b"a long one"], object)

for axis in (0, 1, -1):
    case("GatherV2", [p, np.array([[2, 0], [1, 2]]), axis], expect=lambda p, i, a: np.take(p, i, int(np.ravel(a)[0])))
case("GatherV2", [p, 3, 0], expect=lambda p, i, a: p[3])
case("GatherV2", [p, [1, 1], None], expect=lambda p, i, a: p[[1, 1]])
case("GatherV2", [p, np.array([[0, 1], [2, 2], [1, 0], [0, 0], [2, 1]]), 1], {"batch_dims": 1},
     expect=lambda p, i, a, batch_dims: np.stack([q[j] for q, j in zip(p, i)]))
case("GatherV2", [p, np.array([[0, 1], [2, 3], [1, 0], [0, 0], [2, 1]]), 2], {"batch_dims": -1},
     expect=lambda p, i, a, batch_dims: np.stack([q[:, j] for q, j in zip(p, i)]))
case("GatherV2", [words, [3, 0, 3], 0], expect=lambda p, i, a: p[i], dtypes={"T": ["string"]})
case("GatherV2", [p, np.zeros((0,), np.int32), 0], expect=lambda p, i, a: p[:0])
case("GatherV2", [np.arange(200.0 * 50).reshape(200, 50) % 17, np.arange(4000) * 7 % 200, 0], expect=lambda p, i, a: p[i], gradient=False)
error("GatherV2", [p, [5], 0], match=r"indices\[0\] = 5 is not in \[0, 5\)")
error("GatherV2", [p, [0, -1], 1], match=r"indices\[1\] = -1 is not in \[0, 3\)")
error("GatherV2", [p, [0], 3], match="outside")
error("GatherV2", [p, [[0]], 0], {"batch_dims": 1}, match="differ in batch|above the axis")
error("GatherV2", [p, [[0]], 1], {"batch_dims": 1}, match="differ in batch")
error("GatherV2", [p, [[[[[0]]]]], 0], {"batch_dims": 4}, match="below the rank")
error("GatherV2", [p, [0], 0], {"batch_dims": 10}, match="batch_dims 10 is outside")
error("GatherV2", [1.0, [0], 0], match="scalar")
error("GatherV2", [p[:0], [0], 0], match=r"not in \[0, 0\)")
case("Gather", [p, np.array([[2, 0], [1, 2]])], expect=lambda p, i: p[i])
error("Gather", [p, [5]], match="is not in")
error("Gather", [1.0, [0]], match="scalar")

case("GatherNd", [p, [[1, 2], [4, 0]]], expect=lambda p, i: p[i[:, 0], i[:, 1]])
case("GatherNd", [p, np.array([[[1, 2, 3]], [[4, 0, 1]]])], expect=lambda p, i: p[i[..., 0], i[..., 1], i[..., 2]])
case("GatherNd", [p, np.zeros((2, 0), np.int32)], expect=lambda p, i: np.stack([p, p]))
case("GatherNd", [p, [[1, 2], [9, 0]]], {"bad_indices_policy": "IGNORE"}, expect=lambda p, i, **_: np.stack([p[1, 2], 0 * p[0, 0]]))
case("GatherNd", [words, [[3], [1]]], expect=lambda p, i: p[[3, 1]], dtypes={"T": ["string"]})
error("GatherNd", [p, [[1, 3]]], match=r"indices\[0\] = 3 in place 1 is not in \[0, 3\)")
error("GatherNd", [p, [[-1, 0]]], match="= -1 in place 0")
error("GatherNd", [p, [[0, 0, 0, 0]]], match="above the rank 3")
error("GatherNd", [p, 1], match="indices is a scalar")
error("GatherNd", [p, [[0]]], {"bad_indices_policy": "MAYBE"}, match="MAYBE")


def scattered(i, u, shape, **_):
    out = np.zeros(np.ravel(shape), u.dtype)
    if u.dtype == bool:
        np.logical_or.at(out, tuple(np.moveaxis(i, -1, 0)), u)
    else:
        np.add.at(out, tuple(np.moveaxis(i, -1, 0)), u)
    return out


u = np.arange(12.0).reshape(3, 4) % 5
case("ScatterNd", [[[1], [3], [1]], u, [5, 4]], expect=scattered)
case("ScatterNd", [[[1, 2], [0, 0]], u[0, :2], [3, 3]], expect=scattered)
case("ScatterNd", [np.zeros((0, 1), np.int32), u[:0], [2, 4]], expect=scattered)
error("ScatterNd", [[[5]], u[:1], [5, 4]], match="is not in")
error("ScatterNd", [[[1]], u[:2], [5, 4]], match="updates has shape")
error("ScatterNd", [[[1]], u[:1], [5, -4]], match=">= 0")
error("ScatterNd", [[[1, 1, 1]], u[0, :1], [5, 4]], match="above the rank 2")
error("ScatterNd", [1, u[:1], [5, 4]], match="scalar")
i2 = np.array([[1], [3]])


def tensor_scatter(how):
    def expect(t, i, u, **_):
        out = t.copy()
        for k, row in zip(i[:, 0], u):
            out[k] = how(out[k], row)
        return out
    return expect


t = np.arange(20.0).reshape(5, 4) % 6
for name, how in (("Update", lambda a, b: b), ("Add", lambda a, b: a + b), ("Sub", lambda a, b: a - b)):
    name = "TensorScatter" + name
    case(name, [t, i2, u[:2] * 0 + [[0, 0, 0, 0], [1, 1, 0, 0]]] if name.endswith("Sub") else [t, i2, u[:2]], expect=tensor_scatter(how),
         dtypes={"T": ["float32", "float64", "int32", "int64", "int8"], "U": ["int32", "int64"]})
    error(name, [t, [[5]], u[:1]], match="is not in")
    error(name, [t, [[0]], u[:2]], match="updates has shape")
    error(name, [t, [[0, 0, 0]], u[0, :1]], match="above the rank")
    error(name, [t, 0, u[0]], match="indices is a scalar")
    error(name, [t, [[0]], u[:1]], {"bad_indices_policy": "x"}, match="bad_indices_policy")
case("TensorScatterUpdate", [words, [[2], [0]], words[:2]], expect=lambda t, i, u: np.array([b"bb", b"bb", b"a", b"a long one"], object),
     dtypes={"T": ["string"]})
case("TensorScatterAdd", [t, [[1], [9], [1]], u], {"bad_indices_policy": "IGNORE"}, expect=lambda t, i, u, **_: t + np.array(
    [0 * u[0], u[0] + u[2], 0 * u[0], 0 * u[0], 0 * u[0]]))

case("UnravelIndex", [[22, 41, 37], [7, 6]], expect=lambda i, d: np.array(np.unravel_index(i, (7, 6)), i.dtype))
case("UnravelIndex", [1621, [6, 7, 8, 9]], expect=lambda i, d: np.array(np.unravel_index(i, (6, 7, 8, 9)), i.dtype))
error("UnravelIndex", [[1], [2, 0]], match="dims must be > 0")
error("UnravelIndex", [[42], [7, 6]], match="out of range")
error("UnravelIndex", [[-1], [7, 6]], match="out of range")
error("UnravelIndex", [[1], np.array([2**20, 2**20], np.int32)], match="overflow")
error("UnravelIndex", [[[1]], [7, 6]], match="scalar or a vector")

idx = np.array([[0, 2], [1, 5], [3, 0]])
hot = lambda i, d, on=1, off=0, axis=-1, dtype=None: np.where(  # noqa: E731
    np.expand_dims(i, axis) == np.arange(int(np.ravel(d)[0])).reshape([-1] + [1] * (0 if axis == -1 else i.ndim - axis)), on, off)
case("OneHot", [idx, 4, None, None], expect=lambda i, d, on, off: hot(i, d).astype(np.float32))
case("OneHot", [idx, 4, 5.0, -1.0], expect=lambda i, d, on, off: hot(i, d, on, off), gradient=False,
     dtypes={"T": ["float32", "float64", "int32", "int64", "int8", "int16", "float16", "complex64"], "U": ["int32", "int64", "uint8", "int8"]})
case("OneHot", [idx, 4, 5.0, 1.0], {"axis": 0}, expect=lambda i, d, on, off, axis: hot(i, d, on, off, axis), gradient=False)
case("OneHot", [idx, 4, 5.0, 1.0], {"axis": 1}, expect=lambda i, d, on, off, axis: hot(i, d, on, off, axis), gradient=False)
case("OneHot", [[1, 0], 2, words[0], words[1]], expect=lambda i, d, on, off: hot(i, d, on, off).astype(object), dtypes={"T": ["string"]})
case("OneHot", [np.array([-1, 0]), 2, None, np.int32(3)], expect=np.array([[3, 3], [1, 3]], np.int32))
case("OneHot", [np.zeros((0, 2), np.int32), 2, None, None], expect=np.zeros((0, 2, 2), np.float32))
error("OneHot", [idx, -4, None, None], match="depth is -4")
error("OneHot", [idx, [4, 4], None, None], match="depth must be a scalar")
error("OneHot", [idx, 4, None, None], {"axis": 3}, match="outside")
error("OneHot", [idx, 4, None, None], {"axis": -2}, match="outside")
error("OneHot", [idx, 4, np.float32([1]), None], match="on_value has shape")
error("OneHot", [idx, 4, np.array(b"x", object), None], match="must both be given")

c = np.array([[[True, False, True, False]], [[False, True, True, False]]])
a, b = p[:2] * 1, p[2:4] + 1
case("Select", [np.broadcast_to(c, a.shape), a, b], expect=np.where)
case("Select", [np.array([True, False]), a, b], expect=lambda c, a, b: np.where(c[:, None, None], a, b))
case("Select", [np.array(False), a, b], expect=np.where)
case("Select", [np.array([True, False, False, True]), words, words[::-1]], expect=np.where, dtypes=["string"])
error("Select", [np.array([True] * 3), a, b], match="condition has shape")
error("Select", [c[0], a, b], match="condition has shape")
error("Select", [c, a, b[:1]], match="must be equal")
case("SelectV2", [c, a, b], expect=np.where)
case("SelectV2", [np.array([[True], [False], [True]]), a[0, 0], b[:, :1]], expect=np.where)
case("SelectV2", [np.array(True), a, 2.0], expect=np.where)
case("SelectV2", [np.array([True, False]), words[:2, None], words[2:]], expect=np.where, dtypes=["string"])
case("SelectV2", [np.arange(70001) % 3 == 0, np.arange(70001) % 7, 1.0], expect=np.where, gradient=False)
error("SelectV2", [c, a, b[:, :2]], match="do not broadcast")
error("SelectV2", [c[..., :3], a, b], match="do not broadcast")
error("SelectV2", [c, a, b.astype(np.int32)], match="int32 where")
case("Where", [c], expect=np.argwhere)
case("Where", [p], expect=np.argwhere)
case("Where", [np.array(3.0)], expect=lambda x: np.zeros((1, 0), np.int64))
case("Where", [np.zeros((0, 2))], expect=np.argwhere)
error("Where", [words], match="string; supported are")
error("Where", [p], n_outputs=2, match="2 outputs")
