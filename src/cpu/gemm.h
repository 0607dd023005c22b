/*
 * Matrix products on raw, row-major buffers. Knows nothing of tensors; the caller has validated every argument.
 *
 * The numbers are part of the interface. Each element of the product is a chain of fused multiply-adds in ascending k,
 * cut into blocks of SJ__GEMM_BLOCK: each block's chain starts from zero, and the block sums are added to the element in
 * order. So the bits are the same on every instruction set, for any tile size and for any number of threads.
 *
 * Where an operation has been cancelled (sj__cancelled), c holds unspecified values; the caller asks.
 */
#ifndef SOKUJI_CPU_GEMM_H
#define SOKUJI_CPU_GEMM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Terms of a dot product summed in one chain. */
enum { SJ__GEMM_BLOCK = 384 };
/* Multiply-adds of a product that is not worth any preparation. */
enum { SJ__GEMM_FEW = 16 };

/*
 * c (m, n) = a (m, k) * b (k, n), c += with `accumulate`; then, in this order, + bias (n) where not NULL and
 * max(c, 0) with `relu` (a NaN stays). `transpose_a`: a is stored as (k, m); `transpose_b`: b is stored as (n, k).
 * lda, ldb, ldc: elements from one stored row to the next. k = 0 gives zeros (then bias and relu). c overlaps neither a
 * nor b. SJ_RESOURCE_EXHAUSTED when there is no scratch memory; c is then untouched.
 */
sj_status sj__gemm_f32(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
                       const float *b, int64_t ldb, float *c, int64_t ldc, bool accumulate, const float *bias,
                       bool relu);
sj_status sj__gemm_f64(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const double *a,
                       int64_t lda, const double *b, int64_t ldb, double *c, int64_t ldc, bool accumulate,
                       const double *bias, bool relu);

/* c = a * b in integers that wrap. Never fails: needs no scratch memory. */
sj_status sj__gemm_i32(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const int32_t *a,
                       int64_t lda, const int32_t *b, int64_t ldb, int32_t *c, int64_t ldc);
sj_status sj__gemm_i64(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const int64_t *a,
                       int64_t lda, const int64_t *b, int64_t ldb, int64_t *c, int64_t ldc);

#endif
