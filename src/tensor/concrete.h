/* What code that is no operation does first with a tensor it was given: the plain bytes behind it. */
#ifndef SOKUJI_TENSOR_CONCRETE_H
#define SOKUJI_TENSOR_CONCRETE_H

#include "tensor/tensor.h"

/*
 * An own reference to an ordinary tensor with bytes: the tensor itself, a variable's present value, the dense form of slices.
 * InvalidArgument for NULL, released and symbolic handles, FailedPrecondition for nil; `who` names the function in messages.
 */
sj_status sj__concrete(const char *who, sj_tensor *t, sj_tensor **ret_tensor);

/* Ends a function of the pleasant face: gives an own reference to the open scope, or makes the error stick and returns nil. */
sj_tensor *sj__result(sj_status status, sj_tensor *t);

#endif
