/* What rules say outputs with, and the rules that many operations share. Unknown dimensions (-1) pass through. */
#include "ops/op.h"
#include "ops/rules.h"
#include "tensor/handle.h"

static sj_status SJ_NOINLINE out_checked(sj__call *call, int k, sj_dtype dtype, int rank, const int64_t *dims)
{
	bool known = rank >= 0;
	for (int i = 0; known && i < rank && i <= SJ_MAX_RANK; i++)
		known = dims[i] != SJ__UNKNOWN;
	if (!known)
		return sj__tensor_symbolic(dtype, rank, dims, &call->outputs[k]);
	return sj__tensor_new(call->op->name, dtype, rank, dims, &call->outputs[k]);
}

/* The common case, small and known, in a few instructions; all others with every check. */
sj_status sj__out(sj__call *call, int k, sj_dtype dtype, int rank, const int64_t *dims)
{
	enum { SMALL = 1 << 20 };
	uint64_t size = 1, any = 0;
	if (SJ_LIKELY(rank == 2)) /* so that the loops fall away */
		return SJ_LIKELY((uint64_t)(dims[0] | dims[1]) < SMALL)
		               ? sj__tensor_of(dtype, 2, dims, dims[0] * dims[1], &call->outputs[k])
		               : out_checked(call, k, dtype, rank, dims);
	if (SJ_UNLIKELY((unsigned)rank > 3))
		return out_checked(call, k, dtype, rank, dims);
	for (int i = 0; i < rank; i++) {
		any |= (uint64_t)dims[i];
		size *= (uint64_t)dims[i];
	}
	if (SJ_UNLIKELY(any >= SMALL))
		return out_checked(call, k, dtype, rank, dims);
	return sj__tensor_of(dtype, rank, dims, (int64_t)size, &call->outputs[k]);
}

sj_status sj__out_like(sj__call *call, int k, sj_dtype dtype, const sj_tensor *t)
{
	if (SJ_LIKELY(t->shape.size >= 0 && t->shape.size <= INT64_MAX / 16))
		return sj__tensor_like(t, dtype, &call->outputs[k]);
	return sj__out(call, k, dtype, t->shape.rank, sj__dims(t));
}

sj_status sj__out_view(sj__call *call, int k, int i, int rank, const int64_t *dims, int64_t byte_offset)
{
	sj_tensor *input = call->inputs[i];
	if (SJ_UNLIKELY(input->storage == NULL))
		return sj__out(call, k, (sj_dtype)input->dtype, rank, dims);
	return sj__tensor_view(input, rank, dims, byte_offset, &call->outputs[k]);
}

const void *sj__value_unknown(void)
{
	sj__local_state.asked_values = true;
	return NULL;
}

sj_status sj__call_ints(const sj__call *call, int i, int64_t *values, int64_t *ret_count)
{
	const sj_tensor *t = call->inputs[i];
	const char *name = call->op->inputs[i < call->op->n_inputs ? i : call->op->n_inputs - 1].name;
	if (t->shape.rank > 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a vector or a scalar",
		                     name, sj__shape_text(t));
	if (sj__known_value(t) == NULL) {
		*ret_count = -1;
		return SJ_OK;
	}
	if (t->shape.size > SJ_MAX_RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld elements; at most %d are possible", name,
		                     (long long)t->shape.size, SJ_MAX_RANK);
	for (int64_t j = 0; j < t->shape.size; j++)
		values[j] = t->dtype == SJ_INT64 ? ((const int64_t *)t->data)[j] : ((const int32_t *)t->data)[j];
	*ret_count = t->shape.size;
	return SJ_OK;
}

sj_status sj__call_axis(const sj__call *call, const char *what, int64_t axis, int rank, int *ret_axis)
{
	if (axis < -(int64_t)rank || axis >= rank)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s %lld is outside [%d, %d) for rank %d", what,
		                     (long long)axis, -rank, rank, rank);
	*ret_axis = (int)(axis < 0 ? axis + rank : axis);
	return SJ_OK;
}

/* One broadcast dimension; -2 when the two do not go together. */
static int64_t broadcast_dim(int64_t a, int64_t b)
{
	if (a == b)
		return a;
	if (a == 1)
		return b;
	if (b == 1)
		return a;
	if (a == SJ__UNKNOWN)
		return b;
	if (b == SJ__UNKNOWN)
		return a;
	return -2;
}

sj_status sj__broadcast_shapes(const sj__call *call, const sj_tensor *a, const sj_tensor *b, int *ret_rank,
                               int64_t *ret_dims)
{
	int ra = a->shape.rank, rb = b->shape.rank, rank = ra > rb ? ra : rb;
	const int64_t *da = sj__dims(a), *db = sj__dims(b);
	if (ra < 0 || rb < 0) {
		*ret_rank = -1;
		return SJ_OK;
	}
	for (int i = 0; i < rank; i++) {
		int ia = i - (rank - ra), ib = i - (rank - rb);
		ret_dims[i] = broadcast_dim(ia < 0 ? 1 : da[ia], ib < 0 ? 1 : db[ib]);
		if (ret_dims[i] == -2)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "shapes %s and %s do not broadcast: dimension %d is %lld and %lld",
			                     sj__shape_text(a), sj__shape_text(b), i, (long long)da[ia],
			                     (long long)db[ib]);
	}
	*ret_rank = rank;
	return SJ_OK;
}

sj_status sj__rule_unary(sj__call *call)
{
	return sj__out_like(call, 0, (sj_dtype)call->inputs[0]->dtype, call->inputs[0]);
}

sj_status sj__rule_unary_bool(sj__call *call) { return sj__out_like(call, 0, SJ_BOOL, call->inputs[0]); }

static SJ_ALWAYS_INLINE sj_status broadcast_rule(sj__call *call, sj_dtype dtype)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	if (SJ_LIKELY(sj__same_shape(a, b)))
		return sj__out_like(call, 0, dtype, a);
	int rank;
	int64_t dims[SJ_MAX_RANK];
	sj_status status = sj__broadcast_shapes(call, a, b, &rank, dims);
	return status == SJ_OK ? sj__out(call, 0, dtype, rank, dims) : status;
}

sj_status sj__rule_binary(sj__call *call) { return broadcast_rule(call, (sj_dtype)call->inputs[0]->dtype); }

sj_status sj__rule_comparison(sj__call *call) { return broadcast_rule(call, SJ_BOOL); }

sj_status sj__call_allocate(sj__call *call, int k, sj_dtype dtype, int rank, const int64_t *dims)
{
	sj_tensor *t;
	sj_status status = sj__tensor_make(call->op->name, dtype, rank, dims, &t);
	if (status != SJ_OK)
		return status;
	sj__drop(call->outputs[k]);
	call->outputs[k] = t;
	return SJ_OK;
}
