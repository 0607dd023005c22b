/* Scopes: a stack of owned tensors per thread, and the region in which denormals are flushed to zero. */
#include "sokuji/scope.h"

#include "base/denormals.h"
#include "base/memory.h"
#include "tensor/handle.h"

static bool owned_grow(sj__local *thread)
{
	int64_t capacity = thread->owned_capacity == 0 ? 256 : thread->owned_capacity * 2;
	sj_tensor **owned = sj__memory_resize(thread->owned, sizeof(*owned) * (size_t)thread->n_owned,
	                                      sizeof(*owned) * (size_t)capacity);
	if (owned == NULL)
		return false;
	thread->owned = owned;
	thread->owned_capacity = capacity;
	return true;
}

sj_tensor *sj__scope_push_slow(sj__local *thread, sj_tensor *tensor)
{
	sj__local_now();
	if (!owned_grow(thread)) {
		sj__error_stick(SJ_RESOURCE_EXHAUSTED);
		sj__drop(tensor);
		return &sj__nil_tensor;
	}
	thread->owned[thread->n_owned++] = tensor;
	return tensor;
}

sj_scope sj_scope_begin(void)
{
	sj__local *thread = sj__local_now();
	if (thread->region_depth == 0)
		thread->denormals_before = sj__denormals_flush_begin();
	thread->region_depth++;
	thread->n_scopes++;
	/* The number of open scopes rides along, so that ending an outer scope ends the inner ones left open. */
	return (sj_scope){thread->n_owned << 20 | (thread->n_scopes & 0xfffff)};
}

static void region_leave(sj__local *thread, int64_t n_scopes_left)
{
	int64_t n_ended = thread->n_scopes - n_scopes_left;
	thread->n_scopes = n_scopes_left;
	thread->region_depth -= (int32_t)n_ended;
	if (thread->region_depth == 0)
		sj__denormals_flush_end(thread->denormals_before);
}

void sj_scope_end(sj_scope scope)
{
	sj__local *thread = sj__local_now();
	int64_t mark = scope.mark >> 20, number = scope.mark & 0xfffff;
	if (number < 1 || number > thread->n_scopes || mark < 0 || mark > thread->n_owned)
		return; /* ended already */
	sj_tensor **owned = thread->owned;
	int64_t n = thread->n_owned;
	thread->n_owned = mark;
	while (n > mark) /* the end of a tensor never opens a scope */
		sj__drop_quick(thread, owned[--n]);
	region_leave(thread, number - 1);
}

sj_tensor *sj_scope_return(sj_scope scope, sj_tensor *tensor)
{
	if (!sj__is_live(tensor)) {
		sj_scope_end(scope);
		return tensor;
	}
	sj_keep(tensor);
	sj_scope_end(scope);
	return sj_scope_own(tensor);
}

sj_tensor *sj_scope_own(sj_tensor *tensor)
{
	if (!sj__is_live(tensor) || sj__is_nil(tensor))
		return tensor;
	sj__local_now();
	return sj__scope_push(tensor);
}
