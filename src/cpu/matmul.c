/* Matrix product kernels: the tensor's side of gemm.h. */
#include "cpu/gemm.h"
#include "cpu/gemm_kernels.h"
#include "cpu/kernels.h"
#include "tensor/handle.h"
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

static SJ_ALWAYS_INLINE sj_tensor *quick_output(sj__local *thread, int64_t m, int64_t n)
{
	sj_tensor *c = sj__handle_quick(thread, SJ_FLOAT32);
	if (SJ_UNLIKELY(c == NULL))
		return NULL;
	c->shape.rank = 2;
	c->shape.inline_dims[0] = m;
	c->shape.inline_dims[1] = n;
	return sj__handle_quick_bytes(c, m * n, sizeof(float)) ? c : NULL;
}

/* Matrices that one block of k suffices for. */
static SJ_NOINLINE sj_tensor *quick_small(sj__local *thread, const sj_tensor *a, const sj_tensor *b, bool ta, bool tb)
{
	enum { SMALL = 128 };
	const int64_t *da = a->shape.inline_dims, *db = b->shape.inline_dims;
	int64_t m = da[ta], k = da[!ta], n = db[!tb];
	if (SJ_UNLIKELY(a->shape.rank != 2 || b->shape.rank != 2 || db[tb] != k || (uint64_t)(m | k | n) >= SMALL))
		return NULL;
	sj_tensor *c = quick_output(thread, m, n);
	if (SJ_UNLIKELY(c == NULL))
		return NULL;
	const sj__gemm_kernels *kernels = sj__gemm_f32_kernels();
	if (m * n * k <= SJ__GEMM_FEW && !ta && !tb)
		kernels->few(m, n, k, a->data, k, 1, b->data, n, c->data);
	else if (!tb)
		kernels->tiny(m, n, k, a->data, ta ? 1 : k, ta ? m : 1, b->data, n, c->data, n, false, NULL, false);
	else if (sj__gemm_f32(ta, tb, m, n, k, a->data, da[1], b->data, db[1], c->data, n, false, NULL, false) !=
	         SJ_OK) {
		sj__drop(c);
		return NULL;
	}
	return c;
}

static SJ_ALWAYS_INLINE bool is_two_by_two(const sj_tensor *t)
{
	return t->shape.rank == 2 && t->shape.inline_dims[0] == 2 && t->shape.inline_dims[1] == 2;
}

sj_tensor *sj__quick_matmul(sj__local *thread, const sj_op *op, const void *args, const sj_tensor *a,
                            const sj_tensor *b)
{
	const sj_matmul_args *how = args;
	(void)op;
	if (SJ_UNLIKELY(a->dtype != SJ_FLOAT32))
		return NULL;
	if (!is_two_by_two(a) || !is_two_by_two(b) || (how != NULL && (how->transpose_a | how->transpose_b)))
		return quick_small(thread, a, b, how != NULL && how->transpose_a, how != NULL && how->transpose_b);
	sj_tensor *c = quick_output(thread, 2, 2);
	if (SJ_LIKELY(c != NULL))
		sj__gemm_f32_kernels()->two_by_two(a->data, b->data, c->data);
	return c;
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
