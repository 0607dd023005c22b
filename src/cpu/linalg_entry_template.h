/*
 * The functions of linalg.h for one element type, included by linalg_f32.c and linalg_f64.c, which define `real`,
 * ROUNDING (the distance from 1 to the next number) and the LINALG_ names: copy in, compute in float64, check, copy
 * out. No arithmetic of its own.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/linalg.h"
#include "cpu/linalg_core.h"

static void load(int64_t m, int64_t n, const real *from, double *to, int64_t ld)
{
	for (int64_t i = 0; i < m; i++)
		for (int64_t j = 0; j < n; j++)
			to[i * ld + j] = (double)from[i * n + j];
}

/* from (m, n), to (n, m). */
static void load_transposed(int64_t m, int64_t n, const real *from, double *to, int64_t ld)
{
	for (int64_t j = 0; j < n; j++)
		for (int64_t i = 0; i < m; i++)
			to[j * ld + i] = (double)from[i * n + j];
}

static void store(int64_t m, int64_t n, const double *from, int64_t ld, real *to)
{
	for (int64_t i = 0; i < m && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++)
			to[i * n + j] = (real)from[i * ld + j];
}

/* from (n, m), to (m, n). */
static void store_transposed(int64_t m, int64_t n, const double *from, int64_t ld, real *to)
{
	for (int64_t i = 0; i < m && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++)
			to[i * n + j] = (real)from[j * ld + i];
}

static void store_scaled(int64_t n, const double *from, double scale, real *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = (real)(from[i] * scale);
}

static void fill(int64_t n, real value, real *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = value;
}

static void store_identity(int64_t m, int64_t n, real *to)
{
	for (int64_t i = 0; i < m && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++)
			to[i * n + j] = i == j;
}

static sj_status fail_singular(const char *what, int64_t k, int64_t n)
{
	return sj__fail(
		SJ_INVALID_ARGUMENT,
		"%s is not invertible. Pivot %lld of a %lld x %lld matrix is 0: its rows are linearly dependent; add a "
		"small multiple of the identity, or solve by least squares",
		what, (long long)k, (long long)n, (long long)n);
}

/* A copy of a (its transpose, adjoint) with its LU factors; the caller frees part[0]. */
static sj_status factor_copy(int64_t n, bool adjoint, const real *a, int n_parts, const int64_t (*sizes)[2],
                             double **part, int *ret_sign, int64_t *ret_zero_pivot)
{
	int64_t ld = sj__scratch_ld(n);
	sj_status status = sj__scratch_new(n_parts, sizes, part);
	if (status != SJ_OK)
		return status;
	(adjoint ? load_transposed : load)(n, n, a, part[0], ld);
	*ret_zero_pivot = sj__lu_factor(n, part[0], ld, (int64_t *)(void *)part[1], ret_sign);
	status = sj__scratch_check();
	if (status != SJ_OK)
		sj__memory_free(part[0]);
	return status;
}

sj_status LINALG_LU(int64_t n, real *a, int64_t *ret_permutation, int *ret_sign, bool *ret_singular)
{
	int64_t ld = sj__scratch_ld(n), zero_pivot;
	double *part[2];
	int sign;
	sj_status status = factor_copy(n, false, a, 2, (const int64_t[][2]){{n, ld}, {1, n}}, part, &sign, &zero_pivot);
	if (status != SJ_OK)
		return status;
	store(n, n, part[0], ld, a);
	if (n > 0)
		memcpy(ret_permutation, part[1], (size_t)n * sizeof(int64_t));
	*ret_sign = sign;
	*ret_singular = zero_pivot >= 0;
	sj__memory_free(part[0]);
	return SJ_OK;
}

/* to = (permuted columns of from), or the transpose of that. */
static void store_inverse(int64_t n, bool adjoint, const double *from, int64_t ld, const int64_t *permutation, real *to)
{
	for (int64_t i = 0; i < n && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++) {
			int64_t column = permutation[j];
			to[adjoint ? column * n + i : i * n + column] = (real)from[i * ld + j];
		}
}

sj_status LINALG_INVERSE(int64_t n, bool adjoint, const real *a, real *ret_inverse)
{
	int64_t ld = sj__scratch_ld(n), zero_pivot;
	const int64_t sizes[][2] = {{n, ld}, {1, n}, {n, ld}};
	double *part[3];
	int sign;
	sj_status status = factor_copy(n, false, a, 3, sizes, part, &sign, &zero_pivot);
	if (status != SJ_OK)
		return status;
	if (zero_pivot >= 0) {
		status = fail_singular("Input", zero_pivot, n);
	} else {
		sj__lu_invert(n, part[0], ld, part[2], ld);
		status = sj__scratch_check();
	}
	if (status == SJ_OK)
		store_inverse(n, adjoint, part[2], ld, (const int64_t *)(void *)part[1], ret_inverse);
	sj__memory_free(part[0]);
	return status;
}

static sj_status determinant(int64_t n, const real *a, double *ret_mantissa, int64_t *ret_exponent)
{
	int64_t ld = sj__scratch_ld(n), zero_pivot;
	double *part[2];
	int sign;
	sj_status status = factor_copy(n, false, a, 2, (const int64_t[][2]){{n, ld}, {1, n}}, part, &sign, &zero_pivot);
	if (status != SJ_OK)
		return status;
	*ret_exponent = 0;
	*ret_mantissa = zero_pivot >= 0 ? 0 : sj__lu_determinant(n, part[0], ld, sign, ret_exponent);
	sj__memory_free(part[0]);
	return SJ_OK;
}

sj_status LINALG_DETERMINANT(int64_t n, const real *a, real *ret_determinant)
{
	double mantissa;
	int64_t exponent;
	sj_status status = determinant(n, a, &mantissa, &exponent);
	if (status == SJ_OK)
		*ret_determinant = (real)ldexp(mantissa, (int)sj__max_i64(-5000, sj__min_i64(5000, exponent)));
	return status;
}

sj_status LINALG_LOG_DETERMINANT(int64_t n, const real *a, real *ret_sign, real *ret_log_abs)
{
	double mantissa;
	int64_t exponent;
	sj_status status = determinant(n, a, &mantissa, &exponent);
	if (status != SJ_OK)
		return status;
	*ret_sign = (real)(mantissa > 0 ? 1 : mantissa < 0 ? -1 : mantissa);
	*ret_log_abs = (real)sj__natural_log(fabs(mantissa), exponent);
	return SJ_OK;
}

/* The lower triangle of from, zeros above. */
static void store_lower(int64_t n, const double *from, int64_t ld, real *to)
{
	for (int64_t i = 0; i < n && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++)
			to[i * n + j] = j <= i ? (real)from[i * ld + j] : 0;
}

sj_status LINALG_CHOLESKY(int64_t n, const real *a, real *ret_l)
{
	int64_t ld = sj__scratch_ld(n);
	double *l;
	sj_status status = sj__scratch_new(1, (const int64_t[][2]){{n, ld}}, &l);
	if (status != SJ_OK)
		return status;
	load(n, n, a, l, ld);
	int64_t failed = sj__cholesky_factor(n, l, ld);
	status = sj__scratch_check();
	if (status == SJ_OK && failed >= 0)
		status = sj__fail(
			SJ_INVALID_ARGUMENT,
			"Cholesky decomposition was not successful. The input might not be valid. Pivot %lld of a %lld "
			"x %lld matrix is %g: it is not positive definite; add a small multiple of the identity",
			(long long)failed, (long long)n, (long long)n, l[failed * ld + failed]);
	if (status == SJ_OK)
		store_lower(n, l, ld, ret_l);
	sj__memory_free(l);
	return status;
}

sj_status LINALG_TRIANGULAR_SOLVE(bool lower, bool adjoint, int64_t n, int64_t n_rhs, const real *a, const real *b,
                                  real *ret_x)
{
	int64_t ld = sj__scratch_ld(n), ldx = sj__scratch_ld(n_rhs);
	double *part[2];
	for (int64_t i = 0; i < n; i++)
		if (a[i * n + i] == 0)
			return fail_singular("Input matrix", i, n);
	sj_status status = sj__scratch_new(2, (const int64_t[][2]){{n, ld}, {n, ldx}}, part);
	if (status != SJ_OK)
		return status;
	(adjoint ? load_transposed : load)(n, n, a, part[0], ld);
	load(n, n_rhs, b, part[1], ldx);
	if (lower != adjoint)
		sj__lower_solve(n, n_rhs, false, part[0], ld, part[1], ldx);
	else
		sj__upper_solve(n, n_rhs, part[0], ld, part[1], ldx);
	status = sj__scratch_check();
	if (status == SJ_OK)
		store(n, n_rhs, part[1], ldx, ret_x);
	sj__memory_free(part[0]);
	return status;
}

sj_status LINALG_SOLVE(bool adjoint, int64_t n, int64_t n_rhs, const real *a, const real *b, real *ret_x)
{
	int64_t ld = sj__scratch_ld(n), ldx = sj__scratch_ld(n_rhs), zero_pivot;
	const int64_t sizes[][2] = {{n, ld}, {1, n}, {n, ldx}};
	double *part[3];
	int sign;
	sj_status status = factor_copy(n, adjoint, a, 3, sizes, part, &sign, &zero_pivot);
	if (status != SJ_OK)
		return status;
	if (zero_pivot >= 0) {
		status = fail_singular("Input matrix", zero_pivot, n);
	} else {
		const int64_t *permutation = (const int64_t *)(void *)part[1];
		for (int64_t i = 0; i < n; i++)
			load(1, n_rhs, b + permutation[i] * n_rhs, part[2] + i * ldx, ldx);
		sj__lower_solve(n, n_rhs, true, part[0], ld, part[2], ldx);
		sj__upper_solve(n, n_rhs, part[0], ld, part[2], ldx);
		status = sj__scratch_check();
	}
	if (status == SJ_OK)
		store(n, n_rhs, part[2], ldx, ret_x);
	sj__memory_free(part[0]);
	return status;
}

/* A^T for a tall problem, A for a wide one; the regularizer adds n rows sqrt(l2) I to A, which makes any problem tall.
 */
static void load_least_squares(int64_t m, int64_t n, const real *a, double l2, double *at, int64_t ld)
{
	(m >= n || l2 > 0 ? load_transposed : load)(m, n, a, at, ld);
	for (int64_t i = 0; i < n && l2 > 0; i++) {
		memset(at + i * ld + m, 0, (size_t)n * sizeof(double));
		at[i * ld + m + i] = sqrt(l2);
	}
}

sj_status LINALG_LEAST_SQUARES(int64_t m, int64_t n, int64_t n_rhs, const real *a, const real *b, double l2_regularizer,
                               real *ret_x)
{
	if (!(l2_regularizer >= 0 && l2_regularizer < INFINITY))
		return sj__fail(SJ_INVALID_ARGUMENT, "l2_regularizer is %g; it must be finite and not negative",
		                l2_regularizer);
	int64_t rows = l2_regularizer > 0 ? m + n : m, ld = sj__scratch_ld(sj__max_i64(rows, n));
	double *part[2], scale;
	const int64_t sizes[][2] = {{sj__min_i64(rows, n), ld}, {n_rhs, ld}};
	sj_status status = sj__scratch_new(2, sizes, part);
	if (status != SJ_OK)
		return status;
	load_least_squares(m, n, a, l2_regularizer, part[0], ld);
	memset(part[1], 0, (size_t)(n_rhs * ld) * sizeof(double));
	load_transposed(m, n_rhs, b, part[1], ld);
	if (!sj__matrix_normalize(sizes[0][0], sj__max_i64(rows, n), part[0], ld, &scale)) {
		fill(n * n_rhs, (real)NAN, ret_x);
	} else {
		/* The regularizer gives full rank, however small it is. */
		double tolerance = l2_regularizer > 0 ? 0 : (double)sj__max_i64(m, n) * ROUNDING;
		status = sj__least_squares(rows, n, n_rhs, tolerance, part[0], ld, part[1], ld);
		for (int64_t i = 0; i < n_rhs && status == SJ_OK; i++)
			for (int64_t j = 0; j < n; j++)
				ret_x[j * n_rhs + i] = (real)(part[1][i * ld + j] / scale);
	}
	sj__memory_free(part[0]);
	return status;
}

/* Rows of R from R^T below the diagonal of at. */
static void store_r(int64_t m, int64_t n, const double *at, int64_t ld, const double *diagonal, double scale,
                    real *ret_r)
{
	for (int64_t i = 0; i < m && !sj__cancelled(); i++)
		for (int64_t j = 0; j < n; j++) {
			double x = j < i ? 0 : j == i ? diagonal[i] : at[j * ld + i];
			ret_r[i * n + j] = (real)(x * scale);
		}
}

sj_status LINALG_QR(int64_t m, int64_t n, bool full_matrices, const real *a, real *ret_q, real *ret_r)
{
	int64_t ld = sj__scratch_ld(m), p = sj__min_i64(m, n), n_columns = full_matrices ? m : p;
	const int64_t sizes[][2] = {{n, ld}, {ret_q ? n_columns : 0, ld}, {2, p}};
	double *part[3], scale;
	sj_status status = sj__scratch_new(3, sizes, part);
	if (status != SJ_OK)
		return status;
	double *at = part[0], *qt = part[1], *tau = part[2], *diagonal = tau + p;
	load_transposed(m, n, a, at, ld);
	bool finite = sj__matrix_normalize(n, m, at, ld, &scale);
	if (finite) {
		sj__qr_factor_transposed(m, n, at, ld, tau, diagonal);
		sj__matrix_set_identity(ret_q ? n_columns : 0, m, qt, ld);
		sj__reflectors_apply_backward(ret_q ? n_columns : 0, m, p, 0, true, at, ld, tau, qt, ld);
		status = sj__scratch_check();
	}
	if (!finite) {
		fill(n_columns * n, (real)NAN, ret_r);
		fill(ret_q ? m * n_columns : 0, (real)NAN, ret_q);
	} else if (status == SJ_OK) {
		store_r(n_columns, n, at, ld, diagonal, scale, ret_r);
		store_transposed(m, ret_q ? n_columns : 0, qt, ld, ret_q);
	}
	sj__memory_free(part[0]);
	return status;
}

/* For m >= n; at_is_a: the input is A^T as it stands. */
static sj_status svd_tall(int64_t m, int64_t n, int64_t n_columns, bool at_is_a, const real *a, real *ret_s,
                          real *ret_u, real *ret_v)
{
	int64_t ldm = sj__scratch_ld(m), ldn = sj__scratch_ld(n);
	const int64_t sizes[][2] = {{n, ldm}, {1, n}, {ret_u ? n_columns : 0, ldm}, {ret_u ? n : 0, ldn}};
	double *part[4], scale;
	sj_status status = sj__scratch_new(4, sizes, part);
	if (status != SJ_OK)
		return status;
	double *at = part[0], *s = part[1], *ut = ret_u ? part[2] : NULL, *vt = part[3];
	if (at_is_a)
		load(n, m, a, at, ldm);
	else
		load_transposed(m, n, a, at, ldm);
	bool finite = sj__matrix_normalize(n, m, at, ldm, &scale);
	if (finite)
		status = sj__svd_tall(m, n, at, ldm, s, n_columns, ut, ldm, vt, ldn);
	if (status == SJ_OK)
		status = sj__scratch_check();
	if (!finite) {
		fill(n, (real)NAN, ret_s);
		fill(ret_u ? m * n_columns : 0, (real)NAN, ret_u);
		fill(ret_u ? n * n : 0, (real)NAN, ret_v);
	} else if (status == SJ_OK) {
		store_scaled(n, s, scale, ret_s);
		store_transposed(m, ret_u ? n_columns : 0, ut, ldm, ret_u);
		store_transposed(n, ret_u ? n : 0, vt, ldn, ret_v);
	}
	sj__memory_free(part[0]);
	return status;
}

sj_status LINALG_SVD(int64_t m, int64_t n, bool compute_uv, bool full_matrices, const real *a, real *ret_s, real *ret_u,
                     real *ret_v)
{
	int64_t longer = sj__max_i64(m, n), shorter = sj__min_i64(m, n), n_columns = full_matrices ? longer : shorter;
	real *u = compute_uv ? ret_u : NULL, *v = compute_uv ? ret_v : NULL;
	if (shorter > 0)
		return svd_tall(longer, shorter, n_columns, m < n, a, ret_s, m < n ? v : u, m < n ? u : v);
	if (compute_uv && full_matrices) {
		store_identity(m, m, ret_u);
		store_identity(n, n, ret_v);
	}
	return SJ_OK;
}

/* Both triangles from the lower one. */
static void load_symmetric(int64_t n, const real *from, double *to, int64_t ld)
{
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j <= i; j++)
			to[i * ld + j] = to[j * ld + i] = (double)from[i * n + j];
}

sj_status LINALG_SELF_ADJOINT_EIGEN(int64_t n, bool compute_v, const real *a, real *ret_e, real *ret_v)
{
	int64_t ld = sj__scratch_ld(n);
	const int64_t sizes[][2] = {{n, ld}, {compute_v ? n : 0, ld}, {4, n}};
	double *part[3], scale;
	sj_status status = sj__scratch_new(3, sizes, part);
	if (status != SJ_OK)
		return status;
	double *vt = compute_v ? part[1] : NULL, *e = part[2];
	load_symmetric(n, a, part[0], ld);
	bool finite = sj__matrix_normalize(n, n, part[0], ld, &scale);
	bool done = finite && sj__symmetric_eigen(n, part[0], ld, e, vt, e + n);
	status = sj__scratch_check();
	if (status == SJ_OK && !done)
		status = sj__fail(
			SJ_INVALID_ARGUMENT,
			"Self-adjoint eigen decomposition was not successful. The input might not be valid. The %lld x "
			"%lld matrix %s",
			(long long)n, (long long)n, finite ? "did not converge" : "has elements that are not finite");
	if (status == SJ_OK) {
		store_scaled(n, e, scale, ret_e);
		store_transposed(n, compute_v ? n : 0, vt, ld, ret_v);
	}
	sj__memory_free(part[0]);
	return status;
}
