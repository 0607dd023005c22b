/*
 * What the printed elementwise loops are made of: the functions of each dtype, the pragma that lets compilers vectorise, and
 * the helpers that give a loop over whole blocks its remainder and its scalar operands.
 */
#ifndef SOKUJI_CPU_ELEMENTWISE_H
#define SOKUJI_CPU_ELEMENTWISE_H

#include <math.h>

#include "base/settings.h"
#include "cpu/math_f32.h"
#include "cpu/math_f64.h"
#include "cpu/math_gamma.h"
#include "cpu/math_int.h"
#include "cpu/math_zeta.h"
#include "ops/op.h"

/* Elements do not depend on each other, also where an input is the output. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* some loops (with calls, or under sanitizers) stay as they are */
#define SJ__LOOP_PRAGMA _Pragma("clang loop vectorize(enable)")
#else
#define SJ__LOOP_PRAGMA _Pragma("GCC ivdep")
#endif
#define SJ__LOOP_CAST (void (*)(void))

/* Padded loops run over multiples of this many elements: the widest vectors of the narrowest floats. */
enum { SJ__LOOP_STEP = 16 };

extern SJ_HIDDEN const sj__float_loops sj__loops_plain[], sj__loops_avx2[], sj__loops_avx512[];
extern SJ_HIDDEN const sj__whole_loops sj__loops_whole[];

typedef void sj__full_loop(int64_t n, const void *x, const void *y, void *z);

/* All n elements by a loop over multiples of SJ__LOOP_STEP: the rest is padded with zeros. */
void sj__loop_unary_padded(sj__unary_loop *whole, int64_t n, const void *x, void *y, size_t size_x, size_t size_y);
/* Scalar operands are spread over a block. */
void sj__loop_binary_expanded(sj__full_loop *full, int64_t n, const void *x, int64_t stride_x, const void *y,
                              int64_t stride_y, void *z, size_t size_in, size_t size_out);
/* Both. */
void sj__loop_binary_padded(sj__full_loop *whole, int64_t n, const void *x, int64_t stride_x, const void *y,
                            int64_t stride_y, void *z, size_t size_in, size_t size_out);

/* The loop of an elementwise operation for a dtype and this machine, or NULL. */
void (*sj__loop_find(const sj_op *op, sj_dtype dtype))(void);

/*
 * n elements, of which one operand has them all and the other (repeats_x, repeats_y) the last `row` ones, repeated; elements of `size`
 * bytes in all three (elementwise_blocks.c).
 */
void sj__loop_binary_repeated(sj__binary_loop *loop, int64_t n, int64_t row, size_t size, const void *x, bool repeats_x,
                              const void *y, void *z);

/* Runs the loop over all elements of z, x and y broadcast to it (elementwise_broadcast.c). */
void sj__loop_binary_broadcast(const sj_op *op, sj__binary_loop *loop, const sj_tensor *x, const sj_tensor *y,
                               const sj_tensor *z);

#endif
