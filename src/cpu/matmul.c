/* Matrix product kernels: the tensor's side of gemm.h. */
#include "cpu/gemm.h"
#include "cpu/kernels.h"
#include "ops_numbers.h"

sj_status sj__kernel_matmul(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	sj_tensor *c = call->outputs[0];
	const sj_matmul_args *args = call->args;
	bool ta = args->transpose_a, tb = args->transpose_b;
	int64_t m = sj__dims(c)[0], n = sj__dims(c)[1], k = sj__dims(a)[!ta];
	int64_t lda = sj__dims(a)[1], ldb = sj__dims(b)[1];
	switch (c->dtype) {
	case SJ_FLOAT32:
		return sj__gemm_f32(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, NULL, false);
	case SJ_FLOAT64:
		return sj__gemm_f64(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n, false, NULL, false);
	case SJ_INT32: return sj__gemm_i32(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n);
	default: return sj__gemm_i64(ta, tb, m, n, k, a->data, lda, b->data, ldb, c->data, n);
	}
}
