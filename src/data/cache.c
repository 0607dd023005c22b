/*
 * Elements kept in memory. An iterator that finds no complete cache collects for itself while its input comes through, and gives the
 * dataset what it has when it reaches the end; one that stops before leaves nothing behind.
 */
#include "base/memory.h"
#include "data/data.h"

typedef struct cache_dataset {
	sj_dataset base;
	sj__lock *lock;
	bool is_complete; /* from then on the elements are only read */
	sj__elements elements;
} cache_dataset;

typedef struct cache_stage {
	sj__stage base;
	bool reads_cache, has_ended;
	int64_t index;
	sj__elements collected;
} cache_stage;

static void cache_release(sj_dataset *dataset)
{
	cache_dataset *d = (cache_dataset *)dataset;
	sj__elements_release(&d->elements);
	sj__lock_delete(d->lock);
}

static sj_status cache_begin(sj__stage *stage)
{
	cache_dataset *d = (cache_dataset *)stage->dataset;
	cache_stage *s = (cache_stage *)stage;
	s->collected.width = stage->dataset->n_components;
	sj__lock_enter(d->lock);
	s->reads_cache = d->is_complete;
	sj__lock_leave(d->lock);
	return s->reads_cache ? SJ_OK : sj__stage_begin(stage->dataset->inputs[0], stage->root, &stage->input);
}

static void cache_end(sj__stage *stage) { sj__elements_release(&((cache_stage *)stage)->collected); }

static void cache_complete(cache_dataset *d, cache_stage *s)
{
	sj__lock_enter(d->lock);
	if (!d->is_complete) {
		d->elements = s->collected;
		d->is_complete = true;
		s->collected = (sj__elements){.width = d->elements.width};
	}
	sj__lock_leave(d->lock);
}

static void element_keep(int n, sj_tensor *const *from, sj_tensor **to)
{
	for (int k = 0; k < n; k++)
		to[k] = sj__keep(from[k]);
}

static sj_status input_next(cache_dataset *d, cache_stage *s, sj_tensor **ret_tensors, bool *ret_end)
{
	sj_status status = s->has_ended ? SJ_OK : sj__elements_room(&s->collected);
	*ret_end = s->has_ended;
	if (status == SJ_OK && !s->has_ended)
		status = sj__stage_next(s->base.input, ret_tensors, ret_end);
	if (status != SJ_OK || s->has_ended)
		return status;
	if (*ret_end) {
		s->has_ended = true;
		cache_complete(d, s);
	} else {
		element_keep(s->collected.width, ret_tensors, sj__elements_at(&s->collected, s->collected.n++));
	}
	return SJ_OK;
}

static sj_status cache_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	cache_dataset *d = (cache_dataset *)stage->dataset;
	cache_stage *s = (cache_stage *)stage;
	if (!s->reads_cache)
		return input_next(d, s, ret_tensors, ret_end);
	*ret_end = s->index == d->elements.n;
	if (!*ret_end)
		element_keep(d->elements.width, sj__elements_at(&d->elements, s->index++), ret_tensors);
	return SJ_OK;
}

static const sj__dataset_kind cache_kind = {
	.name = "sj_dataset_cache",
	.dataset_size = sizeof(cache_dataset),
	.stage_size = sizeof(cache_stage),
	.begin = cache_begin,
	.next = cache_next,
	.end = cache_end,
	.release = cache_release,
};

sj_dataset *sj_dataset_cache(sj_dataset *input)
{
	cache_dataset *d = sj__dataset_new(&cache_kind, 0, 1, &input);
	if (d == NULL)
		return NULL;
	d->elements.width = d->base.n_components;
	d->lock = sj__lock_new();
	if (d->lock != NULL)
		return &d->base;
	sj__error_stick(SJ_RESOURCE_EXHAUSTED);
	sj_dataset_free(&d->base);
	return NULL;
}
