/* Shape rules of the contractions. */
#include "ops/rules.h"

#include "ops_numbers.h"

sj_status sj__rule_matmul(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	const sj_matmul_args *args = call->args;
	int64_t unknown[2] = {SJ__UNKNOWN, SJ__UNKNOWN};
	if (SJ_UNLIKELY((a->shape.rank >= 0 && a->shape.rank != 2) || (b->shape.rank >= 0 && b->shape.rank != 2)))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "a is %s, b is %s: both must be matrices (rank 2); use sj_batch_matmul for batches",
		                     sj__shape_text(a), sj__shape_text(b));
	const int64_t *da = a->shape.rank < 0 ? unknown : sj__dims(a), *db = b->shape.rank < 0 ? unknown : sj__dims(b);
	int64_t inner_a = da[!args->transpose_a], inner_b = db[args->transpose_b];
	if (SJ_UNLIKELY(inner_a != inner_b && inner_a != SJ__UNKNOWN && inner_b != SJ__UNKNOWN))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "a is %s%s, b is %s%s: inner sizes %lld and %lld differ", sj__shape_text(a),
		                     args->transpose_a ? " transposed" : "", sj__shape_text(b), args->transpose_b ? " transposed" : "",
		                     (long long)inner_a, (long long)inner_b);
	return sj__out(call, 0, (sj_dtype)a->dtype, 2, (int64_t[]){da[args->transpose_a], db[!args->transpose_b]});
}
