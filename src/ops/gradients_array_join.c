/* Gradients of joining and taking apart: each is the other. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/array_functions.h"

/*
 * The joined axis, from the shapes alone: the one whose sum over the inputs is dy's while all others agree with dy. Where two
 * axes fit, there is one input or dy is empty, and either gives the same gradients.
 */
static int concat_axis(const sj__gradient *g, int n)
{
	const int64_t *dims = sj__dims(g->dy[0]);
	for (int axis = 0; axis < g->dy[0]->shape.rank; axis++) {
		int64_t sum = 0;
		bool others_agree = true;
		for (int i = 0; i < n; i++) {
			sum += sj__dims(g->inputs[i])[axis];
			for (int a = 0; a < g->dy[0]->shape.rank; a++)
				others_agree &= a == axis || sj__dims(g->inputs[i])[a] == dims[a];
		}
		if (others_agree && sum == dims[axis])
			return axis;
	}
	return 0;
}

void sj__gradient_concat(const sj__gradient *g, sj_tensor **dx)
{
	int n = g->n_inputs - 1, axis = concat_axis(g, n), rank = g->dy[0]->shape.rank;
	int64_t begin[SJ_MAX_RANK] = {0};
	for (int i = 0; i < n; i++) {
		if (g->needs[i])
			dx[i] = sj_slice(g->dy[0], ((sj_ints){rank, begin}), sj__shape_list(g->inputs[i]));
		begin[axis] += sj__dims(g->inputs[i])[axis];
	}
}
