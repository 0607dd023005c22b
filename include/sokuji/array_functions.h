/*
 * Functions over the operations that move elements: those that TensorFlow has only in Python, and those whose operation has a list before its
 * last argument. Like the operations, each returns a tensor of the open scope, or nil with a sticky error.
 */
#ifndef SOKUJI_ARRAY_FUNCTIONS_H
#define SOKUJI_ARRAY_FUNCTIONS_H

#include <sokuji/operations.h>

SJ_BEGIN_DECLARATIONS

/*
 * The n tensors one after the other along `axis`, which may count from the end. They agree in dtype and in all other dimensions.
 * InvalidArgument when they do not, for scalars, and when n is 0. TensorFlow: ConcatV2, tf.concat.
 */
SJ_PUBLIC sj_tensor *sj_concat(int64_t n, sj_tensor *const *values, int64_t axis);

SJ_END_DECLARATIONS

#endif
