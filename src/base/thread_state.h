/*
 * The one per-thread state of this room: the free lists of small blocks, the account of bytes, the error messages. The
 * thread-local part is one pointer, since a library that is loaded late gets few bytes of static thread-local storage. The
 * record lies in pages of its own, is made at first use and is used again by a later thread.
 */
#ifndef SOKUJI_BASE_THREAD_STATE_H
#define SOKUJI_BASE_THREAD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

#define SJ__MESSAGE_SIZE 1024
#define SJ__N_SIZE_CLASSES 48

/* A stack of free blocks of one class; each block begins with the pointer to the next. */
typedef struct sj__block_list {
	void *head;
	int32_t count;
	int32_t most; /* above this many, half of them go to the central list */
} sj__block_list;

typedef struct sj__thread_state {
	sj__block_list lists[SJ__N_SIZE_CLASSES];
	/* Bytes reserved from the global account and not handed out; written by the owner, read by anyone. */
	int64_t credit;
	int64_t lowest_credit; /* since the last exchange with the global account; never negative */
	char sticky_message[SJ__MESSAGE_SIZE];
	char last_message[SJ__MESSAGE_SIZE];
	bool is_owned;                 /* guarded by the registry's lock */
	struct sj__thread_state *next; /* constant once the record is listed */
} sj__thread_state;

extern SJ_HIDDEN SJ_THREAD_LOCAL sj__thread_state *sj__thread_state_now;

/* The state of this thread, made if need be; NULL only when the machine gives no page. */
sj__thread_state *sj__thread_state_make(void) SJ_COLD;

static SJ_ALWAYS_INLINE sj__thread_state *sj__thread_state_get(void)
{
	sj__thread_state *state = sj__thread_state_now;
	return SJ_LIKELY(state != NULL) ? state : sj__thread_state_make();
}

/* All records ever made, linked by `next`; those of ended threads have no credit and empty lists. */
sj__thread_state *sj__thread_state_first(void);

#endif
