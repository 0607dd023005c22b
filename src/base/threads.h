/*
 * The one thread pool, and the few primitives that other rooms need. Work is split by its shape alone, so that results
 * have the same bits for any number of threads.
 */
#ifndef SOKUJI_BASE_THREADS_H
#define SOKUJI_BASE_THREADS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "sokuji/status.h"

typedef void sj__range_function(void *context, int64_t begin, int64_t end);

/*
 * Calls function(context, begin, end) for the ranges [0, grain), [grain, 2*grain), … that cover [0, n), the last one
 * shorter; on the calling thread and, where there is more than one range, on pool workers. Each range is one call, whoever
 * makes it. Returns when all are done. Nested calls run on the calling thread. grain < 1 is taken as 1; n <= 0 does nothing.
 * Ranges not yet begun are skipped once the thread's operation is cancelled (sj__cancelled).
 */
void sj__parallel_for(int64_t n, int64_t grain, sj__range_function *function, void *context);

/* Threads that a parallel loop uses, the calling one included: by default the container's CPU quota, at most 256. */
int sj__threads(void);
/* n < 1: the default again. Takes effect at the next parallel loop. */
void sj__set_threads(int n);

/* Cancellation: set from a signal handler or another thread, polled by long kernels once per tile. */
void sj__cancel(void);
void sj__cancel_clear(void);
extern SJ_HIDDEN uint32_t
	sj__cancel_word; /* odd while cancelled; counts up, so that what ends later than the interruption knows of it */
bool sj__cancel_counts(void) SJ_COLD;
static inline bool sj__cancelled(void)
{
	return SJ_UNLIKELY((__atomic_load_n(&sj__cancel_word, __ATOMIC_RELAXED) & 1) != 0) && sj__cancel_counts();
}
/* Whether work that began at this word may have been cut short: another thread may have cleared the interruption meanwhile. */
static inline uint32_t sj__cancel_begin(void) { return __atomic_load_n(&sj__cancel_word, __ATOMIC_RELAXED); }
static inline bool sj__cancelled_since(uint32_t begin)
{
	uint32_t now = sj__cancel_begin();
	return SJ_UNLIKELY(now != begin || (now & 1) != 0) && sj__cancel_counts();
}
/*
 * For serial loops, once a step: SJ_CANCELLED with a message when the thread's operation is cancelled, which is looked at every 16,384 steps.
 * The kernel returns it, so that what it left undone is nobody's result.
 */
sj_status sj__cancel_fail(void) SJ_COLD;
static inline sj_status sj__loop_step(int64_t i)
{
	return SJ_UNLIKELY((i & 16383) == 0) && sj__cancelled() ? sj__cancel_fail() : SJ_OK;
}
/* The same as the condition of a loop whose unfinished result harms nobody: whoever runs the kernel sees that it was cancelled. */
static inline bool sj__loop_goes(int64_t i) { return SJ_LIKELY((i & 16383) != 0) || !sj__cancelled(); }
/* Between them nothing is cancelled on this thread and in its loops: what must not be left half done. They nest. */
void sj__cancel_hold(void);
void sj__cancel_release(void);

/* Threads of their own (dataset prefetch). The function returns when told to by its own state; join waits for it. */
typedef struct sj__thread sj__thread;
sj__thread *sj__thread_begin(void (*function)(void *context), void *context);
void sj__thread_join(sj__thread *thread);

/* A lock and a condition, allocated through the one allocator. */
typedef struct sj__lock sj__lock;
sj__lock *sj__lock_new(void);
void sj__lock_delete(sj__lock *lock);
void sj__lock_enter(sj__lock *lock);
void sj__lock_leave(sj__lock *lock);
void sj__lock_wait(sj__lock *lock); /* inside enter/leave: waits for a wake, may wake spuriously */
/* The same for n_ns at most: a waiter that also looks at something else (cancellation) from time to time. */
void sj__lock_wait_most(sj__lock *lock, int64_t n_ns);
void sj__lock_wake_all(sj__lock *lock);

#endif
