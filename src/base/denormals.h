/*
 * Denormals flush to zero by definition. The mode is set once per outermost entry, not per kernel, and restored around
 * callbacks. On machines without such a mode both functions do nothing.
 */
#ifndef SOKUJI_BASE_DENORMALS_H
#define SOKUJI_BASE_DENORMALS_H

#include <stdint.h>

#include "base/compiler.h"

#if defined(__x86_64__) || defined(__SSE2__)

/* MXCSR: flush-to-zero is bit 15, denormals-are-zero bit 6. */
#define SJ__DENORMALS_FLUSH 0x8040u

static SJ_ALWAYS_INLINE uint32_t sj__denormals_state(void) { return __builtin_ia32_stmxcsr(); }
static SJ_ALWAYS_INLINE void sj__denormals_restore(uint32_t state) { __builtin_ia32_ldmxcsr(state); }

#elif defined(__aarch64__)

/* FPCR: FZ is bit 24; it covers operands and results. */
#define SJ__DENORMALS_FLUSH 0x1000000u

static SJ_ALWAYS_INLINE uint32_t sj__denormals_state(void)
{
	uint64_t state;
	__asm__ volatile("mrs %0, fpcr" : "=r"(state));
	return (uint32_t)state;
}

static SJ_ALWAYS_INLINE void sj__denormals_restore(uint32_t state)
{
	uint64_t wide = state;
	__asm__ volatile("msr fpcr, %0" : : "r"(wide) : "memory");
}

#else

#define SJ__DENORMALS_FLUSH 0u

static SJ_ALWAYS_INLINE uint32_t sj__denormals_state(void) { return 0; }
static SJ_ALWAYS_INLINE void sj__denormals_restore(uint32_t state) { (void)state; }

#endif

/* Sets the mode and returns the state before, for sj__denormals_flush_end. Writing the register is the dear part. */
static SJ_ALWAYS_INLINE uint32_t sj__denormals_flush_begin(void)
{
	uint32_t before = sj__denormals_state();
	if (SJ_UNLIKELY((before & SJ__DENORMALS_FLUSH) != SJ__DENORMALS_FLUSH))
		sj__denormals_restore(before | SJ__DENORMALS_FLUSH);
	return before;
}

/* Puts back the mode that begin found; exception flags raised in between stay raised. */
static SJ_ALWAYS_INLINE void sj__denormals_flush_end(uint32_t before)
{
	if (SJ_UNLIKELY((before & SJ__DENORMALS_FLUSH) != SJ__DENORMALS_FLUSH))
		sj__denormals_restore((sj__denormals_state() & ~SJ__DENORMALS_FLUSH) | (before & SJ__DENORMALS_FLUSH));
}

#endif
