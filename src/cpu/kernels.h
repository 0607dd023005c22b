/* The kernels that rows name. One declaration a kernel; each stands in the file of its family. */
#ifndef SOKUJI_CPU_KERNELS_H
#define SOKUJI_CPU_KERNELS_H

#include "ops/op.h"
#include "cpu/kernels_array.h"

/* elementwise.c */
sj_status sj__kernel_binary_division(sj__call *call);
sj_status sj__kernel_binary_power(sj__call *call);

/* elementwise_more.c */
sj_status sj__kernel_equal(sj__call *call);
sj_status sj__kernel_approximate_equal(sj__call *call);
sj_status sj__kernel_clip_by_value(sj__call *call);
sj_status sj__kernel_betainc(sj__call *call);
sj_status sj__kernel_leaky_relu(sj__call *call);
sj_status sj__kernel_leaky_relu_grad(sj__call *call);

/* matmul.c */
sj_status sj__kernel_matmul(sj__call *call);
sj_status sj__kernel_fused_matmul(sj__call *call);
sj__quick sj__quick_matmul;

/* elementwise.c, nn_bias.c */
sj__quick sj__quick_bias_add, sj__quick_bias_add_grad;

/* batch_matmul.c */
sj_status sj__kernel_batch_matmul(sj__call *call);

/* reduce.c */
sj_status sj__kernel_reduce_sum(sj__call *call);
sj_status sj__kernel_reduce_mean(sj__call *call);
sj_status sj__kernel_reduce_prod(sj__call *call);
sj_status sj__kernel_reduce_max(sj__call *call);
sj_status sj__kernel_reduce_min(sj__call *call);
sj_status sj__kernel_reduce_norm(sj__call *call);
/* reduce_products.c */
sj_status sj__kernel_prod_others(sj__call *call);

/* shape.c */
sj_status sj__kernel_reshape(sj__call *call);
sj_status sj__kernel_broadcast_to(sj__call *call);

/* nn_conv.c */
sj_status sj__kernel_conv2d(sj__call *call);
sj_status sj__kernel_conv3d(sj__call *call);
sj_status sj__kernel_conv3d_backprop_input(sj__call *call);
sj_status sj__kernel_conv3d_backprop_filter(sj__call *call);
sj_status sj__kernel_pool3d(sj__call *call);
sj_status sj__kernel_fused_conv2d(sj__call *call);
sj_status sj__kernel_conv2d_backprop_input(sj__call *call);
sj_status sj__kernel_conv2d_backprop_filter(sj__call *call);
sj_status sj__kernel_depthwise_conv2d(sj__call *call);
sj_status sj__kernel_depthwise_conv2d_backprop_input(sj__call *call);
sj_status sj__kernel_depthwise_conv2d_backprop_filter(sj__call *call);

/* nn_bias.c, nn_softmax.c */
sj_status sj__kernel_bias_add(sj__call *call);
sj_status sj__kernel_bias_add_grad(sj__call *call);
sj_status sj__kernel_softmax(sj__call *call);
sj_status sj__kernel_log_softmax(sj__call *call);
sj_status sj__kernel_softmax_cross_entropy_with_logits(sj__call *call);
sj_status sj__kernel_sparse_softmax_cross_entropy_with_logits(sj__call *call);
sj_status sj__kernel_l2_loss(sj__call *call);

/* random.c, random_choose.c, random_gamma.c */
sj_status sj__kernel_random_uniform(sj__call *call);
sj_status sj__kernel_random_normal(sj__call *call);
sj_status sj__kernel_random_truncated_normal(sj__call *call);
sj_status sj__kernel_random_int(sj__call *call);
sj_status sj__kernel_random_shuffle(sj__call *call);
sj_status sj__kernel_multinomial(sj__call *call);
sj_status sj__kernel_random_gamma(sj__call *call);
sj_status sj__kernel_random_poisson(sj__call *call);
sj_status sj__kernel_stateless_gamma(sj__call *call);
sj_status sj__kernel_stateless_poisson(sj__call *call);
sj_status sj__kernel_stateless_binomial(sj__call *call); /* random_binomial.c */
sj_status sj__kernel_stateless_uniform(sj__call *call);
sj_status sj__kernel_stateless_normal(sj__call *call);
sj_status sj__kernel_stateless_truncated_normal(sj__call *call);
sj_status sj__kernel_stateless_random_int(sj__call *call);
sj_status sj__kernel_stateless_full_int(sj__call *call);
sj_status sj__kernel_stateless_multinomial(sj__call *call);

/* nn_pool.c */
sj_status sj__kernel_max_pool(sj__call *call);
sj_status sj__kernel_avg_pool(sj__call *call);
sj_status sj__kernel_max_pool_grad(sj__call *call);
sj_status sj__kernel_max_pool_grad_grad(sj__call *call);
sj_status sj__kernel_avg_pool_grad(sj__call *call);
sj_status sj__kernel_max_pool_with_argmax(sj__call *call);
sj_status sj__kernel_max_pool_grad_with_argmax(sj__call *call);
sj_status sj__kernel_max_pool_grad_grad_with_argmax(sj__call *call);

/* nn_batch_norm.c, nn_lrn.c */
sj_status sj__kernel_fused_batch_norm(sj__call *call);
sj_status sj__kernel_fused_batch_norm_grad(sj__call *call);
sj_status sj__kernel_lrn(sj__call *call);
sj_status sj__kernel_lrn_grad(sj__call *call);

/* string.c, string_split.c, string_number.c, string_hash.c, csv.c */
sj_status sj__kernel_string_to_hash_bucket(sj__call *call);
sj_status sj__kernel_string_to_hash_bucket_fast(sj__call *call);
sj_status sj__kernel_string_to_hash_bucket_strong(sj__call *call);
sj_status sj__kernel_string_lower(sj__call *call);
sj_status sj__kernel_string_upper(sj__call *call);
sj_status sj__kernel_string_strip(sj__call *call);
sj_status sj__kernel_string_length(sj__call *call);
sj_status sj__kernel_substr(sj__call *call);
sj_status sj__kernel_regex_replace(sj__call *call);
sj_status sj__kernel_regex_full_match(sj__call *call);
sj_status sj__kernel_string_join(sj__call *call);
sj_status sj__kernel_reduce_join(sj__call *call);
sj_status sj__kernel_string_split(sj__call *call);
sj_status sj__kernel_string_split_v2(sj__call *call);
sj_status sj__kernel_string_to_number(sj__call *call);
sj_status sj__kernel_as_string(sj__call *call);
sj_status sj__kernel_decode_csv(sj__call *call);

/* linalg_kernels.c */
sj_status sj__kernel_matrix_inverse(sj__call *call);
sj_status sj__kernel_matrix_determinant(sj__call *call);
sj_status sj__kernel_log_matrix_determinant(sj__call *call);
sj_status sj__kernel_cholesky(sj__call *call);
sj_status sj__kernel_cholesky_grad(sj__call *call);
sj_status sj__kernel_lu(sj__call *call);
sj_status sj__kernel_matrix_solve(sj__call *call);
sj_status sj__kernel_matrix_solve_ls(sj__call *call);
sj_status sj__kernel_matrix_triangular_solve(sj__call *call);
sj_status sj__kernel_qr(sj__call *call);
sj_status sj__kernel_svd(sj__call *call);
sj_status sj__kernel_self_adjoint_eig(sj__call *call);

#endif
