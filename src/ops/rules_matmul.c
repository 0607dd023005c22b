/* Shape rules of the contractions. */
#include <stddef.h>

#include "ops/rules.h"

#include "ops_numbers.h"

static SJ_NOINLINE sj_status product_rule(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	const sj_matmul_args *args = call->args;
	int64_t unknown[2] = {SJ__UNKNOWN, SJ__UNKNOWN};
	if (SJ_UNLIKELY((a->shape.rank >= 0 && a->shape.rank != 2) || (b->shape.rank >= 0 && b->shape.rank != 2)))
		return sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"a is %s, b is %s: both must be matrices (rank 2); use sj_batch_matmul for batches",
			sj__shape_text(a), sj__shape_text(b));
	const int64_t *da = a->shape.rank < 0 ? unknown : sj__dims(a), *db = b->shape.rank < 0 ? unknown : sj__dims(b);
	int64_t inner_a = da[!args->transpose_a], inner_b = db[args->transpose_b];
	if (SJ_UNLIKELY(inner_a != inner_b && inner_a != SJ__UNKNOWN && inner_b != SJ__UNKNOWN))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "a is %s%s, b is %s%s: inner sizes %lld and %lld differ", sj__shape_text(a),
		                     args->transpose_a ? " transposed" : "", sj__shape_text(b),
		                     args->transpose_b ? " transposed" : "", (long long)inner_a, (long long)inner_b);
	return sj__out(call, 0, (sj_dtype)a->dtype, 2, (int64_t[]){da[args->transpose_a], db[!args->transpose_b]});
}

sj_status sj__rule_matmul(sj__call *call)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	const sj_matmul_args *args = call->args;
	if (SJ_UNLIKELY(a->shape.rank != 2 || b->shape.rank != 2 || (args->transpose_a | args->transpose_b) ||
	                a->shape.inline_dims[1] != b->shape.inline_dims[0]))
		return product_rule(call);
	return sj__out(call, 0, (sj_dtype)a->dtype, 2, (int64_t[]){a->shape.inline_dims[0], b->shape.inline_dims[1]});
}

_Static_assert(offsetof(sj_fused_matmul_args, relu) >= offsetof(sj_matmul_args, transpose_b) + sizeof(bool),
               "the fused product's arguments begin as the product's");

sj_status sj__rule_fused_matmul(sj__call *call)
{
	const sj_tensor *b = call->inputs[1];
	const sj_fused_matmul_args *args = call->args;
	sj_status status = sj__rule_matmul(call);
	return status == SJ_OK ? sj__bias_check(call, call->inputs[2],
	                                        b->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(b)[!args->transpose_b])
	                       : status;
}

/* The dimensions before the last two, broadcast (or equal in the first version), into dims; false when they do not fit. */
static bool batch_dims(const sj__call *call, int rank, int64_t *dims)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	bool broadcasts = call->op != &sj__op_table[SJ__OP_BATCH_MATMUL_V1];
	if (!broadcasts && x->shape.rank != y->shape.rank)
		return false;
	for (int i = 0; i < rank - 2; i++) {
		int ix = i - (rank - x->shape.rank), iy = i - (rank - y->shape.rank);
		int64_t a = ix < 0 ? 1 : sj__dims(x)[ix], b = iy < 0 ? 1 : sj__dims(y)[iy];
		bool a_yields = broadcasts && a == 1, b_yields = broadcasts && b == 1;
		if (a != b && a != SJ__UNKNOWN && b != SJ__UNKNOWN && !a_yields && !b_yields)
			return false;
		if (a == b || b_yields)
			dims[i] = a;
		else if (a_yields)
			dims[i] = b;
		else /* one is unknown; the other, when known, is not 1 or cannot yield */
			dims[i] = a == SJ__UNKNOWN ? b : a;
	}
	return true;
}

sj_status sj__rule_batch_matmul(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	const sj_batch_matmul_args *args = call->args;
	int rx = x->shape.rank, ry = y->shape.rank, rank = rx > ry ? rx : ry;
	int64_t dims[SJ_MAX_RANK];
	if ((rx >= 0 && rx < 2) || (ry >= 0 && ry < 2))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "x is %s, y is %s: the rank of both must be at least 2",
		                     sj__shape_text(x), sj__shape_text(y));
	if (rx < 0 || ry < 0)
		return sj__out_unknown(call, 0, (sj_dtype)x->dtype);
	const int64_t *mx = sj__dims(x) + rx - 2, *my = sj__dims(y) + ry - 2;
	int64_t inner_x = mx[!args->adj_x], inner_y = my[args->adj_y];
	if (inner_x != inner_y && inner_x != SJ__UNKNOWN && inner_y != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "x is %s%s, y is %s%s: inner sizes %lld and %lld differ", sj__shape_text(x),
		                     args->adj_x ? " transposed" : "", sj__shape_text(y),
		                     args->adj_y ? " transposed" : "", (long long)inner_x, (long long)inner_y);
	if (!batch_dims(call, rank, dims))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the batches of x %s and y %s do not go together",
		                     sj__shape_text(x), sj__shape_text(y));
	dims[rank - 2] = mx[args->adj_x];
	dims[rank - 1] = my[!args->adj_y];
	return sj__out(call, 0, (sj_dtype)x->dtype, rank, dims);
}
