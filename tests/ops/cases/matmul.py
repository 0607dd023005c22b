"""Matrix products."""
import numpy as np

from cases import case, error

rng = np.random.default_rng(22)


def whole(*shape):
    return np.array(rng.integers(-4, 5, shape), np.float64)


def matmul(a, b, transpose_a=False, transpose_b=False):
    return (a.T if transpose_a else a) @ (b.T if transpose_b else b)


def batch_matmul(x, y, adj_x=False, adj_y=False):
    return np.matmul(np.swapaxes(x, -1, -2) if adj_x else x, np.swapaxes(y, -1, -2) if adj_y else y)


for m, k, n in ((3, 4, 5), (1, 6, 1), (17, 33, 9), (5, 0, 3), (0, 4, 2), (2, 3, 0)):
    for ta in (False, True):
        for tb in (False, True):
            a, b = whole(*((k, m) if ta else (m, k))), whole(*((n, k) if tb else (k, n)))
            case("MatMul", [a, b], {"transpose_a": ta, "transpose_b": tb}, expect=matmul, gradient=m * n * k < 100)
case("MatMul", [rng.standard_normal((130, 400)), rng.standard_normal((400, 70))], expect=matmul, dtypes=["float32", "float64"],
     gradient=False, rtol=1e-5, atol=1e-4)
error("MatMul", [whole(2, 3), whole(2, 3)], match="inner sizes 3 and 2 differ")
error("MatMul", [whole(2, 2), whole(0, 2)], match="inner sizes 2 and 0 differ")
error("MatMul", [whole(2, 3), whole(3)], match="must be matrices")
error("MatMul", [whole(2, 3, 4), whole(4, 3)], match="use sj_batch_matmul")
error("MatMul", [whole(2, 3), whole(3, 2).astype(np.int32)], match="b is int32 where float64 is expected")



def fused_matmul(a, b, bias, transpose_a=False, transpose_b=False, relu=False):
    result = matmul(a, b, transpose_a, transpose_b) + bias
    return np.maximum(result, 0) if relu else result


def off_zero(x):
    """No element where relu has its corner: products of whole numbers plus a half are never 0."""
    return x + 0.5


for m, k, n in ((3, 4, 5), (1, 6, 1), (17, 33, 9), (5, 0, 3), (0, 4, 2), (2, 3, 0), (2, 2, 2)):
    for ta in (False, True):
        for tb in (False, True):
            a, b = whole(*((k, m) if ta else (m, k))), whole(*((n, k) if tb else (k, n)))
            for relu in (False, True):
                case("FusedMatMul", [a, b, off_zero(whole(n))], {"transpose_a": ta, "transpose_b": tb, "relu": relu}, expect=fused_matmul,
                     gradient=m * n * k < 100)
case("FusedMatMul", [rng.standard_normal((130, 400)), rng.standard_normal((400, 70)), rng.standard_normal(70)], {"relu": True},
     expect=fused_matmul, dtypes=["float32", "float64"], gradient=False, rtol=1e-5, atol=1e-4)
error("FusedMatMul", [whole(2, 3), whole(2, 3), whole(3)], match="inner sizes 3 and 2 differ")
error("FusedMatMul", [whole(2, 3), whole(3), whole(3)], match="must be matrices")
error("FusedMatMul", [whole(2, 3), whole(3, 4), whole(3)], match="bias has 3 elements; there are 4 channels")
error("FusedMatMul", [whole(2, 3), whole(3, 4), whole(1, 4)], match="bias has shape .* must be a vector")
error("FusedMatMul", [whole(2, 3), whole(3, 2), whole(2).astype(np.float32)], match="bias is float32 where float64 is expected")

for name in ("BatchMatMulV2", "BatchMatMul"):
    for tx in (False, True):
        for ty in (False, True):
            x, y = whole(2, *((4, 3) if tx else (3, 4))), whole(2, *((5, 4) if ty else (4, 5)))
            case(name, [x, y], {"adj_x": tx, "adj_y": ty}, expect=batch_matmul)
    case(name, [whole(3, 4), whole(4, 2)], expect=batch_matmul)
    case(name, [whole(2, 0, 3, 4), whole(2, 0, 4, 2)], expect=batch_matmul)
    case(name, [whole(2, 3, 0), whole(2, 0, 2)], expect=batch_matmul)
    case(name, [rng.standard_normal((40, 30, 20)), rng.standard_normal((40, 20, 35))], expect=batch_matmul, dtypes=["float32", "float64"],
         gradient=False, rtol=1e-5, atol=1e-4)
    error(name, [whole(2, 3, 4), whole(2, 3, 4)], match="inner sizes 4 and 3 differ")
    error(name, [whole(2, 3, 4), whole(3, 4, 5)], match="do not go together")
    error(name, [whole(4), whole(4, 5)], match="at least 2")
case("BatchMatMulV2", [whole(2, 1, 3, 4), whole(3, 4, 2)], expect=batch_matmul)
case("BatchMatMulV2", [whole(2, 3, 4), whole(4, 2)], expect=batch_matmul)
case("BatchMatMulV2", [whole(2, 4, 3), whole(4, 2)], {"adj_x": True}, expect=batch_matmul)
case("BatchMatMulV2", [whole(3, 4), whole(5, 1, 4, 2)], expect=batch_matmul)
error("BatchMatMul", [whole(2, 3, 4), whole(4, 2)], match="do not go together")
