/*
 * erf, erfc, lgamma and digamma for float64, and the last two for float32. erf is within 1 unit in the last place, erfc
 * within 4, digamma within 3 and lgamma within 6 for positive arguments; for negative ones, where zeros lie between
 * poles, within about 4 units of the largest term of their reflection formulas. Branch-free, see math_bits.h.
 */
#ifndef SOKUJI_CPU_MATH_SPECIAL_H
#define SOKUJI_CPU_MATH_SPECIAL_H

#include "cpu/math_log.h"
#include "cpu/math_trig.h"

/* erf(a) for 0 <= a < 9/8: a + a (c0 + c1 z + z^2 p(z)), z = a^2, as pairs since the terms' sizes are alike. */
static SJ_ALWAYS_INLINE double sj__erf_near(double a, sj__pair z)
{
	sj__pair slope = sj__add_ordered(-0x1.812746b0379e7p-2, z.hi * sj__poly_erf_near(z.hi));
	slope.lo += 0x1.ee12e49cab700p-57;
	sj__pair term = sj__multiply_pairs(z, slope), factor = sj__add_exact(0x1.06eba8214db69p-3, term.hi);
	sj__pair product = sj__multiply_exact(a, factor.hi), sum = sj__add_ordered(a, product.hi);
	return sum.hi + (sum.lo + (product.lo + a * (factor.lo + (term.lo - 0x1.ca38add602500p-57))));
}

/* 1 - exp(-a^2 + p((a - 9/4)/(a + 9/4))) beyond. */
static SJ_ALWAYS_INLINE double sj__erf(double x)
{
	double limited = __builtin_fabs(x), a = limited > 6 ? 6 : limited, z = a * a;
	int near = a < 1.125;
	sj__pair square = sj__multiply_exact(a, a);
	sj__pair exponent = sj__add_exact(-z, sj__poly_erf_far((a - 2.25) / (a + 2.25)));
	double far = 1 - sj__exp_pair((sj__pair){exponent.hi, exponent.lo - square.lo});
	double y = sj__erf_near(near ? a : 0, (sj__pair){near ? square.hi : 0, near ? square.lo : 0});
	y = a < 0x1p-900 ? a * 0x1.20dd750429b6dp0 : y;
	return __builtin_copysign(near ? y : far, x);
}

/* exp(-a^2) q((a - 4)/(a + 4)) / (1 + 2a) for a >= 0, with a^2 as a pair; 1 - erf(x) near zero. */
static SJ_ALWAYS_INLINE double sj__erfc(double x)
{
	double limited = __builtin_fabs(x), a = limited > 28 ? 28 : limited;
	sj__pair square = sj__multiply_exact(a, a);
	double inverse = 1 / ((a + 4) * (1 + 2 * a)), t = (a - 4) * ((1 + 2 * a) * inverse);
	double far = sj__exp_pair((sj__pair){-square.hi, -square.lo}) * (sj__poly_erfcx(t) * ((a + 4) * inverse));
	double near = sj__erf_near(a < 0.5 ? a : 0, square);
	near = x < 0 ? 1 + near : 1 - near;
	return a < 0.5 ? near : x < 0 ? 2 - far : far;
}

/*
 * ln(gamma(x)) for x > 0. With |t| <= 1/2: for 8 <= x Stirling's series, (x - 1/2) (ln(x) - 1) + ...; below, ln(gamma(2 + t))
 * = t p(t), plus or minus the ln of a product: gamma(x + 1) = x gamma(x) is applied until x is 2 + t.
 */
static SJ_ALWAYS_INLINE double sj__lgamma_positive(double x)
{
	int far = x >= 8, first = x < 0.5, second = x < 1.5;
	double y = far ? 2 : x, product = 1;
	for (int i = 0; i < 6; i++) {
		int step = y >= 2.5;
		product = step ? product * (y - 1) : product;
		y = step ? y - 1 : y;
	}
	double t = first ? y : second ? y - 1 : y - 2;
	product = first ? y * (1 + y) : second ? y : product;
	double log = sj__log(far ? x : product), inverse = 1 / x;
	double near = t * sj__poly_lgamma_near(t) + (second ? -log : log);
	double tail = inverse * sj__poly_lgamma_far(inverse * inverse) + 0x1.acfe390c97d69p-2;
	double stirling = (x - 0.5) * (log - 1) + tail;
	return far ? (x < 0x1p1000 ? stirling : x * (log - 1)) : near;
}

/* sin(pi x) and cos(pi x) for any x, from x's distance to the nearest integer. */
static SJ_ALWAYS_INLINE sj__pair sj__sin_cos_of_turns(double a)
{
	double f = a - sj__rint(a), b = __builtin_fabs(f);
	int swap = b > 0.25;
	double r = SJ__PI_HI * (swap ? 0.5 - b : b), z = r * r;
	double s = r + r * z * sj__poly_sin_tail(z), c = 1 + z * (z * sj__poly_cos_tail(z) - 0.5);
	return (sj__pair){__builtin_copysign(swap ? c : s, f), swap ? s : c};
}

/* Negative x by reflection: ln|gamma(x)| = ln(pi / |sin(pi x)|) - ln(gamma(1 - x)). Infinity at the poles. */
static SJ_ALWAYS_INLINE double sj__lgamma(double x)
{
	double sine = __builtin_fabs(sj__sin_cos_of_turns(x).hi);
	double y = sj__lgamma_positive(x > 0 ? x : 1 - x);
	y = x > 0 ? y : sj__log(SJ__PI_HI / sine) - y;
	y = ((x <= 0) & (sj__rint(x) == x)) ? SJ__INFINITY : y;
	return __builtin_fabs(x) < SJ__INFINITY ? y : x * x;
}

/*
 * For x >= 10, ln(x) - 1/(2x) - ...; below, the recurrence digamma(x + 1) = digamma(x) + 1/x leads into [1, 2), its sum
 * of inverses kept as one fraction. Near the root 1.46... its factor is taken apart in two parts.
 */
static SJ_ALWAYS_INLINE double sj__digamma_positive(double x)
{
	int far = x >= 10, below = x < 1;
	double y = far ? 1 : x, numerator = 0, denominator = 1;
	for (int i = 0; i < 9; i++) {
		int step = y >= 2;
		y = step ? y - 1 : y;
		numerator = step ? numerator * y + denominator : numerator;
		denominator = step ? denominator * y : denominator;
	}
	double fraction = (below ? -1 : numerator) / (below ? y : denominator);
	y = below ? y + 1 : y;
	double near = ((y - 0x1.762d86356be3fp0) - 0x1.b86a722197829p-54) * sj__poly_digamma_near(y - 1.5) + fraction;
	double inverse = 1 / x, square = inverse * inverse;
	double asymptotic = sj__log(x) - (0.5 * inverse + square * sj__poly_digamma_far(square));
	return far ? asymptotic : near;
}

/* Negative x by reflection: digamma(1 - x) - pi cot(pi x). NaN at negative integers, minus the sign's infinity at zero. */
static SJ_ALWAYS_INLINE double sj__digamma(double x)
{
	sj__pair turn = sj__sin_cos_of_turns(x);
	double y = sj__digamma_positive(x > 0 ? x : 1 - x);
	y = x > 0 ? y : y - SJ__PI_HI * turn.lo / turn.hi;
	y = ((x < 0) & (sj__rint(x) == x)) ? SJ__NAN : y;
	return __builtin_fabs(x) < SJ__LEAST_NORMAL ? __builtin_copysign(SJ__INFINITY, -x) : y;
}

static SJ_ALWAYS_INLINE float sj__lgammaf(float x) { return (float)sj__lgamma(x); }
static SJ_ALWAYS_INLINE float sj__digammaf(float x) { return (float)sj__digamma(x); }

#endif
