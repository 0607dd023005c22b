/*
 * Binomial variates, in float64 whatever the dtype: by sums of geometric numbers where fewer than 10 successes are expected, else by
 * transformed rejection (Hormann: The generation of binomial random variates, 1993). Each output has its place in
 * the stream: 42 groups on from the last one's for sums, 256 for rejection, as TensorFlow has it.
 */
#include "base/threads.h"
#include "cpu/kernels.h"
#include "cpu/math_f64.h"
#include "cpu/math_one.h"
#include "cpu/random.h"
#include "cpu/random_source.h"

enum { PART = 512, GROUPS_OF_SUM = 42 };

/* How many gaps between successes fit into the trials. */
static double draw_few(sj__random_source *s, double count, double p)
{
	double sum = 0, scale = sj__one_log1p(-p);
	for (double n = 0;; n++) {
		double gap = sj__one_log(sj__random_source_uniform(s)) / scale;
		sum += -sj__floor(-gap);
		if (sum > count)
			return n;
	}
}

/* log(k!) less Stirling's approximation. */
static double stirling_tail(double k)
{
	static const double first[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
	                               0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
	                               0.00925546218271273, 0.00833056343336287};
	if (k <= 9)
		return first[(int)k];
	double square = (k + 1) * (k + 1);
	return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

/* The names are the paper's; p is at most a half. */
static double draw_many(sj__random_source *s, double n, double p)
{
	double spq = __builtin_sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spq, a = -0.0873 + 0.0248 * b + 0.01 * p;
	double c = n * p + 0.5, r = p / (1 - p), alpha = (2.83 + 5.1 / b) * spq, m = sj__floor((n + 1) * p);
	for (;;) {
		double u = sj__random_source_uniform(s) - 0.5, v = sj__random_source_uniform(s);
		double us = 0.5 - __builtin_fabs(u), k = sj__floor((2 * a / us + b) * u + c);
		if (us >= 0.07 && v <= 0.92 - 4.2 / b)
			return k;
		if (k < 0 || k > n)
			continue;
		double density = (m + 0.5) * sj__one_log((m + 1) / (r * (n - m + 1))) +
		                 (n + 1) * sj__one_log((n - m + 1) / (n - k + 1)) +
		                 (k + 0.5) * sj__one_log(r * (n - k + 1) / (k + 1)) + stirling_tail(m) +
		                 stirling_tail(n - m) - stirling_tail(k) - stirling_tail(n - k);
		if (sj__one_log(v * alpha / (a / (us * us) + b)) <= density)
			return k;
	}
}

/* Number i of the stream's order. */
static double binomial_draw(sj__philox stream, uint64_t i, double count, double p)
{
	double less = p <= 0.5 ? p : 1 - p, drawn = 0;
	bool is_many = count * less >= 10;
	sj__random_source s = {.stream = sj__philox_skip(stream, i * (is_many ? SJ__GROUPS_RESERVED : GROUPS_OF_SUM))};
	if (less > 0 && count > 0)
		drawn = is_many ? draw_many(&s, count, less) : draw_few(&s, count, less);
	return p <= 0.5 ? drawn : count - drawn;
}

typedef struct binomial_work {
	sj__philox stream;
	const sj_tensor *count, *p, *y;
	int64_t n_samples, n_batches;
} binomial_work;

/* The stream's order is batch by batch, the result's sample by sample. */
static void binomial_range(void *context, int64_t begin, int64_t end)
{
	const binomial_work *w = context;
	for (int64_t i = begin; i < end; i++) {
		int64_t b = i / w->n_samples, at = i % w->n_samples * w->n_batches + b;
		double count = sj__element_as_double((sj_dtype)w->count->dtype, w->count->data, b);
		double p = sj__element_as_double((sj_dtype)w->p->dtype, w->p->data, b);
		sj__random_count_set(w->y, at, binomial_draw(w->stream, (uint64_t)i, count, p));
	}
}

/* What the largest count may be: float64 knows all integers up to it. */
#define MOST 0x1p53

static sj_status parameters_are_good(const sj__call *call, const binomial_work *w)
{
	double most = w->y->dtype == SJ_INT32 ? 2147483647.0 : MOST;
	for (int64_t i = 0; i < w->n_batches; i++) {
		double count = sj__element_as_double((sj_dtype)w->count->dtype, w->count->data, i);
		double p = sj__element_as_double((sj_dtype)w->p->dtype, w->p->data, i);
		if (!(count >= 0 && count <= most && p >= 0 && p <= 1))
			return sj__call_fail(
				call, SJ_INVALID_ARGUMENT,
				"counts[%lld] is %g and probs[%lld] %g; they must be in [0, %g] and [0, 1]",
				(long long)i, count, (long long)i, p, most);
	}
	return SJ_OK;
}

sj_status sj__kernel_stateless_binomial(sj__call *call)
{
	binomial_work w = {.count = call->inputs[2], .p = call->inputs[3], .y = call->outputs[0]};
	w.n_batches = w.count->shape.size;
	sj_status status = parameters_are_good(call, &w);
	if (status != SJ_OK)
		return status;
	w.n_samples = w.n_batches > 0 ? w.y->shape.size / w.n_batches : 0;
	w.stream = sj__random_stateless(call, 1);
	sj__parallel_for(w.y->shape.size, PART, binomial_range, &w);
	return SJ_OK;
}
