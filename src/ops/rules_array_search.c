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
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input is a scalar; it must have at least one dimension");
	if (status == SJ_OK)
		status = sj__call_axis_input(call, 1, rank, 0, &axis);
	if (status != SJ_OK)
		return status;
	if (rank < 0)
		return sj__out_unknown(call, 0, dtype);
	if (axis >= 0 && sj__dims(x)[axis] == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "reduction axis %d is empty in shape %s", axis, sj__shape_text(x));
	for (int i = 0; i < rank - 1; i++)
		dims[i] = axis < 0 ? SJ__UNKNOWN : sj__dims(x)[i < axis ? i : i + 1];
	return sj__out(call, 0, dtype, rank - 1, dims);
}
