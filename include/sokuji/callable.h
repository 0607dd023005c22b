/*
 * Functions as values: what a graph's node, a branch or a loop's body calls that is no row of the operation table.
 *
 * sj_call runs one at once, or, where a graph is open on the thread or an input is symbolic (graph.h), appends a node that will.
 * Open tapes record it either way.
 */
#ifndef SOKUJI_CALLABLE_H
#define SOKUJI_CALLABLE_H

#include <stddef.h>

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_callable sj_callable;

/* What a callable does. All but `invoke` may be NULL. */
typedef struct sj_callable_type {
	size_t size;      /* sizeof(sj_callable_type) */
	const char *name; /* the type of its nodes, and what errors and default node names say */
	bool is_stateful; /* it has effects or its results change: run in the order of creation, never merged or left out of a function */
	/*
	 * Computes ret_outputs, references of the caller's own, from inputs that have values (NULL where an input was NULL). On failure
	 * returns a status whose message is the sticky error's or the last one's.
	 */
	sj_status (*invoke)(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
	                    sj_tensor **ret_outputs);
	/* Fills dtypes[k], and ranks[k] (-1: unknown) with dims + k * SJ_MAX_RANK (-1: unknown), which come as float32 of unknown rank. */
	sj_status (*infer)(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_dtype *dtypes,
	                   int *ranks, int64_t *dims);
	void (*release)(void *context);
	/* The variables that invoke changes, and how many: a failed run puts their values back. NULL: it changes none. */
	int (*changes)(void *context, sj_tensor *const **ret_variables);
	/* A failed invoke has changed nothing, and with inputs of sound shapes it does not fail: its variables need not be kept meanwhile. */
	bool is_atomic;
	/* The trainable variables whose values invoke uses: fills at most `room`, and says how many there are. Gradients reach them. */
	int (*reads)(void *context, int room, sj_tensor **ret_variables);
	/* invoke neither keeps its inputs nor gives them out: they may be overwritten when it has returned. */
	bool only_looks;
} sj_callable_type;

/* A callable with one reference, the caller's own; takes over the context even on failure. NULL and a sticky error on failure. */
SJ_PUBLIC sj_callable *sj_callable_new(const sj_callable_type *type, void *context);
SJ_PUBLIC sj_callable *sj_callable_keep(sj_callable *callable);
SJ_PUBLIC void sj_callable_free(sj_callable *callable); /* gives up one reference; NULL is ignored */
SJ_PUBLIC const char *sj_callable_name(const sj_callable *callable);
SJ_PUBLIC void *sj_callable_context(const sj_callable *callable);

/* Runs the callable, or appends a node for it. ret_outputs: references of the caller's own. The status does not stick. */
SJ_PUBLIC sj_status sj_call(sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                            sj_tensor **ret_outputs);

SJ_END_DECLARATIONS

#endif
