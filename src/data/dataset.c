/* Datasets as such: their making, counting and end; the stages that run them; lists of elements. */
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "data/data.h"
#include "tensor/concrete.h"

enum { DEPTH_MOST = 1000 };

/* ---- making and ending ---- */

static void inputs_free(int n, sj_dataset *const *inputs)
{
	for (int i = 0; i < n; i++)
		sj_dataset_free(inputs[i]);
}

/* An input is NULL: an error before, which sticks, or the caller's mistake. */
static sj_status inputs_check(const sj__dataset_kind *kind, int n, sj_dataset *const *inputs, int *ret_depth)
{
	int depth = 0;
	for (int i = 0; i < n; i++) {
		if (inputs[i] == NULL)
			return sj__fail(SJ_INVALID_ARGUMENT, "%s: the dataset is NULL", kind->name);
		depth = inputs[i]->depth > depth ? inputs[i]->depth : depth;
	}
	if (depth >= DEPTH_MOST)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: more than %d transformations lie one over another",
		                kind->name, DEPTH_MOST);
	*ret_depth = depth + 1;
	return SJ_OK;
}

static sj_status dataset_make(const sj__dataset_kind *kind, int n_components, int n_inputs, sj_dataset *const *inputs,
                              sj_dataset **ret_dataset)
{
	int depth = 0;
	sj_status status = inputs_check(kind, n_inputs, inputs, &depth);
	if (status != SJ_OK)
		return status;
	if (n_components == 0)
		n_components = inputs[0]->n_components;
	if (n_components < 1 || n_components > SJ_DATASET_MOST_COMPONENTS)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: elements of %d tensors; 1 to %d are allowed", kind->name,
		                n_components, SJ_DATASET_MOST_COMPONENTS);
	sj_dataset *d = sj__memory_new_zeroed(kind->dataset_size);
	sj_dataset **own = d == NULL ? NULL : sj__memory_new(sizeof(*own) * (size_t)n_inputs);
	if (own == NULL) {
		sj__memory_free(d);
		return SJ_RESOURCE_EXHAUSTED;
	}
	for (int i = 0; i < n_inputs; i++)
		own[i] = inputs[i];
	*d = (sj_dataset){.kind = kind,
	                  .refs = 1,
	                  .n_components = n_components,
	                  .n_inputs = n_inputs,
	                  .depth = depth,
	                  .inputs = own};
	*ret_dataset = d;
	return SJ_OK;
}

void *sj__dataset_new(const sj__dataset_kind *kind, int n_components, int n_inputs, sj_dataset *const *inputs)
{
	sj_dataset *d = NULL;
	sj_status status = dataset_make(kind, n_components, n_inputs, inputs, &d);
	if (status != SJ_OK) {
		inputs_free(n_inputs, inputs);
		sj__error_stick(status);
	}
	return d;
}

sj_dataset *sj__dataset_refuse(sj_dataset *input, const char *format, ...)
{
	char message[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	sj_dataset_free(input);
	sj__error_stick(sj__fail(SJ_INVALID_ARGUMENT, "%s", message));
	return NULL;
}

int sj_dataset_components(const sj_dataset *dataset) { return dataset == NULL ? 0 : dataset->n_components; }

sj_dataset *sj_dataset_keep(sj_dataset *dataset)
{
	if (dataset != NULL)
		__atomic_fetch_add(&dataset->refs, 1, __ATOMIC_RELAXED);
	return dataset;
}

void sj_dataset_free(sj_dataset *d)
{
	if (d == NULL || __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (d->kind->release != NULL)
		d->kind->release(d);
	inputs_free(d->n_inputs, d->inputs);
	sj__memory_free(d->inputs);
	sj__memory_free(d);
}

/* ---- stages ---- */

sj_status sj__stage_begin(const sj_dataset *dataset, sj_iterator *root, sj__stage **ret_stage)
{
	const sj__dataset_kind *kind = dataset->kind;
	sj__stage *stage = sj__memory_new_zeroed(kind->stage_size);
	if (stage == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	stage->dataset = dataset;
	stage->root = root;
	sj_status status = kind->begins_input ? sj__stage_begin(dataset->inputs[0], root, &stage->input) : SJ_OK;
	if (status == SJ_OK && kind->begin != NULL)
		status = kind->begin(stage);
	if (status == SJ_OK)
		*ret_stage = stage;
	else
		sj__stage_end(stage);
	return status;
}

sj_status sj__stage_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	if (SJ_UNLIKELY(sj__cancelled()))
		return sj__fail(SJ_CANCELLED, "%s: cancelled", stage->dataset->kind->name);
	return stage->dataset->kind->next(stage, ret_tensors, ret_end);
}

/* The kind's end first: a thread of its own may be using the input. */
void sj__stage_end(sj__stage *stage)
{
	if (stage == NULL)
		return;
	if (stage->dataset->kind->end != NULL)
		stage->dataset->kind->end(stage);
	sj__stage_end(stage->input);
	sj__memory_free(stage);
}

/* ---- lists of elements ---- */

sj_status sj__elements_room(sj__elements *e)
{
	if (e->n < e->capacity)
		return SJ_OK;
	size_t row = sizeof(sj_tensor *) * (size_t)e->width;
	int64_t capacity = e->capacity == 0 ? 16 : 2 * e->capacity;
	sj_tensor **tensors = sj__memory_resize(e->tensors, row * (size_t)e->n, row * (size_t)capacity);
	if (tensors == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	e->tensors = tensors;
	e->capacity = capacity;
	return SJ_OK;
}

void sj__tensors_drop(int n, sj_tensor **tensors)
{
	for (int i = 0; i < n; i++)
		sj__drop(tensors[i]);
}

void sj__elements_clear(sj__elements *e)
{
	for (int64_t i = 0; i < e->n; i++)
		sj__tensors_drop(e->width, sj__elements_at(e, i));
	e->n = 0;
}

void sj__elements_release(sj__elements *e)
{
	sj__elements_clear(e);
	sj__memory_free(e->tensors);
	*e = (sj__elements){.width = e->width};
}

/* ---- functions of the caller ---- */

static sj_status output_fail(sj_status status, const char *who, int k)
{
	char prefix[96];
	snprintf(prefix, sizeof prefix, "%s: output %d of the function", who, k);
	return sj__fail_within(status, prefix);
}

sj_status sj__outputs_take(const char *who, sj_status stuck, int n, sj_tensor *const *outputs, sj_tensor **ret_tensors)
{
	sj_tensor *taken[SJ_DATASET_MOST_COMPONENTS];
	if (stuck != SJ_OK)
		return stuck;
	for (int k = 0; k < n; k++) {
		sj_status status = sj__concrete("tensor", outputs[k], &taken[k]);
		if (status != SJ_OK) {
			sj__tensors_drop(k, taken);
			return output_fail(status, who, k);
		}
	}
	for (int k = 0; k < n; k++)
		ret_tensors[k] = taken[k];
	return SJ_OK;
}
