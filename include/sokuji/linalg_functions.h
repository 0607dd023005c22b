/*
 * Sums of products over named or numbered axes, made of several operations (operations.h).
 *
 * Like operations these return tensors of the open scope, nil after an error that sticks, and can be differentiated.
 */
#ifndef SOKUJI_LINALG_FUNCTIONS_H
#define SOKUJI_LINALG_FUNCTIONS_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/*
 * Einstein summation: "ij,jk->ik" is the matrix product. Each input has its labels (letters), one for each axis, and the result has
 * those after the arrow; what it lacks is summed over. Without an arrow the result has the labels that occur once, in alphabetical order. A
 * label twice in one input takes the diagonal; "..." stands for any axes, which broadcast. Blanks do not count.
 * Inputs are floating, int32 or int64, all of one dtype. They are contracted from left to right: give them in a good order.
 * InvalidArgument when the equation does not parse or does not fit the inputs. TensorFlow: tf.einsum.
 */
SJ_PUBLIC sj_tensor *sj_einsum(const char *equation, int64_t n, sj_tensor *const *inputs);

/*
 * The sum of products of a and b over pairs of axes: axis axes_a[i] of a goes with axis axes_b[i] of b (negative ones count from the end).
 * The result has a's other axes, then b's. No pairs: the outer product. InvalidArgument when the lists' lengths or the sizes
 * differ, or an axis is out of range or repeated. TensorFlow: tf.tensordot.
 */
SJ_PUBLIC sj_tensor *sj_tensordot(sj_tensor *a, sj_tensor *b, sj_ints axes_a, sj_ints axes_b);

/* The last two dimensions exchanged. InvalidArgument below rank 2. TensorFlow: tf.matrix_transpose. */
SJ_PUBLIC sj_tensor *sj_matrix_transpose(sj_tensor *a);

/* The sum of the diagonal of each matrix in the last two dimensions: (…). InvalidArgument below rank 2. TensorFlow: tf.trace. */
SJ_PUBLIC sj_tensor *sj_trace(sj_tensor *a);

/*
 * The rank of each matrix in the last two dimensions, int32 (…): how many singular values are above `tolerance`; below 0: above the greatest
 * one times the greater dimension times the dtype's epsilon. a: float32 or float64. InvalidArgument below rank 2. TensorFlow:
 * tf.linalg.matrix_rank.
 */
SJ_PUBLIC sj_tensor *sj_matrix_rank(sj_tensor *a, double tolerance);

/*
 * How often label i was predicted as class j: [i, j] of an (n, n) matrix of int32, or the sums of the weights in their dtype (NULL: none).
 * labels, predictions, weights: vectors of one length; the first two int32 or int64. n_classes below 0: the greatest class and one. InvalidArgument
 * for a class outside [0, n). TensorFlow: tf.confusion_matrix.
 */
SJ_PUBLIC sj_tensor *sj_confusion_matrix(sj_tensor *labels, sj_tensor *predictions, int64_t n_classes,
                                         sj_tensor *weights);

SJ_END_DECLARATIONS

#endif
