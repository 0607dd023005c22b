/*
 * Building blocks of the linear algebra: the way to the hot loops of the instruction set in use, scalar functions that
 * do not depend on libm's rounding, scaling, Householder reflectors and scratch.
 */
#include "cpu/linalg_core.h"

#include <math.h>
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/isa.h"
#include "cpu/linalg_vector.h"

/* The hot loops for the instruction set in use. */
static const sj__linalg_vector *loops(void)
{
#if defined(__x86_64__)
	static const sj__linalg_vector *const tables[SJ__ISA_COUNT] = {
		[SJ__ISA_PLAIN] = &sj__linalg_vector_plain,
		[SJ__ISA_AVX2] = &sj__linalg_vector_avx2,
		[SJ__ISA_AVX512] = &sj__linalg_vector_avx512,
	};
	return tables[sj__isa()];
#else
	return &sj__linalg_vector_plain;
#endif
}

sj_status sj__scratch_new(int n_parts, const int64_t (*sizes)[2], double **ret_parts)
{
	int64_t total = 0;
	for (int i = 0; i < n_parts; i++) {
		int64_t n;
		if (!sj__multiply_fits(sizes[i][0], sizes[i][1], &n) || !sj__add_fits(total, n + 7, &total) ||
		    total > INT64_MAX / (int64_t)sizeof(double))
			return sj__fail(SJ_RESOURCE_EXHAUSTED, "scratch for a matrix of %lld x %lld is too large",
			                (long long)sizes[i][0], (long long)sizes[i][1]);
	}
	double *block = sj__memory_new((size_t)total * sizeof(double));
	if (!block)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < n_parts; i++) {
		ret_parts[i] = block;
		block += (sizes[i][0] * sizes[i][1] + 7) & ~(int64_t)7;
	}
	return SJ_OK;
}

sj_status sj__scratch_check(void)
{
	return sj__cancelled() ? sj__fail(SJ_CANCELLED, "cancelled; the outputs are unchanged") : SJ_OK;
}

double sj__vector_dot(int64_t n, const double *x, const double *y) { return loops()->dot(n, x, y); }

void sj__vector_add_scaled(int64_t n, double scale, const double *x, double *y) { loops()->add_scaled(n, scale, x, y); }

void sj__vector_rotate(int64_t n, double c, double s, double *x, double *y) { loops()->rotate(n, c, s, x, y); }

void sj__vector_swap(int64_t n, double *x, double *y)
{
	for (int64_t i = 0; i < n; i++) {
		double t = x[i];
		x[i] = y[i];
		y[i] = t;
	}
}

/* Squares of numbers in this range, and sums of a great many of them, neither overflow nor lose bits to underflow. */
static bool squares_are_safe(double largest) { return largest > 1e-130 && largest < 1e130; }

double sj__hypot(double x, double y)
{
	double largest = fabs(x) > fabs(y) ? fabs(x) : fabs(y);
	if (SJ_LIKELY(squares_are_safe(largest)))
		return sqrt(x * x + y * y);
	if (!(largest > 0))
		return largest;
	double a = x / largest, b = y / largest;
	return largest * sqrt(a * a + b * b);
}

/*
 * log(m) = 2 atanh(s), s = (m - 1) / (m + 1), by its series: with m in [0.7, 1.42) |s| < 0.18, and the eleventh term is
 * below 1e-18. ln 2 comes in two parts, of which the first times an exponent is exact. libm's log differs between CPUs.
 */
double sj__natural_log(double mantissa, int64_t exponent)
{
	const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
	if (!(mantissa > 0 && mantissa < INFINITY))
		return mantissa == 0 ? -INFINITY : mantissa < 0 ? NAN : mantissa;
	int shift;
	mantissa = frexp(mantissa, &shift);
	if (mantissa < 0.70710678118654752) {
		mantissa *= 2;
		shift--;
	}
	double s = (mantissa - 1) / (mantissa + 1), square = s * s, tail = 0;
	for (int k = 23; k >= 3; k -= 2)
		tail = (tail + 1.0 / k) * square;
	double power = (double)(exponent + shift);
	return power * ln2_high + (2 * s + (2 * s * tail + power * ln2_low));
}

double sj__rotation_new(double f, double g, double *ret_c, double *ret_s)
{
	double largest = fmax(fabs(f), fabs(g)), scale = squares_are_safe(largest) ? 1 : largest;
	*ret_c = 1;
	*ret_s = 0;
	if (!(largest > 0))
		return largest;
	/* Divided first: the quotients keep all their bits where f and g are next to underflow and r has few. */
	f /= scale;
	g /= scale;
	double r = sqrt(f * f + g * g);
	*ret_c = f / r;
	*ret_s = g / r;
	return scale * r;
}

void sj__matrix_set_identity(int64_t m, int64_t n, double *a, int64_t lda)
{
	for (int64_t i = 0; i < m; i++) {
		memset(a + i * lda, 0, (size_t)n * sizeof(double));
		if (i < n)
			a[i * lda + i] = 1;
	}
}

void sj__matrix_subtract_product(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b,
                                 int64_t ldb, bool transpose_b, double *c, int64_t ldc)
{
	loops()->subtract_product(m, n, k, a, lda, b, ldb, transpose_b, c, ldc);
}

/* The largest magnitude, or NaN where an element is NaN. */
static double largest_magnitude(int64_t m, int64_t n, const double *a, int64_t lda)
{
	double largest = 0, poison = 0;
	for (int64_t i = 0; i < m; i++)
		for (int64_t j = 0; j < n; j++) {
			double x = fabs(a[i * lda + j]);
			poison += x - x;
			largest = x > largest ? x : largest;
		}
	return largest + poison;
}

bool sj__matrix_normalize(int64_t m, int64_t n, double *a, int64_t lda, double *ret_scale)
{
	double largest = largest_magnitude(m, n, a, lda);
	if (!(largest < INFINITY))
		return false;
	int exponent;
	frexp(largest, &exponent);
	/* Within these bounds the scale and its inverse are both normal numbers. */
	exponent = exponent < -1000 ? -1000 : exponent > 1000 ? 1000 : exponent;
	*ret_scale = ldexp(1, exponent);
	double factor = 1 / *ret_scale;
	for (int64_t i = 0; i < m && factor != 1; i++)
		for (int64_t j = 0; j < n; j++)
			a[i * lda + j] *= factor;
	return true;
}

/* The Euclidean norm. */
static double vector_norm(int64_t n, const double *x)
{
	double largest = largest_magnitude(1, n, x, n);
	if (SJ_LIKELY(squares_are_safe(largest)))
		return sqrt(sj__vector_dot(n, x, x));
	if (!(largest > 0))
		return largest;
	double sum = 0;
	for (int64_t i = 0; i < n; i++)
		sum += (x[i] / largest) * (x[i] / largest);
	return largest * sqrt(sum);
}

/*
 * Beside a matrix whose largest element is near 1 this is nothing, and so near underflow that a reflector made of it
 * would not be orthogonal.
 */
static const double vanished = 1e-290;

double sj__reflector_new(int64_t n, double *x, double *ret_beta)
{
	double alpha = x[0], rest = vector_norm(n - 1, x + 1);
	x[0] = 1;
	*ret_beta = alpha;
	if (rest < vanished)
		return 0;
	double beta = alpha < 0 ? sj__hypot(alpha, rest) : -sj__hypot(alpha, rest);
	for (int64_t i = 1; i < n; i++)
		x[i] /= alpha - beta;
	*ret_beta = beta;
	return (beta - alpha) / beta;
}

void sj__reflector_apply(int64_t m, int64_t n, const double *v, double tau, double *a, int64_t lda)
{
	loops()->reflector_apply(m, n, v, tau, a, lda);
}

void sj__reflectors_apply_backward(int64_t m, int64_t n, int64_t n_reflectors, int64_t offset, bool only_lower,
                                   const double *v, int64_t ldv, const double *tau, double *a, int64_t lda)
{
	for (int64_t k = n_reflectors - 1; k >= 0 && !sj__cancelled(); k--) {
		int64_t column = k + offset, first = only_lower ? sj__min_i64(column, m) : 0;
		sj__reflector_apply(m - first, n - column, v + k * ldv + column, tau[k], a + first * lda + column, lda);
	}
}
