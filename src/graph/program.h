/*
 * An optimised plan made ready to run: for each operation whose shapes are known its call stands prepared, with handles that stay and
 * bytes that are planned once, so that running it is a call of the kernel. See special.c for when there is one.
 */
#ifndef SOKUJI_GRAPH_PROGRAM_H
#define SOKUJI_GRAPH_PROGRAM_H

#include "graph/plan.h"
#include "ops/chain.h"

/* ---- program.c: the plan's own; needs no other than its steps, slots and constants. ---- */
sj_status sj__program_make(sj__plan *plan);
void sj__program_free(struct sj__program *program);

/* ---- program_chain.c: when it is known which slots are ordinary tensors, and where they end. ---- */
sj_status sj__chains_make(sj__plan *plan);

/* ---- program_run.c ---- */
sj_status sj__program_run(sj__plan *plan, sj_tensor **values);
/* One step as execute and callables do it (run.c). */
sj_status sj__step_run(const sj__plan *plan, sj__step *step, sj_tensor **values);
sj_status sj__step_failed(sj_status status, const sj__step *step) SJ_COLD;

/* ---- special.c ---- */
/* The optimised plan for the shapes of these values (own references of the caller's), which is then this run's alone until the end; NULL: none. */
sj__plan *sj__special_begin(sj__plan *plan, sj_tensor *const *values);
void sj__special_end(sj__plan *plan, const sj__plan *used);
void sj__special_free(struct sj__special *special);
bool sj__graphs_are_optimised(void);

/* A plan's steps written down again in a graph whose placeholders have the shapes of what is fed. */
typedef struct sj__writing {
	const sj__plan *from;
	sj_graph *graph;
	sj_tensor **now;   /* by slot of `from`: the tensor of the new graph, borrowed; feeds come first */
	sj_node **origins; /* by node of the new graph */
	int n_origins, origins_capacity;
	sj_node **targets; /* what has effects, or was asked for */
	int n_targets;
	bool *is_control; /* by node of the old graph: some other waits for it, or it is a target */
	sj_tensor **ports, **fetches;
} sj__writing;

/* In a scope of the caller's, which ends before the writing does; that has to end on failure too. */
sj_status sj__writing_make(sj__writing *w, const sj__plan *from, sj_tensor *const *values);
/* The new graph's tensor for a slot: constants become nodes where they are first used. */
sj_status sj__writing_take(sj__writing *w, int32_t slot, sj_tensor **ret_tensor);
void sj__writing_end(sj__writing *w);

/* ---- what a program is made of ---- */

enum sj__way {
	SJ__WAY_KERNEL,  /* the kernel, on handles of the program */
	SJ__WAY_VIEW,    /* nothing but an address */
	SJ__WAY_NOTHING, /* not even that */
	SJ__WAY_READ,    /* a variable's value */
	SJ__WAY_CHAIN,   /* so many steps at once, block by block */
	SJ__WAY_GENERAL, /* as execute and callables do it: the values are ordinary tensors */
};

typedef struct sj__work {
	enum sj__way way;
	sj__kernel *kernel;
	sj__call call;
	int64_t offset;   /* of a view, in bytes */
	bool has_real;    /* some output is an ordinary tensor */
	sj__chain *chain; /* own */
	int32_t over; /* the slot that a single output may be written over, where its tensor is nobody else's; -1: none */
} sj__work;

/* A slot of the plan. */
typedef struct sj__place {
	sj_tensor *
		handle; /* what kernels see; its bytes may change from run to run. Constants: the tensor itself. NULL: none */
	sj_storage storage;
	int32_t root;    /* the slot whose bytes these are: its own number where it is no view */
	int32_t n_alive; /* while it is made: slots that still look at these bytes */
	bool is_known;   /* its shape is sure */
	bool is_real;    /* an ordinary tensor in each run */
	bool is_own;     /* the handle is the program's */
	int32_t block;   /* of the bytes planned; -1: none */
} sj__place;

struct sj__program {
	sj__work *works;   /* by step */
	sj__place *places; /* by slot */
	int n_places, n_works;
	sj_tensor **ports; /* of all calls */
	sj_tensor **start; /* by slot: constants, and the handles of what is planned */
	char *bytes;
	bool is_stale;    /* a variable's shape is another now than it was for: to be made anew */
	bool has_changed; /* the last run came as far as what has effects */
};

#endif
