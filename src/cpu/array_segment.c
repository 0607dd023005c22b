/*
 * Segment reductions: rows of data are added (multiplied, compared) into the row of their segment, in the order of the rows, so that
 * the result does not depend on threads, which share the columns.
 */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/array_rows.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"

enum { COLUMNS_IN_A_CHUNK = 1024 };

typedef struct segment_work {
	sj__row_function *fold;
	const sj_tensor *ids;
	const char *data;
	char *y;
	int64_t inner, size;
} segment_work;

static void columns_range(void *context, int64_t begin, int64_t end)
{
	const segment_work *w = context;
	for (int64_t i = 0; i < w->ids->shape.size && !sj__cancelled(); i++) {
		int64_t id = sj__index_at(w->ids, i);
		if (id >= 0)
			w->fold(end - begin, w->data + (i * w->inner + begin) * w->size,
			        w->y + (id * w->inner + begin) * w->size);
	}
}

static void segments_fold(enum sj__fold fold, const sj_tensor *data, const sj_tensor *ids, sj_tensor *y)
{
	sj_dtype dtype = (sj_dtype)y->dtype;
	int64_t n = ids->shape.size;
	sj__tensor_fill(y, sj__fold_start(dtype, fold));
	if (n == 0 || data->shape.size == 0)
		return;
	segment_work w = {sj__row_fold(dtype, fold),    ids, data->data, y->data, data->shape.size / n,
	                  (int64_t)sj_dtype_size(dtype)};
	sj__parallel_for(w.inner, COLUMNS_IN_A_CHUNK, columns_range, &w);
}

/* ---- unsorted ---- */

static sj_status unsorted(sj__call *call, enum sj__fold fold)
{
	const sj_tensor *ids = call->inputs[1];
	sj_tensor *y = call->outputs[0];
	int64_t limit = sj__dims(y)[0];
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < ids->shape.size; i++, status = sj__loop_step(i))
		if (sj__index_at(ids, i) >= limit)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "segment_ids[%lld] = %lld is out of range [0, %lld)", (long long)i,
			                     (long long)sj__index_at(ids, i), (long long)limit);
	if (status == SJ_OK)
		segments_fold(fold, call->inputs[0], ids, y);
	return status;
}

sj_status sj__kernel_unsorted_segment_sum(sj__call *call) { return unsorted(call, SJ__FOLD_SUM); }
sj_status sj__kernel_unsorted_segment_prod(sj__call *call) { return unsorted(call, SJ__FOLD_PROD); }
sj_status sj__kernel_unsorted_segment_max(sj__call *call) { return unsorted(call, SJ__FOLD_MAX); }
sj_status sj__kernel_unsorted_segment_min(sj__call *call) { return unsorted(call, SJ__FOLD_MIN); }

/* ---- sorted ---- */

static sj_status sorted_allocate(sj__call *call)
{
	const sj_tensor *data = call->inputs[0], *ids = call->inputs[1];
	int64_t n = ids->shape.size, dims[SJ_MAX_RANK];
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < n; i++, status = sj__loop_step(i)) {
		int64_t id = sj__index_at(ids, i);
		if (id < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "segment_ids[%lld] = %lld; segment ids must be >= 0", (long long)i,
			                     (long long)id);
		if (i > 0 && id < sj__index_at(ids, i - 1))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "segment ids are not increasing: segment_ids[%lld] = %lld follows %lld",
			                     (long long)i, (long long)id, (long long)sj__index_at(ids, i - 1));
	}
	if (status != SJ_OK)
		return status;
	memcpy(dims, sj__dims(data), sizeof(*dims) * (size_t)data->shape.rank);
	dims[0] = 0;
	if (n > 0 && !sj__add_fits(sj__index_at(ids, n - 1), 1, &dims[0]))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "segment_ids[%lld] = %lld is too great",
		                     (long long)(n - 1), (long long)sj__index_at(ids, n - 1));
	return sj__call_allocate(call, 0, (sj_dtype)data->dtype, data->shape.rank, dims);
}

/* Rows of numbers that nobody has: 0 in place of the fold's start. */
static void gaps_clear(const sj_tensor *ids, sj_tensor *y)
{
	int64_t next = 0, n_rows = sj__dims(y)[0],
		row = n_rows > 0 ? y->shape.size / n_rows * (int64_t)sj_dtype_size((sj_dtype)y->dtype) : 0;
	for (int64_t i = 0; i < ids->shape.size && sj__loop_goes(i); i++) {
		int64_t id = sj__index_at(ids, i);
		if (id > next)
			memset((char *)y->data + next * row, 0, (size_t)((id - next) * row));
		next = id + 1;
	}
}

static sj_status sorted(sj__call *call, enum sj__fold fold)
{
	sj_status status = sorted_allocate(call);
	if (status != SJ_OK)
		return status;
	segments_fold(fold, call->inputs[0], call->inputs[1], call->outputs[0]);
	if (fold == SJ__FOLD_MAX || fold == SJ__FOLD_MIN)
		gaps_clear(call->inputs[1], call->outputs[0]);
	return SJ_OK;
}

sj_status sj__kernel_segment_sum(sj__call *call) { return sorted(call, SJ__FOLD_SUM); }
sj_status sj__kernel_segment_prod(sj__call *call) { return sorted(call, SJ__FOLD_PROD); }
sj_status sj__kernel_segment_max(sj__call *call) { return sorted(call, SJ__FOLD_MAX); }
sj_status sj__kernel_segment_min(sj__call *call) { return sorted(call, SJ__FOLD_MIN); }

#define DIVIDE(T) \
	for (int64_t i = 0; i < n; i++) \
		((T *)row)[i] = (T)(((T *)row)[i] / (T)count); \
	return;

static void row_divide(sj_dtype dtype, void *row, int64_t n, int64_t count)
{
	switch (dtype) {
	case SJ_FLOAT32: DIVIDE(float)
	case SJ_FLOAT64: DIVIDE(double)
	default:;
	}
	for (int64_t i = 0; i < n; i++) { /* integers: rounded towards 0 */
		int64_t at = i;
		switch (dtype) {
		case SJ_INT8: ((int8_t *)row)[at] = (int8_t)(((int8_t *)row)[at] / count); break;
		case SJ_INT16: ((int16_t *)row)[at] = (int16_t)(((int16_t *)row)[at] / count); break;
		case SJ_INT32: ((int32_t *)row)[at] = (int32_t)(((int32_t *)row)[at] / count); break;
		case SJ_INT64: ((int64_t *)row)[at] /= count; break;
		case SJ_UINT8: ((uint8_t *)row)[at] = (uint8_t)(((uint8_t *)row)[at] / count); break;
		case SJ_UINT16: ((uint16_t *)row)[at] = (uint16_t)(((uint16_t *)row)[at] / count); break;
		case SJ_UINT32: ((uint32_t *)row)[at] = (uint32_t)(((uint32_t *)row)[at] / count); break;
		default: ((uint64_t *)row)[at] /= (uint64_t)count;
		}
	}
}

sj_status sj__kernel_segment_mean(sj__call *call)
{
	sj_status status = sorted(call, SJ__FOLD_SUM);
	const sj_tensor *ids = call->inputs[1];
	sj_tensor *y = call->outputs[0];
	int64_t n = ids->shape.size;
	if (status != SJ_OK || n == 0)
		return status;
	int64_t inner = y->shape.size / sj__dims(y)[0];
	for (int64_t i = 0, first = 0; i < n && !sj__cancelled(); i++) {
		if (i + 1 < n && sj__index_at(ids, i + 1) == sj__index_at(ids, i))
			continue;
		char *row = (char *)y->data + sj__index_at(ids, i) * inner * (int64_t)sj_dtype_size((sj_dtype)y->dtype);
		row_divide((sj_dtype)y->dtype, row, inner, i + 1 - first);
		first = i + 1;
	}
	return SJ_OK;
}
