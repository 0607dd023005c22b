/* Folds of rows, printed for each dtype by the preprocessor. */
#include "cpu/array_rows.h"

#include <float.h>

enum { DTYPES = 24 };

#define ROW(name, T, expression) \
	static void name(int64_t n, const void *row, void *result) \
	{ \
		const T *restrict x = row; \
		T *restrict y = result; \
		for (int64_t i = 0; i < n; i++) \
			y[i] = (T)(expression); \
	}
/* W: unsigned for integers, so that they wrap. */
#define ROWS(suffix, T, W) \
	ROW(sum_##suffix, T, (W)y[i] + (W)x[i]) \
	ROW(subtract_##suffix, T, (W)y[i] - (W)x[i]) \
	ROW(prod_##suffix, T, (W)y[i] * (W)x[i]) \
	ROW(max_##suffix, T, x[i] > y[i] ? x[i] : y[i]) \
	ROW(min_##suffix, T, x[i] < y[i] ? x[i] : y[i])

ROWS(f32, float, float)
ROWS(f64, double, double)
ROWS(i8, int8_t, uint32_t)
ROWS(i16, int16_t, uint32_t)
ROWS(i32, int32_t, uint32_t)
ROWS(i64, int64_t, uint64_t)
ROWS(u8, uint8_t, uint32_t)
ROWS(u16, uint16_t, uint32_t)
ROWS(u32, uint32_t, uint32_t)
ROWS(u64, uint64_t, uint64_t)

typedef struct fold_row {
	sj__row_function *fold[SJ__FOLDS];
	const void *lowest, *highest;
} fold_row;

#define LIMITS(suffix, T, low, high) static const T lowest_##suffix = low, highest_##suffix = high;
LIMITS(f32, float, -FLT_MAX, FLT_MAX)
LIMITS(f64, double, -DBL_MAX, DBL_MAX)
LIMITS(i8, int8_t, INT8_MIN, INT8_MAX)
LIMITS(i16, int16_t, INT16_MIN, INT16_MAX)
LIMITS(i32, int32_t, INT32_MIN, INT32_MAX)
LIMITS(i64, int64_t, INT64_MIN, INT64_MAX)
LIMITS(u8, uint8_t, 0, UINT8_MAX)
LIMITS(u16, uint16_t, 0, UINT16_MAX)
LIMITS(u32, uint32_t, 0, UINT32_MAX)
LIMITS(u64, uint64_t, 0, UINT64_MAX)

#define ENTRY(suffix) \
	{ \
		{sum_##suffix, subtract_##suffix, prod_##suffix, max_##suffix, min_##suffix}, &lowest_##suffix, \
			&highest_##suffix \
	}
static const fold_row rows[DTYPES] = {
	[SJ_BOOL] = {{max_u8, NULL, min_u8, max_u8, min_u8}, NULL, NULL},
	[SJ_FLOAT32] = ENTRY(f32),
	[SJ_FLOAT64] = ENTRY(f64),
	[SJ_INT8] = ENTRY(i8),
	[SJ_INT16] = ENTRY(i16),
	[SJ_INT32] = ENTRY(i32),
	[SJ_INT64] = ENTRY(i64),
	[SJ_UINT8] = ENTRY(u8),
	[SJ_UINT16] = ENTRY(u16),
	[SJ_UINT32] = ENTRY(u32),
	[SJ_UINT64] = ENTRY(u64),
};

sj__row_function *sj__row_fold(sj_dtype dtype, enum sj__fold fold) { return rows[dtype].fold[fold]; }

const void *sj__fold_start(sj_dtype dtype, enum sj__fold fold)
{
	static const uint64_t zero[2];
	static const struct {
		uint64_t bytes[2];
	} ones[DTYPES] = {
		[SJ_FLOAT32] = {{0x3f800000}},
		[SJ_FLOAT64] = {{0x3ff0000000000000}},
		[SJ_INT8] = {{1}},
		[SJ_INT16] = {{1}},
		[SJ_INT32] = {{1}},
		[SJ_INT64] = {{1}},
		[SJ_UINT8] = {{1}},
		[SJ_UINT16] = {{1}},
		[SJ_UINT32] = {{1}},
		[SJ_UINT64] = {{1}},
		[SJ_BOOL] = {{1}},
	};
	switch (fold) {
	case SJ__FOLD_PROD: return &ones[dtype];
	case SJ__FOLD_MAX: return rows[dtype].lowest;
	case SJ__FOLD_MIN: return rows[dtype].highest;
	default: return zero;
	}
}
