/*
 * The exponential family for float64: exp, expm1, sinh, cosh, tanh, sigmoid; each within 1 unit in the last place.
 * All rest on exp(x) = 2^k (1 + q) with q as a pair of about 57 bits below 1. Branch-free, see math_bits.h.
 */
#ifndef SOKUJI_CPU_MATH_EXP_H
#define SOKUJI_CPU_MATH_EXP_H

#include "cpu/math_bits.h"
#include "cpu/math_polynomials.h"

/* ln(2) in two parts; products of the first, 42 bits long, with integers below 2^11 are exact. */
#define SJ__LN2_HI 0x1.62e42fefa38p-1
#define SJ__LN2_LO 0x1.ef35793c7673p-45

static SJ_ALWAYS_INLINE double sj__clamp(double x, double low, double high)
{
	x = x > high ? high : x;
	return x < low ? low : x;
}

/*
 * exp(x) = 2^k (1 + (r + tail)), |r| <= ln(2)/2, tail below 0.08. 2^k is first * second, two factors, since k reaches
 * beyond the exponents of float64. r + tail keeps its relative precision at k = 0.
 */
typedef struct {
	double r, tail, first, second;
} sj__exp_parts;

/* The parts for x.hi + x.lo, |x.hi| <= 1400. */
static SJ_ALWAYS_INLINE sj__exp_parts sj__exp_reduce(sj__pair x)
{
	double shifted = x.hi * 0x1.71547652b82fep0 + SJ__ROUNDER_F64, k = shifted - SJ__ROUNDER_F64;
	double hi = x.hi - k * SJ__LN2_HI, lo = x.lo - k * SJ__LN2_LO;
	double r = hi + lo, square = r * r;
	double tail = ((hi - r) + lo) + (0.5 * square + square * r * sj__poly_exp_tail(r));
	uint64_t exponent = sj__bits_f64(shifted) - sj__bits_f64(SJ__ROUNDER_F64) + 2046, half = exponent >> 1;
	double first = sj__f64_of_bits(half << 52), second = sj__f64_of_bits((exponent - half) << 52);
	return (sj__exp_parts){r, tail, first, second};
}

/* 2^-k, or zero where that is subnormal: the exponents of both factors change sign. */
static SJ_ALWAYS_INLINE double sj__exp_inverse_scale(sj__exp_parts e)
{
	uint64_t two_biases = (uint64_t)2046 << 52;
	return sj__f64_of_bits(two_biases - sj__bits_f64(e.first)) *
	       sj__f64_of_bits(two_biases - sj__bits_f64(e.second));
}

/* (exp(x) - 1) 2^-k as a pair, not yet normalised. */
static SJ_ALWAYS_INLINE sj__pair sj__expm1_scaled(sj__exp_parts e, double inverse_scale)
{
	double whole = 1 - inverse_scale, rest = (1 - whole) - inverse_scale;
	sj__pair sum = sj__add_exact(whole, e.r);
	return (sj__pair){sum.hi, sum.lo + (rest + e.tail)};
}

/* exp(x) 2^-k as a pair. */
static SJ_ALWAYS_INLINE sj__pair sj__exp_scaled(sj__exp_parts e)
{
	sj__pair sum = sj__add_ordered(1, e.r);
	return sj__add_ordered(sum.hi, sum.lo + e.tail);
}

/* exp(x.hi + x.lo). */
static SJ_ALWAYS_INLINE double sj__exp_pair(sj__pair x)
{
	sj__exp_parts e = sj__exp_reduce((sj__pair){sj__clamp(x.hi, -1400, 1400), x.lo});
	sj__pair sum = sj__add_ordered(1, e.r);
	return (sum.hi + (sum.lo + e.tail)) * e.first * e.second;
}

/*
 * exp(x) = 2^k (hi + lo) with hi + lo between 2^-1/2 and 2^1/2 and k + 1023, which should lie in [1, 2047], in the low bits of
 * `shifted`. Less general than sj__exp_reduce and cheaper.
 */
typedef struct {
	double hi, lo, shifted;
} sj__exp_near;

static SJ_ALWAYS_INLINE sj__exp_near sj__exp_near_of(double x)
{
	double shifted = x * 0x1.71547652b82fep0 + (SJ__ROUNDER_F64 + 1023), k = shifted - (SJ__ROUNDER_F64 + 1023);
	double above = x - k * SJ__LN2_HI, below = k * SJ__LN2_LO, r = above - below;
	double tail = ((above - r) - below) + r * r * (0.5 + r * sj__poly_exp_tail(r)), one = 1 + r;
	sj__pair sum = sj__add_ordered(one, ((1 - one) + r) + tail);
	return (sj__exp_near){sum.hi, sum.lo, shifted};
}

/* k is added to the exponent's bits; the last lines answer for underflow, overflow and NaN. */
static SJ_ALWAYS_INLINE double sj__exp(double x)
{
	sj__exp_near e = sj__exp_near_of(x);
	double y = sj__f64_of_bits(sj__bits_f64(e.hi) + (sj__bits_f64(e.shifted) << 52) - ((uint64_t)1023 << 52));
	y = x >= -0x1.6232bdd7abcd2p9 ? y : 0;
	return x <= 0x1.62e42fefa39efp9 ? y : x * 0x1p1023;
}

static SJ_ALWAYS_INLINE double sj__expm1(double x)
{
	sj__exp_parts e = sj__exp_reduce((sj__pair){sj__clamp(x, -60, 1400), 0});
	sj__pair y = sj__expm1_scaled(e, sj__exp_inverse_scale(e));
	return __builtin_copysign((y.hi + y.lo) * e.first * e.second, x);
}

/* (e + e / (1 + e)) / 2 with e = exp(|x|) - 1: no cancellation. */
static SJ_ALWAYS_INLINE double sj__sinh(double x)
{
	double a = __builtin_fabs(x);
	sj__exp_parts e = sj__exp_reduce((sj__pair){a > 1400 ? 1400 : a, 0});
	double inverse = sj__exp_inverse_scale(e);
	sj__pair raw = sj__expm1_scaled(e, inverse), minus_one = sj__add_ordered(raw.hi, raw.lo);
	sj__pair ratio = sj__divide_pairs(minus_one, sj__exp_scaled(e));
	sj__pair sum = sj__add_ordered(minus_one.hi, ratio.hi * inverse);
	double scaled = sum.hi + (sum.lo + (minus_one.lo + ratio.lo * inverse));
	return __builtin_copysign(0.5 * scaled * e.first * e.second, x);
}

static SJ_ALWAYS_INLINE double sj__cosh(double x)
{
	double a = __builtin_fabs(x);
	sj__exp_parts e = sj__exp_reduce((sj__pair){a > 1400 ? 1400 : a, 0});
	double inverse = sj__exp_inverse_scale(e);
	sj__pair grown = sj__exp_scaled(e), shrunk = sj__divide_pairs((sj__pair){inverse * inverse, 0}, grown);
	sj__pair sum = sj__add_exact(grown.hi, shrunk.hi);
	return 0.5 * (sum.hi + (sum.lo + (grown.lo + shrunk.lo))) * e.first * e.second;
}

/*
 * From 0.55 on 1 - 2 / (exp(2|x|) + 1), where what is taken off is at most a half and its error at most a quarter of a unit. Below,
 * x - x n / d from the eighth convergent of tanh(x) = x / (1 + x^2 / (3 + x^2 / (5 + ...))), which is nearer than 2^-58. One division.
 */
static SJ_ALWAYS_INLINE double sj__tanh(double x)
{
	double a = __builtin_fabs(x), z;
	uint64_t near = (uint64_t)0 - (a < 0.55);
	a = a > 20 ? 20 : a;
	z = a * a;
	sj__exp_near e = sj__exp_near_of(2 * a);
	double scale = sj__f64_of_bits(sj__bits_f64(e.shifted) << 52), high = scale * e.hi, sum = high + 1;
	double rest = ((high - sum) + 1) + scale * e.lo;
	double n = z * (675675 + z * (45045 + z * (594 + z)));
	double d = 2027025 + z * (945945 + z * (51975 + z * (630 + z)));
	double q = sj__choose_f64(near, 2, n) / sj__choose_f64(near, sum, d), y = 1 - q;
	double far = y + (((1 - y) - q) + 0.5 * q * q * rest);
	return __builtin_copysign(sj__choose_f64(near, far, a - a * q), x);
}

/* 1 / (1 + e) for x >= 0 and e / (1 + e) for x < 0, with e = exp(-|x|). */
static SJ_ALWAYS_INLINE double sj__sigmoid(double x)
{
	double a = __builtin_fabs(x);
	sj__exp_parts parts = sj__exp_reduce((sj__pair){-(a > 1400 ? 1400 : a), 0});
	sj__pair scaled = sj__exp_scaled(parts), e;
	e.hi = scaled.hi * parts.first * parts.second;
	e.lo = scaled.lo * parts.first * parts.second;
	sj__pair sum = sj__add_ordered(1, e.hi);
	sj__pair ratio = sj__divide_pairs((sj__pair){x < 0 ? e.hi : 1, x < 0 ? e.lo : 0},
	                                  (sj__pair){sum.hi, sum.lo + e.lo});
	return ratio.hi + ratio.lo;
}

#endif
