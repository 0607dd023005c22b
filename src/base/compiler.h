/* The GNU extensions that the project uses, behind names of its own. The only header that knows the compiler. */
#ifndef SOKUJI_BASE_COMPILER_H
#define SOKUJI_BASE_COMPILER_H

#include <stddef.h>
#include <stdint.h>

#define SJ_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define SJ_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define SJ_NOINLINE __attribute__((noinline))
#define SJ_ALWAYS_INLINE inline __attribute__((always_inline))
#define SJ_HIDDEN __attribute__((visibility("hidden"))) /* addressed without the global offset table */
#define SJ_COLD __attribute__((cold, noinline))
#define SJ_UNUSED __attribute__((unused))
#define SJ_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
/* For large or rarely used state: the static block that the fast model takes its space from is small. */
#define SJ_THREAD_LOCAL_COLD __thread
#define SJ_COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Checked 64-bit arithmetic: true and *ret_result written when the exact result fits, false otherwise. */
static SJ_ALWAYS_INLINE int sj__add_fits(int64_t a, int64_t b, int64_t *ret_result)
{
	int64_t result;
	if (__builtin_add_overflow(a, b, &result))
		return 0;
	*ret_result = result;
	return 1;
}

static SJ_ALWAYS_INLINE int sj__subtract_fits(int64_t a, int64_t b, int64_t *ret_result)
{
	int64_t result;
	if (__builtin_sub_overflow(a, b, &result))
		return 0;
	*ret_result = result;
	return 1;
}

static SJ_ALWAYS_INLINE int sj__multiply_fits(int64_t a, int64_t b, int64_t *ret_result)
{
	int64_t result;
	if (__builtin_mul_overflow(a, b, &result))
		return 0;
	*ret_result = result;
	return 1;
}

static SJ_ALWAYS_INLINE int64_t sj__min_i64(int64_t a, int64_t b) { return a < b ? a : b; }
static SJ_ALWAYS_INLINE int64_t sj__max_i64(int64_t a, int64_t b) { return a > b ? a : b; }
static SJ_ALWAYS_INLINE int64_t sj__divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Tells the processor that this thread spins. */
static SJ_ALWAYS_INLINE void sj__spin_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
