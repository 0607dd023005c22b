/*
 * Hurwitz's zeta function and the polygamma functions, by the Euler-Maclaurin formula (Abramowitz and Stegun 1964, 23.2 and
 * 6.4). For orders that are not usual in training: one value at a time, within some units in the last place.
 */
#ifndef SOKUJI_CPU_MATH_ZETA_H
#define SOKUJI_CPU_MATH_ZETA_H

#include "cpu/math_f64.h"

/* zeta(x, q) for x > 1 and q > 0: terms until they vanish or the rest's asymptotic series holds. */
static inline double sj__zeta_positive(double x, double q)
{
	/* (2 j)! / B(2 j) */
	static const double factors[12] = {
		12,
		-720,
		30240,
		-1209600,
		47900160,
		-0x1.c331393146053p30,
		0x1.165e99p36,
		-0x1.5770bf3df715p41,
		0x1.a7b51e18d632bp46,
		-0x1.055d6586f1431p52,
		0x1.427237ec0a9dep57,
		-0x1.8dcd555480632p62,
	};
	double sum = 0, w = q, power;
	for (int k = 0; k < 64 && w < 9 + x / 3; k++, w += 1) {
		power = sj__pow(w, -x);
		sum += power;
		if (power < 0x1p-60 * sum)
			return sum;
	}
	power = sj__pow(w, -x);
	sum += power * w / (x - 1) + 0.5 * power;
	double factor = x, scale = power / w;
	for (int j = 0; j < 12; j++) {
		double term = factor * scale / factors[j];
		sum += term;
		if (!(__builtin_fabs(term) > 0x1p-60 * sum))
			break;
		factor *= (x + 2 * j + 1) * (x + 2 * j + 2);
		scale /= w * w;
	}
	return sum;
}

/*
 * zeta(x, q); infinite at x = 1 and at the poles q = 0, -1, …; NaN for x < 1, and for other negative q unless x is whole. There
 * the terms before q becomes positive are those of two zetas at positive places.
 */
static inline double sj__zeta(double x, double q)
{
	if (x == 1)
		return SJ__INFINITY;
	if (!(x > 1) || q != q)
		return SJ__NAN;
	if (q > 0)
		return q < SJ__INFINITY && x < SJ__INFINITY ? sj__zeta_positive(x, q) : sj__pow(q, -x);
	double whole = sj__floor(q), fraction = q - whole;
	if (fraction == 0)
		return SJ__INFINITY;
	if (sj__floor(x) != x || x == SJ__INFINITY)
		return SJ__NAN;
	double below = sj__zeta_positive(x, 1 - fraction) - sj__zeta_positive(x, 1 - q);
	return sj__zeta_positive(x, fraction) + (sj__floor(x / 2) * 2 == x ? below : -below);
}

/* The n-th derivative of digamma: (-1)^(n + 1) n! zeta(n + 1, x). NaN where n is negative or not whole. */
static inline double sj__polygamma(double n, double x)
{
	if (n == 0)
		return sj__digamma(x);
	if (!(n > 0) || sj__floor(n) != n || n == SJ__INFINITY)
		return SJ__NAN;
	double zeta = sj__zeta(n + 1, x), factorial = 1;
	if (n > 170) /* only the product is in range */
		zeta = __builtin_copysign(sj__exp(sj__lgamma(n + 1) + sj__log(__builtin_fabs(zeta))), zeta);
	else
		for (double k = 2; k <= n; k++)
			factorial *= k;
	return (sj__floor(n / 2) * 2 == n ? -1 : 1) * factorial * zeta;
}

static inline float sj__zetaf(float x, float q) { return (float)sj__zeta(x, q); }
static inline float sj__polygammaf(float n, float x) { return (float)sj__polygamma(n, x); }

#endif
