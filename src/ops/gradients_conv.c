/* Gradients of the convolutions: three operations, each the gradient of the other two. */
#include "ops/gradients.h"
#include "ops_numbers.h"

#define CONVOLUTION_OF(args) \
	.strides = (args)->strides, .padding = (args)->padding, .explicit_paddings = (args)->explicit_paddings, \
	.data_format = (args)->data_format, .dilations = (args)->dilations

void sj__gradient_conv2d(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *x = g->inputs[0], *filter = g->inputs[1], *dy = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_conv2d_backprop_input_with(sj__shape_list(x), filter, dy, g->args);
	if (g->needs[1])
		dx[1] = sj_conv2d_backprop_filter_with(x, sj__shape_list(filter), dy, g->args);
}

/* As the operations one after the other; the result's sign tells where relu let pass. */
void sj__gradient_fused_conv2d(const sj__gradient *g, sj_tensor **dx)
{
	const sj_fused_conv2d_args *args = g->args;
	sj_tensor *x = g->inputs[0], *filter = g->inputs[1];
	sj_tensor *dy = args->relu ? sj__relu_grad_of_dy(g, g->outputs[0]) : g->dy[0];
	sj__gradient_output_done(g, 0);
	sj_conv2d_backprop_input_args by_input = {.size = sizeof(by_input), CONVOLUTION_OF(args)};
	sj_conv2d_backprop_filter_args by_filter = {.size = sizeof(by_filter), CONVOLUTION_OF(args)};
	if (g->needs[0])
		dx[0] = sj_conv2d_backprop_input_with(sj__shape_list(x), filter, dy, &by_input);
	if (g->needs[1])
		dx[1] = sj_conv2d_backprop_filter_with(x, sj__shape_list(filter), dy, &by_filter);
	if (g->needs[2])
		dx[2] = sj_bias_add_grad(dy, .data_format = args->data_format);
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
