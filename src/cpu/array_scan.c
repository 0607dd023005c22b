/* Kernels of running sums and products: x is seen as (outer, length, inner), and each step folds a row of `inner` elements. */
#include "base/threads.h"
#include "cpu/array_rows.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

typedef struct scan_work {
	sj_dtype dtype;
	enum sj__fold fold;
	bool exclusive, reverse;
	sj__split_shape shape;
	int64_t size;
	const char *x, *a;
	char *y;
} scan_work;

/* Rows of one element: the running value stays in a register. */
#define LINE(T, W, operation) \
	{ \
		const T *x = (const T *)from; \
		T *y = (T *)to, running = *(const T *)sj__fold_start(w->dtype, w->fold); \
		for (int64_t i = 0; i < n && sj__loop_goes(i); i++, at += step) { \
			T next = (T)((W)running operation(W) x[at]); \
			y[at] = w->exclusive ? running : next; \
			running = next; \
		} \
		return true; \
	}
#define LINES(T, W) \
	if (w->fold == SJ__FOLD_SUM) \
		LINE(T, W, +) \
	else \
		LINE(T, W, *)

static bool line_scan(const scan_work *w, const void *from, void *to)
{
	int64_t n = w->shape.length, at = w->reverse ? n - 1 : 0, step = w->reverse ? -1 : 1;
	switch (w->dtype) {
	case SJ_FLOAT32: LINES(float, float)
	case SJ_FLOAT64: LINES(double, double)
	case SJ_INT32: LINES(int32_t, uint32_t)
	case SJ_INT64: LINES(int64_t, uint64_t)
	default: return false;
	}
}

static void rows_scan(const scan_work *w, const char *from, char *to)
{
	sj__row_function *fold = sj__row_fold(w->dtype, w->fold);
	int64_t n = w->shape.length, inner = w->shape.inner, row = inner * w->size, step = w->reverse ? -row : row;
	int64_t at = w->reverse ? (n - 1) * row : 0;
	for (int64_t i = 0; i < n && !sj__cancelled(); i++, at += step) {
		int64_t source = w->exclusive ? at - step : at;
		if (i == 0 && w->exclusive)
			sj__elements_fill(w->dtype, to + at, sj__fold_start(w->dtype, w->fold), inner);
		else if (i == 0)
			memcpy(to + at, from + at, (size_t)row);
		else
			memcpy(to + at, to + at - step, (size_t)row);
		if (i > 0)
			fold(inner, from + source, to + at);
	}
}

static void scan_range(void *context, int64_t begin, int64_t end)
{
	const scan_work *w = context;
	int64_t bytes = w->shape.length * w->shape.inner * w->size;
	for (int64_t i = begin; i < end && !sj__cancelled(); i++)
		if (w->shape.inner != 1 || !line_scan(w, w->x + i * bytes, w->y + i * bytes))
			rows_scan(w, w->x + i * bytes, w->y + i * bytes);
}

static sj_status scan(sj__call *call, enum sj__fold fold)
{
	const sj_tensor *x = call->inputs[0];
	const sj_cumsum_args *args = call->args; /* Cumprod's is alike */
	int axis;
	sj_status status = sj__call_axis_input(call, 1, x->shape.rank, 0, &axis);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	scan_work w = {(sj_dtype)x->dtype,       fold, args->exclusive, args->reverse,
	               sj__shape_split(x, axis), 0,    x->data,         NULL,
	               call->outputs[0]->data};
	w.size = (int64_t)sj_dtype_size(w.dtype);
	sj__parallel_for(w.shape.outer, sj__max_i64(1, ELEMENTS_IN_A_CHUNK / (w.shape.length * w.shape.inner)),
	                 scan_range, &w);
	return SJ_OK;
}

sj_status sj__kernel_cumsum(sj__call *call) { return scan(call, SJ__FOLD_SUM); }
sj_status sj__kernel_cumprod(sj__call *call) { return scan(call, SJ__FOLD_PROD); }

#define RECUR(T) \
	for (int64_t i = 0; i < n && !sj__cancelled(); i++, at += step) \
		for (int64_t j = 0; j < inner; j++) \
			((T *)y)[at + j] = ((const T *)x)[at + j] + \
			                   (i == 0 ? 0 : ((const T *)a)[at + j] * ((T *)y)[at - step + j]);

static void recurrence_range(void *context, int64_t begin, int64_t end)
{
	const scan_work *w = context;
	int64_t n = w->shape.length, inner = w->shape.inner, step = w->reverse ? -inner : inner;
	for (int64_t o = begin; o < end; o++) {
		int64_t offset = o * n * inner * w->size, at = w->reverse ? (n - 1) * inner : 0;
		const char *x = w->x + offset, *a = w->a + offset;
		char *y = w->y + offset;
		if (w->dtype == SJ_FLOAT32) {
			RECUR(float)
		} else {
			RECUR(double)
		}
	}
}

sj_status sj__kernel_recurrence(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_recurrence_args *args = call->args;
	int axis;
	sj_status status = sj__call_axis_input(call, 2, x->shape.rank, 0, &axis);
	if (status != SJ_OK || x->shape.size == 0)
		return status;
	scan_work w = {(sj_dtype)x->dtype,
	               SJ__FOLD_SUM,
	               false,
	               args->reverse,
	               sj__shape_split(x, axis),
	               0,
	               x->data,
	               call->inputs[1]->data,
	               call->outputs[0]->data};
	w.size = (int64_t)sj_dtype_size(w.dtype);
	sj__parallel_for(w.shape.outer, sj__max_i64(1, ELEMENTS_IN_A_CHUNK / (w.shape.length * w.shape.inner)),
	                 recurrence_range, &w);
	return SJ_OK;
}
