/* Matrix product kernels: the tensor's side of gemm.h. */
#include "cpu/gemm.h"
#include "cpu/gemm_kernels.h"
#include "cpu/kernels.h"
#include "ops_numbers.h"

static SJ_NOINLINE sj_status product(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	sj_tensor *c = call->outputs[0];
	const sj_matmul_args *args = call->args;
	bool ta = args->transpose_a, tb = args->transpose_b;
	const int64_t *da = a->shape.inline_dims, *db = b->shape.inline_dims; /* the rank is 2 */
	int64_t m = da[ta], k = da[!ta], n = db[!tb], lda = da[1], ldb = db[1];
	switch (c->dtype) {
	case SJ_FLOAT32:
		return sj__gemm_f32(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, NULL, false);
	case SJ_FLOAT64:
		return sj__gemm_f64(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, NULL, false);
	case SJ_INT32: return sj__gemm_i32(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n);
	default: return sj__gemm_i64(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n);
	}
}

/* Of a few numbers neither of which is transposed: the shortest way to the multiply-adds, which are the same on every way. */
sj_status sj__kernel_matmul(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	const sj_matmul_args *args = call->args;
	int64_t m = a->shape.inline_dims[0], k = a->shape.inline_dims[1], n = b->shape.inline_dims[1];
	if ((uint64_t)(m | n | k) >= 16 || m * n * k > SJ__GEMM_FEW || a->dtype != SJ_FLOAT32 ||
	    (args->transpose_a | args->transpose_b))
		return product(call);
	sj__gemm_f32_kernels()->few(m, n, k, a->data, k, 1, b->data, n, call->outputs[0]->data);
	return SJ_OK;
}

sj_status sj__kernel_fused_matmul(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1], *bias = call->inputs[2];
	sj_tensor *c = call->outputs[0];
	const sj_fused_matmul_args *args = call->args;
	bool ta = args->transpose_a, tb = args->transpose_b;
	const int64_t *da = a->shape.inline_dims, *db = b->shape.inline_dims; /* the rank is 2 */
	int64_t m = da[ta], k = da[!ta], n = db[!tb], lda = da[1], ldb = db[1];
	if (c->dtype == SJ_FLOAT32)
		return sj__gemm_f32(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, bias->data,
		                    args->relu);
	return sj__gemm_f64(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, bias->data, args->relu);
}
