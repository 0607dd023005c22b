/* Gradients of cutting, padding, repeating and reversing. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_slice(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0], *dy = g->dy[0];
	int64_t begin[SJ_MAX_RANK], end[SJ_MAX_RANK], strides[SJ_MAX_RANK];
	int rank = dy->shape.rank;
	sj__list_of(g->inputs[1], begin);
	for (int i = 0; i < rank; i++) {
		end[i] = begin[i] + sj__dims(dy)[i];
		strides[i] = 1;
	}
	dx[0] = sj_strided_slice_grad(sj__shape_list(x), ((sj_ints){rank, begin}), ((sj_ints){rank, end}), ((sj_ints){rank, strides}), g->dy[0]);
}

void sj__gradient_strided_slice(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *const inputs[] = {sj__list(sj__shape_list(g->inputs[0])), g->inputs[1], g->inputs[2], g->inputs[3], g->dy[0]};
	sj_strided_slice_grad_args args;
	memcpy(&args, g->args, sizeof(args)); /* the same masks */
	dx[0] = sj__run(&sj__op_table[SJ__OP_STRIDED_SLICE_GRAD], &args, 5, inputs);
}

void sj__gradient_strided_slice_grad(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *const inputs[] = {g->dy[0], g->inputs[1], g->inputs[2], g->inputs[3]};
	sj_strided_slice_args args;
	memcpy(&args, g->args, sizeof(args));
	dx[4] = sj__run(&sj__op_table[SJ__OP_STRIDED_SLICE], &args, 4, inputs);
}
