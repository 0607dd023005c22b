/* Functions called while a tape records. */
#ifndef SOKUJI_GRAPH_TAPED_H
#define SOKUJI_GRAPH_TAPED_H

#include "graph/function.h"

/* Runs the function's plan on these values for its feeds, recorded on the open tape. */
sj_status sj__taped_run(sj_concrete_function *f, sj_tensor *const *feeds, sj_tensor **ret_outputs);
/* Whether it never runs but as its plan is. */
bool sj__taped_is_declined(const sj_concrete_function *f);
void sj__taped_free(struct sj__taped *taped);

#endif
