/*
 * Clipping: gradients made shorter where they are longer than they should be, as TensorFlow's tf.clip_by_… do it.
 *
 * 	sj_gradient(tape, loss, n, variables, gradients);
 * 	sj_clip_by_global_norm(n, gradients, 1);
 * 	sj_optimizer_apply(adam, n, variables, gradients);
 *
 * Like operations these return tensors of the open scope, nil after an error that sticks, and can be differentiated. Tensors are
 * floating; norms are Euclidean; clip_norm is above 0. Sparse gradients become dense.
 */
#ifndef SOKUJI_CLIP_H
#define SOKUJI_CLIP_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/* x clip_norm / |x| where |x| > clip_norm, else x; with .axis = SJ_INTS(…) the norm is taken over these axes alone. */
typedef struct sj_clip_by_norm_args {
	size_t size;
	sj_ints axis;
} sj_clip_by_norm_args;
SJ_PUBLIC sj_tensor *sj_clip_by_norm_with(sj_tensor *x, double clip_norm, const sj_clip_by_norm_args *args);
#define sj_clip_by_norm(x_, clip_norm_, ...) \
	sj_clip_by_norm_with(x_, clip_norm_, \
	                     &(const sj_clip_by_norm_args){.size = sizeof(sj_clip_by_norm_args), ##__VA_ARGS__})

/* The same by the average norm, |x| / (number of elements). */
SJ_PUBLIC sj_tensor *sj_clip_by_average_norm(sj_tensor *x, double clip_norm);

/* sqrt(sum of |x|^2 over all n tensors), a scalar of their dtype; NULL among them is left out, none is 0 (float32). */
SJ_PUBLIC sj_tensor *sj_global_norm(int n, sj_tensor *const *tensors);

/*
 * Puts tensors[i] clip_norm / max(global norm, clip_norm) in the place of each tensors[i] that is not NULL, and returns the global norm from
 * before. On failure nothing is replaced.
 */
SJ_PUBLIC sj_tensor *sj_clip_by_global_norm(int n, sj_tensor **tensors, double clip_norm);

SJ_END_DECLARATIONS

#endif
