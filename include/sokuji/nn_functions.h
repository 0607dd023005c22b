/*
 * Functions of neural networks that are made of several operations (operations.h), as TensorFlow has them in tf.nn.
 *
 * Like operations they return tensors of the open scope, nil after an error that sticks, and can be differentiated.
 */
#ifndef SOKUJI_NN_FUNCTIONS_H
#define SOKUJI_NN_FUNCTIONS_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/* ---- losses, an element for each example: reduce them with sj_mean ---- */

/*
 * -sum(labels log(softmax(logits))) over the last axis: labels and logits (…, classes), both floating and of one shape; result (…).
 * labels are probabilities, and differentiated too. InvalidArgument when the shapes differ or there are no classes.
 * TensorFlow: tf.nn.softmax_cross_entropy_with_logits.
 */
SJ_PUBLIC sj_tensor *sj_softmax_cross_entropy(sj_tensor *labels, sj_tensor *logits);

/*
 * The same for labels that are class numbers: labels (…), int32 or int64, logits (…, classes). InvalidArgument for a label
 * outside [0, classes). TensorFlow: tf.nn.sparse_softmax_cross_entropy_with_logits.
 */
SJ_PUBLIC sj_tensor *sj_sparse_softmax_cross_entropy(sj_tensor *labels, sj_tensor *logits);

/*
 * -labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)), element by element, without overflow. One shape.
 * TensorFlow: tf.nn.sigmoid_cross_entropy_with_logits.
 */
SJ_PUBLIC sj_tensor *sj_sigmoid_cross_entropy(sj_tensor *labels, sj_tensor *logits);

/*
 * The same with the first term multiplied by pos_weight, which broadcasts: above 1 it makes missed positives dearer.
 * TensorFlow: tf.nn.weighted_cross_entropy_with_logits.
 */
SJ_PUBLIC sj_tensor *sj_weighted_cross_entropy(sj_tensor *labels, sj_tensor *logits, sj_tensor *pos_weight);

/* ---- normalising ---- */

/*
 * (x - mean) / sqrt(variance + variance_epsilon) * scale + offset, broadcast; offset and scale may be NULL (0 and 1).
 * TensorFlow: tf.nn.batch_normalization.
 */
SJ_PUBLIC sj_tensor *sj_batch_normalization(sj_tensor *x, sj_tensor *mean, sj_tensor *variance, sj_tensor *offset,
                                            sj_tensor *scale, double variance_epsilon);

/* x / sqrt(max(sum(x^2), epsilon)), the sum over the axes (all when not given). TensorFlow: tf.nn.l2_normalize. */
typedef struct sj_l2_normalize_args {
	size_t size;
	sj_ints axis;
	sj_float_option epsilon; /* default 1e-12 */
} sj_l2_normalize_args;
SJ_PUBLIC sj_tensor *sj_l2_normalize_with(sj_tensor *x, const sj_l2_normalize_args *args);
#define sj_l2_normalize(x_, ...) \
	sj_l2_normalize_with(x_, &(const sj_l2_normalize_args){.size = sizeof(sj_l2_normalize_args), ##__VA_ARGS__})

/*
 * Each element with probability `rate` 0, else x / (1 - rate): the expectation stays x. x floating. noise_shape, which broadcasts
 * to x's, has elements share their fate: a 1 for each axis along which they do. seed: see random.h. rate 0 is x itself.
 * InvalidArgument when rate is not in [0, 1) or noise_shape does not fit. TensorFlow: tf.nn.dropout (1.8: rate = 1 - keep_prob).
 */
typedef struct sj_dropout_args {
	size_t size;
	sj_ints noise_shape;
	sj_int_option seed;
} sj_dropout_args;
SJ_PUBLIC sj_tensor *sj_dropout_with(sj_tensor *x, double rate, const sj_dropout_args *args);
#define sj_dropout(x_, rate_, ...) \
	sj_dropout_with(x_, rate_, &(const sj_dropout_args){.size = sizeof(sj_dropout_args), ##__VA_ARGS__})

/* ---- convolutions ---- */

/*
 * The transposed convolution: the gradient of sj_conv2d by its input, of shape output_shape, for an output gradient `value`. filter is
 * (fh, fw, output channels, value's channels). Options are sj_conv2d's. TensorFlow: tf.nn.conv2d_transpose.
 */
SJ_PUBLIC sj_tensor *sj_conv2d_transpose_with(sj_tensor *value, sj_tensor *filter, sj_ints output_shape,
                                              const sj_conv2d_backprop_input_args *args);
#define sj_conv2d_transpose(value_, filter_, output_shape_, ...) \
	sj_conv2d_transpose_with(value_, filter_, output_shape_, \
	                         &(const sj_conv2d_backprop_input_args){.size = sizeof(sj_conv2d_backprop_input_args), \
	                                                                ##__VA_ARGS__})

/*
 * A depthwise convolution (fh, fw, c, multiplier) with the given options, then a 1 x 1 convolution (1, 1, c * multiplier, out_c).
 * TensorFlow: tf.nn.separable_conv2d.
 */
SJ_PUBLIC sj_tensor *sj_separable_conv2d_with(sj_tensor *input, sj_tensor *depthwise_filter,
                                              sj_tensor *pointwise_filter, const sj_depthwise_conv2d_args *args);
#define sj_separable_conv2d(input_, depthwise_filter_, pointwise_filter_, ...) \
	sj_separable_conv2d_with(input_, depthwise_filter_, pointwise_filter_, \
	                         &(const sj_depthwise_conv2d_args){.size = sizeof(sj_depthwise_conv2d_args), \
	                                                           ##__VA_ARGS__})

SJ_END_DECLARATIONS

#endif
