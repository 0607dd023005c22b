/*
 * What the parts of the allocator know of each other. account: limit, injected failures and bytes in use. blocks: the
 * small ones (memory.c, central.c), or every one its own malloc (memory_plain.c) where a sanitizer watches. arena: the
 * large ones. Included by this room's allocator files only.
 */
#ifndef SOKUJI_BASE_MEMORY_PARTS_H
#define SOKUJI_BASE_MEMORY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/thread_state.h"

#define SJ__SPAN_SIZE ((size_t)2 << 20)

/* ---- account ---- */

/* Armed only: counts this allocation; true when it is the one that must fail. */
bool sj__account_injects(void) SJ_COLD;

/* Slow halves of take and give: an exchange with the global account. */
bool sj__account_reserve(sj__thread_state *state, int64_t n_bytes) SJ_NOINLINE;
void sj__account_give_back(sj__thread_state *state, int64_t credit) SJ_NOINLINE;

/* For a thread whose record could not be made. */
void sj__account_give_global(int64_t n_bytes);

/* The end of a thread: all its credit goes back. */
void sj__account_close(sj__thread_state *state);

/* Reports that n_bytes could not be had and returns NULL. */
void *sj__account_fail(size_t n_bytes) SJ_COLD;
void *sj__account_fail_injected(size_t n_bytes) SJ_COLD;

#define SJ__CREDIT_MOST ((int64_t)1 << 20)

/*
 * Takes n_bytes from the thread's own credit; false when that is too small. Only the owner writes it, so a plain subtraction
 * between a relaxed load and a relaxed store loses nothing.
 */
static SJ_ALWAYS_INLINE bool sj__account_take_credit(sj__thread_state *state, int64_t n_bytes)
{
	int64_t credit = __atomic_load_n(&state->credit, __ATOMIC_RELAXED) - n_bytes;
	if (SJ_UNLIKELY(credit < __atomic_load_n(&state->lowest_credit, __ATOMIC_RELAXED))) {
		if (credit < 0)
			return false;
		__atomic_store_n(&state->lowest_credit, credit, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&state->credit, credit, __ATOMIC_RELAXED);
	return true;
}

/* The same, with help from the global account; false when the limit would be passed. */
static SJ_ALWAYS_INLINE bool sj__account_take(sj__thread_state *state, int64_t n_bytes)
{
	return sj__account_take_credit(state, n_bytes) || sj__account_reserve(state, n_bytes);
}

static SJ_ALWAYS_INLINE void sj__account_give(sj__thread_state *state, int64_t n_bytes)
{
	int64_t credit = __atomic_load_n(&state->credit, __ATOMIC_RELAXED) + n_bytes;
	if (SJ_UNLIKELY(credit > SJ__CREDIT_MOST))
		sj__account_give_back(state, credit);
	else
		__atomic_store_n(&state->credit, credit, __ATOMIC_RELAXED);
}

/* ---- blocks ---- */

void sj__blocks_open(sj__thread_state *state);
void sj__blocks_drain(sj__thread_state *state);
void sj__blocks_lock_all(void);
void sj__blocks_unlock_all(void);

/* ---- central: runs of small blocks, cut from spans ---- */

/* A span is 2 MiB, so aligned; its header, in the first of 32 pages of 64 KiB, tells the class of every page. */
typedef struct sj__span {
	uint8_t class_of_page[32];
	uint32_t free_pages;        /* a bit each */
	uint8_t run_of_page[32];    /* the first page of the run that the page belongs to */
	uint16_t n_of_run[32];      /* blocks of the run that begins here */
	uint16_t n_free_of_run[32]; /* used while trimming */
	struct sj__span *next;
} sj__span;

#define SJ__SPAN_PAGE_SHIFT 16

extern SJ_HIDDEN const uint32_t sj__class_sizes[SJ__N_SIZE_CLASSES];

/* Up to n blocks of a class as a chain that ends in NULL; returns how many, 0 when memory is exhausted. */
int32_t sj__central_take(int size_class, int32_t n, void **ret_head);
void sj__central_give(int size_class, void *head, void *tail, int32_t n);
void sj__central_trim(void);
void sj__central_lock(void);
void sj__central_unlock(void);

/* ---- arena: large blocks ---- */

/*
 * A large block begins 64 bytes behind a 4 KiB boundary, where its chunk's header lies; no small block does. So an address
 * alone tells which it is.
 */
#define SJ__CHUNK_HEADER 64
#define SJ__CHUNK_PAGE ((size_t)4096)

static SJ_ALWAYS_INLINE bool sj__arena_owns(const void *block)
{
	return ((uintptr_t)block & (SJ__CHUNK_PAGE - 1)) == SJ__CHUNK_HEADER;
}

void *sj__arena_take(size_t n_bytes);
void sj__arena_give(void *block);
size_t sj__arena_capacity(const void *block);
void sj__arena_trim(void);
void sj__arena_lock(void);
void sj__arena_unlock(void);

/* Fresh zero pages, 2 MiB-aligned; n_bytes is a multiple of 2 MiB. NULL when there are none. */
void *sj__arena_map(size_t n_bytes, bool huge_pages);

#endif
