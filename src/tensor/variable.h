/* A variable: the handle of its present value, and what a tape needs to know of it. */
#ifndef SOKUJI_TENSOR_VARIABLE_H
#define SOKUJI_TENSOR_VARIABLE_H

#include "sokuji/variable.h"
#include "tensor/tensor.h"

struct sj__variable {
	sj_tensor *value; /* an ordinary handle; NULL before the first assignment */
	bool trainable;
	bool is_loose;          /* values of other shapes may be assigned; the handle's shape follows */
	int32_t rank;           /* of a loose one: what its shapes have in common, -1: nothing, not even a rank */
	int64_t *dims;          /* so, -1: any; NULL: not said */
	int32_t lock;           /* a spin lock, taken once a second thread uses the library */
	int32_t place;          /* of a graph's variable: its number from 1 in each session; 0: an ordinary one */
	char *name;             /* of the one allocator; NULL: none */
	struct sj_graph *graph; /* that a graph's variable belongs to, borrowed */
};

/* The present value as an own reference; FailedPrecondition before the first assignment. */
sj_status sj__variable_value(sj_tensor *variable, sj_tensor **ret_value);

/*
 * The value, an own reference, with bytes that may be written: the variable's own when nobody else holds them, else a fresh copy that takes
 * their place. Everything that can fail happens here; the reference keeps the bytes should another thread assign the variable meanwhile.
 */
sj_status sj__variable_writable(sj_tensor *variable, sj_tensor **ret_value);

/* Replaces the value by `value` (an own reference is taken, storage shared) after checking dtype and shape. */
sj_status sj__variable_set(sj_tensor *variable, sj_tensor *value);

/*
 * Swaps the value with *value, an ordinary handle of the variable's dtype and shape that is the caller's own and nobody else's (NULL: no
 * value). Never fails: what assigns many variables at once prepares all handles first.
 */
void sj__variable_exchange(sj_tensor *variable, sj_tensor **value);

#endif
