/* Shape rules of joining and taking apart. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

/* Input i agrees with what is known of the others (`dims`, of *rank) in all dimensions but `axis` (-1: unknown, nothing to compare). */
static sj_status concat_merge(const sj__call *call, int i, int axis, int *rank, int64_t *dims)
{
	const sj_tensor *t = call->inputs[i], *first = call->inputs[0];
	if (t->dtype != first->dtype)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "values[%d] is %s, values[0] is %s; convert it with sj_cast", i,
		                     sj_dtype_name((sj_dtype)t->dtype), sj_dtype_name((sj_dtype)first->dtype));
	if (t->shape.rank < 0)
		return SJ_OK;
	if (t->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "values[%d] is a scalar, which has no axis to join along; use sj_stack", i);
	if (*rank < 0) {
		*rank = t->shape.rank;
		memcpy(dims, sj__dims(t), sizeof(*dims) * (size_t)*rank);
		return SJ_OK;
	}
	if (t->shape.rank != *rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "values[%d] has rank %d, the values before it have rank %d", i, t->shape.rank,
		                     *rank);
	for (int a = 0; a < *rank; a++) {
		int64_t dim = sj__dims(t)[a];
		if (a == axis) {
			if (dim == SJ__UNKNOWN || dims[a] == SJ__UNKNOWN)
				dims[a] = SJ__UNKNOWN;
			else if (!sj__add_fits(dims[a], dim, &dims[a]))
				return sj__call_fail(call, SJ_INVALID_ARGUMENT,
				                     "the size of the result overflows along axis %d", a);
		} else if (dims[a] == SJ__UNKNOWN) {
			dims[a] = dim;
		} else if (axis >= 0 && dim != dims[a] && dim != SJ__UNKNOWN) {
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"dimension %d of values[%d] is %lld, of values[0] %lld; all but the joined axis %d must agree",
				a, i, (long long)dim, (long long)dims[a], axis);
		}
	}
	return SJ_OK;
}

static int concat_rank(const sj__call *call)
{
	for (int i = 0; i < call->n_inputs - 1; i++)
		if (call->inputs[i]->shape.rank >= 0)
			return call->inputs[i]->shape.rank;
	return -1;
}

sj_status sj__rule_concat_v2(sj__call *call)
{
	int n = call->n_inputs - 1, axis = -1, rank = -1;
	int64_t dims[SJ_MAX_RANK];
	if (n < 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "no values to join; give at least one and the axis after them");
	const sj_tensor *first = call->inputs[0], *axis_input = call->inputs[n];
	if (axis_input->dtype != SJ_INT32 && axis_input->dtype != SJ_INT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "axis (the last input) is %s; it must be int32 or int64",
		                     sj_dtype_name((sj_dtype)axis_input->dtype));
	int seen = concat_rank(call);
	sj_status status = seen == 0 ? SJ_OK : sj__call_axis_input(call, n, seen, 0, &axis);
	bool axis_known = axis >= 0;
	for (int i = 0; i < n && status == SJ_OK; i++)
		status = concat_merge(call, i, axis, &rank, dims);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < n && rank >= 0 && axis_known; i++)
		if (call->inputs[i]->shape.rank < 0)
			dims[axis] = SJ__UNKNOWN;
	for (int a = 0; a < rank && !axis_known; a++)
		dims[a] = SJ__UNKNOWN;
	if (n == 1 && rank >= 0 && axis_known)
		return sj__out_view(call, 0, 0, rank, dims, 0);
	return sj__out(call, 0, (sj_dtype)first->dtype, rank, dims);
}
