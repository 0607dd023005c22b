/*
 * Batches. The elements of one are held until it is complete; when there is no memory for it they stay, and the next call tries again.
 */
#include "base/arguments.h"
#include "base/compiler.h"
#include "base/memory.h"
#include "data/data.h"

typedef struct batch_dataset {
	sj_dataset base;
	int64_t batch_size;
	bool drop_remainder, pads;
} batch_dataset;

typedef struct batch_stage {
	sj__stage base;
	bool input_has_ended;
	sj__elements held;
} batch_stage;

static sj_status batch_begin(sj__stage *stage)
{
	((batch_stage *)stage)->held.width = stage->dataset->n_components;
	return SJ_OK;
}

static void batch_end(sj__stage *stage) { sj__elements_release(&((batch_stage *)stage)->held); }

/* ---- shapes ---- */

static sj_status element_fail(const batch_stage *s, int k, int64_t i)
{
	const sj_tensor *first = sj__elements_at(&s->held, 0)[k], *t = sj__elements_at(&s->held, i)[k];
	return sj__fail(SJ_INVALID_ARGUMENT,
	                "%s: component %d of element %lld of the batch is %s %s, of element 0 %s %s; they must agree%s",
	                s->base.dataset->kind->name, k, (long long)i, sj_dtype_name((sj_dtype)t->dtype),
	                sj__shape_text(t), sj_dtype_name((sj_dtype)first->dtype), sj__shape_text(first),
	                ((const batch_dataset *)s->base.dataset)->pads ? " in dtype and rank"
	                                                               : "; sj_dataset_padded_batch fills up");
}

/* The batch's shape: n, then the elements' one, or their largest sizes. */
static sj_status shape_find(const batch_stage *s, int k, int *ret_rank, int64_t *dims)
{
	const sj_tensor *first = sj__elements_at(&s->held, 0)[k];
	bool pads = ((const batch_dataset *)s->base.dataset)->pads;
	*ret_rank = first->shape.rank + 1;
	if (*ret_rank > SJ_MAX_RANK)
		return sj__fail(SJ_INVALID_ARGUMENT,
		                "sj_dataset_batch: elements of %d dimensions are too many to batch", first->shape.rank);
	dims[0] = s->held.n;
	memcpy(dims + 1, sj__dims(first), sizeof(*dims) * (size_t)first->shape.rank);
	for (int64_t i = 1; i < s->held.n; i++) {
		const sj_tensor *t = sj__elements_at(&s->held, i)[k];
		if (t->dtype != first->dtype || t->shape.rank != first->shape.rank ||
		    (!pads && !sj__same_shape(t, first)))
			return element_fail(s, k, i);
		for (int axis = 0; axis < t->shape.rank; axis++)
			dims[axis + 1] = sj__max_i64(dims[axis + 1], sj__dims(t)[axis]);
	}
	return SJ_OK;
}

/* ---- elements ---- */

/* Copies t into the corner of a block of t's rank with the dims given, row by row. */
static void corner_copy(const sj_tensor *t, char *block, const int64_t *dims)
{
	int last = t->shape.rank - 1;
	int64_t index[SJ_MAX_RANK] = {0}, size = (int64_t)sj__dtype_size(t->dtype), n = sj__dims(t)[last];
	const char *from = t->data;
	for (int64_t row = 0; n > 0 && row < t->shape.size / n; row++, from += n * size) {
		int64_t at = 0;
		for (int axis = 0; axis <= last; axis++)
			at = at * dims[axis] + (axis < last ? index[axis] : 0);
		sj__elements_copy((sj_dtype)t->dtype, block + at * size, from, n);
		for (int axis = last - 1; axis >= 0 && ++index[axis] == sj__dims(t)[axis]; axis--)
			index[axis] = 0;
	}
}

static sj_status component_stack(const batch_stage *s, int k, sj_tensor **ret_tensor)
{
	int64_t dims[SJ_MAX_RANK];
	int rank = 0;
	sj_tensor *t;
	sj_status status = shape_find(s, k, &rank, dims);
	if (status != SJ_OK)
		return status;
	sj_dtype dtype = (sj_dtype)sj__elements_at(&s->held, 0)[k]->dtype;
	status = sj__tensor_make("sj_dataset_batch", dtype, rank, dims, &t);
	if (status != SJ_OK)
		return status;
	int64_t n = t->shape.size / s->held.n, n_bytes = n * (int64_t)sj__dtype_size(t->dtype);
	if (((const batch_dataset *)s->base.dataset)->pads && dtype != SJ_STRING)
		memset(t->data, 0, (size_t)(n_bytes * s->held.n));
	for (int64_t i = 0; n > 0 && i < s->held.n; i++) {
		const sj_tensor *element = sj__elements_at(&s->held, i)[k];
		if (element->shape.size == n)
			sj__elements_copy(dtype, (char *)t->data + i * n_bytes, element->data, n);
		else
			corner_copy(element, (char *)t->data + i * n_bytes, dims + 1);
	}
	*ret_tensor = t;
	return SJ_OK;
}

static sj_status batch_stack(const batch_stage *s, sj_tensor **ret_tensors)
{
	sj_tensor *stacked[SJ_DATASET_MOST_COMPONENTS];
	for (int k = 0; k < s->held.width; k++) {
		sj_status status = component_stack(s, k, &stacked[k]);
		if (status != SJ_OK) {
			sj__tensors_drop(k, stacked);
			return status;
		}
	}
	memcpy(ret_tensors, stacked, sizeof(*stacked) * (size_t)s->held.width);
	return SJ_OK;
}

static sj_status batch_collect(batch_stage *s, int64_t batch_size)
{
	while (!s->input_has_ended && s->held.n < batch_size) {
		sj_status status = sj__elements_room(&s->held);
		if (status == SJ_OK)
			status = sj__stage_next(s->base.input, sj__elements_at(&s->held, s->held.n),
			                        &s->input_has_ended);
		if (status != SJ_OK)
			return status;
		s->held.n += !s->input_has_ended;
	}
	return SJ_OK;
}

static sj_status batch_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	batch_stage *s = (batch_stage *)stage;
	const batch_dataset *d = (const batch_dataset *)stage->dataset;
	sj_status status = batch_collect(s, d->batch_size);
	if (status != SJ_OK)
		return status;
	*ret_end = s->held.n == 0 || (d->drop_remainder && s->held.n < d->batch_size);
	if (!*ret_end)
		status = batch_stack(s, ret_tensors);
	if (status != SJ_RESOURCE_EXHAUSTED)
		sj__elements_clear(&s->held);
	return status;
}

static const sj__dataset_kind batch_kind = {
	.name = "sj_dataset_batch",
	.dataset_size = sizeof(batch_dataset),
	.stage_size = sizeof(batch_stage),
	.begins_input = true,
	.begin = batch_begin,
	.next = batch_next,
	.end = batch_end,
};
static const sj__dataset_kind padded_kind = {
	.name = "sj_dataset_padded_batch",
	.dataset_size = sizeof(batch_dataset),
	.stage_size = sizeof(batch_stage),
	.begins_input = true,
	.begin = batch_begin,
	.next = batch_next,
	.end = batch_end,
};

static sj_dataset *batch_over(const sj__dataset_kind *kind, sj_dataset *input, int64_t batch_size,
                              const sj_dataset_batch_args *given)
{
	sj_dataset_batch_args args;
	sj_status status = sj__arguments_take(kind->name, given, sizeof(args), &args);
	if (status != SJ_OK) {
		sj_dataset_free(input);
		sj__error_stick(status);
		return NULL;
	}
	if (input != NULL && batch_size < 1)
		return sj__dataset_refuse(input, "%s: batch_size is %lld; it must be at least 1", kind->name,
		                          (long long)batch_size);
	batch_dataset *d = sj__dataset_new(kind, 0, 1, &input);
	if (d == NULL)
		return NULL;
	d->batch_size = batch_size;
	d->drop_remainder = args.drop_remainder;
	d->pads = kind == &padded_kind;
	return &d->base;
}

sj_dataset *sj_dataset_batch_with(sj_dataset *input, int64_t batch_size, const sj_dataset_batch_args *args)
{
	return batch_over(&batch_kind, input, batch_size, args);
}

sj_dataset *sj_dataset_padded_batch_with(sj_dataset *input, int64_t batch_size, const sj_dataset_batch_args *args)
{
	return batch_over(&padded_kind, input, batch_size, args);
}
