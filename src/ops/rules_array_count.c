/* Shape rules of counting, and of the vector product. */
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

/* Input i, a scalar of int32 that must be at least `least`; SJ__UNKNOWN when symbolic. */
static sj_status count_read(const sj__call *call, int i, int64_t least, int64_t *ret_count)
{
	const sj_tensor *t = call->inputs[i];
	*ret_count = SJ__UNKNOWN;
	if (t->shape.rank > 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
		                     call->op->inputs[i].name, sj__shape_text(t));
	if (sj__known_value(t) == NULL)
		return SJ_OK;
	*ret_count = *(const int32_t *)t->data;
	if (*ret_count < least)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is %lld; it must be at least %lld",
		                     call->op->inputs[i].name, (long long)*ret_count, (long long)least);
	return SJ_OK;
}

static bool surely_differ(const sj_tensor *a, const sj_tensor *b)
{
	if (a->shape.rank < 0 || b->shape.rank < 0)
		return false;
	bool differ = a->shape.rank != b->shape.rank;
	for (int i = 0; !differ && i < a->shape.rank; i++)
		differ = sj__dims(a)[i] != sj__dims(b)[i] && sj__dims(a)[i] >= 0 && sj__dims(b)[i] >= 0;
	return differ;
}

sj_status sj__rule_bincount(sj__call *call)
{
	const sj_tensor *arr = call->inputs[0], *weights = call->inputs[2];
	int64_t n;
	sj_status status = count_read(call, 1, 0, &n);
	if (status != SJ_OK)
		return status;
	if (weights->shape.size != 0 && weights->shape.size != SJ__UNKNOWN && surely_differ(arr, weights))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "weights has shape %s; it must be arr's, %s, or empty",
		                     sj__shape_text(weights), sj__shape_text(arr));
	return sj__out(call, 0, (sj_dtype)weights->dtype, 1, &n);
}

sj_status sj__rule_histogram_fixed_width(sj__call *call)
{
	const sj_histogram_fixed_width_args *args = call->args;
	const sj_tensor *range = call->inputs[1];
	sj_dtype dtype;
	int64_t n;
	if (range->shape.rank >= 0 && (range->shape.rank != 1 || (sj__dims(range)[0] != 2 && sj__dims(range)[0] >= 0)))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "value_range has shape %s; it must be two numbers",
		                     sj__shape_text(range));
	sj_status status = sj__call_index_dtype(call, "dtype", args->dtype, SJ_INT32, &dtype);
	if (status == SJ_OK)
		status = count_read(call, 2, 1, &n);
	return status == SJ_OK ? sj__out(call, 0, dtype, 1, &n) : status;
}

sj_status sj__rule_cross(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	if (surely_differ(a, b))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "a has shape %s and b %s; they must be the same",
		                     sj__shape_text(a), sj__shape_text(b));
	for (int i = 0; i < 2; i++) {
		const sj_tensor *t = call->inputs[i];
		int64_t last = t->shape.rank > 0 ? sj__dims(t)[t->shape.rank - 1] : 0;
		if (t->shape.rank >= 0 && last != 3 && last != SJ__UNKNOWN)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its last dimension must be 3",
			                     call->op->inputs[i].name, sj__shape_text(t));
	}
	return sj__out_like(call, 0, (sj_dtype)a->dtype, a->shape.rank >= 0 ? a : b);
}
