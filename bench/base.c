/*
 * What a block costs, small and large, and what handing a parallel loop over costs. Prints nanoseconds, the best of several
 * rounds.
 * Build: every .c file of src/base with this one, -O2 -fvisibility=hidden -Isrc -Iinclude -lpthread -lm.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"

#define N_ROUNDS 7

/* The best time of one of n_steps steps, in nanoseconds. */
static double best_ns(void (*steps)(int64_t n_steps, void *context), int64_t n_steps, void *context)
{
	double best = 1e30;
	for (int round = 0; round < N_ROUNDS; round++) {
		int64_t begin = sj__clock_ns();
		steps(n_steps, context);
		double ns = (double)(sj__clock_ns() - begin) / (double)n_steps;
		best = ns < best ? ns : best;
	}
	return best;
}

static void new_and_free(int64_t n_steps, void *context)
{
	size_t n_bytes = *(size_t *)context;
	for (int64_t i = 0; i < n_steps; i++)
		sj__memory_free(sj__memory_new(n_bytes));
}

static void new_many_free_many(int64_t n_steps, void *context)
{
	void *blocks[64];
	size_t n_bytes = *(size_t *)context;
	for (int64_t i = 0; i < n_steps; i += 64) {
		for (int k = 0; k < 64; k++)
			blocks[k] = sj__memory_new(n_bytes);
		for (int k = 0; k < 64; k++)
			sj__memory_free(blocks[k]);
	}
}

static void fail_once_each(int64_t n_steps, void *context)
{
	(void)context;
	for (int64_t i = 0; i < n_steps; i++)
		sj__fail(SJ_INVALID_ARGUMENT, "MatMul: inner sizes %d and %d differ", 16, 19);
}

static void do_nothing(void *context, int64_t begin, int64_t end)
{
	(void)context;
	(void)begin;
	(void)end;
}

static void hand_over(int64_t n_steps, void *context)
{
	for (int64_t i = 0; i < n_steps; i++)
		sj__parallel_for(*(int64_t *)context, 1, do_nothing, NULL);
}

/* Keeps the processor busy for context's nanoseconds. */
static void be_busy(void *context, int64_t begin, int64_t end)
{
	int64_t until = sj__clock_ns() + *(int64_t *)context;
	(void)begin;
	(void)end;
	while (sj__clock_ns() < until)
		;
}

static void share_work(int64_t n_steps, void *context)
{
	for (int64_t i = 0; i < n_steps; i++)
		sj__parallel_for(sj__threads(), 1, be_busy, context);
}

static void hand_over_to_sleepers(int64_t n_steps, void *context)
{
	int64_t spent = 0;
	for (int64_t i = 0; i < n_steps; i++) {
		usleep(300);
		int64_t begin = sj__clock_ns();
		sj__parallel_for(8, 1, do_nothing, NULL);
		spent += sj__clock_ns() - begin;
	}
	*(double *)context = (double)spent / (double)n_steps;
}

static void print_memory(void)
{
	static const size_t sizes[] = {16, 1000, 4000, 60000, 250000, 1000000, 80000000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t n_bytes = sizes[i];
		int64_t n_steps = n_bytes > 256000 ? 20000 : 1 << 20;
		printf("new and free %9zu bytes: %7.2f ns", n_bytes, best_ns(new_and_free, n_steps, &n_bytes));
		if (n_bytes < 1000000)
			printf(", 64 at once %7.2f ns", best_ns(new_many_free_many, n_steps, &n_bytes));
		printf("\n");
	}
}

static void print_threads(void)
{
	for (int n_threads = 1; n_threads <= sj__threads() || n_threads <= 2; n_threads *= 2) {
		int64_t n_ranges = 2 * n_threads;
		int64_t busy_ns = 20000;
		double asleep_ns;
		sj__set_threads(n_threads);
		printf("parallel_for, %d threads, %d empty ranges: %7.0f ns", n_threads, (int)n_ranges,
		       best_ns(hand_over, 2000, &n_ranges));
		printf(", a range of 20,000 ns for each %7.0f ns", best_ns(share_work, 200, &busy_ns));
		hand_over_to_sleepers(200, &asleep_ns);
		printf(", 8 ranges to sleeping workers %7.0f ns\n", asleep_ns);
		sj__set_threads(0);
	}
}

int main(void)
{
	print_memory();
	printf("sj__fail: %.0f ns\n", best_ns(fail_once_each, 100000, NULL));
	print_threads();
	return 0;
}
