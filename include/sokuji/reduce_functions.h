/*
 * Statistics over axes, made of several operations (operations.h), and logical exclusive or.
 *
 * Options are those of sj_sum: .axis = SJ_INTS(0, 1) (all axes when not given) and .keep_dims = true. Like operations these
 * return tensors of the open scope, nil after an error that sticks, and can be differentiated.
 */
#ifndef SOKUJI_REDUCE_FUNCTIONS_H
#define SOKUJI_REDUCE_FUNCTIONS_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_reduce_args {
	size_t size;
	sj_ints axis;
	bool keep_dims;
} sj_reduce_args;

#define SJ__REDUCE_ARGS(...) (&(const sj_reduce_args){.size = sizeof(sj_reduce_args), ##__VA_ARGS__})

/*
 * log(sum(exp(input))), without overflow; -infinity of nothing. input floating. InvalidArgument for axes as sj_sum says.
 * TensorFlow: tf.reduce_logsumexp.
 */
SJ_PUBLIC sj_tensor *sj_logsumexp_with(sj_tensor *input, const sj_reduce_args *args);
#define sj_logsumexp(input_, ...) sj_logsumexp_with(input_, SJ__REDUCE_ARGS(__VA_ARGS__))

/* The mean of the squared distances from the mean (divided by n, not n - 1). input floating. TensorFlow: tf.math.reduce_variance. */
SJ_PUBLIC sj_tensor *sj_variance_with(sj_tensor *input, const sj_reduce_args *args);
#define sj_variance(input_, ...) sj_variance_with(input_, SJ__REDUCE_ARGS(__VA_ARGS__))

/* The square root of the variance; its gradient is not finite where that is 0. TensorFlow: tf.math.reduce_std. */
SJ_PUBLIC sj_tensor *sj_std_with(sj_tensor *input, const sj_reduce_args *args);
#define sj_std(input_, ...) sj_std_with(input_, SJ__REDUCE_ARGS(__VA_ARGS__))

/* Mean and variance at once, each of the same shape. On failure both are nil. TensorFlow: tf.nn.moments. */
SJ_PUBLIC sj_status sj_moments_with(sj_tensor *input, sj_tensor **ret_mean, sj_tensor **ret_variance,
                                    const sj_reduce_args *args);
#define sj_moments(input_, ret_mean_, ret_variance_, ...) \
	sj_moments_with(input_, ret_mean_, ret_variance_, SJ__REDUCE_ARGS(__VA_ARGS__))

/*
 * The norm of order `order` of the elements along the axes, taken as one vector: 1 the sum of |x|, 2 the Euclidean one,
 * INFINITY the largest |x|, p > 0 else (sum |x|^p)^(1/p). input floating. InvalidArgument when order is not positive.
 * TensorFlow: tf.norm (of vectors).
 */
SJ_PUBLIC sj_tensor *sj_norm_with(sj_tensor *input, double order, const sj_reduce_args *args);
#define sj_norm(input_, order_, ...) sj_norm_with(input_, order_, SJ__REDUCE_ARGS(__VA_ARGS__))

/* How many elements are not 0 (of bool: true; of strings: not empty), int64. TensorFlow: tf.math.count_nonzero. */
SJ_PUBLIC sj_tensor *sj_count_nonzero_with(sj_tensor *input, const sj_reduce_args *args);
#define sj_count_nonzero(input_, ...) sj_count_nonzero_with(input_, SJ__REDUCE_ARGS(__VA_ARGS__))

/* Whether one of x and y (bool) is true, element by element, broadcast. TensorFlow: tf.math.logical_xor. */
SJ_PUBLIC sj_tensor *sj_logical_xor(sj_tensor *x, sj_tensor *y);

SJ_END_DECLARATIONS

#endif
