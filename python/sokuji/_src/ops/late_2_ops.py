"""Names of 2.x that few programs ask for: static values, fingerprints, patches of volumes, tridiagonal matrices, conjugate gradients."""

import collections

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.execute import convert, invalid, run, same_dtype, tensor
from sokuji._src.ops import array_ops, late_1_ops, linalg_late_ops, math_ops, nn_ops, string_hashes


def is_symbolic_tensor(tensor):
    """Whether it is a tensor of a graph, whose value is not known yet."""
    return isinstance(tensor, _core.SymbolicTensor)


def fingerprint(data, method="farmhash64", name=None):
    """Eight bytes for each row that tell its bytes apart."""
    if np.asarray(method).item() not in ("farmhash64", b"farmhash64"):
        raise invalid("Unsupported fingerprint method: %s; use farmhash64" % method)
    t = tensor(data)
    if not t._shape_tuple:
        raise invalid("fingerprint: the data must have rank 1 or more")
    values = t.numpy()
    if t.dtype == dtypes.string:
        flat = [np.uint64(string_hashes.fingerprint(v)).tobytes() for v in values.reshape(-1)]
        rows = [flat[i] for i in range(len(flat))] if values.ndim == 1 else [b"".join(flat[i : i + values[0].size]) for i in range(0, len(flat), values[0].size)]
        if values.ndim > 1:
            rows = [np.uint64(string_hashes.fingerprint(row)).tobytes() for row in rows]
    else:
        rows = [np.uint64(string_hashes.fingerprint(np.ascontiguousarray(row).tobytes())).tobytes() for row in values]
    return convert(np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 8), 0)


def extract_volume_patches(input, ksizes, strides, padding, name=None):
    """Blocks of volumes (batch, planes, rows, columns, channels), each flat along the last axis."""
    t = tensor(input)
    window, step = ksizes[1:4], strides[1:4]
    if padding == "SAME":
        spare = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(t._shape_tuple[1:4], window, step)]
        t = run("Pad", t, convert([[0, 0], *[[p // 2, p - p // 2] for p in spare], [0, 0]], 3))
    counts = [(n - k) // s + 1 for n, k, s in zip(t._shape_tuple[1:4], window, step)]
    parts = []
    for place in np.ndindex(*window):
        ends = [p + (c - 1) * s + 1 for p, c, s in zip(place, counts, step)]
        parts.append(t[:, place[0] : ends[0] : step[0], place[1] : ends[1] : step[1], place[2] : ends[2] : step[2]])
    return array_ops.concat(parts, -1)


def approx_max_k(operand, k, reduction_dimension=-1, recall_target=0.95, reduction_input_size_override=-1, aggregate_to_topk=True, name=None):
    """The k greatest numbers along an axis and where they are; exact here."""
    t = tensor(operand)
    axis = reduction_dimension % t.ndim
    order = [*(i for i in range(t.ndim) if i != axis), axis]
    found = nn_ops.top_k(run("Transpose", t, convert(order, 3)), k) if axis != t.ndim - 1 else nn_ops.top_k(t, k)
    return tuple(run("Transpose", v, convert(np.argsort(order).tolist(), 3)) for v in found) if axis != t.ndim - 1 else tuple(found)


def approx_min_k(operand, k, reduction_dimension=-1, recall_target=0.95, reduction_input_size_override=-1, aggregate_to_topk=True, name=None):
    """The k least numbers along an axis and where they are; exact here."""
    values, places = approx_max_k(-tensor(operand), k, reduction_dimension)
    return -values, places


def eigh_tridiagonal(alpha, beta, eigvals_only=True, select="a", select_range=None, tol=None, name=None):
    """The eigenvalues, rising, of symmetric matrices by their diagonal and the one beside it; by index or by value where select is "i" or "v"."""
    a, b = same_dtype([alpha, beta])
    if select not in ("a", "i", "v"):
        raise ValueError("'select must have a value in {'a', 'i', 'v'}. Got %s" % select)
    dense = linalg_late_ops.diag(a) + (linalg_late_ops.diag(b, k=1) + linalg_late_ops.diag(b, k=-1) if b._shape_tuple[-1] else 0.0)
    values, vectors = math_ops.self_adjoint_eig(dense)
    if select == "i":
        low, high = select_range
        if low > high or low < 0 or high >= a._shape_tuple[-1]:
            raise ValueError("Got invalid select_range: %s" % (select_range,))
        values, vectors = values[..., low : high + 1], vectors[..., low : high + 1]
    elif select == "v":
        kept = np.asarray(values)
        where = convert(np.flatnonzero((kept > select_range[0]) & (kept <= select_range[1])), 9)
        values, vectors = (run("GatherV2", t, where, convert(-1, 3)) for t in (values, vectors))
    return values if eigvals_only else (values, vectors)


def conjugate_gradient(operator, rhs, preconditioner=None, x=None, tol=1e-5, max_iter=20, name="conjugate_gradient"):
    """Solves A x = rhs for a positive definite linear operator: (i, x, r, p, gamma) of the last step."""
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise ValueError("Expected a self-adjoint, positive definite operator.")
    rhs = convert(rhs, operator.dtype.as_datatype_enum)
    dot = lambda u, v: run("Sum", u * v, convert([-1], 3))  # noqa: E731
    x = run("ZerosLike", rhs) if x is None else convert(x, rhs._dtype_number)
    r = rhs - operator.matvec(x)
    p = z = preconditioner.matvec(r) if preconditioner is not None else r
    gamma, least, i = dot(r, z), tol * float(np.max(np.sqrt(np.asarray(dot(rhs, rhs))))), 0
    while i < max_iter and float(np.max(np.sqrt(np.asarray(dot(r, r))))) > least:
        z = operator.matvec(p)
        alpha = gamma / dot(p, z)
        wide = run("ExpandDims", alpha, convert(-1, 3))
        x, r = x + wide * p, r - wide * z
        q = preconditioner.matvec(r) if preconditioner is not None else r
        grown = dot(r, q)
        p, gamma, i = q + run("ExpandDims", grown / gamma, convert(-1, 3)) * p, grown, i + 1
    return collections.namedtuple("CGState", "i x r p gamma")(convert(i, 3), x, r, p, gamma)


def non_max_suppression_overlaps(overlaps, scores, max_output_size, overlap_threshold=0.5, score_threshold=-np.inf, name=None):
    """The places of the best boxes, none of which overlaps a better one by more than the threshold, from a matrix of overlaps."""
    laps, points, kept = np.asarray(tensor(overlaps)), np.asarray(tensor(scores)), []
    for i in np.argsort(-points, kind="stable"):
        if len(kept) < int(max_output_size) and points[i] > score_threshold and all(laps[i, j] <= overlap_threshold for j in kept):
            kept.append(int(i))
    return convert(np.array(kept, np.int32), 3)


ROOT = {"is_symbolic_tensor": is_symbolic_tensor, "fingerprint": fingerprint, "extract_volume_patches": extract_volume_patches,
        "DeviceSpec": late_1_ops.DeviceSpec, "AggregationMethod": late_1_ops.AggregationMethod, "scalar_mul": math_ops.scalar_mul}  # fmt: skip
MATH = {"approx_max_k": approx_max_k, "approx_min_k": approx_min_k}
LINALG = {"eigh_tridiagonal": eigh_tridiagonal}
LINALG_EXPERIMENTAL = {"conjugate_gradient": conjugate_gradient}
IMAGE = {"non_max_suppression_overlaps": non_max_suppression_overlaps}
NN = {**MATH, **{name: getattr(late_1_ops, name) for name in ("atrous_conv2d_transpose", "with_space_to_batch")}}
