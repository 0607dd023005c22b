/*
 * One vector type, `vec`, of elements `real`, for the instruction set that the including file is compiled for; set
 * SJ_REAL_BITS to 32 or 64 before. The only header of the contraction kernels that knows an instruction set: everything
 * above it is written once. Without a fused multiply-add in hardware fmaf gives the same bits, slowly.
 */
#ifndef SOKUJI_CPU_GEMM_VECTOR_H
#define SOKUJI_CPU_GEMM_VECTOR_H

#include <string.h>

#include "base/compiler.h"

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define SJ_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define SJ_VECTOR_BYTES 32
#else
#define SJ_VECTOR_BYTES 16
#endif

/* Before a loop with a small constant count: unrolled whole, so that what it indexes can live in registers. */
#if defined(__clang__)
#define SJ_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SJ_UNROLL _Pragma("GCC unroll 16")
#endif

/* clang-format off */
#if SJ_REAL_BITS == 32
typedef float real;
typedef int32_t integer;
#define SJ_FMA_SCALAR __builtin_fmaf
#else
typedef double real;
typedef int64_t integer;
#define SJ_FMA_SCALAR __builtin_fma
#endif
/* clang-format on */

/* Four float chains at once. */
#if defined(__FMA__)
#define SJ_QUAD_FMA(a, b, c) ((quad)_mm_fmadd_ps((__m128)(a), (__m128)(b), (__m128)(c)))
#elif defined(__aarch64__)
#define SJ_QUAD_FMA(a, b, c) ((quad)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#endif

typedef real vec __attribute__((vector_size(SJ_VECTOR_BYTES), may_alias));
typedef real vec_anywhere __attribute__((vector_size(SJ_VECTOR_BYTES), may_alias, aligned(sizeof(real))));
typedef integer vec_bits __attribute__((vector_size(SJ_VECTOR_BYTES), may_alias));

/* Elements of one vector. */
enum { LANES = SJ_VECTOR_BYTES / (int)sizeof(real) };

static SJ_ALWAYS_INLINE vec vec_load(const real *p) { return (vec) * (const vec_anywhere *)p; }

static SJ_ALWAYS_INLINE void vec_store(real *p, vec v) { *(vec_anywhere *)p = (vec_anywhere)v; }

/* max(v, 0) that keeps a NaN. */
static SJ_ALWAYS_INLINE vec vec_relu(vec v) { return (vec)((vec_bits)v & ~(vec_bits)(v <= (real)0)); }

#if defined(__AVX512F__) && SJ_REAL_BITS == 32

static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)_mm512_set1_ps(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
static SJ_ALWAYS_INLINE vec vec_load_part(const real *p, int count)
{
	return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
static SJ_ALWAYS_INLINE void vec_store_part(real *p, vec v, int count)
{
	_mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}

#elif defined(__AVX512F__)

static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)_mm512_set1_pd(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
static SJ_ALWAYS_INLINE vec vec_load_part(const real *p, int count)
{
	return (vec)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
}
static SJ_ALWAYS_INLINE void vec_store_part(real *p, vec v, int count)
{
	_mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)v);
}

#else

#if defined(__AVX2__) && SJ_REAL_BITS == 32
static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)_mm256_set1_ps(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
#elif defined(__AVX2__)
static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)_mm256_set1_pd(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#elif defined(__aarch64__) && SJ_REAL_BITS == 32
static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)vdupq_n_f32(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#elif defined(__aarch64__)
static SJ_ALWAYS_INLINE vec vec_broadcast(real s) { return (vec)vdupq_n_f64(s); }
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	return (vec)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#else
static SJ_ALWAYS_INLINE vec vec_broadcast(real s)
{
	vec v;
	for (int i = 0; i < LANES; i++)
		v[i] = s;
	return v;
}
static SJ_ALWAYS_INLINE vec vec_fma(vec a, vec b, vec c)
{
	for (int i = 0; i < LANES; i++)
		c[i] = SJ_FMA_SCALAR(a[i], b[i], c[i]);
	return c;
}
#endif

#if defined(__AVX2__)
/* Bits of -1 in the first `count` lanes. */
static SJ_ALWAYS_INLINE __m256i vec_first(int count)
{
	static const integer window[2 * LANES] =
	{ -1,
	  -1,
	  -1,
	  -1,
#if SJ_REAL_BITS == 32
	  -1,
	  -1,
	  -1,
	  -1,
#endif
	};
	return _mm256_loadu_si256((const __m256i *)(window + LANES - count));
}
#if SJ_REAL_BITS == 32
static SJ_ALWAYS_INLINE vec vec_load_part(const real *p, int count)
{
	return (vec)_mm256_maskload_ps(p, vec_first(count));
}
static SJ_ALWAYS_INLINE void vec_store_part(real *p, vec v, int count)
{
	_mm256_maskstore_ps(p, vec_first(count), (__m256)v);
}
#else
static SJ_ALWAYS_INLINE vec vec_load_part(const real *p, int count)
{
	return (vec)_mm256_maskload_pd(p, vec_first(count));
}
static SJ_ALWAYS_INLINE void vec_store_part(real *p, vec v, int count)
{
	_mm256_maskstore_pd(p, vec_first(count), (__m256d)v);
}
#endif
#else
static SJ_ALWAYS_INLINE vec vec_load_part(const real *p, int count)
{
	vec v = {0};
	for (int i = 0; i < count; i++)
		v[i] = p[i];
	return v;
}
static SJ_ALWAYS_INLINE void vec_store_part(real *p, vec v, int count)
{
	for (int i = 0; i < count; i++)
		p[i] = v[i];
}
#endif

#endif

#endif
