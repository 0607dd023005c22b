/* Gradients of three-dimensional convolutions and pooling. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_conv3d(const sj__gradient *g, sj_tensor **dx)
{
	const sj_conv3d_args *a = g->args;
	sj_tensor *x = g->inputs[0], *filter = g->inputs[1], *dy = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_conv3d_backprop_input_with(sj__shape_list(x), filter, dy, a->strides, g->args);
	if (g->needs[1])
		dx[1] = sj_conv3d_backprop_filter_with(x, sj__shape_list(filter), dy, a->strides, g->args);
}

void sj__gradient_conv3d_backprop_input(const sj__gradient *g, sj_tensor **dx)
{
	const sj_conv3d_args *a = g->args;
	sj_tensor *filter = g->inputs[1], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[1])
		dx[1] = sj_conv3d_backprop_filter_with(d, sj__shape_list(filter), dy, a->strides, g->args);
	if (g->needs[2])
		dx[2] = sj_conv3d_with(d, filter, a->strides, g->args);
}

void sj__gradient_conv3d_backprop_filter(const sj__gradient *g, sj_tensor **dx)
{
	const sj_conv3d_args *a = g->args;
	sj_tensor *x = g->inputs[0], *dy = g->inputs[2], *d = g->dy[0];
	if (g->needs[0])
		dx[0] = sj_conv3d_backprop_input_with(sj__shape_list(x), d, dy, a->strides, g->args);
	if (g->needs[2])
		dx[2] = sj_conv3d_with(x, d, a->strides, g->args);
}

/* ---- pooling: the argument structs are laid out alike ---- */

void sj__gradient_max_pool3d(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool3d_args *a = g->args;
	dx[0] = sj_max_pool3d_grad_with(g->inputs[0], g->outputs[0], g->dy[0], a->ksize, a->strides, g->args);
}

void sj__gradient_max_pool3d_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool3d_args *a = g->args;
	if (g->needs[2])
		dx[2] = sj_max_pool3d_grad_grad_with(g->inputs[0], g->inputs[1], g->dy[0], a->ksize, a->strides,
		                                     g->args);
}

void sj__gradient_max_pool3d_grad_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool3d_args *a = g->args;
	if (g->needs[2])
		dx[2] = sj_max_pool3d_grad_with(g->inputs[0], g->inputs[1], g->dy[0], a->ksize, a->strides, g->args);
}

void sj__gradient_avg_pool3d(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool3d_args *a = g->args;
	dx[0] = sj_avg_pool3d_grad_with(sj__shape_list(g->inputs[0]), g->dy[0], a->ksize, a->strides, g->args);
}

void sj__gradient_avg_pool3d_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool3d_args *a = g->args;
	if (g->needs[1])
		dx[1] = sj_avg_pool3d_with(g->dy[0], a->ksize, a->strides, g->args);
}
