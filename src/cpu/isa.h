/* Which instruction set the kernels use: found once by asking the CPU, lowered by SOKUJI_ISA=plain|avx2|avx512. */
#ifndef SOKUJI_CPU_ISA_H
#define SOKUJI_CPU_ISA_H

/* Also the indices of the kernel tables. On other processors than x86-64 only SJ__ISA_PLAIN exists. */
enum { SJ__ISA_PLAIN, SJ__ISA_AVX2, SJ__ISA_AVX512, SJ__ISA_COUNT };

/* The instruction set in use. */
int sj__isa(void);

/* For tests: uses `isa`, or the best that the CPU has where that is less, from the next call on; returns what it is. */
int sj__set_isa(int isa);

#endif
