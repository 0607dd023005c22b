/*
 * The one allocator. Small blocks come from per-thread pools of size classes, large ones (256 KiB and up) from a caching
 * arena of huge-page spans that is never unmapped in steady state. Every function here honours the memory limit and the
 * injected failures.
 */
#ifndef SOKUJI_BASE_MEMORY_H
#define SOKUJI_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/*
 * Every block its own malloc, where a sanitizer looks for overruns; a build for valgrind may define it too. Callers then keep
 * no small blocks to themselves.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SJ_MEMORY_PLAIN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SJ_MEMORY_PLAIN 1
#endif
#endif

/*
 * A block of at least n_bytes, 64-byte aligned, uninitialised; a valid pointer also for 0 bytes. NULL when memory is
 * exhausted, the limit would be passed or a failure is injected; the thread's last failure then says so
 * (SJ_RESOURCE_EXHAUSTED, with the number of bytes and the limit).
 */
void *sj__memory_new(size_t n_bytes);

/* The same, filled with zeros. */
void *sj__memory_new_zeroed(size_t n_bytes);

/* Gives a block back, from any thread; NULL is ignored. */
void sj__memory_free(void *block);

/*
 * A block of at least n_bytes with the first n_keep bytes of `block` (which may be NULL), which is freed on success only.
 */
void *sj__memory_resize(void *block, size_t n_keep, size_t n_bytes);

/* The number of bytes the block can hold (at least what was asked for). */
size_t sj__memory_capacity(const void *block);

/* Bytes in blocks handed out now, and the most there ever were (since the last reset of the peak). */
int64_t sj__memory_in_use(void);
int64_t sj__memory_peak(void);
void sj__memory_peak_reset(void);

/* n_bytes < 0: the default (the container's or machine's memory). */
void sj__memory_set_limit(int64_t n_bytes);
int64_t sj__memory_limit(void);

/* Returns cached, unused memory to the operating system. */
void sj__memory_trim(void);

/*
 * Failure injection for tests: the n-th allocation from now on fails (n = 1: the next), once or for ever; n = 0 disarms.
 * While armed, every handle and buffer passes through here (pools of callers ask sj__memory_is_armed first).
 * sj__memory_count_allocations: allocations since the last arming (or since it was armed with n = INT64_MAX).
 */
void sj__memory_fail_at(int64_t n, bool for_ever);
extern SJ_HIDDEN int sj__memory_armed;
static SJ_ALWAYS_INLINE bool sj__memory_is_armed(void)
{
	return __atomic_load_n(&sj__memory_armed, __ATOMIC_RELAXED) != 0;
}
int64_t sj__memory_count_allocations(void);

#endif
