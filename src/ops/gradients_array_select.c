/* Gradients of choosing by a condition: each value takes dy where it was chosen. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_select(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *c = g->inputs[0], *dy = g->dy[0], *zeros = sj_zeros_like(dy);
	if (g->needs[1])
		dx[1] = sj_select(c, dy, zeros);
	if (g->needs[2])
		dx[2] = sj_select(c, zeros, dy);
}

void sj__gradient_where_values(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *c = g->inputs[0], *dy = g->dy[0], *zero = sj_scalar((sj_dtype)dy->dtype, 0);
	if (g->needs[1])
		dx[1] = sj__unbroadcast(g, 1, sj_where_values(c, dy, zero));
	if (g->needs[2])
		dx[2] = sj__unbroadcast(g, 2, sj_where_values(c, zero, dy));
}
