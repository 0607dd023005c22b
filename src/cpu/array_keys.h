/* Any real dtype as unsigned keys in the same order, so that sorting and searching are written once. */
#ifndef SOKUJI_CPU_ARRAY_KEYS_H
#define SOKUJI_CPU_ARRAY_KEYS_H

#include "tensor/tensor.h"

/* Keys of n elements from data on: a < b exactly when key(a) < key(b); -0 is 0, NaN is below everything.
 * Ends early, with keys unspecified, when the operation is cancelled. */
void sj__keys_of(sj_dtype dtype, const void *data, int64_t n, uint64_t *ret_keys);

#endif
