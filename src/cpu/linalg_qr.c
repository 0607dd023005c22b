/*
 * Householder QR and least squares in float64, on the transposed matrix, whose rows are the columns that reflectors act
 * on: every loop then runs along a row. Unblocked, since a row stays in the first cache between its dot product and its
 * update.
 */
#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/linalg_core.h"

void sj__qr_factor_transposed(int64_t m, int64_t n, double *at, int64_t ldat, double *tau, double *diagonal)
{
	int64_t p = sj__min_i64(m, n);
	for (int64_t k = 0; k < p && !sj__cancelled(); k++) {
		double *v = at + k * ldat + k;
		tau[k] = sj__reflector_new(m - k, v, &diagonal[k]);
		sj__reflector_apply(n - k - 1, m - k, v, tau[k], v + ldat, ldat);
	}
}

/* A number on R's diagonal that rounding alone might have left means a rank below n. */
static sj_status check_rank(int64_t n, const double *diagonal, double tolerance)
{
	double largest = 0;
	for (int64_t k = 0; k < n; k++)
		largest = fmax(largest, fabs(diagonal[k]));
	for (int64_t k = 0; k < n; k++)
		if (!(fabs(diagonal[k]) > largest * tolerance))
			return sj__fail(
				SJ_INVALID_ARGUMENT,
				"Least squares: the matrix has rank below %lld (pivot %lld is %g beside %g); give "
				"l2_regularizer > 0 or remove dependent columns",
				(long long)n, (long long)k, fabs(diagonal[k]), largest);
	return SJ_OK;
}

/* m >= n: x = R^-1 (Q^T b). Row by row of bt, Q^T b is b^T times the reflectors in ascending order. */
static void solve_tall(int64_t m, int64_t n, int64_t n_rhs, const double *at, int64_t ldat, const double *tau,
                       const double *diagonal, double *bt, int64_t ldbt)
{
	for (int64_t k = 0; k < n && !sj__cancelled(); k++)
		sj__reflector_apply(n_rhs, m - k, at + k * ldat + k, tau[k], bt + k, ldbt);
	for (int64_t i = 0; i < n_rhs && !sj__cancelled(); i++) {
		double *x = bt + i * ldbt;
		for (int64_t k = n - 1; k >= 0; k--) {
			x[k] /= diagonal[k];
			sj__vector_add_scaled(k, -x[k], at + k * ldat, x);
		}
	}
}

/* m < n: with A^T = Q R, x = Q R^-T b. */
static void solve_wide(int64_t m, int64_t n, int64_t n_rhs, const double *a, int64_t lda, const double *tau,
                       const double *diagonal, double *bt, int64_t ldbt)
{
	for (int64_t i = 0; i < n_rhs && !sj__cancelled(); i++) {
		double *x = bt + i * ldbt;
		for (int64_t k = 0; k < m; k++)
			x[k] = (x[k] - sj__vector_dot(k, a + k * lda, x)) / diagonal[k];
		memset(x + m, 0, (size_t)(n - m) * sizeof(double));
	}
	sj__reflectors_apply_backward(n_rhs, n, m, 0, false, a, lda, tau, bt, ldbt);
}

sj_status sj__least_squares(int64_t m, int64_t n, int64_t n_rhs, double tolerance, double *at, int64_t ldat, double *bt,
                            int64_t ldbt)
{
	int64_t longer = sj__max_i64(m, n), shorter = sj__min_i64(m, n);
	double *tau;
	sj_status status = sj__scratch_new(1, (const int64_t[][2]){{2, shorter}}, &tau);
	if (status != SJ_OK)
		return status;
	double *diagonal = tau + shorter;
	sj__qr_factor_transposed(longer, shorter, at, ldat, tau, diagonal);
	status = sj__scratch_check();
	if (status == SJ_OK)
		status = check_rank(shorter, diagonal, tolerance);
	if (status == SJ_OK && m >= n)
		solve_tall(m, n, n_rhs, at, ldat, tau, diagonal, bt, ldbt);
	else if (status == SJ_OK)
		solve_wide(m, n, n_rhs, at, ldat, tau, diagonal, bt, ldbt);
	sj__memory_free(tau);
	return status;
}
