/* Windows that slide over images: the arithmetic of strides, dilations and padding that convolutions and pooling share. */
#ifndef SOKUJI_OPS_WINDOW_H
#define SOKUJI_OPS_WINDOW_H

#include "ops/op.h"
#include "sokuji/operations.h"

/* One spatial dimension. Unknown (-1) sizes pass through. */
typedef struct sj__window {
	int64_t in, size, stride, dilation; /* of the input; of the window, undilated */
	int64_t pad_before, pad_after;
	int64_t out;
} sj__window;

/* What the attributes of one call say. ksize, strides, dilations, explicit_paddings may be empty: 1, 1, 1, none. */
typedef struct sj__window_attributes {
	sj_ints strides, dilations, explicit_paddings;
	sj_padding padding;
	sj_data_format data_format;
} sj__window_attributes;

/* Places of the dimensions in the layout. */
static inline int sj__channel_axis(sj_data_format format) { return format == SJ_DATA_FORMAT_NCHW ? 1 : 3; }
static inline int sj__height_axis(sj_data_format format) { return format == SJ_DATA_FORMAT_NCHW ? 2 : 1; }

/* Checks counts, signs and the entries of batch and channels. */
sj_status sj__window_attributes_check(const sj__call *call, const sj__window_attributes *a);

/*
 * One dimension's output size, and its padding unless that is explicit: the caller has set the rest. Unknown (-1) where sizes are.
 */
sj_status sj__window_fit(const sj__call *call, sj_padding padding, sj__window *w);

/*
 * Fills w[0] (height) and w[1] (width) from the attributes and w[i].in, w[i].size, which the caller has set, and computes the
 * padding and output sizes.
 */
sj_status sj__windows(const sj__call *call, const sj__window_attributes *a, sj__window w[2]);

/* A convolution's attributes: the argument structs of Conv2D and its gradients are laid out alike. */
sj__window_attributes sj__conv_attributes(const void *args);

/* The windows of a convolution of `input` dims (4) with `filter` dims (4). Also checks depths; multiplier: depthwise. */
sj_status sj__conv_windows(const sj__call *call, const int64_t *input, const int64_t *filter, bool depthwise,
                           sj__window w[2]);

/* ---- pooling ---- */

typedef struct sj__pool_attributes {
	sj__window_attributes window;
	sj_ints ksize;
} sj__pool_attributes;

/* Of any pooling operation. */
sj__pool_attributes sj__pool_attributes_of(const sj__call *call);

/* Checks the attributes and fills w for images of these dimensions. */
sj_status sj__pool_windows(const sj__call *call, const sj__pool_attributes *a, const int64_t *input, sj__window w[2]);

/* ---- ranks of four ---- */

/* The four dimensions of a tensor of rank 4, or all unknown. */
sj_status sj__four_dims(const sj__call *call, const char *what, const sj_tensor *t, int64_t dims[4]);

/* The same of a list of sizes given as input i. */
sj_status sj__four_sizes(const sj__call *call, const char *what, int i, int64_t dims[4]);

#endif
