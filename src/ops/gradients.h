/* The gradients that rows name and that are written by hand, in gradients_*.c by family. */
#ifndef SOKUJI_OPS_GRADIENTS_H
#define SOKUJI_OPS_GRADIENTS_H

#include "ops/op.h"

/* gradients_common.c */
void sj__gradient_none(const sj__gradient *g, sj_tensor **dx); /* differentiable, with derivative zero */

/* gradients_matmul.c */
void sj__gradient_matmul(const sj__gradient *g, sj_tensor **dx);

/* gradients_reduce.c */
void sj__gradient_sum(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_mean(const sj__gradient *g, sj_tensor **dx);

/* gradients_shape.c */
void sj__gradient_reshape(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_broadcast_to(const sj__gradient *g, sj_tensor **dx);

#endif
