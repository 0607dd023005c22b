/* Which instruction set the kernels use: found once by asking the CPU, lowered by SOKUJI_ISA=plain|avx2|avx512. */
#ifndef SOKUJI_CPU_ISA_H
#define SOKUJI_CPU_ISA_H

#include "base/compiler.h"

/* Also the indices of the kernel tables. On other processors than x86-64 only SJ__ISA_PLAIN exists. */
enum { SJ__ISA_PLAIN, SJ__ISA_AVX2, SJ__ISA_AVX512, SJ__ISA_COUNT };

/* For tests: uses `isa`, or the best that the CPU has where that is less, from the next call on; returns what it is. */
int sj__set_isa(int isa);

/* -1 until the first question; read and written whole, so that threads may come at once. */
extern SJ_HIDDEN int sj__isa_in_use;
int sj__isa_find(void);

/* The instruction set in use. */
static SJ_ALWAYS_INLINE int sj__isa(void)
{
	int isa = __atomic_load_n(&sj__isa_in_use, __ATOMIC_RELAXED);
	return SJ_LIKELY(isa >= 0) ? isa : sj__isa_find();
}

#endif
