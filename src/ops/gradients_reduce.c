/* Gradients of the reductions: widen again to the input's shape. */
#include "ops/gradients.h"
#include "ops/rules.h"
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

/* What has the result's shape, spread over the input's. */
static sj_tensor *spread_of(const sj__gradient *g, sj_tensor *t)
{
	int64_t dims[SJ_MAX_RANK];
	if (t->shape.rank != 0)
		t = sj_reshape(t, kept_shape(g, dims));
	return sj_broadcast_to(t, sj__shape_list(g->inputs[0]));
}

static sj_tensor *spread(const sj__gradient *g) { return spread_of(g, g->dy[0]); }

void sj__gradient_sum(const sj__gradient *g, sj_tensor **dx) { dx[0] = spread(g); }

void sj__gradient_mean(const sj__gradient *g, sj_tensor **dx)
{
	int64_t n_in = g->inputs[0]->shape.size, n_out = g->dy[0]->shape.size;
	dx[0] = spread_of(g, sj_div(g->dy[0], sj__constant(g, n_out > 0 ? (double)(n_in / n_out) : 1)));
}

/* ---- products and norms ---- */

/* The axes that were given, as a list (none given: all). */
static sj_ints axes_list(const sj_tensor *axes, int64_t *values)
{
	if (axes == NULL)
		return (sj_ints){0, NULL};
	for (int64_t i = 0; i < axes->shape.size; i++)
		values[i] = sj__element_as_int64((sj_dtype)axes->dtype, axes->data, i);
	return (sj_ints){axes->shape.size, values};
}

void sj__gradient_prod(const sj__gradient *g, sj_tensor **dx)
{
	int64_t axes[SJ_MAX_RANK];
	sj_tensor *const x[] = {g->inputs[0]};
	dx[0] = sj_mul(spread(g), sj_prod_others(1, x, .axis = axes_list(g->inputs[1], axes)));
}

/*
 * The result is linear in each direction, and symmetric in the directions and dy: its derivative by x has dy as one more
 * direction, its derivative by a direction has dy in its place.
 */
void sj__gradient_prod_others(const sj__gradient *g, sj_tensor **dx)
{
	int64_t axes[SJ_MAX_RANK];
	sj_ints list = axes_list(g->inputs[0], axes);
	int n = g->n_inputs - 1;
	sj_tensor *tensors[SJ__PROD_DIRECTIONS + 2];
	for (int i = 0; i < n; i++)
		tensors[i] = g->inputs[1 + i];
	tensors[n] = sj__dy(g, 0);
	if (g->needs[1])
		dx[1] = sj_prod_others(n + 1, tensors, .axis = list);
	for (int i = 1; i < n; i++) {
		tensors[i] = sj__dy(g, 0);
		if (g->needs[1 + i])
			dx[1 + i] = sj_prod_others(n, tensors, .axis = list);
		tensors[i] = g->inputs[1 + i];
	}
}

/* Max and Min: the elements that equal the result share its gradient equally. */
void sj__gradient_extreme(const sj__gradient *g, sj_tensor **dx)
{
	int64_t dims[SJ_MAX_RANK], axes[SJ_MAX_RANK];
	sj_ints kept = kept_shape(g, dims);
	sj_tensor *chosen = sj_is_equal(g->inputs[0], sj_reshape(g->outputs[0], kept));
	sj_tensor *n_chosen = sj_sum(chosen, .axis = axes_list(g->inputs[1], axes), .keep_dims = true);
	dx[0] = sj_mul(sj_div(chosen, n_chosen), sj_reshape(sj__dy(g, 0), kept));
}

void sj__gradient_euclidean_norm(const sj__gradient *g, sj_tensor **dx)
{
	int64_t dims[SJ_MAX_RANK];
	sj_ints kept = kept_shape(g, dims);
	sj_tensor *unit = sj_div(g->inputs[0], sj_reshape(g->outputs[0], kept));
	dx[0] = sj_mul(unit, sj_reshape(sj__dy(g, 0), kept));
}
