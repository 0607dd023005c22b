/* What every layer does: building once, calling in a scope of its own, holding variables, ending. */
#include <stdio.h>
#include <string.h>

#include <sokuji/graph.h>
#include <sokuji/layers.h>
#include <sokuji/memory.h>
#include <sokuji/scope.h>
#include <sokuji/variable.h>

#include "layer_parts.h"

struct sj_layer {
	const sj_layer_class *class_of;
	bool is_built, builds_by_call;
	const sj_layer *outer; /* the container and the place in it, for variables' names */
	int place;
	sj_layer_list variables, trainable; /* variables: own references; trainable: borrowed */
	_Alignas(16) char context[];
};

sj_layer *sj_layer_new(const sj_layer_class *layer_class)
{
	if (layer_class == NULL || layer_class->call == NULL || layer_class->context_size > (size_t)1 << 30) {
		sj_error_set(SJ_INVALID_ARGUMENT, "sj_layer_new: the class %s",
		             layer_class ? "has no call, or too large a context" : "is NULL");
		return NULL;
	}
	size_t n = sizeof(sj_layer) + layer_class->context_size;
	sj_layer *layer = sj_memory_new(n);
	if (layer == NULL) {
		sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_layer_new: no memory");
		return NULL;
	}
	memset(layer, 0, n);
	layer->class_of = layer_class;
	return layer;
}

void *sj_layer_context(sj_layer *layer) { return layer ? layer->context : NULL; }
const sj_layer_class *sj_layer_class_of(const sj_layer *layer) { return layer ? layer->class_of : NULL; }
const char *sj_layer_name(const sj_layer *layer) { return layer && layer->class_of->name ? layer->class_of->name : ""; }

/* Room for n more; the list itself stays as it is. */
static sj_status list_room(sj_layer_list *list, int n)
{
	int capacity = list->capacity ? list->capacity : 4;
	if (list->count + n <= list->capacity)
		return SJ_OK;
	while (capacity < list->count + n)
		capacity *= 2;
	sj_tensor **items = sj_memory_new(sizeof(*items) * (size_t)capacity);
	if (items == NULL)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "layer: no memory for its variables");
	if (list->count > 0)
		memcpy(items, list->items, sizeof(*items) * (size_t)list->count);
	sj_memory_free(list->items);
	list->items = items;
	list->capacity = capacity;
	return SJ_OK;
}

sj_tensor *sj_layer_add_variable(sj_layer *layer, sj_tensor *variable)
{
	if (layer == NULL || !sj_is_variable(variable)) {
		if (sj_ok())
			sj_error_set(SJ_INVALID_ARGUMENT, "sj_layer_add_variable: the %s",
			             layer ? "tensor is no variable" : "layer is NULL");
		sj_free(variable);
		return sj_nil();
	}
	bool is_trained = sj_variable_is_trainable(variable);
	if (list_room(&layer->variables, 1) != SJ_OK || list_room(&layer->trainable, is_trained) != SJ_OK) {
		sj_free(variable);
		return sj_nil();
	}
	layer->variables.items[layer->variables.count++] = variable;
	if (is_trained)
		layer->trainable.items[layer->trainable.count++] = variable;
	return variable;
}

/* Containers show their layers' variables as their own; these stay the inner layers'. */
sj_status sj__layer_adopt(sj_layer *outer, int n, sj_layer *const *inner)
{
	int n_variables = 0, n_trainable = 0;
	for (int k = 0; k < n; k++) {
		n_variables += inner[k]->variables.count;
		n_trainable += inner[k]->trainable.count;
	}
	sj_status status = list_room(&outer->variables, n_variables);
	if (status == SJ_OK)
		status = list_room(&outer->trainable, n_trainable);
	if (status != SJ_OK)
		return status;
	for (int k = 0; k < n; k++) {
		for (int i = 0; i < inner[k]->variables.count; i++)
			outer->variables.items[outer->variables.count++] = sj_keep(inner[k]->variables.items[i]);
		for (int i = 0; i < inner[k]->trainable.count; i++)
			outer->trainable.items[outer->trainable.count++] = inner[k]->trainable.items[i];
	}
	return SJ_OK;
}

static void variables_end(sj_layer *layer)
{
	for (int i = 0; i < layer->variables.count; i++)
		sj_free(layer->variables.items[i]);
	layer->variables.count = layer->trainable.count = 0;
}

sj_status sj_layer_build(sj_layer *layer, sj_ints input_shape)
{
	if (layer == NULL)
		return sj_error_set(SJ_INVALID_ARGUMENT, "sj_layer_build: the layer is NULL");
	if (layer->is_built || layer->class_of->build == NULL) {
		layer->is_built = true;
		return SJ_OK;
	}
	if (!sj_ok())
		return sj_error_code();
	/* Variables begin now, whatever graph is open. */
	sj_graph *open = sj_graph_now();
	if (open != NULL && sj_graph_begin(NULL) != SJ_OK)
		return sj_error_set(SJ_RESOURCE_EXHAUSTED, "sj_layer_build: no memory");
	sj_scope scope = sj_scope_begin();
	sj_status status = layer->class_of->build(layer, layer->context, input_shape);
	if (status == SJ_OK)
		status = sj_error_code();
	sj_scope_end(scope);
	if (open != NULL)
		sj_graph_end();
	if (status != SJ_OK)
		variables_end(layer); /* as it was before */
	else
		layer->is_built = true;
	return status;
}

sj_tensor *sj_layer_call(sj_layer *layer, sj_tensor *x, bool training)
{
	if (layer == NULL || !sj_tensor_is_valid(x)) {
		if (layer == NULL || x != sj_nil())
			sj_error_set(SJ_INVALID_ARGUMENT, "sj_layer_call: the %s",
			             layer ? "input is no valid tensor" : "layer is NULL");
		return sj_nil();
	}
	if (!layer->is_built && !layer->builds_by_call &&
	    sj_layer_build(layer, (sj_ints){sj_tensor_rank(x), sj_tensor_dims(x)}) != SJ_OK)
		return sj_nil();
	sj_scope scope = sj_scope_begin();
	return sj_scope_return(scope, layer->class_of->call(layer, layer->context, x, training));
}

void sj_layer_free(sj_layer *layer)
{
	if (layer == NULL)
		return;
	variables_end(layer);
	if (layer->class_of->release != NULL)
		layer->class_of->release(layer->context);
	sj_memory_free(layer->variables.items);
	sj_memory_free(layer->trainable.items);
	sj_memory_free(layer);
}

int sj_layer_trainable_count(const sj_layer *layer) { return layer ? layer->trainable.count : 0; }
sj_tensor *const *sj_layer_trainable(const sj_layer *layer) { return layer ? layer->trainable.items : NULL; }
int sj_layer_variable_count(const sj_layer *layer) { return layer ? layer->variables.count : 0; }
sj_tensor *const *sj_layer_variables(const sj_layer *layer) { return layer ? layer->variables.items : NULL; }

sj_tensor *sj_activate(sj_tensor *x, sj_layer_activation activation)
{
	switch (activation) {
	case SJ_LINEAR: return x;
	case SJ_RELU: return sj_relu(x);
	case SJ_SOFTMAX: return sj_softmax(x);
	case SJ_TANH: return sj_tanh(x);
	case SJ_SIGMOID: return sj_sigmoid(x);
	case SJ_ELU: return sj_elu(x);
	case SJ_SOFTPLUS: return sj_softplus(x);
	case SJ_SELU: return sj_selu(x);
	case SJ_SOFTSIGN: return sj_softsign(x);
	}
	sj_error_set(SJ_INVALID_ARGUMENT, "sj_activate: %d is no activation", (int)activation);
	return sj_nil();
}

/* ---- for the layers ---- */

void sj__layer_builds_by_call(sj_layer *layer) { layer->builds_by_call = true; }

void sj__layer_place(sj_layer *inner, const sj_layer *outer, int place)
{
	inner->outer = outer;
	inner->place = place;
}

/* "kernel" of a layer by itself, "dense_2/kernel" in a container, "sequential_0/dense_2/kernel" in one within another. */
static void path_write(const sj_layer *layer, const char *name, char *path, size_t capacity)
{
	char below[SJ__LAYER_PATH_BYTES];
	if (layer->outer == NULL) {
		snprintf(path, capacity, "%s", name);
		return;
	}
	snprintf(below, sizeof(below), "%.60s_%d/%.180s", sj_layer_name(layer), layer->place, name);
	path_write(layer->outer, below, path, capacity);
}

sj_tensor *sj__layer_variable(const sj_layer *layer, sj_tensor *start, const char *name, bool trainable)
{
	char path[SJ__LAYER_PATH_BYTES];
	path_write(layer, name, path, sizeof(path));
	return sj_variable_new_named(start, path, trainable);
}

sj_tensor *sj__layer_weight(sj_layer *layer, const char *name, sj_initializer initializer, sj_initializer otherwise,
                            sj_ints shape, bool trainable)
{
	sj_tensor *start = sj_initialize(initializer.kind == SJ_INIT_DEFAULT ? otherwise : initializer, SJ_FLOAT32,
	                                 shape);
	return sj_layer_add_variable(layer, sj__layer_variable(layer, start, name, trainable));
}

sj_status sj__layer_rank_check(const char *who, sj_ints shape, int lowest, int highest)
{
	if (shape.count >= lowest && shape.count <= highest && shape.data != NULL)
		return SJ_OK;
	if (lowest == highest)
		return sj_error_set(SJ_INVALID_ARGUMENT, "%s: the input has rank %lld; it must be %d", who,
		                    (long long)shape.count, lowest);
	return sj_error_set(SJ_INVALID_ARGUMENT, "%s: the input has rank %lld; it must be at least %d", who,
	                    (long long)shape.count, lowest);
}

sj_layer *sj__layer_refused(const char *who, const char *what, int64_t value)
{
	sj_error_set(SJ_INVALID_ARGUMENT, "%s: %s is %lld; it must be at least 1", who, what, (long long)value);
	return NULL;
}
