/* What results of If and While depend on, as a tape sees it. */
#ifndef SOKUJI_GRAPH_CONNECT_H
#define SOKUJI_GRAPH_CONNECT_H

#include "graph/graph.h"

/* Records that the outputs (own references, which may be replaced) depend on all the inputs and variables, if only with gradients of zero. */
sj_status sj__results_connect(int n_inputs, sj_tensor *const *inputs, int n_variables, sj_tensor *const *variables,
                              int n_outputs, sj_tensor **outputs);

#endif
