/* What gradients are written with: dy with zeros filled in, constants, and undoing a broadcast. */
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
	                                : sj__tensor_make("zeros", (sj_dtype)like->dtype, like->shape.rank,
	                                                  sj__dims(like), &zeros);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	memset(zeros->data, 0, (size_t)zeros->shape.size * sj_dtype_size((sj_dtype)zeros->dtype));
	return sj_scope_own(zeros);
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
