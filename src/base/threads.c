/*
 * The pool. A parallel loop is one slot: the caller fills it, opens it, bumps the generation and works itself; workers that
 * see a new generation enter, take ranges off one counter and leave. Idle workers spin for a while, then sleep
 * on the generation (a Linux futex). A caller who finds the slot busy runs its loop alone. Which thread runs which range is
 * left to chance; what the ranges are is not.
 */
#define _GNU_SOURCE
#include "base/threads.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/container.h"
#include "base/denormals.h"
#include "base/memory.h"
#include "base/status.h"

#define THREADS_MOST 256
#define OWN_LINE __attribute__((aligned(64)))

typedef struct loop {
	sj__range_function *function;
	void *context;
	int64_t n, grain, n_ranges;
	int holds; /* of the caller: its workers are not to be cancelled either */
} loop;

/*
 * Entering and closing meet as in Dekker's algorithm, with sequentially consistent atomics: a worker counts itself in, then
 * looks whether the slot is open; the caller closes it, then waits until nobody is inside. So either the worker sees it
 * closed or the caller sees the worker.
 */
static struct {
	OWN_LINE uint32_t generation; /* futex: sleeping workers */
	uint32_t is_open;
	uint32_t is_ending;
	uint32_t n_asleep;
	loop loop;
	OWN_LINE int64_t next_range;
	OWN_LINE uint32_t n_inside; /* futex: the caller, if caller_sleeps */
	uint32_t caller_sleeps;
	OWN_LINE uint32_t is_busy;
	int n_wanted;  /* threads, 0: not yet known */
	int n_sized;   /* threads that the workers were begun for */
	int n_workers; /* those that could be begun */
	int barred;    /* processor that few workers keep off, -1: none */
	int64_t spin_ns;
	uint32_t n_forks;
	bool has_ended;
	pthread_mutex_t lock; /* beginning and ending of workers */
	pthread_t workers[THREADS_MOST - 1];
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t fork_prepared = PTHREAD_ONCE_INIT;
uint32_t sj__cancel_word;         /* read by kernels once per tile */
static SJ_THREAD_LOCAL int depth; /* of parallel loops on this thread */
static SJ_THREAD_LOCAL int is_worker;
static SJ_THREAD_LOCAL int holds; /* of cancellation */

static uint32_t load(uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static void store(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
static uint32_t add(uint32_t *word, uint32_t n) { return __atomic_add_fetch(word, n, __ATOMIC_SEQ_CST); }

static void sleep_on(uint32_t *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake(uint32_t *word, int n) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0); }

/* The machine's own clock: spinning must end even when a test stops the injected one. */
static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Spins until *word differs from value; false when the time is up. */
static bool spin_while(uint32_t *word, uint32_t value, int64_t most_ns)
{
	int64_t start = most_ns > 0 ? now_ns() : 0;
	do {
		for (int i = 0; i < 32; i++) {
			if (load(word) != value)
				return true;
			sj__spin_pause();
		}
	} while (most_ns > 0 && now_ns() - start < most_ns);
	return false;
}

/* About what waking a thread costs; one processor cannot spin for another. */
static int64_t spin_time(int n_processors) { return n_processors >= 2 ? 100000 : 0; }

/* ---- Cancellation ---- */

void sj__cancel(void) { __atomic_fetch_or(&sj__cancel_word, 1, __ATOMIC_RELAXED); }

void sj__cancel_clear(void)
{
	uint32_t now = sj__cancel_begin();
	if (now & 1)
		__atomic_compare_exchange_n(&sj__cancel_word, &now, now + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

bool sj__cancel_counts(void) { return holds == 0; }
sj_status sj__cancel_fail(void) { return sj__fail(SJ_CANCELLED, "interrupted; clear the interruption to go on"); }
void sj__cancel_hold(void) { holds++; }
void sj__cancel_release(void) { holds--; }

/* ---- The number of threads ---- */

int sj__threads(void)
{
	int n = __atomic_load_n(&pool.n_wanted, __ATOMIC_RELAXED);
	if (SJ_LIKELY(n > 0))
		return n;
	n = sj__container_processors("");
	n = n > THREADS_MOST ? THREADS_MOST : n;
	__atomic_store_n(&pool.n_wanted, n, __ATOMIC_RELAXED);
	return n;
}

void sj__set_threads(int n)
{
	n = n < 1 ? 0 : n > THREADS_MOST ? THREADS_MOST : n;
	__atomic_store_n(&pool.n_wanted, n, __ATOMIC_RELAXED);
}

/* ---- The loop ---- */

static void run_range(const loop *l, int64_t i)
{
	int64_t begin = i * l->grain;
	int64_t end = l->grain < l->n - begin ? begin + l->grain : l->n;
	l->function(l->context, begin, end);
}

static void run_alone(const loop *l)
{
	for (int64_t i = 0; i < l->n_ranges && !sj__cancelled(); i++)
		run_range(l, i);
}

static void run_shared(const loop *l)
{
	while (!sj__cancelled()) {
		int64_t i = __atomic_fetch_add(&pool.next_range, 1, __ATOMIC_RELAXED);
		if (i >= l->n_ranges)
			return;
		run_range(l, i);
	}
}

/* ---- Workers ---- */

static void wait_for_generation_after(uint32_t seen)
{
	if (spin_while(&pool.generation, seen, __atomic_load_n(&pool.spin_ns, __ATOMIC_RELAXED)))
		return;
	add(&pool.n_asleep, 1);
	while (load(&pool.generation) == seen)
		sleep_on(&pool.generation, seen);
	add(&pool.n_asleep, (uint32_t)-1);
}

static void *work(void *first_generation)
{
	uint32_t seen = (uint32_t)(uintptr_t)first_generation;
	uint32_t n_forks = load(&pool.n_forks);
	sj__denormals_flush_begin();
	is_worker = 1;
	depth = 1;
	for (;;) {
		wait_for_generation_after(seen);
		seen = load(&pool.generation);
		if (load(&pool.is_ending))
			return NULL;
		add(&pool.n_inside, 1);
		if (load(&pool.is_open)) {
			holds = pool.loop.holds;
			run_shared(&pool.loop);
		}
		if (load(&pool.n_forks) != n_forks)
			return NULL; /* a range forked, and this thread is the child's only one */
		if (add(&pool.n_inside, (uint32_t)-1) == 0 && load(&pool.caller_sleeps))
			wake(&pool.n_inside, 1);
	}
}

/* A thread with all signals blocked: handlers run on the program's own threads. */
static bool begin_thread(pthread_t *ret_thread, void *(*function)(void *), void *context)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(ret_thread, NULL, function, context);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error == 0;
}

/* Under the lock, with no loop open. */
static void end_workers(void)
{
	store(&pool.is_ending, 1);
	add(&pool.generation, 1);
	wake(&pool.generation, INT_MAX);
	for (int i = 0; i < pool.n_workers; i++)
		pthread_join(pool.workers[i], NULL);
	pool.n_workers = 0;
	pool.n_sized = 0;
	store(&pool.is_ending, 0);
}

static void before_fork(void) { pthread_mutex_lock(&pool.lock); }
static void after_fork_parent(void) { pthread_mutex_unlock(&pool.lock); }

/* The workers are gone; the next loop begins new ones. */
static void after_fork_child(void)
{
	pool.n_workers = 0;
	pool.n_sized = 0;
	store(&pool.is_open, 0);
	store(&pool.is_ending, 0);
	store(&pool.n_asleep, 0);
	store(&pool.n_inside, 0);
	store(&pool.caller_sleeps, 0);
	store(&pool.is_busy, 0);
	add(&pool.n_forks, 1);
	pthread_mutex_unlock(&pool.lock);
}

static void prepare_fork(void) { pthread_atfork(before_fork, after_fork_parent, after_fork_child); }

/* By the thread that holds the slot. When the system gives fewer workers than wanted, those there are do the work. */
static SJ_NOINLINE void size_pool(int n_threads)
{
	pthread_once(&fork_prepared, prepare_fork);
	pthread_mutex_lock(&pool.lock);
	if (!pool.has_ended) {
		end_workers();
		__atomic_store_n(&pool.spin_ns, spin_time(sj__container_processors("")), __ATOMIC_RELAXED);
		void *generation = (void *)(uintptr_t)load(&pool.generation);
		while (pool.n_workers < n_threads - 1 && begin_thread(&pool.workers[pool.n_workers], work, generation))
			pool.n_workers++;
	}
	pool.n_sized = n_threads;
	pool.barred = -1;
	pthread_mutex_unlock(&pool.lock);
}

/* At exit or unloading. A worker that itself calls exit cannot wait for itself. */
__attribute__((destructor)) static void end_pool(void)
{
	if (is_worker)
		return;
	pthread_mutex_lock(&pool.lock);
	pool.has_ended = true;
	end_workers();
	pthread_mutex_unlock(&pool.lock);
}

static void wait_until_left(void)
{
	uint32_t n_inside;
	while ((n_inside = load(&pool.n_inside)) != 0) {
		if (spin_while(&pool.n_inside, n_inside, __atomic_load_n(&pool.spin_ns, __ATOMIC_RELAXED)))
			continue;
		store(&pool.caller_sleeps, 1);
		while ((n_inside = load(&pool.n_inside)) != 0)
			sleep_on(&pool.n_inside, n_inside);
		store(&pool.caller_sleeps, 0);
	}
}

enum { FEW_WORKERS = 3 };

/*
 * Some systems wake a thread on its waker's processor while others are idle, where it waits until the waker's loop is over. So a few
 * workers are kept off the processor that the caller runs on; many find their own.
 */
static SJ_NOINLINE void keep_workers_off(int processor)
{
	cpu_set_t others;
	pool.barred = processor;
	if (sched_getaffinity(0, sizeof(others), &others) != 0)
		return;
	CPU_CLR(processor, &others);
	for (int i = 0; i < pool.n_workers && CPU_COUNT(&others) > 0; i++)
		pthread_setaffinity_np(pool.workers[i], sizeof(others), &others);
}

static void run_on_pool(const loop *l)
{
	int processor = pool.n_workers <= FEW_WORKERS ? sched_getcpu() : -1;
	if (processor >= 0 && processor != pool.barred)
		keep_workers_off(processor);
	pool.loop = *l;
	__atomic_store_n(&pool.next_range, 0, __ATOMIC_RELAXED);
	store(&pool.is_open, 1);
	add(&pool.generation, 1);
	if (load(&pool.n_asleep) > 0)
		wake(&pool.generation, (int)sj__min_i64(l->n_ranges - 1, pool.n_workers));
	run_shared(l);
	store(&pool.is_open, 0);
	wait_until_left();
}

static bool take_pool(int n_threads)
{
	if (n_threads < 2 || depth > 0 || __atomic_exchange_n(&pool.is_busy, 1, __ATOMIC_ACQUIRE))
		return false;
	if (SJ_UNLIKELY(pool.n_sized != n_threads))
		size_pool(n_threads);
	return true;
}

void sj__parallel_for(int64_t n, int64_t grain, sj__range_function *function, void *context)
{
	if (n <= 0)
		return;
	if (grain < 1)
		grain = 1;
	loop l = {function, context, n, grain, n / grain + (n % grain != 0), holds};
	/* A loop of one range is no loop: what it calls may still use the pool. */
	if (l.n_ranges == 1) {
		run_alone(&l);
		return;
	}
	bool has_pool = take_pool(sj__threads());
	depth++;
	if (has_pool)
		run_on_pool(&l);
	else
		run_alone(&l);
	depth--;
	if (has_pool)
		__atomic_store_n(&pool.is_busy, 0, __ATOMIC_RELEASE);
}

/* ---- Threads of their own ---- */

struct sj__thread {
	void (*function)(void *context);
	void *context;
	pthread_t id;
	uint32_t n_forks; /* a child must not join what its parent began */
};

static void *run_thread(void *context)
{
	sj__thread *thread = context;
	sj__denormals_flush_begin();
	thread->function(thread->context);
	return NULL;
}

sj__thread *sj__thread_begin(void (*function)(void *context), void *context)
{
	pthread_once(&fork_prepared, prepare_fork);
	sj__thread *thread = sj__memory_new(sizeof *thread);
	if (thread == NULL)
		return NULL;
	*thread = (sj__thread){.function = function, .context = context, .n_forks = load(&pool.n_forks)};
	if (begin_thread(&thread->id, run_thread, thread))
		return thread;
	sj__memory_free(thread);
	sj__fail(SJ_RESOURCE_EXHAUSTED, "the system gives no further thread");
	return NULL;
}

void sj__thread_join(sj__thread *thread)
{
	if (thread == NULL)
		return;
	if (thread->n_forks == load(&pool.n_forks))
		pthread_join(thread->id, NULL);
	sj__memory_free(thread);
}

/* ---- Locks ---- */

struct sj__lock {
	pthread_mutex_t mutex;
	pthread_cond_t condition;
};

sj__lock *sj__lock_new(void)
{
	sj__lock *lock = sj__memory_new(sizeof *lock);
	if (lock == NULL)
		return NULL;
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&lock->mutex, NULL);
	pthread_cond_init(&lock->condition, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return lock;
}

void sj__lock_delete(sj__lock *lock)
{
	if (lock == NULL)
		return;
	pthread_cond_destroy(&lock->condition);
	pthread_mutex_destroy(&lock->mutex);
	sj__memory_free(lock);
}

void sj__lock_enter(sj__lock *lock) { pthread_mutex_lock(&lock->mutex); }
void sj__lock_leave(sj__lock *lock) { pthread_mutex_unlock(&lock->mutex); }
void sj__lock_wait(sj__lock *lock) { pthread_cond_wait(&lock->condition, &lock->mutex); }

void sj__lock_wait_most(sj__lock *lock, int64_t n_ns)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	n_ns += until.tv_nsec;
	until.tv_sec += n_ns / 1000000000;
	until.tv_nsec = n_ns % 1000000000;
	pthread_cond_timedwait(&lock->condition, &lock->mutex, &until);
}

void sj__lock_wake_all(sj__lock *lock) { pthread_cond_broadcast(&lock->condition); }
