/* Gradients of moving blocks: each is the move back. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_space_to_depth(const sj__gradient *g, sj_tensor **dx)
{
	const sj_space_to_depth_args *args = g->args;
	dx[0] = sj_depth_to_space(g->dy[0], args->block_size, .data_format = args->data_format);
}

void sj__gradient_depth_to_space(const sj__gradient *g, sj_tensor **dx)
{
	const sj_depth_to_space_args *args = g->args;
	dx[0] = sj_space_to_depth(g->dy[0], args->block_size, .data_format = args->data_format);
}

static sj_tensor *back(const sj__gradient *g, int op_number)
{
	sj_tensor *const inputs[] = {g->dy[0], g->inputs[1], g->inputs[2]};
	return sj__run(&sj__op_table[op_number], NULL, 3, inputs);
}

void sj__gradient_space_to_batch(const sj__gradient *g, sj_tensor **dx) { dx[0] = back(g, SJ__OP_BATCH_TO_SPACE); }

void sj__gradient_batch_to_space(const sj__gradient *g, sj_tensor **dx) { dx[0] = back(g, SJ__OP_SPACE_TO_BATCH); }
