/* Kernels of TopK, InTopK, bounds and permutations, over order-keeping keys. */
#include <math.h>

#include "base/memory.h"
#include "base/threads.h"
#include "cpu/array_keys.h"
#include "cpu/kernels.h"
#include "ops/array.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_CHUNK = 16384 };

/* ---- TopK: a heap of the k best, the worst of them on top ---- */

typedef struct entry {
	uint64_t key;
	int64_t index;
} entry;

/* Greater keys are better; among equal ones the lower index. */
static SJ_ALWAYS_INLINE bool is_worse(entry a, entry b) { return a.key != b.key ? a.key < b.key : a.index > b.index; }

static void sift_down(entry *heap, int64_t n, int64_t at)
{
	entry moving = heap[at];
	for (int64_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && is_worse(heap[child + 1], heap[child]))
			child++;
		if (!is_worse(heap[child], moving))
			break;
		heap[at] = heap[child];
	}
	heap[at] = moving;
}

static void best_find(const uint64_t *keys, int64_t n, int64_t k, entry *heap)
{
	for (int64_t i = 0; i < k; i++)
		heap[i] = (entry){keys[i], i};
	for (int64_t i = k / 2 - 1; i >= 0 && sj__loop_goes(i); i--)
		sift_down(heap, k, i);
	for (int64_t i = k; i < n && sj__loop_goes(i); i++)
		if (keys[i] > heap[0].key) { /* an equal key has a higher index: worse */
			heap[0] = (entry){keys[i], i};
			sift_down(heap, k, 0);
		}
	for (int64_t rest = k - 1; rest > 0 && sj__loop_goes(rest); rest--) { /* worst to the end: best first */
		entry worst = heap[0];
		heap[0] = heap[rest];
		sift_down(heap, rest, 0);
		heap[rest] = worst;
	}
}

typedef struct top_work {
	const sj_tensor *x;
	sj_tensor *values, *indices;
	int64_t n, k;
	bool *failed;
} top_work;

static void top_range(void *context, int64_t begin, int64_t end)
{
	const top_work *w = context;
	int64_t size = (int64_t)sj_dtype_size((sj_dtype)w->x->dtype);
	uint64_t *keys = sj__memory_new(sizeof(*keys) * (size_t)w->n + sizeof(entry) * (size_t)w->k);
	if (keys == NULL) {
		__atomic_store_n(w->failed, true, __ATOMIC_RELAXED);
		return;
	}
	entry *heap = (entry *)(void *)(keys + w->n);
	for (int64_t row = begin; row < end && !sj__cancelled(); row++) {
		const char *from = (const char *)w->x->data + row * w->n * size;
		sj__keys_of((sj_dtype)w->x->dtype, from, w->n, keys);
		best_find(keys, w->n, w->k, heap);
		for (int64_t i = 0; i < w->k && sj__loop_goes(i); i++) {
			memcpy((char *)w->values->data + (row * w->k + i) * size, from + heap[i].index * size,
			       (size_t)size);
			sj__index_set(w->indices, row * w->k + i, heap[i].index);
		}
	}
	sj__memory_free(keys);
}

sj_status sj__kernel_top_k(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	bool failed = false;
	top_work w = {.x = x, .values = call->outputs[0], .indices = call->outputs[1], .failed = &failed};
	w.n = sj__dims(x)[x->shape.rank - 1];
	w.k = sj__dims(w.values)[x->shape.rank - 1];
	if (w.values->shape.size == 0)
		return SJ_OK;
	if (w.indices->dtype == SJ_INT32 && w.n > INT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "rows of %lld elements; ask for index_type int64",
		                     (long long)w.n);
	sj__parallel_for(x->shape.size / w.n, sj__max_i64(1, ELEMENTS_IN_A_CHUNK / w.n), top_range, &w);
	if (failed)
		return sj__call_fail(call, SJ_RESOURCE_EXHAUSTED, "no memory for rows of %lld elements",
		                     (long long)w.n);
	return SJ_OK;
}

/* ---- InTopK ---- */

static bool target_is_in(const float *row, int64_t n, int64_t target, int64_t k)
{
	int64_t better = 0;
	if (target < 0 || target >= n || !isfinite(row[target]))
		return false;
	for (int64_t i = 0; i < n; i++) {
		if (!isfinite(row[i]))
			return false;
		better += row[i] > row[target];
	}
	return better < k;
}

sj_status sj__kernel_in_top_k(sj__call *call)
{
	const sj_tensor *predictions = call->inputs[0], *targets = call->inputs[1];
	const sj_in_top_k_attr_args *args = call->args;
	int64_t n = sj__dims(predictions)[1], k = 0;
	bool known;
	sj_status status = SJ_OK;
	if (call->n_inputs == 3)
		status = sj__call_int(call, 2, &k, &known);
	else
		k = args->k;
	for (int64_t i = 0; status == SJ_OK && i < targets->shape.size && !sj__cancelled(); i++)
		((uint8_t *)call->outputs[0]->data)[i] = target_is_in((const float *)predictions->data + i * n, n,
		                                                      sj__index_at(targets, i), k);
	return status;
}

/* ---- bounds ---- */

static int64_t bound_find(const uint64_t *keys, int64_t n, uint64_t key, bool upper)
{
	int64_t low = 0, high = n;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (upper ? keys[middle] <= key : keys[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static sj_status bounds(sj__call *call, bool upper)
{
	const sj_tensor *sorted = call->inputs[0], *values = call->inputs[1];
	sj_dtype dtype = (sj_dtype)sorted->dtype;
	int64_t n_rows = sj__dims(values)[0], n = sj__dims(sorted)[1], m = sj__dims(values)[1],
		size = (int64_t)sj_dtype_size(dtype);
	uint64_t *keys = sj__memory_new(sizeof(*keys) * (size_t)(n + m));
	if (keys == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = SJ_OK;
	for (int64_t row = 0; status == SJ_OK && row < n_rows; row++) {
		sj__keys_of(dtype, (const char *)sorted->data + row * n * size, n, keys);
		sj__keys_of(dtype, (const char *)values->data + row * m * size, m, keys + n);
		for (int64_t i = 0; status == SJ_OK && i < m; i++, status = sj__loop_step(i))
			sj__index_set(call->outputs[0], row * m + i, bound_find(keys, n, keys[n + i], upper));
	}
	sj__memory_free(keys);
	return status;
}

sj_status sj__kernel_lower_bound(sj__call *call) { return bounds(call, false); }
sj_status sj__kernel_upper_bound(sj__call *call) { return bounds(call, true); }

sj_status sj__kernel_invert_permutation(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int64_t n = x->shape.size;
	for (int64_t i = 0; i < n && sj__loop_goes(i); i++)
		sj__index_set(y, i, -1);
	for (int64_t i = 0; i < n && !sj__cancelled(); i++) {
		int64_t at = sj__index_at(x, i);
		if (at < 0 || at >= n)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "x[%lld] = %lld is not in [0, %lld)",
			                     (long long)i, (long long)at, (long long)n);
		if (sj__index_at(y, at) != -1)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%lld is duplicated in x", (long long)at);
		sj__index_set(y, at, i);
	}
	return SJ_OK;
}
