/* Kernels of the questions about shapes, of transpose, and of tensors filled with one value. */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"
#include "ops/array.h"
#include "ops/rules.h"

static sj_status dims_write(const sj__call *call, const sj_tensor *x, sj_tensor *y)
{
	for (int i = 0; i < x->shape.rank; i++) {
		if (y->dtype == SJ_INT32 && sj__dims(x)[i] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "dimension %d is %lld, which int32 cannot hold; ask for out_type int64", i,
			                     (long long)sj__dims(x)[i]);
		sj__index_set(y, i, sj__dims(x)[i]);
	}
	return SJ_OK;
}

sj_status sj__kernel_shape(sj__call *call) { return dims_write(call, call->inputs[0], call->outputs[0]); }

sj_status sj__kernel_shape_n(sj__call *call)
{
	sj_status status = SJ_OK;
	for (int k = 0; status == SJ_OK && k < call->n_outputs; k++)
		status = dims_write(call, call->inputs[k], call->outputs[k]);
	return status;
}

sj_status sj__kernel_size(sj__call *call)
{
	int64_t size = call->inputs[0]->shape.size;
	if (call->outputs[0]->dtype == SJ_INT32 && size > INT32_MAX)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%lld elements, which int32 cannot hold; ask for out_type int64", (long long)size);
	sj__index_set(call->outputs[0], 0, size);
	return SJ_OK;
}

sj_status sj__kernel_rank(sj__call *call)
{
	sj__index_set(call->outputs[0], 0, call->inputs[0]->shape.rank);
	return SJ_OK;
}

sj_status sj__kernel_transpose(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int rank = x->shape.rank, perm[SJ_MAX_RANK];
	int64_t from[SJ_MAX_RANK], of_x[SJ_MAX_RANK], to[SJ_MAX_RANK];
	bool known;
	sj_status status = sj__transpose_perm(call, rank, perm, &known);
	sj__dense_strides(rank, sj__dims(x), of_x);
	sj__dense_strides(rank, sj__dims(y), to);
	for (int i = 0; i < rank; i++)
		from[i] = of_x[perm[i]];
	sj__strided_copy((sj_dtype)x->dtype, rank, sj__dims(y), y->data, to, x->data, from);
	return status;
}

/* ---- filled with one value ---- */

sj_status sj__kernel_fill(sj__call *call)
{
	sj__tensor_fill(call->outputs[0], call->inputs[1]->data);
	return SJ_OK;
}

/* Zero bytes are zero in every dtype; strings' storage begins empty. */
sj_status sj__kernel_zeros_like(sj__call *call)
{
	static const char zero[16];
	if (call->outputs[0]->dtype != SJ_STRING)
		sj__tensor_fill(call->outputs[0], zero);
	return SJ_OK;
}

void sj__element_one(sj_dtype dtype, void *ret_bytes)
{
	static const float f32[4] = {1};
	static const double f64[2] = {1};
	static const uint16_t f16[8] = {0x3c00}, bf16[8] = {0x3f80}, u16[8] = {1};
	static const uint32_t u32[4] = {1};
	static const uint64_t u64[2] = {1};
	static const uint8_t u8[16] = {1};
	size_t size = sj_dtype_size(dtype);
	switch (dtype) {
	case SJ_FLOAT32:
	case SJ_COMPLEX64: memcpy(ret_bytes, f32, size); return;
	case SJ_FLOAT64:
	case SJ_COMPLEX128: memcpy(ret_bytes, f64, size); return;
	case SJ_FLOAT16: memcpy(ret_bytes, f16, size); return;
	case SJ_BFLOAT16: memcpy(ret_bytes, bf16, size); return;
	default:
		memcpy(ret_bytes,
		       size == 1   ? (const void *)u8
		       : size == 2 ? (const void *)u16
		       : size == 4 ? (const void *)u32
		                   : u64,
		       size);
	}
}

sj_status sj__kernel_ones_like(sj__call *call)
{
	char one[16];
	sj__element_one((sj_dtype)call->outputs[0]->dtype, one);
	sj__tensor_fill(call->outputs[0], one);
	return SJ_OK;
}
