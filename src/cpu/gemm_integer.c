/*
 * Matrix products of integers that wrap: plain loops, no packing, rows shared among the threads. Written once for each
 * width, because C has no other way.
 */
#include "base/compiler.h"
#include "base/threads.h"
#include "cpu/gemm.h"

typedef struct integer_gemm {
	bool transpose_a, transpose_b;
	int64_t n, k, lda, ldb, ldc;
	const void *a, *b;
	void *c;
} integer_gemm;

enum { GRAIN = 1 << 19 }; /* multiply-adds worth handing to a thread */

static void run(const integer_gemm *g, int64_t m, sj__range_function *rows)
{
	int64_t a_row = sj__max_i64(1, g->n) * sj__max_i64(1, g->k);
	sj__parallel_for(m, sj__max_i64(1, GRAIN / a_row), rows, (void *)g);
}

/* Unsigned arithmetic wraps; signed overflow would be undefined. */
static void rows_i32(void *context, int64_t begin, int64_t end)
{
	const integer_gemm *g = context;
	const uint32_t *a = g->a, *b = g->b;
	int64_t a_row = g->transpose_a ? 1 : g->lda, a_term = g->transpose_a ? g->lda : 1;
	int64_t b_term = g->transpose_b ? 1 : g->ldb, b_column = g->transpose_b ? g->ldb : 1;
	for (int64_t i = begin; i < end; i++) {
		uint32_t *c = (uint32_t *)g->c + i * g->ldc;
		for (int64_t j = 0; j < g->n; j++)
			c[j] = 0;
		for (int64_t p = 0; p < g->k; p++) {
			uint32_t factor = a[i * a_row + p * a_term];
			const uint32_t *row = b + p * b_term;
			for (int64_t j = 0; j < g->n; j++)
				c[j] += factor * row[j * b_column];
		}
	}
}

static void rows_i64(void *context, int64_t begin, int64_t end)
{
	const integer_gemm *g = context;
	const uint64_t *a = g->a, *b = g->b;
	int64_t a_row = g->transpose_a ? 1 : g->lda, a_term = g->transpose_a ? g->lda : 1;
	int64_t b_term = g->transpose_b ? 1 : g->ldb, b_column = g->transpose_b ? g->ldb : 1;
	for (int64_t i = begin; i < end; i++) {
		uint64_t *c = (uint64_t *)g->c + i * g->ldc;
		for (int64_t j = 0; j < g->n; j++)
			c[j] = 0;
		for (int64_t p = 0; p < g->k; p++) {
			uint64_t factor = a[i * a_row + p * a_term];
			const uint64_t *row = b + p * b_term;
			for (int64_t j = 0; j < g->n; j++)
				c[j] += factor * row[j * b_column];
		}
	}
}

sj_status sj__gemm_i32(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const int32_t *a,
                       int64_t lda, const int32_t *b, int64_t ldb, int32_t *c, int64_t ldc)
{
	run(&(integer_gemm){transpose_a, transpose_b, n, k, lda, ldb, ldc, a, b, c}, m, rows_i32);
	return SJ_OK;
}

sj_status sj__gemm_i64(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const int64_t *a,
                       int64_t lda, const int64_t *b, int64_t ldb, int64_t *c, int64_t ldc)
{
	run(&(integer_gemm){transpose_a, transpose_b, n, k, lda, ldb, ldc, a, b, c}, m, rows_i64);
	return SJ_OK;
}
