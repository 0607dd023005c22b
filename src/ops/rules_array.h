/* The rules of the operations that move elements. */
#ifndef SOKUJI_OPS_RULES_ARRAY_H
#define SOKUJI_OPS_RULES_ARRAY_H

#include "ops/op.h"

/* rules_shape.c */
sj_status sj__rule_expand_dims(sj__call *call);
sj_status sj__rule_squeeze(sj__call *call);
sj_status sj__rule_identity(sj__call *call);
sj_status sj__rule_shape(sj__call *call);
sj_status sj__rule_shape_n(sj__call *call);
sj_status sj__rule_size(sj__call *call);
sj_status sj__rule_rank(sj__call *call);
sj_status sj__rule_transpose(sj__call *call);
sj_status sj__rule_fill(sj__call *call);

/* rules_array_blocks.c */
sj_status sj__rule_space_to_depth(sj__call *call);
sj_status sj__rule_depth_to_space(sj__call *call);
sj_status sj__rule_space_to_batch(sj__call *call);
sj_status sj__rule_batch_to_space(sj__call *call);

/* rules_array_cast.c */
sj_status sj__rule_cast(sj__call *call);
sj_status sj__rule_bitcast(sj__call *call);

/* rules_array_gather.c */
sj_status sj__rule_gather(sj__call *call);
sj_status sj__rule_one_hot(sj__call *call);

/* rules_array_join.c */
sj_status sj__rule_concat_v2(sj__call *call);

/* rules_array_matrix.c */
sj_status sj__rule_diag(sj__call *call);
sj_status sj__rule_diag_part(sj__call *call);
sj_status sj__rule_matrix_diag(sj__call *call);
sj_status sj__rule_matrix_diag_part(sj__call *call);
sj_status sj__rule_matrix_set_diag(sj__call *call);
sj_status sj__rule_matrix_band_part(sj__call *call);

/* rules_array_pad.c */
sj_status sj__rule_pad(sj__call *call);
sj_status sj__rule_mirror_pad(sj__call *call);
sj_status sj__rule_mirror_pad_grad(sj__call *call);
sj_status sj__rule_tile(sj__call *call);
sj_status sj__rule_reverse(sj__call *call);
sj_status sj__rule_roll(sj__call *call);
sj_status sj__rule_reverse_sequence(sj__call *call);

/* rules_array_scan.c */
sj_status sj__rule_scan(sj__call *call);
sj_status sj__rule_recurrence(sj__call *call);

/* rules_array_scatter.c */
sj_status sj__rule_gather_nd(sj__call *call);
sj_status sj__rule_scatter_nd(sj__call *call);
sj_status sj__rule_tensor_scatter(sj__call *call);
sj_status sj__rule_unravel_index(sj__call *call);

/* rules_array_search.c */
sj_status sj__rule_arg_extreme(sj__call *call);
sj_status sj__rule_top_k(sj__call *call);
sj_status sj__rule_in_top_k(sj__call *call);
sj_status sj__rule_unique(sj__call *call);
sj_status sj__rule_list_diff(sj__call *call);
sj_status sj__rule_invert_permutation(sj__call *call);
sj_status sj__rule_bound(sj__call *call);

/* rules_array_segment.c */
sj_status sj__rule_segment(sj__call *call);
sj_status sj__rule_unsorted_segment(sj__call *call);

/* rules_array_select.c */
sj_status sj__rule_select(sj__call *call);
sj_status sj__rule_where_values(sj__call *call);
sj_status sj__rule_where(sj__call *call);

/* rules_array_sequence.c */
sj_status sj__rule_range(sj__call *call);
sj_status sj__rule_linspace(sj__call *call);

/* rules_array_slice.c */
sj_status sj__rule_slice(sj__call *call);
sj_status sj__rule_strided_slice(sj__call *call);
sj_status sj__rule_strided_slice_grad(sj__call *call);

/* rules_array_split.c */
sj_status sj__rule_stack(sj__call *call);
sj_status sj__rule_unstack(sj__call *call);
sj_status sj__rule_split(sj__call *call);
sj_status sj__rule_split_v(sj__call *call);
sj_status sj__rule_add_n(sj__call *call);
sj_status sj__rule_dynamic_partition(sj__call *call);
sj_status sj__rule_dynamic_stitch(sj__call *call);

/* rules_array_count.c */
sj_status sj__rule_bincount(sj__call *call);
sj_status sj__rule_histogram_fixed_width(sj__call *call);
sj_status sj__rule_cross(sj__call *call);

/* What rules have worked out and kernels need again. */

/* The places that Roll moves each dimension of input 0 on by, in [0, dimension); *ret_known is false when they are symbolic. */
sj_status sj__roll_shifts(const sj__call *call, int64_t *ret_shifts, bool *ret_known);

/* perm into ret_perm, or the reversed order; *ret_known is false when it is symbolic. */
sj_status sj__transpose_perm(const sj__call *call, int rank, int *ret_perm, bool *ret_known);
/* axis (-1: not known) and batch_dims of a gather whose ranks are known. */
sj_status sj__gather_axes(const sj__call *call, int *ret_axis, int *ret_batch_dims);
/* Whether bad_indices_policy is IGNORE; fails when it is no policy. */
sj_status sj__bad_indices_ignored(const sj__call *call, bool *ret_ignored);

#endif
