/* Elementwise kernels that the printed loops do not cover: strings, three operands, attributes. */
#include "base/threads.h"
#include "cpu/elementwise.h"
#include "cpu/kernels.h"
#include "elementwise_loops.h"
#include "ops_numbers.h"

enum { ELEMENTS_IN_A_CHUNK = 32768 };

/* ---- equality ---- */

/* Where element `index` of z comes from in t, which broadcasts to z. */
static int64_t broadcast_offset(const sj_tensor *t, const sj_tensor *z, int64_t index)
{
	int64_t offset = 0, stride = 1;
	for (int i = 1; i <= t->shape.rank; i++) {
		int64_t dim = sj__dims(t)[t->shape.rank - i], all = sj__dims(z)[z->shape.rank - i];
		offset += dim == 1 ? 0 : index % all * stride;
		index /= all;
		stride *= dim;
	}
	return offset;
}

static bool strings_equal(const sj__string *a, const sj__string *b)
{
	return a->length == b->length && memcmp(sj__string_bytes(a), sj__string_bytes(b), (size_t)a->length) == 0;
}

static void strings_compare(const sj_tensor *x, const sj_tensor *y, sj_tensor *z, bool differ)
{
	bool same_x = sj__same_shape(x, z), same_y = sj__same_shape(y, z), *result = z->data;
	for (int64_t i = 0; i < z->shape.size; i++) {
		const sj__string *a = (const sj__string *)x->data + (same_x ? i : broadcast_offset(x, z, i));
		const sj__string *b = (const sj__string *)y->data + (same_y ? i : broadcast_offset(y, z, i));
		result[i] = strings_equal(a, b) != differ;
	}
}

/* Whether t broadcasts to z's shape. */
static bool broadcasts_to(const sj_tensor *t, const sj_tensor *z)
{
	if (t->shape.rank > z->shape.rank)
		return false;
	for (int i = 1; i <= t->shape.rank; i++) {
		int64_t dim = sj__dims(t)[t->shape.rank - i];
		if (dim != 1 && dim != sj__dims(z)[z->shape.rank - i])
			return false;
	}
	return true;
}

/* Equal and NotEqual. Shapes that do not go together gave a scalar: they are not equal. */
sj_status sj__kernel_equal(sj__call *call)
{
	const sj_tensor *x = call->inputs[0], *y = call->inputs[1];
	sj_tensor *z = call->outputs[0];
	bool differ = call->op->loop == SJ__LOOPS_NOT_EQUAL;
	if (SJ_UNLIKELY(z->shape.rank == 0 && !(broadcasts_to(x, z) && broadcasts_to(y, z))))
		*(bool *)z->data = differ;
	else if (x->dtype == SJ_STRING)
		strings_compare(x, y, z, differ);
	else
		return sj__kernel_binary(call);
	return SJ_OK;
}

typedef struct approximate_work {
	const sj_tensor *x, *y;
	bool *z;
	double tolerance;
} approximate_work;

static void approximate_range(void *context, int64_t begin, int64_t end)
{
	const approximate_work *w = context;
	const void *x = w->x->data, *y = w->y->data;
	sj_dtype dtype = (sj_dtype)w->x->dtype;
	if (dtype == SJ_FLOAT32) {
		for (int64_t i = begin; i < end; i++)
			w->z[i] = fabsf(((const float *)x)[i] - ((const float *)y)[i]) < (float)w->tolerance;
		return;
	}
	for (int64_t i = begin; i < end; i++)
		w->z[i] = fabs(sj__element_as_double(dtype, x, i) - sj__element_as_double(dtype, y, i)) < w->tolerance;
}

sj_status sj__kernel_approximate_equal(sj__call *call)
{
	approximate_work w = {call->inputs[0], call->inputs[1], call->outputs[0]->data,
	                      sj__approximate_equal_tolerance(call->args)};
	sj__parallel_for(call->outputs[0]->shape.size, ELEMENTS_IN_A_CHUNK, approximate_range, &w);
	return SJ_OK;
}

/* ---- limits ---- */

/* Runs the loop of another operation with these tensors. */
static sj_status run_as(const sj__call *call, int number, const sj_tensor *x, const sj_tensor *y, sj_tensor *z)
{
	sj_tensor *inputs[2] = {(sj_tensor *)x, (sj_tensor *)y}, *outputs[1] = {z};
	sj__call inner = *call;
	inner.op = &sj__op_table[number];
	inner.n_inputs = 2;
	inner.inputs = inputs;
	inner.outputs = outputs;
	return sj__kernel_binary(&inner);
}

/* min(t, clip_value_max), then max(…, clip_value_min) in place: the loops allow it. */
sj_status sj__kernel_clip_by_value(sj__call *call)
{
	sj_tensor *output = call->outputs[0];
	sj_status status = run_as(call, SJ__OP_MINIMUM, call->inputs[0], call->inputs[2], output);
	return status == SJ_OK ? run_as(call, SJ__OP_MAXIMUM, output, call->inputs[1], output) : status;
}

/* ---- Betainc ---- */

static void betainc_range(void *context, int64_t begin, int64_t end)
{
	const sj__call *call = context;
	sj_tensor *z = call->outputs[0];
	for (int64_t i = begin; i < end; i++) {
		double v[3];
		for (int k = 0; k < 3; k++) {
			const sj_tensor *t = call->inputs[k];
			int64_t at = t->shape.rank == 0 ? 0 : i;
			v[k] = t->dtype == SJ_FLOAT32 ? ((const float *)t->data)[at] : ((const double *)t->data)[at];
		}
		if (z->dtype == SJ_FLOAT32)
			((float *)z->data)[i] = (float)sj__betainc(v[0], v[1], v[2]);
		else
			((double *)z->data)[i] = sj__betainc(v[0], v[1], v[2]);
	}
}

sj_status sj__kernel_betainc(sj__call *call)
{
	sj__parallel_for(call->outputs[0]->shape.size, ELEMENTS_IN_A_CHUNK / 32, betainc_range, call);
	return SJ_OK;
}

/* ---- LeakyRelu ---- */

/* The loop multiplies by its second operand, which is alpha. */
sj_status sj__kernel_leaky_relu(sj__call *call)
{
	double alpha = sj__leaky_relu_alpha(call->args);
	float alpha_f32 = (float)alpha;
	const sj_tensor *x = call->inputs[0];
	void *data = x->dtype == SJ_FLOAT32 ? (void *)&alpha_f32 : (void *)&alpha;
	sj_tensor scalar = {.dtype = x->dtype, .data = data, .shape = {.rank = 0, .size = 1}};
	return run_as(call, SJ__OP_LEAKY_RELU, x, &scalar, call->outputs[0]);
}

typedef struct leaky_work {
	const void *gradients, *features;
	void *backprops;
	double alpha;
} leaky_work;

static void leaky_range_f32(void *context, int64_t begin, int64_t end)
{
	const leaky_work *w = context;
	const float *dy = w->gradients, *x = w->features, alpha = (float)w->alpha;
	float *dx = w->backprops;
	SJ__LOOP_PRAGMA
	for (int64_t i = begin; i < end; i++)
		dx[i] = dy[i] * (x[i] > 0 ? 1 : alpha);
}

static void leaky_range_f64(void *context, int64_t begin, int64_t end)
{
	const leaky_work *w = context;
	const double *dy = w->gradients, *x = w->features, alpha = w->alpha;
	double *dx = w->backprops;
	SJ__LOOP_PRAGMA
	for (int64_t i = begin; i < end; i++)
		dx[i] = dy[i] * (x[i] > 0 ? 1 : alpha);
}

sj_status sj__kernel_leaky_relu_grad(sj__call *call)
{
	const sj_tensor *dy = call->inputs[0];
	leaky_work w = {dy->data, call->inputs[1]->data, call->outputs[0]->data, sj__leaky_relu_grad_alpha(call->args)};
	sj__parallel_for(dy->shape.size, ELEMENTS_IN_A_CHUNK,
	                 dy->dtype == SJ_FLOAT32 ? leaky_range_f32 : leaky_range_f64, &w);
	return SJ_OK;
}
