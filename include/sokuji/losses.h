/*
 * Losses with weights and reductions, as TensorFlow 1's tf.losses have them: one number to be made small.
 *
 * 	sj_tensor *loss = sj_loss_sparse_softmax_cross_entropy(y, sj_layer_call(model, x, true));
 * 	sj_tensor *fair = sj_loss_huber(y, predicted, .delta = SJ_GIVEN(2), .weights = w);
 *
 * Made of operations: results belong to the open scope, nil after an error that sticks, and can be differentiated. Labels and
 * predictions have one floating dtype and shape unless said otherwise. The losses of nn_functions.h are these without weights and reduction.
 */
#ifndef SOKUJI_LOSSES_H
#define SOKUJI_LOSSES_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/* What becomes of the losses, each multiplied by its weight. A sum over nothing, or divided by 0, is 0. */
typedef enum sj_loss_reduction {
	SJ_LOSS_SUM_BY_NONZERO_WEIGHTS, /* their sum by the number of weights that are not 0: the mean, without weights */
	SJ_LOSS_MEAN,                   /* their sum by the sum of the weights */
	SJ_LOSS_SUM,
	SJ_LOSS_SUM_OVER_BATCH_SIZE, /* their sum by the number of losses */
	SJ_LOSS_NONE                 /* the losses themselves */
} sj_loss_reduction;

/* Options of all losses; each reads those it knows. */
typedef struct sj_loss_args {
	size_t size;
	sj_tensor *weights; /* a scalar, or of the losses' rank, with dimensions of 1 or the losses' size; NULL: 1 */
	sj_loss_reduction reduction;
	double label_smoothing;  /* softmax and sigmoid cross entropy: how far labels move towards the middle, 0 to 1 */
	sj_float_option delta;   /* Huber: where the parabola ends, default 1 */
	sj_float_option epsilon; /* log loss: added inside the logarithms, default 1e-7 */
} sj_loss_args;
#define SJ__LOSS_ARGS(...) (&(const sj_loss_args){.size = sizeof(sj_loss_args), ##__VA_ARGS__})

/* Losses of one's own, weighted and reduced. TensorFlow: tf.losses.compute_weighted_loss. */
SJ_PUBLIC sj_tensor *sj_loss_weighted_with(sj_tensor *losses, const sj_loss_args *args);
#define sj_loss_weighted(losses_, ...) sj_loss_weighted_with(losses_, SJ__LOSS_ARGS(__VA_ARGS__))

/* (predictions - labels)^2. */
SJ_PUBLIC sj_tensor *sj_loss_mean_squared_error_with(sj_tensor *labels, sj_tensor *predictions,
                                                     const sj_loss_args *args);
#define sj_loss_mean_squared_error(labels_, predictions_, ...) \
	sj_loss_mean_squared_error_with(labels_, predictions_, SJ__LOSS_ARGS(__VA_ARGS__))

/* |predictions - labels|. */
SJ_PUBLIC sj_tensor *sj_loss_absolute_difference_with(sj_tensor *labels, sj_tensor *predictions,
                                                      const sj_loss_args *args);
#define sj_loss_absolute_difference(labels_, predictions_, ...) \
	sj_loss_absolute_difference_with(labels_, predictions_, SJ__LOSS_ARGS(__VA_ARGS__))

/* d^2 / 2 for a distance d up to delta, beyond it the line that goes on from there: delta (d - delta / 2). */
SJ_PUBLIC sj_tensor *sj_loss_huber_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args);
#define sj_loss_huber(labels_, predictions_, ...) sj_loss_huber_with(labels_, predictions_, SJ__LOSS_ARGS(__VA_ARGS__))

/* -labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon), predictions from 0 to 1. */
SJ_PUBLIC sj_tensor *sj_loss_log_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args);
#define sj_loss_log(labels_, predictions_, ...) sj_loss_log_with(labels_, predictions_, SJ__LOSS_ARGS(__VA_ARGS__))

/* max(0, 1 - (2 labels - 1) logits), labels 0 or 1. */
SJ_PUBLIC sj_tensor *sj_loss_hinge_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args);
#define sj_loss_hinge(labels_, logits_, ...) sj_loss_hinge_with(labels_, logits_, SJ__LOSS_ARGS(__VA_ARGS__))

/* Cross entropy of class numbers (…), int32 or int64 (also (…, 1)), with softmax(logits), logits (…, classes): a loss for each example. */
SJ_PUBLIC sj_tensor *sj_loss_sparse_softmax_cross_entropy_with(sj_tensor *labels, sj_tensor *logits,
                                                               const sj_loss_args *args);
#define sj_loss_sparse_softmax_cross_entropy(labels_, logits_, ...) \
	sj_loss_sparse_softmax_cross_entropy_with(labels_, logits_, SJ__LOSS_ARGS(__VA_ARGS__))

/* The same for labels that are probabilities, as (…, classes); no gradient flows into them. */
SJ_PUBLIC sj_tensor *sj_loss_softmax_cross_entropy_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args);
#define sj_loss_softmax_cross_entropy(labels_, logits_, ...) \
	sj_loss_softmax_cross_entropy_with(labels_, logits_, SJ__LOSS_ARGS(__VA_ARGS__))

/* Cross entropy of each label from 0 to 1 with sigmoid(logit): classes that do not exclude one another. */
SJ_PUBLIC sj_tensor *sj_loss_sigmoid_cross_entropy_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args);
#define sj_loss_sigmoid_cross_entropy(labels_, logits_, ...) \
	sj_loss_sigmoid_cross_entropy_with(labels_, logits_, SJ__LOSS_ARGS(__VA_ARGS__))

SJ_END_DECLARATIONS

#endif
