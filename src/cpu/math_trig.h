/*
 * sin, cos and tan for float32 and float64, within 1 unit in the last place for every argument.
 *
 * Those whose names end in _near are branch-free and right for |x| <= SJ__TRIG_NEAR; beyond, where the reduction by pi
 * needs hundreds of bits, sj__trig_far_* compute one value at a time. sj__sinf and so on choose, and hence do not
 * vectorise; the _block functions run the near loop unless a block holds a large argument. The choice depends on the
 * argument alone, so results do not depend on its neighbours.
 */
#ifndef SOKUJI_CPU_MATH_TRIG_H
#define SOKUJI_CPU_MATH_TRIG_H

#include "cpu/math_arc.h"

/* Up to here x / (pi/2) < 2^20, so its products with the 33-bit parts of pi/2 are exact. */
#define SJ__TRIG_NEAR 0x1p20
#define SJ__TRIG_BLOCK 512

/* |x| = (pi/2) (4 n + quadrant) + hi + lo, |hi| <= pi/4; quadrant in the low two bits, others undefined. */
typedef struct {
	uint64_t quadrant;
	double hi, lo;
} sj__angle;

typedef enum { SJ__SIN, SJ__COS, SJ__TAN } sj__trig_kind;

static SJ_ALWAYS_INLINE sj__angle sj__angle_near_f32(double a)
{
	double shifted = a * 0x1.45f306dc9c883p-1 + SJ__ROUNDER_F64, k = shifted - SJ__ROUNDER_F64;
	double r = (a - k * 0x1.921fb544p0) - k * 0x1.0b4611a626331p-34;
	return (sj__angle){sj__bits_f64(shifted), r, 0};
}

/* pi/2 in four parts, three of 33 bits (Cody and Waite 1980): the error is below 2^-130. */
static SJ_ALWAYS_INLINE sj__angle sj__angle_near_f64(double a)
{
	double shifted = a * 0x1.45f306dc9c883p-1 + SJ__ROUNDER_F64, k = shifted - SJ__ROUNDER_F64;
	sj__pair first = sj__add_exact(a - k * 0x1.921fb544p0, -k * 0x1.0b4611a6p-34);
	sj__pair second = sj__add_exact(first.hi, -k * 0x1.3198a2ep-69);
	sj__pair sum = sj__add_exact(second.hi, (first.lo + second.lo) - k * 0x1.b839a252049c1p-104);
	return (sj__angle){sj__bits_f64(shifted), sum.hi, sum.lo};
}

static SJ_ALWAYS_INLINE float sj__trig_f32_of_angle(sj__trig_kind kind, sj__angle angle, float x)
{
	double r = angle.hi, z = r * r;
	double sine = r + r * z * sj__poly_sin_short(z), cosine = 1 + z * (z * sj__poly_cos_short(z) - 0.5);
	uint64_t quadrant = angle.quadrant + (kind == SJ__COS), odd = 0 - (quadrant & 1);
	uint64_t sign = kind == SJ__COS ? 0 : sj__bits_f64(x);
	if (kind == SJ__TAN)
		return (float)sj__flip_sign_f64(sj__choose_f64(odd, sine, -cosine) / sj__choose_f64(odd, cosine, sine),
		                                sign);
	return (float)sj__flip_sign_f64(sj__choose_f64(odd, sine, cosine), sign ^ (quadrant << 62));
}

/* sin(hi + lo) and cos(hi + lo) as pairs. */
static SJ_ALWAYS_INLINE sj__pair sj__sin_pair(double r, double lo, double z)
{
	return sj__add_ordered(r, r * z * sj__poly_sin_tail(z) + lo * (1 - 0.5 * z));
}

static SJ_ALWAYS_INLINE sj__pair sj__cos_pair(double r, double lo, double z)
{
	sj__pair square = sj__multiply_exact(r, r), sum = sj__add_ordered(1, -0.5 * z);
	return sj__add_ordered(sum.hi, sum.lo + (z * z * sj__poly_cos_tail(z) - (0.5 * square.lo + r * lo)));
}

static SJ_ALWAYS_INLINE double sj__trig_f64_of_angle(sj__trig_kind kind, sj__angle angle, double x)
{
	double r = angle.hi, z = r * r;
	sj__pair s = sj__sin_pair(r, angle.lo, z), c = sj__cos_pair(r, angle.lo, z);
	uint64_t quadrant = angle.quadrant + (kind == SJ__COS), odd = 0 - (quadrant & 1);
	uint64_t sign = kind == SJ__COS ? 0 : sj__bits_f64(x);
	if (kind == SJ__TAN) {
		sj__pair n = {sj__choose_f64(odd, s.hi, -c.hi), sj__choose_f64(odd, s.lo, -c.lo)};
		sj__pair d = {sj__choose_f64(odd, c.hi, s.hi), sj__choose_f64(odd, c.lo, s.lo)};
		sj__pair ratio = sj__divide_pairs(n, d);
		return sj__flip_sign_f64(ratio.hi + ratio.lo, sign);
	}
	double y = sj__choose_f64(odd, s.hi + s.lo, c.hi + c.lo);
	return sj__flip_sign_f64(y, sign ^ (quadrant << 62));
}

static SJ_ALWAYS_INLINE float sj__trig_near_f32(sj__trig_kind kind, float x)
{
	return sj__trig_f32_of_angle(kind, sj__angle_near_f32(__builtin_fabsf(x)), x);
}

static SJ_ALWAYS_INLINE double sj__trig_near_f64(sj__trig_kind kind, double x)
{
	return sj__trig_f64_of_angle(kind, sj__angle_near_f64(__builtin_fabs(x)), x);
}

static SJ_ALWAYS_INLINE float sj__sinf_near(float x) { return sj__trig_near_f32(SJ__SIN, x); }
static SJ_ALWAYS_INLINE float sj__cosf_near(float x) { return sj__trig_near_f32(SJ__COS, x); }
static SJ_ALWAYS_INLINE float sj__tanf_near(float x) { return sj__trig_near_f32(SJ__TAN, x); }
static SJ_ALWAYS_INLINE double sj__sin_near(double x) { return sj__trig_near_f64(SJ__SIN, x); }
static SJ_ALWAYS_INLINE double sj__cos_near(double x) { return sj__trig_near_f64(SJ__COS, x); }
static SJ_ALWAYS_INLINE double sj__tan_near(double x) { return sj__trig_near_f64(SJ__TAN, x); }

/*
 * The angle of a finite a > SJ__TRIG_NEAR (Payne and Hanek 1983). a = m 2^e; the bits of 2/pi that weigh 2^(2-e) and more
 * add multiples of 4 quadrants and are skipped; the next 192 give 2 bits of quadrant and a fraction, of which at most
 * 62 bits cancel for float64 arguments.
 */
static inline sj__angle sj__angle_far(double a)
{
	/* 64 zeros, then 2/pi. */
	static const uint64_t two_over_pi[21] = {0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
	                                         0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
	                                         0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
	                                         0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
	                                         0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
	                                         0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea,
	                                         0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};
	uint64_t bits = sj__bits_f64(a), m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
	int start = 64 + (int)(bits >> 52) - 1023 - 52 - 2, word = start / 64, shift = start % 64;
	uint64_t window[3];
	for (int i = 0; i < 3; i++) {
		uint64_t next = shift ? two_over_pi[word + i + 1] >> (64 - shift) : 0;
		window[i] = two_over_pi[word + i] << shift | next;
	}
	unsigned __int128 low = (unsigned __int128)m * window[2];
	unsigned __int128 high = (unsigned __int128)m * window[1] + (low >> 64);
	high += (unsigned __int128)(m * window[0]) << 64;
	uint64_t quadrant = (uint64_t)(high >> 126);
	unsigned __int128 fraction = high << 2 | (uint64_t)low >> 62;
	int negative = (int)(fraction >> 127);
	fraction = negative ? -fraction : fraction;
	int zeros = __builtin_clzll((uint64_t)(fraction >> 64) | 1);
	fraction <<= zeros;
	double scale = sj__f64_of_bits((uint64_t)(1023 - 53 - zeros) << 52) * (negative ? -1 : 1);
	sj__pair turns = {(double)(uint64_t)(fraction >> 75) * scale,
	                  (double)(uint64_t)(fraction << 53 >> 64) * 0x1p-64 * scale};
	sj__pair angle = sj__multiply_pairs(turns, (sj__pair){0.5 * SJ__PI_HI, 0.5 * SJ__PI_LO});
	return (sj__angle){quadrant + (uint64_t)negative, angle.hi, angle.lo};
}

static inline float sj__trig_f32(sj__trig_kind kind, float x)
{
	float a = __builtin_fabsf(x);
	if (!(a > (float)SJ__TRIG_NEAR))
		return sj__trig_near_f32(kind, x);
	return a - a == 0 ? sj__trig_f32_of_angle(kind, sj__angle_far(a), x) : (float)SJ__NAN;
}

static inline double sj__trig_f64(sj__trig_kind kind, double x)
{
	double a = __builtin_fabs(x);
	if (!(a > SJ__TRIG_NEAR))
		return sj__trig_near_f64(kind, x);
	return a - a == 0 ? sj__trig_f64_of_angle(kind, sj__angle_far(a), x) : SJ__NAN;
}

static SJ_COLD SJ_UNUSED void sj__trig_block_far_f32(sj__trig_kind kind, int64_t n, const float *x, float *ret_y)
{
	for (int64_t i = 0; i < n; i++)
		ret_y[i] = sj__trig_f32(kind, x[i]);
}

static SJ_COLD SJ_UNUSED void sj__trig_block_far_f64(sj__trig_kind kind, int64_t n, const double *x, double *ret_y)
{
	for (int64_t i = 0; i < n; i++)
		ret_y[i] = sj__trig_f64(kind, x[i]);
}

/* ret_y may be x; otherwise they do not overlap. */
static SJ_ALWAYS_INLINE void sj__trig_block_f32(sj__trig_kind kind, int64_t n, const float *x, float *ret_y)
{
	for (int64_t begin = 0; begin < n; begin += SJ__TRIG_BLOCK) {
		int count = (int)(n - begin < SJ__TRIG_BLOCK ? n - begin : SJ__TRIG_BLOCK), n_far = 0;
		float near[SJ__TRIG_BLOCK];
		for (int i = 0; i < count; i++)
			n_far += __builtin_fabsf(x[begin + i]) > (float)SJ__TRIG_NEAR;
		if (SJ_UNLIKELY(n_far)) {
			sj__trig_block_far_f32(kind, count, x + begin, ret_y + begin);
			continue;
		}
		for (int i = 0; i < count; i++)
			near[i] = sj__trig_near_f32(kind, x[begin + i]);
		__builtin_memcpy(ret_y + begin, near, (size_t)count * sizeof(float));
	}
}

static SJ_ALWAYS_INLINE void sj__trig_block_f64(sj__trig_kind kind, int64_t n, const double *x, double *ret_y)
{
	for (int64_t begin = 0; begin < n; begin += SJ__TRIG_BLOCK) {
		int count = (int)(n - begin < SJ__TRIG_BLOCK ? n - begin : SJ__TRIG_BLOCK), n_far = 0;
		double near[SJ__TRIG_BLOCK];
		for (int i = 0; i < count; i++)
			n_far += __builtin_fabs(x[begin + i]) > SJ__TRIG_NEAR;
		if (SJ_UNLIKELY(n_far)) {
			sj__trig_block_far_f64(kind, count, x + begin, ret_y + begin);
			continue;
		}
		for (int i = 0; i < count; i++)
			near[i] = sj__trig_near_f64(kind, x[begin + i]);
		__builtin_memcpy(ret_y + begin, near, (size_t)count * sizeof(double));
	}
}

static inline float sj__sinf(float x) { return sj__trig_f32(SJ__SIN, x); }
static inline float sj__cosf(float x) { return sj__trig_f32(SJ__COS, x); }
static inline float sj__tanf(float x) { return sj__trig_f32(SJ__TAN, x); }
static inline double sj__sin(double x) { return sj__trig_f64(SJ__SIN, x); }
static inline double sj__cos(double x) { return sj__trig_f64(SJ__COS, x); }
static inline double sj__tan(double x) { return sj__trig_f64(SJ__TAN, x); }

static inline void sj__sinf_block(int64_t n, const float *x, float *ret_y) { sj__trig_block_f32(SJ__SIN, n, x, ret_y); }
static inline void sj__cosf_block(int64_t n, const float *x, float *ret_y) { sj__trig_block_f32(SJ__COS, n, x, ret_y); }
static inline void sj__tanf_block(int64_t n, const float *x, float *ret_y) { sj__trig_block_f32(SJ__TAN, n, x, ret_y); }
static inline void sj__sin_block(int64_t n, const double *x, double *ret_y)
{
	sj__trig_block_f64(SJ__SIN, n, x, ret_y);
}
static inline void sj__cos_block(int64_t n, const double *x, double *ret_y)
{
	sj__trig_block_f64(SJ__COS, n, x, ret_y);
}
static inline void sj__tan_block(int64_t n, const double *x, double *ret_y)
{
	sj__trig_block_f64(SJ__TAN, n, x, ret_y);
}

#endif
