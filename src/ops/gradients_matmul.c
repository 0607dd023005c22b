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
		dx[0] = ta ? sj_matmul(b, dc, .transpose_a = tb, .transpose_b = true) : sj_matmul(dc, b, .transpose_b = !tb);
	if (g->needs[1])
		dx[1] = tb ? sj_matmul(dc, a, .transpose_a = true, .transpose_b = ta) : sj_matmul(a, dc, .transpose_a = !ta);
}
