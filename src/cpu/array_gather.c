/* Kernels of taking elements by index. Indices are checked before anything is written. */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops/rules.h"
#include "ops_numbers.h"

enum { BYTES_IN_A_CHUNK = 256 * 1024 };

typedef struct gather_work {
	sj_dtype dtype;
	const char *params;
	char *y;
	const sj_tensor *indices;
	int64_t outer, n,
		length; /* params (batch, outer, length, inner), indices (batch, n), y (batch, outer, n, inner) */
	int64_t inner, inner_bytes;
} gather_work;

static void gather_range(void *context, int64_t begin, int64_t end)
{
	const gather_work *w = context;
	int64_t block = begin / w->n, at = begin % w->n, first = block / w->outer * w->n; /* block: (batch, outer) */
	for (int64_t row = begin; row < end; row++) {
		int64_t index = sj__index_at(w->indices, first + at);
		const char *from = w->params + (block * w->length + index) * w->inner_bytes;
		char *to = w->y + row * w->inner_bytes;
		if (w->inner_bytes == 4)
			memcpy(to, from, 4);
		else if (w->inner_bytes == 8)
			memcpy(to, from, 8);
		else if (w->inner_bytes == 16 && w->dtype != SJ_STRING)
			memcpy(to, from, 16);
		else
			sj__elements_copy(w->dtype, to, from, w->inner);
		if (++at == w->n) {
			at = 0;
			first = ++block / w->outer * w->n;
		}
	}
}

static sj_status indices_check(const sj__call *call, const sj_tensor *indices, int64_t limit)
{
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < indices->shape.size; i++, status = sj__loop_step(i))
		if (SJ_UNLIKELY((uint64_t)sj__index_at(indices, i) >= (uint64_t)limit))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "indices[%lld] = %lld is not in [0, %lld)",
			                     (long long)i, (long long)sj__index_at(indices, i), (long long)limit);
	return status;
}

sj_status sj__kernel_gather(sj__call *call)
{
	const sj_tensor *params = call->inputs[0], *indices = call->inputs[1];
	sj_tensor *y = call->outputs[0];
	int axis, batch_dims;
	int64_t n_batches = 1;
	sj_status status = sj__gather_axes(call, &axis, &batch_dims);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < batch_dims; i++)
		n_batches *= sj__dims(params)[i];
	sj__split_shape s = sj__shape_split(params, axis);
	status = indices_check(call, indices, s.length);
	if (status != SJ_OK || y->shape.size == 0)
		return status;
	gather_work w = {.dtype = (sj_dtype)params->dtype,
	                 .params = params->data,
	                 .y = y->data,
	                 .indices = indices,
	                 .length = s.length};
	w.outer = s.outer / n_batches;
	w.n = indices->shape.size / n_batches;
	w.inner = s.inner;
	w.inner_bytes = s.inner * (int64_t)sj_dtype_size(w.dtype);
	sj__parallel_for(s.outer * w.n, sj__max_i64(1, BYTES_IN_A_CHUNK / w.inner_bytes), gather_range, &w);
	return SJ_OK;
}

/* ---- OneHot ---- */

static void one_hot_strings(const sj_tensor *indices, sj__split_shape s, const void *on, const void *off, sj__string *y)
{
	for (int64_t o = 0; o < s.outer; o++)
		for (int64_t d = 0; d < s.length && sj__loop_goes(d * s.inner); d++)
			for (int64_t i = 0; i < s.inner; i++, y++) {
				bool hot = sj__element_as_int64((sj_dtype)indices->dtype, indices->data,
				                                o * s.inner + i) == d;
				sj__string_share(y, hot ? on : off);
			}
}

enum { MOST_CLASSES_AT_ONCE = 1 << 20 };

/* Rows of four-byte elements, the classes last. */
static void one_hot_rows(const sj_tensor *indices, int64_t depth, const void *on, const void *off, uint32_t *y)
{
	uint32_t hot, cold;
	memcpy(&hot, on, sizeof(hot));
	memcpy(&cold, off, sizeof(cold));
	for (int64_t i = 0; i < indices->shape.size && !sj__cancelled(); i++, y += depth) {
		int64_t index = indices->dtype == SJ_INT32
		                        ? ((const int32_t *)indices->data)[i]
		                        : sj__element_as_int64((sj_dtype)indices->dtype, indices->data, i);
		for (int64_t d = 0; d < depth; d++)
			y[d] = cold;
		if ((uint64_t)index < (uint64_t)depth)
			y[index] = hot;
	}
}

sj_status sj__kernel_one_hot(sj__call *call)
{
	const sj_tensor *indices = call->inputs[0], *on_value = call->inputs[2], *off_value = call->inputs[3];
	sj_tensor *y = call->outputs[0];
	static const char zero[16];
	char one[16];
	int64_t axis = sj__one_hot_axis(call->args), size = (int64_t)sj_dtype_size((sj_dtype)y->dtype);
	sj__split_shape s = sj__shape_split(y, axis < 0 ? y->shape.rank - 1 : (int)axis);
	sj__element_one((sj_dtype)y->dtype, one);
	const void *on = on_value ? on_value->data : one, *off = off_value ? off_value->data : zero;
	if (y->dtype == SJ_STRING) {
		one_hot_strings(indices, s, on, off, y->data);
		return SJ_OK;
	}
	if (size == 4 && s.inner == 1 && s.length <= MOST_CLASSES_AT_ONCE) {
		one_hot_rows(indices, s.length, on, off, y->data);
		return SJ_OK;
	}
	sj__tensor_fill(y, off);
	for (int64_t o = 0; o < s.outer && y->shape.size > 0 && !sj__cancelled(); o++)
		for (int64_t i = 0; i < s.inner; i++) {
			int64_t index = sj__element_as_int64((sj_dtype)indices->dtype, indices->data, o * s.inner + i);
			if (index >= 0 && index < s.length)
				memcpy((char *)y->data + ((o * s.length + index) * s.inner + i) * size, on,
				       (size_t)size);
		}
	return SJ_OK;
}
