/* A concrete function: a plan whose feeds are its inputs and then what its graph captured. */
#ifndef SOKUJI_GRAPH_FUNCTION_H
#define SOKUJI_GRAPH_FUNCTION_H

#include "graph/graph.h"

struct sj__plan;
struct sj__taped;

struct sj_concrete_function {
	int32_t refs;
	int n_inputs, n_outputs, n_captures;
	struct sj__plan *plan;
	bool *is_shared; /* by output: it is an input or a variable's value, or more is made of it inside; NULL: none is */
	int n_quick,
		n_quick_taped; /* how many ordinary inputs may go to straight.c at once, with no tape and with any; -1: none may */
	struct sj__taped *taped; /* how it runs under a tape (taped.c); NULL: it has not */
};

/* Runs it with values for what it captured; captures NULL: the outer tensors themselves. */
sj_status sj__function_run(sj_concrete_function *f, sj_tensor *const *inputs, sj_tensor *const *captures,
                           sj_tensor **ret_outputs);
sj_tensor *sj__function_capture(const sj_concrete_function *f, int i);
const sj_tensor *sj__function_input(const sj_concrete_function *f, int i);
/* The trainable variables that a function reads: those not in the list yet are put behind its first `at`, as far as there is room. The new count. */
int sj__function_reads(const sj_concrete_function *f, int at, int room, sj_tensor **ret_variables);
const sj_tensor *sj__function_output(const sj_concrete_function *f, int k);
/* How many of a graph's nodes do something beside computing outputs, and which (NULL: only their number). */
int sj__graph_effects(const sj_graph *graph, sj_node **ret_nodes);

#endif
