/* The allocator: sizes and alignment, account, limit, injected failures, blocks that change threads, trimming, fork. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/memory.h"
#include "base/memory_parts.h"
#include "base/status.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

/* Small sizes often, large ones seldom. */
static size_t random_size(void)
{
	uint32_t bits = next_random() % 100 < 95 ? next_random() % 14 : 14 + next_random() % 8;
	return next_random() % ((2u << bits) - 1);
}

static void fill(void *block, size_t n, uint8_t mark)
{
	size_t n_end = n < 64 ? n : 64;
	memset(block, mark, n_end);
	memset((char *)block + n - n_end, mark, n_end);
}

static bool is_filled(const void *block, size_t n, uint8_t mark)
{
	const uint8_t *bytes = block;
	size_t n_end = n < 64 ? n : 64;
	for (size_t i = 0; i < n_end; i++)
		if (bytes[i] != mark || bytes[n - 1 - i] != mark)
			return false;
	return true;
}

static void memory_every_size(void **state)
{
	(void)state;
	int64_t before = sj__memory_in_use();
	for (size_t n = 0; n < 3 * MIB; n += 1 + n / 50) {
		char *block = sj__memory_new(n);
		assert_non_null(block);
		assert_int_equal((uintptr_t)block % 64, 0);
		assert_true(sj__memory_capacity(block) >= n);
		assert_true(sj__memory_capacity(block) <= n + n / 4 + 128 * KIB);
		assert_int_equal(sj__memory_in_use(), before + (int64_t)sj__memory_capacity(block));
		memset(block, 255, n);
		sj__memory_free(block);
	}
	sj__memory_free(NULL);
	assert_int_equal(sj__memory_in_use(), before);
}

typedef struct slot {
	void *block;
	size_t n;
	uint8_t mark;
} slot;

static void churn(slot *slots, int n_slots, int n_steps)
{
	for (int step = 0; step < n_steps; step++) {
		slot *s = &slots[next_random() % (uint32_t)n_slots];
		if (s->block != NULL) {
			assert_true(is_filled(s->block, s->n, s->mark));
			sj__memory_free(s->block);
			s->block = NULL;
			continue;
		}
		s->n = random_size();
		s->mark = (uint8_t)step;
		s->block = sj__memory_new(s->n);
		assert_non_null(s->block);
		fill(s->block, s->n, s->mark);
	}
}

static int64_t capacity_of_all(const slot *slots, int n_slots)
{
	int64_t n_bytes = 0;
	for (int i = 0; i < n_slots; i++)
		n_bytes += slots[i].block == NULL ? 0 : (int64_t)sj__memory_capacity(slots[i].block);
	return n_bytes;
}

static void memory_blocks_never_overlap(void **state)
{
	static slot slots[1000];
	(void)state;
	int64_t before = sj__memory_in_use();
	for (int round = 0; round < 10; round++) {
		churn(slots, SJ_COUNT_OF(slots), 5000);
		assert_int_equal(sj__memory_in_use() - before, capacity_of_all(slots, SJ_COUNT_OF(slots)));
		if (round % 3 == 2)
			sj__memory_trim();
	}
	for (int i = 0; i < SJ_COUNT_OF(slots); i++) {
		if (slots[i].block != NULL)
			assert_true(is_filled(slots[i].block, slots[i].n, slots[i].mark));
		sj__memory_free(slots[i].block);
	}
	assert_int_equal(sj__memory_in_use(), before);
	sj__memory_trim();
}

static void memory_zeroed_and_resized(void **state)
{
	(void)state;
	for (size_t n = 1; n < 2 * MIB; n *= 3) {
		uint8_t *block = sj__memory_new(n);
		memset(block, 255, n);
		sj__memory_free(block);
		block = sj__memory_new_zeroed(n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(block[i], 0);
		fill(block, n, 9);
		uint8_t *larger = sj__memory_resize(block, n, 3 * n + 70);
		assert_true(is_filled(larger, n, 9));
		assert_ptr_equal(sj__memory_resize(larger, n, n), larger);
		sj__memory_free(larger);
	}
	void *fresh = sj__memory_resize(NULL, 0, 10);
	assert_non_null(fresh);
	sj__memory_free(fresh);
}

static void memory_limit_is_kept(void **state)
{
	void *blocks[64];
	(void)state;
	int64_t before = sj__memory_in_use();
	void *probe = sj__memory_new(64 * KIB);
	int64_t n_all = 16 * (int64_t)sj__memory_capacity(probe);
	sj__memory_free(probe);
	sj__memory_set_limit(before + n_all);
	for (int i = 0; i < 16; i++)
		assert_non_null(blocks[i] = sj__memory_new(64 * KIB));
	assert_int_equal(sj__memory_in_use(), before + n_all);
	assert_null(sj__memory_new(1));
	assert_non_null(strstr(sj_error_message(), "limit of"));
	sj__memory_free(blocks[15]);
	assert_non_null(blocks[15] = sj__memory_new(64 * KIB));
	assert_null(sj__memory_new(2 * MIB));
	for (int i = 0; i < 16; i++)
		sj__memory_free(blocks[i]);
	assert_null(sj__memory_new(SIZE_MAX));
	assert_null(sj__memory_new((size_t)PTRDIFF_MAX));
	sj__memory_set_limit(INT64_MAX);
	assert_null(sj__memory_new(SIZE_MAX));
	assert_null(sj__memory_new((size_t)PTRDIFF_MAX));
	sj__memory_set_limit(-1);
	assert_true(sj__memory_limit() > 0);
	assert_int_equal(sj__memory_in_use(), before);
	sj_error_clear();
}

static void memory_peak_is_seen(void **state)
{
	(void)state;
	sj__memory_peak_reset();
	int64_t before = sj__memory_peak();
	assert_int_equal(before, sj__memory_in_use());
	void *small = sj__memory_new(512);
	void *large = sj__memory_new(4 * MIB);
	int64_t most = sj__memory_in_use();
	sj__memory_free(large);
	sj__memory_free(small);
	assert_int_equal(sj__memory_peak(), most);
	sj__memory_peak_reset();
	small = sj__memory_new(1024);
	most = before + (int64_t)sj__memory_capacity(small);
	sj__memory_free(small);
	assert_int_equal(sj__memory_peak(), most);
}

static void memory_failures_are_injected(void **state)
{
	(void)state;
	void *block = sj__memory_new(100);
	sj__memory_fail_at(2, false);
	assert_true(sj__memory_is_armed());
	void *first = sj__memory_new(10);
	assert_non_null(first);
	assert_null(sj__memory_resize(block, 100, 100 * KIB));
	assert_non_null(strstr(sj_error_message(), "injected"));
	void *third = sj__memory_new(10);
	assert_non_null(third);
	assert_int_equal(sj__memory_count_allocations(), 3);
	sj__memory_fail_at(1, true);
	for (int i = 0; i < 3; i++)
		assert_null(sj__memory_new((size_t)i << 20));
	sj__memory_fail_at(0, false);
	assert_false(sj__memory_is_armed());
	assert_int_equal(sj__memory_count_allocations(), 3);
	sj__memory_fail_at(INT64_MAX, false);
	sj__memory_free(sj__memory_new(5));
	assert_int_equal(sj__memory_count_allocations(), 1);
	sj__memory_fail_at(0, false);
	sj__memory_free(block);
	sj__memory_free(first);
	sj__memory_free(third);
	sj_error_clear();
}

/* Blocks travel: each thread frees what the one before it made. */
#define N_TRAVELLING 3000
static void *travelling[N_TRAVELLING];

static void *replace_all(void *mark)
{
	for (int i = 0; i < N_TRAVELLING; i++) {
		size_t n = 1 + (size_t)(i * 37 % 5000) + (i % 500 == 0 ? 300 * KIB : 0);
		sj__memory_free(travelling[i]);
		travelling[i] = sj__memory_new(n);
		fill(travelling[i], n, (uint8_t)(uintptr_t)mark);
	}
	return NULL;
}

static void memory_moves_between_threads(void **state)
{
	pthread_t thread;
	(void)state;
	int64_t before = sj__memory_in_use();
	for (uintptr_t i = 0; i < 10; i++) {
		pthread_create(&thread, NULL, replace_all, (void *)i);
		pthread_join(thread, NULL);
	}
	for (int i = 0; i < N_TRAVELLING; i++)
		sj__memory_free(travelling[i]);
	assert_int_equal(sj__memory_in_use(), before);
}

static void *churn_alone(void *seed)
{
	slot slots[100] = {{0}};
	uint32_t r = (uint32_t)(uintptr_t)seed;
	bool *failed = NULL;
	static bool has_failed = true;
	for (int step = 0; step < 20000; step++) {
		r = r * 1664525u + 1013904223u;
		slot *s = &slots[(r >> 8) % 100];
		if (s->block != NULL && !is_filled(s->block, s->n, s->mark))
			failed = &has_failed;
		sj__memory_free(s->block);
		s->n = (r >> 10) % (step % 100 == 0 ? 600000 : 3000);
		s->mark = (uint8_t)(r >> 12);
		s->block = sj__memory_new(s->n);
		fill(s->block, s->n, s->mark);
	}
	for (int i = 0; i < 100; i++)
		sj__memory_free(slots[i].block);
	return failed;
}

static void memory_is_exact_after_threads(void **state)
{
	pthread_t threads[4];
	(void)state;
	int64_t before = sj__memory_in_use();
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, churn_alone, (void *)(i + 1));
	for (int i = 0; i < 4; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(sj__memory_in_use(), before);
	assert_true(sj__memory_peak() >= before);
}

static void memory_survives_fork(void **state)
{
	int status;
	(void)state;
	void *block = sj__memory_new(1000);
	pid_t child = fork();
	if (child == 0) {
		sj__memory_free(block);
		for (int i = 0; i < 1000; i++)
			sj__memory_free(sj__memory_new((size_t)i * 1000));
		_exit(churn_alone((void *)7) == NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sj__memory_free(block);
}

/* Under the thread sanitizer resident memory is mostly its own. */
#if defined(__SANITIZE_THREAD__)
#define SJ_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SJ_TEST_TSAN 1
#endif
#endif

#ifndef SJ_MEMORY_PLAIN

/* Resident bytes of this process. */
static int64_t resident(void)
{
	long long n_virtual, n_resident;
	FILE *file = fopen("/proc/self/statm", "r");
	assert_int_equal(fscanf(file, "%lld %lld", &n_virtual, &n_resident), 2);
	fclose(file);
	return n_resident * sysconf(_SC_PAGESIZE);
}

static void memory_trim_returns_pages(void **state)
{
	static void *blocks[40000];
	(void)state;
#ifdef SJ_TEST_TSAN
	skip();
#endif
	sj__memory_trim();
	int64_t before = resident();
	for (int i = 0; i < 40000; i++)
		memset(blocks[i] = sj__memory_new(1024), 1, 1024);
	void *large = sj__memory_new(64 * MIB);
	memset(large, 1, 64 * MIB);
	assert_true(resident() > before + (int64_t)(95 * MIB));
	for (int i = 0; i < 40000; i++)
		sj__memory_free(blocks[i]);
	sj__memory_free(large);
	void *again = sj__memory_new(64 * MIB);
	assert_ptr_equal(again, large); /* cached, not unmapped */
	sj__memory_free(again);
	sj__memory_trim();
	assert_true(resident() < before + (int64_t)(10 * MIB));
	for (int i = 0; i < 40000; i++)
		memset(blocks[i] = sj__memory_new(2048), 1, 2048);
	for (int i = 0; i < 40000; i++)
		sj__memory_free(blocks[i]);
	sj__memory_trim();
}

static void arena_merges_neighbours(void **state)
{
	void *blocks[8];
	(void)state;
	sj__memory_trim();
	for (int i = 0; i < 8; i++)
		blocks[i] = sj__memory_new(MIB - 64); /* the first region has 8 MiB */
	for (int i = 1; i < 8; i++)
		assert_ptr_equal(blocks[i], (char *)blocks[0] + (size_t)i * MIB);
	for (int i = 0; i < 8; i += 2)
		sj__memory_free(blocks[i]);
	for (int i = 1; i < 8; i += 2)
		sj__memory_free(blocks[i]);
	void *whole = sj__memory_new(8 * MIB - 64);
	assert_ptr_equal(whole, blocks[0]);
	sj__memory_free(whole);
}

/* Pages of this process, or 0 where /proc does not say. */
static size_t pages_held(void)
{
	unsigned long total, held = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (f == NULL || fscanf(f, "%lu %lu", &total, &held) != 2)
		held = 0;
	if (f != NULL)
		fclose(f);
	return held;
}

/* Blocks that grow find no room in the earlier ones' place: the pages held follow what is in use, not the sum of all. */
static void arena_holds_about_what_was_in_use(void **state)
{
	(void)state;
	enum { LARGEST = 128 };
	sj__memory_trim();
	size_t before = pages_held(), most = 0;
	for (size_t n = 8; n <= LARGEST; n += 8) {
		void *block = sj__memory_new(n * MIB), *second = sj__memory_new(n * MIB / 2 + 3 * KIB);
		assert_non_null(block);
		assert_non_null(second);
		memset(block, 1, n * MIB);
		memset(second, 2, n * MIB / 2);
		most = pages_held() > most ? pages_held() : most;
		sj__memory_free(second);
		sj__memory_free(block);
	}
#ifndef SJ_TEST_TSAN
	assert_true((most - before) * (size_t)sysconf(_SC_PAGESIZE) < (LARGEST * 3 / 2 * 5 / 4 + 16) * MIB);
#else
	(void)most, (void)before;
#endif
	sj__memory_trim();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_every_size),
		cmocka_unit_test(memory_blocks_never_overlap),
		cmocka_unit_test(memory_zeroed_and_resized),
		cmocka_unit_test(memory_limit_is_kept),
		cmocka_unit_test(memory_peak_is_seen),
		cmocka_unit_test(memory_failures_are_injected),
		cmocka_unit_test(memory_moves_between_threads),
		cmocka_unit_test(memory_is_exact_after_threads),
		cmocka_unit_test(memory_survives_fork),
#ifndef SJ_MEMORY_PLAIN
		cmocka_unit_test(memory_trim_returns_pages),
		cmocka_unit_test(arena_merges_neighbours),
		cmocka_unit_test(arena_holds_about_what_was_in_use),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
