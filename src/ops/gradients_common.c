/* What gradients are written with: dy with zeros filled in or written over, constants, and undoing a broadcast. */
#include "base/threads.h"
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"

void sj__gradient_none(const sj__gradient *g, sj_tensor **dx)
{
	(void)g;
	(void)dx;
}

sj_tensor *sj__gradient_missing(const char *operation)
{
	sj__error_stick(sj__fail(SJ_UNIMPLEMENTED,
	                         "not implemented: the gradient of %s by this input; use sj_stop_gradient on it",
	                         operation));
	return sj_nil();
}

sj_tensor *sj__constant(const sj__gradient *g, double value)
{
	for (int k = 0; k < g->n_outputs; k++)
		if (g->dy[k] != NULL)
			return sj_scalar((sj_dtype)g->dy[k]->dtype, value);
	return sj_scalar(SJ_FLOAT32, value);
}

sj_tensor *sj__dy(const sj__gradient *g, int k)
{
	if (g->dy[k] != NULL)
		return g->dy[k];
	const sj_tensor *like = g->outputs[k];
	sj_tensor *zeros;
	sj_status status = like == NULL ? sj__fail(SJ_INTERNAL, "%s: the shape of output %d was not recorded",
	                                           g->op->name, k)
	                                : sj__tensor_zeros("zeros", like, &zeros);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	return sj_scope_own(zeros);
}

enum { LARGE = 1 << 16 }; /* elements from which writing in place is worth the look */

sj_tensor *sj__relu_grad_of_dy(const sj__gradient *g, sj_tensor *y)
{
	sj_tensor *dy = sj__dy(g, 0), *inputs[] = {dy, y}, *outputs[] = {dy};
	if (!g->may_write_dy || dy->shape.size < LARGE || dy->flags != 0 || y->flags != 0 || dy->dtype != y->dtype ||
	    !sj__same_shape(dy, y))
		return sj_relu_grad(dy, y);
	sj__call call = {.op = sj_op_find("ReluGrad"),
	                 .n_inputs = 2,
	                 .n_outputs = 1,
	                 .inputs = inputs,
	                 .outputs = outputs};
	const uint32_t begin = sj__cancel_begin();
	sj_status status = call.op->kernel(&call);
	if (status == SJ_OK && sj__cancelled_since(begin))
		status = sj__call_cancelled(&call);
	if (status == SJ_OK)
		return dy;
	sj__error_stick(status);
	return sj_nil();
}

void sj__gradient_output_done(const sj__gradient *g, int k)
{
	if (!g->is_last_use)
		return;
	sj_tensor **output = (sj_tensor **)&g->outputs[k]; /* the record's own, which the walk may change */
	sj__drop(*output);
	*output = NULL;
}

sj_tensor *sj__unbroadcast(const sj__gradient *g, int i, sj_tensor *d)
{
	const sj_tensor *x = g->inputs[i];
	int64_t axes[SJ_MAX_RANK], n = 0;
	if (x == NULL || sj__is_nil(d) || sj__same_shape(x, d)) /* an input of the output's shape is not kept */
		return d;
	if (x->shape.rank == 1 && d->shape.rank >= 2 && d->dtype <= SJ_FLOAT64 && d->shape.size > 0 &&
	    sj__dims(d)[d->shape.rank - 1] == sj__dims(x)[0]) /* a bias */
		return sj_bias_add_grad(d);
	int extra = d->shape.rank - x->shape.rank;
	for (int a = 0; a < d->shape.rank; a++)
		if (a < extra || (sj__dims(x)[a - extra] == 1 && sj__dims(d)[a] != 1))
			axes[n++] = a;
	if (n > 0)
		d = sj_sum(d, .axis = {n, axes}, .keep_dims = extra == 0);
	return extra == 0 ? d : sj_reshape(d, sj__shape_list(x));
}
