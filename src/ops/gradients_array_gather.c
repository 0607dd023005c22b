/* Gradients of taking and putting elements by index. */
#include "ops/array.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"
#include "sokuji/tape.h"
#include "tensor/slices.h"

/* Rows and their numbers, unless a tape records: what is sparse cannot be differentiated again. */
static sj_tensor *gather_sparse(const sj__gradient *g)
{
	const sj_tensor *params = g->inputs[0];
	sj_tensor *indices = g->inputs[1], *slices;
	int64_t n = indices->shape.size, dims[SJ_MAX_RANK];
	memcpy(dims, sj__dims(params), sizeof(*dims) * (size_t)params->shape.rank);
	dims[0] = n;
	sj_tensor *values = sj_reshape(g->dy[0], ((sj_ints){params->shape.rank, dims}));
	indices = sj_reshape(indices, SJ_INTS(n));
	if (sj__is_nil(values) || sj__is_nil(indices))
		return sj_nil();
	sj_status status = sj__slices_new(values, indices, params->shape.rank, sj__dims(params), &slices);
	if (status == SJ_OK)
		return sj_scope_own(slices);
	sj__error_stick(status);
	return sj_nil();
}

/* Each batch's indices, moved to where its part of a flat (batch * length) axis begins; int64, of the open scope. */
static sj_tensor *indices_flatten(const sj_tensor *indices, int64_t n_batches, int64_t length)
{
	int64_t n = indices->shape.size, a_batch = n_batches > 0 ? n / n_batches : 0;
	sj_tensor *flat;
	sj_status status = sj__tensor_make("gather", SJ_INT64, 1, &n, &flat);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < n; i++)
		((int64_t *)flat->data)[i] = sj__index_at(indices, i) + i / a_batch * length;
	return sj_scope_own(flat);
}

/* params is seen as (batch, outer, length, inner), indices as (batch, n), dy as (batch, outer, n, inner). */
static sj_tensor *gather_dense(const sj__gradient *g, int axis, int batch_dims)
{
	const sj_tensor *params = g->inputs[0], *indices = g->inputs[1];
	sj__split_shape s = sj__shape_split(params, axis);
	int64_t b = 1;
	for (int i = 0; i < batch_dims; i++)
		b *= sj__dims(params)[i];
	int64_t outer = b > 0 ? s.outer / b : 0, n = b > 0 ? indices->shape.size / b : 0;
	sj_tensor *d = g->dy[0];
	if (outer > 1)
		d = sj_transpose(sj_reshape(d, SJ_INTS(b, outer, n, s.inner)), .perm = SJ_INTS(0, 2, 1, 3));
	d = sj_reshape(d, SJ_INTS(b * n, outer * s.inner));
	d = sj_unsorted_segment_sum(d, indices_flatten(indices, b, s.length), SJ_INTS(b * s.length));
	if (outer > 1)
		d = sj_transpose(sj_reshape(d, SJ_INTS(b, s.length, outer, s.inner)), .perm = SJ_INTS(0, 2, 1, 3));
	return sj_reshape(d, sj__shape_list(params));
}

static void gather_axes(const sj__gradient *g, int64_t *ret_axis, int64_t *ret_batch_dims)
{
	const sj_gather_args *args = g->args;
	const sj_tensor *axis_input = g->n_inputs == 3 ? g->inputs[2] : NULL;
	int64_t batch_dims = g->n_inputs == 3 ? args->batch_dims : 0; /* Gather has neither */
	batch_dims += batch_dims < 0 ? g->inputs[1]->shape.rank : 0;
	int64_t axis = axis_input != NULL ? sj__index_at(axis_input, 0) : batch_dims;
	*ret_axis = axis + (axis < 0 ? g->inputs[0]->shape.rank : 0);
	*ret_batch_dims = batch_dims;
}

static bool is_sparse(const sj_tensor *params, int64_t axis, int64_t batch_dims)
{
	return axis == 0 && batch_dims == 0 && !sj_tape_is_recording() &&
	       (params->dtype == SJ_FLOAT32 || params->dtype == SJ_FLOAT64);
}

bool sj__gradient_gather_is_sparse(const sj__gradient *g)
{
	int64_t axis, batch_dims;
	if (g->op->gradient != sj__gradient_gather || g->inputs[0]->shape.size <= 0 || g->inputs[1]->shape.rank < 0 ||
	    g->dy[0] == NULL || (g->n_inputs == 3 && g->inputs[2] != NULL && g->inputs[2]->data == NULL))
		return false;
	gather_axes(g, &axis, &batch_dims);
	return is_sparse(g->inputs[0], axis, batch_dims);
}

void sj__gradient_gather(const sj__gradient *g, sj_tensor **dx)
{
	int64_t axis, batch_dims;
	gather_axes(g, &axis, &batch_dims);
	dx[0] = is_sparse(g->inputs[0], axis, batch_dims) ? gather_sparse(g)
	                                                  : gather_dense(g, (int)axis, (int)batch_dims);
}

/* ---- by the last dimension of the indices ---- */

static const char *policy_of(const sj__gradient *g)
{
	const sj_gather_nd_args *args = g->args; /* the same for all of this family */
	return args->bad_indices_policy;
}

static sj_tensor *slices_take(const sj__gradient *g, sj_tensor *d, sj_tensor *indices)
{
	return sj_gather_nd(d, indices, .bad_indices_policy = policy_of(g));
}

void sj__gradient_gather_nd(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_scatter_nd(g->inputs[1], g->dy[0], sj__shape_list(g->inputs[0]), .bad_indices_policy = policy_of(g));
}

void sj__gradient_scatter_nd(const sj__gradient *g, sj_tensor **dx) { dx[1] = slices_take(g, g->dy[0], g->inputs[0]); }

void sj__gradient_tensor_scatter_add(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = g->dy[0];
	if (g->needs[2])
		dx[2] = slices_take(g, g->dy[0], g->inputs[1]);
}

void sj__gradient_tensor_scatter_sub(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = g->dy[0];
	if (g->needs[2])
		dx[2] = sj_neg(slices_take(g, g->dy[0], g->inputs[1]));
}

/* As TensorFlow: where an index comes twice, each of its updates takes the whole gradient. */
void sj__gradient_tensor_scatter_update(const sj__gradient *g, sj_tensor **dx)
{
	const sj_tensor *updates = g->inputs[2];
	if (g->needs[0]) {
		sj_tensor *zeros = sj_fill(sj__shape_list(updates), sj_scalar((sj_dtype)updates->dtype, 0));
		dx[0] = sj_tensor_scatter_update(g->dy[0], g->inputs[1], zeros, .bad_indices_policy = policy_of(g));
	}
	if (g->needs[2])
		dx[2] = slices_take(g, g->dy[0], g->inputs[1]);
}
