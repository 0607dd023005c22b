/* The gradients that rows name and that are written by hand, in gradients_*.c by family. */
#ifndef SOKUJI_OPS_GRADIENTS_H
#define SOKUJI_OPS_GRADIENTS_H

#include "ops/op.h"
#include "ops/gradients_array.h"

/* gradients_common.c */
void sj__gradient_none(const sj__gradient *g, sj_tensor **dx); /* differentiable, with derivative zero */

/* gradients_elementwise.c */
void sj__gradient_clip_by_value(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_leaky_relu(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_leaky_relu_grad(const sj__gradient *g, sj_tensor **dx);

/* gradients_matmul.c */
void sj__gradient_matmul(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_fused_matmul(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_batch_matmul(const sj__gradient *g, sj_tensor **dx);

/* gradients_reduce.c */
void sj__gradient_sum(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_mean(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_extreme(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_euclidean_norm(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_prod(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_prod_others(const sj__gradient *g, sj_tensor **dx);

/* gradients_shape.c */
void sj__gradient_reshape(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_broadcast_to(const sj__gradient *g, sj_tensor **dx);

/* gradients_conv.c */
void sj__gradient_conv2d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_fused_conv2d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_conv2d_backprop_input(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_conv2d_backprop_filter(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_depthwise_conv2d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_depthwise_conv2d_backprop_input(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_depthwise_conv2d_backprop_filter(const sj__gradient *g, sj_tensor **dx);

/* gradients_nn.c */
void sj__gradient_bias_add(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_bias_add_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_softmax(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_log_softmax(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_softmax_cross_entropy(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_sparse_softmax_cross_entropy(const sj__gradient *g, sj_tensor **dx);

/* gradients_pool.c */
void sj__gradient_max_pool(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_avg_pool(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool_grad_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_avg_pool_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool_with_argmax(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool_grad_with_argmax(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool_grad_grad_with_argmax(const sj__gradient *g, sj_tensor **dx);

/* gradients_norm.c */
void sj__gradient_fused_batch_norm(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_fused_batch_norm_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_lrn(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_lrn_grad(const sj__gradient *g, sj_tensor **dx);

/* gradients_linalg.c */
void sj__gradient_matrix_inverse(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_determinant(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_log_matrix_determinant(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_cholesky(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_triangular_solve(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_solve(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_matrix_solve_ls(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_qr(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_svd(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_self_adjoint_eig(const sj__gradient *g, sj_tensor **dx);

/* gradients_volume.c */
void sj__gradient_conv3d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_conv3d_backprop_input(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_conv3d_backprop_filter(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool3d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool3d_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_max_pool3d_grad_grad(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_avg_pool3d(const sj__gradient *g, sj_tensor **dx);
void sj__gradient_avg_pool3d_grad(const sj__gradient *g, sj_tensor **dx);

#endif
