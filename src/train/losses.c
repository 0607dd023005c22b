/* Losses, weighted and reduced: each is its formula in operations, in a scope of its own, and one common end. */
#include <string.h>

#include <sokuji/losses.h>
#include <sokuji/nn_functions.h>
#include <sokuji/scope.h>

static sj_loss_args args_of(const sj_loss_args *args)
{
	sj_loss_args all = {.size = sizeof(all)};
	if (args != NULL)
		memcpy(&all, args, args->size < sizeof(all) ? args->size : sizeof(all));
	return all;
}

static sj_tensor *number(sj_tensor *like, double value) { return sj_scalar(sj_tensor_dtype(like), value); }

/* ---- weights and reductions ---- */

/* tf.losses' rule, stricter than broadcasting: a vector of weights beside a matrix of losses is nearly always a mistake. */
static bool weights_check(sj_tensor *losses, sj_tensor *weights)
{
	int rank = sj_tensor_rank(losses);
	bool fits = sj_tensor_rank(weights) == 0 || sj_tensor_rank(weights) == rank;
	for (int i = 0; fits && i < rank && sj_tensor_rank(weights) > 0; i++)
		fits = sj_tensor_dim(weights, i) == 1 || sj_tensor_dim(weights, i) == sj_tensor_dim(losses, i);
	if (!fits && sj_ok())
		sj_error_set(
			SJ_INVALID_ARGUMENT,
			"losses: weights of rank %d and size %lld do not fit losses of rank %d and size %lld; they must be a scalar, or of "
			"the losses' rank with dimensions of 1 or the losses' size",
			sj_tensor_rank(weights), (long long)sj_tensor_size(weights), rank,
			(long long)sj_tensor_size(losses));
	return fits;
}

/* What the sum of the losses is divided by. weights: NULL or of the losses' dtype. */
static sj_tensor *divisor(sj_tensor *losses, sj_tensor *weights, sj_loss_reduction reduction)
{
	double n = (double)sj_tensor_size(losses);
	if (weights == NULL || reduction == SJ_LOSS_SUM_OVER_BATCH_SIZE)
		return number(losses, n);
	sj_tensor *counted = weights;
	if (reduction == SJ_LOSS_SUM_BY_NONZERO_WEIGHTS)
		counted = sj_cast(sj_not_equal(weights, number(weights, 0)), sj_tensor_dtype(losses));
	/* Each weight stands for so many losses. */
	double times = sj_tensor_size(weights) > 0 ? n / (double)sj_tensor_size(weights) : 0;
	return sj_mul(sj_sum(counted), number(losses, times));
}

static sj_tensor *reduced(sj_tensor *losses, const sj_loss_args *args)
{
	sj_tensor *weights = args->weights;
	if ((unsigned)args->reduction > SJ_LOSS_NONE) {
		sj_error_set(SJ_INVALID_ARGUMENT, "losses: %d is no reduction", (int)args->reduction);
		return sj_nil();
	}
	if (!sj_tensor_is_valid(losses) || (weights != NULL && !sj_tensor_is_valid(weights)))
		return sj_add(losses, weights); /* nil, or the error of an invalid tensor */
	if (weights != NULL) {
		if (!weights_check(losses, weights))
			return sj_nil();
		weights = sj_cast(weights, sj_tensor_dtype(losses));
		losses = sj_mul(losses, weights);
	}
	if (args->reduction == SJ_LOSS_NONE)
		return losses;
	sj_tensor *sum = sj_sum(losses);
	return args->reduction == SJ_LOSS_SUM ? sum : sj_div_no_nan(sum, divisor(losses, weights, args->reduction));
}

sj_tensor *sj_loss_weighted_with(sj_tensor *losses, const sj_loss_args *args)
{
	sj_loss_args all = args_of(args);
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, reduced(losses, &all));
}

/* ---- the losses ---- */

/* Broadcasting would hide a mistake: (n) beside (n, 1) is (n, n). */
static bool pair_check(const char *who, sj_tensor *labels, sj_tensor *predictions)
{
	int rank = sj_tensor_rank(labels);
	bool alike = rank == sj_tensor_rank(predictions);
	for (int i = 0; alike && i < rank; i++)
		alike = sj_tensor_dim(labels, i) == sj_tensor_dim(predictions, i);
	if (!alike && sj_ok())
		sj_error_set(
			SJ_INVALID_ARGUMENT,
			"%s: labels have rank %d and %lld elements, predictions rank %d and %lld; both must have one shape",
			who, rank, (long long)sj_tensor_size(labels), sj_tensor_rank(predictions),
			(long long)sj_tensor_size(predictions));
	return alike;
}

typedef sj_tensor *loss_formula(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args);

static sj_tensor *loss_run(const char *who, loss_formula *formula, sj_tensor *labels, sj_tensor *predictions,
                           const sj_loss_args *args)
{
	sj_loss_args all = args_of(args);
	if (!pair_check(who, labels, predictions))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *losses = formula(labels, predictions, &all);
	return sj_scope_return(scope, reduced(losses, &all));
}

static sj_tensor *squared_error(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	(void)args;
	return sj_squared_difference(predictions, labels);
}

sj_tensor *sj_loss_mean_squared_error_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	return loss_run("sj_loss_mean_squared_error", squared_error, labels, predictions, args);
}

static sj_tensor *absolute_difference(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	(void)args;
	return sj_abs(sj_sub(predictions, labels));
}

sj_tensor *sj_loss_absolute_difference_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	return loss_run("sj_loss_absolute_difference", absolute_difference, labels, predictions, args);
}

static sj_tensor *huber(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	sj_tensor *delta = number(labels, args->delta.given ? args->delta.value : 1);
	sj_tensor *distance = sj_abs(sj_sub(predictions, labels)), *near = sj_minimum(distance, delta);
	return sj_add(sj_mul(number(labels, 0.5), sj_square(near)), sj_mul(delta, sj_sub(distance, near)));
}

sj_tensor *sj_loss_huber_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	return loss_run("sj_loss_huber", huber, labels, predictions, args);
}

static sj_tensor *log_loss(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	sj_tensor *epsilon = number(labels, args->epsilon.given ? args->epsilon.value : 1e-7), *one = number(labels, 1);
	sj_tensor *yes = sj_mul(labels, sj_log(sj_add(predictions, epsilon)));
	sj_tensor *no = sj_mul(sj_sub(one, labels), sj_log(sj_add(sj_sub(one, predictions), epsilon)));
	return sj_sub(sj_neg(yes), no);
}

sj_tensor *sj_loss_log_with(sj_tensor *labels, sj_tensor *predictions, const sj_loss_args *args)
{
	return loss_run("sj_loss_log", log_loss, labels, predictions, args);
}

static sj_tensor *hinge(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	sj_tensor *one = number(labels, 1), *side = sj_sub(sj_mul(number(labels, 2), labels), one);
	(void)args;
	return sj_relu(sj_sub(one, sj_mul(side, logits)));
}

sj_tensor *sj_loss_hinge_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	return loss_run("sj_loss_hinge", hinge, labels, logits, args);
}

/* labels (1 - smoothing) + smoothing middle. */
static sj_tensor *smoothed(sj_tensor *labels, double smoothing, double middle)
{
	if (smoothing == 0)
		return labels;
	return sj_add(sj_mul(labels, number(labels, 1 - smoothing)), number(labels, smoothing * middle));
}

static sj_tensor *softmax_cross_entropy(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	double classes = (double)sj_tensor_dim(logits, -1);
	return sj_softmax_cross_entropy(sj_stop_gradient(smoothed(labels, args->label_smoothing, 1 / classes)), logits);
}

sj_tensor *sj_loss_softmax_cross_entropy_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	return loss_run("sj_loss_softmax_cross_entropy", softmax_cross_entropy, labels, logits, args);
}

static sj_tensor *sigmoid_cross_entropy(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	return sj_sigmoid_cross_entropy(smoothed(labels, args->label_smoothing, 0.5), logits);
}

sj_tensor *sj_loss_sigmoid_cross_entropy_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	return loss_run("sj_loss_sigmoid_cross_entropy", sigmoid_cross_entropy, labels, logits, args);
}

sj_tensor *sj_loss_sparse_softmax_cross_entropy_with(sj_tensor *labels, sj_tensor *logits, const sj_loss_args *args)
{
	sj_loss_args all = args_of(args);
	sj_scope scope = sj_scope_begin();
	if (sj_tensor_rank(labels) > 0 && sj_tensor_rank(labels) == sj_tensor_rank(logits) &&
	    sj_tensor_dim(labels, -1) == 1)
		labels = sj_reshape(labels, (sj_ints){sj_tensor_rank(labels) - 1, sj_tensor_dims(labels)});
	sj_tensor *losses = sj_sparse_softmax_cross_entropy(labels, logits);
	return sj_scope_return(scope, reduced(losses, &all));
}
