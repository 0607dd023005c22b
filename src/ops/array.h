/* What the rules, kernels and gradients of the operations that move elements share. */
#ifndef SOKUJI_OPS_ARRAY_H
#define SOKUJI_OPS_ARRAY_H

#include "ops/op.h"

/* The one number of input i, a scalar or a vector of one element; *ret_known is false when it is symbolic. */
sj_status sj__call_int(const sj__call *call, int i, int64_t *ret_value, bool *ret_known);

/* The axis that input i gives, in [0, rank); -1 when the value or the rank (-1) is not known. A NULL input means `otherwise`. */
sj_status sj__call_axis_input(const sj__call *call, int i, int rank, int64_t otherwise, int *ret_axis);

/*
 * A shape that input i gives: its dimensions checked to be >= 0. *ret_rank is -1 when nothing is known; a symbolic vector of
 * known length gives that many unknown dimensions.
 */
sj_status sj__call_shape_input(const sj__call *call, int i, int *ret_rank, int64_t *ret_dims);

/* The numbers of a recorded list, into room for SJ_MAX_RANK of them. */
sj_ints sj__list_of(const sj_tensor *t, int64_t *room);

/* Elements before `axis`, and from `axis` on exclusive of it: x is seen as (outer, dims[axis], inner). */
typedef struct sj__split_shape {
	int64_t outer, length, inner;
} sj__split_shape;
sj__split_shape sj__shape_split(const sj_tensor *t, int axis);

static inline sj_dtype sj__dtype_or(sj_dtype given, sj_dtype otherwise)
{
	return given != SJ_DTYPE_NONE ? given : otherwise;
}

/* Checks an attribute that names int32 or int64 (0: `otherwise`). */
sj_status sj__call_index_dtype(const sj__call *call, const char *name, sj_dtype given, sj_dtype otherwise,
                               sj_dtype *ret_dtype);

/* int32 or int64 element. */
static SJ_ALWAYS_INLINE int64_t sj__index_at(const sj_tensor *t, int64_t i)
{
	return t->dtype == SJ_INT64 ? ((const int64_t *)t->data)[i] : ((const int32_t *)t->data)[i];
}
static SJ_ALWAYS_INLINE void sj__index_set(sj_tensor *t, int64_t i, int64_t value)
{
	if (t->dtype == SJ_INT64)
		((int64_t *)t->data)[i] = value;
	else
		((int32_t *)t->data)[i] = (int32_t)value;
}

/* True when the block [begin, begin+size) of the dimensions is one run of elements, from *ret_offset on. */
bool sj__block_is_run(int rank, const int64_t *dims, const int64_t *begin, const int64_t *size, int64_t *ret_offset);

#endif
