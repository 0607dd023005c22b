/* Shape rules of choosing by a condition. */
#include "ops/array.h"
#include "ops/rules.h"

static bool dims_go(int64_t a, int64_t b) { return a == b || a == SJ__UNKNOWN || b == SJ__UNKNOWN; }

/* What two shapes that must be equal say together; fails when they differ. */
static sj_status shapes_merge(const sj__call *call, const sj_tensor *a, const sj_tensor *b, int *ret_rank,
                              int64_t *ret_dims)
{
	const sj_tensor *known = a->shape.rank >= 0 ? a : b;
	bool fits = a->shape.rank < 0 || b->shape.rank < 0 || a->shape.rank == b->shape.rank;
	*ret_rank = known->shape.rank;
	for (int i = 0; fits && i < *ret_rank; i++) {
		int64_t da = sj__dims(known)[i], db = b->shape.rank >= 0 ? sj__dims(b)[i] : SJ__UNKNOWN;
		fits = dims_go(da, db);
		ret_dims[i] = da == SJ__UNKNOWN ? db : da;
	}
	if (fits)
		return SJ_OK;
	return sj__call_fail(call, SJ_INVALID_ARGUMENT,
	                     "t has shape %s, e has shape %s; they must be equal (sj_where_values broadcasts)",
	                     sj__shape_text(a), sj__shape_text(b));
}

static bool condition_goes(const sj_tensor *c, int rank, const int64_t *dims)
{
	if (c->shape.rank <= 0 || rank < 0)
		return true;
	if (c->shape.rank == 1 && rank > 0)
		return dims_go(sj__dims(c)[0], dims[0]);
	bool fits = c->shape.rank == rank;
	for (int i = 0; fits && i < rank; i++)
		fits = dims_go(sj__dims(c)[i], dims[i]);
	return fits;
}

sj_status sj__rule_select(sj__call *call)
{
	const sj_tensor *c = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank;
	sj_status status = shapes_merge(call, call->inputs[1], call->inputs[2], &rank, dims);
	if (status == SJ_OK && !condition_goes(c, rank, dims))
		status = sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"condition has shape %s, the values %s; it must have that shape, or be a vector of the first dimension or a scalar",
			sj__shape_text(c), sj__dims_text(rank, dims));
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[1]->dtype, rank, dims) : status;
}

sj_status sj__rule_where_values(sj__call *call)
{
	int64_t dims[SJ_MAX_RANK], all[SJ_MAX_RANK];
	int rank;
	sj_tensor *values;
	sj_dtype dtype = (sj_dtype)call->inputs[1]->dtype;
	sj_status status = sj__broadcast_shapes(call, call->inputs[1], call->inputs[2], &rank, dims);
	if (status == SJ_OK)
		status = sj__tensor_symbolic(dtype, rank, dims, &values);
	if (status != SJ_OK)
		return status;
	status = sj__broadcast_shapes(call, call->inputs[0], values, &rank, all);
	sj__drop(values);
	return status == SJ_OK ? sj__out(call, 0, dtype, rank, all) : status;
}

sj_status sj__rule_where(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	int64_t dims[2] = {SJ__UNKNOWN, x->shape.rank < 0 ? SJ__UNKNOWN : x->shape.rank};
	return sj__out(call, 0, SJ_INT64, 2, dims);
}
