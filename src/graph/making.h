/* What is known while a plan is made: plan.c decides what runs, optimise.c what need not. */
#ifndef SOKUJI_GRAPH_MAKING_H
#define SOKUJI_GRAPH_MAKING_H

#include "graph/plan.h"

typedef struct sj__making {
	sj_graph *graph;
	const sj__plan_key *key;
	sj__plan *plan;
	sj__pointers feeds;      /* which one a tensor is */
	sj_node *const *origins; /* NULL: the plan is not optimised */
	bool *needed;            /* by node */
	int32_t *twin;           /* by node: the one that computes the same before it, or itself. NULL: not optimised */
	sj__fused **fused;       /* by node: what takes its place. NULL: not optimised */
	bool *late;              /* by node: it has effects, or needs what they leave. NULL: not optimised */
	int32_t *first_slot;     /* by node, of its outputs */
	int32_t *last_use;       /* by slot: the last step that reads it; -1 none */
	bool *is_pinned;         /* by slot: not the run's to release */
} sj__making;

/* The node that computes t in this plan. */
static inline const sj_node *sj__making_node(const sj__making *m, const sj_tensor *t)
{
	return m->twin ? m->graph->nodes[m->twin[t->node->index]] : t->node;
}

/* Whether the value of all that the node computes is known beforehand and nothing that is fed can change it. */
static inline bool sj__making_knows(const sj__making *m, const sj_node *node)
{
	return m->twin != NULL && node->kind == SJ__NODE_OP && node->n_outputs == 1 && node->outputs[0]->data != NULL;
}

/* Marks nodes that compute the same as others and fuses neighbours; `needed` is right before and after. */
sj_status sj__making_optimise(sj__making *m);
/* Marks what the fetches and targets need, from nothing. */
sj_status sj__making_needs(sj__making *m);

#endif
