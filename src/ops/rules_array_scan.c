/* Shape rules of running sums and products. */
#include "ops/array.h"
#include "ops/rules.h"

sj_status sj__rule_scan(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int axis;
	sj_status status = sj__call_axis_input(call, 1, x->shape.rank, 0, &axis);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)x->dtype, x) : status;
}

sj_status sj__rule_recurrence(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *a = call->inputs[1];
	int axis;
	bool fits = x->shape.rank == a->shape.rank || x->shape.rank < 0 || a->shape.rank < 0;
	for (int i = 0; fits && x->shape.rank == a->shape.rank && i < x->shape.rank; i++)
		fits = sj__dims(x)[i] == sj__dims(a)[i] || sj__dims(x)[i] == SJ__UNKNOWN ||
		       sj__dims(a)[i] == SJ__UNKNOWN;
	if (!fits)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "x has shape %s, a has shape %s; they must be equal",
		                     sj__shape_text(x), sj__shape_text(a));
	sj_status status = sj__call_axis_input(call, 2, x->shape.rank, 0, &axis);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)x->dtype, x->shape.rank >= 0 ? x : a) : status;
}
