/* ArgMax and ArgMin: one pass over the axis for blocks of columns. NaN never wins; among equal elements the first does. */
#include <math.h>

#include "base/threads.h"
#include "cpu/array_half.h"
#include "cpu/kernels.h"
#include "ops/array.h"

enum { COLUMNS = 64, ELEMENTS_IN_A_CHUNK = 65536 };

/* Columns [0, n) of n_blocks blocks of x (length rows, `inner` apart): the row of the extreme of each. */
typedef void arg_function(const void *x, int64_t n_blocks, int64_t length, int64_t inner, int64_t n,
                          int64_t *ret_index);

#define ARG(name, T, V, value_of, start, better) \
	static void name(const void *x_, int64_t n_blocks, int64_t length, int64_t inner, int64_t n, \
	                 int64_t *ret_index) \
	{ \
		const T *x = x_; \
		V best[COLUMNS]; \
		for (; n_blocks > 0; n_blocks--, x += length * inner, ret_index += n) { \
			for (int64_t i = 0; i < n; i++) { \
				best[i] = start; \
				ret_index[i] = 0; \
			} \
			for (int64_t j = 0; j < length; j++) \
				for (int64_t i = 0; i < n; i++) { \
					V v = value_of(x[j * inner + i]); \
					if (v better best[i]) { \
						best[i] = v; \
						ret_index[i] = j; \
					} \
				} \
		} \
	}
#define ITSELF(v) (v)
#define BOTH(suffix, T, V, value_of, low, high) \
	ARG(max_##suffix, T, V, value_of, low, >) \
	ARG(min_##suffix, T, V, value_of, high, <)

BOTH(f32, float, float, ITSELF, -INFINITY, INFINITY)
BOTH(f64, double, double, ITSELF, -INFINITY, INFINITY)
BOTH(f16, uint16_t, float, sj__half_to_float, -INFINITY, INFINITY)
BOTH(bf16, uint16_t, float, sj__bfloat16_to_float, -INFINITY, INFINITY)
BOTH(i8, int8_t, int8_t, ITSELF, INT8_MIN, INT8_MAX)
BOTH(i16, int16_t, int16_t, ITSELF, INT16_MIN, INT16_MAX)
BOTH(i32, int32_t, int32_t, ITSELF, INT32_MIN, INT32_MAX)
BOTH(i64, int64_t, int64_t, ITSELF, INT64_MIN, INT64_MAX)
BOTH(u8, uint8_t, uint8_t, ITSELF, 0, UINT8_MAX)
BOTH(u16, uint16_t, uint16_t, ITSELF, 0, UINT16_MAX)
BOTH(u32, uint32_t, uint32_t, ITSELF, 0, UINT32_MAX)
BOTH(u64, uint64_t, uint64_t, ITSELF, 0, UINT64_MAX)

static arg_function *const functions[2][24] = {
	{[SJ_FLOAT32] = max_f32,
         [SJ_FLOAT64] = max_f64,
         [SJ_FLOAT16] = max_f16,
         [SJ_BFLOAT16] = max_bf16,
         [SJ_INT8] = max_i8,
         [SJ_INT16] = max_i16,
         [SJ_INT32] = max_i32,
         [SJ_INT64] = max_i64,
         [SJ_UINT8] = max_u8,
         [SJ_BOOL] = max_u8,
         [SJ_UINT16] = max_u16,
         [SJ_UINT32] = max_u32,
         [SJ_UINT64] = max_u64},
	{[SJ_FLOAT32] = min_f32,
         [SJ_FLOAT64] = min_f64,
         [SJ_FLOAT16] = min_f16,
         [SJ_BFLOAT16] = min_bf16,
         [SJ_INT8] = min_i8,
         [SJ_INT16] = min_i16,
         [SJ_INT32] = min_i32,
         [SJ_INT64] = min_i64,
         [SJ_UINT8] = min_u8,
         [SJ_BOOL] = min_u8,
         [SJ_UINT16] = min_u16,
         [SJ_UINT32] = min_u32,
         [SJ_UINT64] = min_u64},
};

typedef struct arg_work {
	arg_function *function;
	const sj_tensor *x;
	sj_tensor *y;
	sj__split_shape shape;
} arg_work;

/* The commonest: the greatest of each row of floats. */
static void rows_max_f32(const arg_work *w, int64_t begin, int64_t end)
{
	const int64_t length = w->shape.length;
	const float *x = (const float *)w->x->data + begin * length;
	for (; begin < end; begin++, x += length) {
		float best = -INFINITY;
		int64_t index = 0;
		for (int64_t j = 0; j < length; j++)
			if (x[j] > best) {
				best = x[j];
				index = j;
			}
		sj__index_set(w->y, begin, index);
	}
}

static void arg_range(void *context, int64_t begin, int64_t end)
{
	const arg_work *w = context;
	int64_t index[COLUMNS], inner = w->shape.inner, size = (int64_t)sj_dtype_size((sj_dtype)w->x->dtype);
	if (inner == 1 && w->function == max_f32) {
		rows_max_f32(w, begin, end);
		return;
	}
	while (begin < end) {
		int64_t outer = inner == 1 ? begin : begin / inner, column = inner == 1 ? 0 : begin % inner,
			n = sj__min_i64(inner == 1 ? COLUMNS : sj__min_i64(COLUMNS, inner - column), end - begin);
		const char *from = (const char *)w->x->data + (outer * w->shape.length * inner + column) * size;
		if (inner == 1) /* rows of their own: many blocks of one column */
			w->function(from, n, w->shape.length, 1, 1, index);
		else
			w->function(from, 1, w->shape.length, inner, n, index);
		for (int64_t i = 0; i < n; i++)
			sj__index_set(w->y, begin + i, index[i]);
		begin += n;
	}
}

static sj_status arg_extreme(sj__call *call, int which)
{
	const sj_tensor *x = call->inputs[0];
	int axis;
	sj_status status = sj__call_axis_input(call, 1, x->shape.rank, 0, &axis);
	if (status != SJ_OK || call->outputs[0]->shape.size == 0)
		return status;
	arg_work w = {functions[which][x->dtype], x, call->outputs[0], sj__shape_split(x, axis)};
	if (call->outputs[0]->dtype == SJ_INT32 && w.shape.length > INT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the axis has %lld elements; ask for output_type int64",
		                     (long long)w.shape.length);
	sj__parallel_for(call->outputs[0]->shape.size, sj__max_i64(1, ELEMENTS_IN_A_CHUNK / w.shape.length), arg_range,
	                 &w);
	return SJ_OK;
}

sj_status sj__kernel_argmax(sj__call *call) { return arg_extreme(call, 0); }
sj_status sj__kernel_argmin(sj__call *call) { return arg_extreme(call, 1); }
