/* Functions over the operations that move elements. */
#include "base/memory.h"
#include "ops/array.h"
#include "ops/lists.h"
#include "ops_numbers.h"
#include "sokuji/array_functions.h"

/* Runs an operation whose inputs are the list and one tensor after it. */
static sj_tensor *run_list_then(const sj_op *op, const void *args, int64_t n, sj_tensor *const *list, sj_tensor *last)
{
	enum { FEW = 32 };
	sj_tensor *few[FEW], **inputs = few;
	if (n < 0 || n > INT32_MAX / 2 || (n > 0 && list == NULL))
		return sj__list_refused(op->name, n, list);
	if (n + 1 > FEW)
		inputs = sj__memory_new(sizeof(*inputs) * (size_t)(n + 1));
	if (inputs == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return sj_nil();
	}
	for (int64_t i = 0; i < n; i++)
		inputs[i] = list[i];
	inputs[n] = last;
	sj_tensor *result = sj__run(op, args, (int)n + 1, inputs);
	if (inputs != few)
		sj__memory_free(inputs);
	return result;
}

sj_tensor *sj_concat(int64_t n, sj_tensor *const *values, int64_t axis)
{
	return run_list_then(&sj__op_table[SJ__OP_CONCAT_V2], NULL, n, values, sj_scalar_i64(axis));
}

sj_tensor *sj_dynamic_stitch(int64_t n, sj_tensor *const *indices, sj_tensor *const *data)
{
	if (n < 1 || n > INT32_MAX / 4 || indices == NULL || data == NULL)
		return sj__list_refused("sj_dynamic_stitch", n, indices != NULL ? (const void *)data : NULL);
	sj_tensor **inputs = sj__memory_new(sizeof(*inputs) * 2 * (size_t)n);
	if (inputs == NULL) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		return sj_nil();
	}
	for (int64_t i = 0; i < n; i++) {
		inputs[i] = indices[i];
		inputs[n + i] = data[i];
	}
	sj_tensor *result = sj__run(&sj__op_table[SJ__OP_DYNAMIC_STITCH_LIST], NULL, 2 * (int)n, inputs);
	sj__memory_free(inputs);
	return result;
}
