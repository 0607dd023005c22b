/* Shape rules of the conversions between dtypes. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

static bool has_fixed_size(sj_dtype dtype)
{
	switch (dtype) {
	case SJ_COMPLEX64:
	case SJ_COMPLEX128:
	case SJ_BOOL: return true;
	default: return sj_dtype_is_floating(dtype) || sj_dtype_is_integer(dtype);
	}
}

sj_status sj__rule_cast(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_cast_args *args = call->args;
	if (!has_fixed_size(args->dtype))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "DstT is %s; a number or bool is expected",
		                     sj_dtype_name(args->dtype));
	if (args->dtype == (sj_dtype)x->dtype)
		return sj__out_view(call, 0, 0, x->shape.rank, sj__dims(x), 0);
	return sj__out_like(call, 0, args->dtype, x);
}

/* A view of x's storage as another dtype; a fresh tensor where x begins at an address that the dtype cannot. */
static sj_status view_as(sj__call *call, sj_dtype dtype, int rank, const int64_t *dims)
{
	const sj_tensor *x = call->inputs[0];
	if (x->storage == NULL || (uintptr_t)x->data % sj_dtype_size(dtype) != 0)
		return sj__out(call, 0, dtype, rank, dims);
	sj_status status = sj__out_view(call, 0, 0, rank, dims, 0);
	if (status == SJ_OK)
		call->outputs[0]->dtype = (uint8_t)dtype;
	return status;
}

sj_status sj__rule_bitcast(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_bitcast_args *args = call->args;
	int64_t dims[SJ_MAX_RANK + 1], from = (int64_t)sj_dtype_size((sj_dtype)x->dtype),
				       to = (int64_t)sj_dtype_size(args->dtype);
	int rank = x->shape.rank;
	if (!has_fixed_size(args->dtype) || args->dtype == SJ_BOOL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "type is %s; a number is expected",
		                     sj_dtype_name(args->dtype));
	if (rank < 0)
		return sj__out_unknown(call, 0, args->dtype);
	for (int i = 0; i < rank; i++)
		dims[i] = sj__dims(x)[i];
	if (from > to) {
		if (rank == SJ_MAX_RANK)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "the input has %d dimensions already, the most there can be", rank);
		dims[rank++] = from / to;
	} else if (from < to) {
		if (rank == 0 || (dims[rank - 1] != to / from && dims[rank - 1] != SJ__UNKNOWN))
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"the input is %s of shape %s; from it to %s the last dimension must be %lld",
				sj_dtype_name((sj_dtype)x->dtype), sj__shape_text(x), sj_dtype_name(args->dtype),
				(long long)(to / from));
		rank--;
	}
	return view_as(call, args->dtype, rank, dims);
}
