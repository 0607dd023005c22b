/* Gradients of the operations that move elements. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_reshape(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = g->inputs[0] ? sj_reshape(g->dy[0], sj__shape_list(g->inputs[0])) : g->dy[0];
}

void sj__gradient_broadcast_to(const sj__gradient *g, sj_tensor **dx) { dx[0] = sj__unbroadcast(g, 0, g->dy[0]); }
