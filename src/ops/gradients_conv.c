/* Gradients of the convolutions: three operations, each the gradient of the other two. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_conv2d(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *x = g->inputs[0], *filter = g->inputs[1], *dy = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_conv2d_backprop_input_with(sj__shape_list(x), filter, dy, g->args);
	if (g->needs[1])
		dx[1] = sj_conv2d_backprop_filter_with(x, sj__shape_list(filter), dy, g->args);
}

void sj__gradient_conv2d_backprop_input(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *filter = g->inputs[1], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[1])
		dx[1] = sj_conv2d_backprop_filter_with(d, sj__shape_list(filter), dy, g->args);
	if (g->needs[2])
		dx[2] = sj_conv2d_with(d, filter, g->args);
}

void sj__gradient_conv2d_backprop_filter(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *x = g->inputs[0], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_conv2d_backprop_input_with(sj__shape_list(x), d, dy, g->args);
	if (g->needs[2])
		dx[2] = sj_conv2d_with(x, d, g->args);
}

void sj__gradient_depthwise_conv2d(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *x = g->inputs[0], *filter = g->inputs[1], *dy = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_depthwise_conv2d_backprop_input_with(sj__shape_list(x), filter, dy, g->args);
	if (g->needs[1])
		dx[1] = sj_depthwise_conv2d_backprop_filter_with(x, sj__shape_list(filter), dy, g->args);
}

void sj__gradient_depthwise_conv2d_backprop_input(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *filter = g->inputs[1], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[1])
		dx[1] = sj_depthwise_conv2d_backprop_filter_with(d, sj__shape_list(filter), dy, g->args);
	if (g->needs[2])
		dx[2] = sj_depthwise_conv2d_with(d, filter, g->args);
}

void sj__gradient_depthwise_conv2d_backprop_filter(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *x = g->inputs[0], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_depthwise_conv2d_backprop_input_with(sj__shape_list(x), d, dy, g->args);
	if (g->needs[2])
		dx[2] = sj_depthwise_conv2d_with(x, d, g->args);
}
