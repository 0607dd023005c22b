/*
 * The allocator's front: size classes of 64 bytes up to 1 KiB, then four a power of two up to 256 KiB, each with a free
 * list of the thread's own; a block that another thread made joins the list of the thread that frees it. Larger blocks
 * come from the arena.
 */
#include "base/memory.h"

#include "base/memory_parts.h"

#ifndef SJ_MEMORY_PLAIN

#define SMALL_MOST ((size_t)256 << 10)
#define LIST_BYTES_MOST (1 << 20)

const uint32_t sj__class_sizes[SJ__N_SIZE_CLASSES] = {
	64,    128,   192,   256,   320,   384,   448,    512,    576,    640,    704,    768,
	832,   896,   960,   1024,  1280,  1536,  1792,   2048,   2560,   3072,   3584,   4096,
	5120,  6144,  7168,  8192,  10240, 12288, 14336,  16384,  20480,  24576,  28672,  32768,
	40960, 49152, 57344, 65536, 81920, 98304, 114688, 131072, 163840, 196608, 229376, 262144,
};

static SJ_ALWAYS_INLINE int class_of_size(size_t n_bytes)
{
	n_bytes += n_bytes == 0;
	if (SJ_LIKELY(n_bytes <= 1024))
		return (int)((n_bytes - 1) >> 6);
	int exponent = 63 - __builtin_clzll((unsigned long long)n_bytes - 1);
	return 16 + (exponent - 10) * 4 + (int)(((n_bytes - 1) >> (exponent - 2)) & 3);
}

static SJ_ALWAYS_INLINE int class_of_block(const void *block)
{
	uintptr_t address = (uintptr_t)block;
	const sj__span *span = (const sj__span *)(address & ~(uintptr_t)(SJ__SPAN_SIZE - 1));
	return span->class_of_page[(address & (SJ__SPAN_SIZE - 1)) >> SJ__SPAN_PAGE_SHIFT];
}

static void *new_small(sj__thread_state *state, int size_class)
{
	sj__block_list *list = &state->lists[size_class];
	if (list->head == NULL)
		list->count = sj__central_take(size_class, (list->most + 1) / 2, &list->head);
	void *block = list->head;
	if (block == NULL || !sj__account_take(state, sj__class_sizes[size_class]))
		return NULL;
	list->head = *(void **)block;
	list->count--;
	return block;
}

static void *new_large(sj__thread_state *state, size_t n_bytes)
{
	if (n_bytes > (size_t)PTRDIFF_MAX / 2 || (int64_t)n_bytes > sj__memory_limit())
		return NULL;
	void *block = sj__arena_take(n_bytes);
	if (block == NULL)
		return NULL;
	if (sj__account_take(state, (int64_t)sj__arena_capacity(block)))
		return block;
	sj__arena_give(block);
	return NULL;
}

static SJ_NOINLINE void *new_slowly(size_t n_bytes)
{
	if (sj__memory_is_armed() && sj__account_injects())
		return sj__account_fail_injected(n_bytes);
	sj__thread_state *state = sj__thread_state_get();
	if (state == NULL)
		return sj__account_fail(n_bytes);
	void *block = n_bytes <= SMALL_MOST ? new_small(state, class_of_size(n_bytes)) : new_large(state, n_bytes);
	return SJ_LIKELY(block != NULL) ? block : sj__account_fail(n_bytes);
}

/* The common case in one piece, without a call: every other one starts anew in new_slowly. */
void *sj__memory_new(size_t n_bytes)
{
	sj__thread_state *state = sj__thread_state_now;
	int armed = __atomic_load_n(&sj__memory_armed, __ATOMIC_RELAXED);
	if (SJ_UNLIKELY(state == NULL) || SJ_UNLIKELY(armed) || SJ_UNLIKELY(n_bytes > SMALL_MOST))
		return new_slowly(n_bytes);
	int size_class = class_of_size(n_bytes);
	sj__block_list *list = &state->lists[size_class];
	void *block = list->head;
	if (SJ_UNLIKELY(block == NULL) || SJ_UNLIKELY(!sj__account_take_credit(state, sj__class_sizes[size_class])))
		return new_slowly(n_bytes);
	list->head = *(void **)block;
	list->count--;
	return block;
}

/* Moves the newest n blocks of a list to the central one. */
static SJ_NOINLINE void give_central(sj__block_list *list, int size_class, int32_t n)
{
	void *head = list->head;
	void *tail = head;
	for (int32_t i = 1; i < n; i++)
		tail = *(void **)tail;
	list->head = *(void **)tail;
	list->count -= n;
	sj__central_give(size_class, head, tail, n);
}

static SJ_NOINLINE void free_slowly(void *block)
{
	sj__thread_state *state = sj__thread_state_get();
	int64_t n_bytes = (int64_t)sj__memory_capacity(block);
	bool is_large = sj__arena_owns(block);
	if (is_large)
		sj__arena_give(block);
	else if (state == NULL)
		sj__central_give(class_of_block(block), block, block, 1);
	if (state == NULL)
		sj__account_give_global(n_bytes);
	else if (is_large)
		sj__account_give(state, n_bytes);
	else
		sj__memory_free(block);
}

/* After a push that made the list too long or the credit too large. */
static SJ_NOINLINE void settle(sj__thread_state *state, int size_class)
{
	sj__block_list *list = &state->lists[size_class];
	sj__account_give(state, sj__class_sizes[size_class]);
	if (list->count > list->most)
		give_central(list, size_class, list->count / 2);
}

void sj__memory_free(void *block)
{
	sj__thread_state *state = sj__thread_state_now;
	if (SJ_UNLIKELY(block == NULL))
		return;
	if (SJ_UNLIKELY(state == NULL) || SJ_UNLIKELY(sj__arena_owns(block))) {
		free_slowly(block);
		return;
	}
	int size_class = class_of_block(block);
	sj__block_list *list = &state->lists[size_class];
	int64_t credit = __atomic_load_n(&state->credit, __ATOMIC_RELAXED) + sj__class_sizes[size_class];
	*(void **)block = list->head;
	list->head = block;
	if (SJ_UNLIKELY(++list->count > list->most) || SJ_UNLIKELY(credit > SJ__CREDIT_MOST))
		settle(state, size_class);
	else
		__atomic_store_n(&state->credit, credit, __ATOMIC_RELAXED);
}

size_t sj__memory_capacity(const void *block)
{
	return sj__arena_owns(block) ? sj__arena_capacity(block) : sj__class_sizes[class_of_block(block)];
}

void sj__blocks_open(sj__thread_state *state)
{
	for (int i = 0; i < SJ__N_SIZE_CLASSES; i++) {
		int32_t most = LIST_BYTES_MOST / (int32_t)sj__class_sizes[i];
		state->lists[i].most = most > 256 ? 256 : most;
	}
}

void sj__blocks_drain(sj__thread_state *state)
{
	for (int i = 0; i < SJ__N_SIZE_CLASSES; i++)
		if (state->lists[i].head != NULL)
			give_central(&state->lists[i], i, state->lists[i].count);
}

void sj__memory_trim(void)
{
	sj__thread_state *state = sj__thread_state_now;
	if (state != NULL)
		sj__blocks_drain(state);
	sj__central_trim();
	sj__arena_trim();
}

void sj__blocks_lock_all(void)
{
	sj__central_lock();
	sj__arena_lock();
}

void sj__blocks_unlock_all(void)
{
	sj__arena_unlock();
	sj__central_unlock();
}

#endif
