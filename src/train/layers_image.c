/* Conv2D, pooling, Dropout and BatchNorm. */
#include <string.h>

#include <sokuji/nn_functions.h>
#include <sokuji/scope.h>
#include <sokuji/tape.h>
#include <sokuji/update.h>

#include "layer_parts.h"

/* ---- Conv2D ---- */

typedef struct conv2d {
	int64_t filters, kernel_h, kernel_w;
	sj_conv2d_layer_args args;
	sj_tensor *kernel, *bias;
} conv2d;

static sj_status conv2d_build(sj_layer *layer, void *context, sj_ints shape)
{
	conv2d *c = context;
	sj_status status = sj__layer_rank_check("conv2d", shape, 4, 4);
	if (status != SJ_OK)
		return status;
	c->kernel = sj__layer_weight(layer, "kernel", c->args.kernel_initializer, sj_glorot_uniform(),
	                             SJ_INTS(c->kernel_h, c->kernel_w, shape.data[3], c->filters), true);
	if (!c->args.without_bias)
		c->bias = sj__layer_weight(layer, "bias", c->args.bias_initializer, sj_init_zeros(),
		                           SJ_INTS(c->filters), true);
	return sj_error_code();
}

static int64_t or_one(int64_t n) { return n == 0 ? 1 : n; }

static sj_tensor *conv2d_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const conv2d *c = context;
	(void)layer, (void)training;
	sj_ints strides = SJ_INTS(1, or_one(c->args.stride_h), or_one(c->args.stride_w), 1),
		dilations = SJ_INTS(1, or_one(c->args.dilation_h), or_one(c->args.dilation_w), 1);
	if (c->bias == NULL)
		return sj_activate(sj_conv2d(x, c->kernel, .strides = strides, .dilations = dilations,
		                             .padding = c->args.padding),
		                   c->args.activation);
	bool relu = c->args.activation == SJ_RELU;
	sj_tensor *y = sj_fused_conv2d(x, c->kernel, c->bias, .strides = strides, .dilations = dilations,
	                               .padding = c->args.padding, .relu = relu);
	return relu ? y : sj_activate(y, c->args.activation);
}

sj_layer *sj_conv2d_layer_with(int64_t filters, int64_t kernel_h, int64_t kernel_w, const sj_conv2d_layer_args *args)
{
	static const sj_layer_class class_of = {.name = "conv2d",
	                                        .context_size = sizeof(conv2d),
	                                        .build = conv2d_build,
	                                        .call = conv2d_call};
	if (filters < 1 || kernel_h < 1 || kernel_w < 1)
		return sj__layer_refused("sj_conv2d_layer", filters < 1 ? "filters" : "the kernel's size",
		                         filters < 1    ? filters
		                         : kernel_h < 1 ? kernel_h
		                                        : kernel_w);
	sj_layer *layer = sj_layer_new(&class_of);
	if (layer != NULL) {
		conv2d *c = sj_layer_context(layer);
		c->filters = filters;
		c->kernel_h = kernel_h;
		c->kernel_w = kernel_w;
		if (args != NULL)
			memcpy(&c->args, args, args->size < sizeof(c->args) ? args->size : sizeof(c->args));
	}
	return layer;
}

/* ---- pooling ---- */

typedef struct pool {
	int64_t pool_h, pool_w, stride_h, stride_w;
	sj_padding padding;
} pool;

static sj_tensor *max_pool_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const pool *p = context;
	(void)layer, (void)training;
	return sj_max_pool(x, SJ_INTS(1, p->pool_h, p->pool_w, 1), SJ_INTS(1, p->stride_h, p->stride_w, 1),
	                   .padding = p->padding);
}

static sj_tensor *avg_pool_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const pool *p = context;
	(void)layer, (void)training;
	return sj_avg_pool(x, SJ_INTS(1, p->pool_h, p->pool_w, 1), SJ_INTS(1, p->stride_h, p->stride_w, 1),
	                   .padding = p->padding);
}

static sj_layer *pool_new(const sj_layer_class *class_of, pool p)
{
	if (p.pool_h < 1 || p.pool_w < 1 || p.stride_h < 0 || p.stride_w < 0)
		return sj__layer_refused(class_of->name, "the pool's size or stride",
		                         p.pool_h < 1     ? p.pool_h
		                         : p.pool_w < 1   ? p.pool_w
		                         : p.stride_h < 0 ? p.stride_h
		                                          : p.stride_w);
	sj_layer *layer = sj_layer_new(class_of);
	if (layer != NULL) {
		p.stride_h = p.stride_h ? p.stride_h : p.pool_h;
		p.stride_w = p.stride_w ? p.stride_w : p.pool_w;
		*(pool *)sj_layer_context(layer) = p;
	}
	return layer;
}

sj_layer *sj_max_pool_layer(int64_t pool_h, int64_t pool_w, int64_t stride_h, int64_t stride_w, sj_padding padding)
{
	static const sj_layer_class class_of = {.name = "max_pool",
	                                        .context_size = sizeof(pool),
	                                        .call = max_pool_call};
	return pool_new(&class_of, (pool){pool_h, pool_w, stride_h, stride_w, padding});
}

sj_layer *sj_avg_pool_layer(int64_t pool_h, int64_t pool_w, int64_t stride_h, int64_t stride_w, sj_padding padding)
{
	static const sj_layer_class class_of = {.name = "avg_pool",
	                                        .context_size = sizeof(pool),
	                                        .call = avg_pool_call};
	return pool_new(&class_of, (pool){pool_h, pool_w, stride_h, stride_w, padding});
}

/* ---- Dropout ---- */

typedef struct dropout {
	double rate;
	int64_t seed;
} dropout;

static sj_tensor *dropout_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const dropout *d = context;
	(void)layer;
	if (!training || d->rate == 0)
		return x;
	return sj_dropout(x, d->rate, .seed = SJ_GIVEN(d->seed));
}

sj_layer *sj_dropout_layer(double rate, int64_t seed)
{
	static const sj_layer_class class_of = {.name = "dropout",
	                                        .context_size = sizeof(dropout),
	                                        .call = dropout_call};
	if (!(rate >= 0 && rate < 1)) {
		sj_error_set(SJ_INVALID_ARGUMENT, "sj_dropout_layer: rate is %g; it must be in [0, 1)", rate);
		return NULL;
	}
	sj_layer *layer = sj_layer_new(&class_of);
	if (layer != NULL)
		*(dropout *)sj_layer_context(layer) = (dropout){rate, seed};
	return layer;
}

/* ---- BatchNorm ---- */

typedef struct batch_norm {
	sj_batch_norm_args args;
	sj_tensor *gamma, *beta, *mean, *variance;
} batch_norm;

static sj_status batch_norm_build(sj_layer *layer, void *context, sj_ints shape)
{
	batch_norm *b = context;
	sj_status status = sj__layer_rank_check("batch_norm", shape, 2, SJ_MAX_RANK);
	if (status != SJ_OK)
		return status;
	sj_ints channels = SJ_INTS(shape.data[shape.count - 1]);
	if (!b->args.without_scale)
		b->gamma = sj__layer_weight(layer, "gamma", sj_init_ones(), sj_init_ones(), channels, true);
	if (!b->args.without_center)
		b->beta = sj__layer_weight(layer, "beta", sj_init_zeros(), sj_init_zeros(), channels, true);
	b->mean = sj__layer_weight(layer, "moving_mean", sj_init_zeros(), sj_init_zeros(), channels, false);
	b->variance = sj__layer_weight(layer, "moving_variance", sj_init_ones(), sj_init_ones(), channels, false);
	return sj_error_code();
}

/* moving -= (moving - now) (1 - momentum) for both or neither, outside the tape. */
static void moving_update(const batch_norm *b, sj_tensor *mean, sj_tensor *variance, double momentum)
{
	const sj_update update = {.size = sizeof(update),
	                          .rule = SJ_UPDATE_GRADIENT_DESCENT,
	                          .learning_rate = 1 - momentum};
	sj_tensor *moving[] = {b->mean, b->variance};
	sj_tape_pause();
	sj_tensor *ways[] = {sj_sub(b->mean, mean), sj_sub(b->variance, variance)};
	sj_update_apply(&update, 2, moving, NULL, ways);
	sj_tape_resume();
}

/* One fused operation; without gamma or beta, ones or zeros in their place. */
static sj_tensor *batch_norm_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const batch_norm *b = context;
	double momentum = b->args.momentum.given ? b->args.momentum.value : 0.99;
	sj_float_option epsilon = {.given = true, .value = b->args.epsilon.given ? b->args.epsilon.value : 1e-3};
	sj_ints channels = SJ_INTS(sj_tensor_size(b->mean));
	sj_tensor *scale = b->gamma ? b->gamma : sj_fill(channels, sj_float(1));
	sj_tensor *offset = b->beta ? b->beta : sj_fill(channels, sj_float(0));
	sj_tensor *y, *mean, *unbiased, *mean_again, *variance;
	(void)layer;
	if (sj_fused_batch_norm(x, scale, offset, b->mean, b->variance, &y, &mean, &unbiased, &mean_again, &variance,
	                        .epsilon = epsilon, .is_training = SJ_GIVEN(training)) != SJ_OK)
		return sj_nil();
	if (training)
		moving_update(b, mean, sj_tensor_rank(x) == 4 ? unbiased : variance, momentum);
	return y;
}

sj_layer *sj_batch_norm_with(const sj_batch_norm_args *args)
{
	static const sj_layer_class class_of = {.name = "batch_norm",
	                                        .context_size = sizeof(batch_norm),
	                                        .build = batch_norm_build,
	                                        .call = batch_norm_call};
	sj_layer *layer = sj_layer_new(&class_of);
	batch_norm *b = sj_layer_context(layer);
	if (b != NULL && args != NULL)
		memcpy(&b->args, args, args->size < sizeof(b->args) ? args->size : sizeof(b->args));
	return layer;
}
