/*
 * The inverse trigonometric functions for float64: atan, atan2, asin, acos, within 1 unit in the last place. Quotients and
 * square roots carry their rounding errors along. Branch-free, see math_bits.h.
 */
#ifndef SOKUJI_CPU_MATH_ARC_H
#define SOKUJI_CPU_MATH_ARC_H

#include "cpu/math_bits.h"
#include "cpu/math_polynomials.h"

/* pi in two parts; halves and quarters are exact. */
#define SJ__PI_HI 0x1.921fb54442d18p1
#define SJ__PI_LO 0x1.1a62633145c07p-53
/* sqrt(2) - 1 and sqrt(2) + 1, the tangents of pi/8 and 3 pi/8. */
#define SJ__TAN_LOW 0x1.a827999fcef32p-2
#define SJ__TAN_HIGH 0x1.3504f333f9de6p1

/* turns pi + atan(n / d) where |n / d| <= sqrt(2) - 1; turns is a multiple of 1/4. */
static SJ_ALWAYS_INLINE double sj__atan_quotient(double turns, sj__pair n, sj__pair d)
{
	sj__pair t = sj__divide_pairs(n, d);
	double z = t.hi * t.hi, tail = t.hi * z * sj__poly_atan_tail(z) + t.lo * (1 - z);
	sj__pair sum = sj__add_ordered(turns * SJ__PI_HI, t.hi);
	return sum.hi + (sum.lo + (tail + turns * SJ__PI_LO));
}

/* sign times the angle of (a, b), a and b >= 0, added to turns pi; 0 for b = 0. */
static SJ_ALWAYS_INLINE double sj__atan_octant(double turns, double sign, double a, double b)
{
	int mid = b > a * SJ__TAN_LOW, high = b > a * SJ__TAN_HIGH;
	sj__pair difference = sj__add_exact(b, -a), sum = sj__add_exact(b, a);
	double n = high ? -a : mid ? difference.hi : b, n_lo = (mid & !high) ? difference.lo : 0;
	double d = high ? b : mid ? sum.hi : a, d_lo = (mid & !high) ? sum.lo : 0;
	turns += sign * (high ? 0.5 : mid ? 0.25 : 0);
	return sj__atan_quotient(turns, (sj__pair){sign * n, sign * n_lo}, (sj__pair){d, d_lo});
}

static SJ_ALWAYS_INLINE double sj__atan(double x)
{
	double a = __builtin_fabs(x);
	return __builtin_copysign(sj__atan_octant(0, 1, 1, a > 0x1p60 ? 0x1p60 : a), x);
}

/* The angle of (x, y): infinities and zeros as C's atan2. Scaling keeps the halves of products in range. */
static SJ_ALWAYS_INLINE double sj__atan2(double y, double x)
{
	double a = __builtin_fabs(x), b = __builtin_fabs(y), larger = a > b ? a : b;
	int infinite = larger == SJ__INFINITY;
	double scale = larger > 0x1p960 ? 0x1p-100 : larger < 0x1p300 ? 0x1p600 : 1;
	double a_one = a == SJ__INFINITY ? 1 : a * 0, b_one = b == SJ__INFINITY ? 1 : b * 0;
	a = infinite ? a_one : a * scale;
	b = infinite ? b_one : b * scale;
	a = ((a == 0) & (b == 0)) ? 1 : a;
	double sign = __builtin_copysign(1, x);
	return __builtin_copysign(sj__atan_octant(sign < 0 ? 1 : 0, sign, a, b), y);
}

/* asin(s) = s + tail for s = a, or s = sqrt((1 - a) / 2) where a > 1/2, then pi/2 - 2 asin(s) = asin(a). */
static SJ_ALWAYS_INLINE sj__pair sj__asin_parts(double a)
{
	int high = a > 0.5;
	double z = high ? 0.5 * (1 - a) : a * a, s = high ? __builtin_sqrt(z) : a;
	sj__pair square = sj__multiply_exact(s, s);
	double root_error = ((z - square.hi) - square.lo) * (0.5 / (s + 0x1p-1000));
	return (sj__pair){s, s * z * sj__poly_asin_tail(z) + (high ? root_error : 0)};
}

static SJ_ALWAYS_INLINE double sj__asin(double x)
{
	double a = __builtin_fabs(x);
	sj__pair s = sj__asin_parts(a), sum = sj__add_ordered(0.5 * SJ__PI_HI, -2 * s.hi);
	double y = sum.hi + (sum.lo + (0.5 * SJ__PI_LO - 2 * s.lo));
	return __builtin_copysign(a > 0.5 ? y : s.hi + s.lo, x);
}

/* 2 asin(s), pi/2 - asin(x) or pi - 2 asin(s). */
static SJ_ALWAYS_INLINE double sj__acos(double x)
{
	double a = __builtin_fabs(x);
	sj__pair s = sj__asin_parts(a);
	int high = a > 0.5;
	double turns = high ? (x < 0 ? 1 : 0) : 0.5, factor = high ? (x < 0 ? -2 : 2) : (x < 0 ? 1 : -1);
	sj__pair sum = sj__add_exact(turns * SJ__PI_HI, factor * s.hi);
	return sum.hi + (sum.lo + (factor * s.lo + turns * SJ__PI_LO));
}

#endif
