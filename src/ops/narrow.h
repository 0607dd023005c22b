/* Floats of 16 bits in operations whose kernels have no such loops: computed as float32 and rounded back. */
#ifndef SOKUJI_OPS_NARROW_H
#define SOKUJI_OPS_NARROW_H

#include "ops/op.h"

/*
 * After a call failed with `status`: where the operation refuses float16 or bfloat16 but takes float32, runs it on casts of the
 * inputs and casts its results back; tapes and graphs see these operations. Otherwise the status is handed back.
 */
sj_status sj__narrow_execute(sj__call *call, sj_tensor *const *given, sj_status status);

#endif
