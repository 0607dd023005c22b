/* Gradients of searching: each value's gradient goes back to where it was found. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"

void sj__gradient_top_k(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *x = g->inputs[0], *indices = g->outputs[1];
	int64_t n_found = indices->shape.size, n = sj__dims(x)[x->shape.rank - 1],
		k = sj__dims(indices)[x->shape.rank - 1];
	sj_tensor *places;
	sj_status status = sj__tensor_make("top_k", SJ_INT64, 1, &n_found, &places);
	if (status != SJ_OK) {
		sj__error_stick(status);
		dx[0] = sj_nil();
		return;
	}
	for (int64_t i = 0; i < n_found; i++)
		((int64_t *)places->data)[i] = i / k * n + sj__index_at(indices, i);
	sj_scope_own(places);
	sj_tensor *d = sj_reshape(sj__dy(g, 0), SJ_INTS(n_found));
	dx[0] = sj_reshape(sj_unsorted_segment_sum(d, places, SJ_INTS(x->shape.size)), sj__shape_list(x));
}
