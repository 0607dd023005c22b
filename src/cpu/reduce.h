/*
 * The loops under the reductions. Partial results are slots of 8 bytes: float64 for floats, int64 for integers and bool. Each
 * result has one fixed order of additions, which depends on shapes alone: not on the instruction set, not on threads.
 */
#ifndef SOKUJI_CPU_REDUCE_H
#define SOKUJI_CPU_REDUCE_H

#include "base/compiler.h"

typedef enum sj__reduce_kind {
	SJ__REDUCE_SUM,
	SJ__REDUCE_SQUARES, /* the sum of the squares */
	SJ__REDUCE_PROD,
	SJ__REDUCE_MAX, /* NaN where there is one; of bool: any */
	SJ__REDUCE_MIN, /* of bool: all */
	SJ__REDUCE_KINDS,
} sj__reduce_kind;

/* The most columns that one call takes. */
enum { SJ__REDUCE_COLUMNS = 512 };

typedef struct sj__reduce_loops {
	/* slots[r] = the n elements of row r of n_rows that lie one after the other; the identity for n = 0. */
	void (*rows)(int64_t n_rows, int64_t n, const void *x, void *slots);
	/* slots[c] = column c of n_rows >= 1 rows of n_columns elements, `stride` elements apart. */
	void (*columns)(int64_t n_rows, int64_t stride, int64_t n_columns, const void *x, void *slots);
	/* total[i] and part[i], brought together in that order. */
	void (*combine)(int64_t n, void *total, const void *part);
} sj__reduce_loops;

/* [0] of float32, [1] of float64. */
extern SJ_HIDDEN const sj__reduce_loops sj__reduce_plain[2][SJ__REDUCE_KINDS];
extern SJ_HIDDEN const sj__reduce_loops sj__reduce_avx2[2][SJ__REDUCE_KINDS];
extern SJ_HIDDEN const sj__reduce_loops sj__reduce_avx512[2][SJ__REDUCE_KINDS];

/* Of integers, by enum sj__whole_type; compiled once. */
enum sj__whole_type {
	SJ__WHOLE_I32,
	SJ__WHOLE_I64,
	SJ__WHOLE_U8,
	SJ__WHOLE_I8,
	SJ__WHOLE_I16,
	SJ__WHOLE_BOOL,
	SJ__WHOLE_TYPES
};
extern SJ_HIDDEN const sj__reduce_loops sj__reduce_whole[SJ__WHOLE_TYPES][SJ__REDUCE_KINDS];

#endif
