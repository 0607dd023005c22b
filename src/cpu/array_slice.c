/* Kernels of the slices and of their gradient. */
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops/array_slice.h"

static sj_status plan_copy(const sj__slice_plan *plan, const sj_tensor *x, sj_tensor *y)
{
	int64_t dense[SJ_MAX_RANK], from[SJ_MAX_RANK], to[SJ_MAX_RANK], offset = 0;
	sj__dense_strides(plan->rank, sj__dims(x), dense);
	sj__dense_strides(plan->rank, plan->length, to);
	for (int i = 0; i < plan->rank; i++) {
		from[i] = dense[i] * plan->stride[i];
		offset += dense[i] * plan->begin[i];
	}
	if (y->shape.size > 0)
		sj__strided_copy((sj_dtype)x->dtype, plan->rank, plan->length, y->data, to,
		                 (const char *)x->data + offset * (int64_t)sj_dtype_size((sj_dtype)x->dtype), from);
	return SJ_OK;
}

sj_status sj__kernel_slice(sj__call *call)
{
	sj__slice_plan plan;
	if (call->outputs[0]->storage == call->inputs[0]->storage) /* the rule's view is the result */
		return SJ_OK;
	sj_status status = sj__slice_plan_simple(call, &plan);
	return status == SJ_OK ? plan_copy(&plan, call->inputs[0], call->outputs[0]) : status;
}

sj_status sj__kernel_strided_slice(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj__slice_plan plan;
	bool known;
	if (call->outputs[0]->storage == x->storage)
		return SJ_OK;
	sj_status status = sj__slice_plan_make(call, 1, x->shape.rank, sj__dims(x), &plan, &known);
	return status == SJ_OK ? plan_copy(&plan, x, call->outputs[0]) : status;
}

sj_status sj__kernel_strided_slice_grad(sj__call *call)
{
	const sj_tensor *dy = call->inputs[4];
	sj_tensor *y = call->outputs[0];
	sj__slice_plan plan;
	bool known;
	int64_t dense[SJ_MAX_RANK], to[SJ_MAX_RANK], from[SJ_MAX_RANK], offset = 0;
	int64_t size = (int64_t)sj_dtype_size((sj_dtype)y->dtype);
	sj_status status = sj__slice_plan_make(call, 1, y->shape.rank, sj__dims(y), &plan, &known);
	if (status != SJ_OK)
		return status;
	sj__tensor_clear(y);
	if (dy->shape.size == 0)
		return SJ_OK;
	sj__dense_strides(plan.rank, sj__dims(y), dense);
	sj__dense_strides(plan.rank, plan.length, from);
	for (int i = 0; i < plan.rank; i++) {
		to[i] = dense[i] * plan.stride[i];
		offset += dense[i] * plan.begin[i];
	}
	sj__strided_copy((sj_dtype)y->dtype, plan.rank, plan.length, (char *)y->data + offset * size, to, dy->data,
	                 from);
	return SJ_OK;
}
