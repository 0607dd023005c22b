/*
 * Three-dimensional convolutions, straight from their definition, in float64: each output pixel, input pixel or filter row is a sum over taps in
 * ascending order, a vector of channels at a time.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/volume.h"

/* ---- float64 ---- */

sj_status sj__volume_take(const sj_tensor *t, const double **ret_values, double **ret_copy)
{
	*ret_copy = NULL;
	*ret_values = t->data;
	if (t->dtype == SJ_FLOAT64)
		return SJ_OK;
	*ret_copy = sj__memory_new(sizeof(double) * (size_t)t->shape.size);
	if (*ret_copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int64_t i = 0; i < t->shape.size && sj__loop_goes(i); i++)
		(*ret_copy)[i] = ((const float *)t->data)[i];
	*ret_values = *ret_copy;
	return SJ_OK;
}

sj_status sj__volume_room(sj_tensor *t, double **ret_values)
{
	size_t n_bytes = sizeof(double) * (size_t)t->shape.size;
	*ret_values = t->dtype == SJ_FLOAT64 ? t->data : sj__memory_new(n_bytes);
	if (*ret_values == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	memset(*ret_values, 0, n_bytes);
	return SJ_OK;
}

void sj__volume_put(sj_tensor *t, double *values)
{
	if (t->dtype == SJ_FLOAT64 || values == NULL)
		return;
	for (int64_t i = 0; i < t->shape.size && sj__loop_goes(i); i++)
		((float *)t->data)[i] = (float)values[i];
	sj__memory_free(values);
}

/* ---- the three convolutions ---- */

typedef struct conv_work {
	sj__volume v;
	const double *x, *filter, *dy; /* the one that is asked for is NULL */
	double *result;
} conv_work;

/* Where tap k of an output place meets the input, or -1. */
static int64_t meets(const sj__window *w, int64_t out, int64_t k)
{
	int64_t in = out * w->stride + k * w->dilation - w->pad_before;
	return in >= 0 && in < w->in ? in : -1;
}

/* The number of a place in (n, d, h, w), and back. */
static int64_t place_number(int64_t n, const int64_t at[3], const int64_t dims[3])
{
	return ((n * dims[0] + at[0]) * dims[1] + at[1]) * dims[2] + at[2];
}

static int64_t place_of(int64_t number, const int64_t dims[3], int64_t ret_at[3])
{
	for (int i = 2; i >= 0; i--) {
		ret_at[i] = number % dims[i];
		number /= dims[i];
	}
	return number;
}

static void sizes_of(const sj__volume *v, int64_t in[3], int64_t out[3], int64_t taps[3])
{
	for (int i = 0; i < 3; i++) {
		in[i] = v->w[i].in;
		out[i] = v->w[i].out;
		taps[i] = v->w[i].size;
	}
}

/* One tap of one output pixel: y += x filter, dx += dy filter^T or dfilter += x^T dy. */
static void tap_add(const conv_work *w, int64_t pixel_in, int64_t pixel_out, int64_t tap)
{
	int64_t in_c = w->v.in_c, out_c = w->v.out_c;
	int64_t in = pixel_in * in_c, out = pixel_out * out_c;
	for (int64_t c = 0; c < in_c; c++) {
		int64_t row = (tap * in_c + c) * out_c;
		double sum = 0;
		if (w->dy == NULL)
			for (int64_t o = 0; o < out_c; o++)
				w->result[out + o] += w->x[in + c] * w->filter[row + o];
		else if (w->filter == NULL)
			for (int64_t o = 0; o < out_c; o++)
				w->result[row + o] += w->x[in + c] * w->dy[out + o];
		else
			for (int64_t o = 0; o < out_c; o++)
				sum += w->dy[out + o] * w->filter[row + o];
		if (w->x == NULL)
			w->result[in + c] += sum;
	}
}

/* Output pixels [begin, end) with all their taps. */
static void forward_range(void *context, int64_t begin, int64_t end)
{
	const conv_work *w = context;
	int64_t in[3], out[3], taps[3], at[3], k[3], met[3];
	sizes_of(&w->v, in, out, taps);
	for (int64_t pixel = begin; pixel < end && !sj__cancelled(); pixel++) {
		int64_t n = place_of(pixel, out, at);
		for (int64_t tap = 0; tap < taps[0] * taps[1] * taps[2]; tap++) {
			place_of(tap, taps, k);
			for (int i = 0; i < 3; i++)
				met[i] = meets(&w->v.w[i], at[i], k[i]);
			if (met[0] >= 0 && met[1] >= 0 && met[2] >= 0)
				tap_add(w, place_number(n, met, in), pixel, tap);
		}
	}
}

/* Images [begin, end): their parts of dx are nobody else's. */
static void images_range(void *context, int64_t begin, int64_t end)
{
	const conv_work *w = context;
	int64_t in[3], out[3], taps[3];
	sizes_of(&w->v, in, out, taps);
	int64_t pixels = out[0] * out[1] * out[2];
	forward_range(context, begin * pixels, end * pixels);
}

/* Taps [begin, end) of the filter, over all output pixels. */
static void filter_range(void *context, int64_t begin, int64_t end)
{
	const conv_work *w = context;
	int64_t in[3], out[3], taps[3], at[3], k[3], met[3];
	sizes_of(&w->v, in, out, taps);
	int64_t pixels = w->v.n * out[0] * out[1] * out[2];
	for (int64_t tap = begin; tap < end; tap++) {
		place_of(tap, taps, k);
		for (int64_t pixel = 0; pixel < pixels && sj__loop_goes(pixel); pixel++) {
			int64_t n = place_of(pixel, out, at);
			for (int i = 0; i < 3; i++)
				met[i] = meets(&w->v.w[i], at[i], k[i]);
			if (met[0] >= 0 && met[1] >= 0 && met[2] >= 0)
				tap_add(w, place_number(n, met, in), pixel, tap);
		}
	}
}

/* The one of x, filter and dy (y) that is NULL comes from the other two. */
static sj_status convolve(sj__call *call, const sj_tensor *x, const sj_tensor *filter, const sj_tensor *dy)
{
	const sj_tensor *given[3] = {x, filter, dy};
	sj_tensor *result = call->outputs[0];
	const double *values[3] = {NULL, NULL, NULL};
	double *copies[3] = {NULL, NULL, NULL};
	conv_work w;
	sj_status status = sj__volume_of_convolution(call, sj__dims(x ? x : result), sj__dims(filter ? filter : result),
	                                             &w.v);
	for (int i = 0; i < 3 && status == SJ_OK; i++)
		if (given[i] != NULL)
			status = sj__volume_take(given[i], &values[i], &copies[i]);
	w.result = NULL;
	if (status == SJ_OK)
		status = sj__volume_room(result, &w.result);
	if (status == SJ_OK) {
		int64_t taps = w.v.w[0].size * w.v.w[1].size * w.v.w[2].size,
			pixels = w.v.w[0].out * w.v.w[1].out * w.v.w[2].out;
		int64_t cost = sj__max_i64(1, w.v.in_c * w.v.out_c);
		w.x = values[0];
		w.filter = values[1];
		w.dy = values[2];
		if (dy == NULL)
			sj__parallel_for(w.v.n * pixels, 1 + 1000000 / (cost * taps), forward_range, &w);
		else if (x == NULL)
			sj__parallel_for(w.v.n, 1, images_range, &w);
		else
			sj__parallel_for(taps, 1, filter_range, &w);
		sj__volume_put(result, w.result);
	}
	for (int i = 0; i < 3; i++)
		sj__memory_free(copies[i]);
	return status;
}

sj_status sj__kernel_conv3d(sj__call *call) { return convolve(call, call->inputs[0], call->inputs[1], NULL); }

sj_status sj__kernel_conv3d_backprop_input(sj__call *call)
{
	return convolve(call, NULL, call->inputs[1], call->inputs[2]);
}

sj_status sj__kernel_conv3d_backprop_filter(sj__call *call)
{
	return convolve(call, call->inputs[0], NULL, call->inputs[2]);
}
