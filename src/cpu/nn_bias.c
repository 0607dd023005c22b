/* BiasAdd and its gradient: a vector added along the channels, and summed back over everything else. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/elementwise.h"
#include "cpu/kernels.h"
#include "cpu/normalize_loops.h"
#include "cpu/strided_copy.h"
#include "tensor/handle.h"

#include "ops_numbers.h"

enum { ELEMENTS_IN_A_RANGE = 32768, MOST_PARTS = 64 };

/* A tensor as (outer, channels, inner); inner is 1 in NHWC. */
typedef struct bias_shape {
	int64_t outer, channels, inner;
} bias_shape;

static bias_shape shape_of(const sj_tensor *t, sj_data_format format)
{
	const int64_t *d = sj__dims(t);
	int rank = t->shape.rank;
	if (format == SJ_DATA_FORMAT_NHWC)
		return (bias_shape){d[rank - 1] ? t->shape.size / d[rank - 1] : 0, d[rank - 1], 1};
	bias_shape s = {d[0], d[1], 1};
	for (int i = 2; i < rank; i++)
		s.inner *= d[i];
	return s;
}

/* ---- BiasAdd ---- */

typedef struct add_work {
	const sj__normalize_loops *loops; /* of floats */
	sj__binary_loop *add;             /* of integers */
	bias_shape s;
	const char *x, *bias;
	char *y;
	size_t size;
} add_work;

/* Rows are (outer) of channels, or (outer, channels) of inner elements. */
static void integer_rows(const add_work *w, int64_t begin, int64_t end, bool across)
{
	int64_t length = across ? w->s.inner : w->s.channels;
	for (int64_t r = begin; r < end; r++) {
		size_t offset = (size_t)(r * length) * w->size;
		const char *bias = across ? w->bias + (size_t)(r % w->s.channels) * w->size : w->bias;
		w->add(length, w->x + offset, 1, bias, !across, w->y + offset);
	}
}

static void add_rows(void *context, int64_t begin, int64_t end)
{
	const add_work *w = context;
	size_t offset = (size_t)(begin * w->s.channels) * w->size;
	if (w->add != NULL)
		integer_rows(w, begin, end, false);
	else
		w->loops->add_bias(end - begin, w->s.channels, false, w->x + offset, w->bias, w->y + offset);
}

static void add_planes(void *context, int64_t begin, int64_t end)
{
	const add_work *w = context;
	if (w->add != NULL) {
		integer_rows(w, begin, end, true);
		return;
	}
	while (begin < end) { /* up to the end of an image */
		int64_t channel = begin % w->s.channels, rows = sj__min_i64(end - begin, w->s.channels - channel);
		size_t offset = (size_t)(begin * w->s.inner) * w->size;
		w->loops->add_bias(rows, w->s.inner, true, w->x + offset, w->bias + (size_t)channel * w->size,
		                   w->y + offset);
		begin += rows;
	}
}

sj_status sj__kernel_bias_add(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_bias_add_args *args = call->args;
	bool is_float = x->dtype == SJ_FLOAT32 || x->dtype == SJ_FLOAT64;
	add_work w = {.s = shape_of(x, args->data_format),
	              .x = x->data,
	              .bias = call->inputs[1]->data,
	              .y = call->outputs[0]->data,
	              .size = sj__dtype_size(x->dtype)};
	if (is_float)
		w.loops = sj__normalize_loops_of(x->dtype == SJ_FLOAT32);
	else
		w.add = (sj__binary_loop *)sj__loop_find(&sj__op_table[SJ__OP_ADD], (sj_dtype)x->dtype);
	if (x->shape.size == 0)
		return SJ_OK;
	if (args->data_format == SJ_DATA_FORMAT_NHWC)
		sj__parallel_for(w.s.outer, sj__max_i64(1, ELEMENTS_IN_A_RANGE / w.s.channels), add_rows, &w);
	else
		sj__parallel_for(w.s.outer * w.s.channels, sj__max_i64(1, ELEMENTS_IN_A_RANGE / w.s.inner), add_planes,
		                 &w);
	return SJ_OK;
}

/* ---- BiasAddGrad ---- */

typedef struct sum_work {
	const sj__normalize_loops *loops;
	bias_shape s;
	const char *x;
	size_t size;
	double *sums; /* a part's (channels), one after the other */
} sum_work;

static int64_t rows_in_a_part(const bias_shape *s)
{
	return sj__max_i64(sj__max_i64(1, ELEMENTS_IN_A_RANGE / s->channels), (s->outer + MOST_PARTS - 1) / MOST_PARTS);
}

static void sum_rows(void *context, int64_t begin, int64_t end)
{
	const sum_work *w = context;
	double *sums = w->sums + begin / rows_in_a_part(&w->s) * w->s.channels;
	memset(sums, 0, (size_t)w->s.channels * sizeof(*sums));
	w->loops->add_rows(end - begin, w->s.channels, w->x + (size_t)(begin * w->s.channels) * w->size, sums);
}

static void sum_planes(void *context, int64_t begin, int64_t end)
{
	const sum_work *w = context;
	for (int64_t c = begin; c < end; c++) {
		double sum = 0;
		for (int64_t o = 0; o < w->s.outer; o++)
			sum += w->loops->sum(w->s.inner,
			                     w->x + (size_t)((o * w->s.channels + c) * w->s.inner) * w->size);
		w->sums[c] = sum;
	}
}

static void sums_store(const double *sums, int64_t parts, int64_t channels, sj_tensor *y)
{
	for (int64_t c = 0; c < channels; c++) {
		double sum = sums[c];
		for (int64_t p = 1; p < parts; p++)
			sum += sums[p * channels + c];
		if (y->dtype == SJ_FLOAT32)
			((float *)y->data)[c] = (float)sum;
		else
			((double *)y->data)[c] = sum;
	}
}

static sj_status sum_floats(const sj_tensor *x, bias_shape s, bool planes, sj_tensor *y)
{
	enum { ON_THE_STACK = 256 };
	double few[ON_THE_STACK];
	int64_t parts = planes ? 1 : (s.outer + rows_in_a_part(&s) - 1) / rows_in_a_part(&s);
	double *sums = parts * s.channels <= ON_THE_STACK
	                       ? few
	                       : sj__memory_new((size_t)(parts * s.channels) * sizeof(*sums));
	if (sums == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sum_work w = {sj__normalize_loops_of(x->dtype == SJ_FLOAT32), s, x->data, sj__dtype_size(x->dtype), sums};
	if (planes)
		sj__parallel_for(s.channels, sj__max_i64(1, ELEMENTS_IN_A_RANGE / (s.outer * s.inner)), sum_planes, &w);
	else
		sj__parallel_for(s.outer, rows_in_a_part(&s), sum_rows, &w);
	sums_store(sums, parts, s.channels, y);
	if (sums != few)
		sj__memory_free(sums);
	return SJ_OK;
}

/* Integers wrap. */
static void sum_integers(const sj_tensor *x, bias_shape s, sj_tensor *y)
{
	size_t size = sj__dtype_size(x->dtype);
	for (int64_t c = 0; c < s.channels; c++) {
		uint64_t sum = 0;
		for (int64_t o = 0; o < s.outer; o++)
			for (int64_t i = 0; i < s.inner; i++)
				sum += (uint64_t)sj__element_as_int64((sj_dtype)x->dtype, x->data,
				                                      (o * s.channels + c) * s.inner + i);
		memcpy((char *)y->data + (size_t)c * size, &sum, size); /* the low bytes: little-endian machines only */
	}
}

sj_status sj__kernel_bias_add_grad(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	const sj_bias_add_grad_args *args = call->args;
	if (x->shape.size == 0) {
		sj__tensor_clear(y);
		return SJ_OK;
	}
	bias_shape s = shape_of(x, args->data_format);
	if (x->dtype == SJ_FLOAT32 || x->dtype == SJ_FLOAT64)
		return sum_floats(x, s, args->data_format == SJ_DATA_FORMAT_NCHW, y);
	sum_integers(x, s, y);
	return SJ_OK;
}

/* One part of few channels. */
sj_tensor *sj__quick_bias_add_grad(sj__local *thread, const sj_op *op, const void *args, const sj_tensor *x,
                                   const sj_tensor *same)
{
	const sj_bias_add_grad_args *how = args;
	(void)op, (void)same;
	if ((how != NULL && how->data_format != SJ_DATA_FORMAT_NHWC) || x->dtype > SJ_FLOAT64 || x->shape.rank < 2 ||
	    x->shape.size == 0 || x->shape.size > ELEMENTS_IN_A_RANGE)
		return NULL;
	bias_shape s = shape_of(x, SJ_DATA_FORMAT_NHWC);
	sj_tensor *y = sj__handle_quick(thread, (sj_dtype)x->dtype);
	if (SJ_UNLIKELY(y == NULL))
		return NULL;
	y->shape.rank = 1;
	y->shape.inline_dims[0] = s.channels;
	if (SJ_UNLIKELY(!sj__handle_quick_bytes(y, s.channels, (int64_t)sj__dtype_size(x->dtype))))
		return NULL;
	if (SJ_LIKELY(sum_floats(x, s, false, y) == SJ_OK))
		return y;
	sj__drop(y);
	return NULL;
}
