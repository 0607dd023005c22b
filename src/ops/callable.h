/* A callable: its type, its context and a count. */
#ifndef SOKUJI_OPS_CALLABLE_H
#define SOKUJI_OPS_CALLABLE_H

#include "sokuji/callable.h"
#include "tensor/tensor.h"

struct sj_callable {
	int32_t refs;
	bool is_of_library; /* what it does may flush denormals: no code of the program's */
	sj_callable_type type;
	void *context;
};

/* sj_callable_new of the library's own. */
sj_callable *sj__callable_new(const sj_callable_type *type, void *context);

/* Runs it now, with variables as their values and an error frame of its own: what sticks inside comes back as the status. */
sj_status sj__callable_invoke(sj_callable *callable, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs);

#endif
