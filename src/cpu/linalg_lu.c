/*
 * LU with partial pivoting, triangular solves, inverse and Cholesky, in float64. Each is written recursively: halves of
 * a matrix meet in one blocked product, which fits every cache without tuning (Toledo 1997, "Locality of reference in
 * LU decomposition with partial pivoting"), and only blocks of leaf_size columns are worked on element by element.
 */
#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "base/threads.h"
#include "cpu/linalg_core.h"

enum { leaf_size = 8, invert_block = 32 };

/* The state of one factorization: whole rows are exchanged, so every recursion needs the whole matrix. */
typedef struct factorization {
	int64_t n;
	double *a;
	int64_t lda;
	int64_t *permutation;
	int sign;
	int64_t zero_pivot; /* the first one's index, or -1 */
} factorization;

/* The larger half, in whole leaves, of a size above leaf_size. */
static int64_t half_of(int64_t n) { return (n / 2 + leaf_size - 1) / leaf_size * leaf_size; }

/* The row of the largest element in column k from row k on; a NaN counts as large, so that it spreads. */
static int64_t find_pivot(const factorization *f, int64_t k)
{
	int64_t best = k;
	double largest = -1;
	for (int64_t i = k; i < f->n; i++) {
		double x = fabs(f->a[i * f->lda + k]);
		if (!(x <= largest)) {
			largest = x;
			best = i;
		}
	}
	return best;
}

static void exchange_rows(factorization *f, int64_t i, int64_t k)
{
	if (i == k)
		return;
	sj__vector_swap(f->n, f->a + i * f->lda, f->a + k * f->lda);
	int64_t row = f->permutation[i];
	f->permutation[i] = f->permutation[k];
	f->permutation[k] = row;
	f->sign = -f->sign;
}

/* Columns first..end-1, which earlier columns have already been subtracted from, element by element. */
static void factor_leaf(factorization *f, int64_t first, int64_t end)
{
	for (int64_t k = first; k < end; k++) {
		exchange_rows(f, find_pivot(f, k), k);
		const double *pivot_row = f->a + k * f->lda;
		double pivot = pivot_row[k];
		if (pivot == 0) {
			f->zero_pivot = f->zero_pivot < 0 ? k : f->zero_pivot;
			continue;
		}
		for (int64_t i = k + 1; i < f->n; i++) {
			double *row = f->a + i * f->lda, factor = row[k] / pivot;
			row[k] = factor;
			for (int64_t j = k + 1; j < end; j++)
				row[j] -= factor * pivot_row[j];
		}
	}
}

static void factor_columns(factorization *f, int64_t first, int64_t end)
{
	if (end - first <= leaf_size) {
		factor_leaf(f, first, end);
		return;
	}
	if (sj__cancelled()) /* the kernel looks again before it writes */
		return;
	int64_t half = half_of(end - first), middle = first + half, lda = f->lda;
	factor_columns(f, first, middle);
	double *right = f->a + first * lda + middle;
	sj__lower_solve(half, end - middle, true, f->a + first * lda + first, lda, right, lda);
	sj__matrix_subtract_product(f->n - middle, end - middle, half, f->a + middle * lda + first, lda, right, lda,
	                            false, f->a + middle * lda + middle, lda);
	factor_columns(f, middle, end);
}

int64_t sj__lu_factor(int64_t n, double *a, int64_t lda, int64_t *permutation, int *ret_sign)
{
	factorization f = {.n = n, .a = a, .lda = lda, .permutation = permutation, .sign = 1, .zero_pivot = -1};
	for (int64_t i = 0; i < n; i++)
		permutation[i] = i;
	factor_columns(&f, 0, n);
	*ret_sign = f.sign;
	return f.zero_pivot;
}

static void divide_row(int64_t n, double *row, double divisor)
{
	for (int64_t j = 0; j < n; j++)
		row[j] /= divisor;
}

void sj__lower_solve(int64_t n, int64_t n_rhs, bool unit, const double *l, int64_t ldl, double *b, int64_t ldb)
{
	if (sj__cancelled())
		return;
	if (n > leaf_size) {
		int64_t half = half_of(n);
		double *below = b + half * ldb;
		sj__lower_solve(half, n_rhs, unit, l, ldl, b, ldb);
		sj__matrix_subtract_product(n - half, n_rhs, half, l + half * ldl, ldl, b, ldb, false, below, ldb);
		sj__lower_solve(n - half, n_rhs, unit, l + half * ldl + half, ldl, below, ldb);
		return;
	}
	for (int64_t i = 0; i < n; i++) {
		for (int64_t p = 0; p < i; p++)
			sj__vector_add_scaled(n_rhs, -l[i * ldl + p], b + p * ldb, b + i * ldb);
		if (!unit)
			divide_row(n_rhs, b + i * ldb, l[i * ldl + i]);
	}
}

void sj__upper_solve(int64_t n, int64_t n_rhs, const double *u, int64_t ldu, double *b, int64_t ldb)
{
	if (sj__cancelled())
		return;
	if (n > leaf_size) {
		int64_t half = half_of(n);
		double *below = b + half * ldb;
		sj__upper_solve(n - half, n_rhs, u + half * ldu + half, ldu, below, ldb);
		sj__matrix_subtract_product(half, n_rhs, n - half, u + half, ldu, below, ldb, false, b, ldb);
		sj__upper_solve(half, n_rhs, u, ldu, b, ldb);
		return;
	}
	for (int64_t i = n - 1; i >= 0; i--) {
		for (int64_t p = i + 1; p < n; p++)
			sj__vector_add_scaled(n_rhs, -u[i * ldu + p], b + p * ldb, b + i * ldb);
		divide_row(n_rhs, b + i * ldb, u[i * ldu + i]);
	}
}

/* L^-1 is lower triangular, so a block of its columns needs only the part of L below the block: a third of the work. */
void sj__lu_invert(int64_t n, const double *lu, int64_t ldlu, double *x, int64_t ldx)
{
	sj__matrix_set_identity(n, n, x, ldx);
	for (int64_t j = 0; j < n; j += invert_block)
		sj__lower_solve(n - j, sj__min_i64(invert_block, n - j), true, lu + j * ldlu + j, ldlu, x + j * ldx + j,
		                ldx);
	sj__upper_solve(n, n, lu, ldlu, x, ldx);
}

double sj__lu_determinant(int64_t n, const double *lu, int64_t ldlu, int sign, int64_t *ret_exponent)
{
	double mantissa = sign;
	int64_t exponent = 0;
	for (int64_t i = 0; i < n; i++) {
		int shift = 0;
		mantissa = frexp(mantissa, &shift);
		exponent += shift;
		mantissa *= frexp(lu[i * ldlu + i], &shift);
		exponent += shift;
	}
	int shift = 0;
	mantissa = frexp(mantissa, &shift);
	*ret_exponent = exponent + shift;
	return mantissa;
}

/* b (m, n) = b * L^-T. */
static void solve_transposed_from_right(int64_t m, int64_t n, const double *l, int64_t ldl, double *b, int64_t ldb)
{
	if (n > leaf_size) {
		int64_t half = half_of(n);
		solve_transposed_from_right(m, half, l, ldl, b, ldb);
		sj__matrix_subtract_product(m, n - half, half, b, ldb, l + half * ldl, ldl, true, b + half, ldb);
		solve_transposed_from_right(m, n - half, l + half * ldl + half, ldl, b + half, ldb);
		return;
	}
	for (int64_t i = 0; i < m; i++)
		for (int64_t j = 0; j < n; j++) {
			double *row = b + i * ldb;
			for (int64_t p = 0; p < j; p++)
				row[j] -= row[p] * l[j * ldl + p];
			row[j] /= l[j * ldl + j];
		}
}

/* The lower triangle of c (n, n) -= a (n, k) * a^T; in diagonal blocks the upper triangle of c too, which nobody reads.
 */
static void subtract_square(int64_t n, int64_t k, const double *a, int64_t lda, double *c, int64_t ldc)
{
	for (int64_t i = 0; i < n; i += invert_block) {
		int64_t rows = sj__min_i64(invert_block, n - i);
		sj__matrix_subtract_product(rows, i + rows, k, a + i * lda, lda, a, lda, true, c + i * ldc, ldc);
	}
}

static int64_t cholesky_leaf(int64_t n, double *a, int64_t lda)
{
	for (int64_t i = 0; i < n; i++) {
		double *row = a + i * lda;
		for (int64_t j = 0; j <= i; j++) {
			const double *other = a + j * lda;
			for (int64_t p = 0; p < j; p++)
				row[j] -= row[p] * other[p];
			if (j < i)
				row[j] /= other[j];
		}
		if (!(row[i] > 0 && row[i] < INFINITY))
			return i;
		row[i] = sqrt(row[i]);
	}
	return -1;
}

int64_t sj__cholesky_factor(int64_t n, double *a, int64_t lda)
{
	if (n <= leaf_size)
		return cholesky_leaf(n, a, lda);
	int64_t half = half_of(n);
	double *left = a + half * lda, *corner = left + half;
	int64_t failed = sj__cholesky_factor(half, a, lda);
	if (failed >= 0)
		return failed;
	solve_transposed_from_right(n - half, half, a, lda, left, lda);
	subtract_square(n - half, half, left, lda, corner, lda);
	failed = sj__cholesky_factor(n - half, corner, lda);
	return failed < 0 ? -1 : half + failed;
}
