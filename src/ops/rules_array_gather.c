/* Shape rules of taking and putting elements by index. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

sj_status sj__gather_axes(const sj__call *call, int *ret_axis, int *ret_batch_dims)
{
	const sj_gather_args *args = call->args;
	int rank = call->inputs[0]->shape.rank, rank_indices = call->inputs[1]->shape.rank;
	*ret_axis = *ret_batch_dims = 0;
	if (call->n_inputs == 2) /* Gather, which has neither */
		return SJ_OK;
	int64_t batch_dims = args->batch_dims;
	if (batch_dims < -(int64_t)rank_indices || batch_dims > rank_indices)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "batch_dims %lld is outside [%d, %d] for indices of rank %d",
		                     (long long)batch_dims, -rank_indices, rank_indices, rank_indices);
	batch_dims += batch_dims < 0 ? rank_indices : 0;
	if (batch_dims >= rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "batch_dims %lld must be below the rank of params, %d",
		                     (long long)batch_dims, rank);
	sj_status status = sj__call_axis_input(call, 2, rank, batch_dims, ret_axis);
	if (status == SJ_OK && *ret_axis >= 0 && *ret_axis < batch_dims)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "batch_dims %lld must not be above the axis, %d",
		                       (long long)batch_dims, *ret_axis);
	*ret_batch_dims = (int)batch_dims;
	return status;
}

static sj_status batches_agree(const sj__call *call, int batch_dims)
{
	const sj_tensor *params = call->inputs[0], *indices = call->inputs[1];
	for (int i = 0; i < batch_dims; i++) {
		int64_t a = sj__dims(params)[i], b = sj__dims(indices)[i];
		if (a != b && a != SJ__UNKNOWN && b != SJ__UNKNOWN)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "params %s and indices %s differ in batch dimension %d",
			                     sj__shape_text(params), sj__shape_text(indices), i);
	}
	return SJ_OK;
}

sj_status sj__rule_gather(sj__call *call)
{
	const sj_tensor *params = call->inputs[0], *indices = call->inputs[1];
	int64_t dims[2 * SJ_MAX_RANK];
	int axis, batch_dims, rank = 0;
	if (params->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "params is a scalar; it must have at least one dimension");
	if (params->shape.rank < 0 || indices->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)params->dtype);
	sj_status status = sj__gather_axes(call, &axis, &batch_dims);
	if (status == SJ_OK)
		status = batches_agree(call, batch_dims);
	if (status != SJ_OK)
		return status;
	rank = params->shape.rank - 1 + indices->shape.rank - batch_dims;
	if (rank > SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the result has %d dimensions; at most %d are possible",
		                     rank, SJ_MAX_RANK);
	for (int i = 0; i < rank; i++) {
		int in_indices = i - axis + batch_dims;
		if (axis < 0)
			dims[i] = SJ__UNKNOWN;
		else if (i < axis)
			dims[i] = sj__dims(params)[i];
		else if (in_indices < indices->shape.rank)
			dims[i] = sj__dims(indices)[in_indices];
		else
			dims[i] = sj__dims(params)[axis + 1 + in_indices - indices->shape.rank];
	}
	return sj__out(call, 0, (sj_dtype)params->dtype, rank, dims);
}

/* on_value and off_value: scalars, of one dtype (the class says so), float32 when neither is given. */
static sj_status values_check(const sj__call *call, sj_dtype *ret_dtype)
{
	*ret_dtype = SJ_FLOAT32;
	for (int i = 2; i < 4; i++) {
		const sj_tensor *t = call->inputs[i];
		if (t == NULL)
			continue;
		*ret_dtype = (sj_dtype)t->dtype;
		if (t->shape.rank > 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
			                     call->op->inputs[i].name, sj__shape_text(t));
	}
	if (*ret_dtype == SJ_STRING && (call->inputs[2] == NULL || call->inputs[3] == NULL))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "on_value and off_value must both be given when they are strings");
	return SJ_OK;
}

sj_status sj__rule_one_hot(sj__call *call)
{
	const sj_tensor *indices = call->inputs[0];
	int64_t depth = SJ__UNKNOWN, dims[SJ_MAX_RANK + 1], axis = sj__one_hot_axis(call->args);
	bool known;
	sj_dtype dtype;
	int rank = indices->shape.rank;
	sj_status status = values_check(call, &dtype);
	if (status == SJ_OK)
		status = sj__call_int(call, 1, &depth, &known);
	if (status == SJ_OK && known && depth < 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "depth is %lld; it must be >= 0", (long long)depth);
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, dtype);
	if (axis < -1 || axis > rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "axis %lld is outside [-1, %d] for indices of rank %d",
		                     (long long)axis, rank, rank);
	if (rank == SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "indices has %d dimensions already, the most there can be", rank);
	axis = axis == -1 ? rank : axis;
	for (int i = 0; i <= rank; i++)
		dims[i] = i < axis ? sj__dims(indices)[i] : i == axis ? depth : sj__dims(indices)[i - 1];
	return sj__out(call, 0, dtype, rank + 1, dims);
}
