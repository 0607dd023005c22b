/* Kernels of taking and putting slices that the last dimension of the indices names. Indices are checked before anything is written. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/array_rows.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops/rules.h"

enum { BYTES_IN_A_CHUNK = 256 * 1024 };

typedef struct nd_work {
	sj_dtype dtype;
	int64_t n, inner, bytes; /* slices, elements and bytes of each */
	int64_t *at;             /* element where each slice begins; -1: a bad index that is ignored */
	const char *from;
	char *to;
} nd_work;

static sj_status place_find(const sj__call *call, const sj_tensor *indices, int64_t k, const int64_t *dims, int64_t i,
                            bool ignored, int64_t *ret_at)
{
	int64_t at = 0;
	for (int64_t j = 0; j < k; j++) {
		int64_t index = sj__index_at(indices, i * k + j);
		if ((uint64_t)index >= (uint64_t)dims[j] && ignored) {
			*ret_at = -1;
			return SJ_OK;
		}
		if ((uint64_t)index >= (uint64_t)dims[j])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "indices[%lld] = %lld in place %lld is not in [0, %lld)", (long long)i,
			                     (long long)index, (long long)j, (long long)dims[j]);
		at = at * dims[j] + index;
	}
	*ret_at = at;
	return SJ_OK;
}

/* The places of all slices of `whole`; w->at is to be freed, also on failure. */
static sj_status work_begin(const sj__call *call, const sj_tensor *whole, const sj_tensor *indices, nd_work *w)
{
	int64_t k = sj__dims(indices)[indices->shape.rank - 1];
	bool ignored;
	w->dtype = (sj_dtype)whole->dtype;
	w->inner = w->n = 1;
	for (int i = (int)k; i < whole->shape.rank; i++)
		w->inner *= sj__dims(whole)[i];
	for (int i = 0; i < indices->shape.rank - 1; i++)
		w->n *= sj__dims(indices)[i];
	w->bytes = w->inner * (int64_t)sj_dtype_size(w->dtype);
	w->at = sj__memory_new(sizeof(*w->at) * (size_t)w->n);
	sj_status status = w->at == NULL ? SJ_RESOURCE_EXHAUSTED : sj__bad_indices_ignored(call, &ignored);
	for (int64_t i = 0; status == SJ_OK && i < w->n; i++) {
		status = place_find(call, indices, k, sj__dims(whole), i, ignored, &w->at[i]);
		if (status == SJ_OK)
			status = sj__loop_step(i);
		if (w->at[i] > 0)
			w->at[i] *= w->inner;
	}
	return status;
}

static void take_range(void *context, int64_t begin, int64_t end)
{
	const nd_work *w = context;
	int64_t size = (int64_t)sj_dtype_size(w->dtype);
	for (int64_t i = begin; i < end; i++) {
		if (w->at[i] >= 0)
			sj__elements_copy(w->dtype, w->to + i * w->bytes, w->from + w->at[i] * size, w->inner);
		else if (w->dtype != SJ_STRING)
			memset(w->to + i * w->bytes, 0, (size_t)w->bytes);
	}
}

sj_status sj__kernel_gather_nd(sj__call *call)
{
	nd_work w;
	sj_status status = work_begin(call, call->inputs[0], call->inputs[1], &w);
	w.from = call->inputs[0]->data;
	w.to = call->outputs[0]->data;
	if (status == SJ_OK && w.inner > 0)
		sj__parallel_for(w.n, sj__max_i64(1, BYTES_IN_A_CHUNK / w.bytes), take_range, &w);
	sj__memory_free(w.at);
	return status;
}

static void strings_put(const nd_work *w, const sj_tensor *updates, int64_t i)
{
	sj__string *to = (sj__string *)(void *)w->to + w->at[i];
	for (int64_t j = 0; j < w->inner; j++)
		sj__string_clear(&to[j]);
	sj__elements_copy(SJ_STRING, to, (const sj__string *)updates->data + i * w->inner, w->inner);
}

/* Puts or folds the updates into y, in their order. fold NULL: puts. */
static sj_status scatter(sj__call *call, const sj_tensor *indices, const sj_tensor *updates, const sj_tensor *base,
                         sj__row_function *fold)
{
	sj_tensor *y = call->outputs[0];
	nd_work w;
	sj_status status = work_begin(call, y, indices, &w);
	w.to = y->data;
	int64_t size = (int64_t)sj_dtype_size((sj_dtype)y->dtype);
	if (status == SJ_OK && base != NULL)
		sj__tensor_copy(y, base);
	else if (status == SJ_OK)
		sj__tensor_clear(y);
	for (int64_t i = 0; status == SJ_OK && i < w.n && w.inner > 0; i++, status = sj__loop_step(i)) {
		const char *row = (const char *)updates->data + i * w.bytes;
		if (w.at[i] < 0)
			continue;
		if (fold != NULL)
			fold(w.inner, row, w.to + w.at[i] * size);
		else if (w.dtype == SJ_STRING)
			strings_put(&w, updates, i);
		else
			memcpy(w.to + w.at[i] * size, row, (size_t)w.bytes);
	}
	sj__memory_free(w.at);
	return status;
}

static sj_status tensor_scatter(sj__call *call, sj__row_function *fold)
{
	return scatter(call, call->inputs[1], call->inputs[2], call->inputs[0], fold);
}

sj_status sj__kernel_scatter_nd(sj__call *call)
{
	return scatter(call, call->inputs[0], call->inputs[1], NULL,
	               sj__row_fold((sj_dtype)call->outputs[0]->dtype, SJ__FOLD_SUM));
}

sj_status sj__kernel_tensor_scatter_update(sj__call *call) { return tensor_scatter(call, NULL); }

sj_status sj__kernel_tensor_scatter_add(sj__call *call)
{
	return tensor_scatter(call, sj__row_fold((sj_dtype)call->outputs[0]->dtype, SJ__FOLD_SUM));
}

sj_status sj__kernel_tensor_scatter_sub(sj__call *call)
{
	return tensor_scatter(call, sj__row_fold((sj_dtype)call->outputs[0]->dtype, SJ__FOLD_SUBTRACT));
}

sj_status sj__kernel_unravel_index(sj__call *call)
{
	const sj_tensor *indices = call->inputs[0], *dims = call->inputs[1];
	int64_t n = indices->shape.size, limit = 1;
	for (int64_t a = 0; a < dims->shape.size; a++)
		limit *= sj__index_at(dims, a);
	for (int64_t i = 0; i < n && sj__loop_goes(i); i++)
		if (sj__index_at(indices, i) < 0 || sj__index_at(indices, i) >= limit)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "indices[%lld] = %lld is out of range [0, %lld)", (long long)i,
			                     (long long)sj__index_at(indices, i), (long long)limit);
	for (int64_t i = 0; i < n && sj__loop_goes(i); i++) {
		int64_t rest = sj__index_at(indices, i);
		for (int64_t a = dims->shape.size - 1; a >= 0; a--) {
			sj__index_set(call->outputs[0], a * n + i, rest % sj__index_at(dims, a));
			rest /= sj__index_at(dims, a);
		}
	}
	return SJ_OK;
}
