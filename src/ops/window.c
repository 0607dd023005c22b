/* Sliding windows: validation of the attributes, and sizes as TensorFlow computes them. */
#include "ops/window.h"

#include "ops_numbers.h"

static sj_status list_check(const sj__call *call, const char *what, sj_ints list, sj_data_format format)
{
	if (list.count == 0)
		return SJ_OK;
	if (list.count != 4 || list.data == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld entries; it must have 4", what,
		                     (long long)list.count);
	for (int i = 0; i < 4; i++)
		if (list.data[i] < 1 || list.data[i] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "%s[%d] is %lld; it must be a positive 32-bit number", what, i,
			                     (long long)list.data[i]);
	if (list.data[0] != 1 || list.data[sj__channel_axis(format)] != 1)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s must be 1 for batch and channels", what);
	return SJ_OK;
}

static sj_status paddings_check(const sj__call *call, const sj__window_attributes *a)
{
	sj_ints list = a->explicit_paddings;
	if (a->padding != SJ_PADDING_EXPLICIT)
		return list.count == 0 ? SJ_OK
		                       : sj__call_fail(call, SJ_INVALID_ARGUMENT,
		                                       "explicit_paddings are given but the padding is not EXPLICIT");
	if (list.count != 8 || list.data == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "explicit_paddings has %lld entries; it must have 8",
		                     (long long)list.count);
	for (int i = 0; i < 8; i++)
		if (list.data[i] < 0 || list.data[i] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "explicit_paddings[%d] is %lld; it must be a 32-bit number >= 0", i,
			                     (long long)list.data[i]);
	int c = 2 * sj__channel_axis(a->data_format);
	if (list.data[0] || list.data[1] || list.data[c] || list.data[c + 1])
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "explicit_paddings must be 0 for batch and channels");
	return SJ_OK;
}

sj_status sj__window_attributes_check(const sj__call *call, const sj__window_attributes *a)
{
	if ((unsigned)a->padding > SJ_PADDING_EXPLICIT)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "padding %d is none of VALID, SAME, EXPLICIT",
		                     (int)a->padding);
	if ((unsigned)a->data_format > SJ_DATA_FORMAT_NCHW)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "data_format %d is neither NHWC nor NCHW",
		                     (int)a->data_format);
	sj_status status = list_check(call, "strides", a->strides, a->data_format);
	if (status == SJ_OK)
		status = list_check(call, "dilations", a->dilations, a->data_format);
	return status == SJ_OK ? paddings_check(call, a) : status;
}

sj_status sj__window_fit(const sj__call *call, sj_padding padding, sj__window *w)
{
	w->out = SJ__UNKNOWN;
	if (w->in == SJ__UNKNOWN || w->size == SJ__UNKNOWN)
		return SJ_OK;
	int64_t reach = (w->size - 1) * w->dilation +
	                1; /* sizes are 32-bit in practice; the products below are checked */
	if (w->size > INT32_MAX || reach > INT64_MAX / 4 || w->in > INT64_MAX / 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the window of %lld over %lld overflows",
		                     (long long)w->size, (long long)w->in);
	if (padding == SJ_PADDING_SAME) {
		w->out = (w->in + w->stride - 1) / w->stride;
		int64_t pad = sj__max_i64(0, (w->out - 1) * w->stride + reach - w->in);
		w->pad_before = pad / 2;
		w->pad_after = pad - pad / 2;
		return SJ_OK;
	}
	int64_t room = w->in + w->pad_before + w->pad_after - reach;
	/* TensorFlow's own line: (in - reach + stride) / stride, refused when negative. */
	if (room + w->stride < 0)
		return sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"a window of %lld (dilated %lld) over a dimension of %lld gives a negative output size; pad more or use a smaller window",
			(long long)w->size, (long long)reach, (long long)(w->in + w->pad_before + w->pad_after));
	w->out = (room + w->stride) / w->stride;
	return SJ_OK;
}

static sj_status window_compute(const sj__call *call, const sj__window_attributes *a, int axis, sj__window *w)
{
	bool given = a->padding == SJ_PADDING_EXPLICIT;
	w->stride = a->strides.count ? a->strides.data[axis] : 1;
	w->dilation = a->dilations.count ? a->dilations.data[axis] : 1;
	w->pad_before = given ? a->explicit_paddings.data[2 * axis] : 0;
	w->pad_after = given ? a->explicit_paddings.data[2 * axis + 1] : 0;
	return sj__window_fit(call, a->padding, w);
}

sj_status sj__windows(const sj__call *call, const sj__window_attributes *a, sj__window w[2])
{
	int axis = sj__height_axis(a->data_format);
	sj_status status = window_compute(call, a, axis, &w[0]);
	return status == SJ_OK ? window_compute(call, a, axis + 1, &w[1]) : status;
}

sj__window_attributes sj__conv_attributes(const void *args)
{
	const sj_conv2d_args *a = args;
	return (sj__window_attributes){a->strides, a->dilations, a->explicit_paddings, a->padding, a->data_format};
}

/* A filter of fewer channels than the input stands for groups of channels, each with its share of the output's. */
static sj_status depths_check(const sj__call *call, int64_t depth, const int64_t *filter, bool depthwise)
{
	if (depth == SJ__UNKNOWN || filter[2] == SJ__UNKNOWN || depth == filter[2])
		return SJ_OK;
	if (depthwise || depth <= 0 || depth % filter[2] != 0)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the input has %lld channels, the filter is for %lld",
		                     (long long)depth, (long long)filter[2]);
	if (filter[3] != SJ__UNKNOWN && filter[3] % (depth / filter[2]) != 0)
		return sj__call_fail(
			call, SJ_INVALID_ARGUMENT,
			"the filter %s has %lld output channels; %lld groups of input channels do not divide them",
			sj__dims_text(4, filter), (long long)filter[3], (long long)(depth / filter[2]));
	return SJ_OK;
}

sj_status sj__conv_windows(const sj__call *call, const int64_t *input, const int64_t *filter, bool depthwise,
                           sj__window w[2])
{
	sj__window_attributes a = sj__conv_attributes(call->args);
	sj_status status = sj__window_attributes_check(call, &a);
	if (status != SJ_OK)
		return status;
	int h = sj__height_axis(a.data_format);
	int64_t depth = input[sj__channel_axis(a.data_format)];
	for (int i = 0; i < 4; i++)
		if (filter[i] == 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "the filter %s must not have zero elements",
			                     sj__dims_text(4, filter));
	status = depths_check(call, depth, filter, depthwise);
	if (status != SJ_OK)
		return status;
	w[0].in = input[h];
	w[1].in = input[h + 1];
	w[0].size = filter[0];
	w[1].size = filter[1];
	return sj__windows(call, &a, w);
}

/* ---- pooling ---- */

sj__pool_attributes sj__pool_attributes_of(const sj__call *call)
{
	switch ((int)(call->op - sj__op_table)) {
	case SJ__OP_AVG_POOL:
	case SJ__OP_AVG_POOL_GRAD: {
		const sj_avg_pool_args *a = call->args;
		return (sj__pool_attributes){{.strides = a->strides,
		                              .padding = a->padding,
		                              .data_format = a->data_format},
		                             a->ksize};
	}
	case SJ__OP_MAX_POOL_WITH_ARGMAX: {
		const sj_max_pool_with_argmax_args *a = call->args;
		return (sj__pool_attributes){{.strides = a->strides, .padding = a->padding}, a->ksize};
	}
	case SJ__OP_MAX_POOL_GRAD_WITH_ARGMAX:
	case SJ__OP_MAX_POOL_GRAD_GRAD_WITH_ARGMAX: {
		const sj_max_pool_grad_with_argmax_args *a = call->args;
		return (sj__pool_attributes){{.strides = a->strides, .padding = a->padding}, a->ksize};
	}
	default: {
		const sj_max_pool_args *a = call->args;
		return (sj__pool_attributes){{.strides = a->strides,
		                              .padding = a->padding,
		                              .explicit_paddings = a->explicit_paddings,
		                              .data_format = a->data_format},
		                             a->ksize};
	}
	}
}

static sj_status ksize_check(const sj__call *call, const sj__pool_attributes *a)
{
	sj_ints list = a->ksize;
	if (list.count != 4 || list.data == NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "ksize has %lld entries; it must have 4",
		                     (long long)list.count);
	if (a->window.strides.count != 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "strides has %lld entries; it must have 4",
		                     (long long)a->window.strides.count);
	for (int i = 0; i < 4; i++)
		if (list.data[i] < 1 || list.data[i] > INT32_MAX)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "ksize[%d] is %lld; it must be a positive 32-bit number", i,
			                     (long long)list.data[i]);
	if (list.data[0] != 1 || list.data[sj__channel_axis(a->window.data_format)] != 1)
		return sj__call_fail(call, SJ_UNIMPLEMENTED,
		                     "not implemented: pooling over batch or channels; ksize must be 1 there");
	return SJ_OK;
}

/* TensorFlow has EXPLICIT for MaxPool and its gradients only; and no window may lie in the padding alone. */
static sj_status pool_paddings_check(const sj__call *call, const sj__pool_attributes *a)
{
	if (a->window.padding != SJ_PADDING_EXPLICIT)
		return SJ_OK;
	if (call->op->name[0] == 'A' || strstr(call->op->name, "Argmax") != NULL)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "padding must be VALID or SAME");
	for (int i = 0; i < 8; i++)
		if (a->window.explicit_paddings.data[i] >= a->ksize.data[i / 2] &&
		    a->window.explicit_paddings.data[i] > 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT,
			                     "explicit_paddings[%d] is %lld; it must be less than the window's %lld", i,
			                     (long long)a->window.explicit_paddings.data[i],
			                     (long long)a->ksize.data[i / 2]);
	return SJ_OK;
}

sj_status sj__pool_windows(const sj__call *call, const sj__pool_attributes *a, const int64_t *input, sj__window w[2])
{
	sj_status status = sj__window_attributes_check(call, &a->window);
	if (status == SJ_OK)
		status = ksize_check(call, a);
	if (status == SJ_OK)
		status = pool_paddings_check(call, a);
	if (status != SJ_OK)
		return status;
	int h = sj__height_axis(a->window.data_format);
	for (int i = 0; i < 2; i++) {
		w[i].in = input[h + i];
		w[i].size = a->ksize.data[h + i];
	}
	return sj__windows(call, &a->window, w);
}

/* ---- ranks of four ---- */

sj_status sj__four_dims(const sj__call *call, const char *what, const sj_tensor *t, int64_t dims[4])
{
	if (t->shape.rank >= 0 && t->shape.rank != 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has shape %s; its rank must be 4", what,
		                     sj__shape_text(t));
	for (int i = 0; i < 4; i++)
		dims[i] = t->shape.rank < 0 ? SJ__UNKNOWN : sj__dims(t)[i];
	return SJ_OK;
}

sj_status sj__four_sizes(const sj__call *call, const char *what, int i, int64_t dims[4])
{
	int64_t values[SJ_MAX_RANK], n, total = 1;
	sj_status status = sj__call_ints(call, i, values, &n);
	if (status != SJ_OK)
		return status;
	if (n >= 0 && n != 4)
		return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s has %lld entries; it must have 4", what,
		                     (long long)n);
	bool is_partly = n < 0 && sj__graph.shape_of(call->inputs[i], values) == 4;
	for (int j = 0; j < 4; j++) {
		dims[j] = n < 0 && !is_partly ? SJ__UNKNOWN : values[j];
		if (n >= 0 && dims[j] < 0)
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s[%d] is %lld; it must be >= 0", what, j,
			                     (long long)dims[j]);
		if (n >= 0 && !sj__multiply_fits(total, dims[j] ? dims[j] : 1, &total))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "%s %s overflows", what,
			                     sj__dims_text(4, values));
	}
	return SJ_OK;
}
