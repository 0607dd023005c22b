/*
 * The allocator where a sanitizer or valgrind watches: every block is its own malloc of exactly the size asked for, so that
 * overruns and uses after free are seen. Same account, same limit, same injected failures.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/memory_parts.h"

#ifdef SJ_MEMORY_PLAIN

void *sj__memory_new(size_t n_bytes)
{
	void *block;
	if (sj__memory_is_armed() && sj__account_injects())
		return sj__account_fail_injected(n_bytes);
	sj__thread_state *state = sj__thread_state_get();
	if (state == NULL || n_bytes > (size_t)PTRDIFF_MAX / 2 || (int64_t)n_bytes > sj__memory_limit())
		return sj__account_fail(n_bytes);
	if (posix_memalign(&block, 64, n_bytes + (n_bytes == 0)) != 0)
		return sj__account_fail(n_bytes);
	if (sj__account_take(state, (int64_t)malloc_usable_size(block)))
		return block;
	free(block);
	return sj__account_fail(n_bytes);
}

void sj__memory_free(void *block)
{
	if (block == NULL)
		return;
	int64_t n_bytes = (int64_t)malloc_usable_size(block);
	sj__thread_state *state = sj__thread_state_get();
	free(block);
	if (state == NULL)
		sj__account_give_global(n_bytes);
	else
		sj__account_give(state, n_bytes);
}

size_t sj__memory_capacity(const void *block) { return malloc_usable_size((void *)(uintptr_t)block); }

void sj__memory_trim(void) { malloc_trim(0); }

void sj__blocks_open(sj__thread_state *state) { (void)state; }
void sj__blocks_drain(sj__thread_state *state) { (void)state; }
void sj__blocks_lock_all(void) {}
void sj__blocks_unlock_all(void) {}

#endif
