/*
 * Makes every allocation of a piece of work fail in its turn, once and for ever. The work must then end by itself with ResourceExhausted or
 * succeed all the same, and nothing may be lost: neither bytes nor handles.
 */
#ifndef SOKUJI_TESTS_FAILING_ALLOCATIONS_H
#define SOKUJI_TESTS_FAILING_ALLOCATIONS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sokuji.h>

#include "base/memory.h"
#include "tensor/local.h"

enum { FAILING_MOST = 100000 };

/* Does the work in a scope of its own and frees what it made, whatever fails on the way. */
typedef void failing_work(void *context);

typedef struct failing_state {
	int64_t n_bytes, n_handles;
} failing_state;

static inline failing_state failing_state_now(void)
{
	failing_state now = {sj__memory_in_use(), 0};
	for (const sj_tensor *t = sj__local_now()->free_handles; t != NULL; t = t->data)
		now.n_handles++;
	return now;
}

/* True when the work was through before the n-th allocation. */
static inline bool failing_try(failing_work *work, void *context, int64_t n, bool for_ever)
{
	sj__memory_fail_at(n, for_ever);
	work(context);
	bool is_over = sj__memory_count_allocations() < n;
	sj__memory_fail_at(0, false);
	if (!sj_ok() && sj_error_code() != SJ_RESOURCE_EXHAUSTED)
		fail_msg("where allocation %lld fails: %s: %s", (long long)n, sj_status_name(sj_error_code()),
		         sj_error_message());
	if (is_over && !sj_ok())
		fail_msg("an error without a failed allocation: %s", sj_error_message());
	sj_error_clear();
	return is_over;
}

static inline bool failing_state_is(failing_state before)
{
	failing_state now = failing_state_now();
	return now.n_bytes == before.n_bytes && now.n_handles == before.n_handles;
}

/* What is kept for good (pools, arenas, lists) may grow the first time; a loss comes every time. */
static inline void every_allocation_fails(failing_work *work, void *context)
{
	work(context);
	if (!sj_ok())
		fail_msg("without a failure: %s", sj_error_message());
	for (int for_ever = 0; for_ever < 2; for_ever++) {
		bool is_over = false;
		for (int64_t n = 1; !is_over && n < FAILING_MOST; n++) {
			failing_state before = failing_state_now();
			is_over = failing_try(work, context, n, for_ever);
			if (failing_state_is(before))
				continue;
			before = failing_state_now();
			failing_try(work, context, n, for_ever);
			failing_state now = failing_state_now();
			if (!failing_state_is(before))
				fail_msg("%lld bytes and %lld handles lost where allocation %lld fails%s",
				         (long long)(now.n_bytes - before.n_bytes),
				         (long long)(before.n_handles - now.n_handles), (long long)n,
				         for_ever ? " and all after it" : "");
		}
		assert_true(is_over);
	}
}

#endif
