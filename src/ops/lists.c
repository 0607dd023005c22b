/* The pleasant face's lists: arrays of tensors, refused with a message or joined into one list of inputs; numbers, made into tensors. */
#include "ops/lists.h"

#include "base/memory.h"
#include "tensor/handle.h"

sj_status sj__list_refused_status(const char *who, int64_t count, const void *array)
{
	sj_status status = sj__fail(SJ_INVALID_ARGUMENT, "%s: a list of %lld tensors at %s", who, (long long)count,
	                            array ? "an array" : "NULL");
	sj__error_stick(status);
	return status;
}

sj_tensor *sj__list_refused(const char *who, int64_t count, const void *array)
{
	sj__list_refused_status(who, count, array);
	return sj_nil();
}

sj_status sj__run_joined_many(const sj_op *op, const void *args, int n_first, sj_tensor *const *first, int64_t n_rest,
                              sj_tensor *const *rest, int64_t n_outputs, sj_tensor **ret_outputs)
{
	enum { FEW = 32 };
	sj_tensor *few[FEW], **inputs = few;
	if (n_rest < 0 || n_rest > INT32_MAX / 2 || (n_rest > 0 && rest == NULL))
		return sj__list_refused_status(op->name, n_rest, rest);
	if (n_outputs < 0 || n_outputs > INT32_MAX || (n_outputs > 0 && ret_outputs == NULL))
		return sj__list_refused_status(op->name, n_outputs, ret_outputs);
	if (n_first + n_rest > FEW)
		inputs = sj__memory_new(sizeof(*inputs) * (size_t)(n_first + n_rest));
	if (inputs == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return SJ_RESOURCE_EXHAUSTED;
	}
	for (int i = 0; i < n_first; i++)
		inputs[i] = first[i];
	for (int64_t i = 0; i < n_rest; i++)
		inputs[n_first + i] = rest[i];
	sj_status status = sj__run_many(op, args, n_first + (int)n_rest, inputs, (int)n_outputs, ret_outputs);
	if (inputs != few)
		sj__memory_free(inputs);
	return status;
}

sj_tensor *sj__run_joined(const sj_op *op, const void *args, int n_first, sj_tensor *const *first, int64_t n_rest,
                          sj_tensor *const *rest)
{
	sj_tensor *result = sj_nil();
	sj__run_joined_many(op, args, n_first, first, n_rest, rest, 1, &result);
	return result;
}

/* ---- lists of numbers as tensors ---- */

/* A few numbers, which lie inside the handle. */
static SJ_ALWAYS_INLINE sj_tensor *list_quick(sj__local *thread, sj_ints list)
{
	enum { FEW = SJ__INSIDE_BYTES / (int)sizeof(int64_t) };
	if (list.data == NULL || (uint64_t)list.count > FEW || thread->region_depth == 0)
		return NULL;
	sj_tensor *t = sj__handle_quick(thread, SJ_INT64);
	if (SJ_UNLIKELY(t == NULL))
		return NULL;
	t->shape.rank = 1;
	t->shape.inline_dims[0] = list.count;
	if (SJ_UNLIKELY(!sj__handle_quick_bytes(t, list.count, sizeof(int64_t))))
		return NULL;
	for (int64_t i = 0; i < list.count; i++)
		((int64_t *)t->data)[i] = list.data[i];
	return t;
}

sj_tensor *sj__list(sj_ints list)
{
	sj_tensor *t;
	if (list.data == NULL && list.count == 0)
		return NULL;
	t = list_quick(&sj__local_state, list);
	if (SJ_LIKELY(t != NULL))
		return sj__scope_push(t);
	sj__local_now();
	sj_status status = list.count < 0 || list.data == NULL
	                           ? sj__fail(SJ_INVALID_ARGUMENT, "a list of %lld numbers at %s",
	                                      (long long)list.count, list.data ? "data" : "NULL")
	                           : sj__tensor_from_ints(list, &t);
	if (status == SJ_OK)
		return sj__scope_push(t);
	sj__error_stick(status);
	return &sj__nil_tensor;
}
