/* Gradients of the operations that change shapes or dtypes and keep the elements. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_reshape(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = g->inputs[0] ? sj_reshape(g->dy[0], sj__shape_list(g->inputs[0])) : g->dy[0];
}

void sj__gradient_broadcast_to(const sj__gradient *g, sj_tensor **dx) { dx[0] = sj__unbroadcast(g, 0, g->dy[0]); }

void sj__gradient_transpose(const sj__gradient *g, sj_tensor **dx)
{
	int64_t back[SJ_MAX_RANK];
	int rank = g->dy[0]->shape.rank;
	const sj_tensor *perm = g->inputs[1];
	if (perm == NULL) {
		dx[0] = sj_transpose(g->dy[0]);
		return;
	}
	for (int i = 0; i < rank; i++) {
		int64_t from = sj__index_at(perm, i);
		back[from < 0 ? from + rank : from] = i;
	}
	dx[0] = sj_transpose(g->dy[0], .perm = {rank, back});
}

void sj__gradient_fill(const sj__gradient *g, sj_tensor **dx) { dx[1] = sj_sum(g->dy[0]); }

void sj__gradient_cast(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0];
	sj_dtype dtype = x != NULL ? (sj_dtype)x->dtype : (sj_dtype)g->dy[0]->dtype;
	if (sj_dtype_is_floating(dtype) || dtype == SJ_COMPLEX64 || dtype == SJ_COMPLEX128)
		dx[0] = sj_cast(g->dy[0], dtype);
}

void sj__gradient_check_numerics(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_check_numerics(g->dy[0],
	                          .message = "Not a number (NaN) or infinity (Inf) values detected in gradient.");
}
