/*
 * The elementary functions for float32, within 0.51 units in the last place of the exact value for all arguments (exp
 * and tanh within 0.72), most computed in float64 inside and rounded once. Branch-free: a plain loop over a call vectorises, with the
 * same bits at every vector width. sin, cos and tan are in math_trig.h, lgamma and digamma in math_special.h, remainders
 * in math_divide.h. See math_bits.h for the compiler's flags and what becomes of subnormal numbers.
 */
#ifndef SOKUJI_CPU_MATH_F32_H
#define SOKUJI_CPU_MATH_F32_H

#include "cpu/math_arc.h"
#include "cpu/math_log.h"

#define SJ__LN2 0x1.62e42fefa39efp-1
#define SJ__PI_2 0x1.921fb54442d18p0
#define SJ__PI_4 0x1.921fb54442d18p-1

/* x limited to [low, high]; NaN stays. */
static SJ_ALWAYS_INLINE float sj__clampf(float x, float low, float high)
{
	x = x < low ? low : x;
	return x > high ? high : x;
}

/* exp(x) = scale (1 + rest), scale a power of two, |x| <= 700. */
typedef struct {
	double scale, rest;
} sj__exp_short;

/*
 * x = k ln(2) + r with |r| <= ln(2)/2. The rounder carries the exponent's bias, so that shifting the sum's bits makes 2^k.
 * rest keeps its relative precision near x = 0, which expm1 needs.
 */
static SJ_ALWAYS_INLINE sj__exp_short sj__exp_short_of(double x)
{
	double shifted = x * 0x1.71547652b82fep0 + (SJ__ROUNDER_F64 + 1023);
	double k = shifted - (SJ__ROUNDER_F64 + 1023);
	double r = x - k * SJ__LN2;
	return (sj__exp_short){sj__f64_of_bits(sj__bits_f64(shifted) << 52), r * sj__poly_exp_short(r)};
}

static SJ_ALWAYS_INLINE double sj__exp_f32_wide(double x)
{
	sj__exp_short e = sj__exp_short_of(x);
	return e.scale + e.scale * e.rest;
}

static SJ_ALWAYS_INLINE double sj__expm1_f32_wide(double x)
{
	sj__exp_short e = sj__exp_short_of(x);
	return e.scale * e.rest + (e.scale - 1);
}

/*
 * exp in float32 alone, twice as fast as by way of float64 and within 0.72 units: x = k ln(2) + hi + lo, where k times the
 * first 15 bits of ln(2) is exact, and the sum 1 + r + ... keeps what its first addition rounds away. k is added to the
 * exponent's bits; the last lines answer for overflow, underflow and NaN.
 */
static SJ_ALWAYS_INLINE float sj__expf(float x)
{
	float shifted = x * 0x1.715476p0f + 0x1.8p23f, k = shifted - 0x1.8p23f;
	float hi = x - k * 0x1.62e4p-1f, lo = k * -0x1.7f7d1cp-20f;
	float r = hi + lo, rest = (hi - r) + lo;
	float tail = rest + r * r * (0.5f + r * sj__poly_exp_tail_f32(r));
	float sum = 1 + r, y = sum + (((1 - sum) + r) + tail);
	y = sj__f32_of_bits(sj__bits_f32(y) + (sj__bits_f32(shifted) << 23));
	y = x >= -0x1.5d589ep6f ? y : 0;
	return x < 0x1.62e43p6f ? y : x * 0x1p127f;
}

/* exp(x - m) for x <= m, within 0.9 units: what the difference rounds away is not lost. Zero where it would be subnormal. */
static SJ_ALWAYS_INLINE float sj__exp_below_f32(float x, float m)
{
	float d = x - m, from_m = d - x, lost = (x - (d - from_m)) - (m + from_m);
	float shifted = sj__fmaf(d, 0x1.715476p0f, 0x1.8p23f + 127), k = shifted - (0x1.8p23f + 127);
	float r = sj__fmaf(k, -0x1.62e43p-1f, d) + sj__fmaf(k, 0x1.05c61p-29f, lost);
	float y = sj__fmaf(r, sj__poly_exp_fma(r), 1) * sj__f32_of_bits(sj__bits_f32(shifted) << 23);
	return d < -0x1.5d589ep6f ? 0 : y;
}

static SJ_ALWAYS_INLINE float sj__expm1f(float x)
{
	return __builtin_copysignf((float)sj__expm1_f32_wide(sj__clampf(x, -110, 90)), x);
}

/* k ln(2) + ln(1 + f). */
static SJ_ALWAYS_INLINE double sj__log_short(double k, double f)
{
	double s = f / (2 + f), z = s * s;
	return (2 * s + s * z * sj__poly_log_short(z)) + k * SJ__LN2;
}

/* ln(x) for x >= 0 (a float32's value, so never subnormal but zero) whose float32 is wanted, NaN elsewhere. */
static SJ_ALWAYS_INLINE double sj__log_f32_wide(double x)
{
	sj__log_parts parts = sj__log_split(x);
	double y = sj__log_short(parts.k, parts.f);
	y = x < SJ__INFINITY ? y : x;
	y = x > 0 ? y : -SJ__INFINITY;
	return x >= 0 ? y : SJ__NAN;
}

/* ln(1 + x) for finite x >= -1/2 or so: 1 + x must not cancel to below 2^-30. */
static SJ_ALWAYS_INLINE double sj__log1p_f32_wide(double x)
{
	sj__log_parts parts = sj__log_split(1 + x);
	return sj__log_short(parts.k, parts.k == 0 ? x : parts.f);
}

static SJ_ALWAYS_INLINE float sj__logf(float x) { return (float)sj__log_f32_wide(x); }

static SJ_ALWAYS_INLINE float sj__log1pf(float x)
{
	double y = sj__log1p_f32_wide(x);
	y = x < SJ__INFINITY ? y : x;
	y = x > -1 ? y : -SJ__INFINITY;
	return __builtin_copysignf((float)(x >= -1 ? y : SJ__NAN), x);
}

static SJ_ALWAYS_INLINE float sj__sqrtf(float x) { return __builtin_sqrtf(x); }

/* 1 / sqrt(x): one step of Newton's in float64 mends the two roundings of the float32 quotient (1.48 units). */
static SJ_ALWAYS_INLINE float sj__rsqrtf(float x)
{
	float y = 1 / __builtin_sqrtf(x);
	double wide = y, rest = 1 - (x * wide) * wide;
	return __builtin_fabsf(y) < 0x1p100f && y > 0 ? (float)(wide + 0.5 * wide * rest) : y;
}

/*
 * exp(x) = scale (ratio + r) / (ratio - r) with ratio = r coth(r/2), a short polynomial in r^2: cheaper than exp itself wherever
 * there is a division anyway. |x| <= 700.
 */
typedef struct {
	double scale, r, ratio;
} sj__exp_ratio;

static SJ_ALWAYS_INLINE sj__exp_ratio sj__exp_ratio_of(double x)
{
	double shifted = x * 0x1.71547652b82fep0 + (SJ__ROUNDER_F64 + 1023);
	double k = shifted - (SJ__ROUNDER_F64 + 1023);
	double r = x - k * SJ__LN2, z = r * r;
	return (sj__exp_ratio){sj__f64_of_bits(sj__bits_f64(shifted) << 52), r, 2 + z * sj__poly_coth_short(z)};
}

/* exp(x) / (1 + exp(x)). */
static SJ_ALWAYS_INLINE float sj__sigmoidf(float x)
{
	sj__exp_ratio e = sj__exp_ratio_of(sj__clampf(x, -110, 90));
	double up = (e.ratio + e.r) * e.scale;
	return (float)(up / (up + (e.ratio - e.r)));
}

/* ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|)). */
static SJ_ALWAYS_INLINE float sj__softplusf(float x)
{
	float a = __builtin_fabsf(x);
	double rest = sj__log1p_f32_wide(sj__exp_f32_wide(-(a > 110 ? 110 : a)));
	return (float)(rest + (x < 0 ? 0 : x));
}

/* sinh and cosh from e = exp(|x|) - 1, e' = exp(-|x|) - 1 = -e / (1 + e). */
static SJ_ALWAYS_INLINE float sj__sinhf(float x)
{
	float a = __builtin_fabsf(x);
	double e = sj__expm1_f32_wide(a > 100 ? 100 : a);
	return __builtin_copysignf((float)(0.5 * (e + e / (e + 1))), x);
}

static SJ_ALWAYS_INLINE float sj__coshf(float x)
{
	float a = __builtin_fabsf(x);
	double e = sj__exp_f32_wide(a > 100 ? 100 : a);
	return (float)(0.5 * (e + 1 / e));
}

/*
 * In float32 alone, within 0.72 units: x + x^3 p(x^2) up to 0.6; beyond, 1 - q with q = 1 / half, half = (exp(2|x|) + 1) / 2. The first
 * bits of q, those that 1 + q keeps, are taken off, then the others, which follow from what is left of 1 and from half's own rest.
 * Two float64 vectors for one of float32, and their division, took twice the time.
 */
static SJ_ALWAYS_INLINE float sj__tanhf(float x)
{
	float a = __builtin_fabsf(x), z = a * a, near = sj__fmaf(a * z, sj__poly_tanh_near_fma(z), a);
	float limited = a > 10 ? 10 : a, shifted = sj__fmaf(limited, 0x1.715476p1f, 0x1.8p23f + 126);
	float k = shifted - (0x1.8p23f + 126);
	float r = sj__fmaf(k, 0x1.05c61p-30f, sj__fmaf(k, -0x1.62e43p-2f, limited));
	float rest = r * sj__poly_exp_twice_fma(r), scale = sj__f32_of_bits(sj__bits_f32(shifted) << 23);
	float whole = scale + 0.5f, half = sj__fmaf(rest, scale, whole);
	float q = 1 / half, above = 1 + q, first = above - 1;
	float left = sj__fmaf(-first, sj__fmaf(rest, scale, whole - half), sj__fmaf(-first, half, 1));
	return __builtin_copysignf(a < 0.6f ? near : sj__fmaf(-q, left, 2 - above), x);
}

/* ln(a + sqrt(a^2 + 1)), arranged so that small a keep their precision. */
static SJ_ALWAYS_INLINE float sj__asinhf(float x)
{
	double a = __builtin_fabsf(x), square = a * a;
	double y = sj__log1p_f32_wide(a + square / (1 + __builtin_sqrt(square + 1)));
	return __builtin_copysignf((float)(a < SJ__INFINITY ? y : a), x);
}

static SJ_ALWAYS_INLINE float sj__acoshf(float x)
{
	double t = (double)x - 1;
	double y = sj__log1p_f32_wide(t + __builtin_sqrt(t * (t + 2)));
	y = x < SJ__INFINITY ? y : x;
	return (float)(x >= 1 ? y : SJ__NAN);
}

static SJ_ALWAYS_INLINE float sj__atanhf(float x)
{
	double a = __builtin_fabsf(x);
	double y = 0.5 * sj__log1p_f32_wide(2 * a / (1 - a));
	y = a < 1 ? y : SJ__INFINITY;
	return __builtin_copysignf((float)(a <= 1 ? y : SJ__NAN), x);
}

/* base + atan(n / d) where |n / d| <= sqrt(2) - 1. */
static SJ_ALWAYS_INLINE double sj__atan_f32_wide(double base, double n, double d)
{
	double t = n / d, z = t * t;
	return base + (t + t * z * sj__poly_atan_short(z));
}

static SJ_ALWAYS_INLINE float sj__atanf(float x)
{
	double a = __builtin_fabsf(x);
	int mid = a > SJ__TAN_LOW, high = a > SJ__TAN_HIGH;
	double base = high ? SJ__PI_2 : mid ? SJ__PI_4 : 0;
	double y = sj__atan_f32_wide(base, high ? -1 : mid ? a - 1 : a, high ? a : mid ? a + 1 : 1);
	return __builtin_copysignf((float)y, x);
}

/* The angle of (x, y): infinities and zeros as C's atan2. */
static SJ_ALWAYS_INLINE float sj__atan2f(float y, float x)
{
	double b = __builtin_fabsf(y), a = __builtin_fabsf(x);
	int same = a == b, infinite = same & (a > 0x1p200), zero = same & (a == 0);
	a = infinite | zero ? 1 : a;
	b = infinite ? 1 : b;
	int mid = b > a * SJ__TAN_LOW, high = b > a * SJ__TAN_HIGH;
	double n = high ? -a : mid ? b - a : b, d = high ? b : mid ? a + b : a;
	double base = high ? SJ__PI_2 : mid ? SJ__PI_4 : 0;
	double sign = __builtin_copysign(1, x);
	base = sign < 0 ? SJ__PI_HI - base : base;
	return __builtin_copysignf((float)sj__atan_f32_wide(base, sign * n, d), y);
}

/* asin(s) for s = a, or s = sqrt((1 - a) / 2) where a > 1/2: then asin(a) = pi/2 - 2 asin(s). NaN where a > 1. */
static SJ_ALWAYS_INLINE double sj__asin_f32_wide(double a)
{
	int high = a > 0.5;
	double z = high ? 0.5 * (1 - a) : a * a, s = high ? __builtin_sqrt(z) : a;
	return s + s * z * sj__poly_asin_short(z);
}

static SJ_ALWAYS_INLINE float sj__asinf(float x)
{
	double a = __builtin_fabsf(x), y = sj__asin_f32_wide(a);
	return __builtin_copysignf((float)(a > 0.5 ? SJ__PI_2 - 2 * y : y), x);
}

static SJ_ALWAYS_INLINE float sj__acosf(float x)
{
	double a = __builtin_fabsf(x), y = sj__asin_f32_wide(a);
	y = a > 0.5 ? 2 * y : SJ__PI_2 - y;
	return (float)(x < 0 ? SJ__PI_HI - y : y);
}

/* erf(a) = 1 - exp(-a q(a)): one polynomial for all arguments, precise near zero through expm1. */
static SJ_ALWAYS_INLINE float sj__erff(float x)
{
	float limited = __builtin_fabsf(x);
	double a = limited > 4 ? 4 : limited;
	return __builtin_copysignf((float)-sj__expm1_f32_wide(-a * sj__poly_erf_exponent_short(a)), x);
}

/* erfc(a) = exp(-a^2) q((a - 4)/(a + 4)) / (1 + 2a) for a >= 0, and 2 less that for negative x. */
static SJ_ALWAYS_INLINE float sj__erfcf(float x)
{
	float limited = __builtin_fabsf(x);
	double a = limited > 11 ? 11 : limited, inverse = 1 / ((a + 4) * (1 + 2 * a));
	double t = (a - 4) * (1 + 2 * a) * inverse;
	double y = sj__exp_f32_wide(-a * a) * sj__poly_erfcx_short(t) * ((a + 4) * inverse);
	return (float)(x < 0 ? 2 - y : y);
}

/*
 * x^y = exp(y ln|x|), negative where x is and y is odd. Special cases as C's pow: 1 for y = 0 or x = 1 even if the other
 * is NaN, NaN for finite x < 0 and fractional y.
 */
static SJ_ALWAYS_INLINE float sj__powf(float x, float y)
{
	double a = __builtin_fabsf(x), exponent = y;
	sj__log_parts parts = sj__log_split(a);
	double s = parts.f / (2 + parts.f), z = s * s;
	double log = parts.k * SJ__LN2 + (2 * s + s * z * sj__poly_log_tail(z));
	log = a < SJ__INFINITY ? log : a;
	log = a == 0 ? -SJ__INFINITY : log;
	double product = a == 1 ? 0 * sj__clampf(y, -1, 1) : exponent * log;
	product = product < -110 ? -110 : product;
	product = product > 90 ? 90 : product;
	float result = (float)sj__exp_f32_wide(product);
	float half = 0.5f * y;
	int whole = sj__rintf(y) == y, odd = whole & (sj__rintf(half) != half);
	result = odd ? __builtin_copysignf(result, x) : result;
	result = ((x < 0) & (a < SJ__INFINITY) & !whole) ? (float)SJ__NAN : result;
	return ((x == 1) | (y == 0)) ? 1 : result;
}

#endif
