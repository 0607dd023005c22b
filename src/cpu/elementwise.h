/* What the printed elementwise loops are made of: the functions of each dtype and the pragma that lets compilers vectorise. */
#ifndef SOKUJI_CPU_ELEMENTWISE_H
#define SOKUJI_CPU_ELEMENTWISE_H

#include <math.h>

#include "cpu/math_f32.h"
#include "cpu/math_f64.h"
#include "cpu/math_int.h"
#include "ops/op.h"

/* Elements do not depend on each other, also where an input is the output. */
#if defined(__clang__)
#define SJ__LOOP_PRAGMA _Pragma("clang loop vectorize(enable)")
#else
#define SJ__LOOP_PRAGMA _Pragma("GCC ivdep")
#endif

extern const sj__hot_loops sj__hot_plain[], sj__hot_avx2[], sj__hot_avx512[];

/* The loop of an operation for a dtype and this machine, or NULL. */
void (*sj__loop_find(const sj_op *op, sj_dtype dtype))(void);

#endif
