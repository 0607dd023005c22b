/* Shape rules of the reductions. */
#include "ops/rules.h"

#include "ops_numbers.h"

sj_status sj__reduce_axes(const sj__call *call, const sj_tensor *input, const sj_tensor *axes, bool *ret_reduced,
                          bool *ret_known)
{
	int64_t values[SJ_MAX_RANK], n = 0;
	int rank = input->shape.rank, axis;
	*ret_known = true;
	for (int i = 0; i < rank; i++)
		ret_reduced[i] = axes == NULL;
	if (axes == NULL)
		return SJ_OK;
	sj_status status = sj__call_ints(call, axes == call->inputs[0] ? 0 : 1, values, &n);
	if (n < 0)
		*ret_known = false;
	for (int64_t i = 0; status == SJ_OK && i < n && rank >= 0; i++) {
		status = sj__call_axis(call, "axis", values[i], rank, &axis);
		if (status == SJ_OK && ret_reduced[axis])
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "axis %lld is given twice",
			                       (long long)values[i]);
		if (status == SJ_OK)
			ret_reduced[axis] = true;
	}
	return status;
}

/* Every reduction's argument struct begins as Sum's: size, axis, keep_dims. */
sj_status sj__rule_reduce(sj__call *call)
{
	const sj_tensor *input = call->inputs[0];
	const sj_sum_args *args = call->args;
	if (call->inputs[1] == NULL && !args->keep_dims)
		return sj__out(call, 0, (sj_dtype)input->dtype, 0, NULL);
	bool reduced[SJ_MAX_RANK], known;
	int64_t dims[SJ_MAX_RANK];
	int rank = 0;
	sj_status status = sj__reduce_axes(call, input, call->inputs[1], reduced, &known);
	if (status != SJ_OK)
		return status;
	if (input->shape.rank < 0 || (!known && !args->keep_dims))
		return sj__out_unknown(call, 0, (sj_dtype)input->dtype);
	for (int i = 0; i < input->shape.rank; i++) {
		if (!known)
			dims[rank++] = SJ__UNKNOWN;
		else if (!reduced[i])
			dims[rank++] = sj__dims(input)[i];
		else if (args->keep_dims)
			dims[rank++] = 1;
	}
	return sj__out(call, 0, (sj_dtype)input->dtype, rank, dims);
}

/* The operand and its directions, all of one shape, which is the output's; the axes come first here. */
sj_status sj__rule_prod_others(sj__call *call)
{
	bool reduced[SJ_MAX_RANK], known;
	const sj_tensor *x = call->n_inputs > 1 ? call->inputs[1] : NULL;
	if (x == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "no tensor is given");
	if (call->n_inputs - 2 > SJ__PROD_DIRECTIONS)
		return sj__call_fail(call, SJ_UNIMPLEMENTED, "derivatives of Prod above order %d",
		                     SJ__PROD_DIRECTIONS + 1);
	for (int i = 2; i < call->n_inputs; i++)
		if (x->shape.rank >= 0 && call->inputs[i]->shape.rank >= 0 && !sj__same_shape(x, call->inputs[i]) &&
		    x->shape.size >= 0 && call->inputs[i]->shape.size >= 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "tensors 0 and %d have shapes %s and %s; they must be the same", i - 1,
			                     sj__shape_text(x), sj__shape_text(call->inputs[i]));
	sj_status status = sj__reduce_axes(call, x, call->inputs[0], reduced, &known);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)x->dtype, x) : status;
}
