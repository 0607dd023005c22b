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

SJ_END_DECLARATIONS

#endif
