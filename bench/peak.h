/* What the fused multiply-add units can do: as many independent chains as keep them busy, in the registers of an instruction set. */
#ifndef SOKUJI_BENCH_PEAK_H
#define SOKUJI_BENCH_PEAK_H

#include "base/threads.h"
#include "cpu/isa.h"

typedef float wide __attribute__((vector_size(64)));
enum { CHAINS = 24, CHAIN_ROUNDS = 200000 };

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static float chains_of_16(void)
{
	wide chain[CHAINS] = {{0}}, factor = (wide){0} + 0.999f, term = (wide){0} + 0.001f;
	for (int round = 0; round < CHAIN_ROUNDS; round++)
#pragma GCC unroll 24
		for (int i = 0; i < CHAINS; i++)
			__asm__("vfmadd213ps %2, %1, %0" : "+v"(chain[i]) : "v"(factor), "v"(term));
	float total = 0;
#pragma GCC unroll 24
	for (int i = 0; i < CHAINS; i++)
		total += chain[i][0];
	return total;
}

typedef float half_wide __attribute__((vector_size(32)));

__attribute__((target("avx2,fma"))) static float chains_of_8(void)
{
	half_wide chain[12] = {{0}}, factor = (half_wide){0} + 0.999f, term = (half_wide){0} + 0.001f;
	for (int round = 0; round < CHAIN_ROUNDS; round++)
#pragma GCC unroll 12
		for (int i = 0; i < 12; i++)
			__asm__("vfmadd213ps %2, %1, %0" : "+x"(chain[i]) : "x"(factor), "x"(term));
	float total = 0;
#pragma GCC unroll 12
	for (int i = 0; i < 12; i++)
		total += chain[i][0];
	return total;
}
#endif

static volatile float peak_sink;

static void peak_run(void *context, int64_t begin, int64_t end)
{
#if defined(__x86_64__)
	int isa = *(const int *)context;
	for (int64_t i = begin; i < end; i++)
		peak_sink = isa == SJ__ISA_AVX512 ? chains_of_16() : isa == SJ__ISA_AVX2 ? chains_of_8() : 0;
#else
	(void)context, (void)begin, (void)end;
#endif
}

/* GFLOP/s of float32 on the threads in use; now: seconds. Without such units any large number. */
static double peak_gflops(int isa, double (*now)(void))
{
	double begin = now(), flops = isa == SJ__ISA_AVX512 ? CHAINS * 32. : 12 * 16.;
	sj__parallel_for(sj__threads(), 1, peak_run, &isa);
	return flops * CHAIN_ROUNDS * sj__threads() / (now() - begin) * 1e-9;
}

#endif
