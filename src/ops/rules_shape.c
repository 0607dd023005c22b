/* Shape rules of reshape, expand, squeeze and their like, of transpose, and of the questions about shapes. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

static sj_status reshape_dims(const sj__call *call, int64_t *dims, int64_t n)
{
	const sj_tensor *x = call->inputs[0];
	int64_t known = 1, size;
	int free_at = -1;
	for (int64_t i = 0; i < n; i++) {
		if (dims[i] == -1 && free_at >= 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape %s has two -1; one at most",
			                     sj__dims_text((int)n, dims));
		if (dims[i] < -1)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "shape[%lld] is %lld; it must be >= 0, or -1 once", (long long)i,
			                     (long long)dims[i]);
		if (dims[i] == -1)
			free_at = (int)i;
		else if (!sj__multiply_fits(known, dims[i], &known))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape %s overflows",
			                     sj__dims_text((int)n, dims));
	}
	if (x->shape.size == SJ__UNKNOWN)
		return SJ_OK;
	if (free_at >= 0) {
		if (known == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "cannot infer the -1 of shape %s: another dimension is 0; say its size",
			                     sj__dims_text((int)n, dims));
		dims[free_at] = x->shape.size / known;
	}
	if (!sj__shape_size((int)n, dims, &size) || size != x->shape.size)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the input has shape %s with %lld elements, shape %s has not as many",
		                     sj__shape_text(x), (long long)x->shape.size, sj__dims_text((int)n, dims));
	return SJ_OK;
}

/* The one size of a partly known shape that is not known, where the number of elements is. */
static void missing_infer(const sj_tensor *x, int rank, int64_t *dims)
{
	int64_t known = 1;
	int at = -1, n_missing = 0;
	for (int i = 0; i < rank; i++) {
		if (dims[i] == SJ__UNKNOWN) {
			at = i;
			n_missing++;
		} else if (!sj__multiply_fits(known, dims[i], &known)) {
			return;
		}
	}
	if (n_missing == 1 && known > 0 && x->shape.size >= 0 && x->shape.size % known == 0)
		dims[at] = x->shape.size / known;
}

sj_status sj__rule_reshape(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK], n;
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	sj_status status = sj__call_ints(call, 1, dims, &n);
	if (status != SJ_OK)
		return status;
	if (n < 0) {
		int rank = sj__graph.shape_of(call->inputs[1], dims);
		missing_infer(call->inputs[0], rank, dims);
		return rank < 0 ? sj__out_unknown(call, 0, dtype) : sj__out(call, 0, dtype, rank, dims);
	}
	status = reshape_dims(call, dims, n);
	return status == SJ_OK ? sj__out_view(call, 0, 0, (int)n, dims, 0) : status;
}

sj_status sj__rule_broadcast_to(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int n;
	sj_status status = sj__call_shape_input(call, 1, &n, dims);
	if (status != SJ_OK)
		return status;
	for (int i = 0; n >= 0 && i < x->shape.rank; i++) {
		int at = i + n - x->shape.rank;
		int64_t have = sj__dims(x)[i];
		if (at < 0 || (dims[at] != SJ__UNKNOWN && have != dims[at] && have != 1 && have != SJ__UNKNOWN))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "the input has shape %s, which does not broadcast to %s",
			                     sj__shape_text(x), sj__dims_text(n, dims));
	}
	return sj__out(call, 0, (sj_dtype)x->dtype, n, dims);
}

sj_status sj__rule_expand_dims(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int rank = x->shape.rank, axis;
	int64_t dims[SJ_MAX_RANK + 1];
	sj_status status = sj__call_axis_input(call, 1, rank < 0 ? -1 : rank + 1, 0, &axis);
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	if (rank == SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the input has %d dimensions already, the most there can be", rank);
	for (int i = 0; i <= rank; i++)
		dims[i] = axis < 0 ? SJ__UNKNOWN : i < axis ? sj__dims(x)[i] : i == axis ? 1 : sj__dims(x)[i - 1];
	if (axis < 0)
		return sj__out(call, 0, (sj_dtype)x->dtype, rank + 1, dims);
	return sj__out_view(call, 0, 0, rank + 1, dims, 0);
}

/* Which dimensions go; those asked for, or all that are 1. */
static sj_status squeezed_mark(const sj__call *call, sj_ints axes, bool *ret_goes)
{
	const sj_tensor *x = call->inputs[0];
	for (int i = 0; i < x->shape.rank; i++)
		ret_goes[i] = axes.count == 0 && sj__dims(x)[i] == 1;
	for (int64_t i = 0; i < axes.count; i++) {
		int axis;
		sj_status status = sj__call_axis(call, "axis", axes.data[i], x->shape.rank, &axis);
		if (status != SJ_OK)
			return status;
		if (sj__dims(x)[axis] != 1 && sj__dims(x)[axis] != SJ__UNKNOWN)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "dimension %d of shape %s is %lld; only a dimension of 1 can be squeezed",
			                     axis, sj__shape_text(x), (long long)sj__dims(x)[axis]);
		ret_goes[axis] = true;
	}
	return SJ_OK;
}

sj_status sj__rule_squeeze(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_squeeze_args *args = call->args;
	bool goes[SJ_MAX_RANK];
	int64_t dims[SJ_MAX_RANK];
	int rank = 0;
	if (x->shape.rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	if (args->axis.count < 0 || (args->axis.count > 0 && args->axis.data == NULL))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "axis is a list of %lld numbers at NULL",
		                     (long long)args->axis.count);
	sj_status status = squeezed_mark(call, args->axis, goes);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < x->shape.rank; i++) {
		if (args->axis.count == 0 && sj__dims(x)[i] == SJ__UNKNOWN)
			return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
		if (!goes[i])
			dims[rank++] = sj__dims(x)[i];
	}
	return sj__out_view(call, 0, 0, rank, dims, 0);
}

sj_status sj__rule_identity(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	return sj__out_view(call, 0, 0, x->shape.rank, sj__dims(x), 0);
}

sj_status sj__rule_shape(sj__call *call)
{
	const sj_shape_args *args = call->args;
	int64_t n = call->inputs[0]->shape.rank;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_type", args->out_type, SJ_INT32, &dtype);
	return status == SJ_OK ? sj__out(call, 0, dtype, 1, &n) : status;
}

sj_status sj__rule_shape_n(sj__call *call)
{
	const sj_shape_n_args *args = call->args;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_type", args->out_type, SJ_INT32, &dtype);
	if (status == SJ_OK && call->n_inputs != call->n_outputs)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%d inputs but %d outputs; each input has one",
		                       call->n_inputs, call->n_outputs);
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++) {
		int64_t n = call->inputs[k]->shape.rank;
		status = sj__out(call, k, dtype, 1, &n);
	}
	return status;
}

sj_status sj__rule_size(sj__call *call)
{
	const sj_size_args *args = call->args;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_type", args->out_type, SJ_INT32, &dtype);
	return status == SJ_OK ? sj__out(call, 0, dtype, 0, NULL) : status;
}

sj_status sj__rule_rank(sj__call *call) { return sj__out(call, 0, SJ_INT32, 0, NULL); }

sj_status sj__transpose_perm(const sj__call *call, int rank, int *ret_perm, bool *ret_known)
{
	int64_t values[SJ_MAX_RANK], n = rank;
	bool taken[SJ_MAX_RANK] = {false};
	sj_status status = SJ_OK;
	*ret_known = true;
	for (int i = 0; i < rank; i++)
		ret_perm[i] = rank - 1 - i;
	if (call->inputs[1] == NULL)
		return SJ_OK;
	status = sj__call_ints(call, 1, values, &n);
	*ret_known = n >= 0;
	if (status != SJ_OK || n < 0)
		return status;
	if (n != rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "perm has %lld entries, x has rank %d", (long long)n,
		                     rank);
	for (int i = 0; i < rank; i++) {
		status = sj__call_axis(call, "perm entry", values[i], rank, &ret_perm[i]);
		if (status != SJ_OK)
			return status;
		if (taken[ret_perm[i]])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "perm %s names dimension %d twice",
			                     sj__dims_text(rank, values), ret_perm[i]);
		taken[ret_perm[i]] = true;
	}
	return SJ_OK;
}

sj_status sj__rule_transpose(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *perm_input = call->inputs[1];
	int rank = x->shape.rank, perm[SJ_MAX_RANK];
	int64_t dims[SJ_MAX_RANK];
	bool known;
	if (rank < 0 && perm_input != NULL && perm_input->shape.rank == 1 && perm_input->shape.size > SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "perm has %lld entries; at most %d are possible",
		                     (long long)perm_input->shape.size, SJ_MAX_RANK);
	if (rank < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	sj_status status = sj__transpose_perm(call, rank, perm, &known);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < rank; i++)
		dims[i] = known ? sj__dims(x)[perm[i]] : SJ__UNKNOWN;
	return sj__out(call, 0, (sj_dtype)x->dtype, rank, dims);
}

sj_status sj__rule_fill(sj__call *call)
{
	const sj_tensor *value = call->inputs[1];
	int64_t dims[SJ_MAX_RANK];
	int rank;
	if (value->shape.rank > 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "value has shape %s; it must be a scalar",
		                     sj__shape_text(value));
	sj_status status = sj__call_shape_input(call, 0, &rank, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)value->dtype, rank, dims) : status;
}
