/* Functions of the caller on each element: map and filter. */
#include "data/data.h"
#include "sokuji/scope.h"
#include "tensor/concrete.h"

typedef struct map_dataset {
	sj_dataset base;
	sj_map_function *map; /* one of the two */
	sj_filter_function *filter;
	sj__callback callback;
} map_dataset;

static void map_release(sj_dataset *dataset) { sj__callback_release(&((map_dataset *)dataset)->callback); }

static int n_inputs_of(const sj__stage *stage) { return stage->dataset->inputs[0]->n_components; }

/* ---- map ---- */

static sj_status map_call(const map_dataset *d, int n_inputs, sj_tensor *const *inputs, sj_tensor **ret_tensors)
{
	sj_tensor *outputs[SJ_DATASET_MOST_COMPONENTS];
	int n = d->base.n_components;
	sj__error_frame frame;
	for (int k = 0; k < n; k++)
		outputs[k] = NULL;
	sj__error_frame_begin(&frame);
	sj_scope scope = sj_scope_begin();
	d->map(d->callback.context, n_inputs, inputs, n, outputs);
	sj_status status = sj__outputs_take("sj_dataset_map", sj__error_frame_end(&frame), n, outputs, ret_tensors);
	sj_scope_end(scope);
	return status;
}

static sj_status map_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	sj_tensor *inputs[SJ_DATASET_MOST_COMPONENTS];
	sj_status status = sj__stage_next(stage->input, inputs, ret_end);
	if (status != SJ_OK || *ret_end)
		return status;
	status = map_call((const map_dataset *)stage->dataset, n_inputs_of(stage), inputs, ret_tensors);
	sj__tensors_drop(n_inputs_of(stage), inputs);
	return status;
}

static const sj__dataset_kind map_kind = {
	.name = "sj_dataset_map",
	.dataset_size = sizeof(map_dataset),
	.stage_size = sizeof(sj__stage),
	.begins_input = true,
	.next = map_next,
	.release = map_release,
};

/* ---- filter ---- */

static sj_status filter_call(const map_dataset *d, int n_inputs, sj_tensor *const *inputs, bool *ret_passes)
{
	sj__error_frame frame;
	sj__error_frame_begin(&frame);
	sj_scope scope = sj_scope_begin();
	*ret_passes = d->filter(d->callback.context, n_inputs, inputs);
	sj_scope_end(scope);
	return sj__error_frame_end(&frame);
}

static sj_status filter_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	sj_tensor *inputs[SJ_DATASET_MOST_COMPONENTS];
	int n = n_inputs_of(stage);
	for (;;) {
		bool passes = false;
		sj_status status = sj__stage_next(stage->input, inputs, ret_end);
		if (status != SJ_OK || *ret_end)
			return status;
		status = filter_call((const map_dataset *)stage->dataset, n, inputs, &passes);
		if (status == SJ_OK && passes) {
			memcpy(ret_tensors, inputs, sizeof(*inputs) * (size_t)n);
			return SJ_OK;
		}
		sj__tensors_drop(n, inputs);
		if (status != SJ_OK)
			return status;
	}
}

static const sj__dataset_kind filter_kind = {
	.name = "sj_dataset_filter",
	.dataset_size = sizeof(map_dataset),
	.stage_size = sizeof(sj__stage),
	.begins_input = true,
	.next = filter_next,
	.release = map_release,
};

/* ---- making ---- */

/* The context is the dataset's from here on, also on failure. */
static sj_dataset *over(const sj__dataset_kind *kind, sj_dataset *input, int n_outputs, map_dataset functions)
{
	map_dataset *d = NULL;
	if (functions.map == NULL && functions.filter == NULL)
		sj__dataset_refuse(input, "%s: the function is NULL", kind->name);
	else
		d = sj__dataset_new(kind, n_outputs, 1, &input);
	if (d == NULL) {
		sj__callback_release(&functions.callback);
		return NULL;
	}
	d->map = functions.map;
	d->filter = functions.filter;
	d->callback = functions.callback;
	return &d->base;
}

sj_dataset *sj_dataset_map(sj_dataset *input, int n_outputs, sj_map_function *function, void *context,
                           void (*release)(void *context))
{
	return over(&map_kind, input, n_outputs > 0 ? n_outputs : -1,
	            (map_dataset){.map = function, .callback = {context, release}});
}

sj_dataset *sj_dataset_filter(sj_dataset *input, sj_filter_function *function, void *context,
                              void (*release)(void *context))
{
	return over(&filter_kind, input, 0, (map_dataset){.filter = function, .callback = {context, release}});
}
