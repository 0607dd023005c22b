/* The rules of the operations that move elements, in rules_shape.c and rules_array_*.c. */
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
/* perm into ret_perm, or the reversed order; *ret_known is false when it is symbolic. */
sj_status sj__transpose_perm(const sj__call *call, int rank, int *ret_perm, bool *ret_known);

/* rules_array_cast.c */
sj_status sj__rule_cast(sj__call *call);
sj_status sj__rule_bitcast(sj__call *call);

/* rules_array_slice.c */
sj_status sj__rule_slice(sj__call *call);
sj_status sj__rule_strided_slice(sj__call *call);
sj_status sj__rule_strided_slice_grad(sj__call *call);

/* rules_array_join.c */
sj_status sj__rule_concat_v2(sj__call *call);

/* rules_array_gather.c */
sj_status sj__rule_gather(sj__call *call);
sj_status sj__rule_one_hot(sj__call *call);
/* axis and batch_dims of a gather whose ranks are known, in [0, rank). */
sj_status sj__gather_axes(const sj__call *call, int *ret_axis, int *ret_batch_dims);

/* rules_array_search.c */
sj_status sj__rule_arg_extreme(sj__call *call);

/* rules_array_segment.c */
sj_status sj__rule_segment(sj__call *call);
sj_status sj__rule_unsorted_segment(sj__call *call);

/* rules_array_select.c */
sj_status sj__rule_select(sj__call *call);
sj_status sj__rule_where_values(sj__call *call);
sj_status sj__rule_where(sj__call *call);

#endif
