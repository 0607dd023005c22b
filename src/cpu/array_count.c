/* Kernels of counting, and of the vector product. Sums are made in the order of the elements. */
#include <math.h>

#include "base/memory.h"
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"

/* ---- Bincount ---- */

static sj_status bins_check(const sj__call *call)
{
	const sj_tensor *arr = call->inputs[0];
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < arr->shape.size; i++, status = sj__loop_step(i))
		if (((const int32_t *)arr->data)[i] < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "arr[%lld] is %d; it must be >= 0",
			                     (long long)i, ((const int32_t *)arr->data)[i]);
	return status;
}

/* The sums of floats, in float64. */
static void bins_add_floats(const sj__call *call, double *sums)
{
	const sj_tensor *arr = call->inputs[0], *weights = call->inputs[2], *bins = call->outputs[0];
	const int32_t *place = arr->data;
	for (int64_t i = 0; i < arr->shape.size && sj__loop_goes(i); i++)
		if (place[i] < bins->shape.size)
			sums[place[i]] += weights->shape.size == 0
			                          ? 1
			                          : sj__element_as_double((sj_dtype)weights->dtype, weights->data, i);
}

static sj_status bins_add_integers(const sj__call *call)
{
	const sj_tensor *arr = call->inputs[0], *weights = call->inputs[2];
	sj_tensor *bins = call->outputs[0];
	const int32_t *place = arr->data;
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < arr->shape.size; i++, status = sj__loop_step(i))
		if (place[i] < bins->shape.size) {
			uint64_t weight = weights->shape.size == 0 ? 1 : (uint64_t)sj__index_at(weights, i);
			sj__index_set(bins, place[i], (int64_t)((uint64_t)sj__index_at(bins, place[i]) + weight));
		}
	return status;
}

sj_status sj__kernel_bincount(sj__call *call)
{
	sj_tensor *bins = call->outputs[0];
	int64_t n = bins->shape.size;
	sj_status status = bins_check(call);
	if (status != SJ_OK)
		return status;
	sj__tensor_clear(bins);
	if (bins->dtype == SJ_FLOAT64) {
		bins_add_floats(call, bins->data);
	} else if (bins->dtype == SJ_FLOAT32) {
		double *sums = sj__memory_new_zeroed(sizeof(*sums) * (size_t)sj__max_i64(1, n));
		if (sums == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		bins_add_floats(call, sums);
		for (int64_t i = 0; i < n && sj__loop_goes(i); i++)
			((float *)bins->data)[i] = (float)sums[i];
		sj__memory_free(sums);
	} else {
		status = bins_add_integers(call);
	}
	return status;
}

/* ---- HistogramFixedWidth ---- */

/* How far above the range's begin, at least 0; the difference is taken in the values' dtype, as in TensorFlow. */
static double distance(const sj_tensor *values, int64_t i, const sj_tensor *range)
{
	if (values->dtype == SJ_FLOAT32) {
		float low = ((const float *)range->data)[0], v = ((const float *)values->data)[i];
		return v > low ? (double)(v - low) : 0;
	}
	if (values->dtype == SJ_FLOAT64) {
		double low = ((const double *)range->data)[0], v = ((const double *)values->data)[i];
		return v > low ? v - low : 0;
	}
	int64_t low = sj__index_at(range, 0), v = sj__index_at(values, i);
	return v > low ? (double)((uint64_t)v - (uint64_t)low) : 0;
}

static sj_status histogram_check(const sj__call *call, double low, double high)
{
	const sj_tensor *values = call->inputs[0];
	if (!(low < high) || isinf(low) || isinf(high))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "value_range is [%g, %g]; the first must be below the second, both finite", low,
		                     high);
	for (int64_t i = 0; sj_dtype_is_floating((sj_dtype)values->dtype) && i < values->shape.size && sj__loop_goes(i);
	     i++)
		if (isnan(sj__element_as_double((sj_dtype)values->dtype, values->data, i)))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "values[%lld] is NaN, which is in no bin",
			                     (long long)i);
	return SJ_OK;
}

sj_status sj__kernel_histogram_fixed_width(sj__call *call)
{
	const sj_tensor *values = call->inputs[0], *range = call->inputs[1];
	sj_tensor *out = call->outputs[0];
	double low = sj__element_as_double((sj_dtype)range->dtype, range->data, 0);
	double high = sj__element_as_double((sj_dtype)range->dtype, range->data, 1), last = (double)out->shape.size - 1;
	sj_status status = histogram_check(call, low, high);
	if (status != SJ_OK)
		return status;
	double step = (high - low) / (double)out->shape.size;
	sj__tensor_clear(out);
	for (int64_t i = 0; i < values->shape.size && sj__loop_goes(i); i++) {
		double place = distance(values, i, range) / step;
		int64_t bin = (int64_t)(place < last ? place : last);
		sj__index_set(out, bin, sj__index_at(out, bin) + 1);
	}
	return SJ_OK;
}

/* ---- Cross ---- */

#define CROSS(suffix, T, U) \
	static void cross_##suffix(int64_t n, const void *a_, const void *b_, void *y_) \
	{ \
		const T *a = a_, *b = b_; \
		T *y = y_; \
		for (int64_t i = 0; i + 2 < n; i += 3) \
			for (int k = 0; k < 3; k++) { \
				int64_t p = i + (k + 1) % 3, q = i + (k + 2) % 3; \
				y[i + k] = (T)((U)a[p] * (U)b[q] - (U)a[q] * (U)b[p]); \
			} \
	}
CROSS(f32, float, float)
CROSS(f64, double, double)
CROSS(8, uint8_t, uint64_t)
CROSS(16, uint16_t, uint64_t)
CROSS(32, uint32_t, uint64_t)
CROSS(64, uint64_t, uint64_t)

/* Integers wrap: their signs do not matter. */
sj_status sj__kernel_cross(sj__call *call)
{
	const sj_tensor *a = call->inputs[0];
	size_t size = sj_dtype_size((sj_dtype)a->dtype);
	void (*cross)(int64_t, const void *, const void *, void *) = size == 1   ? cross_8
	                                                             : size == 2 ? cross_16
	                                                             : size == 4 ? cross_32
	                                                                         : cross_64;
	if (a->dtype == SJ_FLOAT32 || a->dtype == SJ_FLOAT64)
		cross = a->dtype == SJ_FLOAT32 ? cross_f32 : cross_f64;
	cross(a->shape.size, a->data, call->inputs[1]->data, call->outputs[0]->data);
	return SJ_OK;
}
