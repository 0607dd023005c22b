/*
 * Copying between arrays that are laid out differently: the engine under transpose, slices, reverse, tile, broadcast, concat
 * and their like. What they differ in is only the strides.
 */
#ifndef SOKUJI_CPU_STRIDED_COPY_H
#define SOKUJI_CPU_STRIDED_COPY_H

#include "tensor/tensor.h"

/* The most dimensions a copy can have: operations that split each dimension in two have twice a tensor's. */
enum { SJ__COPY_RANK = 2 * SJ_MAX_RANK };

/*
 * to[sum index*to_strides] = from[sum index*from_strides] for every index below dims. Strides are in elements; those of `from` may be
 * 0 or negative. The places written must be distinct, and fresh storage when the dtype is string.
 */
void sj__strided_copy(sj_dtype dtype, int rank, const int64_t *dims, void *to, const int64_t *to_strides,
                      const void *from, const int64_t *from_strides);

/* Strides of a dense row-major array. */
void sj__dense_strides(int rank, const int64_t *dims, int64_t *ret_strides);

/* n copies of the one element at `value`. Fresh storage when the dtype is string. */
void sj__elements_fill(sj_dtype dtype, void *to, const void *value, int64_t n);

/* The whole tensor, in ranges that threads share; skips the rest once the operation is cancelled. */
void sj__tensor_fill(sj_tensor *y, const void *value);

/* The whole tensor becomes bytes of 0 (strings: empty), or another's of the same dtype and size, in the same way. */
void sj__tensor_clear(sj_tensor *y);
void sj__tensor_copy(sj_tensor *y, const sj_tensor *x);

/* The bytes of 1 (true) in a dtype that is no string. */
void sj__element_one(sj_dtype dtype, void *ret_bytes);

#endif
