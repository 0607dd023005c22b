/*
 * The incomplete gamma and beta functions and the inverses of the error function and of the normal distribution, by series, continued
 * fractions (DLMF 8.7, 8.9, 8.17), Temme's expansion (DLMF 8.12) and Halley's iteration. One value at a time.
 */
#include "cpu/math_gamma.h"

#include <stddef.h>

#include "cpu/math_f64.h"
#include "cpu/math_one.h"

/* log(1 + m) - m for m > -1: with r = m / (2 + m), log(1 + m) = 2 r (1 + r^2 / 3 + …) and 2 r - m = -m r. */
static double log1p_less(double m)
{
	if (m < -0.4 || m > 0.7)
		return sj__one_log1p(m) - m;
	double r = m / (2 + m), square = r * r, sum = 0;
	for (int k = 41; k >= 3; k -= 2)
		sum = sum * square + 1.0 / k;
	return r * (2 * square * sum - m);
}

/* x^a e^-x / gamma(a + 1): for greater a by Stirling's formula, so that a log(x) and x do not cancel. */
static double gamma_factor(double a, double x)
{
	if (a < 10)
		return sj__one_exp(a * sj__one_log(x) - x - sj__one_lgamma(a + 1));
	double inverse = 1 / a, square = inverse * inverse;
	double rest = inverse *
	              (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
	return sj__one_exp(a * log1p_less((x - a) / a) - rest) * __builtin_sqrt(0.5 * inverse / SJ__PI_HI);
}

/* The lower function by its series; *ret_slope, if wanted: its derivative by a. All terms are positive. */
static double igamma_series(double a, double x, double *ret_slope)
{
	double factor = gamma_factor(a, x), term = 1, sum = 1, inverses = 0, slope = 0;
	for (double n = 1; n < 4e6; n++) {
		term *= x / (a + n);
		sum += term;
		inverses += 1 / (a + n);
		slope -= term * inverses;
		if (term * (ret_slope ? 1 + inverses : 1) < 0x1p-56 * sum && x < a + n)
			break;
	}
	if (ret_slope != NULL)
		*ret_slope = factor * ((sj__one_log(x) - sj__one_digamma(a + 1)) * sum + slope);
	return factor * sum;
}

/* The upper function by its continued fraction (Lentz's way), for x > 1 and x > a. */
static double igamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
	for (double n = 1; n < 4e6; n++) {
		double step = n * (a - n);
		b += 2;
		d = step * d + b;
		c = b + step / c;
		d = 1 / (d == 0 ? 1e-300 : d);
		double change = c * d;
		h *= change;
		if (__builtin_fabs(change - 1) < 0x1p-52)
			break;
	}
	return gamma_factor(a, x) * a * h;
}

/* Both for a so great that the others would not end: Temme's expansion with two terms (DLMF 8.12), for x near a; else 0 and 1. */
static double igamma_of_great(double a, double x, int upper)
{
	double m = (x - a) / a;
	if (__builtin_fabs(m) > 0.01)
		return (m < 0) == upper;
	double eta = __builtin_copysign(__builtin_sqrt(-2 * log1p_less(m)), m), sign = upper ? 1 : -1;
	double first = -1.0 / 3 + eta * (1.0 / 12 + eta * (-2.0 / 135 + eta * (1.0 / 864 + eta / 2835)));
	double second = -1.0 / 540 + eta * (-1.0 / 288 + eta / 378);
	double rest = sj__one_exp(-0.5 * a * eta * eta) / __builtin_sqrt(2 * SJ__PI_HI * a) * (first + second / a);
	return 0.5 * sj__one_erfc(sign * eta * __builtin_sqrt(0.5 * a)) + sign * rest;
}

/* The lower regularised incomplete gamma function P(a, x), or the upper one Q = 1 - P. */
static double igamma_either(double a, double x, int upper)
{
	if (x != x || a != a || x < 0 || a < 0 || (a == 0 && (upper || x > 0)) ||
	    (a == SJ__INFINITY && x == SJ__INFINITY))
		return SJ__NAN;
	if (x == 0 || a == SJ__INFINITY)
		return upper;
	if (x == SJ__INFINITY)
		return !upper;
	if (a > 1e7)
		return igamma_of_great(a, x, upper);
	if (x > 1 && x > a)
		return upper ? igamma_fraction(a, x) : 1 - igamma_fraction(a, x);
	return upper ? 1 - igamma_series(a, x, NULL) : igamma_series(a, x, NULL);
}

double sj__igamma(double a, double x) { return igamma_either(a, x, 0); }
double sj__igammac(double a, double x) { return igamma_either(a, x, 1); }

/*
 * The derivative of P(a, x) by a, within some 1e-15 absolutely. Where the series would lose itself in great x, Q is so small that its
 * leading factor x^(a - 1) / gamma(a) says the derivative. Above 1e8 it is, but for parts of the order of a^(-1/2), minus the density.
 */
double sj__igamma_slope(double a, double x)
{
	double slope;
	if (!(a > 0 && x >= 0) || a == SJ__INFINITY)
		return SJ__NAN;
	if (x == 0 || x == SJ__INFINITY)
		return 0;
	if (a > 1e8)
		return -gamma_factor(a, x);
	if (x > a + 60 + 12 * __builtin_sqrt(a))
		return -igamma_fraction(a, x) * (sj__one_log(x) - sj__one_digamma(a));
	igamma_series(a, x, &slope);
	return slope;
}

/* ---- beta ---- */

/* The continued fraction of I_x(a, b), which converges well below the mean of the distribution. */
static double betainc_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1);
	d = 1 / (d == 0 ? 1e-300 : d);
	double h = d;
	for (double n = 1; n < 1e5; n++) {
		double even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n));
		double odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1));
		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (d == 0 ? 1e-300 : d);
		c = c == 0 ? 1e-300 : c;
		h *= c * d;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (d == 0 ? 1e-300 : d);
		c = c == 0 ? 1e-300 : c;
		double change = c * d;
		h *= change;
		if (__builtin_fabs(change - 1) < 0x1p-52)
			break;
	}
	return h;
}

/* The regularised incomplete beta function I_x(a, b); NaN outside a > 0, b > 0, 0 <= x <= 1. */
double sj__betainc(double a, double b, double x)
{
	if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || a == SJ__INFINITY || b == SJ__INFINITY)
		return SJ__NAN;
	if (x == 0 || x == 1)
		return x;
	int turned = x > (a + 1) / (a + b + 2);
	double log_x = sj__one_log(x), log_rest = sj__one_log1p(-x);
	double factor = sj__one_exp(a * log_x + b * log_rest + sj__one_lgamma(a + b) - sj__one_lgamma(a) -
	                            sj__one_lgamma(b));
	return turned ? 1 - factor * betainc_fraction(b, a, 1 - x) / b : factor * betainc_fraction(a, b, x) / a;
}

/* ---- inverses ---- */

/*
 * z >= 0 with erf(z) = p and erfc(z) = q = 1 - p, solved for the smaller of the two. Winitzki's formula is within 0.3% (it knows
 * log(1 - p^2)); each step of Halley's iteration cubes that.
 */
static double erf_solve(double p, double q)
{
	if (p < 1e-9)
		return p * 0.886226925452758013649;
	double log = p < 0.5 ? sj__one_log1p(-p * p) : sj__one_log(q * (1 + p)), t = 4.33074675078842 + 0.5 * log;
	double ratio = -log / 0.147, z = __builtin_sqrt(ratio / (__builtin_sqrt(t * t + ratio) + t));
	for (int i = 0; i < 3; i++) {
		double wrong = p < 0.5 ? sj__erf(z) - p : q - sj__one_erfc(z);
		double step = wrong * 0.886226925452758013649 * sj__one_exp(z * z);
		z -= step / (1 + z * step);
	}
	return z;
}

double sj__erfinv(double x)
{
	double p = __builtin_fabs(x);
	if (!(p < 1))
		return p == 1 ? x * SJ__INFINITY : SJ__NAN;
	return __builtin_copysign(erf_solve(p, 1 - p), x);
}

/* The quantile of the standard normal distribution. */
double sj__ndtri(double p)
{
	if (!(p > 0 && p < 1))
		return p == 0 ? -SJ__INFINITY : p == 1 ? SJ__INFINITY : SJ__NAN;
	double tail = 2 * (p < 0.5 ? p : 1 - p), z = 1.41421356237309504880 * erf_solve(1 - tail, tail);
	return p < 0.5 ? -z : z;
}
