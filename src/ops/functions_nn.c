/* Losses made of operations: cross entropies of tensors of any rank. */
#include "ops/functions.h"
#include "sokuji/nn_functions.h"
#include "sokuji/scope.h"
#include "tensor/tensor.h"

static bool same_shapes(const char *function, sj_tensor *labels, sj_tensor *logits)
{
	if (!sj__function_takes(function, "labels", labels) || !sj__function_takes(function, "logits", logits))
		return false;
	if (sj__same_shape(labels, logits))
		return true;
	sj__function_fail(function, "labels have shape %s, logits %s; they must be of one shape",
	                  sj__shape_words(labels), sj__shape_words(logits));
	return false;
}

/* The shape without its last dimension. */
static sj_ints outer_shape(const sj_tensor *t) { return (sj_ints){sj_tensor_rank(t) - 1, sj_tensor_dims(t)}; }

/* Rows of the last dimension. Not through -1, which an empty shape does not determine. */
static sj_tensor *as_matrix(sj_tensor *t)
{
	int rank = sj_tensor_rank(t);
	int64_t rows = 1;
	for (int i = 0; i < rank - 1; i++)
		rows *= sj_tensor_dim(t, i);
	return rank == 2 ? t : sj_reshape(t, SJ_INTS(rows, sj_tensor_dim(t, -1)));
}

sj_tensor *sj_softmax_cross_entropy(sj_tensor *labels, sj_tensor *logits)
{
	static const char me[] = "sj_softmax_cross_entropy";
	sj_tensor *loss, *backprop;
	if (!same_shapes(me, labels, logits))
		return sj_nil();
	if (sj_tensor_rank(logits) < 1)
		return sj__function_fail(me, "logits is a scalar; it must have a last axis of classes");
	sj_scope scope = sj_scope_begin();
	sj_softmax_cross_entropy_with_logits(as_matrix(logits), as_matrix(labels), &loss, &backprop);
	return sj_scope_return(scope, sj_tensor_rank(logits) == 2 ? loss : sj_reshape(loss, outer_shape(logits)));
}

sj_tensor *sj_sparse_softmax_cross_entropy(sj_tensor *labels, sj_tensor *logits)
{
	static const char me[] = "sj_sparse_softmax_cross_entropy";
	sj_tensor *loss, *backprop;
	if (!sj__function_takes(me, "labels", labels) || !sj__function_takes(me, "logits", logits))
		return sj_nil();
	int rank = sj_tensor_rank(logits);
	bool fits = rank >= 1 && sj_tensor_rank(labels) == rank - 1;
	for (int i = 0; fits && i < rank - 1; i++)
		fits = sj_tensor_dim(labels, i) == sj_tensor_dim(logits, i);
	if (!fits)
		return sj__function_fail(
			me,
			"labels have shape %s, logits %s; labels must have the shape of logits without its last axis",
			sj__shape_words(labels), sj__shape_words(logits));
	sj_scope scope = sj_scope_begin();
	sj_tensor *flat = rank == 2 ? labels : sj_reshape(labels, SJ_INTS(sj_tensor_size(labels)));
	sj_sparse_softmax_cross_entropy_with_logits(as_matrix(logits), flat, &loss, &backprop);
	return sj_scope_return(scope, rank == 2 ? loss : sj_reshape(loss, outer_shape(logits)));
}

/* log(1 + exp(-|x|)); of the two equal arguments at 0 the first passes the gradient: -1/2 there. */
static sj_tensor *softplus_of_minus_abs(sj_tensor *x) { return sj_softplus(sj_minimum(sj_neg(x), x)); }

/* max(x, 0) - x z + log(1 + exp(-|x|)): neither overflows nor cancels. */
sj_tensor *sj_sigmoid_cross_entropy(sj_tensor *labels, sj_tensor *logits)
{
	if (!same_shapes("sj_sigmoid_cross_entropy", labels, logits))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *zero = sj_scalar(sj_tensor_dtype(logits), 0);
	sj_tensor *linear = sj_sub(sj_maximum(logits, zero), sj_mul(logits, labels));
	return sj_scope_return(scope, sj_add(linear, softplus_of_minus_abs(logits)));
}

/* (1 - z) x + (1 + (q - 1) z) (log(1 + exp(-|x|)) + max(-x, 0)). */
sj_tensor *sj_weighted_cross_entropy(sj_tensor *labels, sj_tensor *logits, sj_tensor *pos_weight)
{
	if (!same_shapes("sj_weighted_cross_entropy", labels, logits))
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	sj_tensor *one = sj_scalar(sj_tensor_dtype(logits), 1), *zero = sj_scalar(sj_tensor_dtype(logits), 0);
	sj_tensor *weight = sj_add(one, sj_mul(sj_sub(pos_weight, one), labels));
	/* At 0 the gradient of max goes to 0, as log(1 + exp(-|x|)) has the other half. */
	sj_tensor *cost = sj_add(softplus_of_minus_abs(logits), sj_maximum(zero, sj_neg(logits)));
	sj_tensor *linear = sj_mul(sj_sub(one, labels), logits);
	return sj_scope_return(scope, sj_add(linear, sj_mul(weight, cost)));
}
