/*
 * Gradients of normalisation. Each operation is differentiated as a function of all its inputs, the recorded statistics
 * included: what flows into a statistic goes on to x through the operation that computed it.
 */
#include "ops/gradients.h"
#include "ops_numbers.h"
#include "sokuji/scope.h"

/* ---- batch normalisation: vectors of channels beside tensors of x's shape ---- */

typedef struct norm {
	const sj__gradient *g;
	bool planar; /* channels second */
	int rank;
	double n; /* elements of a channel */
	int64_t axes[SJ_MAX_RANK];
} norm;

static norm norm_of(const sj__gradient *g, const sj_tensor *x, sj_data_format format)
{
	norm s = {.g = g, .planar = format == SJ_DATA_FORMAT_NCHW, .rank = x->shape.rank, .n = 1};
	int channel = s.planar ? 1 : s.rank - 1, k = 0;
	for (int i = 0; i < s.rank; i++)
		if (i != channel) {
			s.axes[k++] = i;
			s.n *= (double)sj__dims(x)[i];
		}
	return s;
}

/* v (channels) so that it broadcasts against x. */
static sj_tensor *spread(const norm *s, sj_tensor *v)
{
	int64_t dims[SJ_MAX_RANK];
	if (!s->planar || sj__is_nil(v))
		return v;
	for (int i = 0; i < s->rank; i++)
		dims[i] = i == 1 ? sj__dims(v)[0] : 1;
	return sj_reshape(v, (sj_ints){s->rank, dims});
}

static sj_tensor *channel_sum(const norm *s, sj_tensor *t) { return sj_sum(t, .axis = {s->rank - 1, s->axes}); }
static sj_tensor *channel_mean(const norm *s, sj_tensor *t) { return sj_mean(t, .axis = {s->rank - 1, s->axes}); }
static sj_tensor *times(const norm *s, sj_tensor *t, double factor) { return sj_mul(t, sj__constant(s->g, factor)); }
static sj_tensor *minus_mean(const norm *s, sj_tensor *x, sj_tensor *mean) { return sj_sub(x, spread(s, mean)); }

static sj_tensor *inverse_deviation(const norm *s, sj_tensor *variance, double epsilon)
{
	return sj_rsqrt(sj_add(variance, sj__constant(s->g, epsilon)));
}

static sj_tensor *sum_given(sj_tensor *a, sj_tensor *b) { return a == NULL ? b : b == NULL ? a : sj_add(a, b); }

/* The gradient that reaches statistic k (1: mean, 2: variance) by the running one, of weight `factor`, and by the reserved one. */
static sj_tensor *statistic_grad(const norm *s, int k, double factor)
{
	sj_tensor *running = s->g->dy[k], *reserved = s->g->dy[k + 2];
	return sum_given(running ? times(s, running, factor) : NULL, reserved);
}

/* Of a training step: y's part through x, and the statistics' parts, mean = sum(x)/n, variance = sum((x - mean)^2)/n. */
static sj_tensor *training_grad(const norm *s, sj_tensor *by_y, double f)
{
	const sj__gradient *g = s->g;
	sj_tensor *mean_grad = statistic_grad(s, 1, f),
		  *variance_grad = statistic_grad(s, 2, f * s->n / (s->n > 1 ? s->n - 1 : 1));
	sj_tensor *dx = by_y;
	if (mean_grad != NULL) {
		sj_tensor *each = spread(s, times(s, mean_grad, 1 / s->n));
		dx = sum_given(dx, dx ? each : sj_broadcast_to(each, sj__shape_list(g->inputs[0])));
	}
	if (variance_grad != NULL)
		dx = sum_given(dx, sj_mul(minus_mean(s, g->inputs[0], g->outputs[3]),
		                          spread(s, times(s, variance_grad, 2 / s->n))));
	return dx;
}

/* Not training: y falls with the mean, and by half a power three with the variance; both are also passed on. */
static void frozen_grads(const norm *s, const sj_fused_batch_norm_args *args, sj_tensor *dscale, sj_tensor *doffset,
                         sj_tensor **dx)
{
	const sj__gradient *g = s->g;
	sj_tensor *mean_grad = sum_given(g->dy[1], g->dy[3]), *variance_grad = sum_given(g->dy[2], g->dy[4]);
	if (dscale != NULL) {
		sj_tensor *r = inverse_deviation(s, g->outputs[4], sj__fused_batch_norm_epsilon(args)),
			  *slope = sj_mul(g->inputs[1], r);
		mean_grad = sum_given(mean_grad, sj_neg(sj_mul(slope, doffset)));
		variance_grad = sum_given(variance_grad, times(s, sj_mul(sj_mul(slope, r), dscale), -0.5));
	}
	if (g->needs[3])
		dx[3] = mean_grad;
	if (g->needs[4])
		dx[4] = variance_grad;
}

void sj__gradient_fused_batch_norm(const sj__gradient *g, sj_tensor **dx)
{
	const sj_fused_batch_norm_args *args = g->args;
	bool training = sj__fused_batch_norm_is_training(args);
	norm s = norm_of(g, g->inputs[0], args->data_format);
	double f = sj__fused_batch_norm_exponential_avg_factor(args);
	sj_tensor *by_y = NULL, *dscale = NULL, *doffset = NULL, *empty;
	if (g->dy[0] != NULL)
		sj_fused_batch_norm_grad(g->dy[0], g->inputs[0], g->inputs[1], g->outputs[3], g->outputs[4], &by_y,
		                         &dscale, &doffset, &empty, &empty,
		                         .epsilon = SJ_GIVEN(sj__fused_batch_norm_epsilon(args)),
		                         .data_format = args->data_format, .is_training = SJ_GIVEN(training));
	dx[0] = training ? training_grad(&s, by_y, f) : by_y;
	dx[1] = dscale;
	dx[2] = doffset;
	if (!training) {
		frozen_grads(&s, args, dscale, doffset, dx);
	} else if (f != 1) {
		dx[3] = g->needs[3] && g->dy[1] ? times(&s, g->dy[1], 1 - f) : NULL;
		dx[4] = g->needs[4] && g->dy[2] ? times(&s, g->dy[2], 1 - f) : NULL;
	}
}

/*
 * With u = x - mean, r = 1/sqrt(variance + epsilon), s = u r, m() the mean over a channel, d the gradient given to the operation and
 * a, b, c those of its results
 *     A = scale r (d - m(d) - s m(d s)),  B = sum(d s),  C = sum(d)   (not training: A = scale r d):
 * A is a symmetric map of d, so d's gradient is A of a, + b s + c; scale's is sum(a A)/scale = r k; and through s and r come
 *     S = b d - scale r (a m(d s) + d m(a s)),  R = scale k,
 * of which x gets r S, the mean -r sum(S), the variance -(R + sum(S u)) r^3 / 2.
 */
void sj__gradient_fused_batch_norm_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_fused_batch_norm_grad_args *args = g->args;
	bool training = sj__fused_batch_norm_grad_is_training(args);
	sj_tensor *d = g->inputs[0], *scale = g->inputs[2], *a = sj__dy(g, 0), *b = sj__dy(g, 1), *c = sj__dy(g, 2);
	norm n = norm_of(g, g->inputs[1], args->data_format);
	sj_tensor *r = inverse_deviation(&n, g->inputs[4], sj__fused_batch_norm_grad_epsilon(args));
	sj_tensor *u = minus_mean(&n, g->inputs[1], g->inputs[3]), *s = sj_mul(u, spread(&n, r)),
		  *scale_r = spread(&n, sj_mul(scale, r));
	sj_tensor *by_d = a, *k = channel_sum(&n, sj_mul(a, d)), *big_s = sj_mul(spread(&n, b), d);
	if (training) {
		sj_tensor *mean_as = channel_mean(&n, sj_mul(a, s)), *mean_ds = channel_mean(&n, sj_mul(d, s)),
			  *mean_a = channel_mean(&n, a);
		sj_tensor *products = sj_add(sj_mul(mean_a, channel_mean(&n, d)), sj_mul(mean_as, mean_ds));
		by_d = sj_sub(sj_sub(a, spread(&n, mean_a)), sj_mul(s, spread(&n, mean_as)));
		k = sj_sub(k, times(&n, products, n.n));
		big_s = sj_sub(big_s,
		               sj_mul(scale_r, sj_add(sj_mul(a, spread(&n, mean_ds)), sj_mul(d, spread(&n, mean_as)))));
	}
	dx[0] = sj_add(sj_mul(scale_r, by_d), sj_add(sj_mul(spread(&n, b), s), spread(&n, c)));
	dx[1] = sj_mul(spread(&n, r), big_s);
	dx[2] = sj_mul(r, k);
	dx[3] = sj_neg(sj_mul(r, channel_sum(&n, big_s)));
	sj_tensor *by_r = sj_add(sj_mul(scale, k), channel_sum(&n, sj_mul(big_s, u)));
	dx[4] = times(&n, sj_mul(by_r, sj_mul(r, sj_square(r))), -0.5);
}

/* ---- LRN ---- */

void sj__gradient_lrn(const sj__gradient *g, sj_tensor **dx)
{
	dx[0] = sj_lrn_grad_with(g->dy[0], g->inputs[0], g->outputs[0], g->args);
}

/* Sums over neighbouring channels: a product with a band of ones. */
static sj_tensor *neighbours(const sj__gradient *g, sj_tensor *t, int64_t radius)
{
	const sj_tensor *like = g->inputs[1];
	int64_t channels = sj__dims(like)[3];
	sj_tensor *band;
	sj_status status = sj__tensor_make("LRNGrad", (sj_dtype)like->dtype, 2, (int64_t[]){channels, channels}, &band);
	if (status != SJ_OK) {
		sj__error_stick(status);
		return sj_nil();
	}
	for (int64_t i = 0; i < channels * channels; i++) {
		int64_t distance = i / channels - i % channels;
		bool near = distance <= radius && -distance <= radius;
		if (like->dtype == SJ_FLOAT32)
			((float *)band->data)[i] = near;
		else
			((double *)band->data)[i] = near;
	}
	return sj_batch_matmul(t, sj_scope_own(band));
}

/*
 * dx = d n^-beta - 2 alpha beta x W(d y / n) with n = bias + alpha W(x^2), W the sum over neighbours, which is symmetric. For a, the
 * gradient of dx: d gets a n^-beta - q y, y gets -q d with q = 2 alpha beta W(a x) / n, n gets -beta a d n^(-beta-1) + q d y / n.
 */
void sj__gradient_lrn_grad(const sj__gradient *g, sj_tensor **dx)
{
	const sj_lrn_grad_args *args = g->args;
	int64_t radius = sj__lrn_grad_depth_radius(args);
	double alpha = sj__lrn_grad_alpha(args), beta = sj__lrn_grad_beta(args), bias = sj__lrn_grad_bias(args);
	sj_tensor *a = g->dy[0], *d = g->inputs[0], *x = g->inputs[1], *y = g->inputs[2];
	sj_tensor *n = sj_add(sj_mul(neighbours(g, sj_square(x), radius), sj__constant(g, alpha)),
	                      sj__constant(g, bias));
	sj_tensor *power = sj_pow(n, sj__constant(g, -beta)), *factor = sj__constant(g, 2 * alpha * beta);
	sj_tensor *q = sj_div(sj_mul(neighbours(g, sj_mul(a, x), radius), factor), n);
	dx[0] = sj_sub(sj_mul(a, power), sj_mul(q, y));
	dx[2] = sj_neg(sj_mul(q, d));
	if (!g->needs[1])
		return;
	sj_tensor *direct = sj_mul(sj_mul(a, neighbours(g, sj_div(sj_mul(d, y), n), radius)), factor);
	sj_tensor *by_power = sj_mul(sj_div(sj_mul(sj_mul(a, d), power), n), sj__constant(g, beta));
	sj_tensor *by_n = sj_sub(sj_div(sj_mul(sj_mul(q, d), y), n), by_power);
	sj_tensor *through_n = sj_mul(sj_mul(x, neighbours(g, by_n, radius)), sj__constant(g, 2 * alpha));
	dx[1] = sj_sub(through_n, direct);
}
