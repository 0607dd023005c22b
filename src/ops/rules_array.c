/* Reading the small integer inputs (axes, shapes, counts) of the operations that move elements. */
#include "ops/array.h"

static const char *input_name(const sj__call *call, int i)
{
	return call->op->inputs[i < call->op->n_inputs ? i : call->op->n_inputs - 1].name;
}

sj_status sj__call_int(const sj__call *call, int i, int64_t *ret_value, bool *ret_known)
{
	const sj_tensor *t = call->inputs[i];
	if (t->shape.rank > 1 || (t->shape.size != 1 && t->shape.size != SJ__UNKNOWN))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s must be a scalar, not of shape %s",
		                     input_name(call, i), sj__shape_text(t));
	*ret_known = sj__known_value(t) != NULL;
	if (*ret_known)
		*ret_value = sj__element_as_int64((sj_dtype)t->dtype, t->data, 0);
	return SJ_OK;
}

sj_status sj__call_axis_input(const sj__call *call, int i, int rank, int64_t otherwise, int *ret_axis)
{
	int64_t axis = otherwise;
	bool known = true;
	sj_status status = call->inputs[i] == NULL ? SJ_OK : sj__call_int(call, i, &axis, &known);
	*ret_axis = -1;
	if (status != SJ_OK || !known || rank < 0)
		return status;
	return sj__call_axis(call, input_name(call, i), axis, rank, ret_axis);
}

sj_status sj__call_shape_input(const sj__call *call, int i, int *ret_rank, int64_t *ret_dims)
{
	const sj_tensor *t = call->inputs[i];
	int64_t n;
	sj_status status = sj__call_ints(call, i, ret_dims, &n);
	*ret_rank = (int)n;
	if (status != SJ_OK)
		return status;
	if (n < 0)
		*ret_rank = sj__graph.shape_of(t, ret_dims);
	for (int64_t a = 0; a < n; a++)
		if (ret_dims[a] < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s[%lld] is %lld; it must be >= 0",
			                     input_name(call, i), (long long)a, (long long)ret_dims[a]);
	return SJ_OK;
}

sj_ints sj__list_of(const sj_tensor *t, int64_t *room)
{
	int64_t n = sj__min_i64(t->shape.size, SJ_MAX_RANK);
	for (int64_t i = 0; i < n; i++)
		room[i] = sj__element_as_int64((sj_dtype)t->dtype, t->data, i);
	return (sj_ints){n, room};
}

sj__split_shape sj__shape_split(const sj_tensor *t, int axis)
{
	sj__split_shape s = {1, t->shape.rank > 0 ? sj__dims(t)[axis] : 1, 1};
	for (int a = 0; a < axis; a++)
		s.outer *= sj__dims(t)[a];
	for (int a = axis + 1; a < t->shape.rank; a++)
		s.inner *= sj__dims(t)[a];
	return s;
}

sj_status sj__call_index_dtype(const sj__call *call, const char *name, sj_dtype given, sj_dtype otherwise,
                               sj_dtype *ret_dtype)
{
	*ret_dtype = sj__dtype_or(given, otherwise);
	if (*ret_dtype != SJ_INT32 && *ret_dtype != SJ_INT64)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is %s; it must be int32 or int64", name,
		                     sj_dtype_name(*ret_dtype));
	return SJ_OK;
}

bool sj__block_is_run(int rank, const int64_t *dims, const int64_t *begin, const int64_t *size, int64_t *ret_offset)
{
	int64_t stride = 1, offset = 0;
	bool full = true; /* every dimension to the right is whole */
	for (int a = rank - 1; a >= 0; a--) {
		if (!full && size[a] != 1)
			return false;
		full = full && size[a] == dims[a];
		offset += begin[a] * stride;
		stride *= dims[a];
	}
	*ret_offset = stride == 0 ? 0 : offset;
	return true;
}
