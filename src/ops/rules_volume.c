/* Shape rules of three-dimensional convolutions and pooling. */
#include "ops/rules.h"
#include "ops/volume.h"
#include "ops_numbers.h"

enum { RANK = SJ__VOLUME_RANK };

_Static_assert(sizeof(sj_conv3d_args) == sizeof(sj_conv3d_backprop_input_args) &&
                       sizeof(sj_conv3d_args) == sizeof(sj_conv3d_backprop_filter_args),
               "convolutions share one argument layout");
_Static_assert(sizeof(sj_max_pool3d_args) == sizeof(sj_avg_pool3d_grad_args),
               "pooling operations share one argument layout");

/* ---- attributes ---- */

static sj_status numbers_check(const sj__call *call, const char *what, sj_ints list)
{
	if (list.count != RANK || list.data == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld entries; it must have 5", what,
		                     (long long)list.count);
	for (int i = 0; i < RANK; i++)
		if (list.data[i] < 1 || list.data[i] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "%s[%d] is %lld; it must be a positive 32-bit number", what, i,
			                     (long long)list.data[i]);
	if (list.data[0] != 1 || list.data[RANK - 1] != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s must be 1 for batch and channels", what);
	return SJ_OK;
}

static sj_status layout_check(const sj__call *call, sj_padding padding, sj_volume_format format)
{
	if (padding != SJ_PADDING_VALID && padding != SJ_PADDING_SAME)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "padding %d is neither VALID nor SAME", (int)padding);
	if (format == SJ_VOLUME_FORMAT_NCDHW)
		return sj__call_fail(call, SJ_UNIMPLEMENTED, "not implemented: data_format NCDHW; transpose to NDHWC");
	if (format != SJ_VOLUME_FORMAT_NDHWC)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data_format %d is neither NDHWC nor NCDHW",
		                     (int)format);
	return SJ_OK;
}

static sj_status windows_fit(const sj__call *call, const int64_t *input, const int64_t *sizes, sj_ints strides,
                             sj_ints dilations, sj_padding padding, sj__volume *v)
{
	sj_status status = SJ_OK;
	for (int i = 0; i < 3 && status == SJ_OK; i++) {
		v->w[i] = (sj__window){.in = input[1 + i],
		                       .size = sizes[i],
		                       .stride = strides.data[1 + i],
		                       .dilation = dilations.count ? dilations.data[1 + i] : 1};
		status = sj__window_fit(call, padding, &v->w[i]);
	}
	return status;
}

sj_status sj__volume_of_convolution(const sj__call *call, const int64_t *input, const int64_t *filter,
                                    sj__volume *ret_volume)
{
	const sj_conv3d_args *a = call->args;
	sj_status status = numbers_check(call, "strides", a->strides);
	if (status == SJ_OK && a->dilations.count > 0)
		status = numbers_check(call, "dilations", a->dilations);
	if (status == SJ_OK)
		status = layout_check(call, a->padding, a->data_format);
	if (status != SJ_OK)
		return status;
	for (int i = 0; i < RANK; i++)
		if (filter[i] == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the filter %s must not have zero elements",
			                     sj__dims_text(RANK, filter));
	if (input[4] != SJ__UNKNOWN && filter[3] != SJ__UNKNOWN && input[4] != filter[3])
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has %lld channels, the filter is for %lld",
		                     (long long)input[4], (long long)filter[3]);
	ret_volume->n = input[0];
	ret_volume->in_c = input[4];
	ret_volume->out_c = filter[4];
	return windows_fit(call, input, filter, a->strides, a->dilations, a->padding, ret_volume);
}

sj_status sj__volume_of_pooling(const sj__call *call, const int64_t *input, sj__volume *ret_volume)
{
	const sj_max_pool3d_args *a = call->args;
	sj_status status = numbers_check(call, "ksize", a->ksize);
	if (status == SJ_OK)
		status = numbers_check(call, "strides", a->strides);
	if (status == SJ_OK)
		status = layout_check(call, a->padding, a->data_format);
	if (status != SJ_OK)
		return status;
	ret_volume->n = input[0];
	ret_volume->in_c = ret_volume->out_c = input[4];
	return windows_fit(call, input, a->ksize.data + 1, a->strides, (sj_ints){0, NULL}, a->padding, ret_volume);
}

void sj__volume_output(const sj__volume *v, int64_t dims[RANK])
{
	dims[0] = v->n;
	for (int i = 0; i < 3; i++)
		dims[1 + i] = v->w[i].out;
	dims[4] = v->out_c;
}

/* ---- dimensions ---- */

static sj_status dims_read(const sj__call *call, int i, int64_t dims[RANK])
{
	const sj_tensor *t = call->inputs[i];
	if (t->shape.rank >= 0 && t->shape.rank != RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be 5",
		                     call->op->inputs[i].name, sj__shape_text(t));
	for (int k = 0; k < RANK; k++)
		dims[k] = t->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(t)[k];
	return SJ_OK;
}

/* A list of sizes, each >= 0, whose product fits. */
static sj_status sizes_read(const sj__call *call, int i, int64_t dims[RANK])
{
	int64_t values[SJ_MAX_RANK], n, total = 1;
	const char *what = call->op->inputs[i].name;
	sj_status status = sj__call_ints(call, i, values, &n);
	if (status != SJ_OK)
		return status;
	if (n >= 0 && n != RANK)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld entries; it must have 5", what,
		                     (long long)n);
	for (int k = 0; k < RANK; k++) {
		dims[k] = n < 0 ? SJ__UNKNOWN : values[k];
		if (n >= 0 && dims[k] < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s[%d] is %lld; it must be >= 0", what, k,
			                     (long long)dims[k]);
		if (n >= 0 && !sj__multiply_fits(total, dims[k] ? dims[k] : 1, &total))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s %s overflows", what,
			                     sj__dims_text(RANK, values));
	}
	return SJ_OK;
}

/* Input i has these dimensions, as far as both are known. */
static sj_status dims_check(const sj__call *call, int i, const int64_t expected[RANK])
{
	int64_t given[RANK];
	sj_status status = dims_read(call, i, given);
	for (int k = 0; status == SJ_OK && k < RANK; k++)
		if (given[k] != SJ__UNKNOWN && expected[k] != SJ__UNKNOWN && given[k] != expected[k])
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; it must be %s",
			                     call->op->inputs[i].name, sj__dims_text(RANK, given),
			                     sj__dims_text(RANK, expected));
	return status;
}

/* ---- rules ---- */

sj_status sj__rule_conv3d(sj__call *call)
{
	int64_t input[RANK], filter[RANK], dims[RANK];
	sj__volume v;
	sj_status status = dims_read(call, 0, input);
	if (status == SJ_OK)
		status = dims_read(call, 1, filter);
	if (status == SJ_OK)
		status = sj__volume_of_convolution(call, input, filter, &v);
	if (status != SJ_OK)
		return status;
	sj__volume_output(&v, dims);
	return sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, RANK, dims);
}

/* One of input and filter is given as sizes, the other as a tensor; the result has those sizes. */
static sj_status backprop(sj__call *call, int64_t input[RANK], int64_t filter[RANK], const int64_t *result)
{
	int64_t dims[RANK];
	sj__volume v;
	sj_status status = sj__volume_of_convolution(call, input, filter, &v);
	if (status == SJ_OK) {
		sj__volume_output(&v, dims);
		status = dims_check(call, 2, dims);
	}
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[2]->dtype, RANK, result) : status;
}

sj_status sj__rule_conv3d_backprop_input(sj__call *call)
{
	int64_t input[RANK], filter[RANK];
	sj_status status = sizes_read(call, 0, input);
	if (status == SJ_OK)
		status = dims_read(call, 1, filter);
	return status == SJ_OK ? backprop(call, input, filter, input) : status;
}

sj_status sj__rule_conv3d_backprop_filter(sj__call *call)
{
	int64_t input[RANK], filter[RANK];
	sj_status status = dims_read(call, 0, input);
	if (status == SJ_OK)
		status = sizes_read(call, 1, filter);
	return status == SJ_OK ? backprop(call, input, filter, filter) : status;
}

/* What pooling volumes of these dimensions gives. */
static sj_status pooled(const sj__call *call, const int64_t input[RANK], int64_t dims[RANK])
{
	sj__volume v;
	sj_status status = sj__volume_of_pooling(call, input, &v);
	if (status == SJ_OK)
		sj__volume_output(&v, dims);
	return status;
}

sj_status sj__rule_pool3d(sj__call *call)
{
	int64_t input[RANK], dims[RANK];
	sj_status status = dims_read(call, 0, input);
	if (status == SJ_OK)
		status = pooled(call, input, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, RANK, dims) : status;
}

/* grad has the output's shape and the result the input's; in MaxPool3DGradGrad it is the other way round. */
sj_status sj__rule_max_pool3d_grad(sj__call *call)
{
	int64_t input[RANK], dims[RANK];
	bool again = call->op == &sj__op_table[SJ__OP_MAX_POOL3D_GRAD_GRAD];
	sj_status status = dims_read(call, 0, input);
	if (status == SJ_OK)
		status = pooled(call, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, 1, dims);
	if (status == SJ_OK)
		status = dims_check(call, 2, again ? input : dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[0]->dtype, RANK, again ? dims : input)
	                       : status;
}

sj_status sj__rule_avg_pool3d_grad(sj__call *call)
{
	int64_t input[RANK], dims[RANK];
	sj_status status = sizes_read(call, 0, input);
	if (status == SJ_OK)
		status = pooled(call, input, dims);
	if (status == SJ_OK)
		status = dims_check(call, 1, dims);
	return status == SJ_OK ? sj__out(call, 0, (sj_dtype)call->inputs[1]->dtype, RANK, input) : status;
}
