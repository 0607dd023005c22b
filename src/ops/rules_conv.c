/* Shape rules of the convolutions. */
#include "ops/rules.h"
#include "ops/window.h"
#include "ops_numbers.h"

_Static_assert(sizeof(sj_conv2d_args) == sizeof(sj_conv2d_backprop_input_args),
               "convolutions share one argument layout");
_Static_assert(sizeof(sj_conv2d_args) == sizeof(sj_depthwise_conv2d_args), "convolutions share one argument layout");

static bool is_depthwise(const sj__call *call) { return call->op->name[0] == 'D'; }

static int64_t output_depth(const int64_t *filter, bool depthwise)
{
	if (!depthwise)
		return filter[3];
	return filter[2] == SJ__UNKNOWN || filter[3] == SJ__UNKNOWN ? SJ__UNKNOWN : filter[2] * filter[3];
}

static void output_dims(const sj__call *call, const int64_t *input, const int64_t *filter, const sj__window w[2],
                        int64_t dims[4])
{
	sj_data_format format = sj__conv_attributes(call->args).data_format;
	int h = sj__height_axis(format);
	dims[0] = input[0];
	dims[h] = w[0].out;
	dims[h + 1] = w[1].out;
	dims[sj__channel_axis(format)] = output_depth(filter, is_depthwise(call));
}

sj_status sj__rule_conv2d(sj__call *call)
{
	int64_t input[4], filter[4], dims[4];
	sj__window w[2];
	sj_status status = sj__four_dims(call, "input", call->inputs[0], input);
	if (status == SJ_OK)
		status = sj__four_dims(call, "filter", call->inputs[1], filter);
	if (status == SJ_OK)
		status = sj__conv_windows(call, input, filter, is_depthwise(call), w);
	if (status != SJ_OK)
		return status;
	output_dims(call, input, filter, w, dims);
	return sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, dims);
}

/* Groups of channels would each need their part of the bias. */
sj_status sj__rule_fused_conv2d(sj__call *call)
{
	int64_t input[4], filter[4];
	sj_status status = sj__four_dims(call, "input", call->inputs[0], input);
	if (status == SJ_OK)
		status = sj__four_dims(call, "filter", call->inputs[1], filter);
	if (status == SJ_OK)
		status = sj__bias_check(call, call->inputs[2], filter[3]);
	if (status != SJ_OK)
		return status;
	int64_t channels = input[sj__channel_axis(sj__conv_attributes(call->args).data_format)];
	if (channels != filter[2] && channels != SJ__UNKNOWN && filter[2] != SJ__UNKNOWN)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                     "the input has %lld channels, the filter is for %lld; groups are for sj_conv2d",
		                     (long long)channels, (long long)filter[2]);
	return sj__rule_conv2d(call);
}

/* out_backprop must have the shape that the forward convolution would give. */
static sj_status backprop_check(const sj__call *call, const int64_t *input, const int64_t *filter)
{
	int64_t given[4], expected[4];
	sj__window w[2];
	sj_status status = sj__four_dims(call, "out_backprop", call->inputs[2], given);
	if (status == SJ_OK)
		status = sj__conv_windows(call, input, filter, is_depthwise(call), w);
	if (status != SJ_OK)
		return status;
	output_dims(call, input, filter, w, expected);
	for (int i = 0; i < 4; i++)
		if (given[i] != SJ__UNKNOWN && expected[i] != SJ__UNKNOWN && given[i] != expected[i])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "out_backprop has shape %s; input %s and filter %s give %s",
			                     sj__dims_text(4, given), sj__dims_text(4, input), sj__dims_text(4, filter),
			                     sj__dims_text(4, expected));
	return SJ_OK;
}

sj_status sj__rule_conv2d_backprop_input(sj__call *call)
{
	int64_t input[4], filter[4];
	sj_status status = sj__four_sizes(call, "input_sizes", 0, input);
	if (status == SJ_OK)
		status = sj__four_dims(call, "filter", call->inputs[1], filter);
	if (status == SJ_OK)
		status = backprop_check(call, input, filter);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[1]->dtype, 4, input) : status;
}

sj_status sj__rule_conv2d_backprop_filter(sj__call *call)
{
	int64_t input[4], filter[4];
	sj_status status = sj__four_sizes(call, "filter_sizes", 1, filter);
	if (status == SJ_OK)
		status = sj__four_dims(call, "input", call->inputs[0], input);
	if (status == SJ_OK)
		status = backprop_check(call, input, filter);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, 4, filter) : status;
}
