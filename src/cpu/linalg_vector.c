/*
 * The table of hot loops for the instruction set that this file is compiled for. Written with the compiler's vectors,
 * because -O2 leaves loops of unknown length scalar and because sums need lanes that do not depend on the machine.
 */
#include "cpu/linalg_vector.h"

#include <string.h>

#include "base/compiler.h"
#include "base/threads.h"

#if defined(__AVX512F__)
#define TABLE sj__linalg_vector_avx512
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define TABLE sj__linalg_vector_avx2
#define VECTOR_BYTES 32
#else
#define TABLE sj__linalg_vector_plain
#define VECTOR_BYTES 16
#endif

typedef double vector __attribute__((vector_size(VECTOR_BYTES), aligned(8), may_alias)); /* at any address */

/* A tile's accumulators, a row of the strip, a broadcast and a product fit sixteen registers. */
enum {
	lanes = VECTOR_BYTES / 8,
	sum_lanes = 8, /* of every sum, on every machine */
	sum_vectors = sum_lanes / lanes,
	tile_rows = 4,
	tile_vectors = 2,
	tile_columns = tile_vectors * lanes,
	block_depth = 128,
};

static double dot(int64_t n, const double *x, const double *y)
{
	double lane[sum_lanes];
	vector sum[sum_vectors];
	int64_t i = 0;
#pragma GCC unroll 4
	for (int v = 0; v < sum_vectors; v++)
		sum[v] = (vector){0};
	for (; i + sum_lanes <= n; i += sum_lanes)
#pragma GCC unroll 4
		for (int v = 0; v < sum_vectors; v++)
			sum[v] += *(const vector *)(x + i + v * lanes) * *(const vector *)(y + i + v * lanes);
	memcpy(lane, sum, sizeof lane);
	for (int j = 0; i < n; i++, j++)
		lane[j] += x[i] * y[i];
	return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void add_scaled(int64_t n, double scale, const double *x, double *y)
{
	int64_t i = 0;
	for (; i + lanes <= n; i += lanes)
		*(vector *)(y + i) += scale * *(const vector *)(x + i);
	for (; i < n; i++)
		y[i] += scale * x[i];
}

static void rotate(int64_t n, double c, double s, double *x, double *y)
{
	int64_t i = 0;
	for (; i + lanes <= n; i += lanes) {
		vector a = *(vector *)(x + i), b = *(vector *)(y + i);
		*(vector *)(x + i) = c * a + s * b;
		*(vector *)(y + i) = c * b - s * a;
	}
	for (; i < n; i++) {
		double a = x[i], b = y[i];
		x[i] = c * a + s * b;
		y[i] = c * b - s * a;
	}
}

static void reflector_apply(int64_t m, int64_t n, const double *v, double tau, double *a, int64_t lda)
{
	for (int64_t i = 0; i < m && tau != 0; i++) {
		double *row = a + i * lda;
		add_scaled(n, -tau * dot(n, row, v), v, row);
	}
}

/* Columns of b (or rows, transposed) side by side, missing ones zero. */
static void pack_strip(int64_t k, int n_columns, const double *b, int64_t ldb, bool transpose_b, double *strip)
{
	if (n_columns < tile_columns)
		memset(strip, 0, (size_t)(k * tile_columns) * sizeof(double));
	if (transpose_b) {
		for (int j = 0; j < n_columns; j++)
			for (int64_t p = 0; p < k; p++)
				strip[p * tile_columns + j] = b[j * ldb + p];
	} else {
		for (int64_t p = 0; p < k; p++)
			memcpy(strip + p * tile_columns, b + p * ldb, (size_t)n_columns * sizeof(double));
	}
}

/* c (rows, tile_columns) -= a * strip; inlined with constant rows, so that the sums live in registers. */
static SJ_ALWAYS_INLINE void subtract_tile(int rows, int64_t k, const double *a, int64_t lda, const double *strip,
                                           double *c, int64_t ldc)
{
	vector sum[tile_rows][tile_vectors];
#pragma GCC unroll 4
	for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
		for (int v = 0; v < tile_vectors; v++)
			sum[r][v] = *(const vector *)(c + r * ldc + v * lanes);
	for (int64_t p = 0; p < k; p++, strip += tile_columns)
#pragma GCC unroll 4
		for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
			for (int v = 0; v < tile_vectors; v++)
				sum[r][v] -= a[r * lda + p] * *(const vector *)(strip + v * lanes);
#pragma GCC unroll 4
	for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
		for (int v = 0; v < tile_vectors; v++)
			*(vector *)(c + r * ldc + v * lanes) = sum[r][v];
}

/* The tiles at c's lower and right edges, row by row, in copies that fill them up. */
static SJ_NOINLINE void subtract_edge(int64_t m, int n_columns, int64_t k, const double *a, int64_t lda,
                                      const double *strip, double *c, int64_t ldc)
{
	for (int64_t i = 0; i < m; i++) {
		double row[tile_columns] = {0};
		memcpy(row, c + i * ldc, (size_t)n_columns * sizeof(double));
		subtract_tile(1, k, a + i * lda, lda, strip, row, tile_columns);
		memcpy(c + i * ldc, row, (size_t)n_columns * sizeof(double));
	}
}

static void subtract_strip(int64_t m, int n_columns, int64_t k, const double *a, int64_t lda, const double *strip,
                           double *c, int64_t ldc)
{
	int64_t i = 0;
	if (n_columns == tile_columns)
		for (; i + tile_rows <= m; i += tile_rows)
			subtract_tile(tile_rows, k, a + i * lda, lda, strip, c + i * ldc, ldc);
	subtract_edge(m - i, n_columns, k, a + i * lda, lda, strip, c + i * ldc, ldc);
}

static void subtract_product(int64_t m, int64_t n, int64_t k, const double *a, int64_t lda, const double *b,
                             int64_t ldb, bool transpose_b, double *c, int64_t ldc)
{
	double strip[block_depth * tile_columns] __attribute__((aligned(64)));
	for (int64_t p = 0; p < k; p += block_depth) {
		int64_t depth = sj__min_i64(block_depth, k - p);
		for (int64_t j = 0; j < n && !sj__cancelled(); j += tile_columns) {
			int n_columns = (int)sj__min_i64(tile_columns, n - j);
			const double *corner = transpose_b ? b + j * ldb + p : b + p * ldb + j;
			pack_strip(depth, n_columns, corner, ldb, transpose_b, strip);
			subtract_strip(m, n_columns, depth, a + p, lda, strip, c + j, ldc);
		}
	}
}

const sj__linalg_vector TABLE = {
	.dot = dot,
	.add_scaled = add_scaled,
	.rotate = rotate,
	.reflector_apply = reflector_apply,
	.subtract_product = subtract_product,
};
