/*
 * What tests may do that programs may not: run a rule on shapes with unknown parts, make allocations and file calls fail, choose
 * the instruction set and the number of threads, count tape records. Only libsokuji_testing.so exports these functions.
 */
#ifndef SOKUJI_TESTS_TESTING_H
#define SOKUJI_TESTS_TESTING_H

#include <stdint.h>

#include "sokuji/execute.h"

/* An input of a rule: the tensor itself, or only its dtype under a shape that may be partly unknown. */
typedef struct sj__test_input {
	sj_tensor *tensor;   /* NULL: an optional input that is not given */
	int32_t is_symbolic; /* the value is unknown, and the shape is what follows */
	int32_t rank;        /* -1: unknown */
	const int64_t *dims; /* `rank` numbers, -1: unknown */
} sj__test_input;

typedef struct sj__test_shape {
	int32_t is_said; /* the rule said something about this output */
	int32_t dtype;
	int32_t rank;
	int64_t dims[SJ_MAX_RANK];
} sj__test_shape;

/* Runs only the rule of `op`. args: as for sj_execute. Fills n_outputs shapes on success. */
SJ_PUBLIC sj_status sj__test_infer(const sj_op *op, const void *args, int n_inputs, const sj__test_input *inputs,
                                   int n_outputs, sj__test_shape *ret_shapes);

/* The n-th allocation from now on fails (1: the next), once or for ever; 0 disarms. */
SJ_PUBLIC void sj__test_memory_fail_at(int64_t n, bool for_ever);
SJ_PUBLIC int64_t sj__test_memory_count(void); /* allocations since the last arming */
SJ_PUBLIC int64_t sj__test_memory_in_use(void);
SJ_PUBLIC void sj__test_memory_set_limit(int64_t n_bytes); /* < 0: the default */

/* The same for calls of the file system. */
SJ_PUBLIC void sj__test_file_fail_at(int64_t n, int error_number, bool for_ever);
SJ_PUBLIC int64_t sj__test_file_count(void);

/* 0 plain, 1 AVX2, 2 AVX-512; returns what is in use, which is never above what the CPU has. */
SJ_PUBLIC int sj__test_set_isa(int isa);
SJ_PUBLIC void sj__test_set_threads(int n); /* < 1: the default */

/* Records in this thread's tape log, and tensors that its scopes own. */
SJ_PUBLIC int64_t sj__test_tape_records(void);
SJ_PUBLIC int64_t sj__test_scope_tensors(void);
/* Handles in this thread's pool: fewer with the same bytes in use are handles that leaked. */
SJ_PUBLIC int64_t sj__test_free_handles(void);

#endif
