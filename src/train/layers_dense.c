/* Dense, Flatten, Activation, Embedding and Sequential. */
#include <string.h>

#include <sokuji/array_functions.h>
#include <sokuji/memory.h>
#include <sokuji/scope.h>
#include <sokuji/tape.h>

#include "layer_parts.h"

/* ---- Dense ---- */

typedef struct dense {
	int64_t units;
	sj_dense_args args;
	sj_tensor *kernel, *bias;
} dense;

static sj_status dense_build(sj_layer *layer, void *context, sj_ints shape)
{
	dense *d = context;
	sj_status status = sj__layer_rank_check("dense", shape, 2, SJ_MAX_RANK);
	if (status != SJ_OK)
		return status;
	d->kernel = sj__layer_weight(layer, "kernel", d->args.kernel_initializer, sj_glorot_uniform(),
	                             SJ_INTS(shape.data[shape.count - 1], d->units), true);
	if (!d->args.without_bias)
		d->bias = sj__layer_weight(layer, "bias", d->args.bias_initializer, sj_init_zeros(), SJ_INTS(d->units),
		                           true);
	return sj_error_code();
}

static sj_tensor *dense_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	const dense *d = context;
	sj_tensor *y;
	(void)layer, (void)training;
	if (sj_tensor_rank(x) == 2 && d->bias != NULL) {
		bool relu = d->args.activation == SJ_RELU;
		y = sj_fused_matmul(x, d->kernel, d->bias, .relu = relu);
		return relu ? y : sj_activate(y, d->args.activation);
	}
	if (sj_tensor_rank(x) == 2) {
		y = sj_matmul(x, d->kernel);
	} else { /* (…, in) as one matrix, and back */
		int64_t dims[SJ_MAX_RANK];
		int rank = sj_tensor_rank(x);
		if (rank < 1) {
			sj_error_set(SJ_INVALID_ARGUMENT, "dense: the input is a scalar; its rank must be at least 2");
			return sj_nil();
		}
		memcpy(dims, sj_tensor_dims(x), sizeof(*dims) * (size_t)rank);
		int64_t in = dims[rank - 1];
		dims[rank - 1] = d->units;
		y = sj_reshape(sj_matmul(sj_reshape(x, SJ_INTS(-1, in)), d->kernel), ((sj_ints){rank, dims}));
	}
	if (d->bias != NULL)
		y = sj_bias_add(y, d->bias);
	return sj_activate(y, d->args.activation);
}

sj_layer *sj_dense_with(int64_t units, const sj_dense_args *args)
{
	static const sj_layer_class class_of = {.name = "dense",
	                                        .context_size = sizeof(dense),
	                                        .build = dense_build,
	                                        .call = dense_call};
	if (units < 1)
		return sj__layer_refused("sj_dense", "units", units);
	sj_layer *layer = sj_layer_new(&class_of);
	if (layer != NULL) {
		dense *d = sj_layer_context(layer);
		d->units = units;
		if (args != NULL)
			memcpy(&d->args, args, args->size < sizeof(d->args) ? args->size : sizeof(d->args));
	}
	return layer;
}

/* ---- Flatten and Activation ---- */

static sj_tensor *flatten_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	(void)layer, (void)context, (void)training;
	int64_t n = sj_tensor_dim(x, 0), rest = 1;
	if (sj_tensor_rank(x) < 1) {
		sj_error_set(SJ_INVALID_ARGUMENT, "flatten: the input is a scalar; its rank must be at least 1");
		return sj_nil();
	}
	for (int i = 1; i < sj_tensor_rank(x); i++)
		rest *= sj_tensor_dim(x, i);
	return sj_reshape(x, SJ_INTS(n, rest));
}

sj_layer *sj_flatten_layer(void)
{
	static const sj_layer_class class_of = {.name = "flatten", .call = flatten_call};
	return sj_layer_new(&class_of);
}

static sj_tensor *activation_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	(void)layer, (void)training;
	return sj_activate(x, *(const sj_layer_activation *)context);
}

sj_layer *sj_activation_layer(sj_layer_activation activation)
{
	static const sj_layer_class class_of = {.name = "activation",
	                                        .context_size = sizeof(sj_layer_activation),
	                                        .call = activation_call};
	sj_layer *layer = sj_layer_new(&class_of);
	if (layer != NULL)
		*(sj_layer_activation *)sj_layer_context(layer) = activation;
	return layer;
}

/* ---- Embedding ---- */

typedef struct embedding {
	int64_t count, size;
	sj_tensor *table;
} embedding;

static sj_status embedding_build(sj_layer *layer, void *context, sj_ints shape)
{
	embedding *e = context;
	(void)shape;
	e->table = sj__layer_weight(layer, "embeddings", sj_init_uniform(-0.05, 0.05), sj_init_uniform(-0.05, 0.05),
	                            SJ_INTS(e->count, e->size), true);
	return sj_error_code();
}

static sj_tensor *embedding_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	(void)layer, (void)training;
	return sj_gather(((const embedding *)context)->table, x, SJ_INTS(0));
}

sj_layer *sj_embedding(int64_t count, int64_t size)
{
	static const sj_layer_class class_of = {.name = "embedding",
	                                        .context_size = sizeof(embedding),
	                                        .build = embedding_build,
	                                        .call = embedding_call};
	if (count < 1 || size < 1)
		return sj__layer_refused("sj_embedding", count < 1 ? "count" : "size", count < 1 ? count : size);
	sj_layer *layer = sj_layer_new(&class_of);
	if (layer != NULL)
		*(embedding *)sj_layer_context(layer) = (embedding){.count = count, .size = size};
	return layer;
}

/* ---- Sequential ---- */

typedef struct sequential {
	int count;
	sj_layer **layers;
	bool is_adopted; /* the layers' variables are shown */
} sequential;

static void sequential_release(void *context)
{
	sequential *s = context;
	for (int i = 0; i < s->count; i++)
		sj_layer_free(s->layers[i]);
	sj_memory_free(s->layers);
}

static sj_tensor *sequential_call(sj_layer *layer, void *context, sj_tensor *x, bool training)
{
	sequential *s = context;
	for (int i = 0; i < s->count; i++) { /* what a layer made goes when the next one has used it */
		sj_scope scope = sj_scope_begin();
		sj_tensor *y = sj_keep(sj_layer_call(s->layers[i], x, training));
		sj_scope_end(scope);
		if (i > 0)
			sj_free(x);
		x = y;
	}
	if (s->count > 0)
		x = sj_scope_own(x);
	if (!s->is_adopted && sj_ok())
		s->is_adopted = sj__layer_adopt(layer, s->count, s->layers) == SJ_OK;
	return x;
}

static bool takes_ids(const sj_layer *layer)
{
	return layer != NULL && sj_layer_class_of(layer)->call == embedding_call;
}

/* Without an input, one example of zeros goes through the layers. */
static sj_status sequential_build(sj_layer *layer, void *context, sj_ints shape)
{
	const sequential *s = context;
	int64_t dims[SJ_MAX_RANK];
	if (s->is_adopted || s->count == 0)
		return SJ_OK;
	sj_status status = sj__layer_rank_check("sequential", shape, 1, SJ_MAX_RANK);
	if (status != SJ_OK)
		return status;
	memcpy(dims, shape.data, sizeof(*dims) * (size_t)shape.count);
	dims[0] = 1;
	sj_tape_pause();
	sj_layer_call(layer,
	              sj_fill((sj_ints){shape.count, dims},
	                      sj_scalar(takes_ids(s->layers[0]) ? SJ_INT32 : SJ_FLOAT32, 0)),
	              false);
	sj_tape_resume();
	return sj_error_code();
}

sj_layer *sj_sequential_new(int n, sj_layer *const *layers)
{
	static const sj_layer_class class_of = {.name = "sequential",
	                                        .context_size = sizeof(sequential),
	                                        .build = sequential_build,
	                                        .call = sequential_call,
	                                        .release = sequential_release};
	bool complete = n >= 0 && (n == 0 || layers != NULL);
	for (int i = 0; complete && i < n; i++)
		complete = layers[i] != NULL;
	sj_layer *layer = complete ? sj_layer_new(&class_of) : NULL;
	sequential *s = layer ? sj_layer_context(layer) : NULL;
	if (s != NULL)
		s->layers = sj_memory_new(sizeof(*s->layers) * (size_t)(n + 1));
	if (s == NULL || s->layers == NULL) {
		if (sj_ok())
			sj_error_set(complete ? SJ_RESOURCE_EXHAUSTED : SJ_INVALID_ARGUMENT, "sj_sequential_new: %s",
			             complete ? "no memory" : "a layer is NULL");
		for (int i = 0; i < n && layers != NULL; i++)
			sj_layer_free(layers[i]);
		sj_layer_free(layer);
		return NULL;
	}
	if (n > 0)
		memcpy(s->layers, layers, sizeof(*layers) * (size_t)n);
	for (int i = 0; i < n; i++)
		sj__layer_place(layers[i], layer, i);
	s->count = n;
	sj__layer_builds_by_call(layer);
	return layer;
}

static const sequential *as_sequential(const sj_layer *layer)
{
	const sj_layer_class *class_of = sj_layer_class_of(layer);
	return class_of != NULL && class_of->call == sequential_call ? sj_layer_context((sj_layer *)layer) : NULL;
}

int sj_sequential_count(const sj_layer *layer)
{
	const sequential *s = as_sequential(layer);
	return s ? s->count : 0;
}

sj_layer *sj_sequential_layer(const sj_layer *layer, int index)
{
	const sequential *s = as_sequential(layer);
	return s != NULL && index >= 0 && index < s->count ? s->layers[index] : NULL;
}
