/*
 * Batch normalisation: statistics of each channel in float64, and scaling by them. Sums run over fixed parts of the rows (channels
 * last) or over each channel's planes (channels second), which are then added in order.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/normalize_loops.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_RANGE = 32768, MOST_PARTS = 64 };

/* An image tensor as (outer, channels, inner), inner 1 with channels last. */
typedef struct norm_work {
	const sj__normalize_loops *loops;
	int64_t outer, channels, inner, n; /* n: elements of a channel */
	int64_t rows_in_a_part, parts;
	size_t size;
	const char *d, *x;
	char *y;
	const double *shift;     /* of each channel */
	double *sums, *products; /* of each part, then each channel */
	sj__channel_numbers numbers;
} norm_work;

static norm_work work_of(const sj_tensor *x, sj_data_format format)
{
	const int64_t *dims = sj__dims(x);
	norm_work w = {.loops = sj__normalize_loops_of(x->dtype == SJ_FLOAT32),
	               .outer = dims[0],
	               .inner = 1,
	               .channels = dims[format == SJ_DATA_FORMAT_NCHW ? 1 : x->shape.rank - 1],
	               .size = sj__dtype_size(x->dtype),
	               .x = x->data};
	for (int i = 1; i < x->shape.rank; i++)
		if (format == SJ_DATA_FORMAT_NCHW && i > 1)
			w.inner *= dims[i];
		else if (format == SJ_DATA_FORMAT_NHWC && i < x->shape.rank - 1)
			w.outer *= dims[i];
	w.n = w.outer * w.inner;
	int64_t channels = sj__max_i64(1, w.channels);
	w.rows_in_a_part = sj__max_i64(sj__max_i64(1, ELEMENTS_IN_A_RANGE / channels),
	                               (w.outer + MOST_PARTS - 1) / MOST_PARTS);
	w.parts = w.inner > 1 ? 1 : sj__max_i64(1, (w.outer + w.rows_in_a_part - 1) / w.rows_in_a_part);
	return w;
}

static bool is_planar(const norm_work *w) { return w->inner > 1; }

/* ---- sums of each channel ---- */

typedef void part_function(const norm_work *w, int64_t rows, int64_t columns, int64_t channel, size_t offset,
                           double *sums, double *products);

typedef struct sum_work {
	const norm_work *w;
	part_function *function;
} sum_work;

static void rows_range(void *context, int64_t begin, int64_t end)
{
	const sum_work *s = context;
	const norm_work *w = s->w;
	int64_t part = begin / w->rows_in_a_part * w->channels;
	s->function(w, end - begin, w->channels, -1, (size_t)(begin * w->channels) * w->size, w->sums + part,
	            w->products + part);
}

static void planes_range(void *context, int64_t begin, int64_t end)
{
	const sum_work *s = context;
	const norm_work *w = s->w;
	for (int64_t c = begin; c < end; c++)
		for (int64_t o = 0; o < w->outer; o++)
			s->function(w, 1, w->inner, c, (size_t)((o * w->channels + c) * w->inner) * w->size,
			            w->sums + c, w->products + c);
}

/* Fills sums and products (channels) of the first part. */
static void sums_run(norm_work *w, part_function *function)
{
	sum_work s = {w, function};
	memset(w->sums, 0, (size_t)(w->parts * w->channels) * sizeof(*w->sums));
	memset(w->products, 0, (size_t)(w->parts * w->channels) * sizeof(*w->products));
	if (is_planar(w))
		sj__parallel_for(w->channels, sj__max_i64(1, ELEMENTS_IN_A_RANGE / sj__max_i64(1, w->n)), planes_range,
		                 &s);
	else
		sj__parallel_for(w->outer, w->rows_in_a_part, rows_range, &s);
	for (int64_t p = 1; p < w->parts; p++)
		for (int64_t c = 0; c < w->channels; c++) {
			w->sums[c] += w->sums[p * w->channels + c];
			w->products[c] += w->products[p * w->channels + c];
		}
}

/* A function's channel is -1 for rows of all channels, else the one that all the elements belong to. */
static void sum_part(const norm_work *w, int64_t rows, int64_t columns, int64_t channel, size_t offset, double *sums,
                     double *products)
{
	(void)products;
	if (channel < 0)
		w->loops->add_rows(rows, columns, w->x + offset, sums);
	else
		*sums += w->loops->sum(columns, w->x + offset);
}

static void squares_part(const norm_work *w, int64_t rows, int64_t columns, int64_t channel, size_t offset,
                         double *sums, double *products)
{
	(void)products;
	if (channel < 0)
		w->loops->add_squares(rows, columns, w->x + offset, w->shift, sums);
	else
		*sums += w->loops->sum_squares(columns, w->x + offset, w->shift[channel]);
}

static void products_part(const norm_work *w, int64_t rows, int64_t columns, int64_t channel, size_t offset,
                          double *sums, double *products)
{
	w->loops->add_products(rows, columns, channel >= 0, w->d + offset, w->x + offset,
	                       w->shift + (channel < 0 ? 0 : channel), sums, products);
}

/* ---- scaling ---- */

static void scale_part(const norm_work *w, int64_t rows, int64_t columns, int64_t channel, size_t offset, double *sums,
                       double *products)
{
	int64_t c = channel < 0 ? 0 : channel;
	sj__channel_numbers n = {w->numbers.shift + c, w->numbers.factor + c, w->numbers.offset + c,
	                         w->numbers.slope ? w->numbers.slope + c : NULL};
	(void)sums, (void)products;
	if (w->d == NULL)
		w->loops->scale_shift(rows, columns, channel >= 0, w->x + offset, &n, w->y + offset);
	else
		w->loops->scale_grad(rows, columns, channel >= 0, w->d + offset, w->x + offset, &n, w->y + offset);
}

static void scale_rows(void *context, int64_t begin, int64_t end)
{
	const norm_work *w = context;
	scale_part(w, end - begin, w->channels, -1, (size_t)(begin * w->channels) * w->size, NULL, NULL);
}

static void scale_planes(void *context, int64_t begin, int64_t end)
{
	const norm_work *w = context;
	for (int64_t plane = begin; plane < end; plane++)
		scale_part(w, 1, w->inner, plane % w->channels, (size_t)(plane * w->inner) * w->size, NULL, NULL);
}

static void scale_run(norm_work *w)
{
	if (is_planar(w))
		sj__parallel_for(w->outer * w->channels, sj__max_i64(1, ELEMENTS_IN_A_RANGE / sj__max_i64(1, w->inner)),
		                 scale_planes, w);
	else
		sj__parallel_for(w->outer, sj__max_i64(1, ELEMENTS_IN_A_RANGE / sj__max_i64(1, w->channels)),
		                 scale_rows, w);
}

/* ---- vectors of channels ---- */

static double number_at(const sj_tensor *t, int64_t i)
{
	return t->dtype == SJ_FLOAT32 ? (double)((const float *)t->data)[i] : ((const double *)t->data)[i];
}

static void number_put(sj_tensor *t, int64_t i, double value)
{
	if (t->dtype == SJ_FLOAT32)
		((float *)t->data)[i] = (float)value;
	else
		((double *)t->data)[i] = value;
}

/* Scratch for so many vectors of channels, and the parts' two. */
static double *scratch_new(norm_work *w, int vectors)
{
	double *scratch = sj__memory_new((size_t)((vectors + 2 * w->parts) * sj__max_i64(1, w->channels)) *
	                                 sizeof(*scratch));
	if (scratch == NULL)
		return NULL;
	w->sums = scratch + vectors * w->channels;
	w->products = w->sums + w->parts * w->channels;
	return scratch;
}

/* ---- forward ---- */

/* mean and variance (biased) of each channel; NaN without elements. */
static void statistics(norm_work *w, double *mean, double *variance)
{
	sums_run(w, sum_part);
	for (int64_t c = 0; c < w->channels; c++)
		mean[c] = w->sums[c] / (double)w->n;
	w->shift = mean;
	sums_run(w, squares_part);
	for (int64_t c = 0; c < w->channels; c++)
		variance[c] = w->sums[c] / (double)w->n;
}

/* The running statistics that the operation returns: (1 - f) old + f new, and new alone for f = 1. */
static void statistics_store(sj__call *call, const norm_work *w, double f, const double *mean, const double *variance)
{
	double unbias = (double)w->n / (double)sj__max_i64(1, w->n - 1);
	for (int64_t c = 0; c < w->channels; c++) {
		double new_variance = variance[c] * unbias;
		double running_mean = f == 1 ? mean[c] : (1 - f) * number_at(call->inputs[3], c) + f * mean[c];
		double running_variance = f == 1 ? new_variance
		                                 : (1 - f) * number_at(call->inputs[4], c) + f * new_variance;
		number_put(call->outputs[1], c, running_mean);
		number_put(call->outputs[2], c, running_variance);
		number_put(call->outputs[3], c, mean[c]);
		number_put(call->outputs[4], c, variance[c]);
	}
}

static void statistics_take(sj__call *call, const norm_work *w, double *mean, double *variance)
{
	for (int64_t c = 0; c < w->channels; c++) {
		mean[c] = number_at(call->inputs[3], c);
		variance[c] = number_at(call->inputs[4], c);
		for (int k = 1; k < 5; k++)
			number_put(call->outputs[k], c, k % 2 ? mean[c] : variance[c]);
	}
}

sj_status sj__kernel_fused_batch_norm(sj__call *call)
{
	const sj_fused_batch_norm_args *args = call->args;
	norm_work w = work_of(call->inputs[0], args->data_format);
	double *mean = scratch_new(&w, 4), epsilon = sj__fused_batch_norm_epsilon(args);
	if (mean == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	double *variance = mean + w.channels, *factor = variance + w.channels, *offset = factor + w.channels;
	if (sj__fused_batch_norm_is_training(args)) {
		statistics(&w, mean, variance);
		statistics_store(call, &w, sj__fused_batch_norm_exponential_avg_factor(args), mean, variance);
	} else {
		statistics_take(call, &w, mean, variance);
	}
	for (int64_t c = 0; c < w.channels; c++) {
		factor[c] = number_at(call->inputs[1], c) / __builtin_sqrt(variance[c] + epsilon);
		offset[c] = number_at(call->inputs[2], c);
	}
	w.y = call->outputs[0]->data;
	w.numbers = (sj__channel_numbers){mean, factor, offset, NULL};
	scale_run(&w);
	if (call->n_outputs > 5)
		number_put(call->outputs[5], 0, 0);
	sj__memory_free(mean);
	return SJ_OK;
}

/* ---- backward ---- */

sj_status sj__kernel_fused_batch_norm_grad(sj__call *call)
{
	const sj_fused_batch_norm_grad_args *args = call->args;
	bool training = sj__fused_batch_norm_grad_is_training(args);
	norm_work w = work_of(call->inputs[1], args->data_format);
	double *mean = scratch_new(&w, 4), epsilon = sj__fused_batch_norm_grad_epsilon(args);
	if (mean == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	double *factor = mean + w.channels, *offset = factor + w.channels, *slope = offset + w.channels;
	for (int64_t c = 0; c < w.channels; c++)
		mean[c] = number_at(call->inputs[3], c);
	w.d = call->inputs[0]->data;
	w.shift = mean;
	sums_run(&w, products_part);
	for (int64_t c = 0; c < w.channels; c++) {
		double inverse = 1 / __builtin_sqrt(number_at(call->inputs[4], c) + epsilon);
		factor[c] = number_at(call->inputs[2], c) * inverse;
		offset[c] = training ? w.sums[c] / (double)w.n : 0;
		slope[c] = training ? w.products[c] / (double)w.n * inverse * inverse : 0;
		number_put(call->outputs[1], c, w.products[c] * inverse);
		number_put(call->outputs[2], c, w.sums[c]);
	}
	w.y = call->outputs[0]->data;
	w.numbers = (sj__channel_numbers){mean, factor, offset, slope};
	scale_run(&w);
	sj__memory_free(mean);
	return SJ_OK;
}
