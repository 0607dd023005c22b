/* Shape rules of normalisation. */
#include "ops/rules.h"

#include "ops_numbers.h"

_Static_assert(sizeof(sj_fused_batch_norm_args) == sizeof(sj_fused_batch_norm_v3_args),
               "the versions share one argument layout");
_Static_assert(sizeof(sj_fused_batch_norm_grad_args) == sizeof(sj_fused_batch_norm_grad_v3_args),
               "the versions share one argument layout");

/* The channels of x, SJ__UNKNOWN when not known; also checks what both directions share. */
static sj_status norm_channels(const sj__call *call, const sj_tensor *x, sj_data_format format, double epsilon,
                               int64_t *ret_channels)
{
	int rank = x->shape.rank;
	*ret_channels = SJ__UNKNOWN;
	if ((unsigned)format > SJ_DATA_FORMAT_NCHW)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data_format %d is neither NHWC nor NCHW", (int)format);
	if (!(epsilon >= 0))
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "epsilon is %g; it must be >= 0", epsilon);
	if (rank >= 0 && rank < 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "x has shape %s; its rank must be at least 2",
		                     sj__shape_text(x));
	if (rank >= 0)
		*ret_channels = sj__dims(x)[format == SJ_DATA_FORMAT_NCHW ? 1 : rank - 1];
	return SJ_OK;
}

/* Input i is a vector of the channels (or empty, where that may be), of x's dtype. Fills in channels that were unknown. */
static sj_status vector_check(const sj__call *call, int i, bool may_be_empty, const sj_tensor *x, int64_t *channels)
{
	const sj_tensor *t = call->inputs[i];
	const char *name = call->op->inputs[i].name;
	if (t->dtype != x->dtype)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s is %s, x is %s; they must be the same", name,
		                     sj_dtype_name((sj_dtype)t->dtype), sj_dtype_name((sj_dtype)x->dtype));
	if (t->shape.rank < 0 || (may_be_empty && t->shape.size == 0))
		return SJ_OK;
	if (t->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be a vector", name,
		                     sj__shape_text(t));
	int64_t length = sj__dims(t)[0];
	if (length != SJ__UNKNOWN && *channels != SJ__UNKNOWN && length != *channels)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld elements, but there are %lld channels",
		                     name, (long long)length, (long long)*channels);
	if (*channels == SJ__UNKNOWN && !may_be_empty)
		*channels = length;
	return SJ_OK;
}

sj_status sj__rule_fused_batch_norm(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	const sj_fused_batch_norm_args *args = call->args;
	sj_dtype dtype = (sj_dtype)x->dtype;
	int64_t channels;
	bool own = sj__fused_batch_norm_is_training(args) && sj__fused_batch_norm_exponential_avg_factor(args) == 1;
	sj_status status = norm_channels(call, x, args->data_format, sj__fused_batch_norm_epsilon(args), &channels);
	for (int i = 1; status == SJ_OK && i < 5; i++)
		status = vector_check(call, i, own && i >= 3, x, &channels);
	if (status == SJ_OK)
		status = sj__out_like(call, 0, dtype, x);
	for (int k = 1; status == SJ_OK && k < 5; k++)
		status = sj__out(call, k, dtype, 1, &channels);
	if (status == SJ_OK && call->n_outputs > 5)
		status = sj__out(call, 5, dtype, 0, NULL);
	return status;
}

/* Two shapes that may still turn out to be the same. */
static bool may_agree(const sj_tensor *a, const sj_tensor *b)
{
	if (a->shape.rank < 0 || b->shape.rank < 0)
		return true;
	bool agree = a->shape.rank == b->shape.rank;
	for (int i = 0; agree && i < a->shape.rank; i++)
		agree = sj__dims(a)[i] == sj__dims(b)[i] || sj__dims(a)[i] == SJ__UNKNOWN ||
		        sj__dims(b)[i] == SJ__UNKNOWN;
	return agree;
}

sj_status sj__rule_fused_batch_norm_grad(sj__call *call)
{
	const sj_tensor *d = call->inputs[0], *x = call->inputs[1];
	const sj_fused_batch_norm_grad_args *args = call->args;
	sj_dtype dtype = (sj_dtype)x->dtype;
	int64_t channels;
	sj_status status = norm_channels(call, x, args->data_format, sj__fused_batch_norm_grad_epsilon(args),
	                                 &channels);
	if (status == SJ_OK && !may_agree(d, x))
		status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                       "y_backprop has shape %s, x %s; they must be the same", sj__shape_text(d),
		                       sj__shape_text(x));
	for (int i = 2; status == SJ_OK && i < 5; i++)
		status = vector_check(call, i, false, x, &channels);
	if (status == SJ_OK)
		status = sj__out_like(call, 0, dtype, x);
	for (int k = 1; status == SJ_OK && k < 5; k++)
		status = sj__out(call, k, dtype, 1, k < 3 ? &channels : (int64_t[]){0});
	return status;
}

/* ---- LRN ---- */

static sj_status lrn_check(const sj__call *call, const char *what, const sj_tensor *t)
{
	if (sj__lrn_depth_radius(call->args) < 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "depth_radius is %lld; it must be >= 0",
		                     (long long)sj__lrn_depth_radius(call->args));
	if (t->shape.rank >= 0 && t->shape.rank != 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be 4", what,
		                     sj__shape_text(t));
	return SJ_OK;
}

sj_status sj__rule_lrn(sj__call *call)
{
	sj_status status = lrn_check(call, "input", call->inputs[0]);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)call->inputs[0]->dtype, call->inputs[0]) : status;
}

sj_status sj__rule_lrn_grad(sj__call *call)
{
	static const char *const names[] = {"input_grads", "input_image", "output_image"};
	sj_status status = SJ_OK;
	for (int i = 0; status == SJ_OK && i < 3; i++)
		status = lrn_check(call, names[i], call->inputs[i]);
	for (int i = 1; status == SJ_OK && i < 3; i++)
		if (!may_agree(call->inputs[0], call->inputs[i]))
			status = sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                       "input_grads has shape %s, %s %s; they must be the same",
			                       sj__shape_text(call->inputs[0]), names[i],
			                       sj__shape_text(call->inputs[i]));
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)call->inputs[1]->dtype, call->inputs[1]) : status;
}
