/* Gradients of pooling. Each is linear in the tensor that it pools or spreads, so that the next one is its adjoint. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_max_pool(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_args *a = g->args;
	dx[0] = sj_max_pool_grad(g->inputs[0], g->outputs[0], g->dy[0], a->ksize, a->strides, .padding = a->padding,
	                         .explicit_paddings = a->explicit_paddings, .data_format = a->data_format);
}

void sj__gradient_max_pool_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_args *a = g->args;
	if (g->needs[2])
		dx[2] = sj_max_pool_grad_grad(g->inputs[0], g->inputs[1], g->dy[0], a->ksize, a->strides,
		                              .padding = a->padding, .explicit_paddings = a->explicit_paddings,
		                              .data_format = a->data_format);
}

void sj__gradient_max_pool_grad_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_args *a = g->args;
	if (g->needs[2])
		dx[2] = sj_max_pool_grad(g->inputs[0], g->inputs[1], g->dy[0], a->ksize, a->strides,
		                         .padding = a->padding, .explicit_paddings = a->explicit_paddings,
		                         .data_format = a->data_format);
}

void sj__gradient_avg_pool(const sj__gradient *g, sj_tensor **dx)
{
	const sj_avg_pool_args *a = g->args;
	dx[0] = sj_avg_pool_grad(sj__shape_list(g->inputs[0]), g->dy[0], a->ksize, a->strides, .padding = a->padding,
	                         .data_format = a->data_format);
}

void sj__gradient_avg_pool_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_avg_pool_args *a = g->args;
	if (g->needs[1])
		dx[1] = sj_avg_pool(g->dy[0], a->ksize, a->strides, .padding = a->padding,
		                    .data_format = a->data_format);
}

/* ---- with places ---- */

/* Stands for an input of which only the shape counts. */
static sj_tensor *of_shape(const sj__gradient *g, sj_tensor *d)
{
	return sj_broadcast_to(sj_scalar((sj_dtype)d->dtype, 0), sj__shape_list(g->inputs[0]));
}

void sj__gradient_max_pool_with_argmax(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_with_argmax_args *a = g->args;
	if (g->dy[0] != NULL)
		dx[0] = sj_max_pool_grad_with_argmax(of_shape(g, g->dy[0]), g->dy[0], g->outputs[1], a->ksize,
		                                     a->strides, .padding = a->padding,
		                                     .include_batch_in_index = a->include_batch_in_index);
}

void sj__gradient_max_pool_grad_with_argmax(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_grad_with_argmax_args *a = g->args;
	if (g->needs[1])
		dx[1] = sj_max_pool_grad_grad_with_argmax(of_shape(g, g->dy[0]), g->dy[0], g->inputs[2], a->ksize,
		                                          a->strides, .padding = a->padding,
		                                          .include_batch_in_index = a->include_batch_in_index);
}

void sj__gradient_max_pool_grad_grad_with_argmax(const sj__gradient *g, sj_tensor **dx)
{
	const sj_max_pool_grad_with_argmax_args *a = g->args;
	if (g->needs[1])
		dx[1] = sj_max_pool_grad_with_argmax(of_shape(g, g->dy[0]), g->dy[0], g->inputs[2], a->ksize,
		                                     a->strides, .padding = a->padding,
		                                     .include_batch_in_index = a->include_batch_in_index);
}
