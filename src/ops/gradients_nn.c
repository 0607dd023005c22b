/* Gradients of biases, softmax and the cross entropies. */
#include "ops/gradients.h"
#include "ops_numbers.h"

void sj__gradient_bias_add(const sj__gradient *g, sj_tensor **dx)
{
	const sj_bias_add_args *args = g->args;
	if (g->needs[0])
		dx[0] = g->dy[0];
	if (g->needs[1])
		dx[1] = sj_bias_add_grad(g->dy[0], .data_format = args->data_format);
}

void sj__gradient_bias_add_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_bias_add_grad_args *args = g->args;
	const sj_tensor *x = g->inputs[0];
	int64_t dims[SJ_MAX_RANK];
	int rank = x->shape.rank, axis = args->data_format == SJ_DATA_FORMAT_NCHW ? 1 : rank - 1;
	for (int i = 0; i < rank; i++)
		dims[i] = i == axis ? sj__dims(x)[i] : 1;
	dx[0] = sj_broadcast_to(sj_reshape(g->dy[0], (sj_ints){rank, dims}), sj__shape_list(x));
}

static sj_tensor *last_axis_sum(sj_tensor *x) { return sj_sum(x, .axis = SJ_INTS(-1), .keep_dims = true); }

/* (dy - sum(dy y)) y */
static sj_tensor *softmax_grad(sj_tensor *dy, sj_tensor *y)
{
	return sj_mul(sj_sub(dy, last_axis_sum(sj_mul(dy, y))), y);
}

void sj__gradient_softmax(const sj__gradient *g, sj_tensor **dx) { dx[0] = softmax_grad(g->dy[0], g->outputs[0]); }

void sj__gradient_log_softmax(const sj__gradient *g, sj_tensor **dx)
{
	sj_tensor *dy = g->dy[0];
	dx[0] = sj_sub(dy, sj_mul(sj_exp(g->outputs[0]), last_axis_sum(dy)));
}

/* A loss's gradient (batch) beside a matrix. */
static sj_tensor *as_column(sj_tensor *d) { return sj_reshape(d, SJ_INTS(-1, 1)); }

static sj_tensor *sum_or_first(sj_tensor *a, sj_tensor *b) { return a == NULL ? b : b == NULL ? a : sj_add(a, b); }

/*
 * By the features: dy0 backprop + (dy1's gradient through softmax). backprop is the recorded output, so that a second
 * derivative finds its way through it.
 */
static sj_tensor *features_grad(const sj__gradient *g)
{
	sj_tensor *by_loss = g->dy[0] ? sj_mul(as_column(g->dy[0]), g->outputs[1]) : NULL;
	sj_tensor *by_backprop = NULL;
	if (g->dy[1] != NULL) {
		sj_tensor *y = sj_softmax(g->inputs[0]);
		if (!sj__same_shape(y, g->dy[1]) && !sj__is_nil(y))
			y = sj_broadcast_to(y, sj__shape_list(g->dy[1]));
		by_backprop = softmax_grad(g->dy[1], y);
	}
	return sum_or_first(by_loss, by_backprop);
}

void sj__gradient_softmax_cross_entropy(const sj__gradient *g, sj_tensor **dx)
{
	if (g->needs[0])
		dx[0] = sj__unbroadcast(g, 0, features_grad(g));
	if (g->needs[1]) {
		sj_tensor *by_loss = g->dy[0] ? sj_neg(sj_mul(as_column(g->dy[0]), sj_log_softmax(g->inputs[0])))
		                              : NULL;
		sj_tensor *by_backprop = g->dy[1] ? sj_neg(g->dy[1]) : NULL;
		dx[1] = sj__unbroadcast(g, 1, sum_or_first(by_loss, by_backprop));
	}
}

void sj__gradient_sparse_softmax_cross_entropy(const sj__gradient *g, sj_tensor **dx)
{
	if (g->needs[0])
		dx[0] = features_grad(g);
}
