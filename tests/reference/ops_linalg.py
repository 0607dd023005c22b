"""Factorizations and solvers one by one: see ops_cases.py. Run with TensorFlow 1.8.0, then with 2.21:

    python ops_linalg.py

Signs of the columns of Qr, Svd and the eigenvectors are as TensorFlow (Eigen) chooses them; another
library may differ.
"""

import numpy as np

from ops_cases import FLOATS, V1, Cases

cases = Cases("ops_linalg")
draw, op, function = cases.draw, cases.op, cases.function


def definite(matrix):
    """A symmetric positive definite matrix, well conditioned."""
    size = matrix.shape[-1]
    return matrix @ np.swapaxes(matrix, -1, -2) + np.eye(size, dtype=matrix.dtype)


def square(dtype):
    for shape in ([1, 1], [3, 3], [2, 4, 4]):
        x, right = draw(shape, dtype), draw(shape[:-1] + [2], dtype)
        op("Cholesky", definite(x), gradient=(0,))
        op("MatrixDeterminant", x, gradient=(0,))
        op("LogMatrixDeterminant", x)
        op("SelfAdjointEigV2", definite(x), compute_v=True)
        op("SelfAdjointEigV2", definite(x), compute_v=False, gradient=(0,))
        op("MatrixExponential", x)
        for adjoint in (False, True):
            op("MatrixInverse", x, adjoint=adjoint, gradient=(0,))
            op("MatrixSolve", x, right, adjoint=adjoint, gradient=(0, 1))
            for lower in (False, True):
                options = {"adjoint": adjoint, "lower": lower}
                op("MatrixTriangularSolve", definite(x), right, gradient=(0, 1), **options)
        function("tf.cholesky_solve", V1.cholesky_solve, np.linalg.cholesky(definite(x)), right)
        function("tf.trace", V1.trace, x, gradient=(0,))


def oblong(dtype):
    for shape in ([3, 3], [5, 3], [2, 4], [2, 4, 3]):
        x = draw(shape, dtype)
        for full in (False, True):
            op("Qr", x, full_matrices=full)
            op("Svd", x, compute_uv=True, full_matrices=full)
        op("Svd", x, compute_uv=False)
        right = draw(shape[:-1] + [2], dtype)
        for fast in (False, True):
            call = lambda a, b, fast, regularizer: V1.matrix_solve_ls(a, b, regularizer, fast)  # noqa: E731
            name = "tf.matrix_solve_ls"
            function(name, call, x, right, fast=fast, regularizer=0.1 if fast else 0.0)


def main():
    for dtype in FLOATS:
        square(dtype)
        oblong(dtype)
    cases.save()


if __name__ == "__main__":
    main()
