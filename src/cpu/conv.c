/*
 * The entries of convolutions: which of the ways (a plain matrix product, a batch in lanes, gathered rows) a geometry goes.
 * The choice is made by the geometry alone, because the ways order their sums differently.
 */
#include "cpu/conv.h"

#include "base/compiler.h"
#include "cpu/conv_kernels.h"

static sj__conv_axis axis_forward(int64_t n_in, int64_t n_out, int64_t n_taps, int64_t stride, int64_t dilation,
                                  int64_t pad)
{
	return (sj__conv_axis){n_in, n_out, n_taps, stride, 1, -pad, dilation};
}

static sj__conv_axis axis_backward(int64_t n_in, int64_t n_out, int64_t n_taps, int64_t stride, int64_t dilation,
                                   int64_t pad)
{
	return (sj__conv_axis){n_out, n_in, n_taps, 1, stride, pad, -dilation};
}

sj__conv_direction sj__conv_forward(const sj__conv_geometry *g, const void *x, const void *filter, void *y,
                                    const void *bias, bool relu)
{
	return (sj__conv_direction){
		.n = g->n,
		.source_c = g->in_c,
		.destination_c = g->out_c,
		.y = axis_forward(g->in_h, g->out_h, g->filter_h, g->stride_h, g->dilation_h, g->pad_top),
		.x = axis_forward(g->in_w, g->out_w, g->filter_w, g->stride_w, g->dilation_w, g->pad_left),
		.source = x,
		.filter = filter,
		.destination = y,
		.bias = bias,
		.relu = relu,
	};
}

sj__conv_direction sj__conv_backward(const sj__conv_geometry *g, const void *dy, const void *filter, void *dx)
{
	return (sj__conv_direction){
		.backward = true,
		.n = g->n,
		.source_c = g->out_c,
		.destination_c = g->in_c,
		.y = axis_backward(g->in_h, g->out_h, g->filter_h, g->stride_h, g->dilation_h, g->pad_top),
		.x = axis_backward(g->in_w, g->out_w, g->filter_w, g->stride_w, g->dilation_w, g->pad_left),
		.source = dy,
		.filter = filter,
		.destination = dx,
	};
}

/* One tap that meets every pixel where it is: the images are one matrix (pixels, channels). */
static bool is_pointwise(const sj__conv_geometry *g)
{
	return g->filter_h == 1 && g->filter_w == 1 && g->stride_h == 1 && g->stride_w == 1 && g->pad_top == 0 &&
	       g->pad_left == 0 && g->in_h == g->out_h && g->in_w == g->out_w;
}

static int64_t pixels(const sj__conv_geometry *g) { return g->n * g->out_h * g->out_w; }

sj_status sj__conv2d_forward_f32(const sj__conv_geometry *g, const float *x, const float *filter, float *y,
                                 const float *bias, bool relu)
{
	if (is_pointwise(g))
		return sj__gemm_f32(false, false, pixels(g), g->out_c, g->in_c, x, g->in_c, filter, g->out_c, y,
		                    g->out_c, false, bias, relu);
	sj__conv_direction d = sj__conv_forward(g, x, filter, y, bias, relu);
	return sj__conv_lanes_fit(&d) ? sj__conv_lanes(&d) : sj__conv_matrix(&d, sj__gemm_f32_kernels());
}

sj_status sj__conv2d_forward_f64(const sj__conv_geometry *g, const double *x, const double *filter, double *y,
                                 const double *bias, bool relu)
{
	sj__conv_direction d = sj__conv_forward(g, x, filter, y, bias, relu);
	return sj__conv_matrix(&d, sj__gemm_f64_kernels());
}

sj_status sj__conv2d_backward_input_f32(const sj__conv_geometry *g, const float *dy, const float *filter, float *dx)
{
	if (is_pointwise(g))
		return sj__gemm_f32(false, true, pixels(g), g->in_c, g->out_c, dy, g->out_c, filter, g->out_c, dx,
		                    g->in_c, false, NULL, false);
	sj__conv_direction d = sj__conv_backward(g, dy, filter, dx);
	return sj__conv_lanes_fit(&d) ? sj__conv_lanes(&d) : sj__conv_matrix(&d, sj__gemm_f32_kernels());
}

sj_status sj__conv2d_backward_input_f64(const sj__conv_geometry *g, const double *dy, const double *filter, double *dx)
{
	sj__conv_direction d = sj__conv_backward(g, dy, filter, dx);
	return sj__conv_matrix(&d, sj__gemm_f64_kernels());
}

static sj_status backward_filter(const sj__conv_geometry *g, const void *x, const void *dy, void *dfilter,
                                 const sj__gemm_kernels *kernels)
{
	if (sj__conv_lines_fit(g))
		return sj__conv_lines_filter(g, x, dy, dfilter, kernels);
	return sj__conv_matrix_filter(g, x, dy, dfilter, kernels);
}

sj_status sj__conv2d_backward_filter_f32(const sj__conv_geometry *g, const float *x, const float *dy, float *dfilter)
{
	return backward_filter(g, x, dy, dfilter, sj__gemm_f32_kernels());
}

sj_status sj__conv2d_backward_filter_f64(const sj__conv_geometry *g, const double *x, const double *dy, double *dfilter)
{
	return backward_filter(g, x, dy, dfilter, sj__gemm_f64_kernels());
}
