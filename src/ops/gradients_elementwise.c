/* Gradients of elementwise operations that an expression in the table cannot say: three operands, attributes. */
#include "ops/gradients.h"
#include "ops_numbers.h"

/* dy where the mask is 0, else 0. */
static sj_tensor *where_not(const sj__gradient *g, sj_tensor *dy, sj_tensor *mask)
{
	return sj_relu_grad(dy, sj_sub(sj__constant(g, 1), mask));
}

/* t has the gradient where it is inside the limits (or NaN), each limit where it replaced t. */
void sj__gradient_clip_by_value(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *dy = sj__dy(g, 0), *t = g->inputs[0];
	sj_tensor *below = sj_is_less(t, g->inputs[1]), *above = sj_is_less(g->inputs[2], t);
	if (g->needs[0])
		dx[0] = where_not(g, where_not(g, dy, below), above);
	if (g->needs[1])
		dx[1] = sj__unbroadcast(g, 1, sj_relu_grad(dy, below));
	if (g->needs[2])
		dx[2] = sj__unbroadcast(g, 2, sj_relu_grad(dy, above));
}

void sj__gradient_leaky_relu(const sj__gradient *g, sj_tensor **dx)
{
	double alpha = sj__leaky_relu_alpha(g->args);
	dx[0] = sj_leaky_relu_grad(sj__dy(g, 0), g->inputs[0], .alpha = SJ_GIVEN(alpha));
}

void sj__gradient_leaky_relu_grad(const sj__gradient *g, sj_tensor **dx)
{
	double alpha = sj__leaky_relu_grad_alpha(g->args);
	if (g->needs[0])
		dx[0] = sj_leaky_relu_grad(sj__dy(g, 0), g->inputs[1], .alpha = SJ_GIVEN(alpha));
}
