/*
 * Convolution kernels: the tensor's side of conv.h. The kernels below work on NHWC; NCHW tensors pass through transposed
 * copies in scratch.
 */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/conv.h"
#include "cpu/kernels.h"
#include "cpu/nn_conv_groups.h"
#include "cpu/strided_copy.h"
#include "ops/window.h"
#include "ops_numbers.h"

static bool is_depthwise(const sj__call *call) { return call->op->name[0] == 'D'; }
static bool is_fused(const sj__call *call) { return call->op == &sj__op_table[SJ__OP_FUSED_CONV2D]; }
static bool has_relu(const sj__call *call) { return ((const sj_fused_conv2d_args *)call->args)->relu; }

static sj_status geometry_of(const sj__call *call, const int64_t *input, const int64_t *filter, sj__conv_geometry *g)
{
	sj__window w[2];
	sj_status status = sj__conv_windows(call, input, filter, is_depthwise(call), w);
	if (status != SJ_OK)
		return status;
	int c = sj__channel_axis(sj__conv_attributes(call->args).data_format);
	*g = (sj__conv_geometry){.n = input[0],
	                         .in_h = w[0].in,
	                         .in_w = w[1].in,
	                         .in_c = input[c],
	                         .filter_h = filter[0],
	                         .filter_w = filter[1],
	                         .out_h = w[0].out,
	                         .out_w = w[1].out,
	                         .out_c = is_depthwise(call) ? filter[2] * filter[3] : filter[3],
	                         .stride_h = w[0].stride,
	                         .stride_w = w[1].stride,
	                         .dilation_h = w[0].dilation,
	                         .dilation_w = w[1].dilation,
	                         .pad_top = w[0].pad_before,
	                         .pad_left = w[1].pad_before};
	return SJ_OK;
}

static bool is_nchw(const sj__call *call) { return sj__conv_attributes(call->args).data_format == SJ_DATA_FORMAT_NCHW; }

/* ---- layouts ---- */

typedef struct layout_work {
	const char *from;
	char *to;
	int64_t rows, columns; /* of the matrix in each image */
	size_t size;
} layout_work;

static void images_transpose(void *context, int64_t begin, int64_t end)
{
	const layout_work *w = context;
	int64_t n = w->rows * w->columns;
	for (int64_t image = begin; image < end; image++) {
		const char *from = w->from + (size_t)(image * n) * w->size;
		char *to = w->to + (size_t)(image * n) * w->size;
		for (int64_t r = 0; r < w->rows; r++)
			for (int64_t c = 0; c < w->columns; c++)
				if (w->size == 4)
					((float *)to)[c * w->rows + r] = ((const float *)from)[r * w->columns + c];
				else
					((double *)to)[c * w->rows + r] = ((const double *)from)[r * w->columns + c];
	}
}

/* (n, rows, columns) to (n, columns, rows). */
static void layout_change(const void *from, void *to, int64_t n, int64_t rows, int64_t columns, size_t size)
{
	layout_work w = {from, to, rows, columns, size};
	sj__parallel_for(n, 1, images_transpose, &w);
}

/* A tensor's bytes as NHWC: its own, or a copy that the caller frees through *ret_copy. */
static sj_status as_nhwc(const sj__call *call, const sj_tensor *t, const void **ret_bytes, void **ret_copy)
{
	*ret_bytes = t->data;
	*ret_copy = NULL;
	if (!is_nchw(call))
		return SJ_OK;
	size_t size = sj_dtype_size((sj_dtype)t->dtype);
	const int64_t *d = sj__dims(t);
	*ret_copy = sj__memory_new((size_t)t->shape.size * size);
	if (*ret_copy == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	layout_change(t->data, *ret_copy, d[0], d[1], d[2] * d[3], size);
	*ret_bytes = *ret_copy;
	return SJ_OK;
}

/* Where an NHWC result goes: the output itself, or scratch that output_finish brings to NCHW. */
static sj_status output_begin(const sj__call *call, sj_tensor *y, void **ret_bytes)
{
	*ret_bytes = is_nchw(call) ? sj__memory_new((size_t)y->shape.size * sj_dtype_size((sj_dtype)y->dtype))
	                           : y->data;
	return *ret_bytes ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
}

static void output_finish(const sj__call *call, sj_tensor *y, void *bytes)
{
	const int64_t *d = sj__dims(y);
	if (!is_nchw(call) || bytes == NULL)
		return;
	layout_change(bytes, y->data, d[0], d[2] * d[3], d[1], sj_dtype_size((sj_dtype)y->dtype));
	sj__memory_free(bytes);
}

/* ---- kernels ---- */

static sj_status forward(const sj__call *call, const sj__conv_geometry *g, const void *x, const void *filter, void *y)
{
	const void *bias = is_fused(call) ? call->inputs[2]->data : NULL;
	bool single = call->outputs[0]->dtype == SJ_FLOAT32, relu = is_fused(call) && has_relu(call);
	if (is_depthwise(call))
		return single ? sj__depthwise_forward_f32(g, x, filter, y, bias, relu)
		              : sj__depthwise_forward_f64(g, x, filter, y, bias, relu);
	return single ? sj__conv2d_forward_f32(g, x, filter, y, bias, relu)
	              : sj__conv2d_forward_f64(g, x, filter, y, bias, relu);
}

static sj_status backward_input(const sj__call *call, const sj__conv_geometry *g, const void *dy, const void *filter,
                                void *dx)
{
	bool single = call->outputs[0]->dtype == SJ_FLOAT32;
	if (is_depthwise(call))
		return single ? sj__depthwise_backward_input_f32(g, dy, filter, dx)
		              : sj__depthwise_backward_input_f64(g, dy, filter, dx);
	return single ? sj__conv2d_backward_input_f32(g, dy, filter, dx)
	              : sj__conv2d_backward_input_f64(g, dy, filter, dx);
}

static sj_status backward_filter(const sj__call *call, const sj__conv_geometry *g, const void *x, const void *dy,
                                 void *df)
{
	bool single = call->outputs[0]->dtype == SJ_FLOAT32;
	if (is_depthwise(call))
		return single ? sj__depthwise_backward_filter_f32(g, x, dy, df)
		              : sj__depthwise_backward_filter_f64(g, x, dy, df);
	return single ? sj__conv2d_backward_filter_f32(g, x, dy, df) : sj__conv2d_backward_filter_f64(g, x, dy, df);
}

/* Images and filters as matrices for groups; NHWC bytes. A filter of shape (fh, fw, in_c / groups, out_c). */
static sj__conv_matrix_view input_view(const sj__conv_geometry *g, const void *x)
{
	return (sj__conv_matrix_view){(void *)(uintptr_t)x, g->n * g->in_h * g->in_w, g->in_c};
}

static sj__conv_matrix_view output_view(const sj__conv_geometry *g, const void *y)
{
	return (sj__conv_matrix_view){(void *)(uintptr_t)y, g->n * g->out_h * g->out_w, g->out_c};
}

static sj__conv_matrix_view filter_view(const sj_tensor *filter)
{
	const int64_t *d = sj__dims(filter);
	return (sj__conv_matrix_view){filter->data, d[0] * d[1] * d[2], d[3]};
}

static int64_t groups_of(const sj__call *call, const sj__conv_geometry *g, const sj_tensor *filter)
{
	return is_depthwise(call) ? 1 : g->in_c / sj__dims(filter)[2];
}

static bool is_empty(const sj_tensor *t) { return t->shape.size == 0; }

static sj_status zeros(sj_tensor *t)
{
	sj__tensor_clear(t);
	return SJ_OK;
}

/* Where there is no input, the sums are 0. */
static sj_status bias_alone(const sj__call *call, sj_tensor *y)
{
	const sj_tensor *bias = call->inputs[2];
	int64_t n = bias->shape.size, inner = is_nchw(call) ? sj__dims(y)[2] * sj__dims(y)[3] : 1;
	for (int64_t i = 0; i < y->shape.size; i++) {
		int64_t c = i / inner % n;
		double value = sj__element_as_double((sj_dtype)bias->dtype, bias->data, c);
		value = has_relu(call) && value < 0 ? 0 : value;
		if (y->dtype == SJ_FLOAT32)
			((float *)y->data)[i] = (float)value;
		else
			((double *)y->data)[i] = value;
	}
	return SJ_OK;
}

sj_status sj__kernel_conv2d(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *filter = call->inputs[1];
	sj_tensor *y = call->outputs[0];
	sj__conv_geometry g;
	const void *bytes;
	void *copy = NULL, *result = NULL;
	if (is_empty(x) || is_empty(y))
		return is_fused(call) ? bias_alone(call, y) : zeros(y);
	sj_status status = geometry_of(call, sj__dims(x), sj__dims(filter), &g);
	if (status == SJ_OK)
		status = as_nhwc(call, x, &bytes, &copy);
	if (status == SJ_OK)
		status = output_begin(call, y, &result);
	if (status == SJ_OK)
		status = sj__conv_in_groups(call, &g, groups_of(call, &g, filter), forward, input_view(&g, bytes),
		                            filter_view(filter), output_view(&g, result));
	output_finish(call, y, result);
	sj__memory_free(copy);
	return status;
}

sj_status sj__kernel_conv2d_backprop_input(sj__call *call)
{
	const sj_tensor *filter = call->inputs[1], *dy = call->inputs[2];
	sj_tensor *dx = call->outputs[0];
	sj__conv_geometry g;
	const void *bytes;
	void *copy = NULL, *result = NULL;
	if (is_empty(dy) || is_empty(dx))
		return zeros(dx);
	sj_status status = geometry_of(call, sj__dims(dx), sj__dims(filter), &g);
	if (status == SJ_OK)
		status = as_nhwc(call, dy, &bytes, &copy);
	if (status == SJ_OK)
		status = output_begin(call, dx, &result);
	if (status == SJ_OK)
		status = sj__conv_in_groups(call, &g, groups_of(call, &g, filter), backward_input,
		                            output_view(&g, bytes), filter_view(filter), input_view(&g, result));
	output_finish(call, dx, result);
	sj__memory_free(copy);
	return status;
}

sj_status sj__kernel_conv2d_backprop_filter(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *dy = call->inputs[2];
	sj_tensor *df = call->outputs[0];
	sj__conv_geometry g;
	const void *x_bytes, *dy_bytes;
	void *x_copy = NULL, *dy_copy = NULL;
	if (is_empty(x) || is_empty(dy) || is_empty(df))
		return zeros(df);
	sj_status status = geometry_of(call, sj__dims(x), sj__dims(df), &g);
	if (status == SJ_OK)
		status = as_nhwc(call, x, &x_bytes, &x_copy);
	if (status == SJ_OK)
		status = as_nhwc(call, dy, &dy_bytes, &dy_copy);
	if (status == SJ_OK)
		status = sj__conv_in_groups(call, &g, groups_of(call, &g, df), backward_filter, input_view(&g, x_bytes),
		                            output_view(&g, dy_bytes), filter_view(df));
	sj__memory_free(x_copy);
	sj__memory_free(dy_copy);
	return status;
}

sj_status sj__kernel_fused_conv2d(sj__call *call) { return sj__kernel_conv2d(call); }
sj_status sj__kernel_depthwise_conv2d(sj__call *call) { return sj__kernel_conv2d(call); }
sj_status sj__kernel_depthwise_conv2d_backprop_input(sj__call *call) { return sj__kernel_conv2d_backprop_input(call); }
sj_status sj__kernel_depthwise_conv2d_backprop_filter(sj__call *call)
{
	return sj__kernel_conv2d_backprop_filter(call);
}
