/* The gradients of the operations that move elements. */
#ifndef SOKUJI_OPS_GRADIENTS_ARRAY_H
#define SOKUJI_OPS_GRADIENTS_ARRAY_H

#include "ops/op.h"

/* gradients_shape.c */
void sj__gradient_transpose(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_fill(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_cast(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_check_numerics(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_blocks.c */
void sj__gradient_space_to_depth(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_depth_to_space(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_space_to_batch(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_batch_to_space(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_gather.c */
void sj__gradient_gather(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_gather_nd(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_scatter_nd(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_tensor_scatter_add(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_tensor_scatter_sub(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_tensor_scatter_update(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_join.c */
void sj__gradient_concat(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_stack(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_unstack(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_split(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_split_v(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_add_n(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_dynamic_partition(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_dynamic_stitch(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_matrix.c */
void sj__gradient_diag(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_diag_part(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_diag(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_diag_part(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_set_diag(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_band_part(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_scan.c */
void sj__gradient_cumsum(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_cumprod(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_recurrence(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_search.c */
void sj__gradient_top_k(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_segment.c */
void sj__gradient_segment_sum(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_mean(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_extreme(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_segment_prod(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_select.c */
void sj__gradient_select(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_where_values(const sj__gradient *g, sj_tensor **dx);

/* gradients_array_slice.c */
void sj__gradient_slice(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_strided_slice(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_strided_slice_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_pad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_mirror_pad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_mirror_pad_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_tile(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_reverse(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_roll(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_cross(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_reverse_sequence(const sj__gradient *g, sj_tensor **dx);

#endif
