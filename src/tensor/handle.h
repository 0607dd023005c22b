/* Taking a handle from the thread's pool: a few instructions, in the callers' own code. */
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
	t->variable = NULL;
	t->shape.heap_dims = NULL;
	return t;
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
