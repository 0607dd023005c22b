/*
 * Variables: tensors that can be assigned. A variable is given to operations like any tensor; reading shares its storage.
 * Assigning writes in place when nobody else holds the storage, else swaps in a new one: a value read earlier keeps its contents.
 * An open tape watches trainable variables as they are read.
 */
#ifndef SOKUJI_VARIABLE_H
#define SOKUJI_VARIABLE_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

/* A variable with a copy of the initial value. The reference is the caller's own: end it with sj_free. */
SJ_PUBLIC sj_tensor *sj_variable_new(sj_tensor *initial_value);

/* The same with a name (copied; for saving and messages) and a choice whether tapes watch it by themselves. */
SJ_PUBLIC sj_tensor *sj_variable_new_named(sj_tensor *initial_value, const char *name, bool trainable);

/* A variable without a value yet: reading it is FailedPrecondition until it is assigned. */
SJ_PUBLIC sj_tensor *sj_variable_new_uninitialized(sj_dtype dtype, sj_ints shape, const char *name, bool trainable);

/*
 * Lets values of other shapes be assigned: those that have these dimensions, -1 for any (count -1: any shape at all). A variable's shape is
 * its value's then; graphs know of it only what is said here. At most six dimensions.
 */
SJ_PUBLIC sj_status sj_variable_set_shape(sj_tensor *variable, sj_ints shape);

SJ_PUBLIC bool sj_is_variable(const sj_tensor *tensor);
SJ_PUBLIC bool sj_variable_is_trainable(const sj_tensor *variable);
SJ_PUBLIC const char *sj_variable_name(const sj_tensor *variable); /* "" without a name or when it is no variable */

/* The value now, as an ordinary tensor of the open scope. */
SJ_PUBLIC sj_tensor *sj_variable_read(sj_tensor *variable);

/*
 * variable = value, variable += value, variable -= value. The shape and dtype must be the variable's. On failure the variable is
 * unchanged. Refused (returns the sticky code) while an error sticks.
 */
SJ_PUBLIC sj_status sj_assign(sj_tensor *variable, sj_tensor *value);
SJ_PUBLIC sj_status sj_assign_add(sj_tensor *variable, sj_tensor *value);
SJ_PUBLIC sj_status sj_assign_sub(sj_tensor *variable, sj_tensor *value);

SJ_END_DECLARATIONS

#endif
