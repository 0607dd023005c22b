/*
 * Two-dimensional convolutions on raw buffers: input x (n, in_h, in_w, in_c), filter (filter_h, filter_w, in_c, out_c),
 * output y (n, out_h, out_w, out_c), all row-major. Knows nothing of tensors; the caller has computed the geometry and
 * validated every argument. Outside the input there are zeros.
 *
 * How a sum is ordered and cut into blocks depends on the geometry alone: the bits are the same on every instruction set
 * and for any number of threads. Every function writes all of its result. Where there is no scratch memory
 * (SJ_RESOURCE_EXHAUSTED) or the operation has been cancelled, the result is unspecified.
 */
#ifndef SOKUJI_CPU_CONV_H
#define SOKUJI_CPU_CONV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/*
 * Output pixel (i, j) and filter tap (p, q) meet at input pixel (i * stride_h + p * dilation_h - pad_top,
 * j * stride_w + q * dilation_w - pad_left). Strides and dilations are at least 1, all else at least 0.
 * For a depthwise convolution out_c = in_c * multiplier.
 */
typedef struct sj__conv_geometry {
	int64_t n, in_h, in_w, in_c;
	int64_t filter_h, filter_w;
	int64_t out_h, out_w, out_c;
	int64_t stride_h, stride_w, dilation_h, dilation_w;
	int64_t pad_top, pad_left;
} sj__conv_geometry;

/* y = x * filter, then + bias (out_c) where not NULL, then max(y, 0) with `relu` (a NaN stays). */
sj_status sj__conv2d_forward_f32(const sj__conv_geometry *g, const float *x, const float *filter, float *y,
                                 const float *bias, bool relu);
sj_status sj__conv2d_forward_f64(const sj__conv_geometry *g, const double *x, const double *filter, double *y,
                                 const double *bias, bool relu);

/* dx (shape of x) from dy (shape of y). */
sj_status sj__conv2d_backward_input_f32(const sj__conv_geometry *g, const float *dy, const float *filter, float *dx);
sj_status sj__conv2d_backward_input_f64(const sj__conv_geometry *g, const double *dy, const double *filter, double *dx);

/* dfilter (shape of filter), summed over the images. */
sj_status sj__conv2d_backward_filter_f32(const sj__conv_geometry *g, const float *x, const float *dy, float *dfilter);
sj_status sj__conv2d_backward_filter_f64(const sj__conv_geometry *g, const double *x, const double *dy,
                                         double *dfilter);

/*
 * Depthwise: filter (filter_h, filter_w, in_c, multiplier); output channel c * multiplier + j sees input channel c only.
 */
sj_status sj__depthwise_forward_f32(const sj__conv_geometry *g, const float *x, const float *filter, float *y,
                                    const float *bias, bool relu);
sj_status sj__depthwise_forward_f64(const sj__conv_geometry *g, const double *x, const double *filter, double *y,
                                    const double *bias, bool relu);
sj_status sj__depthwise_backward_input_f32(const sj__conv_geometry *g, const float *dy, const float *filter, float *dx);
sj_status sj__depthwise_backward_input_f64(const sj__conv_geometry *g, const double *dy, const double *filter,
                                           double *dx);
sj_status sj__depthwise_backward_filter_f32(const sj__conv_geometry *g, const float *x, const float *dy,
                                            float *dfilter);
sj_status sj__depthwise_backward_filter_f64(const sj__conv_geometry *g, const double *x, const double *dy,
                                            double *dfilter);

#endif
