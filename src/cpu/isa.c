/*
 * Finds the instruction set once. The answer is one integer that every thread computes alike, so a race of first calls is
 * harmless.
 */
#include "cpu/isa.h"

#include <stdlib.h>
#include <string.h>

int sj__isa_in_use = -1;

#if defined(__x86_64__)
static int best_isa(void)
{
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return SJ__ISA_PLAIN;
	if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl") ||
	    !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw"))
		return SJ__ISA_AVX2;
	return SJ__ISA_AVX512;
}
#else
static int best_isa(void) { return SJ__ISA_PLAIN; }
#endif

static int named_isa(const char *name)
{
	static const char *const names[SJ__ISA_COUNT] = {"plain", "avx2", "avx512"};
	for (int isa = 0; name && isa < SJ__ISA_COUNT; isa++)
		if (strcmp(name, names[isa]) == 0)
			return isa;
	return SJ__ISA_COUNT - 1;
}

int sj__set_isa(int isa)
{
	int best = best_isa();
	if (isa > best)
		isa = best;
	if (isa < SJ__ISA_PLAIN)
		isa = SJ__ISA_PLAIN;
	__atomic_store_n(&sj__isa_in_use, isa, __ATOMIC_RELAXED);
	return isa;
}

int sj__isa_find(void) { return sj__set_isa(named_isa(getenv("SOKUJI_ISA"))); }
