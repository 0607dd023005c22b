/*
 * The logarithmic family for float64: log, log1p and the functions made of them (softplus, asinh, acosh, atanh), and pow,
 * which keeps its logarithm as a pair. log and log1p are within 1 unit in the last place. Branch-free, see math_bits.h.
 */
#ifndef SOKUJI_CPU_MATH_LOG_H
#define SOKUJI_CPU_MATH_LOG_H

#include "cpu/math_exp.h"

/* The smallest normal float64: what is below counts as zero. */
#define SJ__LEAST_NORMAL 0x1p-1022

/* x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for normal x > 0. */
typedef struct {
	double k, f;
} sj__log_parts;

static SJ_ALWAYS_INLINE sj__log_parts sj__log_split(double x)
{
	uint64_t root_half = 0x3fe6a09e667f3bcdu, one = 0x3ff0000000000000u;
	uint64_t shifted = sj__bits_f64(x) + (one - root_half);
	double k = sj__f64_of_bits((shifted >> 52) | 0x4330000000000000u) - (0x1p52 + 1023);
	double m = sj__f64_of_bits((shifted & 0xfffffffffffffu) + root_half);
	return (sj__log_parts){k, m - 1};
}

/*
 * k ln(2) + ln(1 + f) + rest. With s = f/(2 + f), ln(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + s^2 p(s^2)), whose
 * small terms are added first.
 */
static SJ_ALWAYS_INLINE double sj__log_of_parts(double k, double f, double rest)
{
	double s = f / (2 + f), z = s * s, half_square = 0.5 * f * f;
	double small = s * (half_square + z * sj__poly_log_tail(z)) + (k * SJ__LN2_LO + rest);
	sj__pair sum = sj__add_ordered(k * SJ__LN2_HI, f);
	return sum.hi + (sum.lo - (half_square - small));
}

static SJ_ALWAYS_INLINE double sj__log(double x)
{
	sj__log_parts parts = sj__log_split(x);
	double y = sj__log_of_parts(parts.k, parts.f, 0);
	y = x < SJ__INFINITY ? y : x;
	y = x >= SJ__LEAST_NORMAL ? y : -SJ__INFINITY;
	return x > -SJ__LEAST_NORMAL ? y : SJ__NAN;
}

/* The rounding error of 1 + x enters as error / (1 + x), for which 1/(1 + f) to 5 bits is enough. */
static SJ_ALWAYS_INLINE double sj__log1p_finite(double x)
{
	sj__pair sum = sj__add_exact(1, x);
	sj__log_parts parts = sj__log_split(sum.hi);
	double limited = parts.k > 1000 ? 1000 : parts.k;
	double inverse_scale = sj__f64_of_bits(sj__bits_f64((SJ__ROUNDER_F64 + 1023) - limited) << 52);
	double f = parts.f, rest = sum.lo * inverse_scale * ((1 - f) * (1 + f * f));
	int near = parts.k == 0;
	return sj__log_of_parts(parts.k, near ? x : f, near ? 0 : rest);
}

static SJ_ALWAYS_INLINE double sj__log1p(double x)
{
	double y = sj__log1p_finite(x);
	y = x < SJ__INFINITY ? y : x;
	y = x > -1 ? y : -SJ__INFINITY;
	return __builtin_copysign(x >= -1 ? y : SJ__NAN, x);
}

/* ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|)). */
static SJ_ALWAYS_INLINE double sj__softplus(double x)
{
	double a = __builtin_fabs(x);
	return sj__log1p_finite(sj__exp(-a)) + (x < 0 ? 0 : x);
}

/* ln(a + sqrt(a^2 + 1)), arranged for small a; ln(2a) for large ones. */
static SJ_ALWAYS_INLINE double sj__asinh(double x)
{
	double a = __builtin_fabs(x), square = a * a;
	int far = a > 0x1p500;
	double y = sj__log1p(far ? a : a + square / (1 + __builtin_sqrt(square + 1)));
	return __builtin_copysign(far ? y + 0x1.62e42fefa39efp-1 : y, x);
}

static SJ_ALWAYS_INLINE double sj__acosh(double x)
{
	double t = x - 1;
	int far = x > 0x1p500;
	double y = sj__log1p(far ? x : t + __builtin_sqrt(t * (t + 2)));
	y = far ? y + 0x1.62e42fefa39efp-1 : y;
	return x >= 1 ? y : SJ__NAN;
}

static SJ_ALWAYS_INLINE double sj__atanh(double x)
{
	double a = __builtin_fabs(x);
	double y = 0.5 * sj__log1p_finite(2 * a / (1 - a));
	y = a < 1 ? y : SJ__INFINITY;
	return __builtin_copysign(a <= 1 ? y : SJ__NAN, x);
}

/* ln(2^k (1 + f)) to about 2^-66: 2 s + s^3 (2/3 + z p(z)) with s = f/(2 + f), z = s^2. */
static SJ_ALWAYS_INLINE sj__pair sj__log_pair(sj__log_parts parts)
{
	sj__pair s = sj__divide_pairs((sj__pair){parts.f, 0}, sj__add_ordered(2, parts.f));
	sj__pair z = sj__multiply_pairs(s, s);
	sj__pair factor = sj__add_ordered(0x1.5555555555555p-1, z.hi * sj__poly_pow_tail(z.hi));
	factor.lo += 0x1.5555555555555p-55;
	sj__pair cubic = sj__multiply_pairs(sj__multiply_pairs(s, z), factor);
	sj__pair near = sj__add_ordered(2 * s.hi, cubic.hi);
	sj__pair sum = sj__add_ordered(parts.k * SJ__LN2_HI, near.hi);
	double lo = (2 * s.lo + cubic.lo + near.lo) + parts.k * SJ__LN2_LO;
	return sj__add_ordered(sum.hi, sum.lo + lo);
}

/*
 * x^y = exp(y ln|x|), negative where x is and y is odd. Special cases as C's pow: 1 for y = 0 or x = 1 even if the other
 * is NaN, NaN for finite x < 0 and fractional y. Within 1 unit in the last place in all tests.
 */
static SJ_ALWAYS_INLINE double sj__pow(double x, double y)
{
	double a = __builtin_fabs(x);
	sj__pair log = sj__log_pair(sj__log_split(a));
	log.hi = a < SJ__INFINITY ? log.hi : a;
	log.hi = a < SJ__LEAST_NORMAL ? -SJ__INFINITY : log.hi;
	double factor = a == 1 ? 0 * sj__clamp(y, -1, 1) : y, estimate = factor * log.hi;
	int ordinary = __builtin_fabs(estimate) < 1400;
	sj__pair product = sj__multiply_exact(ordinary ? factor : 0, log.hi);
	sj__pair exponent = {ordinary ? product.hi : estimate, ordinary ? product.lo + factor * log.lo : 0};
	double result = sj__exp_pair(exponent), half = 0.5 * y;
	int whole = sj__rint(y) == y, odd = whole & (sj__rint(half) != half);
	result = odd ? __builtin_copysign(result, x) : result;
	result = ((x < 0) & (a < SJ__INFINITY) & !whole) ? SJ__NAN : result;
	return ((x == 1) | (y == 0)) ? 1 : result;
}

#endif
