/*
 * Dense linear algebra on single matrices in raw row-major buffers, float32 and float64; the caller loops over batches.
 *
 * Every function copies its input into float64 scratch, computes there, and writes results only when it has succeeded:
 * outputs may therefore be the inputs, a failed call writes nothing, and float32 results are float64 ones rounded once.
 * No fused multiply-add and no vector width enters the arithmetic, so the bits are the same on every machine.
 * Sizes are not negative and may be 0; pointers to empty results may be NULL. Messages are TensorFlow's words and the
 * value found; they carry no operation's name, which the caller puts in front with sj__fail_within.
 * All return SJ_OK, SJ_RESOURCE_EXHAUSTED (scratch), SJ_CANCELLED, and what is said below. Inputs with NaN or infinity
 * end in NaN results unless it says otherwise.
 */
#ifndef SOKUJI_CPU_LINALG_H
#define SOKUJI_CPU_LINALG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/*
 * LU with partial pivoting (TensorFlow: Lu), in place: a (n, n) becomes L below its diagonal (whose ones are not
 * stored) and U above. Row i of L*U is row permutation[i] of the input; sign is the permutation's, 1 or -1. A singular
 * input is no failure: *ret_singular says that some pivot is exactly 0.
 */
sj_status sj__lu_f32(int64_t n, float *a, int64_t *ret_permutation, int *ret_sign, bool *ret_singular);
sj_status sj__lu_f64(int64_t n, double *a, int64_t *ret_permutation, int *ret_sign, bool *ret_singular);

/* The inverse (n, n) of a, or of its transpose (MatrixInverse). SJ_INVALID_ARGUMENT: singular. */
sj_status sj__inverse_f32(int64_t n, bool adjoint, const float *a, float *ret_inverse);
sj_status sj__inverse_f64(int64_t n, bool adjoint, const double *a, double *ret_inverse);

/* The determinant of a (n, n), 1 for n = 0 (MatrixDeterminant). Overflows to infinity only where the result does. */
sj_status sj__determinant_f32(int64_t n, const float *a, float *ret_determinant);
sj_status sj__determinant_f64(int64_t n, const double *a, double *ret_determinant);

/* determinant = sign * exp(log_abs); 0 and -infinity for a singular a (LogMatrixDeterminant). */
sj_status sj__log_determinant_f32(int64_t n, const float *a, float *ret_sign, float *ret_log_abs);
sj_status sj__log_determinant_f64(int64_t n, const double *a, double *ret_sign, double *ret_log_abs);

/*
 * The lower triangular L (n, n), zeros above, with L * L^T = a (Cholesky). Only a's lower triangle is read.
 * SJ_INVALID_ARGUMENT: not positive definite, or not finite.
 */
sj_status sj__cholesky_f32(int64_t n, const float *a, float *ret_l);
sj_status sj__cholesky_f64(int64_t n, const double *a, double *ret_l);

/*
 * x (n, n_rhs) with a * x = b or, adjoint, a^T * x = b, reading only the lower or only the upper triangle of a
 * (MatrixTriangularSolve). SJ_INVALID_ARGUMENT: a 0 on the diagonal.
 */
sj_status sj__triangular_solve_f32(bool lower, bool adjoint, int64_t n, int64_t n_rhs, const float *a, const float *b,
                                   float *ret_x);
sj_status sj__triangular_solve_f64(bool lower, bool adjoint, int64_t n, int64_t n_rhs, const double *a, const double *b,
                                   double *ret_x);

/* x (n, n_rhs) with a * x = b or, adjoint, a^T * x = b, through LU (MatrixSolve). SJ_INVALID_ARGUMENT: singular. */
sj_status sj__solve_f32(bool adjoint, int64_t n, int64_t n_rhs, const float *a, const float *b, float *ret_x);
sj_status sj__solve_f64(bool adjoint, int64_t n, int64_t n_rhs, const double *a, const double *b, double *ret_x);

/*
 * x (n, n_rhs) that minimises |a x - b|^2 + l2_regularizer |x|^2 for a (m, n), b (m, n_rhs), and of several such x the
 * smallest (MatrixSolveLs), through QR. SJ_INVALID_ARGUMENT: a has not full rank and l2_regularizer is 0, or it is < 0.
 */
sj_status sj__least_squares_f32(int64_t m, int64_t n, int64_t n_rhs, const float *a, const float *b,
                                double l2_regularizer, float *ret_x);
sj_status sj__least_squares_f64(int64_t m, int64_t n, int64_t n_rhs, const double *a, const double *b,
                                double l2_regularizer, double *ret_x);

/*
 * Householder QR of a (m, n), signs as LAPACK leaves them (Qr). With p = min(m, n): q (m, p) and r (p, n), or with
 * full_matrices q (m, m) and r (m, n). ret_q may be NULL when only r is wanted.
 */
sj_status sj__qr_f32(int64_t m, int64_t n, bool full_matrices, const float *a, float *ret_q, float *ret_r);
sj_status sj__qr_f64(int64_t m, int64_t n, bool full_matrices, const double *a, double *ret_q, double *ret_r);

/*
 * a (m, n) = u * diag(s) * v^T with s (p) descending, p = min(m, n) (Svd; note v, not its transpose): u (m, p), v (n,
 * p), or with full_matrices u (m, m), v (n, n). Without compute_uv, ret_u and ret_v are not used. SJ_INTERNAL: no
 * convergence, which no known input brings about.
 */
sj_status sj__svd_f32(int64_t m, int64_t n, bool compute_uv, bool full_matrices, const float *a, float *ret_s,
                      float *ret_u, float *ret_v);
sj_status sj__svd_f64(int64_t m, int64_t n, bool compute_uv, bool full_matrices, const double *a, double *ret_s,
                      double *ret_u, double *ret_v);

/*
 * Eigenvalues e (n) ascending and eigenvectors, the columns of v (n, n), of the symmetric matrix whose lower triangle a
 * holds (SelfAdjointEigV2). Without compute_v, ret_v is not used. SJ_INVALID_ARGUMENT: not finite.
 */
sj_status sj__self_adjoint_eigen_f32(int64_t n, bool compute_v, const float *a, float *ret_e, float *ret_v);
sj_status sj__self_adjoint_eigen_f64(int64_t n, bool compute_v, const double *a, double *ret_e, double *ret_v);

#endif
