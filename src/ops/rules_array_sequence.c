/* Shape rules of evenly spaced numbers. */
#include <math.h>

#include "ops/array.h"
#include "ops/rules.h"

static sj_status scalar_expected(const sj__call *call, int i)
{
	const sj_tensor *t = call->inputs[i];
	if (t->shape.rank <= 0)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a scalar",
	                     call->op->inputs[i].name, sj__shape_text(t));
}

static sj_status range_refused(const sj__call *call, const char *why)
{
	return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s", why);
}

/* The distance over the step, rounded up; computed without signed overflow. */
static sj_status integer_size(const sj__call *call, int64_t start, int64_t limit, int64_t delta, int64_t *ret_n)
{
	if (delta == 0)
		return range_refused(call, "delta is 0; it must be non-zero");
	if (delta > 0 ? start > limit : start < limit)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "delta %lld leads away: from start %lld to limit %lld it must have the other sign",
		                     (long long)delta, (long long)start, (long long)limit);
	uint64_t distance = delta > 0 ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
	uint64_t step = delta > 0 ? (uint64_t)delta : 0 - (uint64_t)delta, n = distance / step + (distance % step != 0);
	if (n > INT64_MAX)
		return range_refused(call, "the number of elements does not fit int64: size overflow");
	*ret_n = (int64_t)n;
	return SJ_OK;
}

static sj_status unsigned_size(const sj__call *call, uint64_t start, uint64_t limit, uint64_t delta, int64_t *ret_n)
{
	if (delta == 0)
		return range_refused(call, "delta is 0; it must be non-zero");
	if (start > limit)
		return range_refused(call, "delta leads away: start is above limit");
	uint64_t n = (limit - start) / delta + ((limit - start) % delta != 0);
	if (n > INT64_MAX)
		return range_refused(call, "the number of elements does not fit int64: size overflow");
	*ret_n = (int64_t)n;
	return SJ_OK;
}

/* In the dtype's own arithmetic, as TensorFlow. */
static sj_status floating_size(const sj__call *call, double start, double limit, double delta, int64_t *ret_n)
{
	bool narrow = call->inputs[0]->dtype == SJ_FLOAT32;
	double quotient = narrow ? (double)fabsf(((float)limit - (float)start) / (float)delta)
	                         : fabs((limit - start) / delta);
	if (delta == 0)
		return range_refused(call, "delta is 0; it must be non-zero");
	if (delta > 0 ? start > limit : start < limit)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "delta %g leads away: from start %g to limit %g it must have the other sign",
		                     delta, start, limit);
	if (!(ceil(quotient) < 9223372036854775808.0))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the number of elements from %g to %g by %g does not fit int64", start, limit,
		                     delta);
	*ret_n = (int64_t)ceil(quotient);
	return SJ_OK;
}

sj_status sj__rule_range(sj__call *call)
{
	sj_dtype dtype = (sj_dtype)call->inputs[0]->dtype;
	int64_t n = SJ__UNKNOWN;
	bool known = true;
	sj_status status = SJ_OK;
	for (int i = 0; status == SJ_OK && i < 3; i++) {
		status = scalar_expected(call, i);
		known &= sj__known_value(call->inputs[i]) != NULL;
	}
	if (status == SJ_OK && known) {
		const void *start = call->inputs[0]->data, *limit = call->inputs[1]->data,
			   *delta = call->inputs[2]->data;
		if (sj_dtype_is_floating(dtype))
			status = floating_size(call, sj__element_as_double(dtype, start, 0),
			                       sj__element_as_double(dtype, limit, 0),
			                       sj__element_as_double(dtype, delta, 0), &n);
		else if (dtype == SJ_UINT64)
			status = unsigned_size(call, *(const uint64_t *)start, *(const uint64_t *)limit,
			                       *(const uint64_t *)delta, &n);
		else
			status = integer_size(call, sj__element_as_int64(dtype, start, 0),
			                      sj__element_as_int64(dtype, limit, 0),
			                      sj__element_as_int64(dtype, delta, 0), &n);
	}
	return status == SJ_OK ? sj__out(call, 0, dtype, 1, &n) : status;
}

sj_status sj__rule_linspace(sj__call *call)
{
	int64_t n = SJ__UNKNOWN;
	bool known;
	sj_status status = scalar_expected(call, 0);
	if (status == SJ_OK)
		status = scalar_expected(call, 1);
	if (status == SJ_OK)
		status = sj__call_int(call, 2, &n, &known);
	if (status == SJ_OK && known && n <= 0)
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT, "num is %lld; it must be > 0", (long long)n);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 1, &n) : status;
}
