/* Local response normalisation: each pixel's channels by themselves, computed in float64. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/float_element.h"
#include "cpu/kernels.h"
#include "cpu/math_f64.h"
#include "cpu/math_one.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_RANGE = 8192 };

typedef struct lrn_work {
	int64_t channels, radius;
	double bias, alpha, beta;
	bool single;
	const void *x, *d, *y; /* input; in the gradient also the output's gradient and the output */
	void *result;
	double *scratch; /* two vectors of channels a range */
	int64_t rows_in_a_range;
} lrn_work;

/* sums[c] = the sum of values[j] for |j - c| <= radius, each added anew: no cancellation. */
static void window_sums(int64_t n, int64_t radius, const double *values, double *sums)
{
	for (int64_t c = 0; c < n; c++) {
		double sum = 0;
		for (int64_t j = sj__max_i64(0, c - sj__min_i64(c, radius)); j < n && j - c <= radius; j++)
			sum += values[j];
		sums[c] = sum;
	}
}

static void lrn_pixel(const lrn_work *w, int64_t first, double *squares, double *sums)
{
	for (int64_t c = 0; c < w->channels; c++) {
		double x = sj__float_get(w->x, first + c, w->single);
		squares[c] = x * x;
	}
	window_sums(w->channels, w->radius, squares, sums);
	for (int64_t c = 0; c < w->channels; c++)
		sums[c] = w->bias + w->alpha * sums[c];
}

static void lrn_range(void *context, int64_t begin, int64_t end)
{
	const lrn_work *w = context;
	double *squares = w->scratch + begin / w->rows_in_a_range * 2 * w->channels, *norms = squares + w->channels;
	for (int64_t row = begin; row < end; row++) {
		lrn_pixel(w, row * w->channels, squares, norms);
		for (int64_t c = 0; c < w->channels; c++) {
			int64_t i = row * w->channels + c;
			sj__float_put(w->result, i, sj__float_get(w->x, i, w->single) * sj__one_pow(norms[c], -w->beta),
			              w->single);
		}
	}
}

/* dx = d n^-beta - 2 alpha beta x sum(d y / n). */
static void lrn_grad_range(void *context, int64_t begin, int64_t end)
{
	const lrn_work *w = context;
	double *terms = w->scratch + begin / w->rows_in_a_range * 2 * w->channels, *norms = terms + w->channels;
	for (int64_t row = begin; row < end; row++) {
		int64_t first = row * w->channels;
		lrn_pixel(w, first, terms, norms);
		for (int64_t c = 0; c < w->channels; c++) {
			double d = sj__float_get(w->d, first + c, w->single);
			terms[c] = d * sj__float_get(w->y, first + c, w->single) / norms[c];
			sj__float_put(w->result, first + c, d * sj__one_pow(norms[c], -w->beta), w->single);
		}
		window_sums(w->channels, w->radius, terms, norms);
		for (int64_t c = 0; c < w->channels; c++) {
			double spread = 2 * w->alpha * w->beta * sj__float_get(w->x, first + c, w->single) * norms[c];
			sj__float_put(w->result, first + c, sj__float_get(w->result, first + c, w->single) - spread,
			              w->single);
		}
	}
}

static sj_status lrn(sj__call *call, lrn_work *w, sj__range_function *function)
{
	sj_tensor *y = call->outputs[0];
	if (y->shape.size == 0)
		return SJ_OK;
	w->channels = sj__dims(y)[3];
	w->radius = sj__lrn_depth_radius(call->args);
	w->bias = sj__lrn_bias(call->args);
	w->alpha = sj__lrn_alpha(call->args);
	w->beta = sj__lrn_beta(call->args);
	w->single = y->dtype == SJ_FLOAT32;
	w->result = y->data;
	int64_t rows = y->shape.size / w->channels;
	w->rows_in_a_range = sj__max_i64(1, ELEMENTS_IN_A_RANGE / w->channels);
	int64_t ranges = (rows + w->rows_in_a_range - 1) / w->rows_in_a_range;
	w->scratch = sj__memory_new((size_t)(ranges * 2 * w->channels) * sizeof(double));
	if (w->scratch == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj__parallel_for(rows, w->rows_in_a_range, function, w);
	sj__memory_free(w->scratch);
	return SJ_OK;
}

sj_status sj__kernel_lrn(sj__call *call)
{
	lrn_work w = {.x = call->inputs[0]->data};
	return lrn(call, &w, lrn_range);
}

sj_status sj__kernel_lrn_grad(sj__call *call)
{
	lrn_work w = {.d = call->inputs[0]->data, .x = call->inputs[1]->data, .y = call->inputs[2]->data};
	return lrn(call, &w, lrn_grad_range);
}
