/* What slices take and paddings add, worked out once for the rule and the kernel. */
#ifndef SOKUJI_OPS_ARRAY_SLICE_H
#define SOKUJI_OPS_ARRAY_SLICE_H

#include "ops/op.h"

typedef struct sj__slice_plan {
	int rank; /* of what is sliced; for each of its dimensions: */
	int64_t begin[SJ_MAX_RANK];
	int64_t stride[SJ_MAX_RANK];
	int64_t length[SJ_MAX_RANK]; /* elements taken; -1 unknown */
	int out_rank;                /* the result: dimensions added and dropped */
	int64_t out_dims[SJ_MAX_RANK];
} sj__slice_plan;

/*
 * The plan of StridedSlice and StridedSliceGrad over `dims` (rank >= 0), from inputs first (begin), first+1 (end) and first+2 (strides) and
 * the masks. *ret_known is false when not even the rank of the result can be said.
 */
sj_status sj__slice_plan_make(const sj__call *call, int first, int rank, const int64_t *dims, sj__slice_plan *ret_plan,
                              bool *ret_known);

/* The plan of Slice: input 0's dimensions, begin (input 1) and size (input 2). */
sj_status sj__slice_plan_simple(const sj__call *call, sj__slice_plan *ret_plan);

/* True when the plan takes one run of elements; where it begins. All must be known. */
bool sj__slice_plan_is_run(const sj__slice_plan *plan, const int64_t *dims, int64_t *ret_offset);

/* Pairs for the dimensions: paddings, crops. */
typedef struct sj__pairs {
	int n;      /* -1: not known */
	bool known; /* the numbers */
	int64_t before[SJ_MAX_RANK], after[SJ_MAX_RANK];
} sj__pairs;

/* Reads input i, a matrix (n, 2) or a flat list; each number >= 0. n_expected: how many pairs, -1 when not known. */
sj_status sj__call_pairs(const sj__call *call, int i, int n_expected, sj__pairs *ret_pairs);

/* What SpaceToBatchND and BatchToSpaceND are told: block_shape (input 1), paddings or crops (input 2). */
typedef struct sj__blocks {
	int n;      /* dimensions of the block, -1: not known */
	bool known; /* all numbers */
	int64_t block[SJ_MAX_RANK], product;
	sj__pairs pairs;
} sj__blocks;
sj_status sj__blocks_read(const sj__call *call, sj__blocks *ret_blocks);

/* 1 for REFLECT, 0 for SYMMETRIC. */
sj_status sj__mirror_offset(const sj__call *call, int *ret_offset);

/* Which dimensions of input 0 the axes in input 1 reverse. */
sj_status sj__reverse_axes(const sj__call *call, bool *ret_reversed);

#endif
