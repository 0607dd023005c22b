/* The rules that rows name. One declaration a rule; each stands in the rules_*.c of its family. */
#ifndef SOKUJI_OPS_RULES_H
#define SOKUJI_OPS_RULES_H

#include "ops/op.h"
#include "ops/rules_array.h"

/* rules_common.c */
sj_status sj__rule_unary_bool(sj__call *call);

/* rules_elementwise.c */
sj_status sj__rule_equal(sj__call *call);
sj_status sj__rule_approximate_equal(sj__call *call);
sj_status sj__rule_clip_by_value(sj__call *call);
sj_status sj__rule_betainc(sj__call *call);
sj_status sj__rule_leaky_relu_grad(sj__call *call);

/* rules_matmul.c */
sj_status sj__rule_matmul(sj__call *call);
sj_status sj__rule_fused_matmul(sj__call *call);
sj_status sj__rule_batch_matmul(sj__call *call);

/* rules_reduce.c */
/* The most directions of ProdOthers: the results of one element are a sum over their subsets. */
enum { SJ__PROD_DIRECTIONS = 6 };

sj_status sj__rule_reduce(sj__call *call);
sj_status sj__rule_prod_others(sj__call *call);
/* The axes of a reduction: ret_reduced[i] for each of the input's dimensions. False when the axes are not known yet. */
sj_status sj__reduce_axes(const sj__call *call, const sj_tensor *input, const sj_tensor *axes, bool *ret_reduced,
                          bool *ret_known);

/* rules_shape.c */
sj_status sj__rule_reshape(sj__call *call);
sj_status sj__rule_broadcast_to(sj__call *call);

/* rules_conv.c */
sj_status sj__rule_conv2d(sj__call *call);
sj_status sj__rule_fused_conv2d(sj__call *call);
sj_status sj__rule_conv2d_backprop_input(sj__call *call);
sj_status sj__rule_conv2d_backprop_filter(sj__call *call);

/* rules_nn.c */
/* bias is a vector of so many channels (which may be unknown). */
sj_status sj__bias_check(const sj__call *call, const sj_tensor *bias, int64_t channels);
sj_status sj__rule_bias_add(sj__call *call);
sj_status sj__rule_bias_add_grad(sj__call *call);
sj_status sj__rule_softmax(sj__call *call);
sj_status sj__rule_log_softmax(sj__call *call);
sj_status sj__rule_softmax_cross_entropy_with_logits(sj__call *call);
sj_status sj__rule_sparse_softmax_cross_entropy_with_logits(sj__call *call);
sj_status sj__rule_l2_loss(sj__call *call);

/* rules_random.c */
sj_status sj__rule_random(sj__call *call);
sj_status sj__rule_random_int(sj__call *call);
sj_status sj__rule_random_shuffle(sj__call *call);
sj_status sj__rule_multinomial(sj__call *call);
sj_status sj__rule_random_gamma(sj__call *call);
sj_status sj__rule_random_poisson(sj__call *call);
sj_status sj__rule_stateless_of_parameter(sj__call *call);
sj_status sj__rule_stateless_random(sj__call *call);
sj_status sj__rule_stateless_random_int(sj__call *call);
sj_status sj__rule_stateless_full_int(sj__call *call);

/* rules_volume.c */
sj_status sj__rule_conv3d(sj__call *call);
sj_status sj__rule_conv3d_backprop_input(sj__call *call);
sj_status sj__rule_conv3d_backprop_filter(sj__call *call);
sj_status sj__rule_pool3d(sj__call *call);
sj_status sj__rule_max_pool3d_grad(sj__call *call);
sj_status sj__rule_avg_pool3d_grad(sj__call *call);

/* rules_pool.c */
sj_status sj__rule_max_pool(sj__call *call);
sj_status sj__rule_avg_pool(sj__call *call);
sj_status sj__rule_max_pool_grad(sj__call *call);
sj_status sj__rule_max_pool_grad_grad(sj__call *call);
sj_status sj__rule_avg_pool_grad(sj__call *call);
sj_status sj__rule_max_pool_with_argmax(sj__call *call);
sj_status sj__rule_max_pool_grad_with_argmax(sj__call *call);
sj_status sj__rule_max_pool_grad_grad_with_argmax(sj__call *call);

/* rules_norm.c */
sj_status sj__rule_fused_batch_norm(sj__call *call);
sj_status sj__rule_fused_batch_norm_grad(sj__call *call);
sj_status sj__rule_lrn(sj__call *call);
sj_status sj__rule_lrn_grad(sj__call *call);

/* rules_string.c */
sj_status sj__rule_string_unary(sj__call *call);
sj_status sj__rule_string_case(sj__call *call);
sj_status sj__rule_string_length(sj__call *call);
sj_status sj__rule_string_to_hash_bucket(sj__call *call);
sj_status sj__rule_string_to_hash_bucket_strong(sj__call *call);
sj_status sj__rule_string_to_number(sj__call *call);
sj_status sj__rule_string_join(sj__call *call);
sj_status sj__rule_string_split(sj__call *call);
sj_status sj__rule_string_split_v2(sj__call *call);
sj_status sj__rule_substr(sj__call *call);
sj_status sj__rule_regex_replace(sj__call *call);
sj_status sj__rule_regex_full_match(sj__call *call);
sj_status sj__rule_as_string(sj__call *call);
sj_status sj__rule_reduce_join(sj__call *call);
sj_status sj__rule_decode_csv(sj__call *call);

/* rules_linalg.c */
sj_status sj__rule_square_matrix(sj__call *call);
sj_status sj__rule_matrix_determinant(sj__call *call);
sj_status sj__rule_cholesky_grad(sj__call *call);
sj_status sj__rule_lu(sj__call *call);
sj_status sj__rule_matrix_solve(sj__call *call);
sj_status sj__rule_matrix_triangular_solve(sj__call *call);
sj_status sj__rule_matrix_solve_ls(sj__call *call);
sj_status sj__rule_qr(sj__call *call);
sj_status sj__rule_svd(sj__call *call);
sj_status sj__rule_self_adjoint_eig(sj__call *call);

#endif
