/*
 * Makes, lists and recycles the per-thread records, and brings the locks of the allocator through a fork. A thread's end
 * gives its free blocks and its credit back.
 */
#define _GNU_SOURCE
#include "base/thread_state.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "base/memory_parts.h"

SJ_THREAD_LOCAL sj__thread_state *sj__thread_state_now;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t end_key;
static bool has_end_key;
static sj__thread_state *first;

static void end_thread(void *record)
{
	sj__thread_state *state = record;
	sj__thread_state_now = NULL;
	sj__blocks_drain(state);
	sj__account_close(state);
	pthread_mutex_lock(&registry_lock);
	state->is_owned = false;
	pthread_mutex_unlock(&registry_lock);
}

static void before_fork(void)
{
	pthread_mutex_lock(&registry_lock);
	sj__blocks_lock_all();
}

/* In the child the records of the other threads stay owned: their lists may have been half written. */
static void after_fork(void)
{
	sj__blocks_unlock_all();
	pthread_mutex_unlock(&registry_lock);
}

static void prepare(void)
{
	has_end_key = pthread_key_create(&end_key, end_thread) == 0;
	pthread_atfork(before_fork, after_fork, after_fork);
}

/* An unloaded library must not be called at the end of threads that outlive it. */
__attribute__((destructor)) static void forget_end_key(void)
{
	if (has_end_key)
		pthread_key_delete(end_key);
	has_end_key = false;
}

sj__thread_state *sj__thread_state_first(void) { return __atomic_load_n(&first, __ATOMIC_ACQUIRE); }

static sj__thread_state *find_unowned(void)
{
	sj__thread_state *state = first;
	while (state != NULL && state->is_owned)
		state = state->next;
	return state;
}

static sj__thread_state *map_record(void)
{
	void *pages = mmap(NULL, sizeof(sj__thread_state), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return NULL;
	sj__thread_state *state = pages;
	state->next = first;
	__atomic_store_n(&first, state, __ATOMIC_RELEASE);
	return state;
}

sj__thread_state *sj__thread_state_make(void)
{
	pthread_once(&prepared, prepare);
	pthread_mutex_lock(&registry_lock);
	sj__thread_state *state = find_unowned();
	if (state == NULL)
		state = map_record();
	if (state != NULL)
		state->is_owned = true;
	pthread_mutex_unlock(&registry_lock);
	if (state == NULL)
		return NULL;
	state->sticky_message[0] = 0;
	state->last_message[0] = 0;
	sj__blocks_open(state);
	if (has_end_key)
		pthread_setspecific(end_key, state);
	sj__thread_state_now = state;
	return state;
}
