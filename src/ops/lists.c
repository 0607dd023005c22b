/* Arrays of tensors in the pleasant face: refused with a message, or joined into one list of inputs. */
#include "ops/lists.h"

#include "base/memory.h"

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
