/*
 * A graph's insides: nodes in the order of their creation, which is an order in which they can run (inputs and controls come
 * first). A node is a row of the operation table with a copy of its arguments, or a callable, or one of the few kinds below.
 */
#ifndef SOKUJI_GRAPH_GRAPH_H
#define SOKUJI_GRAPH_GRAPH_H

#include "graph/pointers.h"
#include "ops/callable.h"
#include "ops/op.h"
#include "sokuji/graph.h"
#include "sokuji/update.h"

enum sj__node_kind {
	SJ__NODE_OP,
	SJ__NODE_CALLABLE,
	SJ__NODE_PLACEHOLDER,
	SJ__NODE_CONSTANT, /* value: an ordinary tensor */
	SJ__NODE_READ,     /* value: a variable */
	SJ__NODE_GROUP     /* nothing but controls */
};

struct sj_node {
	sj_graph *graph; /* borrowed */
	int32_t index;
	enum sj__node_kind kind;
	bool asked_values; /* its rule asked for a value that was not known: it has to be asked again when the value is there */
	const sj_op *op;
	void *args;
	sj_callable *callable;
	sj_tensor *value;
	int32_t n_inputs, n_outputs, n_controls;
	sj_tensor **inputs;  /* own references to symbolic tensors of this graph, NULL where not given */
	sj_tensor **outputs; /* own references */
	sj_node **controls;
	char *name;
	const char *origin; /* the graph's; NULL: not known */
};

/* Which names are taken, by open addressing. */
typedef struct sj__names {
	struct {
		const char *name; /* own copy */
		int64_t next;     /* the number to try behind it next */
		sj_node *node;
	} * places;
	int64_t capacity, count;
} sj__names;

typedef struct sj__capture {
	sj_tensor *outer, *placeholder;
} sj__capture;

/*
 * Where inner graphs find their outer one without keeping it alive: its nodes hold the inner ones (branches, loops), which would make a circle.
 */
typedef struct sj__anchor {
	int32_t refs;
	sj_graph *graph; /* NULL: gone */
} sj__anchor;

struct sj_graph {
	int32_t refs;
	bool is_final, is_lazy;
	sj__anchor *anchor; /* this graph's own; NULL: nothing was made inside it */
	sj__anchor *outer;  /* of the graph outside; NULL: none */
	sj_node **nodes;
	int n_nodes, capacity;
	sj__names names;
	char *scope, *next_name, *unique;
	sj_node **controls;
	int n_controls;
	sj__capture *captures;
	int n_captures, captures_capacity;
	sj__pointers captured; /* outer tensors' places in captures */
	sj_tensor **variables; /* own references; place p is at p - 1 */
	int n_variables, variables_capacity;
	char **origins;
	int n_origins, origins_capacity, n_noted;
};

/* The graph outside, while it is there. */
static inline sj_graph *sj__graph_outer(const sj_graph *graph) { return graph->outer ? graph->outer->graph : NULL; }

static inline bool sj__is_symbolic(const sj_tensor *t) { return (t->flags & SJ__FLAG_SYMBOLIC) != 0; }

/* Grows an array of pointers so that one more fits. */
sj_status sj__grow(void *array, int count, int *capacity, size_t size);

/* ---- append.c ---- */

/* A node with room for its ports, not yet of the graph; its name is taken. */
sj_status sj__node_new(sj_graph *graph, enum sj__node_kind kind, const char *type, int n_inputs, int n_outputs,
                       sj_node **ret_node);
/* Adds the finished node to its graph; destroys it on failure. */
sj_status sj__node_add(sj_node *node);
void sj__node_destroy(sj_node *node);
/*
 * A placeholder, a constant or a variable's read as a node; value: what the latter two hold. The tensor is borrowed from the graph. A name
 * given for the next node is not for these, which it may take as inputs.
 */
sj_status sj__source_append(sj_graph *graph, enum sj__node_kind kind, const char *name, sj_tensor *value,
                            sj_dtype dtype, sj_ints shape, sj_tensor **ret_tensor);
/* The tensor as an input of the graph: captured from an outer one, or made a constant of. Borrowed from the graph. */
sj_status sj__graph_take(sj_graph *graph, sj_tensor *t, sj_tensor **ret_input);
/* The graph a call with these inputs is appended to: the open one, else that of the first symbolic input. */
sj_graph *sj__graph_for(int n_inputs, sj_tensor *const *inputs);
/* For infer: output k of a callable has this tensor's dtype and shape. */
static inline void sj__infer_like(int k, const sj_tensor *t, sj_dtype *dtypes, int *ranks, int64_t *dims)
{
	dtypes[k] = (sj_dtype)t->dtype;
	ranks[k] = t->shape.rank;
	for (int a = 0; a < t->shape.rank; a++)
		dims[(int64_t)k * SJ_MAX_RANK + a] = sj__dims(t)[a];
}
/* A symbolic tensor of the node as output k. */
sj_status sj__node_output_set(sj_node *node, int k, sj_dtype dtype, int rank, const int64_t *dims);

/* ---- names.c ---- */
sj_status sj__names_unique(sj_graph *graph, const char *name, char **ret_name);
void sj__names_set_node(sj_graph *graph, const char *name, sj_node *node);
void sj__names_clear(sj__names *names);

/* ---- defer.c ---- */
bool sj__gradient_must_defer(const sj__gradient *g);
void sj__gradient_defer(const sj__gradient *g, sj_tensor **dx);
/* Whether the callable stands for an operation's deferred rule. */
bool sj__gradient_is_deferred(const sj_callable *callable);
/*
 * Runs a deferred rule in the open graph, now that more is known: it leaves ordinary nodes. Unimplemented: the callable is no such rule, or
 * too little is known yet.
 */
sj_status sj__gradient_run_symbolic(const sj_callable *callable, sj_tensor *const *inputs, int n_outputs,
                                    sj_tensor **ret_outputs);
/* Records a callable's node, made from these inputs, on open tapes: its gradient runs the callable again under a tape. */
sj_status sj__callable_record(const sj_node *node, sj_tensor *const *inputs);

/* ---- effects.c ---- */
sj_status sj__graph_assign(enum sj__assignment how, sj_tensor *variable, sj_tensor *value);
sj_status sj__graph_update(const sj_update *update, sj_tensor *learning_rate, int n, sj_tensor *const *variables,
                           sj_tensor *const *slots, sj_tensor *const *gradients);

/* Whether the callable adds to a variable or subtracts from it. */
bool sj__callable_adds(const sj_callable *callable);

/* ---- plan.c ---- */
/* Which output of its node a symbolic tensor is. */
int sj__output_number(const sj_tensor *t);
/* Adds the variables that the node changes, borrowed, to a list of n_changed with so much room. */
sj_status sj__changes_add(const sj_node *node, sj_tensor ***changed, int *n_changed, int *capacity);

/* ---- control.c ---- */
/* Whether a condition or loop draws random numbers. */
bool sj__callable_draws(const sj_callable *callable);
struct sj__random_journal;
/* What it drew when it ran last, a copy to be replayed while it runs again. */
sj_status sj__callable_journal(const sj_callable *callable, struct sj__random_journal *ret_journal);

/* ---- partial.c ---- */
/* The shape that an integer vector stands for, as far as it is known (dims: SJ__UNKNOWN): its rank, -1 where not even that is. */
int sj__graph_shape_of(const sj_tensor *t, int64_t *ret_dims);

/* ---- session.c ---- */
/* The running session's own instance of a graph's variable, borrowed; NULL: no session of that graph runs on this thread. */
sj_tensor *sj__session_instance(sj_tensor *variable);
/* The same of n variables; ordinary ones stand for themselves. How many were found before one that is not there. */
int sj__session_instances(int n, sj_tensor *const *variables, sj_tensor **ret_instances);
/* Where the running session counts how far a node's stream has been used whose position elsewhere is this; the same where no session runs. */
uint64_t *sj__session_position(uint64_t *position);

#endif
