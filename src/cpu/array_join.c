/* Kernels of joining and taking apart: rows copied to their place. */
#include "base/memory.h"
#include "base/threads.h"
#include "cpu/array_rows.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

sj_status sj__kernel_concat_v2(sj__call *call)
{
	sj_tensor *y = call->outputs[0];
	sj_dtype dtype = (sj_dtype)y->dtype;
	int axis, n = call->n_inputs - 1;
	if (y->storage == call->inputs[0]->storage) /* of one value the rule's view is the result */
		return SJ_OK;
	sj_status status = sj__call_axis_input(call, n, y->shape.rank, 0, &axis);
	if (status != SJ_OK)
		return status;
	sj__split_shape whole = sj__shape_split(y, axis);
	char *to = y->data;
	for (int i = 0; i < n; i++) {
		const sj_tensor *x = call->inputs[i];
		int64_t row = sj__dims(x)[axis] * whole.inner;
		int64_t dims[] = {whole.outer, row}, to_strides[] = {whole.length * whole.inner, 1},
			from_strides[] = {row, 1};
		sj__strided_copy(dtype, 2, dims, to, to_strides, x->data, from_strides);
		to += row * (int64_t)sj_dtype_size(dtype);
	}
	return SJ_OK;
}

sj_status sj__kernel_stack(sj__call *call)
{
	const sj_stack_args *args = call->args;
	sj_tensor *y = call->outputs[0];
	int axis = (int)(args->axis < 0 ? args->axis + y->shape.rank : args->axis);
	sj__split_shape s = sj__shape_split(y, axis);
	int64_t dims[] = {s.outer, s.inner}, to[] = {s.length * s.inner, 1}, from[] = {s.inner, 1};
	int64_t step = s.inner * (int64_t)sj_dtype_size((sj_dtype)y->dtype);
	for (int i = 0; i < call->n_inputs; i++)
		sj__strided_copy((sj_dtype)y->dtype, 2, dims, (char *)y->data + i * step, to, call->inputs[i]->data,
		                 from);
	return SJ_OK;
}

/* The outputs one after the other along the axis of x, output k taking lengths of them; those that are views are done. */
static void parts_copy(sj__call *call, const sj_tensor *x, int axis, bool one_each)
{
	sj__split_shape s = sj__shape_split(x, axis);
	const char *from = x->data;
	for (int k = 0; k < call->n_outputs; k++) {
		sj_tensor *y = call->outputs[k];
		int64_t row = s.inner * (one_each ? 1 : sj__dims(y)[axis]);
		int64_t dims[] = {s.outer, row}, to[] = {row, 1}, strides[] = {s.length * s.inner, 1};
		if (y->storage != x->storage)
			sj__strided_copy((sj_dtype)x->dtype, 2, dims, y->data, to, from, strides);
		from += row * (int64_t)sj_dtype_size((sj_dtype)x->dtype);
	}
}

sj_status sj__kernel_unstack(sj__call *call)
{
	const sj_unstack_args *args = call->args;
	const sj_tensor *x = call->inputs[0];
	parts_copy(call, x, (int)(args->axis < 0 ? args->axis + x->shape.rank : args->axis), true);
	return SJ_OK;
}

sj_status sj__kernel_split(sj__call *call)
{
	int axis;
	sj_status status = sj__call_axis_input(call, 0, call->inputs[1]->shape.rank, 0, &axis);
	if (status == SJ_OK)
		parts_copy(call, call->inputs[1], axis, false);
	return status;
}

sj_status sj__kernel_split_v(sj__call *call)
{
	int axis;
	sj_status status = sj__call_axis_input(call, 2, call->inputs[0]->shape.rank, 0, &axis);
	if (status == SJ_OK)
		parts_copy(call, call->inputs[0], axis, false);
	return status;
}

/* ---- AddN ---- */

typedef struct add_work {
	const sj__call *call;
	sj__row_function *add;
	int64_t size;
} add_work;

static void add_range(void *context, int64_t begin, int64_t end)
{
	const add_work *w = context;
	char *y = (char *)w->call->outputs[0]->data + begin * w->size;
	memcpy(y, (const char *)w->call->inputs[0]->data + begin * w->size, (size_t)((end - begin) * w->size));
	for (int i = 1; i < w->call->n_inputs; i++)
		w->add(end - begin, (const char *)w->call->inputs[i]->data + begin * w->size, y);
}

sj_status sj__kernel_add_n(sj__call *call)
{
	sj_dtype dtype = (sj_dtype)call->outputs[0]->dtype;
	add_work w = {call, sj__row_fold(dtype, SJ__FOLD_SUM), (int64_t)sj_dtype_size(dtype)};
	if (call->n_inputs > 1)
		sj__parallel_for(call->outputs[0]->shape.size, ELEMENTS_IN_A_CHUNK, add_range, &w);
	return SJ_OK;
}

/* ---- DynamicPartition and DynamicStitch ---- */

static int64_t row_size(const sj_tensor *data, int head)
{
	int64_t n = 1;
	for (int i = head; i < data->shape.rank; i++)
		n *= sj__dims(data)[i];
	return n;
}

static sj_status partitions_allocate(sj__call *call, int64_t *counts)
{
	const sj_tensor *data = call->inputs[0], *partitions = call->inputs[1];
	int64_t dims[SJ_MAX_RANK + 1];
	sj_status status = SJ_OK;
	for (int64_t i = 0; status == SJ_OK && i < partitions->shape.size; i++, status = sj__loop_step(i)) {
		int32_t p = ((const int32_t *)partitions->data)[i];
		if (p < 0 || p >= call->n_outputs)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "partitions[%lld] = %d is not in [0, %d)",
			                     (long long)i, (int)p, call->n_outputs);
		counts[p]++;
	}
	int rank = 1 + data->shape.rank - partitions->shape.rank;
	for (int i = 1; i < rank; i++)
		dims[i] = sj__dims(data)[partitions->shape.rank + i - 1];
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++) {
		dims[0] = counts[k];
		counts[k] = 0;
		status = sj__call_allocate(call, k, (sj_dtype)data->dtype, rank, dims);
	}
	return status;
}

sj_status sj__kernel_dynamic_partition(sj__call *call)
{
	const sj_tensor *data = call->inputs[0], *partitions = call->inputs[1];
	int64_t row = row_size(data, partitions->shape.rank),
		bytes = row * (int64_t)sj_dtype_size((sj_dtype)data->dtype);
	int64_t *counts = sj__memory_new_zeroed(sizeof(*counts) * (size_t)call->n_outputs);
	if (counts == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj_status status = partitions_allocate(call, counts);
	for (int64_t i = 0; status == SJ_OK && i < partitions->shape.size; i++, status = sj__loop_step(i)) {
		int32_t p = ((const int32_t *)partitions->data)[i];
		sj__elements_copy((sj_dtype)data->dtype, (char *)call->outputs[p]->data + counts[p]++ * bytes,
		                  (const char *)data->data + i * bytes, row);
	}
	sj__memory_free(counts);
	return status;
}

sj_status sj__kernel_dynamic_stitch(sj__call *call)
{
	int n = call->n_inputs / 2;
	const sj_tensor *first = call->inputs[n];
	int64_t dims[SJ_MAX_RANK + 1] = {0}, row = row_size(first, call->inputs[0]->shape.rank);
	sj_dtype dtype = (sj_dtype)first->dtype;
	int64_t bytes = row * (int64_t)sj_dtype_size(dtype);
	sj_status status = SJ_OK;
	for (int m = 0; m < n; m++)
		for (int64_t i = 0; status == SJ_OK && i < call->inputs[m]->shape.size;
		     i++, status = sj__loop_step(i)) {
			int32_t index = ((const int32_t *)call->inputs[m]->data)[i];
			if (index < 0)
				return sj__call_fail(call, SJ_INVALID_ARGUMENT,
				                     "indices[%d][%lld] = %d; indices must be >= 0", m, (long long)i,
				                     (int)index);
			dims[0] = sj__max_i64(dims[0], (int64_t)index + 1);
		}
	int rank = 1 + first->shape.rank - call->inputs[0]->shape.rank;
	for (int i = 1; i < rank; i++)
		dims[i] = sj__dims(first)[call->inputs[0]->shape.rank + i - 1];
	if (status == SJ_OK)
		status = sj__call_allocate(call, 0, dtype, rank, dims);
	if (status != SJ_OK)
		return status;
	sj_tensor *y = call->outputs[0];
	if (dtype != SJ_STRING)
		sj__tensor_clear(y);
	for (int m = 0; m < n; m++)
		for (int64_t i = 0; i < call->inputs[m]->shape.size && !sj__cancelled(); i++) {
			char *to = (char *)y->data + ((const int32_t *)call->inputs[m]->data)[i] * bytes;
			for (int64_t j = 0; dtype == SJ_STRING && j < row; j++)
				sj__string_clear((sj__string *)to + j);
			sj__elements_copy(dtype, to, (const char *)call->inputs[n + m]->data + i * bytes, row);
		}
	return SJ_OK;
}
