"""Linear algebra on the matrices in the last two dimensions; any dimensions before them are a batch."""
from rows import op

op("MatrixInverse", "input:T", "output:T", T="floats", attrs="adjoint:bool", rule="square_matrix", gradient="matrix_inverse", saves_outputs="output",
   doc="The inverse of square matrices (…, n, n), or of their transposes (adjoint). InvalidArgument for a matrix that is singular.")
op("MatrixDeterminant", "input:T", "output:T", T="floats", gradient="matrix_determinant", saves="input", saves_outputs="output",
   doc="The determinants (…) of square matrices (…, n, n); 1 for n = 0.")
op("LogMatrixDeterminant", "input:T", "sign:T log_abs_determinant:T", T="floats", rule="matrix_determinant", gradient="log_matrix_determinant", saves="input",
   doc="Sign and logarithm of the absolute value of the determinants (…) of square matrices (…, n, n): neither over- nor underflows.\n"
       "A singular matrix has sign 0 and logarithm -infinity.")
op("Cholesky", "input:T", "output:T", T="floats", rule="square_matrix", gradient="cholesky", saves_outputs="output",
   doc="The lower triangular L, zeros above, with L L^T = input, for symmetric positive definite matrices (…, n, n), of which only the\n"
       "lower triangle is read. InvalidArgument when one is not positive definite. The gradient is symmetric.")
op("CholeskyGrad", "l:T grad:T", "output:T", T="floats", gradient=None,
   doc="The gradient of Cholesky, symmetric, from its result l and the result's gradient.")
op("MatrixTriangularSolve", "matrix:T rhs:T", "output:T", T="floats", attrs="lower:bool=True adjoint:bool", gradient="matrix_triangular_solve",
   saves="matrix", saves_outputs="output", saves_shapes="rhs",
   doc="x (…, n, k) with matrix x = rhs, or matrix^T x = rhs (adjoint), where only the lower (default) or the upper triangle of matrix\n"
       "(…, n, n) counts. The batches broadcast. InvalidArgument for a 0 on the diagonal.")
op("MatrixSolve", "matrix:T rhs:T", "output:T", T="floats", attrs="adjoint:bool", gradient="matrix_solve", saves="matrix", saves_outputs="output",
   doc="x (…, n, k) with matrix x = rhs, or matrix^T x = rhs (adjoint), for square matrices (…, n, n). InvalidArgument: singular.")
op("MatrixSolveLs", "matrix:T rhs:T l2_regularizer:float64", "output:T", T="floats", attrs="fast:bool=True", gradient="matrix_solve_ls",
   saves="matrix rhs l2_regularizer", saves_outputs="output", gradient_reads="last",
   doc="x (…, n, k) that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2 for matrices (…, m, n), of several the smallest. Computed\n"
       "through QR, whatever fast says. InvalidArgument: not of full rank with l2_regularizer 0, or l2_regularizer negative.")
op("Qr", "input:T", "q:T r:T", T="floats", attrs="full_matrices:bool", gradient="qr", saves="input", saves_outputs="q r",
   doc="input (…, m, n) = q r with orthonormal columns of q and upper triangular r. With p = min(m, n): q (…, m, p), r (…, p, n), or with\n"
       "full_matrices q (…, m, m), r (…, m, n). The gradient is not implemented for full_matrices with m > n.")
op("Svd", "input:T", "s:T u:T v:T", T="floats", attrs="compute_uv:bool=True full_matrices:bool", gradient="svd", saves="input",
   saves_outputs="s u v",
   doc="input (…, m, n) = u diag(s) v^T with s (…, p) descending, p = min(m, n): u (…, m, p), v (…, n, p), or with full_matrices (…, m, m)\n"
       "and (…, n, n). Without compute_uv u and v are empty. The gradient is not implemented through u and v of full_matrices when m and\n"
       "n differ; of equal singular values it takes the part that is determined.")
op("SelfAdjointEigV2", "input:T", "e:T v:T", T="floats", c_name="self_adjoint_eig", attrs="compute_v:bool=True", gradient="self_adjoint_eig",
   saves="input", saves_outputs="e v",
   doc="Eigenvalues e (…, n), ascending, and eigenvectors, the columns of v (…, n, n), of symmetric matrices (…, n, n), of which only the\n"
       "lower triangle is read; so is the gradient lower triangular. Without compute_v v is empty.")
op("Lu", "input:T", "lu:T p:any", T="floats", attrs="output_idx_type:dtype", gradient=None,
   doc="LU with partial pivoting of square matrices (…, n, n): lu holds L below its diagonal (whose ones are not stored) and U above; row i of\n"
       "L U is row p[i] of the input. p (…, n): int32 (the default) or int64. InvalidArgument: singular.")
