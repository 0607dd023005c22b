/*
 * The register tiles of float32 convolutions with a batch in lanes: channels of the destination times three pixels times
 * one vector of images. Compiled once for each instruction set.
 */
#define SJ_REAL_BITS 32
#include "cpu/conv_kernels.h"
#include "cpu/gemm_vector.h"

#if defined(__AVX512F__)
#define TABLE sj__lanes_avx512
enum { TILE_ROWS = 8 };
#elif defined(__AVX2__)
#define TABLE sj__lanes_avx2
enum { TILE_ROWS = 4 };
#elif defined(__x86_64__)
#define TABLE sj__lanes_plain
enum { TILE_ROWS = 2 }; /* no fused multiply-add: a multiple of the code would win nothing */
#else
#define TABLE sj__lanes_plain
enum { TILE_ROWS = 8 };
#endif

/* What becomes of the sums: added to the destination or stored, then bias and relu. */
static SJ_ALWAYS_INLINE void finish_pixel(int rows, const sj__lanes_tile *t, float *destination,
                                          vec sum[TILE_ROWS][SJ__CONV_PIXELS], int pixel)
{
	const bool add = t->add, relu = t->relu;
	const float *bias = t->bias;
	SJ_UNROLL
	for (int r = 0; r < rows; r++) {
		vec v = sum[r][pixel];
		if (add)
			v = vec_load(destination + r * SJ__CONV_GROUP) + v;
		if (bias)
			v = v + vec_broadcast(bias[r]);
		vec_store(destination + r * SJ__CONV_GROUP, relu ? vec_relu(v) : v);
	}
}

/* Inlined with constant rows and pixels, so that the accumulators live in registers. */
static SJ_ALWAYS_INLINE void sum_tile(int rows, int pixels, const sj__lanes_tile *t, int64_t image)
{
	vec sum[TILE_ROWS][SJ__CONV_PIXELS], sv[SJ__CONV_PIXELS];
	const int64_t n_channels = t->n_channels, step = t->source_step, n_taps = t->n_taps;
	const sj__lanes_tap *tap = t->tap;
	SJ_UNROLL
	for (int r = 0; r < rows; r++)
		SJ_UNROLL
	for (int p = 0; p < pixels; p++)
		sum[r][p] = (vec){0};
	for (int64_t i = 0; i < n_taps; i++) {
		const float *source = t->source + tap[i].source + image, *filter = t->filter + tap[i].filter;
		for (int64_t c = 0; c < n_channels; c++, source += SJ__CONV_GROUP, filter += rows) {
			SJ_UNROLL
			for (int p = 0; p < pixels; p++)
				sv[p] = vec_load(source + p * step);
			SJ_UNROLL
			for (int r = 0; r < rows; r++) {
				vec f = vec_broadcast(filter[r]);
				SJ_UNROLL
				for (int p = 0; p < pixels; p++)
					sum[r][p] = vec_fma(f, sv[p], sum[r][p]);
			}
		}
	}
	SJ_UNROLL
	for (int p = 0; p < pixels; p++)
		finish_pixel(rows, t, t->destination + p * t->destination_step + image, sum, p);
}

/* Heights that the instruction set does not use compile to nothing. */
#define TILE_OF_HEIGHT(height) \
	case height: \
		for (int64_t image = 0; height <= TILE_ROWS && image < SJ__CONV_GROUP; image += LANES) { \
			if (t->pixels == 3) \
				sum_tile(height, 3, t, image); \
			else if (t->pixels == 2) \
				sum_tile(height, 2, t, image); \
			else \
				sum_tile(height, 1, t, image); \
		} \
		break

static void tile(const sj__lanes_tile *t)
{
	switch (t->rows) {
		TILE_OF_HEIGHT(1);
		TILE_OF_HEIGHT(2);
		TILE_OF_HEIGHT(3);
		TILE_OF_HEIGHT(4);
		TILE_OF_HEIGHT(5);
		TILE_OF_HEIGHT(6);
		TILE_OF_HEIGHT(7);
		TILE_OF_HEIGHT(8);
	default: break;
	}
}

typedef float quad __attribute__((vector_size(16), may_alias));
typedef float quad_anywhere __attribute__((vector_size(16), may_alias, aligned(4)));

/* Four channels or pixels of four images, turned around. */
static SJ_ALWAYS_INLINE void scatter_quad(const float *lanes, float *const *row, int64_t i)
{
	quad q0 = *(const quad *)lanes, q1 = *(const quad *)(lanes + SJ__CONV_GROUP);
	quad q2 = *(const quad *)(lanes + 2 * SJ__CONV_GROUP), q3 = *(const quad *)(lanes + 3 * SJ__CONV_GROUP);
	quad low01 = __builtin_shufflevector(q0, q1, 0, 4, 1, 5), high01 = __builtin_shufflevector(q0, q1, 2, 6, 3, 7);
	quad low23 = __builtin_shufflevector(q2, q3, 0, 4, 1, 5), high23 = __builtin_shufflevector(q2, q3, 2, 6, 3, 7);
	*(quad_anywhere *)(row[0] + i) = (quad_anywhere)__builtin_shufflevector(low01, low23, 0, 1, 4, 5);
	*(quad_anywhere *)(row[1] + i) = (quad_anywhere)__builtin_shufflevector(low01, low23, 2, 3, 6, 7);
	*(quad_anywhere *)(row[2] + i) = (quad_anywhere)__builtin_shufflevector(high01, high23, 0, 1, 4, 5);
	*(quad_anywhere *)(row[3] + i) = (quad_anywhere)__builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

static void scatter(const float *lanes, int64_t n_rows, int64_t n, float *const *row)
{
	int64_t r = 0, i;
	for (; r + 4 <= n_rows; r += 4) {
		for (i = 0; i + 4 <= n; i += 4)
			scatter_quad(lanes + i * SJ__CONV_GROUP + r, row + r, i);
		for (; i < n; i++)
			for (int64_t q = r; q < r + 4; q++)
				row[q][i] = lanes[i * SJ__CONV_GROUP + q];
	}
	for (; r < n_rows; r++)
		for (i = 0; i < n; i++)
			row[r][i] = lanes[i * SJ__CONV_GROUP + r];
}

const sj__lanes_kernels TABLE = {
	.rows = TILE_ROWS,
	.tile = tile,
	.scatter = scatter,
};
