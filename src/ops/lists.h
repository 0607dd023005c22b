/* What the printed functions of the pleasant face do with arrays of tensors. */
#ifndef SOKUJI_OPS_LISTS_H
#define SOKUJI_OPS_LISTS_H

#include "ops/op.h"

/* A negative count or a NULL array: an error that sticks. */
sj_tensor *sj__list_refused(const char *who, int64_t count, const void *array);
sj_status sj__list_refused_status(const char *who, int64_t count, const void *array);

/* Runs with `first` and then the array's tensors as inputs. */
sj_tensor *sj__run_joined(const sj_op *op, const void *args, int n_first, sj_tensor *const *first, int64_t n_rest,
                          sj_tensor *const *rest);

/* The same with any number of outputs. */
sj_status sj__run_joined_many(const sj_op *op, const void *args, int n_first, sj_tensor *const *first, int64_t n_rest,
                              sj_tensor *const *rest, int64_t n_outputs, sj_tensor **ret_outputs);

#endif
