/*
 * Poisson variates, in float64 whatever the dtype: by products of uniforms for rates below 10 (Knuth), else by transformed rejection
 * (Hormann: The transformed rejection method for generating Poisson random variables, 1993). Each output has 256 groups of the stream to itself.
 */
#include <float.h>

#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/math_f64.h"
#include "cpu/math_one.h"
#include "cpu/random.h"
#include "cpu/random_source.h"

enum { PART = 512 };

/* How many uniforms can be multiplied until the product is e^-rate. */
static double draw_small(sj__random_source *s, double rate)
{
	double least = sj__one_exp(-rate), product = 1;
	for (double k = 0;; k++) {
		product *= sj__random_source_uniform(s);
		if (product <= least)
			return k;
	}
}

/* The names are the paper's. */
static double draw_great(sj__random_source *s, double rate, double most)
{
	double b = 0.931 + 2.53 * __builtin_sqrt(rate), a = -0.059 + 0.02483 * b, log_rate = sj__one_log(rate);
	double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
	for (;;) {
		double u = sj__random_source_uniform(s) - 0.5, v = sj__random_source_uniform(s);
		double shifted = 0.5 - __builtin_fabs(u), k = sj__floor((2 * a / shifted + b) * u + rate + 0.43);
		if (k > most)
			continue;
		if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2))
			return k;
		if (k < 0 || (shifted < 0.013 && v > shifted))
			continue;
		double density = k * log_rate - rate - sj__one_lgamma(k + 1);
		if (sj__one_log(v * inverse_alpha / (a / (shifted * shifted) + b)) <= density)
			return k;
	}
}

typedef struct poisson_work {
	sj__philox stream;
	const sj_tensor *rate, *y;
	int64_t n_samples, n_rates;
	double most; /* that the output's dtype can hold */
} poisson_work;

/* The stream's order is rate by rate, the result's sample by sample. */
static void poisson_range(void *context, int64_t begin, int64_t end)
{
	const poisson_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		int64_t r = i / w->n_samples, at = i % w->n_samples * w->n_rates + r;
		sj__random_source s = {.stream = sj__philox_skip(w->stream, (uint64_t)i * SJ__GROUPS_RESERVED)};
		double rate = sj__element_as_double((sj_dtype)w->rate->dtype, w->rate->data, r);
		sj__random_count_set(w->y, at, rate < 10 ? draw_small(&s, rate) : draw_great(&s, rate, w->most));
	}
}

/* The greatest number below the dtype's end, and so far below that the draws around it fit. */
static double most_of(sj_dtype dtype)
{
	return dtype == SJ_INT32     ? 2147483647.0
	       : dtype == SJ_INT64   ? 9223372036854774784.0
	       : dtype == SJ_FLOAT32 ? FLT_MAX
	                             : DBL_MAX;
}

static sj_status rates_are_good(const sj__call *call, const sj_tensor *rate, double most)
{
	for (int64_t i = 0; i < rate->shape.size; i++) {
		double value = sj__element_as_double((sj_dtype)rate->dtype, rate->data, i);
		if (!(value >= 0 && value <= most))
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"rate[%lld] is %g; it must be >= 0 and not above what the output's dtype holds",
				(long long)i, value);
	}
	return SJ_OK;
}

/* The numbers of the rates that are the call's last input. */
static sj_status poissons_draw(sj__call *call, bool is_stateful)
{
	poisson_work w = {.rate = call->inputs[call->n_inputs - 1], .y = call->outputs[0]};
	w.most = most_of((sj_dtype)w.y->dtype);
	sj_status status = rates_are_good(call, w.rate, w.most);
	if (status != SJ_OK)
		return status;
	w.n_rates = w.rate->shape.size;
	w.n_samples = w.n_rates > 0 ? w.y->shape.size / w.n_rates : 0;
	w.stream = is_stateful ? sj__random_stateful(call, (uint64_t)w.y->shape.size * SJ__GROUPS_RESERVED)
	                       : sj__random_stateless(call, 1);
	sj__parallel_for(w.y->shape.size, PART, poisson_range, &w);
	return SJ_OK;
}

sj_status sj__kernel_random_poisson(sj__call *call) { return poissons_draw(call, true); }
sj_status sj__kernel_stateless_poisson(sj__call *call) { return poissons_draw(call, false); }
