/* The kernels of reshape and broadcast. */
#include "cpu/kernels.h"
#include "cpu/strided_copy.h"

sj_status sj__kernel_reshape(sj__call *call)
{
	(void)call; /* the rule's view is the result */
	return SJ_OK;
}

sj_status sj__kernel_broadcast_to(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	sj_tensor *y = call->outputs[0];
	int rank = y->shape.rank, extra = rank - x->shape.rank;
	int64_t to[SJ_MAX_RANK], from[SJ_MAX_RANK], stride = 1;
	for (int i = rank - 1; i >= 0; i--) {
		int64_t dim = i < extra ? 1 : sj__dims(x)[i - extra];
		from[i] = dim == 1 ? 0 : stride;
		stride *= dim;
	}
	sj__dense_strides(rank, sj__dims(y), to);
	sj__strided_copy((sj_dtype)x->dtype, rank, sj__dims(y), y->data, to, x->data, from);
	return SJ_OK;
}
