/* The gradients of the operations that move elements, in gradients_shape.c and gradients_array_*.c. */
#ifndef SOKUJI_OPS_GRADIENTS_ARRAY_H
#define SOKUJI_OPS_GRADIENTS_ARRAY_H

#include "ops/op.h"

/* gradients_shape.c */
void sj__gradient_transpose(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_fill(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_cast(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_check_numerics(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_slice.c */
void sj__gradient_slice(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_strided_slice(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_strided_slice_grad(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_join.c */
void sj__gradient_concat(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_gather.c */
void sj__gradient_gather(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_segment.c */
void sj__gradient_segment_sum(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_mean(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_extreme(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_prod(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_select.c */
void sj__gradient_select(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_where_values(const sj__gradient *g, sj_tensor **dx);

#endif
