/*
 * The allocator's account: limit, bytes in use, peak, injected failures. Threads reserve credit from one global counter
 * and hand it out on their own, so the hot path has no atomic read-modify-write:
 *     in use = reserved - the sum of all credits.
 * While nothing allocates, this is exact. The limit bounds what is reserved; close to it threads reserve only what they
 * need, so with one thread it is exact, and each other thread may hold back up to SJ__CREDIT_MOST bytes.
 */
#define _GNU_SOURCE
#include <string.h>

#include "base/container.h"
#include "base/memory.h"
#include "base/memory_parts.h"
#include "base/status.h"

#define CREDIT_STEP ((int64_t)256 << 10)
#define LIMIT_UNKNOWN ((int64_t)-1)

int sj__memory_armed;

static int64_t reserved;
static int64_t peak;
static int64_t limit = LIMIT_UNKNOWN;
static int64_t n_until_failure;
static int64_t n_counted;
static int fails_for_ever;

int64_t sj__memory_limit(void)
{
	int64_t n_bytes = __atomic_load_n(&limit, __ATOMIC_RELAXED);
	if (SJ_LIKELY(n_bytes != LIMIT_UNKNOWN))
		return n_bytes;
	n_bytes = sj__container_memory("");
	__atomic_store_n(&limit, n_bytes, __ATOMIC_RELAXED);
	return n_bytes;
}

void sj__memory_set_limit(int64_t n_bytes)
{
	__atomic_store_n(&limit, n_bytes < 0 ? LIMIT_UNKNOWN : n_bytes, __ATOMIC_RELAXED);
}

static void raise_peak(int64_t n_bytes)
{
	int64_t before = __atomic_load_n(&peak, __ATOMIC_RELAXED);
	while (n_bytes > before &&
	       !__atomic_compare_exchange_n(&peak, &before, n_bytes, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static void set_credit(sj__thread_state *state, int64_t credit)
{
	__atomic_store_n(&state->credit, credit, __ATOMIC_RELAXED);
	__atomic_store_n(&state->lowest_credit, credit, __ATOMIC_RELAXED);
}

bool sj__account_reserve(sj__thread_state *state, int64_t n_bytes)
{
	int64_t most = sj__memory_limit();
	int64_t missing = n_bytes - state->credit;
	int64_t before = __atomic_load_n(&reserved, __ATOMIC_RELAXED);
	int64_t asked;
	do {
		if (missing > most - before)
			return false;
		asked = sj__min_i64(missing + CREDIT_STEP, most - before);
	} while (!__atomic_compare_exchange_n(&reserved, &before, before + asked, true, __ATOMIC_RELAXED,
	                                      __ATOMIC_RELAXED));
	set_credit(state, asked - missing);
	raise_peak(before + missing);
	return true;
}

void sj__account_give_back(sj__thread_state *state, int64_t credit)
{
	raise_peak(__atomic_load_n(&reserved, __ATOMIC_RELAXED) - state->lowest_credit);
	__atomic_fetch_sub(&reserved, credit - CREDIT_STEP, __ATOMIC_RELAXED);
	set_credit(state, CREDIT_STEP);
}

void sj__account_give_global(int64_t n_bytes) { __atomic_fetch_sub(&reserved, n_bytes, __ATOMIC_RELAXED); }

void sj__account_close(sj__thread_state *state)
{
	raise_peak(__atomic_load_n(&reserved, __ATOMIC_RELAXED) - state->lowest_credit);
	__atomic_fetch_sub(&reserved, state->credit, __ATOMIC_RELAXED);
	set_credit(state, 0);
}

int64_t sj__memory_in_use(void)
{
	int64_t n_bytes = __atomic_load_n(&reserved, __ATOMIC_RELAXED);
	for (sj__thread_state *state = sj__thread_state_first(); state != NULL; state = state->next)
		n_bytes -= __atomic_load_n(&state->credit, __ATOMIC_RELAXED);
	return n_bytes;
}

int64_t sj__memory_peak(void)
{
	int64_t n_bytes = __atomic_load_n(&reserved, __ATOMIC_RELAXED);
	for (sj__thread_state *state = sj__thread_state_first(); state != NULL; state = state->next)
		n_bytes -= __atomic_load_n(&state->lowest_credit, __ATOMIC_RELAXED);
	return sj__max_i64(n_bytes, __atomic_load_n(&peak, __ATOMIC_RELAXED));
}

/* Another thread's lowest credit may be overwritten here; that costs a little precision of the peak, nothing else. */
void sj__memory_peak_reset(void)
{
	for (sj__thread_state *state = sj__thread_state_first(); state != NULL; state = state->next)
		__atomic_store_n(&state->lowest_credit, __atomic_load_n(&state->credit, __ATOMIC_RELAXED),
		                 __ATOMIC_RELAXED);
	__atomic_store_n(&peak, sj__memory_in_use(), __ATOMIC_RELAXED);
}

void sj__memory_fail_at(int64_t n, bool for_ever)
{
	__atomic_store_n(&n_until_failure, n, __ATOMIC_RELAXED);
	__atomic_store_n(&fails_for_ever, for_ever, __ATOMIC_RELAXED);
	if (n > 0)
		__atomic_store_n(&n_counted, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&sj__memory_armed, n > 0, __ATOMIC_RELEASE);
}

int64_t sj__memory_count_allocations(void) { return __atomic_load_n(&n_counted, __ATOMIC_RELAXED); }

bool sj__account_injects(void)
{
	int64_t count = __atomic_add_fetch(&n_counted, 1, __ATOMIC_RELAXED);
	int64_t n = __atomic_load_n(&n_until_failure, __ATOMIC_RELAXED);
	return count == n || (count > n && __atomic_load_n(&fails_for_ever, __ATOMIC_RELAXED));
}

void *sj__account_fail(size_t n_bytes)
{
	int64_t most = sj__memory_limit();
	int64_t in_use = sj__memory_in_use();
	if (n_bytes > (size_t)most || (int64_t)n_bytes > most - in_use)
		sj__fail(SJ_RESOURCE_EXHAUSTED,
		         "out of memory: %zu bytes more than the %lld in use would pass the limit of %lld bytes",
		         n_bytes, (long long)in_use, (long long)most);
	else
		sj__fail(SJ_RESOURCE_EXHAUSTED,
		         "out of memory: the machine has no %zu bytes more than the %lld in use (limit %lld bytes)",
		         n_bytes, (long long)in_use, (long long)most);
	return NULL;
}

void *sj__account_fail_injected(size_t n_bytes)
{
	sj__fail(SJ_RESOURCE_EXHAUSTED,
	         "out of memory: a failure was injected where %zu bytes were asked for (limit %lld bytes)", n_bytes,
	         (long long)sj__memory_limit());
	return NULL;
}

void *sj__memory_new_zeroed(size_t n_bytes)
{
	void *block = sj__memory_new(n_bytes);
	if (block != NULL)
		memset(block, 0, n_bytes);
	return block;
}

void *sj__memory_resize(void *block, size_t n_keep, size_t n_bytes)
{
	if (block != NULL && n_bytes <= sj__memory_capacity(block))
		return block;
	void *larger = sj__memory_new(n_bytes);
	if (larger == NULL)
		return NULL;
	if (n_keep > 0)
		memcpy(larger, block, n_keep);
	sj__memory_free(block);
	return larger;
}
