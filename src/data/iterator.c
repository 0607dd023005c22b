/* Iterators: the stage of a dataset, the element now shown, and the guard against calls from inside. */
#include "base/memory.h"
#include "data/data.h"
#include "tensor/local.h"

/* How many numbers a dataset below has taken in this iterator. */
typedef struct count {
	const sj_dataset *dataset;
	uint64_t n;
	struct count *next;
} count;

struct sj_iterator {
	sj_dataset *dataset;
	sj__stage *stage;
	int32_t is_busy;
	bool has_ended;
	sj_tensor **now;    /* n_components: the element shown, own references; NULL: none */
	sj_tensor **coming; /* the same, while the next one is made */
	sj__lock *lock;     /* of the counts: stages of several threads may take numbers */
	count *counts;
};

static SJ_THREAD_LOCAL_COLD sj__frame *frames;

void sj__frame_push(sj__frame *frame, const sj_iterator *iterator)
{
	*frame = (sj__frame){iterator, frames};
	frames = frame;
}

void sj__frame_pop(sj__frame *frame) { frames = frame->outer; }

static bool is_inside(const sj_iterator *it)
{
	for (const sj__frame *f = frames; f != NULL; f = f->outer)
		if (f->iterator == it)
			return true;
	return false;
}

static count *count_find(const sj_iterator *root, const sj_dataset *dataset)
{
	count *c = root->counts;
	while (c != NULL && c->dataset != dataset)
		c = c->next;
	return c;
}

sj_status sj__root_count(sj_iterator *root, const sj_dataset *dataset, uint64_t n, uint64_t *ret_first)
{
	sj__lock_enter(root->lock);
	count *c = count_find(root, dataset);
	if (c == NULL && (c = sj__memory_new(sizeof(*c))) != NULL) {
		*c = (count){dataset, 0, root->counts};
		root->counts = c;
	}
	if (c != NULL) {
		*ret_first = c->n;
		c->n += n;
	}
	sj__lock_leave(root->lock);
	return c == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
}

/* ---- begin and end ---- */

static void iterator_release(sj_iterator *it)
{
	sj__stage_end(it->stage);
	if (it->now != NULL)
		sj__tensors_drop(it->dataset->n_components, it->now);
	while (it->counts != NULL) {
		count *next = it->counts->next;
		sj__memory_free(it->counts);
		it->counts = next;
	}
	sj__lock_delete(it->lock);
	sj__memory_free(it->now);
	sj_dataset_free(it->dataset);
	sj__memory_free(it);
}

static sj_status iterator_begin(sj_dataset *dataset, sj_iterator **ret_iterator)
{
	if (dataset == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_dataset_begin: the dataset is NULL");
	sj_iterator *it = sj__memory_new_zeroed(sizeof(*it));
	if (it == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	size_t n = (size_t)dataset->n_components;
	it->dataset = sj_dataset_keep(dataset);
	it->now = sj__memory_new_zeroed(2 * n * sizeof(*it->now));
	it->lock = sj__lock_new();
	sj_status status = it->now == NULL || it->lock == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
	if (status == SJ_OK) {
		it->coming = it->now + n;
		status = sj__stage_begin(dataset, it, &it->stage);
	}
	if (status == SJ_OK)
		*ret_iterator = it;
	else
		iterator_release(it);
	return status;
}

sj_iterator *sj_dataset_begin(sj_dataset *dataset)
{
	sj_iterator *it = NULL;
	sj__local_now();
	if (dataset == NULL && !sj_ok())
		return NULL;
	sj_status status = iterator_begin(dataset, &it);
	if (status != SJ_OK)
		sj__error_stick(status);
	return it;
}

void sj_iterator_free(sj_iterator *it)
{
	if (it == NULL)
		return;
	if (is_inside(it) || __atomic_load_n(&it->is_busy, __ATOMIC_ACQUIRE)) {
		sj__error_stick(
			sj__fail(SJ_FAILED_PRECONDITION,
		                 "sj_iterator_free: the iterator is at work; free it outside of its functions"));
		return;
	}
	iterator_release(it);
}

/* ---- next ---- */

static void element_show(sj_iterator *it)
{
	int n = it->dataset->n_components;
	sj__tensors_drop(n, it->now);
	for (int i = 0; i < n; i++) {
		it->now[i] = it->coming[i];
		it->coming[i] = NULL;
	}
}

static sj_status iterator_next(sj_iterator *it, bool *ret_end)
{
	sj__frame frame;
	if (it == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_iterator_next: the iterator is NULL");
	if (is_inside(it))
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "sj_iterator_next: called from within a function of the same iterator");
	if (__atomic_exchange_n(&it->is_busy, 1, __ATOMIC_ACQUIRE))
		return sj__fail(SJ_FAILED_PRECONDITION,
		                "sj_iterator_next: another thread is using the iterator; give each one its own");
	sj__frame_push(&frame, it);
	sj_status status = it->has_ended ? SJ_OK : sj__stage_next(it->stage, it->coming, &it->has_ended);
	sj__frame_pop(&frame);
	if (status == SJ_OK)
		element_show(it); /* at the end nothing is coming */
	*ret_end = it->has_ended;
	__atomic_store_n(&it->is_busy, 0, __ATOMIC_RELEASE);
	return status;
}

bool sj_iterator_next(sj_iterator *it, sj_tensor **ret_components)
{
	bool has_ended = false;
	sj__local_now();
	if (!sj_ok())
		return false;
	sj_status status = iterator_next(it, &has_ended);
	if (status != SJ_OK)
		sj__error_stick(status);
	if (status != SJ_OK || has_ended)
		return false;
	for (int i = 0; i < it->dataset->n_components; i++)
		ret_components[i] = it->now[i];
	return true;
}
