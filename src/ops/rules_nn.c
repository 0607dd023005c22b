/* Shape rules of biases, softmax and the cross entropies. */
#include "ops/rules.h"

#include "ops_numbers.h"

static sj_status format_check(const sj__call *call, sj_data_format format)
{
	if ((unsigned)format > SJ_DATA_FORMAT_NCHW)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data_format %d is neither NHWC nor NCHW", (int)format);
	return SJ_OK;
}

/* The channels' dimension of t, SJ__UNKNOWN when it is not known. */
static sj_status channels_of(const sj__call *call, const char *what, const sj_tensor *t, sj_data_format format,
                             int64_t *ret_channels)
{
	int rank = t->shape.rank;
	*ret_channels = SJ__UNKNOWN;
	sj_status status = format_check(call, format);
	if (status != SJ_OK || rank < 0)
		return status;
	if (rank < 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be at least 2", what,
		                     sj__shape_text(t));
	*ret_channels = sj__dims(t)[format == SJ_DATA_FORMAT_NCHW ? 1 : rank - 1];
	return SJ_OK;
}

sj_status sj__bias_check(const sj__call *call, const sj_tensor *bias, int64_t channels)
{
	if (bias->shape.rank >= 0 && bias->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "bias has shape %s; it must be a vector",
		                     sj__shape_text(bias));
	int64_t length = bias->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(bias)[0];
	if (channels != length && channels != SJ__UNKNOWN && length != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "bias has %lld elements; there are %lld channels",
		                     (long long)length, (long long)channels);
	return SJ_OK;
}

sj_status sj__rule_bias_add(sj__call *call)
{
	const sj_tensor *value = call->inputs[0];
	const sj_bias_add_args *args = call->args;
	int64_t channels;
	sj_status status = channels_of(call, "value", value, args->data_format, &channels);
	if (status == SJ_OK)
		status = sj__bias_check(call, call->inputs[1], channels);
	return status == SJ_OK ? sj__out_like(call, 0, (sj_dtype)value->dtype, value) : status;
}

sj_status sj__rule_bias_add_grad(sj__call *call)
{
	const sj_bias_add_grad_args *args = call->args;
	int64_t channels;
	sj_status status = channels_of(call, "out_backprop", call->inputs[0], args->data_format, &channels);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 1, &channels) : status;
}

sj_status sj__rule_softmax(sj__call *call)
{
	const sj_tensor *x = call->inputs[0];
	if (x->shape.rank == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "logits is a scalar; it must have a last axis to run over");
	return sj__out_like(call, 0, (sj_dtype)x->dtype, x);
}

sj_status sj__rule_log_softmax(sj__call *call) { return sj__rule_softmax(call); }

static sj_status loss_out(sj__call *call, sj_dtype dtype, int64_t rows, int64_t classes)
{
	if (classes == 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "must have at least one class, but features have shape %s",
		                     sj__shape_text(call->inputs[0]));
	sj_status status = sj__out(call, 0, dtype, 1, &rows);
	return status == SJ_OK ? sj__out(call, 1, dtype, 2, (int64_t[]){rows, classes}) : status;
}

sj_status sj__rule_softmax_cross_entropy_with_logits(sj__call *call)
{
	const sj_tensor *features = call->inputs[0], *labels = call->inputs[1];
	int rank;
	int64_t dims[SJ_MAX_RANK];
	sj_status status = sj__broadcast_shapes(call, features, labels, &rank, dims);
	if (status != SJ_OK)
		return status;
	if (rank >= 0 ? rank != 2 : features->shape.rank > 2 || labels->shape.rank > 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "features and labels must be matrices (batch, classes); they are %s and %s",
		                     sj__shape_text(features), sj__shape_text(labels));
	if (rank < 0)
		dims[0] = dims[1] = SJ__UNKNOWN;
	return loss_out(call, (sj_dtype)features->dtype, dims[0], dims[1]);
}

sj_status sj__rule_sparse_softmax_cross_entropy_with_logits(sj__call *call)
{
	const sj_tensor *features = call->inputs[0], *labels = call->inputs[1];
	if (features->shape.rank >= 0 && features->shape.rank != 2)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "features have shape %s; they must be a matrix (batch, classes)",
		                     sj__shape_text(features));
	if (labels->shape.rank >= 0 && labels->shape.rank != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "labels have shape %s; they must be a vector (batch)",
		                     sj__shape_text(labels));
	int64_t rows = features->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(features)[0];
	int64_t count = labels->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(labels)[0];
	if (rows != count && rows != SJ__UNKNOWN && count != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "labels %s and features %s differ in the batch",
		                     sj__shape_text(labels), sj__shape_text(features));
	return loss_out(call, (sj_dtype)features->dtype, rows != SJ__UNKNOWN ? rows : count,
	                features->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(features)[1]);
}

sj_status sj__rule_l2_loss(sj__call *call) { return sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 0, NULL); }
