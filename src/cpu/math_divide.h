/*
 * Quotients and remainders of floating-point numbers: fmod as C's, floormod and floordiv as TensorFlow's FloorMod and
 * FloorDiv. Remainders are exact. Those whose names end in _near are branch-free, and right where sj__fmod_is_near*; the
 * others choose between them and the C library's fmod, which is exact and hence the same everywhere, but slow. The _block
 * functions run the near loop over each block whose elements are all near.
 */
#ifndef SOKUJI_CPU_MATH_DIVIDE_H
#define SOKUJI_CPU_MATH_DIVIDE_H

#include "cpu/math_bits.h"

#define SJ__FMOD_BLOCK 512

/* Whether |x / y| is so small that its integer part times y is exact in float64. */
static SJ_ALWAYS_INLINE int sj__fmod_is_nearf(float x, float y)
{
	return (__builtin_fabsf(x) < 0x1p28f * __builtin_fabsf(y)) & (__builtin_fabsf(y) < (float)SJ__INFINITY);
}

/* The quotient may round up to an integer that is one too large: then y is added back, exactly. */
static SJ_ALWAYS_INLINE float sj__fmodf_near(float x, float y)
{
	double a = __builtin_fabsf(x), b = __builtin_fabsf(y);
	double rest = a - sj__trunc(a / b) * b;
	return __builtin_copysignf((float)(rest < 0 ? rest + b : rest), x);
}

/* The remainder with the sign of y, a zero's too, from the one with the sign of x. */
static SJ_ALWAYS_INLINE float sj__floormodf_of_fmod(float rest, float y)
{
	float same = rest != 0 ? rest : __builtin_copysignf(0, y);
	return ((rest != 0) & ((rest < 0) != (y < 0))) ? rest + y : same;
}

static SJ_ALWAYS_INLINE int sj__fmod_is_near(double x, double y)
{
	double a = __builtin_fabs(x), b = __builtin_fabs(y);
	return (a < 0x1p50 * b) & (b < 0x1p960) & ((b > 0x1p-900) | (a < b));
}

static SJ_ALWAYS_INLINE double sj__fmod_near(double x, double y)
{
	double a = __builtin_fabs(x), b = __builtin_fabs(y);
	sj__pair back = sj__multiply_exact(sj__trunc(a / b), b);
	double rest = (a - back.hi) - back.lo;
	return __builtin_copysign(rest < 0 ? rest + b : rest, x);
}

static SJ_ALWAYS_INLINE double sj__floormod_of_fmod(double rest, double y)
{
	double same = rest != 0 ? rest : __builtin_copysign(0, y);
	return ((rest != 0) & ((rest < 0) != (y < 0))) ? rest + y : same;
}

static inline float sj__fmodf(float x, float y)
{
	return sj__fmod_is_nearf(x, y) ? sj__fmodf_near(x, y) : __builtin_fmodf(x, y);
}

static inline double sj__fmod(double x, double y)
{
	return sj__fmod_is_near(x, y) ? sj__fmod_near(x, y) : __builtin_fmod(x, y);
}

static inline float sj__floormodf(float x, float y) { return sj__floormodf_of_fmod(sj__fmodf(x, y), y); }
static inline double sj__floormod(double x, double y) { return sj__floormod_of_fmod(sj__fmod(x, y), y); }

/* With floors, floormod, otherwise fmod. ret_z may be x or y. */
static inline void sj__remainder_block_f32(int floors, int64_t n, const float *x, const float *y, float *ret_z)
{
	for (int64_t begin = 0; begin < n; begin += SJ__FMOD_BLOCK) {
		int count = (int)(n - begin < SJ__FMOD_BLOCK ? n - begin : SJ__FMOD_BLOCK), n_near = 0;
		float rest[SJ__FMOD_BLOCK];
		for (int i = 0; i < count; i++)
			n_near += sj__fmod_is_nearf(x[begin + i], y[begin + i]);
		if (n_near == count)
			for (int i = 0; i < count; i++)
				rest[i] = sj__fmodf_near(x[begin + i], y[begin + i]);
		else
			for (int i = 0; i < count; i++)
				rest[i] = sj__fmodf(x[begin + i], y[begin + i]);
		for (int i = 0; floors && i < count; i++)
			rest[i] = sj__floormodf_of_fmod(rest[i], y[begin + i]);
		__builtin_memcpy(ret_z + begin, rest, (size_t)count * sizeof(float));
	}
}

static inline void sj__remainder_block_f64(int floors, int64_t n, const double *x, const double *y, double *ret_z)
{
	for (int64_t begin = 0; begin < n; begin += SJ__FMOD_BLOCK) {
		int count = (int)(n - begin < SJ__FMOD_BLOCK ? n - begin : SJ__FMOD_BLOCK), n_near = 0;
		double rest[SJ__FMOD_BLOCK];
		for (int i = 0; i < count; i++)
			n_near += sj__fmod_is_near(x[begin + i], y[begin + i]);
		if (n_near == count)
			for (int i = 0; i < count; i++)
				rest[i] = sj__fmod_near(x[begin + i], y[begin + i]);
		else
			for (int i = 0; i < count; i++)
				rest[i] = sj__fmod(x[begin + i], y[begin + i]);
		for (int i = 0; floors && i < count; i++)
			rest[i] = sj__floormod_of_fmod(rest[i], y[begin + i]);
		__builtin_memcpy(ret_z + begin, rest, (size_t)count * sizeof(double));
	}
}

static inline void sj__fmodf_block(int64_t n, const float *x, const float *y, float *ret_z)
{
	sj__remainder_block_f32(0, n, x, y, ret_z);
}

static inline void sj__floormodf_block(int64_t n, const float *x, const float *y, float *ret_z)
{
	sj__remainder_block_f32(1, n, x, y, ret_z);
}

static inline void sj__fmod_block(int64_t n, const double *x, const double *y, double *ret_z)
{
	sj__remainder_block_f64(0, n, x, y, ret_z);
}

static inline void sj__floormod_block(int64_t n, const double *x, const double *y, double *ret_z)
{
	sj__remainder_block_f64(1, n, x, y, ret_z);
}

static SJ_ALWAYS_INLINE float sj__floordivf(float x, float y) { return sj__floorf(x / y); }
static SJ_ALWAYS_INLINE double sj__floordiv(double x, double y) { return sj__floor(x / y); }

#endif
