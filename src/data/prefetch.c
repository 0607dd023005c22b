/*
 * Elements made ahead by a thread of the stage's own, which has scopes and tapes of its own. After an error it waits until the error
 * has been taken, so errors arrive in their places. Ending the stage tells the thread and joins it.
 */
#include "base/memory.h"
#include "data/data.h"
#include "tensor/local.h"

#define LOOK_NS 20000000 /* how often a waiting consumer looks whether it is cancelled */

typedef struct item {
	struct item *next;
	sj_tensor *tensors[];
} item;

typedef struct prefetch_dataset {
	sj_dataset base;
	int64_t n_ahead;
} prefetch_dataset;

/* Everything after `lock` is guarded by it. */
typedef struct prefetch_stage {
	sj__stage base;
	sj__thread *thread; /* NULL before the first element is asked for */
	sj__lock *lock;
	bool must_stop, has_ended;
	sj_status failed; /* the error that is due after the items, until it is taken */
	int64_t n;
	item *first, *last;
	char message[1024];
} prefetch_stage;

static int64_t n_ahead_of(const prefetch_stage *s) { return ((const prefetch_dataset *)s->base.dataset)->n_ahead; }

static void item_free(const prefetch_stage *s, item *it)
{
	sj__tensors_drop(s->base.dataset->n_components, it->tensors);
	sj__memory_free(it);
}

/* ---- the producer ---- */

/* Waits until there is room. False when the thread is to end. */
static bool room_wait(prefetch_stage *s)
{
	while (!s->must_stop && (s->n >= n_ahead_of(s) || s->failed != SJ_OK))
		sj__lock_wait(s->lock);
	return !s->must_stop;
}

/* Makes one element without the lock; *ret_item is NULL at the end and on failure. */
static sj_status item_make(prefetch_stage *s, item **ret_item)
{
	bool has_ended = false;
	size_t n = (size_t)s->base.dataset->n_components;
	*ret_item = NULL;
	item *made = sj__memory_new(sizeof(*made) + n * sizeof(*made->tensors));
	if (made == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	made->next = NULL;
	sj_status status = sj__stage_next(s->base.input, made->tensors, &has_ended);
	if (status == SJ_OK && !has_ended)
		*ret_item = made;
	else
		sj__memory_free(made);
	return status;
}

static void item_deliver(prefetch_stage *s, sj_status status, item *made)
{
	if (status != SJ_OK) {
		s->failed = status;
		strncpy(s->message, sj_error_message(), sizeof(s->message) - 1);
	} else if (made == NULL) {
		s->has_ended = true;
	} else {
		*(s->last != NULL ? &s->last->next : &s->first) = made;
		s->last = made;
		s->n++;
	}
	sj__lock_wake_all(s->lock);
}

static void produce(void *context)
{
	prefetch_stage *s = context;
	sj__frame frame;
	sj__local_now();
	sj__frame_push(&frame, s->base.root);
	sj__lock_enter(s->lock);
	while (!s->has_ended && room_wait(s)) {
		item *made;
		sj__lock_leave(s->lock);
		sj_status status = item_make(s, &made);
		sj__lock_enter(s->lock);
		item_deliver(s, status, made);
	}
	sj__lock_leave(s->lock);
	sj__frame_pop(&frame);
}

/* ---- the consumer ---- */

static sj_status prefetch_begin(sj__stage *stage)
{
	prefetch_stage *s = (prefetch_stage *)stage;
	s->lock = sj__lock_new();
	return s->lock == NULL ? SJ_RESOURCE_EXHAUSTED : SJ_OK;
}

static void prefetch_end(sj__stage *stage)
{
	prefetch_stage *s = (prefetch_stage *)stage;
	if (s->thread != NULL) {
		sj__lock_enter(s->lock);
		s->must_stop = true;
		sj__lock_wake_all(s->lock);
		sj__lock_leave(s->lock);
		sj__thread_join(s->thread);
	}
	while (s->first != NULL) {
		item *next = s->first->next;
		item_free(s, s->first);
		s->first = next;
	}
	sj__lock_delete(s->lock);
}

static sj_status delivery_wait(prefetch_stage *s)
{
	while (s->first == NULL && s->failed == SJ_OK && !s->has_ended) {
		if (sj__cancelled())
			return sj__fail(SJ_CANCELLED, "sj_dataset_prefetch: cancelled");
		sj__lock_wait_most(s->lock, LOOK_NS);
	}
	return SJ_OK;
}

/* Under the lock: the first item (NULL at the end), or the error that is due. */
static sj_status delivery_take(prefetch_stage *s, item **ret_item)
{
	sj_status status = delivery_wait(s);
	*ret_item = NULL;
	if (status != SJ_OK)
		return status;
	if (s->first != NULL) {
		*ret_item = s->first;
		s->first = s->first->next;
		if (s->first == NULL)
			s->last = NULL;
		s->n--;
	} else if (s->failed != SJ_OK) {
		status = sj__fail(s->failed, "%s", s->message);
		s->failed = SJ_OK;
	}
	sj__lock_wake_all(s->lock);
	return status;
}

static sj_status prefetch_next(sj__stage *stage, sj_tensor **ret_tensors, bool *ret_end)
{
	prefetch_stage *s = (prefetch_stage *)stage;
	item *taken;
	if (s->thread == NULL && (s->thread = sj__thread_begin(produce, s)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj__lock_enter(s->lock);
	sj_status status = delivery_take(s, &taken);
	sj__lock_leave(s->lock);
	*ret_end = status == SJ_OK && taken == NULL;
	if (taken == NULL)
		return status;
	memcpy(ret_tensors, taken->tensors, sizeof(*ret_tensors) * (size_t)stage->dataset->n_components);
	sj__memory_free(taken);
	return SJ_OK;
}

static const sj__dataset_kind prefetch_kind = {
	.name = "sj_dataset_prefetch",
	.dataset_size = sizeof(prefetch_dataset),
	.stage_size = sizeof(prefetch_stage),
	.begins_input = true,
	.begin = prefetch_begin,
	.next = prefetch_next,
	.end = prefetch_end,
};

sj_dataset *sj_dataset_prefetch(sj_dataset *input, int64_t n)
{
	if (input != NULL && n < 1)
		return sj__dataset_refuse(input, "sj_dataset_prefetch: %lld elements ahead; it must be at least 1",
		                          (long long)n);
	prefetch_dataset *d = sj__dataset_new(&prefetch_kind, 0, 1, &input);
	if (d == NULL)
		return NULL;
	d->n_ahead = n;
	return &d->base;
}
