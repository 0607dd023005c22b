/* Gradients of the reductions: widen again to the input's shape. */
#include "ops/gradients.h"
#include "ops_numbers.h"

/* The shape of the result had the dimensions been kept. */
static sj_ints kept_shape(const sj__gradient *g, int64_t *dims)
{
	const sj_tensor *x = g->inputs[0], *axes = g->inputs[1];
	int rank = x->shape.rank;
	for (int i = 0; i < rank; i++)
		dims[i] = axes == NULL ? 1 : sj__dims(x)[i];
	for (int64_t i = 0; axes != NULL && i < axes->shape.size; i++) {
		int64_t axis = sj__element_as_int64((sj_dtype)axes->dtype, axes->data, i);
		dims[axis < 0 ? axis + rank : axis] = 1;
	}
	return (sj_ints){rank, dims};
}

/* dy spread over the input's shape. */
static sj_tensor *spread(const sj__gradient *g)
{
	int64_t dims[SJ_MAX_RANK];
	return sj_broadcast_to(sj_reshape(g->dy[0], kept_shape(g, dims)), sj__shape_list(g->inputs[0]));
}

void sj__gradient_sum(const sj__gradient *g, sj_tensor **dx) { dx[0] = spread(g); }

void sj__gradient_mean(const sj__gradient *g, sj_tensor **dx)
{
	int64_t dims[SJ_MAX_RANK], n_in = g->inputs[0]->shape.size, n_out = g->dy[0]->shape.size;
	sj_tensor *share = sj_div(g->dy[0], sj__constant(g, n_out > 0 ? (double)(n_in / n_out) : 1));
	dx[0] = sj_broadcast_to(sj_reshape(share, kept_shape(g, dims)), sj__shape_list(g->inputs[0]));
}
