/* The rules that rows name. One declaration a rule; each stands in the rules_*.c of its family. */
#ifndef SOKUJI_OPS_RULES_H
#define SOKUJI_OPS_RULES_H

#include "ops/op.h"

/* rules_common.c */
sj_status sj__rule_unary_bool(sj__call *call);

/* rules_matmul.c */
sj_status sj__rule_matmul(sj__call *call);

/* rules_reduce.c */
sj_status sj__rule_reduce(sj__call *call);
/* The axes of a reduction: ret_reduced[i] for each of the input's dimensions. False when the axes are not known yet. */
sj_status sj__reduce_axes(const sj__call *call, const sj_tensor *input, const sj_tensor *axes, bool *ret_reduced, bool *ret_known);

/* rules_shape.c */
sj_status sj__rule_reshape(sj__call *call);
sj_status sj__rule_broadcast_to(sj__call *call);

#endif
