/* Shape rules of searching and sorting. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

sj_status sj__rule_arg_extreme(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_argmax_args *args = call->args; /* ArgMin's is alike */
	int64_t dims[SJ_MAX_RANK];
	int axis, rank = x->shape.rank;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "output_type", args->output_type, SJ_INT64, &dtype);
	if (status == SJ_OK && rank == 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "the input is a scalar; it must have at least one dimension");
	if (status == SJ_OK)
		status = sj__call_axis_input(call, 1, rank, 0, &axis);
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, dtype);
	if (axis >= 0 && sj__dims(x)[axis] == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "reduction axis %d is empty in shape %s", axis,
		                     sj__shape_text(x));
	for (int i = 0; i < rank - 1; i++)
		dims[i] = axis < 0 ? SJ__UNKNOWN : sj__dims(x)[i < axis ? i : i + 1];
	return sj__out(call, 0, dtype, rank - 1, dims);
}

sj_status sj__rule_top_k(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_top_k_args *args = call->args;
	int64_t k = SJ__UNKNOWN, dims[SJ_MAX_RANK];
	bool known;
	sj_dtype index_type;
	int rank = x->shape.rank;
	sj_status status = sj__call_index_dtype(call, "index_type", args->index_type, SJ_INT32, &index_type);
	if (status == SJ_OK)
		status = sj__call_int(call, 1, &k, &known);
	if (status == SJ_OK && known && k < 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "k is %lld; it must be >= 0", (long long)k);
	if (status == SJ_OK && rank == 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "the input is a scalar; it must have at least one dimension");
	if (status == SJ_OK && rank > 0 && sj__dims(x)[rank - 1] != SJ__UNKNOWN && k > sj__dims(x)[rank - 1])
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "k is %lld, the last dimension of the input only %lld", (long long)k,
		                       (long long)sj__dims(x)[rank - 1]);
	for (int i = 0; i < rank; i++)
		dims[i] = i < rank - 1 ? sj__dims(x)[i] : k;
	if (status == SJ_OK)
		status = sj__out(call, 0, (sj_dtype)x->dtype, rank, dims);
	return status == SJ_OK ? sj__out(call, 1, index_type, rank, dims) : status;
}

sj_status sj__rule_in_top_k(sj__call *call)
{
	const sj_tensor *predictions = call->inputs[0], *targets = call->inputs[1];
	int64_t k, n = SJ__UNKNOWN;
	bool known;
	sj_status status = call->n_inputs == 3 ? sj__call_int(call, 2, &k, &known) : SJ_OK;
	if (status == SJ_OK && predictions->shape.rank >= 0 && predictions->shape.rank != 2)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "predictions has shape %s; it must be (batch, classes)",
		                       sj__shape_text(predictions));
	if (status == SJ_OK && targets->shape.rank >= 0 && targets->shape.rank != 1)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "targets has shape %s; it must be a vector",
		                       sj__shape_text(targets));
	if (status != SJ_OK)
		return status;
	if (predictions->shape.rank == 2)
		n = sj__dims(predictions)[0];
	if (targets->shape.rank == 1 && n != SJ__UNKNOWN && targets->shape.size != SJ__UNKNOWN &&
	    targets->shape.size != n)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "predictions has %lld rows, targets %lld numbers",
		                     (long long)n, (long long)targets->shape.size);
	if (n == SJ__UNKNOWN && targets->shape.rank == 1)
		n = targets->shape.size;
	return sj__out(call, 0, SJ_BOOL, 1, &n);
}

static sj_status vector_expected(const sj__call *call, int i)
{
	const sj_tensor *t = call->inputs[i];
	if (t->shape.rank < 0 || t->shape.rank == 1)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a vector",
	                     call->op->inputs[i].name, sj__shape_text(t));
}

sj_status sj__rule_unique(sj__call *call)
{
	const sj_unique_args *args = call->args; /* UniqueWithCounts' is alike */
	const sj_tensor *x = call->inputs[0];
	int64_t n = x->shape.rank == 1 ? x->shape.size : SJ__UNKNOWN, unknown = SJ__UNKNOWN;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_idx", args->out_idx, SJ_INT32, &dtype);
	if (status == SJ_OK)
		status = vector_expected(call, 0);
	if (status == SJ_OK)
		status = sj__out(call, 0, (sj_dtype)x->dtype, 1, &unknown);
	if (status == SJ_OK)
		status = sj__out(call, 1, dtype, 1, &n);
	return status == SJ_OK && call->n_outputs == 3 ? sj__out(call, 2, dtype, 1, &unknown) : status;
}

sj_status sj__rule_list_diff(sj__call *call)
{
	const sj_list_diff_args *args = call->args;
	int64_t unknown = SJ__UNKNOWN;
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_idx", args->out_idx, SJ_INT32, &dtype);
	for (int i = 0; status == SJ_OK && i < 2; i++)
		status = vector_expected(call, i);
	if (status == SJ_OK)
		status = sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 1, &unknown);
	return status == SJ_OK ? sj__out(call, 1, dtype, 1, &unknown) : status;
}

sj_status sj__rule_invert_permutation(sj__call *call)
{
	sj_status status = vector_expected(call, 0);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)call->inputs[0]->dtype, call->inputs[0]) : status;
}

sj_status sj__rule_bound(sj__call *call)
{
	const sj_lower_bound_args *args = call->args; /* UpperBound's is alike */
	const sj_tensor *sorted = call->inputs[0], *values = call->inputs[1];
	sj_dtype dtype;
	sj_status status = sj__call_index_dtype(call, "out_type", args->out_type, SJ_INT32, &dtype);
	for (int i = 0; status == SJ_OK && i < 2; i++)
		if (call->inputs[i]->shape.rank >= 0 && call->inputs[i]->shape.rank != 2)
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be 2",
			                       call->op->inputs[i].name, sj__shape_text(call->inputs[i]));
	if (status != SJ_OK)
		return status;
	if (sorted->shape.rank == 2 && values->shape.rank == 2) {
		int64_t a = sj__dims(sorted)[0], b = sj__dims(values)[0];
		if (a != b && a != SJ__UNKNOWN && b != SJ__UNKNOWN)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "sorted_inputs has %lld rows, values %lld",
			                     (long long)a, (long long)b);
	}
	return sj__out_like(call, 0, dtype, values);
}
