/* Taking a handle from the thread's pool and giving it back: a few instructions, in the callers' own code. */
#ifndef SOKUJI_TENSOR_HANDLE_H
#define SOKUJI_TENSOR_HANDLE_H

#include "base/memory.h"
#include "tensor/local.h"

/* Fills the thread's pool, or counts one more allocation where failures are injected; false without memory. */
bool sj__handles_prepare(sj__local *thread) SJ_NOINLINE;

/* A handle without shape, dtype and bytes; NULL without memory. */
static SJ_ALWAYS_INLINE sj_tensor *sj__handle_take(void)
{
	sj__local *thread = &sj__local_state;
	if (SJ_UNLIKELY(thread->free_handles == NULL || sj__memory_is_armed()) && !sj__handles_prepare(thread))
		return NULL;
	sj_tensor *t = thread->free_handles;
	thread->free_handles = t->data;
	t->magic = SJ__TENSOR_LIVE;
	t->refs = 1;
	t->flags = 0;
	t->owner = thread->number;
	t->tape_epoch = 0;
	t->data = NULL;
	t->storage = NULL;
	return t;
}

/* Where a sanitizer watches, all bytes come from the allocator, so that it sees what is written beyond them. */
#ifdef SJ_MEMORY_PLAIN
enum { SJ__INSIDE_MOST = -1 };
#else
enum { SJ__INSIDE_MOST = SJ__INSIDE_BYTES };
#endif

/*
 * For the quick ways: a handle whose shape and bytes the caller adds, or NULL where the pool is empty or failures are injected.
 * NULL says nothing about memory: the caller goes the ordinary way.
 */
static SJ_ALWAYS_INLINE sj_tensor *sj__handle_quick(sj__local *thread, sj_dtype dtype)
{
	sj_tensor *t = thread->free_handles;
	if (SJ_UNLIKELY(t == NULL || sj__memory_is_armed()))
		return NULL;
	thread->free_handles = t->data;
	t->magic = SJ__TENSOR_LIVE;
	t->refs = 1;
	t->dtype = (uint8_t)dtype;
	t->flags = 0;
	t->owner = thread->number;
	t->tape_epoch = 0;
	return t;
}

/* Its bytes, of which there are `size` elements of so many; false without memory, and then the handle is gone. */
static SJ_ALWAYS_INLINE bool sj__handle_quick_bytes(sj_tensor *t, int64_t size, int64_t element)
{
	t->shape.size = size;
	if (SJ_LIKELY(size * element <= SJ__INSIDE_MOST)) {
		t->inside.refs = 1;
		t->inside.n_bytes = size * element;
		t->storage = &t->inside;
		t->data = t->inside_bytes;
		return true;
	}
	t->storage = NULL;
	if (SJ_LIKELY(sj__tensor_allocate(t) == SJ_OK))
		return true;
	sj__drop(t);
	return false;
}

/* sj__drop of what is neither NULL nor nil, with the common end of a small tensor in the caller's code. */
static SJ_ALWAYS_INLINE void sj__drop_quick(sj__local *thread, sj_tensor *t)
{
	if (SJ_LIKELY(!sj__count_down(&t->refs)))
		return;
	if (SJ_LIKELY((t->storage == &t->inside) & (t->owner == thread->number) & (t->flags == 0)) &&
	    SJ_LIKELY(t->shape.heap_dims == NULL) && __atomic_load_n(&t->inside.refs, __ATOMIC_ACQUIRE) == 1) {
		t->magic = 0;
		t->data = thread->free_handles;
		thread->free_handles = t;
		return;
	}
	sj__tensor_destroy(t);
}

/* A handle of at most SJ__INLINE_DIMS dimensions, all of it checked by the caller. */
static SJ_ALWAYS_INLINE sj_status sj__tensor_of(sj_dtype dtype, int rank, const int64_t *dims, int64_t size,
                                                sj_tensor **ret_tensor)
{
	sj_tensor *t = sj__handle_take();
	if (SJ_UNLIKELY(t == NULL))
		return SJ_RESOURCE_EXHAUSTED;
	t->dtype = (uint8_t)dtype;
	t->shape.rank = rank;
	t->shape.size = size;
	for (int i = 0; i < rank; i++)
		t->shape.inline_dims[i] = dims[i];
	*ret_tensor = t;
	return SJ_OK;
}

#endif
