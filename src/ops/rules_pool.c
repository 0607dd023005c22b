/* Shape rules of pooling. */
#include "ops/rules.h"
#include "ops/window.h"
#include "ops_numbers.h"

_Static_assert(sizeof(sj_max_pool_args) == sizeof(sj_max_pool_grad_args), "pooling operations share argument layouts");
_Static_assert(sizeof(sj_max_pool_args) == sizeof(sj_max_pool_grad_grad_args),
               "pooling operations share argument layouts");
_Static_assert(sizeof(sj_avg_pool_args) == sizeof(sj_avg_pool_grad_args), "pooling operations share argument layouts");
_Static_assert(sizeof(sj_max_pool_grad_with_argmax_args) == sizeof(sj_max_pool_grad_grad_with_argmax_args),
               "pooling operations share argument layouts");

/* What pooling images of these dimensions gives. */
static sj_status pooled_dims(const sj__call *call, const int64_t input[4], int64_t dims[4])
{
	sj__pool_attributes a = sj__pool_attributes_of(call);
	sj__window w[2];
	sj_status status = sj__pool_windows(call, &a, input, w);
	if (status != SJ_OK)
		return status;
	int h = sj__height_axis(a.window.data_format);
	memcpy(dims, input, 4 * sizeof(*dims));
	dims[h] = w[0].out;
	dims[h + 1] = w[1].out;
	return SJ_OK;
}

static sj_status pooled_of(const sj__call *call, const char *what, int i, int64_t input[4], int64_t dims[4])
{
	sj_status status = sj__four_dims(call, what, call->inputs[i], input);
	return status == SJ_OK ? pooled_dims(call, input, dims) : status;
}

/* Input i has these dimensions, as far as both are known. */
static sj_status dims_check(const sj__call *call, const char *what, int i, const int64_t expected[4])
{
	int64_t given[4];
	sj_status status = sj__four_dims(call, what, call->inputs[i], given);
	for (int d = 0; status == SJ_OK && d < 4; d++)
		if (given[d] != SJ__UNKNOWN && expected[d] != SJ__UNKNOWN && given[d] != expected[d])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be %s", what,
			                     sj__dims_text(4, given), sj__dims_text(4, expected));
	return status;
}

sj_status sj__rule_max_pool(sj__call *call)
{
	int64_t input[4], dims[4];
	sj_status status = pooled_of(call, "input", 0, input, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, dims) : status;
}

sj_status sj__rule_avg_pool(sj__call *call) { return sj__rule_max_pool(call); }

sj_status sj__rule_max_pool_grad(sj__call *call)
{
	int64_t input[4], dims[4];
	sj_status status = pooled_of(call, "orig_input", 0, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, "orig_output", 1, dims);
	if (status == SJ_OK)
		status = dims_check(call, "grad", 2, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, input) : status;
}

sj_status sj__rule_max_pool_grad_grad(sj__call *call)
{
	int64_t input[4], dims[4];
	sj_status status = pooled_of(call, "orig_input", 0, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, "orig_output", 1, dims);
	if (status == SJ_OK)
		status = dims_check(call, "grad", 2, input);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, dims) : status;
}

sj_status sj__rule_avg_pool_grad(sj__call *call)
{
	int64_t input[4], dims[4];
	sj_status status = sj__four_sizes(call, "orig_input_shape", 0, input);
	if (status == SJ_OK)
		status = pooled_dims(call, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, "grad", 1, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[1]->dtype, 4, input) : status;
}

/* ---- with places ---- */

sj_status sj__rule_max_pool_with_argmax(sj__call *call)
{
	const sj_max_pool_with_argmax_args *args = call->args;
	sj_dtype places = args->Targmax == SJ_DTYPE_NONE ? SJ_INT64 : args->Targmax;
	int64_t input[4], dims[4];
	sj_status status = pooled_of(call, "input", 0, input, dims);
	if (status != SJ_OK)
		return status;
	if (places != SJ_INT64 && places != SJ_INT32)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "Targmax is %s; it must be int32 or int64",
		                     sj_dtype_name(places));
	status = sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, dims);
	return status == SJ_OK ? sj__out(call, 1, places, 4, dims) : status;
}

static sj_status places_rule(sj__call *call, bool backwards)
{
	int64_t input[4], dims[4];
	sj_status status = pooled_of(call, "input", 0, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, "grad", 1, backwards ? input : dims);
	if (status == SJ_OK)
		status = dims_check(call, "argmax", 2, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, backwards ? dims : input)
	                       : status;
}

sj_status sj__rule_max_pool_grad_with_argmax(sj__call *call) { return places_rule(call, false); }
sj_status sj__rule_max_pool_grad_grad_with_argmax(sj__call *call) { return places_rule(call, true); }
