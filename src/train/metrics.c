/* Running figures over batches. */
#include <math.h>

#include <sokuji/metrics.h>

static sj_status both_valid(const char *who, const void *metric, sj_tensor *a, sj_tensor *b)
{
	if (!sj_ok())
		return sj_error_code();
	if (metric == NULL || !sj_tensor_is_valid(a) || !sj_tensor_is_valid(b))
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: the %s", who,
		                    metric ? "tensor is not valid" : "metric is NULL");
	return SJ_OK;
}

sj_status sj_mean_add(sj_mean_metric *mean, sj_tensor *values)
{
	sj_status status = both_valid("sj_mean_add", mean, values, values);
	double total = 0;
	int64_t n = sj_tensor_size(values);
	for (int64_t i = 0; status == SJ_OK && i < n; i++) {
		total += sj_tensor_item(values, i);
		status = sj_error_code();
	}
	if (status == SJ_OK) {
		mean->total += total;
		mean->weight += (double)n;
	}
	return status;
}

/* The element of `weights` that broadcasting puts beside element `index` of `values`; -1 when the shapes do not go together. */
static int64_t broadcast_index(const sj_tensor *values, const sj_tensor *weights, int64_t index)
{
	int rank = sj_tensor_rank(values), extra = rank - sj_tensor_rank(weights);
	int64_t at = 0, stride = 1;
	for (int i = rank - 1; i >= 0; i--) {
		int64_t dim = sj_tensor_dim(values, i), here = index % dim;
		index /= dim;
		if (i < extra)
			continue;
		int64_t own = sj_tensor_dim(weights, i - extra);
		if (own != 1 && own != dim)
			return -1;
		at += own == 1 ? 0 : here * stride;
		stride *= own;
	}
	return extra < 0 ? -1 : at;
}

sj_status sj_mean_add_weighted(sj_mean_metric *mean, sj_tensor *values, sj_tensor *weights)
{
	sj_status status = both_valid("sj_mean_add_weighted", mean, values, weights);
	double total = 0, weight = 0;
	for (int64_t i = 0; status == SJ_OK && i < sj_tensor_size(values); i++) {
		int64_t at = broadcast_index(values, weights, i);
		if (at < 0)
			return sj_error_set(SJ_INVALID_ARGUMENT,
			                    "sj_mean_add_weighted: the weights do not broadcast to the values' shape");
		double w = sj_tensor_item(weights, at);
		total += w * sj_tensor_item(values, i);
		weight += w;
		status = sj_error_code();
	}
	if (status == SJ_OK) {
		mean->total += total;
		mean->weight += weight;
	}
	return status;
}

static sj_status pairs_check(const char *who, sj_tensor *labels, sj_tensor *predictions)
{
	bool alike = sj_tensor_dtype(labels) == sj_tensor_dtype(predictions) &&
	             sj_tensor_rank(labels) == sj_tensor_rank(predictions);
	for (int i = 0; alike && i < sj_tensor_rank(labels); i++)
		alike = sj_tensor_dim(labels, i) == sj_tensor_dim(predictions, i);
	if (!alike)
		return sj_error_set(
			SJ_INVALID_ARGUMENT,
			"%s: labels are %s of %lld elements, predictions %s of %lld; both must have one shape and dtype",
			who, sj_dtype_name(sj_tensor_dtype(labels)), (long long)sj_tensor_size(labels),
			sj_dtype_name(sj_tensor_dtype(predictions)), (long long)sj_tensor_size(predictions));
	return SJ_OK;
}

sj_status sj_accuracy_add(sj_mean_metric *accuracy, sj_tensor *labels, sj_tensor *predictions)
{
	sj_status status = both_valid("sj_accuracy_add", accuracy, labels, predictions);
	if (status == SJ_OK)
		status = pairs_check("sj_accuracy_add", labels, predictions);
	int64_t n = sj_tensor_size(labels), n_equal = 0;
	for (int64_t i = 0; status == SJ_OK && i < n; i++) {
		n_equal += sj_tensor_item(labels, i) == sj_tensor_item(predictions, i);
		status = sj_error_code();
	}
	if (status == SJ_OK) {
		accuracy->total += (double)n_equal;
		accuracy->weight += (double)n;
	}
	return status;
}

double sj_mean_result(const sj_mean_metric *mean)
{
	return mean && mean->weight != 0 ? mean->total / mean->weight : (double)NAN;
}

sj_status sj_confusion_add(int64_t *counts, int64_t n_classes, sj_tensor *labels, sj_tensor *predictions)
{
	sj_status status = both_valid("sj_confusion_add", counts, labels, predictions);
	if (status == SJ_OK)
		status = pairs_check("sj_confusion_add", labels, predictions);
	for (int pass = 0; pass < 2; pass++) /* first look, then count */
		for (int64_t i = 0; status == SJ_OK && i < sj_tensor_size(labels); i++) {
			double label = sj_tensor_item(labels, i), prediction = sj_tensor_item(predictions, i);
			if (!(label >= 0 && label < (double)n_classes && prediction >= 0 &&
			      prediction < (double)n_classes))
				return sj_error_set(SJ_INVALID_ARGUMENT,
				                    "sj_confusion_add: element %lld is (%g, %g), outside [0, %lld)",
				                    (long long)i, label, prediction, (long long)n_classes);
			if (pass == 1)
				counts[(int64_t)label * n_classes + (int64_t)prediction]++;
		}
	return status;
}
