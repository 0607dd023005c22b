/* What the kernels of random numbers share: where a call's numbers begin. */
#ifndef SOKUJI_CPU_RANDOM_H
#define SOKUJI_CPU_RANDOM_H

#include "cpu/random_loops.h"
#include "ops/op.h"

/* How the argument structs of all stateful draws begin. */
typedef struct sj__random_args {
	size_t size;
	int64_t seed, seed2;
} sj__random_args;

/* Takes n_groups of the stream that the call's seeds name. The last thing that a kernel does before it writes. */
sj__philox sj__random_stateful(const sj__call *call, uint64_t n_groups);

/* The stream of input `seed`, two integers. */
sj__philox sj__random_stateless(const sj__call *call, int seed);

/* y[at] = value, a count; y is int32, int64, float32 or float64. */
void sj__random_count_set(const sj_tensor *y, int64_t at, double value);

#endif
