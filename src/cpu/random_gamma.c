/*
 * Gamma variates (Marsaglia and Tsang: A simple method for generating gamma variables, 2000), in float64 whatever the
 * dtype. Each output has 256 groups of the stream to itself, however many it takes.
 */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/math_f32.h"
#include "cpu/math_f64.h"
#include "cpu/math_one.h"
#include "cpu/math_trig.h"
#include "cpu/random.h"
#include "cpu/random_source.h"

enum { PART = 512 };

/* Normals come in pairs, the last first, like uniforms. */
static double next_normal(sj__random_source *s)
{
	uint32_t words[4];
	if (s->n_normals == 0) {
		sj__random_source_words(s, words);
		double u = sj__unit_double(words[0], words[1]),
		       angle = SJ__PI_2 * 4 * sj__unit_double(words[2], words[3]);
		double radius = __builtin_sqrt(-2.0 * sj__one_log(u < 1.0e-7 ? 1.0e-7 : u));
		s->normals[0] = sj__one_sin(angle) * radius;
		s->normals[1] = sj__one_cos(angle) * radius;
		s->n_normals = 2;
	}
	return s->normals[--s->n_normals];
}

static double gamma_draw(sj__random_source *s, double alpha)
{
	if (alpha == 1)
		return -sj__one_log1p(-sj__random_source_uniform(s));
	double d = alpha + (alpha < 1 ? 1 : 0) - 1.0 / 3, c = 1.0 / 3 / __builtin_sqrt(d);
	for (;;) {
		double x = next_normal(s), v = 1 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		double u = sj__random_source_uniform(s), square = x * x;
		if (u < 1 - 0.0331 * (square * square) || sj__one_log(u) < 0.5 * square + d * (1 - v + sj__one_log(v)))
			return d * v * (alpha < 1 ? sj__one_pow(sj__random_source_uniform(s), 1 / alpha) : 1);
	}
}

typedef struct gamma_work {
	sj__philox stream;
	const sj_tensor *alpha, *y;
	int64_t n_samples, n_alphas;
} gamma_work;

/* The stream's order is alpha by alpha, the result's sample by sample. */
static void gamma_range(void *context, int64_t begin, int64_t end)
{
	const gamma_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		int64_t a = i / w->n_samples, at = i % w->n_samples * w->n_alphas + a;
		sj__random_source s = {.stream = sj__philox_skip(w->stream, (uint64_t)i * SJ__GROUPS_RESERVED)};
		double value = gamma_draw(&s, sj__element_as_double((sj_dtype)w->alpha->dtype, w->alpha->data, a));
		if (w->y->dtype == SJ_FLOAT32)
			((float *)w->y->data)[at] = (float)value;
		else
			((double *)w->y->data)[at] = value;
	}
}

/* A negative alpha would never be accepted, or never end. */
static sj_status alphas_are_good(const sj__call *call, const sj_tensor *alpha)
{
	for (int64_t i = 0; i < alpha->shape.size; i++) {
		double value = sj__element_as_double((sj_dtype)alpha->dtype, alpha->data, i);
		if (!(value >= 0 && value < SJ__INFINITY))
			return sj__call_fail(call, SJ_INVALID_ARGUMENT, "alpha[%lld] is %g; it must be finite and >= 0",
			                     (long long)i, value);
	}
	return SJ_OK;
}

/* The numbers of the alphas that are the call's last input. */
static sj_status gammas_draw(sj__call *call, bool is_stateful)
{
	gamma_work w = {.alpha = call->inputs[call->n_inputs - 1], .y = call->outputs[0]};
	sj_status status = alphas_are_good(call, w.alpha);
	if (status != SJ_OK)
		return status;
	w.n_alphas = w.alpha->shape.size;
	w.n_samples = w.n_alphas > 0 ? w.y->shape.size / w.n_alphas : 0;
	w.stream = is_stateful ? sj__random_stateful(call, (uint64_t)w.y->shape.size * SJ__GROUPS_RESERVED)
	                       : sj__random_stateless(call, 1);
	sj__parallel_for(w.y->shape.size, PART, gamma_range, &w);
	return SJ_OK;
}

sj_status sj__kernel_random_gamma(sj__call *call) { return gammas_draw(call, true); }
sj_status sj__kernel_stateless_gamma(sj__call *call) { return gammas_draw(call, false); }
