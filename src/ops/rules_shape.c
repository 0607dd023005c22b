/* Shape rules of reshape, expand, squeeze and their like. */
#include "ops/rules.h"

static sj_status reshape_dims(const sj__call *call, int64_t *dims, int64_t n)
{
	const sj_tensor *x = call->inputs[0];
	int64_t known = 1, size;
	int free_at = -1;
	for (int64_t i = 0; i < n; i++) {
		if (dims[i] == -1 && free_at >= 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape %s has two -1; one at most", sj__dims_text((int)n, dims));
		if (dims[i] < -1)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape[%lld] is %lld; it must be >= 0, or -1 once", (long long)i,
			                     (long long)dims[i]);
		if (dims[i] == -1)
			free_at = (int)i;
		else if (!sj__multiply_fits(known, dims[i], &known))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape %s overflows", sj__dims_text((int)n, dims));
	}
	if (x->shape.size == SJ__UNKNOWN)
		return SJ_OK;
	if (free_at >= 0) {
		if (known == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "cannot infer the -1 of shape %s: another dimension is 0; say its size",
			                     sj__dims_text((int)n, dims));
		dims[free_at] = x->shape.size / known;
	}
	if (!sj__shape_size((int)n, dims, &size) || size != x->shape.size)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has shape %s with %lld elements, shape %s has not as many",
		                     sj__shape_text(x), (long long)x->shape.size, sj__dims_text((int)n, dims));
	return SJ_OK;
}

sj_status sj__rule_reshape(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK], n;
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	sj_status status = sj__call_ints(call, 1, dims, &n);
	if (status != SJ_OK)
		return status;
	if (n < 0)
		return sj__out_unknown(call, 0, dtype);
	status = reshape_dims(call, dims, n);
	return status == SJ_OK ? sj__out_view(call, 0, 0, (int)n, dims, 0) : status;
}

sj_status sj__rule_broadcast_to(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[SJ_MAX_RANK], n;
	sj_status status = sj__call_ints(call, 1, dims, &n);
	if (status != SJ_OK)
		return status;
	if (n < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	for (int64_t i = 0; i < n; i++)
		if (dims[i] < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "shape[%lld] is %lld; it must be >= 0", (long long)i, (long long)dims[i]);
	for (int i = 0; i < x->shape.rank; i++) {
		int64_t at = i + n - x->shape.rank, have = sj__dims(x)[i];
		if (at < 0 || (have != dims[at] && have != 1 && have != SJ__UNKNOWN))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has shape %s, which does not broadcast to %s",
			                     sj__shape_text(x), sj__dims_text((int)n, dims));
	}
	return sj__out(call, 0, (sj_dtype)x->dtype, (int)n, dims);
}
