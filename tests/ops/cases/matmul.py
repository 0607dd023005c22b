"""Cases of the contractions."""
import numpy as np
from cases import case, error

a, b = np.arange(6.0).reshape(2, 3) - 2, np.arange(12.0).reshape(3, 4) % 5 - 1
case("MatMul", [a, b], expect=lambda a, b: a @ b)
case("MatMul", [a.T, b], {"transpose_a": True}, expect=lambda a, b, transpose_a: a.T @ b)
case("MatMul", [a, b.T], {"transpose_b": True}, expect=lambda a, b, transpose_b: a @ b.T)
case("MatMul", [a.T, b.T], {"transpose_a": True, "transpose_b": True}, expect=lambda a, b, transpose_a, transpose_b: a.T @ b.T)
case("MatMul", [np.zeros((2, 0)), np.zeros((0, 3))], expect=lambda a, b: np.zeros((2, 3)))
case("MatMul", [np.zeros((0, 3)), b], expect=lambda a, b: np.zeros((0, 4)))
_big = np.random.default_rng(0)
case("MatMul", [_big.integers(-4, 4, (130, 257)), _big.integers(-4, 4, (257, 70))], expect=lambda a, b: a @ b, gradient=False)
error("MatMul", [a, a], match=r"inner sizes 3 and 2 differ")
error("MatMul", [a[0], b], match="rank")
error("MatMul", [a, b.T], {"transpose_a": True}, match="inner sizes 2 and 4 differ")
error("MatMul", [a.astype(np.float32), b], match="float64 where float32 is expected")
