"""Linear algebra, against NumPy's LAPACK in float64."""
import numpy as np
import sokuji_c as sj

from cases import case, error

rng = np.random.default_rng(25)


def draw(*shape):
    return rng.standard_normal(shape)


def regular(*shape):
    """Matrices far from singular."""
    n = min(shape[-2:])
    return draw(*shape) * 0.5 + np.eye(shape[-2], shape[-1]) * (2 + np.arange(1, shape[-1] + 1)) * np.sqrt(n)


def definite(*shape):
    a = draw(*shape)
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1]) * 2


def t(a):
    return np.swapaxes(a, -1, -2)


def adjoint(a, given):
    return t(a) if given else a


def symmetric(tensors):
    """Half of the first Tensor and its transpose."""
    x = tensors[0] if isinstance(tensors[0], sj.Tensor) else sj.tensor(tensors[0])
    rank = len(x.shape)
    perm = list(range(rank - 2)) + [rank - 1, rank - 2]
    total = sj.execute("Add", [x, sj.execute("Transpose", [x, perm])[0]])[0]
    return [sj.execute("Mul", [total, np.asarray(0.5, x.dtype)])[0]] + list(tensors[1:])


LOOSE = dict(rtol=2e-4, atol=2e-4)


def both(op, inputs, attrs=None, **options):
    """float64 precisely with gradients, float32 loosely without."""
    case(op, inputs, attrs, dtypes=["float64"], **dict(dict(rtol=1e-9, atol=1e-9), **options))
    case(op, inputs, attrs, dtypes=["float32"], **dict(options, gradient=False, **LOOSE))


# ---- inverse and determinants ----

SHAPES = [(3, 3), (2, 4, 4), (1, 1), (2, 1, 2, 2)]
for shape in SHAPES:
    for flag in (False, True):
        both("MatrixInverse", [regular(*shape)], {"adjoint": flag}, expect=lambda a, adjoint: np.linalg.inv(t(a) if adjoint else a))
    both("MatrixDeterminant", [regular(*shape)], expect=np.linalg.det)
    both("LogMatrixDeterminant", [regular(*shape)], expect=lambda a: list(np.linalg.slogdet(a)), outputs=[1])
both("LogMatrixDeterminant", [-regular(3, 3)], expect=lambda a: list(np.linalg.slogdet(a)), outputs=[1])
for op, empty in (("MatrixInverse", np.zeros((2, 0, 0))), ("MatrixDeterminant", np.ones(2)), ("Cholesky", np.zeros((2, 0, 0)))):
    case(op, [np.zeros((2, 0, 0))], expect=[empty], dtypes=["float64"], gradient=False)
case("MatrixDeterminant", [np.ones((2, 2))], expect=[np.float64(0)], gradient=False)
case("LogMatrixDeterminant", [np.ones((2, 2))], expect=[np.float64(0), np.float64(-np.inf)], gradient=False)
case("MatrixInverse", [regular(20, 30, 30)], expect=lambda a: np.linalg.inv(a), dtypes=["float64"], gradient=False, rtol=1e-9, atol=1e-9)
error("MatrixInverse", [np.ones((3, 2, 2))], match="not invertible")
for op in ("MatrixInverse", "MatrixDeterminant", "LogMatrixDeterminant", "Cholesky", "SelfAdjointEigV2", "Lu"):
    error(op, [draw(2, 3)], match="must be square")
    error(op, [draw(3)], match="rank must be at least 2")

# ---- Cholesky ----

for shape in SHAPES:
    both("Cholesky", [definite(*shape)], expect=np.linalg.cholesky, before=symmetric)
error("Cholesky", [np.array([[1.0, 0], [0, -1]])], match="not successful")
error("Cholesky", [np.full((2, 2), np.nan)], match="not successful")


def cholesky_grad(l, d):
    p = np.tril(t(l) @ d) - np.eye(l.shape[-1]) * (t(l) @ d) / 2
    inverse = np.linalg.inv(l)
    s = t(inverse) @ p @ inverse
    return (s + t(s)) / 2


both("CholeskyGrad", [np.linalg.cholesky(definite(2, 3, 3)), draw(2, 3, 3)], expect=cholesky_grad)
both("CholeskyGrad", [np.linalg.cholesky(definite(5, 5)), draw(5, 5)], expect=cholesky_grad)
error("CholeskyGrad", [draw(2, 2), draw(3, 3)], match="must be the same")
error("CholeskyGrad", [draw(2, 3), draw(2, 3)], match="must be square")
error("CholeskyGrad", [draw(2, 2), draw(2)], match="rank must be at least 2")

# ---- systems ----


def triangular(a, b, lower=True, adjoint=False):
    a = np.tril(a) if lower else np.triu(a)
    a = t(a) if adjoint else a
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return np.linalg.solve(np.broadcast_to(a, batch + a.shape[-2:]), np.broadcast_to(b, batch + b.shape[-2:]))


for lower in (True, False):
    for flag in (False, True):
        attrs = {"lower": lower, "adjoint": flag}
        both("MatrixTriangularSolve", [regular(3, 3), draw(3, 2)], attrs, expect=triangular)
        both("MatrixTriangularSolve", [regular(2, 3, 3), draw(3, 2)], attrs, expect=triangular)
        both("MatrixTriangularSolve", [regular(3, 3), draw(2, 1, 3, 2)], attrs, expect=triangular)
case("MatrixTriangularSolve", [np.zeros((0, 0)), np.zeros((0, 2))], expect=[np.zeros((0, 2))], gradient=False)
error("MatrixTriangularSolve", [np.zeros((1, 0)), np.zeros((0, 1))], match="must be square")
error("MatrixTriangularSolve", [np.zeros((0, 1)), np.zeros((1, 2))], match="must be square")
error("MatrixTriangularSolve", [np.zeros((2, 2)), draw(2, 1)], match="not invertible")
error("MatrixTriangularSolve", [regular(2, 2), draw(3, 1)], match="different numbers of rows")
error("MatrixTriangularSolve", [regular(2, 2, 2), draw(3, 2, 1)], match="do not go together")

for flag in (False, True):
    both("MatrixSolve", [regular(3, 3), draw(3, 2)], {"adjoint": flag}, expect=lambda a, b, adjoint: np.linalg.solve(t(a) if adjoint else a, b))
    both("MatrixSolve", [regular(2, 4, 4), draw(2, 4, 1)], {"adjoint": flag},
         expect=lambda a, b, adjoint: np.linalg.solve(t(a) if adjoint else a, b))
case("MatrixSolve", [np.zeros((3, 0, 0)), np.zeros((3, 0, 2))], expect=[np.zeros((3, 0, 2))], gradient=False)
error("MatrixSolve", [np.ones((2, 2)), draw(2, 1)], match="not invertible")
error("MatrixSolve", [draw(2, 3), draw(2, 1)], match="must be square")
error("MatrixSolve", [regular(2, 2), draw(3, 1)], match="different numbers of rows")
error("MatrixSolve", [regular(2, 2, 2), draw(2, 1)], match="do not go together")


def least_squares(a, b, l2, fast=True):
    gram = t(a) @ a if a.shape[-2] >= a.shape[-1] else a @ t(a)
    gram = gram + l2 * np.eye(gram.shape[-1])
    return np.linalg.solve(gram, t(a) @ b) if a.shape[-2] >= a.shape[-1] else t(a) @ np.linalg.solve(gram, b)


for shape in ((5, 3), (3, 3), (3, 5), (2, 4, 2)):
    for l2 in (0.0, 0.5):
        both("MatrixSolveLs", [regular(*shape), draw(*shape[:-1], 2), np.float64(l2)], expect=least_squares, gradient=[0, 1])
case("MatrixSolveLs", [regular(4, 2), draw(4, 1), np.float64(0)], {"fast": False}, expect=least_squares, dtypes=["float64"], rtol=1e-9, gradient=False)
error("MatrixSolveLs", [regular(4, 2), draw(4, 1), np.float64(-1)], match="l2_regularizer is -1")
error("MatrixSolveLs", [regular(4, 2), draw(4, 1), np.zeros(1)], match="must be a scalar")
error("MatrixSolveLs", [regular(4, 2), draw(3, 1), np.float64(0)], match="different numbers of rows")
error("MatrixSolveLs", [np.ones((4, 2)), draw(4, 1), np.float64(0)], match="rank|not invertible|successful")

# ---- factors: checked by what they are, as signs are free ----


def close(a, b, dtype, what):
    size = 1e-9 if dtype == np.float64 else 3e-4
    np.testing.assert_allclose(a, b, rtol=size, atol=size, err_msg=what)


def orthonormal(q, what):
    close(t(q) @ q, np.broadcast_to(np.eye(q.shape[-1]), q.shape[:-2] + (q.shape[-1],) * 2), q.dtype, what)


def check_qr(outputs, inputs, attrs):
    (q, r), a = outputs, inputs[0]
    m, n = a.shape[-2:]
    p = m if attrs.get("full_matrices") else min(m, n)
    assert q.shape == a.shape[:-2] + (m, p) and r.shape == a.shape[:-2] + (p, n)
    orthonormal(q, "q")
    close(q @ r, a, a.dtype, "q r")
    close(r, np.triu(r), a.dtype, "r")


def check_svd(outputs, inputs, attrs):
    (s, u, v), a = outputs, inputs[0]
    p = min(a.shape[-2:])
    close(s, np.linalg.svd(a.astype(np.float64), compute_uv=False), a.dtype, "s")
    if not attrs.get("compute_uv", True):
        return
    full = attrs.get("full_matrices")
    assert u.shape == a.shape[:-1] + ((a.shape[-2] if full else p),) and v.shape == a.shape[:-2] + (a.shape[-1], a.shape[-1] if full else p)
    orthonormal(u, "u")
    orthonormal(v, "v")
    close((u[..., :p] * s[..., None, :]) @ t(v[..., :p]), a, a.dtype, "u s v")


def check_eigen(outputs, inputs, attrs):
    e, v = outputs
    a = np.tril(inputs[0]) + t(np.tril(inputs[0], -1))
    close(e, np.linalg.eigvalsh(a.astype(np.float64)), a.dtype, "e")
    if attrs.get("compute_v", True):
        orthonormal(v, "v")
        close(a @ v, v * e[..., None, :], a.dtype, "a v")


TALL, SQUARE, WIDE = (2, 4, 2), (3, 3), (2, 5)
for shape in (TALL, SQUARE, WIDE, (2, 1, 3, 4), (0, 3), (3, 0)):  # (2, 1, 3, 4): u's and v's signs jump nearby
    tall, small = shape[-2] > shape[-1], 0 in shape
    for full in (False, True):
        attrs = {"full_matrices": full}
        case("Qr", [regular(*shape)], attrs, check=check_qr, gradient=not small and not (full and tall))
        case("Svd", [regular(*shape)], attrs, check=check_svd, gradient=not small, outputs=[0] if len(shape) == 4 or (full and shape[-1] != shape[-2]) else None)
    case("Svd", [regular(*shape)], {"compute_uv": False}, check=check_svd, gradient=not small, outputs=[0])
for shape in ((3, 3), (2, 4, 4), (1, 1), (0, 0)):
    case("SelfAdjointEigV2", [definite(*shape)], check=check_eigen, gradient=0 not in shape)
    case("SelfAdjointEigV2", [definite(*shape)], {"compute_v": False}, check=check_eigen, gradient=0 not in shape, outputs=[0])
for op in ("Qr", "Svd"):
    error(op, [draw(3)], match="rank must be at least 2")
    error(op, [np.float64(3)], match="rank must be at least 2")
error("SelfAdjointEigV2", [np.full((2, 2), np.inf)], match="finite|successful")
error("SelfAdjointEigV2", [draw(4, 2)], {"compute_v": False}, match="must be square")


def check_lu(outputs, inputs, attrs):
    (lu, p), a = outputs, inputs[0]
    assert p.dtype == (attrs.get("output_idx_type") or "int32")
    lower = np.tril(lu, -1) + np.eye(a.shape[-1])
    close(lower @ np.triu(lu), np.take_along_axis(a, p[..., None].astype(np.int64), -2), a.dtype, "l u")


case("Lu", [draw(4, 4)], check=check_lu)
case("Lu", [draw(2, 3, 3)], {"output_idx_type": "int64"}, check=check_lu)
case("Lu", [draw(0, 0)], check=check_lu)
error("Lu", [np.ones((2, 2))], match="not invertible")
error("Lu", [np.ones((2, 2))], {"output_idx_type": "float32"}, match="must be int32 or int64")
