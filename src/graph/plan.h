/*
 * A plan: the nodes that a set of fetches and targets needs, in an order in which they can run, with a slot for each value, and
 * which slots end after which step. Constants, and what is computed from constants alone, are in their slots from the start.
 */
#ifndef SOKUJI_GRAPH_PLAN_H
#define SOKUJI_GRAPH_PLAN_H

#include "base/threads.h"
#include "graph/graph.h"
#include "tensor/local.h"

typedef struct sj__step {
	sj_node *node;
	sj_node *blamed; /* the node that errors name: of the user's graph */
	const sj_op *op; /* the node's own, or what it was fused into */
	const void *args;
	int32_t n_inputs, n_outputs;
	int32_t ports;          /* where its slots stand in `slots`, inputs and then outputs; -1 there: not given */
	int32_t frees, n_frees; /* the slots that end with it */
	bool is_quick;          /* one or two inputs, one output, of a row with a quick way (ops/quick.h) */
	uint64_t *position;     /* how far a node's seeded stream of random numbers has been used */
} sj__step;

/* What a plan is for. */
typedef struct sj__plan_key {
	int n_feeds, n_fetches, n_targets;
	sj_tensor *const *feeds, *const *fetches;
	sj_node *const *targets;
} sj__plan_key;

/* An operation that stands for several nodes, the last of which it takes the place of. */
typedef struct sj__fused {
	struct sj__fused *next;
	const sj_op *op;
	void *args;
	int n_inputs;
	sj_tensor *inputs[3]; /* of the graph, borrowed */
} sj__fused;

struct sj__program;
struct sj__special;
struct sj__straight;

typedef struct sj__plan {
	struct sj__plan *next;
	int32_t n_running; /* of a session's: how many runs are under way */
	sj_graph *graph;   /* own reference */
	sj__plan_key key;  /* own arrays; the tensors are the graph's */
	sj__step *steps;
	int n_steps, n_slots;
	bool is_short; /* straight, with so few operations that nothing is gained by making them ready */
	int n_ops;     /* steps that are no reads */
	struct sj__straight *straight; /* steps that are all quick, or read variables; NULL: others */
	int n_early;                   /* of an optimised plan: the steps before the first that has effects */
	int32_t *slots;
	uint64_t *positions;  /* by step; a session has its own */
	sj_tensor **initial;  /* by slot: constants, own references */
	int32_t *fetch_slots; /* feeds are the first slots */
	sj_tensor **changed;  /* variables whose values a failed run puts back, borrowed */
	int n_changed, n_changed_capacity;
	bool is_risky;               /* so may any run, not only one that finds a variable without a value */
	sj__fused *fused;            /* of an optimised plan, own */
	struct sj__program *program; /* the steps made ready to run without handles of their own; NULL: none */
	struct sj__special *special; /* optimised plans by the shapes that were fed; see special.c */
} sj__plan;

/*
 * origins: NULL, or of an optimised plan, for each node of its graph (in which nothing but placeholders is fed) the one that errors name.
 */
sj_status sj__plan_make(sj_graph *graph, const sj__plan_key *key, sj_node *const *origins, sj__plan **ret_plan);
void sj__plan_destroy(sj__plan *plan);

/* Runs the steps on values for the feeds (borrowed). ret_values: own references. Nothing is done about tapes and open graphs. */
sj_status sj__plan_run(sj__plan *plan, sj_tensor *const *values, sj_tensor **ret_values);

/* ---- straight.c ---- */
/* Sets the plan's `straight` where its steps are such. */
sj_status sj__straight_make(sj__plan *plan);
/* As sj__plan_run of a plan that has it, where sj__straight_may_run says so. */
sj_status sj__straight_run(const sj__plan *plan, sj_tensor *const *feeds, sj_tensor **ret_values);
/* Of a plan that has it, with feeds that have no flag and fit. */
static SJ_ALWAYS_INLINE bool sj__straight_may_run(const sj__local *thread)
{
	return thread->graph == NULL && !thread->is_observed && !sj__cancelled();
}

/* Lets go of what ends with the step. */
static SJ_ALWAYS_INLINE void sj__values_end(const sj__plan *plan, const sj__step *step, sj_tensor **values)
{
	const int32_t *slots = plan->slots + step->frees;
	for (int i = 0; i < step->n_frees; i++) {
		sj__drop(values[slots[i]]);
		values[slots[i]] = NULL;
	}
}

#endif
