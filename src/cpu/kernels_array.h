/* The kernels of the operations that move elements. */
#ifndef SOKUJI_CPU_KERNELS_ARRAY_H
#define SOKUJI_CPU_KERNELS_ARRAY_H

#include "ops/op.h"

/* array_arg.c */
sj_status sj__kernel_argmax(sj__call *call);
sj_status sj__kernel_argmin(sj__call *call);

/* array_blocks.c */
sj_status sj__kernel_space_to_depth(sj__call *call);
sj_status sj__kernel_depth_to_space(sj__call *call);
sj_status sj__kernel_space_to_batch(sj__call *call);
sj_status sj__kernel_batch_to_space(sj__call *call);

/* array_cast.c */
sj_status sj__kernel_cast(sj__call *call);
sj_status sj__kernel_bitcast(sj__call *call);
sj_status sj__kernel_check_numerics(sj__call *call);

/* array_gather.c */
sj_status sj__kernel_gather(sj__call *call);
sj_status sj__kernel_one_hot(sj__call *call);

/* array_join.c */
sj_status sj__kernel_concat_v2(sj__call *call);
sj_status sj__kernel_stack(sj__call *call);
sj_status sj__kernel_unstack(sj__call *call);
sj_status sj__kernel_split(sj__call *call);
sj_status sj__kernel_split_v(sj__call *call);
sj_status sj__kernel_add_n(sj__call *call);
sj_status sj__kernel_dynamic_partition(sj__call *call);
sj_status sj__kernel_dynamic_stitch(sj__call *call);

/* array_matrix.c */
sj_status sj__kernel_diag(sj__call *call);
sj_status sj__kernel_diag_part(sj__call *call);
sj_status sj__kernel_matrix_diag(sj__call *call);
sj_status sj__kernel_matrix_diag_part(sj__call *call);
sj_status sj__kernel_matrix_set_diag(sj__call *call);
sj_status sj__kernel_matrix_band_part(sj__call *call);

/* array_pad.c */
sj_status sj__kernel_pad(sj__call *call);
sj_status sj__kernel_mirror_pad(sj__call *call);
sj_status sj__kernel_mirror_pad_grad(sj__call *call);

/* array_repeat.c */
sj_status sj__kernel_tile(sj__call *call);
sj_status sj__kernel_reverse(sj__call *call);
sj_status sj__kernel_roll(sj__call *call);
sj_status sj__kernel_reverse_sequence(sj__call *call);

/* array_scan.c */
sj_status sj__kernel_cumsum(sj__call *call);
sj_status sj__kernel_cumprod(sj__call *call);
sj_status sj__kernel_recurrence(sj__call *call);

/* array_scatter.c */
sj_status sj__kernel_gather_nd(sj__call *call);
sj_status sj__kernel_scatter_nd(sj__call *call);
sj_status sj__kernel_tensor_scatter_update(sj__call *call);
sj_status sj__kernel_tensor_scatter_add(sj__call *call);
sj_status sj__kernel_tensor_scatter_sub(sj__call *call);
sj_status sj__kernel_unravel_index(sj__call *call);

/* array_search.c */
sj_status sj__kernel_top_k(sj__call *call);
sj_status sj__kernel_in_top_k(sj__call *call);
sj_status sj__kernel_lower_bound(sj__call *call);
sj_status sj__kernel_upper_bound(sj__call *call);
sj_status sj__kernel_invert_permutation(sj__call *call);

/* array_segment.c */
sj_status sj__kernel_unsorted_segment_sum(sj__call *call);
sj_status sj__kernel_unsorted_segment_prod(sj__call *call);
sj_status sj__kernel_unsorted_segment_max(sj__call *call);
sj_status sj__kernel_unsorted_segment_min(sj__call *call);
sj_status sj__kernel_segment_sum(sj__call *call);
sj_status sj__kernel_segment_prod(sj__call *call);
sj_status sj__kernel_segment_max(sj__call *call);
sj_status sj__kernel_segment_min(sj__call *call);
sj_status sj__kernel_segment_mean(sj__call *call);

/* array_select.c */
sj_status sj__kernel_select(sj__call *call);
sj_status sj__kernel_where_values(sj__call *call);
sj_status sj__kernel_where(sj__call *call);

/* array_sequence.c */
sj_status sj__kernel_range(sj__call *call);
sj_status sj__kernel_linspace(sj__call *call);

/* array_shape.c */
sj_status sj__kernel_shape(sj__call *call);
sj_status sj__kernel_shape_n(sj__call *call);
sj_status sj__kernel_size(sj__call *call);
sj_status sj__kernel_rank(sj__call *call);
sj_status sj__kernel_transpose(sj__call *call);
sj_status sj__kernel_fill(sj__call *call);
sj_status sj__kernel_zeros_like(sj__call *call);
sj_status sj__kernel_ones_like(sj__call *call);

/* array_slice.c */
sj_status sj__kernel_slice(sj__call *call);
sj_status sj__kernel_strided_slice(sj__call *call);
sj_status sj__kernel_strided_slice_grad(sj__call *call);

/* array_count.c */
sj_status sj__kernel_bincount(sj__call *call);
sj_status sj__kernel_histogram_fixed_width(sj__call *call);
sj_status sj__kernel_cross(sj__call *call);

/* array_unique.c */
sj_status sj__kernel_unique(sj__call *call);
sj_status sj__kernel_list_diff(sj__call *call);

#endif
