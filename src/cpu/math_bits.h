/*
 * Tools of the elementary functions: bit patterns, rounding to integers, and sums and products kept as pairs of float64.
 * Everything is branch-free and uses additions, multiplications, comparisons and integer operations only, all of which
 * SSE2 has (and sj__fmaf), so that every instruction set gives the same bits and a plain loop over a call vectorises.
 *
 * Build loops over these functions with -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off. Subnormal arguments
 * count as zeros and subnormal results may be zeros.
 */
#ifndef SOKUJI_CPU_MATH_BITS_H
#define SOKUJI_CPU_MATH_BITS_H

#include "base/compiler.h"

/* Adding and subtracting it rounds |x| < 2^51 to the nearest integer, ties to even; the sum's low bits are the integer. */
#define SJ__ROUNDER_F64 0x1.8p52
#define SJ__SIGN_F64 0x8000000000000000u
#define SJ__NAN (__builtin_nan(""))
#define SJ__INFINITY (__builtin_inf())

/* The unevaluated sum hi + lo with |lo| at most half a unit in the last place of hi. */
typedef struct {
	double hi, lo;
} sj__pair;

static SJ_ALWAYS_INLINE uint64_t sj__bits_f64(double x)
{
	union {
		double value;
		uint64_t bits;
	} pun = {x};
	return pun.bits;
}

static SJ_ALWAYS_INLINE uint32_t sj__bits_f32(float x)
{
	union {
		float value;
		uint32_t bits;
	} pun = {x};
	return pun.bits;
}

static SJ_ALWAYS_INLINE float sj__f32_of_bits(uint32_t bits)
{
	union {
		uint32_t bits;
		float value;
	} pun = {bits};
	return pun.value;
}

static SJ_ALWAYS_INLINE double sj__f64_of_bits(uint64_t bits)
{
	union {
		uint64_t bits;
		double value;
	} pun = {bits};
	return pun.value;
}

/* x with its sign flipped where bit 63 of sign is set. */
static SJ_ALWAYS_INLINE double sj__flip_sign_f64(double x, uint64_t sign)
{
	return sj__f64_of_bits(sj__bits_f64(x) ^ (sign & SJ__SIGN_F64));
}

/* a where mask is 0, b where all its bits are set. */
static SJ_ALWAYS_INLINE double sj__choose_f64(uint64_t mask, double a, double b)
{
	uint64_t a_bits = sj__bits_f64(a);
	return sj__f64_of_bits(a_bits ^ ((a_bits ^ sj__bits_f64(b)) & mask));
}

/*
 * a * b + c rounded once. Without such an instruction: in float64 the product is exact and the sum, made odd where it is not, keeps
 * on which side of a tie between two float32 it lies (Boldo, Melquiond 2008).
 */
static SJ_ALWAYS_INLINE float sj__fmaf(float a, float b, float c)
{
#if defined(__FMA__) || defined(__aarch64__)
	return __builtin_fmaf(a, b, c);
#else
	double product = (double)a * b, sum = product + c, from_c = sum - product;
	double rest = (product - (sum - from_c)) + (c - from_c);
	uint64_t bits = sj__bits_f64(sum), even = ~bits & 1, below = (bits ^ sj__bits_f64(rest)) >> 63;
	bits += ((rest > 0) | (rest < 0)) ? even - 2 * (even & below) : 0;
	return (float)sj__f64_of_bits(bits);
#endif
}

/* Rounding to integers, exact for every argument; the sign of zero results is the argument's. */

static SJ_ALWAYS_INLINE float sj__rintf(float x)
{
	float a = __builtin_fabsf(x), r = (a + 0x1p23f) - 0x1p23f;
	return __builtin_copysignf(a < 0x1p23f ? r : a, x);
}

static SJ_ALWAYS_INLINE float sj__floorf(float x)
{
	float r = sj__rintf(x);
	return __builtin_copysignf(r > x ? r - 1 : r, x);
}

static SJ_ALWAYS_INLINE float sj__ceilf(float x)
{
	float r = sj__rintf(x);
	return __builtin_copysignf(r < x ? r + 1 : r, x);
}

static SJ_ALWAYS_INLINE float sj__truncf(float x)
{
	float a = __builtin_fabsf(x), r = sj__rintf(a);
	return __builtin_copysignf(r > a ? r - 1 : r, x);
}

static SJ_ALWAYS_INLINE double sj__rint(double x)
{
	double a = __builtin_fabs(x), r = (a + 0x1p52) - 0x1p52;
	return __builtin_copysign(a < 0x1p52 ? r : a, x);
}

static SJ_ALWAYS_INLINE double sj__floor(double x)
{
	double r = sj__rint(x);
	return __builtin_copysign(r > x ? r - 1 : r, x);
}

static SJ_ALWAYS_INLINE double sj__ceil(double x)
{
	double r = sj__rint(x);
	return __builtin_copysign(r < x ? r + 1 : r, x);
}

static SJ_ALWAYS_INLINE double sj__trunc(double x)
{
	double a = __builtin_fabs(x), r = sj__rint(a);
	return __builtin_copysign(r > a ? r - 1 : r, x);
}

/* Pairs. The sums and the product are exact (Knuth 1969; Dekker 1971), overflow apart. */

/* a + b where |a| >= |b| or a is zero. */
static SJ_ALWAYS_INLINE sj__pair sj__add_ordered(double a, double b)
{
	double sum = a + b;
	return (sj__pair){sum, (a - sum) + b};
}

static SJ_ALWAYS_INLINE sj__pair sj__add_exact(double a, double b)
{
	double sum = a + b, from_b = sum - a;
	return (sj__pair){sum, (a - (sum - from_b)) + (b - from_b)};
}

/* x rounded to 26 bits; the rest has 26 bits and a sign. */
static SJ_ALWAYS_INLINE double sj__upper_half(double x)
{
	return sj__f64_of_bits((sj__bits_f64(x) + 0x4000000) & ~(uint64_t)0x7ffffff);
}

static SJ_ALWAYS_INLINE sj__pair sj__multiply_exact(double a, double b)
{
	double a_hi = sj__upper_half(a), a_lo = a - a_hi, b_hi = sj__upper_half(b), b_lo = b - b_hi;
	double product = a * b, lo = ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo;
	return (sj__pair){product, lo};
}

static SJ_ALWAYS_INLINE sj__pair sj__multiply_pairs(sj__pair a, sj__pair b)
{
	sj__pair product = sj__multiply_exact(a.hi, b.hi);
	return sj__add_ordered(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* a / b to about 2^-100, with one division. */
static SJ_ALWAYS_INLINE sj__pair sj__divide_pairs(sj__pair a, sj__pair b)
{
	double inverse = 1 / b.hi, quotient = a.hi * inverse;
	sj__pair back = sj__multiply_exact(quotient, b.hi);
	double rest = (((a.hi - back.hi) - back.lo) + a.lo) - quotient * b.lo;
	return sj__add_ordered(quotient, rest * inverse);
}

#endif
