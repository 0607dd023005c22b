/*
 * Scopes: memory without bookkeeping. Every tensor that the pleasant face returns belongs to the scope open on the thread;
 * ending a scope releases all that was made since it began. Without an open scope, results live until the thread ends.
 *
 * 	sj_scope scope = sj_scope_begin();
 * 	sj_tensor *y = sj_scope_return(scope, sj_relu(sj_matmul(x, w)));   // y goes to the enclosing scope, the rest is released
 */
#ifndef SOKUJI_SCOPE_H
#define SOKUJI_SCOPE_H

#include <sokuji/tensor.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_scope {
	int64_t mark;
} sj_scope;

SJ_PUBLIC sj_scope sj_scope_begin(void);

/* Releases what was made since the scope began, inner scopes left open by an early return included. */
SJ_PUBLIC void sj_scope_end(sj_scope scope);

/* Ends the scope but hands one tensor of it to the enclosing scope; returns that tensor. */
SJ_PUBLIC sj_tensor *sj_scope_return(sj_scope scope, sj_tensor *tensor);

/* Gives the caller's own reference to the open scope: the tensor ends with it. Returns its argument. */
SJ_PUBLIC sj_tensor *sj_scope_own(sj_tensor *tensor);

SJ_END_DECLARATIONS

#endif
