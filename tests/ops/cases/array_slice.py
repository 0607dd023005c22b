"""Cases of cutting, padding, repeating and reversing."""
import numpy as np
from cases import case, error

x = np.arange(24.0).reshape(2, 3, 4) % 11 - 4
strings = np.array([[b"a", b"bb", b""], [b"d", b"a long one", b"f"]], object)


def block(x, begin, size):
    return x[tuple(slice(b, None if s == -1 else b + s) for b, s in zip(np.ravel(begin), np.ravel(size)))]


case("Slice", [x, [1, 0, 2], [1, -1, 2]], expect=block)
case("Slice", [x, [1, 0, 0], [1, 3, 4]], expect=block)
case("Slice", [x, [0, 1, 0], [2, 0, 4]], expect=block)
case("Slice", [strings, [0, 1], [2, 2]], expect=block, dtypes=["string"])
case("Slice", [strings, [1, 0], [1, 3]], expect=block, dtypes=["string"])
error("Slice", [x, [-1, 0, 0], [1, 1, 1]], match=r"begin\[0\] is -1")
error("Slice", [x, [0, 0, 0], [1, 1, -2]], match=r"size\[2\] is -2")
error("Slice", [x, [0, 2, 0], [1, 2, 1]], match=r"size\[1\] is 2")
error("Slice", [x, np.array([0, 1, 0]), np.array([1, 2**63 - 1, 1])], match=r"size\[1\]")
error("Slice", [x, [0, 0], [1, 1]], match="rank 3")
error("Slice", [x, [0, 5, 0], [1, -1, 1]], match=r"begin\[1\] is 5")


def strided(x, spec):
    """One case of StridedSlice and one of its gradient, from a Python index."""
    lists, masks = ([], [], []), dict(begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, shrink_axis_mask=0)
    for i, entry in enumerate(spec):
        values = (0, 0, 1)
        if entry is Ellipsis:
            masks["ellipsis_mask"] |= 1 << i
        elif entry is None:
            masks["new_axis_mask"] |= 1 << i
        elif isinstance(entry, slice):
            values = (entry.start or 0, entry.stop or 0, entry.step or 1)
            masks["begin_mask"] |= (entry.start is None) << i
            masks["end_mask"] |= (entry.stop is None) << i
        else:
            values = (entry, entry + 1, 1)
            masks["shrink_axis_mask"] |= 1 << i
        for values_list, value in zip(lists, values):
            values_list.append(value)
    begin, end, strides = (np.array(v, np.int32) for v in lists)
    case("StridedSlice", [x, begin, end, strides], masks, expect=lambda x, *_, **__: x[tuple(spec)], dtypes=None if x.dtype != object else ["string"])
    if x.dtype == object:
        return

    def grad(shape, b, e, s, dy, **_):
        whole = np.zeros(x.shape, dy.dtype)
        whole[tuple(spec)] = dy
        return whole
    case("StridedSliceGrad", [np.array(x.shape, np.int32), begin, end, strides, np.asarray(x[tuple(spec)])], masks, expect=grad)


S = slice
for spec in [(S(0, 1), S(1, 3)), (S(None, None, -1), S(2, 0, -1), S(None, None, 2)), (Ellipsis, 1), (1, Ellipsis, None, S(-2, None)), (None, 0, None, 1), (),
             (S(5, 9),), (S(None), S(-1, None, -2), 3), (1, 2, 3), (S(0, 2), S(None), None)]:
    strided(x, spec)
strided(strings, (S(None, None, -1), S(1, 3)))
strided(strings, (1,))
_zeros = dict(shrink_axis_mask=1)
error("StridedSlice", [x, [0], [1], [0]], match="non-zero")
error("StridedSlice", [x, [2], [3], [1]], {"shrink_axis_mask": 1}, match="slice index 2 of dimension 0 out of bounds")
error("StridedSlice", [x, [-3], [3], [1]], {"shrink_axis_mask": 1}, match="out of bounds")
error("StridedSlice", [x, [0], [1], [-1]], {"shrink_axis_mask": 1}, match="only a positive stride")
error("StridedSlice", [x, [0, 0], [1], [1]], match="equal lengths")
error("StridedSlice", [x, [0] * 4, [1] * 4, [1] * 4], match="more than the 3 dimensions")
error("StridedSlice", [x, [0, 0], [1, 1], [1, 1]], {"ellipsis_mask": 3}, match="multiple ellipses")
error("StridedSlice", [x, 0, 1, 1], match="must be a vector")
error("StridedSliceGrad", [[2, 3], [0], [1], [1], np.zeros((2, 3), np.float32)], match="the slice has shape")
error("StridedSliceGrad", [[2, -3], [0], [1], [1], np.zeros((1, 3), np.float32)], match=">= 0")
error("StridedSliceGrad", [[2, 3], [0], [1], [0], np.zeros((1, 3), np.float32)], match="non-zero")
error("StridedSliceGrad", [[2, 3], [0], [1, 2], [1], np.zeros((1, 3), np.float32)], match="equal lengths")
error("StridedSliceGrad", [[2, 3], [7], [8], [1], np.zeros((3,), np.float32)], {"shrink_axis_mask": 1}, match="out of bounds")

pads = [[1, 0], [0, 2], [1, 1]]
case("Pad", [x, pads], expect=lambda x, p: np.pad(x, p))
case("Pad", [x, [[0, 0], [1, 2], [0, 0]]], expect=lambda x, p: np.pad(x, p))
case("Pad", [x, [1, 0, 0, 0, 0, 0]], expect=lambda x, p: np.pad(x, [[1, 0], [0, 0], [0, 0]]))
case("Pad", [x[:0], pads], expect=lambda x, p: np.pad(x, p))
case("Pad", [strings, [[1, 0], [0, 1]]], expect=np.array([[b""] * 4, [b"a", b"bb", b"", b""], [b"d", b"a long one", b"f", b""]], object))
case("Pad", [np.arange(90000.0).reshape(300, 300) % 9, [[3, 4], [5, 6]]], expect=lambda x, p: np.pad(x, p), gradient=False)
case("PadV2", [x, pads, 5.0], expect=lambda x, p, v: np.pad(x, p, constant_values=v))
error("Pad", [x, [[1, 0]]], match="1 pairs where 3")
error("Pad", [x, [[1, 0], [0, -2], [1, 1]]], match=">= 0")
error("Pad", [x, np.zeros((3, 3), np.int32)], match=r"\(n, 2\)")
error("Pad", [x, np.array([[2**62, 2**62], [0, 0], [0, 0]])], match="overflow")
error("PadV2", [x, pads, np.array([5.0])], match="scalar")
error("PadV2", [x, [[1, 0]], np.array(5.0)], match="1 pairs where 3")
for mode, offset in (("REFLECT", 1), ("SYMMETRIC", 0)):
    for p in ([[1, 1], [2, 0], [0, 3]], [[0, 1], [1, 2], [0, 0]], [[0, 0], [0, 0], [0, 0]]):
        case("MirrorPad", [x, p], {"mode": mode}, expect=lambda x, p, mode: np.pad(x, p, mode=mode.lower()))

        def folded(dy, p, mode):
            at = np.pad(np.arange(24).reshape(2, 3, 4), p, mode=mode.lower())
            dx = np.zeros(24, dy.dtype)
            np.add.at(dx, at.ravel(), dy.ravel())
            return dx.reshape(2, 3, 4)
        shape = [d + sum(q) for d, q in zip((2, 3, 4), p)]
        case("MirrorPadGrad", [np.arange(np.prod(shape)).reshape(shape) % 5 * 1.0, p], {"mode": mode}, expect=folded)
case("MirrorPad", [strings, [[0, 0], [1, 2]]], {"mode": "REFLECT"}, expect=lambda x, p, mode: x[:, [1, 0, 1, 2, 1, 0]], dtypes=["string"])
error("MirrorPad", [x, [[2, 0], [0, 0], [0, 0]]], {"mode": "REFLECT"}, match="neither can pass 1")
error("MirrorPad", [x, [[0, 0], [0, 4], [0, 0]]], {"mode": "SYMMETRIC"}, match="neither can pass 3")
error("MirrorPad", [x, pads], {"mode": "CONSTANT"}, match="neither REFLECT")
error("MirrorPad", [x, [[0, 0]]], {"mode": "SYMMETRIC"}, match="1 pairs")
error("MirrorPadGrad", [[1.0], [[0x77f00000, 0xa000000]]], {"mode": "REFLECT"}, match="larger than the input")
error("MirrorPadGrad", [np.zeros(4, np.float32), [[3, 0]]], {"mode": "REFLECT"}, match="neither can pass")
error("MirrorPadGrad", [x, pads], {"mode": "CONSTANT"}, match="neither REFLECT")

case("Tile", [x, [2, 1, 3]], expect=lambda x, m: np.tile(x, m))
case("Tile", [x, [1, 0, 1]], expect=lambda x, m: np.tile(x, m))
case("Tile", [np.float32(2), np.zeros(0, np.int32)], expect=lambda x, m: x)
case("Tile", [strings, [2, 2]], expect=lambda x, m: np.tile(x, m), dtypes=["string"])
error("Tile", [x, [2, 2]], match="2 entries")
error("Tile", [x, [2, -2, 1]], match=">= 0")
error("Tile", [np.zeros((100, 100, 100), np.uint8), np.array([10**8] * 3)], match="overflow")
error("Tile", [x, np.array([2**62, 8, 8])], match="overflow")

case("ReverseV2", [x, [0, -1]], expect=lambda x, a: np.flip(x, (0, 2)))
case("ReverseV2", [x, [1]], expect=lambda x, a: np.flip(x, 1))
case("ReverseV2", [x, np.zeros(0, np.int32)], expect=lambda x, a: x)
case("ReverseV2", [x[:0], [0]], expect=lambda x, a: x)
case("ReverseV2", [strings, [1]], expect=lambda x, a: x[:, ::-1], dtypes=["string"])
error("ReverseV2", [x, [3]], match="outside")
error("ReverseV2", [x, [0, -3]], match="twice")
error("ReverseV2", [x, 0], match="vector")


def reversed_sequences(x, lengths, seq_dim, batch_dim=0):
    y = x.copy()
    for i, n in enumerate(lengths):
        at, to = [slice(None)] * x.ndim, [slice(None)] * x.ndim
        at[batch_dim] = to[batch_dim] = slice(i, i + 1)
        at[seq_dim], to[seq_dim] = list(range(int(n)))[::-1], slice(0, int(n))
        y[tuple(to)] = x[tuple(at)]
    return y


case("ReverseSequence", [x, [2, 3]], {"seq_dim": 1}, expect=reversed_sequences)
case("ReverseSequence", [x, [1, 4]], {"seq_dim": 2}, expect=reversed_sequences)
case("ReverseSequence", [x, [0, 2, 2, 1]], {"seq_dim": 0, "batch_dim": 2}, expect=reversed_sequences)
case("ReverseSequence", [x, [0, 2, 1]], {"seq_dim": -1, "batch_dim": -2}, expect=lambda x, n, **_: reversed_sequences(x, n, 2, 1))
error("ReverseSequence", [x, [4, 3]], {"seq_dim": 1}, match=r"seq_lengths\[0\] = 4")
error("ReverseSequence", [x, [1, -1]], {"seq_dim": 1}, match=r"seq_lengths\[1\] = -1")
error("ReverseSequence", [x, [1, 1]], {"seq_dim": 0}, match="must differ")
error("ReverseSequence", [x, [1, 1, 1]], {"seq_dim": 1}, match="3 numbers")
error("ReverseSequence", [x, [1, 1]], {"seq_dim": -10, "batch_dim": -10}, match="outside")
