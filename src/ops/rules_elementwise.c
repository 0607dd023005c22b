/* Shape rules of the elementwise operations that have more to check than their broadcast. */
#include "ops/rules.h"

#include "ops_numbers.h"

/* Shapes that surely do not broadcast. */
static bool incompatible(const sj_tensor *a, const sj_tensor *b)
{
	int ra = a->shape.rank, rb = b->shape.rank;
	if (ra < 0 || rb < 0)
		return false;
	for (int i = 1; i <= ra && i <= rb; i++) {
		int64_t da = sj__dims(a)[ra - i], db = sj__dims(b)[rb - i];
		if (da != db && da != 1 && db != 1 && da != SJ__UNKNOWN && db != SJ__UNKNOWN)
			return true;
	}
	return false;
}

/* Of one rank, and not of one shape. */
static bool differs(const sj_tensor *a, const sj_tensor *b)
{
	for (int i = 0; i < a->shape.rank; i++) {
		int64_t da = sj__dims(a)[i], db = sj__dims(b)[i];
		if (da != db && da != SJ__UNKNOWN && db != SJ__UNKNOWN)
			return true;
	}
	return false;
}

/* The options of Equal and NotEqual are alike. Without the error, unknown dimensions may come to a scalar. */
sj_status sj__rule_equal(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	if (sj__equal_incompatible_shape_error(call->args))
		return sj__rule_comparison(call);
	if (incompatible(x, y))
		return sj__out(call, 0, SJ_BOOL, 0, NULL);
	return x->shape.size < 0 || y->shape.size < 0 ? sj__out_unknown(call, 0, SJ_BOOL) : sj__rule_comparison(call);
}

/* Both inputs of one shape; the output is of that shape, its unknown parts from the other input. */
static sj_status same_shapes(sj__call *call, sj_dtype dtype)
{
	const sj_tensor *a = call->inputs[0], *b = call->inputs[1];
	int64_t dims[SJ_MAX_RANK];
	if (a->shape.rank < 0 || b->shape.rank < 0)
		return sj__out_like(call, 0, dtype, a->shape.rank < 0 ? b : a);
	bool fits = a->shape.rank == b->shape.rank;
	for (int i = 0; fits && i < a->shape.rank; i++) {
		int64_t da = sj__dims(a)[i], db = sj__dims(b)[i];
		fits = da == db || da == SJ__UNKNOWN || db == SJ__UNKNOWN;
		dims[i] = da == SJ__UNKNOWN ? db : da;
	}
	if (!fits)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "%s has shape %s and %s has shape %s; they must be the same",
		                     call->op->inputs[0].name, sj__shape_text(a), call->op->inputs[1].name,
		                     sj__shape_text(b));
	return sj__out(call, 0, dtype, a->shape.rank, dims);
}

sj_status sj__rule_approximate_equal(sj__call *call) { return same_shapes(call, SJ_BOOL); }

sj_status sj__rule_leaky_relu_grad(sj__call *call) { return same_shapes(call, (sj_dtype)call->inputs[0]->dtype); }

/* The limits broadcast to the tensor, which stays as it is. */
sj_status sj__rule_clip_by_value(sj__call *call)
{
	const sj_tensor *t = call->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank;
	for (int i = 1; i <= 2; i++) {
		const sj_tensor *limit = call->inputs[i];
		sj_status status = sj__broadcast_shapes(call, t, limit, &rank, dims);
		if (status != SJ_OK)
			return status;
		bool fits = rank < 0 || rank == t->shape.rank;
		for (int a = 0; fits && a < rank; a++)
			fits = dims[a] == sj__dims(t)[a] || sj__dims(t)[a] == SJ__UNKNOWN;
		if (!fits)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "%s has shape %s, which does not broadcast to t's shape %s",
			                     call->op->inputs[i].name, sj__shape_text(limit), sj__shape_text(t));
	}
	return sj__out_like(call, 0, (sj_dtype)t->dtype, t);
}

/* Three inputs of one shape, but for scalars. */
sj_status sj__rule_betainc(sj__call *call)
{
	const sj_tensor *shape = call->inputs[0];
	for (int i = 1; i < 3; i++) {
		const sj_tensor *t = call->inputs[i];
		if (shape->shape.rank == 0)
			shape = t;
		else if (t->shape.rank > 0 && shape->shape.rank > 0 &&
		         (t->shape.rank != shape->shape.rank || differs(t, shape)))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "%s has shape %s and another input %s; they must be the same, or scalars",
			                     call->op->inputs[i].name, sj__shape_text(t), sj__shape_text(shape));
	}
	for (int i = 0; i < 3; i++) /* what is unknown may turn out to be a scalar */
		if (call->inputs[i]->shape.rank < 0)
			return sj__out_unknown(call, 0, (sj_dtype)shape->dtype);
	return sj__out_like(call, 0, (sj_dtype)shape->dtype, shape);
}
