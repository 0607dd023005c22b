/* Metrics: running figures over batches, as tfe.metrics keeps them; sums in float64. */
#ifndef SOKUJI_METRICS_H
#define SOKUJI_METRICS_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_mean_metric {
	double total, weight;
} sj_mean_metric; /* start with {0} */

/* Adds all elements of a numeric tensor, each with weight 1. */
SJ_PUBLIC sj_status sj_mean_add(sj_mean_metric *mean, sj_tensor *values);
/* The same with weights that broadcast to the values' shape. */
SJ_PUBLIC sj_status sj_mean_add_weighted(sj_mean_metric *mean, sj_tensor *values, sj_tensor *weights);
/* Adds 1 for each pair of equal elements, 0 for the others: labels and predictions of one shape and one dtype. */
SJ_PUBLIC sj_status sj_accuracy_add(sj_mean_metric *accuracy, sj_tensor *labels, sj_tensor *predictions);
/* The mean so far; NaN before anything was added. */
SJ_PUBLIC double sj_mean_result(const sj_mean_metric *mean);

/* counts[label * n_classes + prediction] += 1 for each pair; the labels in rows. InvalidArgument when one is outside [0, n_classes). */
SJ_PUBLIC sj_status sj_confusion_add(int64_t *counts, int64_t n_classes, sj_tensor *labels, sj_tensor *predictions);

SJ_END_DECLARATIONS

#endif
