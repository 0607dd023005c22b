/* The kernels of the operations that move elements, in array_*.c. */
#ifndef SOKUJI_CPU_KERNELS_ARRAY_H
#define SOKUJI_CPU_KERNELS_ARRAY_H

#include "ops/op.h"

/* array_shape.c */
sj_status sj__kernel_shape(sj__call *call);
sj_status sj__kernel_shape_n(sj__call *call);
sj_status sj__kernel_size(sj__call *call);
sj_status sj__kernel_rank(sj__call *call);
sj_status sj__kernel_transpose(sj__call *call);
sj_status sj__kernel_fill(sj__call *call);
sj_status sj__kernel_zeros_like(sj__call *call);
sj_status sj__kernel_ones_like(sj__call *call);

/* array_cast.c */
sj_status sj__kernel_cast(sj__call *call);
sj_status sj__kernel_bitcast(sj__call *call);
sj_status sj__kernel_check_numerics(sj__call *call);

/* array_slice.c */
sj_status sj__kernel_slice(sj__call *call);
sj_status sj__kernel_strided_slice(sj__call *call);
sj_status sj__kernel_strided_slice_grad(sj__call *call);

/* array_join.c */
sj_status sj__kernel_concat_v2(sj__call *call);

/* array_gather.c */
sj_status sj__kernel_gather(sj__call *call);
sj_status sj__kernel_one_hot(sj__call *call);

/* array_arg.c */
sj_status sj__kernel_argmax(sj__call *call);
sj_status sj__kernel_argmin(sj__call *call);

/* array_segment.c */
sj_status sj__kernel_segment_sum(sj__call *call);
sj_status sj__kernel_segment_mean(sj__call *call);
sj_status sj__kernel_segment_max(sj__call *call);
sj_status sj__kernel_segment_min(sj__call *call);
sj_status sj__kernel_segment_prod(sj__call *call);
sj_status sj__kernel_unsorted_segment_sum(sj__call *call);
sj_status sj__kernel_unsorted_segment_max(sj__call *call);
sj_status sj__kernel_unsorted_segment_min(sj__call *call);
sj_status sj__kernel_unsorted_segment_prod(sj__call *call);

/* array_select.c */
sj_status sj__kernel_select(sj__call *call);
sj_status sj__kernel_where_values(sj__call *call);
sj_status sj__kernel_where(sj__call *call);

#endif
