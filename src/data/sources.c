/* Where elements come from: tensors, their slices, ranges of integers, functions of the caller. */
#include "base/compiler.h"
#include "base/memory.h"
#include "data/data.h"
#include "sokuji/scope.h"
#include "tensor/concrete.h"

/* ---- tensors and slices ---- */

typedef struct tensors_dataset {
	sj_dataset base;
	sj_tensor **tensors; /* n_components; own references, NULL where they are not taken yet */
	int64_t n_elements;
} tensors_dataset;

typedef struct position_stage {
	sj__stage base;
	int64_t index; /* of the next element */
} position_stage;

static void tensors_release(sj_dataset *dataset)
{
	tensors_dataset *d = (tensors_dataset *)dataset;
	if (d->tensors != NULL)
		sj__tensors_drop(dataset->n_components, d->tensors);
	sj__memory_free(d->tensors);
}

static sj_status tensors_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const tensors_dataset *d = (const tensors_dataset *)stage->dataset;
	position_stage *s = (position_stage *)stage;
	*ret_end = s->index > 0;
	for (int i = 0; s->index == 0 && i < stage->dataset->n_components; i++)
		ret_tensors[i] = sj__keep(d->tensors[i]);
	s->index = 1;
	return SJ_OK;
}

static sj_status slice_take(sj_tensor *t, int64_t index, int64_t n_elements, sj_tensor **ret_slice)
{
	int64_t n_bytes = t->shape.size / n_elements * (int64_t)sj__dtype_size(t->dtype);
	return sj__tensor_view(t, t->shape.rank - 1, sj__dims(t) + 1, index * n_bytes, ret_slice);
}

static sj_status slices_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const tensors_dataset *d = (const tensors_dataset *)stage->dataset;
	position_stage *s = (position_stage *)stage;
	sj_tensor *slices[SJ_DATASET_MOST_COMPONENTS];
	*ret_end = s->index == d->n_elements;
	if (*ret_end)
		return SJ_OK;
	for (int i = 0; i < stage->dataset->n_components; i++) {
		sj_status status = slice_take(d->tensors[i], s->index, d->n_elements, &slices[i]);
		if (status != SJ_OK) {
			sj__tensors_drop(i, slices);
			return status;
		}
	}
	memcpy(ret_tensors, slices, sizeof(*slices) * (size_t)stage->dataset->n_components);
	s->index++;
	return SJ_OK;
}

static const sj__dataset_kind tensors_kind = {
	.name = "sj_dataset_from_tensors",
	.dataset_size = sizeof(tensors_dataset),
	.stage_size = sizeof(position_stage),
	.next = tensors_next,
	.release = tensors_release,
};
static const sj__dataset_kind slices_kind = {
	.name = "sj_dataset_from_slices",
	.dataset_size = sizeof(tensors_dataset),
	.stage_size = sizeof(position_stage),
	.next = slices_next,
	.release = tensors_release,
};

static sj_status tensors_take(tensors_dataset *d, sj_tensor *const *components)
{
	int n = d->base.n_components;
	if (components == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "%s: the tensors are NULL", d->base.kind->name);
	d->tensors = sj__memory_new_zeroed(sizeof(*d->tensors) * (size_t)n);
	sj_status status = d->tensors == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
	for (int i = 0; status == SJ_OK && i < n; i++)
		status = sj__concrete(d->base.kind->name, components[i], &d->tensors[i]);
	return status;
}

/* All of one size along the first axis. */
static sj_status slices_check(tensors_dataset *d)
{
	for (int i = 0; i < d->base.n_components; i++) {
		const sj_tensor *t = d->tensors[i];
		if (t->shape.rank == 0)
			return sj__fail(SJ_INVALID_ARGUMENT,
			                "sj_dataset_from_slices: tensor %d is a scalar; it has no slices", i);
		if (sj__dims(t)[0] != sj__dims(d->tensors[0])[0])
			return sj__fail(
				SJ_INVALID_ARGUMENT,
				"sj_dataset_from_slices: tensor %d is %s, tensor 0 is %s: the first sizes differ", i,
				sj__shape_text(t), sj__shape_text(d->tensors[0]));
	}
	d->n_elements = sj__dims(d->tensors[0])[0];
	return SJ_OK;
}

static sj_dataset *tensors_new(const sj__dataset_kind *kind, int n, sj_tensor *const *components)
{
	tensors_dataset *d = sj__dataset_new(kind, n > 0 ? n : -1, 0, NULL);
	if (d == NULL)
		return NULL;
	sj_status status = tensors_take(d, components);
	if (status == SJ_OK && kind == &slices_kind)
		status = slices_check(d);
	if (status == SJ_OK)
		return &d->base;
	sj__error_stick(status);
	sj_dataset_free(&d->base);
	return NULL;
}

sj_dataset *sj_dataset_from_tensors(int n, sj_tensor *const *components)
{
	return tensors_new(&tensors_kind, n, components);
}
sj_dataset *sj_dataset_from_slices(int n, sj_tensor *const *components)
{
	return tensors_new(&slices_kind, n, components);
}

/* ---- ranges ---- */

typedef struct range_dataset {
	sj_dataset base;
	int64_t begin, step;
	uint64_t n_elements;
} range_dataset;

static sj_status range_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const range_dataset *d = (const range_dataset *)stage->dataset;
	position_stage *s = (position_stage *)stage;
	*ret_end = (uint64_t)s->index == d->n_elements;
	if (*ret_end)
		return SJ_OK;
	sj_status status = sj__tensor_make("sj_dataset_range", SJ_INT64, 0, NULL, ret_tensors);
	if (status != SJ_OK)
		return status;
	/* Within [begin, end), but the product alone may pass 63 bits. */
	*(int64_t *)(*ret_tensors)->data = (int64_t)((uint64_t)d->begin + (uint64_t)s->index * (uint64_t)d->step);
	s->index++;
	return SJ_OK;
}

static const sj__dataset_kind range_kind = {
	.name = "sj_dataset_range",
	.dataset_size = sizeof(range_dataset),
	.stage_size = sizeof(position_stage),
	.next = range_next,
};

/* ceil((end - begin) / step), in unsigned arithmetic that cannot overflow. */
static uint64_t range_count(int64_t begin, int64_t end, int64_t step)
{
	if (step > 0)
		return begin >= end ? 0 : ((uint64_t)end - (uint64_t)begin - 1) / (uint64_t)step + 1;
	return begin <= end ? 0 : ((uint64_t)begin - (uint64_t)end - 1) / (0 - (uint64_t)step) + 1;
}

sj_dataset *sj_dataset_range(int64_t begin, int64_t end, int64_t step)
{
	if (step == 0)
		return sj__dataset_refuse(NULL, "sj_dataset_range: the step is 0");
	range_dataset *d = sj__dataset_new(&range_kind, 1, 0, NULL);
	if (d == NULL)
		return NULL;
	d->begin = begin;
	d->step = step;
	d->n_elements = range_count(begin, end, step);
	return &d->base;
}

/* ---- functions ---- */

typedef struct function_dataset {
	sj_dataset base;
	sj_dataset_function *function;
	sj__callback callback;
} function_dataset;

static void function_release(sj_dataset *dataset) { sj__callback_release(&((function_dataset *)dataset)->callback); }

static sj_status function_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	const function_dataset *d = (const function_dataset *)stage->dataset;
	position_stage *s = (position_stage *)stage;
	sj_tensor *outputs[SJ_DATASET_MOST_COMPONENTS] = {NULL};
	int n = stage->dataset->n_components;
	sj__error_frame frame;
	sj__error_frame_begin(&frame);
	sj_scope scope = sj_scope_begin();
	bool has_more = d->function(d->callback.context, s->index++, n, outputs);
	sj_status status = sj__error_frame_end(&frame);
	if (has_more || status != SJ_OK)
		status = sj__outputs_take("sj_dataset_from_function", status, n, outputs, ret_tensors);
	sj_scope_end(scope);
	*ret_end = status == SJ_OK && !has_more;
	return status;
}

static const sj__dataset_kind function_kind = {
	.name = "sj_dataset_from_function",
	.dataset_size = sizeof(function_dataset),
	.stage_size = sizeof(position_stage),
	.next = function_next,
	.release = function_release,
};

sj_dataset *sj_dataset_from_function(int n_outputs, sj_dataset_function *function, void *context,
                                     void (*release)(void *context))
{
	sj__callback callback = {context, release};
	function_dataset *d = NULL;
	if (function == NULL)
		sj__dataset_refuse(NULL, "sj_dataset_from_function: the function is NULL");
	else
		d = sj__dataset_new(&function_kind, n_outputs > 0 ? n_outputs : -1, 0, NULL);
	if (d == NULL) {
		sj__callback_release(&callback);
		return NULL;
	}
	d->function = function;
	d->callback = callback;
	return &d->base;
}
