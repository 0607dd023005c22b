/* Gradients of the contractions. */
#include "ops/gradients.h"
#include "ops_numbers.h"

/* c = a b: da = dc b', db = a' dc, with each transpose moved to where it falls. */
void sj__gradient_matmul(const sj__gradient *g, sj_tensor **dx)
{
	const sj_matmul_args *args = g->args;
	sj_tensor *a = g->inputs[0], *b = g->inputs[1], *dc = g->dy[0];
	bool ta = args->transpose_a, tb = args->transpose_b;
	if (g->needs[0])
		dx[0] = ta ? sj_matmul(b, dc, .transpose_a = tb, .transpose_b = true)
		           : sj_matmul(dc, b, .transpose_b = !tb);
	if (g->needs[1])
		dx[1] = tb ? sj_matmul(dc, a, .transpose_a = true, .transpose_b = ta)
		           : sj_matmul(a, dc, .transpose_a = !ta);
}

void sj__gradient_fused_matmul(const sj__gradient *g, sj_tensor **dx)
{
	const sj_fused_matmul_args *args = g->args;
	sj_matmul_args product = {sizeof(product), args->transpose_a, args->transpose_b};
	sj_tensor *dy = args->relu ? sj__relu_grad_of_dy(g, g->outputs[0]) : g->dy[0];
	sj__gradient_output_done(g, 0);
	sj__gradient without_bias = *g;
	without_bias.args = &product;
	without_bias.dy = &dy;
	sj__gradient_matmul(&without_bias, dx);
	if (g->needs[2])
		dx[2] = sj_bias_add_grad(dy);
}

/* The same, matrix by matrix; what broadcasting repeated is summed. */
void sj__gradient_batch_matmul(const sj__gradient *g, sj_tensor **dx)
{
	const sj_batch_matmul_args *args = g->args;
	sj_tensor *x = g->inputs[0], *y = g->inputs[1], *d = g->dy[0];
	bool tx = args->adj_x, ty = args->adj_y;
	if (g->needs[0])
		dx[0] = sj__unbroadcast(g, 0,
		                        tx ? sj_batch_matmul(y, d, .adj_x = ty, .adj_y = true)
		                           : sj_batch_matmul(d, y, .adj_y = !ty));
	if (g->needs[1])
		dx[1] = sj__unbroadcast(g, 1,
		                        ty ? sj_batch_matmul(d, x, .adj_x = true, .adj_y = tx)
		                           : sj_batch_matmul(x, d, .adj_x = !tx));
}
