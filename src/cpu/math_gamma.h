/*
 * The incomplete gamma and beta functions and the inverses of the error function and of the normal distribution. Results of the order of 1 are
 * within some 1e-15, small ones within some 1e-13 of themselves.
 */
#ifndef SOKUJI_CPU_MATH_GAMMA_H
#define SOKUJI_CPU_MATH_GAMMA_H

/* The regularised incomplete gamma functions: the lower P(a, x), the upper Q = 1 - P. NaN outside a >= 0, x >= 0. */
double sj__igamma(double a, double x);
double sj__igammac(double a, double x);

/* The derivative of P(a, x) by a, within some 1e-15 absolutely for a up to 1e8. */
double sj__igamma_slope(double a, double x);

/* The regularised incomplete beta function I_x(a, b); NaN outside a > 0, b > 0, 0 <= x <= 1. */
double sj__betainc(double a, double b, double x);

/* erf(erfinv(x)) = x; and the quantile of the standard normal distribution. */
double sj__erfinv(double x);
double sj__ndtri(double p);

static inline float sj__igammaf(float a, float x) { return (float)sj__igamma(a, x); }
static inline float sj__igammacf(float a, float x) { return (float)sj__igammac(a, x); }
static inline float sj__igamma_slopef(float a, float x) { return (float)sj__igamma_slope(a, x); }
static inline float sj__erfinvf(float x) { return (float)sj__erfinv(x); }
static inline float sj__ndtrif(float p) { return (float)sj__ndtri(p); }

#endif
