/*
 * The float64 routines behind linalg.h: building blocks, factorizations in place, and scratch. Matrices are row-major
 * with a leading dimension (ld, the distance between rows). Private to src/cpu/linalg_*.c. Functions that return no
 * status do not allocate. Long loops stop early once the thread's operation is cancelled; the entry then discards the
 * result.
 */
#ifndef SOKUJI_CPU_LINALG_CORE_H
#define SOKUJI_CPU_LINALG_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* A distance between rows of n numbers that is an odd number of cache lines, so that columns spread over all cache
 * sets. */
static inline int64_t sj__scratch_ld(int64_t n) { return ((n + 7) / 8 | 1) * 8; }

/*
 * One block for n_parts matrices of sizes[i] = {rows, ld}, each 64-byte aligned and uninitialised. The caller frees
 * ret_parts[0] with sj__memory_free.
 */
sj_status sj__scratch_new(int n_parts, const int64_t (*sizes)[2], double **ret_parts);

/* SJ_CANCELLED if the operation was cancelled, so that what is in scratch may be unfinished; else SJ_OK. */
sj_status sj__scratch_check(void);

/* Vectors. The sums run on eight fixed lanes. */
double sj__vector_dot(int64_t n, const double *x, const double *y);
void sj__vector_add_scaled(int64_t n, double scale, const double *x, double *y); /* y += scale * x */
void sj__vector_rotate(int64_t n, double c, double s, double *x, double *y);     /* x, y = c x + s y, c y - s x */
void sj__vector_swap(int64_t n, double *x, double *y);
double sj__hypot(double x, double y);                      /* no spurious overflow */
double sj__natural_log(double mantissa, int64_t exponent); /* log(mantissa * 2^exponent) */
/* The rotation that takes (f, g) to (r, 0): returns r. */
double sj__rotation_new(double f, double g, double *ret_c, double *ret_s);

/* Matrices. */
void sj__matrix_set_identity(int64_t m, int64_t n, double *a, int64_t lda);
/* c (m, n) -= a (m, k) * b (k, n), or b^T where b is (n, k); each element subtracts its products in ascending k. */
void sj__matrix_subtract_product(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b,
                                 int64_t ldb, bool transpose_b, double *c, int64_t ldc);
/*
 * Multiplies by the power of two that brings the largest magnitude into [0.5, 1) and stores the power's inverse, or
 * returns false and changes nothing when an element is not finite.
 */
bool sj__matrix_normalize(int64_t m, int64_t n, double *a, int64_t lda, double *ret_scale);

/*
 * Householder reflectors I - tau v v^T with v[0] = 1. new: x, from a normalized matrix, becomes v; *ret_beta is what
 * x[0] is reflected to.
 */
double sj__reflector_new(int64_t n, double *x, double *ret_beta);
/* Each row of a (m, n) times the reflector. */
void sj__reflector_apply(int64_t m, int64_t n, const double *v, double tau, double *a, int64_t lda);
/*
 * The rows of a (m, n) times the reflectors n_reflectors-1, ..., 0, where v (n_reflectors, n) holds reflector k in row
 * k from column k + offset. Where only_lower, rows before k + offset are known not to change and are skipped.
 */
void sj__reflectors_apply_backward(int64_t m, int64_t n, int64_t n_reflectors, int64_t offset, bool only_lower,
                                   const double *v, int64_t ldv, const double *tau, double *a, int64_t lda);

/* LU in place; permutation as in linalg.h. Returns the index of the first pivot that is 0, or -1. */
int64_t sj__lu_factor(int64_t n, double *a, int64_t lda, int64_t *permutation, int *ret_sign);
/* b (n, n_rhs) = L^-1 b with ones on L's diagonal taken for granted or not; b = U^-1 b. */
void sj__lower_solve(int64_t n, int64_t n_rhs, bool unit, const double *l, int64_t ldl, double *b, int64_t ldb);
void sj__upper_solve(int64_t n, int64_t n_rhs, const double *u, int64_t ldu, double *b, int64_t ldb);
/* x (n, n) = (L U)^-1 for the output of sj__lu_factor, before the columns are permuted. */
void sj__lu_invert(int64_t n, const double *lu, int64_t ldlu, double *x, int64_t ldx);
/* The determinant as mantissa * 2^exponent with 0.5 <= |mantissa| < 1, or a mantissa that is 0 or not finite. */
double sj__lu_determinant(int64_t n, const double *lu, int64_t ldlu, int sign, int64_t *ret_exponent);
/* L in a's lower triangle, the upper one untouched. Returns the index of the first pivot not above 0, or -1. */
int64_t sj__cholesky_factor(int64_t n, double *a, int64_t lda);

/*
 * QR of the transpose: at (n, m) holds A^T, row k a column of A. Afterwards row k holds reflector k from column k <
 * min(m, n), R^T below the diagonal, and diagonal (min(m, n)) that of R.
 */
void sj__qr_factor_transposed(int64_t m, int64_t n, double *at, int64_t ldat, double *tau, double *diagonal);

/*
 * The minimum-norm x of linalg.h for a matrix of full rank; diagonal elements of R below tolerance times the largest
 * fail as a lack of rank. at: A^T (n, m) for m >= n, else A (m, n), destroyed; that is, the rows are the shorter
 * side's. bt (n_rhs, max(m, n)): b^T on entry, in its first m columns, x^T on return, in its first n.
 */
sj_status sj__least_squares(int64_t m, int64_t n, int64_t n_rhs, double tolerance, double *at, int64_t ldat, double *bt,
                            int64_t ldbt);

/*
 * A (m, n) = u * diag(s) * v^T for m >= n >= 1, from at = A^T (n, m), normalized, destroyed: s (n) descending and,
 * unless ut is NULL, ut (n_columns, m) = u^T with n_columns n or m, vt (n, n) = v^T.
 */
sj_status sj__svd_tall(int64_t m, int64_t n, double *at, int64_t ldat, double *s, int64_t n_columns, double *ut,
                       int64_t ldut, double *vt, int64_t ldvt);

/*
 * a (n, n), both triangles given, normalized, destroyed: eigenvalues d ascending, eigenvectors in the rows of vt (n, n)
 * or NULL, which has a's ld. scratch: 3 * n numbers. False: no convergence.
 */
bool sj__symmetric_eigen(int64_t n, double *a, int64_t ld, double *d, double *vt, double *scratch);

#endif
