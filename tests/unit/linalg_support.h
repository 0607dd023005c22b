/*
 * What test_linalg.c stands on: numbers that live until a test ends, the kernels of both element types behind one
 * float64 signature, matrices with known properties, and comparisons in units of rounding.
 */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/linalg.h"

typedef enum element { F32, F64, ELEMENT_COUNT } element;

static const double rounding[ELEMENT_COUNT] = {FLT_EPSILON, DBL_EPSILON};
static const double threshold = 30; /* LAPACK's test programs' */
static const double untouched = 77;

/* Numbers that live until the test ends. */

typedef struct allocation {
	struct allocation *next;
	void *block;
} allocation;

static allocation *allocations;

static void *remember(size_t n_bytes)
{
	allocation *a = malloc(sizeof *a);
	a->block = calloc(1, n_bytes ? n_bytes : 1);
	a->next = allocations;
	allocations = a;
	return a->block;
}

static int forget_all(void **state)
{
	(void)state;
	while (allocations) {
		allocation *next = allocations->next;
		free(allocations->block);
		free(allocations);
		allocations = next;
	}
	return 0;
}

static double *numbers(int64_t n)
{
	double *x = remember((size_t)n * sizeof(double));
	for (int64_t i = 0; i < n; i++)
		x[i] = untouched;
	return x;
}

/* A buffer of exactly n elements, so that sanitizers see the first byte beyond. */
static void *typed(element t, int64_t n, const double *from)
{
	void *to = remember((size_t)n * (t == F32 ? sizeof(float) : sizeof(double)));
	for (int64_t i = 0; i < n; i++) {
		double x = from ? from[i] : untouched;
		if (t == F32)
			((float *)to)[i] = (float)x;
		else
			((double *)to)[i] = x;
	}
	return to;
}

static void untyped(element t, int64_t n, const void *from, double *to)
{
	for (int64_t i = 0; i < n; i++)
		to[i] = t == F32 ? (double)((const float *)from)[i] : ((const double *)from)[i];
}

/* The kernels with numbers in float64 whatever the element type. */

static sj_status lu(element t, int64_t n, const double *a, double *ret_lu, int64_t *ret_permutation, int *ret_sign,
                    bool *ret_singular)
{
	void *x = typed(t, n * n, a);
	sj_status status = t == F32 ? sj__lu_f32(n, x, ret_permutation, ret_sign, ret_singular)
	                            : sj__lu_f64(n, x, ret_permutation, ret_sign, ret_singular);
	untyped(t, n * n, x, ret_lu);
	return status;
}

static sj_status inverse(element t, int64_t n, bool adjoint, const double *a, double *ret_inverse)
{
	void *x = typed(t, n * n, a), *y = typed(t, n * n, NULL);
	sj_status status = t == F32 ? sj__inverse_f32(n, adjoint, x, y) : sj__inverse_f64(n, adjoint, x, y);
	untyped(t, n * n, y, ret_inverse);
	return status;
}

static sj_status determinant(element t, int64_t n, const double *a, double *ret_determinant)
{
	void *x = typed(t, n * n, a), *y = typed(t, 1, NULL);
	sj_status status = t == F32 ? sj__determinant_f32(n, x, y) : sj__determinant_f64(n, x, y);
	untyped(t, 1, y, ret_determinant);
	return status;
}

static sj_status log_determinant(element t, int64_t n, const double *a, double *ret_sign, double *ret_log_abs)
{
	void *x = typed(t, n * n, a), *y = typed(t, 1, NULL), *z = typed(t, 1, NULL);
	sj_status status = t == F32 ? sj__log_determinant_f32(n, x, y, z) : sj__log_determinant_f64(n, x, y, z);
	untyped(t, 1, y, ret_sign);
	untyped(t, 1, z, ret_log_abs);
	return status;
}

static sj_status cholesky(element t, int64_t n, const double *a, double *ret_l)
{
	void *x = typed(t, n * n, a), *y = typed(t, n * n, NULL);
	sj_status status = t == F32 ? sj__cholesky_f32(n, x, y) : sj__cholesky_f64(n, x, y);
	untyped(t, n * n, y, ret_l);
	return status;
}

static sj_status triangular_solve(element t, bool lower, bool adjoint, int64_t n, int64_t k, const double *a,
                                  const double *b, double *ret_x)
{
	void *x = typed(t, n * n, a), *y = typed(t, n * k, b), *z = typed(t, n * k, NULL);
	sj_status status = t == F32 ? sj__triangular_solve_f32(lower, adjoint, n, k, x, y, z)
	                            : sj__triangular_solve_f64(lower, adjoint, n, k, x, y, z);
	untyped(t, n * k, z, ret_x);
	return status;
}

static sj_status solve(element t, bool adjoint, int64_t n, int64_t k, const double *a, const double *b, double *ret_x)
{
	void *x = typed(t, n * n, a), *y = typed(t, n * k, b), *z = typed(t, n * k, NULL);
	sj_status status = t == F32 ? sj__solve_f32(adjoint, n, k, x, y, z) : sj__solve_f64(adjoint, n, k, x, y, z);
	untyped(t, n * k, z, ret_x);
	return status;
}

static sj_status least_squares(element t, int64_t m, int64_t n, int64_t k, const double *a, const double *b, double l2,
                               double *ret_x)
{
	void *x = typed(t, m * n, a), *y = typed(t, m * k, b), *z = typed(t, n * k, NULL);
	sj_status status = t == F32 ? sj__least_squares_f32(m, n, k, x, y, l2, z)
	                            : sj__least_squares_f64(m, n, k, x, y, l2, z);
	untyped(t, n * k, z, ret_x);
	return status;
}

static sj_status qr(element t, int64_t m, int64_t n, bool full, const double *a, double *ret_q, double *ret_r)
{
	int64_t p = full || m < n ? m : n;
	void *x = typed(t, m * n, a), *q = ret_q ? typed(t, m * p, NULL) : NULL, *r = typed(t, p * n, NULL);
	sj_status status = t == F32 ? sj__qr_f32(m, n, full, x, q, r) : sj__qr_f64(m, n, full, x, q, r);
	if (ret_q)
		untyped(t, m * p, q, ret_q);
	untyped(t, p * n, r, ret_r);
	return status;
}

static sj_status svd(element t, int64_t m, int64_t n, bool vectors, bool full, const double *a, double *ret_s,
                     double *ret_u, double *ret_v)
{
	int64_t p = m < n ? m : n, n_u = m * (full ? m : p), n_v = n * (full ? n : p);
	void *x = typed(t, m * n, a), *s = typed(t, p, NULL);
	void *u = vectors ? typed(t, n_u, NULL) : NULL, *v = vectors ? typed(t, n_v, NULL) : NULL;
	sj_status status = t == F32 ? sj__svd_f32(m, n, vectors, full, x, s, u, v)
	                            : sj__svd_f64(m, n, vectors, full, x, s, u, v);
	untyped(t, p, s, ret_s);
	if (vectors) {
		untyped(t, n_u, u, ret_u);
		untyped(t, n_v, v, ret_v);
	}
	return status;
}

static sj_status eigen(element t, int64_t n, bool vectors, const double *a, double *ret_e, double *ret_v)
{
	void *x = typed(t, n * n, a), *e = typed(t, n, NULL), *v = vectors ? typed(t, n * n, NULL) : NULL;
	sj_status status = t == F32 ? sj__self_adjoint_eigen_f32(n, vectors, x, e, v)
	                            : sj__self_adjoint_eigen_f64(n, vectors, x, e, v);
	untyped(t, n, e, ret_e);
	if (vectors)
		untyped(t, n * n, v, ret_v);
	return status;
}

/* Matrices */

static uint64_t random_state = 1;

/* In [-1, 1), a multiple of 2^-20: exact in float32. */
static double random_number(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(int64_t)(random_state >> 43) / 1048576 - 1;
}

static double *random_matrix(int64_t m, int64_t n)
{
	double *a = numbers(m * n);
	for (int64_t i = 0; i < m * n; i++)
		a[i] = random_number();
	return a;
}

static double *zeros(int64_t n)
{
	double *a = numbers(n);
	memset(a, 0, (size_t)n * sizeof(double));
	return a;
}

static double *diagonal_matrix(int64_t n, const double *d)
{
	double *a = zeros(n * n);
	for (int64_t i = 0; i < n; i++)
		a[i * n + i] = d[i];
	return a;
}

static double *identity(int64_t n)
{
	double *a = zeros(n * n);
	for (int64_t i = 0; i < n; i++)
		a[i * n + i] = 1;
	return a;
}

static double *hilbert(int64_t n)
{
	double *a = numbers(n * n);
	for (int64_t i = 0; i < n * n; i++)
		a[i] = (float)(1.0 / (double)(i / n + i % n + 1));
	return a;
}

static double *transpose(int64_t m, int64_t n, const double *a)
{
	double *b = numbers(m * n);
	for (int64_t i = 0; i < m * n; i++)
		b[i % n * m + i / n] = a[i];
	return b;
}

static double *product(int64_t m, int64_t k, int64_t n, const double *a, const double *b)
{
	double *c = zeros(m * n);
	for (int64_t i = 0; i < m; i++)
		for (int64_t p = 0; p < k; p++)
			for (int64_t j = 0; j < n; j++)
				c[i * n + j] += a[i * k + p] * b[p * n + j];
	return c;
}

/* Diagonally dominant, symmetric, and so positive definite. */
static double *positive_definite(int64_t n)
{
	double *a = random_matrix(n, n);
	for (int64_t i = 0; i < n; i++) {
		for (int64_t j = 0; j < i; j++)
			a[j * n + i] = a[i * n + j];
		a[i * n + i] = (double)n;
	}
	return a;
}

/* The elements below (or above) the diagonal, and on it; the rest is `outside`. */
static double *triangle(int64_t n, bool lower, const double *a, double outside)
{
	double *b = numbers(n * n);
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j < n; j++)
			b[i * n + j] = (lower ? j <= i : j >= i) ? a[i * n + j] : outside;
	return b;
}

/* The Frobenius norm, scaled against overflow. */
static double norm(int64_t n, const double *a)
{
	double largest = 0, sum = 0;
	for (int64_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(a[i]));
	for (int64_t i = 0; i < n && largest > 0; i++)
		sum += a[i] / largest * (a[i] / largest);
	return largest * sqrt(sum);
}

/* |a - b| is below 30 roundings of `scale` for a problem of size `size`; a NaN never is. */
static void assert_near(element t, int64_t n, const double *a, const double *b, double scale, int64_t size)
{
	double *difference = numbers(n);
	for (int64_t i = 0; i < n; i++)
		difference[i] = a[i] - b[i];
	for (int64_t i = 0; i < n; i++)
		assert_true(isfinite(difference[i]));
	double bound = threshold * scale * (double)(size > 0 ? size : 1) * rounding[t];
	assert_true(norm(n, difference) <= bound);
}

/* q^T q = I for the columns of q (m, n). */
static void assert_orthonormal(element t, int64_t m, int64_t n, const double *q)
{
	assert_near(t, n * n, product(n, m, n, transpose(m, n, q), q), identity(n), 1, m);
}

static void assert_all(int64_t n, const double *a, double expected)
{
	for (int64_t i = 0; i < n; i++)
		assert_true(isnan(expected) ? isnan(a[i]) : a[i] == expected);
}

/* Runs a check for both types. */
#define FOR_EACH_ELEMENT(t) for (element t = F32; t < ELEMENT_COUNT; t++)
