/* Reductions of integers and bool, accumulated in int64. Sums and products wrap. Compiled once. */
#include "cpu/reduce.h"

typedef sj__reduce_kind kind_of;

static SJ_ALWAYS_INLINE int64_t load(enum sj__whole_type type, const void *x, int64_t i)
{
	switch (type) {
	case SJ__WHOLE_I32: return ((const int32_t *)x)[i];
	case SJ__WHOLE_I64: return ((const int64_t *)x)[i];
	case SJ__WHOLE_I8: return ((const int8_t *)x)[i];
	case SJ__WHOLE_I16: return ((const int16_t *)x)[i];
	default: return ((const uint8_t *)x)[i];
	}
}

/* The lowest (or the highest) of the type stands for the maximum (minimum) of nothing. */
static SJ_ALWAYS_INLINE int64_t identity(kind_of kind, enum sj__whole_type type)
{
	static const int64_t lowest[SJ__WHOLE_TYPES] = {INT32_MIN, INT64_MIN, 0, INT8_MIN, INT16_MIN, 0};
	static const int64_t highest[SJ__WHOLE_TYPES] = {INT32_MAX, INT64_MAX, UINT8_MAX, INT8_MAX, INT16_MAX, 1};
	return kind == SJ__REDUCE_MAX ? lowest[type] : kind == SJ__REDUCE_MIN ? highest[type] : kind == SJ__REDUCE_PROD;
}

static SJ_ALWAYS_INLINE int64_t join(kind_of kind, int64_t a, int64_t b)
{
	if (kind == SJ__REDUCE_MAX)
		return a > b ? a : b;
	if (kind == SJ__REDUCE_MIN)
		return a < b ? a : b;
	return kind == SJ__REDUCE_PROD ? (int64_t)((uint64_t)a * (uint64_t)b) : (int64_t)((uint64_t)a + (uint64_t)b);
}

static SJ_ALWAYS_INLINE int64_t step(kind_of kind, int64_t a, int64_t x)
{
	return join(kind, a, kind == SJ__REDUCE_SQUARES ? (int64_t)((uint64_t)x * (uint64_t)x) : x);
}

/* Four at a time, so that they need not wait for each other; the order does not matter here. */
static SJ_ALWAYS_INLINE int64_t row(kind_of kind, enum sj__whole_type type, int64_t n, const void *x, int64_t at)
{
	int64_t a = identity(kind, type), b = a, c = a, d = a, i = 0;
	for (; i + 4 <= n; i += 4) {
		a = step(kind, a, load(type, x, at + i));
		b = step(kind, b, load(type, x, at + i + 1));
		c = step(kind, c, load(type, x, at + i + 2));
		d = step(kind, d, load(type, x, at + i + 3));
	}
	for (; i < n; i++)
		a = step(kind, a, load(type, x, at + i));
	return join(kind, join(kind, a, b), join(kind, c, d));
}

static SJ_ALWAYS_INLINE void columns(kind_of kind, enum sj__whole_type type, int64_t n_rows, int64_t stride, int64_t n,
                                     const void *x, int64_t *slots)
{
	for (int64_t c = 0; c < n; c++)
		slots[c] = identity(kind, type);
	for (int64_t r = 0; r < n_rows; r++)
		for (int64_t c = 0; c < n; c++)
			slots[c] = step(kind, slots[c], load(type, x, r * stride + c));
}

#define COMBINE(kind, name) \
	static void name##_combine(int64_t n, void *total, const void *part) \
	{ \
		for (int64_t i = 0; i < n; i++) \
			((int64_t *)total)[i] = join(kind, ((int64_t *)total)[i], ((const int64_t *)part)[i]); \
	}

COMBINE(SJ__REDUCE_SUM, sum)
COMBINE(SJ__REDUCE_PROD, prod)
COMBINE(SJ__REDUCE_MAX, max)
COMBINE(SJ__REDUCE_MIN, min)

#define LOOPS(kind, name, type) \
	static void name##_rows_##type(int64_t n_rows, int64_t n, const void *x, void *slots) \
	{ \
		for (int64_t r = 0; r < n_rows; r++) \
			((int64_t *)slots)[r] = row(kind, type, n, x, r * n); \
	} \
	static void name##_columns_##type(int64_t n_rows, int64_t stride, int64_t n, const void *x, void *slots) \
	{ \
		columns(kind, type, n_rows, stride, n, x, slots); \
	}

#define NUMBER_LOOPS(type) \
	LOOPS(SJ__REDUCE_SUM, sum, type) \
	LOOPS(SJ__REDUCE_SQUARES, squares, type) \
	LOOPS(SJ__REDUCE_PROD, prod, type) \
	LOOPS(SJ__REDUCE_MAX, max, type) \
	LOOPS(SJ__REDUCE_MIN, min, type)

NUMBER_LOOPS(SJ__WHOLE_I32)
NUMBER_LOOPS(SJ__WHOLE_I64)
NUMBER_LOOPS(SJ__WHOLE_U8)
NUMBER_LOOPS(SJ__WHOLE_I8)
NUMBER_LOOPS(SJ__WHOLE_I16)
LOOPS(SJ__REDUCE_MAX, max, SJ__WHOLE_BOOL)
LOOPS(SJ__REDUCE_MIN, min, SJ__WHOLE_BOOL)

#define NUMBER_TABLE(type) \
	[type] = { \
		[SJ__REDUCE_SUM] = {sum_rows_##type, sum_columns_##type, sum_combine}, \
		[SJ__REDUCE_SQUARES] = {squares_rows_##type, squares_columns_##type, sum_combine}, \
		[SJ__REDUCE_PROD] = {prod_rows_##type, prod_columns_##type, prod_combine}, \
		[SJ__REDUCE_MAX] = {max_rows_##type, max_columns_##type, max_combine}, \
		[SJ__REDUCE_MIN] = {min_rows_##type, min_columns_##type, min_combine}, \
	}

const sj__reduce_loops sj__reduce_whole[SJ__WHOLE_TYPES][SJ__REDUCE_KINDS] = {
	NUMBER_TABLE(SJ__WHOLE_I32),
	NUMBER_TABLE(SJ__WHOLE_I64),
	NUMBER_TABLE(SJ__WHOLE_U8),
	NUMBER_TABLE(SJ__WHOLE_I8),
	NUMBER_TABLE(SJ__WHOLE_I16),
	[SJ__WHOLE_BOOL] =
		{
			[SJ__REDUCE_MAX] = {max_rows_SJ__WHOLE_BOOL, max_columns_SJ__WHOLE_BOOL, max_combine},
			[SJ__REDUCE_MIN] = {min_rows_SJ__WHOLE_BOOL, min_columns_SJ__WHOLE_BOOL, min_combine},
		},
};
