/* Kernels that copy elements to another shape. */
#include "cpu/kernels.h"

sj_status sj__kernel_reshape(sj__call *call)
{
	(void)call; /* the rule's view is the result */
	return SJ_OK;
}

sj_status sj__kernel_broadcast_to(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	size_t size = sj_dtype_size((sj_dtype)x->dtype);
	int rank = y->shape.rank, extra = rank - x->shape.rank;
	int64_t strides[SJ_MAX_RANK], stride = 1;
	for (int i = rank - 1; i >= 0; i--) {
		int64_t dim = i < extra ? 1 : sj__dims(x)[i - extra];
		strides[i] = dim == 1 ? 0 : stride;
		stride *= dim;
	}
	for (int64_t o = 0; o < y->shape.size; o++) {
		int64_t rest = o, at = 0;
		for (int i = rank - 1; i >= 0; i--) {
			at += rest % sj__dims(y)[i] * strides[i];
			rest /= sj__dims(y)[i];
		}
		memcpy((char *)y->data + (size_t)o * size, (const char *)x->data + (size_t)at * size, size);
	}
	return SJ_OK;
}
