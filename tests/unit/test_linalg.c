/*
 * The linear algebra kernels, judged by LAPACK's scaled residuals (below 30 in units of rounding), by NumPy's numbers
 * for a few matrices, by what must happen to singular, extreme and non-finite inputs, and by equal bits on every
 * instruction set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../data/linalg_reference.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/linalg_core.h"
#include "linalg_support.h"

static const int squares[] = {0, 1, 2, 3, 5, 8, 9, 17, 33, 64, 100, 131};
static const int shapes[][2] = {{0, 0},   {0, 3},   {3, 0},    {1, 1},    {1, 5},    {5, 1},   {2, 2},
                                {3, 2},   {2, 3},   {5, 3},    {3, 5},    {17, 17},  {64, 17}, {17, 64},
                                {64, 64}, {65, 64}, {200, 30}, {30, 200}, {100, 100}};
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* LU, inverse, determinant, solves */

static int sign_of_permutation(int64_t n, const int64_t *permutation)
{
	int sign = 1;
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j < i; j++)
			sign = permutation[j] > permutation[i] ? -sign : sign;
	return sign;
}

static void check_lu(element t, int64_t n, const double *a)
{
	double *packed = numbers(n * n), *permuted = numbers(n * n);
	int64_t *permutation = remember((size_t)n * sizeof(int64_t));
	int sign;
	bool singular;
	assert_int_equal(lu(t, n, a, packed, permutation, &sign, &singular), SJ_OK);
	assert_false(singular);
	assert_int_equal(sign, sign_of_permutation(n, permutation));
	double *l = triangle(n, true, packed, 0), *u = triangle(n, false, packed, 0);
	for (int64_t i = 0; i < n; i++) {
		l[i * n + i] = 1;
		memcpy(permuted + i * n, a + permutation[i] * n, (size_t)n * sizeof(double));
	}
	for (int64_t i = 0; i < n * n; i++)
		assert_true(fabs(l[i]) <= 1);
	assert_near(t, n * n, product(n, n, n, l, u), permuted, norm(n * n, a), n);
}

static void test_lu(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares); i++)
		check_lu(t, squares[i], random_matrix(squares[i], squares[i]));
}

static void test_inverse(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares); i++) {
		int64_t n = squares[i];
		double *a = random_matrix(n, n), *x = numbers(n * n), *adjoint = numbers(n * n);
		assert_int_equal(inverse(t, n, false, a, x), SJ_OK);
		assert_int_equal(inverse(t, n, true, a, adjoint), SJ_OK);
		assert_near(t, n * n, product(n, n, n, a, x), identity(n), norm(n * n, a) * norm(n * n, x), n);
		assert_memory_equal(transpose(n, n, x), adjoint, (size_t)(n * n) * sizeof(double));
	}
}

static void test_inverse_in_place(void **state)
{
	(void)state;
	double a[] = {0, 2, 4, 0};
	assert_int_equal(sj__inverse_f64(2, false, a, a), SJ_OK);
	const double expected[] = {0, 0.25, 0.5, 0};
	assert_memory_equal(a, expected, sizeof a);
}

static void test_solve(void **state)
{
	(void)state;
	static const int widths[] = {0, 1, 3, 20};
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares) * COUNT_OF(widths) * 2; i++) {
		int64_t n = squares[i / 8], k = widths[i / 2 % 4];
		bool adjoint = i % 2;
		double *a = random_matrix(n, n), *b = random_matrix(n, k), *x = numbers(n * k);
		assert_int_equal(solve(t, adjoint, n, k, a, b, x), SJ_OK);
		double *back = product(n, n, k, adjoint ? transpose(n, n, a) : a, x);
		assert_near(t, n * k, back, b, norm(n * n, a) * norm(n * k, x), n);
	}
}

/* Elements of the other triangle are NaN: they must not be read as numbers. */
static void check_triangular_solve(element t, int64_t n, int64_t k, bool lower, bool adjoint)
{
	double *full = random_matrix(n, n), *b = random_matrix(n, k), *x = numbers(n * k);
	for (int64_t i = 0; i < n; i++)
		full[i * n + i] = 2 + fabs(full[i * n + i]);
	double *a = triangle(n, lower, full, 0);
	assert_int_equal(triangular_solve(t, lower, adjoint, n, k, triangle(n, lower, full, NAN), b, x), SJ_OK);
	double *back = product(n, n, k, adjoint ? transpose(n, n, a) : a, x);
	assert_near(t, n * k, back, b, norm(n * n, a) * norm(n * k, x), n);
}

static void test_triangular_solve(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares) * 4; i++) {
		check_triangular_solve(t, squares[i / 4], 1, i & 1, i & 2);
		check_triangular_solve(t, squares[i / 4], 19, i & 1, i & 2);
	}
}

static void assert_not_invertible(sj_status status, const double *out, int64_t n)
{
	assert_int_equal(status, SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "is not invertible."));
	assert_all(n, out, untouched);
}

static void test_singular(void **state)
{
	(void)state;
	const double a[] = {1, 2, 3, 2, 4, 6, 1, 0, 1}, lower[] = {1, 0, 0, 5, 0, 0, 1, 2, 3};
	FOR_EACH_ELEMENT(t)
	{
		double x[9], packed[9], sign, log_abs;
		int64_t permutation[3];
		int permutation_sign;
		bool singular = false;
		assert_not_invertible(inverse(t, 3, false, a, x), x, 9);
		assert_not_invertible(solve(t, true, 3, 3, a, a, x), x, 9);
		assert_not_invertible(triangular_solve(t, true, false, 3, 3, lower, a, x), x, 9);
		assert_int_equal(lu(t, 3, a, packed, permutation, &permutation_sign, &singular), SJ_OK);
		assert_true(singular);
		assert_int_equal(determinant(t, 3, a, x), SJ_OK);
		assert_true(x[0] == 0);
		assert_int_equal(log_determinant(t, 3, a, &sign, &log_abs), SJ_OK);
		assert_true(sign == 0 && log_abs == -INFINITY);
	}
}

/* The product of 1e300, 1e-300, 1e300, … passes beyond both ends of the range. */
static void test_determinant_range(void **state)
{
	(void)state;
	double d[40], result, sign, log_abs;
	for (int i = 0; i < 40; i++)
		d[i] = i < 20 ? 0x1p+900 : i < 39 ? -0x1p-900 : 0x1p-899;
	assert_int_equal(determinant(F64, 40, diagonal_matrix(40, d), &result), SJ_OK);
	assert_true(result == -2);
	assert_int_equal(determinant(F64, 20, diagonal_matrix(20, d), &result), SJ_OK);
	assert_true(result == INFINITY);
	assert_int_equal(log_determinant(F64, 20, diagonal_matrix(20, d), &sign, &log_abs), SJ_OK);
	assert_true(sign == 1 && fabs(log_abs - 18000 * log(2)) < 1e-11);
	assert_int_equal(determinant(F64, 0, d, &result), SJ_OK);
	assert_true(result == 1);
	assert_int_equal(log_determinant(F64, 0, d, &sign, &log_abs), SJ_OK);
	assert_true(sign == 1 && log_abs == 0);
}

/* The logarithm is our own: against libm's, which is within an ULP. */
static void test_log(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		double x = i < 10000 ? 1 + (i - 5000) * 0x1p-13 : exp(i * 0.07 - 1050), sign, log_abs;
		assert_int_equal(log_determinant(F64, 1, &x, &sign, &log_abs), SJ_OK);
		assert_true(fabs(log_abs - log(x)) <= 1.5 * DBL_EPSILON * fabs(log(x)));
	}
}

/* Cholesky */

static void test_cholesky(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares); i++) {
		int64_t n = squares[i];
		double *a = positive_definite(n), *l = numbers(n * n);
		assert_int_equal(cholesky(t, n, triangle(n, true, a, NAN), l), SJ_OK);
		assert_memory_equal(l, triangle(n, true, l, 0), (size_t)(n * n) * sizeof(double));
		assert_near(t, n * n, product(n, n, n, l, transpose(n, n, l)), a, norm(n * n, a), n);
	}
}

static void test_cholesky_refuses(void **state)
{
	(void)state;
	static const double bad[] = {0, -1, NAN, INFINITY};
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < 4 * 40; i += 3) {
		double *a = positive_definite(40), *l = numbers(40 * 40);
		a[i / 4 * 41] = bad[i % 4];
		assert_int_equal(cholesky(t, 40, a, l), SJ_INVALID_ARGUMENT);
		assert_non_null(strstr(sj_error_message(),
		                       "Cholesky decomposition was not successful. The input might not "
		                       "be valid."));
		assert_all(40 * 40, l, untouched);
	}
}

/* QR and least squares */

static void check_qr(element t, int64_t m, int64_t n, bool full, const double *a)
{
	int64_t p = full || m < n ? m : n;
	double *q = numbers(m * p), *r = numbers(p * n), *alone = numbers(p * n);
	assert_int_equal(qr(t, m, n, full, a, q, r), SJ_OK);
	assert_int_equal(qr(t, m, n, full, a, NULL, alone), SJ_OK);
	assert_memory_equal(r, alone, (size_t)(p * n) * sizeof(double));
	for (int64_t i = 0; i < p * n; i++)
		assert_true(i % n >= i / n || r[i] == 0);
	assert_orthonormal(t, m, p, q);
	assert_near(t, m * n, product(m, p, n, q, r), a, norm(m * n, a), m > n ? m : n);
}

static void test_qr(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(shapes) * 2; i++) {
		int64_t m = shapes[i / 2][0], n = shapes[i / 2][1];
		check_qr(t, m, n, i % 2, random_matrix(m, n));
		check_qr(t, m, n, i % 2, zeros(m * n));
	}
}

/* LAPACK's sign: R's first element is minus the norm of a first column that begins positive. */
static void test_qr_sign(void **state)
{
	(void)state;
	const double a[] = {3, 1, 4, 1};
	double q[4], r[4];
	assert_int_equal(qr(F64, 2, 2, false, a, q, r), SJ_OK);
	assert_true(r[0] == -5 && fabs(q[0] + 0.6) < 1e-15);
}

/* The gradient of the minimised sum is 0, and without regularizer x is in a's row space: x = a^T y. */
static void check_least_squares(element t, int64_t m, int64_t n, int64_t k, double l2)
{
	double *a = random_matrix(m, n), *b = random_matrix(m, k), *x = numbers(n * k), *at = transpose(m, n, a);
	assert_int_equal(least_squares(t, m, n, k, a, b, l2, x), SJ_OK);
	double *left = product(n, m, k, at, product(m, n, k, a, x)), *right = product(n, m, k, at, b);
	for (int64_t i = 0; i < n * k; i++)
		left[i] += l2 * x[i];
	double scale = norm(m * n, a), size = m > n ? (double)m : (double)n;
	assert_near(t, n * k, left, right, (scale * scale + l2) * norm(n * k, x) + scale * norm(m * k, b),
	            (int64_t)size);
	if (m >= n || l2 > 0)
		return;
	double *y = numbers(m * k), *gram = product(m, n, m, a, at);
	assert_int_equal(solve(F64, false, m, k, gram, product(m, n, k, a, x), y), SJ_OK);
	assert_near(t, n * k, product(n, m, k, at, y), x, norm(n * k, x), n);
}

static void test_least_squares(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(shapes); i++) {
		check_least_squares(t, shapes[i][0], shapes[i][1], 2, 0);
		check_least_squares(t, shapes[i][0], shapes[i][1], 1, 0.5);
	}
}

static void test_least_squares_refuses(void **state)
{
	(void)state;
	const double a[] = {1, 1, 1, 1, 1, 1};
	double x[2];
	assert_int_equal(least_squares(F64, 3, 2, 1, a, a, 0, x), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(), "rank"));
	assert_int_equal(least_squares(F64, 3, 2, 1, a, a, -1, x), SJ_INVALID_ARGUMENT);
	assert_int_equal(least_squares(F64, 3, 2, 1, a, a, NAN, x), SJ_INVALID_ARGUMENT);
	assert_all(2, x, untouched);
	assert_int_equal(least_squares(F64, 3, 2, 1, a, a, 3, x), SJ_OK);
	assert_true(fabs(x[0] - 1.0 / 3) < 1e-14 && fabs(x[1] - 1.0 / 3) < 1e-14);
}

/* The third column is the sum of the others but for rounding in the element type. */
static void test_least_squares_rank(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	{
		double *a = random_matrix(20, 3), *x = numbers(3);
		for (int i = 0; i < 20; i++)
			a[3 * i + 2] = a[3 * i] / 3 + a[3 * i + 1] / 7;
		assert_int_equal(least_squares(t, 20, 3, 1, a, a, 0, x), SJ_INVALID_ARGUMENT);
		assert_int_equal(least_squares(t, 3, 20, 1, transpose(20, 3, a), a, 0, numbers(20)),
		                 SJ_INVALID_ARGUMENT);
		assert_all(3, x, untouched);
		assert_int_equal(least_squares(t, 20, 3, 1, a, a, 1e-30, x), SJ_OK);
	}
}

/* SVD */

static double *scaled_columns(int64_t m, int64_t n, const double *u, int64_t ldu, const double *s)
{
	double *b = numbers(m * n);
	for (int64_t i = 0; i < m * n; i++)
		b[i] = u[i / n * ldu + i % n] * s[i % n];
	return b;
}

static void check_svd(element t, int64_t m, int64_t n, bool full, const double *a)
{
	int64_t p = m < n ? m : n, n_u = full ? m : p, n_v = full ? n : p;
	double *s = numbers(p), *u = numbers(m * n_u), *v = numbers(n * n_v), *alone = numbers(p);
	assert_int_equal(svd(t, m, n, true, full, a, s, u, v), SJ_OK);
	assert_int_equal(svd(t, m, n, false, full, a, alone, NULL, NULL), SJ_OK);
	assert_memory_equal(s, alone, (size_t)p * sizeof(double));
	for (int64_t i = 0; i < p; i++)
		assert_true(s[i] >= 0 && (i == 0 || s[i] <= s[i - 1]));
	assert_orthonormal(t, m, n_u, u);
	assert_orthonormal(t, n, n_v, v);
	double *left = scaled_columns(m, p, u, n_u, s), *vt = transpose(n, n_v, v);
	assert_near(t, m * n, product(m, p, n, left, vt), a, norm(m * n, a), m > n ? m : n);
}

static void test_svd(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(shapes) * 2; i++) {
		int64_t m = shapes[i / 2][0], n = shapes[i / 2][1];
		check_svd(t, m, n, i % 2, random_matrix(m, n));
		check_svd(t, m, n, i % 2, zeros(m * n));
	}
}

static double *constant_matrix(int64_t n, double value)
{
	double *a = numbers(n);
	for (int64_t i = 0; i < n; i++)
		a[i] = value;
	return a;
}

/* Upper bidiagonal with zeros among the diagonal at the places where bits of `mask` are set. */
static double *bidiagonal(int64_t n, unsigned mask)
{
	double *a = zeros(n * n);
	for (int64_t i = 0; i < n; i++) {
		a[i * n + i] = mask >> i & 1 ? 0 : 1 + (double)i / 4;
		if (i + 1 < n)
			a[i * n + i + 1] = 1;
	}
	return a;
}

/* Diagonal elements from 1 down to 2^-step*n, mixed by random neighbours of the same order. */
static double *graded(int64_t n, int step)
{
	double *a = random_matrix(n, n);
	for (int64_t i = 0; i < n * n; i++)
		a[i] = ldexp(a[i], -step * (int)(i / n + i % n));
	return a;
}

static void check_hard_matrix(element t, int64_t n, const double *a, void (*check)(element, int64_t, const double *))
{
	check(t, n, a);
	check(t, n, transpose(n, n, a));
}

static void check_square_svd(element t, int64_t n, const double *a) { check_svd(t, n, n, false, a); }

static double *symmetric(int64_t n, const double *a)
{
	double *b = numbers(n * n);
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = 0; j < n; j++)
			b[i * n + j] = j <= i ? a[i * n + j] : a[j * n + i];
	return b;
}

static void check_eigen(element t, int64_t n, const double *a)
{
	double *e = numbers(n), *v = numbers(n * n), *alone = numbers(n), *full = symmetric(n, a);
	assert_int_equal(eigen(t, n, true, triangle(n, true, a, NAN), e, v), SJ_OK);
	assert_int_equal(eigen(t, n, false, a, alone, NULL), SJ_OK);
	assert_memory_equal(e, alone, (size_t)n * sizeof(double));
	for (int64_t i = 1; i < n; i++)
		assert_true(e[i] >= e[i - 1]);
	assert_orthonormal(t, n, n, v);
	double *left = scaled_columns(n, n, v, n, e);
	assert_near(t, n * n, product(n, n, n, left, transpose(n, n, v)), full, norm(n * n, full), n);
}

static void test_eigen(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(squares); i++)
		check_eigen(t, squares[i], random_matrix(squares[i], squares[i]));
}

/* Repeated, zero, clustered and graded values, which shifts and deflation must survive. */
static void test_hard_matrices(void **state)
{
	(void)state;
	void (*const checks[])(element, int64_t, const double *) = {check_square_svd, check_eigen};
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < 2; i++) {
		check_hard_matrix(t, 30, identity(30), checks[i]);
		check_hard_matrix(t, 30, constant_matrix(900, 1), checks[i]);
		check_hard_matrix(t, 12, hilbert(12), checks[i]);
		check_hard_matrix(t, 30, product(30, 2, 30, random_matrix(30, 2), random_matrix(2, 30)), checks[i]);
		for (unsigned mask = 0; mask < 64; mask++)
			check_hard_matrix(t, 6, bidiagonal(6, mask), checks[i]);
		for (int step = 1; step < 8; step++)
			check_hard_matrix(t, 8, graded(8, step), checks[i]);
	}
	for (int step = 10; step <= 60; step += 5) {
		check_hard_matrix(F64, 8, graded(8, step), check_square_svd);
		check_hard_matrix(F64, 8, graded(8, step), check_eigen);
	}
}

/* Numbers next to underflow, given or met while a coupling converges to 0, must not cost orthogonality. */
static void test_underflow(void **state)
{
	(void)state;
	for (int k = 1000; k <= 1072; k++) {
		double tiny = ldexp(1, -k);
		const double a[] = {1, 0, 0, 0, 5 * tiny, 3 * tiny, 0, 7 * tiny, -tiny};
		check_hard_matrix(F64, 3, a, check_square_svd);
		check_eigen(F64, 3, a);
		check_qr(F64, 3, 3, true, a);
	}
	for (int k = 300; k <= 465; k++) {
		double small = ldexp(1, -k);
		const double a[] = {1, 1, 0, 1, 2, small, 0, small, 4}, b[] = {1, 1, 0, 0, 2, small, 0, 0, 4};
		check_eigen(F64, 3, a);
		check_hard_matrix(F64, 3, a, check_square_svd);
		check_hard_matrix(F64, 3, b, check_square_svd);
	}
}

/* Where r has two bits left, c and s have all of theirs. */
static void test_rotation(void **state)
{
	(void)state;
	double c, s, r = sj__rotation_new(0x3p-1074, 0x4p-1074, &c, &s);
	assert_true(r == 0x5p-1074 && fabs(c - 0.6) < 1e-15 && fabs(s - 0.8) < 1e-15);
	r = sj__rotation_new(0x2p-1074, 0x3p-1074, &c, &s);
	assert_true(fabs(c * c + s * s - 1) < 1e-15);
	assert_true(sj__rotation_new(0, 0, &c, &s) == 0 && c == 1 && s == 0);
	r = sj__rotation_new(-3e300, 4e300, &c, &s);
	assert_true(fabs(r - 5e300) < 1e285 && fabs(c + 0.6) < 1e-15 && fabs(s - 0.8) < 1e-15);
}

/* The largest and smallest numbers of the type neither overflow nor vanish inside. */
static void test_extreme_scales(void **state)
{
	(void)state;
	static const int exponents[ELEMENT_COUNT][2] = {{120, -110}, {1015, -960}};
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < 2; i++) {
		double *a = random_matrix(9, 9);
		for (int j = 0; j < 81; j++)
			a[j] = ldexp(a[j], exponents[t][i]);
		check_svd(t, 9, 9, true, a);
		check_eigen(t, 9, a);
		check_qr(t, 9, 9, true, a);
	}
}

/* A column of tiny numbers beside large ones keeps its relative precision in QR. */
static void test_qr_tiny_column(void **state)
{
	(void)state;
	const double a[] = {3e-200, 1, 4e-200, 1};
	double q[4], r[4];
	assert_int_equal(qr(F64, 2, 2, false, a, q, r), SJ_OK);
	assert_true(fabs(r[0] + 5e-200) < 1e-214);
	assert_orthonormal(F64, 2, 2, q);
}

/* NumPy's numbers */

/* The formula of make_linalg_reference.py. */
static double *reference_matrix(int n)
{
	double *a = numbers(n * n);
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			a[i * n + j] = ((i * 7 + j * 13 + i * j * 5 + i * i * 3) % 23 - 9) / 4.0 + (i == j ? 2 : 0);
	return a;
}

static void check_reference(element t, const linalg_reference *expected)
{
	int n = expected->n;
	double *a = reference_matrix(n), *values = numbers(n), det, sign, log_abs;
	assert_int_equal(determinant(t, n, a, &det), SJ_OK);
	assert_near(t, 1, &det, &expected->determinant, fabs(det), n);
	assert_int_equal(log_determinant(t, n, a, &sign, &log_abs), SJ_OK);
	assert_true(sign == expected->sign);
	assert_near(t, 1, &log_abs, &expected->log_abs, 1 + fabs(log_abs), n);
	assert_int_equal(svd(t, n, n, false, false, a, values, NULL, NULL), SJ_OK);
	assert_near(t, n, values, expected->singular_values, values[0], n);
	assert_int_equal(eigen(t, n, false, a, values, NULL), SJ_OK);
	assert_near(t, n, values, expected->eigenvalues, norm(n, values), n);
}

static void test_references(void **state)
{
	(void)state;
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < COUNT_OF(linalg_references); i++)
		check_reference(t, &linalg_references[i]);
}

/* Inputs that are not finite end, with NaN or a status. */
static void check_not_finite(element t, int64_t n, const double *a)
{
	double *x = numbers(n * n), *y = numbers(n * n), *s = numbers(n);
	int64_t *permutation = remember((size_t)n * sizeof(int64_t));
	int sign;
	bool singular;
	assert_int_equal(lu(t, n, a, x, permutation, &sign, &singular), SJ_OK);
	sj_status status = inverse(t, n, false, a, x);
	assert_true(status == SJ_OK || status == SJ_INVALID_ARGUMENT);
	status = solve(t, false, n, n, a, a, x);
	assert_true(status == SJ_OK || status == SJ_INVALID_ARGUMENT);
	double sign_and_log[2];
	assert_int_equal(log_determinant(t, n, a, sign_and_log, sign_and_log + 1), SJ_OK);
	assert_int_equal(qr(t, n, n, true, a, x, y), SJ_OK);
	assert_all(n * n, x, NAN);
	assert_all(n * n, y, NAN);
	assert_int_equal(svd(t, n, n, true, true, a, s, x, y), SJ_OK);
	assert_all(n, s, NAN);
	assert_all(n * n, x, NAN);
	assert_all(n * n, y, NAN);
	assert_int_equal(least_squares(t, n, n, n, a, a, 0, x), SJ_OK);
	assert_all(n * n, x, NAN);
	double *e = numbers(n);
	assert_int_equal(eigen(t, n, true, a, e, numbers(n * n)), SJ_INVALID_ARGUMENT);
	assert_non_null(strstr(sj_error_message(),
	                       "Self-adjoint eigen decomposition was not successful. The input might not "
	                       "be valid."));
	assert_all(n, e, untouched);
}

static void test_not_finite(void **state)
{
	(void)state;
	static const double bad[] = {NAN, INFINITY, -INFINITY};
	FOR_EACH_ELEMENT(t)
	for (int i = 0; i < 3 * 4; i++) {
		int64_t n = i / 3 == 0 ? 1 : i / 3 == 1 ? 3 : 20;
		double *a = random_matrix(n, n);
		a[i / 3 == 3 ? n * n - 1 : n * n / 2 / n * n] = bad[i % 3];
		check_not_finite(t, n, a);
		check_not_finite(t, n, constant_matrix(n * n, bad[i % 3]));
	}
}

/* NaN goes through a determinant and an inverse as it does through arithmetic. */
static void test_nan_spreads(void **state)
{
	(void)state;
	const double a[] = {1, 2, 3, NAN};
	double x[4], sign, log_abs;
	assert_int_equal(determinant(F64, 2, a, x), SJ_OK);
	assert_true(isnan(x[0]));
	assert_int_equal(log_determinant(F64, 2, a, &sign, &log_abs), SJ_OK);
	assert_true(isnan(sign) && isnan(log_abs));
	assert_int_equal(inverse(F64, 2, false, a, x), SJ_OK);
	assert_all(4, x, NAN);
}

/* Failure, cancellation, bits */

/* Calls every function on 12 x 12 inputs and appends its results; returns the first failure. */
static sj_status run_everything(element t, const double *a, const double *spd, double *x)
{
	enum { N = 12, AREA = N * N };
	int64_t permutation[N];
	int sign;
	bool singular;
	sj_status status[] = {
		lu(t, N, a, x, permutation, &sign, &singular),
		inverse(t, N, true, a, x + AREA),
		solve(t, false, N, N, a, spd, x + 2 * AREA),
		triangular_solve(t, true, true, N, N, spd, a, x + 3 * AREA),
		cholesky(t, N, spd, x + 4 * AREA),
		least_squares(t, 2 * N, N / 2, N / 2, a, spd, 0, x + 5 * AREA),
		qr(t, N, N, true, a, x + 6 * AREA, x + 7 * AREA),
		svd(t, 2 * N, N / 2, true, false, a, x + 8 * AREA, x + 9 * AREA, x + 10 * AREA),
		eigen(t, N, true, spd, x + 11 * AREA, x + 12 * AREA),
		determinant(t, N, a, x + 13 * AREA),
		log_determinant(t, N, a, x + 13 * AREA + 1, x + 13 * AREA + 2),
	};
	for (int i = 0; i < COUNT_OF(status); i++)
		if (status[i] != SJ_OK)
			return status[i];
	return SJ_OK;
}

enum { EVERYTHING = 14 * 144 };

static void test_allocation_failures(void **state)
{
	(void)state;
	double *a = random_matrix(12, 12), *spd = positive_definite(12);
	FOR_EACH_ELEMENT(t)
	{
		int64_t n = 0;
		for (;; n++) {
			sj__memory_fail_at(n + 1, false);
			sj_status status = run_everything(t, a, spd, numbers(EVERYTHING));
			sj__memory_fail_at(0, false);
			if (status == SJ_OK)
				break;
			assert_int_equal(status, SJ_RESOURCE_EXHAUSTED);
		}
		assert_true(n >= 11);
		double *x = numbers(EVERYTHING);
		sj__memory_fail_at(1, true);
		assert_int_equal(run_everything(t, a, spd, x), SJ_RESOURCE_EXHAUSTED);
		sj__memory_fail_at(0, false);
		assert_memory_equal(x, typed(t, 144, a), t == F64 ? 144 * sizeof(double) : 0);
		assert_all(EVERYTHING - 144, x + 144, untouched);
	}
}

static void test_cancelled(void **state)
{
	(void)state;
	double *a = random_matrix(12, 12), *spd = positive_definite(12), *x = numbers(EVERYTHING);
	sj__cancel();
	sj_status status = run_everything(F64, a, spd, x);
	sj__cancel_clear();
	assert_int_equal(status, SJ_CANCELLED);
	assert_all(EVERYTHING - 144, x + 144, untouched);
}

/* FNV-1a over the bytes of every function's results for sizes around the tiles' edges. */
static uint64_t bits_of_results(void)
{
	uint64_t hash = 14695981039346656037u;
	random_state = 7;
	for (int i = 0; i < COUNT_OF(squares); i++) {
		int64_t n = squares[i];
		double *x[6];
		for (int j = 0; j < 6; j++)
			x[j] = zeros(n * n);
		double *a = random_matrix(n, n), *spd = positive_definite(n);
		assert_int_equal(inverse(F64, n, false, a, x[0]), SJ_OK);
		assert_int_equal(cholesky(F64, n, spd, x[1]), SJ_OK);
		assert_int_equal(svd(F64, n, n, true, false, a, x[2], x[3], x[4]), SJ_OK);
		assert_int_equal(eigen(F64, n, true, a, x[2], x[5]), SJ_OK);
		for (int j = 0; j < 6; j++)
			for (size_t k = 0; k < (size_t)(n * n) * sizeof(double); k++)
				hash = (hash ^ ((unsigned char *)x[j])[k]) * 1099511628211u;
	}
	return hash;
}

static void test_same_bits(void **state)
{
	(void)state;
	for (int isa = 0; isa < SJ__ISA_COUNT; isa++) {
		sj__set_isa(isa);
		/* The number stands for every compiler, instruction set and processor; it changes with the algorithms
		 * only. */
		assert_int_equal(bits_of_results(), UINT64_C(0x832fc5be0d33c11d));
	}
}

#define TEST(function) cmocka_unit_test_teardown(function, forget_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lu),
		TEST(test_inverse),
		TEST(test_inverse_in_place),
		TEST(test_solve),
		TEST(test_triangular_solve),
		TEST(test_singular),
		TEST(test_determinant_range),
		TEST(test_log),
		TEST(test_cholesky),
		TEST(test_cholesky_refuses),
		TEST(test_qr),
		TEST(test_qr_sign),
		TEST(test_qr_tiny_column),
		TEST(test_least_squares),
		TEST(test_least_squares_refuses),
		TEST(test_least_squares_rank),
		TEST(test_svd),
		TEST(test_eigen),
		TEST(test_hard_matrices),
		TEST(test_extreme_scales),
		TEST(test_underflow),
		TEST(test_rotation),
		TEST(test_references),
		TEST(test_not_finite),
		TEST(test_nan_spreads),
		TEST(test_allocation_failures),
		TEST(test_cancelled),
		TEST(test_same_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
