/* The state of each thread: registered on first use, released when the thread ends or the library is unloaded. */
#include "tensor/local.h"

#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#endif

#include "base/memory.h"

SJ_THREAD_LOCAL sj__local sj__local_state;

static pthread_key_t end_key;
static pthread_once_t end_key_once = PTHREAD_ONCE_INIT, many_once = PTHREAD_ONCE_INIT;
static uint32_t n_threads_ever;
enum { FOREIGN_MOST = 64 };

static sj_tensor *orphaned_handles; /* for whoever needs some: of threads that ended or release what others made */
static pthread_mutex_t orphans_lock = PTHREAD_MUTEX_INITIALIZER;

static void handles_leave_behind(sj_tensor **list)
{
	sj_tensor *last = *list;
	if (last == NULL)
		return;
	while (last->data != NULL)
		last = last->data;
	pthread_mutex_lock(&orphans_lock);
	last->data = orphaned_handles;
	orphaned_handles = *list;
	pthread_mutex_unlock(&orphans_lock);
	*list = NULL;
}

void sj__handle_return_foreign(sj__local *thread, sj_tensor *handle)
{
	handle->data = thread->foreign_handles;
	thread->foreign_handles = handle;
	if (++thread->n_foreign_handles < FOREIGN_MOST)
		return;
	handles_leave_behind(&thread->foreign_handles);
	thread->n_foreign_handles = 0;
}

void sj__handles_adopt(sj__local *thread)
{
	pthread_mutex_lock(&orphans_lock);
	thread->free_handles = orphaned_handles;
	orphaned_handles = NULL;
	pthread_mutex_unlock(&orphans_lock);
}

static void thread_end(void *state)
{
	sj__local *thread = state;
	if (thread->log != NULL)
		thread->log_release(thread->log);
	thread->log = NULL;
	while (thread->n_owned > 0)
		sj__drop(thread->owned[--thread->n_owned]);
	sj__memory_free(thread->owned);
	thread->owned = NULL;
	thread->owned_capacity = 0;
	handles_leave_behind(&thread->free_handles);
	handles_leave_behind(&thread->foreign_handles);
	thread->n_foreign_handles = 0;
	thread->number = 0;
}

static void end_key_make(void) { pthread_key_create(&end_key, thread_end); }

/*
 * From here on all counts are atomic. The barrier makes every running thread see the flag before this one touches a
 * tensor of theirs; it takes milliseconds, so it is done once, and threads that begin meanwhile wait for it.
 */
static void become_many(void)
{
	__atomic_store_n(&sj__many_threads, 1, __ATOMIC_SEQ_CST);
#if defined(__linux__) && defined(SYS_membarrier)
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
#endif
}

void sj__local_register(void)
{
	sj__local *thread = &sj__local_state;
	pthread_once(&end_key_once, end_key_make);
	thread->number = __atomic_add_fetch(&n_threads_ever, 1, __ATOMIC_RELAXED);
	pthread_setspecific(end_key, thread);
	if (thread->number > 1)
		pthread_once(&many_once, become_many);
	sj__handles_adopt(thread);
}

/* The thread that unloads the library or ends the process runs no key destructor. */
static void __attribute__((destructor)) library_end(void)
{
	if (sj__local_state.number != 0)
		thread_end(&sj__local_state);
}
