/*
 * Drawing loops: Philox words several groups at once, uniforms by their bits, normals by Box and Muller's transform (A note on
 * the generation of random normal deviates, 1958) with TensorFlow's roundings. Compiled once per instruction set, with
 * the same bits from each.
 */
#include "cpu/random_loops.h"

#include <string.h>

#include "cpu/math_f32.h"
#include "cpu/math_f64.h"
#include "cpu/math_trig.h"

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define TABLE sj__random_loops_avx512
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define TABLE sj__random_loops_avx2
#define VECTOR_BYTES 32
#else
#define TABLE sj__random_loops_plain
#define VECTOR_BYTES 16
#endif

typedef uint64_t wide __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef uint64_t wide_anywhere __attribute__((vector_size(VECTOR_BYTES), may_alias, aligned(4)));

/*
 * BLOCK groups of words lie in the first-level cache while numbers are made of them, CHUNK groups at a time: loops of constant
 * length need no code for remainders.
 */
enum { LANES = VECTOR_BYTES / 8, AT_ONCE = 4, CHUNK = SJ__RANDOM_CHUNK, BLOCK = 4 * CHUNK };

/* ---- words ---- */

/* The products of the lower halves of each lane; what stands in the upper halves does not matter. */
static SJ_ALWAYS_INLINE wide multiply_low(wide a, wide b)
{
#if defined(__AVX512F__)
	return (wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
	return (wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
	return (wide)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
	return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

static SJ_ALWAYS_INLINE wide all_lanes(uint64_t value) { return (wide){0} + value; }

/* AT_ONCE * LANES groups whose counters' halves are given; the words' upper halves are left undefined. */
typedef struct {
	wide c0[AT_ONCE], c1[AT_ONCE], c2[AT_ONCE], c3[AT_ONCE];
} groups;

static SJ_ALWAYS_INLINE void rounds(groups *g, uint64_t key)
{
	uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
	const wide m0 = all_lanes(SJ__PHILOX_M0), m1 = all_lanes(SJ__PHILOX_M1);
	for (int round = 0; round < 10; round++) {
		wide key0 = all_lanes(k0), key1 = all_lanes(k1);
		for (int i = 0; i < AT_ONCE; i++) {
			wide a = multiply_low(g->c0[i], m0), b = multiply_low(g->c2[i], m1);
			g->c0[i] = (b >> 32) ^ g->c1[i] ^ key0;
			g->c1[i] = b;
			g->c2[i] = (a >> 32) ^ g->c3[i] ^ key1;
			g->c3[i] = a;
		}
		k0 += SJ__PHILOX_W0;
		k1 += SJ__PHILOX_W1;
	}
}

/* Each group's words side by side. */
static SJ_ALWAYS_INLINE void groups_store(const groups *g, uint32_t *words)
{
	const wide low = all_lanes(0xffffffffu);
	for (int i = 0; i < AT_ONCE; i++) {
		wide first = (g->c0[i] & low) | g->c1[i] << 32, second = (g->c2[i] & low) | g->c3[i] << 32;
		wide_anywhere *out = (wide_anywhere *)(words + 4 * i * LANES);
#if VECTOR_BYTES == 64
		out[0] = (wide_anywhere)__builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
		out[1] = (wide_anywhere)__builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
#elif VECTOR_BYTES == 32
		out[0] = (wide_anywhere)__builtin_shufflevector(first, second, 0, 4, 1, 5);
		out[1] = (wide_anywhere)__builtin_shufflevector(first, second, 2, 6, 3, 7);
#else
		out[0] = (wide_anywhere)__builtin_shufflevector(first, second, 0, 2);
		out[1] = (wide_anywhere)__builtin_shufflevector(first, second, 1, 3);
#endif
	}
}

/* The counters of the groups from `at` on; steps: how far each is from the first. */
static SJ_ALWAYS_INLINE void groups_begin(groups *g, sj__philox at, const wide *steps)
{
	for (int i = 0; i < AT_ONCE; i++) {
		wide low = all_lanes(at.low) + steps[i];
		wide high = all_lanes(at.high) - (wide)(low < steps[i]);
		g->c0[i] = low;
		g->c1[i] = low >> 32;
		g->c2[i] = high;
		g->c3[i] = high >> 32;
	}
}

static SJ_NOINLINE void words_of(sj__philox stream, uint64_t stride, int64_t n_chunks, uint32_t *words)
{
	wide steps[AT_ONCE];
	for (int j = 0; j < AT_ONCE * LANES; j++)
		((uint64_t *)steps)[j] = (uint64_t)j * stride;
	for (int64_t i = 0; i < n_chunks * CHUNK; i += AT_ONCE * LANES) {
		groups g;
		groups_begin(&g, sj__philox_skip(stream, (uint64_t)i * stride), steps);
		rounds(&g, stream.key);
		groups_store(&g, words + 4 * i);
	}
}

/* ---- normals ---- */

/*
 * Box and Muller: u and v become radius * sin(angle), radius * cos(angle). u is at least 1e-7; the angle is a product in float64, rounded
 * to the values' type.
 */
static SJ_ALWAYS_INLINE void pair_f32(uint32_t first, uint32_t second, float *y)
{
	float u = sj__unit_float(first), v = sj__unit_float(second);
	u = u < 1.0e-7f ? 1.0e-7f : u;
	float radius = __builtin_sqrtf(-2.0f * sj__logf(u)), angle = (float)(SJ__PI_2 * 4 * (double)v);
	y[0] = sj__sinf_near(angle) * radius;
	y[1] = sj__cosf_near(angle) * radius;
}

static SJ_ALWAYS_INLINE void pair_f64(const uint32_t *words, double *y)
{
	double u = sj__unit_double(words[0], words[1]), v = sj__unit_double(words[2], words[3]);
	u = u < 1.0e-7 ? 1.0e-7 : u;
	double radius = __builtin_sqrt(-2.0 * sj__log(u)), angle = SJ__PI_2 * 4 * v;
	y[0] = sj__sin_near(angle) * radius;
	y[1] = sj__cos_near(angle) * radius;
}

/* Numbers of chunks of words. */
typedef void transform(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y);

static SJ_NOINLINE void normals_f32(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y)
{
	(void)stream;
	for (int64_t c = 0; c < n_chunks; c++)
		for (int i = 4 * CHUNK * (int)c; i < 4 * CHUNK * ((int)c + 1); i += 2)
			pair_f32(words[i], words[i + 1], (float *)y + i);
}

static SJ_NOINLINE void normals_f64(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y)
{
	(void)stream;
	for (int64_t c = 0; c < n_chunks; c++)
		for (int i = CHUNK * (int)c; i < CHUNK * ((int)c + 1); i++)
			pair_f64(words + 4 * i, (double *)y + 2 * i);
}

static void uniforms_f32(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y)
{
	(void)stream;
	for (int64_t c = 0; c < n_chunks; c++)
		for (int i = 4 * CHUNK * (int)c; i < 4 * CHUNK * ((int)c + 1); i++)
			((float *)y)[i] = sj__unit_float(words[i]);
}

static void uniforms_f64(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y)
{
	(void)stream;
	for (int64_t c = 0; c < n_chunks; c++)
		for (int i = 2 * CHUNK * (int)c; i < 2 * CHUNK * ((int)c + 1); i++)
			((double *)y)[i] = sj__unit_double(words[2 * i], words[2 * i + 1]);
}

/* ---- truncated normals ---- */

/* Counts from one output group to the next: 256 words for each of its numbers. */
enum { STRIDE_F32 = 4 * 256 / 4, STRIDE_F64 = 2 * 256 / 4 };

/* A group that draws again: takes the values below 2 of one group of words after the other until it is full. */
static SJ_NOINLINE void truncated_again_f32(sj__philox stream, float *y)
{
	uint32_t words[4];
	float values[4];
	for (int n = 0; n < 4; stream = sj__philox_skip(stream, 1)) {
		sj__philox_group(stream, words);
		pair_f32(words[0], words[1], values);
		pair_f32(words[2], words[3], values + 2);
		for (int i = 0; i < 4 && n < 4; i++)
			if (__builtin_fabsf(values[i]) < 2)
				y[n++] = values[i];
	}
}

static SJ_NOINLINE void truncated_again_f64(sj__philox stream, double *y)
{
	uint32_t words[4];
	double values[2];
	for (int n = 0; n < 2; stream = sj__philox_skip(stream, 1)) {
		sj__philox_group(stream, words);
		pair_f64(words, values);
		for (int i = 0; i < 2 && n < 2; i++)
			if (__builtin_fabs(values[i]) < 2)
				y[n++] = values[i];
	}
}

static void truncated_f32(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y_)
{
	float *y = y_;
	normals_f32(stream, n_chunks, words, y);
	for (int64_t i = 0; i < n_chunks * CHUNK; i++) {
		int n_far = 0;
		for (int j = 0; j < 4; j++)
			n_far += !(__builtin_fabsf(y[4 * i + j]) < 2);
		if (n_far)
			truncated_again_f32(sj__philox_skip(stream, (uint64_t)i * STRIDE_F32), y + 4 * i);
	}
}

static void truncated_f64(sj__philox stream, int64_t n_chunks, const uint32_t *words, void *y_)
{
	double *y = y_;
	normals_f64(stream, n_chunks, words, y);
	for (int64_t i = 0; i < n_chunks * CHUNK; i++)
		if (!(__builtin_fabs(y[2 * i]) < 2 && __builtin_fabs(y[2 * i + 1]) < 2))
			truncated_again_f64(sj__philox_skip(stream, (uint64_t)i * STRIDE_F64), y + 2 * i);
}

/* ---- whole runs ---- */

/* per_group numbers of the given size come from a group. The last block, where it is not full, passes through a buffer. */
static SJ_ALWAYS_INLINE void draw(transform *make, sj__philox stream, uint64_t stride, int64_t per_group, size_t size,
                                  int64_t n, void *y)
{
	uint32_t words[4 * BLOCK];
	double numbers[2 * BLOCK];
	int64_t per_block = per_group * BLOCK, per_chunk = per_group * CHUNK;
	for (int64_t i = 0; i < n; i += per_block) {
		int64_t n_here = n - i < per_block ? n - i : per_block, n_chunks = (n_here + per_chunk - 1) / per_chunk;
		char *out = (char *)y + (size_t)i * size;
		sj__philox at = sj__philox_skip(stream, (uint64_t)(i / per_group) * stride);
		words_of(at, stride, n_chunks, words);
		make(at, n_chunks, words, n_here == per_block ? (void *)out : numbers);
		if (n_here != per_block)
			memcpy(out, numbers, (size_t)n_here * size);
	}
}

static void draw_uniform_f32(sj__philox s, int64_t n, void *y) { draw(uniforms_f32, s, 1, 4, sizeof(float), n, y); }
static void draw_uniform_f64(sj__philox s, int64_t n, void *y) { draw(uniforms_f64, s, 1, 2, sizeof(double), n, y); }
static void draw_normal_f32(sj__philox s, int64_t n, void *y) { draw(normals_f32, s, 1, 4, sizeof(float), n, y); }
static void draw_normal_f64(sj__philox s, int64_t n, void *y) { draw(normals_f64, s, 1, 2, sizeof(double), n, y); }
static void draw_truncated_f32(sj__philox s, int64_t n, void *y)
{
	draw(truncated_f32, s, STRIDE_F32, 4, sizeof(float), n, y);
}
static void draw_truncated_f64(sj__philox s, int64_t n, void *y)
{
	draw(truncated_f64, s, STRIDE_F64, 2, sizeof(double), n, y);
}

const sj__random_loops TABLE = {
	.words = words_of,
	.draw = {{draw_uniform_f32, draw_normal_f32, draw_truncated_f32},
                 {draw_uniform_f64, draw_normal_f64, draw_truncated_f64}},
};
