/*
 * Depthwise convolutions: line by line, tap by tap, vectorised over the channels. The filter's gradient sums each output
 * line on its own, adds the lines of a chunk in order and then the chunks; the chunks follow from the geometry alone.
 */
#include <string.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv_kernels.h"

enum { GRAIN = 1 << 18, MOST_CHUNKS = 32 };

typedef struct depthwise {
	const sj__conv_geometry *g;
	sj__conv_direction d;
	const sj__gemm_kernels *kernels;
	int64_t multiplier;
	int64_t chunk_lines; /* filter gradient only */
	char *sums;          /* [chunk][2][tap][output channel]: the chunk's sums, then the line's */
	const char *x, *dy;
} depthwise;

static int64_t multiplier_of(const sj__conv_geometry *g) { return g->in_c > 0 ? g->out_c / g->in_c : 0; }

/* max(y + bias, 0) for the pixels of one line; the same for both element types. */
static void finish_f32(float *y, int64_t n_pixels, int64_t n_c, const float *bias, bool relu)
{
	for (int64_t i = 0; i < n_pixels; i++, y += n_c)
		for (int64_t c = 0; c < n_c; c++) {
			float sum = bias ? y[c] + bias[c] : y[c];
			y[c] = relu && sum <= 0 ? 0 : sum;
		}
}

static void finish_f64(double *y, int64_t n_pixels, int64_t n_c, const double *bias, bool relu)
{
	for (int64_t i = 0; i < n_pixels; i++, y += n_c)
		for (int64_t c = 0; c < n_c; c++) {
			double sum = bias ? y[c] + bias[c] : y[c];
			y[c] = relu && sum <= 0 ? 0 : sum;
		}
}

/* One destination pixel: the sum over the taps that meet a source. */
static void sum_taps(const depthwise *w, int64_t image, int64_t y, int64_t x, char *to)
{
	const sj__conv_direction *d = &w->d;
	int64_t element = w->kernels->element;
	for (int64_t p = 0; p < d->y.n_taps; p++) {
		int64_t at_y = sj__conv_meet(&d->y, y, p);
		for (int64_t q = 0; at_y >= 0 && q < d->x.n_taps; q++) {
			int64_t at_x = sj__conv_meet(&d->x, x, q);
			if (at_x < 0)
				continue;
			int64_t pixel = (image * d->y.n_source + at_y) * d->x.n_source + at_x;
			const char *from = (const char *)d->source + pixel * d->source_c * element;
			const char *filter = (const char *)d->filter + (p * d->x.n_taps + q) * w->g->out_c * element;
			(d->backward ? w->kernels->collect : w->kernels->spread)(from, filter, w->g->in_c,
			                                                         w->multiplier, to);
		}
	}
}

/* Destination lines [begin, end), numbered through the images. */
static void compute_lines(void *context, int64_t begin, int64_t end)
{
	const depthwise *w = context;
	const sj__conv_direction *d = &w->d;
	int64_t element = w->kernels->element, pixel_bytes = d->destination_c * element;
	for (int64_t line = begin; line < end; line++) {
		char *to = (char *)d->destination + line * d->x.n_destination * pixel_bytes;
		memset(to, 0, (size_t)(d->x.n_destination * pixel_bytes));
		for (int64_t x = 0; x < d->x.n_destination; x++)
			sum_taps(w, line / d->y.n_destination, line % d->y.n_destination, x, to + x * pixel_bytes);
		if (!d->bias && !d->relu)
			continue;
		if (element == sizeof(float))
			finish_f32((float *)to, d->x.n_destination, d->destination_c, d->bias, d->relu);
		else
			finish_f64((double *)to, d->x.n_destination, d->destination_c, d->bias, d->relu);
	}
}

static sj_status compute(const sj__conv_geometry *g, sj__conv_direction d, const sj__gemm_kernels *kernels)
{
	depthwise w = {.g = g, .d = d, .kernels = kernels, .multiplier = multiplier_of(g)};
	int64_t line_work = g->out_c * g->filter_h * g->filter_w * d.x.n_destination;
	if (d.x.n_destination > 0 && d.destination_c > 0)
		sj__parallel_for(d.n * d.y.n_destination, sj__max_i64(1, GRAIN / (line_work + 1)), compute_lines, &w);
	return SJ_OK;
}

/* The filter's gradient */

static void add(const sj__gemm_kernels *kernels, int64_t n, const void *from, void *to)
{
	const float *from_f32 = from;
	const double *from_f64 = from;
	for (int64_t i = 0; kernels->element == sizeof(float) && i < n; i++)
		((float *)to)[i] += from_f32[i];
	for (int64_t i = 0; kernels->element == sizeof(double) && i < n; i++)
		((double *)to)[i] += from_f64[i];
}

/* Adds what one output line contributes to every tap. */
static void sum_line(const depthwise *w, int64_t line, char *sums)
{
	const sj__conv_geometry *g = w->g;
	const sj__conv_direction *d = &w->d;
	int64_t element = w->kernels->element, y = line % g->out_h, image = line / g->out_h;
	for (int64_t x = 0; x < g->out_w; x++)
		for (int64_t tap = 0; tap < g->filter_h * g->filter_w; tap++) {
			int64_t at_y = sj__conv_meet(&d->y, y, tap / g->filter_w);
			int64_t at_x = sj__conv_meet(&d->x, x, tap % g->filter_w);
			if (at_y < 0 || at_x < 0)
				continue;
			int64_t pixel = (image * g->in_h + at_y) * g->in_w + at_x;
			w->kernels->spread(w->x + pixel * g->in_c * element,
			                   w->dy + (line * g->out_w + x) * g->out_c * element, g->in_c, w->multiplier,
			                   sums + tap * g->out_c * element);
		}
}

static void sum_chunks(void *context, int64_t begin, int64_t end)
{
	const depthwise *w = context;
	int64_t n_lines = w->g->n * w->g->out_h, size = w->g->filter_h * w->g->filter_w * w->g->out_c;
	int64_t bytes = size * w->kernels->element;
	for (int64_t chunk = begin; chunk < end; chunk++) {
		char *sums = w->sums + chunk * 2 * bytes, *of_line = sums + bytes;
		memset(sums, 0, (size_t)bytes);
		for (int64_t i = 0; i < w->chunk_lines && chunk * w->chunk_lines + i < n_lines && !sj__cancelled();
		     i++) {
			memset(of_line, 0, (size_t)bytes);
			sum_line(w, chunk * w->chunk_lines + i, of_line);
			add(w->kernels, size, of_line, sums);
		}
	}
}

static sj_status compute_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                const sj__gemm_kernels *kernels)
{
	depthwise w = {.g = g, .kernels = kernels, .multiplier = multiplier_of(g), .x = x, .dy = dy};
	int64_t n_lines = g->n * g->out_h, size = g->filter_h * g->filter_w * g->out_c;
	w.d = sj__conv_forward(g, x, NULL, NULL, NULL, false);
	w.chunk_lines = sj__max_i64(1, sj__divide_up(n_lines, MOST_CHUNKS));
	int64_t n_chunks = sj__divide_up(n_lines, w.chunk_lines), bytes = size * kernels->element;
	w.sums = sj__memory_new((size_t)(n_chunks * 2 * bytes));
	if (!w.sums)
		return SJ_RESOURCE_EXHAUSTED;
	sj__parallel_for(n_chunks, 1, sum_chunks, &w);
	if (bytes > 0)
		memset(dfilter, 0, (size_t)bytes);
	for (int64_t chunk = 0; chunk < n_chunks; chunk++)
		add(kernels, size, w.sums + chunk * 2 * bytes, dfilter);
	sj__memory_free(w.sums);
	return SJ_OK;
}

sj_status sj__depthwise_forward_f32(const sj__conv_geometry *g, const float *x, const float *filter, float *y,
                                    const float *bias, bool relu)
{
	return compute(g, sj__conv_forward(g, x, filter, y, bias, relu), sj__gemm_f32_kernels());
}

sj_status sj__depthwise_forward_f64(const sj__conv_geometry *g, const double *x, const double *filter, double *y,
                                    const double *bias, bool relu)
{
	return compute(g, sj__conv_forward(g, x, filter, y, bias, relu), sj__gemm_f64_kernels());
}

sj_status sj__depthwise_backward_input_f32(const sj__conv_geometry *g, const float *dy, const float *filter, float *dx)
{
	return compute(g, sj__conv_backward(g, dy, filter, dx), sj__gemm_f32_kernels());
}

sj_status sj__depthwise_backward_input_f64(const sj__conv_geometry *g, const double *dy, const double *filter,
                                           double *dx)
{
	return compute(g, sj__conv_backward(g, dy, filter, dx), sj__gemm_f64_kernels());
}

sj_status sj__depthwise_backward_filter_f32(const sj__conv_geometry *g, const float *x, const float *dy, float *dfilter)
{
	return compute_filter(g, x, dy, dfilter, sj__gemm_f32_kernels());
}

sj_status sj__depthwise_backward_filter_f64(const sj__conv_geometry *g, const double *x, const double *dy,
                                            double *dfilter)
{
	return compute_filter(g, x, dy, dfilter, sj__gemm_f64_kernels());
}
