/* Gradients of diagonals and bands. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_diag(const sj__gradient *g, sj_tensor **dx) { dx[0] = sj_diag_part(g->dy[0]); }

void sj__gradient_diag_part(const sj__gradient *g, sj_tensor **dx) { dx[0] = sj_diag(g->dy[0]); }

void sj__gradient_matrix_diag(const sj__gradient *g, sj_tensor **dx) { dx[0] = sj_matrix_diag_part(g->dy[0]); }

static sj_tensor *zeros_of(const sj_tensor *shape)
{
	return sj_fill(sj__shape_list(shape), sj_scalar((sj_dtype)shape->dtype, 0));
}

void sj__gradient_matrix_diag_part(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_matrix_set_diag(zeros_of(g->inputs[0]), g->dy[0]);
}

void sj__gradient_matrix_set_diag(const sj__gradient *g, sj_tensor **dx)
{
	if (g->needs[0])
		dx[0] = sj_matrix_set_diag(g->dy[0], zeros_of(g->inputs[1]));
	if (g->needs[1])
		dx[1] = sj_matrix_diag_part(g->dy[0]);
}

void sj__gradient_matrix_band_part(const sj__gradient *g, sj_tensor **dx)
{
	int64_t lower[SJ_MAX_RANK], upper[SJ_MAX_RANK];
	dx[0] = sj_matrix_band_part(g->dy[0], sj__list_of(g->inputs[1], lower), sj__list_of(g->inputs[2], upper));
}
