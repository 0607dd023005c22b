/* The pool: every range once, for any number of threads; concurrent and nested callers; fork; signals; threads and locks. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/threads.h"
#include "sokuji.h"

#define N_MOST 10000

typedef struct record {
	int64_t n, grain;
	uint8_t seen[N_MOST];
	int n_calls, n_bad;
} record;

static void note(void *context, int64_t begin, int64_t end)
{
	record *r = context;
	bool is_last = end == r->n;
	if (begin % r->grain != 0 || (is_last ? end - begin > r->grain : end - begin != r->grain) || begin >= end)
		__atomic_add_fetch(&r->n_bad, 1, __ATOMIC_RELAXED);
	for (int64_t i = begin; i < end; i++)
		r->seen[i]++;
	__atomic_add_fetch(&r->n_calls, 1, __ATOMIC_RELAXED);
}

static bool covers(record *r, int64_t n, int64_t grain)
{
	memset(r, 0, sizeof *r);
	r->n = n;
	r->grain = grain;
	sj__parallel_for(n, grain, note, r);
	for (int64_t i = 0; i < N_MOST; i++)
		if (r->seen[i] != (i < n))
			return false;
	return r->n_bad == 0 && r->n_calls == (n + grain - 1) / grain;
}

static void threads_cover_every_range_once(void **state)
{
	static const int64_t sizes[][2] = {{1, 1},   {2, 1},    {7, 3},      {64, 64},
	                                   {65, 64}, {1000, 1}, {N_MOST, 7}, {N_MOST, 9999}};
	static record r;
	(void)state;
	for (int n_threads = 1; n_threads <= 8; n_threads++) {
		sj__set_threads(n_threads);
		assert_int_equal(sj__threads(), n_threads);
		for (int repeat = 0; repeat < 20; repeat++)
			for (int i = 0; i < SJ_COUNT_OF(sizes); i++)
				assert_true(covers(&r, sizes[i][0], sizes[i][1]));
	}
	sj__set_threads(0);
	assert_true(sj__threads() >= 1 && sj__threads() <= 256);
}

static void count(void *context, int64_t begin, int64_t end)
{
	__atomic_add_fetch((int64_t *)context, end - begin, __ATOMIC_RELAXED);
}

static void threads_take_odd_arguments(void **state)
{
	int64_t n_counted = 0;
	(void)state;
	sj__parallel_for(0, 1, count, &n_counted);
	sj__parallel_for(-5, 1, count, &n_counted);
	assert_int_equal(n_counted, 0);
	sj__parallel_for(10, -1, count, &n_counted);
	assert_int_equal(n_counted, 10);
	sj__parallel_for(INT64_MAX, INT64_MAX / 2, count, &n_counted);
	assert_int_equal(n_counted, (int64_t)((uint64_t)INT64_MAX + 10));
}

static void threads_hand_over_often(void **state)
{
	int64_t n_counted = 0;
	(void)state;
	sj__set_threads(3);
	for (int i = 0; i < 5000; i++)
		sj__parallel_for(4, 1, count, &n_counted);
	for (int i = 0; i < 20; i++) {
		usleep(500); /* long enough for the workers to fall asleep */
		sj__parallel_for(4, 1, count, &n_counted);
	}
	assert_int_equal(n_counted, 5020 * 4);
	sj__set_threads(0);
}

typedef struct nest {
	pthread_t outer_thread;
	int64_t n_counted;
	int n_elsewhere;
} nest;

static void note_thread(void *context, int64_t begin, int64_t end)
{
	nest *inner = context;
	if (!pthread_equal(inner->outer_thread, pthread_self()))
		inner->n_elsewhere++;
	inner->n_counted += end - begin;
}

static void nest_one(void *context, int64_t begin, int64_t end)
{
	nest inner = {.outer_thread = pthread_self()};
	sj__parallel_for(100, 1, note_thread, &inner);
	if (inner.n_elsewhere == 0)
		__atomic_add_fetch((int64_t *)context, inner.n_counted * (end - begin), __ATOMIC_RELAXED);
}

static void threads_nest_on_their_own(void **state)
{
	int64_t n_counted = 0;
	(void)state;
	sj__set_threads(4);
	for (int i = 0; i < 50; i++)
		sj__parallel_for(20, 1, nest_one, &n_counted);
	assert_int_equal(n_counted, 50 * 20 * 100);
	sj__set_threads(0);
}

static void *call_often(void *unused)
{
	int64_t n_counted = 0;
	(void)unused;
	for (int i = 0; i < 1000; i++)
		sj__parallel_for(50, 3, count, &n_counted);
	return n_counted == 50000 ? NULL : (void *)1;
}

static void threads_of_the_program_call_at_once(void **state)
{
	pthread_t threads[3];
	(void)state;
	sj__set_threads(3);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, call_often, NULL);
	for (int i = 0; i < 100; i++)
		sj__set_threads(2 + i % 3); /* takes effect in between */
	for (int i = 0; i < 3; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	sj__set_threads(0);
}

static void cancel_at_third(void *context, int64_t begin, int64_t end)
{
	(void)begin;
	(void)end;
	if (__atomic_add_fetch((int *)context, 1, __ATOMIC_RELAXED) == 3)
		sj__cancel();
}

static void threads_skip_when_cancelled(void **state)
{
	int n = 0;
	(void)state;
	sj__set_threads(2);
	sj__parallel_for(100000, 1, cancel_at_third, &n);
	assert_true(sj__cancelled());
	assert_true(n >= 3 && n < 100000);
	sj__cancel_clear();
	assert_false(sj__cancelled());
	sj__set_threads(1);
	n = 0;
	sj__parallel_for(100000, 1, cancel_at_third, &n);
	assert_int_equal(n, 3);
	sj__cancel_clear();
	sj__set_threads(0);
}

/* The thread sanitizer ends a child that begins threads. */
#if defined(__SANITIZE_THREAD__)
#define SJ_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SJ_TEST_TSAN 1
#endif
#endif

static void threads_come_back_after_fork(void **state)
{
	static record r;
	int status;
	(void)state;
#ifdef SJ_TEST_TSAN
	skip();
#endif
	if (getenv("SOKUJI_EMULATOR") != NULL) /* qemu-user does not fork programs that have threads */
		skip();
	sj__set_threads(3);
	assert_true(covers(&r, 1000, 1));
	pid_t child = fork();
	if (child == 0) {
		bool is_whole = covers(&r, 1000, 1) && covers(&r, 5000, 3);
		sj__set_threads(2);
		_exit(is_whole && covers(&r, 1000, 1) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(covers(&r, 1000, 1));
	sj__set_threads(0);
}

typedef struct worker_view {
	pthread_t caller;
	int n_workers, n_open_signals, n_denormals;
} worker_view;

static void look(void *context, int64_t begin, int64_t end)
{
	worker_view *view = context;
	volatile float tiny = FLT_MIN;
	sigset_t blocked;
	(void)begin;
	(void)end;
	usleep(200);
	if (pthread_equal(view->caller, pthread_self()))
		return;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	__atomic_add_fetch(&view->n_workers, 1, __ATOMIC_RELAXED);
	if (!sigismember(&blocked, SIGINT) || !sigismember(&blocked, SIGTERM))
		__atomic_add_fetch(&view->n_open_signals, 1, __ATOMIC_RELAXED);
	if (tiny * 0.5f != 0)
		__atomic_add_fetch(&view->n_denormals, 1, __ATOMIC_RELAXED);
}

static void threads_block_signals_and_flush(void **state)
{
	worker_view view = {.caller = pthread_self()};
	(void)state;
	sj__set_threads(2);
	for (int i = 0; i < 200 && view.n_workers == 0; i++)
		sj__parallel_for(8, 1, look, &view);
	assert_true(view.n_workers > 0);
	assert_int_equal(view.n_open_signals, 0);
#if defined(__x86_64__) || defined(__aarch64__)
	assert_int_equal(view.n_denormals, 0);
#endif
	sj__set_threads(0);
}

typedef struct queue {
	sj__lock *lock;
	int n_put, n_taken;
} queue;

static void take_ten(void *context)
{
	queue *q = context;
	sj__lock_enter(q->lock);
	while (q->n_taken < 10) {
		while (q->n_put == q->n_taken)
			sj__lock_wait(q->lock);
		q->n_taken = q->n_put;
		sj__lock_wake_all(q->lock);
	}
	sj__lock_leave(q->lock);
}

/* One thread assigns tensors of equal elements, the other reads: what it sees is always one of them, whole. */
static void *assign_often(void *variable)
{
	for (int i = 0; i < 2000; i++) {
		sj_scope scope = sj_scope_begin();
		sj_assign(variable, sj_fill(SJ_INTS(64), sj_float((float)i)));
		sj_scope_end(scope);
	}
	return sj_ok() ? NULL : (void *)1;
}

static void threads_share_a_variable(void **state)
{
	pthread_t thread;
	void *failed;
	sj_tensor *variable = sj_variable_new(sj_zeros_like(sj_fill(SJ_INTS(64), sj_float(0))));
	(void)state;
	pthread_create(&thread, NULL, assign_often, variable);
	for (int i = 0; i < 2000; i++) {
		sj_scope scope = sj_scope_begin();
		sj_tensor *value = sj_variable_read(variable);
		assert_true(sj_item(sj_max(value)) == sj_item(sj_min(value)));
		sj_scope_end(scope);
	}
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_true(sj_tensor_item(variable, 0) == 1999);
	sj_free(variable);
}

static void threads_and_locks_of_their_own(void **state)
{
	queue q = {0};
	(void)state;
	int64_t before = sj__memory_in_use();
	q.lock = sj__lock_new();
	sj__thread *thread = sj__thread_begin(take_ten, &q);
	assert_non_null(thread);
	for (int i = 0; i < 10; i++) {
		sj__lock_enter(q.lock);
		q.n_put++;
		sj__lock_wake_all(q.lock);
		while (q.n_taken < q.n_put)
			sj__lock_wait(q.lock);
		sj__lock_leave(q.lock);
	}
	sj__thread_join(thread);
	sj__lock_delete(q.lock);
	sj__lock_delete(NULL);
	assert_int_equal(sj__memory_in_use(), before);
	sj__memory_fail_at(1, true);
	assert_null(sj__lock_new());
	assert_null(sj__thread_begin(take_ten, &q));
	sj__memory_fail_at(0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_cover_every_range_once),
		cmocka_unit_test(threads_take_odd_arguments),
		cmocka_unit_test(threads_hand_over_often),
		cmocka_unit_test(threads_nest_on_their_own),
		cmocka_unit_test(threads_of_the_program_call_at_once),
		cmocka_unit_test(threads_skip_when_cancelled),
		cmocka_unit_test(threads_come_back_after_fork),
		cmocka_unit_test(threads_block_signals_and_flush),
		cmocka_unit_test(threads_share_a_variable),
		cmocka_unit_test(threads_and_locks_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
