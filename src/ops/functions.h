/* What functions written over the public operations share: refusing arguments, and shapes as lists. */
#ifndef SOKUJI_OPS_FUNCTIONS_H
#define SOKUJI_OPS_FUNCTIONS_H

#include "base/status.h"
#include "sokuji/tensor.h"

/* Makes InvalidArgument stick, with the function's name in front; returns nil. */
sj_tensor *sj__function_fail(const char *function, const char *format, ...) SJ_PRINTF_LIKE(2, 3) __attribute__((cold));

/* False for nil (an operation before failed; nothing more to say) and, with an error that sticks, for NULL and released tensors. */
bool sj__function_takes(const char *function, const char *name, const sj_tensor *t);

/* A tensor's shape as a list, good while the tensor is. */
static inline sj_ints sj__shape_of(const sj_tensor *t) { return (sj_ints){sj_tensor_rank(t), sj_tensor_dims(t)}; }

/* "[2,3]": good for one message. */
const char *sj__shape_words(const sj_tensor *t);

#endif
