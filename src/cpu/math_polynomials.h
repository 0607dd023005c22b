/* Polynomials of the elementary functions, in Horner's form, a long one in two halves side by side. Printed by
tools/polynomials.py, which says how they are derived; not edited by hand. Constants are those of least weighted error,
rounded to the function's type. */
#ifndef SOKUJI_CPU_MATH_POLYNOMIALS_H
#define SOKUJI_CPU_MATH_POLYNOMIALS_H

#include "cpu/math_bits.h"

/* (exp(r) - 1) / r, |r| <= ln(2)/2; weighted error 2^-32.0. */
static SJ_ALWAYS_INLINE double sj__poly_exp_short(double x)
{
	double p = 0x1.a01a3b46fea00p-13;
	p = p * x + 0x1.6d74b4214d160p-10;
	p = p * x + 0x1.1111a676eb4c6p-7;
	p = p * x + 0x1.5554ad77c9ab0p-5;
	p = p * x + 0x1.555554c5adadap-3;
	p = p * x + 0x1.00000028313a9p-1;
	p = p * x + 0x1.0000000022a50p+0;
	return p;
}

/* (exp(r) - 1 - r - r^2/2) / r^3, |r| <= ln(2)/2; weighted error 2^-28.2. */
static SJ_ALWAYS_INLINE float sj__poly_exp_tail_f32(float x)
{
	float p = 0x1.6d7af40000000p-10f;
	p = p * x + 0x1.1239f20000000p-7f;
	p = p * x + 0x1.5554c00000000p-5f;
	p = p * x + 0x1.5554920000000p-3f;
	return p;
}

/* (exp(r) - 1 - r - r^2/2) / r^3, |r| <= ln(2)/2; weighted error 2^-60.2. */
static SJ_ALWAYS_INLINE double sj__poly_exp_tail(double x)
{
	double z = x * x;
	double odd = 0x1.1f936c2a8996ep-29;
	odd = odd * z + 0x1.27e4c7514a784p-22;
	odd = odd * z + 0x1.a01a01af99d7dp-16;
	odd = odd * z + 0x1.6c16c16c149dfp-10;
	odd = odd * z + 0x1.5555555555559p-5;
	double even = 0x1.af5e762e34abep-26;
	even = even * z + 0x1.71ddf880d6469p-19;
	even = even * z + 0x1.a01a01afd1544p-13;
	even = even * z + 0x1.111111110f6e7p-7;
	even = even * z + 0x1.5555555555559p-3;
	return odd * x + even;
}

/* (exp(r) - 1) / r, |r| <= ln(2)/2; weighted error 2^-29.3. */
static SJ_ALWAYS_INLINE float sj__poly_exp_fma(float x)
{
	float p = 0x1.9e8ff40000000p-13f;
	p = sj__fmaf(p, x, 0x1.6d941e0000000p-10f);
	p = sj__fmaf(p, x, 0x1.1113080000000p-7f);
	p = sj__fmaf(p, x, 0x1.5554840000000p-5f);
	p = sj__fmaf(p, x, 0x1.5555540000000p-3f);
	p = sj__fmaf(p, x, 0x1.0000000000000p-1f);
	p = sj__fmaf(p, x, 0x1.0000000000000p+0f);
	return p;
}

/* (exp(2r) - 1) / r, |r| <= ln(2)/4; weighted error 2^-29.3. */
static SJ_ALWAYS_INLINE float sj__poly_exp_twice_fma(float x)
{
	float p = 0x1.9e8ff40000000p-6f;
	p = sj__fmaf(p, x, 0x1.6d941e0000000p-4f);
	p = sj__fmaf(p, x, 0x1.1113080000000p-2f);
	p = sj__fmaf(p, x, 0x1.5554840000000p-1f);
	p = sj__fmaf(p, x, 0x1.5555540000000p+0f);
	p = sj__fmaf(p, x, 0x1.0000000000000p+1f);
	p = sj__fmaf(p, x, 0x1.0000000000000p+1f);
	return p;
}

/* (tanh(s) - s) / s^3 in z = s^2, |s| <= 0.6; weighted error 2^-27.8. */
static SJ_ALWAYS_INLINE float sj__poly_tanh_near_fma(float x)
{
	float p = -0x1.830e120000000p-8f;
	p = sj__fmaf(p, x, 0x1.54e0ce0000000p-6f);
	p = sj__fmaf(p, x, -0x1.b89f000000000p-5f);
	p = sj__fmaf(p, x, 0x1.1109dc0000000p-3f);
	p = sj__fmaf(p, x, -0x1.55553e0000000p-2f);
	return p;
}

/* (r coth(r/2) - 2) / z in z = r^2, |r| <= ln(2)/2; weighted error 2^-39.2. */
static SJ_ALWAYS_INLINE double sj__poly_coth_short(double x)
{
	double p = 0x1.13cec7d2e6ce3p-14;
	p = p * x - 0x1.6c15de9133a83p-9;
	p = p * x + 0x1.5555554364172p-3;
	return p;
}

/* (2 atanh(s) - 2 s) / s^3 in z = s^2, |s| <= 3 - 2 sqrt(2); weighted error 2^-37.6. */
static SJ_ALWAYS_INLINE double sj__poly_log_short(double x)
{
	double p = 0x1.e2f64adbfe294p-3;
	p = p * x + 0x1.2438d95f320a2p-2;
	p = p * x + 0x1.999a7a7cf0b4bp-2;
	p = p * x + 0x1.555554fda9b86p-1;
	return p;
}

/* (2 atanh(s) - 2 s) / s^3 in z = s^2, |s| <= 3 - 2 sqrt(2); weighted error 2^-58.9. */
static SJ_ALWAYS_INLINE double sj__poly_log_tail(double x)
{
	double p = 0x1.2f05656d4bb41p-3;
	p = p * x + 0x1.39a1ba908ff45p-3;
	p = p * x + 0x1.74663ee977292p-3;
	p = p * x + 0x1.c71c52095aef7p-3;
	p = p * x + 0x1.24924941f1230p-2;
	p = p * x + 0x1.999999997fdb8p-2;
	p = p * x + 0x1.5555555555592p-1;
	return p;
}

/* (2 atanh(s) - 2 s - 2/3 s^3) / s^5 in z = s^2, |s| <= 3 - 2 sqrt(2); weighted error 2^-66.3. */
static SJ_ALWAYS_INLINE double sj__poly_pow_tail(double x)
{
	double p = 0x1.eb10486efcedep-4;
	p = p * x + 0x1.de338a6572bd0p-4;
	p = p * x + 0x1.1120b501935d2p-3;
	p = p * x + 0x1.3b1362ba241fbp-3;
	p = p * x + 0x1.745d183243914p-3;
	p = p * x + 0x1.c71c71c58087cp-3;
	p = p * x + 0x1.2492492493034p-2;
	p = p * x + 0x1.9999999999996p-2;
	return p;
}

/* (sin(r) - r) / r^3 in z = r^2, |r| <= pi/4; weighted error 2^-37.6. */
static SJ_ALWAYS_INLINE double sj__poly_sin_short(double x)
{
	double p = 0x1.6cd87ddf60980p-19;
	p = p * x - 0x1.a00f9e629f90cp-13;
	p = p * x + 0x1.1111089773fa8p-7;
	p = p * x - 0x1.5555554cbc026p-3;
	return p;
}

/* (sin(r) - r) / r^3 in z = r^2, |r| <= pi/4; weighted error 2^-57.4. */
static SJ_ALWAYS_INLINE double sj__poly_sin_tail(double x)
{
	double p = 0x1.5d932ee24b1f7p-33;
	p = p * x - 0x1.ae5e66d399e59p-26;
	p = p * x + 0x1.71de357872e86p-19;
	p = p * x - 0x1.a01a019c1269bp-13;
	p = p * x + 0x1.111111110f881p-7;
	p = p * x - 0x1.5555555555549p-3;
	return p;
}

/* (cos(r) - 1 + r^2/2) / r^4 in z = r^2, |r| <= pi/4; weighted error 2^-33.3. */
static SJ_ALWAYS_INLINE double sj__poly_cos_short(double x)
{
	double p = 0x1.9a027b83b1ea2p-16;
	p = p * x - 0x1.6c0c8c7de67a6p-10;
	p = p * x + 0x1.55554ab613e98p-5;
	return p;
}

/* (cos(r) - 1 + r^2/2) / r^4 in z = r^2, |r| <= pi/4; weighted error 2^-60.0. */
static SJ_ALWAYS_INLINE double sj__poly_cos_tail(double x)
{
	double p = -0x1.8faed4afad61bp-37;
	p = p * x + 0x1.1ee9ec5582536p-29;
	p = p * x - 0x1.27e4f80a90e5fp-22;
	p = p * x + 0x1.a01a019cb29f6p-16;
	p = p * x - 0x1.6c16c16c15187p-10;
	p = p * x + 0x1.555555555554cp-5;
	return p;
}

/* (atan(t) - t) / t^3 in z = t^2, |t| <= sqrt(2) - 1; weighted error 2^-35.4. */
static SJ_ALWAYS_INLINE double sj__poly_atan_short(double x)
{
	double p = 0x1.84fa7e9d86bd1p-5;
	p = p * x - 0x1.5b46852397f28p-4;
	p = p * x + 0x1.c46832aedca10p-4;
	p = p * x - 0x1.247f085d7d9e2p-3;
	p = p * x + 0x1.99991a57e7a99p-3;
	p = p * x - 0x1.555554c8ad54dp-2;
	return p;
}

/* (atan(t) - t) / t^3 in z = t^2, |t| <= sqrt(2) - 1; weighted error 2^-58.6. */
static SJ_ALWAYS_INLINE double sj__poly_atan_tail(double x)
{
	double p = -0x1.25a36c857e227p-6;
	p = p * x + 0x1.37f0003a77e65p-5;
	p = p * x - 0x1.9cdd365209f44p-5;
	p = p * x + 0x1.df11a269cf2e2p-5;
	p = p * x - 0x1.10ebe191abf24p-4;
	p = p * x + 0x1.3b111cbb1ec36p-4;
	p = p * x - 0x1.745cf90fd3556p-4;
	p = p * x + 0x1.c71c70e7cae59p-4;
	p = p * x - 0x1.24924922b1849p-3;
	p = p * x + 0x1.99999999958fap-3;
	p = p * x - 0x1.555555555553dp-2;
	return p;
}

/* (asin(s) - s) / s^3 in z = s^2, |s| <= 1/2; weighted error 2^-35.8. */
static SJ_ALWAYS_INLINE double sj__poly_asin_short(double x)
{
	double p = 0x1.1c2e4c991ce8cp-5;
	p = p * x + 0x1.e9ae37a2ba1f7p-8;
	p = p * x + 0x1.93548874b203fp-6;
	p = p * x + 0x1.ed54561d72a76p-6;
	p = p * x + 0x1.6ddb1ddbee48cp-5;
	p = p * x + 0x1.3332a83514396p-4;
	p = p * x + 0x1.55555608cfacfp-3;
	return p;
}

/* (asin(s) - s) / s^3 in z = s^2, |s| <= 1/2; weighted error 2^-58.9. */
static SJ_ALWAYS_INLINE double sj__poly_asin_tail(double x)
{
	double p = 0x1.0bb09a0a9f2f6p-5;
	p = p * x - 0x1.59553009c8794p-6;
	p = p * x + 0x1.649328424e21fp-6;
	p = p * x + 0x1.e2bd03970334ep-9;
	p = p * x + 0x1.61740d736a652p-7;
	p = p * x + 0x1.757b7592cb084p-7;
	p = p * x + 0x1.ca20ce9536839p-7;
	p = p * x + 0x1.1c49e2b63a571p-6;
	p = p * x + 0x1.6e8bdfa6b0d07p-6;
	p = p * x + 0x1.f1c71a8dc153ap-6;
	p = p * x + 0x1.6db6db72260f3p-5;
	p = p * x + 0x1.333333332df7ep-4;
	p = p * x + 0x1.5555555555578p-3;
	return p;
}

/* -ln(1 - erf(a)) / a, 0 <= a <= 4; weighted error 2^-31.2. */
static SJ_ALWAYS_INLINE double sj__poly_erf_exponent_short(double x)
{
	double p = 0x1.4052612cdef89p-20;
	p = p * x - 0x1.6644f955bbd99p-16;
	p = p * x + 0x1.5f3b7df76bcc8p-13;
	p = p * x - 0x1.845516a68e17bp-11;
	p = p * x + 0x1.d7b088dd53c7ep-10;
	p = p * x - 0x1.095a625ef0450p-12;
	p = p * x - 0x1.39396cda8806fp-6;
	p = p * x + 0x1.a4f37ea9979f0p-4;
	p = p * x + 0x1.45f308f2f0ea9p-1;
	p = p * x + 0x1.20dd750227926p+0;
	return p;
}

/* (erf(a)/a - 2/sqrt(pi) (1 - z/3)) / z^2 in z = a^2, 0 <= a <= 9/8; weighted error 2^-60.7. */
static SJ_ALWAYS_INLINE double sj__poly_erf_near(double x)
{
	double p = -0x1.09c6db5049abfp-38;
	p = p * x + 0x1.711c12a565fc7p-34;
	p = p * x - 0x1.4bb234ed6fa97p-30;
	p = p * x + 0x1.fba9ab549126fp-27;
	p = p * x - 0x1.5f6283a782cb5p-23;
	p = p * x + 0x1.b9e53f569c6c9p-20;
	p = p * x - 0x1.f4d2442ed44b9p-17;
	p = p * x + 0x1.f9a325f7be396p-14;
	p = p * x - 0x1.c02db3f91ac13p-11;
	p = p * x + 0x1.565bcd0e4afe7p-8;
	p = p * x - 0x1.b82ce312881ffp-6;
	p = p * x + 0x1.ce2f21a042bd0p-4;
	return p;
}

/* ln(exp(a^2) erfc(a)) in t = (a - 9/4)/(a + 9/4), 9/8 <= a <= 6; weighted error 2^-58.3. */
static SJ_ALWAYS_INLINE double sj__poly_erf_far(double x)
{
	double p = -0x1.5ea8280c030e2p-6;
	p = p * x - 0x1.c851d4176b493p-5;
	p = p * x - 0x1.3c5ed6b3d2f2ep-4;
	p = p * x - 0x1.5deb1eb169a8dp-4;
	p = p * x - 0x1.762747ac7c0d9p-4;
	p = p * x - 0x1.985a0ec94fd72p-4;
	p = p * x - 0x1.c817b1b62c097p-4;
	p = p * x - 0x1.02517a592d473p-3;
	p = p * x - 0x1.22d30f286e44bp-3;
	p = p * x - 0x1.4c337355597f0p-3;
	p = p * x - 0x1.a2258dcde3b8fp-3;
	p = p * x - 0x1.13acb04918685p-2;
	p = p * x - 0x1.3183dcd348f72p-2;
	p = p * x - 0x1.9de175ef01960p-2;
	p = p * x - 0x1.b91de0b0a3f31p+0;
	p = p * x - 0x1.77079c9cd7bdep+0;
	return p;
}

/* (1 + 2a) exp(a^2) erfc(a) in t = (a - 4)/(a + 4), 0 <= a <= 11; weighted error 2^-32.6. */
static SJ_ALWAYS_INLINE double sj__poly_erfcx_short(double x)
{
	double p = 0x1.6410619651c96p-14;
	p = p * x - 0x1.74225e950d10ep-12;
	p = p * x - 0x1.aee36e0edbd69p-11;
	p = p * x + 0x1.4de8a86df4bc4p-8;
	p = p * x - 0x1.0892c8d03127dp-6;
	p = p * x + 0x1.306d544730c83p-5;
	p = p * x - 0x1.0fbbeedacc3aep-4;
	p = p * x + 0x1.7fed9362005abp-4;
	p = p * x - 0x1.9dda19875d7ecp-4;
	p = p * x + 0x1.16ed0192510c4p-4;
	p = p * x + 0x1.f7f5992a187f7p-7;
	p = p * x - 0x1.1df1ad44a42fap-3;
	p = p * x + 0x1.3ba5916f6785dp+0;
	return p;
}

/* (1 + 2a) exp(a^2) erfc(a) in t = (a - 4)/(a + 4), 0 <= a <= 28; weighted error 2^-53.8. */
static SJ_ALWAYS_INLINE double sj__poly_erfcx(double x)
{
	double p = -0x1.d8224f69657f7p-30;
	p = p * x - 0x1.cbf29b134703ap-27;
	p = p * x - 0x1.0b480cc4e8045p-27;
	p = p * x + 0x1.ec096bdc9b80fp-24;
	p = p * x + 0x1.0bf58c8108741p-24;
	p = p * x - 0x1.bfe11dc58b148p-21;
	p = p * x + 0x1.4439274cfa169p-22;
	p = p * x + 0x1.7fae621690b4ap-18;
	p = p * x - 0x1.78a872937b477p-17;
	p = p * x - 0x1.9969d5e363c40p-16;
	p = p * x + 0x1.3be0d2ddeda3ap-13;
	p = p * x - 0x1.a1de83d0fc453p-13;
	p = p * x - 0x1.8d4a9fef043f8p-11;
	p = p * x + 0x1.49c67191ab15fp-8;
	p = p * x - 0x1.096238807748bp-6;
	p = p * x + 0x1.3079edf9f9a1dp-5;
	p = p * x - 0x1.0fb06dfe58cc3p-4;
	p = p * x + 0x1.7fee004df6ac8p-4;
	p = p * x - 0x1.9ddb23c3e8a4cp-4;
	p = p * x + 0x1.16ecefcfa6043p-4;
	p = p * x + 0x1.f7f5df66fd71ep-7;
	p = p * x - 0x1.1df1ad154a29cp-3;
	p = p * x + 0x1.3ba5916e9fd7fp+0;
	return p;
}

/* ln(gamma(2 + t)) / t, |t| <= 1/2; weighted error 2^-53.7. */
static SJ_ALWAYS_INLINE double sj__poly_lgamma_near(double x)
{
	double p = -0x1.33b5a437df61ap-23;
	p = p * x + 0x1.2b07bc640d698p-22;
	p = p * x - 0x1.c3061878a9ef7p-22;
	p = p * x + 0x1.ee17416f9bc97p-21;
	p = p * x - 0x1.131cf7cc426f7p-19;
	p = p * x + 0x1.263eaaabb1b9dp-18;
	p = p * x - 0x1.3ca93f3930361p-17;
	p = p * x + 0x1.5806f4f7e0d89p-16;
	p = p * x - 0x1.78defdb621da4p-15;
	p = p * x + 0x1.a127dc28fb428p-14;
	p = p * x - 0x1.d3fd494319f10p-13;
	p = p * x + 0x1.0b36af367e7dcp-11;
	p = p * x - 0x1.38ac5c309dd2cp-10;
	p = p * x + 0x1.7add6eae55907p-9;
	p = p * x - 0x1.e404fc2188877p-8;
	p = p * x + 0x1.51322ac7d8009p-6;
	p = p * x - 0x1.13e001a557616p-4;
	p = p * x + 0x1.4a34cc4a60fa7p-2;
	p = p * x + 0x1.b0ee6072093cep-2;
	return p;
}

/* (ln(gamma(x)) - (x - 1/2) ln(x) + x - ln(2 pi)/2) x in z = 1/x^2, x >= 8; weighted error 2^-60.5. */
static SJ_ALWAYS_INLINE double sj__poly_lgamma_far(double x)
{
	double p = -0x1.b162ef3d71da8p-10;
	p = p * x + 0x1.b6fda1b7ab34ep-11;
	p = p * x - 0x1.380ec931b98a2p-11;
	p = p * x + 0x1.a019fd44dba77p-11;
	p = p * x - 0x1.6c16c16bb84d8p-9;
	p = p * x + 0x1.5555555555553p-4;
	return p;
}

/* digamma(1.5 + y) / (1.5 + y - root), |y| <= 1/2; weighted error 2^-54.2. */
static SJ_ALWAYS_INLINE double sj__poly_digamma_near(double x)
{
	double p = 0x1.fc3e788f3f2a0p-14;
	p = p * x - 0x1.760335010a837p-13;
	p = p * x + 0x1.874dc2b3007fdp-14;
	p = p * x - 0x1.2f56e71a26fdep-13;
	p = p * x + 0x1.55b5e7c41155cp-12;
	p = p * x - 0x1.fda6e3f3c7d90p-12;
	p = p * x + 0x1.69e8267ad743fp-11;
	p = p * x - 0x1.0fb19e875c7a9p-10;
	p = p * x + 0x1.99dced1f8e2bfp-10;
	p = p * x - 0x1.336dee119c503p-9;
	p = p * x + 0x1.cd1f782adb07ep-9;
	p = p * x - 0x1.5a06a2f002125p-8;
	p = p * x + 0x1.03c0b0f697387p-7;
	p = p * x - 0x1.863564109a3d8p-7;
	p = p * x + 0x1.2564716237a49p-6;
	p = p * x - 0x1.b9f8b11b576cap-6;
	p = p * x + 0x1.4de9aa17d2d47p-5;
	p = p * x - 0x1.fb44202a251c5p-5;
	p = p * x + 0x1.8512e590384e7p-4;
	p = p * x - 0x1.2feeeb98a78d1p-3;
	p = p * x + 0x1.eca189b8e6f76p-3;
	p = p * x - 0x1.b1cb63005ee98p-2;
	p = p * x + 0x1.e6f0cbb873616p-1;
	return p;
}

/* (ln(x) - 1/(2x) - digamma(x)) x^2 in z = 1/x^2, x >= 10; weighted error 2^-61.3. */
static SJ_ALWAYS_INLINE double sj__poly_digamma_far(double x)
{
	double p = -0x1.3465dc9f85453p-6;
	p = p * x + 0x1.eedde12a113bap-8;
	p = p * x - 0x1.110ef4d090856p-8;
	p = p * x + 0x1.04103fc3a6dadp-8;
	p = p * x - 0x1.11111110ee3aep-7;
	p = p * x + 0x1.5555555555553p-4;
	return p;
}

#endif
